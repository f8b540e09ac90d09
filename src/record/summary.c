/* What a card keeps of the procedure, so that lists and the agenda read cards alone. Invariant: it
 * is what a look at the case saw when its last event came; states follow from the clock alone. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "pathway_int.h"

static void keep(struct card_summary *s, int task, const struct look_task *t)
{
    size_t at = s->task_count < SUMMARY_TASKS ? s->task_count++ : SUMMARY_TASKS;
    while (at > 0 && t->due_ms < s->tasks[at - 1].due_ms) {
        if (at < SUMMARY_TASKS) {
            s->tasks[at] = s->tasks[at - 1];
        }
        at--;
    }
    if (at < SUMMARY_TASKS) {
        s->tasks[at] = (struct card_task){t->due_ms, t->warn_ms, (unsigned char)task};
    }
}

static int current_stage(struct look *l)
{
    for (size_t i = 0; i < l->p->stage_count; i++) {
        const struct pathway_stage *s = &l->p->stages[i];
        const bool is_here = !s->is_optional && (s->when == NULL || look_true(l, s->when));
        const bool is_done = s->done != NULL
                                 ? look_true(l, s->done)
                                 : s->form_count > 0 && look_newest(l, s->forms[0], true) != NULL;
        if (is_here && !is_done) {
            return (int)i;
        }
    }
    return -1;
}

void summary_show(struct card *c)
{
    const struct card_summary *s = &c->summary;
    c->info.stage = s->stage;
    c->info.level = s->level;
    c->info.open_tasks = s->open_count;
    c->info.next_due_ms = s->task_count > 0 ? s->tasks[0].due_ms : 0;
    c->info.next_task = s->task_count > 0 ? (int)s->tasks[0].task : -1;
}

void summary_tell(record *r, struct card *c)
{
    struct look l;
    struct card_summary s = {.stage = -1, .level = -1};
    if (r->pathway != NULL && look_begin(&l, r, c->info.id, 0, NULL) == ERR_OK) {
        for (size_t i = 0; i < r->pathway->task_count; i++) {
            const struct look_task *t = look_task(&l, (int)i);
            if (t->applies && !t->is_done) {
                s.open_count++;
                keep(&s, (int)i, t);
            }
        }
        s.stage = (short)current_stage(&l);
        s.level = (short)l.level;
        look_end(&l);
    }
    c->summary = s;
    summary_show(c);
}

static int by_due(const void *a, const void *b)
{
    const struct record_agenda_row *x = a, *y = b;
    if (x->due_ms != y->due_ms) {
        return x->due_ms < y->due_ms ? -1 : 1;
    }
    const int by_code = strcmp(x->code, y->code);
    return by_code != 0 ? by_code : strcmp(x->task->name, y->task->name);
}

struct agenda {
    struct record_agenda_row *rows;
    size_t count, cap;
    int64_t now_ms, until_ms;
};

static void add_card(const record *r, const struct card *c, struct agenda *a)
{
    for (size_t i = 0; i < c->summary.task_count; i++) {
        const struct card_task *t = &c->summary.tasks[i];
        if ((a->until_ms != 0 && t->due_ms >= a->until_ms) || t->task >= r->pathway->task_count) {
            continue;
        }
        if (a->count == a->cap) {
            a->cap = a->cap * 2 + 64;
            a->rows = mem_realloc(a->rows, a->cap * sizeof *a->rows);
        }
        struct record_agenda_row *row = &a->rows[a->count++];
        memset(row, 0, sizeof *row);
        memcpy(row->case_id, c->info.id, ID_LEN);
        memcpy(row->code, c->info.code, sizeof row->code);
        memcpy(row->initials, c->info.initials, sizeof row->initials);
        row->task = &r->pathway->tasks[t->task];
        row->due_ms = t->due_ms;
        row->state = a->now_ms > t->due_ms     ? RECORD_TASK_LATE
                     : a->now_ms >= t->warn_ms ? RECORD_TASK_WARN
                                               : RECORD_TASK_OPEN;
    }
}

enum err record_agenda(record *r, int64_t now_ms, int64_t until_ms, struct record_agenda_row **out,
                       size_t *count, struct err_info *err)
{
    struct agenda a = {.now_ms = now_ms != 0 ? now_ms : clock_now_ms(), .until_ms = until_ms};
    *out = NULL;
    *count = 0;
    if (r->pathway == NULL) {
        return ERR_SET(err, ERR_NOT_FOUND, "pathway");
    }
    const enum err rc = cards_fresh(r, err);
    for (size_t i = 0; rc == ERR_OK && i < r->cards.count; i++) {
        const struct card *c = cards_at(r, i);
        if (c != NULL && c->has_case && !c->info.is_locked) {
            add_card(r, c, &a);
        }
    }
    if (a.count > 1) {
        qsort(a.rows, a.count, sizeof *a.rows, by_due);
    }
    *out = a.rows;
    *count = a.count;
    return rc;
}
