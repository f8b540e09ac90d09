/* A vault in a fresh folder for the tests of this folder; cheap key derivation. */
#ifndef SPRIJIN_TESTS_VAULT_FIXTURE_H
#define SPRIJIN_TESTS_VAULT_FIXTURE_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/str.h"
#include "vault/vault.h"

#define FIXTURE_PASS      "copac lanterna 7 vapor"
#define FIXTURE_KIND      0x101 /* a setting: in the organisation, by everybody */
#define FIXTURE_KIND_CASE 0x121 /* an answer */
#define FIXTURE_OWN       6     /* events a new vault begins with */

struct fixture {
    char root[64];
    char dir[80];
    vault *v;
    vault_secret *org_sheet, *member_sheet;
};

static inline vault_secret *secret_of(const char *text)
{
    vault_secret *s = vault_secret_new();
    ck_assert(vault_secret_put(s, text, strlen(text)));
    return s;
}

static inline struct fixture fixture_new(void)
{
    struct fixture f = {.v = NULL};
    /* In memory where there is such a place: these tests ask what is written, not whether the
     * disk keeps it, and wait for no disk. */
    const char *place = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(f.root, sizeof f.root, "%s/sprijin-test-XXXXXX", place);
    ck_assert_ptr_nonnull(mkdtemp(f.root));
    snprintf(f.dir, sizeof f.dir, "%s/v", f.root);
    vault_secret *pass = secret_of(FIXTURE_PASS);
    const struct vault_create how = {.dir = f.dir,
                                     .passphrase = pass,
                                     .kdf = {19, 2},
                                     .lang = LANG_RO,
                                     .member_name = "A. C.",
                                     .zone = "Europe/Chisinau"};
    struct err_info err = {0};
    const enum err got = vault_create(&how, &f.v, &f.org_sheet, &f.member_sheet, &err);
    ck_assert_msg(got == ERR_OK, "%s in %s", err_name(got), err.origin);
    vault_secret_free(pass);
    return f;
}

static inline void fixture_done(struct fixture *f)
{
    vault_close(f->v);
    vault_secret_free(f->org_sheet);
    vault_secret_free(f->member_sheet);
    ck_assert_int_eq(file_remove_tree(f->root, NULL), ERR_OK);
}

static inline enum err fixture_unlock(vault *v, const char *passphrase)
{
    vault_secret *s = secret_of(passphrase);
    const enum err got = vault_unlock(v, s, NULL);
    vault_secret_free(s);
    return got;
}

static inline vault *fixture_open(const struct fixture *f)
{
    vault *v = NULL;
    ck_assert_int_eq(vault_open(f->dir, &v, NULL), ERR_OK);
    ck_assert_int_eq(fixture_unlock(v, FIXTURE_PASS), ERR_OK);
    return v;
}

static inline enum err fixture_append(vault *v, const unsigned char *compartment, const char *text)
{
    const bool is_org = memcmp(compartment, vault_organisation(v), ID_LEN) == 0;
    struct vault_write w = {.kind = is_org ? FIXTURE_KIND : FIXTURE_KIND_CASE,
                            .kind_version = 1,
                            .text = text,
                            .len = strlen(text)};
    memcpy(w.compartment, compartment, ID_LEN);
    return vault_append(v, &w, 1, NULL, NULL);
}

/* The whole of one of the vault's files; the caller frees with str_done. */
static inline struct str fixture_read(const struct fixture *f, const char *name)
{
    struct str out = STR_INIT;
    char *path = file_join(f->dir, name);
    ck_assert_int_eq(file_read(path, (size_t)64 << 20, &out, NULL), ERR_OK);
    free(path);
    return out;
}

static inline void fixture_write(const struct fixture *f, const char *name, const void *bytes,
                                 size_t n)
{
    char *path = file_join(f->dir, name);
    ck_assert_int_eq(file_replace(path, bytes, n, 0600, NULL), ERR_OK);
    free(path);
}

#endif
