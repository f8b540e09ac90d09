/* Typing a paper key. Invariant: the words lie in locked memory; the text of one is taken out only to
 * be drawn or compared and wiped behind. All words are looked for in the same list, whichever of the
 * three it is, so the first ones tell which. */
#include "paper_int.h"

#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"

enum { COLUMNS = 4, PER_COLUMN = VAULT_SHEET_WORDS / COLUMNS, WORD_SIZE = 12, LETTERS_MAX = 9 };
enum { LETTERS_ENOUGH = 4 };

void ui_paper_open(struct ui_paper *p)
{
    for (unsigned i = 0; i < VAULT_SHEET_WORDS; i++) {
        p->word[i] = vault_secret_new();
    }
}

void ui_paper_close(struct ui_paper *p)
{
    for (unsigned i = 0; i < VAULT_SHEET_WORDS; i++) {
        vault_secret_free(p->word[i]);
        p->word[i] = NULL;
    }
}

void ui_paper_clear(struct ui_paper *p)
{
    for (unsigned i = 0; i < VAULT_SHEET_WORDS; i++) {
        vault_secret_clear(p->word[i]);
    }
    p->at = 0;
    p->has_other_letters = false;
}

bool ui_paper_is_empty(const struct ui_paper *p)
{
    for (unsigned i = 0; i < VAULT_SHEET_WORDS; i++) {
        if (vault_secret_length(p->word[i]) > 0) {
            return false;
        }
    }
    return true;
}

/* Copies word i; how many letters it has. */
static size_t text_of(const struct ui_paper *p, unsigned i, char out[WORD_SIZE])
{
    return vault_secret_word(p->word[i], 0, out) ? strlen(out) : 0;
}

/* The lists that all words but one allow; every list if the others contradict each other. */
static unsigned lists_without(const struct ui_paper *p, unsigned left_out)
{
    unsigned lists = VAULT_WORD_LISTS;
    char word[WORD_SIZE];
    for (unsigned i = 0; i < VAULT_SHEET_WORDS; i++) {
        const size_t n = text_of(p, i, word);
        if (i != left_out && n > 0) {
            lists &= vault_word_lists(word, n, VAULT_WORD_LISTS);
        }
    }
    mem_wipe(word, sizeof word);
    return lists != 0 ? lists : VAULT_WORD_LISTS;
}

static bool is_unknown(const struct ui_paper *p, unsigned i)
{
    char word[WORD_SIZE];
    const size_t n = text_of(p, i, word);
    const bool is_short = i != p->at && n < LETTERS_ENOUGH; /* left before it was told */
    const bool is_bad = n > 0 && (is_short || vault_word_lists(word, n, lists_without(p, i)) == 0);
    mem_wipe(word, sizeof word);
    return is_bad;
}

/* Puts the whole word in the place of what was typed of it; false if that is not enough. */
static bool complete(struct ui_paper *p, unsigned i)
{
    char typed[WORD_SIZE];
    char whole[WORD_SIZE];
    const size_t n = text_of(p, i, typed);
    const bool is_known = vault_word_complete(typed, n, lists_without(p, i), whole);
    if (is_known) {
        vault_secret_clear(p->word[i]);
        (void)vault_secret_put(p->word[i], whole, strlen(whole));
    }
    mem_wipe(typed, sizeof typed);
    mem_wipe(whole, sizeof whole);
    return is_known;
}

/* A wrong word may be left for later: it keeps its mark. */
static void go_on(struct ui_paper *p)
{
    const bool is_typed = complete(p, p->at) || vault_secret_length(p->word[p->at]) > 0;
    if (is_typed && p->at + 1 < VAULT_SHEET_WORDS) {
        p->at++;
    }
}

static void type_letter(struct ui_paper *p, char letter)
{
    vault_secret *const word = p->word[p->at];
    if (vault_secret_length(word) < LETTERS_MAX) {
        (void)vault_secret_put(word, &letter, 1);
    }
}

/* Numbers and stops, as they stand on the sheet, are passed over. */
static void type_text(struct ui_paper *p, const struct ui_input *in)
{
    for (size_t i = 0; i < in->n;) {
        uint32_t cp = 0;
        i += utf8_next(in->text + i, in->n - i, &cp);
        if (cp >= 'A' && cp <= 'Z') {
            type_letter(p, (char)(cp - 'A' + 'a'));
        } else if (cp >= 'a' && cp <= 'z') {
            type_letter(p, (char)cp);
        } else if (cp == ' ' || cp == '\n' || cp == ',') {
            go_on(p);
        } else if (cp > 0x7F) {
            p->has_other_letters = true;
        }
    }
}

static void erase(struct ui_paper *p)
{
    if (vault_secret_length(p->word[p->at]) > 0) {
        vault_secret_back(p->word[p->at]);
    } else if (p->at > 0) {
        p->at--;
    }
}

static void go(struct ui_paper *p, int step)
{
    const int to = (int)p->at + step;
    (void)complete(p, p->at);
    p->at = to < 0 ? 0 : to < VAULT_SHEET_WORDS ? (unsigned)to : VAULT_SHEET_WORDS - 1;
}

/* The first word that is missing or in no list; VAULT_SHEET_WORDS: none. */
static unsigned first_open(struct ui_paper *p)
{
    unsigned i = 0;
    while (i < VAULT_SHEET_WORDS && complete(p, i)) {
        i++;
    }
    return i;
}

static bool enter(struct ui_paper *p)
{
    const unsigned before = p->at;
    go_on(p);
    const unsigned open = first_open(p);
    if (open < VAULT_SHEET_WORDS) {
        p->at = before + 1 < VAULT_SHEET_WORDS && p->at != before ? p->at : open;
        return false;
    }
    return true;
}

bool ui_paper_act(struct ui_paper *p, const struct ui_input *in)
{
    p->has_other_letters = false;
    switch (in->action) {
    case UI_ACT_TEXT: type_text(p, in); break;
    case UI_ACT_ERASE: erase(p); break;
    case UI_ACT_CLEAR: vault_secret_clear(p->word[p->at]); break;
    case UI_ACT_LEFT: go(p, -PER_COLUMN); break;
    case UI_ACT_RIGHT: go(p, PER_COLUMN); break;
    case UI_ACT_UP: go(p, -1); break;
    case UI_ACT_DOWN: go(p, 1); break;
    case UI_ACT_HOME: go(p, -VAULT_SHEET_WORDS); break;
    case UI_ACT_END: go(p, VAULT_SHEET_WORDS); break;
    case UI_ACT_OPEN: return enter(p);
    default: break;
    }
    return false;
}

void ui_paper_words(const struct ui_paper *p, vault_secret *out)
{
    char word[WORD_SIZE];
    vault_secret_clear(out);
    for (unsigned i = 0; i < VAULT_SHEET_WORDS; i++) {
        const size_t n = text_of(p, i, word);
        (void)vault_secret_put(out, word, n);
        (void)vault_secret_put(out, " ", 1);
    }
    mem_wipe(word, sizeof word);
}

static void draw_word(const struct ui_paper *p, canvas *c, int row, int col, unsigned i)
{
    char typed[WORD_SIZE];
    char whole[WORD_SIZE];
    const size_t n = text_of(p, i, typed);
    const bool is_here = i == p->at;
    const bool is_bad = is_unknown(p, i);
    canvas_printf(c, row, col, 2, UI_DIM, "%2u", i + 1);
    if (is_here || is_bad) {
        canvas_text(c, row, col + 2, 1, UI_BOLD, is_bad ? "!" : "›");
    }
    if (is_here && !is_bad && vault_word_complete(typed, n, lists_without(p, i), whole)) {
        canvas_text(c, row, col + 3, WORD_SIZE - 3, UI_UNDERLINE, whole);
    } else if (is_here) {
        canvas_fill(c, row, col + 3, 1, LETTERS_MAX, UI_UNDERLINE, ' ');
    }
    canvas_text(c, row, col + 3, LETTERS_MAX, is_bad ? UI_ALERT : UI_BOLD, typed);
    if (is_here) {
        canvas_cursor(c, row, col + 3 + (int)n);
    }
    mem_wipe(typed, sizeof typed);
    mem_wipe(whole, sizeof whole);
}

static const char *remark(const struct ui_paper *p, const struct ui_ctx *ctx, unsigned *attr)
{
    *attr = UI_ALERT;
    if (p->has_other_letters) {
        return ui_tr(ctx, "! The words have only the letters a to z. Is the keyboard on the right "
                          "layout?");
    }
    if (is_unknown(p, p->at)) {
        return ui_tr(ctx, "! No word of the list begins like this. Look at the paper once more.");
    }
    *attr = UI_ACCENT;
    return ui_tr(ctx, "After four letters the word is known: Space or Enter goes to the next, the "
                      "arrows to any other.");
}

int ui_paper_draw(const struct ui_paper *p, const struct ui_ctx *ctx, canvas *c, int row)
{
    const int cells = (canvas_cols(c) - 6) / COLUMNS < 18 ? (canvas_cols(c) - 6) / COLUMNS : 18;
    unsigned attr = 0;
    for (unsigned i = 0; i < VAULT_SHEET_WORDS; i++) {
        draw_word(p, c, row + (int)(i % PER_COLUMN), 3 + (int)(i / PER_COLUMN) * cells, i);
    }
    const char *const what = remark(p, ctx, &attr);
    return PER_COLUMN + 2 +
           canvas_wrap(c, row + PER_COLUMN + 1, 3, canvas_cols(c) - 6, 3, attr, what);
}
