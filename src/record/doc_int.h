/* An open record, shared by the files that keep it: doc.c, load.c, rows.c, move.c. */
#ifndef SPRIJIN_RECORD_DOC_INT_H
#define SPRIJIN_RECORD_DOC_INT_H

#include "record_int.h"

/* What is known of a node beside its answer. */
struct doc_node {
    bool is_pending;   /* its answer is not on disk */
    bool is_prefilled; /* taken over from a fact */
    bool is_contested; /* instances: deleted by one, answered in by another */
    jv *over;          /* what stood when its answer was begun; NULL = nothing begun */
};

struct record_doc {
    record *r; /* borrowed */
    struct record_case kase;
    char id[RECORD_KEY_MAX];     /* as the view calls it */
    unsigned char place[ID_LEN]; /* the compartment that it is written in */
    struct card *card;           /* of its case; stays in the view meanwhile */
    char hash[65];
    char device[ID_HEX_LEN];    /* for metadata questions */
    const struct form_def *def; /* lives as long as r */
    struct record_files *files; /* beside it, likewise */
    form_interview *iv;
    struct doc_node *nodes;
    size_t node_cap;
    size_t pending_count;
    jv *rows;        /* what happened to instances and is not on disk, in order; NULL = nothing */
    int64_t changes; /* of the view when last looked at */
    bool is_finished;
    bool is_held;
};

/* ---- doc.c */
struct doc_node *doc_node(record_doc *doc, int node);
void doc_mark(record_doc *doc, int node);
bool doc_is_fact(const struct form_item *item);
/* What the form answered by itself in the engine's last call goes out with what caused it. */
void doc_mark_given(record_doc *doc);
/* Not on disk, and in a row that is still there. */
bool doc_is_pending(const record_doc *doc, size_t node);
/* All that is not on disk as the body of one event, and that event's kind. */
jv *doc_pending_json(const record_doc *doc);
unsigned doc_pending_kind(const record_doc *doc);
void doc_settle(record_doc *doc); /* it is on disk now */
enum err doc_flush(record_doc *doc, struct err_info *err);
/* {"record": id} */
jv *doc_body(const record_doc *doc);
jv *doc_definition_json(const struct record_form *form);
form_interview *doc_interview_new(record_doc *doc, const struct record_form *form);
void doc_begin_engine(record_doc *doc, const struct record_form *form);
void doc_end_engine(record_doc *doc);

/* ---- opening.c */
enum err doc_open_stored(record_doc *doc, const char *hash, struct err_info *err);

/* ---- status.c */
void output_of_doc(record_doc *doc, bool is_finished, struct output *out);
/* A coded row of a signed record; false: it declares none, or there is no box. */
bool output_statistics(const record_doc *doc, struct vault_write *w, struct str *text);

/* ---- load.c */
int64_t doc_changes_in_view(const record_doc *doc);
/* The moment that today() and now() mean: of signing, else of the last answer. */
int64_t doc_moment(const record_doc *doc);
/* Rows and standing answers of the view into the engine; computes them if it is running. */
enum err doc_load(record_doc *doc, bool is_running, struct err_info *err);
/* The same into any interview of a definition; doc's marks are not touched. */
enum err doc_load_into(const record_doc *doc, form_interview *iv, struct err_info *err);
/* Event ids of the answers that a new one at this node replaces. */
jv *doc_standing(const record_doc *doc, int node);
void doc_put_order(const form_interview *iv, int container, struct str *out);

/* ---- standing.c */
/* The compartment that a new record of the form is written in: the case's, or a part's. */
enum err doc_place(record_doc *doc, const struct record_form *form, struct err_info *err);

#endif
