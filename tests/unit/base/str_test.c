/* str: the byte buffer, numbers, hex. */
#include <check.h>
#include <stdlib.h>

#include "base/str.h"

Suite *base_str_suite(void);

START_TEST(an_empty_buffer_is_an_empty_text)
{
    struct str s = STR_INIT;
    ck_assert_str_eq(str_cstr(&s), "");
    str_put(&s, NULL, 0);
    ck_assert_uint_eq(s.len, 0);
    char *taken = str_take(&s);
    ck_assert_str_eq(taken, "");
    free(taken);
    str_done(&s);
    str_clear(&s);
}
END_TEST

START_TEST(appending_keeps_everything)
{
    struct str s = STR_INIT;
    for (int i = 0; i < 1000; i++) {
        str_printf(&s, "%d,", i);
    }
    ck_assert_uint_eq(s.len, 3890);
    ck_assert(str_starts(s.data, "0,1,2,"));
    ck_assert(str_ends(s.data, ",998,999,"));
    str_clear(&s);
    ck_assert_str_eq(str_cstr(&s), "");
    str_puts(&s, "a");
    str_putc(&s, 'b');
    str_put_utf8(&s, 0x219);
    str_put_utf8(&s, 0x110000);
    ck_assert_str_eq(str_cstr(&s), "abș\xEF\xBF\xBD");
    str_done(&s);
    ck_assert_ptr_null(s.data);
}
END_TEST

START_TEST(a_splice_replaces_in_the_middle)
{
    struct str s = STR_INIT;
    str_puts(&s, "abcdef");
    str_splice(&s, 2, 2, "XYZ", 3);
    ck_assert_str_eq(str_cstr(&s), "abXYZef");
    str_splice(&s, 0, 5, "", 0);
    ck_assert_str_eq(str_cstr(&s), "ef");
    ck_assert_int_eq(s.data[5], 0);
    str_splice(&s, 2, 0, "!", 1);
    ck_assert_str_eq(str_cstr(&s), "ef!");
    str_done(&s);
}
END_TEST

START_TEST(numbers_come_back_as_they_were)
{
    struct str s = STR_INIT;
    str_put_u16le(&s, 0xBEEF);
    str_put_u32le(&s, 0xDEADBEEFul);
    str_put_u64le(&s, 0x0123456789ABCDEFull);
    const unsigned char *p = (const unsigned char *)s.data;
    ck_assert_uint_eq(s.len, 14);
    ck_assert_uint_eq(p[0], 0xEF);
    ck_assert_uint_eq(get_u16le(p), 0xBEEF);
    ck_assert(get_u32le(p + 2) == 0xDEADBEEFul);
    ck_assert(get_u64le(p + 6) == 0x0123456789ABCDEFull);
    str_done(&s);
}
END_TEST

START_TEST(comparisons_allow_for_nothing)
{
    ck_assert(str_eq(NULL, NULL));
    ck_assert(!str_eq("", NULL));
    ck_assert(str_eq("a", "a"));
    ck_assert(!str_ends("a", "ba"));
    ck_assert(str_ends("ba", ""));
    ck_assert(!str_starts("a", "ab"));
}
END_TEST

START_TEST(hex_is_strict)
{
    char text[7];
    unsigned char bytes[3] = {0x00, 0x9F, 0xFF};
    hex_put(text, bytes, 3);
    ck_assert_str_eq(text, "009fff");
    ck_assert(hex_get(bytes, 3, "0A1b2C"));
    ck_assert_uint_eq(bytes[2], 0x2C);
    ck_assert(!hex_get(bytes, 3, "0A1b2"));
    ck_assert(!hex_get(bytes, 3, "0A1b2C0"));
    ck_assert(!hex_get(bytes, 3, "0A1b2g"));
}
END_TEST

Suite *base_str_suite(void)
{
    Suite *s = suite_create("base/str");
    TCase *t = tcase_create("str");
    tcase_add_test(t, an_empty_buffer_is_an_empty_text);
    tcase_add_test(t, appending_keeps_everything);
    tcase_add_test(t, a_splice_replaces_in_the_middle);
    tcase_add_test(t, numbers_come_back_as_they_were);
    tcase_add_test(t, comparisons_allow_for_nothing);
    tcase_add_test(t, hex_is_strict);
    suite_add_tcase(s, t);
    return s;
}
