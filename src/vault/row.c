/* Sealed rows: how anything gets into a table. Invariant: a box opens only in the row whose tag
 * it was sealed for, and a tag tells nothing without the row key. */
#include "vault_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define AAD_TAG "spr/row/1"
#define AAD_LEN (sizeof AAD_TAG - 1 + TAG_LEN)

unsigned char *buf_need(struct buf *b, size_t n)
{
    if (n > b->cap) {
        buf_done(b);
        b->cap = n < 4096 ? 4096 : n + n / 2;
        b->bytes = mem_alloc(b->cap);
    }
    return b->bytes;
}

void buf_done(struct buf *b)
{
    if (b->bytes != NULL) {
        mem_wipe(b->bytes, b->cap);
        free(b->bytes);
    }
    *b = (struct buf){0};
}

void row_tag(const struct keyring *k, unsigned char tag[TAG_LEN], const struct part *parts,
             size_t count)
{
    hash_parts(tag, TAG_LEN, k->row_tag, parts, count);
}

void row_tag_event(const struct keyring *k, unsigned char tag[TAG_LEN],
                   const unsigned char id[HASH_LEN])
{
    const struct part parts[] = {PART_TAG("spr/te/1"), {id, HASH_LEN}};
    row_tag(k, tag, parts, 2);
}

void row_seal(const struct keyring *k, const unsigned char tag[TAG_LEN], const void *plain,
              size_t n, unsigned char *box)
{
    unsigned char aad[AAD_LEN];
    memcpy(aad, AAD_TAG, sizeof AAD_TAG - 1);
    memcpy(aad + sizeof AAD_TAG - 1, tag, TAG_LEN);
    const struct part part = {aad, sizeof aad};
    random_bytes(box, NONCE_LEN);
    seal(box + NONCE_LEN, plain, n, &part, box, k->row_seal);
}

bool row_open(const struct keyring *k, const unsigned char tag[TAG_LEN], const void *box, size_t n,
              unsigned char *plain)
{
    if (n < ROW_EXTRA) {
        return false;
    }
    unsigned char aad[AAD_LEN];
    memcpy(aad, AAD_TAG, sizeof AAD_TAG - 1);
    memcpy(aad + sizeof AAD_TAG - 1, tag, TAG_LEN);
    const struct part part = {aad, sizeof aad};
    const unsigned char *bytes = box;
    return unseal(plain, bytes + NONCE_LEN, n - NONCE_LEN, &part, bytes, k->row_seal);
}
