/* Operands that name something: ${name}, paths, bare names, `.`, calls, and the predicates and
 * steps that follow. A plain path through the answers is the question at its end, seen from where
 * the expression stands; every other path is walked node by node. Names of questions that a path
 * leads through are noted as read, so that an owner can order computations. */
#include "form/parse_int.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* A path while it is read. */
struct draft {
    struct expr_path path;
    size_t step_cap;
    size_t begin; /* byte offset */
    bool is_plain;
    unsigned names;
    struct expr_token last; /* the last step's token */
};

static const struct expr_node *parse_steps(struct expr_parser *p, struct draft *d);

static bool token_is(const struct expr_token *t, const char *word)
{
    const size_t n = strlen(word);
    return t->kind == EXPR_T_NAME && t->n == n && memcmp(t->s, word, n) == 0;
}

static const struct expr_node *unsupported(struct expr_parser *p, size_t begin)
{
    const size_t end = p->token.at;
    return expr_fail_at(p, FORM_X_UNSUPPORTED, begin, p->lexer.text + begin,
                        end > begin ? end - begin : 1);
}

/* ---- predicates and steps ---- */

static bool parse_tests(struct expr_parser *p, bool is_foreign, const struct expr_node ***tests,
                        unsigned *count)
{
    struct expr_node_list list = {0};
    const bool outer = p->is_foreign;
    while (p->token.kind == EXPR_T_LEFT && expr_has_paths(p)) {
        p->predicates++;
        p->is_foreign = is_foreign;
        expr_next(p);
        const struct expr_node *test = expr_parse_any(p);
        p->predicates--;
        p->is_foreign = outer;
        if (test == NULL || p->token.kind != EXPR_T_RIGHT) {
            (void)(test == NULL ? NULL : expr_fail_token(p));
            return false;
        }
        expr_list_put(p, &list, test);
        expr_next(p);
    }
    *tests = list.items;
    *count = (unsigned)list.count;
    return true;
}

static bool starts_step(const struct expr_parser *p)
{
    const enum expr_token_kind kind = p->token.kind;
    return kind == EXPR_T_NAME || kind == EXPR_T_DOTDOT || kind == EXPR_T_DOT ||
           kind == EXPR_T_STAR;
}

static bool parse_step(struct expr_parser *p, struct draft *d)
{
    const struct expr_token t = p->token;
    struct expr_step step = {0};
    switch (t.kind) {
    case EXPR_T_NAME:
        step.kind = EXPR_STEP_NAME;
        step.name = arena_strndup(p->a, t.s, t.n);
        d->names++;
        break;
    case EXPR_T_STAR:
        step.kind = EXPR_STEP_ANY;
        d->is_plain = false;
        p->lexer.after_operand = true;
        break;
    case EXPR_T_DOT: step.kind = EXPR_STEP_SELF; break;
    default: step.kind = EXPR_STEP_PARENT; break;
    }
    expr_next(p);
    if (t.kind == EXPR_T_NAME && (p->token.kind == EXPR_T_OPEN || memchr(t.s, ':', t.n) != NULL)) {
        (void)unsupported(p, t.at); /* text() and the like; prefixes */
        return false;
    }
    d->last = t;
    if (!parse_tests(p, d->path.is_foreign, &step.tests, &step.test_count)) {
        return false;
    }
    d->is_plain = d->is_plain && step.test_count == 0;
    d->path.steps = arena_grow(p->a, d->path.steps, d->path.step_count, &d->step_cap,
                               sizeof d->path.steps[0]);
    d->path.steps[d->path.step_count++] = step;
    return true;
}

/* ---- what a path is ---- */

static const struct expr_node *make_path(struct expr_parser *p, const struct draft *d)
{
    int slot;
    for (unsigned i = 0; i < d->path.step_count && !d->path.is_foreign; i++) {
        const char *name = d->path.steps[i].name;
        if (name != NULL && expr_resolve(p, name, strlen(name), &slot)) {
            expr_note_slot(p, slot);
        }
    }
    struct expr_path *path = arena_alloc(p->a, sizeof *path);
    *path = d->path;
    struct expr_node *node = expr_node_new(p, EXPR_PATH, NULL);
    node->u.path = path;
    return node;
}

static bool is_through_answers(const struct expr_parser *p, const struct draft *d)
{
    const enum expr_start start = d->path.start;
    return d->is_plain && (start == EXPR_FROM_ROOT || start == EXPR_FROM_CURRENT ||
                           (start == EXPR_FROM_CONTEXT && p->predicates == 0));
}

static const struct expr_node *finish(struct expr_parser *p, const struct draft *d)
{
    const bool is_named = d->last.kind == EXPR_T_NAME &&
                          !(d->path.start == EXPR_FROM_ROOT && d->names < 2);
    const bool names_are_known = p->scope != NULL && p->scope->resolve != NULL;
    if (is_named && is_through_answers(p, d) && names_are_known) {
        int slot;
        if (expr_resolve(p, d->last.s, d->last.n, &slot)) {
            struct expr_node *ref = expr_node_ref(p, slot);
            ref->is_current = d->path.start == EXPR_FROM_CURRENT;
            return ref;
        }
        return expr_fail_late(p, FORM_X_UNKNOWN_NAME, d->last.at, d->last.s, d->last.n);
    }
    if (!expr_has_paths(p)) {
        return is_named && d->is_plain
                   ? expr_fail_at(p, FORM_X_UNKNOWN_NAME, d->last.at, d->last.s, d->last.n)
                   : unsupported(p, d->begin);
    }
    return make_path(p, d);
}

/* At the first step; a slash before it is read. */
static const struct expr_node *parse_steps(struct expr_parser *p, struct draft *d)
{
    for (;;) {
        if (!starts_step(p)) {
            const enum expr_token_kind here = p->token.kind;
            return here == EXPR_T_BAD || here == EXPR_T_FOREIGN || here == EXPR_T_END ||
                           expr_has_paths(p)
                       ? expr_fail_token(p)
                       : unsupported(p, d->begin);
        }
        if (!parse_step(p, d)) {
            return NULL;
        }
        if (p->token.kind != EXPR_T_SLASH) {
            break;
        }
        expr_next(p);
    }
    if (p->token.kind == EXPR_T_FOREIGN || p->token.kind == EXPR_T_BAD ||
        (p->token.kind == EXPR_T_LEFT && !expr_has_paths(p))) {
        return expr_fail_token(p);
    }
    return finish(p, d);
}

const struct expr_node *expr_parse_filter(struct expr_parser *p, const struct expr_node *base,
                                          size_t at)
{
    const enum expr_token_kind kind = p->token.kind;
    if (base == NULL || (kind != EXPR_T_LEFT && kind != EXPR_T_SLASH)) {
        return base;
    }
    if (!expr_has_paths(p)) {
        return kind == EXPR_T_LEFT ? expr_fail_token(p) : unsupported(p, at);
    }
    struct draft d = {.begin = at, .path = {.start = EXPR_FROM_BASE, .base = base}};
    if (base->kind == EXPR_CALL && strcmp(base->fn->name, "instance") == 0) {
        d.path.start = kind == EXPR_T_LEFT ? EXPR_FROM_BASE : EXPR_FROM_INSTANCE;
        d.path.is_foreign = true;
    } else if (base->kind == EXPR_PATH) {
        d.path.is_foreign = base->u.path->is_foreign;
    }
    if (!parse_tests(p, d.path.is_foreign, &d.path.tests, &d.path.test_count)) {
        return NULL;
    }
    if (p->token.kind == EXPR_T_SLASH) {
        expr_next(p);
        return parse_steps(p, &d);
    }
    return make_path(p, &d);
}

/* ---- operands ---- */

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
    int slot;
    return expr_resolve(p, t.s, t.n, &slot)
               ? expr_node_ref(p, slot)
               : expr_fail_late(p, FORM_X_UNKNOWN_NAME, t.at, t.s, t.n);
}

static const struct expr_node *parse_self(struct expr_parser *p, enum expr_start start,
                                          size_t begin)
{
    struct draft d = {.begin = begin, .is_plain = true, .path = {.start = start}};
    d.path.is_foreign = start == EXPR_FROM_CONTEXT && p->is_foreign;
    expr_next(p);
    if (p->token.kind == EXPR_T_SLASH) {
        expr_next(p);
        return parse_steps(p, &d);
    }
    if (p->predicates > 0 && start == EXPR_FROM_CONTEXT) {
        return p->token.kind == EXPR_T_LEFT ? expr_fail_token(p) : make_path(p, &d);
    }
    p->x->uses_self = true;
    return expr_node_new(p, EXPR_SELF, NULL);
}

/* current() alone is `.`; the name is read, its parenthesis stands here. */
static const struct expr_node *parse_current(struct expr_parser *p, const struct expr_token *name)
{
    expr_next(p);
    if (p->token.kind != EXPR_T_CLOSE) {
        return expr_fail_token(p);
    }
    expr_next(p);
    if (p->token.kind != EXPR_T_SLASH) {
        p->x->uses_self = true;
        return expr_has_paths(p) ? expr_node_new(p, EXPR_SELF, NULL)
                                 : expr_fail_at(p, FORM_X_UNSUPPORTED, name->at, name->s, name->n);
    }
    expr_next(p);
    if (p->token.kind == EXPR_T_DOT) {
        return parse_self(p, EXPR_FROM_CURRENT, name->at);
    }
    struct draft d = {.begin = name->at, .is_plain = true, .path = {.start = EXPR_FROM_CURRENT}};
    return parse_steps(p, &d);
}

/* true where a bare name is a child of the node at hand and not a forgotten ${}. */
static bool has_children_here(const struct expr_parser *p)
{
    return p->scope != NULL && p->scope->allows_paths &&
           (p->predicates > 0 || p->scope->columns || p->scope->resolve == NULL);
}

static const struct expr_node *parse_child(struct expr_parser *p)
{
    const struct expr_token t = p->token;
    struct draft d = {.begin = t.at, .path = {.start = EXPR_FROM_CONTEXT}};
    d.path.is_foreign = p->predicates > 0 ? p->is_foreign : p->scope != NULL && p->scope->columns;
    if (has_children_here(p)) {
        return parse_steps(p, &d);
    }
    if (t.kind == EXPR_T_STAR) {
        return expr_fail(p, FORM_X_UNSUPPORTED);
    }
    expr_next(p);
    int slot;
    if (p->token.kind == EXPR_T_SLASH) {
        return expr_fail_at(p, FORM_X_UNSUPPORTED, t.at, t.s, t.n);
    }
    if (expr_resolve(p, t.s, t.n, &slot) && p->error->problem == FORM_X_OK && t.n < 60) {
        (void)snprintf(p->error->nearest, sizeof p->error->nearest, "${%.*s}", (int)t.n, t.s);
    }
    return expr_fail_late(p, FORM_X_UNKNOWN_NAME, t.at, t.s, t.n);
}

/* A name is a call if a parenthesis follows. */
static bool is_call(const struct expr_parser *p)
{
    struct expr_lexer ahead = p->lexer;
    struct expr_token next;
    expr_lex_next(&ahead, &next);
    return next.kind == EXPR_T_OPEN;
}

static const struct expr_node *parse_name(struct expr_parser *p)
{
    const struct expr_token name = p->token;
    if (!is_call(p)) {
        return parse_child(p);
    }
    expr_next(p);
    return token_is(&name, "current") ? parse_current(p, &name)
                                      : expr_parse_filter(p, expr_parse_call(p, &name), name.at);
}

/* An absolute path; `/` alone is the document. */
static const struct expr_node *parse_absolute(struct expr_parser *p)
{
    struct draft d = {.begin = p->token.at, .is_plain = true, .path = {.start = EXPR_FROM_ROOT}};
    expr_next(p);
    return parse_steps(p, &d);
}

const struct expr_node *expr_parse_operand(struct expr_parser *p)
{
    const struct expr_token t = p->token;
    struct draft d = {.begin = t.at, .is_plain = true, .path = {.start = EXPR_FROM_CONTEXT}};
    switch (t.kind) {
    case EXPR_T_REF: return expr_parse_filter(p, parse_braces(p), t.at);
    case EXPR_T_DOT: return parse_self(p, EXPR_FROM_CONTEXT, t.at);
    case EXPR_T_DOTDOT: d.path.is_foreign = p->is_foreign; return parse_steps(p, &d);
    case EXPR_T_SLASH: return parse_absolute(p);
    case EXPR_T_NAME: return parse_name(p);
    default: return parse_child(p);
    }
}
