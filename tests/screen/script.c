/* Words of a script -> keys to the runner, and the picture it leaves. */
#include "driver.h"

#include <ctype.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/utf8.h"

void stage_settle(struct stage *s)
{
    do {
        ui_run_draw(s->run);
        s->is_alive = s->is_alive && ui_run_tick(s->run, s->mono_ms);
    } while (s->is_alive && ui_run_has_work(s->run));
    ui_run_draw(s->run);
}

void stage_key(struct stage *s, uint32_t key, const char *paste, size_t n)
{
    if (!s->is_alive) {
        return;
    }
    s->is_alive = ui_run_key(s->run, key, paste, n);
    stage_settle(s);
}

static void type_text(struct stage *s, const char *text, size_t n)
{
    for (size_t i = 0; i < n;) {
        uint32_t key;
        i += utf8_next(text + i, n - i, &key);
        stage_key(s, key, NULL, 0);
    }
}

/* Time passes second by second, as at a terminal. */
static void wait_for(struct stage *s, long seconds)
{
    for (long i = 0; i < seconds && s->is_alive; i++) {
        s->mono_ms += 1000;
        stage_clock_add(1000);
        s->is_alive = ui_run_tick(s->run, s->mono_ms);
    }
    stage_settle(s);
}

static uint32_t key_named(const char *word)
{
    char name[16];
    uint32_t cp;
    size_t n = strlen(word);
    if (utf8_next(word, n, &cp) == n && n > 0) {
        return cp;
    }
    for (uint32_t key = UI_KEY_NONE + 1; key < UI_KEY_PASTE; key++) {
        if (strcmp(ui_key_name(key, name), word) == 0) {
            return key;
        }
    }
    static const uint32_t FIRST[] = {'\r', '\t', ' ', 0x7f};
    for (size_t i = 0; i < sizeof FIRST / sizeof *FIRST; i++) {
        if (strcmp(ui_key_name(FIRST[i], name), word) == 0) {
            return FIRST[i];
        }
    }
    for (uint32_t key = 1; key < 0x20; key++) {
        if (strcmp(ui_key_name(key, name), word) == 0) {
            return key;
        }
    }
    return UI_KEY_NONE;
}

/* The next word of *p into out, quotes kept at its front; false at the end. */
static bool next_word(const char **p, char *out, size_t cap)
{
    size_t n = 0;
    while (**p == ' ') {
        ++*p;
    }
    bool is_quoted = **p == '"';
    if (is_quoted) {
        out[n++] = *(*p)++;
    }
    while (**p != '\0' && **p != (is_quoted ? '"' : ' ') && n + 1 < cap) {
        out[n++] = *(*p)++;
    }
    if (is_quoted && **p == '"') {
        ++*p;
    }
    out[n] = '\0';
    return n > 0;
}

static bool resize(struct stage *s, const char *size)
{
    char *end;
    long rows = strtol(size, &end, 10);
    long cols = *end == 'x' ? strtol(end + 1, &end, 10) : 0;
    if (rows < 1 || cols < 1 || *end != '\0') {
        return false;
    }
    ui_run_resize(s->run, (int)rows, (int)cols);
    stage_settle(s);
    return true;
}

/* While full no file can grow: what is written to the disk fails as on a full one. */
static bool set_disk(bool is_full)
{
    struct rlimit limit;
    signal(SIGXFSZ, SIG_IGN);
    if (getrlimit(RLIMIT_FSIZE, &limit) != 0) {
        return false;
    }
    limit.rlim_cur = is_full ? 0 : limit.rlim_max;
    return setrlimit(RLIMIT_FSIZE, &limit) == 0;
}

/* A word that takes another; false if word is not such a one. */
static bool run_command(struct stage *s, const char *word, const char **p, bool *is_good)
{
    static const char *const COMMANDS[] = {"text", "paste", "wait", "resize", "form"};
    enum { COMMAND_COUNT = sizeof COMMANDS / sizeof *COMMANDS };
    char arg[512];
    size_t which = 0;
    while (which < COMMAND_COUNT && strcmp(COMMANDS[which], word) != 0) {
        which++;
    }
    if (which == COMMAND_COUNT) {
        return false;
    }
    *is_good = next_word(p, arg, sizeof arg);
    const char *text = arg[0] == '"' ? arg + 1 : arg;
    if (which == 0) {
        type_text(s, text, strlen(text));
    } else if (which == 1) {
        stage_key(s, UI_KEY_PASTE, text, strlen(text));
    } else if (which == 2) {
        *is_good = *is_good && isdigit((unsigned char)text[0]);
        wait_for(s, strtol(text, NULL, 10));
    } else if (which == 3) {
        *is_good = *is_good && resize(s, text);
    } else {
        *is_good = *is_good && stage_form(s, text);
    }
    return true;
}

static bool play_words(struct stage *s, const char *line, const char **bad)
{
    char word[512];
    for (const char *p = line; *p != '\0';) {
        *bad = p;
        if (!next_word(&p, word, sizeof word)) {
            break;
        }
        bool is_good = true;
        if (run_command(s, word, &p, &is_good)) {
            if (!is_good) {
                return false;
            }
            continue;
        }
        if ((strcmp(word, "disk-full") == 0 && set_disk(true)) ||
            (strcmp(word, "read-sheet") == 0 && stage_sheet_read(s)) ||
            (strcmp(word, "answer-sheet") == 0 && stage_sheet_answer(s))) {
            continue;
        }
        uint32_t key = key_named(word);
        if (key == UI_KEY_NONE) {
            return false;
        }
        stage_key(s, key, NULL, 0);
    }
    *bad = NULL;
    return true;
}

bool stage_keys(struct stage *s, const char *line, const char **bad)
{
    const bool is_good = play_words(s, line, bad);
    return set_disk(false) && is_good;
}

static bool is_code_sign(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

static void mask_codes(struct str *all)
{
    for (size_t i = 0; i + 7 <= all->len; i++) {
        char *code = all->data + i;
        size_t n = 0;
        while (code[0] == 'K' && code[1] == '-' && n < 5 && is_code_sign(code[2 + n])) {
            n++;
        }
        if (n == 5) {
            memset(code + 2, '?', 5);
        }
    }
}

/* The folder of this run, wherever it is. */
static void mask_folder(const struct stage *s, struct str *all)
{
    char *at;
    while ((at = strstr(str_cstr(all), s->tmp)) != NULL) {
        str_splice(all, (size_t)(at - all->data), strlen(s->tmp), "/FOLDER", 7);
    }
}

/* One line: each word becomes ~ and the blanks between two words one; numbers stay. */
static void mask_words(const char *line, size_t n, struct str *out)
{
    size_t i = strspn(line, " ");
    str_put(out, line, i);
    while (i < n) {
        size_t len = 0;
        bool has_letter = false;
        for (; i + len < n && line[i + len] != ' '; len++) {
            const unsigned char c = (unsigned char)line[i + len];
            has_letter = has_letter || isalpha(c) || c == 0xc4 || c == 0xc8 || c >= 0xd0;
        }
        const bool is_mark = len == 3 && memcmp(line + i, "›", 3) == 0;
        str_put(out, has_letter && !is_mark ? "~" : line + i, has_letter && !is_mark ? 1 : len);
        i += len;
        i += strspn(line + i, " ");
        if (i < n) {
            str_putc(out, ' ');
        }
    }
}

/* One line: each number becomes #. */
static void mask_numbers(const char *line, size_t n, struct str *out)
{
    for (size_t i = 0; i < n; i++) {
        const bool is_digit = isdigit((unsigned char)line[i]);
        if (!is_digit) {
            str_putc(out, line[i]);
        } else if (i == 0 || !isdigit((unsigned char)line[i - 1])) {
            str_putc(out, '#');
        }
    }
}

void stage_picture(const struct stage *s, struct str *out)
{
    struct str all = STR_INIT;
    if (s->is_alive) {
        canvas_dump(ui_run_draw(s->run), &all);
    } else {
        str_puts(&all, "(ended)\n");
    }
    mask_codes(&all);
    mask_folder(s, &all);
    int row = 1;
    for (const char *line = str_cstr(&all); *line != '\0'; row++) {
        const size_t n = strcspn(line, "\n");
        if (row >= s->words.first && row <= s->words.last) {
            mask_words(line, n, out);
        } else if (row >= s->numbers.first && row <= s->numbers.last) {
            mask_numbers(line, n, out);
        } else {
            str_put(out, line, n);
        }
        str_putc(out, '\n');
        line += n + (line[n] == '\n');
    }
    str_done(&all);
}
