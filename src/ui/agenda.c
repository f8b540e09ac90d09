/* What is due over all cases that can be read here: of a day, a week or a month, what is late
 * first. Invariant: rows stand by when they are due, and show codes and initials, never a name. */
#include "record/pathway.h"
#include "ui/widget.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)

enum { COL_CODE = 11, COL_NAME = 20, COL_TASK = 26, SPANS = 3 };

struct state {
    struct record_agenda_row *rows; /* owned */
    struct ui_list list;
    size_t span; /* index into DAYS */
    int64_t now_ms;
};

static const int DAYS[SPANS] = {1, 7, 31};
static const char *const WORDS[SPANS] = {N_("a day"), N_("a week"), N_("a month")};

static void drop(struct state *st)
{
    if (st->rows != NULL) {
        mem_wipe(st->rows, st->list.count * sizeof *st->rows);
        free(st->rows);
    }
    st->rows = NULL;
    st->list.count = 0;
}

/* Midnight after the last day of the span: noon is found first, whatever the clocks do. */
static int64_t end_of(const struct state *st)
{
    const struct clock_local t = clock_local_of(st->now_ms);
    const int64_t of_day = ((int64_t)t.hour * 3600 + (int64_t)t.minute * 60 + t.second) * 1000 +
                           st->now_ms % 1000;
    const int64_t noon = st->now_ms - of_day + DAYS[st->span] * DAY_MS + DAY_MS / 2;
    const struct clock_local n = clock_local_of(noon);
    return noon - ((int64_t)n.hour * 3600 + (int64_t)n.minute * 60 + n.second) * 1000;
}

static void load(struct state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    drop(st);
    st->now_ms = clock_now_ms();
    const enum err e = record_agenda(ctx->record, st->now_ms, end_of(st), &st->rows,
                                     &st->list.count, &info);
    if (e != ERR_OK) {
        st->rows = NULL;
        st->list.count = 0;
        if (e != ERR_NOT_FOUND) { /* without a procedure nothing is due */
            ui_say_error(ctx, e, &info);
        }
    }
    if (st->list.at >= st->list.count) {
        st->list.at = st->list.count > 0 ? st->list.count - 1 : 0;
    }
}

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    struct state *const st = state;
    (void)arg;
    st->span = 1;
    load(st, ctx);
}

static void draw_row(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row, size_t i)
{
    const struct record_agenda_row *const x = &st->rows[i];
    const bool is_late = x->state == RECORD_TASK_LATE;
    const unsigned attr = is_late ? UI_ALERT : UI_PLAIN;
    struct str day = STR_INIT;
    ui_show_day(ctx, x->due_ms - 1, &day); /* the end of a day is that day's */
    canvas_text(c, row, 1, 1, attr, is_late ? "!" : "");
    canvas_text(c, row, 3, COL_CODE - 4, attr, str_cstr(&day));
    canvas_text(c, row, COL_CODE, COL_NAME - COL_CODE - 1, UI_BOLD, x->code);
    canvas_text(c, row, COL_NAME, COL_TASK - COL_NAME - 1, UI_PLAIN, x->initials);
    canvas_text(c, row, COL_TASK, canvas_cols(c) - COL_TASK - 1, UI_PLAIN,
                form_text_get(&x->task->label, ctx->lang));
    if (i == st->list.at) {
        ui_focus(c, row, is_late ? 2 : 1, canvas_cols(c) - 2);
    }
    str_done(&day);
}

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct state *const st = state;
    const int rows = canvas_rows(c) - UI_TOP - UI_BOTTOM;
    struct str title = STR_INIT;
    str_printf(&title, "%s · %s", ui_tr(ctx, ui_agenda.title), ui_tr(ctx, WORDS[st->span]));
    ui_frame(c, ctx, &ui_agenda, st, str_cstr(&title));
    str_done(&title);
    canvas_cursor(c, -1, 0);
    if (st->list.count == 0) {
        canvas_text(c, UI_TOP + 1, 3, canvas_cols(c) - 6, UI_PLAIN,
                    ui_tr(ctx, "Nothing is late and nothing is due in this time."));
    }
    const size_t first = ui_list_first(&st->list, (size_t)rows);
    for (size_t i = first; i < st->list.count && i - first < (size_t)rows; i++) {
        draw_row(st, ctx, c, UI_TOP + (int)(i - first), i);
    }
}

static struct ui_effect open_row(const struct state *st)
{
    const struct record_agenda_row *const x = &st->rows[st->list.at];
    if (x->task->form == NULL) {
        return ui_push_case(&ui_case, x->case_id, UI_OPEN_TASK, x->task->name);
    }
    struct ui_effect e = ui_push_case(&ui_case, x->case_id, UI_OPEN_FORM, x->task->form);
    e.then = &ui_interview;
    return e;
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    if (ui_list_act(&st->list, in)) {
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    switch (in->action) {
    case UI_ACT_OPEN: return st->list.count > 0 ? open_row(st) : UI_EFFECT(UI_EFFECT_NONE);
    case UI_ACT_BACK: return ui_pop(0);
    case UI_ACT_SPAN:
        st->span = (st->span + 1) % SPANS;
        st->list.at = 0;
        load(st, ctx);
        return UI_EFFECT(UI_EFFECT_NONE);
    default: return UI_EFFECT(UI_EFFECT_NONE);
    }
}

static void resumed(void *state, struct ui_ctx *ctx, int result)
{
    (void)result;
    load(state, ctx);
}

static bool allows(const void *state, const struct ui_ctx *ctx, enum ui_action action)
{
    const struct state *const st = state;
    (void)ctx;
    return action != UI_ACT_OPEN || st->list.count > 0;
}

static void save_place(const void *state, struct ui_ctx *ctx, jv *place)
{
    const struct state *const st = state;
    (void)ctx;
    jv_set_int(place, "span", (int64_t)st->span);
    jv_set_int(place, "line", (int64_t)st->list.at);
}

static void restore(void *state, struct ui_ctx *ctx, const jv *place)
{
    struct state *const st = state;
    const int64_t span = jv_int_at(place, "span", 1), line = jv_int_at(place, "line", 0);
    st->span = span >= 0 && span < SPANS ? (size_t)span : 1;
    st->list.at = line > 0 ? (size_t)line : 0;
    load(st, ctx);
}

/* Another day, another list; and what others wrote. */
static bool tick(void *state, struct ui_ctx *ctx)
{
    struct state *const st = state;
    bool is_changed = false;
    const bool is_minute = clock_now_ms() / 60000 != st->now_ms / 60000;
    if (record_refresh(ctx->record, &is_changed, NULL) != ERR_OK || (!is_changed && !is_minute)) {
        return false;
    }
    load(st, ctx);
    return true;
}

static void close(void *state, struct ui_ctx *ctx)
{
    (void)ctx;
    drop(state);
}

const struct ui_screen ui_agenda = {
    .id = "agenda",
    .title = N_("Agenda"),
    .state_size = sizeof(struct state),
    .scope = UI_SCOPE_AGENDA,
    .guards = UI_NEEDS_UNLOCKED,
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
