/* What a coordinator sees of cases that she has not opened: published by those who read them,
 * following what changes, and holding no answer that the form did not declare. */
#include "../vault/team.h"
#include "org.h"
#include "record/overview.h"

Suite *record_overview_suite(void);

static const char FORM[] =
    "form: identification\ntitle: {en: I}\nversion: 1\n"
    "choices:\n  level:\n    - {name: low, label: L}\n    - {name: high, label: H}\n"
    "  yes_no:\n    - {name: yes, label: Y}\n    - {name: no, label: N}\n"
    "survey:\n"
    "  - {name: story, type: text, label: S, publish: status level}\n"
    "  - {name: level, type: select_one level, label: L, publish: status level}\n"
    "  - {name: review, type: date, label: R, publish: status due}\n"
    "  - {name: alone, type: select_one yes_no, label: A, publish: flag}\n"
    "  - {name: age, type: integer, label: G, publish: stat}\n"
    "  - {name: secret, type: integer, label: T}\n";

static void begin(struct org *o)
{
    org_begin(o);
    org_put_form(o, "identification.yaml", FORM);
    team_join(&o->t, "B", VAULT_ROLE_CASEWORKER);
}

static void set(record *r, const struct record_case *k, const char *name, const char *text)
{
    record_doc *doc = NULL;
    struct err_info err = {0};
    const enum err got = record_doc_open(r, k->id, "identification", &doc, &err);
    ck_assert_msg(got == ERR_OK, "%s in %s (%s)", err_name(got), err.origin, err.arg[0]);
    const struct form_answer a = {.state = FORM_A_VALUE, .text = text};
    enum form_problem problem = FORM_P_OK;
    ck_assert_int_eq(
        record_doc_set(doc, form_def_find(record_doc_def(doc), name), a, &problem, NULL), ERR_OK);
    ck_assert_int_eq(problem, FORM_P_OK);
    record_doc_close(doc);
}

static const struct date TODAY = {2026, 11, 23};

static struct record_status only(record *r)
{
    struct record_status *all = NULL;
    size_t n = 0;
    struct err_info err = {0};
    const enum err got = record_overview(r, TODAY, LANG_EN, &all, &n, &err);
    ck_assert_msg(got == ERR_OK, "%s in %s", err_name(got), err.origin);
    ck_assert_uint_eq(n, 1);
    const struct record_status one = all[0];
    free(all);
    return one;
}

START_TEST(a_coordinator_sees_the_status_of_a_case_that_she_has_not_opened)
{
    struct org o;
    begin(&o);
    record *b = org_record(&o, 1), *a = org_record(&o, 0);
    const struct record_case k = org_case(b);
    org_carry(&o, 1, 0);
    ck_assert_str_eq(only(a).stage, "opened");
    ck_assert_str_eq(only(a).responsible, "B");
    set(b, &k, "level", "high");
    set(b, &k, "review", "2026-11-20");
    set(b, &k, "alone", "yes");
    org_carry(&o, 1, 0);
    const struct record_status s = only(a);
    ck_assert_str_eq(s.code, k.code);
    ck_assert_str_eq(s.stage, "begun");
    ck_assert_str_eq(s.level, "high");
    ck_assert_str_eq(s.due, "2026-11-20");
    ck_assert(s.is_overdue);
    ck_assert_str_eq(s.flags, "alone");
    struct record_case seen;
    ck_assert_int_eq(record_case_get(a, k.id, &seen, NULL), ERR_OK);
    ck_assert(seen.is_locked);
    org_end(&o);
}
END_TEST

static bool look_for(void *payload, const struct vault_event *e)
{
    const char **word = payload;
    if (e->kind == 0x31 && strstr(e->text, *word) != NULL) {
        *word = NULL;
        return false;
    }
    return true;
}

/* In any status that was ever told. */
static bool was_told(struct org *o, const char *word)
{
    ck_assert_int_eq(vault_each(o->t.v[0], 0, look_for, &word, NULL, NULL), ERR_OK);
    return word == NULL;
}

START_TEST(what_the_form_does_not_declare_and_free_text_are_never_told)
{
    struct org o;
    begin(&o);
    record *b = org_record(&o, 1), *a = org_record(&o, 0);
    const struct record_case k = org_case(b);
    set(b, &k, "story", "Cosânzeana");
    set(b, &k, "secret", "770077");
    set(b, &k, "level", "low");
    org_carry(&o, 1, 0);
    ck_assert_str_eq(only(a).level, "low");
    ck_assert(was_told(&o, "low"));
    ck_assert(!was_told(&o, "770077"));
    ck_assert(!was_told(&o, "nzeana"));
    org_end(&o);
}
END_TEST

START_TEST(the_status_follows_what_changes_and_the_older_ones_stay_in_the_log)
{
    struct org o;
    begin(&o);
    record *b = org_record(&o, 1), *a = org_record(&o, 0);
    const struct record_case k = org_case(b);
    set(b, &k, "level", "high");
    set(b, &k, "alone", "yes");
    set(b, &k, "level", "low");
    set(b, &k, "alone", "no");
    org_carry(&o, 1, 0);
    ck_assert_str_eq(only(a).level, "low");
    ck_assert_str_eq(only(a).flags, "");
    ck_assert(was_told(&o, "\"high\""));
    org_end(&o);
}
END_TEST

static bool count_status(void *payload, const struct vault_event *e)
{
    *(size_t *)payload += e->kind == 0x31;
    return true;
}

static size_t told_count(struct org *o)
{
    size_t n = 0;
    ck_assert_int_eq(vault_each(o->t.v[0], 0, count_status, &n, NULL, NULL), ERR_OK);
    return n;
}

START_TEST(nothing_is_told_when_nothing_that_is_told_changed)
{
    struct org o;
    begin(&o);
    record *b = org_record(&o, 1);
    const struct record_case k = org_case(b);
    set(b, &k, "level", "high");
    org_carry(&o, 1, 0);
    const size_t before = told_count(&o);
    set(b, &k, "secret", "4");
    set(b, &k, "level", "high");
    set(b, &k, "secret", "5");
    org_carry(&o, 1, 0);
    ck_assert_uint_eq(told_count(&o), before);
    set(b, &k, "level", "low");
    org_carry(&o, 1, 0);
    ck_assert_uint_eq(told_count(&o), before + 1);
    org_end(&o);
}
END_TEST

START_TEST(a_signed_record_is_told_as_signed_and_as_begun_after_it_was_opened_again)
{
    struct org o;
    begin(&o);
    record *b = org_record(&o, 1), *a = org_record(&o, 0);
    const struct record_case k = org_case(b);
    record_doc *doc = NULL;
    set(b, &k, "age", "17");
    ck_assert_int_eq(record_doc_open(b, k.id, "identification", &doc, NULL), ERR_OK);
    ck_assert_int_eq(record_doc_finish(doc, NULL), ERR_OK);
    org_carry(&o, 1, 0);
    ck_assert_str_eq(only(a).stage, "signed");
    ck_assert_int_eq(record_doc_reopen(doc, NULL), ERR_OK);
    org_carry(&o, 1, 0);
    ck_assert_str_eq(only(a).stage, "begun");
    record_doc_close(doc);
    org_end(&o);
}
END_TEST

struct rows {
    char text[1024];
    size_t count;
};

static bool take_row(void *payload, const struct vault_event *e)
{
    struct rows *r = payload;
    if (e->kind == 0x32) {
        snprintf(r->text, sizeof r->text, "%s", e->text);
        r->count++;
    }
    return true;
}

START_TEST(a_statistical_row_has_coded_answers_and_neither_code_nor_case)
{
    struct org o;
    begin(&o);
    record *b = org_record(&o, 1);
    const struct record_case k = org_case(b);
    char hex[ID_HEX_LEN];
    record_doc *doc = NULL;
    struct rows rows = {.count = 0};
    set(b, &k, "age", "17");
    set(b, &k, "review", "2026-11-20");
    ck_assert_int_eq(record_doc_open(b, k.id, "identification", &doc, NULL), ERR_OK);
    ck_assert_int_eq(record_doc_finish(doc, NULL), ERR_OK);
    record_doc_close(doc);
    org_carry(&o, 1, 0);
    ck_assert_int_eq(vault_each(o.t.v[0], 0, take_row, &rows, NULL, NULL), ERR_OK);
    ck_assert_uint_eq(rows.count, 1);
    hex_put(hex, k.id, ID_LEN);
    ck_assert_ptr_nonnull(strstr(rows.text, "\"age\":\"17\""));
    ck_assert_ptr_null(strstr(rows.text, k.code));
    ck_assert_ptr_null(strstr(rows.text, hex));
    ck_assert_ptr_null(strstr(rows.text, "2026"));
    org_end(&o);
}
END_TEST

START_TEST(who_is_no_coordinator_does_not_read_the_overview)
{
    struct org o;
    begin(&o);
    struct record_status *all = NULL;
    size_t n = 0;
    record *b = org_record(&o, 1);
    (void)org_case(b);
    ck_assert_int_eq(record_overview(b, TODAY, LANG_EN, &all, &n, NULL), ERR_RIGHTS);
    ck_assert_ptr_null(all);
    org_end(&o);
}
END_TEST

START_TEST(two_who_tell_of_one_case_give_the_same_overview_in_either_order)
{
    struct org o;
    begin(&o);
    team_join(&o.t, "C", VAULT_ROLE_COORDINATOR);
    record *b = org_record(&o, 1), *a = org_record(&o, 0);
    const struct record_case k = org_case(a);
    ck_assert_int_eq(vault_grant(o.t.v[0], k.id, vault_member_id(o.t.v[1]), NULL), ERR_OK);
    org_carry(&o, 0, 1);
    set(a, &k, "level", "low");
    set(b, &k, "level", "high");
    org_carry(&o, 0, 2);
    org_carry(&o, 1, 2);
    org_carry(&o, 1, 0);
    const struct record_status left = only(a), right = only(org_record(&o, 2));
    ck_assert_str_eq(left.level, right.level);
    ck_assert_str_eq(left.stage, right.stage);
    org_end(&o);
}
END_TEST

Suite *record_overview_suite(void)
{
    Suite *s = suite_create("record/overview");
    TCase *t = tcase_create("overview");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_coordinator_sees_the_status_of_a_case_that_she_has_not_opened);
    tcase_add_test(t, what_the_form_does_not_declare_and_free_text_are_never_told);
    tcase_add_test(t, the_status_follows_what_changes_and_the_older_ones_stay_in_the_log);
    tcase_add_test(t, nothing_is_told_when_nothing_that_is_told_changed);
    tcase_add_test(t, a_signed_record_is_told_as_signed_and_as_begun_after_it_was_opened_again);
    tcase_add_test(t, a_statistical_row_has_coded_answers_and_neither_code_nor_case);
    tcase_add_test(t, who_is_no_coordinator_does_not_read_the_overview);
    tcase_add_test(t, two_who_tell_of_one_case_give_the_same_overview_in_either_order);
    suite_add_tcase(s, t);
    return s;
}
