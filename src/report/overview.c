/* Words for the stages that every case has, and for the states of a handover. Invariant: a stage
 * that is not among them is a word of the form, and is shown as it is. */
#include "report/overview.h"

#include <string.h>

#define N_(s) s

static const struct {
    const char *stage, *text;
} STAGES[] = {{"opened", N_("case opened")},
              {"begun", N_("interview begun")},
              {"signed", N_("interview signed")}};

const char *overview_stage_text(const catalog *c, const char *stage)
{
    for (size_t i = 0; i < sizeof STAGES / sizeof *STAGES; i++) {
        if (strcmp(STAGES[i].stage, stage) == 0) {
            return catalog_get(c, STAGES[i].text);
        }
    }
    return stage;
}

static const char *const STATES[] = {
    [RECORD_HANDOVER_OPEN] = N_("waits for an answer"),
    [RECORD_HANDOVER_ACCEPTED] = N_("accepted"),
    [RECORD_HANDOVER_REFUSED] = N_("refused by the receiver"),
    [RECORD_HANDOVER_WITHDRAWN] = N_("withdrawn"),
};

const char *handover_state_text(const catalog *c, enum record_handover_state state)
{
    return catalog_get(c, STATES[state]);
}
