/* The choices of a question as they are shown and counted: what may be chosen now, narrowed by what
 * was typed, a ranking in the order of its answer. */
#include "ui/widget.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"

/* A question to be acknowledged is a list of one. */
static const struct form_choice ACKNOWLEDGED = {.name = "OK"};

static const struct form_item *item_of(const form_interview *iv, int node)
{
    return &form_interview_def(iv)->items[form_interview_item(iv, node)];
}

void ui_choice_text(const form_interview *iv, int node, const struct form_choice *choice,
                    enum lang lang, struct str *out)
{
    const size_t before = out->len;
    if (choice == &ACKNOWLEDGED) {
        str_puts(out, catalog_get(catalog_builtin(lang), N_("noted")));
        return;
    }
    form_interview_label_at(iv, node, &choice->label, lang, out);
    if (out->len == before) {
        str_puts(out, choice->name);
    }
}

/* A word of text begins with the folded filter. */
static bool has_word(const char *text, size_t n, const char *filter)
{
    struct str folded = STR_INIT;
    utf8_fold(&folded, text, n);
    const size_t len = strlen(filter);
    bool is_found = false;
    for (const char *at = str_cstr(&folded); !is_found && *at != '\0';) {
        is_found = strncmp(at, filter, len) == 0;
        at += strcspn(at, " -(/");
        at += strspn(at, " -(/");
    }
    str_done(&folded);
    return is_found;
}

static bool matches(const form_interview *iv, int node, const struct form_choice *choice,
                    enum lang lang, const char *filter)
{
    struct str text = STR_INIT;
    ui_choice_text(iv, node, choice, lang, &text);
    const bool is_match = has_word(str_cstr(&text), text.len, filter);
    str_done(&text);
    return is_match;
}

/* Where a name stands in the answer's text; its length if it does not. */
static size_t place_in(const char *text, const char *name)
{
    const size_t n = strlen(name);
    for (const char *at = text; *at != '\0';) {
        const size_t len = strcspn(at, " ");
        if (len == n && strncmp(at, name, n) == 0) {
            return (size_t)(at - text);
        }
        at += len + (at[len] == ' ');
    }
    return strlen(text);
}

/* By the places in the answer; what is not in it stays behind, in the form's order. */
static void put_in_order(const form_interview *iv, int node, struct ui_choices *out)
{
    const struct form_answer a = form_interview_answer(iv, node);
    const char *const text = a.state == FORM_A_VALUE ? a.text : "";
    for (size_t i = 1; i < out->count; i++) {
        const struct form_choice *const moved = out->items[i];
        const size_t place = place_in(text, moved->name);
        size_t k = i;
        while (k > 0 && place_in(text, out->items[k - 1]->name) > place) {
            out->items[k] = out->items[k - 1];
            k--;
        }
        out->items[k] = moved;
    }
}

void ui_choices_of(const form_interview *iv, int node, enum lang lang, const char *filter,
                   struct ui_choices *out)
{
    const enum form_type type = item_of(iv, node)->type;
    size_t count = 0;
    const struct form_choice *const one = &ACKNOWLEDGED;
    const struct form_choice *const *all = NULL;
    out->count = 0;
    if (type == FORM_T_ACKNOWLEDGE) {
        all = &one;
        count = 1;
    } else if (type == FORM_T_SELECT_ONE || type == FORM_T_SELECT_MULTIPLE || type == FORM_T_RANK) {
        all = form_interview_choices(iv, node, &count);
    }
    out->items = mem_alloc((count + 1) * sizeof *out->items);
    if (count > 0) {
        memcpy(out->items, all, count * sizeof *out->items);
    }
    struct str folded = STR_INIT;
    utf8_fold(&folded, filter, strlen(filter));
    for (size_t i = 0; i < count; i++) {
        if (folded.len == 0 || matches(iv, node, out->items[i], lang, str_cstr(&folded))) {
            out->items[out->count++] = out->items[i];
        }
    }
    str_done(&folded);
    if (type == FORM_T_RANK) {
        put_in_order(iv, node, out);
    }
}

void ui_choices_done(struct ui_choices *list)
{
    free(list->items);
    list->items = NULL;
    list->count = 0;
}
