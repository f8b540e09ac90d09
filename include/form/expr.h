/* Expressions of forms: XPath 1.0's operators with ODK's functions, compiled once, evaluated as a
 * pure function of answers and clock. Lexer, parser and evaluator are three small files.
 * Semantics where engines differ: docs/forms.md (JavaRosa's side). */
#ifndef SPRIJIN_FORM_EXPR_H
#define SPRIJIN_FORM_EXPR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum form_value_type {
    FORM_V_STRING,
    FORM_V_NUMBER,
    FORM_V_BOOL,
    FORM_V_DATE,     /* whole days since 1970-01-01 in num, and the latest possible day in num2 */
    FORM_V_DATETIME, /* days with a fraction, local, in num */
    FORM_V_NODES     /* all values of one question (repeats give several) */
};

/* A node of the answers or of a data document (a secondary instance). Children hang in document
 * order on first/next. */
struct form_node {
    struct form_node *parent, *first, *next;
    const char *name;
    const char *text; /* data documents: raw text of a leaf, "" if empty; NULL in the answers */
    int slot;         /* answers: item of the form, -1 for the root; data documents: -1 */
    int index;        /* answers: the engine's own number of the node */
};

/* One value. Strings are borrowed from the arena or from the answers. */
struct form_value {
    enum form_value_type type;
    bool is_node;  /* comes straight from a question: boolean() tests its value */
    double num;    /* NUMBER, DATE, DATETIME; BOOL as 0 or 1 */
    double num2;   /* DATE: latest possible day (partial dates), else = num */
    const char *s; /* STRING: UTF-8, n bytes, NUL-terminated; DATE(TIME): its text or NULL */
    size_t n;
    const struct form_value *items;       /* NODES; may be NULL if nodes are given */
    const struct form_node *const *nodes; /* NODES: where each comes from, NULL if unknown */
    size_t count;                         /* NODES */
    const struct form_node *node;         /* of a single node's value, else NULL */
};

/* What went wrong while compiling; column is 1-based in code points within the expression. */
enum form_expr_problem {
    FORM_X_OK,
    FORM_X_SYNTAX,           /* token = what stands there */
    FORM_X_UNKNOWN_NAME,     /* token = the name */
    FORM_X_UNKNOWN_FUNCTION, /* token = the name; nearest = a known one or "" */
    FORM_X_ARITY,            /* token = the function; nearest = "1" or "2-3": what it takes */
    FORM_X_UNSUPPORTED,      /* legal XPath that ODK forms do not have: axes, //, union, text() */
    FORM_X_REGEX,            /* a literal pattern that cannot be compiled */
    FORM_X_TOO_DEEP,         /* over 64 levels or 64 KiB; evaluating: too many nodes */
    FORM_X_TYPE              /* only in env->failed: what is no date was asked for as a date */
};
struct form_expr_error {
    enum form_expr_problem problem;
    size_t column;
    char token[64];
    char nearest[64];
};

typedef struct form_expr form_expr; /* lives in the arena it was compiled into */

/* Names at compile time: slot number of a question, group or repeat, -1 unknown. payload is the
 * caller's. Without resolve (NULL) names are only those of the nodes met when evaluating. */
struct form_expr_scope {
    void *payload;
    int (*resolve)(void *payload, const char *name, size_t n);
    bool is_late;      /* what is unknown, unsupported or of wrong arity fails only when reached */
    bool allows_paths; /* paths with predicates, instance(), `..`, `*` */
    bool columns;      /* bare names are children of the context node: choice filters */
};

/* NULL and *error filled if it cannot be compiled. text: UTF-8, n bytes. `${name}` and `.` (the
 * question itself: self_slot of the environment; reported as reference -1 is not needed). */
form_expr *form_expr_compile(arena *a, const char *text, size_t n,
                             const struct form_expr_scope *scope, struct form_expr_error *error);
/* Slots it reads, each once, ascending; borrowed. */
const int *form_expr_refs(const form_expr *x, size_t *count);
bool form_expr_uses_self(const form_expr *x);  /* `.` occurs */
bool form_expr_uses_clock(const form_expr *x); /* today() or now() */
/* true if a blank question in it can make it true although nothing was said: != or not() over a
 * reference, for the checker's warning. */
bool form_expr_opens_on_blank(const form_expr *x);
/* The i-th comparison of a question with a fixed text (${q} = 'a', != likewise, selected(${q},
 * 'a')), for the checker that knows choice lists; borrowed. false past the end. */
bool form_expr_compares(const form_expr *x, size_t i, int *slot, const char **literal);

/* The i-th scale it asks points() or scale() for by a fixed name; NULL past the end; borrowed. */
const char *form_expr_scale(const form_expr *x, size_t i);
/* The i-th secondary instance it reads by a fixed name; NULL past the end; borrowed. */
const char *form_expr_instance(const form_expr *x, size_t i);
/* random(), uuid(), randomize() without seed, or once() occurs: not a function of answers alone. */
bool form_expr_is_volatile(const form_expr *x);

/* Where values come from at evaluation. A state or an irrelevant question reads as blank: the
 * empty string with is_node. Every hook may be NULL, its result is blank then. */
struct form_expr_env {
    void *payload;
    /* ${slot} seen from context (NULL if there is none): one value, or FORM_V_NODES where the
     * question lies in a repeat that context is not in. Groups and repeats give their nodes. */
    struct form_value (*get)(void *payload, int slot, const struct form_node *context);
    /* Typed value of one node of the answers; an irrelevant one is blank. */
    struct form_value (*value)(void *payload, const struct form_node *n);
    const struct form_node *context; /* where relative paths begin; NULL: `.` is self */
    const struct form_node *current; /* what current() is; NULL: context */
    const struct form_node *root;    /* document element of absolute paths */
    struct form_value self;          /* the value of `.` where context is NULL or of the answers */
    int64_t now_ms;                  /* today() and now() */
    const char *(*choice_label)(void *payload, int slot, const char *choice);
    const struct form_node *(*instance)(void *payload, const char *id); /* document element */
    const char *(*itext)(void *payload, const char *id);
    const char *(*state)(void *payload, int slot, const struct form_node *context);
    double (*points)(void *payload, const char *scale);     /* NaN if unknown */
    const char *(*scale)(void *payload, const char *scale); /* name of its level, "" if none */
    double (*random)(void *payload);                        /* in [0, 1) */
    void (*uuid)(void *payload, char out[37]);
    bool want_latest; /* dates compare by their latest possible day instead of the earliest */
    struct form_expr_error *failed; /* may be NULL: what failed first, else untouched */
};
/* Never fails, but as env->failed says: what cannot be computed is NaN or the empty string.
 * Strings live in scratch. */
struct form_value form_expr_eval(const form_expr *x, const struct form_expr_env *env,
                                 arena *scratch);

/* Conversions of XPath. */
bool form_value_bool(const struct form_value *v);
double form_value_number(const struct form_value *v); /* NaN if none */
/* Text: numbers by XPath's rules with up to 15 significant digits, dates as ISO text. */
const char *form_value_text(const struct form_value *v, arena *scratch);
struct form_value form_value_string(const char *s, size_t n);
struct form_value form_value_of_number(double d);
struct form_value form_value_of_bool(bool b);
/* Names of all functions, NULL-terminated, sorted; for help and the nearest match. */
const char *const *form_expr_functions(void);
/* Nearest of the candidates (edit distance at most 1/3 of the length), NULL if none. */
const char *form_nearest(const char *word, const char *const *candidates, size_t n);

#endif
