/* What the rows of an XLSForm show before any expression is read: old spellings of types,
 * references to names that do not exist, triggers, parameters.
 * Invariant: each check reports the cell in which the mistake stands. */
#include "form/sheet_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define COUNT(x) (sizeof(x) / sizeof *(x))

/* ---- types */

static const char *const renamed[][2] = {
    {"add acknowledge prompt", "acknowledge"},
    {"add audio prompt", "audio"},
    {"add barcode prompt", "barcode"},
    {"add calculate prompt", "calculate"},
    {"add date prompt", "date"},
    {"add date time prompt", "dateTime"},
    {"add dateTime prompt", "dateTime"},
    {"add decimal prompt", "decimal"},
    {"add file prompt", "file"},
    {"add geopoint prompt", "geopoint"},
    {"add image prompt", "image"},
    {"add integer prompt", "integer"},
    {"add location prompt", "geopoint"},
    {"add note prompt", "note"},
    {"add photo prompt", "image"},
    {"add text prompt", "text"},
    {"add time prompt", "time"},
    {"add video prompt", "video"},
    {"get device id", "deviceid"},
    {"get end time", "end"},
    {"get phone number", "phonenumber"},
    {"get sim id", "simserial"},
    {"get start time", "start"},
    {"get subscriber id", "subscriberid"},
    {"get today", "today"},
    {"number of days in last month", "integer"},
    {"number of days in last six months", "integer"},
    {"number of days in last year", "integer"},
    {"percentage", "integer"},
    {"q acknowledge", "acknowledge"},
    {"q audio", "audio"},
    {"q barcode", "barcode"},
    {"q calculate", "calculate"},
    {"q date", "date"},
    {"q date time", "dateTime"},
    {"q dateTime", "dateTime"},
    {"q decimal", "decimal"},
    {"q geopoint", "geopoint"},
    {"q geoshape", "geoshape"},
    {"q geotrace", "geotrace"},
    {"q image", "image"},
    {"q int", "integer"},
    {"q location", "geopoint"},
    {"q note", "note"},
    {"q picture", "image"},
    {"q string", "text"},
    {"q time", "time"},
    {"q video", "video"},
    {"subscriber id", "subscriberid"},
    {"uri:deviceid", "deviceid"},
    {"uri:email", "email"},
    {"uri:phonenumber", "phonenumber"},
    {"uri:simserial", "simserial"},
    {"uri:subscriberid", "subscriberid"},
    {"uri:username", "username"},
};
static const char *const selects[][2] = {
    {"add select multiple prompt using ", "select_multiple "},
    {"add select one prompt using ", "select_one "},
    {"q select1 ", "select_one "},
    {"q select ", "select_multiple "},
    {"select multiple using ", "select_multiple "},
    {"select one using ", "select_one "},
    {"select_one_external ", "select_one_external "},
};

static const char *container_kind(const char *rest)
{
    static const char *const kinds[][2] = {{"group", "group"},
                                           {"repeat", "repeat"},
                                           {"lgroup", "repeat"},
                                           {"looped group", "repeat"},
                                           {"loop", "loop"}};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        const size_t n = strlen(kinds[i][0]);
        if (strncmp(rest, kinds[i][0], n) == 0 &&
            (rest[n] == '\0' || (rest[n] == ' ' && (i == 1 || i == 4)))) {
            return kinds[i][1];
        }
    }
    return NULL;
}

const char *xls_type(struct xls *x, const char *type, const char **kind)
{
    static const char *const edges[][2] = {
        {"begin ", "begin"}, {"begin_", "begin"}, {"end ", "end"}, {"end_", "end"}};
    *kind = NULL;
    for (size_t i = 0; i < COUNT(edges); i++) {
        const char *container = str_starts(type, edges[i][0])
                                    ? container_kind(type + strlen(edges[i][0]))
                                    : NULL;
        if (container != NULL) {
            *kind = arena_printf(x->a, "%s %s", edges[i][1], container);
            return type;
        }
    }
    for (size_t i = 0; i < COUNT(renamed); i++) {
        if (strcmp(renamed[i][0], type) == 0) {
            return renamed[i][1];
        }
    }
    for (size_t i = 0; i < COUNT(selects); i++) {
        if (str_starts(type, selects[i][0])) {
            return arena_printf(x->a, "%s%s", selects[i][1], type + strlen(selects[i][0]));
        }
    }
    return type;
}

/* ---- names and references */

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void xls_check_names(struct xls *x)
{
    const struct sheet *s = x->survey;
    x->names = arena_array(x->a, s->count * 2 + 1, sizeof *x->names);
    size_t loops = 0; /* a name inside one is that of several questions */
    for (size_t i = 1; i < s->count; i++) {
        const char *type = xls_get(x, &x->survey_columns, &s->rows[i], "type", NULL);
        const char *name = xls_get(x, &x->survey_columns, &s->rows[i], "name", NULL);
        if (type != NULL && loops > 0 &&
            (strcmp(type, "end loop") == 0 || strcmp(type, "end_loop") == 0)) {
            loops--;
        }
        if (name == NULL || type == NULL || str_starts(type, "end ") || str_starts(type, "end_")) {
            continue;
        }
        x->names[x->name_count++] = name;
        const char *kind = NULL;
        xls_type(x, type, &kind);
        loops += kind != NULL && strcmp(kind, "begin loop") == 0;
        if (loops > 0 && kind == NULL) {
            x->names[x->name_count++] = name;
        } else if (str_ends(type, "other")) {
            x->names[x->name_count++] = arena_printf(x->a, "%s_other", name);
        }
    }
    if (x->name_count > 1) {
        qsort(x->names, x->name_count, sizeof *x->names, compare);
    }
}

static bool is_name(const struct xls *x, const char *name)
{
    return x->name_count > 0 &&
           bsearch(&name, x->names, x->name_count, sizeof *x->names, compare) != NULL;
}

static size_t count_name(const struct xls *x, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < x->name_count && count < 2; i++) {
        count += strcmp(x->names[i], name) == 0;
    }
    return count;
}

/* Every "${name}" of a text; "${last-saved#name}" too. */
static void check_text(struct xls *x, const struct sheet *s, unsigned row, unsigned column,
                       const char *text, bool is_label)
{
    static const char SAVED[] = "last-saved#";
    for (const char *open = strstr(text, "${"); open != NULL; open = strstr(open + 2, "${")) {
        const size_t n = strcspn(open + 2, "}");
        const char *name = n > 200 || open[2 + n] != '}' ? NULL : sheet_text(x->a, open + 2, n);
        if (name != NULL && str_starts(name, SAVED)) {
            name += sizeof SAVED - 1;
        }
        if (name != NULL && is_label && count_name(x, name) > 1) {
            xls_report(x, s, row, column, FORM_F_AMBIGUOUS_NAME, name, NULL);
        }
        if (name == NULL || is_name(x, name)) {
            if (name != NULL && strlen(name) != n && !x->is_exact && strcspn(open + 2, " ") < n) {
                xls_report(x, s, row, column, FORM_F_EXPR_NAME, arena_strndup(x->a, open + 2, n),
                           name); /* blanks within the braces */
            }
            continue;
        }
        xls_report(x, s, row, column, FORM_F_EXPR_NAME, name,
                   form_nearest(name, x->names, x->name_count));
    }
}

static bool holds_references(const struct xls_column *c)
{
    static const char *const bases[] = {"label",
                                        "hint",
                                        "guidance_hint",
                                        "constraint_message",
                                        "required_message",
                                        "image",
                                        "audio",
                                        "video",
                                        "big-image",
                                        "instance_name",
                                        "noAppErrorString",
                                        "relevant",
                                        "constraint",
                                        "calculation",
                                        "required",
                                        "readonly",
                                        "choice_filter",
                                        "repeat_count",
                                        "default",
                                        "trigger",
                                        "create_if",
                                        "update_if",
                                        "entity_id"};
    for (size_t i = 0; c->key != NULL && i < COUNT(bases); i++) {
        if (strcmp(c->base, bases[i]) == 0) {
            return true;
        }
    }
    return false;
}

static const struct sheet_row *row_named(struct xls *x, const char *name, size_t n)
{
    for (size_t i = 1; i < x->survey->count; i++) {
        const char *of = xls_get(x, &x->survey_columns, &x->survey->rows[i], "name", NULL);
        if (of != NULL && strlen(of) == n && strncmp(of, name, n) == 0) {
            return &x->survey->rows[i];
        }
    }
    return NULL;
}

/* One name cannot stand for a file of rows and a table of the form at once. */
static void check_source(struct xls *x, const struct sheet *s, unsigned row, unsigned column,
                         const char *text)
{
    for (const char *at = strstr(text, "pulldata("); at != NULL; at = strstr(at + 9, "pulldata(")) {
        const char *name = at + 9 + strspn(at + 9, " '\"");
        const size_t n = strcspn(name, "'\"");
        const struct sheet_row *other = row_named(x, name, n);
        const char *type = other == NULL ? NULL
                                         : xls_get(x, &x->survey_columns, other, "type", NULL);
        if (type != NULL && strcmp(type, "xml-external") == 0) {
            xls_report(x, s, row, column, FORM_F_DUPLICATE_NAME, arena_strndup(x->a, name, n),
                       NULL);
        }
    }
}

void xls_check_references(struct xls *x, const struct sheet *s, const struct xls_columns *columns)
{
    for (size_t i = 1; s != NULL && i < s->count; i++) {
        const struct sheet_row *row = &s->rows[i];
        for (size_t c = 0; c < columns->count && c < row->count; c++) {
            if (row->cells[c] != NULL && holds_references(&columns->items[c])) {
                check_source(x, s, row->number, (unsigned)c + 1, row->cells[c]);
                check_text(x, s, row->number, (unsigned)c + 1, row->cells[c],
                           strcmp(columns->items[c].base, "label") == 0);
            }
        }
    }
}

/* "${a}, ${b}": references with commas between; *list is the same with one each. */
static bool is_reference_list(struct xls *x, const char *s, const char **list)
{
    *list = "";
    for (s += strspn(s, " ,"); *s != '\0';) {
        const size_t n = str_starts(s, "${") ? strcspn(s, "}") : 0;
        if (n == 0 || s[n] == '\0') {
            return false;
        }
        *list = arena_printf(x->a, "%s%s%.*s}", *list, **list == '\0' ? "" : ", ", (int)n, s);
        s += n + 1;
        const size_t between = strspn(s, " ,");
        if (s[between] != '\0' && memchr(s, ',', between) == NULL) {
            return false;
        }
        s += between;
    }
    return true;
}

const char *xls_trigger(struct xls *x, const char *text)
{
    const char *list;
    return is_reference_list(x, text, &list) ? list : text;
}

/* A question that nobody sees cannot be answered, so it triggers nothing. */
static void check_trigger(struct xls *x, const struct sheet_row *row)
{
    unsigned column = 1;
    const char *text = xls_get(x, &x->survey_columns, row, "trigger", &column);
    const char *list;
    if (text != NULL && !is_reference_list(x, text, &list)) {
        xls_report(x, x->survey, row->number, column, FORM_F_BAD_VALUE, "trigger", text);
        return;
    }
    for (const char *s = text == NULL ? NULL : strstr(text, "${"); s != NULL;
         s = strstr(s + 2, "${")) {
        const size_t n = strcspn(s + 2, "}");
        const struct sheet_row *other = row_named(x, s + 2, n);
        const char *type = other == NULL ? NULL
                                         : xls_get(x, &x->survey_columns, other, "type", NULL);
        const char *kind = NULL;
        if (type != NULL) {
            xls_type(x, type, &kind);
        }
        if (type != NULL &&
            (kind != NULL || strcmp(type, "calculate") == 0 || xls_is_silent(x, other))) {
            xls_report(x, x->survey, row->number, column, FORM_F_BAD_VALUE, "trigger",
                       arena_strndup(x->a, s + 2, n));
        }
    }
}

void xls_check_row(struct xls *x, const struct sheet_row *row, const char *type)
{
    unsigned column = 1;
    const char *name = xls_get(x, &x->survey_columns, row, "name", &column);
    if (name != NULL && strcmp(name, "meta") == 0) {
        xls_report(x, x->survey, row->number, column, FORM_F_BAD_NAME, name, NULL);
    }
    if (strcmp(type, "background-geopoint") == 0 &&
        xls_get(x, &x->survey_columns, row, "calculation", &column) != NULL) {
        xls_report(x, x->survey, row->number, column, FORM_F_BAD_VALUE, "calculation", type);
    }
    xls_check_parameters(x, row, type);
    check_trigger(x, row);
}
