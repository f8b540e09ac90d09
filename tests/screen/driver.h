/* The screen tests' own faces: a stage (a program without a terminal), its settings by name, and
 * the keys of a script. */
#ifndef SPRIJIN_TESTS_SCREEN_DRIVER_H
#define SPRIJIN_TESTS_SCREEN_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/run.h"
#include "vault/members.h"

#define STAGE_PASSPHRASE "nine invented green lamps"

enum { STAGE_WORD = 12 }; /* letters of a paper key's word, and the end */

/* Lines of a picture, counted from 1; none at {0, 0}. */
struct stage_rows {
    int first, last;
};

struct stage {
    char tmp[256]; /* folder of this test, removed at its end */
    char vault_dir[300];
    char form[300]; /* the file being tried */
    struct ui_ctx ctx;
    ui_run *run;
    int64_t mono_ms; /* what the runner is told */
    int rows, cols;
    bool is_alive;
    struct stage_rows words, numbers; /* what is random there is masked */
    char sheet[2][VAULT_SHEET_WORDS][STAGE_WORD];
    int sheets, answered; /* paper keys read; words of them typed back */
};

/* The wall clock of the tests; wait moves it, and each key by nothing. */
void stage_clock_set(int64_t ms);
void stage_clock_add(int64_t ms);

/* Makes the folder, the vault as the setup wants it, and the runner at its first screen.
 * false: no such setup, or it failed (said on stderr). */
bool stage_open(struct stage *s, const char *setup);
void stage_close(struct stage *s);
/* Puts tests/fixtures/try/NAME.yaml in the place of the file being tried. */
bool stage_form(const struct stage *s, const char *name);
/* Draws, does pending work, ticks; leaves the picture drawn. */
void stage_settle(struct stage *s);
void stage_key(struct stage *s, uint32_t key, const char *paste, size_t n);
/* Keys of one line: text "..", paste "..", wait SECONDS, resize ROWSxCOLS, form NAME, disk-full (no
 * file can grow until the line ends), read-sheet, answer-sheet, names (Enter, F5, Ctrl-R, Esc,
 * PgDn ..) and single letters. false: *bad is the word not understood. */
bool stage_keys(struct stage *s, const char *line, const char **bad);
/* A further member of the stage's vault; her vault, unlocked, owned by the caller. */
bool stage_join(const struct stage *s, const char *name, enum vault_role role, vault **out);
/* All that one vault has to another. */
bool stage_carry(vault *from, vault *to);
/* Remembers the paper key shown; types the word of it that is asked for. false: none there. */
bool stage_sheet_read(struct stage *s);
bool stage_sheet_answer(struct stage *s);
/* The picture with what is random masked: codes of cases as K-?????, the folder as /FOLDER, and the
 * stage's lines of words or numbers. */
void stage_picture(const struct stage *s, struct str *out);

#endif
