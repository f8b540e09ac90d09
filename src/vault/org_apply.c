/* An organisation event into this replica's state: certificates, members, epochs, compartments,
 * wraps that are to go. Invariant: called for every organisation event exactly in the transaction
 * that adds it to the log, whoever wrote it; doing it again changes nothing. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "safe_int.h"

static enum err take_certs(struct vault *v, const jv *certs, struct err_info *err)
{
    for (size_t i = 0; i < jv_count(certs); i++) {
        unsigned char bytes[CERT_LEN];
        const char *hex = jv_string(jv_item(certs, i));
        if (hex == NULL || !hex_get(bytes, CERT_LEN, hex)) {
            return ERR_SET(err, ERR_RIGHTS, "certificate");
        }
        const enum err bad = known_add(v, bytes, CERT_LEN, err);
        if (bad != ERR_OK && bad != ERR_EXISTS) {
            return bad == ERR_NOT_FOUND ? bad : ERR_SET(err, ERR_RIGHTS, "certificate");
        }
    }
    return ERR_OK;
}

static enum err drop_wrap_of(struct vault *v, const struct epoch *e, void *payload,
                             struct err_info *err)
{
    return wrap_delete(v, e->compartment, e->id, payload, err);
}

static enum err apply_members(struct vault *v, const struct event_view *e,
                              const struct event_payload *p, struct err_info *err)
{
    jv *top = NULL;
    unsigned char member[ID_LEN];
    if (jv_parse(p->text, p->len, &top, NULL) != ERR_OK) {
        return ERR_SET(err, ERR_RIGHTS, "organisation");
    }
    enum err bad = take_certs(v, jv_at(top, "certs"), err);
    if (bad == ERR_OK) {
        bad = org_fold(v, &v->org, e->clock, p, err);
    }
    const char *hex = jv_str_at(top, "member");
    if (bad == ERR_OK && p->kind == EVENT_KIND_REMOVED && hex != NULL &&
        hex_get(member, ID_LEN, hex)) {
        bad = epoch_each(v, drop_wrap_of, member, err);
    }
    jv_free(top);
    if (bad == ERR_OK) {
        known_touch(v);
    }
    return bad;
}

/* Loads the compartment, or begins an empty one. */
static enum err comp_want(struct vault *v, const unsigned char *id, struct comp *c,
                          struct err_info *err)
{
    const enum err bad = comp_load(v, id, c, err);
    if (bad == ERR_NOT_FOUND) {
        *c = (struct comp){.sort = VAULT_SORT_CASE};
        memcpy(c->id, id, ID_LEN);
        return ERR_OK;
    }
    return bad;
}

/* A case knows its parts; of two that were opened at once the lower id stands. */
static enum err name_part(struct vault *v, const struct epoch *d, struct err_info *err)
{
    static const unsigned char zero[ID_LEN] = {0};
    struct comp kase = {.count = 0};
    enum err bad = comp_want(v, d->of_case, &kase, err);
    if (bad == ERR_OK) {
        unsigned char *at = kase.parts[d->part];
        if (memcmp(at, zero, ID_LEN) == 0 || memcmp(d->compartment, at, ID_LEN) < 0) {
            memcpy(at, d->compartment, ID_LEN);
            bad = comp_store(v, &kase, err);
        }
    }
    comp_done(&kase);
    return bad;
}

/* Who stood in a parent and stands in no list now loses her wraps of the whole compartment. */
static enum err drop_lost(struct vault *v, const struct comp *c, const struct epoch *d,
                          const unsigned char *member, struct err_info *err)
{
    enum err bad = ERR_OK;
    if (epoch_role(d, member) != VAULT_ROLE_NONE || epoch_has_office(d, member)) {
        return ERR_OK;
    }
    for (size_t i = 0; bad == ERR_OK && i < c->count; i++) {
        bad = wrap_delete(v, c->id, c->epochs[i].id, member, err);
    }
    return bad;
}

static enum err drop_all_lost(struct vault *v, const struct comp *c, const struct epoch *d,
                              struct err_info *err)
{
    enum err bad = ERR_OK;
    for (size_t i = 0; i < d->parents; i++) {
        const struct epoch *p = epoch_find(v, d->compartment, d->parent[i]);
        for (size_t k = 0; p != NULL && bad == ERR_OK && k < p->members; k++) {
            bad = drop_lost(v, c, d, p->member[k].id, err);
        }
        for (size_t k = 0; p != NULL && bad == ERR_OK && k < p->offices; k++) {
            bad = drop_lost(v, c, d, p->office[k], err);
        }
    }
    return bad;
}

/* A key that came before its epoch was announced and is not the one announced goes. */
static enum err check_key(struct vault *v, const struct epoch *d, struct err_info *err)
{
    unsigned char *key = v->keys->raw;
    const enum err bad = ckey_raw(v, d->compartment, d->id, key, err);
    if (bad == ERR_RIGHTS) {
        return ERR_OK;
    }
    return bad == ERR_OK && !epoch_commits(d, key) ? ckey_drop(v, d->compartment, d->id, err) : bad;
}

static enum err apply_epoch(struct vault *v, const struct event_view *e,
                            const struct event_payload *p, struct err_info *err)
{
    struct epoch *d = NULL;
    struct comp c = {.count = 0};
    const unsigned char *own = vault_member_id(v);
    enum err bad = epoch_read(p->text, p->len, &d, err);
    if (bad != ERR_OK) {
        return ERR_SET(err, ERR_RIGHTS, "epoch");
    }
    d->clock = e->clock;
    bad = comp_want(v, d->compartment, &c, err);
    if (bad == ERR_OK) {
        comp_take(&c, d, own != NULL ? own : d->compartment);
        bad = comp_store(v, &c, err);
    }
    if (bad == ERR_OK) {
        bad = epoch_store(v, d, err);
    }
    if (bad == ERR_OK) {
        bad = check_key(v, d, err);
    }
    if (bad == ERR_OK && d->sort == VAULT_SORT_PART) {
        bad = name_part(v, d, err);
    }
    if (bad == ERR_OK && p->kind == EVENT_KIND_SUCCESSOR) {
        bad = drop_all_lost(v, &c, d, err);
        known_touch(v);
    }
    comp_done(&c);
    epoch_free(d);
    return bad;
}

static enum err apply_hold(struct vault *v, const struct event_payload *p, struct err_info *err)
{
    jv *top = NULL;
    unsigned char id[ID_LEN];
    struct comp c = {.count = 0};
    if (jv_parse(p->text, p->len, &top, NULL) != ERR_OK) {
        return ERR_SET(err, ERR_RIGHTS, "hold");
    }
    const char *hex = jv_str_at(top, "compartment");
    enum err bad = hex != NULL && hex_get(id, ID_LEN, hex) ? ERR_OK
                                                           : ERR_SET(err, ERR_RIGHTS, "hold");
    jv_free(top);
    if (bad == ERR_OK) {
        bad = comp_load(v, id, &c, err);
    }
    if (bad == ERR_OK) {
        c.flags = p->kind == EVENT_KIND_HOLD ? c.flags | COMP_HELD : c.flags & ~(unsigned)COMP_HELD;
        bad = comp_store(v, &c, err);
    }
    comp_done(&c);
    return bad;
}

enum err org_apply(struct vault *v, const struct event_view *e, const struct event_payload *p,
                   struct err_info *err)
{
    switch (p->kind) {
    case EVENT_KIND_MEMBER:
    case EVENT_KIND_ROLE:
    case EVENT_KIND_REMOVED:
    case EVENT_KIND_DEVICE:
    case EVENT_KIND_DEVICE_CLOSED: return apply_members(v, e, p, err);
    case EVENT_KIND_EPOCH:
    case EVENT_KIND_SUCCESSOR: return apply_epoch(v, e, p, err);
    case EVENT_KIND_ERASURE_REQUEST:
    case EVENT_KIND_ERASURE_APPROVED:
    case EVENT_KIND_ERASURE_REFUSED: return erasure_apply(v, e, p, err);
    case EVENT_KIND_HOLD:
    case EVENT_KIND_HOLD_LIFTED: return apply_hold(v, p, err);
    default: return ERR_OK;
    }
}

/* ---- what this replica knows, for the authority ---- */

static const struct epoch *ask_epoch(void *payload, const unsigned char *compartment,
                                     const unsigned char *id)
{
    return epoch_find(payload, compartment, id);
}

static const struct comp *ask_comp(void *payload, const unsigned char *compartment)
{
    struct vault *v = payload;
    comp_done(&v->looked_up);
    return comp_load(v, compartment, &v->looked_up, NULL) == ERR_OK ? &v->looked_up : NULL;
}

static const unsigned char *ask_author(void *payload, const unsigned char *device)
{
    const struct vault *v = payload;
    const struct cert *c = known_cert(v, CERT_DEVICE, device);
    return c != NULL ? c->issuer : NULL;
}

static bool ask_founder(void *payload, const unsigned char *member)
{
    const struct vault *v = payload;
    for (size_t i = 0; i < v->cert_count; i++) {
        const struct cert *c = &v->certs[i];
        if (c->kind == CERT_MEMBER && c->role == VAULT_ROLE_COORDINATOR &&
            memcmp(c->subject, member, ID_LEN) == 0 &&
            memcmp(c->issuer, v->organisation, ID_LEN) == 0) {
            return true;
        }
    }
    return false;
}

void authority_here(struct vault *v, struct authority *out)
{
    *out = (struct authority){.org = &v->org,
                              .epoch = ask_epoch,
                              .comp = ask_comp,
                              .author = ask_author,
                              .is_founder = ask_founder,
                              .payload = v};
}

enum err authority_check(struct vault *v, const struct event_view *e, const struct event_payload *p,
                         struct err_info *err)
{
    struct authority a;
    authority_here(v, &a);
    return authority_of(&a, e, p, err);
}
