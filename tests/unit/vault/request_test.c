/* Join requests and welcomes as bytes: round trips, every flipped byte refused, words. */
#include <check.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/vault/join_int.h"

Suite *vault_request_suite(void);

struct sample {
    struct request r;
    unsigned char device_secret[SIGN_SECRET_LEN], member_secret[SIGN_SECRET_LEN];
    unsigned char device_box_secret[KEY_LEN], member_box_secret[KEY_LEN];
    unsigned char bytes[REQUEST_LEN];
};

static struct sample sample_new(bool is_second)
{
    struct sample s;
    memset(&s, 0, sizeof s);
    s.r.is_second_device = is_second;
    s.r.lang = LANG_RO;
    random_bytes(s.r.device, ID_LEN);
    crypto_sign_keypair(s.r.device_sign, s.device_secret);
    crypto_box_keypair(s.r.device_box, s.device_box_secret);
    if (!is_second) {
        crypto_sign_keypair(s.r.member_sign, s.member_secret);
        crypto_box_keypair(s.r.member_box, s.member_box_secret);
        strcpy(s.r.name, "Ș. Țurcan");
    }
    request_build(&s.r, s.device_secret, is_second ? NULL : s.member_secret, s.bytes);
    return s;
}

START_TEST(a_request_reads_back_as_it_was_built)
{
    for (int second = 0; second < 2; second++) {
        const struct sample s = sample_new(second == 1);
        struct request r;
        memset(&r, 0xFF, sizeof r);
        ck_assert_int_eq(request_parse(s.bytes, REQUEST_LEN, &r, NULL), ERR_OK);
        ck_assert(r.is_second_device == (second == 1));
        ck_assert_int_eq(r.lang, LANG_RO);
        ck_assert_str_eq(r.name, s.r.name);
        ck_assert_mem_eq(r.device, s.r.device, ID_LEN);
        ck_assert_mem_eq(r.device_sign, s.r.device_sign, KEY_LEN);
        ck_assert_mem_eq(r.device_box, s.r.device_box, KEY_LEN);
        ck_assert_mem_eq(r.member_sign, s.r.member_sign, KEY_LEN);
        ck_assert_mem_eq(r.member_box, s.r.member_box, KEY_LEN);
    }
}
END_TEST

START_TEST(every_flipped_byte_of_a_request_is_refused_and_changes_the_words)
{
    struct sample s = sample_new(false);
    struct request r;
    struct str words = STR_INIT;
    struct str other = STR_INIT;
    request_words(s.bytes, LANG_RO, &words);
    for (size_t i = 0; i < REQUEST_LEN; i++) {
        s.bytes[i] ^= 1U << (i % 8);
        ck_assert_int_ne(request_parse(s.bytes, REQUEST_LEN, &r, NULL), ERR_OK);
        str_clear(&other);
        request_words(s.bytes, LANG_RO, &other);
        ck_assert_str_ne(str_cstr(&words), str_cstr(&other));
        s.bytes[i] ^= 1U << (i % 8);
    }
    for (size_t n = 0; n < REQUEST_LEN; n++) {
        ck_assert_int_eq(request_parse(s.bytes, n, &r, NULL), ERR_DAMAGED);
    }
    str_done(&words);
    str_done(&other);
}
END_TEST

START_TEST(a_request_has_twelve_words_of_its_language)
{
    const struct sample s = sample_new(false);
    struct str words = STR_INIT;
    request_words(s.bytes, LANG_EN, &words);
    size_t blanks = 0;
    for (size_t i = 0; i < words.len; i++) {
        blanks += words.data[i] == ' ';
        ck_assert(words.data[i] == ' ' || (words.data[i] >= 'a' && words.data[i] <= 'z'));
    }
    ck_assert_uint_eq(blanks, FINGERPRINT - 1);
    str_done(&words);
}
END_TEST

/* Signed anew, so that only the rule about the content is left to refuse it. */
static enum err parse_signed(struct sample *s)
{
    struct request r;
    request_build(&s->r, s->device_secret, s->member_secret, s->bytes);
    return request_parse(s->bytes, REQUEST_LEN, &r, NULL);
}

START_TEST(a_name_that_would_be_shown_otherwise_is_refused)
{
    static const char *const names[] = {"",
                                        "a\nb",
                                        "a\x1b[2J",
                                        "a\xE2\x80\xAE"
                                        "b",
                                        "a\xFF",
                                        "\xE2\x80\x8B"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct sample s = sample_new(false);
        strcpy(s.r.name, names[i]);
        ck_assert_int_eq(parse_signed(&s), ERR_DAMAGED);
    }
}
END_TEST

START_TEST(a_key_of_small_order_is_refused)
{
    struct sample s = sample_new(false);
    memset(s.r.device_box, 0, KEY_LEN);
    ck_assert_int_eq(parse_signed(&s), ERR_DAMAGED);
    s = sample_new(false);
    memset(s.r.member_box, 0, KEY_LEN);
    s.r.member_box[0] = 1;
    ck_assert_int_eq(parse_signed(&s), ERR_DAMAGED);
}
END_TEST

/* ---- welcomes */

struct seen {
    size_t count;
    enum welcome_sort sort[4];
    struct str text;
};

static bool see(void *payload, enum welcome_sort sort, const unsigned char *bytes, size_t n)
{
    struct seen *seen = payload;
    ck_assert_uint_lt(seen->count, 4);
    seen->sort[seen->count++] = sort;
    str_put(&seen->text, bytes, n);
    str_putc(&seen->text, '|');
    return true;
}

static void small_welcome(const struct sample *s, struct str *out)
{
    struct str text = STR_INIT;
    welcome_put(&text, WELCOME_ZONE, "UTC", 3);
    welcome_put(&text, WELCOME_RECORD, "", 0);
    welcome_put(&text, WELCOME_RECORD, "SPCT", 4);
    ck_assert(welcome_seal(s->r.device, s->r.device_box, &text, out));
    str_done(&text);
}

START_TEST(a_welcome_is_read_by_its_device_only)
{
    const struct sample s = sample_new(false);
    const struct sample other = sample_new(false);
    struct str file = STR_INIT;
    struct str text = STR_INIT;
    struct seen seen = {.count = 0};
    small_welcome(&s, &file);
    const unsigned char *bytes = (const unsigned char *)file.data;
    ck_assert_int_eq(welcome_open(bytes, file.len, s.r.device, s.device_box_secret, &text, NULL),
                     ERR_OK);
    ck_assert_int_eq(welcome_each((const unsigned char *)text.data, text.len, see, &seen, NULL),
                     ERR_OK);
    ck_assert_uint_eq(seen.count, 3);
    ck_assert_int_eq(seen.sort[0], WELCOME_ZONE);
    ck_assert_int_eq(seen.sort[2], WELCOME_RECORD);
    ck_assert_str_eq(str_cstr(&seen.text), "UTC||SPCT|");
    ck_assert_int_eq(
        welcome_open(bytes, file.len, other.r.device, other.device_box_secret, &text, NULL),
        ERR_KEY);
    ck_assert_int_eq(
        welcome_open(bytes, file.len, s.r.device, other.device_box_secret, &text, NULL), ERR_KEY);
    str_done(&seen.text);
    str_done(&text);
    str_done(&file);
}
END_TEST

START_TEST(every_flipped_byte_of_a_welcome_is_refused)
{
    const struct sample s = sample_new(false);
    struct str file = STR_INIT;
    struct str text = STR_INIT;
    small_welcome(&s, &file);
    unsigned char *bytes = (unsigned char *)file.data;
    for (size_t i = 0; i < file.len; i++) {
        bytes[i] ^= 1U << (i % 8);
        ck_assert_int_ne(
            welcome_open(bytes, file.len, s.r.device, s.device_box_secret, &text, NULL), ERR_OK);
        ck_assert_int_ne(welcome_open(bytes, i, s.r.device, s.device_box_secret, &text, NULL),
                         ERR_OK);
        bytes[i] ^= 1U << (i % 8);
    }
    ck_assert_uint_eq(text.len, 0);
    str_done(&text);
    str_done(&file);
}
END_TEST

START_TEST(parts_that_reach_outside_the_text_are_refused)
{
    struct str text = STR_INIT;
    struct seen seen = {.count = 0};
    welcome_put(&text, WELCOME_ZONE, "UTC", 3);
    const unsigned char *bytes = (const unsigned char *)text.data;
    for (size_t n = 1; n < text.len; n++) {
        ck_assert_int_eq(welcome_each(bytes, n, see, &seen, NULL), ERR_DAMAGED);
    }
    text.data[0] = (char)WELCOME_SORT_COUNT;
    ck_assert_int_eq(welcome_each(bytes, text.len, see, &seen, NULL), ERR_VERSION);
    ck_assert_uint_eq(seen.count, 0);
    str_done(&text);
}
END_TEST

Suite *vault_request_suite(void)
{
    Suite *s = suite_create("vault/request");
    TCase *t = tcase_create("request");
    tcase_add_test(t, a_request_reads_back_as_it_was_built);
    tcase_add_test(t, every_flipped_byte_of_a_request_is_refused_and_changes_the_words);
    tcase_add_test(t, a_request_has_twelve_words_of_its_language);
    tcase_add_test(t, a_name_that_would_be_shown_otherwise_is_refused);
    tcase_add_test(t, a_key_of_small_order_is_refused);
    tcase_add_test(t, a_welcome_is_read_by_its_device_only);
    tcase_add_test(t, every_flipped_byte_of_a_welcome_is_refused);
    tcase_add_test(t, parts_that_reach_outside_the_text_are_refused);
    suite_add_tcase(s, t);
    return s;
}
