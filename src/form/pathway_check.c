/* The procedure against the forms it speaks of: forms, questions and facts exist, and nothing reads
 * what must never open or shut a door. */
#include <string.h>

#include "form/pathway_int.h"

struct checking {
    const struct form_pathway *p;
    pathway_form_find *find;
    void *payload;
    const struct form_facts *facts;
    struct form_findings *f;
};

static bool never_gates(const struct checking *c, const char *fact)
{
    const struct form_fact *x = fact != NULL && c->facts != NULL ? form_fact_find(c->facts, fact)
                                                                 : NULL;
    return x != NULL && x->never_gates;
}

/* A form and a question of it, "" = the form alone. */
static const struct form_item *need_question(const struct checking *c, const char *form,
                                             const char *question, const char *text, size_t line,
                                             size_t column)
{
    const struct form_def *def = c->find(c->payload, form);
    if (def == NULL) {
        form_finding_add(c->f, FORM_F_NO_FORM, line, column, form, NULL);
        return NULL;
    }
    if (question[0] == '\0') {
        return NULL;
    }
    const int i = form_def_find(def, question);
    if (i < 0 || def->items[i].repeat >= 0 ||
        !(form_type_takes_answer(def->items[i].type) || def->items[i].type == FORM_T_CALCULATE)) {
        form_finding_add(c->f, FORM_F_EXPR_NAME, line, column, text, NULL);
        return NULL;
    }
    return &def->items[i];
}

static void check_name(const struct checking *c, const struct pathway_name *x)
{
    if (x->kind == PATHWAY_FACT) {
        if (c->facts != NULL && form_fact_find(c->facts, x->question) == NULL) {
            form_finding_add(c->f, FORM_F_UNKNOWN_FACT, x->line, x->column, x->question, NULL);
        } else if (never_gates(c, x->question)) {
            form_finding_add(c->f, FORM_F_GATES, x->line, x->column, x->question, x->text);
        }
        return;
    }
    if (x->kind == PATHWAY_LEVEL || x->kind == PATHWAY_STATUS) {
        return;
    }
    const struct form_item *item = need_question(
        c, x->form, x->kind == PATHWAY_ANSWER ? x->question : "", x->text, x->line, x->column);
    if (item != NULL && never_gates(c, item->fact)) {
        form_finding_add(c->f, FORM_F_GATES, x->line, x->column, item->fact, x->text);
    }
}

static void check_event(const struct checking *c, const struct pathway_event *e)
{
    if (e->text == NULL || e->kind == PATHWAY_E_CASE_OPENED || e->kind == PATHWAY_E_TASK_DONE) {
        return;
    }
    const struct form_item *item = need_question(
        c, e->form, e->kind == PATHWAY_E_ANSWER ? e->question : "", e->text, e->line, e->column);
    if (item == NULL) {
        return;
    }
    if (item->type != FORM_T_DATE && item->type != FORM_T_DATETIME) {
        form_finding_add(c->f, FORM_F_BAD_VALUE, e->line, e->column, "from", e->text);
    }
    if (never_gates(c, item->fact)) {
        form_finding_add(c->f, FORM_F_GATES, e->line, e->column, item->fact, e->text);
    }
}

static void check_levels(const struct checking *c)
{
    const struct form_pathway *p = c->p;
    if (p->level_form == NULL) {
        return;
    }
    const struct form_def *def = c->find(c->payload, p->level_form);
    if (def == NULL || form_def_find(def, p->level_question) < 0) {
        form_finding_add(c->f, FORM_F_EXPR_NAME, 1, 1, p->level_question, NULL);
    } else if (p->lower_question != NULL && form_def_find(def, p->lower_question) < 0) {
        form_finding_add(c->f, FORM_F_EXPR_NAME, 1, 1, p->lower_question, NULL);
    }
}

void form_pathway_check(const struct form_pathway *p, pathway_form_find *find, void *payload,
                        const struct form_facts *facts, struct form_findings *findings)
{
    const struct checking c = {p, find, payload, facts, findings};
    for (size_t i = 0; i < p->name_count; i++) {
        check_name(&c, &p->names[i]);
    }
    for (size_t i = 0; i < p->stage_count; i++) {
        const struct pathway_stage *s = &p->stages[i];
        for (size_t k = 0; k < s->form_count; k++) {
            need_question(&c, s->forms[k], "", s->forms[k], s->line, s->column);
        }
    }
    for (size_t i = 0; i < p->task_count; i++) {
        const struct pathway_task *t = &p->tasks[i];
        if (t->form != NULL) {
            need_question(&c, t->form, "", t->form, t->line, t->column);
        }
        for (size_t k = 0; k < t->from_count; k++) {
            check_event(&c, &t->from[k]);
        }
        check_event(&c, &t->closes_by);
    }
    check_levels(&c);
    form_findings_sort(findings);
}
