/* The state of the organisation at each place of the log. Invariant: it is made of the events
 * before that place and of nothing else, unless some of them could not be read. */
#include "history_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

void history_begin(struct history *h, struct vault *v)
{
    *h = (struct history){.v = v};
}

void history_done(struct history *h)
{
    org_done(&h->org);
    epoch_map_done(&h->epochs);
    for (size_t i = 0; i < h->comp_cap; i++) {
        comp_done(&h->comps[i]);
    }
    free(h->comps);
    *h = (struct history){0};
}

static size_t place_of(const struct history *h, const unsigned char *id)
{
    size_t at = (size_t)get_u64le(id) & (h->comp_cap - 1);
    while (h->comps[at].count > 0 && memcmp(h->comps[at].id, id, ID_LEN) != 0) {
        at = (at + 1) & (h->comp_cap - 1);
    }
    return at;
}

const struct comp *history_comp(const struct history *h, const unsigned char id[ID_LEN])
{
    if (h->comp_cap == 0) {
        return NULL;
    }
    const struct comp *c = &h->comps[place_of(h, id)];
    return c->count > 0 ? c : NULL;
}

static void grow(struct history *h)
{
    struct history larger = {.comp_cap = h->comp_cap == 0 ? 64 : 2 * h->comp_cap};
    larger.comps = mem_alloc(larger.comp_cap * sizeof *larger.comps);
    for (size_t i = 0; i < h->comp_cap; i++) {
        if (h->comps[i].count > 0) {
            larger.comps[place_of(&larger, h->comps[i].id)] = h->comps[i];
        }
    }
    free(h->comps);
    h->comps = larger.comps;
    h->comp_cap = larger.comp_cap;
}

static void take_epoch(struct history *h, const struct epoch *e)
{
    const unsigned char *own = vault_member_id(h->v);
    if (2 * (h->comp_count + 1) > h->comp_cap) {
        grow(h);
    }
    struct comp *c = &h->comps[place_of(h, e->compartment)];
    h->comp_count += c->count == 0 ? 1 : 0;
    memcpy(c->id, e->compartment, ID_LEN);
    comp_take(c, e, own != NULL ? own : e->compartment);
}

const struct epoch *history_take(struct history *h, const struct event_view *e,
                                 const struct event_payload *p, struct epoch *announced)
{
    if (announced == NULL) {
        (void)org_fold(h->v, &h->org, e->clock, p, NULL);
        return NULL;
    }
    announced->clock = e->clock;
    take_epoch(h, announced);
    return epoch_map_put(&h->epochs, announced);
}

static const struct epoch *ask_epoch(void *payload, const unsigned char *compartment,
                                     const unsigned char *id)
{
    const struct history *h = payload;
    const struct epoch *e = epoch_map_find(&h->epochs, compartment, id);
    return e == NULL && h->has_gaps ? epoch_find(h->v, compartment, id) : e;
}

static const struct comp *ask_comp(void *payload, const unsigned char *compartment)
{
    return history_comp(payload, compartment);
}

static const unsigned char *ask_author(void *payload, const unsigned char *device)
{
    const struct history *h = payload;
    const struct cert *c = known_cert(h->v, CERT_DEVICE, device);
    return c != NULL ? c->issuer : NULL;
}

static bool ask_founder(void *payload, const unsigned char *member)
{
    const struct history *h = payload;
    struct authority a;
    authority_here(h->v, &a);
    return a.is_founder(a.payload, member);
}

void history_authority(struct history *h, struct authority *out)
{
    *out = (struct authority){.org = h->has_gaps ? &h->v->org : &h->org,
                              .epoch = ask_epoch,
                              .comp = ask_comp,
                              .author = ask_author,
                              .is_founder = ask_founder,
                              .payload = h};
}
