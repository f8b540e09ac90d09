/* A record on paper: plain text, 78 cells wide, laid out by the form itself. */
#ifndef SPRIJIN_REPORT_PAPER_H
#define SPRIJIN_REPORT_PAPER_H

#include "base/catalog.h"
#include "form/interview.h"

struct paper_head {
    const char *code; /* of the case */
    int64_t begun_ms;
    int64_t finished_ms;              /* 0 = not signed off */
    const char *author, *finished_by; /* members */
};
/* Title, head, sections with what was asked and answered, notes with appearance "print" (they stand
 * on paper in full), levels of scales, and lines to sign on. Appends. */
void paper_record(form_interview *iv, const struct paper_head *head, const catalog *c,
                  enum lang lang, struct str *out);

#endif
