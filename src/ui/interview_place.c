/* Coming to an interview and back to the very cell: opens the record where it was left, and keeps
 * page, question, cursor and the text being typed in the saved place. */
#include "interview_int.h"

#include <stdio.h>
#include <string.h>

static const char FORM_ID[] = "identification";

void iv_focus_begin(struct iv_state *st, const struct ui_ctx *ctx)
{
    const int node = form_interview_seek(iv_of(st), -1, FORM_SEEK_UNANSWERED);
    if (node >= 0) {
        iv_focus_node(st, ctx, node);
        return;
    }
    const int page = form_interview_page_open(iv_of(st), 0) ? 0 : iv_page_next(st, 0, 1);
    iv_focus_page(st, ctx, page >= 0 ? page : 0, false);
}

/* The newest record that waits for its signature; else a new one if the form may have several. */
static enum err open_newest(const struct iv_state *st, struct ui_ctx *ctx, record_doc **doc,
                            struct err_info *info)
{
    struct record_doc_info *docs = NULL;
    const struct form_def *def = NULL;
    size_t n = 0;
    enum err e = record_docs(ctx->record, st->case_id, st->name, &docs, &n, info);
    size_t at = n;
    while (at > 0 && docs[at - 1].finished_ms != 0) {
        at--;
    }
    const bool is_many = record_form(ctx->record, st->name, &def, NULL) == ERR_OK && def->is_many;
    if (e == ERR_OK && at == 0 && (is_many || n == 0)) {
        e = record_doc_new(ctx->record, st->case_id, st->name, doc, info);
    } else if (e == ERR_OK) {
        e = record_doc_open_id(ctx->record, st->case_id, docs[at > 0 ? at - 1 : n - 1].id, doc,
                               info);
    }
    record_docs_done(docs, n);
    return e;
}

static enum err open_what(const struct iv_state *st, struct ui_ctx *ctx, record_doc **doc,
                          struct err_info *info)
{
    switch (st->how) {
    case UI_OPEN_FORM: return open_newest(st, ctx, doc, info);
    case UI_OPEN_NEW: return record_doc_new(ctx->record, st->case_id, st->name, doc, info);
    case UI_OPEN_RECORD: return record_doc_open_id(ctx->record, st->case_id, st->name, doc, info);
    case UI_OPEN_TASK:
    case UI_OPEN_IT: break;
    }
    return record_doc_open(ctx->record, st->case_id, FORM_ID, doc, info);
}

/* To the question that was asked for, once. */
static void jump(struct iv_state *st, struct ui_ctx *ctx)
{
    const struct ui_jump to = ctx->jump;
    ctx->jump = (struct ui_jump){.key = ""};
    const int node = to.key[0] != '\0' ? iv_find(iv_of(st), to.at, to.key) : -1;
    if (node >= 0) {
        iv_focus_node(st, ctx, node);
    }
}

void iv_open_doc(struct iv_state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    st->page = 0;
    st->node = -1;
    st->container = -1;
    const enum err e = open_what(st, ctx, &st->doc, &info);
    if (e != ERR_OK) {
        st->doc = NULL;
        ctx->jump = (struct ui_jump){.key = ""};
        ui_say_error(ctx, e, &info);
        return;
    }
    st->how = UI_OPEN_RECORD;
    snprintf(st->name, sizeof st->name, "%s", record_doc_id(st->doc));
    iv_focus_begin(st, ctx); /* never paused, as after a break-down: where the answers end */
    const int node = record_doc_position(st->doc);
    if (node >= 0) {
        iv_focus_node(st, ctx, node);
    }
    jump(st, ctx);
}

int iv_find(const form_interview *iv, const char *at, const char *key)
{
    struct str here = STR_INIT;
    int found = -1;
    for (int node = 0; node < form_interview_nodes(iv) && found < 0; node++) {
        if (!form_interview_exists(iv, node) ||
            !str_eq(form_interview_def(iv)->items[form_interview_item(iv, node)].key, key)) {
            continue;
        }
        str_clear(&here);
        form_interview_at(iv, node, &here);
        found = str_eq(str_cstr(&here), at) ? node : -1;
    }
    str_done(&here);
    return found;
}

void iv_save_draft(const struct iv_state *st, struct ui_ctx *ctx)
{
    if (st->doc == NULL || !iv_is_dirty(st, ctx)) {
        return;
    }
    struct str text = STR_INIT;
    if (form_interview_canonical(iv_of(st), st->node, str_cstr(&st->edit.text), &text) ==
        FORM_P_OK) {
        enum form_problem problem = FORM_P_OK;
        const struct form_answer a = {.state = text.len > 0 ? FORM_A_VALUE : FORM_A_NONE,
                                      .text = str_cstr(&text)};
        const enum err e = record_doc_set(st->doc, st->node, a, &problem, NULL);
        ctx->unsaved = (unsigned)record_doc_unsaved(st->doc);
        ctx->save_err = e;
        ctx->has_saved = ctx->has_saved || e == ERR_OK;
    }
    str_done(&text);
}

void iv_save_place(const void *state, struct ui_ctx *ctx, jv *place)
{
    const struct iv_state *const st = state;
    char hex[ID_HEX_LEN];
    hex_put(hex, st->case_id, ID_LEN);
    jv_set_str(place, "case", hex);
    if (st->doc == NULL) {
        return;
    }
    const int node = st->node >= 0 ? st->node : st->container;
    jv_set_str(place, "record", st->name);
    jv_set_int(place, "page", st->page);
    jv_set_int(place, "choice", (int64_t)st->choice);
    jv_set_int(place, "row", (int64_t)st->row);
    if (node >= 0) {
        struct str at = STR_INIT;
        form_interview_at(iv_of(st), node, &at);
        jv_set_str(place, "at", str_cstr(&at));
        jv_set_str(place, "key", iv_item(st, node)->key);
        str_done(&at);
    }
    if (iv_is_text(st)) {
        jv_set_str(place, "text", str_cstr(&st->edit.text));
        jv_set_int(place, "cursor", (int64_t)st->edit.cursor);
    }
    iv_save_draft(st, ctx);
}

static void restore_text(struct iv_state *st, const jv *place)
{
    const char *const text = jv_str_at(place, "text");
    if (text != NULL && iv_is_text(st)) {
        ui_edit_set(&st->edit, text);
        const int64_t cursor = jv_int_at(place, "cursor", (int64_t)st->edit.text.len);
        if (cursor >= 0 && (size_t)cursor <= st->edit.text.len) {
            st->edit.cursor = (size_t)cursor;
        }
    }
}

static void restore_focus(struct iv_state *st, const struct ui_ctx *ctx, const jv *place)
{
    const char *const at = jv_str_at(place, "at");
    const char *const key = jv_str_at(place, "key");
    const int node = key != NULL ? iv_find(iv_of(st), at != NULL ? at : "", key) : -1;
    if (node < 0) {
        return;
    }
    iv_focus_node(st, ctx, node);
    if (st->node == node && !iv_is_text(st)) {
        const int64_t choice = jv_int_at(place, "choice", 0);
        struct ui_choices list;
        ui_choices_of(iv_of(st), node, ctx->ask_lang, "", &list);
        if (choice >= 0 && (size_t)choice < list.count) {
            st->choice = (size_t)choice;
        }
        ui_choices_done(&list);
    } else if (st->node == node) {
        restore_text(st, place);
    } else if (st->container == node) {
        const int64_t row = jv_int_at(place, "row", 0);
        st->row = row > 0 ? (size_t)row : 0;
        iv_relocate(st, ctx);
    }
}

void iv_restore(void *state, struct ui_ctx *ctx, const jv *place)
{
    struct iv_state *const st = state;
    const char *const hex = jv_str_at(place, "case");
    unsigned char id[ID_LEN];
    if (hex == NULL || !hex_get(id, ID_LEN, hex)) {
        return;
    }
    if (st->doc == NULL || memcmp(id, st->case_id, ID_LEN) != 0) {
        record_doc_close(st->doc);
        memcpy(st->case_id, id, ID_LEN);
        const char *const name = jv_str_at(place, "record");
        st->how = name != NULL ? UI_OPEN_RECORD : UI_OPEN_IT;
        snprintf(st->name, sizeof st->name, "%s", name != NULL ? name : "");
        iv_open_doc(st, ctx);
    }
    if (st->ask == IV_ASK_MOVE) { /* whoever comes back was working, and is not asked again */
        st->ask = IV_ASK_NOTHING;
        iv_newer_done(st);
    }
    if (st->doc != NULL) {
        restore_focus(st, ctx, place);
    }
}
