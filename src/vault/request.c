/* A join request: public keys of a device and, unless it is a further device of somebody, of its
 * member, signed by both. Invariant: what request_parse accepts was made by whoever holds the
 * secret halves, its name can be shown as it is, and its keys can be sealed to. */
#include "join_int.h"

#include <sodium.h>
#include <string.h>

#include "base/utf8.h"
#include "secret_int.h"

#define REQUEST_MAGIC   "SPJR"
#define REQUEST_VERSION 1
#define FLAG_SECOND     1U

enum {
    AT_VERSION = 4,
    AT_FLAGS = 6,
    AT_DEVICE = 8,
    AT_DEVICE_SIGN = 24,
    AT_DEVICE_BOX = 56,
    AT_MEMBER_SIGN = 88,
    AT_MEMBER_BOX = 120,
    AT_LANG = 152,
    AT_NAME_LEN = 153,
    AT_NAME = 154,
    AT_ZERO = 218,
    AT_BY_MEMBER = 220,
    AT_BY_DEVICE = 284
};
_Static_assert(AT_BY_DEVICE + SIGN_LEN == REQUEST_LEN, "the device signs last");
_Static_assert(AT_NAME + REQUEST_NAME_MAX == AT_ZERO, "the name has its room");

void request_build(const struct request *r, const unsigned char device_secret[SIGN_SECRET_LEN],
                   const unsigned char *member_secret, unsigned char out[REQUEST_LEN])
{
    const size_t name_len = strlen(r->name);
    ASSERT(name_len <= REQUEST_NAME_MAX && (member_secret == NULL) == r->is_second_device);
    memset(out, 0, REQUEST_LEN);
    memcpy(out, REQUEST_MAGIC, 4);
    put_u16(out + AT_VERSION, REQUEST_VERSION);
    put_u16(out + AT_FLAGS, r->is_second_device ? FLAG_SECOND : 0);
    memcpy(out + AT_DEVICE, r->device, ID_LEN);
    memcpy(out + AT_DEVICE_SIGN, r->device_sign, KEY_LEN);
    memcpy(out + AT_DEVICE_BOX, r->device_box, KEY_LEN);
    out[AT_LANG] = (unsigned char)r->lang;
    if (member_secret != NULL) {
        memcpy(out + AT_MEMBER_SIGN, r->member_sign, KEY_LEN);
        memcpy(out + AT_MEMBER_BOX, r->member_box, KEY_LEN);
        out[AT_NAME_LEN] = (unsigned char)name_len;
        memcpy(out + AT_NAME, r->name, name_len);
        const struct part parts[] = {PART_TAG_NUL("spr/jm/1"), {out, AT_BY_MEMBER}};
        sign_parts(out + AT_BY_MEMBER, parts, 2, member_secret);
    }
    const struct part parts[] = {PART_TAG_NUL("spr/jd/1"), {out, AT_BY_DEVICE}};
    sign_parts(out + AT_BY_DEVICE, parts, 2, device_secret);
}

static bool is_zero(const unsigned char *bytes, size_t n)
{
    return sodium_is_zero(bytes, n) == 1;
}

/* Can something be sealed to it? A key of small order gives a secret everybody knows. */
static bool box_key_is_good(const unsigned char key[KEY_LEN])
{
    static const unsigned char any[KEY_LEN] = {9};
    unsigned char shared[KEY_LEN];
    return crypto_scalarmult(shared, any, key) == 0;
}

/* The name as it will be shown everywhere: nothing in it that would have to be taken out. */
static bool name_is_good(const unsigned char *name, size_t n)
{
    struct str clean = STR_INIT;
    utf8_clean(&clean, (const char *)name, n, false);
    const bool good = n > 0 && utf8_valid((const char *)name, n) && clean.len == n &&
                      memcmp(clean.data, name, n) == 0;
    str_done(&clean);
    return good;
}

static bool member_is_good(const unsigned char *bytes, bool is_second)
{
    const size_t len = bytes[AT_NAME_LEN];
    if (is_second) {
        return is_zero(bytes + AT_MEMBER_SIGN, AT_LANG - AT_MEMBER_SIGN) &&
               is_zero(bytes + AT_NAME_LEN, AT_BY_DEVICE - AT_NAME_LEN);
    }
    const struct part parts[] = {PART_TAG_NUL("spr/jm/1"), {bytes, AT_BY_MEMBER}};
    return len <= REQUEST_NAME_MAX && name_is_good(bytes + AT_NAME, len) &&
           is_zero(bytes + AT_NAME + len, AT_BY_MEMBER - AT_NAME - len) &&
           box_key_is_good(bytes + AT_MEMBER_BOX) &&
           sign_check(bytes + AT_BY_MEMBER, parts, 2, bytes + AT_MEMBER_SIGN);
}

enum err request_parse(const unsigned char *bytes, size_t n, struct request *out,
                       struct err_info *err)
{
    if (n != REQUEST_LEN || memcmp(bytes, REQUEST_MAGIC, 4) != 0) {
        return ERR_SET(err, ERR_DAMAGED, "request");
    }
    const unsigned flags = get_u16le(bytes + AT_FLAGS);
    if (get_u16le(bytes + AT_VERSION) != REQUEST_VERSION || (flags & ~FLAG_SECOND) != 0) {
        return ERR_SET(err, ERR_VERSION, "request");
    }
    const bool is_second = (flags & FLAG_SECOND) != 0;
    const struct part parts[] = {PART_TAG_NUL("spr/jd/1"), {bytes, AT_BY_DEVICE}};
    if (bytes[AT_LANG] >= LANG_COUNT || !member_is_good(bytes, is_second) ||
        !box_key_is_good(bytes + AT_DEVICE_BOX) ||
        !sign_check(bytes + AT_BY_DEVICE, parts, 2, bytes + AT_DEVICE_SIGN)) {
        return ERR_SET(err, ERR_DAMAGED, "request");
    }
    *out = (struct request){.is_second_device = is_second, .lang = (enum lang)bytes[AT_LANG]};
    memcpy(out->device, bytes + AT_DEVICE, ID_LEN);
    memcpy(out->device_sign, bytes + AT_DEVICE_SIGN, KEY_LEN);
    memcpy(out->device_box, bytes + AT_DEVICE_BOX, KEY_LEN);
    memcpy(out->member_sign, bytes + AT_MEMBER_SIGN, KEY_LEN);
    memcpy(out->member_box, bytes + AT_MEMBER_BOX, KEY_LEN);
    memcpy(out->name, bytes + AT_NAME, bytes[AT_NAME_LEN]);
    return ERR_OK;
}

#define WORD_BITS 11

/* The first 132 bits of a hash, 11 a word. */
static void put_words(const unsigned char hash[HASH_LEN], enum lang lang, struct str *out)
{
    for (unsigned word = 0; word < FINGERPRINT; word++) {
        unsigned index = 0;
        for (unsigned bit = word * WORD_BITS; bit < (word + 1) * WORD_BITS; bit++) {
            index = index << 1 | ((unsigned)hash[bit / 8] >> (7 - bit % 8) & 1U);
        }
        size_t n = 0;
        const char *text = word_at(lang, index, &n);
        str_puts(out, word > 0 ? " " : "");
        str_put(out, text, n);
    }
}

void request_words(const unsigned char bytes[REQUEST_LEN], enum lang lang, struct str *out)
{
    unsigned char hash[HASH_LEN];
    const struct part parts[] = {PART_TAG("spr/jf/1"), {bytes, REQUEST_LEN}};
    hash_parts(hash, sizeof hash, NULL, parts, 2);
    put_words(hash, lang, out);
}

void organisation_words(const unsigned char id[ID_LEN], enum lang lang, struct str *out)
{
    unsigned char hash[HASH_LEN];
    const struct part parts[] = {PART_TAG("spr/of/1"), {id, ID_LEN}};
    hash_parts(hash, sizeof hash, NULL, parts, 2);
    put_words(hash, lang, out);
}
