/* charset: likenesses on the way out, strictness on the way in. */
#include <check.h>
#include <string.h>

#include "base/charset.h"

Suite *base_charset_suite(void);

static void expect_out(const char *charset, const char *text, const char *want)
{
    struct str out = STR_INIT;
    ck_assert_int_eq(charset_from_utf8(charset, text, strlen(text), &out, NULL), ERR_OK);
    ck_assert_msg(str_eq(str_cstr(&out), want), "%s: %s gave %s", charset, text, str_cstr(&out));
    str_done(&out);
}

START_TEST(what_a_charset_has_is_kept)
{
    expect_out("ISO-8859-2", "ăâî", "\xE3\xE2\xEE");
    expect_out("ISO-8859-16", "șț", "\xBA\xFE");
    expect_out("KOI8-R", "Ион", "\xE9\xCF\xCE");
}
END_TEST

START_TEST(what_it_lacks_becomes_its_likeness)
{
    expect_out("ISO-8859-2", "ș", "\xBA");
    expect_out("US-ASCII", "Șevciuc, ţară, în", "Sevciuc, tara, in");
    expect_out("US-ASCII", "Шевчук Щёкин", "Shevchuk Shchekin");
    expect_out("US-ASCII", "┌─┬│═ „a” – …", "+-+|= \"a\" - ...");
    expect_out("US-ASCII", "漢a\xCC\x81", "?a");
    expect_out("ISO-8859-5", "ș й", "s \xD9");
}
END_TEST

START_TEST(text_comes_back_from_a_charset)
{
    struct str out = STR_INIT;
    struct str long_text = STR_INIT;
    for (int i = 0; i < 500; i++) {
        str_puts(&long_text, "\xE9\xCF\xCE ");
    }
    ck_assert_int_eq(charset_to_utf8("KOI8-R", long_text.data, long_text.len, &out, NULL), ERR_OK);
    ck_assert_uint_eq(out.len, 500 * 7);
    ck_assert(str_starts(out.data, "Ион Ион "));
    str_done(&out);
    str_done(&long_text);
}
END_TEST

START_TEST(invalid_bytes_are_refused_with_their_place)
{
    struct str out = STR_INIT;
    struct err_info err = {0};
    str_puts(&out, "x");
    ck_assert_int_eq(charset_to_utf8("US-ASCII", "ab\xFF", 3, &out, &err), ERR_SYNTAX);
    ck_assert_int_eq(err.num, 2);
    ck_assert_str_eq(str_cstr(&out), "x");
    ck_assert_int_eq(charset_to_utf8("UTF-16LE", "a\0b", 3, &out, &err), ERR_SYNTAX);
    str_done(&out);
}
END_TEST

START_TEST(unknown_charsets_are_not_found)
{
    struct str out = STR_INIT;
    ck_assert_int_eq(charset_from_utf8("no-such", "a", 1, &out, NULL), ERR_NOT_FOUND);
    ck_assert_int_eq(charset_to_utf8("no-such", "a", 1, &out, NULL), ERR_NOT_FOUND);
    ck_assert(charset_is_utf8("utf8"));
    ck_assert(charset_is_utf8("UTF-8"));
    ck_assert(!charset_is_utf8("UTF-16"));
    str_done(&out);
}
END_TEST

Suite *base_charset_suite(void)
{
    Suite *s = suite_create("base/charset");
    TCase *t = tcase_create("charset");
    tcase_add_test(t, what_a_charset_has_is_kept);
    tcase_add_test(t, what_it_lacks_becomes_its_likeness);
    tcase_add_test(t, text_comes_back_from_a_charset);
    tcase_add_test(t, invalid_bytes_are_refused_with_their_place);
    tcase_add_test(t, unknown_charsets_are_not_found);
    suite_add_tcase(s, t);
    return s;
}
