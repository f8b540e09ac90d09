/* Saving one answer of a filled interview, against a bare insert of as many bytes. The two take
 * turns in one folder, so that whatever else the disk does meets both. Invariant: nothing but the
 * save itself stands between the two readings of the clocks. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/json.h"
#include "base/str.h"
#include "bench.h"
#include "cli/cli.h"
#include "db/db.h"
#include "record/record.h"
#include "vault/vault.h"

enum { PAIRS = 400, ALONE_PAIRS = 200, ITEMS_MAX = 32, KIND_UNKNOWN = 0x1F0, BYTES_MAX = 8192 };
enum {
    WEAR_COUNT = 6,
    WEAR_BYTES = 900000
}; /* more than the 4 MiB after which the log is reused */

/* One place that saves, and what its saves took. */
struct series {
    double wall_ms[PAIRS];
    double cpu_us; /* all saves together */
    size_t count;
};

struct bench {
    vault *vault;
    record *record;
    record_doc *doc;
    db *log;  /* a second, only reading connection to the vault's database */
    db *bare; /* the yardstick */
    int items[ITEMS_MAX];
    size_t item_count;
    unsigned serial;   /* makes every answer a new one */
    size_t bare_bytes; /* of the next bare insert */
    struct err_info info;
};

static double now_us(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static bool timed(struct series *s, struct bench *b, bool (*save)(struct bench *b))
{
    const double wall = now_us(CLOCK_MONOTONIC);
    const double cpu = now_us(CLOCK_PROCESS_CPUTIME_ID);
    const bool is_good = save(b);
    s->cpu_us += now_us(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    s->wall_ms[s->count++] = (now_us(CLOCK_MONOTONIC) - wall) / 1e3;
    return is_good;
}

static int ascending(const void *a, const void *b)
{
    const double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* Sorts the series. */
static double median(struct series *s)
{
    qsort(s->wall_ms, s->count, sizeof s->wall_ms[0], ascending);
    return s->count == 0 ? NAN : s->wall_ms[s->count / 2];
}

static bool set_text(struct bench *b, int item, enum form_problem *problem)
{
    char text[128];
    snprintf(text, sizeof text, "răspunsul %u, cu vorbele persoanei", ++b->serial);
    const struct form_answer answer = {.state = FORM_A_VALUE, .text = text};
    return record_doc_set(b->doc, item, answer, problem, &b->info) == ERR_OK &&
           record_doc_unsaved(b->doc) == 0;
}

static bool save_answer(struct bench *b)
{
    return set_text(b, b->items[b->serial % b->item_count], NULL);
}

/* Of the size of an answer's event; of a kind that the view leaves alone. */
static bool save_event(struct bench *b)
{
    char text[512];
    const int n = snprintf(text, sizeof text, "{\"serial\":%u,\"filler\":\"%0200d\"}", ++b->serial,
                           0);
    struct vault_write w = {.kind = KIND_UNKNOWN, .text = text, .len = (size_t)n};
    memcpy(w.compartment, record_doc_case(b->doc)->id, ID_LEN);
    return vault_append(b->vault, &w, 1, NULL, &b->info) == ERR_OK;
}

static bool insert_bare(struct bench *b, const void *bytes, size_t n)
{
    static const char SQL[] = "INSERT INTO plain (bytes) VALUES (?1)";
    db_stmt *s = NULL;
    enum err rc = db_prepare(b->bare, SQL, &s, &b->info);
    if (rc == ERR_OK) {
        db_bind_blob(s, 1, bytes, n);
        rc = db_run(s, &b->info);
        db_stmt_free(s);
    }
    return rc == ERR_OK;
}

static bool save_bare(struct bench *b)
{
    static const unsigned char bytes[BYTES_MAX] = {1};
    return insert_bare(b, bytes, b->bare_bytes);
}

/* A log that has been written once round: from then on both databases write over the same bytes
 * instead of making their file longer, which costs the disk more. Both get the same load. */
static bool wear_in(struct bench *b)
{
    const size_t n = WEAR_BYTES + 2;
    char *text = mem_alloc(n + 1);
    memset(text, 'x', n);
    text[0] = text[n - 1] = '"';
    struct vault_write writes[WEAR_COUNT];
    for (size_t i = 0; i < WEAR_COUNT; i++) {
        writes[i] = (struct vault_write){.kind = KIND_UNKNOWN, .text = text, .len = n};
        memcpy(writes[i].compartment, record_doc_case(b->doc)->id, ID_LEN);
    }
    bool is_good = vault_append(b->vault, writes, WEAR_COUNT, NULL, &b->info) == ERR_OK;
    for (size_t i = 0; is_good && i < WEAR_COUNT; i++) {
        is_good = insert_bare(b, text, n);
    }
    free(text);
    return is_good;
}

/* How many bytes the last save added to the log's table. */
static size_t last_row_bytes(struct bench *b)
{
    static const char SQL[] = "SELECT length(tag) + length(box) FROM ev ORDER BY n DESC LIMIT 1";
    db_stmt *s = NULL;
    bool row = false;
    size_t n = 0;
    if (db_prepare(b->log, SQL, &s, &b->info) == ERR_OK && db_step(s, &row, &b->info) == ERR_OK &&
        row) {
        n = (size_t)db_col_int(s, 0);
    }
    db_stmt_free(s);
    return n;
}

/* save and the bare insert in turns, n times. */
static bool take_turns(struct bench *b, size_t n, bool (*save)(struct bench *b),
                       struct series *ours, struct series *bare, double *bytes)
{
    double total = 0;
    for (size_t i = 0; i < n; i++) {
        if (!timed(ours, b, save)) {
            return bench_fail("save", err_name(b->info.code));
        }
        b->bare_bytes = last_row_bytes(b);
        total += (double)b->bare_bytes;
        if (b->bare_bytes == 0 || b->bare_bytes > BYTES_MAX || !timed(bare, b, save_bare)) {
            return bench_fail("bare insert", err_name(b->info.code));
        }
    }
    *bytes = total / (double)n;
    return true;
}

static bool fill_interview(struct bench *b, const char *forms_dir)
{
    struct str text = STR_INIT;
    jv *answers = NULL;
    char *path = file_join(forms_dir, "sample.json");
    enum err rc = file_read(path, FORM_MAX_BYTES, &text, &b->info);
    free(path);
    rc = rc == ERR_OK ? jv_parse(str_cstr(&text), text.len, &answers, &b->info) : rc;
    rc = rc == ERR_OK ? record_doc_hold(b->doc, true, &b->info) : rc;
    rc = rc == ERR_OK ? cli_answers(&(struct cli_target){.doc = b->doc}, answers, &b->info) : rc;
    rc = rc == ERR_OK ? record_doc_hold(b->doc, false, &b->info) : rc;
    jv_free(answers);
    str_done(&text);
    return rc == ERR_OK;
}

/* The open questions of the interview that take any text; a first save of each warms up. */
static bool find_items(struct bench *b)
{
    const struct form_def *def = record_doc_def(b->doc);
    for (size_t i = 0; i < def->count && b->item_count < ITEMS_MAX; i++) {
        enum form_problem problem = FORM_P_OK;
        if (def->items[i].type != FORM_T_TEXT ||
            !form_interview_relevant(record_doc_interview(b->doc), (int)i)) {
            continue;
        }
        if (!set_text(b, (int)i, &problem)) {
            return false;
        }
        if (problem == FORM_P_OK) {
            b->items[b->item_count++] = (int)i;
        }
    }
    return b->item_count > 0;
}

static bool make_vault(struct bench *b, const char *dir)
{
    vault_secret *pass = vault_secret_new();
    vault_secret *sheets[2] = {NULL, NULL};
    vault_secret_generate(pass, LANG_EN, 6);
    const struct vault_create how = {.dir = dir,
                                     .passphrase = pass,
                                     .kdf = {19, 2},
                                     .lang = LANG_EN,
                                     .member_name = "A. C.",
                                     .zone = "Europe/Chisinau"};
    const enum err rc = vault_create(&how, &b->vault, &sheets[0], &sheets[1], &b->info);
    vault_secret_free(sheets[0]);
    vault_secret_free(sheets[1]);
    vault_secret_free(pass);
    return rc == ERR_OK;
}

static bool open_databases(struct bench *b, const char *dir, const char *vault_dir)
{
    char *bare = file_join(dir, "bare.db");
    char *log = file_join(vault_dir, "vault.db");
    enum err rc = db_open(bare, true, &b->bare, &b->info);
    rc = rc == ERR_OK ? db_open(log, false, &b->log, &b->info) : rc;
    if (rc == ERR_OK) {
        rc = db_exec(b->bare, "CREATE TABLE plain(n INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
                     &b->info);
    }
    free(bare);
    free(log);
    return rc == ERR_OK;
}

static bool open_all(struct bench *b, const char *dir, const char *forms_dir)
{
    char *vault_dir = file_join(dir, "vault");
    struct record_case kase;
    bool is_good = make_vault(b, vault_dir) &&
                   record_open(b->vault, forms_dir, &b->record, &b->info) == ERR_OK &&
                   record_case_new(b->record, &(struct record_new_case){0}, &kase, &b->info) ==
                       ERR_OK &&
                   record_doc_open(b->record, kase.id, "identification", &b->doc, &b->info) ==
                       ERR_OK &&
                   fill_interview(b, forms_dir) && open_databases(b, dir, vault_dir) &&
                   wear_in(b) && find_items(b);
    free(vault_dir);
    return is_good || bench_fail("making the vault", err_name(b->info.code));
}

static void close_all(struct bench *b)
{
    db_close(b->bare);
    db_close(b->log);
    record_doc_close(b->doc);
    record_close(b->record);
    vault_close(b->vault);
}

static bool measure_answers(struct bench *b)
{
    struct series ours = {.count = 0}, bare = {.count = 0};
    double bytes = 0;
    if (!take_turns(b, PAIRS, save_answer, &ours, &bare, &bytes)) {
        return false;
    }
    const struct form_progress p = form_interview_progress(record_doc_interview(b->doc));
    printf("# %d pairs; interview with %u of %u questions answered; %.0f bytes a save\n", PAIRS,
           p.answered, p.asked, bytes);
    const double ours_ms = median(&ours), bare_ms = median(&bare);
    bench_line("save of one answer, median", ours_ms, "ms", 0);
    bench_line("bare SQLite insert, median", bare_ms, "ms", 0);
    bench_line("save : bare insert", ours_ms / bare_ms, "x", 1.5);
    bench_line("CPU of one save", ours.cpu_us / PAIRS, "us", 150);
    bench_line("CPU of one bare insert", bare.cpu_us / PAIRS, "us", 0);
    bench_line("CPU of one save beyond it", (ours.cpu_us - bare.cpu_us) / PAIRS, "us", 0);
    return true;
}

static bool measure_events(struct bench *b)
{
    struct series ours = {.count = 0}, bare = {.count = 0};
    double bytes = 0;
    if (!take_turns(b, ALONE_PAIRS, save_event, &ours, &bare, &bytes)) {
        return false;
    }
    const double ours_ms = median(&ours), bare_ms = median(&bare);
    bench_line("append to the log alone : bare insert", ours_ms / bare_ms, "x", 0);
    bench_line("CPU of one append alone", ours.cpu_us / ALONE_PAIRS, "us", 0);
    bench_line("CPU of one append beyond a bare insert", (ours.cpu_us - bare.cpu_us) / ALONE_PAIRS,
               "us", 0);
    return true;
}

bool bench_save(const char *dir, const char *forms_dir)
{
    struct bench *b = mem_alloc(sizeof *b);
    const bool is_good = open_all(b, dir, forms_dir) && measure_answers(b) && measure_events(b);
    close_all(b);
    free(b);
    return is_good;
}
