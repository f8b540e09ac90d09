/* Typing a paper key, and what a blind field's letters tell about the keyboard. */
#include <check.h>
#include <string.h>

#include "../../../src/ui/paper_int.h"

Suite *ui_paper_suite(void);

static bool act(struct ui_paper *p, enum ui_action action, const char *text)
{
    const struct ui_input in = {.action = action, .text = text, .n = strlen(text)};
    return ui_paper_act(p, &in);
}

static void expect_word(const struct ui_paper *p, unsigned i, const char *want)
{
    char word[12];
    (void)vault_secret_word(p->word[i], 0, word);
    ck_assert_str_eq(word, want);
}

START_TEST(twenty_four_words_become_one_key)
{
    static const char WORD[] = "abaj ";
    struct ui_paper p = {.at = 0};
    vault_secret *all = vault_secret_new();
    ui_paper_open(&p);
    for (unsigned i = 0; i < VAULT_SHEET_WORDS; i++) {
        ck_assert(!act(&p, UI_ACT_OPEN, ""));
        (void)act(&p, UI_ACT_TEXT, WORD);
    }
    ck_assert(act(&p, UI_ACT_OPEN, ""));
    ui_paper_words(&p, all);
    ck_assert_uint_eq(vault_secret_length(all), VAULT_SHEET_WORDS * strlen("abajur "));
    ui_paper_clear(&p);
    ck_assert(ui_paper_is_empty(&p));
    vault_secret_free(all);
    ui_paper_close(&p);
}
END_TEST

START_TEST(a_pasted_sheet_may_have_numbers_and_lines)
{
    struct ui_paper p = {.at = 0};
    ui_paper_open(&p);
    (void)act(&p, UI_ACT_TEXT, "1 abajur\n2 ABANOS\n3. abec, abaj");
    expect_word(&p, 0, "abajur");
    expect_word(&p, 1, "abanos");
    expect_word(&p, 2, "abecedar");
    expect_word(&p, 3, "abaj");
    ck_assert_uint_eq(p.at, 3);
    ui_paper_close(&p);
}
END_TEST

START_TEST(a_wrong_word_is_led_back_to)
{
    struct ui_paper p = {.at = 0};
    ui_paper_open(&p);
    for (unsigned i = 0; i < VAULT_SHEET_WORDS; i++) {
        (void)act(&p, UI_ACT_TEXT, i == 4 ? "qqqq " : "abaj ");
    }
    ck_assert_uint_eq(p.at, VAULT_SHEET_WORDS - 1);
    ck_assert(!act(&p, UI_ACT_OPEN, ""));
    ck_assert_uint_eq(p.at, 4);
    (void)act(&p, UI_ACT_CLEAR, "");
    (void)act(&p, UI_ACT_TEXT, "aban");
    ck_assert(act(&p, UI_ACT_OPEN, ""));
    ui_paper_close(&p);
}
END_TEST

START_TEST(erasing_walks_back_through_the_words)
{
    struct ui_paper p = {.at = 0};
    ui_paper_open(&p);
    (void)act(&p, UI_ACT_TEXT, "abaj a");
    (void)act(&p, UI_ACT_ERASE, "");
    ck_assert_uint_eq(p.at, 1);
    (void)act(&p, UI_ACT_ERASE, "");
    ck_assert_uint_eq(p.at, 0);
    (void)act(&p, UI_ACT_ERASE, "");
    expect_word(&p, 0, "abaju");
    ui_paper_close(&p);
}
END_TEST

START_TEST(words_are_completed_in_the_lists_that_are_meant)
{
    char out[12];
    ck_assert_uint_eq(vault_word_lists("abaj", 4, VAULT_WORD_LISTS), 1U << LANG_RO);
    ck_assert_uint_eq(vault_word_lists("ABAJ", 4, 1U << LANG_EN), 0);
    ck_assert(!vault_word_complete("aba", 3, VAULT_WORD_LISTS, out));
    ck_assert(vault_word_complete("Abaj", 4, VAULT_WORD_LISTS, out));
    ck_assert_str_eq(out, "abajur");
    ck_assert(!vault_word_complete("abajx", 5, VAULT_WORD_LISTS, out));
    ck_assert(!vault_word_complete("abaj", 4, 1U << LANG_RU, out));
}
END_TEST

static const char *hint_of(const char *text)
{
    struct ui_layout l = {.latin = 99};
    const struct ui_ctx ctx = {.lang = LANG_EN};
    const struct ui_input in = {.action = UI_ACT_TEXT, .text = text, .n = strlen(text)};
    ui_layout_watch(&l, &in, 0);
    return ui_layout_hint(&l, &ctx);
}

START_TEST(the_other_layout_shows_in_its_vowels)
{
    static const char *const WRONG[] = {"фдаф иуеф пфьф", "сщкфишф ьшсф", "vfktymrbq rjhf,kbr",
                                        "cjkywt dcnftn"};
    static const char *const RIGHT[] = {"corabia mica de hartie",       "маленький кораблик",
                                        "nine invented green lamps",    "солнце встает",
                                        "alfa beta gama delta epsilon", "1234567890123"};
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        ck_assert_msg(hint_of(WRONG[i]) != NULL, "%s", WRONG[i]);
    }
    for (size_t i = 0; i < sizeof RIGHT / sizeof *RIGHT; i++) {
        ck_assert_msg(hint_of(RIGHT[i]) == NULL, "%s", RIGHT[i]);
    }
    ck_assert_ptr_nonnull(strstr(hint_of("CORABIA MICA"), "Caps Lock"));
}
END_TEST

Suite *ui_paper_suite(void)
{
    Suite *s = suite_create("ui/paper");
    TCase *t = tcase_create("paper");
    tcase_add_test(t, twenty_four_words_become_one_key);
    tcase_add_test(t, a_pasted_sheet_may_have_numbers_and_lines);
    tcase_add_test(t, a_wrong_word_is_led_back_to);
    tcase_add_test(t, erasing_walks_back_through_the_words);
    tcase_add_test(t, words_are_completed_in_the_lists_that_are_meant);
    tcase_add_test(t, the_other_layout_shows_in_its_vowels);
    suite_add_tcase(s, t);
    return s;
}
