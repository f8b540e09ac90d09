/* Known answers: every vector of tests/vectors is accepted with the contents it states, or refused
 * at the step, with the code and the place that it states. A new kind is one line of `kinds` and
 * one function that says what became of its bytes. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"
#include "vault/cert_int.h"
#include "vault/erased_int.h"
#include "vault/event_int.h"
#include "vault/keyfile_int.h"
#include "vault/keys_int.h"

Suite *vault_vectors_suite(void);

enum { LINES_MAX = 16, FIELD_MAX = 32 };

struct vector {
    struct {
        const char *name, *value;
    } line[LINES_MAX];
    size_t lines;
};

static const char *field(const struct vector *v, const char *name)
{
    for (size_t i = 0; i < v->lines; i++) {
        if (str_eq(v->line[i].name, name)) {
            return v->line[i].value;
        }
    }
    return NULL;
}

/* The bytes of a hexadecimal field; a copy of exactly that size, so that a read outside is one. */
static unsigned char *bytes_of(const struct vector *v, const char *name, size_t *n)
{
    const char *hex = field(v, name);
    ck_assert_msg(hex != NULL, "%s: no %s", field(v, "name"), name);
    *n = strlen(hex) / 2;
    unsigned char *out = malloc(*n > 0 ? *n : 1);
    ck_assert(*n == 0 || hex_get(out, *n, hex));
    return out;
}

static void key_of(const struct vector *v, const char *name, unsigned char out[KEY_LEN])
{
    ck_assert_msg(field(v, name) != NULL && hex_get(out, KEY_LEN, field(v, name)), "%s: no %s",
                  field(v, "name"), name);
}

static void expect_hex(const struct vector *v, const char *name, const void *bytes, size_t n)
{
    char *hex = mem_alloc(2 * n + 1);
    hex_put(hex, bytes, n);
    ck_assert_msg(field(v, name) != NULL && str_eq(field(v, name), hex), "%s: another %s: %s",
                  field(v, "name"), name, hex);
    free(hex);
}

static void expect_number(const struct vector *v, const char *name, uint64_t n)
{
    char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)n);
    ck_assert_msg(field(v, name) != NULL && str_eq(field(v, name), text), "%s: another %s: %s",
                  field(v, "name"), name, text);
}

/* "parse ERR_DAMAGED event" */
static void refused(struct str *out, const char *step, const struct err_info *err)
{
    str_printf(out, "%s %s %s", step, err_name(err->code),
               err->arg[0][0] != '\0' ? err->arg[0] : "-");
}

static void open_event(const struct vector *v, const struct event_view *e, struct str *out)
{
    unsigned char key[KEY_LEN];
    struct event_payload p;
    struct err_info err = {0};
    unsigned char *plain = malloc(e->ct_len);
    key_of(v, "payload_key", key);
    if (event_open(e, key, plain, &p, &err) != ERR_OK) {
        refused(out, "open", &err);
    } else {
        str_puts(out, "good");
        expect_hex(v, "id", e->id, HASH_LEN);
        expect_number(v, "seq", e->seq);
        expect_number(v, "clock", e->clock);
        expect_number(v, "kind", p.kind);
        expect_number(v, "kind_version", p.kind_version);
        expect_hex(v, "text", p.text, p.len);
    }
    free(plain);
}

static void try_event(const struct vector *v, const unsigned char *bytes, size_t n, struct str *out)
{
    unsigned char key[KEY_LEN];
    struct event_view e;
    struct err_info err = {0};
    key_of(v, "device_key", key);
    if (event_parse(bytes, n, &e, &err) != ERR_OK) {
        refused(out, "parse", &err);
    } else if (!event_check(&e, key)) {
        str_puts(out, "check");
    } else {
        open_event(v, &e, out);
    }
}

static void try_certificate(const struct vector *v, const unsigned char *bytes, size_t n,
                            struct str *out)
{
    struct cert c;
    struct cert issuer;
    struct err_info err = {0};
    size_t issuer_len = 0;
    unsigned char *issuer_bytes = bytes_of(v, "issuer", &issuer_len);
    if (cert_parse(bytes, n, &c, &err) != ERR_OK) {
        refused(out, "parse", &err);
    } else {
        ck_assert_int_eq(cert_parse(issuer_bytes, issuer_len, &issuer, NULL), ERR_OK);
        if (!cert_check(bytes, &c, &issuer)) {
            str_puts(out, "check");
        } else {
            str_puts(out, "good");
            expect_number(v, "kind", c.kind);
            expect_number(v, "role", c.role);
            expect_number(v, "serial", c.serial);
        }
    }
    free(issuer_bytes);
}

static void try_wrap(const struct vector *v, const unsigned char *bytes, size_t n, struct str *out)
{
    unsigned char device[KEY_LEN];
    unsigned char reader[KEY_LEN];
    unsigned char hash[HASH_LEN];
    struct wrap w;
    struct err_info err = {0};
    key_of(v, "device_key", device);
    key_of(v, "recipient_secret", reader);
    unsigned char *key = keys_alloc(KEY_LEN);
    if (wrap_parse(bytes, n, &w, &err) != ERR_OK) {
        refused(out, "parse", &err);
    } else if (!wrap_check(bytes, device)) {
        str_puts(out, "check");
    } else if (!wrap_open(&w, reader, key)) {
        str_puts(out, "open");
    } else {
        str_puts(out, "good");
        wrap_hash(hash, bytes);
        expect_hex(v, "key", key, KEY_LEN);
        expect_hex(v, "hash", hash, HASH_LEN);
    }
    keys_free(key);
}

static enum err unlock(const struct vector *v, const struct keyfile *k, unsigned char *mk,
                       struct err_info *err)
{
    const char *text = field(v, "passphrase");
    if (text == NULL) {
        unsigned char seed[KEY_LEN];
        key_of(v, "seed", seed);
        return keyfile_open_sheet(k, seed, mk, err);
    }
    vault_secret *pass = vault_secret_new();
    ck_assert(vault_secret_put(pass, text, strlen(text)));
    const enum err got = keyfile_open_passphrase(k, pass, mk, err);
    vault_secret_free(pass);
    return got;
}

static void try_keyfile(const struct vector *v, const unsigned char *bytes, size_t n,
                        struct str *out)
{
    struct keyfile k;
    struct err_info err = {0};
    unsigned char *mk = keys_alloc(KEY_LEN);
    struct keyfile_secrets *secrets = keys_alloc(sizeof *secrets);
    if (keyfile_parse(bytes, n, &k, &err) != ERR_OK) {
        refused(out, "parse", &err);
    } else if (unlock(v, &k, mk, &err) != ERR_OK) {
        refused(out, "unlock", &err);
    } else if (keyfile_open_secrets(&k, mk, secrets, &err) != ERR_OK) {
        refused(out, "secrets", &err);
    } else {
        unsigned char again[KEYFILE_MAX];
        str_puts(out, "good");
        expect_hex(v, "master_key", mk, KEY_LEN);
        expect_hex(v, "secrets", secrets, sizeof *secrets);
        ck_assert_uint_eq(keyfile_build(&k, again), n);
        ck_assert_mem_eq(again, bytes, n);
    }
    keys_free(secrets);
    keys_free(mk);
}

static void try_erased(const struct vector *v, const unsigned char *bytes, size_t n,
                       struct str *out)
{
    unsigned char key[KEY_LEN];
    struct event_view e;
    struct err_info err = {0};
    key_of(v, "device_key", key);
    if (erased_parse(bytes, n, &e, &err) != ERR_OK) {
        refused(out, "parse", &err);
    } else if (!erased_check(&e, key)) {
        str_puts(out, "check");
    } else {
        str_puts(out, "good");
        expect_hex(v, "id", e.id, HASH_LEN);
        expect_number(v, "seq", e.seq);
        expect_number(v, "ct_len", e.ct_len);
    }
}

struct kind {
    const char *name;
    void (*try)(const struct vector *v, const unsigned char *bytes, size_t n, struct str *out);
};

static const struct kind kinds[] = {
    {"event", try_event},     {"certificate", try_certificate}, {"wrap", try_wrap},
    {"keyfile", try_keyfile}, {"erased", try_erased},
};

struct tally {
    unsigned good, bad;
};

static void run_vector(const struct kind *kind, const struct vector *v, struct tally *t)
{
    struct str got = STR_INIT;
    size_t n = 0;
    ck_assert(field(v, "name") != NULL && field(v, "result") != NULL);
    unsigned char *bytes = bytes_of(v, "bytes", &n);
    kind->try(v, bytes, n, &got);
    ck_assert_msg(str_eq(str_cstr(&got), field(v, "result")), "%s, %s: %s instead of %s",
                  kind->name, field(v, "name"), str_cstr(&got), field(v, "result"));
    t->good += str_eq(str_cstr(&got), "good") ? 1 : 0;
    t->bad += str_eq(str_cstr(&got), "good") ? 0 : 1;
    free(bytes);
    str_done(&got);
}

/* Cuts the text into lines and vectors, in place. */
static void run_text(const struct kind *kind, char *text, struct tally *t)
{
    struct vector v = {.lines = 0};
    for (char *at = text; at != NULL && *at != '\0';) {
        char *end = strchr(at, '\n');
        ck_assert_ptr_nonnull(end);
        *end = '\0';
        if (*at == '\0' && v.lines > 0) {
            run_vector(kind, &v, t);
            v.lines = 0;
        } else if (*at != '\0' && *at != '#') {
            char *colon = strstr(at, ": ");
            ck_assert_msg(colon != NULL && v.lines < LINES_MAX, "%s: %.40s", kind->name, at);
            *colon = '\0';
            v.line[v.lines].name = at;
            v.line[v.lines++].value = colon + 2;
        }
        at = end + 1;
    }
    if (v.lines > 0) {
        run_vector(kind, &v, t);
    }
}

static struct tally run_kind(const struct kind *kind)
{
    struct tally t = {0};
    struct str text = STR_INIT;
    char path[128];
    const char *tests = getenv("SPRIJIN_TESTS");
    snprintf(path, sizeof path, "%s/vectors/%s.txt", tests != NULL ? tests : "tests", kind->name);
    ck_assert_int_eq(file_read(path, (size_t)8 << 20, &text, NULL), ERR_OK);
    char *copy = mem_strdup(str_cstr(&text));
    run_text(kind, copy, &t);
    free(copy);
    str_done(&text);
    return t;
}

START_TEST(each_is_accepted_or_refused_as_it_says)
{
    const struct tally t = run_kind(&kinds[_i]);
    ck_assert_uint_gt(t.good, 0);
    ck_assert_uint_gt(t.bad, 20);
}
END_TEST

START_TEST(there_are_fifty_good_and_a_hundred_bad_ones)
{
    struct tally sum = {0};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const struct tally t = run_kind(&kinds[i]);
        sum.good += t.good;
        sum.bad += t.bad;
    }
    ck_assert_uint_ge(sum.good, 50);
    ck_assert_uint_ge(sum.bad, 100);
}
END_TEST

Suite *vault_vectors_suite(void)
{
    Suite *s = suite_create("vault/vectors");
    TCase *c = tcase_create("vectors");
    tcase_set_timeout(c, 60);
    tcase_add_loop_test(c, each_is_accepted_or_refused_as_it_says, 0,
                        (int)(sizeof kinds / sizeof kinds[0]));
    tcase_add_test(c, there_are_fifty_good_and_a_hundred_bad_ones);
    suite_add_tcase(s, c);
    return s;
}
