/* Who changed what when in a case: its events as changes, each with the value before and after. */
#ifndef SPRIJIN_RECORD_TIMELINE_H
#define SPRIJIN_RECORD_TIMELINE_H

#include "record/record.h"

enum record_change_kind {
    RECORD_CHANGE_CASE,     /* the case was opened */
    RECORD_CHANGE_FACT,     /* key: the fact; before, after */
    RECORD_CHANGE_BEGUN,    /* a record was begun */
    RECORD_CHANGE_ANSWER,   /* key, at, before, after */
    RECORD_CHANGE_ADDED,    /* a row; key: of the repeat */
    RECORD_CHANGE_DELETED,  /* a row */
    RECORD_CHANGE_SIGNED,   /* the record */
    RECORD_CHANGE_REOPENED, /* the record */
    RECORD_CHANGE_MOVED,    /* the record, to a newer version of its form: after */
    RECORD_CHANGE_TASK      /* key: a task said to be done; after: the note */
};
struct record_change {
    enum record_change_kind kind;
    int64_t time_ms;
    char member[65];                /* name; who wrote the event */
    char form[64];                  /* "" = of no record, or its opening is not known here */
    char record[RECORD_DOC_ID_MAX]; /* as record_doc_open_id takes it; "" = of no record */
    char *key, *at;                 /* "" if none */
    char *before, *after;           /* canonical value, or the name of a state in "<>"; "" = none */
};
/* Newest first; answers in the order of their clocks, so that before is what stood there then.
 * Answers that a form took over by itself are in it too. What is in a part that is not open here is
 * left out. record_timeline_done. ERR_NOT_FOUND, ERR_RIGHTS. */
enum err record_timeline(record *r, const unsigned char case_id[ID_LEN], struct record_change **out,
                         size_t *count, struct err_info *err);
void record_timeline_done(struct record_change *changes, size_t count);

#endif
