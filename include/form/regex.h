/* Regular expressions of forms: Thompson simulation over code points, linear time, whole match.
 * Literals, classes, \d \w \s and their capitals, . * + ? {m,n} with n <= 256, groups,
 * alternation, ^ and $ accepted at the ends. Back-references and look-around are errors. */
#ifndef SPRIJIN_FORM_REGEX_H
#define SPRIJIN_FORM_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

typedef struct form_regex form_regex;

/* NULL if the pattern is wrong; *at (may be NULL) = byte offset of the trouble. */
form_regex *form_regex_compile(arena *a, const char *pattern, size_t n, size_t *at);
/* true if the whole of s matches. */
bool form_regex_match(const form_regex *r, const char *s, size_t n);

#endif
