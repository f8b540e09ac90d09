/* A welcome: what a new device needs to begin, as one sealed file. Invariant: only the device it
 * is for can open it, its length tells the size class of what is inside, and what welcome_each
 * passes on lies wholly inside the text. Whose welcome it is, the certificates in it say. */
#include "join_int.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "event_int.h"
#include "keys_int.h"

#define WELCOME_MAGIC   "SPJW"
#define WELCOME_VERSION 1
#define PART_HEAD_LEN   ((size_t)8)
#define LENGTH_LEN      ((size_t)8)

enum {
    AT_VERSION = 4,
    AT_FLAGS = 6,
    AT_DEVICE = 8,
    AT_KEY = 24, /* a random key, sealed to the device */
    AT_NONCE = 104,
    AT_TEXT = 128,
    KEY_BOX_LEN = 80
};
_Static_assert(KEY_BOX_LEN == crypto_box_SEALBYTES + KEY_LEN, "a sealed key");

void welcome_put(struct str *text, enum welcome_sort sort, const void *bytes, size_t n)
{
    unsigned char head[PART_HEAD_LEN] = {0};
    put_u16(head, (unsigned)sort);
    put_u32(head + 4, (uint32_t)n);
    str_put(text, head, sizeof head);
    str_put(text, bytes, n);
}

enum err welcome_each(const unsigned char *text, size_t n,
                      bool (*f)(void *payload, enum welcome_sort sort, const unsigned char *bytes,
                                size_t n),
                      void *payload, struct err_info *err)
{
    size_t at = 0;
    while (at < n) {
        const size_t left = n - at;
        if (left < PART_HEAD_LEN || get_u16le(text + at + 2) != 0 ||
            get_u32le(text + at + 4) > left - PART_HEAD_LEN) {
            return ERR_SET(err, ERR_DAMAGED, "welcome");
        }
        const unsigned sort = get_u16le(text + at);
        const size_t len = get_u32le(text + at + 4);
        if (sort == 0 || sort >= WELCOME_SORT_COUNT) {
            return ERR_SET(err, ERR_VERSION, "welcome");
        }
        if (!f(payload, (enum welcome_sort)sort, text + at + PART_HEAD_LEN, len)) {
            return ERR_OK;
        }
        at += PART_HEAD_LEN + len;
    }
    return ERR_OK;
}

bool welcome_seal(const unsigned char device[ID_LEN], const unsigned char device_box[KEY_LEN],
                  const struct str *text, struct str *out)
{
    unsigned char head[AT_TEXT] = {0};
    const size_t padded = event_padded(LENGTH_LEN + text->len);
    unsigned char *key = keys_alloc(KEY_LEN);
    random_bytes(key, KEY_LEN);
    memcpy(head, WELCOME_MAGIC, 4);
    put_u16(head + AT_VERSION, WELCOME_VERSION);
    memcpy(head + AT_DEVICE, device, ID_LEN);
    random_bytes(head + AT_NONCE, NONCE_LEN);
    const bool good = crypto_box_seal(head + AT_KEY, key, KEY_LEN, device_box) == 0;
    if (good) {
        unsigned char *body = mem_alloc(padded + SEAL_LEN);
        put_u64(body, text->len);
        memcpy(body + LENGTH_LEN, str_cstr(text), text->len);
        const struct part aad = {head, sizeof head};
        seal(body, body, padded, &aad, head + AT_NONCE, key);
        str_put(out, head, sizeof head);
        str_put(out, body, padded + SEAL_LEN);
        mem_wipe(body, padded + SEAL_LEN);
        free(body);
    }
    keys_free(key);
    return good;
}

/* The text inside what was unsealed: its length, itself, zeros. */
static enum err take_text(const unsigned char *plain, size_t padded, struct str *text,
                          struct err_info *err)
{
    const uint64_t len = get_u64le(plain);
    if (len > padded - LENGTH_LEN || event_padded(LENGTH_LEN + (size_t)len) != padded ||
        sodium_is_zero(plain + LENGTH_LEN + len, padded - LENGTH_LEN - (size_t)len) != 1) {
        return ERR_SET(err, ERR_DAMAGED, "welcome");
    }
    str_put(text, plain + LENGTH_LEN, (size_t)len);
    return ERR_OK;
}

enum err welcome_open(const unsigned char *bytes, size_t n, const unsigned char device[ID_LEN],
                      const unsigned char device_box_secret[KEY_LEN], struct str *text,
                      struct err_info *err)
{
    if (n < AT_TEXT + LENGTH_LEN + SEAL_LEN || memcmp(bytes, WELCOME_MAGIC, 4) != 0) {
        return ERR_SET(err, ERR_DAMAGED, "welcome");
    }
    if (get_u16le(bytes + AT_VERSION) != WELCOME_VERSION || get_u16le(bytes + AT_FLAGS) != 0) {
        return ERR_SET(err, ERR_VERSION, "welcome");
    }
    unsigned char public_key[KEY_LEN];
    unsigned char *key = keys_alloc(KEY_LEN);
    enum err bad = ERR_OK;
    if (memcmp(bytes + AT_DEVICE, device, ID_LEN) != 0 ||
        crypto_scalarmult_base(public_key, device_box_secret) != 0 ||
        crypto_box_seal_open(key, bytes + AT_KEY, KEY_BOX_LEN, public_key, device_box_secret) !=
            0) {
        bad = ERR_SET(err, ERR_KEY, "welcome");
    }
    if (bad == ERR_OK) {
        const size_t padded = n - AT_TEXT - SEAL_LEN;
        const struct part aad = {bytes, AT_TEXT};
        unsigned char *plain = mem_alloc(padded);
        bad = unseal(plain, bytes + AT_TEXT, n - AT_TEXT, &aad, bytes + AT_NONCE, key)
                  ? take_text(plain, padded, text, err)
                  : ERR_SET(err, ERR_DAMAGED, "welcome");
        mem_wipe(plain, padded);
        free(plain);
    }
    keys_free(key);
    return bad;
}
