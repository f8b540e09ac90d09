/* Answers from JSON into an interview, in the form's order; a repeat's key holds a list of
 * objects, one for each row. The same for an interview alone and for a record. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

const form_interview *cli_target_interview(const struct cli_target *t)
{
    return t->doc != NULL ? record_doc_interview(t->doc) : t->iv;
}

enum form_problem cli_target_set(const struct cli_target *t, int node, struct form_answer answer)
{
    enum form_problem problem = FORM_P_OK;
    if (t->doc == NULL) {
        return form_interview_set(t->iv, node, answer);
    }
    record_doc_set(t->doc, node, answer, &problem, NULL);
    return problem;
}

int cli_target_add(const struct cli_target *t, int container)
{
    int node = -1;
    if (t->doc == NULL) {
        return form_interview_instance_add(t->iv, container, NULL, -1);
    }
    record_doc_instance_add(t->doc, container, &node, NULL);
    return node;
}

void cli_target_delete(const struct cli_target *t, int instance)
{
    if (t->doc == NULL) {
        form_interview_instance_delete(t->iv, instance);
    } else {
        record_doc_instance_delete(t->doc, instance, NULL);
    }
}

void cli_target_move(const struct cli_target *t, int instance, int before)
{
    if (t->doc == NULL) {
        form_interview_instance_move(t->iv, instance, before);
    } else {
        record_doc_instance_move(t->doc, instance, before, NULL);
    }
}

/* One JSON value as a person would type it: text, number, list of choices. */
static void typed_text(const jv *value, struct str *out)
{
    switch (jv_kind(value)) {
    case JV_STRING: str_puts(out, jv_string(value)); break;
    case JV_INT: str_printf(out, "%lld", (long long)jv_int(value, 0)); break;
    case JV_REAL: str_printf(out, "%.15g", jv_real(value, 0)); break;
    case JV_ARRAY:
        for (size_t i = 0; i < jv_count(value); i++) {
            const char *name = jv_string(jv_item(value, i));
            str_puts(out, i > 0 ? " " : "");
            str_puts(out, name != NULL ? name : "");
        }
        break;
    default: break;
    }
}

static bool state_of(const jv *value, enum form_answer_state *state)
{
    const char *name = jv_kind(value) == JV_OBJECT ? jv_str_at(value, "state") : NULL;
    const char *text = jv_string(value);
    if (name == NULL && text != NULL && text[0] == '@') {
        name = text + 1;
    }
    return name != NULL && form_state_parse(name, state);
}

enum form_problem cli_answer(const struct cli_target *t, int node, const jv *value)
{
    struct form_answer answer = {.state = FORM_A_VALUE, .text = ""};
    if (state_of(value, &answer.state)) {
        return cli_target_set(t, node, answer);
    }
    struct str typed = STR_INIT, canonical = STR_INIT;
    typed_text(value, &typed);
    enum form_problem p = form_interview_canonical(cli_target_interview(t), node, str_cstr(&typed),
                                                   &canonical);
    if (p == FORM_P_OK) {
        answer.text = str_cstr(&canonical);
        answer.state = canonical.len > 0 ? FORM_A_VALUE : FORM_A_NONE;
        p = cli_target_set(t, node, answer);
    }
    str_done(&typed);
    str_done(&canonical);
    return p;
}

/* ---- names first: nothing is answered if one is unknown */

struct unknown {
    const struct form_def *def;
    int repeat; /* the level that is looked at, -1 at the top */
    char name[64];
};

static bool note_unknown(void *payload, const char *key, jv *value)
{
    struct unknown *u = payload;
    const int item = form_def_find(u->def, key);
    const bool is_here = item >= 0 && u->def->items[item].repeat == u->repeat;
    if (is_here && form_type_takes_answer(u->def->items[item].type)) {
        return true;
    }
    if (!is_here || u->def->items[item].type != FORM_T_REPEAT || jv_kind(value) != JV_ARRAY) {
        snprintf(u->name, sizeof u->name, "%s", key);
        return false;
    }
    struct unknown inner = {.def = u->def, .repeat = item};
    for (size_t i = 0; i < jv_count(value) && inner.name[0] == '\0'; i++) {
        jv_each(jv_item(value, i), note_unknown, &inner);
    }
    memcpy(u->name, inner.name, sizeof u->name);
    return u->name[0] == '\0';
}

/* ---- answers */

static enum err put_range(const struct cli_target *t, const jv *answers, int from, int end,
                          int instance, struct err_info *err);

static int nth_row(const struct cli_target *t, int container, size_t i)
{
    size_t n = 0;
    const int *rows = form_interview_instances(cli_target_interview(t), container, &n);
    return i < n ? rows[i] : -1;
}

/* As many rows as the list has; the form's count cannot be changed by it. */
static enum err put_rows(const struct cli_target *t, const jv *list, int container,
                         struct err_info *err)
{
    const form_interview *iv = cli_target_interview(t);
    const int repeat = form_interview_item(iv, container);
    const struct form_item *item = &form_interview_def(iv)->items[repeat];
    const bool is_counted = form_interview_is_counted(iv, container);
    enum err rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < jv_count(list); i++) {
        int row = nth_row(t, container, i);
        row = row < 0 && !is_counted ? cli_target_add(t, container) : row;
        rc = row < 0 ? ERR_SET(err, ERR_LIMIT, item->key)
                     : put_range(t, jv_item(list, i), repeat + 1, item->end, row, err);
    }
    for (int row;
         rc == ERR_OK && !is_counted && (row = nth_row(t, container, jv_count(list))) >= 0;) {
        cli_target_delete(t, row);
    }
    return rc;
}

static enum err put_range(const struct cli_target *t, const jv *answers, int from, int end,
                          int instance, struct err_info *err)
{
    const form_interview *iv = cli_target_interview(t);
    const struct form_def *def = form_interview_def(iv);
    const int shift = instance < 0 ? 0 : instance - form_interview_item(iv, instance);
    for (int i = from; i < end;) {
        const struct form_item *item = &def->items[i];
        const jv *value = jv_at(answers, item->key);
        enum err rc = ERR_OK;
        if (item->type == FORM_T_REPEAT) {
            rc = value != NULL ? put_rows(t, value, i + shift, err) : ERR_OK;
            i = item->end;
        } else {
            if (value != NULL && form_type_takes_answer(item->type) &&
                cli_answer(t, i + shift, value) > FORM_P_CONSTRAINT) {
                rc = ERR_SET(err, ERR_SYNTAX, item->key);
            }
            i++;
        }
        if (rc != ERR_OK) {
            return rc;
        }
    }
    return ERR_OK;
}

enum err cli_answers(const struct cli_target *t, const jv *answers, struct err_info *err)
{
    const struct form_def *def = form_interview_def(cli_target_interview(t));
    struct unknown unknown = {.def = def, .repeat = -1};
    jv_each(answers, note_unknown, &unknown);
    if (unknown.name[0] != '\0') {
        return ERR_SET(err, ERR_NOT_FOUND, unknown.name);
    }
    return put_range(t, answers, 0, (int)def->count, -1, err);
}
