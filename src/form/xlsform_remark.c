/* Remarks: the column "#" of a survey as comment lines of YAML. They are no part of a form, so they
 * are put in after the canonical text is made. Invariant: without the comment lines the text is
 * what form_def_write gives. */
#include "form/sheet_int.h"

#include <string.h>

#include "base/str.h"

void xls_item(struct xls *x, const struct sheet_row *row)
{
    struct form_import *out = x->out;
    const char *text = xls_get(x, &x->survey_columns, row, "#", NULL);
    if (text != NULL) {
        out->remarks = arena_grow(x->a, out->remarks, out->remark_count, &out->remark_cap,
                                  sizeof *out->remarks);
        out->remarks[out->remark_count++] = (struct form_remark){x->item_count, text};
    }
    x->item_count++;
}

struct walk {
    const struct form_import *import;
    size_t item, next; /* counted so far; the remark that comes next */
    const char *text;  /* what is not copied yet, and its line */
    size_t line;
    struct str *out;
};

/* Copies the lines before the given one. */
static void copy_to(struct walk *w, size_t line)
{
    while (w->line < line && *w->text != '\0') {
        const size_t n = strcspn(w->text, "\n");
        str_put(w->out, w->text, n + (w->text[n] == '\n'));
        w->text += n + (w->text[n] == '\n');
        w->line++;
    }
}

static void put_remark(struct walk *w, const struct node *n, const char *remark)
{
    copy_to(w, n->line);
    const int indent = (int)strspn(w->text, " ");
    while (*remark != '\0') {
        const size_t len = strcspn(remark, "\n");
        str_printf(w->out, "%*s# ", indent, "");
        for (size_t i = 0; i < len; i++) {
            const unsigned char c = (unsigned char)remark[i];
            str_putc(w->out, c < 0x20 || c == 0x7F ? ' ' : (char)c);
        }
        str_putc(w->out, '\n');
        remark += len + (remark[len] == '\n');
    }
}

static void walk_items(struct walk *w, const struct node *list)
{
    for (const struct node *n = list->first; n != NULL; n = n->next) {
        const struct form_import *in = w->import;
        if (w->next < in->remark_count && in->remarks[w->next].item == w->item) {
            put_remark(w, n, in->remarks[w->next++].text);
        }
        w->item++;
        const struct node *inner = form_node_get(n, "survey");
        if (inner != NULL) {
            walk_items(w, inner);
        }
    }
}

enum err form_import_write(const struct form_import *import, struct str *out, struct err_info *err)
{
    struct str canonical = STR_INIT;
    const enum err rc = form_def_write(str_cstr(&import->yaml), import->yaml.len, &canonical, err);
    arena *a = arena_new();
    struct form_findings findings = {0};
    const struct node *root = rc != ERR_OK || import->remark_count == 0
                                  ? NULL
                                  : form_yaml_load(a, str_cstr(&canonical), canonical.len,
                                                   &findings);
    struct walk w = {.import = import, .text = str_cstr(&canonical), .line = 1, .out = out};
    if (root != NULL && form_node_get(root, "survey") != NULL) {
        walk_items(&w, form_node_get(root, "survey"));
    }
    if (rc == ERR_OK) {
        str_puts(out, w.text);
    }
    form_findings_done(&findings);
    arena_free(a);
    str_done(&canonical);
    return rc;
}
