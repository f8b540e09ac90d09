/* Retention: rules are read strictly, terms are counted in calendar months, what falls due is
 * listed with its legal hold, and listing changes nothing. */
#include "world.h"

#include "base/clock.h"
#include "record/retention.h"
#include "vault/safe.h"

Suite *record_retention_suite(void);

#define LABEL "    label: {ro: r, ru: r, en: r}\n"
#define RULES                                                                                      \
    "rules:\n"                                                                                     \
    "  - name: quiet\n" LABEL "    from: changed\n    keep: 18m\n    action: review\n"             \
    "  - name: old\n" LABEL "    from: opened\n    keep: 1y6m\n    action: erase\n"                \
    "  - name: signed\n" LABEL "    from: finished\n    keep: 1m\n    action: erase\n"             \
    "  - name: shut\n" LABEL "    from: closed\n    keep: 1m\n    action: erase\n"

static struct retention_rules rules_of(const char *yaml)
{
    struct retention_rules rules;
    struct err_info err = {0};
    const enum err got = retention_rules_read(yaml, strlen(yaml), &rules, &err);
    ck_assert_msg(got == ERR_OK, "%s line %zu: %s", err_name(got), err.line, err.arg[0]);
    return rules;
}

static void refused(const char *yaml, size_t line)
{
    struct retention_rules rules;
    struct err_info err = {0};
    ck_assert_int_eq(retention_rules_read(yaml, strlen(yaml), &rules, &err), ERR_SYNTAX);
    ck_assert_uint_eq(err.line, line);
}

START_TEST(rules_say_what_they_mean)
{
    struct retention_rules rules = rules_of(RULES);
    ck_assert_uint_eq(rules.count, 4);
    ck_assert_str_eq(rules.items[1].name, "old");
    ck_assert_int_eq(rules.items[1].from, RETENTION_OPENED);
    ck_assert_int_eq(rules.items[1].action, RETENTION_ERASE);
    ck_assert_uint_eq(rules.items[1].keep_months, 18);
    ck_assert_str_eq(form_text_get(&rules.items[1].label, LANG_RU), "r");
    retention_rules_done(&rules);
}
END_TEST

START_TEST(a_mistake_in_a_rule_is_named_by_its_line)
{
    const char *begin = "rules:\n  - name: a\n" LABEL "    from: opened\n    action: erase\n";
    static const char *const terms[] = {"5", "y", "0y", "1m5y", "5y5", "-1y", "200y", "5d", "1y1y"};
    for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
        char text[256];
        snprintf(text, sizeof text, "%s    keep: %s\n", begin, terms[i]);
        refused(text, 6);
    }
    refused("rules:\n  - name: a\n    label: {ro: r, en: r}\n    from: opened\n    keep: 1y\n"
            "    action: erase\n",
            3);
    refused("rules:\n  - name: a\n" LABEL "    from: birth\n    keep: 1y\n    action: erase\n", 4);
    refused("rules:\n  - name: a\n" LABEL "    from: opened\n    keep: 1y\n    action: burn\n", 6);
    refused("rules:\n  - name: a\n    colour: red\n", 3);
    refused("rules: none\n", 1);
}
END_TEST

START_TEST(months_end_where_the_month_ends)
{
    struct date d = retention_add_months((struct date){2023, 8, 31}, 6);
    ck_assert(d.year == 2024 && d.month == 2 && d.day == 29);
    d = retention_add_months((struct date){2024, 12, 31}, 12);
    ck_assert(d.year == 2025 && d.month == 12 && d.day == 31);
    d = retention_add_months((struct date){2024, 1, 15}, 1);
    ck_assert(d.year == 2024 && d.month == 2 && d.day == 15);
}
END_TEST

START_TEST(the_file_that_comes_along_is_read)
{
    struct retention_rules rules;
    ck_assert_int_eq(retention_rules_load("forms", &rules, NULL), ERR_OK);
    ck_assert_uint_gt(rules.count, 0);
    retention_rules_done(&rules);
}
END_TEST

static const char FORM[] = "form: t\nversion: 1\ntitle: {ro: t, ru: t, en: t}\nsurvey:\n"
                           "  - {name: a, type: text, label: {ro: a, ru: a, en: a}}\n";

static size_t due_on(struct window *win, const struct retention_rules *rules, unsigned months,
                     struct retention_due **out)
{
    size_t count = 0;
    *out = NULL;
    ck_assert_int_eq(retention_list(win->r, rules, retention_add_months(clock_today(), months), out,
                                    &count, NULL),
                     ERR_OK);
    return count;
}

START_TEST(a_term_falls_due_on_its_day_and_not_before)
{
    struct world w;
    struct window win;
    struct retention_due *due = NULL;
    struct retention_rules rules = rules_of(RULES);
    clock_zone("Europe/Chisinau");
    begin_world(&w, FORM);
    open_window(&w, &win);
    const uint64_t before = vault_event_count(win.v);
    ck_assert_uint_eq(due_on(&win, &rules, 17, &due), 0);
    free(due);
    /* Neither signed nor closed: those two rules never fall due. */
    ck_assert_uint_eq(due_on(&win, &rules, 18, &due), 2);
    ck_assert_str_eq(due[0].code, w.kase.code);
    ck_assert(!due[0].is_held);
    free(due);
    ck_assert_uint_eq(vault_event_count(win.v), before);
    close_window(&win);
    retention_rules_done(&rules);
    end_world(&w);
}
END_TEST

START_TEST(a_legal_hold_is_shown_beside_what_falls_due)
{
    struct world w;
    struct window win;
    struct retention_due *due = NULL;
    struct retention_rules rules = rules_of(RULES);
    begin_world(&w, FORM);
    open_window(&w, &win);
    ck_assert_int_eq(vault_hold(win.v, w.kase.id, "trial", true, NULL), ERR_OK);
    ck_assert_uint_eq(due_on(&win, &rules, 240, &due), 2);
    ck_assert(due[0].is_held && due[1].is_held);
    free(due);
    ck_assert_int_eq(vault_hold(win.v, w.kase.id, "", false, NULL), ERR_OK);
    ck_assert_uint_eq(due_on(&win, &rules, 240, &due), 2);
    ck_assert(!due[0].is_held && !due[1].is_held);
    free(due);
    close_window(&win);
    retention_rules_done(&rules);
    end_world(&w);
}
END_TEST

START_TEST(an_erased_case_leaves_the_view_of_every_window)
{
    struct world w;
    struct window win, other;
    struct retention_due *due = NULL;
    struct retention_rules rules = rules_of(RULES);
    struct record_case seen;
    begin_world(&w, FORM);
    open_window(&w, &win);
    open_window(&w, &other);
    ck_assert_int_eq(record_case_get(other.r, w.kase.id, &seen, NULL), ERR_OK);
    ck_assert_int_eq(vault_erase_request(win.v, w.kase.id, w.kase.code, "over", NULL), ERR_OK);
    ck_assert_int_eq(record_refresh(win.r, NULL, NULL), ERR_OK);
    ck_assert_int_eq(record_case_get(win.r, w.kase.id, &seen, NULL), ERR_NOT_FOUND);
    ck_assert_int_eq(record_refresh(other.r, NULL, NULL), ERR_OK);
    ck_assert_int_eq(record_case_get(other.r, w.kase.id, &seen, NULL), ERR_NOT_FOUND);
    struct str dump = STR_INIT;
    ck_assert_int_eq(record_dump(other.r, &dump, NULL), ERR_OK);
    ck_assert_ptr_null(strstr(str_cstr(&dump), "Ileana"));
    str_done(&dump);
    ck_assert_uint_eq(due_on(&win, &rules, 240, &due), 0);
    free(due);
    ck_rebuilt(&w, &win);
    close_window(&win);
    close_window(&other);
    retention_rules_done(&rules);
    end_world(&w);
}
END_TEST

Suite *record_retention_suite(void)
{
    Suite *s = suite_create("record/retention");
    TCase *c = tcase_create("retention");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, rules_say_what_they_mean);
    tcase_add_test(c, a_mistake_in_a_rule_is_named_by_its_line);
    tcase_add_test(c, months_end_where_the_month_ends);
    tcase_add_test(c, the_file_that_comes_along_is_read);
    tcase_add_test(c, a_term_falls_due_on_its_day_and_not_before);
    tcase_add_test(c, a_legal_hold_is_shown_beside_what_falls_due);
    tcase_add_test(c, an_erased_case_leaves_the_view_of_every_window);
    suite_add_tcase(s, c);
    return s;
}
