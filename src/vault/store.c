/* Epochs and compartments at rest, each found by its tag when it is needed: unlocking reads none
 * of them. Invariant: what stands in these tables was folded from the log in the transaction that
 * added the event, and can be folded again. */
#include "vault_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

static const char sql_epoch_put[] = "INSERT INTO epoch(tag, box) VALUES(?1, ?2)"
                                    " ON CONFLICT(tag) DO UPDATE SET box = excluded.box";
static const char sql_epoch_get[] = "SELECT box FROM epoch WHERE tag = ?1";
static const char sql_epoch_all[] = "SELECT tag, box FROM epoch";
static const char sql_comp_put[] = "INSERT INTO ckey(tag, box) VALUES(?1, ?2)"
                                   " ON CONFLICT(tag) DO UPDATE SET box = excluded.box";
static const char sql_comp_get[] = "SELECT box FROM ckey WHERE tag = ?1";

static void epoch_tag(const struct vault *v, unsigned char tag[TAG_LEN],
                      const unsigned char *compartment, const unsigned char *id)
{
    const struct part parts[] = {PART_TAG("spr/tq/1"), {compartment, ID_LEN}, {id, ID_LEN}};
    row_tag(v->keys, tag, parts, 3);
}

static void comp_tag(const struct vault *v, unsigned char tag[TAG_LEN], const unsigned char *id)
{
    const struct part parts[] = {PART_TAG("spr/tc/1"), {id, ID_LEN}};
    row_tag(v->keys, tag, parts, 2);
}

static enum err put_row(struct vault *v, const char *sql, const unsigned char tag[TAG_LEN],
                        const struct str *plain, struct err_info *err)
{
    unsigned char *box = buf_need(&v->box, plain->len + ROW_EXTRA);
    row_seal(v->keys, tag, plain->data, plain->len, box);
    db_stmt *s = NULL;
    enum err bad = db_prepare(v->db, sql, &s, err);
    if (bad == ERR_OK) {
        db_bind_blob(s, 1, tag, TAG_LEN);
        db_bind_blob(s, 2, box, plain->len + ROW_EXTRA);
        bad = db_run(s, err);
        db_stmt_free(s);
    }
    return bad;
}

/* ERR_NOT_FOUND. plain: n bytes in the vault's small buffer. */
static enum err get_row(struct vault *v, const char *sql, const unsigned char tag[TAG_LEN],
                        size_t *n, struct err_info *err)
{
    db_stmt *s = NULL;
    bool row = false;
    enum err bad = db_prepare(v->db, sql, &s, err);
    if (bad != ERR_OK) {
        return bad;
    }
    db_bind_blob(s, 1, tag, TAG_LEN);
    bad = db_step(s, &row, err);
    if (bad == ERR_OK && !row) {
        bad = ERR_SET(err, ERR_NOT_FOUND, "compartment");
    } else if (bad == ERR_OK) {
        const void *box = db_col_blob(s, 0, n);
        if (!row_open(v->keys, tag, box, *n, buf_need(&v->row, *n + 1))) {
            bad = ERR_SET(err, ERR_DAMAGED, "compartment");
        }
        *n -= bad == ERR_OK ? ROW_EXTRA : 0;
    }
    db_stmt_free(s);
    return bad;
}

const struct epoch *epoch_find(struct vault *v, const unsigned char compartment[ID_LEN],
                               const unsigned char id[ID_LEN])
{
    const struct epoch *there = epoch_map_find(&v->epochs, compartment, id);
    if (there != NULL) {
        return there;
    }
    unsigned char tag[TAG_LEN];
    size_t n = 0;
    struct epoch *e = NULL;
    epoch_tag(v, tag, compartment, id);
    if (get_row(v, sql_epoch_get, tag, &n, NULL) != ERR_OK ||
        epoch_get(v->row.bytes, n, &e, NULL) != ERR_OK) {
        return NULL;
    }
    return epoch_map_put(&v->epochs, e);
}

enum err epoch_store(struct vault *v, const struct epoch *e, struct err_info *err)
{
    unsigned char tag[TAG_LEN];
    struct str plain = STR_INIT;
    epoch_put(e, &plain);
    epoch_tag(v, tag, e->compartment, e->id);
    const enum err bad = put_row(v, sql_epoch_put, tag, &plain, err);
    str_done(&plain);
    if (bad == ERR_OK) {
        (void)epoch_map_put(&v->epochs, epoch_copy(e));
    }
    return bad;
}

enum err epoch_each(struct vault *v,
                    enum err (*f)(struct vault *v, const struct epoch *e, void *payload,
                                  struct err_info *err),
                    void *payload, struct err_info *err)
{
    db_stmt *s = NULL;
    bool row = false;
    enum err bad = db_prepare(v->db, sql_epoch_all, &s, err);
    if (bad != ERR_OK) {
        return bad;
    }
    while (bad == ERR_OK && (bad = db_step(s, &row, err)) == ERR_OK && row) {
        size_t tag_len = 0;
        size_t n = 0;
        struct epoch *e = NULL;
        const unsigned char *tag = db_col_blob(s, 0, &tag_len);
        const unsigned char *box = db_col_blob(s, 1, &n);
        if (tag_len != TAG_LEN || !row_open(v->keys, tag, box, n, buf_need(&v->row, n + 1)) ||
            epoch_get(v->row.bytes, n - ROW_EXTRA, &e, NULL) != ERR_OK) {
            bad = ERR_SET(err, ERR_DAMAGED, "epoch");
            break;
        }
        bad = f(v, e, payload, err);
        epoch_free(e);
    }
    db_stmt_free(s);
    return bad;
}

enum err comp_load(struct vault *v, const unsigned char id[ID_LEN], struct comp *out,
                   struct err_info *err)
{
    unsigned char tag[TAG_LEN];
    size_t n = 0;
    comp_tag(v, tag, id);
    const enum err bad = get_row(v, sql_comp_get, tag, &n, err);
    return bad == ERR_OK ? comp_read(v->row.bytes, n, out, err) : bad;
}

enum err comp_store(struct vault *v, const struct comp *c, struct err_info *err)
{
    unsigned char tag[TAG_LEN];
    struct str plain = STR_INIT;
    comp_put(c, &plain);
    comp_tag(v, tag, c->id);
    const enum err bad = put_row(v, sql_comp_put, tag, &plain, err);
    str_done(&plain);
    return bad;
}

static bool is_granted(const struct comp *c)
{
    for (size_t i = 0; i < c->count; i++) {
        if (comp_is_head(c, i) && (c->epochs[i].flags & COMP_EPOCH_MEMBER) != 0) {
            return true;
        }
    }
    return false;
}

bool comp_by_office(struct vault *v, const unsigned char id[ID_LEN])
{
    struct comp c = {.count = 0};
    if (vault_own_role(v) != VAULT_ROLE_COORDINATOR) {
        return false;
    }
    if (v->stands == NULL) {
        v->stands = mem_alloc(STAND_CACHE * sizeof *v->stands);
    }
    struct stand_slot *slot = &v->stands[get_u16le(id) % STAND_CACHE];
    if (memcmp(slot->compartment, id, ID_LEN) != 0) {
        const bool there = comp_load(v, id, &c, NULL) == ERR_OK;
        memcpy(slot->compartment, id, ID_LEN);
        slot->by_office = there && c.sort == VAULT_SORT_CASE && !is_granted(&c);
        comp_done(&c);
    }
    return slot->by_office;
}

void store_forget(struct vault *v)
{
    epoch_map_done(&v->epochs);
    comp_done(&v->looked_up);
    free(v->stands);
    v->stands = NULL;
}
