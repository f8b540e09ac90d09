/* The other side of joining: a request becomes a member, or a further device of the one who accepts
 * it, and is answered with a welcome. Invariant: the welcome is made of what was committed before;
 * making it again gives the same rights. */
#include "join_int.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "arrive_int.h"
#include "base/arena.h"
#include "base/json.h"
#include "keys_int.h"

enum err vault_request_read(const vault *v, const void *request, size_t n,
                            struct vault_request *out, struct str *words, struct err_info *err)
{
    struct request r;
    const enum err bad = request_parse(request, n, &r, err);
    (void)v;
    if (bad != ERR_OK) {
        return bad;
    }
    *out = (struct vault_request){.is_second_device = r.is_second_device};
    memcpy(out->name, r.name, sizeof r.name);
    memcpy(out->device, r.device, ID_LEN);
    if (!r.is_second_device) {
        cert_member_id(out->member, r.member_sign);
    }
    request_words(request, r.lang, words);
    return ERR_OK;
}

void vault_organisation_words(const vault *v, enum lang lang, struct str *words)
{
    organisation_words(v->organisation, lang, words);
}

/* ---- the welcome */

static bool put_record(void *payload, const void *bytes, size_t n)
{
    welcome_put(payload, WELCOME_RECORD, bytes, n);
    return true;
}

static enum err make_welcome(struct vault *v, const struct request *r, struct str *welcome,
                             struct err_info *err)
{
    struct str text = STR_INIT;
    welcome_put(&text, WELCOME_ZONE, v->zone, strlen(v->zone));
    if (r->is_second_device) {
        unsigned char *secrets = keys_alloc(2 * (size_t)KEY_LEN);
        crypto_sign_ed25519_sk_to_seed(secrets, v->keys->member_sign);
        memcpy(secrets + KEY_LEN, v->keys->member_box, KEY_LEN);
        welcome_put(&text, WELCOME_MEMBER, secrets, 2 * (size_t)KEY_LEN);
        keys_free(secrets);
    }
    enum err bad = vault_give(v, put_record, &text, err);
    if (bad == ERR_OK && !welcome_seal(r->device, r->device_box, &text, welcome)) {
        bad = ERR_SET(err, ERR_DAMAGED, "request");
    }
    str_done(&text);
    return bad;
}

/* ---- members */

static void member_cert(const struct vault *v, const struct request *r, enum vault_role role,
                        struct cert *c)
{
    *c = (struct cert){.kind = CERT_MEMBER, .role = role, .serial = 1};
    memcpy(c->organisation, v->organisation, ID_LEN);
    memcpy(c->sign_key, r->member_sign, KEY_LEN);
    memcpy(c->box_key, r->member_box, KEY_LEN);
    cert_member_id(c->subject, r->member_sign);
}

/* By this coordinator, or by the root whose sheet this is. */
static enum err sign_cert(const struct vault *v, struct cert *c, const vault_secret *sheet,
                          unsigned char bytes[CERT_LEN], struct err_info *err)
{
    if (sheet == NULL) {
        memcpy(c->issuer, vault_member_id(v), ID_LEN);
        cert_build(c, v->keys->member_sign, bytes);
        return ERR_OK;
    }
    unsigned char public_key[KEY_LEN];
    unsigned char *seed = keys_alloc(2 * (size_t)KEY_LEN);
    unsigned char *secret = keys_alloc(SIGN_SECRET_LEN);
    enum err bad = sheet_read(sheet, SHEET_ORGANISATION, seed, err);
    if (bad == ERR_OK) {
        hash_subkey(seed + KEY_LEN, seed, "spr/pk/root");
        crypto_sign_seed_keypair(public_key, secret, seed + KEY_LEN);
        cert_organisation_id(c->issuer, public_key);
        if (memcmp(c->issuer, v->organisation, ID_LEN) == 0) {
            cert_build(c, secret, bytes);
        } else {
            bad = ERR_SET(err, ERR_KEY, NULL);
        }
    }
    keys_free(secret);
    keys_free(seed);
    return bad;
}

static void member_text(const struct cert *c, const char *name, const unsigned char *bytes,
                        struct str *out)
{
    char hex[2 * CERT_LEN + 1];
    jv *top = jv_new_object();
    jv *certs = jv_new_array();
    hex_put(hex, bytes, CERT_LEN);
    jv_push(certs, jv_new_string(hex));
    hex_put(hex, c->subject, ID_LEN);
    jv_set_str(top, "member", hex);
    jv_set_str(top, "name", name);
    jv_set_str(top, "role", vault_role_word(c->role));
    jv_set(top, "certs", certs);
    jv_write(top, out);
    jv_free(top);
}

/* Introduced, then listed where her role wants it: the organisation, drop boxes, cases by office. */
static enum err introduce(struct vault *v, struct log_txn *t, const struct cert *c,
                          const struct str *text, struct err_info *err)
{
    enum err bad = log_add_org(v, t, EVENT_KIND_MEMBER, text, err);
    if (bad == ERR_OK) {
        bad = compartment_align(v, t, err);
    }
    if (bad == ERR_OK && c->role == VAULT_ROLE_COORDINATOR) {
        bad = compartment_office(v, c->subject, err);
    }
    return bad;
}

static enum err add_member(struct vault *v, const struct request *r, enum vault_role role,
                           const vault_secret *sheet, struct err_info *err)
{
    struct cert c;
    struct log_txn t;
    unsigned char bytes[CERT_LEN];
    struct str text = STR_INIT;
    if (role <= VAULT_ROLE_NONE || role >= VAULT_ROLE_COUNT) {
        return ERR_SET(err, ERR_USAGE, "role");
    }
    if (vault_own_role(v) != VAULT_ROLE_COORDINATOR ||
        (role == VAULT_ROLE_COORDINATOR && sheet == NULL)) {
        return ERR_SET(err, ERR_RIGHTS, "role");
    }
    member_cert(v, r, role, &c);
    enum err bad = sign_cert(v, &c, role == VAULT_ROLE_COORDINATOR ? sheet : NULL, bytes, err);
    bad = bad == ERR_OK ? log_begin(v, &t, err) : bad;
    if (bad != ERR_OK) {
        return bad;
    }
    if (org_member_of(&v->org, c.subject) != NULL) {
        bad = ERR_SET(err, ERR_EXISTS, "member");
    } else {
        member_text(&c, r->name, bytes, &text);
        bad = introduce(v, &t, &c, &text, err);
    }
    str_done(&text);
    return log_close(v, &t, bad, err);
}

/* ---- a further device */

static enum err add_device(struct vault *v, const struct request *r, struct err_info *err)
{
    struct log_txn t;
    unsigned char bytes[CERT_LEN];
    char hex[2 * CERT_LEN + 1];
    struct str text = STR_INIT;
    struct cert c = {.kind = CERT_DEVICE, .serial = 1};
    memcpy(c.organisation, v->organisation, ID_LEN);
    memcpy(c.subject, r->device, ID_LEN);
    memcpy(c.sign_key, r->device_sign, KEY_LEN);
    memcpy(c.box_key, r->device_box, KEY_LEN);
    memcpy(c.issuer, vault_member_id(v), ID_LEN);
    cert_build(&c, v->keys->member_sign, bytes);
    enum err bad = log_begin(v, &t, err);
    if (bad != ERR_OK) {
        return bad;
    }
    if (org_device_of(&v->org, c.subject) != NULL) {
        return log_close(v, &t, ERR_SET(err, ERR_EXISTS, "device"), err);
    }
    jv *top = jv_new_object();
    jv *certs = jv_new_array();
    hex_put(hex, bytes, CERT_LEN);
    jv_push(certs, jv_new_string(hex));
    hex_put(hex, c.subject, ID_LEN);
    jv_set_str(top, "device", hex);
    hex_put(hex, c.issuer, ID_LEN);
    jv_set_str(top, "member", hex);
    jv_set(top, "certs", certs);
    jv_write(top, &text);
    jv_free(top);
    bad = log_add_org(v, &t, EVENT_KIND_DEVICE, &text, err);
    str_done(&text);
    return log_close(v, &t, bad, err);
}

enum err vault_member_add(vault *v, const void *request, size_t n, enum vault_role role,
                          const vault_secret *organisation_sheet, struct str *welcome,
                          struct err_info *err)
{
    struct request r;
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    enum err bad = request_parse(request, n, &r, err);
    if (bad == ERR_OK) {
        bad = r.is_second_device ? add_device(v, &r, err)
                                 : add_member(v, &r, role, organisation_sheet, err);
    }
    return bad == ERR_OK ? make_welcome(v, &r, welcome, err) : bad;
}

/* ---- new keys for somebody who lost hers */

struct listed {
    unsigned char who[ID_LEN];
    unsigned char (*id)[ID_LEN];
    size_t count;
};

/* Cases and parts whose newest epochs list her and whose key is here. */
static enum err note_listed(struct vault *v, const struct epoch *e, void *payload,
                            struct err_info *err)
{
    struct listed *l = payload;
    struct comp c = {.count = 0};
    if ((e->sort != VAULT_SORT_CASE && e->sort != VAULT_SORT_PART) ||
        epoch_role(e, l->who) == VAULT_ROLE_NONE) {
        return ERR_OK;
    }
    const enum err bad = comp_load(v, e->compartment, &c, err);
    if (bad != ERR_OK) {
        return bad;
    }
    const struct comp_epoch *at = comp_epoch_of(&c, e->id);
    if (at != NULL && (at->flags & COMP_EPOCH_SUCCEEDED) == 0 &&
        (at->flags & (COMP_EPOCH_MEMBER | COMP_EPOCH_OFFICE)) != 0) {
        l->id = mem_realloc(l->id, (l->count + 1) * sizeof *l->id);
        memcpy(l->id[l->count++], e->compartment, ID_LEN);
    }
    comp_done(&c);
    return ERR_OK;
}

/* Part by part: what is granted already, or not hers to grant, is passed over. */
static enum err grant_again(struct vault *v, const struct listed *l,
                            const unsigned char member[ID_LEN], struct err_info *err)
{
    for (size_t i = 0; i < l->count; i++) {
        const enum err bad = vault_grant(v, l->id[i], member, err);
        if (bad != ERR_OK && bad != ERR_EXISTS && bad != ERR_RIGHTS) {
            return bad;
        }
    }
    return ERR_OK;
}

enum err vault_member_renew(vault *v, const void *request, size_t n,
                            const unsigned char old[ID_LEN], const vault_secret *organisation_sheet,
                            struct str *welcome, struct err_info *err)
{
    struct request r;
    struct listed l = {.count = 0};
    unsigned char member[ID_LEN];
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    enum err bad = request_parse(request, n, &r, err);
    if (bad != ERR_OK) {
        return bad;
    }
    const struct org_member *m = org_member_of(&v->org, old);
    if (m == NULL || r.is_second_device || memcmp(old, vault_member_id(v), ID_LEN) == 0) {
        return ERR_SET(err, ERR_NOT_FOUND, "member");
    }
    memcpy(l.who, old, ID_LEN);
    cert_member_id(member, r.member_sign);
    bad = add_member(v, &r, m->role, organisation_sheet, err);
    bad = bad == ERR_EXISTS ? ERR_OK : bad; /* begun before */
    bad = bad == ERR_OK ? epoch_each(v, note_listed, &l, err) : bad;
    bad = bad == ERR_OK ? grant_again(v, &l, member, err) : bad;
    bad = bad == ERR_OK ? vault_member_remove(v, old, "keys lost", err) : bad;
    free(l.id);
    return bad == ERR_OK ? make_welcome(v, &r, welcome, err) : bad;
}
