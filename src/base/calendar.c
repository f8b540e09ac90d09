/* Deadlines are counted here and nowhere else. Invariant: a date that comes out is a real one, and
 * a day's end is before the next day's beginning in the local zone, whatever the clocks do. */
#include "base/calendar.h"

#include "base/clock.h"

enum { HOUR_MS = 3600000, MINUTE_MS = 60000 };

struct date calendar_easter(int year)
{
    const int a = year % 4, b = year % 7, c = year % 19;
    const int d = (19 * c + 15) % 30;
    const int e = (2 * a + 4 * b - d + 34) % 7;
    const int n = d + e + 114;
    const struct date julian = {year, n / 31, n % 31 + 1};
    return date_from_days(date_earliest(julian) + 13);
}

bool calendar_is_off(const struct calendar *c, struct date d)
{
    if (c->days_off >> date_weekday(d) & 1) {
        return true;
    }
    for (size_t i = 0; i < c->yearly_count; i++) {
        if (c->yearly[i].month == d.month && c->yearly[i].day == d.day) {
            return true;
        }
    }
    const long day = date_earliest(d), easter = date_earliest(calendar_easter(d.year));
    for (size_t i = 0; i < c->after_easter_count; i++) {
        if (day == easter + c->after_easter[i]) {
            return true;
        }
    }
    for (size_t i = 0; i < c->single_count; i++) {
        if (day == c->single[i]) {
            return true;
        }
    }
    return false;
}

/* A calendar without a working day would never end: then every day counts. */
static bool has_workdays(const struct calendar *c)
{
    return (c->days_off & 0x7f) != 0x7f;
}

struct date calendar_workdays(const struct calendar *c, struct date d, unsigned n)
{
    long day = date_earliest(d);
    if (!has_workdays(c)) {
        return date_from_days(day + (long)n);
    }
    while (n == 0 && calendar_is_off(c, date_from_days(day))) {
        day++;
    }
    for (unsigned left = n; left > 0;) {
        day++;
        left -= !calendar_is_off(c, date_from_days(day));
    }
    return date_from_days(day);
}

struct date calendar_months(struct date d, unsigned n)
{
    const unsigned months = (unsigned)(d.month - 1) + n;
    struct date out = {d.year + (int)(months / 12), (int)(months % 12) + 1, d.day};
    const int last = date_days_in_month(out.year, out.month);
    out.day = out.day > last ? last : out.day;
    return out;
}

int64_t calendar_ms(struct date d, int hour, int minute, int second)
{
    const int64_t wall = (int64_t)date_earliest(d) * 24 * HOUR_MS + (int64_t)hour * HOUR_MS +
                         (int64_t)minute * MINUTE_MS + (int64_t)second * 1000;
    /* Both offsets around the change are tried; the larger one gives the earlier moment. */
    const int before = clock_local_of(wall - 24 * (int64_t)HOUR_MS).offset_minutes;
    const int after = clock_local_of(wall + 24 * (int64_t)HOUR_MS).offset_minutes;
    const int large = before > after ? before : after;
    const int64_t early = wall - (int64_t)large * MINUTE_MS;
    if (clock_local_of(early).offset_minutes == large) {
        return early;
    }
    return wall - (int64_t)(before > after ? after : before) * MINUTE_MS;
}

int64_t calendar_end_of(struct date d)
{
    return calendar_ms(date_from_days(date_earliest(d) + 1), 0, 0, 0) - 1000;
}
