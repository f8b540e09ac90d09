/* Arbitrary bytes as what the organisation's events and rows say: an announcement's text, an epoch,
 * a compartment, members as rows have them. Refused, or written back to the very same. */
#include <stdint.h>
#include <string.h>

#include "../../src/vault/org_int.h"
#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void same(const struct str *out, const uint8_t *bytes, size_t n)
{
    ASSERT(out->len == n && memcmp(out->data, bytes, n) == 0);
}

static void try_text(const uint8_t *bytes, size_t n)
{
    struct epoch *e = NULL;
    struct epoch *back = NULL;
    struct str first = STR_INIT;
    struct str second = STR_INIT;
    if (epoch_read((const char *)bytes, n, &e, NULL) != ERR_OK) {
        return;
    }
    epoch_text(e, NULL, 0, &first);
    ASSERT(epoch_read(str_cstr(&first), first.len, &back, NULL) == ERR_OK);
    epoch_text(back, NULL, 0, &second);
    same(&second, (const uint8_t *)first.data, first.len);
    str_done(&first);
    str_done(&second);
    epoch_free(e);
    epoch_free(back);
}

static void try_rows(const uint8_t *bytes, size_t n)
{
    struct epoch *e = NULL;
    struct comp c = {.count = 0};
    struct org o = {.members = 0};
    struct str out = STR_INIT;
    if (epoch_get(bytes, n, &e, NULL) == ERR_OK) {
        epoch_put(e, &out);
        same(&out, bytes, n);
        epoch_free(e);
    }
    str_clear(&out);
    if (comp_read(bytes, n, &c, NULL) == ERR_OK) {
        comp_put(&c, &out);
        same(&out, bytes, n);
        comp_done(&c);
    }
    if (org_get(bytes, n, &o, NULL) == ERR_OK) {
        org_done(&o);
    }
    str_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    try_text(bytes, n);
    try_rows(bytes, n);
    return 0;
}
