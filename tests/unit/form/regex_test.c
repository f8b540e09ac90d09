/* Regular expressions: what matches as a whole, what is refused and where, and that patterns made
 * to explode do not. */
#include <check.h>
#include <string.h>

#include "base/arena.h"
#include "form/regex.h"

Suite *form_regex_suite(void);

static const struct {
    const char *pattern, *text;
    bool matches;
} cases[] = {
    {"", "", true},
    {"", "a", false},
    {"abc", "abc", true},
    {"abc", "abcd", false},
    {"abc", "xabc", false},
    {"^abc$", "abc", true},
    {"^a|b$", "b", true},
    {"a^b", "ab", false},
    {"a.c", "axc", true},
    {"a.c", "a\nc", false},
    {".", "ș", true},
    {"...", "țară", false},
    {"....", "țară", true},
    {"a*", "", true},
    {"a*", "aaaa", true},
    {"a*", "aab", false},
    {"a+", "", false},
    {"a+", "aaa", true},
    {"ab?c", "ac", true},
    {"ab?c", "abc", true},
    {"ab?c", "abbc", false},
    {"a{3}", "aaa", true},
    {"a{3}", "aa", false},
    {"a{3}", "aaaa", false},
    {"a{2,3}", "a", false},
    {"a{2,3}", "aa", true},
    {"a{2,3}", "aaa", true},
    {"a{2,3}", "aaaa", false},
    {"a{2,}", "a", false},
    {"a{2,}", "aaaaaa", true},
    {"a{0,2}b", "b", true},
    {"a{0,2}b", "aab", true},
    {"a{0,2}b", "aaab", false},
    {"a{0}b", "b", true},
    {"a{0}b", "ab", false},
    {"a{1}", "a", true},
    {"(ab){2}", "abab", true},
    {"(ab|cd)+", "abcdab", true},
    {"(ab|cd)+", "abc", false},
    {"a|bc|d", "bc", true},
    {"a|bc|d", "d", true},
    {"a|bc|d", "ac", false},
    {"(a|)b", "b", true},
    {"(?:ab)+c", "ababc", true},
    {"((a|b)*c){2}", "abcbc", true},
    {"(a*)*", "aaa", true},
    {"(a*)+b", "aab", true},
    {"a+?b", "aab", true},
    {"[abc]+", "cab", true},
    {"[^abc]", "d", true},
    {"[^abc]", "a", false},
    {"[a-zăâîșț]+", "înțeles", true},
    {"[а-яё]+", "ёлка", true},
    {"[A-Z][a-z]+", "Ana", true},
    {"[A-Z][a-z]+", "ana", false},
    {"[-a]", "-", true},
    {"[a-]", "-", true},
    {"[]a]", "]", true},
    {"[\\d.]+", "1.5", true},
    {"[^\\s]+", "a b", false},
    {"[\\]\\\\]+", "]\\", true},
    {"\\d{13}", "2001234567890", true},
    {"\\d{13}", "200123456789", false},
    {"\\D+", "abc", true},
    {"\\D+", "ab1", false},
    {"\\w+", "a_9", true},
    {"\\W", "-", true},
    {"\\W", "_", false},
    {"\\s\\S", "\tx", true},
    {"\\S", " ", false},
    {"\\.\\*\\(", ".*(", true},
    {"a\\.b", "axb", false},
    {"\\x41\\u0219", "Aș", true},
    {"\\t\\n", "\t\n", true},
    {"(\\+373|0)?[67]\\d{7}", "+37369123456", true},
    {"(\\+373|0)?[67]\\d{7}", "069123456", true},
    {"(\\+373|0)?[67]\\d{7}", "0691234567", false},
    {"[^@]+@[^@]+\\.[a-z]{2,}", "a@b.md", true},
    {"[^@]+@[^@]+\\.[a-z]{2,}", "a@b", false},
};

START_TEST(a_pattern_matches_the_whole_text)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        arena *a = arena_new();
        const char *pattern = cases[i].pattern;
        const form_regex *r = form_regex_compile(a, pattern, strlen(pattern), NULL);
        ck_assert_msg(r != NULL, "%s", pattern);
        for (int round = 0; round < 2; round++) { /* a match leaves nothing behind */
            ck_assert_msg(form_regex_match(r, cases[i].text, strlen(cases[i].text)) ==
                              cases[i].matches,
                          "%s on %s", pattern, cases[i].text);
        }
        arena_free(a);
    }
}
END_TEST

START_TEST(wrong_patterns_are_refused_where_they_are_wrong)
{
    static const struct {
        const char *pattern;
        size_t at;
    } wrong[] = {{"(ab", 3},     {"ab)", 2},    {"[a", 2},      {"a**", 2},    {"*a", 0},
                 {"a|+", 2},     {"a{2", 3},    {"a{3,2}", 5},  {"a{257}", 5}, {"a{}", 2},
                 {"{2}", 0},     {"(a)\\1", 4}, {"\\bword", 1}, {"(?=a)", 2},  {"(?!a)", 2},
                 {"(?<n>a)", 2}, {"a++", 2},    {"[z-a]", 4},   {"\\p{L}", 1}, {"a\\", 2},
                 {"\\x4", 3},    {"[a&&b]", 2}, {"(?i)a", 2},   {"[", 1},      {"a{2}{3}", 4}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        arena *a = arena_new();
        size_t at = 999;
        const char *pattern = wrong[i].pattern;
        ck_assert_msg(form_regex_compile(a, pattern, strlen(pattern), &at) == NULL, "%s", pattern);
        ck_assert_msg(at == wrong[i].at, "%s: at %zu", pattern, at);
        arena_free(a);
    }
}
END_TEST

START_TEST(nested_counts_cannot_grow_without_end)
{
    arena *a = arena_new();
    const char *bomb = "(((a{200}){200}){200}){200}";
    ck_assert_ptr_null(form_regex_compile(a, bomb, strlen(bomb), NULL));
    char deep[201];
    memset(deep, '(', 100);
    memset(deep + 100, ')', 100);
    ck_assert_ptr_null(form_regex_compile(a, deep, 200, NULL));
    static char lengthy[5000];
    memset(lengthy, 'a', sizeof lengthy);
    ck_assert_ptr_null(form_regex_compile(a, lengthy, sizeof lengthy, NULL));
    arena_free(a);
}
END_TEST

START_TEST(patterns_that_make_others_explode_end)
{
    static const char *const patterns[] = {"(a+)+b", "(a|a)*b", "(a|aa)+$b", "(.*)*x"};
    static char text[2000];
    memset(text, 'a', sizeof text);
    arena *a = arena_new();
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        const form_regex *r = form_regex_compile(a, patterns[i], strlen(patterns[i]), NULL);
        ck_assert_ptr_nonnull(r);
        ck_assert(!form_regex_match(r, text, sizeof text));
    }
    arena_free(a);
}
END_TEST

START_TEST(a_counted_part_reaches_its_limit)
{
    arena *a = arena_new();
    static char text[257];
    memset(text, 'x', sizeof text);
    const form_regex *r = form_regex_compile(a, "x{255,256}", 10, NULL);
    ck_assert_ptr_nonnull(r);
    ck_assert(!form_regex_match(r, text, 254));
    ck_assert(form_regex_match(r, text, 255));
    ck_assert(form_regex_match(r, text, 256));
    ck_assert(!form_regex_match(r, text, 257));
    arena_free(a);
}
END_TEST

Suite *form_regex_suite(void)
{
    Suite *s = suite_create("form/regex");
    TCase *t = tcase_create("regex");
    tcase_add_test(t, a_pattern_matches_the_whole_text);
    tcase_add_test(t, wrong_patterns_are_refused_where_they_are_wrong);
    tcase_add_test(t, nested_counts_cannot_grow_without_end);
    tcase_add_test(t, patterns_that_make_others_explode_end);
    tcase_add_test(t, a_counted_part_reaches_its_limit);
    suite_add_tcase(s, t);
    return s;
}
