/* Words that occur nowhere else are planted as names and answers, and looked for in files.
 *   canary words COUNT           prints so many, different each time
 *   canary plant DIR FORMS --passphrase-fd N   reads words from standard input and gives them as
 *                                names and answers of new cases; sorts, searches and notes them;
 *                                then dies without closing anything, so that all files stay as
 *                                they are in the middle of work
 *   canary scan                  reads words, an empty line and paths from standard input, and
 *                                looks for each word in each file below, as UTF-8 and UTF-16 of
 *                                either order, as written, in capitals and in small letters;
 *                                prints "N hits in M files" and the files' names, never a word */
#include <ctype.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "record/record.h"

/* Every word begins with it, so that a file is searched nine times and not once for each word. */
#define MARK "Qvxzk"

enum { WORD_LEN = 14, WORDS_MAX = 1000, CASES_MAX = 64, WIDE_MAX = 4 * WORD_LEN };

static char words[WORDS_MAX][WORD_LEN + 1];
static size_t word_count;

static void read_words(void)
{
    char line[64];
    while (word_count < WORDS_MAX && fgets(line, sizeof line, stdin) != NULL && line[0] != '\n') {
        line[strcspn(line, "\n")] = '\0';
        ASSERT(strlen(line) == WORD_LEN);
        memcpy(words[word_count++], line, WORD_LEN + 1);
    }
}

static int print_words(unsigned long count)
{
    for (unsigned long i = 0; i < count; i++) {
        printf(MARK);
        for (size_t k = sizeof MARK - 1; k < WORD_LEN; k++) {
            putchar('a' + (int)random_below(26));
        }
        putchar('\n');
    }
    return 0;
}

/* ---- planting */

static const char *next_word(void)
{
    static size_t next;
    ASSERT(word_count > 0);
    return words[next++ % word_count];
}

static void answer(record_doc *doc, const char *key, const char *text)
{
    enum form_problem problem = FORM_P_OK;
    const struct form_answer a = {.state = FORM_A_VALUE, .text = text};
    const int item = form_def_find(record_doc_def(doc), key);
    ASSERT(item >= 0 && record_doc_set(doc, item, a, &problem, NULL) == ERR_OK);
    ASSERT(problem == FORM_P_OK);
}

/* Three names and two answers. */
static void plant_case(record *r)
{
    struct record_case kase;
    record_doc *doc = NULL;
    const struct record_new_case how = {
        .surname = next_word(), .given = next_word(), .alias = next_word()};
    ASSERT(record_case_new(r, &how, &kase, NULL) == ERR_OK);
    ASSERT(record_doc_open(r, kase.id, "identification", &doc, NULL) == ERR_OK);
    answer(doc, "surname", next_word());
    answer(doc, "story", next_word());
    ASSERT(record_doc_pause(doc, 0, NULL) == ERR_OK);
    record_doc_close(doc);
}

static void look_around(record *r, vault *v)
{
    struct record_case *found = NULL;
    size_t count = 0;
    size_t total = 0;
    struct str text = STR_INIT;
    for (enum record_sort sort = RECORD_SORT_CHANGED; sort <= RECORD_SORT_STATE; sort++) {
        ASSERT(record_case_list(r, "", sort, 0, 1000, &found, &count, &total, NULL) == ERR_OK);
        ASSERT(count > 0 && record_case_unmask(r, found[0].id, &text, NULL) == ERR_OK);
        free(found);
        ASSERT(record_case_list(r, words[0], sort, 0, 10, &found, &count, &total, NULL) == ERR_OK);
        free(found);
    }
    ASSERT(vault_note_put(v, "draft", next_word(), WORD_LEN, NULL) == ERR_OK);
    ASSERT(record_dump(r, &text, NULL) == ERR_OK && strstr(str_cstr(&text), MARK) != NULL);
    str_done(&text);
}

static int plant(const char *dir, const char *forms, int fd)
{
    vault *v = NULL;
    record *r = NULL;
    vault_secret *pass = vault_secret_new();
    read_words();
    ASSERT(vault_secret_read(pass, fd, NULL) == ERR_OK);
    ASSERT(vault_open(dir, &v, NULL) == ERR_OK && vault_unlock(v, pass, NULL) == ERR_OK);
    ASSERT(record_open(v, forms, &r, NULL) == ERR_OK);
    for (size_t i = 0; i < word_count / 5; i++) {
        plant_case(r);
    }
    look_around(r, v);
    return raise(SIGKILL);
}

/* ---- looking */

struct form {
    unsigned char bytes[WIDE_MAX];
    size_t len;
};

static unsigned long hits, files;

/* Of word, of n letters: 0..2 UTF-8, 3..5 UTF-16LE, 6..8 UTF-16BE; as written, small, capital. */
static struct form form_of(const char *word, size_t n, unsigned which)
{
    struct form f = {.len = 0};
    for (size_t i = 0; i < n; i++) {
        const int c = which % 3 == 0 ? word[i]
                                     : (which % 3 == 1 ? tolower(word[i]) : toupper(word[i]));
        if (which >= 6) {
            f.bytes[f.len++] = 0;
        }
        f.bytes[f.len++] = (unsigned char)c;
        if (which >= 3 && which < 6) {
            f.bytes[f.len++] = 0;
        }
    }
    return f;
}

/* Does one of the words begin here? */
static bool is_word(const unsigned char *at, size_t left, unsigned which)
{
    for (size_t i = 0; i < word_count; i++) {
        const struct form f = form_of(words[i], WORD_LEN, which);
        if (f.len <= left && memcmp(at, f.bytes, f.len) == 0) {
            return true;
        }
    }
    return false;
}

static unsigned long hits_in(const unsigned char *bytes, size_t n)
{
    unsigned long found = 0;
    for (unsigned which = 0; which < 9; which++) {
        const struct form mark = form_of(MARK, sizeof MARK - 1, which);
        const unsigned char *at = bytes;
        while ((at = memmem(at, n - (size_t)(at - bytes), mark.bytes, mark.len)) != NULL) {
            found += is_word(at, n - (size_t)(at - bytes), which) ? 1 : 0;
            at++;
        }
    }
    return found;
}

static int visit(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)ftw;
    if (type != FTW_F || !S_ISREG(st->st_mode) || st->st_size == 0) {
        return 0;
    }
    const int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    void *bytes = fd >= 0 ? mmap(NULL, (size_t)st->st_size, PROT_READ, MAP_PRIVATE, fd, 0)
                          : MAP_FAILED;
    if (bytes != MAP_FAILED) {
        const unsigned long found = hits_in(bytes, (size_t)st->st_size);
        files++;
        hits += found;
        if (found > 0) {
            printf("%s: %lu\n", path, found);
        }
        (void)munmap(bytes, (size_t)st->st_size);
    }
    if (fd >= 0) {
        close(fd);
    }
    return 0;
}

static int scan(void)
{
    char path[4096];
    read_words();
    while (fgets(path, sizeof path, stdin) != NULL) {
        path[strcspn(path, "\n")] = '\0';
        (void)nftw(path, visit, 16, FTW_PHYS);
    }
    printf("%lu hits in %lu files\n", hits, files);
    return hits == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    vault_process_harden();
    if (argc == 3 && strcmp(argv[1], "words") == 0) {
        return print_words(strtoul(argv[2], NULL, 10));
    }
    if (argc == 6 && strcmp(argv[1], "plant") == 0) {
        return plant(argv[2], argv[3], (int)strtol(argv[5], NULL, 10));
    }
    if (argc == 2 && strcmp(argv[1], "scan") == 0) {
        return scan();
    }
    fprintf(stderr, "usage: canary words COUNT | plant DIR FORMS --passphrase-fd N | scan\n");
    return 2;
}
