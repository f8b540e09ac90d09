/* Functions over nodes: places, secondary instances, look-ups, order by chance. Where the owner
 * gives no nodes they give nothing. */
#include "form/functions_int.h"

#include <math.h>
#include <string.h>

static void give_blank(struct form_value *out)
{
    *out = form_value_string("", 0);
    out->is_node = true;
}

/* 1-based among the siblings of its name. */
static double place_of(const struct form_node *n)
{
    double place = 1;
    const struct form_node *s = n->parent == NULL ? n : n->parent->first;
    for (; s != n && s != NULL; s = s->next) {
        place += strcmp(s->name, n->name) == 0 ? 1 : 0;
    }
    return place;
}

void fn_position(const struct expr_call *c, struct form_value *out)
{
    struct expr_nodes set = {0};
    if (c->node->count > 0) {
        expr_arg_nodes(c, 0, &set);
        *out = form_value_of_number(set.count == 0 ? NAN : place_of(set.items[0]));
    } else if (c->ctx->position > 0) {
        *out = form_value_of_number((double)c->ctx->position);
    } else {
        *out = form_value_of_number(c->ctx->node == NULL ? 1 : place_of(c->ctx->node));
    }
}

void fn_last(const struct expr_call *c, struct form_value *out)
{
    *out = form_value_of_number(c->ctx->position > 0 ? (double)c->ctx->size : 1);
}

/* ---- indexed-repeat ---- */

static bool is_below(const struct form_node *n, const struct form_node *top)
{
    while (n != NULL && n != top) {
        n = n->parent;
    }
    return n != NULL;
}

/* The ancestor of the place at hand that is a sibling of n, or n's sibling itself. */
static bool shares_parent(const struct expr_ctx *ctx, const struct form_node *n)
{
    const struct form_node *a = ctx->node;
    while (a != NULL && (a->slot != n->slot || strcmp(a->name, n->name) != 0)) {
        a = a->parent;
    }
    return a == NULL || a->parent == n->parent;
}

/* All nodes of argument i below top, or without top those nearest to the place at hand. */
static void nodes_below(const struct expr_call *c, unsigned i, const struct form_node *top,
                        struct expr_nodes *out)
{
    const struct form_expr_env *env = c->ctx->env;
    const struct expr_node *arg = c->node->args[i];
    struct expr_nodes all = {0};
    if (arg->kind == EXPR_REF && env->get != NULL) {
        const struct form_value v = env->get(env->payload, arg->u.slot, NULL);
        if (v.type != FORM_V_NODES && v.node != NULL) {
            expr_nodes_put(c->ctx, &all, v.node);
        }
        for (size_t k = 0; v.type == FORM_V_NODES && v.nodes != NULL && k < v.count; k++) {
            expr_nodes_put(c->ctx, &all, v.nodes[k]);
        }
    } else {
        expr_arg_nodes(c, i, &all);
    }
    *out = (struct expr_nodes){0};
    for (size_t k = 0; k < all.count; k++) {
        const struct form_node *n = all.items[k];
        if (top == NULL ? shares_parent(c->ctx, n) : is_below(n, top)) {
            expr_nodes_put(c->ctx, out, n);
        }
    }
}

void fn_indexed_repeat(const struct expr_call *c, struct form_value *out)
{
    const struct form_node *here = NULL;
    struct expr_nodes set;
    give_blank(out);
    for (unsigned i = 1; i + 1 < c->node->count; i += 2) {
        nodes_below(c, i, here, &set);
        const double at = expr_arg_number(c, i + 1);
        if (!(at >= 1 && at < (double)set.count + 1)) {
            return;
        }
        here = set.items[(size_t)at - 1];
    }
    nodes_below(c, 0, here, &set);
    if (set.count > 0) {
        expr_node_value(c->ctx, set.items[0], out);
    }
}

/* ---- secondary instances ---- */

static const struct form_node *document_named(const struct expr_call *c)
{
    const struct form_expr_env *env = c->ctx->env;
    size_t n;
    const char *id = expr_arg_text(c, 0, &n);
    return env->instance == NULL ? NULL : env->instance(env->payload, id);
}

/* The value is not computed: only paths over the document are of interest. */
void fn_instance(const struct expr_call *c, struct form_value *out)
{
    give_blank(out);
    out->node = document_named(c);
}

static const struct form_node *column(const struct form_node *row, const char *name)
{
    const struct form_node *n = row->first;
    while (n != NULL && strcmp(n->name, name) != 0) {
        n = n->next;
    }
    return n;
}

/* The wanted column of the first row whose key column has the key. */
void fn_pulldata(const struct expr_call *c, struct form_value *out)
{
    const struct form_node *root = document_named(c);
    size_t n;
    const char *wanted = expr_arg_text(c, 1, &n);
    const char *key_column = expr_arg_text(c, 2, &n);
    const char *key = expr_arg_text(c, 3, &n);
    give_blank(out);
    for (const struct form_node *row = root == NULL ? NULL : root->first; row != NULL;
         row = row->next) {
        const struct form_node *k = column(row, key_column);
        if (k != NULL && k->text != NULL && strcmp(k->text, key) == 0) {
            const struct form_node *found = column(row, wanted);
            if (found != NULL) {
                expr_node_value(c->ctx, found, out);
            }
            return;
        }
    }
}

/* ---- chance ---- */

#define PARK_MILLER_MODULUS 2147483647LL
#define PARK_MILLER_FACTOR  16807LL

struct chance {
    const struct form_expr_env *env;
    bool is_seeded;
    long long state;
};

static double next_chance(struct chance *r)
{
    if (!r->is_seeded) {
        return r->env->random == NULL ? 0 : r->env->random(r->env->payload);
    }
    r->state = r->state * PARK_MILLER_FACTOR % PARK_MILLER_MODULUS;
    return (double)(r->state - 1) / (double)(PARK_MILLER_MODULUS - 1);
}

static void seed_chance(struct chance *r, double seed)
{
    r->is_seeded = true;
    r->state = fabs(seed) < 9e18 ? (long long)seed % PARK_MILLER_MODULUS : 0;
    r->state += r->state <= 0 ? PARK_MILLER_MODULUS - 1 : 0;
}

/* The same seed gives the same order on every machine, and the one that other engines give:
 * Fisher and Yates from the inside out over Park and Miller's generator. */
void fn_randomize(const struct expr_call *c, struct form_value *out)
{
    struct form_value v;
    struct chance r = {.env = c->ctx->env};
    expr_arg(c, 0, &v);
    *out = v;
    if (c->node->count > 1) {
        seed_chance(&r, expr_arg_number(c, 1));
    }
    if (v.type != FORM_V_NODES || v.count < 2) {
        return;
    }
    struct form_value *items = arena_array(c->ctx->scratch, v.count, sizeof *items);
    const struct form_node **nodes = arena_array(c->ctx->scratch, v.count, sizeof *nodes);
    for (size_t i = 0; i < v.count; i++) {
        const size_t j = (size_t)floor(next_chance(&r) * (double)(i + 1));
        items[i] = items[j];
        items[j] = v.items[i];
        nodes[i] = nodes[j];
        nodes[j] = v.nodes == NULL ? NULL : v.nodes[i];
    }
    out->items = items;
    out->nodes = v.nodes == NULL ? NULL : nodes;
}

void fn_random(const struct expr_call *c, struct form_value *out)
{
    const struct form_expr_env *env = c->ctx->env;
    *out = form_value_of_number(env->random == NULL ? NAN : env->random(env->payload));
}
