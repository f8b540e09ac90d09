/* A list of tasks with a date. Invariant: rows stand by when they are due and show codes and
 * initials, never a name; the focus is on a task, not on a line, so what others write in the
 * meantime never puts another case under the finger. */
#include "due_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"

void ui_due_drop(struct ui_due *d)
{
    if (d->rows != NULL) {
        mem_wipe(d->rows, d->list.count * sizeof *d->rows);
        free(d->rows);
    }
    d->rows = NULL;
    d->list.count = 0;
}

static void select_task(struct ui_due *d, const unsigned char id[ID_LEN], const char *task)
{
    for (size_t i = 0; i < d->list.count; i++) {
        if (memcmp(d->rows[i].case_id, id, ID_LEN) == 0 && str_eq(d->rows[i].task->name, task)) {
            d->list.at = i;
        }
    }
}

void ui_due_take(struct ui_due *d, struct record_agenda_row *rows, size_t count)
{
    unsigned char id[ID_LEN] = {0};
    const char *task = NULL;
    if (d->list.count > 0) {
        memcpy(id, d->rows[d->list.at].case_id, ID_LEN);
        task = d->rows[d->list.at].task->name;
    }
    ui_due_drop(d);
    d->rows = rows;
    d->list.count = count;
    if (d->list.at >= count) {
        d->list.at = count > 0 ? count - 1 : 0;
    }
    if (task != NULL) {
        select_task(d, id, task);
    }
}

void ui_due_load(struct ui_due *d, struct ui_ctx *ctx, int64_t now_ms, int64_t until_ms)
{
    struct record_agenda_row *rows = NULL;
    size_t count = 0;
    struct err_info info = {0};
    d->now_ms = now_ms;
    const enum err e = record_agenda(ctx->record, now_ms, until_ms, &rows, &count, &info);
    if (e != ERR_OK) {
        rows = NULL;
        count = 0;
        if (e != ERR_NOT_FOUND) { /* not found: the forms' folder has no procedure */
            ui_say_error(ctx, e, &info);
        }
    }
    ui_due_take(d, rows, count);
}

struct ui_effect ui_due_open(const struct ui_due *d)
{
    const struct record_agenda_row *const x = &d->rows[d->list.at];
    if (x->task->form == NULL) {
        return ui_push_case(&ui_case, x->case_id, UI_OPEN_TASK, x->task->name);
    }
    struct ui_effect e = ui_push_case(&ui_case, x->case_id, UI_OPEN_FORM, x->task->form);
    e.then = &ui_interview;
    return e;
}

void ui_due_row(const struct ui_due *d, const struct ui_ctx *ctx, canvas *c, int row, size_t i,
                int end)
{
    const struct record_agenda_row *const x = &d->rows[i];
    const bool is_late = x->state == RECORD_TASK_LATE;
    canvas_text(c, row, 1, 1, is_late ? UI_ALERT : UI_PLAIN, is_late ? "!" : "");
    canvas_text(c, row, UI_DUE_CODE, UI_DUE_NAME - UI_DUE_CODE - 1, UI_BOLD, x->code);
    canvas_text(c, row, UI_DUE_NAME, UI_DUE_TASK - UI_DUE_NAME - 1, UI_PLAIN, x->initials);
    canvas_text(c, row, UI_DUE_TASK, end - UI_DUE_TASK, UI_PLAIN,
                form_text_get(&x->task->label, ctx->lang));
    if (i == d->list.at) {
        ui_focus(c, row, is_late ? 2 : 1, canvas_cols(c) - 2);
    }
}

void ui_due_save(const struct ui_due *d, jv *place)
{
    if (d->list.count > 0) {
        char hex[ID_HEX_LEN];
        hex_put(hex, d->rows[d->list.at].case_id, ID_LEN);
        jv_set_str(place, "case", hex);
        jv_set_str(place, "task", d->rows[d->list.at].task->name);
    }
}

void ui_due_restore(struct ui_due *d, const jv *place)
{
    const char *const hex = jv_str_at(place, "case");
    const char *const task = jv_str_at(place, "task");
    unsigned char id[ID_LEN];
    if (hex != NULL && task != NULL && hex_get(id, ID_LEN, hex)) {
        select_task(d, id, task);
    }
}

bool ui_due_is_old(const struct ui_due *d, const struct ui_ctx *ctx)
{
    bool is_changed = false;
    const bool is_minute = clock_now_ms() / 60000 != d->now_ms / 60000;
    return record_refresh(ctx->record, &is_changed, NULL) == ERR_OK && (is_changed || is_minute);
}
