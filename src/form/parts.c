/* The smaller languages inside a form: parameters, weights, scales, indicators.
 * Invariant: what comes out refers to scales and dimensions that exist. */
#include "form/def_int.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

static size_t count_of(const struct node *n)
{
    size_t count = 0;
    for (const struct node *c = n == NULL ? NULL : n->first; c != NULL; c = c->next) {
        count++;
    }
    return count;
}

static void report(struct form_build *b, enum form_finding_code code, const struct node *n,
                   const char *arg0, const char *arg1)
{
    form_finding_add(b->findings, code, n->line, n->column, arg0, arg1);
}

/* A number as forms write it; false if the text is anything else. */
static bool read_number(const char *text, double *out)
{
    const struct form_value v = form_value_string(text, strlen(text));
    *out = form_value_number(&v);
    return *out == *out;
}

/* ---- parameters */

const char *form_parameter(arena *a, const char *text, const char *key)
{
    static const char between[] = " \t\n;,{}\"";
    const size_t n = strlen(key);
    const char *s = text;
    while (s != NULL && *s != '\0') {
        s += strspn(s, between);
        const size_t name = strcspn(s, " =:;,");
        const char *value = s + name;
        value += strspn(value, " ");
        if (*value != '=' && *value != ':') {
            s += strcspn(s, between);
            continue;
        }
        value++;
        value += strspn(value, " \"");
        const size_t len = value[0] == '$' && strchr(value, '}') != NULL
                               ? (size_t)(strchr(value, '}') - value) + 1
                               : strcspn(value, between);
        if (name == n && strncasecmp(s, key, n) == 0) {
            return arena_strndup(a, value, len);
        }
        s = value + len;
    }
    return NULL;
}

static bool range_part(struct form_build *b, const struct node *at, const char *text,
                       const char *key, double *out)
{
    const char *value = form_parameter(b->a, text, key);
    if (value != NULL && !read_number(value, out)) {
        report(b, FORM_F_BAD_PARAMETER, at, key, value);
        return false;
    }
    return true;
}

static void read_range(struct form_build *b, struct form_item *item, const struct node *at,
                       const char *text)
{
    struct form_range *r = arena_alloc(b->a, sizeof *r);
    *r = (struct form_range){0, 10, 1};
    if (range_part(b, at, text, "start", &r->start) && range_part(b, at, text, "end", &r->end) &&
        range_part(b, at, text, "step", &r->step) && !(r->step > 0)) {
        report(b, FORM_F_BAD_PARAMETER, at, "step", form_parameter(b->a, text, "step"));
    }
    item->range = r;
}

/* Parameters of what is kept without being done: a wrong one is told all the same. */
static const struct {
    const char *key;
    const char *words; /* what it may be; "0" = a number from 0 on */
} KEPT[] = {
    {"allow-mock-accuracy", " true false "},
    {"identify-user", " true false "},
    {"track-changes", " true false "},
    {"track-changes-reasons", " on-form-edit "},
    {"location-priority", " no-power low-power balanced high-accuracy "},
    {"location-min-interval", "0"},
    {"location-max-age", "0"},
    {"capture-accuracy", "0"},
    {"warning-accuracy", "0"},
    {"quality", " normal low voice-only external "},
    {"incremental", " true True TRUE true() yes Yes YES "},
};

static void check_kept(struct form_build *b, const struct form_item *item, const struct node *at,
                       const char *text)
{
    for (size_t i = 0; i < sizeof KEPT / sizeof *KEPT; i++) {
        const char *value = form_parameter(b->a, text, KEPT[i].key);
        if (value == NULL) {
            continue;
        }
        double number = -1;
        const bool is_word = strcasestr(KEPT[i].words, arena_printf(b->a, " %s ", value)) != NULL;
        const bool is_number = KEPT[i].words[0] == '0' && read_number(value, &number) &&
                               number >= 0;
        const bool is_at_home = strcmp(KEPT[i].key, "incremental") != 0 ||
                                strcmp(item->type_name, "geopoint") != 0;
        if (!(is_word || is_number) || !is_at_home) {
            report(b, FORM_F_BAD_PARAMETER, at, KEPT[i].key, value);
        }
    }
}

void form_parameters_read(struct form_build *b, struct form_item *item, const struct node *map)
{
    const struct node *n = form_node_get(map, "parameters");
    const char *text = "";
    if (n != NULL) {
        struct str out = STR_INIT;
        if (n->kind == NODE_TEXT) {
            str_puts(&out, n->text);
        } else {
            form_node_write_flow(&out, n);
        }
        text = arena_strdup(b->a, str_cstr(&out));
        str_done(&out);
    }
    if (n != NULL) {
        check_kept(b, item, n, text);
    }
    if (item->type == FORM_T_RANGE) {
        read_range(b, item, n == NULL ? map : n, text);
    }
    const char *word = form_parameter(b->a, text, "randomize");
    item->is_random = word != NULL && form_yes_no(word) == 1;
    word = form_parameter(b->a, text, "estimated");
    item->is_estimated = item->type == FORM_T_INTEGER && word != NULL && form_yes_no(word) == 1;
    item->file_value = form_parameter(b->a, text, "value");
    item->file_label = form_parameter(b->a, text, "label");
    item->seed_text = item->is_random ? form_parameter(b->a, text, "seed") : NULL;
}

/* ---- scales */

static int level_compare(const void *a, const void *b)
{
    const struct form_level *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

static const char *text_of(struct form_build *b, const struct node *map, const char *key)
{
    const struct node *n = form_node_get(map, key);
    const char *text = form_node_text(b->findings, n, key);
    if (text == NULL && n == NULL) {
        report(b, FORM_F_MISSING_KEY, map, key, NULL);
    }
    return text;
}

static void read_levels(struct form_build *b, struct form_scale *s, const struct node *list)
{
    if (list == NULL || list->kind != NODE_LIST) {
        return;
    }
    struct form_level *levels = arena_array(b->a, count_of(list) + 1, sizeof *levels);
    for (const struct node *n = list->first; n != NULL; n = n->next) {
        if (n->kind != NODE_MAP) {
            report(b, FORM_F_NOT_A_MAP, n, s->name, NULL);
            continue;
        }
        struct form_level *l = &levels[s->count];
        const char *from = text_of(b, n, "from");
        l->name = text_of(b, n, "level");
        if (l->name == NULL || from == NULL) {
            continue;
        }
        if (!read_number(from, &l->from)) {
            form_bad_value(b, form_node_get(n, "from"));
        }
        l->label = form_text_read(form_node_get(n, "label"), b->def->default_lang, b->findings);
        l->action = form_text_read(form_node_get(n, "action"), b->def->default_lang, b->findings);
        s->count++;
    }
    if (s->count > 1) {
        qsort(levels, s->count, sizeof *levels, level_compare);
    }
    s->levels = levels;
}

void form_scales_read(struct form_build *b, const struct node *n)
{
    if (n == NULL) {
        return;
    }
    if (n->kind != NODE_MAP) {
        report(b, FORM_F_NOT_A_MAP, n, "scales", NULL);
        return;
    }
    struct form_scale *scales = arena_array(b->a, count_of(n) + 1, sizeof *scales);
    size_t count = 0;
    for (const struct node *c = n->first; c != NULL; c = c->next) {
        struct form_scale *s = &scales[count++];
        s->name = c->key;
        s->line = c->key_line;
        if (c->kind == NODE_MAP) {
            s->label = form_text_read(form_node_get(c, "label"), b->def->default_lang, b->findings);
        }
        const struct node *levels = c->kind == NODE_MAP ? form_node_get(c, "levels") : c;
        if (levels != NULL && levels->kind != NODE_LIST) {
            report(b, FORM_F_NOT_A_LIST, levels, c->key, NULL);
        }
        read_levels(b, s, levels);
    }
    b->def->scales = scales;
    b->def->scale_count = count;
}

static int scale_find(struct form_build *b, size_t line, size_t column, const char *name)
{
    const char **names = arena_array(b->a, b->def->scale_count + 1, sizeof *names);
    for (size_t i = 0; i < b->def->scale_count; i++) {
        if (strcmp(b->def->scales[i].name, name) == 0) {
            return (int)i;
        }
        names[i] = b->def->scales[i].name;
    }
    form_finding_add(b->findings, FORM_F_UNKNOWN_SCALE, line, column, name,
                     form_nearest(name, names, b->def->scale_count));
    return -1;
}

/* ---- weights */

struct weights {
    struct form_build *b;
    const struct node *at;
    struct form_weight *all;
    size_t count, cap;
};

static void add_weight(struct weights *w, int scale, const char *value, const char *points)
{
    struct form_weight x = {scale, strcmp(value, "*") == 0 ? "" : value, 0};
    if (!read_number(points, &x.points)) {
        report(w->b, FORM_F_BAD_WEIGHT, w->at, points, NULL);
        return;
    }
    w->all = arena_grow(w->b->a, w->all, w->count, &w->cap, sizeof *w->all);
    w->all[w->count++] = x;
}

/* {yes: 3, no: 0}, or one number for any answer. */
static void read_points(struct weights *w, int scale, const struct node *n)
{
    if (n->kind == NODE_TEXT) {
        add_weight(w, scale, "", n->text);
        return;
    }
    for (const struct node *c = n->first; c != NULL; c = c->next) {
        if (c->kind != NODE_TEXT || c->key == NULL) {
            report(w->b, FORM_F_BAD_WEIGHT, c, n->key, NULL);
            return;
        }
        add_weight(w, scale, c->key, c->text);
    }
}

static char *trimmed(arena *a, const char *s, size_t n)
{
    while (n > 0 && *s == ' ') {
        s++;
        n--;
    }
    while (n > 0 && s[n - 1] == ' ') {
        n--;
    }
    return arena_strndup(a, s, n);
}

/* "external: yes=3; no=0", as a cell of a spreadsheet holds it. */
static void read_cell(struct weights *w, const char *text)
{
    const size_t name = strcspn(text, ":");
    if (text[name] == '\0') {
        report(w->b, FORM_F_BAD_WEIGHT, w->at, text, NULL);
        return;
    }
    const int scale = scale_find(w->b, w->at->line, w->at->column, trimmed(w->b->a, text, name));
    for (const char *s = text + name + 1; scale >= 0 && *s != '\0';) {
        const size_t n = strcspn(s, ";,\n");
        const char *equals = memchr(s, '=', n);
        const char *value = equals == NULL ? "" : trimmed(w->b->a, s, (size_t)(equals - s));
        const char *points = equals == NULL ? s : equals + 1;
        add_weight(w, scale, value, trimmed(w->b->a, points, (size_t)(s + n - points)));
        s += n + (s[n] != '\0');
    }
}

static void read_weight(struct weights *w, const struct node *n)
{
    const struct node *scale = form_node_get(n, "scale");
    const struct node *points = form_node_get(n, "points");
    if (scale != NULL && points != NULL && scale->kind == NODE_TEXT) {
        const int at = scale_find(w->b, scale->line, scale->column, scale->text);
        if (at >= 0) {
            read_points(w, at, points);
        }
        return;
    }
    for (const struct node *c = n->first; c != NULL; c = c->next) {
        const int at = scale_find(w->b, c->key_line, c->key_column, c->key);
        if (at >= 0) {
            read_points(w, at, c);
        }
    }
}

static void read_mark(struct form_build *b, struct form_item *item, const struct node *n)
{
    item->mark.dimension = -1;
    if (n == NULL || n->kind != NODE_TEXT || b->def->dimension_count == 0 || n->text[0] == '\0') {
        return;
    }
    static const char *const strengths[] = {"weak", "medium", "strong"};
    const size_t name = strcspn(n->text, " ");
    const char *strength = n->text + name + strspn(n->text + name, " ");
    const char *word = arena_strndup(b->a, n->text, name);
    const char **names = arena_array(b->a, b->def->dimension_count + 1, sizeof *names);
    for (size_t i = 0; i < b->def->dimension_count; i++) {
        names[i] = b->def->dimensions[i].name;
        if (strcmp(names[i], word) == 0) {
            item->mark.dimension = (int)i;
        }
    }
    if (item->mark.dimension < 0) {
        report(b, FORM_F_UNKNOWN_DIMENSION, n, word,
               form_nearest(word, names, b->def->dimension_count));
        return;
    }
    for (int s = 0; s < 3; s++) {
        if (strcmp(strengths[s], strength) == 0) {
            item->mark.strength = (enum form_strength)s;
            return;
        }
    }
    form_bad_value(b, n);
}

void form_weights_read(struct form_build *b, struct form_item *item, const struct node *map)
{
    const struct node *n = form_node_get(map, "weight");
    struct weights w = {.b = b, .at = n};
    if (b->def->scale_count == 0) {
        n = NULL; /* kept for whoever reads the form elsewhere */
    }
    if (n != NULL && n->kind == NODE_MAP) {
        read_weight(&w, n);
    } else if (n != NULL && n->kind == NODE_LIST) {
        for (const struct node *c = n->first; c != NULL; c = c->next) {
            read_weight(&w, c);
        }
    } else if (n != NULL && n->text[0] != '\0') {
        read_cell(&w, n->text);
    }
    item->weights = w.all;
    item->weight_count = w.count;
    read_mark(b, item, form_node_get(map, "indicator"));
}

/* ---- indicators */

static void read_dimensions(struct form_build *b, const struct node *list)
{
    struct form_dimension *all = arena_array(b->a, count_of(list) + 1, sizeof *all);
    size_t count = 0;
    for (const struct node *n = list->first; n != NULL; n = n->next) {
        struct form_dimension *d = &all[count];
        if (n->kind == NODE_TEXT) {
            d->name = n->text;
        } else {
            d->name = text_of(b, n, "name");
            d->label = form_text_read(form_node_get(n, "label"), b->def->default_lang, b->findings);
        }
        count += d->name != NULL;
    }
    b->def->dimensions = all;
    b->def->dimension_count = count;
}

static void read_rules(struct form_build *b, const struct node *list)
{
    struct form_rule *all = arena_array(b->a, count_of(list) + 1, sizeof *all);
    size_t count = 0;
    for (const struct node *n = list->first; n != NULL; n = n->next) {
        struct form_rule *r = &all[count++];
        for (const struct node *c = n->first; c != NULL; c = c->next) {
            double minimum = 0;
            unsigned *part = c->key == NULL                  ? NULL
                             : strcmp(c->key, "strong") == 0 ? &r->strong
                             : strcmp(c->key, "medium") == 0 ? &r->medium
                             : strcmp(c->key, "weak") == 0   ? &r->weak
                                                             : NULL;
            if (part == NULL) {
                form_finding_add(b->findings, FORM_F_UNKNOWN_KEY, c->key_line, c->key_column,
                                 c->key == NULL ? c->text : c->key, NULL);
            } else if (c->kind != NODE_TEXT || !read_number(c->text, &minimum) || minimum < 0 ||
                       minimum > 1000) {
                form_bad_value(b, c);
            } else {
                *part = (unsigned)minimum;
            }
        }
        if (n->kind != NODE_MAP) {
            report(b, FORM_F_NOT_A_MAP, n, "rule", NULL);
        }
    }
    b->def->rules = all;
    b->def->rule_count = count;
}

void form_indicators_read(struct form_build *b, const struct node *n)
{
    if (n == NULL) {
        return;
    }
    if (n->kind != NODE_MAP) {
        report(b, FORM_F_NOT_A_MAP, n, "indicators", NULL);
        return;
    }
    const char *const keys[] = {"dimensions", "rule"};
    for (size_t i = 0; i < 2; i++) {
        const struct node *part = form_node_get(n, keys[i]);
        if (part == NULL) {
            report(b, FORM_F_MISSING_KEY, n, keys[i], NULL);
        } else if (part->kind != NODE_LIST) {
            report(b, FORM_F_NOT_A_LIST, part, keys[i], NULL);
        } else if (i == 0) {
            read_dimensions(b, part);
        } else {
            read_rules(b, part);
        }
    }
}
