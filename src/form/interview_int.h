/* State of an interview, shared by interview.c (answers, computing) and navigate.c (progress,
 * seeking). Private to form/. */
#ifndef SPRIJIN_FORM_INTERVIEW_INT_H
#define SPRIJIN_FORM_INTERVIEW_INT_H

#include "form/def_int.h"

struct cell {
    enum form_answer_state state;
    struct str text;         /* the stored answer, canonical; "" unless state is VALUE */
    struct str value;        /* the calculated value, of items with a calculation */
    struct form_value ready; /* what expressions see while the item is relevant */
    bool is_relevant, is_required, is_changed;
    enum form_problem problem;
};

struct form_interview {
    const struct form_def *def;
    struct cell *cells;
    int *changes;
    size_t change_count;
    int64_t now_ms;
    bool uses_clock;
    struct form_expr_env env;
    struct str accepted; /* canonical text of the answer being set; kept for its memory */
    arena *scratch;      /* of one computation; reset each time */
};

/* A question somebody answers: not one whose value is calculated. */
bool form_interview_is_asked(const form_interview *iv, int item);
bool form_interview_is_missing(const form_interview *iv, int item);

#endif
