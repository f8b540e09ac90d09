/* The right pane of the interview: one group, drawn whole into a canvas of its own and then shown
 * through a window that follows the focus. */
#include "interview_int.h"

#include <string.h>

#include "base/utf8.h"
#include "ui/keys.h"

enum { LABEL_ROWS = 10, HEAD_ROWS = 2 };

/* Where the focused question stands in the tall canvas. */
struct spot {
    int top, bottom, row;
};

struct pane {
    const struct iv_state *st;
    const struct ui_ctx *ctx;
    canvas *c;
    int width;
    int indent; /* of labels */
    struct spot spot;
};

static enum lang second_lang(const struct ui_ctx *ctx)
{
    if (ctx->lang != ctx->ask_lang) {
        return ctx->lang;
    }
    return ctx->ask_lang == LANG_RU ? LANG_RO : LANG_RU;
}

static int draw_label(const struct pane *p, int row, int node, unsigned attr, bool is_required)
{
    const struct form_text *const t = &iv_item(p->st, node)->label;
    struct str s = STR_INIT;
    form_interview_label_at(iv_of(p->st), node, t, p->ctx->ask_lang, &s);
    struct str first = STR_INIT;
    str_puts(&first, str_cstr(&s));
    if (is_required) {
        str_puts(&s, " *");
    }
    const int col = 1 + p->indent;
    const int width = p->width - 2 - p->indent;
    int used = canvas_wrap(p->c, row, col, width, LABEL_ROWS, attr, str_cstr(&s));
    if (p->ctx->both_langs) {
        str_clear(&s);
        form_interview_label_at(iv_of(p->st), node, t, second_lang(p->ctx), &s);
        if (s.len > 0 && !str_eq(str_cstr(&s), str_cstr(&first))) {
            used += canvas_wrap(p->c, row + used, col, width, LABEL_ROWS, UI_ACCENT, str_cstr(&s));
        }
    }
    str_done(&first);
    str_done(&s);
    return used;
}

/* Hints are for the interviewer: in the language of the screen. */
static int draw_hint(const struct pane *p, int row, int node, const struct form_text *t)
{
    struct str s = STR_INIT;
    form_interview_label_at(iv_of(p->st), node, t, p->ctx->lang, &s);
    const int used = s.len > 0 ? canvas_wrap(p->c, row, 3, p->width - 5, LABEL_ROWS, UI_ACCENT,
                                             str_cstr(&s))
                               : 0;
    str_done(&s);
    return used;
}

static const char *problem_words(const struct ui_ctx *ctx, enum form_problem problem)
{
    switch (problem) {
    case FORM_P_CONSTRAINT: return ui_tr(ctx, "This answer does not fit.");
    case FORM_P_NUMBER: return ui_tr(ctx, "This is not a number.");
    case FORM_P_DATE:
        return ui_tr(ctx, "This is not a date. For example: 7.5.1998, 5.1998 or 1998.");
    case FORM_P_CHOICE: return ui_tr(ctx, "There is no such choice.");
    case FORM_P_TOO_LONG: return ui_tr(ctx, "This text is too long.");
    case FORM_P_TIME: return ui_tr(ctx, "This is not a time of day.");
    case FORM_P_RANGE: return ui_tr(ctx, "This is outside the range.");
    case FORM_P_GEO: return ui_tr(ctx, "This is not a latitude and a longitude.");
    case FORM_P_REQUIRED: /* told when finishing, not while asking */
    case FORM_P_OK: break;
    }
    return "";
}

static int draw_problem(const struct pane *p, int row, int item, bool is_focused)
{
    const struct form_item *const it = iv_item(p->st, item);
    enum form_problem problem = form_interview_problem(iv_of(p->st), item);
    if (is_focused && p->st->refused != FORM_P_OK) {
        problem = p->st->refused;
    }
    if (problem == FORM_P_OK || problem == FORM_P_REQUIRED) {
        return 0;
    }
    struct str s = STR_INIT;
    if (problem == FORM_P_CONSTRAINT) {
        form_interview_label_at(iv_of(p->st), item, &it->constraint_message, p->ctx->lang, &s);
    }
    canvas_text(p->c, row, 2, 1, UI_ALERT | UI_BOLD, "!");
    const int used = canvas_wrap(p->c, row, 4, p->width - 6, 4, UI_ALERT,
                                 s.len > 0 ? str_cstr(&s) : problem_words(p->ctx, problem));
    str_done(&s);
    return used;
}

/* "F6 declines   F7 does not know   F8 later", the one that holds in reverse. */
static const struct {
    enum ui_action action;
    enum form_answer_state state;
    const char *word;
} STATES[] = {
    {UI_ACT_DECLINE, FORM_A_DECLINED, N_("declines")},
    {UI_ACT_UNKNOWN, FORM_A_UNKNOWN, N_("does not know")},
    {UI_ACT_LATER, FORM_A_LATER, N_("later")},
    {UI_ACT_EXPLAIN, FORM_A_NONE, N_("explain")},
};
enum { STATES_COUNT = sizeof STATES / sizeof STATES[0], STATES_COL = 5 };

/* Room between the words, the widest that fits: first less room, then no word but the states. */
static int fit_states(struct str words[STATES_COUNT], int width, int *col)
{
    static const struct {
        int gap, col;
    } LAYOUTS[] = {{3, STATES_COL}, {2, STATES_COL}, {2, 1}};
    for (size_t n = STATES_COUNT; n >= STATES_COUNT - 1; n--) {
        for (size_t i = 0; i < sizeof LAYOUTS / sizeof LAYOUTS[0]; i++) {
            int cells = LAYOUTS[i].col - LAYOUTS[i].gap;
            for (size_t w = 0; w < n; w++) {
                cells += words[w].len == 0
                             ? 0
                             : LAYOUTS[i].gap + (int)utf8_width(str_cstr(&words[w]), words[w].len);
            }
            if (cells <= width - 1) {
                *col = LAYOUTS[i].col;
                return LAYOUTS[i].gap;
            }
        }
        str_clear(&words[STATES_COUNT - 1]);
    }
    *col = 1;
    return 1;
}

static void draw_states(const struct pane *p, int row, int item)
{
    const struct form_item *const it = iv_item(p->st, item);
    const enum form_answer_state now = form_interview_answer(iv_of(p->st), item).state;
    const bool has_hint = *form_text_get(&it->hint, p->ctx->ask_lang) != '\0' ||
                          *form_text_get(&it->guidance, p->ctx->ask_lang) != '\0';
    struct str words[STATES_COUNT] = {STR_INIT};
    for (size_t i = 0; i < STATES_COUNT; i++) {
        char key[16];
        if (STATES[i].action != UI_ACT_EXPLAIN || has_hint) {
            str_printf(&words[i], "%s %s", ui_action_key(UI_SCOPE_INTERVIEW, STATES[i].action, key),
                       ui_tr(p->ctx, STATES[i].word));
        }
    }
    int col = 1;
    const int gap = fit_states(words, p->width, &col);
    for (size_t i = 0; i < STATES_COUNT; i++) {
        const bool holds = STATES[i].state == now && now != FORM_A_NONE;
        if (words[i].len > 0 && col < p->width - 4) {
            col += gap + canvas_text(p->c, row, col, p->width - col - 1,
                                     holds ? UI_REVERSE : UI_DIM, str_cstr(&words[i]));
        }
        str_done(&words[i]);
    }
}

static int draw_question(struct pane *p, int row, int item, bool is_focused)
{
    const struct form_item *const it = iv_item(p->st, item);
    const struct ui_field_type *const type = ui_field_type(it->type);
    const int top = row;
    row += draw_label(p, row, item, is_focused ? UI_BOLD : UI_PLAIN,
                      form_interview_required(iv_of(p->st), item));
    if (is_focused && p->st->is_explaining) {
        row += draw_hint(p, row, item, &it->hint);
        row += draw_hint(p, row, item, &it->guidance);
    }
    if (is_focused && !type->takes_text) {
        row++;
    }
    const struct ui_field f = {.ctx = p->ctx,
                               .iv = iv_of(p->st),
                               .node = item,
                               .is_focused = is_focused && !p->st->is_in_sections &&
                                             !p->st->is_in_findings,
                               .filter = is_focused && p->st->is_filtering ? &p->st->filter : NULL,
                               .choice = is_focused ? p->st->choice : 0,
                               .edit = is_focused && type->takes_text ? &p->st->edit : NULL,
                               .is_prefilled = iv_is_prefilled(p->st, item)};
    int focus_row = row;
    row += type->draw(&f, p->c, row, 0, p->width, &focus_row);
    row += draw_problem(p, row, item, is_focused);
    if (is_focused) {
        row += type->takes_text ? 0 : 1;
        draw_states(p, row, item);
        row++;
        p->spot = (struct spot){.top = top, .bottom = row, .row = focus_row};
    }
    return row + 1;
}

/* A note speaks to the interviewer, in the language of the screen alone: who sits beside need not
 * be able to read it. One that is to be read out (appearance: aloud) is shown like a question. */
static int draw_note(const struct pane *p, int row, int item)
{
    const struct form_item *const it = iv_item(p->st, item);
    if (str_eq(it->appearance, "aloud")) {
        return row + draw_label(p, row, item, UI_PLAIN, false) + 1;
    }
    const bool is_stop = str_eq(it->appearance, "stop");
    const unsigned attr = is_stop ? UI_ALERT | UI_BOLD : UI_PLAIN;
    const int col = is_stop ? 3 : 1;
    if (is_stop) {
        canvas_text(p->c, row, 1, 1, attr, "!");
    }
    struct str s = STR_INIT;
    form_interview_label_at(iv_of(p->st), item, &it->label, p->ctx->lang, &s);
    row += canvas_wrap(p->c, row, col, p->width - 1 - col, 2 * LABEL_ROWS, attr, str_cstr(&s));
    str_done(&s);
    return row + 1;
}

/* Draws all of the page; returns its rows. Notes right after the focused question count as part
 * of it for scrolling, as nothing in them takes the focus. */
static int draw_page(struct pane *p)
{
    const struct form_page *const page = iv_page(p->st);
    int row = 0;
    int last_question = -1;
    if (page->repeat >= 0) {
        row = iv_rows_draw(p->st, p->ctx, p->c, 0, p->width, &p->spot.row);
        p->spot.top = p->spot.bottom = p->spot.row;
        return row + 1;
    }
    for (size_t i = 0; i < page->count; i++) {
        const int item = page->items[i];
        const enum form_type t = iv_item(p->st, item)->type;
        if (!form_interview_relevant(iv_of(p->st), item)) {
            continue;
        }
        if (t == FORM_T_NOTE) {
            row = draw_note(p, row, item);
            if (p->st->node >= 0 && last_question == p->st->node) {
                p->spot.bottom = row - 1;
            }
        } else if (ui_field_type(t)->draw != NULL) {
            last_question = item;
            row = draw_question(p, row, item, item == p->st->node);
        }
    }
    return row;
}

static int rows_limit(const struct iv_state *st)
{
    const struct form_page *const page = iv_page(st);
    int rows = 1;
    if (page->repeat >= 0) {
        size_t count = 0;
        (void)iv_rows(st, &count);
        return (int)count + LABEL_ROWS;
    }
    for (size_t i = 0; i < page->count; i++) {
        rows += 4 * LABEL_ROWS + 4 + ui_field_rows_limit(iv_of(st), page->items[i]);
    }
    return rows;
}

/* First row of the window: the focused question, or at least its focused row. */
static int scroll_of(const struct spot *s, int rows, int window)
{
    if (rows <= window) {
        return 0;
    }
    int first = s->bottom > window ? s->bottom - window : 0;
    if (s->top < first) {
        first = s->top;
    }
    if (s->row >= first + window) {
        first = s->row - window + 1;
    }
    return first;
}

static void show_window(const canvas *from, int first, canvas *c, int top, int left, int rows)
{
    for (int y = 0; y < rows && first + y < canvas_rows(from); y++) {
        for (int x = 0; x < canvas_cols(from); x++) {
            const struct ui_cell *const cell = canvas_cell(from, first + y, x);
            if (cell->width > 0 && (cell->attr != 0 || !str_eq(cell->text, " "))) {
                canvas_text(c, top + y, left + x, cell->width, cell->attr, cell->text);
            }
        }
    }
    int row = -1;
    int col = 0;
    canvas_cursor_get(from, &row, &col);
    if (row >= first && row < first + rows) {
        canvas_cursor(c, top + row - first, left + col);
    }
}

static void draw_right(const struct iv_state *st, const struct ui_ctx *ctx, canvas *c, int left)
{
    const int width = canvas_cols(c) - left;
    const int window = canvas_rows(c) - UI_TOP - UI_BOTTOM - HEAD_ROWS;
    if (width < 10 || window < 1) {
        return;
    }
    canvas *const tall = canvas_new(rows_limit(st), width);
    canvas_cursor(tall, -1, 0);
    struct pane p = {.st = st, .ctx = ctx, .c = tall, .width = width};
    const int rows = draw_page(&p);
    const int first = scroll_of(&p.spot, rows, window);
    if (!st->is_in_sections && !st->is_in_findings) {
        canvas_cursor(c, -1, 0);
    } else {
        canvas_cursor(tall, -1, 0);
    }
    show_window(tall, first, c, UI_TOP + HEAD_ROWS, left, window);
    if (first > 0) {
        canvas_text(c, UI_TOP + HEAD_ROWS - 1, canvas_cols(c) - 2, 1, UI_DIM, "…");
    }
    if (first + window < rows - 1) {
        canvas_text(c, UI_TOP + HEAD_ROWS + window - 1, canvas_cols(c) - 2, 1, UI_DIM, "…");
    }
    canvas_free(tall);
}

void iv_draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct iv_state *const st = state;
    iv_draw_title(st, ctx, c);
    if (!iv_is_open(st) && st->trial != NULL) {
        (void)iv_findings_draw(st, ctx, c);
        return;
    }
    if (st->doc == NULL && st->trial == NULL) {
        canvas_wrap(c, UI_TOP + 1, 1, canvas_cols(c) - 2, 4, UI_ALERT,
                    ui_tr(ctx, "! This form cannot be opened. Go back with Esc."));
        return;
    }
    if (st->ask == IV_ASK_MOVE) {
        iv_draw_newer(st, ctx, c);
        return;
    }
    const int left = st->shows_findings ? iv_findings_draw(st, ctx, c) : iv_draw_left(st, ctx, c);
    iv_draw_head(st, ctx, c, left);
    draw_right(st, ctx, c, left);
    if (st->ask == IV_ASK_FINISH) {
        ui_ask_draw(c, ctx, ui_tr(ctx, "Finish the interview and sign it?"));
    } else if (st->ask == IV_ASK_REOPEN) {
        ui_ask_draw(c, ctx, ui_tr(ctx, "Signed. Reopen the interview to correct it?"));
    } else if (st->ask == IV_ASK_LEAVE) {
        ui_ask_draw(c, ctx, ui_tr(ctx, "Some answers are not saved. Leave anyway?"));
    } else if (st->ask == IV_ASK_DELETE) {
        struct str s = STR_INIT;
        str_printf(&s, ui_tr(ctx, "Delete row %d with all its answers?"), (int)st->row + 1);
        ui_ask_draw(c, ctx, str_cstr(&s));
        str_done(&s);
    }
}
