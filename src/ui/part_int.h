/* What the screens of one part of a case share. */
#ifndef SPRIJIN_UI_PART_INT_H
#define SPRIJIN_UI_PART_INT_H

#include "ui/widget.h"

/* First member of the state of each of them. */
struct part {
    unsigned char case_id[ID_LEN];
    struct record_case info;
    bool is_found;
    struct ui_list list;
};
/* Takes the case from arg, and tells the audit that it is looked at. false: said why not. */
bool part_open(struct part *p, struct ui_ctx *ctx, const void *arg);
void part_frame(const struct part *p, const struct ui_ctx *ctx, const struct ui_screen *screen,
                canvas *c);
void part_list(struct part *p, size_t count);                         /* the focus stays within */
void part_back(const void *state, struct ui_ctx *ctx, jv *place);     /* save_place */
bool part_again(struct part *p, struct ui_ctx *ctx, const jv *place); /* for restore */
/* Esc, and the keys that lead to the other parts of the case; false: another action. */
bool part_act(struct part *p, const struct ui_screen *self, const struct ui_input *in,
              struct ui_effect *out);
/* Keys of the scope that every part has. */
bool part_allows(const void *state, const struct ui_ctx *ctx, enum ui_action action);
/* The interview of that record, at the question. */
struct ui_effect part_jump(const struct part *p, struct ui_ctx *ctx, const char *record_id,
                           const char *at, const char *key);
/* The newest record of the form in this case, NULL if there is none; *out owned by the caller. */
record_doc *part_newest(const struct part *p, struct ui_ctx *ctx, const char *form);

#endif
