/* Between the files that read pathway.yaml. Private to form/. */
#ifndef SPRIJIN_FORM_PATHWAY_INT_H
#define SPRIJIN_FORM_PATHWAY_INT_H

#include "form/def_int.h"
#include "form/pathway.h"

struct pathway_build {
    arena *a;
    struct form_pathway *p; /* whose lists these are */
    struct form_findings *f;
    pathway_role_of *role_of;
    struct pathway_stage *stages;
    struct pathway_task *tasks;
    struct pathway_level *levels;
    struct pathway_name *names;
    size_t name_cap;
    const struct node *at; /* the expression being compiled */
};

struct node *pathway_get(const struct node *map, const char *key); /* map may be NULL */
const char *pathway_text(struct pathway_build *b, const struct node *map, const char *key);
void pathway_bad(struct pathway_build *b, const struct node *n);
void pathway_keys(struct pathway_build *b, const struct node *map, const char *const *keys,
                  size_t count);
/* ---- pathway_name.c */
const form_expr *pathway_expr(struct pathway_build *b, const struct node *n); /* NULL: none */
/* false: it is no event. */
bool pathway_event(struct pathway_build *b, const struct node *at, const char *text,
                   struct pathway_event *out);

#endif
