/* The order of computing: who reads whom, circles, and for each item the list of those to
 * recompute. An item reads what its relevance and calculation mention, and its group, whose
 * relevance it inherits. Requiredness and constraint change no value, so they close no circle;
 * they are judged after all values. Invariant: order is topological in "reads". */
#include "form/def_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

struct list {
    int *at;
    size_t count, cap;
};

struct order {
    struct form_build *b;
    struct list *readers; /* who reads this item's value or relevance */
    struct list *judged;  /* whose requiredness or constraint mentions it */
    unsigned char *state; /* 0 new, 1 on the path, 2 done */
    int *path;
    size_t path_len;
    int *order;
    size_t order_count;
    int *position; /* of an item in order */
    bool has_circle;
};

static void list_add(arena *a, struct list *l, int item)
{
    for (size_t i = 0; i < l->count; i++) {
        if (l->at[i] == item) {
            return;
        }
    }
    l->at = arena_grow(a, l->at, l->count, &l->cap, sizeof *l->at);
    l->at[l->count++] = item;
}

static void list_add_refs(arena *a, struct list *l, const form_expr *x)
{
    if (x == NULL) {
        return;
    }
    size_t count;
    const int *refs = form_expr_refs(x, &count);
    for (size_t i = 0; i < count; i++) {
        list_add(a, l, refs[i]);
    }
}

/* Points and levels read every question that has a weight on the scale. */
static void list_add_scales(struct form_build *b, struct list *l, const form_expr *x)
{
    const char *name;
    for (size_t i = 0; x != NULL && (name = form_expr_scale(x, i)) != NULL; i++) {
        for (size_t k = 0; k < b->count; k++) {
            for (size_t w = 0; w < b->items[k].weight_count; w++) {
                if (strcmp(b->def->scales[b->items[k].weights[w].scale].name, name) == 0) {
                    list_add(b->a, l, (int)k);
                }
            }
        }
    }
}

static void list_add_expr(struct form_build *b, struct list *l, const form_expr *x)
{
    list_add_refs(b->a, l, x);
    list_add_scales(b, l, x);
}

/* A running value reads itself in an earlier instance, which is computed before. */
static bool reads_earlier_self(const struct form_build *b, size_t item)
{
    const struct node *n = b->sources[item].calculation;
    return b->items[item].repeat >= 0 && n != NULL &&
           (strstr(n->text, "indexed-repeat") != NULL || strchr(n->text, '[') != NULL);
}

static void drop(struct list *l, int item)
{
    size_t kept = 0;
    for (size_t i = 0; i < l->count; i++) {
        if (l->at[i] != item) {
            l->at[kept++] = l->at[i];
        }
    }
    l->count = kept;
}

/* Ends the list with -1 and hands out its items. */
static const int *list_seal(arena *a, struct list *l)
{
    l->at = arena_grow(a, l->at, l->count, &l->cap, sizeof *l->at);
    l->at[l->count] = -1;
    return l->at;
}

static void collect(struct order *o)
{
    struct form_build *b = o->b;
    b->reads = arena_array(b->a, b->count + 1, sizeof *b->reads);
    b->judges = arena_array(b->a, b->count + 1, sizeof *b->judges);
    for (size_t i = 0; i < b->count; i++) {
        const struct form_item *item = &b->items[i];
        struct list reads = {0}, judges = {0};
        if (item->parent >= 0) {
            list_add(b->a, &reads, item->parent);
        }
        list_add_expr(b, &reads, item->relevant);
        if (!(item->is_once && item->triggers != NULL)) { /* a trigger runs it, nothing else */
            list_add_expr(b, &reads, item->calculation);
        }
        if (reads_earlier_self(b, i)) {
            drop(&reads, (int)i);
        }
        list_add_expr(b, &reads, item->repeat_count);
        list_add_expr(b, &judges, item->required);
        list_add_expr(b, &judges, item->constraint);
        list_add_expr(b, &judges, item->choice_filter);
        if (item->choices_from >= 0) {
            list_add(b->a, &judges, item->choices_from);
        }
        b->reads[i] = list_seal(b->a, &reads);
        b->judges[i] = list_seal(b->a, &judges);
        for (const int *r = b->reads[i]; *r >= 0; r++) {
            list_add(b->a, &o->readers[*r], (int)i);
        }
        for (const int *r = b->judges[i]; *r >= 0; r++) {
            list_add(b->a, &o->judged[*r], (int)i);
        }
    }
}

static bool refers_to(const form_expr *x, int item)
{
    size_t count = 0;
    const int *refs = x == NULL ? NULL : form_expr_refs(x, &count);
    for (size_t i = 0; i < count; i++) {
        if (refs[i] == item) {
            return true;
        }
    }
    return false;
}

/* Where the circle closes: what makes last read item; a group is read by all that is in it. */
static const struct node *circle_place(const struct form_build *b, int last, int item)
{
    if (refers_to(b->items[last].calculation, item)) {
        return b->sources[last].calculation;
    }
    if (refers_to(b->items[last].relevant, item)) {
        return b->sources[last].relevant;
    }
    const struct form_source *group = &b->sources[item];
    return group->relevant != NULL ? group->relevant : group->name;
}

/* Names of the path from the first meeting of item on: "a -> b -> a". */
static void report_circle(struct order *o, int item)
{
    struct form_build *b = o->b;
    struct str words = STR_INIT;
    size_t from = o->path_len;
    while (from > 0 && o->path[from - 1] != item) {
        from--;
    }
    for (size_t i = from - 1; i < o->path_len; i++) {
        str_printf(&words, "%s -> ", b->items[o->path[i]].key);
    }
    str_puts(&words, b->items[item].key);
    const int last = o->path[o->path_len - 1];
    const struct node *n = circle_place(b, last, item);
    const bool is_self = last == item && refers_to(b->items[last].relevant, item);
    form_finding_add(b->findings, is_self ? FORM_F_SELF_RELEVANT : FORM_F_CIRCLE, n->line,
                     n->column, is_self ? b->items[item].key : str_cstr(&words), NULL);
    str_done(&words);
    o->has_circle = true;
}

/* Depth at most the number of items, which FORM_MAX_ITEMS bounds. */
static void visit(struct order *o, int item)
{
    if (o->state[item] == 2) {
        return;
    }
    if (o->state[item] == 1) {
        report_circle(o, item);
        return;
    }
    o->state[item] = 1;
    o->path[o->path_len++] = item;
    for (const int *r = o->b->reads[item]; *r >= 0; r++) {
        visit(o, *r);
    }
    o->path_len--;
    o->state[item] = 2;
    o->position[item] = (int)o->order_count;
    o->order[o->order_count++] = item;
}

static int compare_int(const void *a, const void *b)
{
    const int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

/* Everything that reads item, directly or not, and whom that judges; in order. */
static const int *closure(struct order *o, int item, int *queue, int *mark)
{
    size_t count = 0;
    const int stamp = item + 1;
    queue[count++] = item;
    mark[item] = stamp;
    for (size_t i = 0; i < count; i++) {
        const struct list *l = &o->readers[queue[i]];
        for (size_t k = 0; k < l->count; k++) {
            if (mark[l->at[k]] != stamp) {
                mark[l->at[k]] = stamp;
                queue[count++] = l->at[k];
            }
        }
    }
    for (size_t i = 0, reached = count; i < reached; i++) {
        const struct list *l = &o->judged[queue[i]];
        for (size_t k = 0; k < l->count; k++) {
            if (mark[l->at[k]] != stamp) {
                mark[l->at[k]] = stamp;
                queue[count++] = l->at[k];
            }
        }
    }
    int *out = arena_array(o->b->a, count, sizeof *out);
    for (size_t i = 1; i < count; i++) {
        out[i - 1] = o->position[queue[i]];
    }
    qsort(out, count - 1, sizeof *out, compare_int);
    for (size_t i = 0; i + 1 < count; i++) {
        out[i] = o->order[out[i]];
    }
    out[count - 1] = -1;
    return out;
}

void form_resolve_order(struct form_build *b)
{
    const size_t n = b->count;
    struct order o = {.b = b};
    o.readers = arena_array(b->a, n + 1, sizeof *o.readers);
    o.judged = arena_array(b->a, n + 1, sizeof *o.judged);
    o.state = arena_array(b->a, n + 1, sizeof *o.state);
    o.path = arena_array(b->a, n + 1, sizeof *o.path);
    o.order = arena_array(b->a, n + 1, sizeof *o.order);
    o.position = arena_array(b->a, n + 1, sizeof *o.position);
    collect(&o);
    for (size_t i = 0; i < n; i++) {
        visit(&o, (int)i);
    }
    b->def->order = o.order;
    b->def->order_count = o.order_count;
    if (o.has_circle || b->findings->errors > 0) {
        return; /* the form will not be used */
    }
    const int **dependents = arena_array(b->a, n + 1, sizeof *dependents);
    int *queue = arena_array(b->a, n + 1, sizeof *queue);
    int *mark = arena_array(b->a, n + 1, sizeof *mark);
    for (size_t i = 0; i < n; i++) {
        dependents[i] = closure(&o, (int)i, queue, mark);
    }
    b->def->dependents = dependents;
}
