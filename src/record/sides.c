/* A conflict side by side: what each said, who and when, from the view and the log's authors; and
 * the one decision that is neither an answer nor a row. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "doc_int.h"
#include "vault/cache.h"

static void copy(char *to, size_t size, const char *from)
{
    (void)snprintf(to, size, "%s", from != NULL ? from : "");
}

/* ---- side by side: kind, state, value, at, key, clock, event */

static const char *versions_sql(enum record_conflict_kind kind)
{
    switch (kind) {
    case RECORD_CONFLICT_ANSWER:
    case RECORD_CONFLICT_ORDER:
        return "SELECT 0, state, value, at, key, clock, event FROM standing WHERE rec = ?1"
               " AND at = ?2 AND key = ?3 AND ?4 = '' ORDER BY clock, event";
    case RECORD_CONFLICT_ROW:
        return "SELECT 1, 'none', '', at, key, 0, event FROM gone WHERE rec = ?1 AND at = ?2"
               " AND key = ?3 AND id = ?4 UNION ALL SELECT 0, a.state, a.value, a.at, a.key,"
               " a.clock, a.event FROM answer a WHERE a.rec = ?1 AND EXISTS (SELECT 1 FROM gone g"
               " WHERE g.rec = ?1 AND g.at = ?2 AND g.key = ?3 AND g.id = ?4 AND (a.at = g.path OR"
               " a.at LIKE g.path || '/%')) AND NOT EXISTS (SELECT 1 FROM gone h WHERE h.rec = ?1"
               " AND h.at = ?2 AND h.key = ?3 AND h.id = ?4"
               " AND instr(h.seen, ' ' || a.event || ' ')) ORDER BY 6, 7";
    case RECORD_CONFLICT_SIGNED:
        return "SELECT 2, 'none', '', '', '', finished_ms << 16, substr(signed, 17) FROM rec"
               " WHERE id = ?1 AND ?2 = ?2 AND ?3 = ?3 AND ?4 = ?4 UNION ALL SELECT 0, a.state,"
               " a.value, a.at, a.key, a.clock, a.event FROM answer a JOIN late l ON l.rec = a.rec"
               " AND l.at = a.at AND l.key = a.key AND l.event = a.event WHERE a.rec = ?1"
               " ORDER BY 6, 7";
    case RECORD_CONFLICT_PERSON: break;
    }
    return NULL;
}

struct telling {
    struct record_version *items;
    char (*event)[RECORD_HEX];
    size_t count;
};

static void tell(struct telling *t, db_stmt *s)
{
    t->items = mem_realloc(t->items, (t->count + 1) * sizeof *t->items);
    t->event = mem_realloc(t->event, (t->count + 1) * sizeof *t->event);
    struct record_version *v = &t->items[t->count];
    *v = (struct record_version){.kind = (enum record_version_kind)db_col_int(s, 0)};
    (void)form_state_parse(db_col_text(s, 1), &v->state);
    v->value = mem_strdup(db_col_text(s, 2));
    copy(v->at, sizeof v->at, db_col_text(s, 3));
    copy(v->key, sizeof v->key, db_col_text(s, 4));
    v->time_ms = db_col_int(s, 5) >> 16;
    copy(t->event[t->count++], RECORD_HEX, db_col_text(s, 6));
}

static enum err tell_all(record *r, const struct record_conflict *c, struct telling *t,
                         struct err_info *err)
{
    const char *const texts[] = {c->rec, c->at, c->key, c->row};
    db_stmt *s = NULL;
    bool row = false;
    enum err rc = db_prepare(r->db, versions_sql(c->kind), &s, err);
    if (rc != ERR_OK) {
        return rc;
    }
    for (int i = 0; i < 4; i++) {
        db_bind_text(s, i + 1, texts[i]);
    }
    while ((rc = db_step(s, &row, err)) == ERR_OK && row) {
        tell(t, s);
    }
    db_stmt_free(s);
    return rc;
}

/* Who, and of what the view keeps no clock, when. */
static bool name_version(void *payload, const struct vault_event *e)
{
    const struct telling *t = payload;
    char hex[RECORD_HEX];
    hex_put(hex, e->id, VAULT_EVENT_ID_LEN);
    for (size_t i = 0; i < t->count; i++) {
        if (strcmp(t->event[i], hex) == 0) {
            copy(t->items[i].who, sizeof t->items[i].who, e->author_name);
            t->items[i].time_ms = e->time_ms;
        }
    }
    return true;
}

enum err record_conflict_versions(record *r, const struct record_conflict *c,
                                  struct record_version **out, size_t *count, struct err_info *err)
{
    struct telling t = {NULL, NULL, 0};
    struct card *card = NULL;
    int64_t *rows = NULL;
    size_t n = 0;
    uint64_t skipped = 0;
    *out = NULL;
    *count = 0;
    if (versions_sql(c->kind) == NULL) {
        return ERR_OK;
    }
    enum err rc = live_need(r, c->case_id, &card, err);
    rc = rc == ERR_OK ? tell_all(r, c, &t, err) : rc;
    rc = rc == ERR_OK ? trail_get(r, card, &rows, &n, err) : rc;
    if (rc == ERR_OK) {
        rc = vault_each_rows(r->vault, rows, n, name_version, &t, &skipped, err);
    }
    free(rows);
    free(t.event);
    if (rc != ERR_OK) {
        record_versions_done(t.items, t.count);
        return rc;
    }
    *out = t.items;
    *count = t.count;
    return ERR_OK;
}

void record_versions_done(struct record_version *v, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        mem_wipe(v[i].value, strlen(v[i].value));
        free(v[i].value);
    }
    free(v);
}

enum err record_doc_order_keep(record_doc *doc, int container, struct err_info *err)
{
    if (doc->is_finished) {
        return ERR_SET(err, ERR_NO, "finished");
    }
    doc_mark(doc, container);
    doc->changes = -1;
    return doc_flush(doc, err);
}
