/* What the case screen shows: the course of the case, its records, and the forms of the folder.
 * Invariant: every form of the folder stands in at least one part, and rows point only into what
 * was read together with them. */
#include "case_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "record/alike.h"
#include "record/handover.h"
#include "vault/members.h"

static void load_granted(struct case_state *st, const struct ui_ctx *ctx)
{
    struct vault_member *all = NULL;
    size_t n = 0;
    str_clear(&st->granted);
    if (vault_granted(ctx->vault, st->id, &all, &n, NULL) != ERR_OK) {
        return; /* the line stays empty; opening it says why */
    }
    for (size_t i = 0; i < n; i++) {
        str_puts(&st->granted, i > 0 ? ", " : "");
        str_puts(&st->granted, all[i].name);
    }
    free(all);
}

static void load_responsible(struct case_state *st, const struct ui_ctx *ctx)
{
    struct vault_member *all = NULL;
    size_t n = 0;
    unsigned char id[ID_LEN];
    st->responsible[0] = '\0';
    if (record_responsible(ctx->record, st->id, id, NULL) != ERR_OK ||
        vault_members(ctx->vault, &all, &n, NULL) != ERR_OK) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (memcmp(all[i].id, id, ID_LEN) == 0) {
            memcpy(st->responsible, all[i].name, sizeof st->responsible);
        }
    }
    free(all);
}

/* Two may have opened a case for the same person. */
static void load_alike(struct case_state *st, const struct ui_ctx *ctx)
{
    struct record_alike *all = NULL;
    size_t n = 0;
    str_clear(&st->alike);
    if (record_case_alike(ctx->record, st->id, &all, &n, NULL) != ERR_OK) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (!all[i].is_linked) {
            str_printf(&st->alike, "%s%s", st->alike.len > 0 ? ", " : "", all[i].code);
        }
    }
    free(all);
}

static void drop_forms(struct case_state *st)
{
    for (size_t i = 0; i < st->form_count; i++) {
        free(st->forms[i]);
    }
    free(st->forms);
    st->forms = NULL;
    st->form_count = 0;
}

/* Data files beside the forms end alike; only what loads as a form is one. */
static void load_forms(struct case_state *st, const struct ui_ctx *ctx)
{
    static const char SUFFIX[] = ".yaml";
    struct str names = STR_INIT;
    drop_forms(st);
    if (file_list(ctx->forms_dir, SUFFIX, &names, NULL) != ERR_OK) {
        str_clear(&names);
    }
    for (const char *at = str_cstr(&names); *at != '\0';) {
        const size_t n = strcspn(at, "\n");
        char *const id = mem_strdup(at);
        const struct form_def *def = NULL;
        id[n > strlen(SUFFIX) ? n - strlen(SUFFIX) : 0] = '\0';
        if (record_form(ctx->record, id, &def, NULL) == ERR_OK) {
            st->forms = mem_realloc(st->forms, (st->form_count + 1) * sizeof *st->forms);
            st->forms[st->form_count++] = id;
        } else {
            free(id);
        }
        at += n + (at[n] == '\n');
    }
    str_done(&names);
}

const struct record_stage *case_stage(const struct case_state *st, size_t part)
{
    return part < st->left.count && st->parts[part].kind == PART_STAGE
               ? &st->course.stages[st->parts[part].stage]
               : NULL;
}

static bool stage_has_form(const struct pathway_stage *stage, const char *form)
{
    for (size_t i = 0; i < stage->form_count; i++) {
        if (str_eq(stage->forms[i], form)) {
            return true;
        }
    }
    return false;
}

/* Stages that are not of this case have no part, and their forms stand among the others. */
static bool is_in_a_stage(const struct case_state *st, const char *form)
{
    for (size_t i = 0; i < st->left.count; i++) {
        const struct record_stage *const stage = case_stage(st, i);
        if (stage != NULL && stage_has_form(stage->stage, form)) {
            return true;
        }
    }
    return false;
}

static void add_part(struct case_state *st, enum case_part_kind kind, size_t stage)
{
    ASSERT(st->left.count < CASE_PARTS_MAX);
    st->parts[st->left.count++] = (struct case_part){.kind = kind, .stage = stage};
}

static void make_parts(struct case_state *st)
{
    st->left.count = 0;
    for (size_t i = 0; st->has_course && i < st->course.stage_count; i++) {
        if (st->course.stages[i].state != RECORD_STAGE_NOT_HERE) {
            add_part(st, PART_STAGE, i);
        }
    }
    if (st->has_course) {
        add_part(st, PART_TASKS, 0);
    }
    add_part(st, PART_FORMS, 0);
    if (st->has_course) {
        add_part(st, PART_ACCESS, 0);
    }
}

static struct case_row *add_row(struct case_state *st, enum case_row_kind kind)
{
    st->rows = mem_realloc(st->rows, (st->right.count + 1) * sizeof *st->rows);
    struct case_row *const row = &st->rows[st->right.count++];
    memset(row, 0, sizeof *row);
    row->kind = kind;
    return row;
}

/* The form, and each of its records where there are or may be several, newest first. */
static void add_form(struct case_state *st, const struct ui_ctx *ctx, const char *form)
{
    const struct form_def *def = NULL;
    const struct record_doc_info *newest = NULL;
    size_t records = 0;
    if (record_form(ctx->record, form, &def, NULL) != ERR_OK) {
        def = NULL;
    }
    for (size_t i = 0; i < st->doc_count; i++) {
        if (str_eq(st->docs[i].form, form)) {
            newest = &st->docs[i];
            records++;
        }
    }
    struct case_row *row = add_row(st, ROW_FORM);
    row->form = form;
    row->def = def;
    row->doc = newest;
    row->records = records;
    for (size_t i = st->doc_count; i-- > 0 && (records > 1 || (def != NULL && def->is_many));) {
        if (str_eq(st->docs[i].form, form)) {
            row = add_row(st, ROW_RECORD);
            row->form = form;
            row->def = def;
            row->doc = &st->docs[i];
            row->records = records;
        }
    }
}

/* stage -1: the open ones of all. */
static void add_tasks(struct case_state *st, int stage)
{
    const struct record_course *const c = &st->course;
    for (size_t i = 0; st->has_course && i < c->task_count; i++) {
        const bool is_done = c->tasks[i].state == RECORD_TASK_DONE;
        if (stage >= 0 ? c->tasks[i].task->stage == stage : !is_done) {
            add_row(st, ROW_TASK)->task = &c->tasks[i];
        }
    }
}

void case_rows(struct case_state *st, struct ui_ctx *ctx)
{
    const struct case_part *const part = &st->parts[st->left.at];
    st->right.count = 0;
    switch (part->kind) {
    case PART_STAGE: {
        const struct pathway_stage *const stage = st->course.stages[part->stage].stage;
        for (size_t i = 0; i < stage->form_count; i++) {
            add_form(st, ctx, stage->forms[i]);
        }
        add_tasks(st, (int)part->stage);
        break;
    }
    case PART_TASKS: add_tasks(st, -1); break;
    case PART_FORMS:
        for (size_t i = 0; i < st->form_count; i++) {
            if (!is_in_a_stage(st, st->forms[i])) {
                add_form(st, ctx, st->forms[i]);
            }
        }
        if (!st->has_course) {
            (void)add_row(st, ROW_ACCESS);
            (void)add_row(st, ROW_HANDOVER);
        }
        break;
    case PART_ACCESS:
        (void)add_row(st, ROW_ACCESS);
        (void)add_row(st, ROW_HANDOVER);
        break;
    }
    if (st->right.at >= st->right.count) {
        st->right.at = st->right.count > 0 ? st->right.count - 1 : 0;
    }
    st->is_right = st->is_right && st->right.count > 0;
}

static void drop_read(struct case_state *st)
{
    record_docs_done(st->docs, st->doc_count);
    st->docs = NULL;
    st->doc_count = 0;
    if (st->has_course) {
        record_course_done(&st->course);
    }
    st->has_course = false;
    st->right.count = 0;
}

/* The first time it goes into the audit that somebody looks at the case. */
static enum err read_case(struct case_state *st, struct ui_ctx *ctx, struct err_info *info)
{
    enum err e = st->is_shown ? record_case_get(ctx->record, st->id, &st->info, info)
                              : record_case_open(ctx->record, st->id, &st->info, info);
    if (e == ERR_OK && st->info.is_locked) { /* the day that the reason was good for is over */
        e = ERR_SET(info, ERR_RIGHTS, "case");
    }
    if (e == ERR_OK) {
        e = record_docs(ctx->record, st->id, NULL, &st->docs, &st->doc_count, info);
    }
    if (e == ERR_OK && record_pathway(ctx->record) != NULL) {
        e = record_course_get(ctx->record, st->id, 0, &st->course, info);
        st->has_course = e == ERR_OK;
    }
    return e;
}

void case_load(struct case_state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    const bool is_first = st->left.count == 0;
    const struct case_part was = st->parts[st->left.at];
    drop_read(st);
    const enum err e = read_case(st, ctx, &info);
    st->is_found = e == ERR_OK;
    st->is_shown = st->is_shown || st->is_found;
    if (!st->is_found) {
        ui_say_error(ctx, e, &info);
        return;
    }
    load_granted(st, ctx);
    load_responsible(st, ctx);
    load_alike(st, ctx);
    load_forms(st, ctx);
    make_parts(st);
    st->left.at = 0;
    for (size_t i = 0; i < st->left.count; i++) {
        const struct case_part *const p = &st->parts[i];
        if (is_first
                ? st->has_course && p->kind == PART_STAGE && (int)p->stage == st->course.current
                : p->kind == was.kind && p->stage == was.stage) {
            st->left.at = i;
        }
    }
    st->is_right = is_first ? !st->has_course : st->is_right;
    case_rows(st, ctx);
}

static bool is_row(const struct case_row *row, enum ui_open how, const char *name)
{
    return how == UI_OPEN_TASK ? row->kind == ROW_TASK && str_eq(row->task->task->name, name)
                               : row->kind == ROW_FORM && str_eq(row->form, name);
}

void case_focus(struct case_state *st, struct ui_ctx *ctx, enum ui_open how, const char *name)
{
    const struct ui_list left = st->left, right = st->right;
    for (size_t p = 0; p < left.count; p++) {
        st->left.at = p;
        case_rows(st, ctx);
        for (size_t i = 0; i < st->right.count; i++) {
            if (is_row(&st->rows[i], how, name)) {
                st->right.at = i;
                st->is_right = true;
                return;
            }
        }
    }
    st->left = left;
    st->right = right;
    case_rows(st, ctx);
}

const struct case_row *case_row(const struct case_state *st)
{
    return st->right.count > 0 ? &st->rows[st->right.at] : NULL;
}

bool case_may_begin(const struct case_row *row)
{
    return row != NULL && row->def != NULL && (row->records == 0 || row->def->is_many);
}

bool case_may_do(const struct case_row *row)
{
    return row != NULL && row->kind == ROW_TASK && row->task->state != RECORD_TASK_DONE &&
           row->task->may_do && (row->task->task->form == NULL || row->task->task->is_sticky);
}

void case_drop(struct case_state *st)
{
    drop_read(st);
    drop_forms(st);
    free(st->rows);
    st->rows = NULL;
    mem_wipe(&st->info, sizeof st->info);
    str_done(&st->granted);
    str_done(&st->alike);
}
