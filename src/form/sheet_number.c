/* Numbers of cells as text: whole ones as integers, others in the shortest form that reads back
 * the same, days and times by the workbook's epoch. Invariant: no locale takes part. */
#include "form/sheet_int.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define SECONDS_A_DAY 86400LL
#define MAX_SERIAL    2958465.0 /* 9999-12-31 */

/* The civil date of a day counted from 1970-01-01. */
static void put_date(struct str *out, long long days)
{
    const long long z = days + 719468;
    const long long era = (z >= 0 ? z : z - 146096) / 146097;
    const long long doe = z - era * 146097;
    const long long yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const long long doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const long long mp = (5 * doy + 2) / 153;
    const long long month = mp < 10 ? mp + 3 : mp - 9;
    const long long year = yoe + era * 400 + (month <= 2 ? 1 : 0);
    str_printf(out, "%04lld-%02lld-%02lld", year, month, doy - (153 * mp + 2) / 5 + 1);
}

/* Serial 60 is a 29 February 1900 that never was; it is shown as the program that wrote it would,
 * and days before it count from one day later. */
static void put_day(struct str *out, long long serial, bool is_1904)
{
    if (is_1904) {
        put_date(out, serial - 24107);
    } else if (serial == 60) {
        str_puts(out, "1900-02-29");
    } else {
        put_date(out, serial - (serial < 60 ? 25568 : 25569));
    }
}

static void put_time(struct str *out, double v, bool is_1904)
{
    const long long seconds = llround(v * (double)SECONDS_A_DAY);
    const long long day = seconds / SECONDS_A_DAY, rest = seconds % SECONDS_A_DAY;
    if (day > 0 || rest == 0) {
        put_day(out, day, is_1904);
        str_puts(out, rest == 0 ? "" : "T");
    }
    if (rest != 0) {
        str_printf(out, "%02lld:%02lld:%02lld", rest / 3600, rest / 60 % 60, rest % 60);
    }
}

void sheet_number(struct str *out, double v, bool is_date, bool is_1904)
{
    if (is_date && v >= 0 && v <= MAX_SERIAL) {
        put_time(out, v, is_1904);
        return;
    }
    if (fabs(v) < 1e15 && v >= floor(v) && v <= floor(v)) {
        str_printf(out, "%.0f", v + 0.0);
        return;
    }
    char text[40];
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, v);
        const double back = strtod(text, NULL);
        if (back >= v && back <= v) {
            break;
        }
    }
    str_puts(out, text);
}

/* Letters of days and times outside quotation marks, escapes and brackets. */
bool sheet_format_is_date(const char *code)
{
    for (const char *s = code; *s != '\0'; s++) {
        if (*s == '"' || *s == '[') {
            const char *end = strchr(s + 1, *s == '"' ? '"' : ']');
            if (end == NULL) {
                return false;
            }
            if (*s == '[' && strchr("hHmMsS", s[1]) != NULL && s[1] != '\0') {
                return true;
            }
            s = end;
        } else if ((*s == '\\' || *s == '_' || *s == '*') && s[1] != '\0') {
            s++;
        } else if (strchr("yYmMdDhHsS", *s) != NULL) {
            return true;
        } else if (str_starts(s, "General")) {
            return false;
        }
    }
    return false;
}
