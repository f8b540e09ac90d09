/* A team for the tests of this folder: a first coordinator's vault and others that joined it, all in
 * one root; records carried between them by hand. */
#ifndef SPRIJIN_TESTS_VAULT_TEAM_H
#define SPRIJIN_TESTS_VAULT_TEAM_H

#include "fixture.h"
#include "vault/exchange.h"
#include "vault/members.h"

#define TEAM_MAX 8

struct team {
    struct fixture f;
    vault *v[TEAM_MAX]; /* [0] is f.v */
    size_t count;
};

static inline struct team team_new(void)
{
    struct team t = {.f = fixture_new(), .count = 1};
    t.v[0] = t.f.v;
    return t;
}

static inline void team_done(struct team *t)
{
    for (size_t i = 1; i < t->count; i++) {
        vault_close(t->v[i]);
    }
    fixture_done(&t->f);
}

static inline void team_dir(const struct team *t, const char *name, char out[160])
{
    snprintf(out, 160, "%s/%s", t->f.root, name);
}

/* Asks in a folder of its own; "" as name: a further device. */
static inline void team_ask(const struct team *t, const char *folder, const char *name,
                            struct str *request)
{
    char dir[160];
    struct str words = STR_INIT;
    vault_secret *pass = secret_of(FIXTURE_PASS);
    vault_secret *sheet = NULL;
    struct err_info err = {0};
    team_dir(t, folder, dir);
    const struct vault_create how = {.dir = dir,
                                     .passphrase = pass,
                                     .kdf = {19, 2},
                                     .lang = LANG_RO,
                                     .member_name = name,
                                     .zone = "Europe/Chisinau"};
    const enum err got = vault_join_request(&how, request, &words, &sheet, &err);
    ck_assert_msg(got == ERR_OK, "%s in %s", err_name(got), err.origin);
    vault_secret_free(sheet);
    vault_secret_free(pass);
    str_done(&words);
}

static inline vault *team_finish(const struct team *t, const char *folder,
                                 const struct str *welcome)
{
    char dir[160];
    vault *v = NULL;
    struct err_info err = {0};
    vault_secret *pass = secret_of(FIXTURE_PASS);
    team_dir(t, folder, dir);
    const enum err got = vault_join_finish(dir, pass, welcome->data, welcome->len, &v, &err);
    ck_assert_msg(got == ERR_OK, "%s in %s", err_name(got), err.origin);
    vault_secret_free(pass);
    return v;
}

/* Joins and is the next of the team; its vault. name is the folder's too. */
static inline vault *team_join(struct team *t, const char *name, enum vault_role role)
{
    struct str request = STR_INIT;
    struct str welcome = STR_INIT;
    struct err_info err = {0};
    ck_assert_uint_lt(t->count, TEAM_MAX);
    team_ask(t, name, name, &request);
    const bool is_coordinator = role == VAULT_ROLE_COORDINATOR;
    const enum err got = vault_member_add(t->v[0], request.data, request.len, role,
                                          is_coordinator ? t->f.org_sheet : NULL, &welcome, &err);
    ck_assert_msg(got == ERR_OK, "%s in %s (%s)", err_name(got), err.origin, err.arg[0]);
    t->v[t->count] = team_finish(t, name, &welcome);
    str_done(&request);
    str_done(&welcome);
    return t->v[t->count++];
}

/* Records in a row: length (4), bytes. */
static inline bool team_gather(void *payload, const void *bytes, size_t n)
{
    str_put_u32le(payload, n);
    str_put(payload, bytes, n);
    return true;
}

struct team_tally {
    size_t of[VAULT_QUARANTINED + 1];
};

static inline struct team_tally team_take_all(vault *to, const struct str *records)
{
    struct team_tally tally = {{0}};
    struct err_info err = {0};
    ck_assert_int_eq(vault_take_begin(to, NULL), ERR_OK);
    for (size_t at = 0; at < records->len;) {
        const unsigned char *p = (const unsigned char *)records->data + at;
        struct vault_outcome out = {VAULT_QUARANTINED, VAULT_REASON_COUNT};
        const enum err got = vault_take(to, p + 4, get_u32le(p), &out, &err);
        ck_assert_msg(got == ERR_OK, "%s in %s", err_name(got), err.origin);
        tally.of[out.taken]++;
        at += 4 + get_u32le(p);
    }
    const enum err got = vault_take_end(to, &err);
    ck_assert_msg(got == ERR_OK, "%s in %s (%s)", err_name(got), err.origin, err.arg[0]);
    return tally;
}

/* Everything of one to the other. */
static inline struct team_tally team_carry(vault *from, vault *to)
{
    struct str records = STR_INIT;
    ck_assert_int_eq(vault_give(from, team_gather, &records, NULL), ERR_OK);
    const struct team_tally tally = team_take_all(to, &records);
    str_done(&records);
    return tally;
}

/* Texts of the record kinds of one compartment, in order of their text. */
struct team_texts {
    const unsigned char *compartment;
    char text[64][80];
    size_t count;
};

static inline bool team_read_one(void *payload, const struct vault_event *e)
{
    struct team_texts *t = payload;
    if (e->kind >= 0x100 && memcmp(e->compartment, t->compartment, ID_LEN) == 0) {
        ck_assert_uint_lt(t->count, 64);
        snprintf(t->text[t->count++], sizeof t->text[0], "%s", e->text);
    }
    return true;
}

static inline int team_compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* "a b c" of the texts. */
static inline const char *team_read(vault *v, const unsigned char *compartment)
{
    static char out[4096];
    struct team_texts t = {.compartment = compartment};
    ck_assert_int_eq(vault_each(v, 0, team_read_one, &t, NULL, NULL), ERR_OK);
    qsort(t.text, t.count, sizeof t.text[0], team_compare);
    out[0] = '\0';
    for (size_t i = 0; i < t.count; i++) {
        strncat(out, i > 0 ? " " : "", sizeof out - strlen(out) - 1);
        strncat(out, t.text[i], sizeof out - strlen(out) - 1);
    }
    return out;
}

/* An event of a record kind that every professional may write in a case. */
static inline enum err team_write(vault *v, const unsigned char *compartment, const char *text)
{
    struct vault_write w = {.kind = 0x121, .kind_version = 1, .text = text, .len = strlen(text)};
    memcpy(w.compartment, compartment, ID_LEN);
    return vault_append(v, &w, 1, NULL, NULL);
}

#endif
