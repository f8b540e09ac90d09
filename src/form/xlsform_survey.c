/* The survey sheet: rows that begin and end become nesting, the others questions.
 * Invariant: whatever is missing or does not match, the YAML stays well formed. */
#include "form/sheet_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

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

/* Names of repeats must not occur twice anywhere, nor be that of the whole. */
static void note_repeat(struct xls *x, const struct sheet_row *row, unsigned column,
                        const char *name)
{
    const struct sheet *s = x->settings;
    const char *root = s == NULL || s->count < 2
                           ? NULL
                           : xls_get(x, &x->settings_columns, &s->rows[1], "name", NULL);
    if (!x->is_exact && strcmp(name, root == NULL ? "data" : root) == 0) {
        xls_report(x, x->survey, row->number, column, FORM_F_BAD_NAME, name, NULL);
    }
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
    struct xls_at at = {x->depth * 4 + 4, true, s, row->number, type_column};
    unsigned column = type_column;
    const char *name = xls_get(x, &x->survey_columns, row, "name", &column);
    if (x->depth + 1 >= FORM_MAX_DEPTH) {
        xls_report(x, s, row->number, type_column, FORM_F_TOO_DEEP, NULL, NULL);
        x->is_full = true;
        return;
    }
    const bool is_repeat = strcmp(kind, "repeat") == 0;
    if (name == NULL) {
        xls_report(x, s, row->number, type_column, FORM_F_MISSING_KEY, "name", NULL);
    }
    if (name == NULL) {
        name = arena_printf(x->a, "generated_group_name_%u", row->number);
    }
    at.column = column;
    name = xls_in_loop(x, name);
    if (is_repeat) {
        note_repeat(x, row, column, name);
    }
    xls_item(x, row);
    xls_line(x, at, is_repeat ? "repeat" : "group", name, false);
    xls_cells(x, s, &x->survey_columns, row, at.indent);
    at.is_first = false;
    xls_stand_ins(x, &x->survey_columns, row, at, NULL);
    bool is_foreign;
    if (!x->is_exact && x->depth == 0 &&
        xls_any_text(x, &x->survey_columns, row, "label", &is_foreign, &column) == NULL) {
        xls_line(x, at, "label", name, false); /* a section is shown by its label */
    }
    xls_line(x, at, "survey", NULL, false);
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
           xls_any_text(x, &x->survey_columns, row, "label", &is_foreign, &column) == NULL &&
           xls_any_text(x, &x->survey_columns, row, "hint", &is_foreign, &column) == NULL;
}

/* A default that is computed, when the record is made. */
static bool has_dynamic_default(struct xls *x, const struct sheet_row *row)
{
    const char *text = xls_get(x, &x->survey_columns, row, "default", NULL);
    return text != NULL && (strchr(text, '(') != NULL || strstr(text, "${") != NULL);
}

/* What a row is in our language where XLSForm says it by what is missing: a question with a
 * calculation and no words is a calculation. */
static const char *type_shown(struct xls *x, const struct sheet_row *row, const char *type)
{
    const bool has_calculation = xls_get(x, &x->survey_columns, row, "calculation", NULL) != NULL;
    if (str_starts(type, "osm ")) {
        return "osm";
    }
    return strcmp(type, "hidden") != 0 && strcmp(type, "calculate") != 0 && xls_is_silent(x, row)
               ? (has_calculation ? "calculate" : "hidden")
               : type;
}

/* A calculation that has only a default is computed once; a default that is a plain text is none. */
static void put_calculated_default(struct xls *x, const struct sheet_row *row, struct xls_at at)
{
    const char *text = xls_get(x, &x->survey_columns, row, "default", &at.column);
    if (has_dynamic_default(x, row)) {
        xls_line(x, at, "calculation", arena_printf(x->a, "once(%s)", text), false);
    } else if (text != NULL) {
        xls_report(x, x->survey, row->number, at.column, FORM_F_NO_CALCULATION, NULL, NULL);
    }
}

static void put_question(struct xls *x, const struct sheet_row *row, const char *type,
                         unsigned column)
{
    const struct sheet *s = x->survey;
    struct xls_at at = {x->depth * 4 + 4, true, s, row->number, column};
    const char *name = xls_get(x, &x->survey_columns, row, "name", &column);
    if (name == NULL && strcmp(type, "note") == 0) {
        name = arena_printf(x->a, "generated_note_name_%u", row->number);
    } else if (name == NULL && strcmp(type, "audit") == 0) {
        name = "audit";
    }
    const char *shown = x->is_exact ? type : type_shown(x, row, type);
    xls_item(x, row);
    xls_line(x, at, "type", xls_in_loop(x, shown), false);
    at.is_first = false;
    if (strcmp(shown, type) != 0) {
        xls_line(x, at, "#type", type, false);
    }
    if (name == NULL) {
        xls_report(x, s, row->number, column, FORM_F_MISSING_KEY, "name", NULL);
        name = arena_printf(x->a, "generated_name_%u", row->number);
    }
    at.column = column;
    xls_line(x, at, "name", xls_in_loop(x, name), false);
    if (!x->is_exact && strcmp(type, "calculate") == 0 &&
        xls_get(x, &x->survey_columns, row, "calculation", NULL) == NULL) {
        put_calculated_default(x, row, at);
    }
    xls_cells(x, s, &x->survey_columns, row, at.indent);
    xls_stand_ins(x, &x->survey_columns, row, at, name);
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
        struct xls_at at = {x->depth * 4 + 4, true, x->survey, row->number, 1};
        count++;
        x->loop = choice;
        x->item_count++;
        xls_line(x, at, "group", name, false);
        at.is_first = false;
        bool is_foreign;
        const char *label = xls_any_text(x, &x->choice_columns, choice, "label", &is_foreign,
                                         &at.column);
        xls_line(x, at, "label", label == NULL ? name : label, false);
        xls_line(x, at, "survey", NULL, false);
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
            xls_any_text(x, &x->survey_columns, row, "label", &is_foreign, &column) != NULL) {
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

void xls_survey(struct xls *x)
{
    const struct sheet *s = x->survey;
    if (s->count == 0 || !xls_has_key(&x->survey_columns, "type")) {
        xls_report(x, s, s->count == 0 ? 1 : s->rows[0].number, 1, FORM_F_MISSING_KEY, "type",
                   NULL);
        return;
    }
    xls_line(x, (struct xls_at){.sheet = s, .row = 1, .column = 1}, "survey", NULL, false);
    put_rows(x, 1, s->count);
    close_empty(x);
    while (x->depth > 0) {
        const struct xls_container *c = &x->open[--x->depth];
        xls_report(x, s, c->row, 1, FORM_F_MISSING_KEY, arena_printf(x->a, "end_%s", c->kind),
                   NULL);
    }
}
