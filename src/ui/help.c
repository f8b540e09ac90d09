/* F1: all keys of a screen's scope and those that work everywhere, printed from the same tables
 * that decide what a key does. One row an action, its keys side by side. */
#include "ui/widget.h"

#include "base/utf8.h"
#include "ui/keys.h"

enum { KEY_CELLS = 24, PAGE = 15 };

struct state {
    enum ui_scope scope;
    size_t first;
};

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    struct state *const st = state;
    const unsigned scope = *(const unsigned char *)arg;
    (void)ctx;
    st->scope = scope < UI_SCOPE_COUNT ? (enum ui_scope)scope : UI_SCOPE_GLOBAL;
}

/* Keys of one action in a scope: "F6, Ctrl-R". */
static void keys_of(const struct ui_ctx *ctx, enum ui_scope scope, enum ui_action action,
                    struct str *out)
{
    size_t n = 0;
    if (action == UI_ACT_DIGIT) { /* nine keys in a row */
        str_puts(out, "1-9");
        return;
    }
    const struct ui_binding *const rows = ui_bindings(scope, &n);
    for (size_t i = 0; i < n; i++) {
        if (rows[i].action != action || rows[i].key == '\n') {
            continue;
        }
        char name[16];
        struct str key = STR_INIT;
        str_puts(&key, ui_tr(ctx, ui_key_name(rows[i].key, name)));
        if (utf8_width(str_cstr(out), out->len) + utf8_width(str_cstr(&key), key.len) + 2 <
            KEY_CELLS) {
            str_printf(out, "%s%s", out->len > 0 ? ", " : "", str_cstr(&key));
        }
        str_done(&key);
    }
}

static bool is_first_of_action(const struct ui_binding *rows, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (rows[k].action == rows[i].action) {
            return false;
        }
    }
    return true;
}

/* What everybody guesses; it comes after what only this screen has. */
static bool is_plain_move(enum ui_action a)
{
    return a == UI_ACT_UP || a == UI_ACT_DOWN || a == UI_ACT_LEFT || a == UI_ACT_RIGHT ||
           a == UI_ACT_HOME || a == UI_ACT_END || a == UI_ACT_ERASE || a == UI_ACT_DELETE;
}

/* Draws the rows of a scope, plain moves or the others; line counts on over both scopes. */
static void draw_rows(const struct state *st, const struct ui_ctx *ctx, canvas *c,
                      enum ui_scope scope, bool moves, size_t *line)
{
    size_t n = 0;
    const struct ui_binding *const rows = ui_bindings(scope, &n);
    const int last = canvas_rows(c) - UI_BOTTOM;
    for (size_t i = 0; i < n; i++) {
        if (!is_first_of_action(rows, i) || is_plain_move(rows[i].action) != moves) {
            continue;
        }
        const size_t here = (*line)++;
        if (here < st->first || UI_TOP + (int)(here - st->first) >= last) {
            continue;
        }
        const int row = UI_TOP + (int)(here - st->first);
        struct str keys = STR_INIT;
        keys_of(ctx, scope, rows[i].action, &keys);
        canvas_text(c, row, 3, KEY_CELLS, UI_BOLD, str_cstr(&keys));
        canvas_text(c, row, 3 + KEY_CELLS, -1, UI_PLAIN,
                    ui_tr(ctx, ui_action_help(rows[i].action)));
        str_done(&keys);
    }
}

static void draw_scope(const struct state *st, const struct ui_ctx *ctx, canvas *c,
                       enum ui_scope scope, size_t *line)
{
    draw_rows(st, ctx, c, scope, false, line);
    draw_rows(st, ctx, c, scope, true, line);
}

static size_t lines_of(enum ui_scope scope)
{
    size_t n = 0;
    size_t lines = 0;
    const struct ui_binding *const rows = ui_bindings(scope, &n);
    for (size_t i = 0; i < n; i++) {
        lines += is_first_of_action(rows, i) ? 1 : 0;
    }
    return lines;
}

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct state *const st = state;
    ui_frame(c, ctx, &ui_help, st, ui_tr(ctx, ui_help.title));
    canvas_cursor(c, -1, 0);
    size_t line = 0;
    if (st->scope != UI_SCOPE_GLOBAL) {
        draw_scope(st, ctx, c, st->scope, &line);
        line++;
    }
    draw_scope(st, ctx, c, UI_SCOPE_GLOBAL, &line);
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    (void)ctx;
    if (in->action == UI_ACT_BACK || in->action == UI_ACT_HELP || in->action == UI_ACT_OPEN) {
        return ui_pop(0);
    }
    struct ui_list l = {.count = lines_of(st->scope) + lines_of(UI_SCOPE_GLOBAL), .at = st->first};
    (void)ui_list_act(&l, in);
    st->first = l.count > PAGE && l.at > l.count - PAGE ? l.count - PAGE
                : l.count <= PAGE                       ? 0
                                                        : l.at;
    return UI_EFFECT(UI_EFFECT_NONE);
}

static void close(void *state, struct ui_ctx *ctx)
{
    (void)state;
    (void)ctx;
}

const struct ui_screen ui_help = {
    .id = "help",
    .title = N_("Help: keys"),
    .state_size = sizeof(struct state),
    .scope = UI_SCOPE_HELP,
    .open = open,
    .draw = draw,
    .act = act,
    .close = close,
};
