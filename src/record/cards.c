/* The table of cases in memory: pages that never move, and the way from a compartment to its card.
 * Invariant: a card keeps its place as long as the table lives, so that a page of the cache always
 * speaks of the same places; a hole stays one. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "record_int.h"

enum { PLACES_MIN = 1024 };

void card_list_add(struct card_list *l, struct card *c)
{
    if (l->count == l->cap) {
        l->cap = l->cap * 2 + 16;
        l->items = mem_realloc(l->items, l->cap * sizeof *l->items);
    }
    l->items[l->count++] = c;
}

void card_list_remove(struct card_list *l, const struct card *c)
{
    for (size_t i = 0; i < l->count; i++) {
        if (l->items[i] == c) {
            l->items[i] = l->items[--l->count];
            return;
        }
    }
}

/* Ids are random, so any of their bytes will do; the first empty place ends the search. */
static struct place *place_of(const struct card_table *t, const unsigned char id[ID_LEN])
{
    size_t at = (size_t)get_u64le(id) & (t->place_cap - 1);
    while (t->places[at].card != NULL && memcmp(t->places[at].id, id, ID_LEN) != 0) {
        at = (at + 1) & (t->place_cap - 1);
    }
    return &t->places[at];
}

static void grow_places(struct card_table *t)
{
    const struct card_table old = *t;
    t->place_cap = old.place_cap == 0 ? PLACES_MIN : old.place_cap * 2;
    t->places = mem_alloc(t->place_cap * sizeof *t->places);
    for (size_t i = 0; i < old.place_cap; i++) {
        if (old.places[i].card != NULL) {
            *place_of(t, old.places[i].id) = old.places[i];
        }
    }
    free(old.places);
}

void cards_alias(record *r, const unsigned char part[ID_LEN], struct card *c)
{
    struct card_table *t = &r->cards;
    if (2 * (t->place_count + 1) > t->place_cap) {
        grow_places(t);
    }
    struct place *p = place_of(t, part);
    t->place_count += p->card == NULL;
    memcpy(p->id, part, ID_LEN);
    p->card = c;
}

struct card *cards_find(const record *r, const unsigned char compartment[ID_LEN])
{
    const struct card_table *t = &r->cards;
    struct card *c = t->place_cap > 0 ? place_of(t, compartment)->card : NULL;
    return c != NULL && c->is_there ? c : NULL;
}

static struct card *slot(const record *r, size_t i)
{
    return &r->cards.pages[i / r->cards.page_len][i % r->cards.page_len];
}

struct card *cards_at(const record *r, size_t i)
{
    struct card *c = i < r->cards.count ? slot(r, i) : NULL;
    return c != NULL && c->is_there ? c : NULL;
}

static void need_page(struct card_table *t, size_t page)
{
    if (page < t->page_count) {
        return;
    }
    const size_t n = page + 1;
    t->pages = mem_realloc(t->pages, n * sizeof *t->pages);
    t->stamps = mem_realloc(t->stamps, n * sizeof *t->stamps);
    t->dirty = mem_realloc(t->dirty, n * sizeof *t->dirty);
    for (; t->page_count < n; t->page_count++) {
        t->pages[t->page_count] = mem_alloc(t->page_len * sizeof **t->pages);
        memset(t->stamps[t->page_count], 0, STAMP_LEN);
        t->dirty[t->page_count] = true;
    }
}

void cards_set(record *r, size_t i, struct card *c_in)
{
    need_page(&r->cards, i / r->cards.page_len);
    struct card *c = slot(r, i);
    *c = *c_in;
    c->is_there = true;
    r->cards.count = i + 1 > r->cards.count ? i + 1 : r->cards.count;
    cards_alias(r, c->info.id, c);
}

struct card *cards_add(record *r, const unsigned char id[ID_LEN])
{
    struct card blank = {.words = NULL};
    memcpy(blank.info.id, id, ID_LEN);
    const size_t i = r->cards.count;
    cards_set(r, i, &blank);
    r->cards.dirty[i / r->cards.page_len] = true;
    return slot(r, i);
}

void cards_dirty(record *r, const struct card *c)
{
    for (size_t i = 0; i < r->cards.page_count; i++) {
        const struct card *page = r->cards.pages[i];
        if (c >= page && c < page + r->cards.page_len) {
            r->cards.dirty[i] = true;
            return;
        }
    }
}

void cards_stale(record *r, struct card *c)
{
    c->is_stale = true;
    if (!c->is_listed) {
        c->is_listed = true;
        card_list_add(&r->cards.stale, c);
    }
}

static void card_wipe(struct card *c)
{
    if (c->words != NULL) {
        mem_wipe(c->words, strlen(c->words));
        free(c->words);
    }
    free(c->tail);
    mem_wipe(c, sizeof *c);
}

void cards_drop(record *r, struct card *c)
{
    cards_dirty(r, c);
    card_list_remove(&r->cards.stale, c);
    card_list_remove(&r->cards.tailed, c);
    card_list_remove(&r->cards.live, c);
    card_wipe(c);
}

void cards_clear(record *r)
{
    struct card_table *t = &r->cards;
    for (size_t i = 0; i < t->page_count; i++) {
        for (size_t k = 0; k < t->page_len; k++) {
            card_wipe(&t->pages[i][k]);
        }
        free(t->pages[i]);
    }
    free(t->pages);
    free(t->stamps);
    free(t->dirty);
    free(t->places);
    free(t->stale.items);
    free(t->tailed.items);
    free(t->live.items);
    *t = (struct card_table){.page_len = t->page_len};
}
