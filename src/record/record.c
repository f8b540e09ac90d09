/* The view's life: opened from the caches or the log, kept up with the log, and the small settings.
 * Invariant: the cards know of every readable event of rows 1..row of the log, and what is in the
 * view of a case is exactly what record_apply makes of its events. */
#include "record/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "pathway_int.h"
#include "record_int.h"
#include "vault/cache.h"
#include "vault/members.h"

/* A case held by office shows its code; its first event has it. */
static void learn_code(record *r, struct card *c, const struct vault_event *e)
{
    jv *body = NULL;
    if (c->has_case || e->kind != RECORD_K_CASE ||
        jv_parse(e->text, e->len, &body, NULL) != ERR_OK) {
        return;
    }
    const char *code = jv_str_at(body, "code");
    snprintf(c->info.code, sizeof c->info.code, "%s", code != NULL ? code : "");
    c->info.opened_ms = e->time_ms;
    c->has_case = true;
    card_lock(r, c);
    jv_free(body);
}

/* One event of a case or of a part of it. Cases that begin here are in the view from the first;
 * others only if they are there already. */
static enum err take_of_case(record *r, struct card *c, const struct vault_event *e)
{
    if (e->row <= trail_last(c)) {
        return ERR_OK;
    }
    const bool is_first = trail_count(c) == 0;
    trail_add(r, c, e->row);
    cards_dirty(r, c);
    if (card_is_locked(c)) {
        learn_code(r, c, e);
        return ERR_OK;
    }
    cards_stale(r, c);
    enum err rc = is_first ? live_begin(r, c, NULL) : ERR_OK;
    if (rc == ERR_OK && c->is_resident) {
        rc = record_apply(r, e, c->info.id, NULL);
    }
    return rc;
}

/* Where the audit's entries are: in its box, and those that older programs wrote into cases. */
static void note_audit(record *r, const struct vault_event *e)
{
    const bool is_entry = memcmp(e->compartment, r->audit.info.id, ID_LEN) == 0 ||
                          e->kind == RECORD_K_UNMASKED;
    if (is_entry && e->row > trail_last(&r->audit)) {
        trail_add(r, &r->audit, e->row);
    }
}

enum err record_take(record *r, const struct vault_event *e)
{
    struct card *c = NULL;
    const unsigned char *organisation = vault_organisation(r->vault);
    if (memcmp(e->compartment, organisation, ID_LEN) == 0) {
        const enum err rc = standing_take(r, e, NULL);
        return rc == ERR_OK ? record_apply(r, e, organisation, NULL) : rc;
    }
    const enum err rc = standing_card(r, e->compartment, &c, NULL);
    if (rc == ERR_OK && c != NULL) {
        note_audit(r, e);
        return take_of_case(r, c, e);
    }
    if (rc == ERR_OK) {
        note_audit(r, e);
    }
    return rc;
}

static void tell_progress(const record *r, int64_t row)
{
    if (r->progress != NULL && row % 512 == 0) {
        r->progress(r->progress_payload, (uint64_t)(row - r->progress_from),
                    (uint64_t)(r->progress_to - r->progress_from));
    }
}

static bool take_event(void *payload, const struct vault_event *e)
{
    record *r = payload;
    r->fail = record_take(r, e);
    if (r->fail != ERR_OK) {
        return false;
    }
    r->row = r->told_row = e->row;
    memcpy(r->told_id, e->id, VAULT_EVENT_ID_LEN);
    tell_progress(r, e->row);
    return true;
}

/* What was taken in before something went wrong stays: the next time goes on from there. */
static enum err take_rows(record *r, struct err_info *err)
{
    int64_t last = 0;
    enum err rc = vault_last_row(r->vault, &last, err);
    if (rc != ERR_OK || last <= r->row) {
        return rc;
    }
    rc = db_begin(r->db, __func__, err);
    if (rc != ERR_OK) {
        return rc;
    }
    r->progress_from = r->row;
    r->progress_to = last;
    r->fail = ERR_OK;
    rc = vault_each(r->vault, r->row, take_event, r, NULL, err);
    if (rc == ERR_OK && r->fail != ERR_OK) {
        rc = ERR_SET(err, r->fail, "event");
    }
    const enum err bad = db_commit(r->db, rc == ERR_OK ? err : NULL);
    if (rc == ERR_OK && bad == ERR_OK) {
        r->row = last > r->row ? last : r->row; /* those behind it cannot be read here */
    }
    return rc == ERR_OK ? bad : rc;
}

/* What was unreadable may be read now, or the other way round. */
static enum err look_back(record *r, struct err_info *err)
{
    uint64_t past = 0;
    const enum err rc = vault_past(r->vault, &past, err);
    if (rc == ERR_OK && past != r->past) {
        r->needs_scan = r->needs_scan || r->is_following;
        r->past = past;
    }
    return rc;
}

static enum err take_in(record *r, struct err_info *err)
{
    standing_tick(r);
    enum err rc = look_back(r, err);
    rc = rc == ERR_OK ? take_rows(r, err) : rc;
    if (rc == ERR_OK && r->needs_scan) {
        rc = trail_scan(r, err);
    }
    if (rc == ERR_OK && r->has_handover_news) {
        handover_mend(r);
    }
    return rc;
}

static bool scan_event(void *payload, const struct vault_event *e)
{
    record *r = payload;
    struct card *c = NULL;
    if (e->row > r->row) {
        return false;
    }
    if (memcmp(e->compartment, vault_organisation(r->vault), ID_LEN) == 0) {
        return true;
    }
    note_audit(r, e);
    r->fail = standing_card(r, e->compartment, &c, NULL);
    if (r->fail == ERR_OK && c != NULL) {
        trail_add(r, c, e->row);
        if (card_is_locked(c)) {
            learn_code(r, c, e);
        }
    }
    tell_progress(r, e->row);
    return r->fail == ERR_OK;
}

enum err record_scan(record *r, struct err_info *err)
{
    r->progress_from = 0;
    r->progress_to = r->row;
    r->fail = ERR_OK;
    const enum err rc = vault_each(r->vault, 0, scan_event, r, NULL, err);
    return rc == ERR_OK && r->fail != ERR_OK ? ERR_SET(err, r->fail, "event") : rc;
}

static enum err load_facts(record *r, struct err_info *err)
{
    struct str text = STR_INIT;
    char *path = file_join(r->forms_dir, "facts.yaml");
    enum err rc = file_read(path, FORM_MAX_BYTES, &text, err);
    free(path);
    if (rc == ERR_OK) {
        struct form_findings findings = {0};
        rc = form_facts_load(str_cstr(&text), text.len, &r->facts, &findings, err);
        form_findings_done(&findings);
    }
    str_done(&text);
    return rc;
}

/* From the caches and the events since, or from the whole log; then what is left to be told of
 * each case. */
static enum err fill(record *r, struct err_info *err)
{
    if (!r->is_whole && index_load(r)) {
        r->is_following = true;
    }
    enum err rc = take_in(r, err);
    r->is_following = true;
    return rc == ERR_OK ? cards_fresh(r, err) : rc;
}

enum err record_open_as(vault *v, const char *forms_dir, const struct record_opening *how,
                        record **out, struct err_info *err)
{
    *out = NULL;
    record *r = mem_alloc(sizeof *r);
    r->vault = v;
    r->forms_dir = mem_strdup(forms_dir);
    r->is_whole = how->is_whole;
    r->live_max = how->live_max > 0 ? how->live_max : LIVE_CASES;
    r->cards.page_len = how->page_len > 0 ? how->page_len : CARD_PAGE;
    r->progress = how->progress;
    r->progress_payload = how->payload;
    vault_drop_box(v, VAULT_SORT_AUDIT, r->audit.info.id);
    enum err rc = db_open(NULL, true, &r->db, err);
    if (rc == ERR_OK) {
        rc = db_exec(r->db, record_projection_sql, err);
    }
    if (rc == ERR_OK) {
        rc = load_facts(r, err);
    }
    if (rc == ERR_OK) {
        pathway_load(r);
        rc = fill(r, err);
    }
    r->progress = NULL;
    if (rc != ERR_OK) {
        record_close(r);
        return rc;
    }
    *out = r;
    return ERR_OK;
}

enum err record_open_with(vault *v, const char *forms_dir, record_progress *progress, void *payload,
                          record **out, struct err_info *err)
{
    const struct record_opening how = {.progress = progress, .payload = payload};
    return record_open_as(v, forms_dir, &how, out, err);
}

enum err record_open(vault *v, const char *forms_dir, record **out, struct err_info *err)
{
    return record_open_with(v, forms_dir, NULL, NULL, out, err);
}

void record_close(record *r)
{
    if (r == NULL) {
        return;
    }
    for (size_t i = 0; i < r->form_count; i++) {
        form_def_free(r->forms[i].def);
        free(r->forms[i].yaml);
        record_files_done(r->forms[i].files);
        free(r->forms[i].files);
    }
    free(r->forms);
    form_facts_done(&r->facts);
    pathway_done(r);
    cards_clear(r);
    free(r->audit.tail);
    free(r->reasons);
    db_close(r->db);
    free(r->forms_dir);
    free(r);
}

enum err record_refresh(record *r, bool *changed, struct err_info *err)
{
    int64_t before = r->row;
    enum err rc = take_in(r, err);
    if (changed != NULL) {
        *changed = r->row != before;
    }
    return rc;
}

vault *record_vault(const record *r)
{
    return r->vault;
}

bool record_query_text(record *r, const char *sql, const char *p1, const char *p2, struct str *out)
{
    db_stmt *s = NULL;
    bool row = false;
    if (db_prepare(r->db, sql, &s, NULL) != ERR_OK) {
        return false;
    }
    db_bind_text(s, 1, p1);
    if (p2 != NULL) {
        db_bind_text(s, 2, p2);
    }
    if (db_step(s, &row, NULL) == ERR_OK && row) {
        str_puts(out, db_col_text(s, 0));
    }
    db_stmt_free(s);
    return row;
}

void record_write(struct vault_write *w, const unsigned char compartment[ID_LEN],
                  enum record_kind kind, jv *body, struct str *text)
{
    memcpy(w->compartment, compartment, ID_LEN);
    w->kind = kind;
    w->kind_version = 0;
    jv_write(body, text);
    jv_free(body);
    w->text = str_cstr(text);
    w->len = text->len;
}

enum err record_setting_put(record *r, const char *key, const char *value, struct err_info *err)
{
    jv *body = jv_new_object();
    jv_set_str(body, "key", key);
    jv_set_str(body, "value", value);
    struct vault_write w;
    struct str text = STR_INIT;
    record_write(&w, vault_organisation(r->vault), RECORD_K_SETTING, body, &text);
    enum err rc = vault_append(r->vault, &w, 1, NULL, err);
    str_done(&text);
    return rc == ERR_OK ? record_refresh(r, NULL, err) : rc;
}

enum err record_setting_get(record *r, const char *key, struct str *out, struct err_info *err)
{
    static const char SQL[] = "SELECT value FROM setting WHERE key = ?1";
    return record_query_text(r, SQL, key, NULL, out) ? ERR_OK : ERR_SET(err, ERR_NOT_FOUND, key);
}
