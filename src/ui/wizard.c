/* The first run: language, passphrase, signature, code of quick hiding, then the vault and its two
 * paper keys. Invariant: until words of both sheets were typed back the vault lies beside its
 * place, and goes away with this screen; only a confirmed one is moved in. */
#include "prefs_int.h"
#include "wizard_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "base/utf8.h"

enum { NAME_MAX_BYTES = 64, ENOUGH_LETTERS = 4 };

static void propose_code(struct wizard *w)
{
    struct str s = STR_INIT;
    ui_code_propose(&s);
    ui_edit_set(&w->code, str_cstr(&s));
    str_done(&s);
}

static void propose_words(struct wizard *w, const struct ui_ctx *ctx)
{
    vault_secret_clear(w->words);
    vault_secret_generate(w->words, ctx->lang, WIZARD_WORDS);
}

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    struct wizard *const w = state;
    (void)arg;
    w->words = vault_secret_new();
    w->typed = vault_secret_new();
    ui_pass_open(&w->own);
    w->langs = (struct ui_list){.count = LANG_COUNT, .at = (size_t)ctx->lang};
    w->name.max_bytes = NAME_MAX_BYTES;
    w->code.max_bytes = UI_CODE_LEN;
    wizard_prepare(w, ctx);
    propose_code(w);
}

static struct ui_effect to(struct wizard *w, enum wizard_step step)
{
    w->step = step;
    vault_secret_clear(w->typed);
    return UI_EFFECT(UI_EFFECT_NONE);
}

static struct ui_effect act_lang(struct wizard *w, struct ui_ctx *ctx, const struct ui_input *in)
{
    if (ui_list_act(&w->langs, in)) {
        ctx->lang = (enum lang)w->langs.at;
    } else if (in->action == UI_ACT_OPEN) {
        ctx->lang = (enum lang)w->langs.at;
        ctx->ask_lang = ctx->lang;
        propose_words(w, ctx);
        return to(w, STEP_WORDS);
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static struct ui_effect act_words(struct wizard *w, struct ui_ctx *ctx, const struct ui_input *in)
{
    switch (in->action) {
    case UI_ACT_OPEN: w->is_own = false; return to(w, STEP_REPEAT);
    case UI_ACT_CHOOSE: propose_words(w, ctx); break;
    case UI_ACT_NEXT_FIELD: return to(w, STEP_OWN);
    case UI_ACT_BACK: return to(w, STEP_LANG);
    default: break;
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static struct ui_effect act_repeat(struct wizard *w, struct ui_ctx *ctx, const struct ui_input *in)
{
    if (in->action == UI_ACT_BACK) {
        return to(w, STEP_WORDS);
    }
    if (!ui_secret_act(w->typed, in) && in->action == UI_ACT_OPEN) {
        if (vault_secret_equal(w->typed, w->words)) {
            return to(w, STEP_NAME);
        }
        vault_secret_clear(w->typed);
        ui_say(ctx, ui_tr(ctx, "These are not the same words. Try again, or Esc to see them."));
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static struct ui_effect act_own(struct wizard *w, struct ui_ctx *ctx, const struct ui_input *in)
{
    if (in->action == UI_ACT_BACK) {
        return to(w, STEP_WORDS);
    }
    if (ui_pass_act(&w->own, ctx, in)) {
        w->is_own = true;
        return to(w, STEP_NAME);
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static bool is_blank(const char *s)
{
    return s[strspn(s, " ")] == '\0';
}

static struct ui_effect act_name(struct wizard *w, struct ui_ctx *ctx, const struct ui_input *in)
{
    if (in->action == UI_ACT_BACK) {
        return to(w, w->is_own ? STEP_OWN : STEP_WORDS);
    }
    if (in->action == UI_ACT_OPEN) {
        if (!is_blank(str_cstr(&w->name.text))) {
            return to(w, STEP_CODE);
        }
        ui_say(ctx, ui_tr(ctx, "A signature is needed. Initials are enough."));
    } else {
        (void)ui_edit_act(&w->name, in);
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static struct ui_effect act_code(struct wizard *w, struct ui_ctx *ctx, const struct ui_input *in)
{
    if (in->action == UI_ACT_BACK) {
        return to(w, STEP_NAME);
    }
    if (in->action != UI_ACT_OPEN) {
        (void)ui_edit_act(&w->code, in);
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    if (!ui_code_valid(str_cstr(&w->code.text))) {
        ui_say(ctx, ui_tr(ctx, "The code has exactly six digits."));
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    w->step = STEP_CREATING;
    return UI_EFFECT(UI_EFFECT_WORK);
}

/* Three different words of each sheet, by chance. */
static void ask_words(struct wizard *w)
{
    for (unsigned i = 0; i < 2 * WIZARD_ASKED; i++) {
        const unsigned third = VAULT_SHEET_WORDS / WIZARD_ASKED;
        w->asked[i] = (i % WIZARD_ASKED) * third + random_below(third);
    }
    w->ask_at = 0;
}

static struct ui_effect create(struct wizard *w, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    const enum err e = wizard_make(w, ctx, &info);
    if (e != ERR_OK) {
        ui_say_error(ctx, e, &info);
        return to(w, STEP_CODE);
    }
    ask_words(w);
    return to(w, STEP_ORG_SHEET);
}

static struct ui_effect work(void *state, struct ui_ctx *ctx)
{
    struct wizard *const w = state;
    if (w->step == STEP_CREATING) {
        return create(w, ctx);
    }
    struct err_info info = {0};
    const enum err e = wizard_settle(w, ctx, &info);
    if (e != ERR_OK) {
        ui_say_error(ctx, e, &info);
    } else {
        ui_say(ctx, ui_tr(ctx, "All is ready. Keep the two sheets in two places."));
    }
    if (ctx->vault == NULL) {
        wizard_drop(w);
        return to(w, STEP_CODE);
    }
    struct ui_effect out = UI_EFFECT(UI_EFFECT_RESET);
    out.screen = vault_is_unlocked(ctx->vault) ? NULL : &ui_unlock;
    return out;
}

static struct ui_effect act_org(struct wizard *w, struct ui_ctx *ctx, const struct ui_input *in)
{
    (void)ctx;
    return in->action == UI_ACT_OPEN ? to(w, STEP_MEMBER_SHEET) : UI_EFFECT(UI_EFFECT_NONE);
}

static struct ui_effect act_member(struct wizard *w, struct ui_ctx *ctx, const struct ui_input *in)
{
    (void)ctx;
    if (in->action == UI_ACT_BACK) {
        return to(w, STEP_ORG_SHEET);
    }
    return in->action == UI_ACT_OPEN ? to(w, STEP_ASK) : UI_EFFECT(UI_EFFECT_NONE);
}

/* Small and capital letters are alike; the first four letters of a word tell it. */
static bool is_same_word(const char *typed, const char *word)
{
    struct str a = STR_INIT;
    struct str b = STR_INIT;
    utf8_fold(&a, typed, strlen(typed));
    utf8_fold(&b, word, strlen(word));
    const size_t need = b.len < ENOUGH_LETTERS ? b.len : ENOUGH_LETTERS;
    const bool is_same = a.len >= need && a.len <= b.len && memcmp(a.data, b.data, a.len) == 0;
    str_done(&a);
    str_done(&b);
    return is_same;
}

static struct ui_effect check_word(struct wizard *w, struct ui_ctx *ctx)
{
    char typed[12];
    char word[12];
    const vault_secret *const sheet = w->ask_at < WIZARD_ASKED ? w->org_sheet : w->member_sheet;
    const bool is_right = vault_secret_word(w->typed, 0, typed) &&
                          vault_secret_word(sheet, w->asked[w->ask_at], word) &&
                          is_same_word(typed, word);
    mem_wipe(typed, sizeof typed);
    mem_wipe(word, sizeof word);
    vault_secret_clear(w->typed);
    if (!is_right) {
        ui_say(ctx, ui_tr(ctx, "This is another word. Look at the number and at the sheet."));
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    if (++w->ask_at < 2 * WIZARD_ASKED) {
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    w->step = STEP_SETTLING;
    return UI_EFFECT(UI_EFFECT_WORK);
}

static struct ui_effect act_ask(struct wizard *w, struct ui_ctx *ctx, const struct ui_input *in)
{
    if (in->action == UI_ACT_BACK) {
        return to(w, STEP_ORG_SHEET);
    }
    if (!ui_secret_act(w->typed, in) && in->action == UI_ACT_OPEN) {
        return check_word(w, ctx);
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static struct ui_effect (*const STEPS[STEP_COUNT])(struct wizard *, struct ui_ctx *,
                                                   const struct ui_input *) = {
    [STEP_LANG] = act_lang,     [STEP_WORDS] = act_words,         [STEP_REPEAT] = act_repeat,
    [STEP_OWN] = act_own,       [STEP_NAME] = act_name,           [STEP_CODE] = act_code,
    [STEP_ORG_SHEET] = act_org, [STEP_MEMBER_SHEET] = act_member, [STEP_ASK] = act_ask,
};

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct wizard *const w = state;
    if (STEPS[w->step] == NULL) {
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    return STEPS[w->step](w, ctx, in);
}

static bool takes_text(const void *state, const struct ui_ctx *ctx)
{
    (void)ctx;
    switch (((const struct wizard *)state)->step) {
    case STEP_REPEAT:
    case STEP_OWN:
    case STEP_NAME:
    case STEP_CODE:
    case STEP_ASK: return true;
    default: return false;
    }
}

static bool allows(const void *state, const struct ui_ctx *ctx, enum ui_action action)
{
    const enum wizard_step step = ((const struct wizard *)state)->step;
    (void)ctx;
    switch (action) {
    case UI_ACT_NEXT_FIELD: return step == STEP_WORDS || step == STEP_OWN || step == STEP_LANG;
    case UI_ACT_BACK:
        return step != STEP_LANG && step != STEP_CREATING && step != STEP_ORG_SHEET &&
               step != STEP_SETTLING;
    default: return true;
    }
}

static void close(void *state, struct ui_ctx *ctx)
{
    struct wizard *const w = state;
    (void)ctx;
    wizard_drop(w);
    free(w->made_dir);
    vault_secret_free(w->words);
    vault_secret_free(w->typed);
    ui_pass_close(&w->own);
    ui_edit_done(&w->name);
    ui_edit_done(&w->code);
}

const struct ui_screen ui_wizard = {
    .id = "wizard",
    .title = N_("First steps"),
    .state_size = sizeof(struct wizard),
    .scope = UI_SCOPE_FIELDS,
    .open = open,
    .draw = wizard_draw,
    .act = act,
    .work = work,
    .takes_text = takes_text,
    .allows = allows,
    .close = close,
};
