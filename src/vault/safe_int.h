/* Erasing, new devices and recovery, between the files of the vault. Private to the vault. */
#ifndef SPRIJIN_VAULT_SAFE_INT_H
#define SPRIJIN_VAULT_SAFE_INT_H

#include "vault/safe.h"
#include "vault_int.h"

/* erase.c: inside a transaction. Every event of the compartment and of its parts becomes what an
 * erased event is, its keys, wraps and caches go, and it is marked as erased. */
enum err erase_compartment(struct vault *v, const unsigned char id[ID_LEN], struct err_info *err);
/* After the commit: nothing of it is left in the write-ahead log, and this member's box key is
 * another one. What fails here is tried again with the next erasure. */
void erase_settle(struct vault *v);
/* Inside a transaction: the whole event in the row of its erased form. */
enum err erase_refill(struct vault *v, int64_t row, const struct event_view *e,
                      struct err_info *err);
/* Is the compartment erased? */
bool erase_is_done(struct vault *v, const unsigned char compartment[ID_LEN]);

/* erasure.c: 0x20-0x22 into the list of erasures; an approval erases. Called by org_apply.
 * ERR_NOT_FOUND: its request is not here; ERR_RIGHTS: needs another coordinator, or is held. */
enum err erasure_apply(struct vault *v, const struct event_view *e, const struct event_payload *p,
                       struct err_info *err);

/* device.c */
/* Inside a transaction: the device of the keyfile is the one that the log knows as this replica's.
 * Takes over what another process changed; finishes what was interrupted; and where the log is
 * behind its mark (a copy was put back) takes a new device. */
enum err device_settle(struct vault *v, struct log_txn *t, struct err_info *err);
/* The same in a transaction of its own, at unlocking; and a box key that differs from its
 * certificate (a write was interrupted, an older copy restored) is certified anew. */
enum err device_check(struct vault *v, struct err_info *err);
/* The member's word for the keyfile's device, unless it is known. */
enum err device_certify(struct vault *v, struct err_info *err);
/* This member's wraps of every epoch whose key is here. */
enum err device_wrap_own(struct vault *v, struct err_info *err);
/* Fresh keys and id into s. */
void device_fresh(struct keyfile_secrets *s);
/* Another X25519 key for this member, certified by herself, and her wraps made anew. */
enum err device_renew_box(struct vault *v, struct err_info *err);
/* Writes the secrets anew, sealed under the same master key. */
enum err keyfile_store_secrets(struct vault *v, const struct keyfile_secrets *s,
                               struct err_info *err);

#endif
