/* Spreadsheets: what comes in as text or workbook, what goes out, and containers that are refused.
 * The workbooks are made here, by the writer or byte by byte. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#include "base/file.h"
#include "form/sheet.h"
#include "load.h"

Suite *form_sheet_suite(void);

static enum err read_text(const char *file, const char *text, struct form_import *in,
                          struct form_findings *f)
{
    return form_sheet_import(file, text, strlen(text), in, f, NULL);
}

/* The canonical YAML of a spreadsheet that has no mistakes. */
static void expect_form(const char *file, const char *text, const char *canonical)
{
    struct form_import in;
    struct form_findings f = {0};
    struct str out = STR_INIT;
    ck_assert_int_eq(read_text(file, text, &in, &f), ERR_OK);
    ck_assert_uint_eq(f.errors, 0);
    ck_assert_int_eq(form_def_write(str_cstr(&in.yaml), in.yaml.len, &out, NULL), ERR_OK);
    ck_assert_str_eq(str_cstr(&out), canonical);
    str_done(&out);
    form_findings_done(&f);
    form_import_done(&in);
}

/* The one error of a spreadsheet: its cell and code. */
static void expect_error(const char *text, const char *cell, enum form_finding_code code,
                         const char *arg)
{
    struct form_import in;
    struct form_findings f = {0};
    struct form_def *def = NULL;
    struct str at = STR_INIT;
    ck_assert_int_eq(read_text("f.md", text, &in, &f), ERR_OK);
    form_def_load(str_cstr(&in.yaml), in.yaml.len, NULL, &def, &f, NULL);
    bool is_found = false;
    for (size_t i = 0; i < f.count; i++) {
        str_clear(&at);
        form_sheet_cell(&in, f.items[i].line, &at, NULL);
        str_putc(&at, '!');
        form_sheet_cell(&in, f.items[i].line, NULL, &at);
        is_found = is_found || (f.items[i].code == code && strcmp(str_cstr(&at), cell) == 0 &&
                                strcmp(f.items[i].arg[0], arg) == 0);
    }
    ck_assert_msg(is_found, "no %s at %s among %zu", form_finding_name(code), cell, f.count);
    form_def_free(def);
    str_done(&at);
    form_findings_done(&f);
    form_import_done(&in);
}

START_TEST(the_part_of_the_case_is_a_column_of_the_settings)
{
    expect_form("visit.md",
                "| survey |\n"
                "| | type | name | label |\n"
                "| | text | a | A |\n"
                "| settings |\n"
                "| | form_id | form_title | version | compartment |\n"
                "| | t | T | 1 | medical |\n",
                "form: t\ntitle: T\nversion: 1\ncompartment: medical\nsurvey:\n"
                "  - name: a\n    type: text\n    label: A\n");
}
END_TEST

START_TEST(a_markdown_table_becomes_a_form)
{
    expect_form("visit.md",
                "| survey |\n"
                "| | type | name | label::Română (ro) | label::English (en) | relevant |\n"
                "|---|---|---|---|---|---|\n"
                "| | begin group | g | Grup | Group | |\n"
                "| | select_one yn | a | Da?  Nu? | Yes? | |\n"
                "| | end group | | | | |\n"
                "| | | | | | a remark |\n"
                "| | int | n | Număr | Number | ${a} = 'yes' |\n"
                "| choices |\n"
                "| | list name | value | label |\n"
                "| | yn | yes | Da |\n"
                "| | yn | no | A \\| B |\n",
                "form: visit\ntitle: visit\nversion: 1\ndefault_language: ro\nchoices:\n  yn:\n"
                "    - {name: yes, label: Da}\n    - {name: no, label: A | B}\nsurvey:\n"
                "  - group: g\n    label: {ro: Grup, en: Group}\n    survey:\n"
                "      - name: a\n        type: select_one yn\n"
                "        label: {ro: Da? Nu?, en: Yes?}\n"
                "  - name: n\n    type: integer\n    label: {ro: Număr, en: Number}\n"
                "    relevant: ${a} = 'yes'\n");
}
END_TEST

START_TEST(csv_holds_one_sheet_or_several)
{
    const char *canonical = "form: f\ntitle: f\nversion: 1\nsurvey:\n"
                            "  - name: a\n    type: text\n    label: One, \"two\"\n";
    expect_form("f.csv", "type,name,label\r\ntext,a,\"One, \"\"two\"\"\"\r\n", canonical);
    expect_form("f.csv", "survey,,,\n,type,name,label\n,text,a,\"One, \"\"two\"\"\"\n", canonical);
    expect_form("f.csv", "type;name;label\ntext;a;One, \"two\"\n", canonical);
}
END_TEST

START_TEST(old_spellings_are_understood)
{
    expect_form("f.md",
                "| survey |\n"
                "| | command | tag | caption | bind:relevant | media::image |\n"
                "| | add integer prompt | a | A | | a.png |\n"
                "| | select all that apply from l | b | B | ${a} > 1 | |\n"
                "| choices |\n| | list_name | name | label |\n| | l | x | X |\n"
                "| settings |\n| | id_string | form_title |\n| | my form | Mine |\n",
                "form: my_form\ntitle: Mine\nversion: 1\nchoices:\n  l:\n"
                "    - {name: x, label: X}\nsurvey:\n"
                "  - name: a\n    type: integer\n    label: A\n    image: a.png\n"
                "  - name: b\n    type: select_multiple l\n    label: B\n    relevant: ${a} > 1\n"
                "\"#form_id\": my form\n");
}
END_TEST

START_TEST(mistakes_name_their_cell)
{
#define TOP "| survey |\n| | type | name | label |\n"
    expect_error(TOP "| | begin group | g | G |\n| | text | a | A |\n", "survey!A2",
                 FORM_F_MISSING_KEY, "end_group");
    expect_error(TOP "| | text | a | A |\n| | end repeat | | |\n", "survey!A3", FORM_F_MISSING_KEY,
                 "begin_repeat");
    expect_error(TOP "| | text | | A |\n", "survey!A2", FORM_F_MISSING_KEY, "name");
    expect_error(TOP "| | | a | A |\n", "survey!B2", FORM_F_MISSING_KEY, "type");
    expect_error(TOP "| | text | 1a | A |\n", "survey!B2", FORM_F_BAD_NAME, "1a");
    expect_error(TOP "| | text | a | A ${b} |\n", "survey!C2", FORM_F_EXPR_NAME, "b");
    expect_error(TOP "| | txt | a | A |\n", "survey!A2", FORM_F_UNKNOWN_TYPE, "txt");
    expect_error(TOP "| | select_one l | a | A |\n", "survey!A2", FORM_F_UNKNOWN_LIST, "l");
    expect_error(TOP "| | text | meta | A |\n", "survey!B2", FORM_F_BAD_NAME, "meta");
    expect_error(TOP "| | text | a | A |\n| | text | a | A |\n", "survey!B3", FORM_F_DUPLICATE_NAME,
                 "a");
    expect_error("| survey |\n| | type | name | label | label |\n| | text | a | A | B |\n",
                 "survey!D1", FORM_F_DUPLICATE_KEY, "label");
    expect_error(TOP "| | select_one l | a | A |\n| choices |\n| | list_name | name | label |\n"
                     "| | l | x | X |\n| | l | | Y |\n",
                 "choices!A3", FORM_F_MISSING_KEY, "name");
    expect_error(TOP "| | select_one l | a | A |\n| choices |\n| | list_name | name | label |\n"
                     "| | l | x | X |\n| | l | x | Y |\n",
                 "choices!B3", FORM_F_DUPLICATE_CHOICE, "x");
}
END_TEST

START_TEST(parameters_are_checked_by_type)
{
#define WITH "| survey |\n| | type | name | label | parameters |\n"
    expect_error(WITH "| | range | a | A | start=1;end |\n", "survey!D2", FORM_F_BAD_PARAMETER,
                 "parameters");
    expect_error(WITH "| | range | a | A | stop=9 |\n", "survey!D2", FORM_F_BAD_PARAMETER, "stop");
    expect_error(WITH "| | range | a | A | end=8 step=2 tick_interval=3 |\n", "survey!D2",
                 FORM_F_BAD_PARAMETER, "tick_interval");
    expect_error(WITH "| | select_one_from_file c.csv | a | A | value=-x |\n", "survey!D2",
                 FORM_F_BAD_PARAMETER, "value");
    expect_error(WITH "| | select_one_from_file c.pdf | a | A | |\n", "survey!A2", FORM_F_BAD_VALUE,
                 "type");
    expect_error(WITH "| | text | a | A | rows=many |\n", "survey!D2", FORM_F_BAD_PARAMETER,
                 "rows");
}
END_TEST

/* ---- workbooks */

static char folder[64];

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/sprijin-sheet-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void remove_folder(void)
{
    ck_assert_int_eq(file_remove_tree(folder, NULL), ERR_OK);
}

static void expect_round_trip(const char *yaml, size_t n)
{
    struct str canonical = STR_INIT, bytes = STR_INIT, back = STR_INIT;
    struct form_import in;
    struct form_findings f = {0};
    char *path = file_join(folder, "f.xlsx");
    ck_assert_int_eq(form_def_write(yaml, n, &canonical, NULL), ERR_OK);
    ck_assert_int_eq(form_sheet_export(yaml, n, path, NULL), ERR_OK);
    ck_assert_int_eq(file_read(path, FORM_SHEET_MAX_BYTES, &bytes, NULL), ERR_OK);
    ck_assert_int_eq(form_sheet_import(path, bytes.data, bytes.len, &in, &f, NULL), ERR_OK);
    ck_assert_uint_eq(f.errors, 0);
    ck_assert_int_eq(form_def_write(str_cstr(&in.yaml), in.yaml.len, &back, NULL), ERR_OK);
    ck_assert_str_eq(str_cstr(&back), str_cstr(&canonical));
    form_import_done(&in);
    form_findings_done(&f);
    str_done(&canonical);
    str_done(&bytes);
    str_done(&back);
    free(path);
}

START_TEST(export_and_import_give_the_same_form)
{
    static const char *const forms[] = {
        HEAD "survey:\n- {type: text, name: a, label: A}\n",
        HEAD YES_NO "default_language: ru\nsurvey:\n- group: g\n  label: {ro: G, ru: Г}\n"
                    "  relevant: 1 = 1\n  survey:\n  - {type: select_one yes_no, name: a, label: A,"
                    " weight: {s: {yes: 3, no: 0}}}\n  - repeat: r\n    label: R\n"
                    "    survey:\n    - {type: integer, name: n, label: 'N  with two blanks'}\n",
        HEAD "scales:\n  s:\n  - {level: low, from: 0, action: {ro: Nimic, en: Nothing}}\n"
             "  - {level: high, from: 5, action: Now}\n"
             "survey:\n- {type: integer, name: a, label: \"two\\nlines: x #y\","
             " weight: {s: {'*': 1}, t: {yes: 2}}, card: [a, {b: c}], '#note': kept}\n",
        HEAD
        "choices:\n  l:\n  - {name: x, label: X, region: north, '#label::French (fr)': Z}\n"
        "  - {name: y, label: {ro: Y}, region: '{south'}\nentities:\n- {list_name: e, label: L}\n"
        "survey:\n- {type: rank l, name: a, label: A, weight: 's: x=3; y=1'}\n"
        "- {type: note, name: empty, label: '007'}\n",
    };
    make_folder();
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        expect_round_trip(forms[i], strlen(forms[i]));
    }
    remove_folder();
}
END_TEST

START_TEST(remarks_travel_as_comment_lines)
{
    static const char YAML[] = "form: t\ntitle: T\nversion: 1\nsurvey:\n"
                               "  # About them\n  # and us\n  - group: g\n    label: A group whose "
                               "questions do not fit into the one "
                               "line that is left for them\n"
                               "    survey:\n      - name: a\n        type: text\n"
                               "        label: A\n      # Ask twice\n      - name: b\n"
                               "        type: text\n        label: B\n";
    struct str bytes = STR_INIT, back = STR_INIT;
    struct form_import in;
    struct form_findings f = {0};
    make_folder();
    char *path = file_join(folder, "f.xlsx");
    ck_assert_int_eq(form_sheet_export(YAML, sizeof YAML - 1, path, NULL), ERR_OK);
    ck_assert_int_eq(file_read(path, FORM_SHEET_MAX_BYTES, &bytes, NULL), ERR_OK);
    ck_assert_int_eq(form_sheet_import(path, bytes.data, bytes.len, &in, &f, NULL), ERR_OK);
    ck_assert_int_eq(form_import_write(&in, &back, NULL), ERR_OK);
    ck_assert_str_eq(str_cstr(&back), YAML);
    form_import_done(&in);
    form_findings_done(&f);
    str_done(&bytes);
    str_done(&back);
    free(path);
    remove_folder();
}
END_TEST

START_TEST(generated_forms_survive_the_round_trip)
{
    static const char *const texts[] = {"A", "Ă: b", "#x", "{y", "\"q\"", "yes", "1.50", "a\\nb"};
    make_folder();
    for (unsigned seed = 1; seed <= 6; seed++) {
        struct str yaml = STR_INIT;
        unsigned r = seed;
        str_puts(&yaml, HEAD YES_NO "survey:\n");
        for (unsigned i = 0; i < 40; i++) {
            r = r * 1103515245u + 12345u;
            str_printf(&yaml, "- {name: q%u, type: %s, label: {ro: \"", i,
                       (r >> 16) % 2 == 0 ? "integer" : "select_one many");
            for (const char *s = texts[(r >> 20) % 8]; *s != '\0'; s++) {
                str_printf(&yaml, "%s%c", *s == '"' ? "\\" : "", *s);
            }
            str_printf(&yaml, "\"}, hint: h%u%s}\n", r % 97,
                       (r >> 24) % 2 == 0 ? ", required: yes" : "");
        }
        expect_round_trip(str_cstr(&yaml), yaml.len);
        str_done(&yaml);
    }
    remove_folder();
}
END_TEST

/* A workbook of one part each, as given. */
static void make_book(const char *sheet, const char *strings, const char *styles,
                      const char *workbook_extra, struct str *out)
{
    const char *parts[][2] = {
        {"_rels/.rels",
         "<Relationships><Relationship Id=\"a\" Type=\"x/officeDocument\" Target=\"xl/w.xml\"/>"
         "</Relationships>"},
        {"xl/w.xml", NULL},
        {"xl/_rels/w.xml.rels",
         "<Relationships><Relationship Id=\"r1\" Type=\"x/worksheet\" Target=\"sheets/1.xml\"/>"
         "<Relationship Id=\"r2\" Type=\"x/sharedStrings\" Target=\"/xl/s.xml\"/>"
         "<Relationship Id=\"r3\" Type=\"x/styles\" Target=\"styles.xml\"/></Relationships>"},
        {"xl/sheets/1.xml", sheet},
        {"xl/s.xml", strings},
        {"xl/styles.xml", styles}};
    struct str book = STR_INIT;
    str_printf(&book,
               "<x:workbook xmlns:x=\"m\" xmlns:r=\"n\">%s<x:sheets><x:sheet name=\"Survey \""
               " r:id=\"r1\"/></x:sheets></x:workbook>",
               workbook_extra);
    parts[1][1] = str_cstr(&book);
    zip_error_t e;
    zip_source_t *target = zip_source_buffer_create(NULL, 0, 0, &e);
    zip_source_keep(target);
    zip_t *z = zip_open_from_source(target, ZIP_TRUNCATE, &e);
    ck_assert_ptr_nonnull(z);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        zip_file_add(z, parts[i][0], zip_source_buffer(z, parts[i][1], strlen(parts[i][1]), 0), 0);
    }
    ck_assert_int_eq(zip_close(z), 0);
    zip_source_open(target);
    char chunk[4096];
    zip_int64_t got;
    while ((got = zip_source_read(target, chunk, sizeof chunk)) > 0) {
        str_put(out, chunk, (size_t)got);
    }
    zip_source_close(target);
    zip_source_free(target);
    str_done(&book);
}

#define STRINGS                                                                                    \
    "<sst><si><t>type</t></si><si><r><t>na</t></r><r><t>me</t></r><rPh><t>X</t></rPh></si>"        \
    "<si><t>label</t></si><si><t>default</t></si></sst>"
#define STYLES                                                                                     \
    "<s><numFmts><numFmt numFmtId=\"164\" formatCode=\"dd.mm.yyyy\"/>"                             \
    "<numFmt numFmtId=\"165\" formatCode=\"0.0 &quot;days&quot;\"/></numFmts>"                     \
    "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/>"                     \
    "<xf numFmtId=\"165\"/></cellXfs></s>"
#define HEAD_ROW                                                                                   \
    "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c>"                \
    "<c t=\"s\"><v>2</v></c><c r=\"E1\" t=\"s\"><v>3</v></c></row>"

static void expect_default(const char *cell, const char *extra, const char *wanted)
{
    struct str sheet = STR_INIT, bytes = STR_INIT, line = STR_INIT;
    struct form_import in;
    struct form_findings f = {0};
    str_printf(&sheet,
               "<worksheet><sheetData>" HEAD_ROW "<row r=\"7\"><c r=\"A7\" t=\"inlineStr\"><is><t>"
               "text</t></is></c><c r=\"B7\" t=\"str\"><f>1</f><v>a</v></c>"
               "<c r=\"C7\" t=\"str\"><v>\xC2\xA0 A\xC2\xA0"
               "b  c </v></c>%s</row></sheetData>"
               "</worksheet>",
               cell);
    make_book(str_cstr(&sheet), STRINGS, STYLES, extra, &bytes);
    ck_assert_int_eq(form_sheet_import("f.xlsx", bytes.data, bytes.len, &in, &f, NULL), ERR_OK);
    ck_assert_uint_eq(f.errors, 0);
    str_printf(&line, "\"default\": \"%s\"\n", wanted);
    ck_assert_ptr_nonnull(strstr(str_cstr(&in.yaml), "\"label\": \"A b c\"\n"));
    ck_assert_msg(strstr(str_cstr(&in.yaml), str_cstr(&line)) != NULL, "%s\n%s", str_cstr(&line),
                  str_cstr(&in.yaml));
    form_import_done(&in);
    form_findings_done(&f);
    str_done(&sheet);
    str_done(&bytes);
    str_done(&line);
}

START_TEST(cells_of_every_kind_become_text)
{
    const char *new_epoch = "<x:workbookPr date1904=\"1\"/>";
    expect_default("<c r=\"E7\"><v>12.0</v></c>", "", "12");
    expect_default("<c r=\"E7\"><v>0.1</v></c>", "", "0.1");
    expect_default("<c r=\"E7\"><v>2.2999999999999998</v></c>", "", "2.3");
    expect_default("<c r=\"E7\" t=\"b\"><v>1</v></c>", "", "TRUE");
    expect_default("<c r=\"E7\" s=\"1\"><v>45292</v></c>", "", "2024-01-01");
    expect_default("<c r=\"E7\" s=\"2\"><v>45292.75</v></c>", "", "2024-01-01T18:00:00");
    expect_default("<c r=\"E7\" s=\"1\"><v>0.5</v></c>", "", "12:00:00");
    expect_default("<c r=\"E7\" s=\"1\"><v>1</v></c>", "", "1900-01-01");
    expect_default("<c r=\"E7\" s=\"1\"><v>59</v></c>", "", "1900-02-28");
    expect_default("<c r=\"E7\" s=\"1\"><v>60</v></c>", "", "1900-02-29");
    expect_default("<c r=\"E7\" s=\"1\"><v>61</v></c>", "", "1900-03-01");
    expect_default("<c r=\"E7\" s=\"1\"><v>0</v></c>", new_epoch, "1904-01-01");
    expect_default("<c r=\"E7\" s=\"3\"><v>45292</v></c>", "", "45292");
}
END_TEST

static void expect_refusal(const void *bytes, size_t n, enum err code, const char *word)
{
    struct form_import in;
    struct form_findings f = {0};
    struct err_info info = {0};
    ck_assert_int_eq(form_sheet_import("f.xlsx", bytes, n, &in, &f, &info), code);
    ck_assert_str_eq(info.arg[0], word);
    form_import_done(&in);
    form_findings_done(&f);
}

START_TEST(containers_of_other_kinds_are_named)
{
    struct str z = STR_INIT;
    static const char LFS[] = "version https://git-lfs.github.com/spec/v1\noid sha256:00\n";
    expect_refusal("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 rest", 13, ERR_VERSION, "xls");
    expect_refusal(LFS, sizeof LFS - 1, ERR_VERSION, "lfs");
    expect_refusal("hello", 5, ERR_DAMAGED, "xlsx");
    expect_refusal("", 0, ERR_DAMAGED, "xlsx");
    make_book("<worksheet/>", STRINGS, STYLES, "", &z);
    expect_refusal(z.data, z.len / 2, ERR_DAMAGED, "zip");
    zip_error_t e;
    zip_source_t *target = zip_source_buffer_create(NULL, 0, 0, &e);
    zip_source_keep(target);
    zip_t *ods = zip_open_from_source(target, ZIP_TRUNCATE, &e);
    static const char ODS[] = "application/vnd.oasis.opendocument.spreadsheet";
    zip_file_add(ods, "mimetype", zip_source_buffer(ods, ODS, sizeof ODS - 1, 0), 0);
    ck_assert_int_eq(zip_close(ods), 0);
    char bytes[4096];
    zip_source_open(target);
    const zip_int64_t n = zip_source_read(target, bytes, sizeof bytes);
    zip_source_close(target);
    zip_source_free(target);
    expect_refusal(bytes, (size_t)n, ERR_VERSION, "ods");
    str_done(&z);
}
END_TEST

START_TEST(bombs_and_document_types_are_refused)
{
    struct str z = STR_INIT, big = STR_INIT;
    make_book("<!DOCTYPE a [<!ENTITY b \"c\">]><worksheet>&b;</worksheet>", STRINGS, STYLES, "",
              &z);
    expect_refusal(z.data, z.len, ERR_SYNTAX, "DOCTYPE");
    str_clear(&z);
    str_puts(&big, "<worksheet>");
    char blanks[4096];
    memset(blanks, ' ', sizeof blanks);
    for (unsigned i = 0; i < 4096; i++) {
        str_put(&big, blanks, sizeof blanks);
    }
    str_puts(&big, "</worksheet>");
    make_book(str_cstr(&big), STRINGS, STYLES, "", &z);
    expect_refusal(z.data, z.len, ERR_LIMIT, "zip");
    str_clear(&z);
    make_book("<worksheet><sheetData><row><c r=\"A1\"><v>1</v></c></row><row r=\"1\"></worksheet>",
              STRINGS, STYLES, "", &z);
    expect_refusal(z.data, z.len, ERR_DAMAGED, "xml");
    str_clear(&z);
    make_book("<worksheet><row r=\"1\"><c r=\"ZZZ1\"><v>1</v></c></row></worksheet>", STRINGS,
              STYLES, "", &z);
    expect_refusal(z.data, z.len, ERR_LIMIT, "xml");
    str_done(&z);
    str_done(&big);
}
END_TEST

Suite *form_sheet_suite(void)
{
    Suite *s = suite_create("form/sheet");
    TCase *t = tcase_create("all");
    tcase_add_test(t, the_part_of_the_case_is_a_column_of_the_settings);
    tcase_add_test(t, a_markdown_table_becomes_a_form);
    tcase_add_test(t, csv_holds_one_sheet_or_several);
    tcase_add_test(t, old_spellings_are_understood);
    tcase_add_test(t, mistakes_name_their_cell);
    tcase_add_test(t, parameters_are_checked_by_type);
    tcase_add_test(t, export_and_import_give_the_same_form);
    tcase_add_test(t, remarks_travel_as_comment_lines);
    tcase_add_test(t, generated_forms_survive_the_round_trip);
    tcase_add_test(t, cells_of_every_kind_become_text);
    tcase_add_test(t, containers_of_other_kinds_are_named);
    tcase_add_test(t, bombs_and_document_types_are_refused);
    suite_add_tcase(s, t);
    return s;
}
