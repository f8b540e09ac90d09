/* Comma-separated values as rows of texts. Private to form/. */
#ifndef SPRIJIN_FORM_CSV_H
#define SPRIJIN_FORM_CSV_H

#include "base/arena.h"
#include "base/err.h"

struct form_row {
    const char **cells;
    size_t count, cap;
};
struct form_rows {
    struct form_row *items; /* the first holds the names of the columns */
    size_t count, cap;
};
/* Everything lives in a. The separator is the first of , ; tab that stands in the first line.
 * ERR_SYNTAX if a quotation mark stays open, ERR_LIMIT over 200,000 rows. */
enum err form_csv_parse(arena *a, const char *text, size_t n, struct form_rows *out);

#endif
