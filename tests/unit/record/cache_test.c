/* Lists and cases taken from the caches, whole, lost in part or older than the log, against a view
 * that was made from the whole log and knows no caches. */
#include <check.h>

#include "db/db.h"
#include "record/record_int.h"
#include "world.h"

Suite *record_cache_suite(void);

#define FORM                                                                                       \
    "form: t\ntitle: {en: T}\nversion: 1\nsurvey:\n"                                               \
    "  - {name: surname, type: text, label: S, fact: person.surname}\n"                            \
    "  - {name: age, type: integer, label: A}\n"                                                   \
    "  - {name: note, type: text, label: N}\n"                                                     \
    "  - repeat: kids\n    label: K\n    survey:\n      - {name: name, type: text, label: M}\n"

enum { CASES_MAX = 40, LIVE = 3, PAGE = 4 };

struct story {
    struct world w;
    struct window here, there;
    unsigned char ids[CASES_MAX][ID_LEN];
    size_t cases;
    struct str old_cards[8], old_snaps[8]; /* rows as they were once */
    int64_t old_pages[8];
    unsigned char old_tags[8][16];
    size_t old_card_count, old_snap_count;
    unsigned long long seed;
};

static unsigned dice(struct story *s, unsigned below)
{
    s->seed = s->seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(s->seed >> 33) % below;
}

static void open_small(struct story *s, struct window *win)
{
    const struct record_opening how = {.live_max = LIVE, .page_len = PAGE};
    memset(win, 0, sizeof *win);
    ck_assert_int_eq(vault_open(s->w.vault_dir, &win->v, NULL), ERR_OK);
    ck_assert_int_eq(vault_unlock(win->v, s->w.pass, NULL), ERR_OK);
    ck_assert_int_eq(record_open_as(win->v, s->w.forms_dir, &how, &win->r, NULL), ERR_OK);
}

static void begin_story(struct story *s, unsigned long long seed)
{
    memset(s, 0, sizeof *s);
    s->seed = seed;
    begin_world(&s->w, FORM);
    memcpy(s->ids[s->cases++], s->w.kase.id, ID_LEN);
    open_small(s, &s->here);
    open_small(s, &s->there);
}

static void end_story(struct story *s)
{
    for (size_t i = 0; i < 8; i++) {
        str_done(&s->old_cards[i]);
        str_done(&s->old_snaps[i]);
    }
    close_window(&s->here);
    close_window(&s->there);
    end_world(&s->w);
}

static void new_case(struct story *s, struct window *win)
{
    static const char *const NAMES[] = {"Basm", "Zână", "Șarpe", "", "Хынку"};
    struct record_case made;
    struct record_new_case how = {.surname = NAMES[dice(s, 5)], .given = NAMES[dice(s, 5)]};
    if (s->cases < CASES_MAX) {
        ck_assert_int_eq(record_case_new(win->r, &how, &made, NULL), ERR_OK);
        memcpy(s->ids[s->cases++], made.id, ID_LEN);
    }
}

static void set(record_doc *doc, int node, const char *text)
{
    const struct form_answer a = {.state = FORM_A_VALUE, .text = text};
    (void)record_doc_set(doc, node, a, NULL, NULL); /* refused in a signed record */
}

/* Something is said in one case, perhaps while the other window has it open too. */
static void work(struct story *s, struct window *win)
{
    static const char *const WORDS[] = {"Ileana", "Cosânzeana", "7", "12", "x"};
    char text[24];
    ck_assert_int_eq(
        record_doc_open(win->r, s->ids[dice(s, (unsigned)s->cases)], "t", &win->doc, NULL), ERR_OK);
    snprintf(text, sizeof text, "%u", dice(s, 90));
    for (unsigned i = dice(s, 4); i > 0; i--) {
        set(win->doc, key_in(win, -1, "age"), text);
        set(win->doc, key_in(win, -1, dice(s, 2) ? "note" : "surname"), WORDS[dice(s, 5)]);
    }
    const int kids = key_in(win, -1, "kids");
    int node = -1;
    if (dice(s, 3) == 0 && record_doc_instance_add(win->doc, kids, &node, NULL) == ERR_OK) {
        set(win->doc, key_in(win, node, "name"), WORDS[dice(s, 5)]);
    }
    if (dice(s, 4) == 0 && row_count(win, kids) > 1) {
        (void)record_doc_instance_delete(win->doc, row(win, kids, 0), NULL);
    }
    if (dice(s, 5) == 0) {
        (void)record_doc_pause(win->doc, key_in(win, -1, "note"), NULL);
    }
    if (dice(s, 6) == 0) {
        (void)record_doc_finish(win->doc, NULL);
    }
    record_doc_close(win->doc);
    win->doc = NULL;
}

/* ---- what can happen to the caches */

static db *raw(const struct story *s)
{
    db *d = NULL;
    char *path = file_join(s->w.vault_dir, "vault.db");
    ck_assert_int_eq(db_open(path, false, &d, NULL), ERR_OK);
    free(path);
    return d;
}

static void run_raw(db *d, const char *sql)
{
    ck_assert_int_eq(db_exec(d, sql, NULL), ERR_OK);
}

static void keep_old(struct story *s)
{
    db *d = raw(s);
    db_stmt *q = NULL;
    bool is_row = false;
    size_t n = 0;
    ck_assert_int_eq(
        db_prepare(d, "SELECT page, box FROM card ORDER BY random() LIMIT 8", &q, NULL), ERR_OK);
    for (s->old_card_count = 0; db_step(q, &is_row, NULL) == ERR_OK && is_row;) {
        struct str *box = &s->old_cards[s->old_card_count];
        const void *bytes = db_col_blob(q, 1, &n);
        str_clear(box);
        str_put(box, bytes, n);
        s->old_pages[s->old_card_count++] = db_col_int(q, 0);
    }
    db_stmt_free(q);
    ck_assert_int_eq(db_prepare(d, "SELECT tag, box FROM snap ORDER BY random() LIMIT 8", &q, NULL),
                     ERR_OK);
    for (s->old_snap_count = 0; db_step(q, &is_row, NULL) == ERR_OK && is_row;) {
        struct str *box = &s->old_snaps[s->old_snap_count];
        const void *bytes = db_col_blob(q, 1, &n);
        str_clear(box);
        str_put(box, bytes, n);
        memcpy(s->old_tags[s->old_snap_count++], db_col_blob(q, 0, &n), 16);
    }
    db_stmt_free(q);
    db_close(d);
}

static void put_old_cards(const struct story *s)
{
    db *d = raw(s);
    db_stmt *q = NULL;
    ck_assert_int_eq(db_prepare(d, "UPDATE card SET box = ?2 WHERE page = ?1", &q, NULL), ERR_OK);
    for (size_t i = 0; i < s->old_card_count; i++) {
        db_bind_int(q, 1, s->old_pages[i]);
        db_bind_blob(q, 2, str_cstr(&s->old_cards[i]), s->old_cards[i].len);
        ck_assert_int_eq(db_run(q, NULL), ERR_OK);
    }
    db_stmt_free(q);
    db_close(d);
}

static void put_old_snaps(const struct story *s)
{
    db *d = raw(s);
    db_stmt *q = NULL;
    ck_assert_int_eq(db_prepare(d, "UPDATE snap SET box = ?2 WHERE tag = ?1", &q, NULL), ERR_OK);
    for (size_t i = 0; i < s->old_snap_count; i++) {
        db_bind_blob(q, 1, s->old_tags[i], 16);
        db_bind_blob(q, 2, str_cstr(&s->old_snaps[i]), s->old_snaps[i].len);
        ck_assert_int_eq(db_run(q, NULL), ERR_OK);
    }
    db_stmt_free(q);
    db_close(d);
}

static void harm(struct story *s)
{
    static const char *const HARMS[] = {
        "DELETE FROM snap WHERE tag IN (SELECT tag FROM snap ORDER BY random() LIMIT 2)",
        "DELETE FROM card WHERE page IN (SELECT page FROM card ORDER BY random() LIMIT 1)",
        "DELETE FROM snap",
        "DELETE FROM card",
        "UPDATE snap SET box = (SELECT box FROM snap ORDER BY random() LIMIT 1) WHERE tag IN"
        " (SELECT tag FROM snap ORDER BY random() LIMIT 1)",
        "UPDATE card SET box = zeroblob(length(box))"};
    enum { COUNT = sizeof HARMS / sizeof *HARMS };
    const unsigned which = dice(s, COUNT + 6);
    if (which < COUNT) {
        db *d = raw(s);
        run_raw(d, HARMS[which]);
        db_close(d);
    } else if (which < COUNT + 2) {
        keep_old(s);
    } else if (which < COUNT + 4) {
        put_old_cards(s);
    } else {
        put_old_snaps(s);
    }
}

static void tidy(struct window *win)
{
    bool more = true;
    for (int i = 0; more && i < 20; i++) {
        ck_assert_int_eq(record_tidy(win->r, 1000, &more, NULL), ERR_OK);
    }
    ck_assert(!more);
}

/* ---- comparing */

static void put_list(record *r, const char *filter, enum record_sort sort, struct str *out)
{
    struct record_case *cases = NULL;
    size_t n = 0, total = 0;
    ck_assert_int_eq(record_case_list(r, filter, sort, 0, 100, &cases, &n, &total, NULL), ERR_OK);
    str_printf(out, "%s: %zu\n", filter, total);
    for (size_t i = 0; i < n; i++) {
        str_printf(out, "%s %s %lld %u/%u %u %d%d%d\n", cases[i].code, cases[i].initials,
                   (long long)cases[i].changed_ms, cases[i].answered, cases[i].asked,
                   cases[i].conflicts, cases[i].has_record, cases[i].is_finished,
                   cases[i].is_locked);
    }
    free(cases);
}

static void put_lists(record *r, struct str *out)
{
    for (int sort = RECORD_SORT_CHANGED; sort <= RECORD_SORT_STATE; sort++) {
        put_list(r, "", (enum record_sort)sort, out);
    }
    put_list(r, "ile", RECORD_SORT_CODE, out);
    put_list(r, "basm zana", RECORD_SORT_CHANGED, out);
}

static void compare(struct story *s, struct window *win)
{
    const struct record_opening whole = {.is_whole = true};
    struct str lists = STR_INIT, wanted_lists = STR_INIT, text = STR_INIT, wanted = STR_INIT;
    record *r = NULL;
    ck_assert_int_eq(record_refresh(win->r, NULL, NULL), ERR_OK);
    put_lists(win->r, &lists); /* writes that it searched, so the other is opened after it */
    ck_assert_int_eq(record_dump(win->r, &text, NULL), ERR_OK);
    ck_assert_int_eq(record_open_as(win->v, s->w.forms_dir, &whole, &r, NULL), ERR_OK);
    put_lists(r, &wanted_lists);
    ck_assert_int_eq(record_dump(r, &wanted, NULL), ERR_OK);
    ck_assert_uint_gt(wanted.len, 100);
    ck_assert_str_eq(str_cstr(&lists), str_cstr(&wanted_lists));
    ck_assert_str_eq(str_cstr(&text), str_cstr(&wanted));
    record_close(r);
    str_done(&lists);
    str_done(&wanted_lists);
    str_done(&text);
    str_done(&wanted);
}

static void reopen(struct story *s, struct window *win)
{
    close_window(win);
    open_small(s, win);
}

static void live_on(struct story *s, int steps)
{
    for (int i = 0; i < steps; i++) {
        struct window *win = dice(s, 2) ? &s->here : &s->there;
        switch (dice(s, 9)) {
        case 0:
        case 1: new_case(s, win); break;
        case 2: tidy(win); break;
        case 3: harm(s); break;
        case 4: reopen(s, win); break;
        case 5: ck_assert_int_eq(record_refresh(win->r, NULL, NULL), ERR_OK); break;
        default: work(s, win); break;
        }
        if (i % 10 == 9) {
            compare(s, &s->here);
            compare(s, &s->there);
        }
    }
}

START_TEST(any_history_with_any_loss_of_caches_shows_what_the_whole_log_says)
{
    struct story s;
    begin_story(&s, 77 + (unsigned long long)_i);
    live_on(&s, 60);
    reopen(&s, &s.here);
    compare(&s, &s.here);
    end_story(&s);
}
END_TEST

START_TEST(a_page_or_a_trail_from_before_is_not_taken_for_the_present_one)
{
    struct story s;
    begin_story(&s, 8);
    for (int i = 0; i < 12; i++) {
        new_case(&s, &s.here);
        work(&s, &s.here);
    }
    for (int i = 0; i < 6; i++) {
        tidy(&s.here);
        keep_old(&s);
        for (int k = 0; k < 12; k++) {
            work(&s, &s.here);
        }
        new_case(&s, &s.here);
        tidy(&s.here);
        if (i % 2 == 0) {
            put_old_cards(&s);
        } else {
            put_old_snaps(&s);
        }
        reopen(&s, &s.there);
        compare(&s, &s.there);
    }
    end_story(&s);
}
END_TEST

/* How many events an opening reads. */
static uint64_t rows_read(struct story *s)
{
    struct window win;
    open_small(s, &win);
    const uint64_t total = (uint64_t)(win.r->progress_to - win.r->progress_from);
    close_window(&win);
    return total;
}

START_TEST(a_tidied_vault_opens_without_reading_the_log)
{
    struct story s;
    begin_story(&s, 5);
    for (int i = 0; i < 30; i++) {
        new_case(&s, &s.here);
        work(&s, &s.here);
    }
    ck_assert_uint_gt(rows_read(&s), 100);
    tidy(&s.here);
    ck_assert_uint_eq(rows_read(&s), 0);
    const uint64_t before = vault_event_count(s.here.v);
    work(&s, &s.here);
    ck_assert_uint_eq(rows_read(&s), vault_event_count(s.here.v) - before);
    end_story(&s);
}
END_TEST

START_TEST(cases_that_nobody_works_on_leave_the_view)
{
    struct story s;
    begin_story(&s, 6);
    for (int i = 0; i < 20; i++) {
        new_case(&s, &s.here);
        work(&s, &s.here);
    }
    ck_assert_uint_le(s.here.r->cards.live.count, LIVE);
    db_stmt *q = NULL;
    bool is_row = false;
    ck_assert_int_eq(db_prepare(s.here.r->db, "SELECT count(DISTINCT kase) FROM rec", &q, NULL),
                     ERR_OK);
    ck_assert_int_eq(db_step(q, &is_row, NULL), ERR_OK);
    ck_assert_int_le(db_col_int(q, 0), LIVE);
    db_stmt_free(q);
    end_story(&s);
}
END_TEST

START_TEST(an_event_of_one_case_cannot_reach_a_record_of_another)
{
    struct story s;
    begin_story(&s, 7);
    new_case(&s, &s.here);
    ck_assert_int_eq(record_doc_open(s.here.r, s.ids[0], "t", &s.here.doc, NULL), ERR_OK);
    set(s.here.doc, key_in(&s.here, -1, "age"), "31");
    struct str id = STR_INIT, text = STR_INIT;
    ck_assert(record_query_text(s.here.r, "SELECT id FROM rec WHERE kase <> ?1", "", NULL, &id));
    struct vault_write w;
    jv *body = jv_new_object(), *answer = jv_new_object(), *answers = jv_new_array();
    jv_set_str(answer, "key", "age");
    jv_set_str(answer, "state", "value");
    jv_set_str(answer, "value", "99");
    jv_push(answers, answer);
    jv_set(body, "answers", answers);
    jv_set_str(body, "record", strrchr(str_cstr(&id), '/') + 1);
    record_write(&w, s.ids[1], RECORD_K_ANSWERS, body, &text);
    ck_assert_int_eq(vault_append(s.here.v, &w, 1, NULL, NULL), ERR_OK);
    bool changed = true;
    ck_assert_int_eq(record_doc_refresh(s.here.doc, &changed, NULL), ERR_OK);
    ck_assert(!changed);
    ck_assert_str_eq(form_interview_answer(iv_of(&s.here), key_in(&s.here, -1, "age")).text, "31");
    str_done(&id);
    str_done(&text);
    end_story(&s);
}
END_TEST

Suite *record_cache_suite(void)
{
    Suite *s = suite_create("record/cache");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, any_history_with_any_loss_of_caches_shows_what_the_whole_log_says, 0, 3);
    tcase_add_test(t, a_page_or_a_trail_from_before_is_not_taken_for_the_present_one);
    tcase_add_test(t, a_tidied_vault_opens_without_reading_the_log);
    tcase_add_test(t, cases_that_nobody_works_on_leave_the_view);
    tcase_add_test(t, an_event_of_one_case_cannot_reach_a_record_of_another);
    suite_add_tcase(s, t);
    return s;
}
