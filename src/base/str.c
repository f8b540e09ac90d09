/* The growable byte buffer and the small text and byte helpers. Invariant: once data is set,
 * len < cap and data[len] is NUL; memory that is given back has been wiped. */
#include "base/str.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"

/* Makes room for n more bytes and the NUL. A new block is taken instead of realloc, which would
 * leave the outgrown copy unwiped. */
static void reserve(struct str *s, size_t n)
{
    ASSERT(n < SIZE_MAX / 2 && s->len < SIZE_MAX / 2);
    const size_t need = s->len + n + 1;
    if (need <= s->cap) {
        return;
    }
    size_t cap = s->cap == 0 ? 32 : s->cap;
    while (cap < need) {
        cap *= 2;
    }
    char *data = mem_alloc(cap);
    if (s->data != NULL) {
        memcpy(data, s->data, s->len);
        mem_wipe(s->data, s->cap);
        free(s->data);
    }
    data[s->len] = '\0';
    s->data = data;
    s->cap = cap;
}

void str_done(struct str *s)
{
    if (s->data != NULL) {
        mem_wipe(s->data, s->cap);
        free(s->data);
    }
    *s = (struct str)STR_INIT;
}

void str_clear(struct str *s)
{
    if (s->data != NULL) {
        mem_wipe(s->data, s->cap);
    }
    s->len = 0;
}

const char *str_cstr(const struct str *s)
{
    return s->data == NULL ? "" : s->data;
}

void str_put(struct str *s, const void *bytes, size_t n)
{
    reserve(s, n);
    if (n > 0) {
        memcpy(s->data + s->len, bytes, n);
    }
    s->len += n;
    s->data[s->len] = '\0';
}

void str_puts(struct str *s, const char *text)
{
    str_put(s, text, strlen(text));
}

void str_putc(struct str *s, char c)
{
    str_put(s, &c, 1);
}

void str_put_utf8(struct str *s, unsigned long code_point)
{
    char bytes[4] = {0};
    const uint32_t cp = code_point > 0x10FFFFul ? 0xFFFDu : (uint32_t)code_point;
    str_put(s, bytes, utf8_put(bytes, cp));
}

void str_printf(struct str *s, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    ASSERT(n >= 0);
    reserve(s, (size_t)n);
    va_start(args, fmt);
    (void)vsnprintf(s->data + s->len, (size_t)n + 1, fmt, args);
    va_end(args);
    s->len += (size_t)n;
}

void str_splice(struct str *s, size_t pos, size_t n, const char *text, size_t m)
{
    ASSERT(pos <= s->len && n <= s->len - pos);
    const size_t tail = s->len - pos - n;
    const size_t old_len = s->len;
    reserve(s, m);
    memmove(s->data + pos + m, s->data + pos + n, tail);
    if (m > 0) {
        memcpy(s->data + pos, text, m);
    }
    s->len = pos + m + tail;
    if (s->len < old_len) {
        mem_wipe(s->data + s->len, old_len - s->len);
    }
    s->data[s->len] = '\0';
}

char *str_take(struct str *s)
{
    reserve(s, 0);
    char *data = s->data;
    *s = (struct str)STR_INIT;
    return data;
}

static void put_le(struct str *s, unsigned long long v, size_t n)
{
    unsigned char bytes[8];
    for (size_t i = 0; i < n; i++) {
        bytes[i] = (unsigned char)(v >> (8 * i) & 0xFFu);
    }
    str_put(s, bytes, n);
}

static unsigned long long get_le(const unsigned char *p, size_t n)
{
    unsigned long long v = 0;
    for (size_t i = 0; i < n; i++) {
        v |= (unsigned long long)p[i] << (8 * i);
    }
    return v;
}

void str_put_u16le(struct str *s, unsigned v)
{
    put_le(s, v, 2);
}

void str_put_u32le(struct str *s, unsigned long v)
{
    put_le(s, v, 4);
}

void str_put_u64le(struct str *s, unsigned long long v)
{
    put_le(s, v, 8);
}

unsigned get_u16le(const unsigned char *p)
{
    return (unsigned)get_le(p, 2);
}

unsigned long get_u32le(const unsigned char *p)
{
    return (unsigned long)get_le(p, 4);
}

unsigned long long get_u64le(const unsigned char *p)
{
    return get_le(p, 8);
}

bool str_eq(const char *a, const char *b)
{
    if (a == NULL || b == NULL) {
        return a == b;
    }
    return strcmp(a, b) == 0;
}

bool str_starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *s, const char *suffix)
{
    const size_t n = strlen(s);
    const size_t m = strlen(suffix);
    return m <= n && memcmp(s + n - m, suffix, m) == 0;
}

void hex_put(char *out, const unsigned char *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15u];
    }
    out[2 * n] = '\0';
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

bool hex_get(unsigned char *out, size_t n, const char *hex)
{
    if (strlen(hex) != 2 * n) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        const int high = hex_digit(hex[2 * i]);
        const int low = hex_digit(hex[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        out[i] = (unsigned char)(high * 16 + low);
    }
    return true;
}
