/* The face of an interview: it begins, takes answers, is read, ends. What follows from an answer
 * is computed in compute.c. Invariant: a value that does not fit its type is never stored. */
#include "form/interview_int.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/date.h"

/* ---- life */

static bool item_uses_clock(const struct form_item *item)
{
    const form_expr *all[] = {item->relevant, item->constraint,   item->calculation,
                              item->required, item->repeat_count, item->choice_filter};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i] != NULL && form_expr_uses_clock(all[i])) {
            return true;
        }
    }
    return item->is_estimated;
}

form_interview *form_interview_new(const struct form_def *def, int64_t now_ms)
{
    return form_interview_new_with(def, now_ms, NULL);
}

form_interview *form_interview_new_with(const struct form_def *def, int64_t now_ms,
                                        const struct form_interview_hooks *hooks)
{
    form_interview *iv = mem_alloc(sizeof *iv);
    iv->def = def;
    if (hooks != NULL) {
        iv->hooks = *hooks;
    }
    iv->scratch = arena_new();
    iv->shown = arena_new();
    iv->data = arena_new();
    iv->page_arena = arena_new();
    iv->now_ms = now_ms;
    form_compute_begin(iv);
    form_nodes_begin(iv);
    for (size_t i = 0; i < def->count; i++) {
        iv->uses_clock = iv->uses_clock || item_uses_clock(&def->items[i]);
        if (def->items[i].triggers != NULL && def->items[i].calculation != NULL) {
            ints_add(&iv->trigger_items, (int)i);
        }
    }
    return iv;
}

void form_interview_free(form_interview *iv)
{
    if (iv == NULL) {
        return;
    }
    form_nodes_done(iv);
    form_options_done(iv);
    ints_done(&iv->changes);
    ints_done(&iv->given);
    ints_done(&iv->fresh);
    ints_done(&iv->trigger_items);
    ints_done(&iv->page_of);
    ints_done(&iv->in_order);
    str_done(&iv->accepted);
    str_done(&iv->name);
    arena_free(iv->scratch);
    arena_free(iv->shown);
    arena_free(iv->data);
    arena_free(iv->page_arena);
    free(iv);
}

void form_interview_now(form_interview *iv, int64_t now_ms)
{
    iv->now_ms = now_ms;
    form_begin_changes(iv);
    if (iv->uses_clock) {
        form_compute_all(iv);
        form_settle(iv);
    }
}

/* ---- answers */

void form_interview_load(form_interview *iv, int node, struct form_answer answer)
{
    const char *text = answer.text == NULL ? "" : answer.text;
    form_store(iv, node, answer.state, text, strlen(text));
}

enum form_problem form_interview_canonical(const form_interview *iv, int node, const char *typed,
                                           struct str *out)
{
    const struct form_item *item = form_node_item(iv, node);
    const long today = (long)(iv->now_ms / 86400000);
    return form_answer_canonical(item, form_choices_of(iv, item), typed, today, out);
}

enum form_problem form_interview_set(form_interview *iv, int node, struct form_answer answer)
{
    if (!form_interview_exists(iv, node) || !form_item_stores(form_node_item(iv, node))) {
        return FORM_P_CHOICE;
    }
    form_begin_changes(iv);
    struct str *text = &iv->accepted;
    str_clear(text);
    enum form_answer_state state = answer.state;
    if (state == FORM_A_VALUE) {
        const enum form_problem problem = form_accept(iv, node,
                                                      answer.text == NULL ? "" : answer.text, text);
        if (problem != FORM_P_OK) {
            return problem;
        }
        state = text->len == 0 ? FORM_A_NONE : FORM_A_VALUE;
    }
    form_store(iv, node, state, str_cstr(text), text->len);
    form_compute_from(iv, node);
    iv->is_filling = true;
    if (iv->trigger_items.count > 0) {
        ints_add(&iv->changes, node); /* its new value may trigger others */
        form_settle(iv);
        for (size_t i = 0; i < iv->changes.count && !form_cell(iv, node)->is_changed; i++) {
            if (iv->changes.at[i] == node) {
                memmove(iv->changes.at + i, iv->changes.at + i + 1,
                        (iv->changes.count - i - 1) * sizeof *iv->changes.at);
                iv->changes.count--;
            }
        }
    } else if (iv->fresh.count > 0) {
        form_settle(iv);
    }
    form_compute_name(iv);
    const enum form_problem found = form_cell(iv, node)->problem;
    return found == FORM_P_REQUIRED || found == FORM_P_OK ? FORM_P_OK : FORM_P_CONSTRAINT;
}

/* ---- the beginning */

static void put_moment(const form_interview *iv, bool is_day, char out[40])
{
    const time_t seconds = (time_t)(iv->now_ms / 1000);
    struct tm t;
    if (localtime_r(&seconds, &t) == NULL) {
        out[0] = '\0';
        return;
    }
    strftime(out, 40, is_day ? "%Y-%m-%d" : "%Y-%m-%dT%H:%M:%S", &t);
}

static void fill_moment(form_interview *iv, const char *type)
{
    char text[40];
    put_moment(iv, strcmp(type, "today") == 0, text);
    for (size_t i = 0; i < iv->def->count; i++) {
        const struct form_item *item = &iv->def->items[i];
        if (item->type == FORM_T_META && item->repeat < 0 && strcmp(item->type_name, type) == 0) {
            form_give(iv, (int)i, text);
        }
    }
}

static void fill_properties(form_interview *iv)
{
    static const char *const names[] = {"username", "deviceid", "email", "phonenumber"};
    for (size_t k = 0; iv->hooks.property != NULL && k < sizeof names / sizeof *names; k++) {
        for (size_t i = 0; i < iv->def->count; i++) {
            const struct form_item *item = &iv->def->items[i];
            if (item->type == FORM_T_META && item->repeat < 0 &&
                strcmp(item->type_name, names[k]) == 0) {
                const char *text = iv->hooks.property(iv->hooks.payload, names[k]);
                if (text != NULL && text[0] != '\0') {
                    form_give(iv, (int)i, text);
                }
            }
        }
    }
}

void form_interview_finish(form_interview *iv)
{
    form_begin_changes(iv);
    fill_moment(iv, "end");
    form_compute_all(iv);
}

void form_interview_start(form_interview *iv, bool with_defaults)
{
    form_begin_changes(iv);
    iv->is_running = true;
    iv->is_filling = with_defaults;
    if (with_defaults) {
        fill_moment(iv, "start");
        fill_moment(iv, "today");
        fill_properties(iv);
        form_fill_defaults(iv, 0, form_interview_nodes(iv));
    } else {
        form_compute_all(iv);
    }
    form_settle(iv);
}

/* ---- reading */

const int *form_interview_changes(const form_interview *iv, size_t *count)
{
    *count = iv->changes.count;
    return iv->changes.at;
}

const int *form_interview_given(const form_interview *iv, size_t *count)
{
    *count = iv->given.count;
    return iv->given.at;
}

struct form_answer form_interview_answer(const form_interview *iv, int node)
{
    const struct cell *c = form_cell(iv, node);
    return (struct form_answer){c->state, str_cstr(&c->text)};
}

const char *form_interview_value(const form_interview *iv, int node)
{
    const struct cell *c = form_cell(iv, node);
    if (!c->is_relevant) {
        return "";
    }
    return str_cstr(form_is_computed(&iv->def->items[c->tree.slot]) ? &c->value : &c->text);
}

bool form_interview_relevant(const form_interview *iv, int node)
{
    return form_cell(iv, node)->is_relevant;
}

bool form_interview_required(const form_interview *iv, int node)
{
    return form_cell(iv, node)->is_required;
}

enum form_problem form_interview_problem(const form_interview *iv, int node)
{
    return form_cell(iv, node)->problem;
}

bool form_interview_selected(const form_interview *iv, int node, const char *choice)
{
    const char *text = str_cstr(&form_cell(iv, node)->text);
    const enum form_type type = form_node_item(iv, node)->type;
    if (type != FORM_T_SELECT_MULTIPLE && type != FORM_T_RANK) {
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
