/* bench-many: what a vault with many cases costs when it is opened and looked through.
 *     bench-many VAULT FORMS SMALL <passphrase
 * Both vaults have the passphrase and the costs of the key derivation in common; SMALL, with hardly
 * a case in it, tells what the derivation takes. Memory is this process's own, after the opening
 * and after a walk through the cases. Prints lines for tests/tools/bench.sh. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "record/record.h"
#include "vault/vault.h"

enum { OPENED = 200 };

struct bench {
    vault *v;
    record *r;
    const char *forms;
    vault_secret *pass;
    struct err_info info;
};

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void line(const char *what, double value, const char *unit, double target)
{
    printf("%s\t%.3f\t%s\t%g\n", what, value, unit, target);
}

static bool fail(const struct bench *b, const char *what)
{
    fprintf(stderr, "bench-many: %s: %s\n", what, err_name(b->info.code));
    return false;
}

static double resident_mib(void)
{
    char text[256];
    long kib = 0;
    FILE *f = fopen("/proc/self/status", "re");
    while (f != NULL && fgets(text, sizeof text, f) != NULL) {
        if (strncmp(text, "VmRSS:", 6) == 0) {
            kib = strtol(text + 6, NULL, 10);
        }
    }
    if (f != NULL) {
        fclose(f);
    }
    return (double)kib / 1024;
}

/* Unlocks, and opens the record if there is one wanted; the milliseconds it took. */
static bool open_vault(struct bench *b, const char *dir, bool with_record, double *ms)
{
    const double began = now_ms();
    enum err rc = vault_open(dir, &b->v, &b->info);
    rc = rc == ERR_OK ? vault_unlock(b->v, b->pass, &b->info) : rc;
    if (rc == ERR_OK && with_record) {
        rc = record_open(b->v, b->forms, &b->r, &b->info);
    }
    *ms = now_ms() - began;
    return rc == ERR_OK || fail(b, dir);
}

static void close_vault(struct bench *b)
{
    record_close(b->r);
    vault_close(b->v);
    b->r = NULL;
    b->v = NULL;
}

/* The least of five: whatever else the machine does only adds to it. */
static bool least(struct bench *b, const char *dir, bool with_record, double *ms)
{
    *ms = 1e9;
    for (int i = 0; i < 5; i++) {
        double one = 0;
        if (!open_vault(b, dir, with_record, &one)) {
            return false;
        }
        close_vault(b);
        *ms = one < *ms ? one : *ms;
    }
    return true;
}

static int smaller_first(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Letters as they are typed, under each order of the list. */
static bool measure_filter(struct bench *b)
{
    static const char *const TYPED[] = {"i", "il", "ile", "c", "co", "k"};
    double took[64];
    size_t n = 0, total = 0, count = 0;
    for (int sort = RECORD_SORT_CHANGED; sort <= RECORD_SORT_STATE; sort++) {
        for (size_t i = 0; i < sizeof TYPED / sizeof *TYPED; i++) {
            struct record_case *cases = NULL;
            const double began = now_ms();
            if (record_case_list(b->r, TYPED[i], (enum record_sort)sort, 0, 2000, &cases, &count,
                                 &total, &b->info) != ERR_OK) {
                return fail(b, "list");
            }
            took[n++] = now_ms() - began;
            free(cases);
        }
    }
    qsort(took, n, sizeof *took, smaller_first);
    line("list of cases after a letter, median", took[n / 2], "ms", 10);
    line("list of cases after a letter, most", took[n - 1], "ms", 0);
    return true;
}

/* Cases here and there in the list, each with its interview if it has one. */
static bool measure_cases(struct bench *b)
{
    struct record_case *cases = NULL, one;
    double took[OPENED];
    size_t count = 0, total = 0, n = 0;
    if (record_case_list(b->r, "", RECORD_SORT_CODE, 0, 1000000, &cases, &count, &total,
                         &b->info) != ERR_OK) {
        return fail(b, "list");
    }
    printf("# %zu cases, %llu events\n", total, (unsigned long long)vault_event_count(b->v));
    bool is_good = true;
    for (; is_good && n < OPENED && n < count; n++) {
        const struct record_case *at = &cases[n * (count / (count < OPENED ? count : OPENED))];
        record_doc *doc = NULL;
        const double began = now_ms();
        is_good = record_case_open(b->r, at->id, &one, &b->info) == ERR_OK &&
                  (!one.has_record ||
                   record_doc_open(b->r, at->id, "identification", &doc, &b->info) == ERR_OK);
        took[n] = now_ms() - began;
        record_doc_close(doc);
    }
    free(cases);
    if (!is_good || n == 0) {
        return fail(b, "case");
    }
    qsort(took, n, sizeof *took, smaller_first);
    line("opening one case and its interview, median", took[n / 2], "ms", 20);
    line("opening one case and its interview, most", took[n - 1], "ms", 0);
    return true;
}

static bool measure(struct bench *b, const char *big, const char *small)
{
    double derivation = 0, all = 0, ms = 0;
    if (!least(b, small, false, &derivation) || !least(b, big, true, &all) ||
        !open_vault(b, big, true, &ms)) {
        return false;
    }
    line("many cases: unlock beyond the key derivation", all - derivation, "ms", 300);
    line("many cases: memory after unlocking", resident_mib(), "MiB", 48);
    const bool is_good = measure_filter(b) && measure_cases(b);
    line("many cases: memory after opening 200 of them", resident_mib(), "MiB", 48);
    return is_good;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fputs("bench-many VAULT FORMS SMALL <passphrase\n", stderr);
        return 2;
    }
    struct bench b = {.forms = argv[2], .pass = vault_secret_new()};
    bool is_good = vault_secret_read(b.pass, 0, &b.info) == ERR_OK;
    is_good = is_good && measure(&b, argv[1], argv[3]);
    close_vault(&b);
    vault_secret_free(b.pass);
    return is_good ? 0 : 1;
}
