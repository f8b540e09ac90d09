/* From the view into the engine: rows of repeats, their order, standing answers. What stands under
 * an address twice is loaded in clock order, so that the latest is shown; what is not on disk yet
 * is never overwritten. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "doc_int.h"

static int64_t number(const record_doc *doc, const char *sql)
{
    struct str text = STR_INIT;
    record_query_text(doc->r, sql, doc->id, NULL, &text);
    int64_t n = strtoll(str_cstr(&text), NULL, 10);
    str_done(&text);
    return n;
}

int64_t doc_changes_in_view(const record_doc *doc)
{
    static const char SQL[] = "SELECT changes FROM rec WHERE id = ?1";
    return number(doc, SQL);
}

int64_t doc_moment(const record_doc *doc)
{
    static const char FINISHED[] = "SELECT finished_ms FROM rec WHERE id = ?1";
    static const char LAST[] = "SELECT max(clock) >> 16 FROM answer WHERE rec = ?1";
    int64_t ms = number(doc, FINISHED);
    ms = ms > 0 ? ms : number(doc, LAST);
    return ms > 0 ? ms : clock_now_ms();
}

/* ---- order of rows: their ids with blanks between */

void doc_put_order(const form_interview *iv, int container, struct str *out)
{
    size_t n = 0;
    const int *rows = form_interview_instances(iv, container, &n);
    for (size_t i = 0; i < n; i++) {
        char hex[2 * FORM_ID_BYTES + 1];
        hex_put(hex, form_interview_instance_id(iv, rows[i]), FORM_ID_BYTES);
        str_puts(out, i > 0 ? " " : "");
        str_puts(out, hex);
    }
}

static int row_called(const form_interview *iv, int container, const char *hex)
{
    unsigned char id[FORM_ID_BYTES];
    char text[2 * FORM_ID_BYTES + 1];
    snprintf(text, sizeof text, "%.*s", (int)sizeof text - 1, hex);
    size_t n = 0;
    const int *rows = form_interview_instances(iv, container, &n);
    for (size_t i = 0; hex_get(id, sizeof id, text) && i < n; i++) {
        if (memcmp(form_interview_instance_id(iv, rows[i]), id, sizeof id) == 0) {
            return rows[i];
        }
    }
    return -1;
}

/* The listed rows first, in their order; rows that the list does not know stay behind them. */
static void set_order(form_interview *iv, int container, const char *order)
{
    size_t place = 0;
    for (const char *at = order; *at != '\0'; at += strcspn(at, " "), at += strspn(at, " ")) {
        const int row = row_called(iv, container, at);
        size_t n = 0;
        const int *rows = form_interview_instances(iv, container, &n);
        if (row < 0 || place >= n) {
            continue;
        }
        if (rows[place] != row) {
            form_interview_instance_move(iv, row, rows[place]);
        }
        place++;
    }
}

/* ---- rows */

static void add_row(form_interview *iv, db_stmt *s)
{
    unsigned char id[FORM_ID_BYTES];
    const int container = form_interview_find(iv, db_col_text(s, 1), db_col_text(s, 0));
    if (container >= 0 && form_interview_is_container(iv, container) &&
        hex_get(id, sizeof id, db_col_text(s, 2))) {
        form_interview_instance_add(iv, container, id, -1);
    }
}

static int row_at(form_interview *iv, db_stmt *s)
{
    struct str at = STR_INIT;
    const char *outer = db_col_text(s, 1);
    str_printf(&at, "%s%s%s", outer, outer[0] != '\0' ? "/" : "", db_col_text(s, 2));
    const int node = form_interview_find(iv, str_cstr(&at), db_col_text(s, 0));
    str_done(&at);
    return node >= 0 && form_interview_is_instance(iv, node) ? node : -1;
}

static void drop_row(form_interview *iv, db_stmt *s)
{
    const int node = row_at(iv, s);
    if (node >= 0) {
        form_interview_instance_delete(iv, node);
    }
}

static enum err each_row(const record_doc *doc, form_interview *iv, const char *sql,
                         void (*f)(form_interview *iv, db_stmt *s), struct err_info *err)
{
    db_stmt *s = NULL;
    bool row = false;
    enum err rc = db_prepare(doc->r->db, sql, &s, err);
    if (rc != ERR_OK) {
        return rc;
    }
    db_bind_text(s, 1, doc->id);
    while ((rc = db_step(s, &row, err)) == ERR_OK && row) {
        f(iv, s);
    }
    db_stmt_free(s);
    return rc;
}

/* Outer rows before inner ones. */
static enum err load_rows(const record_doc *doc, form_interview *iv, struct err_info *err)
{
    static const char ADDED[] =
        "SELECT key, at, id FROM (SELECT key, at, id, clock, event, n FROM added a WHERE rec = ?1"
        " AND NOT EXISTS (SELECT 1 FROM gone g WHERE g.rec = a.rec AND g.at = a.at"
        " AND g.key = a.key AND g.id = a.id)"
        " UNION ALL SELECT d.key, d.at, d.id, coalesce(a.clock, 0), coalesce(a.event, ''),"
        " coalesce(a.n, 0) FROM deleted d LEFT JOIN added a ON a.rec = d.rec AND a.at = d.at"
        " AND a.key = d.key AND a.id = d.id WHERE d.rec = ?1 AND d.is_contested)"
        " ORDER BY length(at), clock, event, n";
    static const char GONE[] = "SELECT key, at, id FROM deleted WHERE rec = ?1"
                               " AND NOT is_contested ORDER BY length(at), at, key, id";
    enum err rc = each_row(doc, iv, ADDED, add_row, err);
    return rc == ERR_OK ? each_row(doc, iv, GONE, drop_row, err) : rc;
}

/* ---- answers */

/* doc's marks go along if iv is its own interview. */
static enum err load_answers(const record_doc *doc, form_interview *iv, record_doc *marks,
                             struct err_info *err)
{
    static const char SQL[] = "SELECT at, key, state, value, is_prefilled FROM answer"
                              " WHERE rec = ?1 ORDER BY at, key, clock, event";
    db_stmt *s = NULL;
    bool row = false;
    enum err rc = db_prepare(doc->r->db, SQL, &s, err);
    if (rc != ERR_OK) {
        return rc;
    }
    db_bind_text(s, 1, doc->id);
    while ((rc = db_step(s, &row, err)) == ERR_OK && row) {
        const int node = form_interview_find(iv, db_col_text(s, 0), db_col_text(s, 1));
        struct form_answer answer = {.text = db_col_text(s, 3)};
        if (node < 0 || !form_state_parse(db_col_text(s, 2), &answer.state) ||
            (marks != NULL && doc_node(marks, node)->is_pending)) {
            continue;
        }
        if (form_interview_is_container(iv, node)) {
            set_order(iv, node, answer.text);
            continue;
        }
        if (marks != NULL) {
            doc_node(marks, node)->is_prefilled = db_col_int(s, 4) != 0;
        }
        form_interview_load(iv, node, answer);
    }
    db_stmt_free(s);
    return rc;
}

static enum err mark_contested(record_doc *doc, struct err_info *err)
{
    static const char SQL[] =
        "SELECT key, at, id FROM deleted WHERE rec = ?1 AND is_contested ORDER BY at, key, id";
    for (size_t i = 0; i < doc->node_cap; i++) {
        doc->nodes[i].is_contested = false;
    }
    db_stmt *s = NULL;
    bool row = false;
    enum err rc = db_prepare(doc->r->db, SQL, &s, err);
    if (rc != ERR_OK) {
        return rc;
    }
    db_bind_text(s, 1, doc->id);
    while ((rc = db_step(s, &row, err)) == ERR_OK && row) {
        const int node = row_at(doc->iv, s);
        if (node >= 0) {
            doc_node(doc, node)->is_contested = true;
        }
    }
    db_stmt_free(s);
    return rc;
}

enum err doc_load_into(const record_doc *doc, form_interview *iv, struct err_info *err)
{
    enum err rc = load_rows(doc, iv, err);
    return rc == ERR_OK ? load_answers(doc, iv, NULL, err) : rc;
}

/* While rows are unsaved the view does not know them; theirs are taken in after ours are there. */
enum err doc_load(record_doc *doc, bool is_running, struct err_info *err)
{
    static const char FINISHED[] = "SELECT finished_ms FROM rec WHERE id = ?1";
    const bool has_own_rows = jv_count(doc->rows) > 0;
    enum err rc = has_own_rows ? ERR_OK : load_rows(doc, doc->iv, err);
    rc = rc == ERR_OK ? load_answers(doc, doc->iv, doc, err) : rc;
    rc = rc == ERR_OK ? mark_contested(doc, err) : rc;
    if (is_running) {
        form_interview_now(doc->iv, doc_moment(doc));
        form_interview_start(doc->iv, false);
    }
    doc->changes = has_own_rows ? -1 : doc_changes_in_view(doc);
    doc->is_finished = number(doc, FINISHED) > 0;
    return rc;
}

jv *doc_standing(const record_doc *doc, int node)
{
    static const char SQL[] = "SELECT event FROM answer WHERE rec = ?1 AND at = ?2 AND key = ?3"
                              " ORDER BY event";
    jv *over = jv_new_array();
    db_stmt *s = NULL;
    bool row = false;
    struct str at = STR_INIT;
    form_interview_at(doc->iv, node, &at);
    if (db_prepare(doc->r->db, SQL, &s, NULL) == ERR_OK) {
        db_bind_text(s, 1, doc->id);
        db_bind_text(s, 2, str_cstr(&at));
        db_bind_text(s, 3, doc->def->items[form_interview_item(doc->iv, node)].key);
        while (db_step(s, &row, NULL) == ERR_OK && row) {
            jv_push(over, jv_new_string(db_col_text(s, 0)));
        }
        db_stmt_free(s);
    }
    str_done(&at);
    return over;
}
