/* Three replicas of one organisation write, grant, take back and carry records to each other in any
 * order, with losses and duplicates: once everything has gone everywhere, all see the same. The
 * seed says what happens; a failure names it. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "../vault/team.h"
#include "record/record.h"

Suite *record_exchange_suite(void);

#define FORMS "tests/fixtures/forms"
#ifndef SEEDS
#define SEEDS 5
#endif
#define STEPS  70
#define CASES  3
#define PEOPLE 3

struct world {
    struct team t;
    unsigned char cases[CASES][ID_LEN];
    uint64_t state; /* of the dice */
    unsigned seed;
};

static unsigned dice(struct world *w, unsigned below)
{
    w->state ^= w->state << 13;
    w->state ^= w->state >> 7;
    w->state ^= w->state << 17;
    return (unsigned)((w->state >> 11) % below);
}

static record *open_record(vault *v)
{
    record *r = NULL;
    struct err_info err = {0};
    const enum err got = record_open(v, FORMS, &r, &err);
    ck_assert_msg(got == ERR_OK, "%s in %s", err_name(got), err.origin);
    return r;
}

static void begin(struct world *w, unsigned seed)
{
    static const enum vault_role roles[] = {VAULT_ROLE_CASEWORKER, VAULT_ROLE_LAWYER};
    static const char *const names[] = {"B", "C"};
    *w = (struct world){.t = team_new(), .state = seed * 2654435761U + 88172645463325252ULL};
    w->seed = seed;
    for (size_t i = 0; i < PEOPLE - 1; i++) {
        team_join(&w->t, names[i], roles[i]);
    }
    record *r = open_record(w->t.v[0]);
    for (size_t i = 0; i < CASES; i++) {
        const struct record_new_case how = {.surname = "Munteanu", .given = "Ileana", .alias = ""};
        struct record_case made;
        ck_assert_int_eq(record_case_new(r, &how, &made, NULL), ERR_OK);
        memcpy(w->cases[i], made.id, ID_LEN);
    }
    record_close(r);
}

/* Who cannot open the case at the moment does nothing. */
static void answer(struct world *w, vault *v, unsigned step)
{
    static const char *const keys[] = {"surname", "story"};
    record *r = open_record(v);
    record_doc *doc = NULL;
    const unsigned char *id = w->cases[dice(w, CASES)];
    const char *key = keys[dice(w, 2)];
    if (record_doc_open(r, id, "identification", &doc, NULL) == ERR_OK) {
        char text[16];
        enum form_problem problem = FORM_P_OK;
        snprintf(text, sizeof text, "t%u", step);
        const struct form_answer a = {.state = FORM_A_VALUE, .text = text};
        const int node = form_def_find(record_doc_def(doc), key);
        const enum err got = record_doc_set(doc, node, a, &problem, NULL);
        ck_assert_msg(got == ERR_OK || got == ERR_RIGHTS, "seed %u step %u: %s", w->seed, step,
                      err_name(got));
    }
    record_doc_close(doc);
    record_close(r);
}

static void grant(struct world *w)
{
    vault *a = w->t.v[0];
    const unsigned char *member = vault_member_id(w->t.v[1 + dice(w, PEOPLE - 1)]);
    const unsigned char *id = w->cases[dice(w, CASES)];
    const bool gives = dice(w, 3) > 0;
    const enum err got = gives ? vault_grant(a, id, member, NULL)
                               : vault_ungrant(a, id, member, NULL);
    ck_assert_msg(got == ERR_OK || got == ERR_EXISTS || got == ERR_NOT_FOUND, "seed %u: %s",
                  w->seed, err_name(got));
}

/* The records in another order, some lost and some twice. */
static void spoil(struct world *w, const struct str *in, struct str *out)
{
    size_t *at = calloc(in->len / 4 + 1, sizeof *at);
    size_t n = 0;
    for (size_t i = 0; i < in->len; i += 4 + get_u32le((const unsigned char *)in->data + i)) {
        at[n++] = i;
    }
    for (size_t i = n; i > 1; i--) {
        const size_t k = dice(w, (unsigned)i);
        const size_t swap = at[i - 1];
        at[i - 1] = at[k];
        at[k] = swap;
    }
    for (size_t i = 0; i < n; i++) {
        const size_t len = 4 + get_u32le((const unsigned char *)in->data + at[i]);
        const unsigned fate = dice(w, 10);
        for (unsigned times = fate < 3 ? 0 : fate < 5 ? 2 : 1; times > 0; times--) {
            str_put(out, in->data + at[i], len);
        }
    }
    free(at);
}

static void carry(struct world *w, vault *from, vault *to)
{
    struct str all = STR_INIT;
    struct str spoilt = STR_INIT;
    ck_assert_int_eq(vault_give(from, team_gather, &all, NULL), ERR_OK);
    spoil(w, &all, &spoilt);
    team_take_all(to, &spoilt);
    str_done(&all);
    str_done(&spoilt);
}

static void step(struct world *w, unsigned i)
{
    const unsigned who = dice(w, PEOPLE);
    switch (dice(w, 8)) {
    case 0: grant(w); break;
    case 1:
    case 2:
    case 3: answer(w, w->t.v[who], i); break;
    default: carry(w, w->t.v[who], w->t.v[(who + 1 + dice(w, PEOPLE - 1)) % PEOPLE]); break;
    }
}

static void carry_everywhere(struct world *w)
{
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned from = 0; from < PEOPLE; from++) {
            for (unsigned to = 0; to < PEOPLE; to++) {
                if (from != to) {
                    team_carry(w->t.v[from], w->t.v[to]);
                }
            }
        }
    }
}

static void open_to_all(struct world *w)
{
    for (size_t i = 0; i < CASES; i++) {
        for (size_t k = 1; k < PEOPLE; k++) {
            const enum err got = vault_grant(w->t.v[0], w->cases[i], vault_member_id(w->t.v[k]),
                                             NULL);
            ck_assert_msg(got == ERR_OK || got == ERR_EXISTS, "seed %u: %s", w->seed,
                          err_name(got));
        }
    }
}

static void dump(vault *v, struct str *out)
{
    record *r = open_record(v);
    ck_assert_int_eq(record_dump(r, out, NULL), ERR_OK);
    record_close(r);
}

START_TEST(equal_sets_of_events_give_equal_views)
{
    struct world w;
    struct str views[PEOPLE] = {STR_INIT};
    begin(&w, (unsigned)_i + 1);
    for (unsigned i = 0; i < STEPS; i++) {
        step(&w, i);
    }
    carry_everywhere(&w);
    open_to_all(&w);
    carry_everywhere(&w);
    for (size_t i = 0; i < PEOPLE; i++) {
        struct vault_quarantined *aside = NULL;
        size_t n = 0;
        dump(w.t.v[i], &views[i]);
        ck_assert_int_eq(vault_quarantine(w.t.v[i], &aside, &n, NULL), ERR_OK);
        ck_assert_msg(n == 0, "seed %u: %zu set aside at %zu, reason %d", w.seed, n, i,
                      n > 0 ? (int)aside[0].reason : 0);
        free(aside);
    }
    for (size_t i = 1; i < PEOPLE; i++) {
        size_t at = 0;
        while (at < views[0].len && at < views[i].len && views[0].data[at] == views[i].data[at]) {
            at++;
        }
        const size_t from = at > 60 ? at - 60 : 0;
        ck_assert_msg(at == views[0].len && at == views[i].len,
                      "seed %u: 0 and %zu differ at %zu of %zu and %zu:\n%.160s\n----\n%.160s",
                      w.seed, i, at, views[0].len, views[i].len, str_cstr(&views[0]) + from,
                      str_cstr(&views[i]) + from);
    }
    ck_assert_uint_gt(views[0].len, 0);
    for (size_t i = 0; i < PEOPLE; i++) {
        str_done(&views[i]);
    }
    team_done(&w.t);
}
END_TEST

Suite *record_exchange_suite(void)
{
    Suite *s = suite_create("record/exchange");
    TCase *t = tcase_create("exchange");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, equal_sets_of_events_give_equal_views, 0, SEEDS);
    suite_add_tcase(s, t);
    return s;
}
