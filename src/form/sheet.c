/* Spreadsheets: the table model, which container a file is, and places of findings.
 * Invariant: a cell that is kept is not blank, and a row that is kept has a cell. */
#include "form/sheet.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "form/sheet_int.h"

struct sheet *sheet_add(struct sheet_book *book, const char *name)
{
    book->sheets = arena_grow(book->a, book->sheets, book->count, &book->cap, sizeof *book->sheets);
    struct sheet *s = &book->sheets[book->count++];
    *s = (struct sheet){.name = arena_strdup(book->a, name)};
    return s;
}

const struct sheet *sheet_find(const struct sheet_book *book, const char *name)
{
    for (size_t i = 0; i < book->count; i++) {
        if (strcasecmp(book->sheets[i].name, name) == 0) {
            return &book->sheets[i];
        }
    }
    return NULL;
}

bool sheet_is_known(const char *name)
{
    static const char *const names[] = {"survey",     "choices",  "settings",         "scales",
                                        "indicators", "entities", "external_choices", "osm"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcasecmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

struct sheet_row *sheet_row_add(struct sheet_book *book, struct sheet *s, unsigned number)
{
    if (s->count > 0 && s->rows[s->count - 1].number == number) {
        return &s->rows[s->count - 1];
    }
    if (s->count >= FORM_SHEET_MAX_ROWS) {
        return NULL;
    }
    s->rows = arena_grow(book->a, s->rows, s->count, &s->cap, sizeof *s->rows);
    struct sheet_row *row = &s->rows[s->count++];
    *row = (struct sheet_row){.number = number};
    return row;
}

bool sheet_cell_put(struct sheet_book *book, struct sheet_row *row, size_t column, const char *text)
{
    if (column >= FORM_SHEET_MAX_COLUMNS) {
        return false;
    }
    if (column >= row->count) {
        size_t wanted = column + 1 < 16 ? 16 : column * 2 + 2;
        wanted = wanted > FORM_SHEET_MAX_COLUMNS ? FORM_SHEET_MAX_COLUMNS : wanted;
        const char **cells = arena_array(book->a, wanted, sizeof *cells);
        if (row->count > 0) {
            memcpy(cells, row->cells, row->count * sizeof *cells);
        }
        row->cells = cells;
        row->count = wanted;
    }
    row->cells[column] = text;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

const char *sheet_text(arena *a, const char *s, size_t n)
{
    char *copy = arena_strndup(a, s, n);
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        if (i + 1 < n && (unsigned char)s[i] == 0xC2 && (unsigned char)s[i + 1] == 0xA0) {
            copy[len++] = ' ';
            i++;
        } else if (s[i] != '\r') {
            copy[len++] = s[i];
        }
    }
    while (len > 0 && is_blank(copy[len - 1])) {
        len--;
    }
    copy[len] = '\0';
    while (is_blank(*copy)) {
        copy++;
    }
    return *copy == '\0' ? NULL : copy;
}

static bool has_ending(const char *file, const char *ending)
{
    const size_t n = strlen(file), m = strlen(ending);
    return n > m && strcasecmp(file + n - m, ending) == 0;
}

bool form_sheet_is_name(const char *file)
{
    static const char *const endings[] = {".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".md"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (has_ending(file, endings[i])) {
            return true;
        }
    }
    return false;
}

static bool begins(const void *bytes, size_t n, const char *with, size_t m)
{
    return n >= m && memcmp(bytes, with, m) == 0;
}

/* What a file is shows in its first bytes; the name decides only between kinds of text. */
static enum err read_book(struct sheet_book *book, const char *file, const void *bytes, size_t n,
                          struct err_info *err)
{
    static const char LFS[] = "version https://git-lfs";
    if (n > FORM_SHEET_MAX_BYTES) {
        return ERR_SET(err, ERR_LIMIT, NULL);
    }
    if (begins(bytes, n, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8)) {
        return ERR_SET(err, ERR_VERSION, "xls");
    }
    if (begins(bytes, n, LFS, sizeof LFS - 1)) {
        return ERR_SET(err, ERR_VERSION, "lfs");
    }
    if (begins(bytes, n, "PK", 2)) {
        return sheet_read_xlsx(book, bytes, n, err);
    }
    const bool is_csv = has_ending(file, ".csv");
    if (!is_csv && !has_ending(file, ".md")) {
        return ERR_SET(err, ERR_DAMAGED, "xlsx");
    }
    if (!utf8_valid(bytes, n) || memchr(bytes, '\0', n) != NULL) {
        return ERR_SET(err, ERR_SYNTAX, "UTF-8");
    }
    return is_csv ? sheet_read_csv(book, bytes, n, err) : sheet_read_md(book, bytes, n, err);
}

enum err form_sheet_import(const char *file, const void *bytes, size_t n, struct form_import *out,
                           struct form_findings *findings, struct err_info *err)
{
    *out = (struct form_import){.arena = arena_new()};
    struct sheet_book book = {.a = out->arena};
    const enum err rc = read_book(&book, file, bytes, n, err);
    if (rc == ERR_OK) {
        xlsform_read(&book, file, out, findings);
    }
    return rc;
}

void form_import_done(struct form_import *import)
{
    str_done(&import->yaml);
    arena_free(import->arena);
    *import = (struct form_import){0};
}

void form_sheet_cell(const struct form_import *import, size_t line, struct str *sheet,
                     struct str *cell)
{
    if (line == 0 || line > import->count || import->places[line - 1].row == 0) {
        return;
    }
    const struct form_sheet_place *p = &import->places[line - 1];
    if (sheet != NULL) {
        str_puts(sheet, p->sheet);
    }
    if (cell == NULL) {
        return;
    }
    char letters[4];
    size_t at = sizeof letters;
    for (unsigned c = p->column == 0 ? 1 : p->column; c > 0 && at > 0; c = (c - 1) / 26) {
        letters[--at] = (char)('A' + (c - 1) % 26);
    }
    str_put(cell, letters + at, sizeof letters - at);
    str_printf(cell, "%u", p->row);
}
