/* Copying a whole database while others go on writing to it, and emptying the write-ahead log.
 * Invariant: the copy is one state that was committed, never a mixture of two, and nothing of it
 * lies outside the file that was asked for. */
#include "base/arena.h"
#include "db_int.h"

enum { PAGES_A_STEP = 256, WAIT_MS = 20, WAITS_MAX = 500 };

/* The whole copy; the other connections are let in between two steps, and what they commit in
 * this process or another makes SQLite begin the copy anew. */
static int copy(sqlite3_backup *b)
{
    unsigned waits = 0;
    int result = SQLITE_OK;
    while (result != SQLITE_DONE) {
        /* After many restarts the rest goes in one step, which no writer can interrupt. */
        result = sqlite3_backup_step(b, waits < WAITS_MAX / 2 ? PAGES_A_STEP : -1);
        if (result == SQLITE_BUSY || result == SQLITE_LOCKED) {
            if (++waits > WAITS_MAX) {
                return result;
            }
            (void)sqlite3_sleep(WAIT_MS);
        } else if (result != SQLITE_OK && result != SQLITE_DONE) {
            return result;
        }
    }
    return SQLITE_OK;
}

enum err db_backup(db *d, const char *path, struct err_info *err)
{
    struct db *to = NULL;
    enum err code = db_open(path, true, &to, err);
    if (code != ERR_OK) {
        return code;
    }
    sqlite3_backup *b = sqlite3_backup_init(to->handle, "main", d->handle, "main");
    if (b == NULL) {
        code = db_fail(to, sqlite3_errcode(to->handle), __func__, err);
    } else {
        int result = copy(b);
        const int ended = sqlite3_backup_finish(b);
        result = result == SQLITE_OK ? ended : result;
        code = result == SQLITE_OK ? db_wal_empty(to, err) : db_fail(to, result, __func__, err);
    }
    db_close(to);
    return code;
}

enum err db_wal_empty(db *d, struct err_info *err)
{
    static const char sql[] = "PRAGMA wal_checkpoint(TRUNCATE)";
    db_stmt *s = NULL;
    bool row = false;
    ASSERT(d->transaction == NULL);
    enum err code = db_prepare(d, sql, &s, err);
    if (code == ERR_OK) {
        code = db_step(s, &row, err);
        if (code == ERR_OK && row && db_col_int(s, 0) != 0) {
            code = ERR_SET(err, ERR_BUSY, NULL);
        }
    }
    db_stmt_free(s);
    return code;
}
