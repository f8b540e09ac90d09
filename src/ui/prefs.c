/* What a person chose and finds again after the passphrase: languages and the code of quick hiding.
 * Invariant: nothing of it is kept outside the vault, and a note that cannot be read changes
 * nothing. */
#include "prefs_int.h"

#include <string.h>

#include "base/id.h"

#define NOTE_LANGS "languages"
#define NOTE_CODE  "return-code"

static bool is_open(const struct ui_ctx *ctx)
{
    return ctx->vault != NULL && vault_is_unlocked(ctx->vault);
}

void ui_langs_save(const struct ui_ctx *ctx)
{
    if (!is_open(ctx)) {
        return;
    }
    jv *langs = jv_new_object();
    jv_set_str(langs, "screen", lang_code(ctx->lang));
    jv_set_str(langs, "interview", lang_code(ctx->ask_lang));
    jv_set_int(langs, "both", ctx->both_langs ? 1 : 0);
    struct str text = STR_INIT;
    jv_write(langs, &text);
    /* a language that cannot be remembered is chosen again; the work goes on */
    (void)vault_note_put(ctx->vault, NOTE_LANGS, str_cstr(&text), text.len, NULL);
    str_done(&text);
    jv_free(langs);
}

static enum lang lang_at(const jv *langs, const char *key, enum lang otherwise)
{
    const char *const code = jv_str_at(langs, key);
    const enum lang l = code != NULL ? lang_parse(code) : LANG_COUNT;
    return l != LANG_COUNT ? l : otherwise;
}

void ui_langs_load(struct ui_ctx *ctx)
{
    struct str text = STR_INIT;
    jv *langs = NULL;
    if (is_open(ctx) && vault_note_get(ctx->vault, NOTE_LANGS, &text, NULL) == ERR_OK &&
        text.len > 0 && jv_parse(str_cstr(&text), text.len, &langs, NULL) == ERR_OK) {
        ctx->ask_lang = lang_at(langs, "interview", ctx->ask_lang);
        ctx->both_langs = jv_int_at(langs, "both", ctx->both_langs ? 1 : 0) != 0;
        if (!ctx->has_chosen_lang) {
            ctx->lang = lang_at(langs, "screen", ctx->lang);
        }
    }
    if (ctx->has_chosen_lang) {
        ctx->has_chosen_lang = false;
        ui_langs_save(ctx);
    }
    jv_free(langs);
    str_done(&text);
}

void ui_langs_next(struct ui_ctx *ctx)
{
    ctx->lang = (enum lang)((ctx->lang + 1) % LANG_COUNT);
    ctx->has_chosen_lang = !is_open(ctx);
    ui_langs_save(ctx);
}

bool ui_code_valid(const char *s)
{
    return strlen(s) == UI_CODE_LEN && strspn(s, "0123456789") == UI_CODE_LEN;
}

void ui_code_propose(struct str *out)
{
    str_printf(out, "%06u", random_below(1000000));
}

enum err ui_code_save(struct ui_ctx *ctx, const char *code, struct err_info *err)
{
    ASSERT(ui_code_valid(code));
    const enum err e = vault_note_put(ctx->vault, NOTE_CODE, code, UI_CODE_LEN, err);
    if (e == ERR_OK) {
        memcpy(ctx->return_code, code, UI_CODE_LEN + 1);
    }
    return e;
}

void ui_code_load(struct ui_ctx *ctx)
{
    struct str code = STR_INIT;
    if (vault_note_get(ctx->vault, NOTE_CODE, &code, NULL) == ERR_OK &&
        ui_code_valid(str_cstr(&code))) {
        memcpy(ctx->return_code, code.data, UI_CODE_LEN + 1);
    }
    str_done(&code);
}

void ui_code_demo(struct ui_ctx *ctx)
{
    if (!ctx->is_demo || !is_open(ctx) || ctx->return_code[0] != '\0') {
        return;
    }
    struct str code = STR_INIT;
    ui_code_propose(&code);
    if (ui_code_save(ctx, str_cstr(&code), NULL) == ERR_OK) {
        struct str s = STR_INIT;
        /* L10N: at most 76 letters with the six digits of the code */
        str_printf(&s, ui_tr(ctx, "F12 hides everything at once; the digits %s bring it back."),
                   str_cstr(&code));
        ui_say(ctx, str_cstr(&s));
        str_done(&s);
    }
    str_done(&code);
}
