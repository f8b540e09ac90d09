/* The organisation as the log tells it: members, devices, epochs and compartments, and who may
 * write what where. Private to the vault. */
#ifndef SPRIJIN_VAULT_ORG_INT_H
#define SPRIJIN_VAULT_ORG_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/id.h"
#include "base/str.h"
#include "crypt_int.h"
#include "event_int.h"
#include "vault/members.h"

#define MEMBER_NAME_MAX 64
#define EPOCH_LIST_MAX  4096 /* members, offices, parents of one epoch */

bool sort_of(const char *word, enum vault_sort *out);
bool sort_is_box(enum vault_sort sort);

/* ---- an epoch, as announced; never changes ---- */
struct epoch_member {
    unsigned char id[ID_LEN];
    enum vault_role role;
};
struct epoch {
    unsigned char compartment[ID_LEN], id[ID_LEN], of_case[ID_LEN];
    unsigned char commitment[HASH_LEN];
    unsigned char box[KEY_LEN]; /* of a drop box: its public half */
    enum vault_sort sort;
    enum vault_part part;
    uint64_t clock; /* of its announcement */
    size_t members, offices, parents;
    struct epoch_member *member;
    unsigned char (*office)[ID_LEN];
    unsigned char (*parent)[ID_LEN];
};

struct epoch *epoch_new(void);
void epoch_free(struct epoch *e); /* NULL allowed */
struct epoch *epoch_copy(const struct epoch *e);
void epoch_add_member(struct epoch *e, const unsigned char id[ID_LEN], enum vault_role role);
void epoch_add_office(struct epoch *e, const unsigned char id[ID_LEN]);
void epoch_add_parent(struct epoch *e, const unsigned char id[ID_LEN]);
/* NONE if she is not listed. */
enum vault_role epoch_role(const struct epoch *e, const unsigned char member[ID_LEN]);
bool epoch_has_office(const struct epoch *e, const unsigned char member[ID_LEN]);
/* Commitment to a key, and (of a drop box) its public half. */
void epoch_commit(struct epoch *e, const unsigned char key[KEY_LEN]);
bool epoch_commits(const struct epoch *e, const unsigned char key[KEY_LEN]);
/* The announcement's text; hashes: lines of hex. Appends. */
void epoch_text(const struct epoch *e, const unsigned char (*hashes)[HASH_LEN], size_t count,
                struct str *out);
/* Shape only. ERR_DAMAGED. *out owned. */
enum err epoch_read(const char *text, size_t n, struct epoch **out, struct err_info *err);
/* As a row has it. */
void epoch_put(const struct epoch *e, struct str *out);
enum err epoch_get(const unsigned char *bytes, size_t n, struct epoch **out, struct err_info *err);

/* Epochs by compartment and id; owns what is put in. */
struct epoch_map {
    struct epoch **slots;
    size_t cap, count;
};
const struct epoch *epoch_map_find(const struct epoch_map *m, const unsigned char *compartment,
                                   const unsigned char *id);
/* Keeps the one that is there already and frees e. Returns the one kept. */
const struct epoch *epoch_map_put(struct epoch_map *m, struct epoch *e);
void epoch_map_done(struct epoch_map *m);

/* ---- a compartment: its epochs and what is known about it ---- */
enum { COMP_ERASED = 1, COMP_HELD = 2 };
enum { COMP_EPOCH_SUCCEEDED = 1, COMP_EPOCH_MEMBER = 2, COMP_EPOCH_OFFICE = 4 };
struct comp_epoch {
    unsigned char id[ID_LEN];
    unsigned flags;
    enum vault_role role; /* own */
};
struct comp {
    unsigned char id[ID_LEN], of_case[ID_LEN];
    unsigned char parts[VAULT_PART_COUNT][ID_LEN]; /* of a case; zeros: none */
    enum vault_sort sort;
    enum vault_part part;
    unsigned flags;
    size_t count; /* 0: only heard of */
    struct comp_epoch *epochs;
};
void comp_done(struct comp *c);
struct comp_epoch *comp_epoch_of(const struct comp *c, const unsigned char id[ID_LEN]);
bool comp_is_head(const struct comp *c, size_t i);
/* Takes an epoch in; own: this replica's member. Idempotent. */
void comp_take(struct comp *c, const struct epoch *e, const unsigned char own[ID_LEN]);
void comp_put(const struct comp *c, struct str *out);
enum err comp_read(const unsigned char *bytes, size_t n, struct comp *c, struct err_info *err);

/* ---- members and devices ---- */
struct org_member {
    unsigned char id[ID_LEN];
    char name[MEMBER_NAME_MAX + 1];
    enum vault_role role;
    unsigned roles; /* bits of all she ever had */
    bool is_removed;
    uint64_t since_clock, role_clock, removed_clock;
    uint64_t role_serial; /* of the newest certificate a role rested on */
};
struct org_device {
    unsigned char id[ID_LEN], member[ID_LEN];
    bool is_closed;
    uint64_t closed_seq; /* its last event that counts */
};
struct org {
    uint64_t generation; /* counts what was folded */
    size_t members, devices;
    struct org_member *member;
    struct org_device *device;
};
void org_done(struct org *o);
struct org_member *org_member_of(const struct org *o, const unsigned char id[ID_LEN]);
struct org_device *org_device_of(const struct org *o, const unsigned char id[ID_LEN]);
size_t org_coordinators(const struct org *o);
void org_box_id(const unsigned char organisation[ID_LEN], enum vault_sort sort,
                unsigned char id[ID_LEN]);
void org_put(const struct org *o, struct str *out);
enum err org_get(const unsigned char *bytes, size_t n, struct org *o, struct err_info *err);

/* ---- authority ---- */
/* What is known at the place in history where an event stands. Answers are borrowed till the
 * state changes; NULL: not known. */
struct authority {
    const struct org *org;
    const struct epoch *(*epoch)(void *payload, const unsigned char *compartment,
                                 const unsigned char *id);
    const struct comp *(*comp)(void *payload, const unsigned char *compartment);
    /* Member whose certificate the device has; NULL: none. */
    const unsigned char *(*author)(void *payload, const unsigned char *device);
    /* The organisation's first epoch: was this member made a coordinator by the root? */
    bool (*is_founder)(void *payload, const unsigned char *member);
    void *payload;
    /* Where the epoch of an announcement that may stand is left, for who goes on with it; owned by
     * the asker. NULL: nobody does. */
    struct epoch **announced;
};
/* May this event stand there? p NULL: it cannot be opened here, so its kind is not known.
 * ERR_OK; ERR_RIGHTS; ERR_CLOSED: its device was closed before; ERR_NOT_FOUND: what it rests on
 * (its epoch's announcement, a member it lists) is not here yet. */
enum err authority_of(const struct authority *a, const struct event_view *e,
                      const struct event_payload *p, struct err_info *err);

#endif
