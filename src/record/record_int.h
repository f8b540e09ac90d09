/* Shared inside the record layer only. */
#ifndef SPRIJIN_RECORD_INT_H
#define SPRIJIN_RECORD_INT_H

#include "base/json.h"
#include "db/db.h"
#include "record/record.h"
#include "form/pathway.h"
#include "vault/members.h"

#define RECORD_HEX         (2 * VAULT_EVENT_ID_LEN + 1)
#define RECORD_FORM_ID_MAX 64
#define RECORD_ID_MAX      64
/* What the view calls a record: case, part if it is in one, id. */
#define RECORD_KEY_MAX (2 * ID_HEX_LEN + RECORD_ID_MAX + 1)

/* A definition loaded in this process; lives as long as the view. */
struct record_form {
    char hash[65];
    char *yaml; /* canonical, owned */
    struct form_def *def;
    struct record_files *files; /* owned; stays where it is */
    bool is_current;            /* the one of the forms folder */
};

/* Of the procedure: where the case stands, and its open tasks that are due first. */
#define SUMMARY_TASKS 8
struct card_task {
    int64_t due_ms, warn_ms;
    unsigned char task; /* of the pathway whose hash the list is stamped with */
};
struct card_summary {
    short stage, level; /* -1: none */
    unsigned char task_count;
    unsigned short open_count;
    struct card_task tasks[SUMMARY_TASKS]; /* by due */
};

/* One case as the list shows it, and where its events are. Its events are in the view only while
 * it is resident. */
struct card {
    struct record_case info; /* info.id: the case's compartment, of the audit box its own */
    char *words;             /* as kase.words; owned, NULL = none */
    int64_t *tail;           /* rows of its events that its snap does not hold, ascending */
    size_t tail_count, tail_cap;
    size_t snap_count; /* rows that its snap holds, and the last of them */
    int64_t snap_last;
    struct card_summary summary;
    unsigned char person[ID_LEN]; /* zeros: not known */
    int64_t open_until_ms;        /* opened with a reason till then */
    unsigned used;                /* when last needed, for letting go of the others */
    unsigned pins;                /* open documents */
    bool is_shown;                /* the audit tells that it was opened */
    bool is_there;                /* false: an empty place */
    bool has_case;                /* its first event is known */
    bool is_resident;
    bool is_stale;  /* events came that info does not tell of */
    bool is_tailed; /* in record.tailed */
    bool is_listed; /* in record.stale */
    bool is_by_office;
};

/* A list of cards. */
struct card_list {
    struct card **items;
    size_t count, cap;
};

/* From a compartment to its card: a case's own, and those of its parts. */
struct place {
    unsigned char id[ID_LEN];
    struct card *card; /* NULL: empty */
};

#define CARD_PAGE  256 /* lines a page of the cache */
#define STAMP_LEN  8
#define LIVE_CASES 48 /* cases whose events are in the view at a time */

/* Every case, in pages of page_len that never move. */
struct card_table {
    struct card **pages;
    unsigned char (*stamps)[STAMP_LEN]; /* of the page as it is on disk; zeros: not there */
    bool *dirty;
    size_t page_len, page_count;
    size_t count; /* places used, holes included */
    struct place *places;
    size_t place_cap, place_count;
    struct card_list stale, tailed, live;
    unsigned clock;
};

struct record {
    vault *vault; /* borrowed */
    db *db;
    char *forms_dir;
    struct form_facts facts;
    struct form_pathway *pathway; /* NULL: the forms folder has none */
    struct calendar calendar;
    unsigned char pathway_stamp[8]; /* of its text; zeros: none */
    struct record_form *forms;
    size_t form_count;
    bool has_renamed; /* some record was moved to a form with former keys */
    int64_t row;      /* last row of the log taken in */
    enum err fail;    /* first failure inside the callback that takes events in */
    struct card_table cards;
    size_t live_max;   /* cases in the view at a time */
    struct card audit; /* where the events of the audit box are, if it can be read here */
    bool is_whole;     /* every case stays in the view and no cache is used: for comparing */
    bool needs_scan;   /* events that were there already became readable */
    uint64_t past;     /* of the vault, when the trails were made */
    bool has_handover_news;
    bool is_following; /* past the first reading of the log: what changes is news */
    bool has_searched; /* the search that goes on is in the audit */
    int64_t told_row;  /* the newest event taken in, to know the log again by */
    unsigned char told_id[VAULT_EVENT_ID_LEN];
    unsigned char root_stamp[STAMP_LEN]; /* of the root of the index as this process knows it */
    int64_t root_row;                    /* up to which it tells */
    record_progress *progress;           /* may be NULL */
    void *progress_payload;
    int64_t progress_from, progress_to;
    struct reason *reasons; /* own openings with a reason, not over yet */
    size_t reason_count;
};

/* A case opened with a reason by this member. */
struct reason {
    unsigned char id[ID_LEN];
    int64_t row, until_ms;
};

/* ---- cases.c: a case of this person */
enum err case_new_of(record *r, const struct record_new_case *how,
                     const unsigned char person[ID_LEN], struct record_case *out,
                     struct err_info *err);

/* ---- cards.c: the table of cards */
struct card *cards_find(const record *r, const unsigned char compartment[ID_LEN]);
struct card *cards_add(record *r, const unsigned char id[ID_LEN]);
void cards_alias(record *r, const unsigned char part[ID_LEN], struct card *c);
struct card *cards_at(const record *r, size_t i);       /* NULL: a hole */
void cards_set(record *r, size_t i, struct card *c_in); /* takes c_in's parts over */
void cards_dirty(record *r, const struct card *c);
void cards_stale(record *r, struct card *c);
void cards_drop(record *r, struct card *c); /* an erased case */
void cards_clear(record *r);
void card_list_add(struct card_list *l, struct card *c);
void card_list_remove(struct card_list *l, const struct card *c);

/* ---- trail.c: where a case's events are */
void trail_add(record *r, struct card *c, int64_t row);
size_t trail_count(const struct card *c);
int64_t trail_last(const struct card *c);
/* *rows owned by the caller. ERR_NOT_FOUND: the cache does not have them. */
enum err trail_get(record *r, const struct card *c, int64_t **rows, size_t *n,
                   struct err_info *err);
/* Writes the tail behind what its snap holds. ERR_NOT_FOUND: that is not as it should be. */
enum err trail_put(record *r, struct card *c, struct err_info *err);
/* Finds every card's rows anew, by one pass over the log. */
enum err trail_scan(record *r, struct err_info *err);

/* ---- live.c: cases in the view */
bool card_is_locked(const struct card *c);
/* Leaves of it what a case held by office shows: code and day of opening. */
void card_lock(record *r, struct card *c);
void card_words(struct card *c, const char *words);
#define RECORD_FACT_SQL                                                                            \
    "SELECT value FROM fact WHERE kase = ?1 AND fact = ?2 AND value <> ''"                         \
    " ORDER BY clock DESC, event DESC LIMIT 1"
/* Its events into the view, if they are not there. ERR_RIGHTS: held by office only. */
enum err live_load(record *r, struct card *c, struct err_info *err);
/* The same by the rows that are known, without room and without another try. */
enum err live_again(record *r, struct card *c, struct err_info *err);
/* Makes room for one more, whose events will be applied from the first on. */
enum err live_begin(record *r, struct card *c, struct err_info *err);
enum err live_drop(record *r, struct card *c, struct err_info *err);
/* What the list shows of it, told from the view if events came. */
enum err card_fresh(record *r, struct card *c, struct err_info *err);
enum err cards_fresh(record *r, struct err_info *err); /* all of them */
/* The case's card with its events in the view; ERR_NOT_FOUND, ERR_RIGHTS. */
enum err live_need(record *r, const unsigned char id[ID_LEN], struct card **out,
                   struct err_info *err);

/* ---- audit.c: each commits before it returns */
enum err audit_write(record *r, enum vault_audit_what what, const char *code, uint64_t count,
                     struct err_info *err);
enum err audit_search(record *r, const char *filter, struct err_info *err);
/* Says once a visit that the case was opened, before anything of it is shown. */
enum err record_case_show(record *r, const unsigned char id[ID_LEN], struct err_info *err);

/* ---- index.c: cards on disk */
/* false: not there or not to be trusted; the table is empty then. */
bool index_load(record *r);
void index_put_page(record *r, size_t page, struct str *out);
void index_put_root(record *r, struct str *out);
/* The root on disk into out: its stamp, borrowed from it, and the row it speaks up to. false: none.
 */
bool index_root(record *r, struct str *out, const unsigned char **stamp, int64_t *row);

/* ---- standing.c: what may be shown of a compartment */
/* *out: NULL if the compartment is no case and no part of one. */
enum err standing_card(record *r, const unsigned char compartment[ID_LEN], struct card **out,
                       struct err_info *err);
enum err standing_take(record *r, const struct vault_event *e, struct err_info *err);
void standing_tick(record *r); /* closes what was opened with a reason long ago */

/* ---- record.c */
struct record_opening {
    record_progress *progress; /* may be NULL */
    void *payload;
    bool is_whole;   /* all of the log in the view, no caches */
    size_t live_max; /* cases in the view at a time; 0 = LIVE_CASES */
    size_t page_len; /* 0 = CARD_PAGE; the same for all who open the vault */
};
enum err record_open_as(vault *v, const char *forms_dir, const struct record_opening *how,
                        record **out, struct err_info *err);
enum err record_take(record *r, const struct vault_event *e);
enum err record_scan(record *r, struct err_info *err);

extern const char record_projection_sql[];

/* apply.c: one event into the view; of a case's part under the case. */
enum err record_apply(record *r, const struct vault_event *e, const unsigned char kase[ID_LEN],
                      struct err_info *err);

void record_key(const char *kase, const char *place, const char *id, char out[RECORD_KEY_MAX]);

/* ---- status.c: what goes to the drop boxes */
struct output {
    struct vault_write w;
    struct str text, note;
    unsigned char print[32];
    bool is_news; /* something else than the last one from here: w is to be written */
};
void output_of_case(record *r, const struct record_case *k, struct output *out);
/* Writes it, if it is news; a failure waits for the next occasion. */
void output_publish_case(record *r, const struct record_case *k);
void output_told(record *r, const struct output *out); /* it is on disk */
void output_done(struct output *out);

/* ---- handover.c: on a coordinator's replica, what crossing answers left open to nobody */
void handover_mend(record *r);

/* forms.c */
enum err record_form_current(record *r, const char *form_id, const struct record_form **out,
                             struct err_info *err);
enum err record_form_by_hash(record *r, const char *hash, const struct record_form **out,
                             struct err_info *err);
/* {"name": "text"} as a definition's event has it. */
void record_files_parse(const char *json, size_t n, struct record_files *out);
bool record_form_is_stored(record *r, const char *hash);

/* retired is taken over; NULL: not known here. */
void record_json(form_interview *iv, const char *hash, jv *retired, struct str *out);

/* One JSON event into a vault_write; text is owned by the caller's str. */
void record_write(struct vault_write *w, const unsigned char compartment[ID_LEN],
                  enum record_kind kind, jv *body, struct str *text);

/* Runs a one-row query with text parameters and gives its first column; false if no row. */
bool record_query_text(record *r, const char *sql, const char *p1, const char *p2, struct str *out);

#endif
