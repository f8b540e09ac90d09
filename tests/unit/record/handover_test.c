/* A case handed to another member: asked, accepted, refused, withdrawn, in the order of the book
 * and across each other. */
#include "../vault/team.h"
#include "org.h"
#include "record/handover.h"
#include "record/overview.h"

Suite *record_handover_suite(void);

/* 0 = coordinator, 1 and 2 = caseworkers, 3 = a lawyer. */
static void begin(struct org *o, struct record_case *k)
{
    org_begin(o);
    org_put_form(o, "identification.yaml",
                 "form: identification\ntitle: {en: I}\nversion: 1\nsurvey:\n"
                 "  - {name: age, type: integer, label: A}\n");
    team_join(&o->t, "B", VAULT_ROLE_CASEWORKER);
    team_join(&o->t, "C", VAULT_ROLE_CASEWORKER);
    team_join(&o->t, "D", VAULT_ROLE_LAWYER);
    for (size_t i = 0; i < 3; i++) {
        org_carry(o, 0, i + 1);
    }
    for (size_t i = 0; i < 4; i++) {
        (void)org_record(o, i);
    }
    *k = org_case(o->r[1]);
    org_carry(o, 1, 0);
}

static enum err ask(struct org *o, size_t from, size_t to, const struct record_case *k, bool ends)
{
    struct record_handover_ask a = {.reason = "Se mută la Bălți", .ends = ends};
    memcpy(a.case_id, k->id, ID_LEN);
    memcpy(a.to, vault_member_id(o->t.v[to]), ID_LEN);
    return record_handover_ask(o->r[from], &a, NULL);
}

/* The one handover there is, as this member sees it. */
static struct record_handover seen(struct org *o, size_t who)
{
    struct record_handover *all = NULL;
    size_t n = 0;
    ck_assert_int_eq(record_handover_list(o->r[who], &all, &n, NULL), ERR_OK);
    ck_assert_uint_eq(n, 1);
    const struct record_handover one = all[0];
    free(all);
    return one;
}

static enum err answer(struct org *o, size_t who, enum record_handover_state said)
{
    const struct record_handover h = seen(o, who);
    return record_handover_answer(o->r[who], h.id, said, "Nu am loc", NULL);
}

static bool is_granted(struct org *o, size_t seen_by, const struct record_case *k, size_t who)
{
    struct vault_member *all = NULL;
    size_t n = 0;
    bool is_there = false;
    ck_assert_int_eq(vault_granted(o->t.v[seen_by], k->id, &all, &n, NULL), ERR_OK);
    for (size_t i = 0; i < n; i++) {
        is_there = is_there || memcmp(all[i].id, vault_member_id(o->t.v[who]), ID_LEN) == 0;
    }
    free(all);
    return is_there;
}

static bool is_responsible(struct org *o, size_t seen_by, const struct record_case *k, size_t who)
{
    unsigned char id[ID_LEN];
    ck_assert_int_eq(record_responsible(o->r[seen_by], k->id, id, NULL), ERR_OK);
    return memcmp(id, vault_member_id(o->t.v[who]), ID_LEN) == 0;
}

static void carry_all(struct org *o)
{
    for (int round = 0; round < 2; round++) {
        for (size_t from = 0; from < o->t.count; from++) {
            for (size_t to = 0; to < o->t.count; to++) {
                if (from != to) {
                    org_carry(o, from, to);
                }
            }
        }
    }
}

static enum err write_age(struct org *o, size_t who, const struct record_case *k, const char *age)
{
    record_doc *doc = NULL;
    enum form_problem problem = FORM_P_OK;
    enum err rc = record_doc_open(o->r[who], k->id, "identification", &doc, NULL);
    const struct form_answer a = {.state = FORM_A_VALUE, .text = age};
    rc = rc == ERR_OK ? record_doc_set(doc, 0, a, &problem, NULL) : rc;
    record_doc_close(doc);
    return rc;
}

START_TEST(accepted_the_receiver_is_responsible_and_the_senders_access_ends)
{
    struct org o;
    struct record_case k;
    struct str asked = STR_INIT, said = STR_INIT;
    begin(&o, &k);
    ck_assert_int_eq(ask(&o, 1, 2, &k, true), ERR_OK);
    org_carry(&o, 1, 2);
    const struct record_handover h = seen(&o, 2);
    ck_assert(h.is_to_me);
    ck_assert_int_eq(h.state, RECORD_HANDOVER_OPEN);
    ck_assert_str_eq(h.code, k.code);
    ck_assert_str_eq(h.from_name, "B");
    ck_assert_int_eq(record_handover_words(o.r[2], &h, &asked, &said, NULL), ERR_OK);
    ck_assert_str_eq(str_cstr(&asked), "Se mută la Bălți");
    ck_assert(is_responsible(&o, 2, &k, 1));
    ck_assert_int_eq(answer(&o, 2, RECORD_HANDOVER_ACCEPTED), ERR_OK);
    ck_assert(is_responsible(&o, 2, &k, 2));
    ck_assert_int_eq(write_age(&o, 2, &k, "17"), ERR_OK);
    carry_all(&o);
    ck_assert_int_eq(seen(&o, 1).state, RECORD_HANDOVER_ACCEPTED);
    ck_assert(!is_granted(&o, 1, &k, 1));
    ck_assert(is_granted(&o, 1, &k, 2));
    ck_assert_int_eq(write_age(&o, 1, &k, "18"), ERR_NOT_FOUND);
    str_done(&asked);
    str_done(&said);
    org_end(&o);
}
END_TEST

START_TEST(without_an_end_both_read_on_and_the_overview_names_the_receiver)
{
    struct org o;
    struct record_case k;
    struct record_status *all = NULL;
    size_t n = 0;
    begin(&o, &k);
    ck_assert_int_eq(ask(&o, 1, 2, &k, false), ERR_OK);
    org_carry(&o, 1, 2);
    ck_assert_int_eq(answer(&o, 2, RECORD_HANDOVER_ACCEPTED), ERR_OK);
    carry_all(&o);
    ck_assert(is_granted(&o, 0, &k, 1) && is_granted(&o, 0, &k, 2));
    ck_assert(is_responsible(&o, 1, &k, 2));
    ck_assert_int_eq(record_overview(o.r[0], (struct date){2026, 11, 23}, LANG_EN, &all, &n, NULL),
                     ERR_OK);
    ck_assert_uint_eq(n, 1);
    ck_assert_str_eq(all[0].responsible, "C");
    free(all);
    org_end(&o);
}
END_TEST

START_TEST(a_refusal_has_its_reason_and_ends_what_was_opened_for_it)
{
    struct org o;
    struct record_case k;
    struct str asked = STR_INIT, said = STR_INIT;
    begin(&o, &k);
    ck_assert_int_eq(ask(&o, 1, 2, &k, true), ERR_OK);
    org_carry(&o, 1, 2);
    const struct record_handover at = seen(&o, 2);
    ck_assert_int_eq(record_handover_answer(o.r[2], at.id, RECORD_HANDOVER_REFUSED, "", NULL),
                     ERR_USAGE);
    ck_assert_int_eq(answer(&o, 2, RECORD_HANDOVER_REFUSED), ERR_OK);
    org_carry(&o, 2, 1);
    const struct record_handover h = seen(&o, 1);
    ck_assert_int_eq(h.state, RECORD_HANDOVER_REFUSED);
    ck_assert_int_eq(record_handover_words(o.r[1], &h, &asked, &said, NULL), ERR_OK);
    ck_assert_str_eq(str_cstr(&said), "Nu am loc");
    ck_assert(is_granted(&o, 1, &k, 1) && !is_granted(&o, 1, &k, 2));
    ck_assert(is_responsible(&o, 1, &k, 1));
    str_done(&asked);
    str_done(&said);
    org_end(&o);
}
END_TEST

START_TEST(who_could_read_before_reads_on_after_a_refusal)
{
    struct org o;
    struct record_case k;
    begin(&o, &k);
    ck_assert_int_eq(vault_grant(o.t.v[1], k.id, vault_member_id(o.t.v[2]), NULL), ERR_OK);
    ck_assert_int_eq(ask(&o, 1, 2, &k, true), ERR_OK);
    org_carry(&o, 1, 2);
    ck_assert_int_eq(answer(&o, 2, RECORD_HANDOVER_REFUSED), ERR_OK);
    org_carry(&o, 2, 1);
    ck_assert(is_granted(&o, 1, &k, 1) && is_granted(&o, 1, &k, 2));
    org_end(&o);
}
END_TEST

/* Each takes the other out without knowing of it; whichever way it travels, one is left. */
START_TEST(accepted_and_withdrawn_at_once_it_stays_with_the_sender)
{
    struct org o;
    struct record_case k;
    begin(&o, &k);
    ck_assert_int_eq(ask(&o, 1, 2, &k, true), ERR_OK);
    org_carry(&o, 1, 2);
    ck_assert_int_eq(answer(&o, 2, RECORD_HANDOVER_ACCEPTED), ERR_OK);
    ck_assert_int_eq(write_age(&o, 2, &k, "17"), ERR_OK);
    ck_assert_int_eq(answer(&o, 1, RECORD_HANDOVER_WITHDRAWN), ERR_OK);
    if (_i == 0) {
        org_carry(&o, 1, 2);
        org_carry(&o, 2, 1);
    } else {
        org_carry(&o, 2, 0);
        org_carry(&o, 1, 0);
    }
    carry_all(&o);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(seen(&o, i).state, RECORD_HANDOVER_WITHDRAWN);
        ck_assert(is_granted(&o, i, &k, 1));
        ck_assert(!is_granted(&o, i, &k, 2));
    }
    ck_assert(is_responsible(&o, 1, &k, 1));
    /* What the other wrote in good faith is there. */
    struct str age = STR_INIT;
    record_doc *doc = NULL;
    ck_assert_int_eq(record_doc_open(o.r[1], k.id, "identification", &doc, NULL), ERR_OK);
    ck_assert_str_eq(form_interview_value(record_doc_interview(doc), 0), "17");
    record_doc_close(doc);
    ck_assert_int_eq(write_age(&o, 1, &k, "18"), ERR_OK);
    str_done(&age);
    org_end(&o);
}
END_TEST

START_TEST(accepted_twice_is_accepted_once)
{
    struct org o;
    struct record_case k;
    begin(&o, &k);
    ck_assert_int_eq(ask(&o, 1, 2, &k, true), ERR_OK);
    org_carry(&o, 1, 2);
    ck_assert_int_eq(answer(&o, 2, RECORD_HANDOVER_ACCEPTED), ERR_OK);
    ck_assert_int_eq(answer(&o, 2, RECORD_HANDOVER_ACCEPTED), ERR_NO);
    ck_assert_int_eq(answer(&o, 2, RECORD_HANDOVER_REFUSED), ERR_NO);
    /* Said again all the same, as another device of hers would that did not know. */
    char text[128], hex[ID_HEX_LEN];
    hex_put(hex, seen(&o, 2).id, ID_LEN);
    snprintf(text, sizeof text, "{\"handover\":\"%s\",\"answer\":\"accepted\"}", hex);
    struct vault_write w = {.kind = RECORD_K_HANDOVER_SAID, .text = text, .len = strlen(text)};
    memcpy(w.compartment, vault_organisation(o.t.v[2]), ID_LEN);
    ck_assert_int_eq(vault_append(o.t.v[2], &w, 1, NULL, NULL), ERR_OK);
    carry_all(&o);
    ck_assert_int_eq(seen(&o, 0).state, RECORD_HANDOVER_ACCEPTED);
    ck_assert(is_granted(&o, 0, &k, 2) && !is_granted(&o, 0, &k, 1));
    ck_assert(is_responsible(&o, 2, &k, 2));
    org_end(&o);
}
END_TEST

START_TEST(refused_after_it_was_withdrawn_changes_nothing)
{
    struct org o;
    struct record_case k;
    begin(&o, &k);
    ck_assert_int_eq(ask(&o, 1, 2, &k, true), ERR_OK);
    org_carry(&o, 1, 2);
    ck_assert_int_eq(answer(&o, 1, RECORD_HANDOVER_WITHDRAWN), ERR_OK);
    ck_assert_int_eq(answer(&o, 2, RECORD_HANDOVER_REFUSED), ERR_OK); /* does not know yet */
    carry_all(&o);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(seen(&o, i).state, RECORD_HANDOVER_WITHDRAWN);
    }
    ck_assert(is_granted(&o, 0, &k, 1) && !is_granted(&o, 0, &k, 2));
    ck_assert_int_eq(write_age(&o, 1, &k, "17"), ERR_OK);
    ck_assert_int_eq(answer(&o, 2, RECORD_HANDOVER_ACCEPTED), ERR_NO); /* knows by now */
    org_end(&o);
}
END_TEST

/* Taken back and given again before the other exchanged: the wraps come ahead of both. */
START_TEST(offered_withdrawn_and_offered_again_in_one_batch_has_every_key)
{
    struct org o;
    struct record_case k;
    struct vault_report report;
    begin(&o, &k);
    ck_assert_int_eq(ask(&o, 1, 2, &k, true), ERR_OK);
    ck_assert_int_eq(answer(&o, 1, RECORD_HANDOVER_WITHDRAWN), ERR_OK);
    ck_assert_int_eq(write_age(&o, 1, &k, "17"), ERR_OK);
    ck_assert_int_eq(ask(&o, 1, 2, &k, true), ERR_OK);
    org_carry(&o, 1, 2);
    ck_assert_int_eq(vault_verify(o.t.v[2], &report, NULL, NULL, NULL), ERR_OK);
    ck_assert_uint_eq(report.bad, 0);
    vault_report_done(&report);
    record_doc *doc = NULL;
    ck_assert_int_eq(record_doc_open(o.r[2], k.id, "identification", &doc, NULL), ERR_OK);
    ck_assert_str_eq(form_interview_value(record_doc_interview(doc), 0), "17");
    record_doc_close(doc);
    org_end(&o);
}
END_TEST

START_TEST(nobody_answers_for_somebody_else)
{
    struct org o;
    struct record_case k;
    char text[128], hex[ID_HEX_LEN];
    begin(&o, &k);
    ck_assert_int_eq(ask(&o, 1, 2, &k, true), ERR_OK);
    ck_assert_int_eq(answer(&o, 1, RECORD_HANDOVER_ACCEPTED), ERR_RIGHTS);
    carry_all(&o);
    ck_assert_int_eq(answer(&o, 2, RECORD_HANDOVER_WITHDRAWN), ERR_RIGHTS);
    ck_assert_int_eq(answer(&o, 0, RECORD_HANDOVER_REFUSED), ERR_RIGHTS);
    /* A forged answer in the right shape counts as little. */
    hex_put(hex, seen(&o, 0).id, ID_LEN);
    snprintf(text, sizeof text, "{\"handover\":\"%s\",\"answer\":\"accepted\"}", hex);
    struct vault_write w = {.kind = RECORD_K_HANDOVER_SAID, .text = text, .len = strlen(text)};
    memcpy(w.compartment, vault_organisation(o.t.v[0]), ID_LEN);
    ck_assert_int_eq(vault_append(o.t.v[0], &w, 1, NULL, NULL), ERR_OK);
    carry_all(&o);
    ck_assert_int_eq(seen(&o, 1).state, RECORD_HANDOVER_OPEN);
    org_end(&o);
}
END_TEST

START_TEST(only_who_holds_a_case_hands_it_over_and_only_to_who_may_hold_it)
{
    struct org o;
    struct record_case k;
    begin(&o, &k);
    ck_assert_int_eq(ask(&o, 1, 3, &k, true), ERR_RIGHTS); /* a lawyer cannot open it to others */
    ck_assert_int_eq(ask(&o, 1, 1, &k, true), ERR_USAGE);
    ck_assert_int_eq(ask(&o, 0, 2, &k, true), ERR_RIGHTS); /* by office only */
    org_carry(&o, 1, 2);
    ck_assert_int_eq(ask(&o, 2, 1, &k, true), ERR_RIGHTS);
    ck_assert_int_eq(ask(&o, 1, 2, &k, true), ERR_OK);
    ck_assert_int_eq(ask(&o, 1, 2, &k, false), ERR_EXISTS);
    org_end(&o);
}
END_TEST

START_TEST(who_has_no_part_in_it_sees_no_handover)
{
    struct org o;
    struct record_case k;
    struct record_handover *all = NULL;
    size_t n = 0;
    begin(&o, &k);
    ck_assert_int_eq(ask(&o, 1, 2, &k, true), ERR_OK);
    org_carry(&o, 1, 3);
    ck_assert_int_eq(record_handover_list(o.r[3], &all, &n, NULL), ERR_OK);
    ck_assert_uint_eq(n, 0);
    free(all);
    org_end(&o);
}
END_TEST

/* The list on disk remembers them, and a view built anew says the same. */
START_TEST(handovers_are_there_after_the_program_was_opened_again)
{
    struct org o;
    struct record_case k;
    struct str before = STR_INIT, after = STR_INIT;
    bool more = true;
    begin(&o, &k);
    ck_assert_int_eq(ask(&o, 1, 2, &k, true), ERR_OK);
    org_carry(&o, 1, 2);
    ck_assert_int_eq(answer(&o, 2, RECORD_HANDOVER_ACCEPTED), ERR_OK);
    while (more) {
        ck_assert_int_eq(record_tidy(o.r[2], 1000, &more, NULL), ERR_OK);
    }
    ck_assert_int_eq(record_dump(o.r[2], &before, NULL), ERR_OK);
    (void)org_record(&o, 2);
    ck_assert_int_eq(seen(&o, 2).state, RECORD_HANDOVER_ACCEPTED);
    ck_assert(is_responsible(&o, 2, &k, 2));
    ck_assert_int_eq(record_dump(o.r[2], &after, NULL), ERR_OK);
    ck_assert_str_eq(str_cstr(&before), str_cstr(&after));
    str_done(&before);
    str_done(&after);
    org_end(&o);
}
END_TEST

Suite *record_handover_suite(void)
{
    Suite *s = suite_create("record/handover");
    TCase *t = tcase_create("handover");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, accepted_the_receiver_is_responsible_and_the_senders_access_ends);
    tcase_add_test(t, without_an_end_both_read_on_and_the_overview_names_the_receiver);
    tcase_add_test(t, a_refusal_has_its_reason_and_ends_what_was_opened_for_it);
    tcase_add_test(t, who_could_read_before_reads_on_after_a_refusal);
    tcase_add_loop_test(t, accepted_and_withdrawn_at_once_it_stays_with_the_sender, 0, 2);
    tcase_add_test(t, accepted_twice_is_accepted_once);
    tcase_add_test(t, refused_after_it_was_withdrawn_changes_nothing);
    tcase_add_test(t, offered_withdrawn_and_offered_again_in_one_batch_has_every_key);
    tcase_add_test(t, nobody_answers_for_somebody_else);
    tcase_add_test(t, only_who_holds_a_case_hands_it_over_and_only_to_who_may_hold_it);
    tcase_add_test(t, who_has_no_part_in_it_sees_no_handover);
    tcase_add_test(t, handovers_are_there_after_the_program_was_opened_again);
    suite_add_tcase(s, t);
    return s;
}
