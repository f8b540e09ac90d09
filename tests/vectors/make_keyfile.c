/* Known answers of keyfiles. Invariant: as make_event.c; a changed parameter of a slot stands in
 * the file as somebody with the disk would put it there, not resealed, unless the name says so. */
#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "vec.h"

#define PASS "copac lanterna 7 vapor"

/* Offsets of docs/format.md; of a slot from its beginning. */
enum { AT_VERSION = 4, AT_FLAGS = 6, AT_VAULT = 8, AT_SLOTS = 24, AT_ZERO = 26, AT_SECRETS = 28 };
enum {
    SLOT_TYPE = 0,
    SLOT_ALGO = 2,
    SLOT_MIB = 4,
    SLOT_PASSES = 8,
    SLOT_LANES = 12,
    SLOT_SALT = 16
};

struct made {
    struct keyfile file;
    struct keyfile_secrets secrets;
    unsigned char mk[KEY_LEN], seed[KEY_LEN];
    unsigned char bytes[KEYFILE_MAX + 1];
    size_t len;
};

enum with { WITH_SHEET = 1, WITH_PASS = 2 };

static struct made made_with(const char *which, int with)
{
    struct made m = {.len = 0};
    vec_seed(which);
    vec_bytes("keyfile vault", m.file.vault_id, ID_LEN);
    vec_bytes("keyfile secrets", &m.secrets, sizeof m.secrets);
    vec_bytes("keyfile master key", m.mk, KEY_LEN);
    vec_bytes("keyfile seed", m.seed, KEY_LEN);
    if ((with & WITH_PASS) != 0) {
        vault_secret *pass = vault_secret_new();
        ASSERT(vault_secret_put(pass, PASS, strlen(PASS)));
        ASSERT(keyfile_slot_passphrase(&m.file, pass, (struct vault_kdf){19, 2}, m.mk, NULL) ==
               ERR_OK);
        vault_secret_free(pass);
    }
    if ((with & WITH_SHEET) != 0) {
        keyfile_slot_sheet(&m.file, m.seed, m.mk);
    }
    keyfile_seal_recovery(&m.file, &m.secrets, vec_box_keys("keyfile recovery").open);
    keyfile_seal_secrets(&m.file, &m.secrets, m.mk);
    m.len = keyfile_build(&m.file, m.bytes);
    return m;
}

static void put(FILE *f, const char *name, const struct made *m, const char *pass,
                const char *result)
{
    vec_begin(f, name);
    vec_result(f, result);
    if (pass != NULL) {
        fprintf(f, "passphrase: %s\n", pass);
    } else {
        vec_hex(f, "seed", m->seed, KEY_LEN);
    }
    vec_hex(f, "bytes", m->bytes, m->len);
    if (result == NULL) {
        vec_hex(f, "master_key", m->mk, KEY_LEN);
        vec_hex(f, "secrets", &m->secrets, sizeof m->secrets);
    }
}

static void good(FILE *f)
{
    char name[64];
    struct made m = made_with("keyfile both", WITH_SHEET | WITH_PASS);
    put(f, "by its passphrase", &m, PASS, NULL);
    put(f, "by its sheet", &m, NULL, NULL);
    put(f, "a passphrase with other blanks around", &m, "  copac   lanterna 7 vapor ", NULL);
    m = made_with("keyfile passphrase", WITH_PASS);
    put(f, "a passphrase alone", &m, PASS, NULL);
    m = made_with("keyfile sheet", WITH_SHEET);
    put(f, "a sheet alone", &m, NULL, NULL);
    for (unsigned slots = 2; slots <= KEYFILE_SLOTS_MAX; slots++) {
        m = made_with("keyfile sheet", WITH_SHEET);
        m.file.slots = slots;
        for (unsigned i = 1; i < slots; i++) {
            m.file.slot[i] = m.file.slot[0];
        }
        m.len = keyfile_build(&m.file, m.bytes);
        snprintf(name, sizeof name, "%u slots, the first opens", slots);
        put(f, name, &m, NULL, NULL);
    }
}

static void put_number(FILE *f, const char *name, size_t at, unsigned width, uint32_t number,
                       const char *result)
{
    struct made m = made_with("keyfile both", WITH_SHEET | WITH_PASS);
    if (width == 2) {
        put_u16(m.bytes + at, number & 0xFFFF);
    } else {
        put_u32(m.bytes + at, number);
    }
    put(f, name, &m, NULL, result);
}

static const char damaged[] = "parse ERR_DAMAGED keyfile";
static const char limit[] = "parse ERR_LIMIT kdf";

static void bad_heads(FILE *f)
{
    const struct made m = made_with("keyfile both", WITH_SHEET | WITH_PASS);
    const size_t lengths[] = {0, 4, KEYFILE_HEAD_LEN - 1, KEYFILE_HEAD_LEN, m.len - 1, m.len + 1};
    char name[64];
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct made cut = m;
        cut.len = lengths[i];
        snprintf(name, sizeof name, "%zu bytes of %zu", lengths[i], m.len);
        put(f, name, &cut, NULL, damaged);
    }
    for (size_t i = 0; i < 4; i++) {
        struct made other = m;
        other.bytes[i] ^= 1;
        snprintf(name, sizeof name, "letter %zu of the magic", i + 1);
        put(f, name, &other, NULL, damaged);
    }
    put_number(f, "the next version", AT_VERSION, 2, KEYFILE_VERSION + 1,
               "parse ERR_VERSION keyfile");
    put_number(f, "a flag", AT_FLAGS, 2, 1, damaged);
    put_number(f, "not zero where zero stands", AT_ZERO, 2, 1, damaged);
    put_number(f, "no slot", AT_SLOTS, 2, 0, damaged);
    put_number(f, "a slot less than there are", AT_SLOTS, 2, 1, damaged);
    put_number(f, "a slot more than there are", AT_SLOTS, 2, 3, damaged);
    put_number(f, "more slots than allowed", AT_SLOTS, 2, KEYFILE_SLOTS_MAX + 1, damaged);
    put_number(f, "a shorter block of secrets", AT_SECRETS, 4, KEYFILE_SECRETS_LEN + SEAL_LEN - 1,
               damaged);
    put_number(f, "a longer block of secrets", AT_SECRETS, 4, UINT32_MAX, damaged);
}

static void bad_slots(FILE *f)
{
    const size_t pass = KEYFILE_HEAD_LEN;
    const size_t sheet = KEYFILE_HEAD_LEN + KEYFILE_SLOT_LEN;
    put_number(f, "slot of type zero", pass + SLOT_TYPE, 2, 0, damaged);
    put_number(f, "slot of an unknown type", pass + SLOT_TYPE, 2, 3, damaged);
    put_number(f, "a passphrase derived like a sheet", pass + SLOT_ALGO, 2, SLOT_BLAKE2B, damaged);
    put_number(f, "an unknown derivation", pass + SLOT_ALGO, 2, 3, damaged);
    put_number(f, "no lanes", pass + SLOT_LANES, 4, 0, damaged);
    put_number(f, "two lanes", pass + SLOT_LANES, 4, 2, damaged);
    put_number(f, "too little memory", pass + SLOT_MIB, 4, KDF_MIB_MIN - 1, limit);
    put_number(f, "too much memory", pass + SLOT_MIB, 4, KDF_MIB_MAX + 1, limit);
    put_number(f, "all the memory there is", pass + SLOT_MIB, 4, UINT32_MAX, limit);
    put_number(f, "too few passes", pass + SLOT_PASSES, 4, KDF_PASSES_MIN - 1, limit);
    put_number(f, "too many passes", pass + SLOT_PASSES, 4, KDF_PASSES_MAX + 1, limit);
    put_number(f, "passes without end", pass + SLOT_PASSES, 4, UINT32_MAX, limit);
    put_number(f, "a sheet derived like a passphrase", sheet + SLOT_ALGO, 2, SLOT_ARGON2ID,
               damaged);
    put_number(f, "a sheet that costs memory", sheet + SLOT_MIB, 4, 19, damaged);
    put_number(f, "a sheet that costs passes", sheet + SLOT_PASSES, 4, 2, damaged);
    put_number(f, "a sheet with lanes", sheet + SLOT_LANES, 4, 1, damaged);
}

static void put_flipped(FILE *f, const char *name, int with, size_t at, const char *pass,
                        const char *result)
{
    struct made m = made_with("keyfile both", with);
    m.bytes[at] ^= 1;
    put(f, name, &m, pass, result);
}

static void bad_unlocking(FILE *f)
{
    static const char key[] = "unlock ERR_KEY -";
    const size_t slot = KEYFILE_HEAD_LEN;
    const size_t boxed = slot + KEYFILE_PARAM_LEN + NONCE_LEN;
    struct made m = made_with("keyfile both", WITH_SHEET | WITH_PASS);
    put(f, "another passphrase", &m, "copac lanterna 8 vapor", key);
    put(f, "a passphrase with a capital letter", &m, "Copac lanterna 7 vapor", key);
    m.seed[31] ^= 1;
    put(f, "another sheet", &m, NULL, key);
    m = made_with("keyfile passphrase", WITH_PASS);
    put(f, "a sheet where there is only a passphrase", &m, NULL, "unlock ERR_NOT_FOUND keyfile");
    m = made_with("keyfile sheet", WITH_SHEET);
    put(f, "a passphrase where there is only a sheet", &m, PASS, "unlock ERR_NOT_FOUND keyfile");
    put_flipped(f, "another vault", WITH_SHEET, AT_VAULT, NULL, key);
    put_flipped(f, "another salt of the sheet", WITH_SHEET, slot + SLOT_SALT, NULL, key);
    put_flipped(f, "another nonce of the sheet", WITH_SHEET, slot + KEYFILE_PARAM_LEN, NULL, key);
    put_flipped(f, "another sealed key of the sheet", WITH_SHEET, boxed, NULL, key);
    put_flipped(f, "another seal of the sheet", WITH_SHEET, boxed + KEY_LEN, NULL, key);
    put_flipped(f, "another salt of the passphrase", WITH_PASS, slot + SLOT_SALT, PASS, key);
    put_flipped(f, "another cost in passes", WITH_PASS, slot + SLOT_PASSES, PASS, key);
}

/* Seals other secrets than the format has; the version is changed inside. */
static void put_secrets(FILE *f, const char *name, size_t at, const char *result)
{
    struct made m = made_with("keyfile sheet", WITH_SHEET);
    unsigned char plain[KEYFILE_SECRETS_LEN] = {0};
    unsigned char aad[4 + 2 + ID_LEN + KEYFILE_RECOVERY_LEN];
    memcpy(aad, m.bytes, 6);
    memcpy(aad + 6, m.file.vault_id, ID_LEN);
    memcpy(aad + 6 + ID_LEN, m.file.recovery, KEYFILE_RECOVERY_LEN);
    const struct part part = {aad, sizeof aad};
    ASSERT(unseal(plain, m.file.secrets, sizeof m.file.secrets, &part, m.file.nonce, m.mk));
    plain[at] ^= 0x80;
    seal(m.file.secrets, plain, sizeof plain, &part, m.file.nonce, m.mk);
    m.len = keyfile_build(&m.file, m.bytes);
    put(f, name, &m, NULL, result);
}

static void bad_secrets(FILE *f)
{
    const size_t nonce = KEYFILE_HEAD_LEN + KEYFILE_SLOT_LEN;
    static const char broken[] = "secrets ERR_DAMAGED keyfile";
    put_flipped(f, "another nonce of the secrets", WITH_SHEET, nonce, NULL, broken);
    put_flipped(f, "the first byte of the secrets", WITH_SHEET, nonce + NONCE_LEN, NULL, broken);
    put_flipped(f, "the last byte of their seal", WITH_SHEET,
                nonce + NONCE_LEN + KEYFILE_SECRETS_LEN + SEAL_LEN - 1, NULL, broken);
    put_flipped(f, "another key for the organisation's sheet", WITH_SHEET,
                nonce + NONCE_LEN + KEYFILE_SECRETS_LEN + SEAL_LEN, NULL, broken);
    put_secrets(f, "secrets of another version, sealed", 1, "secrets ERR_VERSION keyfile");
    put_secrets(f, "not zero where zero stands in the secrets, sealed", 2,
                "secrets ERR_VERSION keyfile");
}

void vec_keyfiles(FILE *f)
{
    good(f);
    bad_heads(f);
    bad_slots(f);
    bad_unlocking(f);
    bad_secrets(f);
}
