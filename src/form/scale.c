/* Scales and indicators of an interview, each with the answers it rests on.
 * Invariant: the points of a result are the sum of the points of its rows. */
#include "form/interview_int.h"

#include <math.h>
#include <string.h>

/* Is value one of the words of answer (of several choices), or all of it? "" = any. */
static bool is_chosen(const struct form_item *item, const char *answer, const char *value)
{
    if (value[0] == '\0') {
        return answer[0] != '\0';
    }
    if (item->type != FORM_T_SELECT_MULTIPLE) {
        return strcmp(answer, value) == 0;
    }
    const size_t n = strlen(value);
    for (const char *at = answer; (at = strstr(at, value)) != NULL; at++) {
        if ((at == answer || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0')) {
            return true;
        }
    }
    return false;
}

static const struct form_level *level_at(const struct form_scale *s, double points)
{
    const struct form_level *found = NULL;
    for (size_t i = 0; i < s->count && s->levels[i].from <= points; i++) {
        found = &s->levels[i];
    }
    return found;
}

struct sum {
    const form_interview *iv;
    arena *a; /* of the rows, NULL: only the sum */
    int scale;
    struct form_scale_row *rows;
    size_t cap;
    struct form_scale_result result;
};

static void add_row(struct sum *s, int node, const char *value, double points)
{
    const struct form_scale *scale = &s->iv->def->scales[s->scale];
    s->result.points += points;
    if (s->a == NULL) {
        return;
    }
    s->rows = arena_grow(s->a, s->rows, s->result.count, &s->cap, sizeof *s->rows);
    s->rows[s->result.count++] = (struct form_scale_row){node, value, points, s->result.points,
                                                         level_at(scale, s->result.points)};
}

static void add_node(struct sum *s, int node, const struct form_item *item)
{
    if (!form_interview_relevant(s->iv, node)) {
        return;
    }
    const char *answer = form_interview_value(s->iv, node);
    bool counts = false;
    for (size_t i = 0; i < item->weight_count; i++) {
        const struct form_weight *w = &item->weights[i];
        if (w->scale != s->scale) {
            continue;
        }
        counts = true;
        if (is_chosen(item, answer, w->value)) {
            add_row(s, node, w->value[0] == '\0' ? answer : w->value, w->points);
            if (item->type != FORM_T_SELECT_MULTIPLE) {
                break; /* one answer counts once: the first that fits */
            }
        }
    }
    s->result.open += counts && answer[0] == '\0';
}

static struct form_scale_result sum_up(const form_interview *iv, int scale, arena *a)
{
    struct sum s = {.iv = iv, .a = a, .scale = scale};
    for (size_t i = 0; i < iv->def->count; i++) {
        const struct form_item *item = &iv->def->items[i];
        if (item->weight_count == 0) {
            continue;
        }
        struct ints nodes = {0};
        form_nodes_of(iv, (int)i, -1, &nodes);
        for (size_t k = 0; k < nodes.count; k++) {
            add_node(&s, nodes.at[k], item);
        }
        ints_done(&nodes);
    }
    s.result.rows = s.rows;
    s.result.level = level_at(&iv->def->scales[scale], s.result.points);
    return s.result;
}

struct form_scale_result form_interview_scale(form_interview *iv, int scale)
{
    arena_reset(iv->shown);
    return sum_up(iv, scale, iv->shown);
}

static int scale_named(const form_interview *iv, const char *name)
{
    for (size_t i = 0; i < iv->def->scale_count; i++) {
        if (strcmp(iv->def->scales[i].name, name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

double form_scale_points(void *payload, const char *name)
{
    const form_interview *iv = payload;
    const int scale = scale_named(iv, name);
    return scale < 0 ? (double)NAN : sum_up(iv, scale, NULL).points;
}

const char *form_scale_level(void *payload, const char *name)
{
    const form_interview *iv = payload;
    const int scale = scale_named(iv, name);
    const struct form_level *l = scale < 0 ? NULL : sum_up(iv, scale, NULL).level;
    return l == NULL ? "" : l->name;
}

/* ---- indicators */

static const struct form_rule *rule_that_holds(const struct form_def *def,
                                               const struct form_dimension_result *r)
{
    for (size_t i = 0; i < def->rule_count; i++) {
        const struct form_rule *x = &def->rules[i];
        if (r->strong >= x->strong && r->medium >= x->medium && r->weak >= x->weak) {
            return x;
        }
    }
    return NULL;
}

static void count_mark(struct form_dimension_result *r, enum form_strength strength)
{
    r->strong += strength == FORM_STRONG;
    r->medium += strength == FORM_MEDIUM;
    r->weak += strength == FORM_WEAK;
}

struct form_dimension_result form_interview_dimension(form_interview *iv, int dimension)
{
    struct form_dimension_result r = {0};
    int *present = NULL;
    size_t cap = 0;
    arena_reset(iv->shown);
    for (size_t i = 0; i < iv->def->count; i++) {
        const struct form_item *item = &iv->def->items[i];
        if (item->mark.dimension != dimension) {
            continue;
        }
        struct ints nodes = {0};
        form_nodes_of(iv, (int)i, -1, &nodes);
        for (size_t k = 0; k < nodes.count; k++) {
            const char *value = form_interview_value(iv, nodes.at[k]);
            r.open += value[0] == '\0' && form_interview_relevant(iv, nodes.at[k]);
            if (strcmp(value, "yes") == 0) {
                count_mark(&r, item->mark.strength);
                present = arena_grow(iv->shown, present, r.count, &cap, sizeof *present);
                present[r.count++] = nodes.at[k];
            }
        }
        ints_done(&nodes);
    }
    r.nodes = present;
    r.rule = rule_that_holds(iv->def, &r);
    r.is_positive = r.rule != NULL;
    return r;
}
