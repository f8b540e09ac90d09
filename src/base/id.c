/* Random bytes from the kernel and the case codes made of them. Invariant: a code that
 * case_code_parse gives back is the one that case_code_new can have made. */
#include "base/id.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/arena.h"
#include "base/err.h"

/* Crockford's base 32: no I, L, O, U. */
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

enum { CODE_RANDOM = 4 };

void random_bytes(void *out, size_t n)
{
    unsigned char *at = out;
    while (n > 0) {
        const ssize_t got = getrandom(at, n, 0);
        if (got < 0) {
            ASSERT(errno == EINTR);
            continue;
        }
        at += got;
        n -= (size_t)got;
    }
}

unsigned random_below(unsigned below)
{
    ASSERT(below > 0);
    /* 2^32 mod below values at the bottom would make the small results likelier: draw again. */
    const unsigned skip = (0u - below) % below;
    unsigned drawn;
    do {
        random_bytes(&drawn, sizeof drawn);
    } while (drawn < skip);
    return drawn % below;
}

/* Weights 1, 3, 5, 7 are odd, hence invertible modulo 32: one wrong character is always found,
 * and two swapped neighbours are unless they lie 16 apart. */
static char check_of(const unsigned values[CODE_RANDOM])
{
    unsigned sum = 0;
    for (unsigned i = 0; i < CODE_RANDOM; i++) {
        sum += values[i] * (2 * i + 1);
    }
    return alphabet[sum % 32];
}

static void write_code(const unsigned values[CODE_RANDOM], char out[CASE_CODE_LEN])
{
    out[0] = 'K';
    out[1] = '-';
    for (unsigned i = 0; i < CODE_RANDOM; i++) {
        out[2 + i] = alphabet[values[i]];
    }
    out[2 + CODE_RANDOM] = check_of(values);
    out[3 + CODE_RANDOM] = '\0';
}

void case_code_new(char out[CASE_CODE_LEN])
{
    unsigned values[CODE_RANDOM];
    for (unsigned i = 0; i < CODE_RANDOM; i++) {
        values[i] = random_below(32);
    }
    write_code(values, out);
}

/* 0-31, or 32 for what is not in the alphabet even after the usual slips. */
static unsigned value_of(char c)
{
    if (c >= 'a' && c <= 'z') {
        c = (char)(c - 'a' + 'A');
    }
    if (c == 'O') {
        c = '0';
    } else if (c == 'I' || c == 'L') {
        c = '1';
    }
    const char *at = c == '\0' ? NULL : strchr(alphabet, c);
    return at == NULL ? 32u : (unsigned)(at - alphabet);
}

static bool is_noise(char c)
{
    return c == ' ' || c == '-' || c == '\t';
}

bool case_code_parse(const char *typed, char out[CASE_CODE_LEN])
{
    unsigned values[CODE_RANDOM + 2];
    size_t n = 0;
    for (const char *p = typed; *p != '\0'; p++) {
        if (is_noise(*p)) {
            continue;
        }
        const unsigned v = value_of(*p);
        if (v > 31 || n == CODE_RANDOM + 2) {
            return false;
        }
        values[n++] = v;
    }
    /* Six characters carry the K in front, five do without it. */
    const unsigned *code = values;
    if (n == CODE_RANDOM + 2 && alphabet[values[0]] == 'K') {
        code = values + 1;
    } else if (n != CODE_RANDOM + 1) {
        return false;
    }
    char canonical[CASE_CODE_LEN];
    write_code(code, canonical);
    if (canonical[2 + CODE_RANDOM] != alphabet[code[CODE_RANDOM]]) {
        return false;
    }
    memcpy(out, canonical, CASE_CODE_LEN);
    return true;
}
