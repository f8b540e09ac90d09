/* Compartment keys at rest: one row a key, and one row a compartment with the epoch to write
 * under. Invariant: the cache holds payload keys only, and a payload key of a compartment and
 * epoch never changes, so a hit needs no look at the table. */
#include "vault_int.h"

#include <string.h>

#include "base/arena.h"

#define KEY_ROW_LEN   ((size_t)(2 * ID_LEN + KEY_LEN))
#define EPOCH_ROW_LEN ((size_t)(2 * ID_LEN))

static const char sql_put[] = "INSERT INTO ckey(tag, box) VALUES(?1, ?2)"
                              " ON CONFLICT(tag) DO UPDATE SET box = excluded.box";
static const char sql_get[] = "SELECT box FROM ckey WHERE tag = ?1";

static void key_tag(const struct vault *v, unsigned char tag[TAG_LEN],
                    const unsigned char *compartment, const unsigned char *epoch)
{
    const struct part parts[] = {PART_TAG("spr/tk/1"), {compartment, ID_LEN}, {epoch, ID_LEN}};
    row_tag(v->keys, tag, parts, 3);
}

static void epoch_tag(const struct vault *v, unsigned char tag[TAG_LEN],
                      const unsigned char *compartment)
{
    const struct part parts[] = {PART_TAG("spr/tc/1"), {compartment, ID_LEN}};
    row_tag(v->keys, tag, parts, 2);
}

static enum err put_row(struct vault *v, const unsigned char tag[TAG_LEN], size_t n,
                        struct err_info *err)
{
    unsigned char box[KEY_ROW_LEN + ROW_EXTRA];
    row_seal(v->keys, tag, v->keys->scratch, n, box);
    db_stmt *s = NULL;
    enum err bad = db_prepare(v->db, sql_put, &s, err);
    if (bad == ERR_OK) {
        db_bind_blob(s, 1, tag, TAG_LEN);
        db_bind_blob(s, 2, box, n + ROW_EXTRA);
        bad = db_run(s, err);
        db_stmt_free(s);
    }
    return bad;
}

/* Opens the row of n bytes into the scratch of the keyring. */
static enum err get_row(struct vault *v, const unsigned char tag[TAG_LEN], size_t n,
                        struct err_info *err)
{
    db_stmt *s = NULL;
    enum err bad = db_prepare(v->db, sql_get, &s, err);
    if (bad != ERR_OK) {
        return bad;
    }
    db_bind_blob(s, 1, tag, TAG_LEN);
    bool row = false;
    bad = db_step(s, &row, err);
    if (bad == ERR_OK && !row) {
        bad = ERR_SET(err, ERR_RIGHTS, "compartment");
    } else if (bad == ERR_OK) {
        size_t len = 0;
        const void *box = db_col_blob(s, 0, &len);
        if (len != n + ROW_EXTRA || !row_open(v->keys, tag, box, len, v->keys->scratch)) {
            bad = ERR_SET(err, ERR_DAMAGED, "ckey");
        }
    }
    db_stmt_free(s);
    return bad;
}

enum err ckey_store(struct vault *v, const unsigned char compartment[ID_LEN],
                    const unsigned char epoch[ID_LEN], const unsigned char key[KEY_LEN],
                    struct err_info *err)
{
    unsigned char tag[TAG_LEN];
    unsigned char *row = v->keys->scratch;
    memcpy(row, compartment, ID_LEN);
    memcpy(row + ID_LEN, epoch, ID_LEN);
    memcpy(row + EPOCH_ROW_LEN, key, KEY_LEN);
    key_tag(v, tag, compartment, epoch);
    enum err bad = put_row(v, tag, KEY_ROW_LEN, err);
    if (bad == ERR_OK) {
        epoch_tag(v, tag, compartment);
        bad = put_row(v, tag, EPOCH_ROW_LEN, err);
    }
    mem_wipe(row, KEY_ROW_LEN);
    return bad;
}

enum err ckey_epoch(struct vault *v, const unsigned char compartment[ID_LEN],
                    unsigned char epoch[ID_LEN], struct err_info *err)
{
    unsigned char tag[TAG_LEN];
    epoch_tag(v, tag, compartment);
    const enum err bad = get_row(v, tag, EPOCH_ROW_LEN, err);
    if (bad == ERR_OK) {
        memcpy(epoch, v->keys->scratch + ID_LEN, ID_LEN);
    }
    return bad;
}

enum err ckey_payload(struct vault *v, const unsigned char compartment[ID_LEN],
                      const unsigned char epoch[ID_LEN], const unsigned char **key,
                      struct err_info *err)
{
    struct ckey_slot *slot = &v->keys->cache[(compartment[0] ^ epoch[0]) % CKEY_CACHE];
    *key = slot->payload_key;
    if (memcmp(slot->compartment, compartment, ID_LEN) == 0 &&
        memcmp(slot->epoch, epoch, ID_LEN) == 0) {
        return ERR_OK;
    }
    unsigned char tag[TAG_LEN];
    key_tag(v, tag, compartment, epoch);
    const enum err bad = get_row(v, tag, KEY_ROW_LEN, err);
    if (bad != ERR_OK) {
        return bad;
    }
    memcpy(slot->compartment, compartment, ID_LEN);
    memcpy(slot->epoch, epoch, ID_LEN);
    hash_subkey(slot->payload_key, v->keys->scratch + EPOCH_ROW_LEN, "spr/pay/1");
    mem_wipe(v->keys->scratch, KEY_ROW_LEN);
    return ERR_OK;
}
