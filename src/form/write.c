/* Canonical YAML: one order of keys, one way to quote, two blanks of indentation, short maps of
 * texts on one line. Comments are not data and are left out. Invariant: reading what was written
 * gives the same tree, and writing that gives the same bytes. */
#include "form/def_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"

#define LINE_CELLS 100

/* ---- scalars */

static bool is_plain(const char *s, bool in_flow)
{
    const size_t n = strlen(s);
    if (n == 0 || strchr(" \t-?:,[]{}#&*!|>'\"%@`", s[0]) != NULL || s[n - 1] == ' ' ||
        s[n - 1] == ':' || str_starts(s, "---") || str_starts(s, "...")) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        const unsigned char c = (unsigned char)s[i];
        if (c < 0x20 || c == 0x7F || (c == ':' && s[i + 1] == ' ') ||
            (c == '#' && i > 0 && s[i - 1] == ' ') || (in_flow && strchr(",[]{}:", c) != NULL)) {
            return false;
        }
    }
    return true;
}

/* Controls, separators of lines and the byte order mark would not survive plain. */
static bool must_escape(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x2028 || cp == 0x2029 || cp == 0xFEFF ||
           cp == 0xFFFE || cp == 0xFFFF;
}

static bool has_odd_character(const char *s)
{
    for (size_t left = strlen(s); left > 0;) {
        uint32_t cp;
        const size_t used = utf8_next(s, left, &cp);
        if (must_escape(cp)) {
            return true;
        }
        s += used;
        left -= used;
    }
    return false;
}

static void put_quoted(struct str *out, const char *s)
{
    size_t left = strlen(s);
    str_putc(out, '"');
    while (left > 0) {
        uint32_t cp;
        const size_t used = utf8_next(s, left, &cp);
        if (cp == '"' || cp == '\\') {
            str_putc(out, '\\');
            str_putc(out, (char)cp);
        } else if (cp == '\n') {
            str_puts(out, "\\n");
        } else if (cp == '\t') {
            str_puts(out, "\\t");
        } else if (must_escape(cp)) {
            str_printf(out, "\\u%04x", (unsigned)cp);
        } else {
            str_put(out, s, used);
        }
        s += used;
        left -= used;
    }
    str_putc(out, '"');
}

static void put_scalar(struct str *out, const char *s, bool in_flow)
{
    if (is_plain(s, in_flow) && !has_odd_character(s)) {
        str_puts(out, s);
    } else {
        put_quoted(out, s);
    }
}

void form_node_write_flow(struct str *out, const struct node *n)
{
    if (n->kind == NODE_TEXT) {
        put_scalar(out, n->text, true);
        return;
    }
    str_putc(out, n->kind == NODE_MAP ? '{' : '[');
    for (const struct node *c = n->first; c != NULL; c = c->next) {
        if (c != n->first) {
            str_puts(out, ", ");
        }
        if (n->kind == NODE_MAP) {
            put_scalar(out, c->key, true);
            str_puts(out, ": ");
        }
        form_node_write_flow(out, c);
    }
    str_putc(out, n->kind == NODE_MAP ? '}' : ']');
}

/* ---- order of keys */

struct ranked {
    struct node *node;
    size_t rank, seen;
};

static int compare(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->rank != y->rank) {
        return x->rank < y->rank ? -1 : 1;
    }
    return (x->seen > y->seen) - (x->seen < y->seen);
}

static size_t rank_language(const char *key)
{
    return (size_t)lang_parse(key);
}

/* Puts the children of a map into canonical order; place < 0 stands for a language map. */
static void sort_map(arena *a, struct node *map, int place)
{
    struct ranked *all = NULL;
    size_t count = 0, cap = 0;
    for (struct node *c = map->first; c != NULL; c = c->next) {
        all = arena_grow(a, all, count, &cap, sizeof *all);
        const size_t rank = place < 0 ? rank_language(c->key)
                                      : form_keys_rank((enum key_place)place, c->key);
        all[count] = (struct ranked){c, rank, count};
        count++;
    }
    if (count < 2) {
        return;
    }
    qsort(all, count, sizeof *all, compare);
    map->first = map->last = NULL;
    for (size_t i = 0; i < count; i++) {
        form_node_add(map, all[i].node);
    }
}

static bool is_language_map(const struct node *n)
{
    for (const struct node *c = n->first; n->kind == NODE_MAP && c != NULL; c = c->next) {
        if (lang_parse(c->key) == LANG_COUNT) {
            return false;
        }
    }
    return n->kind == NODE_MAP && n->first != NULL;
}

static void sort_texts(arena *a, struct node *map)
{
    for (struct node *c = map->first; c != NULL; c = c->next) {
        if (is_language_map(c)) {
            sort_map(a, c, -1);
        }
    }
}

static void sort_survey(arena *a, struct node *list)
{
    for (struct node *n = list->first; n != NULL; n = n->next) {
        if (n->kind == NODE_MAP) {
            sort_map(a, n, KEY_ITEM);
            sort_texts(a, n);
            struct node *inner = form_node_get(n, "survey");
            if (inner != NULL) {
                sort_survey(a, inner);
            }
        }
    }
}

static void sort_form(arena *a, struct node *root)
{
    sort_map(a, root, KEY_TOP);
    sort_texts(a, root);
    struct node *choices = form_node_get(root, "choices");
    for (struct node *l = choices == NULL ? NULL : choices->first; l != NULL; l = l->next) {
        for (struct node *c = l->first; c != NULL; c = c->next) {
            if (c->kind == NODE_MAP && l->kind == NODE_LIST) {
                sort_map(a, c, KEY_CHOICE);
                sort_texts(a, c);
            }
        }
    }
    struct node *survey = form_node_get(root, "survey");
    if (survey != NULL) {
        sort_survey(a, survey);
    }
}

/* ---- blocks */

static void indent(struct str *out, size_t depth)
{
    for (size_t i = 0; i < depth; i++) {
        str_puts(out, "  ");
    }
}

/* Writes n in flow style if it is small enough for the rest of a line; keys that hold items stay
 * blocks, as one question a line is how forms are read. */
static bool put_short(struct str *out, const struct node *n, size_t used_cells)
{
    if (n->key != NULL && (strcmp(n->key, "survey") == 0 || strcmp(n->key, "choices") == 0)) {
        return false;
    }
    struct str line = STR_INIT;
    form_node_write_flow(&line, n);
    const bool fits = used_cells + utf8_width(str_cstr(&line), line.len) <= LINE_CELLS;
    const bool is_item = n->kind == NODE_MAP && form_node_get(n, "type") != NULL;
    const bool is_short = fits && !is_item;
    if (is_short) {
        str_put(out, line.data, line.len);
    }
    str_done(&line);
    return is_short;
}

static bool has_containers(const struct node *n)
{
    for (const struct node *c = n->first; c != NULL; c = c->next) {
        if (c->kind != NODE_TEXT && n->kind == NODE_LIST) {
            return true;
        }
    }
    return false;
}

static void put_block(struct str *out, const struct node *n, size_t depth);

static void put_value(struct str *out, const struct node *n, size_t depth, size_t used_cells)
{
    if (n->kind == NODE_TEXT) {
        put_scalar(out, n->text, false);
    } else if (n->first == NULL) {
        str_puts(out, n->kind == NODE_MAP ? "{}" : "[]");
    } else if (has_containers(n) || !put_short(out, n, used_cells)) {
        if (out->len > 0 && out->data[out->len - 1] == ' ') {
            str_splice(out, out->len - 1, 1, "", 0);
        }
        str_putc(out, '\n');
        put_block(out, n, depth);
        return;
    }
    str_putc(out, '\n');
}

static void put_entry(struct str *out, const struct node *c, size_t depth)
{
    const size_t begin = out->len;
    put_scalar(out, c->key, false);
    str_puts(out, ": ");
    const size_t used = depth * 2 + utf8_width(out->data + begin, out->len - begin);
    put_value(out, c, depth + 1, used);
}

static void put_list_item(struct str *out, const struct node *c, size_t depth)
{
    indent(out, depth);
    str_puts(out, "- ");
    if (c->kind != NODE_MAP || c->first == NULL) {
        put_value(out, c, depth + 1, depth * 2 + 2);
        return;
    }
    if (put_short(out, c, depth * 2 + 2)) {
        str_putc(out, '\n');
        return;
    }
    for (const struct node *e = c->first; e != NULL; e = e->next) {
        if (e != c->first) {
            indent(out, depth + 1);
        }
        put_entry(out, e, depth + 1);
    }
}

static void put_block(struct str *out, const struct node *n, size_t depth)
{
    for (const struct node *c = n->first; c != NULL; c = c->next) {
        if (n->kind == NODE_LIST) {
            put_list_item(out, c, depth);
        } else {
            indent(out, depth);
            put_entry(out, c, depth);
        }
    }
}

enum err form_def_write(const char *yaml, size_t n, struct str *out, struct err_info *err)
{
    struct form_findings findings = {0};
    arena *a = arena_new();
    struct node *root = form_yaml_load(a, yaml, n, &findings);
    enum err result = ERR_OK;
    if (root != NULL && root->kind == NODE_MAP) {
        form_keys_normalize(a, root, &findings);
    }
    if (root == NULL || root->kind != NODE_MAP || findings.errors > 0) {
        result = ERR_SET(err, ERR_SYNTAX, "yaml");
        if (err != NULL && findings.count > 0) {
            err->line = findings.items[0].line;
            err->column = findings.items[0].column;
        }
    } else {
        sort_form(a, root);
        put_block(out, root, 0);
    }
    form_findings_done(&findings);
    arena_free(a);
    return result;
}
