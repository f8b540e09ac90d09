/* Keeping and letting go: backups, recovery, erasure. */
#ifndef SPRIJIN_VAULT_SAFE_H
#define SPRIJIN_VAULT_SAFE_H

#include "vault/vault.h"

typedef void vault_progress(void *payload, uint64_t done, uint64_t total);

/* A sealed copy in one file (SPBK), 0600, made while others work, read back and verified before
 * it gets its name. An existing file is refused (ERR_EXISTS) unless replace; ERR_USAGE inside the
 * vault's folder; ERR_DAMAGED if the vault does not verify. progress may be NULL. */
enum err vault_backup(vault *v, const char *path, bool replace, vault_progress *progress,
                      void *payload, struct err_info *err);
struct vault_backup_info {
    unsigned char organisation[ID_LEN], vault_id[ID_LEN];
    int64_t time_ms;
    uint64_t events, bytes;
};
/* Reads and checks the whole file; needs no key. ERR_DAMAGED, ERR_VERSION. */
enum err vault_backup_check(const char *path, struct vault_backup_info *out, struct err_info *err);

/* Into a folder that must not exist. It gets a new device id; the old device is closed. */
struct vault_restore {
    const char *path, *dir;
    const vault_secret *passphrase;         /* of the vault, or */
    const vault_secret *member_sheet;       /* the member's paper key, or */
    const vault_secret *organisation_sheet; /* the organisation's: for a new coordinator */
    const vault_secret *new_passphrase;     /* with a sheet; else NULL */
    struct vault_kdf kdf;                   /* for new_passphrase */
    const char *member_name;                /* with the organisation's sheet: of the coordinator */
    enum lang lang;                         /* of a new member sheet's words */
};
/* *sheet (may be set NULL): with organisation_sheet the new member's paper key. */
enum err vault_restore(const struct vault_restore *how, vault **out, vault_secret **sheet,
                       vault_progress *progress, void *payload, struct err_info *err);

/* Erasure of a case: asked for, approved (by another coordinator where there are two), done here
 * at once; elsewhere when the tombstone arrives. Parts of the case go with it. */
struct vault_erasure {
    unsigned char compartment[ID_LEN];
    unsigned char request[VAULT_EVENT_ID_LEN];
    char code[16];
    char *ground; /* owned */
    unsigned char asked_by[ID_LEN], approved_by[ID_LEN];
    int64_t asked_ms, done_ms; /* 0: not yet */
    bool is_refused;
};
/* ERR_NO: under legal hold. ERR_RIGHTS. */
enum err vault_erase_request(vault *v, const unsigned char id[ID_LEN], const char *code,
                             const char *ground, struct err_info *err);
/* ERR_RIGHTS: it has to be another coordinator. Nothing of it can be decrypted afterwards. */
enum err vault_erase_approve(vault *v, const unsigned char id[ID_LEN], struct err_info *err);
enum err vault_erase_refuse(vault *v, const unsigned char id[ID_LEN], const char *reason,
                            struct err_info *err);
enum err vault_erasures(vault *v, struct vault_erasure **out, size_t *count, struct err_info *err);
void vault_erasures_free(struct vault_erasure *all, size_t count);
enum err vault_hold(vault *v, const unsigned char id[ID_LEN], const char *reason, bool is_held,
                    struct err_info *err);

#endif
