/* What the whole form says that a single part cannot: translations, unused lists, choices and
 * facts that do not exist, labels that do not fit, conditions that a refusal would open.
 * Invariant: it reports and changes nothing. */
#include "form/def_int.h"

#include <string.h>

#include "base/utf8.h"

#define SECTION_CELLS 13 /* the left column of the interview */
#define CHOICE_CELLS  74 /* one line of an 80-column screen */

static void add_at(struct form_build *b, enum form_finding_code code, const struct node *n,
                   const char *arg0, const char *arg1)
{
    form_finding_add(b->findings, code, n->line, n->column, arg0, arg1);
}

/* ---- texts */

static void check_translation(struct form_build *b, const struct form_text *t,
                              const struct node *at, const char *name)
{
    if (at == NULL || form_text_is_missing(t)) {
        return;
    }
    for (size_t i = 0; i < LANG_COUNT; i++) {
        if (b->def->has_lang[i] && t->in[i] == NULL) {
            add_at(b, FORM_F_MISSING_TRANSLATION, at, name, lang_code((enum lang)i));
        }
    }
}

static void check_width(struct form_build *b, const struct form_text *t, const struct node *at,
                        size_t cells)
{
    for (size_t i = 0; i < LANG_COUNT; i++) {
        const char *s = t->in[i];
        if (at != NULL && s != NULL && utf8_width(s, strlen(s)) > cells) {
            add_at(b, FORM_F_LABEL_TOO_WIDE, at, s, lang_code((enum lang)i));
            return;
        }
    }
}

/* A text may show values: every ${name} in it must be a question. */
static void check_references(struct form_build *b, const struct form_text *t, const struct node *at)
{
    for (size_t i = 0; i < LANG_COUNT; i++) {
        const char *s = t->in[i];
        while (s != NULL && (s = strstr(s, "${")) != NULL) {
            const size_t n = strcspn(s + 2, "}");
            const size_t mark = str_starts(s + 2, "last-saved#") ? strlen("last-saved#") : 0;
            const int item = form_item_named(b->items, b->count, s + 2 + mark, n - mark);
            if (s[2 + n] == '\0' || item < 0) {
                const char *name = arena_strndup(b->a, s + 2, n);
                add_at(b, FORM_F_EXPR_NAME, at, name, form_item_nearest(b, name));
                return;
            }
            s += 2;
        }
    }
}

static void check_texts(struct form_build *b, size_t i)
{
    const struct form_item *item = &b->items[i];
    const struct form_source *s = &b->sources[i];
    if (item->type != FORM_T_CALCULATE) {
        check_translation(b, &item->label, s->label, item->name);
    }
    check_translation(b, &item->hint, s->hint, item->name);
    check_translation(b, &item->constraint_message, s->constraint_message, item->name);
    check_translation(b, &item->required_message, s->required_message, item->name);
    check_references(b, &item->label, s->label);
    check_references(b, &item->hint, s->hint);
    check_references(b, &item->constraint_message, s->constraint_message);
    check_references(b, &item->required_message, s->required_message);
    if (item->type == FORM_T_GROUP && item->parent < 0) {
        check_width(b, &item->label, s->label, SECTION_CELLS);
    }
}

/* ---- lists */

static bool is_in_multiple(const struct form_build *b, const struct form_choices *list)
{
    for (size_t i = 0; i < b->count; i++) {
        if (b->items[i].choices == list && b->items[i].type != FORM_T_SELECT_ONE) {
            return true;
        }
    }
    return false;
}

static void check_list(struct form_build *b, const struct form_choices *list,
                       const struct node *node)
{
    if (!list->is_used) {
        form_finding_add(b->findings, FORM_F_UNUSED_LIST, node->key_line, node->key_column,
                         list->name, NULL);
    }
    if (node->kind != NODE_LIST) {
        return;
    }
    const bool is_multiple = is_in_multiple(b, list);
    size_t i = 0;
    for (const struct node *n = node->first; n != NULL; n = n->next) {
        if (n->kind != NODE_MAP) {
            continue;
        }
        const struct form_choice *c = &list->items[i++];
        const struct node *label = form_node_get(n, "label");
        const struct node *name = form_node_get(n, "name");
        check_translation(b, &c->label, label, c->name);
        check_width(b, &c->label, label, CHOICE_CELLS);
        if (is_multiple && strpbrk(c->name, " \t\n,;") != NULL) {
            add_at(b, FORM_F_CHOICE_BLANK, name, c->name, list->name);
        }
    }
}

/* ---- expressions */

/* A list that instance() reads is used. */
static void mark_lists(struct form_build *b, const form_expr *x)
{
    const char *name;
    for (size_t i = 0; x != NULL && (name = form_expr_instance(x, i)) != NULL; i++) {
        struct form_choices *list = form_list_find(b, name);
        if (list != NULL) {
            list->is_used = true;
        }
    }
}

static void mark_used_lists(struct form_build *b)
{
    for (size_t i = 0; i < b->count; i++) {
        const struct form_item *item = &b->items[i];
        const form_expr *const all[] = {item->relevant,     item->constraint,   item->calculation,
                                        item->required,     item->default_expr, item->choice_filter,
                                        item->repeat_count, item->seed};
        for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
            mark_lists(b, all[k]);
        }
    }
}

static struct form_value no_value(void *payload, int slot, const struct form_node *context)
{
    (void)payload;
    (void)slot;
    (void)context;
    return form_value_string("", 0);
}

/* A condition that depends on nothing and is false. */
static bool is_never_true(struct form_build *b, const form_expr *x)
{
    size_t refs;
    form_expr_refs(x, &refs);
    if (refs > 0 || form_expr_uses_self(x) || form_expr_uses_clock(x) || form_expr_is_volatile(x) ||
        form_expr_instance(x, 0) != NULL || form_expr_scale(x, 0) != NULL) {
        return false;
    }
    const struct form_expr_env env = {.payload = b, .get = no_value};
    const struct form_value v = form_expr_eval(x, &env, b->a);
    return !form_value_bool(&v);
}

/* A comparison has no place of its own: the finding stands at its expression. */
static void check_choices(struct form_build *b, size_t owner, const form_expr *x,
                          const struct node *at)
{
    int slot;
    const char *literal;
    for (size_t i = 0; x != NULL && form_expr_compares(x, i, &slot, &literal); i++) {
        const struct form_item *item = &b->items[slot < 0 ? owner : (size_t)slot];
        const struct form_choices *list = item->choices;
        if (list == NULL || literal[0] == '\0' ||
            form_choice_find(list, literal, strlen(literal)) != NULL) {
            continue;
        }
        const char **names = arena_array(b->a, list->count + 1, sizeof *names);
        for (size_t k = 0; k < list->count; k++) {
            names[k] = list->items[k].name;
        }
        add_at(b, FORM_F_BAD_CHOICE, at, literal, form_nearest(literal, names, list->count));
    }
}

static void check_expressions(struct form_build *b, size_t i)
{
    const struct form_item *item = &b->items[i];
    const struct form_source *s = &b->sources[i];
    check_choices(b, i, item->relevant, s->relevant);
    check_choices(b, i, item->constraint, s->constraint);
    check_choices(b, i, item->calculation, s->calculation);
    check_choices(b, i, item->required, s->required);
    check_choices(b, i, item->default_expr, s->dflt);
    if (item->relevant != NULL && form_expr_uses_self(item->relevant)) {
        add_at(b, FORM_F_SELF_RELEVANT, s->relevant, item->key, NULL);
    }
    if (item->relevant != NULL && form_expr_opens_on_blank(item->relevant)) {
        add_at(b, FORM_F_OPENS_ON_BLANK, s->relevant, item->name, NULL);
    }
    if (item->constraint != NULL && form_expr_opens_on_blank(item->constraint)) {
        add_at(b, FORM_F_OPENS_ON_BLANK, s->constraint, item->name, NULL);
    }
    if (item->relevant != NULL && is_never_true(b, item->relevant)) {
        add_at(b, FORM_F_NEVER_RELEVANT, s->relevant, item->name, NULL);
    }
    check_choices(b, i, item->repeat_count, s->repeat_count);
    if (item->type == FORM_T_CALCULATE && s->calculation == NULL && s->dflt == NULL) {
        add_at(b, FORM_F_NO_CALCULATION, s->map, item->name, NULL);
    }
    const bool is_demanding = item->required_always || item->required != NULL;
    if (!form_type_takes_answer(item->type) && item->type != FORM_T_REPEAT &&
        (is_demanding || item->constraint != NULL)) {
        add_at(b, FORM_F_CONSTRAINT_ON_NOTE, item->constraint != NULL ? s->constraint : s->required,
               item->name, NULL);
    }
}

/* ---- facts */

static bool fits_fact(const struct form_item *item, const struct form_fact *fact)
{
    if (item->type == FORM_T_CALCULATE || item->type == fact->type) {
        return true;
    }
    if (!form_type_takes_answer(item->type)) {
        return false;
    }
    return fact->type == FORM_T_TEXT ||
           (fact->type == FORM_T_DECIMAL && item->type == FORM_T_INTEGER) ||
           (fact->type == FORM_T_SELECT_MULTIPLE && item->type == FORM_T_SELECT_ONE);
}

static void check_fact(struct form_build *b, size_t i)
{
    const struct form_item *item = &b->items[i];
    const struct node *at = b->sources[i].fact;
    if (item->fact == NULL || b->facts == NULL) {
        return;
    }
    const struct form_fact *fact = form_fact_find(b->facts, item->fact);
    if (fact != NULL) {
        if (!fits_fact(item, fact)) {
            add_at(b, FORM_F_FACT_TYPE, at, item->fact, form_type_name(fact->type));
        }
        return;
    }
    const char **names = arena_array(b->a, b->facts->count + 1, sizeof *names);
    for (size_t k = 0; k < b->facts->count; k++) {
        names[k] = b->facts->items[k].name;
    }
    add_at(b, FORM_F_UNKNOWN_FACT, at, item->fact,
           form_nearest(item->fact, names, b->facts->count));
}

void form_check(struct form_build *b)
{
    mark_used_lists(b);
    for (size_t i = 0; i < b->def->choices_count; i++) {
        check_list(b, &b->choices[i], b->choice_nodes[i]);
    }
    for (size_t i = 0; i < b->count; i++) {
        check_texts(b, i);
        check_expressions(b, i);
        check_fact(b, i);
    }
    form_check_gates(b);
}
