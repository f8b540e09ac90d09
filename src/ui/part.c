/* What the screens of one part of a case share: the case they are of, the way back, the way to the
 * other parts and to a question in the interview. */
#include "part_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool load(struct part *p, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    enum err e = record_case_open(ctx->record, p->case_id, &p->info, &info);
    if (e == ERR_OK && p->info.is_locked) {
        e = ERR_SET(&info, ERR_RIGHTS, "case");
    }
    p->is_found = e == ERR_OK;
    if (!p->is_found) {
        ui_say_error(ctx, e, &info);
    }
    return p->is_found;
}

bool part_open(struct part *p, struct ui_ctx *ctx, const void *arg)
{
    const unsigned char none[ID_LEN] = {0};
    memcpy(p->case_id, arg, ID_LEN);
    return memcmp(p->case_id, none, ID_LEN) != 0 && load(p, ctx);
}

void part_frame(const struct part *p, const struct ui_ctx *ctx, const struct ui_screen *screen,
                canvas *c)
{
    struct str title = STR_INIT;
    str_puts(&title, ui_tr(ctx, screen->title));
    if (p->is_found) {
        str_printf(&title, " · %s %s", p->info.code, p->info.initials);
    }
    ui_frame(c, ctx, screen, p, str_cstr(&title));
    str_done(&title);
    canvas_cursor(c, -1, 0);
}

void part_list(struct part *p, size_t count)
{
    p->list.count = count;
    if (p->list.at >= count) {
        p->list.at = count > 0 ? count - 1 : 0;
    }
}

void part_back(const void *state, struct ui_ctx *ctx, jv *place)
{
    const struct part *const p = state;
    char hex[ID_HEX_LEN];
    (void)ctx;
    hex_put(hex, p->case_id, ID_LEN);
    jv_set_str(place, "case", hex);
    jv_set_int(place, "line", (int64_t)p->list.at);
}

bool part_again(struct part *p, struct ui_ctx *ctx, const jv *place)
{
    const char *const hex = jv_str_at(place, "case");
    const int64_t line = jv_int_at(place, "line", 0);
    p->list.at = line > 0 ? (size_t)line : 0;
    return hex != NULL && hex_get(p->case_id, ID_LEN, hex) && load(p, ctx);
}

bool part_act(struct part *p, const struct ui_screen *self, const struct ui_input *in,
              struct ui_effect *out)
{
    static const struct {
        enum ui_action action;
        const struct ui_screen *screen;
    } WAYS[] = {{UI_ACT_INDICATORS, &ui_indicators}, {UI_ACT_TIMELINE, &ui_timeline}};
    *out = UI_EFFECT(UI_EFFECT_NONE);
    if (in->action == UI_ACT_BACK) {
        *out = ui_pop(0);
        return true;
    }
    for (size_t i = 0; i < sizeof WAYS / sizeof *WAYS; i++) {
        if (WAYS[i].action == in->action) {
            if (WAYS[i].screen != self) {
                *out = ui_push(WAYS[i].screen, p->case_id, ID_LEN);
                out->type = UI_EFFECT_REPLACE;
            }
            return true;
        }
    }
    return ui_list_act(&p->list, in);
}

bool part_allows(const void *state, const struct ui_ctx *ctx, enum ui_action action)
{
    (void)state;
    (void)ctx;
    return action != UI_ACT_BY_FORM && action != UI_ACT_BY_MEMBER;
}

struct ui_effect part_jump(const struct part *p, struct ui_ctx *ctx, const char *record_id,
                           const char *at, const char *key)
{
    snprintf(ctx->jump.at, sizeof ctx->jump.at, "%s", at);
    snprintf(ctx->jump.key, sizeof ctx->jump.key, "%s", key);
    return ui_push_case(&ui_interview, p->case_id, UI_OPEN_RECORD, record_id);
}

record_doc *part_newest(const struct part *p, struct ui_ctx *ctx, const char *form)
{
    struct record_doc_info *docs = NULL;
    struct err_info info = {0};
    record_doc *doc = NULL;
    size_t n = 0;
    enum err e = record_docs(ctx->record, p->case_id, form, &docs, &n, &info);
    if (e == ERR_OK && n > 0) {
        e = record_doc_open_id(ctx->record, p->case_id, docs[n - 1].id, &doc, &info);
    }
    record_docs_done(docs, n);
    if (e != ERR_OK) {
        ui_say_error(ctx, e, &info);
        return NULL;
    }
    return doc;
}
