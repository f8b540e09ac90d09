/* Tables to a workbook file. Invariant: what the library puts aside while it works lies in a
 * folder only the owner can read, beside the result, and is gone afterwards. */
#include "form/sheet_int.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/file.h"
#include "base/utf8.h"

#define MAX_CELL 32767 /* UTF-16 units a cell can hold */

static bool fits(const char *text)
{
    size_t units = 0;
    for (size_t left = strlen(text); left > 0;) {
        uint32_t cp;
        const size_t used = utf8_next(text, left, &cp);
        units += cp > 0xFFFF ? 2 : 1;
        text += used;
        left -= used;
    }
    return units <= MAX_CELL;
}

static bool put_sheet(lxw_workbook *book, const struct sheet *s, lxw_format *bold)
{
    lxw_worksheet *sheet = workbook_add_worksheet(book, s->name);
    if (sheet == NULL) {
        return false;
    }
    worksheet_freeze_panes(sheet, 1, 0);
    worksheet_set_column(sheet, 0, 1, 20, NULL);
    worksheet_set_column(sheet, 2, 40, 30, NULL);
    for (size_t i = 0; i < s->count; i++) {
        const struct sheet_row *row = &s->rows[i];
        for (size_t c = 0; c < row->count; c++) {
            if (row->cells[c] == NULL) {
                continue;
            }
            if (!fits(row->cells[c]) ||
                worksheet_write_string(sheet, (lxw_row_t)i, (lxw_col_t)c, row->cells[c],
                                       i == 0 ? bold : NULL) != LXW_NO_ERROR) {
                return false;
            }
        }
    }
    return true;
}

static enum err put_book(const struct sheet_book *tables, char *dir, const char *file,
                         struct err_info *err)
{
    lxw_workbook_options options = {.tmpdir = dir};
    lxw_workbook *book = workbook_new_opt(file, &options);
    if (book == NULL) {
        return ERR_SET(err, ERR_IO, "xlsx");
    }
    lxw_doc_properties about = {.created = 1}; /* the same form gives the same bytes */
    workbook_set_properties(book, &about);
    lxw_format *bold = workbook_add_format(book);
    format_set_bold(bold);
    bool is_good = true;
    for (size_t i = 0; i < tables->count && is_good; i++) {
        is_good = put_sheet(book, &tables->sheets[i], bold);
    }
    const lxw_error closed = workbook_close(book);
    if (!is_good) {
        return ERR_SET(err, ERR_LIMIT, "xlsx");
    }
    return closed == LXW_NO_ERROR ? ERR_OK : ERR_SET(err, ERR_IO, "xlsx");
}

enum err sheet_book_write(const struct sheet_book *tables, const char *path, struct err_info *err)
{
    const char *slash = strrchr(path, '/');
    char *dir = arena_printf(tables->a, "%.*s.sprijin-XXXXXX",
                             slash == NULL ? 0 : (int)(slash - path + 1), path);
    if (mkdtemp(dir) == NULL) {
        return err_errno(err, __func__, errno, slash == NULL ? path : slash + 1);
    }
    char *file = file_join(dir, "form.xlsx");
    struct str bytes = STR_INIT;
    enum err rc = put_book(tables, dir, file, err);
    if (rc == ERR_OK) {
        rc = file_read(file, FORM_SHEET_MAX_BYTES, &bytes, err);
    }
    if (rc == ERR_OK) {
        rc = file_replace(path, str_cstr(&bytes), bytes.len, 0600, err);
    }
    const enum err removed = file_remove_tree(dir, rc == ERR_OK ? err : NULL);
    free(file);
    str_done(&bytes);
    return rc != ERR_OK ? rc : removed;
}
