/* The key maps: one meaning for a key, a key for each action, twins for terminals without function
 * keys, and a footer that fits. */
#include <check.h>
#include <string.h>

#include "base/utf8.h"
#include "ui/keys.h"
#include "../../../src/ui/ui_int.h"

Suite *ui_keys_suite(void);

static size_t times_bound(enum ui_scope scope, uint32_t key)
{
    size_t n, times = 0;
    const struct ui_binding *rows = ui_bindings(scope, &n);
    for (size_t i = 0; i < n; i++) {
        times += rows[i].key == key;
    }
    return times;
}

START_TEST(no_key_stands_twice_in_a_scope)
{
    for (int s = 0; s < UI_SCOPE_COUNT; s++) {
        size_t n;
        const struct ui_binding *rows = ui_bindings((enum ui_scope)s, &n);
        for (size_t i = 0; i < n; i++) {
            size_t times = times_bound((enum ui_scope)s, rows[i].key);
            if (s != UI_SCOPE_GLOBAL) {
                times += times_bound(UI_SCOPE_GLOBAL, rows[i].key);
            }
            char name[16];
            ck_assert_msg(times == 1, "scope %d: %s stands %zu times", s,
                          ui_key_name(rows[i].key, name), times);
        }
    }
}
END_TEST

START_TEST(each_row_of_the_menu_has_a_letter_of_its_own_in_both_alphabets)
{
    size_t n;
    const struct ui_menu_row *const rows = ui_menu_rows(&n);
    for (size_t i = 0; i < n; i++) {
        ck_assert(rows[i].screen != NULL || rows[i].effect != UI_EFFECT_RESET);
        for (size_t k = 0; k < i; k++) {
            ck_assert_msg(rows[i].letter != rows[k].letter, "%c stands twice", rows[i].letter);
        }
    }
    ck_assert_uint_eq(ui_key_latin(0x41c), 'v'); /* М */
    ck_assert_uint_eq(ui_key_latin(0x444), 'a'); /* ф */
    ck_assert_uint_eq(ui_key_latin('m'), 'm');
    ck_assert_int_eq(ui_key_action(UI_SCOPE_LIST, 0x442, false), UI_ACT_NEW); /* т */
    ck_assert_int_eq(ui_key_action(UI_SCOPE_LIST, 0x442, true), UI_ACT_TEXT);
}
END_TEST

START_TEST(each_action_has_a_key)
{
    for (int a = UI_ACT_NONE + 1; a < UI_ACT_COUNT; a++) {
        bool is_found = a == UI_ACT_TEXT;
        for (int s = 0; s < UI_SCOPE_COUNT; s++) {
            size_t n;
            const struct ui_binding *rows = ui_bindings((enum ui_scope)s, &n);
            for (size_t i = 0; i < n; i++) {
                is_found = is_found || rows[i].action == (enum ui_action)a;
            }
        }
        ck_assert_msg(is_found, "no key for %s", ui_action_name((enum ui_action)a));
        ck_assert(ui_action_help((enum ui_action)a)[0] != '\0');
    }
}
END_TEST

static bool needs_twin(uint32_t key)
{
    return (key >= UI_KEY_F1 && key <= UI_KEY_F12) || key == UI_KEY_PGUP || key == UI_KEY_PGDN ||
           key == UI_KEY_HOME || key == UI_KEY_END || key == UI_KEY_DELETE;
}

START_TEST(each_function_key_has_a_twin_that_works_in_text)
{
    for (int s = 0; s < UI_SCOPE_COUNT; s++) {
        size_t n;
        const struct ui_binding *rows = ui_bindings((enum ui_scope)s, &n);
        for (size_t i = 0; i < n; i++) {
            bool has_twin = !needs_twin(rows[i].key);
            for (size_t k = 0; k < n; k++) {
                has_twin = has_twin || (rows[k].action == rows[i].action && rows[k].key < 0x20);
            }
            /* the end of a question's text: in the interview Ctrl-E is the language */
            has_twin = has_twin || (s == UI_SCOPE_INTERVIEW && rows[i].key == UI_KEY_END);
            char name[16];
            ck_assert_msg(has_twin, "scope %d: %s", s, ui_key_name(rows[i].key, name));
        }
    }
}
END_TEST

START_TEST(letters_are_text_while_text_is_taken)
{
    for (int s = 0; s < UI_SCOPE_COUNT; s++) {
        for (uint32_t key = 0x20; key < 0x7f; key++) {
            ck_assert_int_eq(ui_key_action((enum ui_scope)s, key, true), UI_ACT_TEXT);
        }
        ck_assert_int_eq(ui_key_action((enum ui_scope)s, 0x219, true), UI_ACT_TEXT);
        ck_assert_int_eq(ui_key_action((enum ui_scope)s, UI_KEY_PASTE, true), UI_ACT_TEXT);
        ck_assert_int_eq(ui_key_action((enum ui_scope)s, 0x219, false), UI_ACT_NONE);
        ck_assert_int_eq(ui_key_action((enum ui_scope)s, UI_KEY_F12, true), UI_ACT_HIDE);
    }
    ck_assert_int_eq(ui_key_action(UI_SCOPE_INTERVIEW, '3', false), UI_ACT_DIGIT);
    ck_assert_int_eq(ui_key_action(UI_SCOPE_INTERVIEW, ' ', false), UI_ACT_CHOOSE);
    ck_assert_int_eq(ui_key_action(UI_SCOPE_INTERVIEW, '\r', true), UI_ACT_OPEN);
    ck_assert_int_eq(ui_key_action(UI_SCOPE_LIST, '?', false), UI_ACT_HELP);
    ck_assert_int_eq(ui_key_action(UI_SCOPE_LIST, UI_CTRL('z'), false), UI_ACT_NONE);
}
END_TEST

static size_t footer_rows(enum ui_scope scope)
{
    size_t all = 0, n;
    for (int global = 0; global < 2; global++) {
        const struct ui_binding *rows = ui_bindings(global ? UI_SCOPE_GLOBAL : scope, &n);
        for (size_t i = 0; i < n; i++) {
            all += rows[i].footer != 0;
            ck_assert_int_eq(rows[i].footer != 0, rows[i].label != NULL);
        }
    }
    return all;
}

START_TEST(each_footer_fits_into_80_cells)
{
    struct ui_ctx ctx = {.lang = LANG_EN};
    for (int s = UI_SCOPE_LIST; s < UI_SCOPE_COUNT; s++) {
        const struct ui_binding *rows[UI_FOOTER_MAX];
        int gap;
        size_t n = ui_footer((enum ui_scope)s, NULL, NULL, &ctx, 80, rows, &gap);
        size_t all = footer_rows((enum ui_scope)s);
        /* the interview alone may leave some out: the menu, and with a failed save, whose key
         * comes before them, language and pause */
        /* of a case, a new form and a task that is done never stand side by side */
        const size_t less = s == UI_SCOPE_INTERVIEW ? 3 : s == UI_SCOPE_CASE ? 1 : 0;
        ck_assert_uint_ge(n + less, all);
        size_t cells = 1;
        for (size_t i = 0; i < n; i++) {
            char name[16];
            cells += strlen(ui_key_name(rows[i]->key, name)) + 1;
            cells += utf8_width(rows[i]->label, strlen(rows[i]->label));
            cells += i > 0 ? (size_t)gap : 0;
            ck_assert(i == 0 || rows[i - 1]->footer < rows[i]->footer);
        }
        ck_assert_uint_le(cells, 80);
    }
}
END_TEST

START_TEST(help_and_hide_are_the_last_to_go)
{
    struct ui_ctx ctx = {.lang = LANG_EN};
    const struct ui_binding *rows[UI_FOOTER_MAX];
    int gap;
    size_t n = ui_footer(UI_SCOPE_LIST, NULL, NULL, &ctx, 20, rows, &gap);
    ck_assert_uint_eq(n, 2);
    ck_assert_int_eq(rows[0]->action, UI_ACT_HELP);
    ck_assert_int_eq(rows[1]->action, UI_ACT_HIDE);
    ck_assert_uint_eq(ui_footer(UI_SCOPE_LIST, NULL, NULL, &ctx, 3, rows, &gap), 0);
}
END_TEST

START_TEST(keys_have_names)
{
    static const struct {
        uint32_t key;
        const char *name;
    } NAMES[] = {
        {UI_KEY_F5, "F5"},
        {UI_KEY_F12, "F12"},
        {UI_CTRL('r'), "Ctrl-R"},
        {UI_CTRL(']'), "Ctrl-]"},
        {UI_KEY_PGDN, "PgDn"},
        {'\r', "Enter"},
        {'n', "n"},
        {UI_KEY_ESC, "Esc"},
        {'\t', "Tab"},
        {UI_KEY_BACKTAB, "Shift-Tab"},
        {0x219, "ș"},
        {' ', "Space"},
        {0x7f, "Backspace"},
    };
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        char name[16];
        ck_assert_str_eq(ui_key_name(NAMES[i].key, name), NAMES[i].name);
    }
}
END_TEST

Suite *ui_keys_suite(void)
{
    Suite *s = suite_create("ui/keys");
    TCase *t = tcase_create("keys");
    tcase_add_test(t, no_key_stands_twice_in_a_scope);
    tcase_add_test(t, each_row_of_the_menu_has_a_letter_of_its_own_in_both_alphabets);
    tcase_add_test(t, each_action_has_a_key);
    tcase_add_test(t, each_function_key_has_a_twin_that_works_in_text);
    tcase_add_test(t, letters_are_text_while_text_is_taken);
    tcase_add_test(t, each_footer_fits_into_80_cells);
    tcase_add_test(t, help_and_hide_are_the_last_to_go);
    tcase_add_test(t, keys_have_names);
    suite_add_tcase(s, t);
    return s;
}
