/* Arbitrary bytes as a keyfile: refused, or written back to the very same bytes. */
#include <stdint.h>
#include <string.h>

#include "../../src/vault/keyfile_int.h"
#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct keyfile k;
    unsigned char back[KEYFILE_MAX];
    if (keyfile_parse(bytes, n, &k, NULL) == ERR_OK) {
        ASSERT(keyfile_build(&k, back) == n && memcmp(back, bytes, n) == 0);
    }
    return 0;
}
