/* form import and form export: spreadsheets to the YAML of forms and back; and form check of a
 * spreadsheet, whose findings name cells instead of lines. */
#include "cli/convert_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "report/message.h"

/* Where the first of two stands. */
static void put_first(const struct form_import *import, size_t line, struct str *message)
{
    struct str sheet = STR_INIT, cell = STR_INIT;
    form_sheet_cell(import, line, &sheet, &cell);
    if (cell.len > 0) {
        str_printf(message, " (%s!%s)", str_cstr(&sheet), str_cstr(&cell));
    }
    str_done(&sheet);
    str_done(&cell);
}

/* A container that is no workbook is named for what it is. */
static int fail(const struct cli *c, const char *file, enum err code, const struct err_info *info)
{
    static const struct {
        const char *word, *text;
    } KINDS[] = {
        {"xls", N_("this is an old binary workbook (.xls); save it as .xlsx")},
        {"ods", N_("this is an OpenDocument file (.ods); save it as .xlsx")},
        {"lfs", N_("this is a Git LFS pointer, not the file; run: git lfs pull")},
        {"zip", N_("this workbook is incomplete, or unpacks to more than is allowed")},
        {"xlsx", N_("this is not a workbook")},
        {"xml", N_("the tables of this workbook cannot be read")},
        {"DOCTYPE", N_("this workbook declares a document type, which none needs; refused")},
    };
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        if (strcmp(KINDS[i].word, info->arg[0]) == 0) {
            struct str line = STR_INIT;
            str_printf(&line, "%s: %s: %s", file,
                       message_severity(catalog_builtin(c->lang), FORM_ERROR),
                       cli_tr(c, KINDS[i].text));
            cli_complain(c, str_cstr(&line));
            str_done(&line);
            return cli_exit_code(code == ERR_VERSION ? ERR_DAMAGED : code);
        }
    }
    return cli_fail(c, code, info);
}

static void print_finding(const struct cli *c, const char *file, const struct form_import *import,
                          const struct form_finding *f)
{
    static const char *const SEVERITY[] = {"notice", "warning", "error"};
    struct str message = STR_INIT, line = STR_INIT, sheet = STR_INIT, cell = STR_INIT;
    const catalog *cat = catalog_builtin(c->lang);
    struct form_finding alone = *f;
    alone.line2 = 0; /* a line of the YAML says nothing here; its cell does */
    message_finding(cat, &alone, &message);
    form_sheet_cell(import, f->line, &sheet, &cell);
    put_first(import, f->line2, &message);
    if (c->is_json) {
        jv *row = jv_new_object();
        jv_set_str(row, "file", file);
        jv_set_str(row, "sheet", str_cstr(&sheet));
        jv_set_str(row, "cell", str_cstr(&cell));
        jv_set_str(row, "severity", SEVERITY[f->severity]);
        jv_set_str(row, "finding", form_finding_name(f->code));
        jv_set_str(row, "message", str_cstr(&message));
        jv_write(row, &line);
        jv_free(row);
    } else if (cell.len > 0) {
        str_printf(&line, "%s: %s!%s: %s: %s", file, str_cstr(&sheet), str_cstr(&cell),
                   message_severity(cat, f->severity), str_cstr(&message));
    } else {
        str_printf(&line, "%s: %s: %s", file, message_severity(cat, f->severity),
                   str_cstr(&message));
    }
    str_putc(&line, '\n');
    cli_print(c, str_cstr(&line));
    str_done(&message);
    str_done(&line);
    str_done(&sheet);
    str_done(&cell);
}

/* The same mistake seen by the rows and by the form is told once. */
static bool is_told(const struct form_import *import, const struct form_findings *all, size_t at)
{
    const struct form_finding *f = &all->items[at];
    if (f->line == 0 || f->line > import->count) {
        return false;
    }
    const struct form_sheet_place *p = &import->places[f->line - 1];
    for (size_t i = 0; i < at; i++) {
        const struct form_finding *o = &all->items[i];
        if (o->code != f->code || o->line == 0 || o->line > import->count ||
            strcmp(o->arg[0], f->arg[0]) != 0) {
            continue;
        }
        const struct form_sheet_place *q = &import->places[o->line - 1];
        if (q->row == p->row && q->column == p->column && strcmp(q->sheet, p->sheet) == 0) {
            return true;
        }
    }
    return false;
}

static enum err import_file(const struct cli *c, const char *file, struct form_import *import,
                            struct form_findings *findings, struct err_info *info)
{
    struct str bytes = STR_INIT;
    *import = (struct form_import){0};
    enum err rc = file_read(file, FORM_SHEET_MAX_BYTES, &bytes, info);
    if (rc == ERR_OK) {
        rc = form_sheet_import(file, str_cstr(&bytes), bytes.len, import, findings, info);
    }
    str_done(&bytes);
    if (rc != ERR_OK) {
        return rc;
    }
    struct form_facts facts = {0};
    struct form_def *def = NULL;
    cli_load_facts(c, file, &facts);
    if (import->yaml.len > 0) {
        (void)form_def_load(str_cstr(&import->yaml), import->yaml.len, &facts, &def, findings,
                            NULL);
    }
    form_def_free(def);
    form_facts_done(&facts);
    return ERR_OK;
}

static void print_all(const struct cli *c, const char *file, const struct form_import *import,
                      const struct form_findings *findings, enum form_severity least)
{
    for (size_t i = 0; i < findings->count; i++) {
        if (findings->items[i].severity >= least && !is_told(import, findings, i)) {
            print_finding(c, file, import, &findings->items[i]);
        }
    }
}

int cli_check_sheet(const struct cli *c, const char *file)
{
    struct form_import import;
    struct form_findings findings = {0};
    struct err_info info = {0};
    const enum err rc = import_file(c, file, &import, &findings, &info);
    int code = rc == ERR_OK ? 0 : fail(c, file, rc, &info);
    if (rc == ERR_OK) {
        print_all(c, file, &import, &findings, FORM_NOTICE);
        code = findings.errors > 0 ? 1 : 0;
    }
    form_findings_done(&findings);
    form_import_done(&import);
    return code;
}

static int put_result(const struct cli *c, const struct str *text)
{
    struct err_info info = {0};
    if (c->output == NULL) {
        cli_print(c, str_cstr(text));
        return 0;
    }
    const enum err rc = file_replace(c->output, str_cstr(text), text->len, 0600, &info);
    return rc == ERR_OK ? 0 : cli_fail(c, rc, &info);
}

int cli_import(const struct cli *c, const char *file)
{
    struct form_import import;
    struct form_findings findings = {0};
    struct err_info info = {0};
    struct str out = STR_INIT;
    enum err rc = import_file(c, file, &import, &findings, &info);
    int code = 0;
    if (rc == ERR_OK && findings.errors > 0) {
        print_all(c, file, &import, &findings, FORM_ERROR);
        code = 1;
    } else if (rc == ERR_OK) {
        rc = form_import_write(&import, &out, &info);
    }
    if (rc != ERR_OK) {
        code = fail(c, file, rc, &info);
    } else if (code == 0) {
        code = put_result(c, &out);
    }
    str_done(&out);
    form_findings_done(&findings);
    form_import_done(&import);
    return code;
}

int cli_export(const struct cli *c, const char *file)
{
    struct str yaml = STR_INIT;
    struct err_info info = {0};
    enum err rc = c->output == NULL ? ERR_SET(&info, ERR_USAGE, "-o")
                                    : file_read(file, FORM_MAX_BYTES, &yaml, &info);
    if (rc == ERR_OK) {
        rc = form_sheet_export(str_cstr(&yaml), yaml.len, c->output, &info);
    }
    str_done(&yaml);
    return rc == ERR_OK ? 0 : cli_fail(c, rc, &info);
}
