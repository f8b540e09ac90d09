/* An erased event as bytes: header, hash of what was sealed, signature. Invariant: it has the id
 * and the signature of the event that it was, so the chain goes on verifying; of the content it
 * holds nothing but the hash and the length. */
#include "erased_int.h"

#include <string.h>

enum { AT_HEAD = 4, AT_HASH = 4 + 180, AT_SIGN = 4 + 180 + HASH_LEN };

_Static_assert(AT_SIGN + SIGN_LEN == 280, "the length of the format");

void erased_build(const struct event_view *e, unsigned char out[ERASED_LEN])
{
    memcpy(out, ERASED_MAGIC, 4);
    memcpy(out + AT_HEAD, e->bytes, EVENT_HEAD_LEN);
    event_ct_hash(out + AT_HASH, e->ct, e->ct_len);
    memcpy(out + AT_SIGN, e->sign, SIGN_LEN);
}

bool erased_is(const unsigned char *bytes, size_t n)
{
    return n == ERASED_LEN && memcmp(bytes, ERASED_MAGIC, 4) == 0;
}

enum err erased_parse(const unsigned char *bytes, size_t n, struct event_view *out,
                      struct err_info *err)
{
    if (!erased_is(bytes, n)) {
        return ERR_SET(err, ERR_DAMAGED, "event");
    }
    const enum err bad = event_head_parse(bytes + AT_HEAD, out, err);
    if (bad == ERR_OK) {
        out->len = n;
        out->sign = bytes + AT_SIGN;
        event_id(out->id, out->bytes, bytes + AT_HASH);
    }
    return bad;
}

bool erased_check(const struct event_view *e, const unsigned char device_key[KEY_LEN])
{
    const struct part parts[] = {PART_TAG_NUL("spr/ev/1"), {e->bytes, EVENT_HEAD_LEN + HASH_LEN}};
    return sign_check(e->sign, parts, 2, device_key);
}
