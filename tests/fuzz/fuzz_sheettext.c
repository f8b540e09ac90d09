/* Any text as Markdown tables and as CSV: what comes out must parse as YAML, whatever stood in the
 * cells. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "form/sheet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void try_as(const char *file, const uint8_t *data, size_t n)
{
    struct form_import in;
    struct form_findings findings = {0};
    struct form_def *def = NULL;
    if (form_sheet_import(file, data, n, &in, &findings, NULL) == ERR_OK && in.yaml.len > 0) {
        struct form_findings of_form = {0};
        form_def_load(str_cstr(&in.yaml), in.yaml.len, NULL, &def, &of_form, NULL);
        for (size_t i = 0; i < of_form.count; i++) {
            if (of_form.items[i].code == FORM_F_YAML || of_form.items[i].code == FORM_F_ALIAS) {
                abort();
            }
        }
        form_findings_done(&of_form);
    }
    form_def_free(def);
    form_findings_done(&findings);
    form_import_done(&in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    try_as("f.md", data, n);
    try_as("f.csv", data, n);
    return 0;
}
