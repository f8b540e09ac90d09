/* The joining side: a folder that waits for its welcome, and the vault it becomes. Invariant: the
 * folder is waiting while it has a keyfile and no vault.db; the log is made whole beside its place
 * and then renamed into it, so that finishing can be begun again after a power cut. */
#include "join_int.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arrive_int.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/json.h"
#include "keys_int.h"

extern const char vault_log_sql[];

#define WAITING_DB "joining.db"

/* ---- asking */

/* What exists only while a request is made; in the key arena. */
struct asking {
    unsigned char seed[SHEET_SEED_LEN], mk[KEY_LEN];
    unsigned char device_sign[SIGN_SECRET_LEN], member_sign[SIGN_SECRET_LEN];
    struct keyfile_secrets secrets;
};

static enum err write_keyfile(const char *dir, const struct keyfile *k, bool is_new,
                              struct err_info *err)
{
    unsigned char bytes[KEYFILE_MAX];
    const size_t n = keyfile_build(k, bytes);
    char *path = file_join(dir, "keyfile");
    const enum err bad = is_new ? file_create(path, bytes, n, 0600, err)
                                : file_replace(path, bytes, n, 0600, err);
    free(path);
    return bad;
}

static void fill_request(const struct vault_create *how, struct asking *a, struct request *r)
{
    *r = (struct request){.is_second_device = how->member_name[0] == '\0', .lang = how->lang};
    random_bytes(a, sizeof *a);
    memset(a->secrets.organisation, 0, ID_LEN);
    memcpy(r->device, a->secrets.device, ID_LEN);
    crypto_sign_seed_keypair(r->device_sign, a->device_sign, a->secrets.device_sign_seed);
    crypto_scalarmult_base(r->device_box, a->secrets.device_box_key);
    if (!r->is_second_device) {
        crypto_sign_seed_keypair(r->member_sign, a->member_sign, a->secrets.member_sign_seed);
        crypto_scalarmult_base(r->member_box, a->secrets.member_box_key);
        memcpy(r->name, how->member_name, strlen(how->member_name));
    }
}

static enum err make_keyfile(const struct vault_create *how, const struct asking *a,
                             struct err_info *err)
{
    struct keyfile k = {.slots = 0};
    random_bytes(k.vault_id, ID_LEN);
    enum err bad = keyfile_slot_passphrase(&k, how->passphrase, how->kdf, a->mk, err);
    if (bad != ERR_OK) {
        return bad;
    }
    keyfile_slot_sheet(&k, a->seed, a->mk);
    keyfile_seal_secrets(&k, &a->secrets, a->mk);
    return write_keyfile(how->dir, &k, true, err);
}

static enum err make_folder(const struct vault_create *how, struct err_info *err)
{
    if (how->dir[0] == '\0' || strlen(how->member_name) > REQUEST_NAME_MAX) {
        return ERR_SET(err, ERR_USAGE, NULL);
    }
    const enum err bad = kdf_check(how->kdf, err);
    if (bad != ERR_OK) {
        return bad;
    }
    (void)rmdir(how->dir); /* an empty one is as good as none */
    return file_mkdir(how->dir, err);
}

enum err vault_join_request(const struct vault_create *how, struct str *request, struct str *words,
                            vault_secret **sheet, struct err_info *err)
{
    struct request r;
    unsigned char bytes[REQUEST_LEN];
    enum err bad = make_folder(how, err);
    if (bad != ERR_OK) {
        return bad;
    }
    struct asking *a = keys_alloc(sizeof *a);
    fill_request(how, a, &r);
    request_build(&r, a->device_sign, r.is_second_device ? NULL : a->member_sign, bytes);
    bad = request_parse(bytes, REQUEST_LEN, &r, err) == ERR_OK ? make_keyfile(how, a, err)
                                                               : ERR_SET(err, ERR_USAGE, "name");
    if (bad == ERR_OK) {
        str_put(request, bytes, REQUEST_LEN);
        request_words(bytes, how->lang, words);
        *sheet = vault_secret_new();
        sheet_write(*sheet, a->seed, SHEET_MEMBER, how->lang);
    } else {
        (void)file_remove_tree(how->dir, NULL);
    }
    keys_free(a);
    return bad;
}

bool vault_is_waiting(const char *dir)
{
    char *keyfile = file_join(dir, "keyfile");
    char *log = file_join(dir, "vault.db");
    const bool waits = file_exists(keyfile) && !file_exists(log);
    free(keyfile);
    free(log);
    return waits;
}

/* ---- finishing */

struct finishing {
    struct vault *v;
    struct keyfile k;
    struct keyfile_secrets *s; /* in the key arena, as mk */
    unsigned char *mk;
    struct str text, certs, zone;
    bool has_member; /* the member's secrets came with the welcome */
    enum err bad;
    struct err_info *err;
};

/* Certificates, zone and, for a further device, the member's secrets. */
static bool gather(void *payload, enum welcome_sort sort, const unsigned char *bytes, size_t n)
{
    struct finishing *f = payload;
    switch (sort) {
    case WELCOME_ZONE: str_put(&f->zone, bytes, n); return n <= ZONE_MAX;
    case WELCOME_MEMBER:
        if (n != 2 * (size_t)KEY_LEN) {
            return false;
        }
        memcpy(f->s->member_sign_seed, bytes, KEY_LEN);
        memcpy(f->s->member_box_key, bytes + KEY_LEN, KEY_LEN);
        f->has_member = true;
        return true;
    case WELCOME_RECORD:
        if (n == CERT_LEN && memcmp(bytes, "SPCT", 4) == 0) {
            str_put(&f->certs, bytes, n);
        }
        return true;
    case WELCOME_SORT_COUNT:
    default: return false;
    }
}

/* The root certificate says whose welcome it is; its key's hash is checked with the others. */
static enum err know_organisation(struct finishing *f, struct cert *root)
{
    if (f->certs.len < CERT_LEN || f->zone.len > ZONE_MAX ||
        cert_parse((const unsigned char *)f->certs.data, CERT_LEN, root, f->err) != ERR_OK ||
        root->kind != CERT_ROOT) {
        return ERR_SET(f->err, ERR_DAMAGED, "welcome");
    }
    memcpy(f->s->organisation, root->subject, ID_LEN);
    return ERR_OK;
}

/* A new member certifies her own device: nobody else has her key. */
static void certify_device(struct finishing *f, unsigned char bytes[CERT_LEN])
{
    const struct keyring *k = f->v->keys;
    struct cert c = {.kind = CERT_DEVICE, .serial = 1};
    unsigned char member_key[KEY_LEN];
    crypto_sign_ed25519_sk_to_pk(member_key, k->member_sign);
    crypto_sign_ed25519_sk_to_pk(c.sign_key, k->device_sign);
    crypto_scalarmult_base(c.box_key, k->device_box);
    memcpy(c.organisation, f->s->organisation, ID_LEN);
    memcpy(c.subject, f->v->device, ID_LEN);
    cert_member_id(c.issuer, member_key);
    cert_build(&c, k->member_sign, bytes);
}

static enum err put_meta(struct finishing *f)
{
    const struct chain empty = {0};
    const struct org nobody = {0};
    struct vault *v = f->v;
    struct str members = STR_INIT;
    org_put(&nobody, &members);
    enum err bad = meta_put(v, "certs", f->certs.data, f->certs.len, f->err);
    if (bad == ERR_OK) {
        bad = meta_put(v, "members", members.data, members.len, f->err);
    }
    if (bad == ERR_OK) {
        bad = meta_put(v, "zone", str_cstr(&f->zone), f->zone.len, f->err);
    }
    str_done(&members);
    return bad == ERR_OK ? chain_write(v, &empty, f->err) : bad;
}

static enum err make_tables(struct finishing *f, const char *path)
{
    struct vault *v = f->v;
    enum err bad = db_open(path, true, &v->db, f->err);
    bad = bad == ERR_OK ? db_exec(v->db, vault_log_sql, f->err) : bad;
    bad = bad == ERR_OK ? db_begin(v->db, __func__, f->err) : bad;
    if (bad != ERR_OK) {
        return bad;
    }
    bad = put_meta(f);
    bad = bad == ERR_OK ? db_commit(v->db, f->err) : bad;
    if (bad != ERR_OK) {
        db_rollback(v->db);
        return bad;
    }
    bad = known_load(v, f->err);
    return bad == ERR_DAMAGED ? ERR_SET(f->err, ERR_DAMAGED, "welcome") : bad;
}

static bool take_part(void *payload, enum welcome_sort sort, const unsigned char *bytes, size_t n)
{
    struct finishing *f = payload;
    struct vault_outcome out;
    if (sort == WELCOME_RECORD) {
        f->bad = vault_take(f->v, bytes, n, &out, f->err);
    }
    return f->bad == ERR_OK;
}

static enum err take_records(struct finishing *f)
{
    enum err bad = vault_take_begin(f->v, f->err);
    if (bad != ERR_OK) {
        return bad;
    }
    bad = welcome_each((const unsigned char *)f->text.data, f->text.len, take_part, f, f->err);
    if (f->bad != ERR_OK) {
        return f->bad; /* which took everything back */
    }
    const enum err end = vault_take_end(f->v, f->err);
    bad = bad == ERR_OK ? end : bad;
    if (bad == ERR_OK && vault_own_role(f->v) == VAULT_ROLE_NONE) {
        bad = ERR_SET(f->err, ERR_DAMAGED, "welcome");
    }
    return bad;
}

/* The first words of a new member's device, if nobody said it for her. */
static enum err introduce_device(struct finishing *f, const unsigned char cert[CERT_LEN])
{
    struct log_txn t;
    char hex[2 * CERT_LEN + 1];
    struct str text = STR_INIT;
    if (f->has_member) {
        return ERR_OK;
    }
    jv *top = jv_new_object();
    jv *certs = jv_new_array();
    hex_put(hex, cert, CERT_LEN);
    jv_push(certs, jv_new_string(hex));
    hex_put(hex, f->v->device, ID_LEN);
    jv_set_str(top, "device", hex);
    hex_put(hex, vault_member_id(f->v), ID_LEN);
    jv_set_str(top, "member", hex);
    jv_set(top, "certs", certs);
    jv_write(top, &text);
    jv_free(top);
    enum err bad = log_begin(f->v, &t, f->err);
    if (bad == ERR_OK) {
        bad = log_close(f->v, &t, log_add_org(f->v, &t, EVENT_KIND_DEVICE, &text, f->err), f->err);
    }
    str_done(&text);
    return bad;
}

static enum err build_log(struct finishing *f, const char *path)
{
    unsigned char own[CERT_LEN];
    keyring_fill(f->v, f->s, f->mk);
    certify_device(f, own);
    if (!f->has_member) {
        str_put(&f->certs, own, CERT_LEN);
    }
    enum err bad = make_tables(f, path);
    bad = bad == ERR_OK ? head_open(f->v, f->err) : bad;
    bad = bad == ERR_OK ? take_records(f) : bad;
    return bad == ERR_OK ? introduce_device(f, own) : bad;
}

/* What an attempt before left behind. */
static void clear_attempt(const char *dir)
{
    static const char *const names[] = {WAITING_DB, WAITING_DB "-wal", WAITING_DB "-shm", "head"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *path = file_join(dir, names[i]);
        (void)unlink(path);
        free(path);
    }
}

static enum err put_in_place(struct finishing *f, const char *dir, const struct cert *root)
{
    keyfile_seal_recovery(&f->k, f->s, root->box_key);
    keyfile_seal_secrets(&f->k, f->s, f->mk);
    enum err bad = write_keyfile(dir, &f->k, false, f->err);
    if (bad == ERR_OK && (renameat(f->v->dir_fd, WAITING_DB, f->v->dir_fd, "vault.db") != 0 ||
                          fsync(f->v->dir_fd) != 0)) {
        bad = err_errno(f->err, __func__, errno, NULL);
    }
    return bad;
}

static enum err open_keyfile(struct finishing *f, const char *dir, const vault_secret *passphrase)
{
    f->v->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (f->v->dir_fd < 0) {
        return err_errno(f->err, __func__, errno, NULL);
    }
    enum err bad = keyfile_load(f->v, &f->k, f->err);
    if (bad == ERR_OK) {
        memcpy(f->v->vault_id, f->k.vault_id, ID_LEN);
        bad = keyfile_open_passphrase(&f->k, passphrase, f->mk, f->err);
    }
    return bad == ERR_OK ? keyfile_open_secrets(&f->k, f->mk, f->s, f->err) : bad;
}

static enum err read_welcome(struct finishing *f, const void *welcome, size_t n, struct cert *root)
{
    enum err bad = welcome_open(welcome, n, f->s->device, f->s->device_box_key, &f->text, f->err);
    if (bad == ERR_OK) {
        bad = welcome_each((const unsigned char *)f->text.data, f->text.len, gather, f, f->err);
    }
    return bad == ERR_OK ? know_organisation(f, root) : bad;
}

static enum err finish(struct finishing *f, const char *dir, const vault_secret *passphrase,
                       const void *welcome, size_t n)
{
    struct cert root;
    enum err bad = open_keyfile(f, dir, passphrase);
    bad = bad == ERR_OK ? read_welcome(f, welcome, n, &root) : bad;
    if (bad != ERR_OK) {
        return bad;
    }
    char *path = file_join(dir, WAITING_DB);
    clear_attempt(dir);
    bad = build_log(f, path);
    free(path);
    vault_lock(f->v); /* closes the log: nothing of it is left in a file beside it */
    if (bad == ERR_OK) {
        bad = put_in_place(f, dir, &root);
    } else {
        clear_attempt(dir);
    }
    return bad;
}

static enum err enter(struct finishing *f, const char *dir, vault **out)
{
    enum err bad = vault_open(dir, out, f->err);
    if (bad == ERR_OK) {
        bad = vault_enter(*out, &f->k, f->mk, f->err);
        if (bad != ERR_OK) {
            vault_close(*out);
            *out = NULL;
        }
    }
    return bad;
}

enum err vault_join_finish(const char *dir, const vault_secret *passphrase, const void *welcome,
                           size_t n, vault **out, struct err_info *err)
{
    if (!vault_is_waiting(dir)) {
        return ERR_SET(err, ERR_NOT_FOUND, "keyfile");
    }
    struct finishing *f = mem_alloc(sizeof *f);
    f->v = vault_blank(dir);
    f->v->is_reviving = true; /* its keyfile is not in its place yet */
    f->s = keys_alloc(sizeof *f->s);
    f->mk = keys_alloc(KEY_LEN);
    f->err = err;
    enum err bad = finish(f, dir, passphrase, welcome, n);
    bad = bad == ERR_OK ? enter(f, dir, out) : bad;
    vault_close(f->v);
    keys_free(f->s);
    keys_free(f->mk);
    str_done(&f->text);
    str_done(&f->certs);
    str_done(&f->zone);
    free(f);
    return bad;
}
