/* The grid of cells: no control ever stands in it, no row is wider than the grid, and text that
 * does not fit says so. */
#include <check.h>
#include <string.h>

#include "base/utf8.h"
#include "ui/canvas.h"

Suite *ui_canvas_suite(void);

static bool is_control(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || (cp >= 0x200b && cp <= 0x200f) ||
           (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff;
}

/* The cell is valid text without controls, and empty only as a right half. */
static bool cell_is_sound(const struct ui_cell *cell)
{
    size_t n = strlen(cell->text);
    bool is_sound = utf8_valid(cell->text, n) && (cell->width == 0) == (n == 0);
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        i += utf8_next(cell->text + i, n - i, &cp);
        is_sound = is_sound && !is_control(cp);
    }
    return is_sound;
}

static bool row_is_sound(const canvas *c, int row)
{
    int cells = 0, cols = canvas_cols(c);
    for (int col = 0; col < cols; col++) {
        const struct ui_cell *cell = canvas_cell(c, row, col);
        bool has_half = col + 1 < cols && canvas_cell(c, row, col + 1)->width == 0;
        if (!cell_is_sound(cell) || (cell->width == 2) != has_half) {
            return false;
        }
        cells += cell->width;
    }
    return cells == cols;
}

static void check_grid(const canvas *c)
{
    for (int row = 0; row < canvas_rows(c); row++) {
        ck_assert_msg(row_is_sound(c, row), "row %d", row);
    }
}

static void check_row(const canvas *c, int row, const char *expected)
{
    struct str all = STR_INIT;
    canvas_dump(c, &all);
    const char *p = str_cstr(&all);
    for (int i = 0; i < row; i++) {
        p = strchr(p, '\n') + 1;
    }
    size_t n = (size_t)(strchr(p, '\n') - p);
    ck_assert_msg(n == strlen(expected) && memcmp(p, expected, n) == 0, "row is \"%.*s\"", (int)n,
                  p);
    str_done(&all);
}

/* All of Latin and of the punctuation with its controls, every 97th of the rest. */
static uint32_t next_point(uint32_t cp)
{
    bool is_dense = cp < 0x180 || (cp >= 0x2000 && cp < 0x2100);
    uint32_t next = cp + (is_dense ? 1 : 97);
    return cp < 0x2000 && next > 0x2000 ? 0x2000 : next;
}

START_TEST(no_code_point_leaves_a_control_in_a_cell)
{
    canvas *c = canvas_new(2, 20);
    for (uint32_t cp = 1; cp < 0x110000; cp = next_point(cp)) {
        if (cp >= 0xd800 && cp < 0xe000) {
            continue;
        }
        char text[16] = "a";
        size_t n = 1 + utf8_put(text + 1, cp);
        strcpy(text + n, "b");
        canvas_clear(c);
        canvas_text(c, 0, 0, -1, UI_PLAIN, text);
        canvas_text(c, 1, 18, -1, UI_PLAIN, text + 1);
        bool is_sound = row_is_sound(c, 0) && row_is_sound(c, 1);
        if (!is_sound) {
            ck_abort_msg("U+%04X", (unsigned)cp);
        }
    }
    canvas_free(c);
}
END_TEST

START_TEST(escape_sequences_become_harmless)
{
    canvas *c = canvas_new(1, 20);
    canvas_text(c, 0, 0, -1, UI_PLAIN,
                "a\033[31mb\a\xc2\x9b"
                "c\x9b");
    check_grid(c);
    canvas_free(c);
}
END_TEST

START_TEST(long_text_is_cut_with_a_sign)
{
    canvas *c = canvas_new(3, 10);
    ck_assert_int_eq(canvas_text(c, 0, 0, 5, UI_PLAIN, "Anastasia"), 5);
    check_row(c, 0, "Anas…");
    ck_assert_int_eq(canvas_text(c, 1, 0, 5, UI_PLAIN, "Șevci"), 5);
    check_row(c, 1, "Șevci");
    ck_assert_int_eq(canvas_text(c, 2, 4, -1, UI_PLAIN, "Anastasia"), 6);
    check_row(c, 2, "    Anast…");
    canvas_free(c);
}
END_TEST

START_TEST(wide_letters_are_never_halved)
{
    canvas *c = canvas_new(2, 6);
    canvas_text(c, 0, 0, -1, UI_PLAIN, "漢字漢字");
    check_grid(c);
    check_row(c, 0, "漢字…");
    canvas_text(c, 0, 1, 1, UI_PLAIN, "x");
    check_grid(c);
    check_row(c, 0, " x字…");
    canvas_text(c, 1, 4, -1, UI_PLAIN, "漢");
    canvas_text(c, 1, 3, -1, UI_PLAIN, "漢");
    check_grid(c);
    canvas_free(c);
}
END_TEST

START_TEST(a_mark_alone_shows_as_a_replacement)
{
    canvas *c = canvas_new(1, 6);
    canvas_text(c, 0, 0, -1, UI_PLAIN, "\xcc\x81x");
    check_grid(c);
    check_row(c, 0, "\xef\xbf\xbdx");
    canvas_free(c);
}
END_TEST

START_TEST(nothing_is_drawn_outside)
{
    canvas *c = canvas_new(2, 4);
    ck_assert_int_eq(canvas_text(c, -1, 0, -1, UI_PLAIN, "a"), 0);
    ck_assert_int_eq(canvas_text(c, 2, 0, -1, UI_PLAIN, "a"), 0);
    ck_assert_int_eq(canvas_text(c, 0, 4, -1, UI_PLAIN, "a"), 0);
    ck_assert_int_eq(canvas_text(c, 0, -1, -1, UI_PLAIN, "a"), 0);
    canvas_fill(c, -5, -5, 3, 3, UI_PLAIN, 'x');
    canvas_hline(c, 7, 0, 4);
    canvas_vline(c, 0, 9, 4);
    canvas_attr(c, 9, 0, 3, UI_BOLD);
    check_row(c, 0, "");
    check_row(c, 1, "");
    canvas_free(c);
}
END_TEST

START_TEST(right_text_ends_before_its_column)
{
    canvas *c = canvas_new(2, 8);
    ck_assert_int_eq(canvas_text_right(c, 0, 7, UI_PLAIN, "12"), 2);
    check_row(c, 0, "     12");
    ck_assert_int_eq(canvas_text_right(c, 1, 4, UI_PLAIN, "123456"), 4);
    check_row(c, 1, "123…");
    canvas_free(c);
}
END_TEST

START_TEST(text_wraps_at_words)
{
    canvas *c = canvas_new(6, 12);
    const char *text = "one two three\nfourteenletters x";
    ck_assert_int_eq(canvas_wrap(c, 0, 0, 7, 0, UI_PLAIN, text), 5);
    check_row(c, 0, "");
    ck_assert_int_eq(canvas_wrap(c, 0, 0, 7, 6, UI_PLAIN, text), 5);
    check_row(c, 0, "one two");
    check_row(c, 1, "three");
    check_row(c, 2, "fourtee");
    check_row(c, 3, "nletter");
    check_row(c, 4, "s x");
    canvas_free(c);
}
END_TEST

START_TEST(wrapped_text_that_does_not_fit_says_so)
{
    canvas *c = canvas_new(3, 12);
    ck_assert_int_eq(canvas_wrap(c, 0, 0, 7, 2, UI_PLAIN, "one two three four five"), 2);
    check_row(c, 0, "one two");
    check_row(c, 1, "three …");
    check_row(c, 2, "");
    canvas_free(c);
}
END_TEST

START_TEST(ascii_signs_replace_the_drawn_ones)
{
    canvas *c = canvas_new(1, 12);
    canvas_ascii(c, true);
    canvas_text(c, 0, 0, -1, UI_PLAIN, "› ✓ ◐ · │ ăș…");
    check_row(c, 0, "> x + - | ă~");
    canvas_free(c);
}
END_TEST

START_TEST(the_cursor_stays_inside)
{
    canvas *c = canvas_new(3, 5);
    int row, col;
    canvas_cursor_get(c, &row, &col);
    ck_assert_int_eq(row, -1);
    canvas_cursor(c, 1, 9);
    canvas_cursor_get(c, &row, &col);
    ck_assert_int_eq(row, 1);
    ck_assert_int_eq(col, 4);
    canvas_cursor(c, 3, 0);
    canvas_cursor_get(c, &row, &col);
    ck_assert_int_eq(row, -1);
    canvas_free(c);
}
END_TEST

Suite *ui_canvas_suite(void)
{
    Suite *s = suite_create("ui/canvas");
    TCase *t = tcase_create("canvas");
    tcase_add_test(t, no_code_point_leaves_a_control_in_a_cell);
    tcase_add_test(t, escape_sequences_become_harmless);
    tcase_add_test(t, long_text_is_cut_with_a_sign);
    tcase_add_test(t, wide_letters_are_never_halved);
    tcase_add_test(t, a_mark_alone_shows_as_a_replacement);
    tcase_add_test(t, nothing_is_drawn_outside);
    tcase_add_test(t, right_text_ends_before_its_column);
    tcase_add_test(t, text_wraps_at_words);
    tcase_add_test(t, wrapped_text_that_does_not_fit_says_so);
    tcase_add_test(t, ascii_signs_replace_the_drawn_ones);
    tcase_add_test(t, the_cursor_stays_inside);
    suite_add_tcase(s, t);
    return s;
}
