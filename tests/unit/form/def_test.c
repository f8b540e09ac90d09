/* Loading and checking of forms: what a good form becomes, and what each of the broken forms of
 * tests/fixtures/broken is told, with its place. */
#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

Suite *form_def_suite(void);

static struct form_findings findings_of(const char *yaml, enum err *e)
{
    struct form_findings f = {0};
    struct form_def *def = NULL;
    struct err_info info = {0};
    *e = form_def_load(yaml, strlen(yaml), NULL, &def, &f, &info);
    ck_assert((def == NULL) == (*e != ERR_OK));
    if (*e != ERR_OK) {
        ck_assert_int_eq(info.code, ERR_SYNTAX);
        ck_assert_uint_gt(info.line, 0);
    }
    form_def_free(def);
    return f;
}

/* ---- broken forms */

static char *read_file(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    ck_assert_msg(f != NULL, "%s", path);
    char *text = calloc(1, FORM_MAX_BYTES);
    *n = fread(text, 1, FORM_MAX_BYTES - 1, f);
    fclose(f);
    return text;
}

static const char facts_yaml[] =
    "facts:\n"
    "  - {name: person.surname, type: text, label: {ro: Nume}, sensitivity: identity}\n"
    "  - {name: person.birth, type: date, label: {ro: Data}, sensitivity: identity}\n";

static void check_broken(const char *path)
{
    size_t n, line = 0, column = 0;
    char *text = read_file(path, &n);
    char name[64] = "";
    ck_assert_int_eq(sscanf(text, "# expect: %63s %zu:%zu", name, &line, &column), 3);
    struct form_findings f = {0};
    struct form_facts facts;
    struct form_def *def = NULL;
    ck_assert_int_eq(form_facts_load(facts_yaml, strlen(facts_yaml), &facts, &f, NULL), ERR_OK);
    form_def_load(text, n, &facts, &def, &f, NULL);
    ck_assert_msg(f.count == 1, "%s: %zu findings", path, f.count);
    ck_assert_msg(strcmp(form_finding_name(f.items[0].code), name) == 0 &&
                      f.items[0].line == line && f.items[0].column == column,
                  "%s: %s %zu:%zu", path, form_finding_name(f.items[0].code), f.items[0].line,
                  f.items[0].column);
    ck_assert((def == NULL) == (f.items[0].severity == FORM_ERROR));
    form_def_free(def);
    form_findings_done(&f);
    form_facts_done(&facts);
    free(text);
}

START_TEST(each_broken_form_gets_its_one_finding_at_its_place)
{
    const char *tests = getenv("SPRIJIN_TESTS");
    char folder[512], path[1024];
    snprintf(folder, sizeof folder, "%s/fixtures/broken", tests == NULL ? "tests" : tests);
    DIR *dir = opendir(folder);
    ck_assert_msg(dir != NULL, "%s", folder);
    size_t count = 0;
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        if (str_ends(e->d_name, ".yaml")) {
            snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
            check_broken(path);
            count++;
        }
    }
    closedir(dir);
    ck_assert_uint_ge(count, 40);
}
END_TEST

START_TEST(every_finding_has_a_name_of_its_own)
{
    for (int i = 0; i < FORM_F_COUNT; i++) {
        const char *name = form_finding_name((enum form_finding_code)i);
        ck_assert_str_ne(name, "");
        for (int k = 0; k < i; k++) {
            ck_assert_str_ne(name, form_finding_name((enum form_finding_code)k));
        }
    }
}
END_TEST

START_TEST(a_file_over_two_mebibytes_is_too_large)
{
    const size_t n = FORM_MAX_BYTES + 1;
    char *text = malloc(n);
    memset(text, '#', n);
    struct form_findings f = {0};
    struct form_def *def = NULL;
    ck_assert_int_eq(form_def_load(text, n, NULL, &def, &f, NULL), ERR_SYNTAX);
    ck_assert_int_eq(f.items[0].code, FORM_F_TOO_LARGE);
    form_findings_done(&f);
    free(text);
}
END_TEST

START_TEST(an_error_is_not_lost_behind_many_warnings)
{
    struct str y = STR_INIT;
    str_puts(&y, "form: t\ntitle: {ro: T, ru: T, en: T}\nversion: 1\nsurvey:\n");
    for (int i = 0; i < 700; i++) {
        str_printf(&y, "  - {name: q%d, type: text, label: {ro: Q}}\n", i);
    }
    str_puts(&y, "  - {name: last, type: text, label: Q, fact: x, relevant: '${a'}\n");
    enum err e;
    struct form_findings f = findings_of(str_cstr(&y), &e);
    ck_assert_int_eq(e, ERR_SYNTAX);
    ck_assert_uint_ge(f.errors, 1);
    ck_assert_uint_le(f.count, 1000);
    form_findings_done(&f);
    str_done(&y);
}
END_TEST

START_TEST(findings_are_sorted_by_place_and_a_duplicate_points_to_the_first)
{
    enum err e;
    struct form_findings f = findings_of(HEAD "survey:\n"
                                              "  - {name: a, type: text, label: A, x: 1}\n"
                                              "  - {name: b, type: txet, label: B}\n"
                                              "  - {name: a, type: text, label: A}\n",
                                         &e);
    ck_assert_uint_eq(f.count, 3);
    ck_assert_int_eq(f.items[0].code, FORM_F_UNKNOWN_KEY);
    ck_assert_int_eq(f.items[1].code, FORM_F_UNKNOWN_TYPE);
    ck_assert_int_eq(f.items[2].code, FORM_F_DUPLICATE_NAME);
    ck_assert_uint_eq(f.items[2].line, 7);
    ck_assert_uint_eq(f.items[2].line2, 5);
    form_findings_done(&f);
}
END_TEST

/* ---- good forms */

START_TEST(scalars_are_never_typed)
{
    struct form_def *d = load_form("form: no\ntitle: {ro: 007}\nversion: 2024061001\n" YES_NO
                                   "survey:\n"
                                   "  - {name: yes, type: select_one yes_no, label: 1e3, "
                                   "default: no, required: yes}\n"
                                   "  - {name: m, type: select_multiple many, label: ~}\n");
    ck_assert_str_eq(d->id, "no");
    ck_assert_str_eq(d->title.in[LANG_RO], "007");
    ck_assert_str_eq(d->version, "2024061001");
    ck_assert_str_eq(d->items[0].name, "yes");
    ck_assert_str_eq(d->items[0].label.in[LANG_RO], "1e3");
    ck_assert_str_eq(d->items[0].default_text, "no");
    ck_assert(d->items[0].required_always);
    ck_assert_str_eq(d->items[1].label.in[LANG_RO], "~");
    form_def_free(d);
}
END_TEST

START_TEST(columns_of_xlsform_and_their_aliases_are_accepted)
{
    struct form_def *d = load_form(
        "form_id: t\nform_title: T\nversion: 1\ndefault_language: en\nstyle: pages\n" YES_NO
        "survey:\n"
        "  - tag: a\n    command: select one yes_no\n    caption: Label\n"
        "    \"label::Română (ro)\": Etichetă\n    \"hint:Русский (ru)\": Подсказка\n"
        "    relevance: yes\n    read_only: no\n    media::image: a.png\n    body::x: y\n"
        "    bind:constraint: . != ''\n    parameters: randomize=true\n    choice_filter: x\n"
        "    constraining_message: No\n    save_to: p\n    \"#\": remark\n"
        "  - {name: m, type: select multiple many, label: M}\n");
    const struct form_item *a = &d->items[0];
    ck_assert_int_eq(d->default_lang, LANG_EN);
    ck_assert_str_eq(a->name, "a");
    ck_assert_int_eq(a->type, FORM_T_SELECT_ONE);
    ck_assert_str_eq(a->label.in[LANG_EN], "Label");
    ck_assert_str_eq(a->label.in[LANG_RO], "Etichetă");
    ck_assert_str_eq(a->hint.in[LANG_RU], "Подсказка");
    ck_assert_str_eq(a->constraint_message.in[LANG_EN], "No");
    ck_assert_ptr_nonnull(a->relevant);
    ck_assert_ptr_nonnull(a->constraint);
    ck_assert_int_eq(d->items[1].type, FORM_T_SELECT_MULTIPLE);
    form_def_free(d);
}
END_TEST

START_TEST(a_form_can_belong_to_a_restricted_part_of_the_case)
{
    static const char head[] = "form: t\ntitle: T\nversion: 1\n";
    static const char survey[] = "survey:\n  - {name: a, type: text, label: A}\n";
    static const char *const WORDS[] = {"medical", "psychological"};
    struct str text = STR_INIT;
    for (size_t i = 0; i < 2; i++) {
        str_clear(&text);
        str_printf(&text, "%scompartment: %s\n%s", head, WORDS[i], survey);
        struct form_def *d = load_form(str_cstr(&text));
        ck_assert_str_eq(d->compartment, WORDS[i]);
        form_def_free(d);
    }
    str_clear(&text);
    str_printf(&text, "%s%s", head, survey);
    struct form_def *d = load_form(str_cstr(&text));
    ck_assert_ptr_null(d->compartment);
    form_def_free(d);
    str_done(&text);
}
END_TEST

START_TEST(types_have_their_other_spellings)
{
    struct form_def *d = load_form(HEAD "survey:\n"
                                        "  - {name: a, type: string, label: A}\n"
                                        "  - {name: b, type: int, label: B}\n"
                                        "  - {name: c, type: decimal, label: C}\n"
                                        "  - {name: d, type: date, label: D}\n"
                                        "  - {name: e, type: note, label: E}\n");
    ck_assert_int_eq(d->items[0].type, FORM_T_TEXT);
    ck_assert_int_eq(d->items[1].type, FORM_T_INTEGER);
    ck_assert_str_eq(form_type_name(d->items[2].type), "decimal");
    ck_assert_int_eq(d->items[3].type, FORM_T_DATE);
    ck_assert(!form_type_takes_answer(d->items[4].type));
    form_def_free(d);
}
END_TEST

static const char nested[] = HEAD "survey:\n"
                                  "  - {name: first, type: text, label: F}\n"
                                  "  - group: g\n    label: G\n    survey:\n"
                                  "      - {name: when, type: date, label: W}\n"
                                  "      - group: inner\n        label: I\n        survey:\n"
                                  "          - {name: x, type: text, label: X}\n"
                                  "          - {name: when, type: date, label: W}\n"
                                  "      - {name: y, type: text, label: Y}\n"
                                  "      - {name: c, type: calculate, calculation: '${x}'}\n"
                                  "  - {name: last, type: text, label: L}\n"
                                  "  - {name: note, type: note, label: N}\n";

START_TEST(a_name_used_in_two_groups_gets_a_longer_key)
{
    struct form_def *d = load_form(nested);
    ck_assert_str_eq(d->items[2].key, "g/when");
    ck_assert_str_eq(d->items[5].key, "inner/when");
    ck_assert_str_eq(d->items[4].key, "x");
    ck_assert_int_eq(form_def_find(d, "inner/when"), 5);
    ck_assert_int_eq(form_def_find(d, "x"), 4);
    ck_assert_int_eq(form_def_find(d, "nothing"), -1);
    form_def_free(d);
}
END_TEST

START_TEST(items_stand_in_document_order_with_their_ends)
{
    struct form_def *d = load_form(nested);
    ck_assert_uint_eq(d->count, 10);
    ck_assert_int_eq(d->items[0].end, 1);
    ck_assert_int_eq(d->items[1].end, 8);
    ck_assert_int_eq(d->items[3].end, 6);
    ck_assert_int_eq(d->items[4].parent, 3);
    ck_assert_uint_eq(d->items[0].line, 5);
    ck_assert_uint_eq(d->items[0].column, 5);
    form_def_free(d);
}
END_TEST

START_TEST(pages_hold_the_direct_questions_of_one_group)
{
    struct form_def *d = load_form(nested);
    ck_assert_uint_eq(d->page_count, 4);
    ck_assert_uint_eq(d->section_count, 3);
    ck_assert_int_eq(d->pages[1].group, 1);
    ck_assert_uint_eq(d->pages[1].count, 2);
    ck_assert_int_eq(d->pages[1].items[1], 6);
    ck_assert_int_eq(d->pages[2].group, 3);
    ck_assert_int_eq(d->pages[2].section, 1);
    ck_assert_int_eq(d->sections[1].page_count, 2);
    ck_assert_int_eq(d->sections[2].first_page, 3);
    ck_assert_int_eq(d->sections[2].group, -1);
    ck_assert_int_eq(d->items[7].page, -1);
    form_def_free(d);
}
END_TEST

START_TEST(the_order_puts_what_is_read_before_its_readers)
{
    struct form_def *d = load_form(HEAD "survey:\n"
                                        "  - {name: c, type: calculate, calculation: '${b} + 1'}\n"
                                        "  - {name: b, type: calculate, calculation: '${a} + 1'}\n"
                                        "  - {name: a, type: integer, label: A}\n"
                                        "  - {name: z, type: text, label: Z}\n");
    size_t at[4] = {0};
    ck_assert_uint_eq(d->order_count, 4);
    for (size_t i = 0; i < 4; i++) {
        at[d->order[i]] = i;
    }
    ck_assert(at[2] < at[1] && at[1] < at[0]);
    const int *of_a = d->dependents[2];
    ck_assert(of_a[0] == 1 && of_a[1] == 0 && of_a[2] == -1);
    ck_assert_int_eq(d->dependents[3][0], -1);
    form_def_free(d);
}
END_TEST

START_TEST(relevance_of_a_group_is_inherited_by_the_list_of_dependents)
{
    struct form_def *d = load_form(HEAD "survey:\n"
                                        "  - {name: a, type: text, label: A}\n"
                                        "  - group: g\n    label: G\n    relevant: ${a} = 'x'\n"
                                        "    survey:\n"
                                        "      - {name: b, type: text, label: B}\n");
    const int *of_a = d->dependents[0];
    ck_assert(of_a[0] == 1 && of_a[1] == 2 && of_a[2] == -1);
    form_def_free(d);
}
END_TEST

START_TEST(two_constraints_may_mention_each_other)
{
    struct form_def *d = load_form(
        HEAD "survey:\n"
             "  - {name: a, type: integer, label: A, constraint: '. <= ${b}'}\n"
             "  - {name: b, type: integer, label: B, constraint: '. >= ${a}'}\n");
    ck_assert_int_eq(d->dependents[0][0], 1);
    form_def_free(d);
}
END_TEST

START_TEST(additions_are_kept_as_written)
{
    struct form_def *d = load_form(HEAD "survey:\n"
                                        "  - name: a\n    type: text\n    label: A\n"
                                        "    indicator: control strong\n"
                                        "    weight: {scale: external, points: {yes: 3}}\n"
                                        "    sensitivity: narrative\n    card: yes\n"
                                        "    appearance: multiline\n    was: old\n");
    ck_assert_str_eq(d->items[0].indicator, "control strong");
    ck_assert_str_eq(d->items[0].weight, "{scale: external, points: {yes: 3}}");
    ck_assert_str_eq(d->items[0].sensitivity, "narrative");
    ck_assert_str_eq(d->items[0].appearance, "multiline");
    ck_assert_str_eq(d->items[0].was, "old");
    ck_assert_str_eq(d->items[0].card, "yes");
    form_def_free(d);
}
END_TEST

START_TEST(a_text_falls_back_to_another_language)
{
    const struct form_text t = {{[LANG_RU] = "Да"}};
    ck_assert_str_eq(form_text_get(&t, LANG_RU), "Да");
    ck_assert_str_eq(form_text_get(&t, LANG_EN), "Да");
    const struct form_text none = {{NULL}};
    ck_assert_str_eq(form_text_get(&none, LANG_EN), "");
}
END_TEST

START_TEST(facts_are_refused_when_named_twice_or_of_no_type)
{
    const char yaml[] = "facts:\n  - {name: a.b, type: text, label: A}\n"
                        "  - {name: a.b, type: text, label: A}\n"
                        "  - {name: a.c, type: note, label: A}\n";
    struct form_facts facts;
    struct form_findings f = {0};
    ck_assert_int_eq(form_facts_load(yaml, strlen(yaml), &facts, &f, NULL), ERR_SYNTAX);
    ck_assert_uint_eq(f.count, 2);
    ck_assert_int_eq(f.items[0].code, FORM_F_DUPLICATE_NAME);
    ck_assert_int_eq(f.items[1].code, FORM_F_UNKNOWN_TYPE);
    form_findings_done(&f);
}
END_TEST

Suite *form_def_suite(void)
{
    Suite *s = suite_create("form/def");
    TCase *t = tcase_create("broken");
    tcase_add_test(t, each_broken_form_gets_its_one_finding_at_its_place);
    tcase_add_test(t, every_finding_has_a_name_of_its_own);
    tcase_add_test(t, a_file_over_two_mebibytes_is_too_large);
    tcase_add_test(t, an_error_is_not_lost_behind_many_warnings);
    tcase_add_test(t, findings_are_sorted_by_place_and_a_duplicate_points_to_the_first);
    suite_add_tcase(s, t);
    t = tcase_create("good");
    tcase_add_test(t, scalars_are_never_typed);
    tcase_add_test(t, columns_of_xlsform_and_their_aliases_are_accepted);
    tcase_add_test(t, a_form_can_belong_to_a_restricted_part_of_the_case);
    tcase_add_test(t, types_have_their_other_spellings);
    tcase_add_test(t, a_name_used_in_two_groups_gets_a_longer_key);
    tcase_add_test(t, items_stand_in_document_order_with_their_ends);
    tcase_add_test(t, pages_hold_the_direct_questions_of_one_group);
    tcase_add_test(t, the_order_puts_what_is_read_before_its_readers);
    tcase_add_test(t, relevance_of_a_group_is_inherited_by_the_list_of_dependents);
    tcase_add_test(t, two_constraints_may_mention_each_other);
    tcase_add_test(t, additions_are_kept_as_written);
    tcase_add_test(t, a_text_falls_back_to_another_language);
    tcase_add_test(t, facts_are_refused_when_named_twice_or_of_no_type);
    suite_add_tcase(s, t);
    return s;
}
