/* Functions over choices: the value of a question with several choices is their names with blanks
 * between. */
#include "form/functions_int.h"

#include <string.h>

struct words {
    const char *s;
    size_t n;
    size_t at;
};

static bool next_word(struct words *w, const char **word, size_t *n)
{
    while (w->at < w->n && expr_is_blank_char(w->s[w->at])) {
        w->at++;
    }
    *word = w->s + w->at;
    while (w->at < w->n && !expr_is_blank_char(w->s[w->at])) {
        w->at++;
    }
    *n = (size_t)(w->s + w->at - *word);
    return *n > 0;
}

static bool has_word(const char *s, size_t n, const char *word, size_t word_n)
{
    struct words w = {.s = s, .n = n};
    const char *here;
    size_t here_n;
    while (next_word(&w, &here, &here_n)) {
        if (here_n == word_n && memcmp(here, word, word_n) == 0) {
            return true;
        }
    }
    return false;
}

void fn_selected(const struct expr_call *c, struct form_value *out)
{
    struct form_value list;
    expr_arg(c, 0, &list);
    size_t n;
    struct words wanted = {0};
    wanted.s = expr_arg_text(c, 1, &wanted.n);
    const char *word;
    size_t word_n;
    bool found = false;
    if (next_word(&wanted, &word, &word_n)) {
        const bool is_many = list.type == FORM_V_NODES;
        const size_t count = is_many ? list.count : 1;
        for (size_t i = 0; i < count && !found; i++) {
            const char *s = expr_value_text(is_many ? &list.items[i] : &list, c->ctx->scratch, &n);
            found = has_word(s, n, word, word_n);
        }
    }
    *out = form_value_of_bool(found);
}

void fn_selected_at(const struct expr_call *c, struct form_value *out)
{
    struct words w = {0};
    w.s = expr_arg_text(c, 0, &w.n);
    double left = expr_arg_number(c, 1);
    const char *word;
    size_t n;
    while (left >= 0 && next_word(&w, &word, &n)) {
        if (left < 1) {
            *out = form_value_string(arena_strndup(c->ctx->scratch, word, n), n);
            return;
        }
        left -= 1;
    }
    *out = form_value_string("", 0);
}

void fn_count_selected(const struct expr_call *c, struct form_value *out)
{
    struct words w = {0};
    w.s = expr_arg_text(c, 0, &w.n);
    const char *word;
    size_t n;
    double count = 0;
    while (next_word(&w, &word, &n)) {
        count += 1;
    }
    *out = form_value_of_number(count);
}

void fn_choice_name(const struct expr_call *c, struct form_value *out)
{
    const struct form_expr_env *env = c->ctx->env;
    size_t n;
    const char *choice = expr_arg_text(c, 0, &n);
    const char *label = env->choice_label == NULL || n == 0
                            ? NULL
                            : env->choice_label(env->payload, c->node->u.slot, choice);
    *out = label == NULL ? form_value_string("", 0) : form_value_string(label, strlen(label));
}
