/* A case that a coordinator holds by office only: she says why she opens it, and then sees it for a
 * day. Invariant: nothing of the case but its code is read before the reason is written. */
#include "ui/widget.h"

#include <string.h>

enum { REASON_MAX = 300, REASON_MIN = 5 };

struct state {
    unsigned char id[ID_LEN];
    char code[CASE_CODE_LEN];
    struct ui_edit reason;
    bool is_on_button;
    bool is_short;
};

static void find(struct state *st, struct ui_ctx *ctx)
{
    struct record_case k;
    struct err_info info = {0};
    const enum err e = record_case_get(ctx->record, st->id, &k, &info);
    if (e == ERR_OK) {
        memcpy(st->code, k.code, sizeof st->code);
    } else {
        ui_say_error(ctx, e, &info);
    }
}

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    struct state *const st = state;
    const unsigned char none[ID_LEN] = {0};
    st->reason.max_bytes = REASON_MAX;
    memcpy(st->id, arg, ID_LEN);
    if (memcmp(st->id, none, ID_LEN) != 0) {
        find(st, ctx);
    }
}

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct state *const st = state;
    const int width = canvas_cols(c) - 6;
    struct str title = STR_INIT;
    str_printf(&title, "%s ■", st->code);
    ui_frame(c, ctx, &ui_reason, st, str_cstr(&title));
    str_done(&title);
    canvas_cursor(c, -1, 0);
    int row = UI_TOP + 1;
    row += canvas_wrap(c, row, 3, width, 5, UI_PLAIN,
                       ui_tr(ctx, "This case is not open to you. As a coordinator you can open it "
                                  "for 24 hours. All coordinators will see that you did, and the "
                                  "reason."));
    row++;
    canvas_text(c, row++, 3, width, UI_BOLD, ui_tr(ctx, "Why do you open it?"));
    if (!st->is_on_button) {
        canvas_text(c, row, 1, 1, UI_BOLD, "›");
    }
    row += ui_edit_draw(&st->reason, c, row, 3, width, 3, !st->is_on_button);
    row++;
    canvas_printf(c, row, 3, width, UI_BOLD, "[ %s ]", ui_tr(ctx, "Open for 24 hours"));
    if (st->is_on_button) {
        ui_focus(c, row, 1, 32);
    }
    if (st->is_short) {
        canvas_wrap(c, row + 2, 3, width, 2, UI_ALERT,
                    ui_tr(ctx, "! A few words are needed: without names, please."));
    }
}

static bool is_said(const struct state *st)
{
    const char *const text = str_cstr(&st->reason.text);
    return strlen(text + strspn(text, " \n")) >= REASON_MIN;
}

static struct ui_effect open_case(struct state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    st->is_short = !is_said(st);
    if (st->is_short) {
        st->is_on_button = false;
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    const enum err e = record_case_open_with_reason(ctx->record, st->id, str_cstr(&st->reason.text),
                                                    &info);
    if (e != ERR_OK) {
        ui_say_error(ctx, e, &info);
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    struct ui_effect effect = ui_push(&ui_case, st->id, ID_LEN);
    effect.type = UI_EFFECT_REPLACE;
    return effect;
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    switch (in->action) {
    case UI_ACT_BACK: return ui_pop(0);
    case UI_ACT_NEXT_FIELD:
    case UI_ACT_PREV_FIELD:
    case UI_ACT_UP:
    case UI_ACT_DOWN: st->is_on_button = !st->is_on_button; break;
    case UI_ACT_OPEN:
    case UI_ACT_FINISH:
        if (st->is_on_button || in->action == UI_ACT_FINISH) {
            return open_case(st, ctx);
        }
        st->is_on_button = true;
        break;
    default:
        if (!st->is_on_button && ui_edit_act(&st->reason, in)) {
            st->is_short = false;
        }
        break;
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static bool takes_text(const void *state, const struct ui_ctx *ctx)
{
    (void)ctx;
    return !((const struct state *)state)->is_on_button;
}

static void save_place(const void *state, struct ui_ctx *ctx, jv *place)
{
    const struct state *const st = state;
    char hex[ID_HEX_LEN];
    (void)ctx;
    hex_put(hex, st->id, ID_LEN);
    jv_set_str(place, "case", hex);
    jv_set_str(place, "reason", str_cstr(&st->reason.text));
}

static void restore(void *state, struct ui_ctx *ctx, const jv *place)
{
    struct state *const st = state;
    const char *const hex = jv_str_at(place, "case");
    const char *const reason = jv_str_at(place, "reason");
    if (hex != NULL && hex_get(st->id, ID_LEN, hex)) {
        find(st, ctx);
    }
    ui_edit_set(&st->reason, reason != NULL ? reason : "");
}

static void close(void *state, struct ui_ctx *ctx)
{
    struct state *const st = state;
    (void)ctx;
    ui_edit_done(&st->reason);
}

const struct ui_screen ui_reason = {
    .id = "reason",
    .title = N_("Opening with a reason"),
    .state_size = sizeof(struct state),
    .scope = UI_SCOPE_FIELDS,
    .guards = UI_NEEDS_UNLOCKED | UI_NEEDS_CASE,
    .open = open,
    .draw = draw,
    .act = act,
    .takes_text = takes_text,
    .save_place = save_place,
    .restore = restore,
    .close = close,
};
