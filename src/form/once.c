/* What runs once and is stored as an answer: defaults when the record or an instance begins,
 * calculations when the question that triggers them changes. Invariant: a value that somebody gave
 * is never overwritten by a default. */
#include "form/interview_int.h"

#include <string.h>

#define MAX_ROUNDS 32 /* of triggers that run one another */

static bool wants_default(const form_interview *iv, int node)
{
    return form_interview_exists(iv, node) &&
           form_type_takes_answer(form_node_item(iv, node)->type) &&
           form_cell(iv, node)->state == FORM_A_NONE;
}

static bool fill_static(form_interview *iv, int node)
{
    const char *text = form_node_item(iv, node)->default_text;
    if (text == NULL || !wants_default(iv, node)) {
        return false;
    }
    form_give(iv, node, text);
    return true;
}

/* A default that is computed runs once, in document order, after what stands before it. */
static void fill_dynamic(form_interview *iv, int node)
{
    const struct form_item *item = form_node_item(iv, node);
    if (item->default_expr == NULL || !wants_default(iv, node)) {
        return;
    }
    const char *value = form_evaluated_text(iv, node, item->default_expr);
    str_clear(&iv->accepted);
    if (form_accept(iv, node, value, &iv->accepted) == FORM_P_OK && iv->accepted.len > 0) {
        form_give(iv, node, str_cstr(&iv->accepted));
        form_compute_from(iv, node);
    }
}

void form_fill_defaults(form_interview *iv, int first, int end)
{
    for (int node = first; node < end; node++) {
        fill_static(iv, node);
    }
    form_compute_all(iv);
    for (int node = first; node < end; node++) {
        if (form_interview_exists(iv, node)) {
            fill_dynamic(iv, node);
        }
    }
}

static bool is_triggered_by(const struct form_item *item, int cause)
{
    for (const int *t = item->triggers; *t >= 0; t++) {
        if (*t == cause) {
            return true;
        }
    }
    return false;
}

/* Runs the calculations that the new value of node triggers, in the same instance. */
static void run_triggers(form_interview *iv, int node)
{
    const int cause = form_interview_item(iv, node);
    for (size_t i = 0; i < iv->trigger_items.count; i++) {
        const int item = iv->trigger_items.at[i];
        if (!is_triggered_by(&iv->def->items[item], cause)) {
            continue;
        }
        int within = -1;
        for (int r = iv->def->items[item].repeat; r >= 0 && within < 0;
             r = iv->def->items[r].repeat) {
            within = form_node_enclosing(iv, node, r);
        }
        struct ints targets = {0};
        form_nodes_of(iv, item, within, &targets);
        for (size_t k = 0; k < targets.count; k++) {
            const int target = targets.at[k];
            if (form_cell(iv, target)->is_relevant) {
                const char *text = form_evaluated_text(iv, target,
                                                       iv->def->items[item].calculation);
                if (strcmp(text, str_cstr(&form_cell(iv, target)->text)) != 0) {
                    form_give(iv, target, text);
                    form_compute_from(iv, target);
                }
            }
        }
        ints_done(&targets);
    }
}

static void settle_triggers(form_interview *iv)
{
    for (int round = 0; round < MAX_ROUNDS; round++) {
        struct ints causes = {0};
        for (size_t i = 0; i < iv->changes.count; i++) {
            struct cell *c = form_cell(iv, iv->changes.at[i]);
            if (c->has_new_value) {
                c->has_new_value = false;
                ints_add(&causes, iv->changes.at[i]);
            }
        }
        for (size_t i = 0; i < causes.count; i++) {
            run_triggers(iv, causes.at[i]);
        }
        const bool is_done = causes.count == 0;
        ints_done(&causes);
        if (is_done) {
            return;
        }
    }
}

/* Adds the instances that came along inside one. */
static void add_inner(form_interview *iv, int first, int size)
{
    for (int r = first + 1; r < first + size; r++) {
        const struct ints *rows = &form_cell(iv, r)->rows;
        for (size_t k = 0; k < rows->count; k++) {
            ints_add(&iv->fresh, rows->at[k]);
        }
    }
}

static int size_of(const form_interview *iv, int first)
{
    return form_node_item(iv, first)->end - form_interview_item(iv, first);
}

/* Defaults of the new instances from..to-1: what is written first, then what is computed. */
static void fill_fresh(form_interview *iv, size_t from, size_t to)
{
    bool has_filled = false;
    for (size_t i = from; i < to; i++) {
        const int first = iv->fresh.at[i];
        const int size = form_interview_exists(iv, first) ? size_of(iv, first) : 0;
        for (int node = first; node < first + size; node++) {
            has_filled = fill_static(iv, node) || has_filled;
        }
        add_inner(iv, first, size);
    }
    if (has_filled) {
        form_compute_all(iv);
    }
    for (size_t i = from; i < to; i++) {
        const int first = iv->fresh.at[i];
        const int size = form_interview_exists(iv, first) ? size_of(iv, first) : 0;
        for (int node = first; node < first + size; node++) {
            if (form_interview_exists(iv, node)) {
                fill_dynamic(iv, node);
            }
        }
    }
}

/* What the form calls this record: seen from its first item, as no question is meant. */
void form_compute_name(form_interview *iv)
{
    const struct form_def *def = iv->def;
    if (def->instance_name_expr == NULL || def->count == 0) {
        return;
    }
    const char *text = form_evaluated_text(iv, 0, def->instance_name_expr);
    str_clear(&iv->name);
    str_puts(&iv->name, text);
}

const char *form_interview_name(const form_interview *iv)
{
    return str_cstr(&iv->name);
}

void form_settle(form_interview *iv)
{
    for (size_t from = 0; iv->is_filling && from < iv->fresh.count;) { /* may grow meanwhile */
        const size_t to = iv->fresh.count;
        fill_fresh(iv, from, to);
        from = to;
    }
    iv->fresh.count = 0;
    if (iv->trigger_items.count > 0 && iv->is_filling) {
        settle_triggers(iv);
    }
    form_compute_name(iv);
    arena_reset(iv->scratch);
}
