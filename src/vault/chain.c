/* The state of the chain: newest event of every device, clock, count. Invariant: it is one row,
 * read and written inside the transaction that appends; two terminals of one user therefore
 * never build on the same event. Heads are sorted by device, each device once. */
#include "vault_int.h"

#include <string.h>

#define CHAIN_NAME      "chain"
#define CHAIN_VERSION   1
#define CHAIN_FIXED_LEN ((size_t)36)
#define CHAIN_HEAD_LEN  ((size_t)(ID_LEN + 8 + HASH_LEN))

static size_t put_head(unsigned char *out, const struct chain_head *h)
{
    memcpy(out, h->device, ID_LEN);
    put_u64(out + ID_LEN, h->seq);
    memcpy(out + ID_LEN + 8, h->id, HASH_LEN);
    return CHAIN_HEAD_LEN;
}

static enum err chain_parse(const unsigned char *p, size_t n, struct chain *c, struct err_info *err)
{
    if (n < CHAIN_FIXED_LEN) {
        return ERR_SET(err, ERR_DAMAGED, "chain");
    }
    if (get_u16le(p) != CHAIN_VERSION) {
        return ERR_SET(err, ERR_VERSION, "chain");
    }
    c->count = get_u16le(p + 2);
    c->clock = get_u64le(p + 4);
    c->events = get_u64le(p + 12);
    c->last_save_ms = (int64_t)get_u64le(p + 20);
    c->generation = get_u64le(p + 28);
    if (c->count > CHAIN_HEADS_MAX || n != CHAIN_FIXED_LEN + c->count * CHAIN_HEAD_LEN) {
        return ERR_SET(err, ERR_DAMAGED, "chain");
    }
    p += CHAIN_FIXED_LEN;
    for (size_t i = 0; i < c->count; i++, p += CHAIN_HEAD_LEN) {
        memcpy(c->heads[i].device, p, ID_LEN);
        c->heads[i].seq = get_u64le(p + ID_LEN);
        memcpy(c->heads[i].id, p + ID_LEN + 8, HASH_LEN);
    }
    return ERR_OK;
}

enum err chain_read(struct vault *v, struct chain *c, struct err_info *err)
{
    struct str row = STR_INIT;
    enum err bad = meta_get(v, CHAIN_NAME, &row, err);
    if (bad == ERR_OK) {
        bad = chain_parse((const unsigned char *)row.data, row.len, c, err);
    } else if (bad == ERR_NOT_FOUND) {
        bad = ERR_SET(err, ERR_DAMAGED, "chain");
    }
    str_done(&row);
    return bad;
}

enum err chain_write(struct vault *v, const struct chain *c, struct err_info *err)
{
    unsigned char row[CHAIN_FIXED_LEN + CHAIN_HEADS_MAX * CHAIN_HEAD_LEN];
    put_u16(row, CHAIN_VERSION);
    put_u16(row + 2, (unsigned)c->count);
    put_u64(row + 4, c->clock);
    put_u64(row + 12, c->events);
    put_u64(row + 20, (uint64_t)c->last_save_ms);
    put_u64(row + 28, c->generation);
    size_t n = CHAIN_FIXED_LEN;
    for (size_t i = 0; i < c->count; i++) {
        n += put_head(row + n, &c->heads[i]);
    }
    return meta_put(v, CHAIN_NAME, row, n, err);
}

const struct chain_head *chain_find(const struct chain *c, const unsigned char device[ID_LEN])
{
    for (size_t i = 0; i < c->count; i++) {
        if (memcmp(c->heads[i].device, device, ID_LEN) == 0) {
            return &c->heads[i];
        }
    }
    return NULL;
}

struct chain_head *chain_place(struct chain *c, const unsigned char device[ID_LEN])
{
    size_t at = 0;
    while (at < c->count && memcmp(c->heads[at].device, device, ID_LEN) < 0) {
        at++;
    }
    if (at < c->count && memcmp(c->heads[at].device, device, ID_LEN) == 0) {
        return &c->heads[at];
    }
    if (c->count == CHAIN_HEADS_MAX) {
        return NULL;
    }
    memmove(&c->heads[at + 1], &c->heads[at], (c->count - at) * sizeof c->heads[0]);
    c->heads[at] = (struct chain_head){0};
    memcpy(c->heads[at].device, device, ID_LEN);
    c->count++;
    return &c->heads[at];
}

void chain_hash(const struct chain *c, unsigned char out[HASH_LEN])
{
    unsigned char heads[CHAIN_HEADS_MAX * CHAIN_HEAD_LEN];
    size_t n = 0;
    for (size_t i = 0; i < c->count; i++) {
        n += c->heads[i].seq > 0 ? put_head(heads + n, &c->heads[i]) : 0;
    }
    const struct part parts[] = {PART_TAG("spr/hd/1"), {heads, n}};
    hash_parts(out, HASH_LEN, NULL, parts, 2);
}
