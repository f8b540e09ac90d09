/* Arbitrary bytes as event, certificate and wrap: the parsers must refuse or accept, never read
 * outside; and an accepted event must have the size its own text would be given. */
#include <stdint.h>
#include <stdlib.h>

#include "../../src/vault/cert_int.h"
#include "../../src/vault/event_int.h"
#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void try_event(const uint8_t *bytes, size_t n)
{
    static const unsigned char key[KEY_LEN] = {9};
    struct event_view e;
    struct event_payload p;
    if (event_parse(bytes, n, &e, NULL) != ERR_OK) {
        return;
    }
    unsigned char *plain = malloc(e.ct_len);
    ASSERT(plain != NULL);
    if (event_open(&e, key, plain, &p, NULL) == ERR_OK) {
        ASSERT(event_size(p.len, (e.flags & EVENT_FLAG_BOX) != 0) == n);
    }
    (void)event_check(&e, key);
    free(plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct cert c;
    struct wrap w;
    static const unsigned char root_key[KEY_LEN] = {1};
    try_event(bytes, n);
    if (cert_parse(bytes, n, &c, NULL) == ERR_OK) {
        (void)cert_check(bytes, &c, &c);
    }
    if (wrap_parse(bytes, n, &w, NULL) == ERR_OK) {
        (void)wrap_check(bytes, root_key);
    }
    return 0;
}
