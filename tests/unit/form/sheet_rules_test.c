/* What the rows of a spreadsheet show before any expression is read: parameters of each kind, one
 * name for one source, tables, triggers, references. Each mistake stands in its cell. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "form/sheet.h"
#include "load.h"

Suite *form_sheet_rules_suite(void);

#define CHOICES                                                                                    \
    "| choices |\n| | list_name | name | label |\n| | l | a | A |\n| | l | b | B |\n"              \
    "| | m | 1 | One |\n| | m | 9 | Nine |\n"

/* A survey: further columns, the rows, and at which cell what is wrong (NULL: nothing). */
static const struct rule {
    const char *columns, *rows, *cell;
    enum form_finding_code code;
} RULES[] = {
    {"parameters", "| | range | a | A | Start=1 END=5 |\n", NULL, 0},
    {"parameters", "| | range | a | A | step=10 |\n", "survey!D2", FORM_F_BAD_PARAMETER},
    {"parameters", "| | range | a | A | start=5 end=1 step=-1 |\n", NULL, 0},
    {"parameters | appearance", "| | range | a | A | start=1 end=9 tick_labelset=m | no-ticks |\n",
     NULL, 0},
    {"parameters | appearance", "| | range | a | A | end=10 tick_labelset=m | no-ticks |\n",
     "survey!D2", FORM_F_BAD_PARAMETER},
    {"parameters", "| | text | a | A | rows=five |\n", "survey!D2", FORM_F_BAD_PARAMETER},
    {"parameters", "| | text | a | A | lines=5 |\n", "survey!D2", FORM_F_BAD_PARAMETER},
    {"parameters", "| | image | a | A | max-pixels=big |\n", "survey!D2", FORM_F_BAD_PARAMETER},
    {"parameters", "| | image | a | A | app=camera |\n", "survey!D2", FORM_F_BAD_PARAMETER},
    {"parameters", "| | image | a | A | app=org.example.camera |\n", NULL, 0},
    {"parameters", "| | geotrace | a | A | capture-accuracy=2 |\n", "survey!D2",
     FORM_F_BAD_PARAMETER},
    {"parameters", "| | geoshape | a | A | incremental=TRUE |\n", NULL, 0},
    {"parameters", "| | audit | | | location-priority=balanced |\n", "survey!D2",
     FORM_F_BAD_PARAMETER},
    {"parameters", "| | audit | log | | |\n", "survey!A2", FORM_F_BAD_NAME},
    {"parameters", "| | select_one l | a | A | randomize=yes |\n", "survey!D2",
     FORM_F_BAD_PARAMETER},
    {"parameters", "| | select_one l | a | A | randomize=True seed=3 |\n", NULL, 0},
    {"hint", "| | begin repeat | data | D | |\n| | text | a | A | |\n| | end repeat | | | |\n",
     "survey!B2", FORM_F_BAD_NAME},
    {"hint", "| | begin group | | D | |\n| | text | a | A | |\n| | end group | | | |\n",
     "survey!A2", FORM_F_MISSING_KEY},
    {"hint", "| | select_one_external x | a | A | |\n", "survey!A2", FORM_F_UNKNOWN_LIST},
    {"hint", "| | select_one_from_file f.csv or_other | a | A | |\n", "survey!A2",
     FORM_F_BAD_VALUE},
    {"hint", "| | text | a | A | |\n| | note | n | about ${ a } | |\n", "survey!C3",
     FORM_F_EXPR_NAME},
    {"hint", "| | xml-external | f | | |\n| | select_one_from_file f.csv | a | A | |\n",
     "survey!A3", FORM_F_DUPLICATE_NAME},
    {"hint", "| | csv-external | f | | |\n| | select_one_from_file f.csv | a | A | |\n", NULL, 0},
    {"calculation",
     "| | select_one_from_file f.xml | a | A | |\n"
     "| | calculate | c | | pulldata('f', 'x', 'y', 'z') |\n",
     "survey!A3", FORM_F_DUPLICATE_NAME},
    {"default", "| | calculate | a | | 5 |\n", "survey!D2", FORM_F_NO_CALCULATION},
    {"default", "| | calculate | a | | now() |\n", NULL, 0},
    {"trigger | calculation", "| | calculate | a | | | 1 |\n| | calculate | b | | ${a} | 2 |\n",
     "survey!D3", FORM_F_BAD_VALUE},
    {"trigger | calculation",
     "| | begin group | g | G | | |\n| | text | a | A | | |\n| | end group | | | | |\n"
     "| | calculate | b | | ${g} | 2 |\n",
     "survey!D5", FORM_F_BAD_VALUE},
    {"media::big-image", "| | text | a | A | x.png |\n", "survey!D2", FORM_F_MISSING_KEY},
    {"media::big-image | media::image", "| | text | a | A | x.png | y.png |\n", NULL, 0},
    {"appearance",
     "| | begin group | g | G | table-list |\n| | select_one l | a | A | |\n"
     "| | select_one m | b | B | |\n| | end group | | | |\n",
     "survey!A4", FORM_F_UNKNOWN_LIST},
    {"hint", "| | text | a | A | | behind the last bar\n", NULL, 0},
};

static void check_rule(const struct rule *r)
{
    struct str text = STR_INIT, at = STR_INIT;
    struct form_import in;
    struct form_findings f = {0};
    struct form_def *def = NULL;
    str_printf(&text, "| survey |\n| | type | name | label | %s |\n%s" CHOICES, r->columns,
               r->rows);
    ck_assert_int_eq(form_sheet_import("f.md", str_cstr(&text), text.len, &in, &f, NULL), ERR_OK);
    form_def_load(str_cstr(&in.yaml), in.yaml.len, NULL, &def, &f, NULL);
    bool is_found = false;
    for (size_t i = 0; i < f.count && r->cell != NULL; i++) {
        str_clear(&at);
        form_sheet_cell(&in, f.items[i].line, &at, NULL);
        str_putc(&at, '!');
        form_sheet_cell(&in, f.items[i].line, NULL, &at);
        is_found = is_found || (f.items[i].code == r->code && strcmp(str_cstr(&at), r->cell) == 0);
    }
    ck_assert_msg(r->cell != NULL ? is_found && f.errors > 0 : f.errors == 0, "%s%zu errors, %s",
                  r->rows, f.errors, f.count > 0 ? form_finding_name(f.items[0].code) : "");
    form_def_free(def);
    form_findings_done(&f);
    form_import_done(&in);
    str_done(&text);
    str_done(&at);
}

START_TEST(each_mistake_of_the_rows_is_told_at_its_cell_and_what_is_right_is_not)
{
    check_rule(&RULES[_i]);
}
END_TEST

START_TEST(a_name_too_long_for_a_key_is_cut_and_told)
{
    struct str text = STR_INIT;
    struct form_import in;
    struct form_findings f = {0};
    str_puts(&text, "| survey |\n| | type | name | label |\n| | text | a | A |\n| scales |\n"
                    "| | scale | level | from |\n| | ");
    for (int i = 0; i < 2000; i++) {
        str_putc(&text, 'x');
    }
    str_puts(&text, " | low | 0 |\n");
    ck_assert_int_eq(form_sheet_import("f.md", str_cstr(&text), text.len, &in, &f, NULL), ERR_OK);
    ck_assert_uint_eq(f.errors, 1);
    ck_assert_int_eq(f.items[0].code, FORM_F_BAD_NAME);
    struct form_findings of_form = {0};
    struct form_def *def = NULL;
    ck_assert_int_eq(form_def_load(str_cstr(&in.yaml), in.yaml.len, NULL, &def, &of_form, NULL),
                     ERR_OK);
    form_def_free(def);
    form_findings_done(&of_form);
    form_findings_done(&f);
    form_import_done(&in);
    str_done(&text);
}
END_TEST

Suite *form_sheet_rules_suite(void)
{
    Suite *s = suite_create("form/sheet_rules");
    TCase *t = tcase_create("all");
    tcase_add_loop_test(t, each_mistake_of_the_rows_is_told_at_its_cell_and_what_is_right_is_not, 0,
                        sizeof RULES / sizeof *RULES);
    tcase_add_test(t, a_name_too_long_for_a_key_is_cut_and_told);
    suite_add_tcase(s, t);
    return s;
}
