/* Parser of form expressions: XPath 1.0's operators, calls with their arity, and references, which
 * are resolved to slots while parsing. Chains of one precedence become one flat node, so the depth
 * of a tree is the depth of its parentheses and is limited here; whoever walks it needs no limit.
 * The first mistake ends the parse: every function returns NULL once p->error is set. */
#include "form/expr_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

struct parser {
    struct expr_lexer lexer;
    struct expr_token token;
    arena *a;
    const struct form_expr_scope *scope;
    struct form_expr_error *error;
    struct form_expr *x;
    int depth;
};

static const struct expr_node *parse_level(struct parser *p, int level);

/* ---- errors ---- */

static void copy_cut(char out[64], const char *s, size_t n)
{
    size_t len = 0;
    while (len < n) {
        uint32_t cp;
        const size_t step = utf8_next(s + len, n - len, &cp);
        if (len + step > 63) {
            break;
        }
        len += step;
    }
    memcpy(out, s, len);
    out[len] = '\0';
}

static const struct expr_node *fail_at(struct parser *p, enum form_expr_problem problem,
                                       size_t at, const char *token, size_t n)
{
    if (p->error->problem == FORM_X_OK) {
        p->error->problem = problem;
        p->error->column = utf8_length(p->lexer.text, at) + 1;
        copy_cut(p->error->token, token, n);
    }
    return NULL;
}

static const struct expr_node *fail(struct parser *p, enum form_expr_problem problem)
{
    return fail_at(p, problem, p->token.at, p->lexer.text + p->token.at, p->token.len);
}

/* What stands here does not belong here: foreign XPath or a plain mistake. */
static const struct expr_node *fail_token(struct parser *p)
{
    return fail(p, p->token.kind == EXPR_T_FOREIGN ? FORM_X_UNSUPPORTED : FORM_X_SYNTAX);
}

static void next(struct parser *p)
{
    expr_lex_next(&p->lexer, &p->token);
}

static bool token_is(const struct parser *p, const char *word)
{
    const size_t n = strlen(word);
    return p->token.kind == EXPR_T_NAME && p->token.n == n && memcmp(p->token.s, word, n) == 0;
}

/* ---- nodes ---- */

struct node_list {
    const struct expr_node **items;
    size_t count, cap;
};

static void list_put(struct parser *p, struct node_list *list, const struct expr_node *node)
{
    list->items = arena_grow(p->a, (void *)list->items, list->count, &list->cap,
                             sizeof list->items[0]);
    list->items[list->count++] = node;
}

static struct expr_node *node_new(struct parser *p, enum expr_kind kind,
                                  const struct node_list *args)
{
    struct expr_node *node = arena_alloc(p->a, sizeof *node);
    node->kind = kind;
    node->count = args == NULL ? 0 : (unsigned)args->count;
    node->args = args == NULL ? NULL : args->items;
    return node;
}

static const struct expr_node *node_const(struct parser *p, struct form_value value)
{
    struct form_value *kept = arena_alloc(p->a, sizeof *kept);
    *kept = value;
    struct expr_node *node = node_new(p, EXPR_CONST, NULL);
    node->u.value = kept;
    return node;
}

static const struct expr_node *node_text(struct parser *p, const char *s, size_t n)
{
    return node_const(p, form_value_string(arena_strndup(p->a, s, n), n));
}

static bool is_text(const struct expr_node *node)
{
    return node->kind == EXPR_CONST && node->u.value->type == FORM_V_STRING;
}

static bool has_reference(const struct expr_node *node)
{
    bool found = node->kind == EXPR_REF;
    for (unsigned i = 0; i < node->count && !found; i++) {
        found = has_reference(node->args[i]);
    }
    return found;
}

static void note_compare(struct parser *p, const struct expr_node *ref,
                         const struct expr_node *literal)
{
    if (ref->kind != EXPR_REF || !is_text(literal)) {
        return;
    }
    struct form_expr *x = p->x;
    x->compares = arena_grow(p->a, x->compares, x->compare_count, &x->compare_cap,
                             sizeof x->compares[0]);
    x->compares[x->compare_count++] =
        (struct expr_compare){.slot = ref->u.slot, .literal = literal->u.value->s};
}

/* ---- references ---- */

static bool resolve(struct parser *p, const char *name, size_t n, int *slot)
{
    *slot = n == 0 || p->scope == NULL ? -1 : p->scope->resolve(p->scope->payload, name, n);
    return *slot >= 0;
}

static const struct expr_node *node_ref(struct parser *p, const char *name, size_t n, size_t at)
{
    int slot;
    if (!resolve(p, name, n, &slot)) {
        return fail_at(p, FORM_X_UNKNOWN_NAME, at, name, n);
    }
    struct form_expr *x = p->x;
    x->refs = arena_grow(p->a, x->refs, x->ref_count, &x->ref_cap, sizeof x->refs[0]);
    x->refs[x->ref_count++] = slot;
    struct expr_node *node = node_new(p, EXPR_REF, NULL);
    node->u.slot = slot;
    return node;
}

/* The token is ${...}; `#` in it asks for other records or versions, which forms here lack. */
static const struct expr_node *parse_braces(struct parser *p)
{
    const struct expr_token t = p->token;
    uint32_t cp = 0;
    (void)utf8_next(t.s, t.n, &cp);
    if (t.n == 0 || !expr_name_starts(cp)) {
        return fail(p, FORM_X_SYNTAX);
    }
    if (memchr(t.s, '#', t.n) != NULL) {
        return fail(p, FORM_X_UNSUPPORTED);
    }
    next(p);
    return node_ref(p, t.s, t.n, t.at);
}

/* Paths name a question by their last step: ../name and /data/group/name. */
static const struct expr_node *parse_steps(struct parser *p, size_t begin, bool is_absolute)
{
    struct expr_token last = {.kind = EXPR_T_SLASH};
    int names = 0;
    while (p->token.kind == EXPR_T_NAME || p->token.kind == EXPR_T_DOTDOT) {
        last = p->token;
        names += last.kind == EXPR_T_NAME ? 1 : 0;
        next(p);
        if (p->token.kind != EXPR_T_SLASH) {
            break;
        }
        last.kind = EXPR_T_SLASH;
        next(p);
    }
    const enum expr_token_kind here = p->token.kind;
    const size_t end = p->token.at;
    if (here == EXPR_T_BAD || here == EXPR_T_FOREIGN || (last.kind == EXPR_T_SLASH && here == EXPR_T_END)) {
        return fail_token(p);
    }
    if (last.kind != EXPR_T_NAME || (is_absolute && names < 2) || here == EXPR_T_OPEN) {
        return fail_at(p, FORM_X_UNSUPPORTED, begin, p->lexer.text + begin,
                       end > begin ? end - begin : 1);
    }
    return node_ref(p, last.s, last.n, last.at);
}

static const struct expr_node *parse_self(struct parser *p)
{
    const size_t begin = p->token.at;
    next(p);
    if (p->token.kind == EXPR_T_SLASH) {
        next(p);
        return parse_steps(p, begin, false);
    }
    p->x->uses_self = true;
    return node_new(p, EXPR_SELF, NULL);
}

/* ---- calls ---- */

static const struct expr_node *fail_arity(struct parser *p, const struct expr_fn *fn, size_t at)
{
    if (p->error->problem == FORM_X_OK) {
        char *out = p->error->nearest;
        const size_t size = sizeof p->error->nearest;
        if (fn->max < 0) {
            (void)snprintf(out, size, "%d+", fn->min);
        } else if (fn->min == fn->max) {
            (void)snprintf(out, size, "%d", fn->min);
        } else {
            (void)snprintf(out, size, "%d-%d", fn->min, fn->max);
        }
    }
    return fail_at(p, FORM_X_ARITY, at, fn->name, strlen(fn->name));
}

static const struct expr_node *fail_function(struct parser *p, const struct expr_token *name)
{
    static const char *const node_tests[] = {"text", "node", "comment", "processing-instruction"};
    for (size_t i = 0; i < sizeof node_tests / sizeof node_tests[0]; i++) {
        if (strlen(node_tests[i]) == name->n && memcmp(node_tests[i], name->s, name->n) == 0) {
            return fail_at(p, FORM_X_UNSUPPORTED, name->at, name->s, name->n);
        }
    }
    if (p->error->problem == FORM_X_OK && name->n < 64) {
        char word[64];
        copy_cut(word, name->s, name->n);
        const char *near = form_nearest(word, form_expr_functions(), expr_fn_count());
        copy_cut(p->error->nearest, near == NULL ? "" : near, near == NULL ? 0 : strlen(near));
    }
    return fail_at(p, FORM_X_UNKNOWN_FUNCTION, name->at, name->s, name->n);
}

static bool parse_arguments(struct parser *p, struct node_list *args, size_t at[2])
{
    next(p); /* the parenthesis */
    if (p->token.kind == EXPR_T_CLOSE) {
        next(p);
        return true;
    }
    for (;;) {
        if (args->count < 2) {
            at[args->count] = p->token.at;
        }
        const struct expr_node *arg = parse_level(p, 0);
        if (arg == NULL) {
            return false;
        }
        list_put(p, args, arg);
        if (p->token.kind == EXPR_T_CLOSE) {
            next(p);
            return true;
        }
        if (p->token.kind != EXPR_T_COMMA) {
            (void)fail_token(p);
            return false;
        }
        next(p);
    }
}

/* The question whose choices are meant: a reference, or its path or ${name} as a text. */
static bool bind_choice(struct parser *p, struct expr_node *call, size_t at)
{
    const struct expr_node *arg = call->args[1];
    if (arg->kind == EXPR_REF) {
        call->u.slot = arg->u.slot;
        return true;
    }
    if (!is_text(arg)) {
        (void)fail_at(p, FORM_X_UNSUPPORTED, at, call->fn->name, strlen(call->fn->name));
        return false;
    }
    const char *begin = arg->u.value->s;
    const char *end = begin + arg->u.value->n;
    for (const char *c = begin; c < end; c++) {
        if (*c == '/' || *c == '{') {
            begin = c + 1;
        }
    }
    while (begin < end && expr_is_blank_char(*begin)) {
        begin++;
    }
    while (end > begin && (end[-1] == '}' || expr_is_blank_char(end[-1]))) {
        end--;
    }
    if (!resolve(p, begin, (size_t)(end - begin), &call->u.slot)) {
        (void)fail_at(p, FORM_X_UNKNOWN_NAME, at, begin, (size_t)(end - begin));
        return false;
    }
    return true;
}

static bool bind_regex(struct parser *p, struct expr_node *call, size_t at)
{
    if (!is_text(call->args[1])) {
        return true;
    }
    const struct form_value *pattern = call->args[1]->u.value;
    call->u.regex = form_regex_compile(p->a, pattern->s, pattern->n, NULL);
    if (call->u.regex == NULL) {
        (void)fail_at(p, FORM_X_REGEX, at, pattern->s, pattern->n);
    }
    return call->u.regex != NULL;
}

static bool is_blank_test(const struct expr_node *node)
{
    return node->kind == EXPR_CHAIN && node->count == 2 && node->u.ops[1] == EXPR_T_EQ &&
           ((is_text(node->args[1]) && node->args[1]->u.value->n == 0) ||
            (is_text(node->args[0]) && node->args[0]->u.value->n == 0));
}

static bool bind_call(struct parser *p, struct expr_node *call, const size_t at[2])
{
    const unsigned flags = call->fn->flags;
    p->x->uses_clock = p->x->uses_clock || (flags & EXPR_F_CLOCK) != 0;
    if ((flags & EXPR_F_NOT) != 0 && has_reference(call->args[0]) &&
        !is_blank_test(call->args[0])) {
        p->x->opens_on_blank = true;
    }
    if ((flags & EXPR_F_SELECTED) != 0) {
        note_compare(p, call->args[0], call->args[1]);
    }
    if ((flags & EXPR_F_REGEX) != 0) {
        return bind_regex(p, call, at[1]);
    }
    return (flags & EXPR_F_CHOICE) == 0 || bind_choice(p, call, at[1]);
}

static const struct expr_node *parse_call(struct parser *p, const struct expr_token *name)
{
    const struct expr_fn *fn = expr_fn_find(name->s, name->n);
    if (fn == NULL) {
        return fail_function(p, name);
    }
    struct node_list args = {0};
    size_t at[2] = {name->at, name->at};
    if (!parse_arguments(p, &args, at)) {
        return NULL;
    }
    const long count = (long)args.count;
    if (count < fn->min || (fn->max >= 0 && count > fn->max) ||
        ((fn->flags & EXPR_F_PAIRS) != 0 && count % 2 != 0)) {
        return fail_arity(p, fn, name->at);
    }
    struct expr_node *call = node_new(p, EXPR_CALL, &args);
    call->fn = fn;
    if (!bind_call(p, call, at)) {
        return NULL;
    }
    if ((fn->flags & EXPR_F_FIXED) != 0) {
        struct form_value value;
        fn->call(&(struct expr_call){.ctx = NULL, .node = call}, &value);
        return node_const(p, value);
    }
    return call;
}

/* A name alone is a call, or what XPath calls a child step: there are none below a question. */
static const struct expr_node *parse_name(struct parser *p)
{
    const struct expr_token name = p->token;
    const bool is_current = token_is(p, "current");
    next(p);
    if (p->token.kind == EXPR_T_OPEN && is_current) {
        next(p);
        if (p->token.kind != EXPR_T_CLOSE) {
            return fail_token(p);
        }
        next(p);
        if (p->token.kind != EXPR_T_SLASH) {
            return fail_at(p, FORM_X_UNSUPPORTED, name.at, name.s, name.n);
        }
        next(p);
        if (p->token.kind == EXPR_T_DOT) {
            return parse_self(p);
        }
        return parse_steps(p, name.at, false);
    }
    if (p->token.kind == EXPR_T_OPEN) {
        return parse_call(p, &name);
    }
    if (p->token.kind == EXPR_T_SLASH) {
        return fail_at(p, FORM_X_UNSUPPORTED, name.at, name.s, name.n);
    }
    int slot;
    if (resolve(p, name.s, name.n, &slot) && p->error->problem == FORM_X_OK && name.n < 60) {
        (void)snprintf(p->error->nearest, sizeof p->error->nearest, "${%.*s}", (int)name.n,
                       name.s);
    }
    return fail_at(p, FORM_X_UNKNOWN_NAME, name.at, name.s, name.n);
}

/* ---- operators ---- */

static const struct expr_node *parse_primary(struct parser *p)
{
    const struct expr_token t = p->token;
    const struct expr_node *node;
    switch (t.kind) {
    case EXPR_T_NUMBER:
        next(p);
        return node_const(p, form_value_of_number(t.num));
    case EXPR_T_STRING:
        next(p);
        return node_text(p, t.s, t.n);
    case EXPR_T_REF:
        return parse_braces(p);
    case EXPR_T_DOT:
        return parse_self(p);
    case EXPR_T_DOTDOT:
        return parse_steps(p, t.at, false);
    case EXPR_T_SLASH:
        next(p);
        return parse_steps(p, t.at, true);
    case EXPR_T_NAME:
        return parse_name(p);
    case EXPR_T_OPEN:
        next(p);
        node = parse_level(p, 0);
        if (node == NULL || p->token.kind != EXPR_T_CLOSE) {
            return node == NULL ? NULL : fail_token(p);
        }
        next(p);
        return node;
    case EXPR_T_STAR: /* as an operand: any child */
        return fail(p, FORM_X_UNSUPPORTED);
    default:
        return fail_token(p);
    }
}

static const struct expr_node *parse_unary(struct parser *p)
{
    unsigned minuses = 0;
    while (p->token.kind == EXPR_T_MINUS) {
        minuses++;
        next(p);
    }
    const struct expr_node *operand = parse_primary(p);
    if (operand == NULL || minuses == 0) {
        return operand;
    }
    if (operand->kind == EXPR_CONST && operand->u.value->type == FORM_V_NUMBER) {
        const double d = operand->u.value->num;
        return node_const(p, form_value_of_number(minuses % 2 == 1 ? -d : d));
    }
    struct node_list args = {0};
    list_put(p, &args, operand);
    const struct expr_node *node = node_new(p, EXPR_NEGATE, &args);
    if (minuses % 2 == 0) {
        args = (struct node_list){0};
        list_put(p, &args, node);
        node = node_new(p, EXPR_NEGATE, &args);
    }
    return node;
}

#define LEVELS 6
static bool belongs_to(int level, enum expr_token_kind kind)
{
    static const unsigned char first_last[LEVELS][2] = {
        {EXPR_T_OR, EXPR_T_OR},     {EXPR_T_AND, EXPR_T_AND},   {EXPR_T_EQ, EXPR_T_NE},
        {EXPR_T_LT, EXPR_T_GE},     {EXPR_T_PLUS, EXPR_T_MINUS}, {EXPR_T_STAR, EXPR_T_MOD}};
    return kind >= first_last[level][0] && kind <= first_last[level][1];
}

/* Notes for the form checker what an equality says about questions. */
static void note_equality(struct parser *p, const struct expr_node *left,
                          enum expr_token_kind op, const struct expr_node *right)
{
    note_compare(p, left, right);
    note_compare(p, right, left);
    const bool against_blank = (is_text(left) && left->u.value->n == 0) ||
                               (is_text(right) && right->u.value->n == 0);
    if (op == EXPR_T_NE && !against_blank &&
        (left->kind == EXPR_REF || right->kind == EXPR_REF)) {
        p->x->opens_on_blank = true;
    }
}

static const struct expr_node *parse_chain(struct parser *p, int level,
                                           const struct expr_node *first)
{
    struct node_list args = {0};
    size_t ops_cap = 0;
    list_put(p, &args, first);
    unsigned char *ops = arena_grow(p->a, NULL, 0, &ops_cap, 1);
    ops[0] = 0;
    while (belongs_to(level, p->token.kind)) {
        const enum expr_token_kind op = p->token.kind;
        next(p);
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
        list_put(p, &args, right);
    }
    struct expr_node *node = node_new(
        p, level == 0 ? EXPR_OR : level == 1 ? EXPR_AND : EXPR_CHAIN, &args);
    if (node->kind == EXPR_CHAIN) {
        node->u.ops = ops;
    }
    return node;
}

static const struct expr_node *parse_level(struct parser *p, int level)
{
    if (level == 0 && ++p->depth > EXPR_MAX_DEPTH) {
        return fail(p, FORM_X_TOO_DEEP);
    }
    const struct expr_node *node = level + 1 < LEVELS ? parse_level(p, level + 1)
                                                      : parse_unary(p);
    if (node != NULL && belongs_to(level, p->token.kind)) {
        node = parse_chain(p, level, node);
    }
    if (level == 0) {
        p->depth--;
    }
    return node;
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
    struct parser p = {.lexer = {.text = text, .n = n}, .a = a, .scope = scope, .error = error};
    if (n > EXPR_MAX_BYTES) {
        (void)fail(&p, FORM_X_TOO_DEEP);
        return NULL;
    }
    p.x = arena_alloc(a, sizeof *p.x);
    next(&p);
    p.x->root = parse_level(&p, 0);
    if (p.x->root != NULL && p.token.kind != EXPR_T_END) {
        (void)fail_token(&p);
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
