/* Paper keys: 256 bits and an 8-bit checksum as 24 words of a list of 2,048. Invariant: words
 * written are read back from any of the three languages' lists, in any case, by four letters.
 * The checksum covers what the sheet is for, so the organisation's sheet typed in place of the
 * member's is told from a wrong one. */
#include "secret_int.h"

#include <sodium.h>
#include <string.h>

#include "base/err.h"
#include "crypt_int.h"
#include "keys_int.h"

#define WORD_BITS   11
#define SIGNIFICANT 4

extern const char words_ro[], words_ru[], words_en[];

static const char *word_list(enum lang lang)
{
    switch (lang) {
    case LANG_RO: return words_ro;
    case LANG_RU: return words_ru;
    case LANG_EN:
    case LANG_COUNT:
    default: return words_en;
    }
}

const char *word_at(enum lang lang, unsigned i, size_t *n)
{
    const char *at = word_list(lang);
    for (unsigned line = 0; line < i; line++) {
        at = strchr(at, '\n');
        ASSERT(at != NULL);
        at++;
    }
    *n = strcspn(at, "\n");
    ASSERT(*n >= SIGNIFICANT);
    return at;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

int word_find(enum lang lang, const char *typed, size_t n)
{
    if (n < SIGNIFICANT) {
        return -1;
    }
    const char *at = word_list(lang);
    for (int line = 0; line < WORD_LIST_LEN && *at != '\0'; line++) {
        size_t same = 0;
        while (same < SIGNIFICANT && at[same] == lower(typed[same])) {
            same++;
        }
        if (same == SIGNIFICANT) {
            return line;
        }
        at += strcspn(at, "\n");
        at += *at == '\n' ? 1 : 0;
    }
    return -1;
}

/* The first word of the list that begins so; NULL. */
static const char *word_like(enum lang lang, const char *typed, size_t n, size_t *len)
{
    const char *at = word_list(lang);
    while (*at != '\0') {
        size_t same = 0;
        *len = strcspn(at, "\n");
        while (same < n && same < *len && at[same] == lower(typed[same])) {
            same++;
        }
        if (same == n) {
            return at;
        }
        at += *len + (at[*len] == '\n' ? 1 : 0);
    }
    return NULL;
}

unsigned vault_word_lists(const char *typed, size_t n, unsigned lists)
{
    unsigned found = 0;
    size_t len = 0;
    for (unsigned lang = 0; lang < LANG_COUNT; lang++) {
        const bool is_meant = (lists >> lang & 1U) != 0;
        found |= is_meant && word_like((enum lang)lang, typed, n, &len) != NULL ? 1U << lang : 0;
    }
    return found;
}

bool vault_word_complete(const char *typed, size_t n, unsigned lists, char out[12])
{
    size_t len = 0;
    for (unsigned lang = 0; lang < LANG_COUNT && n >= SIGNIFICANT; lang++) {
        const bool is_meant = (lists >> lang & 1U) != 0;
        const char *word = is_meant ? word_like((enum lang)lang, typed, n, &len) : NULL;
        if (word != NULL && len < 12) {
            memcpy(out, word, len);
            out[len] = '\0';
            return true;
        }
    }
    out[0] = '\0';
    return false;
}

static unsigned char checksum(const unsigned char seed[SHEET_SEED_LEN], enum sheet_kind kind)
{
    const unsigned char type = (unsigned char)kind;
    unsigned char sum[16];
    const struct part parts[] = {PART_TAG("spr/sh/1"), {&type, 1}, {seed, SHEET_SEED_LEN}};
    hash_parts(sum, sizeof sum, NULL, parts, 3);
    return sum[0];
}

void sheet_write(vault_secret *s, const unsigned char seed[SHEET_SEED_LEN], enum sheet_kind kind,
                 enum lang lang)
{
    unsigned char *bits = keys_alloc(SHEET_SEED_LEN + 1);
    memcpy(bits, seed, SHEET_SEED_LEN);
    bits[SHEET_SEED_LEN] = checksum(seed, kind);
    vault_secret_clear(s);
    for (unsigned word = 0; word < VAULT_SHEET_WORDS; word++) {
        unsigned index = 0;
        for (unsigned bit = word * WORD_BITS; bit < (word + 1) * WORD_BITS; bit++) {
            index = index << 1 | ((unsigned)bits[bit / 8] >> (7 - bit % 8) & 1U);
        }
        size_t n = 0;
        const char *text = word_at(lang, index, &n);
        ASSERT((word == 0 || vault_secret_put(s, " ", 1)) && vault_secret_put(s, text, n));
    }
    keys_free(bits);
}

/* Turns the words into bits with one list; the number of words known, from the first on. */
static unsigned read_words(const vault_secret *s, enum lang lang,
                           unsigned char bits[SHEET_SEED_LEN + 1], unsigned *words)
{
    const char *const blanks = " \t\r\n,;.";
    unsigned known = 0;
    *words = 0;
    memset(bits, 0, SHEET_SEED_LEN + 1);
    for (const char *at = s->text + strspn(s->text, blanks); *at != '\0';) {
        const size_t n = strcspn(at, blanks);
        const int index = word_find(lang, at, n);
        if (index >= 0 && known == *words && known < VAULT_SHEET_WORDS) {
            for (unsigned i = 0; i < WORD_BITS; i++) {
                const unsigned bit = known * WORD_BITS + i;
                const unsigned value = (unsigned)index >> (WORD_BITS - 1 - i) & 1U;
                bits[bit / 8] = (unsigned char)(bits[bit / 8] | value << (7 - bit % 8));
            }
            known++;
        }
        (*words)++;
        at += n;
        at += strspn(at, blanks);
    }
    return known;
}

static enum err refuse(struct err_info *err, unsigned words, unsigned best)
{
    const enum err code = err_set(err, ERR_KEY, "sheet_read", NULL, NULL);
    if (err != NULL && words != VAULT_SHEET_WORDS) {
        err->num = (long)words;
    } else if (err != NULL && best < VAULT_SHEET_WORDS) {
        err->column = best + 1;
    }
    return code;
}

enum err sheet_read(const vault_secret *s, enum sheet_kind kind, unsigned char seed[SHEET_SEED_LEN],
                    struct err_info *err)
{
    unsigned char *bits = keys_alloc(SHEET_SEED_LEN + 1);
    unsigned best = 0;
    unsigned words = 0;
    for (int lang = LANG_RO; lang < LANG_COUNT; lang++) {
        const unsigned known = read_words(s, (enum lang)lang, bits, &words);
        best = known > best ? known : best;
        if (known == VAULT_SHEET_WORDS && words == VAULT_SHEET_WORDS &&
            bits[SHEET_SEED_LEN] == checksum(bits, kind)) {
            memcpy(seed, bits, SHEET_SEED_LEN);
            keys_free(bits);
            return ERR_OK;
        }
    }
    keys_free(bits);
    return refuse(err, words, best);
}
