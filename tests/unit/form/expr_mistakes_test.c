/* Expressions that are wrong: each mistake with its column and what is proposed instead, and the
 * limits of depth and length. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "expr_fixture.h"

Suite *form_expr_mistakes_suite(void);

START_TEST(mistakes_are_named_with_their_column)
{
    static const struct {
        const char *text;
        enum form_expr_problem problem;
        size_t column;
        const char *token, *nearest;
    } cases[] = {
        {"", FORM_X_SYNTAX, 1, "", ""},
        {"1 +", FORM_X_SYNTAX, 4, "", ""},
        {"1 2", FORM_X_SYNTAX, 3, "2", ""},
        {"(1", FORM_X_SYNTAX, 3, "", ""},
        {"1)", FORM_X_SYNTAX, 2, ")", ""},
        {"= 1", FORM_X_SYNTAX, 1, "=", ""},
        {"'ș' = 'open", FORM_X_SYNTAX, 7, "'open", ""},
        {"1 # 2", FORM_X_SYNTAX, 3, "#", ""},
        {"1.2.3", FORM_X_SYNTAX, 4, ".3", ""},
        {"1 == 2", FORM_X_SYNTAX, 4, "=", ""},
        {"${age", FORM_X_SYNTAX, 1, "${age", ""},
        {"${}", FORM_X_SYNTAX, 1, "${}", ""},
        {"../", FORM_X_SYNTAX, 4, "", ""},
        {"concat('a',)", FORM_X_SYNTAX, 12, ")", ""},
        {"'ș' = ${agee}", FORM_X_UNKNOWN_NAME, 7, "agee", ""},
        {"1 + ../agee", FORM_X_UNKNOWN_NAME, 8, "agee", ""},
        {"age > 5", FORM_X_UNKNOWN_NAME, 1, "age", "${age}"},
        {"cow > 5", FORM_X_UNKNOWN_NAME, 1, "cow", ""},
        {"jr:choice-name('a', '${kind}')", FORM_X_UNKNOWN_NAME, 21, "kind", ""},
        {"selectd(${kinds}, 'a')", FORM_X_UNKNOWN_FUNCTION, 1, "selectd", "selected"},
        {"1 + frobnicate()", FORM_X_UNKNOWN_FUNCTION, 5, "frobnicate", ""},
        {"Today()", FORM_X_UNKNOWN_FUNCTION, 1, "Today", "today"},
        {"key()", FORM_X_UNKNOWN_FUNCTION, 1, "key", ""},
        {"last()", FORM_X_UNSUPPORTED, 1, "last", ""},
        {"indexed-repeat(${some}, ${some}, 1, 2)", FORM_X_ARITY, 1, "indexed-repeat", "3-7"},
        {"answer-state('a')", FORM_X_UNSUPPORTED, 14, "answer-state", ""},
        {"if(1, 2)", FORM_X_ARITY, 1, "if", "3"},
        {"true(1)", FORM_X_ARITY, 1, "true", "0"},
        {"1 + round()", FORM_X_ARITY, 5, "round", "1-2"},
        {"coalesce(1)", FORM_X_ARITY, 1, "coalesce", "2+"},
        {"weighted-checklist(1,2,3,4,5)", FORM_X_ARITY, 1, "weighted-checklist", "2+"},
        {"//age", FORM_X_UNSUPPORTED, 1, "//", ""},
        {"/data", FORM_X_UNSUPPORTED, 1, "/data", ""},
        {"/data//age", FORM_X_UNSUPPORTED, 6, "//", ""},
        {"${age} | ${name}", FORM_X_UNSUPPORTED, 8, "|", ""},
        {"${age}[1]", FORM_X_UNSUPPORTED, 7, "[", ""},
        {"@age", FORM_X_UNSUPPORTED, 1, "@", ""},
        {"child::age", FORM_X_UNSUPPORTED, 1, "child::", ""},
        {"text()", FORM_X_UNSUPPORTED, 1, "text", ""},
        {"age/name", FORM_X_UNSUPPORTED, 1, "age", ""},
        {"$age", FORM_X_UNSUPPORTED, 1, "$", ""},
        {"* = 1", FORM_X_UNSUPPORTED, 1, "*", ""},
        {"..", FORM_X_UNSUPPORTED, 1, "..", ""},
        {"${last-saved#age}", FORM_X_UNSUPPORTED, 1, "${last-saved#age}", ""},
        {"regex(${name}, '[a')", FORM_X_REGEX, 16, "[a", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        arena *a = arena_new();
        struct form_expr_error e;
        const char *text = cases[i].text;
        ck_assert_msg(form_expr_compile(a, text, strlen(text), &scope, &e) == NULL, "%s", text);
        ck_assert_msg(e.problem == cases[i].problem, "%s: problem %d", text, (int)e.problem);
        ck_assert_msg(e.column == cases[i].column, "%s: column %zu", text, e.column);
        ck_assert_msg(strcmp(e.token, cases[i].token) == 0, "%s: token %s", text, e.token);
        ck_assert_msg(strcmp(e.nearest, cases[i].nearest) == 0, "%s: near %s", text, e.nearest);
        arena_free(a);
    }
}
END_TEST

static enum form_expr_problem problem_of(const char *text, size_t n)
{
    arena *a = arena_new();
    struct form_expr_error e;
    (void)form_expr_compile(a, text, n, &scope, &e);
    arena_free(a);
    return e.problem;
}

START_TEST(deep_nesting_and_long_texts_are_refused)
{
    static char text[70 * 1024];
    memset(text, '(', 63);
    text[63] = '1';
    memset(text + 64, ')', 63);
    ck_assert_int_eq(problem_of(text, 127), FORM_X_OK);
    memset(text, '(', 100);
    text[100] = '1';
    memset(text + 101, ')', 100);
    ck_assert_int_eq(problem_of(text, 201), FORM_X_TOO_DEEP);
    memset(text, '1', sizeof text);
    ck_assert_int_eq(problem_of(text, sizeof text), FORM_X_TOO_DEEP);
}
END_TEST

START_TEST(a_long_flat_chain_is_no_depth)
{
    static char text[60 * 1024 + 1];
    for (size_t i = 0; i < 60 * 1024; i += 2) {
        text[i] = '1';
        text[i + 1] = '+';
    }
    text[60 * 1024 - 1] = ' ';
    arena *a = arena_new();
    const struct form_value v = evaluate(text, a, NULL, false);
    ck_assert_double_eq(v.num, 30 * 1024);
    memset(text, '-', 60 * 1024 - 1);
    text[60 * 1024 - 1] = '1';
    const struct form_value minus = evaluate(text, a, NULL, false);
    ck_assert_double_eq(fabs(minus.num), 1);
    arena_free(a);
}
END_TEST

START_TEST(function_names_are_sorted_and_all_found)
{
    const char *const *names = form_expr_functions();
    size_t count = 0;
    for (; names[count] != NULL; count++) {
        if (count > 0) {
            ck_assert_int_lt(strcmp(names[count - 1], names[count]), 0);
        }
        char call[64];
        (void)snprintf(call, sizeof call, "%s(", names[count]);
        ck_assert_int_eq(problem_of(call, strlen(call)), FORM_X_SYNTAX);
    }
    ck_assert_uint_gt(count, 50);
}
END_TEST

START_TEST(the_nearest_word_is_near)
{
    static const char *const words[] = {"selected", "select", "today"};
    ck_assert_str_eq(form_nearest("selcted", words, 3), "selected");
    ck_assert_str_eq(form_nearest("todai", words, 3), "today");
    ck_assert_ptr_null(form_nearest("tomorrow", words, 3));
    ck_assert_ptr_null(form_nearest("", words, 3));
    ck_assert_ptr_null(form_nearest("today", words, 2));
}
END_TEST

Suite *form_expr_mistakes_suite(void)
{
    Suite *s = suite_create("form/expr_mistakes");
    TCase *t = tcase_create("mistakes");
    tcase_add_test(t, mistakes_are_named_with_their_column);
    tcase_add_test(t, deep_nesting_and_long_texts_are_refused);
    tcase_add_test(t, a_long_flat_chain_is_no_depth);
    tcase_add_test(t, function_names_are_sorted_and_all_found);
    tcase_add_test(t, the_nearest_word_is_near);
    suite_add_tcase(s, t);
    return s;
}
