/* A position in a list, the focus sign, and the yes-no question. Scrolling is worked out from the
 * position alone, so that drawing needs no memory. */
#include "ui/widget.h"

#include "base/utf8.h"

enum { PAGE_STEP = 10 };

bool ui_list_act(struct ui_list *l, const struct ui_input *in)
{
    if (l->count == 0) {
        l->at = 0;
        return false;
    }
    const size_t last = l->count - 1;
    switch (in->action) {
    case UI_ACT_UP:
    case UI_ACT_PREV_FIELD: l->at = l->at > 0 ? l->at - 1 : 0; return true;
    case UI_ACT_DOWN:
    case UI_ACT_NEXT_FIELD: l->at = l->at < last ? l->at + 1 : last; return true;
    case UI_ACT_PAGE_UP: l->at = l->at > PAGE_STEP ? l->at - PAGE_STEP : 0; return true;
    case UI_ACT_PAGE_DOWN: l->at = l->at + PAGE_STEP < last ? l->at + PAGE_STEP : last; return true;
    case UI_ACT_HOME: l->at = 0; return true;
    case UI_ACT_END: l->at = last; return true;
    default: return false;
    }
}

size_t ui_list_first(const struct ui_list *l, size_t rows)
{
    if (l->count <= rows || l->at < rows / 2) {
        return 0;
    }
    const size_t first = l->at - rows / 2;
    return first + rows > l->count ? l->count - rows : first;
}

void ui_focus(canvas *c, int row, int col, int cells)
{
    canvas_text(c, row, col, 1, UI_BOLD, "›");
    canvas_attr(c, row, col, cells, UI_REVERSE);
}

void ui_ask_draw(canvas *c, const struct ui_ctx *ctx, const char *question)
{
    const int row = canvas_rows(c) - UI_BOTTOM - 1;
    canvas_fill(c, row, 0, 1, canvas_cols(c), UI_PLAIN, ' ');
    struct str s = STR_INIT;
    str_puts(&s, question);
    str_puts(&s, "  ");
    /* L10N: the letters are those that answer yes and no. */
    str_puts(&s, ui_tr(ctx, "y yes   n no"));
    canvas_text(c, row, 1, canvas_cols(c) - 2, UI_BOLD, str_cstr(&s));
    str_done(&s);
    canvas_cursor(c, -1, 0);
}

int ui_ask_reply(const struct ui_ctx *ctx, const struct ui_input *in)
{
    if (in->action == UI_ACT_BACK || in->action == UI_ACT_NEW) {
        return 0;
    }
    if (in->action != UI_ACT_TEXT || in->n == 0) {
        return -1;
    }
    struct str s = STR_INIT;
    utf8_lower(&s, in->text, in->n);
    const char *const typed = str_cstr(&s);
    /* L10N: the letter that answers yes; n answers no in every language. */
    const bool is_yes = str_eq(typed, ui_tr(ctx, "y")) || str_eq(typed, "y");
    const bool is_no = str_eq(typed, "n") || str_eq(typed, "н");
    str_done(&s);
    return is_yes ? 1 : is_no ? 0 : -1;
}
