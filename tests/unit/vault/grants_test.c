/* Epochs: parts, drop boxes, granting and taking back, removal, roles in history, forged ones. */
#include "team.h"

#include "../../../src/vault/vault_int.h"

Suite *vault_grants_suite(void);

static struct vault_report verified(vault *v)
{
    struct vault_report r;
    ck_assert_int_eq(vault_verify(v, &r, NULL, NULL, NULL), ERR_OK);
    return r;
}

static void assert_whole(vault *v)
{
    struct vault_report r = verified(v);
    ck_assert_msg(r.bad == 0, "%u flaws, first %d in %s", (unsigned)r.bad,
                  r.bad > 0 ? (int)r.findings[0].flaw : -1, r.bad > 0 ? r.findings[0].table : "");
    vault_report_done(&r);
}

static bool has_flaw(const struct vault_report *r, enum vault_flaw flaw)
{
    for (size_t i = 0; i < r->finding_count; i++) {
        if (r->findings[i].flaw == flaw) {
            return true;
        }
    }
    return false;
}

/* Id of the compartment's one head. */
static void head_of(vault *v, const unsigned char *id, unsigned char epoch[ID_LEN])
{
    struct comp c = {.count = 0};
    size_t heads = 0;
    ck_assert_int_eq(comp_load(v, id, &c, NULL), ERR_OK);
    for (size_t i = 0; i < c.count; i++) {
        if (comp_is_head(&c, i)) {
            memcpy(epoch, c.epochs[i].id, ID_LEN);
            heads++;
        }
    }
    ck_assert_uint_eq(heads, 1);
    comp_done(&c);
}

static bool has_key(vault *v, const unsigned char *compartment, const unsigned char *epoch)
{
    unsigned char key[KEY_LEN];
    return ckey_raw(v, compartment, epoch, key, NULL) == ERR_OK;
}

static bool has_wrap(vault *v, const unsigned char *compartment, const unsigned char *epoch,
                     const unsigned char *recipient)
{
    unsigned char bytes[WRAP_LEN];
    return wrap_load(v, compartment, epoch, recipient, bytes, NULL) == ERR_OK;
}

static enum vault_standing standing(vault *v, const unsigned char *id)
{
    struct vault_compartment c;
    ck_assert_int_eq(vault_compartment_get(v, id, &c, NULL), ERR_OK);
    return c.standing;
}

START_TEST(a_part_is_closed_to_caseworker_and_coordinator_of_its_case)
{
    struct team t = team_new();
    unsigned char kase[ID_LEN];
    unsigned char part[ID_LEN];
    unsigned char found[ID_LEN];
    vault *worker = team_join(&t, "worker", VAULT_ROLE_CASEWORKER);
    vault *medic = team_join(&t, "medic", VAULT_ROLE_MEDIC);
    team_carry(t.v[0], worker);
    ck_assert_int_eq(vault_compartment_new(worker, kase, NULL), ERR_OK);
    team_carry(worker, medic);
    ck_assert_int_eq(vault_part_new(medic, kase, VAULT_PART_MEDICAL, part, NULL), ERR_RIGHTS);
    ck_assert_int_eq(vault_grant(worker, kase, vault_member_id(medic), NULL), ERR_OK);
    team_carry(worker, medic);
    ck_assert_int_eq(vault_part_find(medic, kase, VAULT_PART_MEDICAL, found, NULL), ERR_NOT_FOUND);
    ck_assert_int_eq(vault_part_new(medic, kase, VAULT_PART_PSYCHOLOGICAL, part, NULL), ERR_RIGHTS);
    ck_assert_int_eq(vault_part_new(medic, kase, VAULT_PART_MEDICAL, part, NULL), ERR_OK);
    ck_assert_int_eq(vault_part_new(medic, kase, VAULT_PART_MEDICAL, found, NULL), ERR_EXISTS);
    ck_assert_int_eq(team_write(medic, part, "blood"), ERR_OK);
    team_carry(medic, worker);
    team_carry(medic, t.v[0]);
    for (size_t i = 0; i < 2; i++) {
        vault *v = i == 0 ? worker : t.v[0];
        ck_assert_int_eq(vault_part_find(v, kase, VAULT_PART_MEDICAL, found, NULL), ERR_OK);
        ck_assert_mem_eq(found, part, ID_LEN);
        ck_assert_str_eq(team_read(v, part), "");
        ck_assert_int_eq(team_write(v, part, "x"), ERR_RIGHTS);
        ck_assert_int_eq(standing(v, part), VAULT_NO_STANDING);
        ck_assert_int_eq(vault_grant(v, part, vault_member_id(worker), NULL), ERR_RIGHTS);
        ck_assert_int_eq(vault_open_with_reason(v, part, "K-1", "why", NULL), ERR_RIGHTS);
        assert_whole(v);
    }
    ck_assert_int_eq(vault_grant(medic, part, vault_member_id(worker), NULL), ERR_OK);
    team_carry(medic, worker);
    ck_assert_str_eq(team_read(worker, part), "blood");
    ck_assert_int_eq(team_write(worker, part, "x"), ERR_RIGHTS);
    team_done(&t);
}
END_TEST

struct seen_audits {
    unsigned count;
    char text[128];
};

static bool see_audit(void *payload, const struct vault_event *e)
{
    struct seen_audits *s = payload;
    if (e->kind == 0x30) {
        s->count++;
        snprintf(s->text, sizeof s->text, "%s", e->text);
    }
    return true;
}

static struct seen_audits audits(vault *v)
{
    struct seen_audits s = {.count = 0};
    ck_assert_int_eq(vault_each(v, 0, see_audit, &s, NULL, NULL), ERR_OK);
    return s;
}

START_TEST(what_goes_into_a_drop_box_is_read_by_its_readers_and_not_by_its_writer)
{
    struct team t = team_new();
    vault *worker = team_join(&t, "worker", VAULT_ROLE_CASEWORKER);
    vault *auditor = team_join(&t, "auditor", VAULT_ROLE_AUDITOR);
    vault *counter = team_join(&t, "counter", VAULT_ROLE_STATISTICIAN);
    team_carry(t.v[0], worker);
    ck_assert_int_eq(vault_audit(worker, VAULT_AUDIT_OPEN, "K-2R7F4", 3, NULL), ERR_OK);
    ck_assert_uint_eq(audits(worker).count, 0);
    vault *all[] = {t.v[0], auditor, counter};
    for (size_t i = 0; i < 3; i++) {
        team_carry(t.v[0], all[i]);
        team_carry(worker, all[i]);
        const struct seen_audits s = audits(all[i]);
        ck_assert_uint_eq(s.count, i < 2 ? 1 : 0);
        ck_assert(i == 2 ||
                  strcmp(s.text, "{\"code\":\"K-2R7F4\",\"count\":3,\"what\":\"open\"}") == 0);
        assert_whole(all[i]);
    }
    assert_whole(worker);
    team_done(&t);
}
END_TEST

START_TEST(the_coordinators_of_a_case_hold_it_by_office_and_say_why_they_open_it)
{
    struct team t = team_new();
    unsigned char kase[ID_LEN];
    vault *worker = team_join(&t, "worker", VAULT_ROLE_CASEWORKER);
    ck_assert_int_eq(vault_compartment_new(worker, kase, NULL), ERR_OK);
    ck_assert_int_eq(team_write(worker, kase, "1"), ERR_OK);
    team_carry(worker, t.v[0]);
    ck_assert_int_eq(standing(worker, kase), VAULT_GRANTED);
    ck_assert_int_eq(standing(t.v[0], kase), VAULT_BY_OFFICE);
    ck_assert_int_eq(team_write(t.v[0], kase, "x"), ERR_RIGHTS);
    ck_assert_int_eq(vault_open_with_reason(worker, kase, "K-1", "why", NULL), ERR_RIGHTS);
    ck_assert_int_eq(vault_open_with_reason(t.v[0], kase, "K-1", "", NULL), ERR_USAGE);
    ck_assert_int_eq(vault_open_with_reason(t.v[0], kase, "K-1", "leave", NULL), ERR_OK);
    ck_assert_int_eq(vault_grant(t.v[0], kase, vault_member_id(t.v[0]), NULL), ERR_OK);
    ck_assert_int_eq(standing(t.v[0], kase), VAULT_GRANTED);
    ck_assert_int_eq(team_write(t.v[0], kase, "2"), ERR_OK);
    team_carry(t.v[0], worker);
    ck_assert_str_eq(team_read(worker, kase), "1 2");
    ck_assert_int_eq(vault_ungrant(worker, kase, vault_member_id(t.v[0]), NULL), ERR_OK);
    ck_assert_int_eq(vault_ungrant(worker, kase, vault_member_id(worker), NULL), ERR_NO);
    team_carry(worker, t.v[0]);
    ck_assert_int_eq(standing(t.v[0], kase), VAULT_BY_OFFICE);
    team_done(&t);
}
END_TEST

START_TEST(taking_back_deletes_the_wraps_and_the_next_key_is_not_for_her)
{
    struct team t = team_new();
    unsigned char kase[ID_LEN];
    unsigned char first[ID_LEN];
    unsigned char granted[ID_LEN];
    unsigned char after[ID_LEN];
    vault *b = team_join(&t, "b", VAULT_ROLE_LAWYER);
    const unsigned char *her = vault_member_id(b);
    ck_assert_int_eq(vault_compartment_new(t.v[0], kase, NULL), ERR_OK);
    head_of(t.v[0], kase, first);
    ck_assert_int_eq(vault_ungrant(t.v[0], kase, her, NULL), ERR_NOT_FOUND);
    ck_assert_int_eq(vault_grant(t.v[0], kase, her, NULL), ERR_OK);
    ck_assert_int_eq(vault_grant(t.v[0], kase, her, NULL), ERR_EXISTS);
    head_of(t.v[0], kase, granted);
    ck_assert(has_wrap(t.v[0], kase, first, her) && has_wrap(t.v[0], kase, granted, her));
    team_carry(t.v[0], b);
    ck_assert(has_key(b, kase, first) && has_key(b, kase, granted));
    ck_assert_int_eq(vault_ungrant(t.v[0], kase, her, NULL), ERR_OK);
    head_of(t.v[0], kase, after);
    ck_assert(!has_wrap(t.v[0], kase, first, her) && !has_wrap(t.v[0], kase, granted, her));
    ck_assert(!has_wrap(t.v[0], kase, after, her));
    ck_assert(has_wrap(t.v[0], kase, after, vault_organisation(t.v[0])));
    team_carry(t.v[0], b);
    ck_assert(!has_key(b, kase, after) && !has_wrap(b, kase, first, her));
    assert_whole(t.v[0]);
    assert_whole(b);
    team_done(&t);
}
END_TEST

static void assert_listed(vault *v, const unsigned char *id, const char *names)
{
    struct vault_member *all = NULL;
    size_t count = 0;
    char got[256] = "";
    ck_assert_int_eq(vault_granted(v, id, &all, &count, NULL), ERR_OK);
    for (size_t i = 0; i < count; i++) {
        strncat(got, all[i].name, sizeof got - strlen(got) - 1);
        strncat(got, ";", sizeof got - strlen(got) - 1);
    }
    ck_assert_str_eq(got, names);
    free(all);
}

START_TEST(after_a_removal_the_next_write_to_a_case_changes_its_key_whoever_writes)
{
    struct team t = team_new();
    unsigned char kase[ID_LEN];
    unsigned char before[ID_LEN];
    unsigned char after[ID_LEN];
    vault *psych = team_join(&t, "psych", VAULT_ROLE_PSYCHOLOGIST);
    vault *gone = team_join(&t, "gone", VAULT_ROLE_CASEWORKER);
    ck_assert_int_eq(vault_compartment_new(t.v[0], kase, NULL), ERR_OK);
    ck_assert_int_eq(vault_grant(t.v[0], kase, vault_member_id(psych), NULL), ERR_OK);
    ck_assert_int_eq(vault_grant(t.v[0], kase, vault_member_id(gone), NULL), ERR_OK);
    team_carry(t.v[0], psych);
    team_carry(t.v[0], gone);
    head_of(t.v[0], vault_organisation(t.v[0]), before);
    ck_assert_int_eq(vault_member_remove(t.v[0], vault_member_id(gone), "left", NULL), ERR_OK);
    head_of(t.v[0], vault_organisation(t.v[0]), after);
    ck_assert_mem_ne(before, after, ID_LEN);
    ck_assert(!has_wrap(t.v[0], vault_organisation(t.v[0]), after, vault_member_id(gone)));
    team_carry(t.v[0], psych);
    head_of(psych, kase, before);
    ck_assert_int_eq(team_write(psych, kase, "1"), ERR_OK);
    head_of(psych, kase, after);
    ck_assert_mem_ne(before, after, ID_LEN);
    ck_assert_int_eq(team_write(psych, kase, "2"), ERR_OK);
    head_of(psych, kase, before);
    ck_assert_mem_eq(before, after, ID_LEN);
    team_carry(psych, t.v[0]);
    ck_assert_str_eq(team_read(t.v[0], kase), "1 2");
    assert_listed(t.v[0], kase, "A. C.;psych;");
    ck_assert(!has_wrap(psych, kase, after, vault_member_id(gone)));
    assert_whole(t.v[0]);
    assert_whole(psych);
    team_done(&t);
}
END_TEST

START_TEST(what_was_written_in_an_earlier_role_stays_valid)
{
    struct team t = team_new();
    unsigned char kase[ID_LEN];
    struct vault_member *all = NULL;
    size_t count = 0;
    vault *b = team_join(&t, "b", VAULT_ROLE_CASEWORKER);
    const unsigned char *her = vault_member_id(b);
    ck_assert_int_eq(vault_compartment_new(b, kase, NULL), ERR_OK);
    ck_assert_int_eq(team_write(b, kase, "1"), ERR_OK);
    team_carry(b, t.v[0]);
    ck_assert_int_eq(vault_member_role(b, her, VAULT_ROLE_LAWYER, NULL), ERR_RIGHTS);
    ck_assert_int_eq(vault_member_role(t.v[0], her, VAULT_ROLE_CASEWORKER, NULL), ERR_EXISTS);
    ck_assert_int_eq(vault_member_role(t.v[0], her, VAULT_ROLE_LAWYER, NULL), ERR_OK);
    team_carry(t.v[0], b);
    ck_assert_int_eq(vault_own_role(b), VAULT_ROLE_LAWYER);
    ck_assert_int_eq(team_write(b, kase, "2"), ERR_OK);
    ck_assert_int_eq(vault_grant(b, kase, vault_member_id(t.v[0]), NULL), ERR_RIGHTS);
    ck_assert_int_eq(vault_granted(b, kase, &all, &count, NULL), ERR_OK);
    ck_assert(count == 1 && all[0].role == VAULT_ROLE_LAWYER && all[0].is_self);
    free(all);
    team_carry(b, t.v[0]);
    ck_assert_int_eq(vault_member_role(t.v[0], her, VAULT_ROLE_AUDITOR, NULL), ERR_OK);
    team_carry(t.v[0], b);
    ck_assert_int_eq(team_write(b, kase, "x"), ERR_RIGHTS);
    team_carry(b, t.v[0]);
    ck_assert_str_eq(team_read(t.v[0], kase), "1 2");
    assert_whole(t.v[0]);
    assert_whole(b);
    team_done(&t);
}
END_TEST

START_TEST(a_coordinator_is_made_with_the_sheet_or_by_two_of_three)
{
    struct team t = team_new();
    unsigned char kase[ID_LEN];
    vault *a = t.v[0];
    ck_assert_int_eq(vault_compartment_new(a, kase, NULL), ERR_OK);
    vault *b = team_join(&t, "b", VAULT_ROLE_LAWYER);
    vault *c = team_join(&t, "c", VAULT_ROLE_COORDINATOR);
    vault *d = team_join(&t, "d", VAULT_ROLE_CASEWORKER);
    const unsigned char *lawyer = vault_member_id(b);
    const unsigned char *worker = vault_member_id(d);
    ck_assert_int_eq(vault_member_role(a, lawyer, VAULT_ROLE_COORDINATOR, NULL), ERR_RIGHTS);
    ck_assert_int_eq(
        vault_member_role_sheet(a, lawyer, VAULT_ROLE_COORDINATOR, t.f.member_sheet, NULL),
        ERR_KEY);
    ck_assert_int_eq(
        vault_member_role_sheet(a, lawyer, VAULT_ROLE_COORDINATOR, t.f.org_sheet, NULL), ERR_OK);
    ck_assert_int_eq(vault_member_role(a, worker, VAULT_ROLE_COORDINATOR, NULL), ERR_OK);
    for (size_t i = 1; i < 4; i++) {
        team_carry(a, t.v[i]);
    }
    ck_assert_int_eq(vault_own_role(b), VAULT_ROLE_COORDINATOR);
    ck_assert_int_eq(standing(b, kase), VAULT_BY_OFFICE);
    ck_assert_int_eq(vault_own_role(d), VAULT_ROLE_CASEWORKER);
    ck_assert_int_eq(vault_member_role(c, worker, VAULT_ROLE_COORDINATOR, NULL), ERR_OK);
    team_carry(c, d);
    ck_assert_int_eq(vault_own_role(d), VAULT_ROLE_COORDINATOR);
    ck_assert_int_eq(standing(d, kase), VAULT_BY_OFFICE);
    team_carry(d, a);
    ck_assert_int_eq(vault_member_role(a, lawyer, VAULT_ROLE_LAWYER, NULL), ERR_OK);
    ck_assert_int_eq(vault_member_remove(a, vault_member_id(a), "x", NULL), ERR_NO);
    team_carry(a, d);
    for (size_t i = 0; i < 4; i += 3) {
        assert_whole(t.v[i]);
    }
    team_done(&t);
}
END_TEST

START_TEST(who_was_a_coordinator_does_not_hold_the_next_key_of_any_case)
{
    struct team t = team_new();
    unsigned char kase[ID_LEN];
    unsigned char after[ID_LEN];
    ck_assert_int_eq(vault_compartment_new(t.v[0], kase, NULL), ERR_OK);
    vault *b = team_join(&t, "b", VAULT_ROLE_COORDINATOR);
    ck_assert_int_eq(standing(b, kase), VAULT_BY_OFFICE);
    ck_assert_int_eq(vault_member_role(t.v[0], vault_member_id(b), VAULT_ROLE_LAWYER, NULL),
                     ERR_OK);
    ck_assert_int_eq(team_write(t.v[0], kase, "1"), ERR_OK);
    head_of(t.v[0], kase, after);
    team_carry(t.v[0], b);
    ck_assert(!has_key(b, kase, after));
    ck_assert_int_eq(standing(b, kase), VAULT_NO_STANDING);
    ck_assert_int_eq(team_write(t.v[0], kase, "2"), ERR_OK);
    unsigned char still[ID_LEN];
    head_of(t.v[0], kase, still);
    ck_assert_mem_eq(after, still, ID_LEN);
    team_done(&t);
}
END_TEST

/* A key that is not the one announced: put there behind the vault's back. */
START_TEST(a_key_that_contradicts_its_announcement_is_found_and_not_taken)
{
    struct team t = team_new();
    unsigned char kase[ID_LEN];
    unsigned char epoch[ID_LEN];
    unsigned char hash[HASH_LEN];
    unsigned char bytes[WRAP_LEN];
    static const unsigned char wrong[KEY_LEN] = {42};
    vault *b = team_join(&t, "b", VAULT_ROLE_CASEWORKER);
    ck_assert_int_eq(vault_compartment_new(t.v[0], kase, NULL), ERR_OK);
    head_of(t.v[0], kase, epoch);
    team_carry(t.v[0], b);
    ck_assert_int_eq(wrap_make(t.v[0], kase, epoch, wrong, vault_member_id(b), hash, NULL), ERR_OK);
    ck_assert_int_eq(wrap_load(t.v[0], kase, epoch, vault_member_id(b), bytes, NULL), ERR_OK);
    ck_assert_int_eq(wrap_take(b, bytes, WRAP_LEN, NULL), ERR_RIGHTS);
    ck_assert(!has_key(b, kase, epoch));
    assert_whole(b);
    ck_assert_int_eq(ckey_store(t.v[0], kase, epoch, wrong, NULL), ERR_OK);
    struct vault_report r = verified(t.v[0]);
    ck_assert(r.bad == 1 && has_flaw(&r, VAULT_FLAW_COMMITMENT));
    vault_report_done(&r);
    team_done(&t);
}
END_TEST

/* What a member who changed her program would write: past every check of her own. */
static enum err forge(vault *v, unsigned kind, const char *text)
{
    struct log_txn t;
    struct str s = STR_INIT;
    str_puts(&s, text);
    ck_assert_int_eq(log_begin(v, &t, NULL), ERR_OK);
    t.is_founding = true;
    t.is_succeeding = true;
    enum err bad = log_add_org(v, &t, kind, &s, NULL);
    t.is_founding = false;
    bad = log_close(v, &t, bad, NULL);
    str_done(&s);
    return bad;
}

static void epoch_like(vault *v, const unsigned char *id, bool is_first, struct str *text)
{
    unsigned char head[ID_LEN];
    struct epoch *e = NULL;
    head_of(v, id, head);
    e = epoch_copy(epoch_find(v, id, head));
    e->members = e->offices = e->parents = 0;
    random_bytes(e->id, ID_LEN);
    epoch_add_member(e, vault_member_id(v), vault_own_role(v));
    if (!is_first) {
        epoch_add_parent(e, head);
    }
    epoch_text(e, NULL, 0, text);
    epoch_free(e);
}

START_TEST(forged_epochs_and_members_are_refused_by_the_writer_and_by_who_receives_them)
{
    struct team t = team_new();
    unsigned char kase[ID_LEN];
    struct str text = STR_INIT;
    vault *b = team_join(&t, "b", VAULT_ROLE_CASEWORKER);
    ck_assert_int_eq(vault_compartment_new(t.v[0], kase, NULL), ERR_OK);
    team_carry(t.v[0], b);
    ck_assert_int_eq(vault_grant(b, kase, vault_member_id(b), NULL), ERR_RIGHTS);
    ck_assert_int_eq(vault_member_remove(b, vault_member_id(t.v[0]), "x", NULL), ERR_RIGHTS);
    for (int i = 0; i < 4; i++) {
        struct log_txn own;
        str_clear(&text);
        epoch_like(b, i < 2 ? kase : vault_organisation(b), i % 2 == 0, &text);
        const unsigned kind = i % 2 == 0 ? EVENT_KIND_EPOCH : EVENT_KIND_SUCCESSOR;
        ck_assert_int_eq(log_begin(b, &own, NULL), ERR_OK);
        own.is_succeeding = true;
        ck_assert_int_eq(log_add_org(b, &own, kind, &text, NULL), ERR_RIGHTS);
        log_cancel(b);
    }
    str_clear(&text);
    epoch_like(b, kase, false, &text);
    ck_assert_int_eq(forge(b, EVENT_KIND_SUCCESSOR, str_cstr(&text)), ERR_OK);
    struct vault_report r = verified(b);
    ck_assert(has_flaw(&r, VAULT_FLAW_RIGHTS));
    vault_report_done(&r);
    const struct team_tally tally = team_carry(b, t.v[0]);
    ck_assert_uint_eq(tally.of[VAULT_QUARANTINED], 1);
    assert_listed(t.v[0], kase, "A. C.;");
    assert_whole(t.v[0]);
    ck_assert_int_eq(team_write(t.v[0], kase, "1"), ERR_OK);
    str_done(&text);
    team_done(&t);
}
END_TEST

START_TEST(of_two_changes_at_once_both_stay_and_a_removal_wins)
{
    struct team t = team_new();
    unsigned char kase[ID_LEN];
    unsigned char head[ID_LEN];
    vault *a = t.v[0];
    vault *b = team_join(&t, "b", VAULT_ROLE_CASEWORKER);
    vault *c = team_join(&t, "c", VAULT_ROLE_LAWYER);
    vault *d = team_join(&t, "d", VAULT_ROLE_MEDIC);
    ck_assert_int_eq(vault_compartment_new(a, kase, NULL), ERR_OK);
    ck_assert_int_eq(vault_grant(a, kase, vault_member_id(b), NULL), ERR_OK);
    ck_assert_int_eq(vault_grant(a, kase, vault_member_id(c), NULL), ERR_OK);
    team_carry(a, b);
    team_carry(a, c);
    ck_assert_int_eq(vault_ungrant(a, kase, vault_member_id(c), NULL), ERR_OK);
    ck_assert_int_eq(vault_grant(b, kase, vault_member_id(d), NULL), ERR_OK);
    ck_assert_int_eq(team_write(b, kase, "1"), ERR_OK);
    team_carry(b, a);
    ck_assert_int_eq(team_write(a, kase, "2"), ERR_OK);
    head_of(a, kase, head);
    assert_listed(a, kase, "A. C.;b;d;");
    team_carry(a, b);
    team_carry(a, d);
    ck_assert_str_eq(team_read(b, kase), "1 2");
    ck_assert_str_eq(team_read(d, kase), "1 2");
    ck_assert(!has_key(c, kase, head));
    assert_whole(a);
    assert_whole(b);
    assert_whole(d);
    team_done(&t);
}
END_TEST

START_TEST(what_was_derived_from_the_log_is_made_again_when_it_is_gone)
{
    struct team t = team_new();
    unsigned char kase[ID_LEN];
    unsigned char part[ID_LEN];
    unsigned char found[ID_LEN];
    vault *medic = team_join(&t, "medic", VAULT_ROLE_MEDIC);
    ck_assert_int_eq(vault_compartment_new(medic, kase, NULL), ERR_OK);
    ck_assert_int_eq(vault_part_new(medic, kase, VAULT_PART_MEDICAL, part, NULL), ERR_OK);
    team_carry(medic, t.v[0]);
    ck_assert_int_eq(vault_grant(t.v[0], kase, vault_member_id(t.v[0]), NULL), ERR_OK);
    ck_assert_int_eq(db_exec(t.v[0]->db, "DELETE FROM epoch; DELETE FROM ckey", NULL), ERR_OK);
    vault_lock(t.v[0]);
    ck_assert_int_eq(fixture_unlock(t.v[0], FIXTURE_PASS), ERR_OK);
    assert_listed(t.v[0], kase, "A. C.;medic;");
    ck_assert_int_eq(vault_part_find(t.v[0], kase, VAULT_PART_MEDICAL, found, NULL), ERR_OK);
    ck_assert_mem_eq(found, part, ID_LEN);
    assert_whole(t.v[0]);
    ck_assert_int_eq(team_write(t.v[0], kase, "1"), ERR_OK);
    ck_assert_int_eq(vault_rebuild(t.v[0], NULL), ERR_OK);
    assert_whole(t.v[0]);
    ck_assert_str_eq(team_read(t.v[0], kase), "1");
    ck_assert_int_eq(db_exec(t.v[0]->db,
                             "DELETE FROM epoch WHERE tag = (SELECT min(tag) FROM"
                             " epoch)",
                             NULL),
                     ERR_OK);
    struct vault_report r = verified(t.v[0]);
    ck_assert(has_flaw(&r, VAULT_FLAW_CACHE));
    vault_report_done(&r);
    team_done(&t);
}
END_TEST

START_TEST(a_wrap_that_is_gone_is_missed)
{
    struct team t = team_new();
    unsigned char kase[ID_LEN];
    unsigned char epoch[ID_LEN];
    ck_assert_int_eq(vault_compartment_new(t.v[0], kase, NULL), ERR_OK);
    head_of(t.v[0], kase, epoch);
    assert_whole(t.v[0]);
    ck_assert_int_eq(wrap_delete(t.v[0], kase, epoch, vault_organisation(t.v[0]), NULL), ERR_OK);
    struct vault_report r = verified(t.v[0]);
    ck_assert(r.bad == 1 && has_flaw(&r, VAULT_FLAW_WRAP));
    vault_report_done(&r);
    team_done(&t);
}
END_TEST

START_TEST(a_closed_device_writes_no_more_and_what_it_wrote_stays)
{
    struct team t = team_new();
    vault *b = team_join(&t, "b", VAULT_ROLE_CASEWORKER);
    ck_assert_int_eq(fixture_append(b, vault_organisation(b), "1"), ERR_OK);
    team_carry(b, t.v[0]);
    ck_assert_int_eq(vault_device_close(b, vault_device_id(t.v[0]), "x", NULL), ERR_RIGHTS);
    ck_assert_int_eq(vault_device_close(t.v[0], vault_device_id(t.v[0]), "x", NULL), ERR_NO);
    ck_assert_int_eq(vault_device_close(t.v[0], vault_device_id(b), "lost", NULL), ERR_OK);
    ck_assert_int_eq(vault_device_close(t.v[0], vault_device_id(b), "lost", NULL), ERR_EXISTS);
    ck_assert_int_eq(fixture_append(b, vault_organisation(b), "2"), ERR_OK);
    const struct team_tally tally = team_carry(b, t.v[0]);
    ck_assert_uint_eq(tally.of[VAULT_QUARANTINED], 1);
    ck_assert_str_eq(team_read(t.v[0], vault_organisation(t.v[0])), "1");
    team_carry(t.v[0], b);
    ck_assert_int_eq(fixture_append(b, vault_organisation(b), "3"), ERR_RIGHTS);
    assert_whole(t.v[0]);
    team_done(&t);
}
END_TEST

Suite *vault_grants_suite(void)
{
    Suite *s = suite_create("vault/grants");
    TCase *c = tcase_create("grants");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, a_part_is_closed_to_caseworker_and_coordinator_of_its_case);
    tcase_add_test(c, what_goes_into_a_drop_box_is_read_by_its_readers_and_not_by_its_writer);
    tcase_add_test(c, the_coordinators_of_a_case_hold_it_by_office_and_say_why_they_open_it);
    tcase_add_test(c, taking_back_deletes_the_wraps_and_the_next_key_is_not_for_her);
    tcase_add_test(c, after_a_removal_the_next_write_to_a_case_changes_its_key_whoever_writes);
    tcase_add_test(c, what_was_written_in_an_earlier_role_stays_valid);
    tcase_add_test(c, a_coordinator_is_made_with_the_sheet_or_by_two_of_three);
    tcase_add_test(c, who_was_a_coordinator_does_not_hold_the_next_key_of_any_case);
    tcase_add_test(c, a_key_that_contradicts_its_announcement_is_found_and_not_taken);
    tcase_add_test(c, forged_epochs_and_members_are_refused_by_the_writer_and_by_who_receives_them);
    tcase_add_test(c, of_two_changes_at_once_both_stay_and_a_removal_wins);
    tcase_add_test(c, what_was_derived_from_the_log_is_made_again_when_it_is_gone);
    tcase_add_test(c, a_wrap_that_is_gone_is_missed);
    tcase_add_test(c, a_closed_device_writes_no_more_and_what_it_wrote_stays);
    suite_add_tcase(s, c);
    return s;
}
