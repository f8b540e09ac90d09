/* All conflicts that wait for a person, of the cases she can open: a line each, without any answer.
 * Invariant: the selection follows its conflict when the list is read anew. */
#include "conflicts_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

struct state {
    struct record_conflict *all; /* owned */
    struct ui_list list;
};

static const char *const WORDS[] = {
    [RECORD_CONFLICT_ANSWER] = N_("answered differently"),
    [RECORD_CONFLICT_ORDER] = N_("rows in two orders"),
    [RECORD_CONFLICT_ROW] = N_("row deleted and answered in"),
    [RECORD_CONFLICT_SIGNED] = N_("answered after signing"),
    [RECORD_CONFLICT_PERSON] = N_("two cases, one name"),
};

void ui_conflict_label(const struct ui_ctx *ctx, const struct record_conflict *c, struct str *out)
{
    if (c->kind == RECORD_CONFLICT_PERSON) {
        str_printf(out, ui_tr(ctx, "The same name in %s"), c->other_code);
    } else if (c->kind == RECORD_CONFLICT_SIGNED || c->def == NULL || c->item < 0) {
        str_puts(out, c->def != NULL ? form_text_get(&c->def->title, ctx->lang) : c->form);
    } else {
        const char *const label = form_text_get(&c->def->items[c->item].label, ctx->lang);
        str_puts(out, label != NULL && label[0] != '\0' ? label : c->key);
    }
}

static void drop(struct state *st)
{
    if (st->all != NULL) {
        mem_wipe(st->all, st->list.count * sizeof *st->all);
    }
    free(st->all);
    st->all = NULL;
    st->list.count = 0;
}

static void load(struct state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    const uint64_t mark = st->list.count > 0 ? st->all[st->list.at].mark : 0;
    drop(st);
    const enum err e = record_conflicts(ctx->record, NULL, &st->all, &st->list.count, &info);
    if (e != ERR_OK) {
        ui_say_error(ctx, e, &info);
    }
    for (size_t i = 0; mark != 0 && i < st->list.count; i++) {
        st->list.at = st->all[i].mark == mark ? i : st->list.at;
    }
    if (st->list.at >= st->list.count) {
        st->list.at = st->list.count > 0 ? st->list.count - 1 : 0;
    }
}

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    (void)arg;
    load(state, ctx);
}

/* Two lines: which case and question; what happened, who and when last. */
static void draw_row(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row, size_t i)
{
    const struct record_conflict *const k = &st->all[i];
    struct str label = STR_INIT, s = STR_INIT;
    ui_conflict_label(ctx, k, &label);
    canvas_text(c, row, 3, 8, UI_BOLD, k->code);
    canvas_text(c, row, 12, 9, UI_PLAIN, k->initials);
    canvas_text(c, row, 22, canvas_cols(c) - 24, UI_PLAIN, str_cstr(&label));
    str_printf(&s, "! %s", ui_tr(ctx, WORDS[k->kind]));
    const int col = canvas_cols(c) < 80 ? 12 : 22;
    const int used = canvas_text(c, row + 1, col, canvas_cols(c) - col - 2, UI_ALERT, str_cstr(&s));
    str_clear(&s);
    if (k->who[0] != '\0') {
        str_printf(&s, "%s, ", k->who);
    }
    ui_show_time(ctx, k->time_ms, &s);
    canvas_text(c, row + 1, col + used + 2, canvas_cols(c) - col - used - 4, UI_DIM, str_cstr(&s));
    str_done(&s);
    str_done(&label);
    if (i == st->list.at) {
        ui_focus(c, row, 1, canvas_cols(c) - 2);
    }
}

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct state *const st = state;
    ui_frame(c, ctx, &ui_conflicts, st, ui_tr(ctx, ui_conflicts.title));
    canvas_cursor(c, -1, 0);
    if (st->list.count == 0) {
        canvas_wrap(c, UI_TOP + 1, 3, canvas_cols(c) - 6, 4, UI_PLAIN,
                    ui_tr(ctx, "Nothing waits for a decision."));
        return;
    }
    const size_t rows = (size_t)(canvas_rows(c) - UI_TOP - UI_BOTTOM) / 2;
    const size_t first = ui_list_first(&st->list, rows);
    for (size_t i = first; i < st->list.count && i < first + rows; i++) {
        draw_row(st, ctx, c, UI_TOP + 2 * (int)(i - first), i);
    }
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    (void)ctx;
    if (ui_list_act(&st->list, in)) {
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    if (in->action == UI_ACT_OPEN && st->list.count > 0) {
        const struct record_conflict *const k = &st->all[st->list.at];
        unsigned char arg[CONFLICT_ARG];
        memcpy(arg, k->case_id, ID_LEN);
        memcpy(arg + ID_LEN, &k->mark, sizeof k->mark);
        return ui_push(&ui_conflict, arg, sizeof arg);
    }
    return in->action == UI_ACT_BACK ? ui_pop(0) : UI_EFFECT(UI_EFFECT_NONE);
}

static bool allows(const void *state, const struct ui_ctx *ctx, enum ui_action action)
{
    const struct state *const st = state;
    (void)ctx;
    switch (action) {
    case UI_ACT_OPEN: return st->list.count > 0;
    case UI_ACT_EDIT:
    case UI_ACT_EXCHANGE:
    case UI_ACT_KEEP:
    case UI_ACT_REMOVE:
    case UI_ACT_APART: return false;
    default: return true;
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
    load(st, ctx);
    st->list.at = at > 0 && (size_t)at < st->list.count ? (size_t)at : 0;
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
    (void)ctx;
    drop(state);
}

const struct ui_screen ui_conflicts = {
    .id = "conflicts",
    .title = N_("Conflicts"),
    .state_size = sizeof(struct state),
    .scope = UI_SCOPE_EXCHANGE,
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
