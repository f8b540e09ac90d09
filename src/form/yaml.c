/* YAML to a small tree, event by event, so that limits are checked before memory is spent.
 * Every scalar stays the text it was: "no", "007" and "1e3" are never typed. Anchors, aliases,
 * tags, duplicate keys and second documents are refused, as forms come from strangers. */
#include "form/yaml_int.h"

#include <string.h>
#include <yaml.h>

#define MAX_KEY_BYTES 256 /* longer ones could not be written back as plain keys */

struct loader {
    arena *a;
    struct form_findings *findings;
    yaml_parser_t parser;
    struct node *stack[FORM_MAX_DEPTH];
    size_t depth;
    struct node *root;
    const char *key; /* a key that waits for its value; NULL if none */
    yaml_mark_t key_mark;
    size_t documents;
};

static bool refuse(struct loader *l, enum form_finding_code code, yaml_mark_t mark, const char *arg)
{
    form_finding_add(l->findings, code, mark.line + 1, mark.column + 1, arg, NULL);
    return false;
}

static struct node *node_new(struct loader *l, enum node_kind kind, yaml_mark_t mark)
{
    struct node *n = arena_alloc(l->a, sizeof *n);
    n->kind = kind;
    n->line = mark.line + 1;
    n->column = mark.column + 1;
    n->text = "";
    return n;
}

void form_node_add(struct node *parent, struct node *child)
{
    child->next = NULL;
    if (parent->last == NULL) {
        parent->first = child;
    } else {
        parent->last->next = child;
    }
    parent->last = child;
}

struct node *form_node_get(const struct node *map, const char *key)
{
    for (struct node *c = map->first; c != NULL; c = c->next) {
        if (c->key != NULL && strcmp(c->key, key) == 0) {
            return c;
        }
    }
    return NULL;
}

/* Puts a finished or opened node where it belongs. */
static void place(struct loader *l, struct node *n)
{
    if (l->depth == 0) {
        l->root = n;
        return;
    }
    if (l->key != NULL) {
        n->key = l->key;
        n->key_line = l->key_mark.line + 1;
        n->key_column = l->key_mark.column + 1;
        l->key = NULL;
    }
    form_node_add(l->stack[l->depth - 1], n);
}

static bool wants_key(const struct loader *l)
{
    return l->depth > 0 && l->stack[l->depth - 1]->kind == NODE_MAP && l->key == NULL;
}

static bool on_scalar(struct loader *l, const yaml_event_t *e)
{
    const char *value = (const char *)e->data.scalar.value;
    const size_t n = e->data.scalar.length;
    if (e->data.scalar.anchor != NULL || e->data.scalar.tag != NULL) {
        return refuse(l, FORM_F_ALIAS, e->start_mark, NULL);
    }
    if (memchr(value, '\0', n) != NULL) {
        return refuse(l, FORM_F_YAML, e->start_mark, "NUL");
    }
    if (wants_key(l)) {
        if (n > MAX_KEY_BYTES) {
            return refuse(l, FORM_F_BAD_NAME, e->start_mark, value);
        }
        if (form_node_get(l->stack[l->depth - 1], value) != NULL) {
            return refuse(l, FORM_F_DUPLICATE_KEY, e->start_mark, value);
        }
        l->key = arena_strndup(l->a, value, n);
        l->key_mark = e->start_mark;
        return true;
    }
    struct node *node = node_new(l, NODE_TEXT, e->start_mark);
    node->text = arena_strndup(l->a, value, n);
    node->is_quoted = e->data.scalar.style == YAML_SINGLE_QUOTED_SCALAR_STYLE ||
                      e->data.scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    const size_t written = e->end_mark.index - e->start_mark.index;
    node->is_one_line = e->start_mark.line == e->end_mark.line &&
                        (!node->is_quoted || strchr(value, '\'') == NULL ||
                         e->data.scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE) &&
                        written <= n + 2;
    place(l, node);
    return true;
}

static bool on_open(struct loader *l, const yaml_event_t *e, enum node_kind kind)
{
    const bool is_map = kind == NODE_MAP;
    const void *anchor = is_map ? e->data.mapping_start.anchor : e->data.sequence_start.anchor;
    const void *tag = is_map ? e->data.mapping_start.tag : e->data.sequence_start.tag;
    if (anchor != NULL || tag != NULL) {
        return refuse(l, FORM_F_ALIAS, e->start_mark, NULL);
    }
    if (wants_key(l)) {
        return refuse(l, FORM_F_NOT_TEXT, e->start_mark, "key");
    }
    if (l->depth == FORM_MAX_DEPTH) {
        return refuse(l, FORM_F_TOO_DEEP, e->start_mark, NULL);
    }
    struct node *n = node_new(l, kind, e->start_mark);
    place(l, n);
    l->stack[l->depth++] = n;
    return true;
}

static bool on_event(struct loader *l, const yaml_event_t *e)
{
    switch (e->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (l->documents++ > 0) {
            return refuse(l, FORM_F_SECOND_DOCUMENT, e->start_mark, NULL);
        }
        return true;
    case YAML_ALIAS_EVENT: return refuse(l, FORM_F_ALIAS, e->start_mark, NULL);
    case YAML_SCALAR_EVENT: return on_scalar(l, e);
    case YAML_SEQUENCE_START_EVENT: return on_open(l, e, NODE_LIST);
    case YAML_MAPPING_START_EVENT: return on_open(l, e, NODE_MAP);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: l->depth--; return true;
    default: return true;
    }
}

static bool refuse_yaml(struct loader *l)
{
    const yaml_parser_t *p = &l->parser;
    ASSERT(p->error != YAML_MEMORY_ERROR); /* or a good form would be called a wrong one */
    yaml_mark_t mark = p->problem_mark;
    if (p->error == YAML_READER_ERROR) {
        mark = p->mark;
    }
    return refuse(l, FORM_F_YAML, mark, p->problem);
}

static bool run(struct loader *l)
{
    bool is_going = true;
    while (is_going) {
        yaml_event_t e;
        if (!yaml_parser_parse(&l->parser, &e)) {
            return refuse_yaml(l);
        }
        is_going = e.type != YAML_STREAM_END_EVENT;
        const bool is_good = on_event(l, &e);
        yaml_event_delete(&e);
        if (!is_good) {
            return false;
        }
    }
    return true;
}

struct node *form_yaml_load(arena *a, const char *yaml, size_t n, struct form_findings *findings)
{
    struct loader l = {.a = a, .findings = findings};
    if (n > FORM_MAX_BYTES) {
        form_finding_add(findings, FORM_F_TOO_LARGE, 1, 1, NULL, NULL);
        return NULL;
    }
    ASSERT(yaml_parser_initialize(&l.parser));
    yaml_parser_set_encoding(&l.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&l.parser, (const unsigned char *)yaml, n);
    const bool is_good = run(&l);
    yaml_parser_delete(&l.parser);
    if (is_good && l.root == NULL) {
        form_finding_add(findings, FORM_F_NOT_A_MAP, 1, 1, "form", NULL);
        return NULL;
    }
    return is_good ? l.root : NULL;
}
