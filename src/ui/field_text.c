/* Text editing by graphemes: one line that scrolls sideways, or several that wrap and scroll; and
 * the text-like fields of the interview. The text stays NFC because only the runner's normalised
 * input is inserted. */
#include "ui/widget.h"

#include <string.h>

#include "base/utf8.h"
#include "field_int.h"

enum { EDIT_DEFAULT_MAX = 1024, SHOWN_ROWS_FOCUSED = 8, SHOWN_ROWS = 3, MAX_LINES = 4096 };

void ui_edit_set(struct ui_edit *e, const char *text)
{
    str_clear(&e->text);
    str_puts(&e->text, text);
    e->cursor = e->text.len;
}

void ui_edit_done(struct ui_edit *e)
{
    str_done(&e->text);
    e->cursor = 0;
}

static size_t grapheme_at(const struct ui_edit *e, size_t at)
{
    return utf8_grapheme(str_cstr(&e->text) + at, e->text.len - at);
}

/* Typed text: line breaks become blanks in a one-line field, other controls are dropped. */
static void insert(struct ui_edit *e, const char *text, size_t n)
{
    struct str clean = STR_INIT;
    for (size_t i = 0; i < n; i++) {
        const char ch = text[i];
        if (ch == '\n' || ch == '\t' || ch == '\r') {
            if (ch == '\r' && i + 1 < n && text[i + 1] == '\n') {
                continue;
            }
            str_putc(&clean, e->is_multiline && ch != '\t' ? '\n' : ' ');
        } else if ((unsigned char)ch >= 0x20 && ch != 0x7f) {
            str_putc(&clean, ch);
        }
    }
    const size_t max = e->max_bytes > 0 ? e->max_bytes : EDIT_DEFAULT_MAX;
    if (e->text.len + clean.len <= max && clean.len > 0) {
        str_splice(&e->text, e->cursor, 0, clean.data, clean.len);
        e->cursor += clean.len;
    }
    str_done(&clean);
}

static size_t line_start(const struct ui_edit *e, size_t at)
{
    while (at > 0 && e->text.data[at - 1] != '\n') {
        at--;
    }
    return at;
}

static size_t line_end(const struct ui_edit *e, size_t at)
{
    while (at < e->text.len && e->text.data[at] != '\n') {
        at++;
    }
    return at;
}

/* To the same cell of the line before or after; false at the first or last line. */
static bool move_line(struct ui_edit *e, bool down)
{
    if (!e->is_multiline || e->text.len == 0) {
        return false;
    }
    const size_t start = line_start(e, e->cursor);
    const size_t cells = utf8_width(e->text.data + start, e->cursor - start);
    size_t to = 0;
    if (down) {
        const size_t end = line_end(e, e->cursor);
        if (end == e->text.len) {
            return false;
        }
        to = end + 1;
    } else {
        if (start == 0) {
            return false;
        }
        to = line_start(e, start - 1);
    }
    const size_t end = line_end(e, to);
    e->cursor = to + utf8_fit(e->text.data + to, end - to, cells);
    return true;
}

static void erase_before(struct ui_edit *e)
{
    if (e->cursor > 0) {
        const size_t from = utf8_grapheme_back(str_cstr(&e->text), e->cursor);
        str_splice(&e->text, from, e->cursor - from, "", 0);
        e->cursor = from;
    }
}

bool ui_edit_act(struct ui_edit *e, const struct ui_input *in)
{
    switch (in->action) {
    case UI_ACT_TEXT: insert(e, in->text, in->n); return true;
    case UI_ACT_LEFT:
        if (e->cursor > 0) {
            e->cursor = utf8_grapheme_back(str_cstr(&e->text), e->cursor);
        }
        return true;
    case UI_ACT_RIGHT: e->cursor += grapheme_at(e, e->cursor); return true;
    case UI_ACT_HOME: e->cursor = e->text.len > 0 ? line_start(e, e->cursor) : 0; return true;
    case UI_ACT_END: e->cursor = e->text.len > 0 ? line_end(e, e->cursor) : 0; return true;
    case UI_ACT_UP:
    case UI_ACT_DOWN: return move_line(e, in->action == UI_ACT_DOWN);
    case UI_ACT_ERASE: erase_before(e); return true;
    case UI_ACT_DELETE:
        str_splice(&e->text, e->cursor, grapheme_at(e, e->cursor), "", 0);
        return true;
    case UI_ACT_CLEAR:
        str_clear(&e->text);
        e->cursor = 0;
        return true;
    case UI_ACT_OPEN:
        if (e->is_multiline) {
            insert(e, "\n", 1);
        }
        return e->is_multiline;
    default: return false;
    }
}

/* Bytes of the shown line that begins at s: up to a line break, or the last blank that fits. */
static size_t wrap_at(const char *s, size_t n, size_t width)
{
    const char *const nl = memchr(s, '\n', n);
    const size_t len = nl != NULL ? (size_t)(nl - s) : n;
    const size_t fit = utf8_fit(s, len, width);
    if (fit == len) {
        return nl != NULL ? len + 1 : len;
    }
    for (size_t i = fit + 1; i > 1; i--) {
        if (s[i - 1] == ' ') {
            return i;
        }
    }
    return fit > 0 ? fit : utf8_grapheme(s, len);
}

/* The room for text is shown by '_', which every terminal has; the text itself is plain, so that
 * a typed letter costs a slow line no change of attributes. */
static void draw_line(canvas *c, int row, int col, int width, const char *s, size_t n)
{
    struct str line = STR_INIT;
    while (n > 0 && (s[n - 1] == '\n' || s[n - 1] == ' ')) {
        n--;
    }
    str_put(&line, s, n);
    canvas_fill(c, row, col, 1, width, UI_DIM, '_');
    canvas_text(c, row, col, width, UI_PLAIN, str_cstr(&line));
    str_done(&line);
}

static int draw_lines(const struct ui_edit *e, canvas *c, int row, int col, int width, int max_rows,
                      bool is_focused)
{
    const char *const s = str_cstr(&e->text);
    size_t cursor_line = 0;
    size_t lines = 0;
    size_t at = 0;
    while (lines < MAX_LINES) {
        const size_t n = wrap_at(s + at, e->text.len - at, (size_t)width);
        if (e->cursor >= at) {
            cursor_line = lines;
        }
        lines++;
        at += n;
        if (at >= e->text.len && !(n > 0 && at > 0 && s[at - 1] == '\n' && at == e->text.len)) {
            break;
        }
        if (n == 0) {
            break;
        }
    }
    size_t first = 0;
    if (is_focused && cursor_line >= (size_t)max_rows) {
        first = cursor_line - (size_t)max_rows + 1;
    }
    at = 0;
    int drawn = 0;
    for (size_t i = 0; i < lines && drawn < max_rows; i++) {
        const size_t n = wrap_at(s + at, e->text.len - at, (size_t)width);
        if (i >= first) {
            draw_line(c, row + drawn, col, width, s + at, n);
            if (is_focused && i == cursor_line) {
                const int x = (int)utf8_width(s + at, e->cursor - at);
                canvas_cursor(c, row + drawn, col + (x < width ? x : width - 1));
            }
            drawn++;
        }
        at += n;
    }
    if (!is_focused && (size_t)drawn < lines) {
        canvas_text(c, row + drawn - 1, col + width - 1, 1, UI_DIM, "…");
    }
    return drawn > 0 ? drawn : 1;
}

int ui_edit_draw(const struct ui_edit *e, canvas *c, int row, int col, int width, int max_rows,
                 bool is_focused)
{
    if (width < 2) {
        return 1;
    }
    if (e->is_multiline) {
        return draw_lines(e, c, row, col, width, max_rows, is_focused);
    }
    const char *const s = str_cstr(&e->text);
    size_t from = 0;
    while (is_focused && utf8_width(s + from, e->cursor - from) >= (size_t)width) {
        from += utf8_grapheme(s + from, e->text.len - from);
    }
    canvas_fill(c, row, col, 1, width, UI_DIM, '_');
    canvas_text(c, row, col, width, UI_PLAIN, s + from);
    if (is_focused) {
        canvas_cursor(c, row, col + (int)utf8_width(s + from, e->cursor - from));
    }
    return 1;
}

bool ui_secret_act(vault_secret *s, const struct ui_input *in)
{
    switch (in->action) {
    case UI_ACT_TEXT: (void)vault_secret_put(s, in->text, in->n); return true;
    case UI_ACT_ERASE: vault_secret_back(s); return true;
    case UI_ACT_CLEAR: vault_secret_clear(s); return true;
    default: return false;
    }
}

void ui_secret_draw(const vault_secret *s, canvas *c, int row, int col, int width, bool is_focused)
{
    const size_t length = s != NULL ? vault_secret_length(s) : 0;
    const int dots = length < (size_t)width ? (int)length : width - 1;
    canvas_fill(c, row, col, 1, width, UI_UNDERLINE, ' ');
    for (int i = 0; i < dots; i++) {
        canvas_text(c, row, col + i, 1, UI_UNDERLINE, "•");
    }
    if (is_focused) {
        canvas_cursor(c, row, col + dots);
    }
}

static const struct form_item *item_of(const struct ui_field *f)
{
    return &form_interview_def(f->iv)->items[form_interview_item(f->iv, f->node)];
}

static int text_width(const struct ui_field *f, const struct form_item *item, int width)
{
    const bool is_wide = item->type == FORM_T_TEXT || item->type == FORM_T_FILE ||
                         item->type == FORM_T_GEO;
    const int limit = !is_wide ? 16 : f->is_prefilled ? width - 14 : width;
    return width < limit ? width : limit;
}

/* How such an answer is typed, while the field has the focus. */
static void put_example(const struct ui_field *f, const struct form_item *item, struct str *out)
{
    const char *example = NULL;
    if (item->type == FORM_T_RANGE && item->range != NULL) {
        str_printf(out, ui_tr(f->ctx, "%g to %g: Left, Right"), item->range->start,
                   item->range->end);
        return;
    }
    if (item->type == FORM_T_FILE) {
        str_puts(out, ui_tr(f->ctx, "Where it lies; it is attached later."));
        return;
    }
    example = item->type == FORM_T_TIME       ? "9:30"
              : item->type == FORM_T_DATETIME ? "24.11.2026 9:30"
              : item->type == FORM_T_GEO      ? "47.0105 28.8638"
              : item->is_estimated            ? "~37"
                                              : NULL;
    if (example != NULL) {
        str_printf(out, ui_tr(f->ctx, "for example %s"), example);
    }
}

static int draw_example(const struct ui_field *f, canvas *c, int row, int x, int w, int width)
{
    struct str s = STR_INIT;
    const struct form_item *const item = item_of(f);
    int used = 0;
    if (f->is_focused && !f->is_prefilled) {
        put_example(f, item, &s);
    }
    if (s.len > 0 && (size_t)(width - x - w - 3) >= utf8_width(str_cstr(&s), s.len) &&
        x + w + 3 < width) {
        canvas_text(c, row, x + w + 2, -1, UI_DIM, str_cstr(&s));
    } else if (s.len > 0) {
        used = canvas_wrap(c, row + 1, x, width - x - 1, 2, UI_DIM, str_cstr(&s));
    }
    str_done(&s);
    return used;
}

int ui_field_text_draw(const struct ui_field *f, canvas *c, int row, int col, int width,
                       int *focus_row)
{
    const struct form_item *const item = item_of(f);
    const bool is_long = str_eq(item->appearance, "multiline");
    const struct form_answer a = form_interview_answer(f->iv, f->node);
    const char *const state = ui_show_state(f->ctx, a.state);
    int rows = 1;
    const int x = col + 4;
    int w = text_width(f, item, width - 5);
    if (state != NULL && (f->edit == NULL || f->edit->text.len == 0)) {
        canvas_fill(c, row, x, 1, 2, UI_UNDERLINE, ' ');
        canvas_text(c, row, x + 3, width - 7, UI_ACCENT, state);
        if (f->is_focused) {
            canvas_cursor(c, row, x);
        }
    } else if (f->edit != NULL) {
        rows = ui_edit_draw(f->edit, c, row, x, w, SHOWN_ROWS_FOCUSED, f->is_focused);
        rows += draw_example(f, c, row, x, w, width);
    } else {
        struct ui_edit shown = {.is_multiline = is_long};
        ui_show_answer(f->iv, f->node, f->ctx->ask_lang, &shown.text);
        const int needed = (int)utf8_width(str_cstr(&shown.text), shown.text.len) + 1;
        w = item->is_estimated && needed > w ? needed < width - 5 ? needed : width - 5 : w;
        rows = ui_edit_draw(&shown, c, row, x, w, is_long ? SHOWN_ROWS : 1, false);
        ui_edit_done(&shown);
    }
    if (f->is_focused) {
        canvas_text(c, row, col + 1, 1, UI_BOLD, "›");
    }
    if (f->is_prefilled) {
        canvas_text(c, row, x + w + 1, width - w - 6, UI_ACCENT, ui_tr(f->ctx, "(from the file)"));
    }
    *focus_row = row;
    return rows;
}
