/* One event as bytes: header, sealed and padded payload, signature. Invariant: what event_build
 * writes is what event_parse accepts, and every byte of it is covered by the id and the
 * signature. No keys, files or tables are known here. */
#include "event_int.h"

#include <sodium.h>
#include <string.h>

#include "base/str.h"
#include "keys_int.h"

static const size_t steps[] = {256, 512, 1024, 2048, 4096};

static unsigned log2_floor(size_t n)
{
    unsigned e = 0;
    while (n >>= 1) {
        e++;
    }
    return e;
}

size_t event_padded(size_t n)
{
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (n <= steps[i]) {
            return steps[i];
        }
    }
    const unsigned e = log2_floor(n);
    const unsigned s = log2_floor(e) + 1;
    const size_t mask = ((size_t)1 << (e - s)) - 1;
    return (n + mask) & ~mask;
}

size_t event_size(size_t len, bool to_box)
{
    return EVENT_HEAD_LEN + (to_box ? EVENT_BOX_LEN : 0) + event_padded(EVENT_PREFIX_LEN + len) +
           SEAL_LEN + SIGN_LEN;
}

void event_ct_hash(unsigned char out[HASH_LEN], const unsigned char *ct, size_t n)
{
    const struct part parts[] = {PART_TAG("spr/ct/1"), {ct, n}};
    hash_parts(out, HASH_LEN, NULL, parts, 2);
}

void event_id(unsigned char id[HASH_LEN], const unsigned char *head,
              const unsigned char hash[HASH_LEN])
{
    const struct part parts[] = {
        PART_TAG_NUL("spr/id/1"), {head, EVENT_HEAD_LEN}, {hash, HASH_LEN}};
    hash_parts(id, HASH_LEN, NULL, parts, 3);
}

static void put_head(unsigned char *out, const struct event_parts *p, size_t ct_len)
{
    memcpy(out, EVENT_MAGIC, 4);
    put_u16(out + EVENT_AT_VERSION, EVENT_VERSION);
    put_u16(out + EVENT_AT_FLAGS, p->box != NULL ? EVENT_FLAG_BOX : 0);
    memcpy(out + EVENT_AT_ORGANISATION, p->organisation, ID_LEN);
    memcpy(out + EVENT_AT_COMPARTMENT, p->compartment, ID_LEN);
    memcpy(out + EVENT_AT_DEVICE, p->device, ID_LEN);
    put_u64(out + EVENT_AT_SEQ, p->seq);
    memcpy(out + EVENT_AT_PREV, p->prev, HASH_LEN);
    memcpy(out + EVENT_AT_HEADS, p->heads, HASH_LEN);
    put_u64(out + EVENT_AT_CLOCK, p->clock);
    memcpy(out + EVENT_AT_EPOCH, p->epoch, ID_LEN);
    memcpy(out + EVENT_AT_NONCE, p->nonce, NONCE_LEN);
    put_u32(out + EVENT_AT_CT_LEN, (uint32_t)ct_len);
}

/* Prefix, text and zeros, sealed in place, so that the text stays nowhere. */
static void put_payload(unsigned char *body, const struct event_parts *p, const unsigned char *head,
                        const unsigned char payload_key[KEY_LEN])
{
    const size_t padded = event_padded(EVENT_PREFIX_LEN + p->len);
    put_u32(body, (uint32_t)p->len);
    put_u16(body + 4, p->kind);
    put_u16(body + 6, p->kind_version);
    memcpy(body + EVENT_PREFIX_LEN, p->text, p->len);
    memset(body + EVENT_PREFIX_LEN + p->len, 0, padded - EVENT_PREFIX_LEN - p->len);
    const struct part aad = {head, EVENT_HEAD_LEN};
    seal(body, body, padded, &aad, p->nonce, payload_key);
}

static void put_box(unsigned char *ct, const struct event_parts *p, const unsigned char *head)
{
    unsigned char *key = keys_alloc(KEY_LEN);
    random_bytes(key, KEY_LEN);
    ASSERT(crypto_box_seal(ct, key, KEY_LEN, p->box) == 0);
    put_payload(ct + EVENT_BOX_LEN, p, head, key);
    keys_free(key);
}

void event_build(const struct event_parts *p, const unsigned char payload_key[KEY_LEN],
                 const unsigned char sign_secret[SIGN_SECRET_LEN], unsigned char *out,
                 unsigned char id[HASH_LEN])
{
    ASSERT(p->len <= EVENT_TEXT_MAX && p->kind <= 0xFFFF && p->kind_version <= 0xFFFF);
    const size_t ct_len = event_size(p->len, p->box != NULL) - EVENT_HEAD_LEN - SIGN_LEN;
    unsigned char *ct = out + EVENT_HEAD_LEN;
    put_head(out, p, ct_len);
    if (p->box != NULL) {
        put_box(ct, p, out);
    } else {
        put_payload(ct, p, out, payload_key);
    }
    unsigned char hash[HASH_LEN];
    event_ct_hash(hash, ct, ct_len);
    event_id(id, out, hash);
    const struct part parts[] = {PART_TAG_NUL("spr/ev/1"), {out, EVENT_HEAD_LEN}, {hash, HASH_LEN}};
    sign_parts(ct + ct_len, parts, 3, sign_secret);
}

enum err event_head_parse(const unsigned char *head, struct event_view *out, struct err_info *err)
{
    if (memcmp(head, EVENT_MAGIC, 4) != 0) {
        return ERR_SET(err, ERR_DAMAGED, "event");
    }
    if (get_u16le(head + EVENT_AT_VERSION) != EVENT_VERSION ||
        (get_u16le(head + EVENT_AT_FLAGS) & ~EVENT_FLAG_BOX) != 0) {
        return ERR_SET(err, ERR_VERSION, "event");
    }
    const size_t ct_len = get_u32le(head + EVENT_AT_CT_LEN);
    if (ct_len > EVENT_CT_MAX) {
        return ERR_SET(err, ERR_LIMIT, "event");
    }
    const size_t extra = SEAL_LEN +
                         (get_u16le(head + EVENT_AT_FLAGS) != 0 ? EVENT_BOX_LEN : (size_t)0);
    if (ct_len < steps[0] + extra || event_padded(ct_len - extra) != ct_len - extra ||
        get_u64le(head + EVENT_AT_SEQ) == 0) {
        return ERR_SET(err, ERR_DAMAGED, "event");
    }
    *out = (struct event_view){
        .bytes = head,
        .organisation = head + EVENT_AT_ORGANISATION,
        .compartment = head + EVENT_AT_COMPARTMENT,
        .device = head + EVENT_AT_DEVICE,
        .prev = head + EVENT_AT_PREV,
        .heads = head + EVENT_AT_HEADS,
        .epoch = head + EVENT_AT_EPOCH,
        .nonce = head + EVENT_AT_NONCE,
        .flags = get_u16le(head + EVENT_AT_FLAGS),
        .seq = get_u64le(head + EVENT_AT_SEQ),
        .clock = get_u64le(head + EVENT_AT_CLOCK),
        .ct_len = ct_len,
    };
    return ERR_OK;
}

enum err event_parse(const unsigned char *bytes, size_t n, struct event_view *out,
                     struct err_info *err)
{
    if (n < EVENT_HEAD_LEN) {
        return ERR_SET(err, ERR_DAMAGED, "event");
    }
    const enum err bad = event_head_parse(bytes, out, err);
    if (bad != ERR_OK) {
        return bad;
    }
    if (n != EVENT_HEAD_LEN + out->ct_len + SIGN_LEN) {
        return ERR_SET(err, ERR_DAMAGED, "event");
    }
    out->len = n;
    out->ct = bytes + EVENT_HEAD_LEN;
    out->sign = bytes + EVENT_HEAD_LEN + out->ct_len;
    event_ct_hash(out->ct_hash, out->ct, out->ct_len);
    event_id(out->id, bytes, out->ct_hash);
    return ERR_OK;
}

bool event_check(const struct event_view *e, const unsigned char device_key[KEY_LEN])
{
    const struct part parts[] = {
        PART_TAG_NUL("spr/ev/1"), {e->bytes, EVENT_HEAD_LEN}, {e->ct_hash, HASH_LEN}};
    return sign_check(e->sign, parts, 3, device_key);
}

/* The payload's seal, of len bytes; key as in event_open. */
static bool open_payload(const struct event_view *e, const unsigned char key[KEY_LEN],
                         const unsigned char *sealed, size_t len, unsigned char *out)
{
    const struct part aad = {e->bytes, EVENT_HEAD_LEN};
    if ((e->flags & EVENT_FLAG_BOX) == 0) {
        return unseal(out, sealed, len, &aad, e->nonce, key);
    }
    unsigned char box[KEY_LEN];
    unsigned char *payload_key = keys_alloc(KEY_LEN);
    const bool good = crypto_scalarmult_base(box, key) == 0 &&
                      crypto_box_seal_open(payload_key, e->ct, EVENT_BOX_LEN, box, key) == 0 &&
                      unseal(out, sealed, len, &aad, e->nonce, payload_key);
    keys_free(payload_key);
    return good;
}

enum err event_open(const struct event_view *e, const unsigned char key[KEY_LEN],
                    unsigned char *out, struct event_payload *payload, struct err_info *err)
{
    const size_t front = (e->flags & EVENT_FLAG_BOX) != 0 ? EVENT_BOX_LEN : 0;
    if (!open_payload(e, key, e->ct + front, e->ct_len - front, out)) {
        return ERR_SET(err, ERR_KEY, "event");
    }
    const size_t padded = e->ct_len - front - SEAL_LEN;
    const size_t len = get_u32le(out);
    if (len > padded - EVENT_PREFIX_LEN || event_padded(EVENT_PREFIX_LEN + len) != padded) {
        return ERR_SET(err, ERR_DAMAGED, "event");
    }
    for (size_t i = EVENT_PREFIX_LEN + len; i < padded; i++) {
        if (out[i] != 0) {
            return ERR_SET(err, ERR_DAMAGED, "event");
        }
    }
    /* The seal's bytes lie behind the padded payload: room for the NUL even where it is full. */
    out[EVENT_PREFIX_LEN + len] = 0;
    *payload = (struct event_payload){
        .kind = get_u16le(out + 4),
        .kind_version = get_u16le(out + 6),
        .text = (const char *)out + EVENT_PREFIX_LEN,
        .len = len,
    };
    return ERR_OK;
}
