/* Answers from a JSON object into an interview, in the form's order. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "cli/cli.h"

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

static enum form_problem set_one(const form_interview *iv, int item, const jv *value,
                                 enum form_problem (*set)(void *, int, struct form_answer),
                                 void *payload)
{
    struct form_answer answer = {.state = FORM_A_VALUE, .text = ""};
    if (state_of(value, &answer.state)) {
        return set(payload, item, answer);
    }
    struct str typed = STR_INIT, canonical = STR_INIT;
    typed_text(value, &typed);
    enum form_problem p = form_interview_canonical(iv, item, str_cstr(&typed), &canonical);
    if (p == FORM_P_OK) {
        answer.text = str_cstr(&canonical);
        answer.state = canonical.len > 0 ? FORM_A_VALUE : FORM_A_NONE;
        p = set(payload, item, answer);
    }
    str_done(&typed);
    str_done(&canonical);
    return p;
}

struct unknown {
    const struct form_def *def;
    char name[64];
};

static bool note_unknown(void *payload, const char *key, jv *value)
{
    struct unknown *u = payload;
    (void)value;
    int item = form_def_find(u->def, key);
    if (item >= 0 && form_type_takes_answer(u->def->items[item].type)) {
        return true;
    }
    snprintf(u->name, sizeof u->name, "%s", key);
    return false;
}

enum err cli_answers(const form_interview *iv, const jv *answers,
                     enum form_problem (*set)(void *payload, int item, struct form_answer answer),
                     void *payload, struct err_info *err)
{
    const struct form_def *def = form_interview_def(iv);
    struct unknown unknown = {.def = def};
    jv_each(answers, note_unknown, &unknown);
    if (unknown.name[0] != '\0') {
        return ERR_SET(err, ERR_NOT_FOUND, unknown.name);
    }
    for (size_t i = 0; i < def->count; i++) {
        const jv *value = jv_at(answers, def->items[i].key);
        if (value == NULL || !form_type_takes_answer(def->items[i].type)) {
            continue;
        }
        if (set_one(iv, (int)i, value, set, payload) > FORM_P_CONSTRAINT) {
            return ERR_SET(err, ERR_SYNTAX, def->items[i].key);
        }
    }
    return ERR_OK;
}
