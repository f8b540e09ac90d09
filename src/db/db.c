/* Opening, settings, the authoriser and transactions. Invariant: a connection that db_open gave
 * out has all settings of the face, read back and found in force, and no later statement can
 * change them or attach another database. */
#include "db/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/str.h"
#include "db_int.h"

enum { BUSY_MS = 10000 };

struct setting {
    const char *set;  /* statement that sets it */
    const char *ask;  /* statement that reads it */
    const char *want; /* what must be read */
};

static const struct setting settings[] = {
    {"PRAGMA synchronous=FULL", "PRAGMA synchronous", "2"},
    {"PRAGMA temp_store=MEMORY", "PRAGMA temp_store", "2"},
    {"PRAGMA secure_delete=ON", "PRAGMA secure_delete", "1"},
    {"PRAGMA trusted_schema=OFF", "PRAGMA trusted_schema", "0"},
    {"PRAGMA cell_size_check=ON", "PRAGMA cell_size_check", "1"},
    {"PRAGMA foreign_keys=ON", "PRAGMA foreign_keys", "1"},
};

/* Last, and only for files: memory keeps its own journal and has no mapping. */
static const struct setting file_settings[] = {
    {"PRAGMA mmap_size=0", "PRAGMA mmap_size", "0"},
    {"PRAGMA journal_mode=WAL", "PRAGMA journal_mode", "wal"},
};

static enum err apply(struct db *d, const struct setting *s, struct err_info *err)
{
    int result = sqlite3_exec(d->handle, s->set, NULL, NULL, NULL);
    sqlite3_stmt *stmt = NULL;
    if (result == SQLITE_OK) {
        result = sqlite3_prepare_v2(d->handle, s->ask, -1, &stmt, NULL);
    }
    if (result != SQLITE_OK) {
        return db_fail(d, result, __func__, err);
    }
    enum err code = ERR_OK;
    result = sqlite3_step(stmt);
    if (result == SQLITE_ROW) {
        const char *is = (const char *)sqlite3_column_text(stmt, 0);
        ASSERT(is != NULL || sqlite3_errcode(d->handle) != SQLITE_NOMEM);
        if (!str_eq(is, s->want)) {
            code = err_set(err, ERR_VERSION, __func__, s->ask, NULL);
        }
    } else {
        code = result == SQLITE_DONE ? err_set(err, ERR_VERSION, __func__, s->ask, NULL)
                                     : db_fail(d, result, __func__, err);
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

/* A switch of sqlite3_db_config, set and read back. */
static bool set_switch(sqlite3 *handle, int which, int value)
{
    int now = -1;
    return sqlite3_db_config(handle, which, value, &now) == SQLITE_OK && now == value;
}

enum err db_settings(struct db *d, bool in_memory, struct err_info *err)
{
    (void)sqlite3_limit(d->handle, SQLITE_LIMIT_ATTACHED, 0);
    if (!set_switch(d->handle, SQLITE_DBCONFIG_DEFENSIVE, 1) ||
        !set_switch(d->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0) ||
        !set_switch(d->handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0)) {
        return err_set(err, ERR_VERSION, __func__, NULL, NULL);
    }
    enum err code = ERR_OK;
    for (size_t i = 0; code == ERR_OK && i < sizeof settings / sizeof settings[0]; i++) {
        code = apply(d, &settings[i], err);
    }
    const size_t n = in_memory ? 0 : sizeof file_settings / sizeof file_settings[0];
    for (size_t i = 0; code == ERR_OK && i < n; i++) {
        code = apply(d, &file_settings[i], err);
    }
    return code;
}

static bool listed(const char *const *names, const char *name)
{
    for (size_t i = 0; names != NULL && name != NULL && names[i] != NULL; i++) {
        if (sqlite3_stricmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* Asking is harmless, and user_version is the schema's own number. */
static bool pragma_allowed(const char *name, const char *value)
{
    static const char *const writable[] = {"user_version", "application_id",  "quick_check",
                                           "table_info",   "wal_checkpoint",  "incremental_vacuum",
                                           "optimize",     "integrity_check", NULL};
    return value == NULL || listed(writable, name);
}

static int authorise(void *payload, int action, const char *a, const char *b, const char *schema,
                     const char *trigger)
{
    const struct db *d = payload;
    (void)schema;
    (void)trigger;
    switch (action) {
    case SQLITE_ATTACH:
    case SQLITE_DETACH: return SQLITE_DENY;
    case SQLITE_PRAGMA: return d->set_up && !pragma_allowed(a, b) ? SQLITE_DENY : SQLITE_OK;
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
    case SQLITE_DROP_TABLE:
    case SQLITE_DROP_TRIGGER:
        /* A dropped table or a dropped guard loses lines as a DELETE does. */
        return listed(d->append_only, action == SQLITE_DROP_TRIGGER ? b : a) ? SQLITE_DENY
                                                                             : SQLITE_OK;
    case SQLITE_ALTER_TABLE: return listed(d->append_only, b) ? SQLITE_DENY : SQLITE_OK;
    default: return SQLITE_OK;
    }
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* SQLite would make the file by the umask alone and follow a link: it must find one there. */
static enum err make_file(const char *path, struct err_info *err)
{
    const int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST) {
        return ERR_OK;
    }
    if (fd < 0) {
        return err_errno(err, __func__, errno, last_part(path));
    }
    (void)close(fd);
    return ERR_OK;
}

static enum err inspect_file(const char *path, struct err_info *err)
{
    struct stat st;
    if (lstat(path, &st) != 0) {
        return err_errno(err, __func__, errno, last_part(path));
    }
    if (!S_ISREG(st.st_mode)) {
        return err_set(err, ERR_RIGHTS, __func__, last_part(path), NULL);
    }
    return ERR_OK;
}

/* SQLITE_OPEN_NOFOLLOW refuses links in the folders too, where people may well have one: those
 * are resolved first, the last part is not. Owned by caller; NULL with errno set. */
static char *with_real_folder(const char *path)
{
    const char *name = last_part(path);
    char *dir = name == path ? mem_strdup(".") : mem_strdup(path);
    if (name != path) {
        dir[name - path] = '\0';
    }
    char *real = realpath(dir, NULL);
    free(dir);
    if (real == NULL) {
        return NULL;
    }
    struct str whole = STR_INIT;
    str_printf(&whole, "%s/%s", real, name);
    free(real);
    return str_take(&whole);
}

/* The sidecars that SQLite makes take over the mode of the main file. */
static enum err connect_to(struct db *d, const char *path, struct err_info *err)
{
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
                      (path == NULL ? SQLITE_OPEN_MEMORY | SQLITE_OPEN_CREATE
                                    : SQLITE_OPEN_NOFOLLOW);
    int result = sqlite3_open_v2(path == NULL ? ":memory:" : path, &d->handle, flags, NULL);
    ASSERT(d->handle != NULL);
    if (result == SQLITE_OK) {
        result = sqlite3_extended_result_codes(d->handle, 1);
    }
    if (result == SQLITE_OK) {
        result = sqlite3_busy_timeout(d->handle, BUSY_MS);
    }
    if (result == SQLITE_OK) {
        result = sqlite3_set_authorizer(d->handle, authorise, d);
    }
    if (result != SQLITE_OK) {
        return db_fail(d, result, __func__, err);
    }
    return db_settings(d, path == NULL, err);
}

enum err db_open(const char *path, bool create, db **out, struct err_info *err)
{
    *out = NULL;
    enum err code = ERR_OK;
    if (path != NULL && create) {
        code = make_file(path, err);
    }
    if (path != NULL && code == ERR_OK) {
        code = inspect_file(path, err);
    }
    if (code != ERR_OK) {
        return code;
    }
    char *real = path == NULL ? NULL : with_real_folder(path);
    if (path != NULL && real == NULL) {
        return err_errno(err, __func__, errno, last_part(path));
    }
    struct db *d = mem_alloc(sizeof *d);
    code = connect_to(d, real, err);
    free(real);
    if (code != ERR_OK) {
        db_close(d);
        return code;
    }
    d->set_up = true;
    *out = d;
    return ERR_OK;
}

void db_close(db *d)
{
    if (d == NULL) {
        return;
    }
    ASSERT(d->transaction == NULL);
    db_stmts_done(d);
    const int result = sqlite3_close(d->handle);
    ASSERT(result == SQLITE_OK);
    free(d);
}

bool db_replaces_guarded(const struct db *d, const char *sql)
{
    static const char blanks[] = " \t\n\r";
    if (d->append_only == NULL) {
        return false;
    }
    for (const char *at = sql; (at = strcasestr(at, "REPLACE")) != NULL;) {
        at += strlen("REPLACE");
        const char *into = at + strspn(at, blanks);
        if (strncasecmp(into, "INTO", 4) != 0) {
            continue;
        }
        const char *name = into + 4 + strspn(into + 4, " \t\n\r\"[`'");
        const size_t len = strcspn(name, " \t\n\r\"]`'(;");
        struct str word = STR_INIT;
        str_put(&word, name, len);
        const bool found = listed(d->append_only, str_cstr(&word));
        str_done(&word);
        if (found) {
            return true;
        }
    }
    return false;
}

enum err db_exec(db *d, const char *sql, struct err_info *err)
{
    if (db_replaces_guarded(d, sql)) {
        return err_set(err, ERR_RIGHTS, __func__, NULL, NULL);
    }
    const int result = sqlite3_exec(d->handle, sql, NULL, NULL, NULL);
    return result == SQLITE_OK ? ERR_OK : db_fail(d, result, __func__, err);
}

void db_append_only(db *d, const char *const *tables)
{
    d->append_only = tables;
    /* Setting the authoriser again makes SQLite prepare every statement anew under it. */
    const int result = sqlite3_set_authorizer(d->handle, authorise, d);
    ASSERT(result == SQLITE_OK);
}

/* Prepared once: parsing the word anew would cost a save a tenth of its time. */
static enum err run_cached(db *d, const char *sql, struct err_info *err)
{
    db_stmt *s = NULL;
    enum err code = db_prepare(d, sql, &s, err);
    if (code == ERR_OK) {
        code = db_run(s, err);
    }
    db_stmt_free(s);
    return code;
}

static const char sql_begin[] = "BEGIN IMMEDIATE";
static const char sql_commit[] = "COMMIT";

enum err db_begin(db *d, const char *origin, struct err_info *err)
{
    ASSERT(d->transaction == NULL);
    const enum err code = run_cached(d, sql_begin, err);
    if (code == ERR_OK) {
        d->transaction = origin;
    }
    return code;
}

enum err db_commit(db *d, struct err_info *err)
{
    ASSERT(d->transaction != NULL);
    const enum err code = run_cached(d, sql_commit, err);
    if (code != ERR_OK) {
        db_rollback(d); /* a half-done one must not stay open behind the caller's back */
        return code;
    }
    d->transaction = NULL;
    return ERR_OK;
}

void db_rollback(db *d)
{
    /* SQLite may have rolled back by itself on a full disk; then there is nothing left to do. */
    if (sqlite3_get_autocommit(d->handle) == 0) {
        (void)sqlite3_exec(d->handle, "ROLLBACK", NULL, NULL, NULL);
    }
    d->transaction = NULL;
}

int64_t db_last_rowid(db *d)
{
    return sqlite3_last_insert_rowid(d->handle);
}

int64_t db_changes(db *d)
{
    return sqlite3_changes64(d->handle);
}
