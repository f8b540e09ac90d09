/* Secrets: typing, reading, generating, judging; and the words of paper keys. */
#include "fixture.h"

#include "../../../src/vault/keys_int.h"
#include "../../../src/vault/secret_int.h"

Suite *vault_secret_suite(void);

START_TEST(a_secret_counts_letters_and_goes_back_by_one)
{
    vault_secret *s = secret_of("ță");
    ck_assert_uint_eq(vault_secret_length(s), 2);
    vault_secret_back(s);
    vault_secret *t = secret_of("ț");
    ck_assert(vault_secret_equal(s, t));
    vault_secret_put(t, "x", 1);
    ck_assert(!vault_secret_equal(s, t));
    vault_secret_free(s);
    vault_secret_free(t);
}
END_TEST

START_TEST(a_secret_is_full_at_1024_bytes)
{
    vault_secret *s = vault_secret_new();
    for (int i = 0; i < 1024; i++) {
        ck_assert(vault_secret_put(s, "x", 1));
    }
    ck_assert(!vault_secret_put(s, "x", 1));
    ck_assert_uint_eq(vault_secret_length(s), 1024);
    vault_secret_free(s);
}
END_TEST

START_TEST(reading_takes_one_line_and_leaves_the_next)
{
    int fd[2];
    ck_assert_int_eq(pipe(fd), 0);
    ck_assert_int_eq((int)write(fd[1], "first line\r\nsecond", 18), 18);
    close(fd[1]);
    vault_secret *s = vault_secret_new();
    vault_secret *first = secret_of("first line");
    vault_secret *second = secret_of("second");
    ck_assert_int_eq(vault_secret_read(s, fd[0], NULL), ERR_OK);
    ck_assert(vault_secret_equal(s, first));
    ck_assert_int_eq(vault_secret_read(s, fd[0], NULL), ERR_OK);
    ck_assert(vault_secret_equal(s, second));
    close(fd[0]);
    vault_secret_free(s);
    vault_secret_free(first);
    vault_secret_free(second);
}
END_TEST

START_TEST(reading_refuses_a_line_over_the_limit)
{
    int fd[2];
    char line[1100];
    memset(line, 'a', sizeof line);
    ck_assert_int_eq(pipe(fd), 0);
    ck_assert_int_eq((int)write(fd[1], line, sizeof line), (int)sizeof line);
    close(fd[1]);
    vault_secret *s = vault_secret_new();
    ck_assert_int_eq(vault_secret_read(s, fd[0], NULL), ERR_LIMIT);
    ck_assert_uint_eq(vault_secret_length(s), 0);
    close(fd[0]);
    vault_secret_free(s);
}
END_TEST

START_TEST(generated_words_are_of_the_list_and_differ_each_time)
{
    for (int lang = LANG_RO; lang < LANG_COUNT; lang++) {
        vault_secret *a = vault_secret_new();
        vault_secret *b = vault_secret_new();
        char word[12];
        vault_secret_generate(a, (enum lang)lang, 6);
        vault_secret_generate(b, (enum lang)lang, 6);
        ck_assert(!vault_secret_equal(a, b));
        for (unsigned i = 0; i < 6; i++) {
            ck_assert(vault_secret_word(a, i, word));
            ck_assert_int_ge(word_find((enum lang)lang, word, strlen(word)), 0);
        }
        ck_assert(!vault_secret_word(a, 6, word));
        ck_assert_int_eq(vault_pass_check(a), VAULT_PASS_OK);
        vault_secret_free(a);
        vault_secret_free(b);
    }
}
END_TEST

START_TEST(weak_passphrases_are_told_apart)
{
    static const struct {
        const char *text;
        enum vault_pass_problem expected;
    } cases[] = {
        {"scurt", VAULT_PASS_SHORT},
        {"  un   doi  ", VAULT_PASS_SHORT},
        {"aaaaaaaaaaaaaaaa", VAULT_PASS_REPEAT},
        {"abab abab abab abab", VAULT_PASS_REPEAT},
        {"Password123456", VAULT_PASS_COMMON},
        {"qwertyuiop asdfgh", VAULT_PASS_COMMON},
        {"йцукен123456", VAULT_PASS_COMMON},
        {"1234567890123", VAULT_PASS_COMMON},
        {FIXTURE_PASS, VAULT_PASS_OK},
        {"лампа река сорок", VAULT_PASS_OK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        vault_secret *s = secret_of(cases[i].text);
        ck_assert_msg(vault_pass_check(s) == cases[i].expected, "%s", cases[i].text);
        vault_secret_free(s);
    }
}
END_TEST

START_TEST(one_passphrase_however_it_is_typed)
{
    vault_secret *s = secret_of("  pa\xc5\x9f"
                                "te \t  o\xcc\x88"
                                "l ");
    struct secret_normal *n = secret_normalize(s);
    ck_assert_str_eq(n->text, "pa\xc8\x99te \xc3\xb6l");
    keys_free(n);
    vault_secret_free(s);
}
END_TEST

START_TEST(the_longest_passphrase_still_has_a_normal_form)
{
    static const char LETTER[] = "\xE1\xBE\x82"; /* falls into four code points on the way */
    vault_secret *s = vault_secret_new();
    while (vault_secret_put(s, LETTER, 3)) {
    }
    ck_assert_uint_eq(vault_secret_length(s), 341);
    struct secret_normal *n = secret_normalize(s);
    ck_assert_ptr_nonnull(n);
    ck_assert_uint_eq(n->len, 1023);
    ck_assert_int_eq(memcmp(n->text, LETTER, 3), 0);
    keys_free(n);
    vault_secret_free(s);
}
END_TEST

START_TEST(waits_double_up_to_a_minute)
{
    static const unsigned seconds[] = {0, 1, 2, 4, 8, 16, 32, 60, 60};
    for (unsigned i = 0; i < 9; i++) {
        ck_assert_uint_eq(vault_wait_ms(i), seconds[i] * 1000);
    }
    ck_assert_uint_eq(vault_wait_ms(4000000000U), 60000);
}
END_TEST

START_TEST(a_paper_key_reads_back_in_any_case_by_four_letters)
{
    unsigned char seed[SHEET_SEED_LEN];
    unsigned char back[SHEET_SEED_LEN];
    for (unsigned i = 0; i < SHEET_SEED_LEN; i++) {
        seed[i] = (unsigned char)(i * 37 + 5);
    }
    for (int lang = LANG_RO; lang < LANG_COUNT; lang++) {
        vault_secret *sheet = vault_secret_new();
        vault_secret *typed = vault_secret_new();
        char word[12];
        sheet_write(sheet, seed, SHEET_MEMBER, (enum lang)lang);
        for (unsigned i = 0; vault_secret_word(sheet, i, word); i++) {
            word[0] = (char)(word[0] - 'a' + 'A');
            vault_secret_put(typed, word, 4);
            vault_secret_put(typed, i % 2 ? "\n" : ",  ", i % 2 ? 1 : 3);
        }
        ck_assert_int_eq(sheet_read(typed, SHEET_MEMBER, back, NULL), ERR_OK);
        ck_assert_mem_eq(seed, back, sizeof seed);
        vault_secret_free(sheet);
        vault_secret_free(typed);
    }
}
END_TEST

START_TEST(a_paper_key_names_the_word_that_is_wrong)
{
    unsigned char seed[SHEET_SEED_LEN] = {1, 2, 3};
    vault_secret *sheet = vault_secret_new();
    vault_secret *typed = vault_secret_new();
    char word[12];
    struct err_info err = {0};
    sheet_write(sheet, seed, SHEET_MEMBER, LANG_RU);
    for (unsigned i = 0; vault_secret_word(sheet, i, word); i++) {
        vault_secret_put(typed, i == 16 ? "qqqq" : word, i == 16 ? 4 : strlen(word));
        vault_secret_put(typed, " ", 1);
    }
    ck_assert_int_eq(sheet_read(typed, SHEET_MEMBER, seed, &err), ERR_KEY);
    ck_assert_uint_eq(err.column, 17);
    vault_secret *few = secret_of("abur");
    ck_assert_int_eq(sheet_read(few, SHEET_MEMBER, seed, &err), ERR_KEY);
    ck_assert_int_eq(err.num, 1);
    vault_secret_free(few);
    vault_secret_free(sheet);
    vault_secret_free(typed);
}
END_TEST

START_TEST(the_key_arena_gives_back_zeroed_memory)
{
    unsigned char *a = keys_alloc(100);
    memset(a, 0xAA, 100);
    keys_free(a);
    unsigned char *b = keys_alloc(100);
    ck_assert_ptr_eq(a, b);
    for (int i = 0; i < 100; i++) {
        ck_assert_uint_eq(b[i], 0);
    }
    memset(b, 0xBB, 100);
    vault_panic_wipe();
    ck_assert_uint_eq(b[50], 0);
    keys_free(b);
}
END_TEST

Suite *vault_secret_suite(void)
{
    Suite *s = suite_create("vault/secret");
    TCase *c = tcase_create("secret");
    tcase_add_test(c, a_secret_counts_letters_and_goes_back_by_one);
    tcase_add_test(c, a_secret_is_full_at_1024_bytes);
    tcase_add_test(c, reading_takes_one_line_and_leaves_the_next);
    tcase_add_test(c, reading_refuses_a_line_over_the_limit);
    tcase_add_test(c, generated_words_are_of_the_list_and_differ_each_time);
    tcase_add_test(c, weak_passphrases_are_told_apart);
    tcase_add_test(c, one_passphrase_however_it_is_typed);
    tcase_add_test(c, the_longest_passphrase_still_has_a_normal_form);
    tcase_add_test(c, waits_double_up_to_a_minute);
    tcase_add_test(c, a_paper_key_reads_back_in_any_case_by_four_letters);
    tcase_add_test(c, a_paper_key_names_the_word_that_is_wrong);
    tcase_add_test(c, the_key_arena_gives_back_zeroed_memory);
    suite_add_tcase(s, c);
    return s;
}
