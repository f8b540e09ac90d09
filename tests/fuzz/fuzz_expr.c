/* Fuzzer of expressions: any bytes compile or give a problem with a column, and what compiles is
 * evaluated with blank, text, number and date answers without a fault. */
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "form/expr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int any_name(void *payload, const char *name, size_t n)
{
    (void)payload;
    return n > 0 && name[0] == '!' ? -1 : (int)(name[0] & 7);
}

static struct form_value answer(void *payload, int slot, const struct form_node *context)
{
    static const struct form_value items[2] = {
        {.type = FORM_V_NUMBER, .num = 2, .num2 = 2, .is_node = true},
        {.type = FORM_V_STRING, .s = "", .is_node = true}};
    struct form_value v;
    (void)payload;
    (void)context;
    switch (slot) {
    case 0: return form_value_of_number(-3.5);
    case 1: return form_value_string("a b c", 5);
    case 2: return (struct form_value){.type = FORM_V_DATE, .num = 10227, .num2 = 10591};
    case 3: return (struct form_value){.type = FORM_V_NODES, .items = items, .count = 2};
    case 4: return (struct form_value){.type = FORM_V_NODES};
    default:
        v = form_value_string("", 0);
        v.is_node = true;
        return v;
    }
}

static struct form_value value(void *payload, const struct form_node *n)
{
    return answer(payload, n->slot, NULL);
}

static const struct form_node *document(void *payload, const char *id)
{
    return id[0] == 'x' ? NULL : payload;
}

/* <a><b>1</b><b>c</b></a>, a node of the answers beside them. */
static void grow(struct form_node tree[4])
{
    tree[0] = (struct form_node){.first = &tree[1], .name = "a", .slot = -1};
    tree[1] = (struct form_node){
        .parent = &tree[0], .next = &tree[2], .name = "b", .text = "1", .slot = -1};
    tree[2] = (struct form_node){
        .parent = &tree[0], .next = &tree[3], .name = "b", .text = "c", .slot = -1};
    tree[3] = (struct form_node){.parent = &tree[0], .name = "d", .slot = 1};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct form_node tree[4];
    grow(tree);
    arena *a = arena_new();
    char *text = arena_strndup(a, (const char *)data, size);
    const struct form_expr_scope scope = {
        .resolve = any_name, .allows_paths = size % 2 == 0, .is_late = size % 3 == 0};
    struct form_expr_error error;
    const form_expr *x = form_expr_compile(a, text, size, &scope, &error);
    if ((x == NULL) != (error.problem != FORM_X_OK) || (x == NULL && error.column == 0)) {
        __builtin_trap();
    }
    if (x != NULL) {
        const struct form_expr_env env = {.payload = tree,
                                          .get = answer,
                                          .value = value,
                                          .context = size % 5 == 0 ? NULL : &tree[size % 4],
                                          .root = tree,
                                          .instance = document,
                                          .self = form_value_string("7", 1),
                                          .failed = &error};
        const struct form_value v = form_expr_eval(x, &env, a);
        (void)form_value_text(&v, a);
        (void)form_value_bool(&v);
        (void)form_value_number(&v);
    }
    arena_free(a);
    return 0;
}
