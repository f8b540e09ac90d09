/* Opening a case: three names that may all stay empty, then the case itself. */
#include "ui/widget.h"

#include <string.h>

enum { FIELDS = 3, NAME_MAX = 120 };

struct state {
    struct ui_edit fields[FIELDS];
    size_t at; /* FIELDS = the button */
};

static const char *const LABELS[FIELDS] = {N_("Surname"), N_("Given name"), N_("Alias")};
static const char *const KEYS[FIELDS] = {"surname", "given", "alias"};

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    struct state *const st = state;
    (void)ctx;
    (void)arg;
    for (size_t i = 0; i < FIELDS; i++) {
        st->fields[i].max_bytes = NAME_MAX;
    }
}

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct state *const st = state;
    const int width = canvas_cols(c);
    ui_frame(c, ctx, &ui_new_case, st, ui_tr(ctx, ui_new_case.title));
    canvas_cursor(c, -1, 0);
    int row = UI_TOP + 1;
    row += canvas_wrap(c, row, 3, width - 6, 4, UI_PLAIN,
                       ui_tr(ctx, "Names are optional: leave empty what is not known yet or what "
                                  "she does not want to say. Lists show only the code and "
                                  "initials."));
    row++;
    for (size_t i = 0; i < FIELDS; i++) {
        const bool is_here = st->at == i;
        canvas_text(c, row, 3, 16, is_here ? UI_BOLD : UI_PLAIN, ui_tr(ctx, LABELS[i]));
        ui_edit_draw(&st->fields[i], c, row, 20, width - 24 < 40 ? width - 24 : 40, 1, is_here);
        if (is_here) {
            canvas_text(c, row, 1, 1, UI_BOLD, "›");
        }
        row += 2;
    }
    canvas_printf(c, row, 20, width - 24, UI_BOLD, "[ %s ]", ui_tr(ctx, "Open the case"));
    if (st->at == FIELDS) {
        ui_focus(c, row, 18, 24);
    }
}

static struct ui_effect create(struct state *st, struct ui_ctx *ctx)
{
    const struct record_new_case how = {.surname = str_cstr(&st->fields[0].text),
                                        .given = str_cstr(&st->fields[1].text),
                                        .alias = str_cstr(&st->fields[2].text)};
    struct record_case made;
    struct err_info info = {0};
    const enum err e = record_case_new(ctx->record, &how, &made, &info);
    ctx->save_err = e;
    if (e != ERR_OK) {
        ui_say_error(ctx, e, &info);
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    ctx->has_saved = true;
    struct ui_effect effect = ui_push(&ui_case, made.id, ID_LEN);
    effect.type = UI_EFFECT_REPLACE;
    return effect;
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    if (in->action == UI_ACT_BACK) {
        return ui_pop(0);
    }
    if (st->at < FIELDS && ui_edit_act(&st->fields[st->at], in) && in->action != UI_ACT_UP &&
        in->action != UI_ACT_DOWN) {
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    switch (in->action) {
    case UI_ACT_OPEN:
    case UI_ACT_FINISH:
        if (st->at == FIELDS || in->action == UI_ACT_FINISH) {
            return create(st, ctx);
        }
        st->at++;
        break;
    case UI_ACT_NEXT_FIELD:
    case UI_ACT_DOWN: st->at = (st->at + 1) % (FIELDS + 1); break;
    case UI_ACT_PREV_FIELD:
    case UI_ACT_UP: st->at = (st->at + FIELDS) % (FIELDS + 1); break;
    default: break;
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static bool takes_text(const void *state, const struct ui_ctx *ctx)
{
    (void)ctx;
    return ((const struct state *)state)->at < FIELDS;
}

static void save_place(const void *state, struct ui_ctx *ctx, jv *place)
{
    const struct state *const st = state;
    (void)ctx;
    for (size_t i = 0; i < FIELDS; i++) {
        jv_set_str(place, KEYS[i], str_cstr(&st->fields[i].text));
    }
    jv_set_int(place, "at", (int64_t)st->at);
    if (st->at < FIELDS) {
        jv_set_int(place, "cursor", (int64_t)st->fields[st->at].cursor);
    }
}

static void restore(void *state, struct ui_ctx *ctx, const jv *place)
{
    struct state *const st = state;
    (void)ctx;
    for (size_t i = 0; i < FIELDS; i++) {
        const char *const text = jv_str_at(place, KEYS[i]);
        ui_edit_set(&st->fields[i], text != NULL ? text : "");
    }
    const int64_t at = jv_int_at(place, "at", 0);
    st->at = at >= 0 && at <= FIELDS ? (size_t)at : 0;
    if (st->at < FIELDS) {
        struct ui_edit *const e = &st->fields[st->at];
        const int64_t cursor = jv_int_at(place, "cursor", (int64_t)e->text.len);
        e->cursor = cursor >= 0 && (size_t)cursor <= e->text.len ? (size_t)cursor : e->text.len;
    }
}

static void close(void *state, struct ui_ctx *ctx)
{
    struct state *const st = state;
    (void)ctx;
    for (size_t i = 0; i < FIELDS; i++) {
        ui_edit_done(&st->fields[i]);
    }
}

const struct ui_screen ui_new_case = {
    .id = "new-case",
    .title = N_("New case"),
    .state_size = sizeof(struct state),
    .scope = UI_SCOPE_FIELDS,
    .guards = UI_NEEDS_UNLOCKED | UI_NEEDS_WRITE,
    .open = open,
    .draw = draw,
    .act = act,
    .takes_text = takes_text,
    .save_place = save_place,
    .restore = restore,
    .close = close,
};
