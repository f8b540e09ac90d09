/* Reading leaves a trace: what was opened, searched, unmasked, printed, exported, written to the
 * audit box before anything is shown. Invariant: a trace names a case's code and a number, never a
 * person, an answer or what was looked for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#include "record_int.h"
#include "vault/cache.h"
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

enum err record_audit_say(record *r, enum vault_audit_what what, const unsigned char *case_id,
                          uint64_t count, struct err_info *err)
{
    const struct card *c = case_id != NULL ? cards_find(r, case_id) : NULL;
    if (case_id != NULL && c == NULL) {
        return ERR_SET(err, ERR_NOT_FOUND, "case");
    }
    return audit_write(r, what, c != NULL ? c->info.code : "", count, err);
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

/* ---- reading it */

enum { ROWS_AT_ONCE = 128 };

struct reading {
    const struct record *r;
    const struct record_audit_filter *filter;
    struct record_audit *batch; /* in the order of the log */
    size_t count;
};

static const char *const WHAT[VAULT_AUDIT_COUNT] = {
    [VAULT_AUDIT_UNLOCK] = "unlock", [VAULT_AUDIT_OPEN] = "open",
    [VAULT_AUDIT_UNMASK] = "unmask", [VAULT_AUDIT_SEARCH] = "search",
    [VAULT_AUDIT_PRINT] = "print",   [VAULT_AUDIT_EXPORT] = "export",
    [VAULT_AUDIT_VERIFY] = "verify", [VAULT_AUDIT_BACKUP] = "backup"};

static bool read_what(const jv *body, enum vault_audit_what *out)
{
    const char *word = jv_str_at(body, "what");
    for (int i = 0; word != NULL && i < VAULT_AUDIT_COUNT; i++) {
        if (strcmp(WHAT[i], word) == 0) {
            *out = (enum vault_audit_what)i;
            return true;
        }
    }
    return false;
}

/* Of the audit box, or an older one that stands in the case whose name was asked for. */
static bool read_entry(const struct record *r, const struct vault_event *e,
                       struct record_audit *out)
{
    const struct card *c = cards_find(r, e->compartment);
    jv *body = NULL;
    bool is_good = true;
    memset(out, 0, sizeof *out);
    out->time_ms = e->time_ms;
    out->count = 1;
    memcpy(out->member, e->author, ID_LEN);
    snprintf(out->member_name, sizeof out->member_name, "%s",
             e->author_name != NULL ? e->author_name : "");
    if (c != NULL) {
        out->what = VAULT_AUDIT_UNMASK;
        snprintf(out->code, sizeof out->code, "%s", c->info.code);
        return e->kind == RECORD_K_UNMASKED;
    }
    is_good = jv_parse(e->text, e->len, &body, NULL) == ERR_OK && read_what(body, &out->what);
    if (is_good) {
        const char *code = jv_str_at(body, "code");
        snprintf(out->code, sizeof out->code, "%s", code != NULL ? code : "");
        out->count = (uint64_t)jv_int_at(body, "count", 1);
    }
    jv_free(body);
    return is_good;
}

static bool is_wanted(const struct record_audit_filter *f, const struct record_audit *a)
{
    return (f->code == NULL || strcmp(f->code, a->code) == 0) &&
           (f->member == NULL || memcmp(f->member, a->member, ID_LEN) == 0) &&
           (f->to_ms == 0 || a->time_ms < f->to_ms) && a->time_ms >= f->from_ms;
}

static bool take_entry(void *payload, const struct vault_event *e)
{
    struct reading *l = payload;
    struct record_audit one;
    if (read_entry(l->r, e, &one) && is_wanted(l->filter, &one)) {
        l->batch[l->count++] = one;
    }
    return true;
}

static enum err may_read(record *r, struct err_info *err)
{
    struct vault_compartment at;
    const enum err rc = vault_compartment_get(r->vault, r->audit.info.id, &at, err);
    if (rc != ERR_OK && rc != ERR_NOT_FOUND) {
        return rc;
    }
    return rc == ERR_OK && at.standing == VAULT_GRANTED ? ERR_OK
                                                        : ERR_SET(err, ERR_RIGHTS, "audit");
}

static enum err audit_rows(record *r, int64_t **rows, size_t *n, struct err_info *err)
{
    enum err rc = trail_get(r, &r->audit, rows, n, err);
    if (rc == ERR_NOT_FOUND) {
        rc = trail_scan(r, err);
        rc = rc == ERR_OK ? trail_get(r, &r->audit, rows, n, err) : rc;
    }
    return rc;
}

enum err record_audit_list(record *r, const struct record_audit_filter *filter, size_t limit,
                           struct record_audit **out, size_t *count, struct err_info *err)
{
    int64_t *rows = NULL;
    size_t left = 0;
    *out = NULL;
    *count = 0;
    enum err rc = may_read(r, err);
    rc = rc == ERR_OK ? record_refresh(r, NULL, err) : rc;
    rc = rc == ERR_OK ? audit_rows(r, &rows, &left, err) : rc;
    if (rc != ERR_OK) {
        return rc;
    }
    struct record_audit *batch = mem_alloc(ROWS_AT_ONCE * sizeof *batch);
    *out = mem_alloc((limit + 1) * sizeof **out);
    while (rc == ERR_OK && left > 0 && *count < limit) {
        const size_t n = left < ROWS_AT_ONCE ? left : ROWS_AT_ONCE;
        struct reading l = {.r = r, .filter = filter, .batch = batch};
        left -= n;
        rc = vault_each_rows(r->vault, rows + left, n, take_entry, &l, NULL, err);
        while (rc == ERR_OK && l.count > 0 && *count < limit) {
            (*out)[(*count)++] = batch[--l.count];
        }
    }
    free(rows);
    free(batch);
    if (rc != ERR_OK) {
        free(*out);
        *out = NULL;
        *count = 0;
    }
    return rc;
}
