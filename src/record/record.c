/* The view's life: opened from the log, kept up with it, dumped for comparison, and the small
 * settings. Invariant: the view holds exactly what record_apply makes of rows 1..row of the log,
 * so closing and opening again gives the same tables. */
#include "record/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "record_int.h"

static bool take_event(void *payload, const struct vault_event *e)
{
    record *r = payload;
    r->fail = record_apply(r, e, NULL);
    if (r->fail != ERR_OK) {
        return false;
    }
    r->row = e->row;
    return true;
}

static enum err take_in(record *r, struct err_info *err)
{
    enum err rc = db_begin(r->db, __func__, err);
    if (rc != ERR_OK) {
        return rc;
    }
    int64_t before = r->row;
    r->fail = ERR_OK;
    rc = vault_each(r->vault, r->row, take_event, r, NULL, err);
    if (rc == ERR_OK && r->fail != ERR_OK) {
        rc = ERR_SET(err, r->fail, "event");
    }
    if (rc == ERR_OK) {
        rc = db_commit(r->db, err);
    }
    if (rc != ERR_OK) {
        db_rollback(r->db);
        r->row = before;
    }
    return rc;
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

enum err record_open(vault *v, const char *forms_dir, record **out, struct err_info *err)
{
    *out = NULL;
    record *r = mem_alloc(sizeof *r);
    r->vault = v;
    r->forms_dir = mem_strdup(forms_dir);
    enum err rc = db_open(NULL, true, &r->db, err);
    if (rc == ERR_OK) {
        rc = db_exec(r->db, record_projection_sql, err);
    }
    if (rc == ERR_OK) {
        rc = load_facts(r, err);
    }
    if (rc == ERR_OK) {
        rc = take_in(r, err);
    }
    if (rc != ERR_OK) {
        record_close(r);
        return rc;
    }
    *out = r;
    return ERR_OK;
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

static const char *const DUMPS[] = {
    "SELECT 'definition', hash, form, version, yaml, files, '', '' FROM definition ORDER BY hash",
    "SELECT 'setting', key, value, time_ms, event, '', '', '' FROM setting ORDER BY key",
    "SELECT 'kase', id, code, person, opened_ms, changed_ms, words, '' FROM kase ORDER BY id",
    "SELECT 'fact', kase, fact, source, value, time_ms, event, '' FROM fact"
    " ORDER BY kase, fact, source",
    "SELECT 'rec', id, kase || form || version || hash || moved_event, opened_ms, changes,"
    " answered || '/' || asked, paused_at || '|' || paused_key, finished_ms FROM rec ORDER BY id",
    "SELECT 'answer', rec, at || '|' || key, event, state, value, is_prefilled, time_ms"
    " FROM answer ORDER BY rec, at, key, event",
    "SELECT 'added', rec, at || '|' || key, id, event, n, time_ms, '' FROM added"
    " ORDER BY rec, at, key, id",
    "SELECT 'gone', rec, at || '|' || key, id, event, path, keys, seen FROM gone"
    " ORDER BY rec, at, key, id, event",
    "SELECT 'renamed', rec, old, new, '', '', '', '' FROM renamed ORDER BY rec, old"};

enum err record_dump(record *r, struct str *out, struct err_info *err)
{
    for (size_t i = 0; i < sizeof DUMPS / sizeof DUMPS[0]; i++) {
        db_stmt *s = NULL;
        bool row = false;
        enum err rc = db_prepare(r->db, DUMPS[i], &s, err);
        while (rc == ERR_OK && (rc = db_step(s, &row, err)) == ERR_OK && row) {
            for (int col = 0; col < 8; col++) {
                str_puts(out, db_col_text(s, col));
                str_putc(out, col == 7 ? '\n' : '\t');
            }
        }
        db_stmt_free(s);
        if (rc != ERR_OK) {
            return rc;
        }
    }
    return ERR_OK;
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
