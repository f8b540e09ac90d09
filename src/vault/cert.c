/* Certificates: who signs with which key. Invariant: a chain that cert_check accepts link by link
 * begins at the root key whose hash is the organisation's id; a root and coordinators sign members,
 * a member signs its own devices, nobody else signs anything. */
#include "cert_int.h"

#include <string.h>

#include "base/str.h"

#define CERT_MAGIC   "SPCT"
#define CERT_VERSION 1

enum {
    AT_VERSION = 4,
    AT_KIND = 6,
    AT_ORGANISATION = 8,
    AT_SUBJECT = 24,
    AT_SIGN_KEY = 40,
    AT_BOX_KEY = 72,
    AT_ROLE = 104,
    AT_ZERO = 106,
    AT_ISSUER = 108,
    AT_SERIAL = 124,
    AT_SIGN = 132
};

void cert_organisation_id(unsigned char out[ID_LEN], const unsigned char root_key[KEY_LEN])
{
    const struct part parts[] = {PART_TAG("spr/org/1"), {root_key, KEY_LEN}};
    hash_parts(out, ID_LEN, NULL, parts, 2);
}

void cert_member_id(unsigned char out[ID_LEN], const unsigned char member_key[KEY_LEN])
{
    unsigned char hash[HASH_LEN];
    const struct part parts[] = {PART_TAG("spr/mb/1"), {member_key, KEY_LEN}};
    hash_parts(hash, sizeof hash, NULL, parts, 2);
    memcpy(out, hash, ID_LEN);
}

void cert_build(const struct cert *c, const unsigned char issuer_secret[SIGN_SECRET_LEN],
                unsigned char out[CERT_LEN])
{
    memset(out, 0, CERT_LEN);
    memcpy(out, CERT_MAGIC, 4);
    put_u16(out + AT_VERSION, CERT_VERSION);
    put_u16(out + AT_KIND, c->kind);
    memcpy(out + AT_ORGANISATION, c->organisation, ID_LEN);
    memcpy(out + AT_SUBJECT, c->subject, ID_LEN);
    memcpy(out + AT_SIGN_KEY, c->sign_key, KEY_LEN);
    memcpy(out + AT_BOX_KEY, c->box_key, KEY_LEN);
    put_u16(out + AT_ROLE, c->role);
    memcpy(out + AT_ISSUER, c->issuer, ID_LEN);
    put_u64(out + AT_SERIAL, c->serial);
    const struct part parts[] = {PART_TAG_NUL("spr/cr/1"), {out, AT_SIGN}};
    sign_parts(out + AT_SIGN, parts, 2, issuer_secret);
}

static bool id_fits(const struct cert *c)
{
    unsigned char id[ID_LEN];
    switch (c->kind) {
    case CERT_ROOT:
        cert_organisation_id(id, c->sign_key);
        return memcmp(id, c->subject, ID_LEN) == 0 &&
               memcmp(c->organisation, c->subject, ID_LEN) == 0;
    case CERT_MEMBER: cert_member_id(id, c->sign_key); return memcmp(id, c->subject, ID_LEN) == 0;
    case CERT_DEVICE: return c->role == VAULT_ROLE_NONE;
    case CERT_KIND_COUNT:
    default: return false;
    }
}

enum err cert_parse(const unsigned char *bytes, size_t n, struct cert *out, struct err_info *err)
{
    if (n != CERT_LEN || memcmp(bytes, CERT_MAGIC, 4) != 0) {
        return ERR_SET(err, ERR_DAMAGED, "certificate");
    }
    const unsigned kind = get_u16le(bytes + AT_KIND);
    const unsigned role = get_u16le(bytes + AT_ROLE);
    if (get_u16le(bytes + AT_VERSION) != CERT_VERSION || kind >= CERT_KIND_COUNT ||
        role >= VAULT_ROLE_COUNT || get_u16le(bytes + AT_ZERO) != 0) {
        return ERR_SET(err, ERR_VERSION, "certificate");
    }
    memset(out, 0, sizeof *out);
    out->kind = (enum cert_kind)kind;
    out->role = (enum vault_role)role;
    memcpy(out->organisation, bytes + AT_ORGANISATION, ID_LEN);
    memcpy(out->subject, bytes + AT_SUBJECT, ID_LEN);
    memcpy(out->issuer, bytes + AT_ISSUER, ID_LEN);
    memcpy(out->sign_key, bytes + AT_SIGN_KEY, KEY_LEN);
    memcpy(out->box_key, bytes + AT_BOX_KEY, KEY_LEN);
    out->serial = get_u64le(bytes + AT_SERIAL);
    return id_fits(out) ? ERR_OK : ERR_SET(err, ERR_DAMAGED, "certificate");
}

bool cert_check(const unsigned char bytes[CERT_LEN], const struct cert *subject,
                const struct cert *issuer)
{
    const bool by_root = issuer->kind == CERT_ROOT && subject->kind != CERT_DEVICE;
    const bool by_member = issuer->kind == CERT_MEMBER &&
                           (subject->kind == CERT_DEVICE ||
                            (subject->kind == CERT_MEMBER &&
                             issuer->role == VAULT_ROLE_COORDINATOR));
    /* Who has the signing key may say which box key goes with it. */
    const bool by_self = issuer->kind == CERT_MEMBER && subject->kind == CERT_MEMBER &&
                         memcmp(subject->subject, issuer->subject, ID_LEN) == 0 &&
                         subject->role == issuer->role && subject->serial > issuer->serial;
    if ((!by_root && !by_member && !by_self) ||
        memcmp(subject->issuer, issuer->subject, ID_LEN) != 0 ||
        memcmp(subject->organisation, issuer->organisation, ID_LEN) != 0) {
        return false;
    }
    const struct part parts[] = {PART_TAG_NUL("spr/cr/1"), {bytes, AT_SIGN}};
    return sign_check(bytes + AT_SIGN, parts, 2, issuer->sign_key);
}

bool cert_is_twin(const unsigned char a[CERT_LEN], const unsigned char b[CERT_LEN])
{
    return memcmp(a + AT_ORGANISATION, b + AT_ORGANISATION, AT_ISSUER - AT_ORGANISATION) == 0 &&
           memcmp(a + AT_SERIAL, b + AT_SERIAL, AT_SIGN - AT_SERIAL) == 0 &&
           memcmp(a + AT_ISSUER, b + AT_ISSUER, ID_LEN) != 0;
}
