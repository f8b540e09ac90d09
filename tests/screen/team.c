/* Further members for the stages: a folder of their own beside the stage's, joined by files in
 * memory, and everything of one vault carried to another. */
#include <stdio.h>
#include <string.h>

#include "driver.h"
#include "vault/exchange.h"
#include "vault/members.h"

static bool failed(const char *what, enum err e)
{
    if (e != ERR_OK) {
        fprintf(stderr, "team: %s: %s\n", what, err_name(e));
    }
    return e != ERR_OK;
}

static enum err ask(const struct stage *s, const char *dir, const char *name,
                    const vault_secret *pass, struct str *request)
{
    struct str words = STR_INIT;
    vault_secret *sheet = NULL;
    const struct vault_create how = {.dir = dir,
                                     .passphrase = pass,
                                     .kdf = s->ctx.kdf,
                                     .lang = s->ctx.lang,
                                     .member_name = name,
                                     .zone = "Europe/Chisinau"};
    const enum err e = vault_join_request(&how, request, &words, &sheet, NULL);
    vault_secret_free(sheet);
    str_done(&words);
    return e;
}

bool stage_join(const struct stage *s, const char *name, enum vault_role role, vault **out)
{
    char dir[400];
    struct str request = STR_INIT, welcome = STR_INIT;
    vault_secret *pass = vault_secret_new();
    vault_secret_put(pass, STAGE_PASSPHRASE, strlen(STAGE_PASSPHRASE));
    snprintf(dir, sizeof dir, "%s/member", s->tmp);
    enum err e = ask(s, dir, name, pass, &request);
    if (e == ERR_OK) {
        e = vault_member_add(s->ctx.vault, request.data, request.len, role, NULL, &welcome, NULL);
    }
    if (e == ERR_OK) {
        e = vault_join_finish(dir, pass, welcome.data, welcome.len, out, NULL);
    }
    vault_secret_free(pass);
    str_done(&request);
    str_done(&welcome);
    return !failed("join", e);
}

struct carrying {
    vault *to;
    enum err e;
};

static bool take_one(void *payload, const void *bytes, size_t n)
{
    struct carrying *c = payload;
    struct vault_outcome outcome;
    c->e = vault_take(c->to, bytes, n, &outcome, NULL);
    return c->e == ERR_OK;
}

bool stage_carry(vault *from, vault *to)
{
    struct carrying c = {.to = to, .e = vault_take_begin(to, NULL)};
    if (c.e == ERR_OK) {
        const enum err given = vault_give(from, take_one, &c, NULL);
        const enum err ended = vault_take_end(to, NULL);
        c.e = given != ERR_OK ? given : c.e == ERR_OK ? ended : c.e;
    }
    return !failed("carry", c.e);
}
