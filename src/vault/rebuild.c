/* What can be made again from the log and the wraps: keys, members, devices, epochs, compartments.
 * Invariant: one transaction, and nothing of the log or the wraps is changed; doing it to a vault
 * that is whole gives the same state. */
#include "vault_int.h"

#include <string.h>

#include "base/json.h"
#include "keys_int.h"

/* What stands in the log for its chain only changes nothing. */
static const char sql_log[] = "SELECT n, tag, box FROM ev"
                              " WHERE NOT EXISTS (SELECT 1 FROM quar WHERE row = ev.n) ORDER BY n";
static const char sql_forget[] = "DELETE FROM epoch";

typedef enum err scan_step(struct vault *v, const struct event_view *e,
                           const struct event_payload *p, struct err_info *err);

/* Opens a row if it is the organisation's; ERR_NO if it is not, or does not open. */
static enum err open_org(struct vault *v, db_stmt *s, struct event_view *e, struct event_payload *p,
                         struct err_info *err)
{
    size_t tag_len = 0;
    size_t n = 0;
    const unsigned char *key = NULL;
    const unsigned char *tag = db_col_blob(s, 1, &tag_len);
    const unsigned char *box = db_col_blob(s, 2, &n);
    unsigned char *plain = buf_need(&v->event, n + 1);
    if (tag_len != TAG_LEN || !row_open(v->keys, tag, box, n, plain) ||
        event_parse(plain, n - ROW_EXTRA, e, NULL) != ERR_OK ||
        memcmp(e->compartment, v->organisation, ID_LEN) != 0) {
        return ERR_NO;
    }
    const enum err bad = ckey_payload(v, e->compartment, e->epoch, false, &key, err);
    if (bad != ERR_OK) {
        return bad == ERR_RIGHTS ? ERR_NO : bad;
    }
    return event_open(e, key, buf_need(&v->text, e->ct_len), p, NULL) == ERR_OK ? ERR_OK : ERR_NO;
}

static enum err scan(struct vault *v, scan_step *step, struct err_info *err)
{
    db_stmt *s = NULL;
    bool row = false;
    enum err bad = db_prepare(v->db, sql_log, &s, err);
    if (bad != ERR_OK) {
        return bad;
    }
    while (bad == ERR_OK && (bad = db_step(s, &row, err)) == ERR_OK && row) {
        struct event_view e;
        struct event_payload p;
        bad = open_org(v, s, &e, &p, err);
        if (bad == ERR_OK) {
            bad = step(v, &e, &p, err);
        }
        bad = bad == ERR_NO ? ERR_OK : bad;
    }
    db_stmt_free(s);
    return bad;
}

/* Only what the log does not say again is kept of a compartment. */
static enum err empty_comp(struct vault *v, const struct event_view *e,
                           const struct event_payload *p, struct err_info *err)
{
    struct epoch *d = NULL;
    struct comp old = {.count = 0};
    (void)e;
    if (p->kind != EVENT_KIND_EPOCH || epoch_read(p->text, p->len, &d, NULL) != ERR_OK) {
        return ERR_OK;
    }
    struct comp fresh = {.sort = d->sort};
    memcpy(fresh.id, d->compartment, ID_LEN);
    if (comp_load(v, d->compartment, &old, NULL) == ERR_OK) {
        fresh.flags = old.flags;
    }
    comp_done(&old);
    epoch_free(d);
    return comp_store(v, &fresh, err);
}

/* What the state refuses was refused when it came. */
static enum err apply_again(struct vault *v, const struct event_view *e,
                            const struct event_payload *p, struct err_info *err)
{
    const enum err bad = org_apply(v, e, p, err);
    return bad == ERR_RIGHTS || bad == ERR_NOT_FOUND ? ERR_OK : bad;
}

static enum err key_again(struct vault *v, const unsigned char bytes[WRAP_LEN], void *payload,
                          struct err_info *err)
{
    struct wrap w;
    const unsigned char *own = payload;
    if (wrap_parse(bytes, WRAP_LEN, &w, NULL) != ERR_OK || memcmp(w.recipient, own, ID_LEN) != 0) {
        return ERR_OK;
    }
    unsigned char *key = keys_alloc(KEY_LEN);
    enum err bad = ERR_OK;
    if (wrap_open(&w, v->keys->member_box, key)) {
        bad = ckey_store(v, w.compartment, w.epoch, key, err);
    }
    keys_free(key);
    return bad;
}

static enum err again(struct vault *v, struct err_info *err)
{
    unsigned char own[ID_LEN];
    const unsigned char *member = vault_member_id(v);
    if (member == NULL) {
        return ERR_SET(err, ERR_DAMAGED, "certificate");
    }
    memcpy(own, member, ID_LEN);
    enum err bad = wrap_each(v, key_again, own, err);
    if (bad == ERR_OK) {
        bad = db_exec(v->db, sql_forget, err);
    }
    if (bad == ERR_OK) {
        bad = scan(v, empty_comp, err);
    }
    return bad == ERR_OK ? scan(v, apply_again, err) : bad;
}

enum err vault_rebuild(struct vault *v, struct err_info *err)
{
    struct chain c;
    enum err bad = db_begin(v->db, __func__, err);
    if (bad != ERR_OK) {
        return bad;
    }
    bad = chain_read(v, &c, err);
    if (bad == ERR_OK) {
        store_forget(v);
        org_done(&v->org);
        v->org.generation = c.generation;
        known_touch(v);
        bad = again(v, err);
    }
    if (bad == ERR_OK) {
        bad = known_save(v, err);
    }
    if (bad == ERR_OK) {
        c.generation = v->org.generation;
        bad = chain_write(v, &c, err);
    }
    if (bad == ERR_OK) {
        bad = db_commit(v->db, err);
    }
    if (bad != ERR_OK) {
        log_cancel(v);
    }
    return bad;
}
