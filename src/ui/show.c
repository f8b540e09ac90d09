/* Dates, counts and answers in words of the screen's language. Only formatting: nothing is read
 * but the clock (for the year). */
#include "ui/widget.h"

#include <string.h>

#include "base/clock.h"

static const char *const MONTHS[12] = {
    N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"),
    N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
};

void ui_show_day(const struct ui_ctx *ctx, int64_t ms, struct str *out)
{
    const struct date d = clock_local_of(ms).date;
    str_printf(out, "%d %s", d.day, ui_tr(ctx, MONTHS[(d.month + 11) % 12]));
    if (d.year != clock_today().year) {
        str_printf(out, " %d", d.year);
    }
}

void ui_show_time(const struct ui_ctx *ctx, int64_t ms, struct str *out)
{
    const struct clock_local t = clock_local_of(ms);
    ui_show_day(ctx, ms, out);
    str_printf(out, ", %02d:%02d", t.hour, t.minute);
}

const char *ui_sign(bool is_done, unsigned answered)
{
    return is_done ? "✓" : answered > 0 ? "◐" : "·";
}

const char *ui_show_state(const struct ui_ctx *ctx, enum form_answer_state s)
{
    switch (s) {
    case FORM_A_DECLINED: return ui_tr(ctx, "declines to answer");
    case FORM_A_UNKNOWN: return ui_tr(ctx, "she does not know");
    case FORM_A_LATER: return ui_tr(ctx, "ask again later");
    case FORM_A_NONE:
    case FORM_A_VALUE: break;
    }
    return NULL;
}

static void show_date(const char *text, struct str *out)
{
    struct date d;
    if (!date_parse(text, strlen(text), &d)) {
        str_puts(out, text);
    } else if (d.day > 0) {
        str_printf(out, "%02d.%02d.%04d", d.day, d.month, d.year);
    } else if (d.month > 0) {
        str_printf(out, "%02d.%04d", d.month, d.year);
    } else {
        str_printf(out, "%04d", d.year);
    }
}

static void show_choices(const form_interview *iv, int item, enum lang lang, struct str *out)
{
    const struct form_choices *const list = form_interview_def(iv)->items[item].choices;
    bool is_first = true;
    for (size_t i = 0; i < list->count; i++) {
        if (form_interview_selected(iv, item, list->items[i].name)) {
            str_puts(out, is_first ? "" : ", ");
            form_interview_label(iv, &list->items[i].label, lang, out);
            is_first = false;
        }
    }
}

void ui_show_answer(const form_interview *iv, int item, enum lang lang, struct str *out)
{
    const struct form_answer a = form_interview_answer(iv, item);
    if (a.state != FORM_A_VALUE) {
        return;
    }
    const struct form_item *const it = &form_interview_def(iv)->items[item];
    if (it->type == FORM_T_DATE) {
        show_date(a.text, out);
    } else if (it->choices != NULL) {
        show_choices(iv, item, lang, out);
    } else {
        str_puts(out, a.text);
    }
}
