/* The names that pathway.yaml reads: in expressions as ${...}, and as events. Invariant: a name's
 * slot is its place in the list of names, and no name is in it twice. */
#include "form/pathway_int.h"

#include <string.h>

static bool is_word(const char *s, size_t n, const char *word)
{
    return strlen(word) == n && strncmp(s, word, n) == 0;
}

/* What stands before the first dot, and what behind it. */
static void split(struct pathway_build *b, const char *text, size_t n, const char **head,
                  const char **tail)
{
    const char *dot = memchr(text, '.', n);
    const size_t first = dot != NULL ? (size_t)(dot - text) : n;
    *head = arena_strndup(b->a, text, first);
    *tail = dot != NULL ? arena_strndup(b->a, dot + 1, n - first - 1) : "";
}

static bool read_name(struct pathway_build *b, const char *text, size_t n, struct pathway_name *out)
{
    const char *head, *tail;
    split(b, text, n, &head, &tail);
    *out = (struct pathway_name){.text = arena_strndup(b->a, text, n), .form = "", .question = ""};
    if (is_word(text, n, "level")) {
        out->kind = PATHWAY_LEVEL;
    } else if (strcmp(head, "person") == 0 || strcmp(head, "case") == 0) {
        out->kind = PATHWAY_FACT;
        out->question = out->text;
    } else if (strcmp(head, "task") == 0) {
        const char *end = strrchr(tail, '.');
        out->kind = PATHWAY_STATUS;
        out->question = end != NULL ? arena_strndup(b->a, tail, (size_t)(end - tail)) : "";
        return end != NULL && strcmp(end, ".done") == 0;
    } else {
        out->form = head;
        out->question = tail;
        out->kind = tail[0] == '\0'                 ? PATHWAY_RECORDS
                    : strcmp(tail, "begun") == 0    ? PATHWAY_BEGUN
                    : strcmp(tail, "finished") == 0 ? PATHWAY_FINISHED
                                                    : PATHWAY_ANSWER;
    }
    return true;
}

/* Where the name stands in the expression being read. */
static void place_name(const struct pathway_build *b, struct pathway_name *x)
{
    const char *found = strstr(b->at->text, x->text);
    x->line = b->at->line;
    x->column = b->at->column;
    if (found != NULL && b->at->is_one_line) {
        form_expr_place(b->at, (size_t)(found - b->at->text) + 1, &x->line, &x->column);
    }
}

static int resolve(void *payload, const char *name, size_t n)
{
    struct pathway_build *b = payload;
    struct form_pathway *p = b->p;
    for (size_t i = 0; i < p->name_count; i++) {
        if (is_word(name, n, b->names[i].text)) {
            return (int)i;
        }
    }
    struct pathway_name x;
    if (!read_name(b, name, n, &x)) {
        return -1;
    }
    place_name(b, &x);
    b->names = arena_grow(b->a, b->names, p->name_count, &b->name_cap, sizeof *b->names);
    b->names[p->name_count] = x;
    return (int)p->name_count++;
}

const form_expr *pathway_expr(struct pathway_build *b, const struct node *n)
{
    static const enum form_finding_code CODES[] = {
        [FORM_X_SYNTAX] = FORM_F_EXPR_SYNTAX,
        [FORM_X_UNKNOWN_NAME] = FORM_F_EXPR_NAME,
        [FORM_X_UNKNOWN_FUNCTION] = FORM_F_EXPR_FUNCTION,
        [FORM_X_ARITY] = FORM_F_EXPR_ARITY,
        [FORM_X_UNSUPPORTED] = FORM_F_EXPR_UNSUPPORTED,
        [FORM_X_REGEX] = FORM_F_EXPR_REGEX,
        [FORM_X_TOO_DEEP] = FORM_F_EXPR_TOO_DEEP,
        [FORM_X_TYPE] = FORM_F_EXPR_SYNTAX,
    };
    if (n == NULL) {
        return NULL;
    }
    const char *text = form_node_text(b->f, n, n->key);
    if (text == NULL) {
        return NULL;
    }
    const int word = form_yes_no(text);
    text = word < 0 ? text : word == 1 ? "true()" : "false()";
    b->at = n;
    const struct form_expr_scope scope = {.payload = b, .resolve = resolve};
    struct form_expr_error e = {.problem = FORM_X_OK};
    const form_expr *x = form_expr_compile(b->a, text, strlen(text), &scope, &e);
    if (x == NULL) {
        size_t line, column;
        form_expr_place(n, e.column, &line, &column);
        form_finding_add(b->f, CODES[e.problem], line, column, e.token, e.nearest);
    }
    return x;
}

bool pathway_event(struct pathway_build *b, const struct node *at, const char *text,
                   struct pathway_event *out)
{
    struct pathway_name x;
    *out = (struct pathway_event){.text = text, .line = at->line, .column = at->column};
    if (strcmp(text, "case.opened") == 0) {
        out->kind = PATHWAY_E_CASE_OPENED;
        out->form = out->question = "";
        return true;
    }
    if (strpbrk(text, " $(") != NULL || !read_name(b, text, strlen(text), &x)) {
        return false;
    }
    out->form = x.form;
    out->question = x.question;
    switch (x.kind) {
    case PATHWAY_ANSWER: out->kind = PATHWAY_E_ANSWER; return true;
    case PATHWAY_BEGUN: out->kind = PATHWAY_E_BEGUN; return true;
    case PATHWAY_FINISHED: out->kind = PATHWAY_E_FINISHED; return true;
    case PATHWAY_STATUS: out->kind = PATHWAY_E_TASK_DONE; return true;
    default: return false;
    }
}
