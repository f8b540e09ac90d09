/* Backups: made while others write, read back, never half, and every flipped byte shows. */
#include "fixture.h"

#include "db/db.h"
#include "vault/safe.h"

Suite *vault_backup_suite(void);

#define CANARY "the-canary-of-backups"

struct kept {
    struct fixture f;
    char path[96];
};

static struct kept kept_new(void)
{
    struct kept k = {.f = fixture_new()};
    snprintf(k.path, sizeof k.path, "%s/copy", k.f.root);
    ck_assert_int_eq(fixture_append(k.f.v, vault_organisation(k.f.v), "{\"a\":\"" CANARY "\"}"),
                     ERR_OK);
    return k;
}

static enum err back_up(const struct kept *k, bool replace)
{
    struct err_info err = {0};
    return vault_backup(k->f.v, k->path, replace, NULL, NULL, &err);
}

static bool is_there(const struct kept *k, const char *name)
{
    char *path = file_join(k->f.dir, name);
    const bool found = file_exists(path);
    free(path);
    return found;
}

START_TEST(a_backup_says_what_it_is_and_leaves_nothing_beside)
{
    struct kept k = kept_new();
    struct vault_backup_info info;
    struct stat st;
    ck_assert_int_eq(back_up(&k, false), ERR_OK);
    ck_assert_int_eq(vault_backup_check(k.path, &info, NULL), ERR_OK);
    ck_assert_uint_eq(info.events, vault_event_count(k.f.v));
    ck_assert_mem_eq(info.organisation, vault_organisation(k.f.v), ID_LEN);
    ck_assert_int_eq(stat(k.path, &st), 0);
    ck_assert_uint_eq(info.bytes, (uint64_t)st.st_size);
    ck_assert_int_eq(st.st_mode & 0777, 0600);
    ck_assert(!is_there(&k, "backup.tmp"));
    strcat(k.path, ".part");
    ck_assert(!file_exists(k.path));
    fixture_done(&k.f);
}
END_TEST

START_TEST(what_is_there_is_not_overwritten_unasked)
{
    struct kept k = kept_new();
    ck_assert_int_eq(file_create(k.path, "mine", 4, 0600, NULL), ERR_OK);
    ck_assert_int_eq(back_up(&k, false), ERR_EXISTS);
    struct str bytes = STR_INIT;
    ck_assert_int_eq(file_read(k.path, 10, &bytes, NULL), ERR_OK);
    ck_assert_str_eq(str_cstr(&bytes), "mine");
    str_done(&bytes);
    ck_assert_int_eq(back_up(&k, true), ERR_OK);
    struct vault_backup_info info;
    ck_assert_int_eq(vault_backup_check(k.path, &info, NULL), ERR_OK);
    fixture_done(&k.f);
}
END_TEST

START_TEST(a_vault_that_does_not_verify_does_not_push_out_a_good_backup)
{
    struct kept k = kept_new();
    ck_assert_int_eq(back_up(&k, false), ERR_OK);
    char *path = file_join(k.f.dir, "vault.db");
    db *d = NULL;
    ck_assert_int_eq(db_open(path, false, &d, NULL), ERR_OK);
    ck_assert_int_eq(db_exec(d, "DELETE FROM ev WHERE n = 2", NULL), ERR_OK);
    db_close(d);
    free(path);
    struct str before = STR_INIT, after = STR_INIT;
    ck_assert_int_eq(file_read(k.path, (size_t)64 << 20, &before, NULL), ERR_OK);
    ck_assert_int_eq(back_up(&k, true), ERR_DAMAGED);
    ck_assert_int_eq(file_read(k.path, (size_t)64 << 20, &after, NULL), ERR_OK);
    ck_assert_uint_eq(before.len, after.len);
    ck_assert_mem_eq(before.data, after.data, before.len);
    str_done(&before);
    str_done(&after);
    ck_assert(!is_there(&k, "backup.tmp"));
    fixture_done(&k.f);
}
END_TEST

START_TEST(every_flipped_byte_of_a_backup_shows)
{
    struct kept k = kept_new();
    struct vault_backup_info info;
    struct str bytes = STR_INIT;
    ck_assert_int_eq(back_up(&k, false), ERR_OK);
    ck_assert_int_eq(file_read(k.path, (size_t)64 << 20, &bytes, NULL), ERR_OK);
    ck_assert_ptr_null(memmem(bytes.data, bytes.len, CANARY, strlen(CANARY)));
    /* All of the head and of the keyfile, then a sample. */
    for (size_t i = 0; i < bytes.len; i += i < 800 ? 1 : 997) {
        bytes.data[i] = (char)(bytes.data[i] ^ 0x11);
        ck_assert_int_eq(file_replace(k.path, bytes.data, bytes.len, 0600, NULL), ERR_OK);
        ck_assert_msg(vault_backup_check(k.path, &info, NULL) != ERR_OK, "byte %zu", i);
        bytes.data[i] = (char)(bytes.data[i] ^ 0x11);
    }
    for (size_t n = 0; n < bytes.len; n += n < 200 ? 1 : 4999) {
        ck_assert_int_eq(file_replace(k.path, bytes.data, n, 0600, NULL), ERR_OK);
        ck_assert_int_eq(vault_backup_check(k.path, &info, NULL), ERR_DAMAGED);
    }
    str_done(&bytes);
    fixture_done(&k.f);
}
END_TEST

START_TEST(what_an_interrupted_backup_left_is_no_obstacle)
{
    struct kept k = kept_new();
    char *work = file_join(k.f.dir, "backup.tmp");
    ck_assert_int_eq(file_mkdir(work, NULL), ERR_OK);
    char *inside = file_join(work, "vault.db");
    ck_assert_int_eq(file_create(inside, "half", 4, 0600, NULL), ERR_OK);
    free(inside);
    free(work);
    ck_assert_int_eq(back_up(&k, false), ERR_OK);
    ck_assert(!is_there(&k, "backup.tmp"));
    fixture_done(&k.f);
}
END_TEST

START_TEST(a_backup_is_not_made_inside_the_vault)
{
    struct kept k = kept_new();
    snprintf(k.path, sizeof k.path, "%s/vault.db", k.f.dir);
    ck_assert_int_eq(back_up(&k, true), ERR_USAGE);
    snprintf(k.path, sizeof k.path, "%s/copy", k.f.dir);
    ck_assert_int_eq(back_up(&k, false), ERR_USAGE);
    struct vault_report r;
    ck_assert_int_eq(vault_verify(k.f.v, &r, NULL, NULL, NULL), ERR_OK);
    ck_assert_uint_eq(r.bad, 0);
    vault_report_done(&r);
    fixture_done(&k.f);
}
END_TEST

START_TEST(a_locked_vault_makes_no_backup)
{
    struct kept k = kept_new();
    vault_lock(k.f.v);
    ck_assert_int_eq(back_up(&k, false), ERR_KEY);
    ck_assert(!file_exists(k.path));
    fixture_done(&k.f);
}
END_TEST

Suite *vault_backup_suite(void)
{
    Suite *s = suite_create("vault/backup");
    TCase *c = tcase_create("backup");
    tcase_add_test(c, a_backup_says_what_it_is_and_leaves_nothing_beside);
    tcase_add_test(c, what_is_there_is_not_overwritten_unasked);
    tcase_add_test(c, a_vault_that_does_not_verify_does_not_push_out_a_good_backup);
    tcase_add_test(c, every_flipped_byte_of_a_backup_shows);
    tcase_add_test(c, what_an_interrupted_backup_left_is_no_obstacle);
    tcase_add_test(c, a_backup_is_not_made_inside_the_vault);
    tcase_add_test(c, a_locked_vault_makes_no_backup);
    suite_add_tcase(s, c);
    return s;
}
