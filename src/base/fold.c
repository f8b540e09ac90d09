/* The search key and the display order. A key is made in two steps: every code point becomes
 * plain Latin letters, digits or a blank; then spellings of one sound fall together word by word.
 * Invariant: a key holds single blanks between words and depends on the text alone. Keys are
 * compared, never read, so they may merge more than a dictionary would. */
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "base/arena.h"
#include "base/err.h"

enum { CIRCUMFLEX = 0x0302, CYR_FIRST = 0x0430, CYR_LAST = 0x044F };

/* а to я. ч is c and щ is s, since c, ch, k and s, sh, sch fall together afterwards. */
static const char *const cyrillic[CYR_LAST - CYR_FIRST + 1] = {
    "a", "b", "v", "g", "d", "e", "j", "z", "i", "i", "k", "l", "m", "n", "o",  "p",
    "r", "s", "t", "u", "f", "h", "t", "c", "s", "s", "",  "i", "",  "e", "iu", "ia",
};

struct letter {
    uint32_t cp;
    const char *latin;
};

/* Letters that do not decompose. */
static const struct letter others[] = {
    {0x00E6, "ae"}, {0x00F8, "o"}, {0x0111, "d"}, {0x0131, "i"}, {0x0142, "l"}, {0x0153, "oe"},
    {0x0451, "e"},  {0x0454, "e"}, {0x0456, "i"}, {0x0457, "i"}, {0x045E, "u"}, {0x0491, "g"},
};

/* Letters that look the same in both scripts, small or capital. */
static const struct {
    char latin;
    uint32_t cyr;
} twins[] = {
    {'a', 0x0430}, {'b', 0x0432}, {'e', 0x0435}, {'k', 0x043A}, {'m', 0x043C},
    {'h', 0x043D}, {'o', 0x043E}, {'p', 0x0440}, {'c', 0x0441}, {'t', 0x0442},
    {'y', 0x0443}, {'x', 0x0445}, {'i', 0x0456},
};

struct points {
    uint32_t *cp;
    size_t count;
    size_t size; /* bytes */
};

static void points_done(struct points *p)
{
    mem_wipe(p->cp, p->size);
    free(p->cp);
}

/* Case-folded, decomposed code points of the text. */
static struct points decomposed(const char *s, size_t n)
{
    struct str valid = STR_INIT;
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        i += utf8_next(s + i, n - i, &cp);
        str_put_utf8(&valid, cp);
    }
    const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT |
                                      UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)str_cstr(&valid);
    const utf8proc_ssize_t len = (utf8proc_ssize_t)valid.len;
    const utf8proc_ssize_t count = utf8proc_decompose(bytes, len, NULL, 0, options);
    ASSERT(count >= 0);
    struct points p = {.size = ((size_t)count + 1) * sizeof(uint32_t), .count = (size_t)count};
    utf8proc_int32_t *cp = mem_alloc(p.size);
    (void)utf8proc_decompose(bytes, len, cp, count, options);
    p.cp = (uint32_t *)cp;
    str_done(&valid);
    return p;
}

static bool is_latin(uint32_t cp)
{
    return cp >= 'a' && cp <= 'z';
}

static bool is_cyrillic(uint32_t cp)
{
    return cp >= CYR_FIRST && cp <= 0x04FF;
}

/* The twin of cp in the other script, 0 if it has none. */
static uint32_t twin_of(uint32_t cp)
{
    for (size_t i = 0; i < sizeof twins / sizeof twins[0]; i++) {
        if (cp == (uint32_t)twins[i].latin) {
            return twins[i].cyr;
        }
        if (cp == twins[i].cyr) {
            return (uint32_t)twins[i].latin;
        }
    }
    return 0;
}

enum glyph { GLYPH_LETTER, GLYPH_SKIP, GLYPH_BLANK };

static enum glyph glyph_of(uint32_t cp)
{
    /* Apostrophes stand inside words and are often left out. */
    if (cp == '\'' || cp == 0x2019 || cp == 0x02BC || cp == '`') {
        return GLYPH_SKIP;
    }
    const utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);
    if (c == UTF8PROC_CATEGORY_MN || c == UTF8PROC_CATEGORY_ME || c == UTF8PROC_CATEGORY_CF) {
        return GLYPH_SKIP;
    }
    const bool letter = c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO;
    const bool number = c >= UTF8PROC_CATEGORY_ND && c <= UTF8PROC_CATEGORY_NO;
    return letter || number || c == UTF8PROC_CATEGORY_MC ? GLYPH_LETTER : GLYPH_BLANK;
}

/* Brings a word that mixes the scripts into one: the letters of one script must all be twins. */
static void unmix(uint32_t *word, size_t n)
{
    size_t latin = 0;
    size_t latin_twins = 0;
    size_t cyr = 0;
    size_t cyr_twins = 0;
    for (size_t i = 0; i < n; i++) {
        const bool twin = twin_of(word[i]) != 0;
        latin += is_latin(word[i]);
        latin_twins += is_latin(word[i]) && twin;
        cyr += is_cyrillic(word[i]);
        cyr_twins += is_cyrillic(word[i]) && twin;
    }
    if (latin == 0 || cyr == 0) {
        return;
    }
    const bool could_be_cyr = latin == latin_twins;
    const bool could_be_latin = cyr == cyr_twins;
    const bool to_cyr = could_be_cyr && (!could_be_latin || cyr >= latin);
    if (!to_cyr && !could_be_latin) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const bool wrong = to_cyr ? is_latin(word[i]) : is_cyrillic(word[i]);
        if (wrong) {
            word[i] = twin_of(word[i]);
        }
    }
}

static void put_latin(struct str *out, uint32_t cp)
{
    if (cp >= CYR_FIRST && cp <= CYR_LAST) {
        str_puts(out, cyrillic[cp - CYR_FIRST]);
        return;
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (others[i].cp == cp) {
            str_puts(out, others[i].latin);
            return;
        }
    }
    str_put_utf8(out, cp);
}

struct rule {
    const char *from;
    const char *to;
};

/* Longest first: the first that fits at a place wins. */
static const struct rule digraphs[] = {
    {"shch", "s"}, {"sch", "s"}, {"dzh", "g"}, {"sh", "s"}, {"ch", "k"}, {"ck", "k"},
    {"kh", "h"},   {"gh", "g"},  {"dj", "g"},  {"zh", "j"}, {"ts", "t"}, {"tz", "t"},
    {"c", "k"},    {"q", "k"},   {"x", "ks"},  {"y", "i"},  {"w", "v"},
};

static void put_rules(struct str *out, const char *s)
{
    while (*s != '\0') {
        const struct rule *fit = NULL;
        for (size_t r = 0; fit == NULL && r < sizeof digraphs / sizeof digraphs[0]; r++) {
            fit = str_starts(s, digraphs[r].from) ? &digraphs[r] : NULL;
        }
        if (fit != NULL) {
            str_puts(out, fit->to);
            s += strlen(fit->from);
        } else {
            str_putc(out, *s);
            s++;
        }
    }
}

static bool one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

/* The last pass over a word of key letters: sk before e, i is s as in щ; the i of ciu, gio only
 * softens; letters are not doubled (digits are). */
static void put_collapsed(struct str *out, const char *s, size_t n)
{
    const size_t start = out->len;
    for (size_t i = 0; i < n; i++) {
        const char last = out->len > start ? out->data[out->len - 1] : '\0';
        const char after = i + 1 < n ? s[i + 1] : '\0';
        if (s[i] == last && s[i] >= 'a' && s[i] <= 'z') {
            continue;
        }
        if (s[i] == 'k' && last == 's' && one_of(after, "ei")) {
            continue;
        }
        if (s[i] == 'i' && one_of(last, "kg") && one_of(after, "aou")) {
            continue;
        }
        str_putc(out, s[i]);
    }
}

static void put_word(struct str *out, uint32_t *word, size_t n)
{
    struct str latin = STR_INIT;
    struct str key = STR_INIT;
    unmix(word, n);
    for (size_t i = 0; i < n; i++) {
        put_latin(&latin, word[i]);
    }
    put_rules(&key, str_cstr(&latin));
    put_collapsed(out, str_cstr(&key), key.len);
    str_done(&latin);
    str_done(&key);
}

void utf8_fold(struct str *out, const char *s, size_t n)
{
    struct points p = decomposed(s, n);
    const size_t start = out->len;
    size_t kept = 0; /* the current word is p.cp[0..kept): letters move to the front */
    for (size_t i = 0; i <= p.count; i++) {
        const uint32_t cp = i < p.count ? p.cp[i] : ' ';
        const enum glyph glyph = glyph_of(cp);
        if (glyph == GLYPH_LETTER) {
            const bool hat = cp == 'a' && i + 1 < p.count && p.cp[i + 1] == CIRCUMFLEX;
            p.cp[kept++] = hat ? 'i' : cp;
        } else if (glyph == GLYPH_BLANK && kept > 0) {
            if (out->len > start && out->data[out->len - 1] != ' ') {
                str_putc(out, ' ');
            }
            put_word(out, p.cp, kept);
            kept = 0;
        }
    }
    points_done(&p);
    while (out->len > start && out->data[out->len - 1] == ' ') {
        out->data[--out->len] = '\0';
    }
}

/* Display order: rank is what the alphabet says, mark breaks a tie, then small before capital. */
struct weight {
    uint32_t rank;
    uint32_t mark;
    uint32_t upper;
};

static uint32_t romanian_step(uint32_t base, uint32_t mark)
{
    switch (base) {
    case 'a': return mark == 0x0306 ? 1u : mark == CIRCUMFLEX ? 2u : 0u;
    case 'i': return mark == CIRCUMFLEX ? 1u : 0u;
    case 's':
    case 't': return mark == 0x0326 || mark == 0x0327 ? 1u : 0u;
    default: return 0;
    }
}

static uint32_t cyrillic_rank(uint32_t cp, uint32_t *mark)
{
    switch (cp) {
    case 0x0451: /* ё stands with е */ *mark = 1; return 5 * 8;
    case 0x0491: return 3 * 8 + 1;
    case 0x0454: return 5 * 8 + 1;
    case 0x0456: return 8 * 8 + 1;
    case 0x0457: return 8 * 8 + 2;
    default: return (cp - CYR_FIRST) * 8;
    }
}

static struct weight weigh(uint32_t cp, const char *lang)
{
    const uint32_t lower = (uint32_t)utf8proc_tolower((utf8proc_int32_t)cp);
    struct weight w = {.upper = lower != cp};
    if (is_cyrillic(lower)) {
        w.rank = cyrillic_rank(lower, &w.mark) + (str_eq(lang, "ru") ? 0x800u : 0x3000u);
        return w;
    }
    utf8proc_int32_t parts[8] = {0};
    int boundary = 0;
    const utf8proc_ssize_t count = utf8proc_decompose_char((utf8proc_int32_t)lower, parts, 8,
                                                           UTF8PROC_DECOMPOSE, &boundary);
    const uint32_t base = count > 0 && count <= 8 ? (uint32_t)parts[0] : lower;
    w.mark = count > 1 && count <= 8 ? (uint32_t)parts[1] : 0;
    if (is_latin(base)) {
        const uint32_t step = str_eq(lang, "ro") ? romanian_step(base, w.mark) : 0;
        w.rank = 0x1000u + (base - 'a') * 8 + step;
    } else {
        w.rank = base < 0x80u ? base : 0x10000u + base;
    }
    return w;
}

static int order(uint32_t a, uint32_t b)
{
    return a < b ? -1 : a > b;
}

/* The weight at *at, which moves on; past the end the lightest of all. */
static struct weight take(const struct str *s, size_t *at, const char *lang)
{
    if (*at >= s->len) {
        return (struct weight){0};
    }
    uint32_t cp;
    *at += utf8_next(s->data + *at, s->len - *at, &cp);
    return weigh(cp, lang);
}

int utf8_collate(const char *a, const char *b, const char *lang)
{
    struct str first = STR_INIT;
    struct str second = STR_INIT;
    utf8_normalize(&first, a, strlen(a));
    utf8_normalize(&second, b, strlen(b));
    size_t i = 0;
    size_t j = 0;
    int rank = 0;
    int mark = 0;
    int upper = 0;
    while (rank == 0 && (i < first.len || j < second.len)) {
        const struct weight v = take(&first, &i, lang);
        const struct weight w = take(&second, &j, lang);
        rank = order(v.rank, w.rank);
        mark = mark != 0 ? mark : order(v.mark, w.mark);
        upper = upper != 0 ? upper : order(v.upper, w.upper);
    }
    int result = rank != 0 ? rank : mark != 0 ? mark : upper;
    if (result == 0) {
        result = strcmp(a, b); /* a total order: only equal bytes are equal */
    }
    str_done(&first);
    str_done(&second);
    return result;
}
