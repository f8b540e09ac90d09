/* The parts of the bench: bench.c is the frame and the lines it prints, save.c times saving,
 * verify.c verifying and unlocking. */
#ifndef SPRIJIN_TESTS_BENCH_BENCH_H
#define SPRIJIN_TESTS_BENCH_BENCH_H

#include <stdbool.h>

/* One line for tests/tools/bench.sh: what, value, unit, target; target 0 = none, only told. */
void bench_line(const char *what, double value, const char *unit, double target);
/* The reason on standard error; false, so that failing is one return line. */
bool bench_fail(const char *what, const char *why);

/* Times saves in folder dir, which exists and is left as it was. */
bool bench_save(const char *dir, const char *forms_dir);
/* Times verifying and unlocking of a vault in folder dir. */
bool bench_verify(const char *dir);

#endif
