/* Any bytes as a workbook: refused or read, never more; what is read is YAML of one structure.
 * Bytes that are no zip are taken as the XML of its parts, with a form feed between two, the first
 * byte of each saying which part it is ("0" relations, "1" workbook, "2" strings, "3" styles, else
 * a sheet): mutations of packed bytes would hardly ever reach that reader. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "form/sheet_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void read_parts(const uint8_t *data, size_t n)
{
    struct sheet_book book = {.a = arena_new()};
    struct sheet_workbook w = {.book = &book};
    while (n > 0) {
        const uint8_t *end = memchr(data, '\f', n);
        const size_t len = end == NULL ? n : (size_t)(end - data);
        if (len > 0) {
            const bool is_sheet = data[0] < '0' || data[0] > '3';
            const enum sheet_part part = is_sheet ? PART_SHEET : (enum sheet_part)(data[0] - '0');
            struct sheet *s = is_sheet ? sheet_add(&book, "survey") : NULL;
            char *xml = arena_strndup(book.a, (const char *)data + 1, len - 1);
            (void)sheet_xml_read(&w, part, s, xml, len - 1, NULL);
        }
        data += end == NULL ? n : len + 1;
        n -= end == NULL ? n : len + 1;
    }
    struct form_import in = {.arena = arena_new()};
    struct form_findings findings = {0};
    xlsform_read(&book, "f.xlsx", &in, &findings);
    form_findings_done(&findings);
    form_import_done(&in);
    arena_free(book.a);
}

static void read_container(const uint8_t *data, size_t n)
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
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n >= 2 && (memcmp(data, "PK", 2) == 0 || data[0] >= 0x80)) {
        read_container(data, n);
    } else {
        read_parts(data, n);
    }
    return 0;
}
