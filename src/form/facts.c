/* The list of facts that questions may write: name, type, label, sensitivity, from one YAML file.
 * Invariant: names are unique, types are types of answers. */
#include "form/def_int.h"

#include <string.h>

static bool word_of(const struct node *map, const char *key, bool otherwise,
                    struct form_findings *f)
{
    const struct node *n = form_node_get(map, key);
    const int word = n == NULL ? otherwise : form_yes_no(n->text);
    if (word < 0) {
        form_finding_add(f, FORM_F_BAD_VALUE, n->line, n->column, key, n->text);
    }
    return n == NULL ? otherwise : word == 1;
}

static void read_fact(arena *a, struct form_facts *out, struct form_fact *fact, struct node *n,
                      struct form_findings *f)
{
    form_keys_map(a, n, KEY_FACT, "ro", f);
    static const char *const needed[] = {"name", "type", "label"};
    for (size_t i = 0; i < 3; i++) {
        if (form_node_get(n, needed[i]) == NULL) {
            form_finding_add(f, FORM_F_MISSING_KEY, n->line, n->column, needed[i], NULL);
            return;
        }
    }
    const struct node *name = form_node_get(n, "name"), *type = form_node_get(n, "type");
    const char *text = form_node_text(f, name, "name");
    if (text == NULL || !form_name_valid(text)) {
        form_finding_add(f, FORM_F_BAD_NAME, name->line, name->column, text, NULL);
        return;
    }
    if (form_fact_find(out, text) != NULL) {
        form_finding_add(f, FORM_F_DUPLICATE_NAME, name->line, name->column, text, NULL);
        return;
    }
    fact->name = text;
    static const enum form_type types[] = {FORM_T_TEXT, FORM_T_INTEGER,    FORM_T_DECIMAL,
                                           FORM_T_DATE, FORM_T_SELECT_ONE, FORM_T_SELECT_MULTIPLE};
    fact->type = FORM_T_GROUP;
    text = form_node_text(f, type, "type");
    for (size_t i = 0; i < sizeof types / sizeof *types && text != NULL; i++) {
        if (strcmp(text, form_type_name(types[i])) == 0) {
            fact->type = types[i];
        }
    }
    if (fact->type == FORM_T_GROUP) {
        form_finding_add(f, FORM_F_UNKNOWN_TYPE, type->line, type->column, text, NULL);
    }
    fact->label = form_text_read(form_node_get(n, "label"), LANG_RO, f);
    text = form_node_text(f, form_node_get(n, "sensitivity"), "sensitivity");
    fact->sensitivity = text == NULL ? "open" : text;
    fact->never_gates = word_of(n, "never_gates", false, f);
    fact->is_carried = word_of(n, "carry", true, f);
    out->count++;
}

enum err form_facts_load(const char *yaml, size_t n, struct form_facts *out,
                         struct form_findings *findings, struct err_info *err)
{
    const size_t errors = findings->errors;
    *out = (struct form_facts){.arena = arena_new()};
    struct node *root = form_yaml_load(out->arena, yaml, n, findings);
    const struct node *list = root == NULL || root->kind != NODE_MAP ? NULL
                                                                     : form_node_get(root, "facts");
    if (root != NULL && (list == NULL || list->kind != NODE_LIST)) {
        form_finding_add(findings, list == NULL ? FORM_F_MISSING_KEY : FORM_F_NOT_A_LIST,
                         root->line, root->column, "facts", NULL);
        list = NULL;
    }
    size_t count = 0;
    for (struct node *c = list == NULL ? NULL : list->first; c != NULL; c = c->next) {
        count++;
    }
    struct form_fact *items = arena_array(out->arena, count + 1, sizeof *items);
    out->items = items;
    for (struct node *c = list == NULL ? NULL : list->first; c != NULL; c = c->next) {
        if (c->kind != NODE_MAP) {
            form_finding_add(findings, FORM_F_NOT_A_MAP, c->line, c->column, "facts", NULL);
        } else {
            read_fact(out->arena, out, &items[out->count], c, findings);
        }
    }
    form_findings_sort(findings);
    if (findings->errors > errors) {
        form_facts_done(out);
        return ERR_SET(err, ERR_SYNTAX, "facts");
    }
    return ERR_OK;
}

void form_facts_done(struct form_facts *f)
{
    arena_free(f->arena);
    *f = (struct form_facts){0};
}

const struct form_fact *form_fact_find(const struct form_facts *f, const char *name)
{
    for (size_t i = 0; i < f->count; i++) {
        if (strcmp(f->items[i].name, name) == 0) {
            return &f->items[i];
        }
    }
    return NULL;
}
