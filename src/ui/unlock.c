/* The locked door: passphrase or the member's paper key. Says nothing about what is behind it until
 * it is open. After a failure the next attempt waits, counted down here. */
#include "prefs_int.h"
#include "ui/widget.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/utf8.h"

struct state {
    vault_secret *secret; /* owned */
    bool is_sheet;        /* the paper key's words instead of the passphrase */
    bool is_working;
    bool has_failed;
    bool had_cyrillic, had_lower, had_upper; /* of the last attempt; for the hint only */
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
    start_wait(st, ctx);
}

/* Words typed so far, and the one being typed: the others stay hidden. */
static unsigned last_word(const struct state *st, char out[12])
{
    unsigned n = 0;
    char word[12];
    out[0] = '\0';
    while (vault_secret_word(st->secret, n, word)) {
        memcpy(out, word, sizeof word);
        n++;
    }
    mem_wipe(word, sizeof word);
    return n;
}

static void draw_sheet(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row)
{
    char word[12];
    const unsigned n = last_word(st, word);
    struct str s = STR_INIT;
    str_printf(&s, ui_tr(ctx, "Word %u of %u:"), n > 0 ? n : 1, (unsigned)VAULT_SHEET_WORDS);
    const int used = canvas_text(c, row, 5, 30, UI_BOLD, str_cstr(&s));
    const int cells = canvas_text(c, row, 6 + used, 12, UI_UNDERLINE, word);
    canvas_cursor(c, row, 6 + used + cells);
    str_done(&s);
    mem_wipe(word, sizeof word);
}

static const char *hint(const struct state *st, const struct ui_ctx *ctx)
{
    if (st->is_sheet) {
        return ui_tr(ctx, "Four letters of each word are enough, one blank between two words.");
    }
    if (st->had_cyrillic) {
        return ui_tr(ctx, "Cyrillic letters were typed. Is the keyboard on the right layout?");
    }
    if (st->had_upper && !st->had_lower) {
        return ui_tr(ctx, "Only capital letters were typed. Is Caps Lock on?");
    }
    return ui_tr(ctx, "Look at the keyboard layout and at Caps Lock.");
}

static int draw_entry(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row)
{
    const int width = canvas_cols(c) - 10 < 50 ? canvas_cols(c) - 10 : 50;
    if (st->is_sheet) {
        canvas_text(c, row, 3, -1, UI_PLAIN, ui_tr(ctx, "Your paper key, all 24 words"));
        draw_sheet(st, ctx, c, row + 2);
    } else {
        canvas_text(c, row, 3, -1, UI_PLAIN, ui_tr(ctx, "Passphrase"));
        canvas_text(c, row + 2, 3, 1, UI_BOLD, "›");
        ui_secret_draw(st->secret, c, row + 2, 5, width, true);
    }
    return 4;
}

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct state *const st = state;
    ui_frame(c, ctx, &ui_unlock, st, ui_tr(ctx, ui_unlock.title));
    canvas_cursor(c, -1, 0);
    int row = UI_TOP + 3;
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
        canvas_text(c, row++, 3, -1, UI_ALERT, ui_tr(ctx, "! That was not right."));
    }
    if (st->wait_s > 0) {
        struct str s = STR_INIT;
        str_printf(&s, ui_trn(ctx, "Please wait %u second.", "Please wait %u seconds.", st->wait_s),
                   st->wait_s);
        canvas_text(c, row++, 5, -1, UI_PLAIN, str_cstr(&s));
        str_done(&s);
    }
    if (st->has_failed || st->is_sheet) {
        row += canvas_wrap(c, row, 5, canvas_cols(c) - 8, 3, UI_ACCENT, hint(st, ctx));
    }
    row++;
    canvas_wrap(c, row, 5, canvas_cols(c) - 8, 3, UI_DIM,
                st->is_sheet ? ui_tr(ctx, "Tab: back to the passphrase")
                             : ui_tr(ctx, "Forgotten? Tab: open with your paper key"));
}

static void watch(struct state *st, const struct ui_input *in)
{
    for (size_t at = 0; at < in->n;) {
        uint32_t cp = 0;
        at += utf8_next(in->text + at, in->n - at, &cp);
        st->had_cyrillic |= cp >= 0x400 && cp < 0x530;
        st->had_lower |= cp >= 'a' && cp <= 'z';
        st->had_upper |= cp >= 'A' && cp <= 'Z';
    }
}

static void forget(struct state *st)
{
    vault_secret_clear(st->secret);
    st->had_cyrillic = st->had_lower = st->had_upper = false;
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    (void)ctx;
    switch (in->action) {
    case UI_ACT_NEXT_FIELD:
    case UI_ACT_PREV_FIELD:
        st->is_sheet = !st->is_sheet;
        st->has_failed = false;
        forget(st);
        break;
    case UI_ACT_BACK: forget(st); break;
    case UI_ACT_OPEN:
        st->wait_s = wait_left(st);
        if (st->wait_s == 0 && vault_secret_length(st->secret) > 0) {
            st->is_working = true;
            return UI_EFFECT(UI_EFFECT_WORK);
        }
        break;
    case UI_ACT_TEXT:
        if (st->has_failed && vault_secret_length(st->secret) == 0) {
            forget(st);
        }
        watch(st, in);
        (void)ui_secret_act(st->secret, in);
        break;
    default: (void)ui_secret_act(st->secret, in); break;
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static void greet(const struct state *st, struct ui_ctx *ctx)
{
    if (st->is_sheet) {
        ui_say(ctx, ui_tr(ctx, "Opened with the paper key. Set a new passphrase now: F10."));
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
    return action != UI_ACT_BACK || vault_secret_length(st->secret) > 0;
}

static void close(void *state, struct ui_ctx *ctx)
{
    struct state *const st = state;
    (void)ctx;
    vault_secret_free(st->secret);
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
