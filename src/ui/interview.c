/* The interview screen: an answer is saved the moment it is given. Text being typed becomes an
 * answer when the focus leaves it, and is a draft in the saved place until then. Invariant: after
 * each act ctx says truly whether all is on disk. */
#include "interview_int.h"
#include "prefs_int.h"

#include <string.h>

/* Takes over what the last save said. */
static void note_save(struct iv_state *st, struct ui_ctx *ctx, enum err e,
                      const struct err_info *info)
{
    ctx->unsaved = (unsigned)record_doc_unsaved(st->doc);
    if (ctx->unsaved == 0) {
        ctx->save_err = ERR_OK;
        ctx->has_saved = ctx->has_saved || e == ERR_OK;
    } else {
        ctx->save_err = e != ERR_OK ? e : ctx->save_err;
    }
    if (e != ERR_OK) {
        ui_say_error(ctx, e, info);
    }
}

static enum form_problem set(struct iv_state *st, struct ui_ctx *ctx, int item,
                             struct form_answer answer)
{
    enum form_problem problem = FORM_P_OK;
    struct err_info info = {0};
    if (record_doc_is_finished(st->doc)) {
        ui_say(ctx, ui_tr(ctx, "Signed: nothing is changed. Ctrl-W reopens it."));
        return FORM_P_OK;
    }
    const enum err e = record_doc_set(st->doc, item, answer, &problem, &info);
    note_save(st, ctx, e, &info);
    return problem;
}

static bool is_refusal(enum form_problem p)
{
    return p != FORM_P_OK && p != FORM_P_REQUIRED && p != FORM_P_CONSTRAINT;
}

/* A value that breaks the form's rule is kept and told, as the focus may be elsewhere already. */
static void say_constraint(const struct iv_state *st, struct ui_ctx *ctx, int item)
{
    struct str s = STR_INIT;
    str_puts(&s, "! ");
    const size_t before = s.len;
    form_interview_label(iv_of(st), &iv_def(st)->items[item].constraint_message, ctx->lang, &s);
    if (s.len == before) {
        str_puts(&s, ui_tr(ctx, "This answer does not fit."));
    }
    ui_say(ctx, str_cstr(&s));
    str_done(&s);
}

/* Makes the typed text an answer; false if it cannot be one. */
static bool commit(struct iv_state *st, struct ui_ctx *ctx)
{
    st->refused = FORM_P_OK;
    if (st->doc == NULL || !iv_is_dirty(st, ctx)) {
        return true;
    }
    const int item = iv_item(st);
    if (st->edit.text.len == 0) {
        set(st, ctx, item, (struct form_answer){.state = FORM_A_NONE, .text = ""});
        return true;
    }
    struct str text = STR_INIT;
    enum form_problem p = form_interview_canonical(iv_of(st), item, str_cstr(&st->edit.text),
                                                   &text);
    if (p == FORM_P_OK) {
        const bool is_empty = text.len == 0;
        p = set(st, ctx, item,
                (struct form_answer){.state = is_empty ? FORM_A_NONE : FORM_A_VALUE,
                                     .text = str_cstr(&text)});
    }
    str_done(&text);
    if (p == FORM_P_CONSTRAINT && ctx->message[0] == '\0') {
        say_constraint(st, ctx, item);
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
    const int item = iv_item(st);
    if (item >= 0 && record_doc_is_prefilled(st->doc, item)) {
        struct str text = STR_INIT;
        const struct form_answer a = form_interview_answer(iv_of(st), item);
        str_puts(&text, a.text);
        set(st, ctx, item, (struct form_answer){.state = a.state, .text = str_cstr(&text)});
        str_done(&text);
    }
}

static void go_page(struct iv_state *st, struct ui_ctx *ctx, int direction, bool last)
{
    const int page = iv_page_next(st, st->page, direction);
    if (page >= 0) {
        iv_focus_page(st, ctx, page, last);
    } else {
        ui_say(ctx, direction < 0 ? ui_tr(ctx, "This is the first group.")
                    : form_interview_complete(iv_of(st))
                        ? ui_tr(ctx, "This was the last group. Ctrl-W finishes.")
                        : ui_tr(ctx, "Nothing more is open. F11 goes to what needs an answer."));
    }
}

static void step(struct iv_state *st, struct ui_ctx *ctx, int direction)
{
    if (commit(st, ctx) && !iv_focus_step(st, ctx, direction)) {
        go_page(st, ctx, direction, direction < 0);
    }
}

static void choose(struct iv_state *st, struct ui_ctx *ctx, bool may_go_on)
{
    const int item = iv_item(st);
    const struct form_item *const it = &iv_def(st)->items[item];
    const char *const name = it->choices->items[st->choice].name;
    const bool was = form_interview_selected(iv_of(st), item, name);
    struct str text = STR_INIT;
    if (it->type == FORM_T_SELECT_ONE) {
        if (was && may_go_on && !record_doc_is_prefilled(st->doc, item)) {
            step(st, ctx, 1);
            return;
        }
        str_puts(&text, name);
    } else {
        for (size_t i = 0; i < it->choices->count; i++) {
            const char *const other = it->choices->items[i].name;
            const bool is_on = i == st->choice ? !was
                                               : form_interview_selected(iv_of(st), item, other);
            if (is_on) {
                str_printf(&text, "%s%s", text.len > 0 ? " " : "", other);
            }
        }
    }
    set(st, ctx, item,
        (struct form_answer){.state = text.len > 0 ? FORM_A_VALUE : FORM_A_NONE,
                             .text = str_cstr(&text)});
    str_done(&text);
}

static void choose_digit(struct iv_state *st, struct ui_ctx *ctx, const struct ui_input *in)
{
    const struct form_item *const it = &iv_def(st)->items[iv_item(st)];
    if (in->n == 1 && in->text[0] >= '1' && in->text[0] <= '9') {
        const size_t i = (size_t)(in->text[0] - '1');
        if (i < it->choices->count) {
            st->choice = i;
            choose(st, ctx, false);
        }
    }
}

static void set_state(struct iv_state *st, struct ui_ctx *ctx, enum form_answer_state state)
{
    const int item = iv_item(st);
    if (item < 0) {
        return;
    }
    const bool was = form_interview_answer(iv_of(st), item).state == state;
    set(st, ctx, item, (struct form_answer){.state = was ? FORM_A_NONE : state, .text = ""});
    const size_t choice = st->choice;
    iv_load(st, ctx);
    st->choice = choice;
}

/* Keys of the list on the left. */
static bool act_sections(struct iv_state *st, struct ui_ctx *ctx, const struct ui_input *in)
{
    if (in->action == UI_ACT_OPEN || in->action == UI_ACT_RIGHT) {
        const struct form_section *const s = &iv_def(st)->sections[st->sections.at];
        for (int i = 0; i < s->page_count && iv_section_open(st, (int)st->sections.at); i++) {
            if (form_interview_page_open(iv_of(st), s->first_page + i)) {
                iv_focus_page(st, ctx, s->first_page + i, false);
                return true;
            }
        }
        ui_say(ctx, ui_tr(ctx, "This section is closed by an earlier answer."));
        return true;
    }
    if (in->action == UI_ACT_BACK || in->action == UI_ACT_SECTIONS || in->action == UI_ACT_LEFT) {
        st->is_in_sections = false;
        st->sections.at = (size_t)iv_def(st)->pages[st->page].section;
        return true;
    }
    return ui_list_act(&st->sections, in);
}

/* Keys inside a choice question; false if they are not about it. */
static bool act_choice(struct iv_state *st, struct ui_ctx *ctx, const struct ui_input *in)
{
    const size_t count = iv_def(st)->items[iv_item(st)].choices->count;
    switch (in->action) {
    case UI_ACT_UP:
    case UI_ACT_LEFT:
        if (st->choice == 0) {
            return in->action == UI_ACT_LEFT;
        }
        st->choice--;
        return true;
    case UI_ACT_DOWN:
    case UI_ACT_RIGHT:
        if (st->choice + 1 >= count) {
            return in->action == UI_ACT_RIGHT;
        }
        st->choice++;
        return true;
    case UI_ACT_HOME: st->choice = 0; return true;
    case UI_ACT_END: st->choice = count - 1; return true;
    case UI_ACT_OPEN: choose(st, ctx, true); return true;
    case UI_ACT_CHOOSE: choose(st, ctx, false); return true;
    case UI_ACT_DIGIT: choose_digit(st, ctx, in); return true;
    case UI_ACT_CLEAR:
        set(st, ctx, iv_item(st), (struct form_answer){.state = FORM_A_NONE, .text = ""});
        return true;
    default: return false;
    }
}

static bool act_text(struct iv_state *st, struct ui_ctx *ctx, const struct ui_input *in)
{
    if (ui_edit_act(&st->edit, in)) {
        st->refused = FORM_P_OK;
        return true;
    }
    if (in->action == UI_ACT_OPEN) {
        if (iv_is_dirty(st, ctx)) {
            step(st, ctx, 1);
        } else {
            confirm_prefilled(st, ctx);
            step(st, ctx, 1);
        }
        return true;
    }
    return false;
}

static void start_finish(struct iv_state *st, struct ui_ctx *ctx)
{
    if (record_doc_is_finished(st->doc)) {
        st->ask = IV_ASK_REOPEN;
        return;
    }
    if (!commit(st, ctx)) {
        return;
    }
    const struct form_progress p = form_interview_progress(iv_of(st));
    const unsigned open = p.missing + p.wrong;
    if (form_interview_complete(iv_of(st))) {
        st->ask = IV_ASK_FINISH;
        return;
    }
    const enum form_seek what = p.missing > 0 ? FORM_SEEK_MISSING : FORM_SEEK_WRONG;
    iv_focus_item(st, ctx, form_interview_seek(iv_of(st), -1, what));
    struct str s = STR_INIT;
    str_printf(&s,
               ui_trn(ctx, "%u question still needs an answer; F11 goes there.",
                      "%u questions still need an answer; F11 goes there.", open),
               open);
    ui_say(ctx, str_cstr(&s));
    str_done(&s);
}

static struct ui_effect finish(struct iv_state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    const enum err e = record_doc_finish(st->doc, &info);
    note_save(st, ctx, e, &info);
    if (e != ERR_OK) {
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    ui_say(ctx, ui_tr(ctx, "Finished and signed."));
    return ui_pop(1);
}

static void reopen(struct iv_state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    const enum err e = record_doc_reopen(st->doc, &info);
    note_save(st, ctx, e, &info);
    if (e == ERR_OK) {
        ui_say(ctx, ui_tr(ctx, "Open for correction. Ctrl-W signs it again."));
    }
}

static struct ui_effect leave(struct iv_state *st, struct ui_ctx *ctx, bool is_sure)
{
    if (st->doc == NULL) {
        return ui_pop(0);
    }
    if (!is_sure && !commit(st, ctx)) {
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    if (!is_sure && record_doc_unsaved(st->doc) > 0) {
        struct err_info info = {0};
        const enum err e = record_doc_retry(st->doc, &info);
        note_save(st, ctx, e, &info);
        if (record_doc_unsaved(st->doc) > 0) {
            st->ask = IV_ASK_LEAVE;
            return UI_EFFECT(UI_EFFECT_NONE);
        }
    }
    struct err_info info = {0};
    const int item = iv_item(st);
    if (item >= 0 && !record_doc_is_finished(st->doc)) {
        const enum err e = record_doc_pause(st->doc, item, &info);
        if (e != ERR_OK && !is_sure) {
            note_save(st, ctx, e, &info);
            st->ask = IV_ASK_LEAVE;
            return UI_EFFECT(UI_EFFECT_NONE);
        }
    }
    if (is_sure) {
        ctx->unsaved = 0;
        ctx->save_err = ERR_OK;
    }
    return ui_pop(0);
}

static struct ui_effect act_ask(struct iv_state *st, struct ui_ctx *ctx, const struct ui_input *in)
{
    const int reply = ui_ask_reply(ctx, in);
    const enum iv_ask what = st->ask;
    if (reply >= 0) {
        st->ask = IV_ASK_NOTHING;
    }
    if (reply == 1 && what == IV_ASK_REOPEN) {
        reopen(st, ctx);
    } else if (reply == 1) {
        return what == IV_ASK_FINISH ? finish(st, ctx) : leave(st, ctx, true);
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static void seek_missing(struct iv_state *st, struct ui_ctx *ctx)
{
    if (!commit(st, ctx)) {
        return;
    }
    /* What signing waits for comes first, then what was only passed by. */
    static const enum form_seek ORDER[] = {FORM_SEEK_MISSING, FORM_SEEK_WRONG,
                                           FORM_SEEK_UNANSWERED};
    const int item = iv_item(st);
    int to = -1;
    for (size_t i = 0; to < 0 && i < sizeof ORDER / sizeof ORDER[0]; i++) {
        to = form_interview_seek(iv_of(st), item, ORDER[i]);
    }
    if (to >= 0 && to != item) {
        iv_focus_item(st, ctx, to);
    } else if (to < 0) {
        ui_say(ctx, ui_tr(ctx, "Every question has an answer."));
    }
}

static void next_ask_lang(struct ui_ctx *ctx)
{
    if (!ctx->both_langs) {
        ctx->both_langs = true;
    } else {
        ctx->both_langs = false;
        ctx->ask_lang = (enum lang)((ctx->ask_lang + 1) % LANG_COUNT);
    }
    ui_langs_save(ctx);
    static const char *const NAMES[] = {[LANG_RO] = N_("Questions in Romanian."),
                                        [LANG_RU] = N_("Questions in Russian."),
                                        [LANG_EN] = N_("Questions in English.")};
    ui_say(ctx, ctx->both_langs ? ui_tr(ctx, "Questions in two languages.")
                                : ui_tr(ctx, NAMES[ctx->ask_lang]));
}

static void retry(struct iv_state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    const enum err e = record_doc_retry(st->doc, &info);
    note_save(st, ctx, e, &info);
    if (e == ERR_OK) {
        ui_say(ctx, ui_tr(ctx, "All answers are saved."));
    }
}

static void unmask(const struct iv_state *st, struct ui_ctx *ctx)
{
    struct str name = STR_INIT;
    struct err_info info = {0};
    const enum err e = record_case_unmask(ctx->record, st->case_id, &name, &info);
    if (e != ERR_OK) {
        ui_say_error(ctx, e, &info);
    } else {
        ui_say(ctx, name.len > 0 ? str_cstr(&name) : ui_tr(ctx, "No name is known yet."));
    }
    str_done(&name);
}

/* What is the same in every question. */
static struct ui_effect act_common(struct iv_state *st, struct ui_ctx *ctx,
                                   const struct ui_input *in)
{
    switch (in->action) {
    case UI_ACT_NEXT_FIELD:
    case UI_ACT_DOWN: step(st, ctx, 1); break;
    case UI_ACT_PREV_FIELD:
    case UI_ACT_UP: step(st, ctx, -1); break;
    case UI_ACT_PAGE_DOWN:
    case UI_ACT_PAGE_UP:
        if (commit(st, ctx)) {
            go_page(st, ctx, in->action == UI_ACT_PAGE_DOWN ? 1 : -1, false);
        }
        break;
    case UI_ACT_OPEN: go_page(st, ctx, 1, false); break;
    case UI_ACT_DECLINE: set_state(st, ctx, FORM_A_DECLINED); break;
    case UI_ACT_UNKNOWN: set_state(st, ctx, FORM_A_UNKNOWN); break;
    case UI_ACT_LATER: set_state(st, ctx, FORM_A_LATER); break;
    case UI_ACT_SECTIONS: st->is_in_sections = commit(st, ctx); break;
    case UI_ACT_NEXT_MISSING: seek_missing(st, ctx); break;
    case UI_ACT_EXPLAIN: st->is_explaining = !st->is_explaining; break;
    case UI_ACT_LANG_ASK: next_ask_lang(ctx); break;
    case UI_ACT_RETRY: retry(st, ctx); break;
    case UI_ACT_UNMASK: unmask(st, ctx); break;
    case UI_ACT_FINISH: start_finish(st, ctx); break;
    case UI_ACT_PAUSE:
    case UI_ACT_BACK: return leave(st, ctx, false);
    default: break;
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static bool would_change(enum ui_action action)
{
    switch (action) {
    case UI_ACT_TEXT:
    case UI_ACT_ERASE:
    case UI_ACT_DELETE:
    case UI_ACT_CLEAR:
    case UI_ACT_CHOOSE:
    case UI_ACT_DIGIT:
    case UI_ACT_DECLINE:
    case UI_ACT_UNKNOWN:
    case UI_ACT_LATER: return true;
    default: return false;
    }
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct iv_state *const st = state;
    if (st->doc == NULL) {
        return in->action == UI_ACT_BACK || in->action == UI_ACT_PAUSE ? ui_pop(0)
                                                                       : UI_EFFECT(UI_EFFECT_NONE);
    }
    if (st->ask != IV_ASK_NOTHING) {
        return act_ask(st, ctx, in);
    }
    if (record_doc_is_finished(st->doc) && would_change(in->action)) {
        ui_say(ctx, ui_tr(ctx, "Signed: nothing is changed. Ctrl-W reopens it."));
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    if (st->is_in_sections) {
        return act_sections(st, ctx, in) ? UI_EFFECT(UI_EFFECT_NONE) : act_common(st, ctx, in);
    }
    if (in->action == UI_ACT_BACK && st->is_explaining) {
        st->is_explaining = false;
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    if (iv_item(st) >= 0) {
        const bool is_taken = iv_is_text(st) ? act_text(st, ctx, in) : act_choice(st, ctx, in);
        if (is_taken) {
            return UI_EFFECT(UI_EFFECT_NONE);
        }
    }
    return act_common(st, ctx, in);
}

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    struct iv_state *const st = state;
    memcpy(st->case_id, arg, ID_LEN);
    st->at = -1;
    const unsigned char none[ID_LEN] = {0};
    if (memcmp(st->case_id, none, ID_LEN) != 0) {
        iv_open_doc(st, ctx);
    }
}

static bool takes_text(const void *state, const struct ui_ctx *ctx)
{
    const struct iv_state *const st = state;
    (void)ctx;
    if (st->doc == NULL || st->ask != IV_ASK_NOTHING) {
        return st->ask != IV_ASK_NOTHING;
    }
    return !st->is_in_sections && iv_is_text(st);
}

static bool allows(const void *state, const struct ui_ctx *ctx, enum ui_action action)
{
    const struct iv_state *const st = state;
    if (st->ask != IV_ASK_NOTHING) {
        return action == UI_ACT_BACK; /* beside the letters of the question */
    }
    switch (action) {
    case UI_ACT_RETRY: return ctx->save_err != ERR_OK || ctx->unsaved > 0;
    case UI_ACT_CHOOSE:
    case UI_ACT_DIGIT: return !iv_is_text(st);
    default: return true;
    }
}

static bool tick(void *state, struct ui_ctx *ctx)
{
    struct iv_state *const st = state;
    bool is_changed = false;
    if (st->doc == NULL) {
        return false;
    }
    const bool was_dirty = iv_is_dirty(st, ctx);
    struct err_info info = {0};
    if (was_dirty && iv_item(st) >= 0) {
        record_doc_edit(st->doc, iv_item(st)); /* what comes in now was not seen */
    }
    if (record_doc_refresh(st->doc, &is_changed, &info) != ERR_OK || !is_changed) {
        return false;
    }
    const int item = iv_item(st);
    if (item >= 0 && !form_interview_relevant(iv_of(st), item)) {
        iv_focus_page(st, ctx, st->page, false);
    } else if (!was_dirty && iv_is_text(st)) {
        iv_load(st, ctx);
    }
    return true;
}

static void close(void *state, struct ui_ctx *ctx)
{
    struct iv_state *const st = state;
    if (st->doc != NULL) {
        iv_save_draft(st, ctx);
        record_doc_close(st->doc);
    }
    ui_edit_done(&st->edit);
}

const struct ui_screen ui_interview = {
    .id = "interview",
    .title = N_("Interview"),
    .state_size = sizeof(struct iv_state),
    .scope = UI_SCOPE_INTERVIEW,
    .guards = UI_NEEDS_UNLOCKED | UI_NEEDS_CASE,
    .open = open,
    .draw = iv_draw,
    .act = act,
    .takes_text = takes_text,
    .allows = allows,
    .save_place = iv_save_place,
    .restore = iv_restore,
    .tick = tick,
    .close = close,
};
