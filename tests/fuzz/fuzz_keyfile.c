/* Arbitrary bytes as a keyfile: refused, or written back to the very same bytes. What is accepted is
 * tried with a sheet and a master key (never with a passphrase: that costs what the file says). */
#include <stdint.h>
#include <string.h>

#include "../../src/vault/keyfile_int.h"
#include "../../src/vault/keys_int.h"
#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const unsigned char seed[KEY_LEN] = {5};
    struct keyfile k;
    unsigned char back[KEYFILE_MAX];
    if (keyfile_parse(bytes, n, &k, NULL) != ERR_OK) {
        return 0;
    }
    ASSERT(keyfile_build(&k, back) == n && memcmp(back, bytes, n) == 0);
    unsigned char *mk = keys_alloc(KEY_LEN);
    struct keyfile_secrets *secrets = keys_alloc(sizeof *secrets);
    /* No bytes open with a key that did not make them. */
    ASSERT(keyfile_open_sheet(&k, seed, mk, NULL) != ERR_OK);
    ASSERT(keyfile_open_secrets(&k, seed, secrets, NULL) != ERR_OK);
    /* A slot of this seed does, whatever else stands in the file, and leaves the rest alone. */
    if (k.slots < KEYFILE_SLOTS_MAX) {
        unsigned char again[KEY_LEN];
        keyfile_slot_sheet(&k, seed, mk);
        ASSERT(keyfile_open_sheet(&k, seed, again, NULL) == ERR_OK);
        ASSERT(memcmp(mk, again, KEY_LEN) == 0);
        ASSERT(keyfile_parse(back, keyfile_build(&k, back), &k, NULL) == ERR_OK);
    }
    keys_free(secrets);
    keys_free(mk);
    return 0;
}
