/* Answers of one record and what follows from them. A change recomputes its dependents in the
 * order fixed at load: first relevance and values, then requiredness and constraints, which only
 * read them. Invariant: between calls every cell is what a computation from nothing would give. */
#include "form/interview_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"

static const struct form_value blank = {.type = FORM_V_STRING, .is_node = true, .s = ""};

static struct form_value get_value(void *payload, int slot, const struct form_node *context)
{
    (void)context;
    const form_interview *iv = payload;
    const struct cell *c = &iv->cells[slot];
    return c->is_relevant ? c->ready : blank;
}

static const char *get_choice_label(void *payload, int slot, const char *choice)
{
    const form_interview *iv = payload;
    const struct form_choice *c = form_choice_find(iv->def->items[slot].choices, choice,
                                                   strlen(choice));
    return c == NULL ? choice : form_text_get(&c->label, iv->def->default_lang);
}

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

/* Sets what expressions see from the text of an answer or a calculation. */
static void make_ready(struct cell *c, const struct form_item *item, const struct str *text)
{
    if (text->len == 0) {
        c->ready = blank;
        return;
    }
    switch (item->type) {
    case FORM_T_DATE: c->ready = value_of_date(text); break;
    case FORM_T_INTEGER:
    case FORM_T_DECIMAL: c->ready = value_of_number(text); break;
    default: c->ready = form_value_string(str_cstr(text), text->len); break;
    }
    c->ready.is_node = true;
}

/* ---- computing */

static void note_change(form_interview *iv, int item)
{
    if (!iv->cells[item].is_changed) {
        iv->cells[item].is_changed = true;
        iv->changes[iv->change_count++] = item;
    }
}

static struct form_value evaluate(form_interview *iv, int item, const form_expr *x, bool latest)
{
    iv->env.self = iv->cells[item].ready;
    iv->env.now_ms = iv->now_ms;
    iv->env.want_latest = latest;
    return form_expr_eval(x, &iv->env, iv->scratch);
}

static bool is_true(form_interview *iv, int item, const form_expr *x, bool latest)
{
    const struct form_value v = evaluate(iv, item, x, latest);
    return form_value_bool(&v);
}

static void compute_calculation(form_interview *iv, int item)
{
    const struct form_item *def = &iv->def->items[item];
    struct cell *c = &iv->cells[item];
    const char *text = "";
    if (c->is_relevant) {
        const struct form_value v = evaluate(iv, item, def->calculation, false);
        text = form_value_text(&v, iv->scratch);
        if (strcmp(text, "NaN") == 0) {
            text = ""; /* what cannot be computed yet is not a value */
        }
    }
    if (strcmp(text, str_cstr(&c->value)) != 0) {
        str_clear(&c->value);
        str_puts(&c->value, text);
        note_change(iv, item);
    }
    make_ready(c, def, &c->value);
}

/* Relevance and value. */
static void compute_value(form_interview *iv, int item)
{
    const struct form_item *def = &iv->def->items[item];
    struct cell *c = &iv->cells[item];
    bool is_relevant = def->parent < 0 || iv->cells[def->parent].is_relevant;
    if (is_relevant && def->relevant != NULL) {
        is_relevant = is_true(iv, item, def->relevant, false);
    }
    if (is_relevant != c->is_relevant) {
        c->is_relevant = is_relevant;
        note_change(iv, item);
    }
    if (def->calculation != NULL) {
        compute_calculation(iv, item);
    }
}

static enum form_problem judge(form_interview *iv, int item)
{
    const struct form_item *def = &iv->def->items[item];
    const struct cell *c = &iv->cells[item];
    if (!c->is_relevant || !form_interview_is_asked(iv, item)) {
        return FORM_P_OK;
    }
    if (c->state == FORM_A_VALUE && def->constraint != NULL) {
        /* Of a partial date either reading may be the true one. */
        return is_true(iv, item, def->constraint, false) || is_true(iv, item, def->constraint, true)
                   ? FORM_P_OK
                   : FORM_P_CONSTRAINT;
    }
    const bool is_open = c->state == FORM_A_NONE || c->state == FORM_A_LATER;
    return c->is_required && is_open ? FORM_P_REQUIRED : FORM_P_OK;
}

/* Requiredness and problem; changes nothing that expressions read. */
static void compute_problem(form_interview *iv, int item)
{
    const struct form_item *def = &iv->def->items[item];
    struct cell *c = &iv->cells[item];
    bool is_required = false;
    if (c->is_relevant && form_interview_is_asked(iv, item)) {
        is_required = def->required_always ||
                      (def->required != NULL && is_true(iv, item, def->required, false));
    }
    if (is_required != c->is_required) {
        c->is_required = is_required;
        note_change(iv, item);
    }
    const enum form_problem problem = judge(iv, item);
    if (problem != c->problem) {
        c->problem = problem;
        note_change(iv, item);
    }
}

static void begin_changes(form_interview *iv)
{
    for (size_t i = 0; i < iv->change_count; i++) {
        iv->cells[iv->changes[i]].is_changed = false;
    }
    iv->change_count = 0;
}

static void compute_all(form_interview *iv)
{
    for (size_t i = 0; i < iv->def->order_count; i++) {
        compute_value(iv, iv->def->order[i]);
    }
    for (size_t i = 0; i < iv->def->count; i++) {
        compute_problem(iv, (int)i);
    }
    arena_reset(iv->scratch);
}

static void compute_from(form_interview *iv, int item)
{
    const int *dependents = iv->def->dependents[item];
    for (const int *d = dependents; *d >= 0; d++) {
        compute_value(iv, *d);
    }
    compute_problem(iv, item);
    for (const int *d = dependents; *d >= 0; d++) {
        compute_problem(iv, *d);
    }
    arena_reset(iv->scratch);
}

/* ---- life */

static bool item_uses_clock(const struct form_item *item)
{
    const form_expr *all[] = {item->relevant, item->constraint, item->calculation, item->required};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i] != NULL && form_expr_uses_clock(all[i])) {
            return true;
        }
    }
    return false;
}

form_interview *form_interview_new(const struct form_def *def, int64_t now_ms)
{
    form_interview *iv = mem_alloc(sizeof *iv);
    iv->def = def;
    iv->cells = mem_alloc((def->count + 1) * sizeof *iv->cells);
    iv->changes = mem_alloc((def->count + 1) * sizeof *iv->changes);
    iv->scratch = arena_new();
    iv->now_ms = now_ms;
    iv->env.payload = iv;
    iv->env.get = get_value;
    iv->env.choice_label = get_choice_label;
    for (size_t i = 0; i < def->count; i++) {
        iv->cells[i].ready = blank;
        iv->uses_clock = iv->uses_clock || item_uses_clock(&def->items[i]);
    }
    return iv;
}

void form_interview_free(form_interview *iv)
{
    if (iv == NULL) {
        return;
    }
    for (size_t i = 0; i < iv->def->count; i++) {
        str_done(&iv->cells[i].text);
        str_done(&iv->cells[i].value);
    }
    mem_wipe(iv->cells, (iv->def->count + 1) * sizeof *iv->cells);
    free(iv->cells);
    free(iv->changes);
    str_done(&iv->accepted);
    arena_free(iv->scratch);
    free(iv);
}

void form_interview_now(form_interview *iv, int64_t now_ms)
{
    iv->now_ms = now_ms;
    begin_changes(iv);
    if (iv->uses_clock) {
        compute_all(iv);
    }
}

/* ---- answers */

static void store(form_interview *iv, int item, enum form_answer_state state, const char *text,
                  size_t n)
{
    struct cell *c = &iv->cells[item];
    c->state = state;
    str_clear(&c->text);
    if (state == FORM_A_VALUE) {
        str_put(&c->text, text, n);
    }
    if (iv->def->items[item].calculation == NULL) {
        make_ready(c, &iv->def->items[item], &c->text);
    }
}

void form_interview_load(form_interview *iv, int item, struct form_answer answer)
{
    const char *text = answer.text == NULL ? "" : answer.text;
    store(iv, item, answer.state, text, strlen(text));
}

static int this_year(const form_interview *iv)
{
    const int64_t day_ms = 24 * 60 * 60 * (int64_t)1000;
    return date_from_days((long)(iv->now_ms / day_ms)).year;
}

enum form_problem form_interview_canonical(const form_interview *iv, int item, const char *typed,
                                           struct str *out)
{
    return form_answer_canonical(&iv->def->items[item], typed, this_year(iv), out);
}

/* Checks a stored value against its type; canonical text appended to out. */
static enum form_problem accept(const form_interview *iv, int item, const char *text,
                                struct str *out)
{
    const struct form_item *def = &iv->def->items[item];
    if (def->type == FORM_T_SELECT_MULTIPLE) {
        return form_answer_choices(def, text, str_cstr(&iv->cells[item].text), out);
    }
    return form_answer_canonical(def, text, 0, out);
}

enum form_problem form_interview_set(form_interview *iv, int item, struct form_answer answer)
{
    const struct form_item *def = &iv->def->items[item];
    if (!form_type_takes_answer(def->type)) {
        return FORM_P_CHOICE;
    }
    begin_changes(iv);
    struct str *text = &iv->accepted;
    str_clear(text);
    enum form_answer_state state = answer.state;
    if (state == FORM_A_VALUE) {
        const enum form_problem problem = accept(iv, item, answer.text == NULL ? "" : answer.text,
                                                 text);
        if (problem != FORM_P_OK) {
            return problem;
        }
        state = text->len == 0 ? FORM_A_NONE : FORM_A_VALUE;
    }
    store(iv, item, state, str_cstr(text), text->len);
    compute_from(iv, item);
    return iv->cells[item].problem == FORM_P_CONSTRAINT ? FORM_P_CONSTRAINT : FORM_P_OK;
}

/* A default that is computed runs once, in document order, after what stands before it. */
static void fill_dynamic(form_interview *iv, int item)
{
    const struct form_item *def = &iv->def->items[item];
    const struct form_value v = evaluate(iv, item, def->default_expr, false);
    const char *value = form_value_text(&v, iv->scratch);
    str_clear(&iv->accepted);
    if (strcmp(value, "NaN") != 0 && accept(iv, item, value, &iv->accepted) == FORM_P_OK &&
        iv->accepted.len > 0) {
        store(iv, item, FORM_A_VALUE, iv->accepted.data, iv->accepted.len);
        note_change(iv, item);
        compute_from(iv, item);
    }
}

static bool wants_default(const form_interview *iv, size_t item)
{
    return form_type_takes_answer(iv->def->items[item].type) &&
           iv->cells[item].state == FORM_A_NONE;
}

void form_interview_start(form_interview *iv, bool with_defaults)
{
    begin_changes(iv);
    for (size_t i = 0; with_defaults && i < iv->def->count; i++) {
        const char *text = iv->def->items[i].default_text;
        if (text != NULL && wants_default(iv, i)) {
            store(iv, (int)i, FORM_A_VALUE, text, strlen(text));
            note_change(iv, (int)i);
        }
    }
    compute_all(iv);
    for (size_t i = 0; with_defaults && i < iv->def->count; i++) {
        if (iv->def->items[i].default_expr != NULL && wants_default(iv, i)) {
            fill_dynamic(iv, (int)i);
        }
    }
}

/* ---- reading */

const int *form_interview_changes(const form_interview *iv, size_t *count)
{
    *count = iv->change_count;
    return iv->changes;
}

struct form_answer form_interview_answer(const form_interview *iv, int item)
{
    const struct cell *c = &iv->cells[item];
    return (struct form_answer){c->state, str_cstr(&c->text)};
}

const char *form_interview_value(const form_interview *iv, int item)
{
    const struct cell *c = &iv->cells[item];
    if (!c->is_relevant) {
        return "";
    }
    return str_cstr(iv->def->items[item].calculation != NULL ? &c->value : &c->text);
}

bool form_interview_relevant(const form_interview *iv, int item)
{
    return iv->cells[item].is_relevant;
}

bool form_interview_required(const form_interview *iv, int item)
{
    return iv->cells[item].is_required;
}

enum form_problem form_interview_problem(const form_interview *iv, int item)
{
    return iv->cells[item].problem;
}

bool form_interview_selected(const form_interview *iv, int item, const char *choice)
{
    const char *text = str_cstr(&iv->cells[item].text);
    if (iv->def->items[item].type != FORM_T_SELECT_MULTIPLE) {
        return strcmp(text, choice) == 0;
    }
    const size_t n = strlen(choice);
    for (const char *at = text; n > 0 && (at = strstr(at, choice)) != NULL; at++) {
        if ((at == text || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0')) {
            return true;
        }
    }
    return false;
}

const struct form_def *form_interview_def(const form_interview *iv)
{
    return iv->def;
}
