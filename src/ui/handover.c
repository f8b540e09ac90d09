/* Offering a case to another member: to whom, why, and whether the own access ends with it.
 * Invariant: nothing is asked before somebody was chosen and a reason was given. */
#include "record/handover.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "members_int.h"

enum { REASON_MAX = 300, REASON_MIN = 5 };
enum field { F_MEMBER, F_REASON, F_ENDS, F_BUTTON, F_COUNT };

struct state {
    unsigned char id[ID_LEN];
    char code[CASE_CODE_LEN];
    struct vault_member *all; /* whom it may be offered to; owned */
    size_t count, member;
    struct ui_edit reason;
    bool ends;
    enum field at;
};

static bool may_receive(const struct vault_member *m)
{
    return !m->is_removed && !m->is_self &&
           (m->role == VAULT_ROLE_COORDINATOR || m->role == VAULT_ROLE_CASEWORKER);
}

static void find(struct state *st, struct ui_ctx *ctx)
{
    struct record_case k;
    struct err_info info = {0};
    size_t n = 0;
    free(st->all);
    st->all = NULL;
    st->count = 0;
    enum err e = record_case_get(ctx->record, st->id, &k, &info);
    e = e == ERR_OK ? vault_members(ctx->vault, &st->all, &n, &info) : e;
    if (e != ERR_OK) {
        ui_say_error(ctx, e, &info);
        return;
    }
    memcpy(st->code, k.code, sizeof st->code);
    for (size_t i = 0; i < n; i++) {
        if (may_receive(&st->all[i])) {
            st->all[st->count++] = st->all[i];
        }
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

static void draw_fields(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row)
{
    const int width = canvas_cols(c) - 6;
    canvas_text(c, row++, 3, width, UI_BOLD, ui_tr(ctx, "To whom?"));
    canvas_printf(c, row, 3, width, UI_PLAIN, "‹ %s, %s ›", st->all[st->member].name,
                  member_role_text(catalog_builtin(ctx->lang), st->all[st->member].role));
    if (st->at == F_MEMBER) {
        ui_focus(c, row, 1, 50);
    }
    row += 2;
    canvas_text(c, row++, 3, width, UI_BOLD, ui_tr(ctx, "Why do you hand it over?"));
    if (st->at == F_REASON) {
        canvas_text(c, row, 1, 1, UI_BOLD, "›");
    }
    row += ui_edit_draw(&st->reason, c, row, 3, width, 3, st->at == F_REASON) + 1;
    canvas_printf(c, row, 3, width, UI_PLAIN, "[%s] %s", st->ends ? "x" : " ",
                  ui_tr(ctx, "My access ends when it is accepted"));
    if (st->at == F_ENDS) {
        ui_focus(c, row, 1, canvas_cols(c) - 2);
    }
    row += 2;
    canvas_printf(c, row, 3, width, UI_BOLD, "[ %s ]", ui_tr(ctx, "Offer the case"));
    if (st->at == F_BUTTON) {
        ui_focus(c, row, 1, 32);
    }
}

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct state *const st = state;
    struct str title = STR_INIT;
    str_printf(&title, "%s · %s", ui_tr(ctx, ui_handover.title), st->code);
    ui_frame(c, ctx, &ui_handover, st, str_cstr(&title));
    str_done(&title);
    canvas_cursor(c, -1, 0);
    int row = UI_TOP + 1;
    if (st->count == 0) {
        canvas_wrap(c, row, 3, canvas_cols(c) - 6, 3, UI_PLAIN,
                    ui_tr(ctx, "There is no other coordinator or caseworker to hand a case to."));
        return;
    }
    row += canvas_wrap(c, row, 3, canvas_cols(c) - 6, 4, UI_DIM,
                       ui_tr(ctx, "The case opens to the receiver now, so that she sees what she"
                                  " takes on; if she refuses, that ends again."));
    draw_fields(st, ctx, c, row + 1);
}

static struct ui_effect offer(struct state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    if (st->reason.text.len < REASON_MIN) {
        st->at = F_REASON;
        ui_say(ctx, ui_tr(ctx, "A few words are needed."));
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    struct record_handover_ask a = {.reason = str_cstr(&st->reason.text), .ends = st->ends};
    memcpy(a.case_id, st->id, ID_LEN);
    memcpy(a.to, st->all[st->member].id, ID_LEN);
    const enum err e = record_handover_ask(ctx->record, &a, &info);
    if (e == ERR_EXISTS) {
        ui_say(ctx, ui_tr(ctx, "A handover of this case waits for its answer already."));
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    if (e != ERR_OK) {
        ui_say_member(ctx, e, &info);
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    ctx->has_saved = true;
    struct ui_effect effect = ui_push(&ui_handovers, NULL, 0);
    effect.type = UI_EFFECT_REPLACE;
    return effect;
}

static void step(struct state *st, bool is_next)
{
    const size_t by = is_next ? 1 : F_COUNT - 1;
    st->at = (enum field)((st->at + by) % F_COUNT);
}

/* Left, right and the blank change what has no text. */
static bool change(struct state *st, const struct ui_input *in)
{
    const bool is_side = in->action == UI_ACT_LEFT || in->action == UI_ACT_RIGHT;
    if (st->at == F_MEMBER && is_side) {
        const size_t by = in->action == UI_ACT_RIGHT ? 1 : st->count - 1;
        st->member = (st->member + by) % st->count;
        return true;
    }
    if (st->at == F_ENDS && (is_side || in->action == UI_ACT_CHOOSE)) {
        st->ends = !st->ends;
        return true;
    }
    return false;
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    if (in->action == UI_ACT_BACK) {
        return ui_pop(0);
    }
    if (st->count == 0 || change(st, in)) {
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    switch (in->action) {
    case UI_ACT_NEXT_FIELD:
    case UI_ACT_DOWN: step(st, true); break;
    case UI_ACT_PREV_FIELD:
    case UI_ACT_UP: step(st, false); break;
    case UI_ACT_OPEN:
        if (st->at == F_BUTTON) {
            return offer(st, ctx);
        }
        step(st, true);
        break;
    default:
        if (st->at == F_REASON) {
            (void)ui_edit_act(&st->reason, in);
        }
        break;
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static bool takes_text(const void *state, const struct ui_ctx *ctx)
{
    const struct state *const st = state;
    (void)ctx;
    return st->count > 0 && st->at == F_REASON;
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
    free(st->all);
    ui_edit_done(&st->reason);
}

const struct ui_screen ui_handover = {
    .id = "handover",
    .title = N_("Handing a case over"),
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
