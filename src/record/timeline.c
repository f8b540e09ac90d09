/* A case's events told as changes. Invariant: nothing is read but the log's own events of this case,
 * in the order of their clocks; the value before is the one that the change itself came after. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "record/timeline.h"
#include "record_int.h"
#include "vault/cache.h"

/* An event, kept till all are there and in order. */
struct told {
    int64_t time_ms;
    unsigned counter, kind;
    unsigned char id[VAULT_EVENT_ID_LEN], place[ID_LEN];
    char member[65];
    jv *body;
};
struct telling {
    record *r;
    struct card *card;
    char kase[ID_HEX_LEN];
    struct told *events;
    size_t event_count, event_cap;
    struct record_change *out;
    size_t count, cap;
    jv *forms;  /* record -> form */
    jv *values; /* record, at and key -> value */
    const struct told *now;
    char record[RECORD_KEY_MAX];
    enum err rc;
};

static const char *text_of(const jv *body, const char *key)
{
    const char *const s = jv_str_at(body, key);
    return s != NULL ? s : "";
}

static bool keep(void *payload, const struct vault_event *e)
{
    struct telling *const t = payload;
    struct card *of = NULL;
    jv *body = NULL;
    t->rc = standing_card(t->r, e->compartment, &of, NULL);
    if (t->rc != ERR_OK || of != t->card || jv_parse(e->text, e->len, &body, NULL) != ERR_OK) {
        return t->rc == ERR_OK;
    }
    if (t->event_count == t->event_cap) {
        t->event_cap = t->event_cap * 2 + 64;
        t->events = mem_realloc(t->events, t->event_cap * sizeof *t->events);
    }
    struct told *const x = &t->events[t->event_count++];
    *x = (struct told){.time_ms = e->time_ms, .counter = e->counter, .kind = e->kind, .body = body};
    memcpy(x->id, e->id, sizeof x->id);
    memcpy(x->place, e->compartment, ID_LEN);
    snprintf(x->member, sizeof x->member, "%s", e->author_name != NULL ? e->author_name : "");
    return true;
}

static int by_clock(const void *a, const void *b)
{
    const struct told *const x = a, *const y = b;
    if (x->time_ms != y->time_ms) {
        return x->time_ms < y->time_ms ? -1 : 1;
    }
    if (x->counter != y->counter) {
        return x->counter < y->counter ? -1 : 1;
    }
    return memcmp(x->id, y->id, sizeof x->id);
}

static struct record_change *add(struct telling *t, enum record_change_kind kind, const char *key,
                                 const char *at, const char *before, const char *after)
{
    if (t->count == t->cap) {
        t->cap = t->cap * 2 + 64;
        t->out = mem_realloc(t->out, t->cap * sizeof *t->out);
    }
    struct record_change *const c = &t->out[t->count++];
    *c = (struct record_change){.kind = kind, .time_ms = t->now->time_ms};
    snprintf(c->member, sizeof c->member, "%s", t->now->member);
    snprintf(c->record, sizeof c->record, "%s", t->record);
    snprintf(c->form, sizeof c->form, "%s", text_of(t->forms, t->record));
    c->key = mem_strdup(key);
    c->at = mem_strdup(at);
    c->before = mem_strdup(before);
    c->after = mem_strdup(after);
    return c;
}

/* Says the change and remembers the value; what says again what stands there changed nothing. */
static void change(struct telling *t, enum record_change_kind kind, const char *key, const char *at,
                   const char *after)
{
    struct str where = STR_INIT;
    str_printf(&where, "%s %s %s", t->record, at, key);
    const char *const before = text_of(t->values, str_cstr(&where));
    if (!str_eq(before, after)) {
        add(t, kind, key, at, before, after);
        jv_set_str(t->values, str_cstr(&where), after);
    }
    str_done(&where);
}

static void tell_answers(struct telling *t)
{
    const jv *const list = jv_at(t->now->body, "answers");
    struct str value = STR_INIT;
    for (size_t i = 0; i < jv_count(list); i++) {
        const jv *const a = jv_item(list, i);
        const char *const state = text_of(a, "state");
        str_clear(&value);
        if (str_eq(state, "value")) {
            str_puts(&value, text_of(a, "value"));
        } else if (!str_eq(state, "none")) {
            str_printf(&value, "<%s>", state);
        }
        change(t, RECORD_CHANGE_ANSWER, text_of(a, "key"), text_of(a, "at"), str_cstr(&value));
    }
    str_done(&value);
}

static void tell_rows(struct telling *t)
{
    const jv *const list = jv_at(t->now->body, "rows");
    for (size_t i = 0; i < jv_count(list); i++) {
        const jv *const row = jv_item(list, i);
        const char *const added = jv_str_at(row, "add"), *const gone = jv_str_at(row, "delete");
        if (added != NULL || gone != NULL) {
            add(t, added != NULL ? RECORD_CHANGE_ADDED : RECORD_CHANGE_DELETED, text_of(row, "key"),
                text_of(row, "at"), "", "");
        }
    }
    tell_answers(t);
}

static void tell(struct telling *t)
{
    const jv *const b = t->now->body;
    switch (t->now->kind) {
    case RECORD_K_CASE: add(t, RECORD_CHANGE_CASE, "", "", "", ""); break;
    case RECORD_K_FACT:
        change(t, RECORD_CHANGE_FACT, text_of(b, "fact"), "", text_of(b, "value"));
        break;
    case RECORD_K_TASK:
        add(t, RECORD_CHANGE_TASK, text_of(b, "task"), "", "", text_of(b, "note"));
        break;
    case RECORD_K_OPENED: add(t, RECORD_CHANGE_BEGUN, "", "", "", ""); break;
    case RECORD_K_ANSWERS: tell_answers(t); break;
    case RECORD_K_ROWS: tell_rows(t); break;
    case RECORD_K_FINISHED: add(t, RECORD_CHANGE_SIGNED, "", "", "", ""); break;
    case RECORD_K_REOPENED: add(t, RECORD_CHANGE_REOPENED, "", "", "", ""); break;
    case RECORD_K_MOVED: add(t, RECORD_CHANGE_MOVED, "", "", "", text_of(b, "version")); break;
    default: break;
    }
}

/* The record that the event speaks of, "" if of none. */
static void name_record(struct telling *t, const struct told *e)
{
    char place[ID_HEX_LEN];
    const char *const id = text_of(e->body, "record");
    t->record[0] = '\0';
    hex_put(place, e->place, ID_LEN);
    if (id[0] != '\0' && strlen(id) <= RECORD_ID_MAX) {
        record_key(t->kase, place, id, t->record);
    }
}

/* Clocks of two devices may tell an answer before its record's opening: forms are named first. */
static void tell_all(struct telling *t)
{
    if (t->event_count > 1) {
        qsort(t->events, t->event_count, sizeof *t->events, by_clock);
    }
    for (size_t i = 0; i < t->event_count; i++) {
        name_record(t, &t->events[i]);
        if (t->events[i].kind == RECORD_K_OPENED && t->record[0] != '\0') {
            jv_set_str(t->forms, t->record, text_of(t->events[i].body, "form"));
        }
    }
    for (size_t i = 0; i < t->event_count; i++) {
        t->now = &t->events[i];
        name_record(t, t->now);
        tell(t);
    }
    for (size_t i = 0; i < t->count / 2; i++) {
        const struct record_change c = t->out[i];
        t->out[i] = t->out[t->count - 1 - i];
        t->out[t->count - 1 - i] = c;
    }
}

static enum err read_events(struct telling *t, struct err_info *err)
{
    int64_t *rows = NULL;
    size_t n = 0;
    uint64_t skipped = 0;
    enum err rc = trail_get(t->r, t->card, &rows, &n, err);
    if (rc == ERR_NOT_FOUND) {
        rc = trail_scan(t->r, err);
        rc = rc == ERR_OK ? trail_get(t->r, t->card, &rows, &n, err) : rc;
    }
    if (rc == ERR_OK) {
        rc = vault_each_rows(t->r->vault, rows, n, keep, t, &skipped, err);
        rc = rc == ERR_OK && t->rc != ERR_OK ? ERR_SET(err, t->rc, "event") : rc;
        free(rows);
    }
    return rc;
}

enum err record_timeline(record *r, const unsigned char case_id[ID_LEN], struct record_change **out,
                         size_t *count, struct err_info *err)
{
    struct telling t = {.r = r};
    *out = NULL;
    *count = 0;
    enum err rc = live_need(r, case_id, &t.card, err);
    if (rc != ERR_OK) {
        return rc;
    }
    hex_put(t.kase, case_id, ID_LEN);
    t.forms = jv_new_object();
    t.values = jv_new_object();
    rc = read_events(&t, err);
    if (rc == ERR_OK) {
        tell_all(&t);
    }
    for (size_t i = 0; i < t.event_count; i++) {
        jv_free(t.events[i].body);
    }
    free(t.events);
    jv_free(t.forms);
    jv_free(t.values);
    *out = t.out;
    *count = t.count;
    return rc;
}

void record_timeline_done(struct record_change *changes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct record_change *const c = &changes[i];
        mem_wipe(c->before, strlen(c->before));
        mem_wipe(c->after, strlen(c->after));
        free(c->key);
        free(c->at);
        free(c->before);
        free(c->after);
    }
    free(changes);
}
