/* Shared by the files of db: the connection, its statement cache, and the one error mapping. */
#ifndef SPRIJIN_DB_DB_INT_H
#define SPRIJIN_DB_DB_INT_H

#include <stdbool.h>
#include <stddef.h>

#include <sqlite3.h>

#include "base/err.h"
#include "db/db.h"

/* A prepared statement. In the cache while d->stmts leads to it; `lent` while a caller has it. */
struct db_stmt {
    struct db_stmt *next;
    struct db *owner;
    const char *sql_at; /* where the caller's text stood: only compared, never read */
    char *sql;          /* its copy */
    sqlite3_stmt *stmt;
    int bind_error; /* first failure of a bind, reported by the next step */
    bool lent;
};

struct db {
    sqlite3 *handle;
    struct db_stmt *stmts;
    size_t stmt_count;
    const char *const *append_only; /* borrowed; NULL = none */
    const char *transaction;        /* origin of the open one; NULL = none */
    bool set_up;                    /* settings are done: the authoriser denies their change */
};

/* Turns the connection's last failure into an error. Fills *err; origin is a __func__. */
enum err db_fail(struct db *d, int result, const char *origin, struct err_info *err);
/* The settings of every connection and their reading back. */
enum err db_settings(struct db *d, bool in_memory, struct err_info *err);
/* true if sql says REPLACE INTO a table that only grows: the lines a REPLACE pushes out are deleted
 * without a question to the authoriser. */
bool db_replaces_guarded(const struct db *d, const char *sql);
/* Finalises every statement. */
void db_stmts_done(struct db *d);

#endif
