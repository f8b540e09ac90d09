/* A YAML document as a tree of texts, lists and maps, each with its place. Private to form/. */
#ifndef SPRIJIN_FORM_YAML_INT_H
#define SPRIJIN_FORM_YAML_INT_H

#include <stdbool.h>
#include <stddef.h>

#include "form/def.h"

enum node_kind { NODE_TEXT, NODE_LIST, NODE_MAP };

/* Children hang in document order on first/next; a child of a map carries its key. */
struct node {
    enum node_kind kind;
    size_t line, column; /* of the value, 1-based, code points */
    bool is_one_line;    /* TEXT: written on one line without escapes, so columns can be counted */
    bool is_quoted;      /* TEXT: begins one column later than its place */
    const char *text;    /* TEXT: UTF-8; else "" */
    const char *key;     /* NULL outside a map */
    size_t key_line, key_column;
    struct node *first, *last, *next;
};

/* The tree, living in a; NULL and one FORM_ERROR finding if the text is not acceptable. */
struct node *form_yaml_load(arena *a, const char *yaml, size_t n, struct form_findings *findings);
struct node *form_node_get(const struct node *map, const char *key); /* NULL if absent */
void form_node_add(struct node *parent, struct node *child);

/* Appends a finding of the code's usual severity; arguments may be NULL, long ones are cut. */
struct form_finding *form_finding_add(struct form_findings *f, enum form_finding_code code,
                                      size_t line, size_t column, const char *arg0,
                                      const char *arg1);
void form_findings_sort(struct form_findings *f);

#endif
