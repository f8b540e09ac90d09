/* What came in from elsewhere, into an open record: answers, rows, a move to a newer form. Answers
 * that are not on disk yet come along. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "doc_int.h"

/* An answer that is not on disk, while the engine changes under it. */
struct carried {
    struct str at, key, text;
    enum form_answer_state state;
    jv *over;
};

static struct carried *carry(record_doc *doc, size_t *count)
{
    struct carried *out = mem_alloc((doc->pending_count + 1) * sizeof *out);
    *count = 0;
    for (size_t i = 0; i < doc->node_cap && *count < doc->pending_count; i++) {
        if (!doc_is_pending(doc, i) || form_interview_is_container(doc->iv, (int)i)) {
            continue;
        }
        struct carried *c = &out[(*count)++];
        const struct form_answer answer = form_interview_answer(doc->iv, (int)i);
        form_interview_at(doc->iv, (int)i, &c->at);
        str_puts(&c->key, doc->def->items[form_interview_item(doc->iv, (int)i)].key);
        str_puts(&c->text, answer.text);
        c->state = answer.state;
        c->over = doc->nodes[i].over;
        doc->nodes[i].over = NULL;
    }
    return out;
}

static void put_carried(record_doc *doc, struct carried *all, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct carried *c = &all[i];
        const int node = form_interview_find(doc->iv, str_cstr(&c->at), str_cstr(&c->key));
        if (node >= 0) {
            form_interview_set(doc->iv, node, (struct form_answer){c->state, str_cstr(&c->text)});
            struct doc_node *n = doc_node(doc, node);
            if (n->over == NULL) {
                n->over = jv_ref(c->over);
            }
            doc_mark(doc, node);
        }
        jv_free(c->over);
        str_done(&c->at);
        str_done(&c->key);
        str_done(&c->text);
    }
    free(all);
}

/* Somebody moved the record to a newer form, perhaps we did: it goes on under that one. */
static enum err change_form(record_doc *doc, const char *hash, struct err_info *err)
{
    const struct record_form *form = NULL;
    enum err rc = record_form_by_hash(doc->r, hash, &form, err);
    if (rc != ERR_OK) {
        return rc;
    }
    size_t count = 0;
    struct carried *carried = carry(doc, &count);
    doc_end_engine(doc);
    rc = doc_open_stored(doc, hash, err);
    put_carried(doc, carried, count);
    return rc;
}

enum err record_doc_refresh(record_doc *doc, bool *changed, struct err_info *err)
{
    static const char HASH[] = "SELECT hash FROM rec WHERE id = ?1";
    *changed = false;
    enum err rc = record_refresh(doc->r, NULL, err);
    if (rc != ERR_OK || doc_changes_in_view(doc) == doc->changes) {
        return rc;
    }
    *changed = true;
    rc = record_case_get(doc->r, doc->kase.id, &doc->kase, err);
    struct str hash = STR_INIT;
    record_query_text(doc->r, HASH, doc->id, NULL, &hash);
    if (rc == ERR_OK && strcmp(str_cstr(&hash), doc->hash) != 0 && doc->rows == NULL) {
        rc = change_form(doc, str_cstr(&hash), err);
    } else if (rc == ERR_OK) {
        rc = doc_load(doc, true, err);
    }
    str_done(&hash);
    return rc;
}
