/* What has the focus in an interview. Invariant: the focus is a relevant question that takes an
 * answer, on an open page, or nothing (-1) if the page has none. */
#include "interview_int.h"

#include <string.h>

enum { TEXT_MAX = 60 * 1024, LINE_MAX_BYTES = 2000 };

const form_interview *iv_of(const struct iv_state *st)
{
    return record_doc_interview(st->doc);
}

const struct form_def *iv_def(const struct iv_state *st)
{
    return record_doc_def(st->doc);
}

int iv_item(const struct iv_state *st)
{
    if (st->doc == NULL || st->at < 0) {
        return -1;
    }
    return iv_def(st)->pages[st->page].items[st->at];
}

bool iv_is_text(const struct iv_state *st)
{
    const int item = iv_item(st);
    return item >= 0 && ui_field_type(iv_def(st)->items[item].type)->takes_text;
}

static bool can_focus(const struct iv_state *st, int item)
{
    const struct form_item *const it = &iv_def(st)->items[item];
    return form_type_takes_answer(it->type) && !it->is_readonly &&
           form_interview_relevant(iv_of(st), item);
}

static void load_choice(struct iv_state *st, const struct form_item *it, int item)
{
    st->choice = 0;
    for (size_t i = 0; i < it->choices->count; i++) {
        if (form_interview_selected(iv_of(st), item, it->choices->items[i].name)) {
            st->choice = i;
            return;
        }
    }
}

void iv_load(struct iv_state *st, const struct ui_ctx *ctx)
{
    const int item = iv_item(st);
    st->refused = FORM_P_OK;
    ui_edit_set(&st->edit, "");
    if (item < 0) {
        return;
    }
    const struct form_item *const it = &iv_def(st)->items[item];
    if (it->choices != NULL) {
        load_choice(st, it, item);
        return;
    }
    st->edit.is_multiline = str_eq(it->appearance, "multiline");
    st->edit.max_bytes = it->type == FORM_T_TEXT ? TEXT_MAX : LINE_MAX_BYTES;
    ui_show_answer(iv_of(st), item, ctx->ask_lang, &st->edit.text);
    st->edit.cursor = st->edit.text.len;
}

static void focus(struct iv_state *st, const struct ui_ctx *ctx, int page, int at)
{
    st->page = page;
    st->at = at;
    st->is_explaining = false;
    st->is_in_sections = false;
    st->sections.count = iv_def(st)->section_count;
    st->sections.at = (size_t)iv_def(st)->pages[page].section;
    iv_load(st, ctx);
}

void iv_focus_item(struct iv_state *st, const struct ui_ctx *ctx, int item)
{
    if (item < 0 || (size_t)item >= iv_def(st)->count || iv_def(st)->items[item].page < 0) {
        return;
    }
    const int page = iv_def(st)->items[item].page;
    const struct form_page *const p = &iv_def(st)->pages[page];
    for (size_t i = 0; i < p->count; i++) {
        if (p->items[i] == item && can_focus(st, item)) {
            focus(st, ctx, page, (int)i);
            return;
        }
    }
    iv_focus_page(st, ctx, page, false);
}

void iv_focus_page(struct iv_state *st, const struct ui_ctx *ctx, int page, bool last)
{
    const struct form_page *const p = &iv_def(st)->pages[page];
    int found = -1;
    for (size_t i = 0; i < p->count && (found < 0 || last); i++) {
        if (can_focus(st, p->items[i])) {
            found = (int)i;
        }
    }
    focus(st, ctx, page, found);
}

bool iv_focus_step(struct iv_state *st, const struct ui_ctx *ctx, int direction)
{
    const struct form_page *const p = &iv_def(st)->pages[st->page];
    for (int i = st->at + direction; st->at >= 0 && i >= 0 && i < (int)p->count; i += direction) {
        if (can_focus(st, p->items[i])) {
            focus(st, ctx, st->page, i);
            return true;
        }
    }
    return false;
}

/* Page of the stop note that ends the interview, or the last page. */
static int last_page(const struct iv_state *st)
{
    const int stop = form_interview_stop(iv_of(st));
    const int page = stop >= 0 ? iv_def(st)->items[stop].page : -1;
    return page >= 0 ? page : (int)iv_def(st)->page_count - 1;
}

int iv_page_next(const struct iv_state *st, int page, int direction)
{
    const int next = form_interview_page_next(iv_of(st), page, direction);
    return next > last_page(st) && direction > 0 ? -1 : next;
}

bool iv_section_open(const struct iv_state *st, int section)
{
    const struct form_section *const s = &iv_def(st)->sections[section];
    for (int i = 0; i < s->page_count; i++) {
        const int page = s->first_page + i;
        if (form_interview_page_open(iv_of(st), page) && page <= last_page(st)) {
            return true;
        }
    }
    return false;
}

bool iv_is_dirty(const struct iv_state *st, const struct ui_ctx *ctx)
{
    const int item = iv_item(st);
    (void)ctx;
    if (!iv_is_text(st)) {
        return false;
    }
    const struct form_answer a = form_interview_answer(iv_of(st), item);
    if (st->edit.text.len == 0) {
        return a.state == FORM_A_VALUE;
    }
    struct str text = STR_INIT;
    const enum form_problem p = form_interview_canonical(iv_of(st), item, str_cstr(&st->edit.text),
                                                         &text);
    const bool differs = p != FORM_P_OK || a.state != FORM_A_VALUE ||
                         !str_eq(a.text, str_cstr(&text));
    str_done(&text);
    return differs;
}
