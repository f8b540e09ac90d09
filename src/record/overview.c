/* The overview: what every case's readers last said of it, read by coordinators, who need no key of
 * the case for it. Invariant: of each case and form the latest word in clock order holds, whatever
 * order they came in; what is told of an erased case is not shown. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "record/overview.h"
#include "record_int.h"

enum { K_STATUS = 0x31 };

/* One word: of one form of one case, or of the case (form ""). */
struct word {
    unsigned char kase[ID_LEN];
    char form[RECORD_FORM_ID_MAX];
    int64_t time_ms;
    unsigned counter;
    unsigned char event[VAULT_EVENT_ID_LEN];
    char *text; /* JSON, owned */
};

struct overview {
    unsigned char box[ID_LEN];
    struct word *words;
    size_t count, cap;
};

static int later(const struct word *a, const struct vault_event *e)
{
    const int64_t ms = e->time_ms - a->time_ms;
    const int64_t n = (int64_t)e->counter - (int64_t)a->counter;
    return ms != 0  ? (ms > 0 ? 1 : -1)
           : n != 0 ? (n > 0 ? 1 : -1)
                    : memcmp(e->id, a->event, VAULT_EVENT_ID_LEN);
}

static struct word *word_of(struct overview *o, const unsigned char *kase, const char *form)
{
    for (size_t i = 0; i < o->count; i++) {
        if (memcmp(o->words[i].kase, kase, ID_LEN) == 0 && strcmp(o->words[i].form, form) == 0) {
            return &o->words[i];
        }
    }
    if (o->count == o->cap) {
        o->cap = o->cap * 2 + 16;
        o->words = mem_realloc(o->words, o->cap * sizeof *o->words);
    }
    struct word *w = &o->words[o->count++];
    memset(w, 0, sizeof *w);
    memcpy(w->kase, kase, ID_LEN);
    snprintf(w->form, sizeof w->form, "%s", form);
    return w;
}

static bool take(void *payload, const struct vault_event *e)
{
    struct overview *o = payload;
    unsigned char kase[ID_LEN];
    jv *body = NULL;
    if (e->kind != K_STATUS || memcmp(e->compartment, o->box, ID_LEN) != 0 ||
        jv_parse(e->text, e->len, &body, NULL) != ERR_OK) {
        return true;
    }
    const char *hex = jv_str_at(body, "case"), *form = jv_str_at(body, "form");
    if (hex != NULL && hex_get(kase, ID_LEN, hex) && form != NULL &&
        strlen(form) < RECORD_FORM_ID_MAX) {
        struct word *w = word_of(o, kase, form);
        if (w->text == NULL || later(w, e) > 0) {
            free(w->text);
            w->text = mem_strdup(e->text);
            w->time_ms = e->time_ms;
            w->counter = e->counter;
            memcpy(w->event, e->id, VAULT_EVENT_ID_LEN);
        }
    }
    jv_free(body);
    return true;
}

static void put_text(char *out, size_t cap, const jv *body, const char *key)
{
    const char *text = jv_str_at(body, key);
    if (text != NULL && text[0] != '\0') {
        snprintf(out, cap, "%s", text);
    }
}

static void append(char *out, size_t cap, const char *between, const char *text)
{
    const size_t used = strlen(out);
    snprintf(out + used, cap - used, "%s%s", used > 0 ? between : "", text);
}

/* What the form calls it: a question by its key, or a choice that one of its questions publishes. */
static const char *label_of(const struct form_def *def, const char *key, const char *choice,
                            enum lang lang)
{
    for (size_t i = 0; def != NULL && i < def->count; i++) {
        const struct form_item *item = &def->items[i];
        if (key != NULL && strcmp(item->key, key) == 0) {
            return form_text_get(&item->label, lang);
        }
        const struct form_choices *list = key == NULL && item->publish != NULL ? item->choices
                                                                               : NULL;
        for (size_t k = 0; list != NULL && k < list->count; k++) {
            if (strcmp(list->items[k].name, choice) == 0) {
                return form_text_get(&list->items[k].label, lang);
            }
        }
    }
    return key != NULL ? key : choice;
}

static void put_flags(struct record_status *s, const struct form_def *def, const jv *flags,
                      enum lang lang)
{
    for (size_t i = 0; i < jv_count(flags); i++) {
        const char *flag = jv_string(jv_item(flags, i));
        if (flag != NULL && strstr(s->flags, flag) == NULL) {
            append(s->flags, sizeof s->flags, " ", flag);
            append(s->flags_text, sizeof s->flags_text, ", ", label_of(def, flag, "", lang));
        }
    }
}

static void put_name(record *r, const char *hex, struct record_status *s)
{
    struct vault_member *all = NULL;
    size_t n = 0;
    unsigned char id[ID_LEN];
    if (hex == NULL || !hex_get(id, ID_LEN, hex) ||
        vault_members(r->vault, &all, &n, NULL) != ERR_OK) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (memcmp(all[i].id, id, ID_LEN) == 0) {
            snprintf(s->responsible, sizeof s->responsible, "%s", all[i].name);
        }
    }
    free(all);
}

/* Words come in order of time: a later one of another form stands over an earlier. */
static void add_word(record *r, const struct word *w, enum lang lang, struct record_status *s)
{
    const struct form_def *def = NULL;
    jv *body = NULL;
    char due[11] = "";
    if (jv_parse(w->text, strlen(w->text), &body, NULL) != ERR_OK) {
        return;
    }
    memcpy(s->id, w->kase, ID_LEN);
    put_text(s->code, sizeof s->code, body, "code");
    put_text(s->stage, sizeof s->stage, body, "stage");
    put_text(s->level, sizeof s->level, body, "level");
    put_text(due, sizeof due, body, "due");
    if (due[0] != '\0' && (s->due[0] == '\0' || strcmp(due, s->due) < 0)) {
        memcpy(s->due, due, sizeof due); /* of several the first to fall due */
    }
    if (w->form[0] != '\0') { /* without the form the bare words do */
        (void)record_form(r, w->form, &def, NULL);
    }
    if (jv_str_at(body, "level") != NULL) {
        snprintf(s->level_text, sizeof s->level_text, "%s", label_of(def, NULL, s->level, lang));
    }
    put_flags(s, def, jv_at(body, "flags"), lang);
    put_name(r, jv_str_at(body, "responsible"), s);
    s->told_ms = w->time_ms;
    jv_free(body);
}

static int by_time(const void *a, const void *b)
{
    const struct word *x = a, *y = b;
    const int order = memcmp(x->kase, y->kase, ID_LEN);
    if (order != 0) {
        return order;
    }
    return x->time_ms != y->time_ms   ? (x->time_ms < y->time_ms ? -1 : 1)
           : x->counter != y->counter ? (x->counter < y->counter ? -1 : 1)
                                      : memcmp(x->event, y->event, VAULT_EVENT_ID_LEN);
}

/* Overdue first, the longest at the top; then what has a day; then by code. */
static int by_need(const void *a, const void *b)
{
    const struct record_status *x = a, *y = b;
    const char *left = x->due[0] != '\0' ? x->due : "9", *right = y->due[0] != '\0' ? y->due : "9";
    const int order = strcmp(left, right);
    return order != 0 ? order : strcmp(x->code, y->code);
}

static bool is_shown(record *r, const unsigned char *kase)
{
    struct vault_compartment at;
    return vault_compartment_get(r->vault, kase, &at, NULL) == ERR_OK && !at.is_erased;
}

static void gather(record *r, struct overview *o, const char *today, enum lang lang,
                   struct record_status **out, size_t *count)
{
    if (o->count > 0) {
        qsort(o->words, o->count, sizeof *o->words, by_time);
    }
    *out = mem_alloc((o->count + 1) * sizeof **out);
    for (size_t i = 0; i < o->count; i++) {
        const struct word *w = &o->words[i];
        const bool is_next = *count == 0 || memcmp((*out)[*count - 1].id, w->kase, ID_LEN) != 0;
        if (!is_shown(r, w->kase)) {
            continue;
        }
        if (is_next) {
            memset(&(*out)[*count], 0, sizeof **out);
            ++*count;
        }
        add_word(r, w, lang, &(*out)[*count - 1]);
    }
    for (size_t i = 0; i < *count; i++) {
        struct record_status *s = &(*out)[i];
        s->is_overdue = s->due[0] != '\0' && strcmp(s->due, today) < 0;
    }
    if (*count > 0) {
        qsort(*out, *count, sizeof **out, by_need);
    }
}

enum err record_overview(record *r, struct date today, enum lang lang, struct record_status **out,
                         size_t *count, struct err_info *err)
{
    struct overview o = {.words = NULL};
    struct vault_compartment at;
    char day[11];
    *out = NULL;
    *count = 0;
    vault_drop_box(r->vault, VAULT_SORT_OVERVIEW, o.box);
    enum err rc = vault_compartment_get(r->vault, o.box, &at, err);
    if (rc == ERR_NOT_FOUND || (rc == ERR_OK && at.standing != VAULT_GRANTED)) {
        return ERR_SET(err, ERR_RIGHTS, "overview");
    }
    rc = rc == ERR_OK ? vault_each(r->vault, 0, take, &o, NULL, err) : rc;
    if (rc == ERR_OK) {
        date_format(today, day);
        gather(r, &o, day, lang, out, count);
    }
    for (size_t i = 0; i < o.count; i++) {
        free(o.words[i].text);
    }
    free(o.words);
    return rc;
}
