/* pathway.yaml to a struct: stages, tasks, levels, and the expressions with the names they read.
 * Invariant: what comes out refers to stages and tasks that exist; whether forms and questions do,
 * form_pathway_check says, which has the forms. */
#include "form/pathway_int.h"

#include <stdlib.h>
#include <string.h>

struct node *pathway_get(const struct node *map, const char *key)
{
    return map != NULL && map->kind == NODE_MAP ? form_node_get(map, key) : NULL;
}

const char *pathway_text(struct pathway_build *b, const struct node *map, const char *key)
{
    const struct node *n = pathway_get(map, key);
    return n != NULL ? form_node_text(b->f, n, key) : NULL;
}

void pathway_bad(struct pathway_build *b, const struct node *n)
{
    form_finding_add(b->f, FORM_F_BAD_VALUE, n->line, n->column, n->key != NULL ? n->key : "",
                     n->text);
}

static void need(struct pathway_build *b, const struct node *map, const char *key)
{
    if (pathway_get(map, key) == NULL) {
        form_finding_add(b->f, FORM_F_MISSING_KEY, map->line, map->column, key, NULL);
    }
}

void pathway_keys(struct pathway_build *b, const struct node *map, const char *const *keys,
                  size_t count)
{
    for (const struct node *c = map->first; map->kind == NODE_MAP && c != NULL; c = c->next) {
        bool is_known = false;
        for (size_t i = 0; i < count; i++) {
            is_known = is_known || strcmp(keys[i], c->key) == 0;
        }
        if (!is_known) {
            form_finding_add(b->f, FORM_F_UNKNOWN_KEY, c->key_line, c->key_column, c->key,
                             form_nearest(c->key, keys, count));
        }
    }
}

/* ---- small values */

static bool yes(struct pathway_build *b, const struct node *map, const char *key)
{
    const struct node *n = pathway_get(map, key);
    const int word = n != NULL ? form_yes_no(n->text) : 0;
    if (word < 0) {
        pathway_bad(b, n);
    }
    return word == 1;
}

static enum pathway_source source_of(struct pathway_build *b, const struct node *map)
{
    static const char *const WORDS[] = {"found", "remembered", "design"};
    const struct node *n = pathway_get(map, "source");
    for (size_t i = 0; n != NULL && i < 3; i++) {
        if (strcmp(n->text, WORDS[i]) == 0) {
            return (enum pathway_source)i;
        }
    }
    if (n != NULL) {
        pathway_bad(b, n);
    }
    return PATHWAY_DESIGN;
}

const char *form_pathway_source_word(enum pathway_source s)
{
    static const char *const WORDS[] = {"found", "remembered", "design"};
    return WORDS[s];
}

static struct pathway_span span_of(struct pathway_build *b, const struct node *n)
{
    static const char *const WORDS[] = {"hours", "days", "workdays", "months"};
    struct pathway_span s = {.unit = PATHWAY_DAYS};
    if (n == NULL) {
        return s;
    }
    for (size_t i = 0; n->kind == NODE_MAP && n->first != NULL && i < 4; i++) {
        const struct node *c = n->first;
        char *end = NULL;
        if (c->next == NULL && strcmp(c->key, WORDS[i]) == 0) {
            const unsigned long count = strtoul(c->text, &end, 10);
            s = (struct pathway_span){(enum pathway_unit)i, (unsigned)count,
                                      end != c->text && *end == '\0' && count <= 10000};
        }
    }
    if (!s.is_set) {
        pathway_bad(b, n);
    }
    return s;
}

static unsigned roles_of(struct pathway_build *b, const struct node *n)
{
    unsigned roles = 0;
    const struct node one = {.kind = NODE_TEXT, .text = n != NULL ? n->text : ""};
    const struct node *c = n == NULL ? NULL : n->kind == NODE_LIST ? n->first : &one;
    for (; c != NULL; c = c->next) {
        const int role = b->role_of(c->text);
        if (role < 0) {
            pathway_bad(b, c == &one ? n : c);
        } else {
            roles |= 1u << role;
        }
    }
    return roles;
}

/* ---- stages */

static const char *name_of(struct pathway_build *b, const struct node *n)
{
    need(b, n, "name");
    need(b, n, "label");
    const char *name = pathway_text(b, n, "name");
    if (name != NULL && !form_name_valid(name)) {
        pathway_bad(b, form_node_get(n, "name"));
    }
    return name != NULL ? name : "";
}

static void read_stage(struct pathway_build *b, const struct node *n)
{
    static const char *const KEYS[] = {"name", "label",    "note",   "forms",
                                       "done", "optional", "source", "when"};
    struct pathway_stage *s = &b->stages[b->p->stage_count];
    pathway_keys(b, n, KEYS, sizeof KEYS / sizeof *KEYS);
    *s = (struct pathway_stage){.name = name_of(b, n), .line = n->line, .column = n->column};
    s->label = form_text_read(pathway_get(n, "label"), LANG_RO, b->f);
    s->note = form_text_read(pathway_get(n, "note"), LANG_RO, b->f);
    const struct node *forms = pathway_get(n, "forms");
    for (const struct node *c = forms == NULL ? NULL : forms->first; c != NULL; c = c->next) {
        if (s->form_count < PATHWAY_FORMS_MAX) {
            s->forms[s->form_count++] = c->text;
        } else {
            pathway_bad(b, c);
        }
    }
    s->done = pathway_expr(b, pathway_get(n, "done"));
    s->when = pathway_expr(b, pathway_get(n, "when"));
    s->is_optional = yes(b, n, "optional");
    s->source = source_of(b, n);
    b->p->stage_count++;
}

/* ---- tasks */

static void read_due(struct pathway_build *b, const struct node *n, struct pathway_due *due)
{
    const struct node *by = pathway_get(n, "by");
    if (by == NULL) {
        due->spans[0] = span_of(b, n);
        due->count = due->spans[0].is_set ? 1 : 0;
        return;
    }
    due->by = pathway_expr(b, by);
    for (const struct node *c = n->first; c != NULL; c = c->next) {
        if (c == by) {
            continue;
        }
        if (due->count == PATHWAY_LEVELS_MAX) {
            pathway_bad(b, c);
            return;
        }
        due->values[due->count] = c->key;
        due->spans[due->count++] = span_of(b, c);
    }
}

static void read_from(struct pathway_build *b, const struct node *n, struct pathway_task *t)
{
    const struct node *c = n == NULL ? NULL : n->kind == NODE_LIST ? n->first : n;
    for (; c != NULL; c = n->kind == NODE_LIST ? c->next : NULL) {
        if (t->from_count == PATHWAY_FROM_MAX ||
            !pathway_event(b, c, c->text, &t->from[t->from_count])) {
            pathway_bad(b, c);
            return;
        }
        t->from_count++;
    }
}

/* "FORM.finished after from" is an event, everything else a condition. */
static void read_closes(struct pathway_build *b, const struct node *n, struct pathway_task *t)
{
    static const char AFTER[] = " after from";
    if (n == NULL) {
        return;
    }
    const size_t len = strlen(n->text), tail = sizeof AFTER - 1;
    t->closes_after = len > tail && strcmp(n->text + len - tail, AFTER) == 0;
    const char *text = arena_strndup(b->a, n->text, t->closes_after ? len - tail : len);
    if (strpbrk(text, "$(='") != NULL) {
        t->closes = pathway_expr(b, n);
    } else if (!pathway_event(b, n, text, &t->closes_by)) {
        pathway_bad(b, n);
    }
}

static int stage_named(struct pathway_build *b, const struct node *n)
{
    for (size_t i = 0; n != NULL && i < b->p->stage_count; i++) {
        if (strcmp(b->stages[i].name, n->text) == 0) {
            return (int)i;
        }
    }
    if (n != NULL) {
        pathway_bad(b, n);
    }
    return -1;
}

static void read_task(struct pathway_build *b, const struct node *n)
{
    static const char *const KEYS[] = {"name",    "label", "note", "form",   "stage",
                                       "when",    "from",  "due",  "warn",   "closes",
                                       "repeats", "sign",  "who",  "sticky", "source"};
    struct pathway_task *t = &b->tasks[b->p->task_count];
    pathway_keys(b, n, KEYS, sizeof KEYS / sizeof *KEYS);
    need(b, n, "from");
    *t = (struct pathway_task){.name = name_of(b, n), .line = n->line, .column = n->column};
    t->label = form_text_read(pathway_get(n, "label"), LANG_RO, b->f);
    t->note = form_text_read(pathway_get(n, "note"), LANG_RO, b->f);
    t->form = pathway_text(b, n, "form");
    t->stage = stage_named(b, pathway_get(n, "stage"));
    t->when = pathway_expr(b, pathway_get(n, "when"));
    read_from(b, pathway_get(n, "from"), t);
    if (pathway_get(n, "due") != NULL) {
        read_due(b, pathway_get(n, "due"), &t->due);
    }
    t->warn = span_of(b, pathway_get(n, "warn"));
    read_closes(b, pathway_get(n, "closes"), t);
    t->repeats = yes(b, n, "repeats");
    t->is_sticky = yes(b, n, "sticky");
    t->roles_who = roles_of(b, pathway_get(n, "who"));
    t->roles_sign = roles_of(b, pathway_get(n, "sign"));
    t->source = source_of(b, n);
    b->p->task_count++;
}

/* ---- levels */

static void read_level(struct pathway_build *b, const struct node *n)
{
    static const char *const KEYS[] = {"name", "label", "review", "actions"};
    struct pathway_level *l = &b->levels[b->p->level_count];
    pathway_keys(b, n, KEYS, sizeof KEYS / sizeof *KEYS);
    *l = (struct pathway_level){.name = name_of(b, n)};
    l->label = form_text_read(pathway_get(n, "label"), LANG_RO, b->f);
    l->review = span_of(b, pathway_get(n, "review"));
    const struct node *list = pathway_get(n, "actions");
    for (const struct node *c = list == NULL ? NULL : list->first; c != NULL; c = c->next) {
        const int task = form_pathway_task(b->p, c->text);
        if (task < 0 || l->action_count == PATHWAY_LEVELS_MAX) {
            pathway_bad(b, c);
        } else {
            l->actions[l->action_count++] = task;
        }
    }
    b->p->level_count++;
}

/* level: {question: risk.level, lower: {question: confirm, value: lower, sign: [coordinator]}} */
static void read_rule(struct pathway_build *b, const struct node *root)
{
    const struct node *n = pathway_get(root, "level");
    const struct node *question = pathway_get(n, "question"), *lower = pathway_get(n, "lower");
    struct pathway_event e = {.kind = PATHWAY_E_CASE_OPENED};
    if (n == NULL) {
        return;
    }
    if (question == NULL || !pathway_event(b, question, question->text, &e) ||
        e.kind != PATHWAY_E_ANSWER) {
        pathway_bad(b, question != NULL ? question : n);
        return;
    }
    b->p->level_form = e.form;
    b->p->level_question = e.question;
    b->p->lower_question = pathway_text(b, lower, "question");
    b->p->lower_value = pathway_text(b, lower, "value");
    b->p->lower_roles = roles_of(b, pathway_get(lower, "sign"));
}

/* ---- the file */

static void each(struct pathway_build *b, const struct node *root, const char *key, size_t max,
                 void (*read)(struct pathway_build *b, const struct node *n))
{
    const struct node *list = pathway_get(root, key);
    size_t count = 0;
    if (list != NULL && list->kind != NODE_LIST) {
        form_finding_add(b->f, FORM_F_NOT_A_LIST, list->line, list->column, key, NULL);
        return;
    }
    for (const struct node *c = list == NULL ? NULL : list->first; c != NULL; c = c->next) {
        if (c->kind != NODE_MAP) {
            form_finding_add(b->f, FORM_F_NOT_A_MAP, c->line, c->column, key, NULL);
        } else if (count++ < max) {
            read(b, c);
        } else {
            pathway_bad(b, c);
        }
    }
}

static void twice(struct pathway_build *b, const char *const *names, const size_t *lines, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++) {
            if (strcmp(names[i], names[k]) == 0) {
                form_finding_add(b->f, FORM_F_DUPLICATE_NAME, lines[i], 1, names[i], NULL)->line2 =
                    lines[k];
            }
        }
    }
}

static void check_twice(struct pathway_build *b)
{
    const char *names[PATHWAY_TASKS_MAX];
    size_t lines[PATHWAY_TASKS_MAX];
    for (size_t i = 0; i < b->p->task_count; i++) {
        names[i] = b->tasks[i].name;
        lines[i] = b->tasks[i].line;
    }
    twice(b, names, lines, b->p->task_count);
    for (size_t i = 0; i < b->p->stage_count; i++) {
        names[i] = b->stages[i].name;
        lines[i] = b->stages[i].line;
    }
    twice(b, names, lines, b->p->stage_count);
}

/* Tasks are named before they are read: closes may speak of a later one. */
static void check_tasks(struct pathway_build *b)
{
    for (size_t i = 0; b->names != NULL && i < b->p->name_count; i++) {
        const struct pathway_name *x = &b->names[i];
        if (x->kind == PATHWAY_STATUS && form_pathway_task(b->p, x->question) < 0) {
            form_finding_add(b->f, FORM_F_EXPR_NAME, x->line, x->column, x->text, NULL);
        }
    }
    for (size_t i = 0; i < b->p->task_count; i++) {
        const struct pathway_task *t = &b->tasks[i];
        for (size_t k = 0; k < t->from_count; k++) {
            if (t->from[k].kind == PATHWAY_E_TASK_DONE &&
                form_pathway_task(b->p, t->from[k].question) < 0) {
                form_finding_add(b->f, FORM_F_EXPR_NAME, t->from[k].line, t->from[k].column,
                                 t->from[k].text, NULL);
            }
        }
    }
}

static void build(struct pathway_build *b, const struct node *root)
{
    static const char *const KEYS[] = {"pathway", "version", "stages", "tasks", "levels", "level"};
    if (root->kind != NODE_MAP) {
        form_finding_add(b->f, FORM_F_NOT_A_MAP, root->line, root->column, "pathway", NULL);
        return;
    }
    pathway_keys(b, root, KEYS, sizeof KEYS / sizeof *KEYS);
    need(b, root, "stages");
    need(b, root, "tasks");
    read_rule(b, root);
    each(b, root, "stages", PATHWAY_STAGES_MAX, read_stage);
    each(b, root, "tasks", PATHWAY_TASKS_MAX, read_task);
    each(b, root, "levels", PATHWAY_LEVELS_MAX, read_level);
    check_twice(b);
    check_tasks(b);
}

enum err form_pathway_load(const char *yaml, size_t n, pathway_role_of *role_of,
                           struct form_pathway **out, struct form_findings *findings,
                           struct err_info *err)
{
    const size_t errors = findings->errors;
    arena *a = arena_new();
    struct form_pathway *p = arena_alloc(a, sizeof *p);
    struct pathway_build b = {.a = a, .p = p, .f = findings, .role_of = role_of};
    *out = NULL;
    p->arena = a;
    b.stages = arena_array(a, PATHWAY_STAGES_MAX, sizeof *b.stages);
    b.tasks = arena_array(a, PATHWAY_TASKS_MAX, sizeof *b.tasks);
    b.levels = arena_array(a, PATHWAY_LEVELS_MAX, sizeof *b.levels);
    p->stages = b.stages;
    p->tasks = b.tasks;
    p->levels = b.levels;
    const struct node *root = form_yaml_load(a, yaml, n, findings);
    if (root != NULL) {
        build(&b, root);
    }
    p->names = b.names;
    form_findings_sort(findings);
    if (findings->errors > errors || root == NULL) {
        arena_free(a);
        return ERR_SET(err, ERR_SYNTAX, "pathway");
    }
    *out = p;
    return ERR_OK;
}

void form_pathway_free(struct form_pathway *p)
{
    if (p != NULL) {
        arena_free(p->arena);
    }
}

int form_pathway_task(const struct form_pathway *p, const char *name)
{
    for (size_t i = 0; i < p->task_count; i++) {
        if (strcmp(p->tasks[i].name, name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

int form_pathway_level(const struct form_pathway *p, const char *name)
{
    for (size_t i = 0; i < p->level_count; i++) {
        if (strcmp(p->levels[i].name, name) == 0) {
            return (int)i;
        }
    }
    return -1;
}
