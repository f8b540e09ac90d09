/* What waits for a person: two answers, a row deleted and answered in, an answer after signing, two
 * cases of one name; each is listed until it is settled, and then no more. */
#include "base/clock.h"
#include "world.h"

Suite *record_conflict_suite(void);

static const char FORM[] =
    "form: t\ntitle: {ro: T, ru: T, en: T}\nversion: 1\nsurvey:\n"
    "  - name: town\n    type: text\n    label: {ro: O, ru: O, en: Town}\n"
    "  - repeat: child\n    label: {ro: C, ru: C, en: Child}\n    survey:\n"
    "      - name: child_name\n        type: text\n        label: {ro: N, ru: N, en: Name}\n";

static const char IDENTIFICATION[] =
    "form: identification\ntitle: {ro: T, ru: T, en: T}\nversion: 1\nsurvey:\n"
    "  - name: town\n    type: text\n    label: {ro: O, ru: O, en: Town}\n";

static int64_t beat_ms;

static int64_t beat(void)
{
    beat_ms += 1000;
    return 1795500000000 + beat_ms;
}

struct two {
    struct world w;
    struct window a, b;
    struct record_conflict *found;
    size_t count;
};

static void begin(struct two *t)
{
    clock_hook(beat);
    *t = (struct two){.found = NULL};
    begin_world(&t->w, FORM);
    open_window(&t->w, &t->a);
    open_doc(&t->w, &t->a, "t");
    open_window(&t->w, &t->b);
    open_doc(&t->w, &t->b, "t");
}

static void end(struct two *t)
{
    free(t->found);
    close_window(&t->a);
    close_window(&t->b);
    end_world(&t->w);
    clock_hook(NULL);
}

static size_t look(struct two *t)
{
    struct err_info err = {0};
    free(t->found);
    ck_assert_int_eq(record_refresh(t->a.r, NULL, NULL), ERR_OK);
    const enum err got = record_conflicts(t->a.r, NULL, &t->found, &t->count, &err);
    ck_assert_msg(got == ERR_OK, "%s in %s", err_name(got), err.origin);
    return t->count;
}

START_TEST(two_answers_stand_side_by_side_until_one_is_taken)
{
    struct two t;
    struct record_version *v = NULL;
    size_t n = 0;
    begin(&t);
    ck_assert_uint_eq(look(&t), 0);
    record_doc_edit(t.b.doc, key_in(&t.b, -1, "town"));
    put(&t.a, key_in(&t.a, -1, "town"), "Cahul");
    put(&t.b, key_in(&t.b, -1, "town"), "Soroca");
    ck_assert_uint_eq(look(&t), 1);
    ck_assert_int_eq(t.found[0].kind, RECORD_CONFLICT_ANSWER);
    ck_assert_str_eq(t.found[0].key, "town");
    ck_assert_str_eq(t.found[0].code, t.w.kase.code);
    ck_assert_str_eq(t.found[0].who, "A. C.");
    ck_assert_int_eq(record_conflict_versions(t.a.r, &t.found[0], &v, &n, NULL), ERR_OK);
    ck_assert_uint_eq(n, 2);
    ck_assert_str_eq(v[0].value, "Cahul");
    ck_assert_str_eq(v[1].value, "Soroca");
    ck_assert_str_eq(v[0].who, "A. C.");
    ck_assert_int_lt(v[0].time_ms, v[1].time_ms);
    record_versions_done(v, n);
    (void)refresh(&t.a);
    put(&t.a, key_in(&t.a, -1, "town"), "Cahul");
    ck_assert_uint_eq(look(&t), 0);
    end(&t);
}
END_TEST

START_TEST(a_row_deleted_while_it_was_answered_in_waits_until_it_is_kept)
{
    struct two t;
    struct record_version *v = NULL;
    size_t n = 0;
    begin(&t);
    const int in_a = key_in(&t.a, -1, "child"), in_b = key_in(&t.b, -1, "child");
    put(&t.a, key_in(&t.a, row(&t.a, in_a, 0), "child_name"), "Ion");
    ck_assert_int_eq(record_doc_instance_delete(t.b.doc, row(&t.b, in_b, 0), NULL), ERR_OK);
    ck_assert_uint_eq(look(&t), 1);
    ck_assert_int_eq(t.found[0].kind, RECORD_CONFLICT_ROW);
    ck_assert_int_eq(record_conflict_versions(t.a.r, &t.found[0], &v, &n, NULL), ERR_OK);
    ck_assert_uint_eq(n, 2);
    ck_assert_int_ne(v[0].kind, v[1].kind);
    record_versions_done(v, n);
    (void)refresh(&t.a);
    ck_assert_int_eq(record_doc_instance_keep(t.a.doc, row(&t.a, in_a, 0), NULL), ERR_OK);
    ck_assert_uint_eq(look(&t), 0);
    end(&t);
}
END_TEST

static size_t signed_too_early(struct two *t)
{
    size_t late = 0;
    (void)look(t);
    for (size_t i = 0; i < t->count; i++) {
        late += t->found[i].kind == RECORD_CONFLICT_SIGNED;
    }
    return late;
}

START_TEST(an_answer_after_signing_waits_until_it_is_signed_anew)
{
    struct two t;
    begin(&t);
    record_doc_close(t.a.doc);
    record_doc_close(t.b.doc);
    put_file(&t.w, "identification.yaml", IDENTIFICATION);
    open_doc(&t.w, &t.a, "identification");
    open_doc(&t.w, &t.b, "identification");
    ck_assert_int_eq(record_doc_finish(t.a.doc, NULL), ERR_OK);
    ck_assert_uint_eq(signed_too_early(&t), 0);
    put(&t.b, key_in(&t.b, -1, "town"), "Soroca");
    ck_assert_uint_eq(signed_too_early(&t), 1);
    (void)refresh(&t.a);
    ck_assert_int_eq(record_doc_reopen(t.a.doc, NULL), ERR_OK);
    ck_assert_int_eq(record_doc_finish(t.a.doc, NULL), ERR_OK);
    ck_assert_uint_eq(signed_too_early(&t), 0);
    end(&t);
}
END_TEST

START_TEST(two_cases_of_one_name_wait_until_they_are_told_apart)
{
    struct two t;
    struct record_case other;
    const struct record_new_case same = {.surname = "BASM", .given = "Ileana", .alias = ""};
    const struct record_new_case less = {.surname = "Basm", .given = "", .alias = ""};
    begin(&t);
    ck_assert_int_eq(record_case_new(t.a.r, &less, &other, NULL), ERR_OK);
    ck_assert_uint_eq(look(&t), 0);
    ck_assert_int_eq(record_case_new(t.a.r, &same, &other, NULL), ERR_OK);
    ck_assert_uint_eq(look(&t), 1);
    ck_assert_int_eq(t.found[0].kind, RECORD_CONFLICT_PERSON);
    ck_assert_str_eq(t.found[0].code, other.code);
    ck_assert_str_eq(t.found[0].other_code, t.w.kase.code);
    ck_assert_int_eq(record_conflict_apart(t.a.r, &t.found[0], NULL), ERR_OK);
    ck_assert_uint_eq(look(&t), 0);
    end(&t);
}
END_TEST

Suite *record_conflict_suite(void)
{
    Suite *s = suite_create("record/conflict");
    TCase *c = tcase_create("conflict");
    tcase_set_timeout(c, 30);
    tcase_add_test(c, two_answers_stand_side_by_side_until_one_is_taken);
    tcase_add_test(c, a_row_deleted_while_it_was_answered_in_waits_until_it_is_kept);
    tcase_add_test(c, an_answer_after_signing_waits_until_it_is_signed_anew);
    tcase_add_test(c, two_cases_of_one_name_wait_until_they_are_told_apart);
    suite_add_tcase(s, c);
    return s;
}
