/* Creating, opening, unlocking, replacing the passphrase; the keyfile's bytes. */
#include "fixture.h"

#include "../../../src/vault/keyfile_int.h"

Suite *vault_open_suite(void);

START_TEST(only_the_right_passphrase_unlocks)
{
    struct fixture f = fixture_new();
    vault *v = NULL;
    ck_assert_int_eq(vault_open(f.dir, &v, NULL), ERR_OK);
    ck_assert(!vault_is_unlocked(v));
    ck_assert_int_eq(fixture_unlock(v, "copac lanterna 8 vapor"), ERR_KEY);
    ck_assert(!vault_is_unlocked(v));
    ck_assert_int_eq(fixture_append(v, vault_organisation(v), "{}"), ERR_KEY);
    ck_assert_int_eq(fixture_unlock(v, "  copac  lanterna 7 vapor "), ERR_OK);
    ck_assert(vault_is_unlocked(v));
    vault_lock(v);
    ck_assert(!vault_is_unlocked(v));
    ck_assert_str_eq(vault_member_name(v), "");
    ck_assert_int_eq(fixture_unlock(v, FIXTURE_PASS), ERR_OK);
    vault_close(v);
    fixture_done(&f);
}
END_TEST

START_TEST(the_member_sheet_unlocks_and_the_organisation_sheet_does_not)
{
    struct fixture f = fixture_new();
    vault *v = NULL;
    ck_assert_int_eq(vault_open(f.dir, &v, NULL), ERR_OK);
    ck_assert_int_eq(vault_unlock_sheet(v, f.org_sheet, NULL), ERR_KEY);
    ck_assert_int_eq(vault_unlock_sheet(v, f.member_sheet, NULL), ERR_OK);
    ck_assert_str_eq(vault_member_name(v), "A. C.");
    vault_close(v);
    fixture_done(&f);
}
END_TEST

START_TEST(a_new_passphrase_replaces_the_old_and_leaves_the_sheet)
{
    struct fixture f = fixture_new();
    vault_secret *fresh = secret_of("alt drum spre munte");
    ck_assert_int_eq(vault_passwd(f.v, fresh, (struct vault_kdf){19, 1}, NULL), ERR_LIMIT);
    ck_assert_int_eq(vault_passwd(f.v, fresh, (struct vault_kdf){20, 2}, NULL), ERR_OK);
    vault *v = NULL;
    ck_assert_int_eq(vault_open(f.dir, &v, NULL), ERR_OK);
    ck_assert_int_eq(fixture_unlock(v, FIXTURE_PASS), ERR_KEY);
    ck_assert_int_eq(fixture_unlock(v, "alt drum spre munte"), ERR_OK);
    vault_lock(v);
    ck_assert_int_eq(vault_unlock_sheet(v, f.member_sheet, NULL), ERR_OK);
    vault_secret_free(fresh);
    vault_close(v);
    fixture_done(&f);
}
END_TEST

START_TEST(a_folder_or_file_others_can_reach_is_refused)
{
    struct fixture f = fixture_new();
    vault *v = NULL;
    static const char *const names[] = {"", "keyfile", "vault.db", "head"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *path = file_join(f.dir, names[i]);
        const unsigned mode = i == 0 ? 0700 : 0600;
        ck_assert_int_eq(chmod(path, mode | 0040), 0);
        ck_assert_int_eq(vault_open(f.dir, &v, NULL), ERR_RIGHTS);
        ck_assert_int_eq(chmod(path, mode | 0002), 0);
        ck_assert_int_eq(vault_open(f.dir, &v, NULL), ERR_RIGHTS);
        ck_assert_int_eq(chmod(path, mode), 0);
        free(path);
    }
    ck_assert_int_eq(vault_open(f.dir, &v, NULL), ERR_OK);
    vault_close(v);
    fixture_done(&f);
}
END_TEST

START_TEST(a_link_in_place_of_a_file_or_folder_is_refused)
{
    struct fixture f = fixture_new();
    vault *v = NULL;
    char *link_path = file_join(f.root, "link");
    char *key_path = file_join(f.dir, "keyfile");
    char *moved = file_join(f.root, "moved");
    ck_assert_int_eq(symlink(f.dir, link_path), 0);
    ck_assert_int_eq(vault_open(link_path, &v, NULL), ERR_RIGHTS);
    ck_assert_int_eq(rename(key_path, moved), 0);
    ck_assert_int_eq(vault_open(f.dir, &v, NULL), ERR_NOT_FOUND);
    ck_assert_int_eq(symlink(moved, key_path), 0);
    ck_assert_int_eq(vault_open(f.dir, &v, NULL), ERR_RIGHTS);
    free(link_path);
    free(key_path);
    free(moved);
    fixture_done(&f);
}
END_TEST

START_TEST(what_is_already_there_is_left_alone)
{
    struct fixture f = fixture_new();
    vault_secret *pass = secret_of(FIXTURE_PASS);
    vault_secret *a = NULL;
    vault_secret *b = NULL;
    vault *v = NULL;
    char *missing = file_join(f.root, "no/such");
    struct vault_create how = {.dir = f.dir,
                               .passphrase = pass,
                               .kdf = {19, 2},
                               .lang = LANG_EN,
                               .member_name = "B",
                               .zone = "UTC"};
    ck_assert_int_eq(vault_create(&how, &v, &a, &b, NULL), ERR_EXISTS);
    how.dir = missing;
    ck_assert_int_eq(vault_create(&how, &v, &a, &b, NULL), ERR_NOT_FOUND);
    how.dir = "/tmp/sprijin-never-made";
    how.kdf.mib = 2000;
    ck_assert_int_eq(vault_create(&how, &v, &a, &b, NULL), ERR_LIMIT);
    ck_assert(!file_exists(how.dir));
    vault *still = fixture_open(&f);
    vault_close(still);
    struct str names = STR_INIT;
    ck_assert_int_eq(file_list(f.root, "", &names, NULL), ERR_OK);
    ck_assert_str_eq(str_cstr(&names), "v\n");
    str_done(&names);
    free(missing);
    vault_secret_free(pass);
    fixture_done(&f);
}
END_TEST

START_TEST(a_keyfile_cut_anywhere_does_not_open)
{
    struct fixture f = fixture_new();
    struct str bytes = fixture_read(&f, "keyfile");
    struct keyfile k;
    for (size_t n = 0; n < bytes.len; n++) {
        ck_assert_int_ne(keyfile_parse((const unsigned char *)bytes.data, n, &k, NULL), ERR_OK);
    }
    ck_assert_int_eq(keyfile_parse((const unsigned char *)bytes.data, bytes.len, &k, NULL), ERR_OK);
    str_done(&bytes);
    fixture_done(&f);
}
END_TEST

/* By the sheet's slot, which costs nothing to derive: head, that slot and the secrets. */
START_TEST(a_keyfile_with_a_flipped_byte_does_not_open)
{
    struct fixture f = fixture_new();
    struct str bytes = fixture_read(&f, "keyfile");
    const size_t other = KEYFILE_HEAD_LEN;
    vault_lock(f.v);
    for (size_t i = 0; i < bytes.len; i++) {
        if (i >= other && i < other + KEYFILE_SLOT_LEN) {
            continue; /* the passphrase's slot */
        }
        bytes.data[i] = (char)(bytes.data[i] ^ 0x20);
        fixture_write(&f, "keyfile", bytes.data, bytes.len);
        ck_assert_msg(vault_unlock_sheet(f.v, f.member_sheet, NULL) != ERR_OK, "byte %zu", i);
        bytes.data[i] = (char)(bytes.data[i] ^ 0x20);
    }
    for (size_t i = 0; i < KEYFILE_SLOT_LEN; i += 13) {
        bytes.data[other + i] = (char)(bytes.data[other + i] ^ 1);
        fixture_write(&f, "keyfile", bytes.data, bytes.len);
        ck_assert_msg(fixture_unlock(f.v, FIXTURE_PASS) != ERR_OK, "slot byte %zu", i);
        bytes.data[other + i] = (char)(bytes.data[other + i] ^ 1);
    }
    fixture_write(&f, "keyfile", bytes.data, bytes.len);
    ck_assert_int_eq(fixture_unlock(f.v, FIXTURE_PASS), ERR_OK);
    str_done(&bytes);
    fixture_done(&f);
}
END_TEST

START_TEST(costs_out_of_bounds_are_refused_while_parsing)
{
    static const unsigned costs[][2] = {{18, 2}, {19, 1}, {1025, 2}, {0xFFFFFFFF, 2}, {19, 1001}};
    struct fixture f = fixture_new();
    struct str bytes = fixture_read(&f, "keyfile");
    unsigned char *slot = (unsigned char *)bytes.data + KEYFILE_HEAD_LEN;
    struct keyfile k;
    for (size_t i = 0; i < sizeof costs / sizeof costs[0]; i++) {
        put_u32(slot + 4, costs[i][0]);
        put_u32(slot + 8, costs[i][1]);
        ck_assert_int_eq(keyfile_parse((unsigned char *)bytes.data, bytes.len, &k, NULL),
                         ERR_LIMIT);
    }
    str_done(&bytes);
    fixture_done(&f);
}
END_TEST

START_TEST(a_keyfile_of_another_version_is_told_as_such)
{
    struct fixture f = fixture_new();
    struct str bytes = fixture_read(&f, "keyfile");
    vault *v = NULL;
    for (char version = 0; version <= 2; version = (char)(version + 2)) {
        bytes.data[4] = version;
        fixture_write(&f, "keyfile", bytes.data, bytes.len);
        ck_assert_int_eq(vault_open(f.dir, &v, NULL), ERR_VERSION);
    }
    str_done(&bytes);
    fixture_done(&f);
}
END_TEST

Suite *vault_open_suite(void)
{
    Suite *s = suite_create("vault/open");
    TCase *c = tcase_create("open");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, only_the_right_passphrase_unlocks);
    tcase_add_test(c, the_member_sheet_unlocks_and_the_organisation_sheet_does_not);
    tcase_add_test(c, a_new_passphrase_replaces_the_old_and_leaves_the_sheet);
    tcase_add_test(c, a_folder_or_file_others_can_reach_is_refused);
    tcase_add_test(c, a_link_in_place_of_a_file_or_folder_is_refused);
    tcase_add_test(c, what_is_already_there_is_left_alone);
    tcase_add_test(c, a_keyfile_cut_anywhere_does_not_open);
    tcase_add_test(c, a_keyfile_with_a_flipped_byte_does_not_open);
    tcase_add_test(c, costs_out_of_bounds_are_refused_while_parsing);
    tcase_add_test(c, a_keyfile_of_another_version_is_told_as_such);
    suite_add_tcase(s, c);
    return s;
}
