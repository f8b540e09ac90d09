/* Arbitrary bytes as a join request, as a welcome and as what a welcome holds inside: the readers
 * refuse or accept, never read outside; an accepted request is built of the same parts again. */
#include <stdint.h>
#include <string.h>

#include "../../src/vault/join_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static bool touch(void *payload, enum welcome_sort sort, const unsigned char *bytes, size_t n)
{
    size_t *sum = payload;
    *sum += (size_t)sort;
    for (size_t i = 0; i < n; i++) {
        *sum += bytes[i];
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const unsigned char device[ID_LEN] = {0};
    static const unsigned char secret[KEY_LEN] = {1};
    struct request r;
    size_t sum = 0;
    if (request_parse(bytes, n, &r, NULL) == ERR_OK) {
        ASSERT(strlen(r.name) <= REQUEST_NAME_MAX && (r.name[0] == '\0') == r.is_second_device);
    }
    struct str text = STR_INIT;
    (void)welcome_open(bytes, n, device, secret, &text, NULL);
    str_done(&text);
    (void)welcome_each(bytes, n, touch, &sum, NULL);
    return 0;
}
