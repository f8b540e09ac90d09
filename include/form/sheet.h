/* Forms as spreadsheets: workbooks (.xlsx), Markdown tables and several-sheet CSV in the layout of
 * XLSForm, to and from the YAML of forms. */
#ifndef SPRIJIN_FORM_SHEET_H
#define SPRIJIN_FORM_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "form/def.h"

#define FORM_SHEET_MAX_BYTES    (32u << 20) /* of the file */
#define FORM_SHEET_MAX_INFLATED (64u << 20) /* of all parts of a workbook together */
#define FORM_SHEET_MAX_ROWS     20000u      /* that are not empty */
#define FORM_SHEET_MAX_COLUMNS  512u

/* Where a line of the YAML came from; sheet is "" and row 0 if from nowhere. */
struct form_sheet_place {
    const char *sheet;
    unsigned row, column; /* 1-based */
};

/* A spreadsheet as YAML, one key a line, and the place of each line. The lines of findings count
 * from 1 into places, which is longer than the YAML: rows that became no line stand behind it. */
struct form_import {
    arena *arena;
    struct str yaml;
    struct form_sheet_place *places; /* places[line - 1] */
    size_t count, cap;
    /* Remarks of the column "#": before which item (a question, group or repeat, counted from 0 in
     * the order of the form) they stand. */
    struct form_remark {
        size_t item;
        const char *text;
    } * remarks;
    size_t remark_count, remark_cap;
};

/* By the name's ending: .xlsx .xlsm .xls .ods .csv .md; false for .yaml and others. */
bool form_sheet_is_name(const char *file);
/* Reads and translates. Findings: those that the rows alone show, appended. ERR_OK also with
 * findings of severity error: the caller looks at findings->errors and then runs form_def_load over
 * out->yaml, whose findings point into out->places as well.
 * ERR_VERSION and a word in err->arg[0] for a container of another kind ("xls", "ods", "lfs"),
 * ERR_DAMAGED for a broken one, ERR_LIMIT for one that unpacks to too much, ERR_SYNTAX for XML with
 * a document type. out is filled in any case: form_import_done. */
enum err form_sheet_import(const char *file, const void *bytes, size_t n, struct form_import *out,
                           struct form_findings *findings, struct err_info *err);
/* Canonical YAML of what was read, with the remarks as comment lines above their items. Without
 * remarks it is what form_def_write gives, and with them form_def_write takes them away. Appends. */
enum err form_import_write(const struct form_import *import, struct str *out, struct err_info *err);
void form_import_done(struct form_import *import);
/* "survey!C7" for a line; "" if it came from nowhere. Appends to both, either may be NULL. */
void form_sheet_cell(const struct form_import *import, size_t line, struct str *sheet,
                     struct str *cell);

/* Writes the form as a workbook to path (replaced). The YAML must be acceptable to
 * form_def_write. */
enum err form_sheet_export(const char *yaml, size_t n, const char *path, struct err_info *err);

#endif
