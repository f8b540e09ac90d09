/* The six digits that end quick hiding: shown and changed here, kept sealed in the vault. */
#include "prefs_int.h"
#include "ui/widget.h"

struct state {
    struct ui_edit code;
};

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    struct state *const st = state;
    (void)arg;
    st->code.max_bytes = UI_CODE_LEN;
    if (ctx->return_code[0] != '\0') {
        ui_edit_set(&st->code, ctx->return_code);
        return;
    }
    struct str proposed = STR_INIT;
    ui_code_propose(&proposed);
    ui_edit_set(&st->code, str_cstr(&proposed));
    str_done(&proposed);
}

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct state *const st = state;
    const int width = canvas_cols(c) - 6;
    ui_frame(c, ctx, &ui_return_code, st, ui_tr(ctx, ui_return_code.title));
    canvas_cursor(c, -1, 0);
    int row = UI_TOP + 1;
    row += 1 + canvas_wrap(c, row, 3, width, 6, UI_PLAIN,
                           ui_tr(ctx, "F12 or Ctrl-] hides everything at once, when somebody comes "
                                      "in. Six digits bring you back within ten minutes; after "
                                      "that, the passphrase."));
    row += 1 + canvas_wrap(c, row, 3, width, 3, UI_PLAIN,
                           ui_tr(ctx, "Remember this code, or type another:"));
    canvas_text(c, row, 3, 1, UI_BOLD, "›");
    ui_edit_draw(&st->code, c, row, 5, 8, 1, true);
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    if (in->action == UI_ACT_BACK) {
        return ui_pop(0);
    }
    if (in->action != UI_ACT_OPEN) {
        (void)ui_edit_act(&st->code, in);
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    if (!ui_code_valid(str_cstr(&st->code.text))) {
        ui_say(ctx, ui_tr(ctx, "The code has exactly six digits."));
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    struct err_info info = {0};
    const enum err e = ui_code_save(ctx, str_cstr(&st->code.text), &info);
    if (e != ERR_OK) {
        ui_say_error(ctx, e, &info);
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    ui_say(ctx, ui_tr(ctx, "From now on these six digits bring you back."));
    return ui_pop(1);
}

static bool takes_text(const void *state, const struct ui_ctx *ctx)
{
    (void)state;
    (void)ctx;
    return true;
}

static bool allows(const void *state, const struct ui_ctx *ctx, enum ui_action action)
{
    (void)state;
    (void)ctx;
    return action != UI_ACT_NEXT_FIELD && action != UI_ACT_PREV_FIELD;
}

static void close(void *state, struct ui_ctx *ctx)
{
    struct state *const st = state;
    (void)ctx;
    ui_edit_done(&st->code);
}

const struct ui_screen ui_return_code = {
    .id = "return-code",
    .title = N_("Return code"),
    .state_size = sizeof(struct state),
    .scope = UI_SCOPE_FIELDS,
    .guards = UI_NEEDS_UNLOCKED | UI_NEEDS_WRITE,
    .open = open,
    .draw = draw,
    .act = act,
    .takes_text = takes_text,
    .allows = allows,
    .close = close,
};
