/* The procedure as data: stages of a case, tasks with their deadlines, levels of risk. Parsed once
 * from pathway.yaml, immutable, living in one arena. A pure description: who has the answers of a
 * case evaluates it (record/pathway.h). */
#ifndef SPRIJIN_FORM_PATHWAY_H
#define SPRIJIN_FORM_PATHWAY_H

#include "base/calendar.h"
#include "form/def.h"

#define PATHWAY_STAGES_MAX 32
#define PATHWAY_TASKS_MAX  200
#define PATHWAY_LEVELS_MAX 8
#define PATHWAY_FORMS_MAX  8
#define PATHWAY_FROM_MAX   4

/* What a name in an expression stands for: ${form.question}, ${form.finished}, ${person.birth}. */
enum pathway_name_kind {
    PATHWAY_ANSWER,   /* of the newest record of the form */
    PATHWAY_BEGUN,    /* "yes" if there is a record of the form */
    PATHWAY_FINISHED, /* "yes" if the newest record of the form is signed off */
    PATHWAY_RECORDS,  /* ${form}: its records, for count() */
    PATHWAY_FACT,
    PATHWAY_LEVEL, /* ${level}: the level of risk that counts */
    PATHWAY_STATUS /* ${task.NAME.done} */
};
struct pathway_name {
    enum pathway_name_kind kind;
    const char *text;     /* as written */
    const char *form;     /* "" for facts and ${level} */
    const char *question; /* key, fact, or task; "" if none */
    size_t line, column;
};

enum pathway_source { PATHWAY_FOUND, PATHWAY_REMEMBERED, PATHWAY_DESIGN };
const char *form_pathway_source_word(enum pathway_source s);

enum pathway_unit { PATHWAY_HOURS, PATHWAY_DAYS, PATHWAY_WORKDAYS, PATHWAY_MONTHS };
struct pathway_span {
    enum pathway_unit unit;
    unsigned n;
    bool is_set;
};
/* due: one span, or one for each value of an expression. */
struct pathway_due {
    const form_expr *by; /* NULL: spans[0] holds always */
    const char *values[PATHWAY_LEVELS_MAX];
    struct pathway_span spans[PATHWAY_LEVELS_MAX];
    size_t count; /* 0: due at once */
};

enum pathway_event_kind {
    PATHWAY_E_CASE_OPENED,
    PATHWAY_E_BEGUN,
    PATHWAY_E_FINISHED,
    PATHWAY_E_ANSWER, /* a date or a date and time */
    PATHWAY_E_TASK_DONE
};
struct pathway_event {
    enum pathway_event_kind kind;
    const char *text;            /* as written */
    const char *form, *question; /* task's name in question */
    size_t line, column;
};

struct pathway_stage {
    const char *name;
    struct form_text label, note;
    const char *forms[PATHWAY_FORMS_MAX]; /* the first is what the stage opens */
    size_t form_count;
    const form_expr *done; /* NULL: the first form is signed off */
    const form_expr *when; /* NULL: always; false: the stage is not of this case */
    bool is_optional;
    enum pathway_source source;
    size_t line, column;
};

struct pathway_task {
    const char *name;
    struct form_text label, note;
    const char *form; /* what opens it; NULL */
    int stage;        /* index into stages, -1 */
    const form_expr *when;
    struct pathway_event from[PATHWAY_FROM_MAX];
    size_t from_count;
    struct pathway_due due;
    struct pathway_span warn;       /* before it is due */
    const form_expr *closes;        /* NULL where closes_by.text is set */
    struct pathway_event closes_by; /* "FORM.finished after from"; text NULL: none */
    bool closes_after;              /* counts only if it came after from */
    bool repeats;                   /* begins anew with the newest of its events */
    bool is_sticky;                 /* goes only with what closes it, or with a note who did what */
    unsigned roles_who, roles_sign; /* bit 1 << role; 0: everybody */
    enum pathway_source source;
    size_t line, column;
};

struct pathway_level {
    const char *name;
    struct form_text label;
    struct pathway_span review;
    int actions[PATHWAY_LEVELS_MAX]; /* tasks that the level asks for */
    size_t action_count;
};

struct form_pathway {
    arena *arena;
    char hash[65]; /* of the file's bytes */
    const struct pathway_stage *stages;
    size_t stage_count;
    const struct pathway_task *tasks;
    size_t task_count;
    const struct pathway_level *levels; /* lowest first */
    size_t level_count;
    const struct pathway_name *names; /* slots of the expressions */
    size_t name_count;
    const char *level_form, *level_question;  /* where the level is asked; NULL: no levels */
    const char *lower_question, *lower_value; /* answered so, it was lowered; NULL: no such rule */
    unsigned lower_roles;                     /* who may sign that */
};

/* roles of who: and sign: are the words of the vault; role_of gives the number, -1 if unknown. */
typedef int pathway_role_of(const char *word);
/* *out NULL if there is an error (ERR_SYNTAX); owned by the caller: form_pathway_free. findings:
 * caller's, appended to, sorted. */
enum err form_pathway_load(const char *yaml, size_t n, pathway_role_of *role_of,
                           struct form_pathway **out, struct form_findings *findings,
                           struct err_info *err);
void form_pathway_free(struct form_pathway *p);
int form_pathway_task(const struct form_pathway *p, const char *name);  /* -1 */
int form_pathway_level(const struct form_pathway *p, const char *name); /* -1 */

/* Checks names against the forms: find gives a form by id, NULL if there is none. facts may be
 * NULL. Adds findings, sorted. */
typedef const struct form_def *pathway_form_find(void *payload, const char *id);
void form_pathway_check(const struct form_pathway *p, pathway_form_find *find, void *payload,
                        const struct form_facts *facts, struct form_findings *findings);

/* holidays.yaml. unit: days that one unit alone has off count if it is that unit; NULL: none. */
enum err form_calendar_load(const char *yaml, size_t n, const char *unit, struct calendar *out,
                            struct form_findings *findings, struct err_info *err);
/* institutions.yaml, retention.yaml: laid out as such a file is. */
enum err form_data_check(const char *yaml, size_t n, const char *head,
                         struct form_findings *findings, struct err_info *err);

#endif
