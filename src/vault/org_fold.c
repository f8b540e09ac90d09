/* Organisation events into members and devices. Invariant: pure but for the certificates it asks
 * about; folding an event twice, or two events in the other order, gives the same. */
#include "vault_int.h"

#include <string.h>

#include "base/arena.h"
#include "base/json.h"

#define BIT(role) (1u << (role))

static bool id_at(const jv *top, const char *key, unsigned char id[ID_LEN])
{
    const char *hex = jv_str_at(top, key);
    return hex != NULL && hex_get(id, ID_LEN, hex);
}

static struct org_member *add_member(struct org *o, const unsigned char id[ID_LEN])
{
    o->member = mem_realloc(o->member, (o->members + 1) * sizeof *o->member);
    struct org_member *m = &o->member[o->members++];
    memset(m, 0, sizeof *m);
    memcpy(m->id, id, ID_LEN);
    return m;
}

/* A role rests on a certificate that the event itself carries. A later word with an older
 * certificate is one that was dug out again. */
static enum err give_role(struct org_member *m, enum vault_role role, uint64_t clock,
                          uint64_t serial, struct err_info *err)
{
    if (clock > m->role_clock && serial < m->role_serial) {
        return ERR_SET(err, ERR_RIGHTS, "certificate");
    }
    m->roles |= BIT(role);
    if (clock >= m->role_clock) {
        m->role = role;
        m->role_clock = clock;
    }
    m->role_serial = serial > m->role_serial ? serial : m->role_serial;
    return ERR_OK;
}

/* The event's certificate of this member and role. ERR_NO: it does not hold by itself. */
static enum err role_cert(const struct vault *v, const jv *top, const unsigned char *member,
                          enum vault_role role, uint64_t *serial)
{
    enum err bad = ERR_NOT_FOUND;
    const jv *certs = jv_at(top, "certs");
    for (size_t i = 0; bad != ERR_OK && i < jv_count(certs); i++) {
        unsigned char bytes[CERT_LEN];
        struct cert c;
        const char *hex = jv_string(jv_item(certs, i));
        if (hex != NULL && hex_get(bytes, CERT_LEN, hex) &&
            cert_parse(bytes, CERT_LEN, &c, NULL) == ERR_OK && c.kind == CERT_MEMBER &&
            c.role == role && memcmp(c.subject, member, ID_LEN) == 0) {
            *serial = c.serial;
            bad = known_holds(v, bytes) ? ERR_OK : ERR_NO;
        }
    }
    return bad;
}

static enum err fold_member(const struct vault *v, struct org *o, uint64_t clock, const jv *top,
                            struct err_info *err)
{
    unsigned char id[ID_LEN];
    enum vault_role role = VAULT_ROLE_NONE;
    const char *name = jv_str_at(top, "name");
    if (!id_at(top, "member", id) || !vault_role_of(jv_str_at(top, "role"), &role) ||
        role == VAULT_ROLE_NONE || name == NULL || strlen(name) > MEMBER_NAME_MAX) {
        return ERR_SET(err, ERR_RIGHTS, "member");
    }
    uint64_t serial = 0;
    if (role_cert(v, top, id, role, &serial) != ERR_OK) {
        return ERR_SET(err, ERR_RIGHTS, "certificate");
    }
    struct org_member *m = org_member_of(o, id);
    if (m == NULL) {
        m = add_member(o, id);
        m->since_clock = clock;
    }
    if (clock <= m->since_clock) {
        m->since_clock = clock;
        memset(m->name, 0, sizeof m->name);
        memcpy(m->name, name, strlen(name));
    }
    return give_role(m, role, clock, serial, err);
}

/* Half of a coordinator's certificate alone is a proposal: nothing changes yet. */
static enum err fold_role(const struct vault *v, struct org *o, uint64_t clock, const jv *top,
                          struct err_info *err)
{
    unsigned char id[ID_LEN];
    enum vault_role role = VAULT_ROLE_NONE;
    if (!id_at(top, "member", id) || !vault_role_of(jv_str_at(top, "role"), &role) ||
        role == VAULT_ROLE_NONE) {
        return ERR_SET(err, ERR_RIGHTS, "role");
    }
    struct org_member *m = org_member_of(o, id);
    if (m == NULL) {
        return ERR_SET(err, ERR_NOT_FOUND, "member");
    }
    uint64_t serial = 0;
    const enum err bad = role_cert(v, top, id, role, &serial);
    if (bad == ERR_NO && role == VAULT_ROLE_COORDINATOR) {
        return ERR_OK;
    }
    return bad == ERR_OK ? give_role(m, role, clock, serial, err)
                         : ERR_SET(err, ERR_RIGHTS, "certificate");
}

static enum err fold_removed(const struct vault *v, struct org *o, uint64_t clock, const jv *top,
                             struct err_info *err)
{
    unsigned char id[ID_LEN];
    struct org_member *m = id_at(top, "member", id) ? org_member_of(o, id) : NULL;
    (void)v;
    if (m == NULL) {
        return ERR_SET(err, ERR_NOT_FOUND, "member");
    }
    if (!m->is_removed || clock < m->removed_clock) {
        m->removed_clock = clock;
    }
    m->is_removed = true;
    return ERR_OK;
}

static enum err fold_device(const struct vault *v, struct org *o, uint64_t clock, const jv *top,
                            struct err_info *err)
{
    unsigned char id[ID_LEN];
    unsigned char member[ID_LEN];
    (void)clock;
    if (!id_at(top, "device", id) || !id_at(top, "member", member)) {
        return ERR_SET(err, ERR_RIGHTS, "device");
    }
    const struct cert *c = known_cert(v, CERT_DEVICE, id);
    if (c == NULL) {
        return ERR_SET(err, ERR_NOT_FOUND, "certificate");
    }
    if (memcmp(c->issuer, member, ID_LEN) != 0) {
        return ERR_SET(err, ERR_RIGHTS, "device");
    }
    if (org_device_of(o, id) == NULL) {
        o->device = mem_realloc(o->device, (o->devices + 1) * sizeof *o->device);
        struct org_device *d = &o->device[o->devices++];
        memset(d, 0, sizeof *d);
        memcpy(d->id, id, ID_LEN);
        memcpy(d->member, member, ID_LEN);
    }
    return ERR_OK;
}

static enum err fold_closed(const struct vault *v, struct org *o, uint64_t clock, const jv *top,
                            struct err_info *err)
{
    unsigned char id[ID_LEN];
    const int64_t seq = jv_int_at(top, "seq", -1);
    struct org_device *d = id_at(top, "device", id) ? org_device_of(o, id) : NULL;
    (void)v;
    (void)clock;
    if (d == NULL || seq < 0) {
        return ERR_SET(err, d == NULL ? ERR_NOT_FOUND : ERR_RIGHTS, "device");
    }
    if (!d->is_closed || (uint64_t)seq < d->closed_seq) {
        d->closed_seq = (uint64_t)seq;
    }
    d->is_closed = true;
    return ERR_OK;
}

enum err org_fold(const struct vault *v, struct org *o, uint64_t clock,
                  const struct event_payload *p, struct err_info *err)
{
    static const struct {
        unsigned kind;
        enum err (*fold)(const struct vault *v, struct org *o, uint64_t clock, const jv *top,
                         struct err_info *err);
    } folds[] = {{EVENT_KIND_MEMBER, fold_member},
                 {EVENT_KIND_ROLE, fold_role},
                 {EVENT_KIND_REMOVED, fold_removed},
                 {EVENT_KIND_DEVICE, fold_device},
                 {EVENT_KIND_DEVICE_CLOSED, fold_closed}};
    for (size_t i = 0; i < sizeof folds / sizeof folds[0]; i++) {
        if (folds[i].kind == p->kind) {
            jv *top = NULL;
            if (jv_parse(p->text, p->len, &top, NULL) != ERR_OK) {
                return ERR_SET(err, ERR_RIGHTS, "organisation");
            }
            const enum err bad = folds[i].fold(v, o, clock, top, err);
            jv_free(top);
            return bad;
        }
    }
    return ERR_OK;
}
