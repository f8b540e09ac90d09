/* Names become item numbers, expressions are compiled, literal defaults are made canonical.
 * Invariant: after this every key is unique, and every reference of a compiled expression is the
 * index of an item that is not a group. */
#include "form/def_int.h"

#include <stdlib.h>
#include <string.h>

#define MAX_SOUGHT 200 /* each compares with every name; a form so broken needs no more hints */

#include "base/str.h"

struct entry {
    const char *name;
    int item;
};

/* Items by name, for looking up references. */
struct names {
    const struct form_build *b;
    struct entry *sorted;
    size_t count;
    bool was_ambiguous; /* the last lookup met a name used twice */
};

static int entry_compare(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    const int by_name = strcmp(x->name, y->name);
    return by_name != 0 ? by_name : (x->item > y->item) - (x->item < y->item);
}

static struct names names_new(struct form_build *b)
{
    struct names n = {.b = b, .count = b->count};
    n.sorted = arena_array(b->a, b->count + 1, sizeof *n.sorted);
    for (size_t i = 0; i < b->count; i++) {
        n.sorted[i] = (struct entry){b->items[i].name, (int)i};
    }
    if (n.count > 1) {
        qsort(n.sorted, n.count, sizeof *n.sorted, entry_compare);
    }
    return n;
}

/* First entry not before name[0..n). */
static size_t names_lower(const struct names *names, const char *name, size_t n)
{
    size_t low = 0, high = names->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const char *at = names->sorted[middle].name;
        const int order = strncmp(at, name, n);
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static int names_resolve(void *payload, const char *name, size_t n)
{
    struct names *names = payload;
    int found = -1, group = -1;
    names->was_ambiguous = false;
    for (size_t i = names_lower(names, name, n); i < names->count; i++) {
        const struct entry *e = &names->sorted[i];
        if (strncmp(e->name, name, n) != 0) {
            break;
        }
        if (e->name[n] != '\0') {
            continue;
        }
        if (names->b->items[e->item].type == FORM_T_GROUP) {
            group = group < 0 ? e->item : group;
            continue;
        }
        if (found >= 0) {
            names->was_ambiguous = true;
            return -1;
        }
        found = e->item;
    }
    return found >= 0 ? found : group;
}

/* ---- keys */

static void report_twice(struct form_build *b, const struct names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        const int item = names->sorted[i].item;
        for (size_t j = i; j-- > 0 && strcmp(names->sorted[j].name, names->sorted[i].name) == 0;) {
            const int other = names->sorted[j].item;
            if (b->items[other].parent == b->items[item].parent) {
                const struct node *at = b->sources[item].name;
                struct form_finding *f = form_finding_add(b->findings, FORM_F_DUPLICATE_NAME,
                                                          at->line, at->column, b->items[item].name,
                                                          NULL);
                f->line2 = b->sources[other].name->line;
                break;
            }
        }
    }
}

/* Parents come before children, so a parent's key is ready when a child needs it. */
static void make_keys(struct form_build *b, const struct names *names)
{
    bool *is_shared = arena_array(b->a, b->count + 1, sizeof *is_shared);
    for (size_t i = 1; i < names->count; i++) {
        if (strcmp(names->sorted[i - 1].name, names->sorted[i].name) == 0) {
            is_shared[names->sorted[i - 1].item] = true;
            is_shared[names->sorted[i].item] = true;
        }
    }
    for (size_t i = 0; i < b->count; i++) {
        struct form_item *item = &b->items[i];
        item->key = item->name;
        if (is_shared[i] && item->parent >= 0) {
            item->key = arena_printf(b->a, "%s/%s", b->items[item->parent].key, item->name);
        }
    }
}

/* ---- expressions */

void form_expr_place(const struct node *n, size_t column, size_t *line, size_t *out_column)
{
    *line = n->line;
    *out_column = n->column;
    if (n->is_one_line && column > 0) {
        *out_column += column - 1 + (n->is_quoted ? 1 : 0);
    }
}

int form_item_named(const struct form_item *items, size_t count, const char *name, size_t n)
{
    while (n > 0 && *name == ' ') {
        name++;
        n--;
    }
    while (n > 0 && name[n - 1] == ' ') {
        n--;
    }
    for (size_t i = 0; i < count; i++) {
        const struct form_item *item = &items[i];
        const bool is_key = strncmp(item->key, name, n) == 0 && item->key[n] == '\0';
        const bool is_name = strncmp(item->name, name, n) == 0 && item->name[n] == '\0';
        if (item->type != FORM_T_GROUP && (is_key || is_name)) {
            return (int)i;
        }
    }
    return -1;
}

const char *form_item_nearest(struct form_build *b, const char *word)
{
    if (++b->names_sought > MAX_SOUGHT) {
        return NULL;
    }
    if (b->names == NULL) {
        b->names = arena_array(b->a, b->count + 1, sizeof *b->names);
        for (size_t i = 0; i < b->count; i++) {
            if (b->items[i].type != FORM_T_GROUP) {
                b->names[b->name_count++] = b->items[i].name;
            }
        }
    }
    return form_nearest(word, b->names, b->name_count);
}

static void report_expr(struct form_build *b, const struct names *names, const struct node *n,
                        const struct form_expr_error *e)
{
    static const enum form_finding_code codes[] = {
        [FORM_X_SYNTAX] = FORM_F_EXPR_SYNTAX,
        [FORM_X_UNKNOWN_NAME] = FORM_F_EXPR_NAME,
        [FORM_X_UNKNOWN_FUNCTION] = FORM_F_EXPR_FUNCTION,
        [FORM_X_ARITY] = FORM_F_EXPR_ARITY,
        [FORM_X_UNSUPPORTED] = FORM_F_EXPR_UNSUPPORTED,
        [FORM_X_REGEX] = FORM_F_EXPR_REGEX,
        [FORM_X_TOO_DEEP] = FORM_F_EXPR_TOO_DEEP,
        [FORM_X_TYPE] = FORM_F_EXPR_SYNTAX, /* evaluation only */
    };
    enum form_finding_code code = codes[e->problem];
    const char *nearest = e->nearest;
    if (e->problem == FORM_X_UNKNOWN_NAME) {
        code = names->was_ambiguous ? FORM_F_AMBIGUOUS_NAME : FORM_F_EXPR_NAME;
        nearest = names->was_ambiguous ? NULL : form_item_nearest(b, e->token);
    }
    size_t line, column;
    form_expr_place(n, e->column, &line, &column);
    form_finding_add(b->findings, code, line, column, e->token, nearest);
}

/* ${last-saved#q} is the answer of an earlier record, which no form sees here: it is blank. The
 * columns of what follows stay. */
static const char *without_last_saved(struct form_build *b, const struct node *n, const char *text)
{
    static const char mark[] = "${last-saved#";
    char *out = NULL;
    for (const char *at = text; (at = strstr(at, mark)) != NULL; at++) {
        const char *end = strchr(at, '}');
        if (end == NULL) {
            break;
        }
        out = out == NULL ? arena_strdup(b->a, text) : out;
        memset(out + (at - text), ' ', (size_t)(end - at) + 1);
        memset(out + (at - text), '\'', 2);
        const char *name = at + sizeof mark - 1;
        const size_t len = (size_t)(end - name);
        const bool is_known = form_item_named(b->items, b->count, name, len) >= 0;
        form_finding_add(b->findings, is_known ? FORM_F_NOT_DONE : FORM_F_EXPR_NAME, n->line,
                         n->column, is_known ? "last-saved" : arena_strndup(b->a, name, len), NULL);
    }
    return out == NULL ? text : out;
}

static const form_expr *compile_with(struct form_build *b, struct names *names,
                                     const struct node *n, bool has_columns)
{
    if (n == NULL) {
        return NULL;
    }
    const char *text = form_node_text(b->findings, n, n->key);
    if (text == NULL || text[strspn(text, " \t\n")] == '\0') {
        return NULL;
    }
    const int word = form_yes_no(text);
    if (word >= 0) {
        text = word == 1 ? "true()" : "false()";
    }
    text = without_last_saved(b, n, text);
    const struct form_expr_scope scope = {
        .payload = names, .resolve = names_resolve, .allows_paths = true, .columns = has_columns};
    struct form_expr_error e = {0};
    names->was_ambiguous = false;
    const form_expr *x = form_expr_compile(b->a, text, strlen(text), &scope, &e);
    if (x == NULL) {
        report_expr(b, names, n, &e);
    }
    return x;
}

static const form_expr *compile(struct form_build *b, struct names *names, const struct node *n)
{
    return compile_with(b, names, n, false);
}

/* A default is text unless it refers to a question or calls one of the functions. */
static bool is_dynamic(const char *text)
{
    if (strstr(text, "${") != NULL) {
        return true;
    }
    for (const char *const *f = form_expr_functions(); *f != NULL; f++) {
        const size_t n = strlen(*f);
        for (const char *at = strstr(text, *f); at != NULL; at = strstr(at + 1, *f)) {
            const bool is_start = at == text || strchr(" (,+-*=<>", at[-1]) != NULL;
            if (is_start && at[n] == '(' && strchr(at, ')') != NULL) {
                return true;
            }
        }
    }
    return false;
}

static void read_default(struct form_build *b, struct names *names, size_t i)
{
    const struct node *n = b->sources[i].dflt;
    struct form_item *item = &b->items[i];
    const char *text = form_node_text(b->findings, n, "default");
    if (text == NULL || text[0] == '\0') {
        return;
    }
    if (is_dynamic(text)) {
        item->default_expr = compile(b, names, n);
        return;
    }
    if (!form_type_takes_answer(item->type)) {
        item->default_text = text;
        return;
    }
    if (item->choices == NULL && form_type_has_choices(item->type)) {
        item->default_text = item->file != NULL ? text : NULL;
        return; /* its list is a file, or unknown and reported */
    }
    struct str out = STR_INIT;
    if (form_answer_canonical(item, item->choices, text, 0, &out) == FORM_P_OK) {
        item->default_text = arena_strdup(b->a, str_cstr(&out));
    } else {
        form_finding_add(b->findings, FORM_F_BAD_DEFAULT, n->line, n->column, text, NULL);
    }
    str_done(&out);
}

static void read_required(struct form_build *b, struct names *names, size_t i)
{
    const struct node *n = b->sources[i].required;
    const int word = n == NULL || n->kind != NODE_TEXT ? -1 : form_yes_no(n->text);
    if (word >= 0) {
        b->items[i].required_always = word == 1;
        return;
    }
    b->items[i].required = compile(b, names, n);
}

/* ---- questions that others name */

/* The question in "${name}", which must be known; -1 and a finding if it is not. */
static int named_question(struct form_build *b, struct names *names, const struct node *n,
                          const char *text, size_t len)
{
    while (len > 0 && (*text == ' ' || *text == '$' || *text == '{')) {
        text++;
        len--;
    }
    while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '}')) {
        len--;
    }
    const int found = names_resolve(names, text, len);
    if (found < 0) {
        const char *word = arena_strndup(b->a, text, len);
        form_finding_add(b->findings, FORM_F_EXPR_NAME, n->line, n->column, word,
                         form_item_nearest(b, word));
    }
    return found;
}

/* trigger: "${a}" or "${a}, ${b}". */
static void read_trigger(struct form_build *b, struct names *names, size_t i)
{
    const struct node *n = b->sources[i].trigger;
    const char *text = form_text_filled(form_node_text(b->findings, n, "trigger"));
    if (text == NULL) {
        return;
    }
    int *all = NULL;
    size_t count = 0, cap = 0;
    for (const char *s = text; *s != '\0';) {
        const size_t len = strcspn(s, ",");
        const int found = named_question(b, names, n, s, len);
        all = arena_grow(b->a, all, count, &cap, sizeof *all);
        if (found >= 0) {
            all[count++] = found;
        }
        s += len + (s[len] == ',');
    }
    all = arena_grow(b->a, all, count, &cap, sizeof *all);
    all[count] = -1;
    b->items[i].triggers = all;
}

static void read_choices_from(struct form_build *b, struct names *names, size_t i)
{
    const struct form_source *s = &b->sources[i];
    if (s->words.list != NULL && s->words.list[0] == '$') {
        b->items[i].choices_from = named_question(b, names, s->type, s->words.list,
                                                  strlen(s->words.list));
    }
}

static void read_references(struct form_build *b, struct names *names, size_t i)
{
    const struct form_source *s = &b->sources[i];
    struct form_item *item = &b->items[i];
    item->choice_filter = compile_with(b, names, s->choice_filter, true);
    item->repeat_count = item->type == FORM_T_REPEAT ? compile(b, names, s->repeat_count) : NULL;
    item->seed = compile(b, names, s->seed);
    item->readonly = compile(b, names, s->readonly);
    read_trigger(b, names, i);
    read_choices_from(b, names, i);
    item->is_once = item->calculation != NULL && item->type != FORM_T_NOTE &&
                    (item->triggers != NULL || form_expr_is_volatile(item->calculation));
}

void form_resolve(struct form_build *b)
{
    struct names names = names_new(b);
    report_twice(b, &names);
    make_keys(b, &names);
    for (size_t i = 0; i < b->count; i++) {
        const struct form_source *s = &b->sources[i];
        struct form_item *item = &b->items[i];
        item->relevant = compile(b, &names, s->relevant);
        item->constraint = compile(b, &names, s->constraint);
        item->calculation = compile(b, &names, s->calculation);
        read_required(b, &names, i);
        read_default(b, &names, i);
        read_references(b, &names, i);
    }
    /* A bare word is no expression, and nothing is lost by that. */
    if (b->instance_name != NULL && strpbrk(b->instance_name->text, "(${") != NULL) {
        b->def->instance_name_expr = compile(b, &names, b->instance_name);
    }
}
