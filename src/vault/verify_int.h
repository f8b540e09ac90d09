/* One run of vault_verify; shared by its two files. */
#ifndef SPRIJIN_VAULT_VERIFY_INT_H
#define SPRIJIN_VAULT_VERIFY_INT_H

#include "history_int.h"

/* What one device wrote last, on the way through the log. */
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
    uint64_t gaps; /* rows too damaged to tell whose they were */
    size_t devices;
    struct seen seen[CHAIN_HEADS_MAX];
    struct history history;
};
void verify_flaw(struct check *c, const struct vault_finding *f);
/* Is the key here, if one is, the one that the epoch's announcement commits to? */
bool verify_key(struct check *c, const struct epoch *e);
/* Wraps, and what is kept besides the log, against the history that was read. */
enum err verify_rest(struct check *c, struct err_info *err);

#endif
