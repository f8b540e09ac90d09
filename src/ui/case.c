/* One case: its forms with their state, and whom it is open to. The name stays masked until asked
 * for. */
#include "ui/widget.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "vault/members.h"

enum line { L_FORM, L_ACCESS, L_COUNT };

struct state {
    unsigned char id[ID_LEN];
    struct record_case info;
    bool is_found;
    bool is_shown; /* the audit tells of it */
    struct ui_list list;
    struct str granted; /* names of those it is open to */
};

static void load_granted(struct state *st, struct ui_ctx *ctx)
{
    struct vault_member *all = NULL;
    size_t n = 0;
    str_clear(&st->granted);
    if (vault_granted(ctx->vault, st->id, &all, &n, NULL) != ERR_OK) {
        return; /* the line stays empty; opening it says why */
    }
    for (size_t i = 0; i < n; i++) {
        str_puts(&st->granted, i > 0 ? ", " : "");
        str_puts(&st->granted, all[i].name);
    }
    free(all);
}

/* The first time it goes into the audit that somebody looks at the case. */
static void load(struct state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    enum err e = st->is_shown ? record_case_get(ctx->record, st->id, &st->info, &info)
                              : record_case_open(ctx->record, st->id, &st->info, &info);
    if (e == ERR_OK && st->info.is_locked) { /* the day that the reason was good for is over */
        e = ERR_SET(&info, ERR_RIGHTS, "case");
    }
    st->is_found = e == ERR_OK;
    st->is_shown = st->is_shown || st->is_found;
    if (!st->is_found) {
        ui_say_error(ctx, e, &info);
    }
    load_granted(st, ctx);
}

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    struct state *const st = state;
    const unsigned char none[ID_LEN] = {0};
    st->list.count = L_COUNT;
    memcpy(st->id, arg, ID_LEN);
    if (memcmp(st->id, none, ID_LEN) != 0) {
        load(st, ctx);
    }
}

static void draw_form(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row)
{
    const struct record_case *const k = &st->info;
    struct str s = STR_INIT;
    if (k->is_finished) {
        str_puts(&s, ui_tr(ctx, "finished"));
    } else if (k->has_record) {
        str_printf(&s, ui_tr(ctx, "%u of %u"), k->answered, k->asked);
    } else {
        str_puts(&s, ui_tr(ctx, "not begun"));
    }
    canvas_text(c, row, 3, 2, k->is_finished ? UI_GOOD : UI_PLAIN,
                ui_sign(k->is_finished, k->has_record ? 1 : 0));
    canvas_text(c, row, 5, canvas_cols(c) - 24, UI_PLAIN, ui_tr(ctx, "Identification interview"));
    canvas_text_right(c, row, canvas_cols(c) - 2, UI_PLAIN, str_cstr(&s));
    str_done(&s);
}

static void draw_access(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row)
{
    const int col = 5 + canvas_text(c, row, 5, 24, UI_PLAIN, ui_tr(ctx, "Open to")) + 2;
    canvas_text(c, row, col, canvas_cols(c) - col - 2, UI_PLAIN, str_cstr(&st->granted));
}

static void draw_times(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row)
{
    struct str at = STR_INIT;
    ui_show_time(ctx, st->info.opened_ms, &at);
    canvas_printf(c, row, 3, canvas_cols(c) - 4, UI_DIM, ui_tr(ctx, "Opened: %s"), str_cstr(&at));
    str_clear(&at);
    ui_show_time(ctx, st->info.changed_ms, &at);
    canvas_printf(c, row + 1, 3, canvas_cols(c) - 4, UI_DIM, ui_tr(ctx, "Last change: %s"),
                  str_cstr(&at));
    str_done(&at);
    if (st->info.conflicts > 0) {
        struct str s = STR_INIT;
        str_puts(&s, "! ");
        str_printf(&s,
                   ui_trn(ctx, "%u answer was given differently in two places.",
                          "%u answers were given differently in two places.", st->info.conflicts),
                   st->info.conflicts);
        canvas_text(c, row + 3, 3, canvas_cols(c) - 4, UI_ALERT, str_cstr(&s));
        str_done(&s);
    }
}

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct state *const st = state;
    struct str title = STR_INIT;
    str_puts(&title, st->is_found ? st->info.code : ui_tr(ctx, ui_case.title));
    if (st->is_found) {
        str_printf(&title, " %s", st->info.initials);
    }
    ui_frame(c, ctx, &ui_case, st, str_cstr(&title));
    str_done(&title);
    canvas_cursor(c, -1, 0);
    if (st->is_found) {
        canvas_text(c, UI_TOP, 1, -1, UI_BOLD, ui_tr(ctx, "Forms"));
        draw_form(st, ctx, c, UI_TOP + 2);
        draw_access(st, ctx, c, UI_TOP + 3);
        ui_focus(c, UI_TOP + 2 + (int)st->list.at, 1, canvas_cols(c) - 2);
        draw_times(st, ctx, c, UI_TOP + 5);
    }
}

static void unmask(const struct state *st, struct ui_ctx *ctx)
{
    struct str name = STR_INIT;
    struct err_info info = {0};
    const enum err e = record_case_unmask(ctx->record, st->id, &name, &info);
    if (e != ERR_OK) {
        ui_say_error(ctx, e, &info);
    } else {
        ui_say(ctx, name.len > 0 ? str_cstr(&name) : ui_tr(ctx, "No name is known yet."));
    }
    str_done(&name);
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    if (ui_list_act(&st->list, in)) {
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    switch (in->action) {
    case UI_ACT_OPEN:
    case UI_ACT_RIGHT:
        if (st->is_found) {
            return ui_push(st->list.at == L_FORM ? &ui_interview : &ui_access, st->id, ID_LEN);
        }
        break;
    case UI_ACT_BACK:
    case UI_ACT_LEFT: return ui_pop(0);
    case UI_ACT_UNMASK: unmask(st, ctx); break;
    default: break;
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static void resumed(void *state, struct ui_ctx *ctx, int result)
{
    (void)result;
    load(state, ctx);
}

static bool allows(const void *state, const struct ui_ctx *ctx, enum ui_action action)
{
    (void)state;
    (void)ctx;
    return action != UI_ACT_FIND && action != UI_ACT_NEW && action != UI_ACT_SORT;
}

static void save_place(const void *state, struct ui_ctx *ctx, jv *place)
{
    char hex[ID_HEX_LEN];
    (void)ctx;
    hex_put(hex, ((const struct state *)state)->id, ID_LEN);
    jv_set_str(place, "case", hex);
}

static void restore(void *state, struct ui_ctx *ctx, const jv *place)
{
    struct state *const st = state;
    const char *const hex = jv_str_at(place, "case");
    if (hex != NULL && hex_get(st->id, ID_LEN, hex)) {
        load(st, ctx);
    }
}

static bool tick(void *state, struct ui_ctx *ctx)
{
    bool is_changed = false;
    if (record_refresh(ctx->record, &is_changed, NULL) != ERR_OK || !is_changed) {
        return false;
    }
    load(state, ctx);
    return true;
}

static void close(void *state, struct ui_ctx *ctx)
{
    struct state *const st = state;
    (void)ctx;
    mem_wipe(&st->info, sizeof st->info);
    str_done(&st->granted);
}

const struct ui_screen ui_case = {
    .id = "case",
    .title = N_("Case"),
    .state_size = sizeof(struct state),
    .scope = UI_SCOPE_LIST,
    .guards = UI_NEEDS_UNLOCKED | UI_NEEDS_CASE,
    .open = open,
    .draw = draw,
    .act = act,
    .resumed = resumed,
    .allows = allows,
    .save_place = save_place,
    .restore = restore,
    .tick = tick,
    .close = close,
};
