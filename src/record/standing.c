/* What this member may be shown of a compartment. The vault says who holds which key; that a case
 * held by office alone is shown as a code, until its coordinator says why she opens it, is kept
 * here. Invariant: of a case held by office nothing but code and day of opening is in a card. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "doc_int.h"
#include "vault/members.h"

/* Kinds of the vault that change what may be shown (docs/format.md). */
enum { K_ROLE = 0x03, K_EPOCH_NEXT = 0x11, K_ERASED = 0x21, K_WITH_REASON = 0x28 };

#define REASON_HOLDS_MS ((int64_t)24 * 60 * 60 * 1000)

/* ERR_OK with sort _COUNT: nothing of it may be shown. */
static enum err ask(record *r, const unsigned char id[ID_LEN], struct vault_compartment *out,
                    struct err_info *err)
{
    enum err rc = vault_compartment_get(r->vault, id, out, err);
    if (rc == ERR_NOT_FOUND ||
        (rc == ERR_OK && (out->is_erased || out->standing == VAULT_NO_STANDING))) {
        out->sort = VAULT_SORT_COUNT;
        rc = ERR_OK;
    }
    return rc;
}

static int64_t reason_until(const record *r, const unsigned char id[ID_LEN])
{
    int64_t until = 0;
    for (size_t i = 0; i < r->reason_count; i++) {
        if (memcmp(r->reasons[i].id, id, ID_LEN) == 0 && r->reasons[i].until_ms > until) {
            until = r->reasons[i].until_ms;
        }
    }
    return until;
}

static struct card *case_card(record *r, const unsigned char id[ID_LEN],
                              const struct vault_compartment *at)
{
    struct card *c = cards_find(r, id);
    if (c == NULL) {
        c = cards_add(r, id);
        c->is_by_office = at->standing == VAULT_BY_OFFICE;
        c->open_until_ms = reason_until(r, id);
        c->info.is_locked = card_is_locked(c);
    }
    return c;
}

enum err standing_card(record *r, const unsigned char compartment[ID_LEN], struct card **out,
                       struct err_info *err)
{
    struct vault_compartment at = {.sort = VAULT_SORT_COUNT};
    struct vault_compartment around = {.sort = VAULT_SORT_COUNT};
    *out = cards_find(r, compartment);
    if (*out != NULL) {
        return ERR_OK;
    }
    enum err rc = ask(r, compartment, &at, err);
    if (rc == ERR_OK && at.sort == VAULT_SORT_CASE) {
        *out = case_card(r, compartment, &at);
    } else if (rc == ERR_OK && at.sort == VAULT_SORT_PART) {
        rc = ask(r, at.of_case, &around, err);
        if (rc == ERR_OK && around.sort == VAULT_SORT_CASE) {
            *out = case_card(r, at.of_case, &around);
            cards_alias(r, compartment, *out);
        }
    }
    return rc;
}

/* ---- what the organisation's events change */

static enum err close_card(record *r, struct card *c, struct err_info *err)
{
    enum err rc = c->is_resident ? live_drop(r, c, err) : ERR_OK;
    card_lock(r, c);
    return rc;
}

static enum err drop_card(record *r, struct card *c, struct err_info *err)
{
    const enum err rc = c->is_resident ? live_drop(r, c, err) : ERR_OK;
    cards_drop(r, c);
    return rc;
}

/* The epoch of a case changed: for most it says the same of this member as before. */
static enum err look_again(record *r, const unsigned char id[ID_LEN], struct err_info *err)
{
    struct vault_compartment at = {.sort = VAULT_SORT_COUNT};
    struct card *c = cards_find(r, id);
    enum err rc = ask(r, id, &at, err);
    if (rc != ERR_OK) {
        return rc;
    }
    const bool is_case = at.sort == VAULT_SORT_CASE;
    const bool is_own = c != NULL && memcmp(c->info.id, id, ID_LEN) == 0;
    if (c == NULL) {
        r->needs_scan = r->needs_scan || is_case || at.sort == VAULT_SORT_PART;
    } else if (is_own && !is_case && c->pins == 0) {
        rc = drop_card(r, c, err);
    } else if (!is_own && at.sort != VAULT_SORT_PART) {
        r->needs_scan = true; /* a part was taken away: its rows leave the case's trail */
    } else if (is_own && is_case && c->is_by_office != (at.standing == VAULT_BY_OFFICE)) {
        c->is_by_office = !c->is_by_office;
        rc = card_is_locked(c) && c->pins == 0 ? close_card(r, c, err) : ERR_OK;
        cards_stale(r, c);
    }
    return rc;
}

static void add_reason(record *r, const struct vault_event *e, const unsigned char id[ID_LEN])
{
    const int64_t until = e->time_ms + REASON_HOLDS_MS;
    if (memcmp(e->author, vault_member_id(r->vault), ID_LEN) != 0 || until <= clock_now_ms()) {
        return;
    }
    r->reasons = mem_realloc(r->reasons, (r->reason_count + 1) * sizeof *r->reasons);
    struct reason *one = &r->reasons[r->reason_count++];
    *one = (struct reason){.row = e->row, .until_ms = until};
    memcpy(one->id, id, ID_LEN);
    struct card *c = cards_find(r, id);
    if (c != NULL) {
        c->open_until_ms = until;
        c->info.is_locked = false;
        cards_stale(r, c);
    }
}

enum err standing_take(record *r, const struct vault_event *e, struct err_info *err)
{
    jv *body = NULL;
    unsigned char id[ID_LEN];
    enum err rc = ERR_OK;
    const bool is_news = e->kind == K_ROLE || e->kind == K_EPOCH_NEXT || e->kind == K_ERASED;
    if (!(is_news && r->is_following) && e->kind != K_WITH_REASON) {
        return ERR_OK;
    }
    if (jv_parse(e->text, e->len, &body, NULL) != ERR_OK) {
        return ERR_OK;
    }
    const char *of = jv_str_at(body, e->kind == K_ROLE ? "member" : "compartment");
    const bool is_known = of != NULL && hex_get(id, ID_LEN, of);
    jv_free(body);
    if (!is_known) {
        return ERR_OK;
    }
    if (e->kind == K_ROLE) {
        r->needs_scan = r->needs_scan || memcmp(id, vault_member_id(r->vault), ID_LEN) == 0;
    } else if (e->kind == K_WITH_REASON) {
        add_reason(r, e, id);
    } else {
        rc = look_again(r, id, err);
    }
    return rc;
}

void standing_tick(record *r)
{
    const int64_t now = clock_now_ms();
    for (size_t i = 0; i < r->reason_count;) {
        struct card *c = cards_find(r, r->reasons[i].id);
        if (r->reasons[i].until_ms > now || (c != NULL && c->pins > 0)) {
            i++;
            continue;
        }
        r->reasons[i] = r->reasons[--r->reason_count];
        if (c != NULL && (c->open_until_ms = reason_until(r, c->info.id)) == 0 && c->is_by_office) {
            (void)close_card(r, c, NULL);
        }
    }
}

enum err doc_place(record_doc *doc, const struct record_form *form, struct err_info *err)
{
    enum vault_part part = VAULT_PART_NONE;
    memcpy(doc->place, doc->kase.id, ID_LEN);
    if (form->def->compartment == NULL) {
        return ERR_OK;
    }
    if (!vault_part_of(form->def->compartment, &part)) {
        return ERR_SET(err, ERR_RIGHTS, "part"); /* never into the open part instead */
    }
    enum err rc = vault_part_find(doc->r->vault, doc->kase.id, part, doc->place, err);
    if (rc == ERR_NOT_FOUND) {
        rc = vault_part_new(doc->r->vault, doc->kase.id, part, doc->place, err);
    }
    return rc == ERR_EXISTS ? ERR_SET(err, ERR_RIGHTS, "part") : rc;
}
