/* The list of cases: code and initials only; the name is shown on demand, and the audit tells of it.
 * Of a case that is held by office only, the code alone.
 * Invariant: the selection follows its case when the list is read anew. */
#include "ui/widget.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "report/member.h"

enum { LIMIT = 2000 };

struct state {
    struct record_case *cases;
    struct ui_list list;
    size_t total;
    struct ui_edit filter;
    bool is_finding;
    enum record_sort sort;
};

static const char *const SORT_NAMES[] = {
    [RECORD_SORT_CHANGED] = N_("newest change first"),
    [RECORD_SORT_CODE] = N_("by code"),
    [RECORD_SORT_OPENED] = N_("by opening date"),
    [RECORD_SORT_STATE] = N_("unfinished first"),
};

static void drop(struct state *st)
{
    if (st->cases != NULL) {
        mem_wipe(st->cases, st->list.count * sizeof *st->cases);
        free(st->cases);
    }
    st->cases = NULL;
    st->list.count = 0;
}

static void select_id(struct state *st, const unsigned char id[ID_LEN])
{
    for (size_t i = 0; i < st->list.count; i++) {
        if (memcmp(st->cases[i].id, id, ID_LEN) == 0) {
            st->list.at = i;
            return;
        }
    }
}

static void load(struct state *st, struct ui_ctx *ctx)
{
    unsigned char id[ID_LEN] = {0};
    const bool had = st->list.count > 0;
    if (had) {
        memcpy(id, st->cases[st->list.at].id, ID_LEN);
    }
    drop(st);
    struct err_info info = {0};
    const enum err e = record_case_list(ctx->record, str_cstr(&st->filter.text), st->sort, 0, LIMIT,
                                        &st->cases, &st->list.count, &st->total, &info);
    if (e != ERR_OK) {
        st->cases = NULL;
        st->list.count = 0;
        ui_say_error(ctx, e, &info);
    }
    if (st->list.at >= st->list.count) {
        st->list.at = st->list.count > 0 ? st->list.count - 1 : 0;
    }
    if (had) {
        select_id(st, id);
    }
}

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    struct state *const st = state;
    st->is_finding = *(const unsigned char *)arg == UI_CASES_FIND;
    load(st, ctx);
}

static void draw_state(canvas *c, const struct ui_ctx *ctx, int row, int col,
                       const struct record_case *k)
{
    struct str s = STR_INIT;
    if (k->is_locked) {
        canvas_printf(c, row, col, canvas_cols(c) - col - 14, UI_DIM, "■ %s",
                      ui_tr(ctx, "only with a reason"));
        return;
    }
    str_puts(&s, ui_sign(k->is_finished, k->has_record ? k->answered + 1 : 0));
    str_puts(&s, " ");
    if (k->is_finished) {
        str_puts(&s, ui_tr(ctx, "finished"));
    } else if (k->has_record) {
        str_printf(&s, ui_tr(ctx, "%u of %u"), k->answered, k->asked);
    } else {
        str_puts(&s, ui_tr(ctx, "not begun"));
    }
    if (k->conflicts > 0) {
        str_puts(&s, "  ! ");
        str_printf(&s, ui_trn(ctx, "%u answer given twice", "%u answers given twice", k->conflicts),
                   k->conflicts);
    }
    canvas_text(c, row, col, canvas_cols(c) - col - 14, k->is_finished ? UI_GOOD : UI_PLAIN,
                str_cstr(&s));
    str_done(&s);
}

static void draw_row(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row, size_t i)
{
    const struct record_case *const k = &st->cases[i];
    canvas_text(c, row, 3, 8, UI_BOLD, k->code);
    canvas_text(c, row, 12, 10, UI_PLAIN, k->initials);
    draw_state(c, ctx, row, 24, k);
    struct str day = STR_INIT;
    ui_show_day(ctx, k->opened_ms, &day);
    canvas_text_right(c, row, canvas_cols(c) - 1, UI_PLAIN, str_cstr(&day));
    str_done(&day);
    if (i == st->list.at) {
        ui_focus(c, row, 1, canvas_cols(c) - 2);
    }
}

/* Auditors and statisticians have no cases; nor has anybody before one is opened to her. */
static bool opens_cases(const struct ui_ctx *ctx)
{
    return vault_rights_may(vault_own_role(ctx->vault), VAULT_SORT_CASE, VAULT_PART_NONE,
                            RECORD_K_CASE);
}

static void draw_empty(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row)
{
    const char *words = ui_tr(ctx, "No cases yet. Press n to open the first one.");
    if (st->filter.text.len > 0) {
        words = ui_tr(ctx, "Nothing found. A part of the code, the name or an alias is enough, in "
                           "either alphabet.");
    } else if (!opens_cases(ctx)) {
        canvas_printf(c, row, 3, canvas_cols(c) - 6, UI_BOLD, "%s: %s", ui_tr(ctx, "Your role"),
                      member_role_text(catalog_builtin(ctx->lang), vault_own_role(ctx->vault)));
        row += 2;
        words = ui_tr(ctx, "Cases are not shown to this role.");
    }
    canvas_wrap(c, row, 3, canvas_cols(c) - 6, 4, UI_PLAIN, words);
}

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct state *const st = state;
    ui_frame(c, ctx, &ui_cases, st, ui_tr(ctx, ui_cases.title));
    canvas_cursor(c, -1, 0);
    int row = UI_TOP;
    struct str s = STR_INIT;
    str_printf(&s, ui_trn(ctx, "%zu case", "%zu cases", st->total), st->total);
    const bool is_filtered = st->is_finding || st->filter.text.len > 0;
    if (!is_filtered || canvas_cols(c) >= 80) { /* beside the letters typed there is less room */
        str_puts(&s, " · ");
        str_puts(&s, ui_tr(ctx, SORT_NAMES[st->sort]));
    }
    canvas_text_right(c, row, canvas_cols(c) - 1, UI_DIM, str_cstr(&s));
    str_done(&s);
    if (is_filtered) {
        const int used = canvas_text(c, row, 1, 14, UI_BOLD, ui_tr(ctx, "Find:"));
        ui_edit_draw(&st->filter, c, row, used + 2, 24, 1, st->is_finding);
    }
    row += 2;
    const int rows = canvas_rows(c) - UI_BOTTOM - row;
    if (st->list.count == 0) {
        draw_empty(st, ctx, c, row);
        return;
    }
    const size_t first = ui_list_first(&st->list, (size_t)(rows > 0 ? rows : 1));
    for (int i = 0; i < rows && first + (size_t)i < st->list.count; i++) {
        draw_row(st, ctx, c, row + i, first + (size_t)i);
    }
}

static const struct record_case *selected(const struct state *st)
{
    return st->list.count > 0 ? &st->cases[st->list.at] : NULL;
}

static void unmask(const struct state *st, struct ui_ctx *ctx)
{
    const struct record_case *const k = selected(st);
    if (k == NULL) {
        return;
    }
    struct str name = STR_INIT;
    struct err_info info = {0};
    const enum err e = record_case_unmask(ctx->record, k->id, &name, &info);
    if (e != ERR_OK) {
        ui_say_error(ctx, e, &info);
    } else if (name.len == 0) {
        ui_say(ctx, ui_tr(ctx, "No name is known yet."));
    } else {
        struct str s = STR_INIT;
        str_printf(&s, "%s  %s", k->code, str_cstr(&name));
        ui_say(ctx, str_cstr(&s));
        str_done(&s);
    }
    str_done(&name);
}

static bool act_find(struct state *st, struct ui_ctx *ctx, const struct ui_input *in)
{
    if (!st->is_finding) {
        return false;
    }
    if (in->action == UI_ACT_BACK) {
        ui_edit_set(&st->filter, "");
        st->is_finding = false;
        load(st, ctx);
        return true;
    }
    if (in->action == UI_ACT_UP || in->action == UI_ACT_DOWN || in->action == UI_ACT_OPEN ||
        in->action == UI_ACT_HOME || in->action == UI_ACT_END) {
        return false;
    }
    if (ui_edit_act(&st->filter, in)) {
        st->list.at = 0;
        drop(st);
        load(st, ctx);
        return true;
    }
    return false;
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    if (act_find(st, ctx, in) || ui_list_act(&st->list, in)) {
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    switch (in->action) {
    case UI_ACT_OPEN:
    case UI_ACT_RIGHT:
        if (selected(st) != NULL) {
            st->is_finding = false;
            return ui_push(selected(st)->is_locked ? &ui_reason : &ui_case, selected(st)->id,
                           ID_LEN);
        }
        break;
    case UI_ACT_FIND: st->is_finding = true; break;
    case UI_ACT_BACK:
        if (st->filter.text.len > 0) {
            ui_edit_set(&st->filter, "");
            load(st, ctx);
        }
        break;
    case UI_ACT_SORT:
        st->sort = (enum record_sort)((st->sort + 1) % (RECORD_SORT_STATE + 1));
        load(st, ctx);
        break;
    case UI_ACT_TODAY: return ui_push(&ui_today, NULL, 0);
    case UI_ACT_NEW: return ui_push(&ui_new_case, NULL, 0);
    case UI_ACT_UNMASK: unmask(st, ctx); break;
    default: break;
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static void resumed(void *state, struct ui_ctx *ctx, int result)
{
    (void)result;
    load(state, ctx);
}

static bool takes_text(const void *state, const struct ui_ctx *ctx)
{
    (void)ctx;
    return ((const struct state *)state)->is_finding;
}

static bool allows(const void *state, const struct ui_ctx *ctx, enum ui_action action)
{
    const struct state *const st = state;
    switch (action) {
    case UI_ACT_OPEN:
    case UI_ACT_SORT: return st->list.count > 0;
    case UI_ACT_UNMASK: return selected(st) != NULL && !selected(st)->is_locked;
    case UI_ACT_NEW: return opens_cases(ctx);
    case UI_ACT_BACK: return st->is_finding || st->filter.text.len > 0;
    default: return true;
    }
}

static void save_place(const void *state, struct ui_ctx *ctx, jv *place)
{
    const struct state *const st = state;
    (void)ctx;
    if (selected(st) != NULL) {
        char hex[ID_HEX_LEN];
        hex_put(hex, selected(st)->id, ID_LEN);
        jv_set_str(place, "case", hex);
    }
    jv_set_str(place, "filter", str_cstr(&st->filter.text));
    jv_set_int(place, "sort", (int64_t)st->sort);
    jv_set(place, "finding", jv_new_bool(st->is_finding));
}

static void restore(void *state, struct ui_ctx *ctx, const jv *place)
{
    struct state *const st = state;
    const int64_t sort = jv_int_at(place, "sort", 0);
    if (sort >= 0 && sort <= RECORD_SORT_STATE) {
        st->sort = (enum record_sort)sort;
    }
    const char *const filter = jv_str_at(place, "filter");
    ui_edit_set(&st->filter, filter != NULL ? filter : "");
    st->is_finding = jv_bool_at(place, "finding", false);
    load(st, ctx);
    const char *const hex = jv_str_at(place, "case");
    unsigned char id[ID_LEN];
    if (hex != NULL && hex_get(id, ID_LEN, hex)) {
        select_id(st, id);
    }
}

static bool tick(void *state, struct ui_ctx *ctx)
{
    bool is_changed = false;
    if (record_refresh(ctx->record, &is_changed, NULL) != ERR_OK || !is_changed) {
        return false;
    }
    load(state, ctx);
    return true;
}

static void close(void *state, struct ui_ctx *ctx)
{
    struct state *const st = state;
    (void)ctx;
    drop(st);
    ui_edit_done(&st->filter);
}

const struct ui_screen ui_cases = {
    .id = "cases",
    .title = N_("Cases"),
    .state_size = sizeof(struct state),
    .scope = UI_SCOPE_LIST,
    .guards = UI_NEEDS_UNLOCKED,
    .open = open,
    .draw = draw,
    .act = act,
    .resumed = resumed,
    .takes_text = takes_text,
    .allows = allows,
    .save_place = save_place,
    .restore = restore,
    .tick = tick,
    .close = close,
};
