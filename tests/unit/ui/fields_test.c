/* What fields show of answers: choices as they are listed and narrowed, rankings in their order,
 * dates, guesses and rows in words. */
#include <check.h>
#include <string.h>

#include "../../../src/ui/interview_int.h"
#include "base/clock.h"

Suite *ui_fields_suite(void);

static const char FORM[] =
    "form: f\ntitle: {ro: F, ru: F, en: F}\nversion: 1\ndefault_language: en\n"
    "choices:\n  towns:\n"
    "    - {name: balti, label: {ro: Bălți, ru: Бельцы, en: Bălți}}\n"
    "    - {name: anenii, label: {ro: Anenii Noi, ru: Новые Анены, en: Anenii Noi}}\n"
    "    - {name: calarasi, label: {ro: Călărași, ru: Калараш, en: Călărași}}\n"
    "survey:\n"
    "  - {name: town, type: select_one towns, label: {ro: T, ru: T, en: T}}\n"
    "  - {name: order, type: rank towns, label: {ro: O, ru: O, en: O}}\n"
    "  - {name: ok, type: acknowledge, label: {ro: K, ru: K, en: K}}\n"
    "  - {name: age, type: integer, parameters: 'estimated=yes', label: {ro: A, ru: A, en: A}}\n"
    "  - {name: at, type: dateTime, label: {ro: D, ru: D, en: D}}\n"
    "  - {name: hour, type: time, label: {ro: H, ru: H, en: H}}\n"
    "  - {name: near, type: select_one towns, choice_filter: \"name != ${town}\",\n"
    "     label: {ro: N, ru: N, en: N}}\n"
    "  - repeat: child\n    label: {ro: C, ru: C, en: C}\n    survey:\n"
    "      - {name: who, type: text, label: {ro: W, ru: W, en: W}}\n"
    "      - {name: from, type: select_one towns, label: {ro: V, ru: V, en: V}}\n"
    "      - {name: old, type: integer, label: {ro: X, ru: X, en: X}}\n"
    "      - {name: more, type: text, label: {ro: M, ru: M, en: M}}\n"
    "      - repeat: toy\n        label: {ro: Y, ru: Y, en: Y}\n        survey:\n"
    "          - {name: what, type: text, label: {ro: Z, ru: Z, en: Z}}\n";

static struct form_def *def;
static form_interview *iv;

/* noon of 24 November 2026 in Chișinău */
static const int64_t NOW = 1795514400000;

static int64_t now_held(void)
{
    return NOW;
}

static void begin(void)
{
    struct form_findings findings = {0};
    clock_zone("Europe/Chisinau");
    clock_hook(now_held);
    ck_assert_int_eq(form_def_load(FORM, strlen(FORM), NULL, &def, &findings, NULL), ERR_OK);
    form_findings_done(&findings);
    iv = form_interview_new(def, NOW);
    form_interview_start(iv, true);
}

static void end(void)
{
    form_interview_free(iv);
    form_def_free(def);
    clock_hook(NULL);
}

static int node_of(const char *key)
{
    const int item = form_def_find(def, key);
    ck_assert_int_ge(item, 0);
    return form_interview_node(iv, item, -1);
}

static void answer(int node, const char *typed)
{
    struct str text = STR_INIT;
    ck_assert_int_eq(form_interview_canonical(iv, node, typed, &text), FORM_P_OK);
    ck_assert_int_eq(
        form_interview_set(iv, node, (struct form_answer){FORM_A_VALUE, str_cstr(&text)}),
        FORM_P_OK);
    str_done(&text);
}

static void expect_choices(const char *key, const char *filter, const char *names)
{
    struct ui_choices list;
    struct str found = STR_INIT;
    ui_choices_of(iv, node_of(key), LANG_RO, filter, &list);
    for (size_t i = 0; i < list.count; i++) {
        str_printf(&found, "%s%s", i > 0 ? " " : "", list.items[i]->name);
    }
    ck_assert_str_eq(str_cstr(&found), names);
    ui_choices_done(&list);
    str_done(&found);
}

START_TEST(a_filter_matches_the_beginning_of_any_word_without_marks)
{
    expect_choices("town", "", "balti anenii calarasi");
    expect_choices("town", "BAL", "balti");
    expect_choices("town", "călă", "calarasi");
    expect_choices("town", "noi", "anenii");
    expect_choices("town", "alti", "");
}
END_TEST

START_TEST(a_ranking_is_listed_in_the_order_of_its_answer)
{
    expect_choices("order", "", "balti anenii calarasi");
    answer(node_of("order"), "calarasi balti anenii");
    expect_choices("order", "", "calarasi balti anenii");
}
END_TEST

START_TEST(an_acknowledgement_is_a_list_of_one)
{
    expect_choices("ok", "", "OK");
    expect_choices("age", "", "");
}
END_TEST

START_TEST(choices_are_those_that_may_be_chosen_now)
{
    answer(node_of("town"), "balti");
    expect_choices("near", "", "anenii calarasi");
}
END_TEST

static void expect_shown(const char *key, const char *shown, const char *typed)
{
    struct str s = STR_INIT;
    ui_show_answer(iv, node_of(key), LANG_RO, &s);
    ck_assert_str_eq(str_cstr(&s), shown);
    str_clear(&s);
    ui_show_typed(iv, node_of(key), &s);
    ck_assert_str_eq(str_cstr(&s), typed);
    str_done(&s);
}

START_TEST(answers_are_shown_as_people_write_them)
{
    expect_shown("age", "", "");
    answer(node_of("age"), "~37");
    answer(node_of("at"), "24.11.2026 9:30");
    answer(node_of("hour"), "0930");
    answer(node_of("ok"), "OK");
    expect_shown("age", "aproximativ 37 (spus la 24.11.2026)", "~37");
    expect_shown("at", "24.11.2026 09:30", "24.11.2026 09:30");
    expect_shown("hour", "09:30", "09:30");
    expect_shown("ok", "am luat cunoștință", "OK");
}
END_TEST

START_TEST(what_is_typed_again_as_it_was_is_the_same_answer)
{
    static const char *const KEYS[] = {"at", "hour"};
    answer(node_of("at"), "2026-11-24 9:30");
    answer(node_of("hour"), "9.30");
    for (size_t i = 0; i < 2; i++) {
        const int node = node_of(KEYS[i]);
        struct str typed = STR_INIT, again = STR_INIT;
        ui_show_typed(iv, node, &typed);
        ck_assert_int_eq(form_interview_canonical(iv, node, str_cstr(&typed), &again), FORM_P_OK);
        ck_assert_str_eq(str_cstr(&again), form_interview_answer(iv, node).text);
        str_done(&typed);
        str_done(&again);
    }
}
END_TEST

static int in_row(const char *key, int instance)
{
    return form_interview_node(iv, form_def_find(def, key), instance);
}

static int first_row(void)
{
    size_t count = 0;
    const int *const rows = form_interview_instances(iv, form_def_find(def, "child"), &count);
    ck_assert_uint_eq(count, 1);
    return rows[0];
}

START_TEST(a_row_is_named_by_its_first_three_answers)
{
    const int row = first_row();
    struct str s = STR_INIT;
    iv_row_text(iv, row, LANG_RU, &s);
    ck_assert_str_eq(str_cstr(&s), "");
    answer(in_row("from", row), "balti");
    answer(in_row("what", row), "ursuleț");
    iv_row_text(iv, row, LANG_RU, &s);
    ck_assert_str_eq(str_cstr(&s), "Бельцы");
    answer(in_row("who", row), "Ion");
    answer(in_row("old", row), "7");
    answer(in_row("more", row), "nu se mai arată");
    str_clear(&s);
    iv_row_text(iv, row, LANG_RU, &s);
    ck_assert_str_eq(str_cstr(&s), "Ion, Бельцы, 7");
    str_done(&s);
}
END_TEST

START_TEST(a_node_is_found_by_its_address)
{
    const int row = first_row();
    const int second = form_interview_instance_add(iv, form_def_find(def, "child"), NULL, -1);
    const int nodes[] = {node_of("town"),
                         form_def_find(def, "child"),
                         row,
                         second,
                         in_row("who", row),
                         in_row("who", second),
                         in_row("toy", second),
                         in_row("what", second)};
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
        struct str at = STR_INIT;
        form_interview_at(iv, nodes[i], &at);
        const char *const key = def->items[form_interview_item(iv, nodes[i])].key;
        ck_assert_int_eq(iv_find(iv, str_cstr(&at), key), nodes[i]);
        str_done(&at);
    }
    ck_assert_int_eq(iv_find(iv, "", "who"), -1);
    ck_assert_int_eq(iv_find(iv, "", "nobody"), -1);
}
END_TEST

Suite *ui_fields_suite(void)
{
    Suite *s = suite_create("ui/fields");
    TCase *t = tcase_create("fields");
    tcase_add_checked_fixture(t, begin, end);
    tcase_add_test(t, a_filter_matches_the_beginning_of_any_word_without_marks);
    tcase_add_test(t, a_ranking_is_listed_in_the_order_of_its_answer);
    tcase_add_test(t, an_acknowledgement_is_a_list_of_one);
    tcase_add_test(t, choices_are_those_that_may_be_chosen_now);
    tcase_add_test(t, answers_are_shown_as_people_write_them);
    tcase_add_test(t, what_is_typed_again_as_it_was_is_the_same_answer);
    tcase_add_test(t, a_row_is_named_by_its_first_three_answers);
    tcase_add_test(t, a_node_is_found_by_its_address);
    suite_add_tcase(s, t);
    return s;
}
