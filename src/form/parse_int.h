/* Shared by the files of the parser only. */
#ifndef SPRIJIN_FORM_PARSE_INT_H
#define SPRIJIN_FORM_PARSE_INT_H

#include "form/expr_int.h"

struct expr_parser {
    struct expr_lexer lexer;
    struct expr_token token;
    arena *a;
    const struct form_expr_scope *scope;
    struct form_expr_error *error;
    struct form_expr *x;
    int depth;
    int predicates;  /* predicates around this place */
    bool is_foreign; /* the innermost one is over a data document */
};

struct expr_node_list {
    const struct expr_node **items;
    size_t count, cap;
};

/* Keep the first mistake and return NULL: at a byte offset with a token of n bytes; at the token
 * that stands here; the same, foreign XPath told from a plain mistake. */
const struct expr_node *expr_fail_at(struct expr_parser *p, enum form_expr_problem problem,
                                     size_t at, const char *token, size_t n);
const struct expr_node *expr_fail(struct expr_parser *p, enum form_expr_problem problem);
const struct expr_node *expr_fail_token(struct expr_parser *p);
/* Copies at most 63 bytes, cut at a code point. */
void expr_copy_cut(char out[64], const char *s, size_t n);
void expr_next(struct expr_parser *p);

void expr_list_put(struct expr_parser *p, struct expr_node_list *list,
                   const struct expr_node *node);
struct expr_node *expr_node_new(struct expr_parser *p, enum expr_kind kind,
                                const struct expr_node_list *args);
const struct expr_node *expr_node_const(struct expr_parser *p, struct form_value value);
bool expr_is_text(const struct expr_node *node);
/* Remembers for the checker that a question is compared with a fixed text. */
void expr_note_compare(struct expr_parser *p, const struct expr_node *ref,
                       const struct expr_node *literal);
bool expr_resolve(struct expr_parser *p, const char *name, size_t n, int *slot);

/* A whole expression, up to what cannot belong to it. */
const struct expr_node *expr_parse_any(struct expr_parser *p);
/* Reference, path, name or call. */
const struct expr_node *expr_parse_operand(struct expr_parser *p);
/* What follows an operand that can give nodes: predicates and steps. */
const struct expr_node *expr_parse_filter(struct expr_parser *p, const struct expr_node *base,
                                          size_t at);
/* The reference of a slot, remembered as read. */
struct expr_node *expr_node_ref(struct expr_parser *p, int slot);
void expr_note_slot(struct expr_parser *p, int slot);
/* A failure that a late scope puts off until it is reached; else as expr_fail_at. */
const struct expr_node *expr_fail_late(struct expr_parser *p, enum form_expr_problem problem,
                                       size_t at, const char *token, size_t n);
bool expr_has_paths(const struct expr_parser *p);
/* A call whose name is read and whose parenthesis stands here. */
const struct expr_node *expr_parse_call(struct expr_parser *p, const struct expr_token *name);

#endif
