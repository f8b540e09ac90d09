/* Questions with answers of every kind, for the tests of expressions. */
#ifndef SPRIJIN_TESTS_FORM_EXPR_FIXTURE_H
#define SPRIJIN_TESTS_FORM_EXPR_FIXTURE_H

#include <check.h>
#include <string.h>

#include "base/arena.h"
#include "form/expr.h"

#define NOON 1795435200000LL /* 2026-11-23T12:00 UTC */

enum { AGE, NAME, BLANK, KINDS, BORN, VISIT, SOME, NUMBERS, NONE, DASHED, MOMENT, FLAG, SLOTS };
static const char *const slot_names[SLOTS] = {"age",  "name",  "blank",  "kinds",
                                              "born", "visit", "some",   "numbers",
                                              "none", "n-1",   "moment", "flag"};

static int resolve(void *payload, const char *name, size_t n)
{
    (void)payload;
    for (int i = 0; i < SLOTS; i++) {
        if (strlen(slot_names[i]) == n && memcmp(slot_names[i], name, n) == 0) {
            return i;
        }
    }
    return -1;
}

static const struct form_expr_scope scope = {.resolve = resolve};

static struct form_value answer(void *payload, int slot, const struct form_node *context)
{
    (void)context;
    static const struct form_value some[3] = {
        {.type = FORM_V_NUMBER, .is_node = true, .num = 10, .num2 = 10},
        {.type = FORM_V_STRING, .is_node = true, .s = ""},
        {.type = FORM_V_NUMBER, .is_node = true, .num = 20, .num2 = 20}};
    static const struct form_value numbers[3] = {
        {.type = FORM_V_NUMBER, .is_node = true, .num = 3, .num2 = 3},
        {.type = FORM_V_NUMBER, .is_node = true, .num = 1, .num2 = 1},
        {.type = FORM_V_NUMBER, .is_node = true, .num = 2, .num2 = 2}};
    static const struct form_value values[SLOTS] = {
        [AGE] = {.type = FORM_V_NUMBER, .num = 34, .num2 = 34},
        [NAME] = {.type = FORM_V_STRING, .s = "Ștefan", .n = 7},
        [BLANK] = {.type = FORM_V_STRING, .s = "", .n = 0},
        [KINDS] = {.type = FORM_V_STRING, .s = "a c dd", .n = 6},
        [BORN] = {.type = FORM_V_DATE, .num = 10227, .num2 = 10591, .s = "1998", .n = 4},
        [VISIT] = {.type = FORM_V_DATE, .num = 20517, .num2 = 20517}, /* 2026-03-05 */
        [SOME] = {.type = FORM_V_NODES, .items = some, .count = 3},
        [NUMBERS] = {.type = FORM_V_NODES, .items = numbers, .count = 3},
        [NONE] = {.type = FORM_V_NODES},
        [DASHED] = {.type = FORM_V_STRING, .s = "5", .n = 1},
        [MOMENT] = {.type = FORM_V_DATETIME, .num = 20517.5, .num2 = 20517.5},
        [FLAG] = {.type = FORM_V_STRING, .s = "yes", .n = 3}};
    int *calls = payload;
    if (calls != NULL) {
        calls[slot]++;
    }
    struct form_value v = values[slot];
    v.is_node = true;
    return v;
}

static const char *label(void *payload, int slot, const char *choice)
{
    (void)payload;
    return slot == KINDS && strcmp(choice, "a") == 0 ? "First" : NULL;
}

static struct form_value evaluate(const char *text, arena *a, int *calls, bool want_latest)
{
    struct form_expr_error error;
    const form_expr *x = form_expr_compile(a, text, strlen(text), &scope, &error);
    ck_assert_msg(x != NULL, "%s: problem %d at %zu", text, (int)error.problem, error.column);
    const struct form_expr_env env = {.payload = calls,
                                      .get = answer,
                                      .self = form_value_of_number(7),
                                      .now_ms = NOON,
                                      .choice_label = label,
                                      .want_latest = want_latest};
    return form_expr_eval(x, &env, a);
}

#endif
