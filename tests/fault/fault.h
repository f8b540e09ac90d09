/* The fault tests of one program: each has its arguments, prints "N passed, M failed" at the end
 * and returns the exit code. */
#ifndef SPRIJIN_TESTS_FAULT_FAULT_H
#define SPRIJIN_TESTS_FAULT_FAULT_H

/* cut COUNT SEED: so many power cuts, each followed by a look. cut-deaf COUNT SEED: the same on a
 * disk where syncs do nothing; passes if that is noticed. */
int fault_cut(unsigned long count, unsigned long seed, int is_deaf);
/* fail STEP: a failing system call at every STEP-th place. */
int fault_fail(unsigned long step);
/* flip STEP: every STEP-th bit of every table and file. */
int fault_flip(unsigned long step);

/* A fresh folder in memory where there is such a place; removed with fault_folder_done. */
const char *fault_folder(void);
void fault_folder_done(void);

#endif
