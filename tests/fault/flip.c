/* Flipped bits. In a copy of a vault one bit is turned over: in a tag or box of any table, or in
 * the raw bytes of `vault.db`, `keyfile` and `head`. Demanded each time: nothing crashes, nothing
 * is read that was not written, and the change is noticed: by unlocking, or by a report of verify
 * that names the place; what the bit does not belong to stays readable. Raw bytes of the database
 * that mean nothing (free space of a page) may change unnoticed, but then nothing else changes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"
#include "fault.h"
#include "scene.h"

enum { EVENTS = 8, BITS = 8 };

static const struct {
    const char *name, *key;
} tables[] = {{"ev", "tag"},   {"wrap", "tag"},  {"ckey", "tag"}, {"snap", "tag"}, {"epoch", "tag"},
              {"held", "tag"}, {"card", "page"}, {"meta", "k"},   {"quar", "n"}};

static char base_dir[128], run_dir[128];
static vault_secret *sheet; /* of the member */
static unsigned long total; /* events of the base, the vault's own included */

static struct {
    unsigned long passed, failed, unlocking, verifying, harmless;
} tally;

static void copy_file(const char *name)
{
    struct str bytes = STR_INIT;
    char *from = file_join(base_dir, name);
    char *to = file_join(run_dir, name);
    ASSERT(file_read(from, (size_t)16 << 20, &bytes, NULL) == ERR_OK);
    (void)remove(to);
    ASSERT(file_create(to, bytes.data, bytes.len, 0600, NULL) == ERR_OK);
    str_done(&bytes);
    free(to);
    free(from);
}

static void prepare(void)
{
    (void)file_remove_tree(run_dir, NULL);
    ASSERT(file_mkdir(run_dir, NULL) == ERR_OK);
    copy_file("keyfile");
    copy_file("head");
    copy_file("vault.db");
}

static bool count_one(void *payload, const struct vault_event *e)
{
    (void)e;
    ++*(unsigned long *)payload;
    return true;
}

static void make_base(void)
{
    struct scene s = {.v = NULL};
    vault_secret *sheets[1] = {NULL};
    vault_secret *pass = vault_secret_new();
    ASSERT(vault_secret_put(pass, "copac lanterna 0 vapor", 22));
    snprintf(base_dir, sizeof base_dir, "%s/base", fault_folder());
    snprintf(run_dir, sizeof run_dir, "%s/v", fault_folder());
    const struct vault_create how = {.dir = base_dir,
                                     .passphrase = pass,
                                     .kdf = {19, 2},
                                     .lang = LANG_EN,
                                     .member_name = "T. T.",
                                     .zone = "UTC"};
    ASSERT(vault_create(&how, &s.v, &sheets[0], &sheet, NULL) == ERR_OK);
    ASSERT(scene_place(&s, NULL) == ERR_OK);
    for (unsigned i = 0; i < EVENTS; i++) {
        ASSERT(scene_save(&s, i % 2, 1, NULL) == ERR_OK);
    }
    ASSERT(scene_note(&s, NULL) == ERR_OK);
    ASSERT(vault_each(s.v, 0, count_one, &total, NULL, NULL) == ERR_OK);
    scene_close(&s);
    vault_secret_free(sheets[0]);
    vault_secret_free(pass);
}

/* What was found out about the changed copy. */
struct found {
    enum err unlock, sheet, read, note;
    struct err_info err;
    struct vault_report report;
    unsigned long events; /* readable */
    bool is_false;        /* something else was read than had been written */
    bool is_noticed;
};

struct reading {
    unsigned long count, last;
    bool is_false;
};

/* Numbers go up; what a number says can be told from it. */
static bool look(void *payload, const struct vault_event *e)
{
    struct reading *r = payload;
    r->count++;
    if (e->kind == SCENE_KIND) {
        const unsigned long n = e->len > 5 ? strtoul(e->text + 5, NULL, 10) : 0;
        r->is_false = r->is_false || n <= r->last || n > EVENTS ||
                      !scene_is_text(n, e->text, e->len);
        r->last = n;
    }
    return true;
}

static void read_all(struct scene *s, struct found *f)
{
    struct reading r = {.count = 0};
    struct str note = STR_INIT;
    uint64_t skipped = 0;
    f->read = vault_each(s->v, 0, look, &r, &skipped, NULL);
    f->events = r.count;
    f->note = vault_note_get(s->v, "position", &note, NULL);
    f->is_false = r.is_false || (f->note == ERR_OK && !scene_is_text(1, str_cstr(&note), note.len));
    const enum err got = vault_verify(s->v, &f->report, NULL, NULL, NULL);
    const struct vault_report *p = &f->report;
    f->is_noticed = got != ERR_OK || p->bad > 0 || p->head_behind || p->database_damaged ||
                    p->keyfile_damaged;
    str_done(&note);
}

static struct found find_out(void)
{
    struct found f = {.read = ERR_OK};
    struct scene s = {.v = NULL};
    snprintf(s.dir, sizeof s.dir, "%s", run_dir);
    f.unlock = scene_open(&s, &f.err);
    if (f.unlock == ERR_OK) {
        read_all(&s, &f);
    }
    scene_close(&s);
    f.sheet = vault_open(run_dir, &s.v, NULL);
    if (f.sheet == ERR_OK) {
        f.sheet = vault_unlock_sheet(s.v, sheet, NULL);
        scene_close(&s);
    }
    return f;
}

/* Is one of the places that verify names this table or file? */
static bool names(const struct vault_report *r, const char *place)
{
    for (size_t i = 0; i < r->finding_count; i++) {
        if (str_eq(r->findings[i].table, place)) {
            return true;
        }
    }
    return (str_eq(place, "keyfile") && r->keyfile_damaged) ||
           (str_eq(place, "head") && r->head_behind);
}

/* "" or what is wrong. lost: so many events may have become unreadable; table NULL: a raw byte. */
static const char *judge(const struct found *f, const char *table, unsigned long lost)
{
    if (f->is_false) {
        return "something else was read than was written";
    }
    if (f->unlock != ERR_OK) {
        tally.unlocking++;
        return f->unlock == ERR_USAGE || f->unlock == ERR_NO ? "the error is not clear" : "";
    }
    if (f->events + lost < total) {
        return "more became unreadable than the bit belongs to";
    }
    if (!f->is_noticed && f->sheet != ERR_OK) {
        tally.unlocking++;
        return "";
    }
    if (!f->is_noticed && table == NULL && f->events == total && f->note == ERR_OK) {
        tally.harmless++;
        return "";
    }
    if (!f->is_noticed) {
        return "nobody noticed";
    }
    tally.verifying++;
    return table != NULL && !names(&f->report, table) ? "verify does not name the place" : "";
}

static void try_it(const char *table, const char *what, long row, size_t at, unsigned long lost)
{
    struct found f = find_out();
    const char *wrong = judge(&f, table, lost);
    tally.passed += wrong[0] == '\0' ? 1 : 0;
    if (wrong[0] != '\0') {
        tally.failed++;
        printf("%s %s %ld, bit %zu: %s (%s at %s %s, read %lu of %lu, place %s)\n",
               table == NULL ? "raw" : table, what, row, at, wrong, err_name(f.unlock),
               f.err.origin != NULL ? f.err.origin : "-", f.err.arg[0], f.events, total,
               f.report.finding_count > 0 ? f.report.findings[0].table : "-");
    }
    vault_report_done(&f.report);
}

static void run_sql(sqlite3 *d, const char *sql)
{
    ASSERT(sqlite3_exec(d, sql, NULL, NULL, NULL) == SQLITE_OK);
}

/* Turns over one bit of a value and writes it back under the n-th key. */
static void flip_value(sqlite3 *d, size_t table, const char *column, long row, size_t bit)
{
    sqlite3_stmt *s = NULL;
    char *sql = sqlite3_mprintf("SELECT %s, %s FROM %s ORDER BY %s LIMIT 1 OFFSET %ld", column,
                                tables[table].key, tables[table].name, tables[table].key, row);
    ASSERT(sqlite3_prepare_v2(d, sql, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW);
    const int n = sqlite3_column_bytes(s, 0);
    unsigned char *bytes = mem_alloc((size_t)n);
    memcpy(bytes, sqlite3_column_blob(s, 0), (size_t)n);
    bytes[bit / BITS] ^= (unsigned char)(1u << bit % BITS);
    sqlite3_value *key = sqlite3_value_dup(sqlite3_column_value(s, 1));
    (void)sqlite3_finalize(s);
    sqlite3_free(sql);
    sql = sqlite3_mprintf("UPDATE %s SET %s = ?1 WHERE %s = ?2", tables[table].name, column,
                          tables[table].key);
    ASSERT(sqlite3_prepare_v2(d, sql, -1, &s, NULL) == SQLITE_OK);
    (void)sqlite3_bind_blob(s, 1, bytes, n, SQLITE_TRANSIENT);
    (void)sqlite3_bind_value(s, 2, key);
    ASSERT(sqlite3_step(s) == SQLITE_DONE && sqlite3_changes(d) == 1);
    (void)sqlite3_finalize(s);
    sqlite3_free(sql);
    sqlite3_value_free(key);
    free(bytes);
}

static sqlite3 *open_raw(const char *dir)
{
    sqlite3 *d = NULL;
    char *path = file_join(dir, "vault.db");
    ASSERT(sqlite3_open(path, &d) == SQLITE_OK);
    free(path);
    return d;
}

/* How many events may go with a row: of ev that one, of a key those it opens, else none. */
static unsigned long lost_with(const char *table)
{
    if (str_eq(table, "ev")) {
        return 1;
    }
    return str_eq(table, "ckey") ? total : 0;
}

static void flip_row(size_t table, const char *column, long row, size_t bits, unsigned long step)
{
    for (size_t bit = (size_t)row % BITS; bit < bits; bit += step) {
        prepare();
        sqlite3 *d = open_raw(run_dir);
        flip_value(d, table, column, row, bit);
        (void)sqlite3_close(d);
        try_it(tables[table].name, column, row + 1, bit, lost_with(tables[table].name));
    }
}

static void flip_column(size_t table, const char *column, unsigned long step)
{
    sqlite3 *d = open_raw(base_dir);
    sqlite3_stmt *s = NULL;
    char *sql = sqlite3_mprintf("SELECT length(%s) FROM %s ORDER BY %s", column, tables[table].name,
                                tables[table].key);
    long row = 0;
    ASSERT(sqlite3_prepare_v2(d, sql, -1, &s, NULL) == SQLITE_OK);
    while (sqlite3_step(s) == SQLITE_ROW) {
        flip_row(table, column, row++, BITS * (size_t)sqlite3_column_int(s, 0), step);
    }
    (void)sqlite3_finalize(s);
    sqlite3_free(sql);
    (void)sqlite3_close(d);
}

static void flip_file(const char *name, unsigned long step)
{
    struct str bytes = STR_INIT;
    char *from = file_join(base_dir, name);
    char *to = file_join(run_dir, name);
    ASSERT(file_read(from, (size_t)16 << 20, &bytes, NULL) == ERR_OK);
    for (size_t bit = 0; bit < bytes.len * BITS; bit += step) {
        prepare();
        bytes.data[bit / BITS] = (char)(bytes.data[bit / BITS] ^ (1 << bit % BITS));
        ASSERT(remove(to) == 0 && file_create(to, bytes.data, bytes.len, 0600, NULL) == ERR_OK);
        bytes.data[bit / BITS] = (char)(bytes.data[bit / BITS] ^ (1 << bit % BITS));
        /* A page that is damaged takes all its rows with it. */
        try_it(str_eq(name, "vault.db") ? NULL : name, name, 0, bit,
               str_eq(name, "vault.db") ? total : 0);
    }
    str_done(&bytes);
    free(from);
    free(to);
}

int fault_flip(unsigned long step)
{
    make_base();
    sqlite3 *d = open_raw(base_dir);
    run_sql(d, "PRAGMA wal_checkpoint(TRUNCATE)");
    (void)sqlite3_close(d);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        flip_column(i, "box", step);
        if (!str_eq(tables[i].name, "card") && !str_eq(tables[i].name, "quar")) {
            flip_column(i, tables[i].key, step);
        }
    }
    flip_file("keyfile", step);
    flip_file("head", step);
    flip_file("vault.db", step * 16);
    vault_secret_free(sheet);
    printf("noticed when unlocking %lu, by verify %lu; without meaning %lu\n", tally.unlocking,
           tally.verifying, tally.harmless);
    printf("%lu passed, %lu failed\n", tally.passed, tally.failed);
    return tally.failed == 0 ? 0 : 1;
}
