/* Charsets other than UTF-8, over iconv. Invariant: conversion goes code point by code point in
 * strict mode; what a charset lacks is replaced by our own table, the same on every machine. */
#include "base/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "utf8_int.h"

static const iconv_t none = (iconv_t)-1;

bool charset_is_utf8(const char *name)
{
    return strcasecmp(name, "UTF-8") == 0 || strcasecmp(name, "UTF8") == 0 ||
           strcasecmp(name, "UTF_8") == 0;
}

struct likeness {
    uint32_t cp;
    const char *first; /* tried before ascii; "" = nothing to try */
    const char *ascii;
};

/* Sorted by code point. */
static const struct likeness likes[] = {
    {0x00A0, "", " "},   {0x00A9, "", "(c)"},  {0x00AB, "", "\""},  {0x00AD, "", ""},
    {0x00AE, "", "(r)"}, {0x00B0, "", "o"},    {0x00B1, "", "+-"},  {0x00B7, "", "."},
    {0x00BB, "", "\""},  {0x00C6, "", "AE"},   {0x00D0, "", "D"},   {0x00D7, "", "x"},
    {0x00D8, "", "O"},   {0x00DF, "", "ss"},   {0x00E6, "", "ae"},  {0x00F0, "", "d"},
    {0x00F7, "", "/"},   {0x00F8, "", "o"},    {0x0110, "", "D"},   {0x0111, "", "d"},
    {0x0131, "", "i"},   {0x0141, "", "L"},    {0x0142, "", "l"},   {0x0152, "", "OE"},
    {0x0153, "", "oe"},  {0x0218, "Ş", "S"},   {0x0219, "ş", "s"},  {0x021A, "Ţ", "T"},
    {0x021B, "ţ", "t"},  {0x0401, "Е", "E"},   {0x0404, "", "Ye"},  {0x0406, "", "I"},
    {0x0407, "", "Yi"},  {0x0451, "е", "e"},   {0x0454, "", "ye"},  {0x0456, "", "i"},
    {0x0457, "", "yi"},  {0x0490, "Г", "G"},   {0x0491, "г", "g"},  {0x2010, "", "-"},
    {0x2011, "", "-"},   {0x2012, "", "-"},    {0x2013, "", "-"},   {0x2014, "", "-"},
    {0x2015, "", "-"},   {0x2018, "", "'"},    {0x2019, "", "'"},   {0x201A, "", "'"},
    {0x201C, "", "\""},  {0x201D, "", "\""},   {0x201E, "", "\""},  {0x2020, "", "+"},
    {0x2022, "", "*"},   {0x2026, "", "..."},  {0x2030, "", "%%"},  {0x2032, "", "'"},
    {0x2033, "", "\""},  {0x2039, "", "<"},    {0x203A, "", ">"},   {0x20AC, "", "EUR"},
    {0x2116, "", "No"},  {0x2122, "", "(tm)"}, {0x2190, "", "<"},   {0x2191, "", "^"},
    {0x2192, "", ">"},   {0x2193, "", "v"},    {0x2212, "", "-"},   {0x2260, "", "!="},
    {0x2264, "", "<="},  {0x2265, "", ">="},   {0x25A0, "", "#"},   {0x25A1, "", "o"},
    {0x25B2, "", "^"},   {0x25B6, "", ">"},    {0x25BC, "", "v"},   {0x25C0, "", "<"},
    {0x25CB, "", "o"},   {0x25CF, "", "*"},    {0x2610, "", "[ ]"}, {0x2611, "", "[x]"},
    {0x2612, "", "[x]"}, {0x2713, "", "v"},    {0x2717, "", "x"},   {0xFFFD, "", "?"},
};

/* А to я without ё. */
static const char *const latin[64] = {
    "A", "B", "V", "G", "D", "E",  "Zh", "Z",  "I",  "Y",    "K", "L", "M", "N", "O",  "P",
    "R", "S", "T", "U", "F", "Kh", "Ts", "Ch", "Sh", "Shch", "",  "Y", "",  "E", "Yu", "Ya",
    "a", "b", "v", "g", "d", "e",  "zh", "z",  "i",  "y",    "k", "l", "m", "n", "o",  "p",
    "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "",  "y", "",  "e", "yu", "ya",
};

static const struct likeness *like_of(uint32_t cp)
{
    for (size_t i = 0; i < sizeof likes / sizeof likes[0]; i++) {
        if (likes[i].cp == cp) {
            return &likes[i];
        }
    }
    return NULL;
}

/* Lines, corners and blocks of U+2500 to U+259F. */
static const char *box(uint32_t cp)
{
    if (cp >= 0x2580) {
        return "#";
    }
    const bool level = cp == 0x2500 || cp == 0x2501 || cp == 0x2504 || cp == 0x2505 ||
                       cp == 0x2508 || cp == 0x2509 || cp == 0x254C || cp == 0x254D;
    if (level) {
        return "-";
    }
    if (cp == 0x2550) {
        return "=";
    }
    const bool upright = (cp >= 0x2502 && cp <= 0x250B) || cp == 0x2551 || cp == 0x254E ||
                         cp == 0x254F;
    return upright ? "|" : "+";
}

/* One conversion of n bytes; false if the charset lacks the character. */
static bool convert(iconv_t cd, const char *s, size_t n, struct str *out)
{
    char bytes[32];
    char *in = (char *)(uintptr_t)s; /* iconv's type forgot the const */
    char *to = bytes;
    size_t left = n;
    size_t room = sizeof bytes;
    /* A count above 0 tells of characters that iconv replaced in its own way: refused as well. */
    if (iconv(cd, &in, &left, &to, &room) != 0 || left != 0) {
        (void)iconv(cd, NULL, NULL, NULL, NULL);
        return false;
    }
    str_put(out, bytes, (size_t)(to - bytes));
    return true;
}

static void put_ascii(iconv_t cd, const char *ascii, struct str *out)
{
    for (; *ascii != '\0'; ascii++) {
        (void)convert(cd, ascii, 1, out);
    }
}

static void put_like(iconv_t cd, uint32_t cp, struct str *out)
{
    const struct likeness *like = like_of(cp);
    if (like != NULL) {
        const size_t n = strlen(like->first);
        if (n == 0 || !convert(cd, like->first, n, out)) {
            put_ascii(cd, like->ascii, out);
        }
        return;
    }
    if (cp >= 0x0410 && cp <= 0x044F) {
        put_ascii(cd, latin[cp - 0x0410], out);
    } else if (cp >= 0x2500 && cp <= 0x259F) {
        put_ascii(cd, box(cp), out);
    } else if (utf8_cp_width(cp) > 0) { /* a mark that cannot be shown is left out */
        const uint32_t base = utf8_bare(cp);
        const char ascii[2] = {base < 0x80 ? (char)base : '?', '\0'};
        put_ascii(cd, ascii, out);
    }
}

enum err charset_from_utf8(const char *name, const char *s, size_t n, struct str *out,
                           struct err_info *err)
{
    const iconv_t cd = iconv_open(name, "UTF-8");
    if (cd == none) {
        return err_set(err, ERR_NOT_FOUND, __func__, name, NULL);
    }
    for (size_t i = 0; i < n;) {
        char bytes[4];
        uint32_t cp;
        i += utf8_next(s + i, n - i, &cp);
        if (!convert(cd, bytes, utf8_put(bytes, cp), out)) {
            put_like(cd, cp, out);
        }
    }
    (void)iconv_close(cd);
    return ERR_OK;
}

enum err charset_to_utf8(const char *name, const char *s, size_t n, struct str *out,
                         struct err_info *err)
{
    const iconv_t cd = iconv_open("UTF-8", name);
    if (cd == none) {
        return err_set(err, ERR_NOT_FOUND, __func__, name, NULL);
    }
    const size_t start = out->len;
    char *in = (char *)(uintptr_t)s;
    size_t left = n;
    enum err code = ERR_OK;
    while (left > 0 && code == ERR_OK) {
        char bytes[256];
        char *to = bytes;
        size_t room = sizeof bytes;
        const size_t result = iconv(cd, &in, &left, &to, &room);
        const int number = errno;
        str_put(out, bytes, (size_t)(to - bytes));
        if (result == (size_t)-1 && number != E2BIG) {
            code = err_set(err, ERR_SYNTAX, __func__, name, NULL);
        }
    }
    if (code != ERR_OK) {
        str_splice(out, start, out->len - start, "", 0);
        if (err != NULL) {
            err->num = (long)(n - left);
        }
    }
    (void)iconv_close(cd);
    return code;
}
