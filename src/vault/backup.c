/* Making a backup: a copy of one committed state, written into one file, read back and verified
 * entry by entry before it gets its name. Invariant: what has the name that was asked for is
 * whole; what goes wrong leaves the older file of that name as it was. */
#include "backup_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"
#include "vault_int.h"

#define WORK_NAME "backup.tmp" /* a folder in the vault's; one backup at a time */

static enum err copy_file(const struct vault *v, const char *work, const char *name, bool needed,
                          struct err_info *err)
{
    struct str bytes = STR_INIT;
    char *from = file_join(v->dir, name);
    char *to = file_join(work, name);
    enum err bad = file_read(from, 4096, &bytes, err);
    if (bad == ERR_OK) {
        bad = file_create(to, bytes.data, bytes.len, 0600, err);
    } else if (bad == ERR_NOT_FOUND && !needed) {
        bad = ERR_OK;
    }
    free(from);
    free(to);
    str_done(&bytes);
    return bad;
}

/* The vault in the folder work, opened with the keys at hand. */
static enum err enter_copy(const struct vault *v, const char *work, vault **out,
                           struct err_info *err)
{
    struct keyfile k;
    enum err bad = vault_open(work, out, err);
    if (bad != ERR_OK) {
        return bad;
    }
    bad = keyfile_load(*out, &k, err);
    if (bad == ERR_OK) {
        bad = vault_enter(*out, &k, v->keys->mk, err);
    }
    if (bad != ERR_OK) {
        vault_close(*out);
        *out = NULL;
    }
    return bad;
}

/* The mark before the database: it must not be ahead of the copy. */
static enum err copy_vault(struct vault *v, const char *work, struct backup_head *h,
                           struct err_info *err)
{
    char *database = file_join(work, "vault.db");
    vault *copy = NULL;
    enum err bad = copy_file(v, work, "keyfile", true, err);
    if (bad == ERR_OK) {
        bad = copy_file(v, work, "head", false, err);
    }
    if (bad == ERR_OK) {
        bad = db_backup(v->db, database, err);
    }
    free(database);
    if (bad == ERR_OK) {
        bad = enter_copy(v, work, &copy, err);
    }
    if (bad == ERR_OK) {
        struct chain c;
        bad = chain_read(copy, &c, err);
        if (bad == ERR_OK) {
            memcpy(h->organisation, copy->organisation, ID_LEN);
            memcpy(h->vault_id, copy->vault_id, ID_LEN);
            h->time_ms = clock_now_ms();
            h->events = c.events;
            chain_hash(&c, h->heads);
        }
        vault_close(copy); /* also moves its write-ahead log into it */
    }
    return bad;
}

/* What the file holds opens with the keys at hand, and every entry of it verifies. */
static enum err read_back(const struct vault *v, const char *path, const char *work,
                          struct backup_steps *steps, struct err_info *err)
{
    struct backup_head h;
    struct vault_report report = {.bad = 0};
    vault *copy = NULL;
    int fd = -1;
    enum err bad = backup_open(path, &fd, &h, steps, err);
    if (bad == ERR_OK) {
        bad = file_mkdir(work, err);
    }
    if (bad == ERR_OK) {
        bad = backup_extract(fd, &h, work, err);
    }
    if (fd >= 0) {
        close(fd);
    }
    if (bad == ERR_OK) {
        bad = enter_copy(v, work, &copy, err);
    }
    if (bad == ERR_OK) {
        bad = vault_verify(copy, &report, NULL, NULL, err);
        vault_close(copy);
    }
    if (bad == ERR_OK && (report.bad > 0 || report.database_damaged || report.keyfile_damaged)) {
        bad = ERR_SET(err, ERR_DAMAGED, "vault.db");
    }
    vault_report_done(&report);
    return bad;
}

/* A folder's name for the copy, free of what an interrupted run left. */
static enum err fresh_work(const char *work, struct err_info *err)
{
    if (file_exists(work)) {
        const enum err bad = file_remove_tree(work, err);
        if (bad != ERR_OK) {
            return bad;
        }
    }
    return file_mkdir(work, err);
}

static enum err write_part(struct vault *v, int fd, const char *part, const char *work,
                           struct backup_steps *steps, struct err_info *err)
{
    struct backup_head h = {.events = 0};
    enum err bad = fresh_work(work, err);
    if (bad == ERR_OK) {
        bad = copy_vault(v, work, &h, err);
    }
    if (bad == ERR_OK) {
        bad = backup_write(fd, &h, work, steps, err);
    }
    if (bad == ERR_OK && fsync(fd) != 0) {
        bad = err_errno(err, __func__, errno, NULL);
    }
    if (bad == ERR_OK) {
        bad = file_remove_tree(work, err);
    }
    return bad == ERR_OK ? read_back(v, part, work, steps, err) : bad;
}

static enum err give_name(const char *part, const char *path, bool replace, struct err_info *err)
{
    int failed = renameat2(AT_FDCWD, part, AT_FDCWD, path, replace ? 0 : RENAME_NOREPLACE);
    if (failed != 0 && errno == EINVAL && !file_exists(path)) {
        failed = rename(part, path); /* a file system that cannot refuse to replace */
    }
    if (failed != 0) {
        return errno == EEXIST || errno == EINVAL ? ERR_SET(err, ERR_EXISTS, NULL)
                                                  : err_errno(err, __func__, errno, NULL);
    }
    return backup_sync_parent(path, err);
}

/* Under the folder's lock: neither a second backup nor a change of the keyfile in between. */
static enum err make(struct vault *v, const char *path, bool replace, struct backup_steps *steps,
                     struct err_info *err)
{
    struct str part = STR_INIT;
    str_printf(&part, "%s.part", path);
    char *work = file_join(v->dir, WORK_NAME);
    const int fd = open(str_cstr(&part), O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    enum err bad = fd >= 0 && fchmod(fd, 0600) == 0 ? ERR_OK
                                                    : err_errno(err, __func__, errno, NULL);
    if (bad == ERR_OK) {
        bad = write_part(v, fd, str_cstr(&part), work, steps, err);
        close(fd);
        if (bad == ERR_OK) {
            bad = give_name(str_cstr(&part), path, replace, err);
        }
        if (bad != ERR_OK) {
            (void)unlink(str_cstr(&part));
        }
    }
    if (file_exists(work)) {
        (void)file_remove_tree(work, NULL);
    }
    free(work);
    str_done(&part);
    return bad;
}

/* A backup beside the database would be lost with it, and could take a name the vault needs. */
static bool is_in_vault(const struct vault *v, const char *path)
{
    struct stat own, parent;
    struct str dir = STR_INIT;
    const char *slash = strrchr(path, '/');
    str_put(&dir, slash == NULL ? "." : path,
            slash == NULL || slash == path ? 1 : (size_t)(slash - path));
    const bool same = fstat(v->dir_fd, &own) == 0 && stat(str_cstr(&dir), &parent) == 0 &&
                      own.st_dev == parent.st_dev && own.st_ino == parent.st_ino;
    str_done(&dir);
    return same;
}

enum err vault_backup(vault *v, const char *path, bool replace, vault_progress *progress,
                      void *payload, struct err_info *err)
{
    struct backup_steps steps = {.tell = progress, .payload = payload};
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    if (is_in_vault(v, path)) {
        return ERR_SET(err, ERR_USAGE, "backup");
    }
    if (!replace && file_exists(path)) {
        return ERR_SET(err, ERR_EXISTS, NULL);
    }
    if (flock(v->dir_fd, LOCK_EX | LOCK_NB) != 0) {
        return errno == EWOULDBLOCK ? ERR_SET(err, ERR_BUSY, NULL)
                                    : err_errno(err, __func__, errno, NULL);
    }
    const enum err bad = make(v, path, replace, &steps, err);
    (void)flock(v->dir_fd, LOCK_UN);
    return bad;
}

enum err vault_backup_check(const char *path, struct vault_backup_info *out, struct err_info *err)
{
    struct backup_steps steps = {.tell = NULL};
    struct backup_head h;
    int fd = -1;
    const enum err bad = backup_open(path, &fd, &h, &steps, err);
    if (bad != ERR_OK) {
        return bad;
    }
    close(fd);
    memcpy(out->organisation, h.organisation, ID_LEN);
    memcpy(out->vault_id, h.vault_id, ID_LEN);
    out->time_ms = h.time_ms;
    out->events = h.events;
    out->bytes = BACKUP_HEAD_LEN + h.keyfile_len + h.mark_len + h.db_len + HASH_LEN;
    return ERR_OK;
}
