/* Whole files and folders. Invariant: no symbolic link is followed at the last part of a path,
 * every descriptor is close-on-exec, and a call that returned ERR_OK after writing has its bytes
 * and its name on the disk. Errors carry only the path's last part. */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/id.h"

enum { DEPTH_MAX = 8, CHUNK = 65536, TRIES = 16 };

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static enum err fail(struct err_info *err, const char *origin, const char *path)
{
    const int number = errno;
    if (number == EEXIST) {
        return err_set(err, ERR_EXISTS, origin, last_part(path), NULL);
    }
    if (number == ELOOP) {
        const enum err code = err_set(err, ERR_RIGHTS, origin, last_part(path), NULL);
        if (err != NULL) {
            err->num = number;
        }
        return code;
    }
    return err_errno(err, origin, number, last_part(path));
}

/* The folder a path lies in, owned by caller. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL) {
        return mem_strdup(".");
    }
    const size_t n = slash == path ? 1 : (size_t)(slash - path);
    char *dir = mem_alloc(n + 1);
    memcpy(dir, path, n);
    return dir;
}

static int sync_folder_of(const char *path)
{
    char *dir = folder_of(path);
    const int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(dir);
    if (fd < 0) {
        return -1;
    }
    int result = fsync(fd);
    if (result != 0 && (errno == EINVAL || errno == EROFS)) {
        result = 0; /* file systems without folder sync have nothing to wait for */
    }
    const int number = errno;
    (void)close(fd);
    errno = number;
    return result;
}

/* Appends up to the end of fd or to max + 1 bytes. */
static int read_all(int fd, size_t max, struct str *out)
{
    unsigned char *chunk = mem_alloc(CHUNK);
    size_t total = 0;
    ssize_t got = 1;
    while (got != 0 && total <= max) {
        const size_t room = max - total < CHUNK ? max - total + 1 : CHUNK;
        got = read(fd, chunk, room);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            break;
        }
        str_put(out, chunk, (size_t)got);
        total += (size_t)got;
    }
    const int number = errno;
    mem_wipe(chunk, CHUNK);
    free(chunk);
    errno = number;
    return got < 0 ? -1 : 0;
}

static void drop_from(struct str *out, size_t start)
{
    str_splice(out, start, out->len - start, "", 0);
}

enum err file_read(const char *path, size_t max, struct str *out, struct err_info *err)
{
    const size_t start = out->len;
    /* Not blocking on a pipe that somebody put there; it is refused right after. */
    const int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return fail(err, __func__, path);
    }
    struct stat st;
    enum err code = ERR_OK;
    if (fstat(fd, &st) != 0) {
        code = fail(err, __func__, path);
    } else if (!S_ISREG(st.st_mode)) {
        code = err_set(err, ERR_IO, __func__, last_part(path), NULL);
    } else if (read_all(fd, max, out) != 0) {
        code = fail(err, __func__, path);
    } else if (out->len - start > max) {
        code = err_set(err, ERR_LIMIT, __func__, last_part(path), NULL);
    }
    (void)close(fd);
    if (code != ERR_OK) {
        drop_from(out, start);
    }
    return code;
}

static int write_all(int fd, const void *bytes, size_t n)
{
    const unsigned char *at = bytes;
    while (n > 0) {
        const ssize_t put = write(fd, at, n);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            return -1;
        }
        at += put;
        n -= (size_t)put;
    }
    return 0;
}

static int open_new(const char *path, unsigned mode)
{
    return open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, (mode_t)mode);
}

/* Writes, syncs and closes fd; its file is removed if any of it fails. */
static int fill(int fd, const char *path, const void *bytes, size_t n, unsigned mode)
{
    int result = fchmod(fd, (mode_t)mode); /* the mode asked for, whatever the umask takes away */
    result = result != 0 ? result : write_all(fd, bytes, n);
    result = result != 0 ? result : fsync(fd);
    int number = errno;
    if (close(fd) != 0 && result == 0) {
        result = -1;
        number = errno;
    }
    if (result != 0) {
        (void)unlink(path);
        errno = number;
    }
    return result;
}

/* path + ".tmp-" + random hex, owned by caller. */
static char *temporary_name(const char *path)
{
    unsigned char random[8];
    char hex[2 * sizeof random + 1];
    struct str name = STR_INIT;
    random_bytes(random, sizeof random);
    hex_put(hex, random, sizeof random);
    str_printf(&name, "%s.tmp-%s", path, hex);
    return str_take(&name);
}

static int open_temporary(const char *path, unsigned mode, char **name)
{
    for (int i = 0; i < TRIES; i++) {
        *name = temporary_name(path);
        const int fd = open_new(*name, mode);
        if (fd >= 0) {
            return fd;
        }
        const int number = errno;
        free(*name);
        *name = NULL;
        errno = number;
        if (number != EEXIST) {
            break;
        }
    }
    return -1;
}

enum err file_replace(const char *path, const void *bytes, size_t n, unsigned mode,
                      struct err_info *err)
{
    char *name = NULL;
    const int fd = open_temporary(path, mode, &name);
    if (fd < 0) {
        return fail(err, __func__, path);
    }
    enum err code = ERR_OK;
    if (fill(fd, name, bytes, n, mode) != 0) {
        code = fail(err, __func__, path);
    } else if (rename(name, path) != 0) {
        code = fail(err, __func__, path);
        (void)unlink(name);
    } else if (sync_folder_of(path) != 0) {
        code = fail(err, __func__, path);
    }
    free(name);
    return code;
}

enum err file_create(const char *path, const void *bytes, size_t n, unsigned mode,
                     struct err_info *err)
{
    const int fd = open_new(path, mode);
    if (fd < 0 || fill(fd, path, bytes, n, mode) != 0) {
        return fail(err, __func__, path);
    }
    if (sync_folder_of(path) != 0) {
        const enum err code = fail(err, __func__, path);
        (void)unlink(
            path); /* its name may not last: whoever tries again must find the place free */
        return code;
    }
    return ERR_OK;
}

bool file_exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

enum err file_mkdir(const char *path, struct err_info *err)
{
    if (mkdir(path, 0700) != 0) {
        return fail(err, __func__, path);
    }
    if (sync_folder_of(path) != 0) {
        const enum err code = fail(err, __func__, path);
        (void)rmdir(path);
        return code;
    }
    return ERR_OK;
}

static bool is_dot(const char *name)
{
    return str_eq(name, ".") || str_eq(name, "..");
}

static int remove_in(int dir_fd, const char *name, int depth);

/* Removes everything inside fd, which it takes over. */
static int empty_folder(int fd, int depth)
{
    DIR *dir = fdopendir(fd);
    if (dir == NULL) {
        (void)close(fd);
        return -1;
    }
    int result = 0;
    errno = 0;
    for (struct dirent *e = readdir(dir); e != NULL && result == 0; e = readdir(dir)) {
        if (!is_dot(e->d_name)) {
            result = remove_in(dirfd(dir), e->d_name, depth);
        }
    }
    const int number = errno;
    (void)closedir(dir);
    errno = number;
    return result;
}

/* A link is removed itself; what it points to is never opened. */
static int remove_in(int dir_fd, const char *name, int depth)
{
    struct stat st;
    if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        return -1;
    }
    if (!S_ISDIR(st.st_mode)) {
        return unlinkat(dir_fd, name, 0);
    }
    if (depth == 0) {
        errno = ENOTEMPTY;
        return -1;
    }
    const int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || empty_folder(fd, depth - 1) != 0) {
        return -1;
    }
    return unlinkat(dir_fd, name, AT_REMOVEDIR);
}

enum err file_remove_tree(const char *path, struct err_info *err)
{
    struct stat st;
    if (lstat(path, &st) != 0) {
        return fail(err, __func__, path);
    }
    if (!S_ISDIR(st.st_mode)) {
        return err_set(err, ERR_RIGHTS, __func__, last_part(path), NULL);
    }
    if (remove_in(AT_FDCWD, path, DEPTH_MAX) != 0 || sync_folder_of(path) != 0) {
        return fail(err, __func__, path);
    }
    return ERR_OK;
}

static int by_bytes(const void *a, const void *b)
{
    const char *const *x = a;
    const char *const *y = b;
    return strcmp(*x, *y);
}

enum err file_list(const char *dir, const char *suffix, struct str *out, struct err_info *err)
{
    DIR *d = opendir(dir);
    if (d == NULL) {
        return fail(err, __func__, dir);
    }
    arena *a = arena_new();
    char **names = NULL;
    size_t count = 0;
    size_t cap = 0;
    errno = 0;
    for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        /* A line break in a name would make two names of one. */
        if (!is_dot(e->d_name) && str_ends(e->d_name, suffix) && strchr(e->d_name, '\n') == NULL) {
            names = arena_grow(a, names, count, &cap, sizeof *names);
            names[count++] = arena_strdup(a, e->d_name);
        }
    }
    const enum err code = errno != 0 ? fail(err, __func__, dir) : ERR_OK;
    (void)closedir(d);
    if (count > 0) {
        qsort(names, count, sizeof *names, by_bytes);
    }
    for (size_t i = 0; code == ERR_OK && i < count; i++) {
        str_printf(out, "%s\n", names[i]);
    }
    arena_free(a);
    return code;
}

char *file_join(const char *dir, const char *name)
{
    struct str path = STR_INIT;
    str_printf(&path, "%s/%s", dir, name);
    return str_take(&path);
}
