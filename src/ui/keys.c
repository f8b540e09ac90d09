/* The key maps, one table per scope, and everything printed from them: footer, help, names.
 * Invariant: within a scope and GLOBAL together a key stands once, and every function key has a
 * twin for terminals that have none. */
#include "ui/keys.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "ui_int.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define KEY(k, act)                                                                                \
    {                                                                                              \
        .key = (k), .action = UI_ACT_##act                                                         \
    }
#define LETTER(k, act)                                                                             \
    {                                                                                              \
        .key = (k), .action = UI_ACT_##act, .is_letter = true                                      \
    }
#define WRITE(k, act)                                                                              \
    {                                                                                              \
        .key = (k), .action = UI_ACT_##act, .guards = UI_NEEDS_WRITE                               \
    }
#define SHOWN(k, act, order, word)                                                                 \
    {                                                                                              \
        .key = (k), .action = UI_ACT_##act, .footer = (order), .label = (word)                     \
    }
#define SHOWN_LETTER(k, act, order, word)                                                          \
    {                                                                                              \
        .key = (k), .action = UI_ACT_##act, .footer = (order), .label = (word), .is_letter = true  \
    }

#define MOVING                                                                                     \
    KEY(UI_KEY_UP, UP), KEY(UI_KEY_DOWN, DOWN), KEY(UI_KEY_HOME, HOME), KEY(UI_CTRL('a'), HOME),   \
        KEY(UI_KEY_END, END), KEY(UI_KEY_PGUP, PAGE_UP), KEY(UI_CTRL('b'), PAGE_UP)
#define SIDEWAYS KEY(UI_KEY_LEFT, LEFT), KEY(UI_KEY_RIGHT, RIGHT)
#define EDITING                                                                                    \
    KEY(0x7f, ERASE), KEY('\b', ERASE), KEY(UI_KEY_DELETE, DELETE), KEY(UI_CTRL('d'), DELETE),     \
        KEY(UI_CTRL('u'), CLEAR)

static const struct ui_binding GLOBAL[] = {
    {.key = UI_KEY_F10,
     .action = UI_ACT_MENU,
     .guards = UI_NEEDS_UNLOCKED,
     .footer = 80,
     .label = N_("menu")},
    {.key = UI_CTRL('o'), .action = UI_ACT_MENU, .guards = UI_NEEDS_UNLOCKED},
    SHOWN(UI_KEY_F1, HELP, 85, N_("help")),
    LETTER('?', HELP),
    KEY(UI_CTRL('_'), HELP),
    SHOWN(UI_KEY_F12, HIDE, 90, N_("hide")),
    KEY(UI_CTRL(']'), HIDE),
    KEY(UI_KEY_F2, LANG_SCREEN),
    KEY(UI_CTRL('g'), LANG_SCREEN),
    {.key = UI_CTRL('k'), .action = UI_ACT_LOCK, .guards = UI_NEEDS_UNLOCKED},
    KEY(UI_CTRL('l'), REDRAW),
    KEY(UI_CTRL('q'), QUIT),
};

static const struct ui_binding LIST[] = {
    MOVING,
    SIDEWAYS,
    EDITING,
    KEY(UI_KEY_PGDN, PAGE_DOWN),
    KEY(UI_CTRL('f'), PAGE_DOWN),
    KEY(UI_CTRL('e'), END),
    KEY('\t', NEXT_FIELD),
    KEY(UI_KEY_BACKTAB, PREV_FIELD),
    LETTER(' ', CHOOSE),
    SHOWN('\r', OPEN, 1, N_("open")),
    KEY('\n', OPEN),
    {.key = 'n',
     .action = UI_ACT_NEW,
     .guards = UI_NEEDS_UNLOCKED | UI_NEEDS_WRITE,
     .footer = 2,
     .is_letter = true,
     .label = N_("new case")},
    {.key = UI_CTRL('n'), .action = UI_ACT_NEW, .guards = UI_NEEDS_UNLOCKED | UI_NEEDS_WRITE},
    SHOWN_LETTER('/', FIND, 3, N_("find")),
    LETTER('s', SORT),
    {.key = 't', .action = UI_ACT_TODAY, .guards = UI_NEEDS_UNLOCKED, .is_letter = true},
    {.key = 'v',
     .action = UI_ACT_UNMASK,
     .guards = UI_NEEDS_UNLOCKED | UI_NEEDS_CASE,
     .footer = 4,
     .is_letter = true,
     .label = N_("name")},
    SHOWN(UI_KEY_ESC, BACK, 5, N_("back")),
};

static const struct ui_binding TODAY[] = {
    MOVING,
    KEY(UI_KEY_PGDN, PAGE_DOWN),
    KEY(UI_CTRL('f'), PAGE_DOWN),
    KEY(UI_CTRL('e'), END),
    KEY('\t', NEXT_FIELD),
    KEY(UI_KEY_BACKTAB, PREV_FIELD),
    SHOWN('\r', OPEN, 1, N_("open")),
    KEY('\n', OPEN),
    KEY(UI_KEY_RIGHT, OPEN),
    {.key = 'n',
     .action = UI_ACT_NEW,
     .guards = UI_NEEDS_UNLOCKED | UI_NEEDS_WRITE,
     .footer = 2,
     .is_letter = true,
     .label = N_("new case")},
    SHOWN_LETTER('/', FIND, 3, N_("find")),
    SHOWN_LETTER('c', CASES, 4, N_("cases")),
    LETTER('a', AGENDA),
};

static const struct ui_binding AGENDA[] = {
    MOVING,
    KEY(UI_KEY_PGDN, PAGE_DOWN),
    KEY(UI_CTRL('f'), PAGE_DOWN),
    KEY(UI_CTRL('e'), END),
    SHOWN('\r', OPEN, 1, N_("open")),
    KEY('\n', OPEN),
    SHOWN_LETTER('s', SPAN, 2, N_("day, week, month")),
    SHOWN(UI_KEY_ESC, BACK, 3, N_("back")),
};

static const struct ui_binding CASE[] = {
    MOVING,
    SIDEWAYS,
    KEY(UI_KEY_PGDN, PAGE_DOWN),
    KEY(UI_CTRL('f'), PAGE_DOWN),
    KEY(UI_CTRL('e'), END),
    KEY('\t', NEXT_FIELD),
    KEY(UI_KEY_BACKTAB, PREV_FIELD),
    SHOWN('\r', OPEN, 1, N_("open")),
    KEY('\n', OPEN),
    {.key = 'n',
     .action = UI_ACT_NEW_RECORD,
     .guards = UI_NEEDS_UNLOCKED | UI_NEEDS_WRITE,
     .footer = 2,
     .is_letter = true,
     .label = N_("new form")},
    {.key = 'd',
     .action = UI_ACT_DONE,
     .guards = UI_NEEDS_UNLOCKED | UI_NEEDS_WRITE,
     .footer = 3,
     .is_letter = true,
     .label = N_("is done")},
    {.key = 'v',
     .action = UI_ACT_UNMASK,
     .guards = UI_NEEDS_UNLOCKED | UI_NEEDS_CASE,
     .footer = 4,
     .is_letter = true,
     .label = N_("name")},
    LETTER('i', INDICATORS),
    LETTER('t', TIMELINE),
    SHOWN(UI_KEY_ESC, BACK, 5, N_("back")),
};

static const struct ui_binding PART[] = {
    MOVING,
    SIDEWAYS,
    KEY(UI_KEY_PGDN, PAGE_DOWN),
    KEY(UI_CTRL('f'), PAGE_DOWN),
    KEY(UI_CTRL('e'), END),
    KEY('\t', NEXT_FIELD),
    KEY(UI_KEY_BACKTAB, PREV_FIELD),
    SHOWN('\r', OPEN, 1, N_("open")),
    KEY('\n', OPEN),
    SHOWN_LETTER('f', BY_FORM, 2, N_("form")),
    SHOWN_LETTER('m', BY_MEMBER, 3, N_("member")),
    LETTER('i', INDICATORS),
    LETTER('t', TIMELINE),
    SHOWN(UI_KEY_ESC, BACK, 4, N_("back")),
};

static const struct ui_binding FIELDS[] = {
    MOVING,
    SIDEWAYS,
    EDITING,
    KEY(UI_KEY_PGDN, PAGE_DOWN),
    KEY(UI_CTRL('f'), PAGE_DOWN),
    KEY(UI_CTRL('e'), END),
    LETTER(' ', CHOOSE),
    SHOWN('\r', OPEN, 1, N_("go on")),
    KEY('\n', OPEN),
    SHOWN('\t', NEXT_FIELD, 2, N_("next field")),
    KEY(UI_KEY_BACKTAB, PREV_FIELD),
    SHOWN(UI_KEY_ESC, BACK, 3, N_("back")),
};

static const struct ui_binding INTERVIEW[] = {
    MOVING,
    SIDEWAYS,
    EDITING,
    KEY('\t', NEXT_FIELD),
    KEY(UI_KEY_BACKTAB, PREV_FIELD),
    LETTER(' ', CHOOSE),
    LETTER('1', DIGIT),
    LETTER('2', DIGIT),
    LETTER('3', DIGIT),
    LETTER('4', DIGIT),
    LETTER('5', DIGIT),
    LETTER('6', DIGIT),
    LETTER('7', DIGIT),
    LETTER('8', DIGIT),
    LETTER('9', DIGIT),
    SHOWN('\r', OPEN, 1, N_("choose")),
    KEY('\n', OPEN),
    SHOWN(UI_KEY_PGDN, PAGE_DOWN, 3, N_("next group")),
    KEY(UI_CTRL('f'), PAGE_DOWN),
    SHOWN(UI_KEY_F3, LANG_ASK, 4, N_("language")),
    KEY(UI_CTRL('e'), LANG_ASK),
    SHOWN(UI_KEY_F5, PAUSE, 5, N_("pause")),
    KEY(UI_CTRL('p'), PAUSE),
    KEY(UI_KEY_ESC, BACK),
    WRITE(UI_KEY_F6, DECLINE),
    WRITE(UI_CTRL('r'), DECLINE),
    WRITE(UI_KEY_F7, UNKNOWN),
    WRITE(UI_CTRL('n'), UNKNOWN),
    WRITE(UI_KEY_F8, LATER),
    WRITE(UI_CTRL('t'), LATER),
    KEY(UI_KEY_F4, EXPLAIN),
    KEY(UI_CTRL('y'), EXPLAIN),
    LETTER('e', EXPLAIN),
    KEY(UI_KEY_F9, SECTIONS),
    KEY(UI_CTRL('x'), SECTIONS),
    LETTER('s', SECTIONS),
    KEY(UI_KEY_F11, NEXT_MISSING),
    KEY(UI_CTRL('v'), NEXT_MISSING),
    LETTER('m', NEXT_MISSING),
    WRITE(UI_CTRL('w'), FINISH),
    {.key = 'f', .action = UI_ACT_FINISH, .guards = UI_NEEDS_WRITE, .is_letter = true},
    {.key = UI_CTRL('s'), /* allowed, so shown, only while something is not saved */
     .action = UI_ACT_RETRY,
     .guards = UI_NEEDS_WRITE,
     .footer = 2,
     .label = N_("save again")},
    {.key = 'v',
     .action = UI_ACT_UNMASK,
     .guards = UI_NEEDS_UNLOCKED | UI_NEEDS_CASE,
     .is_letter = true},
    LETTER('/', FIND), /* this and the next are shown with the list they change */
    LETTER('+', ADD),
    KEY(UI_KEY_INSERT, ADD),
    KEY(UI_CTRL('z'), ADD),
    LETTER('-', REMOVE),
    LETTER('k', KEEP),
    LETTER('u', MOVE_UP),
    KEY(UI_KEY_CTRL_UP, MOVE_UP),
    LETTER('d', MOVE_DOWN),
    KEY(UI_KEY_CTRL_DOWN, MOVE_DOWN),
};

static const struct ui_binding MENU[] = {
    MOVING,
    SIDEWAYS,
    KEY(UI_KEY_PGDN, PAGE_DOWN),
    KEY(UI_CTRL('f'), PAGE_DOWN),
    KEY(UI_CTRL('e'), END),
    KEY('\t', DOWN),
    KEY(UI_KEY_BACKTAB, UP),
    SHOWN('\r', OPEN, 1, N_("choose")),
    KEY('\n', OPEN),
    LETTER(' ', CHOOSE),
    SHOWN(UI_KEY_ESC, BACK, 2, N_("back")),
};

static const struct ui_binding HELP[] = {
    MOVING,
    SHOWN(UI_KEY_PGDN, PAGE_DOWN, 1, N_("onward")),
    KEY(UI_CTRL('f'), PAGE_DOWN),
    KEY(UI_CTRL('e'), END),
    LETTER(' ', PAGE_DOWN),
    KEY('\r', BACK),
    KEY('\n', BACK),
    SHOWN(UI_KEY_ESC, BACK, 2, N_("back")),
};

static const struct ui_binding EXCHANGE[] = {
    MOVING,
    SIDEWAYS,
    EDITING,
    KEY(UI_KEY_PGDN, PAGE_DOWN),
    KEY(UI_CTRL('f'), PAGE_DOWN),
    KEY(UI_CTRL('e'), END),
    KEY('\t', NEXT_FIELD),
    KEY(UI_KEY_BACKTAB, PREV_FIELD),
    SHOWN('\r', OPEN, 1, N_("choose")),
    KEY('\n', OPEN),
    SHOWN_LETTER('t', EDIT, 2, N_("another")), /* this and the next where they apply */
    KEY(UI_CTRL('t'), EDIT),
    LETTER('k', KEEP),
    LETTER('-', REMOVE),
    LETTER('d', APART),
    SHOWN_LETTER('x', EXCHANGE, 3, N_("exchange")),
    KEY(UI_CTRL('x'), EXCHANGE),
    SHOWN(UI_KEY_ESC, BACK, 4, N_("back")),
};

static const struct {
    const struct ui_binding *rows;
    size_t n;
} SCOPES[UI_SCOPE_COUNT] = {
    [UI_SCOPE_GLOBAL] = {GLOBAL, COUNT(GLOBAL)},
    [UI_SCOPE_LIST] = {LIST, COUNT(LIST)},
    [UI_SCOPE_TODAY] = {TODAY, COUNT(TODAY)},
    [UI_SCOPE_AGENDA] = {AGENDA, COUNT(AGENDA)},
    [UI_SCOPE_CASE] = {CASE, COUNT(CASE)},
    [UI_SCOPE_PART] = {PART, COUNT(PART)},
    [UI_SCOPE_FIELDS] = {FIELDS, COUNT(FIELDS)},
    [UI_SCOPE_INTERVIEW] = {INTERVIEW, COUNT(INTERVIEW)},
    [UI_SCOPE_MENU] = {MENU, COUNT(MENU)},
    [UI_SCOPE_HELP] = {HELP, COUNT(HELP)},
    [UI_SCOPE_EXCHANGE] = {EXCHANGE, COUNT(EXCHANGE)},
};

const struct ui_binding *ui_bindings(enum ui_scope scope, size_t *n)
{
    ASSERT((unsigned)scope < UI_SCOPE_COUNT);
    *n = SCOPES[scope].n;
    return SCOPES[scope].rows;
}

uint32_t ui_key_latin(uint32_t key)
{
    /* йцукен from а to я, lower case; what lies on punctuation there stays */
    static const char LATIN[] = "f,dult;pbqrkvyjghcnea[wxio]sm'.z";
    if (key >= 0x410 && key <= 0x42f) {
        key += 0x20;
    }
    return key >= 0x430 && key <= 0x44f ? (uint32_t)LATIN[key - 0x430] : key;
}

static const struct ui_binding *find_in(enum ui_scope scope, uint32_t key, bool takes_text)
{
    size_t n;
    const struct ui_binding *rows = ui_bindings(scope, &n);
    for (size_t i = 0; i < n; i++) {
        if (rows[i].key == key && !(takes_text && rows[i].is_letter)) {
            return &rows[i];
        }
    }
    return NULL;
}

const struct ui_binding *ui_binding_find(enum ui_scope scope, uint32_t key, bool takes_text)
{
    if (!takes_text) {
        key = ui_key_latin(key);
    }
    const struct ui_binding *b = find_in(scope, key, takes_text);
    if (b == NULL && scope != UI_SCOPE_GLOBAL) {
        b = find_in(UI_SCOPE_GLOBAL, key, takes_text);
    }
    if (b == NULL && (key == UI_KEY_CTRL_UP || key == UI_KEY_CTRL_DOWN)) {
        /* where nothing is moved, Ctrl changes nothing */
        b = find_in(scope, key == UI_KEY_CTRL_UP ? UI_KEY_UP : UI_KEY_DOWN, takes_text);
    }
    return b;
}

static bool is_printable(uint32_t key)
{
    return (key >= 0x20 && key < 0x7f) || (key >= 0xa0 && key < UI_KEY_NONE);
}

enum ui_action ui_key_action(enum ui_scope scope, uint32_t key, bool takes_text)
{
    const struct ui_binding *b = ui_binding_find(scope, key, takes_text);
    if (b != NULL) {
        return b->action;
    }
    bool is_text = takes_text && (is_printable(key) || key == UI_KEY_PASTE);
    return is_text ? UI_ACT_TEXT : UI_ACT_NONE;
}

/* Which runner actions no screen may switch off: the ways to safety. */
static bool is_always_allowed(enum ui_action a)
{
    return a == UI_ACT_HIDE || a == UI_ACT_LOCK || a == UI_ACT_REDRAW || a == UI_ACT_HELP ||
           a == UI_ACT_LANG_SCREEN || a == UI_ACT_QUIT || a == UI_ACT_MENU;
}

bool ui_binding_allowed(const struct ui_binding *b, const struct ui_screen *screen,
                        const void *state, const struct ui_ctx *ctx)
{
    if ((b->guards & UI_NEEDS_UNLOCKED) != 0 && ctx->record == NULL) {
        return false;
    }
    if (screen->allows == NULL || is_always_allowed(b->action)) {
        return true;
    }
    return screen->allows(state, ctx, b->action);
}

static void add_rows(enum ui_scope scope, const struct ui_screen *screen, const void *state,
                     const struct ui_ctx *ctx, const struct ui_binding *out[UI_FOOTER_MAX],
                     size_t *n)
{
    size_t count;
    const struct ui_binding *rows = ui_bindings(scope, &count);
    bool is_text = screen != NULL && screen->takes_text != NULL && screen->takes_text(state, ctx);
    for (size_t i = 0; i < count && *n < UI_FOOTER_MAX; i++) {
        const struct ui_binding *b = &rows[i];
        bool is_shown = b->footer != 0 && !(is_text && b->is_letter) &&
                        (screen == NULL || ui_binding_allowed(b, screen, state, ctx));
        if (!is_shown) {
            continue;
        }
        size_t at = *n;
        while (at > 0 && out[at - 1]->footer > b->footer) {
            out[at] = out[at - 1];
            at--;
        }
        out[at] = b;
        ++*n;
    }
}

static size_t width_of(const struct ui_binding *const *rows, size_t n, const struct ui_ctx *ctx,
                       int gap)
{
    size_t cells = 1;
    for (size_t i = 0; i < n; i++) {
        char name[16];
        const char *word = ui_tr(ctx, rows[i]->label);
        cells += strlen(ui_key_name(rows[i]->key, name)) + 1 + utf8_width(word, strlen(word));
        cells += i + 1 < n ? (size_t)gap : 0;
    }
    return cells;
}

/* The row to leave out next: the last that is neither help nor hide, else the last. */
static size_t least_needed(const struct ui_binding *const *rows, size_t n)
{
    for (size_t i = n; i-- > 0;) {
        if (rows[i]->action != UI_ACT_HELP && rows[i]->action != UI_ACT_HIDE) {
            return i;
        }
    }
    return n - 1;
}

size_t ui_footer(enum ui_scope scope, const struct ui_screen *screen, const void *state,
                 const struct ui_ctx *ctx, int cols, const struct ui_binding *out[UI_FOOTER_MAX],
                 int *gap)
{
    size_t n = 0;
    add_rows(scope, screen, state, ctx, out, &n);
    if (scope != UI_SCOPE_GLOBAL) {
        add_rows(UI_SCOPE_GLOBAL, screen, state, ctx, out, &n);
    }
    while (n > 0) {
        for (*gap = 3; *gap >= 2; --*gap) {
            if (width_of(out, n, ctx, *gap) <= (size_t)cols) {
                return n;
            }
        }
        size_t drop = least_needed(out, n);
        memmove(&out[drop], &out[drop + 1], (n - drop - 1) * sizeof *out);
        n--;
    }
    return 0;
}

static const char *const NAMED[] = {
    "",     N_("Up"), N_("Down"), N_("Left"), N_("Right"), "Home",      "End",
    "PgUp", "PgDn",   "Ins",      "Del",      "Shift-Tab", "F1",        "F2",
    "F3",   "F4",     "F5",       "F6",       "F7",        "F8",        "F9",
    "F10",  "F11",    "F12",      "Esc",      "Ctrl-Up",   "Ctrl-Down", "Paste",
};

const char *ui_key_name(uint32_t key, char out[16])
{
    if (key >= UI_KEY_NONE) {
        size_t i = key - UI_KEY_NONE;
        snprintf(out, 16, "%s", i < COUNT(NAMED) ? NAMED[i] : "");
    } else if (key == '\r' || key == '\n' || key == '\t') {
        snprintf(out, 16, "%s", key == '\t' ? "Tab" : "Enter");
    } else if (key == 0x7f) {
        snprintf(out, 16, "Backspace");
    } else if (key == ' ') {
        snprintf(out, 16, "%s", N_("Space"));
    } else if (key < 0x20) {
        /* letters as people call them: Ctrl-R, but Ctrl-] and Ctrl-_ */
        snprintf(out, 16, "Ctrl-%c", (int)(key + '@'));
    } else {
        char text[4];
        size_t n = utf8_put(text, key);
        memcpy(out, text, n);
        out[n] = '\0';
    }
    return out;
}

static const struct {
    const char *name, *help;
} ACTIONS[UI_ACT_COUNT] = {
    [UI_ACT_NONE] = {"none", ""},
#define ACTION(id, config_name, help_text) [UI_ACT_##id] = {config_name, help_text},
#include "ui/actions.def"
#undef ACTION
};

const char *ui_action_key(enum ui_scope scope, enum ui_action action, char out[16])
{
    size_t n = 0;
    const struct ui_binding *const rows = ui_bindings(scope, &n);
    for (size_t i = 0; i < n; i++) {
        if (rows[i].action == action) {
            return ui_key_name(rows[i].key, out);
        }
    }
    return "";
}

const char *ui_action_help(enum ui_action a)
{
    ASSERT((unsigned)a < UI_ACT_COUNT);
    return ACTIONS[a].help;
}

const char *ui_action_name(enum ui_action a)
{
    ASSERT((unsigned)a < UI_ACT_COUNT);
    return ACTIONS[a].name;
}
