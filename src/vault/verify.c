/* Checking a whole vault: database, keyfile, head, and of every row seal, bytes, chain,
 * certificate and signature. Invariant: it changes nothing, and one damaged row counts once: the
 * gap that it leaves in its device's numbers is charged to it, not to its successor. */
#include "vault_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "keys_int.h"

struct seen {
    unsigned char device[ID_LEN];
    uint64_t seq, clock;
    unsigned char id[HASH_LEN];
};

struct check {
    vault *v;
    struct vault_report *report;
    struct head_mark head;
    bool has_head;
    struct chain chain;
    uint64_t own_seq; /* newest of this device */
    int64_t last_row;
    bool at_end;   /* what is missing stands in no row */
    uint64_t gaps; /* rows too damaged to tell whose they were */
    size_t devices;
    struct seen seen[CHAIN_HEADS_MAX];
};

static const char sql_wrap[] = "SELECT box FROM wrap WHERE tag = ?1";
static const char sql_all[] = "SELECT n, tag, box FROM ev ORDER BY n";

static void bad_row(struct check *c, uint64_t seq)
{
    if (c->report->bad++ == 0) {
        c->report->first_bad_seq = seq;
    }
    verify_found(c->report, "ev", c->at_end ? 0 : c->last_row);
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

/* Number, predecessor, clock, against what the device wrote before. */
static bool follows(struct check *c, const struct event_view *e, struct seen *s)
{
    bool good = e->clock > s->clock;
    if (e->seq == s->seq + 1) {
        good = good && memcmp(e->prev, s->id, HASH_LEN) == 0;
    } else if (e->seq > s->seq + 1 && e->seq - s->seq - 1 <= c->gaps) {
        c->gaps -= e->seq - s->seq - 1;
    } else {
        if (e->seq > s->seq) {
            bad_row(c, s->seq + 1);
            s->seq = e->seq;
            memcpy(s->id, e->id, HASH_LEN);
        } else {
            bad_row(c, e->seq);
        }
        return true;
    }
    if (!good) {
        bad_row(c, e->seq);
    }
    s->seq = e->seq;
    s->clock = e->clock;
    memcpy(s->id, e->id, HASH_LEN);
    return good;
}

/* The wrap kept for this reader: 0 not there or not what was made here, else 1. */
static size_t wrap_stands(struct check *c, const unsigned char *compartment,
                          const unsigned char *epoch, const unsigned char *recipient,
                          const jv *hashes)
{
    vault *v = c->v;
    unsigned char tag[TAG_LEN];
    unsigned char bytes[WRAP_LEN];
    unsigned char hash[HASH_LEN];
    char hex[2 * HASH_LEN + 1];
    const struct part parts[] = {
        PART_TAG("spr/tw/1"), {compartment, ID_LEN}, {epoch, ID_LEN}, {recipient, ID_LEN}};
    row_tag(v->keys, tag, parts, 4);
    db_stmt *s = NULL;
    bool row = false;
    size_t n = 0;
    size_t found = 0;
    if (db_prepare(v->db, sql_wrap, &s, NULL) != ERR_OK) {
        return 0;
    }
    db_bind_blob(s, 1, tag, sizeof tag);
    if (db_step(s, &row, NULL) == ERR_OK && row) {
        const void *box = db_col_blob(s, 0, &n);
        if (n == WRAP_LEN + ROW_EXTRA && row_open(v->keys, tag, box, n, bytes)) {
            wrap_hash(hash, bytes);
            hex_put(hex, hash, sizeof hash);
            for (size_t i = 0; i < jv_count(hashes); i++) {
                const char *one = jv_string(jv_item(hashes, i));
                found += one != NULL && str_eq(one, hex) ? 1 : 0;
            }
        }
    }
    db_stmt_free(s);
    return found;
}

/* An announced epoch can still be read by those it names, the recovery key included. */
static bool wraps_stand(struct check *c, const struct event_payload *p)
{
    jv *body = NULL;
    unsigned char compartment[ID_LEN];
    unsigned char epoch[ID_LEN];
    unsigned char member[ID_LEN];
    if (jv_parse(p->text, p->len, &body, NULL) != ERR_OK) {
        return false;
    }
    const char *k = jv_str_at(body, "compartment");
    const char *e = jv_str_at(body, "epoch");
    const jv *hashes = jv_at(body, "wraps");
    const jv *members = jv_at(body, "members");
    bool good = k != NULL && e != NULL && hex_get(compartment, ID_LEN, k) &&
                hex_get(epoch, ID_LEN, e);
    size_t found = good ? wrap_stands(c, compartment, epoch, c->v->organisation, hashes) : 0;
    for (size_t i = 0; good && i < jv_count(members); i++) {
        const char *id = jv_str_at(jv_item(members, i), "member");
        good = id != NULL && hex_get(member, ID_LEN, id);
        found += good ? wrap_stands(c, compartment, epoch, member, hashes) : 0;
    }
    good = good && found == jv_count(hashes);
    jv_free(body);
    return good;
}

/* Certificate, organisation, signature, payload; ERR_OK, ERR_RIGHTS (no key), ERR_DAMAGED. */
static enum err content(struct check *c, const struct event_view *e)
{
    vault *v = c->v;
    const struct cert *device = known_cert(v, CERT_DEVICE, e->device);
    if (device == NULL || memcmp(e->organisation, v->organisation, ID_LEN) != 0 ||
        !event_check(e, device->sign_key)) {
        return ERR_DAMAGED;
    }
    const unsigned char *key = NULL;
    struct event_payload payload;
    const enum err bad = ckey_payload(v, e->compartment, e->epoch, &key, NULL);
    if (bad != ERR_OK) {
        return bad == ERR_RIGHTS ? ERR_RIGHTS : ERR_DAMAGED;
    }
    if (event_open(e, key, buf_need(&v->text, e->ct_len), &payload, NULL) != ERR_OK) {
        return ERR_DAMAGED;
    }
    return payload.kind != EVENT_KIND_COMPARTMENT || wraps_stand(c, &payload) ? ERR_OK
                                                                              : ERR_DAMAGED;
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
    if (tag_len != TAG_LEN || !row_open(v->keys, tag, box, n, plain) ||
        event_parse(plain, n - ROW_EXTRA, e, NULL) != ERR_OK) {
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
        bad_row(c, c->own_seq + 1);
        c->gaps++;
        return;
    }
    struct seen *seen = seen_of(c, e.device);
    if (seen == NULL) {
        bad_row(c, e.seq);
        return;
    }
    const bool chained = follows(c, &e, seen);
    const enum err inside = content(c, &e);
    if (inside == ERR_RIGHTS) {
        c->report->unreadable++;
    } else if ((inside != ERR_OK || !placed) && chained) {
        bad_row(c, e.seq);
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
    c->at_end = true;
    if (own != NULL && own->seq > reached) {
        bad_row(c, c->own_seq + 1);
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

/* A row says more than the file it stands in. */
static void name_files(struct vault_report *r)
{
    if (r->database_damaged) {
        verify_found(r, "vault.db", 0);
    }
    if (r->keyfile_damaged) {
        verify_found(r, "keyfile", 0);
    }
    if (r->head_behind) {
        verify_found(r, "head", 0);
    }
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
    enum err bad = db_check(v->db, err);
    report->database_damaged = bad == ERR_DAMAGED;
    if (bad == ERR_OK || bad == ERR_DAMAGED) {
        bad = chain_read(v, &c->chain, err);
        report->database_damaged = report->database_damaged || bad == ERR_DAMAGED;
    }
    /* Before the log: a lost key or wrap shows in events too, but this is where it lies. */
    if (bad == ERR_OK || bad == ERR_DAMAGED) {
        bad = verify_tables(v, report, err);
        report->database_damaged = report->database_damaged || bad == ERR_DAMAGED;
    }
    if (bad == ERR_OK || bad == ERR_DAMAGED) {
        bad = check_rows(c, progress, payload, err);
        report->database_damaged = report->database_damaged || bad == ERR_DAMAGED;
        check_end(c);
    }
    name_files(report);
    free(c);
    return bad == ERR_DAMAGED ? ERR_OK : bad;
}
