/* The sealed, signed, append-only log of one replica: one folder, one Unix user.
 * It seals bytes and knows no field of any form. Keys live in one locked arena inside this layer.
 * Contract: docs/format.md. Format version 1; other versions are refused (ERR_VERSION). */
#ifndef SPRIJIN_VAULT_VAULT_H
#define SPRIJIN_VAULT_VAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/catalog.h"
#include "base/err.h"
#include "base/id.h"
#include "base/str.h"

typedef struct vault vault;

#define VAULT_EVENT_ID_LEN   32
#define VAULT_SHEET_WORDS    24 /* words of a paper key: 256 bits and an 8-bit checksum */
#define VAULT_PASSPHRASE_MIN 12 /* code points after normalising */

/* Cost of the key derivation (Argon2id). Limits: at least 19 MiB and 2 passes, at most 1 GiB;
 * checked before any memory is allocated. */
struct vault_kdf {
    unsigned mib;    /* default 64 */
    unsigned passes; /* default 3 */
};
#define VAULT_KDF_DEFAULT                                                                          \
    {                                                                                              \
        64, 3                                                                                      \
    }

/* A secret text (passphrase, words of a paper key) in locked memory, owned by this layer; the
 * only way a secret is passed in or out. Wiped and freed with vault_secret_free. */
typedef struct vault_secret vault_secret;
vault_secret *vault_secret_new(void);
void vault_secret_free(vault_secret *s);
/* Appends a code point / removes the last grapheme / empties; for the password widget.
 * At most 1024 bytes; false when full. */
bool vault_secret_put(vault_secret *s, const char *bytes, size_t n);
void vault_secret_back(vault_secret *s);
void vault_secret_clear(vault_secret *s);
/* Code points typed so far: for drawing dots, never the text. */
size_t vault_secret_length(const vault_secret *s);
bool vault_secret_equal(const vault_secret *a, const vault_secret *b);
/* Reads one line (up to newline or end) from a descriptor. ERR_LIMIT over 1024 bytes. */
enum err vault_secret_read(vault_secret *s, int fd, struct err_info *err);
/* Six words of the list of lang, one blank between: fills s. */
void vault_secret_generate(vault_secret *s, enum lang lang, unsigned words);
/* For showing a generated passphrase or a paper key once, word by word: copies word i (from 0)
 * into out (at most 9 bytes with NUL); false past the end. */
bool vault_secret_word(const vault_secret *s, unsigned i, char out[12]);

enum vault_pass_problem {
    VAULT_PASS_OK,
    VAULT_PASS_SHORT,  /* fewer than VAULT_PASSPHRASE_MIN code points */
    VAULT_PASS_REPEAT, /* fewer than five different letters */
    VAULT_PASS_COMMON  /* one of the words everybody tries, or a keyboard row */
};
enum vault_pass_problem vault_pass_check(const vault_secret *s);

struct vault_create {
    const char *dir;                /* must not exist or be empty; its parent must exist */
    const vault_secret *passphrase; /* checked with vault_pass_check by the caller */
    struct vault_kdf kdf;
    enum lang lang;          /* language of the paper keys' words */
    const char *member_name; /* how the member signs, e.g. "A. C."; UTF-8, at most 64 bytes */
    const char *zone;        /* "Europe/Chisinau" */
};
/* Makes organisation root, coordinator certificate, member, device, organisation compartment.
 * out: *org_sheet, *member_sheet the two paper keys (24 words), owned by the caller;
 *      *out an unlocked vault.
 * On any error nothing of the folder stays behind. ERR_EXISTS, ERR_FULL, ERR_IO, ERR_MEMORY. */
enum err vault_create(const struct vault_create *how, vault **out, vault_secret **org_sheet,
                      vault_secret **member_sheet, struct err_info *err);

/* Opens locked: checks owner, bits (ERR_RIGHTS), version (ERR_VERSION), reads the keyfile's head. */
enum err vault_open(const char *dir, vault **out, struct err_info *err);
/* ERR_KEY wrong passphrase; waits are the caller's business (vault_wait_ms). ERR_DAMAGED. */
enum err vault_unlock(vault *v, const vault_secret *passphrase, struct err_info *err);
/* With the member sheet's words (any case, four letters of each are enough). */
enum err vault_unlock_sheet(vault *v, const vault_secret *words, struct err_info *err);
/* How long after n failures in this process the next attempt waits: 0, 1, 2, 4 .. 60 s. */
unsigned vault_wait_ms(unsigned failures);
/* Wipes keys, keeps the handle. */
void vault_lock(vault *v);
bool vault_is_unlocked(const vault *v);
void vault_close(vault *v); /* NULL allowed */
/* Replaces the passphrase slot. The vault must be unlocked. */
enum err vault_passwd(vault *v, const vault_secret *passphrase, struct vault_kdf kdf,
                      struct err_info *err);

/* Facts of an unlocked vault; borrowed. */
const char *vault_member_name(const vault *v);
const unsigned char *vault_member_id(
    const vault *v); /* ID_LEN bytes: first 16 of BLAKE2b of the signing key */
const unsigned char *vault_device_id(const vault *v); /* ID_LEN bytes */
const char *vault_zone(const vault *v);
const char *vault_dir(const vault *v);
bool vault_keys_are_locked_in_memory(const vault *v); /* false: mlock was refused */
uint64_t vault_event_count(const vault *v);
int64_t vault_last_save_ms(const vault *v); /* 0 = never */

/* A new compartment (a case): random 16-byte id, random key, wrapped to the member, to the
 * coordinators and to the organisation's recovery key, announced in the organisation compartment.
 * One transaction. ERR_RIGHTS: the own role opens no cases. */
enum err vault_compartment_new(vault *v, unsigned char id[ID_LEN], struct err_info *err);
/* The organisation compartment, for what concerns no case (form definitions, settings). */
const unsigned char *vault_organisation(const vault *v);

/* One event to write. */
struct vault_write {
    unsigned char compartment[ID_LEN];
    unsigned kind; /* docs/format.md; below 0x100 reserved for the vault itself */
    unsigned kind_version;
    const char *text; /* JSON, not interpreted here */
    size_t len;       /* at most 1 MiB - 64 KiB */
};
/* Seals, signs, chains and commits the n events in one transaction; when it returns ERR_OK they
 * survive a power cut. ids (may be NULL) receives n ids. On error nothing was written and the
 * caller may try again. The epoch and the table of rights (vault/members.h) decide: ERR_RIGHTS.
 * An epoch that lists somebody who was removed is succeeded first, in the same transaction.
 * Kinds below 0x100: only 0x31 and 0x32, to their drop boxes; else ERR_USAGE.
 * ERR_FULL, ERR_IO, ERR_BUSY, ERR_LIMIT, ERR_CLOCK. */
enum err vault_append(vault *v, const struct vault_write *events, size_t n,
                      unsigned char (*ids)[VAULT_EVENT_ID_LEN], struct err_info *err);

/* Between the two, appends and new compartments share one transaction and are on disk when _end
 * returned ERR_OK: for filling a vault. A failed append takes all of it back (_end: ERR_USAGE). */
enum err vault_batch_begin(vault *v, struct err_info *err);
enum err vault_batch_end(vault *v, struct err_info *err);

/* One event as read; pointers borrowed for the call. */
struct vault_event {
    int64_t row; /* position in this replica's log */
    unsigned char id[VAULT_EVENT_ID_LEN];
    unsigned char compartment[ID_LEN];
    unsigned char device[ID_LEN];
    unsigned char author[ID_LEN]; /* member id of the device's certificate */
    const char *author_name;
    uint64_t seq;
    int64_t time_ms; /* the hybrid clock's milliseconds */
    unsigned counter;
    unsigned kind, kind_version;
    const char *text; /* JSON, NUL-terminated */
    size_t len;
    bool by_office; /* this member holds the case's key as coordinator and is not granted it */
};
/* Calls f for each readable event with row > after, in log order, those of the vault itself (below
 * 0x100) and those in drop boxes read here included; f returns false to stop.
 * Events that cannot be opened are counted in *skipped (may be NULL), never fatal.
 * Ends with ERR_IO/ERR_DAMAGED only if the table itself cannot be read. */
enum err vault_each(vault *v, int64_t after, bool (*f)(void *payload, const struct vault_event *e),
                    void *payload, uint64_t *skipped, struct err_info *err);
/* true if another process appended since the last call of vault_each, vault_append or this. */
bool vault_changed(vault *v);

/* A small sealed note outside the log (one value a key), e.g. the position to return to after a
 * lock, or the draft of the text being typed. Same transaction safety. len 0 removes. */
enum err vault_note_put(vault *v, const char *key, const void *bytes, size_t n,
                        struct err_info *err);
enum err vault_note_get(vault *v, const char *key, struct str *out, struct err_info *err);

/* What is wrong with one thing that was checked. */
enum vault_flaw {
    VAULT_FLAW_SEAL,        /* the row does not open, or does not hold what it should */
    VAULT_FLAW_PLACE,       /* not where it was written */
    VAULT_FLAW_MISSING,     /* should be there and is not */
    VAULT_FLAW_CHAIN,       /* does not follow from the one before */
    VAULT_FLAW_CERTIFICATE, /* its author is not certified */
    VAULT_FLAW_SIGNATURE,
    VAULT_FLAW_KEY,        /* the key that should open it is not here, or does not */
    VAULT_FLAW_COMMITMENT, /* the key here is not the one that was announced */
    VAULT_FLAW_RIGHTS,     /* its author might not write it where it stands */
    VAULT_FLAW_CLOSED,     /* by a device after it was closed */
    VAULT_FLAW_WRAP,       /* a reader, or the organisation's sheet, has no key that was promised */
    VAULT_FLAW_CACHE,      /* what was derived from the log says something else than the log */
    VAULT_FLAW_COUNT
};
#define VAULT_FINDINGS_MAX 1000
struct vault_finding {
    enum vault_flaw flaw;
    const char *table;            /* "ev", "wrap", "ckey", "epoch", "meta"; static */
    int64_t row;                  /* of ev; else 0 */
    unsigned char device[ID_LEN]; /* of an event, zeros if it cannot be told */
    uint64_t seq;                 /* likewise, 0 */
};
struct vault_report {
    uint64_t events;     /* looked at */
    uint64_t bad;        /* flaws found */
    uint64_t erased;     /* verified, content gone by an approved erasure */
    uint64_t unreadable; /* verified as far as can be, and not for this member to read */
    uint64_t first_bad_seq;
    bool head_behind; /* the log is shorter than `head` says: restored or cut */
    bool database_damaged;
    bool keyfile_damaged;
    struct vault_finding *findings; /* the first VAULT_FINDINGS_MAX flaws; vault_report_done */
    size_t finding_count;
};
/* Checks the database, keyfile, head, every row's seal, event bytes, chain, certificate and
 * signature; of each event whether its author might write it there, by the epochs and members as
 * they were at its place; keys against what was announced, wraps, and what is derived from the log.
 * One pass. ERR_OK with report->bad > 0 when something is wrong with content; ERR_NO is not used.
 * progress may be NULL. report is filled anew; vault_report_done frees what it holds. */
enum err vault_verify(vault *v, struct vault_report *report,
                      void (*progress)(void *payload, uint64_t done, uint64_t total), void *payload,
                      struct err_info *err);
void vault_report_done(struct vault_report *report);

/* Hardening of the process, once at start by main: not dumpable, no core, umask 077. */
void vault_process_harden(void);
/* Wipes every secret this process holds, from the assert hook; async-unsafe but best effort. */
void vault_panic_wipe(void);

#endif
