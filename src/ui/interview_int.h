/* State of the interview screen, shared by its files: interview.c (acts, saves), interview_move.c
 * (what has the focus), interview_draw.c (right pane), interview_left.c (sections). */
#ifndef SPRIJIN_UI_INTERVIEW_INT_H
#define SPRIJIN_UI_INTERVIEW_INT_H

#include "ui/widget.h"

enum iv_ask { IV_ASK_NOTHING, IV_ASK_FINISH, IV_ASK_REOPEN, IV_ASK_LEAVE };

struct iv_state {
    unsigned char case_id[ID_LEN];
    record_doc *doc;     /* NULL: could not be opened */
    int page;            /* index into the form's pages */
    int at;              /* index into the page's items, -1 if none takes an answer */
    size_t choice;       /* focus inside a choice question */
    struct ui_edit edit; /* text of the focused question; not yet an answer while it differs */
    enum form_problem refused; /* why the typed text is no answer */
    bool is_in_sections;
    struct ui_list sections;
    bool is_explaining;
    enum iv_ask ask;
};

/* interview_move.c */
const form_interview *iv_of(const struct iv_state *st);
const struct form_def *iv_def(const struct iv_state *st);
/* Item with the focus, -1 if none. */
int iv_item(const struct iv_state *st);
bool iv_is_text(const struct iv_state *st);
/* Moves the focus to item; loads its text and choice. */
void iv_focus_item(struct iv_state *st, const struct ui_ctx *ctx, int item);
/* To the first (or last) question of a page. */
void iv_focus_page(struct iv_state *st, const struct ui_ctx *ctx, int page, bool last);
/* To the next question on this page; false if there is none. */
bool iv_focus_step(struct iv_state *st, const struct ui_ctx *ctx, int direction);
/* Loads text and choice of the focused question from its answer. */
void iv_load(struct iv_state *st, const struct ui_ctx *ctx);
/* The next open page that a stop does not close, -1. */
int iv_page_next(const struct iv_state *st, int page, int direction);
bool iv_section_open(const struct iv_state *st, int section);
/* true if the typed text differs from the answer. */
bool iv_is_dirty(const struct iv_state *st, const struct ui_ctx *ctx);

/* interview_place.c */
/* Opens the record of st->case_id and focuses the question where it was left. */
void iv_open_doc(struct iv_state *st, struct ui_ctx *ctx);
/* Typed text that can be an answer is saved as one; what cannot stays a draft in the place. */
void iv_save_draft(const struct iv_state *st, struct ui_ctx *ctx);
void iv_save_place(const void *state, struct ui_ctx *ctx, jv *place);
void iv_restore(void *state, struct ui_ctx *ctx, const jv *place);

/* interview_draw.c, interview_left.c */
void iv_draw(const void *state, const struct ui_ctx *ctx, canvas *c);
/* Returns the column where the right pane begins. */
int iv_draw_left(const struct iv_state *st, const struct ui_ctx *ctx, canvas *c);

#endif
