/* A record begun under an older version of its form: what going over to the form as it is now would
 * do is shown first, and it is done only when the person says yes. Invariant: opening a record and
 * saying no change nothing, and no answer is shown here. */
#include "interview_int.h"

#include <string.h>

enum { WHAT_CELLS = 34 };

static const char *const WHAT[] = {[RECORD_MOVE_KEPT] = N_("kept"),
                                   [RECORD_MOVE_RENAMED] = N_("has another name now"),
                                   [RECORD_MOVE_RETIRED] = N_("not asked any more; stays"),
                                   [RECORD_MOVE_CHOICE] = N_("no longer in the list; stays"),
                                   [RECORD_MOVE_REQUIRED] = N_("has to be answered now")};

/* Rows that tell something: what is kept as it is does not. The same question in several rows of a
 * repeat is told once. */
static bool is_told(const struct record_move *m, size_t at)
{
    if (m->rows[at].kind == RECORD_MOVE_KEPT) {
        return false;
    }
    for (size_t i = 0; i < at; i++) {
        if (m->rows[i].kind == m->rows[at].kind && str_eq(m->rows[i].key, m->rows[at].key)) {
            return false;
        }
    }
    return true;
}

static size_t count_told(const struct record_move *m)
{
    size_t count = 0;
    for (size_t i = 0; i < m->count; i++) {
        count += is_told(m, i) ? 1 : 0;
    }
    return count;
}

void iv_offer_move(struct iv_state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    if (st->doc == NULL || iv_is_finished(st)) {
        return;
    }
    enum err e = record_doc_move_preview(st->doc, &st->newer, &info);
    if (e == ERR_OK && st->newer.is_needed) {
        e = record_form(ctx->record, iv_def(st)->id, &st->newer_def, &info);
    }
    if (e != ERR_OK || !st->newer.is_needed) {
        record_move_done(&st->newer); /* the record is open all the same, as it was */
        return;
    }
    st->newer_list = (struct ui_list){.count = count_told(&st->newer)};
    st->ask = IV_ASK_MOVE;
}

void iv_newer_done(struct iv_state *st)
{
    record_move_done(&st->newer);
    st->newer_def = NULL;
}

void iv_go_over(struct iv_state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    const enum err e = record_doc_move(st->doc, &info);
    if (e != ERR_OK) {
        ui_say_error(ctx, e, &info);
        return;
    }
    ctx->has_saved = true;
    st->node = -1; /* all numbers are new */
    st->container = -1;
    st->page = 0;
    iv_focus_begin(st, ctx);
    struct str s = STR_INIT;
    str_printf(&s, ui_tr(ctx, "The record is under version %s of the form now."),
               iv_def(st)->version);
    ui_say(ctx, str_cstr(&s));
    str_done(&s);
}

/* The question as it reads now, or as it read. */
static void put_label(const struct iv_state *st, const struct ui_ctx *ctx,
                      const struct record_move_row *row, struct str *out)
{
    const struct form_def *def = st->newer_def;
    int at = row->to_key[0] == '\0' ? -1 : form_def_find(def, row->to_key);
    if (at < 0) {
        def = iv_def(st);
        at = form_def_find(def, row->key);
    }
    const char *const label = at < 0 ? row->key : form_text_get(&def->items[at].label, ctx->lang);
    str_puts(out, label[0] == '\0' ? row->key : label);
}

static void draw_row(const struct iv_state *st, const struct ui_ctx *ctx, canvas *c, int row,
                     const struct record_move_row *told)
{
    const int cols = canvas_cols(c);
    const int what = cols / 2 < WHAT_CELLS ? cols / 2 : WHAT_CELLS;
    const bool is_open = told->kind == RECORD_MOVE_REQUIRED;
    struct str label = STR_INIT;
    put_label(st, ctx, told, &label);
    canvas_text(c, row, 3, cols - what - 5, UI_PLAIN, str_cstr(&label));
    canvas_text(c, row, cols - what - 1, what, is_open ? UI_BOLD : UI_DIM,
                ui_tr(ctx, WHAT[told->kind]));
    str_done(&label);
}

void iv_draw_newer(const struct iv_state *st, const struct ui_ctx *ctx, canvas *c)
{
    const int width = canvas_cols(c) - 2, last = canvas_rows(c) - UI_BOTTOM - 2;
    struct str s = STR_INIT;
    str_printf(&s,
               ui_tr(ctx,
                     "This record was begun under version %s of the form; version %s is in use "
                     "now. Going over changes no answer."),
               st->newer.from_version, st->newer.to_version);
    int row = UI_TOP + 1;
    row += canvas_wrap(c, row, 1, width, 4, UI_PLAIN, str_cstr(&s)) + 1;
    str_done(&s);
    if (st->newer_list.count == 0) {
        canvas_wrap(c, row, 1, width, 2, UI_PLAIN,
                    ui_tr(ctx, "Every question is still asked, under the same name."));
    }
    const size_t room = last > row ? (size_t)(last - row) : 1;
    const size_t first = ui_list_first(&st->newer_list, room);
    size_t told = 0;
    for (size_t i = 0; i < st->newer.count; i++) {
        if (!is_told(&st->newer, i)) {
            continue;
        }
        if (told >= first && told < first + room) {
            draw_row(st, ctx, c, row + (int)(told - first), &st->newer.rows[i]);
            if (told == st->newer_list.at) {
                canvas_text(c, row + (int)(told - first), 1, 1, UI_BOLD, "›");
            }
        }
        told++;
    }
    ui_ask_draw(c, ctx, ui_tr(ctx, "Go over to the newer form?"));
}
