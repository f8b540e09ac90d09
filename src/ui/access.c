/* Who a case is open to, and the restricted parts of it: a line a member, granted or not. Invariant:
 * a grant is given or taken back only after the question was answered with yes. */
#include "members_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum { ROWS_MAX = 512 };

struct line {
    enum vault_part part;
    size_t member; /* index */
    bool is_granted;
};

struct state {
    unsigned char id[ID_LEN];                     /* of the case */
    unsigned char part[VAULT_PART_COUNT][ID_LEN]; /* compartments; of NONE the case's own */
    struct vault_member *all;                     /* not removed; owned */
    size_t count;
    struct line *lines; /* owned */
    struct ui_list list;
    bool is_asking;
};

static const char *const HEADS[VAULT_PART_COUNT] = {
    [VAULT_PART_NONE] = N_("The case"),
    [VAULT_PART_MEDICAL] = N_("Medical part"),
    [VAULT_PART_PSYCHOLOGICAL] = N_("Psychological part"),
};

static enum err load_members(struct state *st, struct ui_ctx *ctx, struct err_info *info)
{
    size_t n = 0;
    free(st->all);
    st->all = NULL;
    st->count = 0;
    const enum err e = vault_members(ctx->vault, &st->all, &n, info);
    for (size_t i = 0; e == ERR_OK && i < n; i++) {
        if (!st->all[i].is_removed) {
            st->all[st->count++] = st->all[i];
        }
    }
    return e;
}

static bool is_among(const struct vault_member *granted, size_t n, const unsigned char id[ID_LEN])
{
    for (size_t i = 0; i < n; i++) {
        if (memcmp(granted[i].id, id, ID_LEN) == 0) {
            return true;
        }
    }
    return false;
}

/* A line for each member; none for a part that does not exist or is not known here. */
static enum err load_part(struct state *st, struct ui_ctx *ctx, enum vault_part part,
                          struct err_info *info)
{
    struct vault_member *granted = NULL;
    size_t n = 0;
    enum err e = ERR_OK;
    memcpy(st->part[part], st->id, ID_LEN);
    if (part != VAULT_PART_NONE) {
        e = vault_part_find(ctx->vault, st->id, part, st->part[part], info);
    }
    e = e == ERR_OK ? vault_granted(ctx->vault, st->part[part], &granted, &n, info) : e;
    for (size_t i = 0; e == ERR_OK && i < st->count && st->list.count < ROWS_MAX; i++) {
        st->lines[st->list.count++] = (struct line){part, i, is_among(granted, n, st->all[i].id)};
    }
    free(granted);
    return e == ERR_NOT_FOUND && part != VAULT_PART_NONE ? ERR_OK : e;
}

static void load(struct state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    st->list.count = 0;
    enum err e = load_members(st, ctx, &info);
    for (int part = 0; part < VAULT_PART_COUNT && e == ERR_OK; part++) {
        e = load_part(st, ctx, (enum vault_part)part, &info);
    }
    if (e != ERR_OK) {
        ui_say_member(ctx, e, &info);
    }
    if (st->list.at >= st->list.count) {
        st->list.at = st->list.count > 0 ? st->list.count - 1 : 0;
    }
}

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    const unsigned char none[ID_LEN] = {0};
    struct state *const st = state;
    st->lines = mem_alloc(ROWS_MAX * sizeof *st->lines);
    memcpy(st->id, arg, ID_LEN);
    if (memcmp(st->id, none, ID_LEN) != 0) {
        load(st, ctx);
    }
}

static void draw_line(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row,
                      size_t i)
{
    const struct line *const l = &st->lines[i];
    const struct vault_member *const m = &st->all[l->member];
    canvas_text(c, row, 3, 2, l->is_granted ? UI_GOOD : UI_PLAIN, l->is_granted ? "✓" : "·");
    canvas_text(c, row, 5, 30, UI_PLAIN, m->name);
    canvas_text(c, row, 36, 18, UI_PLAIN, member_role_text(catalog_builtin(ctx->lang), m->role));
    canvas_text_right(c, row, canvas_cols(c) - 2, l->is_granted ? UI_PLAIN : UI_DIM,
                      l->is_granted ? ui_tr(ctx, "granted") : ui_tr(ctx, "not granted"));
    if (i == st->list.at) {
        ui_focus(c, row, 1, canvas_cols(c) - 2);
    }
}

static void draw_question(const struct state *st, const struct ui_ctx *ctx, canvas *c)
{
    const struct line *const l = &st->lines[st->list.at];
    struct str s = STR_INIT;
    str_printf(&s,
               l->is_granted ? ui_tr(ctx, "Take it back from %s?") : ui_tr(ctx, "Open it to %s?"),
               st->all[l->member].name);
    ui_ask_draw(c, ctx, str_cstr(&s));
    str_done(&s);
}

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct state *const st = state;
    const int end = canvas_rows(c) - UI_BOTTOM - 1;
    const size_t room = (size_t)(end - UI_TOP - VAULT_PART_COUNT);
    ui_frame(c, ctx, &ui_access, st, ui_tr(ctx, ui_access.title));
    canvas_cursor(c, -1, 0);
    const size_t first = ui_list_first(&st->list, room);
    int row = UI_TOP;
    for (size_t i = first; i < st->list.count && row < end; i++) {
        if (i == first || st->lines[i].part != st->lines[i - 1].part) {
            canvas_text(c, row++, 1, -1, UI_BOLD, ui_tr(ctx, HEADS[st->lines[i].part]));
        }
        draw_line(st, ctx, c, row++, i);
    }
    if (st->is_asking) {
        draw_question(st, ctx, c);
    }
}

static void change(struct state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    const struct line *const l = &st->lines[st->list.at];
    const unsigned char *const id = st->part[l->part];
    const unsigned char *const member = st->all[l->member].id;
    const enum err e = l->is_granted ? vault_ungrant(ctx->vault, id, member, &info)
                                     : vault_grant(ctx->vault, id, member, &info);
    if (e != ERR_OK) {
        ui_say_member(ctx, e, &info);
        return;
    }
    ctx->has_saved = true;
    load(st, ctx);
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    if (st->is_asking) {
        const int reply = ui_ask_reply(ctx, in);
        st->is_asking = reply < 0;
        if (reply == 1) {
            change(st, ctx);
        }
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    if (ui_list_act(&st->list, in)) {
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    switch (in->action) {
    case UI_ACT_OPEN:
    case UI_ACT_CHOOSE: st->is_asking = st->list.count > 0; break;
    case UI_ACT_BACK: return ui_pop(0);
    default: break;
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static bool takes_text(const void *state, const struct ui_ctx *ctx)
{
    (void)ctx;
    return ((const struct state *)state)->is_asking;
}

static void close(void *state, struct ui_ctx *ctx)
{
    struct state *const st = state;
    (void)ctx;
    if (st->all != NULL) {
        mem_wipe(st->all, st->count * sizeof *st->all);
    }
    free(st->all);
    free(st->lines);
}

const struct ui_screen ui_access = {
    .id = "access",
    .title = N_("Who the case is open to"),
    .state_size = sizeof(struct state),
    .scope = UI_SCOPE_MENU,
    .guards = UI_NEEDS_UNLOCKED,
    .open = open,
    .draw = draw,
    .act = act,
    .takes_text = takes_text,
    .close = close,
};
