/* One tagged hash for the layers above; see include/vault/hash.h. */
#include "vault/hash.h"

#include <sodium.h>
#include <string.h>

void vault_hash(const char *tag, const void *bytes, size_t n, unsigned char out[VAULT_HASH_LEN])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, VAULT_HASH_LEN);
    crypto_generichash_update(&state, (const unsigned char *)tag, strlen(tag) + 1);
    crypto_generichash_update(&state, bytes, n);
    crypto_generichash_final(&state, out, VAULT_HASH_LEN);
}
