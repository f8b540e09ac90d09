/* Power cuts. A life of a vault (opened, a few things done, perhaps closed) is recorded; then the
 * power goes at some of its steps, and each time what is left is opened by the same program and
 * held against what had been promised by then. The last of these goes on to the next life, so that
 * recovery is cut as well. Invariant: nothing is demanded that was not acknowledged before the
 * step of the cut. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "disk.h"
#include "fault.h"
#include "scene.h"

enum { PROGRESS = 1000 }; /* a line after so many cuts of a long run */
enum { PROMISES = 256, ACTIONS = 12, CUTS = 4, EVENTS_MAX = 50 };

static struct {
    struct {
        size_t steps;
        struct promise promise;
    } list[PROMISES];
    size_t count;
} promises;

static void note_promise(const struct scene *s)
{
    ASSERT(promises.count < PROMISES);
    promises.list[promises.count].steps = disk_steps();
    promises.list[promises.count++].promise = s->now;
}

static struct promise promise_at(size_t step)
{
    size_t i = promises.count;
    while (i > 1 && promises.list[i - 1].steps > step) {
        i--;
    }
    return promises.list[i - 1].promise;
}

static enum err act(struct scene *s, struct dice *d, struct err_info *err)
{
    const unsigned what = dice_below(d, 100);
    if (what < 60) {
        return scene_save(s, dice_below(d, s->now.places + 1), 1, err);
    }
    if (what < 70) {
        return scene_save(s, dice_below(d, s->now.places + 1), 2 + dice_below(d, 3), err);
    }
    if (what < 78) {
        return scene_note(s, err);
    }
    if (what < 84) {
        return scene_passwd(s, err);
    }
    if (what < 90 && s->now.places < SCENE_PLACES) {
        return scene_place(s, err);
    }
    scene_close(s);
    return scene_open(s, err);
}

/* What a person does between two cuts; the vault is open or not there yet. */
static enum err live(struct scene *s, struct dice *d, struct err_info *err)
{
    enum err bad = s->v != NULL ? ERR_OK : scene_create(s, err);
    for (unsigned n = dice_below(d, ACTIONS); bad == ERR_OK && n > 0; n--) {
        bad = act(s, d, err);
    }
    scene_close(s);
    return bad;
}

struct count {
    unsigned long passed, failed, wanted;
};

static const char *folder_number(unsigned long number)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%lu", fault_folder(), number);
    return path;
}

/* One cut of the life just recorded: what is left, in a folder of its own. */
static void cut(struct scene *s, struct dice *d, unsigned long number)
{
    const size_t at = dice_below(d, (unsigned)disk_steps() + 1);
    s->now = promise_at(at);
    disk_cut(at, d, folder_number(number));
    snprintf(s->dir, sizeof s->dir, "%s/v", folder_number(number));
}

static void look(struct scene *s, struct count *c, unsigned long seed, bool is_deaf)
{
    const unsigned long number = c->passed + c->failed + 1;
    if (c->wanted > PROGRESS && number % PROGRESS == 0) {
        printf("%lu cuts, %lu failed\n", number - 1, c->failed);
        (void)fflush(stdout);
    }
    const char *wrong = scene_check(s);
    if (wrong[0] == '\0') {
        c->passed++;
        return;
    }
    c->failed++;
    if (!is_deaf && c->failed <= 10) {
        printf("cut %lu of seed %lu: %s\n", number, seed, wrong);
    }
}

/* Lives one life and cuts it; the last cut is left in its folder, not looked at yet. */
static bool life(struct scene *s, struct dice *d, struct count *c, unsigned long seed, bool is_deaf)
{
    struct err_info err = {0};
    const enum err bad = live(s, d, &err);
    if (bad != ERR_OK) {
        printf("seed %lu: %s in %s\n", seed, err_name(bad), err.origin);
        c->failed++;
        return false;
    }
    for (unsigned i = 1; i < CUTS && c->passed + c->failed + 1 < c->wanted; i++) {
        struct scene one = *s;
        one.promised = NULL;
        cut(&one, d, c->passed + c->failed + 1);
        look(&one, c, seed, is_deaf);
        scene_close(&one);
        (void)file_remove_tree(folder_number(c->passed + c->failed), NULL);
    }
    cut(s, d, c->passed + c->failed + 1);
    return true;
}

/* Moves what the last cut left to where lives are lived, and records from there. */
static void go_on(struct scene *s, unsigned long number)
{
    char from[PATH_MAX];
    snprintf(from, sizeof from, "%s", folder_number(number));
    disk_end();
    (void)file_remove_tree(folder_number(0), NULL);
    ASSERT(rename(from, folder_number(0)) == 0);
    snprintf(s->dir, sizeof s->dir, "%s/v", folder_number(0));
    promises.count = 0;
    disk_begin(folder_number(0));
    note_promise(s);
    s->promised = note_promise;
}

static void begin_anew(struct scene *s)
{
    disk_end();
    scene_close(s);
    (void)file_remove_tree(folder_number(0), NULL);
    ASSERT(file_mkdir(folder_number(0), NULL) == ERR_OK);
    *s = (struct scene){.promised = note_promise};
    snprintf(s->dir, sizeof s->dir, "%s/v", folder_number(0));
    promises.count = 0;
    disk_begin(folder_number(0));
    note_promise(s);
}

int fault_cut(unsigned long count, unsigned long seed, int is_deaf)
{
    struct dice d = {seed};
    struct count c = {.wanted = count};
    struct scene s = {.v = NULL};
    disk_set_deaf(is_deaf != 0);
    begin_anew(&s);
    while (c.passed + c.failed < count) {
        bool good = life(&s, &d, &c, seed, is_deaf != 0);
        if (good) {
            const unsigned long failed = c.failed;
            go_on(&s, c.passed + c.failed + 1);
            look(&s, &c, seed, is_deaf != 0);
            good = c.failed == failed;
        }
        if (!good || s.now.said > EVENTS_MAX || dice_below(&d, 20) == 0) {
            begin_anew(&s);
        }
    }
    disk_end();
    scene_close(&s);
    if (is_deaf != 0) {
        printf("without syncs %lu of %lu cuts lost something\n", c.failed, count);
        printf(c.failed > 0 ? "1 passed, 0 failed\n" : "0 passed, 1 failed\n");
        return c.failed > 0 ? 0 : 1;
    }
    printf("%lu passed, %lu failed\n", c.passed, c.failed);
    return c.failed == 0 ? 0 : 1;
}
