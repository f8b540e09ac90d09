/* The script of a pseudo-terminal: one step a line, a name and its arguments ("text" with \n \t \e \a
 * \\ \" escapes, /regular expression/, or bare words; $NAME and ${NAME} stand for what `let` took
 * from the screen). The whole script is read and checked before the first step is played; a step
 * either holds or ends the play with its line, the reason and a picture of the screen.
 *
 *   limit SECONDS                       how long the next steps may wait (10)
 *   wait T | wait_gone T                until the screen shows T, or no longer does
 *   expect T | expect_not T             once the program is at rest
 *   type T | paste T | key NAME.. | raw HEX     each returns at once
 *   settle | sleep MS                   until the program is at rest; so long
 *   resize ROWS COLS | signal NAME | hangup
 *   exit CODE|any                       until the program ends
 *   save FILE | match FILE | log FILE   the screen to a file, against a file; raw bytes to a file
 *   count_bytes NAME | print NAME       "NAME N" on standard output
 *   let NAME /regex/ | set NAME T       the first group (else the whole match) on the screen
 *   repeat N | until T MAX | if_screen T | if_not T  ..  end
 *   run T                               a shell command ends with 0; $PID is the program
 *   again                               the next round of the innermost loop */
#include "pty.h"
#include "vars.h"

#include <ctype.h>
#include <locale.h>
#include <regex.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { MAX_ARGS = 32, TEXT = VARS_TEXT };
enum kind { WORD, QUOTED, REGEX };
enum result { GOOD, BAD, AGAIN };

struct arg {
    enum kind kind;
    char *s;
};
struct step;
struct play;
struct op {
    const char *name;
    int min, max;
    enum result (*run)(struct play *p, const struct step *s);
    bool is_block;
    bool takes_file; /* so that a path's first slash opens no regular expression */
};
struct step {
    const struct op *op;
    int line;
    size_t end; /* of a block: its `end` step */
    int argc;
    struct arg argv[MAX_ARGS];
};
struct play {
    const char *name;
    term *t;
    int limit_ms;
    struct step *steps;
    size_t count, at;
    struct vars *vars;
};

__attribute__((format(printf, 3, 4))) static enum result fail(struct play *p, const struct step *s,
                                                              const char *fmt, ...)
{
    va_list ap;
    fprintf(stderr, "%s:%d: %s: ", p->name, s->line, s->op->name);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    term_picture(p->t, stderr);
    return BAD;
}

static const char *text_of(struct play *p, const struct arg *a, char out[TEXT])
{
    vars_expand(p->vars, a->s, out, TEXT);
    return out;
}

/* Whether the screen shows it; the place of the first group (or of all) if wanted. */
static bool shows(struct play *p, const struct arg *a, const char **from, size_t *n)
{
    char text[TEXT];
    regex_t re;
    regmatch_t m[2];
    const char *screen = term_screen(p->t);
    text_of(p, a, text);
    if (a->kind != REGEX) {
        return strstr(screen, text) != NULL;
    }
    if (regcomp(&re, text, REG_EXTENDED | REG_NEWLINE) != 0) {
        return false;
    }
    bool is_found = regexec(&re, screen, 2, m, 0) == 0;
    if (is_found && from != NULL) {
        int g = re.re_nsub > 0 && m[1].rm_so >= 0 ? 1 : 0;
        *from = screen + m[g].rm_so;
        *n = (size_t)(m[g].rm_eo - m[g].rm_so);
    }
    regfree(&re);
    return is_found;
}

static enum result run_wait(struct play *p, const struct step *s)
{
    bool is_wanted = strcmp(s->op->name, "wait") == 0;
    int64_t end = term_now_ms() + p->limit_ms;
    while (shows(p, &s->argv[0], NULL, NULL) != is_wanted) {
        int64_t left = end - term_now_ms();
        if (left <= 0 || (term_ended(p->t) && !term_pump(p->t, 0))) {
            char text[TEXT];
            return fail(p, s, "%s \"%s\" (%s)",
                        is_wanted ? "no" : "still there:", text_of(p, &s->argv[0], text),
                        term_ended(p->t) ? "the program ended" : "time is over");
        }
        term_pump(p->t, (int)left);
    }
    return GOOD;
}

static enum result run_expect(struct play *p, const struct step *s)
{
    bool is_wanted = strcmp(s->op->name, "expect") == 0;
    char text[TEXT];
    term_settle(p->t, p->limit_ms);
    if (shows(p, &s->argv[0], NULL, NULL) == is_wanted) {
        return GOOD;
    }
    return fail(p, s, "%s \"%s\"", is_wanted ? "no" : "the screen shows",
                text_of(p, &s->argv[0], text));
}

static enum result run_type(struct play *p, const struct step *s)
{
    char text[TEXT];
    text_of(p, &s->argv[0], text);
    if (strcmp(s->op->name, "paste") == 0) {
        term_send(p->t, "\033[200~", 6);
        term_send(p->t, text, strlen(text));
        term_send(p->t, "\033[201~", 6);
    } else {
        term_send(p->t, text, strlen(text));
    }
    return GOOD;
}

static enum result run_key(struct play *p, const struct step *s)
{
    for (int i = 0; i < s->argc; i++) {
        if (!term_key(p->t, s->argv[i].s)) {
            return fail(p, s, "no key is called %s", s->argv[i].s);
        }
    }
    return GOOD;
}

static enum result run_raw(struct play *p, const struct step *s)
{
    const char *h = s->argv[0].s;
    for (unsigned byte; sscanf(h, "%2x", &byte) == 1; h += h[1] == '\0' ? 1 : 2) {
        char c = (char)byte;
        term_send(p->t, &c, 1);
    }
    return GOOD;
}

static enum result run_settle(struct play *p, const struct step *s)
{
    return term_settle(p->t, p->limit_ms) ? GOOD : fail(p, s, "the program never rests");
}

static enum result run_sleep(struct play *p, const struct step *s)
{
    int64_t end = term_now_ms() + atoi(s->argv[0].s);
    for (int64_t left; (left = end - term_now_ms()) > 0;) {
        term_pump(p->t, (int)left);
    }
    return GOOD;
}

static enum result run_limit(struct play *p, const struct step *s)
{
    p->limit_ms = (int)(strtod(s->argv[0].s, NULL) * 1000);
    return GOOD;
}

static enum result run_resize(struct play *p, const struct step *s)
{
    term_resize(p->t, atoi(s->argv[0].s), atoi(s->argv[1].s));
    return GOOD;
}

static enum result run_signal(struct play *p, const struct step *s)
{
    static const struct {
        const char *name;
        int number;
    } signals[] = {{"HUP", SIGHUP},   {"TERM", SIGTERM}, {"KILL", SIGKILL}, {"INT", SIGINT},
                   {"TSTP", SIGTSTP}, {"CONT", SIGCONT}, {"QUIT", SIGQUIT}};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        if (strcmp(signals[i].name, s->argv[0].s) == 0) {
            term_signal(p->t, signals[i].number);
            return GOOD;
        }
    }
    return fail(p, s, "no signal is called %s", s->argv[0].s);
}

static enum result run_hangup(struct play *p, const struct step *s)
{
    (void)s;
    term_hangup(p->t);
    return GOOD;
}

static enum result run_exit(struct play *p, const struct step *s)
{
    int64_t end = term_now_ms() + p->limit_ms;
    while (!term_ended(p->t)) {
        int64_t left = end - term_now_ms();
        if (left <= 0) {
            return fail(p, s, "the program still runs");
        }
        term_pump(p->t, (int)left);
    }
    int code = term_exit_code(p->t);
    if (strcmp(s->argv[0].s, "any") == 0 || atoi(s->argv[0].s) == code) {
        return GOOD;
    }
    return fail(p, s, "it ended with %d", code);
}

static enum result run_save(struct play *p, const struct step *s)
{
    char name[TEXT];
    term_settle(p->t, p->limit_ms);
    FILE *f = fopen(text_of(p, &s->argv[0], name), "we");
    if (f == NULL) {
        return fail(p, s, "cannot write %s", name);
    }
    fputs(term_screen(p->t), f);
    fclose(f);
    return GOOD;
}

static enum result run_match(struct play *p, const struct step *s)
{
    char name[TEXT];
    term_settle(p->t, p->limit_ms);
    FILE *f = fopen(text_of(p, &s->argv[0], name), "re");
    if (f == NULL) {
        return fail(p, s, "cannot read %s", name);
    }
    const char *screen = term_screen(p->t);
    size_t size = strlen(screen) + 2;
    char *wanted = calloc(1, size);
    size_t n = wanted == NULL ? 0 : fread(wanted, 1, size - 1, f);
    fclose(f);
    bool is_same = wanted != NULL && n == size - 2 && memcmp(wanted, screen, n) == 0;
    free(wanted);
    return is_same ? GOOD : fail(p, s, "the screen differs from %s", name);
}

static enum result run_log(struct play *p, const struct step *s)
{
    char name[TEXT];
    FILE *f = fopen(text_of(p, &s->argv[0], name), "we");
    if (f == NULL) {
        return fail(p, s, "cannot write %s", name);
    }
    term_log(p->t, f);
    return GOOD;
}

static enum result run_count_bytes(struct play *p, const struct step *s)
{
    term_settle(p->t, p->limit_ms);
    printf("%s %zu\n", s->argv[0].s, term_take_bytes(p->t));
    fflush(stdout);
    return GOOD;
}

static enum result run_print(struct play *p, const struct step *s)
{
    const char *const value = vars_get(p->vars, s->argv[0].s);
    printf("%s %s\n", s->argv[0].s, value == NULL ? "" : value);
    fflush(stdout);
    return GOOD;
}

static enum result run_let(struct play *p, const struct step *s)
{
    const char *from = "";
    size_t n = 0;
    term_settle(p->t, p->limit_ms);
    if (!shows(p, &s->argv[1], &from, &n)) {
        return fail(p, s, "nothing on the screen fits %s", s->argv[1].s);
    }
    return vars_set(p->vars, s->argv[0].s, from, n) ? GOOD : fail(p, s, "too many or too long");
}

static enum result run_set(struct play *p, const struct step *s)
{
    char text[TEXT];
    text_of(p, &s->argv[1], text);
    return vars_set(p->vars, s->argv[0].s, text, strlen(text)) ? GOOD
                                                               : fail(p, s, "too many or too long");
}

static enum result run_command(struct play *p, const struct step *s)
{
    char text[TEXT], pid[24];
    snprintf(pid, sizeof pid, "%ld", term_pid(p->t));
    (void)vars_set(p->vars, "PID", pid, strlen(pid));
    term_settle(p->t, p->limit_ms);
    fflush(stdout);
    const int code = system(text_of(p, &s->argv[0], text));
    return code == 0 ? GOOD : fail(p, s, "it ended with %d: %s", WEXITSTATUS(code), text);
}

static enum result run_steps(struct play *p, size_t from, size_t to);

static enum result run_repeat(struct play *p, const struct step *s)
{
    size_t body = (size_t)(s - p->steps) + 1;
    char text[TEXT];
    long max = strtol(text_of(p, &s->argv[0], text), NULL, 10);
    for (long i = 0; i < max; i++) {
        if (run_steps(p, body, s->end) == BAD) {
            return BAD;
        }
    }
    return GOOD;
}

static enum result run_until(struct play *p, const struct step *s)
{
    size_t body = (size_t)(s - p->steps) + 1;
    int max = atoi(s->argv[1].s);
    for (int i = 0;; i++) {
        term_settle(p->t, p->limit_ms);
        if (shows(p, &s->argv[0], NULL, NULL)) {
            return GOOD;
        }
        if (i == max) {
            return fail(p, s, "not \"%s\" after %d rounds", s->argv[0].s, max);
        }
        if (run_steps(p, body, s->end) == BAD) {
            return BAD;
        }
    }
}

static enum result run_if(struct play *p, const struct step *s)
{
    bool is_wanted = strcmp(s->op->name, "if_screen") == 0;
    term_settle(p->t, p->limit_ms);
    if (shows(p, &s->argv[0], NULL, NULL) != is_wanted) {
        return GOOD;
    }
    return run_steps(p, (size_t)(s - p->steps) + 1, s->end);
}

static enum result run_again(struct play *p, const struct step *s)
{
    (void)p;
    (void)s;
    return AGAIN;
}

static const struct op ops[] = {
    {"limit", 1, 1, run_limit, false, false},
    {"wait", 1, 1, run_wait, false, false},
    {"wait_gone", 1, 1, run_wait, false, false},
    {"expect", 1, 1, run_expect, false, false},
    {"expect_not", 1, 1, run_expect, false, false},
    {"type", 1, 1, run_type, false, false},
    {"paste", 1, 1, run_type, false, false},
    {"key", 1, MAX_ARGS, run_key, false, false},
    {"raw", 1, 1, run_raw, false, false},
    {"settle", 0, 0, run_settle, false, false},
    {"sleep", 1, 1, run_sleep, false, false},
    {"resize", 2, 2, run_resize, false, false},
    {"signal", 1, 1, run_signal, false, false},
    {"hangup", 0, 0, run_hangup, false, false},
    {"exit", 1, 1, run_exit, false, false},
    {"save", 1, 1, run_save, false, true},
    {"match", 1, 1, run_match, false, true},
    {"log", 1, 1, run_log, false, true},
    {"count_bytes", 1, 1, run_count_bytes, false, false},
    {"print", 1, 1, run_print, false, false},
    {"run", 1, 1, run_command, false, true},
    {"let", 2, 2, run_let, false, false},
    {"set", 2, 2, run_set, false, false},
    {"repeat", 1, 1, run_repeat, true, false},
    {"until", 2, 2, run_until, true, false},
    {"if_screen", 1, 1, run_if, true, false},
    {"if_not", 1, 1, run_if, true, false},
    {"again", 0, 0, run_again, false, false},
    {"end", 0, 0, NULL, false, false},
};

static enum result run_steps(struct play *p, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        const struct step *s = &p->steps[i];
        enum result r = s->op->run == NULL ? GOOD : s->op->run(p, s);
        if (r != GOOD) {
            return r;
        }
        if (s->op->is_block) {
            i = s->end;
        }
    }
    return GOOD;
}

static char unescape(char c)
{
    static const char from[] = "nterab", to[] = "\n\t\033\r\a\b";
    const char *at = strchr(from, c);
    return at == NULL || c == '\0' ? c : to[at - from];
}

/* Takes one argument off *s; false if a quote is open. */
static bool take_arg(const char **s, struct arg *a, bool has_regex)
{
    char text[TEXT];
    size_t n = 0;
    const char *c = *s;
    char quote = *c == '"' || (*c == '/' && has_regex) ? *c++ : '\0';
    a->kind = quote == '"' ? QUOTED : quote == '/' ? REGEX : WORD;
    while (*c != '\0' && n + 2 < sizeof text) {
        if (quote == '\0' ? isspace((unsigned char)*c) != 0 : *c == quote) {
            break;
        }
        if (*c == '\\' && c[1] != '\0' && quote == '"') {
            text[n++] = unescape(c[1]);
            c += 2;
        } else if (*c == '\\' && c[1] == '/' && quote == '/') {
            text[n++] = '/';
            c += 2;
        } else {
            text[n++] = *c++;
        }
    }
    if (quote != '\0' && *c++ != quote) {
        return false;
    }
    text[n] = '\0';
    a->s = strdup(text);
    *s = c;
    return a->s != NULL;
}

static const struct op *find_op(const char *name)
{
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
        if (strcmp(ops[i].name, name) == 0) {
            return &ops[i];
        }
    }
    return NULL;
}

/* false: not a step; an empty line leaves op NULL. */
static bool read_step(const char *line, struct step *s)
{
    char name[32];
    line += strspn(line, " \t");
    if (*line == '#' || *line == '\n' || *line == '\0') {
        return true;
    }
    size_t n = strcspn(line, " \t\n");
    snprintf(name, sizeof name, "%.*s", (int)(n < 31 ? n : 31), line);
    s->op = find_op(name);
    for (line += n; *(line += strspn(line, " \t\n")) != '\0' && *line != '#';) {
        if (s->argc == MAX_ARGS || s->op == NULL ||
            !take_arg(&line, &s->argv[s->argc], !s->op->takes_file)) {
            return false;
        }
        s->argc++;
    }
    return s->op != NULL && s->argc >= s->op->min && s->argc <= s->op->max;
}

static void free_args(struct step *s)
{
    for (int i = 0; i < s->argc; i++) {
        free(s->argv[i].s);
    }
}

static bool link_blocks(struct play *p)
{
    size_t open[32], depth = 0;
    for (size_t i = 0; i < p->count; i++) {
        if (p->steps[i].op->is_block && depth < 32) {
            open[depth++] = i;
        } else if (p->steps[i].op->run == NULL) {
            if (depth == 0) {
                return false;
            }
            p->steps[open[--depth]].end = i;
        }
    }
    return depth == 0;
}

static bool read_script(struct play *p, FILE *in)
{
    char *line = NULL;
    size_t size = 0;
    bool is_good = true;
    for (int number = 1; is_good && getline(&line, &size, in) > 0; number++) {
        struct step *steps = realloc(p->steps, (p->count + 1) * sizeof *steps);
        if (steps == NULL) {
            abort();
        }
        p->steps = steps;
        memset(&steps[p->count], 0, sizeof *steps);
        steps[p->count].line = number;
        is_good = read_step(line, &steps[p->count]);
        if (!is_good) {
            fprintf(stderr, "%s:%d: not a step: %s", p->name, number, line);
            free_args(&steps[p->count]);
        } else if (steps[p->count].op != NULL) {
            p->count++;
        }
    }
    free(line);
    if (is_good && !link_blocks(p)) {
        fprintf(stderr, "%s: a block has no `end`, or an `end` no block\n", p->name);
        is_good = false;
    }
    return is_good;
}

bool script_play(FILE *in, const char *name, term *t)
{
    struct play p = {.name = name, .t = t, .limit_ms = 10000};
    setlocale(LC_CTYPE, "C.UTF-8");
    p.vars = vars_new();
    bool is_good = read_script(&p, in) && run_steps(&p, 0, p.count) != BAD;
    for (size_t i = 0; i < p.count; i++) {
        free_args(&p.steps[i]);
    }
    free(p.steps);
    vars_free(p.vars);
    return is_good;
}
