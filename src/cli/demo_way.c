/* The invented people of the demonstration and their way through the service: what was filled in
 * and when. Invariant: everything happens in the order of its time, across all of them, for the
 * log's clock only runs forward. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/date.h"
#include "cli/demo_int.h"

#define DAY_MS ((int64_t)86400000)

struct act {
    int64_t back_ms; /* so long ago */
    size_t person;
    const char *form; /* NULL: the case is opened */
    const jv *own;    /* answers over those of the file; may be NULL */
};
struct acts {
    struct act *items;
    size_t count, cap;
};

static const char *text_at(const jv *object, const char *key)
{
    const char *s = jv_str_at(object, key);
    return s != NULL ? s : "";
}

static void add(struct acts *a, struct act act)
{
    if (a->count == a->cap) {
        a->cap = a->cap * 2 + 64;
        a->items = mem_realloc(a->items, a->cap * sizeof *a->items);
    }
    a->items[a->count++] = act;
}

static void add_person(struct acts *a, const jv *person, size_t i)
{
    const int64_t opened = strtoll(text_at(person, "opened_days_ago"), NULL, 10) * DAY_MS;
    const jv *way = jv_at(person, "way");
    add(a, (struct act){.back_ms = opened, .person = i});
    for (size_t k = 0; k < jv_count(way); k++) {
        const jv *step = jv_item(way, k);
        const int64_t after = (int64_t)(jv_real(jv_at(step, "after"), 0) * (double)DAY_MS);
        const int64_t back = opened - after > 0 ? opened - after : 0;
        add(a, (struct act){.back_ms = back,
                            .person = i,
                            .form = jv_str_at(step, "form"),
                            .own = jv_at(step, "answers")});
    }
}

/* Long ago first; of one moment the case before its records, and these as they stand. */
static int by_time(const void *x, const void *y)
{
    const struct act *a = x, *b = y;
    if (a->back_ms != b->back_ms) {
        return a->back_ms > b->back_ms ? -1 : 1;
    }
    if (a->person != b->person) {
        return a->person < b->person ? -1 : 1;
    }
    return a < b ? -1 : a > b;
}

struct merging {
    jv *out;
    const jv *own; /* NULL: what is met is the own */
};

/* "@day-3" is three days before now, as the demonstration's clock has it. */
static jv *resolved(jv *value)
{
    static const char DAY[] = "@day";
    const char *text = jv_string(value);
    if (text == NULL || strncmp(text, DAY, sizeof DAY - 1) != 0) {
        return jv_ref(value);
    }
    char day[11];
    const long days = strtol(text + sizeof DAY - 1, NULL, 10);
    date_format(date_from_days(date_earliest(clock_today()) + days), day);
    return jv_new_string(day);
}

static bool take(void *payload, const char *key, jv *value)
{
    struct merging *m = payload;
    if (m->own == NULL || jv_at(m->own, key) == NULL) {
        jv_set(m->out, key, resolved(value));
    }
    return true;
}

static jv *answers_of(const jv *base, const jv *own)
{
    struct merging m = {.out = jv_new_object(), .own = own};
    if (base != NULL) {
        jv_each(base, take, &m);
    }
    m.own = NULL;
    if (own != NULL) {
        jv_each(own, take, &m);
    }
    return m.out;
}

static enum err fill(record *r, const struct record_case *kase, const char *form, const jv *answers,
                     struct err_info *info)
{
    const struct form_def *def = NULL;
    record_doc *doc = NULL;
    enum err rc = record_form(r, form, &def, info);
    if (rc == ERR_OK) {
        rc = def->is_many ? record_doc_new(r, kase->id, form, &doc, info)
                          : record_doc_open(r, kase->id, form, &doc, info);
    }
    if (rc == ERR_OK) {
        record_doc_hold(doc, true, NULL);
        rc = cli_answers(&(struct cli_target){.doc = doc}, answers, info);
    }
    rc = rc == ERR_OK ? record_doc_hold(doc, false, info) : rc;
    if (rc == ERR_OK && form_interview_complete(record_doc_interview(doc))) {
        rc = record_doc_finish(doc, info);
    }
    record_doc_close(doc);
    return rc;
}

static enum err do_act(record *r, const jv *data, const struct act *act, struct record_case *cases,
                       struct err_info *info)
{
    static const char INTERVIEW[] = "@interview";
    const jv *person = jv_item(jv_at(data, "people"), act->person);
    if (act->form == NULL) {
        const struct record_new_case how = {.surname = text_at(person, "surname"),
                                            .given = text_at(person, "given"),
                                            .alias = text_at(person, "alias")};
        return record_case_new(r, &how, &cases[act->person], info);
    }
    const bool is_own = strcmp(act->form, INTERVIEW) == 0;
    jv *answers = answers_of(
        is_own ? jv_at(person, "answers") : jv_at(jv_at(data, "records"), act->form), act->own);
    const enum err rc = fill(r, &cases[act->person], is_own ? "identification" : act->form, answers,
                             info);
    jv_free(answers);
    return rc;
}

enum err demo_people(record *r, const jv *data, long limit, void (*back)(int64_t ms),
                     struct err_info *info)
{
    const jv *people = jv_at(data, "people");
    size_t n = jv_count(people);
    n = limit >= 0 && (size_t)limit < n ? (size_t)limit : n;
    struct acts acts = {.items = NULL};
    struct record_case *cases = mem_alloc((n + 1) * sizeof *cases);
    for (size_t i = 0; i < n; i++) {
        add_person(&acts, jv_item(people, i), i);
    }
    if (acts.count > 1) {
        qsort(acts.items, acts.count, sizeof *acts.items, by_time);
    }
    enum err rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < acts.count; i++) {
        back(acts.items[i].back_ms);
        rc = do_act(r, data, &acts.items[i], cases, info);
    }
    free(acts.items);
    free(cases);
    return rc;
}
