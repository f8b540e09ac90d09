/* Expressions against another implementation: random ones of the subset that XPath 1.0 and forms
 * have in common are computed here and by libxml2 over the same document; they must agree. Where
 * the two languages differ on purpose, nothing is generated: dates, numbers written with an
 * exponent, truth of one node (comparing it with a truth, too), comparisons within 1e-12, order of strings that are no numbers.
 * A program of its own: N cases from the first argument, a seed from the second. */
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "form/expr.h"
#include "form/xml.h"

static const char DOCUMENT[] =
    "<data><a>1</a><b>two</b><c/><n>-3.5</n><g><a>7</a><b>x y</b></g>"
    "<r><v>1</v><w>p</w></r><r><v>2</v><w>q</w></r><r><v/><w>p</w></r><r><v>10</v></r>"
    "<deep><er><est>9</est></er><er><est>8</est><est>7</est></er></deep></data>";

static unsigned long long state;

static unsigned pick(unsigned n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 33) % n;
}

#define PICK(list) (list)[pick(sizeof(list) / sizeof(list)[0])]

static void put_any(struct str *s, int depth);
static void put_scalar(struct str *s, int depth);

static void put_path(struct str *s, int depth)
{
    static const char *const starts[] = {"/data/", "/data/", "", "./", "g/../"};
    static const char *const names[] = {"a", "b", "c", "n", "r", "g", "*", "nosuch", "deep", "."};
    static const char *const below[] = {"v", "w", "a", "b", "*", "..", "er", "er/est", "../r"};
    str_puts(s, PICK(starts));
    const char *name = PICK(names);
    str_puts(s, name);
    if (pick(3) == 0 && name[0] != '.' && depth > 0) {
        str_putc(s, '[');
        switch (pick(4)) {
        case 0: str_printf(s, "%u", 1 + pick(4)); break;
        case 1: str_puts(s, "position() = last()"); break;
        case 2: str_printf(s, "v > %u", pick(3)); break;
        default: put_scalar(s, depth - 1); break; /* a node alone: its truth differs */
        }
        str_putc(s, ']');
    }
    if (pick(2) == 0 && name[0] != '.') { /* never above the document's one element */
        str_putc(s, '/');
        str_puts(s, PICK(below));
    }
}

static void put_call(struct str *s, int depth)
{
    static const struct {
        const char *name;
        unsigned arity;
    } calls[] = {{"concat", 2},        {"contains", 2},
                 {"starts-with", 2},   {"substring", 2},
                 {"substring", 3},     {"substring-before", 2},
                 {"string", 1},        {"substring-after", 2},
                 {"string-length", 1}, {"normalize-space", 1},
                 {"translate", 3},     {"not", 1},
                 {"true", 0},          {"false", 0},
                 {"number", 1},        {"floor", 1},
                 {"ceiling", 1},       {"round", 1}};
    const unsigned i = pick(sizeof calls / sizeof calls[0]);
    str_printf(s, "%s(", calls[i].name);
    for (unsigned k = 0; k < calls[i].arity; k++) {
        str_puts(s, k > 0 ? ", " : "");
        if (strcmp(calls[i].name, "not") == 0) {
            str_puts(s, "0 < "); /* truth of a node is its value's here */
        }
        /* concat() joins whole sets here; the other takes a lone '-' for the number 0. */
        const bool is_concat = strcmp(calls[i].name, "concat") == 0;
        const bool is_part = strcmp(calls[i].name, "translate") == 0 ||
                             (k == 0 && strncmp(calls[i].name, "substring", 9) == 0);
        str_puts(s, is_concat ? "string(" : is_part ? "translate(" : "");
        put_any(s, depth - 1);
        str_puts(s, is_concat ? ")" : is_part ? ", '-', '_')" : "");
    }
    str_putc(s, ')');
}

/* A set, a number or a text: what may be compared with a set. */
static void put_valued(struct str *s, int depth)
{
    static const char *const casts[] = {"string(", "number(", "count(r) - number("};
    if (pick(2) == 0) {
        put_path(s, depth);
        return;
    }
    str_puts(s, PICK(casts));
    put_any(s, depth);
    str_putc(s, ')');
}

/* A truth, a number or a text. */
static void put_scalar(struct str *s, int depth)
{
    static const char *const casts[] = {"string(", "number(", "not(0 < ", "boolean(0 < "};
    str_puts(s, PICK(casts));
    put_any(s, depth);
    str_putc(s, ')');
}

static void put_operation(struct str *s, int depth)
{
    static const char *const ops[] = {" + ",  " - ", " * ",  " div ", " mod ", " = ",
                                      " != ", " < ", " <= ", " > ",   " >= "};
    const unsigned kind = pick(8);
    if (kind == 0) { /* logic over comparisons only */
        str_puts(s, "(1 < ");
        put_any(s, depth - 1);
        str_puts(s, pick(2) == 0 ? " and 2 > " : " or 2 > ");
        put_any(s, depth - 1);
        str_putc(s, ')');
        return;
    }
    if (kind == 1) {
        str_puts(s, "-(");
        put_any(s, depth - 1);
        str_putc(s, ')');
        return;
    }
    const unsigned op = pick(sizeof ops / sizeof ops[0]);
    void (*put)(struct str *, int) = op < 5 ? put_any : pick(2) == 0 ? put_valued : put_scalar;
    str_putc(s, '(');
    put(s, depth - 1);
    str_puts(s, ops[op]);
    if (strcmp(ops[op], " div ") == 0) { /* fractions that end: texts of others differ in length */
        str_puts(s, pick(2) == 0 ? "2" : "0");
    } else {
        put(s, depth - 1);
    }
    str_putc(s, ')');
}

static void put_any(struct str *s, int depth)
{
    static const char *const numbers[] = {"0", "1", "2.5", "-1", "10", ".5", "7.", "100"};
    static const char *const texts[] = {"''",      "'a'",   "'two'",     "'3'",
                                        "\"x y\"", "' 4 '", "'\xC8\x99'"};
    static const char *const sets[] = {"r/v", "/data/r", "r[w = 'p']", "/data/deep/er/est",
                                       "*",   "nosuch"};
    switch (depth <= 0 ? pick(3) : pick(8)) {
    case 0: str_puts(s, PICK(numbers)); break;
    case 1: str_puts(s, PICK(texts)); break;
    case 2: put_path(s, depth); break;
    case 3:
    case 4: put_call(s, depth); break;
    case 5: str_printf(s, "%s(%s)", pick(3) == 0 ? "sum" : "count", PICK(sets)); break;
    default: put_operation(s, depth); break;
    }
}

/* ---- both sides ---- */

/* Truth of nodes differs on purpose, and results that are sets are compared as their text. */
static bool agree(const struct form_value *ours, xmlXPathObjectPtr theirs, arena *a)
{
    const char *text = form_value_text(ours, a);
    bool is_same = false;
    if (theirs->type == XPATH_NUMBER) {
        const double x = form_value_number(ours);
        const double y = theirs->floatval;
        is_same = ours->type == FORM_V_NUMBER &&
                  ((isnan(x) && isnan(y)) || x == y || fabs(x - y) <= fabs(y) * 1e-14);
    } else if (theirs->type == XPATH_BOOLEAN) {
        is_same = ours->type == FORM_V_BOOL && form_value_bool(ours) == (theirs->boolval != 0);
    } else {
        xmlChar *their_text = xmlXPathCastToString(theirs);
        is_same = strcmp(text, (const char *)their_text) == 0;
        xmlFree(their_text);
    }
    return is_same;
}

static void keep_quiet(void *payload, const char *format, ...)
{
    (void)payload;
    (void)format;
}

static bool check(const char *text, const struct form_node *root, xmlXPathContextPtr theirs)
{
    arena *a = arena_new();
    const struct form_expr_scope scope = {.allows_paths = true};
    const struct form_expr_env env = {.context = root, .root = root};
    struct form_expr_error error;
    const form_expr *x = form_expr_compile(a, text, strlen(text), &scope, &error);
    xmlXPathObjectPtr result = xmlXPathEvalExpression((const xmlChar *)text, theirs);
    bool is_same = x == NULL && result == NULL;
    if (x != NULL && result != NULL) {
        const struct form_value v = form_expr_eval(x, &env, a);
        is_same = agree(&v, result, a);
        if (!is_same) {
            xmlChar *their_text = xmlXPathCastToString(result);
            fprintf(stderr, "%s\n  here %s, there %s\n", text, form_value_text(&v, a),
                    (const char *)their_text);
            xmlFree(their_text);
        }
    } else if (!is_same) {
        fprintf(stderr, "%s\n  only %s reads it\n", text, x == NULL ? "the other" : "this one");
    }
    xmlXPathFreeObject(result);
    arena_free(a);
    return is_same;
}

int main(int argc, char **argv)
{
    const long count = argc > 1 ? strtol(argv[1], NULL, 10) : 10000;
    state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    state = state * 2654435761u + 88172645463325252u;
    arena *a = arena_new();
    struct form_node *root = NULL;
    if (form_xml_load(a, DOCUMENT, strlen(DOCUMENT), &root, NULL) != ERR_OK) {
        return 2;
    }
    xmlDocPtr document = xmlReadMemory(DOCUMENT, (int)strlen(DOCUMENT), "d", NULL, 0);
    xmlXPathContextPtr context = xmlXPathNewContext(document);
    context->node = xmlDocGetRootElement(document);
    xmlSetGenericErrorFunc(NULL, keep_quiet);
    long failed = 0;
    for (long i = 0; i < count; i++) {
        struct str text = STR_INIT;
        put_any(&text, 3);
        failed += check(str_cstr(&text), root, context) ? 0 : 1;
        str_done(&text);
    }
    printf("%ld passed, %ld failed\n", count - failed, failed);
    xmlXPathFreeContext(context);
    xmlFreeDoc(document);
    arena_free(a);
    return failed == 0 ? 0 : 1;
}
