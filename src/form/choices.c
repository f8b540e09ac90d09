/* Choice lists of a form. Invariant: a list that is kept has as many choices as its node has
 * maps, in the same order, so that findings can point back. */
#include "form/def_int.h"

#include <string.h>

static size_t node_count(const struct node *n)
{
    size_t count = 0;
    for (const struct node *c = n->first; c != NULL; c = c->next) {
        count++;
    }
    return count;
}

/* What else stands in the row, for filters and instance(). */
static void read_columns(struct form_build *b, struct form_choice *c, const struct node *n)
{
    struct form_column *columns = arena_array(b->a, node_count(n) + 1, sizeof *columns);
    for (const struct node *x = n->first; x != NULL; x = x->next) {
        const bool is_own = strcmp(x->key, "name") == 0 || strcmp(x->key, "label") == 0;
        if (!is_own && x->kind == NODE_TEXT) {
            columns[c->column_count++] = (struct form_column){x->key, x->text};
        }
    }
    c->columns = columns;
}

const struct form_column *form_choice_column(const struct form_choice *c, const char *name,
                                             size_t n)
{
    for (size_t i = 0; i < c->column_count; i++) {
        if (strncmp(c->columns[i].name, name, n) == 0 && c->columns[i].name[n] == '\0') {
            return &c->columns[i];
        }
    }
    return NULL;
}

static void read_choice(struct form_build *b, struct form_choice *c, const struct node *n)
{
    const struct node *name = form_node_get(n, "name");
    const struct node *label = form_node_get(n, "label");
    c->name = "";
    if (name == NULL) {
        form_finding_add(b->findings, FORM_F_MISSING_KEY, n->line, n->column, "name", NULL);
    } else {
        const char *text = form_node_text(b->findings, name, "name");
        if (text != NULL && text[0] == '\0') {
            form_finding_add(b->findings, FORM_F_BAD_NAME, name->line, name->column, text, NULL);
        }
        c->name = text == NULL ? "" : text;
    }
    read_columns(b, c, n);
    c->label = form_text_read(label, b->def->default_lang, b->findings);
    if (form_text_is_missing(&c->label)) {
        form_finding_add(b->findings, FORM_F_MISSING_LABEL, n->line, n->column, c->name, NULL);
    }
}

static void read_list(struct form_build *b, struct form_choices *list, const struct node *n)
{
    list->name = n->key;
    list->line = n->key_line;
    if (!form_name_valid(n->key)) {
        form_finding_add(b->findings, FORM_F_BAD_NAME, n->key_line, n->key_column, n->key, NULL);
    }
    if (n->kind != NODE_LIST) {
        form_finding_add(b->findings, FORM_F_NOT_A_LIST, n->line, n->column, n->key, NULL);
        return;
    }
    struct form_choice *items = arena_array(b->a, node_count(n) + 2, sizeof *items); /* or_other */
    list->items = items;
    b->choice_items[list - b->choices] = items;
    for (const struct node *c = n->first; c != NULL; c = c->next) {
        if (c->kind != NODE_MAP) {
            form_finding_add(b->findings, FORM_F_NOT_A_MAP, c->line, c->column, n->key, NULL);
            continue;
        }
        struct form_choice *choice = &items[list->count];
        read_choice(b, choice, c);
        if (!b->allows_duplicates &&
            form_choice_find(list, choice->name, strlen(choice->name)) != NULL) {
            const struct node *at = form_node_get(c, "name");
            form_finding_add(b->findings, FORM_F_DUPLICATE_CHOICE, at == NULL ? c->line : at->line,
                             at == NULL ? c->column : at->column, choice->name, n->key);
        }
        list->count++;
    }
    if (list->count == 0) {
        form_finding_add(b->findings, FORM_F_EMPTY_LIST, n->key_line, n->key_column, n->key, NULL);
    }
}

void form_choices_read(struct form_build *b, const struct node *n)
{
    if (n == NULL) {
        return;
    }
    if (n->kind != NODE_MAP) {
        form_finding_add(b->findings, FORM_F_NOT_A_MAP, n->line, n->column, "choices", NULL);
        return;
    }
    const size_t count = node_count(n);
    b->choices = arena_array(b->a, count + 1, sizeof *b->choices);
    const struct node **nodes = arena_array(b->a, count + 1, sizeof *nodes);
    b->choice_nodes = nodes;
    b->choice_items = arena_array(b->a, count + 1, sizeof *b->choice_items);
    size_t i = 0;
    for (const struct node *l = n->first; l != NULL; l = l->next, i++) {
        nodes[i] = l;
        read_list(b, &b->choices[i], l);
    }
    b->def->choices = b->choices;
    b->def->choices_count = count;
}

struct form_choices *form_list_find(const struct form_build *b, const char *name)
{
    for (size_t i = 0; i < b->def->choices_count; i++) {
        if (strcmp(b->choices[i].name, name) == 0) {
            return &b->choices[i];
        }
    }
    return NULL;
}
