/* The pages of an interview as its instances are now: the direct questions of one group or
 * instance stand together, each repeat has a page that lists its rows, and what lies in a row
 * follows row by row. Invariant: sections are those of the form whatever rows there are. */
#include "form/interview_int.h"

struct walk {
    form_interview *iv;
    arena *a;
    size_t page_cap, section_cap;
    struct ints page_of_group; /* per node, -1 = none yet */
    int top;                   /* top-level group or repeat we are in, -1 */
};

static int section_now(struct walk *w)
{
    form_interview *iv = w->iv;
    if (iv->section_count > 0 && iv->sections[iv->section_count - 1].group == w->top) {
        iv->sections[iv->section_count - 1].page_count++;
        return (int)iv->section_count - 1;
    }
    iv->sections = arena_grow(w->a, iv->sections, iv->section_count, &w->section_cap,
                              sizeof *iv->sections);
    iv->sections[iv->section_count] = (struct form_section){w->top, (int)iv->page_count, 1};
    return (int)iv->section_count++;
}

static int page_new(struct walk *w, int group, int repeat)
{
    form_interview *iv = w->iv;
    const int section = section_now(w);
    iv->pages = arena_grow(w->a, iv->pages, iv->page_count, &w->page_cap, sizeof *iv->pages);
    iv->pages[iv->page_count] = (struct form_page){
        .group = group, .section = section, .repeat = repeat};
    return (int)iv->page_count++;
}

static int page_for(struct walk *w, int group)
{
    const form_interview *iv = w->iv;
    int *const known = group >= 0 ? w->page_of_group.at : NULL;
    if (known != NULL && known[group] >= 0) {
        return known[group];
    }
    const struct form_page *last = iv->page_count == 0 ? NULL : &iv->pages[iv->page_count - 1];
    if (group < 0 && last != NULL && last->group < 0 && last->repeat < 0) {
        return (int)iv->page_count - 1;
    }
    const int page = page_new(w, group, -1);
    if (known != NULL) {
        known[group] = page;
    }
    return page;
}

static void walk_items(struct walk *w, int from, int end, int shift, int group);

static void walk_repeat(struct walk *w, int item, int shift, int group)
{
    form_interview *iv = w->iv;
    const struct cell *c = form_cell(iv, item + shift);
    iv->page_of.at[item + shift] = page_new(w, group, item + shift);
    ints_add(&iv->in_order, item + shift);
    for (size_t k = 0; k < c->rows.count && k < c->limit; k++) {
        const int row = c->rows.at[k];
        ints_add(&iv->in_order, row);
        walk_items(w, item + 1, iv->def->items[item].end, row - item, row);
    }
}

static void walk_items(struct walk *w, int from, int end, int shift, int group)
{
    form_interview *iv = w->iv;
    for (int i = from; i < end; i = iv->def->items[i].end) {
        const struct form_item *item = &iv->def->items[i];
        if (item->parent < 0) {
            w->top = item->type == FORM_T_GROUP || item->type == FORM_T_REPEAT ? i : -1;
        }
        if (item->type == FORM_T_REPEAT) {
            walk_repeat(w, i, shift, group);
            continue;
        }
        ints_add(&iv->in_order, i + shift);
        if (item->type == FORM_T_GROUP) {
            walk_items(w, i + 1, item->end, shift, i + shift);
        } else if (form_type_is_shown(item->type)) {
            const int page = page_for(w, group);
            iv->page_of.at[i + shift] = page;
            iv->pages[page].count++;
        }
    }
}

static void fill_items(struct walk *w)
{
    form_interview *iv = w->iv;
    int **lists = arena_array(w->a, iv->page_count + 1, sizeof *lists);
    for (size_t k = 0; k < iv->page_count; k++) {
        lists[k] = arena_array(w->a, iv->pages[k].count + 1, sizeof **lists);
        iv->pages[k].items = lists[k];
        iv->pages[k].count = 0;
    }
    for (size_t i = 0; i < iv->in_order.count; i++) {
        const int node = iv->in_order.at[i];
        const int page = iv->page_of.at[node];
        if (page >= 0 && iv->pages[page].repeat < 0) {
            lists[page][iv->pages[page].count++] = node;
        }
    }
}

void form_pages_now(form_interview *iv)
{
    struct walk w = {.iv = iv, .a = iv->page_arena, .top = -1};
    arena_reset(w.a);
    iv->pages = NULL;
    iv->sections = NULL;
    iv->page_count = iv->section_count = 0;
    iv->in_order.count = iv->page_of.count = 0;
    for (int i = 0; i < form_interview_nodes(iv); i++) {
        ints_add(&iv->page_of, -1);
        ints_add(&w.page_of_group, -1);
    }
    walk_items(&w, 0, (int)iv->def->count, 0, -1);
    fill_items(&w);
    ints_done(&w.page_of_group);
}

const struct form_page *form_interview_pages(const form_interview *iv, size_t *count)
{
    *count = iv->page_count;
    return iv->pages;
}

const struct form_section *form_interview_sections(const form_interview *iv, size_t *count)
{
    *count = iv->section_count;
    return iv->sections;
}

int form_interview_page_of(const form_interview *iv, int node)
{
    return node >= 0 && (size_t)node < iv->page_of.count ? iv->page_of.at[node] : -1;
}

int form_interview_instance_page(const form_interview *iv, int instance)
{
    bool is_inside = false;
    const int end = form_node_item(iv, instance)->end - form_interview_item(iv, instance);
    for (size_t i = 0; i < iv->in_order.count; i++) {
        const int node = iv->in_order.at[i];
        is_inside = is_inside || node == instance;
        if (is_inside && node > instance && node < instance + end && iv->page_of.at[node] >= 0) {
            return iv->page_of.at[node];
        }
    }
    return -1;
}
