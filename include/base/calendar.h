/* Deadlines: days, working days, months and hours counted in the local zone. Whole days end at the
 * last second of the day; hours are real ones, through the change of the clocks. */
#ifndef SPRIJIN_BASE_CALENDAR_H
#define SPRIJIN_BASE_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/date.h"

#define CALENDAR_DAYS_MAX 64

/* Days off. after_easter and yearly ones hold every year, single ones once. */
struct calendar {
    unsigned char days_off; /* bit 0 = Monday .. bit 6 = Sunday */
    struct {
        unsigned char month, day;
    } yearly[CALENDAR_DAYS_MAX];
    size_t yearly_count;
    int after_easter[CALENDAR_DAYS_MAX];
    size_t after_easter_count;
    long single[CALENDAR_DAYS_MAX]; /* day numbers */
    size_t single_count;
};

/* Orthodox Easter as a Gregorian date; exact for 1900 to 2099. */
struct date calendar_easter(int year);
bool calendar_is_off(const struct calendar *c, struct date d);
/* n >= 0 working days after d; 0: d itself, or the next working day if it is off. */
struct date calendar_workdays(const struct calendar *c, struct date d, unsigned n);
/* The same day n months on, or the last of that month where there is none. */
struct date calendar_months(struct date d, unsigned n);
/* Milliseconds of a local time of day; one that the change of clocks leaves out is read as the
 * hour after it, one that occurs twice as the first. */
int64_t calendar_ms(struct date d, int hour, int minute, int second);
/* The last second of the day. */
int64_t calendar_end_of(struct date d);

#endif
