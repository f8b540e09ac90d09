/* Stands in until the real one is merged. */
#include "safe_int.h"
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
enum err vault_compartment_get(vault *v, const unsigned char id[ID_LEN],
                               struct vault_compartment *out, struct err_info *err)
{
    struct comp c = {.count = 0};
    const enum err bad = comp_load(v, id, &c, err);
    memset(out, 0, sizeof *out);
    if (bad == ERR_OK) {
        out->sort = c.sort;
        out->part = c.part;
        out->is_erased = (c.flags & COMP_ERASED) != 0;
        out->is_held = (c.flags & COMP_HELD) != 0;
    }
    comp_done(&c);
    return bad;
}

enum err vault_devices(vault *v, struct vault_device **out, size_t *count, struct err_info *err)
{
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    struct chain *c = mem_alloc(sizeof *c);
    enum err bad = chain_read(v, c, err);
    if (bad == ERR_OK) {
        bad = known_fresh(v, c->generation, err);
    }
    if (bad == ERR_OK) {
        *out = mem_alloc((v->org.devices + 1) * sizeof **out);
        *count = v->org.devices;
    }
    for (size_t i = 0; bad == ERR_OK && i < v->org.devices; i++) {
        const struct org_device *d = &v->org.device[i];
        const struct chain_head *head = chain_find(c, d->id);
        struct vault_device *one = &(*out)[i];
        memcpy(one->id, d->id, ID_LEN);
        memcpy(one->member, d->member, ID_LEN);
        one->is_closed = d->is_closed;
        one->is_self = memcmp(d->id, v->device, ID_LEN) == 0;
        one->seq = head != NULL ? head->seq : 0;
    }
    free(c);
    return bad;
}
