/* Inside of a secret text, and what the vault does with one. Private to the vault. */
#ifndef SPRIJIN_VAULT_SECRET_INT_H
#define SPRIJIN_VAULT_SECRET_INT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/catalog.h"
#include "vault/vault.h"

#define SECRET_MAX        1024
#define SECRET_NORMAL_MAX 4096
#define SHEET_SEED_LEN    32
#define WORD_LIST_LEN     2048

struct vault_secret {
    size_t len;
    char text[SECRET_MAX + 1];
};

/* A normalised passphrase: NFC, comma below, single blanks, trimmed. In the key arena. */
struct secret_normal {
    size_t len;
    char text[SECRET_NORMAL_MAX + 1];
};
/* keys_alloc'ed; the caller frees with keys_free. NULL if it grew over the maximum. */
struct secret_normal *secret_normalize(const vault_secret *s);

enum sheet_kind { SHEET_ORGANISATION = 1, SHEET_MEMBER = 2 };
/* The 24 words of a seed into s. */
void sheet_write(vault_secret *s, const unsigned char seed[SHEET_SEED_LEN], enum sheet_kind kind,
                 enum lang lang);
/* The seed of the words, whatever of the three lists they are from. ERR_KEY: column = the word
 * that is in no list, or num = number of words if they are not 24, or neither (checksum). */
enum err sheet_read(const vault_secret *s, enum sheet_kind kind, unsigned char seed[SHEET_SEED_LEN],
                    struct err_info *err);

/* Word i of a list; *n its length, not NUL-terminated. */
const char *word_at(enum lang lang, unsigned i, size_t *n);
/* Index of the word whose first four letters these are, any case; -1 if none. */
int word_find(enum lang lang, const char *typed, size_t n);

#endif
