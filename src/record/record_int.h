/* Shared inside the record layer only. */
#ifndef SPRIJIN_RECORD_INT_H
#define SPRIJIN_RECORD_INT_H

#include "base/json.h"
#include "db/db.h"
#include "record/record.h"

#define RECORD_HEX         (2 * VAULT_EVENT_ID_LEN + 1)
#define RECORD_FORM_ID_MAX 64

/* A definition loaded in this process; lives as long as the view. */
struct record_form {
    char hash[65];
    char *yaml; /* canonical, owned */
    struct form_def *def;
    struct record_files *files; /* owned; stays where it is */
    bool is_current;            /* the one of the forms folder */
};

struct record {
    vault *vault; /* borrowed */
    db *db;
    char *forms_dir;
    struct form_facts facts;
    struct record_form *forms;
    size_t form_count;
    bool has_renamed; /* some record was moved to a form with former keys */
    int64_t row;      /* last row of the log taken in */
    enum err fail;    /* first failure inside the callback that takes events in */
};

extern const char record_projection_sql[];

/* apply.c: one event into the view. */
enum err record_apply(record *r, const struct vault_event *e, struct err_info *err);

/* erased.c: an approval (RECORD_K_ERASED) takes its case out of the view. */
enum { RECORD_K_ERASED = 0x21 };
enum err record_apply_erased(record *r, const struct vault_event *e, struct err_info *err);

/* forms.c */
enum err record_form_current(record *r, const char *form_id, const struct record_form **out,
                             struct err_info *err);
enum err record_form_by_hash(record *r, const char *hash, const struct record_form **out,
                             struct err_info *err);
/* {"name": "text"} as a definition's event has it. */
void record_files_parse(const char *json, size_t n, struct record_files *out);
bool record_form_is_stored(record *r, const char *hash);

/* retired is taken over; NULL: not known here. */
void record_json(const form_interview *iv, const char *hash, jv *retired, struct str *out);

/* One JSON event into a vault_write; text is owned by the caller's str. */
void record_write(struct vault_write *w, const unsigned char compartment[ID_LEN],
                  enum record_kind kind, jv *body, struct str *text);

/* Runs a one-row query with text parameters and gives its first column; false if no row. */
bool record_query_text(record *r, const char *sql, const char *p1, const char *p2, struct str *out);

#endif
