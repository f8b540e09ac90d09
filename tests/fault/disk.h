/* A disk that can lose what was not synced. While it records, every write, truncation, sync and
 * change of a name below one folder is told to it (by vfs.c for SQLite's files, by calls.c for the
 * vault's own); disk_cut then writes to another folder what a power cut after any of these steps
 * may have left: what was synced, and of the rest any sectors, sizes and names in any order.
 * It can also make the n-th of such steps fail. */
#ifndef SPRIJIN_TESTS_FAULT_DISK_H
#define SPRIJIN_TESTS_FAULT_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Random numbers from a seed, so that a run can be repeated. */
struct dice {
    uint64_t state;
};
uint64_t dice_roll(struct dice *d);
unsigned dice_below(struct dice *d, unsigned below);

/* Records from now on; what stands below root now counts as synced. root: absolute, no link. */
void disk_begin(const char *root);
void disk_end(void);
bool disk_is_on(void);
/* Syncs are heard but have no effect: shows that the tests would notice a missing one. */
void disk_set_deaf(bool is_deaf);
/* Steps recorded so far: the places where a cut can fall. */
size_t disk_steps(void);
/* Writes what a cut after the first `at` steps leaves to the folder `to`, which must not exist. */
void disk_cut(size_t at, struct dice *d, const char *to);

/* Told by the recorders. path: absolute. -1: not below root. */
int disk_file(const char *path);
int disk_made(const char *path, bool is_folder);
void disk_write(int file, int64_t at, const void *bytes, size_t n);
void disk_truncate(int file, int64_t size);
void disk_sync(int file);
void disk_sync_folder_of(const char *path);
void disk_rename(const char *from, const char *to);
void disk_gone(const char *path);

/* Kinds of steps that can fail. */
enum disk_kind {
    DISK_OPEN = 1,
    DISK_WRITE = 2,
    DISK_SYNC = 4,
    DISK_TRUNCATE = 8,
    DISK_NAME = 16,
    DISK_READ = 32,
    DISK_MAKE = 64 /* a file or folder that is not there yet */
};
/* The n-th step (from 1) of these kinds from now on fails with errno `error`; is_for_good: every
 * one after it too. n 0: nothing fails. */
void disk_fail(unsigned kinds, unsigned long n, int error, bool is_for_good);
/* Asked before a step: 0, or the errno to fail with. */
int disk_fault(enum disk_kind kind);
/* Did a step fail since disk_fail? */
bool disk_failed(void);

/* vfs.c: SQLite's files on this disk, as its default from now on. */
void disk_vfs_register(void);

#endif
