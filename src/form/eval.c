/* Evaluator of form expressions: walks the tree, a pure function of answers and clock. Allocates
 * only in the scratch arena and never fails. `and`, `or` and arguments are evaluated only as far
 * as their result is needed. Comparisons of several values hold if they hold for one of them. */
#include "form/expr_int.h"

#include <math.h>
#include <string.h>

#define EQUAL_WITHIN 1e-12 /* numbers this near are equal, as in the engine of ODK Collect */

static bool is_date(const struct form_value *v)
{
    return v->type == FORM_V_DATE || v->type == FORM_V_DATETIME;
}

static bool equal_numbers(double a, double b)
{
    return a == b || fabs(a - b) < EQUAL_WITHIN;
}

static bool equal_texts(const struct expr_ctx *ctx, const struct form_value *a,
                        const struct form_value *b)
{
    size_t a_len;
    size_t b_len;
    const char *a_text = expr_value_text(a, ctx->scratch, &a_len);
    const char *b_text = expr_value_text(b, ctx->scratch, &b_len);
    return a_len == b_len && memcmp(a_text, b_text, a_len) == 0;
}

static bool equal_single(const struct expr_ctx *ctx, const struct form_value *a,
                         const struct form_value *b)
{
    if (a->type == FORM_V_BOOL || b->type == FORM_V_BOOL) {
        return form_value_bool(a) == form_value_bool(b);
    }
    if (a->type == FORM_V_STRING && b->type == FORM_V_STRING) {
        return a->n == b->n && (a->n == 0 || memcmp(a->s, b->s, a->n) == 0);
    }
    if (is_date(a) || is_date(b)) {
        const double a_days = expr_value_days(a, ctx->env->want_latest);
        const double b_days = expr_value_days(b, ctx->env->want_latest);
        return isnan(a_days) || isnan(b_days) ? equal_texts(ctx, a, b)
                                              : equal_numbers(a_days, b_days);
    }
    return equal_numbers(form_value_number(a), form_value_number(b));
}

static bool less_single(const struct expr_ctx *ctx, const struct form_value *a,
                        enum expr_token_kind op, const struct form_value *b)
{
    double x;
    double y;
    if (is_date(a) || is_date(b)) {
        x = expr_value_days(a, ctx->env->want_latest);
        y = expr_value_days(b, ctx->env->want_latest);
    } else {
        x = form_value_number(a);
        y = form_value_number(b);
    }
    switch (op) {
    case EXPR_T_LT: return x < y;
    case EXPR_T_LE: return x <= y;
    case EXPR_T_GT: return x > y;
    default: return x >= y;
    }
}

static bool compare_single(const struct expr_ctx *ctx, const struct form_value *a,
                           enum expr_token_kind op, const struct form_value *b)
{
    if (op == EXPR_T_EQ || op == EXPR_T_NE) {
        return equal_single(ctx, a, b) == (op == EXPR_T_EQ);
    }
    return less_single(ctx, a, op, b);
}

static bool compare(const struct expr_ctx *ctx, const struct form_value *a, enum expr_token_kind op,
                    const struct form_value *b)
{
    if (a->type == FORM_V_NODES && b->type != FORM_V_BOOL) {
        bool found = false;
        for (size_t i = 0; i < a->count && !found; i++) {
            found = compare(ctx, &a->items[i], op, b);
        }
        return found;
    }
    if (b->type == FORM_V_NODES && a->type != FORM_V_BOOL) {
        bool found = false;
        for (size_t i = 0; i < b->count && !found; i++) {
            found = compare(ctx, a, op, &b->items[i]);
        }
        return found;
    }
    const struct form_value a_truth = form_value_of_bool(form_value_bool(a));
    const struct form_value b_truth = form_value_of_bool(form_value_bool(b));
    return compare_single(ctx, a->type == FORM_V_NODES ? &a_truth : a, op,
                          b->type == FORM_V_NODES ? &b_truth : b);
}

static double compute(double a, enum expr_token_kind op, double b)
{
    switch (op) {
    case EXPR_T_PLUS: return a + b;
    case EXPR_T_MINUS: return a - b;
    case EXPR_T_STAR: return a * b;
    case EXPR_T_DIV: return a / b;
    default: return fmod(a, b);
    }
}

static void eval_chain(const struct expr_ctx *ctx, const struct expr_node *node,
                       struct form_value *out)
{
    expr_eval_node(ctx, node->args[0], out);
    for (unsigned i = 1; i < node->count; i++) {
        const enum expr_token_kind op = node->u.ops[i];
        struct form_value right;
        expr_eval_node(ctx, node->args[i], &right);
        if (op <= EXPR_T_GE) {
            *out = form_value_of_bool(compare(ctx, out, op, &right));
        } else {
            *out = form_value_of_number(
                compute(form_value_number(out), op, form_value_number(&right)));
        }
    }
}

/* `or` ends at the first true operand, `and` at the first false one. */
static void eval_logic(const struct expr_ctx *ctx, const struct expr_node *node,
                       struct form_value *out)
{
    const bool ends_at = node->kind == EXPR_OR;
    for (unsigned i = 0; i < node->count; i++) {
        struct form_value v;
        expr_eval_node(ctx, node->args[i], &v);
        if (form_value_bool(&v) == ends_at) {
            *out = form_value_of_bool(ends_at);
            return;
        }
    }
    *out = form_value_of_bool(!ends_at);
}

/* The question at hand, or in a data document the node at hand. */
static void eval_self(const struct expr_ctx *ctx, struct form_value *out)
{
    const struct form_node *here = ctx->env->current != NULL ? ctx->env->current
                                                             : ctx->env->context;
    *out = ctx->env->self;
    if (here != NULL && here->slot < 0) {
        expr_node_value(ctx, here, out);
    } else {
        out->node = here;
    }
}

void expr_eval_node(const struct expr_ctx *ctx, const struct expr_node *node,
                    struct form_value *out)
{
    struct form_value v;
    switch (node->kind) {
    case EXPR_CONST: *out = *node->u.value; return;
    case EXPR_REF: expr_get(ctx, node, out); break;
    case EXPR_SELF: eval_self(ctx, out); break;
    case EXPR_PATH: expr_path_value(ctx, node->u.path, out); return;
    case EXPR_FAIL:
        if (ctx->env->failed != NULL && ctx->env->failed->problem == FORM_X_OK) {
            *ctx->env->failed = *node->u.failure;
        }
        *out = form_value_string("", 0);
        return;
    case EXPR_CALL: node->fn->call(&(struct expr_call){.ctx = ctx, .node = node}, out); return;
    case EXPR_OR:
    case EXPR_AND: eval_logic(ctx, node, out); return;
    case EXPR_CHAIN: eval_chain(ctx, node, out); return;
    case EXPR_NEGATE:
        expr_eval_node(ctx, node->args[0], &v);
        *out = form_value_of_number(-form_value_number(&v));
        return;
    }
    if (out->type == FORM_V_STRING && out->s == NULL) {
        out->s = "";
        out->n = 0;
    }
}

struct form_value form_expr_eval(const form_expr *x, const struct form_expr_env *env,
                                 arena *scratch)
{
    struct form_value out;
    size_t budget = EXPR_MAX_VISITS;
    const struct expr_ctx ctx = {
        .env = env, .scratch = scratch, .node = env->context, .budget = &budget};
    expr_eval_node(&ctx, x->root, &out);
    return out;
}

/* ---- arguments ---- */

void expr_arg(const struct expr_call *c, unsigned i, struct form_value *out)
{
    expr_eval_node(c->ctx, c->node->args[i], out);
}

double expr_arg_number(const struct expr_call *c, unsigned i)
{
    struct form_value v;
    expr_arg(c, i, &v);
    return form_value_number(&v);
}

bool expr_arg_bool(const struct expr_call *c, unsigned i)
{
    struct form_value v;
    expr_arg(c, i, &v);
    return form_value_bool(&v);
}

const char *expr_arg_text(const struct expr_call *c, unsigned i, size_t *n)
{
    struct form_value v;
    expr_arg(c, i, &v);
    return expr_value_text(&v, c->ctx->scratch, n);
}

static void each_item(void (*visit)(void *payload, const struct form_value *v), void *payload,
                      const struct form_value *v)
{
    if (v->type != FORM_V_NODES) {
        visit(payload, v);
        return;
    }
    for (size_t i = 0; i < v->count; i++) {
        each_item(visit, payload, &v->items[i]);
    }
}

void expr_each(const struct expr_call *c, unsigned first,
               void (*visit)(void *payload, const struct form_value *v), void *payload)
{
    for (unsigned i = first; i < c->node->count; i++) {
        struct form_value v;
        expr_arg(c, i, &v);
        each_item(visit, payload, &v);
    }
}
