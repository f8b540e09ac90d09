/* Exchange with the others: the folder, when it was last done, what came and what was refused, in
 * plain words. The exchange itself goes on in the background, whether this is looked at or not. */
#include "courier_int.h"
#include "ui/widget.h"

#include <string.h>

enum line { L_NOW, L_FOLDER, L_COUNT };
enum { PATH_MAX_BYTES = 1000 };

struct state {
    struct ui_list list;
    struct ui_edit dir;
    bool is_editing;
};

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    struct state *const st = state;
    (void)arg;
    st->list.count = L_COUNT;
    st->dir.max_bytes = PATH_MAX_BYTES;
    if (ctx->courier != NULL) {
        ui_edit_set(&st->dir, str_cstr(&ctx->courier->dir));
    }
}

static int draw_count(const struct ui_ctx *ctx, canvas *c, int row, const char *words, size_t n,
                      unsigned attr)
{
    if (n == 0) {
        return 0;
    }
    struct str s = STR_INIT;
    str_printf(&s, ui_tr(ctx, words), n);
    const int used = canvas_wrap(c, row, 3, canvas_cols(c) - 5, 2, attr, str_cstr(&s));
    str_done(&s);
    return used;
}

static void draw_last(const struct ui_ctx *ctx, canvas *c, int row)
{
    const struct hub_count *const n = &ctx->courier->last;
    const struct {
        const char *words;
        size_t n;
    } rows[] = {
        {N_("! Set aside, for a check failed: %zu entries"), n->quarantined},
        {N_("! Damaged: %zu streams. Nothing was taken behind the damage."), n->damaged},
        {N_("! Put back to an older state: %zu streams"), n->rolled_back},
        {N_("! Not readable: %zu streams. Their owner has to let the group read them."),
         n->unreadable},
    };
    row += draw_count(ctx, c, row, N_("Sent: %zu entries"), n->put, UI_PLAIN);
    row += draw_count(ctx, c, row, N_("Came: %zu entries"), n->taken + n->late, UI_PLAIN);
    row += draw_count(ctx, c, row, N_("Carried for others: %zu entries"), n->carried, UI_PLAIN);
    row += draw_count(ctx, c, row, N_("Waiting for what comes before: %zu entries"), n->held,
                      UI_PLAIN);
    row += draw_count(ctx, c, row, N_("Waiting for a key: %zu streams"), n->waiting, UI_PLAIN);
    bool is_refused = false;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        row += draw_count(ctx, c, row, rows[i].words, rows[i].n, UI_ALERT);
        is_refused = is_refused || rows[i].n > 0;
    }
    if (!is_refused) {
        canvas_text(c, row, 3, canvas_cols(c) - 5, UI_PLAIN, ui_tr(ctx, "Nothing was refused."));
    }
}

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct state *const st = state;
    const struct ui_courier *const q = ctx->courier;
    ui_frame(c, ctx, &ui_exchange, st, ui_tr(ctx, ui_exchange.title));
    canvas_cursor(c, -1, 0);
    if (q == NULL) {
        return;
    }
    canvas_printf(c, UI_TOP + 1, 3, canvas_cols(c) - 6, UI_BOLD, "[ %s ]",
                  ui_tr(ctx, "Exchange now"));
    const int col = 3 + canvas_text(c, UI_TOP + 2, 3, 20, UI_PLAIN, ui_tr(ctx, "Folder")) + 2;
    if (st->is_editing) {
        ui_edit_draw(&st->dir, c, UI_TOP + 2, col, canvas_cols(c) - col - 3, 1, true);
    } else {
        canvas_text(c, UI_TOP + 2, col, canvas_cols(c) - col - 3, UI_PLAIN,
                    q->dir.len > 0 ? str_cstr(&q->dir) : ui_tr(ctx, "none: Enter writes it"));
        ui_focus(c, UI_TOP + 1 + (int)st->list.at, 1, canvas_cols(c) - 2);
    }
    if (q->dir.len == 0) {
        canvas_wrap(c, UI_TOP + 4, 3, canvas_cols(c) - 6, 5, UI_PLAIN,
                    ui_tr(ctx, "With a folder that the others use too, the exchange goes on by "
                               "itself while the program is open. Others can neither change nor "
                               "delete there what you put."));
        return;
    }
    struct str age = STR_INIT;
    ui_courier_age(ctx, q->done_ms, &age);
    canvas_printf(c, UI_TOP + 4, 3, canvas_cols(c) - 6, UI_BOLD, ui_tr(ctx, "Last exchange: %s"),
                  str_cstr(&age));
    str_done(&age);
    int row = UI_TOP + 5;
    if (q->err != ERR_OK) {
        row += canvas_wrap(c, row, 3, canvas_cols(c) - 6, 3, UI_ALERT,
                           ui_tr(ctx, "The last try failed. It is tried again by itself; is the "
                                      "folder there, and may you write in it?"));
    }
    if (q->done_ms > 0) {
        draw_last(ctx, c, row);
    }
}

static void set_folder(struct state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    const enum err e = ui_courier_set(ctx, str_cstr(&st->dir.text), &info);
    st->is_editing = e != ERR_OK;
    if (e == ERR_RIGHTS) {
        ui_say(ctx, ui_tr(ctx, "Others could delete there what is not theirs: the folder needs the "
                               "sticky bit (chmod 3770)."));
    } else if (e != ERR_OK) {
        ui_say_error(ctx, e, &info);
    }
}

static struct ui_effect act_edit(struct state *st, struct ui_ctx *ctx, const struct ui_input *in)
{
    if (in->action == UI_ACT_OPEN) {
        set_folder(st, ctx);
    } else if (in->action == UI_ACT_BACK) {
        ui_edit_set(&st->dir, str_cstr(&ctx->courier->dir));
        st->is_editing = false;
    } else {
        (void)ui_edit_act(&st->dir, in);
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    if (in->action == UI_ACT_BACK && !st->is_editing) {
        return ui_pop(0);
    }
    if (ctx->courier == NULL) {
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    if (st->is_editing) {
        return act_edit(st, ctx, in);
    }
    if (ui_list_act(&st->list, in)) {
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    const bool is_now = in->action == UI_ACT_EXCHANGE ||
                        (in->action == UI_ACT_OPEN && st->list.at == L_NOW);
    if (is_now && ctx->courier->dir.len > 0) {
        ui_courier_want(ctx);
    } else if (is_now || in->action == UI_ACT_OPEN) {
        st->list.at = L_FOLDER;
        st->is_editing = true;
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static bool takes_text(const void *state, const struct ui_ctx *ctx)
{
    (void)ctx;
    return ((const struct state *)state)->is_editing;
}

static bool allows(const void *state, const struct ui_ctx *ctx, enum ui_action action)
{
    const struct state *const st = state;
    switch (action) {
    case UI_ACT_EXCHANGE:
        return !st->is_editing && ctx->courier != NULL && ctx->courier->dir.len > 0;
    case UI_ACT_EDIT:
    case UI_ACT_KEEP:
    case UI_ACT_REMOVE:
    case UI_ACT_APART: return false;
    default: return true;
    }
}

static void close(void *state, struct ui_ctx *ctx)
{
    (void)ctx;
    ui_edit_done(&((struct state *)state)->dir);
}

const struct ui_screen ui_exchange = {
    .id = "exchange",
    .title = N_("Exchange"),
    .state_size = sizeof(struct state),
    .scope = UI_SCOPE_EXCHANGE,
    .guards = UI_NEEDS_UNLOCKED,
    .open = open,
    .draw = draw,
    .act = act,
    .takes_text = takes_text,
    .allows = allows,
    .close = close,
};
