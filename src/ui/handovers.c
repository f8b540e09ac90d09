/* Handovers: those that wait for this member's answer, and what became of the others. Invariant: a
 * case is taken over, refused or kept only after a question; a refusal has its reason. */
#include "record/handover.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "members_int.h"
#include "report/overview.h"

enum { REASON_MAX = 300, REASON_MIN = 3 };
enum mode { M_LIST, M_ACCEPT, M_WITHDRAW, M_REFUSE };

struct state {
    struct record_handover *all; /* owned */
    struct ui_list list;
    enum mode mode;
    struct ui_edit reason; /* of a refusal */
    struct str asked, said;
};

static struct record_handover *here(const struct state *st)
{
    return st->list.count > 0 ? &st->all[st->list.at] : NULL;
}

static void load_words(struct state *st, struct ui_ctx *ctx)
{
    str_clear(&st->asked);
    str_clear(&st->said);
    if (here(st) != NULL) { /* of a case that is not open to her there are none */
        (void)record_handover_words(ctx->record, here(st), &st->asked, &st->said, NULL);
    }
}

static void load(struct state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    size_t n = 0;
    free(st->all);
    st->all = NULL;
    const enum err e = record_handover_list(ctx->record, &st->all, &n, &info);
    if (e != ERR_OK) {
        ui_say_error(ctx, e, &info);
        n = 0;
    }
    st->list.count = n;
    if (st->list.at >= n) {
        st->list.at = n > 0 ? n - 1 : 0;
    }
    load_words(st, ctx);
}

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    struct state *const st = state;
    (void)arg;
    st->reason.max_bytes = REASON_MAX;
    load(st, ctx);
}

static void draw_line(const struct record_handover *h, const struct ui_ctx *ctx, canvas *c, int row)
{
    struct str s = STR_INIT;
    const bool is_waiting = h->state == RECORD_HANDOVER_OPEN && h->is_to_me;
    canvas_text(c, row, 3, 2, is_waiting ? UI_ALERT : UI_PLAIN, is_waiting ? "!" : "·");
    canvas_text(c, row, 5, 8, UI_PLAIN, h->code[0] != '\0' ? h->code : "-");
    str_printf(&s, "%s → %s", h->from_name, h->to_name);
    canvas_text(c, row, 14, 28, UI_PLAIN, str_cstr(&s));
    canvas_text(c, row, 43, canvas_cols(c) - 54, UI_PLAIN,
                handover_state_text(catalog_builtin(ctx->lang), h->state));
    str_clear(&s);
    ui_show_day(ctx, h->asked_ms, &s);
    canvas_text_right(c, row, canvas_cols(c) - 2, UI_PLAIN, str_cstr(&s));
    str_done(&s);
}

static void draw_words(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row)
{
    const int width = canvas_cols(c) - 6;
    const struct record_handover *const h = here(st);
    if (st->asked.len > 0) {
        row += canvas_wrap(c, row, 3, width, 3, UI_PLAIN, str_cstr(&st->asked));
    }
    if (st->said.len > 0) {
        row += canvas_wrap(c, row, 3, width, 3, UI_BOLD, str_cstr(&st->said));
    }
    if (h->ends && h->state == RECORD_HANDOVER_OPEN) {
        canvas_text(c, row, 3, width, UI_DIM,
                    ui_tr(ctx, "With the acceptance the sender's access ends."));
    }
}

static void draw_question(const struct state *st, const struct ui_ctx *ctx, canvas *c)
{
    struct str s = STR_INIT;
    const struct record_handover *const h = here(st);
    if (st->mode == M_REFUSE) {
        const int row = canvas_rows(c) - UI_BOTTOM - 4;
        canvas_text(c, row, 3, canvas_cols(c) - 6, UI_BOLD,
                    ui_tr(ctx, "Why not? Enter refuses, Esc leaves it open."));
        ui_edit_draw(&st->reason, c, row + 1, 3, canvas_cols(c) - 6, 2, true);
    } else {
        str_printf(&s,
                   st->mode == M_ACCEPT ? ui_tr(ctx, "Do you take %s over?")
                                        : ui_tr(ctx, "Withdraw the handover of %s?"),
                   h->code);
        ui_ask_draw(c, ctx, str_cstr(&s));
    }
    str_done(&s);
}

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct state *const st = state;
    const size_t rows = (size_t)(canvas_rows(c) - UI_TOP - UI_BOTTOM - 10);
    ui_frame(c, ctx, &ui_handovers, st, ui_tr(ctx, ui_handovers.title));
    canvas_cursor(c, -1, 0);
    if (st->list.count == 0) {
        canvas_wrap(c, UI_TOP + 1, 3, canvas_cols(c) - 6, 3, UI_PLAIN,
                    ui_tr(ctx, "No case was handed over. A case is offered to another member on"
                               " its own screen."));
        return;
    }
    const size_t first = ui_list_first(&st->list, rows);
    int row = UI_TOP;
    for (size_t i = first; i < st->list.count && i < first + rows; i++) {
        draw_line(&st->all[i], ctx, c, row);
        if (i == st->list.at) {
            ui_focus(c, row, 1, canvas_cols(c) - 2);
        }
        row++;
    }
    draw_words(st, ctx, c, row + 1);
    if (st->mode != M_LIST) {
        draw_question(st, ctx, c);
    }
}

static void answer(struct state *st, struct ui_ctx *ctx, enum record_handover_state said)
{
    struct err_info info = {0};
    const char *reason = said == RECORD_HANDOVER_REFUSED ? str_cstr(&st->reason.text) : "";
    const enum err e = record_handover_answer(ctx->record, here(st)->id, said, reason, &info);
    if (e != ERR_OK) {
        ui_say_member(ctx, e, &info);
    } else {
        ctx->has_saved = true;
    }
    st->mode = M_LIST;
    ui_edit_set(&st->reason, "");
    load(st, ctx);
}

static void act_reason(struct state *st, struct ui_ctx *ctx, const struct ui_input *in)
{
    if (in->action == UI_ACT_BACK) {
        st->mode = M_LIST;
    } else if (in->action == UI_ACT_OPEN) {
        if (st->reason.text.len >= REASON_MIN) {
            answer(st, ctx, RECORD_HANDOVER_REFUSED);
        } else {
            ui_say(ctx, ui_tr(ctx, "A few words are needed."));
        }
    } else {
        (void)ui_edit_act(&st->reason, in);
    }
}

static void act_question(struct state *st, struct ui_ctx *ctx, const struct ui_input *in)
{
    const int reply = ui_ask_reply(ctx, in);
    const bool is_accept = st->mode == M_ACCEPT;
    if (in->action == UI_ACT_BACK) {
        st->mode = M_LIST;
    } else if (reply == 1) {
        answer(st, ctx, is_accept ? RECORD_HANDOVER_ACCEPTED : RECORD_HANDOVER_WITHDRAWN);
    } else if (reply == 0) {
        st->mode = is_accept ? M_REFUSE : M_LIST;
    }
}

static void choose(struct state *st, struct ui_ctx *ctx)
{
    const struct record_handover *const h = here(st);
    if (h == NULL) {
        return;
    }
    if (h->state != RECORD_HANDOVER_OPEN || !(h->is_to_me || h->is_from_me)) {
        ui_say(ctx, ui_tr(ctx, "This handover does not wait for you."));
    } else {
        st->mode = h->is_to_me ? M_ACCEPT : M_WITHDRAW;
    }
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    if (st->mode == M_REFUSE) {
        act_reason(st, ctx, in);
    } else if (st->mode != M_LIST) {
        act_question(st, ctx, in);
    } else if (ui_list_act(&st->list, in)) {
        load_words(st, ctx);
    } else if (in->action == UI_ACT_BACK) {
        return ui_pop(0);
    } else if (in->action == UI_ACT_OPEN || in->action == UI_ACT_CHOOSE) {
        choose(st, ctx);
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static bool takes_text(const void *state, const struct ui_ctx *ctx)
{
    (void)ctx;
    return ((const struct state *)state)->mode != M_LIST;
}

static bool tick(void *state, struct ui_ctx *ctx)
{
    struct state *const st = state;
    bool is_changed = false;
    if (st->mode != M_LIST || record_refresh(ctx->record, &is_changed, NULL) != ERR_OK ||
        !is_changed) {
        return false;
    }
    load(st, ctx);
    return true;
}

static void close(void *state, struct ui_ctx *ctx)
{
    struct state *const st = state;
    (void)ctx;
    free(st->all);
    ui_edit_done(&st->reason);
    str_done(&st->asked);
    str_done(&st->said);
}

const struct ui_screen ui_handovers = {
    .id = "handovers",
    .title = N_("Handovers"),
    .state_size = sizeof(struct state),
    .scope = UI_SCOPE_MENU,
    .guards = UI_NEEDS_UNLOCKED,
    .open = open,
    .draw = draw,
    .act = act,
    .takes_text = takes_text,
    .tick = tick,
    .close = close,
};
