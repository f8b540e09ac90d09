/* One event that arrived: its place in its device's chain, its key, its right. Invariant: an event
 * is added to the log only behind the one it names, signed by a device whose certificate is known;
 * what stands in the chain but does not count is set aside, so that what follows can still come. */
#include "arrive_int.h"

#include <string.h>

#include "base/arena.h"
#include "erased_int.h"
#include "safe_int.h"

#define CLOCK_SHIFT 16

static const char sql_find[] = "SELECT n, box FROM ev WHERE tag = ?1";
static const char sql_insert[] = "INSERT INTO ev(tag, box) VALUES(?1, ?2)";

/* Where it stands to what is here of its device. */
enum chain_place { PLACE_NEXT, PLACE_BRANCH, PLACE_GAP, PLACE_LOOSE };
struct incoming {
    const unsigned char *bytes;
    size_t n;
    bool is_erased; /* SPEX */
    struct event_view e;
    enum chain_place place;
    uint64_t next; /* number that would follow on what is here */
};

bool arrive_view(const unsigned char *bytes, size_t n, struct event_view *out)
{
    return erased_is(bytes, n) ? erased_parse(bytes, n, out, NULL) == ERR_OK
                               : event_parse(bytes, n, out, NULL) == ERR_OK;
}

enum err arrive_find(struct vault *v, const unsigned char id[HASH_LEN], struct buf *b, size_t *n,
                     int64_t *row, struct err_info *err)
{
    unsigned char tag[TAG_LEN];
    db_stmt *s = NULL;
    bool there = false;
    row_tag_event(v->keys, tag, id);
    enum err bad = db_prepare(v->db, sql_find, &s, err);
    if (bad != ERR_OK) {
        return bad;
    }
    db_bind_blob(s, 1, tag, TAG_LEN);
    bad = db_step(s, &there, err);
    if (bad == ERR_OK && !there) {
        bad = ERR_NOT_FOUND;
    } else if (bad == ERR_OK) {
        size_t len = 0;
        const void *box = db_col_blob(s, 1, &len);
        if (row != NULL) {
            *row = db_col_int(s, 0);
        }
        if (b != NULL && !row_open(v->keys, tag, box, len, buf_need(b, len + 1))) {
            bad = ERR_SET(err, ERR_DAMAGED, "ev");
        } else if (n != NULL) {
            *n = len - ROW_EXTRA;
        }
    }
    db_stmt_free(s);
    return bad;
}

/* The first thing that is wrong with the form, in the order of the contract. */
static enum vault_reason check_shape(const unsigned char *bytes, size_t n, struct incoming *in)
{
    const unsigned char *head = in->is_erased ? bytes + 4 : bytes;
    if (n < EVENT_HEAD_LEN || (in->is_erased && n != ERASED_LEN)) {
        return VAULT_REASON_LENGTH;
    }
    if (memcmp(head, EVENT_MAGIC, 4) != 0) {
        return VAULT_REASON_MAGIC;
    }
    if (get_u16le(head + EVENT_AT_VERSION) != EVENT_VERSION) {
        return VAULT_REASON_VERSION;
    }
    if ((get_u16le(head + EVENT_AT_FLAGS) & ~EVENT_FLAG_BOX) != 0) {
        return VAULT_REASON_FLAGS;
    }
    return arrive_view(bytes, n, &in->e) ? VAULT_REASON_NONE : VAULT_REASON_LENGTH;
}

static bool is_zero(const unsigned char *bytes, size_t n)
{
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum |= bytes[i];
    }
    return sum == 0;
}

/* Is what it names as the one before it an event of its device, with the number before? */
static enum err follows(struct vault *v, const struct event_view *e, bool *yes,
                        struct err_info *err)
{
    struct event_view before;
    size_t n = 0;
    *yes = e->seq == 1 && is_zero(e->prev, HASH_LEN);
    if (*yes || e->seq == 1) {
        return ERR_OK;
    }
    const enum err bad = arrive_find(v, e->prev, &v->event, &n, NULL, err);
    if (bad == ERR_OK) {
        *yes = arrive_view(v->event.bytes, n, &before) && before.seq == e->seq - 1 &&
               memcmp(before.device, e->device, ID_LEN) == 0;
    }
    return bad == ERR_NOT_FOUND ? ERR_OK : bad;
}

static enum err find_place(struct vault *v, const struct arrival *a, struct incoming *in,
                           struct err_info *err)
{
    static const unsigned char none[HASH_LEN] = {0};
    const struct chain_head *head = chain_find(&a->t.chain, in->e.device);
    in->next = head != NULL ? head->seq + 1 : 1;
    if (in->e.seq > in->next) {
        in->place = PLACE_GAP;
        return ERR_OK;
    }
    if (in->e.seq == in->next &&
        memcmp(in->e.prev, head != NULL ? head->id : none, HASH_LEN) == 0) {
        in->place = PLACE_NEXT;
        return ERR_OK;
    }
    bool yes = false;
    const enum err bad = follows(v, &in->e, &yes, err);
    in->place = yes ? PLACE_BRANCH : PLACE_LOOSE;
    return bad;
}

static enum err put_aside(struct vault *v, enum vault_reason reason, const struct incoming *in,
                          struct vault_outcome *out, struct err_info *err)
{
    *out = (struct vault_outcome){VAULT_QUARANTINED, reason};
    return quarantine_put(v, reason, 0, in->bytes, in->n, err);
}

static enum err hold(struct vault *v, enum vault_reason reason, const struct incoming *in,
                     struct vault_outcome *out, struct err_info *err)
{
    *out = (struct vault_outcome){VAULT_HELD, reason};
    return held_put(v, in->bytes, in->n, err);
}

static bool is_signed(const struct incoming *in, const struct cert *device)
{
    return in->is_erased ? erased_check(&in->e, device->sign_key)
                         : event_check(&in->e, device->sign_key);
}

enum err arrive_judge(struct vault *v, const struct event_view *e, struct buf *text,
                      struct event_payload *store, const struct event_payload **p,
                      enum vault_reason *reason, struct err_info *err)
{
    const unsigned char *key = NULL;
    const bool is_box = (e->flags & EVENT_FLAG_BOX) != 0;
    *p = NULL;
    if (e->ct == NULL) {
        const bool is_done = erase_is_done(v, e->compartment);
        *reason = is_done ? VAULT_REASON_NONE : VAULT_REASON_ERASED;
        return is_done ? ERR_OK : ERR_NO;
    }
    enum err bad = ckey_payload(v, e->compartment, e->epoch, is_box, &key, err);
    if (bad != ERR_OK && bad != ERR_RIGHTS) {
        return bad;
    }
    if (bad == ERR_OK) {
        if (event_open(e, key, buf_need(text, e->ct_len + 1), store, NULL) != ERR_OK) {
            *reason = VAULT_REASON_SEAL;
            return ERR_NO;
        }
        *p = store;
    }
    bad = authority_check(v, e, *p, err);
    if (bad == ERR_RIGHTS || bad == ERR_CLOSED) {
        *reason = bad == ERR_RIGHTS ? VAULT_REASON_RIGHTS : VAULT_REASON_CLOSED;
        return ERR_NO;
    }
    return bad;
}

static enum err insert(struct vault *v, const struct event_view *e, const unsigned char *bytes,
                       size_t n, struct err_info *err)
{
    unsigned char tag[TAG_LEN];
    row_tag_event(v->keys, tag, e->id);
    unsigned char *box = buf_need(&v->box, n + ROW_EXTRA);
    row_seal(v->keys, tag, bytes, n, box);
    db_stmt *s = NULL;
    enum err bad = db_prepare(v->db, sql_insert, &s, err);
    if (bad == ERR_OK) {
        db_bind_blob(s, 1, tag, sizeof tag);
        db_bind_blob(s, 2, box, n + ROW_EXTRA);
        bad = db_run(s, err);
        db_stmt_free(s);
    }
    return bad == ERR_OK && db_changes(v->db) != 1 ? ERR_SET(err, ERR_DAMAGED, "ev") : bad;
}

/* Of two branches the longer one is gone on with; of two equally long the one with the lower id, so
 * that every replica takes the same. */
static enum err advance(struct arrival *a, const struct incoming *in, struct err_info *err)
{
    struct chain *c = &a->t.chain;
    const struct event_view *e = &in->e;
    struct chain_head *head = chain_place(c, e->device);
    if (head == NULL) {
        return ERR_SET(err, ERR_LIMIT, "chain");
    }
    if (e->seq > head->seq || (e->seq == head->seq && memcmp(e->id, head->id, HASH_LEN) < 0)) {
        head->seq = e->seq;
        memcpy(head->id, e->id, HASH_LEN);
    }
    const uint64_t limit = a->t.now + (CLOCK_AHEAD_MAX << CLOCK_SHIFT);
    if (e->clock > c->clock && e->clock <= limit) {
        c->clock = e->clock;
    }
    c->events++;
    a->has_progress = true;
    return ERR_OK;
}

static void note_fork(struct arrival *a, const unsigned char device[ID_LEN])
{
    for (size_t i = 0; i < a->forked_count; i++) {
        if (memcmp(a->forked[i], device, ID_LEN) == 0) {
            return;
        }
    }
    a->forked = mem_realloc(a->forked, (a->forked_count + 1) * sizeof *a->forked);
    memcpy(a->forked[a->forked_count++], device, ID_LEN);
}

static enum err add(struct vault *v, struct arrival *a, const struct incoming *in,
                    enum vault_reason reason, struct err_info *err)
{
    enum err bad = insert(v, &in->e, in->bytes, in->n, err);
    if (bad == ERR_OK && reason != VAULT_REASON_NONE) {
        bad = quarantine_put(v, reason, db_last_rowid(v->db), NULL, 0, err);
    }
    if (bad == ERR_OK) {
        bad = advance(a, in, err);
    }
    if (bad == ERR_OK && in->place == PLACE_BRANCH) {
        note_fork(a, in->e.device);
    }
    return bad;
}

/* What an organisation event changes. ERR_NOT_FOUND, ERR_RIGHTS as org_apply. */
static enum err fold(struct vault *v, struct arrival *a, const struct event_view *e,
                     const struct event_payload *p, struct err_info *err)
{
    if (p == NULL || memcmp(e->compartment, v->organisation, ID_LEN) != 0 ||
        p->kind >= EVENT_KIND_RECORD) {
        return ERR_OK;
    }
    const enum err bad = org_apply(v, e, p, err);
    if (bad == ERR_OK) {
        a->has_authority = true;
        a->has_endings = a->has_endings || p->kind == EVENT_KIND_REMOVED ||
                         p->kind == EVENT_KIND_DEVICE_CLOSED;
    }
    return bad;
}

/* Is its compartment erased; has its epoch a successor? */
static void look_up(struct vault *v, const struct event_view *e, bool *is_erased, bool *is_late)
{
    struct comp c = {.count = 0};
    *is_erased = false;
    *is_late = false;
    if (comp_load(v, e->compartment, &c, NULL) == ERR_OK) {
        const struct comp_epoch *epoch = comp_epoch_of(&c, e->epoch);
        *is_erased = (c.flags & COMP_ERASED) != 0;
        *is_late = epoch != NULL && (epoch->flags & COMP_EPOCH_SUCCEEDED) != 0;
    }
    comp_done(&c);
}

/* Its content is gone, or is to go: only the form without it is kept. The approval may stand later
 * in the same chain, so it takes its place meanwhile and does not count; never of the organisation's
 * events, which are not erased and must not be kept from anybody. */
static enum err take_erased(struct vault *v, struct arrival *a, const struct incoming *in,
                            bool has_tombstone, struct vault_outcome *out, struct err_info *err)
{
    unsigned char bytes[ERASED_LEN];
    if (!has_tombstone && memcmp(in->e.compartment, v->organisation, ID_LEN) == 0) {
        return hold(v, VAULT_REASON_ERASED, in, out, err);
    }
    if (!has_tombstone) {
        *out = (struct vault_outcome){VAULT_HELD, VAULT_REASON_ERASED};
        return add(v, a, in, VAULT_REASON_ERASED, err);
    }
    struct incoming left = *in;
    if (!in->is_erased) {
        erased_build(&in->e, bytes);
        left.bytes = bytes;
        left.n = ERASED_LEN;
    }
    *out = (struct vault_outcome){VAULT_TAKEN, VAULT_REASON_NONE};
    return add(v, a, &left, VAULT_REASON_NONE, err);
}

/* Its chain holds and it is signed: what does it say, and may it? */
static enum err take_chained(struct vault *v, struct arrival *a, struct incoming *in,
                             struct vault_outcome *out, struct err_info *err)
{
    struct event_payload payload;
    const struct event_payload *p = NULL;
    enum vault_reason reason = VAULT_REASON_NONE;
    bool is_erased = false;
    bool is_late = false;
    look_up(v, &in->e, &is_erased, &is_late);
    if (in->is_erased || is_erased) {
        return take_erased(v, a, in, is_erased, out, err);
    }
    enum err bad = arrive_judge(v, &in->e, &a->text, &payload, &p, &reason, err);
    if (bad == ERR_OK) {
        bad = fold(v, a, &in->e, p, err);
        reason = bad == ERR_RIGHTS ? VAULT_REASON_CERTIFICATE : VAULT_REASON_NONE;
        bad = bad == ERR_RIGHTS ? ERR_NO : bad;
    }
    if (bad == ERR_NOT_FOUND) {
        return hold(v, VAULT_REASON_CERTIFICATE, in, out, err);
    }
    if (bad != ERR_OK && bad != ERR_NO) {
        return bad;
    }
    const bool is_fork = in->place == PLACE_BRANCH;
    *out = (struct vault_outcome){bad == ERR_NO ? VAULT_QUARANTINED
                                  : p == NULL   ? VAULT_CARRIED
                                  : is_late     ? VAULT_LATE
                                                : VAULT_TAKEN,
                                  bad == ERR_NO ? reason
                                  : is_fork     ? VAULT_REASON_FORK
                                                : VAULT_REASON_NONE};
    return add(v, a, in, reason, err);
}

/* The whole event after only its erased form had come, and nobody approved an erasure: it takes
 * that row. */
static enum err refill(struct vault *v, struct arrival *a, const struct incoming *in, int64_t row,
                       struct vault_outcome *out, struct err_info *err)
{
    const struct cert *device = known_cert(v, CERT_DEVICE, in->e.device);
    struct event_payload payload;
    const struct event_payload *p = NULL;
    enum vault_reason reason = VAULT_REASON_NONE;
    if (device == NULL || !is_signed(in, device)) {
        return ERR_OK;
    }
    enum err bad = erase_refill(v, row, &in->e, err);
    if (bad == ERR_OK) {
        bad = aside_clear(v, row, err);
    }
    if (bad == ERR_OK) {
        bad = arrive_judge(v, &in->e, &a->text, &payload, &p, &reason, err);
        if (bad == ERR_NO || bad == ERR_NOT_FOUND) {
            reason = bad == ERR_NO ? reason : VAULT_REASON_RIGHTS;
            bad = quarantine_put(v, reason, row, NULL, 0, err);
        }
        a->has_reopened = true;
        *out = (struct vault_outcome){reason == VAULT_REASON_NONE ? VAULT_TAKEN : VAULT_QUARANTINED,
                                      reason};
    }
    return bad;
}

/* It is here: whole, or erased rightfully; else it is given its content back. */
static enum err take_known(struct vault *v, struct arrival *a, const struct incoming *in,
                           size_t stored, int64_t row, struct vault_outcome *out,
                           struct err_info *err)
{
    *out = (struct vault_outcome){VAULT_KNOWN, VAULT_REASON_NONE};
    return !in->is_erased && stored == ERASED_LEN && !erase_is_done(v, in->e.compartment)
               ? refill(v, a, in, row, out, err)
               : ERR_OK;
}

enum err arrive_event(struct vault *v, struct arrival *a, const unsigned char *bytes, size_t n,
                      struct vault_outcome *out, struct err_info *err)
{
    struct incoming in = {.bytes = bytes, .n = n, .is_erased = memcmp(bytes, ERASED_MAGIC, 4) == 0};
    const enum vault_reason shape = check_shape(bytes, n, &in);
    if (shape != VAULT_REASON_NONE) {
        return put_aside(v, shape, &in, out, err);
    }
    if (memcmp(in.e.organisation, v->organisation, ID_LEN) != 0) {
        return put_aside(v, VAULT_REASON_ORGANISATION, &in, out, err);
    }
    size_t stored = 0;
    int64_t row = 0;
    enum err bad = arrive_find(v, in.e.id, NULL, &stored, &row, err);
    if (bad == ERR_OK) {
        return take_known(v, a, &in, stored, row, out, err);
    }
    if (bad != ERR_NOT_FOUND) {
        return bad;
    }
    const struct cert *device = known_cert(v, CERT_DEVICE, in.e.device);
    if (device == NULL) {
        return hold(v, VAULT_REASON_CERTIFICATE, &in, out, err);
    }
    bad = find_place(v, a, &in, err);
    if (bad != ERR_OK) {
        return bad;
    }
    if (!is_signed(&in, device)) {
        return put_aside(v,
                         in.place == PLACE_GAP     ? VAULT_REASON_SEQUENCE
                         : in.place == PLACE_LOOSE ? VAULT_REASON_PREVIOUS
                                                   : VAULT_REASON_SIGNATURE,
                         &in, out, err);
    }
    if (in.place == PLACE_GAP && in.e.seq - in.next >= HELD_MAX) {
        return put_aside(v, VAULT_REASON_SEQUENCE, &in, out, err);
    }
    if (in.place == PLACE_GAP || in.place == PLACE_LOOSE) {
        return hold(v, VAULT_REASON_PREVIOUS, &in, out, err);
    }
    return take_chained(v, a, &in, out, err);
}
