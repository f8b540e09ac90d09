/* Which rows of the log speak of a case. Most of them stand in snaps, chunks of so many rows, and
 * only what came since is in memory. Invariant: a trail has either all the rows of its card up to
 * the record's row, in order, or is refused and made anew by one pass over the log. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "record_int.h"
#include "vault/cache.h"

enum { CHUNK = 4096, TRAIL_VERSION = 1 };

/* The first chunk goes by the compartment's own id. */
static void chunk_id(unsigned char out[ID_LEN], const unsigned char id[ID_LEN], size_t chunk)
{
    memcpy(out, id, ID_LEN);
    for (size_t i = 0; i < 4; i++) {
        out[ID_LEN - 4 + i] ^= (unsigned char)(chunk >> (8 * i));
    }
}

size_t trail_count(const struct card *c)
{
    return c->snap_count + c->tail_count;
}

int64_t trail_last(const struct card *c)
{
    return c->tail_count > 0 ? c->tail[c->tail_count - 1] : c->snap_last;
}

void trail_add(record *r, struct card *c, int64_t row)
{
    if (c->tail_count == c->tail_cap) {
        c->tail_cap = c->tail_cap + c->tail_cap / 2 + 10;
        c->tail = mem_realloc(c->tail, c->tail_cap * sizeof *c->tail);
    }
    c->tail[c->tail_count++] = row;
    if (!c->is_tailed) {
        c->is_tailed = true;
        card_list_add(&r->cards.tailed, c);
    }
}

/* Seven bits a byte, low ones first; the high bit says that more follow. */
static void put_number(struct str *out, uint64_t v)
{
    for (; v >= 0x80; v >>= 7) {
        str_putc(out, (char)(v | 0x80));
    }
    str_putc(out, (char)v);
}

static bool get_number(const unsigned char **p, const unsigned char *end, uint64_t *out)
{
    *out = 0;
    for (unsigned shift = 0; *p < end && shift < 63; shift += 7) {
        const unsigned char byte = *(*p)++;
        *out |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            return true;
        }
    }
    return false;
}

static void put_chunk(struct str *out, const int64_t *rows, size_t n)
{
    int64_t before = 0;
    str_put_u16le(out, TRAIL_VERSION);
    put_number(out, n);
    for (size_t i = 0; i < n; i++) {
        put_number(out, (uint64_t)(rows[i] - before));
        before = rows[i];
    }
}

/* The first n rows of a chunk; false if it has fewer or is none. */
static bool get_chunk(const struct str *in, int64_t *rows, size_t n)
{
    const unsigned char *p = (const unsigned char *)str_cstr(in), *end = p + in->len;
    uint64_t count = 0, step = 0;
    int64_t before = 0;
    if (in->len < 3 || get_u16le(p) != TRAIL_VERSION) {
        return false;
    }
    p += 2;
    if (!get_number(&p, end, &count) || count < n) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (!get_number(&p, end, &step) || step == 0 || step > INT64_MAX / 2) {
            return false;
        }
        before += (int64_t)step;
        rows[i] = before;
    }
    return true;
}

static enum err read_chunk(record *r, const struct card *c, size_t chunk, int64_t *rows, size_t n,
                           struct err_info *err)
{
    unsigned char id[ID_LEN];
    struct str text = STR_INIT;
    chunk_id(id, c->info.id, chunk);
    enum err rc = vault_snap_get(r->vault, id, &text, err);
    if (rc == ERR_OK && !get_chunk(&text, rows, n)) {
        rc = ERR_SET(err, ERR_NOT_FOUND, "snap");
    }
    str_done(&text);
    return rc;
}

enum err trail_get(record *r, const struct card *c, int64_t **rows, size_t *n, struct err_info *err)
{
    *n = trail_count(c);
    int64_t *all = mem_alloc((*n + 1) * sizeof *all);
    enum err rc = ERR_OK;
    for (size_t at = 0; rc == ERR_OK && at < c->snap_count; at += CHUNK) {
        const size_t left = c->snap_count - at;
        rc = read_chunk(r, c, at / CHUNK, all + at, left < CHUNK ? left : CHUNK, err);
    }
    if (rc == ERR_OK && c->snap_count > 0 && all[c->snap_count - 1] != c->snap_last) {
        rc = ERR_SET(err, ERR_NOT_FOUND, "snap");
    }
    if (rc != ERR_OK) {
        free(all);
        *n = 0;
        return rc;
    }
    if (c->tail_count > 0) {
        memcpy(all + c->snap_count, c->tail, c->tail_count * sizeof *all);
    }
    *rows = all;
    return ERR_OK;
}

static void settle(record *r, struct card *c)
{
    c->snap_last = trail_last(c);
    c->snap_count = trail_count(c);
    free(c->tail);
    c->tail = NULL;
    c->tail_count = c->tail_cap = 0;
    c->is_tailed = false;
    card_list_remove(&r->cards.tailed, c);
}

/* Only the last chunk is read again, and those behind it are new. */
enum err trail_put(record *r, struct card *c, struct err_info *err)
{
    int64_t *rows = mem_alloc(CHUNK * sizeof *rows);
    size_t chunk = c->snap_count / CHUNK, done = 0, n = c->snap_count % CHUNK;
    enum err rc = n > 0 ? read_chunk(r, c, chunk, rows, n, err) : ERR_OK;
    if (rc == ERR_OK && n > 0 && rows[n - 1] != c->snap_last) {
        rc = ERR_SET(err, ERR_NOT_FOUND, "snap");
    }
    while (rc == ERR_OK && done < c->tail_count) {
        unsigned char id[ID_LEN];
        struct str text = STR_INIT;
        size_t take = c->tail_count - done;
        take = take < CHUNK - n ? take : CHUNK - n;
        memcpy(rows + n, c->tail + done, take * sizeof *rows);
        put_chunk(&text, rows, n + take);
        chunk_id(id, c->info.id, chunk++);
        rc = vault_snap_put(r->vault, id, str_cstr(&text), text.len, err);
        str_done(&text);
        done += take;
        n = 0;
    }
    free(rows);
    if (rc == ERR_OK) {
        settle(r, c);
    }
    return rc;
}

/* ---- anew */

static void forget(struct card *c)
{
    free(c->tail);
    c->tail = NULL;
    c->tail_count = c->tail_cap = 0;
    c->snap_count = 0;
    c->snap_last = 0;
}

/* Older events than those applied: the view has to apply them in their order. A case that somebody
 * works on comes back at once. */
static enum err replace_live(record *r, struct card *c, struct err_info *err)
{
    enum err rc = live_drop(r, c, err);
    if (rc == ERR_OK && c->pins > 0) {
        rc = live_again(r, c, err);
    }
    return rc;
}

enum err trail_scan(record *r, struct err_info *err)
{
    const size_t count = r->cards.count;
    size_t *before = mem_alloc((count + 1) * sizeof *before);
    for (size_t i = 0; i < count; i++) {
        struct card *c = cards_at(r, i);
        if (c != NULL) {
            before[i] = trail_count(c);
            forget(c);
        }
    }
    forget(&r->audit);
    enum err rc = record_scan(r, err);
    r->needs_scan = rc != ERR_OK; /* half of it is nothing: once more */
    for (size_t i = 0; rc == ERR_OK && i < r->cards.count; i++) {
        struct card *c = cards_at(r, i);
        if (c == NULL || (i < count && before[i] == trail_count(c))) {
            continue;
        }
        cards_stale(r, c);
        rc = c->is_resident ? replace_live(r, c, err) : ERR_OK;
    }
    free(before);
    return rc;
}
