/* The table of functions and the search in it, exact and by likeness. The table is made from the
 * list in functions_int.h and is sorted, which the unit test checks. */
#include "form/functions_int.h"

#include <string.h>

#define EXPR_ROW(name, min, max, flags, fn) {name, min, max, flags, fn},
static const struct expr_fn table[] = {EXPR_FUNCTIONS(EXPR_ROW)};
#undef EXPR_ROW

#define EXPR_NAME(name, min, max, flags, fn) name,
static const char *const names[] = {EXPR_FUNCTIONS(EXPR_NAME) NULL};
#undef EXPR_NAME

#define NEAREST_MAX 63 /* bytes; longer words have no neighbours worth naming */

const char *const *form_expr_functions(void)
{
    return names;
}

size_t expr_fn_count(void)
{
    return sizeof table / sizeof table[0];
}

const struct expr_fn *expr_fn_find(const char *name, size_t n)
{
    size_t low = 0;
    size_t high = expr_fn_count();
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const size_t len = strlen(table[middle].name);
        int order = memcmp(name, table[middle].name, n < len ? n : len);
        if (order == 0) {
            order = (n > len) - (n < len);
        }
        if (order == 0) {
            return &table[middle];
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

static size_t least(size_t a, size_t b, size_t c)
{
    const size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Insertions, deletions and replacements that turn a into b; both at most NEAREST_MAX bytes. */
static size_t edit_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t row[NEAREST_MAX + 1];
    for (size_t j = 0; j <= b_len; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= a_len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            const size_t above = row[j];
            row[j] = least(row[j - 1] + 1, above + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
            diagonal = above;
        }
    }
    return row[b_len];
}

const char *form_nearest(const char *word, const char *const *candidates, size_t n)
{
    const size_t len = strlen(word);
    if (len > NEAREST_MAX) {
        return NULL;
    }
    const char *best = NULL;
    size_t best_distance = len / 3 + 1;
    for (size_t i = 0; i < n; i++) {
        const size_t other = strlen(candidates[i]);
        const size_t gap = other > len ? other - len : len - other;
        if (other > NEAREST_MAX || gap >= best_distance) {
            continue;
        }
        const size_t distance = edit_distance(word, len, candidates[i], other);
        if (distance < best_distance) {
            best = candidates[i];
            best_distance = distance;
        }
    }
    return best;
}
