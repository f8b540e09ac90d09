/* What the files of the parser share: how a mistake is kept (the first one counts), how nodes are
 * made in the arena, how names become slots. */
#include "form/parse_int.h"

#include <string.h>

#include "base/utf8.h"

/* ---- errors ---- */

void expr_copy_cut(char out[64], const char *s, size_t n)
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

const struct expr_node *expr_fail_at(struct expr_parser *p, enum form_expr_problem problem,
                                     size_t at, const char *token, size_t n)
{
    if (p->error->problem == FORM_X_OK) {
        p->error->problem = problem;
        p->error->column = utf8_length(p->lexer.text, at) + 1;
        expr_copy_cut(p->error->token, token, n);
    }
    return NULL;
}

const struct expr_node *expr_fail(struct expr_parser *p, enum form_expr_problem problem)
{
    return expr_fail_at(p, problem, p->token.at, p->lexer.text + p->token.at, p->token.len);
}

/* What stands here does not belong here: foreign XPath or a plain mistake. */
const struct expr_node *expr_fail_token(struct expr_parser *p)
{
    const enum expr_token_kind kind = p->token.kind;
    const bool is_test = kind == EXPR_T_LEFT || kind == EXPR_T_RIGHT;
    return expr_fail(p, kind == EXPR_T_FOREIGN || (is_test && !expr_has_paths(p))
                            ? FORM_X_UNSUPPORTED
                            : FORM_X_SYNTAX);
}

const struct expr_node *expr_fail_late(struct expr_parser *p, enum form_expr_problem problem,
                                       size_t at, const char *token, size_t n)
{
    if (p->scope == NULL || !p->scope->is_late || p->error->problem != FORM_X_OK) {
        return expr_fail_at(p, problem, at, token, n);
    }
    struct form_expr_error *failure = arena_alloc(p->a, sizeof *failure);
    failure->problem = problem;
    failure->column = utf8_length(p->lexer.text, at) + 1;
    expr_copy_cut(failure->token, token, n);
    struct expr_node *node = expr_node_new(p, EXPR_FAIL, NULL);
    node->u.failure = failure;
    return node;
}

bool expr_has_paths(const struct expr_parser *p)
{
    return p->scope != NULL && p->scope->allows_paths;
}

void expr_next(struct expr_parser *p)
{
    expr_lex_next(&p->lexer, &p->token);
}

/* ---- nodes ---- */

void expr_list_put(struct expr_parser *p, struct expr_node_list *list, const struct expr_node *node)
{
    list->items = arena_grow(p->a, (void *)list->items, list->count, &list->cap,
                             sizeof list->items[0]);
    list->items[list->count++] = node;
}

struct expr_node *expr_node_new(struct expr_parser *p, enum expr_kind kind,
                                const struct expr_node_list *args)
{
    struct expr_node *node = arena_alloc(p->a, sizeof *node);
    node->kind = kind;
    node->count = args == NULL ? 0 : (unsigned)args->count;
    node->args = args == NULL ? NULL : args->items;
    return node;
}

const struct expr_node *expr_node_const(struct expr_parser *p, struct form_value value)
{
    struct form_value *kept = arena_alloc(p->a, sizeof *kept);
    *kept = value;
    struct expr_node *node = expr_node_new(p, EXPR_CONST, NULL);
    node->u.value = kept;
    return node;
}

bool expr_is_text(const struct expr_node *node)
{
    return node->kind == EXPR_CONST && node->u.value->type == FORM_V_STRING;
}

void expr_note_compare(struct expr_parser *p, const struct expr_node *ref,
                       const struct expr_node *literal)
{
    if (ref->kind != EXPR_REF || !expr_is_text(literal)) {
        return;
    }
    struct form_expr *x = p->x;
    x->compares = arena_grow(p->a, x->compares, x->compare_count, &x->compare_cap,
                             sizeof x->compares[0]);
    x->compares[x->compare_count++] = (struct expr_compare){.slot = ref->u.slot,
                                                            .literal = literal->u.value->s};
}

/* ---- names ---- */

bool expr_resolve(struct expr_parser *p, const char *name, size_t n, int *slot)
{
    const struct form_expr_scope *scope = p->scope;
    const bool can = n > 0 && scope != NULL && scope->resolve != NULL;
    *slot = can ? scope->resolve(scope->payload, name, n) : -1;
    return *slot >= 0;
}

void expr_note_slot(struct expr_parser *p, int slot)
{
    struct form_expr *x = p->x;
    x->refs = arena_grow(p->a, x->refs, x->ref_count, &x->ref_cap, sizeof x->refs[0]);
    x->refs[x->ref_count++] = slot;
}

struct expr_node *expr_node_ref(struct expr_parser *p, int slot)
{
    expr_note_slot(p, slot);
    struct expr_node *node = expr_node_new(p, EXPR_REF, NULL);
    node->u.slot = slot;
    return node;
}
