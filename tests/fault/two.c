/* Several terminals of one user: processes that save into one vault at the same time, each with its
 * own handle. Demanded at the end: one chain without a gap, every event of every process there,
 * each process's own in its order, and a content verify. Usage: two DIR PROCESSES COUNT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "vault/vault.h"

enum { KIND = 0x7F02, PROCESSES_MAX = 16 };

static vault_secret *passphrase(void)
{
    static const char text[] = "copac lanterna 7 vapor";
    vault_secret *s = vault_secret_new();
    ASSERT(vault_secret_put(s, text, sizeof text - 1));
    return s;
}

static enum err create(const char *dir)
{
    vault *v = NULL;
    vault_secret *sheets[2] = {NULL, NULL};
    vault_secret *pass = passphrase();
    const struct vault_create how = {.dir = dir,
                                     .passphrase = pass,
                                     .kdf = {19, 2},
                                     .lang = LANG_EN,
                                     .member_name = "T. T.",
                                     .zone = "UTC"};
    const enum err bad = vault_create(&how, &v, &sheets[0], &sheets[1], NULL);
    vault_secret_free(sheets[0]);
    vault_secret_free(sheets[1]);
    vault_secret_free(pass);
    vault_close(v);
    return bad;
}

static enum err open_it(const char *dir, vault **out, struct err_info *err)
{
    vault_secret *pass = passphrase();
    enum err bad = vault_open(dir, out, err);
    if (bad == ERR_OK) {
        bad = vault_unlock(*out, pass, err);
    }
    vault_secret_free(pass);
    return bad;
}

static int save_all(const char *dir, unsigned long who, unsigned long count)
{
    vault *v = NULL;
    struct err_info err = {0};
    enum err bad = open_it(dir, &v, &err);
    for (unsigned long i = 1; bad == ERR_OK && i <= count; i++) {
        char text[64];
        const int n = snprintf(text, sizeof text, "%lu %lu", who, i);
        struct vault_write w = {.kind = KIND, .text = text, .len = (size_t)n};
        memcpy(w.compartment, vault_organisation(v), ID_LEN);
        bad = vault_append(v, &w, 1, NULL, &err);
    }
    vault_close(v);
    if (bad != ERR_OK) {
        fprintf(stderr, "process %lu: %s in %s\n", who, err_name(bad), err.origin);
    }
    return bad == ERR_OK ? 0 : 1;
}

struct chain {
    uint64_t seq;
    unsigned long last[PROCESSES_MAX];
    bool is_good;
};

static bool look(void *payload, const struct vault_event *e)
{
    struct chain *c = payload;
    c->is_good = c->is_good && e->seq == c->seq + 1;
    c->seq = e->seq;
    if (e->kind == KIND) {
        char *end = NULL;
        const unsigned long who = strtoul(e->text, &end, 10);
        const unsigned long n = strtoul(end, NULL, 10);
        c->is_good = c->is_good && who < PROCESSES_MAX && n == c->last[who] + 1;
        c->last[who % PROCESSES_MAX] = n;
    }
    return true;
}

static bool check(const char *dir, unsigned long processes, unsigned long count)
{
    vault *v = NULL;
    struct chain c = {.is_good = true};
    struct vault_report r = {0};
    uint64_t skipped = 0;
    bool good = open_it(dir, &v, NULL) == ERR_OK &&
                vault_each(v, 0, look, &c, &skipped, NULL) == ERR_OK &&
                vault_verify(v, &r, NULL, NULL, NULL) == ERR_OK && c.is_good && skipped == 0 &&
                r.bad == 0 && !r.head_behind && !r.database_damaged && !r.keyfile_damaged;
    vault_report_done(&r);
    for (unsigned long i = 0; i < processes; i++) {
        good = good && c.last[i] == count;
    }
    vault_close(v);
    printf("%llu events in one chain\n", (unsigned long long)c.seq);
    return good;
}

int main(int argc, char **argv)
{
    const unsigned long processes = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
    const unsigned long count = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
    if (processes == 0 || processes > PROCESSES_MAX || count == 0) {
        fprintf(stderr, "usage: two DIR PROCESSES COUNT\n");
        return 2;
    }
    vault_process_harden();
    bool good = create(argv[1]) == ERR_OK;
    unsigned long started = 0;
    for (; good && started < processes; started++) {
        const pid_t pid = fork();
        good = pid >= 0;
        if (pid == 0) {
            _exit(save_all(argv[1], started, count));
        }
    }
    for (unsigned long i = 0; i < started; i++) {
        int status = 0;
        good = wait(&status) > 0 && status == 0 && good;
    }
    good = good && check(argv[1], processes, count);
    (void)file_remove_tree(argv[1], NULL);
    printf(good ? "1 passed, 0 failed\n" : "0 passed, 1 failed\n");
    return good ? 0 : 1;
}
