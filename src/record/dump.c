/* The whole view as text: what belongs to the organisation, then case by case in the order of their
 * ids, each brought in and let go of again. Two views of one log give the same text, however much
 * of it they have read so far. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "record_int.h"

#define REC " WHERE rec > ?1 AND rec < ?1 || 'g'"

static const char *const OF_ALL[] = {
    "SELECT 'definition', hash, form, version, yaml, files, '', '' FROM definition ORDER BY hash",
    "SELECT 'setting', key, value, clock, event, '', '', '' FROM setting ORDER BY key",
    "SELECT 'handover', id, kase, sender, receiver, ends, had, clock FROM handover ORDER BY id",
    "SELECT 'said', id, answer, author, clock, event, '', '' FROM handover_said ORDER BY id, "
    "event"};

static const char *const OF_CASE[] = {
    "SELECT 'kase', id, code, person, opened_ms, changed_ms, words, '' FROM kase WHERE id = ?1",
    "SELECT 'fact', kase, fact, source, value, clock, event, '' FROM fact WHERE kase = ?1"
    " ORDER BY kase, fact, source",
    "SELECT 'words', id, answer, author, reason, clock, event, '' FROM handover_words"
    " WHERE kase = ?1 ORDER BY id, event",
    "SELECT 'link', kase, other, '', '', '', '', '' FROM link WHERE kase = ?1 ORDER BY other",
    "SELECT 'rec', id, kase || form || version || hash || moved_event, opened_ms, changes,"
    " answered || '/' || asked, paused_at || '|' || paused_key, finished_ms FROM rec"
    " WHERE kase = ?1 ORDER BY id",
    "SELECT 'calculated', rec, key, value, '', '', '', '' FROM calculated" REC " ORDER BY rec, key",
    "SELECT 'task', task, event, note, author, done_ms, '', '' FROM task_done WHERE kase = ?1"
    " ORDER BY task, event",
    "SELECT 'answer', rec, at || '|' || key, event, state, value, is_prefilled, clock"
    " FROM answer" REC " ORDER BY rec, at, key, event",
    "SELECT 'added', rec, at || '|' || key, id, event, n, clock, '' FROM added" REC
    " ORDER BY rec, at, key, id",
    "SELECT 'gone', rec, at || '|' || key, id, event, path, keys, seen FROM gone" REC
    " ORDER BY rec, at, key, id, event",
    "SELECT 'renamed', rec, old, new, '', '', '', '' FROM renamed" REC " ORDER BY rec, old"};

static enum err dump(record *r, const char *sql, const char *id, struct str *out,
                     struct err_info *err)
{
    db_stmt *s = NULL;
    bool row = false;
    enum err rc = db_prepare(r->db, sql, &s, err);
    if (rc != ERR_OK) {
        return rc;
    }
    if (id != NULL) {
        db_bind_text(s, 1, id);
    }
    while ((rc = db_step(s, &row, err)) == ERR_OK && row) {
        for (int col = 0; col < 8; col++) {
            str_puts(out, db_col_text(s, col));
            str_putc(out, col == 7 ? '\n' : '\t');
        }
    }
    db_stmt_free(s);
    return rc;
}

static void put_card(const struct card *c, const char *hex, struct str *out)
{
    const struct record_case *k = &c->info;
    str_printf(out, "card\t%s\t%s\t%s\t%lld\t%lld\t%d%d%d\t%u/%u\t%u\t%s\n", hex, k->code,
               k->initials, (long long)k->opened_ms, (long long)k->changed_ms, k->has_record,
               k->is_finished, k->is_locked, k->answered, k->asked, k->conflicts,
               c->words != NULL ? c->words : "");
}

static enum err dump_case(record *r, struct card *c, struct str *out, struct err_info *err)
{
    char hex[ID_HEX_LEN];
    hex_put(hex, c->info.id, ID_LEN);
    put_card(c, hex, out);
    if (card_is_locked(c)) {
        return ERR_OK;
    }
    enum err rc = live_load(r, c, err);
    for (size_t i = 0; rc == ERR_OK && i < sizeof OF_CASE / sizeof *OF_CASE; i++) {
        rc = dump(r, OF_CASE[i], hex, out, err);
    }
    return rc;
}

static int by_id(const void *a, const void *b)
{
    return memcmp((*(struct card *const *)a)->info.id, (*(struct card *const *)b)->info.id, ID_LEN);
}

enum err record_dump(record *r, struct str *out, struct err_info *err)
{
    enum err rc = cards_fresh(r, err);
    for (size_t i = 0; rc == ERR_OK && i < sizeof OF_ALL / sizeof *OF_ALL; i++) {
        rc = dump(r, OF_ALL[i], NULL, out, err);
    }
    struct card_list all = {.items = NULL};
    for (size_t i = 0; i < r->cards.count; i++) {
        struct card *c = cards_at(r, i);
        if (c != NULL) {
            card_list_add(&all, c);
        }
    }
    if (all.count > 0) {
        qsort(all.items, all.count, sizeof *all.items, by_id);
    }
    for (size_t i = 0; rc == ERR_OK && i < all.count; i++) {
        rc = dump_case(r, all.items[i], out, err);
    }
    free(all.items);
    return rc;
}
