/* From the definition that asked to the form as it is now: first shown, then done. Invariant: no
 * answer is changed or lost by a move; what the new form does not ask stays under its key. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "doc_int.h"

struct stored {
    char *at, *key, *value;
    bool is_value;
};
struct stored_list {
    struct stored *items;
    size_t count;
};

static void stored_done(struct stored_list *l)
{
    for (size_t i = 0; i < l->count; i++) {
        free(l->items[i].at);
        free(l->items[i].key);
        free(l->items[i].value);
    }
    free(l->items);
}

static bool is_same_address(const struct stored *a, const char *at, const char *key)
{
    return strcmp(a->at, at) == 0 && strcmp(a->key, key) == 0;
}

/* The latest of each address, outside deleted rows. */
static enum err read_stored(const record_doc *doc, struct stored_list *out, struct err_info *err)
{
    static const char SQL[] = "SELECT at, key, state, value FROM standing WHERE rec = ?1"
                              " AND state <> 'none' ORDER BY at, key, clock DESC, event DESC";
    db_stmt *s = NULL;
    bool row = false;
    enum err rc = db_prepare(doc->r->db, SQL, &s, err);
    if (rc != ERR_OK) {
        return rc;
    }
    db_bind_text(s, 1, doc->id);
    while ((rc = db_step(s, &row, err)) == ERR_OK && row) {
        const char *at = db_col_text(s, 0), *key = db_col_text(s, 1);
        if (out->count > 0 && is_same_address(&out->items[out->count - 1], at, key)) {
            continue;
        }
        out->items = mem_realloc(out->items, (out->count + 1) * sizeof *out->items);
        struct stored *one = &out->items[out->count++];
        one->is_value = strcmp(db_col_text(s, 2), "value") == 0;
        one->at = mem_strdup(at);
        one->key = mem_strdup(key);
        one->value = mem_strdup(db_col_text(s, one->is_value ? 3 : 2));
    }
    db_stmt_free(s);
    return rc;
}

/* ---- what no question asks for */

enum err record_doc_json(record_doc *doc, struct str *out, struct err_info *err)
{
    struct stored_list all = {0};
    enum err rc = read_stored(doc, &all, err);
    jv *retired = jv_new_array();
    for (size_t i = 0; rc == ERR_OK && i < all.count; i++) {
        const struct stored *one = &all.items[i];
        if (form_interview_find(doc->iv, one->at, one->key) < 0) {
            jv *row = jv_new_object();
            if (one->at[0] != '\0') {
                jv_set_str(row, "at", one->at);
            }
            jv_set_str(row, "key", one->key);
            jv_set_str(row, one->is_value ? "value" : "state", one->value);
            jv_push(retired, row);
        }
    }
    stored_done(&all);
    if (rc == ERR_OK) {
        record_json(doc->iv, doc->hash, retired, out);
    } else {
        jv_free(retired);
    }
    return rc;
}

/* ---- preview */

static void add_move(struct record_move *m, enum record_move_kind kind, const char *key,
                     const char *to, const char *at, const char *value)
{
    m->rows = mem_realloc(m->rows, (m->count + 1) * sizeof *m->rows);
    m->rows[m->count++] = (struct record_move_row){.kind = kind,
                                                   .key = mem_strdup(key),
                                                   .to_key = mem_strdup(to),
                                                   .at = mem_strdup(at),
                                                   .value = mem_strdup(value)};
}

void record_move_done(struct record_move *m)
{
    for (size_t i = 0; i < m->count; i++) {
        free(m->rows[i].key);
        free(m->rows[i].to_key);
        free(m->rows[i].at);
        free(m->rows[i].value);
    }
    free(m->rows);
    *m = (struct record_move){0};
}

/* Is every word of the answer a choice of the list that the form holds? */
static bool is_in_list(const struct form_item *item, const char *value)
{
    const struct form_choices *list = item->choices;
    const bool is_many = item->type == FORM_T_SELECT_MULTIPLE || item->type == FORM_T_RANK;
    if (list == NULL || (!is_many && item->type != FORM_T_SELECT_ONE)) {
        return true;
    }
    for (const char *at = value; *at != '\0';) {
        const size_t n = is_many ? strcspn(at, " ") : strlen(at);
        bool is_known = false;
        for (size_t i = 0; !is_known && i < list->count; i++) {
            const char *name = list->items[i].name;
            is_known = strlen(name) == n && strncmp(name, at, n) == 0;
        }
        if (!is_known) {
            return false;
        }
        at += n;
        at += strspn(at, " ");
    }
    return true;
}

static void compare_stored(form_interview *now, const struct stored *one, struct record_move *out)
{
    const struct form_def *def = form_interview_def(now);
    const int node = form_interview_find(now, one->at, one->key);
    if (node < 0 || form_interview_is_container(now, node)) {
        return; /* retired ones come last; the order of rows is no answer */
    }
    const struct form_item *item = &def->items[form_interview_item(now, node)];
    if (one->is_value && !is_in_list(item, one->value)) {
        add_move(out, RECORD_MOVE_CHOICE, one->key, item->key, one->at, one->value);
    } else {
        const bool is_same = strcmp(item->key, one->key) == 0;
        add_move(out, is_same ? RECORD_MOVE_KEPT : RECORD_MOVE_RENAMED, one->key, item->key,
                 one->at, one->value);
    }
}

/* In the order of the form: by the place of the item, then as stored. */
static void put_answered(form_interview *now, const struct stored_list *all,
                         struct record_move *out)
{
    const struct form_def *def = form_interview_def(now);
    for (size_t item = 0; item < def->count; item++) {
        for (size_t i = 0; i < all->count; i++) {
            const int node = form_interview_find(now, all->items[i].at, all->items[i].key);
            if (node >= 0 && (size_t)form_interview_item(now, node) == item) {
                compare_stored(now, &all->items[i], out);
            }
        }
    }
    for (size_t i = 0; i < all->count; i++) {
        const struct stored *one = &all->items[i];
        if (form_interview_find(now, one->at, one->key) < 0) {
            add_move(out, RECORD_MOVE_RETIRED, one->key, "", one->at, one->value);
        }
    }
}

static void put_required(record_doc *doc, form_interview *now, struct record_move *out)
{
    const struct form_def *def = form_interview_def(now);
    struct str at = STR_INIT;
    for (int node = 0; node < form_interview_nodes(now); node++) {
        if (!form_interview_exists(now, node) ||
            form_interview_problem(now, node) != FORM_P_REQUIRED) {
            continue;
        }
        const char *key = def->items[form_interview_item(now, node)].key;
        str_clear(&at);
        form_interview_at(now, node, &at);
        const int before = form_interview_find(doc->iv, str_cstr(&at), key);
        if (before < 0 || form_interview_problem(doc->iv, before) != FORM_P_REQUIRED) {
            add_move(out, RECORD_MOVE_REQUIRED, key, key, str_cstr(&at), "");
        }
    }
    str_done(&at);
}

enum err record_doc_move_preview(record_doc *doc, struct record_move *out, struct err_info *err)
{
    *out = (struct record_move){0};
    const struct record_form *form = NULL;
    struct stored_list all = {0};
    enum err rc = doc_flush(doc, err);
    rc = rc == ERR_OK ? record_form_current(doc->r, doc->def->id, &form, err) : rc;
    rc = rc == ERR_OK ? read_stored(doc, &all, err) : rc;
    if (rc == ERR_OK) {
        snprintf(out->from_version, sizeof out->from_version, "%s", doc->def->version);
        snprintf(out->to_version, sizeof out->to_version, "%s", form->def->version);
        out->is_needed = strcmp(form->hash, doc->hash) != 0;
    }
    if (rc == ERR_OK && out->is_needed) {
        struct record_files *own = doc->files;
        form_interview *now = doc_interview_new(doc, form);
        rc = doc_load_into(doc, now, err);
        form_interview_start(now, false);
        put_answered(now, &all, out);
        put_required(doc, now, out);
        form_interview_free(now);
        doc->files = own;
    }
    stored_done(&all);
    return rc;
}

/* ---- the move */

static bool was_called(const char *was, const char *key)
{
    static const char between[] = " ,[]\"";
    const size_t n = strlen(key);
    for (const char *at = was; at != NULL && *at != '\0';) {
        at += strspn(at, between);
        const size_t len = strcspn(at, between);
        if (len > 0 && len == n && strncmp(at, key, n) == 0) {
            return true;
        }
        at += len;
    }
    return false;
}

/* The key that the form has for what was called so; NULL if it asks it no more. */
static const char *key_now(const struct form_def *def, const char *key)
{
    const int item = form_def_find(def, key);
    for (size_t i = 0; item < 0 && i < def->count; i++) {
        if (was_called(def->items[i].was, key)) {
            return def->items[i].key;
        }
    }
    return item >= 0 ? def->items[item].key : NULL;
}

static jv *moved_json(const record_doc *doc, const struct record_form *form,
                      const struct record_move *m)
{
    jv *body = doc_body(doc), *renamed = jv_new_object();
    jv_set_str(body, "from", doc->hash);
    jv_set_str(body, "to", form->hash);
    jv_set_str(body, "version", form->def->version);
    for (size_t i = 0; i < m->count; i++) {
        const struct record_move_row *row = &m->rows[i];
        if (row->to_key[0] != '\0' && strcmp(row->key, row->to_key) != 0) {
            jv_set_str(renamed, row->key, row->to_key);
        }
    }
    /* Also what nobody has answered yet: who has not heard of the move may still do so. */
    for (size_t i = 0; i < doc->def->count; i++) {
        const char *key = doc->def->items[i].key;
        const char *now = key_now(form->def, key);
        if (now != NULL && strcmp(now, key) != 0) {
            jv_set_str(renamed, key, now);
        }
    }
    jv_set(body, "renamed", renamed);
    return body;
}

static enum err write_moved(record_doc *doc, const struct record_form *form,
                            const struct record_move *m, struct err_info *err)
{
    struct vault_write writes[2];
    struct str texts[2] = {STR_INIT, STR_INIT};
    size_t n = 0;
    if (!record_form_is_stored(doc->r, form->hash)) {
        record_write(&writes[n], vault_organisation(doc->r->vault), RECORD_K_DEFINITION,
                     doc_definition_json(form), &texts[n]);
        n++;
    }
    record_write(&writes[n], doc->place, RECORD_K_MOVED, moved_json(doc, form, m), &texts[n]);
    enum err rc = vault_append(doc->r->vault, writes, n + 1, NULL, err);
    str_done(&texts[0]);
    str_done(&texts[1]);
    return rc;
}

enum err record_doc_move(record_doc *doc, struct err_info *err)
{
    const struct record_form *form = NULL;
    struct record_move m;
    if (doc->is_finished) {
        return ERR_SET(err, ERR_NO, "finished");
    }
    enum err rc = record_doc_move_preview(doc, &m, err);
    if (rc == ERR_OK && !m.is_needed) {
        rc = ERR_SET(err, ERR_NO, "current");
    }
    rc = rc == ERR_OK ? record_form_current(doc->r, doc->def->id, &form, err) : rc;
    rc = rc == ERR_OK ? write_moved(doc, form, &m, err) : rc;
    record_move_done(&m);
    return rc == ERR_OK ? record_doc_refresh(doc, &(bool){false}, err) : rc;
}
