/* The first run, step by step; wizard.c acts, wizard_draw.c draws, wizard_vault.c makes
 * the vault. */
#ifndef SPRIJIN_UI_WIZARD_INT_H
#define SPRIJIN_UI_WIZARD_INT_H

#include "pass_int.h"

enum wizard_step {
    STEP_LANG,
    STEP_WORDS,  /* six words proposed */
    STEP_REPEAT, /* the proposed words typed once */
    STEP_OWN,    /* a passphrase of one's own, typed twice */
    STEP_NAME,
    STEP_CODE,
    STEP_CREATING,
    STEP_ORG_SHEET,
    STEP_MEMBER_SHEET,
    STEP_ASK, /* three words of each sheet */
    STEP_SETTLING,
    STEP_COUNT
};
enum { WIZARD_WORDS = 6, WIZARD_ASKED = 3 };

struct wizard {
    enum wizard_step step;
    struct ui_list langs;
    vault_secret *words; /* proposed passphrase; owned, as all here */
    vault_secret *typed; /* its repetition, and the asked words */
    struct ui_pass own;
    bool is_own;
    struct ui_edit name, code;
    vault_secret *org_sheet, *member_sheet;
    char *made_dir;                   /* where the vault lies until the sheets are confirmed */
    vault *made;                      /* that vault; NULL before STEP_ORG_SHEET */
    unsigned asked[2 * WIZARD_ASKED]; /* word numbers from 0: first of the organisation's sheet */
    unsigned ask_at;
};

/* wizard_vault.c: names the folder beside the vault's place and empties it; makes the vault there;
 * moves it in with code and languages and leaves it unlocked in ctx->vault (NULL: nothing is
 * there); removes what is not confirmed. */
void wizard_prepare(struct wizard *w, const struct ui_ctx *ctx);
enum err wizard_make(struct wizard *w, const struct ui_ctx *ctx, struct err_info *info);
enum err wizard_settle(struct wizard *w, struct ui_ctx *ctx, struct err_info *info);
void wizard_drop(struct wizard *w);

void wizard_draw(const void *state, const struct ui_ctx *ctx, canvas *c);

#endif
