/* Deadlines: working days, months, hours, over weekends, days off, the change of clocks and the
 * 29th of February. Easter's dates are those that churches publish. */
#include "base/calendar.h"

#include <check.h>
#include <string.h>

#include "base/clock.h"

Suite *base_calendar_suite(void);

/* Weekends, 1 May, Easter, Easter Monday, Memorial Easter, and one single day. */
static struct calendar calendar(void)
{
    struct calendar c = {.days_off = 0x60, .yearly_count = 1, .after_easter_count = 3};
    c.yearly[0].month = 5;
    c.yearly[0].day = 1;
    c.after_easter[1] = 1;
    c.after_easter[2] = 8;
    c.single[0] = date_earliest((struct date){2026, 6, 3});
    c.single_count = 1;
    return c;
}

static struct date day(const char *s)
{
    struct date d;
    ck_assert(date_parse(s, strlen(s), &d));
    return d;
}

static void same(struct date found, const char *wanted)
{
    char text[11];
    date_format(found, text);
    ck_assert_str_eq(text, wanted);
}

START_TEST(easter_is_that_of_the_orthodox_churches)
{
    static const char *const DAYS[] = {"2000-04-30", "2016-05-01", "2024-05-05", "2025-04-20",
                                       "2026-04-12", "2027-05-02", "2028-04-16", "2032-05-02"};
    for (size_t i = 0; i < sizeof DAYS / sizeof *DAYS; i++) {
        same(calendar_easter(day(DAYS[i]).year), DAYS[i]);
    }
}
END_TEST

START_TEST(working_days_leave_out_weekends_and_days_off)
{
    static const struct {
        const char *from;
        unsigned n;
        const char *to;
    } T[] = {{"2026-01-19", 3, "2026-01-22"},  {"2026-01-16", 1, "2026-01-19"},
             {"2026-01-17", 1, "2026-01-19"},  {"2026-01-17", 0, "2026-01-19"},
             {"2026-01-19", 0, "2026-01-19"},  {"2026-04-09", 3, "2026-04-15"},
             {"2026-04-17", 1, "2026-04-21"},  {"2026-04-30", 1, "2026-05-04"},
             {"2026-06-02", 1, "2026-06-04"},  {"2025-06-02", 1, "2025-06-03"},
             {"2026-01-19", 260, "2027-01-22"}};
    const struct calendar c = calendar();
    for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
        same(calendar_workdays(&c, day(T[i].from), T[i].n), T[i].to);
    }
}
END_TEST

START_TEST(a_week_without_working_days_counts_every_day)
{
    const struct calendar c = {.days_off = 0x7f};
    same(calendar_workdays(&c, day("2026-01-19"), 3), "2026-01-22");
}
END_TEST

START_TEST(months_end_with_the_month)
{
    static const struct {
        const char *from;
        unsigned n;
        const char *to;
    } T[] = {{"2026-01-31", 1, "2026-02-28"},  {"2028-01-31", 1, "2028-02-29"},
             {"2028-02-29", 12, "2029-02-28"}, {"2028-02-29", 48, "2032-02-29"},
             {"2026-08-31", 1, "2026-09-30"},  {"2026-12-15", 1, "2027-01-15"},
             {"2026-11-30", 3, "2027-02-28"},  {"2026-03-15", 0, "2026-03-15"}};
    for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
        same(calendar_months(day(T[i].from), T[i].n), T[i].to);
    }
}
END_TEST

static void local(int64_t ms, const char *date, int hour, int minute)
{
    const struct clock_local t = clock_local_of(ms);
    same(t.date, date);
    ck_assert_int_eq(t.hour, hour);
    ck_assert_int_eq(t.minute, minute);
}

START_TEST(a_day_ends_before_the_next_whatever_the_clocks_do)
{
    clock_zone("Europe/Chisinau");
    /* 2026-03-29 has 23 hours, 2026-10-25 has 25. */
    static const char *const DAYS[] = {"2026-03-28", "2026-03-29", "2026-03-30", "2026-10-24",
                                       "2026-10-25", "2026-10-26", "2028-02-29", "2026-12-31"};
    static const int HOURS[] = {24, 23, 24, 24, 25, 24, 24, 24};
    for (size_t i = 0; i < sizeof DAYS / sizeof *DAYS; i++) {
        const struct date d = day(DAYS[i]);
        const int64_t from = calendar_ms(d, 0, 0, 0), to = calendar_end_of(d);
        local(from, DAYS[i], 0, 0);
        local(to, DAYS[i], 23, 59);
        ck_assert_int_eq(to + 1000 - from, (int64_t)HOURS[i] * 3600000);
    }
}
END_TEST

START_TEST(a_time_that_is_left_out_is_the_hour_after_and_one_that_comes_twice_the_first)
{
    clock_zone("Europe/Chisinau");
    local(calendar_ms(day("2026-03-29"), 3, 30, 0), "2026-03-29", 4, 30);
    const int64_t first = calendar_ms(day("2026-10-25"), 3, 30, 0);
    local(first, "2026-10-25", 3, 30);
    ck_assert_int_eq(clock_local_of(first).offset_minutes, 180);
    local(first + 3600000, "2026-10-25", 3, 30);
}
END_TEST

Suite *base_calendar_suite(void)
{
    Suite *s = suite_create("base/calendar");
    TCase *c = tcase_create("calendar");
    tcase_add_test(c, easter_is_that_of_the_orthodox_churches);
    tcase_add_test(c, working_days_leave_out_weekends_and_days_off);
    tcase_add_test(c, a_week_without_working_days_counts_every_day);
    tcase_add_test(c, months_end_with_the_month);
    tcase_add_test(c, a_day_ends_before_the_next_whatever_the_clocks_do);
    tcase_add_test(c, a_time_that_is_left_out_is_the_hour_after_and_one_that_comes_twice_the_first);
    suite_add_tcase(s, c);
    return s;
}
