/* Functions over encodings and places, against published values. */
#include <check.h>
#include <string.h>

#include "base/arena.h"
#include "form/expr.h"

Suite *form_expr_code_suite(void);

struct value_case {
    const char *text, *expected;
};

static void check_cases(const struct value_case *cases, size_t n)
{
    arena *a = arena_new();
    const struct form_expr_scope scope = {.allows_paths = true};
    const struct form_expr_env env = {.self = form_value_string("", 0)};
    for (size_t i = 0; i < n; i++) {
        struct form_expr_error e;
        const form_expr *x = form_expr_compile(a, cases[i].text, strlen(cases[i].text), &scope, &e);
        ck_assert_msg(x != NULL, "%s", cases[i].text);
        const struct form_value v = form_expr_eval(x, &env, a);
        const char *text = form_value_text(&v, a);
        ck_assert_msg(strcmp(text, cases[i].expected) == 0, "%s: \"%s\", not \"%s\"", cases[i].text,
                      text, cases[i].expected);
    }
    arena_free(a);
}
#define CHECK_CASES(cases) check_cases(cases, sizeof(cases) / sizeof(cases)[0])

/* The examples of RFC 1321 and FIPS 180. */
START_TEST(check_sums_are_the_published_ones)
{
    static const struct value_case cases[] = {
        {"digest('', 'MD5', 'hex')", "d41d8cd98f00b204e9800998ecf8427e"},
        {"digest('message digest', 'MD5', 'hex')", "f96b697d7cb7938d525a2f31aaf161d0"},
        {"digest('12345678901234567890123456789012345678901234567890123456789012345678901234567890'"
         ", 'MD5', 'hex')",
         "57edf4a22be3c955ac49da2e2107b67a"},
        {"digest('', 'SHA-1', 'hex')", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
        {"digest('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', 'SHA-1', 'hex')",
         "84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
        {"digest('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', 'SHA-256', 'hex')",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"digest('abc', 'SHA-384', 'hex')",
         "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
         "8086072ba1e7cc2358baeca134c825a7"},
        {"digest('abc', 'SHA-512', 'hex')",
         "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
         "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
        {"digest('abc', 'SHA-1')", "qZk+NkcGgWq6PiVxeFDCbJzQ2J0="},
        {"digest('abc', 'CRC', 'hex')", ""},
    };
    CHECK_CASES(cases);
}
END_TEST

START_TEST(base64_gives_text_or_nothing)
{
    static const struct value_case cases[] = {
        {"base64-decode('')", ""},        {"base64-decode('Zg==')", "f"},
        {"base64-decode('Zm8=')", "fo"},  {"base64-decode('Zm9vYmFy')", "foobar"},
        {"base64-decode('yJk=')", "ș"},   {"base64-decode('Zm8')", "fo"},
        {"base64-decode('no good')", ""}, {"base64-decode('/w==')", ""},
    };
    CHECK_CASES(cases);
}
END_TEST

START_TEST(places_have_distances_areas_and_borders)
{
    static const struct value_case cases[] = {
        {"distance('0 0;0 1')", "111318.85"},
        {"distance('0 0 5 1', '0 1')", "111318.85"},
        {"distance('47 28.8')", "0"},
        {"distance('')", "0"},
        {"distance('here')", "NaN"},
        {"area('0 0;0 1')", "0"},
        {"area('')", "0"},
        {"area('0 0;0 0.001;0.001 0.001;0.001 0')", "12391.89"},
        {"area('0 0;0 0.001;0.001 0.001;0.001 0;0 0')", "12391.89"},
        {"area('a b;c d;e f')", "NaN"},
        {"geofence('1 1', '0 0;0 2;2 2;2 0;0 0')", "true"},
        {"geofence('3 1', '0 0;0 2;2 2;2 0;0 0')", "false"},
        {"geofence('1 3', '0 0;0 2;2 2;2 0;0 0')", "false"},
        {"geofence('', '0 0;0 2;2 2;2 0;0 0')", "false"},
        {"intersects('0 0;1 1;0 1;1 0')", "true"},
        {"intersects('0 0;0 2;2 2;2 0;0 0')", "false"},
        {"intersects('0 0;0 1')", "false"},
        {"intersects('')", "false"},
    };
    CHECK_CASES(cases);
}
END_TEST

START_TEST(calls_without_values_have_a_result)
{
    static const struct value_case cases[] = {
        {"concat()", ""},
        {"join(',')", ""},
        {"checklist(0, 1)", "true"},
        {"position()", "1"},
        {"last()", "1"},
        {"random()", "NaN"},
        {"uuid()", ""},
        {"uuid(3)", ""},
        {"once(5)", "5"},
        {"points('x')", "NaN"},
        {"scale('x')", ""},
        {"jr:itext('x')", ""},
        {"/data/x", ""},
        {"count(/data/x)", "0"},
        {"..", ""},
        {"instance('x')", ""},
        {"sum(/data/x)", "0"},
        {"coalesce(/data/x, 'y')", "y"},
        {"/data/x = ''", "false"},
        {"*", ""},
        {"position(..)", "NaN"},
        {"boolean(/data)", "false"},
        {"pulldata('a', 'b', 'c', 'd')", ""},
    };
    CHECK_CASES(cases);
}
END_TEST

Suite *form_expr_code_suite(void)
{
    Suite *s = suite_create("form/expr_code");
    TCase *t = tcase_create("functions");
    tcase_add_test(t, check_sums_are_the_published_ones);
    tcase_add_test(t, base64_gives_text_or_nothing);
    tcase_add_test(t, places_have_distances_areas_and_borders);
    tcase_add_test(t, calls_without_values_have_a_result);
    suite_add_tcase(s, t);
    return s;
}
