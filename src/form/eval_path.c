/* Paths over nodes: a set in document order is taken step by step, predicates see each node with
 * its place in the set. Sets of one evaluation are bounded by a budget of visited nodes, so that a
 * form with nested predicates over long lists cannot hang the program. */
#include "form/expr_int.h"

#include <string.h>

void expr_failed(const struct expr_ctx *ctx, enum form_expr_problem problem, const char *token)
{
    struct form_expr_error *failed = ctx->env->failed;
    if (failed != NULL && failed->problem == FORM_X_OK) {
        const size_t n = strlen(token);
        const size_t kept = n < sizeof failed->token - 1 ? n : sizeof failed->token - 1;
        *failed = (struct form_expr_error){.problem = problem, .column = 1};
        memcpy(failed->token, token, kept);
    }
}

void expr_nodes_put(const struct expr_ctx *ctx, struct expr_nodes *set, const struct form_node *n)
{
    set->items = arena_grow(ctx->scratch, (void *)set->items, set->count, &set->cap,
                            sizeof set->items[0]);
    set->items[set->count++] = n;
}

static bool spend(const struct expr_ctx *ctx)
{
    if (*ctx->budget == 0) {
        expr_failed(ctx, FORM_X_TOO_DEEP, "[");
        return false;
    }
    (*ctx->budget)--;
    return true;
}

/* ---- values of nodes ---- */

static const struct form_node *next_in_document(const struct form_node *n,
                                                const struct form_node *top)
{
    if (n->first != NULL) {
        return n->first;
    }
    while (n != top && n->next == NULL) {
        n = n->parent;
    }
    return n == top ? NULL : n->next;
}

/* Text of all leaves below. */
static void join_leaves(const struct expr_ctx *ctx, const struct form_node *top,
                        struct form_value *out)
{
    size_t n = 0;
    for (const struct form_node *at = top; at != NULL; at = next_in_document(at, top)) {
        n += at->text == NULL ? 0 : strlen(at->text);
    }
    char *text = arena_alloc(ctx->scratch, n + 1);
    size_t len = 0;
    for (const struct form_node *at = top; at != NULL && spend(ctx);
         at = next_in_document(at, top)) {
        const size_t part = at->text == NULL ? 0 : strlen(at->text);
        memcpy(text + len, at->text == NULL ? "" : at->text, part);
        len += part;
    }
    *out = form_value_string(text, len);
}

void expr_node_value(const struct expr_ctx *ctx, const struct form_node *n, struct form_value *out)
{
    const struct form_expr_env *env = ctx->env;
    if (n->text != NULL && n->first == NULL) {
        *out = form_value_string(n->text, strlen(n->text));
    } else if (n->slot < 0) {
        join_leaves(ctx, n, out);
    } else if (env->value != NULL) {
        *out = env->value(env->payload, n);
    } else {
        *out = form_value_string("", 0);
    }
    if (out->type == FORM_V_STRING && out->s == NULL) {
        *out = form_value_string("", 0);
    }
    out->is_node = true;
    out->node = n;
}

void expr_nodes_value(const struct expr_ctx *ctx, const struct expr_nodes *set,
                      struct form_value *out)
{
    if (set->count == 1) {
        expr_node_value(ctx, set->items[0], out);
        return;
    }
    struct form_value *items = arena_array(ctx->scratch, set->count + 1, sizeof *items);
    for (size_t i = 0; i < set->count; i++) {
        expr_node_value(ctx, set->items[i], &items[i]);
    }
    *out = (struct form_value){.type = FORM_V_NODES,
                               .is_node = true,
                               .items = items,
                               .nodes = set->items,
                               .count = set->count};
}

/* The node of the answers from which questions are seen: predicates over data keep the outer. */
static const struct form_node *viewpoint(const struct expr_ctx *ctx, bool is_current)
{
    if (!is_current && ctx->node != NULL && ctx->node->slot >= 0) {
        return ctx->node;
    }
    return ctx->env->current != NULL ? ctx->env->current : ctx->env->context;
}

void expr_get(const struct expr_ctx *ctx, const struct expr_node *ref, struct form_value *out)
{
    const struct form_expr_env *env = ctx->env;
    *out = env->get == NULL ? form_value_string("", 0)
                            : env->get(env->payload, ref->u.slot, viewpoint(ctx, ref->is_current));
    if (out->type == FORM_V_NODES && out->items == NULL && out->nodes != NULL) {
        struct form_value *items = arena_array(ctx->scratch, out->count + 1, sizeof *items);
        for (size_t i = 0; i < out->count; i++) {
            expr_node_value(ctx, out->nodes[i], &items[i]);
        }
        out->items = items;
    }
}

/* ---- walking ---- */

static void filter(const struct expr_ctx *ctx, const struct expr_node *const *tests, unsigned count,
                   struct expr_nodes *set)
{
    for (unsigned t = 0; t < count; t++) {
        struct expr_ctx inner = *ctx;
        inner.size = set->count;
        size_t kept = 0;
        for (size_t i = 0; i < inner.size && spend(ctx); i++) {
            inner.node = set->items[i];
            inner.position = i + 1;
            struct form_value v;
            expr_eval_node(&inner, tests[t], &v);
            const bool is_place = v.type == FORM_V_NUMBER && !v.is_node;
            if (is_place ? v.num == (double)inner.position : form_value_bool(&v)) {
                set->items[kept++] = inner.node;
            }
        }
        set->count = kept;
    }
}

static bool fits(const struct expr_step *step, const struct form_node *n)
{
    return step->kind == EXPR_STEP_ANY || strcmp(step->name, n->name) == 0;
}

static void put_step(const struct expr_ctx *ctx, const struct form_node *from,
                     const struct expr_step *step, struct expr_nodes *out)
{
    switch (step->kind) {
    case EXPR_STEP_SELF: expr_nodes_put(ctx, out, from); break;
    case EXPR_STEP_PARENT:
        if (from->parent != NULL) {
            expr_nodes_put(ctx, out, from->parent);
        }
        break;
    case EXPR_STEP_NAME:
    case EXPR_STEP_ANY:
        for (const struct form_node *n = from->first; n != NULL && spend(ctx); n = n->next) {
            if (fits(step, n)) {
                expr_nodes_put(ctx, out, n);
            }
        }
        break;
    }
}

/* Each node's own hits are filtered by themselves: [1] is the first child of every parent. */
static void take_step(const struct expr_ctx *ctx, const struct expr_step *step,
                      struct expr_nodes *set)
{
    struct expr_nodes out = {0};
    for (size_t i = 0; i < set->count; i++) {
        struct expr_nodes hits = {0};
        put_step(ctx, set->items[i], step, &hits);
        filter(ctx, step->tests, step->test_count, &hits);
        for (size_t h = 0; h < hits.count; h++) {
            if (out.count == 0 || out.items[out.count - 1] != hits.items[h]) {
                expr_nodes_put(ctx, &out, hits.items[h]);
            }
        }
    }
    *set = out;
}

static void put_value_nodes(const struct expr_ctx *ctx, const struct form_value *v,
                            struct expr_nodes *out)
{
    if (v->type == FORM_V_NODES && v->nodes != NULL) {
        for (size_t i = 0; i < v->count; i++) {
            expr_nodes_put(ctx, out, v->nodes[i]);
        }
    } else if (v->type != FORM_V_NODES && v->node != NULL) {
        expr_nodes_put(ctx, out, v->node);
    }
}

static const struct form_node *document_of(const struct expr_ctx *ctx, const struct expr_path *path)
{
    if (path->start == EXPR_FROM_ROOT) {
        return ctx->env->root;
    }
    struct form_value v; /* instance() gives the document element */
    expr_eval_node(ctx, path->base, &v);
    return v.node;
}

static void start(const struct expr_ctx *ctx, const struct expr_path *path, struct expr_nodes *out)
{
    const struct form_expr_env *env = ctx->env;
    const struct form_node *from = NULL;
    struct form_value v;
    switch (path->start) {
    case EXPR_FROM_CONTEXT: from = ctx->node; break;
    case EXPR_FROM_CURRENT: from = env->current != NULL ? env->current : env->context; break;
    case EXPR_FROM_ROOT:
    case EXPR_FROM_INSTANCE: return;
    case EXPR_FROM_BASE:
        expr_eval_node(ctx, path->base, &v);
        put_value_nodes(ctx, &v, out);
        break;
    }
    if (from != NULL) {
        expr_nodes_put(ctx, out, from);
    }
    filter(ctx, path->tests, path->test_count, out);
}

void expr_path_eval(const struct expr_ctx *ctx, const struct expr_path *path,
                    struct expr_nodes *out)
{
    *out = (struct expr_nodes){0};
    unsigned first = 0;
    if (path->start == EXPR_FROM_ROOT || path->start == EXPR_FROM_INSTANCE) {
        /* The document itself is no node here: its one child is what the first step finds. */
        const struct form_node *top = document_of(ctx, path);
        const struct expr_step *step = &path->steps[0];
        const bool is_child = step->kind == EXPR_STEP_NAME || step->kind == EXPR_STEP_ANY;
        if (top != NULL && is_child && fits(step, top)) {
            expr_nodes_put(ctx, out, top);
            filter(ctx, step->tests, step->test_count, out);
        }
        first = 1;
    } else {
        start(ctx, path, out);
    }
    for (unsigned i = first; i < path->step_count; i++) {
        take_step(ctx, &path->steps[i], out);
    }
}

/* Most paths in predicates lead from one node to one node, or to none: those need no set. false
 * where the walk branches or has predicates. */
static bool lead_to_one(const struct expr_ctx *ctx, const struct expr_path *path,
                        const struct form_node **out)
{
    const struct form_node *n = ctx->node;
    if (path->start != EXPR_FROM_CONTEXT || path->test_count > 0) {
        return false;
    }
    for (unsigned i = 0; i < path->step_count && n != NULL; i++) {
        const struct expr_step *step = &path->steps[i];
        if (step->test_count > 0 || step->kind == EXPR_STEP_ANY) {
            return false;
        }
        if (step->kind == EXPR_STEP_PARENT) {
            n = n->parent;
        } else if (step->kind == EXPR_STEP_NAME) {
            const struct form_node *found = NULL;
            for (const struct form_node *c = n->first; c != NULL && spend(ctx); c = c->next) {
                if (fits(step, c)) {
                    if (found != NULL) {
                        return false;
                    }
                    found = c;
                }
            }
            n = found;
        }
    }
    *out = n;
    return true;
}

void expr_path_value(const struct expr_ctx *ctx, const struct expr_path *path,
                     struct form_value *out)
{
    const struct form_node *one;
    struct expr_nodes set;
    if (!lead_to_one(ctx, path, &one)) {
        expr_path_eval(ctx, path, &set);
        expr_nodes_value(ctx, &set, out);
    } else if (one != NULL) {
        expr_node_value(ctx, one, out);
    } else {
        *out = (struct form_value){.type = FORM_V_NODES, .is_node = true};
    }
}

void expr_arg_nodes(const struct expr_call *c, unsigned i, struct expr_nodes *out)
{
    const struct expr_node *arg = c->node->args[i];
    *out = (struct expr_nodes){0};
    if (arg->kind == EXPR_PATH) {
        expr_path_eval(c->ctx, arg->u.path, out);
        return;
    }
    struct form_value v;
    expr_arg(c, i, &v);
    put_value_nodes(c->ctx, &v, out);
    if (out->count == 0 && arg->kind == EXPR_SELF && c->ctx->node != NULL) {
        expr_nodes_put(c->ctx, out, c->ctx->node);
    }
}
