/* XML documents as trees of nodes, for expressions: elements with text. No DTD, no entities but
 * the five of XML, no attributes; bounded in depth and size. */
#ifndef SPRIJIN_FORM_XML_H
#define SPRIJIN_FORM_XML_H

#include "base/arena.h"
#include "base/err.h"
#include "form/expr.h"

#define FORM_XML_MAX_BYTES (16u * 1024u * 1024u)
#define FORM_XML_MAX_DEPTH 64
#define FORM_XML_MAX_NODES 1000000u

/* The document element, living in a. ERR_SYNTAX with the line as place, ERR_LIMIT. Names lose
 * their prefix; text between elements is dropped, that of leaves kept as it is. */
enum err form_xml_load(arena *a, const char *xml, size_t n, struct form_node **root,
                       struct err_info *err);

#endif
