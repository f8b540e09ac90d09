/* Erasing a case: nothing of it can be read afterwards with any key that ever was, on any replica;
 * two coordinators; the legal hold; and the chain verifies as before. */
#include "team.h"

#include "../../../src/vault/erased_int.h"
#include "../../../src/vault/vault_int.h"
#include "vault/safe.h"

Suite *vault_erase_suite(void);

#define CANARY "zxqv-the-canary-zxqv"
#define TEXT   "{\"t\":\"" CANARY "\"}"

struct pair {
    struct team t;
    vault *a, *b;
    unsigned char id[ID_LEN];
};

/* Two coordinators and a case both can read. */
static struct pair pair_new(enum vault_role role)
{
    struct pair p = {.t = team_new()};
    p.a = p.t.v[0];
    p.b = team_join(&p.t, "B", role);
    ck_assert_int_eq(vault_compartment_new(p.a, p.id, NULL), ERR_OK);
    ck_assert_int_eq(team_write(p.a, p.id, TEXT), ERR_OK);
    ck_assert_int_eq(vault_grant(p.a, p.id, vault_member_id(p.b), NULL), ERR_OK);
    team_carry(p.a, p.b);
    team_carry(p.b, p.a);
    return p;
}

static enum err ask(vault *v, const unsigned char *id)
{
    return vault_erase_request(v, id, "K-00000", "term has run out", NULL);
}

static void ck_whole(vault *v, bool has_erased)
{
    struct vault_report r;
    ck_assert_int_eq(vault_verify(v, &r, NULL, NULL, NULL), ERR_OK);
    ck_assert_uint_eq(r.bad, 0);
    ck_assert(!r.head_behind && !r.database_damaged && !r.keyfile_damaged);
    ck_assert_int_eq(r.erased > 0, has_erased);
}

static bool is_erased(vault *v, const unsigned char *id)
{
    struct vault_compartment c;
    ck_assert_int_eq(vault_compartment_get(v, id, &c, NULL), ERR_OK);
    return c.is_erased;
}

/* ---- what must be nowhere ---- */

struct secrets {
    unsigned char key[8][KEY_LEN]; /* of the case's epochs */
    size_t keys;
    struct str sealed; /* the sealed payloads, and the boxes they were in, one after the other */
    struct str boxes;
};

static bool keep_sealed(void *payload, const void *bytes, size_t n)
{
    struct secrets *s = payload;
    struct event_view e;
    if (event_parse(bytes, n, &e, NULL) == ERR_OK) {
        str_put(&s->sealed, e.ct, e.ct_len);
    }
    return true;
}

/* Everything that would open the case, or is it sealed. */
static struct secrets secrets_of(vault *v, const unsigned char *id)
{
    struct secrets s = {.keys = 0};
    struct comp c = {.count = 0};
    struct str all = STR_INIT;
    ck_assert_int_eq(comp_load(v, id, &c, NULL), ERR_OK);
    for (size_t i = 0; i < c.count; i++) {
        ck_assert_uint_lt(s.keys, 8);
        if (ckey_raw(v, id, c.epochs[i].id, s.key[s.keys], NULL) == ERR_OK) {
            s.keys++;
        }
    }
    comp_done(&c);
    ck_assert_int_eq(vault_give(v, team_gather, &all, NULL), ERR_OK);
    for (size_t at = 0; at < all.len;) {
        const unsigned char *p = (const unsigned char *)all.data + at;
        const size_t n = get_u32le(p);
        if (memcmp(p + 4, "SPEV", 4) == 0 && memcmp(p + 4 + EVENT_AT_COMPARTMENT, id, 16) == 0) {
            keep_sealed(&s, p + 4, n);
        }
        at += 4 + n;
    }
    str_done(&all);
    ck_assert_uint_gt(s.keys, 0);
    ck_assert_uint_gt(s.sealed.len, 0);
    return s;
}

static bool has(const void *bytes, size_t n, const void *word, size_t len)
{
    return n >= len && memmem(bytes, n, word, len) != NULL;
}

static bool betrays(const struct secrets *s, const void *bytes, size_t n)
{
    bool found = has(bytes, n, CANARY, strlen(CANARY));
    for (size_t i = 0; i < s->keys; i++) {
        found = found || has(bytes, n, s->key[i], KEY_LEN);
    }
    /* Sixteen sealed bytes in a row, from anywhere in what was sealed. */
    for (size_t at = 0; at + 16 <= s->sealed.len; at += 16) {
        found = found || has(bytes, n, s->sealed.data + at, 16);
    }
    return found;
}

/* Every line of every table, opened under the row key. */
static void ck_tables(vault *v, const struct secrets *s)
{
    static const char *const lines[] = {"SELECT tag, box FROM ev",   "SELECT tag, box FROM wrap",
                                        "SELECT tag, box FROM ckey", "SELECT tag, box FROM epoch",
                                        "SELECT tag, box FROM held", "SELECT k, box FROM meta"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        db_stmt *q = NULL;
        bool row = false;
        ck_assert_int_eq(db_prepare(v->db, lines[i], &q, NULL), ERR_OK);
        while (db_step(q, &row, NULL) == ERR_OK && row) {
            size_t tag_len = 0, n = 0;
            const unsigned char *tag = db_col_blob(q, 0, &tag_len);
            const unsigned char *box = db_col_blob(q, 1, &n);
            unsigned char *plain = malloc(n);
            ck_assert(row_open(v->keys, tag, box, n, plain));
            ck_assert_msg(!betrays(s, plain, n - ROW_EXTRA), "%s", lines[i]);
            free(plain);
        }
        db_stmt_free(q);
    }
}

/* Every wrap here, with every private key this member has or had. */
static void ck_wraps(vault *v, const struct secrets *s, const unsigned char old_box[KEY_LEN])
{
    struct str all = STR_INIT;
    ck_assert_int_eq(vault_give(v, team_gather, &all, NULL), ERR_OK);
    for (size_t at = 0; at < all.len;) {
        const unsigned char *p = (const unsigned char *)all.data + at;
        struct wrap w;
        unsigned char key[KEY_LEN];
        if (wrap_parse(p + 4, get_u32le(p), &w, NULL) == ERR_OK &&
            (wrap_open(&w, old_box, key) || wrap_open(&w, v->keys->member_box, key))) {
            ck_assert(!betrays(s, key, KEY_LEN));
        }
        at += 4 + get_u32le(p);
    }
    str_done(&all);
}

/* The row boxes of the case's events as they lie on the disk. */
static struct str boxes_of(vault *v, const unsigned char *id)
{
    struct str out = STR_INIT;
    db_stmt *q = NULL;
    bool row = false;
    ck_assert_int_eq(db_prepare(v->db, "SELECT tag, box FROM ev", &q, NULL), ERR_OK);
    while (db_step(q, &row, NULL) == ERR_OK && row) {
        size_t tag_len = 0, n = 0;
        const unsigned char *tag = db_col_blob(q, 0, &tag_len);
        const unsigned char *box = db_col_blob(q, 1, &n);
        unsigned char *plain = malloc(n);
        ck_assert(row_open(v->keys, tag, box, n, plain));
        if (memcmp(plain + EVENT_AT_COMPARTMENT, id, ID_LEN) == 0) {
            str_put(&out, box, 64);
        }
        free(plain);
    }
    db_stmt_free(q);
    ck_assert_uint_gt(out.len, 0);
    return out;
}

/* The raw bytes of all files of a folder. */
static void ck_files(const char *dir, const struct secrets *s, const struct str *boxes)
{
    struct str names = STR_INIT;
    ck_assert_int_eq(file_list(dir, "", &names, NULL), ERR_OK);
    size_t files = 0;
    for (char *name = strtok(names.data, "\n"); name != NULL; name = strtok(NULL, "\n")) {
        struct str bytes = STR_INIT;
        char *path = file_join(dir, name);
        if (file_read(path, (size_t)64 << 20, &bytes, NULL) == ERR_OK) {
            ck_assert_msg(!betrays(s, bytes.data, bytes.len), "%s", name);
            for (size_t at = 0; at + 64 <= boxes->len; at += 64) {
                ck_assert_msg(!has(bytes.data, bytes.len, boxes->data + at, 24), "%s", name);
            }
            files++;
        }
        free(path);
        str_done(&bytes);
    }
    ck_assert_uint_ge(files, 3);
    str_done(&names);
}

static void secrets_done(struct secrets *s)
{
    str_done(&s->sealed);
}

START_TEST(nothing_of_an_erased_case_is_left_in_any_file_or_opens_with_any_key)
{
    struct fixture f = fixture_new();
    unsigned char id[ID_LEN], other[ID_LEN], old_box[KEY_LEN];
    ck_assert_int_eq(vault_compartment_new(f.v, id, NULL), ERR_OK);
    ck_assert_int_eq(vault_compartment_new(f.v, other, NULL), ERR_OK);
    ck_assert_int_eq(team_write(f.v, other, "{\"stays\":1}"), ERR_OK);
    for (int i = 0; i < 20; i++) {
        ck_assert_int_eq(team_write(f.v, id, TEXT), ERR_OK);
    }
    char hex[ID_HEX_LEN], note[128];
    hex_put(hex, id, ID_LEN);
    snprintf(note, sizeof note, "{\"case\":\"%s\",\"draft\":\"%s\"}", hex, CANARY);
    ck_assert_int_eq(vault_note_put(f.v, "place", note, strlen(note), NULL), ERR_OK);
    memcpy(old_box, f.v->keys->member_box, KEY_LEN);
    struct secrets s = secrets_of(f.v, id);
    struct str boxes = boxes_of(f.v, id);

    ck_assert_int_eq(ask(f.v, id), ERR_OK);
    ck_assert(is_erased(f.v, id));
    ck_assert_str_eq(team_read(f.v, id), "");
    ck_assert_str_eq(team_read(f.v, other), "{\"stays\":1}");
    ck_assert_int_eq(team_write(f.v, id, "{}"), ERR_RIGHTS);
    ck_whole(f.v, true);
    ck_tables(f.v, &s);
    ck_wraps(f.v, &s, old_box);
    ck_files(f.dir, &s, &boxes);
    vault_close(f.v);
    ck_files(f.dir, &s, &boxes);

    f.v = fixture_open(&f);
    ck_assert_str_eq(team_read(f.v, id), "");
    ck_whole(f.v, true);
    char path[96];
    snprintf(path, sizeof path, "%s/copies", f.root);
    ck_assert_int_eq(file_mkdir(path, NULL), ERR_OK);
    snprintf(path, sizeof path, "%s/copies/one", f.root);
    ck_assert_int_eq(vault_backup(f.v, path, false, NULL, NULL, NULL), ERR_OK);
    struct str copy = STR_INIT;
    ck_assert_int_eq(file_read(path, (size_t)64 << 20, &copy, NULL), ERR_OK);
    ck_assert(!betrays(&s, copy.data, copy.len));
    str_done(&copy);
    secrets_done(&s);
    str_done(&boxes);
    fixture_done(&f);
}
END_TEST

START_TEST(the_members_box_key_is_another_one_after_an_erasure_and_still_opens_all)
{
    struct pair p = pair_new(VAULT_ROLE_CASEWORKER);
    unsigned char other[ID_LEN], before[KEY_LEN], later[ID_LEN];
    ck_assert_int_eq(vault_compartment_new(p.b, other, NULL), ERR_OK);
    ck_assert_int_eq(team_write(p.b, other, "{\"o\":1}"), ERR_OK);
    team_carry(p.b, p.a);
    memcpy(before, p.b->keys->member_box, KEY_LEN);
    ck_assert_int_eq(ask(p.a, p.id), ERR_OK);
    team_carry(p.a, p.b);
    ck_assert_mem_ne(p.b->keys->member_box, before, KEY_LEN);
    ck_whole(p.b, true);
    /* What is given to her from now on is sealed to the new key. */
    team_carry(p.b, p.a);
    ck_assert_int_eq(vault_compartment_new(p.a, later, NULL), ERR_OK);
    ck_assert_int_eq(team_write(p.a, later, "{\"l\":1}"), ERR_OK);
    ck_assert_int_eq(vault_grant(p.a, later, vault_member_id(p.b), NULL), ERR_OK);
    team_carry(p.a, p.b);
    ck_assert_str_eq(team_read(p.b, later), "{\"l\":1}");
    ck_assert_str_eq(team_read(p.b, other), "{\"o\":1}");
    ck_whole(p.a, true);
    ck_whole(p.b, true);
    team_done(&p.t);
}
END_TEST

START_TEST(where_two_coordinators_are_the_other_one_approves)
{
    struct pair p = pair_new(VAULT_ROLE_COORDINATOR);
    ck_assert_int_eq(ask(p.a, p.id), ERR_OK);
    ck_assert(!is_erased(p.a, p.id));
    ck_assert_int_eq(vault_erase_approve(p.a, p.id, NULL), ERR_RIGHTS);
    ck_assert_str_eq(team_read(p.a, p.id), TEXT);
    team_carry(p.a, p.b);
    struct secrets s = secrets_of(p.a, p.id);
    struct str boxes = boxes_of(p.a, p.id);
    ck_assert_int_eq(vault_erase_approve(p.b, p.id, NULL), ERR_OK);
    ck_assert(is_erased(p.b, p.id));
    team_carry(p.b, p.a);
    ck_assert(is_erased(p.a, p.id));
    ck_assert_str_eq(team_read(p.a, p.id), "");
    ck_tables(p.a, &s);
    ck_files(p.t.f.dir, &s, &boxes);
    ck_whole(p.a, true);
    ck_whole(p.b, true);
    struct vault_erasure *all = NULL;
    size_t n = 0;
    ck_assert_int_eq(vault_erasures(p.a, &all, &n, NULL), ERR_OK);
    ck_assert_uint_eq(n, 1);
    ck_assert_mem_eq(all[0].asked_by, vault_member_id(p.a), ID_LEN);
    ck_assert_mem_eq(all[0].approved_by, vault_member_id(p.b), ID_LEN);
    ck_assert_str_eq(all[0].code, "K-00000");
    ck_assert_str_eq(all[0].ground, "term has run out");
    ck_assert(all[0].done_ms > 0 && !all[0].is_refused);
    vault_erasures_free(all, n);
    secrets_done(&s);
    str_done(&boxes);
    team_done(&p.t);
}
END_TEST

START_TEST(a_refused_erasure_leaves_the_case_and_can_be_asked_for_again)
{
    struct pair p = pair_new(VAULT_ROLE_COORDINATOR);
    ck_assert_int_eq(ask(p.a, p.id), ERR_OK);
    team_carry(p.a, p.b);
    ck_assert_int_eq(vault_erase_refuse(p.b, p.id, "", NULL), ERR_USAGE);
    ck_assert_int_eq(vault_erase_refuse(p.b, p.id, "a trial", NULL), ERR_OK);
    ck_assert_int_eq(vault_erase_approve(p.b, p.id, NULL), ERR_NOT_FOUND);
    team_carry(p.b, p.a);
    ck_assert_str_eq(team_read(p.a, p.id), TEXT);
    ck_assert_int_eq(ask(p.a, p.id), ERR_OK);
    team_carry(p.a, p.b);
    ck_assert_int_eq(vault_erase_approve(p.b, p.id, NULL), ERR_OK);
    ck_assert_str_eq(team_read(p.b, p.id), "");
    team_done(&p.t);
}
END_TEST

START_TEST(a_caseworker_asks_and_does_not_approve)
{
    struct pair p = pair_new(VAULT_ROLE_CASEWORKER);
    ck_assert_int_eq(ask(p.b, p.id), ERR_OK);
    ck_assert(!is_erased(p.b, p.id));
    ck_assert_int_eq(vault_erase_approve(p.b, p.id, NULL), ERR_RIGHTS);
    team_carry(p.b, p.a);
    ck_assert(!is_erased(p.a, p.id));
    ck_assert_int_eq(vault_erase_approve(p.a, p.id, NULL), ERR_OK);
    team_carry(p.a, p.b);
    ck_assert(is_erased(p.b, p.id));
    ck_whole(p.b, true);
    team_done(&p.t);
}
END_TEST

START_TEST(a_legal_hold_stops_asking_and_approving_until_it_is_lifted)
{
    struct pair p = pair_new(VAULT_ROLE_COORDINATOR);
    ck_assert_int_eq(vault_hold(p.a, p.id, "", true, NULL), ERR_USAGE);
    ck_assert_int_eq(vault_hold(p.a, p.id, "a trial", true, NULL), ERR_OK);
    ck_assert_int_eq(ask(p.a, p.id), ERR_NO);
    ck_assert_int_eq(vault_hold(p.a, p.id, "", false, NULL), ERR_OK);
    ck_assert_int_eq(ask(p.a, p.id), ERR_OK);
    team_carry(p.a, p.b);
    ck_assert_int_eq(vault_hold(p.b, p.id, "another trial", true, NULL), ERR_OK);
    ck_assert_int_eq(vault_erase_approve(p.b, p.id, NULL), ERR_NO);
    ck_assert_str_eq(team_read(p.b, p.id), TEXT);
    ck_assert_int_eq(vault_hold(p.b, p.id, "", false, NULL), ERR_OK);
    ck_assert_int_eq(vault_erase_approve(p.b, p.id, NULL), ERR_OK);
    ck_assert_str_eq(team_read(p.b, p.id), "");
    team_done(&p.t);
}
END_TEST

START_TEST(the_parts_of_a_case_go_with_it)
{
    struct pair p = pair_new(VAULT_ROLE_MEDIC);
    unsigned char part[ID_LEN];
    ck_assert_int_eq(vault_part_new(p.b, p.id, VAULT_PART_MEDICAL, part, NULL), ERR_OK);
    ck_assert_int_eq(team_write(p.b, part, TEXT), ERR_OK);
    team_carry(p.b, p.a);
    struct secrets s = secrets_of(p.b, part);
    ck_assert_int_eq(ask(p.a, p.id), ERR_OK);
    team_carry(p.a, p.b);
    ck_assert(is_erased(p.a, part));
    ck_assert(is_erased(p.b, part));
    ck_assert_str_eq(team_read(p.b, part), "");
    ck_tables(p.a, &s);
    ck_tables(p.b, &s);
    ck_whole(p.a, true);
    ck_whole(p.b, true);
    secrets_done(&s);
    team_done(&p.t);
}
END_TEST

START_TEST(what_arrives_late_for_an_erased_case_is_erased_on_arrival)
{
    struct pair p = pair_new(VAULT_ROLE_CASEWORKER);
    ck_assert_int_eq(team_write(p.b, p.id, "{\"late\":1}"), ERR_OK);
    struct secrets s = secrets_of(p.b, p.id);
    ck_assert_int_eq(ask(p.a, p.id), ERR_OK);
    team_carry(p.b, p.a);
    ck_assert_str_eq(team_read(p.a, p.id), "");
    ck_tables(p.a, &s);
    ck_whole(p.a, true);
    /* And a replica that has seen nothing yet gets it all in the erased form. */
    vault *c = team_join(&p.t, "C", VAULT_ROLE_CASEWORKER);
    team_carry(p.a, c);
    ck_assert_str_eq(team_read(c, p.id), "");
    ck_whole(c, true);
    secrets_done(&s);
    team_done(&p.t);
}
END_TEST

/* The case's first event in its erased form, as somebody might give it out unasked. */
static struct str forged(vault *v, const unsigned char *id, struct str *whole)
{
    struct str all = STR_INIT, out = STR_INIT;
    ck_assert_int_eq(vault_give(v, team_gather, &all, NULL), ERR_OK);
    for (size_t at = 0; at < all.len && out.len == 0;) {
        const unsigned char *p = (const unsigned char *)all.data + at;
        struct event_view e;
        unsigned char bytes[ERASED_LEN];
        if (event_parse(p + 4, get_u32le(p), &e, NULL) == ERR_OK &&
            memcmp(e.compartment, id, ID_LEN) == 0) {
            erased_build(&e, bytes);
            team_gather(&out, bytes, sizeof bytes);
            team_gather(whole, p + 4, get_u32le(p));
        }
        at += 4 + get_u32le(p);
    }
    str_done(&all);
    ck_assert_uint_gt(out.len, 0);
    return out;
}

START_TEST(an_erased_form_without_an_approval_counts_for_nothing_and_is_filled_again)
{
    struct pair p = pair_new(VAULT_ROLE_CASEWORKER);
    unsigned char id[ID_LEN];
    ck_assert_int_eq(vault_compartment_new(p.a, id, NULL), ERR_OK);
    ck_assert_int_eq(vault_grant(p.a, id, vault_member_id(p.b), NULL), ERR_OK);
    team_carry(p.a, p.b);
    ck_assert_int_eq(team_write(p.a, id, TEXT), ERR_OK);
    struct str whole = STR_INIT;
    struct str form = forged(p.a, id, &whole);
    struct team_tally tally = team_take_all(p.b, &form);
    ck_assert_uint_eq(tally.of[VAULT_HELD], 1);
    ck_assert_str_eq(team_read(p.b, id), "");
    ck_assert(!is_erased(p.b, id));
    tally = team_take_all(p.b, &whole);
    ck_assert_uint_eq(tally.of[VAULT_TAKEN], 1);
    ck_assert_str_eq(team_read(p.b, id), TEXT);
    ck_whole(p.b, false);
    /* What is here whole is not emptied by it. */
    team_take_all(p.b, &form);
    ck_assert_str_eq(team_read(p.b, id), TEXT);
    str_done(&form);
    str_done(&whole);
    team_done(&p.t);
}
END_TEST

Suite *vault_erase_suite(void)
{
    Suite *s = suite_create("vault/erase");
    TCase *c = tcase_create("erase");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, nothing_of_an_erased_case_is_left_in_any_file_or_opens_with_any_key);
    tcase_add_test(c, the_members_box_key_is_another_one_after_an_erasure_and_still_opens_all);
    tcase_add_test(c, where_two_coordinators_are_the_other_one_approves);
    tcase_add_test(c, a_refused_erasure_leaves_the_case_and_can_be_asked_for_again);
    tcase_add_test(c, a_caseworker_asks_and_does_not_approve);
    tcase_add_test(c, a_legal_hold_stops_asking_and_approving_until_it_is_lifted);
    tcase_add_test(c, the_parts_of_a_case_go_with_it);
    tcase_add_test(c, an_erased_form_without_an_approval_counts_for_nothing_and_is_filled_again);
    tcase_add_test(c, what_arrives_late_for_an_erased_case_is_erased_on_arrival);
    suite_add_tcase(s, c);
    return s;
}
