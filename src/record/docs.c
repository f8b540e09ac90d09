/* The list of a case's records, each with a title by which somebody tells it from its neighbours.
 * Invariant: lists what can be read here and nothing of what was answered but that title. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "doc_int.h"

static void put_name(record *r, const char *hex, char out[65])
{
    struct vault_member *members = NULL;
    size_t n = 0;
    unsigned char id[ID_LEN];
    out[0] = '\0';
    if (!hex_get(id, ID_LEN, hex) || vault_members(r->vault, &members, &n, NULL) != ERR_OK) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (memcmp(members[i].id, id, ID_LEN) == 0) {
            snprintf(out, 65, "%s", members[i].name);
        }
    }
    free(members);
}

/* The form's own name for the record, where it says one. */
static void put_instance_name(record *r, const char *id, const struct record_form *form,
                              struct str *out)
{
    record_doc doc = {.r = r};
    ASSERT(strlen(id) < sizeof doc.id);
    memcpy(doc.id, id, strlen(id) + 1);
    doc_begin_engine(&doc, form);
    if (doc_load(&doc, false, NULL) == ERR_OK) {
        form_interview_start(doc.iv, false);
        str_puts(out, form_interview_name(doc.iv));
    }
    doc_end_engine(&doc);
}

/* Else its first date. */
static void put_date(record *r, const char *id, const struct form_def *def, struct str *out)
{
    static const char SQL[] = "SELECT value FROM answer WHERE rec = ?1 AND key = ?2 AND at = ''"
                              " AND state = 'value' ORDER BY clock DESC, event DESC LIMIT 1";
    for (size_t i = 0; i < def->count && out->len == 0; i++) {
        const struct form_item *item = &def->items[i];
        if ((item->type == FORM_T_DATE || item->type == FORM_T_DATETIME) && item->repeat < 0) {
            record_query_text(r, SQL, id, item->key, out);
        }
    }
}

static char *title_of(record *r, const char *id, const char *hash)
{
    const struct record_form *form = NULL;
    struct str out = STR_INIT;
    if (record_form_by_hash(r, hash, &form, NULL) == ERR_OK) {
        if (form->def->instance_name_expr != NULL) {
            put_instance_name(r, id, form, &out);
        }
        if (out.len == 0) {
            put_date(r, id, form->def, &out);
        }
    }
    return str_take(&out);
}

struct docs {
    struct record_doc_info *items;
    char (*hashes)[65];
    size_t count, cap;
};

static void add_doc(struct docs *d, record *r, db_stmt *s)
{
    if (d->count == d->cap) {
        d->cap = d->cap * 2 + 8;
        d->items = mem_realloc(d->items, d->cap * sizeof *d->items);
        d->hashes = mem_realloc(d->hashes, d->cap * sizeof *d->hashes);
    }
    struct record_doc_info *x = &d->items[d->count];
    memset(x, 0, sizeof *x);
    snprintf(x->id, sizeof x->id, "%s", db_col_text(s, 0));
    snprintf(x->form, sizeof x->form, "%s", db_col_text(s, 1));
    snprintf(d->hashes[d->count], 65, "%s", db_col_text(s, 2));
    x->begun_ms = db_col_int(s, 3);
    x->changed_ms = db_col_int(s, 4);
    x->finished_ms = db_col_int(s, 5);
    x->answered = (unsigned)db_col_int(s, 6);
    x->asked = (unsigned)db_col_int(s, 7);
    put_name(r, db_col_text(s, 8), x->author);
    put_name(r, db_col_text(s, 9), x->finished_by);
    x->is_restricted = db_col_int(s, 10) != 0;
    d->count++;
}

enum err record_docs(record *r, const unsigned char case_id[ID_LEN], const char *form_id,
                     struct record_doc_info **out, size_t *count, struct err_info *err)
{
    static const char SQL[] =
        "SELECT id, form, hash, opened_ms, changed_ms, finished_ms, answered, asked, author,"
        " finisher, place <> kase FROM rec WHERE kase = ?1 AND form <> '' AND (?2 = '' OR form = "
        "?2)"
        " ORDER BY opened_ms, id";
    struct docs d = {.items = NULL};
    struct card *c = NULL;
    db_stmt *s = NULL;
    bool row = false;
    char hex[ID_HEX_LEN];
    *out = NULL;
    *count = 0;
    hex_put(hex, case_id, ID_LEN);
    enum err rc = live_need(r, case_id, &c, err);
    rc = rc == ERR_OK ? db_prepare(r->db, SQL, &s, err) : rc;
    if (rc != ERR_OK) {
        return rc;
    }
    db_bind_text(s, 1, hex);
    db_bind_text(s, 2, form_id != NULL ? form_id : "");
    while ((rc = db_step(s, &row, err)) == ERR_OK && row) {
        add_doc(&d, r, s);
    }
    db_stmt_free(s);
    for (size_t i = 0; i < d.count; i++) {
        d.items[i].title = title_of(r, d.items[i].id, d.hashes[i]);
    }
    free(d.hashes);
    if (rc != ERR_OK) {
        record_docs_done(d.items, d.count);
        return rc;
    }
    *out = d.items;
    *count = d.count;
    return ERR_OK;
}

void record_docs_done(struct record_doc_info *docs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(docs[i].title);
    }
    free(docs);
}
