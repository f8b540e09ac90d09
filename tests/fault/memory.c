/* Memory that cannot be had. The program's malloc, calloc and realloc (the libraries' too) are
 * these; in a process of its own the first, second, third … of them during one deed gives nothing,
 * until a run passes through untouched. Demanded each time: the deed ends with ERR_MEMORY, or the
 * process ends through the assert hook; no signal, and nothing said that is nobody's business; what
 * was acknowledged is there, and the vault opens and verifies.
 * Usage: fault-memory STEP [DEED]; STEP 1 tries every index. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sodium.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"
#include "record/record.h"
#include "scene.h"

#define FORMS   "tests/fixtures/forms"
#define SURNAME "Zvonaru-Cântar"

enum { ENDED_UNTOUCHED = 0, ENDED_BY_HOOK = 5, ENDED_REFUSED = 6, ENDED_WRONG = 7 };

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t count, size_t n);
void *__libc_realloc(void *p, size_t n);
int __wrap_crypto_pwhash(unsigned char *out, unsigned long long out_len, const char *pass,
                         unsigned long long pass_len, const unsigned char *salt,
                         unsigned long long passes, size_t memory, int algorithm);

static unsigned long countdown; /* 0: nothing fails */

static bool fails(void)
{
    if (countdown == 0 || --countdown > 0) {
        return false;
    }
    errno = ENOMEM;
    return true;
}

void *malloc(size_t n)
{
    return fails() ? NULL : __libc_malloc(n);
}

void *calloc(size_t count, size_t n)
{
    return fails() ? NULL : __libc_calloc(count, n);
}

void *realloc(void *p, size_t n)
{
    return fails() ? NULL : __libc_realloc(p, n);
}

/* Fast, and with the one way to fail that the slow one has. */
int __wrap_crypto_pwhash(unsigned char *out, unsigned long long out_len, const char *pass,
                         unsigned long long pass_len, const unsigned char *salt,
                         unsigned long long passes, size_t memory, int algorithm)
{
    void *needed = malloc(64);
    (void)passes;
    (void)memory;
    (void)algorithm;
    if (needed == NULL) {
        return -1;
    }
    free(needed);
    return crypto_generichash(out, out_len, (const unsigned char *)pass, pass_len, salt,
                              crypto_pwhash_SALTBYTES);
}

/* Shared with the child: what it was promised before it ended. */
struct shared {
    struct promise promise;
    unsigned char place[SCENE_PLACES][ID_LEN];
    bool was_reached; /* the failing call came */
    bool has_case, has_answer;
    unsigned char kase[ID_LEN];
    enum err got;
    char origin[64];
};
static struct shared *shared;

static void remember(const struct scene *s)
{
    shared->promise = s->now;
    memcpy(shared->place, s->place, sizeof s->place);
}

static enum err do_read(struct scene *s, struct err_info *err)
{
    unsigned long newest = 0;
    return scene_read(s, &newest, err);
}

static enum err do_save(struct scene *s, struct err_info *err)
{
    enum err bad = ERR_OK;
    for (unsigned i = 1; i <= 3 && bad == ERR_OK; i++) {
        bad = scene_save(s, i % 2, i, err);
    }
    return bad;
}

static enum err do_answer(record *r, const unsigned char *kase, struct err_info *err)
{
    record_doc *doc = NULL;
    enum err bad = record_doc_open(r, kase, "identification", &doc, err);
    if (bad == ERR_OK) {
        enum form_problem problem = FORM_P_OK;
        const struct form_answer a = {.state = FORM_A_VALUE, .text = SURNAME};
        bad = record_doc_set(doc, form_def_find(record_doc_def(doc), "surname"), a, &problem, err);
        shared->has_answer = bad == ERR_OK;
    }
    record_doc_close(doc);
    return bad;
}

static enum err do_record(struct scene *s, struct err_info *err)
{
    record *r = NULL;
    struct record_case kase;
    const struct record_new_case how = {.surname = "", .given = "Ana", .alias = ""};
    enum err bad = record_open(s->v, FORMS, &r, err);
    if (bad != ERR_OK) {
        return bad;
    }
    bad = record_case_new(r, &how, &kase, err);
    if (bad == ERR_OK) {
        memcpy(shared->kase, kase.id, ID_LEN);
        shared->has_case = true;
        bad = do_answer(r, kase.id, err);
    }
    record_close(r);
    return bad;
}

struct deed {
    const char *name;
    bool is_open; /* it is done with an open vault */
    enum err (*run)(struct scene *s, struct err_info *err);
};

static const struct deed deeds[] = {
    {"create", false, scene_create}, {"unlock", false, scene_open},  {"save", true, do_save},
    {"note", true, scene_note},      {"passwd", true, scene_passwd}, {"place", true, scene_place},
    {"read", true, do_read},         {"verify", true, scene_verify}, {"record", true, do_record},
};

static char folder[64], base_dir[128], run_dir[128], said_path[128];

static void end_in_hook(void)
{
    countdown = 0;
    vault_panic_wipe();
    _exit(ENDED_BY_HOOK);
}

static void copy_base(void)
{
    static const char *const names[] = {"keyfile", "head", "vault.db"};
    ASSERT(file_mkdir(run_dir, NULL) == ERR_OK);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct str bytes = STR_INIT;
        char *from = file_join(base_dir, names[i]);
        char *to = file_join(run_dir, names[i]);
        ASSERT(file_read(from, (size_t)16 << 20, &bytes, NULL) == ERR_OK);
        ASSERT(file_create(to, bytes.data, bytes.len, 0600, NULL) == ERR_OK);
        str_done(&bytes);
        free(from);
        free(to);
    }
}

_Noreturn static void child(const struct scene *base, const struct deed *deed, unsigned long n)
{
    struct err_info err = {0};
    struct scene s = *base;
    const int said = open(said_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ASSERT(said >= 0 && dup2(said, STDOUT_FILENO) >= 0 && dup2(said, STDERR_FILENO) >= 0);
    err_assert_hook(end_in_hook);
    s.promised = remember;
    ASSERT(!deed->is_open || scene_open(&s, NULL) == ERR_OK);
    countdown = n;
    const enum err got = deed->run(&s, &err);
    shared->was_reached = countdown == 0;
    countdown = 0;
    shared->got = got;
    snprintf(shared->origin, sizeof shared->origin, "%s", err.origin != NULL ? err.origin : "-");
    if (got == ERR_OK) {
        _exit(ENDED_UNTOUCHED);
    }
    scene_close(&s);
    _exit(got == ERR_MEMORY ? ENDED_REFUSED : ENDED_WRONG);
}

static bool said_a_secret(void)
{
    static const char *const secrets[] = {"copac", "\"n\":", "Zvonaru", "Ana"};
    struct str said = STR_INIT;
    bool found = file_read(said_path, (size_t)1 << 20, &said, NULL) != ERR_OK;
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        found = found || strstr(str_cstr(&said), secrets[i]) != NULL;
    }
    str_done(&said);
    return found;
}

/* The acknowledged case and answer are in the records, read by a process with memory. */
static const char *check_record(struct scene *s)
{
    record *r = NULL;
    struct record_case kase;
    const char *wrong = "";
    if (record_open(s->v, FORMS, &r, NULL) != ERR_OK) {
        return "the records do not open";
    }
    if (shared->has_case && record_case_get(r, shared->kase, &kase, NULL) != ERR_OK) {
        wrong = "an acknowledged case is lost";
    } else if (shared->has_answer) {
        struct str value = STR_INIT;
        if (record_fact(r, shared->kase, "person.surname", &value, NULL) != ERR_OK ||
            !str_eq(str_cstr(&value), SURNAME)) {
            wrong = "an acknowledged answer is lost";
        }
        str_done(&value);
    }
    record_close(r);
    return wrong;
}

static const char *judge(int status, const struct scene *base)
{
    struct scene s = *base;
    if (WIFSIGNALED(status)) {
        return "it died of a signal";
    }
    if (WEXITSTATUS(status) == ENDED_WRONG) {
        return "the error is not ERR_MEMORY";
    }
    if (said_a_secret()) {
        return "a secret was said";
    }
    s.now = shared->promise;
    memcpy(s.place, shared->place, sizeof s.place);
    const char *wrong = scene_check(&s);
    if (wrong[0] == '\0' && s.v != NULL) {
        wrong = check_record(&s);
    }
    scene_close(&s);
    return wrong;
}

/* false: the deed passed through untouched. */
static bool one(const struct scene *base, const struct deed *deed, unsigned long n,
                unsigned long tally[2])
{
    int status = 0;
    memset(shared, 0, sizeof *shared);
    shared->was_reached = true; /* unless it lives to say otherwise */
    (void)file_remove_tree(run_dir, NULL);
    if (deed->run != scene_create) {
        copy_base();
        remember(base);
    }
    struct scene start = *base;
    start.now = shared->promise;
    fflush(stdout);
    const pid_t pid = fork();
    ASSERT(pid >= 0);
    if (pid == 0) {
        child(&start, deed, n);
    }
    ASSERT(waitpid(pid, &status, 0) == pid);
    const char *wrong = judge(status, &start);
    tally[wrong[0] != '\0']++;
    if (wrong[0] != '\0') {
        printf("%s, allocation %lu: %s (%s in %s)\n", deed->name, n, wrong, err_name(shared->got),
               shared->origin);
    }
    return shared->was_reached;
}

static struct scene make_base(void)
{
    struct scene s = {.v = NULL};
    snprintf(s.dir, sizeof s.dir, "%s", base_dir);
    ASSERT(scene_create(&s, NULL) == ERR_OK && scene_place(&s, NULL) == ERR_OK);
    ASSERT(scene_save(&s, 1, 2, NULL) == ERR_OK && scene_note(&s, NULL) == ERR_OK);
    scene_close(&s);
    snprintf(s.dir, sizeof s.dir, "%s", run_dir);
    return s;
}

int main(int argc, char **argv)
{
    unsigned long tally[2] = {0, 0};
    const unsigned long step = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;
    const char *place = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    vault_process_harden();
    snprintf(folder, sizeof folder, "%s/sprijin-fault-XXXXXX", place);
    ASSERT(step > 0 && mkdtemp(folder) != NULL);
    snprintf(base_dir, sizeof base_dir, "%s/base", folder);
    snprintf(run_dir, sizeof run_dir, "%s/v", folder);
    snprintf(said_path, sizeof said_path, "%s/said", folder);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT(shared != MAP_FAILED);
    const struct scene base = make_base();
    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++) {
        unsigned long n = 1;
        while ((argc < 3 || strcmp(argv[2], deeds[i].name) == 0) &&
               one(&base, &deeds[i], n, tally)) {
            n += step;
        }
        printf("%s: through at %lu\n", deeds[i].name, n);
    }
    (void)file_remove_tree(folder, NULL);
    printf("%lu passed, %lu failed\n", tally[0], tally[1]);
    return tally[1] == 0 ? 0 : 1;
}
