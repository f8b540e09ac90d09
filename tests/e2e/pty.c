/* pty: runs a command behind a pseudo-terminal and plays a script of keys and expectations to it.
 *     pty [-r ROWS] [-c COLS] [-t TERM] [-e VAR=VAL].. [--cpu] SCRIPT|- -- COMMAND ARGS
 * Exit 0: every step held; 1: one did not (explained, with a picture of the screen); 2: usage. */
#include "pty.h"

#include <stdlib.h>
#include <string.h>

static int usage(void)
{
    fputs("pty [-r ROWS] [-c COLS] [-t TERM] [-e VAR=VAL].. [--cpu] SCRIPT|- -- COMMAND ARGS\n",
          stderr);
    return 2;
}

static bool take_option(struct term_options *o, const char *name, char *value)
{
    if (strcmp(name, "-r") == 0) {
        o->rows = atoi(value);
    } else if (strcmp(name, "-c") == 0) {
        o->cols = atoi(value);
    } else if (strcmp(name, "-t") == 0) {
        o->type = value;
    } else if (strcmp(name, "-e") == 0) {
        return putenv(value) == 0;
    } else {
        return false;
    }
    return o->rows > 0 && o->cols > 0;
}

int main(int argc, char **argv)
{
    struct term_options o = {.rows = 24, .cols = 80, .type = "xterm-256color"};
    bool tells_cpu = false;
    int i = 1;
    for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
        if (strcmp(argv[i], "--cpu") == 0) {
            tells_cpu = true;
        } else if (i + 1 >= argc || !take_option(&o, argv[i], argv[i + 1])) {
            return usage();
        } else {
            i++;
        }
    }
    if (i + 2 >= argc || strcmp(argv[i + 1], "--") != 0) {
        return usage();
    }
    const char *name = argv[i];
    FILE *in = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
    if (in == NULL) {
        perror(name);
        return 2;
    }
    o.command = argv + i + 2;
    term *t = term_start(&o);
    if (t == NULL) {
        return 1;
    }
    bool is_good = script_play(in, name, t);
    if (tells_cpu) {
        term_settle(t, 200);
        if (!term_ended(t)) {
            term_signal(t, 9);
            while (!term_ended(t)) {
                term_pump(t, 100);
            }
        }
        printf("cpu_ms %ld\n", term_cpu_ms(t));
    }
    term_free(t);
    return is_good ? 0 : 1;
}
