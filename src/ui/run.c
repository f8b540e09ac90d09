/* The one loop behind every screen: key -> action -> guard -> act -> effect. Invariant: while
 * is_hidden no screen is drawn and no key reaches one; after a lock no screen, record or key of
 * the person before is left in memory. */
#include "ui/run.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "courier_int.h"
#include "prefs_int.h"
#include "ui_int.h"

#define HIDE_MS    (10 * 60 * 1000)
#define CODE_TRIES 3
#define SUSPEND_MS 2000
#define TICK_MS    1000

/* Caches are written while nobody types, a little at a time; before the end for longer. */
#define TIDY_AFTER_MS 3000
#define TIDY_IDLE_MS  100
#define TIDY_END_MS   300

/* Exchange goes on in small steps while nobody types. */
#define EXCHANGE_AFTER_MS 150
#define EXCHANGE_REST_MS  30

ui_run *ui_run_new(struct ui_ctx *ctx, int rows, int cols, const struct ui_screen *first,
                   const void *arg48)
{
    ui_run *r = calloc(1, sizeof *r);
    ASSERT(r != NULL);
    r->ctx = ctx;
    ctx->courier = ctx->is_try ? NULL : ui_courier_new();
    r->canvas = canvas_new(rows, cols);
    ui_run_open(r, first, arg48);
    r->is_hidden = ctx->resume != NULL && ctx->resume[0] == UI_RESUME_HIDDEN;
    ui_code_demo(ctx);
    return r;
}

void ui_run_free(ui_run *r)
{
    if (r == NULL) {
        return;
    }
    ui_run_close_all(r);
    ui_courier_free(r->ctx->courier);
    r->ctx->courier = NULL;
    canvas_free(r->canvas);
    explicit_bzero(r, sizeof *r);
    free(r);
}

static struct ui_level *top_of(ui_run *r)
{
    ASSERT(r->depth > 0);
    return &r->stack[r->depth - 1];
}

void ui_run_open(ui_run *r, const struct ui_screen *screen, const void *arg48)
{
    static const unsigned char NO_ARG[UI_ARG_LEN];
    ASSERT(screen != NULL);
    if (r->depth == UI_DEPTH) { /* help on menu on help ...: enough */
        return;
    }
    struct ui_level *level = &r->stack[r->depth];
    level->screen = screen;
    level->state = calloc(1, screen->state_size > 0 ? screen->state_size : 1);
    ASSERT(level->state != NULL);
    r->depth++;
    r->has_work = false;
    if (screen->open != NULL) {
        screen->open(level->state, r->ctx, arg48 != NULL ? arg48 : NO_ARG);
    }
}

void ui_run_close_top(ui_run *r)
{
    struct ui_level *level = top_of(r);
    if (level->screen->close != NULL) {
        level->screen->close(level->state, r->ctx);
    }
    explicit_bzero(level->state, level->screen->state_size);
    free(level->state);
    level->state = NULL;
    level->screen = NULL;
    r->depth--;
    r->has_work = false;
}

void ui_run_close_all(ui_run *r)
{
    while (r->depth > 0) {
        ui_run_close_top(r);
    }
}

static void forget_code(ui_run *r)
{
    explicit_bzero(r->code, sizeof r->code);
    r->code_len = 0;
}

/* What cannot be written now is made anew from the log when it is needed. */
static void tidy(const ui_run *r, unsigned budget_ms)
{
    if (r->ctx->record != NULL && !r->ctx->is_try) {
        (void)record_tidy(r->ctx->record, budget_ms, NULL, NULL);
    }
}

void ui_run_lock(ui_run *r)
{
    struct ui_ctx *ctx = r->ctx;
    /* nothing to lock; and nobody knows the passphrase of a vault made for trying a form */
    if (ctx->record == NULL || ctx->is_try) {
        return;
    }
    ui_place_save(r);
    ui_run_close_all(r);
    ui_courier_last(ctx);
    ui_courier_stop(ctx->courier);
    tidy(r, TIDY_END_MS);
    record_close(ctx->record);
    ctx->record = NULL;
    if (ctx->vault != NULL) {
        vault_lock(ctx->vault);
    }
    explicit_bzero(ctx->message, sizeof ctx->message);
    ctx->has_saved = false;
    ctx->is_shared = false;
    ctx->unsaved = 0;
    ctx->save_err = ERR_OK;
    canvas_clear(r->canvas);
    r->is_drawn = false;
    r->wants_repaint = true;
    r->wants_renew = ctx->renew != NULL;
    if (!r->wants_renew) {
        mem_scrub_freed();
    }
    ui_run_open(r, &ui_unlock, NULL);
}

void ui_run_renew(ui_run *r, const char *terminal)
{
    struct ui_ctx *ctx = r->ctx;
    struct str state = STR_INIT;
    ASSERT(r->wants_renew && ctx->record == NULL);
    r->wants_renew = false;
    str_putc(&state, r->is_hidden ? UI_RESUME_HIDDEN : UI_RESUME_SHOWN);
    str_puts(&state, terminal);
    ctx->renew(ctx->renew_payload, str_cstr(&state));
    str_done(&state);
    ctx->has_wiped_in_place = true;
    mem_scrub_freed();
}

static void reveal(ui_run *r)
{
    r->is_hidden = false;
    r->wants_repaint = true;
    r->code_failures = 0;
    forget_code(r);
}

static void hide(ui_run *r)
{
    r->is_hidden = true;
    r->wants_repaint = true;
    r->hidden_ms = r->now_ms;
    r->code_failures = 0;
    forget_code(r);
    const struct ui_screen *const lowest = r->depth > 0 ? r->stack[0].screen : NULL;
    if (lowest == &ui_wizard || lowest == &ui_unlock) {
        /* Enter alone would bring the words of a paper key back: all begins anew */
        ui_run_close_all(r);
        ui_run_open(r, lowest, NULL);
    } else if (r->ctx->return_code[0] == '\0') {
        ui_run_lock(r);
    }
}

/* Without an open record, or without a code in a throw-away vault, Enter comes back. */
static bool needs_code(const ui_run *r)
{
    return r->ctx->record != NULL && r->ctx->return_code[0] != '\0';
}

static void hidden_key(ui_run *r, uint32_t key)
{
    if (!needs_code(r)) {
        if (key == '\r' || key == '\n') {
            reveal(r);
        }
        return;
    }
    if (key < '0' || key > '9') {
        forget_code(r);
        return;
    }
    r->code[r->code_len++] = (char)key;
    if (r->code_len < sizeof r->code - 1) {
        return;
    }
    bool is_right = strcmp(r->code, r->ctx->return_code) == 0;
    forget_code(r);
    if (is_right) {
        reveal(r);
        r->skips_enter = true; /* the habit of Enter after a code must not answer a question */
    } else if (++r->code_failures >= CODE_TRIES) {
        ui_run_lock(r);
        reveal(r);
    }
}

/* After the passphrase: the saved place, or the unlock screen again if the record cannot open. */
static void restore(ui_run *r)
{
    struct err_info err = {0};
    enum err e = ui_place_restore(r, &err);
    if (e == ERR_OK) {
        if (r->ctx->by_sheet) {
            ui_run_open(r, &ui_passwd, NULL);
        }
        return;
    }
    if (r->ctx->vault != NULL) {
        vault_lock(r->ctx->vault);
    }
    ui_run_close_all(r);
    ui_run_open(r, &ui_unlock, NULL);
    ui_say_error(r->ctx, e, &err);
}

static void leave(ui_run *r)
{
    ui_place_save(r);
    ui_courier_last(r->ctx);
    tidy(r, TIDY_END_MS);
    r->has_ended = true;
}

static void pop(ui_run *r, int result)
{
    ui_run_close_top(r);
    if (r->depth == 0) {
        r->has_ended = true;
        return;
    }
    struct ui_level *level = top_of(r);
    if (level->screen->resumed != NULL) {
        level->screen->resumed(level->state, r->ctx, result);
    }
}

static void apply(ui_run *r, const struct ui_effect *e)
{
    r->is_drawn = false;
    switch (e->type) {
    case UI_EFFECT_NONE: break;
    case UI_EFFECT_PUSH:
        ui_run_open(r, e->screen, e->arg);
        if (e->then != NULL) {
            ui_run_open(r, e->then, e->arg);
        }
        break;
    case UI_EFFECT_REPLACE:
        ui_run_close_top(r);
        ui_run_open(r, e->screen, e->arg);
        break;
    case UI_EFFECT_RESET:
        if (e->screen == NULL) {
            restore(r);
        } else {
            ui_run_close_all(r);
            ui_run_open(r, e->screen, e->arg);
        }
        break;
    case UI_EFFECT_POP: pop(r, e->result); break;
    case UI_EFFECT_WORK: r->has_work = top_of(r)->screen->work != NULL; break;
    case UI_EFFECT_LOCK: ui_run_lock(r); break;
    case UI_EFFECT_HIDE: hide(r); break;
    case UI_EFFECT_QUIT: leave(r); break;
    }
}

/* Pushes screen, or closes it if it is the top one. */
static void toggle(ui_run *r, const struct ui_screen *screen, unsigned char arg)
{
    bool is_on_top = top_of(r)->screen == screen;
    struct ui_effect e = is_on_top ? ui_pop(0) : ui_push(screen, &arg, 1);
    apply(r, &e);
}

/* What the runner does itself, whichever screen is on top. false: the screen's business. */
static bool act_global(ui_run *r, enum ui_action action)
{
    switch (action) {
    case UI_ACT_HELP: toggle(r, &ui_help, (unsigned char)top_of(r)->screen->scope); return true;
    case UI_ACT_MENU: toggle(r, &ui_menu, 0); return true;
    case UI_ACT_HIDE: hide(r); return true;
    case UI_ACT_LOCK: ui_run_lock(r); return true;
    case UI_ACT_LANG_SCREEN: ui_langs_next(r->ctx); return true;
    case UI_ACT_REDRAW: r->wants_repaint = true; return true;
    case UI_ACT_QUIT: leave(r); return true;
    default: return false;
    }
}

/* What was typed or pasted, as the screens may have it: NFC, no controls but line ends. */
static void input_text(struct str *out, uint32_t key, const char *paste, size_t n)
{
    char typed[4];
    struct str raw = STR_INIT;
    if (key != UI_KEY_PASTE) {
        n = utf8_put(typed, key);
        paste = typed;
    }
    struct str lines = STR_INIT;
    for (size_t i = 0; i < n; i++) {
        bool is_crlf = paste[i] == '\r' && i + 1 < n && paste[i + 1] == '\n';
        if (!is_crlf) {
            str_putc(&lines, paste[i] == '\r' ? '\n' : paste[i] == '\t' ? ' ' : paste[i]);
        }
    }
    while (lines.len > 0 && lines.data[lines.len - 1] == '\n') {
        str_splice(&lines, lines.len - 1, 1, "", 0);
    }
    utf8_normalize(&raw, str_cstr(&lines), lines.len);
    utf8_clean(out, str_cstr(&raw), raw.len, true);
    str_done(&lines);
    str_done(&raw);
}

static bool is_too_small(const ui_run *r)
{
    return canvas_rows(r->canvas) < UI_MIN_ROWS || canvas_cols(r->canvas) < UI_MIN_COLS;
}

static void act_screen(ui_run *r, enum ui_action action, uint32_t key, const char *paste, size_t n)
{
    struct ui_level *level = top_of(r);
    struct str text = STR_INIT;
    struct ui_input in = {.action = action, .text = ""};
    if (action == UI_ACT_TEXT || action == UI_ACT_DIGIT) {
        input_text(&text, key, paste, n);
        in.text = str_cstr(&text);
        in.n = text.len;
    }
    bool is_nothing = action == UI_ACT_TEXT &&
                      (in.n == 0 || (key == UI_KEY_PASTE && paste == NULL));
    if (!is_nothing && level->screen->act != NULL) {
        struct ui_effect e = level->screen->act(level->state, r->ctx, &in);
        apply(r, &e);
    }
    str_done(&text);
}

bool ui_run_key(ui_run *r, uint32_t key, const char *paste, size_t n)
{
    r->last_key_ms = r->now_ms;
    if (r->has_ended) {
        return false;
    }
    r->is_drawn = false;
    if (r->is_hidden) {
        hidden_key(r, key);
        return true;
    }
    bool is_habit = r->skips_enter && (key == '\r' || key == '\n');
    r->skips_enter = false;
    if (is_habit) {
        return true;
    }
    explicit_bzero(r->ctx->message, sizeof r->ctx->message);
    struct ui_level *level = top_of(r);
    const struct ui_screen *screen = level->screen;
    bool is_text = screen->takes_text != NULL && screen->takes_text(level->state, r->ctx);
    const struct ui_binding *b = ui_binding_find(screen->scope, key, is_text);
    enum ui_action action = ui_key_action(screen->scope, key, is_text);
    if (b != NULL && !ui_binding_allowed(b, screen, level->state, r->ctx)) {
        return true;
    }
    if (action == UI_ACT_NONE || r->has_work) {
        return true;
    }
    if (!act_global(r, action) && !is_too_small(r)) {
        act_screen(r, action, key, paste, n);
    }
    return !r->has_ended;
}

void ui_run_suspend_gap(ui_run *r, int64_t gap_ms)
{
    if (r->has_suspend && gap_ms - r->suspend_ms > SUSPEND_MS) {
        ui_run_lock(r);
    }
    r->suspend_ms = gap_ms;
    r->has_suspend = true;
}

static void lock_in_time(ui_run *r)
{
    int64_t idle = r->now_ms - r->last_key_ms;
    bool is_idle = r->ctx->idle_lock_ms > 0 && idle >= r->ctx->idle_lock_ms;
    bool is_late = r->is_hidden && r->now_ms - r->hidden_ms >= HIDE_MS;
    /* the minutes of hiding are its own: the idle time does not shorten them */
    if (is_late || (is_idle && !r->is_hidden)) {
        ui_run_lock(r);
    }
}

/* Two terminals may work at once; a person should know that it is so. */
static void watch_others(ui_run *r)
{
    struct ui_ctx *ctx = r->ctx;
    const bool is_shared = ctx->record != NULL && ctx->vault != NULL && vault_is_shared(ctx->vault);
    if (is_shared == ctx->is_shared) {
        return;
    }
    ctx->is_shared = is_shared;
    r->is_drawn = false;
    if (is_shared && !r->is_hidden) {
        ui_say(ctx, ui_tr(ctx, N_("These records are open in another terminal too. What is written "
                                  "there appears here.")));
    }
}

static void tick_screen(ui_run *r)
{
    if (r->now_ms - r->last_tick_ms < TICK_MS) {
        return;
    }
    r->last_tick_ms = r->now_ms;
    watch_others(r);
    if (r->now_ms - r->last_key_ms >= TIDY_AFTER_MS) {
        tidy(r, TIDY_IDLE_MS);
    }
    struct ui_level *level = top_of(r);
    if (level->screen->tick != NULL && level->screen->tick(level->state, r->ctx)) {
        r->is_drawn = false;
    }
}

/* While nobody types; what came is looked at by the screen at once. */
static void exchange(ui_run *r)
{
    if (r->ctx->courier == NULL) {
        return;
    }
    const bool is_idle = r->now_ms - r->last_key_ms >= EXCHANGE_AFTER_MS;
    if (ui_courier_step(r->ctx, r->now_ms, is_idle)) {
        r->is_drawn = false;
        r->last_tick_ms = r->now_ms - TICK_MS;
    }
}

int ui_run_watch(const ui_run *r)
{
    return r->ctx->courier != NULL ? ui_courier_watch(r->ctx->courier) : -1;
}

bool ui_run_tick(ui_run *r, int64_t now_ms)
{
    if (!r->has_clock) {
        r->has_clock = true;
        r->last_key_ms = r->hidden_ms = r->last_tick_ms = now_ms;
    }
    r->now_ms = now_ms;
    if (r->has_ended) {
        return false;
    }
    ui_run_suspend_gap(r, clock_boot_ms() - clock_mono_ms());
    lock_in_time(r);
    if (r->has_work && r->is_drawn) {
        struct ui_level *level = top_of(r);
        r->has_work = false;
        struct ui_effect e = level->screen->work(level->state, r->ctx);
        apply(r, &e);
    } else {
        exchange(r);
        tick_screen(r);
    }
    return !r->has_ended;
}

int ui_run_rest_ms(const ui_run *r)
{
    const int64_t left = r->last_tick_ms + TICK_MS - clock_boot_ms();
    if (r->ctx->courier != NULL && ui_courier_is_busy(r->ctx->courier)) {
        return EXCHANGE_REST_MS;
    }
    return left < 1 ? 1 : left < TICK_MS ? (int)left : TICK_MS;
}

bool ui_run_has_work(const ui_run *r)
{
    return r->has_work;
}

void ui_run_resize(ui_run *r, int rows, int cols)
{
    canvas_resize(r->canvas, rows, cols);
    r->is_drawn = false;
    r->wants_repaint = true;
}

/* Looks like nothing in particular and names no program. */
static void draw_neutral(canvas *c)
{
    struct clock_local t = clock_local_of(clock_now_ms());
    canvas_printf(c, 0, 0, -1, UI_PLAIN, "%04d-%02d-%02d %02d:%02d", t.date.year, t.date.month,
                  t.date.day, t.hour, t.minute);
}

const canvas *ui_run_draw(ui_run *r)
{
    canvas_clear(r->canvas);
    if (r->is_hidden) {
        draw_neutral(r->canvas);
    } else if (is_too_small(r)) {
        canvas_wrap(
            r->canvas, 0, 0, canvas_cols(r->canvas), canvas_rows(r->canvas), UI_PLAIN,
            ui_tr(r->ctx, N_("This window is too small: 60 columns and 20 lines are needed.")));
    } else if (r->depth > 0) {
        struct ui_level *level = top_of(r);
        level->screen->draw(level->state, r->ctx, r->canvas);
    }
    r->is_drawn = true;
    return r->canvas;
}

bool ui_run_is_hidden(const ui_run *r)
{
    return r->is_hidden;
}

void ui_run_save(ui_run *r)
{
    leave(r);
    ui_run_close_all(r);
}
