/* The program and the state of its vault: what a person may want to read to a colleague who helps
 * by telephone. Nothing of any case. */
#include "ui/widget.h"

struct state {
    uint64_t events;
    int64_t saved_ms;
    bool is_locked_in_memory;
};

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    struct state *const st = state;
    (void)arg;
    st->events = vault_event_count(ctx->vault);
    st->saved_ms = vault_last_save_ms(ctx->vault);
    st->is_locked_in_memory = vault_keys_are_locked_in_memory(ctx->vault);
}

static void row_of(canvas *c, int row, const char *label, const char *value, unsigned attr)
{
    canvas_text(c, row, 3, 26, UI_PLAIN, label);
    canvas_text(c, row, 30, canvas_cols(c) - 31, attr, value);
}

/* What locking does to the memory of this process. */
static void draw_lock(const struct ui_ctx *ctx, canvas *c, int row)
{
    const char *const label = ui_tr(ctx, "When it locks:");
    if (ctx->has_wiped_in_place) {
        row_of(c, row, label, ui_tr(ctx, "! wiped in place, no new process"), UI_ALERT);
    } else if (ctx->renew == NULL) {
        row_of(c, row, label, ui_tr(ctx, "the memory is wiped in place"), UI_PLAIN);
    } else {
        row_of(c, row, label, ui_tr(ctx, "✓ a new process with empty memory"), UI_GOOD);
    }
}

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct state *const st = state;
    ui_frame(c, ctx, &ui_about, st, ui_tr(ctx, ui_about.title));
    canvas_cursor(c, -1, 0);
    int row = UI_TOP + 1;
    row += canvas_wrap(c, row, 3, canvas_cols(c) - 6, 3, UI_PLAIN,
                       ui_tr(ctx, "sprijin keeps interviews sealed on this computer. Without a "
                                  "passphrase or a paper key nobody can read them."));
    row++;
    row_of(c, row++, ui_tr(ctx, "Signed in as:"), vault_member_name(ctx->vault), UI_BOLD);
    row_of(c, row++, ui_tr(ctx, "Folder:"), ctx->dir, UI_PLAIN);
    struct str s = STR_INIT;
    str_printf(&s, "%llu", (unsigned long long)st->events);
    row_of(c, row++, ui_tr(ctx, "Sealed entries:"), str_cstr(&s), UI_PLAIN);
    str_clear(&s);
    if (st->saved_ms > 0) {
        ui_show_time(ctx, st->saved_ms, &s);
    } else {
        str_puts(&s, ui_tr(ctx, "never"));
    }
    row_of(c, row++, ui_tr(ctx, "Last saved:"), str_cstr(&s), UI_PLAIN);
    str_done(&s);
    if (st->is_locked_in_memory) {
        row_of(c, row++, ui_tr(ctx, "Keys in memory:"), ui_tr(ctx, "✓ locked, never on the disk"),
               UI_GOOD);
    } else {
        row_of(c, row++, ui_tr(ctx, "Keys in memory:"),
               ui_tr(ctx, "! the system refused to lock them"), UI_ALERT);
    }
    draw_lock(ctx, c, row);
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    (void)state;
    (void)ctx;
    return in->action == UI_ACT_BACK || in->action == UI_ACT_OPEN ? ui_pop(0)
                                                                  : UI_EFFECT(UI_EFFECT_NONE);
}

static bool allows(const void *state, const struct ui_ctx *ctx, enum ui_action action)
{
    (void)state;
    (void)ctx;
    return action != UI_ACT_PAGE_DOWN; /* one page is all */
}

static void close(void *state, struct ui_ctx *ctx)
{
    (void)state;
    (void)ctx;
}

const struct ui_screen ui_about = {
    .id = "about",
    .title = N_("About"),
    .state_size = sizeof(struct state),
    .scope = UI_SCOPE_HELP,
    .guards = UI_NEEDS_UNLOCKED,
    .open = open,
    .draw = draw,
    .act = act,
    .allows = allows,
    .close = close,
};
