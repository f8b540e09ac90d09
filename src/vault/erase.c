/* Taking a case out of this replica: rows become erased events, keys and wraps go, caches go.
 * Invariant: one transaction; afterwards no byte that any key of this vault, old or new, opens to
 * a word of the case is in its files, and the chain verifies as before. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "erased_int.h"
#include "safe_int.h"

#define AT_COMPARTMENT ((size_t)24) /* of a wrap and of an event alike */

static const char sql_rows[] = "SELECT n, tag, box FROM ev ORDER BY n";
static const char sql_replace[] = "UPDATE ev SET box = ?2 WHERE n = ?1";
static const char sql_wraps[] = "SELECT tag, box FROM wrap";
static const char sql_wrap_drop[] = "DELETE FROM wrap WHERE tag = ?1";
static const char sql_held[] = "SELECT tag, box FROM held";
static const char sql_held_drop[] = "DELETE FROM held WHERE tag = ?1";
static const char sql_aside[] = "SELECT tag, box FROM quar";
static const char sql_aside_drop[] = "DELETE FROM quar WHERE tag = ?1";
static const char sql_notes[] = "SELECT k, box FROM meta";
static const char sql_note_drop[] = "DELETE FROM meta WHERE k = ?1";

/* Tags of lines that are to go; gathered first, since a table is not changed while it is read. */
struct tags {
    unsigned char (*items)[TAG_LEN];
    size_t count, cap;
};

static void tags_add(struct tags *t, const unsigned char *tag)
{
    if (t->count == t->cap) {
        t->cap = t->cap == 0 ? 64 : 2 * t->cap;
        t->items = mem_realloc(t->items, t->cap * sizeof *t->items);
    }
    memcpy(t->items[t->count++], tag, TAG_LEN);
}

/* Does a line's content have to go? */
typedef bool goes(const unsigned char *plain, size_t n, const unsigned char *compartment);

static enum err gather(struct vault *v, const char *sql, goes *f, const unsigned char *compartment,
                       struct tags *out, struct err_info *err)
{
    db_stmt *s = NULL;
    bool row = false;
    enum err bad = db_prepare(v->db, sql, &s, err);
    while (bad == ERR_OK && (bad = db_step(s, &row, err)) == ERR_OK && row) {
        size_t tag_len = 0;
        size_t n = 0;
        const unsigned char *tag = db_col_blob(s, 0, &tag_len);
        const unsigned char *box = db_col_blob(s, 1, &n);
        unsigned char *plain = buf_need(&v->event, n + 1);
        if (tag_len == TAG_LEN && row_open(v->keys, tag, box, n, plain) &&
            f(plain, n - ROW_EXTRA, compartment)) {
            tags_add(out, tag);
        }
    }
    db_stmt_free(s);
    return bad;
}

static enum err drop_tags(struct vault *v, const char *sql, const struct tags *t,
                          struct err_info *err)
{
    enum err bad = ERR_OK;
    for (size_t i = 0; i < t->count && bad == ERR_OK; i++) {
        db_stmt *s = NULL;
        bad = db_prepare(v->db, sql, &s, err);
        if (bad == ERR_OK) {
            db_bind_blob(s, 1, t->items[i], TAG_LEN);
            bad = db_run(s, err);
            db_stmt_free(s);
        }
    }
    return bad;
}

static enum err drop_lines(struct vault *v, const char *read, const char *drop, goes *f,
                           const unsigned char *compartment, struct err_info *err)
{
    struct tags t = {.count = 0};
    enum err bad = gather(v, read, f, compartment, &t, err);
    if (bad == ERR_OK) {
        bad = drop_tags(v, drop, &t, err);
    }
    free(t.items);
    return bad;
}

static bool names_compartment(const unsigned char *plain, size_t n,
                              const unsigned char *compartment)
{
    return n >= AT_COMPARTMENT + ID_LEN && memcmp(plain + AT_COMPARTMENT, compartment, ID_LEN) == 0;
}

/* A note of the layers above (a place to return to, a text being typed) that names the case: length,
 * text, zeros. The vault's own values have another shape, or name compartments in bytes. */
static bool mentions(const unsigned char *plain, size_t n, const unsigned char *compartment)
{
    char hex[ID_HEX_LEN];
    const size_t len = n < 4 ? SIZE_MAX : get_u32le(plain);
    hex_put(hex, compartment, ID_LEN);
    return n >= 4 && len <= n - 4 && memmem(plain + 4, len, hex, strlen(hex)) != NULL;
}

/* ---- events ---- */

struct erased_row {
    int64_t n;
    unsigned char tag[TAG_LEN], bytes[ERASED_LEN];
};
struct rows {
    struct erased_row *items;
    size_t count, cap;
};

static void rows_add(struct rows *r, int64_t n, const unsigned char *tag,
                     const struct event_view *e)
{
    if (r->count == r->cap) {
        r->cap = r->cap == 0 ? 64 : 2 * r->cap;
        r->items = mem_realloc(r->items, r->cap * sizeof *r->items);
    }
    struct erased_row *row = &r->items[r->count++];
    row->n = n;
    memcpy(row->tag, tag, TAG_LEN);
    erased_build(e, row->bytes);
}

static enum err find_rows(struct vault *v, const unsigned char *compartment, struct rows *out,
                          struct err_info *err)
{
    db_stmt *s = NULL;
    bool row = false;
    enum err bad = db_prepare(v->db, sql_rows, &s, err);
    while (bad == ERR_OK && (bad = db_step(s, &row, err)) == ERR_OK && row) {
        struct event_view e;
        size_t tag_len = 0;
        size_t n = 0;
        const unsigned char *tag = db_col_blob(s, 1, &tag_len);
        const unsigned char *box = db_col_blob(s, 2, &n);
        unsigned char *plain = buf_need(&v->event, n + 1);
        if (tag_len == TAG_LEN && row_open(v->keys, tag, box, n, plain) &&
            names_compartment(plain, n - ROW_EXTRA, compartment) &&
            event_parse(plain, n - ROW_EXTRA, &e, NULL) == ERR_OK) {
            rows_add(out, db_col_int(s, 0), tag, &e);
        }
    }
    db_stmt_free(s);
    return bad;
}

static enum err replace_row(struct vault *v, const struct erased_row *row, struct err_info *err)
{
    unsigned char box[ERASED_LEN + ROW_EXTRA];
    db_stmt *s = NULL;
    row_seal(v->keys, row->tag, row->bytes, ERASED_LEN, box);
    enum err bad = db_prepare(v->db, sql_replace, &s, err);
    if (bad == ERR_OK) {
        db_bind_int(s, 1, row->n);
        db_bind_blob(s, 2, box, sizeof box);
        bad = db_run(s, err);
        db_stmt_free(s);
    }
    return bad;
}

static enum err erase_events(struct vault *v, const unsigned char *compartment,
                             struct err_info *err)
{
    struct rows rows = {.count = 0};
    enum err bad = find_rows(v, compartment, &rows, err);
    db_append_only(v->db, NULL);
    for (size_t i = 0; i < rows.count && bad == ERR_OK; i++) {
        bad = replace_row(v, &rows.items[i], err);
    }
    vault_append_only(v);
    free(rows.items);
    return bad;
}

enum err erase_refill(struct vault *v, int64_t row, const struct event_view *e,
                      struct err_info *err)
{
    unsigned char tag[TAG_LEN];
    db_stmt *s = NULL;
    row_tag_event(v->keys, tag, e->id);
    unsigned char *box = buf_need(&v->box, e->len + ROW_EXTRA);
    row_seal(v->keys, tag, e->bytes, e->len, box);
    db_append_only(v->db, NULL);
    enum err bad = db_prepare(v->db, sql_replace, &s, err);
    if (bad == ERR_OK) {
        db_bind_int(s, 1, row);
        db_bind_blob(s, 2, box, e->len + ROW_EXTRA);
        bad = db_run(s, err);
        db_stmt_free(s);
    }
    vault_append_only(v);
    return bad;
}

/* ---- keys and the mark ---- */

static enum err erase_keys(struct vault *v, const struct comp *c, struct err_info *err)
{
    enum err bad = drop_lines(v, sql_wraps, sql_wrap_drop, names_compartment, c->id, err);
    for (size_t i = 0; i < c->count && bad == ERR_OK; i++) {
        bad = ckey_drop(v, c->id, c->epochs[i].id, err);
    }
    return bad;
}

static enum err erase_one(struct vault *v, struct comp *c, struct err_info *err)
{
    c->flags |= COMP_ERASED;
    enum err bad = erase_events(v, c->id, err);
    if (bad == ERR_OK) {
        bad = erase_keys(v, c, err);
    }
    if (bad == ERR_OK) {
        bad = drop_lines(v, sql_held, sql_held_drop, names_compartment, c->id, err);
    }
    if (bad == ERR_OK) {
        bad = drop_lines(v, sql_aside, sql_aside_drop, names_compartment, c->id, err);
    }
    if (bad == ERR_OK) {
        bad = drop_lines(v, sql_notes, sql_note_drop, mentions, c->id, err);
    }
    return bad == ERR_OK ? comp_store(v, c, err) : bad;
}

static enum err load_or_begin(struct vault *v, const unsigned char *id, struct comp *c,
                              struct err_info *err)
{
    const enum err bad = comp_load(v, id, c, err);
    if (bad == ERR_NOT_FOUND) {
        *c = (struct comp){.sort = VAULT_SORT_CASE};
        memcpy(c->id, id, ID_LEN);
        return ERR_OK;
    }
    return bad;
}

static enum err erase_parts(struct vault *v, const struct comp *kase, struct err_info *err)
{
    static const unsigned char zero[ID_LEN] = {0};
    enum err bad = ERR_OK;
    for (int i = 0; i < VAULT_PART_COUNT && bad == ERR_OK; i++) {
        struct comp part = {.count = 0};
        if (memcmp(kase->parts[i], zero, ID_LEN) != 0) {
            bad = load_or_begin(v, kase->parts[i], &part, err);
            if (bad == ERR_OK) {
                bad = erase_one(v, &part, err);
            }
        }
        comp_done(&part);
    }
    return bad;
}

enum err erase_compartment(struct vault *v, const unsigned char id[ID_LEN], struct err_info *err)
{
    struct comp c = {.count = 0};
    enum err bad = load_or_begin(v, id, &c, err);
    if (bad == ERR_OK && (c.flags & COMP_ERASED) == 0) {
        bad = erase_parts(v, &c, err);
        if (bad == ERR_OK) {
            bad = erase_one(v, &c, err);
        }
        if (bad == ERR_OK) {
            bad = cache_void(v, err);
        }
        v->fresh.row = 0;
        store_forget(v);
        v->has_erased = true;
    }
    comp_done(&c);
    return bad;
}

bool erase_is_done(struct vault *v, const unsigned char compartment[ID_LEN])
{
    struct comp c = {.count = 0};
    const bool done = comp_load(v, compartment, &c, NULL) == ERR_OK && (c.flags & COMP_ERASED) != 0;
    comp_done(&c);
    return done;
}

void erase_settle(struct vault *v)
{
    if (!v->has_erased || v->is_batch) {
        return;
    }
    v->has_erased = false;
    buf_done(&v->fresh.text);
    buf_done(&v->text);
    buf_done(&v->event);
    /* Busy means that another window reads; the last one to close empties the log in any case. */
    (void)db_wal_empty(v->db, NULL);
    if (!v->is_reviving) {
        (void)device_renew_box(v, NULL);
    }
    (void)db_wal_empty(v->db, NULL);
}
