/* Between the steps that turn a tree into a form: keys, def, resolve, check. Private to form/. */
#ifndef SPRIJIN_FORM_DEF_INT_H
#define SPRIJIN_FORM_DEF_INT_H

#include "form/def.h"
#include "form/interview.h"
#include "form/yaml_int.h"

#define FORM_MAX_ITEMS 4096 /* bounds the lists of dependents, which grow with the square */

enum key_place { KEY_TOP, KEY_ITEM, KEY_CHOICE, KEY_FACT };

struct form_type_words {
    enum form_type type;
    const char *name; /* canonical spelling, static */
    const char *list; /* of a select: list, file or ${question}; NULL */
    bool has_other, is_file;
};

/* Where the parts of an item were written; NULL if they were not. */
struct form_source {
    const struct node *map, *name, *type, *label, *relevant, *constraint, *calculation, *required,
        *dflt, *fact, *constraint_message, *required_message, *hint, *choice_filter, *repeat_count,
        *trigger, *seed, *readonly;
    struct form_type_words words;
};

/* A form under construction; everything lives in the arena of def. */
struct form_build {
    arena *a;
    struct form_def *def;
    struct form_item *items;
    struct form_source *sources;
    size_t count, cap, source_cap;
    struct form_choices *choices;           /* def->choices, still writable */
    const struct node *const *choice_nodes; /* the list of each */
    struct form_choice **choice_items;      /* items of each, still writable */
    const struct form_facts *facts;
    const struct node *instance_name;
    bool allows_duplicates; /* of choices: allow_choice_duplicates */
    struct form_findings *findings;
    /* Filled by form_resolve: what relevance and value of an item read; and what its requiredness
     * and constraint read. -1 ends each list. */
    const int **reads, **judges;
    const char **names; /* of the questions, for form_item_nearest; made when first wanted */
    size_t name_count, names_sought;
};

/* Renames aliases, folds "label::Română (ro)" into language maps, reports unknown keys. */
void form_keys_normalize(arena *a, struct node *root, struct form_findings *findings);
/* The language of texts that name none. */
enum lang form_default_lang(const struct node *root);
/* Place of a key in the canonical order; unknown ones come last. */
size_t form_keys_rank(enum key_place place, const char *key);
void form_keys_map(arena *a, struct node *map, enum key_place place, const char *default_lang,
                   struct form_findings *findings);

bool form_name_valid(const char *name);
/* Text of a scalar; NULL and a finding if it is a list or a map. */
const char *form_node_text(struct form_findings *f, const struct node *n, const char *what);
/* A text or a language map. */
struct form_text form_text_read(const struct node *n, enum lang default_lang,
                                struct form_findings *f);
/* false if text is no type; its words live in a. */
bool form_type_parse(arena *a, const char *text, struct form_type_words *out);
bool form_type_has_choices(enum form_type t);
/* The value of a parameter in "k=v k=v" (blank, ; or , between), NULL if it is not there. */
const char *form_parameter(arena *a, const char *text, const char *key);
void form_scales_read(struct form_build *b, const struct node *n);
void form_indicators_read(struct form_build *b, const struct node *n);
void form_weights_read(struct form_build *b, struct form_item *item, const struct node *map);
void form_parameters_read(struct form_build *b, struct form_item *item, const struct node *map);
const struct form_column *form_choice_column(const struct form_choice *c, const char *name,
                                             size_t n);
/* The yes and no words of XLSForm: 1, 0, or -1 if text is neither. */
int form_yes_no(const char *text);
const char *form_type_nearest(const char *word);
bool form_text_is_missing(const struct form_text *t);
/* NULL for a text that was left empty, which counts as not written. */
const char *form_text_filled(const char *text);
void form_bad_value(struct form_build *b, const struct node *n);
void form_choices_read(struct form_build *b, const struct node *n);
struct form_choices *form_list_find(const struct form_build *b, const char *name);
void form_survey_read(struct form_build *b, const struct node *list);
/* Names, keys, pages, expressions, dependencies. */
void form_resolve(struct form_build *b);
void form_resolve_order(struct form_build *b);
void form_pages(struct form_build *b);
/* Index of the question that "${name}" in a text means, by key or name; -1. */
int form_item_named(const struct form_item *items, size_t count, const char *name, size_t n);
/* The question named most like word, NULL if none is near. */
const char *form_item_nearest(struct form_build *b, const char *word);
/* Warnings and the checks that need the whole form. */
void form_check(struct form_build *b);
/* Place of a column of an expression within the file. */
void form_expr_place(const struct node *n, size_t column, size_t *line, size_t *out_column);

/* A node as one line of canonical flow YAML. */
void form_node_write_flow(struct str *out, const struct node *n);

/* What was typed or stored -> canonical text of the item's type; list: its choices, NULL if they
 * are not known, which takes any. today: day number for what was typed, 0 for what was stored. */
enum form_problem form_answer_canonical(const struct form_item *item,
                                        const struct form_choices *list, const char *typed,
                                        long today, struct str *out);
/* As above for select_multiple, keeping unknown names that also stand in kept ("" for none). */
enum form_problem form_answer_choices(const struct form_choices *list, const char *typed,
                                      const char *kept, struct str *out);
const struct form_choice *form_choice_find(const struct form_choices *list, const char *name,
                                           size_t n);

void form_check_gates(struct form_build *b);

#endif
