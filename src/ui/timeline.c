/* Who changed what when in a case, newest first, of all or of one form or member. Invariant: the lines
 * are the log's; nothing can be changed here. */
#include "part_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "record/pathway.h"
#include "record/timeline.h"

struct state {
    struct part part;
    struct record_change *all; /* owned */
    size_t all_count;
    size_t *shown;             /* indices into all; owned */
    char form[64], member[65]; /* filters; "" = all */
};

static const char *const WORDS[] = {
    [RECORD_CHANGE_CASE] = N_("case opened"),
    [RECORD_CHANGE_FACT] = N_("said of the person"),
    [RECORD_CHANGE_BEGUN] = N_("form begun"),
    [RECORD_CHANGE_ANSWER] = "",
    [RECORD_CHANGE_ADDED] = N_("row added"),
    [RECORD_CHANGE_DELETED] = N_("row deleted"),
    [RECORD_CHANGE_SIGNED] = N_("signed"),
    [RECORD_CHANGE_REOPENED] = N_("opened again to be corrected"),
    [RECORD_CHANGE_MOVED] = N_("moved to a newer form"),
    [RECORD_CHANGE_TASK] = N_("task done"),
};

static void filter(struct state *st)
{
    size_t n = 0;
    for (size_t i = 0; i < st->all_count; i++) {
        const struct record_change *const c = &st->all[i];
        if ((st->form[0] == '\0' || str_eq(st->form, c->form)) &&
            (st->member[0] == '\0' || str_eq(st->member, c->member))) {
            st->shown[n++] = i;
        }
    }
    part_list(&st->part, n);
}

static void load(struct state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    record_timeline_done(st->all, st->all_count);
    const enum err e = record_timeline(ctx->record, st->part.case_id, &st->all, &st->all_count,
                                       &info);
    if (e != ERR_OK) {
        ui_say_error(ctx, e, &info);
    }
    free(st->shown);
    st->shown = mem_alloc((st->all_count + 1) * sizeof *st->shown);
    filter(st);
}

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    struct state *const st = state;
    if (part_open(&st->part, ctx, arg)) {
        load(st, ctx);
    }
}

static const struct form_def *form_of(const struct ui_ctx *ctx, const char *form)
{
    const struct form_def *def = NULL;
    return form[0] != '\0' && record_form(ctx->record, form, &def, NULL) == ERR_OK ? def : NULL;
}

static const struct form_item *item_of(const struct form_def *def, const char *key)
{
    for (size_t i = 0; def != NULL && i < def->count; i++) {
        if (str_eq(def->items[i].key, key)) {
            return &def->items[i];
        }
    }
    return NULL;
}

static const char *label_of(const struct form_item *item, const char *name, enum lang lang)
{
    for (size_t i = 0; item != NULL && item->choices != NULL && i < item->choices->count; i++) {
        if (str_eq(item->choices->items[i].name, name)) {
            return form_text_get(&item->choices->items[i].label, lang);
        }
    }
    return name;
}

/* A value as people read it: states in words, choices by label. */
static void put_value(const struct ui_ctx *ctx, const struct form_item *item, const char *value,
                      struct str *out)
{
    enum form_answer_state state = FORM_A_NONE;
    char word[32] = "";
    const size_t n = strlen(value);
    if (n == 0) {
        str_puts(out, "—");
        return;
    }
    if (value[0] == '<' && n > 2 && n < sizeof word) {
        memcpy(word, value + 1, n - 2);
        if (form_state_parse(word, &state) && ui_show_state(ctx, state) != NULL) {
            str_puts(out, ui_show_state(ctx, state));
            return;
        }
    }
    if (item == NULL || item->choices == NULL) {
        str_puts(out, value);
        return;
    }
    for (const char *p = value; *p != '\0';) {
        const size_t len = strcspn(p, " ");
        struct str name = STR_INIT;
        str_put(&name, p, len);
        str_puts(out, p > value ? ", " : "");
        str_puts(out, label_of(item, str_cstr(&name), ctx->lang));
        str_done(&name);
        p += len + (p[len] == ' ');
    }
}

static void put_what(const struct ui_ctx *ctx, const struct record_change *c, struct str *out)
{
    const struct form_item *const item = item_of(form_of(ctx, c->form), c->key);
    const struct form_pathway *const p = record_pathway(ctx->record);
    const int task = c->kind == RECORD_CHANGE_TASK && p != NULL ? form_pathway_task(p, c->key) : -1;
    if (WORDS[c->kind][0] != '\0') {
        str_puts(out, ui_tr(ctx, WORDS[c->kind]));
    }
    if (c->key[0] != '\0') {
        str_puts(out, out->len > 0 ? ": " : "");
        const char *label = item != NULL ? form_text_get(&item->label, ctx->lang) : c->key;
        label = task >= 0 ? form_text_get(&p->tasks[task].label, ctx->lang) : label;
        str_puts(out, label);
    }
    if (c->kind == RECORD_CHANGE_ANSWER || c->kind == RECORD_CHANGE_FACT) {
        str_puts(out, ": ");
        put_value(ctx, item, c->before, out);
        str_puts(out, " → ");
        put_value(ctx, item, c->after, out);
    } else if (c->after[0] != '\0') {
        str_printf(out, ": %s", c->after);
    }
}

static const char *title_of(const struct ui_ctx *ctx, const char *form)
{
    const struct form_def *const def = form_of(ctx, form);
    return def != NULL ? form_text_get(&def->title, ctx->lang) : form;
}

static void draw_line(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row,
                      size_t i)
{
    const struct record_change *const x = &st->all[st->shown[i]];
    struct str when = STR_INIT, what = STR_INIT;
    ui_show_time(ctx, x->time_ms, &when);
    put_what(ctx, x, &what);
    canvas_text(c, row, 3, 14, UI_PLAIN, str_cstr(&when));
    canvas_text(c, row, 18, 8, UI_PLAIN, x->member);
    canvas_text(c, row, 27, canvas_cols(c) - 28, UI_PLAIN, str_cstr(&what));
    if (i == st->part.list.at) {
        ui_focus(c, row, 1, canvas_cols(c) - 2);
    }
    str_done(&when);
    str_done(&what);
}

static void draw_filters(const struct state *st, const struct ui_ctx *ctx, canvas *c)
{
    struct str s = STR_INIT;
    str_printf(&s, "%s: %s   %s: %s", ui_tr(ctx, "Form"),
               st->form[0] != '\0' ? title_of(ctx, st->form) : ui_tr(ctx, "all of them"),
               ui_tr(ctx, "Member"),
               st->member[0] != '\0' ? st->member : ui_tr(ctx, "all of them"));
    canvas_text(c, UI_TOP, 1, canvas_cols(c) - 2, UI_BOLD, str_cstr(&s));
    str_done(&s);
}

/* The whole of the chosen line, which may be longer than its row. */
static void draw_whole(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row)
{
    const struct record_change *const x = &st->all[st->shown[st->part.list.at]];
    struct str s = STR_INIT;
    str_puts(&s, title_of(ctx, x->form));
    str_puts(&s, s.len > 0 ? " · " : "");
    put_what(ctx, x, &s);
    canvas_hline(c, row, 1, canvas_cols(c) - 2);
    canvas_wrap(c, row + 1, 1, canvas_cols(c) - 2, 3, UI_PLAIN, str_cstr(&s));
    str_done(&s);
}

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct state *const st = state;
    const int end = canvas_rows(c) - UI_BOTTOM - 4;
    part_frame(&st->part, ctx, &ui_timeline, c);
    if (!st->part.is_found) {
        return;
    }
    draw_filters(st, ctx, c);
    int row = UI_TOP + 2;
    const size_t first = ui_list_first(&st->part.list, (size_t)(end - row));
    for (size_t i = first; i < st->part.list.count && row < end; i++) {
        draw_line(st, ctx, c, row++, i);
    }
    if (st->part.list.count > 0) {
        draw_whole(st, ctx, c, end);
    }
}

/* The field of a change that a filter goes by. */
static const char *field(const struct record_change *c, bool is_form)
{
    return is_form ? c->form : c->member;
}

/* From one value that occurs to the next in the alphabet, after the last to all. */
static void next_filter(struct state *st, bool is_form)
{
    char *const now = is_form ? st->form : st->member;
    const size_t room = is_form ? sizeof st->form : sizeof st->member;
    const char *best = "";
    for (size_t i = 0; i < st->all_count; i++) {
        const char *const x = field(&st->all[i], is_form);
        if (strcmp(x, now) > 0 && (best[0] == '\0' || strcmp(x, best) < 0)) {
            best = x;
        }
    }
    snprintf(now, room, "%s", best);
    st->part.list.at = 0;
    filter(st);
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    struct ui_effect effect = UI_EFFECT(UI_EFFECT_NONE);
    if (in->action == UI_ACT_BY_FORM || in->action == UI_ACT_BY_MEMBER) {
        next_filter(st, in->action == UI_ACT_BY_FORM);
        return effect;
    }
    if (in->action == UI_ACT_OPEN && st->part.list.at < st->part.list.count) {
        const struct record_change *const c = &st->all[st->shown[st->part.list.at]];
        const bool is_answer = c->kind == RECORD_CHANGE_ANSWER && c->record[0] != '\0';
        return is_answer ? part_jump(&st->part, ctx, c->record, c->at, c->key) : effect;
    }
    part_act(&st->part, &ui_timeline, in, &effect);
    return effect;
}

static void resumed(void *state, struct ui_ctx *ctx, int result)
{
    (void)result;
    load(state, ctx);
}

static bool allows(const void *state, const struct ui_ctx *ctx, enum ui_action action)
{
    (void)state;
    (void)ctx;
    (void)action;
    return true;
}

static void restore(void *state, struct ui_ctx *ctx, const jv *place)
{
    struct state *const st = state;
    if (part_again(&st->part, ctx, place)) {
        load(st, ctx);
    }
}

static void close(void *state, struct ui_ctx *ctx)
{
    struct state *const st = state;
    (void)ctx;
    record_timeline_done(st->all, st->all_count);
    free(st->shown);
}

const struct ui_screen ui_timeline = {
    .id = "timeline",
    .title = N_("History"),
    .state_size = sizeof(struct state),
    .scope = UI_SCOPE_PART,
    .guards = UI_NEEDS_UNLOCKED | UI_NEEDS_CASE,
    .open = open,
    .draw = draw,
    .act = act,
    .resumed = resumed,
    .allows = allows,
    .save_place = part_back,
    .restore = restore,
    .close = close,
};
