/* The first run: what lies on the disk while the paper keys are unconfirmed, and what stays after.
 * The words of the sheets are read from the screen's own state, as a person reads them. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/ui/prefs_int.h"
#include "../../../src/ui/ui_int.h"
#include "../../../src/ui/wizard_int.h"
#include "base/file.h"

Suite *ui_wizard_suite(void);

#define WORDS "nine invented green lamps"

static char folder[64], place[96], beside[128];

static struct ui_ctx fresh(void)
{
    snprintf(folder, sizeof folder, "/tmp/sprijin-wizard-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(place, sizeof place, "%s/vault", folder);
    snprintf(beside, sizeof beside, "%s.first", place);
    return (struct ui_ctx){.lang = LANG_EN,
                           .ask_lang = LANG_EN,
                           .both_langs = true,
                           .idle_lock_ms = 300000,
                           .dir = place,
                           .forms_dir = "tests/fixtures/forms",
                           .kdf = {19, 2}};
}

static void done(struct ui_ctx *ctx, ui_run *r)
{
    ui_run_free(r);
    record_close(ctx->record);
    vault_close(ctx->vault);
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

static struct wizard *wizard_of(ui_run *r)
{
    ck_assert_ptr_eq(r->stack[0].screen, &ui_wizard);
    return r->stack[0].state;
}

/* Up to the first paper key. Russian is chosen on the way. */
static ui_run *to_sheets(struct ui_ctx *ctx)
{
    ui_run *r = ui_run_new(ctx, 24, 80, &ui_wizard, NULL);
    ui_run_tick(r, 1000);
    ui_run_key(r, UI_KEY_UP, NULL, 0);
    keys(r, "\r\t" WORDS "\r" WORDS "\r");
    keys(r, "A. C.\r\x15"
            "246802\r");
    ck_assert_int_eq(wizard_of(r)->step, STEP_ORG_SHEET);
    return r;
}

static void confirm(ui_run *r)
{
    keys(r, "\r\r");
    for (unsigned i = 0; i < 2 * WIZARD_ASKED; i++) {
        const struct wizard *w = wizard_of(r);
        char word[12];
        ck_assert_int_eq(w->step, STEP_ASK);
        ck_assert(vault_secret_word(i < WIZARD_ASKED ? w->org_sheet : w->member_sheet, w->asked[i],
                                    word));
        keys(r, word);
        keys(r, "\r");
    }
}

START_TEST(a_run_ended_before_the_keys_are_confirmed_leaves_nothing)
{
    struct ui_ctx ctx = fresh();
    ui_run *r = to_sheets(&ctx);
    ck_assert(file_exists(beside));
    ck_assert(!file_exists(place));
    ck_assert_ptr_null(ctx.vault);
    ui_run_save(r);
    ck_assert(!file_exists(beside));
    ck_assert(!file_exists(place));
    done(&ctx, r);
}
END_TEST

START_TEST(hiding_the_paper_keys_begins_anew)
{
    struct ui_ctx ctx = fresh();
    ui_run *r = to_sheets(&ctx);
    ui_run_key(r, UI_KEY_F12, NULL, 0);
    ck_assert(ui_run_is_hidden(r));
    ck_assert(!file_exists(beside));
    keys(r, "\r");
    ck_assert(!ui_run_is_hidden(r));
    ck_assert_int_eq(wizard_of(r)->step, STEP_LANG);
    done(&ctx, r);
}
END_TEST

START_TEST(what_a_killed_run_left_is_removed)
{
    struct ui_ctx ctx = fresh();
    char left[160];
    ck_assert_int_eq(file_mkdir(beside, NULL), ERR_OK);
    snprintf(left, sizeof left, "%s/keyfile", beside);
    ck_assert_int_eq(file_create(left, "x", 1, 0600, NULL), ERR_OK);
    ui_run *r = ui_run_new(&ctx, 24, 80, &ui_wizard, NULL);
    ck_assert(!file_exists(beside));
    ui_run_free(r);
    r = to_sheets(&ctx);
    confirm(r);
    ck_assert(file_exists(place));
    done(&ctx, r);
}
END_TEST

START_TEST(a_confirmed_vault_is_moved_in_with_code_and_languages)
{
    struct ui_ctx ctx = fresh();
    ui_run *r = to_sheets(&ctx);
    confirm(r);
    ck_assert(!file_exists(beside));
    ck_assert_ptr_nonnull(ctx.vault);
    ck_assert(vault_is_unlocked(ctx.vault));
    ck_assert_str_eq(vault_dir(ctx.vault), place);
    ck_assert_ptr_eq(r->stack[0].screen, &ui_cases);
    struct ui_ctx later = {.lang = LANG_RO, .ask_lang = LANG_RO, .vault = ctx.vault};
    ui_code_load(&later);
    ui_langs_load(&later);
    ck_assert_str_eq(later.return_code, "246802");
    ck_assert_int_eq(later.lang, LANG_RU);
    ck_assert_int_eq(later.ask_lang, LANG_RU);
    ck_assert(later.both_langs);
    done(&ctx, r);
}
END_TEST

Suite *ui_wizard_suite(void)
{
    Suite *s = suite_create("ui/wizard");
    TCase *t = tcase_create("wizard");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_run_ended_before_the_keys_are_confirmed_leaves_nothing);
    tcase_add_test(t, hiding_the_paper_keys_begins_anew);
    tcase_add_test(t, what_a_killed_run_left_is_removed);
    tcase_add_test(t, a_confirmed_vault_is_moved_in_with_code_and_languages);
    suite_add_tcase(s, t);
    return s;
}
