/* What a person chose and finds again after the passphrase: sealed notes of the vault. */
#ifndef SPRIJIN_UI_PREFS_INT_H
#define SPRIJIN_UI_PREFS_INT_H

#include "ui/screen.h"

enum { UI_CODE_LEN = 6 };

/* Languages of screen and interview. Nothing happens while the vault is locked. */
void ui_langs_save(const struct ui_ctx *ctx);
void ui_langs_load(struct ui_ctx *ctx);
/* The next language of the screen, and remembers it. */
void ui_langs_next(struct ui_ctx *ctx);

/* Six digits, nothing else. */
bool ui_code_valid(const char *s);
void ui_code_propose(struct str *out);
/* Into the vault, then into ctx; on an error ctx keeps the old one. */
enum err ui_code_save(struct ui_ctx *ctx, const char *code, struct err_info *err);
void ui_code_load(struct ui_ctx *ctx);
/* A throw-away vault has no code yet: makes one and says it with the key that hides. */
void ui_code_demo(struct ui_ctx *ctx);

#endif
