/* What failed a check. Invariant: nothing that arrived is dropped. What stands in its device's
 * chain is in the log, because what follows needs it, and is named here by its row, so that no
 * reader gets it; the bytes of all else are kept here. */
#include "arrive_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

static const char sql_put[] = "INSERT INTO quar(reason, row, box, tag) VALUES(?1, ?2, ?3, ?4)";
static const char sql_rows[] = "SELECT row FROM quar WHERE row IS NOT NULL ORDER BY row";
static const char sql_clear[] = "DELETE FROM quar WHERE row = ?1";
static const char sql_all[] = "SELECT quar.n, quar.reason, quar.row, quar.box, ev.tag, ev.box,"
                              " quar.tag"
                              " FROM quar LEFT JOIN ev ON ev.n = quar.row ORDER BY quar.n";
static const char sql_same[] = "SELECT 1 FROM quar WHERE tag = ?1";

static void bytes_tag(const struct vault *v, unsigned char tag[TAG_LEN], int64_t row,
                      const unsigned char *bytes, size_t n)
{
    unsigned char number[8];
    put_u64(number, (uint64_t)row);
    const struct part parts[] = {PART_TAG("spr/tz/1"), {number, sizeof number}, {bytes, n}};
    row_tag(v->keys, tag, parts, 3);
}

/* The same bytes come again with every exchange; once is enough. */
static enum err is_there(struct vault *v, const unsigned char tag[TAG_LEN], bool *there,
                         struct err_info *err)
{
    db_stmt *s = NULL;
    enum err bad = db_prepare(v->db, sql_same, &s, err);
    if (bad == ERR_OK) {
        db_bind_blob(s, 1, tag, TAG_LEN);
        bad = db_step(s, there, err);
        db_stmt_free(s);
    }
    return bad;
}

enum err quarantine_put(struct vault *v, enum vault_reason reason, int64_t row,
                        const unsigned char *bytes, size_t n, struct err_info *err)
{
    unsigned char tag[TAG_LEN];
    bool there = false;
    n = row > 0 ? 0 : n;
    bytes_tag(v, tag, row, bytes, n);
    enum err bad = is_there(v, tag, &there, err);
    if (bad != ERR_OK || there) {
        return bad;
    }
    unsigned char *box = buf_need(&v->box, n + ROW_EXTRA);
    row_seal(v->keys, tag, bytes, n, box);
    db_stmt *s = NULL;
    bad = db_prepare(v->db, sql_put, &s, err);
    if (bad == ERR_OK) {
        db_bind_int(s, 1, (int64_t)reason);
        if (row > 0) {
            db_bind_int(s, 2, row);
        } else {
            db_bind_null(s, 2);
        }
        db_bind_blob(s, 3, box, n + ROW_EXTRA);
        db_bind_blob(s, 4, tag, TAG_LEN);
        bad = db_run(s, err);
        db_stmt_free(s);
    }
    return bad;
}

enum err aside_load(struct vault *v, struct aside *out, struct err_info *err)
{
    db_stmt *s = NULL;
    bool row = false;
    size_t cap = 0;
    *out = (struct aside){0};
    enum err bad = db_prepare(v->db, sql_rows, &s, err);
    if (bad != ERR_OK) {
        return bad;
    }
    while ((bad = db_step(s, &row, err)) == ERR_OK && row) {
        if (out->count == cap) {
            cap = cap == 0 ? 16 : 2 * cap;
            out->rows = mem_realloc(out->rows, cap * sizeof *out->rows);
        }
        out->rows[out->count++] = db_col_int(s, 0);
    }
    db_stmt_free(s);
    return bad;
}

bool aside_has(const struct aside *a, int64_t row)
{
    size_t low = 0;
    size_t high = a->count;
    while (low < high) {
        const size_t mid = (low + high) / 2;
        if (a->rows[mid] < row) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low < a->count && a->rows[low] == row;
}

void aside_done(struct aside *a)
{
    free(a->rows);
    *a = (struct aside){0};
}

enum err aside_clear(struct vault *v, int64_t row, struct err_info *err)
{
    db_stmt *s = NULL;
    enum err bad = db_prepare(v->db, sql_clear, &s, err);
    if (bad == ERR_OK) {
        db_bind_int(s, 1, row);
        bad = db_run(s, err);
        db_stmt_free(s);
    }
    return bad;
}

/* Device and number, if the bytes are long enough to tell. */
static void say_event(struct vault *v, db_stmt *s, struct vault_quarantined *q)
{
    const int col = db_col_is_null(s, 2) ? 3 : 5;
    size_t n = 0;
    size_t tag_len = 0;
    const unsigned char *box = db_col_blob(s, col, &n);
    unsigned char tag[TAG_LEN] = {0};
    q->len = n > ROW_EXTRA ? n - ROW_EXTRA : 0;
    const unsigned char *stored = db_col_blob(s, col == 5 ? 4 : 6, &tag_len);
    if (tag_len == TAG_LEN) {
        memcpy(tag, stored, TAG_LEN);
    }
    unsigned char *plain = buf_need(&v->event, n + 1);
    struct event_view e;
    if (row_open(v->keys, tag, box, n, plain) && arrive_view(plain, q->len, &e)) {
        memcpy(q->device, e.device, ID_LEN);
        q->seq = e.seq;
    }
}

enum err vault_quarantine(vault *v, struct vault_quarantined **out, size_t *count,
                          struct err_info *err)
{
    db_stmt *s = NULL;
    bool row = false;
    size_t cap = 16;
    *count = 0;
    *out = NULL;
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    enum err bad = db_prepare(v->db, sql_all, &s, err);
    if (bad != ERR_OK) {
        return bad;
    }
    *out = mem_alloc(cap * sizeof **out);
    while ((bad = db_step(s, &row, err)) == ERR_OK && row) {
        if (*count == cap) {
            cap *= 2;
            *out = mem_realloc(*out, cap * sizeof **out);
        }
        struct vault_quarantined *q = &(*out)[(*count)++];
        *q = (struct vault_quarantined){.n = db_col_int(s, 0),
                                        .reason = (enum vault_reason)db_col_int(s, 1)};
        say_event(v, s, q);
    }
    db_stmt_free(s);
    if (bad != ERR_OK) {
        free(*out);
        *out = NULL;
        *count = 0;
    }
    return bad;
}
