/* Opening a compartment to a member and taking it back, parts of cases, and a coordinator's
 * opening with a reason. Invariant: whoever is granted stands in the epoch; every change is a new
 * epoch and its announcement, in one transaction that the authority has agreed to. */
#include "vault_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"

/* A transaction with the compartment in it. On any error nothing is held. */
static enum err begin_in(struct vault *v, struct log_txn *t, const unsigned char *id,
                         struct comp *c, struct err_info *err)
{
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    enum err bad = log_begin(v, t, err);
    if (bad != ERR_OK) {
        return bad;
    }
    bad = comp_load(v, id, c, err);
    if (bad == ERR_OK && (c->count == 0 || (c->flags & COMP_ERASED) != 0)) {
        bad = ERR_SET(err, ERR_NOT_FOUND, "compartment");
    }
    if (bad != ERR_OK) {
        comp_done(c);
        log_cancel(v);
    }
    return bad;
}

static bool is_listed(const struct comp *c)
{
    for (size_t i = 0; i < c->count; i++) {
        if (comp_is_head(c, i) && (c->epochs[i].flags & COMP_EPOCH_MEMBER) != 0) {
            return true;
        }
    }
    return false;
}

/* As the authority will ask, but before anything is made. */
static bool may_grant(const struct vault *v, const struct comp *c)
{
    const enum vault_role role = vault_own_role(v);
    const bool is_case = c->sort == VAULT_SORT_CASE;
    return (is_case || c->sort == VAULT_SORT_PART) &&
           vault_rights_may(role, c->sort, c->part, EVENT_KIND_SUCCESSOR) &&
           (is_listed(c) || (is_case && role == VAULT_ROLE_COORDINATOR));
}

static bool is_professional(enum vault_role role)
{
    return vault_rights_may(role, VAULT_SORT_CASE, VAULT_PART_NONE, EVENT_KIND_RECORD + 0x21);
}

/* The list with the member in it; ERR_EXISTS, ERR_NOT_FOUND, ERR_RIGHTS. */
static enum err with_member(const struct vault *v, struct epoch *list, const unsigned char *member,
                            struct err_info *err)
{
    const struct org_member *m = org_member_of(&v->org, member);
    if (m == NULL || m->is_removed) {
        return ERR_SET(err, ERR_NOT_FOUND, "member");
    }
    if (epoch_role(list, member) != VAULT_ROLE_NONE) {
        return ERR_SET(err, ERR_EXISTS, "member");
    }
    if (!is_professional(m->role)) {
        return ERR_SET(err, ERR_RIGHTS, "role");
    }
    epoch_add_member(list, member, m->role);
    return ERR_OK;
}

static enum err without_member(struct epoch *list, const unsigned char *member,
                               struct err_info *err)
{
    if (epoch_role(list, member) == VAULT_ROLE_NONE) {
        return ERR_SET(err, ERR_NOT_FOUND, "member");
    }
    if (list->members == 1) {
        return ERR_SET(err, ERR_NO, "member");
    }
    size_t n = 0;
    for (size_t i = 0; i < list->members; i++) {
        if (memcmp(list->member[i].id, member, ID_LEN) != 0) {
            list->member[n++] = list->member[i];
        }
    }
    list->members = n;
    return ERR_OK;
}

static enum err change(struct vault *v, const unsigned char *id, const unsigned char *member,
                       bool is_grant, struct err_info *err)
{
    struct log_txn t;
    struct comp c = {.count = 0};
    enum err bad = begin_in(v, &t, id, &c, err);
    if (bad != ERR_OK) {
        return bad;
    }
    struct epoch *list = compartment_joined(v, &c);
    if (!may_grant(v, &c)) {
        bad = ERR_SET(err, ERR_RIGHTS, "role");
    } else if (is_grant) {
        bad = with_member(v, list, member, err);
    } else {
        bad = without_member(list, member, err);
    }
    if (bad == ERR_OK) {
        bad = compartment_succeed(v, &t, &c, list, err);
    }
    epoch_free(list);
    comp_done(&c);
    return log_close(v, &t, bad, err);
}

enum err vault_grant(vault *v, const unsigned char id[ID_LEN], const unsigned char member[ID_LEN],
                     struct err_info *err)
{
    return change(v, id, member, true, err);
}

enum err vault_ungrant(vault *v, const unsigned char id[ID_LEN], const unsigned char member[ID_LEN],
                       struct err_info *err)
{
    return change(v, id, member, false, err);
}

static enum err begin_part(struct vault *v, struct log_txn *t, const struct comp *kase,
                           enum vault_part part, unsigned char *id, struct err_info *err)
{
    static const unsigned char zero[ID_LEN] = {0};
    if (kase->sort != VAULT_SORT_CASE ||
        !vault_rights_may(vault_own_role(v), VAULT_SORT_PART, part, EVENT_KIND_EPOCH)) {
        return ERR_SET(err, ERR_RIGHTS, "role");
    }
    if (memcmp(kase->parts[part], zero, ID_LEN) != 0) {
        return ERR_SET(err, ERR_EXISTS, "part");
    }
    struct epoch *e = epoch_new();
    e->sort = VAULT_SORT_PART;
    e->part = part;
    memcpy(e->of_case, kase->id, ID_LEN);
    epoch_add_member(e, vault_member_id(v), vault_own_role(v));
    random_bytes(id, ID_LEN);
    const enum err bad = compartment_begin(v, t, id, e, err);
    epoch_free(e);
    return bad;
}

enum err vault_part_new(vault *v, const unsigned char of_case[ID_LEN], enum vault_part part,
                        unsigned char id[ID_LEN], struct err_info *err)
{
    struct log_txn t;
    struct comp kase = {.count = 0};
    if (part <= VAULT_PART_NONE || part >= VAULT_PART_COUNT) {
        return ERR_SET(err, ERR_USAGE, "part");
    }
    enum err bad = begin_in(v, &t, of_case, &kase, err);
    if (bad != ERR_OK) {
        return bad;
    }
    bad = begin_part(v, &t, &kase, part, id, err);
    comp_done(&kase);
    return log_close(v, &t, bad, err);
}

/* What is known of a compartment, outside a transaction. */
static enum err look(struct vault *v, const unsigned char *id, struct comp *c, struct err_info *err)
{
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    enum err bad = known_now(v, err);
    if (bad == ERR_OK) {
        bad = comp_load(v, id, c, err);
    }
    if (bad == ERR_OK && c->count == 0) {
        comp_done(c);
        bad = ERR_SET(err, ERR_NOT_FOUND, "compartment");
    }
    return bad;
}

enum err vault_part_find(vault *v, const unsigned char of_case[ID_LEN], enum vault_part part,
                         unsigned char id[ID_LEN], struct err_info *err)
{
    static const unsigned char zero[ID_LEN] = {0};
    struct comp kase = {.count = 0};
    if (part <= VAULT_PART_NONE || part >= VAULT_PART_COUNT) {
        return ERR_SET(err, ERR_USAGE, "part");
    }
    enum err bad = look(v, of_case, &kase, err);
    if (bad != ERR_OK) {
        return bad;
    }
    memcpy(id, kase.parts[part], ID_LEN);
    comp_done(&kase);
    return memcmp(id, zero, ID_LEN) != 0 ? ERR_OK : ERR_SET(err, ERR_NOT_FOUND, "part");
}

/* A coordinator holds the key by office where a wrap for her came, listed there or not. */
static enum vault_standing standing_of(struct vault *v, const struct comp *c)
{
    const unsigned char *key = NULL;
    if (is_listed(c)) {
        return VAULT_GRANTED;
    }
    for (size_t i = 0; i < c->count && vault_own_role(v) == VAULT_ROLE_COORDINATOR; i++) {
        if (comp_is_head(c, i) && c->sort == VAULT_SORT_CASE &&
            ckey_payload(v, c->id, c->epochs[i].id, false, &key, NULL) == ERR_OK) {
            return VAULT_BY_OFFICE;
        }
    }
    return VAULT_NO_STANDING;
}

enum err vault_compartment_get(vault *v, const unsigned char id[ID_LEN],
                               struct vault_compartment *out, struct err_info *err)
{
    struct comp c = {.count = 0};
    const enum err bad = look(v, id, &c, err);
    if (bad != ERR_OK) {
        return bad;
    }
    *out = (struct vault_compartment){.sort = c.sort,
                                      .part = c.part,
                                      .standing = standing_of(v, &c),
                                      .is_erased = (c.flags & COMP_ERASED) != 0,
                                      .is_held = (c.flags & COMP_HELD) != 0};
    memcpy(out->of_case, c.of_case, ID_LEN);
    comp_done(&c);
    return ERR_OK;
}

static int by_name(const void *a, const void *b)
{
    const struct vault_member *left = a;
    const struct vault_member *right = b;
    const int order = strcmp(left->name, right->name);
    return order != 0 ? order : memcmp(left->id, right->id, ID_LEN);
}

enum err vault_granted(vault *v, const unsigned char id[ID_LEN], struct vault_member **out,
                       size_t *count, struct err_info *err)
{
    struct comp c = {.count = 0};
    enum err bad = look(v, id, &c, err);
    if (bad != ERR_OK) {
        return bad;
    }
    struct epoch *list = compartment_joined(v, &c);
    struct vault_member *all = mem_alloc((list->members + 1) * sizeof *all);
    for (size_t i = 0; i < list->members; i++) {
        member_say(v, org_member_of(&v->org, list->member[i].id), &all[i]);
    }
    qsort(all, list->members, sizeof *all, by_name);
    *out = all;
    *count = list->members;
    epoch_free(list);
    comp_done(&c);
    return ERR_OK;
}

enum err vault_open_with_reason(vault *v, const unsigned char id[ID_LEN], const char *code,
                                const char *reason, struct err_info *err)
{
    struct log_txn t;
    struct comp c = {.count = 0};
    char hex[ID_HEX_LEN];
    if (reason[0] == '\0') {
        return ERR_SET(err, ERR_USAGE, "reason");
    }
    enum err bad = begin_in(v, &t, id, &c, err);
    if (bad != ERR_OK) {
        return bad;
    }
    bad = c.sort == VAULT_SORT_CASE && standing_of(v, &c) != VAULT_NO_STANDING
              ? ERR_OK
              : ERR_SET(err, ERR_RIGHTS, "case");
    comp_done(&c);
    if (bad == ERR_OK) {
        struct str text = STR_INIT;
        jv *top = jv_new_object();
        hex_put(hex, id, ID_LEN);
        jv_set_str(top, "compartment", hex);
        jv_set_str(top, "code", code);
        jv_set_str(top, "reason", reason);
        jv_write(top, &text);
        jv_free(top);
        bad = log_add_org(v, &t, EVENT_KIND_OPENED, &text, err);
        str_done(&text);
    }
    return log_close(v, &t, bad, err);
}
