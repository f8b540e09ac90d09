/* Memory by lifetime: objects of one arena live and die together; there is no single free.
 * Out of memory ends through the assert hook, so no call here fails. */
#ifndef SPRIJIN_BASE_ARENA_H
#define SPRIJIN_BASE_ARENA_H

#include <stddef.h>

typedef struct arena arena;

/* Owned by the caller, free with arena_free. */
arena *arena_new(void);
/* Wipes and frees all blocks. NULL is allowed. */
void arena_free(arena *a);
/* Wipes and forgets all objects, keeps one block. */
void arena_reset(arena *a);

/* Zeroed, aligned for any type, lives as long as a. */
void *arena_alloc(arena *a, size_t len_bytes);
/* count * size with overflow check. */
void *arena_array(arena *a, size_t count, size_t size);
/* Copies n bytes and adds a NUL. */
char *arena_strndup(arena *a, const char *s, size_t n);
char *arena_strdup(arena *a, const char *s);
char *arena_printf(arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Grows an array living in the arena: returns space for count+1 items, moving if needed.
 * *cap is updated. Start with NULL, *cap = 0. */
void *arena_grow(arena *a, void *array, size_t count, size_t *cap, size_t size);
/* Bytes held from the system, for measuring. */
size_t arena_size(const arena *a);

/* Checked malloc family for long-lived objects: never NULL (assert hook), zeroed. */
void *mem_alloc(size_t len_bytes);
void *mem_realloc(void *p, size_t len_bytes);
char *mem_strdup(const char *s);
/* Wipes len bytes in a way the compiler keeps. */
void mem_wipe(void *p, size_t len_bytes);
/* Overwrites all memory of the heap that was freed, whoever freed it (with glibc; elsewhere nothing
 * happens). Takes a few milliseconds; for when secrets went through other hands. */
void mem_scrub_freed(void);

#endif
