/* State of the interview screen, shared by its files: interview.c (acts), interview_answer.c (what
 * becomes an answer), interview_rows.c (rows of repeats), interview_move.c (what has the focus),
 * interview_draw.c and interview_head.c (right pane), interview_left.c (sections), interview_doc.c
 * (the record, or the form being tried), interview_newer.c (going over to the form as it is now),
 * interview_try.c and interview_findings.c (trying). */
#ifndef SPRIJIN_UI_INTERVIEW_INT_H
#define SPRIJIN_UI_INTERVIEW_INT_H

#include "ui/widget.h"

enum iv_ask {
    IV_ASK_NOTHING,
    IV_ASK_FINISH,
    IV_ASK_REOPEN,
    IV_ASK_LEAVE,
    IV_ASK_DELETE,
    IV_ASK_MOVE
};

struct iv_state {
    unsigned char case_id[ID_LEN];
    enum ui_open how; /* what of the case: as struct ui_case_arg has it */
    char name[RECORD_DOC_ID_MAX];
    record_doc *doc;        /* NULL: could not be opened, or a form is tried */
    struct iv_trial *trial; /* NULL: a record is worked on */
    int page;               /* index into the interview's pages */
    int container;          /* whose rows the page lists, -1 */
    int node;               /* question with the focus, -1 if none */
    size_t row;             /* row with the focus where rows are listed */
    size_t choice;          /* focus inside a choice question, among those shown */
    struct ui_edit edit;    /* text of the focused question; not yet an answer while it differs */
    enum form_problem refused; /* why the typed text is no answer */
    bool is_filtering;         /* letters narrow the choices */
    struct ui_edit filter;
    bool is_in_sections;
    struct ui_list sections;
    bool is_explaining;
    enum iv_ask ask;
    bool shows_findings, is_in_findings; /* of a trial */
    struct ui_list findings;
    struct record_move newer;         /* while IV_ASK_MOVE: what going over would do */
    const struct form_def *newer_def; /* the form as it is now; the record's */
    struct ui_list newer_list;
};

/* interview_doc.c: the same for a record and for a form being tried, which is saved nowhere. */
bool iv_is_open(const struct iv_state *st);
const form_interview *iv_of(const struct iv_state *st);
const struct form_def *iv_def(const struct iv_state *st);
const struct form_item *iv_item(const struct iv_state *st, int node);
bool iv_is_finished(const struct iv_state *st);
bool iv_is_prefilled(const struct iv_state *st, int node);
enum err iv_put(struct iv_state *st, int node, struct form_answer answer,
                enum form_problem *problem, struct err_info *info);
enum err iv_row_add(struct iv_state *st, int container, int *node, struct err_info *info);
enum err iv_row_delete(struct iv_state *st, int instance, struct err_info *info);
enum err iv_row_move(struct iv_state *st, int instance, int before, struct err_info *info);
/* Deleted elsewhere while somebody answered in it. */
bool iv_is_contested(const struct iv_state *st, int instance);
enum err iv_row_keep(struct iv_state *st, int instance, struct err_info *info);
/* Takes over what the last save said. */
void iv_note_save(struct iv_state *st, struct ui_ctx *ctx, enum err e, const struct err_info *info);

/* interview_move.c */
const struct form_page *iv_page(const struct iv_state *st);
bool iv_is_text(const struct iv_state *st);
/* Moves the focus to a question, or to the page of a repeat's rows; loads its text and choice. */
void iv_focus_node(struct iv_state *st, const struct ui_ctx *ctx, int node);
/* To the first (or last) question of a page. */
void iv_focus_page(struct iv_state *st, const struct ui_ctx *ctx, int page, bool last);
/* To the next question on this page; false if there is none. */
bool iv_focus_step(struct iv_state *st, const struct ui_ctx *ctx, int direction);
/* Loads text and choice of the focused question from its answer. */
void iv_load(struct iv_state *st, const struct ui_ctx *ctx);
/* Pages come and go with answers and rows: finds the one with the focus again. */
void iv_relocate(struct iv_state *st, const struct ui_ctx *ctx);
/* The next open page that a stop does not close, -1. */
int iv_page_next(const struct iv_state *st, int page, int direction);
bool iv_section_open(const struct iv_state *st, int section);
/* true if the typed text differs from the answer. */
bool iv_is_dirty(const struct iv_state *st, const struct ui_ctx *ctx);

/* interview_answer.c */
/* Makes the typed text an answer; false if it cannot be one. */
bool iv_commit(struct iv_state *st, struct ui_ctx *ctx);
void iv_set_state(struct iv_state *st, struct ui_ctx *ctx, enum form_answer_state state);
/* Keys inside the focused question. */
enum iv_taken { IV_NOT_TAKEN, IV_TAKEN, IV_TAKEN_GO_ON };
enum iv_taken iv_act_answer(struct iv_state *st, struct ui_ctx *ctx, const struct ui_input *in);
/* The list is long enough to be narrowed by typing. */
bool iv_can_filter(const struct iv_state *st, const struct ui_ctx *ctx);

/* interview_rows.c */
bool iv_is_rows(const struct iv_state *st); /* the page lists rows */
/* The rows that the page lists; NULL and none if it lists none. */
const int *iv_rows(const struct iv_state *st, size_t *count);
/* The row with the focus as an instance, -1. */
int iv_row_instance(const struct iv_state *st);
bool iv_may_change_rows(const struct iv_state *st);
bool iv_act_rows(struct iv_state *st, struct ui_ctx *ctx, const struct ui_input *in);
void iv_delete_row(struct iv_state *st, struct ui_ctx *ctx);
/* The innermost row a page stands in, -1. */
int iv_instance_of(const struct iv_state *st, const struct form_page *page);
/* "Ion, son, 7": the first answers of a row. Appends. */
void iv_row_text(const form_interview *iv, int instance, enum lang lang, struct str *out);
/* Draws the list; returns rows used. */
int iv_rows_draw(const struct iv_state *st, const struct ui_ctx *ctx, canvas *c, int row, int width,
                 int *focus_row);

/* interview_place.c */
/* Opens what how and name say in st->case_id, from then on that very record, and focuses the
 * question where it was left. */
void iv_open_doc(struct iv_state *st, struct ui_ctx *ctx);
/* To where the answers end. */
void iv_focus_begin(struct iv_state *st, const struct ui_ctx *ctx);
/* The node of a key at an address, -1. */
int iv_find(const form_interview *iv, const char *at, const char *key);
/* Typed text that can be an answer is saved as one; what cannot stays a draft in the place. */
void iv_save_draft(const struct iv_state *st, struct ui_ctx *ctx);
void iv_save_place(const void *state, struct ui_ctx *ctx, jv *place);
void iv_restore(void *state, struct ui_ctx *ctx, const jv *place);

/* interview.c, for the trial's screen too */
struct ui_effect iv_act(void *state, struct ui_ctx *ctx, const struct ui_input *in);
bool iv_takes_text(const void *state, const struct ui_ctx *ctx);
bool iv_allows(const void *state, const struct ui_ctx *ctx, enum ui_action action);

/* interview_draw.c, interview_head.c, interview_left.c */
void iv_draw(const void *state, const struct ui_ctx *ctx, canvas *c);
void iv_draw_title(const struct iv_state *st, const struct ui_ctx *ctx, canvas *c);
/* What stands over the questions, and how far the section is. */
void iv_draw_head(const struct iv_state *st, const struct ui_ctx *ctx, canvas *c, int left);
/* Returns the column where the right pane begins. */
int iv_draw_left(const struct iv_state *st, const struct ui_ctx *ctx, canvas *c);

/* interview_try.c: a form being worked on in an editor beside */
const form_interview *iv_trial_interview(const struct iv_trial *t); /* NULL: never without errors */
form_interview *iv_trial_open(struct iv_trial *t);
const struct form_findings *iv_trial_findings(const struct iv_trial *t);
/* The file as it is now does not load: what is shown is the form before. */
bool iv_trial_is_old(const struct iv_trial *t);
void iv_trial_title(const struct iv_state *st, const struct ui_ctx *ctx, struct str *out);

/* interview_findings.c */
int iv_findings_draw(const struct iv_state *st, const struct ui_ctx *ctx, canvas *c);
bool iv_act_findings(struct iv_state *st, const struct ui_input *in);

/* interview_newer.c: asks whether the record goes over to a newer form, if there is one. */
void iv_offer_move(struct iv_state *st, struct ui_ctx *ctx);
void iv_go_over(struct iv_state *st, struct ui_ctx *ctx);
void iv_draw_newer(const struct iv_state *st, const struct ui_ctx *ctx, canvas *c);
void iv_newer_done(struct iv_state *st);

#endif
