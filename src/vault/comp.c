/* A compartment as bytes: its sort, its epochs and how this replica's member stands in each.
 * Invariant: an epoch stands in the list once, in the order it was taken in, and has the mark
 * of being succeeded exactly when another in the list names it as parent. */
#include "org_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define COMP_VERSION   1
#define COMP_FIXED_LEN ((size_t)(6 + 2 * ID_LEN + 2 * ID_LEN + 2))
#define COMP_EPOCH_LEN ((size_t)(ID_LEN + 2))

void comp_done(struct comp *c)
{
    free(c->epochs);
    *c = (struct comp){0};
}

struct comp_epoch *comp_epoch_of(const struct comp *c, const unsigned char id[ID_LEN])
{
    for (size_t i = 0; i < c->count; i++) {
        if (memcmp(c->epochs[i].id, id, ID_LEN) == 0) {
            return &c->epochs[i];
        }
    }
    return NULL;
}

bool comp_is_head(const struct comp *c, size_t i)
{
    return (c->epochs[i].flags & COMP_EPOCH_SUCCEEDED) == 0;
}

void comp_take(struct comp *c, const struct epoch *e, const unsigned char own[ID_LEN])
{
    if (comp_epoch_of(c, e->id) != NULL) {
        return;
    }
    if (c->count == 0) {
        memcpy(c->of_case, e->of_case, ID_LEN);
        c->sort = e->sort;
        c->part = e->part;
    }
    for (size_t i = 0; i < e->parents; i++) {
        struct comp_epoch *parent = comp_epoch_of(c, e->parent[i]);
        if (parent != NULL) {
            parent->flags |= COMP_EPOCH_SUCCEEDED;
        }
    }
    c->epochs = mem_realloc(c->epochs, (c->count + 1) * sizeof *c->epochs);
    struct comp_epoch *at = &c->epochs[c->count++];
    memcpy(at->id, e->id, ID_LEN);
    at->role = epoch_role(e, own);
    at->flags = at->role != VAULT_ROLE_NONE ? COMP_EPOCH_MEMBER : 0;
    at->flags |= epoch_has_office(e, own) ? COMP_EPOCH_OFFICE : 0;
}

void comp_put(const struct comp *c, struct str *out)
{
    str_put_u16le(out, COMP_VERSION);
    str_putc(out, (char)c->sort);
    str_putc(out, (char)c->part);
    str_put_u16le(out, c->flags);
    str_put(out, c->id, ID_LEN);
    str_put(out, c->of_case, ID_LEN);
    str_put(out, c->parts[VAULT_PART_MEDICAL], ID_LEN);
    str_put(out, c->parts[VAULT_PART_PSYCHOLOGICAL], ID_LEN);
    str_put_u16le(out, (unsigned)c->count);
    for (size_t i = 0; i < c->count; i++) {
        str_put(out, c->epochs[i].id, ID_LEN);
        str_putc(out, (char)c->epochs[i].flags);
        str_putc(out, (char)c->epochs[i].role);
    }
}

enum err comp_read(const unsigned char *bytes, size_t n, struct comp *c, struct err_info *err)
{
    if (n < COMP_FIXED_LEN || get_u16le(bytes) != COMP_VERSION || bytes[2] >= VAULT_SORT_COUNT ||
        bytes[3] >= VAULT_PART_COUNT ||
        n != COMP_FIXED_LEN + get_u16le(bytes + COMP_FIXED_LEN - 2) * COMP_EPOCH_LEN) {
        return ERR_SET(err, ERR_DAMAGED, "compartment");
    }
    *c = (struct comp){.sort = (enum vault_sort)bytes[2],
                       .part = (enum vault_part)bytes[3],
                       .flags = get_u16le(bytes + 4)};
    const unsigned char *p = bytes + 6;
    memcpy(c->id, p, ID_LEN);
    memcpy(c->of_case, p + ID_LEN, ID_LEN);
    memcpy(c->parts[VAULT_PART_MEDICAL], p + 2 * (size_t)ID_LEN, ID_LEN);
    memcpy(c->parts[VAULT_PART_PSYCHOLOGICAL], p + 3 * (size_t)ID_LEN, ID_LEN);
    c->count = get_u16le(bytes + COMP_FIXED_LEN - 2);
    c->epochs = mem_alloc((c->count + 1) * sizeof *c->epochs);
    p = bytes + COMP_FIXED_LEN;
    for (size_t i = 0; i < c->count; i++, p += COMP_EPOCH_LEN) {
        memcpy(c->epochs[i].id, p, ID_LEN);
        c->epochs[i].flags = p[ID_LEN];
        c->epochs[i].role = (enum vault_role)p[ID_LEN + 1];
    }
    return ERR_OK;
}
