/* Choice questions, and the table of all field types. A short list is drawn whole, a long one as a
 * window around the focus; without focus a long list shows only what was chosen. */
#include "ui/widget.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "field_int.h"

enum { LONG_LIST = 12, WINDOW = 10, MARK_CELLS = 4, NUMBER_CELLS = 3 };

struct rows {
    const struct form_item *item;
    size_t first, count, columns, per_column;
    int cells; /* of one column */
};

static const char *mark(const struct form_item *item, bool is_chosen)
{
    if (item->type == FORM_T_SELECT_ONE) {
        return is_chosen ? "(•)" : "( )";
    }
    return is_chosen ? "[x]" : "[ ]";
}

static void choice_text(const struct ui_field *f, const struct form_choice *choice, struct str *out)
{
    form_interview_label(f->iv, &choice->label, f->ctx->ask_lang, out);
}

static bool fits_two(const struct ui_field *f, const struct form_choices *list, int cells)
{
    bool is_fitting = list->count > 3;
    for (size_t i = 0; i < list->count && is_fitting; i++) {
        struct str s = STR_INIT;
        choice_text(f, &list->items[i], &s);
        is_fitting = utf8_width(str_cstr(&s), s.len) <= (size_t)cells;
        str_done(&s);
    }
    return is_fitting;
}

static struct rows layout(const struct ui_field *f, const struct form_item *item, int width)
{
    struct rows r = {.item = item, .count = item->choices->count, .columns = 1, .cells = width};
    if (r.count > LONG_LIST) {
        struct ui_list l = {.count = r.count, .at = f->choice};
        r.first = ui_list_first(&l, WINDOW);
        r.count = WINDOW;
    } else if (item->type == FORM_T_SELECT_MULTIPLE) {
        const int half = width / 2;
        if (fits_two(f, item->choices, half - MARK_CELLS - NUMBER_CELLS - 1)) {
            r.columns = 2;
            r.cells = half;
        }
    }
    r.per_column = (r.count + r.columns - 1) / r.columns;
    return r;
}

/* Returns rows used by one choice, as a long label wraps. */
static int draw_choice(const struct ui_field *f, canvas *c, int row, int col, const struct rows *r,
                       size_t i)
{
    const struct form_choice *const choice = &r->item->choices->items[i];
    const bool is_chosen = form_interview_selected(f->iv, f->item, choice->name);
    const bool is_here = f->is_focused && i == f->choice;
    struct str s = STR_INIT;
    choice_text(f, choice, &s);
    if (f->is_focused && i < 9) {
        canvas_printf(c, row, col, 2, UI_DIM, "%zu", i + 1);
    }
    const int x = col + NUMBER_CELLS;
    canvas_text(c, row, x, 3, is_chosen ? UI_BOLD : UI_PLAIN, mark(r->item, is_chosen));
    const int w = r->cells - MARK_CELLS - NUMBER_CELLS - 1;
    int used = canvas_wrap(c, row, x + MARK_CELLS, w, 4, is_chosen ? UI_BOLD : UI_PLAIN,
                           str_cstr(&s));
    if (used < 1) {
        used = 1;
    }
    if (is_here) {
        canvas_text(c, row, col - 2, 1, UI_BOLD, "›");
        const int cells = (int)utf8_width(str_cstr(&s), s.len);
        canvas_attr(c, row, x, MARK_CELLS + (cells < w ? cells : w), UI_REVERSE);
        canvas_cursor(c, row, x + 1);
    }
    str_done(&s);
    return used;
}

static int draw_chosen(const struct ui_field *f, canvas *c, int row, int col, int width)
{
    struct str s = STR_INIT;
    ui_show_answer(f->iv, f->item, f->ctx->ask_lang, &s);
    if (s.len == 0) {
        str_puts(&s, "…");
    }
    const int used = canvas_wrap(c, row, col + NUMBER_CELLS, width - NUMBER_CELLS, 3, UI_BOLD,
                                 str_cstr(&s));
    str_done(&s);
    return used > 0 ? used : 1;
}

static int draw_list(const struct ui_field *f, canvas *c, int row, int col, int width,
                     int *focus_row)
{
    const struct form_item *const item = &form_interview_def(f->iv)->items[f->item];
    if (!f->is_focused && item->choices->count > LONG_LIST) {
        *focus_row = row;
        return draw_chosen(f, c, row, col, width);
    }
    const struct rows r = layout(f, item, width);
    int used = 0;
    for (size_t column = 0; column < r.columns; column++) {
        int y = row;
        for (size_t k = 0; k < r.per_column; k++) {
            const size_t i = r.first + column * r.per_column + k;
            if (i >= r.first + r.count || i >= item->choices->count) {
                break;
            }
            if (i == f->choice) {
                *focus_row = y;
            }
            y += draw_choice(f, c, y, col + (int)column * r.cells, &r, i);
        }
        used = y - row > used ? y - row : used;
    }
    if (item->choices->count > LONG_LIST) {
        canvas_printf(c, row + used, col + NUMBER_CELLS, width - NUMBER_CELLS, UI_DIM,
                      ui_tr(f->ctx, "%zu of %zu"), f->choice + 1, item->choices->count);
        used++;
    }
    return used;
}

static int draw_choices(const struct ui_field *f, canvas *c, int row, int col, int width,
                        int *focus_row)
{
    *focus_row = row;
    const int x = col + 3;
    int used = draw_list(f, c, row, x, width - 3, focus_row);
    const struct form_answer a = form_interview_answer(f->iv, f->item);
    const char *const state = ui_show_state(f->ctx, a.state);
    if (state != NULL) {
        used += canvas_wrap(c, row + used, x + NUMBER_CELLS, width - 7, 2, UI_ACCENT | UI_BOLD,
                            state);
    }
    if (f->is_prefilled) {
        canvas_text(c, row + used, x + NUMBER_CELLS, width - 7, UI_ACCENT,
                    ui_tr(f->ctx, "(from the file)"));
        used++;
    }
    return used;
}

static const struct ui_field_type types[] = {
    [FORM_T_GROUP] = {false, NULL},
    [FORM_T_TEXT] = {true, ui_field_text_draw},
    [FORM_T_INTEGER] = {true, ui_field_text_draw},
    [FORM_T_DECIMAL] = {true, ui_field_text_draw},
    [FORM_T_DATE] = {true, ui_field_text_draw},
    [FORM_T_SELECT_ONE] = {false, draw_choices},
    [FORM_T_SELECT_MULTIPLE] = {false, draw_choices},
    [FORM_T_NOTE] = {false, NULL},
    [FORM_T_CALCULATE] = {false, NULL},
};

const struct ui_field_type *ui_field_type(enum form_type t)
{
    return &types[t];
}

int ui_field_rows_limit(const struct form_item *item)
{
    const size_t n = item->choices != NULL ? item->choices->count : 0;
    return 16 + 4 * (int)(n < LONG_LIST ? n : LONG_LIST);
}
