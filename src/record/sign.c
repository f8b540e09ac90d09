/* The ways to leave a record: paused at a question, signed off, opened again for correction. */
#include <stdlib.h>

#include "base/clock.h"
#include "doc_int.h"
#include "pathway_int.h"

int record_doc_position(const record_doc *doc)
{
    static const char SQL[] = "SELECT paused_key FROM rec WHERE id = ?1 AND paused_key <> ''";
    static const char AT[] = "SELECT paused_at FROM rec WHERE id = ?1";
    struct str key = STR_INIT, at = STR_INIT;
    int node = -1;
    if (record_query_text(doc->r, SQL, doc->id, NULL, &key)) {
        record_query_text(doc->r, AT, doc->id, NULL, &at);
        node = form_interview_find(doc->iv, str_cstr(&at), str_cstr(&key));
    }
    str_done(&key);
    str_done(&at);
    return node;
}

static enum err write_one(record_doc *doc, enum record_kind kind, jv *body, struct err_info *err)
{
    struct vault_write w[2];
    struct str text = STR_INIT;
    struct output out = {.is_news = false};
    record_write(&w[0], doc->place, kind, body, &text);
    output_of_doc(doc, doc->is_finished && kind != RECORD_K_REOPENED, &out);
    w[1] = out.w;
    enum err rc = vault_append(doc->r->vault, w, out.is_news ? 2 : 1, NULL, err);
    str_done(&text);
    if (rc == ERR_OK) {
        output_told(doc->r, &out);
    }
    output_done(&out);
    bool changed = false;
    return rc == ERR_OK ? record_doc_refresh(doc, &changed, err) : rc;
}

enum err record_doc_pause(record_doc *doc, int node, struct err_info *err)
{
    enum err rc = doc_flush(doc, err);
    if (rc != ERR_OK || node < 0 || record_doc_position(doc) == node) {
        return rc;
    }
    struct str at = STR_INIT;
    form_interview_at(doc->iv, node, &at);
    jv *body = doc_body(doc);
    jv_set_str(body, "key", doc->def->items[form_interview_item(doc->iv, node)].key);
    if (at.len > 0) {
        jv_set_str(body, "at", str_cstr(&at));
    }
    str_done(&at);
    return write_one(doc, RECORD_K_PAUSED, body, err);
}

/* The answers that the signature knows of. */
static jv *seen_json(const record_doc *doc)
{
    static const char SQL[] = "SELECT DISTINCT substr(event, 1, 16) FROM answer WHERE rec = ?1"
                              " ORDER BY 1";
    jv *seen = jv_new_array();
    db_stmt *s = NULL;
    bool row = false;
    if (db_prepare(doc->r->db, SQL, &s, NULL) == ERR_OK) {
        db_bind_text(s, 1, doc->id);
        while (db_step(s, &row, NULL) == ERR_OK && row) {
            jv_push(seen, jv_new_string(db_col_text(s, 0)));
        }
        db_stmt_free(s);
    }
    return seen;
}

/* Calculated values as signed; those of rows with their address. */
static jv *finished_json(const record_doc *doc)
{
    jv *values = jv_new_object(), *rows = jv_new_array();
    struct str at = STR_INIT;
    for (int node = 0; node < form_interview_nodes(doc->iv); node++) {
        const struct form_item *item = &doc->def->items[form_interview_item(doc->iv, node)];
        if (item->type != FORM_T_CALCULATE || !form_interview_exists(doc->iv, node) ||
            !form_interview_relevant(doc->iv, node)) {
            continue;
        }
        str_clear(&at);
        form_interview_at(doc->iv, node, &at);
        if (at.len == 0) {
            jv_set_str(values, item->key, form_interview_value(doc->iv, node));
            continue;
        }
        jv *row = jv_new_object();
        jv_set_str(row, "at", str_cstr(&at));
        jv_set_str(row, "key", item->key);
        jv_set_str(row, "value", form_interview_value(doc->iv, node));
        jv_push(rows, row);
    }
    str_done(&at);
    jv *body = doc_body(doc);
    jv_set(body, "values", values);
    jv_set(body, "seen", seen_json(doc));
    if (jv_count(rows) > 0) {
        jv_set(body, "row_values", rows);
    } else {
        jv_free(rows);
    }
    return body;
}

size_t record_doc_late(const record_doc *doc)
{
    static const char SQL[] = "SELECT count(*) FROM late WHERE rec = ?1";
    struct str n = STR_INIT;
    record_query_text(doc->r, SQL, doc->id, NULL, &n);
    const size_t count = (size_t)strtoull(str_cstr(&n), NULL, 10);
    str_done(&n);
    return count;
}

/* Its end and its signature are one transaction. */
static enum err write_finished(record_doc *doc, struct err_info *err)
{
    struct vault_write writes[4];
    struct str texts[3] = {STR_INIT, STR_INIT, STR_INIT};
    struct output out = {.is_news = false};
    size_t n = 0;
    if (doc->pending_count > 0) {
        record_write(&writes[n], doc->place, doc_pending_kind(doc), doc_pending_json(doc),
                     &texts[n]);
        n++;
    }
    record_write(&writes[n], doc->place, RECORD_K_FINISHED, finished_json(doc), &texts[n]);
    n++;
    output_of_doc(doc, true, &out);
    if (out.is_news) {
        writes[n++] = out.w;
    }
    n += output_statistics(doc, &writes[n], &texts[2]) ? 1 : 0;
    enum err rc = vault_append(doc->r->vault, writes, n, NULL, err);
    str_done(&texts[0]);
    str_done(&texts[1]);
    str_done(&texts[2]);
    if (rc == ERR_OK) {
        output_told(doc->r, &out);
        doc_settle(doc);
    }
    output_done(&out);
    bool changed = false;
    return rc == ERR_OK ? record_doc_refresh(doc, &changed, err) : rc;
}

enum err record_doc_finish(record_doc *doc, struct err_info *err)
{
    enum err rc = doc_flush(doc, err);
    if (rc != ERR_OK) {
        return rc;
    }
    form_interview_now(doc->iv, clock_now_ms());
    doc_mark_given(doc);
    if (!form_interview_complete(doc->iv)) {
        return ERR_SET(err, ERR_NO, "incomplete");
    }
    if (!pathway_may_sign(doc->r, doc->def->id, doc->iv)) {
        return ERR_SET(err, ERR_RIGHTS, "lower");
    }
    form_interview_finish(doc->iv);
    doc_mark_given(doc);
    return write_finished(doc, err);
}

enum err record_doc_reopen(record_doc *doc, struct err_info *err)
{
    jv *body = doc_body(doc);
    return write_one(doc, RECORD_K_REOPENED, body, err);
}
