/* The runner, on two small screens made here: who gets which key, hiding, locking, coming back. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/ui/ui_int.h"
#include "base/file.h"

Suite *ui_run_suite(void);

/* What the fake screens saw. */
static struct {
    char text[64];
    int acts, works, closes, result;
    unsigned char arg;
    enum ui_action last;
    bool takes_text;
} seen;

static void lower_draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    (void)state;
    (void)ctx;
    canvas_text(c, 0, 0, -1, UI_PLAIN, "lower: Ileana");
}

static void upper_draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    (void)state;
    (void)ctx;
    canvas_text(c, 0, 0, -1, UI_PLAIN, "upper");
}

static void upper_open(void *state, struct ui_ctx *ctx, const void *arg)
{
    (void)state;
    (void)ctx;
    memcpy(&seen.arg, arg, 1);
}

static struct ui_effect upper_act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    (void)state;
    (void)ctx;
    seen.acts++;
    return in->action == UI_ACT_BACK ? ui_pop(7) : UI_EFFECT(UI_EFFECT_NONE);
}

static void note_close(void *state, struct ui_ctx *ctx)
{
    (void)state;
    (void)ctx;
    seen.closes++;
}

static const struct ui_screen upper = {
    .id = "upper",
    .title = "upper",
    .state_size = 4,
    .scope = UI_SCOPE_LIST,
    .open = upper_open,
    .draw = upper_draw,
    .act = upper_act,
    .close = note_close,
};

static struct ui_effect lower_act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    static const unsigned char ARG = 42;
    (void)state;
    (void)ctx;
    seen.acts++;
    seen.last = in->action;
    snprintf(seen.text, sizeof seen.text, "%.*s", (int)in->n, in->text);
    switch (in->action) {
    case UI_ACT_OPEN: return ui_push(&upper, &ARG, 1);
    case UI_ACT_FIND: return UI_EFFECT(UI_EFFECT_WORK);
    case UI_ACT_SORT: return UI_EFFECT(UI_EFFECT_RESET);
    case UI_ACT_BACK: return ui_pop(0);
    default: return UI_EFFECT(UI_EFFECT_NONE);
    }
}

static struct ui_effect lower_work(void *state, struct ui_ctx *ctx)
{
    (void)state;
    (void)ctx;
    seen.works++;
    return UI_EFFECT(UI_EFFECT_NONE);
}

static void lower_resumed(void *state, struct ui_ctx *ctx, int result)
{
    (void)state;
    (void)ctx;
    seen.result = result;
}

static bool lower_takes(const void *state, const struct ui_ctx *ctx)
{
    (void)state;
    (void)ctx;
    return seen.takes_text;
}

static bool lower_allows(const void *state, const struct ui_ctx *ctx, enum ui_action action)
{
    (void)state;
    (void)ctx;
    return action != UI_ACT_UP && action != UI_ACT_HIDE;
}

static const struct ui_screen lower = {
    .id = "lower",
    .title = "lower",
    .scope = UI_SCOPE_LIST,
    .draw = lower_draw,
    .act = lower_act,
    .work = lower_work,
    .resumed = lower_resumed,
    .takes_text = lower_takes,
    .allows = lower_allows,
    .close = note_close,
};

static char folder[128];
static char dir_of_vault[160];

static struct ui_ctx fresh(void)
{
    memset(&seen, 0, sizeof seen);
    return (struct ui_ctx){.lang = LANG_EN,
                           .idle_lock_ms = 300000,
                           .return_code = "123456",
                           .forms_dir = "tests/fixtures/forms",
                           .kdf = {19, 2}};
}

static void fill_pass(vault_secret *s)
{
    ck_assert(vault_secret_put(s, "nine invented green lamps", 25));
}

/* A context with an open record in a folder of its own. */
static struct ui_ctx unlocked(void)
{
    struct ui_ctx ctx = fresh();
    const char *tests = getenv("SPRIJIN_TESTS");
    static char forms[256];
    snprintf(forms, sizeof forms, "%s/fixtures/forms", tests == NULL ? "tests" : tests);
    ctx.forms_dir = forms;
    const char *tmp = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%.80s/run-XXXXXX", tmp == NULL ? "/tmp" : tmp);
    ck_assert(mkdtemp(folder) != NULL);
    snprintf(dir_of_vault, sizeof dir_of_vault, "%s/vault", folder);
    vault_secret *pass = vault_secret_new(), *org = NULL, *member = NULL;
    fill_pass(pass);
    struct vault_create how = {.dir = dir_of_vault,
                               .passphrase = pass,
                               .kdf = ctx.kdf,
                               .lang = LANG_EN,
                               .member_name = "A. C.",
                               .zone = "UTC"};
    ck_assert_int_eq(vault_create(&how, &ctx.vault, &org, &member, NULL), ERR_OK);
    vault_secret_free(pass);
    vault_secret_free(org);
    vault_secret_free(member);
    ck_assert_int_eq(record_open(ctx.vault, ctx.forms_dir, &ctx.record, NULL), ERR_OK);
    ctx.dir = dir_of_vault;
    return ctx;
}

static void done(struct ui_ctx *ctx, ui_run *r)
{
    ui_run_free(r);
    record_close(ctx->record);
    vault_close(ctx->vault);
    if (folder[0] != '\0') {
        file_remove_tree(folder, NULL);
        folder[0] = '\0';
    }
}

static ui_run *start(struct ui_ctx *ctx)
{
    ui_run *r = ui_run_new(ctx, 24, 80, &lower, NULL);
    ck_assert(ui_run_tick(r, 1000000));
    return r;
}

static void keys(ui_run *r, const char *text)
{
    for (; *text != '\0'; text++) {
        ui_run_key(r, (unsigned char)*text, NULL, 0);
    }
}

static bool shows(ui_run *r, const char *text)
{
    struct str all = STR_INIT;
    canvas_dump(ui_run_draw(r), &all);
    bool is_shown = strstr(str_cstr(&all), text) != NULL;
    str_done(&all);
    return is_shown;
}

START_TEST(push_and_pop_hand_over_argument_and_result)
{
    struct ui_ctx ctx = fresh();
    ui_run *r = start(&ctx);
    ck_assert(shows(r, "lower"));
    ck_assert(ui_run_key(r, '\r', NULL, 0));
    ck_assert(shows(r, "upper"));
    ck_assert_int_eq(seen.arg, 42);
    ck_assert(ui_run_key(r, UI_KEY_ESC, NULL, 0));
    ck_assert(shows(r, "lower"));
    ck_assert_int_eq(seen.result, 7);
    ck_assert_int_eq(seen.closes, 1);
    ck_assert(!ui_run_key(r, UI_KEY_ESC, NULL, 0));
    ck_assert(!ui_run_tick(r, 1000001));
    done(&ctx, r);
    ck_assert_int_eq(seen.closes, 2);
}
END_TEST

START_TEST(work_waits_for_a_draw)
{
    struct ui_ctx ctx = fresh();
    ui_run *r = start(&ctx);
    keys(r, "/");
    ck_assert(ui_run_has_work(r));
    ui_run_tick(r, 1000010);
    ck_assert_int_eq(seen.works, 0);
    ui_run_draw(r);
    ui_run_tick(r, 1000020);
    ck_assert_int_eq(seen.works, 1);
    ck_assert(!ui_run_has_work(r));
    done(&ctx, r);
}
END_TEST

START_TEST(guards_and_allows_keep_actions_away)
{
    struct ui_ctx ctx = fresh();
    ui_run *r = start(&ctx);
    keys(r, "n"); /* needs an open record */
    ui_run_key(r, UI_KEY_UP, NULL, 0);
    ck_assert_int_eq(seen.acts, 0);
    ui_run_key(r, UI_KEY_DOWN, NULL, 0);
    ck_assert_int_eq(seen.last, UI_ACT_DOWN);
    ui_run_key(r, UI_KEY_F12, NULL, 0); /* no screen can forbid to hide */
    ck_assert(ui_run_is_hidden(r));
    done(&ctx, r);
}
END_TEST

START_TEST(letters_reach_a_screen_that_takes_text)
{
    struct ui_ctx ctx = fresh();
    ui_run *r = start(&ctx);
    seen.takes_text = true;
    keys(r, "/");
    ck_assert_int_eq(seen.last, UI_ACT_TEXT);
    ck_assert_str_eq(seen.text, "/");
    ui_run_key(r, 0x15f, NULL, 0); /* the cedilla letter becomes the comma one */
    ck_assert_str_eq(seen.text, "ș");
    static const char PASTED[] = "a\xcc\x86\r\nb\033\tc\r\n";
    ui_run_key(r, UI_KEY_PASTE, PASTED, sizeof PASTED - 1);
    ck_assert_str_eq(seen.text, "ă\nb\xef\xbf\xbd c");
    done(&ctx, r);
}
END_TEST

START_TEST(a_message_lasts_until_the_next_key)
{
    struct ui_ctx ctx = fresh();
    ui_run *r = start(&ctx);
    ui_say(&ctx, "Saved.");
    ck_assert_str_eq(ctx.message, "Saved.");
    ui_run_key(r, UI_KEY_DOWN, NULL, 0);
    ck_assert_str_eq(ctx.message, "");
    done(&ctx, r);
}
END_TEST

START_TEST(hidden_shows_only_the_clock_and_takes_no_key)
{
    struct ui_ctx ctx = unlocked();
    ui_run *r = start(&ctx);
    ui_run_key(r, UI_CTRL(']'), NULL, 0);
    ck_assert(ui_run_is_hidden(r));
    ck_assert(!shows(r, "lower"));
    ck_assert(!shows(r, "sprijin"));
    ck_assert(shows(r, ":"));
    keys(r, "/n\r12345");
    ck_assert_int_eq(seen.acts, 0);
    ck_assert(ui_run_is_hidden(r));
    keys(r, "x123456");
    ck_assert(!ui_run_is_hidden(r));
    ck_assert(shows(r, "lower"));
    ck_assert(ctx.record != NULL);
    done(&ctx, r);
}
END_TEST

START_TEST(three_wrong_codes_lock)
{
    struct ui_ctx ctx = unlocked();
    ui_run *r = start(&ctx);
    ui_run_key(r, UI_KEY_F12, NULL, 0);
    keys(r, "000000111111");
    ck_assert(ctx.record != NULL);
    keys(r, "222222");
    ck_assert(ctx.record == NULL);
    ck_assert(!vault_is_unlocked(ctx.vault));
    ck_assert_int_eq(seen.closes, 1);
    ck_assert(!ui_run_is_hidden(r));
    ck_assert(r->stack[0].screen == &ui_unlock && r->depth == 1);
    ck_assert(!shows(r, "Ileana"));
    done(&ctx, r);
}
END_TEST

START_TEST(ten_hidden_minutes_lock_without_a_sign)
{
    struct ui_ctx ctx = unlocked();
    ui_run *r = start(&ctx);
    ui_run_key(r, UI_KEY_F12, NULL, 0);
    ui_run_tick(r, 1000000 + 599999);
    ck_assert(ctx.record != NULL);
    ui_run_tick(r, 1000000 + 600000);
    ck_assert(ctx.record == NULL);
    ck_assert(ui_run_is_hidden(r));
    keys(r, "123456");
    ck_assert(ui_run_is_hidden(r));
    keys(r, "\r");
    ck_assert(!ui_run_is_hidden(r));
    ck_assert(r->stack[0].screen == &ui_unlock);
    done(&ctx, r);
}
END_TEST

START_TEST(without_a_code_hiding_locks_at_once)
{
    struct ui_ctx ctx = unlocked();
    ctx.return_code[0] = '\0';
    ui_run *r = start(&ctx);
    ui_run_key(r, UI_KEY_F12, NULL, 0);
    ck_assert(ctx.record == NULL);
    ck_assert(ui_run_is_hidden(r));
    done(&ctx, r);
}
END_TEST

/* A process that cannot be replaced. */
static void refused(void *payload, const char *state)
{
    snprintf(payload, 16, "%s", state);
}

START_TEST(a_locked_program_asks_once_for_a_new_process)
{
    char state[16] = "";
    struct ui_ctx ctx = unlocked();
    ctx.renew = refused;
    ctx.renew_payload = state;
    ui_run *r = start(&ctx);
    ck_assert(!r->wants_renew);
    ui_run_lock(r);
    ck_assert(r->wants_renew && !ctx.has_wiped_in_place);
    ui_run_renew(r, "abc");
    ck_assert_str_eq(state, "sabc");
    ck_assert(!r->wants_renew && ctx.has_wiped_in_place);
    ck_assert(r->stack[0].screen == &ui_unlock && r->depth == 1);
    done(&ctx, r);
}
END_TEST

START_TEST(a_new_process_is_as_hidden_as_the_one_before)
{
    char state[16] = "";
    struct ui_ctx ctx = unlocked();
    ctx.renew = refused;
    ctx.renew_payload = state;
    ctx.return_code[0] = '\0';
    ui_run *r = start(&ctx);
    ui_run_key(r, UI_KEY_F12, NULL, 0);
    ck_assert(r->wants_renew);
    ui_run_renew(r, "");
    struct ui_ctx next = {.dir = ctx.dir, .forms_dir = ctx.forms_dir, .resume = state};
    ui_run *n = ui_run_new(&next, 24, 80, &ui_unlock, NULL);
    ck_assert(ui_run_is_hidden(n));
    ui_run_key(n, '\r', NULL, 0);
    ck_assert(!ui_run_is_hidden(n));
    ui_run_free(n);
    done(&ctx, r);
}
END_TEST

START_TEST(idling_locks_and_keys_put_it_off)
{
    struct ui_ctx ctx = unlocked();
    ui_run *r = start(&ctx);
    ui_run_tick(r, 1000000 + 299999);
    ui_run_key(r, UI_KEY_DOWN, NULL, 0);
    ui_run_tick(r, 1000000 + 300001);
    ck_assert(ctx.record != NULL);
    ui_run_tick(r, 1000000 + 299999 + 300000);
    ck_assert(ctx.record == NULL);
    done(&ctx, r);
}
END_TEST

START_TEST(a_suspended_machine_comes_back_locked)
{
    struct ui_ctx ctx = unlocked();
    ui_run *r = start(&ctx);
    ui_run_suspend_gap(r, r->suspend_ms + 100);
    ck_assert(ctx.record != NULL);
    ui_run_suspend_gap(r, r->suspend_ms + 60000);
    ck_assert(ctx.record == NULL);
    done(&ctx, r);
}
END_TEST

START_TEST(after_the_passphrase_the_case_list_is_at_the_bottom)
{
    struct ui_ctx ctx = unlocked();
    ui_run *r = start(&ctx);
    ui_run_key(r, UI_CTRL('k'), NULL, 0);
    ck_assert(ctx.record == NULL);
    vault_secret *pass = vault_secret_new();
    fill_pass(pass);
    ck_assert_int_eq(vault_unlock(ctx.vault, pass, NULL), ERR_OK);
    vault_secret_free(pass);
    ui_run_close_all(r);
    ui_run_open(r, &lower, NULL);
    keys(r, "s");
    ck_assert(ctx.record != NULL);
    ck_assert(r->depth == 1 && r->stack[0].screen == &ui_cases);
    done(&ctx, r);
}
END_TEST

START_TEST(a_record_that_cannot_open_leads_back_to_the_passphrase)
{
    struct ui_ctx ctx = unlocked();
    ui_run *r = start(&ctx);
    record_close(ctx.record);
    ctx.record = NULL;
    vault_lock(ctx.vault);
    keys(r, "s");
    ck_assert(ctx.record == NULL);
    ck_assert(r->depth == 1 && r->stack[0].screen == &ui_unlock);
    ck_assert_str_ne(ctx.message, "");
    done(&ctx, r);
}
END_TEST

START_TEST(a_hang_up_saves_and_closes)
{
    struct ui_ctx ctx = unlocked();
    ui_run *r = start(&ctx);
    ui_run_save(r);
    ck_assert_int_eq(seen.closes, 1);
    ck_assert(!ui_run_key(r, 'x', NULL, 0));
    ck_assert(!ui_run_tick(r, 1000001));
    struct str note = STR_INIT;
    ck_assert_int_eq(vault_note_get(ctx.vault, "place", &note, NULL), ERR_OK);
    ck_assert_str_eq(str_cstr(&note), "[]");
    str_done(&note);
    done(&ctx, r);
}
END_TEST

START_TEST(a_small_window_says_so_and_acts_on_nothing)
{
    struct ui_ctx ctx = fresh();
    ui_run *r = start(&ctx);
    ui_run_resize(r, 19, 80);
    ck_assert(!shows(r, "lower"));
    ui_run_key(r, UI_KEY_DOWN, NULL, 0);
    ck_assert_int_eq(seen.acts, 0);
    ui_run_resize(r, 20, 60);
    ck_assert(shows(r, "lower"));
    done(&ctx, r);
}
END_TEST

Suite *ui_run_suite(void)
{
    Suite *s = suite_create("ui/run");
    TCase *t = tcase_create("run");
    tcase_add_test(t, push_and_pop_hand_over_argument_and_result);
    tcase_add_test(t, work_waits_for_a_draw);
    tcase_add_test(t, guards_and_allows_keep_actions_away);
    tcase_add_test(t, letters_reach_a_screen_that_takes_text);
    tcase_add_test(t, a_message_lasts_until_the_next_key);
    tcase_add_test(t, hidden_shows_only_the_clock_and_takes_no_key);
    tcase_add_test(t, three_wrong_codes_lock);
    tcase_add_test(t, ten_hidden_minutes_lock_without_a_sign);
    tcase_add_test(t, without_a_code_hiding_locks_at_once);
    tcase_add_test(t, idling_locks_and_keys_put_it_off);
    tcase_add_test(t, a_locked_program_asks_once_for_a_new_process);
    tcase_add_test(t, a_new_process_is_as_hidden_as_the_one_before);
    tcase_add_test(t, a_suspended_machine_comes_back_locked);
    tcase_add_test(t, after_the_passphrase_the_case_list_is_at_the_bottom);
    tcase_add_test(t, a_record_that_cannot_open_leads_back_to_the_passphrase);
    tcase_add_test(t, a_hang_up_saves_and_closes);
    tcase_add_test(t, a_small_window_says_so_and_acts_on_nothing);
    suite_add_tcase(s, t);
    return s;
}
