/* Rows of repeats in records: what is added, deleted and moved is there again, two windows see
 * each other's rows, and an answer inside a row that somebody else deleted is not lost. */
#include "world.h"

Suite *record_rows_suite(void);

#define FAMILY                                                                                     \
    "form: t\ntitle: {en: T}\nversion: 1\nsurvey:\n"                                               \
    "  - {name: surname, type: text, label: S, fact: person.surname}\n"                            \
    "  - repeat: child\n    label: Child\n    survey:\n"                                           \
    "      - {name: name, type: text, label: Name, fact: person.given}\n"                          \
    "      - {name: age, type: integer, label: Age}\n"                                             \
    "      - {name: code, type: text, label: Code, default: \"concat('c', position(..))\"}\n"      \
    "      - {name: drawn, type: calculate, calculation: once(random())}\n"                        \
    "      - {name: twice, type: calculate, calculation: \"${age} * 2\"}\n"                        \
    "      - repeat: toy\n        label: Toy\n        survey:\n"                                   \
    "          - {name: toy_name, type: text, label: T}\n"                                         \
    "  - {name: n, type: integer, label: N}\n"                                                     \
    "  - repeat: visit\n    label: Visit\n    repeat_count: \"${n}\"\n    survey:\n"               \
    "      - {name: place, type: text, label: P, default: home}\n"                                 \
    "  - {name: total, type: calculate, calculation: \"sum(${age})\"}\n"

static int child(const struct window *win)
{
    return key_in(win, -1, "child");
}

START_TEST(rows_and_their_answers_are_there_after_reopening)
{
    struct world w;
    struct window a;
    begin_world(&w, FAMILY);
    open_window(&w, &a);
    open_doc(&w, &a, "t");
    ck_assert_uint_eq(row_count(&a, child(&a)), 1);
    const int first = row(&a, child(&a), 0), second = add_row(&a, child(&a));
    put(&a, key_in(&a, first, "name"), "Ana");
    put(&a, key_in(&a, second, "name"), "Ion");
    put(&a, key_in(&a, second, "age"), "7");
    const int toy = add_row(&a, key_in(&a, second, "toy"));
    put(&a, key_in(&a, toy, "toy_name"), "kite");
    put(&a, key_in(&a, -1, "n"), "2");
    put(&a, key_in(&a, row(&a, key_in(&a, -1, "visit"), 1), "place"), "school");
    char drawn[64];
    snprintf(drawn, sizeof drawn, "%s",
             form_interview_value(iv_of(&a), key_in(&a, second, "drawn")));
    ck_assert_str_ne(drawn, "");
    ck_assert_int_eq(record_doc_pause(a.doc, key_in(&a, toy, "toy_name"), NULL), ERR_OK);
    ck_rebuilt(&w, &a);
    close_window(&a);
    open_window(&w, &a);
    open_doc(&w, &a, "t");
    ck_assert_uint_eq(row_count(&a, child(&a)), 2);
    const int one = row(&a, child(&a), 0), two = row(&a, child(&a), 1);
    ck_value(&a, key_in(&a, one, "name"), "Ana");
    ck_value(&a, key_in(&a, two, "name"), "Ion");
    ck_value(&a, key_in(&a, two, "code"), "c2");
    ck_value(&a, key_in(&a, two, "twice"), "14");
    ck_value(&a, key_in(&a, two, "drawn"), drawn);
    const int kite = row(&a, key_in(&a, two, "toy"), 1);
    ck_value(&a, key_in(&a, kite, "toy_name"), "kite");
    ck_assert_int_eq(record_doc_position(a.doc), key_in(&a, kite, "toy_name"));
    const int visits = key_in(&a, -1, "visit");
    ck_assert_uint_eq(row_count(&a, visits), 2);
    ck_value(&a, key_in(&a, row(&a, visits, 0), "place"), "home");
    ck_value(&a, key_in(&a, row(&a, visits, 1), "place"), "school");
    int none = -1;
    ck_assert_int_eq(record_doc_instance_add(a.doc, visits, &none, NULL), ERR_NO);
    close_window(&a);
    end_world(&w);
}
END_TEST

START_TEST(a_row_and_what_it_gives_itself_are_one_event)
{
    struct world w;
    struct window a;
    begin_world(&w, FAMILY);
    open_window(&w, &a);
    open_doc(&w, &a, "t");
    const uint64_t before = vault_event_count(a.v);
    add_row(&a, child(&a));
    ck_assert_uint_eq(vault_event_count(a.v), before + 1);
    put(&a, key_in(&a, -1, "n"), "3"); /* three rows with defaults come along */
    ck_assert_uint_eq(vault_event_count(a.v), before + 2);
    close_window(&a);
    end_world(&w);
}
END_TEST

START_TEST(what_a_row_says_is_no_fact_of_the_person)
{
    struct world w;
    struct window a;
    struct str given = STR_INIT;
    begin_world(&w, FAMILY);
    open_window(&w, &a);
    open_doc(&w, &a, "t");
    const int name = key_in(&a, row(&a, child(&a), 0), "name");
    ck_value(&a, key_in(&a, -1, "surname"), "Basm");
    ck_value(&a, name, "");
    put(&a, name, "Ion");
    record_fact(a.r, w.kase.id, "person.given", &given, NULL);
    ck_assert_str_eq(str_cstr(&given), "Ileana");
    str_done(&given);
    close_window(&a);
    end_world(&w);
}
END_TEST

START_TEST(two_windows_see_each_others_rows_deletions_and_order)
{
    struct world w;
    struct window a, b;
    begin_world(&w, FAMILY);
    open_window(&w, &a);
    open_doc(&w, &a, "t");
    open_window(&w, &b);
    open_doc(&w, &b, "t");
    const int second = add_row(&a, child(&a)), third = add_row(&a, child(&a));
    put(&a, key_in(&a, second, "name"), "Ion");
    put(&a, key_in(&a, third, "name"), "Dan");
    ck_assert(refresh(&b));
    ck_assert_uint_eq(row_count(&b, child(&b)), 3);
    ck_value(&b, key_in(&b, row(&b, child(&b), 1), "name"), "Ion");
    /* the other one puts the last first */
    ck_assert_int_eq(
        record_doc_instance_move(b.doc, row(&b, child(&b), 2), row(&b, child(&b), 0), NULL),
        ERR_OK);
    ck_assert(refresh(&a));
    ck_assert_int_eq(row(&a, child(&a), 0), third);
    ck_assert_int_eq(row(&a, child(&a), 2), second);
    /* and deletes the one that was there from the beginning */
    ck_assert_int_eq(record_doc_instance_delete(b.doc, row(&b, child(&b), 1), NULL), ERR_OK);
    ck_assert(refresh(&a));
    ck_assert_uint_eq(row_count(&a, child(&a)), 2);
    ck_assert_uint_eq(conflicts(&w, &a), 0);
    ck_rebuilt(&w, &a);
    close_window(&b);
    close_window(&a);
    open_window(&w, &a);
    open_doc(&w, &a, "t");
    ck_assert_uint_eq(row_count(&a, child(&a)), 2);
    ck_value(&a, key_in(&a, row(&a, child(&a), 0), "name"), "Dan");
    ck_value(&a, key_in(&a, row(&a, child(&a), 1), "name"), "Ion");
    close_window(&a);
    end_world(&w);
}
END_TEST

/* Window b answers in the second row without having seen that a deleted it. */
static void contest(struct world *w, struct window *a, struct window *b)
{
    begin_world(w, FAMILY);
    open_window(w, a);
    open_doc(w, a, "t");
    const int second = add_row(a, child(a));
    put(a, key_in(a, second, "name"), "Ion");
    open_window(w, b);
    open_doc(w, b, "t");
    ck_assert_int_eq(record_doc_instance_delete(a->doc, second, NULL), ERR_OK);
    ck_assert_uint_eq(row_count(a, child(a)), 1);
    put(b, key_in(b, row(b, child(b), 1), "age"), "7");
}

START_TEST(an_answer_in_a_row_that_another_deleted_brings_it_back_as_a_conflict)
{
    struct world w;
    struct window a, b;
    contest(&w, &a, &b);
    ck_assert_uint_eq(conflicts(&w, &a), 1);
    ck_assert(refresh(&a));
    ck_assert_uint_eq(row_count(&a, child(&a)), 2);
    const int back = row(&a, child(&a), 1);
    ck_assert(record_doc_is_contested(a.doc, back));
    ck_value(&a, key_in(&a, back, "name"), "Ion");
    ck_value(&a, key_in(&a, back, "age"), "7");
    refresh(&b);
    ck_assert(record_doc_is_contested(b.doc, row(&b, child(&b), 1)));
    ck_assert(!record_doc_is_contested(b.doc, row(&b, child(&b), 0)));
    ck_rebuilt(&w, &a);
    /* deleted again, now knowing all */
    ck_assert_int_eq(record_doc_instance_delete(a.doc, back, NULL), ERR_OK);
    ck_assert_uint_eq(conflicts(&w, &a), 0);
    refresh(&b);
    ck_assert_uint_eq(row_count(&b, child(&b)), 1);
    ck_rebuilt(&w, &b);
    close_window(&b);
    close_window(&a);
    end_world(&w);
}
END_TEST

START_TEST(a_contested_row_can_be_kept)
{
    struct world w;
    struct window a, b;
    contest(&w, &a, &b);
    refresh(&a);
    const int back = row(&a, child(&a), 1);
    ck_assert_int_eq(record_doc_instance_keep(a.doc, back, NULL), ERR_OK);
    ck_assert_uint_eq(conflicts(&w, &a), 0);
    ck_assert_uint_eq(record_doc_case(a.doc)->conflicts, 0);
    ck_assert(!record_doc_is_contested(a.doc, back));
    ck_value(&a, key_in(&a, back, "name"), "Ion");
    refresh(&b);
    ck_assert_uint_eq(row_count(&b, child(&b)), 2);
    ck_rebuilt(&w, &a);
    close_window(&b);
    close_window(&a);
    end_world(&w);
}
END_TEST

START_TEST(the_first_rows_of_two_repeats_are_not_taken_for_each_other)
{
    static const char TWO[] = "form: t\ntitle: {en: T}\nversion: 1\nsurvey:\n"
                              "  - repeat: a\n    label: A\n    survey:\n"
                              "      - {name: x, type: text, label: X}\n"
                              "  - repeat: b\n    label: B\n    survey:\n"
                              "      - {name: y, type: text, label: Y}\n";
    struct world w;
    struct window a;
    begin_world(&w, TWO);
    open_window(&w, &a);
    open_doc(&w, &a, "t");
    put(&a, key_in(&a, row(&a, key_in(&a, -1, "a"), 0), "x"), "one");
    put(&a, key_in(&a, row(&a, key_in(&a, -1, "b"), 0), "y"), "two");
    ck_assert_int_eq(record_doc_instance_delete(a.doc, row(&a, key_in(&a, -1, "a"), 0), NULL),
                     ERR_OK);
    ck_assert_uint_eq(conflicts(&w, &a), 0);
    close_window(&a);
    open_window(&w, &a);
    open_doc(&w, &a, "t");
    ck_assert_uint_eq(row_count(&a, key_in(&a, -1, "a")), 0);
    ck_assert_uint_eq(row_count(&a, key_in(&a, -1, "b")), 1);
    ck_value(&a, key_in(&a, row(&a, key_in(&a, -1, "b"), 0), "y"), "two");
    close_window(&a);
    end_world(&w);
}
END_TEST

START_TEST(orders_given_blind_of_each_other_are_a_conflict_until_one_is_chosen)
{
    struct world w;
    struct window a, b;
    begin_world(&w, FAMILY);
    open_window(&w, &a);
    open_doc(&w, &a, "t");
    add_row(&a, child(&a));
    add_row(&a, child(&a));
    open_window(&w, &b);
    open_doc(&w, &b, "t");
    record_doc_instance_move(a.doc, row(&a, child(&a), 2), row(&a, child(&a), 0), NULL);
    record_doc_instance_move(b.doc, row(&b, child(&b), 1), row(&b, child(&b), 0), NULL);
    ck_assert_uint_eq(conflicts(&w, &a), 1);
    refresh(&a);
    refresh(&b);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_mem_eq(form_interview_instance_id(iv_of(&a), row(&a, child(&a), i)),
                         form_interview_instance_id(iv_of(&b), row(&b, child(&b), i)),
                         FORM_ID_BYTES);
    }
    record_doc_instance_move(a.doc, row(&a, child(&a), 0), -1, NULL);
    ck_assert_uint_eq(conflicts(&w, &a), 0);
    close_window(&b);
    close_window(&a);
    end_world(&w);
}
END_TEST

START_TEST(rows_that_could_not_be_saved_are_saved_with_the_next)
{
    struct world w;
    struct window a;
    begin_world(&w, FAMILY);
    open_window(&w, &a);
    open_doc(&w, &a, "t");
    vault_lock(a.v);
    int node = -1;
    ck_assert_int_ne(record_doc_instance_add(a.doc, child(&a), &node, NULL), ERR_OK);
    ck_assert_int_ge(node, 0);
    ck_assert_uint_gt(record_doc_unsaved(a.doc), 0);
    ck_assert_int_eq(vault_unlock(a.v, w.pass, NULL), ERR_OK);
    put(&a, key_in(&a, node, "name"), "Ion");
    close_window(&a);
    open_window(&w, &a);
    open_doc(&w, &a, "t");
    ck_assert_uint_eq(row_count(&a, child(&a)), 2);
    ck_value(&a, key_in(&a, row(&a, child(&a), 1), "name"), "Ion");
    ck_value(&a, key_in(&a, row(&a, child(&a), 1), "code"), "c2");
    close_window(&a);
    end_world(&w);
}
END_TEST

Suite *record_rows_suite(void)
{
    Suite *s = suite_create("record/rows");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 30);
    tcase_add_test(t, rows_and_their_answers_are_there_after_reopening);
    tcase_add_test(t, a_row_and_what_it_gives_itself_are_one_event);
    tcase_add_test(t, what_a_row_says_is_no_fact_of_the_person);
    tcase_add_test(t, two_windows_see_each_others_rows_deletions_and_order);
    tcase_add_test(t, an_answer_in_a_row_that_another_deleted_brings_it_back_as_a_conflict);
    tcase_add_test(t, a_contested_row_can_be_kept);
    tcase_add_test(t, the_first_rows_of_two_repeats_are_not_taken_for_each_other);
    tcase_add_test(t, orders_given_blind_of_each_other_are_a_conflict_until_one_is_chosen);
    tcase_add_test(t, rows_that_could_not_be_saved_are_saved_with_the_next);
    suite_add_tcase(s, t);
    return s;
}
