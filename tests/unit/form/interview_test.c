/* The interview engine: relevance, constraints, states, defaults, progress, seeking. */
#include <check.h>
#include <string.h>

#include "form/interview.h"
#include "load.h"

Suite *form_interview_suite(void);

#define NOW_MS 1795435200000 /* 2026-11-23 12:00 UTC */

static struct form_def *def;
static form_interview *iv;

static void begin(const char *yaml)
{
    def = load_form(yaml);
    iv = form_interview_new(def, NOW_MS);
    form_interview_start(iv, true);
}

static void end(void)
{
    form_interview_free(iv);
    form_def_free(def);
}

static int item(const char *key)
{
    const int i = form_def_find(def, key);
    ck_assert_msg(i >= 0, "%s", key);
    return i;
}

static enum form_problem set(const char *key, const char *text)
{
    return form_interview_set(iv, item(key), (struct form_answer){FORM_A_VALUE, text});
}

static void set_state(const char *key, enum form_answer_state state)
{
    form_interview_set(iv, item(key), (struct form_answer){state, ""});
}

static bool is_relevant(const char *key)
{
    return form_interview_relevant(iv, item(key));
}

static const char *value(const char *key)
{
    return form_interview_value(iv, item(key));
}

static bool changed(const char *key)
{
    size_t n;
    const int *all = form_interview_changes(iv, &n);
    for (size_t i = 0; i < n; i++) {
        if (all[i] == item(key)) {
            return true;
        }
    }
    return false;
}

static const char small[] = HEAD YES_NO
    "survey:\n"
    "  - {name: threat, type: select_one yes_no, label: T, required: yes}\n"
    "  - group: g\n    label: G\n    relevant: ${threat} = 'yes'\n    survey:\n"
    "      - {name: when, type: date, label: W, constraint: . <= today()}\n"
    "      - {name: who, type: select_multiple many, label: W, required: \"${when} != ''\"}\n"
    "      - {name: n, type: calculate, calculation: 'count-selected(${who})'}\n"
    "  - {name: more, type: text, label: M, relevant: '${n} > 1'}\n"
    "  - {name: end, type: note, label: E, appearance: stop, relevant: \"${threat} = 'no'\"}\n";

START_TEST(relevance_follows_answers_through_groups_and_calculations)
{
    begin(small);
    ck_assert(!is_relevant("g") && !is_relevant("when") && !is_relevant("more"));
    set("threat", "yes");
    ck_assert(is_relevant("g") && is_relevant("when") && changed("when") && !changed("more"));
    set("who", "a b");
    ck_assert_str_eq(value("n"), "2");
    ck_assert(is_relevant("more") && changed("n") && changed("more"));
    set("more", "text");
    end();
}
END_TEST

START_TEST(an_irrelevant_answer_reads_blank_and_is_kept)
{
    begin(small);
    set("threat", "yes");
    set("who", "a b");
    set("threat", "no");
    ck_assert_str_eq(value("who"), "");
    ck_assert_str_eq(value("n"), "");
    ck_assert(!is_relevant("more"));
    ck_assert_str_eq(form_interview_answer(iv, item("who")).text, "a b");
    set("threat", "yes");
    ck_assert_str_eq(value("n"), "2");
    ck_assert(is_relevant("more"));
    end();
}
END_TEST

START_TEST(an_irrelevant_answer_opens_nothing_elsewhere)
{
    begin(HEAD YES_NO "survey:\n  - {name: a, type: select_one yes_no, label: A}\n"
                      "  - {name: m, type: select_multiple many, label: M, "
                      "relevant: \"${a} = 'yes'\"}\n"
                      "  - {name: c, type: text, label: C, relevant: \"selected(${m}, 'a')\"}\n");
    set("a", "yes");
    set("m", "a");
    ck_assert(is_relevant("c"));
    set("a", "no");
    ck_assert(!is_relevant("m") && !is_relevant("c") && changed("c"));
    end();
}
END_TEST

START_TEST(a_state_reads_blank_and_opens_nothing)
{
    begin(small);
    set("threat", "yes");
    set_state("threat", FORM_A_DECLINED);
    ck_assert(!is_relevant("g") && !is_relevant("end"));
    ck_assert_int_eq(form_interview_answer(iv, item("threat")).state, FORM_A_DECLINED);
    ck_assert_str_eq(form_interview_answer(iv, item("threat")).text, "");
    end();
}
END_TEST

START_TEST(required_is_met_by_declined_and_unknown_only)
{
    static const struct {
        enum form_answer_state state;
        enum form_problem problem;
    } rows[] = {{FORM_A_NONE, FORM_P_REQUIRED},
                {FORM_A_LATER, FORM_P_REQUIRED},
                {FORM_A_DECLINED, FORM_P_OK},
                {FORM_A_UNKNOWN, FORM_P_OK}};
    begin(small);
    ck_assert(form_interview_required(iv, item("threat")));
    for (size_t i = 0; i < 4; i++) {
        set_state("threat", rows[i].state);
        ck_assert_int_eq(form_interview_problem(iv, item("threat")), rows[i].problem);
    }
    end();
}
END_TEST

START_TEST(requiredness_may_depend_on_an_answer)
{
    begin(small);
    set("threat", "yes");
    ck_assert(!form_interview_required(iv, item("who")));
    set("when", "2020");
    ck_assert(form_interview_required(iv, item("who")) && changed("who"));
    ck_assert_int_eq(form_interview_problem(iv, item("who")), FORM_P_REQUIRED);
    set_state("when", FORM_A_NONE);
    ck_assert(!form_interview_required(iv, item("who")));
    end();
}
END_TEST

START_TEST(a_constraint_violation_is_kept_and_reported)
{
    begin(small);
    set("threat", "yes");
    ck_assert_int_eq(set("when", "2027-01-01"), FORM_P_CONSTRAINT);
    ck_assert_str_eq(value("when"), "2027-01-01");
    ck_assert_int_eq(form_interview_problem(iv, item("when")), FORM_P_CONSTRAINT);
    ck_assert(!form_interview_complete(iv));
    set("threat", "no");
    ck_assert_int_eq(form_interview_problem(iv, item("when")), FORM_P_OK);
    end();
}
END_TEST

START_TEST(a_partial_date_fails_only_if_both_readings_fail)
{
    begin(small);
    set("threat", "yes");
    ck_assert_int_eq(set("when", "2026"), FORM_P_OK);
    ck_assert_int_eq(set("when", "2026-11"), FORM_P_OK);
    ck_assert_int_eq(set("when", "2026-12"), FORM_P_CONSTRAINT);
    end();
    begin(HEAD "survey:\n  - {name: d, type: date, label: D, "
               "constraint: \". >= date('2026-06-15')\"}\n");
    ck_assert_int_eq(set("d", "2026"), FORM_P_OK);
    ck_assert_int_eq(set("d", "2026-06"), FORM_P_OK);
    ck_assert_int_eq(set("d", "2026-05"), FORM_P_CONSTRAINT);
    end();
}
END_TEST

START_TEST(constraints_are_not_evaluated_on_states_or_blank)
{
    begin(HEAD "survey:\n  - {name: a, type: integer, label: A, constraint: false()}\n");
    ck_assert_int_eq(form_interview_problem(iv, 0), FORM_P_OK);
    set_state("a", FORM_A_UNKNOWN);
    ck_assert_int_eq(form_interview_problem(iv, 0), FORM_P_OK);
    ck_assert_int_eq(set("a", "1"), FORM_P_CONSTRAINT);
    ck_assert_int_eq(set("a", " "), FORM_P_OK);
    ck_assert_int_eq(form_interview_answer(iv, 0).state, FORM_A_NONE);
    end();
}
END_TEST

START_TEST(a_constraint_is_judged_again_when_what_it_mentions_changes)
{
    begin(HEAD "survey:\n  - {name: a, type: integer, label: A, constraint: '. < ${b}'}\n"
               "  - {name: b, type: integer, label: B}\n");
    set("b", "10");
    ck_assert_int_eq(set("a", "9"), FORM_P_OK);
    set("b", "5");
    ck_assert_int_eq(form_interview_problem(iv, 0), FORM_P_CONSTRAINT);
    ck_assert(changed("a"));
    set("b", "10");
    ck_assert_int_eq(form_interview_problem(iv, 0), FORM_P_OK);
    end();
}
END_TEST

START_TEST(a_value_of_the_wrong_type_is_refused_and_nothing_changes)
{
    begin(small);
    set("threat", "yes");
    ck_assert_int_eq(set("threat", "perhaps"), FORM_P_CHOICE);
    ck_assert_str_eq(value("threat"), "yes");
    ck_assert_int_eq(set("when", "2024-02-30"), FORM_P_DATE);
    ck_assert_int_eq(form_interview_answer(iv, item("when")).state, FORM_A_NONE);
    end();
}
END_TEST

START_TEST(a_loaded_answer_is_kept_as_it_is)
{
    def = load_form(small);
    iv = form_interview_new(def, NOW_MS);
    form_interview_load(iv, item("threat"), (struct form_answer){FORM_A_VALUE, "sometimes"});
    form_interview_start(iv, false);
    ck_assert_str_eq(value("threat"), "sometimes");
    end();
}
END_TEST

static const char defaults[] = HEAD YES_NO
    "survey:\n"
    "  - {name: day, type: date, label: D, default: today()}\n"
    "  - {name: a, type: select_one yes_no, label: A, default: yes}\n"
    "  - {name: b, type: text, label: B, default: \"concat(${a}, '!')\"}\n"
    "  - {name: c, type: text, label: C, default: call (me)}\n"
    "  - {name: m, type: select_multiple many, label: M, default: c a}\n";

START_TEST(defaults_fill_a_new_record_and_are_reported)
{
    begin(defaults);
    ck_assert_str_eq(value("day"), "2026-11-23");
    ck_assert_str_eq(value("a"), "yes");
    ck_assert_str_eq(value("b"), "yes!");
    ck_assert_str_eq(value("c"), "call (me)");
    ck_assert_str_eq(value("m"), "a c");
    ck_assert(changed("day") && changed("a") && changed("b"));
    end();
}
END_TEST

START_TEST(defaults_leave_stored_answers_and_older_records_alone)
{
    def = load_form(defaults);
    iv = form_interview_new(def, NOW_MS);
    form_interview_load(iv, item("a"), (struct form_answer){FORM_A_DECLINED, ""});
    form_interview_start(iv, true);
    ck_assert_int_eq(form_interview_answer(iv, item("a")).state, FORM_A_DECLINED);
    ck_assert_str_eq(value("b"), "!");
    form_interview_free(iv);
    iv = form_interview_new(def, NOW_MS);
    form_interview_start(iv, false);
    ck_assert_str_eq(value("day"), "");
    end();
}
END_TEST

START_TEST(the_clock_moves_what_uses_it)
{
    begin(HEAD "survey:\n  - {name: t, type: calculate, calculation: today()}\n"
               "  - {name: a, type: text, label: A, relevant: \"${t} = '2026-11-24'\"}\n");
    ck_assert_str_eq(value("t"), "2026-11-23");
    form_interview_now(iv, NOW_MS + 86400000);
    ck_assert_str_eq(value("t"), "2026-11-24");
    ck_assert(is_relevant("a") && changed("t") && changed("a"));
    end();
}
END_TEST

START_TEST(a_calculation_that_cannot_be_done_is_blank)
{
    begin(HEAD "survey:\n  - {name: a, type: integer, label: A}\n"
               "  - {name: c, type: calculate, calculation: '${a} + 1'}\n");
    ck_assert_str_eq(value("c"), "");
    set("a", "2");
    ck_assert_str_eq(value("c"), "3");
    ck_assert_int_eq(set("c", "9"), FORM_P_CHOICE);
    end();
}
END_TEST

START_TEST(labels_show_values_and_choice_labels)
{
    begin(HEAD YES_NO "survey:\n  - {name: a, type: select_one yes_no, label: A}\n"
                      "  - {name: m, type: select_multiple many, label: M}\n"
                      "  - {name: n, type: text, label: {ro: 'X ${a}, ${ m } y', ru: '${a}'}}\n");
    struct str out = STR_INIT;
    form_interview_label(iv, &def->items[2].label, LANG_RO, &out);
    ck_assert_str_eq(str_cstr(&out), "X ,  y");
    str_clear(&out);
    set("a", "yes");
    set("m", "a c");
    form_interview_label(iv, &def->items[2].label, LANG_RO, &out);
    ck_assert_str_eq(str_cstr(&out), "X Da, Unu, Trei y");
    str_clear(&out);
    form_interview_label(iv, &def->items[2].label, LANG_RU, &out);
    ck_assert_str_eq(str_cstr(&out), "Да");
    str_done(&out);
    end();
}
END_TEST

START_TEST(selected_tells_whole_names)
{
    begin(HEAD "choices:\n  l:\n    - {name: ab, label: A}\n    - {name: a, label: B}\n"
               "survey:\n  - {name: m, type: select_multiple l, label: M}\n");
    set("m", "ab");
    ck_assert(form_interview_selected(iv, 0, "ab"));
    ck_assert(!form_interview_selected(iv, 0, "a"));
    ck_assert(!form_interview_selected(iv, 0, ""));
    end();
}
END_TEST

START_TEST(progress_counts_relevant_questions)
{
    begin(small);
    struct form_progress p = form_interview_progress(iv);
    ck_assert(p.asked == 1 && p.answered == 0 && p.missing == 1 && p.later == 0);
    set("threat", "yes");
    set_state("when", FORM_A_LATER);
    p = form_interview_progress(iv);
    ck_assert(p.asked == 3 && p.answered == 1 && p.later == 1 && p.missing == 0);
    set("when", "2030");
    p = form_interview_section_progress(iv, 1);
    ck_assert(p.asked == 2 && p.answered == 1 && p.wrong == 1 && p.missing == 1);
    ck_assert(!form_interview_complete(iv));
    set("when", "2020");
    set_state("who", FORM_A_DECLINED);
    ck_assert(form_interview_complete(iv));
    end();
}
END_TEST

START_TEST(a_relevant_stop_note_ends_the_interview)
{
    begin(small);
    ck_assert_int_eq(form_interview_stop(iv), -1);
    set("threat", "no");
    ck_assert_int_eq(form_interview_stop(iv), item("end"));
    end();
}
END_TEST

START_TEST(paging_skips_closed_pages)
{
    begin(small);
    ck_assert_int_eq(form_interview_page_next(iv, 0, 1), -1);
    set("threat", "yes");
    ck_assert_int_eq(form_interview_page_next(iv, 0, 1), 1);
    ck_assert_int_eq(form_interview_page_next(iv, 1, 1), -1);
    ck_assert_int_eq(form_interview_page_next(iv, 2, -1), 1);
    set("threat", "no");
    ck_assert_int_eq(form_interview_page_next(iv, 0, 1), 2);
    ck_assert_int_eq(form_interview_page_next(iv, 2, -1), 0);
    end();
}
END_TEST

START_TEST(seeking_goes_round_and_finds_by_kind)
{
    begin(small);
    ck_assert_int_eq(form_interview_seek(iv, -1, FORM_SEEK_MISSING), item("threat"));
    set("threat", "yes");
    ck_assert_int_eq(form_interview_seek(iv, item("threat"), FORM_SEEK_UNANSWERED), item("when"));
    set("when", "2030");
    set_state("who", FORM_A_LATER);
    ck_assert_int_eq(form_interview_seek(iv, item("who"), FORM_SEEK_WRONG), item("when"));
    ck_assert_int_eq(form_interview_seek(iv, -1, FORM_SEEK_LATER), item("who"));
    ck_assert_int_eq(form_interview_seek(iv, -1, FORM_SEEK_UNANSWERED), -1);
    end();
}
END_TEST

START_TEST(a_stop_closes_what_is_asked_of_the_person_and_not_what_the_worker_notes)
{
    static const struct {
        const char *safe;
        bool reached[4]; /* pages: safe, person, worker's group, worker's question */
    } T[] = {{"yes", {true, true, true, true}}, {"no", {true, false, true, true}}};
    begin(HEAD YES_NO
          "survey:\n  - group: a\n    label: A\n    survey:\n"
          "      - {name: safe, type: select_one yes_no, label: S}\n"
          "      - {name: halt, type: note, label: H, appearance: stop,"
          " relevant: \"${safe} = 'no'\"}\n"
          "  - group: b\n    label: B\n    survey:\n      - {name: x, type: text, label: X}\n"
          "  - group: c\n    label: C\n    appearance: worker\n    survey:\n"
          "      - {name: y, type: text, label: Y}\n"
          "  - group: d\n    label: D\n    survey:\n"
          "      - {name: z, type: text, label: Z, appearance: multiline worker}\n");
    for (size_t i = 0; i < 2; i++) {
        set("safe", T[i].safe);
        for (int page = 0; page < 4; page++) {
            ck_assert_msg(form_interview_page_reached(iv, page) == T[i].reached[page], "%s %d",
                          T[i].safe, page);
        }
    }
    end();
}
END_TEST

Suite *form_interview_suite(void)
{
    Suite *s = suite_create("form/interview");
    TCase *t = tcase_create("all");
    tcase_add_test(t, relevance_follows_answers_through_groups_and_calculations);
    tcase_add_test(t, an_irrelevant_answer_reads_blank_and_is_kept);
    tcase_add_test(t, an_irrelevant_answer_opens_nothing_elsewhere);
    tcase_add_test(t, a_state_reads_blank_and_opens_nothing);
    tcase_add_test(t, required_is_met_by_declined_and_unknown_only);
    tcase_add_test(t, requiredness_may_depend_on_an_answer);
    tcase_add_test(t, a_constraint_violation_is_kept_and_reported);
    tcase_add_test(t, a_partial_date_fails_only_if_both_readings_fail);
    tcase_add_test(t, constraints_are_not_evaluated_on_states_or_blank);
    tcase_add_test(t, a_constraint_is_judged_again_when_what_it_mentions_changes);
    tcase_add_test(t, a_value_of_the_wrong_type_is_refused_and_nothing_changes);
    tcase_add_test(t, a_loaded_answer_is_kept_as_it_is);
    tcase_add_test(t, defaults_fill_a_new_record_and_are_reported);
    tcase_add_test(t, defaults_leave_stored_answers_and_older_records_alone);
    tcase_add_test(t, the_clock_moves_what_uses_it);
    tcase_add_test(t, a_calculation_that_cannot_be_done_is_blank);
    tcase_add_test(t, labels_show_values_and_choice_labels);
    tcase_add_test(t, selected_tells_whole_names);
    tcase_add_test(t, progress_counts_relevant_questions);
    tcase_add_test(t, a_relevant_stop_note_ends_the_interview);
    tcase_add_test(t, paging_skips_closed_pages);
    tcase_add_test(t, seeking_goes_round_and_finds_by_kind);
    tcase_add_test(t, a_stop_closes_what_is_asked_of_the_person_and_not_what_the_worker_notes);
    suite_add_tcase(s, t);
    return s;
}
