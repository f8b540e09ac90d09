/* The menu over any screen: a table of places and of what the program can do at any time. */
#include "prefs_int.h"
#include "ui/widget.h"

#include <string.h>

enum what {
    W_TODAY,
    W_AGENDA,
    W_CASES,
    W_NEW,
    W_PASSWD,
    W_CODE,
    W_MEMBERS,
    W_OVERVIEW,
    W_HANDOVERS,
    W_CONFLICTS,
    W_EXCHANGE,
    W_LANG,
    W_LOCK,
    W_HELP,
    W_ABOUT,
    W_QUIT,
    W_COUNT
};

struct state {
    struct ui_list list;
};

static const char *const WORDS[W_COUNT] = {
    [W_TODAY] = N_("Today"),
    [W_AGENDA] = N_("Agenda"),
    [W_CASES] = N_("Cases"),
    [W_NEW] = N_("New case"),
    [W_PASSWD] = N_("Change the passphrase"),
    [W_CODE] = N_("Return code"),
    [W_MEMBERS] = N_("Members and access"),
    [W_OVERVIEW] = N_("Overview of the cases"),
    [W_HANDOVERS] = N_("Handovers"),
    [W_CONFLICTS] = N_("Conflicts"),
    [W_EXCHANGE] = N_("Exchange"),
    [W_LANG] = N_("Language of the screen"),
    [W_LOCK] = N_("Lock"),
    [W_HELP] = N_("Help: keys"),
    [W_ABOUT] = N_("About this program and its state"),
    [W_QUIT] = N_("Leave the program"),
};
static const char *const LANG_NAMES[LANG_COUNT] = {"Română", "Русский", "English"};

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    struct state *const st = state;
    (void)ctx;
    (void)arg;
    st->list.count = W_COUNT;
}

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct state *const st = state;
    ui_frame(c, ctx, &ui_menu, st, ui_tr(ctx, ui_menu.title));
    canvas_cursor(c, -1, 0);
    for (size_t i = 0; i < W_COUNT; i++) {
        const int row = UI_TOP + 1 + (int)i;
        int col = 5;
        col += canvas_text(c, row, col, canvas_cols(c) - 20, UI_PLAIN, ui_tr(ctx, WORDS[i]));
        if (i == W_LANG) {
            canvas_printf(c, row, col, 16, UI_BOLD, ": %s", LANG_NAMES[ctx->lang]);
        }
        if (i == st->list.at) {
            ui_focus(c, row, 3, canvas_cols(c) - 6 < 50 ? canvas_cols(c) - 6 : 50);
        }
    }
}

static struct ui_effect go(enum ui_effect_type type, const struct ui_screen *screen)
{
    struct ui_effect e = ui_push(screen, NULL, 0);
    e.type = type;
    return e;
}

static struct ui_effect choose(struct ui_ctx *ctx, enum what what)
{
    switch (what) {
    case W_TODAY: return go(UI_EFFECT_RESET, &ui_today);
    case W_AGENDA: return go(UI_EFFECT_REPLACE, &ui_agenda);
    case W_CASES: return go(UI_EFFECT_RESET, &ui_cases);
    case W_NEW: return go(UI_EFFECT_REPLACE, &ui_new_case);
    case W_MEMBERS: return go(UI_EFFECT_REPLACE, &ui_members);
    case W_OVERVIEW: return go(UI_EFFECT_REPLACE, &ui_overview);
    case W_HANDOVERS: return go(UI_EFFECT_REPLACE, &ui_handovers);
    case W_CONFLICTS: return go(UI_EFFECT_REPLACE, &ui_conflicts);
    case W_EXCHANGE: return go(UI_EFFECT_REPLACE, &ui_exchange);
    case W_PASSWD: return go(UI_EFFECT_REPLACE, &ui_passwd);
    case W_CODE: return go(UI_EFFECT_REPLACE, &ui_return_code);
    case W_LANG: ui_langs_next(ctx); break;
    case W_LOCK: return UI_EFFECT(UI_EFFECT_LOCK);
    case W_HELP: {
        const unsigned char scope = UI_SCOPE_INTERVIEW;
        struct ui_effect e = ui_push(&ui_help, &scope, sizeof scope);
        e.type = UI_EFFECT_REPLACE;
        return e;
    }
    case W_ABOUT: return go(UI_EFFECT_REPLACE, &ui_about);
    case W_QUIT: return UI_EFFECT(UI_EFFECT_QUIT);
    case W_COUNT: break;
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    if (ui_list_act(&st->list, in)) {
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    switch (in->action) {
    case UI_ACT_OPEN:
    case UI_ACT_CHOOSE: return choose(ctx, (enum what)st->list.at);
    case UI_ACT_BACK:
    case UI_ACT_MENU: return ui_pop(0);
    default: return UI_EFFECT(UI_EFFECT_NONE);
    }
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
    .close = close,
};
