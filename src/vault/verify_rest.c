/* Checking what stands beside the log: keys against commitments, wraps against announcements,
 * members, epochs and compartments as kept against those that the log tells. Invariant: where
 * rows of the log could not be read nothing is held against what was kept. */
#include "verify_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

bool verify_key(struct check *c, const struct epoch *e)
{
    unsigned char *key = c->v->keys->raw;
    const bool there = ckey_raw(c->v, e->compartment, e->id, key, NULL) == ERR_OK;
    const bool good = !there || epoch_commits(e, key);
    mem_wipe(key, KEY_LEN);
    return good;
}

static void flaw(struct check *c, enum vault_flaw kind, const char *table)
{
    const struct vault_finding f = {.flaw = kind, .table = table};
    verify_flaw(c, &f);
}

/* Is she listed in an epoch of it that has no successor? Others' wraps are gone. */
static bool still_in(const struct check *c, const struct comp *comp, const unsigned char *member)
{
    const struct org_member *m = org_member_of(&c->v->org, member);
    if (m == NULL || m->is_removed) {
        return false;
    }
    for (size_t i = 0; i < comp->count; i++) {
        const struct epoch *e = comp_is_head(comp, i) ? epoch_map_find(&c->history.epochs, comp->id,
                                                                       comp->epochs[i].id)
                                                      : NULL;
        if (e != NULL &&
            (epoch_role(e, member) != VAULT_ROLE_NONE || epoch_has_office(e, member))) {
            return true;
        }
    }
    return false;
}

static void check_wrap(struct check *c, const struct epoch *e, const unsigned char *recipient)
{
    unsigned char bytes[WRAP_LEN];
    struct wrap w;
    if (wrap_load(c->v, e->compartment, e->id, recipient, bytes, NULL) != ERR_OK ||
        wrap_parse(bytes, WRAP_LEN, &w, NULL) != ERR_OK ||
        memcmp(w.compartment, e->compartment, ID_LEN) != 0 || memcmp(w.epoch, e->id, ID_LEN) != 0 ||
        memcmp(w.recipient, recipient, ID_LEN) != 0) {
        flaw(c, VAULT_FLAW_WRAP, "wrap");
    }
}

/* The wraps of an epoch whose key is here were made or received here. */
static void check_wraps(struct check *c, const struct comp *comp, const struct epoch *e)
{
    const unsigned char *own = vault_member_id(c->v);
    if (own == NULL || epoch_role(e, own) == VAULT_ROLE_NONE) {
        return;
    }
    check_wrap(c, e, c->v->organisation);
    for (size_t i = 0; i < e->members; i++) {
        if (still_in(c, comp, e->member[i].id)) {
            check_wrap(c, e, e->member[i].id);
        }
    }
}

/* The epoch as its row has it, past what was looked up before. */
static bool epoch_is_kept(struct check *c, const struct epoch *e)
{
    struct str told = STR_INIT;
    struct str kept = STR_INIT;
    const struct epoch *there = epoch_find(c->v, e->compartment, e->id);
    epoch_put(e, &told);
    if (there != NULL) {
        epoch_put(there, &kept);
    }
    const bool same = told.len == kept.len && memcmp(told.data, str_cstr(&kept), told.len) == 0;
    str_done(&told);
    str_done(&kept);
    return same;
}

/* is_erased: its wraps went with it. */
static bool comp_is_kept(struct check *c, const struct comp *told, bool *is_erased)
{
    struct comp kept = {.count = 0};
    bool same = comp_load(c->v, told->id, &kept, NULL) == ERR_OK && kept.count == told->count &&
                kept.sort == told->sort && kept.part == told->part;
    *is_erased = (kept.flags & COMP_ERASED) != 0;
    for (size_t i = 0; same && i < told->count; i++) {
        const struct comp_epoch *e = comp_epoch_of(&kept, told->epochs[i].id);
        same = e != NULL && e->flags == told->epochs[i].flags && e->role == told->epochs[i].role;
    }
    comp_done(&kept);
    return same;
}

static void check_comp(struct check *c, const struct comp *told, bool is_whole)
{
    bool is_erased = false;
    if (!comp_is_kept(c, told, &is_erased) && is_whole) {
        flaw(c, VAULT_FLAW_CACHE, "ckey");
    }
    for (size_t i = 0; i < told->count; i++) {
        const struct epoch *e = epoch_map_find(&c->history.epochs, told->id, told->epochs[i].id);
        if (e == NULL) {
            continue;
        }
        if (is_whole && !epoch_is_kept(c, e)) {
            flaw(c, VAULT_FLAW_CACHE, "epoch");
        }
        if (!is_erased) {
            check_wraps(c, told, e);
        }
    }
}

static bool members_are_kept(const struct check *c)
{
    struct org told = c->history.org;
    struct str a = STR_INIT;
    struct str b = STR_INIT;
    told.generation = c->v->org.generation;
    org_put(&told, &a);
    org_put(&c->v->org, &b);
    const bool same = a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
    str_done(&a);
    str_done(&b);
    return same;
}

enum err verify_rest(struct check *c, struct err_info *err)
{
    const bool is_whole = !c->history.has_gaps;
    (void)err;
    if (is_whole && !members_are_kept(c)) {
        flaw(c, VAULT_FLAW_CACHE, "meta");
    }
    store_forget(c->v);
    for (size_t i = 0; i < c->history.comp_cap; i++) {
        if (c->history.comps[i].count > 0) {
            check_comp(c, &c->history.comps[i], is_whole);
        }
    }
    store_forget(c->v);
    return ERR_OK;
}
