/* Screen tests: reads *.test files, plays their keys to the real runner on a canvas (no terminal)
 * and compares the pictures. --update writes the pictures found into the files instead.
 *
 *   # what is proved
 *   size: 24x80
 *   lang: ro
 *   now: 2026-11-23T12:00
 *   screen: cases
 *   keys: Down Enter text "Ana"
 *   expect:
 *   ---
 *   the picture, trailing blanks cut
 *   ---
 *
 * keys and expect may be repeated. Lines that hold random words or numbers are masked from there on
 * by "words: 7-12" and "numbers: 9" (lines counted from 1; 0 ends it). */
#include "driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"

struct player {
    const char *path;
    struct stage stage;
    bool is_open, is_update, has_failed;
    struct str out; /* the file as it would be with the pictures found */
};

static void complain(struct player *p, const char *what, const char *about)
{
    printf("%s: %s: %s\n", p->path, what, about);
    p->has_failed = true;
}

static bool set_clock(const char *text)
{
    int hour, minute;
    struct date day;
    if (strlen(text) != 16 || !date_parse(text, 10, &day) ||
        sscanf(text + 10, "T%2d:%2d", &hour, &minute) != 2) {
        return false;
    }
    clock_zone("Europe/Chisinau");
    int64_t local = ((int64_t)date_earliest(day) * 24 + hour) * 60 + minute;
    stage_clock_set((local - clock_local_of(local * 60000).offset_minutes) * 60000);
    return true;
}

static bool set_rows(struct stage_rows *rows, const char *value)
{
    const int n = sscanf(value, "%3d-%3d", &rows->first, &rows->last);
    if (n == 1) {
        rows->last = rows->first;
    }
    return n >= 1;
}

static void set_header(struct player *p, const char *key, const char *value)
{
    struct stage *s = &p->stage;
    bool is_good = true;
    if (strcmp(key, "size") == 0) {
        is_good = sscanf(value, "%4dx%4d", &s->rows, &s->cols) == 2;
    } else if (strcmp(key, "lang") == 0) {
        s->ctx.lang = lang_parse(value);
        is_good = s->ctx.lang != LANG_COUNT;
    } else if (strcmp(key, "now") == 0) {
        is_good = set_clock(value);
    } else if (strcmp(key, "words") == 0) {
        is_good = set_rows(&s->words, value);
    } else if (strcmp(key, "numbers") == 0) {
        is_good = set_rows(&s->numbers, value);
    } else if (strcmp(key, "screen") == 0) {
        is_good = !p->is_open && stage_open(s, value);
        p->is_open = is_good;
        if (is_good) {
            stage_settle(s);
        }
    } else {
        is_good = false;
    }
    if (!is_good) {
        complain(p, key, value);
    }
}

static size_t line_length(const char *text)
{
    return strcspn(text, "\n");
}

/* Line by line; '-' expected, '+' found. */
static void print_difference(const char *path, const char *expected, const char *found)
{
    printf("%s: another picture\n", path);
    while (*expected != '\0' || *found != '\0') {
        size_t n = line_length(expected), m = line_length(found);
        bool is_same = n == m && memcmp(expected, found, n) == 0;
        if (is_same && *expected != '\0' && *found != '\0') {
            printf("  %.*s\n", (int)n, expected);
        } else {
            if (*expected != '\0') {
                printf("- %.*s\n", (int)n, expected);
            }
            if (*found != '\0') {
                printf("+ %.*s\n", (int)m, found);
            }
        }
        expected += n + (expected[n] == '\n');
        found += m + (found[m] == '\n');
    }
}

/* text stands at the picture's first line; returns where the file goes on. */
static const char *take_picture(struct player *p, const char *text)
{
    struct str expected = STR_INIT, found = STR_INIT;
    bool is_inside = false;
    while (*text != '\0') {
        size_t n = line_length(text);
        bool is_rule = n == 3 && memcmp(text, "---", 3) == 0;
        if (!is_rule && is_inside) {
            str_put(&expected, text, n);
            str_putc(&expected, '\n');
        }
        text += n + (text[n] == '\n');
        if (is_rule && is_inside) {
            break;
        }
        is_inside = is_inside || is_rule;
        if (!is_inside) {
            complain(p, "expect", "no line of ---");
            break;
        }
    }
    stage_picture(&p->stage, &found);
    str_printf(&p->out, "expect:\n---\n%s---\n", str_cstr(&found));
    if (!p->is_update && strcmp(str_cstr(&expected), str_cstr(&found)) != 0) {
        print_difference(p->path, str_cstr(&expected), str_cstr(&found));
        p->has_failed = true;
    }
    str_done(&expected);
    str_done(&found);
    return text;
}

static void take_line(struct player *p, const char *line)
{
    char key[16];
    const char *colon = strchr(line, ':');
    if (line[0] == '#' || line[0] == '\0') {
        return;
    }
    if (colon == NULL || (size_t)(colon - line) >= sizeof key) {
        complain(p, "line", line);
        return;
    }
    memcpy(key, line, (size_t)(colon - line));
    key[colon - line] = '\0';
    const char *value = colon + 1 + strspn(colon + 1, " ");
    if (strcmp(key, "keys") != 0) {
        set_header(p, key, value);
        return;
    }
    const char *bad = NULL;
    if (!p->is_open || !stage_keys(&p->stage, value, &bad)) {
        complain(p, "keys", bad != NULL ? bad : "before screen");
    }
}

static void play(struct player *p, const char *text)
{
    while (*text != '\0' && !p->has_failed) {
        size_t n = line_length(text);
        char *line = strndup(text, n);
        text += n + (text[n] == '\n');
        if (strcmp(line, "expect:") == 0 && p->is_open) {
            text = take_picture(p, text);
        } else {
            str_printf(&p->out, "%s\n", line);
            take_line(p, line);
        }
        free(line);
    }
    if (!p->is_open && !p->has_failed) {
        complain(p, "file", "no screen");
    }
}

static bool play_file(const char *path, bool is_update)
{
    struct player p = {.path = path,
                       .is_update = is_update,
                       .stage = {.rows = 24, .cols = 80, .ctx = {.lang = LANG_RO}}};
    struct str text = STR_INIT;
    set_clock("2026-11-23T12:00");
    if (file_read(path, 1 << 20, &text, NULL) != ERR_OK) {
        complain(&p, "file", "cannot be read");
    } else {
        play(&p, str_cstr(&text));
    }
    if (p.is_open) {
        stage_close(&p.stage);
    }
    if (is_update && !p.has_failed &&
        file_replace(path, str_cstr(&p.out), p.out.len, 0644, NULL) != ERR_OK) {
        complain(&p, "file", "cannot be written");
    }
    str_done(&p.out);
    str_done(&text);
    return !p.has_failed;
}

struct count {
    int passed, failed;
    bool is_update;
};

static void play_one(struct count *c, const char *path)
{
    bool is_good = play_file(path, c->is_update);
    c->passed += is_good;
    c->failed += !is_good;
}

static void play_folder(struct count *c, const char *folder)
{
    struct str names = STR_INIT;
    if (file_list(folder, ".test", &names, NULL) != ERR_OK) {
        printf("%s: cannot be read\n", folder);
        c->failed++;
    }
    for (const char *p = str_cstr(&names); *p != '\0';) {
        size_t n = line_length(p);
        char *name = strndup(p, n);
        char *path = file_join(folder, name);
        play_one(c, path);
        free(path);
        free(name);
        p += n + (p[n] == '\n');
    }
    str_done(&names);
}

int main(int argc, char **argv)
{
    struct count c = {0};
    for (int i = 1; i < argc; i++) {
        struct stat st;
        if (strcmp(argv[i], "--update") == 0) {
            c.is_update = true;
        } else if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode)) {
            play_folder(&c, argv[i]);
        } else {
            play_one(&c, argv[i]);
        }
    }
    printf("%d passed, %d failed\n", c.passed, c.failed);
    return c.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
