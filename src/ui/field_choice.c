/* Questions with a list: one or several choices, a ranking, an acknowledgement; and the table of all
 * field types. A short list is drawn whole, a long one as a window around the focus, narrowed by what
 * is typed; without focus a long list shows only what was chosen. */
#include "ui/widget.h"

#include <stdio.h>

#include "base/utf8.h"
#include "field_int.h"

enum { WINDOW = 10, MARK_CELLS = 4, NUMBER_CELLS = 3, MARKS_ROWS = 4 };

struct rows {
    const struct ui_field *f;
    enum form_type type;
    struct ui_choices list;
    size_t first, count, columns, per_column;
    int cells; /* of one column */
};

static const struct form_item *item_of(const struct ui_field *f)
{
    return &form_interview_def(f->iv)->items[form_interview_item(f->iv, f->node)];
}

static bool fits_two(const struct rows *r, int cells)
{
    const struct ui_field *const f = r->f;
    bool is_fitting = r->list.count > 3;
    for (size_t i = 0; i < r->list.count && is_fitting; i++) {
        struct str s = STR_INIT;
        ui_choice_text(f->iv, f->node, r->list.items[i], f->ctx->ask_lang, &s);
        is_fitting = utf8_width(str_cstr(&s), s.len) <= (size_t)cells;
        str_done(&s);
    }
    return is_fitting;
}

static void layout(struct rows *r, int width)
{
    r->count = r->list.count;
    r->columns = 1;
    r->cells = width;
    if (r->count > UI_LONG_LIST) {
        struct ui_list l = {.count = r->count, .at = r->f->choice};
        r->first = ui_list_first(&l, WINDOW);
        r->count = WINDOW;
    } else if (r->type == FORM_T_SELECT_MULTIPLE && r->f->filter == NULL &&
               fits_two(r, width / 2 - MARK_CELLS - NUMBER_CELLS - 1)) {
        r->columns = 2;
        r->cells = width / 2;
    }
    r->per_column = (r->count + r->columns - 1) / r->columns;
}

/* "(•)", "[x]", or the place in a ranking. */
static const char *mark(const struct rows *r, bool is_chosen, size_t i, char out[24])
{
    if (r->type == FORM_T_RANK) {
        snprintf(out, 24, is_chosen ? "%2zu." : " -", i + 1);
        return out;
    }
    if (r->type == FORM_T_SELECT_ONE) {
        return is_chosen ? "(•)" : "( )";
    }
    return is_chosen ? "[x]" : "[ ]";
}

/* Returns rows used by one choice, as a long label wraps. */
static int draw_choice(const struct rows *r, canvas *c, int row, int col, size_t i)
{
    const struct ui_field *const f = r->f;
    const struct form_choice *const choice = r->list.items[i];
    const bool is_chosen = form_interview_selected(f->iv, f->node, choice->name);
    struct str s = STR_INIT;
    char text[24];
    ui_choice_text(f->iv, f->node, choice, f->ctx->ask_lang, &s);
    if (f->is_focused && i < 9 && r->type != FORM_T_RANK && f->filter == NULL) {
        canvas_printf(c, row, col, 2, UI_DIM, "%zu", i + 1);
    }
    const int x = col + NUMBER_CELLS;
    canvas_text(c, row, x, 3, is_chosen ? UI_BOLD : UI_PLAIN, mark(r, is_chosen, i, text));
    const int w = r->cells - MARK_CELLS - NUMBER_CELLS - 1;
    int used = canvas_wrap(c, row, x + MARK_CELLS, w, 4, is_chosen ? UI_BOLD : UI_PLAIN,
                           str_cstr(&s));
    if (used < 1) {
        used = 1;
    }
    if (f->is_focused && i == f->choice) {
        canvas_text(c, row, col - 2, 1, UI_BOLD, "›");
        const int cells = (int)utf8_width(str_cstr(&s), s.len);
        canvas_attr(c, row, x, MARK_CELLS + (cells < w ? cells : w), UI_REVERSE);
        if (f->filter == NULL) {
            canvas_cursor(c, row, x + 1);
        }
    }
    str_done(&s);
    return used;
}

/* A long list without the focus: only what was chosen. */
static int draw_chosen(const struct ui_field *f, canvas *c, int row, int col, int width)
{
    struct str s = STR_INIT;
    ui_show_answer(f->iv, f->node, f->ctx->ask_lang, &s);
    if (s.len == 0) {
        str_puts(&s, "…");
    }
    const int used = canvas_wrap(c, row, col + NUMBER_CELLS, width - NUMBER_CELLS, 3, UI_BOLD,
                                 str_cstr(&s));
    str_done(&s);
    return used > 0 ? used : 1;
}

/* Under a long list: how far down one is, and that typing narrows it. */
static void draw_count(const struct rows *r, canvas *c, int row, int col, int width)
{
    struct str s = STR_INIT;
    str_printf(&s, ui_tr(r->f->ctx, "%zu of %zu"), r->f->choice + 1, r->list.count);
    if (r->f->filter == NULL && r->f->is_focused) {
        str_printf(&s, "   / %s", ui_tr(r->f->ctx, "find"));
    }
    canvas_text(c, row, col, width, UI_DIM, str_cstr(&s));
    str_done(&s);
}

static int draw_list(struct rows *r, canvas *c, int row, int col, int width, int *focus_row)
{
    layout(r, width);
    int used = 0;
    for (size_t column = 0; column < r->columns; column++) {
        int y = row;
        for (size_t k = 0; k < r->per_column; k++) {
            const size_t i = r->first + column * r->per_column + k;
            if (i >= r->first + r->count || i >= r->list.count) {
                break;
            }
            if (i == r->f->choice) {
                *focus_row = y;
            }
            y += draw_choice(r, c, y, col + (int)column * r->cells, i);
        }
        used = y - row > used ? y - row : used;
    }
    if (r->type == FORM_T_RANK && r->f->is_focused) {
        canvas_text(c, row + used, col + NUMBER_CELLS, width - NUMBER_CELLS, UI_DIM,
                    ui_tr(r->f->ctx, "u moves up, d moves down"));
        used++;
    }
    if (r->list.count > UI_LONG_LIST) {
        draw_count(r, c, row + used, col + NUMBER_CELLS, width - NUMBER_CELLS);
        used++;
    }
    return used;
}

/* The letters that narrow the list, over it. */
static int draw_filter(const struct rows *r, canvas *c, int row, int col, int width)
{
    canvas_text(c, row, col, 1, UI_BOLD, "/");
    ui_edit_draw(r->f->filter, c, row, col + 2, width < 30 ? width - 3 : 24, 1, true);
    if (r->list.count == 0) {
        canvas_text(c, row + 1, col + 2, width - 3, UI_DIM, ui_tr(r->f->ctx, "Nothing found."));
        return 2;
    }
    return 1;
}

static int draw_choices(const struct ui_field *f, canvas *c, int row, int col, int width,
                        int *focus_row)
{
    struct rows r = {.f = f, .type = item_of(f)->type};
    const int x = col + 3;
    int used = 0;
    *focus_row = row;
    ui_choices_of(f->iv, f->node, f->ctx->ask_lang,
                  f->filter != NULL ? str_cstr(&f->filter->text) : "", &r.list);
    if (f->filter != NULL) {
        used += draw_filter(&r, c, row, x + NUMBER_CELLS, width - 7);
    }
    if (!f->is_focused && r.list.count > UI_LONG_LIST) {
        used += draw_chosen(f, c, row, x, width - 3);
    } else {
        used += draw_list(&r, c, row + used, x, width - 3, focus_row);
    }
    ui_choices_done(&r.list);
    const struct form_answer a = form_interview_answer(f->iv, f->node);
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
    [FORM_T_REPEAT] = {false, NULL},
    [FORM_T_TIME] = {true, ui_field_text_draw},
    [FORM_T_DATETIME] = {true, ui_field_text_draw},
    [FORM_T_RANGE] = {true, ui_field_text_draw},
    [FORM_T_RANK] = {false, draw_choices},
    [FORM_T_ACKNOWLEDGE] = {false, draw_choices},
    [FORM_T_GEO] = {true, ui_field_text_draw},
    [FORM_T_FILE] = {true, ui_field_text_draw},
    [FORM_T_HIDDEN] = {false, NULL},
    [FORM_T_META] = {false, NULL},
    [FORM_T_DATA] = {false, NULL},
};

const struct ui_field_type *ui_field_type(enum form_type t)
{
    return &types[t];
}

int ui_field_rows_limit(const form_interview *iv, int node)
{
    struct ui_choices list;
    ui_choices_of(iv, node, LANG_EN, "", &list);
    const size_t n = list.count < UI_LONG_LIST ? list.count : UI_LONG_LIST;
    ui_choices_done(&list);
    return 16 + MARKS_ROWS * (int)n;
}
