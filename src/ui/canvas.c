/* The grid of cells. Invariant: a cell holds one cleaned grapheme or "", a wide grapheme always has
 * its right half (width 0) beside it, and no control character ever stands in a cell. */
#include "ui/canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"

struct canvas {
    int rows, cols;
    int cursor_row, cursor_col;
    bool ascii;
    struct ui_cell *cells;
};

/* What the signs of the design become on a terminal without them; one cell each. */
static const struct {
    uint32_t sign;
    char plain;
} ASCII_SIGNS[] = {
    {0x2713, 'x'}, {0x25D0, '+'}, {0x00B7, '-'},  {0x203A, '>'},  {0x2039, '<'}, {0x2026, '~'},
    {0x2500, '-'}, {0x2502, '|'}, {0x253C, '+'},  {0x2022, '*'},  {0x25CF, '*'}, {0x2588, '#'},
    {0x2591, '.'}, {0x201E, '"'}, {0x201D, '"'},  {0x201C, '"'},  {0x00AB, '"'}, {0x00BB, '"'},
    {0x2013, '-'}, {0x2014, '-'}, {0x2019, '\''}, {0x2018, '\''}, {0x2191, '^'}, {0x2193, 'v'},
    {0x2190, '<'}, {0x2192, '>'}, {0x00D7, 'x'},  {0x00A0, ' '},  {0x25A0, '#'},
};

static void wipe(void *p, size_t n)
{
    explicit_bzero(p, n);
}

static struct ui_cell *at(const canvas *c, int row, int col)
{
    return &c->cells[(size_t)row * (size_t)c->cols + (size_t)col];
}

static void set_blank(struct ui_cell *cell)
{
    memset(cell, 0, sizeof *cell);
    cell->text[0] = ' ';
    cell->width = 1;
}

void canvas_clear(canvas *c)
{
    for (int row = 0; row < c->rows; row++) {
        for (int col = 0; col < c->cols; col++) {
            set_blank(at(c, row, col));
        }
    }
    c->cursor_row = -1;
    c->cursor_col = 0;
}

canvas *canvas_new(int rows, int cols)
{
    canvas *c = calloc(1, sizeof *c);
    ASSERT(c != NULL);
    canvas_resize(c, rows, cols);
    return c;
}

void canvas_resize(canvas *c, int rows, int cols)
{
    rows = rows < 1 ? 1 : rows > 1000 ? 1000 : rows;
    cols = cols < 1 ? 1 : cols > 1000 ? 1000 : cols;
    if (c->cells != NULL) {
        wipe(c->cells, (size_t)c->rows * (size_t)c->cols * sizeof *c->cells);
        free(c->cells);
    }
    c->rows = rows;
    c->cols = cols;
    c->cells = calloc((size_t)rows * (size_t)cols, sizeof *c->cells);
    ASSERT(c->cells != NULL);
    canvas_clear(c);
}

void canvas_free(canvas *c)
{
    if (c == NULL) {
        return;
    }
    wipe(c->cells, (size_t)c->rows * (size_t)c->cols * sizeof *c->cells);
    free(c->cells);
    free(c);
}

int canvas_rows(const canvas *c)
{
    return c->rows;
}

int canvas_cols(const canvas *c)
{
    return c->cols;
}

const struct ui_cell *canvas_cell(const canvas *c, int row, int col)
{
    ASSERT(row >= 0 && row < c->rows && col >= 0 && col < c->cols);
    return at(c, row, col);
}

void canvas_ascii(canvas *c, bool on)
{
    c->ascii = on;
}

/* Overwriting one half of a wide grapheme leaves a blank in its other half. */
static void release(canvas *c, int row, int col)
{
    struct ui_cell *cell = at(c, row, col);
    if (cell->width == 0 && col > 0) {
        set_blank(at(c, row, col - 1));
    }
    if (cell->width == 2 && col + 1 < c->cols) {
        set_blank(at(c, row, col + 1));
    }
}

static void put_cell(canvas *c, int row, int col, const char *text, size_t n, int width,
                     unsigned attr)
{
    release(c, row, col);
    struct ui_cell *cell = at(c, row, col);
    memset(cell, 0, sizeof *cell);
    memcpy(cell->text, text, n);
    cell->width = (uint8_t)width;
    cell->attr = (uint8_t)attr;
    if (width == 2) {
        release(c, row, col + 1);
        struct ui_cell *right = at(c, row, col + 1);
        memset(right, 0, sizeof *right);
        right->attr = (uint8_t)attr;
    }
}

/* One grapheme as a cell can hold it. */
struct cluster {
    size_t bytes; /* of the text it takes */
    char text[28];
    size_t n;
    int width; /* 1 or 2 */
};

static char ascii_of(uint32_t cp)
{
    for (size_t i = 0; i < sizeof ASCII_SIGNS / sizeof *ASCII_SIGNS; i++) {
        if (ASCII_SIGNS[i].sign == cp) {
            return ASCII_SIGNS[i].plain;
        }
    }
    return 0;
}

/* Copies whole code points while they fit. A mark without its letter stands on a blank. */
static struct cluster next_cluster(const canvas *c, const char *s, size_t n)
{
    struct cluster k = {.bytes = utf8_grapheme(s, n), .width = 1};
    size_t width = utf8_width(s, k.bytes);
    uint32_t cp;
    size_t first = utf8_next(s, k.bytes, &cp);
    char plain = c->ascii ? ascii_of(cp) : 0;
    if (plain != 0 && first == k.bytes) {
        k.text[k.n++] = plain;
        return k;
    }
    if (width == 0) {
        k.text[k.n++] = ' ';
    }
    k.width = width >= 2 ? 2 : 1;
    for (size_t i = 0; i < k.bytes;) {
        size_t m = utf8_next(s + i, k.bytes - i, &cp);
        if (k.n + m >= sizeof k.text) {
            break;
        }
        memcpy(k.text + k.n, s + i, m);
        k.n += m;
        i += m;
    }
    return k;
}

static size_t cells_of(const canvas *c, const char *s, size_t n)
{
    size_t cells = 0;
    for (size_t i = 0; i < n;) {
        struct cluster k = next_cluster(c, s + i, n - i);
        cells += (size_t)k.width;
        i += k.bytes;
    }
    return cells;
}

/* Line breaks and tabs of a record are blanks on one line; all else goes through utf8_clean. */
static void clean_line(struct str *out, const char *s, size_t n, bool keep_newline)
{
    struct str flat = STR_INIT;
    for (size_t i = 0; i < n; i++) {
        bool is_blank = s[i] == '\t' || s[i] == '\r' || (s[i] == '\n' && !keep_newline);
        str_putc(&flat, is_blank ? ' ' : s[i]);
    }
    utf8_clean(out, str_cstr(&flat), flat.len, keep_newline);
    str_done(&flat);
}

/* Draws cleaned text; what does not fit is cut and ends with the sign of it. */
static int draw_clean(canvas *c, int row, int col, int width, unsigned attr, const char *s,
                      size_t n)
{
    if (row < 0 || row >= c->rows || col < 0 || col >= c->cols) {
        return 0;
    }
    if (width < 0 || width > c->cols - col) {
        width = c->cols - col;
    }
    if (width == 0 || n == 0) {
        return 0;
    }
    bool is_cut = cells_of(c, s, n) > (size_t)width;
    int room = is_cut ? width - 1 : width;
    int used = 0;
    for (size_t i = 0; i < n;) {
        struct cluster k = next_cluster(c, s + i, n - i);
        if (used + k.width > room) {
            break;
        }
        put_cell(c, row, col + used, k.text, k.n, k.width, attr);
        used += k.width;
        i += k.bytes;
    }
    if (is_cut) {
        const char *sign = c->ascii ? "~" : "…";
        put_cell(c, row, col + used, sign, strlen(sign), 1, attr);
        used++;
    }
    return used;
}

int canvas_text(canvas *c, int row, int col, int width, unsigned attr, const char *text)
{
    struct str s = STR_INIT;
    clean_line(&s, text, strlen(text), false);
    int used = draw_clean(c, row, col, width, attr, str_cstr(&s), s.len);
    str_done(&s);
    return used;
}

int canvas_printf(canvas *c, int row, int col, int width, unsigned attr, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = NULL;
    int n = vasprintf(&text, fmt, ap);
    va_end(ap);
    ASSERT(n >= 0 && text != NULL);
    int used = canvas_text(c, row, col, width, attr, text);
    wipe(text, (size_t)n);
    free(text);
    return used;
}

int canvas_text_right(canvas *c, int row, int end, unsigned attr, const char *text)
{
    struct str s = STR_INIT;
    clean_line(&s, text, strlen(text), false);
    size_t cells = cells_of(c, str_cstr(&s), s.len);
    int room = end < c->cols ? end : c->cols;
    int col = cells < (size_t)(room < 0 ? 0 : room) ? room - (int)cells : 0;
    int used = room <= 0 ? 0 : draw_clean(c, row, col, room - col, attr, str_cstr(&s), s.len);
    str_done(&s);
    return used;
}

/* Bytes of the next wrapped line of s: *line are those to draw, the result those to pass over. */
static size_t next_line(const canvas *c, const char *s, size_t n, int width, size_t *line)
{
    size_t cells = 0, i = 0, blank = 0, after = 0;
    while (i < n && s[i] != '\n') {
        struct cluster k = next_cluster(c, s + i, n - i);
        if (s[i] == ' ') {
            blank = i;
            after = i + 1;
        }
        bool is_full = cells + (size_t)k.width > (size_t)width;
        if (is_full && s[i] != ' ') {
            *line = after > 0 ? blank : i > 0 ? i : k.bytes;
            return after > 0 ? after : i > 0 ? i : k.bytes;
        }
        if (is_full) {
            break;
        }
        cells += (size_t)k.width;
        i += k.bytes;
    }
    *line = i;
    return i < n ? i + 1 : i;
}

int canvas_wrap(canvas *c, int row, int col, int width, int max_rows, unsigned attr,
                const char *text)
{
    struct str s = STR_INIT;
    clean_line(&s, text, strlen(text), true);
    const char *p = str_cstr(&s);
    size_t left = s.len;
    int rows = 0;
    width = width < 1 ? 1 : width;
    while (left > 0 && (max_rows == 0 || rows < max_rows)) {
        size_t line;
        size_t step = next_line(c, p, left, width, &line);
        bool is_last = max_rows > 0 && rows == max_rows - 1 && step < left;
        if (is_last) { /* the rest in one line: drawing cuts it and says so */
            struct str rest = STR_INIT;
            clean_line(&rest, p, left, false);
            draw_clean(c, row + rows, col, width, attr, str_cstr(&rest), rest.len);
            str_done(&rest);
        } else if (max_rows > 0) {
            draw_clean(c, row + rows, col, width, attr, p, line);
        }
        p += step;
        left -= step;
        rows++;
    }
    str_done(&s);
    return rows;
}

void canvas_fill(canvas *c, int row, int col, int rows, int cols, unsigned attr, char ch)
{
    if (ch < ' ' || ch > '~') {
        ch = ' ';
    }
    for (int r = row < 0 ? 0 : row; r < row + rows && r < c->rows; r++) {
        for (int k = col < 0 ? 0 : col; k < col + cols && k < c->cols; k++) {
            put_cell(c, r, k, &ch, 1, 1, attr);
        }
    }
}

void canvas_attr(canvas *c, int row, int col, int cells, unsigned add)
{
    if (row < 0 || row >= c->rows) {
        return;
    }
    for (int k = col < 0 ? 0 : col; k < col + cells && k < c->cols; k++) {
        at(c, row, k)->attr |= (uint8_t)add;
    }
}

void canvas_hline(canvas *c, int row, int col, int cells)
{
    const char *sign = c->ascii ? "-" : "─";
    if (row < 0 || row >= c->rows) {
        return;
    }
    for (int k = col < 0 ? 0 : col; k < col + cells && k < c->cols; k++) {
        put_cell(c, row, k, sign, strlen(sign), 1, UI_PLAIN);
    }
}

void canvas_vline(canvas *c, int row, int col, int cells)
{
    const char *sign = c->ascii ? "|" : "│";
    if (col < 0 || col >= c->cols) {
        return;
    }
    for (int r = row < 0 ? 0 : row; r < row + cells && r < c->rows; r++) {
        put_cell(c, r, col, sign, strlen(sign), 1, UI_PLAIN);
    }
}

void canvas_cursor(canvas *c, int row, int col)
{
    bool is_inside = row >= 0 && row < c->rows && col >= 0;
    c->cursor_row = is_inside ? row : -1;
    c->cursor_col = !is_inside ? 0 : col < c->cols ? col : c->cols - 1;
}

void canvas_cursor_get(const canvas *c, int *row, int *col)
{
    *row = c->cursor_row;
    *col = c->cursor_col;
}

void canvas_dump(const canvas *c, struct str *out)
{
    for (int row = 0; row < c->rows; row++) {
        int end = c->cols;
        while (end > 0 && strcmp(at(c, row, end - 1)->text, " ") == 0) {
            end--;
        }
        for (int col = 0; col < end; col++) {
            str_puts(out, at(c, row, col)->text);
        }
        str_putc(out, '\n');
    }
}
