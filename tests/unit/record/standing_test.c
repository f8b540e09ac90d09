/* Several members of one organisation: what each sees of a case that is hers, held by office only,
 * opened later, taken back; records in restricted parts; and the audit of what was looked at. */
#include "../vault/team.h"
#include "base/clock.h"
#include "record/record_int.h"
#include "vault/cache.h"

Suite *record_standing_suite(void);

#define HOUR_MS ((int64_t)3600 * 1000)

struct org {
    struct team t;
    char *forms;
    record *r[TEAM_MAX];
};

static int64_t later_ms; /* how far the clock was put forward; 0 outside the tests */

static int64_t later(void)
{
    clock_hook(NULL);
    const int64_t ms = clock_now_ms() + later_ms;
    clock_hook(later);
    return ms;
}

static void put_form(const struct org *o, const char *name, const char *text)
{
    char *path = file_join(o->forms, name);
    ck_assert_int_eq(file_replace(path, text, strlen(text), 0600, NULL), ERR_OK);
    free(path);
}

static void org_begin(struct org *o)
{
    memset(o, 0, sizeof *o);
    o->t = team_new();
    o->forms = file_join(o->t.f.root, "forms");
    ck_assert_int_eq(file_mkdir(o->forms, NULL), ERR_OK);
    put_form(o, "facts.yaml",
             "facts:\n  - {name: person.surname, type: text, label: {ro: Nume}}\n"
             "  - {name: person.given, type: text, label: {ro: Prenume}}\n"
             "  - {name: person.alias, type: text, label: {ro: Alias}}\n");
    put_form(o, "identification.yaml",
             "form: identification\ntitle: {en: I}\nversion: 1\nsurvey:\n"
             "  - {name: age, type: integer, label: A}\n");
    put_form(o, "med.yaml",
             "form: med\ntitle: {en: M}\nversion: 1\ncompartment: medical\nsurvey:\n"
             "  - {name: finding, type: text, label: F}\n");
}

static void org_end(struct org *o)
{
    for (size_t i = 0; i < o->t.count; i++) {
        record_close(o->r[i]);
    }
    clock_hook(NULL);
    later_ms = 0;
    free(o->forms);
    team_done(&o->t);
}

static record *record_of(struct org *o, size_t who)
{
    struct err_info err = {0};
    record_close(o->r[who]);
    const enum err got = record_open(o->t.v[who], o->forms, &o->r[who], &err);
    ck_assert_msg(got == ERR_OK, "%s in %s", err_name(got), err.origin);
    return o->r[who];
}

static void carry(struct org *o, size_t from, size_t to)
{
    team_carry(o->t.v[from], o->t.v[to]);
    if (o->r[to] != NULL) {
        ck_assert_int_eq(record_refresh(o->r[to], NULL, NULL), ERR_OK);
    }
}

static struct record_case new_case(record *r)
{
    struct record_case made;
    const struct record_new_case how = {.surname = "Cosânzeana", .given = "Ileana", .alias = ""};
    struct err_info err = {0};
    const enum err got = record_case_new(r, &how, &made, &err);
    ck_assert_msg(got == ERR_OK, "%s in %s", err_name(got), err.origin);
    return made;
}

static void answer(record *r, const struct record_case *k, const char *form, const char *text)
{
    record_doc *doc = NULL;
    struct err_info err = {0};
    enum err got = record_doc_open(r, k->id, form, &doc, &err);
    ck_assert_msg(got == ERR_OK, "%s in %s (%s)", err_name(got), err.origin, err.arg[0]);
    const struct form_answer a = {.state = FORM_A_VALUE, .text = text};
    ck_assert_int_eq(record_doc_set(doc, 0, a, NULL, NULL), ERR_OK);
    record_doc_close(doc);
}

/* How many cases the filter finds; the first of them into *out. */
static size_t find(record *r, const char *filter, struct record_case *out)
{
    struct record_case *found = NULL;
    size_t n = 0, total = 0;
    ck_assert_int_eq(record_case_list(r, filter, RECORD_SORT_CODE, 0, 10, &found, &n, &total, NULL),
                     ERR_OK);
    if (n > 0 && out != NULL) {
        *out = found[0];
    }
    free(found);
    return total;
}

static void ck_whole(struct org *o, size_t who)
{
    const struct record_opening how = {.is_whole = true};
    struct str grown = STR_INIT, whole = STR_INIT;
    record *r = NULL;
    ck_assert_int_eq(record_dump(o->r[who], &grown, NULL), ERR_OK);
    ck_assert_int_eq(record_open_as(o->t.v[who], o->forms, &how, &r, NULL), ERR_OK);
    ck_assert_int_eq(record_dump(r, &whole, NULL), ERR_OK);
    ck_assert_str_eq(str_cstr(&grown), str_cstr(&whole));
    record_close(r);
    str_done(&grown);
    str_done(&whole);
}

static void tidy(record *r)
{
    for (bool more = true; more;) {
        ck_assert_int_eq(record_tidy(r, 1000, &more, NULL), ERR_OK);
    }
}

static bool has_no_name(void *payload, unsigned page, const void *bytes, size_t n)
{
    (void)page;
    ++*(size_t *)payload;
    ck_assert_ptr_null(memmem(bytes, n, "cosanzeana", 10));
    ck_assert_ptr_null(memmem(bytes, n, "I. C.", 5));
    return true;
}

/* A caseworker's case on the coordinator's replica. */
static struct record_case case_by_office(struct org *o)
{
    org_begin(o);
    team_join(&o->t, "case", VAULT_ROLE_CASEWORKER);
    struct record_case k = new_case(record_of(o, 1));
    answer(o->r[1], &k, "identification", "31");
    record_of(o, 0);
    carry(o, 1, 0);
    return k;
}

START_TEST(a_case_held_by_office_is_a_code_until_a_reason_is_given)
{
    struct org o;
    const struct record_case k = case_by_office(&o);
    struct record_case seen;
    struct str name = STR_INIT;
    record_doc *doc = NULL;
    ck_assert_uint_eq(find(o.r[0], "", &seen), 1);
    ck_assert_str_eq(seen.code, k.code);
    ck_assert(seen.is_locked);
    ck_assert_str_eq(seen.initials, "");
    ck_assert(!seen.has_record);
    ck_assert_uint_eq(find(o.r[0], "cosanzeana", NULL), 0);
    ck_assert_uint_eq(find(o.r[0], k.code, NULL), 1);
    ck_assert_int_eq(record_case_open(o.r[0], k.id, &seen, NULL), ERR_RIGHTS);
    ck_assert_int_eq(record_case_unmask(o.r[0], k.id, &name, NULL), ERR_RIGHTS);
    ck_assert_int_eq(record_doc_open(o.r[0], k.id, "identification", &doc, NULL), ERR_RIGHTS);
    ck_assert_int_eq(record_fact(o.r[0], k.id, "person.surname", &name, NULL), ERR_RIGHTS);
    ck_assert_uint_eq(name.len, 0);
    ck_whole(&o, 0);
    ck_assert_int_eq(record_case_open_with_reason(o.r[0], k.id, "her caseworker is ill", NULL),
                     ERR_OK);
    ck_assert_int_eq(record_case_open(o.r[0], k.id, &seen, NULL), ERR_OK);
    ck_assert(!seen.is_locked);
    ck_assert_str_eq(seen.initials, "I. C.");
    ck_assert_uint_eq(find(o.r[0], "cosanzeana", NULL), 1);
    ck_assert_int_eq(record_doc_open(o.r[0], k.id, "identification", &doc, NULL), ERR_OK);
    ck_assert_str_eq(form_interview_answer(record_doc_interview(doc), 0).text, "31");
    record_doc_close(doc);
    ck_whole(&o, 0);
    str_done(&name);
    org_end(&o);
}
END_TEST

START_TEST(what_was_opened_with_a_reason_closes_after_a_day_and_leaves_no_name_in_the_caches)
{
    struct org o;
    const struct record_case k = case_by_office(&o);
    struct record_case seen;
    size_t pages = 0;
    ck_assert_int_eq(record_case_open_with_reason(o.r[0], k.id, "a call from the court", NULL),
                     ERR_OK);
    ck_assert_uint_eq(find(o.r[0], "cosanzeana", NULL), 1);
    tidy(o.r[0]);
    ck_assert_int_eq(vault_card_each(o.t.v[0], has_no_name, &pages, NULL), ERR_OK);
    ck_assert_uint_eq(pages, 1);
    record_of(&o, 0); /* another session of the same day */
    ck_assert_uint_eq(find(o.r[0], "cosanzeana", &seen), 1);
    ck_assert(!seen.is_locked);
    later_ms = 25 * HOUR_MS;
    clock_hook(later);
    ck_assert_int_eq(record_refresh(o.r[0], NULL, NULL), ERR_OK);
    ck_assert_uint_eq(find(o.r[0], "", &seen), 1);
    ck_assert(seen.is_locked);
    ck_assert_str_eq(seen.initials, "");
    ck_assert_uint_eq(find(o.r[0], "cosanzeana", NULL), 0);
    record_of(&o, 0);
    ck_assert_uint_eq(find(o.r[0], "", &seen), 1);
    ck_assert(seen.is_locked);
    org_end(&o);
}
END_TEST

START_TEST(another_coordinators_reason_opens_nothing_here)
{
    struct org o;
    const struct record_case k = case_by_office(&o);
    struct record_case seen;
    team_join(&o.t, "second", VAULT_ROLE_COORDINATOR);
    ck_assert_int_eq(record_case_open_with_reason(o.r[0], k.id, "on leave", NULL), ERR_OK);
    record_of(&o, 2);
    carry(&o, 0, 2);
    ck_assert_uint_eq(find(o.r[2], "", &seen), 1);
    ck_assert(seen.is_locked);
    org_end(&o);
}
END_TEST

START_TEST(a_case_opened_to_somebody_later_comes_whole_and_goes_when_it_is_taken_back)
{
    struct org o;
    struct record_case seen;
    org_begin(&o);
    team_join(&o.t, "case", VAULT_ROLE_CASEWORKER);
    const struct record_case k = new_case(record_of(&o, 0));
    answer(o.r[0], &k, "identification", "20");
    record_of(&o, 1);
    carry(&o, 0, 1);
    ck_assert_uint_eq(find(o.r[1], "", NULL), 0);
    ck_assert_int_eq(vault_grant(o.t.v[0], k.id, vault_member_id(o.t.v[1]), NULL), ERR_OK);
    carry(&o, 0, 1);
    ck_assert_uint_eq(find(o.r[1], "ileana", &seen), 1);
    ck_assert(seen.has_record);
    ck_assert(!seen.is_locked);
    ck_whole(&o, 1);
    answer(o.r[1], &k, "identification", "21");
    carry(&o, 1, 0);
    ck_whole(&o, 0);
    ck_assert_int_eq(vault_ungrant(o.t.v[0], k.id, vault_member_id(o.t.v[1]), NULL), ERR_OK);
    carry(&o, 0, 1);
    ck_assert_uint_eq(find(o.r[1], "", NULL), 0);
    tidy(o.r[1]);
    record_of(&o, 1);
    ck_assert_uint_eq(find(o.r[1], "", NULL), 0);
    org_end(&o);
}
END_TEST

/* Of all that one has, the wraps or everything else. */
static void carry_some(struct org *o, size_t from, size_t to, bool wraps)
{
    struct str all = STR_INIT, some = STR_INIT;
    ck_assert_int_eq(vault_give(o->t.v[from], team_gather, &all, NULL), ERR_OK);
    for (size_t at = 0; at < all.len;) {
        const size_t n = 4 + get_u32le((const unsigned char *)all.data + at);
        if ((memcmp(all.data + at + 4, "SPWR", 4) == 0) == wraps) {
            str_put(&some, all.data + at, n);
        }
        at += n;
    }
    team_take_all(o->t.v[to], &some);
    str_done(&all);
    str_done(&some);
}

START_TEST(a_key_that_comes_after_its_events_shows_them)
{
    struct org o;
    struct record_case seen;
    org_begin(&o);
    team_join(&o.t, "case", VAULT_ROLE_CASEWORKER);
    const struct record_case own = new_case(record_of(&o, 1));
    tidy(o.r[1]);
    const struct record_case k = new_case(record_of(&o, 0));
    ck_assert_int_eq(vault_grant(o.t.v[0], k.id, vault_member_id(o.t.v[1]), NULL), ERR_OK);
    answer(o.r[0], &k, "identification", "20");
    carry_some(&o, 0, 1, false);
    ck_assert_int_eq(record_refresh(o.r[1], NULL, NULL), ERR_OK);
    ck_assert_uint_eq(find(o.r[1], "", NULL), 1);
    new_case(o.r[1]);
    tidy(o.r[1]);
    carry_some(&o, 0, 1, true);
    tidy(o.r[1]); /* does not write what it knew before */
    ck_assert_int_eq(record_refresh(o.r[1], NULL, NULL), ERR_OK);
    ck_assert_uint_eq(find(o.r[1], "", NULL), 3);
    ck_assert_int_eq(record_case_get(o.r[1], k.id, &seen, NULL), ERR_OK);
    ck_assert(seen.has_record);
    ck_assert_int_eq(record_case_get(o.r[1], own.id, &seen, NULL), ERR_OK);
    ck_whole(&o, 1);
    record_of(&o, 1);
    ck_whole(&o, 1);
    tidy(o.r[1]);
    record_of(&o, 1);
    ck_whole(&o, 1);
    org_end(&o);
}
END_TEST

START_TEST(records_of_a_medical_form_are_there_for_those_of_the_medical_part_only)
{
    struct org o;
    struct record_case seen;
    record_doc *doc = NULL;
    org_begin(&o);
    team_join(&o.t, "medic", VAULT_ROLE_MEDIC);
    const struct record_case k = new_case(record_of(&o, 0));
    ck_assert_int_eq(vault_grant(o.t.v[0], k.id, vault_member_id(o.t.v[1]), NULL), ERR_OK);
    record_of(&o, 1);
    carry(&o, 0, 1);
    answer(o.r[1], &k, "med", "a secret");
    ck_assert(record_doc_is_there(o.r[1], k.id, "med"));
    ck_whole(&o, 1);
    tidy(o.r[1]);
    record_of(&o, 1);
    answer(o.r[1], &k, "med", "another");
    ck_whole(&o, 1);
    carry(&o, 1, 0);
    ck_assert(!record_doc_is_there(o.r[0], k.id, "med"));
    ck_assert_int_eq(record_doc_open(o.r[0], k.id, "med", &doc, NULL), ERR_RIGHTS);
    struct str text = STR_INIT;
    ck_assert_int_eq(record_dump(o.r[0], &text, NULL), ERR_OK);
    ck_assert_ptr_null(strstr(str_cstr(&text), "secret"));
    ck_assert_ptr_null(strstr(str_cstr(&text), "finding\t"));
    str_done(&text);
    ck_assert_int_eq(record_case_get(o.r[0], k.id, &seen, NULL), ERR_OK);
    ck_assert_int_eq(seen.changed_ms, seen.opened_ms);
    org_end(&o);
}
END_TEST

static size_t audit(record *r, const struct record_audit_filter *f, struct record_audit **out)
{
    size_t n = 0;
    ck_assert_int_eq(record_audit_list(r, f, 100, out, &n, NULL), ERR_OK);
    return n;
}

START_TEST(what_was_looked_at_is_in_the_audit_for_coordinators_newest_first)
{
    struct org o;
    struct record_audit *all = NULL;
    struct record_audit_filter f = {.code = NULL};
    struct str name = STR_INIT;
    struct record_case seen;
    size_t n = 0;
    org_begin(&o);
    team_join(&o.t, "case", VAULT_ROLE_CASEWORKER);
    const struct record_case k = new_case(record_of(&o, 1));
    const struct record_case other = new_case(o.r[1]);
    ck_assert_int_eq(record_case_open(o.r[1], k.id, &seen, NULL), ERR_OK);
    ck_assert_int_eq(record_case_unmask(o.r[1], k.id, &name, NULL), ERR_OK);
    find(o.r[1], "i", NULL);
    find(o.r[1], "il", NULL);
    find(o.r[1], "ile", NULL);
    find(o.r[1], "", NULL);
    ck_assert_int_eq(record_audit_say(o.r[1], VAULT_AUDIT_EXPORT, other.id, 3, NULL), ERR_OK);
    ck_assert_int_eq(record_audit_list(o.r[1], &f, 9, &all, &n, NULL), ERR_RIGHTS);
    record_of(&o, 0);
    carry(&o, 1, 0);
    ck_assert_uint_eq(audit(o.r[0], &f, &all), 4);
    static const enum vault_audit_what WHAT[] = {VAULT_AUDIT_EXPORT, VAULT_AUDIT_SEARCH,
                                                 VAULT_AUDIT_UNMASK, VAULT_AUDIT_OPEN};
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(all[i].what, WHAT[i]);
        ck_assert_str_eq(all[i].member_name, "case");
    }
    ck_assert_str_eq(all[0].code, other.code);
    ck_assert_uint_eq(all[0].count, 3);
    ck_assert_str_eq(all[1].code, "");
    const int64_t at = all[1].time_ms;
    free(all);
    f.code = k.code;
    ck_assert_uint_eq(audit(o.r[0], &f, &all), 2);
    free(all);
    f = (struct record_audit_filter){.member = vault_member_id(o.t.v[0])};
    ck_assert_uint_eq(audit(o.r[0], &f, &all), 0);
    free(all);
    f = (struct record_audit_filter){.from_ms = at + 1000 * HOUR_MS};
    ck_assert_uint_eq(audit(o.r[0], &f, &all), 0);
    free(all);
    f = (struct record_audit_filter){.to_ms = at + 1000 * HOUR_MS};
    tidy(o.r[0]);
    record_of(&o, 0);
    ck_assert_uint_eq(audit(o.r[0], &f, &all), 4);
    free(all);
    str_done(&name);
    org_end(&o);
}
END_TEST

START_TEST(an_auditor_sees_the_audit_and_no_case)
{
    struct org o;
    struct record_audit *all = NULL;
    const struct record_audit_filter f = {.code = NULL};
    struct record_case seen;
    org_begin(&o);
    team_join(&o.t, "audit", VAULT_ROLE_AUDITOR);
    const struct record_case k = new_case(record_of(&o, 0));
    ck_assert_int_eq(record_case_open(o.r[0], k.id, &seen, NULL), ERR_OK);
    record_of(&o, 1);
    carry(&o, 0, 1);
    ck_assert_uint_eq(find(o.r[1], "", NULL), 0);
    ck_assert_uint_eq(audit(o.r[1], &f, &all), 1);
    ck_assert_str_eq(all[0].code, k.code);
    free(all);
    org_end(&o);
}
END_TEST

START_TEST(an_older_unmasking_that_stands_in_its_case_is_read)
{
    struct org o;
    struct record_audit *all = NULL;
    const struct record_audit_filter f = {.code = NULL};
    org_begin(&o);
    const struct record_case k = new_case(record_of(&o, 0));
    struct vault_write w = {.kind = RECORD_K_UNMASKED, .text = "{}", .len = 2};
    memcpy(w.compartment, k.id, ID_LEN);
    ck_assert_int_eq(vault_append(o.t.v[0], &w, 1, NULL, NULL), ERR_OK);
    ck_assert_uint_eq(audit(o.r[0], &f, &all), 1);
    ck_assert_int_eq(all[0].what, VAULT_AUDIT_UNMASK);
    ck_assert_str_eq(all[0].code, k.code);
    free(all);
    org_end(&o);
}
END_TEST

Suite *record_standing_suite(void)
{
    Suite *s = suite_create("record/standing");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_case_held_by_office_is_a_code_until_a_reason_is_given);
    tcase_add_test(
        t, what_was_opened_with_a_reason_closes_after_a_day_and_leaves_no_name_in_the_caches);
    tcase_add_test(t, another_coordinators_reason_opens_nothing_here);
    tcase_add_test(t, a_case_opened_to_somebody_later_comes_whole_and_goes_when_it_is_taken_back);
    tcase_add_test(t, a_key_that_comes_after_its_events_shows_them);
    tcase_add_test(t, records_of_a_medical_form_are_there_for_those_of_the_medical_part_only);
    tcase_add_test(t, what_was_looked_at_is_in_the_audit_for_coordinators_newest_first);
    tcase_add_test(t, an_auditor_sees_the_audit_and_no_case);
    tcase_add_test(t, an_older_unmasking_that_stands_in_its_case_is_read);
    suite_add_tcase(s, t);
    return s;
}
