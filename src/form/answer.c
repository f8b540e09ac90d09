/* Canonical text of an answer by type, from what a person typed or a file holds.
 * Invariant: canonical text is a fixed point: canonicalising it again changes nothing. */
#include "form/def_int.h"

#include <math.h>
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

static enum form_problem put_date(const char *s, size_t n, long today, struct str *out)
{
    struct date d;
    const bool is_good = today > 0 ? date_parse_typed(s, n, date_from_days(today).year, &d)
                                   : date_parse(s, n, &d);
    if (!is_good) {
        return FORM_P_DATE;
    }
    char text[11];
    date_format(d, text);
    str_puts(out, text);
    return FORM_P_OK;
}

/* Two digits at most; false if there are none. */
static bool take_number(const char **s, size_t *n, unsigned *out)
{
    size_t used = 0;
    *out = 0;
    while (used < *n && used < 2 && (*s)[used] >= '0' && (*s)[used] <= '9') {
        *out = *out * 10 + (unsigned)((*s)[used++] - '0');
    }
    *s += used;
    *n -= used;
    return used > 0;
}

static bool take_mark(const char **s, size_t *n)
{
    if (*n == 0 || (**s != ':' && **s != '.')) {
        return false;
    }
    (*s)++;
    (*n)--;
    return true;
}

/* "Z", "+02:00" or "-05"; nothing else may follow a time. */
static bool is_zone(const char *s, size_t n)
{
    if (n == 1) {
        return s[0] == 'Z';
    }
    return (n == 3 || n == 6) && (s[0] == '+' || s[0] == '-') && digits(s + 1, n - 1) == 2 &&
           (n == 3 || (s[3] == ':' && digits(s + 4, 2) == 2));
}

/* "9:30", "9.30", "0930", "09:30:15.000+02:00" -> "09:30" or "09:30:15", zone as it is. */
static enum form_problem put_time(const char *s, size_t n, bool keeps_zone, struct str *out)
{
    unsigned hour = 0, minute = 0, second = 0;
    bool has_second = false;
    if (!take_number(&s, &n, &hour)) {
        return FORM_P_TIME;
    }
    if ((take_mark(&s, &n) || n >= 2) && !take_number(&s, &n, &minute)) {
        return FORM_P_TIME;
    }
    if (take_mark(&s, &n)) {
        has_second = take_number(&s, &n, &second);
        if (n > 0 && *s == '.') {
            const size_t fraction = digits(s + 1, n - 1);
            s += fraction + 1;
            n -= fraction + 1;
        }
        if (!has_second) {
            return FORM_P_TIME;
        }
    }
    if (hour > 23 || minute > 59 || second > 59 || (n > 0 && !is_zone(s, n))) {
        return FORM_P_TIME;
    }
    str_printf(out, "%02u:%02u", hour, minute);
    if (has_second && second > 0) {
        str_printf(out, ":%02u", second);
    }
    if (keeps_zone) {
        str_put(out, s, n);
    }
    return FORM_P_OK;
}

/* A date and a time, "T" or a blank between; a date alone is its midnight. */
static enum form_problem put_moment(const char *s, size_t n, long today, struct str *out)
{
    size_t day = 0;
    while (day < n && s[day] != 'T' && s[day] != ' ') {
        day++;
    }
    const size_t begin = out->len;
    enum form_problem p = put_date(s, day, today, out);
    if (p == FORM_P_OK && out->len - begin != 10) {
        p = FORM_P_DATE;
    }
    if (p == FORM_P_OK) {
        str_putc(out, 'T');
        p = day + 1 < n ? put_time(s + day + 1, n - day - 1, true, out) : FORM_P_OK;
        if (day + 1 >= n) {
            str_puts(out, "00:00");
        }
    }
    if (p != FORM_P_OK) {
        str_splice(out, begin, out->len - begin, "", 0);
    }
    return p;
}

/* "37~2026-11-24": about 37 as said on that day; what is typed is said today. */
static enum form_problem put_estimate(const char *s, size_t n, long today, struct str *out)
{
    const char *mark = memchr(s, '~', n);
    const size_t begin = out->len;
    if (mark == s) { /* "~37" */
        s++;
        n--;
        mark = NULL;
    }
    enum form_problem p = put_number(s, mark == NULL ? n : (size_t)(mark - s), false, out);
    if (p == FORM_P_OK && mark != NULL) {
        struct date d;
        char text[11];
        p = date_parse(mark + 1, n - (size_t)(mark - s) - 1, &d) && d.day > 0 ? FORM_P_OK
                                                                              : FORM_P_DATE;
        if (p == FORM_P_OK) {
            date_format(d, text);
            str_printf(out, "~%s", text);
        }
    } else if (p == FORM_P_OK && today > 0) {
        char text[11];
        date_format(date_from_days(today), text);
        str_printf(out, "~%s", text);
    }
    if (p != FORM_P_OK) {
        str_splice(out, begin, out->len - begin, "", 0);
    }
    return p;
}

static enum form_problem put_range(const struct form_range *r, const char *s, size_t n,
                                   struct str *out)
{
    const size_t begin = out->len;
    enum form_problem p = put_number(s, n, true, out);
    if (p != FORM_P_OK || r == NULL) {
        return p;
    }
    const struct form_value v = form_value_string(str_cstr(out) + begin, out->len - begin);
    const double value = form_value_number(&v);
    const double low = r->start < r->end ? r->start : r->end;
    const double high = r->start < r->end ? r->end : r->start;
    const double steps = (value - r->start) / r->step;
    if (value < low || value > high || fabs(steps - round(steps)) > 1e-9) {
        str_splice(out, begin, out->len - begin, "", 0);
        return FORM_P_RANGE;
    }
    return FORM_P_OK;
}

/* ---- points: "lat lon [alt [acc]]", several with ';' between */

static bool put_point(const char *s, size_t n, struct str *out)
{
    size_t parts = 0;
    while (n > 0) {
        trim(&s, &n);
        size_t len = 0;
        while (len < n && !is_blank(s[len]) && s[len] != ',') {
            len++;
        }
        const size_t begin = out->len + (parts > 0);
        if (parts > 0) {
            str_putc(out, ' ');
        }
        if (len == 0 || parts == 4 || put_number(s, len, true, out) != FORM_P_OK) {
            return false;
        }
        const struct form_value v = form_value_string(str_cstr(out) + begin, out->len - begin);
        const double limit = parts == 0 ? 90 : parts == 1 ? 180 : 1e9;
        if (fabs(form_value_number(&v)) > limit) {
            return false;
        }
        parts++;
        s += len;
        n -= len;
        while (n > 0 && (is_blank(*s) || *s == ',')) {
            s++;
            n--;
        }
    }
    return parts >= 2;
}

static enum form_problem put_geo(const char *s, size_t n, bool is_point, struct str *out)
{
    const size_t begin = out->len;
    bool is_good = true;
    size_t points = 0;
    while (n > 0 && is_good) {
        const char *end = memchr(s, ';', n);
        const size_t len = end == NULL ? n : (size_t)(end - s);
        const size_t rest = end == NULL ? len : len + 1;
        const char *at = s;
        size_t left = len;
        trim(&at, &left);
        if (left > 0) {
            str_puts(out, points > 0 ? ";" : "");
            is_good = put_point(at, left, out);
            points++;
        }
        s += rest;
        n -= rest;
    }
    if (!is_good || points == 0 || (is_point && points > 1)) {
        str_splice(out, begin, out->len - begin, "", 0);
        return FORM_P_GEO;
    }
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

enum form_problem form_answer_choices(const struct form_choices *list, const char *typed,
                                      const char *kept, struct str *out)
{
    const char *word;
    size_t n;
    for (const char *s = typed; next_word(&s, &word, &n);) {
        if (form_choice_find(list, word, n) == NULL && !has_word(kept, word, n)) {
            return FORM_P_CHOICE;
        }
    }
    const size_t begin = out->len;
    for (size_t i = 0; i < list->count; i++) {
        const char *name = list->items[i].name;
        if (has_word(typed, name, strlen(name))) {
            put_word(out, begin, name, strlen(name));
        }
    }
    for (const char *s = typed; next_word(&s, &word, &n);) {
        const char *done = str_cstr(out) + begin;
        if (form_choice_find(list, word, n) == NULL && !has_word(done, word, n)) {
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

/* Every choice once, in the order of preference. */
static enum form_problem put_rank(const struct form_choices *list, const char *typed,
                                  struct str *out)
{
    const size_t begin = out->len;
    const char *word;
    size_t n, count = 0;
    for (const char *s = typed; next_word(&s, &word, &n); count++) {
        const char *done = str_cstr(out) + begin;
        if (form_choice_find(list, word, n) == NULL || has_word(done, word, n)) {
            str_splice(out, begin, out->len - begin, "", 0);
            return FORM_P_CHOICE;
        }
        put_word(out, begin, word, n);
    }
    if (count != list->count) {
        str_splice(out, begin, out->len - begin, "", 0);
        return FORM_P_CHOICE;
    }
    return FORM_P_OK;
}

static enum form_problem put_choice(enum form_type type, const struct form_choices *list,
                                    const char *typed, const char *s, size_t n, struct str *out)
{
    if (list == NULL) {
        return put_text(s, n, out);
    }
    if (type == FORM_T_RANK) {
        return put_rank(list, typed, out);
    }
    if (type == FORM_T_SELECT_MULTIPLE) {
        return form_answer_choices(list, typed, "", out);
    }
    if (form_choice_find(list, s, n) == NULL) {
        return FORM_P_CHOICE;
    }
    str_put(out, s, n);
    return FORM_P_OK;
}

/* "OK" for whatever says yes. */
static enum form_problem put_acknowledge(const char *s, size_t n, struct str *out)
{
    static const char *const words[] = {"OK", "ok", "yes", "Yes", "da", "Da", "true", "x", "1"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i]) == n && memcmp(words[i], s, n) == 0) {
            str_puts(out, "OK");
            return FORM_P_OK;
        }
    }
    return FORM_P_CHOICE;
}

enum form_problem form_answer_canonical(const struct form_item *item,
                                        const struct form_choices *list, const char *typed,
                                        long today, struct str *out)
{
    const char *s = typed;
    size_t n = strlen(s);
    trim(&s, &n);
    if (n == 0) {
        return FORM_P_OK;
    }
    switch (item->type) {
    case FORM_T_TEXT:
    case FORM_T_FILE:
    case FORM_T_HIDDEN:
    case FORM_T_META:
    case FORM_T_CALCULATE: return put_text(s, n, out);
    case FORM_T_INTEGER:
        return item->is_estimated ? put_estimate(s, n, today, out) : put_number(s, n, false, out);
    case FORM_T_DECIMAL: return put_number(s, n, true, out);
    case FORM_T_RANGE: return put_range(item->range, s, n, out);
    case FORM_T_DATE: return put_date(s, n, today, out);
    case FORM_T_TIME: return put_time(s, n, false, out);
    case FORM_T_DATETIME: return put_moment(s, n, today, out);
    case FORM_T_GEO: return put_geo(s, n, strcmp(item->type_name, "geopoint") == 0, out);
    case FORM_T_ACKNOWLEDGE: return put_acknowledge(s, n, out);
    case FORM_T_SELECT_ONE:
    case FORM_T_SELECT_MULTIPLE:
    case FORM_T_RANK: return put_choice(item->type, list, typed, s, n, out);
    default: return FORM_P_CHOICE;
    }
}
