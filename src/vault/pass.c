/* Passphrases as people type them: brought to one spelling before they become a key, and looked
 * at for the few mistakes that make one worthless. Invariant: the spelling that is checked is the
 * spelling that is derived from, and every copy of it lies in the key arena. */
#include "vault/vault.h"

#include <string.h>

#include "base/utf8.h"
#include "keys_int.h"
#include "secret_int.h"

#define POINTS_MAX ((size_t)2 * SECRET_MAX)

static bool is_blank(uint32_t cp)
{
    return cp == ' ' || (cp >= 0x09 && cp <= 0x0D) || cp == 0x85 || cp == 0xA0 || cp == 0x1680 ||
           (cp >= 0x2000 && cp <= 0x200A) || cp == 0x2028 || cp == 0x2029 || cp == 0x202F ||
           cp == 0x205F || cp == 0x3000;
}

/* Writes the code points with blanks collapsed and trimmed; false if they do not fit. */
static bool collapse(struct secret_normal *out, const int32_t *points, size_t count)
{
    bool pending = false;
    for (size_t i = 0; i < count; i++) {
        const uint32_t cp = (uint32_t)points[i];
        if (is_blank(cp)) {
            pending = out->len > 0;
            continue;
        }
        if (out->len + 4 + 1 > SECRET_NORMAL_MAX) {
            return false;
        }
        if (pending) {
            out->text[out->len++] = ' ';
            pending = false;
        }
        out->len += utf8_put(out->text + out->len, cp);
    }
    return true;
}

struct secret_normal *secret_normalize(const vault_secret *s)
{
    struct secret_normal *out = keys_alloc(sizeof *out);
    int32_t *points = keys_alloc(POINTS_MAX * sizeof *points);
    const size_t count = utf8_normalize_points(points, POINTS_MAX, s->text, s->len);
    const bool fits = count <= POINTS_MAX && collapse(out, points, count);
    keys_free(points);
    if (!fits) {
        keys_free(out);
        return NULL;
    }
    return out;
}

/* Words and keyboard rows everybody tries first; lower case. */
static const char *const common[] = {
    "password", "passwort", "parola",   "parole", "пароль",  "secret",  "секрет",   "sprijin",
    "letmein",  "welcome",  "bunvenit", "admin",  "moldova", "молдова", "chisinau", "chișinău",
    "кишинев",  "iloveyou", "teiubesc", "qwertz", "qwerty",  "uiop",    "asdfgh",   "asdf",
    "zxcvbn",   "yxcvbn",   "zxcv",     "jkl",    "йцукен",  "фывапр",  "ячсмит",   "гшщз",
    "олдж",     "abcdef",   "abcd",     "ghij",   "абвгд",   "qazwsx",  "1q2w3e",   "q1w2e3",
};

/* Cuts every common word and everything that is no letter; what is left is what is unlike others. */
static size_t uncommon_letters(const char *text, size_t n)
{
    size_t left = 0;
    for (size_t at = 0; at < n;) {
        size_t cut = 0;
        for (size_t i = 0; i < sizeof common / sizeof common[0]; i++) {
            const size_t len = strlen(common[i]);
            if (len > cut && len <= n - at && memcmp(text + at, common[i], len) == 0) {
                cut = len;
            }
        }
        uint32_t cp = 0;
        const size_t used = utf8_next(text + at, n - at, &cp);
        left += cut == 0 && (cp > 0x7F || (cp >= 'a' && cp <= 'z')) ? 1 : 0;
        at += cut > 0 ? cut : used;
    }
    return left;
}

static size_t different_letters(const char *text, size_t n)
{
    uint32_t seen[8];
    size_t count = 0;
    for (size_t at = 0; at < n && count < 8;) {
        uint32_t cp = 0;
        at += utf8_next(text + at, n - at, &cp);
        bool known = cp == ' ';
        for (size_t i = 0; i < count && !known; i++) {
            known = seen[i] == cp;
        }
        if (!known) {
            seen[count++] = cp;
        }
    }
    return count;
}

/* All digits is not in the list of words; a phone number or a date is as common as they are. */
static enum vault_pass_problem judge(const char *text, size_t n)
{
    if (utf8_length(text, n) < VAULT_PASSPHRASE_MIN) {
        return VAULT_PASS_SHORT;
    }
    if (different_letters(text, n) < 5) {
        return VAULT_PASS_REPEAT;
    }
    return uncommon_letters(text, n) < 5 ? VAULT_PASS_COMMON : VAULT_PASS_OK;
}

enum vault_pass_problem vault_pass_check(const vault_secret *s)
{
    struct secret_normal *normal = secret_normalize(s);
    if (normal == NULL) {
        return VAULT_PASS_OK;
    }
    struct secret_normal *lower = keys_alloc(sizeof *lower);
    for (size_t at = 0; at < normal->len && lower->len + 4 <= SECRET_NORMAL_MAX;) {
        uint32_t cp = 0;
        at += utf8_next(normal->text + at, normal->len - at, &cp);
        lower->len += utf8_put(lower->text + lower->len, utf8_lower_cp(cp));
    }
    const enum vault_pass_problem found = judge(lower->text, lower->len);
    keys_free(lower);
    keys_free(normal);
    return found;
}

unsigned vault_wait_ms(unsigned failures)
{
    if (failures == 0) {
        return 0;
    }
    return failures > 6 ? 60000 : 1000U << (failures - 1);
}
