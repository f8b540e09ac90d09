/* Repeats within repeats down to the deepest allowed: what a name, a place and a predicate mean
 * from inside, from outside and from beside; and what a record is called. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "form/interview.h"
#include "load.h"

Suite *form_nested_suite(void);

#define NOW_MS 1795435200000
#define DEEP   FORM_MAX_GROUPS

static form_interview *begin(const struct form_def *def)
{
    form_interview *iv = form_interview_new(def, NOW_MS);
    form_interview_start(iv, true);
    return iv;
}

static int item(const form_interview *iv, const char *key)
{
    const int at = form_def_find(form_interview_def(iv), key);
    ck_assert_msg(at >= 0, "no question %s", key);
    return at;
}

/* The container of a repeat within an instance. */
static int inner(form_interview *iv, int instance, const char *repeat)
{
    struct str at = STR_INIT;
    form_interview_at(iv, instance, &at);
    const int container = form_interview_find(iv, str_cstr(&at), repeat);
    ck_assert(form_interview_is_container(iv, container));
    str_done(&at);
    return container;
}

static int row_of(const form_interview *iv, int container, size_t i)
{
    size_t n;
    const int *rows = form_interview_instances(iv, container, &n);
    ck_assert_uint_lt(i, n);
    return rows[i];
}

/* The node of key within the i-th instance of a container. */
static int within(const form_interview *iv, int container, size_t i, const char *key)
{
    return form_interview_node(iv, item(iv, key), row_of(iv, container, i));
}

static void put(form_interview *iv, int node, const char *text)
{
    ck_assert_int_eq(form_interview_set(iv, node, (struct form_answer){FORM_A_VALUE, text}),
                     FORM_P_OK);
}

static int add(form_interview *iv, int container)
{
    const int made = form_interview_instance_add(iv, container, NULL, -1);
    ck_assert_int_ge(made, 0);
    return made;
}

#define ck_value(iv, node, text) ck_assert_str_eq(form_interview_value(iv, node), text)

/* r1 holds v1 and r2, r2 holds v2 and r3, ...; at the bottom a name looks up through all of them. */
static struct form_def *deep_form(void)
{
    struct str y = STR_INIT;
    str_puts(&y, HEAD "survey:\n");
    int indent = 2;
    for (int d = 1; d <= DEEP; d++, indent += 4) {
        str_printf(&y, "%*s- repeat: r%d\n%*s  label: R\n%*s  survey:\n", indent, "", d, indent, "",
                   indent, "");
        str_printf(&y, "%*s    - {name: v%d, type: integer, label: V}\n", indent, "", d);
    }
    str_printf(&y, "%*s- {name: top, type: calculate, calculation: \"${v1}\"}\n", indent, "");
    str_printf(&y, "%*s- {name: all, type: calculate, calculation: \"${v1} + ${v%d} + ${v%d}\"}\n",
               indent, "", DEEP / 2, DEEP);
    str_printf(&y, "%*s- {name: place, type: calculate, calculation: \"position(..)\"}\n", indent,
               "");
    str_printf(&y, "  - {name: sum, type: calculate, calculation: \"sum(${v%d})\"}\n", DEEP);
    str_printf(&y, "  - {name: rows, type: calculate, calculation: \"count(${r%d})\"}\n", DEEP);
    struct form_def *def = load_form(str_cstr(&y));
    str_done(&y);
    return def;
}

START_TEST(a_name_is_found_through_all_repeats_from_inside_and_from_outside)
{
    struct form_def *def = deep_form();
    form_interview *iv = begin(def);
    char key[16];
    const int second = add(iv, item(iv, "r1"));
    int near = second;
    for (int d = 1; d <= DEEP; d++) {
        snprintf(key, sizeof key, "v%d", d);
        put(iv, form_interview_node(iv, item(iv, key), near), "2");
        snprintf(key, sizeof key, "r%d", d + 1);
        if (d < DEEP) {
            const int container = inner(iv, near, key);
            near = d == DEEP - 1 ? add(iv, container) : row_of(iv, container, 0);
        }
    }
    ck_value(iv, form_interview_node(iv, item(iv, "top"), near), "2");
    ck_value(iv, form_interview_node(iv, item(iv, "all"), near), "6");
    ck_value(iv, form_interview_node(iv, item(iv, "place"), near), "2");
    ck_value(iv, item(iv, "rows"), "3");
    const int first = row_of(iv, item(iv, "r1"), 0);
    ck_value(iv, form_interview_node(iv, item(iv, "top"), first), "");
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

#define HOUSES                                                                                     \
    HEAD YES_NO                                                                                    \
        "survey:\n"                                                                                \
        "  - {name: houses, type: integer, label: H}\n"                                            \
        "  - repeat: house\n    label: House\n    repeat_count: \"${houses}\"\n    survey:\n"      \
        "      - {name: rooms, type: integer, label: R}\n"                                         \
        "      - {name: kind, type: select_one yes_no, label: K}\n"                                \
        "      - {name: changed, type: text, label: C, trigger: \"${kind}\",\n"                    \
        "         calculation: \"concat(position(..), jr:choice-name(${kind}, '${kind}'))\"}\n"    \
        "      - repeat: room\n        label: Room\n        repeat_count: \"${rooms}\"\n"          \
        "        survey:\n"                                                                        \
        "          - {name: size, type: integer, label: S}\n"                                      \
        "          - {name: share, type: calculate, calculation: \"${size} div "                   \
        "sum(../../room[size > 0]/size)\""                                                         \
        "}\n"                                                                                      \
        "          - {name: first, type: calculate,\n"                                             \
        "             calculation: \"indexed-repeat(${size}, ${house}, 1, ${room}, "               \
        "position(..))\"}\n"                                                                       \
        "      - {name: last_size, type: calculate, calculation: \"${room}[last()]/size\"}\n"      \
        "      - {name: large, type: calculate, calculation: \"count(${room}[size > 10])\"}\n"     \
        "  - {name: total, type: calculate, calculation: \"sum(${size})\"}\n"                      \
        "  - {name: second, type: calculate, calculation: \"/data/house[2]/room[1]/size\"}\n"      \
        "  - {name: yes, type: calculate, calculation: \"count(${house}[kind = 'yes'])\"}\n"

static form_interview *two_houses(const struct form_def *def)
{
    form_interview *iv = begin(def);
    put(iv, item(iv, "houses"), "2");
    for (size_t h = 0; h < 2; h++) {
        put(iv, within(iv, item(iv, "house"), h, "rooms"), h == 0 ? "2" : "3");
        const int room = inner(iv, row_of(iv, item(iv, "house"), h), "room");
        for (size_t r = 0; r < h + 2; r++) {
            const char *sizes[] = {"5", "15", "20"};
            put(iv, within(iv, room, r, "size"), sizes[r]);
        }
    }
    return iv;
}

START_TEST(counts_places_and_predicates_work_in_nested_rows)
{
    struct form_def *def = load_form(HOUSES);
    form_interview *iv = two_houses(def);
    const int house = item(iv, "house");
    ck_value(iv, item(iv, "total"), "60");
    ck_value(iv, item(iv, "second"), "5");
    ck_value(iv, within(iv, house, 0, "last_size"), "15");
    ck_value(iv, within(iv, house, 1, "last_size"), "20");
    ck_value(iv, within(iv, house, 0, "large"), "1");
    ck_value(iv, within(iv, house, 1, "large"), "2");
    const int room = inner(iv, row_of(iv, house, 1), "room");
    ck_value(iv, within(iv, room, 2, "share"), "0.5");
    ck_value(iv, within(iv, room, 1, "first"), "15");
    ck_value(iv, within(iv, room, 2, "first"), "");
    put(iv, within(iv, house, 1, "rooms"), "1");
    ck_value(iv, item(iv, "total"), "25");
    put(iv, within(iv, house, 1, "rooms"), "3");
    ck_value(iv, item(iv, "total"), "60");
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

START_TEST(a_trigger_in_a_row_runs_in_that_row_only)
{
    struct form_def *def = load_form(HOUSES);
    form_interview *iv = two_houses(def);
    const int house = item(iv, "house");
    put(iv, within(iv, house, 1, "kind"), "yes");
    ck_value(iv, within(iv, house, 1, "changed"), "2Da");
    ck_value(iv, within(iv, house, 0, "changed"), "");
    ck_value(iv, item(iv, "yes"), "1");
    put(iv, within(iv, house, 1, "changed"), "own words");
    put(iv, within(iv, house, 0, "kind"), "no");
    ck_value(iv, within(iv, house, 0, "changed"), "1Nu");
    ck_value(iv, within(iv, house, 1, "changed"), "own words");
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

START_TEST(a_seed_from_an_answer_orders_choices_alike_each_time)
{
    struct form_def *def = load_form(HEAD YES_NO
                                     "survey:\n  - {name: seed, type: integer, label: S}\n"
                                     "  - {name: m, type: select_one many, label: M,\n"
                                     "     parameters: \"randomize=true seed=${seed}\"}\n"
                                     "  - {name: same, type: calculate, calculation: \"join(' ', "
                                     "randomize(instance('many')/root/item/name, 42))\"}\n");
    form_interview *a = begin(def), *b = begin(def);
    bool has_moved = false;
    for (int seed = 1; seed <= 6; seed++) {
        char text[16];
        size_t n, m;
        snprintf(text, sizeof text, "%d", seed);
        put(a, 0, text);
        put(b, 0, text);
        const struct form_choice *const *x = form_interview_choices(a, 1, &n);
        const struct form_choice *const *y = form_interview_choices(b, 1, &m);
        ck_assert_uint_eq(n, 3);
        ck_assert_uint_eq(m, 3);
        for (size_t i = 0; i < n; i++) {
            ck_assert_str_eq(x[i]->name, y[i]->name);
            has_moved = has_moved || strcmp(x[i]->name, def->choices[1].items[i].name) != 0;
        }
    }
    ck_assert(has_moved);
    ck_assert_str_eq(form_interview_value(a, 2), form_interview_value(b, 2));
    ck_assert_uint_eq(strlen(form_interview_value(a, 2)), 5);
    form_interview_free(a);
    form_interview_free(b);
    form_def_free(def);
}
END_TEST

START_TEST(a_record_is_called_what_its_form_says)
{
    struct form_def *def = load_form(
        HEAD "instance_name: \"concat(${a}, ' · ', ${n})\"\n"
             "survey:\n  - {name: a, type: text, label: A, default: x}\n"
             "  - {name: n, type: calculate, calculation: \"string-length(${a})\"}\n");
    form_interview *iv = begin(def);
    ck_assert_str_eq(form_interview_name(iv), "x · 1");
    put(iv, 0, "abc");
    ck_assert_str_eq(form_interview_name(iv), "abc · 3");
    form_interview_free(iv);
    form_def_free(def);
    def = load_form(HEAD "survey:\n  - {name: a, type: text, label: A}\n");
    iv = begin(def);
    ck_assert_str_eq(form_interview_name(iv), "");
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

START_TEST(the_answer_of_the_record_before_is_blank)
{
    struct form_def *def = load_form(
        HEAD
        "survey:\n  - {name: a, type: text, label: \"Not ${last-saved#a}: ${a}\"}\n"
        "  - {name: b, type: calculate, calculation: \"coalesce(${last-saved#a}, 'none')\"}\n");
    form_interview *iv = begin(def);
    struct str s = STR_INIT;
    put(iv, 0, "x");
    form_interview_label_at(iv, 0, &def->items[0].label, LANG_RO, &s);
    ck_assert_str_eq(str_cstr(&s), "Not : x");
    ck_value(iv, 1, "none");
    str_done(&s);
    form_interview_free(iv);
    form_def_free(def);
}
END_TEST

static bool has_towns(void *payload, const char *name)
{
    (void)payload;
    return strcmp(name, "towns.csv") == 0;
}

START_TEST(files_that_are_not_beside_are_told_once_each)
{
    static const char FORM[] = HEAD YES_NO
        "survey:\n  - {name: t, type: select_one_from_file towns.csv, label: T}\n"
        "  - {name: p, type: select_one_from_file people.xml, label: P}\n"
        "  - {name: x, type: calculate, calculation: \"pulldata('roads', 'a', 'b', "
        "'c')\"}\n"
        "  - {name: y, type: calculate, calculation: \"pulldata('roads', 'd', 'b', "
        "'c')\"}\n"
        "  - {name: z, type: calculate, calculation: \"count(instance('many')/root/"
        "item)\"}\n";
    struct form_def *def = load_form(FORM);
    struct form_findings f = {0};
    form_def_check_files(def, FORM, strlen(FORM), has_towns, NULL, &f);
    ck_assert_uint_eq(f.count, 2);
    ck_assert_uint_eq(f.errors, 2);
    ck_assert_str_eq(f.items[0].arg[0], "people.xml");
    ck_assert_str_eq(f.items[1].arg[0], "roads.csv");
    ck_assert_uint_eq(f.items[1].line, f.items[0].line + 1);
    form_findings_done(&f);
    form_def_free(def);
}
END_TEST

Suite *form_nested_suite(void)
{
    Suite *s = suite_create("form/nested");
    TCase *t = tcase_create("all");
    tcase_add_test(t, a_name_is_found_through_all_repeats_from_inside_and_from_outside);
    tcase_add_test(t, counts_places_and_predicates_work_in_nested_rows);
    tcase_add_test(t, a_trigger_in_a_row_runs_in_that_row_only);
    tcase_add_test(t, a_seed_from_an_answer_orders_choices_alike_each_time);
    tcase_add_test(t, a_record_is_called_what_its_form_says);
    tcase_add_test(t, the_answer_of_the_record_before_is_blank);
    tcase_add_test(t, files_that_are_not_beside_are_told_once_each);
    suite_add_tcase(s, t);
    return s;
}
