/* The record view over a real vault in a temporary folder: what is said to be saved is there
 * again after everything is closed, and a rebuilt view equals the one that grew. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "record/record.h"

Suite *record_record_suite(void);

#define FORMS "tests/fixtures/forms"

struct world {
    char dir[64];
    char *vault_dir;
    vault_secret *pass;
    vault *v;
    record *r;
};

static void reopen(struct world *w)
{
    record_close(w->r);
    vault_close(w->v);
    ck_assert_int_eq(vault_open(w->vault_dir, &w->v, NULL), ERR_OK);
    ck_assert_int_eq(vault_unlock(w->v, w->pass, NULL), ERR_OK);
    ck_assert_int_eq(record_open(w->v, FORMS, &w->r, NULL), ERR_OK);
}

static void begin(struct world *w)
{
    memset(w, 0, sizeof *w);
    const char *place = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(w->dir, sizeof w->dir, "%s/sprijin-test-XXXXXX", place);
    ck_assert_ptr_nonnull(mkdtemp(w->dir));
    w->vault_dir = file_join(w->dir, "vault");
    w->pass = vault_secret_new();
    vault_secret_generate(w->pass, LANG_EN, 6);
    vault_secret *org = NULL, *member = NULL;
    struct vault_create how = {.dir = w->vault_dir,
                               .passphrase = w->pass,
                               .kdf = {19, 2},
                               .lang = LANG_EN,
                               .member_name = "A. C.",
                               .zone = "Europe/Chisinau"};
    ck_assert_int_eq(vault_create(&how, &w->v, &org, &member, NULL), ERR_OK);
    vault_secret_free(org);
    vault_secret_free(member);
    ck_assert_int_eq(record_open(w->v, FORMS, &w->r, NULL), ERR_OK);
}

static void end(struct world *w)
{
    record_close(w->r);
    vault_close(w->v);
    vault_secret_free(w->pass);
    free(w->vault_dir);
    file_remove_tree(w->dir, NULL);
}

static struct record_case new_case(struct world *w, const char *surname, const char *given)
{
    struct record_case kase;
    struct record_new_case how = {.surname = surname, .given = given, .alias = ""};
    ck_assert_int_eq(record_case_new(w->r, &how, &kase, NULL), ERR_OK);
    return kase;
}

static record_doc *open_doc(struct world *w, const struct record_case *kase)
{
    record_doc *doc = NULL;
    ck_assert_int_eq(record_doc_open(w->r, kase->id, "identification", &doc, NULL), ERR_OK);
    return doc;
}

static enum form_problem answer(record_doc *doc, const char *key, enum form_answer_state state,
                                const char *text)
{
    enum form_problem problem = FORM_P_OK;
    int item = form_def_find(record_doc_def(doc), key);
    ck_assert_int_ge(item, 0);
    struct form_answer a = {.state = state, .text = text};
    ck_assert_int_eq(record_doc_set(doc, item, a, &problem, NULL), ERR_OK);
    return problem;
}

static const char *value(const record_doc *doc, const char *key)
{
    return form_interview_answer(record_doc_interview(doc), form_def_find(record_doc_def(doc), key))
        .text;
}

START_TEST(a_new_case_shows_initials_and_is_found_in_any_spelling)
{
    struct world w;
    begin(&w);
    struct record_case kase = new_case(&w, "Șevciuc", "Ileana");
    ck_assert_str_eq(kase.initials, "I. Ș.");
    new_case(&w, "Făt-Frumos", "");
    static const char *const FILTERS[] = {"sevciuc", "Шевчук", "şev ile", "ILEANA"};
    for (size_t i = 0; i < sizeof FILTERS / sizeof FILTERS[0]; i++) {
        struct record_case *found = NULL;
        size_t n = 0, total = 0;
        ck_assert_int_eq(
            record_case_list(w.r, FILTERS[i], RECORD_SORT_CODE, 0, 10, &found, &n, &total, NULL),
            ERR_OK);
        ck_assert_uint_eq(n, 1);
        ck_assert_uint_eq(total, 1);
        ck_assert_mem_eq(found[0].id, kase.id, ID_LEN);
        free(found);
    }
    struct record_case *found = NULL;
    size_t n = 0, total = 0;
    record_case_list(w.r, kase.code, RECORD_SORT_CHANGED, 0, 10, &found, &n, &total, NULL);
    ck_assert_uint_eq(n, 1);
    free(found);
    record_case_list(w.r, "100%", RECORD_SORT_CHANGED, 0, 10, &found, &n, &total, NULL);
    ck_assert_uint_eq(n, 0);
    free(found);
    new_case(&w, "Hâncu", "");
    static const char *const SPELLINGS[] = {"hincu", "Hâncu", "hancu", "Хынку"};
    for (size_t i = 0; i < sizeof SPELLINGS / sizeof SPELLINGS[0]; i++) {
        record_case_list(w.r, SPELLINGS[i], RECORD_SORT_CHANGED, 0, 10, &found, &n, &total, NULL);
        ck_assert_uint_eq(n, 1);
        free(found);
    }
    end(&w);
}
END_TEST

START_TEST(answers_and_states_are_there_after_reopening)
{
    struct world w;
    begin(&w);
    struct record_case kase = new_case(&w, "Cosânzeana", "Ileana");
    record_doc *doc = open_doc(&w, &kase);
    ck_assert_str_eq(value(doc, "surname"), "Cosânzeana");
    ck_assert(record_doc_is_prefilled(doc, form_def_find(record_doc_def(doc), "surname")));
    ck_assert_int_eq(answer(doc, "surname", FORM_A_VALUE, "Cosânzeana-Basm"), FORM_P_OK);
    ck_assert_int_eq(answer(doc, "age", FORM_A_VALUE, "130"), FORM_P_CONSTRAINT);
    ck_assert_int_eq(answer(doc, "age", FORM_A_VALUE, "many"), FORM_P_NUMBER);
    ck_assert_int_eq(answer(doc, "promised", FORM_A_VALUE, "work"), FORM_P_OK);
    ck_assert_int_eq(answer(doc, "story", FORM_A_DECLINED, ""), FORM_P_OK);
    ck_assert_uint_eq(record_doc_unsaved(doc), 0);
    int here = form_def_find(record_doc_def(doc), "promised");
    ck_assert_int_eq(record_doc_pause(doc, here, NULL), ERR_OK);
    record_doc_close(doc);
    reopen(&w);
    doc = open_doc(&w, &kase);
    ck_assert_str_eq(value(doc, "surname"), "Cosânzeana-Basm");
    ck_assert_str_eq(value(doc, "age"), "130");
    ck_assert_str_eq(value(doc, "promised"), "work");
    int story = form_def_find(record_doc_def(doc), "story");
    ck_assert_int_eq(form_interview_answer(record_doc_interview(doc), story).state,
                     FORM_A_DECLINED);
    ck_assert_int_eq(record_doc_position(doc), here);
    ck_assert(!record_doc_is_prefilled(doc, form_def_find(record_doc_def(doc), "surname")));
    record_doc_close(doc);
    struct str surname = STR_INIT;
    record_fact(w.r, kase.id, "person.surname", &surname, NULL);
    ck_assert_str_eq(str_cstr(&surname), "Cosânzeana-Basm");
    str_done(&surname);
    end(&w);
}
END_TEST

START_TEST(the_rebuilt_view_equals_the_one_that_grew)
{
    struct world w;
    begin(&w);
    for (int i = 0; i < 5; i++) {
        struct record_case kase = new_case(&w, "Basm", i % 2 == 0 ? "Ileana" : "");
        record_doc *doc = open_doc(&w, &kase);
        for (int k = 0; k < 10 + i; k++) {
            char text[16];
            snprintf(text, sizeof text, "%d", 20 + k);
            answer(doc, "age", FORM_A_VALUE, text);
        }
        answer(doc, "story", i % 2 == 0 ? FORM_A_UNKNOWN : FORM_A_LATER, "");
        record_doc_close(doc);
    }
    struct str grown = STR_INIT, rebuilt = STR_INIT;
    ck_assert_int_eq(record_dump(w.r, &grown, NULL), ERR_OK);
    reopen(&w);
    ck_assert_int_eq(record_dump(w.r, &rebuilt, NULL), ERR_OK);
    ck_assert_uint_gt(grown.len, 500);
    ck_assert_str_eq(str_cstr(&grown), str_cstr(&rebuilt));
    str_done(&grown);
    str_done(&rebuilt);
    end(&w);
}
END_TEST

START_TEST(two_windows_on_one_record_see_each_other_and_replace_in_turn)
{
    struct world w;
    begin(&w);
    struct record_case kase = new_case(&w, "Basm", "Ileana");
    record_doc *here = open_doc(&w, &kase);
    vault *v2 = NULL;
    record *r2 = NULL;
    record_doc *there = NULL;
    ck_assert_int_eq(vault_open(w.vault_dir, &v2, NULL), ERR_OK);
    ck_assert_int_eq(vault_unlock(v2, w.pass, NULL), ERR_OK);
    ck_assert_int_eq(record_open(v2, FORMS, &r2, NULL), ERR_OK);
    ck_assert_int_eq(record_doc_open(r2, kase.id, "identification", &there, NULL), ERR_OK);
    answer(here, "age", FORM_A_VALUE, "31");
    bool changed = false;
    ck_assert_int_eq(record_doc_refresh(there, &changed, NULL), ERR_OK);
    ck_assert(changed);
    ck_assert_str_eq(value(there, "age"), "31");
    answer(there, "age", FORM_A_VALUE, "32");
    ck_assert_int_eq(record_doc_refresh(here, &changed, NULL), ERR_OK);
    ck_assert_str_eq(value(here, "age"), "32");
    struct record_case again;
    ck_assert_int_eq(record_case_get(w.r, kase.id, &again, NULL), ERR_OK);
    ck_assert_uint_eq(again.conflicts, 0);
    record_doc_close(there);
    record_close(r2);
    vault_close(v2);
    record_doc_close(here);
    end(&w);
}
END_TEST

START_TEST(answers_given_blind_of_each_other_both_stand_as_a_conflict_until_one_is_chosen)
{
    struct world w;
    begin(&w);
    struct record_case kase = new_case(&w, "Basm", "Ileana");
    record_doc *here = open_doc(&w, &kase);
    vault *v2 = NULL;
    record *r2 = NULL;
    record_doc *there = NULL;
    vault_open(w.vault_dir, &v2, NULL);
    vault_unlock(v2, w.pass, NULL);
    ck_assert_int_eq(record_open(v2, FORMS, &r2, NULL), ERR_OK);
    record_doc_open(r2, kase.id, "identification", &there, NULL);
    answer(here, "age", FORM_A_VALUE, "31");
    answer(there, "age", FORM_A_VALUE, "32"); /* has not seen 31 */
    struct record_case seen;
    ck_assert_int_eq(record_refresh(w.r, NULL, NULL), ERR_OK);
    ck_assert_int_eq(record_case_get(w.r, kase.id, &seen, NULL), ERR_OK);
    ck_assert_uint_eq(seen.conflicts, 1);
    bool changed = false;
    record_doc_refresh(here, &changed, NULL);
    answer(here, "age", FORM_A_VALUE, "33");
    ck_assert_int_eq(record_case_get(w.r, kase.id, &seen, NULL), ERR_OK);
    ck_assert_uint_eq(seen.conflicts, 0);
    record_doc_close(there);
    record_close(r2);
    vault_close(v2);
    record_doc_close(here);
    end(&w);
}
END_TEST

START_TEST(a_record_is_signed_off_only_when_complete)
{
    struct world w;
    begin(&w);
    struct record_case kase = new_case(&w, "", "");
    ck_assert_str_eq(kase.initials, "-");
    record_doc *doc = open_doc(&w, &kase);
    ck_assert_int_eq(record_doc_finish(doc, NULL), ERR_NO);
    answer(doc, "surname", FORM_A_UNKNOWN, "");
    answer(doc, "age", FORM_A_VALUE, "40");
    ck_assert_int_eq(record_doc_finish(doc, NULL), ERR_OK);
    ck_assert(record_doc_is_finished(doc));
    int age = form_def_find(record_doc_def(doc), "age");
    struct form_answer other = {.state = FORM_A_VALUE, .text = "41"};
    ck_assert_int_eq(record_doc_set(doc, age, other, NULL, NULL), ERR_NO);
    ck_assert_str_eq(value(doc, "age"), "40");
    ck_assert_int_eq(record_doc_reopen(doc, NULL), ERR_OK);
    ck_assert(!record_doc_is_finished(doc));
    answer(doc, "age", FORM_A_VALUE, "41");
    ck_assert_int_eq(record_doc_finish(doc, NULL), ERR_OK);
    record_doc_close(doc);
    reopen(&w);
    struct record_case seen;
    ck_assert_int_eq(record_case_get(w.r, kase.id, &seen, NULL), ERR_OK);
    ck_assert(seen.is_finished);
    end(&w);
}
END_TEST

START_TEST(asking_for_a_name_leaves_an_entry_in_the_log)
{
    struct world w;
    begin(&w);
    struct record_case kase = new_case(&w, "Cosânzeana", "Ileana");
    uint64_t before = vault_event_count(w.v);
    struct str name = STR_INIT;
    ck_assert_int_eq(record_case_unmask(w.r, kase.id, &name, NULL), ERR_OK);
    ck_assert_str_eq(str_cstr(&name), "Cosânzeana Ileana");
    ck_assert_uint_eq(vault_event_count(w.v), before + 1);
    str_done(&name);
    end(&w);
}
END_TEST

START_TEST(a_failed_save_keeps_the_answer_and_a_later_one_saves_both)
{
    struct world w;
    begin(&w);
    struct record_case kase = new_case(&w, "Basm", "Ileana");
    record_doc *doc = open_doc(&w, &kase);
    vault_lock(w.v); /* nothing can be written now */
    enum form_problem problem = FORM_P_OK;
    int age = form_def_find(record_doc_def(doc), "age");
    struct form_answer a = {.state = FORM_A_VALUE, .text = "44"};
    ck_assert_int_ne(record_doc_set(doc, age, a, &problem, NULL), ERR_OK);
    ck_assert_uint_eq(record_doc_unsaved(doc), 1);
    ck_assert_str_eq(value(doc, "age"), "44");
    ck_assert_int_eq(vault_unlock(w.v, w.pass, NULL), ERR_OK);
    answer(doc, "promised", FORM_A_VALUE, "work");
    ck_assert_uint_eq(record_doc_unsaved(doc), 0);
    record_doc_close(doc);
    reopen(&w);
    doc = open_doc(&w, &kase);
    ck_assert_str_eq(value(doc, "age"), "44");
    ck_assert_str_eq(value(doc, "promised"), "work");
    record_doc_close(doc);
    end(&w);
}
END_TEST

START_TEST(the_last_setting_holds)
{
    struct world w;
    begin(&w);
    struct str got = STR_INIT;
    ck_assert_int_eq(record_setting_get(w.r, "idle", &got, NULL), ERR_NOT_FOUND);
    record_setting_put(w.r, "idle", "5", NULL);
    record_setting_put(w.r, "idle", "3", NULL);
    ck_assert_int_eq(record_setting_get(w.r, "idle", &got, NULL), ERR_OK);
    ck_assert_str_eq(str_cstr(&got), "3");
    str_done(&got);
    end(&w);
}
END_TEST

Suite *record_record_suite(void)
{
    Suite *s = suite_create("record/record");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 30);
    tcase_add_test(t, a_new_case_shows_initials_and_is_found_in_any_spelling);
    tcase_add_test(t, answers_and_states_are_there_after_reopening);
    tcase_add_test(t, the_rebuilt_view_equals_the_one_that_grew);
    tcase_add_test(t, two_windows_on_one_record_see_each_other_and_replace_in_turn);
    tcase_add_test(t,
                   answers_given_blind_of_each_other_both_stand_as_a_conflict_until_one_is_chosen);
    tcase_add_test(t, a_record_is_signed_off_only_when_complete);
    tcase_add_test(t, asking_for_a_name_leaves_an_entry_in_the_log);
    tcase_add_test(t, a_failed_save_keeps_the_answer_and_a_later_one_saves_both);
    tcase_add_test(t, the_last_setting_holds);
    suite_add_tcase(s, t);
    return s;
}
