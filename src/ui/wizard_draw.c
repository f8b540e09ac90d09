/* What the first run shows. Each step: a short explanation, then one thing to do. */
#include "wizard_int.h"

#include "base/arena.h"

static const char *const LANG_NAMES[LANG_COUNT] = {"Română", "Русский", "English"};

static int say(canvas *c, int row, unsigned attr, const char *text)
{
    return canvas_wrap(c, row, 3, canvas_cols(c) - 6, 6, attr, text) + 1;
}

static void draw_lang(const struct wizard *w, const struct ui_ctx *ctx, canvas *c, int row)
{
    row += say(c, row, UI_PLAIN, ui_tr(ctx, "In which language shall the program speak?"));
    for (size_t i = 0; i < LANG_COUNT; i++) {
        canvas_text(c, row, 5, 20, UI_PLAIN, LANG_NAMES[i]);
        if (i == w->langs.at) {
            ui_focus(c, row, 3, 24);
        }
        row++;
    }
}

static void draw_words(const struct wizard *w, const struct ui_ctx *ctx, canvas *c, int row)
{
    row += say(c, row, UI_PLAIN,
               ui_tr(ctx, "This is your passphrase: six words, chosen by chance. Make a small "
                          "story of them and learn it by heart. Nobody can look it up for you."));
    row += ui_pass_draw_words(w->words, c, row) + 1;
    say(c, row, UI_DIM, ui_tr(ctx, "Enter: take these   Space: other words   Tab: my own"));
}

static void draw_repeat(const struct wizard *w, const struct ui_ctx *ctx, canvas *c, int row)
{
    row += say(c, row, UI_PLAIN,
               ui_tr(ctx, "Type the six words now, with blanks between them. Esc shows them once "
                          "more."));
    canvas_text(c, row, 3, 1, UI_BOLD, "›");
    ui_secret_draw(w->typed, c, row, 5, canvas_cols(c) - 10, true);
}

static void draw_own(const struct wizard *w, const struct ui_ctx *ctx, canvas *c, int row)
{
    row += say(c, row, UI_PLAIN,
               ui_tr(ctx, "Your own passphrase: at least 12 letters, better five or six words that "
                          "do not belong together."));
    ui_pass_draw(&w->own, ctx, c, row);
}

static void draw_name(const struct wizard *w, const struct ui_ctx *ctx, canvas *c, int row)
{
    row += say(c, row, UI_PLAIN,
               ui_tr(ctx, "How do you sign? This stands beside everything you write. Initials are "
                          "enough, for example: A. C."));
    canvas_text(c, row, 3, 1, UI_BOLD, "›");
    ui_edit_draw(&w->name, c, row, 5, 32, 1, true);
}

static void draw_code(const struct wizard *w, const struct ui_ctx *ctx, canvas *c, int row)
{
    row += say(c, row, UI_PLAIN,
               ui_tr(ctx, "F12 or Ctrl-] hides everything at once, when somebody comes in. Six "
                          "digits bring you back within ten minutes; after that, the passphrase."));
    row += say(c, row, UI_PLAIN, ui_tr(ctx, "Remember this code, or type another:"));
    canvas_text(c, row, 3, 1, UI_BOLD, "›");
    ui_edit_draw(&w->code, c, row, 5, 8, 1, true);
}

static void draw_creating(const struct wizard *w, const struct ui_ctx *ctx, canvas *c, int row)
{
    (void)w;
    row += say(c, row, UI_ACCENT, ui_tr(ctx, "One moment: the keys are being made…"));
    say(c, row, UI_DIM,
        ui_tr(ctx, "This computer is measured, so that the passphrase is as slow to guess as it "
                   "can be here."));
}

static void draw_sheet(const struct ui_ctx *ctx, canvas *c, int row, const vault_secret *sheet)
{
    const unsigned per_column = VAULT_SHEET_WORDS / 4;
    const int cells = (canvas_cols(c) - 6) / 4;
    for (unsigned i = 0; i < VAULT_SHEET_WORDS; i++) {
        char word[12];
        if (vault_secret_word(sheet, i, word)) {
            const int x = 3 + (int)(i / per_column) * cells;
            const int y = row + (int)(i % per_column);
            canvas_printf(c, y, x, 3, UI_DIM, "%2u", i + 1);
            canvas_text(c, y, x + 3, cells - 4, UI_BOLD, word);
        }
        mem_wipe(word, sizeof word);
    }
    say(c, row + (int)per_column + 1, UI_DIM,
        ui_tr(ctx, "Copy the words by hand, with their numbers. Then press Enter."));
}

static void draw_org(const struct wizard *w, const struct ui_ctx *ctx, canvas *c, int row)
{
    row += say(c, row, UI_BOLD, ui_tr(ctx, "Paper key 1 of 2: the ORGANISATION's"));
    row += say(c, row, UI_PLAIN,
               ui_tr(ctx, "It opens every case if a colleague can no longer do it. It belongs in "
                          "the organisation's safe, never beside this computer. It is shown only "
                          "now."));
    draw_sheet(ctx, c, row, w->org_sheet);
}

static void draw_member(const struct wizard *w, const struct ui_ctx *ctx, canvas *c, int row)
{
    row += say(c, row, UI_BOLD, ui_tr(ctx, "Paper key 2 of 2: YOUR OWN"));
    row += say(c, row, UI_PLAIN,
               ui_tr(ctx,
                     "It lets you in if you forget the passphrase. Take another sheet and keep "
                     "it in another place than the first. It is shown only now."));
    draw_sheet(ctx, c, row, w->member_sheet);
}

static void draw_ask(const struct wizard *w, const struct ui_ctx *ctx, canvas *c, int row)
{
    const bool is_org = w->ask_at < WIZARD_ASKED;
    row += say(c, row, UI_PLAIN,
               ui_tr(ctx, "To be sure that both sheets are right, please type a few words from "
                          "them. Esc shows the sheets once more."));
    struct str s = STR_INIT;
    str_printf(&s,
               is_org ? ui_tr(ctx, "The ORGANISATION's sheet, word %u:")
                      : ui_tr(ctx, "YOUR OWN sheet, word %u:"),
               w->asked[w->ask_at] + 1);
    canvas_text(c, row, 3, -1, UI_BOLD, str_cstr(&s));
    str_done(&s);
    row += 2;
    char word[12];
    if (!vault_secret_word(w->typed, 0, word)) {
        word[0] = '\0';
    }
    canvas_fill(c, row, 5, 1, 12, UI_UNDERLINE, ' ');
    canvas_text(c, row, 3, 1, UI_BOLD, "›");
    const int cells = canvas_text(c, row, 5, 12, UI_UNDERLINE, word);
    canvas_cursor(c, row, 5 + cells);
    mem_wipe(word, sizeof word);
}

static void draw_settling(const struct wizard *w, const struct ui_ctx *ctx, canvas *c, int row)
{
    (void)w;
    say(c, row, UI_ACCENT, ui_tr(ctx, "One moment…"));
}

static void (*const STEPS[STEP_COUNT])(const struct wizard *, const struct ui_ctx *, canvas *,
                                       int) = {
    [STEP_LANG] = draw_lang,           [STEP_WORDS] = draw_words,
    [STEP_REPEAT] = draw_repeat,       [STEP_OWN] = draw_own,
    [STEP_NAME] = draw_name,           [STEP_CODE] = draw_code,
    [STEP_CREATING] = draw_creating,   [STEP_ORG_SHEET] = draw_org,
    [STEP_MEMBER_SHEET] = draw_member, [STEP_ASK] = draw_ask,
    [STEP_SETTLING] = draw_settling,
};

void wizard_draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct wizard *const w = state;
    ui_frame(c, ctx, &ui_wizard, w, ui_tr(ctx, ui_wizard.title));
    canvas_cursor(c, -1, 0);
    STEPS[w->step](w, ctx, c, UI_TOP + 1);
}
