/* The recording disk. Invariant: `first` and `names` hold what was durable when recording began,
 * `steps` all that happened since, in order; the real files are never asked again. A sector is
 * written whole or not at all, as devices promise; nothing else is. */
#include "disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"

enum { SECTOR = 512, LEAF = 96, TOP = 0 };

enum step_kind { STEP_WRITE, STEP_TRUNCATE, STEP_SYNC, STEP_NAME };

/* A name in a folder; node -1: none. */
struct name {
    int folder, node;
    char leaf[LEAF];
};

struct step {
    enum step_kind kind;
    int node; /* of STEP_NAME: the folder */
    int64_t at;
    size_t n;
    unsigned char *bytes;
    struct name name[2]; /* of STEP_NAME: one or, renaming, two, that change together */
    unsigned names;
};

struct node {
    bool is_folder;
    unsigned char *first;
    size_t first_len;
};

struct names {
    struct name *list;
    size_t count, cap;
};

/* What a cut leaves of one file. */
struct image {
    unsigned char *bytes;
    size_t len, cap;
};

static struct {
    bool is_on, is_deaf;
    char root[PATH_MAX];
    struct node *nodes;
    size_t node_count, node_cap;
    struct names first, now;
    struct step *steps;
    size_t step_count, step_cap;
    unsigned fail_kinds;
    unsigned long fail_in;
    int fail_error;
    bool fail_for_good, has_failed;
} disk;

uint64_t dice_roll(struct dice *d)
{
    uint64_t z = d->state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

unsigned dice_below(struct dice *d, unsigned below)
{
    return (unsigned)(dice_roll(d) % below);
}

static void *grown(void *list, size_t count, size_t *cap, size_t size)
{
    if (count < *cap) {
        return list;
    }
    *cap = *cap == 0 ? 64 : *cap * 2;
    return mem_realloc(list, *cap * size);
}

static struct name *names_find(const struct names *n, int folder, const char *leaf)
{
    for (size_t i = 0; i < n->count; i++) {
        if (n->list[i].folder == folder && strcmp(n->list[i].leaf, leaf) == 0) {
            return &n->list[i];
        }
    }
    return NULL;
}

static void names_set(struct names *n, const struct name *name)
{
    struct name *old = names_find(n, name->folder, name->leaf);
    if (old == NULL) {
        n->list = grown(n->list, n->count, &n->cap, sizeof *n->list);
        old = &n->list[n->count++];
    }
    *old = *name;
}

static int node_new(bool is_folder)
{
    disk.nodes = grown(disk.nodes, disk.node_count, &disk.node_cap, sizeof *disk.nodes);
    disk.nodes[disk.node_count] = (struct node){.is_folder = is_folder};
    return (int)disk.node_count++;
}

static struct step *step_new(enum step_kind kind, int node)
{
    disk.steps = grown(disk.steps, disk.step_count, &disk.step_cap, sizeof *disk.steps);
    struct step *s = &disk.steps[disk.step_count++];
    *s = (struct step){.kind = kind, .node = node};
    return s;
}

/* The folder and last part of a path below root; false: elsewhere, or its folder is not known. */
static bool place_of(const char *path, struct name *out)
{
    const size_t n = strlen(disk.root);
    if (!disk.is_on || strncmp(path, disk.root, n) != 0 || path[n] != '/') {
        return false;
    }
    *out = (struct name){.folder = TOP, .node = -1};
    path += n + 1;
    for (const char *slash; (slash = strchr(path, '/')) != NULL; path = slash + 1) {
        char leaf[LEAF];
        snprintf(leaf, sizeof leaf, "%.*s", (int)(slash - path), path);
        const struct name *found = names_find(&disk.now, out->folder, leaf);
        if (found == NULL || found->node < 0) {
            return false;
        }
        out->folder = found->node;
    }
    ASSERT(strlen(path) < LEAF);
    snprintf(out->leaf, sizeof out->leaf, "%s", path);
    return true;
}

int disk_file(const char *path)
{
    struct name at;
    if (disk.is_on && strcmp(path, disk.root) == 0) {
        return TOP;
    }
    if (!place_of(path, &at)) {
        return -1;
    }
    const struct name *found = names_find(&disk.now, at.folder, at.leaf);
    return found != NULL ? found->node : -1;
}

int disk_made(const char *path, bool is_folder)
{
    struct name at;
    const int there = disk_file(path);
    if (there >= 0 || !place_of(path, &at)) {
        return there;
    }
    at.node = node_new(is_folder);
    struct step *s = step_new(STEP_NAME, at.folder);
    s->name[s->names++] = at;
    names_set(&disk.now, &at);
    return at.node;
}

void disk_write(int file, int64_t at, const void *bytes, size_t n)
{
    if (disk.is_on && file >= 0 && n > 0) {
        struct step *s = step_new(STEP_WRITE, file);
        s->at = at;
        s->n = n;
        s->bytes = mem_alloc(n);
        memcpy(s->bytes, bytes, n);
    }
}

void disk_truncate(int file, int64_t size)
{
    if (disk.is_on && file >= 0) {
        step_new(STEP_TRUNCATE, file)->at = size;
    }
}

void disk_sync(int file)
{
    if (disk.is_on && file >= 0 && !disk.is_deaf) {
        (void)step_new(STEP_SYNC, file);
    }
}

void disk_sync_folder_of(const char *path)
{
    struct name at;
    if (place_of(path, &at)) {
        disk_sync(at.folder);
    }
}

void disk_rename(const char *from, const char *to)
{
    struct name a;
    struct name b;
    const int node = disk_file(from);
    if (node < 0 || !place_of(from, &a) || !place_of(to, &b)) {
        return;
    }
    ASSERT(a.folder == b.folder);
    b.node = node;
    struct step *s = step_new(STEP_NAME, a.folder);
    s->name[s->names++] = a;
    s->name[s->names++] = b;
    names_set(&disk.now, &a);
    names_set(&disk.now, &b);
}

void disk_gone(const char *path)
{
    struct name at;
    if (disk_file(path) >= 0 && place_of(path, &at)) {
        struct step *s = step_new(STEP_NAME, at.folder);
        s->name[s->names++] = at;
        names_set(&disk.now, &at);
    }
}

static void take_file(const char *path, struct node *node)
{
    FILE *f = fopen(path, "rb");
    struct stat st;
    ASSERT(f != NULL && fstat(fileno(f), &st) == 0);
    node->first_len = (size_t)st.st_size;
    node->first = mem_alloc(node->first_len);
    ASSERT(fread(node->first, 1, node->first_len, f) == node->first_len);
    (void)fclose(f);
}

/* SQLite's -shm is memory that happens to have a name: it does not outlive a cut. */
static bool is_memory(const char *leaf)
{
    const size_t n = strlen(leaf);
    return n > 4 && strcmp(leaf + n - 4, "-shm") == 0;
}

static void take_folder(const char *path, int folder)
{
    DIR *dir = opendir(path);
    ASSERT(dir != NULL);
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        struct stat st;
        char below[PATH_MAX];
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 || is_memory(e->d_name)) {
            continue;
        }
        ASSERT(snprintf(below, sizeof below, "%s/%s", path, e->d_name) < PATH_MAX);
        ASSERT(strlen(e->d_name) < LEAF && lstat(below, &st) == 0);
        struct name at = {.folder = folder, .node = node_new(S_ISDIR(st.st_mode))};
        snprintf(at.leaf, sizeof at.leaf, "%.*s", LEAF - 1, e->d_name);
        names_set(&disk.first, &at);
        names_set(&disk.now, &at);
        if (S_ISDIR(st.st_mode)) {
            take_folder(below, at.node);
        } else {
            take_file(below, &disk.nodes[at.node]);
        }
    }
    (void)closedir(dir);
}

void disk_begin(const char *root)
{
    disk_end();
    ASSERT(snprintf(disk.root, sizeof disk.root, "%s", root) < PATH_MAX);
    (void)node_new(true);
    take_folder(root, TOP);
    disk.is_on = true;
}

void disk_end(void)
{
    for (size_t i = 0; i < disk.node_count; i++) {
        free(disk.nodes[i].first);
    }
    for (size_t i = 0; i < disk.step_count; i++) {
        free(disk.steps[i].bytes);
    }
    disk.is_on = false;
    disk.node_count = disk.step_count = 0;
    disk.first.count = disk.now.count = 0;
}

bool disk_is_on(void)
{
    return disk.is_on;
}

void disk_set_deaf(bool is_deaf)
{
    disk.is_deaf = is_deaf;
}

size_t disk_steps(void)
{
    return disk.step_count;
}

/* Bytes from at on; what lies between the end and at reads as zeros. */
static void image_put(struct image *im, size_t at, const unsigned char *bytes, size_t n)
{
    if (at + n > im->cap) {
        im->cap = (at + n) * 2;
        im->bytes = mem_realloc(im->bytes, im->cap);
    }
    if (at + n > im->len) {
        memset(im->bytes + im->len, 0, at + n - im->len);
        im->len = at + n;
    }
    if (bytes != NULL && n > 0) {
        memcpy(im->bytes + at, bytes, n);
    }
}

static void image_truncate(struct image *im, size_t size)
{
    if (size > im->len) {
        image_put(im, size, NULL, 0);
    }
    im->len = size;
}

/* Of an unsynced write each sector arrives or does not; the size can grow without the bytes. */
static void image_write(struct image *im, const struct step *s, unsigned keep, struct dice *d)
{
    const size_t end = (size_t)s->at + s->n;
    for (size_t at = (size_t)s->at; at < end;) {
        const size_t next = (at / SECTOR + 1) * SECTOR < end ? (at / SECTOR + 1) * SECTOR : end;
        if (dice_below(d, 100) < keep) {
            image_put(im, at, s->bytes + (at - (size_t)s->at), next - at);
        } else if (next > im->len && dice_below(d, 100) < keep) {
            image_put(im, next, NULL, 0);
        }
        at = next;
    }
}

static void put_file(const char *path, const struct image *im)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    ASSERT(fd >= 0 && (im->len == 0 || write(fd, im->bytes, im->len) == (ssize_t)im->len));
    (void)close(fd);
}

static void put_folder(const char *path, int folder, const struct names *names,
                       const struct image *images)
{
    ASSERT(mkdir(path, 0700) == 0);
    for (size_t i = 0; i < names->count; i++) {
        const struct name *at = &names->list[i];
        char below[PATH_MAX];
        if (at->folder != folder || at->node < 0) {
            continue;
        }
        ASSERT(snprintf(below, sizeof below, "%s/%s", path, at->leaf) < PATH_MAX);
        if (disk.nodes[at->node].is_folder) {
            put_folder(below, at->node, names, images);
        } else {
            put_file(below, &images[at->node]);
        }
    }
}

/* is_sure[i]: step i was synced before the cut. A name is synced with its folder. */
static bool *sure_steps(size_t at)
{
    bool *is_sure = mem_alloc(at * sizeof *is_sure);
    bool *is_synced = mem_alloc(disk.node_count * sizeof *is_synced);
    for (size_t i = at; i-- > 0;) {
        const struct step *s = &disk.steps[i];
        is_synced[s->node] = is_synced[s->node] || s->kind == STEP_SYNC;
        is_sure[i] = is_synced[s->node];
    }
    free(is_synced);
    return is_sure;
}

static void replay(size_t at, struct dice *d, struct names *names, struct image *images)
{
    static const unsigned keeps[] = {0, 10, 50, 50, 90, 100};
    const unsigned keep = keeps[dice_below(d, sizeof keeps / sizeof keeps[0])];
    bool *is_sure = sure_steps(at);
    for (size_t i = 0; i < at; i++) {
        const struct step *s = &disk.steps[i];
        const unsigned kept = is_sure[i] ? 100 : keep;
        if (s->kind == STEP_WRITE) {
            image_write(&images[s->node], s, kept, d);
        } else if (s->kind != STEP_SYNC && dice_below(d, 100) < kept) {
            for (unsigned k = 0; k < s->names; k++) {
                names_set(names, &s->name[k]);
            }
            if (s->kind == STEP_TRUNCATE) {
                image_truncate(&images[s->node], (size_t)s->at);
            }
        }
    }
    free(is_sure);
}

void disk_cut(size_t at, struct dice *d, const char *to)
{
    ASSERT(at <= disk.step_count);
    struct image *images = mem_alloc(disk.node_count * sizeof *images);
    struct names names = {0};
    for (size_t i = 0; i < disk.node_count; i++) {
        image_put(&images[i], 0, disk.nodes[i].first, disk.nodes[i].first_len);
    }
    for (size_t i = 0; i < disk.first.count; i++) {
        names_set(&names, &disk.first.list[i]);
    }
    replay(at, d, &names, images);
    const bool was_on = disk.is_on;
    disk.is_on = false;
    put_folder(to, TOP, &names, images);
    disk.is_on = was_on;
    for (size_t i = 0; i < disk.node_count; i++) {
        free(images[i].bytes);
    }
    free(images);
    free(names.list);
}

void disk_fail(unsigned kinds, unsigned long n, int error, bool is_for_good)
{
    disk.fail_kinds = kinds;
    disk.fail_in = n;
    disk.fail_error = error;
    disk.fail_for_good = is_for_good;
    disk.has_failed = false;
}

int disk_fault(enum disk_kind kind)
{
    if ((disk.fail_kinds & kind) == 0 || disk.fail_in == 0) {
        return 0;
    }
    if (disk.fail_in > 1) {
        disk.fail_in--;
        return 0;
    }
    disk.fail_in = disk.fail_for_good ? 1 : 0;
    disk.has_failed = true;
    return disk.fail_error;
}

bool disk_failed(void)
{
    return disk.has_failed;
}
