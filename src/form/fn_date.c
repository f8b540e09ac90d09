/* Functions over dates: whole days without a zone; the clock's moment is local. What is no date
 * gives the empty text. Names of months and days in format-date() are the short English ones, as
 * forms compare with them; what people read is written by the screens. */
#include "form/functions_int.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"

#define SECONDS_PER_DAY 86400.0

void fn_today(const struct expr_call *c, struct form_value *out)
{
    const double day = (double)date_earliest(clock_local_of(c->ctx->env->now_ms).date);
    *out = expr_value_date(day, day);
}

void fn_now(const struct expr_call *c, struct form_value *out)
{
    const int64_t ms = c->ctx->env->now_ms;
    const struct clock_local local = clock_local_of(ms);
    const int64_t rest = (ms % 1000 + 1000) % 1000;
    const double seconds = local.hour * 3600 + local.minute * 60 + local.second +
                           (double)rest / 1000.0;
    *out = expr_value_datetime((double)date_earliest(local.date) + seconds / SECONDS_PER_DAY);
}

static void first_value(struct form_value *v)
{
    while (v->type == FORM_V_NODES) {
        *v = v->count == 0 ? form_value_string("", 0) : v->items[0];
    }
}

static bool text_to_date(const struct form_value *v, struct form_value *out)
{
    struct date d;
    double local;
    double written;
    if (v->n >= 4 && v->n <= 10 && date_parse(v->s, v->n, &d)) {
        *out = expr_value_date((double)date_earliest(d), (double)date_latest(d));
        if (v->n < 10) { /* a partial date keeps its own text */
            out->s = v->s;
            out->n = v->n;
        }
        return true;
    }
    if (expr_text_datetime(v->s, v->n, &local, &written)) {
        *out = expr_value_date(floor(written), floor(written));
        return true;
    }
    return false;
}

/* A blank, or what cannot be computed, is no mistake of the form; a text that is no date is. */
static void fail_unless_date(const struct expr_call *c, const struct form_value *v, double days)
{
    if (v->type == FORM_V_BOOL || (v->type == FORM_V_STRING && v->n > 0 && isnan(days))) {
        expr_failed(c->ctx, FORM_X_TYPE, c->node->fn->name);
    }
}

void fn_date(const struct expr_call *c, struct form_value *out)
{
    struct form_value v;
    expr_arg(c, 0, &v);
    first_value(&v);
    if (v.type == FORM_V_DATE) {
        *out = v;
        return;
    }
    if (v.type == FORM_V_STRING && text_to_date(&v, out)) {
        return;
    }
    const double days = v.type == FORM_V_BOOL ? NAN : floor(form_value_number(&v));
    fail_unless_date(c, &v, days);
    *out = expr_in_calendar(days) ? expr_value_date(days, days) : form_value_string("", 0);
}

/* Local days with fraction of any value that is a date or a moment; NaN if it is neither. */
static double moment_of(const struct expr_call *c, unsigned i, struct form_value *arg)
{
    struct form_value v;
    expr_arg(c, i, &v);
    first_value(&v);
    *arg = v;
    const double days = v.type == FORM_V_BOOL ? NAN : expr_value_days(&v, false);
    fail_unless_date(c, &v, days);
    return expr_in_calendar(days) ? days : NAN;
}

void fn_date_time(const struct expr_call *c, struct form_value *out)
{
    struct form_value v;
    const double days = moment_of(c, 0, &v);
    *out = isnan(days) ? form_value_string("", 0) : expr_value_datetime(days);
}

void fn_decimal_date_time(const struct expr_call *c, struct form_value *out)
{
    struct form_value v;
    double local;
    double written;
    struct date d;
    const double days = moment_of(c, 0, &v);
    *out = form_value_of_number(days);
    if (v.type == FORM_V_STRING && v.n > 0 && !v.is_node && !date_parse(v.s, v.n, &d) &&
        !expr_text_datetime(v.s, v.n, &local, &written)) { /* digits alone are no date */
        expr_failed(c->ctx, FORM_X_TYPE, c->node->fn->name);
        *out = form_value_of_number(NAN);
    }
}

/* The part of the day that a time, "10:20" or "10:20:30.5", or a moment has behind it. */
void fn_decimal_time(const struct expr_call *c, struct form_value *out)
{
    struct form_value v;
    expr_arg(c, 0, &v);
    first_value(&v);
    double days = NAN;
    double written = 0;
    if (v.type == FORM_V_STRING && v.n >= 5 && v.n <= 30 && v.s[2] == ':') {
        char text[48];
        (void)snprintf(text, sizeof text, "1970-01-01T%.*s", (int)v.n, v.s);
        const bool is_time = expr_text_datetime(text, strlen(text), &days, &written);
        days = is_time ? days : NAN;
    } else if (v.type == FORM_V_DATETIME) {
        days = v.num;
    } else if (v.type == FORM_V_STRING && !expr_text_datetime(v.s, v.n, &days, &written)) {
        days = NAN;
    }
    *out = form_value_of_number(days - floor(days));
}

/* Writes what %c of the format stands for; false if it stands for nothing. */
static bool format_part(char part, struct date d, long ms, char out[16])
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    const char *word = NULL;
    long number = 0;
    int width = 1;
    switch (part) {
    case 'Y':
        number = d.year;
        width = 4;
        break;
    case 'y':
        number = d.year % 100;
        width = 2;
        break;
    case 'm':
        number = d.month;
        width = 2;
        break;
    case 'n': number = d.month; break;
    case 'b': word = months[d.month - 1]; break;
    case 'd':
        number = d.day;
        width = 2;
        break;
    case 'e': number = d.day; break;
    case 'a': word = weekdays[date_weekday(d)]; break;
    case 'H':
        number = ms / 3600000;
        width = 2;
        break;
    case 'h': number = ms / 3600000; break;
    case 'M':
        number = ms / 60000 % 60;
        width = 2;
        break;
    case 'S':
        number = ms / 1000 % 60;
        width = 2;
        break;
    case '3':
        number = ms % 1000;
        width = 3;
        break;
    case '%': word = "%"; break;
    default: return false;
    }
    if (word != NULL) {
        (void)snprintf(out, 16, "%s", word);
    } else {
        (void)snprintf(out, 16, "%0*ld", width, number);
    }
    return true;
}

void fn_format_date(const struct expr_call *c, struct form_value *out)
{
    struct form_value v;
    const double days = moment_of(c, 0, &v);
    size_t n;
    const char *format = expr_arg_text(c, 1, &n);
    *out = form_value_string("", 0);
    if (isnan(days)) {
        return;
    }
    const double local_ms = floor(days * SECONDS_PER_DAY * 1000.0 + 0.5);
    const double day = floor(local_ms / (SECONDS_PER_DAY * 1000.0));
    const struct date d = date_from_days((long)day);
    const long ms = (long)(local_ms - day * SECONDS_PER_DAY * 1000.0);
    char *text = arena_alloc(c->ctx->scratch, n * 2 + 16);
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        char part[16];
        if (format[i] == '%' && i + 1 < n && format_part(format[i + 1], d, ms, part)) {
            const size_t part_n = strlen(part);
            memcpy(text + len, part, part_n);
            len += part_n;
            i++;
        } else {
            text[len++] = format[i];
        }
    }
    text[len] = '\0';
    *out = form_value_string(text, len);
}
