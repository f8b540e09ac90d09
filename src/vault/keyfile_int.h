/* The keyfile (SPK1): slots that open the master key, secrets sealed under it. keyfile_parse and
 * keyfile_build are pure. Private to the vault. */
#ifndef SPRIJIN_VAULT_KEYFILE_INT_H
#define SPRIJIN_VAULT_KEYFILE_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/id.h"
#include "crypt_int.h"
#include "secret_int.h"
#include "vault/vault.h"

#define KEYFILE_VERSION      1
#define KEYFILE_SLOTS_MAX    8
#define KEYFILE_SALT_LEN     16
#define KEYFILE_PARAM_LEN    ((size_t)32) /* of a slot: type, own parameters, own salt */
#define KEYFILE_SLOT_LEN     ((size_t)104)
#define KEYFILE_HEAD_LEN     ((size_t)32)
#define KEYFILE_SECRETS_LEN  ((size_t)196)
#define KEYFILE_RECOVERY_LEN ((size_t)80) /* crypto_box_seal of the row key */
#define KEYFILE_MAX                                                                                \
    (KEYFILE_HEAD_LEN + KEYFILE_SLOTS_MAX * KEYFILE_SLOT_LEN + NONCE_LEN + KEYFILE_SECRETS_LEN +   \
     SEAL_LEN + KEYFILE_RECOVERY_LEN)

#define KDF_MIB_MIN    19
#define KDF_MIB_MAX    1024
#define KDF_PASSES_MIN 2
#define KDF_PASSES_MAX 1000

enum slot_type { SLOT_PASSPHRASE = 1, SLOT_SHEET = 2 };
enum slot_algorithm { SLOT_ARGON2ID = 1, SLOT_BLAKE2B = 2 };

struct keyfile_slot {
    unsigned char param[KEYFILE_PARAM_LEN]; /* type, algorithm, MiB, passes, lanes, salt */
    unsigned char nonce[NONCE_LEN];
    unsigned char box[KEY_LEN + SEAL_LEN];
};

struct keyfile {
    unsigned char vault_id[ID_LEN];
    unsigned slots;
    struct keyfile_slot slot[KEYFILE_SLOTS_MAX];
    unsigned char nonce[NONCE_LEN];
    unsigned char secrets[KEYFILE_SECRETS_LEN + SEAL_LEN];
    unsigned char recovery[KEYFILE_RECOVERY_LEN]; /* row key, sealed to the recovery key */
};

/* The secrets block, opened; in the key arena only. Nothing in it ever changes. */
struct keyfile_secrets {
    unsigned char row_key[KEY_LEN];
    unsigned char device_sign_seed[KEY_LEN], device_box_key[KEY_LEN];
    unsigned char member_sign_seed[KEY_LEN], member_box_key[KEY_LEN];
    unsigned char device[ID_LEN], organisation[ID_LEN];
};

/* ERR_DAMAGED, ERR_VERSION; ERR_LIMIT for a slot whose cost is out of bounds. */
enum err keyfile_parse(const unsigned char *bytes, size_t n, struct keyfile *out,
                       struct err_info *err);
size_t keyfile_build(const struct keyfile *k, unsigned char out[KEYFILE_MAX]);

/* ERR_LIMIT if the cost is out of bounds; nothing is allocated for this. */
enum err kdf_check(struct vault_kdf kdf, struct err_info *err);
/* key: in the key arena. One at a time on this host. ERR_LIMIT, ERR_MEMORY. */
enum err kdf_derive(const vault_secret *passphrase, struct vault_kdf kdf,
                    const unsigned char salt[KEYFILE_SALT_LEN], unsigned char key[KEY_LEN],
                    struct err_info *err);

/* Fills the slot of this type (adds it if there is none) with mk sealed under the passphrase or
 * the sheet's seed. */
enum err keyfile_slot_passphrase(struct keyfile *k, const vault_secret *passphrase,
                                 struct vault_kdf kdf, const unsigned char mk[KEY_LEN],
                                 struct err_info *err);
void keyfile_slot_sheet(struct keyfile *k, const unsigned char seed[SHEET_SEED_LEN],
                        const unsigned char mk[KEY_LEN]);
/* Opens a slot; mk in the key arena. ERR_KEY; ERR_NOT_FOUND without such a slot. */
enum err keyfile_open_passphrase(const struct keyfile *k, const vault_secret *passphrase,
                                 unsigned char mk[KEY_LEN], struct err_info *err);
enum err keyfile_open_sheet(const struct keyfile *k, const unsigned char seed[SHEET_SEED_LEN],
                            unsigned char mk[KEY_LEN], struct err_info *err);
/* The row key for the organisation's sheet; before keyfile_seal_secrets, which binds it. */
void keyfile_seal_recovery(struct keyfile *k, const struct keyfile_secrets *s,
                           const unsigned char recovery_key[KEY_LEN]);
/* With the recovery key's secret half. row_key in the key arena. ERR_KEY. */
enum err keyfile_open_recovery(const struct keyfile *k,
                               const unsigned char recovery_secret[KEY_LEN],
                               unsigned char row_key[KEY_LEN], struct err_info *err);
void keyfile_seal_secrets(struct keyfile *k, const struct keyfile_secrets *s,
                          const unsigned char mk[KEY_LEN]);
enum err keyfile_open_secrets(const struct keyfile *k, const unsigned char mk[KEY_LEN],
                              struct keyfile_secrets *s, struct err_info *err);

#endif
