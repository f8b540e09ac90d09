/* tasks: the open tasks of all cases, or stages and tasks of one. No name of anybody stands in what
 * is printed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "record/pathway.h"

static const char *const TASK_WORDS[] = {[RECORD_TASK_OPEN] = "open",
                                         [RECORD_TASK_WARN] = "warn",
                                         [RECORD_TASK_LATE] = "late",
                                         [RECORD_TASK_DONE] = "done"};
static const char *const TASK_TEXTS[] = {[RECORD_TASK_OPEN] = N_("open"),
                                         [RECORD_TASK_WARN] = N_("due soon"),
                                         [RECORD_TASK_LATE] = N_("late"),
                                         [RECORD_TASK_DONE] = N_("done")};
static const char *const STAGE_WORDS[] = {
    [RECORD_STAGE_NOT_YET] = "not-yet", [RECORD_STAGE_DUE] = "due",
    [RECORD_STAGE_LATE] = "late",       [RECORD_STAGE_BEGUN] = "begun",
    [RECORD_STAGE_DONE] = "done",       [RECORD_STAGE_NOT_HERE] = "not-here"};
static const char *const STAGE_TEXTS[] = {
    [RECORD_STAGE_NOT_YET] = N_("not yet"), [RECORD_STAGE_DUE] = N_("to be done"),
    [RECORD_STAGE_LATE] = N_("late"),       [RECORD_STAGE_BEGUN] = N_("begun"),
    [RECORD_STAGE_DONE] = N_("done"),       [RECORD_STAGE_NOT_HERE] = N_("not in this case")};

bool cli_moment(const char *text, int64_t *ms)
{
    struct date d;
    int hour = 0, minute = 0;
    const size_t n = strlen(text);
    if (n < 10 || !date_parse(text, 10, &d)) {
        return false;
    }
    if (n > 10) {
        char *end = NULL;
        hour = (int)strtol(text + 11, &end, 10);
        if ((text[10] != 'T' && text[10] != ' ') || *end != ':') {
            return false;
        }
        minute = (int)strtol(end + 1, NULL, 10);
    }
    *ms = calendar_ms(d, hour, minute, 0);
    return hour >= 0 && hour < 24 && minute >= 0 && minute < 60;
}

static void put_moment(int64_t ms, char mark, char out[32])
{
    char day[11];
    const struct clock_local t = clock_local_of(ms);
    date_format(t.date, day);
    snprintf(out, 32, "%s%c%02d:%02d", day, mark, t.hour % 24, t.minute % 60);
}

static void set_moment(jv *out, const char *key, int64_t ms)
{
    char text[32];
    if (ms > 0) {
        put_moment(ms, 'T', text);
        jv_set_str(out, key, text);
    }
}

static void print_json(const struct cli *c, jv *out)
{
    struct str line = STR_INIT;
    jv_write(out, &line);
    jv_free(out);
    str_putc(&line, '\n');
    cli_print(c, str_cstr(&line));
    str_done(&line);
}

static void print_agenda_row(const struct cli *c, const struct record_agenda_row *row)
{
    if (c->is_json) {
        jv *out = jv_new_object();
        jv_set_str(out, "case", row->code);
        jv_set_str(out, "task", row->task->name);
        jv_set_str(out, "state", TASK_WORDS[row->state]);
        set_moment(out, "due", row->due_ms);
        print_json(c, out);
        return;
    }
    char due[32];
    struct str line = STR_INIT;
    put_moment(row->due_ms, ' ', due);
    str_printf(&line, "%s  %s  %s: %s\n", due, row->code, form_text_get(&row->task->label, c->lang),
               cli_tr(c, TASK_TEXTS[row->state]));
    cli_print(c, str_cstr(&line));
    str_done(&line);
}

static enum err print_agenda(const struct cli *c, record *r, int64_t now_ms, int64_t until_ms,
                             struct err_info *info)
{
    struct record_agenda_row *rows = NULL;
    size_t n = 0;
    const enum err rc = record_agenda(r, now_ms, until_ms, &rows, &n, info);
    for (size_t i = 0; rc == ERR_OK && i < n; i++) {
        print_agenda_row(c, &rows[i]);
    }
    free(rows);
    return rc;
}

/* ---- one case */

static const char *level_of(const struct record_course *x)
{
    return x->level < 0 ? "" : x->pathway->levels[x->level].name;
}

static jv *stages_json(const struct record_course *x)
{
    jv *list = jv_new_array();
    for (size_t i = 0; i < x->stage_count; i++) {
        jv *row = jv_new_object();
        jv_set_str(row, "stage", x->stages[i].stage->name);
        jv_set_str(row, "state", STAGE_WORDS[x->stages[i].state]);
        set_moment(row, "begun", x->stages[i].begun_ms);
        set_moment(row, "done", x->stages[i].done_ms);
        set_moment(row, "due", x->stages[i].due_ms);
        jv_push(list, row);
    }
    return list;
}

static jv *tasks_json(const struct record_course *x)
{
    jv *list = jv_new_array();
    for (size_t i = 0; i < x->task_count; i++) {
        const struct record_task *t = &x->tasks[i];
        jv *row = jv_new_object();
        jv_set_str(row, "task", t->task->name);
        jv_set_str(row, "state", TASK_WORDS[t->state]);
        jv_set_str(row, "from", t->from);
        jv_set_str(row, "source", form_pathway_source_word(t->task->source));
        if (t->task->is_sticky) {
            jv_set(row, "sticky", jv_new_bool(true));
        }
        set_moment(row, "due", t->due_ms);
        set_moment(row, "done", t->done_ms);
        jv_push(list, row);
    }
    return list;
}

static jv *indicators_json(const struct record_indicators *x)
{
    jv *out = jv_new_object(), *list = jv_new_array();
    jv_set_str(out, "result", record_result_word(x->result));
    for (size_t i = 0; i < x->count; i++) {
        const struct record_dimension *d = &x->dimensions[i];
        jv *row = jv_new_object();
        jv_set_str(row, "dimension", d->name);
        jv_set(row, "positive", jv_new_bool(d->is_positive));
        jv_set_int(row, "strong", d->strong);
        jv_set_int(row, "medium", d->medium);
        jv_set_int(row, "weak", d->weak);
        jv_push(list, row);
    }
    jv_set(out, "dimensions", list);
    return out;
}

static void print_stages(const struct cli *c, const struct record_course *x, struct str *out)
{
    for (size_t i = 0; i < x->stage_count; i++) {
        const struct record_stage *s = &x->stages[i];
        if (s->state != RECORD_STAGE_NOT_HERE) {
            str_printf(out, "%s %s: %s\n", (int)i == x->current ? ">" : " ",
                       form_text_get(&s->stage->label, c->lang), cli_tr(c, STAGE_TEXTS[s->state]));
        }
    }
}

static void print_tasks(const struct cli *c, const struct record_course *x, struct str *out)
{
    for (size_t i = 0; i < x->task_count; i++) {
        const struct record_task *t = &x->tasks[i];
        char when[32];
        const bool is_done = t->state == RECORD_TASK_DONE;
        put_moment(is_done && t->done_ms > 0 ? t->done_ms : t->due_ms, ' ', when);
        str_printf(out, "%s  %s: %s", when, form_text_get(&t->task->label, c->lang),
                   cli_tr(c, TASK_TEXTS[t->state]));
        if (t->task->source != PATHWAY_FOUND) {
            str_printf(out, " (%s)", cli_tr(c, N_("implicit, can be changed")));
        }
        str_putc(out, '\n');
    }
}

static void print_course(const struct cli *c, const struct record_case *kase,
                         const struct record_course *x, const struct record_indicators *found)
{
    struct str out = STR_INIT;
    if (c->is_json) {
        jv *all = jv_new_object();
        jv_set_str(all, "case", kase->code);
        jv_set_str(all, "level", level_of(x));
        if (x->level_unsigned) {
            jv_set(all, "level_unsigned", jv_new_bool(true));
        }
        jv_set_str(all, "stage", x->current < 0 ? "" : x->pathway->stages[x->current].name);
        jv_set(all, "stages", stages_json(x));
        jv_set(all, "tasks", tasks_json(x));
        jv_set(all, "indicators", indicators_json(found));
        print_json(c, all);
        return;
    }
    str_printf(&out, "%s\n", kase->code);
    if (x->level >= 0) {
        str_printf(&out, "%s: %s\n", cli_tr(c, N_("Risk")),
                   form_text_get(&x->pathway->levels[x->level].label, c->lang));
    }
    print_stages(c, x, &out);
    str_putc(&out, '\n');
    print_tasks(c, x, &out);
    cli_print(c, str_cstr(&out));
    str_done(&out);
}

static enum err print_case(const struct cli *c, record *r, int64_t now_ms, struct err_info *info)
{
    struct record_case kase;
    struct record_course x = {.level = -1};
    struct record_indicators found = {.count = 0};
    enum err rc = cli_find_case(r, c->case_code, &kase, info);
    rc = rc == ERR_OK ? record_course_get(r, kase.id, now_ms, &x, info) : rc;
    rc = rc == ERR_OK ? record_indicators_get(r, kase.id, &found, info) : rc;
    if (rc == ERR_OK) {
        print_course(c, &kase, &x, &found);
    }
    record_indicators_done(&found);
    record_course_done(&x);
    return rc;
}

int cli_tasks(struct cli *c)
{
    struct err_info info = {0};
    record *r = NULL;
    vault *v = NULL;
    int64_t now_ms = 0, until_ms = 0;
    const int code = c->count == 1 ? cli_unlock(c, &v) : cli_fail(c, ERR_USAGE, NULL);
    if (code != 0) {
        return code;
    }
    enum err rc = ERR_OK;
    if ((c->eval.now != NULL && !cli_moment(c->eval.now, &now_ms)) ||
        (c->until != NULL && !cli_moment(c->until, &until_ms))) {
        rc = ERR_SET(&info, ERR_USAGE, "date");
    }
    until_ms += c->until != NULL && strlen(c->until) == 10 ? (int64_t)86400000 : 0;
    rc = rc == ERR_OK ? record_open(v, c->forms_dir, &r, &info) : rc;
    if (rc == ERR_OK) {
        rc = c->case_code != NULL ? print_case(c, r, now_ms, &info)
                                  : print_agenda(c, r, now_ms, until_ms, &info);
    }
    record_close(r);
    vault_close(v);
    return rc == ERR_OK ? 0 : cli_fail(c, rc, &info);
}
