/* Growable byte buffer, always NUL-terminated; the text in it is UTF-8 unless said otherwise.
 * Freed and outgrown memory is wiped, as it may hold answers. */
#ifndef SPRIJIN_BASE_STR_H
#define SPRIJIN_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

struct str {
    char *data; /* never NULL after the first append; NUL at data[len] */
    size_t len; /* bytes without the NUL */
    size_t cap; /* bytes allocated */
};
#define STR_INIT                                                                                   \
    {                                                                                              \
        0                                                                                          \
    }

void str_done(struct str *s);              /* wipes, frees, leaves an empty usable buffer */
void str_clear(struct str *s);             /* len = 0, memory kept (wiped) */
const char *str_cstr(const struct str *s); /* "" if nothing was appended; borrowed */
void str_put(struct str *s, const void *bytes, size_t n);
void str_puts(struct str *s, const char *text);
void str_putc(struct str *s, char c);
void str_put_utf8(struct str *s, unsigned long code_point);
void str_printf(struct str *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Replaces n bytes at pos by the m bytes of text. */
void str_splice(struct str *s, size_t pos, size_t n, const char *text, size_t m);
/* Hands the memory over: caller frees with free(); s is empty again. */
char *str_take(struct str *s);

/* Little-endian numbers, for byte formats. */
void str_put_u16le(struct str *s, unsigned v);
void str_put_u32le(struct str *s, unsigned long v);
void str_put_u64le(struct str *s, unsigned long long v);
unsigned get_u16le(const unsigned char *p);
unsigned long get_u32le(const unsigned char *p);
unsigned long long get_u64le(const unsigned char *p);

bool str_eq(const char *a, const char *b); /* both may be NULL */
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);
/* Lower-case hex, 2*n characters and a NUL into out. */
void hex_put(char *out, const unsigned char *bytes, size_t n);
/* false if not exactly 2*n hex digits. */
bool hex_get(unsigned char *out, size_t n, const char *hex);

#endif
