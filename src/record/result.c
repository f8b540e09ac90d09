/* A record as JSON: what the interview found, for people and programs outside. */
#include "record_int.h"

static jv *one_answer(const form_interview *iv, int item)
{
    struct form_answer answer = form_interview_answer(iv, item);
    if (answer.state == FORM_A_VALUE) {
        return jv_new_string(answer.text);
    }
    jv *state = jv_new_object();
    jv_set_str(state, "state", form_state_name(answer.state));
    return state;
}

static const char *problem_name(enum form_problem p)
{
    return p == FORM_P_REQUIRED ? "required" : "constraint";
}

void record_interview_json(const form_interview *iv, const char *hash, struct str *out)
{
    const struct form_def *def = form_interview_def(iv);
    jv *answers = jv_new_object(), *kept = jv_new_object(), *values = jv_new_object();
    jv *problems = jv_new_object();
    for (size_t i = 0; i < def->count; i++) {
        int item = (int)i;
        const char *key = def->items[i].key;
        bool is_relevant = form_interview_relevant(iv, item);
        if (def->items[i].type == FORM_T_CALCULATE && is_relevant) {
            jv_set_str(values, key, form_interview_value(iv, item));
        }
        if (!form_type_takes_answer(def->items[i].type)) {
            continue;
        }
        if (form_interview_answer(iv, item).state != FORM_A_NONE) {
            jv_set(is_relevant ? answers : kept, key, one_answer(iv, item));
        }
        enum form_problem p = form_interview_problem(iv, item);
        if (p != FORM_P_OK) {
            jv_set_str(problems, key, problem_name(p));
        }
    }
    struct form_progress progress = form_interview_progress(iv);
    jv *top = jv_new_object();
    jv_set_str(top, "form", def->id);
    jv_set_str(top, "version", def->version);
    jv_set_str(top, "hash", hash);
    jv_set(top, "answers", answers);
    jv_set(top, "irrelevant", kept);
    jv_set(top, "values", values);
    jv_set(top, "problems", problems);
    jv_set_int(top, "answered", progress.answered);
    jv_set_int(top, "asked", progress.asked);
    jv_set(top, "complete", jv_new_bool(form_interview_complete(iv)));
    jv_write_pretty(top, out);
    jv_free(top);
}
