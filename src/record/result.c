/* A record as JSON: what the interview found, for people and programs outside. Each of its parts
 * is shaped like the form's repeats: a repeat's key holds a list, one object for each row. */
#include "record_int.h"

enum part { PART_ANSWERS, PART_IRRELEVANT, PART_VALUES, PART_PROBLEMS };

static jv *one_answer(const form_interview *iv, int node)
{
    struct form_answer answer = form_interview_answer(iv, node);
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

static void put_node(const form_interview *iv, int node, enum part part, jv *out)
{
    const struct form_item *item = &form_interview_def(iv)->items[form_interview_item(iv, node)];
    const bool is_relevant = form_interview_relevant(iv, node);
    const bool takes = form_type_takes_answer(item->type);
    const enum form_problem p = form_interview_problem(iv, node);
    if (part == PART_VALUES && item->type == FORM_T_CALCULATE && is_relevant) {
        jv_set_str(out, item->key, form_interview_value(iv, node));
    } else if (part == PART_PROBLEMS && takes && p != FORM_P_OK) {
        jv_set_str(out, item->key, problem_name(p));
    } else if ((part == PART_ANSWERS || part == PART_IRRELEVANT) && takes &&
               is_relevant == (part == PART_ANSWERS) &&
               form_interview_answer(iv, node).state != FORM_A_NONE) {
        jv_set(out, item->key, one_answer(iv, node));
    }
}

static void put_range(const form_interview *iv, int from, int end, int shift, enum part part,
                      jv *out);

/* Rows without anything keep their place; a part in which no row has anything has no list, but for
 * the answers, where the list says how many rows there are. */
static void put_rows(const form_interview *iv, int container, enum part part, jv *out)
{
    const struct form_def *def = form_interview_def(iv);
    const int repeat = form_interview_item(iv, container);
    size_t n = 0, filled = 0;
    const int *rows = form_interview_instances(iv, container, &n);
    jv *list = jv_new_array();
    for (size_t i = 0; i < n; i++) {
        jv *row = jv_new_object();
        put_range(iv, repeat + 1, def->items[repeat].end, rows[i] - repeat, part, row);
        filled += jv_count(row) > 0;
        if (part != PART_ANSWERS || form_interview_relevant(iv, rows[i])) {
            jv_push(list, row);
        } else {
            jv_free(row);
        }
    }
    if (filled > 0 || (part == PART_ANSWERS && form_interview_relevant(iv, container))) {
        jv_set(out, def->items[repeat].key, list);
    } else {
        jv_free(list);
    }
}

static void put_range(const form_interview *iv, int from, int end, int shift, enum part part,
                      jv *out)
{
    const struct form_def *def = form_interview_def(iv);
    for (int i = from; i < end;) {
        if (def->items[i].type == FORM_T_REPEAT) {
            put_rows(iv, i + shift, part, out);
            i = def->items[i].end;
        } else {
            put_node(iv, i + shift, part, out);
            i++;
        }
    }
}

static jv *part_json(const form_interview *iv, enum part part)
{
    jv *out = jv_new_object();
    put_range(iv, 0, (int)form_interview_def(iv)->count, 0, part, out);
    return out;
}

/* Why a scale says what it says: every answer that counts, with its points. */
static jv *scale_json(form_interview *iv, int scale)
{
    const struct form_scale_result r = form_interview_scale(iv, scale);
    const struct form_def *def = form_interview_def(iv);
    jv *out = jv_new_object();
    jv *why = jv_new_array();
    for (size_t i = 0; i < r.count; i++) {
        jv *row = jv_new_object();
        jv_set_str(row, "key", def->items[form_interview_item(iv, r.rows[i].node)].key);
        jv_set_str(row, "value", r.rows[i].value);
        jv_set(row, "points", jv_new_real(r.rows[i].points));
        jv_push(why, row);
    }
    jv_set(out, "points", jv_new_real(r.points));
    jv_set_str(out, "level", r.level != NULL ? r.level->name : "");
    jv_set_int(out, "open", r.open);
    jv_set(out, "why", why);
    return out;
}

static jv *dimension_json(form_interview *iv, int dimension)
{
    const struct form_dimension_result r = form_interview_dimension(iv, dimension);
    const struct form_def *def = form_interview_def(iv);
    jv *out = jv_new_object();
    jv *why = jv_new_array();
    for (size_t i = 0; i < r.count; i++) {
        jv_push(why, jv_new_string(def->items[form_interview_item(iv, r.nodes[i])].key));
    }
    jv_set_int(out, "strong", r.strong);
    jv_set_int(out, "medium", r.medium);
    jv_set_int(out, "weak", r.weak);
    jv_set_int(out, "open", r.open);
    jv_set(out, "positive", jv_new_bool(r.is_positive));
    jv_set(out, "why", why);
    return out;
}

/* Only what the form has: most have neither. */
static void put_results(form_interview *iv, jv *top)
{
    const struct form_def *def = form_interview_def(iv);
    jv *scales = jv_new_object();
    jv *dimensions = jv_new_object();
    for (size_t i = 0; i < def->scale_count; i++) {
        jv_set(scales, def->scales[i].name, scale_json(iv, (int)i));
    }
    for (size_t i = 0; i < def->dimension_count; i++) {
        jv_set(dimensions, def->dimensions[i].name, dimension_json(iv, (int)i));
    }
    if (def->scale_count > 0) {
        jv_set(top, "scales", jv_ref(scales));
    }
    if (def->dimension_count > 0) {
        jv_set(top, "dimensions", jv_ref(dimensions));
    }
    jv_free(scales);
    jv_free(dimensions);
}

void record_json(form_interview *iv, const char *hash, jv *retired, struct str *out)
{
    const struct form_def *def = form_interview_def(iv);
    struct form_progress progress = form_interview_progress(iv);
    jv *top = jv_new_object();
    jv_set_str(top, "form", def->id);
    jv_set_str(top, "version", def->version);
    jv_set_str(top, "hash", hash);
    jv_set(top, "answers", part_json(iv, PART_ANSWERS));
    jv_set(top, "irrelevant", part_json(iv, PART_IRRELEVANT));
    jv_set(top, "values", part_json(iv, PART_VALUES));
    jv_set(top, "problems", part_json(iv, PART_PROBLEMS));
    put_results(iv, top);
    if (retired != NULL) {
        jv_set(top, "retired", retired);
    }
    jv_set_int(top, "answered", progress.answered);
    jv_set_int(top, "asked", progress.asked);
    jv_set(top, "complete", jv_new_bool(form_interview_complete(iv)));
    jv_write_pretty(top, out);
    jv_free(top);
}

void record_interview_json(form_interview *iv, const char *hash, struct str *out)
{
    record_json(iv, hash, NULL, out);
}
