/* Known answers of wraps. Invariant: as make_event.c; a wrap whose inside contradicts its outside
 * was sealed and signed by somebody who could. */
#include <string.h>

#include <sodium.h>

#include "base/str.h"
#include "vec.h"

/* Offsets of docs/format.md. */
enum { AT_VERSION = 4, AT_FLAGS = 6, AT_NAMES = 8, AT_BOX = 72, AT_ISSUER = 216, AT_SIGN = 232 };

struct made {
    struct pair device, reader;
    struct wrap wrap;
    unsigned char key[KEY_LEN];
    unsigned char bytes[WRAP_LEN + 1];
    size_t len;
};

static struct made made_of(const char *which)
{
    struct made m = {.device = vec_sign_keys("wrap device"),
                     .reader = vec_box_keys("wrap reader"),
                     .len = WRAP_LEN};
    unsigned char ids[5][ID_LEN];
    vec_bytes(which, ids, sizeof ids);
    vec_bytes("wrap key", m.key, KEY_LEN);
    memcpy(m.wrap.organisation, ids[0], ID_LEN);
    memcpy(m.wrap.compartment, ids[1], ID_LEN);
    memcpy(m.wrap.epoch, ids[2], ID_LEN);
    memcpy(m.wrap.recipient, ids[3], ID_LEN);
    memcpy(m.wrap.issuer, ids[4], ID_LEN);
    vec_seed(which);
    wrap_build(&m.wrap, m.key, m.reader.open, m.device.secret, m.bytes);
    return m;
}

static void sign_anew(struct made *m)
{
    const struct part parts[] = {PART_TAG_NUL("spr/wr/1"), {m->bytes, AT_SIGN}};
    sign_parts(m->bytes + AT_SIGN, parts, 2, m->device.secret);
}

static void put(FILE *f, const char *name, const struct made *m, const char *result)
{
    vec_begin(f, name);
    vec_result(f, result);
    vec_hex(f, "device_key", m->device.open, KEY_LEN);
    vec_hex(f, "recipient_secret", m->reader.secret, KEY_LEN);
    vec_hex(f, "bytes", m->bytes, m->len);
    if (result == NULL) {
        unsigned char hash[HASH_LEN];
        wrap_hash(hash, m->bytes);
        vec_hex(f, "key", m->key, KEY_LEN);
        vec_hex(f, "hash", hash, HASH_LEN);
    }
}

static void bad_shapes(FILE *f)
{
    static const size_t lengths[] = {0, 4, 72, WRAP_LEN - 1, WRAP_LEN + 1};
    char name[64];
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct made m = made_of("wrap");
        m.len = lengths[i];
        snprintf(name, sizeof name, "%zu bytes", lengths[i]);
        put(f, name, &m, "parse ERR_DAMAGED wrap");
    }
    for (size_t i = 0; i < 4; i++) {
        struct made m = made_of("wrap");
        m.bytes[i] ^= 0x20;
        sign_anew(&m);
        snprintf(name, sizeof name, "letter %zu of the magic", i + 1);
        put(f, name, &m, "parse ERR_DAMAGED wrap");
    }
    struct made m = made_of("wrap");
    put_u16(m.bytes + AT_VERSION, get_u16le(m.bytes + AT_VERSION) + 1);
    sign_anew(&m);
    put(f, "the next version", &m, "parse ERR_VERSION wrap");
    for (unsigned bit = 0; bit < 16; bit += 5) {
        m = made_of("wrap");
        put_u16(m.bytes + AT_FLAGS, 1u << bit);
        sign_anew(&m);
        snprintf(name, sizeof name, "unknown flag %u", bit);
        put(f, name, &m, "parse ERR_VERSION wrap");
    }
}

static const char *const parts_of_name[] = {"organisation", "compartment", "epoch", "recipient"};

static void bad_signatures(FILE *f)
{
    static const struct {
        const char *name;
        size_t at;
    } places[] = {{"the sealed key", AT_BOX},
                  {"the last sealed byte", AT_ISSUER - 1},
                  {"the issuer", AT_ISSUER},
                  {"the signature's first half", AT_SIGN},
                  {"the signature's second half", AT_SIGN + 32}};
    char name[64];
    for (size_t i = 0; i < 4; i++) {
        struct made m = made_of("wrap");
        m.bytes[AT_NAMES + i * ID_LEN] ^= 1;
        snprintf(name, sizeof name, "not signed: the %s", parts_of_name[i]);
        put(f, name, &m, "check");
    }
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct made m = made_of("wrap");
        m.bytes[places[i].at] ^= 1;
        snprintf(name, sizeof name, "not signed: %s", places[i].name);
        put(f, name, &m, "check");
    }
    struct made m = made_of("wrap");
    m.device = vec_sign_keys("another device");
    put(f, "signed by another device", &m, "check");
}

static void bad_boxes(FILE *f)
{
    char name[64];
    for (size_t i = 0; i < 4; i++) {
        struct made m = made_of("wrap");
        m.bytes[AT_NAMES + i * ID_LEN + 15] ^= 1;
        sign_anew(&m);
        snprintf(name, sizeof name, "signed under another %s than inside", parts_of_name[i]);
        put(f, name, &m, "open");
    }
    struct made m = made_of("wrap");
    m.reader = vec_box_keys("another reader");
    put(f, "for another reader", &m, "open");
    for (size_t at = AT_BOX; at < AT_ISSUER; at += 47) {
        m = made_of("wrap");
        m.bytes[at] ^= 1;
        sign_anew(&m);
        snprintf(name, sizeof name, "signed with a changed byte %zu", at);
        put(f, name, &m, "open");
    }
}

void vec_wraps(FILE *f)
{
    static const char *const names[] = {"wrap",      "wrap two", "wrap three", "wrap four",
                                        "wrap five", "wrap six", "wrap seven", "wrap eight"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct made m = made_of(names[i]);
        put(f, names[i], &m, NULL);
    }
    bad_shapes(f);
    bad_signatures(f);
    bad_boxes(f);
}
