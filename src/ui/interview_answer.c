/* How keys become answers: typed text when the focus leaves it, choices at once. */
#include "interview_int.h"

#include <stdlib.h>
#include <string.h>

static enum form_problem set(struct iv_state *st, struct ui_ctx *ctx, struct form_answer answer)
{
    enum form_problem problem = FORM_P_OK;
    struct err_info info = {0};
    if (iv_is_finished(st)) {
        ui_say(ctx, ui_tr(ctx, "Signed: nothing is changed. Ctrl-W reopens it."));
        return FORM_P_OK;
    }
    const enum err e = iv_put(st, st->node, answer, &problem, &info);
    iv_note_save(st, ctx, e, &info);
    iv_relocate(st, ctx);
    return problem;
}

static enum form_problem set_text(struct iv_state *st, struct ui_ctx *ctx, const char *text)
{
    return set(
        st, ctx,
        (struct form_answer){.state = text[0] != '\0' ? FORM_A_VALUE : FORM_A_NONE, .text = text});
}

static bool is_refusal(enum form_problem p)
{
    return p != FORM_P_OK && p != FORM_P_REQUIRED && p != FORM_P_CONSTRAINT;
}

/* A value that breaks the form's rule is kept and told, as the focus may be elsewhere already. */
static void say_constraint(const struct iv_state *st, struct ui_ctx *ctx, int node)
{
    struct str s = STR_INIT;
    str_puts(&s, "! ");
    const size_t before = s.len;
    form_interview_label_at(iv_of(st), node, &iv_item(st, node)->constraint_message, ctx->lang, &s);
    if (s.len == before) {
        str_puts(&s, ui_tr(ctx, "This answer does not fit."));
    }
    ui_say(ctx, str_cstr(&s));
    str_done(&s);
}

bool iv_commit(struct iv_state *st, struct ui_ctx *ctx)
{
    st->refused = FORM_P_OK;
    if (!iv_is_open(st) || !iv_is_dirty(st, ctx)) {
        return true;
    }
    const int node = st->node;
    if (st->edit.text.len == 0) {
        set_text(st, ctx, "");
        return true;
    }
    struct str text = STR_INIT;
    enum form_problem p = form_interview_canonical(iv_of(st), node, str_cstr(&st->edit.text),
                                                   &text);
    if (p == FORM_P_OK) {
        p = set_text(st, ctx, str_cstr(&text));
    }
    str_done(&text);
    if (p == FORM_P_CONSTRAINT && ctx->message[0] == '\0') {
        say_constraint(st, ctx, node);
    }
    if (is_refusal(p)) {
        st->refused = p;
        ui_say(ctx, ui_tr(ctx, "Correct this answer, or clear it with Ctrl-U."));
        return false;
    }
    return true;
}

static void confirm_prefilled(struct iv_state *st, struct ui_ctx *ctx)
{
    if (iv_is_prefilled(st, st->node)) {
        struct str text = STR_INIT;
        const struct form_answer a = form_interview_answer(iv_of(st), st->node);
        str_puts(&text, a.text);
        set(st, ctx, (struct form_answer){.state = a.state, .text = str_cstr(&text)});
        str_done(&text);
    }
}

void iv_set_state(struct iv_state *st, struct ui_ctx *ctx, enum form_answer_state state)
{
    if (st->node < 0) {
        return;
    }
    const bool was = form_interview_answer(iv_of(st), st->node).state == state;
    const size_t choice = st->choice;
    set(st, ctx, (struct form_answer){.state = was ? FORM_A_NONE : state, .text = ""});
    iv_load(st, ctx);
    st->choice = choice;
}

/* ---- choices */

static void shown(const struct iv_state *st, const struct ui_ctx *ctx, struct ui_choices *out)
{
    ui_choices_of(iv_of(st), st->node, ctx->ask_lang, str_cstr(&st->filter.text), out);
}

bool iv_can_filter(const struct iv_state *st, const struct ui_ctx *ctx)
{
    if (st->node < 0 || iv_is_text(st) || iv_item(st, st->node)->type == FORM_T_RANK) {
        return false;
    }
    struct ui_choices list;
    ui_choices_of(iv_of(st), st->node, ctx->ask_lang, "", &list);
    const bool is_long = list.count > UI_LONG_LIST;
    ui_choices_done(&list);
    return is_long;
}

/* Names of several answers with one of them turned over; the engine puts them into order. */
static void turn_over(const struct iv_state *st, const char *name, struct str *out)
{
    struct str names = STR_INIT;
    const struct form_answer a = form_interview_answer(iv_of(st), st->node);
    const char *at = a.state == FORM_A_VALUE ? a.text : "";
    bool was = false;
    while (*at != '\0') {
        const size_t n = strcspn(at, " ");
        const bool is_it = n == strlen(name) && strncmp(at, name, n) == 0;
        was = was || is_it;
        if (!is_it && n > 0) {
            str_puts(&names, names.len > 0 ? " " : "");
            str_put(&names, at, n);
        }
        at += n + (at[n] == ' ');
    }
    if (!was) {
        str_printf(&names, "%s%s", names.len > 0 ? " " : "", name);
    }
    if (form_interview_canonical(iv_of(st), st->node, str_cstr(&names), out) != FORM_P_OK) {
        str_clear(out);
        str_puts(out, str_cstr(&names));
    }
    str_done(&names);
}

/* The same choice without the filter. */
static void end_filter(struct iv_state *st, const struct ui_ctx *ctx, const char *name)
{
    if (!st->is_filtering) {
        return;
    }
    st->is_filtering = false;
    ui_edit_set(&st->filter, "");
    st->choice = 0;
    struct ui_choices list;
    shown(st, ctx, &list);
    for (size_t i = 0; i < list.count; i++) {
        if (str_eq(list.items[i]->name, name)) {
            st->choice = i;
        }
    }
    ui_choices_done(&list);
}

static enum iv_taken choose(struct iv_state *st, struct ui_ctx *ctx, bool may_go_on)
{
    struct ui_choices list;
    shown(st, ctx, &list);
    if (st->choice >= list.count) {
        ui_choices_done(&list);
        return IV_TAKEN;
    }
    struct str name = STR_INIT;
    struct str text = STR_INIT;
    str_puts(&name, list.items[st->choice]->name);
    ui_choices_done(&list);
    end_filter(st, ctx, str_cstr(&name));
    const enum form_type type = iv_item(st, st->node)->type;
    const bool was = form_interview_selected(iv_of(st), st->node, str_cstr(&name));
    enum iv_taken taken = IV_TAKEN;
    if (type == FORM_T_SELECT_MULTIPLE) {
        turn_over(st, str_cstr(&name), &text);
        set_text(st, ctx, str_cstr(&text));
    } else if (was && may_go_on && !iv_is_prefilled(st, st->node)) {
        taken = IV_TAKEN_GO_ON;
    } else if (was && type == FORM_T_ACKNOWLEDGE) {
        set_text(st, ctx, "");
    } else {
        set_text(st, ctx, str_cstr(&name));
    }
    str_done(&text);
    str_done(&name);
    return taken;
}

/* Saves the order as it is shown, with the focused choice moved. */
static enum iv_taken rank(struct iv_state *st, struct ui_ctx *ctx, int direction)
{
    struct ui_choices list;
    shown(st, ctx, &list);
    const size_t to = st->choice + (size_t)direction;
    if (list.count > 0 && (direction == 0 || to < list.count)) {
        const struct form_choice *const moved = list.items[st->choice];
        list.items[st->choice] = list.items[to];
        list.items[to] = moved;
        st->choice = to;
        struct str text = STR_INIT;
        for (size_t i = 0; i < list.count; i++) {
            str_printf(&text, "%s%s", i > 0 ? " " : "", list.items[i]->name);
        }
        set_text(st, ctx, str_cstr(&text));
        str_done(&text);
    }
    ui_choices_done(&list);
    return IV_TAKEN;
}

static enum iv_taken act_rank(struct iv_state *st, struct ui_ctx *ctx, const struct ui_input *in)
{
    switch (in->action) {
    case UI_ACT_MOVE_UP: return rank(st, ctx, -1);
    case UI_ACT_MOVE_DOWN: return rank(st, ctx, 1);
    case UI_ACT_CHOOSE: return rank(st, ctx, 0);
    case UI_ACT_DIGIT: return IV_TAKEN;
    case UI_ACT_OPEN:
        if (form_interview_answer(iv_of(st), st->node).state != FORM_A_VALUE) {
            return rank(st, ctx, 0);
        }
        return IV_TAKEN_GO_ON;
    default: return IV_NOT_TAKEN;
    }
}

static enum iv_taken act_filter(struct iv_state *st, struct ui_ctx *ctx, const struct ui_input *in)
{
    if (in->action == UI_ACT_UP || in->action == UI_ACT_DOWN || in->action == UI_ACT_OPEN) {
        return IV_NOT_TAKEN;
    }
    if (in->action == UI_ACT_BACK || (in->action == UI_ACT_ERASE && st->filter.text.len == 0)) {
        end_filter(st, ctx, "");
        iv_load(st, ctx);
        return IV_TAKEN;
    }
    if (ui_edit_act(&st->filter, in)) {
        st->choice = 0;
        return IV_TAKEN;
    }
    end_filter(st, ctx, "");
    return IV_NOT_TAKEN;
}

static enum iv_taken act_choice(struct iv_state *st, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct ui_choices list;
    shown(st, ctx, &list);
    const size_t count = list.count;
    ui_choices_done(&list);
    switch (in->action) {
    case UI_ACT_UP:
    case UI_ACT_LEFT:
        if (st->choice == 0) {
            return in->action == UI_ACT_LEFT || st->is_filtering ? IV_TAKEN : IV_NOT_TAKEN;
        }
        st->choice--;
        return IV_TAKEN;
    case UI_ACT_DOWN:
    case UI_ACT_RIGHT:
        if (st->choice + 1 >= count) {
            return in->action == UI_ACT_RIGHT || st->is_filtering ? IV_TAKEN : IV_NOT_TAKEN;
        }
        st->choice++;
        return IV_TAKEN;
    case UI_ACT_HOME: st->choice = 0; return IV_TAKEN;
    case UI_ACT_END: st->choice = count > 0 ? count - 1 : 0; return IV_TAKEN;
    case UI_ACT_OPEN: return choose(st, ctx, true);
    case UI_ACT_CHOOSE: return choose(st, ctx, false);
    case UI_ACT_DIGIT:
        if (in->n == 1 && in->text[0] >= '1' && (size_t)(in->text[0] - '1') < count) {
            st->choice = (size_t)(in->text[0] - '1');
            return choose(st, ctx, false);
        }
        return IV_TAKEN;
    case UI_ACT_CLEAR: set_text(st, ctx, ""); return IV_TAKEN;
    case UI_ACT_FIND: st->is_filtering = true; return IV_TAKEN;
    default: return IV_NOT_TAKEN;
    }
}

/* ---- text */

/* One step of a range, from what is typed or from its beginning. */
static enum iv_taken step_range(struct iv_state *st, struct ui_ctx *ctx, int direction)
{
    const struct form_range *const r = iv_item(st, st->node)->range;
    char *end = NULL;
    const double now = strtod(str_cstr(&st->edit.text), &end);
    const bool is_set = end != str_cstr(&st->edit.text);
    const double step = r->step != 0 ? r->step : 1;
    double to = is_set ? now + direction * step : direction > 0 ? r->start : r->end;
    const double low = r->start < r->end ? r->start : r->end;
    const double high = r->start < r->end ? r->end : r->start;
    to = to < low ? low : to > high ? high : to;
    struct str text = STR_INIT;
    str_printf(&text, "%.10g", to);
    ui_edit_set(&st->edit, str_cstr(&text));
    str_done(&text);
    (void)iv_commit(st, ctx);
    return IV_TAKEN;
}

static enum iv_taken act_text(struct iv_state *st, struct ui_ctx *ctx, const struct ui_input *in)
{
    const struct form_item *const it = iv_item(st, st->node);
    const bool is_side = in->action == UI_ACT_LEFT || in->action == UI_ACT_RIGHT;
    if (it->type == FORM_T_RANGE && it->range != NULL && is_side) {
        return step_range(st, ctx, in->action == UI_ACT_RIGHT ? 1 : -1);
    }
    if (ui_edit_act(&st->edit, in)) {
        st->refused = FORM_P_OK;
        return IV_TAKEN;
    }
    if (in->action == UI_ACT_OPEN) {
        if (!iv_is_dirty(st, ctx)) {
            confirm_prefilled(st, ctx);
        }
        return IV_TAKEN_GO_ON;
    }
    return IV_NOT_TAKEN;
}

enum iv_taken iv_act_answer(struct iv_state *st, struct ui_ctx *ctx, const struct ui_input *in)
{
    if (iv_is_text(st)) {
        return act_text(st, ctx, in);
    }
    enum iv_taken taken = IV_NOT_TAKEN;
    if (st->is_filtering) {
        taken = act_filter(st, ctx, in);
    } else if (iv_item(st, st->node)->type == FORM_T_RANK) {
        taken = act_rank(st, ctx, in);
    }
    return taken != IV_NOT_TAKEN ? taken : act_choice(st, ctx, in);
}
