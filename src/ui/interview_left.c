/* The left pane of the interview: sections with their state. On a narrow screen only numbers and
 * states remain. */
#include "interview_int.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

enum { WIDE = 70, LEFT_WIDE = 23, LEFT_NARROW = 11 };

/* "✓", "◐", "·", "3/9" where the work is, "!" for what is wrong, "" for what is closed. */
static unsigned section_state(const struct iv_state *st, int section, bool is_current, char out[32])
{
    const struct form_progress p = form_interview_section_progress(iv_of(st), section);
    if (!iv_section_open(st, section)) {
        snprintf(out, 32, "-");
        return UI_DIM;
    }
    if (p.wrong > 0) {
        snprintf(out, 32, "!");
        return UI_ALERT;
    }
    if (p.answered >= p.asked && p.missing == 0) {
        snprintf(out, 32, "%s", ui_sign(true, p.answered));
        return UI_GOOD;
    }
    if (is_current) {
        snprintf(out, 32, "%u/%u", p.answered, p.asked);
    } else {
        snprintf(out, 32, "%s", ui_sign(false, p.answered + p.later));
    }
    return UI_PLAIN;
}

static void section_label(const struct iv_state *st, const struct ui_ctx *ctx, int section,
                          struct str *out)
{
    size_t count = 0;
    const int group = form_interview_sections(iv_of(st), &count)[section].group;
    if (group >= 0) {
        form_interview_label_at(iv_of(st), group, &iv_item(st, group)->label, ctx->lang, out);
    } else {
        str_puts(out, ui_tr(ctx, "General"));
    }
}

static void draw_row(const struct iv_state *st, const struct ui_ctx *ctx, canvas *c, int row,
                     int section)
{
    const bool is_wide = canvas_cols(c) >= WIDE;
    const int end = (is_wide ? LEFT_WIDE : LEFT_NARROW) - 1;
    const bool is_current = iv_page(st)->section == section;
    const bool is_here = st->is_in_sections ? (int)st->sections.at == section : is_current;
    const bool is_open = iv_section_open(st, section);
    const unsigned attr = !is_open ? UI_DIM : is_current ? UI_BOLD : UI_PLAIN;
    char state[32];
    const unsigned state_attr = section_state(st, section, is_current, state);
    const int state_cells = (int)utf8_width(state, strlen(state));
    canvas_printf(c, row, 2, 3, attr, "%2d", section + 1);
    if (is_wide) {
        struct str label = STR_INIT;
        section_label(st, ctx, section, &label);
        const int room = end - 6 - (state_cells > 2 ? state_cells : 2);
        canvas_text(c, row, 5, room, attr, str_cstr(&label));
        str_done(&label);
    }
    canvas_text_right(c, row, state_cells > 1 ? end : end - 1, state_attr, state);
    if (is_here) {
        canvas_text(c, row, 1, 1, UI_BOLD, "›");
        if (st->is_in_sections) {
            canvas_attr(c, row, 1, end - 1, UI_REVERSE);
            canvas_cursor(c, row, 1);
        }
    }
}

int iv_draw_left(const struct iv_state *st, const struct ui_ctx *ctx, canvas *c)
{
    const int left = canvas_cols(c) >= WIDE ? LEFT_WIDE : LEFT_NARROW;
    const int rows = canvas_rows(c) - UI_TOP - UI_BOTTOM;
    struct ui_list l = {.at = st->sections.at};
    (void)form_interview_sections(iv_of(st), &l.count);
    const size_t first = ui_list_first(&l, (size_t)(rows > 1 ? rows : 1));
    for (int i = 0; i < rows && first + (size_t)i < l.count; i++) {
        draw_row(st, ctx, c, UI_TOP + i, (int)first + i);
    }
    canvas_vline(c, UI_TOP, left, rows);
    return left + 1;
}
