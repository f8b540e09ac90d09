/* A new vault. Invariant: it is made whole beside its place and then renamed into it, so that a
 * power cut leaves either nothing of that name or a vault that opens. */
#include "vault_int.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/json.h"
#include "keys_int.h"

extern const char vault_log_sql[];

/* What exists only while a vault is made; in the key arena. */
struct birth {
    unsigned char root_seed[SHEET_SEED_LEN], member_seed[SHEET_SEED_LEN];
    unsigned char root_sign_seed[KEY_LEN], root_sign[SIGN_SECRET_LEN], root_box[KEY_LEN];
    unsigned char mk[KEY_LEN];
    struct keyfile_secrets secrets;
};

static void birth_keys(struct birth *b)
{
    unsigned char public_key[KEY_LEN];
    random_bytes(b->root_seed, SHEET_SEED_LEN);
    random_bytes(b->member_seed, SHEET_SEED_LEN);
    random_bytes(b->mk, KEY_LEN);
    hash_subkey(b->root_sign_seed, b->root_seed, "spr/pk/root");
    hash_subkey(b->root_box, b->root_seed, "spr/pk/rec");
    crypto_sign_seed_keypair(public_key, b->root_sign, b->root_sign_seed);
    random_bytes(&b->secrets, sizeof b->secrets);
    cert_organisation_id(b->secrets.organisation, public_key);
}

/* The three certificates in order of trust. */
static void birth_certs(const struct vault *v, const struct birth *b,
                        unsigned char out[3 * CERT_LEN])
{
    const struct keyring *k = v->keys;
    struct cert c[3] = {{.kind = CERT_ROOT, .serial = 1},
                        {.kind = CERT_MEMBER, .role = VAULT_ROLE_COORDINATOR, .serial = 2},
                        {.kind = CERT_DEVICE, .serial = 1}};
    crypto_sign_ed25519_sk_to_pk(c[0].sign_key, b->root_sign);
    crypto_sign_ed25519_sk_to_pk(c[1].sign_key, k->member_sign);
    crypto_sign_ed25519_sk_to_pk(c[2].sign_key, k->device_sign);
    crypto_scalarmult_base(c[0].box_key, b->root_box);
    crypto_scalarmult_base(c[1].box_key, k->member_box);
    crypto_scalarmult_base(c[2].box_key, k->device_box);
    memcpy(c[0].subject, v->organisation, ID_LEN);
    cert_member_id(c[1].subject, c[1].sign_key);
    memcpy(c[2].subject, v->device, ID_LEN);
    memcpy(c[0].issuer, v->organisation, ID_LEN);
    memcpy(c[1].issuer, v->organisation, ID_LEN);
    memcpy(c[2].issuer, c[1].subject, ID_LEN);
    for (size_t i = 0; i < 3; i++) {
        memcpy(c[i].organisation, v->organisation, ID_LEN);
        cert_build(&c[i], i == 2 ? k->member_sign : b->root_sign, out + i * CERT_LEN);
    }
}

static enum err put_meta(struct vault *v, const struct birth *b, const struct vault_create *how,
                         struct err_info *err)
{
    unsigned char certs[3 * CERT_LEN];
    const struct chain empty = {0};
    const struct org nobody = {0};
    struct str members = STR_INIT;
    birth_certs(v, b, certs);
    org_put(&nobody, &members);
    enum err bad = meta_put(v, "certs", certs, sizeof certs, err);
    if (bad == ERR_OK) {
        bad = meta_put(v, "members", members.data, members.len, err);
    }
    if (bad == ERR_OK) {
        bad = meta_put(v, "zone", how->zone, strlen(how->zone), err);
    }
    str_done(&members);
    return bad == ERR_OK ? chain_write(v, &empty, err) : bad;
}

static enum err found_tables(struct vault *v, const struct birth *b, const struct vault_create *how,
                             struct err_info *err)
{
    char *path = file_join(v->dir, "vault.db");
    enum err bad = db_open(path, true, &v->db, err);
    free(path);
    if (bad == ERR_OK) {
        bad = db_exec(v->db, vault_log_sql, err);
    }
    if (bad == ERR_OK) {
        bad = db_begin(v->db, __func__, err);
    }
    if (bad != ERR_OK) {
        return bad;
    }
    bad = put_meta(v, b, how, err);
    if (bad == ERR_OK) {
        bad = db_commit(v->db, err);
    }
    if (bad != ERR_OK) {
        db_rollback(v->db);
    }
    return bad;
}

static enum err begin_organisation(struct vault *v, struct log_txn *t, struct err_info *err)
{
    struct epoch *e = epoch_new();
    e->sort = VAULT_SORT_ORGANISATION;
    epoch_add_member(e, vault_member_id(v), VAULT_ROLE_COORDINATOR);
    t->is_founding = true;
    const enum err bad = compartment_begin(v, t, v->organisation, e, err);
    t->is_founding = false;
    epoch_free(e);
    return bad;
}

static void push_cert(const struct vault *v, jv *certs, const struct cert *c)
{
    char hex[2 * CERT_LEN + 1];
    hex_put(hex, known_bytes(v, c), CERT_LEN);
    jv_push(certs, jv_new_string(hex));
}

static enum err introduce(struct vault *v, struct log_txn *t, const char *name,
                          struct err_info *err)
{
    char member[ID_HEX_LEN];
    struct str text = STR_INIT;
    jv *top = jv_new_object();
    jv *certs = jv_new_array();
    hex_put(member, vault_member_id(v), ID_LEN);
    push_cert(v, certs, known_cert(v, CERT_ROOT, v->organisation));
    push_cert(v, certs, known_cert(v, CERT_MEMBER, vault_member_id(v)));
    jv_set_str(top, "member", member);
    jv_set_str(top, "name", name);
    jv_set_str(top, "role", vault_role_word(VAULT_ROLE_COORDINATOR));
    jv_set(top, "certs", certs);
    jv_write(top, &text);
    jv_free(top);
    const enum err bad = log_add_org(v, t, EVENT_KIND_MEMBER, &text, err);
    str_done(&text);
    return bad;
}

static enum err introduce_device(struct vault *v, struct log_txn *t, struct err_info *err)
{
    char hex[ID_HEX_LEN];
    struct str text = STR_INIT;
    jv *top = jv_new_object();
    jv *certs = jv_new_array();
    push_cert(v, certs, known_cert(v, CERT_DEVICE, v->device));
    hex_put(hex, v->device, ID_LEN);
    jv_set_str(top, "device", hex);
    hex_put(hex, vault_member_id(v), ID_LEN);
    jv_set_str(top, "member", hex);
    jv_set(top, "certs", certs);
    jv_write(top, &text);
    jv_free(top);
    const enum err bad = log_add_org(v, t, EVENT_KIND_DEVICE, &text, err);
    str_done(&text);
    return bad;
}

/* Readers of all three: coordinators; others are listed as they come. */
static enum err begin_boxes(struct vault *v, struct log_txn *t, struct err_info *err)
{
    static const enum vault_sort sorts[] = {VAULT_SORT_OVERVIEW, VAULT_SORT_STATISTICS,
                                            VAULT_SORT_AUDIT};
    enum err bad = ERR_OK;
    for (size_t i = 0; bad == ERR_OK && i < sizeof sorts / sizeof sorts[0]; i++) {
        unsigned char id[ID_LEN];
        struct epoch *e = epoch_new();
        e->sort = sorts[i];
        epoch_add_member(e, vault_member_id(v), VAULT_ROLE_COORDINATOR);
        vault_drop_box(v, sorts[i], id);
        bad = compartment_begin(v, t, id, e, err);
        epoch_free(e);
    }
    return bad;
}

/* The organisation's compartment, in it the member and her device; the drop boxes. */
static enum err found_log(struct vault *v, const char *name, struct err_info *err)
{
    struct log_txn t;
    enum err bad = known_load(v, err);
    if (bad == ERR_OK) {
        bad = head_open(v, err);
    }
    if (bad == ERR_OK) {
        bad = log_begin(v, &t, err);
    }
    if (bad != ERR_OK) {
        return bad;
    }
    bad = begin_organisation(v, &t, err);
    if (bad == ERR_OK) {
        bad = introduce(v, &t, name, err);
    }
    if (bad == ERR_OK) {
        bad = introduce_device(v, &t, err);
    }
    if (bad == ERR_OK) {
        bad = begin_boxes(v, &t, err);
    }
    return log_close(v, &t, bad, err);
}

static enum err found_keyfile(struct vault *v, const struct birth *b,
                              const struct vault_create *how, struct err_info *err)
{
    struct keyfile k = {.slots = 0};
    unsigned char bytes[KEYFILE_MAX];
    random_bytes(k.vault_id, ID_LEN);
    enum err bad = keyfile_slot_passphrase(&k, how->passphrase, how->kdf, b->mk, err);
    if (bad != ERR_OK) {
        return bad;
    }
    keyfile_slot_sheet(&k, b->member_seed, b->mk);
    unsigned char recovery_key[KEY_LEN];
    crypto_scalarmult_base(recovery_key, b->root_box);
    keyfile_seal_recovery(&k, &b->secrets, recovery_key);
    keyfile_seal_secrets(&k, &b->secrets, b->mk);
    char *path = file_join(v->dir, "keyfile");
    bad = file_create(path, bytes, keyfile_build(&k, bytes), 0600, err);
    free(path);
    return bad;
}

/* Everything of the vault in the folder dir, closed again. */
static enum err found(const char *dir, const struct birth *b, const struct vault_create *how,
                      struct err_info *err)
{
    struct vault *v = vault_blank(dir);
    enum err bad = ERR_OK;
    v->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (v->dir_fd < 0) {
        bad = err_errno(err, __func__, errno, NULL);
    }
    if (bad == ERR_OK) {
        bad = found_keyfile(v, b, how, err);
    }
    if (bad == ERR_OK) {
        keyring_fill(v, &b->secrets, b->mk);
        bad = found_tables(v, b, how, err);
    }
    if (bad == ERR_OK) {
        bad = found_log(v, how->member_name, err);
    }
    /* `head` has no folder sync of its own. */
    if (bad == ERR_OK && fsync(v->dir_fd) != 0) {
        bad = err_errno(err, __func__, errno, NULL);
    }
    vault_close(v);
    return bad;
}

enum err folder_move_in(const char *from, const char *dir, struct err_info *err)
{
    if (rename(from, dir) != 0) {
        const bool there = errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR;
        return there ? ERR_SET(err, ERR_EXISTS, NULL) : err_errno(err, __func__, errno, NULL);
    }
    struct str parent = STR_INIT;
    const char *slash = strrchr(dir, '/');
    if (slash == NULL) {
        str_puts(&parent, ".");
    } else {
        str_put(&parent, dir, slash == dir ? 1 : (size_t)(slash - dir));
    }
    const int fd = open(str_cstr(&parent), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum err bad = ERR_OK;
    if (fd < 0 || fsync(fd) != 0) {
        bad = err_errno(err, __func__, errno, NULL);
        (void)file_remove_tree(dir, NULL);
    }
    if (fd >= 0) {
        close(fd);
    }
    str_done(&parent);
    return bad;
}

enum err folder_enter(const char *dir, const unsigned char mk[KEY_LEN], vault **out,
                      struct err_info *err)
{
    struct keyfile k;
    enum err bad = vault_open(dir, out, err);
    if (bad != ERR_OK) {
        return bad;
    }
    bad = keyfile_load(*out, &k, err);
    if (bad == ERR_OK) {
        bad = vault_enter(*out, &k, mk, err);
    }
    if (bad != ERR_OK) {
        vault_close(*out);
        *out = NULL;
    }
    return bad;
}

static enum err make(const char *dir, const struct birth *b, const struct vault_create *how,
                     vault **out, struct err_info *err)
{
    unsigned char salt[8];
    char salt_hex[2 * sizeof salt + 1];
    struct str beside = STR_INIT;
    random_bytes(salt, sizeof salt);
    hex_put(salt_hex, salt, sizeof salt);
    str_printf(&beside, "%s.new-%s", dir, salt_hex);
    enum err bad = file_mkdir(str_cstr(&beside), err);
    if (bad == ERR_OK) {
        bad = found(str_cstr(&beside), b, how, err);
        if (bad == ERR_OK) {
            bad = folder_move_in(str_cstr(&beside), dir, err);
        }
        if (bad != ERR_OK) {
            (void)file_remove_tree(str_cstr(&beside), NULL);
        }
    }
    str_done(&beside);
    if (bad == ERR_OK) {
        bad = folder_enter(dir, b->mk, out, err);
        if (bad != ERR_OK) {
            (void)file_remove_tree(dir, NULL);
        }
    }
    return bad;
}

static enum err check_how(const struct vault_create *how, const char *dir, struct err_info *err)
{
    if (dir[0] == '\0' || strlen(how->member_name) > MEMBER_NAME_MAX ||
        strlen(how->zone) > ZONE_MAX) {
        return ERR_SET(err, ERR_USAGE, NULL);
    }
    const enum err bad = kdf_check(how->kdf, err);
    if (bad != ERR_OK) {
        return bad;
    }
    /* Asked early, so that nobody waits for the derivation in vain; rename(2) decides. */
    if (rmdir(dir) != 0 && errno != ENOENT) {
        return errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR
                   ? ERR_SET(err, ERR_EXISTS, NULL)
                   : err_errno(err, __func__, errno, NULL);
    }
    return ERR_OK;
}

enum err vault_create(const struct vault_create *how, vault **out, vault_secret **org_sheet,
                      vault_secret **member_sheet, struct err_info *err)
{
    char *dir = mem_strdup(how->dir);
    size_t n = strlen(dir);
    while (n > 1 && dir[n - 1] == '/') {
        dir[--n] = '\0';
    }
    enum err bad = check_how(how, dir, err);
    if (bad == ERR_OK) {
        struct birth *b = keys_alloc(sizeof *b);
        birth_keys(b);
        bad = make(dir, b, how, out, err);
        if (bad == ERR_OK) {
            *org_sheet = vault_secret_new();
            *member_sheet = vault_secret_new();
            sheet_write(*org_sheet, b->root_seed, SHEET_ORGANISATION, how->lang);
            sheet_write(*member_sheet, b->member_seed, SHEET_MEMBER, how->lang);
        }
        keys_free(b);
    }
    free(dir);
    return bad;
}
