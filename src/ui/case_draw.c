/* The case as a picture: the way through the procedure on the left, the chosen part on the right.
 * Invariant: nothing is said by colour alone, and the name is not drawn. */
#include "case_int.h"

#include <string.h>

#include "base/date.h"
#include "base/utf8.h"

enum { NARROW = 80, LEFT_WIDE = 32, LEFT_NARROW = 24 };

static const char *stage_sign(const struct record_stage *s)
{
    switch (s->state) {
    case RECORD_STAGE_LATE: return "!";
    case RECORD_STAGE_BEGUN: return "◐";
    case RECORD_STAGE_DONE: return "✓";
    case RECORD_STAGE_DUE:
    case RECORD_STAGE_NOT_YET:
    case RECORD_STAGE_NOT_HERE: break;
    }
    return "·";
}

static unsigned stage_attr(const struct record_stage *s)
{
    return s->state == RECORD_STAGE_LATE ? UI_ALERT : s->state == RECORD_STAGE_DONE ? UI_GOOD : 0;
}

/* Day it was done; else when it is due. */
static void put_stage_day(const struct ui_ctx *ctx, const struct record_stage *s, struct str *out)
{
    if (s->state == RECORD_STAGE_DONE) {
        if (s->done_ms != 0) {
            ui_show_day(ctx, s->done_ms, out);
        }
    } else if (s->due_ms != 0) {
        ui_show_day(ctx, s->due_ms - 1, out); /* the end of a day is that day's */
    }
}

static const char *part_title(const struct case_state *st, const struct ui_ctx *ctx, size_t i)
{
    switch (st->parts[i].kind) {
    case PART_STAGE: return form_text_get(&case_stage(st, i)->stage->label, ctx->lang);
    case PART_TASKS: return ui_tr(ctx, "All open tasks");
    case PART_FORMS: return ui_tr(ctx, st->has_course ? N_("Other forms") : N_("Forms"));
    case PART_ACCESS: break;
    }
    return ui_tr(ctx, "Access and handing over");
}

static void draw_part(const struct case_state *st, const struct ui_ctx *ctx, canvas *c, int row,
                      int width, size_t i)
{
    const struct record_stage *const stage = case_stage(st, i);
    struct str day = STR_INIT;
    int end = width - 1;
    if (stage != NULL) {
        canvas_text(c, row, 3, 1, stage_attr(stage), stage_sign(stage));
        put_stage_day(ctx, stage, &day);
    } else if (st->parts[i].kind == PART_TASKS) {
        str_printf(&day, "%zu", st->course.open_count);
    }
    if (day.len > 0) {
        end -= canvas_text_right(c, row, end, stage != NULL ? stage_attr(stage) : UI_PLAIN,
                                 str_cstr(&day)) +
               1;
    }
    canvas_text(c, row, 5, end - 5, UI_PLAIN, part_title(st, ctx, i));
    if (i == st->left.at) {
        if (st->is_right) {
            canvas_text(c, row, 1, 1, UI_BOLD, "›");
        } else {
            ui_focus(c, row, 1, width - 2);
        }
    }
    str_done(&day);
}

/* "13 nov  A. C." of a signed record, "3 of 12" of one that was begun. */
static void put_doc(const struct ui_ctx *ctx, const struct record_doc_info *doc, struct str *out)
{
    if (doc == NULL) {
        str_puts(out, ui_tr(ctx, "not begun"));
    } else if (doc->finished_ms != 0) {
        ui_show_day(ctx, doc->finished_ms, out);
        str_printf(out, "  %s", doc->finished_by);
    } else {
        str_printf(out, ui_tr(ctx, "%u of %u"), doc->answered, doc->asked);
    }
}

/* A record without a name of its own is titled by its first date: no more than its day says. */
static bool is_date(const char *title)
{
    struct date d;
    return date_parse(title, strcspn(title, "T"), &d);
}

static void draw_form_row(const struct ui_ctx *ctx, canvas *c, int row, int col,
                          const struct case_row *x)
{
    const struct record_doc_info *const doc = x->doc;
    const bool is_done = doc != NULL && doc->finished_ms != 0;
    const bool is_record = x->kind == ROW_RECORD && doc != NULL;
    const int at = col + (is_record ? 4 : 2);
    struct str s = STR_INIT, name = STR_INIT;
    int end = canvas_cols(c) - 2;
    if (!is_record && x->def != NULL && x->def->is_many && x->records > 0) {
        str_printf(&s, "%zu", x->records); /* how far each is stands in its own row */
    } else {
        put_doc(ctx, doc, &s);
    }
    canvas_text(c, row, at - 2, 1, is_done ? UI_GOOD : UI_PLAIN,
                ui_sign(is_done, doc != NULL ? 1 : 0));
    end -= canvas_text_right(c, row, end, UI_PLAIN, str_cstr(&s)) + 1;
    if (is_record) {
        const bool has_title = doc->title != NULL && doc->title[0] != '\0' && !is_date(doc->title);
        ui_show_day(ctx, doc->begun_ms, &name);
        str_printf(&name, "  %s", has_title ? doc->title : doc->author);
    } else {
        str_puts(&name, x->def != NULL ? form_text_get(&x->def->title, ctx->lang) : x->form);
    }
    canvas_text(c, row, at, end - at, UI_PLAIN, str_cstr(&name));
    str_done(&s);
    str_done(&name);
}

static void draw_task_row(const struct ui_ctx *ctx, canvas *c, int row, int col,
                          const struct record_task *t)
{
    const bool is_done = t->state == RECORD_TASK_DONE, is_late = t->state == RECORD_TASK_LATE;
    const unsigned attr = is_late ? UI_ALERT : is_done ? UI_GOOD : UI_PLAIN;
    struct str s = STR_INIT;
    int end = canvas_cols(c) - 2;
    if (!is_done) {
        /* L10N: and the day till when */
        str_printf(&s, "%s ", ui_tr(ctx, "by"));
        ui_show_day(ctx, t->due_ms - 1, &s);
    } else if (t->done_ms != 0) {
        ui_show_day(ctx, t->done_ms, &s);
    }
    end -= canvas_text_right(c, row, end, attr, str_cstr(&s)) + 1;
    canvas_text(c, row, col, 1, attr, is_late ? "!" : is_done ? "✓" : "·");
    canvas_text(c, row, col + 2, end - col - 2, is_done ? UI_DIM : UI_PLAIN,
                form_text_get(&t->task->label, ctx->lang));
    str_done(&s);
}

static void draw_named(const struct ui_ctx *ctx, canvas *c, int row, int col, const char *word,
                       const char *names)
{
    const int at = col + 4 + canvas_text(c, row, col + 2, 24, UI_PLAIN, ui_tr(ctx, word));
    canvas_text(c, row, at, canvas_cols(c) - at - 2, UI_PLAIN, names);
}

static void draw_row(const struct case_state *st, const struct ui_ctx *ctx, canvas *c, int row,
                     int left, size_t i)
{
    const struct case_row *const x = &st->rows[i];
    const int col = left + 3;
    if (x->kind == ROW_ACCESS) {
        draw_named(ctx, c, row, col, N_("Open to"), str_cstr(&st->granted));
    } else if (x->kind == ROW_HANDOVER) {
        draw_named(ctx, c, row, col, N_("Responsible"), st->responsible);
    } else if (x->kind == ROW_TASK) {
        draw_task_row(ctx, c, row, col, x->task);
    } else {
        draw_form_row(ctx, c, row, col, x);
    }
    if (i == st->right.at && st->is_right) {
        ui_focus(c, row, left + 1, canvas_cols(c) - left - 2);
    }
}

/* Lines over the times that ask to be looked at. */
static int warnings(const struct case_state *st)
{
    return (st->info.conflicts > 0 ? 1 : 0) + (st->alike.len > 0 ? 1 : 0);
}

/* When it was opened and changed, what was answered in two ways, and who may be the same person. */
static void draw_times(const struct case_state *st, const struct ui_ctx *ctx, canvas *c, int left)
{
    const int width = canvas_cols(c) - left - 4;
    int row = canvas_rows(c) - UI_BOTTOM - 2;
    struct str at = STR_INIT;
    if (st->info.conflicts > 0) {
        str_puts(&at, "! ");
        str_printf(&at,
                   ui_trn(ctx, "%u answer was given differently in two places.",
                          "%u answers were given differently in two places.", st->info.conflicts),
                   st->info.conflicts);
        canvas_text(c, row - 1, left + 3, width, UI_ALERT, str_cstr(&at));
        str_clear(&at);
    }
    if (st->alike.len > 0) {
        str_puts(&at, "! ");
        str_printf(&at, ui_tr(ctx, "Of the same name: %s"), str_cstr(&st->alike));
        canvas_text(c, row - warnings(st), left + 3, width, UI_ALERT, str_cstr(&at));
        str_clear(&at);
    }
    ui_show_time(ctx, st->info.opened_ms, &at);
    canvas_printf(c, row, left + 3, width, UI_DIM, ui_tr(ctx, "Opened: %s"), str_cstr(&at));
    str_clear(&at);
    ui_show_time(ctx, st->info.changed_ms, &at);
    canvas_printf(c, row + 1, left + 3, width, UI_DIM, ui_tr(ctx, "Last change: %s"),
                  str_cstr(&at));
    str_done(&at);
}

static void draw_right(const struct case_state *st, const struct ui_ctx *ctx, canvas *c, int left)
{
    const struct record_stage *const stage = case_stage(st, st->left.at);
    const int width = canvas_cols(c) - left - 3;
    const int bottom = canvas_rows(c) - UI_BOTTOM - 2 - warnings(st);
    int row = UI_TOP;
    canvas_text(c, row, left > 0 ? left + 2 : 1, width, UI_BOLD, part_title(st, ctx, st->left.at));
    row += 2;
    const char *const note = stage != NULL ? form_text_get(&stage->stage->note, ctx->lang) : "";
    if (note[0] != '\0') {
        row += canvas_wrap(c, row, left + 3, width - 2, 3, UI_DIM, note) + 1;
    }
    if (st->right.count == 0) {
        canvas_text(c, row, left + 3, width - 2, UI_PLAIN,
                    ui_tr(ctx, "Nothing is to be done here."));
    }
    const size_t rows = bottom - 1 > row ? (size_t)(bottom - 1 - row) : 1;
    const size_t first = ui_list_first(&st->right, rows);
    for (size_t i = first; i < st->right.count && i - first < rows; i++) {
        draw_row(st, ctx, c, row + (int)(i - first), left, i);
    }
    draw_times(st, ctx, c, left);
}

static void put_title(const struct case_state *st, const struct ui_ctx *ctx, struct str *out)
{
    if (!st->is_found) {
        str_puts(out, ui_tr(ctx, ui_case.title));
        return;
    }
    str_printf(out, "%s %s", st->info.code, st->info.initials);
    if (st->has_course && st->course.pathway->level_count > 0) {
        const int level = st->course.level;
        str_printf(out, " · %s: %s", ui_tr(ctx, "risk"),
                   level >= 0 ? form_text_get(&st->course.pathway->levels[level].label, ctx->lang)
                              : ui_tr(ctx, "not assessed"));
        if (st->course.level_unsigned) {
            str_printf(out, " (%s)", ui_tr(ctx, "a lower one waits for a signature"));
        }
    }
}

void case_draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct case_state *const st = state;
    struct str title = STR_INIT;
    put_title(st, ctx, &title);
    ui_frame(c, ctx, &ui_case, st, str_cstr(&title));
    str_done(&title);
    canvas_cursor(c, -1, 0);
    if (!st->is_found) {
        return;
    }
    int left = 0;
    if (st->has_course) {
        left = canvas_cols(c) < NARROW ? LEFT_NARROW : LEFT_WIDE;
        const int rows = canvas_rows(c) - UI_TOP - UI_BOTTOM;
        const size_t first = ui_list_first(&st->left, (size_t)rows);
        for (int i = 0; i < rows && first + (size_t)i < st->left.count; i++) {
            draw_part(st, ctx, c, UI_TOP + i, left, first + (size_t)i);
        }
        canvas_vline(c, UI_TOP, left, rows);
    }
    draw_right(st, ctx, c, left);
}
