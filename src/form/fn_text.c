/* Functions over text. Positions are code points; texts are borrowed where an argument or its
 * end is the result; a result always ends in NUL, so an inner part is copied to the scratch
 * arena. */
#include "form/functions_int.h"

#include <math.h>
#include <string.h>

#include "base/utf8.h"

static void give_copy(const struct expr_call *c, const char *s, size_t n, struct form_value *out)
{
    *out = n == 0 ? form_value_string("", 0)
                  : form_value_string(arena_strndup(c->ctx->scratch, s, n), n);
}

/* Where needle begins in s, NULL if nowhere. */
static const char *find(const char *s, size_t n, const char *needle, size_t needle_n)
{
    return needle_n == 0 ? s : memmem(s, n, needle, needle_n);
}

void fn_string(const struct expr_call *c, struct form_value *out)
{
    size_t n;
    const char *s = expr_arg_text(c, 0, &n);
    *out = form_value_string(s, n);
}

void fn_string_length(const struct expr_call *c, struct form_value *out)
{
    size_t n;
    const char *s = expr_arg_text(c, 0, &n);
    *out = form_value_of_number((double)utf8_length(s, n));
}

void fn_boolean_from_string(const struct expr_call *c, struct form_value *out)
{
    size_t n;
    const char *s = expr_arg_text(c, 0, &n);
    *out = form_value_of_bool((n == 4 && memcmp(s, "true", 4) == 0) || (n == 1 && s[0] == '1'));
}

void fn_contains(const struct expr_call *c, struct form_value *out)
{
    size_t n;
    size_t m;
    const char *s = expr_arg_text(c, 0, &n);
    const char *t = expr_arg_text(c, 1, &m);
    *out = form_value_of_bool(find(s, n, t, m) != NULL);
}

void fn_starts_with(const struct expr_call *c, struct form_value *out)
{
    size_t n;
    size_t m;
    const char *s = expr_arg_text(c, 0, &n);
    const char *t = expr_arg_text(c, 1, &m);
    *out = form_value_of_bool(m <= n && memcmp(s, t, m) == 0);
}

void fn_ends_with(const struct expr_call *c, struct form_value *out)
{
    size_t n;
    size_t m;
    const char *s = expr_arg_text(c, 0, &n);
    const char *t = expr_arg_text(c, 1, &m);
    *out = form_value_of_bool(m <= n && memcmp(s + n - m, t, m) == 0);
}

void fn_substring_before(const struct expr_call *c, struct form_value *out)
{
    size_t n;
    size_t m;
    const char *s = expr_arg_text(c, 0, &n);
    const char *t = expr_arg_text(c, 1, &m);
    const char *at = find(s, n, t, m);
    give_copy(c, s, at == NULL ? 0 : (size_t)(at - s), out);
}

void fn_substring_after(const struct expr_call *c, struct form_value *out)
{
    size_t n;
    size_t m;
    const char *s = expr_arg_text(c, 0, &n);
    const char *t = expr_arg_text(c, 1, &m);
    const char *at = find(s, n, t, m);
    if (at == NULL) {
        *out = form_value_string("", 0);
        return;
    }
    *out = form_value_string(at + m, n - (size_t)(at + m - s));
}

static size_t offset_of(const char *s, size_t n, size_t code_points)
{
    size_t at = 0;
    uint32_t cp;
    for (; code_points > 0 && at < n; code_points--) {
        at += utf8_next(s + at, n - at, &cp);
    }
    return at;
}

static void give_range(const struct expr_call *c, const char *s, size_t n, double first, double end,
                       struct form_value *out)
{
    const double length = (double)utf8_length(s, n);
    first = first < 0 ? 0 : first;
    end = end > length ? length : end;
    if (!(first < end)) {
        *out = form_value_string("", 0);
        return;
    }
    const size_t from = offset_of(s, n, (size_t)first);
    const size_t to = from + offset_of(s + from, n - from, (size_t)end - (size_t)first);
    give_copy(c, s + from, to - from, out);
}

/* substr(s, first, end): from 0, without end; negative positions count from the end. */
void fn_substr(const struct expr_call *c, struct form_value *out)
{
    size_t n;
    const char *s = expr_arg_text(c, 0, &n);
    const double length = (double)utf8_length(s, n);
    double first = trunc(expr_arg_number(c, 1));
    double end = c->node->count < 3 ? length : trunc(expr_arg_number(c, 2));
    first += first < 0 ? length : 0;
    end += end < 0 ? length : 0;
    give_range(c, s, n, first, end, out);
}

/* substring(s, first, count) of XPath: from 1, both rounded. */
void fn_substring(const struct expr_call *c, struct form_value *out)
{
    size_t n;
    const char *s = expr_arg_text(c, 0, &n);
    const double first = floor(expr_arg_number(c, 1) + 0.5);
    double end = INFINITY;
    if (c->node->count > 2) {
        end = first + floor(expr_arg_number(c, 2) + 0.5);
    }
    give_range(c, s, n, first - 1, end - 1, out);
}

void fn_normalize_space(const struct expr_call *c, struct form_value *out)
{
    size_t n;
    const char *s = expr_arg_text(c, 0, &n);
    char *text = arena_alloc(c->ctx->scratch, n + 1);
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        if (!expr_is_blank_char(s[i])) {
            text[len++] = s[i];
        } else if (len > 0 && text[len - 1] != ' ') {
            text[len++] = ' ';
        }
    }
    len -= len > 0 && text[len - 1] == ' ' ? 1 : 0;
    text[len] = '\0';
    *out = form_value_string(text, len);
}

/* Number of code points in front of cp in s; false if it is not in it. */
static bool index_of(const char *s, size_t n, uint32_t cp, size_t *index)
{
    uint32_t other;
    *index = 0;
    for (size_t at = 0; at < n; (*index)++) {
        at += utf8_next(s + at, n - at, &other);
        if (other == cp) {
            return true;
        }
    }
    return false;
}

void fn_translate(const struct expr_call *c, struct form_value *out)
{
    size_t n;
    size_t from_n;
    size_t to_n;
    const char *s = expr_arg_text(c, 0, &n);
    const char *from = expr_arg_text(c, 1, &from_n);
    const char *to = expr_arg_text(c, 2, &to_n);
    char *text = arena_alloc(c->ctx->scratch, n * 4 + 1);
    size_t len = 0;
    size_t step;
    for (size_t at = 0; at < n; at += step) {
        uint32_t cp;
        size_t index;
        step = utf8_next(s + at, n - at, &cp);
        const char *put = s + at;
        size_t put_n = step;
        if (index_of(from, from_n, cp, &index)) {
            const size_t place = offset_of(to, to_n, index);
            put = to + place;
            put_n = offset_of(put, to_n - place, 1);
        }
        memcpy(text + len, put, put_n);
        len += put_n;
    }
    text[len] = '\0';
    *out = form_value_string(text, len);
}

/* ---- joining ---- */

struct joiner {
    arena *scratch;
    const char *separator;
    size_t separator_n;
    char *text;
    size_t len, cap;
    bool has_any;
};

static void joiner_put(struct joiner *j, const char *s, size_t n)
{
    if (j->len + n + 1 > j->cap) {
        j->cap = (j->len + n + 1) * 2;
        char *grown = arena_alloc(j->scratch, j->cap);
        if (j->len > 0) {
            memcpy(grown, j->text, j->len);
        }
        j->text = grown;
    }
    memcpy(j->text + j->len, s, n);
    j->len += n;
    j->text[j->len] = '\0';
}

static void join_value(void *payload, const struct form_value *v)
{
    struct joiner *j = payload;
    size_t n;
    const char *s = expr_value_text(v, j->scratch, &n);
    if (j->has_any && j->separator_n > 0) {
        joiner_put(j, j->separator, j->separator_n);
    }
    j->has_any = true;
    joiner_put(j, s, n);
}

void fn_concat(const struct expr_call *c, struct form_value *out)
{
    struct joiner j = {.scratch = c->ctx->scratch, .separator = ""};
    expr_each(c, 0, join_value, &j);
    *out = form_value_string(j.text == NULL ? "" : j.text, j.len);
}

void fn_join(const struct expr_call *c, struct form_value *out)
{
    struct joiner j = {.scratch = c->ctx->scratch};
    j.separator = expr_arg_text(c, 0, &j.separator_n);
    expr_each(c, 1, join_value, &j);
    *out = form_value_string(j.text == NULL ? "" : j.text, j.len);
}

/* A pattern that is made of answers and wrong matches nothing. */
void fn_regex(const struct expr_call *c, struct form_value *out)
{
    size_t n;
    const char *s = expr_arg_text(c, 0, &n);
    const form_regex *r = c->node->u.regex;
    if (r == NULL) {
        size_t pattern_n;
        const char *pattern = expr_arg_text(c, 1, &pattern_n);
        r = form_regex_compile(c->ctx->scratch, pattern, pattern_n, NULL);
    }
    *out = form_value_of_bool(r != NULL && form_regex_match(r, s, n));
}
