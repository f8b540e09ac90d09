/* Runs every unit suite; the list is made from the files' names (build/gen/suites.c). With an
 * argument ("record/record") only that suite. Closing line: "N passed, M failed". */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern Suite *(*const all_suites[])(void);

int main(int argc, char **argv)
{
    /* a machine under load is slow, not wrong: the limits only end what hangs */
    setenv("CK_TIMEOUT_MULTIPLIER", "20", 0);
    SRunner *runner = srunner_create(suite_create("sprijin"));
    if (argc > 1) {
        setenv("CK_RUN_SUITE", argv[1], 1);
    }
    for (size_t i = 0; all_suites[i] != NULL; i++) {
        srunner_add_suite(runner, all_suites[i]());
    }
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    int run = srunner_ntests_run(runner);
    srunner_free(runner);
    printf("%d passed, %d failed\n", run - failed, failed);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
