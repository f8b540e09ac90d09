/* Text to and from a charset other than UTF-8, at the edge of the program only. */
#ifndef SPRIJIN_BASE_CHARSET_H
#define SPRIJIN_BASE_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

/* true for UTF-8 under any of its spellings. */
bool charset_is_utf8(const char *name);
/* UTF-8 to name. What the charset lacks is transliterated letter by letter (ș to ş or s, Cyrillic
 * to Latin, box lines and quotation marks to ASCII), '?' only for what has no likeness.
 * ERR_NOT_FOUND: no such charset. Appends. */
enum err charset_from_utf8(const char *name, const char *s, size_t n, struct str *out,
                           struct err_info *err);
/* name to UTF-8. ERR_SYNTAX with num = byte offset on invalid input. */
enum err charset_to_utf8(const char *name, const char *s, size_t n, struct str *out,
                         struct err_info *err);

#endif
