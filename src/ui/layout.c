/* What the letters of a blind field tell about the keyboard: written on the other layout, words lose
 * their vowels and gain them in the other alphabet. Invariant: numbers are kept, never a letter, and
 * the sentence says no more than which layout it looks like. */
#include "paper_int.h"

#include <string.h>

#include "base/utf8.h"

/* Of a hundred letters so many more must be vowels of the other layout. Cyrillic words hardly ever
 * reach it; English ones come near. */
enum { ENOUGH = 8, MARGIN_CYRILLIC = 5, MARGIN_LATIN = 20 };

/* Small letters that are vowels, and those that lie on the keys of the other layout's vowels. */
static bool is_among(const char *letters, uint32_t cp)
{
    const size_t n = strlen(letters);
    for (size_t at = 0; at < n;) {
        uint32_t one = 0;
        at += utf8_next(letters + at, n - at, &one);
        if (one == cp) {
            return true;
        }
    }
    return false;
}

static void count(struct ui_layout *l, uint32_t typed)
{
    const uint32_t cp = utf8_lower_cp(typed);
    const bool is_latin = cp >= 'a' && cp <= 'z';
    const bool is_cyrillic = cp >= 0x430 && cp < 0x460;
    if (!is_latin && !is_cyrillic) {
        return;
    }
    l->latin += is_latin;
    l->cyrillic += is_cyrillic;
    l->lower += cp == typed;
    l->upper += cp != typed;
    l->vowels += is_among(is_latin ? "aeiouy" : "аеёиоуыэюя", cp);
    l->other_vowels += is_among(is_latin ? "ftbjesz" : "фушщгн", cp);
}

void ui_layout_watch(struct ui_layout *l, const struct ui_input *in, size_t length)
{
    if (length == 0) {
        *l = (struct ui_layout){0};
    }
    for (size_t at = 0; in->action == UI_ACT_TEXT && at < in->n;) {
        uint32_t cp = 0;
        at += utf8_next(in->text + at, in->n - at, &cp);
        count(l, cp);
    }
}

const char *ui_layout_hint(const struct ui_layout *l, const struct ui_ctx *ctx)
{
    const unsigned letters = l->latin + l->cyrillic;
    const unsigned margin = l->cyrillic > l->latin ? MARGIN_CYRILLIC : MARGIN_LATIN;
    const bool is_other = letters >= ENOUGH &&
                          l->other_vowels * 100 >= l->vowels * 100 + letters * margin;
    if (is_other && l->cyrillic > l->latin) {
        return ui_tr(ctx, "These Cyrillic letters look like Latin words. Is the keyboard on the "
                          "right layout?");
    }
    if (is_other) {
        return ui_tr(ctx, "These Latin letters look like Cyrillic words. Is the keyboard on the "
                          "right layout?");
    }
    if (l->upper >= ENOUGH && l->lower == 0) {
        return ui_tr(ctx, "Only capital letters were typed. Is Caps Lock on?");
    }
    return NULL;
}
