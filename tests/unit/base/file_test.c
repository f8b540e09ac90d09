/* file: whole, capped, no links, replaced at once. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

Suite *base_file_suite(void);

static char folder[] = "/tmp/sprijin-file-XXXXXX";

static void make_folder(void)
{
    memcpy(strchr(folder, '\0') - 6, "XXXXXX", 6);
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void drop_folder(void)
{
    (void)file_remove_tree(folder, NULL);
}

static void expect_bytes(const char *path, const char *want)
{
    struct str s = STR_INIT;
    ck_assert_int_eq(file_read(path, 1000, &s, NULL), ERR_OK);
    ck_assert_str_eq(str_cstr(&s), want);
    str_done(&s);
}

START_TEST(created_once_then_replaced)
{
    char *path = file_join(folder, "f");
    struct stat st;
    ck_assert(!file_exists(path));
    ck_assert_int_eq(file_create(path, "one", 3, 0600, NULL), ERR_OK);
    ck_assert_int_eq(file_create(path, "two", 3, 0600, NULL), ERR_EXISTS);
    expect_bytes(path, "one");
    ck_assert_int_eq(file_replace(path, "three", 5, 0640, NULL), ERR_OK);
    expect_bytes(path, "three");
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777u, 0640u);
    ck_assert_int_eq(file_replace(path, "", 0, 0600, NULL), ERR_OK);
    expect_bytes(path, "");
    struct str names = STR_INIT;
    ck_assert_int_eq(file_list(folder, "", &names, NULL), ERR_OK);
    ck_assert_str_eq(str_cstr(&names), "f\n");
    str_done(&names);
    free(path);
}
END_TEST

START_TEST(reading_stops_at_the_limit_and_gives_nothing)
{
    char *path = file_join(folder, "f");
    struct str s = STR_INIT;
    struct err_info err = {0};
    ck_assert_int_eq(file_create(path, "12345", 5, 0600, NULL), ERR_OK);
    str_puts(&s, "x");
    ck_assert_int_eq(file_read(path, 4, &s, &err), ERR_LIMIT);
    ck_assert_str_eq(err.arg[0], "f");
    ck_assert_str_eq(str_cstr(&s), "x");
    ck_assert_int_eq(file_read(path, 5, &s, NULL), ERR_OK);
    ck_assert_str_eq(str_cstr(&s), "x12345");
    ck_assert_int_eq(file_read("/nonexistent/f", 5, &s, NULL), ERR_NOT_FOUND);
    ck_assert_int_eq(file_read(folder, 5, &s, NULL), ERR_IO);
    str_done(&s);
    free(path);
}
END_TEST

START_TEST(no_link_is_followed)
{
    char *path = file_join(folder, "f");
    char *alias = file_join(folder, "l");
    struct str s = STR_INIT;
    ck_assert_int_eq(file_create(path, "kept", 4, 0600, NULL), ERR_OK);
    ck_assert_int_eq(symlink(path, alias), 0);
    ck_assert_int_eq(file_read(alias, 100, &s, NULL), ERR_RIGHTS);
    ck_assert_int_eq(file_create(alias, "x", 1, 0600, NULL), ERR_EXISTS);
    ck_assert_int_eq(file_replace(alias, "new", 3, 0600, NULL), ERR_OK);
    expect_bytes(path, "kept");
    expect_bytes(alias, "new");
    str_done(&s);
    free(alias);
    free(path);
}
END_TEST

START_TEST(a_tree_goes_and_what_links_point_to_stays)
{
    char *kept = file_join(folder, "kept");
    char *tree = file_join(folder, "tree");
    char *inner = file_join(tree, "inner");
    char *leaf = file_join(inner, "leaf");
    char *alias = file_join(inner, "alias");
    ck_assert_int_eq(file_mkdir(kept, NULL), ERR_OK);
    ck_assert_int_eq(file_mkdir(tree, NULL), ERR_OK);
    ck_assert_int_eq(file_mkdir(tree, NULL), ERR_EXISTS);
    ck_assert_int_eq(file_mkdir(inner, NULL), ERR_OK);
    ck_assert_int_eq(file_create(leaf, "x", 1, 0600, NULL), ERR_OK);
    ck_assert_int_eq(symlink(kept, alias), 0);
    ck_assert_int_eq(file_remove_tree(alias, NULL), ERR_RIGHTS);
    ck_assert_int_eq(file_remove_tree(tree, NULL), ERR_OK);
    ck_assert(!file_exists(tree));
    ck_assert(file_exists(kept));
    ck_assert_int_eq(file_remove_tree(tree, NULL), ERR_NOT_FOUND);
    free(alias);
    free(leaf);
    free(inner);
    free(tree);
    free(kept);
}
END_TEST

START_TEST(names_are_listed_sorted_by_ending)
{
    static const char *const names[] = {"b.yaml", "a.yaml", "c.txt", "B.yaml"};
    struct str s = STR_INIT;
    for (size_t i = 0; i < 4; i++) {
        char *path = file_join(folder, names[i]);
        ck_assert_int_eq(file_create(path, "", 0, 0600, NULL), ERR_OK);
        free(path);
    }
    ck_assert_int_eq(file_list(folder, ".yaml", &s, NULL), ERR_OK);
    ck_assert_str_eq(str_cstr(&s), "B.yaml\na.yaml\nb.yaml\n");
    ck_assert_int_eq(file_list("/nonexistent", "", &s, NULL), ERR_NOT_FOUND);
    str_done(&s);
}
END_TEST

Suite *base_file_suite(void)
{
    Suite *s = suite_create("base/file");
    TCase *t = tcase_create("file");
    tcase_add_checked_fixture(t, make_folder, drop_folder);
    tcase_add_test(t, created_once_then_replaced);
    tcase_add_test(t, reading_stops_at_the_limit_and_gives_nothing);
    tcase_add_test(t, no_link_is_followed);
    tcase_add_test(t, a_tree_goes_and_what_links_point_to_stays);
    tcase_add_test(t, names_are_listed_sorted_by_ending);
    suite_add_tcase(s, t);
    return s;
}
