/* db: settings in force, statements, errors, transactions and the append-only guard. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/str.h"
#include "db/db.h"

Suite *db_db_suite(void);

static char folder[] = "/tmp/sprijin-db-XXXXXX";
static char *path;

static void make_folder(void)
{
    memcpy(strchr(folder, '\0') - 6, "XXXXXX", 6);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    path = file_join(folder, "t.db");
}

static void drop_folder(void)
{
    (void)file_remove_tree(folder, NULL);
    free(path);
}

static db *opened(const char *at)
{
    db *d = NULL;
    struct err_info err = {0};
    ck_assert_msg(db_open(at, true, &d, &err) == ERR_OK, "%s %ld %s", err_name(err.code), err.num,
                  err.arg[0]);
    return d;
}

static void expect_text(db *d, const char *sql, const char *want)
{
    db_stmt *s = NULL;
    bool row = false;
    ck_assert_int_eq(db_prepare(d, sql, &s, NULL), ERR_OK);
    ck_assert_int_eq(db_step(s, &row, NULL), ERR_OK);
    ck_assert(row);
    ck_assert_msg(str_eq(db_col_text(s, 0), want), "%s: %s, not %s", sql, db_col_text(s, 0), want);
    db_stmt_free(s);
}

static void expect_settings(db *d)
{
    expect_text(d, "PRAGMA synchronous", "2");
    expect_text(d, "PRAGMA temp_store", "2");
    expect_text(d, "PRAGMA secure_delete", "1");
    expect_text(d, "PRAGMA trusted_schema", "0");
    expect_text(d, "PRAGMA cell_size_check", "1");
    expect_text(d, "PRAGMA foreign_keys", "1");
    /* Defensive: the schema table cannot be written, the setting cannot be taken back. */
    ck_assert_int_ne(db_exec(d, "INSERT INTO sqlite_master(type) VALUES('x')", NULL), ERR_OK);
    ck_assert_int_eq(db_exec(d, "PRAGMA secure_delete=OFF", NULL), ERR_RIGHTS);
    ck_assert_int_eq(db_exec(d, "ATTACH ':memory:' AS other", NULL), ERR_RIGHTS);
    ck_assert_int_ne(db_exec(d, "SELECT load_extension('x')", NULL), ERR_OK);
    expect_text(d, "PRAGMA secure_delete", "1");
}

START_TEST(every_connection_has_its_settings_in_force)
{
    db *memory = opened(NULL);
    expect_settings(memory);
    db_close(memory);
    db *file = opened(path);
    expect_settings(file);
    expect_text(file, "PRAGMA journal_mode", "wal");
    expect_text(file, "PRAGMA mmap_size", "0");
    db_close(file);
}
END_TEST

START_TEST(files_are_for_the_owner_only)
{
    const mode_t before = umask(0);
    db *d = opened(path);
    (void)umask(before);
    ck_assert_int_eq(db_exec(d, "CREATE TABLE t(a); INSERT INTO t VALUES(1)", NULL), ERR_OK);
    static const char *const names[] = {"t.db", "t.db-wal", "t.db-shm"};
    for (size_t i = 0; i < 3; i++) {
        struct stat st;
        char *name = file_join(folder, names[i]);
        ck_assert_int_eq(stat(name, &st), 0);
        ck_assert_uint_eq(st.st_mode & 0777u, 0600u);
        free(name);
    }
    db_close(d);
}
END_TEST

START_TEST(opening_fails_with_the_reason)
{
    db *d = NULL;
    struct err_info err = {0};
    ck_assert_int_eq(db_open(path, false, &d, &err), ERR_NOT_FOUND);
    ck_assert_str_eq(err.arg[0], "t.db");
    ck_assert_ptr_null(d);
    char noise[8192];
    memset(noise, 'n', sizeof noise);
    ck_assert_int_eq(file_create(path, noise, sizeof noise, 0600, NULL), ERR_OK);
    ck_assert_int_eq(db_open(path, false, &d, &err), ERR_DAMAGED);
    char *link_path = file_join(folder, "link.db");
    ck_assert_int_eq(symlink(path, link_path), 0);
    ck_assert_int_eq(db_open(link_path, true, &d, &err), ERR_RIGHTS);
    free(link_path);
}
END_TEST

START_TEST(a_folder_behind_a_link_is_fine)
{
    char *real = file_join(folder, "real");
    char *alias = file_join(folder, "alias");
    char *inside = file_join(alias, "t.db");
    ck_assert_int_eq(file_mkdir(real, NULL), ERR_OK);
    ck_assert_int_eq(symlink(real, alias), 0);
    db_close(opened(inside));
    free(inside);
    free(alias);
    free(real);
}
END_TEST

START_TEST(values_come_back_as_bound)
{
    db *d = opened(NULL);
    db_stmt *s = NULL;
    bool row = false;
    size_t n = 0;
    ck_assert_int_eq(db_exec(d, "CREATE TABLE t(a,b,c,e,f)", NULL), ERR_OK);
    ck_assert_int_eq(db_prepare(d, "INSERT INTO t VALUES(?,?,?,?,?)", &s, NULL), ERR_OK);
    db_bind_int(s, 1, INT64_MIN);
    db_bind_text(s, 2, "ș");
    db_bind_blob(s, 3, "\0\1\2", 3);
    db_bind_null(s, 4);
    db_bind_blob(s, 5, NULL, 0);
    ck_assert_int_eq(db_run(s, NULL), ERR_OK);
    db_stmt_free(s);
    ck_assert_int_eq(db_changes(d), 1);
    ck_assert_int_eq(db_last_rowid(d), 1);
    ck_assert_int_eq(db_prepare(d, "SELECT * FROM t", &s, NULL), ERR_OK);
    ck_assert_int_eq(db_step(s, &row, NULL), ERR_OK);
    ck_assert(row);
    ck_assert(db_col_int(s, 0) == INT64_MIN);
    ck_assert_str_eq(db_col_text(s, 1), "ș");
    ck_assert_mem_eq(db_col_blob(s, 2, &n), "\0\1\2", 3);
    ck_assert_uint_eq(n, 3);
    ck_assert(db_col_is_null(s, 3));
    ck_assert_str_eq(db_col_text(s, 3), "");
    ck_assert(!db_col_is_null(s, 4));
    (void)db_col_blob(s, 4, &n);
    ck_assert_uint_eq(n, 0);
    ck_assert_int_eq(db_step(s, &row, NULL), ERR_OK);
    ck_assert(!row);
    db_stmt_free(s);
    db_close(d);
}
END_TEST

START_TEST(a_returned_statement_is_lent_again_without_its_values)
{
    static const char sql[] = "SELECT ?";
    db *d = opened(NULL);
    db_stmt *first = NULL;
    db_stmt *second = NULL;
    db_stmt *nested = NULL;
    bool row = false;
    ck_assert_int_eq(db_prepare(d, sql, &first, NULL), ERR_OK);
    db_bind_text(first, 1, "left over");
    ck_assert_int_eq(db_prepare(d, sql, &nested, NULL), ERR_OK);
    ck_assert_ptr_ne(first, nested);
    db_stmt_free(nested);
    db_stmt_free(first);
    ck_assert_int_eq(db_prepare(d, sql, &second, NULL), ERR_OK);
    ck_assert(second == first || second == nested);
    ck_assert_int_eq(db_step(second, &row, NULL), ERR_OK);
    ck_assert(db_col_is_null(second, 0));
    db_stmt_free(second);
    char text[16] = "SELECT 1";
    expect_text(d, text, "1");
    memcpy(text, "SELECT 2", 9);
    expect_text(d, text, "2");
    db_close(d);
}
END_TEST

START_TEST(wrong_use_is_an_error_and_not_a_crash)
{
    db *d = opened(NULL);
    db_stmt *s = NULL;
    ck_assert_int_eq(db_prepare(d, "SELEC 1", &s, NULL), ERR_USAGE);
    ck_assert_int_eq(db_prepare(d, "SELECT 1; SELECT 2", &s, NULL), ERR_USAGE);
    ck_assert_int_eq(db_prepare(d, "", &s, NULL), ERR_USAGE);
    ck_assert_int_eq(db_prepare(d, "SELECT ?", &s, NULL), ERR_OK);
    db_bind_int(s, 2, 1);
    ck_assert_int_eq(db_run(s, NULL), ERR_USAGE);
    db_stmt_free(s);
    ck_assert_int_eq(db_exec(d, "CREATE TABLE t(a UNIQUE, b CHECK(b>0))", NULL), ERR_OK);
    ck_assert_int_eq(db_exec(d, "INSERT INTO t VALUES(1,1)", NULL), ERR_OK);
    ck_assert_int_eq(db_exec(d, "INSERT INTO t VALUES(1,1)", NULL), ERR_EXISTS);
    ck_assert_int_eq(db_exec(d, "INSERT INTO t VALUES(2,0)", NULL), ERR_USAGE);
    db_stmt_free(NULL);
    db_close(NULL);
    db_close(d);
}
END_TEST

START_TEST(an_append_only_table_only_grows)
{
    static const char *const guarded[] = {"log", NULL};
    static const char change[] = "UPDATE log SET a=2";
    db *d = opened(NULL);
    db_stmt *early = NULL;
    ck_assert_int_eq(db_exec(d, "CREATE TABLE log(a); CREATE TABLE free(a)", NULL), ERR_OK);
    ck_assert_int_eq(db_prepare(d, change, &early, NULL), ERR_OK);
    db_append_only(d, guarded);
    ck_assert_int_eq(db_exec(d, "INSERT INTO log VALUES(1)", NULL), ERR_OK);
    ck_assert_int_eq(db_run(early, NULL), ERR_RIGHTS);
    db_stmt_free(early);
    ck_assert_int_eq(db_exec(d, change, NULL), ERR_RIGHTS);
    ck_assert_int_eq(db_exec(d, "DELETE FROM LOG", NULL), ERR_RIGHTS);
    ck_assert_int_eq(db_exec(d, "INSERT or replace  into\n\"log\"(rowid, a) VALUES(1,2)", NULL),
                     ERR_RIGHTS);
    ck_assert_int_eq(db_prepare(d, "REPLACE INTO log(rowid, a) VALUES(1,2)", &early, NULL),
                     ERR_RIGHTS);
    ck_assert_int_eq(db_exec(d, "REPLACE INTO free(rowid, a) VALUES(1,2)", NULL), ERR_OK);
    ck_assert_int_eq(db_exec(d, "DROP TABLE log", NULL), ERR_RIGHTS);
    ck_assert_int_eq(db_exec(d, "ALTER TABLE log RENAME TO other", NULL), ERR_RIGHTS);
    ck_assert_int_eq(
        db_exec(d, "INSERT INTO free VALUES(1); UPDATE free SET a=2; DELETE FROM free", NULL),
        ERR_OK);
    expect_text(d, "SELECT a FROM log", "1");
    db_close(d);
}
END_TEST

START_TEST(rolled_back_work_is_gone_and_committed_work_is_seen)
{
    db *d = opened(path);
    db *other = opened(path);
    ck_assert_int_eq(db_exec(d, "CREATE TABLE t(a)", NULL), ERR_OK);
    const int64_t version = db_data_version(other);
    ck_assert_int_eq(db_begin(d, __func__, NULL), ERR_OK);
    ck_assert_int_eq(db_exec(d, "INSERT INTO t VALUES(1)", NULL), ERR_OK);
    db_rollback(d);
    expect_text(other, "SELECT count(*) FROM t", "0");
    ck_assert(db_data_version(other) == version);
    ck_assert_int_eq(db_begin(d, __func__, NULL), ERR_OK);
    ck_assert_int_eq(db_exec(d, "INSERT INTO t VALUES(1)", NULL), ERR_OK);
    ck_assert_int_eq(db_commit(d, NULL), ERR_OK);
    ck_assert(db_data_version(other) != version);
    expect_text(other, "SELECT count(*) FROM t", "1");
    db_close(other);
    db_close(d);
}
END_TEST

START_TEST(a_cut_file_is_told_as_damaged)
{
    db *d = opened(path);
    ck_assert_int_eq(db_exec(d, "CREATE TABLE t(a)", NULL), ERR_OK);
    db_close(d);
    struct stat st;
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_int_eq(truncate(path, st.st_size / 2), 0);
    struct err_info err = {0};
    const enum err opened_as = db_open(path, false, &d, &err);
    const enum err found = opened_as == ERR_OK ? db_check(d, &err) : opened_as;
    ck_assert_int_eq(found, ERR_DAMAGED);
    if (opened_as == ERR_OK) {
        db_close(d);
    }
}
END_TEST

START_TEST(a_check_finds_a_broken_page)
{
    db *d = opened(path);
    ck_assert_int_eq(db_exec(d, "CREATE TABLE t(a); CREATE INDEX i ON t(a)", NULL), ERR_OK);
    ck_assert_int_eq(db_check(d, NULL), ERR_OK);
    ck_assert_int_eq(db_exec(d, "INSERT INTO t VALUES(zeroblob(900))", NULL), ERR_OK);
    db_close(d);
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    char junk[4096];
    memset(junk, 0xA5, sizeof junk);
    ck_assert_int_eq(pwrite(fd, junk, sizeof junk, 4096), (ssize_t)sizeof junk);
    ck_assert_int_eq(close(fd), 0);
    struct err_info err = {0};
    ck_assert_int_eq(db_open(path, false, &d, &err), ERR_OK);
    ck_assert_int_eq(db_check(d, &err), ERR_DAMAGED);
    db_close(d);
}
END_TEST

START_TEST(a_copy_has_what_was_committed_and_nothing_else)
{
    db *d = opened(path);
    ck_assert_int_eq(db_exec(d, "CREATE TABLE t(a); INSERT INTO t VALUES(1)", NULL), ERR_OK);
    db *other = NULL;
    ck_assert_int_eq(db_open(path, false, &other, NULL), ERR_OK);
    ck_assert_int_eq(db_begin(other, __func__, NULL), ERR_OK);
    ck_assert_int_eq(db_exec(other, "INSERT INTO t VALUES(2)", NULL), ERR_OK);
    struct str to = STR_INIT;
    str_printf(&to, "%s.copy", path);
    ck_assert_int_eq(db_backup(d, str_cstr(&to), NULL), ERR_OK);
    ck_assert_int_eq(db_commit(other, NULL), ERR_OK);
    db_close(other);
    struct stat st;
    ck_assert_int_eq(stat(str_cstr(&to), &st), 0);
    ck_assert_int_eq(st.st_mode & 0777, 0600);
    ck_assert_int_eq(db_open(str_cstr(&to), false, &other, NULL), ERR_OK);
    ck_assert_int_eq(db_check(other, NULL), ERR_OK);
    expect_text(other, "SELECT sum(a) || ' ' || count(*) FROM t", "1 1");
    db_close(other);
    db_close(d);
    str_done(&to);
}
END_TEST

/* Is the word in the file? */
static bool file_has(const char *name, const char *word)
{
    struct str bytes = STR_INIT;
    const enum err got = file_read(name, (size_t)1 << 20, &bytes, NULL);
    const bool found = got == ERR_OK && memmem(bytes.data, bytes.len, word, strlen(word)) != NULL;
    str_done(&bytes);
    return found;
}

START_TEST(what_was_deleted_is_in_no_file_once_the_log_is_empty)
{
    db *d = opened(path);
    struct str wal = STR_INIT;
    str_printf(&wal, "%s-wal", path);
    ck_assert_int_eq(db_exec(d, "CREATE TABLE t(a); INSERT INTO t VALUES('canarybird')", NULL),
                     ERR_OK);
    ck_assert(file_has(path, "canarybird") || file_has(str_cstr(&wal), "canarybird"));
    ck_assert_int_eq(db_exec(d, "DELETE FROM t", NULL), ERR_OK);
    ck_assert_int_eq(db_wal_empty(d, NULL), ERR_OK);
    ck_assert(!file_has(path, "canarybird"));
    ck_assert(!file_has(str_cstr(&wal), "canarybird"));
    db_close(d);
    str_done(&wal);
}
END_TEST

Suite *db_db_suite(void)
{
    Suite *s = suite_create("db/db");
    TCase *t = tcase_create("db");
    tcase_add_checked_fixture(t, make_folder, drop_folder);
    tcase_add_test(t, every_connection_has_its_settings_in_force);
    tcase_add_test(t, files_are_for_the_owner_only);
    tcase_add_test(t, opening_fails_with_the_reason);
    tcase_add_test(t, a_folder_behind_a_link_is_fine);
    tcase_add_test(t, values_come_back_as_bound);
    tcase_add_test(t, a_returned_statement_is_lent_again_without_its_values);
    tcase_add_test(t, wrong_use_is_an_error_and_not_a_crash);
    tcase_add_test(t, an_append_only_table_only_grows);
    tcase_add_test(t, rolled_back_work_is_gone_and_committed_work_is_seen);
    tcase_add_test(t, a_cut_file_is_told_as_damaged);
    tcase_add_test(t, a_check_finds_a_broken_page);
    tcase_add_test(t, a_copy_has_what_was_committed_and_nothing_else);
    tcase_add_test(t, what_was_deleted_is_in_no_file_once_the_log_is_empty);
    suite_add_tcase(s, t);
    return s;
}
