/* A folder as carrier: a spool on a shared machine, or a stick. Invariant: this replica writes only
 * to its own stream, appends whole envelopes to it, and begins another one where the file is not as
 * it left it. */
#include "exchange_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"
#include "vault/hash.h"
#include "vault/safe.h"

#define CARRIER_FILE "sprijin-exchange"
#define ROUNDS       3
#define SLICE_EVENTS ((size_t)1000)

/* What the carrier is called here. Where somebody broke its file, its place names it: at worst the
 * own stream is begun anew. */
static enum err carrier_id(const char *dir, unsigned char id[ID_LEN], struct err_info *err)
{
    char hex[ID_HEX_LEN];
    struct str text = STR_INIT;
    char *path = file_join(dir, CARRIER_FILE);
    struct stat st;
    enum err bad = stat(dir, &st) != 0 ? err_errno(err, __func__, errno, NULL) : ERR_OK;
    if (bad == ERR_OK && !file_exists(path)) {
        random_bytes(id, ID_LEN);
        hex_put(hex, id, ID_LEN);
        bad = file_create(path, hex, ID_HEX_LEN - 1, st.st_mode & 0044 ? 0644 : 0600, err);
        bad = bad == ERR_EXISTS ? ERR_OK : bad;
    }
    if (bad == ERR_OK && (file_read(path, ID_HEX_LEN - 1, &text, NULL) != ERR_OK ||
                          !hex_get(id, ID_LEN, str_cstr(&text)))) {
        unsigned char hash[VAULT_HASH_LEN];
        vault_hash("spr/xc/1", dir, strlen(dir), hash);
        memcpy(id, hash, ID_LEN);
    }
    str_done(&text);
    free(path);
    return bad;
}

static char *stream_path(const char *dir, const unsigned char id[ID_LEN])
{
    char name[ID_HEX_LEN + sizeof STREAM_SUFFIX];
    hex_put(name, id, ID_LEN);
    memcpy(name + ID_HEX_LEN - 1, STREAM_SUFFIX, sizeof STREAM_SUFFIX);
    return file_join(dir, name);
}

/* So much at a time: what is over is left for the next. */
struct slice {
    int64_t until_ms; /* by the monotonic clock; 0: no end */
    size_t envelopes; /* taken in it */
    bool is_over;
};

struct timed {
    struct taking t;
    struct slice *slice;
};

static enum err take_timed(void *payload, const unsigned char *bytes, size_t n,
                           struct err_info *err)
{
    struct timed *t = payload;
    struct slice *s = t->slice;
    if (s->until_ms > 0 && s->envelopes > 0 && clock_mono_ms() >= s->until_ms) {
        s->is_over = true;
        return ERR_SET(err, ERR_BUSY, "slice");
    }
    s->envelopes++;
    return take_envelope(&t->t, bytes, n, err);
}

/* Told by name, the others go on. */
static void refuse(size_t *counter, struct hub_count *count, const unsigned char id[ID_LEN],
                   enum err why)
{
    const size_t n = count->damaged + count->unreadable + count->rolled_back;
    if (n < HUB_REFUSED_MAX) {
        struct hub_refused *r = &count->refused[n];
        char hex[ID_HEX_LEN];
        hex_put(hex, id, ID_LEN);
        snprintf(r->name, sizeof r->name, "%s" STREAM_SUFFIX, hex);
        r->why = why;
    }
    ++*counter;
}

/* What became of a stream that was read as far as it goes. */
static void conclude(const struct stream_place *place, enum err bad, enum child_end end,
                     struct hub_count *count)
{
    static const enum err whys[] = {
        [CHILD_DAMAGED] = ERR_DAMAGED, [CHILD_NEWER] = ERR_VERSION, [CHILD_ENDED] = ERR_LIMIT};
    if (bad == ERR_KEY) {
        count->waiting++;
    } else if (bad == ERR_RIGHTS && place->offset == 0) {
        count->foreign++;
    } else if (bad != ERR_OK) {
        refuse(&count->damaged, count, place->id, bad == ERR_RIGHTS ? ERR_DAMAGED : bad);
    } else if (end == CHILD_PARTIAL) {
        count->unfinished++;
    } else if (end != CHILD_WHOLE) {
        refuse(&count->damaged, count, place->id, whys[end]);
    }
}

static bool is_theirs(enum err bad)
{
    return bad == ERR_KEY || bad == ERR_DAMAGED || bad == ERR_VERSION || bad == ERR_RIGHTS;
}

/* From where it was left. What comes before the place where it is wrong stays taken. */
static enum err take_from(vault *v, int fd, struct state *s, struct stream_place *place,
                          struct marks *seen, struct slice *slice, struct hub_count *count,
                          struct err_info *err)
{
    enum child_end end = CHILD_ENDED;
    struct timed t = {{.v = v, .count = count, .seen = seen, .marks = &s->marks}, slice};
    memcpy(t.t.stream, place->id, ID_LEN);
    t.t.has_stream = true;
    t.t.number = place->number;
    enum err bad = vault_take_begin(v, err);
    if (bad != ERR_OK) {
        return bad;
    }
    bad = child_read(fd, &place->offset, &end, take_timed, &t, err);
    if (!vault_is_taking(v)) {
        return bad;
    }
    if (bad != ERR_OK && !slice->is_over && !is_theirs(bad)) {
        vault_take_cancel(v);
        return bad;
    }
    place->number = t.t.number;
    if (!slice->is_over) {
        conclude(place, bad, end, count);
    }
    return vault_take_end(v, err);
}

/* One stream of somebody else. */
static enum err take_stream(vault *v, const char *dir, struct state *s, struct stream_place *place,
                            struct marks *seen, struct slice *slice, struct hub_count *count,
                            struct err_info *err)
{
    struct stat st;
    enum err bad = ERR_OK;
    char *path = stream_path(dir, place->id);
    const int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    const int why = errno;
    const bool is_gone = fd < 0 && why == ENOENT; /* begun anew by its owner at this moment */
    free(path);
    if (is_gone) {
        return ERR_OK;
    }
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        const bool is_closed = fd < 0 && (why == EACCES || why == EPERM);
        refuse(is_closed ? &count->unreadable : &count->damaged, count, place->id, ERR_RIGHTS);
    } else if ((uint64_t)st.st_size < place->offset) {
        refuse(&count->rolled_back, count, place->id, ERR_EXISTS);
    } else if ((uint64_t)st.st_size > place->offset) {
        bad = take_from(v, fd, s, place, seen, slice, count, err);
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return bad;
}

static enum err take_streams(vault *v, const char *dir, struct state *s, struct marks *seen,
                             struct slice *slice, struct hub_count *count, struct err_info *err)
{
    struct str names = STR_INIT;
    enum err bad = file_list(dir, STREAM_SUFFIX, &names, err);
    for (unsigned round = 0; bad == ERR_OK && !slice->is_over && round < ROUNDS; round++) {
        const size_t before = count->taken;
        count->streams = count->waiting = count->unfinished = count->foreign = 0;
        count->damaged = count->unreadable = count->rolled_back = 0;
        for (const char *at = str_cstr(&names); bad == ERR_OK && !slice->is_over && *at != '\0';) {
            const size_t n = strcspn(at, "\n");
            char hex[ID_HEX_LEN] = "";
            unsigned char id[ID_LEN];
            memcpy(hex, at, n < ID_HEX_LEN - 1 ? n : ID_HEX_LEN - 1);
            at += n + (at[n] == '\n');
            if (n != ID_HEX_LEN - 1 + strlen(STREAM_SUFFIX) || !hex_get(id, ID_LEN, hex) ||
                memcmp(id, s->own, ID_LEN) == 0) {
                continue;
            }
            count->streams++;
            bad = take_stream(v, dir, s, state_stream(s, id), seen, slice, count, err);
        }
        if (count->waiting == 0 || count->taken == before) {
            break;
        }
    }
    str_done(&names);
    return bad;
}

static uint64_t erasures_done(vault *v)
{
    struct vault_erasure *all = NULL;
    size_t n = 0;
    uint64_t done = 0;
    if (vault_erasures(v, &all, &n, NULL) == ERR_OK) {
        for (size_t i = 0; i < n; i++) {
            done += all[i].done_ms != 0;
        }
        vault_erasures_free(all, n);
    }
    return done;
}

/* The own stream, locked; begun anew if it is not as it was left, or holds what was erased. */
static enum err open_own(vault *v, const char *dir, struct state *s, int *fd, struct err_info *err)
{
    static const unsigned char none[ID_LEN];
    struct stat st;
    const uint64_t erased = erasures_done(v);
    char *path = stream_path(dir, s->own);
    *fd = memcmp(s->own, none, ID_LEN) != 0
              ? open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC)
              : -1;
    if (*fd >= 0 && flock(*fd, LOCK_EX | LOCK_NB) != 0) {
        (void)close(*fd);
        free(path);
        return ERR_SET(err, ERR_BUSY, "exchange");
    }
    if (*fd >= 0 &&
        (fstat(*fd, &st) != 0 || (uint64_t)st.st_size != s->size || s->erased != erased)) {
        (void)unlink(path);
        (void)close(*fd);
        *fd = -1;
    }
    free(path);
    if (*fd >= 0) {
        return ERR_OK;
    }
    random_bytes(s->own, ID_LEN);
    s->size = s->number = 0;
    s->erased = erased;
    s->row = 0;
    marks_done(&s->marks);
    path = stream_path(dir, s->own);
    *fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    const int why = errno;
    free(path);
    if (*fd < 0) {
        return err_errno(err, __func__, why, NULL);
    }
    if (stat(dir, &st) == 0 && (st.st_mode & S_IWGRP) != 0) {
        (void)fchmod(*fd, 0640);
    }
    (void)flock(*fd, LOCK_EX);
    return ERR_OK;
}

static enum err write_all(int fd, const struct str *bytes, struct err_info *err)
{
    for (size_t at = 0; at < bytes->len;) {
        const ssize_t n = write(fd, bytes->data + at, bytes->len - at);
        if (n < 0 && errno != EINTR) {
            return err_errno(err, __func__, errno, NULL);
        }
        at += n > 0 ? (size_t)n : 0;
    }
    return bytes->len > 0 && fsync(fd) != 0 ? err_errno(err, __func__, errno, NULL) : ERR_OK;
}

/* *more: there is more than a slice of it. */
static enum err put_own(vault *v, int fd, struct state *s, const struct marks *seen, bool is_timed,
                        bool *more, struct hub_count *count, struct err_info *err)
{
    struct str bytes = STR_INIT;
    const int64_t end = vault_log_end(v);
    struct putting p = {
        .v = v, .seen = seen, .marks = &s->marks, .row = s->row, .number = s->number};
    p.limit = is_timed ? SLICE_EVENTS : 0;
    memcpy(p.stream, s->own, ID_LEN);
    enum err bad = end != s->row || count->taken > 0 ? put_new(&p, &bytes, err) : ERR_OK;
    if (bad == ERR_OK) {
        bad = write_all(fd, &bytes, err);
    }
    if (bad == ERR_OK) {
        s->size += bytes.len;
        s->number = p.number;
        /* Rows are counted: where some are missing this falls short, and a few go twice. */
        *more = p.limit > 0 && p.events >= p.limit && s->row + (int64_t)p.events < end;
        s->row = *more ? s->row + (int64_t)p.events : end;
        count->put += p.put;
    }
    str_done(&bytes);
    return bad;
}

static enum err pass(vault *v, const char *dir, struct slice *slice, struct marks *seen, bool *more,
                     struct hub_count *out, struct err_info *err)
{
    unsigned char carrier[ID_LEN];
    struct state s = {0};
    int fd = -1;
    *more = false;
    enum err bad = carrier_id(dir, carrier, err);
    bad = bad == ERR_OK ? state_load(v, carrier, &s, err) : bad;
    bad = bad == ERR_OK ? open_own(v, dir, &s, &fd, err) : bad;
    bad = bad == ERR_OK ? take_streams(v, dir, &s, seen, slice, out, err) : bad;
    marks_sort(seen);
    if (bad == ERR_OK && slice->is_over) {
        *more = true;
    } else if (bad == ERR_OK) {
        bad = put_own(v, fd, &s, seen, slice->until_ms > 0, more, out, err);
    }
    bad = bad == ERR_OK ? state_save(v, carrier, &s, err) : bad;
    if (fd >= 0) {
        (void)close(fd);
    }
    state_done(&s);
    return bad;
}

enum err hub_folder(vault *v, const char *dir, struct hub_count *out, struct err_info *err)
{
    struct marks seen = {0};
    struct slice all = {0};
    bool more = false;
    *out = (struct hub_count){0};
    const enum err bad = pass(v, dir, &all, &seen, &more, out, err);
    marks_done(&seen);
    return bad;
}

struct hub_work {
    vault *v;
    char *dir;
    struct marks seen; /* what came in the slices before is not put again */
    struct hub_count count;
};

hub_work *hub_work_new(vault *v, const char *dir)
{
    hub_work *w = mem_alloc(sizeof *w);
    w->v = v;
    w->dir = mem_strdup(dir);
    return w;
}

enum err hub_work_step(hub_work *w, unsigned budget_ms, bool *more, struct err_info *err)
{
    struct slice slice = {.until_ms = clock_mono_ms() + (int64_t)budget_ms};
    return pass(w->v, w->dir, &slice, &w->seen, more, &w->count, err);
}

const struct hub_count *hub_work_count(const hub_work *w)
{
    return &w->count;
}

void hub_work_free(hub_work *w)
{
    if (w != NULL) {
        marks_done(&w->seen);
        free(w->dir);
        free(w);
    }
}
