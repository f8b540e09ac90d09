/* May this event stand where it stands? Pure: it looks at what is known at that place in history
 * and at nothing else. Invariant: the epoch under which an event is sealed is its authority; it
 * must list the author in a role that the table allows the kind to. An announcement is in
 * addition held against the epochs that it succeeds. */
#include "org_int.h"

#include <string.h>

#include "base/json.h"

#define BIT(role) (1u << (role))

/* The event's author and the role in which the epoch lists her. */
struct author {
    const unsigned char *member;
    enum vault_role role;
    const struct epoch *under;
};

static bool is_zero(const unsigned char id[ID_LEN])
{
    static const unsigned char zero[ID_LEN] = {0};
    return memcmp(id, zero, ID_LEN) == 0;
}

static enum err knows_lists(const struct authority *a, const struct epoch *d, struct err_info *err)
{
    for (size_t i = 0; i < d->members; i++) {
        const struct org_member *m = org_member_of(a->org, d->member[i].id);
        if (m == NULL) {
            return ERR_SET(err, ERR_NOT_FOUND, "member");
        }
        if ((m->roles & BIT(d->member[i].role)) == 0) {
            return ERR_SET(err, ERR_RIGHTS, "role");
        }
    }
    for (size_t i = 0; i < d->offices; i++) {
        const struct org_member *m = org_member_of(a->org, d->office[i]);
        if (m == NULL) {
            return ERR_SET(err, ERR_NOT_FOUND, "member");
        }
        if (d->sort != VAULT_SORT_CASE || (m->roles & BIT(VAULT_ROLE_COORDINATOR)) == 0) {
            return ERR_SET(err, ERR_RIGHTS, "office");
        }
    }
    return ERR_OK;
}

/* Whom a sort of compartment may be opened to at all. */
static bool may_hold(const struct epoch *d)
{
    static const unsigned holders[VAULT_SORT_COUNT] = {
        [VAULT_SORT_ORGANISATION] = 0xFFFF,
        [VAULT_SORT_CASE] = BIT(VAULT_ROLE_COORDINATOR) | BIT(VAULT_ROLE_CASEWORKER) |
                            BIT(VAULT_ROLE_PSYCHOLOGIST) | BIT(VAULT_ROLE_LAWYER) |
                            BIT(VAULT_ROLE_MEDIC),
        [VAULT_SORT_PART] = BIT(VAULT_ROLE_COORDINATOR) | BIT(VAULT_ROLE_CASEWORKER) |
                            BIT(VAULT_ROLE_PSYCHOLOGIST) | BIT(VAULT_ROLE_LAWYER) |
                            BIT(VAULT_ROLE_MEDIC),
        [VAULT_SORT_OVERVIEW] = BIT(VAULT_ROLE_COORDINATOR),
        [VAULT_SORT_STATISTICS] = BIT(VAULT_ROLE_COORDINATOR) | BIT(VAULT_ROLE_STATISTICIAN),
        [VAULT_SORT_AUDIT] = BIT(VAULT_ROLE_COORDINATOR) | BIT(VAULT_ROLE_AUDITOR),
    };
    for (size_t i = 0; i < d->members; i++) {
        if ((holders[d->sort] & BIT(d->member[i].role)) == 0) {
            return false;
        }
    }
    return true;
}

/* Was she ever granted the case? Whoever opens a part of it must have been. */
static bool shares_case(const struct authority *a, const struct comp *kase,
                        const unsigned char *member)
{
    for (size_t i = 0; i < kase->count; i++) {
        const struct epoch *e = a->epoch(a->payload, kase->id, kase->epochs[i].id);
        if (e != NULL && epoch_role(e, member) != VAULT_ROLE_NONE) {
            return true;
        }
    }
    return false;
}

static enum err may_begin(const struct authority *a, const struct author *who,
                          const struct epoch *d, struct err_info *err)
{
    const struct comp *there = a->comp(a->payload, d->compartment);
    if (there != NULL && there->count > 0 && a->epoch(a->payload, d->compartment, d->id) == NULL) {
        return ERR_SET(err, ERR_RIGHTS, "epoch"); /* a second beginning */
    }
    if (d->parents > 0 || !vault_rights_may(who->role, d->sort, d->part, EVENT_KIND_EPOCH)) {
        return ERR_SET(err, ERR_RIGHTS, "epoch");
    }
    if (epoch_role(d, who->member) != who->role) {
        return ERR_SET(err, ERR_RIGHTS, "epoch");
    }
    if (d->sort == VAULT_SORT_PART) {
        const struct comp *kase = a->comp(a->payload, d->of_case);
        if (kase == NULL || kase->count == 0) {
            return ERR_SET(err, ERR_NOT_FOUND, "case");
        }
        if (kase->sort != VAULT_SORT_CASE || !shares_case(a, kase, who->member)) {
            return ERR_SET(err, ERR_RIGHTS, "case");
        }
    }
    return ERR_OK;
}

/* What the parents of an epoch say together about one member. */
static bool parents_list(const struct authority *a, const struct epoch *d,
                         const unsigned char *member)
{
    for (size_t i = 0; i < d->parents; i++) {
        const struct epoch *p = a->epoch(a->payload, d->compartment, d->parent[i]);
        if (p != NULL && epoch_role(p, member) != VAULT_ROLE_NONE) {
            return true;
        }
    }
    return false;
}

/* Nobody came in, and nobody went who is not removed or in another role now. */
static bool only_shrinks(const struct authority *a, const struct epoch *d)
{
    for (size_t i = 0; i < d->members; i++) {
        if (!parents_list(a, d, d->member[i].id)) {
            return false;
        }
    }
    for (size_t i = 0; i < d->parents; i++) {
        const struct epoch *p = a->epoch(a->payload, d->compartment, d->parent[i]);
        for (size_t k = 0; p != NULL && k < p->members; k++) {
            const struct org_member *m = org_member_of(a->org, p->member[k].id);
            const bool stays = m != NULL && !m->is_removed && m->role == p->member[k].role;
            if (stays && epoch_role(d, m->id) == VAULT_ROLE_NONE) {
                return false;
            }
        }
    }
    return true;
}

static enum err parents_fit(const struct authority *a, const struct epoch *d, struct err_info *err)
{
    if (d->parents == 0) {
        return ERR_SET(err, ERR_RIGHTS, "epoch");
    }
    for (size_t i = 0; i < d->parents; i++) {
        const struct epoch *p = a->epoch(a->payload, d->compartment, d->parent[i]);
        if (p == NULL) {
            return ERR_SET(err, ERR_NOT_FOUND, "epoch");
        }
        if (p->sort != d->sort || p->part != d->part || memcmp(p->id, d->id, ID_LEN) == 0 ||
            memcmp(p->of_case, d->of_case, ID_LEN) != 0) {
            return ERR_SET(err, ERR_RIGHTS, "epoch");
        }
    }
    return ERR_OK;
}

static enum err may_succeed(const struct authority *a, const struct author *who,
                            const struct epoch *d, struct err_info *err)
{
    const enum err bad = parents_fit(a, d, err);
    if (bad != ERR_OK) {
        return bad;
    }
    const bool listed = parents_list(a, d, who->member);
    const bool by_table = vault_rights_may(who->role, d->sort, d->part, EVENT_KIND_SUCCESSOR);
    const bool is_office = d->sort == VAULT_SORT_CASE && who->role == VAULT_ROLE_COORDINATOR;
    const bool is_box = sort_is_box(d->sort) || d->sort == VAULT_SORT_ORGANISATION;
    const bool writes = vault_rights_may(who->role, d->sort, d->part, EVENT_KIND_RECORD + 0x21);
    if ((by_table && (listed || is_office || is_box)) || (listed && writes && only_shrinks(a, d))) {
        return ERR_OK;
    }
    return ERR_SET(err, ERR_RIGHTS, "epoch");
}

/* The organisation's id and the drop boxes' ids are what their sorts say. */
static bool sort_fits(const struct event_view *e, const struct epoch *d)
{
    unsigned char box[ID_LEN];
    if (sort_is_box(d->sort)) {
        org_box_id(e->organisation, d->sort, box);
        return memcmp(d->compartment, box, ID_LEN) == 0;
    }
    return (memcmp(d->compartment, e->organisation, ID_LEN) == 0) ==
           (d->sort == VAULT_SORT_ORGANISATION);
}

/* Hands the epoch over if it may stand and somebody wants it. */
static enum err leave(const struct authority *a, struct epoch *d, enum err bad)
{
    if (bad == ERR_OK && a->announced != NULL) {
        *a->announced = d;
    } else {
        epoch_free(d);
    }
    return bad;
}

static enum err may_announce(const struct authority *a, const struct author *who,
                             const struct event_view *e, const struct event_payload *p,
                             struct err_info *err)
{
    struct epoch *d = NULL;
    enum err bad = epoch_read(p->text, p->len, &d, err);
    if (bad != ERR_OK) {
        return ERR_SET(err, ERR_RIGHTS, "epoch");
    }
    if (!sort_fits(e, d) || !may_hold(d)) {
        bad = ERR_SET(err, ERR_RIGHTS, "epoch");
    }
    if (bad == ERR_OK) {
        bad = knows_lists(a, d, err);
    }
    if (bad == ERR_OK) {
        bad = p->kind == EVENT_KIND_EPOCH ? may_begin(a, who, d, err) : may_succeed(a, who, d, err);
    }
    return leave(a, d, bad);
}

/* The very first event: it is sealed under the epoch that it announces. */
static enum err may_found(const struct authority *a, const unsigned char *member,
                          const struct event_view *e, const struct event_payload *p,
                          struct err_info *err)
{
    struct epoch *d = NULL;
    const struct comp *there = a->comp(a->payload, e->organisation);
    if (p == NULL || p->kind != EVENT_KIND_EPOCH || (there != NULL && there->count > 0) ||
        epoch_read(p->text, p->len, &d, NULL) != ERR_OK) {
        return ERR_SET(err, ERR_NOT_FOUND, "epoch");
    }
    const bool good = d->sort == VAULT_SORT_ORGANISATION && sort_fits(e, d) && d->parents == 0 &&
                      d->members == 1 && d->offices == 0 &&
                      epoch_role(d, member) == VAULT_ROLE_COORDINATOR &&
                      memcmp(d->id, e->epoch, ID_LEN) == 0 && a->is_founder(a->payload, member);
    return leave(a, d, good ? ERR_OK : ERR_SET(err, ERR_RIGHTS, "epoch"));
}

/* Closing a device is a coordinator's, or its own member's. */
static enum err may_close(const struct authority *a, const struct author *who,
                          const struct event_payload *p, struct err_info *err)
{
    jv *top = NULL;
    unsigned char id[ID_LEN];
    enum err bad = who->role == VAULT_ROLE_COORDINATOR ? ERR_OK : ERR_RIGHTS;
    if (bad != ERR_OK && jv_parse(p->text, p->len, &top, NULL) == ERR_OK) {
        const char *hex = jv_str_at(top, "device");
        const struct org_device *d = hex != NULL && hex_get(id, ID_LEN, hex)
                                         ? org_device_of(a->org, id)
                                         : NULL;
        bad = d == NULL                                     ? ERR_NOT_FOUND
              : memcmp(d->member, who->member, ID_LEN) == 0 ? ERR_OK
                                                            : ERR_RIGHTS;
        jv_free(top);
    }
    return bad == ERR_OK ? ERR_OK : ERR_SET(err, bad, "device");
}

/* A drop box is open to every member; one who was removed writes no more. */
static enum err may_drop(const struct authority *a, const struct author *who,
                         const struct event_view *e, const struct event_payload *p,
                         struct err_info *err)
{
    const struct org_member *m = org_member_of(a->org, who->member);
    if (m == NULL) {
        return ERR_SET(err, ERR_NOT_FOUND, "member");
    }
    const bool good = !(m->is_removed && e->clock > m->removed_clock) &&
                      (p == NULL ||
                       vault_rights_may(m->role, who->under->sort, VAULT_PART_NONE, p->kind));
    return good ? ERR_OK : ERR_SET(err, ERR_RIGHTS, "box");
}

/* Who holds the organisation's sheet can make a coordinator when none is left: what the root
 * certified speaks in the organisation before any epoch lists her. */
static enum vault_role role_by_root(const struct authority *a, const unsigned char *member)
{
    const struct org_member *m = org_member_of(a->org, member);
    const bool stands = m == NULL || (!m->is_removed && m->role == VAULT_ROLE_COORDINATOR);
    return stands && a->is_founder(a->payload, member) ? VAULT_ROLE_COORDINATOR : VAULT_ROLE_NONE;
}

enum err authority_of(const struct authority *a, const struct event_view *e,
                      const struct event_payload *p, struct err_info *err)
{
    struct author who = {.member = a->author(a->payload, e->device)};
    const struct org_device *device = org_device_of(a->org, e->device);
    if (who.member == NULL || is_zero(who.member)) {
        return ERR_SET(err, ERR_NOT_FOUND, "device");
    }
    if (device != NULL && device->is_closed && e->seq > device->closed_seq) {
        return ERR_SET(err, ERR_CLOSED, "device");
    }
    who.under = a->epoch(a->payload, e->compartment, e->epoch);
    if (who.under == NULL) {
        return memcmp(e->compartment, e->organisation, ID_LEN) == 0
                   ? may_found(a, who.member, e, p, err)
                   : ERR_SET(err, ERR_NOT_FOUND, "epoch");
    }
    if (((e->flags & EVENT_FLAG_BOX) != 0) != sort_is_box(who.under->sort)) {
        return ERR_SET(err, ERR_RIGHTS, "box");
    }
    if (sort_is_box(who.under->sort)) {
        return may_drop(a, &who, e, p, err);
    }
    who.role = epoch_role(who.under, who.member);
    if (who.role == VAULT_ROLE_NONE && who.under->sort == VAULT_SORT_ORGANISATION) {
        who.role = role_by_root(a, who.member);
    }
    if (who.role == VAULT_ROLE_NONE) {
        return ERR_SET(err, ERR_RIGHTS, "member");
    }
    if (p == NULL) {
        return ERR_OK;
    }
    if (who.under->sort == VAULT_SORT_ORGANISATION) {
        switch (p->kind) {
        case EVENT_KIND_EPOCH:
        case EVENT_KIND_SUCCESSOR: return may_announce(a, &who, e, p, err);
        case EVENT_KIND_DEVICE_CLOSED: return may_close(a, &who, p, err);
        default: break;
        }
    }
    return vault_rights_may(who.role, who.under->sort, who.under->part, p->kind)
               ? ERR_OK
               : ERR_SET(err, ERR_RIGHTS, "role");
}
