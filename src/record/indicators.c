/* What the indicators of a case add up to. Invariant: a screening aid, derived anew from the
 * answers each time it is asked for; nobody's decision is touched by it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "doc_int.h"
#include "record/pathway.h"

static const char *const WORDS[] = {[RECORD_RESULT_NONE] = "none",
                                    [RECORD_RESULT_NO_VICTIM] = "no-victim",
                                    [RECORD_RESULT_EXPLOITED] = "exploited",
                                    [RECORD_RESULT_DECEIVED] = "deceived-exploited",
                                    [RECORD_RESULT_TRAFFICKED] = "trafficked",
                                    [RECORD_RESULT_REVIEW] = "emt-review"};

const char *record_result_word(enum record_result x)
{
    return WORDS[x];
}

/* The classes of the published table. "Deceived or coerced, exploited and coerced there" is
 * trafficking; of a child the act and the exploitation are enough. What the table leaves out is
 * for people to look at. */
enum record_result record_result_of(bool is_child, bool deceptive, bool coercive, bool exploitation,
                                    bool coercion)
{
    if (is_child && exploitation) {
        return RECORD_RESULT_TRAFFICKED;
    }
    if (!exploitation) {
        return deceptive || coercive || coercion ? RECORD_RESULT_REVIEW : RECORD_RESULT_NO_VICTIM;
    }
    if (coercion) {
        return deceptive || coercive ? RECORD_RESULT_TRAFFICKED : RECORD_RESULT_REVIEW;
    }
    if (coercive) {
        return RECORD_RESULT_REVIEW;
    }
    return deceptive ? RECORD_RESULT_DECEIVED : RECORD_RESULT_EXPLOITED;
}

static void take_dimension(const record_doc *doc, int i, struct record_dimension *out)
{
    const struct form_def *def = doc->def;
    const struct form_dimension_result d = form_interview_dimension(doc->iv, i);
    *out = (struct record_dimension){.name = def->dimensions[i].name,
                                     .label = def->dimensions[i].label,
                                     .strong = d.strong,
                                     .medium = d.medium,
                                     .weak = d.weak,
                                     .open = d.open,
                                     .is_positive = d.is_positive};
    out->rows = mem_alloc((d.count + 1) * sizeof *out->rows);
    for (size_t k = 0; k < d.count; k++) {
        const struct form_item *item = &def->items[form_interview_item(doc->iv, d.nodes[k])];
        struct record_indicator *row = &out->rows[out->count++];
        snprintf(row->key, sizeof row->key, "%s", item->key);
        snprintf(row->record, sizeof row->record, "%s", doc->id);
        snprintf(row->form, sizeof row->form, "%s", def->id);
        row->strength = item->mark.strength;
    }
}

static bool positive(const struct record_indicators *x, const char *name)
{
    for (size_t i = 0; i < x->count; i++) {
        if (strcmp(x->dimensions[i].name, name) == 0) {
            return x->dimensions[i].is_positive;
        }
    }
    return false;
}

static void take(const record_doc *doc, struct record_indicators *out)
{
    const struct form_def *def = doc->def;
    snprintf(out->form, sizeof out->form, "%s", def->id);
    out->is_child = strcmp(def->id, "identification_child") == 0;
    out->dimensions = mem_alloc((def->dimension_count + 1) * sizeof *out->dimensions);
    for (size_t i = 0; i < def->dimension_count; i++) {
        take_dimension(doc, (int)i, &out->dimensions[out->count++]);
        out->open += out->dimensions[i].open;
    }
    out->result = record_result_of(out->is_child, positive(out, "deceptive_recruitment"),
                                   positive(out, "coercive_recruitment"),
                                   positive(out, "exploitation"),
                                   positive(out, "coercion_at_destination"));
}

/* Reads the record without opening it for writing. */
static bool look_into(record *r, const char *id, const char *hash, struct record_indicators *out)
{
    const struct record_form *form = NULL;
    if (record_form_by_hash(r, hash, &form, NULL) != ERR_OK || form->def->dimension_count == 0) {
        return false;
    }
    record_doc doc = {.r = r};
    snprintf(doc.id, sizeof doc.id, "%s", id);
    doc_begin_engine(&doc, form);
    if (doc_load(&doc, false, NULL) == ERR_OK) {
        form_interview_start(doc.iv, false);
        take(&doc, out);
    }
    doc_end_engine(&doc);
    return true;
}

enum err record_indicators_get(record *r, const unsigned char case_id[ID_LEN],
                               struct record_indicators *out, struct err_info *err)
{
    static const char SQL[] = "SELECT id, hash FROM rec WHERE kase = ?1"
                              " ORDER BY opened_ms DESC, id";
    struct card *c = NULL;
    db_stmt *s = NULL;
    bool row = false, is_found = false;
    char hex[ID_HEX_LEN];
    *out = (struct record_indicators){.result = RECORD_RESULT_NONE};
    hex_put(hex, case_id, ID_LEN);
    enum err rc = live_need(r, case_id, &c, err);
    rc = rc == ERR_OK ? db_prepare(r->db, SQL, &s, err) : rc;
    if (rc != ERR_OK) {
        return rc;
    }
    db_bind_text(s, 1, hex);
    while (!is_found && (rc = db_step(s, &row, err)) == ERR_OK && row) {
        is_found = look_into(r, db_col_text(s, 0), db_col_text(s, 1), out);
    }
    db_stmt_free(s);
    return rc;
}

void record_indicators_done(struct record_indicators *x)
{
    for (size_t i = 0; i < x->count; i++) {
        free(x->dimensions[i].rows);
    }
    free(x->dimensions);
    *x = (struct record_indicators){.result = RECORD_RESULT_NONE};
}
