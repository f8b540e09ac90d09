/* UTF-8 decoding, graphemes, cell width, NFC and the gate for shown text, over utf8proc.
 * Invariant: no function reads past s + n, and whatever is appended to out is valid UTF-8. */
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "base/arena.h"
#include "base/err.h"
#include "utf8_int.h"

enum { REPLACEMENT = 0xFFFD, MARKS_MAX = 4 };
#define NFC_OPTIONS ((utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPOSE))

static bool is_tail(unsigned char c)
{
    return (c & 0xC0u) == 0x80u;
}

/* Length that a lead byte announces, 0 if it is none; *first gets its payload bits. */
static size_t lead_length(unsigned char c, uint32_t *first)
{
    if (c < 0x80u) {
        *first = c;
        return 1;
    }
    if (c >= 0xC2u && c <= 0xDFu) {
        *first = c & 0x1Fu;
        return 2;
    }
    if (c >= 0xE0u && c <= 0xEFu) {
        *first = c & 0x0Fu;
        return 3;
    }
    if (c >= 0xF0u && c <= 0xF4u) {
        *first = c & 0x07u;
        return 4;
    }
    return 0;
}

/* As utf8_next, but says whether the bytes were valid: U+FFFD itself is. */
static size_t decode(const char *s, size_t n, uint32_t *cp, bool *valid)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    *cp = REPLACEMENT;
    *valid = false;
    if (n == 0) {
        return 0;
    }
    uint32_t value = 0;
    const size_t len = lead_length((unsigned char)s[0], &value);
    if (len == 0 || len > n) {
        return 1;
    }
    for (size_t i = 1; i < len; i++) {
        if (!is_tail((unsigned char)s[i])) {
            return 1;
        }
        value = value << 6 | ((unsigned char)s[i] & 0x3Fu);
    }
    if (value < least[len] || value > 0x10FFFFu || (value >= 0xD800u && value <= 0xDFFFu)) {
        return 1;
    }
    *cp = value;
    *valid = true;
    return len;
}

size_t utf8_next(const char *s, size_t n, uint32_t *cp)
{
    bool valid;
    return decode(s, n, cp, &valid);
}

size_t utf8_put(char out[4], uint32_t cp)
{
    if (cp > 0x10FFFFu || (cp >= 0xD800u && cp <= 0xDFFFu)) {
        cp = REPLACEMENT;
    }
    if (cp < 0x80u) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800u) {
        out[0] = (char)(0xC0u | cp >> 6);
        out[1] = (char)(0x80u | (cp & 0x3Fu));
        return 2;
    }
    if (cp < 0x10000u) {
        out[0] = (char)(0xE0u | cp >> 12);
        out[1] = (char)(0x80u | (cp >> 6 & 0x3Fu));
        out[2] = (char)(0x80u | (cp & 0x3Fu));
        return 3;
    }
    out[0] = (char)(0xF0u | cp >> 18);
    out[1] = (char)(0x80u | (cp >> 12 & 0x3Fu));
    out[2] = (char)(0x80u | (cp >> 6 & 0x3Fu));
    out[3] = (char)(0x80u | (cp & 0x3Fu));
    return 4;
}

bool utf8_valid(const char *s, size_t n)
{
    bool valid = true;
    uint32_t cp;
    for (size_t i = 0; i < n && valid;) {
        i += decode(s + i, n - i, &cp, &valid);
    }
    return valid;
}

size_t utf8_length(const char *s, size_t n)
{
    size_t count = 0;
    uint32_t cp;
    for (size_t i = 0; i < n; count++) {
        i += utf8_next(s + i, n - i, &cp);
    }
    return count;
}

size_t utf8_grapheme(const char *s, size_t n)
{
    uint32_t before;
    size_t used = utf8_next(s, n, &before);
    utf8proc_int32_t state = 0;
    while (used > 0 && used < n) {
        uint32_t after;
        const size_t step = utf8_next(s + used, n - used, &after);
        if (utf8proc_grapheme_break_stateful((utf8proc_int32_t)before, (utf8proc_int32_t)after,
                                             &state)) {
            break;
        }
        used += step;
        before = after;
    }
    return used;
}

/* Between two ASCII characters there is always a boundary, except inside CR LF, whatever came
 * before; so counting may start there. */
static bool sure_boundary(const char *s, size_t at)
{
    const unsigned char left = (unsigned char)s[at - 1];
    const unsigned char right = (unsigned char)s[at];
    return left < 0x80u && right < 0x80u && !(left == '\r' && right == '\n');
}

size_t utf8_grapheme_back(const char *s, size_t at)
{
    if (at == 0) {
        return 0;
    }
    size_t start = at - 1;
    while (start > 0 && !sure_boundary(s, start)) {
        start--;
    }
    for (;;) {
        const size_t next = start + utf8_grapheme(s + start, at - start);
        if (next >= at) {
            return start;
        }
        start = next;
    }
}

int utf8_cp_width(uint32_t cp)
{
    if (cp > 0x10FFFFu) {
        return 1;
    }
    const int width = utf8proc_charwidth((utf8proc_int32_t)cp);
    return width < 0 ? 0 : width;
}

/* The widest code point gives a cluster its cells; only a flag's two halves add up. */
static size_t cluster_width(const char *s, size_t n)
{
    size_t widest = 0;
    size_t halves = 0;
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        i += utf8_next(s + i, n - i, &cp);
        const size_t width = (size_t)utf8_cp_width(cp);
        widest = width > widest ? width : widest;
        halves += cp >= 0x1F1E6u && cp <= 0x1F1FFu;
    }
    return halves == 2 ? 2 : widest;
}

static bool is_plain(char c)
{
    return c >= 0x20 && c < 0x7F;
}

/* First cluster's bytes, with the short way for ASCII followed by ASCII. */
static size_t next_cluster(const char *s, size_t n, size_t *cells)
{
    if (is_plain(s[0]) && (n == 1 || is_plain(s[1]))) {
        *cells = 1;
        return 1;
    }
    const size_t used = utf8_grapheme(s, n);
    *cells = cluster_width(s, used);
    return used;
}

size_t utf8_width(const char *s, size_t n)
{
    size_t total = 0;
    for (size_t i = 0; i < n;) {
        size_t cells;
        i += next_cluster(s + i, n - i, &cells);
        total += cells;
    }
    return total;
}

size_t utf8_fit(const char *s, size_t n, size_t cells)
{
    size_t i = 0;
    size_t total = 0;
    while (i < n) {
        size_t width;
        const size_t used = next_cluster(s + i, n - i, &width);
        if (width > cells - total) {
            break;
        }
        total += width;
        i += used;
    }
    return i;
}

static bool is_ascii(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)s[i] >= 0x80u) {
            return false;
        }
    }
    return true;
}

static uint32_t comma_below(uint32_t cp)
{
    switch (cp) {
    case 0x015E: return 0x0218;
    case 0x015F: return 0x0219;
    case 0x0162: return 0x021A;
    case 0x0163: return 0x021B;
    default: return cp;
    }
}

/* Decomposes into points while they fit; how many there are. Invalid bytes become U+FFFD. */
static size_t decompose(const char *s, size_t n, int32_t *points, size_t max)
{
    size_t count = 0;
    int boundary = 0;
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        i += utf8_next(s + i, n - i, &cp);
        const size_t room = count < max ? max - count : 0;
        const utf8proc_ssize_t parts = utf8proc_decompose_char(
            (utf8proc_int32_t)cp, room > 0 ? points + count : NULL, (utf8proc_ssize_t)room,
            NFC_OPTIONS, &boundary);
        ASSERT(parts >= 0);
        count += (size_t)parts;
    }
    return count;
}

static int class_of(int32_t cp)
{
    return utf8proc_get_property(cp)->combining_class;
}

/* Marks of one letter in their canonical order; equal ones stay as they were. */
static void order_marks(int32_t *points, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const int32_t mark = points[i];
        const int own = class_of(mark);
        size_t at = i;
        while (own > 0 && at > 0 && class_of(points[at - 1]) > own) {
            points[at] = points[at - 1];
            at--;
        }
        points[at] = mark;
    }
}

size_t utf8_normalize_points(int32_t *points, size_t max, const char *s, size_t n)
{
    const size_t count = decompose(s, n, points, max);
    if (count > max) {
        return SIZE_MAX;
    }
    order_marks(points, count);
    const utf8proc_ssize_t kept = utf8proc_normalize_utf32(points, (utf8proc_ssize_t)count,
                                                           NFC_OPTIONS);
    ASSERT(kept >= 0);
    for (utf8proc_ssize_t i = 0; i < kept; i++) {
        points[i] = (int32_t)comma_below((uint32_t)points[i]);
    }
    return (size_t)kept;
}

void utf8_normalize(struct str *out, const char *s, size_t n)
{
    if (is_ascii(s, n)) {
        str_put(out, s, n);
        return;
    }
    const size_t max = decompose(s, n, NULL, 0);
    const size_t size = (max + 1) * sizeof(int32_t);
    int32_t *points = mem_alloc(size);
    const size_t count = utf8_normalize_points(points, max, s, n);
    for (size_t i = 0; i < count; i++) {
        str_put_utf8(out, (unsigned long)points[i]);
    }
    mem_wipe(points, size);
    free(points);
}

uint32_t utf8_lower_cp(uint32_t cp)
{
    return (uint32_t)utf8proc_tolower((utf8proc_int32_t)cp);
}

enum kind { KIND_SHOWN, KIND_MARK, KIND_HIDDEN };

static enum kind kind_of(uint32_t cp)
{
    /* Fillers are letters by category and yet draw nothing. */
    if (cp == 0x115F || cp == 0x1160 || cp == 0x3164 || cp == 0xFFA0) {
        return KIND_HIDDEN;
    }
    switch (utf8proc_category((utf8proc_int32_t)cp)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return KIND_HIDDEN;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME: return KIND_MARK;
    default: return KIND_SHOWN;
    }
}

void utf8_clean(struct str *out, const char *s, size_t n, bool keep_newline)
{
    size_t marks = MARKS_MAX; /* a mark with nothing before it has no base to sit on */
    bool has_base = false;
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        i += utf8_next(s + i, n - i, &cp);
        if (cp == '\n' && keep_newline) {
            str_putc(out, '\n');
            has_base = false;
            continue;
        }
        if (cp == '\t') {
            cp = ' ';
        }
        const enum kind kind = kind_of(cp);
        if (kind == KIND_MARK && has_base) {
            if (marks < MARKS_MAX) {
                marks++;
                str_put_utf8(out, cp);
            }
            continue;
        }
        str_put_utf8(out, kind == KIND_SHOWN ? cp : REPLACEMENT);
        has_base = true;
        marks = 0;
    }
}

void utf8_lower(struct str *out, const char *s, size_t n)
{
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        i += utf8_next(s + i, n - i, &cp);
        str_put_utf8(out, utf8_lower_cp(cp));
    }
}

uint32_t utf8_bare(uint32_t cp)
{
    utf8proc_int32_t parts[8] = {0};
    int boundary = 0;
    const utf8proc_ssize_t count = utf8proc_decompose_char((utf8proc_int32_t)cp, parts, 8,
                                                           UTF8PROC_DECOMPOSE, &boundary);
    return count > 0 && count <= 8 ? (uint32_t)parts[0] : cp;
}
