/* The one door to SQLite: every connection gets the same careful settings, statements are
 * prepared, bound by position, stepped, and errors become enum err.
 *
 * PRAGMAs of every connection, the in-memory one too: journal_mode=WAL (file), synchronous=FULL,
 * temp_store=MEMORY, secure_delete=ON, trusted_schema=OFF, cell_size_check=ON, foreign_keys=ON,
 * mmap_size=0; defensive mode on, extensions off, attached databases 0. */
#ifndef SPRIJIN_DB_DB_H
#define SPRIJIN_DB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

typedef struct db db;
typedef struct db_stmt db_stmt;

/* path NULL = in memory. create: makes the file 0600. Busy timeout 10 s.
 * ERR_DAMAGED not a database, ERR_NOT_FOUND, ERR_IO, ERR_FULL, ERR_RIGHTS. */
enum err db_open(const char *path, bool create, db **out, struct err_info *err);
void db_close(db *d); /* finalises what is left open; NULL allowed */
/* Runs several statements of fixed text. */
enum err db_exec(db *d, const char *sql, struct err_info *err);
/* Denies UPDATE and DELETE on the named tables from now on (NULL-terminated list, borrowed,
 * static). For the log: append only. NULL lifts it: for erasing, which ends by setting it again. */
void db_append_only(db *d, const char *const *tables);

/* *out owned by the caller (db_stmt_free), cached by sql pointer inside d for reuse: freeing
 * returns it to the cache, reset and with bindings cleared. */
enum err db_prepare(db *d, const char *sql, db_stmt **out, struct err_info *err);
void db_stmt_free(db_stmt *s);
/* Positions from 1. Bound bytes are copied unless said; text is UTF-8. */
void db_bind_int(db_stmt *s, int pos, int64_t v);
void db_bind_text(db_stmt *s, int pos, const char *text); /* NULL binds NULL */
void db_bind_blob(db_stmt *s, int pos, const void *bytes, size_t n);
void db_bind_null(db_stmt *s, int pos);
/* *row true while there is a row. */
enum err db_step(db_stmt *s, bool *row, struct err_info *err);
/* Steps to the end, for statements without rows. */
enum err db_run(db_stmt *s, struct err_info *err);
void db_reset(db_stmt *s);
int64_t db_col_int(db_stmt *s, int col);                 /* columns from 0 */
const char *db_col_text(db_stmt *s, int col);            /* "" for NULL; borrowed till next step */
const void *db_col_blob(db_stmt *s, int col, size_t *n); /* borrowed till next step */
bool db_col_is_null(db_stmt *s, int col);

/* Transactions do not nest; origin is kept for the assertion that finds a leak. */
enum err db_begin(db *d, const char *origin, struct err_info *err); /* BEGIN IMMEDIATE */
enum err db_commit(db *d, struct err_info *err);
void db_rollback(db *d);
int64_t db_last_rowid(db *d);
int64_t db_changes(db *d);
/* PRAGMA data_version: changes when another connection committed. */
int64_t db_data_version(db *d);
/* PRAGMA quick_check; ERR_DAMAGED with the first finding's table as argument. */
enum err db_check(db *d, struct err_info *err);
/* Copies one committed state into path (made 0600), while others go on writing. ERR_BUSY. */
enum err db_backup(db *d, const char *path, struct err_info *err);
/* Moves the write-ahead log into the database and truncates it: what was overwritten or deleted
 * stands in neither. Outside a transaction. ERR_BUSY while another connection reads. */
enum err db_wal_empty(db *d, struct err_info *err);

#endif
