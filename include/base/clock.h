/* The clock, as a hook so that tests and form files can hold it still; and the local zone. */
#ifndef SPRIJIN_BASE_CLOCK_H
#define SPRIJIN_BASE_CLOCK_H

#include <stdint.h>

#include "base/date.h"

struct clock_local {
    struct date date;
    int hour;           /* 0-23 */
    int minute;         /* 0-59 */
    int second;         /* 0-60 */
    int offset_minutes; /* local minus UTC */
};

/* Milliseconds since 1970-01-01T00:00 UTC, by the hook if one is set. */
int64_t clock_now_ms(void);
/* Milliseconds of the boot clock (CLOCK_BOOTTIME): counts through suspend, never steps. */
int64_t clock_boot_ms(void);
/* Milliseconds of CLOCK_MONOTONIC: does not count suspend, so boot - monotonic jumps on it. */
int64_t clock_mono_ms(void);
/* One of the two hooks of base; NULL = the system's clock. */
void clock_hook(int64_t (*now_ms)(void));
/* Zone by name: "Europe/Chisinau" (also without zone files on the machine), "UTC", a fixed
 * "+02:00", or any POSIX TZ text. Call once, before threads. */
void clock_zone(const char *name);
struct clock_local clock_local_of(int64_t ms);
struct date clock_today(void);

#endif
