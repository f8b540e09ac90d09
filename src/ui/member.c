/* One member: her devices, another role, removal with a reason. Invariant: nothing is changed
 * before the question is answered with yes. */
#include "members_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum field { F_ROLE, F_CHANGE, F_REASON, F_REMOVE, F_COUNT };
enum { DEVICES_SHOWN = 5, REASON_MAX = 200 };

struct state {
    unsigned char id[ID_LEN];
    struct vault_member member;
    bool is_found, is_asking;
    struct vault_device *devices; /* all of everybody; owned */
    size_t count;
    enum vault_role role; /* chosen */
    struct ui_edit reason;
    size_t at;
};

static void load(struct state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    struct vault_member *all = NULL;
    size_t n = 0;
    free(st->devices);
    st->devices = NULL;
    st->count = 0;
    enum err e = vault_members(ctx->vault, &all, &n, &info);
    for (size_t i = 0; e == ERR_OK && i < n; i++) {
        if (memcmp(all[i].id, st->id, ID_LEN) == 0) {
            st->member = all[i];
            st->role = all[i].role;
            st->is_found = true;
        }
    }
    free(all);
    e = e == ERR_OK ? vault_devices(ctx->vault, &st->devices, &st->count, &info) : e;
    if (e != ERR_OK) {
        ui_say_member(ctx, e, &info);
    }
}

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    struct state *const st = state;
    memcpy(st->id, arg, ID_LEN);
    st->reason.max_bytes = REASON_MAX;
    load(st, ctx);
}

static int draw_devices(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row)
{
    int shown = 0;
    for (size_t i = 0; i < st->count && shown < DEVICES_SHOWN; i++) {
        const struct vault_device *const d = &st->devices[i];
        char hex[9];
        if (memcmp(d->member, st->id, ID_LEN) != 0) {
            continue;
        }
        hex_put(hex, d->id, 4);
        canvas_printf(c, row + shown, 5, canvas_cols(c) - 7, d->is_closed ? UI_DIM : UI_PLAIN,
                      "%s  %llu  %s", hex, (unsigned long long)d->seq,
                      d->is_closed ? ui_tr(ctx, "closed")
                      : d->is_self ? ui_tr(ctx, "this one")
                                   : "");
        shown++;
    }
    return shown;
}

static void draw_button(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row,
                        enum field f, const char *text)
{
    canvas_printf(c, row, 20, canvas_cols(c) - 24, UI_BOLD, "[ %s ]", ui_tr(ctx, text));
    if (st->at == f) {
        ui_focus(c, row, 18, 34);
    }
}

static void draw_fields(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row)
{
    const int width = canvas_cols(c) - 24 < 50 ? canvas_cols(c) - 24 : 50;
    canvas_text(c, row, 3, 16, UI_PLAIN, ui_tr(ctx, "Role"));
    ui_role_draw(ctx, c, row, 20, st->role, st->at == F_ROLE);
    draw_button(st, ctx, c, row + 1, F_CHANGE, N_("Change the role"));
    canvas_text(c, row + 3, 3, 16, UI_PLAIN, ui_tr(ctx, "Reason"));
    ui_edit_draw(&st->reason, c, row + 3, 20, width, 1, st->at == F_REASON);
    draw_button(st, ctx, c, row + 4, F_REMOVE, N_("Remove from the organisation"));
    if (st->at == F_ROLE || st->at == F_REASON) {
        canvas_text(c, st->at == F_ROLE ? row : row + 3, 1, 1, UI_BOLD, "›");
    }
}

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct state *const st = state;
    ui_frame(c, ctx, &ui_member, st, st->is_found ? st->member.name : ui_tr(ctx, ui_member.title));
    canvas_cursor(c, -1, 0);
    if (!st->is_found) {
        return;
    }
    int row = UI_TOP + 1;
    struct str s = STR_INIT;
    ui_show_day(ctx, st->member.since_ms, &s);
    canvas_printf(c, row, 3, canvas_cols(c) - 6, UI_PLAIN, ui_tr(ctx, "Member since %s"),
                  str_cstr(&s));
    str_done(&s);
    if (st->member.is_removed) {
        canvas_text_right(c, row, canvas_cols(c) - 2, UI_ALERT, ui_tr(ctx, "removed"));
    }
    canvas_text(c, row + 2, 3, -1, UI_BOLD, ui_tr(ctx, "Devices and their entries"));
    row += 3 + draw_devices(st, ctx, c, row + 3) + 1;
    if (!st->member.is_removed) {
        draw_fields(st, ctx, c, row);
    }
    if (st->is_asking) {
        ui_ask_draw(c, ctx,
                    st->at == F_REMOVE ? ui_tr(ctx, "Remove this member now?")
                                       : ui_tr(ctx, "Change the role now?"));
    }
}

static struct ui_effect carry_out(struct state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    const bool is_removal = st->at == F_REMOVE;
    const enum err e = is_removal ? vault_member_remove(ctx->vault, st->id,
                                                        str_cstr(&st->reason.text), &info)
                                  : vault_member_role(ctx->vault, st->id, st->role, &info);
    if (e != ERR_OK) {
        ui_say_member(ctx, e, &info);
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    ctx->has_saved = true;
    ui_say(ctx, is_removal ? ui_tr(ctx, "Removed: what is written from now on stays closed to "
                                        "this member.")
                           : ui_tr(ctx, "The role is changed."));
    return ui_pop(1);
}

static struct ui_effect press(struct state *st, struct ui_ctx *ctx)
{
    if (st->at == F_REMOVE && st->reason.text.len == 0) {
        ui_say(ctx, ui_tr(ctx, "Write the reason first: it stays in the log."));
        st->at = F_REASON;
    } else if (st->at == F_REMOVE || (st->at == F_CHANGE && st->role != st->member.role)) {
        st->is_asking = true;
    } else {
        st->at = (st->at + 1) % F_COUNT;
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    if (st->is_asking) {
        const int reply = ui_ask_reply(ctx, in);
        st->is_asking = reply < 0;
        return reply == 1 ? carry_out(st, ctx) : UI_EFFECT(UI_EFFECT_NONE);
    }
    if (in->action == UI_ACT_BACK || !st->is_found || st->member.is_removed) {
        return in->action == UI_ACT_BACK ? ui_pop(0) : UI_EFFECT(UI_EFFECT_NONE);
    }
    if (st->at == F_REASON && in->action != UI_ACT_UP && in->action != UI_ACT_DOWN &&
        ui_edit_act(&st->reason, in)) {
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    switch (in->action) {
    case UI_ACT_OPEN: return press(st, ctx);
    case UI_ACT_LEFT:
    case UI_ACT_RIGHT:
    case UI_ACT_CHOOSE:
        if (st->at == F_ROLE) {
            st->role = ui_role_step(st->role, in->action == UI_ACT_LEFT ? -1 : 1);
        }
        break;
    case UI_ACT_NEXT_FIELD:
    case UI_ACT_DOWN: st->at = (st->at + 1) % F_COUNT; break;
    case UI_ACT_PREV_FIELD:
    case UI_ACT_UP: st->at = (st->at + F_COUNT - 1) % F_COUNT; break;
    default: break;
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static bool takes_text(const void *state, const struct ui_ctx *ctx)
{
    const struct state *const st = state;
    (void)ctx;
    return st->is_asking || st->at == F_REASON;
}

static void close(void *state, struct ui_ctx *ctx)
{
    struct state *const st = state;
    (void)ctx;
    ui_edit_done(&st->reason);
    mem_wipe(&st->member, sizeof st->member);
    free(st->devices);
}

const struct ui_screen ui_member = {
    .id = "member",
    .title = N_("Member"),
    .state_size = sizeof(struct state),
    .scope = UI_SCOPE_FIELDS,
    .guards = UI_NEEDS_UNLOCKED,
    .open = open,
    .draw = draw,
    .act = act,
    .takes_text = takes_text,
    .close = close,
};
