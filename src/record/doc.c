/* One record being worked on: the interview engine fed from the view, and every answer written to
 * the log the moment it is given. Invariant: an answer is in `pending` from the moment it is set
 * until the vault says that it is on disk; nothing else makes it "saved". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "record_int.h"
#include "vault/hash.h"

struct record_doc {
    record *r; /* borrowed */
    struct record_case kase;
    char id[ID_HEX_LEN];
    char hash[65];
    const struct form_def *def; /* lives as long as r */
    form_interview *iv;
    bool *pending;   /* per item: not on disk */
    jv **over;       /* per item: what stood when its answer was begun; NULL = nothing begun */
    bool *prefilled; /* per item: taken over from a fact */
    size_t pending_count;
    int64_t changes; /* of the view when last looked at */
    bool is_finished;
    bool is_held;
};

static int64_t changes_in_view(const record_doc *doc)
{
    static const char SQL[] = "SELECT changes FROM rec WHERE id = ?1";
    struct str text = STR_INIT;
    record_query_text(doc->r, SQL, doc->id, NULL, &text);
    int64_t n = strtoll(str_cstr(&text), NULL, 10);
    str_done(&text);
    return n;
}

static void read_finished(record_doc *doc)
{
    static const char SQL[] = "SELECT finished_ms FROM rec WHERE id = ?1 AND finished_ms > 0";
    struct str text = STR_INIT;
    doc->is_finished = record_query_text(doc->r, SQL, doc->id, NULL, &text);
    str_done(&text);
}

/* Standing answers of the view into the engine; of several of one address the latest is shown. */
static enum err load_answers(record_doc *doc, bool is_running, struct err_info *err)
{
    static const char SQL[] = "SELECT key, state, value, is_prefilled FROM answer"
                              " WHERE rec = ?1 AND at = '' ORDER BY key, time_ms, event";
    db_stmt *s = NULL;
    bool row = false;
    enum err rc = db_prepare(doc->r->db, SQL, &s, err);
    if (rc != ERR_OK) {
        return rc;
    }
    db_bind_text(s, 1, doc->id);
    while ((rc = db_step(s, &row, err)) == ERR_OK && row) {
        int item = form_def_find(doc->def, db_col_text(s, 0));
        struct form_answer answer = {.text = db_col_text(s, 2)};
        if (item < 0 || doc->pending[item] || !form_state_parse(db_col_text(s, 1), &answer.state)) {
            continue;
        }
        doc->prefilled[item] = db_col_int(s, 3) != 0;
        if (is_running) {
            form_interview_set(doc->iv, item, answer);
        } else {
            form_interview_load(doc->iv, item, answer);
        }
    }
    db_stmt_free(s);
    doc->changes = changes_in_view(doc);
    read_finished(doc);
    return rc;
}

/* Event ids of the answers that a new one at this key replaces. */
static jv *standing_events(const record_doc *doc, const char *key)
{
    static const char SQL[] =
        "SELECT event FROM answer WHERE rec = ?1 AND at = '' AND key = ?2 ORDER BY event";
    jv *over = jv_new_array();
    db_stmt *s = NULL;
    bool row = false;
    if (db_prepare(doc->r->db, SQL, &s, NULL) == ERR_OK) {
        db_bind_text(s, 1, doc->id);
        db_bind_text(s, 2, key);
        while (db_step(s, &row, NULL) == ERR_OK && row) {
            jv_push(over, jv_new_string(db_col_text(s, 0)));
        }
        db_stmt_free(s);
    }
    return over;
}

static jv *answer_json(const record_doc *doc, int item)
{
    const struct form_item *question = &doc->def->items[item];
    struct form_answer answer = form_interview_answer(doc->iv, item);
    jv *out = jv_new_object();
    jv_set_str(out, "key", question->key);
    jv_set_str(out, "state", form_state_name(answer.state));
    if (answer.state == FORM_A_VALUE) {
        jv_set_str(out, "value", answer.text);
    }
    if (doc->prefilled[item]) {
        jv_set(out, "prefilled", jv_new_bool(true));
    } else if (question->fact != NULL) {
        jv_set_str(out, "fact", question->fact);
    }
    if (jv_count(doc->over[item]) > 0) {
        jv *over = jv_new_array();
        for (size_t i = 0; i < jv_count(doc->over[item]); i++) {
            jv_push(over, jv_new_string(jv_string(jv_item(doc->over[item], i))));
        }
        jv_set(out, "over", over);
    }
    return out;
}

static jv *pending_json(const record_doc *doc)
{
    jv *answers = jv_new_array();
    for (size_t i = 0; i < doc->def->count; i++) {
        if (doc->pending[i]) {
            jv_push(answers, answer_json(doc, (int)i));
        }
    }
    struct form_progress p = form_interview_progress(doc->iv);
    jv *progress = jv_new_array();
    jv_push(progress, jv_new_int(p.answered));
    jv_push(progress, jv_new_int(p.asked));
    jv *body = jv_new_object();
    jv_set_str(body, "record", doc->id);
    jv_set(body, "answers", answers);
    jv_set(body, "progress", progress);
    return body;
}

/* Our own event comes back through the view like any other; if it came alone, the engine has its
 * answers already and need not read the whole record again. */
static enum err take_own(record_doc *doc, struct err_info *err)
{
    enum err rc = record_refresh(doc->r, NULL, err);
    if (rc == ERR_OK && changes_in_view(doc) == doc->changes + 1 && doc->kase.conflicts == 0) {
        doc->changes++;
        struct form_progress p = form_interview_progress(doc->iv);
        doc->kase.answered = p.answered;
        doc->kase.asked = p.asked;
        doc->kase.changed_ms = clock_now_ms();
        return ERR_OK;
    }
    bool changed = false;
    return rc == ERR_OK ? record_doc_refresh(doc, &changed, err) : rc;
}

/* Nothing is pending any more: all of it is on disk. */
static void settle(record_doc *doc)
{
    for (size_t i = 0; i < doc->def->count; i++) {
        if (doc->pending[i]) {
            jv_free(doc->over[i]);
            doc->over[i] = NULL;
        }
    }
    memset(doc->pending, 0, doc->def->count * sizeof *doc->pending);
    doc->pending_count = 0;
}

/* Did something come in, since a pending answer was begun, that it will stand beside? */
static bool has_raced(const record_doc *doc)
{
    bool raced = false;
    for (size_t i = 0; !raced && i < doc->def->count; i++) {
        if (doc->pending[i]) {
            jv *now = standing_events(doc, doc->def->items[i].key);
            raced = jv_count(now) != jv_count(doc->over[i]);
            jv_free(now);
        }
    }
    return raced;
}

/* All pending answers in one event; after ERR_OK none is pending. */
static enum err flush(record_doc *doc, struct err_info *err)
{
    if (doc->pending_count == 0 || doc->is_held) {
        return ERR_OK;
    }
    struct vault_write w;
    struct str text = STR_INIT;
    record_write(&w, doc->kase.id, RECORD_K_ANSWERS, pending_json(doc), &text);
    enum err rc = vault_append(doc->r->vault, &w, 1, NULL, err);
    str_done(&text);
    if (rc != ERR_OK) {
        return rc;
    }
    if (has_raced(doc)) {
        doc->changes = -1; /* the case's conflicts have to be counted anew */
    }
    settle(doc);
    return take_own(doc, err);
}

/* An answer replaces what stood when it was begun, not what came in from elsewhere meanwhile:
 * that was not seen, and must stand beside it. */
void record_doc_edit(record_doc *doc, int item)
{
    if (doc->over[item] == NULL) {
        doc->over[item] = standing_events(doc, doc->def->items[item].key);
    }
}

static void mark(record_doc *doc, int item)
{
    record_doc_edit(doc, item);
    if (!doc->pending[item]) {
        doc->pending[item] = true;
        doc->pending_count++;
    }
}

/* Facts that are known already stand in the new record, marked until somebody confirms them. */
static void prefill(record_doc *doc)
{
    struct str value = STR_INIT;
    for (size_t i = 0; i < doc->def->count; i++) {
        const struct form_item *item = &doc->def->items[i];
        if (item->fact == NULL || !form_type_takes_answer(item->type)) {
            continue;
        }
        str_clear(&value);
        record_fact(doc->r, doc->kase.id, item->fact, &value, NULL);
        struct form_answer answer = {.state = FORM_A_VALUE, .text = str_cstr(&value)};
        if (value.len > 0 && form_interview_set(doc->iv, (int)i, answer) <= FORM_P_CONSTRAINT) {
            doc->prefilled[i] = true;
            mark(doc, (int)i);
        }
    }
    str_done(&value);
}

static jv *definition_json(const struct record_form *form)
{
    jv *body = jv_new_object();
    jv_set_str(body, "hash", form->hash);
    jv_set_str(body, "form", form->def->id);
    jv_set_str(body, "version", form->def->version);
    jv_set_str(body, "yaml", form->yaml);
    return body;
}

/* The record's first event, and the definition's if no record had it before. */
static enum err write_opened(record_doc *doc, const struct record_form *form, struct err_info *err)
{
    struct vault_write writes[3];
    struct str texts[3] = {STR_INIT, STR_INIT, STR_INIT};
    size_t n = 0;
    if (!record_form_is_stored(doc->r, form->hash)) {
        record_write(&writes[n], vault_organisation(doc->r->vault), RECORD_K_DEFINITION,
                     definition_json(form), &texts[n]);
        n++;
    }
    jv *body = jv_new_object();
    jv_set_str(body, "record", doc->id);
    jv_set_str(body, "form", form->def->id);
    jv_set_str(body, "version", form->def->version);
    jv_set_str(body, "hash", form->hash);
    record_write(&writes[n], doc->kase.id, RECORD_K_OPENED, body, &texts[n]);
    n++;
    if (doc->pending_count > 0) {
        record_write(&writes[n], doc->kase.id, RECORD_K_ANSWERS, pending_json(doc), &texts[n]);
        n++;
    }
    enum err rc = vault_append(doc->r->vault, writes, n, NULL, err);
    for (size_t i = 0; i < 3; i++) {
        str_done(&texts[i]);
    }
    return rc;
}

static void begin_engine(record_doc *doc, const struct record_form *form)
{
    memcpy(doc->hash, form->hash, sizeof doc->hash);
    doc->def = form->def;
    doc->iv = form_interview_new(doc->def, clock_now_ms());
    doc->pending = mem_alloc((doc->def->count + 1) * sizeof *doc->pending);
    doc->over = mem_alloc((doc->def->count + 1) * sizeof(jv *));
    doc->prefilled = mem_alloc((doc->def->count + 1) * sizeof *doc->prefilled);
}

static void end_engine(record_doc *doc)
{
    if (doc->iv != NULL) {
        form_interview_free(doc->iv);
        for (size_t i = 0; i < doc->def->count; i++) {
            jv_free(doc->over[i]);
        }
    }
    free(doc->pending);
    free(doc->over);
    free(doc->prefilled);
    doc->iv = NULL;
    doc->pending = doc->prefilled = NULL;
    doc->over = NULL;
    doc->pending_count = 0;
}

/* Record, defaults and known facts in one transaction: a record that is there has them. */
static enum err open_new(record_doc *doc, const char *form_id, struct err_info *err)
{
    const struct record_form *form = NULL;
    enum err rc = record_form_current(doc->r, form_id, &form, err);
    if (rc != ERR_OK) {
        return rc;
    }
    /* Not drawn but said by case and form: whoever begins it at the same time begins the same. */
    unsigned char id[VAULT_HASH_LEN];
    unsigned char name[ID_LEN + RECORD_FORM_ID_MAX] = {0};
    memcpy(name, doc->kase.id, ID_LEN);
    memcpy(name + ID_LEN, form_id, strlen(form_id)); /* plain and short: record_form_current */
    vault_hash("spr/rec/1", name, sizeof name, id);
    hex_put(doc->id, id, ID_LEN);
    begin_engine(doc, form);
    form_interview_start(doc->iv, true);
    size_t n = 0;
    const int *changed = form_interview_changes(doc->iv, &n);
    for (size_t i = 0; i < n; i++) {
        if ((size_t)changed[i] < doc->def->count &&
            form_type_takes_answer(doc->def->items[changed[i]].type) &&
            form_interview_answer(doc->iv, changed[i]).state != FORM_A_NONE) {
            mark(doc, changed[i]);
        }
    }
    prefill(doc);
    rc = write_opened(doc, form, err);
    if (rc == ERR_OK) {
        settle(doc);
        rc = record_refresh(doc->r, NULL, err);
    }
    if (rc == ERR_OK) {
        doc->changes = changes_in_view(doc);
        rc = record_case_get(doc->r, doc->kase.id, &doc->kase, err);
    }
    return rc;
}

static enum err open_stored(record_doc *doc, const char *hash, struct err_info *err)
{
    const struct record_form *form = NULL;
    enum err rc = record_form_by_hash(doc->r, hash, &form, err);
    if (rc != ERR_OK) {
        return rc;
    }
    begin_engine(doc, form);
    rc = load_answers(doc, false, err);
    form_interview_start(doc->iv, false);
    return rc;
}

enum err record_doc_open(record *r, const unsigned char case_id[ID_LEN], const char *form_id,
                         record_doc **out, struct err_info *err)
{
    static const char FIND[] = "SELECT id FROM rec WHERE kase = ?1 AND form = ?2"
                               " ORDER BY opened_ms, id LIMIT 1";
    static const char HASH[] = "SELECT hash FROM rec WHERE id = ?1";
    *out = NULL;
    record_doc *doc = mem_alloc(sizeof *doc);
    struct str found = STR_INIT, hash = STR_INIT;
    doc->r = r;
    char hex[ID_HEX_LEN];
    hex_put(hex, case_id, ID_LEN);
    /* Another terminal may have begun the record already. */
    enum err rc = record_refresh(r, NULL, err);
    if (rc == ERR_OK) {
        rc = record_case_get(r, case_id, &doc->kase, err);
    }
    if (rc == ERR_OK && !record_query_text(r, FIND, hex, form_id, &found)) {
        rc = open_new(doc, form_id, err);
        end_engine(doc);
        /* Or just before us: then its answers are in the view now, beside ours. */
        if (rc == ERR_OK) {
            record_query_text(r, FIND, hex, form_id, &found);
        }
    }
    if (rc == ERR_OK) {
        snprintf(doc->id, sizeof doc->id, "%s", str_cstr(&found));
        record_query_text(r, HASH, doc->id, NULL, &hash);
        rc = open_stored(doc, str_cstr(&hash), err);
    }
    str_done(&found);
    str_done(&hash);
    if (rc != ERR_OK) {
        record_doc_close(doc);
        return rc;
    }
    *out = doc;
    return ERR_OK;
}

void record_doc_close(record_doc *doc)
{
    if (doc == NULL) {
        return;
    }
    end_engine(doc);
    free(doc);
}

const form_interview *record_doc_interview(const record_doc *doc)
{
    return doc->iv;
}

const struct form_def *record_doc_def(const record_doc *doc)
{
    return doc->def;
}

const struct record_case *record_doc_case(const record_doc *doc)
{
    return &doc->kase;
}

enum err record_doc_set(record_doc *doc, int item, struct form_answer answer,
                        enum form_problem *problem, struct err_info *err)
{
    if (doc->is_finished) {
        return ERR_SET(err, ERR_NO, "finished");
    }
    enum form_problem found = form_interview_set(doc->iv, item, answer);
    if (problem != NULL) {
        *problem = found;
    }
    if (found > FORM_P_CONSTRAINT) {
        return ERR_OK; /* refused: nothing changed */
    }
    doc->prefilled[item] = false;
    mark(doc, item);
    return flush(doc, err);
}

enum err record_doc_hold(record_doc *doc, bool is_held, struct err_info *err)
{
    doc->is_held = is_held;
    return flush(doc, err);
}

enum err record_doc_retry(record_doc *doc, struct err_info *err)
{
    return flush(doc, err);
}

size_t record_doc_unsaved(const record_doc *doc)
{
    return doc->pending_count;
}

enum err record_doc_refresh(record_doc *doc, bool *changed, struct err_info *err)
{
    *changed = false;
    enum err rc = record_refresh(doc->r, NULL, err);
    if (rc != ERR_OK || changes_in_view(doc) == doc->changes) {
        return rc;
    }
    *changed = true;
    rc = record_case_get(doc->r, doc->kase.id, &doc->kase, err);
    return rc == ERR_OK ? load_answers(doc, true, err) : rc;
}

bool record_doc_is_prefilled(const record_doc *doc, int item)
{
    return doc->prefilled[item];
}

int record_doc_position(const record_doc *doc)
{
    static const char SQL[] = "SELECT paused_key FROM rec WHERE id = ?1 AND paused_key <> ''";
    struct str key = STR_INIT;
    int item = -1;
    if (record_query_text(doc->r, SQL, doc->id, NULL, &key)) {
        item = form_def_find(doc->def, str_cstr(&key));
    }
    str_done(&key);
    return item;
}

static enum err write_one(record_doc *doc, enum record_kind kind, jv *body, struct err_info *err)
{
    struct vault_write w;
    struct str text = STR_INIT;
    record_write(&w, doc->kase.id, kind, body, &text);
    enum err rc = vault_append(doc->r->vault, &w, 1, NULL, err);
    str_done(&text);
    bool changed = false;
    return rc == ERR_OK ? record_doc_refresh(doc, &changed, err) : rc;
}

enum err record_doc_pause(record_doc *doc, int item, struct err_info *err)
{
    enum err rc = flush(doc, err);
    if (rc != ERR_OK || item < 0 || record_doc_position(doc) == item) {
        return rc;
    }
    jv *body = jv_new_object();
    jv_set_str(body, "record", doc->id);
    jv_set_str(body, "key", doc->def->items[item].key);
    return write_one(doc, RECORD_K_PAUSED, body, err);
}

enum err record_doc_finish(record_doc *doc, struct err_info *err)
{
    enum err rc = flush(doc, err);
    if (rc != ERR_OK) {
        return rc;
    }
    form_interview_now(doc->iv, clock_now_ms());
    if (!form_interview_complete(doc->iv)) {
        return ERR_SET(err, ERR_NO, "incomplete");
    }
    jv *values = jv_new_object();
    for (size_t i = 0; i < doc->def->count; i++) {
        if (doc->def->items[i].type == FORM_T_CALCULATE &&
            form_interview_relevant(doc->iv, (int)i)) {
            jv_set_str(values, doc->def->items[i].key, form_interview_value(doc->iv, (int)i));
        }
    }
    jv *body = jv_new_object();
    jv_set_str(body, "record", doc->id);
    jv_set(body, "values", values);
    return write_one(doc, RECORD_K_FINISHED, body, err);
}

enum err record_doc_reopen(record_doc *doc, struct err_info *err)
{
    jv *body = jv_new_object();
    jv_set_str(body, "record", doc->id);
    return write_one(doc, RECORD_K_REOPENED, body, err);
}

bool record_doc_is_finished(const record_doc *doc)
{
    return doc->is_finished;
}
