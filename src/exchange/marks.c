/* A set of short hashes of records. Invariant: what was added is found, after marks_sort quickly. A
 * mark hit by chance would keep a record from going out: 64 bits make that one in 10^10 with a
 * million records. */
#include "exchange_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "vault/hash.h"

void mark_of(const void *bytes, size_t n, unsigned char out[MARK_LEN])
{
    unsigned char hash[VAULT_HASH_LEN];
    vault_hash("spr/xm/1", bytes, n, hash);
    memcpy(out, hash, MARK_LEN);
}

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, MARK_LEN);
}

void marks_sort(struct marks *m)
{
    if (m->sorted < m->count) {
        qsort(m->mark, m->count, MARK_LEN, compare);
    }
    m->sorted = m->count;
}

bool marks_have(const struct marks *m, const unsigned char mark[MARK_LEN])
{
    if (m->sorted > 0 && bsearch(mark, m->mark, m->sorted, MARK_LEN, compare) != NULL) {
        return true;
    }
    for (size_t i = m->sorted; i < m->count; i++) {
        if (memcmp(m->mark[i], mark, MARK_LEN) == 0) {
            return true;
        }
    }
    return false;
}

void marks_add(struct marks *m, const unsigned char mark[MARK_LEN])
{
    if (m->count == m->cap) {
        m->cap = m->cap > 0 ? 2 * m->cap : 64;
        m->mark = mem_realloc(m->mark, m->cap * MARK_LEN);
    }
    memcpy(m->mark[m->count++], mark, MARK_LEN);
}

void marks_done(struct marks *m)
{
    free(m->mark);
    *m = (struct marks){0};
}
