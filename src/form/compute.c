/* What follows from the answers. A change recomputes its dependents in the order fixed at load:
 * first relevance and values, then requiredness and constraints, which only read them; an item of
 * a repeat is computed for all its nodes. Invariant: between calls every cell is what a
 * computation from nothing would give, but for what runs once, which is an answer. */
#include "form/interview_int.h"

#include <string.h>

#include "base/date.h"
#include "base/id.h"

static const struct form_value blank = {.type = FORM_V_STRING, .is_node = true, .s = ""};

/* ---- typed values */

static struct form_value value_of_date(const struct str *text)
{
    struct date d;
    struct form_value v = form_value_string(str_cstr(text), text->len);
    if (date_parse(str_cstr(text), text->len, &d)) {
        v.type = FORM_V_DATE;
        v.num = (double)date_earliest(d);
        v.num2 = (double)date_latest(d);
    }
    return v;
}

static struct form_value value_of_number(const struct str *text)
{
    const struct form_value v = form_value_string(str_cstr(text), text->len);
    const double d = form_value_number(&v);
    return d == d ? form_value_of_number(d) : v;
}

/* "37~2026-11-24": so old on that day, and older by now. */
static struct form_value value_of_estimate(const form_interview *iv, const struct str *text)
{
    const char *s = str_cstr(text);
    const char *mark = strchr(s, '~');
    struct date said;
    struct form_value v = form_value_string(s, mark == NULL ? text->len : (size_t)(mark - s));
    const double age = form_value_number(&v);
    if (mark == NULL || !date_parse(mark + 1, strlen(mark + 1), &said)) {
        return age == age ? form_value_of_number(age) : v;
    }
    const struct date today = date_from_days((long)(iv->now_ms / 86400000));
    return form_value_of_number(age + date_age_years(said, today));
}

/* Sets what expressions see from the text of an answer or a calculation. */
static void make_ready(const form_interview *iv, struct cell *c, const struct str *text)
{
    const struct form_item *item = &iv->def->items[c->tree.slot];
    struct form_value v = blank;
    if (text->len > 0) {
        switch (item->type) {
        case FORM_T_DATE: v = value_of_date(text); break;
        case FORM_T_INTEGER:
            v = item->is_estimated ? value_of_estimate(iv, text) : value_of_number(text);
            break;
        case FORM_T_RANGE:
        case FORM_T_DECIMAL: v = value_of_number(text); break;
        default: v = form_value_string(str_cstr(text), text->len); break;
        }
        v.is_node = true;
    }
    v.node = &c->tree;
    c->ready = v;
}

/* ---- what expressions ask for */

struct form_value form_node_value(const form_interview *iv, int node)
{
    const struct cell *c = form_cell(iv, node);
    if (c->is_relevant) {
        return c->ready;
    }
    struct form_value v = blank;
    v.node = &c->tree;
    return v;
}

static struct form_value nodes_value(const form_interview *iv, const struct ints *found)
{
    const struct form_node **nodes = arena_array(iv->scratch, found->count + 1, sizeof *nodes);
    struct form_value *items = arena_array(iv->scratch, found->count + 1, sizeof *items);
    struct form_value out = {
        .type = FORM_V_NODES, .is_node = true, .s = "", .items = items, .nodes = nodes};
    for (size_t i = 0; i < found->count; i++) {
        const struct cell *c = form_cell(iv, found->at[i]);
        if (c->is_relevant) { /* what is not asked is no part of a set */
            nodes[out.count] = &c->tree;
            items[out.count++] = c->ready;
        }
    }
    return out;
}

/* Inside a repeat a name means the node of the same instance; from outside it means all. */
static struct form_value get_value(void *payload, int slot, const struct form_node *context)
{
    const form_interview *iv = payload;
    const struct form_item *item = &iv->def->items[slot];
    const bool is_repeat = item->type == FORM_T_REPEAT;
    if (item->repeat < 0 && !is_repeat && item->type != FORM_T_GROUP) {
        return form_node_value(iv, slot);
    }
    const int near = context == NULL || context->slot < 0 ? -1 : context->index;
    int within = -1;
    for (int r = is_repeat ? slot : item->repeat; r >= 0; r = iv->def->items[r].repeat) {
        within = near < 0 ? -1 : form_node_enclosing(iv, near, r);
        if (within >= 0 && r == item->repeat && item->type != FORM_T_GROUP && !is_repeat) {
            return form_node_value(iv, within + (slot - r));
        }
        if (within >= 0 && (!is_repeat || r != slot)) {
            break;
        }
    }
    struct ints found = {0};
    form_nodes_of(iv, slot, within, &found);
    const struct form_value v = nodes_value(iv, &found);
    ints_done(&found);
    return v;
}

static struct form_value tree_value(void *payload, const struct form_node *n)
{
    const form_interview *iv = payload;
    return n->slot < 0 || n->index < 0 ? blank : form_node_value(iv, n->index);
}

static const char *get_choice_label(void *payload, int slot, const char *choice)
{
    const form_interview *iv = payload;
    const struct form_choices *list = form_choices_of(iv, &iv->def->items[slot]);
    const struct form_choice *c = form_choice_find(list, choice, strlen(choice));
    return c == NULL ? choice : form_text_get(&c->label, iv->def->default_lang);
}

static const char *get_state(void *payload, int slot, const struct form_node *context)
{
    const form_interview *iv = payload;
    const int near = context == NULL || context->slot < 0 ? iv->self : context->index;
    const int node = form_interview_node(iv, slot, near);
    return form_state_name(node < 0 ? FORM_A_NONE : form_cell(iv, node)->state);
}

static void get_random_bytes(const form_interview *iv, unsigned char *out, size_t n)
{
    if (iv->hooks.random != NULL) {
        iv->hooks.random(iv->hooks.payload, out, n);
    } else {
        random_bytes(out, n);
    }
}

static double get_random(void *payload)
{
    unsigned char bytes[8];
    get_random_bytes(payload, bytes, sizeof bytes);
    return (double)(get_u64le(bytes) >> 11) / 9007199254740992.0;
}

static void get_uuid(void *payload, char out[37])
{
    unsigned char id[16];
    char hex[33];
    get_random_bytes(payload, id, sizeof id);
    id[6] = (unsigned char)((id[6] & 0x0F) | 0x40);
    id[8] = (unsigned char)((id[8] & 0x3F) | 0x80);
    hex_put(hex, id, sizeof id);
    for (size_t i = 0, at = 0; i < 32; i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20) {
            out[at++] = '-';
        }
        out[at++] = hex[i];
        out[at] = '\0';
    }
}

void form_compute_begin(form_interview *iv)
{
    iv->self = -1;
    iv->env = (struct form_expr_env){.payload = iv, .get = get_value, .value = tree_value};
    iv->env.root = &iv->root;
    iv->env.choice_label = get_choice_label;
    iv->env.instance = form_instance_document;
    iv->env.state = get_state;
    iv->env.points = form_scale_points;
    iv->env.scale = form_scale_level;
    iv->env.random = get_random;
    iv->env.uuid = get_uuid;
}

struct form_value form_evaluate(form_interview *iv, int node, const form_expr *x, bool latest)
{
    const struct cell *c = form_cell(iv, node);
    iv->self = node;
    iv->env.self = c->ready;
    iv->env.context = &c->tree;
    iv->env.current = &c->tree;
    iv->env.now_ms = iv->now_ms;
    iv->env.want_latest = latest;
    return form_expr_eval(x, &iv->env, iv->scratch);
}

static bool is_true(form_interview *iv, int node, const form_expr *x, bool latest)
{
    const struct form_value v = form_evaluate(iv, node, x, latest);
    return form_value_bool(&v);
}

/* ---- answers */

void form_store(form_interview *iv, int node, enum form_answer_state state, const char *text,
                size_t n)
{
    struct cell *c = form_cell(iv, node);
    c->state = state;
    c->has_new_value = true;
    str_clear(&c->text);
    if (state == FORM_A_VALUE) {
        str_put(&c->text, text, n);
    }
    if (!form_is_computed(&iv->def->items[c->tree.slot])) {
        make_ready(iv, c, &c->text);
    }
}

void form_give(form_interview *iv, int node, const char *text)
{
    form_store(iv, node, text[0] == '\0' ? FORM_A_NONE : FORM_A_VALUE, text, strlen(text));
    form_note_change(iv, node);
    ints_add(&iv->given, node);
}

enum form_problem form_accept(const form_interview *iv, int node, const char *text, struct str *out)
{
    const struct form_item *item = form_node_item(iv, node);
    const struct form_choices *list = form_choices_of(iv, item);
    if (item->type == FORM_T_SELECT_MULTIPLE && list != NULL) {
        return form_answer_choices(list, text, str_cstr(&form_cell(iv, node)->text), out);
    }
    return form_answer_canonical(item, list, text, 0, out);
}

/* ---- computing */

void form_begin_changes(form_interview *iv)
{
    for (size_t i = 0; i < iv->changes.count; i++) {
        form_cell(iv, iv->changes.at[i])->is_changed = false;
    }
    iv->changes.count = 0;
    iv->given.count = 0;
}

void form_note_change(form_interview *iv, int node)
{
    struct cell *c = form_cell(iv, node);
    if (!c->is_changed) {
        c->is_changed = true;
        ints_add(&iv->changes, node);
    }
}

const char *form_evaluated_text(form_interview *iv, int node, const form_expr *x)
{
    const struct form_value v = form_evaluate(iv, node, x, false);
    const char *text = form_value_text(&v, iv->scratch);
    return strcmp(text, "NaN") == 0 ? "" : text; /* what cannot be computed yet is not a value */
}

static void compute_calculation(form_interview *iv, int node, const struct form_item *item)
{
    struct cell *c = form_cell(iv, node);
    if (item->is_once) {
        if (item->triggers == NULL && c->is_relevant && c->state == FORM_A_NONE) {
            const char *text = form_evaluated_text(iv, node, item->calculation);
            if (text[0] != '\0') {
                form_give(iv, node, text);
            }
        }
        return;
    }
    const char *text = c->is_relevant ? form_evaluated_text(iv, node, item->calculation) : "";
    if (strcmp(text, str_cstr(&c->value)) != 0) {
        str_clear(&c->value);
        str_puts(&c->value, text);
        c->has_new_value = true;
        form_note_change(iv, node);
    }
    make_ready(iv, c, &c->value);
}

/* How many rows a counted repeat has; true if rows came or the end of the relevant ones moved. */
static bool compute_count(form_interview *iv, int container, const struct form_item *item)
{
    struct cell *c = form_cell(iv, container);
    const struct form_value v = form_evaluate(iv, container, item->repeat_count, false);
    const double asked = form_value_number(&v);
    size_t limit = asked >= 1 ? FORM_MAX_INSTANCES : 0;
    if (asked >= 1 && asked < FORM_MAX_INSTANCES) {
        limit = (size_t)asked;
    }
    if (!c->is_relevant) {
        limit = c->limit == FORM_MAX_INSTANCES ? 0 : c->limit;
    }
    bool has_moved = limit != c->limit;
    c->limit = limit;
    while (c->rows.count < limit && form_has_room(iv, container)) {
        unsigned char id[FORM_ID_BYTES];
        form_id_of_position(id, c->rows.count + 1);
        ints_add(&iv->fresh, form_block_new(iv, container, id, c->rows.count));
        has_moved = true;
    }
    if (has_moved) {
        form_note_change(iv, container);
    }
    return has_moved;
}

static bool is_beyond_count(const form_interview *iv, int node)
{
    const struct cell *c = form_cell(iv, form_interview_parent(iv, node));
    return c->limit < c->rows.count && (size_t)form_interview_position(iv, node) > c->limit;
}

/* Relevance and value. A repeat's condition is asked of its container, and again of each instance,
 * where it may look inside. */
static void compute_value(form_interview *iv, int node, const struct form_item *item)
{
    struct cell *c = form_cell(iv, node);
    const int parent = form_interview_parent(iv, node);
    bool is_relevant = parent < 0 || form_cell(iv, parent)->is_relevant;
    if (is_relevant && item->type == FORM_T_REPEAT && item->repeat_count != NULL &&
        form_interview_is_instance(iv, node)) {
        is_relevant = !is_beyond_count(iv, node);
    }
    if (is_relevant && item->relevant != NULL) {
        is_relevant = is_true(iv, node, item->relevant, false);
    }
    if (is_relevant != c->is_relevant) {
        c->is_relevant = is_relevant;
        form_note_change(iv, node);
    }
    if (item->calculation != NULL) {
        compute_calculation(iv, node, item);
    } else if (item->is_estimated) {
        make_ready(iv, c, &c->text);
    }
}

static void compute_repeat(form_interview *iv, int item)
{
    const struct form_item *def = &iv->def->items[item];
    struct ints containers = {0};
    bool has_moved = false;
    if (def->repeat < 0) {
        ints_add(&containers, item);
    }
    for (size_t i = 0; def->repeat >= 0 && i < iv->alive[def->repeat].count; i++) {
        const struct block *b = iv->blocks[iv->alive[def->repeat].at[i]];
        ints_add(&containers, b->base + item - def->repeat);
    }
    for (size_t i = 0; i < containers.count; i++) {
        compute_value(iv, containers.at[i], def);
        if (def->repeat_count != NULL && compute_count(iv, containers.at[i], def)) {
            has_moved = true;
        }
    }
    ints_done(&containers);
    if (has_moved) {
        form_nodes_update(iv);
    }
    for (size_t i = 0; i < iv->alive[item].count; i++) {
        compute_value(iv, iv->blocks[iv->alive[item].at[i]]->base, def);
    }
}

static void compute_item(form_interview *iv, int item)
{
    const struct form_item *def = &iv->def->items[item];
    if (def->type == FORM_T_REPEAT) {
        compute_repeat(iv, item);
    } else if (def->repeat < 0) {
        compute_value(iv, item, def);
    } else {
        const struct ints *alive = &iv->alive[def->repeat];
        for (size_t i = 0; i < alive->count; i++) {
            compute_value(iv, iv->blocks[alive->at[i]]->base + item - def->repeat, def);
        }
    }
}

/* ---- judging */

static enum form_problem judge(form_interview *iv, int node, const struct form_item *item)
{
    const struct cell *c = form_cell(iv, node);
    if (!c->is_relevant || !form_interview_is_asked(iv, node)) {
        return FORM_P_OK;
    }
    if (c->state == FORM_A_VALUE && item->constraint != NULL &&
        !is_true(iv, node, item->constraint, false) && !is_true(iv, node, item->constraint, true)) {
        return FORM_P_CONSTRAINT; /* of a partial date either reading may be the true one */
    }
    if (c->state == FORM_A_VALUE &&
        (item->choice_filter != NULL || item->choices_from >= 0 || item->file != NULL)) {
        return form_choice_is_offered(iv, node) ? FORM_P_OK : FORM_P_CHOICE;
    }
    const bool is_open = c->state == FORM_A_NONE || c->state == FORM_A_LATER;
    return c->is_required && is_open ? FORM_P_REQUIRED : FORM_P_OK;
}

/* Requiredness and problem; changes nothing that expressions read. */
static void compute_problem(form_interview *iv, int node, const struct form_item *item)
{
    struct cell *c = form_cell(iv, node);
    bool is_required = false;
    if (c->is_relevant && form_interview_is_asked(iv, node)) {
        is_required = item->required_always ||
                      (item->required != NULL && is_true(iv, node, item->required, false));
    }
    if (is_required != c->is_required) {
        c->is_required = is_required;
        form_note_change(iv, node);
    }
    const enum form_problem problem = judge(iv, node, item);
    if (problem != c->problem) {
        c->problem = problem;
        form_note_change(iv, node);
    }
}

static void judge_item(form_interview *iv, int item)
{
    const struct form_item *def = &iv->def->items[item];
    if (def->repeat < 0) {
        compute_problem(iv, item, def);
        return;
    }
    const struct ints *alive = &iv->alive[def->repeat];
    for (size_t i = 0; i < alive->count; i++) {
        compute_problem(iv, iv->blocks[alive->at[i]]->base + item - def->repeat, def);
    }
}

void form_compute_all(form_interview *iv)
{
    for (size_t i = 0; i < iv->def->order_count; i++) {
        compute_item(iv, iv->def->order[i]);
    }
    for (size_t i = 0; i < iv->def->count; i++) {
        judge_item(iv, (int)i);
    }
    arena_reset(iv->scratch);
}

void form_compute_from(form_interview *iv, int node)
{
    const int item = form_interview_item(iv, node);
    const int *dependents = iv->def->dependents[item];
    if (iv->def->items[item].type == FORM_T_REPEAT) {
        compute_item(iv, item);
    }
    for (const int *d = dependents; *d >= 0; d++) {
        compute_item(iv, *d);
    }
    compute_problem(iv, node, &iv->def->items[item]);
    for (const int *d = dependents; *d >= 0; d++) {
        judge_item(iv, *d);
    }
    arena_reset(iv->scratch);
}

bool form_interview_readonly(form_interview *iv, int node)
{
    const struct form_item *item = form_node_item(iv, node);
    bool is_readonly = item->is_readonly;
    if (item->readonly != NULL) {
        is_readonly = is_true(iv, node, item->readonly, false);
        arena_reset(iv->scratch);
    }
    return is_readonly;
}
