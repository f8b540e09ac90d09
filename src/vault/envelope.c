/* Envelopes: records on their way, sealed under the transport key of an epoch of the organisation.
 * Invariant: an envelope opens only in the stream and at the place it was made for, and its length
 * tells the size class of what is inside. */
#include "arrive_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "keys_int.h"

#define ENVELOPE_MAGIC   "SPEN"
#define ENVELOPE_VERSION 1
#define FLAG_LAST        1U
#define TEXT_LENGTH_LEN  ((size_t)4)

enum {
    AT_VERSION = 4,
    AT_FLAGS = 6,
    AT_ORGANISATION = 8,
    AT_STREAM = 24,
    AT_NUMBER = 40,
    AT_EPOCH = 48,
    AT_NONCE = 64,
    AT_LENGTH = 88
};
_Static_assert(AT_LENGTH + 4 == VAULT_ENVELOPE_HEAD, "the head ends with the length");

enum err vault_envelope_head(const unsigned char head[VAULT_ENVELOPE_HEAD],
                             struct vault_envelope *out, size_t *body, struct err_info *err)
{
    if (memcmp(head, ENVELOPE_MAGIC, 4) != 0) {
        return ERR_SET(err, ERR_DAMAGED, "envelope");
    }
    const unsigned flags = get_u16le(head + AT_FLAGS);
    if (get_u16le(head + AT_VERSION) != ENVELOPE_VERSION || (flags & ~FLAG_LAST) != 0) {
        return ERR_SET(err, ERR_VERSION, "envelope");
    }
    *body = get_u32le(head + AT_LENGTH);
    if (*body < TEXT_LENGTH_LEN + SEAL_LEN || *body > VAULT_ENVELOPE_BODY_MAX) {
        return ERR_SET(err, ERR_DAMAGED, "envelope");
    }
    memcpy(out->stream, head + AT_STREAM, ID_LEN);
    out->number = get_u64le(head + AT_NUMBER);
    out->is_last = (flags & FLAG_LAST) != 0;
    return ERR_OK;
}

enum err vault_transport_epochs(vault *v, struct str *out, struct err_info *err)
{
    struct comp c = {0};
    const struct comp_epoch *now = NULL;
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    enum err bad = known_now(v, err);
    bad = bad == ERR_OK ? comp_load(v, v->organisation, &c, err) : bad;
    unsigned char *key = keys_alloc(KEY_LEN);
    for (size_t pass = 0; bad == ERR_OK && pass < 2; pass++) {
        for (size_t i = 0; i < c.count; i++) {
            const struct comp_epoch *e = &c.epochs[i];
            if (ckey_raw(v, v->organisation, e->id, key, NULL) != ERR_OK) {
                continue;
            }
            if (pass == 0 && comp_is_head(&c, i) &&
                (now == NULL || memcmp(e->id, now->id, ID_LEN) < 0)) {
                now = e;
            } else if (pass == 1 && e != now) {
                str_put(out, e->id, ID_LEN);
            }
        }
        if (pass == 0 && now == NULL) {
            bad = ERR_SET(err, ERR_RIGHTS, "epoch");
        } else if (pass == 0) {
            str_put(out, now->id, ID_LEN);
        }
    }
    keys_free(key);
    comp_done(&c);
    return bad;
}

/* The transport key of one epoch; in the key arena. */
static enum err transport_key(struct vault *v, const unsigned char epoch[ID_LEN],
                              unsigned char key[KEY_LEN])
{
    unsigned char *raw = keys_alloc(KEY_LEN);
    const enum err bad = ckey_raw(v, v->organisation, epoch, raw, NULL);
    if (bad == ERR_OK) {
        hash_subkey(key, raw, "spr/tr/1");
    }
    keys_free(raw);
    return bad;
}

enum err vault_envelope_seal(vault *v, const struct vault_envelope *e,
                             const unsigned char epoch[ID_LEN], const struct str *text,
                             struct str *out, struct err_info *err)
{
    const size_t padded = event_padded(TEXT_LENGTH_LEN + text->len);
    unsigned char head[VAULT_ENVELOPE_HEAD] = {0};
    if (padded + SEAL_LEN > VAULT_ENVELOPE_BODY_MAX) {
        return ERR_SET(err, ERR_LIMIT, "envelope");
    }
    memcpy(head, ENVELOPE_MAGIC, 4);
    put_u16(head + AT_VERSION, ENVELOPE_VERSION);
    put_u16(head + AT_FLAGS, e->is_last ? FLAG_LAST : 0);
    memcpy(head + AT_ORGANISATION, v->organisation, ID_LEN);
    memcpy(head + AT_STREAM, e->stream, ID_LEN);
    put_u64(head + AT_NUMBER, e->number);
    memcpy(head + AT_EPOCH, epoch, ID_LEN);
    random_bytes(head + AT_NONCE, NONCE_LEN);
    put_u32(head + AT_LENGTH, (uint32_t)(padded + SEAL_LEN));
    unsigned char *key = keys_alloc(KEY_LEN);
    const bool is_here = v->keys != NULL && transport_key(v, epoch, key) == ERR_OK;
    if (is_here) {
        unsigned char *body = mem_alloc(padded + SEAL_LEN);
        put_u32(body, (uint32_t)text->len);
        memcpy(body + TEXT_LENGTH_LEN, str_cstr(text), text->len);
        const struct part aad = {head, sizeof head};
        seal(body, body, padded, &aad, head + AT_NONCE, key);
        str_put(out, head, sizeof head);
        str_put(out, body, padded + SEAL_LEN);
        free(body);
    }
    keys_free(key);
    return is_here ? ERR_OK : ERR_SET(err, ERR_KEY, "envelope");
}

/* The text inside what was unsealed: its length, itself, zeros. */
static bool take_text(const unsigned char *plain, size_t padded, struct str *text)
{
    const size_t len = get_u32le(plain);
    if (len > padded - TEXT_LENGTH_LEN || event_padded(TEXT_LENGTH_LEN + len) != padded) {
        return false;
    }
    for (size_t i = TEXT_LENGTH_LEN + len; i < padded; i++) {
        if (plain[i] != 0) {
            return false;
        }
    }
    str_put(text, plain + TEXT_LENGTH_LEN, len);
    return true;
}

enum err vault_envelope_open(vault *v, const unsigned char *bytes, size_t n,
                             struct vault_envelope *e, struct str *text, struct err_info *err)
{
    size_t body = 0;
    if (n < VAULT_ENVELOPE_HEAD) {
        return ERR_SET(err, ERR_DAMAGED, "envelope");
    }
    const enum err bad = vault_envelope_head(bytes, e, &body, err);
    if (bad != ERR_OK || n != VAULT_ENVELOPE_HEAD + body) {
        return bad != ERR_OK ? bad : ERR_SET(err, ERR_DAMAGED, "envelope");
    }
    if (memcmp(bytes + AT_ORGANISATION, v->organisation, ID_LEN) != 0) {
        return ERR_SET(err, ERR_RIGHTS, "organisation");
    }
    unsigned char *key = keys_alloc(KEY_LEN);
    if (v->keys == NULL || transport_key(v, bytes + AT_EPOCH, key) != ERR_OK) {
        keys_free(key);
        return ERR_SET(err, ERR_KEY, "envelope");
    }
    const struct part aad = {bytes, VAULT_ENVELOPE_HEAD};
    unsigned char *plain = mem_alloc(body);
    const bool good = unseal(plain, bytes + VAULT_ENVELOPE_HEAD, body, &aad, bytes + AT_NONCE,
                             key) &&
                      take_text(plain, body - SEAL_LEN, text);
    free(plain);
    keys_free(key);
    return good ? ERR_OK : ERR_SET(err, ERR_DAMAGED, "envelope");
}

bool vault_is_transport_wrap(const vault *v, const unsigned char *bytes, size_t n)
{
    enum { AT_COMPARTMENT = 24 };
    return n == WRAP_LEN && memcmp(bytes, "SPWR", 4) == 0 &&
           memcmp(bytes + AT_COMPARTMENT, v->organisation, ID_LEN) == 0;
}
