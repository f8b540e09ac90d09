/* Appends numbered events without end and says each number once it is saved, so that a script can
 * kill it at any moment and ask later whether what was said is true. Usage:
 *   killsave create DIR --passphrase-fd N   makes the vault
 *   killsave append DIR --passphrase-fd N   appends; prints each saved number, unbuffered
 *   killsave check  DIR --passphrase-fd N   reads acknowledged numbers from stdin (a number a
 *                                           line); fails unless each is in the log, the log holds
 *                                           1..n without a gap or twin, and it verifies */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vault/vault.h"

#define KIND 0x101

struct found {
    unsigned long newest;
    bool unbroken;
};

static bool look(void *payload, const struct vault_event *e)
{
    struct found *f = payload;
    if (e->kind == KIND) {
        const unsigned long n = strtoul(e->text, NULL, 10);
        f->unbroken = f->unbroken && n == f->newest + 1;
        f->newest = n;
    }
    return true;
}

static enum err create(const char *dir, const vault_secret *pass, struct err_info *err)
{
    const struct vault_create how = {.dir = dir,
                                     .passphrase = pass,
                                     .kdf = {19, 2},
                                     .lang = LANG_EN,
                                     .member_name = "T",
                                     .zone = "UTC"};
    vault *v = NULL;
    vault_secret *org = NULL;
    vault_secret *member = NULL;
    const enum err bad = vault_create(&how, &v, &org, &member, err);
    vault_secret_free(org);
    vault_secret_free(member);
    vault_close(v);
    return bad;
}

static enum err append(vault *v, unsigned long number, struct err_info *err)
{
    char text[32];
    const int n = snprintf(text, sizeof text, "%lu", number);
    struct vault_write w = {.kind = KIND, .text = text, .len = (size_t)n};
    memcpy(w.compartment, vault_organisation(v), ID_LEN);
    enum err bad = vault_append(v, &w, 1, NULL, err);
    text[n] = '\n';
    if (bad == ERR_OK && write(STDOUT_FILENO, text, (size_t)n + 1) != n + 1) {
        bad = ERR_IO;
    }
    return bad;
}

static enum err check(vault *v, const struct found *f, struct err_info *err)
{
    char line[32];
    unsigned long promised = 0;
    struct vault_report r;
    while (fgets(line, sizeof line, stdin) != NULL) {
        const unsigned long n = strchr(line, '\n') != NULL ? strtoul(line, NULL, 10) : 0;
        promised = n > promised ? n : promised;
    }
    const enum err bad = vault_verify(v, &r, NULL, NULL, err);
    vault_report_done(&r);
    if (bad != ERR_OK) {
        return bad;
    }
    const bool good = f->unbroken && f->newest >= promised && r.bad == 0 && !r.head_behind &&
                      !r.database_damaged && !r.keyfile_damaged;
    printf("%lu promised, %lu there, %llu bad%s\n", promised, f->newest, (unsigned long long)r.bad,
           r.head_behind ? ", head ahead" : "");
    return good ? ERR_OK : ERR_DAMAGED;
}

static enum err run(const char *what, const char *dir, const vault_secret *pass,
                    struct err_info *err)
{
    if (strcmp(what, "create") == 0) {
        return create(dir, pass, err);
    }
    vault *v = NULL;
    struct found f = {.unbroken = true};
    enum err bad = vault_open(dir, &v, err);
    if (bad == ERR_OK) {
        bad = vault_unlock(v, pass, err);
    }
    if (bad == ERR_OK) {
        bad = vault_each(v, 0, look, &f, NULL, err);
    }
    if (bad == ERR_OK && strcmp(what, "check") == 0) {
        bad = check(v, &f, err);
    }
    while (bad == ERR_OK && strcmp(what, "append") == 0) {
        bad = append(v, ++f.newest, err);
    }
    vault_close(v);
    return bad;
}

int main(int argc, char **argv)
{
    struct err_info err = {0};
    if (argc != 5 || strcmp(argv[3], "--passphrase-fd") != 0) {
        fprintf(stderr, "usage: killsave create|append|check DIR --passphrase-fd N\n");
        return 2;
    }
    vault_process_harden();
    vault_secret *pass = vault_secret_new();
    enum err bad = vault_secret_read(pass, (int)strtol(argv[4], NULL, 10), &err);
    if (bad == ERR_OK) {
        bad = run(argv[1], argv[2], pass, &err);
    }
    vault_secret_free(pass);
    if (bad != ERR_OK) {
        fprintf(stderr, "killsave %s: %s (%s)\n", argv[1], err_name(bad),
                err.origin != NULL ? err.origin : "-");
    }
    return bad == ERR_OK ? 0 : 1;
}
