/* What arrives: order, duplicates, gaps, damage, forks, closed devices, keys that come late. */
#include "team.h"

#include "../../../src/vault/cert_int.h"
#include "../../../src/vault/event_int.h"

Suite *vault_exchange_suite(void);

/* A coordinator and a caseworker who share a case, all carried. */
struct pair {
    struct team t;
    vault *a, *b;
    unsigned char id[ID_LEN];
};

static struct pair pair_new(void)
{
    struct pair p = {.t = team_new()};
    p.a = p.t.v[0];
    p.b = team_join(&p.t, "B", VAULT_ROLE_CASEWORKER);
    ck_assert_int_eq(vault_compartment_new(p.a, p.id, NULL), ERR_OK);
    ck_assert_int_eq(vault_grant(p.a, p.id, vault_member_id(p.b), NULL), ERR_OK);
    team_carry(p.a, p.b);
    team_carry(p.b, p.a);
    return p;
}

static const unsigned char *record_at(const struct str *records, size_t at, size_t *n)
{
    const unsigned char *p = (const unsigned char *)records->data + at;
    *n = get_u32le(p);
    return p + 4;
}

static bool is_sort(const unsigned char *p, const char *magic)
{
    return memcmp(p, magic, 4) == 0;
}

/* The last record of a sort that v gives; an event of v's own device. */
static struct str last_of(vault *v, const char *magic)
{
    struct str all = STR_INIT;
    struct str out = STR_INIT;
    size_t n = 0;
    ck_assert_int_eq(vault_give(v, team_gather, &all, NULL), ERR_OK);
    for (size_t at = 0; at < all.len; at += 4 + n) {
        const unsigned char *p = record_at(&all, at, &n);
        if (is_sort(p, magic) &&
            (!is_sort(p, "SPEV") || memcmp(p + EVENT_AT_DEVICE, vault_device_id(v), ID_LEN) == 0)) {
            str_clear(&out);
            str_put(&out, p, n);
        }
    }
    str_done(&all);
    ck_assert_uint_gt(out.len, 0);
    return out;
}

static struct vault_outcome take(vault *v, const struct str *record)
{
    struct vault_outcome out = {VAULT_TAKEN, VAULT_REASON_COUNT};
    ck_assert_int_eq(vault_take(v, record->data, record->len, &out, NULL), ERR_OK);
    return out;
}

START_TEST(what_is_given_can_be_taken_in_that_order_and_is_known_the_second_time)
{
    struct pair p = pair_new();
    vault *c = team_join(&p.t, "C", VAULT_ROLE_PSYCHOLOGIST);
    ck_assert_int_eq(vault_grant(p.a, p.id, vault_member_id(c), NULL), ERR_OK);
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(team_write(p.a, p.id, "a"), ERR_OK);
    }
    struct team_tally tally = team_carry(p.a, c);
    ck_assert_uint_eq(tally.of[VAULT_HELD], 0);
    ck_assert_uint_eq(tally.of[VAULT_QUARANTINED], 0);
    ck_assert_uint_ge(tally.of[VAULT_TAKEN], 5);
    tally = team_carry(p.a, c);
    ck_assert_uint_eq(tally.of[VAULT_TAKEN], 0);
    ck_assert_uint_eq(tally.of[VAULT_CARRIED], 0);
    ck_assert_uint_gt(tally.of[VAULT_KNOWN], 0);
    team_done(&p.t);
}
END_TEST

START_TEST(what_comes_backwards_waits_and_is_taken_by_itself)
{
    struct pair p = pair_new();
    struct str one[6];
    for (int i = 0; i < 6; i++) {
        char text[8];
        snprintf(text, sizeof text, "%d", i);
        ck_assert_int_eq(team_write(p.b, p.id, text), ERR_OK);
        one[i] = last_of(p.b, "SPEV");
    }
    for (int i = 5; i > 0; i--) {
        ck_assert_int_eq(take(p.a, &one[i]).taken, VAULT_HELD);
        ck_assert_int_eq(take(p.a, &one[i]).taken, VAULT_HELD);
    }
    ck_assert_str_eq(team_read(p.a, p.id), "");
    ck_assert_int_eq(take(p.a, &one[0]).taken, VAULT_TAKEN);
    ck_assert_str_eq(team_read(p.a, p.id), "0 1 2 3 4 5");
    for (int i = 0; i < 6; i++) {
        ck_assert_int_eq(take(p.a, &one[i]).taken, VAULT_KNOWN);
        str_done(&one[i]);
    }
    team_done(&p.t);
}
END_TEST

/* Every byte of one record of b flipped in turn: none is taken, and what is said why is counted. */
static void flip_all(struct pair *p, struct str *record, size_t reasons[VAULT_REASON_COUNT])
{
    memset(reasons, 0, VAULT_REASON_COUNT * sizeof *reasons);
    ck_assert_int_eq(vault_take_begin(p->a, NULL), ERR_OK);
    for (size_t i = 0; i < record->len; i++) {
        struct vault_outcome out = {VAULT_TAKEN, VAULT_REASON_NONE};
        record->data[i] = (char)(record->data[i] ^ (1 << (i % 8)));
        ck_assert_int_eq(vault_take(p->a, record->data, record->len, &out, NULL), ERR_OK);
        ck_assert_msg(out.taken == VAULT_QUARANTINED || out.taken == VAULT_HELD, "byte %zu: %d", i,
                      (int)out.taken);
        ck_assert_int_ne(out.reason, VAULT_REASON_NONE);
        reasons[out.reason]++;
        record->data[i] = (char)(record->data[i] ^ (1 << (i % 8)));
    }
    for (size_t n = 0; n < record->len; n += 7) {
        struct vault_outcome out = {VAULT_TAKEN, VAULT_REASON_NONE};
        ck_assert_int_eq(vault_take(p->a, record->data, n, &out, NULL), ERR_OK);
        ck_assert_int_eq(out.taken, VAULT_QUARANTINED);
    }
    ck_assert_int_eq(vault_take_end(p->a, NULL), ERR_OK);
}

START_TEST(every_flipped_byte_of_an_event_has_its_own_reason)
{
    struct pair p = pair_new();
    size_t why[VAULT_REASON_COUNT];
    ck_assert_int_eq(team_write(p.b, p.id, "1"), ERR_OK);
    struct str record = last_of(p.b, "SPEV");
    flip_all(&p, &record, why);
    ck_assert_uint_eq(why[VAULT_REASON_MAGIC], 4);
    ck_assert_uint_eq(why[VAULT_REASON_VERSION], 2);
    ck_assert_uint_ge(why[VAULT_REASON_FLAGS], 1);
    ck_assert_uint_eq(why[VAULT_REASON_ORGANISATION], ID_LEN);
    ck_assert_uint_eq(why[VAULT_REASON_CERTIFICATE], ID_LEN); /* device: nobody knows it */
    ck_assert_uint_ge(why[VAULT_REASON_SEQUENCE], 1);
    ck_assert_uint_ge(why[VAULT_REASON_PREVIOUS], HASH_LEN);
    ck_assert_uint_ge(why[VAULT_REASON_LENGTH], 4);
    ck_assert_uint_ge(why[VAULT_REASON_SIGNATURE], 64);
    ck_assert_str_eq(team_read(p.a, p.id), "");
    ck_assert_int_eq(take(p.a, &record).taken, VAULT_TAKEN);
    ck_assert_str_eq(team_read(p.a, p.id), "1");
    str_done(&record);
    team_done(&p.t);
}
END_TEST

START_TEST(every_flipped_byte_of_a_wrap_has_its_own_reason)
{
    struct pair p = pair_new();
    unsigned char id[ID_LEN];
    size_t why[VAULT_REASON_COUNT];
    ck_assert_int_eq(vault_compartment_new(p.b, id, NULL), ERR_OK);
    struct str record = last_of(p.b, "SPWR");
    flip_all(&p, &record, why);
    ck_assert_uint_eq(why[VAULT_REASON_MAGIC], 4);
    ck_assert_uint_ge(why[VAULT_REASON_VERSION], 2);
    ck_assert_uint_eq(why[VAULT_REASON_ORGANISATION], ID_LEN);
    ck_assert_uint_ge(why[VAULT_REASON_SIGNATURE], 64 + 144);
    str_done(&record);
    team_done(&p.t);
}
END_TEST

START_TEST(every_flipped_byte_of_a_certificate_has_its_own_reason)
{
    struct team t = team_new();
    struct pair p = {.t = t, .a = t.v[0]};
    size_t why[VAULT_REASON_COUNT];
    p.b = team_join(&p.t, "B", VAULT_ROLE_CASEWORKER);
    struct str record = last_of(p.b, "SPCT"); /* of b's device, not seen by a */
    flip_all(&p, &record, why);
    ck_assert_uint_eq(why[VAULT_REASON_MAGIC], 4);
    ck_assert_uint_ge(why[VAULT_REASON_VERSION], 4);
    ck_assert_uint_eq(why[VAULT_REASON_ORGANISATION], ID_LEN);
    ck_assert_uint_ge(why[VAULT_REASON_CERTIFICATE], 64);
    ck_assert_int_eq(take(p.a, &record).taken, VAULT_TAKEN);
    ck_assert_int_eq(take(p.a, &record).taken, VAULT_KNOWN);
    str_done(&record);
    team_done(&p.t);
}
END_TEST

START_TEST(what_is_of_another_organisation_is_set_aside_with_its_reason)
{
    struct pair p = pair_new();
    struct team other = team_new();
    struct vault_quarantined *all = NULL;
    size_t n = 0;
    const char *const magics[] = {"SPCT", "SPWR", "SPEV"};
    for (size_t i = 0; i < 3; i++) {
        struct str record = last_of(other.v[0], magics[i]);
        const struct vault_outcome out = take(p.a, &record);
        ck_assert_int_eq(out.taken, VAULT_QUARANTINED);
        ck_assert_int_eq(out.reason, VAULT_REASON_ORGANISATION);
        ck_assert_int_eq(take(p.a, &record).taken, VAULT_QUARANTINED);
        str_done(&record);
    }
    ck_assert_int_eq(vault_quarantine(p.a, &all, &n, NULL), ERR_OK);
    ck_assert_uint_eq(n, 3); /* once each, however often it came */
    ck_assert_int_eq(all[2].reason, VAULT_REASON_ORGANISATION);
    ck_assert_mem_eq(all[2].device, vault_device_id(other.v[0]), ID_LEN);
    free(all);
    team_done(&other);
    team_done(&p.t);
}
END_TEST

START_TEST(what_arrives_without_a_key_is_carried_and_opened_when_the_key_comes)
{
    struct pair p = pair_new();
    vault *c = team_join(&p.t, "C", VAULT_ROLE_LAWYER);
    team_carry(c, p.a);
    ck_assert_int_eq(team_write(p.a, p.id, "1"), ERR_OK);
    ck_assert_int_eq(team_write(p.b, p.id, "2"), ERR_OK);
    team_carry(p.b, p.a);
    struct team_tally tally = team_carry(p.a, c);
    ck_assert_uint_ge(tally.of[VAULT_CARRIED], 2);
    ck_assert_str_eq(team_read(c, p.id), "");
    ck_assert_int_eq(vault_grant(p.a, p.id, vault_member_id(c), NULL), ERR_OK);
    team_carry(p.a, c);
    ck_assert_str_eq(team_read(c, p.id), "1 2");
    team_done(&p.t);
}
END_TEST

START_TEST(what_was_carried_is_given_on)
{
    struct pair p = pair_new();
    vault *c = team_join(&p.t, "C", VAULT_ROLE_LAWYER);
    ck_assert_int_eq(team_write(p.b, p.id, "1"), ERR_OK);
    team_carry(p.b, c);
    ck_assert_str_eq(team_read(p.a, p.id), "");
    team_carry(c, p.a);
    ck_assert_str_eq(team_read(p.a, p.id), "1");
    team_done(&p.t);
}
END_TEST

START_TEST(what_comes_after_a_succession_is_kept_and_called_late)
{
    struct pair p = pair_new();
    ck_assert_int_eq(team_write(p.b, p.id, "1"), ERR_OK);
    struct str record = last_of(p.b, "SPEV");
    vault *c = team_join(&p.t, "C", VAULT_ROLE_LAWYER);
    ck_assert_int_eq(vault_grant(p.a, p.id, vault_member_id(c), NULL), ERR_OK);
    ck_assert_int_eq(take(p.a, &record).taken, VAULT_LATE);
    ck_assert_str_eq(team_read(p.a, p.id), "1");
    str_done(&record);
    team_done(&p.t);
}
END_TEST

/* A folder as it is now, under another name: a cloned laptop. */
static void clone_folder(const struct team *t, const char *from, const char *to)
{
    static const char *const files[] = {"keyfile", "vault.db", "head"};
    char a[160];
    char b[160];
    team_dir(t, from, a);
    team_dir(t, to, b);
    ck_assert_int_eq(file_mkdir(b, NULL), ERR_OK);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct str bytes = STR_INIT;
        char *source = file_join(a, files[i]);
        char *target = file_join(b, files[i]);
        ck_assert_int_eq(file_read(source, (size_t)64 << 20, &bytes, NULL), ERR_OK);
        ck_assert_int_eq(file_create(target, bytes.data, bytes.len, 0600, NULL), ERR_OK);
        str_done(&bytes);
        free(source);
        free(target);
    }
}

static vault *open_folder(const struct team *t, const char *name)
{
    char dir[160];
    vault *v = NULL;
    team_dir(t, name, dir);
    ck_assert_int_eq(vault_open(dir, &v, NULL), ERR_OK);
    ck_assert_int_eq(fixture_unlock(v, FIXTURE_PASS), ERR_OK);
    return v;
}

static bool is_closed(vault *v, const unsigned char *device)
{
    struct vault_device *all = NULL;
    size_t n = 0;
    bool closed = false;
    ck_assert_int_eq(vault_devices(v, &all, &n, NULL), ERR_OK);
    for (size_t i = 0; i < n; i++) {
        closed = closed || (all[i].is_closed && memcmp(all[i].id, device, ID_LEN) == 0);
    }
    free(all);
    return closed;
}

START_TEST(both_branches_of_a_fork_are_read_and_the_device_is_closed)
{
    struct pair p = pair_new();
    vault_close(p.b);
    clone_folder(&p.t, "B", "clone");
    p.b = p.t.v[1] = open_folder(&p.t, "B");
    vault *clone = open_folder(&p.t, "clone");
    ck_assert_int_eq(team_write(p.b, p.id, "1"), ERR_OK);
    ck_assert_int_eq(team_write(p.b, p.id, "2"), ERR_OK);
    ck_assert_int_eq(team_write(clone, p.id, "3"), ERR_OK);
    struct str first = last_of(p.b, "SPEV");
    struct str forked = last_of(clone, "SPEV");
    team_carry(p.b, p.a);
    ck_assert(!is_closed(p.a, vault_device_id(p.b)));
    const struct vault_outcome out = take(p.a, &forked);
    ck_assert_int_eq(out.taken, VAULT_TAKEN);
    ck_assert_int_eq(out.reason, VAULT_REASON_FORK);
    ck_assert_str_eq(team_read(p.a, p.id), "1 2 3");
    ck_assert(is_closed(p.a, vault_device_id(p.b)));
    ck_assert_int_eq(team_write(clone, p.id, "4"), ERR_OK);
    ck_assert_int_eq(team_write(clone, p.id, "5"), ERR_OK);
    team_carry(clone, p.a);
    ck_assert_ptr_null(strstr(team_read(p.a, p.id), "5"));
    vault_close(clone);
    str_done(&first);
    str_done(&forked);
    team_done(&p.t);
}
END_TEST

START_TEST(what_a_device_writes_after_its_closing_counts_nowhere_whatever_comes_first)
{
    struct pair p = pair_new();
    vault *c = team_join(&p.t, "C", VAULT_ROLE_LAWYER);
    team_carry(c, p.a);
    ck_assert_int_eq(vault_grant(p.a, p.id, vault_member_id(c), NULL), ERR_OK);
    team_carry(p.a, p.b);
    team_carry(p.a, c);
    ck_assert_int_eq(team_write(p.b, p.id, "1"), ERR_OK);
    team_carry(p.b, p.a);
    team_carry(p.b, c);
    ck_assert_int_eq(team_write(p.b, p.id, "2"), ERR_OK);
    team_carry(p.b, c); /* here before the closing */
    ck_assert_str_eq(team_read(c, p.id), "1 2");
    ck_assert_int_eq(vault_device_close(p.a, vault_device_id(p.b), "lost", NULL), ERR_OK);
    team_carry(p.b, p.a); /* there after it */
    team_carry(p.a, c);
    team_carry(c, p.a);
    ck_assert_str_eq(team_read(p.a, p.id), "1");
    ck_assert_str_eq(team_read(c, p.id), "1");
    team_done(&p.t);
}
END_TEST

Suite *vault_exchange_suite(void)
{
    Suite *s = suite_create("vault/exchange");
    TCase *t = tcase_create("exchange");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, what_is_given_can_be_taken_in_that_order_and_is_known_the_second_time);
    tcase_add_test(t, what_comes_backwards_waits_and_is_taken_by_itself);
    tcase_add_test(t, every_flipped_byte_of_an_event_has_its_own_reason);
    tcase_add_test(t, every_flipped_byte_of_a_wrap_has_its_own_reason);
    tcase_add_test(t, every_flipped_byte_of_a_certificate_has_its_own_reason);
    tcase_add_test(t, what_is_of_another_organisation_is_set_aside_with_its_reason);
    tcase_add_test(t, what_arrives_without_a_key_is_carried_and_opened_when_the_key_comes);
    tcase_add_test(t, what_was_carried_is_given_on);
    tcase_add_test(t, what_comes_after_a_succession_is_kept_and_called_late);
    tcase_add_test(t, both_branches_of_a_fork_are_read_and_the_device_is_closed);
    tcase_add_test(t, what_a_device_writes_after_its_closing_counts_nowhere_whatever_comes_first);
    suite_add_tcase(s, t);
    return s;
}
