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
#include "vault/vault.h"

#define TAG_LEN         ((size_t)16)
#define ROW_EXTRA       ((size_t)(NONCE_LEN + SEAL_LEN)) /* what a box is longer than its content */
#define CKEY_CACHE      256
#define CHAIN_HEADS_MAX 128
#define MEMBER_NAME_MAX 64
#define ZONE_MAX        63

/* A payload key found once. A slot of zeros is empty: ids are random. */
struct ckey_slot {
    unsigned char compartment[ID_LEN], epoch[ID_LEN], payload_key[KEY_LEN];
};

/* Every key of an unlocked vault; in the key arena. */
struct keyring {
    unsigned char mk[KEY_LEN];
    unsigned char row_seal[KEY_LEN], row_tag[KEY_LEN], row_mac[KEY_LEN];
    unsigned char device_sign[SIGN_SECRET_LEN], device_box[KEY_LEN];
    unsigned char member_sign[SIGN_SECRET_LEN], member_box[KEY_LEN];
    unsigned char scratch[2 * ID_LEN + KEY_LEN];
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

struct member_name {
    unsigned char member[ID_LEN];
    char name[MEMBER_NAME_MAX + 1];
};

struct vault {
    char *dir;
    int dir_fd;
    int head_fd; /* -1 while locked */
    unsigned head_unsynced;
    db *db;               /* NULL while locked */
    struct keyring *keys; /* NULL while locked */
    unsigned char vault_id[ID_LEN], device[ID_LEN], organisation[ID_LEN];
    struct cert *certs; /* all checked up to the root; certs[0] is the root */
    size_t cert_count;
    struct member_name *names;
    size_t name_count;
    char zone[ZONE_MAX + 1];
    int64_t seen_row; /* newest row the caller knows of */
    struct buf event, box, text;
    struct fresh fresh;
};

/* The newest event known of one device. */
struct chain_head {
    unsigned char device[ID_LEN];
    uint64_t seq;
    unsigned char id[HASH_LEN];
};

/* What the next event needs to know; read and written inside one transaction, never kept. */
struct chain {
    uint64_t clock, events;
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

/* ckey.c */
enum err ckey_store(struct vault *v, const unsigned char compartment[ID_LEN],
                    const unsigned char epoch[ID_LEN], const unsigned char key[KEY_LEN],
                    struct err_info *err);
/* The epoch to write under; ERR_RIGHTS if this replica has no key for the compartment. */
enum err ckey_epoch(struct vault *v, const unsigned char compartment[ID_LEN],
                    unsigned char epoch[ID_LEN], struct err_info *err);
/* *key borrowed from the cache till the next call; ERR_RIGHTS. */
enum err ckey_payload(struct vault *v, const unsigned char compartment[ID_LEN],
                      const unsigned char epoch[ID_LEN], const unsigned char **key,
                      struct err_info *err);

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
/* Never lowers it. What goes wrong here takes nothing back: the event is committed. */
void head_raise(struct vault *v, uint64_t seq, const unsigned char id[HASH_LEN], unsigned events,
                bool is_first);
enum err head_check(struct vault *v, const struct chain *c, struct err_info *err);
/* false: no valid mark of this device. */
bool head_read(const struct vault *v, struct head_mark *out);

/* log.c: one transaction of appending */
struct log_txn {
    struct chain chain;
    uint64_t now;      /* hybrid, counter 0 */
    int64_t first_row; /* 0 = none yet */
    unsigned added;
};
enum err log_begin(struct vault *v, struct log_txn *t, struct err_info *err);
enum err log_add(struct vault *v, struct log_txn *t, const struct vault_write *w,
                 unsigned char id[HASH_LEN], struct err_info *err);
/* Commits, or rolls back if it cannot. */
enum err log_end(struct vault *v, struct log_txn *t, struct err_info *err);

/* compartment.c: key, wraps and announcement of a compartment, inside a transaction */
enum err compartment_open(struct vault *v, struct log_txn *t, const unsigned char id[ID_LEN],
                          struct err_info *err);

/* known.c: certificates and names */
enum err known_load(struct vault *v, struct err_info *err);
void known_forget(struct vault *v);
const struct cert *known_cert(const struct vault *v, enum cert_kind kind,
                              const unsigned char subject[ID_LEN]);
const char *known_name(const struct vault *v, const unsigned char member[ID_LEN]);

/* verify_tables.c: rows beside the log; the first finding of a report is kept. */
void verify_found(struct vault_report *r, const char *place, int64_t row);
enum err verify_tables(struct vault *v, struct vault_report *r, struct err_info *err);

/* open.c */
enum err keyfile_load(const struct vault *v, struct keyfile *out, struct err_info *err);
void keyring_fill(struct vault *v, const struct keyfile_secrets *s,
                  const unsigned char mk[KEY_LEN]);
/* Everything of unlocking that comes after the master key. */
enum err vault_enter(struct vault *v, const struct keyfile *k, const unsigned char mk[KEY_LEN],
                     struct err_info *err);
struct vault *vault_blank(const char *dir);

#endif
