/* One case: where it stands in the procedure, and of the chosen stage its forms with their records
 * and its tasks. The name stays masked until asked for. Invariant: every record of the case and
 * every form can be reached from here. */
#include "case_int.h"

#include <string.h>

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    struct case_state *const st = state;
    const struct ui_case_arg *const what = arg;
    const unsigned char none[ID_LEN] = {0};
    memcpy(st->id, what->case_id, ID_LEN);
    if (memcmp(st->id, none, ID_LEN) == 0) {
        return;
    }
    case_load(st, ctx);
    if (st->is_found && what->name[0] != '\0') {
        case_focus(st, ctx, what->how, what->name);
    }
}

static void unmask(const struct case_state *st, struct ui_ctx *ctx)
{
    struct str name = STR_INIT;
    struct err_info info = {0};
    const enum err e = record_case_unmask(ctx->record, st->id, &name, &info);
    if (e != ERR_OK) {
        ui_say_error(ctx, e, &info);
    } else {
        ui_say(ctx, name.len > 0 ? str_cstr(&name) : ui_tr(ctx, "No name is known yet."));
    }
    str_done(&name);
}

static struct ui_effect open_task(const struct case_state *st, struct ui_ctx *ctx,
                                  const struct case_row *row)
{
    const struct pathway_task *const task = row->task->task;
    if (task->form != NULL) {
        return ui_push_case(&ui_interview, st->id, UI_OPEN_FORM, task->form);
    }
    if (case_may_do(row)) {
        return ui_push_case(&ui_task_done, st->id, UI_OPEN_TASK, task->name);
    }
    ui_say(ctx, row->task->state == RECORD_TASK_DONE
                    ? ui_tr(ctx, "This is done.")
                    : ui_tr(ctx, "This is a task of somebody with another role."));
    return UI_EFFECT(UI_EFFECT_NONE);
}

static struct ui_effect open_row(const struct case_state *st, struct ui_ctx *ctx)
{
    const struct case_row *const row = case_row(st);
    if (row == NULL) {
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    switch (row->kind) {
    case ROW_FORM: return ui_push_case(&ui_interview, st->id, UI_OPEN_FORM, row->form);
    case ROW_RECORD: return ui_push_case(&ui_interview, st->id, UI_OPEN_RECORD, row->doc->id);
    case ROW_TASK: return open_task(st, ctx, row);
    case ROW_HANDOVER: return ui_push(&ui_handover, st->id, ID_LEN);
    case ROW_ACCESS: break;
    }
    return ui_push(&ui_access, st->id, ID_LEN);
}

/* What a new record would be of: the row's form, the part's first from the left. */
static const struct case_row *row_to_begin(const struct case_state *st)
{
    const struct case_row *const row = st->is_right || st->right.count == 0 ? case_row(st)
                                                                            : &st->rows[0];
    return row != NULL && (row->kind == ROW_FORM || row->kind == ROW_RECORD) ? row : NULL;
}

static struct ui_effect act_right(struct case_state *st, struct ui_ctx *ctx,
                                  const struct ui_input *in)
{
    switch (in->action) {
    case UI_ACT_OPEN:
    case UI_ACT_RIGHT: return open_row(st, ctx);
    case UI_ACT_DONE:
        return case_may_do(case_row(st)) ? ui_push_case(&ui_task_done, st->id, UI_OPEN_TASK,
                                                        case_row(st)->task->task->name)
                                         : UI_EFFECT(UI_EFFECT_NONE);
    case UI_ACT_BACK:
    case UI_ACT_LEFT:
        if (!st->has_course) {
            return ui_pop(0);
        }
        st->is_right = false;
        break;
    default: (void)ui_list_act(&st->right, in); break;
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static struct ui_effect act_left(struct case_state *st, struct ui_ctx *ctx,
                                 const struct ui_input *in)
{
    if (ui_list_act(&st->left, in)) {
        st->right.at = 0;
        case_rows(st, ctx);
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    switch (in->action) {
    case UI_ACT_OPEN:
    case UI_ACT_RIGHT: st->is_right = st->right.count > 0; break;
    case UI_ACT_BACK:
    case UI_ACT_LEFT: return ui_pop(0);
    default: break;
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct case_state *const st = state;
    const bool is_back = in->action == UI_ACT_BACK || in->action == UI_ACT_LEFT;
    if (!st->is_found) {
        return is_back ? ui_pop(0) : UI_EFFECT(UI_EFFECT_NONE);
    }
    if (in->action == UI_ACT_UNMASK) {
        unmask(st, ctx);
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    if (in->action == UI_ACT_INDICATORS || in->action == UI_ACT_TIMELINE) {
        return ui_push(in->action == UI_ACT_TIMELINE ? &ui_timeline : &ui_indicators, st->id,
                       ID_LEN);
    }
    if (in->action == UI_ACT_NEW_RECORD) {
        const struct case_row *const row = row_to_begin(st);
        return case_may_begin(row) ? ui_push_case(&ui_interview, st->id, UI_OPEN_NEW, row->form)
                                   : UI_EFFECT(UI_EFFECT_NONE);
    }
    return st->is_right ? act_right(st, ctx, in) : act_left(st, ctx, in);
}

static void resumed(void *state, struct ui_ctx *ctx, int result)
{
    (void)result;
    case_load(state, ctx);
}

static bool allows(const void *state, const struct ui_ctx *ctx, enum ui_action action)
{
    const struct case_state *const st = state;
    (void)ctx;
    switch (action) {
    case UI_ACT_OPEN: return st->is_found && (st->is_right || st->right.count > 0);
    case UI_ACT_INDICATORS:
    case UI_ACT_TIMELINE: return st->is_found && !st->info.is_locked;
    case UI_ACT_NEW_RECORD: return st->is_found && case_may_begin(row_to_begin(st));
    case UI_ACT_DONE: return st->is_found && st->is_right && case_may_do(case_row(st));
    default: return true;
    }
}

static void save_place(const void *state, struct ui_ctx *ctx, jv *place)
{
    const struct case_state *const st = state;
    char hex[ID_HEX_LEN];
    (void)ctx;
    hex_put(hex, st->id, ID_LEN);
    jv_set_str(place, "case", hex);
    jv_set_int(place, "part", (int64_t)st->left.at);
    jv_set_int(place, "row", (int64_t)st->right.at);
    jv_set(place, "right", jv_new_bool(st->is_right));
}

static void restore(void *state, struct ui_ctx *ctx, const jv *place)
{
    struct case_state *const st = state;
    const char *const hex = jv_str_at(place, "case");
    if (hex == NULL || !hex_get(st->id, ID_LEN, hex)) {
        return;
    }
    case_load(st, ctx);
    const int64_t part = jv_int_at(place, "part", -1), row = jv_int_at(place, "row", 0);
    if (st->is_found && part >= 0 && (size_t)part < st->left.count) {
        st->left.at = (size_t)part;
        st->right.at = row > 0 ? (size_t)row : 0;
        st->is_right = jv_bool_at(place, "right", st->is_right);
        case_rows(st, ctx);
    }
}

static bool tick(void *state, struct ui_ctx *ctx)
{
    bool is_changed = false;
    if (record_refresh(ctx->record, &is_changed, NULL) != ERR_OK || !is_changed) {
        return false;
    }
    case_load(state, ctx);
    return true;
}

static void close(void *state, struct ui_ctx *ctx)
{
    (void)ctx;
    case_drop(state);
}

const struct ui_screen ui_case = {
    .id = "case",
    .title = N_("Case"),
    .state_size = sizeof(struct case_state),
    .scope = UI_SCOPE_CASE,
    .guards = UI_NEEDS_UNLOCKED | UI_NEEDS_CASE,
    .open = open,
    .draw = case_draw,
    .act = act,
    .resumed = resumed,
    .allows = allows,
    .save_place = save_place,
    .restore = restore,
    .tick = tick,
    .close = close,
};
