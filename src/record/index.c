/* The list of cases on disk: pages of lines, and a root that says which pages belong together and
 * up to which row of the log they speak. Invariant: what index_load gives out is a whole list as
 * one process wrote it; if a page is missing, older or newer than the root says, or the log is not
 * the one it was made from, there is no list, and the log is read. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "pathway_int.h"
#include "record_int.h"
#include "vault/cache.h"

enum {
    INDEX_VERSION = 2,
    SUMMARY_LEN = ID_LEN + 3 + 2,
    SUMMARY_TASK_LEN = 1 + 2 * 8,
    LINE_LEN = ID_LEN + 1 + CASE_CODE_LEN + 3 * 8 + 3 * 4 + 2 * 8 + 1 + 2 + SUMMARY_LEN,
    ROOT_LEN = 2 + 2 * STAMP_LEN + 3 * 8 + VAULT_EVENT_ID_LEN + 2 * 8 + 4 + 4,
};

enum { F_CASE = 1, F_RECORD = 2, F_OFFICE = 4 };

/* ---- bytes */

static void put_summary(struct str *out, const struct card_summary *s)
{
    str_putc(out, (char)s->stage);
    str_putc(out, (char)s->level);
    str_putc(out, (char)s->task_count);
    str_put_u16le(out, s->open_count);
    for (size_t i = 0; i < s->task_count; i++) {
        str_putc(out, (char)s->tasks[i].task);
        str_put_u64le(out, (uint64_t)s->tasks[i].due_ms);
        str_put_u64le(out, (uint64_t)s->tasks[i].warn_ms);
    }
}

/* n: bytes behind the fixed part of the line. The bytes the tasks took; false: not so many. */
static bool get_summary(const unsigned char *p, size_t n, struct card *c, size_t *took)
{
    struct card_summary *s = &c->summary;
    memcpy(c->person, p, ID_LEN);
    p += ID_LEN;
    s->stage = (short)(p[0] == 0xff ? -1 : p[0]);
    s->level = (short)(p[1] == 0xff ? -1 : p[1]);
    s->task_count = p[2];
    s->open_count = (unsigned short)get_u16le(p + 3);
    *took = (size_t)s->task_count * SUMMARY_TASK_LEN;
    if (s->task_count > SUMMARY_TASKS || *took > n) {
        return false;
    }
    p += SUMMARY_LEN - ID_LEN;
    for (size_t i = 0; i < s->task_count; i++, p += SUMMARY_TASK_LEN) {
        s->tasks[i] = (struct card_task){(int64_t)get_u64le(p + 1), (int64_t)get_u64le(p + 9),
                                         p[0]};
    }
    summary_show(c);
    return true;
}

static void put_line(struct str *out, const struct card *c)
{
    const struct record_case *k = &c->info;
    const char *words = c->words != NULL ? c->words : "";
    const size_t initials = strlen(k->initials), len = strlen(words);
    str_put(out, k->id, ID_LEN);
    str_putc(out, (char)((c->has_case ? F_CASE : 0) | (k->has_record ? F_RECORD : 0) |
                         (c->is_by_office ? F_OFFICE : 0)));
    str_put(out, k->code, CASE_CODE_LEN);
    str_put_u64le(out, (uint64_t)k->opened_ms);
    str_put_u64le(out, (uint64_t)k->changed_ms);
    str_put_u64le(out, (uint64_t)k->finished_ms);
    str_put_u32le(out, k->answered);
    str_put_u32le(out, k->asked);
    str_put_u32le(out, k->conflicts);
    str_put_u64le(out, trail_count(c));
    str_put_u64le(out, (uint64_t)trail_last(c));
    str_putc(out, (char)initials);
    str_put_u16le(out, (unsigned)len);
    str_put(out, c->person, ID_LEN);
    put_summary(out, &c->summary);
    str_put(out, k->initials, initials);
    str_put(out, words, len);
}

/* What a case shows that is open for a day only is not written. */
static void put_locked(record *r, struct str *out, const struct card *c)
{
    struct card bare = *c;
    bare.words = NULL;
    card_lock(r, &bare);
    put_line(out, &bare);
    card_words(&bare, NULL);
}

void index_put_page(record *r, size_t page, struct str *out)
{
    static const struct card hole;
    str_put(out, r->cards.stamps[page], STAMP_LEN);
    for (size_t i = page * r->cards.page_len;
         i < (page + 1) * r->cards.page_len && i < r->cards.count; i++) {
        const struct card *c = cards_at(r, i);
        if (c != NULL && c->is_by_office) {
            put_locked(r, out, c);
        } else {
            put_line(out, c != NULL ? c : &hole);
        }
    }
}

/* One line; the bytes it took, 0: none. */
static size_t get_line(const unsigned char *p, size_t n, struct card *c)
{
    if (n < LINE_LEN) {
        return 0;
    }
    struct record_case *k = &c->info;
    memset(c, 0, sizeof *c);
    memcpy(k->id, p, ID_LEN);
    p += ID_LEN;
    c->has_case = *p & F_CASE;
    k->has_record = *p & F_RECORD;
    c->is_by_office = k->is_locked = *p & F_OFFICE;
    memcpy(k->code, p + 1, CASE_CODE_LEN - 1);
    p += 1 + CASE_CODE_LEN;
    k->opened_ms = (int64_t)get_u64le(p);
    k->changed_ms = (int64_t)get_u64le(p + 8);
    k->finished_ms = (int64_t)get_u64le(p + 16);
    k->is_finished = k->finished_ms != 0;
    p += 24;
    k->answered = (unsigned)get_u32le(p);
    k->asked = (unsigned)get_u32le(p + 4);
    k->conflicts = (unsigned)get_u32le(p + 8);
    c->snap_count = (size_t)get_u64le(p + 12);
    c->snap_last = (int64_t)get_u64le(p + 20);
    const size_t initials = p[28], len = get_u16le(p + 29);
    p += 31;
    size_t tasks = 0;
    if (!get_summary(p, n - LINE_LEN, c, &tasks) || n < LINE_LEN + tasks + initials + len ||
        initials >= sizeof k->initials) {
        return 0;
    }
    p += SUMMARY_LEN + tasks;
    memcpy(k->initials, p, initials);
    if (len > 0) {
        c->words = mem_alloc(len + 1);
        memcpy(c->words, p + initials, len);
    }
    return LINE_LEN + tasks + initials + len;
}

static void put_org_rows(record *r, struct str *out)
{
    static const char SQL[] = "SELECT row FROM definition UNION SELECT row FROM setting"
                              " UNION SELECT row FROM handover UNION SELECT row FROM"
                              " handover_said ORDER BY 1";
    db_stmt *s = NULL;
    bool row = false;
    struct str rows = STR_INIT;
    size_t n = r->reason_count;
    if (db_prepare(r->db, SQL, &s, NULL) == ERR_OK) {
        for (; db_step(s, &row, NULL) == ERR_OK && row; n++) {
            str_put_u64le(&rows, (uint64_t)db_col_int(s, 0));
        }
        db_stmt_free(s);
    }
    for (size_t i = 0; i < r->reason_count; i++) {
        str_put_u64le(&rows, (uint64_t)r->reasons[i].row);
    }
    str_put_u32le(out, (unsigned long)n);
    str_put(out, str_cstr(&rows), rows.len);
    str_done(&rows);
}

void index_put_root(record *r, struct str *out)
{
    str_put_u16le(out, INDEX_VERSION);
    str_put(out, r->root_stamp, STAMP_LEN);
    str_put(out, r->pathway_stamp, STAMP_LEN);
    str_put_u64le(out, (uint64_t)r->row);
    str_put_u64le(out, r->past);
    str_put_u64le(out, (uint64_t)r->told_row);
    str_put(out, r->told_id, VAULT_EVENT_ID_LEN);
    str_put_u64le(out, trail_count(&r->audit));
    str_put_u64le(out, (uint64_t)trail_last(&r->audit));
    str_put_u32le(out, (unsigned long)r->cards.page_count);
    for (size_t i = 0; i < r->cards.page_count; i++) {
        str_put(out, r->cards.stamps[i], STAMP_LEN);
    }
    put_org_rows(r, out);
}

/* ---- reading */

struct loading {
    record *r;
    const unsigned char *stamps;
    size_t page_count, seen;
    bool is_good;
    size_t taken;
};

static bool load_page(void *payload, unsigned page, const void *bytes, size_t n)
{
    struct loading *l = payload;
    const unsigned char *p = bytes;
    if (page >= l->page_count) { /* left over from a longer list */
        return true;
    }
    l->is_good = n >= STAMP_LEN && memcmp(p, l->stamps + page * STAMP_LEN, STAMP_LEN) == 0;
    size_t i = (size_t)page * l->r->cards.page_len;
    const size_t end = i + l->r->cards.page_len;
    for (size_t at = STAMP_LEN; l->is_good && at < n; i++) {
        static const unsigned char none[ID_LEN];
        struct card c;
        const size_t took = get_line(p + at, n - at, &c);
        l->is_good = took > 0 && i < end;
        at += took;
        if (l->is_good && memcmp(c.info.id, none, ID_LEN) != 0) {
            cards_set(l->r, i, &c);
        } else {
            card_words(&c, NULL);
        }
    }
    if (l->is_good && l->r->cards.page_count > page) {
        memcpy(l->r->cards.stamps[page], p, STAMP_LEN);
        l->r->cards.dirty[page] = false;
    }
    l->seen++;
    return l->is_good;
}

static bool load_org_row(void *payload, const struct vault_event *e)
{
    struct loading *l = payload;
    l->is_good = record_take(l->r, e) == ERR_OK;
    l->taken++;
    return l->is_good;
}

/* Definitions, settings, reasons: by their rows. */
static bool load_org(record *r, const unsigned char *p, size_t n)
{
    struct loading l = {.r = r, .is_good = true};
    const size_t count = n >= 4 ? (size_t)get_u32le(p) : 0;
    uint64_t skipped = 0;
    if (n < 4 || count > (n - 4) / 8) {
        return false;
    }
    int64_t *rows = mem_alloc((count + 1) * sizeof *rows);
    for (size_t i = 0; i < count; i++) {
        rows[i] = (int64_t)get_u64le(p + 4 + 8 * i);
    }
    const enum err rc = vault_each_rows(r->vault, rows, count, load_org_row, &l, &skipped, NULL);
    free(rows);
    return rc == ERR_OK && l.is_good && skipped == 0 && l.taken == count;
}

static bool same_event(void *payload, const struct vault_event *e)
{
    struct loading *l = payload;
    l->is_good = memcmp(e->id, l->r->told_id, VAULT_EVENT_ID_LEN) == 0;
    return false;
}

/* Is the log the one that the root was written from, perhaps longer by now? */
static bool is_same_log(record *r, int64_t covered)
{
    struct loading l = {.r = r};
    int64_t last = 0;
    if (vault_last_row(r->vault, &last, NULL) != ERR_OK || last < covered) {
        return false;
    }
    if (r->told_row == 0) {
        return covered == 0;
    }
    return vault_each_rows(r->vault, &r->told_row, 1, same_event, &l, NULL, NULL) == ERR_OK &&
           l.is_good;
}

static bool load_all(record *r, const unsigned char *p, size_t n)
{
    if (n < ROOT_LEN || get_u16le(p) != INDEX_VERSION) {
        return false;
    }
    memcpy(r->root_stamp, p + 2, STAMP_LEN);
    p += 2 + STAMP_LEN;
    const bool is_of_pathway = memcmp(p, r->pathway_stamp, STAMP_LEN) == 0;
    p += STAMP_LEN;
    const int64_t covered = (int64_t)get_u64le(p);
    const bool is_of_now = vault_past(r->vault, &r->past, NULL) == ERR_OK &&
                           get_u64le(p + 8) == r->past;
    r->told_row = (int64_t)get_u64le(p + 16);
    memcpy(r->told_id, p + 24, VAULT_EVENT_ID_LEN);
    p += 24 + VAULT_EVENT_ID_LEN;
    r->audit.snap_count = (size_t)get_u64le(p);
    r->audit.snap_last = (int64_t)get_u64le(p + 8);
    struct loading l = {.r = r, .stamps = p + 20, .page_count = (size_t)get_u32le(p + 16)};
    l.is_good = true;
    const size_t rest = n - ROOT_LEN + 4;
    if (!is_of_now || !is_of_pathway || l.page_count > rest / STAMP_LEN ||
        !is_same_log(r, covered) || vault_card_each(r->vault, load_page, &l, NULL) != ERR_OK ||
        !l.is_good || l.seen != l.page_count) {
        return false;
    }
    if (!load_org(r, l.stamps + l.page_count * STAMP_LEN, rest - l.page_count * STAMP_LEN)) {
        return false;
    }
    r->row = r->root_row = covered;
    return true;
}

bool index_load(record *r)
{
    struct str root = STR_INIT;
    bool is_good = vault_snap_get(r->vault, vault_organisation(r->vault), &root, NULL) == ERR_OK &&
                   load_all(r, (const unsigned char *)str_cstr(&root), root.len);
    str_done(&root);
    if (!is_good) {
        cards_clear(r);
        r->audit.snap_count = 0;
        r->audit.snap_last = 0;
        r->row = r->root_row = r->told_row = 0;
        memset(r->root_stamp, 0, STAMP_LEN);
    }
    return is_good;
}

bool index_root(record *r, struct str *out, const unsigned char **stamp, int64_t *row)
{
    const bool is_there = vault_snap_get(r->vault, vault_organisation(r->vault), out, NULL) ==
                              ERR_OK &&
                          out->len >= ROOT_LEN &&
                          get_u16le((const unsigned char *)out->data) == INDEX_VERSION;
    *stamp = is_there ? (const unsigned char *)out->data + 2 : NULL;
    *row = is_there ? (int64_t)get_u64le(*stamp + 2 * STAMP_LEN) : 0;
    return is_there;
}
