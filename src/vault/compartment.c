/* Opening a compartment: its first epoch's key, wrapped to the member and to the organisation's
 * recovery key, announced by an event. Invariant: key, wraps and announcement are one
 * transaction; a compartment that is announced can be read by those it names. */
#include "vault_int.h"

#include <string.h>

#include "base/arena.h"
#include "keys_int.h"

static const char sql_wrap[] = "INSERT INTO wrap(tag, box) VALUES(?1, ?2)";

static enum err wrap_store(struct vault *v, const struct wrap *w,
                           const unsigned char bytes[WRAP_LEN], struct err_info *err)
{
    unsigned char tag[TAG_LEN];
    unsigned char box[WRAP_LEN + ROW_EXTRA];
    const struct part parts[] = {
        PART_TAG("spr/tw/1"), {w->compartment, ID_LEN}, {w->epoch, ID_LEN}, {w->recipient, ID_LEN}};
    row_tag(v->keys, tag, parts, 4);
    row_seal(v->keys, tag, bytes, WRAP_LEN, box);
    db_stmt *s = NULL;
    enum err bad = db_prepare(v->db, sql_wrap, &s, err);
    if (bad == ERR_OK) {
        db_bind_blob(s, 1, tag, sizeof tag);
        db_bind_blob(s, 2, box, sizeof box);
        bad = db_run(s, err);
        db_stmt_free(s);
    }
    return bad;
}

/* Wraps key to one reader and keeps it; the hash names it in the announcement. */
static enum err wrap_for(struct vault *v, struct wrap *w, const struct cert *reader,
                         const unsigned char key[KEY_LEN], char hash_hex[2 * HASH_LEN + 1],
                         struct err_info *err)
{
    unsigned char bytes[WRAP_LEN];
    unsigned char hash[HASH_LEN];
    memcpy(w->recipient, reader->subject, ID_LEN);
    wrap_build(w, key, reader->box_key, v->keys->device_sign, bytes);
    wrap_hash(hash, bytes);
    hex_put(hash_hex, hash, sizeof hash);
    return wrap_store(v, w, bytes, err);
}

static void announcement(struct str *out, const struct wrap *w, const unsigned char *key,
                         const unsigned char *member, char hashes[2][2 * HASH_LEN + 1])
{
    unsigned char hash[HASH_LEN];
    char commitment[2 * HASH_LEN + 1];
    char compartment[ID_HEX_LEN];
    char epoch[ID_HEX_LEN];
    char reader[ID_HEX_LEN];
    const struct part parts[] = {
        PART_TAG("spr/kc/1"), {w->compartment, ID_LEN}, {w->epoch, ID_LEN}};
    hash_parts(hash, sizeof hash, key, parts, 3);
    hex_put(commitment, hash, sizeof hash);
    hex_put(compartment, w->compartment, ID_LEN);
    hex_put(epoch, w->epoch, ID_LEN);
    hex_put(reader, member, ID_LEN);
    str_printf(out,
               "{\"commitment\":\"%s\",\"compartment\":\"%s\",\"epoch\":\"%s\","
               "\"members\":[{\"member\":\"%s\",\"role\":\"coordinator\"}],"
               "\"parents\":[],\"wraps\":[\"%s\",\"%s\"]}",
               commitment, compartment, epoch, reader, hashes[0], hashes[1]);
}

static enum err announce(struct vault *v, struct log_txn *t, const struct str *text,
                         struct err_info *err)
{
    unsigned char id[HASH_LEN];
    struct vault_write write = {
        .kind = EVENT_KIND_COMPARTMENT, .text = str_cstr(text), .len = text->len};
    memcpy(write.compartment, v->organisation, ID_LEN);
    return log_add(v, t, &write, id, err);
}

enum err compartment_open(struct vault *v, struct log_txn *t, const unsigned char id[ID_LEN],
                          struct err_info *err)
{
    const struct cert *device = known_cert(v, CERT_DEVICE, v->device);
    const struct cert *member = known_cert(v, CERT_MEMBER, device->issuer);
    const struct cert *root = known_cert(v, CERT_ROOT, v->organisation);
    char hashes[2][2 * HASH_LEN + 1];
    struct wrap w = {.box = NULL};
    memcpy(w.organisation, v->organisation, ID_LEN);
    memcpy(w.compartment, id, ID_LEN);
    memcpy(w.issuer, v->device, ID_LEN);
    random_bytes(w.epoch, ID_LEN);
    unsigned char *key = keys_alloc(KEY_LEN);
    random_bytes(key, KEY_LEN);
    enum err bad = ckey_store(v, id, w.epoch, key, err);
    if (bad == ERR_OK) {
        bad = wrap_for(v, &w, member, key, hashes[0], err);
    }
    if (bad == ERR_OK) {
        bad = wrap_for(v, &w, root, key, hashes[1], err);
    }
    if (bad == ERR_OK) {
        struct str text = STR_INIT;
        announcement(&text, &w, key, member->subject, hashes);
        bad = announce(v, t, &text, err);
        str_done(&text);
    }
    keys_free(key);
    return bad;
}

enum err vault_compartment_new(vault *v, unsigned char id[ID_LEN], struct err_info *err)
{
    struct log_txn t;
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    random_bytes(id, ID_LEN);
    enum err bad = log_begin(v, &t, err);
    if (bad != ERR_OK) {
        return bad;
    }
    bad = compartment_open(v, &t, id, err);
    if (bad != ERR_OK) {
        db_rollback(v->db);
        return bad;
    }
    return log_end(v, &t, err);
}

const unsigned char *vault_organisation(const vault *v)
{
    return v->organisation;
}
