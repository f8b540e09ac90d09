/* Secret texts: what a person types or is shown once. Invariant: the bytes live in the key arena
 * only, are always NUL-terminated there, and go out word by word or not at all. */
#include "vault/vault.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "keys_int.h"
#include "secret_int.h"

vault_secret *vault_secret_new(void)
{
    return keys_alloc(sizeof(vault_secret));
}

void vault_secret_free(vault_secret *s)
{
    keys_free(s);
}

bool vault_secret_put(vault_secret *s, const char *bytes, size_t n)
{
    if (n > SECRET_MAX - s->len) {
        return false;
    }
    memcpy(s->text + s->len, bytes, n);
    s->len += n;
    s->text[s->len] = '\0';
    return true;
}

void vault_secret_back(vault_secret *s)
{
    if (s->len == 0) {
        return;
    }
    const size_t at = utf8_grapheme_back(s->text, s->len);
    mem_wipe(s->text + at, s->len - at);
    s->len = at;
}

void vault_secret_clear(vault_secret *s)
{
    mem_wipe(s, sizeof *s);
}

size_t vault_secret_length(const vault_secret *s)
{
    return utf8_length(s->text, s->len);
}

bool vault_secret_equal(const vault_secret *a, const vault_secret *b)
{
    /* The whole buffer is compared, so that the time tells nothing about the text. */
    return (a->len == b->len) & (sodium_memcmp(a->text, b->text, SECRET_MAX) == 0);
}

enum err vault_secret_read(vault_secret *s, int fd, struct err_info *err)
{
    vault_secret_clear(s);
    for (;;) {
        /* Byte by byte, straight into the arena: what follows the newline is not ours to take. */
        char *at = s->text + s->len;
        const ssize_t got = read(fd, at, 1);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return err_errno(err, __func__, errno, NULL);
        }
        if (got == 0 || *at == '\n') {
            break;
        }
        if (s->len == SECRET_MAX) {
            vault_secret_clear(s);
            return ERR_SET(err, ERR_LIMIT, NULL);
        }
        s->len++;
    }
    if (s->len > 0 && s->text[s->len - 1] == '\r') {
        s->len--;
    }
    mem_wipe(s->text + s->len, sizeof s->text - s->len);
    return ERR_OK;
}

void vault_secret_generate(vault_secret *s, enum lang lang, unsigned words)
{
    vault_secret_clear(s);
    for (unsigned i = 0; i < words; i++) {
        size_t n = 0;
        const char *word = word_at(lang, random_below(WORD_LIST_LEN), &n);
        ASSERT((i == 0 || vault_secret_put(s, " ", 1)) && vault_secret_put(s, word, n));
    }
}

bool vault_secret_word(const vault_secret *s, unsigned i, char out[12])
{
    const char *at = s->text;
    for (unsigned skipped = 0;; skipped++) {
        at += strspn(at, " ");
        const size_t n = strcspn(at, " ");
        if (n == 0) {
            out[0] = '\0';
            return false;
        }
        if (skipped == i) {
            const size_t take = n < 11 ? n : 11;
            memcpy(out, at, take);
            out[take] = '\0';
            return true;
        }
        at += n;
    }
}
