/* Two replicas exchange through a folder and through a file; a file that was tampered with is
 * refused whole. */
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../../src/exchange/exchange_int.h"
#include "../vault/team.h"
#include "base/file.h"
#include "exchange/hub.h"

Suite *exchange_hub_suite(void);

static struct hub_count sync_at(vault *v, const char *path)
{
    struct hub_count n;
    struct err_info err = {0};
    const enum err got = hub_sync(v, path, &n, &err);
    ck_assert_msg(got == ERR_OK, "%s in %s", err_name(got), err.origin);
    return n;
}

START_TEST(what_one_writes_the_other_reads_through_the_folder_and_only_once)
{
    struct team t = team_new();
    char dir[160];
    unsigned char id[ID_LEN];
    vault *b = team_join(&t, "B", VAULT_ROLE_CASEWORKER);
    team_dir(&t, "spool", dir);
    ck_assert_int_eq(file_mkdir(dir, NULL), ERR_OK);
    ck_assert_int_eq(vault_compartment_new(t.v[0], id, NULL), ERR_OK);
    ck_assert_int_eq(vault_grant(t.v[0], id, vault_member_id(b), NULL), ERR_OK);
    ck_assert_int_eq(team_write(t.v[0], id, "\"a\""), ERR_OK);
    (void)sync_at(t.v[0], dir);
    ck_assert_uint_gt(sync_at(b, dir).taken, 0);
    ck_assert_str_eq(team_read(b, id), "\"a\"");
    ck_assert_uint_eq(sync_at(b, dir).put, 0);
    ck_assert_int_eq(team_write(b, id, "\"b\""), ERR_OK);
    ck_assert_uint_gt(sync_at(b, dir).put, 0);
    ck_assert_uint_gt(sync_at(t.v[0], dir).taken, 0);
    ck_assert_str_eq(team_read(t.v[0], id), "\"a\" \"b\"");
    team_done(&t);
}
END_TEST

START_TEST(a_file_with_any_byte_changed_or_cut_is_refused_whole)
{
    struct team t = team_new();
    char path[160];
    unsigned char id[ID_LEN];
    struct str whole = STR_INIT;
    struct hub_count n;
    vault *b = team_join(&t, "B", VAULT_ROLE_CASEWORKER);
    team_dir(&t, "bundle", path);
    ck_assert_int_eq(vault_compartment_new(t.v[0], id, NULL), ERR_OK);
    (void)sync_at(t.v[0], path);
    ck_assert_int_eq(file_read(path, 1 << 24, &whole, NULL), ERR_OK);
    const uint64_t before = vault_event_count(b);
    for (size_t i = 0; i < whole.len; i += i < 92 ? 1 : 997) {
        whole.data[i] ^= 1;
        ck_assert_int_eq(file_replace(path, whole.data, whole.len, 0600, NULL), ERR_OK);
        ck_assert_int_ne(hub_file(b, path, &n, NULL), ERR_OK);
        whole.data[i] ^= 1;
    }
    ck_assert_int_eq(file_replace(path, whole.data, whole.len - 1, 0600, NULL), ERR_OK);
    ck_assert_int_eq(hub_file(b, path, &n, NULL), ERR_DAMAGED);
    ck_assert_uint_eq(vault_event_count(b), before);
    ck_assert_int_eq(file_replace(path, whole.data, whole.len, 0600, NULL), ERR_OK);
    ck_assert_uint_gt(sync_at(b, path).taken, 0);
    str_done(&whole);
    team_done(&t);
}
END_TEST

/* Steps until it is done; each without time takes one envelope at most. */
static size_t work_through(vault *v, const char *dir, struct hub_count *n)
{
    size_t steps = 0;
    bool more = true;
    hub_work *w = hub_work_new(v, dir);
    while (more) {
        struct err_info err = {0};
        const enum err got = hub_work_step(w, 0, &more, &err);
        ck_assert_msg(got == ERR_OK, "%s in %s", err_name(got), err.origin);
        ck_assert_uint_lt(++steps, 1000);
    }
    *n = *hub_work_count(w);
    hub_work_free(w);
    return steps;
}

START_TEST(small_steps_carry_the_same_as_one_and_give_nothing_back)
{
    enum { EVENTS = 2500 };
    struct team t = team_new();
    char dir[160];
    unsigned char id[ID_LEN];
    struct hub_count n;
    vault *b = team_join(&t, "B", VAULT_ROLE_CASEWORKER);
    team_dir(&t, "spool", dir);
    ck_assert_int_eq(file_mkdir(dir, NULL), ERR_OK);
    ck_assert_int_eq(vault_compartment_new(t.v[0], id, NULL), ERR_OK);
    ck_assert_int_eq(vault_grant(t.v[0], id, vault_member_id(b), NULL), ERR_OK);
    for (int i = 0; i < EVENTS; i++) {
        ck_assert_int_eq(team_write(t.v[0], id, "\"a\""), ERR_OK);
    }
    ck_assert_uint_ge(work_through(t.v[0], dir, &n), 3);
    ck_assert_uint_ge(n.put, EVENTS);
    ck_assert_uint_ge(work_through(b, dir, &n), 3);
    ck_assert_uint_ge(n.taken, EVENTS);
    ck_assert_uint_eq(n.damaged, 0);
    ck_assert_uint_lt(n.put, EVENTS / 10);
    ck_assert_uint_ge(vault_event_count(b), vault_event_count(t.v[0]));
    ck_assert_uint_eq(work_through(t.v[0], dir, &n), 1);
    ck_assert_uint_eq(n.put, 0);
    team_done(&t);
}
END_TEST

/* A stream of 32 digits with these bytes; its name. */
static void put_stream(const char *dir, unsigned which, const struct str *bytes, char path[240])
{
    snprintf(path, 240, "%s/%032x.spr", dir, which);
    ck_assert_int_eq(file_replace(path, bytes->data, bytes->len, 0600, NULL), ERR_OK);
}

START_TEST(whatever_lies_in_the_folder_is_refused_by_name_and_the_others_are_taken)
{
    struct team t = team_new();
    char dir[160];
    char path[240];
    unsigned char id[ID_LEN];
    struct str junk = STR_INIT;
    vault *b = team_join(&t, "B", VAULT_ROLE_CASEWORKER);
    team_dir(&t, "spool", dir);
    ck_assert_int_eq(file_mkdir(dir, NULL), ERR_OK);
    for (unsigned i = 0; i < 4096; i++) {
        str_putc(&junk, (char)(i * 31));
    }
    put_stream(dir, 1, &junk, path);
    ck_assert_int_eq(truncate(path, (off_t)1 << 40), 0); /* without end, as good as */
    str_clear(&junk);
    str_puts(&junk, "SPEN");
    put_stream(dir, 2, &junk, path); /* cut off in its head */
    snprintf(path, sizeof path, "%s/%032x.spr", dir, 3U);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    snprintf(path, sizeof path, "%s/%032x.spr", dir, 4U);
    ck_assert_int_eq(symlink("/dev/zero", path), 0);
    snprintf(path, sizeof path, "%s/%032x.spr", dir, 5U);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/sprijin-exchange", dir);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_eq(vault_compartment_new(t.v[0], id, NULL), ERR_OK);
    (void)sync_at(t.v[0], dir);
    const struct hub_count n = sync_at(b, dir);
    ck_assert_uint_gt(n.taken, 0);
    ck_assert_uint_eq(n.streams, 6);
    ck_assert_uint_eq(n.damaged, 4);
    ck_assert_uint_eq(n.unfinished, 1);
    const enum err whys[] = {ERR_DAMAGED, ERR_RIGHTS, ERR_RIGHTS, ERR_RIGHTS};
    const unsigned names[] = {1, 3, 4, 5};
    for (size_t i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%032x.spr", names[i]);
        ck_assert_str_eq(n.refused[i].name, path);
        ck_assert_int_eq(n.refused[i].why, whys[i]);
    }
    ck_assert_uint_eq(sync_at(b, dir).taken, 0);
    str_done(&junk);
    team_done(&t);
}
END_TEST

static enum err take_none(void *payload, const unsigned char *bytes, size_t n, struct err_info *err)
{
    (void)payload;
    (void)bytes;
    (void)n;
    (void)err;
    return ERR_OK;
}

START_TEST(a_reader_that_cannot_go_on_is_told_from_a_file_that_is_whole)
{
    uint64_t offset = 0;
    enum child_end end = CHILD_WHOLE;
    const int fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC); /* its first page cannot be read */
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(child_read(fd, &offset, &end, take_none, NULL, NULL), ERR_OK);
    ck_assert_int_eq(end, CHILD_ENDED);
    ck_assert_uint_eq(offset, 0);
    (void)close(fd);
}
END_TEST

Suite *exchange_hub_suite(void)
{
    Suite *s = suite_create("exchange/hub");
    TCase *c = tcase_create("hub");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, what_one_writes_the_other_reads_through_the_folder_and_only_once);
    tcase_add_test(c, small_steps_carry_the_same_as_one_and_give_nothing_back);
    tcase_add_test(c, a_file_with_any_byte_changed_or_cut_is_refused_whole);
    tcase_add_test(c, whatever_lies_in_the_folder_is_refused_by_name_and_the_others_are_taken);
    tcase_add_test(c, a_reader_that_cannot_go_on_is_told_from_a_file_that_is_whole);
    suite_add_tcase(s, c);
    return s;
}
