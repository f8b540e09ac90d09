/* What the lists of tasks with a date share: Today and the agenda. */
#ifndef SPRIJIN_UI_DUE_INT_H
#define SPRIJIN_UI_DUE_INT_H

#include "record/pathway.h"
#include "ui/widget.h"

/* Columns of a row: sign, day, code, initials, task. */
enum { UI_DUE_CODE = 11, UI_DUE_NAME = 20, UI_DUE_TASK = 26 };

struct ui_due {
    struct record_agenda_row *rows; /* owned; list.count of them */
    struct ui_list list;
    int64_t now_ms; /* when they were read */
};

/* Reads what is due before until_ms; the focus follows its task, and stays in the list if that is
 * done. Without a procedure nothing is due. An error is said. */
void ui_due_load(struct ui_due *d, struct ui_ctx *ctx, int64_t now_ms, int64_t until_ms);
/* Takes rows over (d owns them then) and lets the focus follow its task. */
void ui_due_take(struct ui_due *d, struct record_agenda_row *rows, size_t count);
void ui_due_drop(struct ui_due *d); /* wipes */
/* To the task with the focus, or to its form. There is one. */
struct ui_effect ui_due_open(const struct ui_due *d);
/* Sign, code, initials and task, which ends at column end, and the focus; the day is the caller's. */
void ui_due_row(const struct ui_due *d, const struct ui_ctx *ctx, canvas *c, int row, size_t i,
                int end);
void ui_due_save(const struct ui_due *d, jv *place);
void ui_due_restore(struct ui_due *d, const jv *place);
/* Others wrote, or it is another minute. */
bool ui_due_is_old(const struct ui_due *d, const struct ui_ctx *ctx);

#endif
