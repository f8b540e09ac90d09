/* Wraps in their table: one a reader of an epoch. Invariant: the table holds what was made or
 * received, byte for byte; a wrap goes when its reader loses the compartment or the compartment
 * is erased, and never otherwise. */
#include <string.h>

#include "base/arena.h"
#include "keys_int.h"
#include "safe_int.h"

static const char sql_put[] = "INSERT INTO wrap(tag, box) VALUES(?1, ?2)"
                              " ON CONFLICT(tag) DO UPDATE SET box = excluded.box";
static const char sql_get[] = "SELECT box FROM wrap WHERE tag = ?1";
static const char sql_drop[] = "DELETE FROM wrap WHERE tag = ?1";
static const char sql_all[] = "SELECT tag, box FROM wrap";

static void wrap_tag(const struct vault *v, unsigned char tag[TAG_LEN],
                     const unsigned char *compartment, const unsigned char *epoch,
                     const unsigned char *recipient)
{
    const struct part parts[] = {
        PART_TAG("spr/tw/1"), {compartment, ID_LEN}, {epoch, ID_LEN}, {recipient, ID_LEN}};
    row_tag(v->keys, tag, parts, 4);
}

enum err wrap_store(struct vault *v, const unsigned char bytes[WRAP_LEN], struct err_info *err)
{
    unsigned char tag[TAG_LEN];
    unsigned char box[WRAP_LEN + ROW_EXTRA];
    struct wrap w;
    db_stmt *s = NULL;
    enum err bad = wrap_parse(bytes, WRAP_LEN, &w, err);
    if (bad != ERR_OK) {
        return bad;
    }
    wrap_tag(v, tag, w.compartment, w.epoch, w.recipient);
    row_seal(v->keys, tag, bytes, WRAP_LEN, box);
    bad = db_prepare(v->db, sql_put, &s, err);
    if (bad == ERR_OK) {
        db_bind_blob(s, 1, tag, sizeof tag);
        db_bind_blob(s, 2, box, sizeof box);
        bad = db_run(s, err);
        db_stmt_free(s);
    }
    return bad;
}

enum err wrap_load(struct vault *v, const unsigned char compartment[ID_LEN],
                   const unsigned char epoch[ID_LEN], const unsigned char recipient[ID_LEN],
                   unsigned char bytes[WRAP_LEN], struct err_info *err)
{
    unsigned char tag[TAG_LEN];
    db_stmt *s = NULL;
    bool row = false;
    size_t n = 0;
    wrap_tag(v, tag, compartment, epoch, recipient);
    enum err bad = db_prepare(v->db, sql_get, &s, err);
    if (bad != ERR_OK) {
        return bad;
    }
    db_bind_blob(s, 1, tag, sizeof tag);
    bad = db_step(s, &row, err);
    if (bad == ERR_OK && !row) {
        bad = ERR_SET(err, ERR_NOT_FOUND, "wrap");
    } else if (bad == ERR_OK) {
        const void *box = db_col_blob(s, 0, &n);
        if (n != WRAP_LEN + ROW_EXTRA || !row_open(v->keys, tag, box, n, bytes)) {
            bad = ERR_SET(err, ERR_DAMAGED, "wrap");
        }
    }
    db_stmt_free(s);
    return bad;
}

enum err wrap_delete(struct vault *v, const unsigned char compartment[ID_LEN],
                     const unsigned char epoch[ID_LEN], const unsigned char recipient[ID_LEN],
                     struct err_info *err)
{
    unsigned char tag[TAG_LEN];
    db_stmt *s = NULL;
    wrap_tag(v, tag, compartment, epoch, recipient);
    enum err bad = db_prepare(v->db, sql_drop, &s, err);
    if (bad == ERR_OK) {
        db_bind_blob(s, 1, tag, sizeof tag);
        bad = db_run(s, err);
        db_stmt_free(s);
    }
    return bad;
}

enum err wrap_make(struct vault *v, const unsigned char compartment[ID_LEN],
                   const unsigned char epoch[ID_LEN], const unsigned char key[KEY_LEN],
                   const unsigned char recipient[ID_LEN], unsigned char hash[HASH_LEN],
                   struct err_info *err)
{
    const bool is_root = memcmp(recipient, v->organisation, ID_LEN) == 0;
    const struct cert *reader = known_cert(v, is_root ? CERT_ROOT : CERT_MEMBER, recipient);
    unsigned char bytes[WRAP_LEN];
    struct wrap w = {.box = NULL};
    if (reader == NULL) {
        return ERR_SET(err, ERR_NOT_FOUND, "certificate");
    }
    memcpy(w.organisation, v->organisation, ID_LEN);
    memcpy(w.compartment, compartment, ID_LEN);
    memcpy(w.epoch, epoch, ID_LEN);
    memcpy(w.recipient, recipient, ID_LEN);
    memcpy(w.issuer, v->device, ID_LEN);
    wrap_build(&w, key, reader->box_key, v->keys->device_sign, bytes);
    wrap_hash(hash, bytes);
    return wrap_store(v, bytes, err);
}

/* Opens a wrap for this member. Keys of epochs whose commitment says otherwise are not taken. */
static enum err take_key(struct vault *v, const struct wrap *w, struct err_info *err)
{
    unsigned char *key = keys_alloc(KEY_LEN);
    enum err bad = ERR_OK;
    if (!wrap_open(w, v->keys->member_box, key)) {
        bad = ERR_SET(err, ERR_RIGHTS, "wrap");
    } else {
        const struct epoch *e = epoch_find(v, w->compartment, w->epoch);
        bad = e != NULL && !epoch_commits(e, key)
                  ? ERR_SET(err, ERR_RIGHTS, "wrap")
                  : ckey_store(v, w->compartment, w->epoch, key, err);
    }
    keys_free(key);
    return bad;
}

enum err wrap_take(struct vault *v, const unsigned char *bytes, size_t n, struct err_info *err)
{
    struct wrap w;
    unsigned char there[WRAP_LEN];
    enum err bad = wrap_parse(bytes, n, &w, err);
    if (bad != ERR_OK) {
        return bad;
    }
    const struct cert *issuer = known_cert(v, CERT_DEVICE, w.issuer);
    if (memcmp(w.organisation, v->organisation, ID_LEN) != 0) {
        return ERR_SET(err, ERR_RIGHTS, "organisation");
    }
    if (issuer == NULL) {
        return ERR_SET(err, ERR_NOT_FOUND, "certificate");
    }
    if (!wrap_check(bytes, issuer->sign_key) || erase_is_done(v, w.compartment)) {
        return ERR_SET(err, ERR_RIGHTS, "wrap");
    }
    if (wrap_load(v, w.compartment, w.epoch, w.recipient, there, NULL) == ERR_OK &&
        memcmp(there, bytes, WRAP_LEN) == 0) {
        return ERR_SET(err, ERR_EXISTS, "wrap");
    }
    const unsigned char *own = vault_member_id(v);
    if (own != NULL && memcmp(w.recipient, own, ID_LEN) == 0) {
        bad = take_key(v, &w, err);
    }
    return bad == ERR_OK ? wrap_store(v, bytes, err) : bad;
}

enum err wrap_each(struct vault *v,
                   enum err (*f)(struct vault *v, const unsigned char bytes[WRAP_LEN],
                                 void *payload, struct err_info *err),
                   void *payload, struct err_info *err)
{
    unsigned char bytes[WRAP_LEN];
    db_stmt *s = NULL;
    bool row = false;
    enum err bad = db_prepare(v->db, sql_all, &s, err);
    if (bad != ERR_OK) {
        return bad;
    }
    while (bad == ERR_OK && (bad = db_step(s, &row, err)) == ERR_OK && row) {
        size_t tag_len = 0;
        size_t n = 0;
        const unsigned char *tag = db_col_blob(s, 0, &tag_len);
        const void *box = db_col_blob(s, 1, &n);
        const bool good = tag_len == TAG_LEN && n == WRAP_LEN + ROW_EXTRA &&
                          row_open(v->keys, tag, box, n, bytes);
        bad = good ? f(v, bytes, payload, err) : ERR_SET(err, ERR_DAMAGED, "wrap");
    }
    db_stmt_free(s);
    return bad;
}
