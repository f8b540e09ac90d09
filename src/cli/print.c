/* print: records of a case as a text file for paper. It holds what people said, so the passphrase
 * is asked for, the audit says it first, nobody but the owner can read the file, and no file is
 * written over. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/cli.h"
#include "report/paper.h"

static enum err put_record(const struct cli *c, record *r, const struct record_case *kase,
                           const struct record_doc_info *info, struct str *out,
                           struct err_info *err)
{
    record_doc *doc = NULL;
    const enum err rc = record_doc_open_id(r, kase->id, info->id, &doc, err);
    if (rc == ERR_OK) {
        const struct paper_head head = {kase->code, info->begun_ms, info->finished_ms, info->author,
                                        info->finished_by};
        str_puts(out, out->len > 0 ? "\f" : "");
        /* The engine computes scales on the way, which takes one that is not const. */
        paper_record((form_interview *)(uintptr_t)record_doc_interview(doc), &head,
                     catalog_builtin(c->lang), c->lang, out);
    }
    record_doc_close(doc);
    return rc;
}

static enum err print_all(const struct cli *c, record *r, const struct record_case *kase,
                          struct err_info *err)
{
    struct record_doc_info *docs = NULL;
    struct str out = STR_INIT;
    size_t n = 0;
    enum err rc = record_docs(r, kase->id, c->is_all ? NULL : c->form, &docs, &n, err);
    if (rc == ERR_OK && n == 0) {
        rc = ERR_SET(err, ERR_NOT_FOUND, c->form != NULL ? c->form : "record");
    }
    if (rc == ERR_OK && file_exists(c->output)) {
        rc = ERR_SET(err, ERR_EXISTS, c->output);
    }
    rc = rc == ERR_OK ? record_audit_say(r, VAULT_AUDIT_PRINT, kase->id, n, err) : rc;
    for (size_t i = 0; rc == ERR_OK && i < n; i++) {
        rc = put_record(c, r, kase, &docs[i], &out, err);
    }
    rc = rc == ERR_OK ? file_create(c->output, out.data, out.len, 0600, err) : rc;
    record_docs_done(docs, n);
    str_done(&out);
    return rc;
}

int cli_print_case(struct cli *c)
{
    struct err_info info = {0};
    struct record_case kase;
    record *r = NULL;
    vault *v = NULL;
    const bool is_asked = c->count == 1 && c->case_code != NULL && c->output != NULL &&
                          (c->form != NULL) != c->is_all;
    const int code = is_asked ? cli_unlock(c, &v) : cli_fail(c, ERR_USAGE, NULL);
    if (code != 0) {
        return code;
    }
    enum err rc = record_open(v, c->forms_dir, &r, &info);
    rc = rc == ERR_OK ? cli_find_case(r, c->case_code, &kase, &info) : rc;
    rc = rc == ERR_OK ? print_all(c, r, &kase, &info) : rc;
    record_close(r);
    vault_close(v);
    return rc == ERR_OK ? 0 : cli_fail(c, rc, &info);
}
