/* Calendar dates as the forms have them: whole days, no zone; partial dates (1998, 1998-05).
 * Proleptic Gregorian, years 1 to 9999. A day number counts from 1970-01-01 = 0. */
#ifndef SPRIJIN_BASE_DATE_H
#define SPRIJIN_BASE_DATE_H

#include <stdbool.h>
#include <stddef.h>

struct date {
    int year;  /* 1-9999 */
    int month; /* 1-12, 0 = only the year is known */
    int day;   /* 1-31, 0 = only year and month are known */
};

bool date_valid(struct date d);
/* ISO text "YYYY", "YYYY-MM" or "YYYY-MM-DD", whole string of n bytes. false if not a real date. */
bool date_parse(const char *s, size_t n, struct date *out);
/* As people type it: also 12.3.1998, 12/03/98, 3.1998, 1998, 1998-3-2; two-digit years lie in the
 * hundred years up to this_year. false if not a real date. */
bool date_parse_typed(const char *s, size_t n, int this_year, struct date *out);
/* "YYYY", "YYYY-MM" or "YYYY-MM-DD" with NUL. */
void date_format(struct date d, char out[11]);
/* Day number of the earliest day d can mean; of the latest. */
long date_earliest(struct date d);
long date_latest(struct date d);
struct date date_from_days(long days);
/* 0 = Monday .. 6 = Sunday. */
int date_weekday(struct date d);
bool date_is_leap(int year);
int date_days_in_month(int year, int month);
/* Whole years from birth to on; the latest possible birth day counts (a partial birth date gives
 * the smallest age it can mean). */
int date_age_years(struct date birth, struct date on);

#endif
