/* Members and devices: what is known, and a coordinator's changes. Invariant: after a change the
 * organisation and its drop boxes list whom they should, in the same transaction; cases follow
 * with the next write to each. */
#include "vault_int.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "keys_int.h"

#define CLOCK_SHIFT 16

void member_say(const struct vault *v, const struct org_member *m, struct vault_member *out)
{
    const unsigned char *own = vault_member_id(v);
    *out = (struct vault_member){.role = m->role,
                                 .is_removed = m->is_removed,
                                 .is_self = own != NULL && memcmp(own, m->id, ID_LEN) == 0,
                                 .since_ms = (int64_t)(m->since_clock >> CLOCK_SHIFT)};
    memcpy(out->id, m->id, ID_LEN);
    memcpy(out->name, m->name, sizeof out->name);
    for (size_t i = 0; i < v->org.devices; i++) {
        const struct org_device *d = &v->org.device[i];
        out->devices += !d->is_closed && memcmp(d->member, m->id, ID_LEN) == 0 ? 1 : 0;
    }
}

enum err vault_members(vault *v, struct vault_member **out, size_t *count, struct err_info *err)
{
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    const enum err bad = known_now(v, err);
    if (bad != ERR_OK) {
        return bad;
    }
    *out = mem_alloc((v->org.members + 1) * sizeof **out);
    *count = v->org.members;
    for (size_t i = 0; i < v->org.members; i++) {
        member_say(v, &v->org.member[i], &(*out)[i]);
    }
    return ERR_OK;
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

static jv *hex_value(const unsigned char *bytes, size_t n)
{
    char *room = mem_alloc(2 * n + 1);
    hex_put(room, bytes, n);
    jv *value = jv_new_string(room);
    free(room);
    return value;
}

/* Writes and frees top. */
static enum err say(struct vault *v, struct log_txn *t, unsigned kind, jv *top,
                    struct err_info *err)
{
    struct str text = STR_INIT;
    jv_write(top, &text);
    jv_free(top);
    const enum err bad = log_add_org(v, t, kind, &text, err);
    str_done(&text);
    return bad;
}

/* Begins the transaction of a coordinator about another member who is there. */
static enum err begin_about(struct vault *v, struct log_txn *t, const unsigned char *member,
                            struct err_info *err)
{
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    enum err bad = log_begin(v, t, err);
    if (bad != ERR_OK) {
        return bad;
    }
    const struct org_member *m = org_member_of(&v->org, member);
    if (vault_own_role(v) != VAULT_ROLE_COORDINATOR) {
        bad = ERR_SET(err, ERR_RIGHTS, "role");
    } else if (m == NULL || m->is_removed) {
        bad = ERR_SET(err, ERR_NOT_FOUND, "member");
    } else if (memcmp(member, vault_member_id(v), ID_LEN) == 0) {
        bad = ERR_SET(err, ERR_NO, "member");
    }
    if (bad != ERR_OK) {
        log_cancel(v);
    }
    return bad;
}

/* A certificate for the same keys with the new role; root_sign NULL: by this member. Of a
 * colleague's half for a coordinator the serial is taken over, so that the two are twins. */
static void certify(const struct vault *v, const struct cert *now, enum vault_role role,
                    const unsigned char *root_sign, unsigned char out[CERT_LEN])
{
    struct cert c = *now;
    c.role = role;
    memcpy(c.issuer, root_sign != NULL ? v->organisation : vault_member_id(v), ID_LEN);
    for (size_t i = 0; i < v->cert_count; i++) {
        const struct cert *o = &v->certs[i];
        if (o->kind != CERT_MEMBER || memcmp(o->subject, c.subject, ID_LEN) != 0) {
            continue;
        }
        const bool is_half = root_sign == NULL && role == VAULT_ROLE_COORDINATOR &&
                             o->role == role && o->serial > now->serial &&
                             memcmp(o->issuer, c.issuer, ID_LEN) != 0;
        c.serial = is_half ? o->serial : c.serial;
    }
    c.serial += c.serial == now->serial ? 1 : 0;
    cert_build(&c, root_sign != NULL ? root_sign : v->keys->member_sign, out);
}

static enum err change_role(struct vault *v, struct log_txn *t, const unsigned char *member,
                            enum vault_role role, const unsigned char *root_sign,
                            struct err_info *err)
{
    unsigned char bytes[CERT_LEN];
    const struct cert *now = known_cert(v, CERT_MEMBER, member);
    if (now == NULL) {
        return ERR_SET(err, ERR_NOT_FOUND, "certificate");
    }
    if (org_member_of(&v->org, member)->role == role) {
        return ERR_SET(err, ERR_EXISTS, "role");
    }
    if (role == VAULT_ROLE_COORDINATOR && root_sign == NULL && org_coordinators(&v->org) < 3) {
        return ERR_SET(err, ERR_RIGHTS, "sheet");
    }
    certify(v, now, role, root_sign, bytes);
    jv *top = jv_new_object();
    jv *certs = jv_new_array();
    t->is_succeeding = true; /* the new epochs come after the event that makes them needed */
    jv_push(certs, hex_value(bytes, CERT_LEN));
    jv_set(top, "member", hex_value(member, ID_LEN));
    jv_set_str(top, "role", vault_role_word(role));
    jv_set(top, "certs", certs);
    enum err bad = say(v, t, EVENT_KIND_ROLE, top, err);
    if (bad == ERR_OK) {
        bad = compartment_align(v, t, err);
    }
    if (bad == ERR_OK && org_member_of(&v->org, member)->role == VAULT_ROLE_COORDINATOR) {
        bad = compartment_office(v, member, err);
    }
    return bad;
}

static enum err set_role(struct vault *v, const unsigned char *member, enum vault_role role,
                         const unsigned char *root_sign, struct err_info *err)
{
    struct log_txn t;
    if (role <= VAULT_ROLE_NONE || role >= VAULT_ROLE_COUNT) {
        return ERR_SET(err, ERR_USAGE, "role");
    }
    enum err bad = begin_about(v, &t, member, err);
    if (bad != ERR_OK) {
        return bad;
    }
    bad = change_role(v, &t, member, role, root_sign, err);
    return log_close(v, &t, bad, err);
}

enum err vault_member_role(vault *v, const unsigned char member[ID_LEN], enum vault_role role,
                           struct err_info *err)
{
    return set_role(v, member, role, NULL, err);
}

enum err root_open(const struct vault *v, const vault_secret *sheet, struct root_keys *out,
                   struct err_info *err)
{
    unsigned char id[ID_LEN];
    unsigned char public_key[KEY_LEN];
    enum err bad = sheet_read(sheet, SHEET_ORGANISATION, out->seed, err);
    if (bad != ERR_OK) {
        return bad;
    }
    hash_subkey(out->sign_seed, out->seed, "spr/pk/root");
    hash_subkey(out->box, out->seed, "spr/pk/rec");
    crypto_sign_seed_keypair(public_key, out->sign, out->sign_seed);
    cert_organisation_id(id, public_key);
    return memcmp(id, v->organisation, ID_LEN) == 0 ? ERR_OK : ERR_SET(err, ERR_KEY, "sheet");
}

enum err vault_member_role_sheet(vault *v, const unsigned char member[ID_LEN], enum vault_role role,
                                 const vault_secret *organisation_sheet, struct err_info *err)
{
    struct root_keys *root = keys_alloc(sizeof *root);
    enum err bad = root_open(v, organisation_sheet, root, err);
    if (bad == ERR_OK) {
        bad = set_role(v, member, role, root->sign, err);
    }
    keys_free(root);
    return bad;
}

enum err vault_member_remove(vault *v, const unsigned char member[ID_LEN], const char *reason,
                             struct err_info *err)
{
    struct log_txn t;
    enum err bad = begin_about(v, &t, member, err);
    if (bad != ERR_OK) {
        return bad;
    }
    jv *top = jv_new_object();
    jv_set(top, "member", hex_value(member, ID_LEN));
    jv_set_str(top, "reason", reason);
    t.is_succeeding = true; /* the new epochs come after the event that makes them needed */
    bad = say(v, &t, EVENT_KIND_REMOVED, top, err);
    if (bad == ERR_OK) {
        bad = compartment_align(v, &t, err);
    }
    return log_close(v, &t, bad, err);
}

enum err vault_device_close(vault *v, const unsigned char device[ID_LEN], const char *reason,
                            struct err_info *err)
{
    struct log_txn t;
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    enum err bad = log_begin(v, &t, err);
    if (bad != ERR_OK) {
        return bad;
    }
    const struct org_device *d = org_device_of(&v->org, device);
    const struct chain_head *head = chain_find(&t.chain, device);
    const uint64_t last = head != NULL ? head->seq : 0;
    if (d == NULL) {
        bad = ERR_SET(err, ERR_NOT_FOUND, "device");
    } else if (d->is_closed && d->closed_seq <= last) { /* after a restore it ends later */
        bad = ERR_SET(err, ERR_EXISTS, "device");
    } else if (memcmp(device, v->device, ID_LEN) == 0) {
        bad = ERR_SET(err, ERR_NO, "device");
    }
    if (bad == ERR_OK) {
        jv *top = jv_new_object();
        jv_set(top, "device", hex_value(device, ID_LEN));
        jv_set_int(top, "seq", (int64_t)last);
        jv_set_str(top, "reason", reason);
        bad = say(v, &t, EVENT_KIND_DEVICE_CLOSED, top, err);
    }
    return log_close(v, &t, bad, err);
}

static const char *const audit_words[VAULT_AUDIT_COUNT] = {"unlock", "open",   "unmask", "search",
                                                           "print",  "export", "verify", "backup"};

enum err vault_audit(vault *v, enum vault_audit_what what, const char *code, uint64_t count,
                     struct err_info *err)
{
    struct log_txn t;
    unsigned char id[HASH_LEN];
    struct vault_write w = {.kind = EVENT_KIND_AUDIT, .kind_version = 1};
    struct str text = STR_INIT;
    if (v->keys == NULL || (unsigned)what >= VAULT_AUDIT_COUNT) {
        return ERR_SET(err, v->keys == NULL ? ERR_KEY : ERR_USAGE, NULL);
    }
    enum err bad = log_begin(v, &t, err);
    if (bad != ERR_OK) {
        return bad;
    }
    jv *top = jv_new_object();
    jv_set_str(top, "what", audit_words[what]);
    jv_set_str(top, "code", code);
    jv_set_int(top, "count", (int64_t)count);
    jv_write(top, &text);
    jv_free(top);
    w.text = str_cstr(&text);
    w.len = text.len;
    vault_drop_box(v, VAULT_SORT_AUDIT, w.compartment);
    bad = log_add(v, &t, &w, id, err);
    str_done(&text);
    return log_close(v, &t, bad, err);
}
