/* The file of a backup: a head, the keyfile, the mark, the database, and a hash of all of it.
 * Invariant: a file whose every byte was not read and hashed is never taken for a backup, and
 * everything in it is as closed as it was in the vault's folder. */
#include "backup_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"
#include "keyfile_int.h"

#define HASH_TAG   "spr/bk/1"
#define MARK_LEN   96U
#define BLOCK      ((size_t)64 << 10)
#define DB_LEN_MAX ((uint64_t)1 << 40)

enum {
    AT_VERSION = 4,
    AT_FLAGS = 6,
    AT_ORGANISATION = 8,
    AT_VAULT = 24,
    AT_TIME = 40,
    AT_EVENTS = 48,
    AT_HEADS = 56,
    AT_KEYFILE = 88,
    AT_MARK = 92,
    AT_DB = 96
};

struct hashing {
    crypto_generichash_state state;
};

static void hash_begin(struct hashing *h)
{
    crypto_generichash_init(&h->state, NULL, 0, HASH_LEN);
    crypto_generichash_update(&h->state, (const unsigned char *)HASH_TAG, strlen(HASH_TAG));
}

static enum err write_all(int fd, const void *bytes, size_t n, struct err_info *err)
{
    const char *p = bytes;
    while (n > 0) {
        const ssize_t done = write(fd, p, n);
        if (done < 0 && errno != EINTR) {
            return err_errno(err, __func__, errno, NULL);
        }
        p += done > 0 ? done : 0;
        n -= done > 0 ? (size_t)done : 0;
    }
    return ERR_OK;
}

/* ERR_DAMAGED if the file ends before. */
static enum err read_all(int fd, void *bytes, size_t n, struct err_info *err)
{
    char *p = bytes;
    while (n > 0) {
        const ssize_t got = read(fd, p, n);
        if (got == 0) {
            return ERR_SET(err, ERR_DAMAGED, "backup");
        }
        if (got < 0 && errno != EINTR) {
            return err_errno(err, __func__, errno, NULL);
        }
        p += got > 0 ? got : 0;
        n -= got > 0 ? (size_t)got : 0;
    }
    return ERR_OK;
}

static void step(struct backup_steps *steps, size_t n)
{
    steps->done += n;
    if (steps->tell != NULL) {
        steps->tell(steps->payload, steps->done, steps->total);
    }
}

/* n bytes of from, hashed and, where there is a place (to >= 0), copied. */
static enum err pass_on(int from, int to, uint64_t n, struct hashing *h, struct backup_steps *steps,
                        struct err_info *err)
{
    unsigned char *block = mem_alloc(BLOCK);
    enum err bad = ERR_OK;
    while (n > 0 && bad == ERR_OK) {
        const size_t part = n < BLOCK ? (size_t)n : BLOCK;
        bad = read_all(from, block, part, err);
        if (bad == ERR_OK && h != NULL) {
            crypto_generichash_update(&h->state, block, part);
        }
        if (bad == ERR_OK && to >= 0) {
            bad = write_all(to, block, part, err);
        }
        n -= part;
        if (steps != NULL) {
            step(steps, part);
        }
    }
    free(block);
    return bad;
}

static void head_put(unsigned char out[BACKUP_HEAD_LEN], const struct backup_head *h)
{
    memset(out, 0, BACKUP_HEAD_LEN);
    memcpy(out, BACKUP_MAGIC, 4);
    put_u16(out + AT_VERSION, BACKUP_VERSION);
    memcpy(out + AT_ORGANISATION, h->organisation, ID_LEN);
    memcpy(out + AT_VAULT, h->vault_id, ID_LEN);
    put_u64(out + AT_TIME, (uint64_t)h->time_ms);
    put_u64(out + AT_EVENTS, h->events);
    memcpy(out + AT_HEADS, h->heads, HASH_LEN);
    put_u32(out + AT_KEYFILE, h->keyfile_len);
    put_u32(out + AT_MARK, h->mark_len);
    put_u64(out + AT_DB, h->db_len);
}

static enum err head_get(const unsigned char in[BACKUP_HEAD_LEN], struct backup_head *h,
                         struct err_info *err)
{
    if (memcmp(in, BACKUP_MAGIC, 4) != 0) {
        return ERR_SET(err, ERR_DAMAGED, "backup");
    }
    if (get_u16le(in + AT_VERSION) != BACKUP_VERSION || get_u16le(in + AT_FLAGS) != 0) {
        return ERR_SET(err, ERR_VERSION, "backup");
    }
    memcpy(h->organisation, in + AT_ORGANISATION, ID_LEN);
    memcpy(h->vault_id, in + AT_VAULT, ID_LEN);
    h->time_ms = (int64_t)get_u64le(in + AT_TIME);
    h->events = get_u64le(in + AT_EVENTS);
    memcpy(h->heads, in + AT_HEADS, HASH_LEN);
    h->keyfile_len = (uint32_t)get_u32le(in + AT_KEYFILE);
    h->mark_len = (uint32_t)get_u32le(in + AT_MARK);
    h->db_len = get_u64le(in + AT_DB);
    if (h->keyfile_len > KEYFILE_MAX || h->mark_len > MARK_LEN || h->db_len > DB_LEN_MAX) {
        return ERR_SET(err, ERR_DAMAGED, "backup");
    }
    return ERR_OK;
}

static uint64_t body_len(const struct backup_head *h)
{
    return (uint64_t)h->keyfile_len + h->mark_len + h->db_len;
}

static const char *const files[] = {"keyfile", "head", "vault.db"};
#define FILES (sizeof files / sizeof files[0])

/* Opens the three; a mark may be missing. lens: their sizes. */
static enum err open_files(const char *dir, int fds[FILES], uint64_t lens[FILES],
                           struct err_info *err)
{
    for (size_t i = 0; i < FILES; i++) {
        struct stat st;
        char *path = file_join(dir, files[i]);
        fds[i] = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        free(path);
        if (fds[i] >= 0 && fstat(fds[i], &st) == 0) {
            lens[i] = (uint64_t)st.st_size;
        } else if (i != 1 || errno != ENOENT) {
            return err_errno(err, __func__, errno, files[i]);
        }
    }
    return ERR_OK;
}

static void close_files(const int fds[FILES])
{
    for (size_t i = 0; i < FILES; i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
        }
    }
}

enum err backup_write(int fd, struct backup_head *h, const char *dir, struct backup_steps *steps,
                      struct err_info *err)
{
    int fds[FILES] = {-1, -1, -1};
    uint64_t lens[FILES] = {0};
    unsigned char head[BACKUP_HEAD_LEN];
    unsigned char hash[HASH_LEN];
    struct hashing sum;
    enum err bad = open_files(dir, fds, lens, err);
    if (bad == ERR_OK) {
        /* A mark of another length is none: it is only raised whole. */
        lens[1] = lens[1] == MARK_LEN ? MARK_LEN : 0;
        h->keyfile_len = (uint32_t)lens[0];
        h->mark_len = (uint32_t)lens[1];
        h->db_len = lens[2];
        head_put(head, h);
        hash_begin(&sum);
        crypto_generichash_update(&sum.state, head, sizeof head);
        steps->total = 2 * body_len(h);
        bad = write_all(fd, head, sizeof head, err);
    }
    for (size_t i = 0; i < FILES && bad == ERR_OK; i++) {
        bad = pass_on(fds[i], fd, lens[i], &sum, steps, err);
    }
    if (bad == ERR_OK) {
        crypto_generichash_final(&sum.state, hash, sizeof hash);
        bad = write_all(fd, hash, sizeof hash, err);
    }
    close_files(fds);
    return bad;
}

/* Everything behind the head, and the hash of the whole. */
static enum err check_rest(int fd, const unsigned char head[BACKUP_HEAD_LEN],
                           const struct backup_head *h, struct backup_steps *steps,
                           struct err_info *err)
{
    struct hashing sum;
    unsigned char hash[HASH_LEN];
    unsigned char said[HASH_LEN];
    hash_begin(&sum);
    crypto_generichash_update(&sum.state, head, BACKUP_HEAD_LEN);
    enum err bad = pass_on(fd, -1, body_len(h), &sum, steps, err);
    if (bad == ERR_OK) {
        bad = read_all(fd, said, sizeof said, err);
    }
    crypto_generichash_final(&sum.state, hash, sizeof hash);
    if (bad == ERR_OK && sodium_memcmp(hash, said, sizeof hash) != 0) {
        bad = ERR_SET(err, ERR_DAMAGED, "backup");
    }
    if (bad == ERR_OK && lseek(fd, (off_t)BACKUP_HEAD_LEN, SEEK_SET) < 0) {
        bad = err_errno(err, __func__, errno, NULL);
    }
    return bad;
}

enum err backup_open(const char *path, int *fd, struct backup_head *h, struct backup_steps *steps,
                     struct err_info *err)
{
    unsigned char head[BACKUP_HEAD_LEN];
    struct stat st;
    *fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (*fd < 0 || fstat(*fd, &st) != 0) {
        return err_errno(err, __func__, errno, NULL);
    }
    /* What was written a moment ago is read from the disk, not from memory, where that can be. */
    (void)posix_fadvise(*fd, 0, 0, POSIX_FADV_DONTNEED);
    enum err bad = S_ISREG(st.st_mode) ? read_all(*fd, head, sizeof head, err)
                                       : ERR_SET(err, ERR_DAMAGED, "backup");
    if (bad == ERR_OK) {
        bad = head_get(head, h, err);
    }
    if (bad == ERR_OK && (uint64_t)st.st_size != BACKUP_HEAD_LEN + body_len(h) + HASH_LEN) {
        bad = ERR_SET(err, ERR_DAMAGED, "backup");
    }
    if (bad == ERR_OK) {
        steps->total = steps->total == 0 ? body_len(h) : steps->total;
        bad = check_rest(*fd, head, h, steps, err);
    }
    if (bad != ERR_OK) {
        close(*fd);
        *fd = -1;
    }
    return bad;
}

enum err backup_extract(int fd, const struct backup_head *h, const char *dir, struct err_info *err)
{
    const uint64_t lens[FILES] = {h->keyfile_len, h->mark_len, h->db_len};
    enum err bad = ERR_OK;
    for (size_t i = 0; i < FILES && bad == ERR_OK; i++) {
        char *path = file_join(dir, files[i]);
        const int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        free(path);
        if (to < 0) {
            return err_errno(err, __func__, errno, files[i]);
        }
        bad = pass_on(fd, to, lens[i], NULL, NULL, err);
        if (bad == ERR_OK && fsync(to) != 0) {
            bad = err_errno(err, __func__, errno, files[i]);
        }
        close(to);
    }
    return bad;
}

enum err backup_sync_parent(const char *path, struct err_info *err)
{
    struct str parent = STR_INIT;
    const char *slash = strrchr(path, '/');
    if (slash == NULL) {
        str_puts(&parent, ".");
    } else {
        str_put(&parent, path, slash == path ? 1 : (size_t)(slash - path));
    }
    const int fd = open(str_cstr(&parent), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum err bad = fd >= 0 && fsync(fd) == 0 ? ERR_OK : err_errno(err, __func__, errno, NULL);
    if (fd >= 0) {
        close(fd);
    }
    str_done(&parent);
    return bad;
}
