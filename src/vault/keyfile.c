/* The keyfile: a random master key, openable through slots, and the vault's secrets sealed under
 * it. Invariant: a slot is bound to vault, version, type, its own cost and its own salt, and to
 * nothing that changes, so one slot is replaced without the others. Costs out of bounds are
 * refused while parsing, before anything is derived. */
#include "keyfile_int.h"

#include <sodium.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "keys_int.h"

#define KEYFILE_MAGIC "SPK1"

enum { AT_VERSION = 4, AT_FLAGS = 6, AT_VAULT = 8, AT_SLOTS = 24, AT_ZERO = 26, AT_SECRETS = 28 };
enum {
    SLOT_TYPE = 0,
    SLOT_ALGORITHM = 2,
    SLOT_MIB = 4,
    SLOT_PASSES = 8,
    SLOT_LANES = 12,
    SLOT_SALT = 16
};
enum { SECRETS_VERSION = 0, SECRETS_ZERO = 2, SECRETS_BODY = 4 };

_Static_assert(SLOT_SALT + KEYFILE_SALT_LEN == KEYFILE_PARAM_LEN, "parameters end with the salt");
_Static_assert(sizeof(struct keyfile_slot) == KEYFILE_SLOT_LEN, "a slot is its bytes");
_Static_assert(sizeof(struct keyfile_secrets) + SECRETS_BODY == KEYFILE_SECRETS_LEN,
               "the secrets are their bytes");

static unsigned slot_type(const struct keyfile_slot *s)
{
    return get_u16le(s->param + SLOT_TYPE);
}

static struct vault_kdf slot_kdf(const struct keyfile_slot *s)
{
    return (struct vault_kdf){(unsigned)get_u32le(s->param + SLOT_MIB),
                              (unsigned)get_u32le(s->param + SLOT_PASSES)};
}

static enum err slot_check(const struct keyfile_slot *s, struct err_info *err)
{
    const unsigned type = slot_type(s);
    const unsigned algorithm = get_u16le(s->param + SLOT_ALGORITHM);
    const unsigned long lanes = get_u32le(s->param + SLOT_LANES);
    const struct vault_kdf kdf = slot_kdf(s);
    if (type == SLOT_PASSPHRASE && algorithm == SLOT_ARGON2ID && lanes == 1) {
        return kdf_check(kdf, err);
    }
    if (type == SLOT_SHEET && algorithm == SLOT_BLAKE2B && lanes == 0 && kdf.mib == 0 &&
        kdf.passes == 0) {
        return ERR_OK;
    }
    return ERR_SET(err, ERR_DAMAGED, "keyfile");
}

enum err keyfile_parse(const unsigned char *bytes, size_t n, struct keyfile *out,
                       struct err_info *err)
{
    if (n < KEYFILE_HEAD_LEN || memcmp(bytes, KEYFILE_MAGIC, 4) != 0) {
        return ERR_SET(err, ERR_DAMAGED, "keyfile");
    }
    if (get_u16le(bytes + AT_VERSION) != KEYFILE_VERSION) {
        return ERR_SET(err, ERR_VERSION, "keyfile");
    }
    const unsigned slots = get_u16le(bytes + AT_SLOTS);
    if (get_u16le(bytes + AT_FLAGS) != 0 || get_u16le(bytes + AT_ZERO) != 0 || slots == 0 ||
        slots > KEYFILE_SLOTS_MAX || get_u32le(bytes + AT_SECRETS) != sizeof out->secrets ||
        n != KEYFILE_HEAD_LEN + slots * KEYFILE_SLOT_LEN + NONCE_LEN + sizeof out->secrets +
                 KEYFILE_RECOVERY_LEN) {
        return ERR_SET(err, ERR_DAMAGED, "keyfile");
    }
    memset(out, 0, sizeof *out);
    memcpy(out->vault_id, bytes + AT_VAULT, ID_LEN);
    out->slots = slots;
    memcpy(out->slot, bytes + KEYFILE_HEAD_LEN, slots * KEYFILE_SLOT_LEN);
    for (unsigned i = 0; i < slots; i++) {
        const enum err bad = slot_check(&out->slot[i], err);
        if (bad != ERR_OK) {
            return bad;
        }
    }
    const unsigned char *rest = bytes + KEYFILE_HEAD_LEN + slots * KEYFILE_SLOT_LEN;
    memcpy(out->nonce, rest, NONCE_LEN);
    memcpy(out->secrets, rest + NONCE_LEN, sizeof out->secrets);
    memcpy(out->recovery, rest + NONCE_LEN + sizeof out->secrets, KEYFILE_RECOVERY_LEN);
    return ERR_OK;
}

size_t keyfile_build(const struct keyfile *k, unsigned char out[KEYFILE_MAX])
{
    const size_t slots_len = k->slots * KEYFILE_SLOT_LEN;
    memset(out, 0, KEYFILE_HEAD_LEN);
    memcpy(out, KEYFILE_MAGIC, 4);
    put_u16(out + AT_VERSION, KEYFILE_VERSION);
    memcpy(out + AT_VAULT, k->vault_id, ID_LEN);
    put_u16(out + AT_SLOTS, k->slots);
    put_u32(out + AT_SECRETS, (uint32_t)sizeof k->secrets);
    memcpy(out + KEYFILE_HEAD_LEN, k->slot, slots_len);
    memcpy(out + KEYFILE_HEAD_LEN + slots_len, k->nonce, NONCE_LEN);
    unsigned char *rest = out + KEYFILE_HEAD_LEN + slots_len + NONCE_LEN;
    memcpy(rest, k->secrets, sizeof k->secrets);
    memcpy(rest + sizeof k->secrets, k->recovery, KEYFILE_RECOVERY_LEN);
    return KEYFILE_HEAD_LEN + slots_len + NONCE_LEN + sizeof k->secrets + KEYFILE_RECOVERY_LEN;
}

#define AAD_HEAD_LEN    ((size_t)4 + 2 + ID_LEN)
#define AAD_SECRETS_LEN (AAD_HEAD_LEN + KEYFILE_RECOVERY_LEN)
#define AAD_SLOT_LEN    (AAD_HEAD_LEN + KEYFILE_PARAM_LEN)

static void put_aad(unsigned char *out, const struct keyfile *k)
{
    memcpy(out, KEYFILE_MAGIC, 4);
    put_u16(out + 4, KEYFILE_VERSION);
    memcpy(out + 6, k->vault_id, ID_LEN);
}

static void slot_seal(const struct keyfile *k, struct keyfile_slot *s,
                      const unsigned char kek[KEY_LEN], const unsigned char mk[KEY_LEN])
{
    unsigned char aad[AAD_SLOT_LEN];
    put_aad(aad, k);
    memcpy(aad + AAD_HEAD_LEN, s->param, KEYFILE_PARAM_LEN);
    const struct part part = {aad, sizeof aad};
    random_bytes(s->nonce, sizeof s->nonce);
    seal(s->box, mk, KEY_LEN, &part, s->nonce, kek);
}

static bool slot_unseal(const struct keyfile *k, const struct keyfile_slot *s,
                        const unsigned char kek[KEY_LEN], unsigned char mk[KEY_LEN])
{
    unsigned char aad[AAD_SLOT_LEN];
    put_aad(aad, k);
    memcpy(aad + AAD_HEAD_LEN, s->param, KEYFILE_PARAM_LEN);
    const struct part part = {aad, sizeof aad};
    return unseal(mk, s->box, sizeof s->box, &part, s->nonce, kek);
}

static struct keyfile_slot slot_new(enum slot_type type, enum slot_algorithm algorithm,
                                    struct vault_kdf kdf)
{
    struct keyfile_slot s = {0};
    put_u16(s.param + SLOT_TYPE, type);
    put_u16(s.param + SLOT_ALGORITHM, algorithm);
    put_u32(s.param + SLOT_MIB, kdf.mib);
    put_u32(s.param + SLOT_PASSES, kdf.passes);
    put_u32(s.param + SLOT_LANES, algorithm == SLOT_ARGON2ID ? 1 : 0);
    random_bytes(s.param + SLOT_SALT, KEYFILE_SALT_LEN);
    return s;
}

static void slot_store(struct keyfile *k, const struct keyfile_slot *s)
{
    unsigned at = 0;
    while (at < k->slots && slot_type(&k->slot[at]) != slot_type(s)) {
        at++;
    }
    ASSERT(at < KEYFILE_SLOTS_MAX);
    k->slot[at] = *s;
    k->slots = at == k->slots ? at + 1 : k->slots;
}

static const struct keyfile_slot *slot_find(const struct keyfile *k, enum slot_type type)
{
    for (unsigned i = 0; i < k->slots; i++) {
        if (slot_type(&k->slot[i]) == type) {
            return &k->slot[i];
        }
    }
    return NULL;
}

enum err keyfile_slot_passphrase(struct keyfile *k, const vault_secret *passphrase,
                                 struct vault_kdf kdf, const unsigned char mk[KEY_LEN],
                                 struct err_info *err)
{
    struct keyfile_slot s = slot_new(SLOT_PASSPHRASE, SLOT_ARGON2ID, kdf);
    unsigned char *kek = keys_alloc(KEY_LEN);
    const enum err bad = kdf_derive(passphrase, kdf, s.param + SLOT_SALT, kek, err);
    if (bad == ERR_OK) {
        slot_seal(k, &s, kek, mk);
        slot_store(k, &s);
    }
    keys_free(kek);
    return bad;
}

/* 256 random bits need no slow derivation. */
static void sheet_key(unsigned char kek[KEY_LEN], const unsigned char seed[SHEET_SEED_LEN],
                      const struct keyfile_slot *s)
{
    const struct part parts[] = {PART_TAG("spr/ks/1"), {s->param + SLOT_SALT, KEYFILE_SALT_LEN}};
    hash_parts(kek, KEY_LEN, seed, parts, 2);
}

void keyfile_slot_sheet(struct keyfile *k, const unsigned char seed[SHEET_SEED_LEN],
                        const unsigned char mk[KEY_LEN])
{
    struct keyfile_slot s = slot_new(SLOT_SHEET, SLOT_BLAKE2B, (struct vault_kdf){0, 0});
    unsigned char *kek = keys_alloc(KEY_LEN);
    sheet_key(kek, seed, &s);
    slot_seal(k, &s, kek, mk);
    keys_free(kek);
    slot_store(k, &s);
}

enum err keyfile_open_passphrase(const struct keyfile *k, const vault_secret *passphrase,
                                 unsigned char mk[KEY_LEN], struct err_info *err)
{
    const struct keyfile_slot *s = slot_find(k, SLOT_PASSPHRASE);
    if (s == NULL) {
        return ERR_SET(err, ERR_NOT_FOUND, "keyfile");
    }
    unsigned char *kek = keys_alloc(KEY_LEN);
    enum err bad = kdf_derive(passphrase, slot_kdf(s), s->param + SLOT_SALT, kek, err);
    if (bad == ERR_OK && !slot_unseal(k, s, kek, mk)) {
        bad = ERR_SET(err, ERR_KEY, NULL);
    }
    keys_free(kek);
    return bad;
}

enum err keyfile_open_sheet(const struct keyfile *k, const unsigned char seed[SHEET_SEED_LEN],
                            unsigned char mk[KEY_LEN], struct err_info *err)
{
    const struct keyfile_slot *s = slot_find(k, SLOT_SHEET);
    if (s == NULL) {
        return ERR_SET(err, ERR_NOT_FOUND, "keyfile");
    }
    unsigned char *kek = keys_alloc(KEY_LEN);
    sheet_key(kek, seed, s);
    const bool good = slot_unseal(k, s, kek, mk);
    keys_free(kek);
    return good ? ERR_OK : ERR_SET(err, ERR_KEY, NULL);
}

void keyfile_seal_recovery(struct keyfile *k, const struct keyfile_secrets *s,
                           const unsigned char recovery_key[KEY_LEN])
{
    ASSERT(crypto_box_seal(k->recovery, s->row_key, KEY_LEN, recovery_key) == 0);
}

enum err keyfile_open_recovery(const struct keyfile *k,
                               const unsigned char recovery_secret[KEY_LEN],
                               unsigned char row_key[KEY_LEN], struct err_info *err)
{
    unsigned char recovery_key[KEY_LEN];
    const bool good = crypto_scalarmult_base(recovery_key, recovery_secret) == 0 &&
                      crypto_box_seal_open(row_key, k->recovery, KEYFILE_RECOVERY_LEN, recovery_key,
                                           recovery_secret) == 0;
    return good ? ERR_OK : ERR_SET(err, ERR_KEY, "keyfile");
}

void keyfile_seal_secrets(struct keyfile *k, const struct keyfile_secrets *s,
                          const unsigned char mk[KEY_LEN])
{
    unsigned char aad[AAD_SECRETS_LEN];
    put_aad(aad, k);
    memcpy(aad + AAD_HEAD_LEN, k->recovery, KEYFILE_RECOVERY_LEN);
    const struct part part = {aad, sizeof aad};
    unsigned char *plain = keys_alloc(KEYFILE_SECRETS_LEN);
    put_u16(plain + SECRETS_VERSION, KEYFILE_VERSION);
    memcpy(plain + SECRETS_BODY, s, sizeof *s);
    random_bytes(k->nonce, sizeof k->nonce);
    seal(k->secrets, plain, KEYFILE_SECRETS_LEN, &part, k->nonce, mk);
    keys_free(plain);
}

enum err keyfile_open_secrets(const struct keyfile *k, const unsigned char mk[KEY_LEN],
                              struct keyfile_secrets *s, struct err_info *err)
{
    unsigned char aad[AAD_SECRETS_LEN];
    put_aad(aad, k);
    memcpy(aad + AAD_HEAD_LEN, k->recovery, KEYFILE_RECOVERY_LEN);
    const struct part part = {aad, sizeof aad};
    unsigned char *plain = keys_alloc(KEYFILE_SECRETS_LEN);
    enum err bad = ERR_OK;
    if (!unseal(plain, k->secrets, sizeof k->secrets, &part, k->nonce, mk)) {
        bad = ERR_SET(err, ERR_DAMAGED, "keyfile");
    } else if (get_u16le(plain + SECRETS_VERSION) != KEYFILE_VERSION ||
               get_u16le(plain + SECRETS_ZERO) != 0) {
        bad = ERR_SET(err, ERR_VERSION, "keyfile");
    } else {
        memcpy(s, plain + SECRETS_BODY, sizeof *s);
    }
    keys_free(plain);
    return bad;
}
