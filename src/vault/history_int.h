/* Members, epochs and compartments at one place of history, while the log is read from its start.
 * Independent of what the vault keeps about them. Private to the vault. */
#ifndef SPRIJIN_VAULT_HISTORY_INT_H
#define SPRIJIN_VAULT_HISTORY_INT_H

#include "vault_int.h"

struct history {
    struct vault *v; /* certificates are asked of it */
    struct org org;
    struct epoch_map epochs;
    struct comp *comps; /* a slot whose compartment has no epoch is empty */
    size_t comp_cap, comp_count;
    bool has_gaps; /* something of the log could not be read: the vault's own word counts too */
};
void history_begin(struct history *h, struct vault *v);
void history_done(struct history *h);
void history_authority(struct history *h, struct authority *out);
/* Goes on past an event of the organisation that was opened and may stand there. announced: the
 * epoch that the authority left, taken over, or NULL. The same one, borrowed. */
const struct epoch *history_take(struct history *h, const struct event_view *e,
                                 const struct event_payload *p, struct epoch *announced);
const struct comp *history_comp(const struct history *h, const unsigned char id[ID_LEN]);

#endif
