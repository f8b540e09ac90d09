/* The log: appending in one transaction, reading in order. Invariant: seq, prev, heads and clock
 * come from the database inside the transaction that writes the next event; nothing of the chain
 * lives in this process between two transactions. An event is saved when COMMIT returned. */
#include <string.h>

#include "base/clock.h"
#include "erased_int.h"
#include "safe_int.h"
#include "vault/cache.h"

#define CLOCK_SHIFT 16
#define EPOCHS_KEPT 4096 /* looked up; then forgotten, and looked up again */

static const char sql_insert[] =
    "INSERT INTO ev(n, tag, box) VALUES((SELECT coalesce(max(n), 0) + 1 FROM ev), ?1, ?2)";
/* Not what stands there for its chain only. */
static const char sql_each[] = "SELECT n, tag, box FROM ev WHERE n > ?1 AND NOT EXISTS"
                               " (SELECT 1 FROM quar WHERE row = ev.n) ORDER BY n";
static const char sql_one[] = "SELECT n, tag, box FROM ev WHERE n = ?1 AND NOT EXISTS"
                              " (SELECT 1 FROM quar WHERE row = ?1)";
static const char sql_last[] = "SELECT coalesce(max(n), 0) FROM ev";

enum err log_begin(struct vault *v, struct log_txn *t, struct err_info *err)
{
    const int64_t now = clock_now_ms();
    if (now <= 0 || now >= (int64_t)1 << (63 - CLOCK_SHIFT)) {
        return ERR_SET(err, ERR_CLOCK, NULL);
    }
    t->now = (uint64_t)now << CLOCK_SHIFT;
    t->first_row = 0;
    t->added = 0;
    t->is_founding = false;
    t->is_settling = false;
    t->is_succeeding = false;
    v->fresh.row = 0;
    if (v->epochs.count > EPOCHS_KEPT) {
        epoch_map_done(&v->epochs);
    }
    enum err bad = v->is_batch ? ERR_OK : db_begin(v->db, __func__, err);
    if (bad == ERR_OK) {
        bad = chain_read(v, &t->chain, err);
        if (bad == ERR_OK) {
            bad = known_fresh(v, t->chain.generation, err);
        }
        if (bad == ERR_OK) {
            bad = device_settle(v, t, err);
        }
        if (bad != ERR_OK) {
            log_cancel(v);
        }
    }
    return bad;
}

void log_cancel(struct vault *v)
{
    db_rollback(v->db);
    v->is_batch = false;
    v->data_version = 0;
    store_forget(v);
    v->has_erased = false;
    if (v->org_is_dirty) {
        v->org_is_dirty = false;
        v->org.generation = UINT64_MAX; /* loaded again by the next call */
    }
}

enum err log_close(struct vault *v, struct log_txn *t, enum err bad, struct err_info *err)
{
    if (bad != ERR_OK) {
        log_cancel(v);
        return bad;
    }
    return log_end(v, t, err);
}

static enum err insert(struct vault *v, const unsigned char id[HASH_LEN], size_t n,
                       struct err_info *err)
{
    unsigned char tag[TAG_LEN];
    row_tag_event(v->keys, tag, id);
    unsigned char *box = buf_need(&v->box, n + ROW_EXTRA);
    row_seal(v->keys, tag, v->event.bytes, n, box);
    db_stmt *s = NULL;
    enum err bad = db_prepare(v->db, sql_insert, &s, err);
    if (bad == ERR_OK) {
        db_bind_blob(s, 1, tag, sizeof tag);
        db_bind_blob(s, 2, box, n + ROW_EXTRA);
        bad = db_run(s, err);
        db_stmt_free(s);
    }
    /* A trigger that somebody put into the file can swallow the line without an error. */
    if (bad == ERR_OK && db_changes(v->db) != 1) {
        bad = ERR_SET(err, ERR_DAMAGED, "ev");
    }
    return bad;
}

static void keep_fresh(struct vault *v, const struct vault_write *w, const struct chain *c,
                       const struct chain_head *own)
{
    struct fresh *f = &v->fresh;
    row_tag_event(v->keys, f->tag, own->id);
    memcpy(f->id, own->id, HASH_LEN);
    memcpy(f->compartment, w->compartment, ID_LEN);
    f->seq = own->seq;
    f->clock = c->clock;
    f->kind = w->kind;
    f->kind_version = w->kind_version;
    f->len = w->len;
    unsigned char *text = buf_need(&f->text, w->len + 1);
    memcpy(text, w->text, w->len);
    text[w->len] = 0;
}

/* The epoch's word on an event of our own, before it is sealed. */
static enum err check_own(struct vault *v, const struct log_txn *t, const struct vault_write *w,
                          const struct place *at, const struct event_view *e, struct err_info *err)
{
    const struct event_payload p = {
        .kind = w->kind, .kind_version = w->kind_version, .text = w->text, .len = w->len};
    if (t->is_founding) {
        return ERR_OK;
    }
    const struct org_device *device = org_device_of(&v->org, v->device);
    if (w->kind < EVENT_KIND_RECORD) {
        return authority_check(v, e, &p, err);
    }
    if (!vault_rights_may(at->role, at->sort, at->part, w->kind) ||
        !vault_rights_may(vault_own_role(v), at->sort, at->part, w->kind) ||
        (device != NULL && device->is_closed)) {
        return ERR_SET(err, ERR_RIGHTS, "role");
    }
    return ERR_OK;
}

/* What the chain says about the next event, and where it goes. */
static enum err next_parts(struct vault *v, struct log_txn *t, const struct vault_write *w,
                           const struct place *at, struct chain_head *own,
                           struct event_parts *parts, struct err_info *err)
{
    const uint64_t clock = t->now > t->chain.clock ? t->now : t->chain.clock + 1;
    const struct event_view e = {.organisation = v->organisation,
                                 .compartment = w->compartment,
                                 .device = v->device,
                                 .epoch = at->epoch,
                                 .flags = at->is_box ? EVENT_FLAG_BOX : 0,
                                 .seq = own->seq + 1,
                                 .clock = clock};
    *parts = (struct event_parts){
        .organisation = v->organisation,
        .compartment = w->compartment,
        .device = v->device,
        .seq = own->seq + 1,
        .prev = own->id,
        .clock = clock,
        .epoch = at->epoch,
        .box = at->is_box ? at->box : NULL,
        .kind = w->kind,
        .kind_version = w->kind_version,
        .text = w->text,
        .len = w->len,
    };
    return check_own(v, t, w, at, &e, err);
}

static enum err build(struct vault *v, const struct vault_write *w, const struct event_parts *parts,
                      unsigned char id[HASH_LEN], struct err_info *err)
{
    const unsigned char *key = NULL;
    if (parts->box == NULL) {
        const enum err bad = ckey_payload(v, w->compartment, parts->epoch, false, &key, err);
        if (bad != ERR_OK) {
            return bad;
        }
    }
    const size_t n = event_size(w->len, parts->box != NULL);
    event_build(parts, key, v->keys->device_sign, buf_need(&v->event, n), id);
    return insert(v, id, n, err);
}

/* An event of the organisation changes what is known about it, in the same transaction. */
static enum err apply_own(struct vault *v, const struct vault_write *w,
                          const struct event_parts *parts, const unsigned char id[HASH_LEN],
                          struct err_info *err)
{
    struct event_view e = {.organisation = v->organisation,
                           .compartment = w->compartment,
                           .device = v->device,
                           .epoch = parts->epoch,
                           .seq = parts->seq,
                           .clock = parts->clock};
    const struct event_payload p = {
        .kind = w->kind, .kind_version = w->kind_version, .text = w->text, .len = w->len};
    memcpy(e.id, id, HASH_LEN);
    return w->kind < EVENT_KIND_RECORD && parts->box == NULL ? org_apply(v, &e, &p, err) : ERR_OK;
}

enum err log_add(struct vault *v, struct log_txn *t, const struct vault_write *w,
                 unsigned char id[HASH_LEN], struct err_info *err)
{
    unsigned char heads[HASH_LEN];
    unsigned char nonce[NONCE_LEN];
    struct place at;
    struct event_parts parts;
    enum err bad = place_find(v, t, w->compartment, &at, err);
    if (bad != ERR_OK) {
        return bad;
    }
    struct chain *c = &t->chain;
    chain_hash(c, heads);
    struct chain_head *own = chain_place(c, v->device);
    if (own == NULL) {
        return ERR_SET(err, ERR_LIMIT, "chain");
    }
    random_bytes(nonce, sizeof nonce);
    bad = next_parts(v, t, w, &at, own, &parts, err);
    parts.heads = heads;
    parts.nonce = nonce;
    if (bad == ERR_OK) {
        bad = build(v, w, &parts, id, err);
    }
    if (bad == ERR_OK) {
        bad = apply_own(v, w, &parts, id, err);
    }
    if (bad == ERR_OK) {
        own->seq++;
        memcpy(own->id, id, HASH_LEN);
        c->clock = parts.clock;
        c->events++;
        c->last_save_ms = (int64_t)(c->clock >> CLOCK_SHIFT);
        t->first_row = t->first_row == 0 ? db_last_rowid(v->db) : t->first_row;
        t->added++;
        v->fresh.len = 0;
        if (!at.is_box) {
            keep_fresh(v, w, c, own);
        }
        t->last_is_box = at.is_box;
    }
    return bad;
}

enum err log_add_org(struct vault *v, struct log_txn *t, unsigned kind, const struct str *text,
                     struct err_info *err)
{
    unsigned char id[HASH_LEN];
    struct vault_write w = {
        .kind = kind, .kind_version = 1, .text = str_cstr(text), .len = text->len};
    memcpy(w.compartment, v->organisation, ID_LEN);
    return log_add(v, t, &w, id, err);
}

enum err log_end(struct vault *v, struct log_txn *t, struct err_info *err)
{
    enum err bad = known_save(v, err);
    t->chain.generation = v->org.generation;
    if (bad == ERR_OK) {
        bad = chain_write(v, &t->chain, err);
    }
    if (bad == ERR_OK && !v->is_batch) {
        bad = db_commit(v->db, err);
    }
    if (bad != ERR_OK) {
        log_cancel(v);
        return bad;
    }
    v->fresh.row = t->added == 1 && !t->last_is_box ? t->first_row : 0;
    const struct chain_head *own = chain_find(&t->chain, v->device);
    if (own != NULL && t->added > 0 && !v->is_batch) {
        head_raise(v, own->seq, own->id, t->added);
    }
    /* With a row of another process in between, it stays unseen: vault_changed tells of it. */
    if (t->first_row == v->seen_row + 1) {
        v->seen_row += t->added;
    }
    erase_settle(v);
    return ERR_OK;
}

enum err vault_batch_begin(vault *v, struct err_info *err)
{
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    const enum err bad = db_begin(v->db, __func__, err);
    v->is_batch = bad == ERR_OK;
    return bad;
}

/* The mark beside the log goes up when what it marks is on disk, as after any commit. */
enum err vault_batch_end(vault *v, struct err_info *err)
{
    struct chain c;
    if (!v->is_batch) {
        return ERR_SET(err, ERR_USAGE, "batch");
    }
    v->is_batch = false;
    enum err bad = chain_read(v, &c, err);
    if (bad == ERR_OK) {
        bad = db_commit(v->db, err);
    }
    if (bad != ERR_OK) {
        log_cancel(v);
        return bad;
    }
    const struct chain_head *own = chain_find(&c, v->device);
    if (own != NULL) {
        head_raise(v, own->seq, own->id, 1);
    }
    erase_settle(v);
    return ERR_OK;
}

static enum err check_writes(const vault *v, const struct vault_write *events, size_t n,
                             struct err_info *err)
{
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    for (size_t i = 0; i < n; i++) {
        const bool is_output = events[i].kind == EVENT_KIND_STATUS ||
                               events[i].kind == EVENT_KIND_STAT;
        if ((events[i].kind < EVENT_KIND_RECORD && !is_output) || events[i].kind > 0xFFFF ||
            events[i].kind_version > 0xFFFF) {
            return ERR_SET(err, ERR_USAGE, "kind");
        }
        if (events[i].len > EVENT_TEXT_MAX) {
            return ERR_SET(err, ERR_LIMIT, "event");
        }
    }
    return ERR_OK;
}

enum err vault_append(vault *v, const struct vault_write *events, size_t n,
                      unsigned char (*ids)[VAULT_EVENT_ID_LEN], struct err_info *err)
{
    struct log_txn t;
    enum err bad = check_writes(v, events, n, err);
    if (bad != ERR_OK || n == 0) {
        return bad;
    }
    bad = log_begin(v, &t, err);
    if (bad != ERR_OK) {
        return bad;
    }
    for (size_t i = 0; bad == ERR_OK && i < n; i++) {
        unsigned char id[HASH_LEN];
        bad = log_add(v, &t, &events[i], id, err);
        if (bad == ERR_OK && ids != NULL) {
            memcpy(ids[i], id, HASH_LEN);
        }
    }
    return log_close(v, &t, bad, err);
}

static void say_author(const vault *v, const struct cert *device, struct vault_event *e)
{
    memcpy(e->device, device->subject, ID_LEN);
    memcpy(e->author, device->issuer, ID_LEN);
    e->author_name = known_name(v, device->issuer);
}

/* The event just written, from memory; false if this row is another. */
static bool read_fresh(const vault *v, const unsigned char *tag, struct vault_event *e)
{
    const struct fresh *f = &v->fresh;
    const struct cert *device = known_cert(v, CERT_DEVICE, v->device);
    if (f->row == 0 || f->row != e->row || memcmp(f->tag, tag, TAG_LEN) != 0 || device == NULL) {
        return false;
    }
    say_author(v, device, e);
    memcpy(e->id, f->id, HASH_LEN);
    memcpy(e->compartment, f->compartment, ID_LEN);
    e->by_office = false; /* who may write is granted */
    e->seq = f->seq;
    e->time_ms = (int64_t)(f->clock >> CLOCK_SHIFT);
    e->counter = (unsigned)(f->clock & 0xFFFF);
    e->kind = f->kind;
    e->kind_version = f->kind_version;
    e->text = (const char *)f->text.bytes;
    e->len = f->len;
    return true;
}

/* Fills e from one row; ERR_NO if it cannot be opened here, ERR_NOT_FOUND if it was erased. A
 * failure of the disk is neither. */
static enum err read_row(vault *v, db_stmt *s, struct vault_event *e, struct err_info *err)
{
    size_t tag_len = 0;
    size_t n = 0;
    const unsigned char *tag = db_col_blob(s, 1, &tag_len);
    if (tag_len == TAG_LEN && read_fresh(v, tag, e)) {
        return ERR_OK;
    }
    const unsigned char *box = db_col_blob(s, 2, &n);
    struct event_view view;
    struct event_payload payload;
    const unsigned char *key = NULL;
    unsigned char *plain = buf_need(&v->event, n + 1);
    if (tag_len != TAG_LEN || !row_open(v->keys, tag, box, n, plain)) {
        return ERR_NO;
    }
    if (erased_is(plain, n - ROW_EXTRA)) {
        return ERR_NOT_FOUND;
    }
    if (event_parse(plain, n - ROW_EXTRA, &view, NULL) != ERR_OK) {
        return ERR_NO;
    }
    const enum err bad = ckey_payload(v, view.compartment, view.epoch,
                                      (view.flags & EVENT_FLAG_BOX) != 0, &key, err);
    if (bad != ERR_OK) {
        return bad == ERR_RIGHTS || bad == ERR_DAMAGED ? ERR_NO : bad;
    }
    const struct cert *device = known_cert(v, CERT_DEVICE, view.device);
    if (device == NULL ||
        event_open(&view, key, buf_need(&v->text, view.ct_len), &payload, NULL) != ERR_OK) {
        return ERR_NO;
    }
    memcpy(e->id, view.id, HASH_LEN);
    memcpy(e->compartment, view.compartment, ID_LEN);
    e->by_office = comp_by_office(v, view.compartment);
    say_author(v, device, e);
    e->seq = view.seq;
    e->time_ms = (int64_t)(view.clock >> CLOCK_SHIFT);
    e->counter = (unsigned)(view.clock & 0xFFFF);
    e->kind = payload.kind;
    e->kind_version = payload.kind_version;
    e->text = payload.text;
    e->len = payload.len;
    return ERR_OK;
}

/* The callback may append or read other things of the vault, so the working buffers are taken
 * out of its reach while it runs. */
static bool deliver(vault *v, const struct vault_event *e,
                    bool (*f)(void *payload, const struct vault_event *e), void *payload)
{
    struct buf text = v->text;
    struct fresh fresh = v->fresh;
    v->text = (struct buf){0};
    v->fresh = (struct fresh){0};
    const bool on = f(payload, e);
    buf_done(&v->text);
    buf_done(&v->fresh.text);
    v->text = text;
    v->fresh = fresh;
    v->fresh.row = 0; /* told */
    return on;
}

enum err vault_each(vault *v, int64_t after, bool (*f)(void *payload, const struct vault_event *e),
                    void *payload, uint64_t *skipped, struct err_info *err)
{
    uint64_t closed = 0;
    db_stmt *s = NULL;
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    enum err bad = known_now(v, err);
    if (bad == ERR_OK) {
        bad = db_prepare(v->db, sql_each, &s, err);
    }
    if (bad != ERR_OK) {
        return bad;
    }
    db_bind_int(s, 1, after);
    bool row = false;
    bool on = true;
    int64_t last = 0;
    while (on && (bad = db_step(s, &row, err)) == ERR_OK && row) {
        struct vault_event e = {.row = db_col_int(s, 0)};
        bad = read_row(v, s, &e, err);
        if (bad != ERR_OK && bad != ERR_NO && bad != ERR_NOT_FOUND) {
            break;
        }
        last = e.row;
        if (bad == ERR_OK) {
            on = deliver(v, &e, f, payload);
        } else {
            closed += bad == ERR_NO ? 1 : 0;
            bad = ERR_OK;
        }
    }
    db_stmt_free(s);
    v->seen_row = last > v->seen_row ? last : v->seen_row;
    if (skipped != NULL) {
        *skipped = closed;
    }
    return bad;
}

enum err vault_each_rows(vault *v, const int64_t *rows, size_t n,
                         bool (*f)(void *payload, const struct vault_event *e), void *payload,
                         uint64_t *skipped, struct err_info *err)
{
    uint64_t closed = 0;
    db_stmt *s = NULL;
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    enum err bad = known_now(v, err);
    if (bad == ERR_OK) {
        bad = db_prepare(v->db, sql_one, &s, err);
    }
    if (bad != ERR_OK) {
        return bad;
    }
    bool on = true;
    for (size_t i = 0; on && bad == ERR_OK && i < n; i++) {
        bool row = false;
        struct vault_event e = {.row = rows[i]};
        db_bind_int(s, 1, rows[i]);
        bad = db_step(s, &row, err);
        if (bad == ERR_OK) {
            bad = row ? read_row(v, s, &e, err) : ERR_NO;
        }
        if (bad == ERR_OK) {
            on = deliver(v, &e, f, payload);
        } else if (bad == ERR_NO) {
            closed++;
            bad = ERR_OK;
        }
        db_reset(s);
    }
    db_stmt_free(s);
    if (skipped != NULL) {
        *skipped = closed;
    }
    return bad;
}

bool vault_changed(vault *v)
{
    db_stmt *s = NULL;
    bool row = false;
    int64_t last = v->seen_row;
    if (v->keys == NULL || db_prepare(v->db, sql_last, &s, NULL) != ERR_OK) {
        return false;
    }
    if (db_step(s, &row, NULL) == ERR_OK && row) {
        last = db_col_int(s, 0);
    }
    db_stmt_free(s);
    const bool changed = last > v->seen_row;
    v->seen_row = last > v->seen_row ? last : v->seen_row;
    return changed;
}

uint64_t vault_event_count(const vault *v)
{
    struct chain c;
    struct vault *own = (struct vault *)(uintptr_t)v; /* only working buffers change */
    return v->keys != NULL && chain_read(own, &c, NULL) == ERR_OK ? c.events : 0;
}

int64_t vault_last_save_ms(const vault *v)
{
    struct chain c;
    struct vault *own = (struct vault *)(uintptr_t)v;
    return v->keys != NULL && chain_read(own, &c, NULL) == ERR_OK ? c.last_save_ms : 0;
}
