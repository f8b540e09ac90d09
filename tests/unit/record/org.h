/* Several members of one organisation, each with her replica and her view, for the tests of this
 * folder. */
#ifndef SPRIJIN_TESTS_RECORD_ORG_H
#define SPRIJIN_TESTS_RECORD_ORG_H

#include "../vault/team.h"
#include "record/record.h"

struct org {
    struct team t;
    char *forms;
    record *r[TEAM_MAX];
};

static inline void org_put_form(const struct org *o, const char *name, const char *text)
{
    char *path = file_join(o->forms, name);
    ck_assert_int_eq(file_replace(path, text, strlen(text), 0600, NULL), ERR_OK);
    free(path);
}

static inline void org_begin(struct org *o)
{
    memset(o, 0, sizeof *o);
    o->t = team_new();
    o->forms = file_join(o->t.f.root, "forms");
    ck_assert_int_eq(file_mkdir(o->forms, NULL), ERR_OK);
    org_put_form(o, "facts.yaml",
                 "facts:\n  - {name: person.surname, type: text, label: {ro: Nume}}\n"
                 "  - {name: person.given, type: text, label: {ro: Prenume}}\n"
                 "  - {name: person.alias, type: text, label: {ro: Alias}}\n");
}

static inline void org_end(struct org *o)
{
    for (size_t i = 0; i < o->t.count; i++) {
        record_close(o->r[i]);
    }
    free(o->forms);
    team_done(&o->t);
}

/* Opened anew. */
static inline record *org_record(struct org *o, size_t who)
{
    struct err_info err = {0};
    record_close(o->r[who]);
    const enum err got = record_open(o->t.v[who], o->forms, &o->r[who], &err);
    ck_assert_msg(got == ERR_OK, "%s in %s (%s)", err_name(got), err.origin, err.arg[0]);
    return o->r[who];
}

/* Everything of one to the other, and into her view. */
static inline void org_carry(struct org *o, size_t from, size_t to)
{
    team_carry(o->t.v[from], o->t.v[to]);
    if (o->r[to] != NULL) {
        ck_assert_int_eq(record_refresh(o->r[to], NULL, NULL), ERR_OK);
    }
}

static inline struct record_case org_case(record *r)
{
    struct record_case made;
    const struct record_new_case how = {.surname = "Cosânzeana", .given = "Ileana", .alias = ""};
    struct err_info err = {0};
    const enum err got = record_case_new(r, &how, &made, &err);
    ck_assert_msg(got == ERR_OK, "%s in %s", err_name(got), err.origin);
    return made;
}

#endif
