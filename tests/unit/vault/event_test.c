/* Event bytes: round trip, every flipped byte refused, sizes, and one fixed event. */
#include <check.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/vault/cert_int.h"
#include "../../../src/vault/event_int.h"
#include "base/str.h"

Suite *vault_event_suite(void);

struct sample {
    unsigned char sign_public[32], sign_secret[64], key[32];
    unsigned char bytes[1024], id[HASH_LEN];
    size_t len;
};

/* Every field a different run of bytes, keys fixed: the event of the known answer. */
static struct sample sample_new(void)
{
    struct sample s;
    unsigned char field[8][32];
    unsigned char seed[32];
    for (unsigned i = 0; i < 8; i++) {
        memset(field[i], (int)(0x10 * (i + 1)), 32);
    }
    memset(seed, 7, sizeof seed);
    memset(s.key, 9, sizeof s.key);
    crypto_sign_seed_keypair(s.sign_public, s.sign_secret, seed);
    const char *text = "{\"a\":1}";
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
                                  .text = text,
                                  .len = strlen(text)};
    s.len = event_size(p.len, false);
    ck_assert_uint_le(s.len, sizeof s.bytes);
    event_build(&p, s.key, s.sign_secret, s.bytes, s.id);
    return s;
}

START_TEST(an_event_reads_back_as_it_was_built)
{
    struct sample s = sample_new();
    struct event_view e;
    struct event_payload p;
    unsigned char plain[1024];
    ck_assert_int_eq(event_parse(s.bytes, s.len, &e, NULL), ERR_OK);
    ck_assert(event_check(&e, s.sign_public));
    ck_assert_mem_eq(e.id, s.id, HASH_LEN);
    ck_assert_uint_eq(e.seq, 3);
    ck_assert_uint_eq(e.clock, 0x0123456789ABCDEF);
    ck_assert_int_eq(event_open(&e, s.key, plain, &p, NULL), ERR_OK);
    ck_assert_uint_eq(p.kind, 0x101);
    ck_assert_uint_eq(p.kind_version, 2);
    ck_assert_str_eq(p.text, "{\"a\":1}");
    s.key[0] ^= 1;
    ck_assert_int_eq(event_open(&e, s.key, plain, &p, NULL), ERR_KEY);
}
END_TEST

START_TEST(every_flipped_byte_is_refused)
{
    struct sample s = sample_new();
    for (size_t i = 0; i < s.len; i++) {
        struct event_view e;
        s.bytes[i] ^= 0x40;
        const bool accepted = event_parse(s.bytes, s.len, &e, NULL) == ERR_OK &&
                              event_check(&e, s.sign_public);
        ck_assert_msg(!accepted, "byte %zu", i);
        s.bytes[i] ^= 0x40;
    }
}
END_TEST

START_TEST(every_shortened_event_is_refused)
{
    struct sample s = sample_new();
    struct event_view e;
    for (size_t n = 0; n < s.len; n++) {
        ck_assert_int_ne(event_parse(s.bytes, n, &e, NULL), ERR_OK);
    }
}
END_TEST

START_TEST(another_version_is_told_as_such)
{
    struct sample s = sample_new();
    struct event_view e;
    s.bytes[4] = 0;
    ck_assert_int_eq(event_parse(s.bytes, s.len, &e, NULL), ERR_VERSION);
    s.bytes[4] = 2;
    ck_assert_int_eq(event_parse(s.bytes, s.len, &e, NULL), ERR_VERSION);
    s.bytes[4] = 1;
    s.bytes[6] = 2;
    ck_assert_int_eq(event_parse(s.bytes, s.len, &e, NULL), ERR_VERSION);
}
END_TEST

START_TEST(payloads_are_padded_in_steps)
{
    static const size_t pairs[][2] = {{1, 256},       {256, 256},      {257, 512},   {2049, 4096},
                                      {4096, 4096},   {4097, 4352},    {9000, 9216}, {65536, 65536},
                                      {65537, 67584}, {983048, 983048}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0] - 1; i++) {
        ck_assert_uint_eq(event_padded(pairs[i][0]), pairs[i][1]);
    }
    for (size_t n = 1; n < EVENT_TEXT_MAX; n += 977) {
        const size_t padded = event_padded(n);
        ck_assert(padded >= n && event_padded(padded) == padded);
        ck_assert(n <= 4096 || padded - n <= n / 8);
    }
    ck_assert_uint_le(event_padded(EVENT_PREFIX_LEN + EVENT_TEXT_MAX) + SEAL_LEN, EVENT_CT_MAX);
}
END_TEST

/* The expected values come from a second implementation, written from docs/format.md alone. */
START_TEST(the_bytes_of_an_event_are_these)
{
    const struct sample s = sample_new();
    char id[2 * HASH_LEN + 1];
    char all[2 * HASH_LEN + 1];
    unsigned char hash[HASH_LEN];
    crypto_generichash(hash, sizeof hash, s.bytes, s.len, NULL, 0);
    hex_put(id, s.id, HASH_LEN);
    hex_put(all, hash, HASH_LEN);
    ck_assert_uint_eq(s.len, 516);
    ck_assert_str_eq(id, "3c90984239a379d7764a9b690690f3ed6e4b83d01880bd95236098511a435df4");
    ck_assert_str_eq(all, "fdacc20a485e1b70d8b63efaa4c7d97cd09f7e16153fa06306485100d470f517");
}
END_TEST

/* To a drop box: whoever holds the public half writes, only the secret half reads. */
START_TEST(an_event_to_a_drop_box_opens_with_the_boxs_secret_only)
{
    unsigned char secret[KEY_LEN];
    unsigned char box[KEY_LEN];
    unsigned char sign_public[KEY_LEN];
    unsigned char sign_secret[SIGN_SECRET_LEN];
    unsigned char bytes[1024];
    unsigned char plain[1024];
    unsigned char id[HASH_LEN];
    static const unsigned char field[HASH_LEN] = {1};
    struct event_view e;
    struct event_payload p;
    crypto_box_keypair(box, secret);
    crypto_sign_keypair(sign_public, sign_secret);
    const struct event_parts parts = {.organisation = field,
                                      .compartment = field,
                                      .device = field,
                                      .seq = 1,
                                      .prev = field,
                                      .heads = field,
                                      .clock = 5,
                                      .epoch = field,
                                      .nonce = field,
                                      .box = box,
                                      .kind = 0x30,
                                      .text = "{}",
                                      .len = 2};
    const size_t n = event_size(2, true);
    ck_assert_uint_eq(n, event_size(2, false) + 80);
    event_build(&parts, NULL, sign_secret, bytes, id);
    ck_assert_int_eq(event_parse(bytes, n, &e, NULL), ERR_OK);
    ck_assert(event_check(&e, sign_public));
    ck_assert_int_eq(event_open(&e, secret, plain, &p, NULL), ERR_OK);
    ck_assert_str_eq(p.text, "{}");
    secret[5] ^= 1;
    ck_assert_int_eq(event_open(&e, secret, plain, &p, NULL), ERR_KEY);
    for (size_t i = 0; i < n; i++) {
        bytes[i] ^= 0x10;
        ck_assert_msg(event_parse(bytes, n, &e, NULL) != ERR_OK || !event_check(&e, sign_public),
                      "byte %zu", i);
        bytes[i] ^= 0x10;
    }
}
END_TEST

START_TEST(coordinators_certify_members_and_two_of_them_a_coordinator)
{
    unsigned char secret[4][64];
    unsigned char bytes[2][CERT_LEN];
    struct cert c[4] = {{.kind = CERT_MEMBER, .role = VAULT_ROLE_COORDINATOR},
                        {.kind = CERT_MEMBER, .role = VAULT_ROLE_COORDINATOR},
                        {.kind = CERT_MEMBER, .role = VAULT_ROLE_CASEWORKER},
                        {.kind = CERT_MEMBER, .role = VAULT_ROLE_COORDINATOR, .serial = 4}};
    for (size_t i = 0; i < 4; i++) {
        unsigned char seed[32] = {(unsigned char)(i + 1)};
        crypto_sign_seed_keypair(c[i].sign_key, secret[i], seed);
        cert_member_id(c[i].subject, c[i].sign_key);
    }
    for (size_t i = 0; i < 2; i++) {
        memcpy(c[3].issuer, c[i].subject, ID_LEN);
        cert_build(&c[3], secret[i], bytes[i]);
        ck_assert(cert_check(bytes[i], &c[3], &c[i]));
    }
    ck_assert(cert_is_twin(bytes[0], bytes[1]));
    ck_assert(!cert_is_twin(bytes[0], bytes[0]));
    memcpy(c[3].issuer, c[2].subject, ID_LEN);
    cert_build(&c[3], secret[2], bytes[1]);
    ck_assert(!cert_check(bytes[1], &c[3], &c[2]));
    memcpy(c[3].issuer, c[1].subject, ID_LEN);
    c[3].serial = 5;
    cert_build(&c[3], secret[1], bytes[1]);
    ck_assert(!cert_is_twin(bytes[0], bytes[1]));
}
END_TEST

START_TEST(a_certificate_with_a_flipped_byte_is_refused)
{
    unsigned char secret[64];
    unsigned char seed[32] = {5};
    unsigned char bytes[CERT_LEN];
    struct cert root = {.kind = CERT_ROOT, .serial = 1};
    struct cert back;
    crypto_sign_seed_keypair(root.sign_key, secret, seed);
    cert_organisation_id(root.subject, root.sign_key);
    memcpy(root.organisation, root.subject, ID_LEN);
    memcpy(root.issuer, root.subject, ID_LEN);
    cert_build(&root, secret, bytes);
    ck_assert_int_eq(cert_parse(bytes, sizeof bytes, &back, NULL), ERR_OK);
    ck_assert(cert_check(bytes, &back, &back));
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] ^= 1;
        const bool accepted = cert_parse(bytes, sizeof bytes, &back, NULL) == ERR_OK &&
                              cert_check(bytes, &back, &root);
        ck_assert_msg(!accepted, "byte %zu", i);
        bytes[i] ^= 1;
    }
    ck_assert_int_ne(cert_parse(bytes, sizeof bytes - 1, &back, NULL), ERR_OK);
}
END_TEST

START_TEST(a_device_cannot_certify_and_a_root_cannot_stand_for_a_member)
{
    unsigned char secret[3][64];
    unsigned char bytes[CERT_LEN];
    struct cert c[3] = {{.kind = CERT_ROOT}, {.kind = CERT_MEMBER}, {.kind = CERT_DEVICE}};
    for (size_t i = 0; i < 3; i++) {
        unsigned char seed[32] = {(unsigned char)(i + 1)};
        crypto_sign_seed_keypair(c[i].sign_key, secret[i], seed);
    }
    cert_member_id(c[1].subject, c[1].sign_key);
    for (size_t issuer = 0; issuer < 3; issuer += 2) {
        struct cert device = c[2];
        memcpy(device.issuer, c[issuer].subject, ID_LEN);
        cert_build(&device, secret[issuer], bytes);
        ck_assert(!cert_check(bytes, &device, &c[issuer]));
    }
    memcpy(c[2].issuer, c[1].subject, ID_LEN);
    cert_build(&c[2], secret[1], bytes);
    ck_assert(cert_check(bytes, &c[2], &c[1]));
}
END_TEST

START_TEST(a_wrap_opens_for_its_reader_and_under_its_own_name_only)
{
    unsigned char public_key[32];
    unsigned char secret[32];
    unsigned char sign_public[32];
    unsigned char sign_secret[64];
    unsigned char bytes[WRAP_LEN];
    unsigned char key[KEY_LEN];
    const unsigned char expected[KEY_LEN] = {42};
    struct wrap w = {
        .organisation = {1}, .compartment = {2}, .epoch = {3}, .recipient = {4}, .issuer = {5}};
    struct wrap back;
    crypto_box_keypair(public_key, secret);
    crypto_sign_keypair(sign_public, sign_secret);
    wrap_build(&w, expected, public_key, sign_secret, bytes);
    ck_assert_int_eq(wrap_parse(bytes, sizeof bytes, &back, NULL), ERR_OK);
    ck_assert(wrap_check(bytes, sign_public));
    ck_assert(wrap_open(&back, secret, key));
    ck_assert_mem_eq(key, expected, KEY_LEN);
    back.compartment[0] = 9;
    ck_assert(!wrap_open(&back, secret, key));
    back.compartment[0] = 2;
    secret[3] ^= 8;
    ck_assert(!wrap_open(&back, secret, key));
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] ^= 2;
        ck_assert(wrap_parse(bytes, sizeof bytes, &back, NULL) != ERR_OK ||
                  !wrap_check(bytes, sign_public));
        bytes[i] ^= 2;
    }
}
END_TEST

Suite *vault_event_suite(void)
{
    Suite *s = suite_create("vault/event");
    TCase *c = tcase_create("bytes");
    tcase_add_test(c, an_event_reads_back_as_it_was_built);
    tcase_add_test(c, every_flipped_byte_is_refused);
    tcase_add_test(c, every_shortened_event_is_refused);
    tcase_add_test(c, another_version_is_told_as_such);
    tcase_add_test(c, payloads_are_padded_in_steps);
    tcase_add_test(c, the_bytes_of_an_event_are_these);
    tcase_add_test(c, an_event_to_a_drop_box_opens_with_the_boxs_secret_only);
    tcase_add_test(c, coordinators_certify_members_and_two_of_them_a_coordinator);
    tcase_add_test(c, a_certificate_with_a_flipped_byte_is_refused);
    tcase_add_test(c, a_device_cannot_certify_and_a_root_cannot_stand_for_a_member);
    tcase_add_test(c, a_wrap_opens_for_its_reader_and_under_its_own_name_only);
    suite_add_tcase(s, c);
    return s;
}
