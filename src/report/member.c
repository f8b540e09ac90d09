/* Words about members: roles, refusals, why something that arrived was put aside. Invariant: every
 * role and reason of the vault has its words here. */
#include "report/member.h"

#include <string.h>

#define N_(s) s

static const char *const ROLES[VAULT_ROLE_COUNT] = {
    [VAULT_ROLE_NONE] = N_("no role"),          [VAULT_ROLE_COORDINATOR] = N_("coordinator"),
    [VAULT_ROLE_CASEWORKER] = N_("caseworker"), [VAULT_ROLE_PSYCHOLOGIST] = N_("psychologist"),
    [VAULT_ROLE_LAWYER] = N_("lawyer"),         [VAULT_ROLE_MEDIC] = N_("medic"),
    [VAULT_ROLE_AUDITOR] = N_("auditor"),       [VAULT_ROLE_STATISTICIAN] = N_("statistician"),
};

const char *member_role_text(const catalog *c, enum vault_role role)
{
    return catalog_get(c, ROLES[role < VAULT_ROLE_COUNT ? role : VAULT_ROLE_NONE]);
}

bool member_role_typed(const catalog *c, const char *typed, enum vault_role *out)
{
    if (typed == NULL) {
        return false;
    }
    if (vault_role_of(typed, out) && *out != VAULT_ROLE_NONE) {
        return true;
    }
    for (int role = VAULT_ROLE_COORDINATOR; role < VAULT_ROLE_COUNT; role++) {
        if (strcmp(catalog_get(c, ROLES[role]), typed) == 0) {
            *out = (enum vault_role)role;
            return true;
        }
    }
    return false;
}

static const char *const REASONS[VAULT_REASON_COUNT] = {
    [VAULT_REASON_NONE] = N_("nothing is wrong with it"),
    [VAULT_REASON_LENGTH] = N_("it is cut short or too long"),
    [VAULT_REASON_MAGIC] = N_("it is nothing this program writes"),
    [VAULT_REASON_VERSION] = N_("it was written by another version of the program"),
    [VAULT_REASON_FLAGS] = N_("it was written by a newer version of the program"),
    [VAULT_REASON_ORGANISATION] = N_("it belongs to another organisation"),
    [VAULT_REASON_CERTIFICATE] = N_("nobody here knows who wrote it, or she was not allowed to"),
    [VAULT_REASON_SEQUENCE] = N_("too much before it is missing"),
    [VAULT_REASON_PREVIOUS] = N_("it does not follow from the entry before it"),
    [VAULT_REASON_SIGNATURE] = N_("its signature does not fit"),
    [VAULT_REASON_SEAL] = N_("its seal does not open with the key it names"),
    [VAULT_REASON_RIGHTS] = N_("its author was not allowed to write it"),
    [VAULT_REASON_FORK] = N_("its device wrote two different entries under one number"),
    [VAULT_REASON_CLOSED] = N_("its device was closed before"),
    [VAULT_REASON_ERASED] = N_("it is said to be erased, and nobody approved that"),
};

const char *member_reason_text(const catalog *c, enum vault_reason reason)
{
    return catalog_get(c, REASONS[reason < VAULT_REASON_COUNT ? reason : VAULT_REASON_MAGIC]);
}

static const char *damaged_text(const char *what)
{
    if (strcmp(what, "request") == 0) {
        return N_("This is not a whole join request. Ask for the file again.");
    }
    return strcmp(what, "welcome") == 0
               ? N_("This welcome was changed or cut on its way. Ask for the file again.")
               : NULL;
}

const char *member_error_text(const catalog *c, enum err code, const struct err_info *info)
{
    const char *const what = info != NULL ? info->arg[0] : "";
    const char *text = NULL;
    switch (code) {
    case ERR_RIGHTS: text = N_("Your role does not allow this."); break;
    case ERR_EXISTS: text = N_("That is so already; nothing was changed."); break;
    case ERR_NO: text = N_("This cannot be done: somebody has to be left who can open it."); break;
    case ERR_NOT_FOUND: text = N_("There is no such member, device or case."); break;
    case ERR_KEY:
        text = strcmp(what, "welcome") == 0 ? N_("This welcome is for another device.") : NULL;
        break;
    case ERR_DAMAGED: text = damaged_text(what); break;
    default: break;
    }
    return text != NULL ? catalog_get(c, text) : NULL;
}
