/* The program of the fault tests on one replica; usage in fault.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "disk.h"
#include "fault.h"
#include "vault/vault.h"

static char folder[64];

const char *fault_folder(void)
{
    if (folder[0] == '\0') {
        const char *place = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
        snprintf(folder, sizeof folder, "%s/sprijin-fault-XXXXXX", place);
        ASSERT(mkdtemp(folder) != NULL);
    }
    return folder;
}

void fault_folder_done(void)
{
    if (folder[0] != '\0') {
        (void)file_remove_tree(folder, NULL);
    }
}

static unsigned long number(int argc, char **argv, int at)
{
    return argc > at ? strtoul(argv[at], NULL, 10) : 1;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    int code = 2;
    vault_process_harden();
    disk_vfs_register();
    if (strcmp(what, "cut") == 0 || strcmp(what, "cut-deaf") == 0) {
        code = fault_cut(number(argc, argv, 2), number(argc, argv, 3),
                         strcmp(what, "cut-deaf") == 0);
    } else if (strcmp(what, "fail") == 0) {
        code = fault_fail(number(argc, argv, 2));
    } else if (strcmp(what, "flip") == 0) {
        code = fault_flip(number(argc, argv, 2));
    } else {
        fprintf(stderr, "usage: fault cut|cut-deaf COUNT SEED | fail STEP | flip STEP\n");
    }
    fault_folder_done();
    return code;
}
