/* Taking records in. Invariant: one transaction takes a whole batch; at its end nothing waits in
 * the table of the held that could be taken with what is here, so that equal sets of records lead
 * to equal states, in whatever order and however often they came. */
#include "arrive_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

static enum err put_aside(struct vault *v, enum vault_reason reason, const unsigned char *bytes,
                          size_t n, struct vault_outcome *out, struct err_info *err)
{
    *out = (struct vault_outcome){VAULT_QUARANTINED, reason};
    return quarantine_put(v, reason, 0, bytes, n, err);
}

static enum err hold(struct vault *v, const unsigned char *bytes, size_t n,
                     struct vault_outcome *out, struct err_info *err)
{
    *out = (struct vault_outcome){VAULT_HELD, VAULT_REASON_CERTIFICATE};
    return held_put(v, bytes, n, err);
}

/* ---- certificates */

static enum err take_cert(struct vault *v, struct arrival *a, const unsigned char *bytes, size_t n,
                          struct vault_outcome *out, struct err_info *err)
{
    struct cert c;
    if (n != CERT_LEN) {
        return put_aside(v, VAULT_REASON_LENGTH, bytes, n, out, err);
    }
    const enum err shape = cert_parse(bytes, n, &c, NULL);
    if (shape != ERR_OK) {
        return put_aside(v, shape == ERR_VERSION ? VAULT_REASON_VERSION : VAULT_REASON_CERTIFICATE,
                         bytes, n, out, err);
    }
    if (memcmp(c.organisation, v->organisation, ID_LEN) != 0) {
        return put_aside(v, VAULT_REASON_ORGANISATION, bytes, n, out, err);
    }
    const enum err bad = known_add(v, bytes, n, err);
    switch (bad) {
    case ERR_OK:
        *out = (struct vault_outcome){VAULT_TAKEN, VAULT_REASON_NONE};
        a->has_progress = true;
        a->has_authority = true;
        return ERR_OK;
    case ERR_EXISTS: *out = (struct vault_outcome){VAULT_KNOWN, VAULT_REASON_NONE}; return ERR_OK;
    case ERR_NOT_FOUND: return hold(v, bytes, n, out, err);
    default: return put_aside(v, VAULT_REASON_CERTIFICATE, bytes, n, out, err);
    }
}

/* ---- wraps */

static int64_t newest_row(struct vault *v)
{
    static const char sql[] = "SELECT max(n) FROM ev";
    db_stmt *s = NULL;
    bool row = false;
    int64_t n = 0;
    if (db_prepare(v->db, sql, &s, NULL) == ERR_OK) {
        n = db_step(s, &row, NULL) == ERR_OK && row ? db_col_int(s, 0) : 0;
        db_stmt_free(s);
    }
    return n;
}

/* A key for rows that may be here already. */
static void note_opened(struct vault *v, struct arrival *a, const struct wrap *w)
{
    const unsigned char *own = vault_member_id(v);
    a->has_progress = true;
    if (own == NULL || memcmp(w->recipient, own, ID_LEN) != 0) {
        return;
    }
    const int64_t newest = newest_row(v);
    if (newest == 0) {
        return;
    }
    a->opened_row = newest;
    a->opened = mem_realloc(a->opened, (a->opened_count + 1) * sizeof *a->opened);
    memcpy(a->opened[a->opened_count].compartment, w->compartment, ID_LEN);
    memcpy(a->opened[a->opened_count].epoch, w->epoch, ID_LEN);
    a->opened_count++;
}

static enum vault_reason wrap_shape(const unsigned char *bytes, size_t n)
{
    enum { AT_VERSION = 4, AT_FLAGS = 6 };
    if (n != WRAP_LEN) {
        return VAULT_REASON_LENGTH;
    }
    if (get_u16le(bytes + AT_FLAGS) != 0 && get_u16le(bytes + AT_VERSION) != 0) {
        struct wrap w;
        return wrap_parse(bytes, n, &w, NULL) == ERR_OK ? VAULT_REASON_NONE : VAULT_REASON_FLAGS;
    }
    struct wrap w;
    return wrap_parse(bytes, n, &w, NULL) == ERR_OK ? VAULT_REASON_NONE : VAULT_REASON_VERSION;
}

static enum err take_wrap(struct vault *v, struct arrival *a, const unsigned char *bytes, size_t n,
                          struct vault_outcome *out, struct err_info *err)
{
    struct wrap w;
    const enum vault_reason shape = wrap_shape(bytes, n);
    if (shape != VAULT_REASON_NONE || wrap_parse(bytes, n, &w, NULL) != ERR_OK) {
        return put_aside(v, shape, bytes, n, out, err);
    }
    if (memcmp(w.organisation, v->organisation, ID_LEN) != 0) {
        return put_aside(v, VAULT_REASON_ORGANISATION, bytes, n, out, err);
    }
    const struct cert *issuer = known_cert(v, CERT_DEVICE, w.issuer);
    if (issuer != NULL && !wrap_check(bytes, issuer->sign_key)) {
        return put_aside(v, VAULT_REASON_SIGNATURE, bytes, n, out, err);
    }
    const enum err bad = wrap_take(v, bytes, n, err);
    switch (bad) {
    case ERR_OK:
        *out = (struct vault_outcome){VAULT_TAKEN, VAULT_REASON_NONE};
        note_opened(v, a, &w);
        return ERR_OK;
    case ERR_EXISTS: *out = (struct vault_outcome){VAULT_KNOWN, VAULT_REASON_NONE}; return ERR_OK;
    case ERR_NOT_FOUND: return hold(v, bytes, n, out, err);
    case ERR_RIGHTS:
    case ERR_KEY:
    case ERR_DAMAGED: return put_aside(v, VAULT_REASON_SEAL, bytes, n, out, err);
    default: return bad;
    }
}

/* ---- any of them */

enum err arrive_record(struct vault *v, struct arrival *a, const unsigned char *bytes, size_t n,
                       struct vault_outcome *out, struct err_info *err)
{
    if (n < 8) {
        return put_aside(v, VAULT_REASON_LENGTH, bytes, n, out, err);
    }
    if (memcmp(bytes, "SPCT", 4) == 0) {
        return take_cert(v, a, bytes, n, out, err);
    }
    if (memcmp(bytes, "SPWR", 4) == 0) {
        return take_wrap(v, a, bytes, n, out, err);
    }
    if (memcmp(bytes, "SPEV", 4) == 0 || memcmp(bytes, "SPEX", 4) == 0) {
        return arrive_event(v, a, bytes, n, out, err);
    }
    return put_aside(v, VAULT_REASON_MAGIC, bytes, n, out, err);
}

/* What waited for the number after this one, and so on. */
static enum err take_waiting(struct vault *v, struct arrival *a, const unsigned char *bytes,
                             size_t n, struct err_info *err)
{
    struct event_view e;
    struct str queue = STR_INIT;
    enum err bad = ERR_OK;
    if (arrive_view(bytes, n, &e)) {
        bad = held_pick(v, e.device, e.seq + 1, &queue, err);
    }
    for (size_t at = 0; bad == ERR_OK && at < queue.len;) {
        struct str one = STR_INIT;
        struct vault_outcome out = {VAULT_HELD, VAULT_REASON_NONE};
        const size_t len = get_u32le((const unsigned char *)queue.data + at);
        str_put(&one, queue.data + at + 4, len);
        at += 4 + len;
        const unsigned char *next = (const unsigned char *)one.data;
        bad = arrive_record(v, a, next, len, &out, err);
        if (bad == ERR_OK && out.taken != VAULT_HELD && arrive_view(next, len, &e)) {
            bad = held_pick(v, e.device, e.seq + 1, &queue, err);
        }
        str_done(&one);
    }
    str_done(&queue);
    return bad;
}

static void arrival_done(struct vault *v)
{
    struct arrival *a = v->arrival;
    v->arrival = NULL;
    free(a->opened);
    free(a->forked);
    buf_done(&a->text);
    free(a);
}

enum err vault_take_begin(vault *v, struct err_info *err)
{
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    ASSERT(v->arrival == NULL);
    struct arrival *a = mem_alloc(sizeof *a);
    const enum err bad = log_begin(v, &a->t, err);
    v->arrival = a;
    if (bad != ERR_OK) {
        arrival_done(v);
    }
    return bad;
}

/* The device is closed where it is known to have got to; what it wrote so far stays readable. */
static enum err close_forked(struct vault *v, struct arrival *a, struct err_info *err)
{
    enum err bad = ERR_OK;
    for (size_t i = 0; i < a->forked_count && bad == ERR_OK; i++) {
        const unsigned char *device = a->forked[i];
        const struct org_device *d = org_device_of(&v->org, device);
        const struct chain_head *head = chain_find(&a->t.chain, device);
        const bool is_own = memcmp(device, v->device, ID_LEN) == 0;
        if (d == NULL || d->is_closed || head == NULL || is_own ||
            vault_own_role(v) != VAULT_ROLE_COORDINATOR) {
            continue;
        }
        char hex[ID_HEX_LEN];
        struct str text = STR_INIT;
        hex_put(hex, device, ID_LEN);
        str_printf(&text, "{\"device\":\"%s\",\"reason\":\"fork\",\"seq\":%llu}", hex,
                   (unsigned long long)head->seq);
        bad = log_add_org(v, &a->t, EVENT_KIND_DEVICE_CLOSED, &text, err);
        str_done(&text);
    }
    return bad;
}

enum err vault_take_end(vault *v, struct err_info *err)
{
    struct arrival *a = v->arrival;
    ASSERT(a != NULL);
    enum err bad = arrive_again(v, a, err);
    if (bad == ERR_OK) {
        bad = close_forked(v, a, err);
    }
    bad = log_close(v, &a->t, bad, err);
    if (bad == ERR_OK && a->wants_rebuild) {
        bad = vault_rebuild(v, err);
    }
    arrival_done(v);
    return bad;
}

enum err vault_take(vault *v, const void *bytes, size_t n, struct vault_outcome *out,
                    struct err_info *err)
{
    const bool is_alone = v->arrival == NULL;
    enum err bad = is_alone ? vault_take_begin(v, err) : ERR_OK;
    if (bad != ERR_OK) {
        return bad;
    }
    bad = arrive_record(v, v->arrival, bytes, n, out, err);
    if (bad == ERR_OK && out->taken != VAULT_HELD && out->taken != VAULT_KNOWN) {
        bad = take_waiting(v, v->arrival, bytes, n, err);
    }
    if (bad != ERR_OK) {
        log_cancel(v);
        arrival_done(v);
        return bad;
    }
    return is_alone ? vault_take_end(v, err) : ERR_OK;
}
