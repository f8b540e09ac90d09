/* One derivation at a time: the lock file, and what others may do to it; and the measured cost. */
#include "../../../src/vault/keyfile_int.h"
#include "fixture.h"

#include <fcntl.h>
#include <sys/file.h>

Suite *vault_kdf_suite(void);

#define NAME "sprijin-kdf.lock"

struct places {
    char bad[64], good[64];
    char bad_file[96], good_file[96];
};

static struct places places_make(void)
{
    struct places p = {.bad = "/tmp/kdf-a-XXXXXX", .good = "/tmp/kdf-b-XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(p.bad));
    ck_assert_ptr_nonnull(mkdtemp(p.good));
    snprintf(p.bad_file, sizeof p.bad_file, "%s/" NAME, p.bad);
    snprintf(p.good_file, sizeof p.good_file, "%s/" NAME, p.good);
    return p;
}

static void places_drop(const struct places *p)
{
    file_remove_tree(p->bad, NULL);
    file_remove_tree(p->good, NULL);
}

static int take(const struct places *p)
{
    const char *const folders[] = {p->bad, NULL, "relative", p->good};
    return kdf_lock(folders, 4, 0);
}

/* Whether a stranger with the file open could have the lock now. */
static bool is_free(const char *file)
{
    const int fd = open(file, O_RDONLY | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    const bool is_ours = flock(fd, LOCK_EX | LOCK_NB) == 0;
    close(fd);
    return is_ours;
}

START_TEST(the_lock_is_held_until_it_is_closed)
{
    const struct places p = places_make();
    const int fd = take(&p);
    ck_assert_int_ge(fd, 0);
    ck_assert(!is_free(p.bad_file));
    ck_assert(!file_exists(p.good_file));
    close(fd);
    ck_assert(is_free(p.bad_file));
    places_drop(&p);
}
END_TEST

START_TEST(a_lock_somebody_keeps_does_not_bar_the_way)
{
    const struct places p = places_make();
    const int theirs = take(&p);
    ck_assert_int_ge(theirs, 0);
    const int ours = take(&p);
    ck_assert_int_ge(ours, 0);
    ck_assert(!is_free(p.bad_file));
    close(ours);
    ck_assert(!is_free(p.bad_file));
    close(theirs);
    places_drop(&p);
}
END_TEST

START_TEST(a_link_a_pipe_or_a_second_name_is_passed_over)
{
    for (int how = 0; how < 4; how++) {
        const struct places p = places_make();
        char other[96];
        snprintf(other, sizeof other, "%s/other", p.bad);
        ck_assert_int_eq(file_replace(other, "x", 1, 0600, NULL), ERR_OK);
        ck_assert_int_eq(how == 0   ? symlink(other, p.bad_file)
                         : how == 1 ? link(other, p.bad_file)
                         : how == 2 ? mkfifo(p.bad_file, 0666)
                                    : mkdir(p.bad_file, 0777),
                         0);
        const int fd = take(&p);
        ck_assert_int_ge(fd, 0);
        ck_assert(is_free(other));
        ck_assert(!is_free(p.good_file));
        close(fd);
        places_drop(&p);
    }
}
END_TEST

START_TEST(without_a_place_for_the_lock_it_goes_on)
{
    const char *const folders[] = {"/nowhere/at/all"};
    ck_assert_int_eq(kdf_lock(folders, 1, 0), -1);
}
END_TEST

START_TEST(a_measured_cost_is_never_below_the_default)
{
    const struct vault_kdf least = VAULT_KDF_DEFAULT;
    const struct vault_kdf found = vault_kdf_settle((struct vault_kdf){0, 0});
    ck_assert_uint_eq(found.mib, least.mib);
    ck_assert_uint_ge(found.passes, least.passes);
    ck_assert_int_eq(kdf_check(found, NULL), ERR_OK);
    const struct vault_kdf given = vault_kdf_settle((struct vault_kdf){19, 2});
    ck_assert_uint_eq(given.mib, 19);
    ck_assert_uint_eq(given.passes, 2);
}
END_TEST

Suite *vault_kdf_suite(void)
{
    Suite *s = suite_create("vault/kdf");
    TCase *c = tcase_create("kdf");
    tcase_add_test(c, the_lock_is_held_until_it_is_closed);
    tcase_add_test(c, a_lock_somebody_keeps_does_not_bar_the_way);
    tcase_add_test(c, a_link_a_pipe_or_a_second_name_is_passed_over);
    tcase_add_test(c, without_a_place_for_the_lock_it_goes_on);
    tcase_add_test(c, a_measured_cost_is_never_below_the_default);
    suite_add_tcase(s, c);
    return s;
}
