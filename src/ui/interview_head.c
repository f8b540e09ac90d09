/* Where one is in an interview: the title of the screen, and the line over the questions with the
 * rows that enclose them. */
#include "interview_int.h"

static void put_label(const struct iv_state *st, const struct ui_ctx *ctx, int node,
                      struct str *out)
{
    form_interview_label_at(iv_of(st), node, &iv_item(st, node)->label, ctx->lang, out);
}

/* "Families 1 of 2 · Children 2 of 3": the rows around a node, outermost first. */
static void put_rows(const struct iv_state *st, const struct ui_ctx *ctx, int node, struct str *out)
{
    const form_interview *const iv = iv_of(st);
    if (node < 0) {
        return;
    }
    const int parent = form_interview_parent(iv, node);
    put_rows(st, ctx, parent, out);
    if (form_interview_is_instance(iv, node)) {
        size_t count = 0;
        (void)form_interview_instances(iv, parent, &count);
        str_puts(out, out->len > 0 ? " · " : "");
        put_label(st, ctx, node, out);
        str_putc(out, ' ');
        str_printf(out, ui_tr(ctx, "%d of %d"), form_interview_position(iv, node), (int)count);
    }
}

/* " (2/3)": which of the section's pages; rows are counted by themselves. */
static void put_count(const struct iv_state *st, const struct form_section *s, struct str *out)
{
    size_t all = 0;
    const struct form_page *const pages = form_interview_pages(iv_of(st), &all);
    int count = 0;
    int here = 0;
    for (int i = s->first_page; i < s->first_page + s->page_count; i++) {
        count += iv_instance_of(st, &pages[i]) < 0 ? 1 : 0;
        here = i == st->page ? count : here;
    }
    if (count > 1) {
        str_printf(out, " (%d/%d)", here, count);
    }
}

static void put_title(const struct iv_state *st, const struct ui_ctx *ctx, struct str *out)
{
    size_t count = 0;
    const struct form_page *const page = iv_page(st);
    const struct form_section *const s = &form_interview_sections(iv_of(st), &count)[page->section];
    const int group = page->repeat >= 0 ? page->repeat : page->group >= 0 ? page->group : s->group;
    if (group < 0) {
        str_puts(out, ui_tr(ctx, "General"));
        return;
    }
    put_rows(st, ctx, group, out);
    const bool is_in_row = out->len > 0;
    if (!form_interview_is_instance(iv_of(st), group)) {
        str_puts(out, is_in_row ? " · " : "");
        put_label(st, ctx, group, out);
    }
    if (!is_in_row && page->repeat < 0) {
        put_count(st, s, out);
    }
}

void iv_draw_head(const struct iv_state *st, const struct ui_ctx *ctx, canvas *c, int left)
{
    struct str title = STR_INIT;
    put_title(st, ctx, &title);
    const struct form_progress p = form_interview_section_progress(iv_of(st), iv_page(st)->section);
    struct str count = STR_INIT;
    str_printf(&count, ui_tr(ctx, "%u of %u"), p.answered, p.asked);
    const int end = canvas_cols(c) - 1;
    canvas_text(c, UI_TOP, left + 1, end - left - (int)count.len - 3, UI_BOLD, str_cstr(&title));
    canvas_text_right(c, UI_TOP, end, UI_PLAIN, str_cstr(&count));
    str_done(&count);
    str_done(&title);
}

void iv_draw_title(const struct iv_state *st, const struct ui_ctx *ctx, canvas *c)
{
    struct str title = STR_INIT;
    if (st->trial != NULL) {
        iv_trial_title(st, ctx, &title);
    } else if (st->doc != NULL) {
        const struct record_case *const k = record_doc_case(st->doc);
        const char *const name = form_interview_name(iv_of(st));
        const char *const form = name[0] != '\0' ? name
                                                 : form_text_get(&iv_def(st)->title, ctx->lang);
        /* whose it is comes first: what a narrow head cuts is the title */
        str_printf(&title, "%s %s%s · %s", k->code, k->initials, iv_is_finished(st) ? " ✓" : "",
                   form);
    } else {
        str_puts(&title, ui_tr(ctx, ui_interview.title));
    }
    ui_frame(c, ctx, st->trial != NULL ? &ui_try : &ui_interview, st, str_cstr(&title));
    str_done(&title);
}
