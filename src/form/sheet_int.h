/* The small table model between containers and forms. Private to form/. */
#ifndef SPRIJIN_FORM_SHEET_INT_H
#define SPRIJIN_FORM_SHEET_INT_H

#include <stddef.h>

#include "form/def_int.h"
#include "form/sheet.h"

/* cells[i] is the text of column i + 1, stripped; NULL if blank. */
struct sheet_row {
    unsigned number; /* 1-based, as the spreadsheet counts */
    const char **cells;
    size_t count;
};
struct sheet {
    const char *name;
    struct sheet_row *rows; /* those that are not empty, in order */
    size_t count, cap;
};
struct sheet_book {
    arena *a;
    struct sheet *sheets;
    size_t count, cap;
};

struct sheet *sheet_add(struct sheet_book *book, const char *name);
const struct sheet *sheet_find(const struct sheet_book *book, const char *name); /* any case */
/* The row of that number, appended if it is new. NULL when there are too many. */
struct sheet_row *sheet_row_add(struct sheet_book *book, struct sheet *s, unsigned number);
/* false: beyond the last column allowed. text must live in the book's arena and not be blank. */
bool sheet_cell_put(struct sheet_book *book, struct sheet_row *row, size_t column,
                    const char *text);
/* A copy without outer blanks, no-break spaces made blanks; NULL if nothing is left. */
const char *sheet_text(arena *a, const char *s, size_t n);
/* Whether a form has use for a sheet of this name. */
bool sheet_is_known(const char *name);

enum err sheet_read_xlsx(struct sheet_book *book, const void *bytes, size_t n,
                         struct err_info *err);
enum err sheet_read_md(struct sheet_book *book, const char *text, size_t n, struct err_info *err);
enum err sheet_read_csv(struct sheet_book *book, const char *text, size_t n, struct err_info *err);

/* All sheets as a workbook at path, replaced. */
enum err sheet_book_write(const struct sheet_book *tables, const char *path, struct err_info *err);

/* A workbook's XML, read into the book; sheet_xml.c. */
struct sheet_xml_names { /* parts of the workbook found so far */
    const char *name, *target;
};
struct sheet_workbook {
    struct sheet_book *book;
    struct sheet_xml_names *sheets, *rels; /* sheets: name and relation id; rels: id and target */
    size_t sheet_count, sheet_cap, rel_count, rel_cap;
    const char *shared_path, *style_path, *main_path;
    const char **shared;
    size_t shared_count, shared_cap;
    unsigned char *is_date; /* by number of the cell format */
    size_t format_count, format_cap;
    const unsigned char *date_ids; /* number formats declared as dates, by id */
    bool is_1904;
};
enum sheet_part { PART_RELS, PART_WORKBOOK, PART_STRINGS, PART_STYLES, PART_SHEET };
/* s: the sheet being filled, for PART_SHEET. */
enum err sheet_xml_read(struct sheet_workbook *w, enum sheet_part part, struct sheet *s,
                        const char *xml, size_t n, struct err_info *err);
/* A number of a cell as text; is_date: as day, time or both. Appends. */
void sheet_number(struct str *out, double v, bool is_date, bool is_1904);
bool sheet_format_is_date(const char *code);

/* Rows to YAML; xlsform.c. */
void xlsform_read(const struct sheet_book *book, const char *file, struct form_import *out,
                  struct form_findings *findings);

/* ---- what the files xlsform*.c share */

enum xls_sheet { XLS_SURVEY, XLS_CHOICES, XLS_SETTINGS, XLS_OTHER };

/* A column of a sheet: the key it becomes in YAML. */
struct xls_column {
    const char *header; /* as written, blanks collapsed; NULL: an empty column */
    const char *key;    /* "label", "label::ro", "#x"; NULL: not used */
    const char *base;   /* key without language */
};
struct xls_columns {
    struct xls_column *items;
    size_t count;
};
struct xls_container {
    const char *kind; /* "group", "repeat", "loop" */
    const char *name;
    unsigned row;
};
struct xls {
    arena *a;
    const struct sheet_book *book;
    struct form_import *out;
    struct form_import *late; /* places of findings, until all lines are counted */
    struct form_findings *findings;
    const struct sheet *survey, *choices, *settings;
    struct xls_columns survey_columns, choice_columns, settings_columns;
    size_t item_count; /* questions, groups and repeats written */
    struct xls_container open[FORM_MAX_DEPTH];
    size_t depth;
    const char **names; /* of questions, groups and repeats, sorted */
    size_t name_count;
    const struct sheet_row *loop; /* the choice for which the rows of a loop are written */
    const char **repeats;         /* names of repeats written */
    size_t repeat_count, repeat_cap;
    enum lang lang;               /* of texts without a language */
    const char *default_language; /* as written in settings, NULL if none */
    bool keeps_blanks;            /* clean_text_values: no */
    bool is_exact;                /* written by us: nothing is supplied or smoothed */
    bool allows_duplicates;
    bool is_full; /* more than a form may hold; reported once */
};

/* Reads a header row; reports columns that stand twice. */
struct xls_columns xls_columns_read(struct xls *x, const struct sheet *s, enum xls_sheet kind);
/* The cell of a row under the column with that key, cleaned; NULL if blank. *column 1-based. */
const char *xls_get(struct xls *x, const struct xls_columns *columns, const struct sheet_row *row,
                    const char *key, unsigned *column);
const char *xls_clean(struct xls *x, const char *text);
/* An error at a cell. */
void xls_report(struct xls *x, const struct sheet *s, unsigned row, unsigned column,
                enum form_finding_code code, const char *arg0, const char *arg1);
/* Canonical spelling of a type; *kind is "begin group", "end repeat", ... or NULL. */
const char *xls_type(struct xls *x, const char *type, const char **kind);
/* YAML in flow style that a cell stands for under a key; NULL if the cell is plain text. */
const char *xls_flow(struct xls *x, const char *key, const char *text);
/* "Română (ro)" for a language of the program, as columns name it. */
const char *xls_language(enum lang lang);
/* A row that computes and has neither label nor hint: not shown. */
bool xls_is_silent(struct xls *x, const struct sheet_row *row);
/* Yes or no as XLSForm has it. */
bool xls_yes(const char *text);

/* Where a line stands in the YAML and in the sheet. */
struct xls_at {
    size_t indent;
    bool is_first; /* begins a list item */
    const struct sheet *sheet;
    unsigned row, column;
};

/* Lines and cells; xlsform_put.c. */
void xls_line(struct xls *x, struct xls_at at, const char *key, const char *value, bool is_raw);
void xls_value(struct xls *x, struct xls_at at, const char *key, const char *text);
const char *xls_any_text(struct xls *x, const struct xls_columns *columns,
                         const struct sheet_row *row, const char *base, bool *is_foreign,
                         unsigned *column);
void xls_cells(struct xls *x, const struct sheet *s, const struct xls_columns *columns,
               const struct sheet_row *row, size_t indent);
void xls_stand_ins(struct xls *x, const struct xls_columns *columns, const struct sheet_row *row,
                   struct xls_at at, const char *name);
const char *xls_in_loop(struct xls *x, const char *text);
void xls_scalar(struct str *out, const char *s);
bool xls_has_key(const struct xls_columns *columns, const char *key);
void xls_place(struct form_import *out, const char *sheet, unsigned row, unsigned column);
void xls_survey(struct xls *x);
/* Counts an item and keeps the remark of its row. */
void xls_item(struct xls *x, const struct sheet_row *row);
/* The references of a trigger with one comma between two. */
const char *xls_trigger(struct xls *x, const char *text);

/* Checks that need no expressions: references, parameters, triggers; xlsform_check.c. */
void xls_check_names(struct xls *x);
void xls_check_row(struct xls *x, const struct sheet_row *row, const char *type);
void xls_check_parameters(struct xls *x, const struct sheet_row *row, const char *type);
/* What only the rows together show; xlsform_sources.c. */
void xls_check_sources(struct xls *x);
void xls_check_entities(struct xls *x); /* xlsform_entities.c */
void xls_check_references(struct xls *x, const struct sheet *s, const struct xls_columns *columns);

#endif
