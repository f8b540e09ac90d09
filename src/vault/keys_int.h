/* The one key arena of the process: locked memory between guard pages. Private to the vault. */
#ifndef SPRIJIN_VAULT_KEYS_INT_H
#define SPRIJIN_VAULT_KEYS_INT_H

#include <stdbool.h>
#include <stddef.h>

/* Zeroed, 64-byte aligned, never NULL (assert hook). Wiped by keys_free. */
void *keys_alloc(size_t n);
void keys_free(void *p); /* NULL allowed */
/* Did the system lock the arena's pages? */
bool keys_locked(void);
void keys_wipe_all(void);

#endif
