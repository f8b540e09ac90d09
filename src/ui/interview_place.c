/* Coming to an interview and back to the very cell: opens the record where it was left, and keeps
 * page, question, cursor and the text being typed in the saved place. */
#include "interview_int.h"

#include <string.h>

static const char FORM_ID[] = "identification";

void iv_open_doc(struct iv_state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    st->page = 0;
    st->at = -1;
    const enum err e = record_doc_open(ctx->record, st->case_id, FORM_ID, &st->doc, &info);
    if (e != ERR_OK) {
        st->doc = NULL;
        ui_say_error(ctx, e, &info);
        return;
    }
    int item = record_doc_position(st->doc);
    if (item < 0) { /* never paused: after a break-down, where the answers end */
        item = form_interview_seek(iv_of(st), -1, FORM_SEEK_UNANSWERED);
    }
    if (item >= 0) {
        iv_focus_item(st, ctx, item);
    } else {
        const int page = form_interview_page_open(iv_of(st), 0) ? 0 : iv_page_next(st, 0, 1);
        iv_focus_page(st, ctx, page >= 0 ? page : 0, false);
    }
}

/* Typed text that can be an answer is saved as one; what cannot stays a draft in the place. */
void iv_save_draft(const struct iv_state *st, struct ui_ctx *ctx)
{
    if (st->doc == NULL || !iv_is_dirty(st, ctx)) {
        return;
    }
    struct str text = STR_INIT;
    const int item = iv_item(st);
    if (form_interview_canonical(iv_of(st), item, str_cstr(&st->edit.text), &text) == FORM_P_OK) {
        enum form_problem problem = FORM_P_OK;
        const struct form_answer a = {.state = text.len > 0 ? FORM_A_VALUE : FORM_A_NONE,
                                      .text = str_cstr(&text)};
        const enum err e = record_doc_set(st->doc, item, a, &problem, NULL);
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
    const int item = iv_item(st);
    jv_set_int(place, "page", st->page);
    jv_set_int(place, "choice", (int64_t)st->choice);
    if (item >= 0) {
        jv_set_str(place, "key", iv_def(st)->items[item].key);
        if (iv_is_text(st)) {
            jv_set_str(place, "text", str_cstr(&st->edit.text));
            jv_set_int(place, "cursor", (int64_t)st->edit.cursor);
        }
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
        iv_open_doc(st, ctx);
    }
    if (st->doc == NULL) {
        return;
    }
    const char *const key = jv_str_at(place, "key");
    const int item = key != NULL ? form_def_find(iv_def(st), key) : -1;
    if (item >= 0) {
        iv_focus_item(st, ctx, item);
        if (iv_item(st) == item) {
            const struct form_choices *const list = iv_def(st)->items[item].choices;
            const int64_t choice = jv_int_at(place, "choice", 0);
            if (list != NULL && choice >= 0 && (size_t)choice < list->count) {
                st->choice = (size_t)choice;
            }
            restore_text(st, place);
        }
    }
}
