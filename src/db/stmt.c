/* Statements: prepared once per place in the program and lent out again, bound, stepped, read.
 * Invariant: a statement in the cache that is not lent is reset and holds no bound value. */
#include "db_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"

/* More than the program has fixed texts; texts made at run time must not pile up. */
enum { CACHE_MAX = 256 };

/* The place alone is not enough: a text made at run time may stand where another stood. */
static struct db_stmt *cached(struct db *d, const char *sql)
{
    for (struct db_stmt *s = d->stmts; s != NULL; s = s->next) {
        if (!s->lent && s->sql_at == sql && str_eq(s->sql, sql)) {
            return s;
        }
    }
    return NULL;
}

static bool only_blanks(const char *s)
{
    return s[strspn(s, " \t\n;")] == '\0';
}

enum err db_prepare(db *d, const char *sql, db_stmt **out, struct err_info *err)
{
    *out = cached(d, sql);
    if (*out != NULL) {
        (*out)->lent = true;
        return ERR_OK;
    }
    if (db_replaces_guarded(d, sql)) {
        return err_set(err, ERR_RIGHTS, __func__, NULL, NULL);
    }
    sqlite3_stmt *stmt = NULL;
    const char *rest = "";
    const int result = sqlite3_prepare_v3(d->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt,
                                          &rest);
    if (result != SQLITE_OK) {
        return db_fail(d, result, __func__, err);
    }
    if (stmt == NULL || !only_blanks(rest)) {
        (void)sqlite3_finalize(stmt);
        return err_set(err, ERR_USAGE, __func__, NULL, NULL);
    }
    struct db_stmt *s = mem_alloc(sizeof *s);
    *s = (struct db_stmt){.next = d->stmts,
                          .owner = d,
                          .sql_at = sql,
                          .sql = mem_strdup(sql),
                          .stmt = stmt,
                          .lent = true};
    d->stmts = s;
    d->stmt_count++;
    *out = s;
    return ERR_OK;
}

static void stmt_drop(struct db_stmt *s)
{
    struct db_stmt **at = &s->owner->stmts;
    while (*at != s) {
        at = &(*at)->next;
    }
    *at = s->next;
    s->owner->stmt_count--;
    (void)sqlite3_finalize(s->stmt);
    free(s->sql);
    free(s);
}

void db_stmt_free(db_stmt *s)
{
    if (s == NULL) {
        return;
    }
    ASSERT(s->lent);
    if (s->owner->stmt_count > CACHE_MAX) {
        stmt_drop(s);
        return;
    }
    db_reset(s);
    (void)sqlite3_clear_bindings(s->stmt);
    s->bind_error = SQLITE_OK;
    s->lent = false;
}

void db_stmts_done(struct db *d)
{
    while (d->stmts != NULL) {
        stmt_drop(d->stmts);
    }
}

static void note(db_stmt *s, int result)
{
    if (result != SQLITE_OK && s->bind_error == SQLITE_OK) {
        s->bind_error = result;
    }
}

void db_bind_int(db_stmt *s, int pos, int64_t v)
{
    note(s, sqlite3_bind_int64(s->stmt, pos, v));
}

void db_bind_text(db_stmt *s, int pos, const char *text)
{
    if (text == NULL) {
        db_bind_null(s, pos);
        return;
    }
    note(s, sqlite3_bind_text64(s->stmt, pos, text, strlen(text), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void db_bind_blob(db_stmt *s, int pos, const void *bytes, size_t n)
{
    if (n == 0) { /* an empty blob, which is not NULL */
        note(s, sqlite3_bind_zeroblob(s->stmt, pos, 0));
        return;
    }
    note(s, sqlite3_bind_blob64(s->stmt, pos, bytes, n, SQLITE_TRANSIENT));
}

void db_bind_null(db_stmt *s, int pos)
{
    note(s, sqlite3_bind_null(s->stmt, pos));
}

enum err db_step(db_stmt *s, bool *row, struct err_info *err)
{
    *row = false;
    if (s->bind_error != SQLITE_OK) {
        return db_fail(s->owner, s->bind_error, __func__, err);
    }
    const int result = sqlite3_step(s->stmt);
    if (result == SQLITE_ROW) {
        *row = true;
        return ERR_OK;
    }
    if (result == SQLITE_DONE) {
        return ERR_OK;
    }
    return db_fail(s->owner, result, __func__, err);
}

enum err db_run(db_stmt *s, struct err_info *err)
{
    bool row = true;
    enum err code = ERR_OK;
    while (code == ERR_OK && row) {
        code = db_step(s, &row, err);
    }
    db_reset(s); /* no lock is held on behalf of a finished statement */
    return code;
}

void db_reset(db_stmt *s)
{
    (void)sqlite3_reset(s->stmt); /* repeats the step's own failure, which was reported there */
}

int64_t db_col_int(db_stmt *s, int col)
{
    return sqlite3_column_int64(s->stmt, col);
}

/* NULL stands for nothing and for no memory; taken for nothing, an answer would look empty. */
static void check_memory(const db_stmt *s, const void *value)
{
    ASSERT(value != NULL || sqlite3_errcode(s->owner->handle) != SQLITE_NOMEM);
}

const char *db_col_text(db_stmt *s, int col)
{
    const unsigned char *text = sqlite3_column_text(s->stmt, col);
    check_memory(s, text);
    return text == NULL ? "" : (const char *)text;
}

const void *db_col_blob(db_stmt *s, int col, size_t *n)
{
    const void *bytes = sqlite3_column_blob(s->stmt, col);
    check_memory(s, bytes);
    *n = (size_t)sqlite3_column_bytes(s->stmt, col);
    return bytes == NULL ? "" : bytes;
}

bool db_col_is_null(db_stmt *s, int col)
{
    return sqlite3_column_type(s->stmt, col) == SQLITE_NULL;
}

int64_t db_data_version(db *d)
{
    db_stmt *s = NULL;
    bool row = false;
    int64_t version = 0;
    if (db_prepare(d, "PRAGMA data_version", &s, NULL) == ERR_OK &&
        db_step(s, &row, NULL) == ERR_OK && row) {
        version = db_col_int(s, 0);
    }
    db_stmt_free(s);
    return version;
}

/* The table a finding names, else "". Findings read "... in table NAME" or "Tree N page ...". */
static const char *named_in(const char *finding)
{
    static const char *const leads[] = {" in table ", "in index ", "missing from index "};
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++) {
        const char *at = strstr(finding, leads[i]);
        if (at != NULL) {
            return at + strlen(leads[i]);
        }
    }
    return strstr(finding, " in ") != NULL ? strstr(finding, " in ") + 4 : "";
}

static enum err damaged(const char *finding, struct err_info *err)
{
    struct str name = STR_INIT;
    const char *at = named_in(finding);
    str_put(&name, at, strcspn(at, " .,"));
    const enum err code = err_set(err, ERR_DAMAGED, "db_check", str_cstr(&name), NULL);
    str_done(&name);
    return code;
}

enum err db_check(db *d, struct err_info *err)
{
    db_stmt *s = NULL;
    bool row = false;
    enum err code = db_prepare(d, "PRAGMA quick_check(1)", &s, err);
    if (code == ERR_OK) {
        code = db_step(s, &row, err);
    }
    if (code == ERR_OK && !(row && str_eq(db_col_text(s, 0), "ok"))) {
        code = damaged(row ? db_col_text(s, 0) : "", err);
    }
    db_stmt_free(s);
    return code;
}
