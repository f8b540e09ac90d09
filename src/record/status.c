/* What coordinators and statisticians learn of a case without its key: who can read a record says
 * its declared outputs (publish: in the form) to the overview and, once signed, to the statistics.
 * Invariant: nothing leaves but what the form declares, the case's code, its stage and who is
 * responsible; a status goes out only when it says something else than the last one from here. */
#include <stdlib.h>
#include <string.h>

#include "doc_int.h"
#include "record/handover.h"
#include "vault/hash.h"

enum { K_STATUS = 0x31, K_STATISTICS = 0x32 };

/* "status due" -> is it of this sort, and what follows the first word ("" = nothing). */
static const char *output_of(const struct form_item *item, const char *sort)
{
    const size_t n = strlen(sort);
    const char *said = item->publish;
    if (said == NULL || strncmp(said, sort, n) != 0 || (said[n] != '\0' && said[n] != ' ')) {
        return NULL;
    }
    return said[n] == ' ' ? said + n + 1 : said + n;
}

/* Its value if it may speak: asked for, answered, and of the person, not of a row. */
static const char *value_of(const record_doc *doc, size_t item)
{
    const struct form_item *it = &doc->def->items[item];
    const int node = (int)item;
    if (it->repeat >= 0 || !form_interview_relevant(doc->iv, node)) {
        return "";
    }
    if (form_type_takes_answer(it->type) &&
        form_interview_answer(doc->iv, node).state != FORM_A_VALUE) {
        return "";
    }
    const char *value = form_interview_value(doc->iv, node);
    return value != NULL ? value : "";
}

static bool is_set(const char *value)
{
    static const char *const NOTHING[] = {"", "no", "false", "0"};
    for (size_t i = 0; i < sizeof NOTHING / sizeof *NOTHING; i++) {
        if (strcmp(value, NOTHING[i]) == 0) {
            return false;
        }
    }
    return true;
}

/* Free text could hold a name: only what is chosen, counted, computed or a date goes out. */
static bool is_coded(const struct form_item *item)
{
    switch (item->type) {
    case FORM_T_SELECT_ONE:
    case FORM_T_SELECT_MULTIPLE:
    case FORM_T_INTEGER:
    case FORM_T_CALCULATE:
    case FORM_T_DATE: return true;
    default: return false;
    }
}

static bool put_outputs(const record_doc *doc, jv *body)
{
    static const char *const SLOTS[] = {"stage", "level", "due"};
    bool is_any = false;
    jv *flags = jv_new_array();
    for (size_t i = 0; i < doc->def->count; i++) {
        const struct form_item *item = &doc->def->items[i];
        const char *slot = output_of(item, "status");
        is_any = is_any || slot != NULL || output_of(item, "flag") != NULL;
        const char *value = is_coded(item) ? value_of(doc, i) : "";
        for (size_t k = 0; slot != NULL && value[0] != '\0' && k < 3; k++) {
            if (strcmp(slot, SLOTS[k]) == 0) {
                jv_set_str(body, slot, value);
            }
        }
        if (output_of(item, "flag") != NULL && is_set(value)) {
            jv_push(flags, jv_new_string(item->key));
        }
    }
    if (jv_count(flags) > 0) {
        jv_set(body, "flags", flags);
    } else {
        jv_free(flags);
    }
    return is_any;
}

static jv *case_body(record *r, const struct record_case *k)
{
    char hex[ID_HEX_LEN];
    unsigned char who[ID_LEN];
    jv *body = jv_new_object();
    hex_put(hex, k->id, ID_LEN);
    jv_set_str(body, "case", hex);
    jv_set_str(body, "code", k->code);
    if (record_responsible(r, k->id, who, NULL) == ERR_OK) {
        hex_put(hex, who, ID_LEN);
        jv_set_str(body, "responsible", hex);
    }
    return body;
}

/* Takes body over. Is there a box, and is this news to it? */
static void set_write(record *r, struct output *out, const char *form, const unsigned char *kase,
                      jv *body)
{
    char hex[ID_HEX_LEN];
    struct str last = STR_INIT;
    struct vault_compartment at;
    hex_put(hex, kase, ID_LEN);
    str_printf(&out->note, "status/%s/%s", hex, form);
    record_write(&out->w, vault_organisation(r->vault), (enum record_kind)K_STATUS, body,
                 &out->text);
    vault_drop_box(r->vault, VAULT_SORT_OVERVIEW, out->w.compartment);
    vault_hash("spr/out/1", out->text.data, out->text.len, out->print);
    const bool is_same = vault_note_get(r->vault, str_cstr(&out->note), &last, NULL) == ERR_OK &&
                         last.len == VAULT_HASH_LEN &&
                         memcmp(last.data, out->print, VAULT_HASH_LEN) == 0;
    out->is_news = !is_same &&
                   vault_compartment_get(r->vault, out->w.compartment, &at, NULL) == ERR_OK;
    str_done(&last);
}

void output_of_case(record *r, const struct record_case *k, struct output *out)
{
    jv *body = case_body(r, k);
    jv_set_str(body, "form", "");
    jv_set_str(body, "stage", "opened");
    set_write(r, out, "", k->id, body);
}

void output_publish_case(record *r, const struct record_case *k)
{
    struct output out = {.is_news = false};
    output_of_case(r, k, &out);
    if (out.is_news && vault_append(r->vault, &out.w, 1, NULL, NULL) == ERR_OK) {
        output_told(r, &out);
    }
    output_done(&out);
}

void output_of_doc(record_doc *doc, bool is_finished, struct output *out)
{
    jv *body = case_body(doc->r, &doc->kase);
    jv_set_str(body, "form", doc->def->id);
    const bool is_part = memcmp(doc->place, doc->kase.id, ID_LEN) != 0;
    if (!is_part) { /* how far a restricted part is, is nobody's business */
        jv_set_str(body, "stage", is_finished ? "signed" : "begun");
    }
    const bool is_declared = put_outputs(doc, body);
    if (is_part && !is_declared) {
        jv_free(body);
        return;
    }
    set_write(doc->r, out, doc->def->id, doc->kase.id, body);
}

void output_told(record *r, const struct output *out)
{
    if (out->is_news) { /* if this is lost, the same is said once more */
        (void)vault_note_put(r->vault, str_cstr(&out->note), out->print, VAULT_HASH_LEN, NULL);
    }
}

void output_done(struct output *out)
{
    str_done(&out->text);
    str_done(&out->note);
}

bool output_statistics(const record_doc *doc, struct vault_write *w, struct str *text)
{
    static const char PERSON[] = "SELECT person FROM kase WHERE id = ?1";
    struct str secret = STR_INIT; /* known to the case's readers only: the row leads nobody back */
    struct vault_compartment at;
    unsigned char row[VAULT_HASH_LEN], box[ID_LEN];
    char hex[2 * VAULT_HASH_LEN + 1];
    jv *values = jv_new_object();
    for (size_t i = 0; i < doc->def->count; i++) {
        const struct form_item *item = &doc->def->items[i];
        const char *value = output_of(item, "stat") != NULL && is_coded(item) &&
                                    item->type != FORM_T_DATE
                                ? value_of(doc, i)
                                : "";
        if (value[0] != '\0') {
            jv_set_str(values, item->key, value);
        }
    }
    vault_drop_box(doc->r->vault, VAULT_SORT_STATISTICS, box);
    if (jv_count(values) == 0 || vault_compartment_get(doc->r->vault, box, &at, NULL) != ERR_OK) {
        jv_free(values);
        return false;
    }
    hex_put(hex, doc->kase.id, ID_LEN);
    record_query_text(doc->r, PERSON, hex, NULL, &secret);
    str_puts(&secret, doc->id);
    vault_hash("spr/out/2", secret.data, secret.len, row);
    hex_put(hex, row, VAULT_HASH_LEN);
    str_done(&secret);
    jv *body = jv_new_object();
    jv_set_str(body, "row", hex);
    jv_set_str(body, "form", doc->def->id);
    jv_set(body, "values", values);
    record_write(w, box, (enum record_kind)K_STATISTICS, body, text);
    return true;
}
