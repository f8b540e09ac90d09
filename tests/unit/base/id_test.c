/* id: random numbers and case codes. */
#include <check.h>
#include <ctype.h>
#include <string.h>

#include "base/id.h"

Suite *base_id_suite(void);

START_TEST(numbers_stay_below_and_reach_all)
{
    unsigned seen = 0;
    for (int i = 0; i < 2000; i++) {
        const unsigned n = random_below(7);
        ck_assert_uint_lt(n, 7);
        seen |= 1u << n;
    }
    ck_assert_uint_eq(seen, 0x7Fu);
    ck_assert_uint_eq(random_below(1), 0);
}
END_TEST

START_TEST(random_bytes_differ_each_time)
{
    unsigned char a[32] = {0};
    unsigned char b[32] = {0};
    random_bytes(a, sizeof a);
    random_bytes(b, sizeof b);
    ck_assert_mem_ne(a, b, sizeof a);
}
END_TEST

START_TEST(a_new_code_reads_as_itself_however_typed)
{
    for (int i = 0; i < 500; i++) {
        char code[CASE_CODE_LEN];
        char back[CASE_CODE_LEN];
        char small[CASE_CODE_LEN];
        case_code_new(code);
        ck_assert_uint_eq(strlen(code), 7);
        ck_assert(code[0] == 'K' && code[1] == '-');
        ck_assert(case_code_parse(code, back));
        ck_assert_str_eq(back, code);
        for (int j = 0; j < CASE_CODE_LEN; j++) {
            const char c = code[j] == '0' ? 'o' : code[j] == '1' ? 'l' : code[j];
            small[j] = (char)tolower(c);
        }
        ck_assert(case_code_parse(small, back));
        ck_assert_str_eq(back, code);
        ck_assert(case_code_parse(small + 2, back));
        ck_assert_str_eq(back, code);
    }
}
END_TEST

START_TEST(one_wrong_character_is_always_found)
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    char code[CASE_CODE_LEN];
    char back[CASE_CODE_LEN];
    case_code_new(code);
    for (int at = 2; at < 7; at++) {
        for (int d = 0; d < 32; d++) {
            char wrong[CASE_CODE_LEN];
            memcpy(wrong, code, sizeof wrong);
            wrong[at] = digits[d];
            ck_assert(case_code_parse(wrong, back) == (digits[d] == code[at]));
        }
    }
}
END_TEST

START_TEST(what_is_no_code_is_refused)
{
    static const char *const bad[] = {"",        "K-",      "K-0000",         "K-000000",
                                      "K-00U00", "X-00000", "K-0000\xC8\x99", "K-00001"};
    char back[CASE_CODE_LEN];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_msg(!case_code_parse(bad[i], back), "%s", bad[i]);
    }
    ck_assert(case_code_parse(" k 0000 0 ", back));
    ck_assert_str_eq(back, "K-00000");
}
END_TEST

Suite *base_id_suite(void)
{
    Suite *s = suite_create("base/id");
    TCase *t = tcase_create("id");
    tcase_add_test(t, numbers_stay_below_and_reach_all);
    tcase_add_test(t, random_bytes_differ_each_time);
    tcase_add_test(t, a_new_code_reads_as_itself_however_typed);
    tcase_add_test(t, one_wrong_character_is_always_found);
    tcase_add_test(t, what_is_no_code_is_refused);
    suite_add_tcase(s, t);
    return s;
}
