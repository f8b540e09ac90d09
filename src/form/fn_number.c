/* Functions over truth and numbers. What is not a number gives NaN; node sets count value by
 * value. if() and coalesce() evaluate only what they return. */
#include "form/functions_int.h"

#include <math.h>

#define PI 3.14159265358979323846

#define ONE_NUMBER(name, compute)                                                                  \
    void name(const struct expr_call *c, struct form_value *out)                                   \
    {                                                                                              \
        *out = form_value_of_number(compute(expr_arg_number(c, 0)));                               \
    }
#define TWO_NUMBERS(name, compute)                                                                 \
    void name(const struct expr_call *c, struct form_value *out)                                   \
    {                                                                                              \
        const double first = expr_arg_number(c, 0);                                                \
        *out = form_value_of_number(compute(first, expr_arg_number(c, 1)));                        \
    }

static double same(double d)
{
    return d;
}

static double power_of_ten(double d)
{
    return pow(10.0, d);
}

ONE_NUMBER(fn_abs, fabs)
ONE_NUMBER(fn_acos, acos)
ONE_NUMBER(fn_asin, asin)
ONE_NUMBER(fn_atan, atan)
TWO_NUMBERS(fn_atan2, atan2)
ONE_NUMBER(fn_ceiling, ceil)
ONE_NUMBER(fn_cos, cos)
ONE_NUMBER(fn_exp, exp)
ONE_NUMBER(fn_exp10, power_of_ten)
ONE_NUMBER(fn_floor, floor)
ONE_NUMBER(fn_int, trunc)
ONE_NUMBER(fn_log, log)
ONE_NUMBER(fn_log10, log10)
ONE_NUMBER(fn_number, same)
TWO_NUMBERS(fn_pow, pow)
ONE_NUMBER(fn_sin, sin)
ONE_NUMBER(fn_sqrt, sqrt)
ONE_NUMBER(fn_tan, tan)

void fn_pi(const struct expr_call *c, struct form_value *out)
{
    (void)c;
    *out = form_value_of_number(PI);
}

/* Halves go up, -0.5 to -0. */
static double round_half_up(double d)
{
    const double below = floor(d);
    const double rounded = d - below >= 0.5 ? below + 1.0 : below;
    return rounded == 0 ? copysign(0.0, d) : rounded;
}

void fn_round(const struct expr_call *c, struct form_value *out)
{
    const double d = expr_arg_number(c, 0);
    const double places = c->node->count < 2 ? 0 : trunc(expr_arg_number(c, 1));
    double rounded = d;
    if (isnan(places)) {
        rounded = NAN;
    } else if (isfinite(d) && places < -308) {
        rounded = 0;
    } else if (isfinite(d) && places < 0) {
        const double scale = pow(10.0, -places);
        rounded = round_half_up(d / scale) * scale;
    } else if (isfinite(d) && places <= 308) {
        const double scale = pow(10.0, places);
        rounded = isfinite(d * scale) ? round_half_up(d * scale) / scale : d;
    }
    *out = form_value_of_number(rounded);
}

/* ---- over several values ---- */

struct totals {
    double sum, least, most;
    size_t count, filled, truths;
    bool has_nan;
};

static void add_value(void *payload, const struct form_value *v)
{
    struct totals *t = payload;
    const double d = form_value_number(v);
    t->sum += d;
    t->least = t->count == 0 || d < t->least ? d : t->least;
    t->most = t->count == 0 || d > t->most ? d : t->most;
    t->has_nan = t->has_nan || isnan(d);
    t->count++;
}

static void add_filled(void *payload, const struct form_value *v)
{
    struct totals *t = payload;
    t->count++;
    t->filled += v->type == FORM_V_STRING && v->n == 0 ? 0 : 1;
}

static void add_truth(void *payload, const struct form_value *v)
{
    struct totals *t = payload;
    t->truths += form_value_bool(v) ? 1 : 0;
}

void fn_max(const struct expr_call *c, struct form_value *out)
{
    struct totals t = {0};
    expr_each(c, 0, add_value, &t);
    *out = form_value_of_number(t.count == 0 || t.has_nan ? NAN : t.most);
}

void fn_min(const struct expr_call *c, struct form_value *out)
{
    struct totals t = {0};
    expr_each(c, 0, add_value, &t);
    *out = form_value_of_number(t.count == 0 || t.has_nan ? NAN : t.least);
}

void fn_sum(const struct expr_call *c, struct form_value *out)
{
    struct totals t = {0};
    expr_each(c, 0, add_value, &t);
    *out = form_value_of_number(t.sum);
}

void fn_count(const struct expr_call *c, struct form_value *out)
{
    struct totals t = {0};
    expr_each(c, 0, add_filled, &t);
    *out = form_value_of_number((double)t.count);
}

void fn_count_non_empty(const struct expr_call *c, struct form_value *out)
{
    struct totals t = {0};
    expr_each(c, 0, add_filled, &t);
    *out = form_value_of_number((double)t.filled);
}

/* A limit of -1 is no limit. */
static bool within(double d, double least, double most)
{
    return (least == -1 || d >= least) && (most == -1 || d <= most);
}

void fn_checklist(const struct expr_call *c, struct form_value *out)
{
    struct totals t = {0};
    expr_each(c, 2, add_truth, &t);
    const double least = expr_arg_number(c, 0);
    *out = form_value_of_bool(within((double)t.truths, least, expr_arg_number(c, 1)));
}

void fn_weighted_checklist(const struct expr_call *c, struct form_value *out)
{
    double sum = 0;
    for (unsigned i = 2; i + 1 < c->node->count; i += 2) {
        if (expr_arg_bool(c, i)) {
            sum += expr_arg_number(c, i + 1);
        }
    }
    const double least = expr_arg_number(c, 0);
    *out = form_value_of_bool(within(sum, least, expr_arg_number(c, 1)));
}

/* ---- truth ---- */

void fn_boolean(const struct expr_call *c, struct form_value *out)
{
    *out = form_value_of_bool(expr_arg_bool(c, 0));
}

void fn_not(const struct expr_call *c, struct form_value *out)
{
    *out = form_value_of_bool(!expr_arg_bool(c, 0));
}

void fn_true(const struct expr_call *c, struct form_value *out)
{
    (void)c;
    *out = form_value_of_bool(true);
}

void fn_false(const struct expr_call *c, struct form_value *out)
{
    (void)c;
    *out = form_value_of_bool(false);
}

void fn_if(const struct expr_call *c, struct form_value *out)
{
    expr_arg(c, expr_arg_bool(c, 0) ? 1 : 2, out);
}

static bool says_something(const struct form_value *v)
{
    switch (v->type) {
    case FORM_V_STRING: return v->n > 0;
    case FORM_V_NODES: return v->count > 0 && says_something(&v->items[0]);
    case FORM_V_NUMBER:
    case FORM_V_DATE:
    case FORM_V_DATETIME: return !isnan(v->num);
    case FORM_V_BOOL: break;
    }
    return true;
}

void fn_coalesce(const struct expr_call *c, struct form_value *out)
{
    for (unsigned i = 0; i < c->node->count; i++) {
        expr_arg(c, i, out);
        if (says_something(out)) {
            return;
        }
    }
}
