/* Lists of small maps that are no forms. Invariant: every row is a map of known keys, each written
 * once; what a key's text means is the caller's business. */
#include "form/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "form/def_int.h"

struct form_table {
    arena *a;
    const struct node **rows;
    size_t count;
};

static enum err mistake(const struct node *n, const char *word, struct err_info *err)
{
    (void)err_set(err, ERR_SYNTAX, __func__, word, NULL);
    if (err != NULL && n != NULL) {
        err->line = n->line;
        err->column = n->column;
    }
    return ERR_SYNTAX;
}

static bool is_listed(const char *const *keys, const char *key)
{
    while (*keys != NULL && strcmp(*keys, key) != 0) {
        keys++;
    }
    return *keys != NULL;
}

static enum err check_row(const struct node *row, const char *const *keys, struct err_info *err)
{
    if (row->kind != NODE_MAP) {
        return mistake(row, NULL, err);
    }
    for (const struct node *n = row->first; n != NULL; n = n->next) {
        if (!is_listed(keys, n->key) || form_node_get(row, n->key) != n) {
            return mistake(n, n->key, err);
        }
    }
    return ERR_OK;
}

static enum err load(form_table *t, const char *yaml, size_t n, const char *list,
                     const char *const *keys, struct err_info *err)
{
    struct form_findings findings = {0};
    const struct node *root = form_yaml_load(t->a, yaml, n, &findings);
    if (root == NULL && findings.count > 0 && err != NULL) {
        err->line = findings.items[0].line;
        err->column = findings.items[0].column;
    }
    form_findings_done(&findings);
    const struct node *rows = root != NULL && root->kind == NODE_MAP ? form_node_get(root, list)
                                                                     : NULL;
    if (rows == NULL || rows->kind != NODE_LIST) {
        return mistake(root, list, err);
    }
    for (const struct node *row = rows->first; row != NULL; row = row->next) {
        t->count++;
    }
    t->rows = arena_array(t->a, t->count + 1, sizeof *t->rows);
    size_t at = 0;
    enum err bad = ERR_OK;
    for (const struct node *row = rows->first; row != NULL && bad == ERR_OK; row = row->next) {
        t->rows[at++] = row;
        bad = check_row(row, keys, err);
    }
    return bad;
}

enum err form_table_load(const char *yaml, size_t n, const char *list, const char *const *keys,
                         form_table **out, struct err_info *err)
{
    form_table *t = mem_alloc(sizeof *t);
    t->a = arena_new();
    const enum err bad = load(t, yaml, n, list, keys, err);
    if (bad != ERR_OK) {
        form_table_free(t);
        return bad;
    }
    *out = t;
    return ERR_OK;
}

void form_table_free(form_table *t)
{
    if (t != NULL) {
        arena_free(t->a);
        free(t);
    }
}

size_t form_table_count(const form_table *t)
{
    return t->count;
}

const char *form_table_text(const form_table *t, size_t row, const char *key)
{
    const struct node *n = form_node_get(t->rows[row], key);
    return n != NULL && n->kind == NODE_TEXT ? n->text : NULL;
}

bool form_table_label(const form_table *t, size_t row, const char *key, struct form_text *out)
{
    const struct node *map = form_node_get(t->rows[row], key);
    *out = (struct form_text){{NULL}};
    if (map == NULL || map->kind != NODE_MAP) {
        return false;
    }
    for (const struct node *n = map->first; n != NULL; n = n->next) {
        const enum lang lang = lang_parse(n->key);
        if (lang == LANG_COUNT || n->kind != NODE_TEXT || n->text[0] == '\0') {
            return false;
        }
        out->in[lang] = n->text;
    }
    bool is_whole = true;
    for (int i = 0; i < LANG_COUNT; i++) {
        is_whole = is_whole && out->in[i] != NULL;
    }
    return is_whole;
}

enum err form_table_error(const form_table *t, size_t row, const char *key, struct err_info *err)
{
    const struct node *n = form_node_get(t->rows[row], key);
    return mistake(n != NULL ? n : t->rows[row], key, err);
}
