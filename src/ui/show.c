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

/* "2026-11-24T09:30" -> "24.11.2026 09:30"; a zone stays as it is. */
static void show_moment(const char *text, struct str *out)
{
    const char *const mark = strchr(text, 'T');
    if (mark == NULL) {
        show_date(text, out);
        return;
    }
    struct str day = STR_INIT;
    str_put(&day, text, (size_t)(mark - text));
    show_date(str_cstr(&day), out);
    str_printf(out, " %s", mark + 1);
    str_done(&day);
}

/* "37~2026-11-24": an age is only as good as the day it was told on. */
static void show_estimate(const char *text, enum lang lang, struct str *out)
{
    const char *const mark = strchr(text, '~');
    if (mark == NULL) {
        str_puts(out, text);
        return;
    }
    struct str day = STR_INIT;
    struct str age = STR_INIT;
    str_put(&age, text, (size_t)(mark - text));
    show_date(mark + 1, &day);
    /* L10N: an age as somebody guessed it, and the day this was said */
    str_printf(out, catalog_get(catalog_builtin(lang), N_("about %s (told on %s)")), str_cstr(&age),
               str_cstr(&day));
    str_done(&age);
    str_done(&day);
}

static const struct form_item *item_of(const form_interview *iv, int node)
{
    return &form_interview_def(iv)->items[form_interview_item(iv, node)];
}

/* What is shown as it is typed; false for the others. */
static bool show_plain(const struct form_item *it, const char *text, struct str *out)
{
    switch (it->type) {
    case FORM_T_DATE: show_date(text, out); return true;
    case FORM_T_DATETIME: show_moment(text, out); return true;
    default: return false;
    }
}

void ui_show_answer(const form_interview *iv, int node, enum lang lang, struct str *out)
{
    const struct form_answer a = form_interview_answer(iv, node);
    const struct form_item *const it = item_of(iv, node);
    if (a.state != FORM_A_VALUE || show_plain(it, a.text, out)) {
        return;
    }
    if (it->type == FORM_T_ACKNOWLEDGE) {
        str_puts(out, catalog_get(catalog_builtin(lang), N_("noted")));
    } else if (it->is_estimated) {
        show_estimate(a.text, lang, out);
    } else if (!ui_field_type(it->type)->takes_text) {
        form_interview_text(iv, node, lang, out);
    } else {
        str_puts(out, a.text);
    }
}

void ui_show_typed(const form_interview *iv, int node, struct str *out)
{
    const struct form_answer a = form_interview_answer(iv, node);
    const struct form_item *const it = item_of(iv, node);
    if (a.state != FORM_A_VALUE || show_plain(it, a.text, out)) {
        return;
    }
    const char *const mark = it->is_estimated ? strchr(a.text, '~') : NULL;
    if (mark != NULL) {
        str_putc(out, '~');
        str_put(out, a.text, (size_t)(mark - a.text));
    } else {
        str_puts(out, a.text);
    }
}
