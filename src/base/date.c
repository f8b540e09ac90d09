/* Calendar dates and their arithmetic, Proleptic Gregorian. Invariant: only real dates, partial
 * or whole, come out of parsing; every other function takes only such dates. */
#include "base/date.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"

enum { YEAR_MAX = 9999, PARTS_MAX = 3 };

bool date_is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int date_days_in_month(int year, int month)
{
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    ASSERT(month >= 1 && month <= 12);
    return days[month - 1] + (month == 2 && date_is_leap(year));
}

bool date_valid(struct date d)
{
    if (d.year < 1 || d.year > YEAR_MAX || d.month < 0 || d.month > 12 || d.day < 0) {
        return false;
    }
    if (d.month == 0) {
        return d.day == 0;
    }
    return d.day <= date_days_in_month(d.year, d.month);
}

static bool digits(const char *s, size_t n, int *out)
{
    int value = 0;
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9') {
            return false;
        }
        value = value * 10 + (s[i] - '0');
    }
    *out = value;
    return n > 0;
}

bool date_parse(const char *s, size_t n, struct date *out)
{
    struct date d = {0};
    if (n != 4 && n != 7 && n != 10) {
        return false;
    }
    if (!digits(s, 4, &d.year)) {
        return false;
    }
    if (n >= 7 && (s[4] != '-' || !digits(s + 5, 2, &d.month) || d.month == 0)) {
        return false;
    }
    if (n == 10 && (s[7] != '-' || !digits(s + 8, 2, &d.day) || d.day == 0)) {
        return false;
    }
    if (!date_valid(d)) {
        return false;
    }
    *out = d;
    return true;
}

struct part {
    int value;
    size_t len; /* digits typed */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_separator(char c)
{
    return c == '.' || c == '/' || c == '-' || is_blank(c);
}

/* Groups of one to four digits with one separator between them, blanks around it allowed. Returns
 * how many, 0 if the text is anything else. A last full stop is forgiven ("12.3."). */
static size_t split(const char *s, size_t n, struct part parts[PARTS_MAX])
{
    size_t count = 0;
    size_t i = 0;
    while (i < n) {
        const size_t start = i;
        while (i < n && s[i] >= '0' && s[i] <= '9') {
            i++;
        }
        const size_t len = i - start;
        if (len > 4 || count == PARTS_MAX || !digits(s + start, len, &parts[count].value)) {
            return 0;
        }
        parts[count++].len = len;
        size_t marks = 0;
        for (; i < n && is_separator(s[i]); i++) {
            marks += !is_blank(s[i]);
        }
        if (marks > 1 || (marks == 1 && i == n && s[n - 1] != '.')) {
            return 0;
        }
    }
    return count;
}

/* A full year as typed; two digits mean the latest such year not after this_year. */
static int year_of(struct part p, int this_year)
{
    if (p.len == 4) {
        return p.value;
    }
    if (p.len != 2) {
        return 0;
    }
    const int year = this_year - this_year % 100 + p.value;
    return year > this_year ? year - 100 : year;
}

/* A month or day: one or two digits, not nought. */
static int small_of(struct part p)
{
    return p.len <= 2 && p.value > 0 ? p.value : 99;
}

bool date_parse_typed(const char *s, size_t n, int this_year, struct date *out)
{
    struct part p[PARTS_MAX] = {{0}};
    while (n > 0 && is_blank(s[0])) {
        s++;
        n--;
    }
    while (n > 0 && is_blank(s[n - 1])) {
        n--;
    }
    const size_t count = split(s, n, p);
    struct date d = {0};
    if (count == 0) {
        return false;
    }
    /* A year of four digits in front means the ISO order; otherwise day, month, year. */
    if (p[0].len == 4 || count == 1) {
        d.year = p[0].len == 4 || count == 1 ? year_of(p[0], this_year) : 0;
        d.month = count > 1 ? small_of(p[1]) : 0;
        d.day = count > 2 ? small_of(p[2]) : 0;
    } else {
        d.year = year_of(p[count - 1], this_year);
        d.month = small_of(p[count - 2]);
        d.day = count > 2 ? small_of(p[0]) : 0;
    }
    if (d.year == 0 || !date_valid(d)) {
        return false;
    }
    *out = d;
    return true;
}

void date_format(struct date d, char out[11])
{
    char text[40];
    ASSERT(date_valid(d));
    if (d.month == 0) {
        (void)snprintf(text, sizeof text, "%04d", d.year);
    } else if (d.day == 0) {
        (void)snprintf(text, sizeof text, "%04d-%02d", d.year, d.month);
    } else {
        (void)snprintf(text, sizeof text, "%04d-%02d-%02d", d.year, d.month, d.day);
    }
    memcpy(out, text, strlen(text) + 1);
}

/* Days before 1 January of year, counted from 1 January of year 1. */
static long days_before(int year)
{
    const long y = year - 1;
    return y * 365 + y / 4 - y / 100 + y / 400;
}

static const long epoch = 719162; /* 1970-01-01 counted from 0001-01-01 */

static long number_of(int year, int month, int day)
{
    long days = days_before(year) + day - 1;
    for (int m = 1; m < month; m++) {
        days += date_days_in_month(year, m);
    }
    return days - epoch;
}

long date_earliest(struct date d)
{
    ASSERT(date_valid(d));
    return number_of(d.year, d.month == 0 ? 1 : d.month, d.day == 0 ? 1 : d.day);
}

long date_latest(struct date d)
{
    ASSERT(date_valid(d));
    const int month = d.month == 0 ? 12 : d.month;
    return number_of(d.year, month, d.day == 0 ? date_days_in_month(d.year, month) : d.day);
}

struct date date_from_days(long days)
{
    const long since_one = days + epoch;
    ASSERT(since_one >= 0 && since_one < days_before(YEAR_MAX + 1));
    struct date d = {.year = (int)(since_one / 366) + 1, .month = 1};
    while (days_before(d.year + 1) <= since_one) {
        d.year++;
    }
    int left = (int)(since_one - days_before(d.year));
    while (left >= date_days_in_month(d.year, d.month)) {
        left -= date_days_in_month(d.year, d.month);
        d.month++;
    }
    d.day = left + 1;
    return d;
}

int date_weekday(struct date d)
{
    /* 0001-01-01 was a Monday. */
    return (int)((date_earliest(d) + epoch) % 7);
}

int date_age_years(struct date birth, struct date on)
{
    const struct date born = date_from_days(date_latest(birth));
    const struct date day = date_from_days(date_earliest(on));
    const bool before_birthday = day.month < born.month ||
                                 (day.month == born.month && day.day < born.day);
    return day.year - born.year - before_birthday;
}
