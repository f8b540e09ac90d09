/* Parser of form expressions: XPath 1.0's operators, calls with their arity, and references, which
 * are resolved to slots while parsing. Chains of one precedence become one flat node, so the depth
 * of a tree is the depth of its parentheses and is limited here; whoever walks it needs no limit.
 * The first mistake ends the parse: every function returns NULL once p->error is set. */
#include "form/parse_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

static const struct expr_node *parse_level(struct expr_parser *p, int level);

static bool token_is(const struct expr_parser *p, const char *word)
{
    const size_t n = strlen(word);
    return p->token.kind == EXPR_T_NAME && p->token.n == n && memcmp(p->token.s, word, n) == 0;
}

static const struct expr_node *node_text(struct expr_parser *p, const char *s, size_t n)
{
    return expr_node_const(p, form_value_string(arena_strndup(p->a, s, n), n));
}

/* ---- references ---- */

static const struct expr_node *node_ref(struct expr_parser *p, const char *name, size_t n,
                                        size_t at)
{
    int slot;
    if (!expr_resolve(p, name, n, &slot)) {
        return expr_fail_at(p, FORM_X_UNKNOWN_NAME, at, name, n);
    }
    struct form_expr *x = p->x;
    x->refs = arena_grow(p->a, x->refs, x->ref_count, &x->ref_cap, sizeof x->refs[0]);
    x->refs[x->ref_count++] = slot;
    struct expr_node *node = expr_node_new(p, EXPR_REF, NULL);
    node->u.slot = slot;
    return node;
}

/* The token is ${...}; `#` in it asks for other records or versions, which forms here lack. */
static const struct expr_node *parse_braces(struct expr_parser *p)
{
    const struct expr_token t = p->token;
    uint32_t cp = 0;
    (void)utf8_next(t.s, t.n, &cp);
    if (t.n == 0 || !expr_name_starts(cp)) {
        return expr_fail(p, FORM_X_SYNTAX);
    }
    if (memchr(t.s, '#', t.n) != NULL) {
        return expr_fail(p, FORM_X_UNSUPPORTED);
    }
    expr_next(p);
    return node_ref(p, t.s, t.n, t.at);
}

/* Paths name a question by their last step: ../name and /data/group/name. */
static const struct expr_node *parse_steps(struct expr_parser *p, size_t begin, bool is_absolute)
{
    struct expr_token last = {.kind = EXPR_T_SLASH};
    int names = 0;
    while (p->token.kind == EXPR_T_NAME || p->token.kind == EXPR_T_DOTDOT) {
        last = p->token;
        names += last.kind == EXPR_T_NAME ? 1 : 0;
        expr_next(p);
        if (p->token.kind != EXPR_T_SLASH) {
            break;
        }
        last.kind = EXPR_T_SLASH;
        expr_next(p);
    }
    const enum expr_token_kind here = p->token.kind;
    const size_t end = p->token.at;
    const bool ends_early = last.kind == EXPR_T_SLASH && here == EXPR_T_END;
    if (here == EXPR_T_BAD || here == EXPR_T_FOREIGN || ends_early) {
        return expr_fail_token(p);
    }
    if (last.kind != EXPR_T_NAME || (is_absolute && names < 2) || here == EXPR_T_OPEN) {
        return expr_fail_at(p, FORM_X_UNSUPPORTED, begin, p->lexer.text + begin,
                            end > begin ? end - begin : 1);
    }
    return node_ref(p, last.s, last.n, last.at);
}

static const struct expr_node *parse_self(struct expr_parser *p)
{
    const size_t begin = p->token.at;
    expr_next(p);
    if (p->token.kind == EXPR_T_SLASH) {
        expr_next(p);
        return parse_steps(p, begin, false);
    }
    p->x->uses_self = true;
    return expr_node_new(p, EXPR_SELF, NULL);
}

/* A name alone is a call, or what XPath calls a child step: there are none below a question. */
static const struct expr_node *parse_name(struct expr_parser *p)
{
    const struct expr_token name = p->token;
    const bool is_current = token_is(p, "current");
    expr_next(p);
    if (p->token.kind == EXPR_T_OPEN && is_current) {
        expr_next(p);
        if (p->token.kind != EXPR_T_CLOSE) {
            return expr_fail_token(p);
        }
        expr_next(p);
        if (p->token.kind != EXPR_T_SLASH) {
            return expr_fail_at(p, FORM_X_UNSUPPORTED, name.at, name.s, name.n);
        }
        expr_next(p);
        if (p->token.kind == EXPR_T_DOT) {
            return parse_self(p);
        }
        return parse_steps(p, name.at, false);
    }
    if (p->token.kind == EXPR_T_OPEN) {
        return expr_parse_call(p, &name);
    }
    if (p->token.kind == EXPR_T_SLASH) {
        return expr_fail_at(p, FORM_X_UNSUPPORTED, name.at, name.s, name.n);
    }
    int slot;
    if (expr_resolve(p, name.s, name.n, &slot) && p->error->problem == FORM_X_OK && name.n < 60) {
        (void)snprintf(p->error->nearest, sizeof p->error->nearest, "${%.*s}", (int)name.n, name.s);
    }
    return expr_fail_at(p, FORM_X_UNKNOWN_NAME, name.at, name.s, name.n);
}

/* ---- operators ---- */

static const struct expr_node *parse_primary(struct expr_parser *p)
{
    const struct expr_token t = p->token;
    const struct expr_node *node;
    switch (t.kind) {
    case EXPR_T_NUMBER: expr_next(p); return expr_node_const(p, form_value_of_number(t.num));
    case EXPR_T_STRING: expr_next(p); return node_text(p, t.s, t.n);
    case EXPR_T_REF: return parse_braces(p);
    case EXPR_T_DOT: return parse_self(p);
    case EXPR_T_DOTDOT: return parse_steps(p, t.at, false);
    case EXPR_T_SLASH: expr_next(p); return parse_steps(p, t.at, true);
    case EXPR_T_NAME: return parse_name(p);
    case EXPR_T_OPEN:
        expr_next(p);
        node = parse_level(p, 0);
        if (node == NULL || p->token.kind != EXPR_T_CLOSE) {
            return node == NULL ? NULL : expr_fail_token(p);
        }
        expr_next(p);
        return node;
    case EXPR_T_STAR: /* as an operand: any child */ return expr_fail(p, FORM_X_UNSUPPORTED);
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
