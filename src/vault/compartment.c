/* New epochs: key, wraps and announcement. Invariant: they are one transaction, and whoever is
 * listed, each coordinator by office (cases only) and the organisation's recovery key get a wrap;
 * who comes in gets wraps of the older epochs too, as far as their keys are here. */
#include "vault_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "keys_int.h"

/* An epoch in the making. */
struct making {
    struct epoch *e;
    unsigned char *key; /* in the key arena */
    unsigned char (*hashes)[HASH_LEN];
    size_t count;
};

static enum err wrap_one(struct vault *v, struct making *m, const unsigned char *epoch,
                         const unsigned char *key, const unsigned char *recipient,
                         struct err_info *err)
{
    m->hashes = mem_realloc(m->hashes, (m->count + 1) * sizeof *m->hashes);
    const enum err bad = wrap_make(v, m->e->compartment, epoch, key, recipient, m->hashes[m->count],
                                   err);
    m->count += bad == ERR_OK ? 1 : 0;
    return bad;
}

static enum err wrap_all(struct vault *v, struct making *m, struct err_info *err)
{
    const struct epoch *e = m->e;
    enum err bad = wrap_one(v, m, e->id, m->key, v->organisation, err);
    for (size_t i = 0; bad == ERR_OK && i < e->members; i++) {
        bad = wrap_one(v, m, e->id, m->key, e->member[i].id, err);
    }
    for (size_t i = 0; bad == ERR_OK && i < e->offices; i++) {
        bad = wrap_one(v, m, e->id, m->key, e->office[i], err);
    }
    return bad;
}

static bool holds(const struct epoch *e, const unsigned char *member)
{
    return epoch_role(e, member) != VAULT_ROLE_NONE || epoch_has_office(e, member);
}

/* The older epochs for one reader, where she has no wrap of them. */
static enum err wrap_older(struct vault *v, struct making *m, const struct comp *c,
                           const unsigned char *reader, struct err_info *err)
{
    enum err bad = ERR_OK;
    unsigned char there[WRAP_LEN];
    unsigned char *key = keys_alloc(KEY_LEN);
    for (size_t i = 0; bad == ERR_OK && i < c->count; i++) {
        const unsigned char *id = c->epochs[i].id;
        if (wrap_load(v, c->id, id, reader, there, NULL) == ERR_OK) {
            continue;
        }
        bad = ckey_raw(v, c->id, id, key, err);
        bad = bad == ERR_OK       ? wrap_one(v, m, id, key, reader, err)
              : bad == ERR_RIGHTS ? ERR_OK
                                  : bad;
    }
    keys_free(key);
    return bad;
}

/* Did all epochs without a successor hold her already? */
static bool was_in(struct vault *v, const struct comp *c, const unsigned char *member)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct epoch *e = comp_is_head(c, i) ? epoch_find(v, c->id, c->epochs[i].id) : NULL;
        if (e != NULL && !holds(e, member)) {
            return false;
        }
    }
    return true;
}

static enum err wrap_new_readers(struct vault *v, struct making *m, const struct comp *c,
                                 struct err_info *err)
{
    enum err bad = ERR_OK;
    const struct epoch *e = m->e;
    for (size_t i = 0; bad == ERR_OK && i < e->members; i++) {
        bad = was_in(v, c, e->member[i].id) ? ERR_OK : wrap_older(v, m, c, e->member[i].id, err);
    }
    for (size_t i = 0; bad == ERR_OK && i < e->offices; i++) {
        bad = was_in(v, c, e->office[i]) ? ERR_OK : wrap_older(v, m, c, e->office[i], err);
    }
    return bad;
}

static struct making making_new(struct epoch *e)
{
    struct making m = {.e = e, .key = keys_alloc(KEY_LEN)};
    random_bytes(e->id, ID_LEN);
    random_bytes(m.key, KEY_LEN);
    epoch_commit(e, m.key);
    return m;
}

static void making_done(struct making *m)
{
    keys_free(m->key);
    free(m->hashes);
}

/* The organisation's first epoch is known before its announcement, which is sealed under it. */
static enum err apply_first(struct vault *v, const struct str *text, struct err_info *err)
{
    const struct event_view e = {.organisation = v->organisation, .compartment = v->organisation};
    const struct event_payload p = {
        .kind = EVENT_KIND_EPOCH, .text = str_cstr(text), .len = text->len};
    return org_apply(v, &e, &p, err);
}

static enum err announce(struct vault *v, struct log_txn *t, const struct making *m, unsigned kind,
                         struct err_info *err)
{
    struct str text = STR_INIT;
    const unsigned char *own = vault_member_id(v);
    const bool was = t->is_succeeding;
    enum err bad = ERR_OK;
    epoch_text(m->e, (const unsigned char(*)[HASH_LEN])m->hashes, m->count, &text);
    if (t->is_founding) {
        bad = apply_first(v, &text, err);
    }
    t->is_succeeding = true;
    bad = bad == ERR_OK ? log_add_org(v, t, kind, &text, err) : bad;
    t->is_succeeding = was;
    str_done(&text);
    /* Who opens a drop box, or takes herself out, does not keep the key. */
    if (bad == ERR_OK && !holds(m->e, own)) {
        bad = ckey_drop(v, m->e->compartment, m->e->id, err);
    }
    return bad;
}

enum err compartment_begin(struct vault *v, struct log_txn *t, const unsigned char id[ID_LEN],
                           struct epoch *e, struct err_info *err)
{
    memcpy(e->compartment, id, ID_LEN);
    struct making m = making_new(e);
    enum err bad = ckey_store(v, id, e->id, m.key, err);
    if (bad == ERR_OK) {
        bad = wrap_all(v, &m, err);
    }
    if (bad == ERR_OK) {
        bad = announce(v, t, &m, EVENT_KIND_EPOCH, err);
    }
    making_done(&m);
    return bad;
}

static void add_offices(const struct vault *v, struct epoch *e)
{
    for (size_t i = 0; e->sort == VAULT_SORT_CASE && i < v->org.members; i++) {
        const struct org_member *m = &v->org.member[i];
        if (!m->is_removed && m->role == VAULT_ROLE_COORDINATOR &&
            epoch_role(e, m->id) == VAULT_ROLE_NONE) {
            epoch_add_office(e, m->id);
        }
    }
}

enum err compartment_succeed(struct vault *v, struct log_txn *t, const struct comp *c,
                             const struct epoch *want, struct err_info *err)
{
    struct epoch *e = epoch_new();
    memcpy(e->compartment, c->id, ID_LEN);
    memcpy(e->of_case, c->of_case, ID_LEN);
    e->sort = c->sort;
    e->part = c->part;
    for (size_t i = 0; i < want->members; i++) {
        epoch_add_member(e, want->member[i].id, want->member[i].role);
    }
    for (size_t i = 0; i < c->count; i++) {
        if (comp_is_head(c, i)) {
            epoch_add_parent(e, c->epochs[i].id);
        }
    }
    add_offices(v, e);
    struct making m = making_new(e);
    enum err bad = ckey_store(v, c->id, e->id, m.key, err);
    if (bad == ERR_OK) {
        bad = wrap_all(v, &m, err);
    }
    if (bad == ERR_OK) {
        bad = wrap_new_readers(v, &m, c, err);
    }
    if (bad == ERR_OK) {
        bad = announce(v, t, &m, EVENT_KIND_SUCCESSOR, err);
    }
    making_done(&m);
    epoch_free(e);
    return bad;
}

static bool is_reader(enum vault_sort sort, enum vault_role role)
{
    switch (sort) {
    case VAULT_SORT_ORGANISATION: return role != VAULT_ROLE_NONE;
    case VAULT_SORT_OVERVIEW: return role == VAULT_ROLE_COORDINATOR;
    case VAULT_SORT_STATISTICS:
        return role == VAULT_ROLE_COORDINATOR || role == VAULT_ROLE_STATISTICIAN;
    case VAULT_SORT_AUDIT: return role == VAULT_ROLE_COORDINATOR || role == VAULT_ROLE_AUDITOR;
    case VAULT_SORT_CASE:
    case VAULT_SORT_PART: return role >= VAULT_ROLE_COORDINATOR && role <= VAULT_ROLE_MEDIC;
    case VAULT_SORT_COUNT:
    default: return false;
    }
}

/* Whom the organisation or one of its drop boxes should list. */
static struct epoch *by_role(const struct vault *v, enum vault_sort sort)
{
    struct epoch *e = epoch_new();
    e->sort = sort;
    for (size_t i = 0; i < v->org.members; i++) {
        const struct org_member *m = &v->org.member[i];
        if (!m->is_removed && is_reader(sort, m->role)) {
            epoch_add_member(e, m->id, m->role);
        }
    }
    return e;
}

/* Marks what epoch `from` descends from, itself included. Parents stand before their children. */
static void mark_line(struct vault *v, const struct comp *c, size_t from, bool *line)
{
    memset(line, 0, c->count * sizeof *line);
    line[from] = true;
    for (size_t i = from + 1; i-- > 0;) {
        const struct epoch *e = line[i] ? epoch_find(v, c->id, c->epochs[i].id) : NULL;
        for (size_t k = 0; e != NULL && k < e->parents; k++) {
            const struct comp_epoch *p = comp_epoch_of(c, e->parent[k]);
            if (p != NULL) {
                line[p - c->epochs] = true;
            }
        }
    }
}

/* The newest epoch that all heads descend from; NULL: none. */
static const struct epoch *fork_of(struct vault *v, const struct comp *c)
{
    bool *line = mem_alloc((c->count + 1) * sizeof *line);
    size_t *times = mem_alloc((c->count + 1) * sizeof *times);
    size_t heads = 0;
    const struct epoch *found = NULL;
    for (size_t i = 0; i < c->count; i++) {
        if (comp_is_head(c, i)) {
            heads++;
            mark_line(v, c, i, line);
            for (size_t k = 0; k < c->count; k++) {
                times[k] += line[k] ? 1 : 0;
            }
        }
    }
    for (size_t i = 0; i < c->count; i++) {
        found = times[i] == heads ? epoch_find(v, c->id, c->epochs[i].id) : found;
    }
    free(times);
    free(line);
    return found;
}

/* Taken out on one side of the fork: listed where it began, and not at that side's end. */
static bool taken_out(struct vault *v, const struct comp *c, const struct epoch *fork,
                      const unsigned char *member)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct epoch *e = comp_is_head(c, i) ? epoch_find(v, c->id, c->epochs[i].id) : NULL;
        if (e != NULL && epoch_role(e, member) == VAULT_ROLE_NONE && fork != NULL &&
            epoch_role(fork, member) != VAULT_ROLE_NONE) {
            return true;
        }
    }
    return false;
}

struct epoch *compartment_joined(struct vault *v, const struct comp *c)
{
    if (c->sort == VAULT_SORT_ORGANISATION || sort_is_box(c->sort)) {
        return by_role(v, c->sort);
    }
    const struct epoch *fork = fork_of(v, c);
    struct epoch *out = epoch_new();
    out->sort = c->sort;
    for (size_t i = 0; i < c->count; i++) {
        const struct epoch *e = comp_is_head(c, i) ? epoch_find(v, c->id, c->epochs[i].id) : NULL;
        for (size_t k = 0; e != NULL && k < e->members; k++) {
            const struct org_member *m = org_member_of(&v->org, e->member[k].id);
            if (m != NULL && !m->is_removed && is_reader(c->sort, m->role) &&
                epoch_role(out, m->id) == VAULT_ROLE_NONE && !taken_out(v, c, fork, m->id)) {
                epoch_add_member(out, m->id, m->role);
            }
        }
    }
    return out;
}

static bool same_list(const struct epoch *a, const struct epoch *b)
{
    bool same = a->members == b->members;
    for (size_t i = 0; same && i < a->members; i++) {
        same = epoch_role(b, a->member[i].id) == a->member[i].role;
    }
    return same;
}

static bool is_aligned(struct vault *v, const struct comp *c, const struct epoch *want)
{
    size_t heads = 0;
    bool same = true;
    for (size_t i = 0; i < c->count; i++) {
        if (comp_is_head(c, i)) {
            const struct epoch *e = epoch_find(v, c->id, c->epochs[i].id);
            heads++;
            same = same && e != NULL && same_list(e, want);
        }
    }
    return same && heads == 1;
}

enum err compartment_align(struct vault *v, struct log_txn *t, struct err_info *err)
{
    static const enum vault_sort sorts[] = {VAULT_SORT_ORGANISATION, VAULT_SORT_OVERVIEW,
                                            VAULT_SORT_STATISTICS, VAULT_SORT_AUDIT};
    enum err bad = ERR_OK;
    for (size_t i = 0; bad == ERR_OK && i < sizeof sorts / sizeof sorts[0]; i++) {
        unsigned char id[ID_LEN];
        struct comp c = {.count = 0};
        memcpy(id, v->organisation, ID_LEN);
        if (sorts[i] != VAULT_SORT_ORGANISATION) {
            vault_drop_box(v, sorts[i], id);
        }
        struct epoch *want = by_role(v, sorts[i]);
        bad = comp_load(v, id, &c, err);
        if (bad == ERR_OK && !is_aligned(v, &c, want)) {
            bad = compartment_succeed(v, t, &c, want, err);
        }
        comp_done(&c);
        epoch_free(want);
    }
    return bad;
}

static enum err office_one(struct vault *v, const struct epoch *e, void *payload,
                           struct err_info *err)
{
    unsigned char hash[HASH_LEN];
    if (e->sort != VAULT_SORT_CASE) {
        return ERR_OK;
    }
    unsigned char *key = keys_alloc(KEY_LEN);
    enum err bad = ckey_raw(v, e->compartment, e->id, key, err);
    bad = bad == ERR_OK       ? wrap_make(v, e->compartment, e->id, key, payload, hash, err)
          : bad == ERR_RIGHTS ? ERR_OK
                              : bad;
    keys_free(key);
    return bad;
}

enum err compartment_office(struct vault *v, const unsigned char member[ID_LEN],
                            struct err_info *err)
{
    unsigned char reader[ID_LEN];
    memcpy(reader, member, ID_LEN);
    return epoch_each(v, office_one, reader, err);
}

static enum err begin_case(struct vault *v, struct log_txn *t, const unsigned char *id,
                           struct err_info *err)
{
    struct epoch *e = epoch_new();
    e->sort = VAULT_SORT_CASE;
    epoch_add_member(e, vault_member_id(v), vault_own_role(v));
    add_offices(v, e);
    const enum err bad = compartment_begin(v, t, id, e, err);
    epoch_free(e);
    return bad;
}

enum err vault_compartment_new(vault *v, unsigned char id[ID_LEN], struct err_info *err)
{
    struct log_txn t;
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    random_bytes(id, ID_LEN);
    enum err bad = log_begin(v, &t, err);
    if (bad != ERR_OK) {
        return bad;
    }
    bad = vault_rights_may(vault_own_role(v), VAULT_SORT_CASE, VAULT_PART_NONE, EVENT_KIND_EPOCH)
              ? begin_case(v, &t, id, err)
              : ERR_SET(err, ERR_RIGHTS, "role");
    return log_close(v, &t, bad, err);
}

const unsigned char *vault_organisation(const vault *v)
{
    return v->organisation;
}

void vault_drop_box(const vault *v, enum vault_sort sort, unsigned char id[ID_LEN])
{
    org_box_id(v->organisation, sort, id);
}
