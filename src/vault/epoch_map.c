/* Epochs in memory, by compartment and id. Invariant: at most half of the slots are used, so a
 * search ends; ids are random, so their bytes are the hash. */
#include "org_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

static size_t place_of(const struct epoch_map *m, const unsigned char *compartment,
                       const unsigned char *id)
{
    size_t at = (size_t)(get_u64le(compartment) ^ get_u64le(id)) & (m->cap - 1);
    while (m->slots[at] != NULL && (memcmp(m->slots[at]->id, id, ID_LEN) != 0 ||
                                    memcmp(m->slots[at]->compartment, compartment, ID_LEN) != 0)) {
        at = (at + 1) & (m->cap - 1);
    }
    return at;
}

const struct epoch *epoch_map_find(const struct epoch_map *m, const unsigned char *compartment,
                                   const unsigned char *id)
{
    return m->cap == 0 ? NULL : m->slots[place_of(m, compartment, id)];
}

static void grow(struct epoch_map *m)
{
    struct epoch_map larger = {.cap = m->cap == 0 ? 64 : 2 * m->cap, .count = m->count};
    larger.slots = mem_alloc(larger.cap * sizeof(struct epoch *));
    for (size_t i = 0; i < m->cap; i++) {
        if (m->slots[i] != NULL) {
            larger.slots[place_of(&larger, m->slots[i]->compartment, m->slots[i]->id)] =
                m->slots[i];
        }
    }
    free(m->slots);
    *m = larger;
}

const struct epoch *epoch_map_put(struct epoch_map *m, struct epoch *e)
{
    if (2 * (m->count + 1) > m->cap) {
        grow(m);
    }
    const size_t at = place_of(m, e->compartment, e->id);
    if (m->slots[at] != NULL) {
        epoch_free(e);
        return m->slots[at];
    }
    m->slots[at] = e;
    m->count++;
    return e;
}

void epoch_map_done(struct epoch_map *m)
{
    for (size_t i = 0; i < m->cap; i++) {
        epoch_free(m->slots[i]);
    }
    free(m->slots);
    *m = (struct epoch_map){0};
}
