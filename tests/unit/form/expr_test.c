/* Expressions: a table of values, what is evaluated and what is not, and what the compiled
 * expression tells about itself. */
#include <check.h>
#include <string.h>

#include "base/clock.h"
#include "expr_fixture.h"

Suite *form_expr_suite(void);

struct value_case {
    const char *text;
    enum form_value_type type;
    const char *expected; /* as text */
};
#define S FORM_V_STRING
#define N FORM_V_NUMBER
#define B FORM_V_BOOL
#define D FORM_V_DATE
#define T FORM_V_DATETIME

static const struct value_case operators[] = {
    {"1", N, "1"},
    {"5.", N, "5"},
    {".5", N, "0.5"},
    {"1e3", N, "1000"},
    {"25e-1", N, "2.5"},
    {"-3", N, "-3"},
    {"--3", N, "3"},
    {"---3", N, "-3"},
    {"- ${age}", N, "-34"},
    {"--'4'", N, "4"},
    {"-'x'", N, "NaN"},
    {"'a'", S, "a"},
    {"\"it's\"", S, "it's"},
    {"''", S, ""},
    {"1+2*3", N, "7"},
    {"(1+2)*3", N, "9"},
    {"10-4-3", N, "3"},
    {"2*3 div 4", N, "1.5"},
    {"7 div 0", N, "Infinity"},
    {"-7 div 0", N, "-Infinity"},
    {"0 div 0", N, "NaN"},
    {"-7 mod 3", N, "-1"},
    {"5.5 mod 2", N, "1.5"},
    {"5 mod 0", N, "NaN"},
    {"1 -1", N, "0"},
    {"1-1", N, "0"},
    {"3 - -2", N, "5"},
    {"'2' + '3'", N, "5"},
    {"'' + 1", N, "NaN"},
    {"'a' * 2", N, "NaN"},
    {"true() + 1", N, "2"},
    {"0.1 + 0.2", N, "0.3"},
    {"1 div 3", N, "0.333333333333333"},
    {"2 div 3 * 1000000", N, "666666.666666667"},
    {"1000000 * 1000000 * 1000000 * 1000", N, "1000000000000000000000"},
    {"1 div 1000000000", N, "0.000000001"},
    {"-1 div 8", N, "-0.125"},
    {"0 * -1", N, "0"},
    {"1 = 1", B, "true"},
    {"1 = 1.0", B, "true"},
    {"0.1 + 0.2 = 0.3", B, "true"},
    {"1 != 2", B, "true"},
    {"'1' = 1", B, "true"},
    {"'1' = '1.0'", B, "false"},
    {"'1.0' = 1", B, "true"},
    {"'a' = 'a'", B, "true"},
    {"'a' != 'a'", B, "false"},
    {"'' = 0", B, "false"},
    {"'' != 0", B, "true"},
    {"true() = 'x'", B, "true"},
    {"true() = ''", B, "false"},
    {"false() = 0", B, "true"},
    {"true() != 2", B, "false"},
    {"1 < 2", B, "true"},
    {"2 <= 2", B, "true"},
    {"'10' > '9'", B, "true"},
    {"'b' > 'a'", B, "false"},
    {"3 > 2 > 1", B, "false"},
    {"1 < 2 = true()", B, "true"},
    {"1 = 1 = 1", B, "true"},
    {"2 >= 3", B, "false"},
    {"'' < 1", B, "false"},
    {"'' >= 0", B, "false"},
    {"not('' >= 0)", B, "true"},
    {"1 and 0", B, "false"},
    {"1 or 0", B, "true"},
    {"0 or '' or 'x'", B, "true"},
    {"true() or false() and false()", B, "true"},
    {"(true() or false()) and false()", B, "false"},
    {"1or1", B, "true"},
    {"1 and 'false'", B, "true"},
    {"6 div 2 mod 2", N, "1"},
    {"  ( ( 4 ) )  ", N, "4"},
    {". + 1", N, "8"},
    {".>=7 and .<8", B, "true"},
    {".*2", N, "14"},
    {".=7", B, "true"},
};

static const struct value_case references[] = {
    {"${age}", N, "34"},
    {"${ age }", N, "34"},
    {"${age}-1", N, "33"},
    {"${n-1}", S, "5"},
    {"${n-1}-1", N, "4"},
    {"../age * 2", N, "68"},
    {"../../age", N, "34"},
    {"/data/group/age", N, "34"},
    {"/data/n-1", S, "5"},
    {"current()/../age", N, "34"},
    {"current()/. + 1", N, "8"},
    {"./../age", N, "34"},
    {"${age} div 2", N, "17"},
    {"${age}*${age}", N, "1156"},
    {"${age} > 17 and ${age} < 65", B, "true"},
    {"${name} = 'Ștefan'", B, "true"},
    {"${blank} = ''", B, "true"},
    {"${blank} != ''", B, "false"},
    {"${blank} != 5", B, "true"},
    {"${blank} > 5", B, "false"},
    {"not(${blank} > 5)", B, "true"},
    {"${blank} + 1", N, "NaN"},
    {"${blank} and true()", B, "false"},
    {"boolean(${blank})", B, "false"},
    {"boolean(${flag})", B, "true"},
    {"coalesce(${blank}, 0) + 1", N, "1"},
    {"${numbers} = 2", B, "true"},
    {"${numbers} != 2", B, "true"},
    {"${numbers} > 2", B, "true"},
    {"${numbers} > 3", B, "false"},
    {"5 < ${some}", B, "true"},
    {"${none} = ''", B, "false"},
    {"${none} != 'x'", B, "false"},
    {"${numbers} + 1", N, "4"},
    {"string(${none})", S, ""},
    {"${none} and 1", B, "false"},
    {"${numbers} = ${some}", B, "false"},
};

static const struct value_case functions[] = {
    {"if(1, 'a', 'b')", S, "a"},
    {"if('', 'a', 2)", N, "2"},
    {"if(${age} >= 18, 'adult', 'minor')", S, "adult"},
    {"coalesce('', 'x')", S, "x"},
    {"coalesce('', '', 3)", N, "3"},
    {"coalesce(1 div 'a', 0)", N, "0"},
    {"not(0)", B, "true"},
    {"boolean('false')", B, "true"},
    {"boolean(0 div 0)", B, "false"},
    {"boolean-from-string('true')", B, "true"},
    {"boolean-from-string(1)", B, "true"},
    {"boolean-from-string('yes')", B, "false"},
    {"number(' -12.50 ')", N, "-12.5"},
    {"number('1e3')", N, "NaN"},
    {"number('+5')", N, "NaN"},
    {"number('1,5')", N, "NaN"},
    {"number('- 1')", N, "NaN"},
    {"number('.')", N, "NaN"},
    {"number('12345678901234567890')", N, "12345678901234600000"},
    {"number('0.00000000000000000000012')", N, "0.00000000000000000000012"},
    {"number(true())", N, "1"},
    {"int(3.9)", N, "3"},
    {"int(-3.9)", N, "-3"},
    {"round(2.5)", N, "3"},
    {"round(-2.5)", N, "-2"},
    {"round(1.234, 2)", N, "1.23"},
    {"round(-12345.15, 1)", N, "-12345.1"},
    {"round(2151, -2)", N, "2200"},
    {"round('x')", N, "NaN"},
    {"round(1 div 0, 2)", N, "Infinity"},
    {"round(5, 999)", N, "5"},
    {"floor(-1.5)", N, "-2"},
    {"ceiling(1.2)", N, "2"},
    {"abs(-4)", N, "4"},
    {"pow(2, 10)", N, "1024"},
    {"sqrt(81)", N, "9"},
    {"sqrt(-1)", N, "NaN"},
    {"log10(1000)", N, "3"},
    {"exp10(3)", N, "1000"},
    {"log(exp(2))", N, "2"},
    {"pi()", N, "3.14159265358979"},
    {"atan2(0, -1)", N, "3.14159265358979"},
    {"cos(0) + sin(0) + tan(0)", N, "1"},
    {"acos(1) + asin(0) + atan(0)", N, "0"},
    {"sum(${numbers})", N, "6"},
    {"sum(${some})", N, "NaN"},
    {"sum(${none})", N, "0"},
    {"count(${some})", N, "3"},
    {"count(${age})", N, "1"},
    {"count(${none})", N, "0"},
    {"count-non-empty(${some})", N, "2"},
    {"count-non-empty(${blank})", N, "0"},
    {"max(${numbers})", N, "3"},
    {"min(${numbers}, 0.5)", N, "0.5"},
    {"max(1, 'x', 3)", N, "NaN"},
    {"max(1 div 0, -1 div 0)", N, "Infinity"},
    {"min(${none})", N, "NaN"},
    {"checklist(1, 2, 'a', '', 'b')", B, "true"},
    {"checklist(-1, 1, 1, 1)", B, "false"},
    {"checklist(2, -1, 1, 1, 1)", B, "true"},
    {"weighted-checklist(5, 8, 1, 2, 1, 4)", B, "true"},
    {"weighted-checklist(5, 8, 1, 2, 0, 4)", B, "false"},
    {"string(12.50)", S, "12.5"},
    {"string(true())", S, "true"},
    {"concat('a', 1, true())", S, "a1true"},
    {"concat(${numbers}, '!')", S, "312!"},
    {"join(', ', ${numbers}, 'x')", S, "3, 1, 2, x"},
    {"join('-', '', 'a')", S, "-a"},
    {"join(',', ${none})", S, ""},
    {"string-length(${name})", N, "6"},
    {"string-length('')", N, "0"},
    {"contains(${name}, 'fan')", B, "true"},
    {"contains('abc', '')", B, "true"},
    {"contains('abc', 'ac')", B, "false"},
    {"starts-with(${name}, 'Ș')", B, "true"},
    {"starts-with('a', 'ab')", B, "false"},
    {"ends-with('report.pdf', '.pdf')", B, "true"},
    {"ends-with('f', 'pdf')", B, "false"},
    {"substr(${name}, 1, 3)", S, "te"},
    {"substr('hello', -3)", S, "llo"},
    {"substr('hello', 0, -1)", S, "hell"},
    {"substr('hello', 4, 2)", S, ""},
    {"substr('hello', 1 div 'x')", S, ""},
    {"substring('12345', 2, 3)", S, "234"},
    {"substring('12345', 1.5, 2.6)", S, "234"},
    {"substring('12345', 0)", S, "12345"},
    {"substring-before('1999/04/01', '/')", S, "1999"},
    {"substring-before('a', 'b')", S, ""},
    {"substring-after('1999/04/01', '/')", S, "04/01"},
    {"substring-after('a', 'b')", S, ""},
    {"normalize-space('  a \n b  ')", S, "a b"},
    {"normalize-space('   ')", S, ""},
    {"translate('bar', 'abc', 'AB')", S, "BAr"},
    {"translate('țară', 'țăc', 'ta')", S, "tara"},
    {"translate('cab', 'c', '')", S, "ab"},
    {"regex('0691', '[0-9]{4}')", B, "true"},
    {"regex('0691x', '[0-9]{4}')", B, "false"},
    {"regex('aab', concat('a', '+b'))", B, "true"},
    {"regex('a', concat('(', ''))", B, "false"},
    {"selected(${kinds}, 'dd')", B, "true"},
    {"selected(${kinds}, 'd')", B, "false"},
    {"selected(${kinds}, ' c ')", B, "true"},
    {"selected(${kinds}, '')", B, "false"},
    {"selected(${blank}, 'a')", B, "false"},
    {"selected(${numbers}, 2)", B, "true"},
    {"selected-at(${kinds}, 1)", S, "c"},
    {"selected-at(${kinds}, 3)", S, ""},
    {"selected-at(${kinds}, -1)", S, ""},
    {"count-selected(${kinds})", N, "3"},
    {"count-selected('')", N, "0"},
    {"jr:choice-name('a', '${kinds}')", S, "First"},
    {"jr:choice-name('a', ' /data/group/kinds ')", S, "First"},
    {"jr:choice-name(selected-at(${kinds}, 0), ${kinds})", S, "First"},
    {"jr:choice-name('zz', '${kinds}')", S, ""},
};

static const struct value_case dates[] = {
    {"today()", D, "2026-11-23"},
    {"now()", T, "2026-11-23T12:00:00.000+00:00"},
    {"today() + 1", N, "20781"},
    {"date(today() + 1)", D, "2026-11-24"},
    {"today() - ${visit}", N, "263"},
    {"date('2024-02-29')", D, "2024-02-29"},
    {"date('2023-02-29')", S, ""},
    {"date('')", S, ""},
    {"date(0)", D, "1970-01-01"},
    {"date(-1)", D, "1969-12-31"},
    {"date(1.9)", D, "1970-01-02"},
    {"date(1 div 0)", S, ""},
    {"date(99999999)", S, ""},
    {"date(true())", S, ""},
    {"date('2024-05-06T23:59:00.000+02:00')", D, "2024-05-06"},
    {"date(${moment})", D, "2026-03-05"},
    {"date(${born})", D, "1998"},
    {"date('1998-05')", D, "1998-05"},
    {"number('2008-09-05')", N, "14127"},
    {"number(date('2008-09-05'))", N, "14127"},
    {"number('1998')", N, "1998"},
    {"'2021-11-30' + 1", N, "18962"},
    {"${visit} < '2026-03-06'", B, "true"},
    {"${visit} = '2026-03-05'", B, "true"},
    {"${visit} != '2026-03-05'", B, "false"},
    {"'2026-03-05' = ${visit}", B, "true"},
    {"${visit} = 'spring'", B, "false"},
    {"${visit} = ''", B, "false"},
    {"${visit} > '2026'", B, "true"},
    {"'2026-01-02' > '2026-01-01'", B, "true"},
    {"${visit} <= today()", B, "true"},
    {"${moment} > ${visit}", B, "true"},
    {"${visit} = 20517", B, "true"},
    {"${visit} = ${blank}", B, "false"},
    {"boolean(${visit})", B, "true"},
    {"string(${born})", S, "1998"},
    {"today() - ${born}", N, "10553"},
    {"format-date(${visit}, '%Y-%m-%d %y %n %e %b %a')", S, "2026-03-05 26 3 5 Mar Thu"},
    {"format-date('', '%Y')", S, ""},
    {"format-date('2024-12-31', '100%% %Q%')", S, "100% %Q%"},
    {"format-date-time(now(), '%H:%M:%S.%3 %h')", S, "12:00:00.000 12"},
    {"date-time('2024-05-06T10:20:30.500')", T, "2024-05-06T10:20:30.500+00:00"},
    {"date-time('2024-05-06T10:20:30.500+02:00')", T, "2024-05-06T08:20:30.500+00:00"},
    {"date-time('2024-05-06T25:00')", S, ""},
    {"decimal-date-time('1970-01-02T06:00')", N, "1.25"},
    {"decimal-date-time(${visit})", N, "20517"},
    {"decimal-date-time('x')", N, "NaN"},
    {"decimal-time('06:00')", N, "0.25"},
    {"decimal-time('6 am')", N, "NaN"},
    {"int((today() - date('1990-06-15')) div 365.25)", N, "36"},
};

static void check_cases(const struct value_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        arena *a = arena_new();
        const struct form_value v = evaluate(cases[i].text, a, NULL, false);
        const char *text = form_value_text(&v, a);
        ck_assert_msg(v.type == cases[i].type, "%s: type %d", cases[i].text, (int)v.type);
        ck_assert_msg(strcmp(text, cases[i].expected) == 0, "%s: \"%s\", not \"%s\"", cases[i].text,
                      text, cases[i].expected);
        arena_free(a);
    }
}
#define CHECK_CASES(cases) check_cases(cases, sizeof(cases) / sizeof(cases)[0])

START_TEST(operators_follow_xpath)
{
    CHECK_CASES(operators);
}
END_TEST

START_TEST(references_read_answers)
{
    CHECK_CASES(references);
}
END_TEST

START_TEST(functions_follow_odk)
{
    CHECK_CASES(functions);
}
END_TEST

START_TEST(dates_are_whole_days_without_zone)
{
    CHECK_CASES(dates);
}
END_TEST

START_TEST(a_partial_date_compares_by_either_end)
{
    static const struct {
        const char *text;
        bool earliest, latest;
    } cases[] = {{"${born} < '1998-06-01'", true, false},   {"${born} > '1998-06-01'", false, true},
                 {"${born} <= '1997-12-31'", false, false}, {"${born} >= '1998-01-01'", true, true},
                 {"${born} = '1998'", true, true},          {"${born} = '1998-01-01'", true, false},
                 {"${visit} = '2026-03-05'", true, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        arena *a = arena_new();
        const struct form_value first = evaluate(cases[i].text, a, NULL, false);
        const struct form_value last = evaluate(cases[i].text, a, NULL, true);
        ck_assert_msg(form_value_bool(&first) == cases[i].earliest, "%s", cases[i].text);
        ck_assert_msg(form_value_bool(&last) == cases[i].latest, "%s (latest)", cases[i].text);
        arena_free(a);
    }
}
END_TEST

START_TEST(only_what_is_needed_is_evaluated)
{
    static const struct {
        const char *text;
        int age_reads;
    } cases[] = {{"if(1, 2, ${age})", 0},      {"if(0, ${age}, 2)", 0},
                 {"if(${age}, 1, ${age})", 1}, {"0 and ${age}", 0},
                 {"1 or ${age}", 0},           {"1 and ${age}", 1},
                 {"0 or 0 or 1 or ${age}", 0}, {"coalesce('x', ${age})", 0},
                 {"coalesce('', ${age})", 1},  {"weighted-checklist(0, 1, 0, ${age})", 0},
                 {"${age} + ${age}", 2},       {"concat(${age}, 'x')", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int calls[SLOTS] = {0};
        arena *a = arena_new();
        (void)evaluate(cases[i].text, a, calls, false);
        ck_assert_msg(calls[AGE] == cases[i].age_reads, "%s: %d", cases[i].text, calls[AGE]);
        arena_free(a);
    }
}
END_TEST

static const form_expr *compiled(arena *a, const char *text)
{
    struct form_expr_error e;
    const form_expr *x = form_expr_compile(a, text, strlen(text), &scope, &e);
    ck_assert_ptr_nonnull(x);
    return x;
}

START_TEST(references_are_listed_once_and_ascending)
{
    arena *a = arena_new();
    size_t count;
    const int *refs = form_expr_refs(
        compiled(a, "if(${kinds} = 'a', ${age} + ${name}, sum(../age) + /data/g/kinds)"), &count);
    ck_assert_uint_eq(count, 3);
    ck_assert_int_eq(refs[0], AGE);
    ck_assert_int_eq(refs[1], NAME);
    ck_assert_int_eq(refs[2], KINDS);
    (void)form_expr_refs(compiled(a, ". > 5"), &count);
    ck_assert_uint_eq(count, 0);
    arena_free(a);
}
END_TEST

START_TEST(use_of_self_and_clock_is_known)
{
    arena *a = arena_new();
    ck_assert(form_expr_uses_self(compiled(a, "1 + (. * 2)")));
    ck_assert(form_expr_uses_self(compiled(a, "current()/. = 1")));
    ck_assert(!form_expr_uses_self(compiled(a, "../age + .5")));
    ck_assert(form_expr_uses_clock(compiled(a, "if(1, 2, today())")));
    ck_assert(form_expr_uses_clock(compiled(a, "now() > 1")));
    ck_assert(!form_expr_uses_clock(compiled(a, "date('2024-01-01')")));
    arena_free(a);
}
END_TEST

START_TEST(conditions_that_a_refusal_opens_are_known)
{
    arena *a = arena_new();
    ck_assert(form_expr_opens_on_blank(compiled(a, "${flag} != 'no'")));
    ck_assert(form_expr_opens_on_blank(compiled(a, "1 and (5 != ${age})")));
    ck_assert(form_expr_opens_on_blank(compiled(a, "not(selected(${kinds}, 'a'))")));
    ck_assert(form_expr_opens_on_blank(compiled(a, "not(${age} > 17)")));
    ck_assert(!form_expr_opens_on_blank(compiled(a, "${flag} = 'yes'")));
    ck_assert(!form_expr_opens_on_blank(compiled(a, "${flag} != ''")));
    ck_assert(!form_expr_opens_on_blank(compiled(a, "not(${flag} = '')")));
    ck_assert(!form_expr_opens_on_blank(compiled(a, "not(. > 5)")));
    ck_assert(!form_expr_opens_on_blank(compiled(a, "1 != 2")));
    arena_free(a);
}
END_TEST

START_TEST(comparisons_with_fixed_choices_are_listed)
{
    arena *a = arena_new();
    const form_expr *x = compiled(a, "${flag} = 'yes' or 'no' != ${flag} or "
                                     "selected(../kinds, \"c\") or ${age} = 3");
    static const struct {
        int slot;
        const char *literal;
    } expected[] = {{FLAG, "yes"}, {FLAG, "no"}, {KINDS, "c"}};
    int slot;
    const char *literal;
    for (size_t i = 0; i < 3; i++) {
        ck_assert(form_expr_compares(x, i, &slot, &literal));
        ck_assert_int_eq(slot, expected[i].slot);
        ck_assert_str_eq(literal, expected[i].literal);
    }
    ck_assert(!form_expr_compares(x, 3, &slot, &literal));
    arena_free(a);
}
END_TEST

static void still_clock(void)
{
    clock_zone("UTC");
}

Suite *form_expr_suite(void)
{
    Suite *s = suite_create("form/expr");
    TCase *t = tcase_create("expr");
    tcase_add_checked_fixture(t, still_clock, NULL);
    tcase_add_test(t, operators_follow_xpath);
    tcase_add_test(t, references_read_answers);
    tcase_add_test(t, functions_follow_odk);
    tcase_add_test(t, dates_are_whole_days_without_zone);
    tcase_add_test(t, a_partial_date_compares_by_either_end);
    tcase_add_test(t, only_what_is_needed_is_evaluated);
    tcase_add_test(t, references_are_listed_once_and_ascending);
    tcase_add_test(t, use_of_self_and_clock_is_known);
    tcase_add_test(t, conditions_that_a_refusal_opens_are_known);
    tcase_add_test(t, comparisons_with_fixed_choices_are_listed);
    suite_add_tcase(s, t);
    return s;
}
