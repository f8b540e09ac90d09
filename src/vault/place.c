/* Where the next event of a compartment goes. Invariant: one is never written under an epoch that
 * has a known successor; of several without one the lowest id is taken, so that all replicas take
 * the same; a tired one is succeeded before it is written under by whoever may. */
#include "vault_int.h"

#include <string.h>

/* When this former coordinator ceased to be one; 0: she is one, or never was. */
static uint64_t ceased(const struct org_member *m)
{
    if ((m->roles & 1u << VAULT_ROLE_COORDINATOR) == 0 ||
        (!m->is_removed && m->role == VAULT_ROLE_COORDINATOR)) {
        return 0;
    }
    return m->role == VAULT_ROLE_COORDINATOR || m->removed_clock > m->role_clock ? m->removed_clock
                                                                                 : m->role_clock;
}

bool epoch_is_tired(const struct vault *v, const struct epoch *e)
{
    for (size_t i = 0; i < e->members; i++) {
        const struct org_member *m = org_member_of(&v->org, e->member[i].id);
        if (m != NULL && (m->is_removed || m->role != e->member[i].role)) {
            return true;
        }
    }
    /* Every coordinator may hold the key of a case by office, listed or not. */
    for (size_t i = 0; e->sort == VAULT_SORT_CASE && i < v->org.members; i++) {
        if (ceased(&v->org.member[i]) > e->clock) {
            return true;
        }
    }
    return false;
}

/* The lowest head that this member may write under; NULL: none. */
static const struct comp_epoch *pick(const struct comp *c, bool is_box, size_t *heads)
{
    const struct comp_epoch *best = NULL;
    *heads = 0;
    for (size_t i = 0; i < c->count; i++) {
        const struct comp_epoch *e = &c->epochs[i];
        if (!comp_is_head(c, i)) {
            continue;
        }
        ++*heads;
        if ((is_box || (e->flags & COMP_EPOCH_MEMBER) != 0) &&
            (best == NULL || memcmp(e->id, best->id, ID_LEN) < 0)) {
            best = e;
        }
    }
    return best;
}

/* May this member make the next epoch by herself, for what is tired or forked? */
static bool may_renew(const struct vault *v, const struct comp *c, enum vault_role role)
{
    const enum vault_role now = vault_own_role(v);
    if (c->sort == VAULT_SORT_ORGANISATION || sort_is_box(c->sort)) {
        return now == VAULT_ROLE_COORDINATOR && role == now;
    }
    return vault_rights_may(now, c->sort, c->part, EVENT_KIND_RECORD + 0x21) &&
           role != VAULT_ROLE_NONE;
}

static enum err renew(struct vault *v, struct log_txn *t, struct comp *c, struct err_info *err)
{
    struct epoch *want = compartment_joined(v, c);
    unsigned char id[ID_LEN];
    memcpy(id, c->id, ID_LEN);
    enum err bad = compartment_succeed(v, t, c, want, err);
    epoch_free(want);
    if (bad == ERR_OK) {
        comp_done(c);
        bad = comp_load(v, id, c, err);
    }
    return bad;
}

static enum err fill(struct vault *v, const struct comp *c, const struct comp_epoch *at,
                     struct place *out, struct err_info *err)
{
    *out = (struct place){
        .sort = c->sort, .part = c->part, .is_box = sort_is_box(c->sort), .role = at->role};
    memcpy(out->epoch, at->id, ID_LEN);
    if (out->is_box) {
        const struct epoch *e = epoch_find(v, c->id, at->id);
        if (e == NULL) {
            return ERR_SET(err, ERR_DAMAGED, "epoch");
        }
        memcpy(out->box, e->box, KEY_LEN);
        out->role = vault_own_role(v);
    }
    return ERR_OK;
}

/* A fork is joined by a coordinator who holds all of it; others write under the lowest. */
static bool wants_renewal(struct vault *v, const struct comp *c, const struct comp_epoch *at,
                          size_t heads)
{
    const struct epoch *e = epoch_find(v, c->id, at->id);
    if (e == NULL || !may_renew(v, c, at->role)) {
        return false;
    }
    return epoch_is_tired(v, e) || (heads > 1 && vault_own_role(v) == VAULT_ROLE_COORDINATOR);
}

/* A coordinator by the organisation's sheet, whom no epoch lists yet. */
static bool is_of_root(const struct vault *v)
{
    const unsigned char *own = vault_member_id(v);
    const struct cert *c = own != NULL ? known_cert(v, CERT_MEMBER, own) : NULL;
    return c != NULL && c->role == VAULT_ROLE_COORDINATOR &&
           memcmp(c->issuer, v->organisation, ID_LEN) == 0;
}

static enum err find_in(struct vault *v, struct log_txn *t, struct comp *c, struct place *out,
                        struct err_info *err)
{
    size_t heads = 0;
    const bool is_box = sort_is_box(c->sort);
    const struct comp_epoch *at = pick(c, is_box, &heads);
    struct comp_epoch by_root;
    if (at == NULL && c->sort == VAULT_SORT_ORGANISATION && is_of_root(v)) {
        at = pick(c, true, &heads);
        if (at != NULL) {
            by_root = *at;
            by_root.role = VAULT_ROLE_COORDINATOR;
            return fill(v, c, &by_root, out, err);
        }
    }
    if (at == NULL || (c->flags & COMP_ERASED) != 0) {
        return ERR_SET(err, ERR_RIGHTS, "compartment");
    }
    if (!t->is_succeeding && wants_renewal(v, c, at, heads)) {
        const enum err bad = renew(v, t, c, err);
        if (bad != ERR_OK) {
            return bad;
        }
        at = pick(c, is_box, &heads);
        if (at == NULL) {
            return ERR_SET(err, ERR_RIGHTS, "compartment");
        }
    }
    return fill(v, c, at, out, err);
}

enum err place_find(struct vault *v, struct log_txn *t, const unsigned char compartment[ID_LEN],
                    struct place *out, struct err_info *err)
{
    struct comp c = {.count = 0};
    enum err bad = comp_load(v, compartment, &c, err);
    if (bad == ERR_NOT_FOUND || (bad == ERR_OK && c.count == 0)) {
        bad = ERR_SET(err, ERR_RIGHTS, "compartment");
    }
    if (bad == ERR_OK) {
        bad = find_in(v, t, &c, out, err);
    }
    comp_done(&c);
    return bad;
}
