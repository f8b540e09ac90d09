/* Opening a record: the one that is there, or a new one with its defaults and the known facts.
 * Invariant: a record that is in the view has its first answers, for both are one transaction. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "doc_int.h"
#include "vault/hash.h"

/* Facts that are known already stand in the new record, marked until somebody confirms them. */
static void prefill(record_doc *doc)
{
    struct str value = STR_INIT;
    for (size_t i = 0; i < doc->def->count; i++) {
        const struct form_item *item = &doc->def->items[i];
        if (!doc_is_fact(item) || !form_type_takes_answer(item->type)) {
            continue;
        }
        const struct form_fact *fact = form_fact_find(&doc->r->facts, item->fact);
        if (fact != NULL && !fact->is_carried) {
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

/* The record's first event, and the definition's if no record had it before. */
static enum err write_opened(record_doc *doc, const struct record_form *form, struct err_info *err)
{
    struct vault_write writes[4];
    struct str texts[3] = {STR_INIT, STR_INIT, STR_INIT};
    struct output out = {.is_news = false};
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
    output_of_doc(doc, false, &out);
    if (out.is_news) {
        writes[n++] = out.w;
    }
    enum err rc = vault_append(doc->r->vault, writes, n, NULL, err);
    for (size_t i = 0; i < 3; i++) {
        str_done(&texts[i]);
    }
    if (rc == ERR_OK) {
        output_told(doc->r, &out);
    }
    output_done(&out);
    return rc;
}

/* Where a form has one record in a case, its id is not drawn but said by both: whoever begins it
 * at the same time begins the same. */
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
    if (form->def->is_many) {
        random_bytes(id, ID_LEN);
    }
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
                           " ORDER BY opened_ms DESC, id LIMIT 1";

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

/* Pinned and up to date, as another terminal may have begun the record already. */
static enum err begin(record *r, const unsigned char case_id[ID_LEN], record_doc **out,
                      struct err_info *err)
{
    record_doc *doc = mem_alloc(sizeof *doc);
    doc->r = r;
    enum err rc = record_refresh(r, NULL, err);
    rc = rc == ERR_OK ? pin(doc, case_id, err) : rc;
    rc = rc == ERR_OK ? record_case_get(r, case_id, &doc->kase, err) : rc;
    *out = doc;
    return rc;
}

static enum err end(record_doc *doc, enum err rc, record_doc **out)
{
    if (rc != ERR_OK) {
        record_doc_close(doc);
        doc = NULL;
    }
    *out = doc;
    return rc;
}

/* Begun, and opened again as any other would be. */
static enum err open_begun(record_doc *doc, const char *form_id, struct err_info *err)
{
    char id[RECORD_KEY_MAX];
    enum err rc = open_new(doc, form_id, err);
    doc_end_engine(doc);
    snprintf(id, sizeof id, "%s", doc->id);
    return rc == ERR_OK ? open_found(doc, id, err) : rc;
}

enum err record_doc_open(record *r, const unsigned char case_id[ID_LEN], const char *form_id,
                         record_doc **out, struct err_info *err)
{
    record_doc *doc = NULL;
    struct str found = STR_INIT;
    char hex[ID_HEX_LEN];
    hex_put(hex, case_id, ID_LEN);
    enum err rc = begin(r, case_id, &doc, err);
    if (rc == ERR_OK) {
        rc = record_query_text(r, FIND, hex, form_id, &found)
                 ? open_found(doc, str_cstr(&found), err)
                 : open_begun(doc, form_id, err);
    }
    str_done(&found);
    return end(doc, rc, out);
}

enum err record_doc_new(record *r, const unsigned char case_id[ID_LEN], const char *form_id,
                        record_doc **out, struct err_info *err)
{
    const struct record_form *form = NULL;
    record_doc *doc = NULL;
    *out = NULL;
    enum err rc = record_form_current(r, form_id, &form, err);
    if (rc == ERR_OK && !form->def->is_many && record_doc_is_there(r, case_id, form_id)) {
        rc = ERR_SET(err, ERR_EXISTS, form_id);
    }
    if (rc != ERR_OK) {
        return rc;
    }
    rc = begin(r, case_id, &doc, err);
    return end(doc, rc == ERR_OK ? open_begun(doc, form_id, err) : rc, out);
}

enum err record_doc_open_id(record *r, const unsigned char case_id[ID_LEN], const char *id,
                            record_doc **out, struct err_info *err)
{
    static const char SQL[] = "SELECT id FROM rec WHERE kase = ?1 AND id = ?2";
    record_doc *doc = NULL;
    struct str found = STR_INIT;
    char hex[ID_HEX_LEN];
    hex_put(hex, case_id, ID_LEN);
    enum err rc = begin(r, case_id, &doc, err);
    if (rc == ERR_OK) {
        rc = record_query_text(r, SQL, hex, id, &found) ? open_found(doc, str_cstr(&found), err)
                                                        : ERR_SET(err, ERR_NOT_FOUND, "record");
    }
    str_done(&found);
    return end(doc, rc, out);
}

const char *record_doc_id(const record_doc *doc)
{
    return doc->id;
}
