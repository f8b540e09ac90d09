/* Repeats: instances come, go and move; names mean the same instance inside and all of them
 * outside; addresses, pages and what each knows of the others. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "form/interview.h"
#include "load.h"

Suite *form_repeat_suite(void);

#define NOW_MS 1795435200000

#define FAMILY                                                                                     \
    HEAD YES_NO "survey:\n"                                                                        \
                "  - {name: has, type: select_one yes_no, label: Children?}\n"                     \
                "  - repeat: child\n    label: Child\n    relevant: \"${has} = 'yes'\"\n"          \
                "    survey:\n"                                                                    \
                "      - {name: name, type: text, label: Name, required: yes}\n"                   \
                "      - {name: age, type: integer, label: \"Age of ${name}\",\n"                  \
                "         constraint: \". < 18\"}\n"                                               \
                "      - {name: twice, type: calculate, calculation: \"${age} * 2\"}\n"            \
                "      - group: school\n        label: S\n        relevant: \"${age} > 6\"\n"      \
                "        survey:\n"                                                                \
                "          - {name: class, type: integer, label: Class}\n"                         \
                "      - repeat: toy\n        label: Toys\n        survey:\n"                      \
                "          - {name: toy_name, type: text, label: T}\n"                             \
                "          - {name: of, type: calculate, calculation: \"${name}\"}\n"              \
                "  - {name: total, type: calculate, calculation: \"sum(${age})\"}\n"               \
                "  - {name: rows, type: calculate, calculation: \"count(${child})\"}\n"            \
                "  - {name: names, type: note, label: \"All: ${name}\"}\n"

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

static int at_key(form_interview *iv, int instance, const char *key)
{
    return form_interview_node(iv, form_def_find(form_interview_def(iv), key), instance);
}

static int row(const form_interview *iv, int container, size_t i)
{
    size_t n;
    const int *rows = form_interview_instances(iv, container, &n);
    return i < n ? rows[i] : -1;
}

static size_t row_count(const form_interview *iv, int container)
{
    size_t n;
    form_interview_instances(iv, container, &n);
    return n;
}

#define ck_value(iv, node, text) ck_assert_str_eq(form_interview_value(iv, node), text)

START_TEST(a_repeat_begins_with_one_instance_that_is_relevant_with_its_repeat)
{
    struct form_def *def = load_form(FAMILY);
    form_interview *iv = begin(def);
    const int child = form_def_find(def, "child");
    ck_assert(form_interview_is_container(iv, child));
    ck_assert_uint_eq(row_count(iv, child), 1);
    const int first = row(iv, child, 0);
    ck_assert(form_interview_is_instance(iv, first));
    ck_assert_int_ge(first, (int)def->count);
    ck_assert_int_eq(form_interview_item(iv, first), child);
    ck_assert_int_eq(form_interview_parent(iv, first), child);
    ck_assert_int_eq(form_interview_position(iv, first), 1);
    ck_assert(!form_interview_exists(iv, form_def_find(def, "age")));
    ck_assert(form_interview_exists(iv, at_key(iv, first, "age")));
    ck_assert(!form_interview_relevant(iv, at_key(iv, first, "name")));
    put(iv, 0, "yes");
    ck_assert(form_interview_relevant(iv, at_key(iv, first, "name")));
    ck_assert_int_eq(form_interview_problem(iv, at_key(iv, first, "name")), FORM_P_REQUIRED);
    ck_assert_uint_eq(form_interview_progress(iv).missing, 1);
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

START_TEST(a_name_means_the_same_instance_inside_and_all_outside)
{
    struct form_def *def = load_form(FAMILY);
    form_interview *iv = begin(def);
    const int child = form_def_find(def, "child"), total = form_def_find(def, "total");
    put(iv, 0, "yes");
    const int a = row(iv, child, 0), b = form_interview_instance_add(iv, child, NULL, -1);
    put(iv, at_key(iv, a, "name"), "Ana");
    put(iv, at_key(iv, b, "name"), "Ion");
    put(iv, at_key(iv, a, "age"), "5");
    put(iv, at_key(iv, b, "age"), "9");
    ck_value(iv, at_key(iv, a, "twice"), "10");
    ck_value(iv, at_key(iv, b, "twice"), "18");
    ck_value(iv, total, "14");
    ck_value(iv, form_def_find(def, "rows"), "2");
    ck_assert(!form_interview_relevant(iv, at_key(iv, a, "class")));
    ck_assert(form_interview_relevant(iv, at_key(iv, b, "class")));
    ck_value(iv, at_key(iv, b, "of"), "Ion");
    struct str s = STR_INIT;
    form_interview_label_at(iv, at_key(iv, b, "age"), &def->items[form_def_find(def, "age")].label,
                            LANG_RO, &s);
    ck_assert_str_eq(str_cstr(&s), "Age of Ion");
    str_clear(&s);
    form_interview_label(iv, &def->items[form_def_find(def, "names")].label, LANG_RO, &s);
    ck_assert_str_eq(str_cstr(&s), "All: Ana, Ion");
    str_done(&s);
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

START_TEST(an_instance_that_is_deleted_counts_no_more_and_its_nodes_are_gone)
{
    struct form_def *def = load_form(FAMILY);
    form_interview *iv = begin(def);
    const int child = form_def_find(def, "child"), total = form_def_find(def, "total");
    put(iv, 0, "yes");
    const int a = row(iv, child, 0), b = form_interview_instance_add(iv, child, NULL, a);
    ck_assert_int_eq(form_interview_position(iv, b), 1);
    put(iv, at_key(iv, a, "age"), "5");
    put(iv, at_key(iv, b, "age"), "40");
    ck_assert_int_eq(form_interview_problem(iv, at_key(iv, b, "age")), FORM_P_CONSTRAINT);
    ck_assert_uint_eq(form_interview_progress(iv).wrong, 1);
    const int age = at_key(iv, b, "age");
    form_interview_instance_delete(iv, b);
    ck_value(iv, total, "5");
    ck_assert(!form_interview_exists(iv, age));
    ck_assert(!form_interview_relevant(iv, age));
    ck_assert_int_eq(put(iv, age, "3"), FORM_P_CHOICE);
    ck_assert_uint_eq(form_interview_progress(iv).wrong, 0);
    ck_assert_uint_eq(row_count(iv, child), 1);
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

START_TEST(instances_move_and_keep_their_ids)
{
    struct form_def *def = load_form(FAMILY);
    form_interview *iv = begin(def);
    const int child = form_def_find(def, "child");
    const unsigned char id[FORM_ID_BYTES] = {1, 2, 3, 4, 5, 6, 7, 8};
    const int a = row(iv, child, 0), b = form_interview_instance_add(iv, child, id, -1);
    ck_assert_int_eq(form_interview_instance_add(iv, child, id, -1), b);
    form_interview_instance_move(iv, b, a);
    ck_assert_int_eq(row(iv, child, 0), b);
    ck_assert_int_eq(form_interview_position(iv, a), 2);
    form_interview_instance_move(iv, b, -1);
    ck_assert_int_eq(row(iv, child, 1), b);
    ck_assert_mem_eq(form_interview_instance_id(iv, b), id, FORM_ID_BYTES);
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

START_TEST(an_address_leads_to_its_node_and_back)
{
    struct form_def *def = load_form(FAMILY);
    form_interview *iv = begin(def);
    const int child = form_def_find(def, "child");
    const unsigned char id[FORM_ID_BYTES] = {0xAB, 0, 0, 0, 0, 0, 0, 1};
    const int b = form_interview_instance_add(iv, child, id, -1);
    const int toy = at_key(iv, b, "toy_name");
    struct str s = STR_INIT;
    form_interview_at(iv, toy, &s);
    ck_assert_str_eq(str_cstr(&s), "ab00000000000001/0000000000000001");
    ck_assert_int_eq(form_interview_find(iv, str_cstr(&s), "toy_name"), toy);
    ck_assert_int_eq(form_interview_find(iv, "ab00000000000001", "child"), b);
    ck_assert_int_eq(form_interview_find(iv, "", "child"), child);
    ck_assert_int_eq(form_interview_find(iv, "", "has"), 0);
    ck_assert_int_eq(form_interview_find(iv, "", "age"), -1);
    ck_assert_int_eq(form_interview_find(iv, "ab00000000000002", "age"), -1);
    ck_assert_int_eq(form_interview_find(iv, "ab00000000000001", "has"), -1);
    const int inner = form_interview_find(iv, "ab00000000000001", "toy");
    ck_assert(form_interview_is_container(iv, inner));
    ck_assert_int_eq(form_interview_parent(iv, inner), b);
    str_clear(&s);
    form_interview_at(iv, 0, &s);
    ck_assert_str_eq(str_cstr(&s), "");
    str_done(&s);
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

START_TEST(pages_follow_the_instances_and_a_repeat_has_its_own)
{
    struct form_def *def = load_form(FAMILY);
    form_interview *iv = begin(def);
    const int child = form_def_find(def, "child");
    size_t n, sections;
    const struct form_page *p = form_interview_pages(iv, &n);
    /* has | child's rows | child 1 | school | toy's rows | toy 1 | names */
    ck_assert_uint_eq(n, 7);
    ck_assert_int_eq(p[1].repeat, child);
    ck_assert_uint_eq(p[1].count, 0);
    ck_assert_int_eq(p[2].group, row(iv, child, 0));
    ck_assert_uint_eq(p[2].count, 2);
    form_interview_sections(iv, &sections);
    ck_assert_uint_eq(sections, 3);
    ck_assert(!form_interview_page_open(iv, 1));
    put(iv, 0, "yes");
    ck_assert(form_interview_page_open(iv, 1));
    ck_assert_int_eq(form_interview_page_next(iv, 2, 1), 4);
    const int b = form_interview_instance_add(iv, child, NULL, -1);
    p = form_interview_pages(iv, &n);
    ck_assert_uint_eq(n, 11);
    ck_assert_int_eq(p[6].group, b);
    ck_assert_int_eq(form_interview_instance_page(iv, b), 6);
    ck_assert_int_eq(form_interview_page_of(iv, at_key(iv, b, "age")), 6);
    const struct form_section *s = form_interview_sections(iv, &sections);
    ck_assert_uint_eq(sections, 3);
    ck_assert_int_eq(s[1].page_count, 9);
    ck_assert_uint_eq(form_interview_section_progress(iv, 1).asked, 6);
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

START_TEST(questions_are_sought_in_the_order_of_the_form)
{
    struct form_def *def = load_form(FAMILY);
    form_interview *iv = begin(def);
    const int child = form_def_find(def, "child");
    put(iv, 0, "yes");
    const int a = row(iv, child, 0), b = form_interview_instance_add(iv, child, NULL, a);
    const int first = form_interview_seek(iv, 0, FORM_SEEK_MISSING);
    ck_assert_int_eq(first, at_key(iv, b, "name"));
    ck_assert_int_eq(form_interview_seek(iv, first, FORM_SEEK_MISSING), at_key(iv, a, "name"));
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

START_TEST(repeat_count_makes_instances_and_those_beyond_it_are_kept_irrelevant)
{
    struct form_def *def = load_form(
        HEAD "survey:\n  - {name: n, type: integer, label: N}\n"
             "  - repeat: r\n    label: R\n    repeat_count: ${n}\n"
             "    survey:\n"
             "      - {name: q, type: integer, label: Q, default: 7}\n"
             "  - {name: s, type: calculate, calculation: \"sum(${q})\"}\n");
    form_interview *iv = begin(def);
    const int r = form_def_find(def, "r"), s = form_def_find(def, "s");
    ck_assert(form_interview_is_counted(iv, r));
    ck_assert_uint_eq(row_count(iv, r), 0);
    ck_assert_int_eq(form_interview_instance_add(iv, r, NULL, -1), -1);
    put(iv, 0, "3");
    size_t given;
    form_interview_given(iv, &given);
    ck_assert_uint_eq(given, 3);
    ck_assert_uint_eq(row_count(iv, r), 3);
    ck_value(iv, s, "21");
    put(iv, at_key(iv, row(iv, r, 2), "q"), "100");
    put(iv, 0, "2");
    ck_value(iv, s, "14");
    ck_assert(!form_interview_relevant(iv, row(iv, r, 2)));
    put(iv, 0, "3");
    ck_value(iv, s, "114");
    size_t n;
    form_interview_pages(iv, &n);
    ck_assert_uint_eq(n, 5);
    put(iv, 0, "100000");
    ck_assert_uint_eq(row_count(iv, r), FORM_MAX_INSTANCES);
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

START_TEST(counted_repeats_within_counted_repeats_end)
{
    struct form_def *def = load_form(
        HEAD "survey:\n  - {name: n, type: integer, label: N}\n"
             "  - repeat: r\n    label: R\n    repeat_count: ${n}\n    survey:\n"
             "      - repeat: s\n        label: S\n        repeat_count: ${n}\n        survey:\n"
             "          - repeat: t\n            label: T\n            repeat_count: ${n}\n"
             "            survey:\n              - {name: q, type: text, label: Q}\n");
    form_interview *iv = begin(def);
    put(iv, 0, "3");
    ck_assert_uint_eq(form_interview_progress(iv).asked, 1 + 27);
    put(iv, 0, "900");
    ck_assert_int_lt(form_interview_nodes(iv), 1 << 16);
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

START_TEST(stored_answers_of_counted_instances_find_their_node_before_the_start)
{
    struct form_def *def = load_form(
        HEAD "survey:\n  - {name: n, type: integer, label: N}\n"
             "  - repeat: r\n    label: R\n    repeat_count: ${n}\n"
             "    survey:\n"
             "      - {name: q, type: integer, label: Q, default: 7}\n"
             "  - {name: s, type: calculate, calculation: \"concat(${q})\"}\n");
    form_interview *iv = form_interview_new(def, NOW_MS);
    const int q = form_interview_find(iv, "0000000000000002", "q");
    ck_assert_int_ge(q, 0);
    form_interview_load(iv, q, (struct form_answer){FORM_A_VALUE, "5"});
    form_interview_load(iv, 0, (struct form_answer){FORM_A_VALUE, "2"});
    form_interview_start(iv, false);
    ck_value(iv, form_def_find(def, "s"), "5");
    ck_assert_int_eq(form_interview_find(iv, "00000000000fffff", "q"), -1);
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

START_TEST(defaults_inside_run_once_when_the_instance_is_added)
{
    struct form_def *def = load_form(HEAD "survey:\n  - {name: base, type: integer, label: B}\n"
                                          "  - repeat: r\n    label: R\n    survey:\n"
                                          "      - {name: q, type: integer, label: Q, "
                                          "default: \"${base} + 1\"}\n"
                                          "      - {name: t, type: text, label: T, default: x}\n");
    form_interview *iv = begin(def);
    const int r = form_def_find(def, "r");
    const int a = row(iv, r, 0);
    ck_value(iv, at_key(iv, a, "t"), "x");
    ck_value(iv, at_key(iv, a, "q"), "");
    put(iv, 0, "4");
    const int b = form_interview_instance_add(iv, r, NULL, -1);
    ck_value(iv, at_key(iv, b, "q"), "5");
    size_t n;
    const int *given = form_interview_given(iv, &n);
    ck_assert_uint_eq(n, 2);
    ck_assert_int_eq(given[0], at_key(iv, b, "t"));
    put(iv, 0, "9");
    ck_value(iv, at_key(iv, b, "q"), "5");
    const unsigned char id[FORM_ID_BYTES] = {9};
    const int c = form_interview_instance_add(iv, r, id, -1);
    ck_value(iv, at_key(iv, c, "t"), "");
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

START_TEST(position_and_the_instance_before_can_be_asked_for)
{
    struct form_def *def = load_form(
        HEAD
        "survey:\n  - repeat: r\n    label: R\n    survey:\n"
        "      - {name: q, type: integer, label: Q}\n"
        "      - {name: i, type: calculate, calculation: \"position(..)\"}\n"
        "      - {name: run, type: calculate, calculation: \"${q} + coalesce("
        "indexed-repeat(${run}, ${r}, position(..) - 1), 0)\"}\n"
        "  - {name: second, type: calculate, calculation: \"indexed-repeat(${q}, ${r}, 2)\"}\n");
    form_interview *iv = begin(def);
    const int r = form_def_find(def, "r");
    int rows[3] = {row(iv, r, 0)};
    rows[1] = form_interview_instance_add(iv, r, NULL, -1);
    rows[2] = form_interview_instance_add(iv, r, NULL, -1);
    put(iv, at_key(iv, rows[0], "q"), "1");
    put(iv, at_key(iv, rows[1], "q"), "10");
    put(iv, at_key(iv, rows[2], "q"), "100");
    ck_value(iv, at_key(iv, rows[2], "i"), "3");
    ck_value(iv, at_key(iv, rows[2], "run"), "111");
    ck_value(iv, form_def_find(def, "second"), "10");
    form_interview_instance_move(iv, rows[2], rows[0]);
    ck_value(iv, at_key(iv, rows[2], "i"), "1");
    ck_value(iv, at_key(iv, rows[1], "run"), "111");
    ck_value(iv, form_def_find(def, "second"), "1");
    form_interview_instance_delete(iv, rows[0]);
    ck_value(iv, at_key(iv, rows[1], "run"), "110");
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

START_TEST(answers_of_a_repeat_are_the_choices_of_another_question)
{
    struct form_def *def = load_form(HEAD
                                     "survey:\n  - repeat: r\n    label: R\n    survey:\n"
                                     "      - {name: who, type: text, label: W}\n"
                                     "  - {name: head, type: \"select_one ${who}\", label: H}\n");
    form_interview *iv = begin(def);
    const int r = form_def_find(def, "r"), head = form_def_find(def, "head");
    size_t n;
    form_interview_choices(iv, head, &n);
    ck_assert_uint_eq(n, 0);
    put(iv, at_key(iv, row(iv, r, 0), "who"), "Ana");
    put(iv, at_key(iv, form_interview_instance_add(iv, r, NULL, -1), "who"), "Ion");
    const struct form_choice *const *c = form_interview_choices(iv, head, &n);
    ck_assert_uint_eq(n, 2);
    ck_assert_str_eq(c[1]->name, "Ion");
    put(iv, head, "Ion");
    ck_assert_int_eq(form_interview_problem(iv, head), FORM_P_OK);
    form_interview_instance_delete(iv, row(iv, r, 1));
    ck_assert_int_eq(form_interview_problem(iv, head), FORM_P_CHOICE);
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

Suite *form_repeat_suite(void)
{
    Suite *s = suite_create("form/repeat");
    TCase *t = tcase_create("all");
    tcase_add_test(t, a_repeat_begins_with_one_instance_that_is_relevant_with_its_repeat);
    tcase_add_test(t, a_name_means_the_same_instance_inside_and_all_outside);
    tcase_add_test(t, an_instance_that_is_deleted_counts_no_more_and_its_nodes_are_gone);
    tcase_add_test(t, instances_move_and_keep_their_ids);
    tcase_add_test(t, an_address_leads_to_its_node_and_back);
    tcase_add_test(t, pages_follow_the_instances_and_a_repeat_has_its_own);
    tcase_add_test(t, questions_are_sought_in_the_order_of_the_form);
    tcase_add_test(t, repeat_count_makes_instances_and_those_beyond_it_are_kept_irrelevant);
    tcase_add_test(t, counted_repeats_within_counted_repeats_end);
    tcase_add_test(t, stored_answers_of_counted_instances_find_their_node_before_the_start);
    tcase_add_test(t, defaults_inside_run_once_when_the_instance_is_added);
    tcase_add_test(t, position_and_the_instance_before_can_be_asked_for);
    tcase_add_test(t, answers_of_a_repeat_are_the_choices_of_another_question);
    suite_add_tcase(s, t);
    return s;
}
