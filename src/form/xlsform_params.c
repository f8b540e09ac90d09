/* The parameters column: what each type takes, and for ranges how the numbers must fit together.
 * Invariant: nothing here changes the row; it only reports. */
#include "form/sheet_int.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define MAX_PARAMETERS 16
#define SLACK          1e-9

struct pair {
    const char *key, *value;
};
struct parameters {
    struct pair items[MAX_PARAMETERS];
    size_t count;
};
struct checking {
    struct xls *x;
    const struct sheet_row *row;
    unsigned column;
    struct parameters p;
};

static void report(struct checking *c, const char *key, const char *value)
{
    xls_report(c->x, c->x->survey, c->row->number, c->column, FORM_F_BAD_PARAMETER, key, value);
}

/* Keys have no case, nor have values, but for names of columns and lists. */
static const char *lowered(struct checking *c, const char *key, const char *value)
{
    static const char *const exact[] = {"value", "label", "reference-geometry", "app", "seed"};
    for (size_t i = 0; i < sizeof exact / sizeof *exact; i++) {
        if (strcmp(exact[i], key) == 0) {
            return value;
        }
    }
    char *copy = arena_strdup(c->x->a, value);
    for (char *p = copy; *p != '\0'; p++) {
        *p = (char)(*p >= 'A' && *p <= 'Z' ? *p - 'A' + 'a' : *p);
    }
    return copy;
}

/* "a=1 b = 2; c=3" into pairs: words, with one sign between two; false at anything else. */
static bool split(struct checking *c, const char *text)
{
    static const char between[] = " \t\n,;", ends[] = " \t\n,;=";
    for (const char *s = text + strspn(text, between); *s != '\0'; s += strspn(s, between)) {
        const char *piece = s;
        const size_t n = strcspn(s, ends);
        s += n + strspn(s + n, between);
        const char *value = *s == '=' ? s + 1 + strspn(s + 1, between) : "";
        const size_t m = strcspn(value, ends);
        if (n == 0 || m == 0 || c->p.count == MAX_PARAMETERS) {
            report(c, "parameters", arena_strndup(c->x->a, piece, strcspn(piece, between)));
            return false;
        }
        const char *key = lowered(c, "", arena_strndup(c->x->a, piece, n));
        c->p.items[c->p.count++] = (struct pair){key,
                                                 lowered(c, key, arena_strndup(c->x->a, value, m))};
        s = value + m;
    }
    return true;
}

static const char *get(const struct checking *c, const char *key)
{
    for (size_t i = 0; i < c->p.count; i++) {
        if (strcmp(c->p.items[i].key, key) == 0) {
            return c->p.items[i].value;
        }
    }
    return NULL;
}

static void check_keys(struct checking *c, const char *const *keys)
{
    for (size_t i = 0; i < c->p.count; i++) {
        size_t k = 0;
        while (keys[k] != NULL && strcmp(keys[k], c->p.items[i].key) != 0) {
            k++;
        }
        if (keys[k] == NULL) {
            report(c, c->p.items[i].key, c->p.items[i].value);
        }
    }
}

static bool number(const char *text, double *out)
{
    char *end = NULL;
    *out = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*out);
}

/* ---- ranges */

struct range {
    double start, end, step, tick;
};

static bool is_multiple(double v, double of)
{
    return fabs(remainder(v, fabs(of))) < SLACK;
}

static bool is_inside(const struct range *r, double v)
{
    return v >= fmin(r->start, r->end) - SLACK && v <= fmax(r->start, r->end) + SLACK;
}

static bool read_part(struct checking *c, const char *key, double *out)
{
    const char *text = get(c, key);
    if (text == NULL || number(text, out)) {
        return true;
    }
    report(c, key, text);
    return false;
}

static void check_tick_label(struct checking *c, const struct range *r, const char *name)
{
    double v = 0;
    const bool is_number = number(name, &v);
    if (!is_number || !is_inside(r, v) ||
        !is_multiple(v - r->start, get(c, "tick_interval") != NULL ? r->tick : r->step)) {
        report(c, "tick_labelset", name);
    }
}

static void check_tick_labels(struct checking *c, const struct range *r, const char *appearance)
{
    struct xls *x = c->x;
    const char *list = get(c, "tick_labelset");
    const char *first = NULL, *second = NULL;
    size_t count = 0, others = 0;
    for (size_t i = 1; list != NULL && x->choices != NULL && i < x->choices->count; i++) {
        const struct sheet_row *row = &x->choices->rows[i];
        const char *of = xls_get(x, &x->choice_columns, row, "list_name", NULL);
        const char *name = xls_get(x, &x->choice_columns, row, "name", NULL);
        if (of == NULL || name == NULL || strcmp(of, list) != 0) {
            continue;
        }
        count++;
        first = first == NULL ? name : first;
        second = second == NULL && strcmp(name, first) != 0 ? name : second;
        others += strcmp(name, first) != 0 && second != NULL && strcmp(name, second) != 0;
        check_tick_label(c, r, name);
    }
    const bool is_bare = strstr(appearance, "no-ticks") != NULL; /* then only the ends are named */
    double a = NAN, b = NAN;
    const bool is_ends = first != NULL && second != NULL && others == 0 && number(first, &a) &&
                         number(second, &b) && fabs(fmin(a, b) - fmin(r->start, r->end)) < SLACK &&
                         fabs(fmax(a, b) - fmax(r->start, r->end)) < SLACK;
    if (list != NULL && (count == 0 || (is_bare && !is_ends))) {
        report(c, "tick_labelset", list);
    }
}

static void check_range(struct checking *c)
{
    static const char *const keys[] = {"start",       "end",           "step", "tick_interval",
                                       "placeholder", "tick_labelset", NULL};
    struct range r = {1, 10, 1, 0};
    double placeholder = 0;
    check_keys(c, keys);
    if (!read_part(c, "start", &r.start) || !read_part(c, "end", &r.end) ||
        !read_part(c, "step", &r.step) || !read_part(c, "tick_interval", &r.tick) ||
        !read_part(c, "placeholder", &placeholder)) {
        return;
    }
    const double width = fabs(r.end - r.start);
    const char *tick = get(c, "tick_interval"), *step = get(c, "step");
    if (fabs(r.step) < SLACK || r.step > width + SLACK) {
        report(c, "step", step);
        return;
    }
    if (tick != NULL &&
        (fabs(r.tick) < SLACK || fabs(r.tick) > width + SLACK || !is_multiple(r.tick, r.step))) {
        report(c, "tick_interval", tick);
        return;
    }
    const char *at = get(c, "placeholder");
    if (at != NULL &&
        (!is_inside(&r, placeholder) || !is_multiple(placeholder - r.start, r.step))) {
        report(c, "placeholder", at);
    }
    const char *appearance = xls_get(c->x, &c->x->survey_columns, c->row, "appearance", NULL);
    appearance = appearance == NULL ? "" : appearance;
    const bool is_scale = appearance[0] == '\0' || strcmp(appearance, "vertical") == 0 ||
                          strcmp(appearance, "no-ticks") == 0 ||
                          strcmp(appearance, "vertical no-ticks") == 0 ||
                          strcmp(appearance, "no-ticks vertical") == 0;
    if (!is_scale && (tick != NULL || at != NULL || get(c, "tick_labelset") != NULL)) {
        report(c, "appearance", appearance);
    }
    check_tick_labels(c, &r, appearance);
}

/* ---- choices */

static void check_select(struct checking *c, const char *type)
{
    static const char *const keys[] = {"randomize", "seed", NULL};
    static const char *const file_keys[] = {"randomize", "seed", "value", "label", NULL};
    static const char *const columns[] = {"value", "label"};
    const bool is_file = strstr(type, "from_file") != NULL || strstr(type, "from file") != NULL;
    check_keys(c, is_file ? file_keys : keys);
    const char *seed = get(c, "seed"), *random = get(c, "randomize");
    double v = 0;
    if (random != NULL && strcmp(random, "true") != 0 && strcmp(random, "false") != 0) {
        report(c, "randomize", random);
    }
    if (seed != NULL && (random == NULL || (!number(seed, &v) && !str_starts(seed, "${")))) {
        report(c, "seed", seed);
    }
    for (size_t i = 0; i < 2 && is_file; i++) {
        const char *name = get(c, columns[i]);
        if (name != NULL && !form_name_valid(name)) {
            report(c, columns[i], name);
        }
    }
}

static void check_file(struct checking *c, const char *type)
{
    static const char *const endings[] = {".csv", ".xml", ".geojson"};
    bool is_known = strstr(type, "${") != NULL;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        const char *at = strstr(type, endings[i]);
        is_known = is_known || (at != NULL && strchr(" ", at[strlen(endings[i])]) != NULL);
    }
    if (!is_known || str_ends(type, " or_other") || str_ends(type, " or other")) {
        xls_report(c->x, c->x->survey, c->row->number, 1, FORM_F_BAD_VALUE, "type", type);
    }
    const char *appearance = xls_get(c->x, &c->x->survey_columns, c->row, "appearance", NULL);
    if (appearance != NULL && strstr(appearance, "search(") != NULL) {
        const char *name = xls_get(c->x, &c->x->survey_columns, c->row, "name", NULL);
        xls_report(c->x, c->x->survey, c->row->number, 1, FORM_F_BAD_VALUE,
                   name == NULL ? "appearance" : name, appearance);
    }
}

/* ---- what is kept without being done */

/* value "1": a whole number, "0": any number, "": anything, else one of the words. */
struct rule {
    const char *key, *value;
};
static const struct kind {
    const char *types; /* each between blanks */
    struct rule rules[8];
} KINDS[] = {
    {" text string ", {{"rows", "1"}}},
    {" image photo ", {{"max-pixels", "1"}, {"app", ""}}},
    {" audio ", {{"quality", " voice-only low normal external "}}},
    {" background-audio ", {{"quality", " voice-only low normal "}}},
    {" geopoint location gps ",
     {{"allow-mock-accuracy", " true false "},
      {"capture-accuracy", "0"},
      {"warning-accuracy", "0"},
      {"reference-geometry", ""}}},
    {" geotrace geoshape ",
     {{"allow-mock-accuracy", " true false "},
      {"incremental", " true true() yes "},
      {"reference-geometry", ""}}},
    {" audit ",
     {{"location-priority", " no-power low-power balanced high-accuracy "},
      {"location-min-interval", "1"},
      {"location-max-age", "1"},
      {"track-changes", " true false "},
      {"track-changes-reasons", " on-form-edit "},
      {"identify-user", " true false "}}},
};

static bool fits(const struct checking *c, const char *value, const char *rule)
{
    double v = 0;
    if (rule[0] == '0' || rule[0] == '1') {
        return number(value, &v) && (rule[0] == '0' || (v >= floor(v) && v <= floor(v)));
    }
    return rule[0] == '\0' || strstr(rule, arena_printf(c->x->a, " %s ", value)) != NULL;
}

static const struct kind *kind_of(struct checking *c, const char *type)
{
    const char *word = arena_printf(c->x->a, " %s ", type);
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        if (strstr(KINDS[i].types, word) != NULL) {
            return &KINDS[i];
        }
    }
    return NULL;
}

/* The three that say where the phone was come together, and the age is not below the interval. */
static void check_audit(struct checking *c)
{
    const char *name = xls_get(c->x, &c->x->survey_columns, c->row, "name", NULL);
    const char *priority = get(c, "location-priority");
    const char *interval = get(c, "location-min-interval"), *age = get(c, "location-max-age");
    double least = 0, most = 0;
    if (name != NULL && strcmp(name, "audit") != 0) {
        xls_report(c->x, c->x->survey, c->row->number, 1, FORM_F_BAD_NAME, name, NULL);
    }
    if (priority == NULL && interval == NULL && age == NULL) {
        return;
    }
    if (priority == NULL || interval == NULL || age == NULL) {
        report(c, "location-priority", priority == NULL ? "" : priority);
    } else if (number(interval, &least) && number(age, &most) && (least < 0 || most < least)) {
        report(c, "location-max-age", age);
    }
}

/* An Android application is named by at least two words with a dot between. */
static void check_app(struct checking *c)
{
    const char *app = get(c, "app");
    const char *appearance = xls_get(c->x, &c->x->survey_columns, c->row, "appearance", NULL);
    if (app == NULL || (appearance != NULL && strcmp(appearance, "annotate") != 0)) {
        return;
    }
    bool is_name = strchr(app, '.') != NULL;
    for (const char *s = app; is_name && *s != '\0';) {
        const size_t n = strcspn(s, ".");
        const bool is_letter = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z');
        is_name = is_letter &&
                  strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                            "0123456789_") == n &&
                  (s[n] == '\0' || s[n + 1] != '\0');
        s += n + (s[n] == '.');
    }
    if (!is_name) {
        report(c, "app", app);
    }
}

static void check_kind(struct checking *c, const char *type)
{
    const struct kind *kind = kind_of(c, type);
    const char *keys[9] = {NULL};
    for (size_t i = 0; i < 8 && kind->rules[i].key != NULL; i++) {
        const struct rule *r = &kind->rules[i];
        const char *value = get(c, r->key);
        keys[i] = r->key;
        if (value != NULL && !fits(c, value, r->value)) {
            report(c, r->key, value);
        }
    }
    check_keys(c, keys);
    if (strcmp(type, "audit") == 0) {
        check_audit(c);
    }
    check_app(c);
}

void xls_check_parameters(struct xls *x, const struct sheet_row *row, const char *type)
{
    struct checking c = {.x = x, .row = row, .column = 1};
    const char *text = xls_get(x, &x->survey_columns, row, "parameters", &c.column);
    const bool is_file = str_starts(type, "select") &&
                         (strstr(type, "from_file") != NULL || strstr(type, "from file") != NULL);
    const bool is_range = strcmp(type, "range") == 0;
    const bool is_select = str_starts(type, "select") || str_starts(type, "rank");
    if (is_file) {
        check_file(&c, type);
    }
    if (text != NULL && strchr("{[\"", text[0]) != NULL) {
        return; /* a structure of ours */
    }
    if (!split(&c, text == NULL ? "" : text)) {
        return;
    }
    if (is_range) {
        check_range(&c);
    } else if (is_select) {
        check_select(&c, type);
    } else if (kind_of(&c, type) != NULL) {
        check_kind(&c, type);
    }
}
