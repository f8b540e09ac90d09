/* What a person sees of an interview as a whole: progress, open pages, the next question to turn
 * to, labels with values in them. Invariant: it reads the interview and changes nothing. */
#include "form/interview_int.h"

#include <string.h>

bool form_interview_is_asked(const form_interview *iv, int item)
{
    const struct form_item *def = &iv->def->items[item];
    return form_type_takes_answer(def->type) && def->calculation == NULL;
}

bool form_interview_is_missing(const form_interview *iv, int item)
{
    return iv->cells[item].problem == FORM_P_REQUIRED;
}

/* ---- labels */

static void put_choices(const struct form_item *item, const char *value, enum lang lang,
                        struct str *out)
{
    bool is_first = true;
    const bool is_multiple = item->type == FORM_T_SELECT_MULTIPLE;
    while (*value != '\0') {
        const size_t n = is_multiple ? strcspn(value, " ") : strlen(value);
        const struct form_choice *c = form_choice_find(item->choices, value, n);
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

static void put_named(const form_interview *iv, int item, enum lang lang, struct str *out)
{
    const char *value = form_interview_value(iv, item);
    const struct form_item *def = &iv->def->items[item];
    if (def->choices != NULL) {
        put_choices(def, value, lang, out);
    } else {
        str_puts(out, value);
    }
}

void form_interview_label(const form_interview *iv, const struct form_text *text, enum lang lang,
                          struct str *out)
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
            put_named(iv, item, lang, out);
        } else {
            str_put(out, open, (size_t)(close - open) + 1);
        }
        s = close + 1;
    }
    str_puts(out, s);
}

/* ---- progress */

static void count_item(const form_interview *iv, int item, struct form_progress *p)
{
    const struct cell *c = &iv->cells[item];
    if (!c->is_relevant || !form_interview_is_asked(iv, item)) {
        return;
    }
    p->asked++;
    p->answered += c->state != FORM_A_NONE && c->state != FORM_A_LATER;
    p->later += c->state == FORM_A_LATER;
    p->missing += c->problem == FORM_P_REQUIRED;
    p->wrong += c->problem == FORM_P_CONSTRAINT;
}

struct form_progress form_interview_progress(const form_interview *iv)
{
    struct form_progress p = {0};
    for (size_t i = 0; i < iv->def->count; i++) {
        count_item(iv, (int)i, &p);
    }
    return p;
}

struct form_progress form_interview_section_progress(const form_interview *iv, int section)
{
    struct form_progress p = {0};
    const struct form_section *s = &iv->def->sections[section];
    for (int page = s->first_page; page < s->first_page + s->page_count; page++) {
        const struct form_page *at = &iv->def->pages[page];
        for (size_t i = 0; i < at->count; i++) {
            count_item(iv, at->items[i], &p);
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
    for (size_t i = 0; i < iv->def->count; i++) {
        const struct form_item *item = &iv->def->items[i];
        if (item->type == FORM_T_NOTE && iv->cells[i].is_relevant &&
            strcmp(item->appearance, "stop") == 0) {
            return (int)i;
        }
    }
    return -1;
}

bool form_interview_page_open(const form_interview *iv, int page)
{
    const struct form_page *p = &iv->def->pages[page];
    for (size_t i = 0; i < p->count; i++) {
        if (iv->cells[p->items[i]].is_relevant) {
            return true;
        }
    }
    return false;
}

int form_interview_page_next(const form_interview *iv, int page, int direction)
{
    const int count = (int)iv->def->page_count;
    for (int p = page + direction; p >= 0 && p < count; p += direction) {
        if (form_interview_page_open(iv, p)) {
            return p;
        }
    }
    return -1;
}

static bool is_sought(const form_interview *iv, int item, enum form_seek what)
{
    const struct cell *c = &iv->cells[item];
    if (!c->is_relevant || !form_interview_is_asked(iv, item)) {
        return false;
    }
    switch (what) {
    case FORM_SEEK_MISSING: return form_interview_is_missing(iv, item);
    case FORM_SEEK_WRONG: return c->problem == FORM_P_CONSTRAINT;
    case FORM_SEEK_LATER: return c->state == FORM_A_LATER;
    case FORM_SEEK_UNANSWERED:
    default: return c->state == FORM_A_NONE;
    }
}

int form_interview_seek(const form_interview *iv, int item, enum form_seek what)
{
    const size_t count = iv->def->count;
    const size_t start = item < 0 ? 0 : (size_t)item + 1;
    for (size_t i = 0; i < count; i++) {
        const size_t at = (start + i) % count;
        if (is_sought(iv, (int)at, what)) {
            return (int)at;
        }
    }
    return -1;
}
