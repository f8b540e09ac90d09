/* Erased events as bytes: they keep id and signature, every flipped byte shows, nothing of the
 * content is in them; and one fixed example. */
#include <check.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/vault/erased_int.h"
#include "base/str.h"

Suite *vault_erased_suite(void);

#define TEXT "{\"a\":\"canary\"}"

struct left {
    unsigned char sign_public[32], key[32];
    unsigned char event[1024], id[HASH_LEN], bytes[ERASED_LEN];
    size_t len;
};

static struct left left_new(void)
{
    struct left s;
    unsigned char field[8][32], seed[32], secret[64];
    for (unsigned i = 0; i < 8; i++) {
        memset(field[i], (int)(0x10 * (i + 1)), 32);
    }
    memset(seed, 7, sizeof seed);
    memset(s.key, 9, sizeof s.key);
    crypto_sign_seed_keypair(s.sign_public, secret, seed);
    const struct event_parts p = {.organisation = field[0],
                                  .compartment = field[1],
                                  .device = field[2],
                                  .seq = 3,
                                  .prev = field[3],
                                  .heads = field[4],
                                  .clock = 0x0123456789ABCDEF,
                                  .epoch = field[5],
                                  .nonce = field[6],
                                  .kind = 0x101,
                                  .kind_version = 2,
                                  .text = TEXT,
                                  .len = strlen(TEXT)};
    s.len = event_size(p.len, false);
    ck_assert_uint_le(s.len, sizeof s.event);
    event_build(&p, s.key, secret, s.event, s.id);
    struct event_view e;
    ck_assert_int_eq(event_parse(s.event, s.len, &e, NULL), ERR_OK);
    erased_build(&e, s.bytes);
    return s;
}

START_TEST(what_is_left_has_the_id_and_the_signature_of_the_event)
{
    struct left s = left_new();
    struct event_view e;
    ck_assert(erased_is(s.bytes, sizeof s.bytes));
    ck_assert(!erased_is(s.event, s.len));
    ck_assert_int_eq(erased_parse(s.bytes, sizeof s.bytes, &e, NULL), ERR_OK);
    ck_assert_mem_eq(e.id, s.id, HASH_LEN);
    ck_assert_uint_eq(e.seq, 3);
    ck_assert_uint_eq(e.ct_len, s.len - EVENT_HEAD_LEN - SIGN_LEN);
    ck_assert_ptr_null(e.ct);
    ck_assert(erased_check(&e, s.sign_public));
    ck_assert_int_eq(event_parse(s.bytes, sizeof s.bytes, &e, NULL), ERR_DAMAGED);
}
END_TEST

START_TEST(every_flipped_byte_shows)
{
    struct left s = left_new();
    for (size_t i = 0; i < sizeof s.bytes; i++) {
        struct event_view e;
        s.bytes[i] ^= 0x20;
        const enum err got = erased_parse(s.bytes, sizeof s.bytes, &e, NULL);
        ck_assert_msg(got != ERR_OK || !erased_check(&e, s.sign_public), "byte %zu", i);
        s.bytes[i] ^= 0x20;
    }
    for (size_t n = 0; n < sizeof s.bytes; n++) {
        struct event_view e;
        ck_assert_int_eq(erased_parse(s.bytes, n, &e, NULL), ERR_DAMAGED);
    }
}
END_TEST

START_TEST(nothing_that_was_sealed_is_in_it)
{
    struct left s = left_new();
    const unsigned char *ct = s.event + EVENT_HEAD_LEN;
    for (size_t i = 0; i + 8 <= s.len - EVENT_HEAD_LEN - SIGN_LEN; i++) {
        ck_assert_ptr_null(memmem(s.bytes, sizeof s.bytes, ct + i, 8));
    }
}
END_TEST

START_TEST(the_bytes_of_an_erased_event_are_these)
{
    struct left s = left_new();
    unsigned char hash[16];
    char hex[33];
    crypto_generichash(hash, sizeof hash, s.bytes, sizeof s.bytes, NULL, 0);
    hex_put(hex, hash, sizeof hash);
    ck_assert_str_eq(hex, "26b6dd4a239e5b5c47b135e09a3a6670");
}
END_TEST

Suite *vault_erased_suite(void)
{
    Suite *s = suite_create("vault/erased");
    TCase *c = tcase_create("bytes");
    tcase_add_test(c, what_is_left_has_the_id_and_the_signature_of_the_event);
    tcase_add_test(c, every_flipped_byte_shows);
    tcase_add_test(c, nothing_that_was_sealed_is_in_it);
    tcase_add_test(c, the_bytes_of_an_erased_event_are_these);
    suite_add_tcase(s, c);
    return s;
}
