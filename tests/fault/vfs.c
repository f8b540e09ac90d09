/* SQLite's files, told to the disk. Invariant: every call goes on to the system's own VFS with the
 * same arguments unless the disk says that it fails; what it did there is told afterwards, so that
 * the record holds nothing that did not happen. As that VFS does, the first sync of a log or a
 * journal that it made syncs the folder as well. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/err.h"
#include "disk.h"

struct file {
    sqlite3_file base;
    int node;
    const char *path; /* SQLite keeps it as long as the file is open */
    bool syncs_folder;
    _Alignas(8) unsigned char real[];
};

static sqlite3_vfs *real_vfs;
static int last_error;

static sqlite3_file *real(sqlite3_file *f)
{
    return (sqlite3_file *)((struct file *)f)->real;
}

/* The code SQLite's own VFS would give for a failing call. */
static int failure(int error, int code)
{
    last_error = error;
    return error == ENOSPC && code == SQLITE_IOERR_WRITE ? SQLITE_FULL : code;
}

static int file_close(sqlite3_file *f)
{
    return real(f)->pMethods->xClose(real(f));
}

static int file_read(sqlite3_file *f, void *bytes, int n, sqlite3_int64 at)
{
    const int error = disk_fault(DISK_READ);
    return error != 0 ? failure(error, SQLITE_IOERR_READ)
                      : real(f)->pMethods->xRead(real(f), bytes, n, at);
}

static int file_write(sqlite3_file *f, const void *bytes, int n, sqlite3_int64 at)
{
    const int error = disk_fault(DISK_WRITE);
    /* A write that fails has often done its first half. */
    const int todo = error != 0 ? n / 2 : n;
    const int result = real(f)->pMethods->xWrite(real(f), bytes, todo, at);
    if (result == SQLITE_OK) {
        disk_write(((struct file *)f)->node, at, bytes, (size_t)todo);
    }
    return error != 0 ? failure(error, SQLITE_IOERR_WRITE) : result;
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    const int error = disk_fault(DISK_TRUNCATE);
    const int result = error != 0 ? failure(error, SQLITE_IOERR_TRUNCATE)
                                  : real(f)->pMethods->xTruncate(real(f), size);
    if (result == SQLITE_OK) {
        disk_truncate(((struct file *)f)->node, size);
    }
    return result;
}

static int file_sync(sqlite3_file *f, int flags)
{
    struct file *own = (struct file *)f;
    const int error = disk_fault(DISK_SYNC);
    if (error != 0) {
        return failure(error, SQLITE_IOERR_FSYNC);
    }
    (void)flags;
    disk_sync(own->node);
    if (own->syncs_folder) {
        disk_sync_folder_of(own->path);
        own->syncs_folder = false;
    }
    return SQLITE_OK;
}

static int file_size(sqlite3_file *f, sqlite3_int64 *size)
{
    return real(f)->pMethods->xFileSize(real(f), size);
}

static int file_lock(sqlite3_file *f, int level)
{
    return real(f)->pMethods->xLock(real(f), level);
}

static int file_unlock(sqlite3_file *f, int level)
{
    return real(f)->pMethods->xUnlock(real(f), level);
}

static int file_reserved(sqlite3_file *f, int *out)
{
    return real(f)->pMethods->xCheckReservedLock(real(f), out);
}

static int file_control(sqlite3_file *f, int op, void *arg)
{
    return real(f)->pMethods->xFileControl(real(f), op, arg);
}

static int file_sector(sqlite3_file *f)
{
    return real(f)->pMethods->xSectorSize(real(f));
}

static int file_traits(sqlite3_file *f)
{
    return real(f)->pMethods->xDeviceCharacteristics(real(f));
}

static int file_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
    return real(f)->pMethods->xShmMap(real(f), page, size, extend, out);
}

static int file_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
}

static void file_shm_barrier(sqlite3_file *f)
{
    real(f)->pMethods->xShmBarrier(real(f));
}

static int file_shm_unmap(sqlite3_file *f, int drop)
{
    return real(f)->pMethods->xShmUnmap(real(f), drop);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *f, int flags, int *out)
{
    struct file *own = (struct file *)f;
    const int sidecar = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;
    (void)vfs;
    own->base.pMethods = NULL;
    const bool is_new = path != NULL && access(path, F_OK) != 0;
    const int error = disk_fault(is_new ? DISK_MAKE : DISK_OPEN);
    if (error != 0) {
        return failure(error, SQLITE_CANTOPEN);
    }
    const int result = real_vfs->xOpen(real_vfs, path, real(f), flags, out);
    if (result != SQLITE_OK) {
        return result;
    }
    own->base.pMethods = &methods;
    own->path = path;
    own->node = path != NULL ? disk_made(path, false) : -1;
    own->syncs_folder = is_new && (flags & sidecar) != 0;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
    const int error = disk_fault(DISK_NAME);
    (void)vfs;
    if (error != 0) {
        return failure(error, SQLITE_IOERR_DELETE);
    }
    const int result = real_vfs->xDelete(real_vfs, path, 0);
    if (result == SQLITE_OK) {
        disk_gone(path);
        if (sync_folder != 0) {
            disk_sync_folder_of(path);
        }
    }
    return result;
}

static int vfs_last_error(sqlite3_vfs *vfs, int n, char *text)
{
    const int theirs = real_vfs->xGetLastError(real_vfs, n, text);
    (void)vfs;
    const int error = last_error != 0 ? last_error : theirs;
    last_error = 0;
    return error;
}

void disk_vfs_register(void)
{
    static sqlite3_vfs vfs;
    real_vfs = sqlite3_vfs_find(NULL);
    ASSERT(real_vfs != NULL);
    vfs = *real_vfs;
    vfs.zName = "disk";
    vfs.pNext = NULL;
    vfs.szOsFile = (int)sizeof(struct file) + real_vfs->szOsFile;
    vfs.xOpen = vfs_open;
    vfs.xDelete = vfs_delete;
    vfs.xGetLastError = vfs_last_error;
    ASSERT(sqlite3_vfs_register(&vfs, 1) == SQLITE_OK);
}
