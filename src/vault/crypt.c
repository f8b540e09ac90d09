/* Hashing, sealing and signing with the project's conventions: every hash and signature begins
 * with a tag of its own, every seal has associated data. Invariant: no function here keeps key
 * material after it returned. */
#include "crypt_int.h"

#include <sodium.h>
#include <string.h>

#include "base/err.h"

#define SIGNED_MAX 512

void hash_parts(unsigned char *out, size_t out_len, const unsigned char *key,
                const struct part *parts, size_t count)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, key, key != NULL ? KEY_LEN : 0, out_len);
    for (size_t i = 0; i < count; i++) {
        crypto_generichash_update(&state, parts[i].bytes, parts[i].len);
    }
    crypto_generichash_final(&state, out, out_len);
    if (key != NULL) {
        sodium_memzero(&state, sizeof state);
    }
}

void hash_subkey(unsigned char out[KEY_LEN], const unsigned char key[KEY_LEN], const char *tag)
{
    const struct part part = {tag, strlen(tag)};
    hash_parts(out, KEY_LEN, key, &part, 1);
}

void seal(unsigned char *out, const unsigned char *in, size_t n, const struct part *aad,
          const unsigned char nonce[NONCE_LEN], const unsigned char key[KEY_LEN])
{
    crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL, in, n, aad->bytes, aad->len, NULL, nonce,
                                               key);
}

bool unseal(unsigned char *out, const unsigned char *in, size_t n, const struct part *aad,
            const unsigned char nonce[NONCE_LEN], const unsigned char key[KEY_LEN])
{
    return n >= SEAL_LEN && crypto_aead_xchacha20poly1305_ietf_decrypt(
                                out, NULL, NULL, in, n, aad->bytes, aad->len, nonce, key) == 0;
}

static size_t join(unsigned char out[SIGNED_MAX], const struct part *parts, size_t count)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        ASSERT(parts[i].len <= SIGNED_MAX - len);
        memcpy(out + len, parts[i].bytes, parts[i].len);
        len += parts[i].len;
    }
    return len;
}

void sign_keypair(unsigned char public_key[KEY_LEN], unsigned char secret[SIGN_SECRET_LEN],
                  const unsigned char seed[KEY_LEN])
{
    crypto_sign_seed_keypair(public_key, secret, seed);
}

void sign_parts(unsigned char out[SIGN_LEN], const struct part *parts, size_t count,
                const unsigned char secret[SIGN_SECRET_LEN])
{
    unsigned char text[SIGNED_MAX];
    const size_t len = join(text, parts, count);
    crypto_sign_detached(out, NULL, text, len, secret);
}

bool sign_check(const unsigned char sign[SIGN_LEN], const struct part *parts, size_t count,
                const unsigned char public_key[KEY_LEN])
{
    unsigned char text[SIGNED_MAX];
    const size_t len = join(text, parts, count);
    return crypto_sign_verify_detached(sign, text, len, public_key) == 0;
}

void put_u16(unsigned char *out, unsigned v)
{
    out[0] = (unsigned char)(v & 0xFF);
    out[1] = (unsigned char)(v >> 8 & 0xFF);
}

void put_u32(unsigned char *out, uint32_t v)
{
    put_u16(out, v & 0xFFFF);
    put_u16(out + 2, v >> 16);
}

void put_u64(unsigned char *out, uint64_t v)
{
    put_u32(out, (uint32_t)(v & 0xFFFFFFFF));
    put_u32(out + 4, (uint32_t)(v >> 32));
}
