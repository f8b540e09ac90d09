/* Head and foot of every screen, and the words screens say. Invariant: the last line shows only
 * keys that would do something now. */
#include "ui/screen.h"

#include <string.h>

#include "base/utf8.h"
#include "courier_int.h"
#include "report/message.h"
#include "ui_int.h"

const char *ui_tr(const struct ui_ctx *ctx, const char *msgid)
{
    return catalog_get(catalog_builtin(ctx->lang), msgid);
}

const char *ui_trn(const struct ui_ctx *ctx, const char *one, const char *many, unsigned long n)
{
    return catalog_get_plural(catalog_builtin(ctx->lang), one, many, n);
}

void ui_say(struct ui_ctx *ctx, const char *translated)
{
    size_t n = strlen(translated);
    if (n >= sizeof ctx->message) {
        n = sizeof ctx->message - 1;
        while (n > 0 && ((unsigned char)translated[n] & 0xC0) == 0x80) {
            n--;
        }
    }
    memcpy(ctx->message, translated, n);
    ctx->message[n] = '\0';
}

void ui_say_error(struct ui_ctx *ctx, enum err code, const struct err_info *info)
{
    (void)info;
    ui_say(ctx, ui_tr(ctx, message_error(code)));
}

struct ui_effect ui_push(const struct ui_screen *s, const void *arg, size_t n)
{
    struct ui_effect e = UI_EFFECT(UI_EFFECT_PUSH);
    ASSERT(n <= sizeof e.arg);
    e.screen = s;
    if (n > 0) {
        memcpy(e.arg, arg, n);
    }
    return e;
}

struct ui_effect ui_push_case(const struct ui_screen *s, const unsigned char case_id[ID_LEN],
                              enum ui_open how, const char *name)
{
    struct ui_case_arg arg = {.how = how};
    ASSERT(strlen(name) < sizeof arg.name);
    memcpy(arg.case_id, case_id, ID_LEN);
    memcpy(arg.name, name, strlen(name));
    return ui_push(s, &arg, sizeof arg);
}

struct ui_effect ui_pop(int result)
{
    struct ui_effect e = UI_EFFECT(UI_EFFECT_POP);
    e.result = result;
    return e;
}

static bool is_written(const struct ui_ctx *ctx)
{
    return ctx->save_err == ERR_OK && ctx->unsaved == 0;
}

/* "A. C.  ✓ saved" ends one cell before the edge; returns the column it begins at. */
static int draw_right(canvas *c, const struct ui_ctx *ctx)
{
    int end = canvas_cols(c) - 1;
    if (!is_written(ctx)) {
        /* L10N: the head line, when answers could not be written to the disk */
        end -= canvas_text_right(c, 0, end, UI_ALERT | UI_BOLD, ui_tr(ctx, N_("! not saved")));
        end -= 2;
    } else if (ctx->has_saved) {
        /* L10N: the head line, when everything is on the disk */
        end -= canvas_text_right(c, 0, end, UI_GOOD, ui_tr(ctx, N_("✓ saved")));
        end -= 2;
    }
    if (ctx->record != NULL && ctx->vault != NULL) {
        const char *name = vault_member_name(ctx->vault);
        end -= canvas_text_right(c, 0, end, UI_PLAIN, name == NULL ? "" : name);
    }
    if (ctx->is_shared) {
        end -= 2;
        /* L10N: the head line: the same records are open in a second terminal; short */
        end -= canvas_text_right(c, 0, end, UI_ACCENT, ui_tr(ctx, N_("(open twice)")));
    }
    if (ctx->is_demo) {
        end -= 2;
        /* L10N: the head line of a trial vault with invented people */
        end -= canvas_text_right(c, 0, end, UI_ACCENT, ui_tr(ctx, N_("(demo)")));
    }
    return end;
}

static void draw_keys(canvas *c, const struct ui_ctx *ctx, const struct ui_screen *screen,
                      const void *state)
{
    const struct ui_binding *rows[UI_FOOTER_MAX];
    int gap = 3, row = canvas_rows(c) - 1, col = 1;
    size_t n = ui_footer(screen->scope, screen, state, ctx, canvas_cols(c), rows, &gap);
    for (size_t i = 0; i < n; i++) {
        char name[16];
        col += canvas_text(c, row, col, -1, UI_BOLD, ui_key_name(rows[i]->key, name));
        col += 1 + canvas_text(c, row, col + 1, -1, UI_PLAIN, ui_tr(ctx, rows[i]->label));
        col += gap;
    }
}

/* A sentence longer than the last line takes the rule's place too: it is never cut. */
static void draw_message(canvas *c, const struct ui_ctx *ctx)
{
    const int width = canvas_cols(c) - 2;
    int row = canvas_rows(c) - 1;
    if (utf8_width(ctx->message, strlen(ctx->message)) > (size_t)width) {
        row--;
        canvas_fill(c, row, 0, 1, canvas_cols(c), UI_PLAIN, ' ');
    }
    canvas_wrap(c, row, 1, width, 2, UI_BOLD, ctx->message);
}

/* In the rule over the keys: how old what others wrote may be. */
static void draw_exchange(canvas *c, const struct ui_ctx *ctx)
{
    struct str s = STR_INIT;
    const bool is_wrong = ctx->record != NULL && ui_courier_words(ctx, &s);
    if (s.len > 0) {
        canvas_text_right(c, canvas_rows(c) - UI_BOTTOM, canvas_cols(c) - 2,
                          is_wrong ? UI_ALERT : UI_DIM, str_cstr(&s));
    }
    str_done(&s);
}

void ui_frame(canvas *c, const struct ui_ctx *ctx, const struct ui_screen *screen,
              const void *state, const char *title)
{
    int rows = canvas_rows(c), cols = canvas_cols(c);
    int end = draw_right(c, ctx);
    canvas_text(c, 0, 1, end > 3 ? end - 3 : 1, UI_BOLD,
                title != NULL ? title : ui_tr(ctx, screen->title));
    canvas_hline(c, 1, 0, cols);
    canvas_hline(c, rows - UI_BOTTOM, 0, cols);
    draw_exchange(c, ctx);
    if (ctx->message[0] != '\0') {
        draw_message(c, ctx);
    } else {
        draw_keys(c, ctx, screen, state);
    }
}
