/* Wraps: a compartment's key of one epoch, sealed to one reader. Invariant: the sealed inside
 * repeats organisation, compartment, epoch and recipient, so that a wrap moved under another
 * name does not open. */
#include "cert_int.h"

#include <sodium.h>
#include <string.h>

#include "base/str.h"
#include "keys_int.h"

#define WRAP_MAGIC   "SPWR"
#define WRAP_VERSION 1

enum {
    AT_VERSION = 4,
    AT_FLAGS = 6,
    AT_NAMES = 8, /* organisation, compartment, epoch, recipient */
    AT_BOX = 72,
    AT_ISSUER = 216,
    AT_SIGN = 232,
    NAMES_LEN = 64,
    BOX_LEN = 144
};

static void put_names(unsigned char *out, const struct wrap *w)
{
    memcpy(out, w->organisation, ID_LEN);
    memcpy(out + ID_LEN, w->compartment, ID_LEN);
    memcpy(out + 2 * (size_t)ID_LEN, w->epoch, ID_LEN);
    memcpy(out + 3 * (size_t)ID_LEN, w->recipient, ID_LEN);
}

void wrap_build(const struct wrap *w, const unsigned char key[KEY_LEN],
                const unsigned char recipient_key[KEY_LEN],
                const unsigned char device_secret[SIGN_SECRET_LEN], unsigned char out[WRAP_LEN])
{
    unsigned char *inner = keys_alloc(WRAP_INNER_LEN);
    put_names(inner, w);
    memcpy(inner + NAMES_LEN, key, KEY_LEN);
    memcpy(out, WRAP_MAGIC, 4);
    put_u16(out + AT_VERSION, WRAP_VERSION);
    put_u16(out + AT_FLAGS, 0);
    put_names(out + AT_NAMES, w);
    ASSERT(crypto_box_seal(out + AT_BOX, inner, WRAP_INNER_LEN, recipient_key) == 0);
    keys_free(inner);
    memcpy(out + AT_ISSUER, w->issuer, ID_LEN);
    const struct part parts[] = {PART_TAG_NUL("spr/wr/1"), {out, AT_SIGN}};
    sign_parts(out + AT_SIGN, parts, 2, device_secret);
}

enum err wrap_parse(const unsigned char *bytes, size_t n, struct wrap *out, struct err_info *err)
{
    if (n != WRAP_LEN || memcmp(bytes, WRAP_MAGIC, 4) != 0) {
        return ERR_SET(err, ERR_DAMAGED, "wrap");
    }
    if (get_u16le(bytes + AT_VERSION) != WRAP_VERSION || get_u16le(bytes + AT_FLAGS) != 0) {
        return ERR_SET(err, ERR_VERSION, "wrap");
    }
    const unsigned char *names = bytes + AT_NAMES;
    memcpy(out->organisation, names, ID_LEN);
    memcpy(out->compartment, names + ID_LEN, ID_LEN);
    memcpy(out->epoch, names + 2 * (size_t)ID_LEN, ID_LEN);
    memcpy(out->recipient, names + 3 * (size_t)ID_LEN, ID_LEN);
    memcpy(out->issuer, bytes + AT_ISSUER, ID_LEN);
    out->box = bytes + AT_BOX;
    return ERR_OK;
}

bool wrap_check(const unsigned char bytes[WRAP_LEN], const unsigned char device_key[KEY_LEN])
{
    const struct part parts[] = {PART_TAG_NUL("spr/wr/1"), {bytes, AT_SIGN}};
    return sign_check(bytes + AT_SIGN, parts, 2, device_key);
}

bool wrap_open(const struct wrap *w, const unsigned char recipient_secret[KEY_LEN],
               unsigned char key[KEY_LEN])
{
    unsigned char public_key[KEY_LEN];
    unsigned char names[NAMES_LEN];
    unsigned char *inner = keys_alloc(WRAP_INNER_LEN);
    put_names(names, w);
    const bool good = crypto_scalarmult_base(public_key, recipient_secret) == 0 &&
                      crypto_box_seal_open(inner, w->box, BOX_LEN, public_key, recipient_secret) ==
                          0 &&
                      memcmp(inner, names, NAMES_LEN) == 0;
    if (good) {
        memcpy(key, inner + NAMES_LEN, KEY_LEN);
    }
    keys_free(inner);
    return good;
}

void wrap_hash(unsigned char out[HASH_LEN], const unsigned char bytes[WRAP_LEN])
{
    const struct part parts[] = {PART_TAG("spr/wh/1"), {bytes, WRAP_LEN}};
    hash_parts(out, HASH_LEN, NULL, parts, 2);
}
