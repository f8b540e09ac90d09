/* Tasks: which event they count from, when they are due, what closes them. Invariant: a task is
 * done only by what came for the event it counts from; a newer event of a repeating task begins it
 * anew. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "pathway_int.h"

enum { HOUR_MS = 3600000 };

/* ---- levels */

static enum vault_role role_of(record *r, const char *member_hex)
{
    unsigned char id[ID_LEN];
    struct vault_member *members = NULL;
    enum vault_role role = VAULT_ROLE_NONE;
    size_t n = 0;
    if (!hex_get(id, ID_LEN, member_hex) || vault_members(r->vault, &members, &n, NULL) != ERR_OK) {
        return role;
    }
    for (size_t i = 0; i < n; i++) {
        if (memcmp(members[i].id, id, ID_LEN) == 0) {
            role = members[i].role;
        }
    }
    free(members);
    return role;
}

/* The newest signed assessment; one that lowers counts only if somebody signed it who may. */
void look_level(struct look *l)
{
    const struct form_pathway *p = l->p;
    for (size_t i = p->level_form == NULL ? 0 : l->count; i-- > 0 && l->level < 0;) {
        const struct look_record *x = &l->records[i];
        if (x->finished_ms == 0 || strcmp(x->form, p->level_form) != 0) {
            continue;
        }
        const bool is_lowered = p->lower_question != NULL &&
                                strcmp(look_answer(l, x, p->lower_question), p->lower_value) == 0;
        if (is_lowered && !pathway_role_in(role_of(l->r, x->finisher), p->lower_roles)) {
            l->level_unsigned = true;
            continue;
        }
        l->level = form_pathway_level(p, look_answer(l, x, p->level_question));
    }
}

/* ---- events */

/* "2026-11-24" or "2026-11-24T10:30:00.000+02:00", whose hours are local ones. */
static int64_t moment_of(const char *text)
{
    struct date d;
    if (strlen(text) < 10 || !date_parse(text, 10, &d)) {
        return 0;
    }
    const bool has_time = strlen(text) >= 16 && text[10] == 'T';
    const int hour = has_time ? (int)strtol(text + 11, NULL, 10) : 0;
    const int minute = has_time ? (int)strtol(text + 14, NULL, 10) : 0;
    return calendar_ms(d, hour, minute, 0);
}

static int64_t of_record(struct look *l, const struct look_record *x, const struct pathway_event *e)
{
    switch (e->kind) {
    case PATHWAY_E_BEGUN: return x->begun_ms;
    case PATHWAY_E_FINISHED: return x->finished_ms;
    default: return moment_of(look_answer(l, x, e->question));
    }
}

/* The first time it happened, or the newest: of an answer, that in the newest record. */
static int64_t event_ms(struct look *l, const struct pathway_event *e, bool newest)
{
    int64_t found = 0;
    if (e->kind == PATHWAY_E_CASE_OPENED) {
        return l->opened_ms;
    }
    if (e->kind == PATHWAY_E_TASK_DONE) {
        const struct look_task *t = look_task(l, form_pathway_task(l->p, e->question));
        return t->is_done ? t->done_ms : 0;
    }
    for (size_t i = 0; i < l->count; i++) {
        const struct look_record *x = &l->records[i];
        const int64_t ms = strcmp(x->form, e->form) == 0 ? of_record(l, x, e) : 0;
        const bool is_better = e->kind == PATHWAY_E_ANSWER || ms > found;
        if (ms > 0 && (found == 0 || (newest && is_better))) {
            found = ms;
        }
    }
    return found;
}

static void find_from(struct look *l, const struct pathway_task *t, struct look_task *out)
{
    for (size_t i = 0; i < t->from_count; i++) {
        const int64_t ms = event_ms(l, &t->from[i], t->repeats);
        const bool is_better = t->repeats ? ms > out->from_ms : ms < out->from_ms;
        if (ms > 0 && (out->from_ms == 0 || is_better)) {
            out->from_ms = ms;
            out->from = t->from[i].text;
        }
    }
}

/* ---- due */

static const struct pathway_span *span_for(struct look *l, const struct pathway_due *due)
{
    const struct pathway_span *otherwise = NULL;
    if (due->by == NULL) {
        return due->count > 0 ? &due->spans[0] : NULL;
    }
    const char *value = look_text(l, due->by);
    for (size_t i = 0; i < due->count; i++) {
        if (strcmp(due->values[i], value) == 0) {
            return &due->spans[i];
        }
        otherwise = strcmp(due->values[i], "default") == 0 ? &due->spans[i] : otherwise;
    }
    return otherwise;
}

static int64_t after(const struct look *l, int64_t from_ms, const struct pathway_span *s)
{
    const struct date d = clock_local_of(from_ms).date;
    switch (s->unit) {
    case PATHWAY_HOURS: return from_ms + (int64_t)s->n * HOUR_MS;
    case PATHWAY_WORKDAYS: return calendar_end_of(calendar_workdays(&l->r->calendar, d, s->n));
    case PATHWAY_MONTHS: return calendar_end_of(calendar_months(d, s->n));
    case PATHWAY_DAYS: break;
    }
    return calendar_end_of(date_from_days(date_earliest(d) + (long)s->n));
}

static void find_due(struct look *l, const struct pathway_task *t, struct look_task *out)
{
    const struct pathway_span *s = span_for(l, &t->due);
    out->due_ms = s != NULL ? after(l, out->from_ms, s) : out->from_ms;
    out->warn_ms = out->due_ms;
    if (t->warn.is_set) {
        const int64_t unit = t->warn.unit == PATHWAY_HOURS ? HOUR_MS : 24 * (int64_t)HOUR_MS;
        out->warn_ms -= (int64_t)t->warn.n * unit;
    }
}

/* ---- done */

/* Did a record of it come for this event? */
static int64_t closed_ms(struct look *l, const struct pathway_task *t, int64_t from_ms)
{
    int64_t found = 0;
    for (size_t i = 0; i < l->count; i++) {
        const struct look_record *x = &l->records[i];
        const int64_t ms = strcmp(x->form, t->closes_by.form) == 0 ? of_record(l, x, &t->closes_by)
                                                                   : 0;
        if (ms > 0 && (!t->closes_after || ms > from_ms) && (found == 0 || ms < found)) {
            found = ms;
        }
    }
    return found;
}

/* Somebody said that it was done. */
static int64_t said_ms(struct look *l, const struct pathway_task *t, int64_t from_ms)
{
    static const char SQL[] = "SELECT max(done_ms) FROM task_done WHERE kase = ?1 AND task = ?2";
    struct str text = STR_INIT;
    record_query_text(l->r, SQL, l->hex, t->name, &text);
    const int64_t ms = strtoll(str_cstr(&text), NULL, 10);
    str_done(&text);
    return ms > 0 && ms >= from_ms ? ms : 0;
}

static void find_done(struct look *l, const struct pathway_task *t, struct look_task *out)
{
    if (t->closes_by.text != NULL && t->closes_by.kind == PATHWAY_E_TASK_DONE) {
        out->done_ms = event_ms(l, &t->closes_by, true);
    } else if (t->closes_by.text != NULL) {
        out->done_ms = closed_ms(l, t, out->from_ms);
    }
    if (out->done_ms == 0) {
        out->done_ms = said_ms(l, t, out->from_ms);
    }
    out->is_done = out->done_ms > 0 || (t->closes != NULL && look_true(l, t->closes));
}

const struct look_task *look_task(struct look *l, int task)
{
    static const struct look_task none = {.state = TASK_SEEN};
    if (task < 0) {
        return &none;
    }
    struct look_task *out = &l->tasks[task];
    const struct pathway_task *t = &l->p->tasks[task];
    if (out->state != TASK_UNSEEN) { /* one that waits for itself is not done */
        return out;
    }
    out->state = TASK_LOOKING;
    find_from(l, t, out);
    out->applies = out->from_ms > 0 && (t->when == NULL || look_true(l, t->when));
    if (out->applies) {
        find_due(l, t, out);
        find_done(l, t, out);
    }
    out->state = TASK_SEEN;
    return out;
}
