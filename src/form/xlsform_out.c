/* A form as the sheets of an XLSForm, so that reading them back gives the same form: texts in
 * several languages become columns, groups become rows that begin and end, and what has no column
 * of its own is written into a cell as it stands in YAML.
 * Invariant: a column appears once, where its key was first met. */
#include "form/sheet_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

struct table {
    struct sheet_book *book;
    size_t sheet;     /* index in the book: sheets move when one is added */
    unsigned number;  /* of the row being filled */
    bool has_failed;  /* too many rows or columns */
    bool is_dry;      /* only the columns are collected */
    bool *follows;    /* dry: at [a * FORM_SHEET_MAX_COLUMNS + b] whether b came right after a */
    size_t last;      /* dry: the column before; FORM_SHEET_MAX_COLUMNS at the begin of a row */
    const char *text; /* the YAML as it was written, for its comments */
};

static struct table table_new(struct sheet_book *book, const char *name)
{
    sheet_add(book, name);
    struct table t = {
        .book = book, .sheet = book->count - 1, .number = 1, .last = FORM_SHEET_MAX_COLUMNS};
    sheet_row_add(book, &book->sheets[t.sheet], 1);
    return t;
}

static struct sheet_row *row_of(struct table *t, unsigned number)
{
    return sheet_row_add(t->book, &t->book->sheets[t->sheet], number);
}

static size_t column_of(struct table *t, const char *header)
{
    struct sheet_row *head = &t->book->sheets[t->sheet].rows[0];
    size_t at = 0;
    while (at < head->count && head->cells[at] != NULL) {
        if (strcmp(head->cells[at], header) == 0) {
            return at;
        }
        at++;
    }
    if (!sheet_cell_put(t->book, head, at, arena_strdup(t->book->a, header))) {
        t->has_failed = true;
    }
    return at;
}

static void put(struct table *t, const char *header, const char *text)
{
    const size_t column = column_of(t, header);
    if (t->is_dry) {
        if (t->last < FORM_SHEET_MAX_COLUMNS && column < FORM_SHEET_MAX_COLUMNS) {
            t->follows[t->last * FORM_SHEET_MAX_COLUMNS + column] = true;
        }
        t->last = column;
        return;
    }
    struct sheet_row *row = row_of(t, t->number);
    if (t->has_failed || row == NULL || text[0] == '\0' ||
        !sheet_cell_put(t->book, row, column, text)) {
        t->has_failed = t->has_failed || text[0] != '\0';
    }
}

static void next_row(struct table *t)
{
    t->number++;
    t->last = FORM_SHEET_MAX_COLUMNS;
}

/* The first pass over the rows only sees which columns there are and in which order. */
static void columns_begin(struct table *t)
{
    t->is_dry = true;
    t->last = FORM_SHEET_MAX_COLUMNS;
    t->follows = mem_alloc((size_t)FORM_SHEET_MAX_COLUMNS * FORM_SHEET_MAX_COLUMNS);
}

static bool must_wait(const struct table *t, const bool *is_placed, size_t count, size_t column)
{
    for (size_t i = 0; i < count; i++) {
        if (!is_placed[i] && t->follows[i * FORM_SHEET_MAX_COLUMNS + column]) {
            return true;
        }
    }
    return false;
}

/* Columns in an order that each row's keys have, as reading gives keys in the order of columns.
 * Where rows contradict each other, the column met first goes first. */
static void columns_end(struct table *t)
{
    struct sheet_row *head = &t->book->sheets[t->sheet].rows[0];
    size_t count = 0;
    while (count < head->count && head->cells[count] != NULL) {
        count++;
    }
    const char **sorted = arena_array(t->book->a, head->count + 1, sizeof *sorted);
    bool is_placed[FORM_SHEET_MAX_COLUMNS] = {false};
    for (size_t n = 0; n < count; n++) {
        size_t first = count, free_one = count;
        for (size_t i = 0; i < count && free_one == count; i++) {
            first = is_placed[i] || first < count ? first : i;
            free_one = is_placed[i] || must_wait(t, is_placed, count, i) ? free_one : i;
        }
        const size_t at = free_one < count ? free_one : first;
        is_placed[at] = true;
        sorted[n] = head->cells[at];
    }
    head->cells = sorted;
    free(t->follows);
    t->follows = NULL;
    t->is_dry = false;
    t->number = 1;
}

/* ---- cells */

static bool is_language_map(const struct node *n)
{
    for (const struct node *c = n->first; n->kind == NODE_MAP && c != NULL; c = c->next) {
        if (lang_parse(c->key) == LANG_COUNT || c->kind != NODE_TEXT) {
            return false;
        }
    }
    return n->kind == NODE_MAP && n->first != NULL;
}

static const char *flow_text(arena *a, const struct node *n)
{
    struct str out = STR_INIT;
    form_node_write_flow(&out, n);
    const char *copy = arena_strdup(a, str_cstr(&out));
    str_done(&out);
    return copy;
}

static bool is_cell_word(const char *s)
{
    return s[0] != '\0' && strpbrk(s, ":;=\n{[\"") == NULL && s[0] != ' ' &&
           s[strlen(s) - 1] != ' ' && strstr(s, "  ") == NULL;
}

/* {external: {yes: 3, no: 0}} as "external: yes=3; no=0"; NULL if it is more than that. */
static const char *weight_text(arena *a, const struct node *n)
{
    const struct node *scale = n->kind == NODE_MAP ? n->first : NULL;
    if (scale == NULL || scale->next != NULL || scale->kind != NODE_MAP || scale->first == NULL ||
        !is_cell_word(scale->key)) {
        return NULL;
    }
    const char *text = arena_printf(a, "%s:", scale->key);
    for (const struct node *c = scale->first; c != NULL; c = c->next) {
        if (c->kind != NODE_TEXT || !is_cell_word(c->key) || !is_cell_word(c->text)) {
            return NULL;
        }
        text = arena_printf(a, "%s %s=%s%s", text, c->key, c->text, c->next == NULL ? "" : ";");
    }
    return text;
}

static const char *cell_text(arena *a, const struct node *n)
{
    struct xls x = {.a = a};
    if (n->kind == NODE_TEXT) {
        /* What would be taken for a structure is quoted. */
        return xls_flow(&x, n->key, n->text) == NULL ? n->text : flow_text(a, n);
    }
    const char *weight = strcmp(n->key, "weight") == 0 ? weight_text(a, n) : NULL;
    return weight != NULL ? weight : flow_text(a, n);
}

static const char *language_header(arena *a, const char *base, const char *language)
{
    for (size_t i = 0; i < LANG_COUNT; i++) {
        if (strcmp(lang_code((enum lang)i), language) == 0) {
            return arena_printf(a, "%s::%s", base, xls_language((enum lang)i));
        }
    }
    return arena_printf(a, "%s::%s", base, language);
}

/* "#label::French (fr)" was a column of a language that the program does not speak. */
static const char *plain_header(const char *key)
{
    const char *colons = strstr(key, "::");
    return key[0] == '#' && colons != NULL && lang_parse(colons + 2) == LANG_COUNT &&
                   (str_starts(key, "#label::") || str_starts(key, "#hint::"))
               ? key + 1
               : key;
}

static void put_node(struct table *t, const char *header, const struct node *n)
{
    arena *a = t->book->a;
    if (is_language_map(n)) {
        for (const struct node *c = n->first; c != NULL; c = c->next) {
            put(t, language_header(a, header, c->key), c->text);
        }
        return;
    }
    put(t, plain_header(header), cell_text(a, n));
}

/* ---- sheets */

/* The comment lines that stand right above an item, as they were written; NULL if none. */
static const char *remark_above(struct table *t, const struct node *item)
{
    const char *begin = t->text;
    for (size_t line = 1; line < item->line && begin != NULL; line++) {
        begin = strchr(begin, '\n');
        begin = begin == NULL ? NULL : begin + 1;
    }
    const char *remark = NULL;
    if (begin == NULL) {
        return NULL;
    }
    while (begin > t->text) {
        const char *end = begin - 1;
        begin = end;
        while (begin > t->text && begin[-1] != '\n') {
            begin--;
        }
        const char *s = begin + strspn(begin, " ");
        if (*s != '#') {
            break;
        }
        s += strspn(s, "# ");
        const char *line = s >= end ? NULL : sheet_text(t->book->a, s, (size_t)(end - s));
        if (line != NULL) {
            remark = remark == NULL ? line : arena_printf(t->book->a, "%s\n%s", line, remark);
        }
    }
    return remark;
}

static void put_items(struct table *t, const struct node *list, const struct node *written)
{
    const struct node *w = written == NULL ? NULL : written->first;
    for (const struct node *n = list->first; n != NULL; n = n->next) {
        const struct node *group = form_node_get(n, "group"), *repeat = form_node_get(n, "repeat");
        const struct node *inner = form_node_get(n, "survey");
        const char *kind = group != NULL ? "group" : repeat != NULL ? "repeat" : NULL;
        next_row(t);
        const char *remark = w == NULL ? NULL : remark_above(t, w);
        if (kind != NULL) {
            put(t, "type", arena_printf(t->book->a, "begin %s", kind));
            put(t, "name", (group != NULL ? group : repeat)->text);
        }
        for (const struct node *c = n->first; c != NULL; c = c->next) {
            if (c != inner && c != group && c != repeat) {
                put_node(t, c->key, c);
            }
        }
        if (remark != NULL) {
            put(t, "#", remark);
        }
        const struct node *below = w == NULL ? NULL : form_node_get(w, "survey");
        w = w == NULL ? NULL : w->next;
        if (kind == NULL) {
            continue;
        }
        if (inner != NULL) {
            put_items(t, inner, below);
        }
        next_row(t);
        put(t, "type", arena_printf(t->book->a, "end %s", kind));
    }
}

static bool put_survey(struct sheet_book *book, const struct node *list, const char *text,
                       const struct node *written)
{
    struct table t = table_new(book, "survey");
    t.text = text;
    column_of(&t, "type");
    column_of(&t, "name");
    if (list != NULL) {
        columns_begin(&t);
        put_items(&t, list, written);
        columns_end(&t);
        put_items(&t, list, written);
    }
    return !t.has_failed;
}

static void put_lists(struct table *t, const struct node *lists)
{
    for (const struct node *l = lists->first; l != NULL; l = l->next) {
        for (const struct node *c = l->first; c != NULL; c = c->next) {
            next_row(t);
            put(t, "list_name", l->key);
            for (const struct node *e = c->first; e != NULL; e = e->next) {
                put_node(t, e->key, e);
            }
        }
    }
}

static bool put_choices(struct sheet_book *book, const struct node *lists)
{
    if (lists == NULL || lists->first == NULL) {
        return true;
    }
    struct table t = table_new(book, "choices");
    column_of(&t, "list_name");
    columns_begin(&t);
    put_lists(&t, lists);
    columns_end(&t);
    put_lists(&t, lists);
    return !t.has_failed;
}

static bool is_row(const struct node *n, bool with_languages)
{
    for (const struct node *c = n->first; n->kind == NODE_MAP && c != NULL; c = c->next) {
        if (c->kind != NODE_TEXT &&
            !(with_languages && is_language_map(c) &&
              (strcmp(c->key, "label") == 0 || strcmp(c->key, "action") == 0))) {
            return false;
        }
    }
    return n->kind == NODE_MAP && n->first != NULL;
}

static bool is_rows(const struct node *list, bool with_languages)
{
    for (const struct node *n = list->first; n != NULL; n = n->next) {
        if (!is_row(n, with_languages)) {
            return false;
        }
    }
    return list->kind == NODE_LIST && list->first != NULL;
}

static bool is_scales(const struct node *n)
{
    for (const struct node *c = n->first; c != NULL; c = c->next) {
        if (!is_rows(c, true)) {
            return false;
        }
    }
    return n->kind == NODE_MAP && n->first != NULL;
}

static void put_rows(struct table *t, const struct node *list, const char *scale)
{
    for (const struct node *n = list->first; n != NULL; n = n->next) {
        next_row(t);
        if (scale != NULL) {
            put(t, "scale", scale);
        }
        for (const struct node *c = n->first; c != NULL; c = c->next) {
            if (c->kind == NODE_TEXT) {
                put(t, c->key, c->text);
            } else {
                put_node(t, c->key, c);
            }
        }
    }
}

static void put_scales(struct table *t, const struct node *scales)
{
    for (const struct node *c = scales->first; c != NULL; c = c->next) {
        put_rows(t, c, c->key);
    }
}

/* Scales and kept lists have sheets; false if n fits into none. */
static bool put_sheet(struct sheet_book *book, const struct node *n, bool *is_good)
{
    static const char *const kept[] = {"entities", "external_choices", "osm"};
    if (strcmp(n->key, "scales") == 0 && is_scales(n)) {
        struct table t = table_new(book, "scales");
        columns_begin(&t);
        put_scales(&t, n);
        columns_end(&t);
        put_scales(&t, n);
        *is_good = *is_good && !t.has_failed;
        return true;
    }
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        if (strcmp(n->key, kept[i]) == 0 && is_rows(n, false)) {
            struct table t = table_new(book, n->key);
            columns_begin(&t);
            put_rows(&t, n, NULL);
            columns_end(&t);
            put_rows(&t, n, NULL);
            *is_good = *is_good && !t.has_failed;
            return true;
        }
    }
    return false;
}

static void put_title(struct table *t, const struct node *root, const struct node *n)
{
    if (is_language_map(n)) {
        const struct node *text = form_node_get(n, lang_code(form_default_lang(root)));
        put(t, "form_title", text == NULL ? n->first->text : text->text);
        put_node(t, "#title", n);
    } else {
        put(t, "form_title", cell_text(t->book->a, n));
    }
}

static bool put_settings(struct sheet_book *book, const struct node *root)
{
    struct table t = table_new(book, "settings");
    bool is_good = true;
    next_row(&t);
    for (const struct node *n = root->first; n != NULL; n = n->next) {
        if (strcmp(n->key, "survey") == 0 || strcmp(n->key, "choices") == 0 ||
            put_sheet(book, n, &is_good)) {
            continue;
        }
        if (strcmp(n->key, "form") == 0) {
            put(&t, "form_id", n->text);
        } else if (strcmp(n->key, "title") == 0) {
            put_title(&t, root, n);
        } else if (strcmp(n->key, "default_language") == 0) {
            const enum lang lang = lang_parse(n->text);
            const bool is_code = lang != LANG_COUNT && strcmp(lang_code(lang), n->text) == 0;
            put(&t, n->key, is_code ? xls_language(lang) : n->text);
        } else {
            put(&t, n->key, cell_text(book->a, n));
        }
    }
    put(&t, "#sprijin", "1");
    return is_good && !t.has_failed;
}

enum err form_sheet_export(const char *yaml, size_t n, const char *path, struct err_info *err)
{
    struct str canonical = STR_INIT;
    enum err rc = form_def_write(yaml, n, &canonical, err);
    if (rc == ERR_OK) {
        struct form_findings findings = {0};
        struct sheet_book book = {.a = arena_new()};
        const struct node *root = form_yaml_load(book.a, str_cstr(&canonical), canonical.len,
                                                 &findings);
        /* Comments are in the text as it was written; items stand there in the same order. */
        const char *text = arena_strndup(book.a, yaml, n);
        const struct node *written = form_yaml_load(book.a, yaml, n, &findings);
        const bool is_good = root != NULL && written != NULL &&
                             put_survey(&book, form_node_get(root, "survey"), text,
                                        form_node_get(written, "survey")) &&
                             put_choices(&book, form_node_get(root, "choices")) &&
                             put_settings(&book, root);
        rc = is_good ? sheet_book_write(&book, path, err) : ERR_SET(err, ERR_LIMIT, "xlsx");
        form_findings_done(&findings);
        arena_free(book.a);
    }
    str_done(&canonical);
    return rc;
}
