/* From YAML to a form, or to findings: the steps in their order, and the head of the form.
 * Invariant: a form comes out only if nothing in it is an error. */
#include "form/def_int.h"

#include <string.h>

void form_bad_value(struct form_build *b, const struct node *n)
{
    form_finding_add(b->findings, FORM_F_BAD_VALUE, n->line, n->column, n->key, n->text);
}

static const struct node *need(struct form_build *b, const struct node *root, const char *key)
{
    const struct node *n = form_node_get(root, key);
    if (n == NULL) {
        form_finding_add(b->findings, FORM_F_MISSING_KEY, root->line, root->column, key, NULL);
    }
    return n;
}

static void read_languages(struct form_build *b, const struct node *root)
{
    struct form_def *def = b->def;
    const struct node *chosen = form_node_get(root, "default_language");
    def->default_lang = form_default_lang(root);
    const char *text = form_node_text(b->findings, chosen, "default_language");
    if (text != NULL && lang_parse(text) == LANG_COUNT) {
        form_finding_add(b->findings, FORM_F_UNKNOWN_LANGUAGE, chosen->line, chosen->column, text,
                         NULL);
    }
    const struct node *title = need(b, root, "title");
    def->title = form_text_read(title, def->default_lang, b->findings);
    for (size_t i = 0; i < LANG_COUNT; i++) {
        def->has_lang[i] = def->title.in[i] != NULL;
    }
}

static void read_head(struct form_build *b, const struct node *root)
{
    const struct node *id = need(b, root, "form");
    const char *text = form_node_text(b->findings, id, "form");
    if (text != NULL && !form_name_valid(text)) {
        form_finding_add(b->findings, FORM_F_BAD_NAME, id->line, id->column, text, NULL);
    }
    b->def->id = text == NULL ? "" : text;
    const struct node *version = need(b, root, "version");
    text = form_node_text(b->findings, version, "version");
    if (text != NULL && (text[0] == '\0' || strlen(text) > 64 || strpbrk(text, " \t\n") != NULL)) {
        form_bad_value(b, version);
    }
    b->def->version = text == NULL ? "" : text;
    read_languages(b, root);
}

static void read_compartment(struct form_build *b, const struct node *root)
{
    static const char *const names[] = {FORM_COMPARTMENTS};
    const struct node *n = form_node_get(root, "compartment");
    const char *text = n != NULL ? form_node_text(b->findings, n, "compartment") : NULL;
    for (size_t i = 0; text != NULL && i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(text, names[i]) == 0) {
            b->def->compartment = names[i];
        }
    }
    if (text != NULL && b->def->compartment == NULL) {
        form_bad_value(b, n);
    }
}

static void read_records(struct form_build *b, const struct node *root)
{
    const struct node *n = form_node_get(root, "records");
    const char *text = n != NULL ? form_node_text(b->findings, n, "records") : NULL;
    b->def->is_many = text != NULL && strcmp(text, "many") == 0;
    if (text != NULL && !b->def->is_many && strcmp(text, "one") != 0) {
        form_bad_value(b, n);
    }
}

static void build(struct form_build *b, struct node *root)
{
    if (root->kind != NODE_MAP) {
        form_finding_add(b->findings, FORM_F_NOT_A_MAP, root->line, root->column, "form", NULL);
        return;
    }
    form_keys_normalize(b->a, root, b->findings);
    read_head(b, root);
    read_compartment(b, root);
    read_records(b, root);
    const struct node *duplicates = form_node_get(root, "allow_choice_duplicates");
    b->allows_duplicates = duplicates != NULL && form_yes_no(duplicates->text) == 1;
    form_choices_read(b, form_node_get(root, "choices"));
    form_scales_read(b, form_node_get(root, "scales"));
    form_indicators_read(b, form_node_get(root, "indicators"));
    b->instance_name = form_node_get(root, "instance_name");
    const struct node *survey = need(b, root, "survey");
    if (survey != NULL) {
        form_survey_read(b, survey);
    }
    b->def->items = b->items;
    b->def->count = b->count;
    form_resolve(b);
    form_resolve_order(b);
    form_pages(b);
    form_check(b);
}

enum err form_def_load(const char *yaml, size_t n, const struct form_facts *facts,
                       struct form_def **out, struct form_findings *findings, struct err_info *err)
{
    *out = NULL;
    arena *a = arena_new();
    struct form_findings own = {0};
    struct form_build b = {.a = a, .facts = facts, .findings = &own};
    b.def = arena_alloc(a, sizeof *b.def);
    b.def->arena = a;
    struct node *root = form_yaml_load(a, yaml, n, &own);
    if (root != NULL) {
        build(&b, root);
    }
    form_findings_sort(&own);
    const bool is_broken = own.errors > 0;
    enum err result = ERR_OK;
    if (is_broken) {
        const struct form_finding *first = own.items;
        while (first->severity != FORM_ERROR) {
            first++;
        }
        result = ERR_SET(err, ERR_SYNTAX, form_finding_name(first->code));
        if (err != NULL) {
            err->line = first->line;
            err->column = first->column;
        }
    }
    for (size_t i = 0; i < own.count; i++) {
        const struct form_finding *x = &own.items[i];
        struct form_finding *y = form_finding_add(findings, x->code, x->line, x->column, x->arg[0],
                                                  x->arg[1]);
        y->line2 = x->line2;
    }
    form_findings_sort(findings);
    form_findings_done(&own);
    if (is_broken) {
        arena_free(a);
        return result;
    }
    *out = b.def;
    return ERR_OK;
}

void form_def_free(struct form_def *def)
{
    if (def != NULL) {
        arena_free(def->arena);
    }
}

int form_def_find(const struct form_def *def, const char *key)
{
    int by_name = -1;
    for (size_t i = 0; i < def->count; i++) {
        if (strcmp(def->items[i].key, key) == 0) {
            return (int)i;
        }
        if (by_name < 0 && strcmp(def->items[i].name, key) == 0) {
            by_name = (int)i;
        }
    }
    return by_name;
}
