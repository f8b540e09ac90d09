/* Who is known here: certificates, members and devices, loaded at unlock and again when another
 * process changed them. Invariant: every certificate in the list has been checked up to the root,
 * whose key's hash is the organisation's id; the root stands first, an issuer before what it
 * issued. A coordinator's certificate by a coordinator holds only together with its twin. */
#include "vault_int.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define COORDINATORS_FOR_TWO 3

const unsigned char *known_bytes(const struct vault *v, const struct cert *c)
{
    return (const unsigned char *)v->cert_bytes.data + (size_t)(c - v->certs) * CERT_LEN;
}

static bool by_root(const struct vault *v, const struct cert *c)
{
    return memcmp(c->issuer, v->organisation, ID_LEN) == 0;
}

static bool has_twin(const struct vault *v, const struct cert *c)
{
    for (size_t i = 0; i < v->cert_count; i++) {
        if (cert_is_twin(known_bytes(v, c), known_bytes(v, &v->certs[i]))) {
            return true;
        }
    }
    return false;
}

static bool is_coordinator_cert(const struct cert *c)
{
    return c->kind == CERT_MEMBER && c->role == VAULT_ROLE_COORDINATOR;
}

/* Other members with a coordinator's certificate. */
static size_t other_coordinators(const struct vault *v, const struct cert *c)
{
    size_t count = 0;
    for (size_t i = 0; i < v->cert_count; i++) {
        const struct cert *o = &v->certs[i];
        bool again = !is_coordinator_cert(o) || memcmp(o->subject, c->subject, ID_LEN) == 0 ||
                     (!by_root(v, o) && !has_twin(v, o));
        for (size_t k = 0; k < i && !again; k++) {
            again = is_coordinator_cert(&v->certs[k]) &&
                    memcmp(v->certs[k].subject, o->subject, ID_LEN) == 0;
        }
        count += again ? 0 : 1;
    }
    return count;
}

static bool by_self(const struct cert *c)
{
    return c->kind == CERT_MEMBER && memcmp(c->issuer, c->subject, ID_LEN) == 0;
}

static bool cert_holds(const struct vault *v, const struct cert *c);

/* A member's word about her own box key stands on what others certified of her. */
static bool base_holds(const struct vault *v, const struct cert *c)
{
    for (size_t i = 0; i < v->cert_count; i++) {
        const struct cert *o = &v->certs[i];
        if (o->kind == CERT_MEMBER && !by_self(o) && o->role == c->role &&
            memcmp(o->subject, c->subject, ID_LEN) == 0 && cert_holds(v, o)) {
            return true;
        }
    }
    return false;
}

static bool cert_holds(const struct vault *v, const struct cert *c)
{
    if (by_self(c)) {
        return base_holds(v, c);
    }
    return !is_coordinator_cert(c) || by_root(v, c) ||
           (has_twin(v, c) && other_coordinators(v, c) >= COORDINATORS_FOR_TWO);
}

/* Is it signed by somebody among the first count who may? */
static bool cert_accept(const struct vault *v, const unsigned char *bytes, const struct cert *c,
                        size_t count)
{
    static const unsigned char any[KEY_LEN] = {8};
    unsigned char shared[KEY_LEN];
    if (memcmp(c->organisation, v->organisation, ID_LEN) != 0 ||
        crypto_scalarmult(shared, any, c->box_key) != 0) {
        return false;
    }
    if (count == 0) {
        return c->kind == CERT_ROOT && cert_check(bytes, c, c);
    }
    for (size_t k = 0; k < count; k++) {
        if (c->kind != CERT_ROOT && memcmp(v->certs[k].subject, c->issuer, ID_LEN) == 0 &&
            cert_holds(v, &v->certs[k]) && cert_check(bytes, c, &v->certs[k])) {
            return true;
        }
    }
    return false;
}

static void cert_keep(struct vault *v, const struct cert *c, const unsigned char *bytes)
{
    v->certs = mem_realloc(v->certs, (v->cert_count + 1) * sizeof *v->certs);
    v->certs[v->cert_count] = *c;
    str_put(&v->cert_bytes, bytes, CERT_LEN);
    v->cert_count++;
}

static enum err certs_parse(struct vault *v, const struct str *row, struct err_info *err)
{
    if (row->len == 0 || row->len % CERT_LEN != 0) {
        return ERR_SET(err, ERR_DAMAGED, "certificate");
    }
    for (size_t i = 0; i < row->len / CERT_LEN; i++) {
        const unsigned char *bytes = (const unsigned char *)row->data + i * CERT_LEN;
        struct cert c;
        const enum err bad = cert_parse(bytes, CERT_LEN, &c, err);
        if (bad != ERR_OK) {
            return bad;
        }
        if (!cert_accept(v, bytes, &c, i)) {
            return ERR_SET(err, ERR_DAMAGED, "certificate");
        }
        cert_keep(v, &c, bytes);
    }
    return ERR_OK;
}

enum err known_add(struct vault *v, const unsigned char *bytes, size_t n, struct err_info *err)
{
    struct cert c;
    const enum err bad = cert_parse(bytes, n, &c, err);
    if (bad != ERR_OK) {
        return bad;
    }
    for (size_t i = 0; i < v->cert_count; i++) {
        if (memcmp(known_bytes(v, &v->certs[i]), bytes, CERT_LEN) == 0) {
            return ERR_SET(err, ERR_EXISTS, "certificate");
        }
    }
    if (!cert_accept(v, bytes, &c, v->cert_count)) {
        bool there = false;
        for (size_t i = 0; i < v->cert_count; i++) {
            there = there || memcmp(v->certs[i].subject, c.issuer, ID_LEN) == 0;
        }
        return ERR_SET(err, there ? ERR_RIGHTS : ERR_NOT_FOUND, "certificate");
    }
    cert_keep(v, &c, bytes);
    known_touch(v);
    return ERR_OK;
}

static enum err org_parse(struct vault *v, const struct str *row, struct err_info *err)
{
    return org_get((const unsigned char *)row->data, row->len, &v->org, err);
}

static enum err zone_parse(struct vault *v, const struct str *row, struct err_info *err)
{
    if (row->len > ZONE_MAX) {
        return ERR_SET(err, ERR_DAMAGED, "zone");
    }
    memcpy(v->zone, str_cstr(row), row->len + 1);
    return ERR_OK;
}

static enum err load_row(struct vault *v, const char *name,
                         enum err (*parse)(struct vault *v, const struct str *row,
                                           struct err_info *err),
                         struct err_info *err)
{
    struct str row = STR_INIT;
    enum err bad = meta_get(v, name, &row, err);
    if (bad == ERR_OK) {
        bad = parse(v, &row, err);
    }
    str_done(&row);
    return bad;
}

/* Certificates and zone are needed; the members can be read from the log again. */
enum err known_load(struct vault *v, struct err_info *err)
{
    known_forget(v);
    enum err bad = load_row(v, "certs", certs_parse, err);
    if (bad == ERR_OK) {
        bad = load_row(v, "zone", zone_parse, err);
    }
    if (bad == ERR_NOT_FOUND) {
        return ERR_SET(err, ERR_DAMAGED, "meta");
    }
    return bad == ERR_OK ? load_row(v, "members", org_parse, err) : bad;
}

enum err known_fresh(struct vault *v, uint64_t generation, struct err_info *err)
{
    if (v->org.generation == generation) {
        return ERR_OK;
    }
    const enum err bad = known_load(v, err);
    return bad == ERR_NOT_FOUND ? ERR_SET(err, ERR_DAMAGED, "meta") : bad;
}

enum err known_now(struct vault *v, struct err_info *err)
{
    /* Nobody else committed since: what is here is the newest. */
    const int64_t version = db_data_version(v->db);
    if (version == v->data_version && v->org.generation != UINT64_MAX) {
        return ERR_OK;
    }
    struct chain *c = mem_alloc(sizeof *c);
    enum err bad = chain_read(v, c, err);
    if (bad == ERR_OK) {
        bad = known_fresh(v, c->generation, err);
    }
    v->data_version = bad == ERR_OK ? version : 0;
    free(c);
    return bad;
}

void known_touch(struct vault *v)
{
    v->org.generation++;
    v->org_is_dirty = true;
    if (v->stands != NULL) {
        memset(v->stands, 0, STAND_CACHE * sizeof *v->stands);
    }
}

enum err known_save(struct vault *v, struct err_info *err)
{
    if (!v->org_is_dirty) {
        return ERR_OK;
    }
    struct str row = STR_INIT;
    org_put(&v->org, &row);
    enum err bad = meta_put(v, "members", row.data, row.len, err);
    if (bad == ERR_OK) {
        bad = meta_put(v, "certs", v->cert_bytes.data, v->cert_bytes.len, err);
    }
    str_done(&row);
    v->org_is_dirty = bad != ERR_OK;
    return bad;
}

void known_forget(struct vault *v)
{
    if (v->org.member != NULL) {
        mem_wipe(v->org.member, v->org.members * sizeof *v->org.member);
    }
    org_done(&v->org);
    free(v->certs);
    str_done(&v->cert_bytes);
    v->certs = NULL;
    v->cert_count = 0;
    v->org_is_dirty = false;
    mem_wipe(v->zone, sizeof v->zone);
    store_forget(v);
}

const struct cert *known_cert(const struct vault *v, enum cert_kind kind,
                              const unsigned char subject[ID_LEN])
{
    const struct cert *best = NULL;
    for (size_t i = 0; i < v->cert_count; i++) {
        const struct cert *c = &v->certs[i];
        if (c->kind == kind && memcmp(c->subject, subject, ID_LEN) == 0 &&
            (best == NULL || c->serial > best->serial) && cert_holds(v, c)) {
            best = c;
        }
    }
    return best;
}

bool known_holds(const struct vault *v, const unsigned char bytes[CERT_LEN])
{
    for (size_t i = 0; i < v->cert_count; i++) {
        if (memcmp(known_bytes(v, &v->certs[i]), bytes, CERT_LEN) == 0) {
            return cert_holds(v, &v->certs[i]);
        }
    }
    return false;
}

const char *known_name(const struct vault *v, const unsigned char member[ID_LEN])
{
    const struct org_member *m = org_member_of(&v->org, member);
    return m != NULL ? m->name : "";
}

const unsigned char *vault_member_id(const vault *v)
{
    return v->keys != NULL ? v->member : NULL;
}

const char *vault_member_name(const vault *v)
{
    const unsigned char *member = vault_member_id(v);
    return member != NULL ? known_name(v, member) : "";
}

enum vault_role vault_own_role(const vault *v)
{
    const unsigned char *member = vault_member_id(v);
    const struct org_member *m = member != NULL ? org_member_of(&v->org, member) : NULL;
    return m != NULL && !m->is_removed ? m->role : VAULT_ROLE_NONE;
}

const unsigned char *vault_device_id(const vault *v)
{
    return v->device;
}

const char *vault_zone(const vault *v)
{
    return v->zone;
}
