/* What has the focus in an interview. Invariant: the focus is a relevant question that takes an
 * answer, on an open page, or nothing (-1) if the page has none or lists rows. */
#include "interview_int.h"

#include <string.h>

enum { TEXT_MAX = 60 * 1024, LINE_MAX_BYTES = 2000 };

const struct form_page *iv_page(const struct iv_state *st)
{
    size_t count = 0;
    const struct form_page *const pages = form_interview_pages(iv_of(st), &count);
    return &pages[(size_t)st->page < count ? (size_t)st->page : count - 1];
}

bool iv_is_text(const struct iv_state *st)
{
    return st->node >= 0 && ui_field_type(iv_item(st, st->node)->type)->takes_text;
}

static bool can_focus(const struct iv_state *st, int node)
{
    const struct form_item *const it = iv_item(st, node);
    return ui_field_type(it->type)->draw != NULL && !form_interview_readonly(iv_of(st), node) &&
           form_interview_relevant(iv_of(st), node);
}

static void load_choice(struct iv_state *st, const struct ui_ctx *ctx)
{
    struct ui_choices list;
    ui_choices_of(iv_of(st), st->node, ctx->ask_lang, "", &list);
    st->choice = 0;
    for (size_t i = 0; i < list.count && iv_item(st, st->node)->type != FORM_T_RANK; i++) {
        if (form_interview_selected(iv_of(st), st->node, list.items[i]->name)) {
            st->choice = i;
            break;
        }
    }
    ui_choices_done(&list);
}

void iv_load(struct iv_state *st, const struct ui_ctx *ctx)
{
    st->refused = FORM_P_OK;
    st->is_filtering = false;
    st->choice = 0;
    ui_edit_set(&st->edit, "");
    ui_edit_set(&st->filter, "");
    if (st->node < 0) {
        return;
    }
    const struct form_item *const it = iv_item(st, st->node);
    if (!iv_is_text(st)) {
        load_choice(st, ctx);
        return;
    }
    st->edit.is_multiline = str_eq(it->appearance, "multiline");
    st->edit.max_bytes = it->type == FORM_T_TEXT ? TEXT_MAX : LINE_MAX_BYTES;
    ui_show_typed(iv_of(st), st->node, &st->edit.text);
    st->edit.cursor = st->edit.text.len;
}

static void focus(struct iv_state *st, const struct ui_ctx *ctx, int page, int node)
{
    size_t count = 0;
    (void)form_interview_sections(iv_of(st), &count);
    st->page = page;
    st->node = node;
    if (st->container != iv_page(st)->repeat) {
        st->container = iv_page(st)->repeat;
        st->row = 0;
    }
    st->is_explaining = false;
    st->is_in_sections = false;
    st->is_in_findings = false;
    st->sections.count = count;
    st->sections.at = (size_t)iv_page(st)->section;
    iv_load(st, ctx);
}

static int rows_page(const struct iv_state *st, int container)
{
    size_t count = 0;
    const struct form_page *const pages = form_interview_pages(iv_of(st), &count);
    for (size_t i = 0; i < count; i++) {
        if (pages[i].repeat == container) {
            return (int)i;
        }
    }
    return -1;
}

/* A question's page, or the page that lists a repeat's rows. */
static int page_of(const struct iv_state *st, int node)
{
    if (node < 0 || node >= form_interview_nodes(iv_of(st)) ||
        !form_interview_exists(iv_of(st), node)) {
        return -1;
    }
    return form_interview_is_container(iv_of(st), node) ? rows_page(st, node)
           : form_interview_is_instance(iv_of(st), node)
               ? form_interview_instance_page(iv_of(st), node)
               : form_interview_page_of(iv_of(st), node);
}

void iv_focus_node(struct iv_state *st, const struct ui_ctx *ctx, int node)
{
    const int page = page_of(st, node);
    if (page < 0) {
        return;
    }
    size_t count = 0;
    const struct form_page *const p = &form_interview_pages(iv_of(st), &count)[page];
    for (size_t i = 0; i < p->count; i++) {
        if (p->items[i] == node && can_focus(st, node)) {
            focus(st, ctx, page, node);
            return;
        }
    }
    iv_focus_page(st, ctx, page, false);
}

void iv_focus_page(struct iv_state *st, const struct ui_ctx *ctx, int page, bool last)
{
    size_t count = 0;
    const struct form_page *const p = &form_interview_pages(iv_of(st), &count)[page];
    int found = -1;
    for (size_t i = 0; i < p->count && (found < 0 || last); i++) {
        if (can_focus(st, p->items[i])) {
            found = p->items[i];
        }
    }
    focus(st, ctx, page, found);
}

bool iv_focus_step(struct iv_state *st, const struct ui_ctx *ctx, int direction)
{
    const struct form_page *const p = iv_page(st);
    int at = -1;
    for (size_t i = 0; i < p->count; i++) {
        at = p->items[i] == st->node ? (int)i : at;
    }
    for (int i = at + direction; at >= 0 && i >= 0 && i < (int)p->count; i += direction) {
        if (can_focus(st, p->items[i])) {
            focus(st, ctx, st->page, p->items[i]);
            return true;
        }
    }
    return false;
}

/* A page on which nothing takes the focus. */
static bool is_still_there(const struct iv_state *st, size_t count)
{
    return st->node < 0 && st->container < 0 && (size_t)st->page < count &&
           form_interview_page_open(iv_of(st), st->page);
}

void iv_relocate(struct iv_state *st, const struct ui_ctx *ctx)
{
    size_t count = 0;
    const struct form_page *const pages = form_interview_pages(iv_of(st), &count);
    const int page = page_of(st, st->node >= 0 ? st->node : st->container);
    if (page >= 0 && (st->node < 0 || can_focus(st, st->node))) {
        st->page = page;
        st->container = pages[page].repeat;
    } else if (count > 0 && !is_still_there(st, count)) {
        const int here = (size_t)st->page < count ? st->page : (int)count - 1;
        const int open = form_interview_page_open(iv_of(st), here) ? here
                                                                   : iv_page_next(st, here, -1);
        iv_focus_page(st, ctx, open >= 0 ? open : here, false);
    }
    size_t rows = 0;
    if (st->container >= 0) {
        (void)iv_rows(st, &rows);
        st->row = st->row < rows ? st->row : rows > 0 ? rows - 1 : 0;
    }
    (void)form_interview_sections(iv_of(st), &st->sections.count);
}

int iv_page_next(const struct iv_state *st, int page, int direction)
{
    int next = form_interview_page_next(iv_of(st), page, direction);
    while (next >= 0 && direction > 0 && !form_interview_page_reached(iv_of(st), next)) {
        next = form_interview_page_next(iv_of(st), next, direction);
    }
    return next;
}

bool iv_section_open(const struct iv_state *st, int section)
{
    size_t count = 0;
    const struct form_section *const s = &form_interview_sections(iv_of(st), &count)[section];
    for (int i = 0; i < s->page_count; i++) {
        const int page = s->first_page + i;
        if (form_interview_page_reached(iv_of(st), page)) {
            return true;
        }
    }
    return false;
}

bool iv_is_dirty(const struct iv_state *st, const struct ui_ctx *ctx)
{
    (void)ctx;
    if (!iv_is_text(st)) {
        return false;
    }
    const struct form_answer a = form_interview_answer(iv_of(st), st->node);
    if (st->edit.text.len == 0) {
        return a.state == FORM_A_VALUE;
    }
    struct str text = STR_INIT;
    ui_show_typed(iv_of(st), st->node, &text);
    bool differs = !str_eq(str_cstr(&text), str_cstr(&st->edit.text));
    str_clear(&text);
    if (differs) {
        const enum form_problem p = form_interview_canonical(iv_of(st), st->node,
                                                             str_cstr(&st->edit.text), &text);
        differs = p != FORM_P_OK || a.state != FORM_A_VALUE || !str_eq(a.text, str_cstr(&text));
    }
    str_done(&text);
    return differs;
}
