/* bench: what saving costs, in ratios to a bare SQLite on the same disk in the same run.
 *     bench DIR [FORMS]
 * DIR is made if it is not there; what is written in it is removed again. Prints a line for the
 * machine, then lines of four fields parted by tabs, which tests/tools/bench.sh lays out. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/file.h"

void bench_line(const char *what, double value, const char *unit, double target)
{
    printf("%s\t%.3f\t%s\t%g\n", what, value, unit, target);
}

bool bench_fail(const char *what, const char *why)
{
    fprintf(stderr, "bench: %s: %s\n", what, why);
    return false;
}

static const char *filesystem_name(const char *dir)
{
    static const struct {
        unsigned long magic;
        const char *name;
    } names[] = {{0xEF53, "ext4"},     {0x58465342, "xfs"},       {0x9123683E, "btrfs"},
                 {0xF2F52010, "f2fs"}, {0x2FC12FC1, "zfs"},       {0x6969, "nfs"},
                 {0x65735546, "fuse"}, {0x794C7630, "overlayfs"}, {0x01021994, "tmpfs"}};
    struct statfs fs;
    if (statfs(dir, &fs) != 0) {
        return "unknown";
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].magic == ((unsigned long)fs.f_type & 0xFFFFFFFF)) {
            return names[i].name;
        }
    }
    return "another";
}

static void tell_machine(const char *dir)
{
    const char *fs = filesystem_name(dir);
    printf("# machine: %ld cores, file system of %s: %s%s\n", sysconf(_SC_NPROCESSORS_ONLN), dir,
           fs, strcmp(fs, "tmpfs") == 0 ? " (memory, no disk: the ratios mean nothing)" : "");
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc > 3) {
        fputs("bench DIR [FORMS]\n", stderr);
        return 2;
    }
    if (!file_exists(argv[1]) && file_mkdir(argv[1], NULL) != ERR_OK) {
        bench_fail(argv[1], "cannot be made");
        return 1;
    }
    char *dir = file_join(argv[1], "run-XXXXXX");
    if (mkdtemp(dir) == NULL) {
        free(dir);
        bench_fail(argv[1], "cannot be written");
        return 1;
    }
    tell_machine(argv[1]);
    const bool is_good = bench_save(dir, argc > 2 ? argv[2] : "forms") && bench_verify(dir);
    file_remove_tree(dir, NULL);
    free(dir);
    return is_good ? 0 : 1;
}
