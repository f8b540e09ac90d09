/* The program's own calls to the system, told to the disk: the linker puts __wrap_NAME in place of
 * NAME in everything that is linked in (libraries keep theirs; SQLite has vfs.c). Invariant: as in
 * vfs.c, a call goes on unchanged unless the disk says that it fails, and is told when it is done.
 * Two more are replaced: the slow derivation of a key, which is not what these tests are about,
 * and the opening of a database, so that its log is written back often. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <sodium.h>
#include <sqlite3.h>

#include "disk.h"

enum { FDS = 1024, PAGES_BEFORE_CHECKPOINT = 12 };

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __real_openat(int dir, const char *path, int flags, ...);
int __wrap_openat(int dir, const char *path, int flags, ...);
int __real_close(int fd);
int __wrap_close(int fd);
ssize_t __real_write(int fd, const void *bytes, size_t n);
ssize_t __wrap_write(int fd, const void *bytes, size_t n);
ssize_t __real_pwrite(int fd, const void *bytes, size_t n, off_t at);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t n, off_t at);
ssize_t __real_read(int fd, void *bytes, size_t n);
ssize_t __wrap_read(int fd, void *bytes, size_t n);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __real_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode);
int __real_rmdir(const char *path);
int __wrap_rmdir(const char *path);
int __real_unlink(const char *path);
int __wrap_unlink(const char *path);
int __real_unlinkat(int dir, const char *path, int flags);
int __wrap_unlinkat(int dir, const char *path, int flags);
int __wrap_crypto_pwhash(unsigned char *out, unsigned long long out_len, const char *pass,
                         unsigned long long pass_len, const unsigned char *salt,
                         unsigned long long passes, size_t memory, int algorithm);
int __real_sqlite3_open_v2(const char *path, sqlite3 **out, int flags, const char *vfs);
int __wrap_sqlite3_open_v2(const char *path, sqlite3 **out, int flags, const char *vfs);

/* Which of the disk's files a descriptor is; 0: none of them, else one more than its number. */
static int file_of[FDS];

static int node_of(int fd)
{
    return fd >= 0 && fd < FDS ? file_of[fd] - 1 : -1;
}

/* true: the call fails, errno is set. Only descriptors of the disk are counted. */
static bool fails(enum disk_kind kind, bool is_ours)
{
    const int error = is_ours ? disk_fault(kind) : 0;
    if (error != 0) {
        errno = error;
    }
    return error != 0;
}

/* The path that a name in a folder stands for; false: it cannot be told. */
static bool whole_path(int dir, const char *name, char out[PATH_MAX])
{
    char link[64];
    if (name[0] == '/') {
        return snprintf(out, PATH_MAX, "%s", name) < PATH_MAX;
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
    const ssize_t n = dir == AT_FDCWD ? -1 : readlink(link, out, PATH_MAX - 1);
    if (n <= 0) {
        return false;
    }
    return snprintf(out + n, (size_t)(PATH_MAX - n), "/%s", name) < PATH_MAX - n;
}

/* Is this name, there or not, below the disk's folder? */
static bool is_ours(int dir, const char *name, char path[PATH_MAX])
{
    char *slash;
    if (!disk_is_on() || !whole_path(dir, name, path)) {
        return false;
    }
    if (disk_file(path) >= 0) {
        return true;
    }
    slash = strrchr(path, '/');
    *slash = '\0';
    const bool is_below = disk_file(path) >= 0;
    *slash = '/';
    return is_below;
}

static enum disk_kind opening(const char *path, int flags)
{
    return (flags & O_CREAT) != 0 && access(path, F_OK) != 0 ? DISK_MAKE : DISK_OPEN;
}

static int told(int fd, const char *path, bool ours)
{
    if (fd >= 0 && fd < FDS) {
        file_of[fd] = ours ? disk_made(path, false) + 1 : 0;
    }
    return fd;
}

int __wrap_open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(args, mode_t) : 0;
    va_end(args);
    char whole[PATH_MAX];
    const bool ours = is_ours(AT_FDCWD, path, whole);
    return ours && fails(opening(whole, flags), true)
               ? -1
               : told(__real_open(path, flags, mode), whole, ours);
}

int __wrap_openat(int dir, const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(args, mode_t) : 0;
    va_end(args);
    char whole[PATH_MAX];
    const bool ours = is_ours(dir, path, whole);
    return ours && fails(opening(whole, flags), true)
               ? -1
               : told(__real_openat(dir, path, flags, mode), whole, ours);
}

int __wrap_close(int fd)
{
    if (fd >= 0 && fd < FDS) {
        file_of[fd] = 0;
    }
    return __real_close(fd);
}

ssize_t __wrap_write(int fd, const void *bytes, size_t n)
{
    const int node = node_of(fd);
    const off_t at = node >= 0 ? lseek(fd, 0, SEEK_CUR) : 0;
    if (fails(DISK_WRITE, node >= 0)) {
        return -1;
    }
    const ssize_t done = __real_write(fd, bytes, n);
    if (node >= 0 && done > 0) {
        disk_write(node, at, bytes, (size_t)done);
    }
    return done;
}

ssize_t __wrap_pwrite(int fd, const void *bytes, size_t n, off_t at)
{
    const int node = node_of(fd);
    if (fails(DISK_WRITE, node >= 0)) {
        return -1;
    }
    const ssize_t done = __real_pwrite(fd, bytes, n, at);
    if (node >= 0 && done > 0) {
        disk_write(node, at, bytes, (size_t)done);
    }
    return done;
}

ssize_t __wrap_read(int fd, void *bytes, size_t n)
{
    return fails(DISK_READ, node_of(fd) >= 0) ? -1 : __real_read(fd, bytes, n);
}

static int synced(int fd, int (*sync)(int))
{
    const int node = node_of(fd);
    if (node < 0) {
        return sync(fd);
    }
    if (fails(DISK_SYNC, true)) {
        return -1;
    }
    disk_sync(node);
    return 0;
}

int __wrap_fsync(int fd)
{
    return synced(fd, __real_fsync);
}

int __wrap_fdatasync(int fd)
{
    return synced(fd, __real_fdatasync);
}

int __wrap_rename(const char *from, const char *to)
{
    char whole[PATH_MAX];
    if (fails(DISK_NAME, is_ours(AT_FDCWD, from, whole))) {
        return -1;
    }
    const int result = __real_rename(from, to);
    if (result == 0) {
        disk_rename(from, to);
    }
    return result;
}

int __wrap_mkdir(const char *path, mode_t mode)
{
    char whole[PATH_MAX];
    if (fails(DISK_MAKE, is_ours(AT_FDCWD, path, whole))) {
        return -1;
    }
    const int result = __real_mkdir(path, mode);
    if (result == 0) {
        (void)disk_made(path, true);
    }
    return result;
}

static int removed(int result, int dir, const char *path)
{
    char whole[PATH_MAX];
    if (result == 0 && whole_path(dir, path, whole)) {
        disk_gone(whole);
    }
    return result;
}

int __wrap_rmdir(const char *path)
{
    return removed(__real_rmdir(path), AT_FDCWD, path);
}

int __wrap_unlink(const char *path)
{
    return removed(__real_unlink(path), AT_FDCWD, path);
}

int __wrap_unlinkat(int dir, const char *path, int flags)
{
    return removed(__real_unlinkat(dir, path, flags), dir, path);
}

int __wrap_crypto_pwhash(unsigned char *out, unsigned long long out_len, const char *pass,
                         unsigned long long pass_len, const unsigned char *salt,
                         unsigned long long passes, size_t memory, int algorithm)
{
    (void)passes;
    (void)memory;
    (void)algorithm;
    return crypto_generichash(out, out_len, (const unsigned char *)pass, pass_len, salt,
                              crypto_pwhash_SALTBYTES);
}

int __wrap_sqlite3_open_v2(const char *path, sqlite3 **out, int flags, const char *vfs)
{
    const int result = __real_sqlite3_open_v2(path, out, flags, vfs);
    if (result == SQLITE_OK) {
        (void)sqlite3_wal_autocheckpoint(*out, PAGES_BEFORE_CHECKPOINT);
    }
    return result;
}
