/* Cells of an XLSForm as lines of YAML, each of which remembers its cell.
 * Invariant: every scalar is written in quotation marks with escapes, or is YAML that was parsed
 * and written anew, so no cell can change the structure around it; nothing is written once a form
 * is larger than a form may be. */
#include "form/sheet_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"

/* ---- places and lines */

void xls_place(struct form_import *out, const char *sheet, unsigned row, unsigned column)
{
    out->places = arena_grow(out->arena, out->places, out->count, &out->cap, sizeof *out->places);
    out->places[out->count++] = (struct form_sheet_place){sheet, row, column};
}

/* Findings wait until the lines are counted: theirs come after the last. */
void xls_report(struct xls *x, const struct sheet *s, unsigned row, unsigned column,
                enum form_finding_code code, const char *arg0, const char *arg1)
{
    xls_place(x->late, s == NULL ? "" : s->name, row, column);
    form_finding_add(x->findings, code, x->late->count, 1, arg0, arg1);
}

void xls_scalar(struct str *out, const char *s)
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

/* YAML has keys of 1024 characters at most, and an escaped one takes six. */
#define MAX_KEY 150

/* The beginning of a key that is too long, which is reported. */
static const char *short_key(struct xls *x, const struct xls_at *at, const char *key)
{
    size_t n = strlen(key);
    if (n <= MAX_KEY) {
        return key;
    }
    xls_report(x, at->sheet, at->row, at->column, FORM_F_BAD_NAME, key, NULL);
    n = MAX_KEY;
    while (n > 0 && ((unsigned char)key[n] & 0xC0) == 0x80) {
        n--;
    }
    return arena_strndup(x->a, key, n);
}

/* One line of YAML; value NULL: what follows is indented under the key. */
void xls_line(struct xls *x, struct xls_at at, const char *key, const char *value, bool is_raw)
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
    xls_scalar(out, short_key(x, &at, key));
    str_putc(out, ':');
    if (value != NULL) {
        str_putc(out, ' ');
        if (is_raw) {
            str_puts(out, value);
        } else {
            xls_scalar(out, value);
        }
    }
    str_putc(out, '\n');
    xls_place(x->out, at.sheet == NULL ? "" : at.sheet->name, at.row, at.column);
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
    if (text[name] == '\0' || name > MAX_KEY || strchr(text, '=') == NULL) {
        return NULL;
    }
    struct str out = STR_INIT;
    str_putc(&out, '{');
    xls_scalar(&out, sheet_text(x->a, text, name) == NULL ? "" : sheet_text(x->a, text, name));
    str_puts(&out, ": {");
    bool is_good = true;
    const char *s = text + name + 1;
    while (is_good && *s != '\0') {
        const size_t n = strcspn(s, ";\n");
        const char *equals = memchr(s, '=', n);
        const char *value = equals == NULL ? NULL : sheet_text(x->a, s, (size_t)(equals - s));
        const char *points = equals == NULL
                                 ? NULL
                                 : sheet_text(x->a, equals + 1, (size_t)(s + n - equals - 1));
        is_good = value != NULL && points != NULL && strlen(value) <= MAX_KEY;
        if (is_good) {
            xls_scalar(&out, value);
            str_puts(&out, ": ");
            xls_scalar(&out, points);
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
    static const char *const keys[] = {
        "weight",           "indicator",  "card",   "htcds",      "was",
        "publish",          "parameters", "scales", "indicators", "entities",
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
const char *xls_any_text(struct xls *x, const struct xls_columns *columns,
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
const char *xls_in_loop(struct xls *x, const char *text)
{
    static const char *const marks[] = {"%(name)s", "%(label)s"};
    bool is_foreign;
    unsigned column;
    for (size_t i = 0; x->loop != NULL && i < 2; i++) {
        const char *by = xls_any_text(x, &x->choice_columns, x->loop, i == 0 ? "name" : "label",
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
    static const char *const bent[] = {"\xE2\x80\x98", "\xE2\x80\x99", "\xE2\x80\x9C",
                                       "\xE2\x80\x9D"};
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

void xls_value(struct xls *x, struct xls_at at, const char *key, const char *text)
{
    text = straight(x, key, xls_in_loop(x, text));
    if (!x->is_exact && strcmp(key, "trigger") == 0) {
        text = xls_trigger(x, text);
    }
    const char *back = strcmp(key, "parameters") == 0 ? strstr(text, "step=-") : NULL;
    if (back != NULL && !x->is_exact) { /* the ends of a range say which way it goes */
        text = arena_printf(x->a, "%.*sstep=%s", (int)(back - text), text, back + 6);
    }
    const char *flow = xls_flow(x, key, text);
    xls_line(x, at, key, flow != NULL ? flow : text, flow != NULL);
}

/* ---- rows */

/* A label that is only in foreign languages also stands as the plain one; a question with a hint
 * or a picture and no label is called by its name. */
void xls_stand_ins(struct xls *x, const struct xls_columns *columns, const struct sheet_row *row,
                   struct xls_at at, const char *name)
{
    static const char *const bases[] = {"label", "hint", "guidance_hint", "constraint_message",
                                        "required_message"};
    static const char *const instead[] = {"hint", "image", "audio", "video", "big-image", "#media"};
    bool is_foreign;
    if (x->is_exact) {
        return;
    }
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
        const char *text = xls_any_text(x, columns, row, bases[i], &is_foreign, &at.column);
        if (text != NULL && is_foreign) {
            xls_line(x, at, bases[i], text, false);
        }
    }
    if (name == NULL || xls_any_text(x, columns, row, "label", &is_foreign, &at.column) != NULL) {
        return;
    }
    bool has_other = columns == &x->choice_columns;
    for (size_t i = 0; i < sizeof instead / sizeof *instead; i++) {
        has_other = has_other ||
                    xls_any_text(x, columns, row, instead[i], &is_foreign, &at.column) != NULL;
    }
    if (has_other) {
        xls_line(x, at, "label", name, false);
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
void xls_cells(struct xls *x, const struct sheet *s, const struct xls_columns *columns,
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
        const struct xls_at at = {indent, false, s, row->number, (unsigned)i + 1};
        const char *key = is_shadowed(x, columns, row, c) ? arena_printf(x->a, "#%s", c->key)
                                                          : c->key;
        xls_value(x, at, key, xls_clean(x, row->cells[i]));
    }
}

bool xls_has_key(const struct xls_columns *columns, const char *key)
{
    for (size_t i = 0; i < columns->count; i++) {
        if (columns->items[i].key != NULL && strcmp(columns->items[i].key, key) == 0) {
            return true;
        }
    }
    return false;
}
