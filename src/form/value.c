/* Values of expressions and XPath's conversions between them. Nothing here depends on the locale:
 * numbers are read and written by hand, always with a point and without an exponent. A partial
 * date is the pair of its earliest and latest day. */
#include "form/expr_int.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"

#define MS_PER_DAY  86400000.0
#define SIGNIFICANT 15
#define DAY_FIRST   (-719162.0)      /* 0001-01-01 */
#define DAY_LAST    2932896.99999999 /* 9999-12-31, its last millisecond */

struct form_value form_value_string(const char *s, size_t n)
{
    return (struct form_value){.type = FORM_V_STRING, .s = s, .n = n};
}

struct form_value form_value_of_number(double d)
{
    return (struct form_value){.type = FORM_V_NUMBER, .num = d, .num2 = d};
}

struct form_value form_value_of_bool(bool b)
{
    return (struct form_value){.type = FORM_V_BOOL, .num = b ? 1 : 0, .num2 = b ? 1 : 0};
}

struct form_value expr_value_date(double first, double last)
{
    return (struct form_value){.type = FORM_V_DATE, .num = first, .num2 = last};
}

struct form_value expr_value_datetime(double days)
{
    return (struct form_value){.type = FORM_V_DATETIME, .num = days, .num2 = days};
}

bool expr_in_calendar(double days)
{
    return days >= DAY_FIRST && days <= DAY_LAST;
}

/* ---- text to number ---- */

static double scaled(unsigned long long mantissa, int exponent)
{
    static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                  1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const int size = exponent < 0 ? -exponent : exponent;
    if (size <= 22 && mantissa < (1ull << 53)) {
        const double m = (double)mantissa;
        return exponent < 0 ? m / tens[size] : m * tens[size];
    }
    const long double m = (long double)mantissa;
    return (double)(exponent < 0 ? m / powl(10.0L, size) : m * powl(10.0L, size));
}

double expr_text_number(const char *s, size_t n)
{
    while (n > 0 && expr_is_blank_char(*s)) {
        s++;
        n--;
    }
    while (n > 0 && expr_is_blank_char(s[n - 1])) {
        n--;
    }
    const bool is_negative = n > 0 && *s == '-';
    unsigned long long mantissa = 0;
    int exponent = 0;
    bool has_digit = false;
    bool has_point = false;
    for (size_t i = is_negative ? 1 : 0; i < n; i++) {
        if (s[i] == '.' && !has_point) {
            has_point = true;
            continue;
        }
        if (s[i] < '0' || s[i] > '9') {
            return NAN;
        }
        has_digit = true;
        if (mantissa < 1000000000000000000ull) {
            mantissa = mantissa * 10 + (unsigned)(s[i] - '0');
            exponent -= has_point ? 1 : 0;
        } else {
            exponent += has_point || exponent > 9999 ? 0 : 1;
        }
    }
    if (!has_digit) {
        return NAN;
    }
    const double d = scaled(mantissa, mantissa == 0 ? 0 : exponent);
    return is_negative ? -d : d;
}

static bool two_digits(const char *s, size_t n, size_t at, int *out)
{
    if (at + 2 > n || s[at] < '0' || s[at] > '9' || s[at + 1] < '0' || s[at + 1] > '9') {
        return false;
    }
    *out = (s[at] - '0') * 10 + (s[at + 1] - '0');
    return true;
}

/* "Z", "+02:00", "+0200", "+02" or nothing up to the end. */
static bool read_zone(const char *s, size_t n, size_t at, bool *has_zone, int *minutes)
{
    *has_zone = at < n;
    *minutes = 0;
    if (at == n) {
        return true;
    }
    if (s[at] == 'Z') {
        return at + 1 == n;
    }
    int hour;
    int minute = 0;
    if ((s[at] != '+' && s[at] != '-') || !two_digits(s, n, at + 1, &hour)) {
        return false;
    }
    size_t end = at + 3;
    if (end < n) {
        end += s[end] == ':' ? 1 : 0;
        if (!two_digits(s, n, end, &minute)) {
            return false;
        }
        end += 2;
    }
    *minutes = (hour * 60 + minute) * (s[at] == '-' ? -1 : 1);
    return end == n && hour <= 14 && minute < 60;
}

bool expr_text_datetime(const char *s, size_t n, double *local_days, double *written)
{
    struct date d;
    int hour;
    int minute;
    int second = 0;
    if (n < 16 || (s[10] != 'T' && s[10] != ' ') || !date_parse(s, 10, &d) ||
        !two_digits(s, n, 11, &hour) || s[13] != ':' || !two_digits(s, n, 14, &minute)) {
        return false;
    }
    size_t at = 16;
    double ms = 0;
    if (at < n && s[at] == ':') {
        if (!two_digits(s, n, at + 1, &second)) {
            return false;
        }
        at += 3;
        if (at < n && s[at] == '.') {
            at++;
            for (double unit = 100; at < n && s[at] >= '0' && s[at] <= '9'; at++) {
                ms += unit * (s[at] - '0');
                unit /= 10;
            }
        }
    }
    bool has_zone;
    int zone;
    if (hour > 23 || minute > 59 || second > 59 || !read_zone(s, n, at, &has_zone, &zone)) {
        return false;
    }
    double local_ms = (double)date_earliest(d) * MS_PER_DAY + hour * 3600000.0 + minute * 60000.0 +
                      second * 1000.0 + ms;
    *written = local_ms / MS_PER_DAY;
    if (has_zone) {
        local_ms -= zone * 60000.0;
        local_ms += clock_local_of((int64_t)local_ms).offset_minutes * 60000.0;
    }
    *local_days = local_ms / MS_PER_DAY;
    return true;
}

static bool looks_like_date(const char *s, size_t n)
{
    return n >= 10 && s[4] == '-' && s[7] == '-';
}

static double string_number(const char *s, size_t n)
{
    if (looks_like_date(s, n)) {
        struct date d;
        double local;
        double written;
        if (n == 10 && date_parse(s, n, &d)) {
            return (double)date_earliest(d);
        }
        if (expr_text_datetime(s, n, &local, &written)) {
            return written; /* zone-free, as days are */
        }
    }
    return expr_text_number(s, n);
}

double form_value_number(const struct form_value *v)
{
    switch (v->type) {
    case FORM_V_STRING: return string_number(v->s, v->n);
    case FORM_V_NODES: return v->count == 0 ? NAN : form_value_number(&v->items[0]);
    case FORM_V_NUMBER:
    case FORM_V_BOOL:
    case FORM_V_DATE:
    case FORM_V_DATETIME: break;
    }
    return v->num;
}

double expr_value_days(const struct form_value *v, bool latest)
{
    struct date d;
    double local;
    double written;
    switch (v->type) {
    case FORM_V_DATE: return latest ? v->num2 : v->num;
    case FORM_V_STRING:
        if (v->n >= 4 && v->n <= 10 && date_parse(v->s, v->n, &d)) {
            return (double)(latest ? date_latest(d) : date_earliest(d));
        }
        return expr_text_datetime(v->s, v->n, &local, &written) ? local : string_number(v->s, v->n);
    case FORM_V_NODES: return v->count == 0 ? NAN : expr_value_days(&v->items[0], latest);
    case FORM_V_NUMBER:
    case FORM_V_BOOL:
    case FORM_V_DATETIME: break;
    }
    return v->num;
}

bool form_value_bool(const struct form_value *v)
{
    switch (v->type) {
    case FORM_V_STRING: /* a group or a repeat has no value: that it is there counts */
        return v->n > 0 || (v->node != NULL && v->node->first != NULL);
    case FORM_V_NUMBER:
    case FORM_V_BOOL: return v->num != 0 && !isnan(v->num);
    case FORM_V_DATE:
    case FORM_V_DATETIME: return true;
    case FORM_V_NODES: return v->count > 0 && form_value_bool(&v->items[0]);
    }
    return false;
}

/* ---- value to text ---- */

/* Digits of |d| without trailing zeros; the value is 0.DIGITS * 10^*point. */
static size_t decimal_digits(double d, char digits[SIGNIFICANT + 1], int *point)
{
    char text[64];
    (void)snprintf(text, sizeof text, "%.*e", SIGNIFICANT - 1, fabs(d));
    size_t n = 0;
    const char *p = text;
    for (; *p != 'e' && *p != '\0'; p++) {
        if (*p >= '0' && *p <= '9' && n < SIGNIFICANT) { /* the mark between is the locale's */
            digits[n++] = *p;
        }
    }
    int exponent = 0;
    const bool is_small = *p == 'e' && p[1] == '-';
    for (p += *p == 'e' ? 2 : 0; *p >= '0' && *p <= '9'; p++) {
        exponent = exponent * 10 + (*p - '0');
    }
    while (n > 1 && digits[n - 1] == '0') {
        n--;
    }
    *point = (is_small ? -exponent : exponent) + 1;
    return n;
}

static char *number_text(double d, arena *scratch, size_t *n)
{
    if (isnan(d) || isinf(d)) {
        const char *word = isnan(d) ? "NaN" : d > 0 ? "Infinity" : "-Infinity";
        *n = strlen(word);
        return arena_strndup(scratch, word, *n);
    }
    char out[400];
    if (d == floor(d) && fabs(d) < 1e15) {
        *n = (size_t)snprintf(out, sizeof out, "%lld", (long long)d);
        return arena_strndup(scratch, out, *n);
    }
    char digits[SIGNIFICANT + 1];
    int point;
    const int count = (int)decimal_digits(d, digits, &point);
    size_t len = 0;
    if (d < 0) {
        out[len++] = '-';
    }
    if (point <= 0) {
        out[len++] = '0';
    }
    for (int i = 0; i < point; i++) {
        out[len++] = i < count ? digits[i] : '0';
    }
    if (count > point) {
        out[len++] = '.';
        for (int i = point; i < count; i++) {
            out[len++] = i < 0 ? '0' : digits[i];
        }
    }
    *n = len;
    return arena_strndup(scratch, out, len);
}

static const char *datetime_text(double days, arena *scratch, size_t *n)
{
    const double local_ms = floor(days * MS_PER_DAY + 0.5);
    const double day = floor(local_ms / MS_PER_DAY);
    const long ms = (long)(local_ms - day * MS_PER_DAY);
    /* Offset at the local moment: once as if it were UTC, once more with that offset taken off. */
    int offset = clock_local_of((int64_t)local_ms).offset_minutes;
    offset = clock_local_of((int64_t)local_ms - offset * 60000LL).offset_minutes;
    char date[11];
    date_format(date_from_days((long)day), date);
    const int size = offset < 0 ? -offset : offset;
    char *text = arena_printf(scratch, "%sT%02ld:%02ld:%02ld.%03ld%c%02d:%02d", date, ms / 3600000,
                              ms / 60000 % 60, ms / 1000 % 60, ms % 1000, offset < 0 ? '-' : '+',
                              size / 60, size % 60);
    *n = strlen(text);
    return text;
}

const char *expr_value_text(const struct form_value *v, arena *scratch, size_t *n)
{
    char date[11];
    switch (v->type) {
    case FORM_V_STRING: break;
    case FORM_V_NUMBER: return number_text(v->num, scratch, n);
    case FORM_V_BOOL: *n = v->num != 0 ? 4 : 5; return v->num != 0 ? "true" : "false";
    case FORM_V_DATE:
    case FORM_V_DATETIME:
        if (v->s != NULL || !expr_in_calendar(v->num)) {
            break;
        }
        if (v->type == FORM_V_DATETIME) {
            return datetime_text(v->num, scratch, n);
        }
        date_format(date_from_days((long)v->num), date);
        *n = strlen(date);
        return arena_strndup(scratch, date, *n);
    case FORM_V_NODES:
        if (v->count > 0) {
            return expr_value_text(&v->items[0], scratch, n);
        }
        *n = 0;
        return "";
    }
    *n = v->s == NULL ? 0 : v->n;
    return v->s == NULL ? "" : v->s;
}

const char *form_value_text(const struct form_value *v, arena *scratch)
{
    size_t n;
    return expr_value_text(v, scratch, &n);
}
