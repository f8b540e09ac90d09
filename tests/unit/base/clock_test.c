/* clock: the hook and the zones. */
#include <check.h>
#include <stdint.h>

#include "base/clock.h"

Suite *base_clock_suite(void);

static int64_t held;

static int64_t hold(void)
{
    return held;
}

START_TEST(the_hook_holds_the_clock_still)
{
    clock_zone("UTC");
    clock_hook(hold);
    held = 951782400000; /* 2000-02-29 */
    ck_assert(clock_now_ms() == held);
    ck_assert_int_eq(clock_today().month, 2);
    ck_assert_int_eq(clock_today().day, 29);
    clock_hook(NULL);
    ck_assert(clock_now_ms() > held);
}
END_TEST

START_TEST(boot_and_monotonic_time_never_run_backwards)
{
    const int64_t boot = clock_boot_ms();
    const int64_t mono = clock_mono_ms();
    ck_assert(clock_boot_ms() >= boot);
    ck_assert(clock_mono_ms() >= mono);
}
END_TEST

static void expect_local(int64_t ms, int hour, int minute, int offset)
{
    const struct clock_local t = clock_local_of(ms);
    ck_assert_int_eq(t.hour, hour);
    ck_assert_int_eq(t.minute, minute);
    ck_assert_int_eq(t.offset_minutes, offset);
}

START_TEST(chisinau_changes_its_hour_in_spring_and_autumn)
{
    clock_zone("Europe/Chisinau");
    expect_local(1767225600000, 2, 0, 120);  /* 2026-01-01T00:00Z */
    expect_local(1782864000000, 3, 0, 180);  /* 2026-07-01T00:00Z */
    expect_local(1774745999999, 2, 59, 120); /* 2026-03-29T00:59:59.999Z */
    expect_local(1774746000000, 4, 0, 180);  /* 2026-03-29T01:00Z */
    expect_local(1792889999999, 3, 59, 180); /* 2026-10-25T00:59:59.999Z */
    expect_local(1792890000000, 3, 0, 120);  /* 2026-10-25T01:00Z */
}
END_TEST

START_TEST(fixed_zones_and_posix_texts_work)
{
    clock_zone("+02:00");
    expect_local(0, 2, 0, 120);
    clock_zone("-05:30");
    expect_local(0, 18, 30, -330);
    clock_zone("XYZ-1");
    expect_local(0, 1, 0, 60);
    clock_zone("UTC");
    expect_local(-1, 23, 59, 0);
    ck_assert_int_eq(clock_local_of(-1).date.year, 1969);
}
END_TEST

Suite *base_clock_suite(void)
{
    Suite *s = suite_create("base/clock");
    TCase *t = tcase_create("clock");
    tcase_add_test(t, the_hook_holds_the_clock_still);
    tcase_add_test(t, boot_and_monotonic_time_never_run_backwards);
    tcase_add_test(t, chisinau_changes_its_hour_in_spring_and_autumn);
    tcase_add_test(t, fixed_zones_and_posix_texts_work);
    suite_add_tcase(s, t);
    return s;
}
