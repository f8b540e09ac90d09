/* utf8 and fold: text as Unicode, the gate for shown text, the search key, the display order. */
#include <check.h>
#include <string.h>

#include "base/utf8.h"

Suite *base_utf8_suite(void);

static void fold(const char *text, struct str *out)
{
    utf8_fold(out, text, strlen(text));
}

static void expect_fold(const char *a, const char *b, bool same)
{
    struct str x = STR_INIT;
    struct str y = STR_INIT;
    fold(a, &x);
    fold(b, &y);
    ck_assert_msg(str_eq(str_cstr(&x), str_cstr(&y)) == same, "%s (%s) %s %s (%s)", a, str_cstr(&x),
                  same ? "must equal" : "must differ from", b, str_cstr(&y));
    str_done(&x);
    str_done(&y);
}

START_TEST(spellings_of_one_name_give_one_key)
{
    static const char *const pairs[][2] = {
        {"Șevciuc", "Şevciuc"},
        {"Șevciuc", "Sevciuc"},
        {"Șevciuc", "Шевчук"},
        {"Șevciuc", "Shevchuk"},
        {"Hîncu", "Hâncu"},
        {"Hîncu", "Hincu"},
        {"Hîncu", "Хынку"},
        {"Ion", "И\xD0\xBEн"},
        {"Ион", "Иoн"},
        {"Ion", "Иoн"},
        {"Пётр", "Петр"},
        {"Țurcanu", "Turcanu"},
        {"Țurcanu", "Ţurcanu"},
        {"Țurcanu", "Цуркану"},
        {"Ceban", "Чебан"},
        {"Cheban", "Чебан"},
        {"Gheorghe", "Георге"},
        {"Chiril", "Кирил"},
        {"Кирилл", "Chirill"},
        {"Maria", "Мария"},
        {"Iulia", "Юлия"},
        {"Natalia", "Наталья"},
        {"Elena", "Елена"},
        {"Andrei", "Андрей"},
        {"Ciobanu", "Чобану"},
        {"Jana", "Жана"},
        {"Zhanna", "Жанна"},
        {"Щербаков", "Șcerbacov"},
        {"Щербаков", "Shcherbakov"},
        {"Dmitrii", "Дмитрий"},
        {"Alexandru", "Александру"},
        {"Лук'янов", "Лукʼянов"},
        {"Giurgiu", "Джурджу"},
        {"ION", "ion"},
        {"Ștefan  Rusu", "stefan rusu"},
        {"Rusu-Lupu", "Rusu Lupu"},
        {"Scherbakov", "Щербаков"},
        {"Șchiopu", "Шкиопу"},
        {"  Ion. ", "Ion"},
        {"Дмитрo", "Дмитро"},
        {"Corina", "Корина"},
        {"Ґанна", "Ganna"},
        {"Cтепан", "Степан"},
        {"s\xCC\xA6tefan", "ștefan"},
        {"Виктория", "Victoria"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        expect_fold(pairs[i][0], pairs[i][1], true);
    }
}
END_TEST

START_TEST(different_names_give_different_keys)
{
    static const char *const pairs[][2] = {
        {"Ion", "Ioan"},
        {"Rusu", "Russo"},
        {"Maria", "Marina"},
        {"Ana", "Ina"},
        {"Ceban", "Cebotari"},
        {"Lupu", "Lupan"},
        {"Petru", "Pavel"},
        {"Шевчук", "Шевченко"},
        {"Vasile", "Basile"},
        {"Sava", "Zava"},
        {"Hâncu", "Dîncu"},
        {"Dan", "Tan"},
        {"Gheorghe", "Cheorche"},
        {"Jana", "Sana"},
        {"Иван", "Ион"},
        {"Rusu Lupu", "Rusulupu"},
        {"11", "1"},
        {"Elena", "Ilona"},
        {"Mihai", "Mihail"},
        {"Цуркан", "Цыган"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        expect_fold(pairs[i][0], pairs[i][1], false);
    }
}
END_TEST

START_TEST(folding_appends_and_keeps_single_blanks)
{
    struct str out = STR_INIT;
    str_puts(&out, "x|");
    fold(" , Ana...  Rusu! ", &out);
    ck_assert_str_eq(str_cstr(&out), "x|ana rusu");
    fold("?!", &out);
    ck_assert_str_eq(str_cstr(&out), "x|ana rusu");
    str_clear(&out);
    fold("ь a ь b ь", &out);
    ck_assert_str_eq(str_cstr(&out), "a b");
    str_clear(&out);
    str_puts(&out, "x|ana rusu");
    fold("\xFF\xFEzu", &out);
    ck_assert_str_eq(str_cstr(&out), "x|ana rusuzu");
    str_done(&out);
}
END_TEST

START_TEST(decoding_refuses_what_is_not_utf8)
{
    static const char *const bad[] = {"\x80",         "\xC0\xAF",         "\xE0\x80\x80",
                                      "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF8",
                                      "\xC3",         "\xE2\x82",         "a\xFF"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_msg(!utf8_valid(bad[i], strlen(bad[i])), "case %zu", i);
    }
    ck_assert(utf8_valid("a\xEF\xBF\xBD ș 😀", strlen("a\xEF\xBF\xBD ș 😀")));
    ck_assert(utf8_valid("", 0));
    uint32_t cp = 0;
    ck_assert_uint_eq(utf8_next("\xE2\x82", 2, &cp), 1);
    ck_assert_uint_eq(cp, 0xFFFD);
    ck_assert_uint_eq(utf8_next("", 0, &cp), 0);
    ck_assert_uint_eq(utf8_length("aș😀", strlen("aș😀")), 3);
}
END_TEST

START_TEST(every_code_point_comes_back_as_it_was)
{
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp += cp < 0x3000 ? 1 : 97) {
        char bytes[4];
        uint32_t back = 0;
        const size_t n = utf8_put(bytes, cp);
        ck_assert_uint_eq(utf8_next(bytes, n, &back), n);
        ck_assert_uint_eq(back, cp >= 0xD800 && cp <= 0xDFFF ? 0xFFFD : cp);
    }
}
END_TEST

START_TEST(clusters_hold_together_both_ways)
{
    static const char *const parts[] = {
        "a", "e\xCC\x81\xCC\x82", "\r\n", "🇲🇩", "👩‍👩‍👧", "ш", "й"};
    struct str text = STR_INIT;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        str_puts(&text, parts[i]);
    }
    size_t at = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        ck_assert_uint_eq(utf8_grapheme(text.data + at, text.len - at), strlen(parts[i]));
        const size_t next = at + strlen(parts[i]);
        ck_assert_uint_eq(utf8_grapheme_back(text.data, next), at);
        at = next;
    }
    ck_assert_uint_eq(utf8_grapheme_back(text.data, 0), 0);
    str_done(&text);
}
END_TEST

START_TEST(cells_are_counted_by_cluster)
{
    ck_assert_uint_eq(utf8_width("Șevciuc", strlen("Șevciuc")), 7);
    ck_assert_uint_eq(utf8_width("e\xCC\x81", 3), 1);
    ck_assert_uint_eq(utf8_width("漢字", strlen("漢字")), 4);
    ck_assert_uint_eq(utf8_width("🇲🇩", strlen("🇲🇩")), 2);
    ck_assert_int_eq(utf8_cp_width(0x0301), 0);
    ck_assert_int_eq(utf8_cp_width(7), 0);
    ck_assert_int_eq(utf8_cp_width(0x2500), 1);
    ck_assert_uint_eq(utf8_fit("漢字", strlen("漢字"), 3), 3);
    ck_assert_uint_eq(utf8_fit("ae\xCC\x81z", 5, 2), 4);
    ck_assert_uint_eq(utf8_fit("abc", 3, 0), 0);
}
END_TEST

START_TEST(normal_form_composes_and_turns_cedillas_to_commas)
{
    struct str out = STR_INIT;
    const char *text = "e\xCC\x81 Ş ş Ţ ţ s\xCC\xA7 \xFF и\xCC\x86";
    utf8_normalize(&out, text, strlen(text));
    ck_assert_str_eq(str_cstr(&out), "é Ș ș Ț ț ș \xEF\xBF\xBD й");
    str_done(&out);
}
END_TEST

START_TEST(normal_form_orders_marks_and_keeps_the_order_of_like_ones)
{
    struct str out = STR_INIT;
    const char *text = "q\xCC\x81\xCC\xA3 q\xCC\x81\xCC\x80 \xEA\xB0\x81";
    utf8_normalize(&out, text, strlen(text));
    ck_assert_str_eq(str_cstr(&out), "q\xCC\xA3\xCC\x81 q\xCC\x81\xCC\x80 \xEA\xB0\x81");
    str_done(&out);
}
END_TEST

START_TEST(normal_form_stays_in_the_memory_it_is_given)
{
    int32_t points[4] = {0, 0, 0, 77};
    const char *text = "e\xCC\x81\xC5\x9F"; /* five bytes, four points on the way */
    ck_assert_uint_eq(utf8_normalize_points(points, 3, text, strlen(text)), SIZE_MAX);
    ck_assert_int_eq(points[3], 77);
    ck_assert_uint_eq(utf8_normalize_points(points, 4, text, strlen(text)), 2);
    ck_assert_int_eq(points[0], 0xE9);
    ck_assert_int_eq(points[1], 0x219);
    ck_assert_uint_eq(utf8_normalize_points(points, 0, "", 0), 0);
}
END_TEST

static void expect_clean(const char *text, bool keep, const char *want)
{
    struct str out = STR_INIT;
    utf8_clean(&out, text, strlen(text), keep);
    ck_assert_str_eq(str_cstr(&out), want);
    str_done(&out);
}

START_TEST(nothing_that_steers_a_terminal_passes)
{
    expect_clean("a\x1B[31mb", false, "a\xEF\xBF\xBD[31mb");
    expect_clean("a\tb", false, "a b");
    expect_clean("a\nb", true, "a\nb");
    expect_clean("a\nb", false,
                 "a\xEF\xBF\xBD"
                 "b");
    expect_clean("\xC2\x9B"
                 "2J",
                 false,
                 "\xEF\xBF\xBD"
                 "2J");
    expect_clean("\x7F", false, "\xEF\xBF\xBD");
    expect_clean("a\xE2\x80\xAE"
                 "b\xE2\x80\x8B",
                 false,
                 "a\xEF\xBF\xBD"
                 "b\xEF\xBF\xBD");
    expect_clean("\xEE\x80\x80", false, "\xEF\xBF\xBD");
    expect_clean("\xE2\x80\xA8", true, "\xEF\xBF\xBD");
    expect_clean("Șevciuc Шевчук", false, "Șevciuc Шевчук");
}
END_TEST

START_TEST(marks_are_few_and_have_a_base)
{
    expect_clean("a\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81"
                 "b",
                 false,
                 "a\xCC\x81\xCC\x81\xCC\x81\xCC\x81"
                 "b");
    expect_clean("\xCC\x81"
                 "a",
                 false,
                 "\xEF\xBF\xBD"
                 "a");
    expect_clean("x\n\xCC\x81", true, "x\n\xEF\xBF\xBD");
}
END_TEST

START_TEST(small_letters_by_unicode)
{
    struct str out = STR_INIT;
    utf8_lower(&out, "ȘTEFAN ЁЖ", strlen("ȘTEFAN ЁЖ"));
    ck_assert_str_eq(str_cstr(&out), "ștefan ёж");
    str_done(&out);
}
END_TEST

static void expect_order(const char *const *words, size_t n, const char *lang)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            const int want = i < j ? -1 : i > j;
            const int got = utf8_collate(words[i], words[j], lang);
            ck_assert_msg((got > 0) - (got < 0) == want, "%s: %s, %s", lang, words[i], words[j]);
        }
    }
}

START_TEST(words_stand_in_the_order_of_the_alphabet)
{
    static const char *const ro[] = {"",   "7",  "ab",  "az",   "ăa",   "âa",  "ba",
                                     "ia", "îa", "ja",  "rar",  "sz",   "Șa",  "tz",
                                     "Ța", "ua", "zid", "арка", "ёлка", "ель", "жар"};
    static const char *const ru[] = {"арка", "ёлка", "ель", "ем", "жар", "иней",
                                     "йод",  "кот",  "ada", "șa", "sb"};
    static const char *const en[] = {"age", "ăge", "agf", "sa", "șa", "sb"};
    expect_order(ro, sizeof ro / sizeof ro[0], "ro");
    expect_order(ru, sizeof ru / sizeof ru[0], "ru");
    expect_order(en, sizeof en / sizeof en[0], "en");
}
END_TEST

Suite *base_utf8_suite(void)
{
    Suite *s = suite_create("base/utf8");
    TCase *t = tcase_create("utf8");
    tcase_add_test(t, spellings_of_one_name_give_one_key);
    tcase_add_test(t, different_names_give_different_keys);
    tcase_add_test(t, folding_appends_and_keeps_single_blanks);
    tcase_add_test(t, decoding_refuses_what_is_not_utf8);
    tcase_add_test(t, every_code_point_comes_back_as_it_was);
    tcase_add_test(t, clusters_hold_together_both_ways);
    tcase_add_test(t, cells_are_counted_by_cluster);
    tcase_add_test(t, normal_form_orders_marks_and_keeps_the_order_of_like_ones);
    tcase_add_test(t, normal_form_stays_in_the_memory_it_is_given);
    tcase_add_test(t, normal_form_composes_and_turns_cedillas_to_commas);
    tcase_add_test(t, nothing_that_steers_a_terminal_passes);
    tcase_add_test(t, marks_are_few_and_have_a_base);
    tcase_add_test(t, small_letters_by_unicode);
    tcase_add_test(t, words_stand_in_the_order_of_the_alphabet);
    suite_add_tcase(s, t);
    return s;
}
