/* Canonical YAML: the same form however it was written. */
#include <check.h>
#include <string.h>

#include "load.h"

Suite *form_write_suite(void);

static void expect(const char *yaml, const char *canonical)
{
    struct str out = STR_INIT, again = STR_INIT;
    ck_assert_int_eq(form_def_write(yaml, strlen(yaml), &out, NULL), ERR_OK);
    ck_assert_str_eq(str_cstr(&out), canonical);
    ck_assert_int_eq(form_def_write(str_cstr(&out), out.len, &again, NULL), ERR_OK);
    ck_assert_str_eq(str_cstr(&again), canonical);
    str_done(&out);
    str_done(&again);
}

START_TEST(keys_languages_and_aliases_come_into_one_order)
{
    expect("survey:\n- label: {en: A, ru: А, ro: 'A'}\n  command: 'string'\n  tag: \"a\"\n"
           "  relevance: ${b} = 'x'\n"
           "- {type: int, name: b, \"label::English (en)\": B, \"label::Română (ro)\": B}\n"
           "title: T # remark\nversion: '1'\nid_string: t\n",
           "form: t\ntitle: T\nversion: 1\nsurvey:\n"
           "  - name: a\n    type: text\n    label: {ro: A, ru: А, en: A}\n"
           "    relevant: ${b} = 'x'\n"
           "  - name: b\n    type: integer\n    label: {ro: B, en: B}\n");
}
END_TEST

START_TEST(texts_that_yaml_would_misread_are_quoted)
{
    expect("form: t\ntitle: 'a: b'\nversion: ''\nstyle: \"two\\nlines\"\n"
           "name: ' x'\nosm: '# no'\ninstance_name: '{x}'\nsurvey: []\n",
           "form: t\ntitle: \"a: b\"\nversion: \"\"\ninstance_name: \"{x}\"\n"
           "style: \"two\\nlines\"\nname: \" x\"\nosm: \"# no\"\nsurvey: []\n");
}
END_TEST

START_TEST(choices_stand_one_a_line_while_they_fit)
{
    expect("form: t\ntitle: T\nversion: 1\nchoices: {l: [{label: {ru: B, ro: A}, name: x, e: 1}]}\n"
           "survey: [{name: q, type: select_one l, label: Q}]\n",
           "form: t\ntitle: T\nversion: 1\nchoices:\n  l:\n"
           "    - {name: x, label: {ro: A, ru: B}, e: 1}\n"
           "survey:\n  - name: q\n    type: select_one l\n    label: Q\n");
}
END_TEST

START_TEST(what_is_not_yaml_is_not_written)
{
    struct str out = STR_INIT;
    struct err_info err = {0};
    ck_assert_int_eq(form_def_write("a: {", 4, &out, &err), ERR_SYNTAX);
    ck_assert_uint_eq(out.len, 0);
    ck_assert_uint_gt(err.line, 0);
    ck_assert_int_eq(form_def_write("- a", 3, &out, NULL), ERR_SYNTAX);
    ck_assert_int_eq(form_def_write("", 0, &out, NULL), ERR_SYNTAX);
    str_done(&out);
}
END_TEST

START_TEST(the_written_form_means_the_same)
{
    const char yaml[] = HEAD YES_NO
        "survey:\n"
        "  - {name: a, type: select_one yes_no, label: A, default: yes}\n"
        "  - {name: m, type: select_multiple many, label: M}\n"
        "  - group: g\n    label: G\n    relevant: ${a} = 'yes'\n    survey:\n"
        "      - {name: b, type: text, label: {ro: 'Nume: \"X\"'}, weight: {s: [1, 2]}}\n";
    struct str out = STR_INIT;
    ck_assert_int_eq(form_def_write(yaml, strlen(yaml), &out, NULL), ERR_OK);
    struct form_def *x = load_form(yaml), *y = load_form(str_cstr(&out));
    ck_assert_uint_eq(x->count, y->count);
    for (size_t i = 0; i < x->count; i++) {
        ck_assert_str_eq(x->items[i].key, y->items[i].key);
        ck_assert_int_eq(x->items[i].type, y->items[i].type);
        ck_assert(str_eq(x->items[i].label.in[LANG_RO], y->items[i].label.in[LANG_RO]));
        ck_assert(str_eq(x->items[i].weight, y->items[i].weight));
        ck_assert(str_eq(x->items[i].default_text, y->items[i].default_text));
        ck_assert((x->items[i].relevant == NULL) == (y->items[i].relevant == NULL));
    }
    form_def_free(x);
    form_def_free(y);
    str_done(&out);
}
END_TEST

START_TEST(repeats_scales_and_indicators_are_written_in_their_order)
{
    const char yaml[] =
        "survey:\n  - survey:\n      - {label: A, name: a, type: select_one yes_no or_other}\n"
        "    count: 2\n    label: R\n    repeat: r\n"
        "indicators: {dimensions: [d], rule: [{strong: 2}]}\n"
        "scales: {s: [{from: 0, level: low}]}\n" YES_NO HEAD;
    struct str once = STR_INIT, twice = STR_INIT;
    ck_assert_int_eq(form_def_write(yaml, strlen(yaml), &once, NULL), ERR_OK);
    ck_assert_int_eq(form_def_write(once.data, once.len, &twice, NULL), ERR_OK);
    ck_assert_str_eq(str_cstr(&once), str_cstr(&twice));
    const char *scales = strstr(once.data, "\nscales:");
    const char *indicators = strstr(once.data, "\nindicators:");
    ck_assert(scales != NULL && indicators > scales && strstr(indicators, "\nsurvey:") != NULL);
    ck_assert_ptr_nonnull(strstr(once.data, "  - repeat: r\n    label: R\n    repeat_count: 2\n"));
    struct form_def *x = load_form(yaml), *y = load_form(str_cstr(&once));
    ck_assert_uint_eq(x->count, 3);
    ck_assert_uint_eq(y->count, 3);
    ck_assert(y->items[0].type == FORM_T_REPEAT && y->items[0].repeat_count != NULL);
    form_def_free(x);
    form_def_free(y);
    str_done(&once);
    str_done(&twice);
}
END_TEST

Suite *form_write_suite(void)
{
    Suite *s = suite_create("form/write");
    TCase *t = tcase_create("all");
    tcase_add_test(t, keys_languages_and_aliases_come_into_one_order);
    tcase_add_test(t, texts_that_yaml_would_misread_are_quoted);
    tcase_add_test(t, choices_stand_one_a_line_while_they_fit);
    tcase_add_test(t, what_is_not_yaml_is_not_written);
    tcase_add_test(t, the_written_form_means_the_same);
    tcase_add_test(t, repeats_scales_and_indicators_are_written_in_their_order);
    suite_add_tcase(s, t);
    return s;
}
