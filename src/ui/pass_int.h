/* Choosing a passphrase: two fields and what the vault thinks of them; used by the first run and
 * by the change of passphrase. */
#ifndef SPRIJIN_UI_PASS_INT_H
#define SPRIJIN_UI_PASS_INT_H

#include "paper_int.h"
#include "ui/widget.h"

struct ui_pass {
    vault_secret *first, *second; /* owned */
    bool is_second;               /* which field has the focus */
    struct ui_layout layout;      /* of the first field's letters */
};
void ui_pass_open(struct ui_pass *p);
void ui_pass_close(struct ui_pass *p);
/* Words that are proposed, in one row or, where eight letters each do not fit, three a row; returns
 * rows used. */
int ui_pass_draw_words(const vault_secret *words, canvas *c, int row);
/* Draws both fields from row; returns rows used. */
int ui_pass_draw(const struct ui_pass *p, const struct ui_ctx *ctx, canvas *c, int row);
/* true when both fields agree and the passphrase may be used; else says why not. */
bool ui_pass_act(struct ui_pass *p, struct ui_ctx *ctx, const struct ui_input *in);

#endif
