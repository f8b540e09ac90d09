/* One conflict: what each said side by side, with who and when, and what can be done. Invariant:
 * what a person decides is saved like any answer, over exactly what she was shown. */
#include "conflicts_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "interview_int.h"

struct state {
    unsigned char case_id[ID_LEN];
    uint64_t mark;
    struct record_conflict *all; /* owned */
    const struct record_conflict *it;
    struct record_version *versions; /* owned */
    struct ui_list list;             /* of them */
    record_doc *doc;                 /* NULL: the conflict is of no record */
    int node;                        /* in doc; -1 */
};

static void drop(struct state *st)
{
    record_doc_close(st->doc);
    record_versions_done(st->versions, st->list.count);
    free(st->all);
    st->doc = NULL;
    st->versions = NULL;
    st->all = NULL;
    st->it = NULL;
    st->list.count = 0;
    st->node = -1;
}

static void find_node(struct state *st)
{
    const struct record_conflict *const k = st->it;
    ASSERT(k != NULL && st->doc != NULL);
    const form_interview *const iv = record_doc_interview(st->doc);
    struct str at = STR_INIT;
    str_puts(&at, k->at);
    if (k->kind == RECORD_CONFLICT_ROW) {
        str_printf(&at, "%s%s", at.len > 0 ? "/" : "", k->row);
    }
    st->node = iv_find(iv, str_cstr(&at), k->key);
    str_done(&at);
}

static void load(struct state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    size_t n = 0;
    drop(st);
    enum err e = record_conflicts(ctx->record, st->case_id, &st->all, &n, &info);
    for (size_t i = 0; st->all != NULL && i < n; i++) {
        st->it = st->all[i].mark == st->mark ? &st->all[i] : st->it;
    }
    if (e == ERR_OK && st->it != NULL) {
        e = record_conflict_versions(ctx->record, st->it, &st->versions, &st->list.count, &info);
    }
    if (e == ERR_OK && st->it != NULL && st->it->kind != RECORD_CONFLICT_PERSON) {
        e = record_doc_open_id(ctx->record, st->case_id, st->it->rec, &st->doc, &info);
        if (e == ERR_OK) {
            find_node(st);
        }
    }
    if (st->list.at >= st->list.count) {
        st->list.at = 0;
    }
    if (e != ERR_OK) {
        ui_say_error(ctx, e, &info);
    }
}

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    struct state *const st = state;
    memcpy(st->case_id, arg, ID_LEN);
    memcpy(&st->mark, (const unsigned char *)arg + ID_LEN, sizeof st->mark);
    st->node = -1;
    load(st, ctx);
}

/* ---- what each said */

/* Labels of the names in the value; a name without one stays as it is. */
static void put_choices(const struct ui_ctx *ctx, const form_interview *iv, int node,
                        const char *value, struct str *out)
{
    struct ui_choices list;
    ui_choices_of(iv, node, ctx->lang, "", &list);
    for (const char *at = value; *at != '\0';) {
        const size_t n = strcspn(at, " ");
        bool is_found = false;
        str_puts(out, out->len > 0 ? ", " : "");
        for (size_t i = 0; !is_found && i < list.count; i++) {
            const char *const name = list.items[i]->name;
            if (strlen(name) == n && memcmp(name, at, n) == 0) {
                ui_choice_text(iv, node, list.items[i], ctx->lang, out);
                is_found = true;
            }
        }
        if (!is_found) {
            str_put(out, at, n);
        }
        at += n + (at[n] == ' ');
    }
    ui_choices_done(&list);
}

static bool has_choices(enum form_type t)
{
    return t == FORM_T_SELECT_ONE || t == FORM_T_SELECT_MULTIPLE || t == FORM_T_RANK;
}

static void put_value(const struct state *st, const struct ui_ctx *ctx,
                      const struct record_version *v, struct str *out)
{
    const form_interview *const iv = record_doc_interview(st->doc);
    const int node = iv_find(iv, v->at, v->key);
    if (v->state == FORM_A_NONE) {
        str_puts(out, ui_tr(ctx, "no answer"));
    } else if (v->state != FORM_A_VALUE) {
        str_puts(out, ui_show_state(ctx, v->state));
    } else if (node >= 0 && st->it->kind != RECORD_CONFLICT_ORDER &&
               has_choices(record_doc_def(st->doc)->items[form_interview_item(iv, node)].type)) {
        put_choices(ctx, iv, node, v->value, out);
    } else {
        str_puts(out, v->value);
    }
}

static void put_version(const struct state *st, const struct ui_ctx *ctx,
                        const struct record_version *v, struct str *out)
{
    if (v->kind == RECORD_VERSION_DELETED) {
        str_puts(out, ui_tr(ctx, "deleted the row"));
        return;
    }
    if (v->kind == RECORD_VERSION_SIGNED) {
        str_puts(out, ui_tr(ctx, "signed the record"));
        return;
    }
    if (st->it->kind == RECORD_CONFLICT_ORDER) {
        str_puts(out, ui_tr(ctx, "another order of the rows"));
        return;
    }
    if (st->it->kind != RECORD_CONFLICT_ANSWER) {
        const struct form_def *const def = record_doc_def(st->doc);
        const int item = form_def_find(def, v->key);
        str_printf(out,
                   "%s: ", item >= 0 ? form_text_get(&def->items[item].label, ctx->lang) : v->key);
    }
    struct str value = STR_INIT;
    put_value(st, ctx, v, &value);
    str_puts(out, str_cstr(&value));
    str_done(&value);
}

static int draw_version(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row,
                        size_t i)
{
    const struct record_version *const v = &st->versions[i];
    struct str s = STR_INIT;
    if (v->who[0] != '\0') {
        str_printf(&s, "%s, ", v->who);
    }
    ui_show_time(ctx, v->time_ms, &s);
    canvas_text(c, row, 3, canvas_cols(c) - 5, UI_BOLD, str_cstr(&s));
    str_clear(&s);
    put_version(st, ctx, v, &s);
    const int used = canvas_wrap(c, row + 1, 5, canvas_cols(c) - 8, 3, UI_PLAIN, str_cstr(&s));
    str_done(&s);
    if (i == st->list.at) {
        ui_focus(c, row, 1, canvas_cols(c) - 2);
    }
    return 1 + (used > 0 ? used : 1) + 1;
}

/* ---- in plain words */

static const char *const WHAT[] = {
    [RECORD_CONFLICT_ANSWER] = N_("This question was answered differently at two places at the "
                                  "same time. Both answers are kept until one is chosen."),
    [RECORD_CONFLICT_ORDER] = N_("The rows were put into a different order at two places. Enter "
                                 "keeps them as the interview shows them."),
    [RECORD_CONFLICT_ROW] = N_("This row was deleted by one while another answered in it. "
                               "k keeps the row, - deletes it, t opens it."),
    [RECORD_CONFLICT_SIGNED] = N_("After the record was signed, answers came in from somebody who "
                                  "did not know it. t opens it: Ctrl-W reopens, then signs anew."),
    [RECORD_CONFLICT_PERSON] = N_("Two cases have the same full name. If it is one person, agree "
                                  "in which case the work goes on; Enter opens the other. d: these "
                                  "are two people."),
};

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct state *const st = state;
    struct str s = STR_INIT;
    if (st->it != NULL) {
        str_printf(&s, "%s %s · %s", st->it->code, st->it->initials, ui_tr(ctx, ui_conflict.title));
    }
    ui_frame(c, ctx, &ui_conflict, st, s.len > 0 ? str_cstr(&s) : ui_tr(ctx, ui_conflict.title));
    canvas_cursor(c, -1, 0);
    const int width = canvas_cols(c) - 4;
    if (st->it == NULL) {
        canvas_wrap(c, UI_TOP + 1, 3, width - 3, 4, UI_PLAIN,
                    ui_tr(ctx, "This conflict is settled."));
        str_done(&s);
        return;
    }
    str_clear(&s);
    ui_conflict_label(ctx, st->it, &s);
    int row = UI_TOP;
    row += canvas_wrap(c, row, 1, width, 3, UI_BOLD, str_cstr(&s));
    row += canvas_wrap(c, row, 1, width, 4, UI_PLAIN, ui_tr(ctx, WHAT[st->it->kind])) + 1;
    str_done(&s);
    const int end = canvas_rows(c) - UI_BOTTOM;
    const size_t fit = (size_t)((end - row) / 3 > 0 ? (end - row) / 3 : 1);
    for (size_t i = ui_list_first(&st->list, fit); i < st->list.count && row + 1 < end; i++) {
        row += draw_version(st, ctx, c, row, i);
    }
}

/* ---- what is decided */

static struct ui_effect decided(struct state *st, struct ui_ctx *ctx, enum err e,
                                const struct err_info *info)
{
    if (e == ERR_NO) {
        ui_say(ctx, ui_tr(ctx, "Signed: nothing is changed. Ctrl-W reopens it."));
    } else if (e != ERR_OK) {
        ui_say_error(ctx, e, info);
    }
    if (e != ERR_OK) {
        load(st, ctx); /* with what was not saved forgotten: it is still there to be chosen */
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    ctx->has_saved = true;
    ui_say(ctx, ui_tr(ctx, "Decided. The others see it with the next exchange."));
    return ui_pop(1);
}

static struct ui_effect take(struct state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    enum form_problem problem = FORM_P_OK;
    const struct record_version *const v = &st->versions[st->list.at];
    const struct form_answer answer = {v->state, v->state == FORM_A_VALUE ? v->value : ""};
    const enum err e = record_doc_set(st->doc, st->node, answer, &problem, &info);
    if (e == ERR_OK && problem > FORM_P_CONSTRAINT) {
        ui_say(ctx, ui_tr(ctx, "The form does not take this answer any more. t writes another."));
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    return decided(st, ctx, e, &info);
}

static struct ui_effect open_field(const struct state *st, struct ui_ctx *ctx)
{
    if (st->node >= 0) {
        const form_interview *const iv = record_doc_interview(st->doc);
        const int item = form_interview_item(iv, st->node);
        struct str at = STR_INIT;
        form_interview_at(iv, st->node, &at);
        (void)snprintf(ctx->jump.at, sizeof ctx->jump.at, "%s", str_cstr(&at));
        (void)snprintf(ctx->jump.key, sizeof ctx->jump.key, "%s",
                       form_interview_def(iv)->items[item].key);
        str_done(&at);
    }
    return ui_push_case(&ui_interview, st->case_id, UI_OPEN_RECORD, record_doc_id(st->doc));
}

static struct ui_effect choose(struct state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    switch (st->it->kind) {
    case RECORD_CONFLICT_ANSWER: return take(st, ctx);
    case RECORD_CONFLICT_ORDER:
        return decided(st, ctx, record_doc_order_keep(st->doc, st->node, &info), &info);
    case RECORD_CONFLICT_PERSON: return ui_push(&ui_case, st->it->other_id, ID_LEN);
    case RECORD_CONFLICT_ROW:
    case RECORD_CONFLICT_SIGNED: break;
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    struct err_info info = {0};
    if (in->action == UI_ACT_BACK) {
        return ui_pop(0);
    }
    if (st->it == NULL || ui_list_act(&st->list, in)) {
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    switch (in->action) {
    case UI_ACT_OPEN: return choose(st, ctx);
    case UI_ACT_EDIT: return open_field(st, ctx);
    case UI_ACT_KEEP:
        return decided(st, ctx, record_doc_instance_keep(st->doc, st->node, &info), &info);
    case UI_ACT_REMOVE:
        return decided(st, ctx, record_doc_instance_delete(st->doc, st->node, &info), &info);
    case UI_ACT_APART:
        return decided(st, ctx, record_conflict_apart(ctx->record, st->it, &info), &info);
    default: return UI_EFFECT(UI_EFFECT_NONE);
    }
}

static bool allows(const void *state, const struct ui_ctx *ctx, enum ui_action action)
{
    const struct state *const st = state;
    (void)ctx;
    if (action == UI_ACT_EXCHANGE) {
        return false;
    }
    const bool is_special = action == UI_ACT_OPEN || action == UI_ACT_EDIT ||
                            action == UI_ACT_KEEP || action == UI_ACT_REMOVE ||
                            action == UI_ACT_APART;
    if (!is_special || st->it == NULL) {
        return !is_special;
    }
    const enum record_conflict_kind kind = st->it->kind;
    switch (action) {
    case UI_ACT_OPEN:
        return kind == RECORD_CONFLICT_PERSON ||
               (st->node >= 0 && (kind == RECORD_CONFLICT_ANSWER || kind == RECORD_CONFLICT_ORDER));
    case UI_ACT_EDIT: return st->doc != NULL;
    case UI_ACT_APART: return kind == RECORD_CONFLICT_PERSON;
    default: return kind == RECORD_CONFLICT_ROW && st->node >= 0;
    }
}

/* The interview came back: perhaps with another answer. */
static void resumed(void *state, struct ui_ctx *ctx, int result)
{
    (void)result;
    load(state, ctx);
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
    (void)ctx;
    drop(state);
}

const struct ui_screen ui_conflict = {
    .id = "conflict",
    .title = N_("Conflict"),
    .state_size = sizeof(struct state),
    .scope = UI_SCOPE_EXCHANGE,
    .guards = UI_NEEDS_UNLOCKED,
    .open = open,
    .draw = draw,
    .act = act,
    .resumed = resumed,
    .allows = allows,
    .tick = tick,
    .close = close,
};
