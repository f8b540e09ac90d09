/* Opening, unlocking, locking, closing; and replacing the passphrase. Invariant: a vault whose
 * folder or files another user could read or swap is not opened; while it is locked no key, name
 * or open database of it is in the process. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "keys_int.h"
#include "safe_int.h"

static bool is_private(const struct stat *st)
{
    return st->st_uid == geteuid() && (st->st_mode & 077) == 0;
}

static enum err check_file(int dir_fd, const char *name, bool needed, struct err_info *err)
{
    struct stat st;
    if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno == ENOENT && !needed ? ERR_OK : err_errno(err, __func__, errno, name);
    }
    return S_ISREG(st.st_mode) && is_private(&st) ? ERR_OK : ERR_SET(err, ERR_RIGHTS, name);
}

static enum err check_folder(int dir_fd, struct err_info *err)
{
    static const struct {
        const char *name;
        bool needed;
    } files[] = {{"keyfile", true},       {"vault.db", true},      {"head", false},
                 {"vault.db-wal", false}, {"vault.db-shm", false}, {"vault.db-journal", false}};
    struct stat st;
    if (fstat(dir_fd, &st) != 0) {
        return err_errno(err, __func__, errno, NULL);
    }
    if (!is_private(&st)) {
        return ERR_SET(err, ERR_RIGHTS, NULL);
    }
    enum err bad = ERR_OK;
    for (size_t i = 0; i < sizeof files / sizeof files[0] && bad == ERR_OK; i++) {
        bad = check_file(dir_fd, files[i].name, files[i].needed, err);
    }
    return bad;
}

struct vault *vault_blank(const char *dir)
{
    struct vault *v = mem_alloc(sizeof *v);
    v->dir = mem_strdup(dir);
    v->dir_fd = -1;
    v->head_fd = -1;
    return v;
}

enum err keyfile_load(const struct vault *v, struct keyfile *out, struct err_info *err)
{
    unsigned char bytes[KEYFILE_MAX + 1];
    const enum err bad = check_file(v->dir_fd, "keyfile", true, err);
    if (bad != ERR_OK) {
        return bad;
    }
    const int fd = openat(v->dir_fd, "keyfile", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        return err_errno(err, __func__, errno, "keyfile");
    }
    size_t n = 0;
    ssize_t got = 1;
    while (got > 0 && n < sizeof bytes) {
        got = read(fd, bytes + n, sizeof bytes - n);
        n += got > 0 ? (size_t)got : 0;
    }
    const int failed = got < 0 ? errno : 0;
    close(fd);
    return failed != 0 ? err_errno(err, __func__, failed, "keyfile")
                       : keyfile_parse(bytes, n, out, err);
}

enum err vault_open(const char *dir, vault **out, struct err_info *err)
{
    struct keyfile *k = mem_alloc(sizeof *k);
    struct vault *v = vault_blank(dir);
    enum err bad = ERR_OK;
    v->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (v->dir_fd < 0) {
        /* A link in the folder's place is refused like a folder others can write. */
        const bool link = errno == ELOOP || errno == ENOTDIR;
        bad = err_errno(err, __func__, link ? EACCES : errno, NULL);
    }
    if (bad == ERR_OK) {
        bad = check_folder(v->dir_fd, err);
    }
    if (bad == ERR_OK) {
        bad = keyfile_load(v, k, err);
    }
    memcpy(v->vault_id, k->vault_id, ID_LEN);
    free(k);
    if (bad != ERR_OK) {
        vault_close(v);
        return bad;
    }
    *out = v;
    return ERR_OK;
}

void keyring_fill(struct vault *v, const struct keyfile_secrets *s, const unsigned char mk[KEY_LEN])
{
    unsigned char public_key[KEY_LEN];
    struct keyring *k = keys_alloc(sizeof *k);
    memcpy(k->mk, mk, KEY_LEN);
    hash_subkey(k->row_seal, s->row_key, "spr/rs/1");
    hash_subkey(k->row_tag, s->row_key, "spr/rt/1");
    hash_subkey(k->row_mac, s->row_key, "spr/rm/1");
    crypto_sign_seed_keypair(public_key, k->device_sign, s->device_sign_seed);
    crypto_sign_seed_keypair(public_key, k->member_sign, s->member_sign_seed);
    cert_member_id(v->member, public_key);
    memcpy(k->device_box, s->device_box_key, KEY_LEN);
    memcpy(k->member_box, s->member_box_key, KEY_LEN);
    memcpy(v->device, s->device, ID_LEN);
    memcpy(v->organisation, s->organisation, ID_LEN);
    v->keys = k;
}

/* The schema has neither triggers nor views; one put there could swallow or undo a save. */
static enum err check_schema(struct vault *v, struct err_info *err)
{
    static const char sql[] = "SELECT 1 FROM sqlite_schema WHERE type NOT IN ('table', 'index')";
    db_stmt *s = NULL;
    bool row = false;
    enum err bad = db_prepare(v->db, sql, &s, err);
    if (bad == ERR_OK) {
        bad = db_step(s, &row, err);
        db_stmt_free(s);
    }
    return bad == ERR_OK && row ? ERR_SET(err, ERR_DAMAGED, "vault.db") : bad;
}

/* A table that is empty was emptied: it can be made again. */
static bool has_epochs(struct vault *v)
{
    db_stmt *s = NULL;
    bool row = true;
    if (db_prepare(v->db, "SELECT 1 FROM epoch LIMIT 1", &s, NULL) == ERR_OK &&
        db_step(s, &row, NULL) != ERR_OK) {
        row = true;
    }
    db_stmt_free(s);
    return row;
}

void vault_append_only(struct vault *v)
{
    static const char *const append_only[] = {"ev", NULL};
    db_append_only(v->db, append_only);
}

static enum err open_rest(struct vault *v, struct err_info *err)
{
    enum err bad = check_folder(v->dir_fd, err);
    if (bad != ERR_OK) {
        return bad;
    }
    char *path = file_join(v->dir, "vault.db");
    bad = db_open(path, false, &v->db, err);
    free(path);
    if (bad == ERR_OK) {
        vault_append_only(v);
        bad = check_schema(v, err);
    }
    if (bad == ERR_OK) {
        bad = known_load(v, err);
        bad = bad == ERR_NOT_FOUND || (bad == ERR_OK && !has_epochs(v)) ? vault_rebuild(v, err)
                                                                        : bad;
    }
    if (bad == ERR_OK) {
        bad = head_open(v, err);
    }
    if (bad == ERR_OK && !v->is_reviving) {
        bad = device_check(v, err);
    }
    if (bad == ERR_OK) {
        (void)vault_changed(v);
    }
    return bad;
}

enum err vault_enter(struct vault *v, const struct keyfile *k, const unsigned char mk[KEY_LEN],
                     struct err_info *err)
{
    if (memcmp(k->vault_id, v->vault_id, ID_LEN) != 0) {
        return ERR_SET(err, ERR_DAMAGED, "keyfile");
    }
    struct keyfile_secrets *s = keys_alloc(sizeof *s);
    enum err bad = keyfile_open_secrets(k, mk, s, err);
    if (bad == ERR_OK && v->keys == NULL) {
        keyring_fill(v, s, mk);
        bad = open_rest(v, err);
        if (bad != ERR_OK) {
            vault_lock(v);
        }
    }
    keys_free(s);
    return bad;
}

enum err vault_unlock(vault *v, const vault_secret *passphrase, struct err_info *err)
{
    struct keyfile k;
    unsigned char *mk = keys_alloc(KEY_LEN);
    enum err bad = keyfile_load(v, &k, err);
    if (bad == ERR_OK) {
        bad = keyfile_open_passphrase(&k, passphrase, mk, err);
    }
    if (bad == ERR_OK) {
        bad = vault_enter(v, &k, mk, err);
    }
    keys_free(mk);
    return bad;
}

enum err vault_unlock_sheet(vault *v, const vault_secret *words, struct err_info *err)
{
    struct keyfile k;
    unsigned char *seed = keys_alloc(SHEET_SEED_LEN);
    unsigned char *mk = keys_alloc(KEY_LEN);
    enum err bad = sheet_read(words, SHEET_MEMBER, seed, err);
    if (bad == ERR_OK) {
        bad = keyfile_load(v, &k, err);
    }
    if (bad == ERR_OK) {
        bad = keyfile_open_sheet(&k, seed, mk, err);
    }
    if (bad == ERR_OK) {
        bad = vault_enter(v, &k, mk, err);
    }
    keys_free(mk);
    keys_free(seed);
    return bad;
}

void vault_lock(vault *v)
{
    head_close(v);
    db_close(v->db);
    v->db = NULL;
    keys_free(v->keys);
    v->keys = NULL;
    known_forget(v);
    buf_done(&v->event);
    buf_done(&v->box);
    buf_done(&v->row);
    buf_done(&v->text);
    buf_done(&v->fresh.text);
    v->fresh.row = 0;
    v->seen_row = 0;
    v->data_version = 0;
}

bool vault_is_unlocked(const vault *v)
{
    return v->keys != NULL;
}

void vault_close(vault *v)
{
    if (v == NULL) {
        return;
    }
    vault_lock(v);
    if (v->dir_fd >= 0) {
        close(v->dir_fd);
    }
    free(v->dir);
    free(v);
}

/* Under the folder's lock: reads the keyfile anew, replaces one slot, writes it whole. */
static enum err replace_slot(struct vault *v, const vault_secret *passphrase, struct vault_kdf kdf,
                             struct err_info *err)
{
    struct keyfile k;
    unsigned char bytes[KEYFILE_MAX];
    enum err bad = keyfile_load(v, &k, err);
    if (bad != ERR_OK) {
        return bad;
    }
    struct keyfile_secrets *s = keys_alloc(sizeof *s);
    bad = keyfile_open_secrets(&k, v->keys->mk, s, err);
    keys_free(s);
    if (bad == ERR_OK) {
        bad = keyfile_slot_passphrase(&k, passphrase, kdf, v->keys->mk, err);
    }
    if (bad == ERR_OK) {
        char *path = file_join(v->dir, "keyfile");
        bad = file_replace(path, bytes, keyfile_build(&k, bytes), 0600, err);
        free(path);
    }
    return bad;
}

enum err vault_passwd(vault *v, const vault_secret *passphrase, struct vault_kdf kdf,
                      struct err_info *err)
{
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    enum err bad = kdf_check(kdf, err);
    if (bad != ERR_OK) {
        return bad;
    }
    /* The folder is locked, not the file: the rename gives the file a new identity. */
    if (flock(v->dir_fd, LOCK_EX) != 0) {
        return err_errno(err, __func__, errno, NULL);
    }
    bad = replace_slot(v, passphrase, kdf, err);
    (void)flock(v->dir_fd, LOCK_UN);
    return bad;
}

const char *vault_dir(const vault *v)
{
    return v->dir;
}

bool vault_keys_are_locked_in_memory(const vault *v)
{
    (void)v;
    return keys_locked();
}
