/* Known answers of certificates. Invariant: as make_event.c; what is changed inside is signed anew
 * by who would have signed it. */
#include <string.h>

#include "base/str.h"
#include "vec.h"

/* Offsets of docs/format.md. */
enum { AT_VERSION = 4, AT_KIND = 6, AT_ROLE = 104, AT_ZERO = 106, AT_SIGN = 132 };

/* An organisation with one member and one device. */
struct house {
    struct pair root, member, device, root_box, member_box, device_box;
    struct cert cert[3]; /* root, member, device */
    unsigned char bytes[3][CERT_LEN];
};

static void sign_all(struct house *h)
{
    cert_build(&h->cert[0], h->root.secret, h->bytes[0]);
    cert_build(&h->cert[1], h->root.secret, h->bytes[1]);
    cert_build(&h->cert[2], h->member.secret, h->bytes[2]);
}

static struct house house_new(void)
{
    struct house h = {.root = vec_sign_keys("certificate root"),
                      .member = vec_sign_keys("certificate member"),
                      .device = vec_sign_keys("certificate device"),
                      .root_box = vec_box_keys("certificate root box"),
                      .member_box = vec_box_keys("certificate member box"),
                      .device_box = vec_box_keys("certificate device box")};
    const struct pair *const signs[] = {&h.root, &h.member, &h.device};
    const struct pair *const boxes[] = {&h.root_box, &h.member_box, &h.device_box};
    unsigned char ids[3][ID_LEN];
    cert_organisation_id(ids[0], h.root.open);
    cert_member_id(ids[1], h.member.open);
    vec_bytes("certificate device id", ids[2], ID_LEN);
    for (int i = 0; i < 3; i++) {
        struct cert *c = &h.cert[i];
        c->kind = (enum cert_kind)i;
        memcpy(c->organisation, ids[0], ID_LEN);
        memcpy(c->subject, ids[i], ID_LEN);
        memcpy(c->issuer, ids[i == 2 ? 1 : 0], ID_LEN);
        memcpy(c->sign_key, signs[i]->open, KEY_LEN);
        memcpy(c->box_key, boxes[i]->open, KEY_LEN);
        c->serial = (uint64_t)i + 1;
    }
    h.cert[1].role = VAULT_ROLE_COORDINATOR;
    sign_all(&h);
    return h;
}

static void put_bytes(FILE *f, const char *name, const unsigned char *bytes, size_t n,
                      const unsigned char issuer[CERT_LEN], const char *result)
{
    vec_begin(f, name);
    vec_result(f, result);
    vec_hex(f, "issuer", issuer, CERT_LEN);
    vec_hex(f, "bytes", bytes, n);
}

static int issuer_of(int i)
{
    return i == 2 ? 1 : 0;
}

static void put(FILE *f, const char *name, const struct house *h, int i, const char *result)
{
    put_bytes(f, name, h->bytes[i], CERT_LEN, h->bytes[issuer_of(i)], result);
    if (result == NULL) {
        vec_number(f, "kind", h->cert[i].kind);
        vec_number(f, "role", h->cert[i].role);
        vec_number(f, "serial", h->cert[i].serial);
    }
}

static void good(FILE *f)
{
    static const char *const who[] = {"root", "member", "device"};
    static const uint64_t serials[] = {0, 1, 65536, UINT64_MAX};
    char name[64];
    for (int i = 0; i < 3; i++) {
        for (size_t k = 0; k < sizeof serials / sizeof serials[0]; k++) {
            struct house h = house_new();
            h.cert[i].serial = serials[k];
            sign_all(&h);
            snprintf(name, sizeof name, "a %s, serial %llu", who[i],
                     (unsigned long long)serials[k]);
            put(f, name, &h, i, NULL);
        }
    }
    for (unsigned role = 0; role < VAULT_ROLE_COUNT; role++) {
        struct house h = house_new();
        h.cert[1].role = (enum vault_role)role;
        sign_all(&h);
        snprintf(name, sizeof name, "a member of role %u", role);
        put(f, name, &h, 1, NULL);
    }
}

/* A member certified by another member of some role. */
static void by_member(FILE *f, const char *name, enum vault_role role, const char *result)
{
    struct house h = house_new();
    const struct pair other = vec_sign_keys("certificate other member");
    struct cert c = h.cert[1];
    unsigned char bytes[CERT_LEN];
    memcpy(c.sign_key, other.open, KEY_LEN);
    cert_member_id(c.subject, other.open);
    memcpy(c.issuer, h.cert[1].subject, ID_LEN);
    c.role = VAULT_ROLE_CASEWORKER;
    h.cert[1].role = role;
    sign_all(&h);
    cert_build(&c, h.member.secret, bytes);
    put_bytes(f, name, bytes, CERT_LEN, h.bytes[1], result);
    if (result == NULL) {
        vec_number(f, "kind", c.kind);
        vec_number(f, "role", c.role);
        vec_number(f, "serial", c.serial);
    }
}

/* Changes bytes of certificate i and has its issuer sign it again. */
static void put_changed(FILE *f, const char *name, int i, size_t at, const void *bytes, size_t n,
                        const char *result)
{
    struct house h = house_new();
    memcpy(h.bytes[i] + at, bytes, n);
    const struct part parts[] = {PART_TAG_NUL("spr/cr/1"), {h.bytes[i], AT_SIGN}};
    sign_parts(h.bytes[i] + AT_SIGN, parts, 2, i == 2 ? h.member.secret : h.root.secret);
    put(f, name, &h, i, result);
}

static void bad_shapes(FILE *f)
{
    static const char damaged[] = "parse ERR_DAMAGED certificate";
    static const char version[] = "parse ERR_VERSION certificate";
    static const size_t lengths[] = {0, 4, CERT_LEN - 1, CERT_LEN + 1};
    const struct house h = house_new();
    unsigned char longer[CERT_LEN + 1] = {0};
    unsigned char number[2];
    char name[64];
    memcpy(longer, h.bytes[2], CERT_LEN);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        snprintf(name, sizeof name, "%zu bytes", lengths[i]);
        put_bytes(f, name, longer, lengths[i], h.bytes[1], damaged);
    }
    for (size_t i = 0; i < 4; i++) {
        const unsigned char letter = (unsigned char)("SPCT"[i] ^ 0x20);
        snprintf(name, sizeof name, "letter %zu of the magic", i + 1);
        put_changed(f, name, 2, i, &letter, 1, damaged);
    }
    put_u16(number, get_u16le(h.bytes[0] + AT_VERSION) + 1);
    put_changed(f, "the next version", 2, AT_VERSION, number, 2, version);
    put_u16(number, CERT_KIND_COUNT);
    put_changed(f, "an unknown kind", 2, AT_KIND, number, 2, version);
    put_u16(number, 0xFFFF);
    put_changed(f, "the last kind", 2, AT_KIND, number, 2, version);
    put_u16(number, VAULT_ROLE_COUNT);
    put_changed(f, "an unknown role", 1, AT_ROLE, number, 2, version);
    put_u16(number, 1);
    put_changed(f, "not zero where zero stands", 1, AT_ZERO, number, 2, version);
    put_u16(number, VAULT_ROLE_COORDINATOR);
    put_changed(f, "a device with a role", 2, AT_ROLE, number, 2, damaged);
}

static void bad_ids(FILE *f)
{
    static const char damaged[] = "parse ERR_DAMAGED certificate";
    struct house h = house_new();
    h.cert[0].subject[0] ^= 1;
    sign_all(&h);
    put(f, "a root whose id is not its key's", &h, 0, damaged);
    h = house_new();
    h.cert[0].organisation[0] ^= 1;
    sign_all(&h);
    put(f, "a root of another organisation", &h, 0, damaged);
    h = house_new();
    h.cert[1].subject[15] ^= 1;
    sign_all(&h);
    put(f, "a member whose id is not its key's", &h, 1, damaged);
    h = house_new();
    memcpy(h.cert[1].sign_key, h.device.open, KEY_LEN);
    sign_all(&h);
    put(f, "a member's id over another key", &h, 1, damaged);
}

static void bad_issuers(FILE *f)
{
    struct house h = house_new();
    h.cert[2].issuer[0] ^= 1;
    sign_all(&h);
    put(f, "a device that names another issuer", &h, 2, "check");
    h = house_new();
    h.cert[2].organisation[0] ^= 1;
    sign_all(&h);
    put(f, "a device of another organisation", &h, 2, "check");
    h = house_new();
    memcpy(h.cert[2].issuer, h.cert[0].subject, ID_LEN);
    cert_build(&h.cert[2], h.root.secret, h.bytes[2]);
    put_bytes(f, "a device signed by the root", h.bytes[2], CERT_LEN, h.bytes[0], "check");
    h = house_new();
    memcpy(h.cert[1].issuer, h.cert[2].subject, ID_LEN);
    cert_build(&h.cert[1], h.device.secret, h.bytes[1]);
    put_bytes(f, "a member signed by a device", h.bytes[1], CERT_LEN, h.bytes[2], "check");
    h = house_new();
    cert_build(&h.cert[2], h.device.secret, h.bytes[2]);
    put(f, "a device that signed itself", &h, 2, "check");
    h = house_new();
    cert_build(&h.cert[1], h.member.secret, h.bytes[1]);
    put(f, "a member who signed itself", &h, 1, "check");
    h = house_new();
    cert_build(&h.cert[0], h.member.secret, h.bytes[0]);
    put(f, "a root signed by another key", &h, 0, "check");
}

static void bad_signatures(FILE *f)
{
    /* Keys, serial and signature; the ids are tied to the keys and would be refused before. */
    static const size_t places[] = {40, 71, 72, 103, 124, 131, 132, 163, 164, 195};
    char name[64];
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct house h = house_new();
        h.bytes[2][places[i]] ^= 1;
        snprintf(name, sizeof name, "not signed: byte %zu of a device", places[i]);
        put(f, name, &h, 2, "check");
    }
    struct house h = house_new();
    memset(h.bytes[2] + AT_SIGN, 0, SIGN_LEN);
    put(f, "a signature of zeros", &h, 2, "check");
}

void vec_certificates(FILE *f)
{
    good(f);
    by_member(f, "a member certified by a coordinator", VAULT_ROLE_COORDINATOR, NULL);
    by_member(f, "a member certified by a caseworker", VAULT_ROLE_CASEWORKER, "check");
    by_member(f, "a member certified by a member without a role", VAULT_ROLE_NONE, "check");
    bad_shapes(f);
    bad_ids(f);
    bad_issuers(f);
    bad_signatures(f);
}
