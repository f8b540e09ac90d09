/* What came before what it rests on. Invariant: a record stands here once, under a tag made of
 * where it waits (device and number of an event, else its own bytes), and leaves the table before it
 * is tried again. */
#include "arrive_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define BRANCHES 4 /* different events that may wait under one number */

static const char sql_put[] = "INSERT INTO held(tag, box) VALUES(?1, ?2)"
                              " ON CONFLICT(tag) DO NOTHING";
static const char sql_get[] = "SELECT box FROM held WHERE tag = ?1";
static const char sql_drop[] = "DELETE FROM held WHERE tag = ?1";
static const char sql_all[] = "SELECT tag, box FROM held";
static const char sql_clear[] = "DELETE FROM held";

static void place_tag(const struct vault *v, unsigned char tag[TAG_LEN],
                      const unsigned char device[ID_LEN], uint64_t seq, unsigned branch)
{
    unsigned char number[9];
    put_u64(number, seq);
    number[8] = (unsigned char)branch;
    const struct part parts[] = {PART_TAG("spr/th/1"), {device, ID_LEN}, {number, sizeof number}};
    row_tag(v->keys, tag, parts, 3);
}

static void own_tag(const struct vault *v, unsigned char tag[TAG_LEN], const unsigned char *bytes,
                    size_t n)
{
    const struct part parts[] = {PART_TAG("spr/tg/1"), {bytes, n}};
    row_tag(v->keys, tag, parts, 2);
}

static enum err insert(struct vault *v, const unsigned char tag[TAG_LEN],
                       const unsigned char *bytes, size_t n, struct err_info *err)
{
    unsigned char *box = buf_need(&v->box, n + ROW_EXTRA);
    row_seal(v->keys, tag, bytes, n, box);
    db_stmt *s = NULL;
    enum err bad = db_prepare(v->db, sql_put, &s, err);
    if (bad == ERR_OK) {
        db_bind_blob(s, 1, tag, TAG_LEN);
        db_bind_blob(s, 2, box, n + ROW_EXTRA);
        bad = db_run(s, err);
        db_stmt_free(s);
    }
    return bad;
}

static enum err drop(struct vault *v, const unsigned char tag[TAG_LEN], struct err_info *err)
{
    db_stmt *s = NULL;
    enum err bad = db_prepare(v->db, sql_drop, &s, err);
    if (bad == ERR_OK) {
        db_bind_blob(s, 1, tag, TAG_LEN);
        bad = db_run(s, err);
        db_stmt_free(s);
    }
    return bad;
}

/* Appends length and bytes; ERR_NOT_FOUND. */
static enum err get(struct vault *v, const unsigned char tag[TAG_LEN], struct str *out,
                    struct err_info *err)
{
    db_stmt *s = NULL;
    bool row = false;
    enum err bad = db_prepare(v->db, sql_get, &s, err);
    if (bad != ERR_OK) {
        return bad;
    }
    db_bind_blob(s, 1, tag, TAG_LEN);
    bad = db_step(s, &row, err);
    if (bad == ERR_OK && !row) {
        bad = ERR_NOT_FOUND;
    } else if (bad == ERR_OK) {
        size_t n = 0;
        const unsigned char *box = db_col_blob(s, 0, &n);
        unsigned char *plain = buf_need(&v->event, n + 1);
        if (row_open(v->keys, tag, box, n, plain)) {
            str_put_u32le(out, n - ROW_EXTRA);
            str_put(out, plain, n - ROW_EXTRA);
        } else {
            bad = ERR_SET(err, ERR_DAMAGED, "held");
        }
    }
    db_stmt_free(s);
    return bad;
}

enum err held_put(struct vault *v, const unsigned char *bytes, size_t n, struct err_info *err)
{
    unsigned char tag[TAG_LEN];
    struct event_view e;
    if (!arrive_view(bytes, n, &e)) {
        own_tag(v, tag, bytes, n);
        return insert(v, tag, bytes, n, err);
    }
    struct str there = STR_INIT;
    enum err bad = ERR_OK;
    for (unsigned i = 0; i < BRANCHES && bad == ERR_OK; i++) {
        place_tag(v, tag, e.device, e.seq, i);
        str_clear(&there);
        bad = get(v, tag, &there, err);
        if (bad == ERR_OK && there.len == n + 4 && memcmp(there.data + 4, bytes, n) == 0) {
            break; /* waits already */
        }
    }
    str_done(&there);
    return bad == ERR_NOT_FOUND ? insert(v, tag, bytes, n, err) : bad;
}

enum err held_pick(struct vault *v, const unsigned char device[ID_LEN], uint64_t seq,
                   struct str *out, struct err_info *err)
{
    enum err bad = ERR_OK;
    for (unsigned i = 0; i < BRANCHES && bad == ERR_OK; i++) {
        unsigned char tag[TAG_LEN];
        place_tag(v, tag, device, seq, i);
        bad = get(v, tag, out, err);
        bad = bad == ERR_OK ? drop(v, tag, err) : bad;
    }
    return bad == ERR_NOT_FOUND ? ERR_OK : bad;
}

static bool keep(void *payload, const void *bytes, size_t n)
{
    struct str *out = payload;
    str_put_u32le(out, n);
    str_put(out, bytes, n);
    return true;
}

enum err held_pick_all(struct vault *v, struct str *out, struct err_info *err)
{
    const enum err bad = held_each(v, keep, out, err);
    return bad == ERR_OK && out->len > 0 ? db_exec(v->db, sql_clear, err) : bad;
}

enum err held_each(struct vault *v, bool (*f)(void *payload, const void *bytes, size_t n),
                   void *payload, struct err_info *err)
{
    db_stmt *s = NULL;
    bool row = false;
    enum err bad = db_prepare(v->db, sql_all, &s, err);
    if (bad != ERR_OK) {
        return bad;
    }
    bool on = true;
    while (on && (bad = db_step(s, &row, err)) == ERR_OK && row) {
        size_t tag_len = 0;
        size_t n = 0;
        const unsigned char *tag = db_col_blob(s, 0, &tag_len);
        const unsigned char *box = db_col_blob(s, 1, &n);
        unsigned char *plain = buf_need(&v->event, n + 1);
        if (tag_len == TAG_LEN && row_open(v->keys, tag, box, n, plain)) {
            on = f(payload, plain, n - ROW_EXTRA);
        }
    }
    db_stmt_free(s);
    return bad;
}
