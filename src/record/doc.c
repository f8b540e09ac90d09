/* One record being worked on: the interview engine fed from the view, and every answer written to
 * the log the moment it is given. Invariant: an answer is in `pending` from the moment it is set
 * until the vault says that it is on disk; nothing else makes it "saved". */
#include "doc_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"

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
bool doc_is_fact(const struct form_item *item)
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
    } else if (doc_is_fact(item)) {
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
    struct vault_write w[2];
    struct str text = STR_INIT;
    struct output out = {.is_news = false};
    record_write(&w[0], doc->place, doc_pending_kind(doc), doc_pending_json(doc), &text);
    output_of_doc(doc, doc->is_finished, &out);
    w[1] = out.w;
    enum err rc = vault_append(doc->r->vault, w, out.is_news ? 2 : 1, NULL, err);
    str_done(&text);
    if (rc == ERR_OK) {
        output_told(doc->r, &out);
    }
    output_done(&out);
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
