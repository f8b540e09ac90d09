/* Vaults of every format that was ever released, kept as they were written: they open, verify and
 * show what they held. tests/golden/N/: keyfile, head, vault.db, backup, passphrase, and expected.txt
 * with a line a case: code, initials, answered. */
#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "record/record.h"
#include "vault/safe.h"

#define GOLDEN "tests/golden"

Suite *record_golden_suite(void);

static char place[64];

static void begin(void)
{
    snprintf(place, sizeof place, "/tmp/sprijin-golden-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(place));
}

static void end(void)
{
    ck_assert_int_eq(file_remove_tree(place, NULL), ERR_OK);
}

static void copy(const char *from_dir, const char *to_dir, const char *name)
{
    struct str bytes = STR_INIT;
    char *from = file_join(from_dir, name);
    char *to = file_join(to_dir, name);
    ck_assert_int_eq(file_read(from, (size_t)8 << 20, &bytes, NULL), ERR_OK);
    ck_assert_int_eq(file_create(to, bytes.data, bytes.len, 0600, NULL), ERR_OK);
    str_done(&bytes);
    free(from);
    free(to);
}

static vault_secret *passphrase(const char *dir)
{
    struct str text = STR_INIT;
    char *path = file_join(dir, "passphrase");
    vault_secret *s = vault_secret_new();
    ck_assert_int_eq(file_read(path, 1000, &text, NULL), ERR_OK);
    ck_assert(vault_secret_put(s, str_cstr(&text), strcspn(str_cstr(&text), "\n")));
    str_done(&text);
    free(path);
    return s;
}

static void put_cases(vault *v, struct str *out)
{
    record *r = NULL;
    struct record_case *all = NULL;
    size_t n = 0, total = 0;
    ck_assert_int_eq(record_open(v, "forms", &r, NULL), ERR_OK);
    ck_assert_int_eq(record_case_list(r, "", RECORD_SORT_CODE, 0, 100, &all, &n, &total, NULL),
                     ERR_OK);
    for (size_t i = 0; i < n; i++) {
        str_printf(out, "%s %s %u\n", all[i].code, all[i].initials, all[i].answered);
    }
    free(all);
    record_close(r);
}

static void ck_holds(vault *v, const char *dir)
{
    struct vault_report report;
    struct str expected = STR_INIT;
    struct str found = STR_INIT;
    char *path = file_join(dir, "expected.txt");
    ck_assert_int_eq(vault_verify(v, &report, NULL, NULL, NULL), ERR_OK);
    ck_assert_uint_eq(report.bad, 0);
    ck_assert_uint_gt(report.events, 10);
    ck_assert_uint_gt(report.erased, 0);
    ck_assert(!report.database_damaged && !report.keyfile_damaged && !report.head_behind);
    vault_report_done(&report);
    ck_assert_int_eq(file_read(path, 10000, &expected, NULL), ERR_OK);
    put_cases(v, &found);
    ck_assert_str_eq(str_cstr(&found), str_cstr(&expected));
    str_done(&expected);
    str_done(&found);
    free(path);
}

static void open_copy(const char *dir)
{
    vault *v = NULL;
    char *to = file_join(place, "vault");
    vault_secret *pass = passphrase(dir);
    ck_assert_int_eq(file_mkdir(to, NULL), ERR_OK);
    copy(dir, to, "keyfile");
    copy(dir, to, "head");
    copy(dir, to, "vault.db");
    ck_assert_int_eq(vault_open(to, &v, NULL), ERR_OK);
    ck_assert_int_eq(vault_unlock(v, pass, NULL), ERR_OK);
    ck_holds(v, dir);
    vault_close(v);
    vault_secret_free(pass);
    ck_assert_int_eq(file_remove_tree(to, NULL), ERR_OK);
    free(to);
}

static void open_backup(const char *dir)
{
    vault *v = NULL;
    vault_secret *none = NULL;
    char *to = file_join(place, "restored");
    char *from = file_join(dir, "backup");
    vault_secret *pass = passphrase(dir);
    const struct vault_restore how = {.path = from, .dir = to, .passphrase = pass};
    ck_assert_int_eq(vault_restore(&how, &v, &none, NULL, NULL, NULL), ERR_OK);
    ck_holds(v, dir);
    vault_close(v);
    vault_secret_free(pass);
    ck_assert_int_eq(file_remove_tree(to, NULL), ERR_OK);
    free(to);
    free(from);
}

static size_t for_each_format(void (*f)(const char *dir))
{
    size_t count = 0;
    DIR *d = opendir(GOLDEN);
    ck_assert_ptr_nonnull(d);
    for (const struct dirent *e; (e = readdir(d)) != NULL;) {
        if (e->d_name[0] != '.') {
            char *dir = file_join(GOLDEN, e->d_name);
            f(dir);
            free(dir);
            count++;
        }
    }
    closedir(d);
    return count;
}

START_TEST(a_vault_of_every_released_format_opens_whole)
{
    ck_assert_uint_ge(for_each_format(open_copy), 1);
}
END_TEST

START_TEST(a_backup_of_every_released_format_is_restored)
{
    ck_assert_uint_ge(for_each_format(open_backup), 1);
}
END_TEST

Suite *record_golden_suite(void)
{
    Suite *s = suite_create("record/golden");
    TCase *c = tcase_create("golden");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, begin, end);
    tcase_add_test(c, a_vault_of_every_released_format_opens_whole);
    tcase_add_test(c, a_backup_of_every_released_format_is_restored);
    suite_add_tcase(s, c);
    return s;
}
