/* Members and access: everybody with role and devices, and the ways to one of them and to a new
 * one. Who may change anything is the vault's business; a refusal is said in words. */
#include "members_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

struct state {
    struct vault_member *all; /* owned */
    size_t count;
    struct ui_list list; /* the members, then the line that adds one */
};

void ui_say_member(struct ui_ctx *ctx, enum err code, const struct err_info *info)
{
    const char *const text = member_error_text(catalog_builtin(ctx->lang), code, info);
    if (text != NULL) {
        ui_say(ctx, text);
    } else {
        ui_say_error(ctx, code, info);
    }
}

enum vault_role ui_role_step(enum vault_role role, int step)
{
    const int given = VAULT_ROLE_COUNT - VAULT_ROLE_COORDINATOR;
    const int at = (int)role - VAULT_ROLE_COORDINATOR + step + given;
    return (enum vault_role)(VAULT_ROLE_COORDINATOR + at % given);
}

void ui_role_draw(const struct ui_ctx *ctx, canvas *c, int row, int col, enum vault_role role,
                  bool is_focused)
{
    canvas_printf(c, row, col, canvas_cols(c) - col - 1, is_focused ? UI_BOLD : UI_PLAIN,
                  is_focused ? "‹ %s ›" : "%s", member_role_text(catalog_builtin(ctx->lang), role));
}

static void load(struct state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    free(st->all);
    st->all = NULL;
    st->count = 0;
    const enum err e = vault_members(ctx->vault, &st->all, &st->count, &info);
    if (e != ERR_OK) {
        ui_say_member(ctx, e, &info);
    }
    st->list.count = st->count + 1;
    st->list.at = st->list.at > st->count ? st->count : st->list.at;
}

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    (void)arg;
    load(state, ctx);
}

static void draw_member(const struct vault_member *m, const struct ui_ctx *ctx, canvas *c, int row)
{
    const unsigned attr = m->is_removed ? UI_DIM : UI_PLAIN;
    struct str s = STR_INIT;
    canvas_text(c, row, 3, 30, attr, m->name);
    canvas_text(c, row, 34, 16, attr, member_role_text(catalog_builtin(ctx->lang), m->role));
    str_printf(&s, ui_trn(ctx, "%u device", "%u devices", m->devices), m->devices);
    canvas_text(c, row, 51, 15, attr, str_cstr(&s));
    str_clear(&s);
    if (m->is_removed) {
        str_puts(&s, ui_tr(ctx, "removed"));
    } else if (m->is_self) {
        str_puts(&s, ui_tr(ctx, "you"));
    } else {
        ui_show_day(ctx, m->since_ms, &s);
    }
    canvas_text_right(c, row, canvas_cols(c) - 2, attr, str_cstr(&s));
    str_done(&s);
}

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct state *const st = state;
    const size_t rows = (size_t)(canvas_rows(c) - UI_TOP - UI_BOTTOM - 1);
    ui_frame(c, ctx, &ui_members, st, ui_tr(ctx, ui_members.title));
    canvas_cursor(c, -1, 0);
    const size_t first = ui_list_first(&st->list, rows);
    for (size_t i = first; i < st->list.count && i < first + rows; i++) {
        const int row = UI_TOP + 1 + (int)(i - first);
        if (i < st->count) {
            draw_member(&st->all[i], ctx, c, row);
        } else {
            canvas_printf(c, row, 3, canvas_cols(c) - 6, UI_BOLD, "[ %s ]",
                          ui_tr(ctx, "Add a member from a request file"));
        }
        if (i == st->list.at) {
            ui_focus(c, row, 1, canvas_cols(c) - 2);
        }
    }
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    (void)ctx;
    if (ui_list_act(&st->list, in)) {
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    switch (in->action) {
    case UI_ACT_OPEN:
    case UI_ACT_CHOOSE:
        return st->list.at < st->count ? ui_push(&ui_member, st->all[st->list.at].id, ID_LEN)
                                       : ui_push(&ui_member_add, NULL, 0);
    case UI_ACT_BACK: return ui_pop(0);
    default: return UI_EFFECT(UI_EFFECT_NONE);
    }
}

static void resumed(void *state, struct ui_ctx *ctx, int result)
{
    (void)result;
    load(state, ctx);
}

static void save_place(const void *state, struct ui_ctx *ctx, jv *place)
{
    (void)ctx;
    jv_set_int(place, "at", (int64_t)((const struct state *)state)->list.at);
}

static void restore(void *state, struct ui_ctx *ctx, const jv *place)
{
    struct state *const st = state;
    const int64_t at = jv_int_at(place, "at", 0);
    st->list.at = at > 0 ? (size_t)at : 0;
    load(st, ctx);
}

static void close(void *state, struct ui_ctx *ctx)
{
    struct state *const st = state;
    (void)ctx;
    if (st->all != NULL) {
        mem_wipe(st->all, st->count * sizeof *st->all);
    }
    free(st->all);
}

const struct ui_screen ui_members = {
    .id = "members",
    .title = N_("Members and access"),
    .state_size = sizeof(struct state),
    .scope = UI_SCOPE_MENU,
    .guards = UI_NEEDS_UNLOCKED,
    .open = open,
    .draw = draw,
    .act = act,
    .resumed = resumed,
    .save_place = save_place,
    .restore = restore,
    .close = close,
};
