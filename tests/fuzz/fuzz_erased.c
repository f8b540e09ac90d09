/* Arbitrary bytes as an erased event: refused, or one whose view names nothing outside of it. */
#include <stdint.h>
#include <string.h>

#include "../../src/vault/erased_int.h"
#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const unsigned char key[KEY_LEN] = {1};
    struct event_view e;
    if (erased_parse(bytes, n, &e, NULL) == ERR_OK) {
        ASSERT(n == ERASED_LEN && e.ct == NULL && e.bytes == bytes + 4);
        ASSERT(e.sign + SIGN_LEN == bytes + n);
        (void)erased_check(&e, key);
    }
    return 0;
}
