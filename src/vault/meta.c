/* Small values outside the log: the vault's own by name, and the notes of the layers above.
 * Invariant: not even the name of a value stands in the table, and a note's length is padded. */
#include "vault_int.h"

#include <stdio.h>
#include <string.h>

#define NOTE_PREFIX   "note/"
#define NOTE_HEAD_LEN ((size_t)4)

static const char sql_put[] = "INSERT INTO meta(k, box) VALUES(?1, ?2)"
                              " ON CONFLICT(k) DO UPDATE SET box = excluded.box";
static const char sql_get[] = "SELECT box FROM meta WHERE k = ?1";
static const char sql_drop[] = "DELETE FROM meta WHERE k = ?1";

static void meta_tag(const struct vault *v, unsigned char tag[TAG_LEN], const char *name)
{
    const struct part parts[] = {PART_TAG("spr/tm/1"), {name, strlen(name)}};
    row_tag(v->keys, tag, parts, 2);
}

enum err meta_put(struct vault *v, const char *name, const void *bytes, size_t n,
                  struct err_info *err)
{
    unsigned char tag[TAG_LEN];
    meta_tag(v, tag, name);
    unsigned char *box = buf_need(&v->box, n + ROW_EXTRA);
    row_seal(v->keys, tag, bytes, n, box);
    db_stmt *s = NULL;
    enum err bad = db_prepare(v->db, sql_put, &s, err);
    if (bad == ERR_OK) {
        db_bind_blob(s, 1, tag, sizeof tag);
        db_bind_blob(s, 2, box, n + ROW_EXTRA);
        bad = db_run(s, err);
        db_stmt_free(s);
    }
    return bad;
}

enum err meta_get(struct vault *v, const char *name, struct str *out, struct err_info *err)
{
    unsigned char tag[TAG_LEN];
    meta_tag(v, tag, name);
    db_stmt *s = NULL;
    enum err bad = db_prepare(v->db, sql_get, &s, err);
    if (bad != ERR_OK) {
        return bad;
    }
    db_bind_blob(s, 1, tag, sizeof tag);
    bool row = false;
    bad = db_step(s, &row, err);
    if (bad == ERR_OK && !row) {
        bad = ERR_SET(err, ERR_NOT_FOUND, NULL);
    } else if (bad == ERR_OK) {
        size_t n = 0;
        const void *box = db_col_blob(s, 0, &n);
        unsigned char *plain = buf_need(&v->text, n + 1);
        if (row_open(v->keys, tag, box, n, plain)) {
            str_put(out, plain, n - ROW_EXTRA);
        } else {
            bad = ERR_SET(err, ERR_DAMAGED, "meta");
        }
    }
    db_stmt_free(s);
    return bad;
}

static enum err meta_drop(struct vault *v, const char *name, struct err_info *err)
{
    unsigned char tag[TAG_LEN];
    meta_tag(v, tag, name);
    db_stmt *s = NULL;
    enum err bad = db_prepare(v->db, sql_drop, &s, err);
    if (bad == ERR_OK) {
        db_bind_blob(s, 1, tag, sizeof tag);
        bad = db_run(s, err);
        db_stmt_free(s);
    }
    return bad;
}

static enum err note_write(struct vault *v, const char *name, const void *bytes, size_t n,
                           struct err_info *err)
{
    if (n == 0) {
        return meta_drop(v, name, err);
    }
    const size_t padded = event_padded(NOTE_HEAD_LEN + n);
    unsigned char *plain = buf_need(&v->text, padded);
    memset(plain, 0, padded);
    put_u32(plain, (uint32_t)n);
    memcpy(plain + NOTE_HEAD_LEN, bytes, n);
    return meta_put(v, name, plain, padded, err);
}

enum err vault_note_put(vault *v, const char *key, const void *bytes, size_t n,
                        struct err_info *err)
{
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    if (n > EVENT_TEXT_MAX) {
        return ERR_SET(err, ERR_LIMIT, NULL);
    }
    struct str name = STR_INIT;
    str_puts(&name, NOTE_PREFIX);
    str_puts(&name, key);
    enum err bad = db_begin(v->db, __func__, err);
    if (bad == ERR_OK) {
        bad = note_write(v, str_cstr(&name), bytes, n, err);
        if (bad == ERR_OK) {
            bad = db_commit(v->db, err);
        }
        if (bad != ERR_OK) {
            db_rollback(v->db);
        }
    }
    str_done(&name);
    return bad;
}

enum err vault_note_get(vault *v, const char *key, struct str *out, struct err_info *err)
{
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    struct str name = STR_INIT;
    struct str padded = STR_INIT;
    str_puts(&name, NOTE_PREFIX);
    str_puts(&name, key);
    enum err bad = meta_get(v, str_cstr(&name), &padded, err);
    if (bad == ERR_OK) {
        const unsigned char *bytes = (const unsigned char *)padded.data;
        const size_t n = padded.len < NOTE_HEAD_LEN ? SIZE_MAX : get_u32le(bytes);
        if (n > padded.len - NOTE_HEAD_LEN) {
            bad = ERR_SET(err, ERR_DAMAGED, "meta");
        } else {
            str_put(out, bytes + NOTE_HEAD_LEN, n);
        }
    }
    str_done(&padded);
    str_done(&name);
    return bad;
}
