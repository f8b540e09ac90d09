/* Canonical text of answers by type, and what is refused. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "form/interview.h"
#include "load.h"

Suite *form_answer_suite(void);

static const char form[] = HEAD YES_NO "survey:\n"
                                       "  - {name: text, type: text, label: T}\n"
                                       "  - {name: integer, type: integer, label: I}\n"
                                       "  - {name: decimal, type: decimal, label: D}\n"
                                       "  - {name: date, type: date, label: D}\n"
                                       "  - {name: one, type: select_one yes_no, label: O}\n"
                                       "  - {name: more, type: select_multiple many, label: M}\n"
                                       "  - {name: note, type: note, label: N}\n";

static const struct {
    const char *item, *typed;
    enum form_problem problem;
    const char *canonical;
} cases[] = {
    {"text", "  abc \n", FORM_P_OK, "abc"},
    {"text", "   ", FORM_P_OK, ""},
    {"text", "e\xCC\x81", FORM_P_OK, "\xC3\xA9"},
    {"text", "Şevciuc", FORM_P_OK, "Șevciuc"},
    {"integer", "42", FORM_P_OK, "42"},
    {"integer", "-007", FORM_P_OK, "-7"},
    {"integer", "+5", FORM_P_OK, "5"},
    {"integer", "-0", FORM_P_OK, "0"},
    {"integer", "000", FORM_P_OK, "0"},
    {"integer", "4.0", FORM_P_NUMBER, NULL},
    {"integer", "1e3", FORM_P_NUMBER, NULL},
    {"integer", "1 000", FORM_P_NUMBER, NULL},
    {"integer", "-", FORM_P_NUMBER, NULL},
    {"integer", "1234567890123456", FORM_P_NUMBER, NULL},
    {"decimal", "4,60", FORM_P_OK, "4.6"},
    {"decimal", ".5", FORM_P_OK, "0.5"},
    {"decimal", "5.", FORM_P_OK, "5"},
    {"decimal", "3.000", FORM_P_OK, "3"},
    {"decimal", "-0,0", FORM_P_OK, "0"},
    {"decimal", "-,0", FORM_P_OK, "0"},
    {"decimal", "00.10", FORM_P_OK, "0.1"},
    {"decimal", ".", FORM_P_NUMBER, NULL},
    {"decimal", "1,2,3", FORM_P_NUMBER, NULL},
    {"decimal", "abc", FORM_P_NUMBER, NULL},
    {"date", "1998", FORM_P_OK, "1998"},
    {"date", "5.1998", FORM_P_OK, "1998-05"},
    {"date", "7.5.1998", FORM_P_OK, "1998-05-07"},
    {"date", "1998-05-07", FORM_P_OK, "1998-05-07"},
    {"date", "31.2.1998", FORM_P_DATE, NULL},
    {"date", "soon", FORM_P_DATE, NULL},
    {"one", " yes ", FORM_P_OK, "yes"},
    {"one", "maybe", FORM_P_CHOICE, NULL},
    {"more", "c a", FORM_P_OK, "a c"},
    {"more", "b, b,a", FORM_P_OK, "a b"},
    {"more", "a d", FORM_P_CHOICE, NULL},
    {"note", "x", FORM_P_CHOICE, NULL},
};

START_TEST(typed_text_becomes_canonical_or_is_refused)
{
    struct form_def *d = load_form(form);
    form_interview *iv = form_interview_new(d, 1795000000000);
    const int item = form_def_find(d, cases[_i].item);
    struct str out = STR_INIT;
    ck_assert_int_eq(form_interview_canonical(iv, item, cases[_i].typed, &out), cases[_i].problem);
    if (cases[_i].canonical != NULL) {
        ck_assert_str_eq(str_cstr(&out), cases[_i].canonical);
        struct str again = STR_INIT;
        form_interview_canonical(iv, item, str_cstr(&out), &again);
        ck_assert_str_eq(str_cstr(&again), cases[_i].canonical);
        str_done(&again);
    } else {
        ck_assert_uint_eq(out.len, 0);
    }
    str_done(&out);
    form_interview_free(iv);
    form_def_free(d);
}
END_TEST

START_TEST(text_over_64_kibibytes_is_refused)
{
    struct form_def *d = load_form(form);
    form_interview *iv = form_interview_new(d, 0);
    char *text = mem_alloc(65538);
    memset(text, 'a', 65537);
    struct str out = STR_INIT;
    ck_assert_int_eq(form_interview_canonical(iv, 0, text, &out), FORM_P_TOO_LONG);
    text[65536] = '\0';
    ck_assert_int_eq(form_interview_canonical(iv, 0, text, &out), FORM_P_OK);
    str_done(&out);
    free(text);
    form_interview_free(iv);
    form_def_free(d);
}
END_TEST

START_TEST(states_have_names_both_ways)
{
    for (int s = FORM_A_NONE; s <= FORM_A_UNKNOWN; s++) {
        enum form_answer_state back;
        ck_assert(form_state_parse(form_state_name((enum form_answer_state)s), &back));
        ck_assert_int_eq(back, s);
    }
    enum form_answer_state out;
    ck_assert(!form_state_parse("refused", &out));
}
END_TEST

START_TEST(a_choice_of_an_older_version_stays_when_others_change)
{
    struct form_def *d = load_form(form);
    form_interview *iv = form_interview_new(d, 0);
    const int more = form_def_find(d, "more");
    form_interview_load(iv, more, (struct form_answer){FORM_A_VALUE, "a old"});
    form_interview_start(iv, false);
    ck_assert_int_eq(form_interview_set(iv, more, (struct form_answer){FORM_A_VALUE, "old c a"}),
                     FORM_P_OK);
    ck_assert_str_eq(form_interview_answer(iv, more).text, "a c old");
    ck_assert_int_eq(form_interview_set(iv, more, (struct form_answer){FORM_A_VALUE, "a new"}),
                     FORM_P_CHOICE);
    ck_assert_str_eq(form_interview_answer(iv, more).text, "a c old");
    form_interview_free(iv);
    form_def_free(d);
}
END_TEST

Suite *form_answer_suite(void)
{
    Suite *s = suite_create("form/answer");
    TCase *t = tcase_create("all");
    tcase_add_loop_test(t, typed_text_becomes_canonical_or_is_refused, 0,
                        (int)(sizeof cases / sizeof *cases));
    tcase_add_test(t, text_over_64_kibibytes_is_refused);
    tcase_add_test(t, states_have_names_both_ways);
    tcase_add_test(t, a_choice_of_an_older_version_stays_when_others_change);
    suite_add_tcase(s, t);
    return s;
}
