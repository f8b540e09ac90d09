/* XML documents: the tree they give, and what ends a parse. */
#include <check.h>
#include <string.h>

#include "base/str.h"
#include "form/xml.h"

Suite *form_xml_suite(void);

static enum err load(arena *a, const char *xml, struct form_node **root, struct err_info *info)
{
    return form_xml_load(a, xml, strlen(xml), root, info);
}

START_TEST(elements_become_nodes_in_order)
{
    arena *a = arena_new();
    struct form_node *root = NULL;
    ck_assert_int_eq(load(a,
                          "<?xml version='1.0'?><r xmlns:x='u'> <a k='1'>one &amp; two</a>"
                          "<x:b/><c><d> s </d></c></r>",
                          &root, NULL),
                     ERR_OK);
    ck_assert_str_eq(root->name, "r");
    ck_assert_ptr_null(root->text);
    ck_assert_int_eq(root->slot, -1);
    const struct form_node *n = root->first;
    ck_assert_str_eq(n->name, "a");
    ck_assert_str_eq(n->text, "one & two");
    ck_assert_ptr_eq(n->parent, root);
    n = n->next;
    ck_assert_str_eq(n->name, "b");
    ck_assert_str_eq(n->text, "");
    n = n->next;
    ck_assert_ptr_null(n->text);
    ck_assert_str_eq(n->first->text, " s ");
    ck_assert_ptr_null(n->next);
    arena_free(a);
}
END_TEST

START_TEST(what_is_no_plain_document_is_refused)
{
    static const char *const wrong[] = {
        "",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "<a>&nbsp;</a>",
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
        "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
    };
    arena *a = arena_new();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct form_node *root = NULL;
        struct err_info info = {0};
        ck_assert_msg(load(a, wrong[i], &root, &info) == ERR_SYNTAX, "%s", wrong[i]);
        ck_assert_ptr_null(root);
        ck_assert_uint_eq(info.line, 1);
    }
    arena_free(a);
}
END_TEST

START_TEST(depth_and_size_are_bounded)
{
    arena *a = arena_new();
    struct form_node *root = NULL;
    for (int depth = FORM_XML_MAX_DEPTH; depth <= FORM_XML_MAX_DEPTH + 1; depth++) {
        struct str xml = STR_INIT;
        for (int i = 0; i < depth; i++) {
            str_puts(&xml, "<a>");
        }
        for (int i = 0; i < depth; i++) {
            str_puts(&xml, "</a>");
        }
        ck_assert_int_eq(form_xml_load(a, str_cstr(&xml), xml.len, &root, NULL),
                         depth > FORM_XML_MAX_DEPTH ? ERR_LIMIT : ERR_OK);
        str_done(&xml);
    }
    ck_assert_int_eq(form_xml_load(a, "<a/>", FORM_XML_MAX_BYTES + 1, &root, NULL), ERR_LIMIT);
    arena_free(a);
}
END_TEST

Suite *form_xml_suite(void)
{
    Suite *s = suite_create("form/xml");
    TCase *t = tcase_create("xml");
    tcase_add_test(t, elements_become_nodes_in_order);
    tcase_add_test(t, what_is_no_plain_document_is_refused);
    tcase_add_test(t, depth_and_size_are_bounded);
    suite_add_tcase(s, t);
    return s;
}
