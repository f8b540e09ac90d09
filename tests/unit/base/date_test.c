/* date: partial dates, typed dates, arithmetic, ages. */
#include <check.h>
#include <string.h>

#include "base/date.h"

Suite *base_date_suite(void);

static struct date iso(const char *text)
{
    struct date d = {0};
    ck_assert_msg(date_parse(text, strlen(text), &d), "%s", text);
    return d;
}

START_TEST(iso_text_comes_back_and_unreal_dates_do_not)
{
    static const char *const good[] = {"1998", "1998-05", "2024-02-29", "0001-01-01", "9999-12-31"};
    static const char *const bad[] = {
        "",       "98",      "1998-13",    "1998-00", "1998-05-00", "2023-02-29", "1900-02-29",
        "1998-5", "1998/05", "1998-05-1x", "0000",    "1998-04-31", " 1998"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        char text[11];
        date_format(iso(good[i]), text);
        ck_assert_str_eq(text, good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct date d;
        ck_assert_msg(!date_parse(bad[i], strlen(bad[i]), &d), "%s", bad[i]);
    }
}
END_TEST

START_TEST(dates_are_read_as_people_type_them)
{
    static const char *const table[][2] = {
        {"12.3.1998", "1998-03-12"},
        {"12/03/98", "1998-03-12"},
        {"3.1998", "1998-03"},
        {"1998", "1998"},
        {"1998-3-2", "1998-03-02"},
        {" 12 3 1998 ", "1998-03-12"},
        {"12. 3. 1998.", "1998-03-12"},
        {"1.1.26", "2026-01-01"},
        {"1.1.27", "1927-01-01"},
        {"1998-03", "1998-03"},
        {"5/24", "2024-05"},
        {"98", "1998"},
        {"12-03-1998", "1998-03-12"},
    };
    static const char *const bad[] = {"",           ".",          "31.2.1998", "1.13.1998",
                                      "12..3.1998", "12.3.",      "1.2.3.4",   "12.3.199",
                                      "a",          "12.3.19988", "0.3.1998",  "12.3.1998x",
                                      "12/",        "1.2.3",      "123.4.1998"};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct date d = {0};
        char text[11] = "";
        ck_assert_msg(date_parse_typed(table[i][0], strlen(table[i][0]), 2026, &d), "%s",
                      table[i][0]);
        date_format(d, text);
        ck_assert_str_eq(text, table[i][1]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct date d;
        ck_assert_msg(!date_parse_typed(bad[i], strlen(bad[i]), 2026, &d), "%s", bad[i]);
    }
}
END_TEST

START_TEST(day_numbers_go_there_and_back)
{
    ck_assert_int_eq(date_earliest(iso("1970-01-01")), 0);
    ck_assert_int_eq(date_earliest(iso("2000-03-01")), 11017);
    ck_assert_int_eq(date_earliest(iso("0001-01-01")), -719162);
    for (long n = -719162; n <= 2932896; n += 13) {
        ck_assert_int_eq(date_earliest(date_from_days(n)), n);
    }
    ck_assert_int_eq(date_from_days(2932896).year, 9999);
}
END_TEST

START_TEST(partial_dates_have_two_ends)
{
    ck_assert_int_eq(date_earliest(iso("2024")), date_earliest(iso("2024-01-01")));
    ck_assert_int_eq(date_latest(iso("2024")), date_earliest(iso("2024-12-31")));
    ck_assert_int_eq(date_latest(iso("2024-02")), date_earliest(iso("2024-02-29")));
    ck_assert_int_eq(date_latest(iso("2024-02-03")), date_earliest(iso("2024-02-03")));
}
END_TEST

START_TEST(weekdays_are_right)
{
    ck_assert_int_eq(date_weekday(iso("1970-01-01")), 3);
    ck_assert_int_eq(date_weekday(iso("2024-02-29")), 3);
    ck_assert_int_eq(date_weekday(iso("2026-11-22")), 6);
    ck_assert_int_eq(date_weekday(iso("0001-01-01")), 0);
}
END_TEST

START_TEST(an_age_is_the_smallest_it_can_be)
{
    ck_assert_int_eq(date_age_years(iso("2000-05-10"), iso("2018-05-09")), 17);
    ck_assert_int_eq(date_age_years(iso("2000-05-10"), iso("2018-05-10")), 18);
    ck_assert_int_eq(date_age_years(iso("2000"), iso("2018-12-30")), 17);
    ck_assert_int_eq(date_age_years(iso("2000-05"), iso("2018-05-30")), 17);
    ck_assert_int_eq(date_age_years(iso("2000-02-29"), iso("2018-02-28")), 17);
    ck_assert_int_eq(date_age_years(iso("2000-02-29"), iso("2018-03-01")), 18);
}
END_TEST

Suite *base_date_suite(void)
{
    Suite *s = suite_create("base/date");
    TCase *t = tcase_create("date");
    tcase_add_test(t, iso_text_comes_back_and_unreal_dates_do_not);
    tcase_add_test(t, dates_are_read_as_people_type_them);
    tcase_add_test(t, day_numbers_go_there_and_back);
    tcase_add_test(t, partial_dates_have_two_ends);
    tcase_add_test(t, weekdays_are_right);
    tcase_add_test(t, an_age_is_the_smallest_it_can_be);
    suite_add_tcase(s, t);
    return s;
}
