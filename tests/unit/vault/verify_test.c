/* Verifying: an untouched vault is good; whatever is changed behind its back is found. */
#include "fixture.h"

#include "db/db.h"

Suite *vault_verify_suite(void);

#define EVENTS 14 /* 6 of the vault, 8 of ours: numbers and rows 1..14 */

static struct fixture filled(void)
{
    struct fixture f = fixture_new();
    for (int i = 0; i < EVENTS - FIXTURE_OWN; i++) {
        ck_assert_int_eq(fixture_append(f.v, vault_organisation(f.v), "{}"), ERR_OK);
    }
    return f;
}

/* Runs sql on the database behind the vault's back. */
static void tamper(const struct fixture *f, const char *sql)
{
    char *path = file_join(f->dir, "vault.db");
    db *d = NULL;
    ck_assert_int_eq(db_open(path, false, &d, NULL), ERR_OK);
    ck_assert_int_eq(db_exec(d, sql, NULL), ERR_OK);
    db_close(d);
    free(path);
}

static struct vault_report report_of(struct fixture *f)
{
    struct vault_report r;
    ck_assert_int_eq(vault_verify(f->v, &r, NULL, NULL, NULL), ERR_OK);
    ck_assert_uint_eq(r.finding_count, r.bad);
    vault_report_done(&r);
    return r;
}

START_TEST(an_untouched_vault_is_good)
{
    struct fixture f = filled();
    const struct vault_report r = report_of(&f);
    ck_assert_uint_eq(r.events, EVENTS);
    ck_assert_uint_eq(r.bad + r.unreadable, 0);
    ck_assert(!r.head_behind && !r.database_damaged && !r.keyfile_damaged);
    fixture_done(&f);
}
END_TEST

START_TEST(a_flipped_byte_counts_one_row)
{
    struct fixture f = filled();
    tamper(&f, "UPDATE ev SET box = substr(box, 1, 99) || x'00' || substr(box, 101) WHERE n = 9"
               " AND substr(box, 100, 1) <> x'00';"
               "UPDATE ev SET box = substr(box, 1, 150) || x'FF' || substr(box, 152) WHERE n = 9"
               " AND substr(box, 151, 1) <> x'FF';");
    const struct vault_report r = report_of(&f);
    ck_assert_uint_eq(r.bad, 1);
    ck_assert_uint_eq(r.first_bad_seq, 9);
    ck_assert_uint_eq(r.events, EVENTS);
    ck_assert(!r.head_behind);
    fixture_done(&f);
}
END_TEST

START_TEST(a_row_taken_out_of_the_middle_is_missed)
{
    struct fixture f = filled();
    tamper(&f, "DELETE FROM ev WHERE n = 10;");
    const struct vault_report r = report_of(&f);
    ck_assert_uint_eq(r.bad, 1);
    ck_assert_uint_eq(r.first_bad_seq, 10);
    fixture_done(&f);
}
END_TEST

START_TEST(rows_that_changed_places_are_found)
{
    struct fixture f = filled();
    tamper(&f, "UPDATE ev SET n = 100 WHERE n = 8; UPDATE ev SET n = 8 WHERE n = 11;"
               "UPDATE ev SET n = 11 WHERE n = 100;");
    struct vault_report r = report_of(&f);
    ck_assert_uint_ge(r.bad, 1);
    ck_assert_uint_eq(r.first_bad_seq, 8);
    fixture_done(&f);
}
END_TEST

START_TEST(boxes_that_changed_rows_do_not_open)
{
    struct fixture f = filled();
    tamper(&f, "UPDATE ev SET box = (SELECT box FROM ev WHERE n = 12) WHERE n = 13;");
    const struct vault_report r = report_of(&f);
    ck_assert_uint_eq(r.bad, 1);
    ck_assert_uint_eq(r.first_bad_seq, 13);
    fixture_done(&f);
}
END_TEST

START_TEST(rows_cut_off_the_end_are_missed)
{
    struct fixture f = filled();
    tamper(&f, "DELETE FROM ev WHERE n > 12;");
    const struct vault_report r = report_of(&f);
    ck_assert_uint_eq(r.bad, 1);
    ck_assert_uint_eq(r.first_bad_seq, 13);
    ck_assert(r.head_behind);
    fixture_done(&f);
}
END_TEST

START_TEST(a_database_put_back_is_behind_its_head)
{
    struct fixture f = filled();
    vault_close(f.v);
    struct str old = fixture_read(&f, "vault.db");
    f.v = fixture_open(&f);
    ck_assert_int_eq(fixture_append(f.v, vault_organisation(f.v), "{}"), ERR_OK);
    vault_close(f.v);
    fixture_write(&f, "vault.db", old.data, old.len);
    f.v = fixture_open(&f);
    const struct vault_report r = report_of(&f);
    ck_assert_uint_eq(r.bad, 0);
    ck_assert(r.head_behind);
    str_done(&old);
    fixture_done(&f);
}
END_TEST

START_TEST(a_head_that_is_gone_or_changed_counts_as_behind)
{
    struct fixture f = filled();
    struct str head = fixture_read(&f, "head");
    vault_close(f.v);
    head.data[24] = (char)(head.data[24] ^ 1);
    fixture_write(&f, "head", head.data, head.len);
    f.v = fixture_open(&f);
    ck_assert(report_of(&f).head_behind);
    vault_close(f.v);
    char *path = file_join(f.dir, "head");
    ck_assert_int_eq(unlink(path), 0);
    f.v = fixture_open(&f);
    ck_assert(report_of(&f).head_behind);
    free(path);
    str_done(&head);
    fixture_done(&f);
}
END_TEST

START_TEST(a_damaged_keyfile_is_told)
{
    struct fixture f = filled();
    struct str bytes = fixture_read(&f, "keyfile");
    bytes.data[bytes.len - 1] = (char)(bytes.data[bytes.len - 1] ^ 1);
    fixture_write(&f, "keyfile", bytes.data, bytes.len);
    ck_assert(report_of(&f).keyfile_damaged);
    str_done(&bytes);
    fixture_done(&f);
}
END_TEST

static bool count_one(void *payload, const struct vault_event *e)
{
    int *count = payload;
    (void)e;
    (*count)++;
    return true;
}

START_TEST(reading_goes_on_past_a_damaged_row)
{
    struct fixture f = filled();
    int count = 0;
    uint64_t skipped = 0;
    tamper(&f, "UPDATE ev SET box = x'0102' WHERE n = 9;");
    ck_assert_int_eq(vault_each(f.v, 0, count_one, &count, &skipped, NULL), ERR_OK);
    ck_assert_int_eq(count, EVENTS - 1);
    ck_assert_uint_eq(skipped, 1);
    fixture_done(&f);
}
END_TEST

Suite *vault_verify_suite(void)
{
    Suite *s = suite_create("vault/verify");
    TCase *c = tcase_create("verify");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, an_untouched_vault_is_good);
    tcase_add_test(c, a_flipped_byte_counts_one_row);
    tcase_add_test(c, a_row_taken_out_of_the_middle_is_missed);
    tcase_add_test(c, rows_that_changed_places_are_found);
    tcase_add_test(c, boxes_that_changed_rows_do_not_open);
    tcase_add_test(c, rows_cut_off_the_end_are_missed);
    tcase_add_test(c, a_database_put_back_is_behind_its_head);
    tcase_add_test(c, a_head_that_is_gone_or_changed_counts_as_behind);
    tcase_add_test(c, a_damaged_keyfile_is_told);
    tcase_add_test(c, reading_goes_on_past_a_damaged_row);
    suite_add_tcase(s, c);
    return s;
}
