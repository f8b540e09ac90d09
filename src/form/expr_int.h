/* Shared inside form's expressions only: tokens, the tree, the table of functions. A tree is
 * immutable after compiling and lives in the arena it was compiled into. */
#ifndef SPRIJIN_FORM_EXPR_INT_H
#define SPRIJIN_FORM_EXPR_INT_H

#include "form/expr.h"
#include "form/regex.h"

#define EXPR_MAX_BYTES  (64u * 1024u)
#define EXPR_MAX_DEPTH  64
#define EXPR_MAX_VISITS 2000000u /* nodes in one evaluation */

/* ---- tokens (lex.c) ---- */
enum expr_token_kind {
    EXPR_T_END,
    EXPR_T_BAD,    /* no token begins here, or a string without its end */
    EXPR_T_NUMBER, /* num */
    EXPR_T_STRING, /* s, n: without the quotes */
    EXPR_T_NAME,   /* s, n: a name, perhaps with a prefix */
    EXPR_T_REF,    /* s, n: inside of ${ }, blanks cut */
    EXPR_T_DOT,
    EXPR_T_DOTDOT,
    EXPR_T_SLASH,
    EXPR_T_OPEN,
    EXPR_T_CLOSE,
    EXPR_T_LEFT,  /* [ */
    EXPR_T_RIGHT, /* ] */
    EXPR_T_COMMA,
    EXPR_T_OR,
    EXPR_T_AND,
    EXPR_T_EQ,
    EXPR_T_NE,
    EXPR_T_LT,
    EXPR_T_LE,
    EXPR_T_GT,
    EXPR_T_GE,
    EXPR_T_PLUS,
    EXPR_T_MINUS,
    EXPR_T_STAR,
    EXPR_T_DIV,
    EXPR_T_MOD,
    EXPR_T_FOREIGN /* legal XPath that forms do not have: // | @ :: $x */
};
struct expr_token {
    enum expr_token_kind kind;
    const char *s; /* borrowed from the expression's text */
    size_t n;
    size_t at;  /* byte offset of the token's first byte */
    size_t len; /* bytes of the whole token */
    double num;
};
struct expr_lexer {
    const char *text;
    size_t n;
    size_t at;
    bool after_operand; /* decides whether "div", "*" and the like are operators */
};
void expr_lex_next(struct expr_lexer *lx, struct expr_token *t);
bool expr_name_starts(uint32_t cp);

/* ---- tree (parse.c makes it, eval.c walks it) ---- */
enum expr_kind {
    EXPR_CONST,
    EXPR_REF,
    EXPR_SELF,
    EXPR_CALL,
    EXPR_OR,
    EXPR_AND,
    EXPR_CHAIN,
    EXPR_NEGATE,
    EXPR_PATH,
    EXPR_FAIL /* scopes that are late: reaching it is a failure */
};
struct expr_fn;
struct expr_node;

enum expr_start {
    EXPR_FROM_CONTEXT,
    EXPR_FROM_CURRENT,
    EXPR_FROM_ROOT,     /* the document of env->root */
    EXPR_FROM_INSTANCE, /* the document that base names */
    EXPR_FROM_BASE      /* the nodes that base gives */
};
enum expr_step_kind { EXPR_STEP_NAME, EXPR_STEP_ANY, EXPR_STEP_SELF, EXPR_STEP_PARENT };
struct expr_step {
    enum expr_step_kind kind;
    const char *name;
    const struct expr_node **tests; /* predicates */
    unsigned test_count;
};
struct expr_path {
    enum expr_start start;
    bool is_foreign; /* leads through a data document, whose columns are no questions */
    const struct expr_node *base;
    const struct expr_node **tests; /* predicates over all of base */
    unsigned test_count;
    struct expr_step *steps;
    unsigned step_count;
};
struct expr_node {
    enum expr_kind kind;
    bool is_current;               /* REF: seen from current(), also inside predicates */
    unsigned count;                /* of args */
    const struct expr_node **args; /* CALL, OR, AND, CHAIN, NEGATE */
    union {
        const struct form_value *value;        /* CONST */
        const struct expr_path *path;          /* PATH */
        const struct form_expr_error *failure; /* FAIL */
        int slot;                              /* REF; CALL of jr:choice-name */
        const unsigned char *ops;              /* CHAIN: ops[i] joins args[i-1] and args[i] */
        const form_regex *regex;               /* CALL of regex with a literal pattern */
    } u;
    const struct expr_fn *fn; /* CALL */
};
struct expr_compare {
    int slot;
    const char *literal;
};
struct expr_texts {
    const char **items;
    size_t count, cap;
};
struct form_expr {
    const struct expr_node *root;
    int *refs;
    size_t ref_count, ref_cap;
    struct expr_compare *compares;
    size_t compare_count, compare_cap;
    struct expr_texts scales, instances;
    bool uses_self, uses_clock, opens_on_blank, is_volatile;
};

/* ---- evaluation (eval.c) ---- */
struct expr_ctx {
    const struct form_expr_env *env;
    arena *scratch;
    const struct form_node *node; /* what relative paths start from; may be NULL */
    size_t position, size;        /* of node among its set; 0 outside predicates */
    size_t *budget;               /* nodes that may still be visited */
};
struct expr_nodes {
    const struct form_node **items;
    size_t count, cap;
};
/* One call under evaluation: arguments are evaluated only when asked for. */
struct expr_call {
    const struct expr_ctx *ctx;
    const struct expr_node *node;
};
void expr_eval_node(const struct expr_ctx *ctx, const struct expr_node *node,
                    struct form_value *out);
/* Argument i, evaluated; as number, truth, text (borrowed from arena, tree or answers). */
void expr_arg(const struct expr_call *c, unsigned i, struct form_value *out);
double expr_arg_number(const struct expr_call *c, unsigned i);
bool expr_arg_bool(const struct expr_call *c, unsigned i);
const char *expr_arg_text(const struct expr_call *c, unsigned i, size_t *n);
/* Calls visit for each value of arguments from `first` on, node sets item by item. */
void expr_each(const struct expr_call *c, unsigned first,
               void (*visit)(void *payload, const struct form_value *v), void *payload);

/* ---- paths (eval_path.c) ---- */
void expr_nodes_put(const struct expr_ctx *ctx, struct expr_nodes *set, const struct form_node *n);
void expr_path_eval(const struct expr_ctx *ctx, const struct expr_path *path,
                    struct expr_nodes *out);
/* One node as its value, several or none as a set. */
void expr_path_value(const struct expr_ctx *ctx, const struct expr_path *path,
                     struct form_value *out);
/* Nodes that an argument gives, without reading their values where that can be helped. */
void expr_arg_nodes(const struct expr_call *c, unsigned i, struct expr_nodes *out);
/* One node as its value, several or none as a set. */
void expr_nodes_value(const struct expr_ctx *ctx, const struct expr_nodes *set,
                      struct form_value *out);
void expr_node_value(const struct expr_ctx *ctx, const struct form_node *n, struct form_value *out);
/* The question's value as seen from here; sets have both values and, if known, nodes. */
void expr_get(const struct expr_ctx *ctx, const struct expr_node *ref, struct form_value *out);
/* Keeps the first failure for env->failed. */
void expr_failed(const struct expr_ctx *ctx, enum form_expr_problem problem, const char *token);

/* ---- values (value.c) ---- */
const char *expr_value_text(const struct form_value *v, arena *scratch, size_t *n);
/* XPath's numbers and nothing else: blanks, minus, digits, point. NaN if it is none. */
double expr_text_number(const char *s, size_t n);
/* "2026-11-23T12:00[:00[.000]][Z|+02:00]": days with fraction in the local zone, and as
 * they are written, the zone left out. */
bool expr_text_datetime(const char *s, size_t n, double *local_days, double *written);
/* As form_value_number, but the text of any ISO date counts and a partial date gives its latest
 * day if asked. */
double expr_value_days(const struct form_value *v, bool latest);
struct form_value expr_value_date(double first, double last);
struct form_value expr_value_datetime(double days);
/* true if a day number lies in the years 1 to 9999; false for NaN. */
bool expr_in_calendar(double days);
bool expr_is_blank_char(char c);

/* ---- functions (functions.c) ---- */
enum expr_fn_flags {
    EXPR_F_CLOCK = 1,     /* reads the clock */
    EXPR_F_NOT = 2,       /* the checker's question: blank makes it true */
    EXPR_F_REGEX = 4,     /* argument 2 is a pattern */
    EXPR_F_CHOICE = 8,    /* argument 2 names a question */
    EXPR_F_SELECTED = 16, /* (question, choice) */
    EXPR_F_PAIRS = 32,    /* an even number of arguments */
    EXPR_F_FIXED = 64,    /* without arguments always the same: computed while compiling */
    EXPR_F_VOLATILE = 128,
    EXPR_F_SELF = 256,      /* reads the question it stands at */
    EXPR_F_SCALE = 512,     /* argument 1 names a scale */
    EXPR_F_INSTANCE = 1024, /* argument 1 names a secondary instance */
    EXPR_F_STATE = 2048,    /* argument 1 is a question */
    EXPR_F_NODES = 4096,    /* needs nodes: only where the scope has paths */
    EXPR_F_SEEDED = 8192,   /* by chance unless there is a second argument */
    EXPR_F_ODD = 16384      /* an odd number of arguments */
};
struct expr_fn {
    const char *name;
    int min, max; /* arguments; max -1 = any number */
    unsigned flags;
    void (*call)(const struct expr_call *c, struct form_value *out);
};
const struct expr_fn *expr_fn_find(const char *name, size_t n);
size_t expr_fn_count(void);

#endif
