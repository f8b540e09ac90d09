/* The open vault and the moves its files share. Private to the vault. */
#ifndef SPRIJIN_VAULT_VAULT_INT_H
#define SPRIJIN_VAULT_VAULT_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "cert_int.h"
#include "db/db.h"
#include "event_int.h"
#include "crypt_int.h"
#include "keyfile_int.h"
#include "org_int.h"
#include "vault/vault.h"

#define TAG_LEN         ((size_t)16)
#define ROW_EXTRA       ((size_t)(NONCE_LEN + SEAL_LEN)) /* what a box is longer than its content */
#define CKEY_CACHE      256
#define CHAIN_HEADS_MAX 128
#define STAND_CACHE     1024
#define ZONE_MAX        63

/* A payload key found once. A slot of zeros is empty: ids are random. */
struct ckey_slot {
    unsigned char compartment[ID_LEN], epoch[ID_LEN], payload_key[KEY_LEN];
    bool is_box; /* payload_key is the box's secret half */
};

/* Every key of an unlocked vault; in the key arena. */
struct keyring {
    unsigned char mk[KEY_LEN];
    unsigned char row_seal[KEY_LEN], row_tag[KEY_LEN], row_mac[KEY_LEN];
    unsigned char device_sign[SIGN_SECRET_LEN], device_box[KEY_LEN];
    unsigned char member_sign[SIGN_SECRET_LEN], member_box[KEY_LEN];
    unsigned char scratch[2 * ID_LEN + KEY_LEN], raw[KEY_LEN];
    struct ckey_slot cache[CKEY_CACHE];
};

/* Working memory for texts; wiped when it grows and when it goes. */
struct buf {
    unsigned char *bytes;
    size_t cap;
};

/* The event written last, as its reader would get it: who saves reads it back next, and need not
 * open again what was sealed a moment ago. Valid for the row and tag it names only. */
struct fresh {
    int64_t row; /* 0 = none */
    unsigned char tag[TAG_LEN];
    unsigned char id[HASH_LEN], compartment[ID_LEN];
    uint64_t seq, clock;
    unsigned kind, kind_version;
    struct buf text; /* len bytes and a NUL */
    size_t len;
};

/* Is a compartment's key here by office only? A cache; of zeros: empty. */
struct stand_slot {
    unsigned char compartment[ID_LEN];
    bool by_office;
};

struct arrival;
struct vault {
    struct arrival *arrival; /* a batch that is being taken in; NULL: none */
    char *dir;
    int dir_fd;
    int head_fd; /* -1 while locked */
    unsigned head_unsynced;
    db *db;               /* NULL while locked */
    struct keyring *keys; /* NULL while locked */
    unsigned char vault_id[ID_LEN], device[ID_LEN], organisation[ID_LEN], member[ID_LEN];
    struct cert *certs; /* all checked up to the root; certs[0] is the root */
    size_t cert_count;
    struct str cert_bytes;   /* CERT_LEN for each of certs */
    struct org org;          /* of this generation; reloaded when the log is further */
    bool org_is_dirty;       /* changed in this transaction */
    struct epoch_map epochs; /* those looked up; any may be forgotten between two calls */
    struct comp looked_up;   /* the one the authority asked for last */
    struct stand_slot *stands;
    char zone[ZONE_MAX + 1];
    int64_t seen_row;     /* newest row the caller knows of */
    int64_t data_version; /* of the database when members were last asked for; 0: never */
    bool is_batch;        /* appends share one transaction, begun by vault_batch_begin */
    struct buf event, box, text, row;
    struct fresh fresh;
    bool has_erased;  /* in this transaction: what has to follow its commit follows */
    bool is_reviving; /* a backup becomes a vault: who it is is settled later */
};

/* The newest event known of one device. */
struct chain_head {
    unsigned char device[ID_LEN];
    uint64_t seq;
    unsigned char id[HASH_LEN];
};

/* What the next event needs to know; read and written inside one transaction, never kept. */
struct chain {
    uint64_t clock, events, generation;
    int64_t last_save_ms;
    size_t count;
    struct chain_head heads[CHAIN_HEADS_MAX]; /* sorted by device */
};

/* buf.c and row.c */
unsigned char *buf_need(struct buf *b, size_t n);
void buf_done(struct buf *b);
void row_tag(const struct keyring *k, unsigned char tag[TAG_LEN], const struct part *parts,
             size_t count);
void row_tag_event(const struct keyring *k, unsigned char tag[TAG_LEN],
                   const unsigned char id[HASH_LEN]);
void row_seal(const struct keyring *k, const unsigned char tag[TAG_LEN], const void *plain,
              size_t n, unsigned char *box);
/* n counts the box; plain has n - ROW_EXTRA. */
bool row_open(const struct keyring *k, const unsigned char tag[TAG_LEN], const void *box, size_t n,
              unsigned char *plain);

/* meta.c: values by name; ERR_NOT_FOUND, ERR_DAMAGED */
enum err meta_put(struct vault *v, const char *name, const void *bytes, size_t n,
                  struct err_info *err);
enum err meta_get(struct vault *v, const char *name, struct str *out, struct err_info *err);

/* cache.c: inside a transaction, when rows that were there became readable or ceased to be */
enum err cache_void(struct vault *v, struct err_info *err);

/* ckey.c: keys at rest */
enum err ckey_store(struct vault *v, const unsigned char compartment[ID_LEN],
                    const unsigned char epoch[ID_LEN], const unsigned char key[KEY_LEN],
                    struct err_info *err);
/* The compartment's key itself; key in the key arena. ERR_RIGHTS: not here. */
enum err ckey_raw(struct vault *v, const unsigned char compartment[ID_LEN],
                  const unsigned char epoch[ID_LEN], unsigned char key[KEY_LEN],
                  struct err_info *err);
/* What opens the payloads of one epoch: the payload key, of a drop box its secret half. *key
 * borrowed from the cache till the next call; ERR_RIGHTS. */
enum err ckey_payload(struct vault *v, const unsigned char compartment[ID_LEN],
                      const unsigned char epoch[ID_LEN], bool is_box, const unsigned char **key,
                      struct err_info *err);
enum err ckey_drop(struct vault *v, const unsigned char compartment[ID_LEN],
                   const unsigned char epoch[ID_LEN], struct err_info *err);

/* store.c: epochs and compartments in their tables */
/* Borrowed till the end of the call of the vault's face; NULL: not known. */
const struct epoch *epoch_find(struct vault *v, const unsigned char compartment[ID_LEN],
                               const unsigned char id[ID_LEN]);
enum err epoch_store(struct vault *v, const struct epoch *e, struct err_info *err);
/* Every epoch here, in no order; f returns an error to stop. */
enum err epoch_each(struct vault *v,
                    enum err (*f)(struct vault *v, const struct epoch *e, void *payload,
                                  struct err_info *err),
                    void *payload, struct err_info *err);
/* ERR_NOT_FOUND. comp_done. */
enum err comp_load(struct vault *v, const unsigned char id[ID_LEN], struct comp *out,
                   struct err_info *err);
enum err comp_store(struct vault *v, const struct comp *c, struct err_info *err);
/* Is the key of this compartment here by office only? */
bool comp_by_office(struct vault *v, const unsigned char id[ID_LEN]);
void store_forget(struct vault *v);

/* wraps.c: wraps in their table */
/* Keeps a wrap in place of what is there for the same reader. */
enum err wrap_store(struct vault *v, const unsigned char bytes[WRAP_LEN], struct err_info *err);
/* ERR_NOT_FOUND. */
enum err wrap_load(struct vault *v, const unsigned char compartment[ID_LEN],
                   const unsigned char epoch[ID_LEN], const unsigned char recipient[ID_LEN],
                   unsigned char bytes[WRAP_LEN], struct err_info *err);
enum err wrap_delete(struct vault *v, const unsigned char compartment[ID_LEN],
                     const unsigned char epoch[ID_LEN], const unsigned char recipient[ID_LEN],
                     struct err_info *err);
/* Makes and keeps a wrap for a member or for the organisation's recovery key. */
enum err wrap_make(struct vault *v, const unsigned char compartment[ID_LEN],
                   const unsigned char epoch[ID_LEN], const unsigned char key[KEY_LEN],
                   const unsigned char recipient[ID_LEN], unsigned char hash[HASH_LEN],
                   struct err_info *err);
/* Takes a wrap in as received, inside a transaction: its issuer's signature, then keeps it and,
 * if it is for this member, opens it. ERR_NOT_FOUND: its issuer is not known; ERR_RIGHTS: does
 * not verify, or its key contradicts the epoch's commitment; ERR_EXISTS: had it. */
enum err wrap_take(struct vault *v, const unsigned char *bytes, size_t n, struct err_info *err);
enum err wrap_each(struct vault *v,
                   enum err (*f)(struct vault *v, const unsigned char bytes[WRAP_LEN],
                                 void *payload, struct err_info *err),
                   void *payload, struct err_info *err);

/* org_apply.c: organisation events into the state, inside a transaction. Idempotent. Members,
 * devices, certificates in the event, epochs, compartments, wraps that are to go, holds.
 * ERR_NOT_FOUND: what it rests on is not here; ERR_RIGHTS: its certificates do not carry it. */
enum err org_apply(struct vault *v, const struct event_view *e, const struct event_payload *p,
                   struct err_info *err);
/* Members and devices alone, into any state, by the certificates of v. */
enum err org_fold(const struct vault *v, struct org *o, uint64_t clock,
                  const struct event_payload *p, struct err_info *err);
/* May this event stand here and now? See authority_of. */
enum err authority_check(struct vault *v, const struct event_view *e, const struct event_payload *p,
                         struct err_info *err);
/* What this replica knows, as an authority; valid while v is. */
void authority_here(struct vault *v, struct authority *out);
/* Makes keys from wraps, and members, epochs and compartments from the log. One transaction. */
enum err vault_rebuild(struct vault *v, struct err_info *err);

/* chain.c */
enum err chain_read(struct vault *v, struct chain *c, struct err_info *err);
enum err chain_write(struct vault *v, const struct chain *c, struct err_info *err);
const struct chain_head *chain_find(const struct chain *c, const unsigned char device[ID_LEN]);
/* The head's place, made if it is not there; NULL when the table is full. */
struct chain_head *chain_place(struct chain *c, const unsigned char device[ID_LEN]);
void chain_hash(const struct chain *c, unsigned char out[HASH_LEN]);

/* head.c */
struct head_mark {
    uint64_t seq;
    unsigned char id[HASH_LEN];
};
enum err head_open(struct vault *v, struct err_info *err);
void head_close(struct vault *v);
/* Never lowers it; one that is gone is made anew. What goes wrong here takes nothing back: the
 * event is committed. */
void head_raise(struct vault *v, uint64_t seq, const unsigned char id[HASH_LEN], unsigned events);
/* Is the mark ahead of the log (it was cut, or an older copy put back)? *reached: its number. */
bool head_is_ahead(const struct vault *v, const struct chain *c, uint64_t *reached);
/* false: no valid mark of this device. */
bool head_read(const struct vault *v, struct head_mark *out);

/* log.c: one transaction of appending */
struct log_txn {
    struct chain chain;
    uint64_t now;      /* hybrid, counter 0 */
    int64_t first_row; /* 0 = none yet */
    unsigned added;
    bool last_is_box;
    bool is_founding;   /* the organisation's first events: nobody is there to allow them */
    bool is_settling;   /* this replica's device is being announced */
    bool is_succeeding; /* a new epoch is being made: no other is made for its announcement */
};
enum err log_begin(struct vault *v, struct log_txn *t, struct err_info *err);
/* Seals, signs and inserts. A tired epoch is succeeded first. ERR_RIGHTS. */
enum err log_add(struct vault *v, struct log_txn *t, const struct vault_write *w,
                 unsigned char id[HASH_LEN], struct err_info *err);
/* log_add to the organisation. */
enum err log_add_org(struct vault *v, struct log_txn *t, unsigned kind, const struct str *text,
                     struct err_info *err);
/* Commits, or rolls back if it cannot. */
enum err log_end(struct vault *v, struct log_txn *t, struct err_info *err);
/* Rolls back, and forgets what the transaction left in memory. Instead of db_rollback. */
void log_cancel(struct vault *v);
/* log_end or log_cancel. */
enum err log_close(struct vault *v, struct log_txn *t, enum err bad, struct err_info *err);

/* place.c: where the next event of a compartment goes */
struct place {
    unsigned char epoch[ID_LEN];
    enum vault_sort sort;
    enum vault_part part;
    enum vault_role role; /* own, as the epoch lists it; of a drop box the own role */
    bool is_box;
    unsigned char box[KEY_LEN];
};
/* Makes a new epoch first if those there are tired and this member may. ERR_RIGHTS. */
enum err place_find(struct vault *v, struct log_txn *t, const unsigned char compartment[ID_LEN],
                    struct place *out, struct err_info *err);
/* Lists somebody who is removed or has another role now, or was readable by a former coordinator. */
bool epoch_is_tired(const struct vault *v, const struct epoch *e);

/* compartment.c: new epochs, inside a transaction */
/* A compartment's first epoch. e: sort, part, case, members, offices; its compartment is id. */
enum err compartment_begin(struct vault *v, struct log_txn *t, const unsigned char id[ID_LEN],
                           struct epoch *e, struct err_info *err);
/* The next epoch after all that have no successor. want: members (roles as now); offices are
 * found here. Wraps for all, and of the older epochs for those that come in. */
enum err compartment_succeed(struct vault *v, struct log_txn *t, const struct comp *c,
                             const struct epoch *want, struct err_info *err);
/* Who would be listed if the compartment's epochs that have no successor were joined now: a
 * removal wins over an addition, removed members are left out, roles are those of now. */
struct epoch *compartment_joined(struct vault *v, const struct comp *c);
/* The organisation and its drop boxes, so that they list whom they should. Coordinators. */
enum err compartment_align(struct vault *v, struct log_txn *t, struct err_info *err);
/* Wraps of every case's epochs that are here, for a new coordinator. */
enum err compartment_office(struct vault *v, const unsigned char member[ID_LEN],
                            struct err_info *err);

/* known.c: certificates and members, as loaded */
enum err known_load(struct vault *v, struct err_info *err);
/* Loads again if the log's generation is another. */
enum err known_fresh(struct vault *v, uint64_t generation, struct err_info *err);
/* The same, asking the log; outside a transaction. */
enum err known_now(struct vault *v, struct err_info *err);
/* Inside a transaction: keeps what changed. */
enum err known_save(struct vault *v, struct err_info *err);
void known_forget(struct vault *v);
void known_touch(struct vault *v);
/* Adds a certificate after checking it. ERR_NOT_FOUND: its issuer is not known; ERR_RIGHTS;
 * ERR_EXISTS. */
enum err known_add(struct vault *v, const unsigned char *bytes, size_t n, struct err_info *err);
/* The one with the highest serial that holds. */
const struct cert *known_cert(const struct vault *v, enum cert_kind kind,
                              const unsigned char subject[ID_LEN]);
/* Bytes of one of v->certs. */
const unsigned char *known_bytes(const struct vault *v, const struct cert *c);
/* Is this certificate here and does it hold: of a coordinator by the root, or by two where three
 * are? */
bool known_holds(const struct vault *v, const unsigned char bytes[CERT_LEN]);
const char *known_name(const struct vault *v, const unsigned char member[ID_LEN]);

/* members.c */
void member_say(const struct vault *v, const struct org_member *m, struct vault_member *out);
/* The organisation's keys from its sheet; in the key arena. ERR_KEY: another organisation's. */
struct root_keys {
    unsigned char seed[SHEET_SEED_LEN], sign_seed[KEY_LEN], sign[SIGN_SECRET_LEN], box[KEY_LEN];
};
enum err root_open(const struct vault *v, const vault_secret *sheet, struct root_keys *out,
                   struct err_info *err);

/* open.c */
enum err keyfile_load(const struct vault *v, struct keyfile *out, struct err_info *err);
void keyring_fill(struct vault *v, const struct keyfile_secrets *s,
                  const unsigned char mk[KEY_LEN]);
/* Everything of unlocking that comes after the master key. */
enum err vault_enter(struct vault *v, const struct keyfile *k, const unsigned char mk[KEY_LEN],
                     struct err_info *err);
struct vault *vault_blank(const char *dir);
/* The log only grows; db_append_only(v->db, NULL) lifts it. */
void vault_append_only(struct vault *v);

/* create.c: the last step of making a folder beside its place */
enum err folder_move_in(const char *from, const char *dir, struct err_info *err);
/* Opens the vault in it without deriving the key a second time. */
enum err folder_enter(const char *dir, const unsigned char mk[KEY_LEN], vault **out,
                      struct err_info *err);

#endif
