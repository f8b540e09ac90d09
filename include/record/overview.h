/* What coordinators see of all cases without opening one. */
#ifndef SPRIJIN_RECORD_OVERVIEW_H
#define SPRIJIN_RECORD_OVERVIEW_H

#include "base/date.h"
#include "record/record.h"

/* The overview of all cases, for coordinators: what their readers published. No key of a case is
 * needed for it, and nothing of a case is opened by it. */
struct record_status {
    unsigned char id[ID_LEN];
    char code[CASE_CODE_LEN];
    char stage[64];  /* "opened", "begun", "signed", or a choice's name that a form publishes */
    char level[64];  /* "" = none published */
    char due[11];    /* "2026-11-23", "" = nothing is due */
    char flags[200]; /* keys of the questions that raise one, blanks between */
    char level_text[64], flags_text[200]; /* the same as the form calls them */
    char responsible[65];
    int64_t told_ms; /* when somebody last said something else of it */
    bool is_overdue; /* due before today */
};
/* By what is due first; texts in lang, where the form is here. *out: owned by the caller (free). ERR_RIGHTS. */
enum err record_overview(record *r, struct date today, enum lang lang, struct record_status **out,
                         size_t *count, struct err_info *err);

#endif
