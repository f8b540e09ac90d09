/* err: codes, neutral arguments, the assert hook. */
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "base/utf8.h"

Suite *base_err_suite(void);

START_TEST(an_error_keeps_origin_and_words)
{
    struct err_info err;
    memset(&err, 0x5A, sizeof err);
    ck_assert_int_eq(err_set(&err, ERR_KEY, "here", "a", NULL), ERR_KEY);
    ck_assert_int_eq(err.code, ERR_KEY);
    ck_assert_str_eq(err.origin, "here");
    ck_assert_str_eq(err.arg[0], "a");
    ck_assert_str_eq(err.arg[1], "");
    ck_assert_uint_eq(err.line, 0);
    ck_assert_int_eq(err.num, 0);
    ck_assert_int_eq(err_set(NULL, ERR_NO, "here", NULL, NULL), ERR_NO);
}
END_TEST

START_TEST(long_words_are_cut_between_code_points)
{
    struct err_info err;
    char text[80] = "";
    for (size_t i = 0; i < 39; i++) {
        memcpy(text + 2 * i, "ș", 3);
    }
    (void)err_set(&err, ERR_USAGE, "here", text, text + 2);
    ck_assert_uint_eq(strlen(err.arg[0]), 62);
    ck_assert(utf8_valid(err.arg[0], strlen(err.arg[0])));
    (void)err_set(&err, ERR_USAGE, "here",
                  "0123456789012345678901234567890123456789012345678901234567"
                  "89abcdefgh",
                  NULL);
    ck_assert_uint_eq(strlen(err.arg[0]), 63);
}
END_TEST

START_TEST(system_numbers_become_codes)
{
    static const struct {
        int number;
        enum err code;
    } table[] = {{ENOSPC, ERR_FULL},  {EDQUOT, ERR_FULL},      {EACCES, ERR_RIGHTS},
                 {EPERM, ERR_RIGHTS}, {ENOENT, ERR_NOT_FOUND}, {EIO, ERR_IO}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct err_info err = {0};
        ck_assert_int_eq(err_errno(&err, "here", table[i].number, "f"), table[i].code);
        ck_assert_int_eq(err.num, table[i].number);
    }
}
END_TEST

START_TEST(every_code_has_its_own_name)
{
    for (int i = 0; i < ERR_COUNT; i++) {
        ck_assert(str_starts(err_name((enum err)i), "ERR_"));
        for (int j = 0; j < i; j++) {
            ck_assert_str_ne(err_name((enum err)i), err_name((enum err)j));
        }
    }
    ck_assert_str_eq(err_name(ERR_KEY), "ERR_KEY");
    ck_assert_str_eq(err_name(ERR_COUNT), "ERR_UNKNOWN");
}
END_TEST

static void end_in_hook(void)
{
    (void)raise(SIGUSR2); /* a death of its own kind: proves that the hook ran before the abort */
}

START_TEST(assertions_run_the_hook)
{
    err_assert_hook(end_in_hook);
    ASSERT(1 + 1 == 3);
}
END_TEST

START_TEST(assertions_abort)
{
    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
    err_assert_hook(NULL);
    ASSERT(1 + 1 == 3);
}
END_TEST

Suite *base_err_suite(void)
{
    Suite *s = suite_create("base/err");
    TCase *t = tcase_create("err");
    tcase_add_test(t, an_error_keeps_origin_and_words);
    tcase_add_test(t, long_words_are_cut_between_code_points);
    tcase_add_test(t, system_numbers_become_codes);
    tcase_add_test(t, every_code_has_its_own_name);
    tcase_add_test_raise_signal(t, assertions_run_the_hook, SIGUSR2);
    tcase_add_test_raise_signal(t, assertions_abort, SIGABRT);
    suite_add_tcase(s, t);
    return s;
}
