/* What only the rows of a survey together show: files and lists that would go by one name, pictures
 * without their small form, tables of several lists, types that need another sheet.
 * Invariant: nothing here changes a row; each mistake is reported at its cell. */
#include "form/sheet_int.h"

#include <string.h>

#include "base/str.h"

/* A source of rows: a name expressions know it by, and where it comes from. */
struct source {
    const char *name, *place;
    bool is_called; /* by pulldata() alone */
};
struct sources {
    struct source *items;
    size_t count, cap;
};

static const char *cell(struct xls *x, const struct sheet_row *row, const char *key)
{
    return xls_get(x, &x->survey_columns, row, key, NULL);
}

static void note_source(struct xls *x, struct sources *all, const struct sheet_row *row,
                        const char *name, const char *place)
{
    for (size_t i = 0; i < all->count; i++) {
        if (strcmp(all->items[i].name, name) == 0) {
            if (strcmp(all->items[i].place, place) != 0) {
                xls_report(x, x->survey, row->number, 1, FORM_F_DUPLICATE_NAME, name, NULL);
            }
            all->items[i].is_called = false;
            return;
        }
    }
    all->items = arena_grow(x->a, all->items, all->count, &all->cap, sizeof *all->items);
    all->items[all->count++] = (struct source){name, place, false};
}

/* "towns.csv" goes by "towns". */
static void note_file(struct xls *x, struct sources *all, const struct sheet_row *row,
                      const char *file, size_t n)
{
    const char *name = arena_strndup(x->a, file, n);
    const char *dot = strrchr(name, '.');
    if (dot != NULL) {
        note_source(x, all, row, arena_strndup(x->a, name, (size_t)(dot - name)), name);
    }
}

static void note_pulldata(struct xls *x, struct sources *all, const struct sheet_row *row,
                          const char *text)
{
    static const char CALL[] = "pulldata(";
    for (const char *at = strstr(text, CALL); at != NULL; at = strstr(at + 1, CALL)) {
        const char *name = at + sizeof CALL - 1;
        name += strspn(name, " ");
        if (*name != '\'' && *name != '"') {
            continue;
        }
        const size_t n = strcspn(name + 1, "'\"");
        name = arena_strndup(x->a, name + 1, n);
        const size_t before = all->count;
        note_source(x, all, row, name, arena_printf(x->a, "%s.csv", name));
        if (all->count > before) {
            all->items[before].is_called = true;
        }
    }
}

/* csv-external and its like are declared once. */
static void note_external(struct xls *x, struct sources *all, struct sources *declared,
                          const struct sheet_row *row, const char *ending)
{
    const char *name = cell(x, row, "name");
    if (name == NULL) {
        return;
    }
    const size_t before = declared->count;
    note_source(x, declared, row, name, "");
    if (declared->count == before) {
        xls_report(x, x->survey, row->number, 1, FORM_F_DUPLICATE_NAME, name, NULL);
    }
    note_source(x, all, row, name, arena_printf(x->a, "%s.%s", name, ending));
}

/* Whether a sheet has rows of that list. */
static bool has_list(struct xls *x, const char *sheet, const char *header, const char *name)
{
    const struct sheet *s = sheet_find(x->book, sheet);
    for (size_t i = 1; s != NULL && i < s->count; i++) {
        for (size_t c = 0; c < s->rows[0].count && c < s->rows[i].count; c++) {
            const char *head = s->rows[0].cells[c], *text = s->rows[i].cells[c];
            if (head != NULL && text != NULL && str_starts(head, header) &&
                strcmp(text, name) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* reference-geometry names a list of choices or entities, a file of the form, or a repeat. */
static void check_geometry(struct xls *x, struct sources *all, const struct sheet_row *row)
{
    unsigned column = 1;
    const char *text = xls_get(x, &x->survey_columns, row, "parameters", &column);
    const char *name = text == NULL ? NULL : form_parameter(x->a, text, "reference-geometry");
    if (name == NULL || str_starts(name, "${")) {
        return;
    }
    bool is_known = has_list(x, "entities", "list", name) ||
                    has_list(x, "external_choices", "list", name);
    if (has_list(x, "choices", "list", name)) {
        note_source(x, all, row, name, "choices");
        is_known = true;
    }
    for (size_t i = 0; i < all->count && !is_known; i++) {
        is_known = !all->items[i].is_called && strcmp(all->items[i].name, name) == 0;
    }
    if (!is_known) {
        xls_report(x, x->survey, row->number, column, FORM_F_BAD_PARAMETER, "reference-geometry",
                   name);
    }
}

static void check_sources(struct xls *x)
{
    struct sources all = {0}, declared = {0};
    for (size_t i = 1; i < x->survey->count; i++) {
        const struct sheet_row *row = &x->survey->rows[i];
        const char *type = cell(x, row, "type");
        if (type == NULL) {
            continue;
        }
        const char *file = strstr(type, "from_file ");
        file = file == NULL ? strstr(type, "from file ") : file;
        if (strcmp(type, "csv-external") == 0 || strcmp(type, "xml-external") == 0) {
            note_external(x, &all, &declared, row, type[0] == 'c' ? "csv" : "xml");
        } else if (file != NULL) {
            note_file(x, &all, row, file + 10, strcspn(file + 10, " "));
        }
        for (size_t c = 0; c < row->count; c++) {
            if (row->cells[c] != NULL) {
                note_pulldata(x, &all, row, row->cells[c]);
            }
        }
    }
    for (size_t i = 1; i < x->survey->count; i++) {
        check_geometry(x, &all, &x->survey->rows[i]);
    }
}

/* A big image is the large form of an image, which must be there in the same language. */
static void check_images(struct xls *x, const struct sheet *s, const struct xls_columns *columns)
{
    static const char BIG[] = "big-image";
    for (size_t c = 0; s != NULL && c < columns->count; c++) {
        const struct xls_column *column = &columns->items[c];
        if (column->key == NULL || !str_starts(column->key, BIG)) {
            continue;
        }
        const char *small = arena_printf(x->a, "image%s", column->key + sizeof BIG - 1);
        for (size_t i = 1; i < s->count; i++) {
            const struct sheet_row *row = &s->rows[i];
            if (c < row->count && row->cells[c] != NULL &&
                xls_get(x, columns, row, small, NULL) == NULL) {
                xls_report(x, s, row->number, (unsigned)c + 1, FORM_F_MISSING_KEY, "image", NULL);
            }
        }
    }
}

static const char *list_of(struct xls *x, const char *type)
{
    const char *blank = strrchr(type, ' ');
    const char *plain = xls_type(x, type, &(const char *){NULL});
    return str_starts(plain, "select") && blank != NULL ? blank + 1 : NULL;
}

/* The selects of a table stand under one row of choices: one list, and no filter on the first. */
static void check_table(struct xls *x, size_t begin)
{
    const char *first = NULL;
    for (size_t i = begin + 1; i < x->survey->count; i++) {
        const struct sheet_row *row = &x->survey->rows[i];
        const char *type = cell(x, row, "type");
        if (type != NULL && (str_starts(type, "end ") || str_starts(type, "end_"))) {
            return;
        }
        const char *list = type == NULL ? NULL : list_of(x, type);
        if (list == NULL) {
            continue;
        }
        if (first == NULL && cell(x, row, "choice_filter") != NULL) {
            xls_report(x, x->survey, row->number, 1, FORM_F_OTHER_FILTERED, list, NULL);
        }
        first = first == NULL ? list : first;
        if (strcmp(first, list) != 0) {
            xls_report(x, x->survey, row->number, 1, FORM_F_UNKNOWN_LIST, list, first);
        }
    }
}

/* select_one_external reads the sheet external_choices. */
static void check_external_list(struct xls *x, const struct sheet_row *row, const char *type)
{
    const struct sheet *s = sheet_find(x->book, "external_choices");
    const char *list = strrchr(type, ' ') == NULL ? "" : strrchr(type, ' ') + 1;
    struct xls_columns columns = {0};
    if (s != NULL && s->count > 0) {
        columns = xls_columns_read(x, s, XLS_CHOICES);
    }
    for (size_t i = 1; s != NULL && i < s->count; i++) {
        const char *of = xls_get(x, &columns, &s->rows[i], "list_name", NULL);
        if (of != NULL && strcmp(of, list) == 0) {
            return;
        }
    }
    xls_report(x, x->survey, row->number, 1, FORM_F_UNKNOWN_LIST, list, NULL);
}

void xls_check_sources(struct xls *x)
{
    check_sources(x);
    check_images(x, x->survey, &x->survey_columns);
    check_images(x, x->choices, &x->choice_columns);
    for (size_t i = 1; i < x->survey->count; i++) {
        const struct sheet_row *row = &x->survey->rows[i];
        const char *type = cell(x, row, "type"), *appearance = cell(x, row, "appearance");
        if (type != NULL && appearance != NULL && strstr(appearance, "table-list") != NULL &&
            (str_starts(type, "begin group") || str_starts(type, "begin_group"))) {
            check_table(x, i);
        }
        if (type != NULL && (str_starts(type, "select_one_external ") ||
                             str_starts(type, "select one external "))) {
            check_external_list(x, row, type);
        }
    }
}
