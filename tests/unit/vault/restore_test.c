/* Restoring in the three ways, from paper and a backup alone; and a log that is behind its mark. */
#include "fixture.h"

#include <sodium.h>

#include "../../../src/vault/vault_int.h"
#include "vault/members.h"
#include "vault/safe.h"

Suite *vault_restore_suite(void);

#define OTHER_PASS "felinar 9 scoica verde"
#define TEXT       "{\"a\":\"from before\"}"

struct kept {
    struct fixture f;
    char path[96], dir[96];
    unsigned char kase[ID_LEN], old_device[ID_LEN], old_member[ID_LEN];
    uint64_t events;
};

static struct kept kept_new(void)
{
    struct kept k = {.f = fixture_new()};
    snprintf(k.path, sizeof k.path, "%s/copy", k.f.root);
    snprintf(k.dir, sizeof k.dir, "%s/restored", k.f.root);
    ck_assert_int_eq(vault_compartment_new(k.f.v, k.kase, NULL), ERR_OK);
    ck_assert_int_eq(fixture_append(k.f.v, k.kase, TEXT), ERR_OK);
    ck_assert_int_eq(vault_backup(k.f.v, k.path, false, NULL, NULL, NULL), ERR_OK);
    memcpy(k.old_device, vault_device_id(k.f.v), ID_LEN);
    memcpy(k.old_member, vault_member_id(k.f.v), ID_LEN);
    k.events = vault_event_count(k.f.v);
    return k;
}

enum way { BY_PASSPHRASE, BY_MEMBER_SHEET, BY_ROOT_SHEET };

static enum err revive_from(const struct kept *k, enum way way, const char *path, const char *pass,
                            vault **out, vault_secret **sheet)
{
    struct err_info err = {0};
    vault_secret *old = secret_of(pass), *fresh = secret_of(OTHER_PASS);
    const struct vault_restore how = {
        .path = path,
        .dir = k->dir,
        .passphrase = way == BY_PASSPHRASE ? old : NULL,
        .member_sheet = way == BY_MEMBER_SHEET ? k->f.member_sheet : NULL,
        .organisation_sheet = way == BY_ROOT_SHEET ? k->f.org_sheet : NULL,
        .new_passphrase = way == BY_PASSPHRASE ? NULL : fresh,
        .kdf = {19, 2},
        .member_name = "N. N.",
        .lang = LANG_RU};
    const enum err got = vault_restore(&how, out, sheet, NULL, NULL, &err);
    vault_secret_free(old);
    vault_secret_free(fresh);
    return got;
}

static vault *revive(const struct kept *k, enum way way, vault_secret **sheet)
{
    vault *v = NULL;
    ck_assert_int_eq(revive_from(k, way, k->path, FIXTURE_PASS, &v, sheet), ERR_OK);
    return v;
}

struct found {
    const char *text;
    size_t count;
};

static bool look(void *payload, const struct vault_event *e)
{
    struct found *f = payload;
    f->count += strcmp(e->text, f->text) == 0 ? 1 : 0;
    return true;
}

static size_t times(vault *v, const char *text)
{
    struct found f = {.text = text};
    ck_assert_int_eq(vault_each(v, 0, look, &f, NULL, NULL), ERR_OK);
    return f.count;
}

static void ck_whole(vault *v)
{
    struct vault_report r;
    ck_assert_int_eq(vault_verify(v, &r, NULL, NULL, NULL), ERR_OK);
    ck_assert_uint_eq(r.bad, 0);
    ck_assert_uint_eq(r.unreadable, 0);
    ck_assert(!r.head_behind && !r.database_damaged && !r.keyfile_damaged);
}

static bool device_is_closed(vault *v, const unsigned char *id)
{
    struct vault_device *all = NULL;
    size_t n = 0;
    bool closed = false;
    ck_assert_int_eq(vault_devices(v, &all, &n, NULL), ERR_OK);
    for (size_t i = 0; i < n; i++) {
        closed = closed || (memcmp(all[i].id, id, ID_LEN) == 0 && all[i].is_closed);
    }
    free(all);
    return closed;
}

/* Reads what was there, writes, and does both again after closing. */
static void ck_lives(const struct kept *k, vault *v, const char *pass)
{
    ck_assert_uint_eq(times(v, TEXT), 1);
    ck_assert_int_eq(fixture_append(v, k->kase, "{\"b\":2}"), ERR_OK);
    ck_whole(v);
    vault_close(v);
    ck_assert_int_eq(vault_open(k->dir, &v, NULL), ERR_OK);
    ck_assert_int_eq(fixture_unlock(v, pass), ERR_OK);
    ck_assert_uint_eq(times(v, "{\"b\":2}"), 1);
    ck_whole(v);
    vault_close(v);
}

START_TEST(the_passphrase_restores_as_another_device_and_closes_the_old_one)
{
    struct kept k = kept_new();
    vault_secret *sheet = NULL;
    vault *v = revive(&k, BY_PASSPHRASE, &sheet);
    ck_assert_ptr_null(sheet);
    ck_assert_mem_ne(vault_device_id(v), k.old_device, ID_LEN);
    ck_assert_mem_eq(vault_member_id(v), k.old_member, ID_LEN);
    ck_assert(device_is_closed(v, k.old_device));
    ck_assert(!device_is_closed(v, vault_device_id(v)));
    ck_assert_str_eq(vault_member_name(v), "A. C.");
    /* In wrong hands: it ends where it is known to have got to. */
    ck_assert_int_eq(vault_device_close(v, k.old_device, "stolen", NULL), ERR_OK);
    ck_assert_int_eq(vault_device_close(v, k.old_device, "stolen", NULL), ERR_EXISTS);
    ck_lives(&k, v, FIXTURE_PASS);
    fixture_done(&k.f);
}
END_TEST

START_TEST(the_members_sheet_restores_with_a_new_passphrase)
{
    struct kept k = kept_new();
    vault_secret *sheet = NULL;
    vault *v = revive(&k, BY_MEMBER_SHEET, &sheet);
    ck_assert_mem_eq(vault_member_id(v), k.old_member, ID_LEN);
    vault_lock(v);
    ck_assert_int_eq(fixture_unlock(v, FIXTURE_PASS), ERR_KEY);
    ck_assert_int_eq(fixture_unlock(v, OTHER_PASS), ERR_OK);
    ck_lives(&k, v, OTHER_PASS);
    fixture_done(&k.f);
}
END_TEST

START_TEST(the_organisations_sheet_alone_makes_a_new_coordinator_who_reads_every_case)
{
    struct kept k = kept_new();
    vault_secret *sheet = NULL;
    vault *v = revive(&k, BY_ROOT_SHEET, &sheet);
    ck_assert_ptr_nonnull(sheet);
    ck_assert_mem_ne(vault_member_id(v), k.old_member, ID_LEN);
    ck_assert_str_eq(vault_member_name(v), "N. N.");
    ck_assert_int_eq(vault_own_role(v), VAULT_ROLE_COORDINATOR);
    /* The old coordinator is another person: her device is hers. */
    ck_assert(!device_is_closed(v, k.old_device));
    ck_assert_uint_eq(times(v, TEXT), 1);
    unsigned char kase[ID_LEN];
    ck_assert_int_eq(vault_compartment_new(v, kase, NULL), ERR_OK);
    ck_assert_int_eq(fixture_append(v, kase, "{\"b\":2}"), ERR_OK);
    ck_whole(v);
    vault_close(v);
    /* Her own sheet opens it too, and another member's does not. */
    ck_assert_int_eq(vault_open(k.dir, &v, NULL), ERR_OK);
    ck_assert_int_eq(vault_unlock_sheet(v, k.f.member_sheet, NULL), ERR_KEY);
    ck_assert_int_eq(vault_unlock_sheet(v, sheet, NULL), ERR_OK);
    ck_assert_uint_eq(times(v, "{\"b\":2}"), 1);
    vault_close(v);
    vault_secret_free(sheet);
    fixture_done(&k.f);
}
END_TEST

START_TEST(what_is_there_is_not_overwritten)
{
    struct kept k = kept_new();
    vault *v = NULL;
    vault_secret *sheet = NULL;
    ck_assert_int_eq(file_mkdir(k.dir, NULL), ERR_OK);
    ck_assert_int_eq(revive_from(&k, BY_PASSPHRASE, k.path, FIXTURE_PASS, &v, &sheet), ERR_EXISTS);
    ck_assert_ptr_null(v);
    fixture_done(&k.f);
}
END_TEST

START_TEST(a_wrong_key_or_a_damaged_file_leaves_nothing)
{
    struct kept k = kept_new();
    vault *v = NULL;
    vault_secret *sheet = NULL;
    ck_assert_int_eq(revive_from(&k, BY_PASSPHRASE, k.path, OTHER_PASS, &v, &sheet), ERR_KEY);
    ck_assert(!file_exists(k.dir));
    struct str bytes = STR_INIT;
    ck_assert_int_eq(file_read(k.path, (size_t)64 << 20, &bytes, NULL), ERR_OK);
    bytes.data[bytes.len / 2] = (char)(bytes.data[bytes.len / 2] ^ 1);
    ck_assert_int_eq(file_replace(k.path, bytes.data, bytes.len, 0600, NULL), ERR_OK);
    str_done(&bytes);
    ck_assert_int_eq(revive_from(&k, BY_PASSPHRASE, k.path, FIXTURE_PASS, &v, &sheet), ERR_DAMAGED);
    ck_assert(!file_exists(k.dir));
    /* Nor beside it. */
    struct str names = STR_INIT;
    ck_assert_int_eq(file_list(k.f.root, "", &names, NULL), ERR_OK);
    ck_assert_ptr_null(strstr(str_cstr(&names), ".new-"));
    str_done(&names);
    fixture_done(&k.f);
}
END_TEST

START_TEST(another_organisations_sheet_opens_nothing)
{
    struct kept k = kept_new(), other = kept_new();
    vault *v = NULL;
    vault_secret *sheet = NULL;
    ck_assert_int_eq(revive_from(&k, BY_ROOT_SHEET, other.path, FIXTURE_PASS, &v, &sheet), ERR_KEY);
    ck_assert(!file_exists(k.dir));
    fixture_done(&k.f);
    fixture_done(&other.f);
}
END_TEST

/* Puts the database back to what it was, as a copied folder would. */
static void put_back(const struct kept *k, const struct str *bytes)
{
    fixture_write(&k->f, "vault.db", bytes->data, bytes->len);
}

START_TEST(a_log_behind_its_mark_goes_on_under_another_device)
{
    struct kept k = kept_new();
    vault_close(k.f.v);
    struct str before = fixture_read(&k.f, "vault.db");
    k.f.v = fixture_open(&k.f);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(fixture_append(k.f.v, k.kase, "{\"lost\":1}"), ERR_OK);
    }
    vault_close(k.f.v);
    put_back(&k, &before);
    str_done(&before);
    k.f.v = fixture_open(&k.f);
    ck_assert_mem_eq(vault_device_id(k.f.v), k.old_device, ID_LEN);
    ck_assert_int_eq(fixture_append(k.f.v, k.kase, "{\"after\":1}"), ERR_OK);
    ck_assert_mem_ne(vault_device_id(k.f.v), k.old_device, ID_LEN);
    ck_assert(device_is_closed(k.f.v, k.old_device));
    ck_assert_uint_eq(times(k.f.v, "{\"after\":1}"), 1);
    ck_whole(k.f.v);
    /* Once: the next write is by the same device. */
    unsigned char device[ID_LEN];
    memcpy(device, vault_device_id(k.f.v), ID_LEN);
    vault_close(k.f.v);
    k.f.v = fixture_open(&k.f);
    ck_assert_int_eq(fixture_append(k.f.v, k.kase, "{\"after\":2}"), ERR_OK);
    ck_assert_mem_eq(vault_device_id(k.f.v), device, ID_LEN);
    ck_whole(k.f.v);
    fixture_done(&k.f);
}
END_TEST

START_TEST(two_windows_agree_on_the_new_device)
{
    struct kept k = kept_new();
    vault_close(k.f.v);
    struct str before = fixture_read(&k.f, "vault.db");
    k.f.v = fixture_open(&k.f);
    ck_assert_int_eq(fixture_append(k.f.v, k.kase, "{\"lost\":1}"), ERR_OK);
    vault_close(k.f.v);
    put_back(&k, &before);
    str_done(&before);
    k.f.v = fixture_open(&k.f);
    vault *other = fixture_open(&k.f);
    ck_assert_int_eq(fixture_append(k.f.v, k.kase, "{\"a\":1}"), ERR_OK);
    ck_assert_int_eq(fixture_append(other, k.kase, "{\"b\":1}"), ERR_OK);
    ck_assert_mem_eq(vault_device_id(k.f.v), vault_device_id(other), ID_LEN);
    ck_assert_int_eq(fixture_append(k.f.v, k.kase, "{\"c\":1}"), ERR_OK);
    ck_whole(other);
    vault_close(other);
    fixture_done(&k.f);
}
END_TEST

START_TEST(a_mark_that_is_gone_is_made_anew)
{
    struct kept k = kept_new();
    vault_close(k.f.v);
    char *path = file_join(k.f.dir, "head");
    ck_assert_int_eq(unlink(path), 0);
    free(path);
    k.f.v = fixture_open(&k.f);
    struct vault_report r;
    ck_assert_int_eq(vault_verify(k.f.v, &r, NULL, NULL, NULL), ERR_OK);
    ck_assert(r.head_behind);
    ck_assert_int_eq(fixture_append(k.f.v, k.kase, "{}"), ERR_OK);
    ck_assert_mem_eq(vault_device_id(k.f.v), k.old_device, ID_LEN);
    ck_whole(k.f.v);
    fixture_done(&k.f);
}
END_TEST

/* The keyfile says one device, the database another: the power went between the two. */
START_TEST(a_change_of_device_that_was_interrupted_is_finished_at_the_next_unlock)
{
    struct kept k = kept_new();
    vault_close(k.f.v);
    struct str before = fixture_read(&k.f, "vault.db");
    k.f.v = fixture_open(&k.f);
    ck_assert_int_eq(fixture_append(k.f.v, k.kase, "{\"lost\":1}"), ERR_OK);
    vault_close(k.f.v);
    put_back(&k, &before);
    k.f.v = fixture_open(&k.f);
    ck_assert_int_eq(fixture_append(k.f.v, k.kase, "{\"lost\":2}"), ERR_OK);
    unsigned char device[ID_LEN];
    memcpy(device, vault_device_id(k.f.v), ID_LEN);
    vault_close(k.f.v);
    put_back(&k, &before);
    str_done(&before);
    fixture_write(&k.f, "head", "", 0);
    k.f.v = fixture_open(&k.f);
    ck_assert_mem_eq(vault_device_id(k.f.v), device, ID_LEN);
    ck_assert(device_is_closed(k.f.v, k.old_device));
    ck_assert_str_eq(vault_member_name(k.f.v), "A. C.");
    ck_assert_int_eq(fixture_append(k.f.v, k.kase, "{\"after\":1}"), ERR_OK);
    ck_whole(k.f.v);
    fixture_done(&k.f);
}
END_TEST

static bool box_is_certified(const vault *v)
{
    unsigned char public_key[KEY_LEN];
    const struct cert *c = known_cert(v, CERT_MEMBER, vault_member_id(v));
    return crypto_scalarmult_base(public_key, v->keys->member_box) == 0 &&
           memcmp(public_key, c->box_key, KEY_LEN) == 0;
}

START_TEST(a_box_key_that_differs_from_its_certificate_is_certified_at_the_next_unlock)
{
    struct kept k = kept_new();
    vault_close(k.f.v);
    struct str before = fixture_read(&k.f, "vault.db");
    k.f.v = fixture_open(&k.f);
    ck_assert_int_eq(vault_erase_request(k.f.v, k.kase, "K-1", "over", NULL), ERR_OK);
    ck_assert(box_is_certified(k.f.v));
    vault_close(k.f.v);
    put_back(&k, &before);
    str_done(&before);
    k.f.v = fixture_open(&k.f);
    ck_assert(box_is_certified(k.f.v));
    ck_assert_uint_eq(times(k.f.v, TEXT), 1);
    ck_whole(k.f.v);
    fixture_done(&k.f);
}
END_TEST

Suite *vault_restore_suite(void)
{
    Suite *s = suite_create("vault/restore");
    TCase *c = tcase_create("restore");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, the_passphrase_restores_as_another_device_and_closes_the_old_one);
    tcase_add_test(c, the_members_sheet_restores_with_a_new_passphrase);
    tcase_add_test(c, the_organisations_sheet_alone_makes_a_new_coordinator_who_reads_every_case);
    tcase_add_test(c, what_is_there_is_not_overwritten);
    tcase_add_test(c, a_wrong_key_or_a_damaged_file_leaves_nothing);
    tcase_add_test(c, another_organisations_sheet_opens_nothing);
    tcase_add_test(c, a_log_behind_its_mark_goes_on_under_another_device);
    tcase_add_test(c, two_windows_agree_on_the_new_device);
    tcase_add_test(c, a_mark_that_is_gone_is_made_anew);
    tcase_add_test(c, a_change_of_device_that_was_interrupted_is_finished_at_the_next_unlock);
    tcase_add_test(c, a_box_key_that_differs_from_its_certificate_is_certified_at_the_next_unlock);
    suite_add_tcase(s, c);
    return s;
}
