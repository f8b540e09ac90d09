/* A list of small maps from a YAML file beside the forms, for lists that are no forms: each row has
 * words under keys, and texts in the languages of the program. */
#ifndef SPRIJIN_FORM_TABLE_H
#define SPRIJIN_FORM_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "form/def.h"

typedef struct form_table form_table;

/* The list under the key list of the document; every row may have the keys of keys only
 * (NULL-terminated). ERR_SYNTAX with line and column of the first mistake. *out owned. */
enum err form_table_load(const char *yaml, size_t n, const char *list, const char *const *keys,
                         form_table **out, struct err_info *err);
void form_table_free(form_table *t); /* NULL allowed */
size_t form_table_count(const form_table *t);
/* Borrowed from the table; NULL if the key is absent or holds no plain text. */
const char *form_table_text(const form_table *t, size_t row, const char *key);
/* false if it is absent or lacks one of the languages. */
bool form_table_label(const form_table *t, size_t row, const char *key, struct form_text *out);
/* An error at the row's key (or at the row, if it has none). */
enum err form_table_error(const form_table *t, size_t row, const char *key, struct err_info *err);

#endif
