/* What a replica takes from others and gives to them: certificates (SPCT), wraps (SPWR), events
 * (SPEV) and erased events (SPEX), byte for byte as received. Carriers live above. */
#ifndef SPRIJIN_VAULT_EXCHANGE_H
#define SPRIJIN_VAULT_EXCHANGE_H

#include "vault/vault.h"

enum vault_taken {
    VAULT_TAKEN,
    VAULT_KNOWN,      /* had it already */
    VAULT_HELD,       /* what comes before it is missing; kept, tried again by itself */
    VAULT_CARRIED,    /* in the log, no key for it here */
    VAULT_LATE,       /* in the log, written under an epoch that had a successor */
    VAULT_QUARANTINED /* kept aside for a person; see reason */
};
enum vault_reason {
    VAULT_REASON_NONE,
    VAULT_REASON_LENGTH,
    VAULT_REASON_MAGIC,
    VAULT_REASON_VERSION,
    VAULT_REASON_FLAGS,
    VAULT_REASON_ORGANISATION,
    VAULT_REASON_CERTIFICATE, /* its author, or its issuer, is not known or may not */
    VAULT_REASON_SEQUENCE,    /* too far ahead: over 4,096 held */
    VAULT_REASON_PREVIOUS,    /* does not follow from the one before */
    VAULT_REASON_SIGNATURE,
    VAULT_REASON_SEAL,   /* the key is here and does not open it, or the commitment fails */
    VAULT_REASON_RIGHTS, /* the epoch does not list its author, or not in a role that may */
    VAULT_REASON_FORK,   /* two events under one number */
    VAULT_REASON_CLOSED, /* by a device after it was closed */
    VAULT_REASON_ERASED, /* SPEX without a valid tombstone */
    VAULT_REASON_COUNT
};
struct vault_outcome {
    enum vault_taken taken;
    enum vault_reason reason;
};
/* Takes one record in, one transaction (or the caller's: vault_take_begin/_end around many; nothing
 * else of the vault is called in between). ERR_OK whatever the outcome; errors are those of the disk
 * and take back everything since _begin, after which _end is not called. What was held is taken by
 * itself once what it waited for is here, at the latest in _end. */
enum err vault_take(vault *v, const void *bytes, size_t n, struct vault_outcome *out,
                    struct err_info *err);
enum err vault_take_begin(vault *v, struct err_info *err);
enum err vault_take_end(vault *v, struct err_info *err);

/* Takes back all that came in since vault_take_begin. */
void vault_take_cancel(vault *v);
/* Between begin and end; false too after a vault_take that failed, which takes all back itself. */
bool vault_is_taking(const vault *v);

/* Calls f for everything here, in an order in which it can be taken; f returns false to stop. */
enum err vault_give(vault *v, bool (*f)(void *payload, const void *bytes, size_t n), void *payload,
                    struct err_info *err);

/* The same without what is held, and of the log only rows after the one named. */
enum err vault_give_from(vault *v, int64_t after,
                         bool (*f)(void *payload, const void *bytes, size_t n), void *payload,
                         struct err_info *err);
/* The newest row of the log, 0: none. */
int64_t vault_log_end(vault *v);

/* Envelopes (SPEN): records on their way, sealed under the transport key of an epoch of the
 * organisation. The header is bound to a stream and to a place in it. */
#define VAULT_ENVELOPE_HEAD     ((size_t)92)
#define VAULT_ENVELOPE_BODY_MAX ((size_t)4 << 20)
struct vault_envelope {
    unsigned char stream[ID_LEN];
    uint64_t number; /* in the stream, from 1 */
    bool is_last;    /* nothing follows in this bundle */
};
/* Needs no key: magic, version, flags, length. *body: sealed bytes that follow the head.
 * ERR_DAMAGED, ERR_VERSION. */
enum err vault_envelope_head(const unsigned char head[VAULT_ENVELOPE_HEAD],
                             struct vault_envelope *out, size_t *body, struct err_info *err);
/* The organisation's epochs whose keys are here, ID_LEN bytes each, the one to seal under first. */
enum err vault_transport_epochs(vault *v, struct str *out, struct err_info *err);
/* Appends one envelope around text (records, each behind its length of 4 bytes). ERR_LIMIT. */
enum err vault_envelope_seal(vault *v, const struct vault_envelope *e,
                             const unsigned char epoch[ID_LEN], const struct str *text,
                             struct str *out, struct err_info *err);
/* Appends the text. ERR_DAMAGED; ERR_VERSION; ERR_RIGHTS: another organisation's; ERR_KEY: sealed
 * under an epoch whose key is not here. */
enum err vault_envelope_open(vault *v, const unsigned char *bytes, size_t n,
                             struct vault_envelope *e, struct str *text, struct err_info *err);
/* A wrap of a key of the organisation: it travels under older epochs too, for who has no newer. */
bool vault_is_transport_wrap(const vault *v, const unsigned char *bytes, size_t n);

struct vault_quarantined {
    int64_t n;
    enum vault_reason reason;
    size_t len;
    unsigned char device[ID_LEN]; /* zeros if it cannot be told */
    uint64_t seq;
};
enum err vault_quarantine(vault *v, struct vault_quarantined **out, size_t *count,
                          struct err_info *err);

#endif
