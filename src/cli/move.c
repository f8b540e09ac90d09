/* form move: a case's record under the form as it is now; with --dry-run only what that would do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "cli/cli.h"

enum err cli_find_case(record *r, const char *typed, struct record_case *out, struct err_info *err)
{
    char code[CASE_CODE_LEN];
    struct record_case *found = NULL;
    size_t n = 0, total = 0;
    if (typed == NULL || !case_code_parse(typed, code)) {
        return ERR_SET(err, ERR_USAGE, "--case");
    }
    enum err rc = record_case_list(r, code, RECORD_SORT_CODE, 0, 16, &found, &n, &total, err);
    bool is_there = false;
    for (size_t i = 0; rc == ERR_OK && i < n; i++) {
        if (strcmp(found[i].code, code) == 0) {
            *out = found[i];
            is_there = true;
        }
    }
    free(found);
    return rc == ERR_OK && !is_there ? ERR_SET(err, ERR_NOT_FOUND, code) : rc;
}

static const char *const KINDS[] = {[RECORD_MOVE_KEPT] = N_("kept"),
                                    [RECORD_MOVE_RENAMED] = N_("has another name now"),
                                    [RECORD_MOVE_RETIRED] = N_("not asked any more; stays"),
                                    [RECORD_MOVE_CHOICE] = N_("no longer in the list; stays"),
                                    [RECORD_MOVE_REQUIRED] = N_("has to be answered now")};
static const char *const WORDS[] = {[RECORD_MOVE_KEPT] = "kept",
                                    [RECORD_MOVE_RENAMED] = "renamed",
                                    [RECORD_MOVE_RETIRED] = "retired",
                                    [RECORD_MOVE_CHOICE] = "choice",
                                    [RECORD_MOVE_REQUIRED] = "required"};

/* Question, what becomes of it: never the answer. */
static void print_row(const struct cli *c, const struct record_move_row *row)
{
    struct str line = STR_INIT;
    if (c->is_json) {
        jv *out = jv_new_object();
        jv_set_str(out, "key", row->key);
        jv_set_str(out, "to", row->to_key);
        jv_set_str(out, "at", row->at);
        jv_set_str(out, "what", WORDS[row->kind]);
        jv_write(out, &line);
        jv_free(out);
    } else {
        str_puts(&line, row->key);
        if (row->to_key[0] != '\0' && strcmp(row->key, row->to_key) != 0) {
            str_printf(&line, " -> %s", row->to_key);
        }
        str_printf(&line, ": %s", cli_tr(c, KINDS[row->kind]));
    }
    str_putc(&line, '\n');
    cli_print(c, str_cstr(&line));
    str_done(&line);
}

static enum err move_record(const struct cli *c, record_doc *doc, struct err_info *err)
{
    struct record_move m;
    enum err rc = record_doc_move_preview(doc, &m, err);
    for (size_t i = 0; rc == ERR_OK && i < m.count; i++) {
        print_row(c, &m.rows[i]);
    }
    if (rc == ERR_OK && !m.is_needed) {
        cli_complain(c, cli_tr(c, N_("The record is under this form already.")));
    } else if (rc == ERR_OK && !c->is_dry_run) {
        rc = record_doc_move(doc, err);
    }
    record_move_done(&m);
    return rc;
}

int cli_form_move(struct cli *c)
{
    struct err_info info = {0};
    const char *form = c->count == 3 ? c->args[2] : "identification";
    struct record_case kase;
    record *r = NULL;
    record_doc *doc = NULL;
    vault *v = NULL;
    if (c->count > 3 || c->case_code == NULL) {
        return cli_fail(c, ERR_USAGE, NULL);
    }
    int code = cli_unlock(c, &v);
    if (code != 0) {
        return code;
    }
    enum err rc = record_open(v, c->forms_dir, &r, &info);
    rc = rc == ERR_OK ? cli_find_case(r, c->case_code, &kase, &info) : rc;
    if (rc == ERR_OK && !record_doc_is_there(r, kase.id, form)) {
        rc = ERR_SET(&info, ERR_NOT_FOUND, form);
    }
    rc = rc == ERR_OK ? record_doc_open(r, kase.id, form, &doc, &info) : rc;
    rc = rc == ERR_OK ? move_record(c, doc, &info) : rc;
    record_doc_close(doc);
    record_close(r);
    vault_close(v);
    return rc == ERR_OK ? 0 : cli_fail(c, rc, &info);
}
