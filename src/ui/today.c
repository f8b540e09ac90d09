/* What is late, what is due today and what comes within a week, over all cases that can be read
 * here. */
#include "due_int.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "ui_int.h"

#define HOUR_MS ((int64_t)3600 * 1000)
#define DAY_MS  (24 * HOUR_MS)

enum { AHEAD_DAYS = 7 };
enum section { S_LATE, S_TODAY, S_COMING, S_COUNT };

struct state {
    struct ui_due due;
    int64_t day_end_ms;
};

static const char *const SECTIONS[S_COUNT] = {N_("Late"), N_("Due today"), N_("Next 7 days")};
static const char *const WEEKDAYS[7] = {
    N_("Monday"), N_("Tuesday"),  N_("Wednesday"), N_("Thursday"),
    N_("Friday"), N_("Saturday"), N_("Sunday"),
};

static int64_t day_end(int64_t now_ms)
{
    const struct clock_local t = clock_local_of(now_ms);
    return now_ms - now_ms % 1000 + DAY_MS -
           ((int64_t)t.hour * 3600 + (int64_t)t.minute * 60 + t.second) * 1000;
}

static int64_t ahead(int64_t now_ms)
{
    return day_end(now_ms) + AHEAD_DAYS * DAY_MS;
}

bool ui_today_has_rows(const struct ui_ctx *ctx)
{
    struct record_agenda_row *rows = NULL;
    size_t n = 0;
    const int64_t now_ms = clock_now_ms();
    const bool has = record_agenda(ctx->record, now_ms, ahead(now_ms), &rows, &n, NULL) == ERR_OK &&
                     n > 0;
    free(rows);
    return has;
}

static void load(struct state *st, struct ui_ctx *ctx)
{
    const int64_t now_ms = clock_now_ms();
    st->day_end_ms = day_end(now_ms);
    ui_due_load(&st->due, ctx, now_ms, ahead(now_ms));
}

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    (void)arg;
    load(state, ctx);
}

static enum section section_of(const struct state *st, size_t i)
{
    return st->due.rows[i].state == RECORD_TASK_LATE  ? S_LATE
           : st->due.rows[i].due_ms <= st->day_end_ms ? S_TODAY
                                                      : S_COMING;
}

/* When: an hour today, else a day. */
static void put_when(const struct state *st, const struct ui_ctx *ctx, size_t i, struct str *out)
{
    const int64_t due = st->due.rows[i].due_ms;
    if (section_of(st, i) != S_TODAY) {
        ui_show_day(ctx, due - 1, out); /* the end of a day is that day's */
    } else if (due < st->day_end_ms) {
        const struct clock_local t = clock_local_of(due);
        str_printf(out, "%02d:%02d", t.hour, t.minute);
    } else {
        str_puts(out, ui_tr(ctx, "today"));
    }
}

static void put_late(const struct state *st, const struct ui_ctx *ctx, size_t i, struct str *out)
{
    const int64_t due = st->due.rows[i].due_ms;
    const long since = date_earliest(clock_local_of(st->due.now_ms).date) -
                       date_earliest(clock_local_of(due - 1).date);
    if (since > 0) {
        const unsigned days = (unsigned)since;
        str_printf(out, ui_trn(ctx, "%u day", "%u days", days), days);
    } else {
        const unsigned hours = (unsigned)((st->due.now_ms - due) / HOUR_MS);
        str_printf(out, ui_trn(ctx, "%u hour", "%u hours", hours), hours);
    }
}

static void draw_row(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row, size_t i)
{
    const bool is_late = section_of(st, i) == S_LATE;
    const unsigned attr = is_late ? UI_ALERT : UI_PLAIN;
    struct str s = STR_INIT;
    int end = canvas_cols(c) - 1;
    if (is_late) {
        put_late(st, ctx, i, &s);
        end -= canvas_text_right(c, row, end, attr, str_cstr(&s)) + 1;
        str_clear(&s);
    }
    put_when(st, ctx, i, &s);
    canvas_text(c, row, 3, UI_DUE_CODE - 4, attr, str_cstr(&s));
    str_done(&s);
    ui_due_row(&st->due, ctx, c, row, i, end);
}

static void draw_head(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row,
                      enum section s)
{
    unsigned n = 0;
    for (size_t i = 0; i < st->due.list.count; i++) {
        n += section_of(st, i) == s;
    }
    struct str count = STR_INIT;
    str_printf(&count, "%u", n);
    canvas_text(c, row, 1, canvas_cols(c) - 10, UI_BOLD, ui_tr(ctx, SECTIONS[s]));
    canvas_text_right(c, row, canvas_cols(c) - 1, UI_PLAIN, str_cstr(&count));
    str_done(&count);
}

/* Lines with heads and blanks between sections: row i of the list stands in which line? */
static size_t line_of(const struct state *st, size_t i)
{
    size_t line = 1;
    for (size_t k = 1; k <= i; k++) {
        line += section_of(st, k) != section_of(st, k - 1) ? 3 : 1;
    }
    return line;
}

static void draw_rows(const struct state *st, const struct ui_ctx *ctx, canvas *c, int rows)
{
    const struct ui_list lines = {.count = line_of(st, st->due.list.count - 1) + 1,
                                  .at = line_of(st, st->due.list.at)};
    const size_t first = ui_list_first(&lines, (size_t)rows);
    for (size_t i = 0; i < st->due.list.count; i++) {
        const size_t line = line_of(st, i);
        const bool is_first = i == 0 || section_of(st, i) != section_of(st, i - 1);
        if (is_first && line - 1 >= first && line - 1 < first + (size_t)rows) {
            draw_head(st, ctx, c, UI_TOP + (int)(line - 1 - first), section_of(st, i));
        }
        if (line >= first && line < first + (size_t)rows) {
            draw_row(st, ctx, c, UI_TOP + (int)(line - first), i);
        }
    }
}

static void put_age(const struct ui_ctx *ctx, int64_t ms, struct str *out)
{
    const int64_t minutes = ms / 60000;
    if (minutes < 60) {
        const unsigned n = minutes > 0 ? (unsigned)minutes : 0;
        str_printf(out, ui_trn(ctx, "%u minute", "%u minutes", n), n);
    } else if (ms < 2 * DAY_MS) {
        const unsigned n = (unsigned)(ms / HOUR_MS);
        str_printf(out, ui_trn(ctx, "%u hour", "%u hours", n), n);
    } else {
        const unsigned n = (unsigned)(ms / DAY_MS);
        str_printf(out, ui_trn(ctx, "%u day", "%u days", n), n);
    }
}

static void draw_saved(const struct state *st, const struct ui_ctx *ctx, canvas *c)
{
    const int64_t saved = vault_last_save_ms(ctx->vault);
    if (saved <= 0) {
        return;
    }
    struct str age = STR_INIT;
    put_age(ctx, st->due.now_ms - saved, &age);
    /* L10N: "3 hours", "2 days" */
    canvas_printf(c, canvas_rows(c) - UI_BOTTOM - 1, 1, canvas_cols(c) - 2, UI_DIM,
                  ui_tr(ctx, "Last saved: %s ago"), str_cstr(&age));
    str_done(&age);
}

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct state *const st = state;
    const struct date d = clock_local_of(st->due.now_ms).date;
    struct str title = STR_INIT;
    str_printf(&title, "%s · %s, %02d.%02d.%04d", ui_tr(ctx, ui_today.title),
               ui_tr(ctx, WEEKDAYS[date_weekday(d)]), d.day, d.month, d.year);
    ui_frame(c, ctx, &ui_today, st, str_cstr(&title));
    str_done(&title);
    canvas_cursor(c, -1, 0);
    if (st->due.list.count == 0) {
        canvas_wrap(c, UI_TOP + 1, 3, canvas_cols(c) - 6, 3, UI_PLAIN,
                    ui_tr(ctx, "Nothing is late and nothing is due within a week."));
    } else {
        draw_rows(st, ctx, c, canvas_rows(c) - UI_TOP - UI_BOTTOM - 2);
    }
    draw_saved(st, ctx, c);
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    const unsigned char find = UI_CASES_FIND;
    struct ui_effect cases = ui_push(&ui_cases, &find, in->action == UI_ACT_FIND);
    cases.type = UI_EFFECT_RESET;
    (void)ctx;
    if (ui_list_act(&st->due.list, in)) {
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    switch (in->action) {
    case UI_ACT_OPEN:
        return st->due.list.count > 0 ? ui_due_open(&st->due) : UI_EFFECT(UI_EFFECT_NONE);
    case UI_ACT_NEW: return ui_push(&ui_new_case, NULL, 0);
    case UI_ACT_AGENDA: return ui_push(&ui_agenda, NULL, 0);
    case UI_ACT_CASES:
    case UI_ACT_FIND: return cases;
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
    switch (action) {
    case UI_ACT_OPEN: return st->due.list.count > 0;
    case UI_ACT_NEW:
        return vault_rights_may(vault_own_role(ctx->vault), VAULT_SORT_CASE, VAULT_PART_NONE,
                                RECORD_K_CASE);
    default: return true;
    }
}

static void save_place(const void *state, struct ui_ctx *ctx, jv *place)
{
    const struct state *const st = state;
    (void)ctx;
    ui_due_save(&st->due, place);
}

static void restore(void *state, struct ui_ctx *ctx, const jv *place)
{
    struct state *const st = state;
    (void)ctx;
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

const struct ui_screen ui_today = {
    .id = "today",
    .title = N_("Today"),
    .state_size = sizeof(struct state),
    .scope = UI_SCOPE_TODAY,
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
