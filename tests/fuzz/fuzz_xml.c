/* Any bytes as a document beside a form: refused or read, and a tree that is read is whole: every
 * child knows its parent, leaves have a text, and paths over it end. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "form/expr.h"
#include "form/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static size_t walk(const struct form_node *node, size_t depth)
{
    size_t count = 1;
    if (node->name == NULL || depth > FORM_XML_MAX_DEPTH ||
        (node->first == NULL && node->text == NULL)) {
        abort();
    }
    for (const struct form_node *c = node->first; c != NULL; c = c->next) {
        if (c->parent != node) {
            abort();
        }
        count += walk(c, depth + 1);
    }
    return count;
}

static double ask(arena *a, const struct form_node *root, const char *text)
{
    const struct form_expr_scope scope = {.allows_paths = true};
    const struct form_expr_env env = {.context = root, .root = root};
    struct form_expr_error error;
    const form_expr *x = form_expr_compile(a, text, strlen(text), &scope, &error);
    if (x == NULL) {
        abort();
    }
    const struct form_value v = form_expr_eval(x, &env, a);
    return form_value_number(&v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    arena *a = arena_new();
    struct form_node *root = NULL;
    const enum err rc = form_xml_load(a, (const char *)data, n, &root, NULL);
    if ((rc == ERR_OK) != (root != NULL)) {
        abort();
    }
    if (root != NULL) {
        const size_t count = walk(root, 1);
        if (ask(a, root, "count(*) + count(*/*[position() = last()])") > (double)count) {
            abort();
        }
        (void)ask(a, root, "count(*[name = ../*[1]/name])");
    }
    arena_free(a);
    return 0;
}
