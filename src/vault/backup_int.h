/* The file of a backup (SPBK). Private to the vault. */
#ifndef SPRIJIN_VAULT_BACKUP_INT_H
#define SPRIJIN_VAULT_BACKUP_INT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/id.h"
#include "crypt_int.h"
#include "vault/safe.h"

#define BACKUP_MAGIC    "SPBK"
#define BACKUP_VERSION  1
#define BACKUP_HEAD_LEN ((size_t)104)

struct backup_head {
    unsigned char organisation[ID_LEN], vault_id[ID_LEN];
    int64_t time_ms;
    uint64_t events;
    unsigned char heads[HASH_LEN]; /* of the log, as events have them */
    uint32_t keyfile_len, mark_len;
    uint64_t db_len;
};

/* Progress of a run over all bytes of a file. */
struct backup_steps {
    vault_progress *tell; /* NULL: nobody asks */
    void *payload;
    uint64_t done, total;
};

/* Streams the files keyfile, head and vault.db of the folder dir behind the head; h->*_len are
 * filled in from them. fd: at its beginning. */
enum err backup_write(int fd, struct backup_head *h, const char *dir, struct backup_steps *steps,
                      struct err_info *err);
/* Opens the file and checks all of it; *fd stands behind the head. ERR_DAMAGED, ERR_VERSION. */
enum err backup_open(const char *path, int *fd, struct backup_head *h, struct backup_steps *steps,
                     struct err_info *err);
/* Writes the three files into the folder dir, on disk when it returns. */
enum err backup_extract(int fd, const struct backup_head *h, const char *dir, struct err_info *err);
/* fsync of the folder in which path is. */
enum err backup_sync_parent(const char *path, struct err_info *err);

#endif
