/* The decoder: each known sequence is one key however it is torn, and nothing of a sequence is
 * ever typed into an answer. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "ui/keys.h"

Suite *ui_decoder_suite(void);

#define ESC_MS 100

static const struct {
    const char *bytes;
    uint32_t key;
} KNOWN[] = {
    {"\033[A", UI_KEY_UP},
    {"\033[B", UI_KEY_DOWN},
    {"\033[C", UI_KEY_RIGHT},
    {"\033[D", UI_KEY_LEFT},
    {"\033OA", UI_KEY_UP},
    {"\033OB", UI_KEY_DOWN},
    {"\033OC", UI_KEY_RIGHT},
    {"\033OD", UI_KEY_LEFT},
    {"\033[1;5A", UI_KEY_CTRL_UP},
    {"\033[1;5B", UI_KEY_CTRL_DOWN},
    {"\033[1;2B", UI_KEY_DOWN},
    {"\033Oa", UI_KEY_CTRL_UP},
    {"\033Ob", UI_KEY_CTRL_DOWN},
    {"\033[d", UI_KEY_LEFT},
    {"\033[H", UI_KEY_HOME},
    {"\033[F", UI_KEY_END},
    {"\033OH", UI_KEY_HOME},
    {"\033OF", UI_KEY_END},
    {"\033[1~", UI_KEY_HOME},
    {"\033[4~", UI_KEY_END},
    {"\033[7~", UI_KEY_HOME},
    {"\033[8~", UI_KEY_END},
    {"\033[2~", UI_KEY_INSERT},
    {"\033[3~", UI_KEY_DELETE},
    {"\033[3;5~", UI_KEY_DELETE},
    {"\033[3$", UI_KEY_DELETE},
    {"\033[3^", UI_KEY_DELETE},
    {"\033[5~", UI_KEY_PGUP},
    {"\033[6~", UI_KEY_PGDN},
    {"\033[Z", UI_KEY_BACKTAB},
    {"\033OP", UI_KEY_F1},
    {"\033OQ", UI_KEY_F2},
    {"\033OR", UI_KEY_F3},
    {"\033OS", UI_KEY_F4},
    {"\033[1;2P", UI_KEY_F1},
    {"\033[[A", UI_KEY_F1},
    {"\033[[B", UI_KEY_F2},
    {"\033[[C", UI_KEY_F3},
    {"\033[[D", UI_KEY_F4},
    {"\033[[E", UI_KEY_F5},
    {"\033[11~", UI_KEY_F1},
    {"\033[12~", UI_KEY_F2},
    {"\033[13~", UI_KEY_F3},
    {"\033[14~", UI_KEY_F4},
    {"\033[15~", UI_KEY_F5},
    {"\033[17~", UI_KEY_F6},
    {"\033[18~", UI_KEY_F7},
    {"\033[19~", UI_KEY_F8},
    {"\033[20~", UI_KEY_F9},
    {"\033[21~", UI_KEY_F10},
    {"\033[23~", UI_KEY_F11},
    {"\033[24~", UI_KEY_F12},
    {"\033[24;5~", UI_KEY_F12},
    {"\033OM", '\r'},
    {"\033Oq", '1'},
    {"\033[27u", UI_KEY_ESC},
    {"\033[114;5u", UI_CTRL('r')},
    {"\xc8\x99", 0x219},
    {"\xd0\x96", 0x416},
    {"\xe2\x82\xac", 0x20ac},
    {"\xf0\x9f\x98\x80", 0x1f600},
    {"a", 'a'},
    {"\r", '\r'},
    {"\x7f", 0x7f},
    {"\x1d", 0x1d},
    {"\x9b"
     "A",
     UI_KEY_UP},
    {"\x8f"
     "P",
     UI_KEY_F1},
};

/* Sequences without a meaning here: dropped whole. */
static const char *const UNKNOWN[] = {
    "\033[?1;2c",
    "\033[99~",
    "\033[25~",
    "\033[12;40R",
    "\033x",
    "\033\xc8\x99",
    "\033]0;title\a",
    "\033]11;rgb:0/0/0\033\\",
    "\033P1$r0m\033\\",
    "\033[E",
    "\033OE",
    "\033[<0;10;20M",
    "\033[?2004;1$y",
    "\xff",
    "\xc0\x80",
    "\xed\xa0\x80",
    "\xc2\x9b",
    "\xe2\x82",
    "\033[1111111111111111111111111111111111111111111111111111111111111111111111111111111111A",
};

struct reader {
    struct ui_decoder d;
    int64_t now;
    uint32_t keys[256];
    size_t n;
};

static void keep(struct reader *r, uint32_t key)
{
    ck_assert_uint_lt(r->n, 256);
    r->keys[r->n++] = key;
}

static void feed(struct reader *r, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t key;
        if (ui_decoder_feed(&r->d, (unsigned char)bytes[i], r->now, &key)) {
            keep(r, key);
        }
    }
}

static void pause_for(struct reader *r, int64_t ms)
{
    for (int64_t passed = 0; passed <= ms; passed += 20) {
        uint32_t key;
        r->now += 20;
        if (ui_decoder_idle(&r->d, r->now, ESC_MS, &key)) {
            keep(r, key);
        }
    }
}

START_TEST(each_known_sequence_is_one_key)
{
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++) {
        struct reader r = {.now = 5000};
        feed(&r, KNOWN[i].bytes, strlen(KNOWN[i].bytes));
        ck_assert_msg(r.n == 1 && r.keys[0] == KNOWN[i].key, "row %zu: %zu keys, %x", i, r.n,
                      (unsigned)r.keys[0]);
        pause_for(&r, 1500);
        ck_assert_uint_eq(r.n, 1);
        feed(&r, "z", 1);
        pause_for(&r, 200);
        ck_assert_uint_eq(r.keys[r.n - 1], 'z');
    }
}
END_TEST

/* Torn after ESC for longer than a lone ESC waits, the key is ESC; otherwise it is the key. */
START_TEST(each_known_sequence_torn_anywhere_is_one_key)
{
    static const int64_t GAPS[] = {0, 60, 300, 800};
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++) {
        size_t n = strlen(KNOWN[i].bytes);
        for (size_t at = 1; at < n; at++) {
            for (size_t g = 0; g < sizeof GAPS / sizeof *GAPS; g++) {
                struct reader r = {.now = 5000};
                feed(&r, KNOWN[i].bytes, at);
                pause_for(&r, GAPS[g]);
                feed(&r, KNOWN[i].bytes + at, n - at);
                pause_for(&r, 100);
                bool is_lone = at == 1 && KNOWN[i].bytes[0] == '\033' && GAPS[g] >= ESC_MS;
                uint32_t key = is_lone ? UI_KEY_ESC : KNOWN[i].key;
                /* small letters after ESC O are left to people: they type them */
                bool is_open = is_lone && KNOWN[i].bytes[1] == 'O' &&
                               (KNOWN[i].bytes[2] >= 'a' || KNOWN[i].bytes[2] == 'M');
                ck_assert_msg(is_open || (r.n == 1 && r.keys[0] == key),
                              "row %zu torn at %zu for %ld ms: %zu keys, %x", i, at, (long)GAPS[g],
                              r.n, (unsigned)r.keys[0]);
            }
        }
    }
}
END_TEST

START_TEST(unknown_sequences_are_dropped_whole)
{
    for (size_t i = 0; i < sizeof UNKNOWN / sizeof *UNKNOWN; i++) {
        size_t n = strlen(UNKNOWN[i]);
        for (size_t at = 1; at <= n; at++) {
            struct reader r = {.now = 5000};
            feed(&r, UNKNOWN[i], at);
            pause_for(&r, 40);
            feed(&r, UNKNOWN[i] + at, n - at);
            pause_for(&r, 1500);
            bool is_esc = at == 1 && n > 1 && r.n == 1 && r.keys[0] == UI_KEY_ESC;
            ck_assert_msg(r.n == 0 || is_esc, "row %zu torn at %zu: %zu keys, %x", i, at, r.n,
                          (unsigned)r.keys[0]);
        }
    }
}
END_TEST

START_TEST(a_lone_escape_is_a_key_after_a_pause)
{
    struct reader r = {.now = 5000};
    feed(&r, "\033", 1);
    ck_assert_uint_eq(r.n, 0);
    pause_for(&r, 60);
    ck_assert_uint_eq(r.n, 0);
    pause_for(&r, 60);
    ck_assert_uint_eq(r.n, 1);
    ck_assert_uint_eq(r.keys[0], UI_KEY_ESC);
    feed(&r, "\033\033", 2);
    pause_for(&r, 200);
    ck_assert_uint_eq(r.n, 3);
}
END_TEST

START_TEST(a_name_typed_after_escape_is_whole)
{
    struct reader r = {.now = 5000};
    feed(&r, "\033", 1);
    pause_for(&r, 150);
    static const char NAME[] = "OAna";
    for (size_t i = 0; i < 4; i++) {
        feed(&r, NAME + i, 1);
        pause_for(&r, 80);
    }
    ck_assert_uint_eq(r.n, 5);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_uint_eq(r.keys[i + 1], (unsigned char)NAME[i]);
    }
}
END_TEST

START_TEST(an_unfinished_sequence_is_forgotten_after_a_second)
{
    struct reader r = {.now = 5000};
    feed(&r, "\033[1", 3);
    pause_for(&r, 1100);
    feed(&r, "x", 1);
    ck_assert_uint_eq(r.n, 1);
    ck_assert_uint_eq(r.keys[0], 'x');
}
END_TEST

START_TEST(pasted_text_comes_as_letters_and_one_end)
{
    static const char PASTED[] = "\033[200~An\xc4\x83\r\n\033[A\001x\033[201~y";
    static const uint32_t EXPECTED[] = {'A', 'n', 0x103, '\r', '\n', 'x', UI_KEY_PASTE, 'y'};
    for (size_t at = 1; at < sizeof PASTED - 1; at++) {
        struct reader r = {.now = 5000};
        feed(&r, PASTED, at);
        pause_for(&r, 60);
        feed(&r, PASTED + at, sizeof PASTED - 1 - at);
        ck_assert_msg(r.n == 8, "torn at %zu: %zu keys", at, r.n);
        for (size_t i = 0; i < 8; i++) {
            ck_assert_uint_eq(r.keys[i], EXPECTED[i]);
        }
        ck_assert(!r.d.in_paste);
    }
}
END_TEST

START_TEST(a_paste_without_end_ends_by_itself)
{
    struct reader r = {.now = 5000};
    feed(&r, "\033[200~ab", 8);
    ck_assert(r.d.in_paste);
    pause_for(&r, 1100);
    ck_assert(!r.d.in_paste);
    ck_assert_uint_eq(r.keys[r.n - 1], UI_KEY_PASTE);
}
END_TEST

START_TEST(an_unfinished_string_ends_with_its_paste)
{
    static const char *const OPENERS[] = {"\033]0;title", "\033Pq#", "\033X\033",
                                          "\033^[20",     "\033_",   "\033]"};
    for (size_t i = 0; i < sizeof OPENERS / sizeof *OPENERS; i++) {
        struct reader r = {.now = 5000};
        feed(&r, "\033[200~a", 7);
        feed(&r, OPENERS[i], strlen(OPENERS[i]));
        feed(&r, "\033[201~", 6);
        ck_assert_msg(!r.d.in_paste, "opener %zu", i);
        ck_assert_uint_eq(r.n, 2);
        ck_assert_uint_eq(r.keys[1], UI_KEY_PASTE);
        feed(&r, "b", 1);
        ck_assert_uint_eq(r.keys[r.n - 1], 'b');
    }
}
END_TEST

START_TEST(random_bytes_give_only_keys)
{
    struct ui_decoder d = {0};
    unsigned seed = 20261123;
    int64_t now = 5000;
    for (int i = 0; i < 200000; i++) {
        seed = seed * 1103515245u + 12345u;
        unsigned char byte = (unsigned char)(seed >> 16);
        byte = (seed >> 24) % 5 == 0 ? 0x1b : (seed >> 24) % 5 == 1 ? '[' : byte;
        uint32_t key = 0;
        now += (seed >> 8) % 97;
        bool has_key = (seed >> 28) == 0 ? ui_decoder_idle(&d, now, ESC_MS, &key)
                                         : ui_decoder_feed(&d, byte, now, &key);
        bool is_key = key <= UI_KEY_PASTE && key != UI_KEY_NONE && key != 0x1b &&
                      (key <= 0x7f || key >= 0xa0);
        if ((has_key && !is_key) || d.len > sizeof d.buf) {
            ck_abort_msg("byte %d: key %x, %zu held", i, (unsigned)key, d.len);
        }
    }
}
END_TEST

Suite *ui_decoder_suite(void)
{
    Suite *s = suite_create("ui/decoder");
    TCase *t = tcase_create("decoder");
    tcase_add_test(t, each_known_sequence_is_one_key);
    tcase_add_test(t, each_known_sequence_torn_anywhere_is_one_key);
    tcase_add_test(t, unknown_sequences_are_dropped_whole);
    tcase_add_test(t, a_lone_escape_is_a_key_after_a_pause);
    tcase_add_test(t, a_name_typed_after_escape_is_whole);
    tcase_add_test(t, an_unfinished_sequence_is_forgotten_after_a_second);
    tcase_add_test(t, pasted_text_comes_as_letters_and_one_end);
    tcase_add_test(t, a_paste_without_end_ends_by_itself);
    tcase_add_test(t, an_unfinished_string_ends_with_its_paste);
    tcase_add_test(t, random_bytes_give_only_keys);
    suite_add_tcase(s, t);
    return s;
}
