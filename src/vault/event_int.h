/* The bytes of one event (SPEV): build, parse, check, open. Pure functions over bytes; every
 * constant of the format stands here and in docs/format.md. Private to the vault. */
#ifndef SPRIJIN_VAULT_EVENT_INT_H
#define SPRIJIN_VAULT_EVENT_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/id.h"
#include "crypt_int.h"

#define EVENT_MAGIC      "SPEV"
#define EVENT_VERSION    1
#define EVENT_FLAG_BOX   1u /* to a drop box: the payload key is sealed to the box, in front */
#define EVENT_BOX_LEN    ((size_t)80)
#define EVENT_HEAD_LEN   ((size_t)180)
#define EVENT_CT_MAX     ((size_t)1 << 20)
#define EVENT_TEXT_MAX   (((size_t)1 << 20) - ((size_t)64 << 10))
#define EVENT_PREFIX_LEN ((size_t)8) /* of the payload: length, kind, kind version */

enum { /* offsets */
       EVENT_AT_VERSION = 4,
       EVENT_AT_FLAGS = 6,
       EVENT_AT_ORGANISATION = 8,
       EVENT_AT_COMPARTMENT = 24,
       EVENT_AT_DEVICE = 40,
       EVENT_AT_SEQ = 56,
       EVENT_AT_PREV = 64,
       EVENT_AT_HEADS = 96,
       EVENT_AT_CLOCK = 128,
       EVENT_AT_EPOCH = 136,
       EVENT_AT_NONCE = 152,
       EVENT_AT_CT_LEN = 176
};

/* Kinds of the vault itself; from EVENT_KIND_RECORD on they belong to the layers above. */
enum {
    EVENT_KIND_MEMBER = 0x02, /* a member is introduced */
    EVENT_KIND_ROLE = 0x03,
    EVENT_KIND_REMOVED = 0x04,
    EVENT_KIND_DEVICE = 0x05,
    EVENT_KIND_DEVICE_CLOSED = 0x06,
    EVENT_KIND_EPOCH = 0x10,     /* a compartment's first epoch */
    EVENT_KIND_SUCCESSOR = 0x11, /* an epoch after others */
    EVENT_KIND_ERASURE_REQUEST = 0x20,
    EVENT_KIND_ERASURE_APPROVED = 0x21,
    EVENT_KIND_ERASURE_REFUSED = 0x22,
    EVENT_KIND_HOLD = 0x23,
    EVENT_KIND_HOLD_LIFTED = 0x24,
    EVENT_KIND_OPENED = 0x28, /* a coordinator says why she opens a case */
    EVENT_KIND_AUDIT = 0x30,
    EVENT_KIND_STATUS = 0x31,
    EVENT_KIND_STAT = 0x32,
    EVENT_KIND_RECORD = 0x100
};

/* What an event is made from; all borrowed for the call. */
struct event_parts {
    const unsigned char *organisation, *compartment, *device; /* ID_LEN each */
    uint64_t seq;
    const unsigned char *prev, *heads; /* HASH_LEN each */
    uint64_t clock;
    const unsigned char *epoch; /* ID_LEN */
    const unsigned char *nonce; /* NONCE_LEN */
    const unsigned char *box;   /* public half of a drop box (KEY_LEN); NULL: not to one */
    unsigned kind, kind_version;
    const char *text;
    size_t len;
};

/* A parsed event; pointers into the bytes given to event_parse. */
struct event_view {
    const unsigned char *bytes;
    size_t len;
    const unsigned char *organisation, *compartment, *device, *prev, *heads, *epoch, *nonce;
    unsigned flags;
    uint64_t seq, clock;
    const unsigned char *ct;
    size_t ct_len;
    const unsigned char *sign;
    unsigned char ct_hash[HASH_LEN], id[HASH_LEN];
};

/* An opened payload; pointers into the buffer given to event_open. */
struct event_payload {
    unsigned kind, kind_version;
    const char *text; /* NUL-terminated */
    size_t len;
};

/* The hash of a sealed payload, and the id of an event with this header and hash. */
void event_ct_hash(unsigned char out[HASH_LEN], const unsigned char *ct, size_t n);
void event_id(unsigned char id[HASH_LEN], const unsigned char *head,
              const unsigned char hash[HASH_LEN]);
/* Size a payload of n bytes is padded to: 256, 512, 1024, 2048, 4096, above by Padme. */
size_t event_padded(size_t n);
/* Bytes of the whole event for a text of len bytes. */
size_t event_size(size_t len, bool to_box);
/* Writes event_size(p->len, p->box != NULL) bytes to out, and the event's id. payload_key may be
 * NULL for a drop box. */
void event_build(const struct event_parts *p, const unsigned char payload_key[KEY_LEN],
                 const unsigned char sign_secret[SIGN_SECRET_LEN], unsigned char *out,
                 unsigned char id[HASH_LEN]);
/* The first EVENT_HEAD_LEN bytes alone: magic, version, flags, lengths; ct, sign and id stay empty. */
enum err event_head_parse(const unsigned char *head, struct event_view *out, struct err_info *err);
/* Lengths, magic, version, flags; computes the id. ERR_DAMAGED, ERR_VERSION, ERR_LIMIT. */
enum err event_parse(const unsigned char *bytes, size_t n, struct event_view *out,
                     struct err_info *err);
/* Of a view that event_parse filled. */
bool event_check(const struct event_view *e, const unsigned char device_key[KEY_LEN]);
/* out: at least e->ct_len bytes. key: the payload key; of an event to a drop box the box's secret
 * half. ERR_KEY: not sealed with this key; ERR_DAMAGED. */
enum err event_open(const struct event_view *e, const unsigned char key[KEY_LEN],
                    unsigned char *out, struct event_payload *payload, struct err_info *err);

#endif
