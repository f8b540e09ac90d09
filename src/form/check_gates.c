/* Facts that must never open or shut a door: no condition of a form may read them, directly or by
 * way of a calculation, and the question itself may not be required. A text that is only shown is
 * no exception: whether it is shown depends on the answer all the same. */
#include "form/def_int.h"

#include <string.h>

static const char *gated_fact(const struct form_build *b, size_t i)
{
    const char *name = b->items[i].fact;
    const struct form_fact *fact = name != NULL && b->facts != NULL ? form_fact_find(b->facts, name)
                                                                    : NULL;
    return fact != NULL && fact->never_gates ? fact->name : NULL;
}

/* The fact that an expression comes from; NULL: none. */
static const char *fact_in(const form_expr *x, const char *const *facts)
{
    size_t n = 0;
    const int *refs = x != NULL ? form_expr_refs(x, &n) : NULL;
    for (size_t i = 0; i < n; i++) {
        if (refs[i] >= 0 && facts[refs[i]] != NULL) {
            return facts[refs[i]];
        }
    }
    return NULL;
}

/* Calculations hand it on, until nothing new comes. */
static const char **spread(struct form_build *b)
{
    const char **facts = arena_array(b->a, b->count + 1, sizeof *facts);
    bool is_new = true;
    for (size_t i = 0; i < b->count; i++) {
        facts[i] = gated_fact(b, i);
    }
    while (is_new) {
        is_new = false;
        for (size_t i = 0; i < b->count; i++) {
            if (facts[i] == NULL && (facts[i] = fact_in(b->items[i].calculation, facts)) != NULL) {
                is_new = true;
            }
        }
    }
    return facts;
}

static void refuse(struct form_build *b, const struct node *at, const char *fact, const char *name)
{
    if (fact != NULL && at != NULL) {
        form_finding_add(b->findings, FORM_F_GATES, at->line, at->column, fact, name);
    }
}

void form_check_gates(struct form_build *b)
{
    const char **facts = spread(b);
    for (size_t i = 0; i < b->count; i++) {
        const struct form_item *item = &b->items[i];
        const struct form_source *s = &b->sources[i];
        refuse(b, s->relevant, fact_in(item->relevant, facts), item->name);
        refuse(b, s->constraint, fact_in(item->constraint, facts), item->name);
        refuse(b, s->required, fact_in(item->required, facts), item->name);
        const char *own = gated_fact(b, i);
        const bool is_asked_for = item->required_always || item->required != NULL;
        refuse(b, s->required, is_asked_for ? own : NULL, item->name);
        refuse(b, s->constraint, item->constraint != NULL ? own : NULL, item->name);
    }
}
