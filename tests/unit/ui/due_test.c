/* The focus of Today and of the agenda is on a task, whatever comes and goes around it. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "../../../src/ui/due_int.h"

Suite *ui_due_suite(void);

static const struct pathway_task CALL = {.name = "call"}, VISIT = {.name = "visit"};

/* Cases by a letter, each with a task: "a", "b" calls; "B" is the visit of b. */
static void take(struct ui_due *d, const char *cases)
{
    const size_t n = strlen(cases);
    struct record_agenda_row *const rows = mem_alloc((n + 1) * sizeof *rows);
    for (size_t i = 0; i < n; i++) {
        const bool is_visit = cases[i] < 'a';
        rows[i].task = is_visit ? &VISIT : &CALL;
        memset(rows[i].case_id, is_visit ? cases[i] - 'A' : cases[i] - 'a', ID_LEN);
    }
    ui_due_take(d, rows, n);
}

START_TEST(the_focus_follows_its_task_when_others_come_and_go_before_it)
{
    struct ui_due d = {.rows = NULL};
    take(&d, "abc");
    ck_assert_uint_eq(d.list.at, 0);
    d.list.at = 1;
    take(&d, "xyabc");
    ck_assert_uint_eq(d.list.at, 3);
    take(&d, "bc");
    ck_assert_uint_eq(d.list.at, 0);
    take(&d, "cBb"); /* another task of the same case is another one */
    ck_assert_uint_eq(d.list.at, 2);
    ui_due_drop(&d);
}
END_TEST

START_TEST(where_its_task_is_done_it_stays_in_the_list)
{
    struct ui_due d = {.rows = NULL};
    take(&d, "abc");
    d.list.at = 2;
    take(&d, "ab");
    ck_assert_uint_eq(d.list.at, 1);
    take(&d, "");
    ck_assert_uint_eq(d.list.count, 0);
    ck_assert_uint_eq(d.list.at, 0);
    take(&d, "ab");
    ck_assert_uint_eq(d.list.at, 0);
    ui_due_drop(&d);
}
END_TEST

START_TEST(a_place_is_found_again_by_its_task)
{
    struct ui_due d = {.rows = NULL}, again = {.rows = NULL};
    jv *const place = jv_new_object();
    take(&d, "abB");
    d.list.at = 2;
    ui_due_save(&d, place);
    take(&again, "Bxab");
    again.list.at = 3;
    ui_due_restore(&again, place);
    ck_assert_uint_eq(again.list.at, 0);
    jv_free(place);
    ui_due_drop(&d);
    ui_due_drop(&again);
}
END_TEST

Suite *ui_due_suite(void)
{
    Suite *s = suite_create("ui/due");
    TCase *c = tcase_create("due");
    tcase_add_test(c, the_focus_follows_its_task_when_others_come_and_go_before_it);
    tcase_add_test(c, where_its_task_is_done_it_stays_in_the_list);
    tcase_add_test(c, a_place_is_found_again_by_its_task);
    suite_add_tcase(s, c);
    return s;
}
