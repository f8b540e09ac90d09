/* Catalogues of gettext's .mo format, and the three languages. Invariant: catalog_open has proved
 * every offset, every ending NUL and the order of the keys, so that looking up never checks. */
#include "base/catalog.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/utf8.h"

enum { HEADER = 28, ENTRY = 8, KEY_MAX = 512 };

struct catalog {
    const unsigned char *mo; /* borrowed */
    size_t len;
    bool big_endian;
    uint32_t count;
    uint32_t keys;   /* offset of the table of originals */
    uint32_t values; /* offset of the table of translations */
    enum lang lang;
};

const char *lang_code(enum lang l)
{
    static const char *const codes[LANG_COUNT] = {"ro", "ru", "en"};
    return (unsigned)l < LANG_COUNT ? codes[l] : "";
}

/* code at the start of text and no letter after it, as in "ro_MD.UTF-8". */
static bool leads(const char *text, const char *code)
{
    const unsigned char after = str_starts(text, code) ? (unsigned char)text[2] : 'a';
    return after < 0x80u && !(after >= 'a' && after <= 'z');
}

enum lang lang_parse(const char *text)
{
    static const char *const names[LANG_COUNT] = {"rom", "рус", "eng"};
    struct str lower = STR_INIT;
    utf8_lower(&lower, text, strlen(text));
    const char *s = str_cstr(&lower);
    enum lang found = LANG_COUNT;
    for (int l = 0; l < LANG_COUNT && found == LANG_COUNT; l++) {
        const char *code = lang_code((enum lang)l);
        const char bracketed[] = {'(', code[0], code[1], ')', '\0'};
        if (leads(s, code) || strstr(s, bracketed) != NULL || str_starts(s, names[l])) {
            found = (enum lang)l;
        }
    }
    str_done(&lower);
    return found;
}

unsigned lang_plural(enum lang l, unsigned long n)
{
    const unsigned long tens = n % 100;
    const unsigned long ones = n % 10;
    switch (l) {
    case LANG_RO: return n == 1 ? 0u : n == 0 || (tens >= 1 && tens <= 19) ? 1u : 2u;
    case LANG_RU:
        if (ones == 1 && tens != 11) {
            return 0;
        }
        return ones >= 2 && ones <= 4 && (tens < 12 || tens > 14) ? 1u : 2u;
    default: return n == 1 ? 0u : 1u;
    }
}

static uint32_t number_at(const struct catalog *c, size_t at)
{
    const unsigned char *p = c->mo + at;
    if (c->big_endian) {
        return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    }
    return (uint32_t)get_u32le(p);
}

/* Entry i of a table: its text, and its length in *len. */
static const char *entry(const struct catalog *c, uint32_t table, uint32_t i, uint32_t *len)
{
    const size_t at = (size_t)table + (size_t)i * ENTRY;
    *len = number_at(c, at);
    return (const char *)c->mo + number_at(c, at + 4);
}

static bool table_fits(const struct catalog *c, uint32_t table)
{
    return table <= c->len && c->count <= (c->len - table) / ENTRY;
}

static bool entry_fits(const struct catalog *c, uint32_t table, uint32_t i)
{
    const size_t at = (size_t)table + (size_t)i * ENTRY;
    const size_t len = number_at(c, at);
    const size_t start = number_at(c, at + 4);
    return start < c->len && len < c->len - start && c->mo[start + len] == 0;
}

static bool proved(const struct catalog *c)
{
    if (!table_fits(c, c->keys) || !table_fits(c, c->values)) {
        return false;
    }
    const char *before = NULL;
    for (uint32_t i = 0; i < c->count; i++) {
        uint32_t len;
        if (!entry_fits(c, c->keys, i) || !entry_fits(c, c->values, i)) {
            return false;
        }
        const char *key = entry(c, c->keys, i, &len);
        if (before != NULL && strcmp(before, key) >= 0) {
            return false;
        }
        before = key;
    }
    return true;
}

enum err catalog_open(const void *mo, size_t n, enum lang l, catalog **out, struct err_info *err)
{
    static const unsigned char little[4] = {0xDE, 0x12, 0x04, 0x95};
    static const unsigned char big[4] = {0x95, 0x04, 0x12, 0xDE};
    *out = NULL;
    struct catalog c = {.mo = mo, .len = n, .lang = l};
    const bool sized = n >= HEADER;
    c.big_endian = sized && memcmp(mo, big, sizeof big) == 0;
    if (!sized || (!c.big_endian && memcmp(mo, little, sizeof little) != 0)) {
        return ERR_SET(err, ERR_DAMAGED, NULL);
    }
    /* Of the revision only the major half matters; 0 is what msgfmt writes. */
    if (number_at(&c, 4) >> 16 > 1) {
        return ERR_SET(err, ERR_VERSION, NULL);
    }
    c.count = number_at(&c, 8);
    c.keys = number_at(&c, 12);
    c.values = number_at(&c, 16);
    if (!proved(&c)) {
        return ERR_SET(err, ERR_DAMAGED, NULL);
    }
    *out = mem_alloc(sizeof **out);
    **out = c;
    return ERR_OK;
}

void catalog_close(catalog *c)
{
    free(c);
}

/* The translation of key and its length with all plural forms, NULL if there is none. */
static const char *find(const catalog *c, const char *key, uint32_t *len)
{
    uint32_t low = 0;
    uint32_t high = c == NULL ? 0 : c->count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const int side = strcmp(key, entry(c, c->keys, middle, len));
        if (side == 0) {
            const char *text = entry(c, c->values, middle, len);
            return *len == 0 ? NULL : text;
        }
        if (side < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

const char *catalog_get(const catalog *c, const char *msgid)
{
    uint32_t len;
    /* The empty msgid is the file's header, which is nobody's text. */
    const char *text = msgid[0] == '\0' ? NULL : find(c, msgid, &len);
    return text == NULL || text[0] == '\0' ? msgid : text;
}

const char *catalog_get_plural(const catalog *c, const char *msgid, const char *msgid_plural,
                               unsigned long n)
{
    const char *otherwise = n == 1 ? msgid : msgid_plural;
    uint32_t len;
    const char *text = find(c, msgid, &len);
    if (text == NULL) {
        return otherwise;
    }
    const char *end = text + len;
    for (unsigned form = lang_plural(c->lang, n); form > 0; form--) {
        text += strlen(text) + 1;
        if (text > end) { /* fewer forms than the language has */
            return otherwise;
        }
    }
    return text[0] == '\0' ? otherwise : text;
}

const char *catalog_get_ctx(const catalog *c, const char *context, const char *msgid)
{
    char key[KEY_MAX];
    const size_t n = strlen(context);
    const size_t m = strlen(msgid);
    uint32_t len;
    if (n + m + 2 > sizeof key) {
        return msgid; /* contexts belong to short words; texts of this size have none */
    }
    memcpy(key, context, n);
    key[n] = '\004';
    memcpy(key + n + 1, msgid, m + 1);
    const char *text = find(c, key, &len);
    return text == NULL || text[0] == '\0' ? msgid : text;
}

enum lang catalog_lang(const catalog *c)
{
    return c == NULL ? LANG_EN : c->lang;
}
