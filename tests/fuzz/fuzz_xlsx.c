/* Any bytes as a workbook: refused or read, never more; what is read is YAML of one structure. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "form/sheet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct form_import in;
    struct form_findings findings = {0};
    struct form_def *def = NULL;
    if (form_sheet_import("f.xlsx", data, n, &in, &findings, NULL) == ERR_OK) {
        form_def_load(str_cstr(&in.yaml), in.yaml.len, NULL, &def, &findings, NULL);
    }
    form_def_free(def);
    form_findings_done(&findings);
    form_import_done(&in);
    return 0;
}
