/* Joining: request, welcome, what a new member reads and may; grants, taking back, removal; a
 * further device; new keys for lost ones. */
#include "team.h"

Suite *vault_join_suite(void);

START_TEST(who_joins_reads_the_organisation_and_what_is_granted)
{
    struct team t = team_new();
    unsigned char open[ID_LEN];
    unsigned char closed[ID_LEN];
    ck_assert_int_eq(vault_compartment_new(t.v[0], open, NULL), ERR_OK);
    ck_assert_int_eq(vault_compartment_new(t.v[0], closed, NULL), ERR_OK);
    ck_assert_int_eq(team_write(t.v[0], open, "1"), ERR_OK);
    ck_assert_int_eq(team_write(t.v[0], closed, "2"), ERR_OK);
    ck_assert_int_eq(fixture_append(t.v[0], vault_organisation(t.v[0]), "0"), ERR_OK);
    vault *b = team_join(&t, "B. B.", VAULT_ROLE_CASEWORKER);
    ck_assert_str_eq(vault_member_name(b), "B. B.");
    ck_assert_int_eq(vault_own_role(b), VAULT_ROLE_CASEWORKER);
    ck_assert_str_eq(team_read(b, vault_organisation(b)), "0");
    ck_assert_str_eq(team_read(b, open), "");
    ck_assert_int_eq(team_write(b, open, "x"), ERR_RIGHTS);
    ck_assert_int_eq(vault_grant(t.v[0], open, vault_member_id(b), NULL), ERR_OK);
    team_carry(t.v[0], b);
    ck_assert_str_eq(team_read(b, open), "1");
    ck_assert_str_eq(team_read(b, closed), "");
    ck_assert_int_eq(team_write(b, open, "3"), ERR_OK);
    ck_assert_int_eq(team_write(b, closed, "x"), ERR_RIGHTS);
    team_carry(b, t.v[0]);
    ck_assert_str_eq(team_read(t.v[0], open), "1 3");
    team_done(&t);
}
END_TEST

START_TEST(both_sides_see_the_same_words_and_name)
{
    struct team t = team_new();
    char dir[160];
    struct str request = STR_INIT;
    struct str mine = STR_INIT;
    struct str theirs = STR_INIT;
    vault_secret *pass = secret_of(FIXTURE_PASS);
    vault_secret *sheet = NULL;
    struct vault_request said;
    team_dir(&t, "b", dir);
    const struct vault_create how = {.dir = dir,
                                     .passphrase = pass,
                                     .kdf = {19, 2},
                                     .lang = LANG_RU,
                                     .member_name = "Ș. Ț.",
                                     .zone = "UTC"};
    ck_assert_int_eq(vault_join_request(&how, &request, &mine, &sheet, NULL), ERR_OK);
    ck_assert(vault_is_waiting(dir));
    ck_assert_int_eq(vault_request_read(t.v[0], request.data, request.len, &said, &theirs, NULL),
                     ERR_OK);
    ck_assert_str_eq(str_cstr(&mine), str_cstr(&theirs));
    ck_assert_str_eq(said.name, "Ș. Ț.");
    ck_assert(!said.is_second_device);
    ck_assert_int_eq(vault_join_request(&how, &request, &mine, &sheet, NULL), ERR_EXISTS);
    vault_secret_free(sheet);
    vault_secret_free(pass);
    str_done(&request);
    str_done(&mine);
    str_done(&theirs);
    team_done(&t);
}
END_TEST

START_TEST(a_welcome_is_for_one_device_and_one_passphrase)
{
    struct team t = team_new();
    char dir[160];
    struct str request = STR_INIT;
    struct str other = STR_INIT;
    struct str welcome = STR_INIT;
    vault *v = NULL;
    vault_secret *right = secret_of(FIXTURE_PASS);
    vault_secret *wrong = secret_of("alt drum spre munte");
    team_ask(&t, "b", "B. B.", &request);
    team_ask(&t, "c", "C. C.", &other);
    ck_assert_int_eq(vault_member_add(t.v[0], request.data, request.len, VAULT_ROLE_LAWYER, NULL,
                                      &welcome, NULL),
                     ERR_OK);
    team_dir(&t, "c", dir);
    ck_assert_int_eq(vault_join_finish(dir, right, welcome.data, welcome.len, &v, NULL), ERR_KEY);
    ck_assert(vault_is_waiting(dir));
    team_dir(&t, "b", dir);
    ck_assert_int_eq(vault_join_finish(dir, wrong, welcome.data, welcome.len, &v, NULL), ERR_KEY);
    ck_assert(vault_is_waiting(dir));
    ck_assert_int_eq(vault_join_finish(dir, right, welcome.data, welcome.len, &v, NULL), ERR_OK);
    ck_assert(!vault_is_waiting(dir));
    ck_assert_int_eq(vault_own_role(v), VAULT_ROLE_LAWYER);
    vault_close(v);
    ck_assert_int_eq(vault_join_finish(dir, right, welcome.data, welcome.len, &v, NULL),
                     ERR_NOT_FOUND);
    ck_assert_int_eq(vault_open(dir, &v, NULL), ERR_OK);
    ck_assert_int_eq(vault_unlock(v, right, NULL), ERR_OK);
    vault_close(v);
    vault_secret_free(right);
    vault_secret_free(wrong);
    str_done(&request);
    str_done(&other);
    str_done(&welcome);
    team_done(&t);
}
END_TEST

START_TEST(a_changed_welcome_is_refused_and_the_folder_waits_on)
{
    struct team t = team_new();
    char dir[160];
    struct str request = STR_INIT;
    struct str welcome = STR_INIT;
    vault *v = NULL;
    vault_secret *pass = secret_of(FIXTURE_PASS);
    team_ask(&t, "b", "B. B.", &request);
    team_dir(&t, "b", dir);
    ck_assert_int_eq(
        vault_member_add(t.v[0], request.data, request.len, VAULT_ROLE_MEDIC, NULL, &welcome, NULL),
        ERR_OK);
    for (size_t i = 0; i < welcome.len; i += welcome.len / 12) {
        welcome.data[i] ^= 1;
        ck_assert_int_ne(vault_join_finish(dir, pass, welcome.data, welcome.len, &v, NULL), ERR_OK);
        welcome.data[i] ^= 1;
        ck_assert(vault_is_waiting(dir));
    }
    ck_assert_int_eq(vault_join_finish(dir, pass, welcome.data, welcome.len, &v, NULL), ERR_OK);
    vault_close(v);
    vault_secret_free(pass);
    str_done(&request);
    str_done(&welcome);
    team_done(&t);
}
END_TEST

START_TEST(only_a_coordinator_admits_and_another_one_needs_the_organisations_key)
{
    struct team t = team_new();
    struct str request = STR_INIT;
    struct str welcome = STR_INIT;
    vault *b = team_join(&t, "B", VAULT_ROLE_CASEWORKER);
    team_ask(&t, "c", "C", &request);
    ck_assert_int_eq(
        vault_member_add(b, request.data, request.len, VAULT_ROLE_LAWYER, NULL, &welcome, NULL),
        ERR_RIGHTS);
    ck_assert_int_eq(vault_member_add(t.v[0], request.data, request.len, VAULT_ROLE_COORDINATOR,
                                      NULL, &welcome, NULL),
                     ERR_RIGHTS);
    ck_assert_int_eq(vault_member_add(t.v[0], request.data, request.len, VAULT_ROLE_COORDINATOR,
                                      t.f.member_sheet, &welcome, NULL),
                     ERR_KEY);
    ck_assert_uint_eq(welcome.len, 0);
    ck_assert_int_eq(vault_member_add(t.v[0], request.data, request.len, VAULT_ROLE_COORDINATOR,
                                      t.f.org_sheet, &welcome, NULL),
                     ERR_OK);
    ck_assert_int_eq(vault_member_add(t.v[0], request.data, request.len, VAULT_ROLE_LAWYER, NULL,
                                      &welcome, NULL),
                     ERR_EXISTS);
    vault *c = team_finish(&t, "c", &welcome);
    ck_assert_int_eq(vault_own_role(c), VAULT_ROLE_COORDINATOR);
    vault_close(c);
    str_done(&request);
    str_done(&welcome);
    team_done(&t);
}
END_TEST

START_TEST(a_new_coordinator_holds_the_keys_of_older_cases)
{
    struct team t = team_new();
    unsigned char id[ID_LEN];
    struct vault_compartment c;
    ck_assert_int_eq(vault_compartment_new(t.v[0], id, NULL), ERR_OK);
    ck_assert_int_eq(team_write(t.v[0], id, "1"), ERR_OK);
    vault *b = team_join(&t, "B", VAULT_ROLE_COORDINATOR);
    ck_assert_int_eq(vault_compartment_get(b, id, &c, NULL), ERR_OK);
    ck_assert_int_ne(c.standing, VAULT_GRANTED);
    ck_assert_str_eq(team_read(b, id), "1");
    team_done(&t);
}
END_TEST

START_TEST(what_is_taken_back_stays_closed_from_then_on)
{
    struct team t = team_new();
    unsigned char id[ID_LEN];
    vault *a = t.v[0];
    vault *b = team_join(&t, "B", VAULT_ROLE_CASEWORKER);
    ck_assert_int_eq(vault_compartment_new(a, id, NULL), ERR_OK);
    ck_assert_int_eq(vault_grant(a, id, vault_member_id(b), NULL), ERR_OK);
    ck_assert_int_eq(team_write(a, id, "1"), ERR_OK);
    team_carry(a, b);
    ck_assert_str_eq(team_read(b, id), "1");
    ck_assert_int_eq(vault_ungrant(a, id, vault_member_id(b), NULL), ERR_OK);
    ck_assert_int_eq(team_write(a, id, "2"), ERR_OK);
    const struct team_tally got = team_carry(a, b);
    ck_assert_uint_ge(got.of[VAULT_CARRIED], 1);
    ck_assert_ptr_null(strstr(team_read(b, id), "2"));
    ck_assert_int_eq(team_write(b, id, "x"), ERR_RIGHTS);
    team_done(&t);
}
END_TEST

START_TEST(a_removed_member_reads_nothing_new_and_is_not_heard)
{
    struct team t = team_new();
    unsigned char id[ID_LEN];
    vault *a = t.v[0];
    vault *b = team_join(&t, "B", VAULT_ROLE_CASEWORKER);
    ck_assert_int_eq(vault_compartment_new(a, id, NULL), ERR_OK);
    ck_assert_int_eq(vault_grant(a, id, vault_member_id(b), NULL), ERR_OK);
    team_carry(a, b);
    team_carry(b, a);
    ck_assert_int_eq(vault_member_remove(a, vault_member_id(b), "left", NULL), ERR_OK);
    ck_assert_int_eq(team_write(a, id, "1"), ERR_OK);
    ck_assert_int_eq(fixture_append(a, vault_organisation(a), "2"), ERR_OK);
    team_carry(a, b);
    ck_assert_str_eq(team_read(b, id), "");
    ck_assert_str_eq(team_read(b, vault_organisation(b)), "");
    ck_assert_int_eq(vault_own_role(b), VAULT_ROLE_NONE);
    team_done(&t);
}
END_TEST

START_TEST(a_further_device_is_the_same_member)
{
    struct team t = team_new();
    unsigned char id[ID_LEN];
    struct str request = STR_INIT;
    struct str welcome = STR_INIT;
    vault *a = t.v[0];
    vault *b = team_join(&t, "B", VAULT_ROLE_CASEWORKER);
    ck_assert_int_eq(vault_compartment_new(b, id, NULL), ERR_OK);
    ck_assert_int_eq(team_write(b, id, "1"), ERR_OK);
    team_ask(&t, "b2", "", &request);
    ck_assert_int_eq(
        vault_member_add(b, request.data, request.len, VAULT_ROLE_NONE, NULL, &welcome, NULL),
        ERR_OK);
    vault *b2 = team_finish(&t, "b2", &welcome);
    ck_assert_mem_eq(vault_member_id(b), vault_member_id(b2), ID_LEN);
    ck_assert_int_ne(memcmp(vault_device_id(b), vault_device_id(b2), ID_LEN), 0);
    ck_assert_str_eq(team_read(b2, id), "1");
    ck_assert_int_eq(team_write(b2, id, "2"), ERR_OK);
    team_carry(b2, a);
    team_carry(b2, b);
    ck_assert_str_eq(team_read(b, id), "1 2");
    ck_assert_str_eq(team_read(a, id), "1 2");
    vault_close(b2);
    str_done(&request);
    str_done(&welcome);
    team_done(&t);
}
END_TEST

START_TEST(who_lost_her_only_device_gets_back_what_was_open_to_her)
{
    struct team t = team_new();
    unsigned char id[ID_LEN];
    unsigned char old[ID_LEN];
    struct str request = STR_INIT;
    struct str welcome = STR_INIT;
    vault *a = t.v[0];
    vault *b = team_join(&t, "B", VAULT_ROLE_CASEWORKER);
    ck_assert_int_eq(vault_compartment_new(a, id, NULL), ERR_OK);
    ck_assert_int_eq(vault_grant(a, id, vault_member_id(b), NULL), ERR_OK);
    team_carry(a, b);
    ck_assert_int_eq(team_write(b, id, "1"), ERR_OK);
    team_carry(b, a);
    memcpy(old, vault_member_id(b), ID_LEN);
    team_ask(&t, "again", "B", &request);
    ck_assert_int_eq(vault_member_renew(a, request.data, request.len, old, NULL, &welcome, NULL),
                     ERR_OK);
    vault *again = team_finish(&t, "again", &welcome);
    ck_assert_int_ne(memcmp(old, vault_member_id(again), ID_LEN), 0);
    ck_assert_int_eq(vault_own_role(again), VAULT_ROLE_CASEWORKER);
    ck_assert_str_eq(team_read(again, id), "1");
    ck_assert_int_eq(team_write(again, id, "2"), ERR_OK);
    ck_assert_int_eq(team_write(a, id, "3"), ERR_OK);
    team_carry(a, b);
    ck_assert_str_eq(team_read(b, id), "1");
    team_carry(again, a);
    ck_assert_str_eq(team_read(a, id), "1 2 3");
    vault_close(again);
    str_done(&request);
    str_done(&welcome);
    team_done(&t);
}
END_TEST

START_TEST(a_joined_vault_is_whole)
{
    struct team t = team_new();
    struct vault_report report;
    unsigned char id[ID_LEN];
    ck_assert_int_eq(vault_compartment_new(t.v[0], id, NULL), ERR_OK);
    vault *b = team_join(&t, "B", VAULT_ROLE_CASEWORKER);
    ck_assert_int_eq(vault_grant(t.v[0], id, vault_member_id(b), NULL), ERR_OK);
    team_carry(t.v[0], b);
    ck_assert_int_eq(team_write(b, id, "1"), ERR_OK);
    team_carry(b, t.v[0]);
    for (size_t i = 0; i < t.count; i++) {
        ck_assert_int_eq(vault_verify(t.v[i], &report, NULL, NULL, NULL), ERR_OK);
        ck_assert_uint_eq(report.bad, 0);
        ck_assert(!report.head_behind && !report.database_damaged && !report.keyfile_damaged);
    }
    team_done(&t);
}
END_TEST

Suite *vault_join_suite(void)
{
    Suite *s = suite_create("vault/join");
    TCase *t = tcase_create("join");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, who_joins_reads_the_organisation_and_what_is_granted);
    tcase_add_test(t, both_sides_see_the_same_words_and_name);
    tcase_add_test(t, a_welcome_is_for_one_device_and_one_passphrase);
    tcase_add_test(t, a_changed_welcome_is_refused_and_the_folder_waits_on);
    tcase_add_test(t, only_a_coordinator_admits_and_another_one_needs_the_organisations_key);
    tcase_add_test(t, a_new_coordinator_holds_the_keys_of_older_cases);
    tcase_add_test(t, what_is_taken_back_stays_closed_from_then_on);
    tcase_add_test(t, a_removed_member_reads_nothing_new_and_is_not_heard);
    tcase_add_test(t, a_further_device_is_the_same_member);
    tcase_add_test(t, who_lost_her_only_device_gets_back_what_was_open_to_her);
    tcase_add_test(t, a_joined_vault_is_whole);
    suite_add_tcase(s, t);
    return s;
}
