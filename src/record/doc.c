/* One record being worked on: the interview engine fed from the view, and every answer written to
 * the log the moment it is given. Invariant: an answer is in `pending` from the moment it is set
 * until the vault says that it is on disk; nothing else makes it "saved". */
#include "doc_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "vault/hash.h"

struct doc_node *doc_node(record_doc *doc, int node)
{
    const size_t need = (size_t)form_interview_nodes(doc->iv);
    if (need > doc->node_cap) {
        const size_t cap = need + need / 2 + 16;
        doc->nodes = mem_realloc(doc->nodes, cap * sizeof *doc->nodes);
        memset(doc->nodes + doc->node_cap, 0, (cap - doc->node_cap) * sizeof *doc->nodes);
        doc->node_cap = cap;
    }
    return &doc->nodes[node];
}

bool doc_is_pending(const record_doc *doc, size_t node)
{
    return doc->nodes[node].is_pending && form_interview_exists(doc->iv, (int)node);
}

static jv *copy_list(const jv *list)
{
    jv *out = jv_new_array();
    for (size_t i = 0; i < jv_count(list); i++) {
        jv_push(out, jv_new_string(jv_string(jv_item(list, i))));
    }
    return out;
}

static void put_value(const record_doc *doc, int node, jv *out)
{
    struct str order = STR_INIT;
    const struct form_answer answer = form_interview_answer(doc->iv, node);
    if (form_interview_is_container(doc->iv, node)) {
        doc_put_order(doc->iv, node, &order);
        jv_set_str(out, "state", form_state_name(FORM_A_VALUE));
        jv_set_str(out, "value", str_cstr(&order));
    } else {
        jv_set_str(out, "state", form_state_name(answer.state));
        if (answer.state == FORM_A_VALUE) {
            jv_set_str(out, "value", answer.text);
        }
    }
    str_done(&order);
}

/* Facts are said of the person; what stands in a repeat is said of somebody or something else. */
static bool is_fact(const struct form_item *item)
{
    return item->fact != NULL && item->repeat < 0;
}

static jv *answer_json(const record_doc *doc, int node)
{
    const struct form_item *item = &doc->def->items[form_interview_item(doc->iv, node)];
    const struct doc_node *n = &doc->nodes[node];
    struct str at = STR_INIT;
    jv *out = jv_new_object();
    form_interview_at(doc->iv, node, &at);
    if (at.len > 0) {
        jv_set_str(out, "at", str_cstr(&at));
    }
    str_done(&at);
    jv_set_str(out, "key", item->key);
    put_value(doc, node, out);
    if (n->is_prefilled) {
        jv_set(out, "prefilled", jv_new_bool(true));
    } else if (is_fact(item)) {
        jv_set_str(out, "fact", item->fact);
    }
    if (jv_count(n->over) > 0) {
        jv_set(out, "over", copy_list(n->over));
    }
    return out;
}

jv *doc_body(const record_doc *doc)
{
    jv *body = jv_new_object();
    jv_set_str(body, "record", strrchr(doc->id, '/') + 1);
    return body;
}

jv *doc_pending_json(const record_doc *doc)
{
    jv *answers = jv_new_array();
    for (size_t i = 0; i < doc->node_cap; i++) {
        if (doc_is_pending(doc, i)) {
            jv_push(answers, answer_json(doc, (int)i));
        }
    }
    struct form_progress p = form_interview_progress(doc->iv);
    jv *progress = jv_new_array();
    jv_push(progress, jv_new_int(p.answered));
    jv_push(progress, jv_new_int(p.asked));
    jv *body = doc_body(doc);
    jv_set(body, "answers", answers);
    jv_set(body, "progress", progress);
    if (doc->rows != NULL) {
        jv_set(body, "rows", jv_ref(doc->rows));
    }
    return body;
}

/* Our own event comes back through the view like any other; if it came alone, the engine has its
 * answers already and need not read the whole record again. */
static enum err take_own(record_doc *doc, struct err_info *err)
{
    enum err rc = record_refresh(doc->r, NULL, err);
    if (rc == ERR_OK && doc_changes_in_view(doc) == doc->changes + 1 && doc->kase.conflicts == 0) {
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
void doc_settle(record_doc *doc)
{
    for (size_t i = 0; i < doc->node_cap; i++) {
        if (doc->nodes[i].is_pending) {
            jv_free(doc->nodes[i].over);
            doc->nodes[i].over = NULL;
            doc->nodes[i].is_pending = false;
        }
    }
    doc->pending_count = 0;
    jv_free(doc->rows);
    doc->rows = NULL;
}

/* Did something come in, since a pending answer was begun, that it will stand beside? */
static bool has_raced(const record_doc *doc)
{
    bool raced = false;
    for (size_t i = 0; !raced && i < doc->node_cap; i++) {
        if (doc_is_pending(doc, i)) {
            jv *now = doc_standing(doc, (int)i);
            raced = jv_count(now) != jv_count(doc->nodes[i].over);
            jv_free(now);
        }
    }
    return raced;
}

unsigned doc_pending_kind(const record_doc *doc)
{
    return doc->rows != NULL ? RECORD_K_ROWS : RECORD_K_ANSWERS;
}

/* All pending answers and rows in one event; after ERR_OK none is pending. */
enum err doc_flush(record_doc *doc, struct err_info *err)
{
    if (record_doc_unsaved(doc) == 0 || doc->is_held) {
        return ERR_OK;
    }
    struct vault_write w;
    struct str text = STR_INIT;
    record_write(&w, doc->place, doc_pending_kind(doc), doc_pending_json(doc), &text);
    enum err rc = vault_append(doc->r->vault, &w, 1, NULL, err);
    str_done(&text);
    if (rc != ERR_OK) {
        return rc;
    }
    if (has_raced(doc)) {
        doc->changes = -1; /* the case's conflicts have to be counted anew */
    }
    doc_settle(doc);
    return take_own(doc, err);
}

/* An answer replaces what stood when it was begun, not what came in from elsewhere meanwhile:
 * that was not seen, and must stand beside it. */
void record_doc_edit(record_doc *doc, int node)
{
    struct doc_node *n = doc_node(doc, node);
    if (n->over == NULL) {
        n->over = doc_standing(doc, node);
    }
}

void doc_mark(record_doc *doc, int node)
{
    record_doc_edit(doc, node);
    if (!doc->nodes[node].is_pending) {
        doc->nodes[node].is_pending = true;
        doc->pending_count++;
    }
}

void doc_mark_given(record_doc *doc)
{
    size_t n = 0;
    const int *given = form_interview_given(doc->iv, &n);
    for (size_t i = 0; i < n; i++) {
        doc_node(doc, given[i])->is_prefilled = false;
        doc_mark(doc, given[i]);
    }
}

/* Facts that are known already stand in the new record, marked until somebody confirms them. */
static void prefill(record_doc *doc)
{
    struct str value = STR_INIT;
    for (size_t i = 0; i < doc->def->count; i++) {
        const struct form_item *item = &doc->def->items[i];
        if (!is_fact(item) || !form_type_takes_answer(item->type)) {
            continue;
        }
        str_clear(&value);
        record_fact(doc->r, doc->kase.id, item->fact, &value, NULL);
        struct form_answer answer = {.state = FORM_A_VALUE, .text = str_cstr(&value)};
        if (value.len > 0 && form_interview_set(doc->iv, (int)i, answer) <= FORM_P_CONSTRAINT) {
            doc_mark_given(doc);
            doc_mark(doc, (int)i);
            doc->nodes[i].is_prefilled = true;
        }
    }
    str_done(&value);
}

jv *doc_definition_json(const struct record_form *form)
{
    jv *body = jv_new_object();
    jv_set_str(body, "hash", form->hash);
    jv_set_str(body, "form", form->def->id);
    jv_set_str(body, "version", form->def->version);
    jv_set_str(body, "yaml", form->yaml);
    jv *files = jv_new_object();
    for (size_t i = 0; i < form->files->count; i++) {
        jv_set_str(files, form->files->items[i].name, str_cstr(&form->files->items[i].text));
    }
    if (form->files->count > 0) {
        jv_set(body, "files", files);
    } else {
        jv_free(files);
    }
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
                     doc_definition_json(form), &texts[n]);
        n++;
    }
    jv *body = doc_body(doc);
    jv_set_str(body, "form", form->def->id);
    jv_set_str(body, "version", form->def->version);
    jv_set_str(body, "hash", form->hash);
    record_write(&writes[n], doc->place, RECORD_K_OPENED, body, &texts[n]);
    n++;
    if (doc->pending_count > 0) {
        record_write(&writes[n], doc->place, doc_pending_kind(doc), doc_pending_json(doc),
                     &texts[n]);
        n++;
    }
    enum err rc = vault_append(doc->r->vault, writes, n, NULL, err);
    for (size_t i = 0; i < 3; i++) {
        str_done(&texts[i]);
    }
    return rc;
}

/* What metadata questions ask for: who fills the form in, and on which device. */
static const char *property(void *payload, const char *name)
{
    record_doc *doc = payload;
    if (strcmp(name, "username") == 0) {
        return vault_member_name(doc->r->vault);
    }
    if (strcmp(name, "deviceid") == 0) {
        hex_put(doc->device, vault_device_id(doc->r->vault), ID_LEN);
        return doc->device;
    }
    return NULL;
}

static enum err read_file(void *payload, const char *name, struct str *out)
{
    const record_doc *doc = payload;
    return record_files_hook(doc->files, name, out);
}

form_interview *doc_interview_new(record_doc *doc, const struct record_form *form)
{
    doc->files = form->files;
    const struct form_interview_hooks hooks = {
        .payload = doc, .read_file = read_file, .property = property};
    return form_interview_new_with(form->def, doc_moment(doc), &hooks);
}

void doc_begin_engine(record_doc *doc, const struct record_form *form)
{
    memcpy(doc->hash, form->hash, sizeof doc->hash);
    doc->def = form->def;
    doc->iv = doc_interview_new(doc, form);
}

void doc_end_engine(record_doc *doc)
{
    form_interview_free(doc->iv);
    for (size_t i = 0; i < doc->node_cap; i++) {
        jv_free(doc->nodes[i].over);
    }
    free(doc->nodes);
    jv_free(doc->rows);
    doc->iv = NULL;
    doc->nodes = NULL;
    doc->rows = NULL;
    doc->node_cap = doc->pending_count = 0;
}

/* Its id is not drawn but said by case and form: whoever begins it at the same time begins the
 * same. */
static enum err name_new(record_doc *doc, const struct record_form *form, struct err_info *err)
{
    unsigned char id[VAULT_HASH_LEN];
    unsigned char name[ID_LEN + RECORD_FORM_ID_MAX] = {0};
    char id_hex[ID_HEX_LEN], kase[ID_HEX_LEN], place[ID_HEX_LEN];
    const char *form_id = form->def->id; /* plain and short: record_form_current */
    const enum err rc = doc_place(doc, form, err);
    if (rc != ERR_OK) {
        return rc;
    }
    memcpy(name, doc->kase.id, ID_LEN);
    memcpy(name + ID_LEN, form_id, strlen(form_id));
    vault_hash("spr/rec/1", name, sizeof name, id);
    hex_put(id_hex, id, ID_LEN);
    hex_put(kase, doc->kase.id, ID_LEN);
    hex_put(place, doc->place, ID_LEN);
    record_key(kase, place, id_hex, doc->id);
    return ERR_OK;
}

/* Record, defaults and known facts in one transaction: a record that is there has them. */
static enum err open_new(record_doc *doc, const char *form_id, struct err_info *err)
{
    const struct record_form *form = NULL;
    enum err rc = record_form_current(doc->r, form_id, &form, err);
    if (rc != ERR_OK) {
        return rc;
    }
    rc = name_new(doc, form, err);
    if (rc != ERR_OK) {
        return rc;
    }
    doc_begin_engine(doc, form);
    form_interview_start(doc->iv, true);
    doc_mark_given(doc);
    prefill(doc);
    rc = write_opened(doc, form, err);
    if (rc == ERR_OK) {
        doc_settle(doc);
        rc = record_refresh(doc->r, NULL, err);
    }
    if (rc == ERR_OK) {
        doc->changes = doc_changes_in_view(doc);
        rc = record_case_get(doc->r, doc->kase.id, &doc->kase, err);
    }
    return rc;
}

enum err doc_open_stored(record_doc *doc, const char *hash, struct err_info *err)
{
    const struct record_form *form = NULL;
    enum err rc = record_form_by_hash(doc->r, hash, &form, err);
    if (rc != ERR_OK) {
        return rc;
    }
    doc_begin_engine(doc, form);
    rc = doc_load(doc, false, err);
    form_interview_start(doc->iv, false);
    if (rc == ERR_OK && !doc->is_finished) {
        doc_mark_given(doc); /* runs once, and never ran: here, then, and stored */
        rc = doc_flush(doc, err);
        if (rc == ERR_RIGHTS) { /* who may only read does not answer by reading */
            doc_settle(doc);
            rc = ERR_OK;
        }
    }
    return rc;
}

static const char FIND[] = "SELECT id FROM rec WHERE kase = ?1 AND form = ?2"
                           " ORDER BY opened_ms, id LIMIT 1";

bool record_doc_is_there(record *r, const unsigned char case_id[ID_LEN], const char *form_id)
{
    char hex[ID_HEX_LEN];
    struct str found = STR_INIT;
    struct card *c = NULL;
    hex_put(hex, case_id, ID_LEN);
    const bool is_there = live_need(r, case_id, &c, NULL) == ERR_OK &&
                          record_query_text(r, FIND, hex, form_id, &found);
    str_done(&found);
    return is_there;
}

/* The case into the view, where it stays while the document is open. */
static enum err pin(record_doc *doc, const unsigned char case_id[ID_LEN], struct err_info *err)
{
    struct card *c = NULL;
    enum err rc = record_case_show(doc->r, case_id, err);
    rc = rc == ERR_OK ? live_need(doc->r, case_id, &c, err) : rc;
    if (rc == ERR_OK) {
        c->pins++;
        doc->card = c;
    }
    return rc;
}

static enum err open_found(record_doc *doc, const char *id, struct err_info *err)
{
    static const char HASH[] = "SELECT hash FROM rec WHERE id = ?1";
    static const char PLACE[] = "SELECT place FROM rec WHERE id = ?1";
    struct str hash = STR_INIT, place = STR_INIT;
    snprintf(doc->id, sizeof doc->id, "%s", id);
    record_query_text(doc->r, HASH, doc->id, NULL, &hash);
    record_query_text(doc->r, PLACE, doc->id, NULL, &place);
    enum err rc = hex_get(doc->place, ID_LEN, str_cstr(&place))
                      ? doc_open_stored(doc, str_cstr(&hash), err)
                      : ERR_SET(err, ERR_NOT_FOUND, "record");
    str_done(&hash);
    str_done(&place);
    return rc;
}

enum err record_doc_open(record *r, const unsigned char case_id[ID_LEN], const char *form_id,
                         record_doc **out, struct err_info *err)
{
    *out = NULL;
    record_doc *doc = mem_alloc(sizeof *doc);
    struct str found = STR_INIT;
    doc->r = r;
    char hex[ID_HEX_LEN];
    hex_put(hex, case_id, ID_LEN);
    /* Another terminal may have begun the record already. */
    enum err rc = record_refresh(r, NULL, err);
    rc = rc == ERR_OK ? pin(doc, case_id, err) : rc;
    rc = rc == ERR_OK ? record_case_get(r, case_id, &doc->kase, err) : rc;
    if (rc == ERR_OK && !record_query_text(r, FIND, hex, form_id, &found)) {
        rc = open_new(doc, form_id, err);
        doc_end_engine(doc);
        /* Or just before us: then its answers are in the view now, beside ours. */
        if (rc == ERR_OK) {
            record_query_text(r, FIND, hex, form_id, &found);
        }
    }
    if (rc == ERR_OK) {
        rc = open_found(doc, str_cstr(&found), err);
    }
    str_done(&found);
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
    doc_end_engine(doc);
    if (doc->card != NULL) {
        doc->card->pins--;
    }
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

enum err record_doc_set(record_doc *doc, int node, struct form_answer answer,
                        enum form_problem *problem, struct err_info *err)
{
    if (doc->is_finished) {
        return ERR_SET(err, ERR_NO, "finished");
    }
    form_interview_now(doc->iv, clock_now_ms());
    enum form_problem found = form_interview_set(doc->iv, node, answer);
    if (problem != NULL) {
        *problem = found;
    }
    if (found > FORM_P_CONSTRAINT) {
        return ERR_OK; /* refused: nothing changed */
    }
    doc_mark_given(doc);
    doc_mark(doc, node);
    doc->nodes[node].is_prefilled = false;
    return doc_flush(doc, err);
}

enum err record_doc_hold(record_doc *doc, bool is_held, struct err_info *err)
{
    doc->is_held = is_held;
    return doc_flush(doc, err);
}

enum err record_doc_retry(record_doc *doc, struct err_info *err)
{
    return doc_flush(doc, err);
}

size_t record_doc_unsaved(const record_doc *doc)
{
    return doc->pending_count + jv_count(doc->rows);
}

bool record_doc_is_prefilled(const record_doc *doc, int node)
{
    return (size_t)node < doc->node_cap && doc->nodes[node].is_prefilled;
}

bool record_doc_is_finished(const record_doc *doc)
{
    return doc->is_finished;
}
