/* Parser of form expressions: XPath 1.0's operators, calls with their arity, and references, which
 * are resolved to slots while parsing. Chains of one precedence become one flat node, so the depth
 * of a tree is the depth of its parentheses and is limited here; whoever walks it needs no limit.
 * The first mistake ends the parse: every function returns NULL once p->error is set. */
#include "form/parse_int.h"

#include <stdlib.h>
#include <string.h>

static const struct expr_node *parse_level(struct expr_parser *p, int level);

static const struct expr_node *node_text(struct expr_parser *p, const char *s, size_t n)
{
    return expr_node_const(p, form_value_string(arena_strndup(p->a, s, n), n));
}

/* ---- operators ---- */

static const struct expr_node *parse_primary(struct expr_parser *p)
{
    const struct expr_token t = p->token;
    const struct expr_node *node;
    switch (t.kind) {
    case EXPR_T_NUMBER: expr_next(p); return expr_node_const(p, form_value_of_number(t.num));
    case EXPR_T_STRING: expr_next(p); return node_text(p, t.s, t.n);
    case EXPR_T_REF:
    case EXPR_T_DOT:
    case EXPR_T_DOTDOT:
    case EXPR_T_SLASH:
    case EXPR_T_NAME:
    case EXPR_T_STAR: return expr_parse_operand(p);
    case EXPR_T_OPEN:
        expr_next(p);
        node = parse_level(p, 0);
        if (node == NULL || p->token.kind != EXPR_T_CLOSE) {
            return node == NULL ? NULL : expr_fail_token(p);
        }
        expr_next(p);
        return expr_parse_filter(p, node, t.at);
    default: return expr_fail_token(p);
    }
}

static const struct expr_node *parse_unary(struct expr_parser *p)
{
    unsigned minuses = 0;
    while (p->token.kind == EXPR_T_MINUS) {
        minuses++;
        expr_next(p);
    }
    const struct expr_node *operand = parse_primary(p);
    if (operand == NULL || minuses == 0) {
        return operand;
    }
    if (operand->kind == EXPR_CONST && operand->u.value->type == FORM_V_NUMBER) {
        const double d = operand->u.value->num;
        return expr_node_const(p, form_value_of_number(minuses % 2 == 1 ? -d : d));
    }
    struct expr_node_list args = {0};
    expr_list_put(p, &args, operand);
    const struct expr_node *node = expr_node_new(p, EXPR_NEGATE, &args);
    if (minuses % 2 == 0) {
        args = (struct expr_node_list){0};
        expr_list_put(p, &args, node);
        node = expr_node_new(p, EXPR_NEGATE, &args);
    }
    return node;
}

#define LEVELS 6
static bool belongs_to(int level, enum expr_token_kind kind)
{
    static const unsigned char first_last[LEVELS][2] = {
        {EXPR_T_OR, EXPR_T_OR}, {EXPR_T_AND, EXPR_T_AND},    {EXPR_T_EQ, EXPR_T_NE},
        {EXPR_T_LT, EXPR_T_GE}, {EXPR_T_PLUS, EXPR_T_MINUS}, {EXPR_T_STAR, EXPR_T_MOD}};
    return kind >= first_last[level][0] && kind <= first_last[level][1];
}

/* Notes for the form checker what an equality says about questions. */
static void note_equality(struct expr_parser *p, const struct expr_node *left,
                          enum expr_token_kind op, const struct expr_node *right)
{
    expr_note_compare(p, left, right);
    expr_note_compare(p, right, left);
    const bool against_blank = (expr_is_text(left) && left->u.value->n == 0) ||
                               (expr_is_text(right) && right->u.value->n == 0);
    if (op == EXPR_T_NE && !against_blank && (left->kind == EXPR_REF || right->kind == EXPR_REF)) {
        p->x->opens_on_blank = true;
    }
}

static const struct expr_node *parse_chain(struct expr_parser *p, int level,
                                           const struct expr_node *first)
{
    struct expr_node_list args = {0};
    size_t ops_cap = 0;
    expr_list_put(p, &args, first);
    unsigned char *ops = arena_grow(p->a, NULL, 0, &ops_cap, 1);
    ops[0] = 0;
    while (belongs_to(level, p->token.kind)) {
        const enum expr_token_kind op = p->token.kind;
        expr_next(p);
        const struct expr_node *right = level + 1 < LEVELS ? parse_level(p, level + 1)
                                                           : parse_unary(p);
        if (right == NULL) {
            return NULL;
        }
        if ((op == EXPR_T_EQ || op == EXPR_T_NE) && args.count == 1) {
            note_equality(p, first, op, right);
        }
        ops = arena_grow(p->a, ops, args.count, &ops_cap, 1);
        ops[args.count] = (unsigned char)op;
        expr_list_put(p, &args, right);
    }
    struct expr_node *node = expr_node_new(p,
                                           level == 0   ? EXPR_OR
                                           : level == 1 ? EXPR_AND
                                                        : EXPR_CHAIN,
                                           &args);
    if (node->kind == EXPR_CHAIN) {
        node->u.ops = ops;
    }
    return node;
}

static const struct expr_node *parse_level(struct expr_parser *p, int level)
{
    if (level == 0 && ++p->depth > EXPR_MAX_DEPTH) {
        return expr_fail(p, FORM_X_TOO_DEEP);
    }
    const struct expr_node *node = level + 1 < LEVELS ? parse_level(p, level + 1) : parse_unary(p);
    if (node != NULL && belongs_to(level, p->token.kind)) {
        node = parse_chain(p, level, node);
    }
    if (level == 0) {
        p->depth--;
    }
    return node;
}

const struct expr_node *expr_parse_any(struct expr_parser *p)
{
    return parse_level(p, 0);
}

/* ---- the face ---- */

static int by_number(const void *a, const void *b)
{
    const int x = *(const int *)a;
    const int y = *(const int *)b;
    return (x > y) - (x < y);
}

static void sort_refs(struct form_expr *x)
{
    if (x->ref_count == 0) {
        return;
    }
    qsort(x->refs, x->ref_count, sizeof x->refs[0], by_number);
    size_t kept = 1;
    for (size_t i = 1; i < x->ref_count; i++) {
        if (x->refs[i] != x->refs[kept - 1]) {
            x->refs[kept++] = x->refs[i];
        }
    }
    x->ref_count = kept;
}

form_expr *form_expr_compile(arena *a, const char *text, size_t n,
                             const struct form_expr_scope *scope, struct form_expr_error *error)
{
    *error = (struct form_expr_error){.problem = FORM_X_OK};
    struct expr_parser p = {
        .lexer = {.text = text, .n = n}, .a = a, .scope = scope, .error = error};
    if (n > EXPR_MAX_BYTES) {
        (void)expr_fail(&p, FORM_X_TOO_DEEP);
        return NULL;
    }
    p.x = arena_alloc(a, sizeof *p.x);
    expr_next(&p);
    p.x->root = parse_level(&p, 0);
    if (p.x->root != NULL && p.token.kind != EXPR_T_END) {
        (void)expr_fail_token(&p);
    }
    if (error->problem != FORM_X_OK) {
        return NULL;
    }
    error->nearest[0] = '\0';
    sort_refs(p.x);
    return p.x;
}

const int *form_expr_refs(const form_expr *x, size_t *count)
{
    *count = x->ref_count;
    return x->refs;
}

bool form_expr_uses_self(const form_expr *x)
{
    return x->uses_self;
}

bool form_expr_uses_clock(const form_expr *x)
{
    return x->uses_clock;
}

bool form_expr_opens_on_blank(const form_expr *x)
{
    return x->opens_on_blank;
}

bool form_expr_compares(const form_expr *x, size_t i, int *slot, const char **literal)
{
    if (i >= x->compare_count) {
        return false;
    }
    *slot = x->compares[i].slot;
    *literal = x->compares[i].literal;
    return true;
}

const char *form_expr_scale(const form_expr *x, size_t i)
{
    return i < x->scales.count ? x->scales.items[i] : NULL;
}

const char *form_expr_instance(const form_expr *x, size_t i)
{
    return i < x->instances.count ? x->instances.items[i] : NULL;
}

bool form_expr_is_volatile(const form_expr *x)
{
    return x->is_volatile;
}
