/* The clock and the local zone. Invariant: everything in the program that asks for the time asks
 * here, so one hook holds it still. Readings of the boot and monotonic clocks are never hooked. */
#include "base/clock.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/err.h"
#include "base/str.h"

/* Set once by main or by a test, before threads. */
static int64_t (*now_hook)(void);

static int64_t read_ms(clockid_t id)
{
    struct timespec t;
    const int failed = clock_gettime(id, &t);
    ASSERT(failed == 0);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_now_ms(void)
{
    return now_hook != NULL ? now_hook() : read_ms(CLOCK_REALTIME);
}

int64_t clock_boot_ms(void)
{
    return read_ms(CLOCK_BOOTTIME);
}

int64_t clock_mono_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

void clock_hook(int64_t (*now_ms)(void))
{
    now_hook = now_ms;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "+02:00" and "-05:30". */
static bool is_fixed(const char *name)
{
    return (name[0] == '+' || name[0] == '-') && is_digit(name[1]) && is_digit(name[2]) &&
           name[3] == ':' && is_digit(name[4]) && is_digit(name[5]) && name[6] == '\0';
}

void clock_zone(const char *name)
{
    char fixed[32];
    const char *zone = name;
    if (str_eq(name, "Europe/Chisinau")) {
        /* Written out: a laptop may have no zone files, or files with the hours of before 2022. */
        zone = "EET-2EEST,M3.5.0/3,M10.5.0/4";
    } else if (str_eq(name, "UTC")) {
        zone = "UTC0";
    } else if (is_fixed(name)) {
        /* POSIX counts west of Greenwich, so the sign turns over; a zone's name has no colon. */
        (void)snprintf(fixed, sizeof fixed, "<%.3s%.2s>%c%s", name, name + 4,
                       name[0] == '+' ? '-' : '+', name + 1);
        zone = fixed;
    }
    const int failed = setenv("TZ", zone, 1);
    ASSERT(failed == 0);
    tzset();
}

struct clock_local clock_local_of(int64_t ms)
{
    /* Rounded down, before 1970 too. */
    const int64_t seconds = ms >= 0 ? ms / 1000 : -((-ms + 999) / 1000);
    const time_t t = (time_t)seconds;
    struct tm tm;
    const struct tm *made = localtime_r(&t, &tm);
    ASSERT(made != NULL);
    return (struct clock_local){
        .date = {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday},
        .hour = tm.tm_hour,
        .minute = tm.tm_min,
        .second = tm.tm_sec,
        .offset_minutes = (int)(tm.tm_gmtoff / 60),
    };
}

struct date clock_today(void)
{
    return clock_local_of(clock_now_ms()).date;
}
