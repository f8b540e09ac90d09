/* Members and devices as folded from the organisation's events. Invariant: folding the same events
 * in any order gives the same state: of a role the later word holds, a removal and a closing are
 * never taken back, a device ends at the lowest number any closing names. */
#include "org_int.h"

#include <stdlib.h>
#include <string.h>

#define ORG_VERSION 1

enum { MEMBER_REMOVED = 1 };

void org_done(struct org *o)
{
    free(o->member);
    free(o->device);
    *o = (struct org){0};
}

struct org_member *org_member_of(const struct org *o, const unsigned char id[ID_LEN])
{
    for (size_t i = 0; i < o->members; i++) {
        if (memcmp(o->member[i].id, id, ID_LEN) == 0) {
            return &o->member[i];
        }
    }
    return NULL;
}

struct org_device *org_device_of(const struct org *o, const unsigned char id[ID_LEN])
{
    for (size_t i = 0; i < o->devices; i++) {
        if (memcmp(o->device[i].id, id, ID_LEN) == 0) {
            return &o->device[i];
        }
    }
    return NULL;
}

size_t org_coordinators(const struct org *o)
{
    size_t count = 0;
    for (size_t i = 0; i < o->members; i++) {
        count += !o->member[i].is_removed && o->member[i].role == VAULT_ROLE_COORDINATOR ? 1 : 0;
    }
    return count;
}

void org_box_id(const unsigned char organisation[ID_LEN], enum vault_sort sort,
                unsigned char id[ID_LEN])
{
    const char *word = vault_sort_word(sort);
    const struct part parts[] = {
        PART_TAG("spr/dr/1"), {organisation, ID_LEN}, {word, strlen(word)}};
    hash_parts(id, ID_LEN, NULL, parts, 3);
}

static void put_member(const struct org_member *m, struct str *out)
{
    const size_t n = strlen(m->name);
    str_put(out, m->id, ID_LEN);
    str_putc(out, (char)m->role);
    str_putc(out, (char)m->roles);
    str_putc(out, m->is_removed ? MEMBER_REMOVED : 0);
    str_put_u64le(out, m->since_clock);
    str_put_u64le(out, m->role_clock);
    str_put_u64le(out, m->removed_clock);
    str_put_u64le(out, m->role_serial);
    str_putc(out, (char)n);
    str_put(out, m->name, n);
}

void org_put(const struct org *o, struct str *out)
{
    str_put_u16le(out, ORG_VERSION);
    str_put_u64le(out, o->generation);
    str_put_u16le(out, (unsigned)o->members);
    str_put_u16le(out, (unsigned)o->devices);
    for (size_t i = 0; i < o->members; i++) {
        put_member(&o->member[i], out);
    }
    for (size_t i = 0; i < o->devices; i++) {
        const struct org_device *d = &o->device[i];
        str_put(out, d->id, ID_LEN);
        str_put(out, d->member, ID_LEN);
        str_putc(out, d->is_closed ? 1 : 0);
        str_put_u64le(out, d->closed_seq);
    }
}

#define MEMBER_FIXED_LEN ((size_t)(ID_LEN + 3 + 32 + 1))
#define DEVICE_LEN       ((size_t)(2 * ID_LEN + 9))
#define HEAD_LEN         ((size_t)14)

/* Bytes used; 0: not a member. */
static size_t get_member(const unsigned char *p, size_t left, struct org_member *m)
{
    if (left < MEMBER_FIXED_LEN) {
        return 0;
    }
    const size_t n = p[MEMBER_FIXED_LEN - 1];
    if (n > MEMBER_NAME_MAX || left < MEMBER_FIXED_LEN + n || p[ID_LEN] >= VAULT_ROLE_COUNT) {
        return 0;
    }
    *m = (struct org_member){.role = (enum vault_role)p[ID_LEN],
                             .roles = p[ID_LEN + 1],
                             .is_removed = (p[ID_LEN + 2] & MEMBER_REMOVED) != 0,
                             .since_clock = get_u64le(p + ID_LEN + 3),
                             .role_clock = get_u64le(p + ID_LEN + 11),
                             .removed_clock = get_u64le(p + ID_LEN + 19),
                             .role_serial = get_u64le(p + ID_LEN + 27)};
    memcpy(m->id, p, ID_LEN);
    memcpy(m->name, p + MEMBER_FIXED_LEN, n);
    return MEMBER_FIXED_LEN + n;
}

static bool get_all(const unsigned char *p, size_t left, struct org *o)
{
    for (size_t i = 0; i < o->members; i++) {
        const size_t n = get_member(p, left, &o->member[i]);
        if (n == 0) {
            return false;
        }
        p += n;
        left -= n;
    }
    if (left != o->devices * DEVICE_LEN) {
        return false;
    }
    for (size_t i = 0; i < o->devices; i++, p += DEVICE_LEN) {
        memcpy(o->device[i].id, p, ID_LEN);
        memcpy(o->device[i].member, p + ID_LEN, ID_LEN);
        o->device[i].is_closed = p[2 * ID_LEN] != 0;
        o->device[i].closed_seq = get_u64le(p + 2 * (size_t)ID_LEN + 1);
    }
    return true;
}

enum err org_get(const unsigned char *bytes, size_t n, struct org *o, struct err_info *err)
{
    if (n < HEAD_LEN || get_u16le(bytes) != ORG_VERSION) {
        return ERR_SET(err, ERR_DAMAGED, "organisation");
    }
    *o = (struct org){.generation = get_u64le(bytes + 2),
                      .members = get_u16le(bytes + 10),
                      .devices = get_u16le(bytes + 12)};
    o->member = calloc(o->members + 1, sizeof *o->member);
    o->device = calloc(o->devices + 1, sizeof *o->device);
    ASSERT(o->member != NULL && o->device != NULL);
    if (!get_all(bytes + HEAD_LEN, n - HEAD_LEN, o)) {
        org_done(o);
        return ERR_SET(err, ERR_DAMAGED, "organisation");
    }
    return ERR_OK;
}
