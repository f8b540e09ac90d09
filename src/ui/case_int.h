/* State of the case screen, shared by its files: case.c (acts), case_load.c (what is in the case:
 * parts on the left, rows of the chosen part on the right), case_draw.c. */
#ifndef SPRIJIN_UI_CASE_INT_H
#define SPRIJIN_UI_CASE_INT_H

#include "record/pathway.h"
#include "ui/widget.h"

enum case_part_kind {
    PART_STAGE,
    PART_TASKS, /* all that is open */
    PART_FORMS, /* forms of no stage; without a procedure, all */
    PART_ACCESS
};
struct case_part {
    enum case_part_kind kind;
    size_t stage; /* index into the course's stages */
};
#define CASE_PARTS_MAX (PATHWAY_STAGES_MAX + 3)

enum case_row_kind { ROW_FORM, ROW_RECORD, ROW_TASK, ROW_ACCESS, ROW_HANDOVER };
struct case_row {
    enum case_row_kind kind;
    const char *form;                  /* ROW_FORM, ROW_RECORD */
    const struct form_def *def;        /* as the folder has it now; NULL: it does not load */
    const struct record_doc_info *doc; /* the record; of a form its newest; NULL: none */
    size_t records;                    /* of the form */
    const struct record_task *task;
};

struct case_state {
    unsigned char id[ID_LEN];
    struct record_case info;
    bool is_found;
    bool is_shown;      /* the audit tells of it */
    struct str granted; /* names of those it is open to */
    char responsible[65];
    struct str alike; /* codes of unlinked cases under the same name */
    struct record_course course;
    bool has_course;
    struct record_doc_info *docs;
    size_t doc_count;
    char **forms; /* ids of the folder's forms */
    size_t form_count;
    struct case_part parts[CASE_PARTS_MAX];
    struct ui_list left;
    struct case_row *rows;
    struct ui_list right;
    bool is_right; /* the focus is in the rows */
};

/* Reads the case; the focus stays where it was. */
void case_load(struct case_state *st, struct ui_ctx *ctx);
/* Rows of the part with the focus. */
void case_rows(struct case_state *st, struct ui_ctx *ctx);
/* Focus on a form or task; what is not there leaves it where it is. */
void case_focus(struct case_state *st, struct ui_ctx *ctx, enum ui_open how, const char *name);
void case_drop(struct case_state *st);

const struct case_row *case_row(const struct case_state *st); /* with the focus; NULL */
const struct record_stage *case_stage(const struct case_state *st, size_t part); /* NULL */
/* A further record of the row's form may be begun. */
bool case_may_begin(const struct case_row *row);
/* Somebody may say that it is done. */
bool case_may_do(const struct case_row *row);

void case_draw(const void *state, const struct ui_ctx *ctx, canvas *c);

#endif
