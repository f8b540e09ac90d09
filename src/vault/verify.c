/* Checking a whole vault: database, keyfile, head, and of every row seal, bytes, chain,
 * certificate, signature and the author's right at that place. Invariant: it changes nothing, and
 * one damaged row counts once: the gap that it leaves in its device's numbers is charged to it,
 * not to its successor. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "erased_int.h"
#include "history_int.h"
#include "keys_int.h"
#include "verify_int.h"

static const char sql_one[] = "SELECT 1 FROM ev WHERE tag = ?1";
static const char sql_aside[] = "SELECT 1 FROM quar WHERE row = ?1";
static const char sql_all[] = "SELECT n, tag, box FROM ev ORDER BY n";

void verify_flaw(struct check *c, const struct vault_finding *f)
{
    struct vault_report *r = c->report;
    if (r->bad++ == 0) {
        r->first_bad_seq = f->seq;
    }
    const bool is_unread = f->flaw == VAULT_FLAW_SEAL || f->flaw == VAULT_FLAW_MISSING ||
                           f->flaw == VAULT_FLAW_CERTIFICATE || f->flaw == VAULT_FLAW_SIGNATURE ||
                           f->flaw == VAULT_FLAW_KEY;
    c->history.has_gaps = c->history.has_gaps || (is_unread && str_eq(f->table, "ev"));
    if (r->finding_count < VAULT_FINDINGS_MAX) {
        if (r->findings == NULL) {
            r->findings = mem_alloc(VAULT_FINDINGS_MAX * sizeof *r->findings);
        }
        r->findings[r->finding_count++] = *f;
    }
}

void vault_report_done(struct vault_report *report)
{
    free(report->findings);
    report->findings = NULL;
    report->finding_count = 0;
}

/* About the row being looked at; device NULL: it cannot be told. */
static void bad_row(struct check *c, enum vault_flaw flaw, const unsigned char *device,
                    uint64_t seq)
{
    struct vault_finding f = {.flaw = flaw, .table = "ev", .row = c->last_row, .seq = seq};
    if (device != NULL) {
        memcpy(f.device, device, ID_LEN);
    }
    verify_flaw(c, &f);
}

static struct seen *seen_of(struct check *c, const unsigned char device[ID_LEN])
{
    for (size_t i = 0; i < c->devices; i++) {
        if (memcmp(c->seen[i].device, device, ID_LEN) == 0) {
            return &c->seen[i];
        }
    }
    if (c->devices == CHAIN_HEADS_MAX) {
        return NULL;
    }
    struct seen *s = &c->seen[c->devices++];
    memset(s, 0, sizeof *s);
    memcpy(s->device, device, ID_LEN);
    return s;
}

/* Of a device that went on twice (a copied folder) both branches stay: is this the next of one? */
static bool is_branch(struct check *c, const struct event_view *e)
{
    static const unsigned char none[HASH_LEN] = {0};
    unsigned char tag[TAG_LEN];
    db_stmt *s = NULL;
    bool row = false;
    if (e->seq == 1) {
        return memcmp(e->prev, none, HASH_LEN) == 0;
    }
    row_tag_event(c->v->keys, tag, e->prev);
    if (db_prepare(c->v->db, sql_one, &s, NULL) == ERR_OK) {
        db_bind_blob(s, 1, tag, TAG_LEN);
        row = db_step(s, &row, NULL) == ERR_OK && row;
    }
    db_stmt_free(s);
    return row;
}

/* Number, predecessor, clock, against what the device wrote before. */
static bool follows(struct check *c, const struct event_view *e, struct seen *s)
{
    if (e->seq <= s->seq + 1 && memcmp(e->prev, s->id, HASH_LEN) != 0 && s->seq > 0 &&
        is_branch(c, e)) {
        if (e->seq > s->seq) {
            s->seq = e->seq;
            s->clock = e->clock;
            memcpy(s->id, e->id, HASH_LEN);
        }
        return true;
    }
    bool good = e->clock > s->clock;
    if (e->seq == s->seq + 1) {
        good = good && memcmp(e->prev, s->id, HASH_LEN) == 0;
    } else if (e->seq > s->seq + 1 && e->seq - s->seq - 1 <= c->gaps) {
        c->gaps -= e->seq - s->seq - 1;
    } else {
        if (e->seq > s->seq) {
            bad_row(c, VAULT_FLAW_MISSING, e->device, s->seq + 1);
            s->seq = e->seq;
            memcpy(s->id, e->id, HASH_LEN);
        } else {
            bad_row(c, VAULT_FLAW_PLACE, e->device, e->seq);
        }
        return true;
    }
    if (!good) {
        bad_row(c, VAULT_FLAW_CHAIN, e->device, e->seq);
    }
    s->seq = e->seq;
    s->clock = e->clock;
    memcpy(s->id, e->id, HASH_LEN);
    return good;
}

static bool lists_own(const struct check *c, const struct event_view *e)
{
    struct authority a;
    const unsigned char *own = vault_member_id(c->v);
    history_authority((struct history *)(uintptr_t)&c->history, &a);
    const struct epoch *under = a.epoch(a.payload, e->compartment, e->epoch);
    return under != NULL && own != NULL &&
           (epoch_role(under, own) != VAULT_ROLE_NONE || epoch_has_office(under, own));
}

/* Opens the payload, if it is for this member. ERR_RIGHTS: it is not. */
static enum err open_payload(struct check *c, const struct event_view *e, struct event_payload *p)
{
    const unsigned char *key = NULL;
    vault *v = c->v;
    const enum err bad = ckey_payload(v, e->compartment, e->epoch, (e->flags & EVENT_FLAG_BOX) != 0,
                                      &key, NULL);
    if (bad == ERR_RIGHTS) {
        return lists_own(c, e) ? ERR_KEY : ERR_RIGHTS;
    }
    if (bad != ERR_OK || event_open(e, key, buf_need(&v->text, e->ct_len), p, NULL) != ERR_OK) {
        return ERR_KEY;
    }
    return ERR_OK;
}

/* An event of the organisation that may stand there moves history on. */
static enum vault_flaw move_on(struct check *c, const struct event_view *e,
                               const struct event_payload *p, struct epoch *announced)
{
    if (memcmp(e->compartment, c->v->organisation, ID_LEN) != 0) {
        return VAULT_FLAW_COUNT;
    }
    const struct epoch *kept = history_take(&c->history, e, p, announced);
    return kept == NULL || verify_key(c, kept) ? VAULT_FLAW_COUNT : VAULT_FLAW_COMMITMENT;
}

/* Set aside when it came, and not delivered: what is wrong with it is known. */
static bool is_aside(struct check *c)
{
    db_stmt *s = NULL;
    bool row = false;
    if (db_prepare(c->v->db, sql_aside, &s, NULL) == ERR_OK) {
        db_bind_int(s, 1, c->last_row);
        row = db_step(s, &row, NULL) == ERR_OK && row;
    }
    db_stmt_free(s);
    return row;
}

/* What is left of an event stands only where the erasure was approved. */
static enum vault_flaw erased_content(struct check *c, const struct event_view *e)
{
    struct comp kept = {.count = 0};
    const bool done = comp_load(c->v, e->compartment, &kept, NULL) == ERR_OK &&
                      (kept.flags & COMP_ERASED) != 0;
    const struct cert *device = known_cert(c->v, CERT_DEVICE, e->device);
    comp_done(&kept);
    if (device == NULL || memcmp(e->organisation, c->v->organisation, ID_LEN) != 0) {
        return VAULT_FLAW_CERTIFICATE;
    }
    if (!erased_check(e, device->sign_key)) {
        return VAULT_FLAW_SIGNATURE;
    }
    c->report->erased++;
    return done || is_aside(c) ? VAULT_FLAW_COUNT : VAULT_FLAW_RIGHTS;
}

/* Certificate, organisation, signature, payload, right. COUNT: nothing wrong. */
static enum vault_flaw content(struct check *c, const struct event_view *e)
{
    vault *v = c->v;
    struct authority a;
    struct event_payload p;
    const struct cert *device = known_cert(v, CERT_DEVICE, e->device);
    if (device == NULL || memcmp(e->organisation, v->organisation, ID_LEN) != 0) {
        return VAULT_FLAW_CERTIFICATE;
    }
    if (!event_check(e, device->sign_key)) {
        return VAULT_FLAW_SIGNATURE;
    }
    const enum err opened = open_payload(c, e, &p);
    if (opened == ERR_KEY) {
        return is_aside(c) ? VAULT_FLAW_COUNT : VAULT_FLAW_KEY;
    }
    c->report->unreadable += opened == ERR_RIGHTS ? 1 : 0;
    struct epoch *announced = NULL;
    history_authority(&c->history, &a);
    a.announced = &announced;
    const enum err may = authority_of(&a, e, opened == ERR_OK ? &p : NULL, NULL);
    if (may != ERR_OK && is_aside(c)) {
        return VAULT_FLAW_COUNT;
    }
    if (may != ERR_OK) {
        return may == ERR_CLOSED ? VAULT_FLAW_CLOSED : VAULT_FLAW_RIGHTS;
    }
    return opened == ERR_OK ? move_on(c, e, &p, announced) : VAULT_FLAW_COUNT;
}

static bool row_bytes(struct check *c, db_stmt *s, struct event_view *e)
{
    vault *v = c->v;
    size_t tag_len = 0;
    size_t n = 0;
    unsigned char expected[TAG_LEN];
    const unsigned char *tag = db_col_blob(s, 1, &tag_len);
    const unsigned char *box = db_col_blob(s, 2, &n);
    unsigned char *plain = buf_need(&v->event, n + 1);
    if (tag_len != TAG_LEN || !row_open(v->keys, tag, box, n, plain)) {
        return false;
    }
    const enum err bad = erased_is(plain, n - ROW_EXTRA)
                             ? erased_parse(plain, n - ROW_EXTRA, e, NULL)
                             : event_parse(plain, n - ROW_EXTRA, e, NULL);
    if (bad != ERR_OK) {
        return false;
    }
    row_tag_event(v->keys, expected, e->id);
    return memcmp(expected, tag, TAG_LEN) == 0;
}

static void check_row(struct check *c, db_stmt *s)
{
    struct event_view e;
    c->report->events++;
    /* Readers begin above 0 and go up: a row moved elsewhere would never be delivered. */
    const int64_t n = db_col_int(s, 0);
    const bool placed = n > 0 && (n <= (int64_t)c->chain.events || n == c->last_row + 1);
    c->last_row = n;
    if (!row_bytes(c, s, &e)) {
        bad_row(c, VAULT_FLAW_SEAL, NULL, c->own_seq + 1);
        c->gaps++;
        return;
    }
    struct seen *seen = seen_of(c, e.device);
    if (seen == NULL) {
        bad_row(c, VAULT_FLAW_CHAIN, e.device, e.seq);
        return;
    }
    const bool chained = follows(c, &e, seen);
    const enum vault_flaw inside = e.ct != NULL ? content(c, &e) : erased_content(c, &e);
    if ((inside != VAULT_FLAW_COUNT || !placed) && chained) {
        bad_row(c, inside != VAULT_FLAW_COUNT ? inside : VAULT_FLAW_PLACE, e.device, e.seq);
    }
    if (memcmp(e.device, c->v->device, ID_LEN) == 0) {
        c->own_seq = e.seq > c->own_seq ? e.seq : c->own_seq;
        if (c->has_head && e.seq == c->head.seq && memcmp(e.id, c->head.id, HASH_LEN) != 0) {
            c->report->head_behind = true;
        }
    }
}

static enum err check_rows(struct check *c,
                           void (*progress)(void *payload, uint64_t done, uint64_t total),
                           void *payload, struct err_info *err)
{
    db_stmt *s = NULL;
    enum err bad = db_prepare(c->v->db, sql_all, &s, err);
    if (bad != ERR_OK) {
        return bad;
    }
    bool row = false;
    while ((bad = db_step(s, &row, err)) == ERR_OK && row) {
        check_row(c, s);
        if (progress != NULL) {
            progress(payload, c->report->events, c->chain.events);
        }
    }
    db_stmt_free(s);
    return bad;
}

/* What the log should reach: the chain's own state, and the mark beside the database. Rows too
 * damaged to read at its end have been counted already. */
static void check_end(struct check *c)
{
    const struct chain_head *own = chain_find(&c->chain, c->v->device);
    const uint64_t reached = c->own_seq + c->gaps;
    if (own != NULL && own->seq > reached) {
        bad_row(c, VAULT_FLAW_MISSING, c->v->device, c->own_seq + 1);
    }
    if (!c->has_head || c->head.seq > reached || own == NULL || own->seq < c->head.seq) {
        c->report->head_behind = true;
    }
}

static bool keyfile_good(const vault *v)
{
    struct keyfile k;
    struct keyfile_secrets *s = keys_alloc(sizeof *s);
    const bool good = keyfile_load(v, &k, NULL) == ERR_OK &&
                      memcmp(k.vault_id, v->vault_id, ID_LEN) == 0 &&
                      keyfile_open_secrets(&k, v->keys->mk, s, NULL) == ERR_OK;
    keys_free(s);
    return good;
}

/* Damage of the database is a finding, not a failure. */
static enum err noted(struct check *c, enum err bad)
{
    c->report->database_damaged = c->report->database_damaged || bad == ERR_DAMAGED;
    return bad == ERR_DAMAGED ? ERR_OK : bad;
}

enum err vault_verify(vault *v, struct vault_report *report,
                      void (*progress)(void *payload, uint64_t done, uint64_t total), void *payload,
                      struct err_info *err)
{
    memset(report, 0, sizeof *report);
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    struct check *c = mem_alloc(sizeof *c);
    c->v = v;
    c->report = report;
    report->keyfile_damaged = !keyfile_good(v);
    /* The mark before the chain before the rows: each may only grow while this runs. */
    c->has_head = head_read(v, &c->head);
    enum err bad = noted(c, db_check(v->db, err));
    if (bad == ERR_OK) {
        bad = noted(c, chain_read(v, &c->chain, err));
    }
    if (bad == ERR_OK) {
        bad = noted(c, known_fresh(v, c->chain.generation, err));
    }
    history_begin(&c->history, v);
    if (bad == ERR_OK) {
        bad = noted(c, check_rows(c, progress, payload, err));
        check_end(c);
    }
    if (bad == ERR_OK) {
        bad = noted(c, verify_rest(c, err));
    }
    history_done(&c->history);
    free(c);
    return bad;
}
