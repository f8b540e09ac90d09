/* Random bytes and the codes made from them. */
#ifndef SPRIJIN_BASE_ID_H
#define SPRIJIN_BASE_ID_H

#include <stdbool.h>
#include <stddef.h>

#define ID_LEN          16 /* bytes of an organisation, compartment, device, record id */
#define ID_HEX_LEN      33 /* with NUL */
#define ID_INSTANCE_LEN 8  /* bytes of a repeat instance's id */
#define CASE_CODE_LEN                                                                              \
    8 /* "K-XXXXC" with NUL: 4 random Crockford characters and a check character */

/* From getrandom(2); never fails (assert hook). */
void random_bytes(void *out, size_t n);
/* Uniform in [0, below). */
unsigned random_below(unsigned below);
/* A fresh case code; tells nothing, offline laptops do not collide. */
void case_code_new(char out[CASE_CODE_LEN]);
/* Reads what a person typed: small letters, missing "K-", O for 0, I or L for 1; writes the
 * canonical code. false if the check character does not fit. */
bool case_code_parse(const char *typed, char out[CASE_CODE_LEN]);

#endif
