/* catalog: .mo bytes, plural rules, contexts, damage. */
#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/catalog.h"
#include "base/str.h"

Suite *base_catalog_suite(void);

struct pair {
    const char *key;
    size_t key_len;
    const char *value;
    size_t value_len;
};

#define PAIR(k, v)                                                                                 \
    {                                                                                              \
        k, sizeof(k) - 1, v, sizeof(v) - 1                                                         \
    }

/* Sorted by key. */
static const struct pair pairs[] = {
    PAIR("", "Content-Type: text/plain; charset=UTF-8\n"),
    PAIR("case\0cases", "caz\0cazuri\0de cazuri"),
    PAIR("empty", ""),
    PAIR("few\0fews", "unul"),
    PAIR("menu\004Open", "Deschide meniul"),
    PAIR("Open", "Deschide"),
};

static int by_key(const void *a, const void *b)
{
    const struct pair *x = a;
    const struct pair *y = b;
    return strcmp(x->key, y->key);
}

static void put_u32(struct str *s, unsigned long v, bool big)
{
    if (!big) {
        str_put_u32le(s, v);
        return;
    }
    for (int shift = 24; shift >= 0; shift -= 8) {
        str_putc(s, (char)(v >> shift & 0xFF));
    }
}

static void build(struct str *mo, bool big)
{
    enum { N = sizeof pairs / sizeof pairs[0], KEYS = 28, VALUES = KEYS + 8 * N };
    struct pair sorted[N];
    struct str text = STR_INIT;
    memcpy(sorted, pairs, sizeof pairs);
    qsort(sorted, N, sizeof sorted[0], by_key);
    const unsigned long header[7] = {0x950412DEul, 0, N, KEYS, VALUES, 0, 0};
    for (int i = 0; i < 7; i++) {
        put_u32(mo, header[i], big);
    }
    for (int table = 0; table < 2; table++) {
        for (int i = 0; i < N; i++) {
            const size_t len = table == 0 ? sorted[i].key_len : sorted[i].value_len;
            put_u32(mo, len, big);
            put_u32(mo, VALUES + 8 * N + text.len, big);
            str_put(&text, table == 0 ? sorted[i].key : sorted[i].value, len + 1);
        }
    }
    str_put(mo, text.data, text.len);
    str_done(&text);
}

static void expect_texts(bool big)
{
    struct str mo = STR_INIT;
    catalog *c = NULL;
    build(&mo, big);
    ck_assert_int_eq(catalog_open(mo.data, mo.len, LANG_RO, &c, NULL), ERR_OK);
    ck_assert_str_eq(catalog_get(c, "Open"), "Deschide");
    ck_assert_str_eq(catalog_get(c, "Close"), "Close");
    ck_assert_str_eq(catalog_get(c, "empty"), "empty");
    ck_assert_str_eq(catalog_get(c, ""), "");
    ck_assert_str_eq(catalog_get_ctx(c, "menu", "Open"), "Deschide meniul");
    ck_assert_str_eq(catalog_get_ctx(c, "door", "Open"), "Open");
    ck_assert_str_eq(catalog_get_plural(c, "case", "cases", 1), "caz");
    ck_assert_str_eq(catalog_get_plural(c, "case", "cases", 5), "cazuri");
    ck_assert_str_eq(catalog_get_plural(c, "case", "cases", 20), "de cazuri");
    ck_assert_str_eq(catalog_get_plural(c, "few", "fews", 20), "fews");
    ck_assert_str_eq(catalog_get_plural(c, "none", "nones", 2), "nones");
    ck_assert_int_eq(catalog_lang(c), LANG_RO);
    catalog_close(c);
    str_done(&mo);
}

START_TEST(texts_are_found_in_either_byte_order)
{
    expect_texts(false);
    expect_texts(true);
}
END_TEST

START_TEST(no_catalogue_gives_the_text_itself)
{
    ck_assert_str_eq(catalog_get(NULL, "a"), "a");
    ck_assert_str_eq(catalog_get_plural(NULL, "a", "b", 1), "a");
    ck_assert_str_eq(catalog_get_plural(NULL, "a", "b", 0), "b");
    ck_assert_int_eq(catalog_lang(NULL), LANG_EN);
    catalog_close(NULL);
}
END_TEST

START_TEST(no_damage_is_read_past_the_end)
{
    struct str mo = STR_INIT;
    build(&mo, false);
    for (size_t n = 0; n < mo.len; n++) {
        catalog *c = NULL;
        char *cut = malloc(n + 1); /* its own block, so that a reader past it is caught */
        ck_assert_ptr_nonnull(cut);
        memcpy(cut, mo.data, n);
        ck_assert_int_eq(catalog_open(cut, n, LANG_RO, &c, NULL), ERR_DAMAGED);
        ck_assert_ptr_null(c);
        free(cut);
    }
    for (size_t i = 8; i < 28 + 8 * 12; i++) {
        catalog *c = NULL;
        const char before = mo.data[i];
        mo.data[i] = (char)0xFF;
        if (catalog_open(mo.data, mo.len, LANG_RO, &c, NULL) == ERR_OK) {
            (void)catalog_get_plural(c, "case", "cases", 20);
            catalog_close(c);
        }
        mo.data[i] = before;
    }
    str_done(&mo);
}
END_TEST

START_TEST(plural_forms_follow_each_language)
{
    static const struct {
        unsigned long n;
        unsigned ro;
        unsigned ru;
        unsigned en;
    } table[] = {{0, 1, 2, 1},   {1, 0, 0, 0},   {2, 1, 1, 1},   {5, 1, 2, 1},   {11, 1, 2, 1},
                 {12, 1, 2, 1},  {19, 1, 2, 1},  {20, 2, 2, 1},  {21, 2, 0, 1},  {22, 2, 1, 1},
                 {100, 2, 2, 1}, {101, 1, 0, 1}, {111, 1, 2, 1}, {112, 1, 2, 1}, {121, 2, 0, 1}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        ck_assert_uint_eq(lang_plural(LANG_RO, table[i].n), table[i].ro);
        ck_assert_uint_eq(lang_plural(LANG_RU, table[i].n), table[i].ru);
        ck_assert_uint_eq(lang_plural(LANG_EN, table[i].n), table[i].en);
    }
}
END_TEST

START_TEST(languages_are_known_by_many_names)
{
    static const struct {
        const char *text;
        enum lang lang;
    } table[] = {{"ro", LANG_RO},      {"ro_MD.UTF-8", LANG_RO}, {"Română (ro)", LANG_RO},
                 {"RU", LANG_RU},      {"Русский", LANG_RU},     {"en-GB", LANG_EN},
                 {"English", LANG_EN}, {"de_DE", LANG_COUNT},    {"C", LANG_COUNT},
                 {"", LANG_COUNT},     {"rod", LANG_COUNT},      {"r", LANG_COUNT}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        ck_assert_msg(lang_parse(table[i].text) == table[i].lang, "%s", table[i].text);
    }
    ck_assert_str_eq(lang_code(LANG_RU), "ru");
}
END_TEST

Suite *base_catalog_suite(void)
{
    Suite *s = suite_create("base/catalog");
    TCase *t = tcase_create("catalog");
    tcase_add_test(t, texts_are_found_in_either_byte_order);
    tcase_add_test(t, no_catalogue_gives_the_text_itself);
    tcase_add_test(t, no_damage_is_read_past_the_end);
    tcase_add_test(t, plural_forms_follow_each_language);
    tcase_add_test(t, languages_are_known_by_many_names);
    suite_add_tcase(s, t);
    return s;
}
