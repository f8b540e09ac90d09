/* Emptying what was freed: libraries free their copies without wiping them, and the allocator keeps
 * them. Invariant: nothing that is in use is touched; the heap is no larger afterwards. */
#include "base/arena.h"

#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>
#include <string.h>
#include <unistd.h>

enum { LARGEST = 64 * 1024, STEP = 16, SMALLEST = 24 };

/* A block taken for the time being; the list runs through the blocks themselves. */
struct taken {
    struct taken *next;
};

/* Takes all free blocks of this size below end, empties them; the first beyond is given back. */
static struct taken *take_all(size_t size, const char *end, struct taken *list)
{
    for (;;) {
        struct taken *p = malloc(size);
        if (p == NULL) {
            return list;
        }
        explicit_bzero(p, malloc_usable_size(p));
        if ((const char *)p >= end) {
            free(p);
            return list;
        }
        p->next = list;
        list = p;
    }
}

void mem_scrub_freed(void)
{
    (void)malloc_trim(0);
    const char *const end = sbrk(0);
    struct taken *list = NULL;
    for (size_t size = LARGEST; size > 1024; size -= size / 8) {
        list = take_all(size, end, list);
    }
    for (size_t size = 1024 + SMALLEST; size >= SMALLEST; size -= STEP) {
        list = take_all(size, end, list);
    }
    while (list != NULL) {
        struct taken *const next = list->next;
        list->next = NULL;
        free(list);
        list = next;
    }
    (void)malloc_trim(0);
}
#else
void mem_scrub_freed(void)
{
}
#endif
