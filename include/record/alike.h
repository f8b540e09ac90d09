/* Cases that seem to be of the same person, opened at two places. */
#ifndef SPRIJIN_RECORD_ALIKE_H
#define SPRIJIN_RECORD_ALIKE_H

#include "record/record.h"

struct record_alike {
    unsigned char id[ID_LEN];
    char code[CASE_CODE_LEN];
    bool is_linked; /* somebody said that they are of the same person */
};
/* Cases open to this member with the same surname and given name, in whatever alphabet, and those
 * linked to it; *out owned by the caller (free). */
enum err record_case_alike(record *r, const unsigned char id[ID_LEN], struct record_alike **out,
                           size_t *count, struct err_info *err);
/* Says in both that they are of the same person; nothing of either is moved. ERR_RIGHTS: one of
 * them is not open to this member; ERR_USAGE: one case; ERR_EXISTS. */
enum err record_case_link(record *r, const unsigned char a[ID_LEN], const unsigned char b[ID_LEN],
                          struct err_info *err);

#endif
