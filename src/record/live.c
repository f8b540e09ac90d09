/* The cases whose events are in the view: brought in when they are needed, let go of when others
 * are. Invariant: of a case in the view all its events up to record.row have been applied, in the
 * order of the log, so that it equals what a view of the whole log has of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "pathway_int.h"
#include "record_int.h"
#include "vault/cache.h"

bool card_is_locked(const struct card *c)
{
    return c->is_by_office && c->open_until_ms == 0;
}

/* ---- what the list shows */

#define CASE_SQL                                                                                   \
    "SELECT k.code, k.opened_ms, k.changed_ms, r.id IS NOT NULL, coalesce(r.finished_ms, 0),"      \
    " coalesce(r.answered, 0), coalesce(r.asked, 0),"                                              \
    " (SELECT count(*) FROM (SELECT 1 FROM rec x CROSS JOIN standing a ON a.rec = x.id"            \
    " WHERE x.kase = k.id GROUP BY a.rec, a.at, a.key"                                             \
    " HAVING count(DISTINCT a.state || ' ' || a.value) > 1))"                                      \
    " + (SELECT count(*) FROM rec x CROSS JOIN deleted d ON d.rec = x.id"                          \
    " WHERE x.kase = k.id AND d.is_contested)"                                                     \
    " + (SELECT count(*) FROM rec x CROSS JOIN late l ON l.rec = x.id WHERE x.kase = k.id),"       \
    " k.words, k.person FROM kase k"                                                               \
    " LEFT JOIN rec r ON r.kase = k.id AND r.form = 'identification' WHERE k.id = ?1"              \
    " ORDER BY r.opened_ms, r.id LIMIT 1"

/* First letter of the given name, then of the surname: "I. V."; "-" if neither is known. */
static void put_initials(record *r, const char *hex, char out[24])
{
    static const char SQL[] = RECORD_FACT_SQL;
    static const char *const FACTS[] = {"person.given", "person.surname"};
    struct str initials = STR_INIT, name = STR_INIT;
    for (size_t i = 0; i < 2; i++) {
        str_clear(&name);
        record_query_text(r, SQL, hex, FACTS[i], &name);
        size_t n = utf8_grapheme(str_cstr(&name), name.len);
        if (n > 0 && n <= 8) {
            str_puts(&initials, initials.len > 0 ? " " : "");
            str_put(&initials, str_cstr(&name), n);
            str_putc(&initials, '.');
        }
    }
    snprintf(out, 24, "%s", initials.len > 0 ? str_cstr(&initials) : "-");
    str_done(&initials);
    str_done(&name);
}

static void tell(record *r, const char *hex, db_stmt *s, struct card *c)
{
    struct record_case *k = &c->info;
    snprintf(k->code, sizeof k->code, "%s", db_col_text(s, 0));
    k->opened_ms = db_col_int(s, 1);
    k->changed_ms = db_col_int(s, 2);
    k->has_record = db_col_int(s, 3) != 0;
    k->finished_ms = db_col_int(s, 4);
    k->is_finished = k->finished_ms != 0;
    k->answered = (unsigned)db_col_int(s, 5);
    k->asked = (unsigned)db_col_int(s, 6);
    k->conflicts = (unsigned)db_col_int(s, 7);
    k->is_locked = false;
    card_words(c, db_col_text(s, 8));
    if (!hex_get(c->person, ID_LEN, db_col_text(s, 9))) {
        memset(c->person, 0, ID_LEN);
    }
    put_initials(r, hex, k->initials);
}

void card_words(struct card *c, const char *words)
{
    if (c->words != NULL) {
        mem_wipe(c->words, strlen(c->words));
        free(c->words);
    }
    c->words = words != NULL && words[0] != '\0' ? mem_strdup(words) : NULL;
}

void card_lock(record *r, struct card *c)
{
    const struct record_case old = c->info;
    memset(&c->info, 0, sizeof c->info);
    memcpy(c->info.id, old.id, ID_LEN);
    memcpy(c->info.code, old.code, sizeof old.code);
    c->info.opened_ms = c->info.changed_ms = old.opened_ms;
    c->info.is_locked = true;
    memset(c->person, 0, ID_LEN);
    c->summary = (struct card_summary){.stage = -1, .level = -1};
    summary_show(c);
    struct str words = STR_INIT;
    str_putc(&words, ' ');
    utf8_fold(&words, old.code, strlen(old.code));
    str_putc(&words, ' ');
    card_words(c, str_cstr(&words));
    str_done(&words);
    c->is_stale = false;
    cards_dirty(r, c);
}

static enum err refresh(record *r, struct card *c, struct err_info *err)
{
    static const char SQL[] = CASE_SQL;
    char hex[ID_HEX_LEN];
    hex_put(hex, c->info.id, ID_LEN);
    db_stmt *s = NULL;
    bool row = false;
    enum err rc = db_prepare(r->db, SQL, &s, err);
    if (rc != ERR_OK) {
        return rc;
    }
    db_bind_text(s, 1, hex);
    rc = db_step(s, &row, err);
    if (rc == ERR_OK) {
        c->has_case = row;
        if (row) {
            tell(r, hex, s, c);
            summary_tell(r, c);
        }
        c->is_stale = false;
        cards_dirty(r, c);
    }
    db_stmt_free(s);
    return rc;
}

enum err card_fresh(record *r, struct card *c, struct err_info *err)
{
    if (!c->is_stale) {
        return ERR_OK;
    }
    if (card_is_locked(c)) {
        card_lock(r, c);
        return ERR_OK;
    }
    const enum err rc = live_load(r, c, err);
    return rc == ERR_OK && c->is_stale ? refresh(r, c, err) : rc;
}

enum err cards_fresh(record *r, struct err_info *err)
{
    struct card_list *l = &r->cards.stale;
    enum err rc = ERR_OK;
    while (rc == ERR_OK && l->count > 0) {
        struct card *c = l->items[l->count - 1];
        rc = card_fresh(r, c, err);
        if (rc == ERR_OK) {
            c->is_listed = false;
            card_list_remove(l, c);
        }
    }
    return rc;
}

/* ---- out of the view */

static enum err drop_rows(record *r, const char *hex, struct err_info *err)
{
    static const char *const SQL[] = {"DELETE FROM answer WHERE rec > ?1 AND rec < ?1 || 'g'",
                                      "DELETE FROM added WHERE rec > ?1 AND rec < ?1 || 'g'",
                                      "DELETE FROM gone WHERE rec > ?1 AND rec < ?1 || 'g'",
                                      "DELETE FROM renamed WHERE rec > ?1 AND rec < ?1 || 'g'",
                                      "DELETE FROM calculated WHERE rec > ?1 AND rec < ?1 || 'g'",
                                      "DELETE FROM task_done WHERE kase = ?1",
                                      "DELETE FROM replaced WHERE rec > ?1 AND rec < ?1 || 'g'",
                                      "DELETE FROM handover_words WHERE kase = ?1",
                                      "DELETE FROM link WHERE kase = ?1",
                                      "DELETE FROM touched WHERE kase = ?1",
                                      "DELETE FROM rec WHERE kase = ?1",
                                      "DELETE FROM fact WHERE kase = ?1",
                                      "DELETE FROM kase WHERE id = ?1"};
    enum err rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < sizeof SQL / sizeof *SQL; i++) {
        db_stmt *s = NULL;
        rc = db_prepare(r->db, SQL[i], &s, err);
        if (rc == ERR_OK) {
            db_bind_text(s, 1, hex);
            rc = db_run(s, err);
            db_stmt_free(s);
        }
    }
    return rc;
}

enum err live_drop(record *r, struct card *c, struct err_info *err)
{
    char hex[ID_HEX_LEN];
    hex_put(hex, c->info.id, ID_LEN);
    c->is_resident = c->is_shown = false;
    card_list_remove(&r->cards.live, c);
    return drop_rows(r, hex, err);
}

/* What its events say is told before they go, or they would have to come back for it. */
static enum err let_go(record *r, struct card *c, struct err_info *err)
{
    enum err rc = c->is_stale && !card_is_locked(c) ? refresh(r, c, err) : ERR_OK;
    return rc == ERR_OK ? live_drop(r, c, err) : rc;
}

static enum err make_room(record *r, struct err_info *err)
{
    const struct card_list *l = &r->cards.live;
    struct card *oldest = NULL;
    for (size_t i = 0; i < l->count; i++) {
        struct card *c = l->items[i];
        if (c->pins == 0 && (oldest == NULL || c->used < oldest->used)) {
            oldest = c;
        }
    }
    const bool is_full = !r->is_whole && l->count >= r->live_max;
    return is_full && oldest != NULL ? let_go(r, oldest, err) : ERR_OK;
}

/* ---- into the view */

enum err live_begin(record *r, struct card *c, struct err_info *err)
{
    const enum err rc = make_room(r, err);
    if (rc == ERR_OK) {
        c->is_resident = true;
        c->used = ++r->cards.clock;
        card_list_add(&r->cards.live, c);
    }
    return rc;
}

struct loading {
    record *r;
    struct card *c;
    size_t taken;
    bool is_foreign;
    enum err rc;
};

static bool take_row(void *payload, const struct vault_event *e)
{
    struct loading *l = payload;
    struct card *of = NULL;
    l->rc = standing_card(l->r, e->compartment, &of, NULL);
    if (l->rc == ERR_OK && of != l->c) {
        l->is_foreign = true;
        return false;
    }
    if (l->rc == ERR_OK) {
        l->rc = record_apply(l->r, e, l->c->info.id, NULL);
    }
    l->taken++;
    return l->rc == ERR_OK;
}

/* Its rows, one after the other. ERR_NOT_FOUND: the cache misled us. */
static enum err apply_rows(record *r, struct card *c, struct err_info *err)
{
    int64_t *rows = NULL;
    size_t n = 0;
    uint64_t skipped = 0;
    struct loading l = {.r = r, .c = c};
    enum err rc = trail_get(r, c, &rows, &n, err);
    if (rc != ERR_OK) {
        return rc;
    }
    rc = db_begin(r->db, __func__, err);
    if (rc == ERR_OK) {
        rc = vault_each_rows(r->vault, rows, n, take_row, &l, &skipped, err);
        rc = rc == ERR_OK && l.rc != ERR_OK ? ERR_SET(err, l.rc, "event") : rc;
        if (rc == ERR_OK && (l.is_foreign || l.taken != n)) {
            rc = ERR_SET(err, ERR_NOT_FOUND, "snap");
        }
        rc = rc == ERR_OK ? db_commit(r->db, err) : rc;
        if (rc != ERR_OK) {
            db_rollback(r->db);
        }
    }
    free(rows);
    return rc;
}

enum err live_again(record *r, struct card *c, struct err_info *err)
{
    const enum err rc = apply_rows(r, c, err);
    if (rc == ERR_OK) {
        c->is_resident = true;
        card_list_add(&r->cards.live, c);
    }
    return rc;
}

enum err live_load(record *r, struct card *c, struct err_info *err)
{
    c->used = ++r->cards.clock;
    if (c->is_resident) {
        return ERR_OK;
    }
    if (card_is_locked(c)) {
        return ERR_SET(err, ERR_RIGHTS, "case");
    }
    enum err rc = make_room(r, err);
    rc = rc == ERR_OK ? live_again(r, c, err) : rc;
    if (rc == ERR_NOT_FOUND) {
        rc = trail_scan(r, err);
        rc = rc == ERR_OK && !c->is_resident ? live_again(r, c, err) : rc;
    }
    return rc;
}

enum err live_need(record *r, const unsigned char id[ID_LEN], struct card **out,
                   struct err_info *err)
{
    *out = cards_find(r, id);
    return *out != NULL ? live_load(r, *out, err) : ERR_SET(err, ERR_NOT_FOUND, "case");
}
