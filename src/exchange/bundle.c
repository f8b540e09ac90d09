/* One file as carrier, the choice of carrier, and the spool folder that a vault remembers.
 * Invariant: of a file all is taken or nothing. */
#include "exchange_int.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#define SPOOL_NOTE "spool"
#define PATH_MOST  4096

static enum err take_file(vault *v, int fd, struct hub_count *count, struct err_info *err)
{
    uint64_t offset = 0;
    enum child_end end = CHILD_ENDED;
    struct taking t = {.v = v, .count = count};
    enum err bad = vault_take_begin(v, err);
    if (bad != ERR_OK) {
        return bad;
    }
    bad = child_read(fd, &offset, &end, take_envelope, &t, err);
    if (bad == ERR_OK && (end != CHILD_WHOLE || !t.at_end)) {
        bad = ERR_SET(err,
                      end == CHILD_NEWER   ? ERR_VERSION
                      : end == CHILD_ENDED ? ERR_LIMIT
                                           : ERR_DAMAGED,
                      "envelope");
    }
    if (bad == ERR_OK) {
        return vault_take_end(v, err);
    }
    if (vault_is_taking(v)) {
        vault_take_cancel(v);
    }
    return bad;
}

enum err hub_file(vault *v, const char *path, struct hub_count *out, struct err_info *err)
{
    struct stat st;
    struct marks marks = {0};
    struct str bytes = STR_INIT;
    enum err bad = ERR_OK;
    *out = (struct hub_count){0};
    const int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno != ENOENT) {
        return err_errno(err, __func__, errno, NULL);
    }
    if (fd >= 0) {
        out->streams = 1;
        bad = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? take_file(v, fd, out, err)
                                                         : ERR_SET(err, ERR_USAGE, NULL);
        (void)close(fd);
    }
    if (bad == ERR_OK) {
        struct putting p = {.v = v, .marks = &marks, .is_bundle = true};
        random_bytes(p.stream, ID_LEN);
        bad = put_new(&p, &bytes, err);
        out->put = p.put;
    }
    if (bad == ERR_OK) {
        bad = file_replace(path, bytes.data, bytes.len, 0600, err);
    }
    marks_done(&marks);
    str_done(&bytes);
    return bad;
}

enum err hub_sync(vault *v, const char *path, struct hub_count *out, struct err_info *err)
{
    struct stat st;
    const bool is_folder = str_ends(path, "/") || (stat(path, &st) == 0 && S_ISDIR(st.st_mode));
    return is_folder ? hub_folder(v, path, out, err) : hub_file(v, path, out, err);
}

enum err hub_spool_set(vault *v, const char *dir, struct err_info *err)
{
    struct stat st;
    if (dir[0] != '\0' && stat(dir, &st) != 0) {
        return err_errno(err, __func__, errno, NULL);
    }
    if (dir[0] != '\0' && (!S_ISDIR(st.st_mode) || ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0 &&
                                                    (st.st_mode & S_ISVTX) == 0))) {
        return ERR_SET(err, ERR_RIGHTS, "spool");
    }
    return vault_note_put(v, SPOOL_NOTE, dir, strlen(dir), err);
}

enum err hub_spool_get(vault *v, struct str *dir, struct err_info *err)
{
    const enum err bad = vault_note_get(v, SPOOL_NOTE, dir, err);
    return bad == ERR_OK && (dir->len == 0 || dir->len > PATH_MOST)
               ? ERR_SET(err, ERR_NOT_FOUND, "spool")
               : bad;
}

int hub_watch(const char *dir)
{
    const int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd >= 0 && inotify_add_watch(fd, dir, IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

bool hub_noticed(int fd)
{
    char buffer[4096];
    bool is_any = false;
    while (read(fd, buffer, sizeof buffer) > 0) {
        is_any = true;
    }
    return is_any;
}
