/* One event into the view, in whatever order events come: of two devices the one may answer over
 * what the other's events bring later. Invariant: the same events in another order give the same
 * view; where one word has to hold it is the last in clock order. Each kind has one function and one row in the table below; a kind or a
 * field that this program does not know is left alone (a newer version wrote it). An event whose
 * body does not have the shape of its kind changes nothing: the log keeps it. */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "record_int.h"

struct applied {
    record *r;
    const struct vault_event *e;
    const jv *body;
    char kase[ID_HEX_LEN];
    char place[ID_HEX_LEN];   /* the compartment: of the case or of a part of it */
    char rec[RECORD_KEY_MAX]; /* the record it speaks of, as the view calls it */
    char event[RECORD_HEX];
    char said[16 + RECORD_HEX]; /* clock and event: later words compare greater */
    struct err_info *err;
};

/* Prepares, binds texts and runs; NULL ends the texts. */
static enum err run(const struct applied *a, const char *sql, const char *const *texts, size_t n,
                    const int64_t *ints, size_t int_count)
{
    db_stmt *s = NULL;
    enum err rc = db_prepare(a->r->db, sql, &s, a->err);
    if (rc != ERR_OK) {
        return rc;
    }
    for (size_t i = 0; i < n; i++) {
        db_bind_text(s, (int)i + 1, texts[i]);
    }
    for (size_t i = 0; i < int_count; i++) {
        db_bind_int(s, (int)(n + i) + 1, ints[i]);
    }
    rc = db_run(s, a->err);
    db_stmt_free(s);
    return rc;
}
#define RUN(a, sql, texts, ints)                                                                   \
    run((a), (sql), (texts), sizeof(texts) / sizeof(texts)[0], (ints),                             \
        sizeof(ints) / sizeof(ints)[0])

/* The hybrid clock as one number: orders what was said within one millisecond too. */
static int64_t clock_of(const struct vault_event *e)
{
    return (int64_t)((uint64_t)e->time_ms << 16 | e->counter);
}

static const char *text_of(const jv *body, const char *key)
{
    const char *s = jv_str_at(body, key);
    return s != NULL ? s : "";
}

static enum err apply_definition(const struct applied *a)
{
    static const char SQL[] = "INSERT OR IGNORE INTO definition (hash, form, version, yaml, files,"
                              " row) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    struct str files = STR_INIT;
    if (jv_count(jv_at(a->body, "files")) > 0) {
        jv_write(jv_at(a->body, "files"), &files);
    }
    const char *texts[] = {text_of(a->body, "hash"), text_of(a->body, "form"),
                           text_of(a->body, "version"), text_of(a->body, "yaml"), str_cstr(&files)};
    const int64_t ints[] = {a->e->row};
    enum err rc = RUN(a, SQL, texts, ints);
    str_done(&files);
    return rc;
}

static enum err apply_setting(const struct applied *a)
{
    static const char SQL[] =
        "INSERT INTO setting (key, value, event, clock, row) VALUES (?1, ?2, ?3, ?4, ?5)"
        " ON CONFLICT (key) DO UPDATE SET value = ?2, event = ?3, clock = ?4, row = ?5"
        " WHERE (excluded.clock, excluded.event) > (setting.clock, setting.event)";
    const char *texts[] = {text_of(a->body, "key"), text_of(a->body, "value"), a->event};
    const int64_t ints[] = {clock_of(a->e), a->e->row};
    return RUN(a, SQL, texts, ints);
}

/* Folding makes one of Hîncu and Hâncu; who types Hancu means it too, so a name with â is found
 * under both. */
static void put_words(struct str *words, const char *value)
{
    utf8_fold(words, value, strlen(value));
    str_putc(words, ' ');
    struct str plain = STR_INIT;
    for (const char *p = value; *p != '\0'; p++) {
        bool is_a = p[0] == '\xc3' && (p[1] == '\xa2' || p[1] == '\x82');
        str_putc(&plain, is_a ? 'a' : *p);
        p += is_a;
    }
    if (plain.len < strlen(value)) {
        utf8_fold(words, str_cstr(&plain), plain.len);
        str_putc(words, ' ');
    }
    str_done(&plain);
}

/* The folded words of the case's code and of every name ever said, for finding it. */
static enum err refresh_words(const struct applied *a)
{
    static const char SQL[] =
        "SELECT code FROM kase WHERE id = ?1 UNION ALL SELECT value FROM fact WHERE kase = ?1"
        " AND fact IN ('person.surname', 'person.given', 'person.alias')";
    static const char SET[] = "UPDATE kase SET words = ?2 WHERE id = ?1";
    db_stmt *s = NULL;
    enum err rc = db_prepare(a->r->db, SQL, &s, a->err);
    if (rc != ERR_OK) {
        return rc;
    }
    struct str words = STR_INIT;
    str_putc(&words, ' ');
    db_bind_text(s, 1, a->kase);
    bool row = false;
    while ((rc = db_step(s, &row, a->err)) == ERR_OK && row) {
        put_words(&words, db_col_text(s, 0));
    }
    db_stmt_free(s);
    if (rc == ERR_OK) {
        const char *texts[] = {a->kase, str_cstr(&words)};
        rc = run(a, SET, texts, 2, NULL, 0);
    }
    str_done(&words);
    return rc;
}

static enum err touch_case(const struct applied *a)
{
    static const char SQL[] = "UPDATE kase SET changed_ms = max(changed_ms, ?2) WHERE id = ?1";
    static const char KEEP[] = "INSERT INTO touched (kase, ms) VALUES (?1, ?2)"
                               " ON CONFLICT (kase) DO UPDATE SET ms = max(ms, ?2)";
    const char *texts[] = {a->kase};
    const int64_t ints[] = {a->e->time_ms};
    const enum err rc = RUN(a, KEEP, texts, ints);
    return rc == ERR_OK ? RUN(a, SQL, texts, ints) : rc;
}

static enum err apply_case(const struct applied *a)
{
    static const char SQL[] =
        "INSERT OR IGNORE INTO kase (id, code, person, opener, words, opened_ms, changed_ms)"
        " VALUES (?1, ?2, ?3, ?4, ' ', ?5, max(?5, coalesce((SELECT ms FROM touched"
        " WHERE kase = ?1), 0)))";
    char opener[ID_HEX_LEN];
    hex_put(opener, a->e->author, ID_LEN);
    const char *texts[] = {a->kase, text_of(a->body, "code"), text_of(a->body, "person"), opener};
    const int64_t ints[] = {a->e->time_ms};
    enum err rc = RUN(a, SQL, texts, ints);
    return rc == ERR_OK ? refresh_words(a) : rc;
}

static bool is_a_name(const char *fact)
{
    return strcmp(fact, "person.surname") == 0 || strcmp(fact, "person.given") == 0 ||
           strcmp(fact, "person.alias") == 0;
}

static enum err put_fact(const struct applied *a, const char *fact, const char *source,
                         const char *value)
{
    static const char SQL[] = "INSERT INTO fact (kase, fact, source, value, event, clock)"
                              " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (kase, fact, source)"
                              " DO UPDATE SET value = ?4, event = ?5, clock = ?6"
                              " WHERE (excluded.clock, excluded.event) > (fact.clock, fact.event)";
    const char *texts[] = {a->kase, fact, source, value, a->event};
    const int64_t ints[] = {clock_of(a->e)};
    enum err rc = RUN(a, SQL, texts, ints);
    if (rc == ERR_OK && is_a_name(fact)) {
        rc = refresh_words(a);
    }
    return rc;
}

static enum err apply_fact(const struct applied *a)
{
    enum err rc = put_fact(a, text_of(a->body, "fact"), "", text_of(a->body, "value"));
    return rc == ERR_OK ? touch_case(a) : rc;
}

/* The record, if nothing of it came before its opening. */
static enum err need_record(const struct applied *a)
{
    static const char SQL[] =
        "INSERT OR IGNORE INTO rec (id, kase, form, version, hash, place, opened_ms, opened,"
        " changes, answered, asked, said, paused_key, paused_at, paused, moved_ms, moved_event,"
        " finished_ms, signed, signer, seen, author, finisher, changed_ms)"
        " VALUES (?1, ?2, '', '', '', ?3, 0, '', 0, 0, 0, '', '', '', '', 0, '', 0, '', '', '', '',"
        " '', 0)";
    const char *texts[] = {a->rec, a->kase, a->place};
    return run(a, SQL, texts, 3, NULL, 0);
}

static enum err apply_opened(const struct applied *a)
{
    static const char SQL[] = "UPDATE rec SET form = ?2, opened = ?5, author = ?6, opened_ms = ?7,"
                              " version = CASE WHEN moved_ms = 0 THEN ?3 ELSE version END,"
                              " hash = CASE WHEN moved_ms = 0 THEN ?4 ELSE hash END"
                              " WHERE id = ?1 AND (opened = '' OR ?5 < opened)";
    char author[ID_HEX_LEN];
    hex_put(author, a->e->author, ID_LEN);
    const char *texts[] = {a->rec,
                           text_of(a->body, "form"),
                           text_of(a->body, "version"),
                           text_of(a->body, "hash"),
                           a->said,
                           author};
    const int64_t ints[] = {a->e->time_ms};
    const enum err rc = RUN(a, SQL, texts, ints);
    return rc == ERR_OK ? touch_case(a) : rc;
}

/* The key by which the record goes now. Appends. */
static void put_key(const struct applied *a, const char *rec, const char *key, struct str *out)
{
    static const char SQL[] = "SELECT new FROM renamed WHERE rec = ?1 AND old = ?2";
    if (!a->r->has_renamed || !record_query_text(a->r, SQL, rec, key, out)) {
        str_puts(out, key);
    }
}

/* Takes away what the words name as replaced; what is not here yet is remembered. */
static enum err replace(const struct applied *a, const char *drop, const char *const where[4],
                        const jv *over)
{
    static const char KEEP[] = "INSERT OR IGNORE INTO replaced (rec, at, key, id, event)"
                               " VALUES (?1, ?2, ?3, ?4, ?5)";
    enum err rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < jv_count(over); i++) {
        const char *gone = jv_string(jv_item(over, i));
        const char *texts[] = {where[0], where[1], where[2], where[3], gone != NULL ? gone : ""};
        rc = run(a, drop, texts, 5, NULL, 0);
        if (rc == ERR_OK && db_changes(a->r->db) == 0) {
            rc = run(a, KEEP, texts, 5, NULL, 0);
        }
    }
    return rc;
}

/* Removes what the answer says it replaces, then adds it. */
static enum err put_answer(const struct applied *a, const char *rec, const char *key,
                           const jv *answer)
{
    static const char DROP[] =
        "DELETE FROM answer WHERE rec = ?1 AND at = ?2 AND key = ?3 AND event = ?5 AND ?4 = ''";
    static const char ADD[] =
        "INSERT OR REPLACE INTO answer (rec, at, key, event, state, value, device,"
        " is_prefilled, clock) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 WHERE NOT EXISTS (SELECT "
        "1 FROM replaced"
        " WHERE rec = ?1 AND at = ?2 AND key = ?3 AND id = '' AND event = ?4)";
    const char *at = text_of(answer, "at");
    const char *value = text_of(answer, "value");
    const char *where[4] = {rec, at, key, ""};
    enum err rc = replace(a, DROP, where, jv_at(answer, "over"));
    char device[ID_HEX_LEN];
    hex_put(device, a->e->device, ID_LEN);
    const char *texts[] = {rec, at, key, a->event, text_of(answer, "state"), value, device};
    const int64_t ints[] = {jv_bool_at(answer, "prefilled", false), clock_of(a->e)};
    if (rc == ERR_OK) {
        rc = RUN(a, ADD, texts, ints);
    }
    const char *fact = jv_str_at(answer, "fact");
    if (rc == ERR_OK && fact != NULL) {
        struct str source = STR_INIT;
        str_printf(&source, "%s/%s", rec, key);
        rc = put_fact(a, fact, str_cstr(&source), value);
        str_done(&source);
    }
    return rc;
}

static enum err bump(const struct applied *a, const char *rec)
{
    static const char SQL[] =
        "UPDATE rec SET changes = changes + 1, changed_ms = max(changed_ms, ?2)"
        " WHERE id = ?1";
    const char *texts[] = {rec};
    const int64_t ints[] = {a->e->time_ms};
    enum err rc = RUN(a, SQL, texts, ints);
    return rc == ERR_OK ? touch_case(a) : rc;
}

static enum err put_answers(const struct applied *a, const char *rec)
{
    static const char SQL[] = "UPDATE rec SET answered = ?3, asked = ?4, said = ?2 WHERE id = ?1"
                              " AND ?2 > said";
    const jv *answers = jv_at(a->body, "answers");
    enum err rc = ERR_OK;
    struct str key = STR_INIT;
    for (size_t i = 0; rc == ERR_OK && i < jv_count(answers); i++) {
        str_clear(&key);
        put_key(a, rec, text_of(jv_item(answers, i), "key"), &key);
        rc = put_answer(a, rec, str_cstr(&key), jv_item(answers, i));
    }
    str_done(&key);
    const jv *progress = jv_at(a->body, "progress");
    if (rc == ERR_OK && jv_count(progress) == 2) {
        const char *texts[] = {rec, a->said};
        const int64_t ints[] = {jv_int(jv_item(progress, 0), 0), jv_int(jv_item(progress, 1), 0)};
        rc = RUN(a, SQL, texts, ints);
    }
    return rc;
}

static enum err apply_answers(const struct applied *a)
{
    const char *rec = a->rec;
    enum err rc = put_answers(a, rec);
    return rc == ERR_OK ? bump(a, rec) : rc;
}

/* " a b " */
static void put_list(const jv *list, struct str *out)
{
    str_putc(out, ' ');
    for (size_t i = 0; i < jv_count(list); i++) {
        const char *word = jv_string(jv_item(list, i));
        str_puts(out, word != NULL ? word : "");
        str_putc(out, ' ');
    }
}

static enum err put_added(const struct applied *a, const char *const where[3], const char *id,
                          size_t n)
{
    static const char SQL[] = "INSERT INTO added (rec, at, key, id, event, n, clock)"
                              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (rec, at, key, id)"
                              " DO UPDATE SET event = ?5, n = ?6, clock = ?7"
                              " WHERE (?7, ?5) < (clock, event)";
    const char *texts[] = {where[0], where[1], where[2], id, a->event};
    const int64_t ints[] = {(int64_t)n, clock_of(a->e)};
    return RUN(a, SQL, texts, ints);
}

static enum err put_gone(const struct applied *a, const char *const where[3], const char *id,
                         const jv *row)
{
    static const char SQL[] =
        "INSERT OR REPLACE INTO gone (rec, at, key, id, event, path, keys, seen)"
        " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE NOT EXISTS (SELECT 1 FROM replaced"
        " WHERE rec = ?1 AND at = ?2 AND key = ?3 AND id = ?4 AND event = ?5)";
    struct str path = STR_INIT, keys = STR_INIT, seen = STR_INIT;
    str_printf(&path, "%s%s%s", where[1], where[1][0] != '\0' ? "/" : "", id);
    put_list(jv_at(row, "keys"), &keys);
    put_list(jv_at(row, "seen"), &seen);
    const char *texts[] = {where[0], where[1],        where[2],        id,
                           a->event, str_cstr(&path), str_cstr(&keys), str_cstr(&seen)};
    enum err rc = run(a, SQL, texts, 8, NULL, 0);
    str_done(&path);
    str_done(&keys);
    str_done(&seen);
    return rc;
}

static enum err put_kept(const struct applied *a, const char *const where[3], const char *id,
                         const jv *row, size_t n)
{
    static const char SQL[] =
        "DELETE FROM gone WHERE rec = ?1 AND at = ?2 AND key = ?3 AND id = ?4 AND event = ?5";
    const char *which[4] = {where[0], where[1], where[2], id};
    const enum err rc = put_added(a, where, id, n);
    return rc == ERR_OK ? replace(a, SQL, which, jv_at(row, "over")) : rc;
}

static enum err apply_rows(const struct applied *a)
{
    const char *rec = a->rec;
    const jv *rows = jv_at(a->body, "rows");
    struct str key = STR_INIT;
    enum err rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < jv_count(rows); i++) {
        const jv *row = jv_item(rows, i);
        const char *added = jv_str_at(row, "add"), *gone = jv_str_at(row, "delete");
        const char *kept = jv_str_at(row, "keep");
        str_clear(&key);
        put_key(a, rec, text_of(row, "key"), &key);
        const char *where[3] = {rec, text_of(row, "at"), str_cstr(&key)};
        if (added != NULL) {
            rc = put_added(a, where, added, i);
        } else if (gone != NULL) {
            rc = put_gone(a, where, gone, row);
        } else if (kept != NULL) {
            rc = put_kept(a, where, kept, row, i);
        }
    }
    str_done(&key);
    rc = rc == ERR_OK ? put_answers(a, rec) : rc;
    return rc == ERR_OK ? bump(a, rec) : rc;
}

struct renaming {
    const struct applied *a;
    const char *rec;
    enum err rc;
};

/* What stands under the old key, and what will still come in under it, goes by the new one. */
static bool rename_key(void *payload, const char *old, jv *value)
{
    static const char *const SQL[] = {
        "UPDATE renamed SET new = ?3 WHERE rec = ?1 AND new = ?2",
        "INSERT OR REPLACE INTO renamed (rec, old, new) VALUES (?1, ?2, ?3)",
        "UPDATE OR REPLACE answer SET key = ?3 WHERE rec = ?1 AND key = ?2",
        "UPDATE OR REPLACE added SET key = ?3 WHERE rec = ?1 AND key = ?2",
        "UPDATE OR REPLACE gone SET key = ?3 WHERE rec = ?1 AND key = ?2",
        "UPDATE OR REPLACE replaced SET key = ?3 WHERE rec = ?1 AND key = ?2",
        "UPDATE gone SET keys = replace(keys, ' ' || ?2 || ' ', ' ' || ?3 || ' ') WHERE rec = ?1",
        "UPDATE rec SET paused_key = ?3 WHERE id = ?1 AND paused_key = ?2"};
    struct renaming *r = payload;
    struct str to = STR_INIT;
    if (jv_string(value) != NULL) {
        put_key(r->a, r->rec, jv_string(value), &to); /* a later move may have come before */
    }
    const char *texts[] = {r->rec, old, str_cstr(&to)};
    for (size_t i = 0; r->rc == ERR_OK && to.len > 0 && i < sizeof SQL / sizeof *SQL; i++) {
        r->rc = run(r->a, SQL[i], texts, 3, NULL, 0);
    }
    str_done(&to);
    r->a->r->has_renamed = true;
    return r->rc == ERR_OK;
}

static enum err apply_moved(const struct applied *a)
{
    static const char SQL[] =
        "UPDATE rec SET hash = ?2, version = ?3, moved_event = ?4, moved_ms = ?5"
        " WHERE id = ?1 AND (?5, ?4) > (moved_ms, moved_event)";
    struct renaming r = {.a = a, .rec = a->rec};
    const char *texts[] = {r.rec, text_of(a->body, "to"), text_of(a->body, "version"), a->event};
    const int64_t ints[] = {a->e->time_ms};
    r.rc = RUN(a, SQL, texts, ints);
    if (r.rc == ERR_OK) {
        jv_each(jv_at(a->body, "renamed"), rename_key, &r);
    }
    return r.rc == ERR_OK ? bump(a, r.rec) : r.rc;
}

static enum err apply_paused(const struct applied *a)
{
    static const char SQL[] = "UPDATE rec SET paused_key = ?2, paused_at = ?3, paused = ?4"
                              " WHERE id = ?1 AND ?4 > paused";
    struct str key = STR_INIT;
    put_key(a, a->rec, text_of(a->body, "key"), &key);
    const char *texts[] = {a->rec, str_cstr(&key), text_of(a->body, "at"), a->said};
    const enum err rc = run(a, SQL, texts, 4, NULL, 0);
    str_done(&key);
    return rc;
}

struct valuing {
    const struct applied *a;
    enum err rc;
};

static bool put_value(void *payload, const char *key, jv *value)
{
    static const char SQL[] =
        "INSERT INTO calculated (rec, key, value, said) VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT (rec, key) DO UPDATE SET value = ?3, said = ?4 WHERE ?4 > said";
    struct valuing *v = payload;
    const char *text = jv_string(value);
    const char *texts[] = {v->a->rec, key, text != NULL ? text : "", v->a->said};
    v->rc = run(v->a, SQL, texts, 4, NULL, 0);
    return v->rc == ERR_OK;
}

static enum err apply_task(const struct applied *a)
{
    static const char SQL[] = "INSERT OR IGNORE INTO task_done (kase, task, event, note, author,"
                              " done_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    char author[ID_HEX_LEN];
    hex_put(author, a->e->author, ID_LEN);
    const char *texts[] = {a->kase, text_of(a->body, "task"), a->event, text_of(a->body, "note"),
                           author};
    const int64_t ints[] = {a->e->time_ms};
    const enum err rc = RUN(a, SQL, texts, ints);
    return rc == ERR_OK ? touch_case(a) : rc;
}

static enum err apply_finished(const struct applied *a)
{
    static const char SQL[] =
        "UPDATE rec SET finished_ms = ?6, signed = ?2, signer = ?3, seen = ?4,"
        " finisher = ?5 WHERE id = ?1 AND ?2 > signed";
    char device[ID_HEX_LEN], finisher[ID_HEX_LEN];
    struct str seen = STR_INIT;
    hex_put(device, a->e->device, ID_LEN);
    hex_put(finisher, a->e->author, ID_LEN);
    if (jv_at(a->body, "seen") != NULL) {
        put_list(jv_at(a->body, "seen"), &seen);
    }
    const char *texts[] = {a->rec, a->said, device, str_cstr(&seen), finisher};
    const int64_t ints[] = {a->e->time_ms};
    struct valuing v = {.a = a, .rc = RUN(a, SQL, texts, ints)};
    str_done(&seen);
    if (v.rc == ERR_OK) {
        jv_each(jv_at(a->body, "values"), put_value, &v);
    }
    return v.rc == ERR_OK ? bump(a, texts[0]) : v.rc;
}

static enum err apply_reopened(const struct applied *a)
{
    static const char SQL[] = "UPDATE rec SET finished_ms = 0, finisher = '', signed = ?2"
                              " WHERE id = ?1 AND ?2 > signed";
    const char *texts[] = {a->rec, a->said};
    enum err rc = run(a, SQL, texts, 2, NULL, 0);
    return rc == ERR_OK ? bump(a, texts[0]) : rc;
}

static enum err apply_linked(const struct applied *a)
{
    static const char SQL[] = "INSERT OR IGNORE INTO link (kase, other) VALUES (?1, ?2)";
    const char *texts[] = {a->kase, text_of(a->body, "case")};
    const enum err rc = run(a, SQL, texts, 2, NULL, 0);
    return rc == ERR_OK ? touch_case(a) : rc;
}

static enum err apply_handover(const struct applied *a)
{
    static const char SQL[] =
        "INSERT INTO handover (id, kase, sender, receiver, event, ends, had, clock, row)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (id) DO UPDATE SET kase = ?2,"
        " sender = ?3, receiver = ?4, event = ?5, ends = ?6, had = ?7, clock = ?8, row = ?9"
        " WHERE (?8, ?5) < (handover.clock, handover.event)";
    char sender[ID_HEX_LEN];
    hex_put(sender, a->e->author, ID_LEN);
    const char *texts[] = {text_of(a->body, "handover"), text_of(a->body, "compartment"), sender,
                           text_of(a->body, "to"), a->event};
    const int64_t ints[] = {jv_bool_at(a->body, "ends", false), jv_bool_at(a->body, "had", false),
                            clock_of(a->e), a->e->row};
    return RUN(a, SQL, texts, ints);
}

static enum err apply_handover_said(const struct applied *a)
{
    static const char SQL[] =
        "INSERT OR IGNORE INTO handover_said (id, answer, author, event, clock, row)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    char author[ID_HEX_LEN];
    hex_put(author, a->e->author, ID_LEN);
    const char *texts[] = {text_of(a->body, "handover"), text_of(a->body, "answer"), author,
                           a->event};
    const int64_t ints[] = {clock_of(a->e), a->e->row};
    a->r->has_handover_news = true;
    return RUN(a, SQL, texts, ints);
}

static enum err apply_handover_words(const struct applied *a)
{
    static const char SQL[] =
        "INSERT OR IGNORE INTO handover_words (kase, id, answer, author, reason, event, clock)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    char author[ID_HEX_LEN];
    hex_put(author, a->e->author, ID_LEN);
    const char *texts[] = {a->kase, text_of(a->body, "handover"), text_of(a->body, "answer"),
                           author,  text_of(a->body, "reason"),   a->event};
    const int64_t ints[] = {clock_of(a->e)};
    const enum err rc = RUN(a, SQL, texts, ints);
    return rc == ERR_OK ? touch_case(a) : rc;
}

static const struct {
    unsigned kind;
    enum err (*apply)(const struct applied *a);
} KINDS[] = {{RECORD_K_DEFINITION, apply_definition},
             {RECORD_K_SETTING, apply_setting},
             {RECORD_K_CASE, apply_case},
             {RECORD_K_FACT, apply_fact},
             {RECORD_K_TASK, apply_task},
             {RECORD_K_HANDOVER, apply_handover},
             {RECORD_K_HANDOVER_SAID, apply_handover_said},
             {RECORD_K_HANDOVER_WORDS, apply_handover_words},
             {RECORD_K_LINKED, apply_linked},
             {RECORD_K_OPENED, apply_opened},
             {RECORD_K_ANSWERS, apply_answers},
             {RECORD_K_PAUSED, apply_paused},
             {RECORD_K_FINISHED, apply_finished},
             {RECORD_K_REOPENED, apply_reopened},
             {RECORD_K_ROWS, apply_rows},
             {RECORD_K_MOVED, apply_moved}};

/* Whoever can write in one compartment may name any record; she reaches those of that one only. */
static bool put_record(struct applied *a)
{
    const char *id = text_of(a->body, "record");
    if (strlen(id) > RECORD_ID_MAX) {
        return false;
    }
    record_key(a->kase, a->place, id, a->rec);
    return true;
}

void record_key(const char *kase, const char *place, const char *id, char out[RECORD_KEY_MAX])
{
    const bool is_part = strcmp(kase, place) != 0;
    snprintf(out, RECORD_KEY_MAX, "%s%s%s/%.*s", kase, is_part ? "+" : "", is_part ? place : "",
             RECORD_ID_MAX, id);
}

enum err record_apply(record *r, const struct vault_event *e, const unsigned char kase[ID_LEN],
                      struct err_info *err)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        if (KINDS[i].kind != e->kind) {
            continue;
        }
        jv *body = NULL;
        if (jv_parse(e->text, e->len, &body, NULL) != ERR_OK) {
            return ERR_OK; /* kept in the log, shown by verify */
        }
        struct applied a = {.r = r, .e = e, .body = body, .err = err};
        hex_put(a.kase, kase, ID_LEN);
        hex_put(a.place, e->compartment, ID_LEN);
        hex_put(a.event, e->id, VAULT_EVENT_ID_LEN);
        snprintf(a.said, sizeof a.said, "%016llx%s", (unsigned long long)clock_of(e), a.event);
        enum err rc = put_record(&a) ? ERR_OK : ERR_NO;
        if (rc == ERR_OK && text_of(body, "record")[0] != '\0') {
            rc = need_record(&a);
        }
        rc = rc == ERR_OK ? KINDS[i].apply(&a) : rc;
        jv_free(body);
        return rc == ERR_NO ? ERR_OK : rc;
    }
    return ERR_OK;
}
