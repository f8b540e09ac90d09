/* The screen tests' own faces: a stage (a program without a terminal), its settings by name, and
 * the keys of a script. */
#ifndef SPRIJIN_TESTS_SCREEN_DRIVER_H
#define SPRIJIN_TESTS_SCREEN_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/run.h"

#define STAGE_PASSPHRASE "nine invented green lamps"

struct stage {
    char tmp[256]; /* folder of this test, removed at its end */
    char vault_dir[300];
    struct ui_ctx ctx;
    ui_run *run;
    int64_t mono_ms; /* what the runner is told */
    int rows, cols;
    bool is_alive;
};

/* The wall clock of the tests; wait moves it, and each key by nothing. */
void stage_clock_set(int64_t ms);
void stage_clock_add(int64_t ms);

/* Makes the folder, the vault as the setup wants it, and the runner at its first screen.
 * false: no such setup, or it failed (said on stderr). */
bool stage_open(struct stage *s, const char *setup);
void stage_close(struct stage *s);
/* Draws, does pending work, ticks; leaves the picture drawn. */
void stage_settle(struct stage *s);
void stage_key(struct stage *s, uint32_t key, const char *paste, size_t n);
/* Keys of one line: text "..", paste "..", wait SECONDS, resize ROWSxCOLS, names (Enter, F5,
 * Ctrl-R, Esc, PgDn ..) and single letters. false: *bad is the word not understood. */
bool stage_keys(struct stage *s, const char *line, const char **bad);
/* The picture with what is random masked: codes of cases as K-?????. */
void stage_picture(const struct stage *s, struct str *out);

#endif
