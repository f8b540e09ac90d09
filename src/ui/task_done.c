/* Saying that a task was done which no form closes: one line about what was done. */
#include "record/pathway.h"
#include "ui/widget.h"

#include <string.h>

enum { NOTE_MAX = 300, NOTE_MIN = 3 };

struct state {
    struct ui_case_arg what;
    struct record_case info;
    struct ui_edit note;
    bool is_on_button;
    bool is_short;
};

static void find(struct state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    const enum err e = record_case_get(ctx->record, st->what.case_id, &st->info, &info);
    if (e != ERR_OK) {
        ui_say_error(ctx, e, &info);
    }
}

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    struct state *const st = state;
    st->note.max_bytes = NOTE_MAX;
    st->what = *(const struct ui_case_arg *)arg;
    if (st->what.name[0] != '\0') {
        find(st, ctx);
    }
}

static const char *task_label(const struct state *st, const struct ui_ctx *ctx)
{
    const struct form_pathway *const p = record_pathway(ctx->record);
    const int i = p != NULL ? form_pathway_task(p, st->what.name) : -1;
    return i >= 0 ? form_text_get(&p->tasks[i].label, ctx->lang) : "";
}

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct state *const st = state;
    const int width = canvas_cols(c) - 6;
    struct str title = STR_INIT;
    str_printf(&title, "%s %s", st->info.code, st->info.initials);
    ui_frame(c, ctx, &ui_task_done, st, str_cstr(&title));
    str_done(&title);
    canvas_cursor(c, -1, 0);
    int row = UI_TOP + 1;
    row += canvas_wrap(c, row, 3, width, 3, UI_BOLD, task_label(st, ctx)) + 1;
    row += canvas_wrap(c, row, 3, width, 3, UI_PLAIN, ui_tr(ctx, "What was done, and by whom?"));
    if (!st->is_on_button) {
        canvas_text(c, row, 1, 1, UI_BOLD, "›");
    }
    row += ui_edit_draw(&st->note, c, row, 3, width, 3, !st->is_on_button) + 1;
    canvas_printf(c, row, 3, width, UI_BOLD, "[ %s ]", ui_tr(ctx, "It is done"));
    if (st->is_on_button) {
        ui_focus(c, row, 1, 32);
    }
    if (st->is_short) {
        canvas_wrap(c, row + 2, 3, width, 2, UI_ALERT,
                    ui_tr(ctx, "! A few words are needed: without names, please."));
    }
}

static struct ui_effect say(struct state *st, struct ui_ctx *ctx)
{
    const char *const text = str_cstr(&st->note.text);
    struct err_info info = {0};
    st->is_short = strlen(text + strspn(text, " \n")) < NOTE_MIN;
    if (st->is_short) {
        st->is_on_button = false;
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    const enum err e = record_task_done(ctx->record, st->what.case_id, st->what.name, text, &info);
    if (e != ERR_OK) {
        ctx->save_err = e == ERR_RIGHTS || e == ERR_NOT_FOUND ? ctx->save_err : e;
        ui_say_error(ctx, e, &info);
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    ctx->save_err = ERR_OK;
    ctx->has_saved = true;
    return ui_pop(1);
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    switch (in->action) {
    case UI_ACT_BACK: return ui_pop(0);
    case UI_ACT_NEXT_FIELD:
    case UI_ACT_PREV_FIELD:
    case UI_ACT_UP:
    case UI_ACT_DOWN: st->is_on_button = !st->is_on_button; break;
    case UI_ACT_OPEN:
        if (st->is_on_button) {
            return say(st, ctx);
        }
        st->is_on_button = true;
        break;
    default:
        if (!st->is_on_button && ui_edit_act(&st->note, in)) {
            st->is_short = false;
        }
        break;
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static bool takes_text(const void *state, const struct ui_ctx *ctx)
{
    (void)ctx;
    return !((const struct state *)state)->is_on_button;
}

static void save_place(const void *state, struct ui_ctx *ctx, jv *place)
{
    const struct state *const st = state;
    char hex[ID_HEX_LEN];
    (void)ctx;
    hex_put(hex, st->what.case_id, ID_LEN);
    jv_set_str(place, "case", hex);
    jv_set_str(place, "task", st->what.name);
    jv_set_str(place, "note", str_cstr(&st->note.text));
}

static void restore(void *state, struct ui_ctx *ctx, const jv *place)
{
    struct state *const st = state;
    const char *const hex = jv_str_at(place, "case");
    const char *const task = jv_str_at(place, "task");
    const char *const note = jv_str_at(place, "note");
    if (hex != NULL && task != NULL && strlen(task) < sizeof st->what.name &&
        hex_get(st->what.case_id, ID_LEN, hex)) {
        memcpy(st->what.name, task, strlen(task) + 1);
        find(st, ctx);
    }
    ui_edit_set(&st->note, note != NULL ? note : "");
}

static void close(void *state, struct ui_ctx *ctx)
{
    struct state *const st = state;
    (void)ctx;
    ui_edit_done(&st->note);
}

const struct ui_screen ui_task_done = {
    .id = "task-done",
    .title = N_("A task that is done"),
    .state_size = sizeof(struct state),
    .scope = UI_SCOPE_FIELDS,
    .guards = UI_NEEDS_UNLOCKED | UI_NEEDS_CASE | UI_NEEDS_WRITE,
    .open = open,
    .draw = draw,
    .act = act,
    .takes_text = takes_text,
    .save_place = save_place,
    .restore = restore,
    .close = close,
};
