/* What stands on one screen: pages are the direct questions of one group, in the order of their
 * first question; sections are the top-level groups and the runs of questions between them.
 * Invariant: every question and note is on exactly one page; no page and no section is empty. */
#include "form/def_int.h"

struct pages {
    struct form_build *b;
    struct form_page *pages; /* room for one page per question, the most there can be */
    size_t count;
    struct form_section *sections;
    size_t section_count, section_cap;
    int *page_of_group; /* -1 = none yet */
};

static int top_group(const struct form_build *b, int item)
{
    int group = b->items[item].parent;
    while (group >= 0 && b->items[group].parent >= 0) {
        group = b->items[group].parent;
    }
    return group;
}

/* Top-level groups are contiguous, so a section ends where another top group begins. */
static int section_for(struct pages *p, int top)
{
    if (p->section_count > 0 && p->sections[p->section_count - 1].group == top) {
        p->sections[p->section_count - 1].page_count++;
        return (int)p->section_count - 1;
    }
    p->sections = arena_grow(p->b->a, p->sections, p->section_count, &p->section_cap,
                             sizeof *p->sections);
    p->sections[p->section_count] = (struct form_section){top, (int)p->count, 1};
    return (int)p->section_count++;
}

static int page_for(struct pages *p, int item)
{
    const int group = p->b->items[item].parent;
    if (group >= 0 && p->page_of_group[group] >= 0) {
        return p->page_of_group[group];
    }
    const struct form_page *last = p->count == 0 ? NULL : &p->pages[p->count - 1];
    if (group < 0 && last != NULL && last->group < 0 && last->repeat < 0) {
        return (int)p->count - 1;
    }
    const int section = section_for(p, top_group(p->b, item));
    p->pages[p->count] = (struct form_page){.group = group, .section = section, .repeat = -1};
    if (group >= 0) {
        p->page_of_group[group] = (int)p->count;
    }
    return (int)p->count++;
}

/* The page on which a repeat lists its rows. */
static void page_of_repeat(struct pages *p, int item)
{
    const int group = p->b->items[item].parent;
    const int top = group < 0 ? item : top_group(p->b, item);
    const int section = section_for(p, top);
    p->b->items[item].page = (int)p->count;
    p->pages[p->count++] = (struct form_page){.group = group, .section = section, .repeat = item};
}

void form_pages(struct form_build *b)
{
    struct pages p = {.b = b};
    p.pages = arena_array(b->a, b->count + 1, sizeof *p.pages);
    p.page_of_group = arena_array(b->a, b->count + 1, sizeof *p.page_of_group);
    for (size_t i = 0; i < b->count; i++) {
        p.page_of_group[i] = -1;
    }
    for (size_t i = 0; i < b->count; i++) {
        if (b->items[i].type == FORM_T_REPEAT) {
            page_of_repeat(&p, (int)i);
        } else if (form_type_is_shown(b->items[i].type)) {
            b->items[i].page = page_for(&p, (int)i);
            p.pages[b->items[i].page].count++;
        }
    }
    int **lists = arena_array(b->a, p.count + 1, sizeof *lists);
    for (size_t k = 0; k < p.count; k++) {
        lists[k] = arena_array(b->a, p.pages[k].count, sizeof **lists);
        p.pages[k].items = lists[k];
        p.pages[k].count = 0;
    }
    for (size_t i = 0; i < b->count; i++) {
        const int page = b->items[i].page;
        if (page >= 0 && p.pages[page].repeat < 0) {
            lists[page][p.pages[page].count++] = (int)i;
        }
    }
    b->def->pages = p.pages;
    b->def->page_count = p.count;
    b->def->sections = p.sections;
    b->def->section_count = p.section_count;
}
