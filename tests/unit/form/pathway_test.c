/* The reader of the procedure and its checker: what is wrong is named with its place, and nothing
 * may read a fact that must never open or shut a door, in the procedure or in a form. */
#include "form/pathway.h"

#include <stdio.h>

#include "load.h"

Suite *form_pathway_suite(void);

static const char FACTS[] =
    "facts:\n  - {name: case.police, type: select_one, label: {ro: P}, never_gates: yes}\n"
    "  - {name: case.other, type: select_one, label: {ro: O}}\n";
static const char FORM[] = HEAD YES_NO
    "survey:\n  - {name: police, type: select_one yes_no, label: P, fact: case.police}\n"
    "  - {name: other, type: select_one yes_no, label: O, fact: case.other}\n"
    "  - {name: day, type: date, label: D}\n";

static int role_of(const char *word)
{
    return strcmp(word, "coordinator") == 0 ? 1 : -1;
}

static const struct form_def *find(void *payload, const char *id)
{
    return strcmp(id, "t") == 0 ? payload : NULL;
}

/* "finding line:column", of the first error; "" if there is none. */
static void check(const char *yaml, char out[96])
{
    struct form_facts facts;
    struct form_findings f = {0}, ignored = {0};
    struct form_pathway *p = NULL;
    struct form_def *def = NULL;
    ck_assert_int_eq(form_facts_load(FACTS, strlen(FACTS), &facts, &ignored, NULL), ERR_OK);
    ck_assert_int_eq(form_def_load(FORM, strlen(FORM), &facts, &def, &ignored, NULL), ERR_OK);
    form_findings_done(&ignored);
    const enum err rc = form_pathway_load(yaml, strlen(yaml), role_of, &p, &f, NULL);
    ck_assert_int_eq(rc == ERR_OK, p != NULL);
    if (p != NULL) {
        form_pathway_check(p, find, def, &facts, &f);
    }
    out[0] = '\0';
    if (f.count > 0) {
        snprintf(out, 96, "%s %zu:%zu", form_finding_name(f.items[0].code), f.items[0].line,
                 f.items[0].column);
    }
    form_findings_done(&f);
    form_pathway_free(p);
    form_def_free(def);
    form_facts_done(&facts);
}

#define STAGES "pathway: x\nversion: 1\nstages:\n  - {name: a, label: A, forms: [t]}\ntasks:\n"
#define TASK   "  - name: k\n    label: K\n    from: t.finished\n"

START_TEST(what_is_wrong_is_named_with_its_place)
{
    static const struct {
        const char *yaml, *wanted;
    } T[] = {
        {STAGES TASK, ""},
        {STAGES TASK "    due: {days: 3}\n    closes: t.finished after from\n", ""},
        {STAGES TASK "    due: {by: \"${t.other}\", yes: {hours: 1}, default: {months: 2}}\n", ""},
        {STAGES TASK "    when: \"${t.other} = 'yes' and count(${t}) > 1\"\n", ""},
        {STAGES TASK "    when: \"${t.oter} = 'yes'\"\n", "unknown-name 9:14"},
        {STAGES TASK "    when: \"${u.other} = 'yes'\"\n", "no-form 9:14"},
        {STAGES TASK "    when: \"${t.other} = \"\n", "expression-syntax 9:25"},
        {STAGES TASK "    due: {weeks: 3}\n", "bad-value 9:10"},
        {STAGES TASK "    due: {days: many}\n", "bad-value 9:10"},
        {STAGES TASK "    who: king\n", "bad-value 9:10"},
        {STAGES TASK "    whom: coordinator\n", "unknown-key 9:5"},
        {STAGES TASK "    stage: b\n", "bad-value 9:12"},
        {STAGES TASK TASK, "duplicate-name 9:1"},
        {STAGES TASK "    source: heard\n", "bad-value 9:13"},
        {STAGES "  - {name: k, label: K, from: t.other}\n", "bad-value 6:31"},
        {STAGES "  - {name: k, label: K, from: t.day}\n", ""},
        {STAGES "  - {name: k, label: K, from: task.l.done}\n", "unknown-name 6:31"},
        {STAGES "  - {name: k, label: K}\n", "missing-key 6:5"},
        {"pathway: x\ntasks: []\n", "missing-key 1:1"}};
    for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
        char found[96];
        check(T[i].yaml, found);
        ck_assert_msg(strcmp(found, T[i].wanted) == 0, "%zu: %s, wanted %s", i, found, T[i].wanted);
    }
}
END_TEST

START_TEST(no_rule_of_the_procedure_reads_whether_somebody_deals_with_the_police)
{
    static const struct {
        const char *yaml, *wanted;
    } T[] = {{STAGES TASK "    when: \"${t.police} = 'yes'\"\n", "gates 9:14"},
             {STAGES TASK "    when: \"${case.police} = 'yes'\"\n", "gates 9:14"},
             {STAGES TASK "    when: \"${t.other} = 'yes' or ${t.police} = 'no'\"\n", "gates 9:36"},
             {STAGES TASK "    closes: \"${t.police} = 'yes'\"\n", "gates 9:16"},
             {STAGES TASK "    due: {by: \"${case.police}\", yes: {days: 1}}\n", "gates 9:18"},
             {"pathway: x\nstages:\n  - {name: a, label: A, done: \"${t.police} = 'yes'\"}\n"
              "tasks: []\n",
              "gates 3:34"},
             {STAGES TASK "    when: \"${case.other} = 'yes'\"\n", ""}};
    for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
        char found[96];
        check(T[i].yaml, found);
        ck_assert_msg(strcmp(found, T[i].wanted) == 0, "%zu: %s, wanted %s", i, found, T[i].wanted);
    }
}
END_TEST

START_TEST(no_condition_of_a_form_reads_it_and_it_is_never_required)
{
#define ASK "survey:\n  - {name: p, type: select_one yes_no, label: P, fact: case.police"
    static const struct {
        const char *rest;
        bool is_refused;
    } T[] = {
        {ASK "}\n  - {name: q, type: text, label: Q}\n", false},
        {ASK "}\n  - {name: q, type: text, label: Q, relevant: \"${p} = 'yes'\"}\n", true},
        {ASK "}\n  - {name: q, type: note, label: Q, relevant: \"${p} = 'yes'\"}\n", true},
        {ASK "}\n  - {name: q, type: text, label: Q, required: \"${p} = 'yes'\"}\n", true},
        {ASK "}\n  - {name: q, type: text, label: Q, constraint: \"${p} = 'yes'\"}\n", true},
        {ASK ", required: yes}\n", true},
        {ASK ", constraint: \". = 'yes'\"}\n", true},
        {ASK "}\n  - {name: c, type: calculate, calculation: \"if(${p} = 'yes', 1, 0)\"}\n", false},
        {ASK "}\n  - {name: c, type: calculate, calculation: \"if(${p} = 'yes', 1, 0)\"}\n"
             "  - {name: q, type: text, label: Q, relevant: \"${c} = 1\"}\n",
         true}};
    struct form_facts facts;
    struct form_findings ignored = {0};
    ck_assert_int_eq(form_facts_load(FACTS, strlen(FACTS), &facts, &ignored, NULL), ERR_OK);
    for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
        char yaml[2000];
        struct form_def *def = NULL;
        struct form_findings f = {0};
        bool found = false;
        snprintf(yaml, sizeof yaml, "%s%s%s", HEAD, YES_NO, T[i].rest);
        form_def_load(yaml, strlen(yaml), &facts, &def, &f, NULL);
        for (size_t k = 0; k < f.count; k++) {
            found = found || f.items[k].code == FORM_F_GATES;
        }
        ck_assert_msg(found == T[i].is_refused && found == (def == NULL), "%zu", i);
        form_findings_done(&f);
        form_def_free(def);
    }
    form_facts_done(&facts);
    form_findings_done(&ignored);
}
END_TEST

Suite *form_pathway_suite(void)
{
    Suite *s = suite_create("form/pathway");
    TCase *c = tcase_create("pathway");
    tcase_add_test(c, what_is_wrong_is_named_with_its_place);
    tcase_add_test(c, no_rule_of_the_procedure_reads_whether_somebody_deals_with_the_police);
    tcase_add_test(c, no_condition_of_a_form_reads_it_and_it_is_never_required);
    suite_add_tcase(s, c);
    return s;
}
