/* An XLSForm as YAML of our forms: the head from its settings, lists of choices, and the sheets
 * that are kept. Invariant: findings carry lines behind the last line of the YAML, so that no two
 * places share one. */
#include "form/sheet_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

/* ---- head */

static char *form_id(struct xls *x, const char *text)
{
    char *id = arena_strdup(x->a, text);
    for (char *p = id; *p != '\0'; p++) {
        const unsigned char c = (unsigned char)*p;
        const bool is_letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
                               c >= 0x80;
        const bool is_later = (c >= '0' && c <= '9') || c == '.' || c == '-';
        if (!is_letter && (!is_later || p == id)) {
            *p = '_';
        }
    }
    return id;
}

/* The file's name without folder and ending. */
static const char *stem(struct xls *x, const char *file)
{
    const char *slash = strrchr(file, '/');
    const char *base = slash == NULL ? file : slash + 1;
    const char *dot = strrchr(base, '.');
    return arena_strndup(x->a, base, dot == NULL ? strlen(base) : (size_t)(dot - base));
}

const char *xls_language(enum lang lang)
{
    static const char *const names[LANG_COUNT] = {
        [LANG_RO] = "Română (ro)", [LANG_RU] = "Русский (ru)", [LANG_EN] = "English (en)"};
    return names[lang];
}

static const char *language_code(const char *text)
{
    for (size_t i = 0; i < LANG_COUNT; i++) {
        if (strcmp(xls_language((enum lang)i), text) == 0) {
            return lang_code((enum lang)i);
        }
    }
    return text;
}

static bool has_title_in_language(const struct xls *x)
{
    for (size_t i = 0; i < x->settings_columns.count; i++) {
        const char *key = x->settings_columns.items[i].key;
        if (key != NULL && str_starts(key, "title::")) {
            return true;
        }
    }
    return false;
}

static void put_setting(struct xls *x, const struct xls_column *c, struct xls_at at,
                        const char *text)
{
    if (strcmp(c->key, "form") == 0 || strcmp(c->key, "version") == 0 ||
        strcmp(c->key, "#sprijin") == 0 || strcmp(c->key, "#") == 0 ||
        (strcmp(c->key, "title") == 0 && has_title_in_language(x))) {
        return;
    }
    if (strcmp(c->key, "default_language") == 0) {
        const bool is_ours = lang_parse(text) != LANG_COUNT;
        xls_line(x, at, is_ours ? c->key : "#default_language", language_code(text), false);
        return;
    }
    xls_value(x, at, c->key, text);
}

/* The first language of labels, when no setting and no label without language decides. */
static void put_default_language(struct xls *x)
{
    const char *found = NULL;
    for (size_t i = 0; i < x->survey_columns.count; i++) {
        const struct xls_column *c = &x->survey_columns.items[i];
        if (c->key != NULL && strcmp(c->key, "label") == 0) {
            return;
        }
        if (c->key != NULL && found == NULL && str_starts(c->key, "label::")) {
            found = c->key + strlen("label::");
        }
    }
    if (found != NULL) {
        x->lang = lang_parse(found);
        xls_line(x, (struct xls_at){0}, "default_language", found, false);
    }
}

static void put_head(struct xls *x, const char *file)
{
    const struct sheet *s = x->settings;
    const struct sheet_row *row = s != NULL && s->count > 1 ? &s->rows[1] : NULL;
    struct xls_at at = {.sheet = s, .row = row == NULL ? 0 : row->number};
    const char *id = NULL, *title = NULL, *version = NULL;
    unsigned column = 1;
    if (row != NULL) {
        title = xls_get(x, &x->settings_columns, row, "title", NULL);
        version = xls_get(x, &x->settings_columns, row, "version", &at.column);
        id = xls_get(x, &x->settings_columns, row, "form", &column);
    }
    xls_line(x, at, "version", version == NULL ? "1" : version, false);
    at.column = column;
    const char *name = form_id(x, id != NULL ? id : stem(x, file));
    xls_line(x, at, "form", name[0] == '\0' ? "form" : name, false);
    if (id != NULL && strcmp(id, name) != 0) {
        xls_line(x, at, "#form_id", id, false);
    }
    if (title == NULL && !has_title_in_language(x)) {
        xls_line(x, at, "title", id != NULL ? id : stem(x, file), false);
    }
    for (size_t i = 0; row != NULL && i < x->settings_columns.count && i < row->count; i++) {
        const struct xls_column *c = &x->settings_columns.items[i];
        if (c->key != NULL && row->cells[i] != NULL) {
            at.column = (unsigned)i + 1;
            put_setting(x, c, at, xls_clean(x, row->cells[i]));
        }
    }
    if (x->default_language == NULL && !x->is_exact) {
        put_default_language(x);
    }
}

/* ---- choices */

static void put_choice(struct xls *x, const struct sheet_row *row)
{
    const struct sheet *s = x->choices;
    struct xls_at at = {6, true, s, row->number, 1};
    const char *name = xls_get(x, &x->choice_columns, row, "name", &at.column);
    if (name == NULL) {
        xls_report(x, s, row->number, at.column, FORM_F_MISSING_KEY, "name", NULL);
        return;
    }
    xls_line(x, at, "name", name, false);
    at.is_first = false;
    xls_cells(x, s, &x->choice_columns, row, 6);
    xls_stand_ins(x, &x->choice_columns, row, at, name);
}

/* Rows of one list need not stand together; the list stands where its first row does. */
static void put_choices(struct xls *x)
{
    const struct sheet *s = x->choices;
    if (s == NULL || s->count < 2) {
        return;
    }
    if (!xls_has_key(&x->choice_columns, "list_name") || !xls_has_key(&x->choice_columns, "name")) {
        xls_report(x, s, s->rows[0].number, 1, FORM_F_MISSING_KEY,
                   xls_has_key(&x->choice_columns, "list_name") ? "name" : "list_name", NULL);
        return;
    }
    const char **lists = arena_array(x->a, s->count, sizeof *lists);
    size_t *heads = arena_array(x->a, s->count, sizeof *heads); /* first row of each list */
    size_t *nexts = arena_array(x->a, s->count, sizeof *nexts);
    size_t *lasts = arena_array(x->a, s->count, sizeof *lasts);
    size_t count = 0;
    for (size_t i = 1; i < s->count; i++) {
        const char *list = xls_get(x, &x->choice_columns, &s->rows[i], "list_name", NULL);
        if (list == NULL) {
            continue;
        }
        size_t at = count;
        while (at > 0 && strcmp(lists[at - 1], list) != 0) {
            at--;
        }
        if (at > 0) {
            nexts[lasts[at - 1]] = i;
            lasts[at - 1] = i;
        } else {
            lists[count] = list;
            heads[count] = lasts[count] = i;
            count++;
        }
    }
    if (count > 0) {
        xls_line(x, (struct xls_at){.sheet = s, .row = 1, .column = 1}, "choices", NULL, false);
    }
    for (size_t l = 0; l < count; l++) {
        const struct xls_at at = {2, false, s, s->rows[heads[l]].number, 1};
        xls_line(x, at, lists[l], NULL, false);
        for (size_t i = heads[l]; i != 0; i = nexts[i]) {
            put_choice(x, &s->rows[i]);
        }
    }
}

/* ---- the other sheets */

/* Whether an earlier cell of the row has the same base in another language. */
static bool is_later_language(const struct xls_columns *columns, const struct sheet_row *row,
                              size_t at)
{
    const struct xls_column *c = &columns->items[at];
    for (size_t i = 0; i < at; i++) {
        const struct xls_column *o = &columns->items[i];
        if (o->key != NULL && row->cells[i] != NULL && o->key[0] != '#' && c->key[0] != '#' &&
            strcmp(o->base, c->base) == 0) {
            return true;
        }
    }
    return false;
}

/* {"ro": "…", "en": "…"} of all columns of a base. */
static const char *languages_flow(struct xls *x, const struct xls_columns *columns,
                                  const struct sheet_row *row, const char *base)
{
    struct str out = STR_INIT;
    for (size_t i = 0; i < columns->count && i < row->count; i++) {
        const struct xls_column *c = &columns->items[i];
        if (c->key == NULL || row->cells[i] == NULL || c->key[0] == '#' ||
            strcmp(c->base, base) != 0) {
            continue;
        }
        const char *colons = strstr(c->key, "::");
        str_puts(&out, out.len == 0 ? "{" : ", ");
        xls_scalar(&out, colons == NULL ? lang_code(x->lang) : colons + 2);
        str_puts(&out, ": ");
        xls_scalar(&out, xls_clean(x, row->cells[i]));
    }
    str_putc(&out, '}');
    const char *copy = arena_strdup(x->a, str_cstr(&out));
    str_done(&out);
    return copy;
}

/* Rows scale, level, from, action as lists under the name of the scale. */
static void put_scales(struct xls *x, const struct sheet *s)
{
    if (s == NULL || s->count < 2) {
        return;
    }
    const struct xls_columns columns = xls_columns_read(x, s, XLS_OTHER);
    xls_line(x, (struct xls_at){.sheet = s, .row = 1, .column = 1}, "scales", NULL, false);
    const char *last = "";
    for (size_t i = 1; i < s->count; i++) {
        const struct sheet_row *row = &s->rows[i];
        struct xls_at at = {2, false, s, row->number, 1};
        const char *scale = xls_get(x, &columns, row, "scale", &at.column);
        if (scale != NULL && strcmp(scale, last) != 0) {
            xls_line(x, at, scale, NULL, false);
            last = scale;
        }
        if (last[0] == '\0') {
            xls_report(x, s, row->number, 1, FORM_F_MISSING_KEY, "scale", NULL);
            continue;
        }
        at.indent = 6;
        at.is_first = true;
        for (size_t c = 0; c < columns.count && c < row->count; c++) {
            const char *key = columns.items[c].key;
            if (key == NULL || row->cells[c] == NULL || strcmp(key, "scale") == 0 ||
                is_later_language(&columns, row, c)) {
                continue;
            }
            const char *flow = key[0] == '#' || strstr(key, "::") == NULL
                                   ? NULL
                                   : languages_flow(x, &columns, row, columns.items[c].base);
            at.column = (unsigned)c + 1;
            xls_line(x, at, flow != NULL ? columns.items[c].base : key,
                     flow != NULL ? flow : xls_clean(x, row->cells[c]), flow != NULL);
            at.is_first = false;
        }
    }
}

/* Sheets that are kept as lists of rows and have no meaning here. */
static void put_kept(struct xls *x, const char *name)
{
    const struct sheet *s = sheet_find(x->book, name);
    if (s == NULL || s->count < 2) {
        return;
    }
    xls_line(x, (struct xls_at){.sheet = s, .row = 1, .column = 1}, name, NULL, false);
    const struct sheet_row *head = &s->rows[0];
    for (size_t i = 1; i < s->count; i++) {
        const struct sheet_row *row = &s->rows[i];
        struct xls_at at = {4, true, s, row->number, 1};
        for (size_t c = 0; c < row->count && c < head->count; c++) {
            if (row->cells[c] == NULL || head->cells[c] == NULL || strlen(head->cells[c]) > 200) {
                continue;
            }
            at.column = (unsigned)c + 1;
            xls_line(x, at, head->cells[c], xls_clean(x, row->cells[c]), false);
            at.is_first = false;
        }
    }
}

static void read_settings(struct xls *x)
{
    const struct sheet *s = x->settings;
    x->settings_columns = xls_columns_read(x, s, XLS_SETTINGS);
    x->lang = LANG_RO;
    if (s == NULL || s->count < 2) {
        return;
    }
    const struct sheet_row *row = &s->rows[1];
    const char *clean = xls_get(x, &x->settings_columns, row, "clean_text_values", NULL);
    x->is_exact = xls_get(x, &x->settings_columns, row, "#sprijin", NULL) != NULL;
    x->keeps_blanks = x->is_exact || (clean != NULL && form_yes_no(clean) == 0);
    unsigned column = 1;
    const char *root = xls_get(x, &x->settings_columns, row, "name", &column);
    if (root != NULL && !form_name_valid(root)) {
        xls_report(x, s, row->number, column, FORM_F_BAD_NAME, root, NULL);
    }
    x->default_language = xls_get(x, &x->settings_columns, row, "default_language", NULL);
    const enum lang lang = x->default_language == NULL ? LANG_RO : lang_parse(x->default_language);
    x->lang = lang == LANG_COUNT ? LANG_RO : lang;
}

void xlsform_read(const struct sheet_book *book, const char *file, struct form_import *out,
                  struct form_findings *findings)
{
    struct form_findings own = {0};
    struct form_import late = {.arena = out->arena}; /* places of the findings */
    struct xls *x = arena_alloc(out->arena, sizeof *x);
    x->a = out->arena;
    x->book = book;
    x->findings = &own;
    x->out = out;
    x->late = &late;
    x->survey = sheet_find(book, "survey");
    x->choices = sheet_find(book, "choices");
    x->settings = sheet_find(book, "settings");
    if (x->survey == NULL) {
        xls_report(x, NULL, 0, 0, FORM_F_MISSING_KEY, "survey", NULL);
    } else {
        read_settings(x);
        x->survey_columns = xls_columns_read(x, x->survey, XLS_SURVEY);
        x->choice_columns = xls_columns_read(x, x->choices, XLS_CHOICES);
        xls_check_names(x);
        put_head(x, file);
        put_choices(x);
        put_scales(x, sheet_find(book, "scales"));
        put_kept(x, "entities");
        put_kept(x, "external_choices");
        put_kept(x, "osm");
        xls_survey(x);
        xls_check_sources(x);
        xls_check_entities(x);
        xls_check_references(x, x->survey, &x->survey_columns);
        xls_check_references(x, x->choices, &x->choice_columns);
        xls_check_references(x, x->settings, &x->settings_columns);
    }
    const size_t lines = out->count;
    for (size_t i = 0; i < late.count; i++) {
        xls_place(out, late.places[i].sheet, late.places[i].row, late.places[i].column);
    }
    for (size_t i = 0; i < own.count; i++) {
        const struct form_finding *f = &own.items[i];
        form_finding_add(findings, f->code, lines + f->line, 1, f->arg[0], f->arg[1]);
    }
    form_findings_done(&own);
}
