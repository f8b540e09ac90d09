/* From SQLite's result codes to the errors of the house. Invariant: nothing of SQLite's own message
 * goes on, since it may quote values; num keeps the extended code, or errno when the system
 * itself failed. */
#include "db_int.h"

#include <errno.h>

static enum err constraint(int extended)
{
    switch (extended) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: return ERR_EXISTS;
    case SQLITE_CONSTRAINT_TRIGGER: /* a guard in the schema said no */ return ERR_RIGHTS;
    default: return ERR_USAGE;
    }
}

static enum err code_of(sqlite3 *handle, int result)
{
    if (result == SQLITE_IOERR_NOMEM) {
        return ERR_MEMORY;
    }
    switch (result & 0xFF) {
    case SQLITE_FULL: return ERR_FULL;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ERR_BUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ERR_DAMAGED;
    case SQLITE_AUTH:
    case SQLITE_PERM:
    case SQLITE_READONLY: return ERR_RIGHTS;
    case SQLITE_NOMEM: return ERR_MEMORY;
    case SQLITE_TOOBIG: return ERR_LIMIT;
    case SQLITE_CONSTRAINT: return constraint(result);
    case SQLITE_IOERR: return sqlite3_system_errno(handle) == ENOSPC ? ERR_FULL : ERR_IO;
    case SQLITE_CANTOPEN: return sqlite3_system_errno(handle) == ENOENT ? ERR_NOT_FOUND : ERR_IO;
    default: return ERR_USAGE;
    }
}

enum err db_fail(struct db *d, int result, const char *origin, struct err_info *err)
{
    const int primary = result & 0xFF;
    const enum err code = code_of(d->handle, result);
    ASSERT(code != ERR_MEMORY);
    (void)err_set(err, code, origin, NULL, NULL);
    if (err != NULL) {
        const bool system = primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN;
        const int number = system ? sqlite3_system_errno(d->handle) : 0;
        err->num = number != 0 ? number : sqlite3_extended_errcode(d->handle);
    }
    return code;
}
