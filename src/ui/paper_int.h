/* Typing a paper key: its 24 words in sight, one after the other; and what the letters of a blind
 * field tell about the keyboard. */
#ifndef SPRIJIN_UI_PAPER_INT_H
#define SPRIJIN_UI_PAPER_INT_H

#include "ui/widget.h"

struct ui_paper {
    vault_secret *word[VAULT_SHEET_WORDS]; /* owned; as typed, or completed once left */
    unsigned at;                           /* the word being typed */
    bool has_other_letters;                /* a letter that no list has was typed: Cyrillic, ș */
};
void ui_paper_open(struct ui_paper *p);
void ui_paper_close(struct ui_paper *p);
void ui_paper_clear(struct ui_paper *p);
bool ui_paper_is_empty(const struct ui_paper *p);
/* Letters, blanks, arrows, erasing, Enter. true when Enter was pressed and all words are of one list:
 * then ui_paper_words gives them. */
bool ui_paper_act(struct ui_paper *p, const struct ui_input *in);
void ui_paper_words(const struct ui_paper *p, vault_secret *out);
/* The words in four columns and a line about the one being typed; returns rows used. */
int ui_paper_draw(const struct ui_paper *p, const struct ui_ctx *ctx, canvas *c, int row);

/* Letters of a blind field, counted: of each alphabet, and how many are vowels in it and how many
 * would be vowels had the keyboard the other layout. Nothing of the text is kept. */
struct ui_layout {
    unsigned latin, cyrillic, vowels, other_vowels, lower, upper;
};
/* Counts what is typed; length is the field's before the input: 0 begins anew. */
void ui_layout_watch(struct ui_layout *l, const struct ui_input *in, size_t length);
/* A sentence if the letters look like the other layout, or like Caps Lock; else NULL. */
const char *ui_layout_hint(const struct ui_layout *l, const struct ui_ctx *ctx);

#endif
