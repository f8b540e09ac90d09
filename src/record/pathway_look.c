/* One look at one case: its records, the names that the procedure's expressions read, and their
 * values. Invariant: nothing here writes; two looks at the same events and the same moment see the
 * same. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "pathway_int.h"

static enum err read_records(struct look *l, struct err_info *err)
{
    static const char SQL[] = "SELECT id, form, finisher, opened_ms, finished_ms FROM rec"
                              " WHERE kase = ?1 ORDER BY opened_ms, id";
    db_stmt *s = NULL;
    bool row = false;
    size_t cap = 0;
    enum err rc = db_prepare(l->r->db, SQL, &s, err);
    if (rc != ERR_OK) {
        return rc;
    }
    db_bind_text(s, 1, l->hex);
    while ((rc = db_step(s, &row, err)) == ERR_OK && row) {
        l->records = arena_grow(l->a, l->records, l->count, &cap, sizeof *l->records);
        l->records[l->count++] = (struct look_record){
            .id = arena_strdup(l->a, db_col_text(s, 0)),
            .form = arena_strdup(l->a, db_col_text(s, 1)),
            .finisher = arena_strdup(l->a, db_col_text(s, 2)),
            .begun_ms = db_col_int(s, 3),
            .finished_ms = db_col_int(s, 4)};
    }
    db_stmt_free(s);
    return rc;
}

enum err look_begin(struct look *l, record *r, const unsigned char case_id[ID_LEN], int64_t now_ms,
                    struct err_info *err)
{
    static const char OPENED[] = "SELECT opened_ms FROM kase WHERE id = ?1";
    struct str text = STR_INIT;
    *l = (struct look){.r = r, .p = r->pathway, .level = -1, .a = arena_new()};
    l->now_ms = now_ms != 0 ? now_ms : clock_now_ms();
    hex_put(l->hex, case_id, ID_LEN);
    record_query_text(r, OPENED, l->hex, NULL, &text);
    l->opened_ms = strtoll(str_cstr(&text), NULL, 10);
    str_done(&text);
    l->tasks = arena_array(l->a, l->p->task_count + 1, sizeof *l->tasks);
    const enum err rc = read_records(l, err);
    if (rc == ERR_OK) {
        look_level(l);
    }
    return rc;
}

void look_end(struct look *l)
{
    arena_free(l->a);
}

const struct look_record *look_newest(const struct look *l, const char *form, bool signed_off)
{
    for (size_t i = l->count; i-- > 0;) {
        const struct look_record *x = &l->records[i];
        if (strcmp(x->form, form) == 0 && (!signed_off || x->finished_ms > 0)) {
            return x;
        }
    }
    return NULL;
}

const char *look_answer(struct look *l, const struct look_record *rec, const char *key)
{
    static const char ANSWER[] = "SELECT value FROM answer WHERE rec = ?1 AND key = ?2 AND at = ''"
                                 " ORDER BY clock DESC, event DESC LIMIT 1";
    static const char VALUE[] = "SELECT value FROM calculated WHERE rec = ?1 AND key = ?2";
    struct str text = STR_INIT;
    if (rec != NULL && !record_query_text(l->r, ANSWER, rec->id, key, &text)) {
        record_query_text(l->r, VALUE, rec->id, key, &text);
    }
    const char *out = arena_strdup(l->a, str_cstr(&text));
    str_done(&text);
    return out;
}

/* ---- values */

static struct form_value value_of_text(const char *text)
{
    struct form_value v = form_value_string(text, strlen(text));
    struct date d;
    if (v.n == 10 && date_parse(text, v.n, &d)) {
        v.type = FORM_V_DATE;
        v.num = (double)date_earliest(d);
        v.num2 = (double)date_latest(d);
    }
    v.is_node = true;
    return v;
}

static struct form_value value_of_moment(int64_t ms)
{
    if (ms <= 0) {
        return value_of_text("");
    }
    const struct clock_local t = clock_local_of(ms);
    const double days = (double)date_earliest(t.date) +
                        (t.hour * 3600 + t.minute * 60 + t.second) / 86400.0;
    return (struct form_value){.type = FORM_V_DATETIME, .is_node = true, .num = days, .num2 = days};
}

static struct form_value value_of_records(struct look *l, const char *form)
{
    struct form_value *items = arena_array(l->a, l->count + 1, sizeof *items);
    size_t n = 0;
    for (size_t i = 0; i < l->count; i++) {
        if (strcmp(l->records[i].form, form) == 0) {
            items[n++] = value_of_text("yes");
        }
    }
    return (struct form_value){.type = FORM_V_NODES, .items = items, .count = n};
}

static struct form_value get(void *payload, int slot, const struct form_node *context)
{
    static const char FACT[] = RECORD_FACT_SQL;
    struct look *l = payload;
    const struct pathway_name *x = &l->p->names[slot];
    const struct look_record *rec = look_newest(l, x->form, false);
    struct str text = STR_INIT;
    (void)context;
    switch (x->kind) {
    case PATHWAY_BEGUN: return value_of_moment(rec != NULL ? rec->begun_ms : 0);
    case PATHWAY_FINISHED: return value_of_moment(rec != NULL ? rec->finished_ms : 0);
    case PATHWAY_RECORDS: return value_of_records(l, x->form);
    case PATHWAY_LEVEL: return value_of_text(l->level >= 0 ? l->p->levels[l->level].name : "");
    case PATHWAY_STATUS: {
        const struct look_task *t = look_task(l, form_pathway_task(l->p, x->question));
        return value_of_text(t->is_done ? "yes" : "");
    }
    case PATHWAY_FACT: {
        record_query_text(l->r, FACT, l->hex, x->question, &text);
        const char *kept = arena_strdup(l->a, str_cstr(&text));
        str_done(&text);
        return value_of_text(kept);
    }
    case PATHWAY_ANSWER: return value_of_text(look_answer(l, rec, x->question));
    }
    return value_of_text("");
}

static struct form_value evaluate(struct look *l, const form_expr *x)
{
    const struct form_expr_env env = {.payload = l, .get = get, .now_ms = l->now_ms};
    return form_expr_eval(x, &env, l->a);
}

bool look_true(struct look *l, const form_expr *x)
{
    const struct form_value v = evaluate(l, x);
    return form_value_bool(&v);
}

const char *look_text(struct look *l, const form_expr *x)
{
    const struct form_value v = evaluate(l, x);
    return form_value_text(&v, l->a);
}
