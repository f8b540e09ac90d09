/* A child process behind a pseudo-terminal, painted into a grid by libvterm. Every wait sleeps in
 * ppoll and drains the terminal, so neither side can block the other; the child never outlives
 * its driver. Writing happens only outside of libvterm's callbacks: what the emulated terminal
 * answers is gathered first. */
#include "pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <vterm.h>

struct term {
    int master; /* -1 after a hang-up or the child's end */
    int queue;  /* the child's side, only to ask what it has not read yet; -1 = unknown */
    pid_t pid;
    bool has_ended;
    int status;
    struct rusage used;
    VTerm *vt;
    VTermScreen *screen;
    int rows, cols;
    char *text;
    char out[4096]; /* to be sent */
    size_t out_len;
    size_t bytes;
    FILE *raw;
};

int64_t term_now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void gather(const char *s, size_t n, void *user)
{
    term *t = user;
    if (n > sizeof t->out - t->out_len) {
        n = sizeof t->out - t->out_len;
    }
    memcpy(t->out + t->out_len, s, n);
    t->out_len += n;
}

static void on_child(int number)
{
    (void)number; /* only has to interrupt ppoll */
}

static void block_child_signal(void)
{
    struct sigaction sa;
    sigset_t set;
    memset(&sa, 0, sizeof sa);
    sa.sa_handler = on_child;
    sigemptyset(&sa.sa_mask);
    sigaction(SIGCHLD, &sa, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static void child(const struct term_options *o, pid_t parent)
{
    sigset_t set;
    sigemptyset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGCHLD, SIG_DFL);
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    if (getppid() != parent) {
        _exit(127);
    }
    setenv("TERM", o->type, 1);
    unsetenv("LINES");
    unsetenv("COLUMNS");
    execvp(o->command[0], o->command);
    perror(o->command[0]);
    _exit(127);
}

term *term_start(const struct term_options *o)
{
    struct winsize size = {.ws_row = (unsigned short)o->rows, .ws_col = (unsigned short)o->cols};
    term *t = calloc(1, sizeof *t);
    int slave = -1;
    pid_t parent = getpid();
    if (t == NULL) {
        return NULL;
    }
    block_child_signal();
    if (openpty(&t->master, &slave, NULL, NULL, &size) != 0) {
        perror("openpty");
        free(t);
        return NULL;
    }
    t->pid = fork();
    if (t->pid == 0) {
        close(t->master);
        if (login_tty(slave) == 0) {
            child(o, parent);
        }
        _exit(127);
    }
    fcntl(t->master, F_SETFL, O_NONBLOCK);
    fcntl(t->master, F_SETFD, FD_CLOEXEC);
    t->queue = slave;
    t->rows = o->rows;
    t->cols = o->cols;
    t->vt = vterm_new(o->rows, o->cols);
    vterm_set_utf8(t->vt, 1);
    vterm_output_set_callback(t->vt, gather, t);
    t->screen = vterm_obtain_screen(t->vt);
    vterm_screen_enable_altscreen(t->screen, 1);
    vterm_screen_reset(t->screen, 1);
    t->has_ended = t->pid < 0;
    return t;
}

static void close_both(term *t)
{
    if (t->master >= 0) {
        close(t->master);
        close(t->queue);
        t->master = t->queue = -1;
    }
}

void term_free(term *t)
{
    if (!t->has_ended) {
        kill(t->pid, SIGKILL);
        wait4(t->pid, &t->status, 0, &t->used);
    }
    close_both(t);
    vterm_free(t->vt);
    if (t->raw != NULL) {
        fclose(t->raw);
    }
    free(t->text);
    free(t);
}

/* All there is now. */
static bool drain(term *t)
{
    char buf[8192];
    bool any = false;
    ssize_t n;
    while (t->master >= 0 && (n = read(t->master, buf, sizeof buf)) > 0) {
        any = true;
        t->bytes += (size_t)n;
        vterm_input_write(t->vt, buf, (size_t)n);
        if (t->raw != NULL) {
            fwrite(buf, 1, (size_t)n, t->raw);
            fflush(t->raw);
        }
    }
    return any;
}

static void flush(term *t)
{
    ssize_t n;
    if (t->master < 0) {
        t->out_len = 0;
    }
    while (t->out_len > 0 && (n = write(t->master, t->out, t->out_len)) > 0) {
        t->out_len -= (size_t)n;
        memmove(t->out, t->out + n, t->out_len);
    }
}

static bool reap(term *t)
{
    if (!t->has_ended && wait4(t->pid, &t->status, WNOHANG, &t->used) == t->pid) {
        t->has_ended = true;
        drain(t);
        return true;
    }
    return false;
}

bool term_pump(term *t, int wait_ms)
{
    int64_t end = term_now_ms() + wait_ms;
    for (;;) {
        flush(t);
        if (drain(t) || reap(t)) {
            flush(t);
            return true;
        }
        int64_t left = end - term_now_ms();
        if (left <= 0) {
            return false;
        }
        struct timespec ts = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};
        struct pollfd fd = {.fd = t->master, .events = POLLIN};
        if (t->out_len > 0) {
            fd.events |= POLLOUT;
        }
        sigset_t none;
        sigemptyset(&none);
        ppoll(&fd, 1, &ts, &none);
    }
}

/* Whether the child sleeps and has read all that was sent. Where /proc is missing only the quiet
 * itself counts. */
static bool is_asleep(const term *t)
{
    char path[64], line[512];
    int unread = 0;
    if (t->queue >= 0 && ioctl(t->queue, FIONREAD, &unread) == 0 && unread > 0) {
        return false;
    }
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)t->pid);
    FILE *f = fopen(path, "r");
    if (f == NULL) {
        return true;
    }
    size_t n = fread(line, 1, sizeof line - 1, f);
    fclose(f);
    line[n] = '\0';
    const char *after_name = strrchr(line, ')');
    return after_name == NULL || after_name[1] == '\0' || after_name[2] == 'S' ||
           after_name[2] == 'T' || after_name[2] == 'Z';
}

bool term_settle(term *t, int limit_ms)
{
    int64_t end = term_now_ms() + limit_ms;
    int quiet = 0;
    while (quiet < 5 && !t->has_ended) {
        if (term_now_ms() > end) {
            return false;
        }
        quiet = term_pump(t, 2) || t->out_len > 0 || !is_asleep(t) ? 0 : quiet + 1;
    }
    return true;
}

const char *term_screen(term *t)
{
    size_t per_row = (size_t)t->cols * VTERM_MAX_CHARS_PER_CELL * 4 + 2;
    char *text = realloc(t->text, per_row * (size_t)t->rows + 1);
    size_t len = 0;
    if (text == NULL) {
        abort();
    }
    t->text = text;
    for (int row = 0; row < t->rows; row++) {
        VTermRect r = {.start_row = row, .end_row = row + 1, .start_col = 0, .end_col = t->cols};
        size_t start = len;
        len += vterm_screen_get_text(t->screen, text + len, per_row - 1, r);
        while (len > start && (text[len - 1] == ' ' || text[len - 1] == '\0')) {
            len--;
        }
        text[len++] = '\n';
    }
    text[len] = '\0';
    return text;
}

void term_picture(term *t, FILE *to)
{
    const char *s = term_screen(t);
    fputs("+----\n", to);
    while (*s != '\0') {
        size_t n = strcspn(s, "\n");
        fprintf(to, "|%.*s\n", (int)n, s);
        s += n + 1;
    }
    fputs("+----\n", to);
}

void term_send(term *t, const char *bytes, size_t n)
{
    int64_t end = term_now_ms() + 10000;
    while (n > 0 && t->master >= 0 && term_now_ms() < end) {
        size_t part = n < 1024 ? n : 1024;
        if (part > sizeof t->out - t->out_len) {
            term_pump(t, 5);
            continue;
        }
        gather(bytes, part, t);
        bytes += part;
        n -= part;
        flush(t);
    }
}

static const struct {
    const char *name;
    VTermKey key;
    VTermModifier mod;
} keys[] = {
    {"Up", VTERM_KEY_UP, VTERM_MOD_NONE},
    {"Down", VTERM_KEY_DOWN, VTERM_MOD_NONE},
    {"Left", VTERM_KEY_LEFT, VTERM_MOD_NONE},
    {"Right", VTERM_KEY_RIGHT, VTERM_MOD_NONE},
    {"Home", VTERM_KEY_HOME, VTERM_MOD_NONE},
    {"End", VTERM_KEY_END, VTERM_MOD_NONE},
    {"PgUp", VTERM_KEY_PAGEUP, VTERM_MOD_NONE},
    {"PgDn", VTERM_KEY_PAGEDOWN, VTERM_MOD_NONE},
    {"Insert", VTERM_KEY_INS, VTERM_MOD_NONE},
    {"Delete", VTERM_KEY_DEL, VTERM_MOD_NONE},
    {"Enter", VTERM_KEY_ENTER, VTERM_MOD_NONE},
    {"Esc", VTERM_KEY_ESCAPE, VTERM_MOD_NONE},
    {"Tab", VTERM_KEY_TAB, VTERM_MOD_NONE},
    {"BackTab", VTERM_KEY_TAB, VTERM_MOD_SHIFT},
    {"Backspace", VTERM_KEY_BACKSPACE, VTERM_MOD_NONE},
};

bool term_key(term *t, const char *name)
{
    char *end;
    if (strcmp(name, "Space") == 0) {
        term_send(t, " ", 1);
        return true;
    }
    if (strncmp(name, "Ctrl-", 5) == 0 && name[5] != '\0') {
        char c = (char)(name[5] & 0x1f);
        term_send(t, &c, 1);
        return true;
    }
    if (strncmp(name, "Alt-", 4) == 0) {
        term_send(t, "\033", 1);
        term_send(t, name + 4, strlen(name + 4));
        return true;
    }
    if (name[0] == 'F' && name[1] != '\0') {
        long n = strtol(name + 1, &end, 10);
        if (*end == '\0' && n >= 1 && n <= 12) {
            vterm_keyboard_key(t->vt, (VTermKey)VTERM_KEY_FUNCTION(n), VTERM_MOD_NONE);
            flush(t);
            return true;
        }
    }
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strcasecmp(keys[i].name, name) == 0) {
            vterm_keyboard_key(t->vt, keys[i].key, keys[i].mod);
            flush(t);
            return true;
        }
    }
    if (name[0] != '\0' && name[1] == '\0') {
        term_send(t, name, 1);
        return true;
    }
    return false;
}

void term_resize(term *t, int rows, int cols)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    drain(t);
    t->rows = rows;
    t->cols = cols;
    vterm_set_size(t->vt, rows, cols);
    if (t->master >= 0) {
        ioctl(t->master, TIOCSWINSZ, &size);
    }
}

void term_signal(term *t, int number)
{
    if (!t->has_ended) {
        kill(t->pid, number);
    }
}

void term_hangup(term *t)
{
    drain(t);
    close_both(t);
}

void term_log(term *t, FILE *raw)
{
    if (t->raw != NULL) {
        fclose(t->raw);
    }
    t->raw = raw;
}

long term_pid(const term *t)
{
    return (long)t->pid;
}

bool term_ended(term *t)
{
    reap(t);
    return t->has_ended;
}

int term_exit_code(const term *t)
{
    return WIFEXITED(t->status) ? WEXITSTATUS(t->status) : 128 + WTERMSIG(t->status);
}

long term_cpu_ms(const term *t)
{
    return (long)(t->used.ru_utime.tv_sec + t->used.ru_stime.tv_sec) * 1000 +
           (long)(t->used.ru_utime.tv_usec + t->used.ru_stime.tv_usec) / 1000;
}

size_t term_take_bytes(term *t)
{
    size_t n = t->bytes;
    t->bytes = 0;
    return n;
}
