/* MD5, SHA-1 and SHA-2 for digest() of forms: check sums that other programs compute alike. They
 * guard nothing here; secrets are the vault's. Private to form/. */
#ifndef SPRIJIN_FORM_DIGEST_H
#define SPRIJIN_FORM_DIGEST_H

#include <stddef.h>

#include "base/arena.h"

#define FORM_DIGEST_MAX 64
/* algorithm: "MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"; bytes in out, 0 if it is none. */
size_t form_digest(const char *algorithm, const char *bytes, size_t n,
                   unsigned char out[FORM_DIGEST_MAX], arena *scratch);

#endif
