/* The terminal, and the only room of curses: bytes in, cells out. Invariant: whatever way the loop
 * ends, the terminal is as it was and shows nothing of a record. Signals only write a byte to a
 * pipe; what they ask for is done in the loop. */
#include "ui/run.h"

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "ui_int.h"

#define ESC_MS    100
#define PASTE_MAX (64 * 1024)
#define PASTE_ON  "\033[?2004h"
#define PASTE_OFF "\033[?2004l"

/* A signal handler and the assert hook get no argument, so this one state is the file's. */
static struct {
    int wake[2];    /* pipe; -1 = closed */
    bool is_on;     /* curses holds the terminal */
    bool has_paste; /* bracketed paste was switched on */
    struct termios before;
} tty = {.wake = {-1, -1}};

struct term {
    ui_run *run;
    struct ui_ctx *ctx;
    struct ui_decoder decoder;
    struct str paste;
    struct ui_cell *shown; /* what curses has, to send it only rows that changed */
    int rows, cols;
    bool is_alive;
};

static void on_signal(int number)
{
    int saved = errno;
    char byte = number == SIGWINCH ? 'w' : number == SIGCONT ? 'c' : 'e';
    ssize_t ignored = write(tty.wake[1], &byte, 1);
    (void)ignored; /* a full pipe already wakes the loop */
    errno = saved;
}

static const int CAUGHT[] = {SIGWINCH, SIGCONT, SIGHUP, SIGTERM, SIGINT, SIGQUIT};
static const int IGNORED[] = {SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE};
#define COUNT(a) (sizeof(a) / sizeof *(a))

static void set_signals(void)
{
    struct sigaction act = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&act.sa_mask);
    for (size_t i = 0; i < COUNT(CAUGHT); i++) {
        sigaction(CAUGHT[i], &act, NULL);
    }
    act.sa_handler = SIG_IGN;
    for (size_t i = 0; i < COUNT(IGNORED); i++) {
        sigaction(IGNORED[i], &act, NULL);
    }
}

static void reset_signals(void)
{
    struct sigaction act = {.sa_handler = SIG_DFL};
    sigemptyset(&act.sa_mask);
    for (size_t i = 0; i < COUNT(CAUGHT); i++) {
        sigaction(CAUGHT[i], &act, NULL);
    }
    for (size_t i = 0; i < COUNT(IGNORED); i++) {
        sigaction(IGNORED[i], &act, NULL);
    }
}

static void say_raw(const char *sequence)
{
    fflush(stdout);
    ssize_t ignored = write(STDOUT_FILENO, sequence, strlen(sequence));
    (void)ignored; /* a terminal that went away is found when it is read */
}

static void give_back(void)
{
    if (!tty.is_on) {
        return;
    }
    tty.is_on = false;
    if (tty.has_paste) {
        say_raw(PASTE_OFF);
    }
    endwin();
    /* with what was typed meanwhile thrown away: it must not reach a shell */
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &tty.before);
}

void ui_term_panic(void)
{
    if (tty.is_on) {
        erase();
        refresh();
    }
    give_back();
}

/* LC_CTYPE is the only locale used, and UTF-8 in any case; true if the outside has another
 * charset by name, so that only plain signs are safe. */
static bool set_locale(void)
{
    setlocale(LC_CTYPE, "");
    const char *outside = nl_langinfo(CODESET);
    if (strcmp(outside, "UTF-8") == 0) {
        return false;
    }
    bool is_plain = strcmp(outside, "ANSI_X3.4-1968") != 0;
    setlocale(LC_CTYPE, "C.UTF-8");
    return is_plain;
}

static void set_colours(void)
{
    if (getenv("NO_COLOR") != NULL || !has_colors()) {
        return;
    }
    start_color();
    use_default_colors();
    init_pair(1, COLOR_RED, -1);
    init_pair(2, COLOR_GREEN, -1);
    init_pair(3, COLOR_CYAN, -1);
}

/* A terminal this machine has no description of is taken for the nearest plain one. */
static SCREEN *new_screen(void)
{
    const char *name = getenv("TERM");
    SCREEN *screen = newterm(NULL, stdout, stdin);
    if (screen == NULL && name != NULL) {
        bool is_xterm = strstr(name, "xterm") != NULL;
        screen = newterm(is_xterm ? "xterm" : "vt100", stdout, stdin);
    }
    return screen;
}

static SCREEN *take(void)
{
    SCREEN *screen = new_screen();
    if (screen == NULL) {
        return NULL;
    }
    tty.is_on = true;
    set_signals(); /* after curses, which sets handlers of its own */
    raw();
    noecho();
    nonl();
    keypad(stdscr, FALSE);
    scrollok(stdscr, FALSE);
    typeahead(-1);
    set_colours();
    const char *name = getenv("TERM");
    tty.has_paste = name != NULL && strncmp(name, "vt", 2) != 0;
    if (tty.has_paste) {
        say_raw(PASTE_ON);
    }
    return screen;
}

static attr_t attr_of(unsigned attr, short *pair)
{
    attr_t a = A_NORMAL;
    bool is_coloured = COLOR_PAIRS > 3 && getenv("NO_COLOR") == NULL && has_colors();
    a |= (attr & UI_BOLD) != 0 ? A_BOLD : A_NORMAL;
    a |= (attr & UI_DIM) != 0 ? A_DIM : A_NORMAL;
    a |= (attr & UI_REVERSE) != 0 ? A_REVERSE : A_NORMAL;
    a |= (attr & UI_UNDERLINE) != 0 ? A_UNDERLINE : A_NORMAL;
    a |= (attr & UI_ALERT) != 0 ? A_BOLD : A_NORMAL;
    *pair = 0;
    if (is_coloured) {
        *pair = (attr & UI_ALERT) != 0 ? 1 : (attr & UI_GOOD) != 0 ? 2 : 0;
        *pair = *pair == 0 && (attr & UI_ACCENT) != 0 ? 3 : *pair;
    }
    return a;
}

/* The cell's letter and marks as curses wants them; false if the system's idea of its width is
 * another, which would shift the row. */
static bool wide_of(const struct ui_cell *cell, wchar_t out[CCHARW_MAX + 1])
{
    size_t n = strlen(cell->text), count = 0;
    for (size_t i = 0; i < n && count < CCHARW_MAX;) {
        uint32_t cp;
        i += utf8_next(cell->text + i, n - i, &cp);
        if (count == 0 || wcwidth((wchar_t)cp) == 0) {
            out[count++] = (wchar_t)cp;
        }
    }
    out[count] = L'\0';
    return count > 0 && wcwidth(out[0]) == cell->width;
}

static void show_cell(int row, int col, const struct ui_cell *cell)
{
    wchar_t text[CCHARW_MAX + 1];
    short pair = 0;
    attr_t attr = attr_of(cell->attr, &pair);
    bool is_good = wide_of(cell, text);
    if (!is_good) {
        text[0] = 0xfffd;
        text[1] = L'\0';
    }
    cchar_t c;
    if (setcchar(&c, text, attr, pair, NULL) == OK) {
        mvadd_wch(row, col, &c);
    }
    if (!is_good && cell->width == 2) {
        mvaddch(row, col + 1, ' ');
    }
}

static void show_row(struct term *t, const canvas *c, int row)
{
    struct ui_cell *shown = t->shown + (size_t)row * (size_t)t->cols;
    const struct ui_cell *now = canvas_cell(c, row, 0);
    size_t bytes = (size_t)t->cols * sizeof *now;
    if (memcmp(shown, now, bytes) == 0) {
        return;
    }
    memcpy(shown, now, bytes);
    for (int col = 0; col < t->cols; col++) {
        if (now[col].width > 0) {
            show_cell(row, col, &now[col]);
        }
    }
}

static void show(struct term *t)
{
    const canvas *c = ui_run_draw(t->run);
    if (t->run->wants_repaint) {
        t->run->wants_repaint = false;
        explicit_bzero(t->shown, (size_t)t->rows * (size_t)t->cols * sizeof *t->shown);
        erase();
        clearok(stdscr, TRUE);
    }
    for (int row = 0; row < t->rows; row++) {
        show_row(t, c, row);
    }
    int row, col;
    canvas_cursor_get(c, &row, &col);
    curs_set(row >= 0 ? 1 : 0);
    move(row >= 0 ? row : t->rows - 1, row >= 0 ? col : 0);
    refresh();
}

static void fit(struct term *t)
{
    struct winsize size;
    int rows = LINES, cols = COLS;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0) {
        rows = size.ws_row;
        cols = size.ws_col;
    }
    resizeterm(rows, cols);
    ui_run_resize(t->run, rows, cols);
    if (t->shown != NULL) {
        explicit_bzero(t->shown, (size_t)t->rows * (size_t)t->cols * sizeof *t->shown);
        free(t->shown);
    }
    t->rows = canvas_rows(t->run->canvas); /* the canvas may have bounded them */
    t->cols = canvas_cols(t->run->canvas);
    t->shown = calloc((size_t)t->rows * (size_t)t->cols, sizeof *t->shown);
    ASSERT(t->shown != NULL);
    t->run->wants_repaint = true;
}

static void paint(void *payload)
{
    show(payload);
}

/* Work promised by a screen is done before its next key is looked at. */
static void finish_work(struct term *t)
{
    while (t->is_alive && ui_run_has_work(t->run)) {
        show(t);
        t->is_alive = ui_run_tick(t->run, clock_boot_ms());
    }
}

static void take_key(struct term *t, uint32_t key)
{
    if (!t->is_alive) {
        return;
    }
    if (t->decoder.in_paste) {
        if (t->paste.len < PASTE_MAX) {
            str_put_utf8(&t->paste, key);
        }
        return;
    }
    t->is_alive = ui_run_key(t->run, key, str_cstr(&t->paste), t->paste.len);
    str_done(&t->paste);
    finish_work(t);
}

static void hang_up(struct term *t)
{
    ui_run_save(t->run);
    t->is_alive = false;
}

static void take_bytes(struct term *t)
{
    unsigned char bytes[256];
    ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) {
        return;
    }
    if (n <= 0) {
        hang_up(t);
        return;
    }
    int64_t now = clock_boot_ms();
    for (ssize_t i = 0; i < n; i++) {
        uint32_t key;
        if (ui_decoder_feed(&t->decoder, bytes[i], now, &key)) {
            take_key(t, key);
        }
    }
    explicit_bzero(bytes, sizeof bytes);
}

static void take_signals(struct term *t)
{
    char bytes[64];
    ssize_t n = read(tty.wake[0], bytes, sizeof bytes);
    for (ssize_t i = 0; i < n; i++) {
        if (bytes[i] == 'e') {
            hang_up(t);
        } else if (bytes[i] == 'c') { /* stopped from outside and back */
            reset_prog_mode();
            t->run->wants_repaint = true;
        } else {
            fit(t);
        }
    }
}

static void wait_once(struct term *t)
{
    bool is_unfinished = t->decoder.len > 0 || t->decoder.in_paste;
    struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN},
                            {.fd = tty.wake[0], .events = POLLIN}};
    int ready = poll(fds, 2, is_unfinished ? 20 : 1000);
    t->is_alive = ui_run_tick(t->run, clock_boot_ms());
    if (!t->is_alive) {
        return;
    }
    if (ready > 0 && (fds[1].revents & POLLIN) != 0) {
        take_signals(t);
    }
    if (t->is_alive && ready > 0 && (fds[0].revents & POLLIN) != 0) {
        take_bytes(t);
    } else if (t->is_alive && ready > 0 && (fds[0].revents & (POLLHUP | POLLERR)) != 0) {
        hang_up(t);
    }
    uint32_t key;
    if (t->is_alive && ui_decoder_idle(&t->decoder, clock_boot_ms(), ESC_MS, &key)) {
        take_key(t, key);
    }
}

static void loop(struct term *t, bool is_plain)
{
    fit(t);
    canvas_ascii(t->run->canvas, is_plain);
    t->is_alive = ui_run_tick(t->run, clock_boot_ms());
    while (t->is_alive) {
        show(t);
        if (ui_run_has_work(t->run)) {
            finish_work(t);
        } else {
            wait_once(t);
        }
    }
}

static void close_pipe(void)
{
    for (int i = 0; i < 2; i++) {
        close(tty.wake[i]);
        tty.wake[i] = -1;
    }
}

enum err ui_term_main(struct ui_ctx *ctx, const struct ui_screen *first, const void *arg48,
                      struct err_info *err)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
        tcgetattr(STDIN_FILENO, &tty.before) != 0) {
        return ERR_SET(err, ERR_CLOSED, NULL);
    }
    if (pipe2(tty.wake, O_CLOEXEC | O_NONBLOCK) != 0) {
        return err_errno(err, __func__, errno, NULL);
    }
    bool is_plain = set_locale();
    SCREEN *screen = take();
    if (screen == NULL) {
        close_pipe();
        return ERR_SET(err, ERR_CLOSED, NULL);
    }
    struct term t = {.ctx = ctx, .run = ui_run_new(ctx, LINES, COLS, first, arg48)};
    ctx->paint = paint;
    ctx->paint_payload = &t;
    loop(&t, is_plain);
    ctx->paint = NULL;
    ui_run_free(t.run);
    erase();
    clearok(stdscr, TRUE);
    refresh();
    give_back();
    delscreen(screen);
    explicit_bzero(t.shown, (size_t)t.rows * (size_t)t.cols * sizeof *t.shown);
    free(t.shown);
    str_done(&t.paste);
    explicit_bzero(&t.decoder, sizeof t.decoder);
    reset_signals();
    close_pipe();
    return ERR_OK;
}
