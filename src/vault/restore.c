/* A vault from a backup. Invariant: it is made whole beside its place and then renamed into it,
 * and it never writes as the device that made the backup. The organisation's sheet alone makes a
 * new coordinator of whoever holds it, who can read every epoch that was wrapped for recovery. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup_int.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "keys_int.h"
#include "safe_int.h"

/* What exists only while a vault is restored; in the key arena. */
struct revival {
    unsigned char mk[KEY_LEN], seed[SHEET_SEED_LEN], member_seed[SHEET_SEED_LEN];
    unsigned char root_sign_seed[KEY_LEN], root_sign[SIGN_SECRET_LEN], root_box[KEY_LEN];
    unsigned char key[KEY_LEN];
    struct keyfile_secrets secrets;
};

static enum err write_keyfile(const char *dir, const struct keyfile *k, struct err_info *err)
{
    unsigned char bytes[KEYFILE_MAX];
    char *path = file_join(dir, "keyfile");
    const enum err bad = file_replace(path, bytes, keyfile_build(k, bytes), 0600, err);
    free(path);
    return bad;
}

/* ---- by passphrase or the member's sheet: the same member, another device ---- */

static enum err open_own(const struct vault_restore *how, const struct keyfile *k,
                         struct revival *r, struct err_info *err)
{
    if (how->member_sheet == NULL) {
        return keyfile_open_passphrase(k, how->passphrase, r->mk, err);
    }
    const enum err bad = sheet_read(how->member_sheet, SHEET_MEMBER, r->seed, err);
    return bad == ERR_OK ? keyfile_open_sheet(k, r->seed, r->mk, err) : bad;
}

static enum err revive_own(const struct vault_restore *how, struct keyfile *k, struct revival *r,
                           struct err_info *err)
{
    enum err bad = open_own(how, k, r, err);
    if (bad == ERR_OK) {
        bad = keyfile_open_secrets(k, r->mk, &r->secrets, err);
    }
    if (bad == ERR_OK && how->new_passphrase != NULL) {
        bad = keyfile_slot_passphrase(k, how->new_passphrase, how->kdf, r->mk, err);
    }
    if (bad == ERR_OK) {
        device_fresh(&r->secrets);
        keyfile_seal_secrets(k, &r->secrets, r->mk);
    }
    return bad;
}

/* ---- by the organisation's sheet: a new member ---- */

static enum err root_keys(const struct vault_restore *how, struct revival *r, struct err_info *err)
{
    unsigned char public_key[KEY_LEN];
    const enum err bad = sheet_read(how->organisation_sheet, SHEET_ORGANISATION, r->seed, err);
    if (bad == ERR_OK) {
        hash_subkey(r->root_sign_seed, r->seed, "spr/pk/root");
        hash_subkey(r->root_box, r->seed, "spr/pk/rec");
        crypto_sign_seed_keypair(public_key, r->root_sign, r->root_sign_seed);
        cert_organisation_id(r->secrets.organisation, public_key);
    }
    return bad;
}

static enum err revive_by_root(const struct vault_restore *how, struct keyfile *k,
                               struct revival *r, struct err_info *err)
{
    unsigned char recovery[KEY_LEN];
    unsigned char organisation[ID_LEN];
    struct keyfile fresh = {.slots = 0};
    enum err bad = root_keys(how, r, err);
    if (bad != ERR_OK) {
        return bad;
    }
    memcpy(organisation, r->secrets.organisation, ID_LEN);
    random_bytes(&r->secrets, sizeof r->secrets);
    memcpy(r->secrets.organisation, organisation, ID_LEN);
    bad = keyfile_open_recovery(k, r->root_box, r->secrets.row_key, err);
    if (bad != ERR_OK) {
        return bad;
    }
    random_bytes(r->mk, KEY_LEN);
    random_bytes(r->member_seed, SHEET_SEED_LEN);
    random_bytes(fresh.vault_id, ID_LEN);
    bad = keyfile_slot_passphrase(&fresh, how->new_passphrase, how->kdf, r->mk, err);
    if (bad == ERR_OK) {
        keyfile_slot_sheet(&fresh, r->member_seed, r->mk);
        crypto_scalarmult_base(recovery, r->root_box);
        keyfile_seal_recovery(&fresh, &r->secrets, recovery);
        keyfile_seal_secrets(&fresh, &r->secrets, r->mk);
        *k = fresh;
    }
    return bad;
}

/* The root's word for the new member, put among the certificates before anything is written. */
static enum err certify_member(struct vault *v, const struct revival *r, struct err_info *err)
{
    unsigned char bytes[CERT_LEN];
    struct cert c = {
        .kind = CERT_MEMBER, .role = VAULT_ROLE_COORDINATOR, .serial = (uint64_t)clock_now_ms()};
    crypto_sign_ed25519_sk_to_pk(c.sign_key, v->keys->member_sign);
    crypto_scalarmult_base(c.box_key, v->keys->member_box);
    memcpy(c.organisation, v->organisation, ID_LEN);
    cert_member_id(c.subject, c.sign_key);
    memcpy(c.issuer, v->organisation, ID_LEN);
    cert_build(&c, r->root_sign, bytes);
    return known_add(v, bytes, CERT_LEN, err);
}

/* Opens what was wrapped for recovery. */
static enum err take_key(struct vault *v, const unsigned char bytes[WRAP_LEN], void *payload,
                         struct err_info *err)
{
    struct revival *r = payload;
    struct wrap w;
    if (wrap_parse(bytes, WRAP_LEN, &w, NULL) != ERR_OK ||
        memcmp(w.recipient, v->organisation, ID_LEN) != 0 || !wrap_open(&w, r->root_box, r->key)) {
        return ERR_OK;
    }
    const struct epoch *e = epoch_find(v, w.compartment, w.epoch);
    return e != NULL && !epoch_commits(e, r->key)
               ? ERR_OK
               : ckey_store(v, w.compartment, w.epoch, r->key, err);
}

/* Keys and certificate, in a transaction of their own: the first event needs them. */
static enum err prepare_by_root(struct vault *v, struct revival *r, struct err_info *err)
{
    struct chain c;
    enum err bad = db_begin(v->db, __func__, err);
    if (bad != ERR_OK) {
        return bad;
    }
    bad = chain_read(v, &c, err);
    if (bad == ERR_OK) {
        bad = certify_member(v, r, err);
    }
    if (bad == ERR_OK) {
        bad = device_certify(v, err);
    }
    if (bad == ERR_OK) {
        bad = wrap_each(v, take_key, r, err);
    }
    if (bad == ERR_OK) {
        bad = known_save(v, err);
    }
    if (bad == ERR_OK) {
        c.generation = v->org.generation;
        bad = chain_write(v, &c, err);
    }
    if (bad == ERR_OK) {
        bad = db_commit(v->db, err);
    }
    if (bad != ERR_OK) {
        log_cancel(v);
    }
    return bad;
}

static enum err say_member(struct vault *v, struct log_txn *t, const char *name,
                           struct err_info *err)
{
    char hex[2 * CERT_LEN + 1];
    struct str text = STR_INIT;
    jv *top = jv_new_object();
    jv *certs = jv_new_array();
    const struct cert *c = known_cert(v, CERT_MEMBER, vault_member_id(v));
    hex_put(hex, known_bytes(v, c), CERT_LEN);
    jv_push(certs, jv_new_string(hex));
    hex_put(hex, c->subject, ID_LEN);
    jv_set_str(top, "member", hex);
    jv_set_str(top, "name", name);
    jv_set_str(top, "role", vault_role_word(VAULT_ROLE_COORDINATOR));
    jv_set(top, "certs", certs);
    jv_write(top, &text);
    jv_free(top);
    const enum err bad = log_add_org(v, t, EVENT_KIND_MEMBER, &text, err);
    str_done(&text);
    return bad;
}

/* The new coordinator among the others: introduced, listed, and with a wrap of every epoch. */
static enum err join_by_root(struct vault *v, const char *name, struct err_info *err)
{
    struct log_txn t;
    enum err bad = log_begin(v, &t, err); /* certifies and announces the device */
    if (bad != ERR_OK) {
        return bad;
    }
    bad = say_member(v, &t, name, err);
    if (bad == ERR_OK) {
        bad = compartment_align(v, &t, err);
    }
    if (bad == ERR_OK) {
        bad = device_wrap_own(v, err);
    }
    return log_close(v, &t, bad, err);
}

/* ---- both ---- */

static enum err whole(struct vault *v, struct err_info *err)
{
    struct vault_report report;
    enum err bad = vault_verify(v, &report, NULL, NULL, err);
    if (bad == ERR_OK && (report.bad > 0 || report.database_damaged || report.keyfile_damaged)) {
        bad = ERR_SET(err, ERR_DAMAGED, "vault.db");
    }
    vault_report_done(&report);
    return bad;
}

/* Opens the extracted folder with its new keyfile; the first write makes it a device of its own. */
static enum err settle(const char *dir, const struct vault_restore *how, struct revival *r,
                       struct err_info *err)
{
    struct keyfile k;
    vault *v = NULL;
    enum err bad = vault_open(dir, &v, err);
    if (bad != ERR_OK) {
        return bad;
    }
    v->is_reviving = true;
    bad = keyfile_load(v, &k, err);
    if (bad == ERR_OK) {
        bad = vault_enter(v, &k, r->mk, err);
    }
    if (bad == ERR_OK && how->organisation_sheet != NULL) {
        bad = prepare_by_root(v, r, err);
        bad = bad == ERR_OK ? vault_rebuild(v, err) : bad;
        bad = bad == ERR_OK ? join_by_root(v, how->member_name, err) : bad;
    } else if (bad == ERR_OK) {
        bad = device_check(v, err);
    }
    if (bad == ERR_OK) {
        bad = whole(v, err);
    }
    vault_close(v);
    return bad;
}

static enum err make(const char *dir, int fd, const struct backup_head *h,
                     const struct vault_restore *how, struct revival *r, struct err_info *err)
{
    struct keyfile *k = mem_alloc(sizeof *k);
    enum err bad = backup_extract(fd, h, dir, err);
    if (bad == ERR_OK) {
        struct vault *v = NULL;
        bad = vault_open(dir, &v, err);
        if (bad == ERR_OK) {
            bad = keyfile_load(v, k, err);
            vault_close(v);
        }
    }
    if (bad == ERR_OK) {
        bad = how->organisation_sheet != NULL ? revive_by_root(how, k, r, err)
                                              : revive_own(how, k, r, err);
    }
    if (bad == ERR_OK) {
        bad = write_keyfile(dir, k, err);
    }
    free(k);
    return bad == ERR_OK ? settle(dir, how, r, err) : bad;
}

static enum err restore(const char *dir, int fd, const struct backup_head *h,
                        const struct vault_restore *how, struct revival *r, vault **out,
                        struct err_info *err)
{
    unsigned char salt[8];
    char salt_hex[2 * sizeof salt + 1];
    struct str beside = STR_INIT;
    random_bytes(salt, sizeof salt);
    hex_put(salt_hex, salt, sizeof salt);
    str_printf(&beside, "%s.new-%s", dir, salt_hex);
    enum err bad = file_mkdir(str_cstr(&beside), err);
    if (bad == ERR_OK) {
        bad = make(str_cstr(&beside), fd, h, how, r, err);
        if (bad == ERR_OK) {
            bad = folder_move_in(str_cstr(&beside), dir, err);
        }
        if (bad != ERR_OK) {
            (void)file_remove_tree(str_cstr(&beside), NULL);
        }
    }
    str_done(&beside);
    return bad == ERR_OK ? folder_enter(dir, r->mk, out, err) : bad;
}

static enum err check_how(const struct vault_restore *how, struct err_info *err)
{
    struct stat st;
    const int openers = (how->passphrase != NULL) + (how->member_sheet != NULL) +
                        (how->organisation_sheet != NULL);
    const bool by_sheet = how->passphrase == NULL;
    if (openers != 1 || by_sheet != (how->new_passphrase != NULL) || how->dir[0] == '\0' ||
        (how->organisation_sheet != NULL &&
         (how->member_name == NULL || how->member_name[0] == '\0' ||
          strlen(how->member_name) > MEMBER_NAME_MAX))) {
        return ERR_SET(err, ERR_USAGE, NULL);
    }
    if (lstat(how->dir, &st) == 0) {
        return ERR_SET(err, ERR_EXISTS, NULL);
    }
    if (errno != ENOENT) {
        return err_errno(err, __func__, errno, NULL);
    }
    return by_sheet ? kdf_check(how->kdf, err) : ERR_OK;
}

enum err vault_restore(const struct vault_restore *how, vault **out, vault_secret **sheet,
                       vault_progress *progress, void *payload, struct err_info *err)
{
    struct backup_steps steps = {.tell = progress, .payload = payload};
    struct backup_head h;
    int fd = -1;
    enum err bad = check_how(how, err);
    if (bad == ERR_OK) {
        bad = backup_open(how->path, &fd, &h, &steps, err);
    }
    if (bad != ERR_OK) {
        return bad;
    }
    char *dir = mem_strdup(how->dir);
    size_t n = strlen(dir);
    while (n > 1 && dir[n - 1] == '/') {
        dir[--n] = '\0';
    }
    struct revival *r = keys_alloc(sizeof *r);
    bad = restore(dir, fd, &h, how, r, out, err);
    if (bad == ERR_OK && how->organisation_sheet != NULL) {
        *sheet = vault_secret_new();
        sheet_write(*sheet, r->member_seed, SHEET_MEMBER, how->lang);
    }
    keys_free(r);
    free(dir);
    close(fd);
    return bad;
}
