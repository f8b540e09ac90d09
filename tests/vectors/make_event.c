/* Known answers of events. Invariant: a bad event differs from the good one it is made of in the
 * one thing its name says; what is not about seal or signature is sealed and signed anew. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "vec.h"

enum { ROOM = 40000 };

/* One event in the making. */
struct made {
    unsigned char bytes[ROOM];
    size_t len;
    unsigned char id[HASH_LEN];
    struct pair device;
    unsigned char payload_key[KEY_LEN]; /* to a drop box: the box's secret half */
};

struct want {
    uint64_t seq, clock;
    unsigned kind, kind_version;
    const char *text;
    size_t len;
    const struct pair *box; /* NULL: not to a drop box */
};

static struct made *build(const struct want *w)
{
    struct made *m = mem_alloc(sizeof *m);
    unsigned char ids[4][ID_LEN];
    unsigned char hashes[2][HASH_LEN];
    unsigned char nonce[NONCE_LEN];
    vec_bytes("event ids", ids, sizeof ids);
    vec_bytes("event hashes", hashes, sizeof hashes);
    vec_bytes("event nonce", nonce, sizeof nonce);
    vec_bytes("event payload key", m->payload_key, KEY_LEN);
    m->device = vec_sign_keys("event device");
    const struct event_parts parts = {.organisation = ids[0],
                                      .compartment = ids[1],
                                      .device = ids[2],
                                      .seq = w->seq,
                                      .prev = hashes[0],
                                      .heads = hashes[1],
                                      .clock = w->clock,
                                      .epoch = ids[3],
                                      .nonce = nonce,
                                      .box = w->box != NULL ? w->box->open : NULL,
                                      .kind = w->kind,
                                      .kind_version = w->kind_version,
                                      .text = w->text,
                                      .len = w->len};
    if (w->box != NULL) {
        memcpy(m->payload_key, w->box->secret, KEY_LEN);
    }
    m->len = event_size(w->len, w->box != NULL);
    ASSERT(m->len <= ROOM);
    event_build(&parts, m->payload_key, m->device.secret, m->bytes, m->id);
    return m;
}

static struct made *plain(void)
{
    static const char text[] = "{\"key\":\"value\"}";
    const struct want w = {7, 0x18D3F0A1B2C0000u, 0x121, 1, text, sizeof text - 1, NULL};
    return build(&w);
}

static void put(FILE *f, const char *name, const struct made *m, const char *result)
{
    vec_begin(f, name);
    vec_result(f, result);
    vec_hex(f, "device_key", m->device.open, KEY_LEN);
    vec_hex(f, "payload_key", m->payload_key, KEY_LEN);
    vec_hex(f, "bytes", m->bytes, m->len);
}

static void put_good(FILE *f, const char *name, const struct want *w)
{
    struct made *m = build(w);
    put(f, name, m, NULL);
    vec_hex(f, "id", m->id, HASH_LEN);
    vec_number(f, "seq", w->seq);
    vec_number(f, "clock", w->clock);
    vec_number(f, "kind", w->kind);
    vec_number(f, "kind_version", w->kind_version);
    vec_hex(f, "text", w->text, w->len);
    free(m);
}

static void good_sizes(FILE *f)
{
    /* Around each padded size: the last text that fits and the first that does not. */
    static const size_t sizes[] = {0,    1,    247,  248,  249,  504,  505,  1016, 1017,
                                   2040, 2041, 4088, 4089, 4344, 4345, 4600, 9208, 9209};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char *text = mem_alloc(sizes[i] + 1);
        char name[64];
        for (size_t k = 0; k < sizes[i]; k++) {
            text[k] = (char)('a' + k % 26);
        }
        snprintf(name, sizeof name, "a text of %zu bytes", sizes[i]);
        const struct want w = {1 + i, (uint64_t)1000 << 16, 0x100, 0, text, sizes[i], NULL};
        put_good(f, name, &w);
        free(text);
    }
}

static void good(FILE *f)
{
    static const char words[] = "{\"t\":\"ȘșȚț Ёё \\u2028 «»\"}";
    static const char nul[] = "a\0b";
    const struct pair box = vec_box_keys("event drop box");
    const struct want all[] = {
        {1, 0, EVENT_KIND_MEMBER, 0, "{}", 2, NULL},
        {2, UINT64_MAX, EVENT_KIND_EPOCH, 0, "{}", 2, NULL},
        {UINT64_MAX, (uint64_t)1 << 63, 0x100, 0xFFFF, "{}", 2, NULL},
        {3, 65535, 0xFFFF, 1, "{}", 2, NULL},
        {4, 65536, 0, 0, "{}", 2, NULL},
        {5, 1, 0x121, 1, words, sizeof words - 1, NULL},
        {6, 1, 0x121, 1, nul, sizeof nul - 1, NULL},
        {7, 1, EVENT_KIND_AUDIT, 1, "{}", 2, &box},
        {8, 1, EVENT_KIND_STAT, 1, "", 0, &box},
    };
    static const char *const names[] = {
        "the first of a chain, clock at zero",
        "the last clock",
        "the last number",
        "the last kind",
        "kind zero",
        "letters of three alphabets",
        "a NUL inside the text",
        "to a drop box",
        "to a drop box, without a text",
    };
    good_sizes(f);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        put_good(f, names[i], &all[i]);
    }
}

/* Signs the bytes as they are now. */
static void sign_anew(struct made *m)
{
    unsigned char hash[HASH_LEN];
    const size_t ct_len = m->len - EVENT_HEAD_LEN - SIGN_LEN;
    const struct part ct[] = {PART_TAG("spr/ct/1"), {m->bytes + EVENT_HEAD_LEN, ct_len}};
    hash_parts(hash, HASH_LEN, NULL, ct, 2);
    const struct part parts[] = {
        PART_TAG_NUL("spr/ev/1"), {m->bytes, EVENT_HEAD_LEN}, {hash, HASH_LEN}};
    sign_parts(m->bytes + m->len - SIGN_LEN, parts, 3, m->device.secret);
}

static void put_bad_head(FILE *f, const char *name, size_t at, const void *bytes, size_t n,
                         const char *result)
{
    struct made *m = plain();
    memcpy(m->bytes + at, bytes, n);
    sign_anew(m);
    put(f, name, m, result);
    free(m);
}

static void bad_lengths(FILE *f)
{
    const size_t whole = event_size(15, false);
    const size_t lengths[] = {0, 3, 4, 179, 180, 180 + SEAL_LEN + SIGN_LEN, whole - 1, whole + 1};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct made *m = plain();
        char name[64];
        snprintf(name, sizeof name, "%zu bytes of %zu", lengths[i], whole);
        m->len = lengths[i];
        put(f, name, m, "parse ERR_DAMAGED event");
        free(m);
    }
}

static void bad_heads(FILE *f)
{
    static const unsigned char zeros[8] = {0};
    unsigned char number[4];
    char name[64];
    for (unsigned i = 0; i < 4; i++) {
        const unsigned char letter = (unsigned char)("SPEV"[i] ^ 0x20);
        snprintf(name, sizeof name, "letter %u of the magic", i + 1);
        put_bad_head(f, name, i, &letter, 1, "parse ERR_DAMAGED event");
    }
    put_u16(number, EVENT_VERSION + 1);
    put_bad_head(f, "the next version", EVENT_AT_VERSION, number, 2, "parse ERR_VERSION event");
    put_u16(number, 0xFFFF);
    put_bad_head(f, "the last version", EVENT_AT_VERSION, number, 2, "parse ERR_VERSION event");
    for (unsigned bit = 0; bit < 16; bit++) {
        if ((EVENT_FLAG_BOX & 1u << bit) == 0) {
            put_u16(number, 1u << bit);
            snprintf(name, sizeof name, "unknown flag %u", bit);
            put_bad_head(f, name, EVENT_AT_FLAGS, number, 2, "parse ERR_VERSION event");
        }
    }
    put_bad_head(f, "number zero", EVENT_AT_SEQ, zeros, 8, "parse ERR_DAMAGED event");
    put_u32(number, 256);
    put_bad_head(f, "a sealed length without the seal", EVENT_AT_CT_LEN, number, 4,
                 "parse ERR_DAMAGED event");
    put_u32(number, 0);
    put_bad_head(f, "a sealed length of zero", EVENT_AT_CT_LEN, number, 4,
                 "parse ERR_DAMAGED event");
    put_u32(number, (1u << 20) + 1);
    put_bad_head(f, "a sealed length over the limit", EVENT_AT_CT_LEN, number, 4,
                 "parse ERR_LIMIT event");
    put_u32(number, UINT32_MAX);
    put_bad_head(f, "the greatest sealed length", EVENT_AT_CT_LEN, number, 4,
                 "parse ERR_LIMIT event");
}

static void bad_signatures(FILE *f)
{
    static const struct {
        const char *name;
        size_t at;
    } places[] = {
        {"another organisation", EVENT_AT_ORGANISATION},
        {"another compartment", EVENT_AT_COMPARTMENT},
        {"another device", EVENT_AT_DEVICE},
        {"another number", EVENT_AT_SEQ},
        {"another event before", EVENT_AT_PREV},
        {"other heads", EVENT_AT_HEADS},
        {"another clock", EVENT_AT_CLOCK},
        {"another epoch", EVENT_AT_EPOCH},
        {"another nonce", EVENT_AT_NONCE},
        {"the first sealed byte", EVENT_HEAD_LEN},
        {"the last sealed byte", EVENT_HEAD_LEN + 256 + SEAL_LEN - 1},
        {"the signature's first half", EVENT_HEAD_LEN + 256 + SEAL_LEN},
        {"the signature's second half", EVENT_HEAD_LEN + 256 + SEAL_LEN + 32},
    };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct made *m = plain();
        char name[96];
        snprintf(name, sizeof name, "not signed: %s", places[i].name);
        m->bytes[places[i].at] ^= 0x01;
        put(f, name, m, "check");
        free(m);
    }
    struct made *m = plain();
    m->device = vec_sign_keys("another device");
    put(f, "signed by another device", m, "check");
    memset(m->bytes + m->len - SIGN_LEN, 0, SIGN_LEN);
    put(f, "a signature of zeros", m, "check");
    free(m);
}

/* Seals these 256 bytes instead of the payload, and signs. */
static void put_payload(FILE *f, const char *name, uint32_t len, size_t dirt, const char *result)
{
    struct made *m = plain();
    unsigned char payload[256] = {0};
    put_u32(payload, len);
    put_u16(payload + 4, 0x121);
    memset(payload + EVENT_PREFIX_LEN, 'x', len < 248 ? len : 0);
    if (dirt != 0) {
        payload[dirt] = 1;
    }
    const struct part aad = {m->bytes, EVENT_HEAD_LEN};
    seal(m->bytes + EVENT_HEAD_LEN, payload, sizeof payload, &aad, m->bytes + EVENT_AT_NONCE,
         m->payload_key);
    sign_anew(m);
    put(f, name, m, result);
    free(m);
}

static void bad_payloads(FILE *f)
{
    static const char damaged[] = "open ERR_DAMAGED event";
    put_payload(f, "dirt right after the text", 15, EVENT_PREFIX_LEN + 15, damaged);
    put_payload(f, "dirt in the last byte", 15, 255, damaged);
    put_payload(f, "a text one byte longer than the payload", 249, 0, damaged);
    put_payload(f, "the greatest text length", UINT32_MAX, 0, damaged);
    struct made *m = plain();
    m->bytes[EVENT_HEAD_LEN] ^= 1;
    sign_anew(m);
    put(f, "signed, but the sealed text was changed", m, "open ERR_KEY event");
    free(m);
    m = plain();
    m->bytes[EVENT_AT_EPOCH] ^= 1;
    sign_anew(m);
    put(f, "signed, but the epoch was changed after sealing", m, "open ERR_KEY event");
    m->payload_key[0] ^= 1;
    m->bytes[EVENT_AT_EPOCH] ^= 1;
    sign_anew(m);
    put(f, "another payload key", m, "open ERR_KEY event");
    free(m);
}

/* A payload padded to the next step though its text fits the one before. */
static void bad_padding(FILE *f)
{
    char text[300];
    memset(text, 'x', sizeof text);
    const struct want w = {7, 1, 0x121, 1, text, sizeof text, NULL};
    struct made *m = build(&w);
    unsigned char payload[512] = {0};
    put_u32(payload, 10);
    put_u16(payload + 4, 0x121);
    const struct part aad = {m->bytes, EVENT_HEAD_LEN};
    seal(m->bytes + EVENT_HEAD_LEN, payload, sizeof payload, &aad, m->bytes + EVENT_AT_NONCE,
         m->payload_key);
    sign_anew(m);
    put(f, "more padding than the text calls for", m, "open ERR_DAMAGED event");
    m->len -= 1;
    put_u32(m->bytes + EVENT_AT_CT_LEN, 511 + SEAL_LEN);
    sign_anew(m);
    put(f, "a size that is none of the padded ones", m, "parse ERR_DAMAGED event");
    free(m);
}

static struct made *boxed(void)
{
    const struct pair box = vec_box_keys("event drop box");
    const struct want w = {7, 1, EVENT_KIND_AUDIT, 1, "{}", 2, &box};
    return build(&w);
}

static void bad_boxes(FILE *f)
{
    struct made *m = boxed();
    m->payload_key[0] ^= 0x10;
    put(f, "to another drop box", m, "open ERR_KEY event");
    free(m);
    m = boxed();
    m->bytes[EVENT_HEAD_LEN] ^= 1;
    sign_anew(m);
    put(f, "to a drop box, signed, but the sealed key was changed", m, "open ERR_KEY event");
    free(m);
    m = boxed();
    m->bytes[EVENT_HEAD_LEN + EVENT_BOX_LEN] ^= 1;
    sign_anew(m);
    put(f, "to a drop box, signed, but the sealed text was changed", m, "open ERR_KEY event");
    free(m);
    m = boxed();
    put_u16(m->bytes + EVENT_AT_FLAGS, 0);
    sign_anew(m);
    put(f, "to a drop box that the flags do not tell of", m, "parse ERR_DAMAGED event");
    free(m);
    m = plain();
    put_u16(m->bytes + EVENT_AT_FLAGS, EVENT_FLAG_BOX);
    sign_anew(m);
    put(f, "flags that tell of a drop box where there is none", m, "parse ERR_DAMAGED event");
    free(m);
}

void vec_events(FILE *f)
{
    good(f);
    bad_lengths(f);
    bad_heads(f);
    bad_signatures(f);
    bad_payloads(f);
    bad_padding(f);
    bad_boxes(f);
}
