/* The scriptable terminal of the end-to-end tests: term.c is a child process behind a
 * pseudo-terminal and the screen it paints; script.c reads and plays a script of steps. */
#ifndef SPRIJIN_TESTS_E2E_PTY_H
#define SPRIJIN_TESTS_E2E_PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef struct term term;

struct term_options {
    int rows, cols;
    const char *type; /* TERM of the child */
    char **command;   /* NULL-terminated */
};

/* Starts the command; NULL with a sentence on standard error if that fails. */
term *term_start(const struct term_options *options);
void term_free(term *t); /* kills the child if it still runs */

/* Takes what the child has painted, at most wait_ms long; false once the time is over and nothing
 * came. Returns at once when bytes came or the child ended. */
bool term_pump(term *t, int wait_ms);
/* Until the child sleeps with nothing left to read and nothing left to show, or limit_ms. */
bool term_settle(term *t, int limit_ms);
/* The screen: rows without trailing blanks, each with '\n'. Owned by t, valid until the next call. */
const char *term_screen(term *t);
void term_picture(term *t, FILE *to); /* the screen with an edge */
void term_send(term *t, const char *bytes, size_t n);
bool term_key(term *t, const char *name); /* "F5", "Ctrl-]", "Alt-x", "PgDn"; false: no such key */
void term_resize(term *t, int rows, int cols);
void term_signal(term *t, int number);
void term_hangup(term *t);         /* closes the terminal as a dropped line does */
void term_log(term *t, FILE *raw); /* copies the raw bytes from now on; taken over */
long term_pid(const term *t);
bool term_ended(term *t);
int term_exit_code(const term *t); /* 128 + signal if killed */
long term_cpu_ms(const term *t);   /* after the end */
size_t term_take_bytes(term *t);   /* received since the last call */
int64_t term_now_ms(void);

/* Plays the script; false after a failure, which was explained on standard error. */
bool script_play(FILE *in, const char *name, term *t);

#endif
