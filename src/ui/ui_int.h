/* Faces inside the ui layer: what the runner, the frame and their tests share. */
#ifndef SPRIJIN_UI_UI_INT_H
#define SPRIJIN_UI_UI_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/keys.h"
#include "ui/run.h"
#include "ui/screen.h"

#define UI_MIN_ROWS 20
#define UI_MIN_COLS 60

/* The row of key in scope, then in GLOBAL; letters are passed over while takes_text. NULL: none. */
const struct ui_binding *ui_binding_find(enum ui_scope scope, uint32_t key, bool takes_text);
/* The letter on the same key of a Latin keyboard when key is Russian; key itself otherwise. So a
 * command is where it was when the keyboard is left in Cyrillic. */
uint32_t ui_key_latin(uint32_t key);
/* Guards of the row, and the screen's own allows. */
bool ui_binding_allowed(const struct ui_binding *b, const struct ui_screen *screen,
                        const void *state, const struct ui_ctx *ctx);

/* The rows the footer shows in cols cells, in their order: narrower gaps first, then fewer rows;
 * help and hide are never left out before the others. screen may be NULL (no guards asked).
 * Returns how many; *gap = blanks between two. */
#define UI_FOOTER_MAX 24
size_t ui_footer(enum ui_scope scope, const struct ui_screen *screen, const void *state,
                 const struct ui_ctx *ctx, int cols, const struct ui_binding *out[UI_FOOTER_MAX],
                 int *gap);

/* One screen on the runner's stack. */
struct ui_level {
    const struct ui_screen *screen;
    void *state;
};
#define UI_DEPTH 16
struct ui_run {
    struct ui_ctx *ctx;
    canvas *canvas;
    struct ui_level stack[UI_DEPTH];
    size_t depth;
    bool has_work; /* top screen's work() waits for a draw */
    bool has_ended;
    bool is_hidden;
    bool is_drawn;      /* canvas shows the present state */
    bool wants_repaint; /* the terminal shall paint every cell anew */
    bool has_clock;     /* now_ms is set */
    char code[7];       /* digits typed while hidden */
    size_t code_len;
    unsigned code_failures;
    bool skips_enter; /* the right code was typed just now */
    int64_t now_ms;   /* of the last tick */
    int64_t last_key_ms;
    int64_t hidden_ms;    /* since when */
    int64_t last_tick_ms; /* of the screens' once a second */
    int64_t suspend_ms;   /* boot clock minus monotonic clock; a jump means the lid was shut */
    bool has_suspend;     /* suspend_ms is set */
    bool wants_renew;     /* locked just now: the process shall be replaced */
};

/* Opens a screen on top; closes the top one; closes all. */
void ui_run_open(ui_run *r, const struct ui_screen *screen, const void *arg48);
void ui_run_close_top(ui_run *r);
void ui_run_close_all(ui_run *r);
/* Takes the difference of boot and monotonic clock; locks when it jumps. */
void ui_run_suspend_gap(ui_run *r, int64_t gap_ms);
/* Saves, closes all, wipes, and stands at the unlock screen; whoever owns the terminal then calls
 * ui_run_renew, which comes back only if the process could not be replaced. */
void ui_run_lock(ui_run *r);
#define UI_RESUME_HIDDEN                                                                           \
    'h' /* first letter of the state handed on; what follows is the terminal's */
#define UI_RESUME_SHOWN 's'
void ui_run_renew(ui_run *r, const char *terminal);

/* place.c: writes the stack as a sealed note; rebuilds it, the case list always at the bottom.
 * restore opens the record if it is not open: an error leaves the stack empty. */
void ui_place_save(ui_run *r);
enum err ui_place_restore(ui_run *r, struct err_info *err);

/* today.c: something is late, due or coming. */
bool ui_today_has_rows(const struct ui_ctx *ctx);

/* The rows of the menu, *n of them. */
struct ui_menu_row {
    char letter; /* ASCII; leads there at once */
    const char *word;
    const struct ui_screen *screen; /* NULL: the effect alone */
    enum ui_effect_type effect;
};
const struct ui_menu_row *ui_menu_rows(size_t *n);

#endif
