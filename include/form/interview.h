/* The interview engine: answers of one record under one form, what is relevant, what is wrong,
 * what comes next. After an answer only what depends on it is computed, in the order fixed at
 * load. A pure function of answers and clock: no file, no terminal. */
#ifndef SPRIJIN_FORM_INTERVIEW_H
#define SPRIJIN_FORM_INTERVIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "form/def.h"

/* States of an answer; all but FORM_A_VALUE read as blank in expressions. */
enum form_answer_state {
    FORM_A_NONE, /* nothing stored */
    FORM_A_VALUE,
    FORM_A_LATER,    /* ask later */
    FORM_A_DECLINED, /* does not want to answer */
    FORM_A_UNKNOWN   /* does not know */
};
const char *form_state_name(enum form_answer_state s); /* "none", "value", "later", ... */
bool form_state_parse(const char *name, enum form_answer_state *out);

/* Canonical text by type: integer "-42", decimal "3.5", date "1998" | "1998-05" | "1998-05-07",
 * select_one the choice's name, select_multiple names in the form's order with one blank between
 * (unknown names of older versions kept at the end), text NFC. */
struct form_answer {
    enum form_answer_state state;
    const char *text; /* "" unless FORM_A_VALUE; borrowed */
};

enum form_problem {
    FORM_P_OK,
    FORM_P_REQUIRED,   /* relevant, required, and none or later */
    FORM_P_CONSTRAINT, /* the form's constraint is not met; its message is the item's */
    FORM_P_NUMBER,     /* not a whole / decimal number (typed text was refused) */
    FORM_P_DATE,       /* not a real date */
    FORM_P_CHOICE,     /* no such choice */
    FORM_P_TOO_LONG    /* text over 64 KiB */
};

typedef struct form_interview form_interview;

/* def is borrowed and must outlive it. now_ms fixes today() and now() until _now is called. */
form_interview *form_interview_new(const struct form_def *def, int64_t now_ms);
void form_interview_free(form_interview *iv);                /* wipes answers */
void form_interview_now(form_interview *iv, int64_t now_ms); /* recomputes what uses the clock */

/* Before start: puts a stored answer as it is, without checks (older records keep odd values). */
void form_interview_load(form_interview *iv, int item, struct form_answer answer);
/* Computes everything; fills defaults of questions without answer only if with_defaults (a new
 * record); changed items are then reported by form_interview_changes. */
void form_interview_start(form_interview *iv, bool with_defaults);

/* What a person typed -> canonical text. Comma is a decimal mark; dates as date_parse_typed;
 * cedilla becomes comma-below; choices by name. FORM_P_OK, or why not. Empty text: *state NONE.
 * *out appended. */
enum form_problem form_interview_canonical(const form_interview *iv, int item, const char *typed,
                                           struct str *out);
/* Sets an answer (canonical text or a state) and recomputes. A value that violates the constraint
 * is kept and reported; one that does not fit the type is refused and nothing changes. */
enum form_problem form_interview_set(form_interview *iv, int item, struct form_answer answer);
/* Items whose relevance, calculated value, requiredness or problem changed by the last set/start;
 * borrowed till the next. */
const int *form_interview_changes(const form_interview *iv, size_t *count);

/* Reading; strings borrowed till the next set. */
struct form_answer form_interview_answer(const form_interview *iv,
                                         int item);                   /* also while irrelevant */
const char *form_interview_value(const form_interview *iv, int item); /* what expressions see, as
                                                    text: calculates too; "" if blank */
bool form_interview_relevant(const form_interview *iv, int item);
bool form_interview_required(const form_interview *iv, int item);
enum form_problem form_interview_problem(const form_interview *iv, int item); /* CONSTRAINT or OK or
                                       REQUIRED */
bool form_interview_selected(const form_interview *iv, int item, const char *choice);
/* Label or hint with ${name} replaced by the value's text (choice labels in lang). Appends. */
void form_interview_label(const form_interview *iv, const struct form_text *text, enum lang lang,
                          struct str *out);

struct form_progress {
    unsigned asked;    /* relevant questions that take an answer */
    unsigned answered; /* of these: value, declined or unknown */
    unsigned later;    /* of these: later */
    unsigned missing;  /* required, and none or later */
    unsigned wrong;    /* constraint not met */
};
struct form_progress form_interview_progress(const form_interview *iv);
struct form_progress form_interview_section_progress(const form_interview *iv, int section);
bool form_interview_complete(const form_interview *iv); /* missing == 0 and wrong == 0 */
/* A note with appearance "stop" is relevant: its item, else -1. */
int form_interview_stop(const form_interview *iv);
bool form_interview_page_open(const form_interview *iv, int page); /* anything relevant on it */
/* Next or previous open page from page (direction +1, -1); -1 if none. */
int form_interview_page_next(const form_interview *iv, int page, int direction);
/* The first question after item (cyclic) that is relevant and missing, wrong, or (any) without
 * answer; -1 if none. */
enum form_seek { FORM_SEEK_UNANSWERED, FORM_SEEK_MISSING, FORM_SEEK_WRONG, FORM_SEEK_LATER };
int form_interview_seek(const form_interview *iv, int item, enum form_seek what);
const struct form_def *form_interview_def(const form_interview *iv);

#endif
