/* At the end of a batch: what was held is tried again, what was closed is opened with the keys that
 * came, what does not count any more is set aside and what counts after all is given back.
 * Invariant: it ends when a whole round changed nothing. */
#include "arrive_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

static const char sql_rows[] = "SELECT n, tag, box FROM ev WHERE n > ?1 ORDER BY n LIMIT 1";
static const char sql_aside[] = "SELECT row, reason FROM quar WHERE row IS NOT NULL ORDER BY row";
static const char sql_row[] = "SELECT tag, box FROM ev WHERE n = ?1";

/* One row of ev, opened; the event's bytes lie in b. */
struct row {
    int64_t n;
    struct event_view e;
    bool is_there, is_readable;
};

static enum err open_row(struct vault *v, db_stmt *s, int col, struct buf *b, struct row *out)
{
    size_t tag_len = 0;
    size_t len = 0;
    const unsigned char *tag = db_col_blob(s, col, &tag_len);
    const unsigned char *box = db_col_blob(s, col + 1, &len);
    out->is_readable = tag_len == TAG_LEN &&
                       row_open(v->keys, tag, box, len, buf_need(b, len + 1)) &&
                       arrive_view(b->bytes, len - ROW_EXTRA, &out->e);
    return ERR_OK;
}

/* The next row after n. Read one by one: what is done with it uses the tables too. */
static enum err next_row(struct vault *v, int64_t after, struct buf *b, struct row *out,
                         struct err_info *err)
{
    db_stmt *s = NULL;
    *out = (struct row){.n = 0};
    enum err bad = db_prepare(v->db, sql_rows, &s, err);
    if (bad != ERR_OK) {
        return bad;
    }
    db_bind_int(s, 1, after);
    bad = db_step(s, &out->is_there, err);
    if (bad == ERR_OK && out->is_there) {
        out->n = db_col_int(s, 0);
        bad = open_row(v, s, 1, b, out);
    }
    db_stmt_free(s);
    return bad;
}

/* ---- keys that came late */

static int by_names(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct opened_epoch));
}

static bool is_opened(const struct arrival *a, const struct event_view *e)
{
    struct opened_epoch key;
    memcpy(key.compartment, e->compartment, ID_LEN);
    memcpy(key.epoch, e->epoch, ID_LEN);
    return bsearch(&key, a->opened, a->opened_count, sizeof key, by_names) != NULL;
}

/* An event that stood here closed: may it be read, and what does it change? */
static enum err reopen(struct vault *v, struct arrival *a, const struct row *r,
                       struct err_info *err)
{
    struct event_payload payload;
    const struct event_payload *p = NULL;
    enum vault_reason reason = VAULT_REASON_NONE;
    enum err bad = arrive_judge(v, &r->e, &a->text, &payload, &p, &reason, err);
    if (bad == ERR_OK && p != NULL && p->kind < EVENT_KIND_RECORD &&
        memcmp(r->e.compartment, v->organisation, ID_LEN) == 0) {
        bad = org_apply(v, &r->e, p, err);
        a->has_authority = true;
        a->has_endings = true;
        reason = VAULT_REASON_CERTIFICATE;
    }
    if (bad == ERR_NO || bad == ERR_RIGHTS || bad == ERR_NOT_FOUND) {
        reason = reason == VAULT_REASON_NONE ? VAULT_REASON_RIGHTS : reason;
        bad = quarantine_put(v, reason, r->n, NULL, 0, err);
    }
    a->has_progress = true;
    a->has_reopened = true;
    return bad;
}

static enum err open_late(struct vault *v, struct arrival *a, struct err_info *err)
{
    struct buf b = {0};
    struct row r = {.n = 0};
    enum err bad = ERR_OK;
    qsort(a->opened, a->opened_count, sizeof *a->opened, by_names);
    do {
        bad = next_row(v, r.n, &b, &r, err);
        if (bad == ERR_OK && r.is_there && r.is_readable && r.n <= a->opened_row &&
            is_opened(a, &r.e)) {
            bad = reopen(v, a, &r, err);
        }
    } while (bad == ERR_OK && r.is_there && r.n < a->opened_row);
    buf_done(&b);
    a->opened_count = 0;
    return bad;
}

/* ---- what does not count any more */

/* By a device after its end, or to a drop box by a member after her removal. */
static bool is_over(const struct vault *v, const struct event_view *e)
{
    const struct org_device *d = org_device_of(&v->org, e->device);
    if (d == NULL) {
        return false;
    }
    const struct org_member *m = org_member_of(&v->org, d->member);
    return (d->is_closed && e->seq > d->closed_seq) ||
           ((e->flags & EVENT_FLAG_BOX) != 0 && m != NULL && m->is_removed &&
            e->clock > m->removed_clock);
}

static enum err end_rows(struct vault *v, struct arrival *a, struct err_info *err)
{
    struct buf b = {0};
    struct row r = {.n = 0};
    struct aside there;
    enum err bad = aside_load(v, &there, err);
    do {
        bad = bad == ERR_OK ? next_row(v, r.n, &b, &r, err) : bad;
        if (bad == ERR_OK && r.is_there && r.is_readable && !aside_has(&there, r.n) &&
            is_over(v, &r.e)) {
            bad = quarantine_put(v, VAULT_REASON_CLOSED, r.n, NULL, 0, err);
            a->has_reopened = true;
            a->wants_rebuild = a->wants_rebuild ||
                               memcmp(r.e.compartment, v->organisation, ID_LEN) == 0;
        }
    } while (bad == ERR_OK && r.is_there);
    buf_done(&b);
    aside_done(&there);
    return bad;
}

/* ---- what counts after all */

static enum err row_of(struct vault *v, int64_t n, struct buf *b, struct row *out,
                       struct err_info *err)
{
    db_stmt *s = NULL;
    *out = (struct row){.n = n};
    enum err bad = db_prepare(v->db, sql_row, &s, err);
    if (bad != ERR_OK) {
        return bad;
    }
    db_bind_int(s, 1, n);
    bad = db_step(s, &out->is_there, err);
    if (bad == ERR_OK && out->is_there) {
        bad = open_row(v, s, 0, b, out);
    }
    db_stmt_free(s);
    return bad;
}

/* Judged again with what is known now. */
static enum err pardon(struct vault *v, struct arrival *a, int64_t n, struct buf *b,
                       struct err_info *err)
{
    struct row r;
    struct event_payload payload;
    const struct event_payload *p = NULL;
    enum vault_reason reason = VAULT_REASON_NONE;
    enum err bad = row_of(v, n, b, &r, err);
    if (bad != ERR_OK || !r.is_readable) {
        return bad;
    }
    bad = arrive_judge(v, &r.e, &a->text, &payload, &p, &reason, err);
    if (bad == ERR_OK && p != NULL && p->kind < EVENT_KIND_RECORD &&
        memcmp(r.e.compartment, v->organisation, ID_LEN) == 0) {
        bad = org_apply(v, &r.e, p, err);
        a->has_authority = a->has_authority || bad == ERR_OK;
    }
    if (bad == ERR_OK) {
        a->has_progress = true;
        a->has_reopened = true;
        return aside_clear(v, n, err);
    }
    return bad == ERR_NO || bad == ERR_NOT_FOUND || bad == ERR_RIGHTS ? ERR_OK : bad;
}

static enum err pardon_all(struct vault *v, struct arrival *a, struct err_info *err)
{
    db_stmt *s = NULL;
    bool row = false;
    struct aside wrong = {0};
    enum err bad = db_prepare(v->db, sql_aside, &s, err);
    if (bad != ERR_OK) {
        return bad;
    }
    while ((bad = db_step(s, &row, err)) == ERR_OK && row) {
        const enum vault_reason reason = (enum vault_reason)db_col_int(s, 1);
        if (reason == VAULT_REASON_RIGHTS || reason == VAULT_REASON_CERTIFICATE ||
            reason == VAULT_REASON_ERASED) {
            wrong.rows = mem_realloc(wrong.rows, (wrong.count + 1) * sizeof *wrong.rows);
            wrong.rows[wrong.count++] = db_col_int(s, 0);
        }
    }
    db_stmt_free(s);
    struct buf b = {0};
    for (size_t i = 0; i < wrong.count && bad == ERR_OK; i++) {
        bad = pardon(v, a, wrong.rows[i], &b, err);
    }
    buf_done(&b);
    aside_done(&wrong);
    return bad;
}

/* ---- what waited */

static enum err take_held(struct vault *v, struct arrival *a, struct err_info *err)
{
    struct str all = STR_INIT;
    struct vault_outcome out;
    enum err bad = held_pick_all(v, &all, err);
    for (size_t at = 0; bad == ERR_OK && at < all.len;) {
        const unsigned char *p = (const unsigned char *)all.data + at;
        const size_t n = get_u32le(p);
        bad = arrive_record(v, a, p + 4, n, &out, err);
        at += 4 + n;
    }
    str_done(&all);
    return bad;
}

enum err arrive_again(struct vault *v, struct arrival *a, struct err_info *err)
{
    enum err bad = ERR_OK;
    while (bad == ERR_OK && (a->has_progress || a->opened_count > 0)) {
        a->has_progress = false;
        bad = a->opened_count > 0 ? open_late(v, a, err) : ERR_OK;
        bad = bad == ERR_OK ? take_held(v, a, err) : bad;
        if (bad == ERR_OK && a->has_authority) {
            a->has_authority = false;
            bad = pardon_all(v, a, err);
        }
        if (bad == ERR_OK && a->has_endings) {
            a->has_endings = false;
            bad = end_rows(v, a, err);
        }
    }
    if (bad == ERR_OK && a->has_reopened) {
        bad = cache_void(v, err);
    }
    return bad;
}
