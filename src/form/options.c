/* What can be chosen: lists of the form, rows of files beside it, answers of a repeat; and these
 * lists as documents for instance(). Invariant: a document is read once and lives as long as the
 * interview; a file that is missing or cannot be read is an empty document. */
#include "form/interview_int.h"

#include <string.h>

#include "base/id.h"
#include "form/csv.h"
#include "form/xml.h"

/* ---- documents */

static struct form_node *node_add(arena *a, struct form_node *parent, struct form_node **last,
                                  const char *name, const char *text)
{
    struct form_node *n = arena_alloc(a, sizeof *n);
    *n = (struct form_node){.parent = parent, .name = name, .text = text, .slot = -1, .index = -1};
    if (*last == NULL) {
        parent->first = n;
    } else {
        (*last)->next = n;
    }
    *last = n;
    return n;
}

static struct form_node *root_new(arena *a)
{
    struct form_node *n = arena_alloc(a, sizeof *n);
    *n = (struct form_node){.name = "root", .text = "", .slot = -1, .index = -1};
    return n;
}

static struct source *source_new(form_interview *iv, const char *name)
{
    struct source *s = arena_alloc(iv->data, sizeof *s);
    s->name = arena_strdup(iv->data, name);
    s->next = iv->sources;
    iv->sources = s;
    return s;
}

static void document_of_list(form_interview *iv, struct source *s, const struct form_choices *list)
{
    struct form_node *last = NULL;
    s->root = root_new(iv->data);
    s->list = *list;
    for (size_t i = 0; i < list->count; i++) {
        const struct form_choice *c = &list->items[i];
        struct form_node *inner = NULL;
        struct form_node *item = node_add(iv->data, s->root, &last, "item", "");
        node_add(iv->data, item, &inner, "name", c->name);
        node_add(iv->data, item, &inner, "label", form_text_get(&c->label, iv->def->default_lang));
        for (size_t k = 0; k < c->column_count; k++) {
            node_add(iv->data, item, &inner, c->columns[k].name, c->columns[k].text);
        }
    }
}

static void document_of_rows(form_interview *iv, struct source *s, const struct form_rows *rows)
{
    struct form_node *last = NULL;
    s->root = root_new(iv->data);
    for (size_t r = 1; r < rows->count; r++) {
        struct form_node *inner = NULL;
        struct form_node *item = node_add(iv->data, s->root, &last, "item", "");
        for (size_t k = 0; k < rows->items[0].count && k < rows->items[r].count; k++) {
            node_add(iv->data, item, &inner, rows->items[0].cells[k], rows->items[r].cells[k]);
        }
    }
}

static const char *child_text(const struct form_node *item, const char *name)
{
    for (const struct form_node *n = item->first; n != NULL; n = n->next) {
        if (strcmp(n->name, name) == 0) {
            return n->text == NULL ? "" : n->text;
        }
    }
    return NULL;
}

/* The choices that the rows of a document are. */
static void list_of_document(form_interview *iv, struct source *s, const struct form_item *item)
{
    const char *value = item->file_value == NULL ? "name" : item->file_value;
    const char *label = item->file_label == NULL ? "label" : item->file_label;
    size_t count = 0;
    for (const struct form_node *n = s->root->first; n != NULL; n = n->next) {
        count++;
    }
    struct form_choice *items = arena_array(iv->data, count + 1, sizeof *items);
    s->list = (struct form_choices){.name = s->name, .items = items, .is_used = true};
    for (const struct form_node *n = s->root->first; n != NULL; n = n->next) {
        struct form_choice *c = &items[s->list.count++];
        const char *text = child_text(n, label);
        c->name = child_text(n, value);
        c->name = c->name == NULL ? "" : c->name;
        c->label.in[iv->def->default_lang] = text == NULL ? c->name : text;
    }
}

static void read_document(form_interview *iv, struct source *s, const char *file)
{
    struct str bytes = STR_INIT;
    if (iv->hooks.read_file != NULL &&
        iv->hooks.read_file(iv->hooks.payload, file, &bytes) == ERR_OK) {
        if (str_ends(file, ".csv")) {
            struct form_rows rows;
            if (form_csv_parse(iv->data, str_cstr(&bytes), bytes.len, &rows) == ERR_OK) {
                document_of_rows(iv, s, &rows);
            }
        } else {
            if (form_xml_load(iv->data, str_cstr(&bytes), bytes.len, &s->root, NULL) != ERR_OK) {
                s->root = NULL;
            }
        }
    }
    str_done(&bytes);
}

static bool is_stem(const char *file, const char *name)
{
    const size_t n = strlen(name);
    return strncmp(file, name, n) == 0 && (file[n] == '\0' || file[n] == '.');
}

static struct source *source_find(form_interview *iv, const char *id)
{
    for (struct source *s = iv->sources; s != NULL; s = s->next) {
        if (is_stem(s->name, id)) {
            return s;
        }
    }
    struct source *s = source_new(iv, id);
    for (size_t i = 0; i < iv->def->choices_count; i++) {
        if (strcmp(iv->def->choices[i].name, id) == 0) {
            document_of_list(iv, s, &iv->def->choices[i]);
            return s;
        }
    }
    for (size_t i = 0; i < iv->def->count; i++) {
        const struct form_item *item = &iv->def->items[i];
        if (item->file != NULL && (is_stem(item->file, id) || strcmp(item->file, id) == 0)) {
            s->name = item->file;
            read_document(iv, s, item->file);
            if (s->root != NULL) {
                list_of_document(iv, s, item);
            }
            return s;
        }
    }
    read_document(iv, s, str_ends(id, ".csv") ? id : arena_printf(iv->data, "%s.csv", id));
    return s;
}

const struct form_node *form_instance_document(void *payload, const char *id)
{
    return source_find(payload, id)->root;
}

void form_options_done(form_interview *iv)
{
    iv->sources = NULL; /* lives in the arena of data */
}

/* ---- choices */

const struct form_choices *form_choices_of(const form_interview *iv, const struct form_item *item)
{
    if (item->choices != NULL || item->file == NULL || item->type == FORM_T_DATA) {
        return item->choices;
    }
    /* Reading a file beside the form is remembered, not a change of the interview. */
    const struct source *s = source_find((form_interview *)(uintptr_t)iv, item->file);
    return s->root == NULL ? NULL : &s->list;
}

struct offer {
    const struct form_choice **items;
    size_t count, cap;
    arena *a;
};

static void offer_add(struct offer *o, const struct form_choice *c)
{
    o->items = arena_grow(o->a, o->items, o->count, &o->cap, sizeof *o->items);
    o->items[o->count++] = c;
}

static bool passes(form_interview *iv, int node, const form_expr *filter,
                   const struct form_node *row)
{
    const struct cell *c = form_cell(iv, node);
    iv->self = node;
    iv->env.self = c->ready;
    iv->env.context = row;
    iv->env.current = &c->tree;
    iv->env.now_ms = iv->now_ms;
    iv->env.want_latest = false;
    const struct form_value v = form_expr_eval(filter, &iv->env, iv->scratch);
    return form_value_bool(&v);
}

static void offer_list(form_interview *iv, struct offer *o, int node, const struct form_item *item,
                       const struct form_choices *list)
{
    if (item->choice_filter == NULL) {
        for (size_t i = 0; i < list->count; i++) {
            offer_add(o, &list->items[i]);
        }
        return;
    }
    const struct source *s = source_find(iv, item->file != NULL ? item->file : list->name);
    const struct form_node *row = s->root == NULL ? NULL : s->root->first;
    for (size_t i = 0; i < list->count && row != NULL; i++, row = row->next) {
        if (passes(iv, node, item->choice_filter, row)) {
            offer_add(o, &list->items[i]);
        }
    }
}

/* The answers of a question in a repeat are the choices; each stands for itself. */
static void offer_answers(form_interview *iv, struct offer *o, int node,
                          const struct form_item *item)
{
    int within = -1;
    for (int r = iv->def->items[item->choices_from].repeat; r >= 0 && within < 0;
         r = iv->def->items[r].repeat) {
        within = form_node_enclosing(iv, node, r);
    }
    struct ints found = {0};
    form_nodes_of(iv, item->choices_from, within, &found);
    for (size_t i = 0; i < found.count; i++) {
        const char *text = form_interview_value(iv, found.at[i]);
        if (text[0] != '\0' &&
            (item->choice_filter == NULL ||
             passes(iv, node, item->choice_filter, &form_cell(iv, found.at[i])->tree))) {
            struct form_choice *c = arena_alloc(o->a, sizeof *c);
            c->name = arena_strdup(o->a, text);
            c->label.in[iv->def->default_lang] = c->name;
            offer_add(o, c);
        }
    }
    ints_done(&found);
}

/* Inside-out shuffle with the minimal standard generator, as randomize() has it. */
static void shuffle(form_interview *iv, struct offer *o, int node, const struct form_item *item)
{
    if (iv->shuffle == 0) {
        random_bytes(&iv->shuffle, sizeof iv->shuffle);
    }
    uint64_t state = (iv->shuffle + (uint64_t)node) % 2147483646 + 1;
    if (item->seed != NULL) {
        const struct form_value v = form_evaluate(iv, node, item->seed, false);
        const double seed = form_value_number(&v);
        const int64_t whole = seed >= -9e15 && seed <= 9e15 ? (int64_t)seed : 0;
        state = (uint64_t)((whole % 2147483647 + 2147483647) % 2147483647);
        state = state == 0 ? 1 : state;
    }
    for (size_t i = 0; i + 1 < o->count; i++) {
        const size_t at = o->count - 1 - i;
        state = state * 16807 % 2147483647;
        const size_t other = (size_t)((double)(state - 1) / 2147483646.0 * (double)(at + 1));
        const struct form_choice *c = o->items[at];
        o->items[at] = o->items[other > at ? at : other];
        o->items[other > at ? at : other] = c;
    }
}

static struct offer offer_now(form_interview *iv, int node)
{
    const struct form_item *item = form_node_item(iv, node);
    struct offer o = {.a = iv->shown};
    arena_reset(iv->shown);
    if (item->choices_from >= 0) {
        offer_answers(iv, &o, node, item);
        return o;
    }
    const struct form_choices *list = form_choices_of(iv, item);
    if (list != NULL) {
        offer_list(iv, &o, node, item, list);
    }
    return o;
}

const struct form_choice *const *form_interview_choices(const form_interview *iv, int node,
                                                        size_t *count)
{
    form_interview *own = (form_interview *)(uintptr_t)iv; /* its scratch, not its answers */
    struct offer o = offer_now(own, node);
    if (form_node_item(iv, node)->is_random) {
        shuffle(own, &o, node, form_node_item(iv, node));
    }
    arena_reset(iv->scratch);
    *count = o.count;
    return o.items;
}

bool form_choice_is_offered(form_interview *iv, int node)
{
    const struct form_item *item = form_node_item(iv, node);
    if (item->choices_from < 0 && form_choices_of(iv, item) == NULL) {
        return true; /* the file is not here to say */
    }
    const struct offer o = offer_now(iv, node);
    const char *s = str_cstr(&form_cell(iv, node)->text);
    while (*s != '\0') {
        const size_t n = item->type == FORM_T_SELECT_ONE ? strlen(s) : strcspn(s, " ");
        size_t i = 0;
        while (i < o.count &&
               (strncmp(o.items[i]->name, s, n) != 0 || o.items[i]->name[n] != '\0')) {
            i++;
        }
        if (i == o.count) {
            return false;
        }
        s += n;
        s += strspn(s, " ");
    }
    return true;
}
