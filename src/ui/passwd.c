/* Changing the passphrase of an unlocked vault. Invariant: the new one is asked for only after the
 * present one, or the paper key, was typed: an open screen alone does not let anybody take over. */
#include "paper_int.h"
#include "pass_int.h"

#include "base/arena.h"
#include "base/clock.h"

enum { PROPOSED_WORDS = 6 };
enum step {
    STEP_PRESENT, /* passphrase or paper key, typed */
    STEP_WORDS,   /* six words proposed */
    STEP_REPEAT,  /* the proposed words typed once */
    STEP_OWN      /* a passphrase of one's own, typed twice */
};

struct state {
    enum step step;
    vault_secret *typed; /* the present one, or the repetition; owned, as all here */
    vault_secret *words; /* proposed */
    struct ui_pass own;
    struct ui_paper paper;
    struct ui_layout layout; /* of the present passphrase's letters */
    bool is_sheet;           /* the present one is the paper key's words */
    bool is_after_sheet;     /* they opened the vault just now */
    bool is_working;
    int64_t wait_until_ms;
    unsigned wait_s;
};

static unsigned wait_left(const struct state *st)
{
    const int64_t left = st->wait_until_ms - clock_mono_ms();
    return left > 0 ? (unsigned)((left + 999) / 1000) : 0;
}

static void start_wait(struct state *st, const struct ui_ctx *ctx)
{
    st->wait_until_ms = clock_mono_ms() + vault_wait_ms(ctx->failures);
    st->wait_s = wait_left(st);
}

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    struct state *const st = state;
    (void)arg;
    st->typed = vault_secret_new();
    st->words = vault_secret_new();
    ui_pass_open(&st->own);
    ui_paper_open(&st->paper);
    start_wait(st, ctx);
    if (ctx->by_sheet) { /* it was typed a moment ago */
        ctx->by_sheet = false;
        st->is_after_sheet = true;
        st->step = STEP_WORDS;
        vault_secret_generate(st->words, ctx->lang, PROPOSED_WORDS);
    }
}

static int say(canvas *c, int row, unsigned attr, const char *text)
{
    return canvas_wrap(c, row, 3, canvas_cols(c) - 6, 6, attr, text) + 1;
}

static int draw_typed(const struct state *st, canvas *c, int row)
{
    canvas_text(c, row, 3, 1, UI_BOLD, "›");
    ui_secret_draw(st->typed, c, row, 5, canvas_cols(c) - 10, true);
    return 2;
}

static int draw_present(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row)
{
    const int top = row;
    row += say(c, row, UI_PLAIN,
               st->is_sheet ? ui_tr(ctx, "Your paper key, all 24 words")
                            : ui_tr(ctx, "The passphrase as it is now"));
    row += st->is_sheet ? ui_paper_draw(&st->paper, ctx, c, row) : draw_typed(st, c, row);
    const char *const hint = st->is_sheet ? NULL : ui_layout_hint(&st->layout, ctx);
    if (hint != NULL) {
        row += say(c, row, UI_ACCENT, hint);
    }
    if (st->wait_s > 0) {
        struct str s = STR_INIT;
        str_printf(&s, ui_trn(ctx, "Please wait %u second.", "Please wait %u seconds.", st->wait_s),
                   st->wait_s);
        row += say(c, row, UI_PLAIN, str_cstr(&s));
        str_done(&s);
    }
    row += say(c, row, UI_DIM,
               st->is_sheet ? ui_tr(ctx, "Tab: back to the passphrase")
                            : ui_tr(ctx, "Forgotten? Tab: open with your paper key"));
    return row - top;
}

static int draw_words(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row)
{
    int used = say(c, row, UI_PLAIN,
                   ui_tr(ctx, "This is your passphrase: six words, chosen by chance. Make a small "
                              "story of them and learn it by heart. Nobody can look it up for "
                              "you."));
    used += ui_pass_draw_words(st->words, c, row + used) + 1;
    return used + say(c, row + used, UI_DIM,
                      ui_tr(ctx, "Enter: take these   Space: other words   Tab: my own"));
}

static int draw_repeat(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row)
{
    const int used = say(c, row, UI_PLAIN,
                         ui_tr(ctx, "Type the six words now, with blanks between them. Esc shows "
                                    "them once more."));
    return used + draw_typed(st, c, row + used);
}

static int draw_own(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row)
{
    const int used = say(c, row, UI_PLAIN,
                         ui_tr(ctx, "Your own passphrase: at least 12 letters, better five or six "
                                    "words that do not belong together."));
    return used + ui_pass_draw(&st->own, ctx, c, row + used);
}

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    static int (*const DRAW[])(const struct state *, const struct ui_ctx *, canvas *, int) = {
        [STEP_PRESENT] = draw_present,
        [STEP_WORDS] = draw_words,
        [STEP_REPEAT] = draw_repeat,
        [STEP_OWN] = draw_own,
    };
    const struct state *const st = state;
    ui_frame(c, ctx, &ui_passwd, st, ui_tr(ctx, ui_passwd.title));
    canvas_cursor(c, -1, 0);
    int row = UI_TOP + 1;
    if (st->is_after_sheet && st->step == STEP_WORDS) {
        row += say(c, row, UI_BOLD,
                   ui_tr(ctx, "Opened with the paper key. Take a new passphrase now; the old one "
                              "then opens nothing any more."));
    } else if (st->step != STEP_PRESENT || !st->is_sheet) { /* the 24 words need the room */
        row += say(c, row, UI_PLAIN,
                   ui_tr(ctx, "Several words are easier to remember and harder to guess than "
                              "one word with signs. The paper keys stay as they are."));
    }
    row += DRAW[st->step](st, ctx, c, row);
    if (st->is_working) {
        canvas_text(c, row, 3, -1, UI_ACCENT, ui_tr(ctx, "One moment…"));
        canvas_cursor(c, -1, 0);
    }
}

static struct ui_effect to(struct state *st, enum step step)
{
    st->step = step;
    vault_secret_clear(st->typed);
    return UI_EFFECT(UI_EFFECT_NONE);
}

static struct ui_effect start_work(struct state *st)
{
    st->is_working = true;
    return UI_EFFECT(UI_EFFECT_WORK);
}

static struct ui_effect act_present(struct state *st, const struct ui_input *in)
{
    switch (in->action) {
    case UI_ACT_BACK: return ui_pop(0);
    case UI_ACT_NEXT_FIELD:
    case UI_ACT_PREV_FIELD:
        st->is_sheet = !st->is_sheet;
        vault_secret_clear(st->typed);
        ui_paper_clear(&st->paper);
        return UI_EFFECT(UI_EFFECT_NONE);
    default: break;
    }
    if (st->is_sheet ? !ui_paper_act(&st->paper, in) : in->action != UI_ACT_OPEN) {
        if (!st->is_sheet) {
            ui_layout_watch(&st->layout, in, vault_secret_length(st->typed));
            (void)ui_secret_act(st->typed, in);
        }
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    st->wait_s = wait_left(st);
    if (st->is_sheet) {
        ui_paper_words(&st->paper, st->typed);
    }
    return st->wait_s == 0 && vault_secret_length(st->typed) > 0 ? start_work(st)
                                                                 : UI_EFFECT(UI_EFFECT_NONE);
}

static struct ui_effect act_words(struct state *st, const struct ui_ctx *ctx,
                                  const struct ui_input *in)
{
    switch (in->action) {
    case UI_ACT_BACK: return ui_pop(0);
    case UI_ACT_OPEN: return to(st, STEP_REPEAT);
    case UI_ACT_NEXT_FIELD: return to(st, STEP_OWN);
    case UI_ACT_CHOOSE:
        vault_secret_clear(st->words);
        vault_secret_generate(st->words, ctx->lang, PROPOSED_WORDS);
        break;
    default: break;
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static struct ui_effect act_repeat(struct state *st, struct ui_ctx *ctx, const struct ui_input *in)
{
    if (in->action == UI_ACT_BACK) {
        return to(st, STEP_WORDS);
    }
    if (!ui_secret_act(st->typed, in) && in->action == UI_ACT_OPEN) {
        if (vault_secret_equal(st->typed, st->words)) {
            return start_work(st);
        }
        vault_secret_clear(st->typed);
        ui_say(ctx, ui_tr(ctx, "These are not the same words. Try again, or Esc to see them."));
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    switch (st->step) {
    case STEP_PRESENT: return act_present(st, in);
    case STEP_WORDS: return act_words(st, ctx, in);
    case STEP_REPEAT: return act_repeat(st, ctx, in);
    case STEP_OWN: break;
    }
    if (in->action == UI_ACT_BACK) {
        return to(st, STEP_WORDS);
    }
    return ui_pass_act(&st->own, ctx, in) ? start_work(st) : UI_EFFECT(UI_EFFECT_NONE);
}

/* In a handle of its own, so that the open vault stays as it is whatever comes out. */
static enum err check_present(const struct state *st, const struct ui_ctx *ctx,
                              struct err_info *info)
{
    vault *second = NULL;
    enum err e = vault_open(vault_dir(ctx->vault), &second, info);
    if (e == ERR_OK) {
        e = st->is_sheet ? vault_unlock_sheet(second, st->typed, info)
                         : vault_unlock(second, st->typed, info);
        vault_close(second);
    }
    return e;
}

static struct ui_effect work_present(struct state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    const enum err e = check_present(st, ctx, &info);
    vault_secret_clear(st->typed);
    if (e == ERR_OK) {
        ctx->failures = 0;
        ui_paper_clear(&st->paper);
        vault_secret_generate(st->words, ctx->lang, PROPOSED_WORDS);
        return to(st, STEP_WORDS);
    }
    if (e == ERR_KEY) {
        ctx->failures++;
        start_wait(st, ctx);
        ui_say(ctx, ui_tr(ctx, "! That was not right."));
    } else {
        ui_say_error(ctx, e, &info);
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static struct ui_effect work(void *state, struct ui_ctx *ctx)
{
    struct state *const st = state;
    struct err_info info = {0};
    st->is_working = false;
    if (st->step == STEP_PRESENT) {
        return work_present(st, ctx);
    }
    const enum err e = vault_passwd(ctx->vault, st->step == STEP_OWN ? st->own.first : st->words,
                                    vault_kdf_settle(ctx->kdf), &info);
    if (e != ERR_OK) {
        ui_say_error(ctx, e, &info);
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    ui_say(ctx, ui_tr(ctx, "The passphrase is changed."));
    return ui_pop(1);
}

static bool takes_text(const void *state, const struct ui_ctx *ctx)
{
    (void)ctx;
    return ((const struct state *)state)->step != STEP_WORDS;
}

static bool allows(const void *state, const struct ui_ctx *ctx, enum ui_action action)
{
    (void)ctx;
    return action != UI_ACT_NEXT_FIELD || ((const struct state *)state)->step != STEP_REPEAT;
}

static bool tick(void *state, struct ui_ctx *ctx)
{
    struct state *const st = state;
    (void)ctx;
    const unsigned left = wait_left(st);
    const bool is_changed = left != st->wait_s;
    st->wait_s = left;
    return is_changed;
}

static void close(void *state, struct ui_ctx *ctx)
{
    struct state *const st = state;
    (void)ctx;
    vault_secret_free(st->typed);
    vault_secret_free(st->words);
    ui_pass_close(&st->own);
    ui_paper_close(&st->paper);
}

const struct ui_screen ui_passwd = {
    .id = "passwd",
    .title = N_("Change the passphrase"),
    .state_size = sizeof(struct state),
    .scope = UI_SCOPE_FIELDS,
    .guards = UI_NEEDS_UNLOCKED | UI_NEEDS_WRITE,
    .open = open,
    .draw = draw,
    .act = act,
    .work = work,
    .takes_text = takes_text,
    .allows = allows,
    .tick = tick,
    .close = close,
};
