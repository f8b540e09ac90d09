/* Failing system calls. Each thing a person does with a vault is done again and again, and the
 * first, second, third … call of a kind fails, once or from then on, until a run passes through
 * untouched. Demanded each time: the error says that the disk failed or is full; what was
 * acknowledged before is there; after the failure is over the same open vault goes on, and opened
 * anew it verifies, even if the power went with the failure; creating leaves nothing behind. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"
#include "disk.h"
#include "fault.h"
#include "scene.h"

struct deed {
    const char *name;
    bool is_open; /* it is done with an open vault */
    enum err (*run)(struct scene *s, struct err_info *err);
};

struct mode {
    const char *name;
    unsigned kinds;
    int error;
    bool is_for_good;
};

struct tally {
    unsigned long passed, failed;
};

static enum err do_save(struct scene *s, struct err_info *err)
{
    enum err bad = ERR_OK;
    /* Enough that the log is written back into the database on the way. */
    for (unsigned i = 0; i < 6 && bad == ERR_OK; i++) {
        bad = scene_save(s, i % 2, 1 + i % 3, err);
    }
    return bad;
}

static enum err do_read(struct scene *s, struct err_info *err)
{
    unsigned long newest = 0;
    return scene_read(s, &newest, err);
}

static enum err do_reopen(struct scene *s, struct err_info *err)
{
    scene_close(s);
    return scene_open(s, err);
}

static const struct deed deeds[] = {
    {"create", false, scene_create}, {"unlock", false, scene_open}, {"reopen", true, do_reopen},
    {"save", true, do_save},         {"note", true, scene_note},    {"passwd", true, scene_passwd},
    {"place", true, scene_place},    {"read", true, do_read},       {"verify", true, scene_verify},
};

enum {
    CHANGES = DISK_WRITE | DISK_SYNC | DISK_TRUNCATE | DISK_NAME | DISK_MAKE,
    GROWTH = DISK_WRITE | DISK_MAKE /* what needs room */
};

static const struct mode modes[] = {
    {"EIO once", CHANGES | DISK_OPEN, EIO, false},
    {"EIO from then on", CHANGES | DISK_OPEN, EIO, true},
    {"ENOSPC once", GROWTH, ENOSPC, false},
    {"ENOSPC from then on", GROWTH, ENOSPC, true},
    {"EIO in a sync", DISK_SYNC, EIO, false},
    {"EIO in every sync from then on", DISK_SYNC, EIO, true},
    {"EIO in reading", DISK_READ, EIO, false},
    {"EIO in reading from then on", DISK_READ, EIO, true},
};

static char base_dir[PATH_MAX], run_dir[PATH_MAX];

static void copy_file(const char *name)
{
    struct str bytes = STR_INIT;
    char *from = file_join(base_dir, name);
    char *to = file_join(run_dir, "v");
    char *target = file_join(to, name);
    if (file_read(from, (size_t)16 << 20, &bytes, NULL) == ERR_OK) {
        ASSERT(file_create(target, bytes.data, bytes.len, 0600, NULL) == ERR_OK);
    }
    str_done(&bytes);
    free(target);
    free(to);
    free(from);
}

/* A vault of a few events, made once, closed. */
static struct scene make_base(void)
{
    struct scene s = {.v = NULL};
    snprintf(s.dir, sizeof s.dir, "%s/base", fault_folder());
    ASSERT(scene_create(&s, NULL) == ERR_OK && scene_place(&s, NULL) == ERR_OK);
    for (unsigned i = 0; i < 5; i++) {
        ASSERT(scene_save(&s, i % 2, 1, NULL) == ERR_OK);
    }
    ASSERT(scene_note(&s, NULL) == ERR_OK);
    scene_close(&s);
    snprintf(base_dir, sizeof base_dir, "%s", s.dir);
    snprintf(run_dir, sizeof run_dir, "%s/run", fault_folder());
    return s;
}

/* A copy of the base in the run's folder, or just the folder. */
static struct scene prepare(const struct scene *base, const struct deed *deed)
{
    struct scene s = *base;
    (void)file_remove_tree(run_dir, NULL);
    ASSERT(file_mkdir(run_dir, NULL) == ERR_OK);
    snprintf(s.dir, sizeof s.dir, "%.4000s/v", run_dir);
    if (deed->run == scene_create) {
        s.now = (struct promise){0};
    } else {
        ASSERT(file_mkdir(s.dir, NULL) == ERR_OK);
        copy_file("keyfile");
        copy_file("head");
        copy_file("vault.db");
    }
    disk_begin(run_dir);
    ASSERT(!deed->is_open || scene_open(&s, NULL) == ERR_OK);
    return s;
}

static bool is_empty(const char *dir)
{
    struct str names = STR_INIT;
    const bool empty = file_list(dir, "", &names, NULL) == ERR_OK && names.len == 0;
    str_done(&names);
    return empty;
}

/* "" or what is wrong after a failure. */
static const char *after(struct scene *s, const struct deed *deed, const struct mode *m,
                         enum err got)
{
    if (got != ERR_OK && deed->run == scene_create) {
        /* Nobody can clean up on a disk on which nothing opens any more: but what stands there
         * under the vault's name is whole. */
        const bool is_dead = m->is_for_good && m->error == EIO;
        return is_dead ? scene_check(s)
                       : (is_empty(run_dir) ? "" : "something of the vault stays behind");
    }
    /* What failed may be tried again, with the same vault still open. */
    if (s->v != NULL && got != ERR_OK && scene_save(s, 0, 1, NULL) != ERR_OK) {
        return "the open vault does not go on";
    }
    scene_close(s);
    return scene_check(s);
}

/* The same, had the power gone right after the failure. */
static const char *after_cut(const struct scene *s, unsigned long n)
{
    struct dice d = {n};
    struct scene left = *s;
    char to[128];
    snprintf(to, sizeof to, "%s/cut", fault_folder());
    snprintf(left.dir, sizeof left.dir, "%s/v", to);
    disk_cut(disk_steps(), &d, to);
    const char *wrong = scene_check(&left);
    scene_close(&left);
    (void)file_remove_tree(to, NULL);
    return wrong;
}

static bool is_clear(enum err got, const struct mode *m, const struct deed *deed)
{
    if (got == ERR_OK) {
        return true;
    }
    if (m->error == ENOSPC) {
        return got == ERR_FULL || got == ERR_IO;
    }
    /* Verifying tells of what it cannot read as damaged. */
    return got == ERR_IO || (deed->run == scene_verify && got == ERR_DAMAGED);
}

/* One run with the n-th call failing; false: no call failed any more. */
static bool one(const struct scene *base, const struct deed *deed, const struct mode *m,
                unsigned long n, struct tally *t)
{
    struct err_info err = {0};
    struct scene s = prepare(base, deed);
    disk_fail(m->kinds, n, m->error, m->is_for_good);
    const enum err got = deed->run(&s, &err);
    const bool has_failed = disk_failed();
    disk_fail(0, 0, 0, false);
    const char *wrong = "";
    if (!has_failed && got != ERR_OK) {
        wrong = "fails though nothing failed";
    } else if (!is_clear(got, m, deed)) {
        wrong = "the error is not clear";
    }
    wrong = wrong[0] != '\0' ? wrong : after_cut(&s, n);
    wrong = wrong[0] != '\0' ? wrong : after(&s, deed, m, got);
    if (wrong[0] == '\0') {
        t->passed++;
    } else {
        t->failed++;
        printf("%s, %s, call %lu: %s (%s in %s %s)\n", deed->name, m->name, n, wrong, err_name(got),
               err.origin != NULL ? err.origin : "-", err.arg[0]);
    }
    scene_close(&s);
    disk_end();
    return has_failed;
}

int fault_fail(unsigned long step)
{
    struct tally t = {0};
    const struct scene base = make_base();
    for (size_t d = 0; d < sizeof deeds / sizeof deeds[0]; d++) {
        for (size_t m = 0; m < sizeof modes / sizeof modes[0]; m++) {
            unsigned long n = 1;
            while (one(&base, &deeds[d], &modes[m], n, &t)) {
                n += step;
            }
        }
    }
    printf("%lu passed, %lu failed\n", t.passed, t.failed);
    return t.failed == 0 ? 0 : 1;
}
