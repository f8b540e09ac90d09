/* Choosing a passphrase. The letters go straight into locked memory; only dots are drawn. */
#include "pass_int.h"

#include "base/arena.h"

void ui_pass_open(struct ui_pass *p)
{
    p->first = vault_secret_new();
    p->second = vault_secret_new();
}

void ui_pass_close(struct ui_pass *p)
{
    vault_secret_free(p->first);
    vault_secret_free(p->second);
    p->first = NULL;
    p->second = NULL;
}

int ui_pass_draw_words(const vault_secret *words, canvas *c, int row)
{
    enum { WORDS = 6, LETTERS = 8, INDENT = 5, GAP = 2 };
    const int cells = INDENT + WORDS * (LETTERS + GAP);
    const unsigned per_row = canvas_cols(c) >= cells ? WORDS : WORDS / 2;
    char word[12];
    int col = INDENT;
    unsigned i = 0;
    for (; vault_secret_word(words, i, word); i++) {
        if (i > 0 && i % per_row == 0) {
            row++;
            col = INDENT;
        }
        col += canvas_text(c, row, col, -1, UI_BOLD, word) + GAP;
    }
    mem_wipe(word, sizeof word);
    return i > per_row ? 2 : 1;
}

static void draw_field(const struct ui_pass *p, canvas *c, int row, const char *label,
                       bool is_second)
{
    const bool is_here = p->is_second == is_second;
    canvas_text(c, row, 3, 20, is_here ? UI_BOLD : UI_PLAIN, label);
    if (is_here) {
        canvas_text(c, row, 1, 1, UI_BOLD, "›");
    }
    ui_secret_draw(is_second ? p->second : p->first, c, row, 24,
                   canvas_cols(c) - 28 < 48 ? canvas_cols(c) - 28 : 48, is_here);
}

int ui_pass_draw(const struct ui_pass *p, const struct ui_ctx *ctx, canvas *c, int row)
{
    draw_field(p, c, row, ui_tr(ctx, "Passphrase"), false);
    draw_field(p, c, row + 2, ui_tr(ctx, "Once more"), true);
    const char *const hint = ui_layout_hint(&p->layout, ctx);
    return hint == NULL ? 4
                        : 5 + canvas_wrap(c, row + 4, 3, canvas_cols(c) - 6, 2, UI_ACCENT, hint);
}

static const char *problem(const struct ui_ctx *ctx, enum vault_pass_problem what)
{
    switch (what) {
    case VAULT_PASS_SHORT: return ui_tr(ctx, "Too short: at least 12 letters are needed.");
    case VAULT_PASS_REPEAT: return ui_tr(ctx, "Too few different letters.");
    case VAULT_PASS_COMMON: return ui_tr(ctx, "This is among the first that anybody would try.");
    case VAULT_PASS_OK: break;
    }
    return NULL;
}

static bool accept(struct ui_pass *p, struct ui_ctx *ctx)
{
    const char *const why = problem(ctx, vault_pass_check(p->first));
    if (why != NULL) {
        ui_say(ctx, why);
        p->is_second = false;
        return false;
    }
    if (!p->is_second) {
        p->is_second = true;
        return false;
    }
    if (!vault_secret_equal(p->first, p->second)) {
        ui_say(ctx, ui_tr(ctx, "The two are not the same. Type the second one again."));
        vault_secret_clear(p->second);
        return false;
    }
    return true;
}

bool ui_pass_act(struct ui_pass *p, struct ui_ctx *ctx, const struct ui_input *in)
{
    if (!p->is_second) {
        ui_layout_watch(&p->layout, in, vault_secret_length(p->first));
    }
    if (ui_secret_act(p->is_second ? p->second : p->first, in)) {
        return false;
    }
    switch (in->action) {
    case UI_ACT_NEXT_FIELD:
    case UI_ACT_PREV_FIELD:
    case UI_ACT_UP:
    case UI_ACT_DOWN: p->is_second = !p->is_second; return false;
    case UI_ACT_OPEN: return accept(p, ctx);
    default: return false;
    }
}
