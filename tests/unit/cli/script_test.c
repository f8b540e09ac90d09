/* Answers and scripts from JSON: rows by lists, steps in order, the first that does not hold. */
#include <check.h>
#include <string.h>

#include "cli/cli.h"

Suite *cli_script_suite(void);

#define FORM                                                                                       \
    "form: t\ntitle: {en: T}\nversion: 1\nsurvey:\n"                                               \
    "  - {name: n, type: integer, label: N}\n"                                                     \
    "  - repeat: children\n    label: C\n    relevant: \"${n} > 0\"\n    survey:\n"                \
    "      - {name: name, type: text, label: N, required: yes}\n"                                  \
    "      - {name: age, type: integer, label: A, constraint: \". < 18\"}\n"                       \
    "      - {name: twice, type: calculate, calculation: \"${age} * 2\"}\n"                        \
    "      - repeat: toys\n        label: T\n        survey:\n"                                    \
    "          - {name: toy, type: text, label: T}\n"

struct bench {
    struct form_def *def;
    form_interview *iv;
    struct str why;
    size_t step;
};

static void begin(struct bench *b)
{
    struct form_findings f = {0};
    memset(b, 0, sizeof *b);
    ck_assert_int_eq(form_def_load(FORM, strlen(FORM), NULL, &b->def, &f, NULL), ERR_OK);
    form_findings_done(&f);
    b->iv = form_interview_new(b->def, 1795435200000);
    form_interview_start(b->iv, true);
}

static void end(struct bench *b)
{
    form_interview_free(b->iv);
    form_def_free(b->def);
    str_done(&b->why);
}

static enum err run(struct bench *b, const char *json)
{
    const struct cli_target t = {.iv = b->iv};
    jv *j = NULL;
    str_clear(&b->why);
    ck_assert_int_eq(jv_parse(json, strlen(json), &j, NULL), ERR_OK);
    const enum err rc = jv_kind(j) == JV_ARRAY ? cli_script(&t, j, &b->step, &b->why, NULL)
                                               : cli_answers(&t, j, NULL);
    jv_free(j);
    return rc;
}

START_TEST(a_list_fills_as_many_rows_as_it_has)
{
    struct bench b;
    begin(&b);
    ck_assert_int_eq(run(&b, "{\"n\": 2, \"children\": [{\"name\": \"Ion\", \"age\": 5},"
                             " {\"name\": \"Ana\", \"toys\": [{\"toy\": \"kite\"}, {}]}]}"),
                     ERR_OK);
    struct str out = STR_INIT;
    jv *got = NULL;
    record_interview_json(b.iv, "", &out);
    ck_assert_int_eq(jv_parse(str_cstr(&out), out.len, &got, NULL), ERR_OK);
    const jv *children = jv_at(jv_at(got, "answers"), "children");
    ck_assert_uint_eq(jv_count(children), 2);
    ck_assert_str_eq(jv_str_at(jv_item(children, 0), "age"), "5");
    const jv *toys = jv_at(jv_item(children, 1), "toys");
    ck_assert_uint_eq(jv_count(toys), 2);
    ck_assert_str_eq(jv_str_at(jv_item(toys, 0), "toy"), "kite");
    const jv *values = jv_at(jv_at(got, "values"), "children");
    ck_assert_str_eq(jv_str_at(jv_item(values, 0), "twice"), "10");
    /* what was printed can be read again, and a shorter list deletes */
    struct str again = STR_INIT;
    jv_write(jv_at(got, "answers"), &again);
    ck_assert_int_eq(run(&b, str_cstr(&again)), ERR_OK);
    ck_assert_int_eq(run(&b, "{\"children\": []}"), ERR_OK);
    size_t n = 9;
    form_interview_instances(b.iv, form_def_find(b.def, "children"), &n);
    ck_assert_uint_eq(n, 0);
    jv_free(got);
    str_done(&out);
    str_done(&again);
    end(&b);
}
END_TEST

START_TEST(an_unknown_name_in_a_row_is_refused_before_anything_is_answered)
{
    struct bench b;
    begin(&b);
    ck_assert_int_eq(run(&b, "{\"n\": 1, \"children\": [{\"nam\": \"Ion\"}]}"), ERR_NOT_FOUND);
    ck_assert_int_eq(run(&b, "{\"n\": 1, \"name\": \"Ion\"}"), ERR_NOT_FOUND);
    ck_assert_int_eq(run(&b, "{\"n\": 1, \"children\": \"Ion\"}"), ERR_NOT_FOUND);
    ck_assert_str_eq(form_interview_value(b.iv, form_def_find(b.def, "n")), "");
    end(&b);
}
END_TEST

START_TEST(a_script_does_its_steps_in_order)
{
    static const char STEPS[] =
        "[{\"expect\": \"children\", \"relevant\": false},"
        " {\"set\": \"n\", \"value\": \"two\", \"problem\": \"number\"},"
        " {\"set\": \"n\", \"value\": 2},"
        " {\"expect\": \"children\", \"relevant\": true, \"count\": 1},"
        " {\"expect\": \"children[1]/name\", \"problem\": \"required\", \"required\": true},"
        " {\"set\": \"name\", \"at\": \"children[1]\", \"value\": \"Ion\"},"
        " {\"complete\": true},"
        " {\"add\": \"children\"}, {\"complete\": false},"
        " {\"set\": \"children[2]/name\", \"value\": \"@declined\"},"
        " {\"expect\": \"children[2]/name\", \"state\": \"declined\", \"value\": \"\"},"
        " {\"set\": \"age\", \"at\": \"children[2]/age\", \"value\": 40},"
        " {\"expect\": \"age\", \"at\": \"children[2]\", \"value\": \"40\","
        "  \"problem\": \"constraint\"},"
        " {\"expect\": \"children[2]/twice\", \"value\": 80},"
        " {\"move\": \"children[2]\", \"before\": 1},"
        " {\"expect\": \"children[2]/name\", \"value\": \"Ion\", \"problem\": null},"
        " {\"add\": \"children[2]/toys\"},"
        " {\"set\": \"children[2]/toys[2]/toy\", \"value\": \"kite\"},"
        " {\"delete\": \"children[1]\"},"
        " {\"expect\": \"children\", \"count\": 1},"
        " {\"expect\": \"children[1]/toys[2]/toy\", \"value\": \"kite\"}]";
    struct bench b;
    begin(&b);
    ck_assert_int_eq(run(&b, STEPS), ERR_OK);
    ck_assert_msg(b.why.len == 0, "step %zu: %s", b.step, str_cstr(&b.why));
    ck_assert_uint_eq(b.step, 21);
    end(&b);
}
END_TEST

START_TEST(a_script_stops_at_the_first_step_that_does_not_hold)
{
    struct bench b;
    begin(&b);
    ck_assert_int_eq(run(&b, "[{\"set\": \"n\", \"value\": 1},"
                             " {\"expect\": \"n\", \"value\": 2}, {\"set\": \"n\", \"value\": 9}]"),
                     ERR_OK);
    ck_assert_uint_eq(b.step, 2);
    ck_assert_str_eq(str_cstr(&b.why), "value: \"1\", not \"2\"");
    ck_assert_str_eq(form_interview_value(b.iv, form_def_find(b.def, "n")), "1");
    ck_assert_int_eq(run(&b, "[{\"expect\": \"children[1]/name\", \"relevant\": false}]"), ERR_OK);
    ck_assert_uint_gt(b.why.len, 0);
    ck_assert_int_eq(run(&b, "[{\"set\": \"n\", \"value\": \"x\"}]"), ERR_OK);
    ck_assert_str_eq(str_cstr(&b.why), "n: \"number\", not \"\"");
    ck_assert_int_eq(run(&b, "[{\"set\": \"m\", \"value\": 1}]"), ERR_NOT_FOUND);
    ck_assert_int_eq(run(&b, "[{\"delete\": \"children[2]\"}]"), ERR_NOT_FOUND);
    ck_assert_int_eq(run(&b, "[{\"jump\": \"n\"}]"), ERR_SYNTAX);
    end(&b);
}
END_TEST

Suite *cli_script_suite(void)
{
    Suite *s = suite_create("cli/script");
    TCase *t = tcase_create("all");
    tcase_add_test(t, a_list_fills_as_many_rows_as_it_has);
    tcase_add_test(t, an_unknown_name_in_a_row_is_refused_before_anything_is_answered);
    tcase_add_test(t, a_script_does_its_steps_in_order);
    tcase_add_test(t, a_script_stops_at_the_first_step_that_does_not_hold);
    suite_add_tcase(s, t);
    return s;
}
