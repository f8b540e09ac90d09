/* Calls in form expressions: function and arity are checked while parsing, patterns are compiled
 * and choice lists found then too, so that nothing of this is left to fail in an evaluation. */
#include "form/parse_int.h"

#include <stdio.h>
#include <string.h>

static bool has_reference(const struct expr_node *node)
{
    bool found = node->kind == EXPR_REF || (node->kind == EXPR_PATH && !node->u.path->is_foreign);
    for (unsigned i = 0; i < node->count && !found; i++) {
        found = has_reference(node->args[i]);
    }
    return found;
}

static const struct expr_node *fail_arity(struct expr_parser *p, const struct expr_fn *fn,
                                          size_t at)
{
    if (p->error->problem == FORM_X_OK && (p->scope == NULL || !p->scope->is_late)) {
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
    return expr_fail_late(p, FORM_X_ARITY, at, fn->name, strlen(fn->name));
}

static bool parse_arguments(struct expr_parser *p, struct expr_node_list *args, size_t at[2])
{
    expr_next(p); /* the parenthesis */
    if (p->token.kind == EXPR_T_CLOSE) {
        expr_next(p);
        return true;
    }
    for (;;) {
        if (args->count < 2) {
            at[args->count] = p->token.at;
        }
        const struct expr_node *arg = expr_parse_any(p);
        if (arg == NULL) {
            return false;
        }
        expr_list_put(p, args, arg);
        if (p->token.kind == EXPR_T_CLOSE) {
            expr_next(p);
            return true;
        }
        if (p->token.kind != EXPR_T_COMMA) {
            (void)expr_fail_token(p);
            return false;
        }
        expr_next(p);
    }
}

static const struct expr_node *fail_function(struct expr_parser *p, const struct expr_token *name)
{
    static const char *const node_tests[] = {"text", "node", "comment", "processing-instruction"};
    for (size_t i = 0; i < sizeof node_tests / sizeof node_tests[0]; i++) {
        if (strlen(node_tests[i]) == name->n && memcmp(node_tests[i], name->s, name->n) == 0) {
            return expr_fail_at(p, FORM_X_UNSUPPORTED, name->at, name->s, name->n);
        }
    }
    if (p->scope != NULL && p->scope->is_late) {
        struct expr_node_list args = {0};
        size_t at[2];
        return parse_arguments(p, &args, at)
                   ? expr_fail_late(p, FORM_X_UNKNOWN_FUNCTION, name->at, name->s, name->n)
                   : NULL;
    }
    if (p->error->problem == FORM_X_OK && name->n < 64) {
        char word[64];
        expr_copy_cut(word, name->s, name->n);
        const char *near = form_nearest(word, form_expr_functions(), expr_fn_count());
        expr_copy_cut(p->error->nearest, near == NULL ? "" : near, near == NULL ? 0 : strlen(near));
    }
    return expr_fail_at(p, FORM_X_UNKNOWN_FUNCTION, name->at, name->s, name->n);
}

/* The question whose choices are meant: a reference, or its path or ${name} as a text. */
static bool bind_choice(struct expr_parser *p, struct expr_node *call, size_t at)
{
    const struct expr_node *arg = call->args[1];
    if (arg->kind == EXPR_REF) {
        call->u.slot = arg->u.slot;
        return true;
    }
    if (!expr_is_text(arg)) {
        (void)expr_fail_at(p, FORM_X_UNSUPPORTED, at, call->fn->name, strlen(call->fn->name));
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
    if (!expr_resolve(p, begin, (size_t)(end - begin), &call->u.slot)) {
        (void)expr_fail_at(p, FORM_X_UNKNOWN_NAME, at, begin, (size_t)(end - begin));
        return false;
    }
    return true;
}

static bool bind_regex(struct expr_parser *p, struct expr_node *call, size_t at)
{
    if (!expr_is_text(call->args[1])) {
        return true;
    }
    const struct form_value *pattern = call->args[1]->u.value;
    call->u.regex = form_regex_compile(p->a, pattern->s, pattern->n, NULL);
    if (call->u.regex == NULL) {
        (void)expr_fail_at(p, FORM_X_REGEX, at, pattern->s, pattern->n);
    }
    return call->u.regex != NULL;
}

static bool is_blank_test(const struct expr_node *node)
{
    return node->kind == EXPR_CHAIN && node->count == 2 && node->u.ops[1] == EXPR_T_EQ &&
           ((expr_is_text(node->args[1]) && node->args[1]->u.value->n == 0) ||
            (expr_is_text(node->args[0]) && node->args[0]->u.value->n == 0));
}

static void put_text(struct expr_parser *p, struct expr_texts *texts, const char *s)
{
    texts->items = arena_grow(p->a, (void *)texts->items, texts->count, &texts->cap,
                              sizeof texts->items[0]);
    texts->items[texts->count++] = s;
}

/* What the first argument must be, and what the owner of the expression wants to know of it. */
static bool bind_first(struct expr_parser *p, struct expr_node *call, size_t at)
{
    const unsigned flags = call->fn->flags;
    const struct expr_node *first = call->count > 0 ? call->args[0] : NULL;
    if ((flags & EXPR_F_NODES) != 0 && !expr_has_paths(p)) {
        (void)expr_fail_at(p, FORM_X_UNSUPPORTED, at, call->fn->name, strlen(call->fn->name));
        return false;
    }
    if (first != NULL && (flags & EXPR_F_STATE) != 0) {
        if (first->kind != EXPR_REF) {
            (void)expr_fail_at(p, FORM_X_UNSUPPORTED, at, call->fn->name, strlen(call->fn->name));
            return false;
        }
        call->u.slot = first->u.slot;
    }
    if (first != NULL && (flags & (EXPR_F_SCALE | EXPR_F_INSTANCE)) != 0 && expr_is_text(first)) {
        put_text(p, (flags & EXPR_F_SCALE) != 0 ? &p->x->scales : &p->x->instances,
                 first->u.value->s);
    }
    return true;
}

static bool bind_call(struct expr_parser *p, struct expr_node *call, const size_t at[2])
{
    const unsigned flags = call->fn->flags;
    p->x->uses_clock = p->x->uses_clock || (flags & EXPR_F_CLOCK) != 0;
    p->x->uses_self = p->x->uses_self || (flags & EXPR_F_SELF) != 0;
    p->x->is_volatile = p->x->is_volatile || (flags & EXPR_F_VOLATILE) != 0 ||
                        ((flags & EXPR_F_SEEDED) != 0 && call->count < 2);
    if (!bind_first(p, call, at[0])) {
        return false;
    }
    if ((flags & EXPR_F_NOT) != 0 && has_reference(call->args[0]) &&
        !is_blank_test(call->args[0])) {
        p->x->opens_on_blank = true;
    }
    if ((flags & EXPR_F_SELECTED) != 0) {
        expr_note_compare(p, call->args[0], call->args[1]);
    }
    if ((flags & EXPR_F_REGEX) != 0) {
        return bind_regex(p, call, at[1]);
    }
    return (flags & EXPR_F_CHOICE) == 0 || bind_choice(p, call, at[1]);
}

const struct expr_node *expr_parse_call(struct expr_parser *p, const struct expr_token *name)
{
    const struct expr_fn *fn = expr_fn_find(name->s, name->n);
    if (fn == NULL) {
        return fail_function(p, name);
    }
    struct expr_node_list args = {0};
    size_t at[2] = {name->at, name->at};
    if (!parse_arguments(p, &args, at)) {
        return NULL;
    }
    const long count = (long)args.count;
    if (count < fn->min || (fn->max >= 0 && count > fn->max) ||
        ((fn->flags & EXPR_F_PAIRS) != 0 && count % 2 != 0) ||
        ((fn->flags & EXPR_F_ODD) != 0 && count % 2 == 0)) {
        return fail_arity(p, fn, name->at);
    }
    struct expr_node *call = expr_node_new(p, EXPR_CALL, &args);
    call->fn = fn;
    if (!bind_call(p, call, at)) {
        return NULL;
    }
    if ((fn->flags & EXPR_F_FIXED) != 0) {
        struct form_value value;
        fn->call(&(struct expr_call){.ctx = NULL, .node = call}, &value);
        return expr_node_const(p, value);
    }
    return call;
}
