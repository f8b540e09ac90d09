/* Comma-separated values: quoted cells may hold separators, line ends and doubled quotes.
 * Invariant: empty lines are no rows. */
#include "form/csv.h"

#include <stdbool.h>
#include <string.h>

#include "base/str.h"

#define MAX_ROWS 200000u

static char separator_of(const char *text, size_t n)
{
    for (size_t i = 0; i < n && text[i] != '\n'; i++) {
        if (text[i] == ',' || text[i] == ';' || text[i] == '\t') {
            return text[i];
        }
    }
    return ',';
}

/* One cell from *at on, *at left on what ended it; false if a quotation mark stays open. */
static bool read_cell(const char *text, size_t n, size_t *at, char separator, struct str *out)
{
    size_t i = *at;
    str_clear(out);
    if (i < n && text[i] == '"') {
        for (i++; i < n && (text[i] != '"' || (i + 1 < n && text[i + 1] == '"')); i++) {
            str_putc(out, text[i]);
            i += text[i] == '"';
        }
        if (i >= n) {
            return false;
        }
        i++;
    }
    for (; i < n && text[i] != separator && text[i] != '\n'; i++) {
        if (text[i] != '\r') {
            str_putc(out, text[i]);
        }
    }
    *at = i;
    return true;
}

enum err form_csv_parse(arena *a, const char *text, size_t n, struct form_rows *out)
{
    *out = (struct form_rows){0};
    size_t at = n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    const char separator = separator_of(text + at, n - at);
    struct str cell = STR_INIT;
    enum err result = ERR_OK;
    while (at < n && result == ERR_OK) {
        struct form_row row = {0};
        do {
            at += row.count > 0; /* over the separator */
            if (!read_cell(text, n, &at, separator, &cell)) {
                result = ERR_SYNTAX;
                break;
            }
            row.cells = arena_grow(a, row.cells, row.count, &row.cap, sizeof *row.cells);
            row.cells[row.count++] = arena_strndup(a, str_cstr(&cell), cell.len);
        } while (at < n && text[at] == separator);
        at += at < n; /* over the line's end */
        const bool is_empty = row.count == 0 || (row.count == 1 && row.cells[0][0] == '\0');
        if (!is_empty && out->count == MAX_ROWS) {
            result = ERR_LIMIT;
        } else if (!is_empty) {
            out->items = arena_grow(a, out->items, out->count, &out->cap, sizeof *out->items);
            out->items[out->count++] = row;
        }
    }
    str_done(&cell);
    return result;
}
