/* Rows of repeats: added, deleted, moved, kept against a deletion. Invariant: what is in doc->rows
 * has happened in the engine and is not on disk; a deletion names every answer that went with it,
 * so that an answer it did not know of is found. */
#include <string.h>

#include "doc_int.h"

/* {key, at} of the container. */
static jv *row_json(const record_doc *doc, int container)
{
    struct str at = STR_INIT;
    jv *row = jv_new_object();
    form_interview_at(doc->iv, container, &at);
    jv_set_str(row, "key", doc->def->items[form_interview_item(doc->iv, container)].key);
    if (at.len > 0) {
        jv_set_str(row, "at", str_cstr(&at));
    }
    str_done(&at);
    return row;
}

static void set_id(const record_doc *doc, jv *row, const char *what, int instance)
{
    char hex[2 * FORM_ID_BYTES + 1];
    hex_put(hex, form_interview_instance_id(doc->iv, instance), FORM_ID_BYTES);
    jv_set_str(row, what, hex);
}

static void push_row(record_doc *doc, jv *row)
{
    if (doc->rows == NULL) {
        doc->rows = jv_new_array();
    }
    jv_push(doc->rows, row);
}

static enum err check(const record_doc *doc, int container, struct err_info *err)
{
    if (doc->is_finished) {
        return ERR_SET(err, ERR_NO, "finished");
    }
    if (container < 0 || !form_interview_is_container(doc->iv, container) ||
        form_interview_is_counted(doc->iv, container)) {
        return ERR_SET(err, ERR_NO, "counted");
    }
    return ERR_OK;
}

/* The container of an instance that exists, -1. */
static int container_of(const record_doc *doc, int instance)
{
    if (!form_interview_exists(doc->iv, instance) ||
        !form_interview_is_instance(doc->iv, instance)) {
        return -1;
    }
    return form_interview_parent(doc->iv, instance);
}

enum err record_doc_instance_add(record_doc *doc, int container, int *node, struct err_info *err)
{
    *node = -1;
    enum err rc = check(doc, container, err);
    if (rc != ERR_OK) {
        return rc;
    }
    const int made = form_interview_instance_add(doc->iv, container, NULL, -1);
    if (made < 0) {
        return ERR_SET(err, ERR_NO, "full");
    }
    jv *row = row_json(doc, container);
    set_id(doc, row, "add", made);
    push_row(doc, row);
    doc_mark_given(doc);
    *node = made;
    return doc_flush(doc, err);
}

/* Keys of all that stands inside, as a list and as " a b " for the query. */
static jv *inner_keys(const record_doc *doc, int instance, struct str *text)
{
    jv *keys = jv_new_array();
    const int repeat = form_interview_item(doc->iv, instance);
    str_putc(text, ' ');
    for (int i = repeat + 1; i < doc->def->items[repeat].end; i++) {
        jv_push(keys, jv_new_string(doc->def->items[i].key));
        str_puts(text, doc->def->items[i].key);
        str_putc(text, ' ');
    }
    return keys;
}

static jv *events(const record_doc *doc, const char *sql, const char *const texts[4])
{
    jv *out = jv_new_array();
    db_stmt *s = NULL;
    bool row = false;
    if (db_prepare(doc->r->db, sql, &s, NULL) == ERR_OK) {
        for (int i = 0; i < 4 && texts[i] != NULL; i++) {
            db_bind_text(s, i + 1, texts[i]);
        }
        while (db_step(s, &row, NULL) == ERR_OK && row) {
            jv_push(out, jv_new_string(db_col_text(s, 0)));
        }
        db_stmt_free(s);
    }
    return out;
}

static jv *deletion_json(const record_doc *doc, int container, int instance)
{
    static const char SEEN[] =
        "SELECT DISTINCT event FROM answer WHERE rec = ?1 AND (at = ?2 OR at LIKE ?2 || '/%')"
        " AND instr(?3, ' ' || key || ' ') ORDER BY event";
    struct str at = STR_INIT, keys = STR_INIT;
    jv *row = row_json(doc, container);
    set_id(doc, row, "delete", instance);
    jv_set(row, "keys", inner_keys(doc, instance, &keys));
    form_interview_at(doc->iv, instance, &at);
    const char *texts[4] = {doc->id, str_cstr(&at), str_cstr(&keys), NULL};
    jv_set(row, "seen", events(doc, SEEN, texts));
    str_done(&at);
    str_done(&keys);
    return row;
}

/* What was unsaved inside goes with the row: nobody has seen it. */
static void forget_gone(record_doc *doc)
{
    for (size_t i = 0; i < doc->node_cap; i++) {
        struct doc_node *n = &doc->nodes[i];
        if ((n->is_pending || n->over != NULL || n->is_contested) &&
            !form_interview_exists(doc->iv, (int)i)) {
            doc->pending_count -= n->is_pending;
            jv_free(n->over);
            *n = (struct doc_node){0};
        }
    }
}

enum err record_doc_instance_delete(record_doc *doc, int instance, struct err_info *err)
{
    const int container = container_of(doc, instance);
    enum err rc = check(doc, container, err);
    if (rc != ERR_OK) {
        return rc;
    }
    if (record_doc_is_contested(doc, instance)) {
        doc->changes = -1; /* one conflict less: to be counted anew */
    }
    jv *row = deletion_json(doc, container, instance);
    form_interview_instance_delete(doc->iv, instance);
    push_row(doc, row);
    forget_gone(doc);
    doc_mark_given(doc);
    return doc_flush(doc, err);
}

enum err record_doc_instance_move(record_doc *doc, int instance, int before, struct err_info *err)
{
    const int container = container_of(doc, instance);
    enum err rc = check(doc, container, err);
    if (rc == ERR_OK && before >= 0 && container_of(doc, before) != container) {
        rc = ERR_SET(err, ERR_NO, "row");
    }
    if (rc != ERR_OK || before == instance) {
        return rc;
    }
    form_interview_instance_move(doc->iv, instance, before);
    doc_mark_given(doc);
    doc_mark(doc, container);
    return doc_flush(doc, err);
}

bool record_doc_is_contested(const record_doc *doc, int instance)
{
    return (size_t)instance < doc->node_cap && doc->nodes[instance].is_contested;
}

enum err record_doc_instance_keep(record_doc *doc, int instance, struct err_info *err)
{
    static const char GONE[] = "SELECT event FROM gone WHERE rec = ?1 AND at || '|' || key = ?2"
                               " AND id = ?3 ORDER BY event";
    const int container = container_of(doc, instance);
    enum err rc = check(doc, container, err);
    if (rc != ERR_OK || !record_doc_is_contested(doc, instance)) {
        return rc;
    }
    struct str where = STR_INIT;
    jv *row = row_json(doc, container);
    set_id(doc, row, "keep", instance);
    form_interview_at(doc->iv, container, &where);
    str_printf(&where, "|%s", jv_str_at(row, "key"));
    const char *texts[4] = {doc->id, str_cstr(&where), jv_str_at(row, "keep"), NULL};
    jv_set(row, "over", events(doc, GONE, texts));
    str_done(&where);
    push_row(doc, row);
    doc->changes = -1;
    return doc_flush(doc, err);
}
