/* The sheet entities and the column save_to, which are kept and not done: what is wrong in them is
 * told all the same, so that a form that passes here passes elsewhere.
 * Invariant: nothing here changes a row. */
#include "form/sheet_int.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"

struct entities {
    struct xls *x;
    const struct sheet *sheet; /* NULL if there is none, or none with rows */
    struct xls_columns columns;
    const char **names;
    size_t count;
    const char **saved; /* "list#property" of rows seen */
    size_t saved_count, saved_cap;
};

/* The cell under a header of the sheet, "" headers as they are written. */
static const char *cell(const struct entities *e, const struct sheet_row *row, const char *header)
{
    const struct sheet_row *head = &e->sheet->rows[0];
    for (size_t c = 0; c < head->count && c < row->count; c++) {
        if (head->cells[c] != NULL && strcasecmp(head->cells[c], header) == 0) {
            return row->cells[c];
        }
    }
    return NULL;
}

static const char *name_of(const struct entities *e, const struct sheet_row *row)
{
    const char *name = cell(e, row, "list_name");
    name = name == NULL ? cell(e, row, "list name") : name;
    return name == NULL ? cell(e, row, "dataset") : name;
}

static bool is_list(const struct entities *e, const char *name, size_t n)
{
    for (size_t i = 0; i < e->count; i++) {
        if (strlen(e->names[i]) == n && strncmp(e->names[i], name, n) == 0) {
            return true;
        }
    }
    return false;
}

static void check_headers(const struct entities *e)
{
    static const char *const known[] = {"list_name", "list name", "dataset", "label", "entity_id",
                                        "create_if", "update_if", "repeat",  "#"};
    const struct sheet_row *head = &e->sheet->rows[0];
    for (size_t c = 0; c < head->count; c++) {
        bool is_known = head->cells[c] == NULL || str_starts(head->cells[c], "label:");
        for (size_t i = 0; !is_known && i < sizeof known / sizeof *known; i++) {
            is_known = strcasecmp(head->cells[c], known[i]) == 0;
        }
        if (!is_known) {
            xls_report(e->x, e->sheet, head->number, (unsigned)c + 1, FORM_F_UNKNOWN_KEY,
                       head->cells[c], NULL);
        }
    }
}

/* Whether rows of that name come from a file of the form. */
static bool has_file(const struct entities *e, const char *name)
{
    struct xls *x = e->x;
    const size_t n = strlen(name);
    for (size_t i = 1; i < x->survey->count; i++) {
        const struct sheet_row *row = &x->survey->rows[i];
        const char *type = xls_get(x, &x->survey_columns, row, "type", NULL);
        const char *own = xls_get(x, &x->survey_columns, row, "name", NULL);
        const char *file = type == NULL ? NULL : strstr(type, "_from_file ");
        if (file != NULL && strncmp(file + 11, name, n) == 0 && file[11 + n] == '.') {
            return true;
        }
        if (type != NULL && own != NULL && str_ends(type, "-external") && strcmp(own, name) == 0) {
            return true;
        }
    }
    return false;
}

/* An entity is created with a label, or updated by its id. */
static void check_entity(const struct entities *e, const struct sheet_row *row, const char *name)
{
    const bool has_id = cell(e, row, "entity_id") != NULL;
    const bool creates = cell(e, row, "create_if") != NULL;
    const bool updates = cell(e, row, "update_if") != NULL;
    const char *missing = !has_id && cell(e, row, "label") == NULL ? "label"
                          : creates && has_id && !updates          ? "update_if"
                          : updates && !has_id                     ? "entity_id"
                                                                   : NULL;
    if (missing != NULL) {
        xls_report(e->x, e->sheet, row->number, 1, FORM_F_MISSING_KEY, missing, NULL);
    } else if (has_id && !has_file(e, name)) {
        xls_report(e->x, e->sheet, row->number, 1, FORM_F_UNKNOWN_LIST, name, NULL);
    }
}

static void check_rows(struct entities *e)
{
    struct xls *x = e->x;
    e->names = arena_array(x->a, e->sheet->count, sizeof *e->names);
    for (size_t i = 1; i < e->sheet->count; i++) {
        const struct sheet_row *row = &e->sheet->rows[i];
        const char *name = name_of(e, row);
        if (name == NULL) {
            xls_report(x, e->sheet, row->number, 1, FORM_F_MISSING_KEY, "list_name", NULL);
            continue;
        }
        if (!form_name_valid(name) || str_starts(name, "__") || strchr(name, '.') != NULL) {
            xls_report(x, e->sheet, row->number, 1, FORM_F_BAD_NAME, name, NULL);
        }
        if (is_list(e, name, strlen(name))) {
            xls_report(x, e->sheet, row->number, 1, FORM_F_DUPLICATE_NAME, name, NULL);
        }
        e->names[e->count++] = name;
        check_entity(e, row, name);
    }
}

static bool is_property(const char *name)
{
    return form_name_valid(name) && !str_starts(name, "__") && strcasecmp(name, "name") != 0 &&
           strcasecmp(name, "label") != 0;
}

/* Two rows do not save into one property. */
static bool is_saved(struct entities *e, const char *whole)
{
    for (size_t i = 0; i < e->saved_count; i++) {
        if (strcmp(e->saved[i], whole) == 0) {
            return true;
        }
    }
    e->saved = arena_grow(e->x->a, e->saved, e->saved_count, &e->saved_cap, sizeof *e->saved);
    e->saved[e->saved_count++] = whole;
    return false;
}

/* "property" or "list#property". */
static void check_saved(struct entities *e, const struct sheet_row *row, unsigned column,
                        const char *text)
{
    struct xls *x = e->x;
    const char *type = xls_get(x, &x->survey_columns, row, "type", NULL), *kind = NULL;
    const char *mark = strchr(text, '#');
    const char *property = mark == NULL ? text : mark + 1;
    if (type != NULL) {
        xls_type(x, type, &kind);
    }
    const bool is_known = mark == NULL ? e->count == 1 : is_list(e, text, (size_t)(mark - text));
    const char *list = mark != NULL || e->count == 0 ? text : e->names[0];
    const char *whole = arena_printf(x->a, "%.*s#%s",
                                     (int)(mark != NULL ? (size_t)(mark - text) : strlen(list)),
                                     list, property);
    if (kind != NULL || !is_known || strchr(property, '#') != NULL) {
        xls_report(x, x->survey, row->number, column, FORM_F_BAD_VALUE, "save_to", text);
    } else if (!is_property(property)) {
        xls_report(x, x->survey, row->number, column, FORM_F_BAD_NAME, property, NULL);
    } else if (is_saved(e, whole)) {
        xls_report(x, x->survey, row->number, column, FORM_F_DUPLICATE_NAME, property, NULL);
    }
}

void xls_check_entities(struct xls *x)
{
    struct entities e = {.x = x, .sheet = sheet_find(x->book, "entities")};
    if (e.sheet != NULL && e.sheet->count > 1) {
        check_headers(&e);
        check_rows(&e);
        e.columns = xls_columns_read(x, e.sheet, XLS_OTHER);
        xls_check_references(x, e.sheet, &e.columns);
    }
    for (size_t i = 1; i < x->survey->count; i++) {
        const struct sheet_row *row = &x->survey->rows[i];
        unsigned column = 1;
        const char *text = xls_get(x, &x->survey_columns, row, "save_to", &column);
        if (text != NULL) {
            check_saved(&e, row, column, text);
        }
    }
}
