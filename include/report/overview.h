/* Words about the overview and about handovers. */
#ifndef SPRIJIN_REPORT_OVERVIEW_H
#define SPRIJIN_REPORT_OVERVIEW_H

#include "base/catalog.h"
#include "record/handover.h"

/* "opened", "begun", "signed" in words; another stage as the form published it. Borrowed. */
const char *overview_stage_text(const catalog *c, const char *stage);
const char *handover_state_text(const catalog *c, enum record_handover_state state);

#endif
