/* The key arena: one mapping between two guard pages, locked once and the result remembered, as
 * an allocator that locks object by object stops doing so at the limit without a word.
 * Invariant: a unit is marked used exactly while it lies inside a live object, and a unit not in
 * use holds zeros. The arena is the one piece of mutable state of this layer, because the wipe
 * on a broken assertion has no handle to start from. */
#include "keys_int.h"

#include <sodium.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"

#define KEYS_BYTES ((size_t)256 * 1024)
#define KEYS_UNIT  ((size_t)64)
#define KEYS_UNITS (KEYS_BYTES / KEYS_UNIT)

static struct {
    unsigned char *base;
    bool locked;
    uint16_t run[KEYS_UNITS]; /* units of the object that begins here */
    bool used[KEYS_UNITS];
} keys;

static void keys_open(void)
{
    if (keys.base != NULL) {
        return;
    }
    ASSERT(sodium_init() >= 0);
    const long asked = sysconf(_SC_PAGESIZE);
    const size_t page = asked > 0 ? (size_t)asked : 4096;
    unsigned char *all = mmap(NULL, KEYS_BYTES + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
                              -1, 0);
    ASSERT(all != MAP_FAILED);
    ASSERT(mprotect(all + page, KEYS_BYTES, PROT_READ | PROT_WRITE) == 0);
    keys.base = all + page;
    keys.locked = sodium_mlock(keys.base, KEYS_BYTES) == 0;
}

/* First free run of count units; KEYS_UNITS if there is none. */
static size_t keys_find(size_t count)
{
    size_t free_units = 0;
    for (size_t i = 0; i < KEYS_UNITS; i++) {
        free_units = keys.used[i] ? 0 : free_units + 1;
        if (free_units == count) {
            return i + 1 - count;
        }
    }
    return KEYS_UNITS;
}

void *keys_alloc(size_t n)
{
    keys_open();
    ASSERT(n > 0 && n <= KEYS_BYTES);
    const size_t count = (n + KEYS_UNIT - 1) / KEYS_UNIT;
    const size_t at = keys_find(count);
    ASSERT(at < KEYS_UNITS);
    keys.run[at] = (uint16_t)count;
    for (size_t i = at; i < at + count; i++) {
        keys.used[i] = true;
    }
    return keys.base + at * KEYS_UNIT;
}

void keys_free(void *p)
{
    if (p == NULL) {
        return;
    }
    const size_t at = (size_t)((unsigned char *)p - keys.base) / KEYS_UNIT;
    ASSERT(at < KEYS_UNITS && keys.used[at] && keys.run[at] > 0);
    const size_t count = keys.run[at];
    mem_wipe(p, count * KEYS_UNIT);
    keys.run[at] = 0;
    for (size_t i = at; i < at + count; i++) {
        keys.used[i] = false;
    }
}

bool keys_locked(void)
{
    keys_open();
    return keys.locked;
}

void keys_wipe_all(void)
{
    if (keys.base != NULL) {
        sodium_memzero(keys.base, KEYS_BYTES);
    }
}
