/* The timeline of a case: old and new values, order, members, and what is not told twice. */
#include "record/timeline.h"
#include "../vault/team.h"
#include "base/clock.h"

Suite *record_timeline_suite(void);

static int64_t at_ms;
static int64_t at(void)
{
    return at_ms;
}

static const char FORM[] = "form: visit\ntitle: {en: V}\nversion: 1\nsurvey:\n"
                           "  - {name: who, type: text, label: W}\n"
                           "  - {name: age, type: integer, label: A}\n";

static const char FACTS[] = "facts:\n  - {name: person.surname, type: text, label: {ro: N}}\n"
                            "  - {name: person.given, type: text, label: {ro: P}}\n"
                            "  - {name: person.alias, type: text, label: {ro: A}}\n";

struct house {
    struct team t;
    char *forms;
    record *r;
    struct record_case k;
};

static void put_file(const struct house *p, const char *name, const char *text)
{
    char *path = file_join(p->forms, name);
    ck_assert_int_eq(file_replace(path, text, strlen(text), 0600, NULL), ERR_OK);
    free(path);
}

static void begin(struct house *p)
{
    memset(p, 0, sizeof *p);
    clock_zone("Europe/Chisinau");
    p->t = team_new();
    p->forms = file_join(p->t.f.root, "forms");
    ck_assert_int_eq(file_mkdir(p->forms, NULL), ERR_OK);
    put_file(p, "facts.yaml", FACTS);
    put_file(p, "visit.yaml", FORM);
    ck_assert_int_eq(record_open(p->t.v[0], p->forms, &p->r, NULL), ERR_OK);
    at_ms = clock_now_ms() + 60000;
    clock_hook(at);
    const struct record_new_case how = {.surname = "Zorilă", .given = "", .alias = ""};
    ck_assert_int_eq(record_case_new(p->r, &how, &p->k, NULL), ERR_OK);
}

static void end(struct house *p)
{
    record_close(p->r);
    clock_hook(NULL);
    free(p->forms);
    team_done(&p->t);
}

static void say(record_doc *doc, int node, enum form_answer_state state, const char *text)
{
    at_ms += 1000;
    const struct form_answer a = {state, text};
    ck_assert_int_eq(record_doc_set(doc, node, a, NULL, NULL), ERR_OK);
}

START_TEST(an_answer_that_was_changed_is_told_with_the_value_before_and_after_newest_first)
{
    struct house p;
    struct record_change *c = NULL;
    record_doc *doc = NULL;
    size_t n = 0;
    begin(&p);
    ck_assert_int_eq(record_doc_open(p.r, p.k.id, "visit", &doc, NULL), ERR_OK);
    say(doc, 0, FORM_A_VALUE, "Ana");
    say(doc, 1, FORM_A_DECLINED, "");
    say(doc, 0, FORM_A_VALUE, "Ion");
    at_ms += 1000;
    ck_assert_int_eq(record_doc_finish(doc, NULL), ERR_OK);
    ck_assert_int_eq(record_timeline(p.r, p.k.id, &c, &n, NULL), ERR_OK);
    ck_assert_uint_ge(n, 6);
    ck_assert_int_eq(c[0].kind, RECORD_CHANGE_SIGNED);
    ck_assert_str_eq(c[0].record, record_doc_id(doc));
    ck_assert_int_eq(c[1].kind, RECORD_CHANGE_ANSWER);
    ck_assert_str_eq(c[1].key, "who");
    ck_assert_str_eq(c[1].before, "Ana");
    ck_assert_str_eq(c[1].after, "Ion");
    ck_assert_str_eq(c[1].form, "visit");
    ck_assert(c[1].member[0] != '\0');
    ck_assert_str_eq(c[2].key, "age");
    ck_assert_str_eq(c[2].before, "");
    ck_assert_str_eq(c[2].after, "<declined>");
    ck_assert_str_eq(c[3].after, "Ana");
    ck_assert_int_eq(c[4].kind, RECORD_CHANGE_BEGUN);
    ck_assert_int_eq(c[n - 1].kind, RECORD_CHANGE_CASE);
    for (size_t i = 1; i < n; i++) {
        ck_assert_int_ge(c[i - 1].time_ms, c[i].time_ms);
    }
    record_timeline_done(c, n);
    record_doc_close(doc);
    end(&p);
}
END_TEST

START_TEST(a_case_that_was_let_go_of_is_told_again_from_the_log_and_a_strange_one_is_not_found)
{
    struct house p;
    struct record_change *c = NULL, *again = NULL;
    unsigned char strange[ID_LEN] = {1};
    size_t n = 0, m = 0;
    begin(&p);
    ck_assert_int_eq(record_timeline(p.r, p.k.id, &c, &n, NULL), ERR_OK);
    record_close(p.r);
    ck_assert_int_eq(record_open(p.t.v[0], p.forms, &p.r, NULL), ERR_OK);
    ck_assert_int_eq(record_timeline(p.r, p.k.id, &again, &m, NULL), ERR_OK);
    ck_assert_uint_eq(n, m);
    for (size_t i = 0; i < n; i++) {
        ck_assert_int_eq(c[i].kind, again[i].kind);
        ck_assert_str_eq(c[i].after, again[i].after);
    }
    record_timeline_done(c, n);
    record_timeline_done(again, m);
    ck_assert_int_eq(record_timeline(p.r, strange, &c, &n, NULL), ERR_NOT_FOUND);
    ck_assert_ptr_null(c);
    end(&p);
}
END_TEST

Suite *record_timeline_suite(void)
{
    Suite *s = suite_create("record/timeline");
    TCase *t = tcase_create("record/timeline");
    tcase_add_test(t,
                   an_answer_that_was_changed_is_told_with_the_value_before_and_after_newest_first);
    tcase_add_test(
        t, a_case_that_was_let_go_of_is_told_again_from_the_log_and_a_strange_one_is_not_found);
    suite_add_tcase(s, t);
    return s;
}
