/* Arbitrary bytes as a wrap: refused, or its box lies inside the bytes; opening it with any key
 * never reads elsewhere. */
#include <stdint.h>

#include "../../src/vault/cert_int.h"
#include "../../src/vault/keys_int.h"
#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const unsigned char secret[KEY_LEN] = {1};
    struct wrap w;
    if (wrap_parse(bytes, n, &w, NULL) != ERR_OK) {
        return 0;
    }
    ASSERT(n == WRAP_LEN && w.box > bytes && w.box < bytes + n);
    unsigned char *key = keys_alloc(KEY_LEN);
    unsigned char hash[HASH_LEN];
    (void)wrap_open(&w, secret, key);
    (void)wrap_check(bytes, secret);
    wrap_hash(hash, bytes);
    keys_free(key);
    return 0;
}
