/* Properties of recomputing, over forms made at random from a fixed seed: the order of
 * answers does not matter, recomputing by dependency equals computing from nothing, and the
 * changes reported are exactly those that happened. */
#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "form/interview.h"
#include "load.h"

Suite *form_recompute_suite(void);

#define FORMS     300 /* of each kind; SPRIJIN_RANDOM_FORMS asks for more */
#define QUESTIONS 12
#define NOW_MS    1795435200000

static uint64_t seed;

static long wanted_forms(void)
{
    const char *text = getenv("SPRIJIN_RANDOM_FORMS");
    const long n = text == NULL ? 0 : strtol(text, NULL, 10);
    return n > 0 ? n : FORMS;
}

static unsigned dice(unsigned n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

/* ---- forms at random: a condition mentions any other question, a value only earlier ones */

static void put_condition(struct str *y, unsigned self, bool any)
{
    unsigned other = any ? dice(QUESTIONS) : dice(self);
    switch (dice(4)) {
    case 0: str_printf(y, "${q%u} = 'yes'", other); break;
    case 1:
        str_printf(y, "${q%u} > 2 or ${q%u} = 'no'", other, any ? dice(QUESTIONS) : dice(self));
        break;
    case 2: str_printf(y, "string-length(${q%u}) < 3", other); break;
    default: str_printf(y, "selected(${q%u}, 'a') and ${q%u} != ''", other, other); break;
    }
}

static void put_question(struct str *y, unsigned i, int indent)
{
    static const char *const types[] = {"text", "integer", "date", "decimal", "text", "integer"};
    str_printf(y, "%*s- name: q%u\n%*s  label: Q\n", indent, "", i, indent, "");
    if (i > 1 && dice(4) == 0) {
        str_printf(y, "%*s  type: calculate\n%*s  calculation: \"coalesce(${q%u}, 1) + ${q%u}\"\n",
                   indent, "", indent, "", dice(i), dice(i));
        return;
    }
    str_printf(y, "%*s  type: %s\n", indent, "", types[dice(6)]);
    if (i > 0 && dice(2) == 0) {
        str_printf(y, "%*s  relevant: \"", indent, "");
        put_condition(y, i, false);
        str_puts(y, "\"\n");
    }
    if (dice(3) == 0) {
        str_printf(y, "%*s  required: \"", indent, "");
        put_condition(y, i, true);
        str_puts(y, "\"\n");
    }
    if (dice(3) == 0) {
        str_printf(y, "%*s  constraint: \"", indent, "");
        put_condition(y, i, true);
        str_puts(y, "\"\n");
    }
}

static struct form_def *random_form(void)
{
    struct str y = STR_INIT;
    str_puts(&y, HEAD "survey:\n");
    for (unsigned i = 0; i < QUESTIONS;) {
        if (i > 0 && dice(4) == 0) {
            str_printf(&y, "  - group: g%u\n    label: G\n    relevant: \"", i);
            put_condition(&y, i, false);
            str_puts(&y, "\"\n    survey:\n");
            const unsigned last = i + 1 + dice(3);
            for (; i < last && i < QUESTIONS; i++) {
                put_question(&y, i, 6);
            }
        } else {
            put_question(&y, i++, 2);
        }
    }
    struct form_def *def = load_form(str_cstr(&y));
    str_done(&y);
    return def;
}

static struct form_answer random_answer(enum form_type type)
{
    static const char *const texts[] = {"yes", "no", "a", "long text", "5"};
    static const char *const numbers[] = {"1", "2", "3", "40"};
    static const char *const dates[] = {"2020", "2021-05", "2026-11-23"};
    if (dice(4) == 0) {
        return (struct form_answer){dice(2) == 0 ? FORM_A_DECLINED : FORM_A_LATER, ""};
    }
    const char *text = type == FORM_T_DATE   ? dates[dice(3)]
                       : type == FORM_T_TEXT ? texts[dice(5)]
                                             : numbers[dice(4)];
    return (struct form_answer){FORM_A_VALUE, text};
}

/* ---- a repeat at random: some rows, conditions and values inside, sums outside */

static struct form_def *random_repeats(void)
{
    static const char *const inside[] = {"${a} + position(..)", "count(${r})",
                                         "${outer} + ${a}",     "indexed-repeat(${a}, ${r}, 1)",
                                         "sum(${b})",           "coalesce(${a}, ${b})"};
    static const char *const outside[] = {"sum(${a})",
                                          "count(${r})",
                                          "max(${c})",
                                          "join(' ', ${a})",
                                          "indexed-repeat(${c}, ${r}, 2)",
                                          "count-non-empty(${x})"};
    static const char *const conditions[] = {"${a} > 1", "position(..) > 1", "${outer} > 2",
                                             "count(${r}) > 2", "sum(${b}) > 3"};
    struct str y = STR_INIT;
    str_puts(&y, HEAD "survey:\n  - {name: outer, type: integer, label: O}\n  - repeat: r\n"
                      "    label: R\n");
    str_puts(&y, dice(2) == 0 ? "    relevant: \"${outer} > 1\"\n" : "");
    str_puts(&y, dice(3) == 0 ? "    repeat_count: ${outer}\n" : "");
    str_puts(&y, "    survey:\n      - {name: a, type: integer, label: A}\n"
                 "      - {name: b, type: integer, label: B, relevant: \"${a} > 1\"}\n");
    str_printf(&y, "      - {name: c, type: calculate, calculation: \"%s\"}\n", inside[dice(6)]);
    str_printf(&y,
               "      - repeat: inner\n        label: I\n        relevant: \"%s\"\n"
               "        survey:\n          - {name: x, type: integer, label: X, "
               "constraint: \". > ${a}\"}\n"
               "          - {name: z, type: calculate, calculation: \"sum(${x}) + ${a}\"}\n",
               conditions[dice(5)]);
    str_printf(&y, "  - {name: s, type: calculate, calculation: \"%s\"}\n", outside[dice(6)]);
    str_printf(&y, "  - {name: t, type: calculate, calculation: \"%s\"}\n", outside[dice(6)]);
    struct form_def *def = load_form(str_cstr(&y));
    str_done(&y);
    return def;
}

/* ---- comparing */

struct shot {
    bool is_relevant, is_required;
    enum form_problem problem;
    char value[64];
};

static void shoot(const form_interview *iv, struct shot *all, size_t n)
{
    memset(all, 0, n * sizeof *all);
    for (size_t i = 0; i < n; i++) {
        const int k = (int)i;
        all[i].is_relevant = form_interview_relevant(iv, k);
        all[i].is_required = form_interview_required(iv, k);
        all[i].problem = form_interview_problem(iv, k);
        snprintf(all[i].value, sizeof all[i].value, "%s", form_interview_value(iv, k));
    }
}

static bool is_same(const struct shot *a, const struct shot *b)
{
    return a->is_relevant == b->is_relevant && a->is_required == b->is_required &&
           a->problem == b->problem && strcmp(a->value, b->value) == 0;
}

static void assert_same(const form_interview *a, const form_interview *b, size_t n)
{
    struct shot *x = calloc(n, sizeof *x), *y = calloc(n, sizeof *y);
    shoot(a, x, n);
    shoot(b, y, n);
    for (size_t i = 0; i < n; i++) {
        ck_assert_msg(is_same(&x[i], &y[i]), "item %zu: '%s' %d %d %d, '%s' %d %d %d", i,
                      x[i].value, x[i].is_relevant, x[i].is_required, x[i].problem, y[i].value,
                      y[i].is_relevant, y[i].is_required, y[i].problem);
    }
    free(x);
    free(y);
}

static bool is_reported(const form_interview *iv, int item)
{
    size_t n;
    const int *all = form_interview_changes(iv, &n);
    for (size_t i = 0; i < n; i++) {
        if (all[i] == item) {
            return true;
        }
    }
    return false;
}

/* Answers item in iv; what changed must be what is reported. The value of the answered question
 * itself is no change. */
static void set_and_compare(form_interview *iv, int item, struct form_answer a, size_t n)
{
    struct shot *before = calloc(n, sizeof *before), *after = calloc(n, sizeof *after);
    shoot(iv, before, n);
    form_interview_set(iv, item, a);
    shoot(iv, after, n);
    strcpy(after[item].value, before[item].value);
    for (size_t i = 0; i < n; i++) {
        ck_assert_msg(is_same(&before[i], &after[i]) != is_reported(iv, (int)i), "item %zu", i);
    }
    free(before);
    free(after);
}

static void check_form(const struct form_def *def)
{
    const size_t n = def->count;
    struct form_answer *answers = calloc(n, sizeof *answers);
    int *turn = calloc(n, sizeof *turn);
    form_interview *x = form_interview_new(def, NOW_MS), *y = form_interview_new(def, NOW_MS);
    form_interview *z = form_interview_new(def, NOW_MS);
    form_interview_start(x, true);
    form_interview_start(y, true);
    for (size_t i = 0; i < n; i++) {
        turn[i] = (int)i;
        answers[i] = (struct form_answer){FORM_A_NONE, ""};
        if (form_type_takes_answer(def->items[i].type)) {
            set_and_compare(x, (int)i, random_answer(def->items[i].type), n);
            answers[i] = random_answer(def->items[i].type);
            set_and_compare(x, (int)i, answers[i], n);
        }
        form_interview_load(z, (int)i, answers[i]);
    }
    for (size_t i = n; i > 1; i--) {
        const unsigned k = dice((unsigned)i);
        const int swap = turn[i - 1];
        turn[i - 1] = turn[k];
        turn[k] = swap;
    }
    for (size_t i = 0; i < n; i++) {
        if (answers[turn[i]].state != FORM_A_NONE) {
            set_and_compare(y, turn[i], answers[turn[i]], n);
        }
    }
    form_interview_start(z, false);
    assert_same(x, y, n);
    assert_same(x, z, n);
    form_interview_free(x);
    form_interview_free(y);
    form_interview_free(z);
    free(turn);
    free(answers);
}

START_TEST(recomputing_by_dependency_equals_computing_from_nothing_in_any_order)
{
    seed = 20261123;
    for (long i = wanted_forms(); i > 0; i--) {
        struct form_def *def = random_form();
        check_form(def);
        form_def_free(def);
    }
}
END_TEST

/* Does one thing to an interview with repeats, by the dice. */
static void act(form_interview *iv)
{
    const struct form_def *def = form_interview_def(iv);
    const int container = form_interview_node(iv, form_def_find(def, dice(2) == 0 ? "r" : "inner"),
                                              dice(2) == 0 ? -1 : form_interview_nodes(iv) - 1);
    const int r = form_def_find(def, "r");
    size_t n;
    const int *rows = form_interview_instances(iv, r, &n);
    switch (dice(8)) {
    case 0: form_interview_instance_add(iv, r, NULL, n > 0 && dice(2) == 0 ? rows[0] : -1); return;
    case 1:
        if (container >= 0 && form_interview_is_container(iv, container) && n < 6) {
            form_interview_instance_add(iv, container, NULL, -1);
        }
        return;
    case 2:
        if (n > 0) {
            form_interview_instance_delete(iv, rows[dice((unsigned)n)]);
        }
        return;
    case 3:
        if (n > 1) {
            form_interview_instance_move(iv, rows[n - 1], rows[0]);
        }
        return;
    default: break;
    }
    const int node = (int)dice((unsigned)form_interview_nodes(iv));
    if (form_interview_exists(iv, node)) {
        form_interview_set(iv, node, random_answer(FORM_T_INTEGER));
    }
}

/* Two interviews say the same of every node, by address. */
static void assert_same_record(form_interview *a, form_interview *b)
{
    struct str at = STR_INIT;
    for (int i = 0; i < form_interview_nodes(a); i++) {
        if (!form_interview_exists(a, i)) {
            continue;
        }
        const char *key = form_interview_def(a)->items[form_interview_item(a, i)].key;
        str_clear(&at);
        form_interview_at(a, i, &at);
        const int k = form_interview_find(b, str_cstr(&at), key);
        ck_assert_msg(k >= 0, "%s %s", key, str_cstr(&at));
        ck_assert_msg(form_interview_relevant(a, i) == form_interview_relevant(b, k), "%s %s", key,
                      str_cstr(&at));
        ck_assert_int_eq(form_interview_problem(a, i), form_interview_problem(b, k));
        ck_assert_str_eq(form_interview_value(a, i), form_interview_value(b, k));
    }
    str_done(&at);
}

/* A second interview gets the instances and answers of the first, last node first, and starts. */
static form_interview *copy_of(form_interview *iv)
{
    form_interview *out = form_interview_new(form_interview_def(iv), NOW_MS);
    struct str at = STR_INIT;
    const int r = form_def_find(form_interview_def(iv), "r");
    size_t n;
    const unsigned char first[FORM_ID_BYTES] = {0, 0, 0, 0, 0, 0, 0, 1};
    bool has_first = false;
    for (int i = 0; i < form_interview_nodes(iv); i++) {
        if (form_interview_exists(iv, i) && form_interview_is_container(iv, i) &&
            !form_interview_is_counted(iv, i)) {
            str_clear(&at);
            form_interview_at(iv, i, &at);
            const int c = form_interview_find(
                out, str_cstr(&at), form_interview_def(iv)->items[form_interview_item(iv, i)].key);
            const int *rows = form_interview_instances(iv, i, &n);
            has_first = false;
            for (size_t k = 0; k < n; k++) {
                const unsigned char *id = form_interview_instance_id(iv, rows[k]);
                const int made = form_interview_instance_add(out, c, id, -1);
                has_first = has_first || memcmp(id, first, sizeof first) == 0;
                form_interview_instance_move(out, made, -1);
            }
            if (!has_first) {
                const int *theirs = form_interview_instances(out, c, &n);
                form_interview_instance_delete(out, theirs[0]);
            }
        }
    }
    ck_assert_int_ge(r, 0);
    for (int i = form_interview_nodes(iv) - 1; i >= 0; i--) {
        if (form_interview_exists(iv, i)) {
            str_clear(&at);
            form_interview_at(iv, i, &at);
            const int k = form_interview_find(
                out, str_cstr(&at), form_interview_def(iv)->items[form_interview_item(iv, i)].key);
            form_interview_load(out, k, form_interview_answer(iv, i));
        }
    }
    str_done(&at);
    form_interview_start(out, false);
    return out;
}

START_TEST(interviews_with_repeats_equal_a_computation_from_nothing)
{
    seed = 777;
    for (long i = wanted_forms(); i > 0; i--) {
        struct form_def *def = random_repeats();
        form_interview *iv = form_interview_new(def, NOW_MS);
        form_interview_start(iv, true);
        for (int k = 0; k < 25; k++) {
            act(iv);
        }
        form_interview *copy = copy_of(iv);
        assert_same_record(iv, copy);
        form_interview_free(iv);
        form_interview_free(copy);
        form_def_free(def);
    }
}
END_TEST

Suite *form_recompute_suite(void)
{
    Suite *s = suite_create("form/recompute");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 1800);
    tcase_add_test(t, recomputing_by_dependency_equals_computing_from_nothing_in_any_order);
    tcase_add_test(t, interviews_with_repeats_equal_a_computation_from_nothing);
    suite_add_tcase(s, t);
    return s;
}
