/* What screens are made of: text and secret fields, lists, yes-no questions, the fields of the
 * interview as a table by question type, and dates and counts in words. Widgets keep no pointer
 * to a screen and never save anything. */
#ifndef SPRIJIN_UI_WIDGET_H
#define SPRIJIN_UI_WIDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "form/interview.h"
#include "ui/canvas.h"
#include "ui/screen.h"

/* Editable text; cursor is a byte offset that always stands before a grapheme. */
struct ui_edit {
    struct str text;
    size_t cursor;
    size_t max_bytes; /* 0 = 1024 */
    bool is_multiline;
};
void ui_edit_set(struct ui_edit *e, const char *text); /* cursor to the end */
void ui_edit_done(struct ui_edit *e);                  /* wipes */
/* true if the input was an edit or a cursor move inside the text. */
bool ui_edit_act(struct ui_edit *e, const struct ui_input *in);
/* Draws into width cells and at most max_rows rows, scrolled to the cursor; puts the terminal's
 * cursor there if focused. Returns rows used, at least 1. */
int ui_edit_draw(const struct ui_edit *e, canvas *c, int row, int col, int width, int max_rows,
                 bool is_focused);

/* A secret goes from the key straight into locked memory; only dots are drawn. */
bool ui_secret_act(vault_secret *s, const struct ui_input *in);
void ui_secret_draw(const vault_secret *s, canvas *c, int row, int col, int width, bool is_focused);

/* Position in a list of count rows. */
struct ui_list {
    size_t count, at;
};
bool ui_list_act(struct ui_list *l, const struct ui_input *in);
/* First row to show so that `at` is visible in rows. */
size_t ui_list_first(const struct ui_list *l, size_t rows);
/* Focus sign in front of a row, and reverse video over it. */
void ui_focus(canvas *c, int row, int col, int cells);

/* A yes-no question in the last content row. */
void ui_ask_draw(canvas *c, const struct ui_ctx *ctx, const char *question);
/* 1 yes, 0 no, -1 not an answer. */
int ui_ask_reply(const struct ui_ctx *ctx, const struct ui_input *in);

/* One question as its field sees it. */
struct ui_field {
    const struct ui_ctx *ctx;
    const form_interview *iv;
    int node;
    bool is_focused;
    size_t choice;                /* the choice with the focus, among those shown */
    const struct ui_edit *filter; /* what narrows the choices, NULL */
    const struct ui_edit *edit;   /* text being typed, only while focused */
    bool is_prefilled;
};
struct ui_field_type {
    bool takes_text;
    /* Returns rows used; *focus_row is the row the focus is in. */
    int (*draw)(const struct ui_field *f, canvas *c, int row, int col, int width, int *focus_row);
};
/* By form_type; NULL draw where nothing is answered. */
const struct ui_field_type *ui_field_type(enum form_type t);
/* Rows a question's field can need at most, whatever the width. */
int ui_field_rows_limit(const form_interview *iv, int node);

/* The choices of a question as they are shown: those that may be chosen now and of which a word
 * begins with filter ("" = all), a ranking in its order. A question to be acknowledged has one. */
struct ui_choices {
    const struct form_choice **items; /* owned; what they point to lives till the next change */
    size_t count;
};
#define UI_LONG_LIST 12 /* longer ones are drawn as a window and narrowed by typing */
void ui_choices_of(const form_interview *iv, int node, enum lang lang, const char *filter,
                   struct ui_choices *out);
void ui_choices_done(struct ui_choices *list);
/* Label, else name. Appends. */
void ui_choice_text(const form_interview *iv, int node, const struct form_choice *choice,
                    enum lang lang, struct str *out);

/* Value of an answer as people write it: dates 07.05.1998, choices by label. Appends. */
void ui_show_answer(const form_interview *iv, int node, enum lang lang, struct str *out);
/* The same as it would be typed: "~37" for an age told as a guess. Appends. */
void ui_show_typed(const form_interview *iv, int node, struct str *out);
/* "declines to answer", ... ; NULL for none and value. */
const char *ui_show_state(const struct ui_ctx *ctx, enum form_answer_state s);
/* "23 Nov", with the year if it is not this one. */
void ui_show_day(const struct ui_ctx *ctx, int64_t ms, struct str *out);
/* "23 Nov, 14:05" */
void ui_show_time(const struct ui_ctx *ctx, int64_t ms, struct str *out);
/* "✓", "◐" or "·" */
const char *ui_sign(bool is_done, unsigned answered);

#endif
