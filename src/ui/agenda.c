/* What is due over all cases that can be read here: of a day, a week or a month, what is late
 * first. */
#include "due_int.h"

#include "base/clock.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)

enum { SPANS = 3 };

struct state {
    struct ui_due due;
    size_t span; /* index into DAYS */
};

static const int DAYS[SPANS] = {1, 7, 31};
static const char *const WORDS[SPANS] = {N_("a day"), N_("a week"), N_("a month")};

/* Midnight after the last day of the span: noon is found first, whatever the clocks do. */
static int64_t end_of(const struct state *st, int64_t now_ms)
{
    const struct clock_local t = clock_local_of(now_ms);
    const int64_t of_day = ((int64_t)t.hour * 3600 + (int64_t)t.minute * 60 + t.second) * 1000 +
                           now_ms % 1000;
    const int64_t noon = now_ms - of_day + DAYS[st->span] * DAY_MS + DAY_MS / 2;
    const struct clock_local n = clock_local_of(noon);
    return noon - ((int64_t)n.hour * 3600 + (int64_t)n.minute * 60 + n.second) * 1000;
}

static void load(struct state *st, struct ui_ctx *ctx)
{
    const int64_t now_ms = clock_now_ms();
    ui_due_load(&st->due, ctx, now_ms, end_of(st, now_ms));
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
    const struct record_agenda_row *const x = &st->due.rows[i];
    struct str day = STR_INIT;
    ui_show_day(ctx, x->due_ms - 1, &day); /* the end of a day is that day's */
    canvas_text(c, row, 3, UI_DUE_CODE - 4, x->state == RECORD_TASK_LATE ? UI_ALERT : UI_PLAIN,
                str_cstr(&day));
    str_done(&day);
    ui_due_row(&st->due, ctx, c, row, i, canvas_cols(c) - 1);
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
    if (st->due.list.count == 0) {
        canvas_text(c, UI_TOP + 1, 3, canvas_cols(c) - 6, UI_PLAIN,
                    ui_tr(ctx, "Nothing is late and nothing is due in this time."));
    }
    const size_t first = ui_list_first(&st->due.list, (size_t)rows);
    for (size_t i = first; i < st->due.list.count && i - first < (size_t)rows; i++) {
        draw_row(st, ctx, c, UI_TOP + (int)(i - first), i);
    }
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    if (ui_list_act(&st->due.list, in)) {
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    switch (in->action) {
    case UI_ACT_OPEN:
        return st->due.list.count > 0 ? ui_due_open(&st->due) : UI_EFFECT(UI_EFFECT_NONE);
    case UI_ACT_BACK: return ui_pop(0);
    case UI_ACT_SPAN:
        st->span = (st->span + 1) % SPANS;
        ui_due_drop(&st->due); /* from the top, whatever had the focus */
        st->due.list.at = 0;
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
    return action != UI_ACT_OPEN || st->due.list.count > 0;
}

static void save_place(const void *state, struct ui_ctx *ctx, jv *place)
{
    const struct state *const st = state;
    (void)ctx;
    jv_set_int(place, "span", (int64_t)st->span);
    ui_due_save(&st->due, place);
}

static void restore(void *state, struct ui_ctx *ctx, const jv *place)
{
    struct state *const st = state;
    const int64_t span = jv_int_at(place, "span", 1);
    st->span = span >= 0 && span < SPANS ? (size_t)span : 1;
    load(st, ctx);
    ui_due_restore(&st->due, place);
}

static bool tick(void *state, struct ui_ctx *ctx)
{
    struct state *const st = state;
    if (!ui_due_is_old(&st->due, ctx)) {
        return false;
    }
    load(st, ctx);
    return true;
}

static void close(void *state, struct ui_ctx *ctx)
{
    (void)ctx;
    ui_due_drop(&((struct state *)state)->due);
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
