/* memscan: looks for keys and words in the memory of a running program.
 *     memscan VAULT WORDS PID         the passphrase on descriptor 3
 * Opens the vault beside the program to learn its keys, then reads every map of PID that can be read
 * and prints "keys N of M" and "words N of M" and the names of what was found. A word is looked for
 * as UTF-8, as a wide string, and as cells of the canvas and of curses (a letter every so many
 * bytes). Exit 0: looked; 1: the memory may not be read (needs root); 2: usage or vault. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <curses.h>
#include <sodium.h>

#include "base/utf8.h"
#include "ui/canvas.h"
#include "vault/vault_int.h"

enum { KEYS = 9, WORDS_MAX = 400, LETTERS = 24, CHUNK = 1 << 20, OVERLAP = 4096 };

struct key {
    const char *name;
    unsigned char bytes[KEY_LEN];
    bool is_found;
};
struct word {
    char text[4 * LETTERS];
    size_t len, count;
    uint32_t letters[LETTERS];
    bool is_found;
};
struct scan {
    struct key keys[KEYS];
    struct word *words;
    size_t word_count;
};

static void put_key(struct key *k, const char *name, const unsigned char *bytes)
{
    k->name = name;
    memcpy(k->bytes, bytes, KEY_LEN);
}

static bool learn_keys(struct scan *s, const char *dir)
{
    struct vault *v = NULL;
    struct keyfile k;
    struct keyfile_secrets secrets;
    unsigned char mk[KEY_LEN];
    vault_secret *pass = vault_secret_new();
    bool is_good = vault_open(dir, &v, NULL) == ERR_OK &&
                   vault_secret_read(pass, 3, NULL) == ERR_OK &&
                   keyfile_load(v, &k, NULL) == ERR_OK &&
                   keyfile_open_passphrase(&k, pass, mk, NULL) == ERR_OK &&
                   keyfile_open_secrets(&k, mk, &secrets, NULL) == ERR_OK &&
                   vault_enter(v, &k, mk, NULL) == ERR_OK;
    if (is_good) {
        put_key(&s->keys[0], "master-key", mk);
        put_key(&s->keys[1], "row-key", secrets.row_key);
        put_key(&s->keys[2], "row-seal-key", v->keys->row_seal);
        put_key(&s->keys[3], "row-tag-key", v->keys->row_tag);
        put_key(&s->keys[4], "row-mac-key", v->keys->row_mac);
        put_key(&s->keys[5], "device-seed", secrets.device_sign_seed);
        put_key(&s->keys[6], "device-box", secrets.device_box_key);
        put_key(&s->keys[7], "member-seed", secrets.member_sign_seed);
        put_key(&s->keys[8], "member-box", secrets.member_box_key);
    }
    vault_secret_free(pass);
    vault_close(v);
    return is_good;
}

static bool learn_words(struct scan *s, const char *path)
{
    char line[4 * LETTERS];
    FILE *f = fopen(path, "re");
    s->words = calloc(WORDS_MAX, sizeof *s->words);
    if (f == NULL || s->words == NULL) {
        return false;
    }
    while (s->word_count < WORDS_MAX && fgets(line, sizeof line, f) != NULL) {
        struct word *w = &s->words[s->word_count++];
        w->len = strcspn(line, "\n");
        memcpy(w->text, line, w->len);
        for (size_t at = 0; at < w->len && w->count < LETTERS; w->count++) {
            at += utf8_next(w->text + at, w->len - at, &w->letters[w->count]);
        }
    }
    fclose(f);
    return true;
}

static bool is_wide(const struct word *w, const unsigned char *at, size_t left, size_t step)
{
    if (left < w->count * step) {
        return false;
    }
    for (size_t i = 0; i < w->count; i++) {
        if (memcmp(at + i * step, &w->letters[i], sizeof w->letters[i]) != 0) {
            return false;
        }
    }
    return true;
}

static bool is_cells(const struct word *w, const unsigned char *at, size_t left)
{
    if (left < w->count * sizeof(struct ui_cell)) {
        return false;
    }
    for (size_t i = 0; i < w->count; i++) {
        char letter[5] = "";
        letter[utf8_put(letter, w->letters[i])] = '\0';
        if (memcmp(at + i * sizeof(struct ui_cell), letter, strlen(letter)) != 0) {
            return false;
        }
    }
    return true;
}

static void look_for_words(struct scan *s, const unsigned char *at, size_t left)
{
    for (size_t i = 0; i < s->word_count; i++) {
        struct word *w = &s->words[i];
        if (*at != (unsigned char)w->text[0]) { /* the first letter of all is ASCII */
            continue;
        }
        w->is_found |= (left >= w->len && memcmp(at, w->text, w->len) == 0) ||
                       is_wide(w, at, left, sizeof(wchar_t)) ||
                       is_wide(w, at, left, sizeof(cchar_t)) || is_cells(w, at, left);
    }
}

static void look(struct scan *s, const unsigned char *bytes, size_t n)
{
    for (size_t i = 0; i < KEYS; i++) {
        s->keys[i].is_found |= memmem(bytes, n, s->keys[i].bytes, KEY_LEN) != NULL;
    }
    const unsigned char first = s->word_count > 0 ? (unsigned char)s->words[0].text[0] : 0;
    for (const unsigned char *at = bytes, *end = bytes + n;
         s->word_count > 0 && (at = memchr(at, first, (size_t)(end - at))) != NULL; at++) {
        look_for_words(s, at, (size_t)(end - at));
    }
}

/* A map piece by piece, each beginning a little before the end of the one before. */
static size_t look_in_map(struct scan *s, int mem, unsigned long from, unsigned long to,
                          unsigned char *buffer)
{
    size_t seen = 0;
    while (from < to) {
        const size_t want = to - from < CHUNK ? to - from : CHUNK;
        const ssize_t got = pread(mem, buffer, want, (off_t)from);
        if (got <= 0) {
            break;
        }
        look(s, buffer, (size_t)got);
        seen += (size_t)got;
        from += (size_t)got > OVERLAP && from + (size_t)got < to ? (size_t)got - OVERLAP
                                                                 : (size_t)got;
    }
    return seen;
}

static size_t look_in_process(struct scan *s, const char *pid)
{
    char path[64], line[512];
    size_t seen = 0;
    unsigned long from, to;
    char bits[5];
    snprintf(path, sizeof path, "/proc/%.20s/mem", pid);
    const int mem = open(path, O_RDONLY | O_CLOEXEC);
    snprintf(path, sizeof path, "/proc/%.20s/maps", pid);
    FILE *maps = fopen(path, "re");
    unsigned char *buffer = malloc(CHUNK);
    while (mem >= 0 && maps != NULL && buffer != NULL && fgets(line, sizeof line, maps) != NULL) {
        if (sscanf(line, "%lx-%lx %4s", &from, &to, bits) == 3 && bits[0] == 'r') {
            seen += look_in_map(s, mem, from, to, buffer);
        }
    }
    free(buffer);
    if (maps != NULL) {
        fclose(maps);
    }
    if (mem >= 0) {
        close(mem);
    }
    return seen;
}

static void tell(const struct scan *s)
{
    size_t keys = 0, words = 0;
    for (size_t i = 0; i < KEYS; i++) {
        keys += s->keys[i].is_found;
    }
    for (size_t i = 0; i < s->word_count; i++) {
        words += s->words[i].is_found;
    }
    printf("keys %zu of %d\nwords %zu of %zu\n", keys, KEYS, words, s->word_count);
    for (size_t i = 0; i < KEYS; i++) {
        if (s->keys[i].is_found) {
            printf("found %s\n", s->keys[i].name);
        }
    }
    for (size_t i = 0; i < s->word_count; i++) {
        if (s->words[i].is_found) {
            printf("found %s\n", s->words[i].text);
        }
    }
}

int main(int argc, char **argv)
{
    struct scan s = {.word_count = 0};
    if (argc != 4 || sodium_init() < 0 || !learn_words(&s, argv[2]) || !learn_keys(&s, argv[1])) {
        fputs("memscan VAULT WORDS PID 3<PASSPHRASE\n", stderr);
        return 2;
    }
    const size_t seen = look_in_process(&s, argv[3]);
    if (seen == 0) {
        fprintf(stderr, "memscan: the memory of %s may not be read: %s\n", argv[3],
                strerror(errno));
    } else {
        printf("bytes %zu\n", seen);
        tell(&s);
    }
    free(s.words);
    explicit_bzero(&s, sizeof s);
    return seen == 0 ? 1 : 0;
}
