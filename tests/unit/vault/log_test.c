/* The log: what is appended is read, by whichever handle or process; nothing readable on disk. */
#include "fixture.h"

#include <sys/wait.h>

#include "base/clock.h"

Suite *vault_log_suite(void);

struct gathered {
    uint64_t count, own_kinds;
    uint64_t last_seq;
    int64_t last_time;
    unsigned last_counter;
    bool unbroken;
    struct str texts;
    char author[65];
};

static bool gather(void *payload, const struct vault_event *e)
{
    struct gathered *g = payload;
    const bool later = e->time_ms > g->last_time ||
                       (e->time_ms == g->last_time && e->counter > g->last_counter);
    g->unbroken = g->unbroken && e->seq == g->last_seq + 1 && later;
    g->last_seq = e->seq;
    g->last_time = e->time_ms;
    g->last_counter = e->counter;
    g->count++;
    if (e->kind < 0x100) {
        g->own_kinds++;
    } else {
        str_put(&g->texts, e->text, e->len);
        str_putc(&g->texts, '\n');
    }
    snprintf(g->author, sizeof g->author, "%s", e->author_name);
    return true;
}

static struct gathered gather_all(vault *v)
{
    struct gathered g = {.unbroken = true};
    uint64_t skipped = 99;
    ck_assert_int_eq(vault_each(v, 0, gather, &g, &skipped, NULL), ERR_OK);
    ck_assert_uint_eq(skipped, 0);
    return g;
}

START_TEST(what_is_appended_is_read_after_opening_again)
{
    struct fixture f = fixture_new();
    unsigned char id[ID_LEN];
    ck_assert_int_eq(vault_compartment_new(f.v, id, NULL), ERR_OK);
    ck_assert_int_eq(fixture_append(f.v, id, "{\"n\":1}"), ERR_OK);
    ck_assert_int_eq(fixture_append(f.v, vault_organisation(f.v), "{\"n\":2}"), ERR_OK);
    vault *v = fixture_open(&f);
    struct gathered g = gather_all(v);
    ck_assert_str_eq(str_cstr(&g.texts), "{\"n\":1}\n{\"n\":2}\n");
    ck_assert(g.unbroken);
    ck_assert_uint_eq(g.count, FIXTURE_OWN + 3);
    ck_assert_uint_eq(g.own_kinds, FIXTURE_OWN + 1);
    ck_assert_uint_eq(vault_event_count(v), FIXTURE_OWN + 3);
    ck_assert_str_eq(g.author, "A. C.");
    ck_assert_str_eq(vault_member_name(v), "A. C.");
    ck_assert_str_eq(vault_zone(v), "Europe/Chisinau");
    ck_assert_int_eq(vault_last_save_ms(v), g.last_time);
    str_done(&g.texts);
    vault_close(v);
    fixture_done(&f);
}
END_TEST

START_TEST(several_events_are_one_transaction)
{
    struct fixture f = fixture_new();
    struct vault_write w[2] = {
        {.kind = FIXTURE_KIND, .text = "{}", .len = 2},
        {.kind = FIXTURE_KIND, .text = "{}", .len = 2},
    };
    unsigned char ids[2][VAULT_EVENT_ID_LEN] = {{0}};
    const uint64_t before = vault_event_count(f.v);
    memcpy(w[0].compartment, vault_organisation(f.v), ID_LEN);
    ck_assert_int_eq(vault_append(f.v, w, 2, ids, NULL), ERR_RIGHTS);
    ck_assert_uint_eq(vault_event_count(f.v), before);
    memcpy(w[1].compartment, vault_organisation(f.v), ID_LEN);
    ck_assert_int_eq(vault_append(f.v, w, 2, ids, NULL), ERR_OK);
    ck_assert_uint_eq(vault_event_count(f.v), before + 2);
    ck_assert_mem_ne(ids[0], ids[1], VAULT_EVENT_ID_LEN);
    w[0].kind = 0x10;
    ck_assert_int_eq(vault_append(f.v, w, 1, ids, NULL), ERR_USAGE);
    fixture_done(&f);
}
END_TEST

START_TEST(a_large_text_comes_back_whole_and_a_larger_one_is_refused)
{
    struct fixture f = fixture_new();
    const size_t max = ((size_t)1 << 20) - ((size_t)64 << 10);
    char *text = malloc(max + 2);
    memset(text, 'x', max + 1);
    text[max + 1] = '\0';
    ck_assert_int_eq(fixture_append(f.v, vault_organisation(f.v), text), ERR_LIMIT);
    text[max] = '\0';
    ck_assert_int_eq(fixture_append(f.v, vault_organisation(f.v), text), ERR_OK);
    struct gathered g = gather_all(f.v);
    ck_assert_uint_eq(g.texts.len, max + 1);
    str_done(&g.texts);
    free(text);
    fixture_done(&f);
}
END_TEST

START_TEST(two_handles_in_turn_make_one_chain)
{
    struct fixture f = fixture_new();
    vault *other = fixture_open(&f);
    for (int i = 0; i < 40; i++) {
        vault *v = i % 3 == 0 ? other : f.v;
        ck_assert_int_eq(fixture_append(v, vault_organisation(v), "{}"), ERR_OK);
    }
    struct gathered g = gather_all(f.v);
    ck_assert(g.unbroken);
    ck_assert_uint_eq(g.count, FIXTURE_OWN + 40);
    struct vault_report report;
    ck_assert_int_eq(vault_verify(other, &report, NULL, NULL, NULL), ERR_OK);
    ck_assert_uint_eq(report.bad, 0);
    ck_assert_uint_eq(report.events, FIXTURE_OWN + 40);
    ck_assert(!report.head_behind);
    str_done(&g.texts);
    vault_close(other);
    fixture_done(&f);
}
END_TEST

static void append_in_child(const struct fixture *f, int count)
{
    vault *v = fixture_open(f);
    for (int i = 0; i < count; i++) {
        ck_assert_int_eq(fixture_append(v, vault_organisation(v), "{}"), ERR_OK);
    }
    vault_close(v);
    _exit(0);
}

START_TEST(two_processes_at_once_make_one_chain)
{
    struct fixture f = fixture_new();
    vault_close(f.v);
    f.v = NULL;
    pid_t child[2];
    for (int i = 0; i < 2; i++) {
        child[i] = fork();
        if (child[i] == 0) {
            append_in_child(&f, 150);
        }
    }
    for (int i = 0; i < 2; i++) {
        int status = -1;
        ck_assert_int_eq(waitpid(child[i], &status, 0), child[i]);
        ck_assert_int_eq(status, 0);
    }
    vault *v = fixture_open(&f);
    struct gathered g = gather_all(v);
    ck_assert(g.unbroken);
    ck_assert_uint_eq(g.count, FIXTURE_OWN + 300);
    struct vault_report report;
    ck_assert_int_eq(vault_verify(v, &report, NULL, NULL, NULL), ERR_OK);
    ck_assert_uint_eq(report.bad, 0);
    str_done(&g.texts);
    vault_close(v);
    fixture_done(&f);
}
END_TEST

START_TEST(another_handle_notices_and_its_own_events_do_not_hide_it)
{
    struct fixture f = fixture_new();
    vault *other = fixture_open(&f);
    ck_assert(!vault_changed(other));
    ck_assert_int_eq(fixture_append(other, vault_organisation(other), "{}"), ERR_OK);
    ck_assert(!vault_changed(other));
    ck_assert(vault_changed(f.v));
    ck_assert(!vault_changed(f.v));
    ck_assert_int_eq(fixture_append(other, vault_organisation(other), "{}"), ERR_OK);
    ck_assert_int_eq(fixture_append(f.v, vault_organisation(f.v), "{}"), ERR_OK);
    ck_assert(vault_changed(f.v));
    vault_close(other);
    fixture_done(&f);
}
END_TEST

static int64_t early(void)
{
    return 1000000;
}

START_TEST(a_clock_put_back_still_orders_the_log)
{
    struct fixture f = fixture_new();
    clock_hook(early);
    ck_assert_int_eq(fixture_append(f.v, vault_organisation(f.v), "{}"), ERR_OK);
    ck_assert_int_eq(fixture_append(f.v, vault_organisation(f.v), "{}"), ERR_OK);
    clock_hook(NULL);
    struct gathered g = gather_all(f.v);
    ck_assert(g.unbroken);
    ck_assert_int_gt(g.last_time, 1000000);
    str_done(&g.texts);
    fixture_done(&f);
}
END_TEST

static bool stop_at_second(void *payload, const struct vault_event *e)
{
    int *count = payload;
    (void)e;
    return ++*count < 2;
}

static bool append_while_reading(void *payload, const struct vault_event *e)
{
    vault *v = payload;
    char before[64];
    snprintf(before, sizeof before, "%.63s", e->text);
    if (e->kind == FIXTURE_KIND && e->len == 2) {
        ck_assert_int_eq(fixture_append(v, vault_organisation(v), "{\"again\":true}"), ERR_OK);
    }
    ck_assert_int_eq(strncmp(before, e->text, strlen(before)), 0);
    return e->len != 14;
}

START_TEST(reading_stops_when_told_and_bears_appending_meanwhile)
{
    struct fixture f = fixture_new();
    int count = 0;
    ck_assert_int_eq(vault_each(f.v, 0, stop_at_second, &count, NULL, NULL), ERR_OK);
    ck_assert_int_eq(count, 2);
    ck_assert_int_eq(fixture_append(f.v, vault_organisation(f.v), "{}"), ERR_OK);
    ck_assert_int_eq(vault_each(f.v, 2, append_while_reading, f.v, NULL, NULL), ERR_OK);
    struct gathered g = gather_all(f.v);
    ck_assert_str_eq(str_cstr(&g.texts), "{}\n{\"again\":true}\n");
    str_done(&g.texts);
    fixture_done(&f);
}
END_TEST

START_TEST(a_note_is_kept_replaced_and_removed)
{
    struct fixture f = fixture_new();
    struct str out = STR_INIT;
    ck_assert_int_eq(vault_note_get(f.v, "place", &out, NULL), ERR_NOT_FOUND);
    ck_assert_int_eq(vault_note_put(f.v, "place", "one", 3, NULL), ERR_OK);
    ck_assert_int_eq(vault_note_put(f.v, "place", "second", 6, NULL), ERR_OK);
    vault *other = fixture_open(&f);
    ck_assert_int_eq(vault_note_get(other, "place", &out, NULL), ERR_OK);
    ck_assert_str_eq(str_cstr(&out), "second");
    ck_assert_int_eq(vault_note_put(other, "place", "", 0, NULL), ERR_OK);
    ck_assert_int_eq(vault_note_get(f.v, "place", &out, NULL), ERR_NOT_FOUND);
    str_done(&out);
    vault_close(other);
    fixture_done(&f);
}
END_TEST

START_TEST(no_file_of_the_vault_holds_a_readable_word)
{
    static const char *const canaries[] = {"CANARYtext", "CANARYnote", "CANARYkey",
                                           "A. C.",      "Chisinau",   "lanterna"};
    struct fixture f = fixture_new();
    struct str names = STR_INIT;
    unsigned char id[ID_LEN];
    ck_assert_int_eq(vault_compartment_new(f.v, id, NULL), ERR_OK);
    ck_assert_int_eq(fixture_append(f.v, id, "{\"x\":\"CANARYtext\"}"), ERR_OK);
    ck_assert_int_eq(vault_note_put(f.v, "CANARYkey", "CANARYnote", 10, NULL), ERR_OK);
    ck_assert_int_eq(file_list(f.dir, "", &names, NULL), ERR_OK);
    int files = 0;
    for (char *name = strtok(names.data, "\n"); name != NULL; name = strtok(NULL, "\n")) {
        struct str bytes = fixture_read(&f, name);
        for (size_t i = 0; i < sizeof canaries / sizeof canaries[0]; i++) {
            ck_assert_msg(memmem(str_cstr(&bytes), bytes.len, canaries[i], strlen(canaries[i])) ==
                              NULL,
                          "%s in %s", canaries[i], name);
        }
        ck_assert_ptr_null(memmem(str_cstr(&bytes), bytes.len, id, ID_LEN));
        files++;
        str_done(&bytes);
    }
    ck_assert_int_ge(files, 3);
    str_done(&names);
    fixture_done(&f);
}
END_TEST

Suite *vault_log_suite(void)
{
    Suite *s = suite_create("vault/log");
    TCase *c = tcase_create("log");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, what_is_appended_is_read_after_opening_again);
    tcase_add_test(c, several_events_are_one_transaction);
    tcase_add_test(c, a_large_text_comes_back_whole_and_a_larger_one_is_refused);
    tcase_add_test(c, two_handles_in_turn_make_one_chain);
    tcase_add_test(c, two_processes_at_once_make_one_chain);
    tcase_add_test(c, another_handle_notices_and_its_own_events_do_not_hide_it);
    tcase_add_test(c, a_clock_put_back_still_orders_the_log);
    tcase_add_test(c, reading_stops_when_told_and_bears_appending_meanwhile);
    tcase_add_test(c, a_note_is_kept_replaced_and_removed);
    tcase_add_test(c, no_file_of_the_vault_holds_a_readable_word);
    suite_add_tcase(s, c);
    return s;
}
