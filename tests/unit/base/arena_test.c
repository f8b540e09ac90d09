/* arena: lifetimes, alignment, growth, wiping. */
#include <check.h>
#include <signal.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

Suite *base_arena_suite(void);

START_TEST(memory_is_zeroed_and_aligned)
{
    arena *a = arena_new();
    for (size_t n = 0; n < 300; n++) {
        unsigned char *p = arena_alloc(a, n);
        ck_assert_uint_eq((uintptr_t)p % alignof(max_align_t), 0);
        for (size_t i = 0; i < n; i++) {
            ck_assert_uint_eq(p[i], 0);
        }
        memset(p, 0xFF, n);
    }
    arena_free(a);
}
END_TEST

START_TEST(a_reset_arena_gives_clean_memory_again)
{
    arena *a = arena_new();
    memset(arena_alloc(a, 5000), 0xFF, 5000);
    memset(arena_alloc(a, 50000), 0xFF, 50000);
    const size_t before = arena_size(a);
    arena_reset(a);
    ck_assert_uint_lt(arena_size(a), before);
    const unsigned char *p = arena_alloc(a, 5000);
    for (size_t i = 0; i < 5000; i++) {
        ck_assert_uint_eq(p[i], 0);
    }
    arena_free(a);
    arena_free(NULL);
}
END_TEST

START_TEST(texts_are_copied_whole)
{
    arena *a = arena_new();
    ck_assert_str_eq(arena_strdup(a, "abc"), "abc");
    ck_assert_str_eq(arena_strndup(a, "abc", 2), "ab");
    ck_assert_str_eq(arena_printf(a, "%d-%s", 7, "x"), "7-x");
    ck_assert_uint_eq(strlen(arena_printf(a, "%*d", 20000, 1)), 20000);
    arena_free(a);
}
END_TEST

START_TEST(a_growing_array_keeps_its_items)
{
    arena *a = arena_new();
    int *items = NULL;
    size_t cap = 0;
    for (size_t i = 0; i < 1000; i++) {
        items = arena_grow(a, items, i, &cap, sizeof *items);
        items[i] = (int)i;
    }
    for (size_t i = 0; i < 1000; i++) {
        ck_assert_int_eq(items[i], (int)i);
    }
    ck_assert_uint_ge(cap, 1000);
    arena_free(a);
}
END_TEST

START_TEST(wiped_bytes_are_gone)
{
    char secret[] = "secret";
    mem_wipe(secret, sizeof secret);
    static const char zero[sizeof secret] = {0};
    ck_assert_mem_eq(secret, zero, sizeof secret);
    mem_wipe(NULL, 0);
}
END_TEST

START_TEST(an_absurd_size_ends_through_the_hook)
{
    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
    (void)arena_array(arena_new(), SIZE_MAX / 2, 3);
}
END_TEST

START_TEST(scrubbing_leaves_what_is_in_use)
{
    enum { COUNT = 200 };
    unsigned char *kept[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        unsigned char *gone = mem_alloc(20 + i * 37);
        kept[i] = mem_alloc(20 + i * 37);
        memset(kept[i], (int)(i + 1), 20 + i * 37);
        memset(gone, 255, 20 + i * 37);
        free(gone);
    }
    mem_scrub_freed();
    for (size_t i = 0; i < COUNT; i++) {
        size_t same = 0;
        while (same < 20 + i * 37 && kept[i][same] == (unsigned char)(i + 1)) {
            same++;
        }
        ck_assert_uint_eq(same, 20 + i * 37);
        free(kept[i]);
    }
}
END_TEST

Suite *base_arena_suite(void)
{
    Suite *s = suite_create("base/arena");
    TCase *t = tcase_create("arena");
    tcase_add_test(t, scrubbing_leaves_what_is_in_use);
    tcase_add_test(t, memory_is_zeroed_and_aligned);
    tcase_add_test(t, a_reset_arena_gives_clean_memory_again);
    tcase_add_test(t, texts_are_copied_whole);
    tcase_add_test(t, a_growing_array_keeps_its_items);
    tcase_add_test(t, wiped_bytes_are_gone);
    tcase_add_test_raise_signal(t, an_absurd_size_ends_through_the_hook, SIGABRT);
    suite_add_tcase(s, t);
    return s;
}
