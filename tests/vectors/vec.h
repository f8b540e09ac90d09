/* What the generators of the known answers share: an output, keys from fixed seeds, and changed
 * copies of bytes. */
#ifndef SPRIJIN_TESTS_VECTORS_VEC_H
#define SPRIJIN_TESTS_VECTORS_VEC_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "vault/cert_int.h"
#include "vault/crypt_int.h"
#include "vault/event_int.h"
#include "vault/keyfile_int.h"

/* Random bytes, of the system's call and of libsodium, follow this seed from now on. */
void vec_seed(const char *name);

struct pair {
    unsigned char secret[SIGN_SECRET_LEN], open[KEY_LEN];
};
/* Signing keys and X25519 keys (in the first KEY_LEN bytes of secret) made from a name. */
struct pair vec_sign_keys(const char *name);
struct pair vec_box_keys(const char *name);
void vec_bytes(const char *name, void *out, size_t n);

/* name: value lines; the first of a vector is its name. result NULL: good. */
void vec_begin(FILE *f, const char *name);
void vec_hex(FILE *f, const char *what, const void *bytes, size_t n);
void vec_number(FILE *f, const char *what, uint64_t n);
void vec_result(FILE *f, const char *result);

void vec_events(FILE *f);
void vec_certificates(FILE *f);
void vec_wraps(FILE *f);
void vec_keyfiles(FILE *f);
void vec_erased(FILE *f);

#endif
