/* Canonical text of an answer by type, from what a person typed or a file holds.
 * Invariant: canonical text is a fixed point: canonicalising it again changes nothing. */
#include "form/def_int.h"

#include <string.h>

#include "base/date.h"
#include "base/str.h"
#include "base/utf8.h"

#define MAX_TEXT_BYTES 65536u
#define MAX_DIGITS     15 /* what a double holds exactly */

static const char *const state_names[] = {
    [FORM_A_NONE] = "none",         [FORM_A_VALUE] = "value",     [FORM_A_LATER] = "later",
    [FORM_A_DECLINED] = "declined", [FORM_A_UNKNOWN] = "unknown",
};

const char *form_state_name(enum form_answer_state s)
{
    return (unsigned)s <= FORM_A_UNKNOWN ? state_names[s] : "none";
}

bool form_state_parse(const char *name, enum form_answer_state *out)
{
    for (int s = FORM_A_NONE; s <= FORM_A_UNKNOWN; s++) {
        if (strcmp(name, state_names[s]) == 0) {
            *out = (enum form_answer_state)s;
            return true;
        }
    }
    return false;
}

const struct form_choice *form_choice_find(const struct form_choices *list, const char *name,
                                           size_t n)
{
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        if (strncmp(list->items[i].name, name, n) == 0 && list->items[i].name[n] == '\0') {
            return &list->items[i];
        }
    }
    return NULL;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void trim(const char **s, size_t *n)
{
    while (*n > 0 && is_blank((*s)[0])) {
        (*s)++;
        (*n)--;
    }
    while (*n > 0 && is_blank((*s)[*n - 1])) {
        (*n)--;
    }
}

static size_t digits(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n && s[i] >= '0' && s[i] <= '9') {
        i++;
    }
    return i;
}

/* Sign, whole part, mark, fraction; no exponent, no grouping. */
static enum form_problem put_number(const char *s, size_t n, bool is_decimal, struct str *out)
{
    const bool is_negative = n > 0 && s[0] == '-';
    if (n > 0 && (s[0] == '-' || s[0] == '+')) {
        s++;
        n--;
    }
    const size_t whole = digits(s, n);
    const char *fraction = s + whole;
    size_t fraction_len = 0;
    if (is_decimal && whole < n && (s[whole] == '.' || s[whole] == ',')) {
        fraction++;
        fraction_len = digits(fraction, n - whole - 1);
    }
    if (whole + fraction_len == 0 || (size_t)(fraction - s) + fraction_len != n) {
        return FORM_P_NUMBER;
    }
    size_t zeros = 0;
    while (zeros + 1 < whole && s[zeros] == '0') {
        zeros++;
    }
    while (fraction_len > 0 && fraction[fraction_len - 1] == '0') {
        fraction_len--;
    }
    if (whole - zeros + fraction_len > MAX_DIGITS) {
        return FORM_P_NUMBER;
    }
    const bool is_zero = fraction_len == 0 &&
                         (whole == 0 || (whole - zeros == 1 && s[zeros] == '0'));
    if (is_negative && !is_zero) {
        str_putc(out, '-');
    }
    if (whole == 0) {
        str_putc(out, '0');
    }
    str_put(out, s + zeros, whole - zeros);
    if (fraction_len > 0) {
        str_putc(out, '.');
        str_put(out, fraction, fraction_len);
    }
    return FORM_P_OK;
}

static enum form_problem put_date(const char *s, size_t n, int this_year, struct str *out)
{
    struct date d;
    const bool is_good = this_year > 0 ? date_parse_typed(s, n, this_year, &d)
                                       : date_parse(s, n, &d);
    if (!is_good) {
        return FORM_P_DATE;
    }
    char text[11];
    date_format(d, text);
    str_puts(out, text);
    return FORM_P_OK;
}

/* The next word of a list of choices; false at its end. */
static bool next_word(const char **s, const char **word, size_t *n)
{
    *s += strspn(*s, " \t\n\r,;");
    *word = *s;
    *n = strcspn(*s, " \t\n\r,;");
    *s += *n;
    return *n > 0;
}

static bool has_word(const char *list, const char *word, size_t n)
{
    const char *at;
    size_t len;
    while (next_word(&list, &at, &len)) {
        if (len == n && memcmp(at, word, n) == 0) {
            return true;
        }
    }
    return false;
}

static void put_word(struct str *out, size_t begin, const char *word, size_t n)
{
    if (out->len > begin) {
        str_putc(out, ' ');
    }
    str_put(out, word, n);
}

enum form_problem form_answer_choices(const struct form_item *item, const char *typed,
                                      const char *kept, struct str *out)
{
    const char *word;
    size_t n;
    for (const char *s = typed; next_word(&s, &word, &n);) {
        if (form_choice_find(item->choices, word, n) == NULL && !has_word(kept, word, n)) {
            return FORM_P_CHOICE;
        }
    }
    const size_t begin = out->len;
    for (size_t i = 0; i < item->choices->count; i++) {
        const char *name = item->choices->items[i].name;
        if (has_word(typed, name, strlen(name))) {
            put_word(out, begin, name, strlen(name));
        }
    }
    for (const char *s = typed; next_word(&s, &word, &n);) {
        const char *done = str_cstr(out) + begin;
        if (form_choice_find(item->choices, word, n) == NULL && !has_word(done, word, n)) {
            put_word(out, begin, word, n);
        }
    }
    return FORM_P_OK;
}

static enum form_problem put_text(const char *s, size_t n, struct str *out)
{
    if (n > MAX_TEXT_BYTES) {
        return FORM_P_TOO_LONG;
    }
    const size_t begin = out->len;
    utf8_normalize(out, s, n);
    if (out->len - begin > MAX_TEXT_BYTES) {
        str_splice(out, begin, out->len - begin, "", 0);
        return FORM_P_TOO_LONG;
    }
    return FORM_P_OK;
}

enum form_problem form_answer_canonical(const struct form_item *item, const char *typed,
                                        int this_year, struct str *out)
{
    const char *s = typed;
    size_t n = strlen(s);
    trim(&s, &n);
    if (n == 0) {
        return FORM_P_OK;
    }
    switch (item->type) {
    case FORM_T_TEXT: return put_text(s, n, out);
    case FORM_T_INTEGER:
    case FORM_T_DECIMAL: return put_number(s, n, item->type == FORM_T_DECIMAL, out);
    case FORM_T_DATE: return put_date(s, n, this_year, out);
    case FORM_T_SELECT_ONE:
        if (form_choice_find(item->choices, s, n) == NULL) {
            return FORM_P_CHOICE;
        }
        str_put(out, s, n);
        return FORM_P_OK;
    case FORM_T_SELECT_MULTIPLE: return form_answer_choices(item, typed, "", out);
    default: return FORM_P_CHOICE;
    }
}
