/* The interview screen: an answer is saved the moment it is given. Text being typed becomes an
 * answer when the focus leaves it, and is a draft in the saved place until then. Invariant: after
 * each act ctx says truly whether all is on disk. */
#include "interview_int.h"
#include "prefs_int.h"

#include <string.h>

static void go_page(struct iv_state *st, struct ui_ctx *ctx, int direction, bool last)
{
    const int page = iv_page_next(st, st->page, direction);
    if (page >= 0) {
        size_t rows = 0;
        iv_focus_page(st, ctx, page, last);
        (void)iv_rows(st, &rows);
        st->row = last && rows > 0 ? rows - 1 : 0;
    } else {
        ui_say(ctx, direction < 0 ? ui_tr(ctx, "This is the first group.")
                    : form_interview_complete(iv_of(st))
                        ? ui_tr(ctx, "This was the last group. Ctrl-W finishes.")
                        : ui_tr(ctx, "Nothing more is open. F11 goes to what needs an answer."));
    }
}

static void step(struct iv_state *st, struct ui_ctx *ctx, int direction)
{
    if (iv_commit(st, ctx) && !iv_focus_step(st, ctx, direction)) {
        go_page(st, ctx, direction, direction < 0);
    }
}

/* Keys of the list on the left. */
static bool act_sections(struct iv_state *st, struct ui_ctx *ctx, const struct ui_input *in)
{
    if (in->action == UI_ACT_OPEN || in->action == UI_ACT_RIGHT) {
        size_t count = 0;
        const struct form_section *const s = &form_interview_sections(iv_of(st),
                                                                      &count)[st->sections.at];
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
        st->sections.at = (size_t)iv_page(st)->section;
        return true;
    }
    return ui_list_act(&st->sections, in);
}

static void start_finish(struct iv_state *st, struct ui_ctx *ctx)
{
    if (st->trial != NULL) {
        ui_say(ctx, form_interview_complete(iv_of(st))
                        ? ui_tr(ctx, "This is a trial: nothing is signed. All is answered.")
                        : ui_tr(ctx, "This is a trial: nothing is signed. F11 goes to what is "
                                     "missing."));
        return;
    }
    if (iv_is_finished(st)) {
        st->ask = IV_ASK_REOPEN;
        return;
    }
    if (!iv_commit(st, ctx)) {
        return;
    }
    const struct form_progress p = form_interview_progress(iv_of(st));
    const unsigned open = p.missing + p.wrong;
    if (form_interview_complete(iv_of(st))) {
        st->ask = IV_ASK_FINISH;
        return;
    }
    const enum form_seek what = p.missing > 0 ? FORM_SEEK_MISSING : FORM_SEEK_WRONG;
    iv_focus_node(st, ctx, form_interview_seek(iv_of(st), -1, what));
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
    iv_note_save(st, ctx, e, &info);
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
    iv_note_save(st, ctx, e, &info);
    if (e == ERR_OK) {
        ui_say(ctx, ui_tr(ctx, "Open for correction. Ctrl-W signs it again."));
    }
}

static struct ui_effect leave(struct iv_state *st, struct ui_ctx *ctx, bool is_sure)
{
    if (st->doc == NULL) {
        (void)iv_commit(st, ctx);
        return ui_pop(0);
    }
    if (!is_sure && !iv_commit(st, ctx)) {
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    if (!is_sure && record_doc_unsaved(st->doc) > 0) {
        struct err_info info = {0};
        const enum err e = record_doc_retry(st->doc, &info);
        iv_note_save(st, ctx, e, &info);
        if (record_doc_unsaved(st->doc) > 0) {
            st->ask = IV_ASK_LEAVE;
            return UI_EFFECT(UI_EFFECT_NONE);
        }
    }
    struct err_info info = {0};
    const int node = st->node >= 0 ? st->node : st->container;
    if (node >= 0 && !iv_is_finished(st)) {
        const enum err e = record_doc_pause(st->doc, node, &info);
        if (e != ERR_OK && !is_sure) {
            iv_note_save(st, ctx, e, &info);
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
    } else if (what == IV_ASK_MOVE) {
        (void)ui_list_act(&st->newer_list, in);
    }
    if (what == IV_ASK_MOVE && reply >= 0) {
        iv_newer_done(st);
        if (reply == 1) {
            iv_go_over(st, ctx);
        }
    } else if (reply == 1 && what == IV_ASK_REOPEN) {
        reopen(st, ctx);
    } else if (reply == 1 && what == IV_ASK_DELETE) {
        iv_delete_row(st, ctx);
    } else if (reply == 1) {
        return what == IV_ASK_FINISH ? finish(st, ctx) : leave(st, ctx, true);
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static void seek_missing(struct iv_state *st, struct ui_ctx *ctx)
{
    if (!iv_commit(st, ctx)) {
        return;
    }
    /* What signing waits for comes first, then what was only passed by. */
    static const enum form_seek ORDER[] = {FORM_SEEK_MISSING, FORM_SEEK_WRONG,
                                           FORM_SEEK_UNANSWERED};
    const int node = st->node >= 0 ? st->node : st->container;
    int to = -1;
    for (size_t i = 0; to < 0 && i < sizeof ORDER / sizeof ORDER[0]; i++) {
        to = form_interview_seek(iv_of(st), node, ORDER[i]);
    }
    if (to >= 0 && to != node) {
        iv_focus_node(st, ctx, to);
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
    iv_note_save(st, ctx, e, &info);
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

/* From a row back to the list it stands in; false if the page is in no row. */
static bool go_up(struct iv_state *st, struct ui_ctx *ctx)
{
    const int instance = iv_instance_of(st, iv_page(st));
    if (instance < 0) {
        return false;
    }
    if (iv_commit(st, ctx)) {
        const int position = form_interview_position(iv_of(st), instance);
        iv_focus_node(st, ctx, form_interview_parent(iv_of(st), instance));
        st->row = (size_t)position - 1;
    }
    return true;
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
        if (iv_commit(st, ctx)) {
            go_page(st, ctx, in->action == UI_ACT_PAGE_DOWN ? 1 : -1, false);
        }
        break;
    case UI_ACT_OPEN: go_page(st, ctx, 1, false); break;
    case UI_ACT_DECLINE: iv_set_state(st, ctx, FORM_A_DECLINED); break;
    case UI_ACT_UNKNOWN: iv_set_state(st, ctx, FORM_A_UNKNOWN); break;
    case UI_ACT_LATER: iv_set_state(st, ctx, FORM_A_LATER); break;
    case UI_ACT_SECTIONS:
        if (st->trial != NULL) {
            st->shows_findings = !st->shows_findings;
            st->is_in_findings = st->shows_findings;
        }
        st->is_in_sections = iv_commit(st, ctx) && !st->is_in_findings;
        break;
    case UI_ACT_NEXT_MISSING: seek_missing(st, ctx); break;
    case UI_ACT_EXPLAIN: st->is_explaining = !st->is_explaining; break;
    case UI_ACT_LANG_ASK: next_ask_lang(ctx); break;
    case UI_ACT_RETRY: retry(st, ctx); break;
    case UI_ACT_UNMASK: unmask(st, ctx); break;
    case UI_ACT_FINISH: start_finish(st, ctx); break;
    case UI_ACT_PAUSE: return leave(st, ctx, false);
    case UI_ACT_BACK: return go_up(st, ctx) ? UI_EFFECT(UI_EFFECT_NONE) : leave(st, ctx, false);
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
    case UI_ACT_ADD:
    case UI_ACT_REMOVE:
    case UI_ACT_KEEP:
    case UI_ACT_MOVE_UP:
    case UI_ACT_MOVE_DOWN:
    case UI_ACT_DECLINE:
    case UI_ACT_UNKNOWN:
    case UI_ACT_LATER: return true;
    default: return false;
    }
}

/* Keys inside the question, or the rows, with the focus; false: they mean the same everywhere. */
static bool act_focused(struct iv_state *st, struct ui_ctx *ctx, const struct ui_input *in)
{
    if (st->node < 0) {
        return iv_is_rows(st) && iv_act_rows(st, ctx, in);
    }
    const enum iv_taken taken = iv_act_answer(st, ctx, in);
    if (taken == IV_TAKEN_GO_ON) {
        step(st, ctx, 1);
    }
    return taken != IV_NOT_TAKEN;
}

struct ui_effect iv_act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct iv_state *const st = state;
    if (!iv_is_open(st)) {
        const bool is_end = in->action == UI_ACT_BACK || in->action == UI_ACT_PAUSE;
        return !is_end && st->trial != NULL && iv_act_findings(st, in) ? UI_EFFECT(UI_EFFECT_NONE)
               : is_end                                                ? ui_pop(0)
                                                                       : UI_EFFECT(UI_EFFECT_NONE);
    }
    if (st->ask != IV_ASK_NOTHING) {
        return act_ask(st, ctx, in);
    }
    if (iv_is_finished(st) && would_change(in->action) &&
        !(in->action == UI_ACT_DIGIT && iv_is_rows(st))) {
        ui_say(ctx, ui_tr(ctx, "Signed: nothing is changed. Ctrl-W reopens it."));
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    if (st->is_in_findings && iv_act_findings(st, in)) {
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    if (st->is_in_sections && in->action == UI_ACT_SECTIONS && st->trial != NULL) {
        return act_common(st, ctx, in);
    }
    if (st->is_in_sections) {
        return act_sections(st, ctx, in) ? UI_EFFECT(UI_EFFECT_NONE) : act_common(st, ctx, in);
    }
    if (in->action == UI_ACT_BACK && st->is_explaining) {
        st->is_explaining = false;
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    return act_focused(st, ctx, in) ? UI_EFFECT(UI_EFFECT_NONE) : act_common(st, ctx, in);
}

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    struct iv_state *const st = state;
    const struct ui_case_arg *const what = arg;
    memcpy(st->case_id, what->case_id, ID_LEN);
    memcpy(st->name, what->name, sizeof st->name);
    st->how = what->how;
    st->node = -1;
    st->container = -1;
    const unsigned char none[ID_LEN] = {0};
    if (memcmp(st->case_id, none, ID_LEN) != 0) {
        iv_open_doc(st, ctx);
        iv_offer_move(st, ctx);
    }
}

bool iv_takes_text(const void *state, const struct ui_ctx *ctx)
{
    const struct iv_state *const st = state;
    (void)ctx;
    if (!iv_is_open(st) || st->ask != IV_ASK_NOTHING) {
        return st->ask != IV_ASK_NOTHING;
    }
    return !st->is_in_sections && !st->is_in_findings && (iv_is_text(st) || st->is_filtering);
}

/* Guards of what only some questions and pages have. */
static bool allows_special(const struct iv_state *st, const struct ui_ctx *ctx,
                           enum ui_action action)
{
    if (!iv_is_open(st) || st->is_in_sections || st->is_in_findings) {
        return false;
    }
    const bool is_rank = st->node >= 0 && iv_item(st, st->node)->type == FORM_T_RANK;
    size_t rows = 0;
    (void)iv_rows(st, &rows);
    switch (action) {
    case UI_ACT_FIND: return !st->is_filtering && iv_can_filter(st, ctx);
    case UI_ACT_ADD: return iv_may_change_rows(st);
    case UI_ACT_REMOVE: return iv_may_change_rows(st) && rows > 0;
    case UI_ACT_KEEP: return iv_may_change_rows(st) && iv_is_contested(st, iv_row_instance(st));
    default: return is_rank || (iv_may_change_rows(st) && rows > 1);
    }
}

bool iv_allows(const void *state, const struct ui_ctx *ctx, enum ui_action action)
{
    const struct iv_state *const st = state;
    if (st->ask != IV_ASK_NOTHING) { /* beside the letters of the question */
        const bool scrolls = action == UI_ACT_UP || action == UI_ACT_DOWN;
        return action == UI_ACT_BACK || (st->ask == IV_ASK_MOVE && scrolls);
    }
    switch (action) {
    case UI_ACT_RETRY: return ctx->save_err != ERR_OK || ctx->unsaved > 0;
    case UI_ACT_CHOOSE:
    case UI_ACT_DIGIT: return !iv_is_open(st) || !iv_is_text(st);
    case UI_ACT_FIND:
    case UI_ACT_ADD:
    case UI_ACT_REMOVE:
    case UI_ACT_KEEP:
    case UI_ACT_MOVE_UP:
    case UI_ACT_MOVE_DOWN: return allows_special(st, ctx, action);
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
    if (was_dirty && st->node >= 0) {
        record_doc_edit(st->doc, st->node); /* what comes in now was not seen */
    }
    if (record_doc_refresh(st->doc, &is_changed, &info) != ERR_OK || !is_changed) {
        return false;
    }
    const int node = st->node;
    iv_relocate(st, ctx);
    if (st->node == node && !was_dirty && iv_is_text(st)) {
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
    iv_newer_done(st);
    ui_edit_done(&st->edit);
    ui_edit_done(&st->filter);
}

const struct ui_screen ui_interview = {
    .id = "interview",
    .title = N_("Interview"),
    .state_size = sizeof(struct iv_state),
    .scope = UI_SCOPE_INTERVIEW,
    .guards = UI_NEEDS_UNLOCKED | UI_NEEDS_CASE,
    .open = open,
    .draw = iv_draw,
    .act = iv_act,
    .takes_text = iv_takes_text,
    .allows = iv_allows,
    .save_place = iv_save_place,
    .restore = iv_restore,
    .tick = tick,
    .close = close,
};
