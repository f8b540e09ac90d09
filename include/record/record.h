/* What the events mean: persons, cases, records and their answers, projected into an in-memory
 * database from the vault's log and rebuilt from it at any time. The only layer that knows both
 * forms and the vault. */
#ifndef SPRIJIN_RECORD_RECORD_H
#define SPRIJIN_RECORD_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/id.h"
#include "form/interview.h"
#include "vault/members.h"
#include "vault/vault.h"

typedef struct record record;

/* Kinds of events this layer writes (docs/format.md). */
enum record_kind {
    RECORD_K_DEFINITION =
        0x100,                 /* {hash, form, version, yaml, files}: once per hash, organisation */
    RECORD_K_SETTING = 0x101,  /* {key, value}: organisation */
    RECORD_K_CASE = 0x110,     /* {code, person} */
    RECORD_K_FACT = 0x111,     /* {person, fact, value, over} */
    RECORD_K_TASK = 0x112,     /* {task, note}: somebody did it */
    RECORD_K_HANDOVER = 0x114, /* {handover, compartment, to, ends, had}: organisation */
    RECORD_K_HANDOVER_SAID = 0x115,  /* {handover, answer}: organisation */
    RECORD_K_HANDOVER_WORDS = 0x116, /* {handover, answer, reason}: in the case */
    RECORD_K_LINKED = 0x117,         /* {case}: the other is of the same person */
    RECORD_K_OPENED = 0x120,         /* {record, form, version, hash} */
    RECORD_K_ANSWERS = 0x121,  /* {record, answers: [{at, key, state, value, over}], progress} */
    RECORD_K_PAUSED = 0x122,   /* {record, key, at}: where to go on */
    RECORD_K_FINISHED = 0x123, /* {record, values}: signed off by its author */
    RECORD_K_REOPENED = 0x124, /* {record}: signed off before, to be corrected */
    RECORD_K_ROWS = 0x125,     /* {record, rows: [added, deleted, kept], answers, progress} */
    RECORD_K_MOVED = 0x126,    /* {record, from, to, version, renamed} */
    RECORD_K_UNMASKED = 0x130  /* {}: the person's name was asked for; read, no longer written */
};

/* v: unlocked, borrowed, must outlive it. forms_dir: folder of the form definitions.
 * Takes the list of cases from the vault's caches and reads the events since; without caches, or
 * with such as do not fit the log, the whole log. A case's events are read when it is needed. */
enum err record_open(vault *v, const char *forms_dir, record **out, struct err_info *err);
/* Called now and then while many events are read; progress may be NULL. */
typedef void record_progress(void *payload, uint64_t done, uint64_t total);
enum err record_open_with(vault *v, const char *forms_dir, record_progress *progress, void *payload,
                          record **out, struct err_info *err);
void record_close(record *r); /* NULL allowed; writes nothing: record_tidy before it */
/* Writes the caches, in small transactions, for about budget_ms at most. *more: there is something
 * left to write. For when nothing else is to be done, and before the end. */
enum err record_tidy(record *r, unsigned budget_ms, bool *more, struct err_info *err);
/* Takes in what other processes appended; *changed (may be NULL). */
enum err record_refresh(record *r, bool *changed, struct err_info *err);
vault *record_vault(const record *r);
/* Text of the whole projection: organisation, then case by case; for the test that rebuilds. */
enum err record_dump(record *r, struct str *out, struct err_info *err);

/* Forms */

/* The form as it stands in forms_dir now, loaded once; borrowed. ERR_NOT_FOUND, ERR_SYNTAX. */
enum err record_form(record *r, const char *form_id, const struct form_def **out,
                     struct err_info *err);

/* Cases */

struct record_new_case {
    const char *surname; /* may be "": not known yet */
    const char *given;
    const char *alias;
};
struct record_case {
    unsigned char id[ID_LEN]; /* also the compartment */
    char code[CASE_CODE_LEN];
    char initials[24];                          /* "I. V." or "-" */
    int64_t opened_ms, changed_ms, finished_ms; /* finished: signed off; 0 = not */
    bool has_record;                            /* the identification interview was begun */
    bool is_finished;
    unsigned answered, asked; /* of the interview, as of its last answer */
    unsigned conflicts;       /* answers with more than one standing value, contested rows, answers
                                 written by who did not know that the record was signed */
    int stage, level;         /* of the procedure, as of its last event; -1 = none */
    int next_task;            /* the open one due first, index into the procedure's; -1 */
    int64_t next_due_ms;
    unsigned open_tasks;
    bool is_locked; /* held by office only: code and day of opening are all there is */
};
enum record_sort { RECORD_SORT_CHANGED, RECORD_SORT_CODE, RECORD_SORT_OPENED, RECORD_SORT_STATE };

/* Opens a case: compartment, code, person, first facts. One or two transactions, the second only
 * adds facts; a crash between leaves a case without a name. */
enum err record_case_new(record *r, const struct record_new_case *how, struct record_case *out,
                         struct err_info *err);
enum err record_case_get(record *r, const unsigned char id[ID_LEN], struct record_case *out,
                         struct err_info *err);
/* As get, for showing what is in the case: says so in the audit first. ERR_RIGHTS: is_locked. */
enum err record_case_open(record *r, const unsigned char id[ID_LEN], struct record_case *out,
                          struct err_info *err);
/* Opens a case that is held by office only, for this member and 24 hours; every coordinator can
 * read the reason. reason: not empty. */
enum err record_case_open_with_reason(record *r, const unsigned char id[ID_LEN], const char *reason,
                                      struct err_info *err);
/* Cases whose code, names or aliases match filter ("" = all) by folded prefix of any word, at most
 * limit from offset. A search begins with the first filter after none, and is in the audit then. *out: array owned by the caller (free); *total = all that match. */
enum err record_case_list(record *r, const char *filter, enum record_sort sort, size_t offset,
                          size_t limit, struct record_case **out, size_t *count, size_t *total,
                          struct err_info *err);
/* Full name ("Surname Given (alias)"); says so in the audit before it returns the name. Appends. */
enum err record_case_unmask(record *r, const unsigned char id[ID_LEN], struct str *out,
                            struct err_info *err);
/* Says in the audit that data is about to be printed, exported, ...: committed when it returns
 * ERR_OK, and only then may the data go out. case_id: NULL = of no single case. */
enum err record_audit_say(record *r, enum vault_audit_what what, const unsigned char *case_id,
                          uint64_t count, struct err_info *err);
struct record_audit_filter {
    const char *code;            /* of a case; NULL = any */
    const unsigned char *member; /* ID_LEN; NULL = any */
    int64_t from_ms, to_ms;      /* from <= time < to; 0 = no bound */
};
struct record_audit {
    int64_t time_ms;
    enum vault_audit_what what;
    char code[16]; /* "" = of no single case */
    uint64_t count;
    unsigned char member[ID_LEN];
    char member_name[65];
};
/* What members looked at, newest first, at most limit; owned by the caller (free). ERR_RIGHTS: the
 * audit is for coordinators and auditors. */
enum err record_audit_list(record *r, const struct record_audit_filter *filter, size_t limit,
                           struct record_audit **out, size_t *count, struct err_info *err);
/* Value of a fact ("person.surname"), "" if none; appends. No event: for prefilling and masks. */
enum err record_fact(record *r, const unsigned char case_id[ID_LEN], const char *fact,
                     struct str *out, struct err_info *err);

/* One record (filled form) being worked on */

typedef struct record_doc record_doc;

/* Opens the record of form_id in the case, the newest if it has several (records: many); creates it with its defaults and the known facts if
 * there is none. Owned by the caller: record_doc_close. r must outlive it. */
/* Is there one? */
bool record_doc_is_there(record *r, const unsigned char case_id[ID_LEN], const char *form_id);
enum err record_doc_open(record *r, const unsigned char case_id[ID_LEN], const char *form_id,
                         record_doc **out, struct err_info *err);
/* Begins a further record of a form with "records: many"; of any other only where there is none:
 * ERR_EXISTS. As open. */
enum err record_doc_new(record *r, const unsigned char case_id[ID_LEN], const char *form_id,
                        record_doc **out, struct err_info *err);
/* id: as record_docs and record_doc_id give it. ERR_NOT_FOUND. As open. */
enum err record_doc_open_id(record *r, const unsigned char case_id[ID_LEN], const char *id,
                            record_doc **out, struct err_info *err);
const char *record_doc_id(const record_doc *doc);

#define RECORD_DOC_ID_MAX 132 /* bytes of an id, NUL included */
/* One line of a case's list of records. */
struct record_doc_info {
    char id[RECORD_DOC_ID_MAX];
    char form[64];
    char *title;                               /* by the form's instance_name, else "" */
    char author[65];                           /* who began it */
    char finished_by[65];                      /* "" = not signed off */
    int64_t begun_ms, changed_ms, finished_ms; /* finished: 0 = no */
    unsigned answered, asked;
    bool is_restricted; /* in the medical or psychological part */
};
/* All records of a case that can be read here, oldest first. form_id: of one form only, NULL = all.
 * record_docs_done. ERR_NOT_FOUND, ERR_RIGHTS. */
enum err record_docs(record *r, const unsigned char case_id[ID_LEN], const char *form_id,
                     struct record_doc_info **out, size_t *count, struct err_info *err);
void record_docs_done(struct record_doc_info *docs, size_t count);
void record_doc_close(record_doc *doc);
const form_interview *record_doc_interview(const record_doc *doc);
const struct form_def *record_doc_def(const record_doc *doc);
const struct record_case *record_doc_case(const record_doc *doc);
/* Sets an answer and saves it. ERR_OK: it is on disk. Otherwise the answer stays in the open form
 * as unsaved, and each later set, or _retry, tries again. *problem as form_interview_set; a
 * refused value is not saved and ERR_OK is returned. */
enum err record_doc_set(record_doc *doc, int node, struct form_answer answer,
                        enum form_problem *problem, struct err_info *err);
/* Says that an answer is being typed: what others save from here on is not replaced by it. */
void record_doc_edit(record_doc *doc, int node);
/* While held, set only gathers; letting go (false) saves all in one event. */
enum err record_doc_hold(record_doc *doc, bool is_held, struct err_info *err);
enum err record_doc_retry(record_doc *doc, struct err_info *err);
size_t record_doc_unsaved(const record_doc *doc); /* answers not on disk */
/* Takes in answers given elsewhere (another terminal); *changed. */
enum err record_doc_refresh(record_doc *doc, bool *changed, struct err_info *err);
/* true if the node was filled from a fact and not confirmed by an answer of its own. */
bool record_doc_is_prefilled(const record_doc *doc, int node);
/* Where the person was when it was last left: a node, -1 at the start. */
int record_doc_position(const record_doc *doc);
enum err record_doc_pause(record_doc *doc, int node, struct err_info *err);

/* Rows of a repeat, saved like answers: what cannot be written stays in the open form as unsaved.
 * ERR_NO: signed off, counted by the form, or full. */
enum err record_doc_instance_add(record_doc *doc, int container, int *node, struct err_info *err);
/* The row and all within it go; what others answer in it at the same time is kept and marked. */
enum err record_doc_instance_delete(record_doc *doc, int instance, struct err_info *err);
enum err record_doc_instance_move(record_doc *doc, int instance, int before,
                                  struct err_info *err); /* -1: to the end */
/* A row that was deleted by one while another answered in it: it stands again until somebody
 * deletes it knowing all that is in it. */
bool record_doc_is_contested(const record_doc *doc, int instance);
/* The other way out: it stays. */
enum err record_doc_instance_keep(record_doc *doc, int instance, struct err_info *err);

/* A record stays with the definition that asked it until somebody moves it to the form as it is
 * now. What such a move would do, question by question: */
enum record_move_kind {
    RECORD_MOVE_KEPT,
    RECORD_MOVE_RENAMED, /* found by was:; to_key is its name now */
    RECORD_MOVE_RETIRED, /* the form does not ask it any more: the answer stays in the record */
    RECORD_MOVE_CHOICE,  /* the answer is not in the list any more, and stays as it is */
    RECORD_MOVE_REQUIRED /* has to be answered now, and is not yet */
};
struct record_move_row {
    enum record_move_kind kind;
    char *key;    /* as stored; of _REQUIRED the new key */
    char *to_key; /* as the current form has it, "" if retired */
    char *at;     /* ids of the enclosing rows */
    char *value;  /* what is answered, or the name of the state */
};
struct record_move {
    char from_version[64], to_version[64];
    bool is_needed;               /* false: it is under the current form already */
    struct record_move_row *rows; /* in the order of the current form, the retired at the end */
    size_t count;
};
enum err record_doc_move_preview(record_doc *doc, struct record_move *out, struct err_info *err);
void record_move_done(struct record_move *m);
/* ERR_NO: signed off, or there is nothing to move. All node numbers are new afterwards. */
enum err record_doc_move(record_doc *doc, struct err_info *err);
/* As record_interview_json, and under "retired" the answers that no question of the definition
 * asks for: [{key, at, value or state}]. Appends. */
enum err record_doc_json(record_doc *doc, struct str *out, struct err_info *err);

/* Signs it off: ERR_NO if incomplete; ERR_RIGHTS if it lowers the level of risk and this member's
 * role may not. */
enum err record_doc_finish(record_doc *doc, struct err_info *err);
bool record_doc_is_finished(const record_doc *doc);
/* Answers that were written without knowing of the signature: they stand, the signed values do not
 * tell of them, and reopening and signing anew takes them in. */
size_t record_doc_late(const record_doc *doc);
/* A signed record takes no answers (set gives ERR_NO) until it is reopened, which the log tells. */
enum err record_doc_reopen(record_doc *doc, struct err_info *err);
/* The record as a JSON object: form, version, hash, answers with states, calculated values,
 * problems; irrelevant answers apart; each repeat a list of objects; scales and dimensions with the
 * answers they rest on. Appends; what `form fill`
 * prints. */
void record_interview_json(form_interview *iv, const char *hash, struct str *out);
/* Files beside a form that its lists and expressions name, sorted by name. */
struct record_file {
    char *name; /* "towns.csv": plain, no folder */
    struct str text;
};
struct record_files {
    struct record_file *items;
    size_t count;
};
/* Those of them that are in dir; each at most 2 MiB, UTF-8. yaml: canonical. ERR_LIMIT, ERR_SYNTAX
 * with the file's name. record_files_done. */
enum err record_files_read(const char *dir, const struct form_def *def, const char *yaml,
                           struct record_files *out, struct err_info *err);
void record_files_done(struct record_files *files);
const struct record_file *record_files_find(const struct record_files *files, const char *name);
/* For form_interview_hooks.read_file with the files as payload. */
enum err record_files_hook(void *payload, const char *name, struct str *out);
/* Hex of the definition's hash: canonical YAML and files (NULL: none). */
void record_definition_hash(const char *canonical_yaml, size_t n, const struct record_files *files,
                            char out[65]);

/* What waits for a person: where two wrote at once and nothing was lost */

enum record_conflict_kind {
    RECORD_CONFLICT_ANSWER, /* one question, several standing answers */
    RECORD_CONFLICT_ORDER,  /* the order of a repeat's rows, likewise */
    RECORD_CONFLICT_ROW,    /* a row deleted by one while another answered in it */
    RECORD_CONFLICT_SIGNED, /* answered after it was signed off, by who did not know that */
    RECORD_CONFLICT_PERSON  /* two cases under the same full name */
};
struct record_conflict {
    enum record_conflict_kind kind;
    uint64_t mark; /* the same conflict has the same, other than any other's of its case */
    unsigned char case_id[ID_LEN], other_id[ID_LEN]; /* other: _PERSON only */
    char code[CASE_CODE_LEN], other_code[CASE_CODE_LEN];
    char initials[24];
    char rec[136]; /* as the view calls the record */
    char form[65], at[256], key[128], row[2 * FORM_ID_BYTES + 1];
    const struct form_def *def; /* that the record is under; lives as long as r; NULL: unknown */
    int item;                   /* of the key in it, -1 */
    int64_t time_ms;            /* of the latest word */
    char who[65];               /* who said it, "" = not known */
};
/* Of the cases that this member can open, or of one (case_id); the latest first. *out: owned by the
 * caller (free). */
enum err record_conflicts(record *r, const unsigned char *case_id, struct record_conflict **out,
                          size_t *count, struct err_info *err);
enum record_version_kind { RECORD_VERSION_ANSWER, RECORD_VERSION_DELETED, RECORD_VERSION_SIGNED };
/* What one of them said. */
struct record_version {
    enum record_version_kind kind;
    enum form_answer_state state;
    char *value; /* canonical; of an order its ids */
    char at[256], key[128];
    int64_t time_ms;
    char who[65];
};
/* Earliest first; none of _PERSON. record_versions_done. */
enum err record_conflict_versions(record *r, const struct record_conflict *c,
                                  struct record_version **out, size_t *count, struct err_info *err);
void record_versions_done(struct record_version *v, size_t count);
/* An answer is taken by record_doc_set, a row by record_doc_instance_keep or _delete. An order: as
 * the rows stand now. */
enum err record_doc_order_keep(record_doc *doc, int container, struct err_info *err);
/* Two cases under one name are two people: every member is told. */
enum err record_conflict_apart(record *r, const struct record_conflict *c, struct err_info *err);

/* Small settings of the organisation and of this member */
enum err record_setting_put(record *r, const char *key, const char *value, struct err_info *err);
enum err record_setting_get(record *r, const char *key, struct str *out, struct err_info *err);

#endif
