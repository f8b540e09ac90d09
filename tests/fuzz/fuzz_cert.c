/* Arbitrary bytes as a certificate: refused, or its fields are those of the bytes and built again
 * they give the same bytes up to the signature. */
#include <stdint.h>
#include <string.h>

#include "../../src/vault/cert_int.h"
#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const unsigned char secret[SIGN_SECRET_LEN] = {1};
    unsigned char back[CERT_LEN];
    struct cert c;
    if (cert_parse(bytes, n, &c, NULL) != ERR_OK) {
        return 0;
    }
    cert_build(&c, secret, back);
    ASSERT(n == CERT_LEN && memcmp(back, bytes, CERT_LEN - SIGN_LEN) == 0);
    (void)cert_check(bytes, &c, &c);
    (void)cert_is_twin(bytes, back);
    return 0;
}
