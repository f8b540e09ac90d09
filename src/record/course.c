/* Stages and tasks of one case as they are shown, and the word that a task was done. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "pathway_int.h"

/* ---- tasks */

static enum record_task_state state_of(const struct look_task *t, int64_t now_ms)
{
    if (t->is_done) {
        return RECORD_TASK_DONE;
    }
    return now_ms > t->due_ms     ? RECORD_TASK_LATE
           : now_ms >= t->warn_ms ? RECORD_TASK_WARN
                                  : RECORD_TASK_OPEN;
}

/* Open ones first and by due; then the done, newest first. */
static int by_due(const void *a, const void *b)
{
    const struct record_task *x = a, *y = b;
    const bool x_done = x->state == RECORD_TASK_DONE, y_done = y->state == RECORD_TASK_DONE;
    if (x_done != y_done) {
        return x_done - y_done;
    }
    const int64_t left = x_done ? y->done_ms : x->due_ms, right = x_done ? x->done_ms : y->due_ms;
    if (left != right) {
        return left < right ? -1 : 1;
    }
    return strcmp(x->task->name, y->task->name);
}

static void add_tasks(struct look *l, struct record_course *out)
{
    const enum vault_role role = vault_own_role(l->r->vault);
    out->tasks = mem_alloc((l->p->task_count + 1) * sizeof *out->tasks);
    for (size_t i = 0; i < l->p->task_count; i++) {
        const struct look_task *t = look_task(l, (int)i);
        if (!t->applies) {
            continue;
        }
        out->tasks[out->task_count++] = (struct record_task){
            .task = &l->p->tasks[i],
            .state = state_of(t, l->now_ms),
            .from_ms = t->from_ms,
            .due_ms = t->due_ms,
            .warn_ms = t->warn_ms,
            .done_ms = t->done_ms,
            .from = t->from,
            .may_do = pathway_role_in(role, l->p->tasks[i].roles_who),
        };
        out->open_count += !t->is_done;
    }
    if (out->task_count > 1) {
        qsort(out->tasks, out->task_count, sizeof *out->tasks, by_due);
    }
}

/* ---- stages */

static void see_records(const struct look *l, struct record_stage *s)
{
    for (size_t i = 0; i < l->count; i++) {
        for (size_t k = 0; k < s->stage->form_count; k++) {
            if (strcmp(l->records[i].form, s->stage->forms[k]) == 0) {
                const struct look_record *x = &l->records[i];
                s->begun_ms = s->begun_ms == 0 ? x->begun_ms : s->begun_ms;
                s->done_ms = x->finished_ms > s->done_ms ? x->finished_ms : s->done_ms;
            }
        }
    }
}

static bool is_done(struct look *l, const struct pathway_stage *s)
{
    if (s->done != NULL) {
        return look_true(l, s->done);
    }
    return s->form_count > 0 && look_newest(l, s->forms[0], true) != NULL;
}

static void add_due(struct look *l, int stage, struct record_stage *out)
{
    for (size_t i = 0; i < l->p->task_count; i++) {
        const struct look_task *t = look_task(l, (int)i);
        if (l->p->tasks[i].stage == stage && t->applies && !t->is_done &&
            (out->due_ms == 0 || t->due_ms < out->due_ms)) {
            out->due_ms = t->due_ms;
        }
    }
}

static void see_stage(struct look *l, int i, struct record_stage *out)
{
    const struct pathway_stage *s = &l->p->stages[i];
    out->stage = s;
    see_records(l, out);
    add_due(l, i, out);
    if (s->when != NULL && !look_true(l, s->when)) {
        out->state = RECORD_STAGE_NOT_HERE;
    } else if (is_done(l, s)) {
        out->state = RECORD_STAGE_DONE;
        return;
    } else if (out->due_ms > 0 && out->due_ms < l->now_ms) {
        out->state = RECORD_STAGE_LATE;
    } else if (out->begun_ms > 0) {
        out->state = RECORD_STAGE_BEGUN;
    } else {
        out->state = out->due_ms > 0 ? RECORD_STAGE_DUE : RECORD_STAGE_NOT_YET;
    }
    out->done_ms = 0;
}

static void add_stages(struct look *l, struct record_course *out)
{
    out->stages = mem_alloc((l->p->stage_count + 1) * sizeof *out->stages);
    out->stage_count = l->p->stage_count;
    out->current = -1;
    for (size_t i = 0; i < l->p->stage_count; i++) {
        struct record_stage *s = &out->stages[i];
        see_stage(l, (int)i, s);
        const bool waits = s->state != RECORD_STAGE_DONE && s->state != RECORD_STAGE_NOT_HERE;
        if (waits && !s->stage->is_optional && out->current < 0) {
            out->current = (int)i;
            s->state = s->state == RECORD_STAGE_NOT_YET ? RECORD_STAGE_DUE : s->state;
        }
    }
}

enum err record_course_get(record *r, const unsigned char case_id[ID_LEN], int64_t now_ms,
                           struct record_course *out, struct err_info *err)
{
    struct look l;
    struct card *c = NULL;
    *out = (struct record_course){.pathway = r->pathway, .level = -1, .current = -1};
    if (r->pathway == NULL) {
        return ERR_SET(err, ERR_NOT_FOUND, "pathway");
    }
    enum err rc = record_case_show(r, case_id, err);
    rc = rc == ERR_OK ? live_need(r, case_id, &c, err) : rc;
    if (rc != ERR_OK) {
        return rc;
    }
    rc = look_begin(&l, r, case_id, now_ms, err);
    if (rc == ERR_OK) {
        out->level = l.level;
        out->level_unsigned = l.level_unsigned;
        out->now_ms = l.now_ms;
        add_tasks(&l, out);
        add_stages(&l, out);
    }
    look_end(&l);
    return rc;
}

void record_course_done(struct record_course *c)
{
    free(c->stages);
    free(c->tasks);
    *c = (struct record_course){.current = -1, .level = -1};
}

/* ---- said to be done */

static enum err write_done(record *r, const unsigned char case_id[ID_LEN], const char *task,
                           const char *note, struct err_info *err)
{
    struct vault_write w;
    struct str text = STR_INIT;
    jv *body = jv_new_object();
    jv_set_str(body, "task", task);
    jv_set_str(body, "note", note);
    record_write(&w, case_id, RECORD_K_TASK, body, &text);
    const enum err rc = vault_append(r->vault, &w, 1, NULL, err);
    str_done(&text);
    return rc == ERR_OK ? record_refresh(r, NULL, err) : rc;
}

enum err record_task_done(record *r, const unsigned char case_id[ID_LEN], const char *task,
                          const char *note, struct err_info *err)
{
    struct record_course c;
    const struct record_task *found = NULL;
    enum err rc = record_course_get(r, case_id, 0, &c, err);
    for (size_t i = 0; rc == ERR_OK && i < c.open_count; i++) {
        found = strcmp(c.tasks[i].task->name, task) == 0 ? &c.tasks[i] : found;
    }
    if (rc == ERR_OK && found == NULL) {
        rc = ERR_SET(err, ERR_NOT_FOUND, task);
    } else if (rc == ERR_OK && !found->may_do) {
        rc = ERR_SET(err, ERR_RIGHTS, task);
    } else if (rc == ERR_OK && found->task->is_sticky && (note == NULL || note[0] == '\0')) {
        rc = ERR_SET(err, ERR_USAGE, "note");
    }
    record_course_done(&c);
    return rc == ERR_OK ? write_done(r, case_id, task, note != NULL ? note : "", err) : rc;
}
