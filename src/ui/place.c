/* The way back: which screens lay on each other and where each stood, as one sealed note of the
 * vault. Invariant: nothing of it is kept outside the vault, and the case list is always at the
 * bottom of what comes back. */
#include "ui_int.h"

#include "base/str.h"

#define NOTE "place"

enum { MANY = 4096, MANY_TIDY_MS = 3000 };

void ui_place_save(ui_run *r)
{
    struct ui_ctx *ctx = r->ctx;
    if (ctx->record == NULL) {
        return;
    }
    jv *levels = jv_new_array();
    for (size_t i = 0; i < r->depth; i++) {
        const struct ui_screen *screen = r->stack[i].screen;
        if (screen->save_place == NULL) {
            continue;
        }
        jv *place = jv_new_object();
        screen->save_place(r->stack[i].state, ctx, place);
        jv *level = jv_new_object();
        jv_set_str(level, "screen", screen->id);
        jv_set(level, "place", place);
        jv_push(levels, level);
    }
    if (ctx->vault != NULL && vault_is_unlocked(ctx->vault)) {
        struct str text = STR_INIT;
        jv_write(levels, &text);
        /* a place that cannot be written is lost; locking must not wait for the disk */
        (void)vault_note_put(ctx->vault, NOTE, str_cstr(&text), text.len, NULL);
        str_done(&text);
    }
    jv_free(levels);
}

static void restore_level(ui_run *r, const jv *level)
{
    const char *id = jv_str_at(level, "screen");
    const struct ui_screen *screen = id == NULL ? NULL : ui_screen_find(id);
    const jv *place = jv_at(level, "place");
    if (screen == NULL || screen->restore == NULL || place == NULL) {
        return;
    }
    if (screen != &ui_cases) {
        ui_run_open(r, screen, NULL);
    }
    struct ui_level *top = &r->stack[r->depth - 1];
    if (top->screen == screen) {
        screen->restore(top->state, r->ctx, place);
    }
}

static void restore_levels(ui_run *r)
{
    struct str text = STR_INIT;
    jv *levels = NULL;
    enum err e = vault_note_get(r->ctx->vault, NOTE, &text, NULL);
    if (e == ERR_OK && text.len > 0) {
        e = jv_parse(str_cstr(&text), text.len, &levels, NULL);
    }
    for (size_t i = 0; e == ERR_OK && i < jv_count(levels); i++) {
        restore_level(r, jv_item(levels, i));
    }
    jv_free(levels);
    str_done(&text);
}

/* Reading many events takes a while: the screen that is still there says how far it is. */
static void tell_reading(void *payload, uint64_t done, uint64_t total)
{
    struct ui_ctx *ctx = payload;
    ctx->read = done;
    ctx->to_read = total;
    if (ctx->paint != NULL) {
        ctx->paint(ctx->paint_payload);
    }
}

static enum err open_record(struct ui_ctx *ctx, struct err_info *err)
{
    const enum err e = record_open_with(ctx->vault, ctx->forms_dir, tell_reading, ctx, &ctx->record,
                                        err);
    if (e != ERR_OK) {
        ctx->record = NULL;
    } else if (ctx->to_read >= MANY) { /* whoever waited for that shall not wait again tomorrow */
        (void)record_tidy(ctx->record, MANY_TIDY_MS, NULL, NULL);
    }
    ctx->read = ctx->to_read = 0;
    return e;
}

enum err ui_place_restore(ui_run *r, struct err_info *err)
{
    struct ui_ctx *ctx = r->ctx;
    enum err e = ctx->vault == NULL ? ERR_SET(err, ERR_KEY, NULL) : ERR_OK;
    if (e == ERR_OK && ctx->record == NULL) {
        e = open_record(ctx, err);
    }
    ui_run_close_all(r);
    if (e != ERR_OK) {
        return e;
    }
    ui_run_open(r, &ui_cases, NULL);
    restore_levels(r);
    if (r->depth == 1 && !ctx->was_open && ui_today_has_rows(ctx)) {
        ui_run_open(r, &ui_today, NULL); /* a day's first look; who locked comes to her list */
    }
    ctx->was_open = true;
    return ERR_OK;
}
