/* Screens are tables: a row of functions and a state. draw is pure (state -> cells); act changes
 * only its state and returns an effect; one runner performs effects. No screen calls another. */
#ifndef SPRIJIN_UI_SCREEN_H
#define SPRIJIN_UI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/catalog.h"
#include "base/json.h"
#include "record/record.h"
#include "ui/canvas.h"
#include "vault/vault.h"

/* One list of actions: ui/actions.def, lines ACTION(id, "config-name", N_("help")). */
enum ui_action {
    UI_ACT_NONE,
#define ACTION(id, name, help) UI_ACT_##id,
#include "ui/actions.def"
#undef ACTION
    UI_ACT_COUNT
};

/* Scopes of key maps; a screen has one, GLOBAL is looked up after it. */
enum ui_scope {
    UI_SCOPE_GLOBAL,
    UI_SCOPE_LIST,
    UI_SCOPE_TODAY,
    UI_SCOPE_AGENDA,
    UI_SCOPE_CASE,
    UI_SCOPE_PART,
    UI_SCOPE_FIELDS,
    UI_SCOPE_INTERVIEW,
    UI_SCOPE_MENU,
    UI_SCOPE_HELP,
    UI_SCOPE_EXCHANGE, /* conflicts and exchange */
    UI_SCOPE_COUNT
};

enum ui_guard { UI_NEEDS_UNLOCKED = 1, UI_NEEDS_CASE = 2, UI_NEEDS_WRITE = 4 };

/* A question to open the next interview at: of that record, in that row. key "" = none. */
struct ui_jump {
    char at[80]; /* ids of the enclosing rows */
    char key[96];
};

/* What screens may know and use. Owned by the runner. */
struct ui_ctx {
    const char *dir; /* the vault's folder */
    const char *forms_dir;
    vault *vault;         /* NULL before the first run's wizard made it */
    record *record;       /* NULL while locked */
    enum lang lang;       /* of the screen: F2 */
    enum lang ask_lang;   /* of the interview: F3 */
    bool both_langs;      /* second language under each question */
    bool has_chosen_lang; /* F2 while locked: stronger than what the vault remembers */
    bool was_open; /* unlocked before in this process: lock and unlock come to the same place */
    bool is_demo, is_try; /* throw-away vault */
    const char *try_form; /* file of the form being tried, without any vault; NULL */
    struct vault_kdf kdf; /* of new passphrases; 0 MiB: measured */
    bool is_shared;       /* another terminal has the vault open too */
    bool by_sheet;        /* opened by the paper key just now: a new passphrase is asked for */
    unsigned failures;    /* unlock attempts failed in this process */
    char return_code[7];  /* six digits; "" = hiding leads to the passphrase at once */
    enum err save_err;    /* ERR_OK: all is saved */
    bool has_saved;       /* something was saved in this session: "✓ saved" */
    unsigned unsaved;     /* answers not on disk */
    char message[200];    /* one line above the footer, gone at the next key; translated */
    int64_t idle_lock_ms; /* 5 minutes by default */
    /* How a locked program starts anew, in memory that never held a record: returns only if that
     * cannot be. NULL: memory is wiped in place. state: what ctx->resume shall be then. */
    void (*renew)(void *payload, const char *state);
    void *renew_payload;
    bool has_wiped_in_place; /* renew came back */
    const char *resume;      /* this is such a new start; NULL */
    uint64_t read, to_read;  /* events, while the log is read anew behind the unlock screen; or 0 */
    struct ui_jump jump;     /* taken by the interview that opens next */
    void (*paint)(void *payload); /* draws in the middle of work; NULL: nobody looks */
    void *paint_payload;
    const char *spool;          /* a folder to exchange through from now on; NULL: as before */
    struct ui_courier *courier; /* the exchange in the background; NULL: none (courier_int.h) */
};

/* Translation in the screen's language; borrowed. */
const char *ui_tr(const struct ui_ctx *ctx, const char *msgid);
const char *ui_trn(const struct ui_ctx *ctx, const char *one, const char *many, unsigned long n);
#define N_(s) s

struct ui_input {
    enum ui_action action; /* UI_ACT_TEXT: text holds what was typed or pasted */
    const char *text;      /* UTF-8, NFC */
    size_t n;
};

enum ui_effect_type {
    UI_EFFECT_NONE,    /* redraw */
    UI_EFFECT_PUSH,    /* screen with arg on top */
    UI_EFFECT_REPLACE, /* instead of this one */
    UI_EFFECT_RESET,   /* close all, then screen */
    UI_EFFECT_POP,     /* back, with result */
    UI_EFFECT_WORK,    /* draw, then call work(): for what takes longer than a blink */
    UI_EFFECT_LOCK,
    UI_EFFECT_HIDE,
    UI_EFFECT_QUIT
};
#define UI_ARG_LEN 192
/* The arg of screens that show something of a case: the case alone, or what of it. */
enum ui_open {
    UI_OPEN_IT,   /* name is not looked at: the case; its identification interview */
    UI_OPEN_FORM, /* form: its newest record that is not signed, else a new one if it may be */
    UI_OPEN_NEW,  /* form: a new record */
    UI_OPEN_RECORD /* record */,
    UI_OPEN_TASK /* task of the procedure */
};
struct ui_case_arg {
    unsigned char case_id[ID_LEN];
    enum ui_open how;
    char name[RECORD_DOC_ID_MAX];
};
#define UI_CASES_FIND 1 /* arg of the list of cases: begin with typing what to find */
struct ui_screen;
struct ui_effect {
    enum ui_effect_type type;
    const struct ui_screen *screen;
    unsigned char arg[UI_ARG_LEN]; /* copied to the new screen's open */
    const struct ui_screen *then;  /* PUSH: on top of screen, with the same arg; may be NULL */
    int result;
};

struct ui_screen {
    const char *id;    /* "cases" */
    const char *title; /* N_() */
    size_t state_size;
    enum ui_scope scope;
    unsigned guards;
    /* state is zeroed. arg: UI_ARG_LEN bytes. */
    void (*open)(void *state, struct ui_ctx *ctx, const void *arg);
    void (*draw)(const void *state, const struct ui_ctx *ctx, canvas *c);
    struct ui_effect (*act)(void *state, struct ui_ctx *ctx, const struct ui_input *in);
    struct ui_effect (*work)(void *state, struct ui_ctx *ctx);    /* may be NULL */
    void (*resumed)(void *state, struct ui_ctx *ctx, int result); /* may be NULL */
    /* true while letters and digits are text: then no letter is a command. NULL = never. */
    bool (*takes_text)(const void *state, const struct ui_ctx *ctx);
    /* Guards of key rows, beside the context's own: false hides and disables the action. NULL =
     * all allowed. */
    bool (*allows)(const void *state, const struct ui_ctx *ctx, enum ui_action action);
    /* Writes what is needed to come back to this very place (ids, item, cursor) and saves typed
     * text; NULL = not restorable. restore gets the same object after open. */
    void (*save_place)(const void *state, struct ui_ctx *ctx, jv *place);
    void (*restore)(void *state, struct ui_ctx *ctx, const jv *place);
    /* Once a second while idle and when another process wrote; true = redraw. May be NULL. */
    bool (*tick)(void *state, struct ui_ctx *ctx);
    void (*close)(void *state, struct ui_ctx *ctx); /* frees, wipes */
};

/* The screens; screens.c lists them by id for restoring places. */
extern const struct ui_screen ui_wizard, ui_unlock, ui_cases, ui_new_case, ui_case, ui_interview,
    ui_menu, ui_help, ui_passwd, ui_return_code, ui_about, ui_try, ui_members, ui_member,
    ui_member_add, ui_access, ui_reason, ui_overview, ui_handovers, ui_handover, ui_conflicts,
    ui_conflict, ui_exchange, ui_today, ui_task_done, ui_indicators, ui_timeline, ui_risk,
    ui_agenda, ui_plan;
const struct ui_screen *ui_screen_find(const char *id);

/* Head (title left, member and saved state right, a line), foot (line, message or keys). Screens
 * call these from draw; the footer comes from the key map of the screen. Content rows are
 * UI_TOP .. canvas_rows - UI_BOTTOM - 1. */
#define UI_TOP    2
#define UI_BOTTOM 2
void ui_frame(canvas *c, const struct ui_ctx *ctx, const struct ui_screen *screen,
              const void *state, const char *title);
/* Sentence for an error, in the screen's language, into ctx->message. */
void ui_say_error(struct ui_ctx *ctx, enum err code, const struct err_info *info);
void ui_say(struct ui_ctx *ctx, const char *translated);

#define UI_EFFECT(t) ((struct ui_effect){.type = (t)})
struct ui_effect ui_push(const struct ui_screen *s, const void *arg, size_t n);
struct ui_effect ui_push_case(const struct ui_screen *s, const unsigned char case_id[ID_LEN],
                              enum ui_open how, const char *name);
struct ui_effect ui_pop(int result);

#endif
