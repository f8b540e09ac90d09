/* Rows of an XLSForm as YAML of our forms, one key a line, so that each line knows its cell.
 * Invariant: every scalar is written in quotation marks with escapes, so no cell can change the
 * structure around it; nothing is written once a form is larger than a form may be. */
#include "form/sheet_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"

/* ---- places and lines */

static void place_add(struct form_import *out, const char *sheet, unsigned row, unsigned column)
{
    out->places = arena_grow(out->arena, out->places, out->count, &out->cap, sizeof *out->places);
    out->places[out->count++] = (struct form_sheet_place){sheet, row, column};
}

/* Findings wait until the lines are counted: theirs come after the last. */
void xls_report(struct xls *x, const struct sheet *s, unsigned row, unsigned column,
                enum form_finding_code code, const char *arg0, const char *arg1)
{
    place_add(x->late, s == NULL ? "" : s->name, row, column);
    form_finding_add(x->findings, code, x->late->count, 1, arg0, arg1);
}

static void put_scalar(struct str *out, const char *s)
{
    str_putc(out, '"');
    for (size_t left = strlen(s); left > 0;) {
        uint32_t cp;
        const size_t used = utf8_next(s, left, &cp);
        if (cp == '"' || cp == '\\') {
            str_printf(out, "\\%c", (int)cp);
        } else if (cp == '\n') {
            str_puts(out, "\\n");
        } else if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x2028 || cp == 0x2029 ||
                   cp == 0xFEFF || cp == 0xFFFE || cp == 0xFFFF) {
            str_printf(out, "\\u%04x", (unsigned)cp);
        } else {
            str_put(out, s, used);
        }
        s += used;
        left -= used;
    }
    str_putc(out, '"');
}

struct line {
    size_t indent;
    bool is_first; /* begins a list item */
    const struct sheet *sheet;
    unsigned row, column;
};

/* One line of YAML; value NULL: what follows is indented under the key. */
static void put_line(struct xls *x, struct line at, const char *key, const char *value,
                     bool is_raw)
{
    struct str *out = &x->out->yaml;
    if (x->is_full) {
        return;
    }
    if (out->len > FORM_MAX_BYTES) {
        x->is_full = true;
        return;
    }
    str_printf(out, "%*s%s", (int)(at.is_first ? at.indent - 2 : at.indent), "",
               at.is_first ? "- " : "");
    put_scalar(out, key);
    str_putc(out, ':');
    if (value != NULL) {
        str_putc(out, ' ');
        if (is_raw) {
            str_puts(out, value);
        } else {
            put_scalar(out, value);
        }
    }
    str_putc(out, '\n');
    place_add(x->out, at.sheet == NULL ? "" : at.sheet->name, at.row, at.column);
}

const char *xls_clean(struct xls *x, const char *text)
{
    if (x->keeps_blanks || strstr(text, "  ") == NULL) {
        return text;
    }
    char *out = arena_strdup(x->a, text);
    size_t n = 0;
    for (const char *s = text; *s != '\0'; s++) {
        if (*s != ' ' || n == 0 || out[n - 1] != ' ') {
            out[n++] = *s;
        }
    }
    out[n] = '\0';
    return out;
}

bool xls_yes(const char *text)
{
    return text != NULL && form_yes_no(text) == 1;
}

/* ---- cells that hold a structure */

/* "external: yes=3; no=0" -> {"external": {"yes": "3", "no": "0"}}; NULL if it is no such cell. */
static const char *map_cell(struct xls *x, const char *text)
{
    const size_t name = strcspn(text, ":");
    if (text[name] == '\0' || strchr(text, '=') == NULL) {
        return NULL;
    }
    struct str out = STR_INIT;
    str_putc(&out, '{');
    put_scalar(&out, sheet_text(x->a, text, name) == NULL ? "" : sheet_text(x->a, text, name));
    str_puts(&out, ": {");
    bool is_good = true;
    const char *s = text + name + 1;
    while (is_good && *s != '\0') {
        const size_t n = strcspn(s, ";\n");
        const char *equals = memchr(s, '=', n);
        const char *value = equals == NULL ? NULL : sheet_text(x->a, s, (size_t)(equals - s));
        const char *points = equals == NULL ? NULL
                                            : sheet_text(x->a, equals + 1,
                                                         (size_t)(s + n - equals - 1));
        is_good = value != NULL && points != NULL;
        if (is_good) {
            put_scalar(&out, value);
            str_puts(&out, ": ");
            put_scalar(&out, points);
        }
        s += n + (s[n] != '\0');
        str_puts(&out, *s == '\0' ? "" : ", ");
    }
    str_puts(&out, "}}");
    const char *copy = is_good ? arena_strdup(x->a, str_cstr(&out)) : NULL;
    str_done(&out);
    return copy;
}

/* A structure written out in a cell, on one line. It stands alone in its line, so what is wrong
 * in it can be found. NULL if the text is plain. */
const char *xls_flow(struct xls *x, const char *key, const char *text)
{
    static const char *const keys[] = {"weight", "indicator", "card", "htcds", "was", "publish",
                                       "parameters", "scales", "indicators", "entities",
                                       "external_choices", "osm"};
    bool is_ours = false;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        is_ours = is_ours || strcmp(keys[i], key) == 0;
    }
    if (!is_ours) {
        return NULL;
    }
    if (strchr("{[\"", text[0]) == NULL) {
        return strcmp(key, "weight") == 0 ? map_cell(x, text) : NULL;
    }
    arena *scratch = arena_new();
    struct form_findings findings = {0};
    const struct node *n = form_yaml_load(scratch, text, strlen(text), &findings);
    const char *copy = NULL;
    if (n != NULL && findings.errors == 0) {
        struct str out = STR_INIT;
        form_node_write_flow(&out, n);
        copy = arena_strdup(x->a, str_cstr(&out));
        str_done(&out);
    }
    form_findings_done(&findings);
    arena_free(scratch);
    return copy;
}

static const char *language_of(const struct xls_column *c)
{
    const char *colons = strstr(c->key, "::");
    return colons == NULL ? NULL : colons + 2;
}

/* What stands under base in a language of the program or in none; else in any other, the form's
 * first. *is_foreign tells the second case. */
static const char *any_text(struct xls *x, const struct xls_columns *columns,
                            const struct sheet_row *row, const char *base, bool *is_foreign,
                            unsigned *column)
{
    const char *found = NULL;
    *is_foreign = false;
    for (size_t i = 0; i < columns->count && i < row->count; i++) {
        const struct xls_column *c = &columns->items[i];
        if (c->key == NULL || row->cells[i] == NULL || strcmp(c->base, base) != 0) {
            continue;
        }
        if (c->key[0] != '#') {
            *is_foreign = false;
            *column = (unsigned)i + 1;
            return xls_clean(x, row->cells[i]);
        }
        const char *language = language_of(c);
        const bool is_default = x->default_language != NULL && language != NULL &&
                                strcmp(language, x->default_language) == 0;
        if (found == NULL || is_default) {
            *is_foreign = true;
            *column = (unsigned)i + 1;
            found = xls_clean(x, row->cells[i]);
        }
    }
    return found;
}

/* "%(name)s" and "%(label)s" of a loop's rows stand for the choice at hand. */
static const char *in_loop(struct xls *x, const char *text)
{
    static const char *const marks[] = {"%(name)s", "%(label)s"};
    bool is_foreign;
    unsigned column;
    for (size_t i = 0; x->loop != NULL && i < 2; i++) {
        const char *by = any_text(x, &x->choice_columns, x->loop, i == 0 ? "name" : "label",
                                  &is_foreign, &column);
        const char *at = by == NULL ? NULL : strstr(text, marks[i]);
        for (int rounds = 0; at != NULL && rounds < 16; rounds++) {
            text = arena_printf(x->a, "%.*s%s%s", (int)(at - text), text, by,
                                at + strlen(marks[i]));
            at = strstr(text, marks[i]);
        }
    }
    return text;
}

/* Word processors bend quotation marks; in expressions only straight ones mean anything. */
static const char *straight(struct xls *x, const char *key, const char *text)
{
    static const char *const keys[] = {"relevant",      "constraint",   "calculation", "required",
                                       "choice_filter", "repeat_count", "default",     "readonly"};
    static const char *const bent[] = {"\xE2\x80\x98", "\xE2\x80\x99", "\xE2\x80\x9C", "\xE2\x80\x9D"};
    bool is_expression = false;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        is_expression = is_expression || strcmp(key, keys[i]) == 0;
    }
    if (!is_expression || x->is_exact || strstr(text, "\xE2\x80") == NULL) {
        return text;
    }
    char *out = arena_strdup(x->a, text), *to = out;
    for (const char *s = text; *s != '\0';) {
        size_t i = 0;
        while (i < 4 && !str_starts(s, bent[i])) {
            i++;
        }
        *to++ = i < 2 ? '\'' : i < 4 ? '"' : *s;
        s += i < 4 ? 3 : 1;
    }
    *to = '\0';
    return out;
}

static void put_value(struct xls *x, struct line at, const char *key, const char *text)
{
    text = straight(x, key, in_loop(x, text));
    const char *flow = xls_flow(x, key, text);
    put_line(x, at, key, flow != NULL ? flow : text, flow != NULL);
}

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

static void put_setting(struct xls *x, const struct xls_column *c, struct line at, const char *text)
{
    if (strcmp(c->key, "form") == 0 || strcmp(c->key, "version") == 0 ||
        strcmp(c->key, "#sprijin") == 0 || strcmp(c->key, "#") == 0 ||
        (strcmp(c->key, "title") == 0 && has_title_in_language(x))) {
        return;
    }
    if (strcmp(c->key, "default_language") == 0) {
        const bool is_ours = lang_parse(text) != LANG_COUNT;
        put_line(x, at, is_ours ? c->key : "#default_language", language_code(text), false);
        return;
    }
    put_value(x, at, c->key, text);
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
        put_line(x, (struct line){0}, "default_language", found, false);
    }
}

static void put_head(struct xls *x, const char *file)
{
    const struct sheet *s = x->settings;
    const struct sheet_row *row = s != NULL && s->count > 1 ? &s->rows[1] : NULL;
    struct line at = {.sheet = s, .row = row == NULL ? 0 : row->number};
    const char *id = NULL, *title = NULL, *version = NULL;
    unsigned column = 1;
    if (row != NULL) {
        title = xls_get(x, &x->settings_columns, row, "title", NULL);
        version = xls_get(x, &x->settings_columns, row, "version", &at.column);
        id = xls_get(x, &x->settings_columns, row, "form", &column);
    }
    put_line(x, at, "version", version == NULL ? "1" : version, false);
    at.column = column;
    const char *name = form_id(x, id != NULL ? id : stem(x, file));
    put_line(x, at, "form", name[0] == '\0' ? "form" : name, false);
    if (id != NULL && strcmp(id, name) != 0) {
        put_line(x, at, "#form_id", id, false);
    }
    if (title == NULL && !has_title_in_language(x)) {
        put_line(x, at, "title", id != NULL ? id : stem(x, file), false);
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

/* ---- rows */

/* A label that is only in foreign languages also stands as the plain one; a question with a hint
 * or a picture and no label is called by its name. */
static void put_stand_ins(struct xls *x, const struct xls_columns *columns,
                          const struct sheet_row *row, struct line at, const char *name)
{
    static const char *const bases[] = {"label",         "hint", "guidance_hint",
                                        "constraint_message", "required_message"};
    static const char *const instead[] = {"hint", "image", "audio", "video", "big-image",
                                           "#media"};
    bool is_foreign;
    if (x->is_exact) {
        return;
    }
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
        const char *text = any_text(x, columns, row, bases[i], &is_foreign, &at.column);
        if (text != NULL && is_foreign) {
            put_line(x, at, bases[i], text, false);
        }
    }
    if (name == NULL || any_text(x, columns, row, "label", &is_foreign, &at.column) != NULL) {
        return;
    }
    bool has_other = columns == &x->choice_columns;
    for (size_t i = 0; i < sizeof instead / sizeof *instead; i++) {
        has_other = has_other ||
                    any_text(x, columns, row, instead[i], &is_foreign, &at.column) != NULL;
    }
    if (has_other) {
        put_line(x, at, "label", name, false);
    }
}

/* A plain text beside one in the form's default language would be that language twice. */
static bool is_shadowed(struct xls *x, const struct xls_columns *columns,
                        const struct sheet_row *row, const struct xls_column *c)
{
    if (strcmp(c->key, c->base) != 0 || c->key[0] == '#') {
        return false;
    }
    const char *code = lang_code(x->lang);
    return xls_get(x, columns, row, arena_printf(x->a, "%s::%s", c->base, code), NULL) != NULL;
}

/* All cells of a row except those that the caller wrote. */
static void put_cells(struct xls *x, const struct sheet *s, const struct xls_columns *columns,
                      const struct sheet_row *row, size_t indent)
{
    static const char *const written[] = {"type", "name", "list_name", "disabled", "#"};
    for (size_t i = 0; i < columns->count && i < row->count; i++) {
        const struct xls_column *c = &columns->items[i];
        bool is_skipped = c->key == NULL || row->cells[i] == NULL;
        for (size_t k = 0; k < sizeof written / sizeof *written && !is_skipped; k++) {
            is_skipped = strcmp(written[k], c->key) == 0;
        }
        if (is_skipped) {
            continue;
        }
        const struct line at = {indent, false, s, row->number, (unsigned)i + 1};
        const char *key = is_shadowed(x, columns, row, c) ? arena_printf(x->a, "#%s", c->key)
                                                          : c->key;
        put_value(x, at, key, xls_clean(x, row->cells[i]));
    }
}

/* ---- choices */

static void put_choice(struct xls *x, const struct sheet_row *row)
{
    const struct sheet *s = x->choices;
    struct line at = {6, true, s, row->number, 1};
    const char *name = xls_get(x, &x->choice_columns, row, "name", &at.column);
    if (name == NULL) {
        xls_report(x, s, row->number, at.column, FORM_F_MISSING_KEY, "name", NULL);
        return;
    }
    put_line(x, at, "name", name, false);
    at.is_first = false;
    put_cells(x, s, &x->choice_columns, row, 6);
    put_stand_ins(x, &x->choice_columns, row, at, name);
}

static bool has_key(const struct xls_columns *columns, const char *key)
{
    for (size_t i = 0; i < columns->count; i++) {
        if (columns->items[i].key != NULL && strcmp(columns->items[i].key, key) == 0) {
            return true;
        }
    }
    return false;
}

/* Rows of one list need not stand together; the list stands where its first row does. */
static void put_choices(struct xls *x)
{
    const struct sheet *s = x->choices;
    if (s == NULL || s->count < 2) {
        return;
    }
    if (!has_key(&x->choice_columns, "list_name") || !has_key(&x->choice_columns, "name")) {
        xls_report(x, s, s->rows[0].number, 1, FORM_F_MISSING_KEY,
                   has_key(&x->choice_columns, "list_name") ? "name" : "list_name", NULL);
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
        put_line(x, (struct line){.sheet = s, .row = 1, .column = 1}, "choices", NULL, false);
    }
    for (size_t l = 0; l < count; l++) {
        const struct line at = {2, false, s, s->rows[heads[l]].number, 1};
        put_line(x, at, lists[l], NULL, false);
        for (size_t i = heads[l]; i != 0; i = nexts[i]) {
            put_choice(x, &s->rows[i]);
        }
    }
}

/* ---- survey */

/* An empty list where nothing followed its key. */
static void close_empty(struct xls *x)
{
    struct str *out = &x->out->yaml;
    static const char END[] = "\"survey\":\n";
    const size_t n = sizeof END - 1;
    if (out->len >= n && memcmp(out->data + out->len - n, END, n) == 0) {
        str_splice(out, out->len - 1, 0, " []", 3);
    }
}

/* Names of repeats must not occur twice anywhere. */
static void note_repeat(struct xls *x, const struct sheet_row *row, unsigned column,
                        const char *name)
{
    for (size_t i = 0; i < x->repeat_count; i++) {
        if (strcmp(x->repeats[i], name) == 0) {
            xls_report(x, x->survey, row->number, column, FORM_F_DUPLICATE_NAME, name, NULL);
            return;
        }
    }
    x->repeats = arena_grow(x->a, x->repeats, x->repeat_count, &x->repeat_cap, sizeof *x->repeats);
    x->repeats[x->repeat_count++] = name;
}

static void begin_container(struct xls *x, const struct sheet_row *row, const char *kind,
                            unsigned type_column)
{
    const struct sheet *s = x->survey;
    struct line at = {x->depth * 4 + 4, true, s, row->number, type_column};
    unsigned column = type_column;
    const char *name = xls_get(x, &x->survey_columns, row, "name", &column);
    if (x->depth + 1 >= FORM_MAX_DEPTH) {
        xls_report(x, s, row->number, type_column, FORM_F_TOO_DEEP, NULL, NULL);
        x->is_full = true;
        return;
    }
    const bool is_repeat = strcmp(kind, "repeat") == 0;
    if (name == NULL && is_repeat) {
        xls_report(x, s, row->number, type_column, FORM_F_MISSING_KEY, "name", NULL);
    }
    if (name == NULL) {
        name = arena_printf(x->a, "generated_group_name_%u", row->number);
    }
    at.column = column;
    name = in_loop(x, name);
    if (is_repeat) {
        note_repeat(x, row, column, name);
    }
    put_line(x, at, is_repeat ? "repeat" : "group", name, false);
    put_cells(x, s, &x->survey_columns, row, at.indent);
    at.is_first = false;
    put_stand_ins(x, &x->survey_columns, row, at, NULL);
    bool is_foreign;
    if (!x->is_exact && x->depth == 0 && any_text(x, &x->survey_columns, row, "label", &is_foreign, &column) ==
                             NULL) {
        put_line(x, at, "label", name, false); /* a section is shown by its label */
    }
    put_line(x, at, "survey", NULL, false);
    x->open[x->depth++] = (struct xls_container){kind, name, row->number};
}

static void end_container(struct xls *x, const struct sheet_row *row, const char *kind,
                          unsigned column)
{
    if (x->depth == 0 || strcmp(x->open[x->depth - 1].kind, kind) != 0) {
        xls_report(x, x->survey, row->number, column, FORM_F_MISSING_KEY,
                   arena_printf(x->a, "begin_%s", kind), NULL);
        return;
    }
    close_empty(x);
    x->depth--;
}

bool xls_is_silent(struct xls *x, const struct sheet_row *row)
{
    bool is_foreign;
    unsigned column;
    return (xls_get(x, &x->survey_columns, row, "calculation", NULL) != NULL ||
            xls_get(x, &x->survey_columns, row, "trigger", NULL) != NULL) &&
           any_text(x, &x->survey_columns, row, "label", &is_foreign, &column) == NULL &&
           any_text(x, &x->survey_columns, row, "hint", &is_foreign, &column) == NULL;
}

/* A default that is computed, when the record is made. */
static bool has_dynamic_default(struct xls *x, const struct sheet_row *row)
{
    const char *text = xls_get(x, &x->survey_columns, row, "default", NULL);
    return text != NULL && (strchr(text, '(') != NULL || strstr(text, "${") != NULL);
}

/* What a row is in our language where XLSForm says it by what is missing: a question with a
 * calculation and no words is a calculation, a calculation that is only a default is hidden. */
static const char *type_shown(struct xls *x, const struct sheet_row *row, const char *type)
{
    const bool has_default = xls_get(x, &x->survey_columns, row, "default", NULL) != NULL;
    const bool has_calculation =
        xls_get(x, &x->survey_columns, row, "calculation", NULL) != NULL;
    if (strcmp(type, "calculate") == 0) {
        return has_default && !has_calculation && !has_dynamic_default(x, row) ? "hidden" : type;
    }
    if (str_starts(type, "osm ")) {
        return "osm";
    }
    return strcmp(type, "hidden") != 0 && xls_is_silent(x, row)
               ? (has_calculation ? "calculate" : "hidden")
               : type;
}

static void put_question(struct xls *x, const struct sheet_row *row, const char *type,
                         unsigned column)
{
    const struct sheet *s = x->survey;
    struct line at = {x->depth * 4 + 4, true, s, row->number, column};
    const char *name = xls_get(x, &x->survey_columns, row, "name", &column);
    if (name == NULL && strcmp(type, "note") == 0) {
        name = arena_printf(x->a, "generated_note_name_%u", row->number);
    } else if (name == NULL && strcmp(type, "audit") == 0) {
        name = "audit";
    }
    const char *shown = x->is_exact ? type : type_shown(x, row, type);
    put_line(x, at, "type", in_loop(x, shown), false);
    at.is_first = false;
    if (strcmp(shown, type) != 0) {
        put_line(x, at, "#type", type, false);
    }
    if (name == NULL) {
        xls_report(x, s, row->number, column, FORM_F_MISSING_KEY, "name", NULL);
        name = arena_printf(x->a, "generated_name_%u", row->number);
    }
    at.column = column;
    put_line(x, at, "name", in_loop(x, name), false);
    if (!x->is_exact && strcmp(type, "calculate") == 0 && has_dynamic_default(x, row) &&
        xls_get(x, &x->survey_columns, row, "calculation", NULL) == NULL) {
        const char *text = xls_get(x, &x->survey_columns, row, "default", &at.column);
        put_line(x, at, "calculation", arena_printf(x->a, "once(%s)", text), false);
    }
    put_cells(x, s, &x->survey_columns, row, at.indent);
    put_stand_ins(x, &x->survey_columns, row, at, name);
}

static void put_rows(struct xls *x, size_t from, size_t to);

/* The row that ends the container begun at row `from`, or the last. */
static size_t loop_end(struct xls *x, size_t from, size_t to)
{
    size_t depth = 0;
    for (size_t i = from; i < to; i++) {
        const char *kind = NULL;
        const char *type = xls_get(x, &x->survey_columns, &x->survey->rows[i], "type", NULL);
        if (type != NULL) {
            xls_type(x, type, &kind);
        }
        depth += kind != NULL && str_starts(kind, "begin ");
        if (kind != NULL && str_starts(kind, "end ") && --depth == 0) {
            return i;
        }
    }
    return to;
}

/* The rows of a loop, once for each choice of its list, each in a group of the choice's name. */
static size_t put_loop(struct xls *x, size_t from, size_t to, const char *type)
{
    const struct sheet_row *row = &x->survey->rows[from];
    const size_t end = loop_end(x, from, to);
    const char *list = strstr(type, "over ");
    list = list != NULL ? list + 5 : strrchr(type, ' ') == NULL ? "" : strrchr(type, ' ') + 1;
    const struct sheet_row *outer = x->loop;
    size_t count = 0;
    begin_container(x, row, "loop", 1);
    for (size_t i = 1; x->choices != NULL && i < x->choices->count && !x->is_full; i++) {
        const struct sheet_row *choice = &x->choices->rows[i];
        const char *of = xls_get(x, &x->choice_columns, choice, "list_name", NULL);
        const char *name = xls_get(x, &x->choice_columns, choice, "name", NULL);
        if (of == NULL || name == NULL || strcmp(of, list) != 0) {
            continue;
        }
        struct line at = {x->depth * 4 + 4, true, x->survey, row->number, 1};
        count++;
        x->loop = choice;
        put_line(x, at, "group", name, false);
        at.is_first = false;
        bool is_foreign;
        const char *label = any_text(x, &x->choice_columns, choice, "label", &is_foreign,
                                     &at.column);
        put_line(x, at, "label", label == NULL ? name : label, false);
        put_line(x, at, "survey", NULL, false);
        x->open[x->depth++] = (struct xls_container){"choice", name, row->number};
        put_rows(x, from + 1, end);
        close_empty(x);
        while (x->depth > 0 && strcmp(x->open[--x->depth].kind, "choice") != 0) {
        }
        x->loop = outer;
    }
    if (count == 0) {
        xls_report(x, x->survey, row->number, 1, FORM_F_UNKNOWN_LIST, list, NULL);
    }
    return end;
}

static void put_row(struct xls *x, const struct sheet_row *row)
{
    unsigned column = 1;
    const char *type = xls_get(x, &x->survey_columns, row, "type", &column);
    if (xls_yes(xls_get(x, &x->survey_columns, row, "disabled", NULL))) {
        return;
    }
    if (type == NULL) {
        bool is_foreign;
        if (xls_get(x, &x->survey_columns, row, "name", &column) != NULL ||
            any_text(x, &x->survey_columns, row, "label", &is_foreign, &column) != NULL) {
            xls_report(x, x->survey, row->number, column, FORM_F_MISSING_KEY, "type", NULL);
        }
        return; /* a remark */
    }
    const char *kind = NULL;
    type = xls_type(x, type, &kind);
    if (kind == NULL) {
        xls_check_row(x, row, type);
        put_question(x, row, type, column);
    } else if (str_starts(kind, "begin ")) {
        xls_check_row(x, row, kind);
        begin_container(x, row, kind + 6, column);
    } else {
        end_container(x, row, kind + 4, column);
    }
}

static void put_rows(struct xls *x, size_t from, size_t to)
{
    for (size_t i = from; i < to && !x->is_full; i++) {
        const char *kind = NULL;
        const char *type = xls_get(x, &x->survey_columns, &x->survey->rows[i], "type", NULL);
        if (type != NULL) {
            xls_type(x, type, &kind);
        }
        if (kind != NULL && strcmp(kind, "begin loop") == 0 && x->depth + 2 < FORM_MAX_GROUPS) {
            i = put_loop(x, i, to, type);
            if (i < to) {
                put_row(x, &x->survey->rows[i]);
            }
        } else {
            put_row(x, &x->survey->rows[i]);
        }
    }
}

static void put_survey(struct xls *x)
{
    const struct sheet *s = x->survey;
    if (s->count == 0 || !has_key(&x->survey_columns, "type")) {
        xls_report(x, s, s->count == 0 ? 1 : s->rows[0].number, 1, FORM_F_MISSING_KEY, "type",
                   NULL);
        return;
    }
    put_line(x, (struct line){.sheet = s, .row = 1, .column = 1}, "survey", NULL, false);
    put_rows(x, 1, s->count);
    close_empty(x);
    while (x->depth > 0) {
        const struct xls_container *c = &x->open[--x->depth];
        xls_report(x, s, c->row, 1, FORM_F_MISSING_KEY, arena_printf(x->a, "end_%s", c->kind),
                   NULL);
    }
}

/* ---- the other sheets */

/* Rows scale, level, from, action as lists under the name of the scale. */
static void put_scales(struct xls *x, const struct sheet *s)
{
    if (s == NULL || s->count < 2) {
        return;
    }
    const struct xls_columns columns = xls_columns_read(x, s, XLS_OTHER);
    put_line(x, (struct line){.sheet = s, .row = 1, .column = 1}, "scales", NULL, false);
    const char *last = "";
    for (size_t i = 1; i < s->count; i++) {
        const struct sheet_row *row = &s->rows[i];
        struct line at = {2, false, s, row->number, 1};
        const char *scale = xls_get(x, &columns, row, "scale", &at.column);
        if (scale != NULL && strcmp(scale, last) != 0) {
            put_line(x, at, scale, NULL, false);
            last = scale;
        }
        at.indent = 6;
        at.is_first = true;
        for (size_t c = 0; c < columns.count && c < row->count; c++) {
            const char *key = columns.items[c].key;
            if (key != NULL && row->cells[c] != NULL && strcmp(key, "scale") != 0) {
                at.column = (unsigned)c + 1;
                put_line(x, at, key, xls_clean(x, row->cells[c]), false);
                at.is_first = false;
            }
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
    put_line(x, (struct line){.sheet = s, .row = 1, .column = 1}, name, NULL, false);
    const struct sheet_row *head = &s->rows[0];
    for (size_t i = 1; i < s->count; i++) {
        const struct sheet_row *row = &s->rows[i];
        struct line at = {4, true, s, row->number, 1};
        for (size_t c = 0; c < row->count && c < head->count; c++) {
            if (row->cells[c] == NULL || head->cells[c] == NULL || strlen(head->cells[c]) > 200) {
                continue;
            }
            at.column = (unsigned)c + 1;
            put_line(x, at, head->cells[c], xls_clean(x, row->cells[c]), false);
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
        put_survey(x);
        xls_check_references(x, x->survey, &x->survey_columns);
        xls_check_references(x, x->choices, &x->choice_columns);
        xls_check_references(x, x->settings, &x->settings_columns);
    }
    const size_t lines = out->count;
    for (size_t i = 0; i < late.count; i++) {
        place_add(out, late.places[i].sheet, late.places[i].row, late.places[i].column);
    }
    for (size_t i = 0; i < own.count; i++) {
        const struct form_finding *f = &own.items[i];
        form_finding_add(findings, f->code, lines + f->line, 1, f->arg[0], f->arg[1]);
    }
    form_findings_done(&own);
}
