/* What the screens about members share. */
#ifndef SPRIJIN_UI_MEMBERS_INT_H
#define SPRIJIN_UI_MEMBERS_INT_H

#include "report/member.h"
#include "ui/widget.h"

/* The sentence of a refusal about members, else the general one. */
void ui_say_member(struct ui_ctx *ctx, enum err code, const struct err_info *info);
/* The next role people are given, coordinator after the last; step 1 or -1. */
enum vault_role ui_role_step(enum vault_role role, int step);
/* "‹ caseworker ›" in the row, as a field with the focus or without. */
void ui_role_draw(const struct ui_ctx *ctx, canvas *c, int row, int col, enum vault_role role,
                  bool is_focused);

#endif
