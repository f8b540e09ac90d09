/* The few cryptographic moves everything here is made of. Private to the vault. */
#ifndef SPRIJIN_VAULT_CRYPT_INT_H
#define SPRIJIN_VAULT_CRYPT_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEY_LEN         32
#define HASH_LEN        32
#define NONCE_LEN       24
#define SEAL_LEN        16 /* what sealing adds */
#define SIGN_LEN        64
#define SIGN_SECRET_LEN 64

struct part {
    const void *bytes;
    size_t len;
};
/* A tag as first part of a hash: without, and with the NUL that ends it. */
#define PART_TAG(text)                                                                             \
    {                                                                                              \
        (text), sizeof(text) - 1                                                                   \
    }
#define PART_TAG_NUL(text)                                                                         \
    {                                                                                              \
        (text), sizeof(text)                                                                       \
    }

/* BLAKE2b of out_len bytes over the parts; key NULL = not keyed. */
void hash_parts(unsigned char *out, size_t out_len, const unsigned char *key,
                const struct part *parts, size_t count);
/* Sub-key of a key: BLAKE2b keyed with it over the tag. */
void hash_subkey(unsigned char out[KEY_LEN], const unsigned char key[KEY_LEN], const char *tag);

/* XChaCha20-Poly1305; out may be in. out has n + SEAL_LEN bytes. */
void seal(unsigned char *out, const unsigned char *in, size_t n, const struct part *aad,
          const unsigned char nonce[NONCE_LEN], const unsigned char key[KEY_LEN]);
/* n counts the sealed bytes; out has n - SEAL_LEN. false: not sealed with these. */
bool unseal(unsigned char *out, const unsigned char *in, size_t n, const struct part *aad,
            const unsigned char nonce[NONCE_LEN], const unsigned char key[KEY_LEN]);

void sign_keypair(unsigned char public_key[KEY_LEN], unsigned char secret[SIGN_SECRET_LEN],
                  const unsigned char seed[KEY_LEN]);
/* Ed25519 over the parts in a row (together at most 512 bytes). */
void sign_parts(unsigned char out[SIGN_LEN], const struct part *parts, size_t count,
                const unsigned char secret[SIGN_SECRET_LEN]);
bool sign_check(const unsigned char sign[SIGN_LEN], const struct part *parts, size_t count,
                const unsigned char public_key[KEY_LEN]);

void put_u16(unsigned char *out, unsigned v);
void put_u32(unsigned char *out, uint32_t v);
void put_u64(unsigned char *out, uint64_t v);

#endif
