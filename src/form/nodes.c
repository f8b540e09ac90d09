/* The nodes of an interview: instances of repeats come, go and move. Outside repeats a node is its
 * item; each instance has a block of nodes. Invariant: after form_nodes_update the lists of living
 * blocks, the tree that expressions walk and the pages say the same. */
#include "form/interview_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/id.h"

void ints_add(struct ints *l, int x)
{
    if (l->count == l->cap) {
        l->cap = l->cap == 0 ? 16 : l->cap * 2;
        l->at = mem_realloc(l->at, l->cap * sizeof *l->at);
    }
    l->at[l->count++] = x;
}

void ints_done(struct ints *l)
{
    free(l->at);
    *l = (struct ints){0};
}

static void ints_insert(struct ints *l, size_t at, int x)
{
    ints_add(l, x);
    memmove(l->at + at + 1, l->at + at, (l->count - 1 - at) * sizeof *l->at);
    l->at[at] = x;
}

static size_t ints_find(const struct ints *l, int x)
{
    size_t i = 0;
    while (i < l->count && l->at[i] != x) {
        i++;
    }
    return i;
}

static void ints_remove(struct ints *l, size_t at)
{
    memmove(l->at + at, l->at + at + 1, (l->count - at - 1) * sizeof *l->at);
    l->count--;
}

/* ---- what a node is */

static struct block *block_of(const form_interview *iv, int node)
{
    const int first = (int)iv->def->count;
    return node < first ? NULL : iv->blocks[iv->block_of.at[node - first]];
}

struct cell *form_cell(const form_interview *iv, int node)
{
    const struct block *b = block_of(iv, node);
    return b == NULL ? &iv->cells[node] : &b->cells[node - b->base];
}

int form_interview_nodes(const form_interview *iv)
{
    return (int)(iv->def->count + iv->block_of.count);
}

int form_interview_item(const form_interview *iv, int node)
{
    const struct block *b = block_of(iv, node);
    return b == NULL ? node : b->repeat + (node - b->base);
}

const struct form_item *form_node_item(const form_interview *iv, int node)
{
    return &iv->def->items[form_interview_item(iv, node)];
}

bool form_interview_exists(const form_interview *iv, int node)
{
    if (node < 0 || node >= form_interview_nodes(iv)) {
        return false;
    }
    const struct block *b = block_of(iv, node);
    if (b == NULL) {
        return iv->def->items[node].repeat < 0;
    }
    return b->is_alive &&
           (node == b->base || iv->def->items[b->repeat + (node - b->base)].repeat == b->repeat);
}

int form_interview_parent(const form_interview *iv, int node)
{
    const struct block *b = block_of(iv, node);
    const int parent = form_node_item(iv, node)->parent;
    if (b == NULL) {
        return parent;
    }
    return node == b->base ? b->container : b->base + (parent - b->repeat);
}

bool form_interview_is_instance(const form_interview *iv, int node)
{
    const struct block *b = block_of(iv, node);
    return b != NULL && b->base == node;
}

bool form_interview_is_container(const form_interview *iv, int node)
{
    return form_interview_exists(iv, node) && form_node_item(iv, node)->type == FORM_T_REPEAT &&
           !form_interview_is_instance(iv, node);
}

bool form_interview_is_counted(const form_interview *iv, int container)
{
    return form_node_item(iv, container)->repeat_count != NULL;
}

int form_node_enclosing(const form_interview *iv, int node, int repeat)
{
    for (const struct block *b; node >= 0 && (b = block_of(iv, node)) != NULL;
         node = b->container) {
        if (b->repeat == repeat) {
            return b->base;
        }
    }
    return -1;
}

static bool is_within(const form_interview *iv, int node, int instance)
{
    for (const struct block *b; node >= 0 && (b = block_of(iv, node)) != NULL;
         node = b->container) {
        if (b->base == instance) {
            return true;
        }
    }
    return false;
}

void form_nodes_of(const form_interview *iv, int item, int within, struct ints *out)
{
    const struct form_item *def = &iv->def->items[item];
    const int repeat = def->type == FORM_T_REPEAT ? item : def->repeat;
    if (repeat < 0) {
        ints_add(out, item);
        return;
    }
    const struct ints *alive = &iv->alive[repeat];
    for (size_t i = 0; i < alive->count; i++) {
        const int node = iv->blocks[alive->at[i]]->base + (item - repeat);
        if (within < 0 || is_within(iv, node, within)) {
            ints_add(out, node);
        }
    }
}

int form_interview_node(const form_interview *iv, int item, int near)
{
    const struct form_item *def = &iv->def->items[item];
    if (def->repeat < 0 && def->type != FORM_T_REPEAT) {
        return item;
    }
    const int own = def->type == FORM_T_REPEAT ? item : def->repeat;
    for (int r = own; r >= 0; r = iv->def->items[r].repeat) {
        const int instance = near < 0 ? -1 : form_node_enclosing(iv, near, r);
        if (instance >= 0 && r == own) {
            return instance + (item - r);
        }
        if (instance >= 0 || iv->def->items[r].repeat < 0) {
            const struct ints *alive = &iv->alive[own];
            for (size_t i = 0; i < alive->count; i++) {
                const int node = iv->blocks[alive->at[i]]->base + (item - own);
                if (instance < 0 || is_within(iv, node, instance)) {
                    return node;
                }
            }
        }
    }
    return -1;
}

const int *form_interview_instances(const form_interview *iv, int container, size_t *count)
{
    const struct ints *rows = &form_cell(iv, container)->rows;
    *count = rows->count;
    return rows->at;
}

int form_interview_position(const form_interview *iv, int instance)
{
    const struct block *b = block_of(iv, instance);
    return (int)ints_find(&form_cell(iv, b->container)->rows, instance) + 1;
}

const unsigned char *form_interview_instance_id(const form_interview *iv, int instance)
{
    return block_of(iv, instance)->id;
}

/* ---- making and unmaking */

static void cell_begin(struct cell *c, const struct form_item *item, int slot, int node)
{
    c->tree = (struct form_node){.name = item->name, .slot = slot, .index = node};
    c->ready = (struct form_value){.type = FORM_V_STRING, .is_node = true, .s = ""};
    c->ready.node = &c->tree;
    c->limit = FORM_MAX_INSTANCES;
}

static void cell_done(struct cell *c)
{
    str_done(&c->text);
    str_done(&c->value);
    ints_done(&c->rows);
    mem_wipe(c, sizeof *c);
}

void form_id_of_position(unsigned char id[FORM_ID_BYTES], size_t position)
{
    for (int i = FORM_ID_BYTES - 1; i >= 0; i--) {
        id[i] = (unsigned char)(position & 0xFF);
        position >>= 8;
    }
}

/* The first instance of each repeat that the person fills. */
static void begin_rows(form_interview *iv, int container)
{
    unsigned char id[FORM_ID_BYTES];
    if (form_node_item(iv, container)->repeat_count == NULL) {
        form_id_of_position(id, 1);
        form_block_new(iv, container, id, 0);
    }
}

bool form_has_room(const form_interview *iv, int container)
{
    const struct form_item *item = form_node_item(iv, container);
    return form_cell(iv, container)->rows.count < FORM_MAX_INSTANCES &&
           form_interview_nodes(iv) + (item->end - form_interview_item(iv, container)) <
               FORM_MAX_NODES;
}

int form_block_new(form_interview *iv, int container, const unsigned char *id, size_t at)
{
    struct block *b = mem_alloc(sizeof *b);
    b->repeat = form_interview_item(iv, container);
    b->container = container;
    b->size = iv->def->items[b->repeat].end - b->repeat;
    b->base = form_interview_nodes(iv);
    b->is_alive = true;
    memcpy(b->id, id, FORM_ID_BYTES);
    b->cells = mem_alloc((size_t)b->size * sizeof *b->cells);
    if (iv->block_count == iv->block_cap) {
        iv->block_cap = iv->block_cap == 0 ? 16 : iv->block_cap * 2;
        iv->blocks = mem_realloc(iv->blocks, iv->block_cap * sizeof(struct block *));
    }
    iv->blocks[iv->block_count] = b;
    for (int i = 0; i < b->size; i++) {
        cell_begin(&b->cells[i], &iv->def->items[b->repeat + i], b->repeat + i, b->base + i);
        ints_add(&iv->block_of, (int)iv->block_count);
    }
    iv->block_count++;
    ints_insert(&form_cell(iv, container)->rows, at, b->base);
    for (int i = 1; i < b->size; i++) {
        const struct form_item *item = &iv->def->items[b->repeat + i];
        if (item->type == FORM_T_REPEAT && item->repeat == b->repeat) {
            begin_rows(iv, b->base + i);
        }
    }
    return b->base;
}

static void block_end(form_interview *iv, struct block *b)
{
    b->is_alive = false;
    for (int i = 0; i < b->size; i++) {
        const struct ints *rows = &b->cells[i].rows;
        for (size_t k = 0; k < rows->count; k++) {
            block_end(iv, block_of(iv, rows->at[k]));
        }
        cell_done(&b->cells[i]);
        cell_begin(&b->cells[i], &iv->def->items[b->repeat + i], b->repeat + i, b->base + i);
    }
}

void form_nodes_begin(form_interview *iv)
{
    const size_t n = iv->def->count;
    iv->cells = mem_alloc((n + 1) * sizeof *iv->cells);
    iv->alive = mem_alloc((n + 1) * sizeof *iv->alive);
    iv->root = (struct form_node){.name = "data", .slot = -1, .index = -1};
    for (size_t i = 0; i < n; i++) {
        cell_begin(&iv->cells[i], &iv->def->items[i], (int)i, (int)i);
    }
    for (size_t i = 0; i < n; i++) {
        if (iv->def->items[i].type == FORM_T_REPEAT && iv->def->items[i].repeat < 0) {
            begin_rows(iv, (int)i);
        }
    }
    form_nodes_update(iv);
}

void form_nodes_done(form_interview *iv)
{
    for (size_t i = 0; i < iv->block_count; i++) {
        struct block *b = iv->blocks[i];
        for (int k = 0; k < b->size; k++) {
            cell_done(&b->cells[k]);
        }
        free(b->cells);
        free(b);
    }
    for (size_t i = 0; i < iv->def->count; i++) {
        cell_done(&iv->cells[i]);
        ints_done(&iv->alive[i]);
    }
    free(iv->cells);
    free(iv->alive);
    free(iv->blocks);
    ints_done(&iv->block_of);
}

/* ---- lists and tree */

static void add_rows(form_interview *iv, struct ints *alive, int container)
{
    const struct ints *rows = &form_cell(iv, container)->rows;
    for (size_t i = 0; i < rows->count; i++) {
        ints_add(alive, iv->block_of.at[rows->at[i] - (int)iv->def->count]);
    }
}

/* Outer repeats come before inner ones. */
static void update_lists(form_interview *iv)
{
    for (size_t i = 0; i < iv->def->count; i++) {
        const struct form_item *item = &iv->def->items[i];
        if (item->type != FORM_T_REPEAT) {
            continue;
        }
        iv->alive[i].count = 0;
        if (item->repeat < 0) {
            add_rows(iv, &iv->alive[i], (int)i);
            continue;
        }
        const struct ints *outer = &iv->alive[item->repeat];
        for (size_t k = 0; k < outer->count; k++) {
            add_rows(iv, &iv->alive[i], iv->blocks[outer->at[k]]->base + (int)i - item->repeat);
        }
    }
}

/* Hangs the items from..end-1 that begin at the node `base` below parent; rows beyond the count
 * are no part of the answers. */
static void link_items(form_interview *iv, struct form_node *parent, int from, int end, int shift)
{
    struct form_node *last = NULL;
    parent->first = NULL;
    for (int i = from; i < end; i = iv->def->items[i].end) {
        struct cell *c = form_cell(iv, i + shift);
        const bool is_repeat = iv->def->items[i].type == FORM_T_REPEAT;
        const size_t count = is_repeat ? c->rows.count : 1;
        c->tree.parent = parent; /* also of a container, which hangs in no list itself */
        for (size_t k = 0; k < count && k < c->limit; k++) {
            const int node = is_repeat ? c->rows.at[k] : i + shift;
            struct form_node *n = &form_cell(iv, node)->tree;
            n->parent = parent;
            n->next = NULL;
            if (last == NULL) {
                parent->first = n;
            } else {
                last->next = n;
            }
            last = n;
            link_items(iv, n, i + 1, iv->def->items[i].end, node - i);
        }
    }
}

void form_nodes_update(form_interview *iv)
{
    if (iv->def->has_repeats) {
        update_lists(iv);
    }
    link_items(iv, &iv->root, 0, (int)iv->def->count, 0);
    form_pages_now(iv);
}

/* ---- the person's doing */

static int row_with_id(const form_interview *iv, int container, const unsigned char *id)
{
    const struct ints *rows = &form_cell(iv, container)->rows;
    for (size_t i = 0; i < rows->count; i++) {
        const struct block *row = block_of(iv, rows->at[i]);
        if (row != NULL && memcmp(row->id, id, FORM_ID_BYTES) == 0) {
            return rows->at[i];
        }
    }
    return -1;
}

static void after_rows(form_interview *iv, int container)
{
    form_nodes_update(iv);
    if (iv->is_running) {
        form_note_change(iv, container);
        form_compute_from(iv, container);
        form_settle(iv);
    }
}

int form_interview_instance_add(form_interview *iv, int container, const unsigned char *id,
                                int before)
{
    unsigned char own[FORM_ID_BYTES];
    const struct ints *rows = &form_cell(iv, container)->rows;
    const int there = id == NULL ? -1 : row_with_id(iv, container, id);
    if (there >= 0) {
        return there;
    }
    if (form_interview_is_counted(iv, container) || !form_has_room(iv, container)) {
        return -1;
    }
    if (id == NULL && iv->hooks.random != NULL) {
        iv->hooks.random(iv->hooks.payload, own, sizeof own);
    } else if (id == NULL) {
        random_bytes(own, sizeof own);
    }
    form_begin_changes(iv);
    const size_t at = before < 0 ? rows->count : ints_find(rows, before);
    const int node = form_block_new(iv, container, id == NULL ? own : id, at);
    if (id == NULL) {
        ints_add(&iv->fresh, node);
    }
    iv->is_filling = id == NULL;
    after_rows(iv, container);
    return node;
}

void form_interview_instance_delete(form_interview *iv, int instance)
{
    struct block *b = block_of(iv, instance);
    if (b == NULL || !b->is_alive || form_interview_is_counted(iv, b->container)) {
        return;
    }
    form_begin_changes(iv);
    struct ints *rows = &form_cell(iv, b->container)->rows;
    ints_remove(rows, ints_find(rows, instance));
    block_end(iv, b);
    after_rows(iv, b->container);
}

void form_interview_instance_move(form_interview *iv, int instance, int before)
{
    struct block *b = block_of(iv, instance);
    if (b == NULL || !b->is_alive || before == instance ||
        form_interview_is_counted(iv, b->container)) {
        return;
    }
    form_begin_changes(iv);
    struct ints *rows = &form_cell(iv, b->container)->rows;
    ints_remove(rows, ints_find(rows, instance));
    ints_insert(rows, before < 0 ? rows->count : ints_find(rows, before), instance);
    after_rows(iv, b->container);
}

/* ---- addresses */

void form_interview_at(const form_interview *iv, int node, struct str *out)
{
    const struct block *b = block_of(iv, node);
    if (b == NULL) {
        return;
    }
    form_interview_at(iv, b->container, out);
    if (out->len > 0) {
        str_putc(out, '/');
    }
    char hex[2 * FORM_ID_BYTES + 1];
    hex_put(hex, b->id, FORM_ID_BYTES);
    str_puts(out, hex);
}

/* Is name one of the words of "a b", "a, b" or "[a, b]"? */
static bool was_called(const char *was, const char *name)
{
    static const char between[] = " ,[]\"";
    const size_t n = strlen(name);
    for (const char *s = was; s != NULL && *s != '\0';) {
        s += strspn(s, between);
        const size_t len = strcspn(s, between);
        if (len == n && strncmp(s, name, n) == 0) {
            return true;
        }
        s += len;
    }
    return false;
}

static int item_called(const form_interview *iv, const char *key)
{
    const int item = form_def_find(iv->def, key);
    for (size_t i = 0; item < 0 && i < iv->def->count; i++) {
        if (was_called(iv->def->items[i].was, key)) {
            return (int)i;
        }
    }
    return item;
}

/* The instance of a counted repeat with this id, made if the id is a position. */
static int counted_row(form_interview *iv, int container, const unsigned char *id)
{
    size_t position = 0;
    for (int i = 0; i < FORM_ID_BYTES; i++) {
        position = position > FORM_MAX_INSTANCES ? position : position << 8 | id[i];
    }
    if (position == 0 || position > FORM_MAX_INSTANCES) {
        return -1;
    }
    const struct ints *rows = &form_cell(iv, container)->rows;
    while (rows->count < position && form_has_room(iv, container)) {
        unsigned char own[FORM_ID_BYTES];
        form_id_of_position(own, rows->count + 1);
        form_block_new(iv, container, own, rows->count);
        rows = &form_cell(iv, container)->rows;
    }
    form_nodes_update(iv);
    return rows->count < position ? -1 : rows->at[position - 1];
}

static int find_row(form_interview *iv, int container, const char *hex)
{
    unsigned char id[FORM_ID_BYTES];
    char text[2 * FORM_ID_BYTES + 1];
    const size_t n = strcspn(hex, "/");
    if (n != 2 * FORM_ID_BYTES) {
        return -1;
    }
    memcpy(text, hex, n);
    text[n] = '\0';
    if (!hex_get(id, sizeof id, text)) {
        return -1;
    }
    const int there = row_with_id(iv, container, id);
    return there >= 0 || !form_interview_is_counted(iv, container) ? there
                                                                   : counted_row(iv, container, id);
}

int form_interview_find(form_interview *iv, const char *at, const char *key)
{
    const int item = item_called(iv, key);
    int chain[FORM_MAX_GROUPS + 2];
    size_t depth = 0;
    if (item < 0) {
        return -1;
    }
    const bool is_repeat = iv->def->items[item].type == FORM_T_REPEAT;
    for (int r = is_repeat ? item : iv->def->items[item].repeat; r >= 0;
         r = iv->def->items[r].repeat) {
        chain[depth++] = r;
    }
    int instance = -1;
    while (*at != '\0' && depth > 0) {
        const int repeat = chain[--depth];
        const int outer = iv->def->items[repeat].repeat;
        const int container = instance < 0 ? repeat : instance + (repeat - outer);
        instance = find_row(iv, container, at);
        if (instance < 0) {
            return -1;
        }
        at += strcspn(at, "/");
        at += *at == '/';
    }
    if (*at != '\0' || depth > (is_repeat ? 1u : 0u)) {
        return -1;
    }
    if (instance < 0) {
        return item;
    }
    return instance + (item - form_interview_item(iv, instance));
}
