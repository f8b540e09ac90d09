/* XML into nodes by expat, pulled through at once. Nothing outside the document is ever read: a
 * document type or a reference to an entity ends the parse. Depth, size and number of nodes are
 * bounded, so that the tree stays in proportion to the text. */
#include "form/xml.h"

#include <expat.h>
#include <string.h>

#include "base/str.h"

struct build {
    arena *a;
    XML_Parser parser;
    struct form_node *root, *at;
    struct form_node *last[FORM_XML_MAX_DEPTH + 1]; /* youngest child at each depth */
    size_t depth, count;
    struct str text; /* of the innermost element, as long as it has no children */
    enum err code;
};

static void stop(struct build *b, enum err code)
{
    if (b->code == ERR_OK) {
        b->code = code;
        (void)XML_StopParser(b->parser, XML_FALSE);
    }
}

static void on_start(void *payload, const XML_Char *name, const XML_Char **attributes)
{
    struct build *b = payload;
    (void)attributes;
    if (b->depth >= FORM_XML_MAX_DEPTH || ++b->count > FORM_XML_MAX_NODES) {
        stop(b, ERR_LIMIT);
        return;
    }
    const char *colon = strrchr(name, ':');
    struct form_node *n = arena_alloc(b->a, sizeof *n);
    n->name = arena_strdup(b->a, colon == NULL ? name : colon + 1);
    n->slot = -1;
    n->index = -1;
    n->parent = b->at;
    if (b->at == NULL) {
        b->root = n;
    } else if (b->at->first == NULL) {
        b->at->first = n;
    } else {
        b->last[b->depth]->next = n;
    }
    b->last[b->depth++] = n;
    b->at = n;
    str_clear(&b->text);
}

static void on_end(void *payload, const XML_Char *name)
{
    struct build *b = payload;
    (void)name;
    if (b->at->first == NULL) {
        b->at->text = arena_strndup(b->a, str_cstr(&b->text), b->text.len);
    }
    str_clear(&b->text);
    b->at = b->at->parent;
    b->depth--;
}

static void on_text(void *payload, const XML_Char *s, int n)
{
    struct build *b = payload;
    if (b->at != NULL && b->at->first == NULL) {
        str_put(&b->text, s, (size_t)n);
    }
}

static void on_doctype(void *payload, const XML_Char *name, const XML_Char *system_id,
                       const XML_Char *public_id, int has_internal_subset)
{
    (void)name;
    (void)system_id;
    (void)public_id;
    (void)has_internal_subset;
    stop(payload, ERR_SYNTAX);
}

enum err form_xml_load(arena *a, const char *xml, size_t n, struct form_node **root,
                       struct err_info *err)
{
    *root = NULL;
    if (n > FORM_XML_MAX_BYTES) {
        return ERR_SET(err, ERR_LIMIT, "xml");
    }
    struct build b = {.a = a, .parser = XML_ParserCreate(NULL)};
    if (b.parser == NULL) {
        return ERR_SET(err, ERR_MEMORY, "xml");
    }
    XML_SetUserData(b.parser, &b);
    XML_SetElementHandler(b.parser, on_start, on_end);
    XML_SetCharacterDataHandler(b.parser, on_text);
    XML_SetStartDoctypeDeclHandler(b.parser, on_doctype);
    if (XML_Parse(b.parser, xml, (int)n, XML_TRUE) != XML_STATUS_OK && b.code == ERR_OK) {
        b.code = ERR_SYNTAX;
    }
    const size_t line = (size_t)XML_GetCurrentLineNumber(b.parser);
    XML_ParserFree(b.parser);
    str_done(&b.text);
    if (b.code != ERR_OK) {
        (void)ERR_SET(err, b.code, "xml");
        if (err != NULL) {
            err->line = line;
        }
        return b.code;
    }
    *root = b.root;
    return ERR_OK;
}
