/* Arbitrary bytes as the inside of an event, sealed and signed as its author would: opened whole or
 * refused, and what is opened is what stands in the bytes; the text built again gives an event of
 * the same size. The first two bytes say how long the sealed part is. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "../../src/vault/event_int.h"
#include "base/err.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const unsigned char ids[HASH_LEN] = {1}, payload_key[KEY_LEN] = {2}, nonce[NONCE_LEN] = {3},
                           seed[crypto_sign_SEEDBYTES] = {4};

/* An event whose text fills a payload of the size wanted. */
static struct event_parts parts_for(const char *text, size_t len)
{
    return (struct event_parts){.organisation = ids,
                                .compartment = ids,
                                .device = ids,
                                .seq = 1,
                                .prev = ids,
                                .heads = ids,
                                .clock = 1,
                                .epoch = ids,
                                .nonce = nonce,
                                .kind = 0x121,
                                .text = text,
                                .len = len};
}

static void check_payload(const struct event_view *e, const unsigned char *inside, size_t padded)
{
    struct event_payload p;
    unsigned char *out = malloc(e->ct_len);
    ASSERT(out != NULL);
    if (event_open(e, payload_key, out, &p, NULL) == ERR_OK) {
        ASSERT(p.len == get_u32le(inside) && p.len <= padded - EVENT_PREFIX_LEN);
        ASSERT(memcmp(p.text, inside + EVENT_PREFIX_LEN, p.len) == 0 && p.text[p.len] == '\0');
        ASSERT(event_size(p.len, false) == e->len);
    }
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    unsigned char secret[SIGN_SECRET_LEN];
    unsigned char public_key[KEY_LEN];
    unsigned char id[HASH_LEN];
    struct event_view e;
    ASSERT(sodium_init() >= 0);
    if (n < 2) {
        return 0;
    }
    const size_t len = get_u16le(bytes) % 9000;
    char *text = calloc(1, len + 1);
    unsigned char *event = malloc(event_size(len, false));
    ASSERT(text != NULL && event != NULL);
    crypto_sign_seed_keypair(public_key, secret, seed);
    const struct event_parts parts = parts_for(text, len);
    event_build(&parts, payload_key, secret, event, id);
    /* The bytes take the place of the payload, and are sealed like one. */
    const size_t padded = event_padded(EVENT_PREFIX_LEN + len);
    unsigned char *inside = calloc(1, padded);
    ASSERT(inside != NULL);
    memcpy(inside, bytes + 2, n - 2 < padded ? n - 2 : padded);
    const struct part aad = {event, EVENT_HEAD_LEN};
    seal(event + EVENT_HEAD_LEN, inside, padded, &aad, nonce, payload_key);
    ASSERT(event_parse(event, event_size(len, false), &e, NULL) == ERR_OK);
    check_payload(&e, inside, padded);
    free(inside);
    free(event);
    free(text);
    return 0;
}
