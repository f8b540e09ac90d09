/* A script of an interview: steps in order, each a JSON object. It sets answers, adds, deletes and
 * moves rows, and says what must hold then. A place is a question's name, below rows with their
 * numbers: children[2]/name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

static const char *const PROBLEMS[] = {[FORM_P_OK] = "",
                                       [FORM_P_REQUIRED] = "required",
                                       [FORM_P_CONSTRAINT] = "constraint",
                                       [FORM_P_NUMBER] = "number",
                                       [FORM_P_DATE] = "date",
                                       [FORM_P_CHOICE] = "choice",
                                       [FORM_P_TOO_LONG] = "too-long"};

struct step {
    const struct cli_target *t;
    const jv *body;
    struct str *why; /* what does not hold; "" */
};

static const form_interview *interview(const struct step *s)
{
    return cli_target_interview(s->t);
}

/* "children[2]" below an instance: the row; without a number the question or the repeat. */
static int segment_node(const form_interview *iv, int instance, const char *text, size_t n)
{
    char name[128];
    const size_t len = strcspn(text, "[");
    const size_t name_len = len < n ? len : n;
    if (name_len >= sizeof name) {
        return -1;
    }
    memcpy(name, text, name_len);
    name[name_len] = '\0';
    const int item = form_def_find(form_interview_def(iv), name);
    const int repeat = instance < 0 ? -1 : form_interview_item(iv, instance);
    if (item < 0 || form_interview_def(iv)->items[item].repeat != repeat) {
        return -1;
    }
    const int node = instance < 0 ? item : instance + item - repeat;
    if (len >= n) {
        return node;
    }
    size_t count = 0;
    const long at = strtol(text + len + 1, NULL, 10);
    if (!form_interview_is_container(iv, node)) {
        return -1;
    }
    const int *rows = form_interview_instances(iv, node, &count);
    return at >= 1 && (size_t)at <= count ? rows[at - 1] : -1;
}

/* A key may hold a '/' itself ("group/name"): the longest that is known below the row is taken. */
static int place_node(const form_interview *iv, const char *place, int instance)
{
    while (place != NULL && *place != '\0') {
        const char *row_end = strchr(place, ']');
        if (row_end == NULL) {
            return segment_node(iv, instance, place, strlen(place));
        }
        const size_t n = (size_t)(row_end - place) + 1;
        instance = segment_node(iv, instance, place, n);
        if (instance < 0) {
            return -1;
        }
        place += n;
        place += *place == '/';
    }
    return instance;
}

/* The step's own word, below "at" if that names a row; "at" alone if it names the place itself. */
static int step_node(const struct step *s, const char *word)
{
    const form_interview *iv = interview(s);
    const char *at = jv_str_at(s->body, "at");
    const char *key = jv_str_at(s->body, "key");
    int node = at != NULL && at[0] != '\0' ? place_node(iv, at, -1) : -1;
    if (at != NULL && at[0] != '\0' && (node < 0 || !form_interview_is_instance(iv, node))) {
        return node;
    }
    return place_node(iv, key != NULL ? key : word, node);
}

static enum err no_place(const char *word, struct err_info *err)
{
    return ERR_SET(err, ERR_NOT_FOUND, word);
}

/* ---- steps */

static void expect_text(const struct step *s, const char *what, const char *wanted, const char *got)
{
    if (s->why->len == 0 && strcmp(wanted, got) != 0) {
        str_printf(s->why, "%s: \"%s\", not \"%s\"", what, got, wanted);
    }
}

static void expect_flag(const struct step *s, const char *what, bool got)
{
    if (jv_at(s->body, what) != NULL) {
        const bool wanted = jv_bool_at(s->body, what, false);
        expect_text(s, what, wanted ? "true" : "false", got ? "true" : "false");
    }
}

static enum err do_set(const struct step *s, const char *word, struct err_info *err)
{
    const int node = step_node(s, word);
    const form_interview *iv = interview(s);
    if (node < 0 || !form_interview_exists(iv, node) ||
        !form_type_takes_answer(
            form_interview_def(iv)->items[form_interview_item(iv, node)].type)) {
        return no_place(word, err);
    }
    const enum form_problem got = cli_answer(s->t, node, jv_at(s->body, "value"));
    const char *wanted = jv_str_at(s->body, "problem");
    if (wanted != NULL || got > FORM_P_CONSTRAINT) {
        expect_text(s, word, wanted != NULL ? wanted : "", PROBLEMS[got]);
    }
    return ERR_OK;
}

static enum err do_add(const struct step *s, const char *word, struct err_info *err)
{
    const int node = step_node(s, word);
    if (node < 0 || !form_interview_is_container(interview(s), node)) {
        return no_place(word, err);
    }
    if (cli_target_add(s->t, node) < 0) {
        str_printf(s->why, "%s: full or counted", word);
    }
    return ERR_OK;
}

static enum err do_delete(const struct step *s, const char *word, struct err_info *err)
{
    const int node = step_node(s, word);
    if (node < 0 || !form_interview_is_instance(interview(s), node)) {
        return no_place(word, err);
    }
    cli_target_delete(s->t, node);
    if (form_interview_exists(interview(s), node)) {
        str_printf(s->why, "%s: counted", word);
    }
    return ERR_OK;
}

/* before: the number of the row in whose place it goes; absent: to the end. */
static enum err do_move(const struct step *s, const char *word, struct err_info *err)
{
    const form_interview *iv = interview(s);
    const int node = step_node(s, word);
    if (node < 0 || !form_interview_is_instance(iv, node)) {
        return no_place(word, err);
    }
    size_t n = 0;
    const int *rows = form_interview_instances(iv, form_interview_parent(iv, node), &n);
    const int64_t before = jv_int_at(s->body, "before", 0);
    if (before < 0 || (size_t)before > n) {
        return no_place("before", err);
    }
    cli_target_move(s->t, node, before > 0 ? rows[before - 1] : -1);
    return ERR_OK;
}

/* A number is compared as the text that the form would store. */
static void expect_value(const struct step *s, int node)
{
    const jv *value = jv_at(s->body, "value");
    struct str wanted = STR_INIT;
    if (value == NULL) {
        return;
    }
    if (jv_kind(value) == JV_INT) {
        str_printf(&wanted, "%lld", (long long)jv_int(value, 0));
    } else if (jv_kind(value) == JV_REAL) {
        str_printf(&wanted, "%.15g", jv_real(value, 0));
    } else if (jv_string(value) != NULL) {
        str_puts(&wanted, jv_string(value));
    }
    expect_text(s, "value", str_cstr(&wanted), form_interview_value(interview(s), node));
    str_done(&wanted);
}

static enum err do_expect(const struct step *s, const char *word, struct err_info *err)
{
    const form_interview *iv = interview(s);
    const int node = step_node(s, word);
    if (node < 0) {
        return no_place(word, err);
    }
    expect_flag(s, "relevant", form_interview_relevant(iv, node));
    if (form_interview_is_container(iv, node)) {
        size_t n = 0;
        char count[24];
        form_interview_instances(iv, node, &n);
        snprintf(count, sizeof count, "%lld", (long long)jv_int_at(s->body, "count", (int64_t)n));
        char got[24];
        snprintf(got, sizeof got, "%zu", n);
        expect_text(s, "count", count, got);
        return ERR_OK;
    }
    expect_flag(s, "required", form_interview_required(iv, node));
    expect_value(s, node);
    if (jv_at(s->body, "problem") != NULL) {
        const char *wanted = jv_str_at(s->body, "problem");
        expect_text(s, "problem", wanted != NULL ? wanted : "",
                    PROBLEMS[form_interview_problem(iv, node)]);
    }
    if (jv_str_at(s->body, "state") != NULL) {
        expect_text(s, "state", jv_str_at(s->body, "state"),
                    form_state_name(form_interview_answer(iv, node).state));
    }
    return ERR_OK;
}

static const struct {
    const char *word;
    enum err (*run)(const struct step *s, const char *word, struct err_info *err);
} STEPS[] = {{"set", do_set},
             {"add", do_add},
             {"delete", do_delete},
             {"move", do_move},
             {"expect", do_expect}};

static enum err run_step(const struct step *s, struct err_info *err)
{
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        const char *word = jv_str_at(s->body, STEPS[i].word);
        if (word != NULL) {
            return STEPS[i].run(s, word, err);
        }
    }
    if (jv_at(s->body, "complete") != NULL) {
        expect_flag(s, "complete", form_interview_complete(interview(s)));
        return ERR_OK;
    }
    return ERR_SET(err, ERR_SYNTAX, "step");
}

enum err cli_script(const struct cli_target *t, const jv *steps, size_t *step, struct str *why,
                    struct err_info *err)
{
    enum err rc = ERR_OK;
    *step = 0;
    for (size_t i = 0; rc == ERR_OK && why->len == 0 && i < jv_count(steps); i++) {
        struct step s = {.t = t, .body = jv_item(steps, i), .why = why};
        *step = i + 1;
        rc = run_step(&s, err);
    }
    return rc;
}
