/* What a person sees of an interview as a whole: progress, open pages, the next question to turn
 * to, labels with values in them. Invariant: it reads the interview and changes nothing. */
#include "form/interview_int.h"

#include <string.h>

bool form_interview_is_asked(const form_interview *iv, int node)
{
    const struct form_item *def = form_node_item(iv, node);
    return form_type_takes_answer(def->type) && form_type_is_shown(def->type) &&
           !form_is_computed(def);
}

bool form_interview_is_missing(const form_interview *iv, int node)
{
    return form_cell(iv, node)->problem == FORM_P_REQUIRED;
}

/* ---- labels */

static void put_choices(const struct form_item *item, const struct form_choices *list,
                        const char *value, enum lang lang, struct str *out)
{
    bool is_first = true;
    const bool is_single = item->type == FORM_T_SELECT_ONE;
    while (*value != '\0') {
        const size_t n = is_single ? strlen(value) : strcspn(value, " ");
        const struct form_choice *c = form_choice_find(list, value, n);
        if (!is_first) {
            str_puts(out, ", ");
        }
        if (c != NULL) {
            str_puts(out, form_text_get(&c->label, lang));
        } else {
            str_put(out, value, n);
        }
        is_first = false;
        value += n;
        value += strspn(value, " ");
    }
}

/* An age is shown as it is by now. */
static void put_estimate(const form_interview *iv, int node, struct str *out)
{
    const struct form_value v = form_node_value(iv, node);
    const char *text = form_value_text(&v, iv->scratch);
    str_puts(out, text);
}

void form_interview_text(const form_interview *iv, int node, enum lang lang, struct str *out)
{
    const struct form_item *item = form_node_item(iv, node);
    const char *value = form_interview_value(iv, node);
    if (form_type_has_choices(item->type)) {
        put_choices(item, form_choices_of(iv, item), value, lang, out);
    } else if (item->is_estimated) {
        put_estimate(iv, node, out);
    } else {
        str_puts(out, value);
    }
}

/* What a name in a text stands for, seen from node: one value, or all of a repeat. */
static void put_named(const form_interview *iv, int item, int node, enum lang lang, struct str *out)
{
    const int own = iv->def->items[item].repeat;
    if (own < 0 || form_node_enclosing(iv, node, own) >= 0) {
        const int found = form_interview_node(iv, item, node);
        if (found >= 0) {
            form_interview_text(iv, found, lang, out);
        }
        return;
    }
    int within = -1;
    for (int r = own; r >= 0 && within < 0; r = iv->def->items[r].repeat) {
        within = form_node_enclosing(iv, node, r);
    }
    struct ints all = {0};
    form_nodes_of(iv, item, within, &all);
    const size_t begin = out->len;
    for (size_t i = 0; i < all.count; i++) {
        if (form_interview_value(iv, all.at[i])[0] != '\0') {
            str_puts(out, out->len > begin ? ", " : "");
            form_interview_text(iv, all.at[i], lang, out);
        }
    }
    ints_done(&all);
}

void form_interview_label(const form_interview *iv, const struct form_text *text, enum lang lang,
                          struct str *out)
{
    form_interview_label_at(iv, -1, text, lang, out);
}

void form_interview_label_at(const form_interview *iv, int node, const struct form_text *text,
                             enum lang lang, struct str *out)
{
    const enum lang fallback = iv->def->default_lang;
    const bool use_fallback = text->in[lang] == NULL && text->in[fallback] != NULL;
    const char *s = form_text_get(text, use_fallback ? fallback : lang);
    const char *open;
    while ((open = strstr(s, "${")) != NULL) {
        const char *close = strchr(open, '}');
        if (close == NULL) {
            break;
        }
        const int item = form_item_named(iv->def->items, iv->def->count, open + 2,
                                         (size_t)(close - open) - 2);
        str_put(out, s, (size_t)(open - s));
        if (item >= 0) {
            put_named(iv, item, node, lang, out);
        } else if (!str_starts(open, "${last-saved#")) { /* of another record: blank here */
            str_put(out, open, (size_t)(close - open) + 1);
        }
        s = close + 1;
    }
    str_puts(out, s);
}

/* ---- progress */

static void count_node(const form_interview *iv, int node, struct form_progress *p)
{
    const struct cell *c = form_cell(iv, node);
    if (!c->is_relevant || !form_interview_is_asked(iv, node)) {
        return;
    }
    p->asked++;
    p->answered += c->state != FORM_A_NONE && c->state != FORM_A_LATER;
    p->later += c->state == FORM_A_LATER;
    p->missing += c->problem == FORM_P_REQUIRED;
    p->wrong += c->problem != FORM_P_REQUIRED && c->problem != FORM_P_OK;
}

struct form_progress form_interview_progress(const form_interview *iv)
{
    struct form_progress p = {0};
    for (size_t i = 0; i < iv->in_order.count; i++) {
        count_node(iv, iv->in_order.at[i], &p);
    }
    return p;
}

struct form_progress form_interview_section_progress(const form_interview *iv, int section)
{
    struct form_progress p = {0};
    for (size_t k = 0; k < iv->page_count; k++) {
        const struct form_page *at = &iv->pages[k];
        for (size_t i = 0; at->section == section && i < at->count; i++) {
            count_node(iv, at->items[i], &p);
        }
    }
    return p;
}

bool form_interview_complete(const form_interview *iv)
{
    const struct form_progress p = form_interview_progress(iv);
    return p.missing == 0 && p.wrong == 0;
}

int form_interview_stop(const form_interview *iv)
{
    for (size_t i = 0; i < iv->in_order.count; i++) {
        const int node = iv->in_order.at[i];
        const struct form_item *item = form_node_item(iv, node);
        if (item->type == FORM_T_NOTE && form_cell(iv, node)->is_relevant &&
            strcmp(item->appearance, "stop") == 0) {
            return node;
        }
    }
    return -1;
}

bool form_interview_page_open(const form_interview *iv, int page)
{
    const struct form_page *p = &iv->pages[page];
    if (p->repeat >= 0) {
        return form_cell(iv, p->repeat)->is_relevant;
    }
    for (size_t i = 0; i < p->count; i++) {
        if (form_cell(iv, p->items[i])->is_relevant) {
            return true;
        }
    }
    return false;
}

static bool has_word(const char *words, const char *word)
{
    const size_t n = strlen(word);
    for (const char *at = words; (at = strstr(at, word)) != NULL; at++) {
        if ((at == words || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0')) {
            return true;
        }
    }
    return false;
}

static bool is_of_worker(const form_interview *iv, int node)
{
    for (int i = form_interview_item(iv, node); i >= 0; i = iv->def->items[i].parent) {
        if (has_word(iv->def->items[i].appearance, "worker")) {
            return true;
        }
    }
    return false;
}

bool form_interview_page_reached(const form_interview *iv, int page)
{
    const int stop = form_interview_stop(iv);
    const struct form_page *p = &iv->pages[page];
    if (!form_interview_page_open(iv, page)) {
        return false;
    }
    if (stop < 0 || page <= form_interview_page_of(iv, stop)) {
        return true;
    }
    if (p->repeat >= 0) {
        return is_of_worker(iv, p->repeat);
    }
    for (size_t i = 0; i < p->count; i++) {
        if (form_cell(iv, p->items[i])->is_relevant && is_of_worker(iv, p->items[i])) {
            return true;
        }
    }
    return false;
}

int form_interview_page_next(const form_interview *iv, int page, int direction)
{
    const int count = (int)iv->page_count;
    for (int p = page + direction; p >= 0 && p < count; p += direction) {
        if (form_interview_page_open(iv, p)) {
            return p;
        }
    }
    return -1;
}

static bool is_sought(const form_interview *iv, int node, enum form_seek what)
{
    const struct cell *c = form_cell(iv, node);
    if (!c->is_relevant || !form_interview_is_asked(iv, node)) {
        return false;
    }
    switch (what) {
    case FORM_SEEK_MISSING: return form_interview_is_missing(iv, node);
    case FORM_SEEK_WRONG: return c->problem != FORM_P_OK && c->problem != FORM_P_REQUIRED;
    case FORM_SEEK_LATER: return c->state == FORM_A_LATER;
    case FORM_SEEK_UNANSWERED:
    default: return c->state == FORM_A_NONE;
    }
}

int form_interview_seek(const form_interview *iv, int node, enum form_seek what)
{
    const size_t count = iv->in_order.count;
    size_t start = 0;
    for (size_t i = 0; node >= 0 && i < count; i++) {
        if (iv->in_order.at[i] == node) {
            start = i + 1;
            break;
        }
    }
    for (size_t i = 0; i < count; i++) {
        const int at = iv->in_order.at[(start + i) % count];
        if (is_sought(iv, at, what)) {
            return at;
        }
    }
    return -1;
}
