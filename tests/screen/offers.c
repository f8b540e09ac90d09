/* Stages with a second member and what passes between two: what the one told of her cases, and a
 * case that she offers. All people are invented. */
#include <stdio.h>
#include <string.h>

#include "driver.h"
#include "record/handover.h"

static bool failed(const char *what, enum err e)
{
    if (e != ERR_OK) {
        fprintf(stderr, "offers: %s: %s\n", what, err_name(e));
    }
    return e != ERR_OK;
}

static enum err fill(record *r, const unsigned char *id, const char *const answers[3])
{
    static const char *const KEYS[] = {"level", "review", "alone"};
    record_doc *doc = NULL;
    enum err e = record_doc_open(r, id, "identification", &doc, NULL);
    for (size_t i = 0; e == ERR_OK && i < 3; i++) {
        enum form_problem problem = FORM_P_OK;
        const struct form_answer a = {FORM_A_VALUE, answers[i]};
        if (answers[i] != NULL) {
            e = record_doc_set(doc, form_def_find(record_doc_def(doc), KEYS[i]), a, &problem, NULL);
        }
    }
    record_doc_close(doc);
    return e;
}

bool stage_told(struct stage *s)
{
    static const char *const ANSWERS[][3] = {
        {"high", "2026-11-20", "yes"}, {"low", "2026-11-30", NULL}, {NULL, NULL, NULL}};
    const struct record_new_case how = {.surname = "Șevciuc", .given = "Daria", .alias = ""};
    struct record_case made;
    vault *v = NULL;
    record *r = NULL;
    bool is_good = stage_join(s, "B. D.", VAULT_ROLE_CASEWORKER, &v) &&
                   !failed("record", record_open(v, s->ctx.forms_dir, &r, NULL));
    for (size_t i = 0; is_good && i < 3; i++) {
        is_good = !failed("case", record_case_new(r, &how, &made, NULL)) &&
                  (i == 2 || !failed("answers", fill(r, made.id, ANSWERS[i])));
        stage_clock_add(60000);
    }
    is_good = is_good && stage_carry(v, s->ctx.vault) &&
              !failed("refresh", record_refresh(s->ctx.record, NULL, NULL));
    record_close(r);
    vault_close(v);
    return is_good;
}

bool stage_offered(struct stage *s)
{
    const struct record_new_case how = {.surname = "Șevciuc", .given = "Daria", .alias = ""};
    struct record_handover_ask a = {.reason = "Se mută la Bălți.", .ends = true};
    struct record_case made;
    vault *v = NULL;
    record *r = NULL;
    bool is_good = stage_join(s, "B. D.", VAULT_ROLE_CASEWORKER, &v) &&
                   !failed("record", record_open(v, s->ctx.forms_dir, &r, NULL)) &&
                   !failed("case", record_case_new(r, &how, &made, NULL));
    if (is_good) {
        memcpy(a.case_id, made.id, ID_LEN);
        memcpy(a.to, vault_member_id(s->ctx.vault), ID_LEN);
        stage_clock_add(60000);
        is_good = !failed("ask", record_handover_ask(r, &a, NULL)) &&
                  stage_carry(v, s->ctx.vault) &&
                  !failed("refresh", record_refresh(s->ctx.record, NULL, NULL));
    }
    record_close(r);
    vault_close(v);
    return is_good;
}

bool stage_colleague(struct stage *s)
{
    vault *v = NULL;
    const bool is_good = stage_join(s, "B. D.", VAULT_ROLE_CASEWORKER, &v);
    vault_close(v);
    return is_good;
}
