/* The menu over any screen: a table of places and of what the program can do at any time. */
#include "base/utf8.h"
#include "prefs_int.h"
#include "ui/widget.h"
#include "ui_int.h"

#include <string.h>

struct state {
    struct ui_list list;
};

#define PLACE(k, w, s, e)                                                                          \
    {                                                                                              \
        .letter = (k), .word = (w), .screen = (s), .effect = UI_EFFECT_##e                         \
    }
#define DEED(k, w, e)                                                                              \
    {                                                                                              \
        .letter = (k), .word = (w), .effect = UI_EFFECT_##e                                        \
    }

/* The work on the left, the house on the right; a letter keeps its place when rows are added. */
static const struct ui_menu_row ROWS[] = {
    PLACE('t', N_("Today"), &ui_today, RESET),
    PLACE('a', N_("Agenda"), &ui_agenda, REPLACE),
    PLACE('c', N_("Cases"), &ui_cases, RESET),
    PLACE('n', N_("New case"), &ui_new_case, REPLACE),
    PLACE('o', N_("Overview of the cases"), &ui_overview, REPLACE),
    PLACE('h', N_("Handovers"), &ui_handovers, REPLACE),
    PLACE('k', N_("Conflicts"), &ui_conflicts, REPLACE),
    PLACE('e', N_("Exchange"), &ui_exchange, REPLACE),
    PLACE('m', N_("Members and access"), &ui_members, REPLACE),
    PLACE('p', N_("Change the passphrase"), &ui_passwd, REPLACE),
    PLACE('z', N_("Return code"), &ui_return_code, REPLACE),
    DEED('l', N_("Language of the screen"), NONE),
    DEED('x', N_("Lock"), LOCK),
    PLACE('?', N_("Help: keys"), &ui_help, REPLACE),
    PLACE('i', N_("About this program and its state"), &ui_about, REPLACE),
    DEED('q', N_("Leave the program"), QUIT),
};
enum { COUNT = sizeof ROWS / sizeof *ROWS, LEFT = 8 };
static const char *const LANG_NAMES[LANG_COUNT] = {"Română", "Русский", "English"};

const struct ui_menu_row *ui_menu_rows(size_t *n)
{
    *n = COUNT;
    return ROWS;
}

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    struct state *const st = state;
    (void)ctx;
    (void)arg;
    st->list.count = COUNT;
}

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct state *const st = state;
    const int half = canvas_cols(c) / 2;
    ui_frame(c, ctx, &ui_menu, st, ui_tr(ctx, ui_menu.title));
    canvas_cursor(c, -1, 0);
    for (size_t i = 0; i < COUNT; i++) {
        const bool is_right = i >= LEFT;
        const int row = UI_TOP + 1 + (int)(is_right ? i - LEFT : i);
        const int start = is_right ? half : 1;
        const int wide = (is_right ? canvas_cols(c) : half) - start - 1;
        const char letter[2] = {ROWS[i].letter, '\0'};
        int col = start + 4;
        canvas_text(c, row, start + 2, 1, UI_BOLD, letter);
        col += canvas_text(c, row, col, wide - 4, UI_PLAIN, ui_tr(ctx, ROWS[i].word));
        if (ROWS[i].letter == 'l') {
            canvas_printf(c, row, col, start + wide - col, UI_BOLD, ": %s", LANG_NAMES[ctx->lang]);
        }
        if (i == st->list.at) {
            ui_focus(c, row, start, wide);
        }
    }
}

static struct ui_effect choose(struct ui_ctx *ctx, const struct ui_menu_row *row)
{
    const unsigned char scope = UI_SCOPE_INTERVIEW;
    if (row->letter == 'l') {
        ui_langs_next(ctx);
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    if (row->screen == NULL) {
        return UI_EFFECT(row->effect);
    }
    struct ui_effect e = ui_push(row->screen, &scope, row->screen == &ui_help ? sizeof scope : 0);
    e.type = row->effect;
    return e;
}

/* The letter of a row, on a Cyrillic keyboard the one on the same key. */
static struct ui_effect letter(struct state *st, struct ui_ctx *ctx, const char *text)
{
    uint32_t cp;
    if (*text == '\0') {
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    (void)utf8_next(text, strlen(text), &cp);
    cp = ui_key_latin(cp);
    if (cp == ' ') {
        return choose(ctx, &ROWS[st->list.at]);
    }
    for (size_t i = 0; i < COUNT; i++) {
        if (cp == (uint32_t)ROWS[i].letter) {
            st->list.at = i;
            return choose(ctx, &ROWS[i]);
        }
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static void sideways(struct state *st)
{
    const size_t right = COUNT - LEFT;
    if (st->list.at >= LEFT) {
        const size_t to = st->list.at - LEFT;
        st->list.at = to < LEFT ? to : LEFT - 1;
    } else {
        st->list.at = LEFT + (st->list.at < right ? st->list.at : right - 1);
    }
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    if (ui_list_act(&st->list, in)) {
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    switch (in->action) {
    case UI_ACT_LEFT:
    case UI_ACT_RIGHT: sideways(st); return UI_EFFECT(UI_EFFECT_NONE);
    case UI_ACT_TEXT: return letter(st, ctx, in->text);
    case UI_ACT_OPEN:
    case UI_ACT_CHOOSE: return choose(ctx, &ROWS[st->list.at]);
    case UI_ACT_BACK:
    case UI_ACT_MENU: return ui_pop(0);
    default: return UI_EFFECT(UI_EFFECT_NONE);
    }
}

/* Letters lead to rows. */
static bool takes_text(const void *state, const struct ui_ctx *ctx)
{
    (void)state;
    (void)ctx;
    return true;
}

static void close(void *state, struct ui_ctx *ctx)
{
    (void)state;
    (void)ctx;
}

const struct ui_screen ui_menu = {
    .id = "menu",
    .title = N_("Menu"),
    .state_size = sizeof(struct state),
    .scope = UI_SCOPE_MENU,
    .guards = UI_NEEDS_UNLOCKED,
    .open = open,
    .draw = draw,
    .act = act,
    .takes_text = takes_text,
    .close = close,
};
