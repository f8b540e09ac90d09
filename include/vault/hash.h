/* The house's hash (BLAKE2b-256 with a tag), for layers that must not know a crypto library. */
#ifndef SPRIJIN_VAULT_HASH_H
#define SPRIJIN_VAULT_HASH_H

#include <stddef.h>

#define VAULT_HASH_LEN 32

/* out = BLAKE2b-256(tag || 0 || bytes); tag separates uses, e.g. "spr/def/1". */
void vault_hash(const char *tag, const void *bytes, size_t n, unsigned char out[VAULT_HASH_LEN]);

#endif
