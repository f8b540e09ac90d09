/* Compartment keys at rest: one row a key. Invariant: the cache holds what opens payloads only,
 * and for a compartment and epoch that never changes, so a hit needs no look at the table. */
#include "vault_int.h"

#include <string.h>

#include "base/arena.h"

#define KEY_AT      ((size_t)2 * ID_LEN)
#define KEY_ROW_LEN (KEY_AT + KEY_LEN)

static const char sql_put[] = "INSERT INTO ckey(tag, box) VALUES(?1, ?2)"
                              " ON CONFLICT(tag) DO UPDATE SET box = excluded.box";
static const char sql_get[] = "SELECT box FROM ckey WHERE tag = ?1";
static const char sql_drop[] = "DELETE FROM ckey WHERE tag = ?1";

static void key_tag(const struct vault *v, unsigned char tag[TAG_LEN],
                    const unsigned char *compartment, const unsigned char *epoch)
{
    const struct part parts[] = {PART_TAG("spr/tk/1"), {compartment, ID_LEN}, {epoch, ID_LEN}};
    row_tag(v->keys, tag, parts, 3);
}

enum err ckey_store(struct vault *v, const unsigned char compartment[ID_LEN],
                    const unsigned char epoch[ID_LEN], const unsigned char key[KEY_LEN],
                    struct err_info *err)
{
    unsigned char tag[TAG_LEN];
    unsigned char box[KEY_ROW_LEN + ROW_EXTRA];
    unsigned char *row = v->keys->scratch;
    memcpy(row, compartment, ID_LEN);
    memcpy(row + ID_LEN, epoch, ID_LEN);
    memcpy(row + KEY_AT, key, KEY_LEN);
    key_tag(v, tag, compartment, epoch);
    row_seal(v->keys, tag, row, KEY_ROW_LEN, box);
    mem_wipe(row, KEY_ROW_LEN);
    db_stmt *s = NULL;
    enum err bad = db_prepare(v->db, sql_put, &s, err);
    if (bad == ERR_OK) {
        db_bind_blob(s, 1, tag, TAG_LEN);
        db_bind_blob(s, 2, box, sizeof box);
        bad = db_run(s, err);
        db_stmt_free(s);
    }
    return bad;
}

/* Opens the key's row into the scratch of the keyring. */
static enum err get_row(struct vault *v, const unsigned char *compartment,
                        const unsigned char *epoch, struct err_info *err)
{
    unsigned char tag[TAG_LEN];
    db_stmt *s = NULL;
    enum err bad = db_prepare(v->db, sql_get, &s, err);
    if (bad != ERR_OK) {
        return bad;
    }
    key_tag(v, tag, compartment, epoch);
    db_bind_blob(s, 1, tag, TAG_LEN);
    bool row = false;
    bad = db_step(s, &row, err);
    if (bad == ERR_OK && !row) {
        bad = ERR_SET(err, ERR_RIGHTS, "compartment");
    } else if (bad == ERR_OK) {
        size_t len = 0;
        const void *box = db_col_blob(s, 0, &len);
        if (len != KEY_ROW_LEN + ROW_EXTRA || !row_open(v->keys, tag, box, len, v->keys->scratch)) {
            bad = ERR_SET(err, ERR_DAMAGED, "ckey");
        }
    }
    db_stmt_free(s);
    return bad;
}

enum err ckey_raw(struct vault *v, const unsigned char compartment[ID_LEN],
                  const unsigned char epoch[ID_LEN], unsigned char key[KEY_LEN],
                  struct err_info *err)
{
    const enum err bad = get_row(v, compartment, epoch, err);
    if (bad == ERR_OK) {
        memcpy(key, v->keys->scratch + KEY_AT, KEY_LEN);
        mem_wipe(v->keys->scratch, KEY_ROW_LEN);
    }
    return bad;
}

static struct ckey_slot *slot_of(const struct vault *v, const unsigned char *compartment,
                                 const unsigned char *epoch)
{
    return &v->keys->cache[(compartment[0] ^ epoch[0]) % CKEY_CACHE];
}

enum err ckey_payload(struct vault *v, const unsigned char compartment[ID_LEN],
                      const unsigned char epoch[ID_LEN], bool is_box, const unsigned char **key,
                      struct err_info *err)
{
    struct ckey_slot *slot = slot_of(v, compartment, epoch);
    *key = slot->payload_key;
    if (memcmp(slot->compartment, compartment, ID_LEN) == 0 && slot->is_box == is_box &&
        memcmp(slot->epoch, epoch, ID_LEN) == 0) {
        return ERR_OK;
    }
    const enum err bad = get_row(v, compartment, epoch, err);
    if (bad != ERR_OK) {
        return bad;
    }
    memcpy(slot->compartment, compartment, ID_LEN);
    memcpy(slot->epoch, epoch, ID_LEN);
    slot->is_box = is_box;
    if (is_box) {
        memcpy(slot->payload_key, v->keys->scratch + KEY_AT, KEY_LEN);
    } else {
        hash_subkey(slot->payload_key, v->keys->scratch + KEY_AT, "spr/pay/1");
    }
    mem_wipe(v->keys->scratch, KEY_ROW_LEN);
    return ERR_OK;
}

enum err ckey_drop(struct vault *v, const unsigned char compartment[ID_LEN],
                   const unsigned char epoch[ID_LEN], struct err_info *err)
{
    unsigned char tag[TAG_LEN];
    struct ckey_slot *slot = slot_of(v, compartment, epoch);
    mem_wipe(slot, sizeof *slot);
    key_tag(v, tag, compartment, epoch);
    db_stmt *s = NULL;
    enum err bad = db_prepare(v->db, sql_drop, &s, err);
    if (bad == ERR_OK) {
        db_bind_blob(s, 1, tag, TAG_LEN);
        bad = db_run(s, err);
        db_stmt_free(s);
    }
    return bad;
}
