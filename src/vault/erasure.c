/* Erasures: asked for, approved, refused; and the legal hold. Invariant: the list is folded from
 * the organisation's events, and an approval counts only if, where two coordinators were, it is
 * not by the one who asked, and if nothing holds the case. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "safe_int.h"

#define LIST        "erasures" /* in meta */
#define CLOCK_SHIFT 16
#define GROUND_MAX  ((size_t)2000)

static enum err list_read(struct vault *v, jv **out, struct err_info *err)
{
    struct str row = STR_INIT;
    enum err bad = meta_get(v, LIST, &row, err);
    if (bad == ERR_OK) {
        bad = jv_parse(str_cstr(&row), row.len, out, err);
    } else if (bad == ERR_NOT_FOUND) {
        *out = jv_new_array();
        bad = ERR_OK;
    }
    str_done(&row);
    return bad;
}

static enum err list_write(struct vault *v, const jv *list, struct err_info *err)
{
    struct str row = STR_INIT;
    jv_write(list, &row);
    const enum err bad = meta_put(v, LIST, row.data, row.len, err);
    str_done(&row);
    return bad;
}

static jv *request_of(const jv *list, const char *id)
{
    for (size_t i = 0; id != NULL && i < jv_count(list); i++) {
        jv *one = jv_item(list, i);
        const char *there = jv_str_at(one, "request");
        if (there != NULL && str_eq(there, id)) {
            return one;
        }
    }
    return NULL;
}

static bool id_at(const jv *top, const char *key, unsigned char id[ID_LEN])
{
    const char *hex = jv_str_at(top, key);
    return hex != NULL && hex_get(id, ID_LEN, hex);
}

static void set_hex(jv *obj, const char *key, const unsigned char *bytes, size_t n)
{
    char hex[2 * HASH_LEN + 1];
    hex_put(hex, bytes, n);
    jv_set_str(obj, key, hex);
}

/* Whose device wrote it; zeros if that is not known. */
static void author_of(const struct vault *v, const struct event_view *e, unsigned char out[ID_LEN])
{
    const struct cert *device = known_cert(v, CERT_DEVICE, e->device);
    memset(out, 0, ID_LEN);
    if (device != NULL) {
        memcpy(out, device->issuer, ID_LEN);
    }
}

/* Coordinators as they were at a place in history. */
static size_t coordinators_at(const struct org *o, uint64_t clock)
{
    size_t count = 0;
    for (size_t i = 0; i < o->members; i++) {
        const struct org_member *m = &o->member[i];
        count += m->role == VAULT_ROLE_COORDINATOR && m->role_clock <= clock &&
                         (!m->is_removed || m->removed_clock > clock)
                     ? 1
                     : 0;
    }
    return count;
}

static bool is_held(struct vault *v, const unsigned char *compartment)
{
    struct comp c = {.count = 0};
    const bool held = comp_load(v, compartment, &c, NULL) == ERR_OK && (c.flags & COMP_HELD) != 0;
    comp_done(&c);
    return held;
}

static enum err apply_request(struct vault *v, const struct event_view *e, const jv *body, jv *list,
                              struct err_info *err)
{
    unsigned char compartment[ID_LEN];
    unsigned char author[ID_LEN];
    char id[2 * HASH_LEN + 1];
    const char *code = jv_str_at(body, "code");
    const char *ground = jv_str_at(body, "ground");
    if (!id_at(body, "compartment", compartment) || code == NULL || ground == NULL) {
        return ERR_SET(err, ERR_RIGHTS, "erasure");
    }
    hex_put(id, e->id, HASH_LEN);
    if (request_of(list, id) != NULL) {
        return ERR_OK;
    }
    author_of(v, e, author);
    jv *one = jv_new_object();
    jv_set_str(one, "request", id);
    set_hex(one, "compartment", compartment, ID_LEN);
    jv_set_str(one, "code", code);
    jv_set_str(one, "ground", ground);
    set_hex(one, "asked_by", author, ID_LEN);
    jv_set_int(one, "asked_ms", (int64_t)(e->clock >> CLOCK_SHIFT));
    jv_push(list, one);
    return list_write(v, list, err);
}

static enum err apply_answer(struct vault *v, const struct event_view *e,
                             const struct event_payload *p, const jv *body, jv *list,
                             struct err_info *err)
{
    unsigned char compartment[ID_LEN];
    unsigned char author[ID_LEN];
    unsigned char asked_by[ID_LEN];
    jv *one = request_of(list, jv_str_at(body, "request"));
    if (one == NULL) {
        return ERR_SET(err, ERR_NOT_FOUND, "erasure");
    }
    author_of(v, e, author);
    if (!id_at(one, "compartment", compartment) || !id_at(one, "asked_by", asked_by)) {
        return ERR_SET(err, ERR_DAMAGED, "erasure");
    }
    if (p->kind == EVENT_KIND_ERASURE_REFUSED) {
        jv_set(one, "refused", jv_new_bool(true));
        return list_write(v, list, err);
    }
    if (jv_int_at(one, "done_ms", 0) != 0) {
        return ERR_OK;
    }
    if ((memcmp(author, asked_by, ID_LEN) == 0 && coordinators_at(&v->org, e->clock) > 1) ||
        jv_bool_at(one, "refused", false) || is_held(v, compartment)) {
        return ERR_SET(err, ERR_RIGHTS, "erasure");
    }
    set_hex(one, "approved_by", author, ID_LEN);
    jv_set_int(one, "done_ms", (int64_t)(e->clock >> CLOCK_SHIFT));
    const enum err bad = list_write(v, list, err);
    return bad == ERR_OK ? erase_compartment(v, compartment, err) : bad;
}

enum err erasure_apply(struct vault *v, const struct event_view *e, const struct event_payload *p,
                       struct err_info *err)
{
    jv *body = NULL;
    jv *list = NULL;
    if (jv_parse(p->text, p->len, &body, NULL) != ERR_OK) {
        return ERR_SET(err, ERR_RIGHTS, "erasure");
    }
    enum err bad = list_read(v, &list, err);
    if (bad == ERR_OK) {
        bad = p->kind == EVENT_KIND_ERASURE_REQUEST ? apply_request(v, e, body, list, err)
                                                    : apply_answer(v, e, p, body, list, err);
    }
    jv_free(list);
    jv_free(body);
    return bad;
}

/* ---- the face ---- */

/* Writes one event of the organisation; body is taken over. */
static enum err say(struct vault *v, struct log_txn *t, unsigned kind, jv *body,
                    unsigned char id[HASH_LEN], struct err_info *err)
{
    struct str text = STR_INIT;
    jv_write(body, &text);
    jv_free(body);
    struct vault_write w = {.kind = kind, .text = str_cstr(&text), .len = text.len};
    memcpy(w.compartment, v->organisation, ID_LEN);
    const enum err bad = log_add(v, t, &w, id, err);
    str_done(&text);
    return bad;
}

static jv *about(const unsigned char *compartment)
{
    jv *body = jv_new_object();
    set_hex(body, "compartment", compartment, ID_LEN);
    return body;
}

static enum err check_case(struct vault *v, const unsigned char *id, struct err_info *err)
{
    struct comp c = {.count = 0};
    enum err bad = comp_load(v, id, &c, err);
    if (bad == ERR_OK && c.sort != VAULT_SORT_CASE) {
        bad = ERR_SET(err, ERR_USAGE, "compartment");
    }
    if (bad == ERR_OK && (c.flags & COMP_HELD) != 0) {
        bad = ERR_SET(err, ERR_NO, "hold");
    }
    if (bad == ERR_OK && (c.flags & COMP_ERASED) != 0) {
        bad = ERR_SET(err, ERR_NOT_FOUND, "compartment");
    }
    comp_done(&c);
    return bad;
}

static enum err approve(struct vault *v, struct log_txn *t, const unsigned char *compartment,
                        const char *request, struct err_info *err)
{
    unsigned char id[HASH_LEN];
    jv *body = about(compartment);
    jv_set_str(body, "request", request);
    return say(v, t, EVENT_KIND_ERASURE_APPROVED, body, id, err);
}

enum err vault_erase_request(vault *v, const unsigned char id[ID_LEN], const char *code,
                             const char *ground, struct err_info *err)
{
    struct log_txn t;
    unsigned char request[HASH_LEN];
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    if (ground[0] == '\0' || strlen(ground) > GROUND_MAX) {
        return ERR_SET(err, ERR_USAGE, "ground");
    }
    enum err bad = log_begin(v, &t, err);
    if (bad != ERR_OK) {
        return bad;
    }
    bad = check_case(v, id, err);
    if (bad == ERR_OK) {
        jv *body = about(id);
        jv_set_str(body, "code", code);
        jv_set_str(body, "ground", ground);
        bad = say(v, &t, EVENT_KIND_ERASURE_REQUEST, body, request, err);
    }
    /* Where there is nobody else to ask. */
    if (bad == ERR_OK && vault_own_role(v) == VAULT_ROLE_COORDINATOR &&
        org_coordinators(&v->org) < 2) {
        char hex[2 * HASH_LEN + 1];
        hex_put(hex, request, HASH_LEN);
        bad = approve(v, &t, id, hex, err);
    }
    return log_close(v, &t, bad, err);
}

/* The newest request about the case that is open; hex of its id. ERR_NOT_FOUND. */
static enum err open_request(struct vault *v, const unsigned char *compartment,
                             char out[2 * HASH_LEN + 1], unsigned char asked_by[ID_LEN],
                             struct err_info *err)
{
    jv *list = NULL;
    enum err bad = list_read(v, &list, err);
    bool found = false;
    for (size_t i = 0; bad == ERR_OK && i < jv_count(list); i++) {
        const jv *one = jv_item(list, i);
        unsigned char id[ID_LEN];
        const char *request = jv_str_at(one, "request");
        if (id_at(one, "compartment", id) && memcmp(id, compartment, ID_LEN) == 0 &&
            jv_int_at(one, "done_ms", 0) == 0 && !jv_bool_at(one, "refused", false) &&
            request != NULL && strlen(request) == 2 * (size_t)HASH_LEN &&
            id_at(one, "asked_by", asked_by)) {
            memcpy(out, request, 2 * (size_t)HASH_LEN + 1);
            found = true;
        }
    }
    jv_free(list);
    return bad == ERR_OK && !found ? ERR_SET(err, ERR_NOT_FOUND, "erasure") : bad;
}

static enum err answer(vault *v, const unsigned char id[ID_LEN], const char *reason,
                       struct err_info *err)
{
    struct log_txn t;
    char request[2 * HASH_LEN + 1];
    unsigned char asked_by[ID_LEN];
    unsigned char event[HASH_LEN];
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    enum err bad = log_begin(v, &t, err);
    if (bad != ERR_OK) {
        return bad;
    }
    bad = open_request(v, id, request, asked_by, err);
    if (bad == ERR_OK && vault_own_role(v) != VAULT_ROLE_COORDINATOR) {
        bad = ERR_SET(err, ERR_RIGHTS, "role");
    }
    if (bad == ERR_OK && reason != NULL) {
        jv *body = about(id);
        jv_set_str(body, "request", request);
        jv_set_str(body, "reason", reason);
        bad = say(v, &t, EVENT_KIND_ERASURE_REFUSED, body, event, err);
    } else if (bad == ERR_OK) {
        if (memcmp(asked_by, vault_member_id(v), ID_LEN) == 0 && org_coordinators(&v->org) > 1) {
            bad = ERR_SET(err, ERR_RIGHTS, "erasure");
        }
        bad = bad == ERR_OK ? check_case(v, id, err) : bad;
        bad = bad == ERR_OK ? approve(v, &t, id, request, err) : bad;
    }
    return log_close(v, &t, bad, err);
}

enum err vault_erase_approve(vault *v, const unsigned char id[ID_LEN], struct err_info *err)
{
    return answer(v, id, NULL, err);
}

enum err vault_erase_refuse(vault *v, const unsigned char id[ID_LEN], const char *reason,
                            struct err_info *err)
{
    return reason[0] == '\0' || strlen(reason) > GROUND_MAX ? ERR_SET(err, ERR_USAGE, "reason")
                                                            : answer(v, id, reason, err);
}

static void erasure_fill(struct vault_erasure *e, const jv *one)
{
    const char *code = jv_str_at(one, "code");
    const char *ground = jv_str_at(one, "ground");
    const char *request = jv_str_at(one, "request");
    (void)id_at(one, "compartment", e->compartment);
    (void)id_at(one, "asked_by", e->asked_by);
    (void)id_at(one, "approved_by", e->approved_by);
    if (request == NULL || !hex_get(e->request, sizeof e->request, request)) {
        memset(e->request, 0, sizeof e->request);
    }
    const size_t n = code != NULL ? strlen(code) : 0;
    memcpy(e->code, code != NULL ? code : "", n < sizeof e->code ? n : 0);
    e->ground = mem_strdup(ground != NULL ? ground : "");
    e->asked_ms = jv_int_at(one, "asked_ms", 0);
    e->done_ms = jv_int_at(one, "done_ms", 0);
    e->is_refused = jv_bool_at(one, "refused", false);
}

enum err vault_erasures(vault *v, struct vault_erasure **out, size_t *count, struct err_info *err)
{
    jv *list = NULL;
    *out = NULL;
    *count = 0;
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    const enum err bad = list_read(v, &list, err);
    if (bad == ERR_OK) {
        *count = jv_count(list);
        *out = mem_alloc((*count + 1) * sizeof **out);
        for (size_t i = 0; i < *count; i++) {
            erasure_fill(&(*out)[i], jv_item(list, i));
        }
    }
    jv_free(list);
    return bad;
}

void vault_erasures_free(struct vault_erasure *all, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(all[i].ground);
    }
    free(all);
}

enum err vault_hold(vault *v, const unsigned char id[ID_LEN], const char *reason, bool is_held_now,
                    struct err_info *err)
{
    struct log_txn t;
    unsigned char event[HASH_LEN];
    struct comp c = {.count = 0};
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    if (is_held_now && (reason[0] == '\0' || strlen(reason) > GROUND_MAX)) {
        return ERR_SET(err, ERR_USAGE, "reason");
    }
    enum err bad = log_begin(v, &t, err);
    if (bad != ERR_OK) {
        return bad;
    }
    bad = comp_load(v, id, &c, err);
    comp_done(&c);
    if (bad == ERR_OK) {
        jv *body = about(id);
        if (is_held_now) {
            jv_set_str(body, "reason", reason);
        }
        bad = say(v, &t, is_held_now ? EVENT_KIND_HOLD : EVENT_KIND_HOLD_LIFTED, body, event, err);
    }
    return log_close(v, &t, bad, err);
}
