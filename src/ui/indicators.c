/* The indicators of a case: six dimensions, what they add up to, and the answers that the chosen one
 * rests on. Invariant: read only; what is shown is derived from the answers, and says of itself
 * that it decides nothing. */
#include "part_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "record/pathway.h"

struct evidence {
    char *what, *answer, *at; /* owned */
    char key[96];
    int strength; /* form_strength; -1: not known */
    int section, page;
};

struct state {
    struct part part;
    struct record_indicators found;
    size_t dimension;
    struct evidence *rows; /* of the dimension; owned */
    size_t count;
    char record[RECORD_DOC_ID_MAX];
};

static const char *const RESULTS[] = {
    [RECORD_RESULT_NONE] = N_("Nothing was asked yet."),
    [RECORD_RESULT_NO_VICTIM] = N_("Looks like: no exploitation was found"),
    [RECORD_RESULT_EXPLOITED] = N_("Looks like: exploitation, neither deceived nor coerced"),
    [RECORD_RESULT_DECEIVED] = N_("Looks like: deceived and exploited"),
    [RECORD_RESULT_TRAFFICKED] = N_("Looks like: trafficking in human beings"),
    [RECORD_RESULT_REVIEW] = N_("Not clear from the answers: the team looks at it"),
};
static const char *const STRENGTHS[] = {
    [FORM_WEAK] = N_("weak"), [FORM_MEDIUM] = N_("medium"), [FORM_STRONG] = N_("strong")};

static void clear_rows(struct state *st)
{
    for (size_t i = 0; i < st->count; i++) {
        struct evidence *const e = &st->rows[i];
        mem_wipe(e->answer, strlen(e->answer));
        free(e->what);
        free(e->answer);
        free(e->at);
    }
    free(st->rows);
    st->rows = NULL;
    st->count = 0;
}

static void add_row(struct state *st, const struct ui_ctx *ctx, const form_interview *iv, int node,
                    int strength)
{
    struct str what = STR_INIT, answer = STR_INIT, at = STR_INIT;
    size_t pages = 0, sections = 0;
    const struct form_item *const item =
        &form_interview_def(iv)->items[form_interview_item(iv, node)];
    struct evidence *const e = &st->rows[st->count++];
    *e = (struct evidence){.strength = strength};
    form_interview_label_at(iv, node, &item->label, ctx->lang, &what);
    const char *const state = ui_show_state(ctx, form_interview_answer(iv, node).state);
    if (state != NULL) {
        str_puts(&answer, state);
    } else {
        ui_show_answer(iv, node, ctx->lang, &answer);
    }
    str_puts(&answer, answer.len > 0 ? "" : ui_tr(ctx, "not answered"));
    form_interview_at(iv, node, &at);
    const int page = form_interview_page_of(iv, node);
    const struct form_page *const all = form_interview_pages(iv, &pages);
    const struct form_section *const sec = form_interview_sections(iv, &sections);
    if (page >= 0 && (size_t)page < pages) {
        e->section = all[page].section + 1;
        e->page = page - sec[all[page].section].first_page + 1;
    }
    strncpy(e->key, item->key, sizeof e->key - 1);
    e->what = str_take(&what);
    e->answer = str_take(&answer);
    e->at = str_take(&at);
}

/* Present ones, strong first, then those that nobody knows. */
static void load_rows(struct state *st, struct ui_ctx *ctx)
{
    clear_rows(st);
    st->part.list.count = 0;
    if (st->dimension >= st->found.count) {
        return;
    }
    record_doc *const doc = part_newest(&st->part, ctx, st->found.form);
    if (doc == NULL) {
        return;
    }
    const form_interview *const iv = record_doc_interview(doc);
    const int nodes = form_interview_nodes(iv);
    strncpy(st->record, record_doc_id(doc), sizeof st->record - 1);
    st->rows = mem_alloc(((size_t)nodes + 1) * sizeof *st->rows);
    for (int strength = FORM_STRONG; strength >= -1; strength--) {
        for (int node = 0; node < nodes; node++) {
            if (!form_interview_exists(iv, node) || !form_interview_relevant(iv, node)) {
                continue;
            }
            const struct form_mark *const m =
                &form_interview_def(iv)->items[form_interview_item(iv, node)].mark;
            const char *const value = form_interview_value(iv, node);
            const bool is_here = m->dimension == (int)st->dimension;
            const bool is_present = is_here && str_eq(value, "yes");
            if ((is_present && (int)m->strength == strength) ||
                (is_here && strength < 0 && value[0] == '\0')) {
                add_row(st, ctx, iv, node, strength);
            }
        }
    }
    record_doc_close(doc);
    part_list(&st->part, st->count);
}

static void load(struct state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    record_indicators_done(&st->found);
    const enum err e = record_indicators_get(ctx->record, st->part.case_id, &st->found, &info);
    if (e != ERR_OK) {
        ui_say_error(ctx, e, &info);
    }
    load_rows(st, ctx);
}

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    struct state *const st = state;
    if (part_open(&st->part, ctx, arg)) {
        load(st, ctx);
    }
}

/* Where the columns end. */
struct columns {
    int label, bar, strong, medium, weak, end; /* bar 0: none */
};

static struct columns columns_of(const canvas *c)
{
    const int end = canvas_cols(c) - 1;
    return end < 75 ? (struct columns){22, 0, 34, 42, 50, end}
                    : (struct columns){30, 34, 54, 62, 69, end};
}

static void draw_number(canvas *c, int row, int end, unsigned n)
{
    char text[16];
    snprintf(text, sizeof text, "%u", n);
    canvas_text_right(c, row, end, n > 0 ? UI_PLAIN : UI_DIM, text);
}

/* A strong one counts for half of the bar, a medium one for half of that. */
static void draw_bar(canvas *c, int row, int col, const struct record_dimension *d)
{
    const unsigned points = 4 * d->strong + 2 * d->medium + d->weak;
    for (unsigned i = 0; i < 8; i++) {
        canvas_text(c, row, col + (int)i, 1, UI_PLAIN, i < points ? "█" : "░");
    }
}

static void draw_dimensions(const struct state *st, const struct ui_ctx *ctx, canvas *c)
{
    const struct columns k = columns_of(c);
    int row = UI_TOP;
    canvas_text_right(c, row, k.strong, UI_DIM, ui_tr(ctx, "strong ones"));
    canvas_text_right(c, row, k.medium, UI_DIM, ui_tr(ctx, "medium ones"));
    canvas_text_right(c, row, k.weak, UI_DIM, ui_tr(ctx, "weak ones"));
    canvas_text_right(c, row, k.end, UI_DIM, ui_tr(ctx, "result"));
    for (size_t i = 0; i < st->found.count; i++) {
        const struct record_dimension *const d = &st->found.dimensions[i];
        const bool is_chosen = i == st->dimension;
        row++;
        canvas_text(c, row, 1, 1, UI_BOLD, is_chosen ? "›" : " ");
        canvas_text(c, row, 3, k.label, is_chosen ? UI_BOLD : UI_PLAIN,
                    form_text_get(&d->label, ctx->lang));
        if (k.bar > 0) {
            draw_bar(c, row, k.bar, d);
        }
        draw_number(c, row, k.strong, d->strong);
        draw_number(c, row, k.medium, d->medium);
        draw_number(c, row, k.weak, d->weak);
        canvas_text_right(c, row, k.end, d->is_positive ? UI_BOLD : UI_DIM,
                          d->is_positive ? ui_tr(ctx, "present") : "-");
    }
}

static void draw_evidence(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row,
                          size_t i)
{
    const struct evidence *const e = &st->rows[i];
    const int end = canvas_cols(c) - 1;
    char place[32];
    snprintf(place, sizeof place, "(%d.%d)", e->section, e->page);
    const char *const how = e->strength < 0 ? ui_tr(ctx, "not known")
                                            : ui_tr(ctx, STRENGTHS[e->strength]);
    canvas_text(c, row, 3, 10, e->strength < 0 ? UI_DIM : UI_PLAIN, how);
    const int right = end - canvas_text_right(c, row, end, UI_DIM, place) - 2;
    const int answer = 18 < (right - 14) / 3 ? 18 : (right - 14) / 3;
    canvas_text(c, row, 14, right - answer - 15, UI_PLAIN, e->what);
    canvas_text(c, row, right - answer, answer, UI_PLAIN, e->answer);
    if (i == st->part.list.at) {
        ui_focus(c, row, 1, canvas_cols(c) - 2);
    }
}

static void draw_chosen(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row)
{
    const int end = canvas_rows(c) - UI_BOTTOM - 1;
    const struct record_dimension *const d = &st->found.dimensions[st->dimension];
    struct str s = STR_INIT;
    str_printf(&s, "%s: %s", form_text_get(&d->label, ctx->lang),
               d->is_positive ? ui_tr(ctx, "present") : ui_tr(ctx, "not enough for present"));
    canvas_text(c, row++, 1, canvas_cols(c) - 2, UI_BOLD, str_cstr(&s));
    str_done(&s);
    const size_t first = ui_list_first(&st->part.list, (size_t)(end - row));
    for (size_t i = first; i < st->count && row < end; i++) {
        draw_evidence(st, ctx, c, row++, i);
    }
    canvas_text(c, end, 1, canvas_cols(c) - 2, UI_DIM,
                ui_tr(ctx, "Weights: a proposal, not checked against the published list."));
}

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct state *const st = state;
    const int width = canvas_cols(c) - 2;
    part_frame(&st->part, ctx, &ui_indicators, c);
    if (!st->part.is_found) {
        return;
    }
    int row = UI_TOP;
    if (st->found.count > 0) {
        draw_dimensions(st, ctx, c);
        row += (int)st->found.count + (canvas_rows(c) > 20 ? 2 : 1);
    }
    canvas_text(c, row++, 1, width, UI_BOLD, ui_tr(ctx, RESULTS[st->found.result]));
    canvas_text(c, row++, 1, width, UI_PLAIN,
                ui_tr(ctx, "This is help, not a decision. The team (EMT) decides."));
    if (st->dimension < st->found.count) {
        draw_chosen(st, ctx, c, row + 1);
    }
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    struct ui_effect effect = UI_EFFECT(UI_EFFECT_NONE);
    const size_t n = st->found.count;
    switch (in->action) {
    case UI_ACT_RIGHT:
    case UI_ACT_NEXT_FIELD:
    case UI_ACT_LEFT:
    case UI_ACT_PREV_FIELD:
        if (n > 0) {
            const bool is_on = in->action == UI_ACT_RIGHT || in->action == UI_ACT_NEXT_FIELD;
            st->dimension = (st->dimension + (is_on ? 1 : n - 1)) % n;
            st->part.list.at = 0;
            load_rows(st, ctx);
        }
        return effect;
    case UI_ACT_OPEN:
        if (st->part.list.at < st->count) {
            const struct evidence *const e = &st->rows[st->part.list.at];
            return part_jump(&st->part, ctx, st->record, e->at, e->key);
        }
        return effect;
    default: part_act(&st->part, &ui_indicators, in, &effect); return effect;
    }
}

static void resumed(void *state, struct ui_ctx *ctx, int result)
{
    (void)result;
    load(state, ctx);
}

static void save_place(const void *state, struct ui_ctx *ctx, jv *place)
{
    part_back(state, ctx, place);
    jv_set_int(place, "dimension", (int64_t)((const struct state *)state)->dimension);
}

static void restore(void *state, struct ui_ctx *ctx, const jv *place)
{
    struct state *const st = state;
    const int64_t dimension = jv_int_at(place, "dimension", 0);
    st->dimension = dimension > 0 ? (size_t)dimension : 0;
    if (part_again(&st->part, ctx, place)) {
        load(st, ctx);
    }
}

static void close(void *state, struct ui_ctx *ctx)
{
    struct state *const st = state;
    (void)ctx;
    clear_rows(st);
    record_indicators_done(&st->found);
}

const struct ui_screen ui_indicators = {
    .id = "indicators",
    .title = N_("Indicators"),
    .state_size = sizeof(struct state),
    .scope = UI_SCOPE_PART,
    .guards = UI_NEEDS_UNLOCKED | UI_NEEDS_CASE,
    .open = open,
    .draw = draw,
    .act = act,
    .resumed = resumed,
    .allows = part_allows,
    .save_place = save_place,
    .restore = restore,
    .close = close,
};
