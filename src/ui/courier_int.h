/* The exchange in the background: begun after saves, on notice and now and then, done in small steps
 * while nobody types. */
#ifndef SPRIJIN_UI_COURIER_INT_H
#define SPRIJIN_UI_COURIER_INT_H

#include "exchange/hub.h"
#include "ui/screen.h"

struct ui_courier {
    bool is_started;
    struct str dir;        /* "" = no folder is set */
    int watch;             /* descriptor, -1 */
    hub_work *work;        /* going on; NULL */
    bool is_wanted;        /* something is to be done */
    int64_t log_end;       /* of the log when it was last done */
    int64_t next_ms;       /* of the runner: when to look again though nothing was noticed */
    int64_t done_ms;       /* wall clock of the last that ended well; 0 = never */
    int64_t told_min;      /* minutes of age as drawn */
    struct hub_count last; /* of it */
    enum err err;          /* of the last try */
};

struct ui_courier *ui_courier_new(void);
void ui_courier_free(struct ui_courier *c); /* NULL allowed */
void ui_courier_stop(struct ui_courier *c); /* before a lock; begins again by itself */
/* true: something is to be drawn anew. */
bool ui_courier_step(struct ui_ctx *ctx, int64_t now_ms, bool is_idle);
/* Before the end and before a lock: what was saved a moment ago goes out, if that is soon done. */
void ui_courier_last(struct ui_ctx *ctx);
int ui_courier_watch(const struct ui_courier *c);
bool ui_courier_is_busy(const struct ui_courier *c);
void ui_courier_want(struct ui_ctx *ctx);
/* Sets the folder ("" = none) and begins. Errors of hub_spool_set. */
enum err ui_courier_set(struct ui_ctx *ctx, const char *dir, struct err_info *err);
/* "exchange: 2 min ago", nothing if no folder is set; true: it does not work. Appends. */
bool ui_courier_words(const struct ui_ctx *ctx, struct str *out);
/* "2 min ago". Appends. */
void ui_courier_age(const struct ui_ctx *ctx, int64_t done_ms, struct str *out);

#endif
