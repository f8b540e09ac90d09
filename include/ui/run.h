/* The runner: one loop, key -> action -> guard -> act -> effect -> draw -> show. The same runner
 * serves the terminal and the screen tests (a script of keys, no terminal). */
#ifndef SPRIJIN_UI_RUN_H
#define SPRIJIN_UI_RUN_H

#include "ui/keys.h"
#include "ui/screen.h"

typedef struct ui_run ui_run;

/* first: the screen to begin with (wizard, unlock, cases or interview). ctx borrowed. */
ui_run *ui_run_new(struct ui_ctx *ctx, int rows, int cols, const struct ui_screen *first,
                   const void *arg48);
void ui_run_free(ui_run *r); /* closes all screens */
/* One key or pasted text; false when the program should end. */
bool ui_run_key(ui_run *r, uint32_t key, const char *paste, size_t n);
/* Performs pending WORK (after a draw), ticks, idle lock, hide time-out. false = end. */
bool ui_run_tick(ui_run *r, int64_t now_ms);
/* How long nothing is to be done if nobody types: till the next whole second since the last tick. */
int ui_run_rest_ms(const ui_run *r);
/* A descriptor that becomes readable when there is something to do besides keys, -1. */
int ui_run_watch(const ui_run *r);
bool ui_run_has_work(const ui_run *r);
void ui_run_resize(ui_run *r, int rows, int cols);
/* Draws the top screen (or the neutral one while hidden). Borrowed. */
const canvas *ui_run_draw(ui_run *r);
bool ui_run_is_hidden(const ui_run *r);
/* SIGHUP, SIGTERM: saves places and drafts of all screens, sealed, then closes. */
void ui_run_save(ui_run *r);
/* After unlock: rebuilds the saved place, or opens the case list. Called by the unlock screen's
 * effect RESET with screen = NULL. */

/* The terminal: sets it up, runs until the end, restores it. ERR_CLOSED: no terminal. */
enum err ui_term_main(struct ui_ctx *ctx, const struct ui_screen *first, const void *arg48,
                      struct err_info *err);
/* A new start (ctx->resume) that cannot show its screens gives the terminal back. */
void ui_term_give_back(const char *resume);
/* From the assert hook: back to a sane terminal. */
void ui_term_panic(void);

#endif
