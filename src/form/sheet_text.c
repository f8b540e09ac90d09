/* Sheets as text: Markdown tables and CSV. In both, a word in the first column begins the sheet of
 * that name; the first filled row after it is its header.
 * Invariant: rows are counted as pyxform counts them, the header being row 1. */
#include "form/sheet_int.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"

struct reader {
    struct sheet_book *book;
    struct sheet *sheet; /* NULL before the first name, or while an unknown one lasts */
    const char *cells[FORM_SHEET_MAX_COLUMNS + 1];
    size_t count;
    unsigned number;
    bool is_plain; /* CSV of one sheet, without the column of names */
    bool has_begun;
};

/* Takes the row collected in cells. */
static bool take_row(struct reader *r)
{
    const size_t first = r->is_plain ? 0 : 1;
    if (!r->is_plain && r->count > 0 && r->cells[0] != NULL && r->cells[0][0] != '#') {
        r->sheet = sheet_is_known(r->cells[0]) && sheet_find(r->book, r->cells[0]) == NULL
                       ? sheet_add(r->book, r->cells[0])
                       : NULL;
        r->number = 0;
    }
    bool is_filled = false;
    for (size_t i = first; i < r->count; i++) {
        is_filled = is_filled || r->cells[i] != NULL;
    }
    if (!is_filled || r->sheet == NULL) {
        return true;
    }
    struct sheet_row *row = sheet_row_add(r->book, r->sheet, ++r->number);
    for (size_t i = first; i < r->count && row != NULL; i++) {
        if (r->cells[i] != NULL && !sheet_cell_put(r->book, row, i - first, r->cells[i])) {
            return false;
        }
    }
    return row != NULL;
}

/* ---- Markdown */

static bool is_rule(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strchr("|-: ", s[i]) == NULL) {
            return false;
        }
    }
    return memchr(s, '-', n) != NULL;
}

/* The text between two bars; "\|" is a bar. */
static const char *cell_text(struct reader *r, const char *s, size_t n)
{
    struct str text = STR_INIT;
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '\\' && i + 1 < n && s[i + 1] == '|') {
            continue;
        }
        str_putc(&text, s[i]);
    }
    const char *copy = sheet_text(r->book->a, str_cstr(&text), text.len);
    str_done(&text);
    return copy;
}

static bool md_line(struct reader *r, const char *s, size_t n)
{
    while (n > 0 && s[n - 1] != '|') { /* what stands behind the last bar is a remark */
        n--;
    }
    const size_t indent = strspn(s, " \t");
    if (indent + 2 > n || s[indent] != '|' || s[n - 1] != '|') {
        return true;
    }
    s += indent + 1;
    n -= indent + 2;
    if (is_rule(s, n)) {
        return true;
    }
    r->count = 0;
    size_t begin = 0;
    for (size_t i = 0; i <= n; i++) {
        if (i < n && (s[i] != '|' || (i > 0 && s[i - 1] == '\\'))) {
            continue;
        }
        if (r->count > FORM_SHEET_MAX_COLUMNS) {
            return false;
        }
        r->cells[r->count++] = cell_text(r, s + begin, i - begin);
        begin = i + 1;
    }
    return take_row(r);
}

enum err sheet_read_md(struct sheet_book *book, const char *text, size_t n, struct err_info *err)
{
    struct reader *r = arena_alloc(book->a, sizeof *r);
    r->book = book;
    const char *copy = arena_strndup(book->a, text, n);
    for (const char *s = copy; *s != '\0';) {
        const size_t len = strcspn(s, "\n");
        if (!md_line(r, s, len)) {
            return ERR_SET(err, ERR_LIMIT, NULL);
        }
        s += len + (s[len] == '\n');
    }
    return ERR_OK;
}

/* ---- CSV */

/* Reads one field at *s into the reader; *s then stands on the separator or the end. */
static bool csv_field(struct reader *r, const char **s, char separator)
{
    struct str text = STR_INIT;
    const char *p = *s;
    const bool is_quoted = *p == '"';
    p += is_quoted;
    while (*p != '\0') {
        if (is_quoted && *p == '"') {
            if (p[1] != '"') {
                break;
            }
            p++;
        } else if (!is_quoted && (*p == separator || *p == '\n')) {
            break;
        }
        str_putc(&text, *p++);
    }
    p += is_quoted && *p == '"';
    while (*p != '\0' && *p != separator && *p != '\n') {
        p++;
    }
    const bool fits = r->count <= FORM_SHEET_MAX_COLUMNS;
    if (fits) {
        r->cells[r->count++] = sheet_text(r->book->a, str_cstr(&text), text.len);
    }
    str_done(&text);
    *s = p;
    return fits;
}

static bool has_cell(const struct reader *r, const char *word)
{
    for (size_t i = 0; i < r->count; i++) {
        if (r->cells[i] != NULL && strcasecmp(r->cells[i], word) == 0) {
            return true;
        }
    }
    return false;
}

/* A file that begins with the columns of a survey is that sheet alone. */
static void csv_begin(struct reader *r)
{
    r->has_begun = true;
    if (has_cell(r, "type") && has_cell(r, "name") && !has_cell(r, "survey")) {
        r->is_plain = true;
        r->sheet = sheet_add(r->book, "survey");
    }
}

static char csv_separator(const char *text)
{
    const size_t n = strcspn(text, "\n");
    size_t commas = 0, semicolons = 0;
    for (size_t i = 0; i < n; i++) {
        commas += text[i] == ',';
        semicolons += text[i] == ';';
    }
    return semicolons > commas ? ';' : ',';
}

enum err sheet_read_csv(struct sheet_book *book, const char *text, size_t n, struct err_info *err)
{
    struct reader *r = arena_alloc(book->a, sizeof *r);
    r->book = book;
    const char *s = arena_strndup(book->a, text, n);
    if (str_starts(s, "\xEF\xBB\xBF")) {
        s += 3;
    }
    const char separator = csv_separator(s);
    while (*s != '\0') {
        r->count = 0;
        bool fits = csv_field(r, &s, separator);
        while (fits && *s == separator) {
            s++;
            fits = csv_field(r, &s, separator);
        }
        s += *s == '\n';
        if (!r->has_begun) {
            csv_begin(r);
        }
        if (!fits || !take_row(r)) {
            return ERR_SET(err, ERR_LIMIT, NULL);
        }
    }
    return ERR_OK;
}
