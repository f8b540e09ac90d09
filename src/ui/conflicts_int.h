/* What the screens of conflicts share. */
#ifndef SPRIJIN_UI_CONFLICTS_INT_H
#define SPRIJIN_UI_CONFLICTS_INT_H

#include "ui/widget.h"

/* How the list hands one over: its case, its mark, little-endian. */
enum { CONFLICT_ARG = ID_LEN + 8 };
/* "Where does she live?": the question, or what it is about. Appends. */
void ui_conflict_label(const struct ui_ctx *ctx, const struct record_conflict *c, struct str *out);

#endif
