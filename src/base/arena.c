/* Arenas: a list of blocks, each handed out from the front. Invariant: every byte of a block past
 * `used` is zero, so that an allocation needs no clearing; blocks are wiped before they go. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

enum { BLOCK_MIN = 8192, BLOCK_MAX = 65536 }; /* blocks grow with the arena */

struct block {
    struct block *next;
    size_t cap;  /* bytes after the header */
    size_t used; /* bytes handed out */
    alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    struct block *blocks; /* newest first */
    size_t held;          /* bytes held from the system */
};

void mem_wipe(void *p, size_t len_bytes)
{
    if (p != NULL && len_bytes > 0) {
        explicit_bzero(p, len_bytes);
    }
}

void *mem_alloc(size_t len_bytes)
{
    void *p = calloc(1, len_bytes == 0 ? 1 : len_bytes);
    ASSERT(p != NULL);
    return p;
}

void *mem_realloc(void *p, size_t len_bytes)
{
    void *q = realloc(p, len_bytes == 0 ? 1 : len_bytes);
    ASSERT(q != NULL);
    return q;
}

char *mem_strdup(const char *s)
{
    const size_t n = strlen(s);
    char *copy = mem_alloc(n + 1);
    memcpy(copy, s, n + 1);
    return copy;
}

static size_t round_up(size_t n)
{
    const size_t unit = alignof(max_align_t);
    ASSERT(n <= SIZE_MAX - unit);
    return (n + unit - 1) / unit * unit;
}

static void block_add(arena *a, size_t need)
{
    size_t cap = a->held / 4 > BLOCK_MIN ? a->held / 4 : BLOCK_MIN;
    cap = cap > BLOCK_MAX ? BLOCK_MAX : cap;
    cap = need > cap ? need : cap;
    ASSERT(cap <= SIZE_MAX - sizeof(struct block));
    struct block *b = mem_alloc(sizeof(struct block) + cap);
    b->cap = cap;
    b->next = a->blocks;
    a->blocks = b;
    a->held += sizeof(struct block) + cap;
}

static void block_drop(arena *a, struct block *b)
{
    a->held -= sizeof(struct block) + b->cap;
    mem_wipe(b->bytes, b->used);
    free(b);
}

arena *arena_new(void)
{
    arena *a = mem_alloc(sizeof *a);
    a->held = sizeof *a;
    return a;
}

void arena_free(arena *a)
{
    if (a == NULL) {
        return;
    }
    while (a->blocks != NULL) {
        struct block *next = a->blocks->next;
        block_drop(a, a->blocks);
        a->blocks = next;
    }
    free(a);
}

void arena_reset(arena *a)
{
    struct block *b = a->blocks;
    /* The oldest block is kept: it has the common size unless the first object was huge. */
    while (b != NULL && b->next != NULL) {
        struct block *next = b->next;
        block_drop(a, b);
        b = next;
    }
    if (b != NULL) {
        mem_wipe(b->bytes, b->used);
        b->used = 0;
    }
    a->blocks = b;
}

void *arena_alloc(arena *a, size_t len_bytes)
{
    const size_t need = round_up(len_bytes == 0 ? 1 : len_bytes);
    if (a->blocks == NULL || a->blocks->cap - a->blocks->used < need) {
        block_add(a, need);
    }
    struct block *b = a->blocks;
    void *p = b->bytes + b->used;
    b->used += need;
    return p;
}

void *arena_array(arena *a, size_t count, size_t size)
{
    ASSERT(size == 0 || count <= SIZE_MAX / size);
    return arena_alloc(a, count * size);
}

char *arena_strndup(arena *a, const char *s, size_t n)
{
    ASSERT(n < SIZE_MAX);
    char *copy = arena_alloc(a, n + 1);
    if (n > 0) {
        memcpy(copy, s, n);
    }
    return copy;
}

char *arena_strdup(arena *a, const char *s)
{
    return arena_strndup(a, s, strlen(s));
}

char *arena_printf(arena *a, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    ASSERT(n >= 0);
    char *text = arena_alloc(a, (size_t)n + 1);
    va_start(args, fmt);
    (void)vsnprintf(text, (size_t)n + 1, fmt, args);
    va_end(args);
    return text;
}

void *arena_grow(arena *a, void *array, size_t count, size_t *cap, size_t size)
{
    if (count < *cap) {
        return array;
    }
    ASSERT(*cap <= SIZE_MAX / 2);
    const size_t bigger = *cap == 0 ? 8 : *cap * 2;
    void *moved = arena_array(a, bigger, size);
    if (count > 0) {
        memcpy(moved, array, count * size);
    }
    *cap = bigger;
    return moved;
}

size_t arena_size(const arena *a)
{
    return a->held;
}
