/* The bytes of an erased event (SPEX): what of an event is left when its content is gone. Pure
 * functions over bytes. Private to the vault. */
#ifndef SPRIJIN_VAULT_ERASED_INT_H
#define SPRIJIN_VAULT_ERASED_INT_H

#include "event_int.h"

#define ERASED_MAGIC "SPEX"
#define ERASED_LEN   ((size_t)4 + EVENT_HEAD_LEN + HASH_LEN + SIGN_LEN)

/* What e leaves behind. */
void erased_build(const struct event_view *e, unsigned char out[ERASED_LEN]);
bool erased_is(const unsigned char *bytes, size_t n);
/* As event_parse: the same id, device, number and predecessor; ct is NULL, ct_len what it was.
 * ERR_DAMAGED, ERR_VERSION, ERR_LIMIT. */
enum err erased_parse(const unsigned char *bytes, size_t n, struct event_view *out,
                      struct err_info *err);
/* Did the device sign the event that this was? */
bool erased_check(const struct event_view *e, const unsigned char device_key[KEY_LEN]);

#endif
