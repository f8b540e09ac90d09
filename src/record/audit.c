/* Reading leaves a trace: what was opened, searched, unmasked, printed, exported, written to the
 * audit box before anything is shown. Invariant: a trace names a case's code and a number, never a
 * person, an answer or what was looked for. */
#include <string.h>

#include "record_int.h"
#include "vault/members.h"

enum err audit_write(record *r, enum vault_audit_what what, const char *code, uint64_t count,
                     struct err_info *err)
{
    return vault_audit(r->vault, what, code, count, err);
}

/* One a search, not one a letter: a search ends when nothing is looked for any more. */
enum err audit_search(record *r, const char *filter, struct err_info *err)
{
    const bool is_search = filter[strspn(filter, " ")] != '\0';
    enum err rc = is_search && !r->has_searched ? audit_write(r, VAULT_AUDIT_SEARCH, "", 1, err)
                                                : ERR_OK;
    r->has_searched = rc == ERR_OK && is_search;
    return rc;
}

enum err record_case_open(record *r, const unsigned char id[ID_LEN], struct record_case *out,
                          struct err_info *err)
{
    struct card *c = NULL;
    enum err rc = live_need(r, id, &c, err);
    rc = rc == ERR_OK ? audit_write(r, VAULT_AUDIT_OPEN, c->info.code, 1, err) : rc;
    if (rc == ERR_OK) {
        c->is_shown = true;
        rc = record_case_get(r, id, out, err);
    }
    return rc;
}

enum err record_case_show(record *r, const unsigned char id[ID_LEN], struct err_info *err)
{
    struct record_case kase;
    const struct card *c = cards_find(r, id);
    return c != NULL && c->is_shown ? ERR_OK : record_case_open(r, id, &kase, err);
}

enum err record_case_open_with_reason(record *r, const unsigned char id[ID_LEN], const char *reason,
                                      struct err_info *err)
{
    const struct card *c = cards_find(r, id);
    if (c == NULL) {
        return ERR_SET(err, ERR_NOT_FOUND, "case");
    }
    if (!card_is_locked(c)) {
        return ERR_OK;
    }
    const enum err rc = vault_open_with_reason(r->vault, id, c->info.code, reason, err);
    return rc == ERR_OK ? record_refresh(r, NULL, err) : rc;
}
