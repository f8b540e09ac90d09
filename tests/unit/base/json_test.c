/* json: strict reading, one way of writing, safe getters. */
#include <check.h>
#include <stdint.h>
#include <string.h>

#include "base/json.h"

Suite *base_json_suite(void);

static enum err parse(const char *text, jv **out, struct err_info *err)
{
    return jv_parse(text, strlen(text), out, err);
}

static void expect_refused(const char *text)
{
    jv *j = NULL;
    struct err_info err = {0};
    ck_assert_msg(parse(text, &j, &err) == ERR_SYNTAX, "%s", text);
    ck_assert_ptr_null(j);
    ck_assert_uint_gt(err.line, 0);
}

START_TEST(what_is_not_strict_is_refused)
{
    static const char *const bad[] = {"",
                                      "{",
                                      "{\"a\":1,\"a\":2}",
                                      "[1] 2",
                                      "[1,]",
                                      "nul",
                                      "\"\\u0000\"",
                                      "\"\xFF\"",
                                      "{'a':1}",
                                      "[1e999]",
                                      "[99999999999999999999]",
                                      "// c\n1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        expect_refused(bad[i]);
    }
}
END_TEST

START_TEST(depth_ends_at_sixty_four)
{
    struct str s = STR_INIT;
    jv *j = NULL;
    struct err_info err = {0};
    for (int i = 0; i < 64; i++) {
        str_putc(&s, '[');
    }
    for (int i = 0; i < 64; i++) {
        str_putc(&s, ']');
    }
    ck_assert_int_eq(parse(str_cstr(&s), &j, &err), ERR_OK);
    jv_free(j);
    str_splice(&s, 64, 0, "\n[]", 3);
    ck_assert_int_eq(parse(str_cstr(&s), &j, &err), ERR_SYNTAX);
    ck_assert_uint_eq(err.line, 2);
    ck_assert_uint_eq(err.column, 1);
    str_clear(&s);
    str_puts(&s, "[\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"]");
    ck_assert_int_eq(parse(str_cstr(&s), &j, &err), ERR_OK);
    jv_free(j);
    str_done(&s);
}
END_TEST

START_TEST(writing_sorts_and_reads_back)
{
    struct str s = STR_INIT;
    jv *j = NULL;
    ck_assert_int_eq(parse(" { \"b\" : [1, 2.5, true, null], \"a\":\"\\u0219\" }", &j, NULL),
                     ERR_OK);
    jv_write(j, &s);
    ck_assert_str_eq(str_cstr(&s), "{\"a\":\"ș\",\"b\":[1,2.5,true,null]}");
    str_clear(&s);
    jv_write_pretty(jv_at(j, "a"), &s);
    jv_write(NULL, &s);
    ck_assert_str_eq(str_cstr(&s), "\"ș\"null");
    jv_free(j);
    str_done(&s);
}
END_TEST

START_TEST(values_are_made_and_read)
{
    jv *o = jv_new_object();
    jv *list = jv_new_array();
    jv_push(list, jv_new_real(0.5));
    jv_push(list, jv_new_bool(true));
    jv_push(list, jv_new_null());
    jv_set(o, "list", list);
    jv_set_str(o, "text", "x");
    jv_set_int(o, "int", INT64_MIN);
    ck_assert_uint_eq(jv_count(o), 3);
    ck_assert_uint_eq(jv_count(jv_at(o, "list")), 3);
    ck_assert_uint_eq(jv_count(NULL), 0);
    ck_assert_str_eq(jv_str_at(o, "text"), "x");
    ck_assert(jv_int_at(o, "int", 0) == INT64_MIN);
    ck_assert(jv_real(jv_item(list, 0), 0) == 0.5);
    ck_assert_int_eq(jv_kind(jv_item(list, 1)), JV_BOOL);
    ck_assert_int_eq(jv_kind(jv_item(list, 2)), JV_NULL);
    ck_assert_ptr_null(jv_item(list, 3));
    jv *kept = jv_ref(list);
    jv_free(o);
    ck_assert_uint_eq(jv_count(kept), 3);
    jv_free(kept);
}
END_TEST

START_TEST(wrong_types_give_the_default)
{
    jv *o = jv_new_object();
    jv_set_str(o, "text", "1");
    ck_assert(jv_int_at(o, "text", 7) == 7);
    ck_assert(jv_int_at(o, "none", 8) == 8);
    ck_assert(jv_bool_at(o, "text", true));
    ck_assert_ptr_null(jv_str_at(NULL, "text"));
    ck_assert_ptr_null(jv_string(o));
    ck_assert(jv_real(NULL, 1.5) == 1.5);
    ck_assert_int_eq(jv_kind(NULL), JV_NULL);
    jv *bad = jv_new_string("a\xFF");
    ck_assert_str_eq(jv_string(bad), "a\xEF\xBF\xBD");
    jv_free(bad);
    jv_free(o);
    jv_free(NULL);
}
END_TEST

static bool note(void *payload, const char *key, jv *value)
{
    str_puts(payload, key);
    return jv_int(value, 0) != 2;
}

START_TEST(members_come_in_key_order_until_told_to_stop)
{
    struct str keys = STR_INIT;
    jv *o = jv_new_object();
    jv_set_int(o, "c", 3);
    jv_set_int(o, "b", 2);
    jv_set_int(o, "a", 1);
    jv_each(o, note, &keys);
    jv_each(NULL, note, &keys);
    ck_assert_str_eq(str_cstr(&keys), "ab");
    jv_free(o);
    str_done(&keys);
}
END_TEST

Suite *base_json_suite(void)
{
    Suite *s = suite_create("base/json");
    TCase *t = tcase_create("json");
    tcase_add_test(t, what_is_not_strict_is_refused);
    tcase_add_test(t, depth_ends_at_sixty_four);
    tcase_add_test(t, writing_sorts_and_reads_back);
    tcase_add_test(t, values_are_made_and_read);
    tcase_add_test(t, wrong_types_give_the_default);
    tcase_add_test(t, members_come_in_key_order_until_told_to_stop);
    suite_add_tcase(s, t);
    return s;
}
