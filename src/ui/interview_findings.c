/* What the checker says about the form being tried, in the place of the sections. */
#include "interview_int.h"

#include "report/message.h"

enum { NARROWEST = 24 };

static int draw_finding(const struct ui_ctx *ctx, canvas *c, int row, int width,
                        const struct form_finding *f, bool is_here)
{
    const catalog *const cat = catalog_builtin(ctx->lang);
    const int last = canvas_rows(c) - UI_BOTTOM;
    const bool is_error = f->severity == FORM_ERROR;
    struct str s = STR_INIT;
    str_printf(&s, "%zu:%zu %s", f->line, f->column, message_severity(cat, f->severity));
    canvas_text(c, row, 3, width - 4, is_error ? UI_ALERT | UI_BOLD : UI_BOLD, str_cstr(&s));
    if (is_here) {
        canvas_text(c, row, 1, 1, UI_BOLD, "›");
        canvas_attr(c, row, 2, width - 3, UI_REVERSE);
        canvas_cursor(c, row, 2);
    }
    str_clear(&s);
    message_finding(cat, f, &s);
    const int room = last - row - 1;
    const int used = room > 0 ? canvas_wrap(c, row + 1, 3, width - 4, room, UI_PLAIN, str_cstr(&s))
                              : 0;
    str_done(&s);
    return 2 + used;
}

int iv_findings_draw(const struct iv_state *st, const struct ui_ctx *ctx, canvas *c)
{
    const struct form_findings *const all = iv_trial_findings(st->trial);
    const int last = canvas_rows(c) - UI_BOTTOM;
    const bool is_whole = !iv_is_open(st);
    int width = canvas_cols(c) * 2 / 5;
    width = is_whole ? canvas_cols(c) : width < NARROWEST ? NARROWEST : width;
    int row = UI_TOP;
    if (iv_trial_is_old(st->trial)) {
        row += canvas_wrap(c, row, 1, width - 2, 4, UI_ALERT,
                           is_whole ? ui_tr(ctx, "! The form cannot be shown until it has no "
                                                 "errors.")
                                    : ui_tr(ctx, "! The file has errors; the form before them is "
                                                 "shown."));
        row++;
    }
    if (all->count == 0 && !iv_trial_is_old(st->trial)) {
        canvas_wrap(c, row, 1, width - 2, 3, UI_GOOD, ui_tr(ctx, "Nothing to remark."));
    }
    for (size_t i = st->findings.at; i < all->count && row < last; i++) {
        row += draw_finding(ctx, c, row, width, &all->items[i],
                            i == st->findings.at && (st->is_in_findings || is_whole));
    }
    if (is_whole) {
        return width;
    }
    canvas_vline(c, UI_TOP, width, last - UI_TOP);
    return width + 1;
}

bool iv_act_findings(struct iv_state *st, const struct ui_input *in)
{
    st->findings.count = iv_trial_findings(st->trial)->count;
    if (iv_is_open(st) &&
        (in->action == UI_ACT_BACK || in->action == UI_ACT_OPEN || in->action == UI_ACT_RIGHT)) {
        st->is_in_findings = false;
        return true;
    }
    return in->action != UI_ACT_SECTIONS && ui_list_act(&st->findings, in);
}
