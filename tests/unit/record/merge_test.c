/* Two who work apart at one case and exchange afterwards, either first: rows, a deleted row, a
 * signature, a person of whom each opened a case. Nothing is lost, and what a person has to look at
 * is told. */
#include "../vault/team.h"
#include "org.h"
#include "record/alike.h"

Suite *record_merge_suite(void);

static const char FORM[] = "form: identification\ntitle: {en: I}\nversion: 1\nsurvey:\n"
                           "  - {name: age, type: integer, label: A}\n"
                           "  - {name: story, type: text, label: S}\n"
                           "  - repeat: step\n    label: Step\n    survey:\n"
                           "      - {name: what, type: text, label: W}\n"
                           "  - {name: older, type: calculate, calculation: \"${age} + 1\"}\n";

struct pair {
    struct org o;
    struct record_case k;
    record_doc *doc[2];
};

static void open_doc(struct pair *p, size_t who)
{
    struct err_info err = {0};
    const enum err got = record_doc_open(p->o.r[who], p->k.id, "identification", &p->doc[who],
                                         &err);
    ck_assert_msg(got == ERR_OK, "%s in %s (%s)", err_name(got), err.origin, err.arg[0]);
}

/* Both have the record with one row open. */
static void begin(struct pair *p)
{
    memset(p, 0, sizeof *p);
    org_begin(&p->o);
    org_put_form(&p->o, "identification.yaml", FORM);
    team_join(&p->o.t, "B", VAULT_ROLE_CASEWORKER);
    (void)org_record(&p->o, 0);
    (void)org_record(&p->o, 1);
    p->k = org_case(p->o.r[0]);
    ck_assert_int_eq(vault_grant(p->o.t.v[0], p->k.id, vault_member_id(p->o.t.v[1]), NULL), ERR_OK);
    open_doc(p, 0);
    org_carry(&p->o, 0, 1);
    open_doc(p, 1);
}

static void end(struct pair *p)
{
    record_doc_close(p->doc[0]);
    record_doc_close(p->doc[1]);
    org_end(&p->o);
}

static int node_of(struct pair *p, size_t who, const char *name, int row)
{
    const record_doc *doc = p->doc[who];
    const int item = form_def_find(record_doc_def(doc), name);
    return row < 0 ? item : form_interview_node(record_doc_interview(doc), item, row);
}

static void put(struct pair *p, size_t who, int node, const char *text)
{
    enum form_problem problem = FORM_P_OK;
    const struct form_answer a = {.state = FORM_A_VALUE, .text = text};
    ck_assert_int_eq(record_doc_set(p->doc[who], node, a, &problem, NULL), ERR_OK);
    ck_assert_int_eq(problem, FORM_P_OK);
}

static const int *rows_of(struct pair *p, size_t who, size_t *n)
{
    return form_interview_instances(record_doc_interview(p->doc[who]), node_of(p, who, "step", -1),
                                    n);
}

/* Both ways, the one or the other first. */
static void exchange(struct pair *p, int first)
{
    bool changed = false;
    for (size_t i = 0; i < 4; i++) {
        const size_t from = (i + (size_t)first) % 2;
        org_carry(&p->o, from, 1 - from);
    }
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(record_doc_refresh(p->doc[i], &changed, NULL), ERR_OK);
    }
}

static void ck_same(struct pair *p)
{
    struct str view[2] = {STR_INIT, STR_INIT};
    ck_assert_int_eq(record_dump(p->o.r[0], &view[0], NULL), ERR_OK);
    ck_assert_int_eq(record_dump(p->o.r[1], &view[1], NULL), ERR_OK);
    ck_assert_str_eq(str_cstr(&view[0]), str_cstr(&view[1]));
    str_done(&view[0]);
    str_done(&view[1]);
}

static unsigned conflicts(struct pair *p, size_t who)
{
    struct record_case seen;
    ck_assert_int_eq(record_case_get(p->o.r[who], p->k.id, &seen, NULL), ERR_OK);
    return seen.conflicts;
}

static bool has_row(struct pair *p, size_t who, const char *text)
{
    size_t n = 0;
    const int *rows = rows_of(p, who, &n);
    bool is_there = false;
    for (size_t i = 0; i < n; i++) {
        const char *value = form_interview_value(record_doc_interview(p->doc[who]),
                                                 node_of(p, who, "what", rows[i]));
        is_there = is_there || strcmp(value, text) == 0;
    }
    return is_there;
}

START_TEST(both_added_a_row_and_both_rows_are_there)
{
    static const char *const TEXTS[] = {"casă", "medic"};
    struct pair p;
    begin(&p);
    for (size_t i = 0; i < 2; i++) {
        int row = -1;
        ck_assert_int_eq(record_doc_instance_add(p.doc[i], node_of(&p, i, "step", -1), &row, NULL),
                         ERR_OK);
        put(&p, i, node_of(&p, i, "what", row), TEXTS[i]);
    }
    exchange(&p, _i);
    for (size_t i = 0; i < 2; i++) {
        size_t n = 0;
        (void)rows_of(&p, i, &n);
        ck_assert_uint_eq(n, 3);
        ck_assert(has_row(&p, i, TEXTS[0]) && has_row(&p, i, TEXTS[1]));
        ck_assert_uint_eq(conflicts(&p, i), 0);
    }
    ck_same(&p);
    end(&p);
}
END_TEST

START_TEST(a_row_deleted_by_one_and_written_in_by_the_other_is_shown_as_contested)
{
    struct pair p;
    size_t n = 0;
    begin(&p);
    put(&p, 0, node_of(&p, 0, "what", rows_of(&p, 0, &n)[0]), "casă");
    exchange(&p, 0);
    ck_assert_int_eq(record_doc_instance_delete(p.doc[0], rows_of(&p, 0, &n)[0], NULL), ERR_OK);
    put(&p, 1, node_of(&p, 1, "what", rows_of(&p, 1, &n)[0]), "casă la Orhei");
    exchange(&p, _i);
    for (size_t i = 0; i < 2; i++) {
        ck_assert(has_row(&p, i, "casă la Orhei"));
        ck_assert(record_doc_is_contested(p.doc[i], rows_of(&p, i, &n)[0]));
        ck_assert_uint_eq(conflicts(&p, i), 1);
    }
    ck_same(&p);
    ck_assert_int_eq(record_doc_instance_keep(p.doc[1], rows_of(&p, 1, &n)[0], NULL), ERR_OK);
    exchange(&p, _i);
    ck_assert_uint_eq(conflicts(&p, 0), 0);
    ck_assert(has_row(&p, 0, "casă la Orhei"));
    end(&p);
}
END_TEST

static const char *value(struct pair *p, size_t who, const char *name)
{
    return form_interview_value(record_doc_interview(p->doc[who]), node_of(p, who, name, -1));
}

START_TEST(signed_by_one_while_the_other_wrote_keeps_what_was_written_and_tells_of_it)
{
    struct pair p;
    begin(&p);
    put(&p, 0, node_of(&p, 0, "age", -1), "17");
    exchange(&p, 0);
    put(&p, 0, node_of(&p, 0, "story", -1), "a plecat");
    ck_assert_int_eq(record_doc_finish(p.doc[0], NULL), ERR_OK);
    put(&p, 1, node_of(&p, 1, "age", -1), "18");
    exchange(&p, _i);
    for (size_t i = 0; i < 2; i++) {
        ck_assert(record_doc_is_finished(p.doc[i]));
        ck_assert_str_eq(value(&p, i, "age"), "18");
        ck_assert_str_eq(value(&p, i, "story"), "a plecat");
        ck_assert_uint_eq(record_doc_late(p.doc[i]), 1);
        ck_assert_uint_eq(conflicts(&p, i), 1);
    }
    ck_same(&p);
    ck_assert_int_eq(record_doc_reopen(p.doc[1], NULL), ERR_OK);
    ck_assert_int_eq(record_doc_finish(p.doc[1], NULL), ERR_OK);
    exchange(&p, _i);
    for (size_t i = 0; i < 2; i++) {
        ck_assert(record_doc_is_finished(p.doc[i]));
        ck_assert_uint_eq(record_doc_late(p.doc[i]), 0);
        ck_assert_uint_eq(conflicts(&p, i), 0);
    }
    end(&p);
}
END_TEST

START_TEST(signed_with_all_that_is_there_nothing_is_late)
{
    struct pair p;
    begin(&p);
    put(&p, 0, node_of(&p, 0, "age", -1), "17");
    put(&p, 1, node_of(&p, 1, "story", -1), "a plecat");
    exchange(&p, _i);
    ck_assert_int_eq(record_doc_finish(p.doc[_i], NULL), ERR_OK);
    exchange(&p, 1 - _i);
    for (size_t i = 0; i < 2; i++) {
        ck_assert(record_doc_is_finished(p.doc[i]));
        ck_assert_uint_eq(record_doc_late(p.doc[i]), 0);
    }
    ck_same(&p);
    end(&p);
}
END_TEST

static size_t alike(struct pair *p, size_t who, const struct record_case *k, bool *is_linked)
{
    struct record_alike *all = NULL;
    size_t n = 0;
    ck_assert_int_eq(record_case_alike(p->o.r[who], k->id, &all, &n, NULL), ERR_OK);
    *is_linked = n > 0 && all[0].is_linked;
    free(all);
    return n;
}

START_TEST(a_case_of_the_same_person_opened_by_each_is_told_and_can_be_linked)
{
    struct pair p;
    struct record_case other, third;
    bool is_linked = false;
    begin(&p);
    const struct record_new_case same = {.surname = "COSÂNZEANA", .given = "Ileana", .alias = ""};
    const struct record_new_case not_her = {.surname = "Cosânzeana", .given = "Maria", .alias = ""};
    ck_assert_int_eq(record_case_new(p.o.r[1], &same, &other, NULL), ERR_OK);
    ck_assert_int_eq(record_case_new(p.o.r[1], &not_her, &third, NULL), ERR_OK);
    ck_assert_int_eq(vault_grant(p.o.t.v[1], other.id, vault_member_id(p.o.t.v[0]), NULL), ERR_OK);
    exchange(&p, _i);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_uint_eq(alike(&p, i, &p.k, &is_linked), 1);
        ck_assert(!is_linked);
        ck_assert_uint_eq(alike(&p, i, &other, &is_linked), 1);
    }
    ck_assert_uint_eq(alike(&p, 1, &third, &is_linked), 0);
    ck_assert_int_eq(record_case_link(p.o.r[1], p.k.id, p.k.id, NULL), ERR_USAGE);
    ck_assert_int_eq(record_case_link(p.o.r[1], p.k.id, other.id, NULL), ERR_OK);
    ck_assert_int_eq(record_case_link(p.o.r[1], p.k.id, other.id, NULL), ERR_EXISTS);
    exchange(&p, _i);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_uint_eq(alike(&p, i, &p.k, &is_linked), 1);
        ck_assert(is_linked);
        ck_assert_uint_eq(alike(&p, i, &other, &is_linked), 1);
        ck_assert(is_linked);
    }
    end(&p);
}
END_TEST

Suite *record_merge_suite(void)
{
    Suite *s = suite_create("record/merge");
    TCase *t = tcase_create("merge");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, both_added_a_row_and_both_rows_are_there, 0, 2);
    tcase_add_loop_test(t, a_row_deleted_by_one_and_written_in_by_the_other_is_shown_as_contested,
                        0, 2);
    tcase_add_loop_test(
        t, signed_by_one_while_the_other_wrote_keeps_what_was_written_and_tells_of_it, 0, 2);
    tcase_add_loop_test(t, signed_with_all_that_is_there_nothing_is_late, 0, 2);
    tcase_add_loop_test(t, a_case_of_the_same_person_opened_by_each_is_told_and_can_be_linked, 0,
                        2);
    suite_add_tcase(s, t);
    return s;
}
