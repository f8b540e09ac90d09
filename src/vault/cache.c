/* Sealed caches of the layer above: one value a compartment, and pages of lines. Invariant: a box
 * opens only in the place it was written for; one that does not open counts as not there, since
 * all of it can be made anew from the log. */
#include "vault/cache.h"

#include <string.h>

#include "vault_int.h"

static const char sql_snap_put[] = "INSERT INTO snap(tag, box) VALUES(?1, ?2)"
                                   " ON CONFLICT(tag) DO UPDATE SET box = excluded.box";
static const char sql_snap_get[] = "SELECT box FROM snap WHERE tag = ?1";
static const char sql_snap_drop[] = "DELETE FROM snap WHERE tag = ?1";
static const char sql_card_put[] = "INSERT INTO card(page, box) VALUES(?1, ?2)"
                                   " ON CONFLICT(page) DO UPDATE SET box = excluded.box";
static const char sql_card_each[] = "SELECT page, box FROM card ORDER BY page";
static const char sql_card_drop[] = "DELETE FROM card WHERE page = ?1";
static const char sql_last[] = "SELECT coalesce(max(n), 0) FROM ev";

static void snap_tag(const struct vault *v, unsigned char tag[TAG_LEN],
                     const unsigned char compartment[ID_LEN])
{
    const struct part parts[] = {PART_TAG("spr/ts/1"), {compartment, ID_LEN}};
    row_tag(v->keys, tag, parts, 2);
}

static void card_tag(const struct vault *v, unsigned char tag[TAG_LEN], unsigned page)
{
    unsigned char number[4];
    put_u32(number, page);
    const struct part parts[] = {PART_TAG("spr/tp/1"), {number, sizeof number}};
    row_tag(v->keys, tag, parts, 2);
}

static enum err finish(db_stmt *s, struct err_info *err)
{
    const enum err bad = db_run(s, err);
    db_stmt_free(s);
    return bad;
}

/* Seals into the working buffer and binds as the second value. */
static void bind_box(struct vault *v, db_stmt *s, const unsigned char tag[TAG_LEN],
                     const void *bytes, size_t n)
{
    unsigned char *box = buf_need(&v->box, n + ROW_EXTRA);
    row_seal(v->keys, tag, bytes, n, box);
    db_bind_blob(s, 2, box, n + ROW_EXTRA);
}

enum err vault_snap_put(vault *v, const unsigned char compartment[ID_LEN], const void *bytes,
                        size_t n, struct err_info *err)
{
    unsigned char tag[TAG_LEN];
    db_stmt *s = NULL;
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    snap_tag(v, tag, compartment);
    const enum err bad = db_prepare(v->db, n > 0 ? sql_snap_put : sql_snap_drop, &s, err);
    if (bad != ERR_OK) {
        return bad;
    }
    db_bind_blob(s, 1, tag, sizeof tag);
    if (n > 0) {
        bind_box(v, s, tag, bytes, n);
    }
    return finish(s, err);
}

enum err vault_snap_get(vault *v, const unsigned char compartment[ID_LEN], struct str *out,
                        struct err_info *err)
{
    unsigned char tag[TAG_LEN];
    db_stmt *s = NULL;
    bool row = false;
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    snap_tag(v, tag, compartment);
    enum err bad = db_prepare(v->db, sql_snap_get, &s, err);
    if (bad != ERR_OK) {
        return bad;
    }
    db_bind_blob(s, 1, tag, sizeof tag);
    bad = db_step(s, &row, err);
    if (bad == ERR_OK && row) {
        size_t n = 0;
        const void *box = db_col_blob(s, 0, &n);
        unsigned char *plain = buf_need(&v->text, n + 1);
        row = row_open(v->keys, tag, box, n, plain);
        if (row) {
            str_put(out, plain, n - ROW_EXTRA);
        }
    }
    db_stmt_free(s);
    return bad == ERR_OK && !row ? ERR_SET(err, ERR_NOT_FOUND, "snap") : bad;
}

enum err vault_card_put(vault *v, unsigned page, const void *bytes, size_t n, struct err_info *err)
{
    unsigned char tag[TAG_LEN];
    db_stmt *s = NULL;
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    const enum err bad = db_prepare(v->db, n > 0 ? sql_card_put : sql_card_drop, &s, err);
    if (bad != ERR_OK) {
        return bad;
    }
    db_bind_int(s, 1, page);
    if (n > 0) {
        card_tag(v, tag, page);
        bind_box(v, s, tag, bytes, n);
    }
    return finish(s, err);
}

enum err vault_card_each(vault *v,
                         bool (*f)(void *payload, unsigned page, const void *bytes, size_t n),
                         void *payload, struct err_info *err)
{
    db_stmt *s = NULL;
    bool row = false;
    bool on = true;
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    enum err bad = db_prepare(v->db, sql_card_each, &s, err);
    if (bad != ERR_OK) {
        return bad;
    }
    while (on && (bad = db_step(s, &row, err)) == ERR_OK && row) {
        unsigned char tag[TAG_LEN];
        size_t n = 0;
        const int64_t page = db_col_int(s, 0);
        const void *box = db_col_blob(s, 1, &n);
        unsigned char *plain = buf_need(&v->text, n + 1);
        card_tag(v, tag, (unsigned)page);
        if (page >= 0 && page <= UINT32_MAX && row_open(v->keys, tag, box, n, plain)) {
            on = f(payload, (unsigned)page, plain, n - ROW_EXTRA);
        }
    }
    db_stmt_free(s);
    return bad;
}

enum err vault_cache_begin(vault *v, struct err_info *err)
{
    return v->keys == NULL ? ERR_SET(err, ERR_KEY, NULL) : db_begin(v->db, __func__, err);
}

enum err vault_cache_end(vault *v, struct err_info *err)
{
    const enum err bad = db_commit(v->db, err);
    if (bad != ERR_OK) {
        db_rollback(v->db);
    }
    return bad;
}

void vault_cache_drop(vault *v)
{
    db_rollback(v->db);
}

enum err vault_last_row(vault *v, int64_t *out, struct err_info *err)
{
    db_stmt *s = NULL;
    bool row = false;
    *out = 0;
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    enum err bad = db_prepare(v->db, sql_last, &s, err);
    if (bad == ERR_OK) {
        bad = db_step(s, &row, err);
        *out = bad == ERR_OK && row ? db_col_int(s, 0) : 0;
        db_stmt_free(s);
    }
    return bad;
}

#define PAST_NAME "past"

enum err vault_past(vault *v, uint64_t *out, struct err_info *err)
{
    struct str row = STR_INIT;
    *out = 0;
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    enum err bad = meta_get(v, PAST_NAME, &row, err);
    if (bad == ERR_OK && row.len == 8) {
        *out = get_u64le((const unsigned char *)row.data);
    } else if (bad == ERR_OK) {
        bad = ERR_SET(err, ERR_DAMAGED, "meta");
    }
    str_done(&row);
    return bad == ERR_NOT_FOUND ? ERR_OK : bad;
}

enum err cache_void(struct vault *v, struct err_info *err)
{
    unsigned char number[8];
    uint64_t past = 0;
    enum err bad = vault_past(v, &past, err);
    if (bad == ERR_OK) {
        put_u64(number, past + 1);
        bad = meta_put(v, PAST_NAME, number, sizeof number, err);
    }
    return bad == ERR_OK ? db_exec(v->db, "DELETE FROM snap; DELETE FROM card;", err) : bad;
}
