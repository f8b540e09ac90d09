/* Handing a case to another member of the organisation. Who asks opens the case to the receiver, who
 * has to see what she takes on; with a refusal or a withdrawal that ends again. */
#ifndef SPRIJIN_RECORD_HANDOVER_H
#define SPRIJIN_RECORD_HANDOVER_H

#include "record/record.h"

enum record_handover_state {
    RECORD_HANDOVER_OPEN,
    RECORD_HANDOVER_ACCEPTED,
    RECORD_HANDOVER_REFUSED,
    RECORD_HANDOVER_WITHDRAWN
};
struct record_handover {
    unsigned char id[ID_LEN], case_id[ID_LEN], from[ID_LEN], to[ID_LEN];
    char code[CASE_CODE_LEN]; /* "" = the case is not open to this member */
    char from_name[65], to_name[65];
    enum record_handover_state state;
    bool ends;       /* the sender's access ends with the acceptance */
    bool had_access; /* the receiver could read the case before */
    bool is_to_me, is_from_me;
    int64_t asked_ms, answered_ms; /* 0 = no answer */
};
/* Those from and to this member, and those of cases she sees; newest first. free. */
enum err record_handover_list(record *r, struct record_handover **out, size_t *count,
                              struct err_info *err);
/* Why it was asked, and what was said with the answer; append. ERR_RIGHTS, ERR_NOT_FOUND: the case
 * is not open to this member. */
enum err record_handover_words(record *r, const struct record_handover *h, struct str *asked,
                               struct str *answered, struct err_info *err);
struct record_handover_ask {
    unsigned char case_id[ID_LEN], to[ID_LEN];
    const char *reason; /* not empty */
    bool ends;
};
/* ERR_RIGHTS: the case is not granted to this member, or a role may not (coordinators and
 * caseworkers hand over and receive); ERR_EXISTS: one is open; ERR_NOT_FOUND: no such member. */
enum err record_handover_ask(record *r, const struct record_handover_ask *a, struct err_info *err);
/* Accepted and refused by the receiver, withdrawn by the sender. reason: of a refusal not empty.
 * ERR_RIGHTS: not hers to say; ERR_NO: it was answered. */
enum err record_handover_answer(record *r, const unsigned char id[ID_LEN],
                                enum record_handover_state answer, const char *reason,
                                struct err_info *err);
/* Who accepted it last, else who opened it. */
enum err record_responsible(record *r, const unsigned char case_id[ID_LEN],
                            unsigned char out[ID_LEN], struct err_info *err);

#endif
