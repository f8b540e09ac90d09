/* Which device this replica is. Invariant: the keyfile says who writes, the value `device` in meta
 * says who wrote last; where they differ the keyfile's device is new, and it is certified and
 * announced before anything else is written. A new one is taken when the folder was restored or
 * put back to an older state, so that no number of a chain is ever used twice. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <errno.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "keys_int.h"
#include "safe_int.h"

#define LAST_DEVICE "device" /* in meta */
/* What the old device wrote between the backup and its loss, and others have, still counts: as
 * much as a replica holds back at most. */
#define MARGIN 4096

void device_fresh(struct keyfile_secrets *s)
{
    random_bytes(s->device_sign_seed, KEY_LEN);
    random_bytes(s->device_box_key, KEY_LEN);
    random_bytes(s->device, ID_LEN);
}

enum err keyfile_store_secrets(struct vault *v, const struct keyfile_secrets *s,
                               struct err_info *err)
{
    struct keyfile k;
    unsigned char bytes[KEYFILE_MAX];
    if (flock(v->dir_fd, LOCK_EX) != 0) {
        return err_errno(err, __func__, errno, NULL);
    }
    enum err bad = keyfile_load(v, &k, err);
    if (bad == ERR_OK) {
        keyfile_seal_secrets(&k, s, v->keys->mk);
        char *path = file_join(v->dir, "keyfile");
        bad = file_replace(path, bytes, keyfile_build(&k, bytes), 0600, err);
        free(path);
    }
    (void)flock(v->dir_fd, LOCK_UN);
    return bad;
}

/* secrets: in the key arena. */
static enum err load_secrets(struct vault *v, struct keyfile_secrets *s, struct err_info *err)
{
    struct keyfile k;
    const enum err bad = keyfile_load(v, &k, err);
    return bad == ERR_OK ? keyfile_open_secrets(&k, v->keys->mk, s, err) : bad;
}

/* From now on this process writes as the keyfile says. */
static void adopt(struct vault *v, const struct keyfile_secrets *s)
{
    unsigned char ignored[KEY_LEN];
    crypto_sign_seed_keypair(ignored, v->keys->device_sign, s->device_sign_seed);
    memcpy(v->keys->device_box, s->device_box_key, KEY_LEN);
    memcpy(v->keys->member_box, s->member_box_key, KEY_LEN);
    memcpy(v->device, s->device, ID_LEN);
}

static void own_member(const struct vault *v, unsigned char id[ID_LEN])
{
    unsigned char public_key[KEY_LEN];
    crypto_sign_ed25519_sk_to_pk(public_key, v->keys->member_sign);
    cert_member_id(id, public_key);
}

enum err device_certify(struct vault *v, struct err_info *err)
{
    unsigned char bytes[CERT_LEN];
    if (known_cert(v, CERT_DEVICE, v->device) != NULL) {
        return ERR_OK;
    }
    struct cert c = {.kind = CERT_DEVICE, .serial = (uint64_t)clock_now_ms()};
    crypto_sign_ed25519_sk_to_pk(c.sign_key, v->keys->device_sign);
    crypto_scalarmult_base(c.box_key, v->keys->device_box);
    memcpy(c.organisation, v->organisation, ID_LEN);
    memcpy(c.subject, v->device, ID_LEN);
    own_member(v, c.issuer);
    cert_build(&c, v->keys->member_sign, bytes);
    return known_add(v, bytes, CERT_LEN, err);
}

/* An event about a device, with a certificate (NULL: none). seq < 0: no number. */
static enum err say_device(struct vault *v, struct log_txn *t, unsigned kind,
                           const unsigned char *device, int64_t seq, const struct cert *cert,
                           struct err_info *err)
{
    char hex[2 * CERT_LEN + 1];
    struct str text = STR_INIT;
    jv *top = jv_new_object();
    hex_put(hex, device, ID_LEN);
    jv_set_str(top, "device", hex);
    if (cert != NULL) {
        unsigned char member[ID_LEN];
        const struct cert *owner = known_cert(v, CERT_DEVICE, device);
        memcpy(member, owner->issuer, ID_LEN);
        hex_put(hex, member, ID_LEN);
        jv_set_str(top, "member", hex);
        hex_put(hex, known_bytes(v, cert), CERT_LEN);
        jv *certs = jv_new_array();
        jv_push(certs, jv_new_string(hex));
        jv_set(top, "certs", certs);
    }
    if (seq >= 0) {
        jv_set_int(top, "seq", seq);
        jv_set_str(top, "reason", "restored");
    }
    jv_write(top, &text);
    jv_free(top);
    const enum err bad = log_add_org(v, t, kind, &text, err);
    str_done(&text);
    return bad;
}

/* The old one ends at a number, if it was this member's. */
static enum err close_old(struct vault *v, struct log_txn *t, const unsigned char *old,
                          uint64_t last, struct err_info *err)
{
    unsigned char own[ID_LEN];
    const struct cert *c = known_cert(v, CERT_DEVICE, old);
    own_member(v, own);
    if (c == NULL || memcmp(c->issuer, own, ID_LEN) != 0 || org_device_of(&v->org, old) == NULL) {
        return ERR_OK;
    }
    return say_device(v, t, EVENT_KIND_DEVICE_CLOSED, old, (int64_t)last, NULL, err);
}

/* Certificate and announcement of the keyfile's device in place of the old one. */
static enum err introduce(struct vault *v, struct log_txn *t, const unsigned char *old,
                          uint64_t last, struct err_info *err)
{
    t->is_settling = true;
    enum err bad = device_certify(v, err);
    if (bad == ERR_OK) {
        bad = say_device(v, t, EVENT_KIND_DEVICE, v->device, -1,
                         known_cert(v, CERT_DEVICE, v->device), err);
    }
    if (bad == ERR_OK) {
        bad = close_old(v, t, old, last, err);
    }
    if (bad == ERR_OK) {
        bad = meta_put(v, LAST_DEVICE, v->device, ID_LEN, err);
    }
    t->is_settling = false;
    return bad;
}

static uint64_t last_of(const struct log_txn *t, const unsigned char *device)
{
    const struct chain_head *h = chain_find(&t->chain, device);
    return h != NULL ? h->seq : 0;
}

/* Another process may have taken the new device; else this one finishes what was begun. */
static enum err catch_up(struct vault *v, struct log_txn *t, const unsigned char *last_device,
                         struct err_info *err)
{
    struct keyfile_secrets *s = keys_alloc(sizeof *s);
    enum err bad = load_secrets(v, s, err);
    if (bad == ERR_OK) {
        adopt(v, s);
    }
    keys_free(s);
    if (bad != ERR_OK || memcmp(v->device, last_device, ID_LEN) == 0) {
        return bad;
    }
    return introduce(v, t, last_device, last_of(t, last_device) + MARGIN, err);
}

/* The log is behind its mark: it was cut or put back. What the mark reached counts where it is. */
static enum err take_new(struct vault *v, struct log_txn *t, uint64_t reached, struct err_info *err)
{
    unsigned char old[ID_LEN];
    struct keyfile_secrets *s = keys_alloc(sizeof *s);
    memcpy(old, v->device, ID_LEN);
    enum err bad = load_secrets(v, s, err);
    if (bad == ERR_OK) {
        device_fresh(s);
        bad = keyfile_store_secrets(v, s, err);
    }
    if (bad == ERR_OK) {
        adopt(v, s);
        const uint64_t last = last_of(t, old);
        bad = introduce(v, t, old, last > reached ? last : reached, err);
    }
    keys_free(s);
    return bad;
}

enum err device_settle(struct vault *v, struct log_txn *t, struct err_info *err)
{
    unsigned char last[ID_LEN];
    uint64_t reached = 0;
    struct str row = STR_INIT;
    enum err bad = meta_get(v, LAST_DEVICE, &row, err);
    const bool known = bad == ERR_OK && row.len == ID_LEN;
    if (known) {
        memcpy(last, row.data, ID_LEN);
    }
    str_done(&row);
    if (bad == ERR_NOT_FOUND) {
        return meta_put(v, LAST_DEVICE, v->device, ID_LEN, err);
    }
    if (bad != ERR_OK || !known) {
        return bad != ERR_OK ? bad : ERR_SET(err, ERR_DAMAGED, "meta");
    }
    if (memcmp(last, v->device, ID_LEN) != 0) {
        bad = catch_up(v, t, last, err);
    }
    if (bad == ERR_OK && head_is_ahead(v, &t->chain, &reached)) {
        bad = take_new(v, t, reached, err);
    }
    return bad;
}

/* ---- another box key ---- */

static enum err wrap_again(struct vault *v, const struct epoch *e, void *payload,
                           struct err_info *err)
{
    unsigned char hash[HASH_LEN];
    unsigned char *key = keys_alloc(KEY_LEN);
    enum err bad = ckey_raw(v, e->compartment, e->id, key, NULL);
    bad = bad == ERR_OK ? wrap_make(v, e->compartment, e->id, key, payload, hash, err) : ERR_OK;
    keys_free(key);
    return bad;
}

enum err device_wrap_own(struct vault *v, struct err_info *err)
{
    unsigned char own[ID_LEN];
    own_member(v, own);
    return epoch_each(v, wrap_again, own, err);
}

static unsigned open_devices(const struct vault *v, const unsigned char *member)
{
    unsigned n = 0;
    for (size_t i = 0; i < v->org.devices; i++) {
        n += !v->org.device[i].is_closed && memcmp(v->org.device[i].member, member, ID_LEN) == 0;
    }
    return n;
}

/* Her signing key vouches for the box key: same subject, role and signing key, a higher serial. */
static enum err certify_box(struct vault *v, const struct cert *now,
                            const struct keyfile_secrets *s, struct log_txn *t,
                            struct err_info *err)
{
    unsigned char bytes[CERT_LEN];
    struct cert c = *now;
    const uint64_t ms = (uint64_t)clock_now_ms();
    crypto_scalarmult_base(c.box_key, s->member_box_key);
    memcpy(c.issuer, c.subject, ID_LEN);
    c.serial = ms > now->serial ? ms : now->serial + 1;
    cert_build(&c, v->keys->member_sign, bytes);
    const enum err bad = known_add(v, bytes, CERT_LEN, err);
    return bad == ERR_OK ? say_device(v, t, EVENT_KIND_DEVICE, v->device, -1,
                                      known_cert(v, CERT_MEMBER, c.subject), err)
                         : bad;
}

/* In one transaction: certified, wrapped, and, last before the commit, in the keyfile. fresh: with
 * a new key, else with the one that is there. */
static enum err renew_box(struct vault *v, const unsigned char *own, bool fresh,
                          struct err_info *err)
{
    struct log_txn t;
    struct keyfile_secrets *s = keys_alloc(sizeof *s);
    enum err bad = log_begin(v, &t, err);
    if (bad == ERR_OK) {
        bad = load_secrets(v, s, err);
        if (fresh) {
            random_bytes(s->member_box_key, KEY_LEN);
        }
        if (bad == ERR_OK) {
            bad = certify_box(v, known_cert(v, CERT_MEMBER, own), s, &t, err);
        }
        if (bad == ERR_OK) {
            bad = device_wrap_own(v, err);
        }
        if (bad == ERR_OK && fresh) {
            bad = keyfile_store_secrets(v, s, err);
        }
        if (bad == ERR_OK) {
            memcpy(v->keys->member_box, s->member_box_key, KEY_LEN);
        }
        bad = log_close(v, &t, bad, err);
    }
    keys_free(s);
    return bad;
}

enum err device_renew_box(struct vault *v, struct err_info *err)
{
    unsigned char own[ID_LEN];
    own_member(v, own);
    /* Her other devices hold the old key and would open nothing that comes. */
    return known_cert(v, CERT_MEMBER, own) == NULL || open_devices(v, own) > 1
               ? ERR_OK
               : renew_box(v, own, true, err);
}

static bool box_fits(const struct vault *v, const unsigned char *own)
{
    unsigned char public_key[KEY_LEN];
    const struct cert *c = known_cert(v, CERT_MEMBER, own);
    return c == NULL || (crypto_scalarmult_base(public_key, v->keys->member_box) == 0 &&
                         memcmp(public_key, c->box_key, KEY_LEN) == 0);
}

enum err device_check(struct vault *v, struct err_info *err)
{
    struct log_txn t;
    unsigned char own[ID_LEN];
    struct str row = STR_INIT;
    enum err bad = meta_get(v, LAST_DEVICE, &row, err);
    const bool settled = bad == ERR_NOT_FOUND || (bad == ERR_OK && row.len == ID_LEN &&
                                                  memcmp(row.data, v->device, ID_LEN) == 0);
    str_done(&row);
    bad = bad == ERR_NOT_FOUND ? ERR_OK : bad;
    if (bad == ERR_OK && !settled) {
        bad = log_begin(v, &t, err);
        bad = bad == ERR_OK ? log_close(v, &t, ERR_OK, err) : bad;
    }
    if (bad == ERR_OK && known_cert(v, CERT_DEVICE, v->device) == NULL) {
        bad = ERR_SET(err, ERR_DAMAGED, "certificate");
    }
    own_member(v, own);
    return bad == ERR_OK && !box_fits(v, own) ? renew_box(v, own, false, err) : bad;
}
