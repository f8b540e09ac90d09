/* Arbitrary bytes as event, erased event, certificate and wrap: the parsers must refuse or accept, never read
 * outside; an accepted event has the size its own text would be given. Each is tried as it is and
 * signed by a key that the reader trusts, so that what comes after the signature is reached too. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "../../src/vault/cert_int.h"
#include "../../src/vault/erased_int.h"
#include "../../src/vault/event_int.h"
#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static unsigned char secret[SIGN_SECRET_LEN], public_key[KEY_LEN];

static void make_keys(void)
{
    static const unsigned char seed[crypto_sign_SEEDBYTES] = {7};
    ASSERT(sodium_init() >= 0);
    crypto_sign_seed_keypair(public_key, secret, seed);
}

/* A copy of exactly n bytes, signed over the first at bytes with the tag if that fits. */
static unsigned char *signed_copy(const uint8_t *bytes, size_t n, const struct part *parts,
                                  size_t count, size_t at)
{
    unsigned char *copy = malloc(n > 0 ? n : 1);
    ASSERT(copy != NULL);
    memcpy(copy, bytes, n);
    if (n >= at + SIGN_LEN) {
        sign_parts(copy + at, parts, count, secret);
    }
    return copy;
}

static void try_event(const uint8_t *bytes, size_t n, bool is_signed)
{
    static const unsigned char key[KEY_LEN] = {9};
    struct event_view e;
    struct event_payload p;
    if (event_parse(bytes, n, &e, NULL) != ERR_OK) {
        return;
    }
    unsigned char *plain = malloc(e.ct_len);
    ASSERT(plain != NULL);
    if (event_open(&e, key, plain, &p, NULL) == ERR_OK) {
        ASSERT(event_size(p.len, (e.flags & EVENT_FLAG_BOX) != 0) == n);
    }
    ASSERT(event_check(&e, public_key) || !is_signed);
    free(plain);
}

static void sign_event(const uint8_t *bytes, size_t n)
{
    unsigned char hash[HASH_LEN] = {0};
    if (n < EVENT_HEAD_LEN + SIGN_LEN) {
        return;
    }
    const struct part ct[] = {PART_TAG("spr/ct/1"),
                              {bytes + EVENT_HEAD_LEN, n - EVENT_HEAD_LEN - SIGN_LEN}};
    hash_parts(hash, HASH_LEN, NULL, ct, 2);
    const struct part parts[] = {
        PART_TAG_NUL("spr/ev/1"), {bytes, EVENT_HEAD_LEN}, {hash, HASH_LEN}};
    unsigned char *copy = signed_copy(bytes, n, parts, 3, n - SIGN_LEN);
    try_event(copy, n, true);
    free(copy);
}

static void try_certificate(const uint8_t *bytes, size_t n)
{
    struct cert c;
    if (cert_parse(bytes, n, &c, NULL) == ERR_OK) {
        struct cert issuer = c;
        (void)cert_check(bytes, &c, &c);
        memcpy(issuer.sign_key, public_key, KEY_LEN);
        issuer.kind = CERT_MEMBER;
        (void)cert_check(bytes, &c, &issuer);
    }
}

static void try_wrap(const uint8_t *bytes, size_t n, bool is_signed)
{
    static const unsigned char reader[KEY_LEN] = {3};
    unsigned char key[KEY_LEN];
    struct wrap w;
    if (wrap_parse(bytes, n, &w, NULL) == ERR_OK) {
        ASSERT(wrap_check(bytes, public_key) || !is_signed);
        (void)wrap_open(&w, reader, key);
    }
}

/* What an accepted event leaves behind has its id. */
static void try_erased(const uint8_t *bytes, size_t n)
{
    struct event_view e;
    struct event_view left;
    unsigned char out[ERASED_LEN];
    if (erased_parse(bytes, n, &e, NULL) == ERR_OK) {
        (void)erased_check(&e, public_key);
    }
    if (event_parse(bytes, n, &e, NULL) == ERR_OK) {
        erased_build(&e, out);
        ASSERT(erased_parse(out, sizeof out, &left, NULL) == ERR_OK);
        ASSERT(memcmp(left.id, e.id, HASH_LEN) == 0 && left.seq == e.seq);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    make_keys();
    try_event(bytes, n, false);
    try_erased(bytes, n);
    sign_event(bytes, n);
    try_certificate(bytes, n);
    try_wrap(bytes, n, false);
    if (n == WRAP_LEN) {
        const struct part parts[] = {PART_TAG_NUL("spr/wr/1"), {bytes, WRAP_LEN - SIGN_LEN}};
        unsigned char *copy = signed_copy(bytes, n, parts, 2, WRAP_LEN - SIGN_LEN);
        try_wrap(copy, n, true);
        free(copy);
    }
    return 0;
}
