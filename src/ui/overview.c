/* All cases as their readers told of them: what is due first at the top. Invariant: nothing of a
 * case is opened by looking; what is shown was published to coordinators. */
#include "report/overview.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "members_int.h"
#include "record/overview.h"

struct state {
    struct record_status *all; /* owned */
    struct ui_list list;
    bool is_refused;
};

static void load(struct state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    size_t n = 0;
    free(st->all);
    st->all = NULL;
    const enum err e = record_overview(ctx->record, clock_local_of(clock_now_ms()).date, ctx->lang,
                                       &st->all, &n, &info);
    st->is_refused = e == ERR_RIGHTS;
    if (e != ERR_OK && !st->is_refused) {
        ui_say_error(ctx, e, &info);
    }
    st->list.count = n;
    if (st->list.at >= n) {
        st->list.at = n > 0 ? n - 1 : 0;
    }
}

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    (void)arg;
    load(state, ctx);
}

static void draw_due(const struct record_status *s, const struct ui_ctx *ctx, canvas *c, int row)
{
    struct str due = STR_INIT;
    struct date d;
    if (s->due[0] != '\0' && date_parse(s->due, strlen(s->due), &d)) {
        str_printf(&due, "%s%02d.%02d.%04d", s->is_overdue ? "! " : "", d.day, d.month, d.year);
    } else {
        str_puts(&due, s->due);
    }
    (void)ctx;
    canvas_text_right(c, row, canvas_cols(c) - 2, s->is_overdue ? UI_ALERT : UI_PLAIN,
                      str_cstr(&due));
    str_done(&due);
}

static void draw_status(const struct record_status *s, const struct ui_ctx *ctx, canvas *c, int row)
{
    struct str more = STR_INIT;
    canvas_text(c, row, 3, 8, UI_PLAIN, s->code);
    canvas_text(c, row, 12, 19, UI_PLAIN,
                overview_stage_text(catalog_builtin(ctx->lang), s->stage));
    str_printf(&more, "%s%s%s", s->level_text,
               s->level[0] != '\0' && s->flags[0] != '\0' ? ", " : "", s->flags_text);
    canvas_text(c, row, 32, 20, UI_BOLD, str_cstr(&more));
    canvas_text(c, row, 53, canvas_cols(c) - 67, UI_PLAIN, s->responsible);
    draw_due(s, ctx, c, row);
    str_done(&more);
}

static void draw_head(const struct ui_ctx *ctx, canvas *c, int row)
{
    canvas_text(c, row, 3, 8, UI_DIM, ui_tr(ctx, "Case"));
    canvas_text(c, row, 12, 19, UI_DIM, ui_tr(ctx, "Stage"));
    canvas_text(c, row, 32, 20, UI_DIM, ui_tr(ctx, "Level and flags"));
    canvas_text(c, row, 53, canvas_cols(c) - 67, UI_DIM, ui_tr(ctx, "Responsible"));
    canvas_text_right(c, row, canvas_cols(c) - 2, UI_DIM, ui_tr(ctx, "Due"));
}

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct state *const st = state;
    const size_t rows = (size_t)(canvas_rows(c) - UI_TOP - UI_BOTTOM - 3);
    ui_frame(c, ctx, &ui_overview, st, ui_tr(ctx, ui_overview.title));
    canvas_cursor(c, -1, 0);
    if (st->list.count == 0) {
        canvas_wrap(c, UI_TOP + 1, 3, canvas_cols(c) - 6, 3, UI_PLAIN,
                    st->is_refused ? ui_tr(ctx, "The overview is for coordinators.")
                                   : ui_tr(ctx, "Nothing was told of any case yet."));
        return;
    }
    draw_head(ctx, c, UI_TOP);
    const size_t first = ui_list_first(&st->list, rows);
    for (size_t i = first; i < st->list.count && i < first + rows; i++) {
        const int row = UI_TOP + 1 + (int)(i - first);
        draw_status(&st->all[i], ctx, c, row);
        if (i == st->list.at) {
            ui_focus(c, row, 1, canvas_cols(c) - 2);
        }
    }
}

/* A case that is open to her is opened; of the others this screen is all there is. */
static struct ui_effect open_case(const struct state *st, struct ui_ctx *ctx)
{
    struct record_case k;
    const unsigned char *id = st->all[st->list.at].id;
    if (record_case_get(ctx->record, id, &k, NULL) != ERR_OK) {
        ui_say(ctx, ui_tr(ctx, "This case is not here yet: exchange first."));
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    return ui_push(k.is_locked ? &ui_reason : &ui_case, id, ID_LEN);
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    if (ui_list_act(&st->list, in)) {
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    switch (in->action) {
    case UI_ACT_OPEN:
    case UI_ACT_CHOOSE: return st->list.count > 0 ? open_case(st, ctx) : UI_EFFECT(UI_EFFECT_NONE);
    case UI_ACT_BACK: return ui_pop(0);
    default: return UI_EFFECT(UI_EFFECT_NONE);
    }
}

static void resumed(void *state, struct ui_ctx *ctx, int result)
{
    (void)result;
    load(state, ctx);
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
    if (st->all != NULL) {
        mem_wipe(st->all, st->list.count * sizeof *st->all);
    }
    free(st->all);
}

const struct ui_screen ui_overview = {
    .id = "overview",
    .title = N_("Overview of the cases"),
    .state_size = sizeof(struct state),
    .scope = UI_SCOPE_MENU,
    .guards = UI_NEEDS_UNLOCKED,
    .open = open,
    .draw = draw,
    .act = act,
    .resumed = resumed,
    .tick = tick,
    .close = close,
};
