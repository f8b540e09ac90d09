/* Passphrase, return code and languages of an open vault, changed by keys as a person does. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/ui/prefs_int.h"
#include "../../../src/ui/ui_int.h"
#include "base/file.h"

Suite *ui_prefs_suite(void);

#define OLD "nine invented green lamps"
#define NEW "seven quiet paper boats"

static char folder[64], place[96];
static vault_secret *member_sheet;

static struct ui_ctx unlocked(void)
{
    struct ui_ctx ctx = {.lang = LANG_EN,
                         .ask_lang = LANG_EN,
                         .both_langs = true,
                         .idle_lock_ms = 300000,
                         .dir = place,
                         .forms_dir = "tests/fixtures/forms",
                         .kdf = {19, 2}};
    snprintf(folder, sizeof folder, "/tmp/sprijin-prefs-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(place, sizeof place, "%s/vault", folder);
    vault_secret *pass = vault_secret_new(), *org = NULL;
    vault_secret_put(pass, OLD, strlen(OLD));
    const struct vault_create how = {.dir = place,
                                     .passphrase = pass,
                                     .kdf = ctx.kdf,
                                     .lang = LANG_EN,
                                     .member_name = "A. C.",
                                     .zone = "Europe/Chisinau"};
    ck_assert_int_eq(vault_create(&how, &ctx.vault, &org, &member_sheet, NULL), ERR_OK);
    ck_assert_int_eq(record_open(ctx.vault, ctx.forms_dir, &ctx.record, NULL), ERR_OK);
    vault_secret_free(pass);
    vault_secret_free(org);
    return ctx;
}

static void done(struct ui_ctx *ctx, ui_run *r)
{
    ui_run_free(r);
    record_close(ctx->record);
    vault_close(ctx->vault);
    vault_secret_free(member_sheet);
    file_remove_tree(folder, NULL);
}

static void keys(ui_run *r, const char *text)
{
    for (; *text != '\0'; text++) {
        ui_run_key(r, (unsigned char)*text, NULL, 0);
    }
    ui_run_draw(r);
    ui_run_tick(r, 1000);
}

static bool shows(ui_run *r, const char *text)
{
    struct str s = STR_INIT;
    canvas_dump(ui_run_draw(r), &s);
    const bool is_there = strstr(str_cstr(&s), text) != NULL;
    str_done(&s);
    return is_there;
}

static ui_run *start(struct ui_ctx *ctx, const struct ui_screen *screen)
{
    ui_run *r = ui_run_new(ctx, 24, 80, &ui_cases, NULL);
    ui_run_tick(r, 1000);
    if (screen != NULL) {
        ui_run_open(r, screen, NULL);
    }
    return r;
}

static bool opens(const char *text)
{
    vault *v = NULL;
    vault_secret *pass = vault_secret_new();
    vault_secret_put(pass, text, strlen(text));
    const bool does = vault_open(place, &v, NULL) == ERR_OK &&
                      vault_unlock(v, pass, NULL) == ERR_OK;
    vault_close(v);
    vault_secret_free(pass);
    return does;
}

START_TEST(a_wrong_present_passphrase_changes_nothing_and_waits_longer)
{
    struct ui_ctx ctx = unlocked();
    ui_run *r = start(&ctx, &ui_passwd);
    for (unsigned i = 1; i <= 2; i++) {
        ctx.failures = i - 1;
        keys(r, "not the passphrase\r");
        ck_assert_uint_eq(ctx.failures, i);
        ck_assert(strstr(ctx.message, "not right") != NULL);
        ui_run_close_top(r);
        ctx.failures = 0; /* a screen opened later need not be waited for here */
        ui_run_open(r, &ui_passwd, NULL);
    }
    ctx.failures = 5;
    ui_run_close_top(r);
    ui_run_open(r, &ui_passwd, NULL);
    ck_assert(shows(r, "Please wait"));
    keys(r, OLD "\r");
    ck_assert(shows(r, "Please wait"));
    ck_assert(opens(OLD));
    done(&ctx, r);
}
END_TEST

START_TEST(after_the_present_passphrase_a_new_one_is_typed_twice)
{
    struct ui_ctx ctx = unlocked();
    ui_run *r = start(&ctx, &ui_passwd);
    keys(r, OLD "\r");
    ck_assert(shows(r, "six words"));
    keys(r, "\t" NEW "\r" NEW "\r");
    ck_assert_str_eq(ctx.message, "The passphrase is changed.");
    ck_assert(vault_is_unlocked(ctx.vault));
    ck_assert(opens(NEW));
    ck_assert(!opens(OLD));
    done(&ctx, r);
}
END_TEST

START_TEST(the_paper_key_stands_for_a_forgotten_passphrase)
{
    struct ui_ctx ctx = unlocked();
    ui_run *r = start(&ctx, &ui_passwd);
    char word[12];
    keys(r, "\t");
    for (unsigned i = 0; vault_secret_word(member_sheet, i, word); i++) {
        keys(r, word);
        keys(r, " ");
    }
    keys(r, "\r");
    ck_assert(shows(r, "six words"));
    keys(r, "\t" NEW "\r" NEW "\r");
    ck_assert(opens(NEW));
    done(&ctx, r);
}
END_TEST

START_TEST(the_return_code_is_six_digits_and_kept_in_the_vault)
{
    struct ui_ctx ctx = unlocked();
    ui_run *r = start(&ctx, &ui_return_code);
    keys(r, "\x15"
            "12345\r");
    ck_assert_str_eq(ctx.message, "The code has exactly six digits.");
    ck_assert_str_eq(ctx.return_code, "");
    keys(r, "6\r");
    ck_assert_str_eq(ctx.return_code, "123456");
    ck_assert_ptr_eq(r->stack[r->depth - 1].screen, &ui_cases);
    struct ui_ctx later = {.vault = ctx.vault};
    ui_code_load(&later);
    ck_assert_str_eq(later.return_code, "123456");
    done(&ctx, r);
}
END_TEST

START_TEST(a_throw_away_vault_says_its_code_at_the_start)
{
    struct ui_ctx ctx = unlocked();
    ctx.is_demo = true;
    ui_run *r = start(&ctx, NULL);
    ck_assert(ui_code_valid(ctx.return_code));
    ck_assert(shows(r, ctx.return_code));
    ck_assert(shows(r, "F12"));
    keys(r, "\r");
    ck_assert(!shows(r, ctx.return_code));
    done(&ctx, r);
}
END_TEST

START_TEST(another_vault_gets_no_code_by_itself)
{
    struct ui_ctx ctx = unlocked();
    ui_run *r = start(&ctx, NULL);
    ck_assert_str_eq(ctx.return_code, "");
    done(&ctx, r);
}
END_TEST

START_TEST(the_language_of_the_screen_is_remembered)
{
    struct ui_ctx ctx = unlocked();
    ui_run *r = start(&ctx, NULL);
    ui_run_key(r, UI_KEY_F2, NULL, 0);
    ck_assert_int_eq(ctx.lang, LANG_RO);
    ui_run_key(r, UI_KEY_F2, NULL, 0);
    struct ui_ctx later = {.lang = LANG_EN, .ask_lang = LANG_EN, .vault = ctx.vault};
    ui_langs_load(&later);
    ck_assert_int_eq(later.lang, LANG_RU);
    ck_assert_int_eq(later.ask_lang, LANG_EN);
    ck_assert(later.both_langs);
    done(&ctx, r);
}
END_TEST

START_TEST(a_language_chosen_while_locked_is_stronger_and_remembered)
{
    struct ui_ctx ctx = unlocked();
    ctx.lang = LANG_RU;
    ui_langs_save(&ctx);
    struct ui_ctx later = {.lang = LANG_RU};
    ui_langs_next(&later);
    ck_assert_int_eq(later.lang, LANG_EN);
    later.vault = ctx.vault;
    ui_langs_load(&later);
    ck_assert_int_eq(later.lang, LANG_EN);
    struct ui_ctx last = {.lang = LANG_RO, .vault = ctx.vault};
    ui_langs_load(&last);
    ck_assert_int_eq(last.lang, LANG_EN);
    done(&ctx, NULL);
}
END_TEST

Suite *ui_prefs_suite(void)
{
    Suite *s = suite_create("ui/prefs");
    TCase *t = tcase_create("prefs");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_wrong_present_passphrase_changes_nothing_and_waits_longer);
    tcase_add_test(t, after_the_present_passphrase_a_new_one_is_typed_twice);
    tcase_add_test(t, the_paper_key_stands_for_a_forgotten_passphrase);
    tcase_add_test(t, the_return_code_is_six_digits_and_kept_in_the_vault);
    tcase_add_test(t, a_throw_away_vault_says_its_code_at_the_start);
    tcase_add_test(t, another_vault_gets_no_code_by_itself);
    tcase_add_test(t, the_language_of_the_screen_is_remembered);
    tcase_add_test(t, a_language_chosen_while_locked_is_stronger_and_remembered);
    suite_add_tcase(s, t);
    return s;
}
