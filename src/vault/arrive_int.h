/* What arriving keeps during one transaction, and its helpers. Private to the vault. */
#ifndef SPRIJIN_VAULT_ARRIVE_INT_H
#define SPRIJIN_VAULT_ARRIVE_INT_H

#include "vault/exchange.h"
#include "vault_int.h"

#define HELD_MAX        ((uint64_t)4096) /* events of one device that may wait for an earlier one */
#define CLOCK_AHEAD_MAX ((uint64_t)600000) /* ms a remote clock may be ahead and be taken over */

struct opened_epoch {
    unsigned char compartment[ID_LEN], epoch[ID_LEN];
};
struct arrival {
    struct log_txn t;
    bool has_progress;  /* something came in that others may have waited for */
    bool has_authority; /* members, devices or epochs changed */
    bool has_endings;   /* a removal or a closing: what is here is looked at again */
    bool has_reopened;  /* what stood here closed can be read now, or the other way round */
    bool wants_rebuild; /* an organisation event that was folded does not count */
    struct opened_epoch *opened; /* keys that came after rows sealed under them */
    size_t opened_count;
    int64_t opened_row; /* newest row that was here then */
    unsigned char (*forked)[ID_LEN];
    size_t forked_count;
    struct buf text;
};

/* arrive_event.c: SPEV and SPEX. stored: the id's device and number, for what waits behind it. */
enum err arrive_event(struct vault *v, struct arrival *a, const unsigned char *bytes, size_t n,
                      struct vault_outcome *out, struct err_info *err);
/* Any record; the dispatcher of vault_take, also for what was held. */
enum err arrive_record(struct vault *v, struct arrival *a, const unsigned char *bytes, size_t n,
                       struct vault_outcome *out, struct err_info *err);
/* Bytes of one row of ev into b; ERR_NOT_FOUND: none of this tag. row, n may be NULL. */
enum err arrive_find(struct vault *v, const unsigned char id[HASH_LEN], struct buf *b, size_t *n,
                     int64_t *row, struct err_info *err);
/* Opens an event as far as its key is here and asks for its right. *p NULL: no key. ERR_NO and
 * *reason: it does not count; ERR_NOT_FOUND: what it rests on is missing. */
enum err arrive_judge(struct vault *v, const struct event_view *e, struct buf *text,
                      struct event_payload *store, const struct event_payload **p,
                      enum vault_reason *reason, struct err_info *err);
/* Header of SPEV or SPEX. false: neither. */
bool arrive_view(const unsigned char *bytes, size_t n, struct event_view *out);

/* arrive_again.c: what was here already is looked at again; at the end of a transaction. */
enum err arrive_again(struct vault *v, struct arrival *a, struct err_info *err);

/* held.c */
enum err held_put(struct vault *v, const unsigned char *bytes, size_t n, struct err_info *err);
/* Takes the events that wait at this place out of the table, into one buffer: length (4), bytes. */
enum err held_pick(struct vault *v, const unsigned char device[ID_LEN], uint64_t seq,
                   struct str *out, struct err_info *err);
/* Takes everything out. */
enum err held_pick_all(struct vault *v, struct str *out, struct err_info *err);
enum err held_each(struct vault *v, bool (*f)(void *payload, const void *bytes, size_t n),
                   void *payload, struct err_info *err);

/* quarantine.c */
/* row: its place in ev if its chain holds, else 0 and the bytes are kept. */
enum err quarantine_put(struct vault *v, enum vault_reason reason, int64_t row,
                        const unsigned char *bytes, size_t n, struct err_info *err);
/* Rows of ev that stand there for the chain only, ascending; owned by the caller (free). */
struct aside {
    int64_t *rows;
    size_t count;
};
enum err aside_load(struct vault *v, struct aside *out, struct err_info *err);
bool aside_has(const struct aside *a, int64_t row);
void aside_done(struct aside *a);
enum err aside_clear(struct vault *v, int64_t row, struct err_info *err);

#endif
