/* The exchange in the background. Invariant: a step is short, and none is made while somebody types
 * or while the record is closed; what fails is said in the frame and tried again. */
#include "courier_int.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "ui/widget.h"

#define STEP_MS  60
#define LOOK_MS  120000
#define AGAIN_MS 15000
#define LAST_MS  250
#define NOTE     "exchange-last"

struct ui_courier *ui_courier_new(void)
{
    struct ui_courier *c = mem_alloc(sizeof *c);
    c->watch = -1;
    return c;
}

void ui_courier_stop(struct ui_courier *c)
{
    if (c == NULL) {
        return;
    }
    hub_work_free(c->work);
    if (c->watch >= 0) {
        (void)close(c->watch);
    }
    str_done(&c->dir);
    *c = (struct ui_courier){.watch = -1};
}

void ui_courier_free(struct ui_courier *c)
{
    ui_courier_stop(c);
    free(c);
}

int ui_courier_watch(const struct ui_courier *c)
{
    return c->watch;
}

bool ui_courier_is_busy(const struct ui_courier *c)
{
    return c->work != NULL;
}

void ui_courier_want(struct ui_ctx *ctx)
{
    ctx->courier->is_wanted = true;
}

static void remember(const struct ui_ctx *ctx)
{
    const struct ui_courier *const c = ctx->courier;
    struct str text = STR_INIT;
    str_put_u64le(&text, (unsigned long long)c->done_ms);
    str_put(&text, &c->last, sizeof c->last);
    /* an age that cannot be remembered is told as never; the exchange itself is done */
    (void)vault_note_put(ctx->vault, NOTE, text.data, text.len, NULL);
    str_done(&text);
}

static void recall(const struct ui_ctx *ctx)
{
    struct ui_courier *const c = ctx->courier;
    struct str text = STR_INIT;
    if (vault_note_get(ctx->vault, NOTE, &text, NULL) == ERR_OK && text.len == 8 + sizeof c->last) {
        c->done_ms = (int64_t)get_u64le((const unsigned char *)text.data);
        memcpy(&c->last, text.data + 8, sizeof c->last);
    }
    str_done(&text);
}

static void start(struct ui_ctx *ctx)
{
    struct ui_courier *const c = ctx->courier;
    c->is_started = true;
    if (ctx->spool != NULL) {
        c->err = hub_spool_set(ctx->vault, ctx->spool, NULL);
        ctx->spool = NULL;
    }
    str_clear(&c->dir);
    if (hub_spool_get(ctx->vault, &c->dir, NULL) != ERR_OK) {
        str_clear(&c->dir);
        return;
    }
    c->watch = hub_watch(str_cstr(&c->dir));
    c->is_wanted = true;
    recall(ctx);
}

enum err ui_courier_set(struct ui_ctx *ctx, const char *dir, struct err_info *err)
{
    const enum err e = hub_spool_set(ctx->vault, dir, err);
    if (e == ERR_OK) {
        ui_courier_stop(ctx->courier);
        start(ctx);
    }
    return e;
}

/* What moved last is told until something else moves; how the streams are, as of now. */
static void keep(struct ui_courier *c, const struct hub_count *n)
{
    const bool has_moved = n->put + n->taken + n->held + n->carried + n->late + n->quarantined > 0;
    const struct hub_count old = c->last;
    c->last = *n;
    if (!has_moved) {
        c->last.put = old.put;
        c->last.taken = old.taken;
        c->last.held = old.held;
        c->last.carried = old.carried;
        c->last.late = old.late;
        c->last.quarantined = old.quarantined;
    }
}

/* Over: well or not. */
static void end(struct ui_ctx *ctx, enum err e, int64_t now_ms)
{
    struct ui_courier *const c = ctx->courier;
    c->err = e;
    c->next_ms = now_ms + (e == ERR_OK ? LOOK_MS : AGAIN_MS);
    if (e == ERR_OK) {
        keep(c, hub_work_count(c->work));
        c->done_ms = clock_now_ms();
        c->log_end = vault_log_end(ctx->vault);
        remember(ctx);
    }
    hub_work_free(c->work);
    c->work = NULL;
}

static bool is_due(const struct ui_ctx *ctx, int64_t now_ms)
{
    const struct ui_courier *const c = ctx->courier;
    return c->is_wanted || now_ms >= c->next_ms ||
           (c->err == ERR_OK && vault_log_end(ctx->vault) != c->log_end);
}

/* The age in the frame grows. */
static bool grows(struct ui_courier *c)
{
    const int64_t minutes = (clock_now_ms() - c->done_ms) / 60000;
    const bool is_other = c->done_ms > 0 && minutes != c->told_min;
    c->told_min = minutes;
    return is_other;
}

bool ui_courier_step(struct ui_ctx *ctx, int64_t now_ms, bool is_idle)
{
    struct ui_courier *const c = ctx->courier;
    bool more = false;
    if (ctx->record == NULL || ctx->vault == NULL) {
        return false;
    }
    if (!c->is_started) {
        start(ctx);
    }
    if (c->watch >= 0 && hub_noticed(c->watch)) {
        c->is_wanted = true;
    }
    if (c->dir.len == 0 || !is_idle) {
        return false;
    }
    if (c->work == NULL && !is_due(ctx, now_ms)) {
        return grows(c);
    }
    if (c->work == NULL) {
        c->work = hub_work_new(ctx->vault, str_cstr(&c->dir));
        c->is_wanted = false;
    }
    const enum err e = hub_work_step(c->work, STEP_MS, &more, NULL);
    if (e == ERR_OK && more) {
        return false;
    }
    end(ctx, e, now_ms);
    return true;
}

void ui_courier_last(struct ui_ctx *ctx)
{
    struct ui_courier *const c = ctx->courier;
    const int64_t until_ms = clock_mono_ms() + LAST_MS;
    bool more = true;
    if (c == NULL || !c->is_started || c->dir.len == 0 || ctx->record == NULL ||
        vault_log_end(ctx->vault) == c->log_end) {
        return;
    }
    if (c->work == NULL) {
        c->work = hub_work_new(ctx->vault, str_cstr(&c->dir));
    }
    enum err e = ERR_OK;
    while (e == ERR_OK && more && clock_mono_ms() < until_ms) {
        e = hub_work_step(c->work, STEP_MS, &more, NULL);
    }
    if (e != ERR_OK || !more) {
        end(ctx, e, c->next_ms);
    }
}

void ui_courier_age(const struct ui_ctx *ctx, int64_t done_ms, struct str *out)
{
    const int64_t minutes = (clock_now_ms() - done_ms) / 60000;
    if (done_ms == 0) {
        str_puts(out, ui_tr(ctx, "never yet"));
    } else if (minutes < 1) {
        str_puts(out, ui_tr(ctx, "just now"));
    } else if (minutes < 60) {
        str_printf(out, ui_trn(ctx, "%u min ago", "%u mins ago", (unsigned long)minutes),
                   (unsigned)minutes);
    } else if (minutes < 24 * 60) {
        str_printf(out, ui_trn(ctx, "%u hour ago", "%u hours ago", (unsigned long)(minutes / 60)),
                   (unsigned)(minutes / 60));
    } else {
        ui_show_time(ctx, done_ms, out);
    }
}

bool ui_courier_words(const struct ui_ctx *ctx, struct str *out)
{
    const struct ui_courier *const c = ctx->courier;
    struct str age = STR_INIT;
    if (c == NULL || c->dir.len == 0) {
        return false;
    }
    ui_courier_age(ctx, c->done_ms, &age);
    /* L10N: the line over the keys; %s is "2 min ago" */
    str_printf(out,
               c->err == ERR_OK ? ui_tr(ctx, " exchange: %s ")
                                : ui_tr(ctx, " ! exchange fails; last: %s "),
               str_cstr(&age));
    str_done(&age);
    return c->err != ERR_OK;
}
