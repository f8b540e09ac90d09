/* Between the files that derive where a case stands. Private to record/. */
#ifndef SPRIJIN_RECORD_PATHWAY_INT_H
#define SPRIJIN_RECORD_PATHWAY_INT_H

#include "record/pathway.h"
#include "record_int.h"

/* A record of the case, in the order in which they were begun. */
struct look_record {
    const char *id, *form, *finisher;
    int64_t begun_ms, finished_ms;
};
/* What is known of a task while others are looked at. */
struct look_task {
    enum { TASK_UNSEEN, TASK_LOOKING, TASK_SEEN } state;
    bool applies, is_done;
    int64_t from_ms, due_ms, warn_ms, done_ms;
    const char *from;
};
/* One look at one case. */
struct look {
    record *r;
    const struct form_pathway *p;
    char hex[ID_HEX_LEN];
    arena *a;
    int64_t now_ms, opened_ms;
    struct look_record *records;
    size_t count;
    int level;
    bool level_unsigned;
    struct look_task *tasks; /* one for each of the pathway's */
};

enum err look_begin(struct look *l, record *r, const unsigned char case_id[ID_LEN], int64_t now_ms,
                    struct err_info *err);
void look_end(struct look *l);
bool look_true(struct look *l, const form_expr *x);
const char *look_text(struct look *l, const form_expr *x); /* in l->a */
/* The newest record of the form, or the newest signed off; NULL. */
const struct look_record *look_newest(const struct look *l, const char *form, bool signed_off);
/* The answer in the newest record; "" if there is none. Lives in l->a. */
const char *look_answer(struct look *l, const struct look_record *rec, const char *key);
/* ---- pathway_task.c */
const struct look_task *look_task(struct look *l, int task);
void look_level(struct look *l);

/* ---- pathway_load.c */
void pathway_load(record *r);
void pathway_done(record *r);
/* May a record of this form with these answers be signed by this role? */
bool pathway_may_sign(const record *r, const char *form, const form_interview *iv);
bool pathway_role_in(enum vault_role role, unsigned roles); /* 0: everybody */

/* ---- summary.c: what the card keeps */
void summary_tell(record *r, struct card *c);
void summary_show(struct card *c); /* into what the list of cases has of it */

#endif
