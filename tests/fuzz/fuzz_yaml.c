/* Any bytes as a form: the loader, the checker and the writer must refuse or accept them without
 * harm, and what the writer accepts it must read back to the same bytes. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "form/interview.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void write_twice(const char *yaml, size_t n)
{
    struct str once = STR_INIT, twice = STR_INIT;
    if (form_def_write(yaml, n, &once, NULL) == ERR_OK && once.len <= FORM_MAX_BYTES) {
        if (form_def_write(str_cstr(&once), once.len, &twice, NULL) != ERR_OK ||
            once.len != twice.len || memcmp(once.data, twice.data, once.len) != 0) {
            abort();
        }
    }
    str_done(&once);
    str_done(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const char *yaml = (const char *)data;
    struct form_findings findings = {0};
    struct form_def *def = NULL;
    if (form_def_load(yaml, n, NULL, &def, &findings, NULL) == ERR_OK) {
        form_interview *iv = form_interview_new(def, 0);
        form_interview_start(iv, true);
        form_interview_free(iv);
    }
    form_def_free(def);
    form_findings_done(&findings);
    write_twice(yaml, n);
    return 0;
}
