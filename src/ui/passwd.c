/* Changing the passphrase of an unlocked vault. */
#include "pass_int.h"

struct state {
    struct ui_pass pass;
    bool is_working;
};

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    struct state *const st = state;
    (void)ctx;
    (void)arg;
    ui_pass_open(&st->pass);
}

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct state *const st = state;
    ui_frame(c, ctx, &ui_passwd, st, ui_tr(ctx, ui_passwd.title));
    canvas_cursor(c, -1, 0);
    int row = UI_TOP + 1;
    row += canvas_wrap(c, row, 3, canvas_cols(c) - 6, 4, UI_PLAIN,
                       ui_tr(ctx, "Several words are easier to remember and harder to guess than "
                                  "one word with signs. The paper keys stay as they are."));
    row++;
    row += ui_pass_draw(&st->pass, ctx, c, row);
    if (st->is_working) {
        canvas_text(c, row, 3, -1, UI_ACCENT, ui_tr(ctx, "One moment…"));
        canvas_cursor(c, -1, 0);
    }
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    if (in->action == UI_ACT_BACK) {
        return ui_pop(0);
    }
    if (!ui_pass_act(&st->pass, ctx, in)) {
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    st->is_working = true;
    return UI_EFFECT(UI_EFFECT_WORK);
}

static struct ui_effect work(void *state, struct ui_ctx *ctx)
{
    struct state *const st = state;
    struct err_info info = {0};
    const enum err e = vault_passwd(ctx->vault, st->pass.first, ctx->kdf, &info);
    st->is_working = false;
    if (e != ERR_OK) {
        ui_say_error(ctx, e, &info);
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    ui_say(ctx, ui_tr(ctx, "The passphrase is changed."));
    return ui_pop(1);
}

static bool takes_text(const void *state, const struct ui_ctx *ctx)
{
    (void)state;
    (void)ctx;
    return true;
}

static void close(void *state, struct ui_ctx *ctx)
{
    struct state *const st = state;
    (void)ctx;
    ui_pass_close(&st->pass);
}

const struct ui_screen ui_passwd = {
    .id = "passwd",
    .title = N_("Change the passphrase"),
    .state_size = sizeof(struct state),
    .scope = UI_SCOPE_FIELDS,
    .guards = UI_NEEDS_UNLOCKED | UI_NEEDS_WRITE,
    .open = open,
    .draw = draw,
    .act = act,
    .work = work,
    .takes_text = takes_text,
    .close = close,
};
