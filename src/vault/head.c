/* The file `head`: number and id of this device's newest event, beside the database, so that a
 * database put back to an older state is noticed. Invariant: written after COMMIT, under flock,
 * only ever raised; so it is never ahead of what was committed here. */
#include "vault_int.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <sodium.h>

#define HEAD_MAGIC      "SPHD"
#define HEAD_VERSION    1
#define HEAD_SYNC_EVERY 64

enum {
    AT_VERSION = 4,
    AT_ZERO = 6,
    AT_DEVICE = 8,
    AT_SEQ = 24,
    AT_ID = 32,
    AT_MAC = 64,
    HEAD_LEN = 96
};

static void head_mac(const struct vault *v, const unsigned char *bytes, unsigned char *mac)
{
    const struct part parts[] = {PART_TAG("spr/he/1"), {bytes, AT_MAC}};
    hash_parts(mac, HASH_LEN, v->keys->row_mac, parts, 2);
}

enum err head_open(struct vault *v, struct err_info *err)
{
    v->head_fd = openat(v->dir_fd, "head", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    v->head_unsynced = 0;
    return v->head_fd >= 0 ? ERR_OK : err_errno(err, __func__, errno, "head");
}

void head_close(struct vault *v)
{
    if (v->head_fd >= 0) {
        (void)fsync(v->head_fd);
        close(v->head_fd);
        v->head_fd = -1;
    }
}

bool head_read(const struct vault *v, struct head_mark *out)
{
    unsigned char bytes[HEAD_LEN];
    unsigned char mac[HASH_LEN];
    if (pread(v->head_fd, bytes, sizeof bytes, 0) != HEAD_LEN ||
        memcmp(bytes, HEAD_MAGIC, 4) != 0 || get_u16le(bytes + AT_VERSION) != HEAD_VERSION ||
        memcmp(bytes + AT_DEVICE, v->device, ID_LEN) != 0) {
        return false;
    }
    head_mac(v, bytes, mac);
    if (sodium_memcmp(mac, bytes + AT_MAC, HASH_LEN) != 0) {
        return false;
    }
    out->seq = get_u64le(bytes + AT_SEQ);
    memcpy(out->id, bytes + AT_ID, HASH_LEN);
    return true;
}

static void head_write(const struct vault *v, uint64_t seq, const unsigned char id[HASH_LEN])
{
    unsigned char bytes[HEAD_LEN] = {0};
    memcpy(bytes, HEAD_MAGIC, 4);
    put_u16(bytes + AT_VERSION, HEAD_VERSION);
    memcpy(bytes + AT_DEVICE, v->device, ID_LEN);
    put_u64(bytes + AT_SEQ, seq);
    memcpy(bytes + AT_ID, id, HASH_LEN);
    head_mac(v, bytes, bytes + AT_MAC);
    const ssize_t done = pwrite(v->head_fd, bytes, sizeof bytes, 0);
    (void)done;
}

void head_raise(struct vault *v, uint64_t seq, const unsigned char id[HASH_LEN], unsigned events)
{
    struct head_mark now;
    if (v->head_fd < 0 || flock(v->head_fd, LOCK_EX) != 0) {
        return;
    }
    if (!head_read(v, &now) || now.seq < seq) {
        head_write(v, seq, id);
    }
    v->head_unsynced += events;
    if (v->head_unsynced >= HEAD_SYNC_EVERY) {
        (void)fdatasync(v->head_fd);
        v->head_unsynced = 0;
    }
    (void)flock(v->head_fd, LOCK_UN);
}

/* Writing on after that would use its numbers a second time. The mark is never ahead of what was
 * committed, so it is ahead only of a log that was cut or put back. */
bool head_is_ahead(const struct vault *v, const struct chain *c, uint64_t *reached)
{
    struct head_mark mark;
    const struct chain_head *own = chain_find(c, v->device);
    const bool locked = flock(v->head_fd, LOCK_SH) == 0;
    const bool known = head_read(v, &mark);
    if (locked) {
        (void)flock(v->head_fd, LOCK_UN);
    }
    *reached = known ? mark.seq : 0;
    return known && (own == NULL || own->seq < mark.seq ||
                     (own->seq == mark.seq && memcmp(own->id, mark.id, HASH_LEN) != 0));
}
