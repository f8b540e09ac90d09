/* Sealed caches beside the log for the layer above. They may be lost at any time. */
#ifndef SPRIJIN_VAULT_CACHE_H
#define SPRIJIN_VAULT_CACHE_H

#include "vault/vault.h"

/* One value a compartment; n = 0 removes. */
enum err vault_snap_put(vault *v, const unsigned char compartment[ID_LEN], const void *bytes,
                        size_t n, struct err_info *err);
/* Appends; ERR_NOT_FOUND also if what is there does not open. */
enum err vault_snap_get(vault *v, const unsigned char compartment[ID_LEN], struct str *out,
                        struct err_info *err);
/* Pages of index lines, numbered from 0; n = 0 removes. */
enum err vault_card_put(vault *v, unsigned page, const void *bytes, size_t n, struct err_info *err);
/* In order of pages; pages that do not open are left out. f returns false to stop. */
enum err vault_card_each(vault *v,
                         bool (*f)(void *payload, unsigned page, const void *bytes, size_t n),
                         void *payload, struct err_info *err);
/* Several of these in one transaction; each alone is one of its own. _end commits, or takes all
 * back if it cannot; _drop takes all back. */
enum err vault_cache_begin(vault *v, struct err_info *err);
enum err vault_cache_end(vault *v, struct err_info *err);
void vault_cache_drop(vault *v);
/* The newest row of the log, readable or not; 0 = none. */
enum err vault_last_row(vault *v, int64_t *out, struct err_info *err);
/* A number that changes when rows that were there already became readable or ceased to be: what was
 * made of them does not hold any more. The caches are gone then. */
enum err vault_past(vault *v, uint64_t *out, struct err_info *err);
/* As vault_each, for these rows only (ascending). A row that is gone or cannot be opened is
 * counted as skipped. */
enum err vault_each_rows(vault *v, const int64_t *rows, size_t n,
                         bool (*f)(void *payload, const struct vault_event *e), void *payload,
                         uint64_t *skipped, struct err_info *err);

#endif
