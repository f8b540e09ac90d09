/* Every type of question and what a form can say of it: canonical answers, choices that are
 * filtered, read from files or shuffled, other, triggers, values that are given once, estimated
 * ages, scales and indicators. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "form/interview.h"
#include "load.h"

Suite *form_question_suite(void);

#define NOW_MS 1795521600000 /* 2026-11-24T12:00Z */

static form_interview *begin(const struct form_def *def)
{
    form_interview *iv = form_interview_new(def, NOW_MS);
    form_interview_start(iv, true);
    return iv;
}

static enum form_problem put(form_interview *iv, int node, const char *text)
{
    return form_interview_set(iv, node, (struct form_answer){FORM_A_VALUE, text});
}

#define ck_value(iv, node, text) ck_assert_str_eq(form_interview_value(iv, node), text)

static const struct {
    const char *type, *typed, *canonical;
    enum form_problem problem;
} TYPED[] = {
    {"time", "9:30", "09:30", FORM_P_OK},
    {"time", "0930", "09:30", FORM_P_OK},
    {"time", "23.59.59", "23:59:59", FORM_P_OK},
    {"time", "12:00:00.000+02:00", "12:00", FORM_P_OK},
    {"time", "24:00", "", FORM_P_TIME},
    {"time", "9:", "", FORM_P_TIME},
    {"time", "soon", "", FORM_P_TIME},
    {"dateTime", "23.11.2026 12:05", "2026-11-23T12:05", FORM_P_OK},
    {"datetime", "2026-11-23T12:05:00Z", "2026-11-23T12:05Z", FORM_P_OK},
    {"dateTime", "2026-11-23", "2026-11-23T00:00", FORM_P_OK},
    {"dateTime", "2026-11", "", FORM_P_DATE},
    {"dateTime", "2026-11-23 25:00", "", FORM_P_TIME},
    {"acknowledge", "da", "OK", FORM_P_OK},
    {"trigger", "no", "", FORM_P_CHOICE},
    {"geopoint", "47.01,28.86", "47.01 28.86", FORM_P_OK},
    {"geopoint", "47 28 0 5", "47 28 0 5", FORM_P_OK},
    {"geopoint", "97 28", "", FORM_P_GEO},
    {"geopoint", "47", "", FORM_P_GEO},
    {"geopoint", "47 28; 48 29", "", FORM_P_GEO},
    {"geotrace", "47 28; 48 29;", "47 28;48 29", FORM_P_OK},
    {"image", "in the folder", "in the folder", FORM_P_OK},
    {"barcode", " 4006381 ", "4006381", FORM_P_OK},
    {"range", "3", "3", FORM_P_OK},
    {"range", "11", "", FORM_P_RANGE},
    {"range", "2.5", "", FORM_P_RANGE},
    {"rank many", "c a b", "c a b", FORM_P_OK},
    {"rank many", "c a", "", FORM_P_CHOICE},
    {"rank many", "c a a", "", FORM_P_CHOICE},
    {"select all that apply from many", "c a", "a c", FORM_P_OK},
};

START_TEST(each_type_has_its_canonical_answer)
{
    const char *type = TYPED[_i].type;
    struct str y = STR_INIT, out = STR_INIT;
    str_printf(&y, HEAD YES_NO "survey:\n  - {name: q, type: %s, label: Q}\n", type);
    struct form_def *def = load_form(str_cstr(&y));
    form_interview *iv = begin(def);
    ck_assert_int_eq(form_interview_canonical(iv, 0, TYPED[_i].typed, &out), TYPED[_i].problem);
    ck_assert_str_eq(str_cstr(&out), TYPED[_i].canonical);
    if (TYPED[_i].problem == FORM_P_OK) {
        ck_assert_int_eq(put(iv, 0, str_cstr(&out)), FORM_P_OK);
        ck_value(iv, 0, TYPED[_i].canonical);
    }
    form_interview_free(iv);
    form_def_free(def);
    str_done(&y);
    str_done(&out);
}
END_TEST

START_TEST(a_range_has_its_bounds_and_steps)
{
    struct form_def *def = load_form(HEAD "survey:\n  - {name: q, type: range, label: Q, "
                                          "parameters: \"start=0.5;end=2 step=0.1\"}\n"
                                          "  - {name: d, type: range, label: Q, "
                                          "parameters: {start: 10, end: -10, step: 5}}\n");
    form_interview *iv = begin(def);
    ck_assert_int_eq(put(iv, 0, "0.7"), FORM_P_OK);
    ck_assert_int_eq(put(iv, 0, "0.75"), FORM_P_RANGE);
    ck_assert_int_eq(put(iv, 0, "0"), FORM_P_RANGE);
    ck_assert_int_eq(put(iv, 1, "-5"), FORM_P_OK);
    ck_assert_int_eq(put(iv, 1, "-6"), FORM_P_RANGE);
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

START_TEST(types_without_answers_store_nothing)
{
    struct form_def *def = load_form(HEAD "survey:\n  - {name: h, type: hidden, default: x}\n"
                                          "  - {name: towns, type: csv-external}\n"
                                          "  - {name: n, type: note, label: N}\n");
    form_interview *iv = begin(def);
    ck_value(iv, 0, "x");
    ck_assert_int_eq(put(iv, 1, "y"), FORM_P_CHOICE);
    ck_assert_int_eq(put(iv, 2, "y"), FORM_P_CHOICE);
    ck_assert_uint_eq(form_interview_progress(iv).asked, 0);
    ck_assert_uint_eq(def->page_count, 1);
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

START_TEST(a_filter_leaves_the_choices_that_fit_and_judges_the_chosen_one)
{
    struct form_def *def = load_form(
        HEAD "choices:\n  raion:\n    - {name: ia, label: Ialoveni}\n    - {name: ch, label: C}\n"
             "  town:\n    - {name: a, label: A, raion: ia}\n    - {name: b, label: B, raion: ch}\n"
             "    - {name: c, label: C, raion: ch}\n"
             "survey:\n  - {name: r, type: select_one raion, label: R}\n"
             "  - {name: t, type: select_one town, label: T, choice_filter: \"raion = ${r}\"}\n");
    form_interview *iv = begin(def);
    size_t n;
    form_interview_choices(iv, 1, &n);
    ck_assert_uint_eq(n, 0);
    put(iv, 0, "ch");
    const struct form_choice *const *c = form_interview_choices(iv, 1, &n);
    ck_assert_uint_eq(n, 2);
    ck_assert_str_eq(c[0]->name, "b");
    ck_assert_str_eq(c[0]->columns[0].text, "ch");
    put(iv, 1, "c");
    ck_assert_int_eq(form_interview_problem(iv, 1), FORM_P_OK);
    put(iv, 0, "ia");
    ck_assert_int_eq(form_interview_problem(iv, 1), FORM_P_CHOICE);
    ck_assert(!form_interview_complete(iv));
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

START_TEST(or_other_adds_a_choice_and_a_question)
{
    struct form_def *def = load_form(
        HEAD YES_NO "survey:\n  - {name: a, type: select_one many or_other, label: A}\n"
                    "  - {name: b, type: text, label: B}\n");
    form_interview *iv = begin(def);
    const int other = form_def_find(def, "a_other");
    ck_assert_int_eq(other, 1);
    ck_assert_uint_eq(def->items[0].choices->count, 4);
    ck_assert(!form_interview_relevant(iv, other));
    ck_assert_int_eq(put(iv, 0, "other"), FORM_P_OK);
    ck_assert(form_interview_relevant(iv, other));
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

START_TEST(a_trigger_runs_its_calculation_when_that_question_changes_and_never_else)
{
    struct form_def *def = load_form(
        HEAD "survey:\n  - {name: a, type: integer, label: A}\n"
             "  - {name: b, type: integer, label: B}\n"
             "  - {name: c, type: integer, label: C, calculation: \"${a} + coalesce(${b}, 0)\", "
             "trigger: \"${a}\"}\n"
             "  - {name: d, type: calculate, calculation: \"${c} * 2\"}\n"
             "  - {name: e, type: text, label: E, calculation: \"concat('x', ${c})\", "
             "trigger: \"${c}\"}\n");
    form_interview *iv = begin(def);
    ck_assert(form_item_stores(&def->items[2]));
    put(iv, 0, "1");
    ck_value(iv, 2, "1");
    ck_value(iv, 3, "2");
    ck_value(iv, 4, "x1");
    size_t n;
    const int *given = form_interview_given(iv, &n);
    ck_assert_uint_eq(n, 2);
    ck_assert_int_eq(given[0], 2);
    put(iv, 1, "5");
    ck_value(iv, 2, "1");
    put(iv, 2, "40");
    ck_value(iv, 3, "80");
    ck_value(iv, 4, "x40");
    put(iv, 0, "2");
    ck_value(iv, 2, "7");
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

static void no_chance(void *payload, unsigned char *out, size_t n)
{
    memset(out, *(int *)payload, n);
}

static const char *property(void *payload, const char *name)
{
    (void)payload;
    return strcmp(name, "username") == 0 ? "maria" : NULL;
}

static enum err read_file(void *payload, const char *name, struct str *out)
{
    (void)payload;
    if (strcmp(name, "towns.csv") == 0) {
        str_puts(out, "name,label,raion\nia,\"Ialoveni, oraș\",x\nch,\"Chișinău \"\"C\"\"\",y\n");
        return ERR_OK;
    }
    if (strcmp(name, "people.xml") == 0) {
        str_puts(out, "<root><item><name>p1</name><label>Unu</label></item>"
                      "<item><name>p2</name><label>Doi</label></item></root>");
        return ERR_OK;
    }
    return ERR_NOT_FOUND;
}

START_TEST(what_runs_once_is_given_once_and_stays)
{
    int chance = 7;
    const struct form_interview_hooks hooks = {
        .payload = &chance, .random = no_chance, .property = property};
    struct form_def *def = load_form(
        HEAD "survey:\n  - {name: s, type: start}\n  - {name: u, type: username}\n"
             "  - {name: d, type: deviceid}\n  - {name: e, type: end}\n"
             "  - {name: a, type: integer, label: A}\n"
             "  - {name: r, type: calculate, calculation: \"once(${a} + 1)\"}\n"
             "  - {name: id, type: calculate, calculation: uuid()}\n");
    form_interview *iv = form_interview_new_with(def, NOW_MS, &hooks);
    form_interview_start(iv, true);
    char id[64];
    snprintf(id, sizeof id, "%s", form_interview_value(iv, 6));
    ck_assert_uint_eq(strlen(id), 36);
    ck_value(iv, 1, "maria");
    ck_value(iv, 2, "");
    ck_assert_uint_gt(strlen(form_interview_value(iv, 0)), 15);
    ck_value(iv, 3, "");
    ck_value(iv, 5, "");
    chance = 9;
    put(iv, 4, "4");
    ck_value(iv, 5, "5");
    put(iv, 4, "8");
    ck_value(iv, 5, "5");
    ck_value(iv, 6, id);
    form_interview_finish(iv);
    ck_assert_uint_gt(strlen(form_interview_value(iv, 3)), 15);
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

START_TEST(choices_come_from_files_beside_the_form)
{
    const struct form_interview_hooks hooks = {.read_file = read_file};
    struct form_def *def = load_form(
        HEAD "survey:\n  - {name: t, type: select_one_from_file towns.csv, label: T,\n"
             "     choice_filter: \"raion = 'y'\"}\n"
             "  - {name: x, type: calculate, calculation: \"pulldata('towns', 'label', 'name', "
             "${t})\"}\n"
             "  - {name: p, type: select_multiple_from_file people.xml, label: P}\n"
             "  - {name: m, type: select_one_from_file missing.csv, label: M}\n"
             "  - {name: n, type: calculate, calculation: \"count(instance('people')/root/item)\"}"
             "\n");
    form_interview *iv = form_interview_new_with(def, NOW_MS, &hooks);
    form_interview_start(iv, true);
    size_t n;
    const struct form_choice *const *c = form_interview_choices(iv, 0, &n);
    ck_assert_uint_eq(n, 1);
    ck_assert_str_eq(c[0]->name, "ch");
    ck_assert_int_eq(put(iv, 0, "nowhere"), FORM_P_CHOICE);
    ck_assert_int_eq(put(iv, 0, "ch"), FORM_P_OK);
    ck_value(iv, 1, "Chișinău \"C\"");
    struct str s = STR_INIT;
    form_interview_text(iv, 0, LANG_RO, &s);
    ck_assert_str_eq(str_cstr(&s), "Chișinău \"C\"");
    str_done(&s);
    ck_assert_int_eq(put(iv, 2, "p2 p1"), FORM_P_OK);
    ck_value(iv, 2, "p1 p2");
    ck_assert_int_eq(put(iv, 3, "anything"), FORM_P_OK);
    ck_value(iv, 4, "2");
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

START_TEST(lists_of_the_form_can_be_asked_as_instances)
{
    struct form_def *def = load_form(HEAD
                                     "choices:\n  town:\n    - {name: a, label: A, size: 5}\n"
                                     "    - {name: b, label: B, size: 50}\n"
                                     "survey:\n  - {name: t, type: select_one town, label: T}\n"
                                     "  - {name: s, type: calculate, calculation: "
                                     "\"instance('town')/root/item[name = ${t}]/size\"}\n");
    form_interview *iv = begin(def);
    put(iv, 0, "b");
    ck_value(iv, 1, "50");
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

START_TEST(random_order_keeps_every_choice_and_a_seed_fixes_it)
{
    struct form_def *def = load_form(HEAD YES_NO
                                     "survey:\n  - {name: a, type: select_one many, label: A, "
                                     "parameters: \"randomize=true seed=42\"}\n");
    form_interview *x = begin(def), *y = begin(def);
    size_t n, m;
    char first[3], second[3];
    const struct form_choice *const *c = form_interview_choices(x, 0, &n);
    ck_assert_uint_eq(n, 3);
    for (size_t i = 0; i < 3; i++) {
        first[i] = c[i]->name[0];
    }
    c = form_interview_choices(y, 0, &m);
    for (size_t i = 0; i < 3; i++) {
        second[i] = c[i]->name[0];
    }
    ck_assert_mem_eq(first, second, 3);
    ck_assert_int_eq(first[0] + first[1] + first[2], 'a' + 'b' + 'c');
    form_interview_free(x);
    form_interview_free(y);
    form_def_free(def);
}
END_TEST

START_TEST(an_estimated_age_grows_with_time)
{
    struct form_def *def = load_form(HEAD
                                     "survey:\n  - {name: a, type: integer, label: A, "
                                     "parameters: estimated=yes}\n"
                                     "  - {name: b, type: calculate, calculation: \"${a}\"}\n");
    form_interview *iv = begin(def);
    struct str s = STR_INIT;
    ck_assert_int_eq(form_interview_canonical(iv, 0, "37", &s), FORM_P_OK);
    ck_assert_str_eq(str_cstr(&s), "37~2026-11-24");
    ck_assert_int_eq(put(iv, 0, str_cstr(&s)), FORM_P_OK);
    ck_value(iv, 1, "37");
    form_interview_now(iv, NOW_MS + (int64_t)400 * 86400000);
    ck_value(iv, 0, "37~2026-11-24");
    ck_value(iv, 1, "38");
    str_clear(&s);
    form_interview_text(iv, 0, LANG_RO, &s);
    ck_assert_str_eq(str_cstr(&s), "38");
    ck_assert_int_eq(put(iv, 0, "37~soon"), FORM_P_DATE);
    str_done(&s);
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

#define SCALED                                                                                     \
    HEAD YES_NO                                                                                    \
        "scales:\n  risk:\n    - {level: high, from: 4, action: Act}\n"                            \
        "    - {level: low, from: 0}\n    - {level: some, from: 2}\n"                              \
        "survey:\n  - {name: a, type: select_one yes_no, label: A, weight: {risk: {yes: 3}}}\n"    \
        "  - {name: b, type: select_multiple many, label: B, weight: \"risk: a=1; c=0.5\"}\n"      \
        "  - {name: c, type: text, label: C, weight: {scale: risk, points: 2}}\n"                  \
        "  - {name: p, type: calculate, calculation: \"points('risk')\"}\n"                        \
        "  - {name: l, type: calculate, calculation: \"scale('risk')\"}\n"

START_TEST(a_scale_sums_points_and_explains_each)
{
    struct form_def *def = load_form(SCALED);
    form_interview *iv = begin(def);
    ck_value(iv, 3, "0");
    ck_value(iv, 4, "low");
    put(iv, 0, "yes");
    ck_value(iv, 4, "some");
    put(iv, 1, "a b c");
    ck_value(iv, 3, "4.5");
    ck_value(iv, 4, "high");
    const struct form_scale_result r = form_interview_scale(iv, 0);
    ck_assert_uint_eq(r.count, 3);
    ck_assert_uint_eq(r.open, 1);
    ck_assert_str_eq(r.level->name, "high");
    ck_assert_str_eq(form_text_get(&r.level->action, LANG_RO), "Act");
    ck_assert_int_eq(r.rows[1].node, 1);
    ck_assert_str_eq(r.rows[1].value, "a");
    ck_assert(r.rows[1].running == 4 && r.rows[2].points == 0.5);
    ck_assert_str_eq(r.rows[0].level->name, "some");
    form_interview_set(iv, 0, (struct form_answer){FORM_A_DECLINED, ""});
    ck_value(iv, 3, "1.5");
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

static const struct {
    const char *answers; /* of s1 s2 m1 m2 m3 w1 w2 */
    bool is_positive;
} DIMENSIONS[] = {
    {"nnnnnnn", false}, {"ynnnnnn", false}, {"yynnnnn", true}, {"ynynnnn", true},
    {"ynnnnyn", true},  {"nnyynnn", false}, {"nnyyynn", true}, {"nnyynyn", true},
    {"nnynnyy", false}, {"nnnnnyy", false}, {"yyyyyyy", true},
};

START_TEST(a_dimension_is_positive_by_the_rule_of_minima)
{
    static const char *const strengths[] = {"strong", "strong", "medium", "medium",
                                            "medium", "weak",   "weak"};
    struct str y = STR_INIT;
    str_puts(&y, HEAD YES_NO
             "indicators:\n  dimensions: [means, {name: act, label: Act}]\n  rule:\n"
             "    - {strong: 2}\n    - {strong: 1, medium: 1}\n    - {strong: 1, weak: 1}\n"
             "    - {medium: 3}\n    - {medium: 2, weak: 1}\nsurvey:\n");
    for (int i = 0; i < 7; i++) {
        str_printf(&y, "  - {name: q%d, type: select_one yes_no, label: Q, indicator: act %s}\n", i,
                   strengths[i]);
    }
    struct form_def *def = load_form(str_cstr(&y));
    form_interview *iv = begin(def);
    for (int i = 0; i < 7; i++) {
        put(iv, i, DIMENSIONS[_i].answers[i] == 'y' ? "yes" : "no");
    }
    const struct form_dimension_result r = form_interview_dimension(iv, 1);
    ck_assert_int_eq(r.is_positive, DIMENSIONS[_i].is_positive);
    ck_assert_int_eq(r.rule != NULL, r.is_positive);
    ck_assert_uint_eq(r.count, r.strong + r.medium + r.weak);
    ck_assert(!form_interview_dimension(iv, 0).is_positive);
    form_interview_free(iv);
    form_def_free(def);
    str_done(&y);
}
END_TEST

START_TEST(former_names_still_find_their_question)
{
    struct form_def *def = load_form(HEAD "survey:\n  - {name: a, type: text, label: A, was: old}\n"
                                          "  - {name: b, type: text, label: B, was: [x, y]}\n");
    form_interview *iv = begin(def);
    ck_assert_int_eq(form_interview_find(iv, "", "old"), 0);
    ck_assert_int_eq(form_interview_find(iv, "", "y"), 1);
    ck_assert_int_eq(form_interview_find(iv, "", "z"), -1);
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

START_TEST(a_state_can_be_asked_for)
{
    struct form_def *def = load_form(
        HEAD "survey:\n  - {name: a, type: text, label: A}\n"
             "  - {name: s, type: calculate, calculation: \"answer-state(${a})\"}\n");
    form_interview *iv = begin(def);
    form_interview_set(iv, 0, (struct form_answer){FORM_A_DECLINED, ""});
    ck_value(iv, 1, "declined");
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

Suite *form_question_suite(void)
{
    Suite *s = suite_create("form/question");
    TCase *t = tcase_create("all");
    tcase_add_loop_test(t, each_type_has_its_canonical_answer, 0, sizeof TYPED / sizeof *TYPED);
    tcase_add_test(t, a_range_has_its_bounds_and_steps);
    tcase_add_test(t, types_without_answers_store_nothing);
    tcase_add_test(t, a_filter_leaves_the_choices_that_fit_and_judges_the_chosen_one);
    tcase_add_test(t, or_other_adds_a_choice_and_a_question);
    tcase_add_test(t, a_trigger_runs_its_calculation_when_that_question_changes_and_never_else);
    tcase_add_test(t, what_runs_once_is_given_once_and_stays);
    tcase_add_test(t, choices_come_from_files_beside_the_form);
    tcase_add_test(t, lists_of_the_form_can_be_asked_as_instances);
    tcase_add_test(t, random_order_keeps_every_choice_and_a_seed_fixes_it);
    tcase_add_test(t, an_estimated_age_grows_with_time);
    tcase_add_test(t, a_scale_sums_points_and_explains_each);
    tcase_add_loop_test(t, a_dimension_is_positive_by_the_rule_of_minima, 0,
                        sizeof DIMENSIONS / sizeof *DIMENSIONS);
    tcase_add_test(t, former_names_still_find_their_question);
    tcase_add_test(t, a_state_can_be_asked_for);
    suite_add_tcase(s, t);
    return s;
}
