/* Members, devices, roles and grants of an organisation, as this replica knows them. The authority
 * at a place in history is the epoch of the compartment's key: it lists who may write, in which
 * role (docs/format.md, docs/security.md). */
#ifndef SPRIJIN_VAULT_MEMBERS_H
#define SPRIJIN_VAULT_MEMBERS_H

#include "vault/vault.h"

enum vault_role {
    VAULT_ROLE_NONE,
    VAULT_ROLE_COORDINATOR,
    VAULT_ROLE_CASEWORKER,
    VAULT_ROLE_PSYCHOLOGIST,
    VAULT_ROLE_LAWYER,
    VAULT_ROLE_MEDIC,
    VAULT_ROLE_AUDITOR,
    VAULT_ROLE_STATISTICIAN,
    VAULT_ROLE_COUNT
};
/* What a compartment is for. The last three are drop boxes: every member writes, few read. */
enum vault_sort {
    VAULT_SORT_ORGANISATION,
    VAULT_SORT_CASE,
    VAULT_SORT_PART, /* a restricted part of a case */
    VAULT_SORT_OVERVIEW,
    VAULT_SORT_STATISTICS,
    VAULT_SORT_AUDIT,
    VAULT_SORT_COUNT
};
enum vault_part { VAULT_PART_NONE, VAULT_PART_MEDICAL, VAULT_PART_PSYCHOLOGICAL, VAULT_PART_COUNT };

/* Words as events have them ("coordinator", "case", "medical"); NULL outside the range. */
const char *vault_role_word(enum vault_role role);
const char *vault_sort_word(enum vault_sort sort);
const char *vault_part_word(enum vault_part part); /* "" for none */
bool vault_role_of(const char *word, enum vault_role *out);
bool vault_part_of(const char *word, enum vault_part *out);

/* May somebody whom the epoch lists in this role write this kind there? The one table is in
 * src/vault/rights.c. Unknown kinds: what the sort's record kinds allow. */
bool vault_rights_may(enum vault_role role, enum vault_sort sort, enum vault_part part,
                      unsigned kind);
/* The table as text, one line a kind and place: "kind<TAB>place<TAB>role role ..." in order of
 * kinds. Place: a sort, of parts "part:medical". Appends. */
void vault_rights_text(struct str *out);

struct vault_member {
    unsigned char id[ID_LEN];
    char name[65];
    enum vault_role role;
    bool is_removed, is_self;
    int64_t since_ms; /* introduced */
    unsigned devices; /* open ones */
};
struct vault_device {
    unsigned char id[ID_LEN], member[ID_LEN];
    bool is_closed, is_self;
    uint64_t seq; /* newest event known of it */
};
/* Arrays owned by the caller (free). */
enum err vault_members(vault *v, struct vault_member **out, size_t *count, struct err_info *err);
enum err vault_devices(vault *v, struct vault_device **out, size_t *count, struct err_info *err);
enum vault_role vault_own_role(const vault *v);

/* How this member stands to a compartment. */
enum vault_standing {
    VAULT_NO_STANDING,
    VAULT_BY_OFFICE, /* holds the key as coordinator, is not granted */
    VAULT_GRANTED
};
struct vault_compartment {
    enum vault_sort sort;
    enum vault_part part;
    unsigned char of_case[ID_LEN]; /* of a part: its case's compartment; else zeros */
    enum vault_standing standing;
    bool is_erased, is_held; /* legal hold */
};
/* ERR_NOT_FOUND. */
enum err vault_compartment_get(vault *v, const unsigned char id[ID_LEN],
                               struct vault_compartment *out, struct err_info *err);
/* The part of a case, ERR_NOT_FOUND if it was not opened (or is not known here). */
enum err vault_part_find(vault *v, const unsigned char of_case[ID_LEN], enum vault_part part,
                         unsigned char id[ID_LEN], struct err_info *err);
/* Opens it: its creator is granted. ERR_RIGHTS unless the own role may and the case was granted to
 * her; ERR_EXISTS. */
enum err vault_part_new(vault *v, const unsigned char of_case[ID_LEN], enum vault_part part,
                        unsigned char id[ID_LEN], struct err_info *err);
/* Id of a drop box of the organisation. sort: OVERVIEW, STATISTICS, AUDIT. */
void vault_drop_box(const vault *v, enum vault_sort sort, unsigned char id[ID_LEN]);

/* Who is granted in the compartment's epoch now, in order of names; owned by the caller. */
enum err vault_granted(vault *v, const unsigned char id[ID_LEN], struct vault_member **out,
                       size_t *count, struct err_info *err);
/* Opens the compartment to a member, or takes it back: a new epoch. ERR_RIGHTS; ERR_EXISTS (is
 * granted already), ERR_NOT_FOUND; ERR_NO (the last one cannot be taken back). */
enum err vault_grant(vault *v, const unsigned char id[ID_LEN], const unsigned char member[ID_LEN],
                     struct err_info *err);
enum err vault_ungrant(vault *v, const unsigned char id[ID_LEN], const unsigned char member[ID_LEN],
                       struct err_info *err);
/* A coordinator says why she opens a case that is not hers; every coordinator can read it. After
 * this the layers above show it. reason: not empty. */
enum err vault_open_with_reason(vault *v, const unsigned char id[ID_LEN], const char *code,
                                const char *reason, struct err_info *err);

/* Coordinators only. Removing rotates what she could read in the organisation at once, cases with
 * the next write to each. ERR_RIGHTS, ERR_NOT_FOUND, ERR_NO (oneself), ERR_EXISTS (has the role).
 * A coordinator is made with the organisation's sheet; where three are there also by two of them:
 * the first call is her word and changes nothing yet, the second coordinator's call gives the role.
 * With fewer and without the sheet: ERR_RIGHTS. */
enum err vault_member_role(vault *v, const unsigned char member[ID_LEN], enum vault_role role,
                           struct err_info *err);
enum err vault_member_role_sheet(vault *v, const unsigned char member[ID_LEN], enum vault_role role,
                                 const vault_secret *organisation_sheet, struct err_info *err);
enum err vault_member_remove(vault *v, const unsigned char member[ID_LEN], const char *reason,
                             struct err_info *err);
/* Own devices, or any as coordinator: what it wrote stays, what it writes from now on does not
 * count. ERR_NO: the one in use; ERR_EXISTS: closed. */
enum err vault_device_close(vault *v, const unsigned char device[ID_LEN], const char *reason,
                            struct err_info *err);

/* Somebody looked at data: kept for coordinators and auditors, unreadable to the writer. code: of
 * the case, "" if there is none; never a name or what was searched for. One call a search. */
enum vault_audit_what {
    VAULT_AUDIT_UNLOCK,
    VAULT_AUDIT_OPEN,
    VAULT_AUDIT_UNMASK,
    VAULT_AUDIT_SEARCH,
    VAULT_AUDIT_PRINT,
    VAULT_AUDIT_EXPORT,
    VAULT_AUDIT_VERIFY,
    VAULT_AUDIT_BACKUP,
    VAULT_AUDIT_COUNT
};
enum err vault_audit(vault *v, enum vault_audit_what what, const char *code, uint64_t count,
                     struct err_info *err);

/* Joining. A request holds public keys only; it and the welcome may travel in the open. */
#define VAULT_JOIN_WORDS 12
/* A new folder that waits for its welcome: keys, no log. how->kdf, passphrase, lang, member_name,
 * zone as for vault_create; *sheet: the member's paper key. out: request appended; words: blanks
 * between, for comparing by voice. how->member_name "": a further device of a member, who accepts it
 * on a device she has. */
enum err vault_join_request(const struct vault_create *how, struct str *request, struct str *words,
                            vault_secret **sheet, struct err_info *err);
struct vault_request {
    char name[65];
    unsigned char member[ID_LEN], device[ID_LEN];
    bool is_second_device; /* of whoever accepts it; name "" and member zeros */
};
/* What a request says, and its words. ERR_DAMAGED, ERR_VERSION. */
enum err vault_request_read(const vault *v, const void *request, size_t n,
                            struct vault_request *out, struct str *words, struct err_info *err);
/* Coordinator: makes her a member. Any member: takes a further device of her own, role ignored.
 * organisation_sheet: needed for a coordinator, else NULL. welcome: appended, sealed to the new
 * device. ERR_EXISTS, ERR_RIGHTS, ERR_DAMAGED, ERR_KEY (the sheet). */
enum err vault_member_add(vault *v, const void *request, size_t n, enum vault_role role,
                          const vault_secret *organisation_sheet, struct str *welcome,
                          struct err_info *err);
/* The same for a member who lost her only device and so her keys: new keys, the role and all that
 * was open to `old` and can be opened here, then removes `old`. What this coordinator holds no key
 * of (restricted parts) somebody listed there grants again. ERR_NOT_FOUND; else as above. */
enum err vault_member_renew(vault *v, const void *request, size_t n,
                            const unsigned char old[ID_LEN], const vault_secret *organisation_sheet,
                            struct str *welcome, struct err_info *err);
/* Twelve words that stand for the organisation: who joins compares them with a colleague's, since a
 * welcome can be made by anybody who saw the request. Appends. */
void vault_organisation_words(const vault *v, enum lang lang, struct str *words);
/* In the waiting folder, with its passphrase: becomes a vault; *out unlocked. ERR_KEY: a welcome
 * for somebody else. */
enum err vault_join_finish(const char *dir, const vault_secret *passphrase, const void *welcome,
                           size_t n, vault **out, struct err_info *err);
bool vault_is_waiting(const char *dir);

#endif
