/* Where a case stands in the procedure, and what is to be done till when. Derived from the case's
 * records and the clock whenever it is asked for; the only thing that is stored is that somebody
 * did a task that no form closes. */
#ifndef SPRIJIN_RECORD_PATHWAY_H
#define SPRIJIN_RECORD_PATHWAY_H

#include "form/pathway.h"
#include "record/record.h"

/* The procedure as the forms folder has it; NULL if it has none. Borrowed from r. */
const struct form_pathway *record_pathway(const record *r);
const struct calendar *record_calendar(const record *r);

enum record_stage_state {
    RECORD_STAGE_NOT_YET,
    RECORD_STAGE_DUE,   /* the first that is not done, or one whose task is open */
    RECORD_STAGE_LATE,  /* such a task is late */
    RECORD_STAGE_BEGUN, /* a record of its forms was begun */
    RECORD_STAGE_DONE,
    RECORD_STAGE_NOT_HERE /* not of this case: its condition does not hold */
};
struct record_stage {
    const struct pathway_stage *stage;
    enum record_stage_state state;
    int64_t begun_ms; /* first record of its forms; 0 */
    int64_t done_ms;  /* newest signing of its forms, where it is done; 0 */
    int64_t due_ms;   /* earliest open task of it; 0 */
};

enum record_task_state {
    RECORD_TASK_OPEN,
    RECORD_TASK_WARN, /* within its time of warning */
    RECORD_TASK_LATE,
    RECORD_TASK_DONE
};
struct record_task {
    const struct pathway_task *task;
    enum record_task_state state;
    int64_t from_ms; /* since when: the event it counts from */
    int64_t due_ms, warn_ms;
    int64_t done_ms;  /* 0 where only a condition says that it is done */
    const char *from; /* which event that was: "plan.finished" */
    bool may_do;      /* this member's role is one of who: */
};

struct record_course {
    const struct form_pathway *pathway;
    struct record_stage *stages; /* one for each of the pathway's */
    size_t stage_count;
    int current; /* first stage that is neither done nor optional; -1: all are done */
    struct record_task
        *tasks; /* those that apply: open ones by due, then done ones, newest first */
    size_t task_count, open_count;
    int level;           /* index into the pathway's levels; -1 = not assessed */
    bool level_unsigned; /* a lowering waits for a coordinator: level is the one before */
    int64_t now_ms;
};
/* now_ms: for states; 0 = now. *out owned by the caller: record_course_done. ERR_NOT_FOUND: no such
 * case, or no pathway.yaml; ERR_RIGHTS. */
enum err record_course_get(record *r, const unsigned char case_id[ID_LEN], int64_t now_ms,
                           struct record_course *out, struct err_info *err);
void record_course_done(struct record_course *c);

/* Says that a task was done, by this member and now; it counts for the event that the task counts
 * from at this moment. note: what was done; of a sticky task not empty (ERR_USAGE). ERR_NOT_FOUND:
 * not open in this case; ERR_RIGHTS: not this member's role. */
enum err record_task_done(record *r, const unsigned char case_id[ID_LEN], const char *task,
                          const char *note, struct err_info *err);

/* Open tasks of all cases, from their cards alone, by due. */
struct record_agenda_row {
    unsigned char case_id[ID_LEN];
    char code[CASE_CODE_LEN], initials[24];
    const struct pathway_task *task;
    enum record_task_state state;
    int64_t due_ms;
};
/* until_ms: due before it; 0 = all. now_ms 0 = now. *out: owned by the caller (free). */
enum err record_agenda(record *r, int64_t now_ms, int64_t until_ms, struct record_agenda_row **out,
                       size_t *count, struct err_info *err);

/* Indicators of a case: the newest record of each form that has dimensions. */
struct record_indicator {
    char key[96]; /* question */
    char record[RECORD_DOC_ID_MAX];
    char form[64];
    enum form_strength strength;
};
struct record_dimension {
    const char *name; /* "exploitation" */
    struct form_text label;
    unsigned strong, medium, weak, open;
    bool is_positive;
    struct record_indicator *rows;
    size_t count;
};
enum record_result {
    RECORD_RESULT_NONE,      /* nothing was asked */
    RECORD_RESULT_NO_VICTIM, /* no exploitation */
    RECORD_RESULT_EXPLOITED, /* exploited, neither deceived nor coerced */
    RECORD_RESULT_DECEIVED,  /* deceived and exploited */
    RECORD_RESULT_TRAFFICKED,
    RECORD_RESULT_REVIEW /* not in the table: the team looks at it */
};
const char *record_result_word(enum record_result x); /* "trafficked" */
struct record_indicators {
    char form[64];
    bool is_child; /* by the child's form: act and exploitation are enough */
    enum record_result result;
    struct record_dimension *dimensions;
    size_t count;
    unsigned open; /* indicators without an answer */
};
/* By the newest record of a form with dimensions; of several forms the newest. Nothing asked:
 * result NONE, ERR_OK. record_indicators_done. */
enum err record_indicators_get(record *r, const unsigned char case_id[ID_LEN],
                               struct record_indicators *out, struct err_info *err);
void record_indicators_done(struct record_indicators *x);
/* The table alone. A dimension that is NULL in the form counts as not positive. */
enum record_result record_result_of(bool is_child, bool deceptive, bool coercive, bool exploitation,
                                    bool coercion);

/* Persons: a further episode of somebody who was here before, and family. */
struct record_person {
    unsigned char id[ID_LEN];
    struct record_case *cases; /* oldest first */
    size_t count;
};
enum err record_person_of(record *r, const unsigned char case_id[ID_LEN], struct record_person *out,
                          struct err_info *err);
void record_person_done(struct record_person *p);
/* A new case of the same person; the names are taken over. */
enum err record_case_again(record *r, const unsigned char of_case[ID_LEN], struct record_case *out,
                           struct err_info *err);
/* How many different persons the cases that can be read are about. */
enum err record_person_count(record *r, size_t *count, struct err_info *err);

#endif
