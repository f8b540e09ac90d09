/* Writes the known answers: every file of tests/vectors anew, always the same bytes, since all that
 * is random comes from names; and some of their bytes as seeds for the fuzzers.
 * Usage: vectors FOLDER [CORPUS] */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <sodium.h>

#include "base/err.h"
#include "vec.h"

ssize_t __wrap_getrandom(void *out, size_t n, unsigned flags);

enum { SEED_EVERY = 6, SEED_MAX = 1500 };

static const char *corpus; /* NULL: no seeds */
static const char *fuzzer; /* which reads this kind */
static const char *kind;
static unsigned seeds_seen;

static unsigned char stream_key[randombytes_SEEDBYTES];
static uint64_t stream_at;

static void stream(void *out, size_t n)
{
    unsigned char nonce[crypto_stream_chacha20_NONCEBYTES] = {0};
    put_u64(nonce, ++stream_at);
    crypto_stream_chacha20(out, n, nonce, stream_key);
}

ssize_t __wrap_getrandom(void *out, size_t n, unsigned flags)
{
    (void)flags;
    stream(out, n);
    return (ssize_t)n;
}

static const char *source_name(void)
{
    return "seeded";
}

static uint32_t source_word(void)
{
    uint32_t word;
    stream(&word, sizeof word);
    return word;
}

void vec_bytes(const char *name, void *out, size_t n)
{
    unsigned char seed[randombytes_SEEDBYTES];
    crypto_generichash(seed, sizeof seed, (const unsigned char *)name, strlen(name), NULL, 0);
    randombytes_buf_deterministic(out, n, seed);
}

void vec_seed(const char *name)
{
    vec_bytes(name, stream_key, sizeof stream_key);
    stream_at = 0;
}

struct pair vec_sign_keys(const char *name)
{
    struct pair p;
    unsigned char seed[crypto_sign_SEEDBYTES];
    vec_bytes(name, seed, sizeof seed);
    crypto_sign_seed_keypair(p.open, p.secret, seed);
    return p;
}

struct pair vec_box_keys(const char *name)
{
    struct pair p = {{0}, {0}};
    vec_bytes(name, p.secret, KEY_LEN);
    ASSERT(crypto_scalarmult_base(p.open, p.secret) == 0);
    return p;
}

void vec_begin(FILE *f, const char *name)
{
    fprintf(f, "\nname: %s\n", name);
}

/* Each sixth vector's bytes, good or bad: variety counts, not number. */
static void put_seed(const void *bytes, size_t n)
{
    char path[512];
    if (corpus == NULL || seeds_seen++ % SEED_EVERY != 0 || n > SEED_MAX) {
        return;
    }
    snprintf(path, sizeof path, "%s/%s/%s-%u", corpus, fuzzer, kind, seeds_seen);
    FILE *f = fopen(path, "wb");
    ASSERT(f != NULL && fwrite(bytes, 1, n, f) == n && fclose(f) == 0);
}

void vec_hex(FILE *f, const char *what, const void *bytes, size_t n)
{
    if (strcmp(what, "bytes") == 0) {
        put_seed(bytes, n);
    }
    const unsigned char *b = bytes;
    fprintf(f, "%s: ", what);
    for (size_t i = 0; i < n; i++) {
        fprintf(f, "%02x", b[i]);
    }
    fputc('\n', f);
}

void vec_number(FILE *f, const char *what, uint64_t n)
{
    fprintf(f, "%s: %llu\n", what, (unsigned long long)n);
}

void vec_result(FILE *f, const char *result)
{
    fprintf(f, "result: %s\n", result == NULL ? "good" : result);
}

static const struct {
    const char *name, *fuzzer;
    void (*write)(FILE *f);
} kinds[] = {
    {"event", "event", vec_events},  {"certificate", "event", vec_certificates},
    {"wrap", "event", vec_wraps},    {"keyfile", "keyfile", vec_keyfiles},
    {"erased", "event", vec_erased},
};

int main(int argc, char **argv)
{
    struct randombytes_implementation source = {
        .implementation_name = source_name, .random = source_word, .buf = stream};
    if (argc < 2 || argc > 3 || randombytes_set_implementation(&source) != 0 || sodium_init() < 0) {
        fprintf(stderr, "usage: vectors FOLDER [CORPUS]\n");
        return 2;
    }
    corpus = argc > 2 ? argv[2] : NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s.txt", argv[1], kinds[i].name);
        FILE *f = fopen(path, "w");
        if (f == NULL) {
            fprintf(stderr, "%s: %s\n", path, strerror(errno));
            return 1;
        }
        vec_seed(kinds[i].name);
        kind = kinds[i].name;
        fuzzer = kinds[i].fuzzer;
        seeds_seen = 0;
        fprintf(f, "# Known answers: %s. Written by `make vectors`; see README.md.\n",
                kinds[i].name);
        kinds[i].write(f);
        if (fclose(f) != 0) {
            return 1;
        }
    }
    return 0;
}
