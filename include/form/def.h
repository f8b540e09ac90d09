/* A form as data: parsed once from YAML, checked, immutable, living in one arena. */
#ifndef SPRIJIN_FORM_DEF_H
#define SPRIJIN_FORM_DEF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/catalog.h"
#include "base/err.h"
#include "base/str.h"
#include "form/expr.h"

#define FORM_MAX_BYTES  (2u << 20)
#define FORM_MAX_DEPTH  64
#define FORM_MAX_GROUPS 16

enum form_type {
    FORM_T_GROUP,
    FORM_T_TEXT,
    FORM_T_INTEGER,
    FORM_T_DECIMAL,
    FORM_T_DATE,
    FORM_T_SELECT_ONE,
    FORM_T_SELECT_MULTIPLE,
    FORM_T_NOTE,
    FORM_T_CALCULATE,
    FORM_T_REPEAT, /* a group that may occur several times; so nothing stands on a page for it */
    FORM_T_TIME,
    FORM_T_DATETIME,
    FORM_T_RANGE,       /* a number between range.start and range.end */
    FORM_T_RANK,        /* all choices, in the order of preference */
    FORM_T_ACKNOWLEDGE, /* "OK" or nothing */
    FORM_T_GEO,         /* "lat lon [alt [acc]]", several with ';' between */
    FORM_T_FILE,        /* image, audio, ...: a text says where it will be attached */
    FORM_T_HIDDEN,      /* stored, never shown */
    FORM_T_META,        /* start, end, today, username, ...: filled by the program */
    FORM_T_DATA         /* csv-external and the like: names a file, holds nothing */
};

/* A text in the languages of the program; NULL where it is missing. */
struct form_text {
    const char *in[LANG_COUNT];
};
/* In lang, else in the form's default language, else in any, else "". */
const char *form_text_get(const struct form_text *t, enum lang lang);

/* A further column of a choice, for choice_filter and instance(). */
struct form_column {
    const char *name, *text;
};
struct form_choice {
    const char *name;
    struct form_text label;
    const struct form_column *columns;
    size_t column_count;
};
struct form_choices {
    const char *name;
    const struct form_choice *items;
    size_t count;
    size_t line;
    bool is_used;
};

/* Points that an answer gives on a scale: weight: {external: {yes: 3}}; value "" or "*" = any. */
struct form_weight {
    int scale; /* index into scales */
    const char *value;
    double points;
};
enum form_strength { FORM_WEAK, FORM_MEDIUM, FORM_STRONG };
/* "coercion strong": the answer "yes" counts as present. */
struct form_mark {
    int dimension; /* index into dimensions, -1 if none */
    enum form_strength strength;
};
struct form_range {
    double start, end, step;
};

/* A group or a question; the tree is stored in document order, parents before children. */
struct form_item {
    enum form_type type;
    const char *name; /* as written */
    const char *key;  /* address of its answers: name, or group/name where a name occurs twice */
    int parent;       /* index of the group or repeat, -1 at the top */
    int repeat;       /* innermost repeat it stands in, -1; of a repeat: the one around it */
    const char *type_name; /* as XLSForm spells it: "deviceid" of META, "image" of FILE */
    int end;               /* one past the last descendant: children are index+1 .. end-1 */
    int page;              /* index into pages, -1 for groups and calculates */
    struct form_text label, hint, guidance, constraint_message, required_message;
    const struct form_choices *choices; /* selects only */
    const form_expr *relevant, *constraint, *calculation, *required,
        *default_expr;        /* NULL if none */
    const char *default_text; /* literal default, NULL if none */
    bool required_always;
    bool is_readonly;
    const form_expr *readonly; /* where it depends on answers, else NULL */
    const char *appearance;    /* "" if none; "stop" marks a note that ends the interview,
                                * "multiline" a long text */
    const char *fact;          /* "person.surname" or NULL */
    const char *sensitivity;   /* "identity", "narrative", "open" (default) */
    const char *htcds, *indicator, *weight, *card, *was; /* kept as written; NULL if none */
    const char *publish;                                 /* kept as written; NULL if none */
    const form_expr *choice_filter;                      /* evaluated for each choice */
    const form_expr *repeat_count;                       /* repeats: NULL = the person decides */
    int choices_from;    /* select_one ${q}: the question whose answers are the choices, -1 */
    const char *file;    /* select_one_from_file, csv-external: the file's name, NULL */
    const int *triggers; /* items whose change runs the calculation; -1 ends; NULL if none */
    const struct form_range *range; /* NULL if none */
    bool is_random;                 /* choices in random order */
    const form_expr *seed;          /* of that order, NULL */
    const char *seed_text;
    const char *file_value, *file_label; /* columns of the file; NULL = name, label */
    bool is_once;      /* calculation with once(), random(), uuid() or a trigger: its
                                     * value is stored as an answer */
    bool is_estimated; /* integer: an age may be "about": "37~2026-11-24" */
    const struct form_weight *weights;
    size_t weight_count;
    struct form_mark mark;
    size_t line, column; /* where it stands in the file */
};

/* What stands on the right of the interview screen at once: the direct questions of one group. */
struct form_page {
    int group;        /* item index, -1 for questions outside any group */
    int section;      /* index into sections */
    const int *items; /* questions and notes on it, in order; no calculates */
    size_t count;
    int repeat; /* the page of a repeat itself, which lists its rows: item or node; -1 */
};
/* A top-level group (or the run of top-level questions before, between and after them). */
struct form_section {
    int group; /* item index, -1 */
    int first_page;
    int page_count; /* at least 1 */
};

/* scales: what the points of answers sum up to. */
struct form_level {
    const char *name;
    struct form_text label, action; /* what the level demands */
    double from;                    /* lowest sum */
};
struct form_scale {
    const char *name;
    struct form_text label;
    const struct form_level *levels; /* by from, ascending */
    size_t count;
    size_t line;
};
/* indicators: a dimension is positive if any of the rules holds; a rule names minima. */
struct form_dimension {
    const char *name;
    struct form_text label;
};
struct form_rule {
    unsigned strong, medium, weak;
};

#define FORM_COMPARTMENTS "medical", "psychological"

struct form_def {
    arena *arena; /* owner of everything below */
    const char *id, *version;
    struct form_text title;
    enum lang default_lang;
    bool has_lang[LANG_COUNT]; /* languages in which it is complete or nearly */
    const struct form_item *items;
    size_t count;
    const struct form_choices *choices;
    size_t choices_count;
    const struct form_page *pages; /* as if each repeat had one instance, for texts about the
                                    * form; what a person sees is form_interview_pages */
    size_t page_count;
    const struct form_section *sections;
    size_t section_count;
    const int *order; /* items with calculation, relevant, ... in dependency order */
    size_t order_count;
    const struct form_scale *scales;
    size_t scale_count;
    const struct form_dimension *dimensions;
    size_t dimension_count;
    const struct form_rule *rules;
    size_t rule_count;
    const char *instance_name; /* expression as written, NULL */
    const form_expr *instance_name_expr;
    const char *compartment; /* FORM_COMPARTMENTS: the restricted part of a case that its records
                              * are kept in; NULL: the case itself */
    bool is_many;            /* records: many: a case has as many records of it as are begun */
    bool has_repeats;
    const int *const *dependents; /* per item: items to recompute when its value or relevance
                                   * changes, in order, transitive; -1 ends */
};

enum form_severity { FORM_NOTICE, FORM_WARNING, FORM_ERROR };

/* One finding of the checker. No sentence here: code and words; report/message.c speaks. */
enum form_finding_code {
    FORM_F_YAML, /* not YAML; arg0 = the parser's problem */
    FORM_F_TOO_LARGE,
    FORM_F_TOO_DEEP,
    FORM_F_ALIAS,         /* anchors, aliases, tags */
    FORM_F_DUPLICATE_KEY, /* arg0 = key */
    FORM_F_SECOND_DOCUMENT,
    FORM_F_NOT_A_MAP,
    FORM_F_NOT_A_LIST,
    FORM_F_NOT_TEXT,       /* arg0 = what should be */
    FORM_F_MISSING_KEY,    /* arg0 = key */
    FORM_F_UNKNOWN_KEY,    /* arg0 = key, arg1 = nearest */
    FORM_F_UNKNOWN_TYPE,   /* arg0 = type, arg1 = nearest */
    FORM_F_BAD_NAME,       /* arg0 = name */
    FORM_F_DUPLICATE_NAME, /* arg0 = name, line2 = the first */
    FORM_F_AMBIGUOUS_NAME, /* arg0 = name: used twice in different groups and referenced */
    FORM_F_UNKNOWN_LIST,   /* arg0 = list, arg1 = nearest */
    FORM_F_EMPTY_LIST,
    FORM_F_UNUSED_LIST,         /* arg0 = list */
    FORM_F_DUPLICATE_CHOICE,    /* arg0 = choice, arg1 = list */
    FORM_F_CHOICE_BLANK,        /* choice name with a blank in a list used for several answers */
    FORM_F_MISSING_LABEL,       /* arg0 = name */
    FORM_F_MISSING_TRANSLATION, /* arg0 = name, arg1 = language */
    FORM_F_UNKNOWN_LANGUAGE,    /* arg0 */
    FORM_F_EXPR_SYNTAX,
    FORM_F_EXPR_NAME,
    FORM_F_EXPR_FUNCTION,
    FORM_F_EXPR_ARITY,
    FORM_F_EXPR_UNSUPPORTED,
    FORM_F_EXPR_REGEX,
    FORM_F_EXPR_TOO_DEEP,  /* arg0 token, arg1 nearest */
    FORM_F_CIRCLE,         /* arg0 = "a -> b -> a" */
    FORM_F_SELF_RELEVANT,  /* relevant refers to its own question */
    FORM_F_NO_CALCULATION, /* calculate without one */
    FORM_F_OPENS_ON_BLANK, /* warning: != or not() over a possibly blank question; arg0 = name */
    FORM_F_BAD_DEFAULT,    /* warning: default does not fit the type and is left out; arg0 */
    FORM_F_BAD_CHOICE,   /* warning: an expression compares a choice question with a name not in its
                               * list; arg0 = name, arg1 = nearest */
    FORM_F_UNKNOWN_FACT, /* arg0 = fact, arg1 = nearest */
    FORM_F_FACT_TYPE,    /* type cannot hold the fact */
    FORM_F_BAD_VALUE,    /* arg0 = key, arg1 = value: sensitivity, yes/no, version ... */
    FORM_F_LABEL_TOO_WIDE, /* warning: section label over 13 cells, choice over a screen; arg0 */
    FORM_F_EMPTY_GROUP,    /* arg0 */
    FORM_F_CONSTRAINT_ON_NOTE, /* constraint or required where nothing can be answered */
    FORM_F_NOT_DONE,           /* notice: arg0 is kept and written back, and nothing is done */
    FORM_F_BAD_PARAMETER,      /* arg0 = parameter, arg1 = its value */
    FORM_F_OTHER_FILTERED,     /* or_other together with choice_filter; arg0 = list */
    FORM_F_NEVER_RELEVANT,     /* warning: can never be true; arg0 = name */
    FORM_F_UNKNOWN_SCALE,      /* arg0 = scale, arg1 = nearest */
    FORM_F_UNKNOWN_DIMENSION,  /* arg0 = dimension, arg1 = nearest */
    FORM_F_BAD_WEIGHT,         /* arg0 = what is written */
    FORM_F_NO_FILE,            /* the file beside the form is missing; arg0 = file */
    FORM_F_GATES,   /* a condition reads a fact that must never open or shut a door; arg0 = the
                     * fact, arg1 = what reads it */
    FORM_F_NO_FORM, /* arg0 = the form that is not beside the procedure */
    FORM_F_COUNT
};
struct form_finding {
    enum form_finding_code code;
    enum form_severity severity;
    size_t line, column; /* 1-based; column in code points */
    size_t line2;
    char arg[2][96];
};
struct form_findings {
    struct form_finding *items; /* sorted by line */
    size_t count, cap;
    size_t errors; /* how many have FORM_ERROR */
};
void form_findings_done(struct form_findings *f);
const char *form_finding_name(enum form_finding_code code); /* "unknown-name": stable, for --json */

/* Facts that questions may write (forms/facts.yaml). */
struct form_fact {
    const char *name;
    enum form_type type;
    struct form_text label;
    const char *sensitivity;
    bool never_gates; /* no condition may read it, nor a question that writes it */
    bool is_carried;  /* stands in the next form that asks for it */
};
struct form_facts {
    arena *arena;
    const struct form_fact *items;
    size_t count;
};
enum err form_facts_load(const char *yaml, size_t n, struct form_facts *out,
                         struct form_findings *findings, struct err_info *err);
void form_facts_done(struct form_facts *f);
const struct form_fact *form_fact_find(const struct form_facts *f, const char *name);

/* Parses, resolves and checks. *out is NULL if there is any FORM_ERROR (then ERR_SYNTAX), else
 * owned by the caller: form_def_free. facts may be NULL (fact names are then not checked).
 * findings: caller's, appended to, sorted. */
enum err form_def_load(const char *yaml, size_t n, const struct form_facts *facts,
                       struct form_def **out, struct form_findings *findings, struct err_info *err);
void form_def_free(struct form_def *def);
/* Files that the form of this text names beside it and has_file does not know: a finding for each,
 * at its place. Sorts findings. */
void form_def_check_files(const struct form_def *def, const char *yaml, size_t n,
                          bool (*has_file)(void *payload, const char *name), void *payload,
                          struct form_findings *findings);
/* Canonical YAML of the form (what `form fmt` prints and the definition hash covers). Appends. */
enum err form_def_write(const char *yaml, size_t n, struct str *out, struct err_info *err);
/* Index of the item by key or name, -1. */
int form_def_find(const struct form_def *def, const char *key);
bool form_type_takes_answer(enum form_type t); /* not group, repeat, note, calculate, data */
bool form_type_is_shown(enum form_type t);     /* stands on a page: questions and notes */
/* An answer of it is stored: what takes answers, and calculations that run once. */
bool form_item_stores(const struct form_item *item);
const char *form_type_name(enum form_type t);

#endif
