/* The procedure: the rule of the dimensions and the table of results for every combination, many
 * records of one form, facts that are not carried, who may lower the level of risk, tasks that do
 * not go by themselves, cards that tell what a look at the case tells, and persons. */
#include "record/pathway.h"
#include "../vault/team.h"
#include "base/clock.h"
#include "record/record_int.h"

Suite *record_pathway_suite(void);

static int64_t at_ms;
static int64_t at(void)
{
    return at_ms;
}

/* ---- pure rules */

#define Q(name, mark)                                                                              \
    "  - {name: " name ", type: select_one yes_no, label: Q, indicator: d " mark "}\n"
static const char DIMENSION[] =
    "form: t\ntitle: {en: T}\nversion: 1\nchoices:\n  yes_no:\n    - {name: yes, label: Y}\n"
    "    - {name: no, label: N}\nindicators:\n  dimensions: [d]\n  rule: [{strong: 2}, {strong: 1,"
    " medium: 1}, {strong: 1, weak: 1}, {medium: 3}, {medium: 2, weak: 1}]\nsurvey:\n" Q(
        "a", "strong") Q("b", "strong") Q("c", "strong") Q("d", "medium") Q("e", "medium")
        Q("f", "medium") Q("g", "weak") Q("h", "weak") Q("i", "weak");

START_TEST(every_count_of_strong_medium_and_weak_is_judged_by_the_rule)
{
    struct form_def *def = NULL;
    struct form_findings f = {0};
    ck_assert_int_eq(form_def_load(DIMENSION, strlen(DIMENSION), NULL, &def, &f, NULL), ERR_OK);
    form_findings_done(&f);
    for (int n = 0; n < 64; n++) {
        const int count[3] = {n / 16, n / 4 % 4, n % 4};
        form_interview *iv = form_interview_new(def, 0);
        form_interview_start(iv, true);
        for (int kind = 0; kind < 3; kind++) {
            for (int k = 0; k < 3; k++) {
                const struct form_answer a = {FORM_A_VALUE, k < count[kind] ? "yes" : "no"};
                form_interview_set(iv, kind * 3 + k, a);
            }
        }
        const struct form_dimension_result r = form_interview_dimension(iv, 0);
        const int s = count[0], m = count[1], w = count[2];
        const bool wanted = s >= 2 || (s == 1 && m + w >= 1) || m >= 3 || (m >= 2 && w >= 1);
        ck_assert_msg(r.is_positive == wanted, "%d strong, %d medium, %d weak", s, m, w);
        ck_assert_uint_eq(r.strong, (unsigned)s);
        ck_assert_uint_eq(r.medium, (unsigned)m);
        ck_assert_uint_eq(r.weak, (unsigned)w);
        form_interview_free(iv);
    }
    form_def_free(def);
}
END_TEST

START_TEST(every_combination_of_dimensions_has_its_result_and_what_the_table_lacks_goes_to_the_team)
{
    /* deceptive, coercive, exploitation, coercion there; adult, child */
    static const struct {
        bool d, c, e, x;
        const char *adult, *child;
    } T[] = {
        {0, 0, 0, 0, "no-victim", "no-victim"},           {0, 0, 0, 1, "emt-review", "emt-review"},
        {0, 0, 1, 0, "exploited", "trafficked"},          {0, 0, 1, 1, "emt-review", "trafficked"},
        {0, 1, 0, 0, "emt-review", "emt-review"},         {0, 1, 0, 1, "emt-review", "emt-review"},
        {0, 1, 1, 0, "emt-review", "trafficked"},         {0, 1, 1, 1, "trafficked", "trafficked"},
        {1, 0, 0, 0, "emt-review", "emt-review"},         {1, 0, 0, 1, "emt-review", "emt-review"},
        {1, 0, 1, 0, "deceived-exploited", "trafficked"}, {1, 0, 1, 1, "trafficked", "trafficked"},
        {1, 1, 0, 0, "emt-review", "emt-review"},         {1, 1, 0, 1, "emt-review", "emt-review"},
        {1, 1, 1, 0, "emt-review", "trafficked"},         {1, 1, 1, 1, "trafficked", "trafficked"}};
    for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
        ck_assert_str_eq(
            record_result_word(record_result_of(false, T[i].d, T[i].c, T[i].e, T[i].x)),
            T[i].adult);
        ck_assert_str_eq(record_result_word(record_result_of(true, T[i].d, T[i].c, T[i].e, T[i].x)),
                         T[i].child);
    }
}
END_TEST

/* ---- a vault */

static const char FACTS[] = "facts:\n  - {name: person.surname, type: text, label: {ro: N}}\n"
                            "  - {name: person.given, type: text, label: {ro: P}}\n"
                            "  - {name: person.alias, type: text, label: {ro: A}}\n"
                            "  - {name: case.next, type: date, label: {ro: D}, carry: no}\n";
static const char RISK[] = "form: risk\ntitle: {en: R}\nversion: 1\nrecords: many\nchoices:\n  l:\n"
                           "    - {name: low, label: L}\n    - {name: high, label: H}\n  c:\n"
                           "    - {name: keep, label: K}\n    - {name: lower, label: W}\nsurvey:\n"
                           "  - {name: confirm, type: select_one c, label: C}\n"
                           "  - {name: level, type: select_one l, label: L}\n"
                           "  - {name: next, type: date, label: D, fact: case.next}\n"
                           "  - {name: named, type: text, label: S, fact: person.surname}\n";
static const char PATHWAY[] =
    "pathway: t\nversion: 1\nlevel:\n  question: risk.level\n"
    "  lower: {question: confirm, value: lower, sign: coordinator}\nstages:\n"
    "  - {name: risk, label: R, forms: [risk]}\n  - {name: end, label: E, done: no}\ntasks:\n"
    "  - {name: first, label: F, from: case.opened, due: {days: 2}, closes: risk.finished}\n"
    "  - {name: guard, label: G, when: \"${level} = 'high'\", from: risk.finished, due: {hours: 2},"
    " repeats: yes, sticky: yes}\n"
    "  - {name: again, label: A, from: risk.finished, due: {by: \"${level}\", high: {days: 7},"
    " default: {days: 30}}, repeats: yes}\nlevels:\n  - {name: low, label: L}\n"
    "  - {name: high, label: H, actions: [guard]}\n";

struct house {
    struct team t;
    char *forms;
    record *r[TEAM_MAX];
};

static void put_form(const struct house *p, const char *name, const char *text)
{
    char *path = file_join(p->forms, name);
    ck_assert_int_eq(file_replace(path, text, strlen(text), 0600, NULL), ERR_OK);
    free(path);
}

static void open_record(struct house *p, size_t who)
{
    struct err_info err = {0};
    record_close(p->r[who]);
    const enum err got = record_open(p->t.v[who], p->forms, &p->r[who], &err);
    ck_assert_msg(got == ERR_OK, "%s in %s", err_name(got), err.origin);
}

static struct record_case begin(struct house *p)
{
    struct record_case made;
    memset(p, 0, sizeof *p);
    clock_zone("Europe/Chisinau");
    p->t = team_new();
    p->forms = file_join(p->t.f.root, "forms");
    ck_assert_int_eq(file_mkdir(p->forms, NULL), ERR_OK);
    put_form(p, "facts.yaml", FACTS);
    put_form(p, "risk.yaml", RISK);
    put_form(p, "pathway.yaml", PATHWAY);
    open_record(p, 0);
    at_ms = clock_now_ms() + 60000;
    clock_hook(at);
    const struct record_new_case how = {.surname = "Cosânzeana", .given = "Ileana", .alias = ""};
    ck_assert_int_eq(record_case_new(p->r[0], &how, &made, NULL), ERR_OK);
    return made;
}

static void end(struct house *p)
{
    for (size_t i = 0; i < p->t.count; i++) {
        record_close(p->r[i]);
    }
    clock_hook(NULL);
    free(p->forms);
    team_done(&p->t);
}

static enum err assess(record *r, const struct record_case *k, const char *confirm,
                       const char *level)
{
    record_doc *doc = NULL;
    ck_assert_int_eq(record_doc_new(r, k->id, "risk", &doc, NULL), ERR_OK);
    const struct form_answer answers[] = {{FORM_A_VALUE, confirm}, {FORM_A_VALUE, level}};
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(record_doc_set(doc, i, answers[i], NULL, NULL), ERR_OK);
    }
    const enum err rc = record_doc_finish(doc, NULL);
    record_doc_close(doc);
    return rc;
}

static struct record_course look(record *r, const struct record_case *k)
{
    struct record_course c;
    struct err_info err = {0};
    const enum err rc = record_course_get(r, k->id, 0, &c, &err);
    ck_assert_msg(rc == ERR_OK, "%s in %s", err_name(rc), err.origin);
    return c;
}

static const char *level_of(record *r, const struct record_case *k, bool *is_unsigned)
{
    struct record_course c = look(r, k);
    const char *name = c.level < 0 ? "" : c.pathway->levels[c.level].name;
    *is_unsigned = c.level_unsigned;
    record_course_done(&c);
    return name;
}

START_TEST(a_form_has_as_many_records_as_are_begun_each_with_its_own_answers)
{
    struct house p;
    const struct record_case k = begin(&p);
    struct record_doc_info *docs = NULL;
    size_t n = 0;
    record_doc *doc = NULL;
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(record_doc_new(p.r[0], k.id, "risk", &doc, NULL), ERR_OK);
        const struct form_answer day = {FORM_A_VALUE, i == 0 ? "2026-01-31" : "2026-02-28"};
        ck_assert_int_eq(record_doc_set(doc, 2, day, NULL, NULL), ERR_OK);
        record_doc_close(doc);
        at_ms += 1000;
    }
    ck_assert_int_eq(record_docs(p.r[0], k.id, NULL, &docs, &n, NULL), ERR_OK);
    ck_assert_uint_eq(n, 3);
    ck_assert_str_eq(docs[0].title, "2026-01-31");
    ck_assert_str_eq(docs[2].title, "2026-02-28");
    ck_assert_str_ne(docs[0].id, docs[1].id);
    ck_assert(docs[0].author[0] != '\0' && docs[0].finished_ms == 0);
    ck_assert_int_eq(record_doc_open_id(p.r[0], k.id, docs[0].id, &doc, NULL), ERR_OK);
    ck_assert_str_eq(form_interview_answer(record_doc_interview(doc), 2).text, "2026-01-31");
    /* Known facts stand in a new record, but not one that is never carried. */
    ck_assert_str_eq(form_interview_answer(record_doc_interview(doc), 3).text, "Cosânzeana");
    record_doc_close(doc);
    ck_assert_int_eq(record_doc_open(p.r[0], k.id, "risk", &doc, NULL), ERR_OK);
    ck_assert_str_eq(record_doc_id(doc), docs[2].id);
    record_doc_close(doc);
    ck_assert_int_eq(record_doc_new(p.r[0], k.id, "risk", &doc, NULL), ERR_OK);
    ck_assert_int_eq(form_interview_answer(record_doc_interview(doc), 2).state, FORM_A_NONE);
    record_doc_close(doc);
    ck_assert_int_eq(record_doc_open_id(p.r[0], k.id, "no/such", &doc, NULL), ERR_NOT_FOUND);
    ck_assert_ptr_null(doc);
    record_docs_done(docs, n);
    end(&p);
}
END_TEST

START_TEST(only_a_coordinator_signs_a_lower_level)
{
    struct house p;
    bool is_unsigned = true;
    begin(&p);
    clock_hook(NULL);
    team_join(&p.t, "worker", VAULT_ROLE_CASEWORKER);
    clock_hook(at);
    at_ms += 10000;
    open_record(&p, 1);
    struct record_case k;
    ck_assert_int_eq(
        record_case_new(p.r[1], &(struct record_new_case){.surname = "Basm"}, &k, NULL), ERR_OK);
    ck_assert_int_eq(assess(p.r[1], &k, "keep", "high"), ERR_OK);
    ck_assert_str_eq(level_of(p.r[1], &k, &is_unsigned), "high");
    at_ms += 1000;
    ck_assert_int_eq(assess(p.r[1], &k, "lower", "low"), ERR_RIGHTS);
    ck_assert_str_eq(level_of(p.r[1], &k, &is_unsigned), "high");
    ck_assert(!is_unsigned);
    /* Signed past the program's door it does not count either. */
    struct record_doc_info *docs = NULL;
    size_t n = 0;
    ck_assert_int_eq(record_docs(p.r[1], k.id, "risk", &docs, &n, NULL), ERR_OK);
    ck_assert_uint_eq(n, 2);
    struct str text = STR_INIT;
    struct vault_write w;
    jv *body = jv_new_object();
    jv_set_str(body, "record", strrchr(docs[1].id, '/') + 1);
    record_write(&w, k.id, RECORD_K_FINISHED, body, &text);
    ck_assert_int_eq(vault_append(p.t.v[1], &w, 1, NULL, NULL), ERR_OK);
    ck_assert_int_eq(record_refresh(p.r[1], NULL, NULL), ERR_OK);
    ck_assert_str_eq(level_of(p.r[1], &k, &is_unsigned), "high");
    ck_assert(is_unsigned);
    str_done(&text);
    record_docs_done(docs, n);
    /* A coordinator may. */
    struct record_case own;
    ck_assert_int_eq(
        record_case_new(p.r[0], &(struct record_new_case){.surname = "Zorilă"}, &own, NULL),
        ERR_OK);
    ck_assert_int_eq(assess(p.r[0], &own, "keep", "high"), ERR_OK);
    at_ms += 1000;
    ck_assert_int_eq(assess(p.r[0], &own, "lower", "low"), ERR_OK);
    ck_assert_str_eq(level_of(p.r[0], &own, &is_unsigned), "low");
    end(&p);
}
END_TEST

START_TEST(a_sticky_task_goes_only_with_what_was_done_and_comes_back_with_the_next_event)
{
    struct house p;
    const struct record_case k = begin(&p);
    ck_assert_int_eq(record_task_done(p.r[0], k.id, "guard", "x", NULL), ERR_NOT_FOUND);
    ck_assert_int_eq(assess(p.r[0], &k, "keep", "high"), ERR_OK);
    at_ms += 1000;
    ck_assert_int_eq(record_task_done(p.r[0], k.id, "guard", "", NULL), ERR_USAGE);
    ck_assert_int_eq(record_task_done(p.r[0], k.id, "guard", "Ușa e încuiată.", NULL), ERR_OK);
    struct record_course c = look(p.r[0], &k);
    for (size_t i = 0; i < c.task_count; i++) {
        const bool is_guard = strcmp(c.tasks[i].task->name, "guard") == 0;
        ck_assert(!is_guard || c.tasks[i].state == RECORD_TASK_DONE);
    }
    record_course_done(&c);
    at_ms += 1000;
    ck_assert_int_eq(assess(p.r[0], &k, "keep", "high"), ERR_OK);
    c = look(p.r[0], &k);
    ck_assert_str_eq(c.tasks[0].task->name, "guard");
    ck_assert_int_eq(c.tasks[0].state, RECORD_TASK_OPEN + (c.tasks[0].warn_ms <= at_ms));
    record_course_done(&c);
    end(&p);
}
END_TEST

/* The agenda of the cards, as text. */
static void agenda(record *r, struct str *out)
{
    struct record_agenda_row *rows = NULL;
    size_t n = 0;
    str_clear(out);
    ck_assert_int_eq(record_agenda(r, 0, 0, &rows, &n, NULL), ERR_OK);
    for (size_t i = 0; i < n; i++) {
        str_printf(out, "%s %s %lld %d\n", rows[i].code, rows[i].task->name,
                   (long long)rows[i].due_ms, rows[i].state);
    }
    free(rows);
}

START_TEST(cards_tell_what_a_look_at_each_case_tells_also_after_the_procedure_was_changed)
{
    struct house p;
    struct record_case k[3];
    struct str before = STR_INIT, after = STR_INIT, looked = STR_INIT;
    k[0] = begin(&p);
    for (int i = 1; i < 3; i++) {
        const struct record_new_case how = {.surname = "Zorilor"};
        at_ms += 1000;
        ck_assert_int_eq(record_case_new(p.r[0], &how, &k[i], NULL), ERR_OK);
    }
    ck_assert_int_eq(assess(p.r[0], &k[1], "keep", "high"), ERR_OK);
    agenda(p.r[0], &before);
    for (bool more = true; more;) {
        ck_assert_int_eq(record_tidy(p.r[0], 1000, &more, NULL), ERR_OK);
    }
    open_record(&p, 0);
    agenda(p.r[0], &after);
    ck_assert_str_eq(str_cstr(&after), str_cstr(&before));
    ck_assert_uint_gt(before.len, 0);
    for (int i = 0; i < 3; i++) {
        struct record_course c = look(p.r[0], &k[i]);
        struct record_case kase;
        ck_assert_int_eq(record_case_get(p.r[0], k[i].id, &kase, NULL), ERR_OK);
        ck_assert_int_eq(kase.stage, c.current);
        ck_assert_int_eq(kase.level, c.level);
        ck_assert_uint_eq(kase.open_tasks, c.open_count);
        ck_assert_int_eq(kase.next_due_ms, c.open_count > 0 ? c.tasks[0].due_ms : 0);
        record_course_done(&c);
    }
    /* One day less for the first assessment. */
    struct str changed = STR_INIT;
    const char *days = strstr(PATHWAY, "{days: 2}");
    str_put(&changed, PATHWAY, (size_t)(days - PATHWAY));
    str_printf(&changed, "{days: 1}%s", days + strlen("{days: 2}"));
    put_form(&p, "pathway.yaml", str_cstr(&changed));
    open_record(&p, 0);
    agenda(p.r[0], &after);
    ck_assert_str_ne(str_cstr(&after), str_cstr(&before));
    str_done(&changed);
    str_done(&before);
    str_done(&after);
    str_done(&looked);
    end(&p);
}
END_TEST

START_TEST(a_person_with_two_cases_is_one_person)
{
    struct house p;
    const struct record_case k = begin(&p);
    struct record_case again, other;
    struct record_person person;
    struct str name = STR_INIT;
    size_t n = 0;
    at_ms += 1000;
    ck_assert_int_eq(record_case_again(p.r[0], k.id, &again, NULL), ERR_OK);
    ck_assert_int_eq(
        record_case_new(p.r[0], &(struct record_new_case){.surname = "Alb"}, &other, NULL), ERR_OK);
    ck_assert_str_ne(again.code, k.code);
    for (bool more = true; more;) {
        ck_assert_int_eq(record_tidy(p.r[0], 1000, &more, NULL), ERR_OK);
    }
    open_record(&p, 0);
    ck_assert_int_eq(record_person_count(p.r[0], &n, NULL), ERR_OK);
    ck_assert_uint_eq(n, 2);
    ck_assert_int_eq(record_person_of(p.r[0], again.id, &person, NULL), ERR_OK);
    ck_assert_uint_eq(person.count, 2);
    ck_assert_str_eq(person.cases[0].code, k.code);
    ck_assert_str_eq(person.cases[1].code, again.code);
    record_person_done(&person);
    ck_assert_int_eq(record_fact(p.r[0], again.id, "person.surname", &name, NULL), ERR_OK);
    ck_assert_str_eq(str_cstr(&name), "Cosânzeana");
    str_done(&name);
    end(&p);
}
END_TEST

Suite *record_pathway_suite(void)
{
    Suite *s = suite_create("record/pathway");
    TCase *c = tcase_create("pathway");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, every_count_of_strong_medium_and_weak_is_judged_by_the_rule);
    tcase_add_test(
        c,
        every_combination_of_dimensions_has_its_result_and_what_the_table_lacks_goes_to_the_team);
    tcase_add_test(c, a_form_has_as_many_records_as_are_begun_each_with_its_own_answers);
    tcase_add_test(c, only_a_coordinator_signs_a_lower_level);
    tcase_add_test(c,
                   a_sticky_task_goes_only_with_what_was_done_and_comes_back_with_the_next_event);
    tcase_add_test(c,
                   cards_tell_what_a_look_at_each_case_tells_also_after_the_procedure_was_changed);
    tcase_add_test(c, a_person_with_two_cases_is_one_person);
    suite_add_tcase(s, c);
    return s;
}
