/* A grid of cells: every screen draws into one, tests read it, ui/term.c shows it.
 * All text passes utf8_clean here, so nothing from a record can reach the terminal as control. */
#ifndef SPRIJIN_UI_CANVAS_H
#define SPRIJIN_UI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* Meanings, not colours; term.c maps them (colour is never the only sign). Bits combine. */
enum ui_attr {
    UI_PLAIN = 0,
    UI_BOLD = 1,
    UI_DIM = 2,
    UI_REVERSE = 4, /* focus */
    UI_UNDERLINE = 8,
    UI_ALERT = 16, /* late, wrong, stop */
    UI_GOOD = 32,  /* done, saved */
    UI_ACCENT = 64 /* second language, hints */
};

struct ui_cell {
    char text[28]; /* one grapheme, NUL-terminated; "" in the right half of a wide one */
    uint8_t width; /* 1, 2, or 0 for the right half */
    uint8_t attr;
};

typedef struct canvas canvas;

canvas *canvas_new(int rows, int cols);
void canvas_free(canvas *c);
void canvas_resize(canvas *c, int rows, int cols); /* clears */
void canvas_clear(canvas *c);
int canvas_rows(const canvas *c);
int canvas_cols(const canvas *c);
const struct ui_cell *canvas_cell(const canvas *c, int row, int col); /* in range: asserted */

/* Draws text from (row, col), at most width cells (-1 = to the edge), cut with '…' if longer;
 * outside the grid nothing happens. Returns cells used. */
int canvas_text(canvas *c, int row, int col, int width, unsigned attr, const char *text);
int canvas_printf(canvas *c, int row, int col, int width, unsigned attr, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
/* Right-aligned so that it ends before column end. */
int canvas_text_right(canvas *c, int row, int end, unsigned attr, const char *text);
/* Word-wrapped into width x max_rows; returns rows used (also the count it would need if
 * max_rows is 0: nothing is drawn then). */
int canvas_wrap(canvas *c, int row, int col, int width, int max_rows, unsigned attr,
                const char *text);
void canvas_fill(canvas *c, int row, int col, int rows, int cols, unsigned attr, char ch);
void canvas_attr(canvas *c, int row, int col, int cells, unsigned add); /* adds to what is there */
void canvas_hline(canvas *c, int row, int col, int cells);
void canvas_vline(canvas *c, int row, int col, int cells);
/* Where the terminal's cursor stands; row -1 = hidden. */
void canvas_cursor(canvas *c, int row, int col);
void canvas_cursor_get(const canvas *c, int *row, int *col);
/* Only ASCII signs instead of ✓ ◐ · › … and lines (a terminal without UTF-8). */
void canvas_ascii(canvas *c, bool on);
/* Rows as text, trailing blanks cut, '\n' after each; for tests. */
void canvas_dump(const canvas *c, struct str *out);

#endif
