/* The locked door: passphrase or the member's paper key. Says nothing about what is behind it until
 * it is open. After a failure the next attempt waits, counted down here. */
#include "paper_int.h"
#include "prefs_int.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"

#define WORDS_SHOWN_MS (2 * 60 * 1000)

struct state {
    vault_secret *secret; /* owned */
    struct ui_paper paper;
    struct ui_layout layout; /* of the last attempt; for the hint only */
    bool is_sheet;           /* the paper key's words instead of the passphrase */
    bool is_working;
    bool has_failed;
    int64_t key_ms; /* of the last key */
    int64_t wait_until_ms;
    unsigned wait_s;
};

static unsigned wait_left(const struct state *st)
{
    const int64_t left = st->wait_until_ms - clock_mono_ms();
    return left > 0 ? (unsigned)((left + 999) / 1000) : 0;
}

static void start_wait(struct state *st, const struct ui_ctx *ctx)
{
    st->wait_until_ms = clock_mono_ms() + vault_wait_ms(ctx->failures);
    st->wait_s = wait_left(st);
}

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    struct state *const st = state;
    (void)arg;
    st->secret = vault_secret_new();
    ui_paper_open(&st->paper);
    start_wait(st, ctx);
}

static const char *hint(const struct state *st, const struct ui_ctx *ctx)
{
    const char *const seen = ui_layout_hint(&st->layout, ctx);
    if (seen != NULL) {
        return seen;
    }
    return !st->has_failed ? NULL
           : st->layout.cyrillic > 0
               ? ui_tr(ctx, "Cyrillic letters were typed. Is the keyboard on the right layout?")
               : ui_tr(ctx, "Look at the keyboard layout and at Caps Lock.");
}

static int draw_entry(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row)
{
    const int width = canvas_cols(c) - 10 < 50 ? canvas_cols(c) - 10 : 50;
    if (st->is_sheet) {
        canvas_text(c, row, 3, -1, UI_PLAIN, ui_tr(ctx, "Your paper key, all 24 words"));
        return 2 + ui_paper_draw(&st->paper, ctx, c, row + 2);
    }
    canvas_text(c, row, 3, -1, UI_PLAIN, ui_tr(ctx, "Passphrase"));
    canvas_text(c, row + 2, 3, 1, UI_BOLD, "›");
    ui_secret_draw(st->secret, c, row + 2, 5, width, true);
    return 4;
}

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct state *const st = state;
    ui_frame(c, ctx, &ui_unlock, st, ui_tr(ctx, ui_unlock.title));
    canvas_cursor(c, -1, 0);
    int row = UI_TOP + (st->is_sheet ? 1 : 3);
    row += draw_entry(st, ctx, c, row);
    if (ctx->to_read > 0) {
        canvas_printf(c, row, 5, canvas_cols(c) - 8, UI_ACCENT,
                      ui_tr(ctx, "Reading the log: %u %%"),
                      (unsigned)(ctx->read * 100 / ctx->to_read));
        canvas_cursor(c, -1, 0);
        return;
    }
    if (st->is_working) {
        canvas_text(c, row, 5, -1, UI_ACCENT, ui_tr(ctx, "Opening…"));
        canvas_cursor(c, -1, 0);
        return;
    }
    if (st->has_failed) {
        canvas_text(c, row++, 3, -1, UI_ALERT,
                    st->is_sheet ? ui_tr(ctx, "! These words do not open it. Compare each one.")
                                 : ui_tr(ctx, "! That was not right."));
    }
    if (st->wait_s > 0) {
        struct str s = STR_INIT;
        str_printf(&s, ui_trn(ctx, "Please wait %u second.", "Please wait %u seconds.", st->wait_s),
                   st->wait_s);
        canvas_text(c, row++, 5, -1, UI_PLAIN, str_cstr(&s));
        str_done(&s);
    }
    const char *const about = st->is_sheet ? NULL : hint(st, ctx);
    if (about != NULL) {
        row += canvas_wrap(c, row, 5, canvas_cols(c) - 8, 3, UI_ACCENT, about);
    }
    row += st->is_sheet ? 0 : 1;
    canvas_wrap(c, row, 5, canvas_cols(c) - 8, 3, UI_DIM,
                st->is_sheet ? ui_tr(ctx, "Tab: back to the passphrase")
                             : ui_tr(ctx, "Forgotten? Tab: open with your paper key"));
}

static void forget(struct state *st)
{
    vault_secret_clear(st->secret);
    ui_paper_clear(&st->paper);
    st->layout = (struct ui_layout){0};
}

static struct ui_effect try_it(struct state *st)
{
    st->wait_s = wait_left(st);
    if (st->wait_s > 0) {
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    if (st->is_sheet) {
        ui_paper_words(&st->paper, st->secret);
    }
    st->is_working = vault_secret_length(st->secret) > 0;
    return UI_EFFECT(st->is_working ? UI_EFFECT_WORK : UI_EFFECT_NONE);
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    (void)ctx;
    st->key_ms = clock_mono_ms();
    switch (in->action) {
    case UI_ACT_NEXT_FIELD:
    case UI_ACT_PREV_FIELD:
        st->is_sheet = !st->is_sheet;
        st->has_failed = false;
        forget(st);
        return UI_EFFECT(UI_EFFECT_NONE);
    case UI_ACT_BACK: forget(st); return UI_EFFECT(UI_EFFECT_NONE);
    default: break;
    }
    if (st->is_sheet) {
        st->has_failed = st->has_failed && in->action == UI_ACT_OPEN;
        return ui_paper_act(&st->paper, in) ? try_it(st) : UI_EFFECT(UI_EFFECT_NONE);
    }
    if (in->action == UI_ACT_OPEN) {
        return try_it(st);
    }
    ui_layout_watch(&st->layout, in, vault_secret_length(st->secret));
    (void)ui_secret_act(st->secret, in);
    return UI_EFFECT(UI_EFFECT_NONE);
}

static void greet(const struct state *st, struct ui_ctx *ctx)
{
    if (st->is_sheet) {
        ctx->by_sheet = true; /* the runner asks for a new passphrase */
        return;
    }
    if (vault_head_was_missing(ctx->vault)) {
        ui_say(ctx,
               ui_tr(ctx, "The file \"head\" was missing; it was made anew. Is the last answer "
                          "you remember still here?"));
        return;
    }
    const int64_t saved = vault_last_save_ms(ctx->vault);
    if (saved > 0) {
        struct str at = STR_INIT;
        struct str s = STR_INIT;
        ui_show_time(ctx, saved, &at);
        str_printf(&s, ui_tr(ctx, "Last saved: %s"), str_cstr(&at));
        ui_say(ctx, str_cstr(&s));
        str_done(&s);
        str_done(&at);
    }
}

static struct ui_effect work(void *state, struct ui_ctx *ctx)
{
    struct state *const st = state;
    struct err_info info = {0};
    const enum err e = st->is_sheet ? vault_unlock_sheet(ctx->vault, st->secret, &info)
                                    : vault_unlock(ctx->vault, st->secret, &info);
    st->is_working = false;
    vault_secret_clear(st->secret);
    if (e == ERR_OK) {
        ctx->failures = 0;
        ui_code_load(ctx);
        ui_langs_load(ctx);
        greet(st, ctx);
        return UI_EFFECT(UI_EFFECT_RESET);
    }
    if (e == ERR_KEY) {
        st->has_failed = true;
        ctx->failures++;
        start_wait(st, ctx);
    } else {
        ui_say_error(ctx, e, &info);
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static bool tick(void *state, struct ui_ctx *ctx)
{
    struct state *const st = state;
    (void)ctx;
    const unsigned left = wait_left(st);
    const bool is_changed = left != st->wait_s;
    st->wait_s = left;
    if (st->is_sheet && clock_mono_ms() - st->key_ms > WORDS_SHOWN_MS &&
        !ui_paper_is_empty(&st->paper)) {
        forget(st); /* nobody is typing: the words do not stay in sight */
        return true;
    }
    return is_changed;
}

static bool takes_text(const void *state, const struct ui_ctx *ctx)
{
    (void)state;
    (void)ctx;
    return true;
}

static bool allows(const void *state, const struct ui_ctx *ctx, enum ui_action action)
{
    const struct state *const st = state;
    (void)ctx;
    return action != UI_ACT_BACK || vault_secret_length(st->secret) > 0 ||
           !ui_paper_is_empty(&st->paper);
}

static void close(void *state, struct ui_ctx *ctx)
{
    struct state *const st = state;
    (void)ctx;
    vault_secret_free(st->secret);
    ui_paper_close(&st->paper);
}

const struct ui_screen ui_unlock = {
    .id = "unlock",
    .title = N_("Welcome"),
    .state_size = sizeof(struct state),
    .scope = UI_SCOPE_FIELDS,
    .open = open,
    .draw = draw,
    .act = act,
    .work = work,
    .takes_text = takes_text,
    .allows = allows,
    .tick = tick,
    .close = close,
};
