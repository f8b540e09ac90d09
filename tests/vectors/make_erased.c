/* Known answers of erased events. Invariant: a good one has the id of the event that it was; a bad
 * one differs in the one thing its name says, and is signed anew unless that is the signature. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "vault/erased_int.h"
#include "vec.h"

enum { AT_HEAD = 4, AT_HASH = AT_HEAD + 180, AT_SIGN = AT_HASH + HASH_LEN };

struct made {
    struct pair device;
    unsigned char id[HASH_LEN];
    uint64_t seq, ct_len;
    unsigned char bytes[ERASED_LEN + 1];
    size_t len;
};

static struct made made_of(uint64_t seq, size_t len, bool to_box)
{
    struct made m = {.device = vec_sign_keys("erased device"), .seq = seq, .len = ERASED_LEN};
    const struct pair box = vec_box_keys("erased drop box");
    struct event_view e;
    unsigned char ids[4][ID_LEN];
    unsigned char hashes[2][HASH_LEN];
    unsigned char nonce[NONCE_LEN];
    unsigned char key[KEY_LEN];
    vec_seed("erased");
    vec_bytes("erased ids", ids, sizeof ids);
    vec_bytes("erased hashes", hashes, sizeof hashes);
    vec_bytes("erased nonce", nonce, sizeof nonce);
    vec_bytes("erased key", key, sizeof key);
    char *text = mem_alloc(len + 1);
    memset(text, 'x', len);
    const struct event_parts parts = {.organisation = ids[0],
                                      .compartment = ids[1],
                                      .device = ids[2],
                                      .seq = seq,
                                      .prev = hashes[0],
                                      .heads = hashes[1],
                                      .clock = 65536,
                                      .epoch = ids[3],
                                      .nonce = nonce,
                                      .box = to_box ? box.open : NULL,
                                      .kind = 0x121,
                                      .text = text,
                                      .len = len};
    unsigned char *event = mem_alloc(event_size(len, to_box));
    event_build(&parts, key, m.device.secret, event, m.id);
    ASSERT(event_parse(event, event_size(len, to_box), &e, NULL) == ERR_OK);
    m.ct_len = e.ct_len;
    erased_build(&e, m.bytes);
    free(event);
    free(text);
    return m;
}

static void sign_anew(struct made *m)
{
    const struct part parts[] = {PART_TAG_NUL("spr/ev/1"),
                                 {m->bytes + AT_HEAD, EVENT_HEAD_LEN + HASH_LEN}};
    sign_parts(m->bytes + AT_SIGN, parts, 2, m->device.secret);
}

static void put(FILE *f, const char *name, const struct made *m, const char *result)
{
    vec_begin(f, name);
    vec_result(f, result);
    vec_hex(f, "device_key", m->device.open, KEY_LEN);
    vec_hex(f, "bytes", m->bytes, m->len);
    if (result == NULL) {
        vec_hex(f, "id", m->id, HASH_LEN);
        vec_number(f, "seq", m->seq);
        vec_number(f, "ct_len", m->ct_len);
    }
}

static void good(FILE *f)
{
    static const size_t sizes[] = {0, 248, 249, 5000};
    char name[64];
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const struct made m = made_of(i + 1, sizes[i], false);
        snprintf(name, sizeof name, "of a text of %zu bytes", sizes[i]);
        put(f, name, &m, NULL);
    }
    struct made m = made_of(UINT64_MAX, 10, false);
    put(f, "the last number", &m, NULL);
    m = made_of(5, 10, true);
    put(f, "that was to a drop box", &m, NULL);
}

static void bad_shapes(FILE *f)
{
    static const char damaged[] = "parse ERR_DAMAGED event";
    static const size_t lengths[] = {0, 4, ERASED_LEN - 1, ERASED_LEN + 1};
    char name[64];
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct made m = made_of(7, 10, false);
        m.len = lengths[i];
        snprintf(name, sizeof name, "%zu bytes", lengths[i]);
        put(f, name, &m, damaged);
    }
    for (size_t i = 0; i < 8; i++) {
        struct made m = made_of(7, 10, false);
        m.bytes[i] ^= 0x20;
        sign_anew(&m);
        snprintf(name, sizeof name, "letter %zu of the magic %s", i % 4 + 1,
                 i < 4 ? "in front" : "of the event");
        put(f, name, &m, damaged);
    }
    struct made m = made_of(7, 10, false);
    put_u16(m.bytes + AT_HEAD + EVENT_AT_VERSION, EVENT_VERSION + 1);
    sign_anew(&m);
    put(f, "the next version", &m, "parse ERR_VERSION event");
    m = made_of(7, 10, false);
    put_u16(m.bytes + AT_HEAD + EVENT_AT_FLAGS, 0x8000);
    sign_anew(&m);
    put(f, "an unknown flag", &m, "parse ERR_VERSION event");
    m = made_of(7, 10, false);
    put_u64(m.bytes + AT_HEAD + EVENT_AT_SEQ, 0);
    sign_anew(&m);
    put(f, "number zero", &m, damaged);
    m = made_of(7, 10, false);
    put_u32(m.bytes + AT_HEAD + EVENT_AT_CT_LEN, 257 + SEAL_LEN);
    sign_anew(&m);
    put(f, "a length that is none of the padded ones", &m, damaged);
    put_u32(m.bytes + AT_HEAD + EVENT_AT_CT_LEN, (1u << 20) + 1);
    sign_anew(&m);
    put(f, "a length over the limit", &m, "parse ERR_LIMIT event");
}

static void bad_signatures(FILE *f)
{
    static const struct {
        const char *name;
        size_t at;
    } places[] = {{"another compartment", AT_HEAD + EVENT_AT_COMPARTMENT},
                  {"another device", AT_HEAD + EVENT_AT_DEVICE},
                  {"another number", AT_HEAD + EVENT_AT_SEQ},
                  {"another event before", AT_HEAD + EVENT_AT_PREV},
                  {"another clock", AT_HEAD + EVENT_AT_CLOCK},
                  {"another nonce", AT_HEAD + EVENT_AT_NONCE},
                  {"another hash of the content", AT_HASH},
                  {"the signature's first half", AT_SIGN},
                  {"the signature's second half", AT_SIGN + 32}};
    char name[96];
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct made m = made_of(7, 10, false);
        m.bytes[places[i].at] ^= 1;
        snprintf(name, sizeof name, "not signed: %s", places[i].name);
        put(f, name, &m, "check");
    }
    struct made m = made_of(7, 10, false);
    m.device = vec_sign_keys("another device");
    put(f, "signed by another device", &m, "check");
}

void vec_erased(FILE *f)
{
    good(f);
    bad_shapes(f);
    bad_signatures(f);
}
