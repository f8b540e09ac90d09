/* Epochs: who holds a compartment's key of one time and in which role, as announced in the
 * organisation. Invariant: an epoch never changes once it is announced; what is kept of it is
 * what its text says and the clock of the event that said it. */
#include "org_int.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"

#define EPOCH_VERSION   1
#define EPOCH_FIXED_LEN ((size_t)(4 + 3 * ID_LEN + HASH_LEN + KEY_LEN + 8 + 6))

struct epoch *epoch_new(void)
{
    return mem_alloc(sizeof(struct epoch));
}

void epoch_free(struct epoch *e)
{
    if (e != NULL) {
        free(e->member);
        free(e->office);
        free(e->parent);
        free(e);
    }
}

void epoch_add_member(struct epoch *e, const unsigned char id[ID_LEN], enum vault_role role)
{
    e->member = mem_realloc(e->member, (e->members + 1) * sizeof *e->member);
    memcpy(e->member[e->members].id, id, ID_LEN);
    e->member[e->members++].role = role;
}

static void add_id(unsigned char (**ids)[ID_LEN], size_t *count, const unsigned char id[ID_LEN])
{
    *ids = mem_realloc(*ids, (*count + 1) * sizeof **ids);
    memcpy((*ids)[(*count)++], id, ID_LEN);
}

void epoch_add_office(struct epoch *e, const unsigned char id[ID_LEN])
{
    add_id(&e->office, &e->offices, id);
}

void epoch_add_parent(struct epoch *e, const unsigned char id[ID_LEN])
{
    add_id(&e->parent, &e->parents, id);
}

struct epoch *epoch_copy(const struct epoch *e)
{
    struct epoch *copy = epoch_new();
    *copy = *e;
    copy->member = NULL;
    copy->office = NULL;
    copy->parent = NULL;
    copy->members = copy->offices = copy->parents = 0;
    for (size_t i = 0; i < e->members; i++) {
        epoch_add_member(copy, e->member[i].id, e->member[i].role);
    }
    for (size_t i = 0; i < e->offices; i++) {
        epoch_add_office(copy, e->office[i]);
    }
    for (size_t i = 0; i < e->parents; i++) {
        epoch_add_parent(copy, e->parent[i]);
    }
    return copy;
}

enum vault_role epoch_role(const struct epoch *e, const unsigned char member[ID_LEN])
{
    for (size_t i = 0; i < e->members; i++) {
        if (memcmp(e->member[i].id, member, ID_LEN) == 0) {
            return e->member[i].role;
        }
    }
    return VAULT_ROLE_NONE;
}

bool epoch_has_office(const struct epoch *e, const unsigned char member[ID_LEN])
{
    for (size_t i = 0; i < e->offices; i++) {
        if (memcmp(e->office[i], member, ID_LEN) == 0) {
            return true;
        }
    }
    return false;
}

static void commitment_of(const struct epoch *e, const unsigned char key[KEY_LEN],
                          unsigned char out[HASH_LEN])
{
    const struct part parts[] = {PART_TAG("spr/kc/1"), {e->compartment, ID_LEN}, {e->id, ID_LEN}};
    hash_parts(out, HASH_LEN, key, parts, 3);
}

void epoch_commit(struct epoch *e, const unsigned char key[KEY_LEN])
{
    commitment_of(e, key, e->commitment);
    if (sort_is_box(e->sort)) {
        crypto_scalarmult_base(e->box, key);
    }
}

bool epoch_commits(const struct epoch *e, const unsigned char key[KEY_LEN])
{
    unsigned char commitment[HASH_LEN];
    unsigned char box[KEY_LEN];
    commitment_of(e, key, commitment);
    if (memcmp(commitment, e->commitment, HASH_LEN) != 0) {
        return false;
    }
    return !sort_is_box(e->sort) ||
           (crypto_scalarmult_base(box, key) == 0 && memcmp(box, e->box, KEY_LEN) == 0);
}

/* ---- text ---- */

static jv *hex_value(const unsigned char *bytes, size_t n)
{
    char hex[2 * HASH_LEN + 1];
    hex_put(hex, bytes, n);
    return jv_new_string(hex);
}

void epoch_text(const struct epoch *e, const unsigned char (*hashes)[HASH_LEN], size_t count,
                struct str *out)
{
    jv *top = jv_new_object();
    jv *parents = jv_new_array();
    jv *members = jv_new_array();
    jv *offices = jv_new_array();
    jv *wraps = jv_new_array();
    for (size_t i = 0; i < e->parents; i++) {
        jv_push(parents, hex_value(e->parent[i], ID_LEN));
    }
    for (size_t i = 0; i < e->members; i++) {
        jv *one = jv_new_object();
        jv_set(one, "member", hex_value(e->member[i].id, ID_LEN));
        jv_set_str(one, "role", vault_role_word(e->member[i].role));
        jv_push(members, one);
    }
    for (size_t i = 0; i < e->offices; i++) {
        jv_push(offices, hex_value(e->office[i], ID_LEN));
    }
    for (size_t i = 0; i < count; i++) {
        jv_push(wraps, hex_value(hashes[i], HASH_LEN));
    }
    jv_set(top, "compartment", hex_value(e->compartment, ID_LEN));
    jv_set(top, "epoch", hex_value(e->id, ID_LEN));
    jv_set_str(top, "sort", vault_sort_word(e->sort));
    jv_set(top, "commitment", hex_value(e->commitment, HASH_LEN));
    jv_set(top, "members", members);
    jv_set(top, "wraps", wraps);
    if (e->sort == VAULT_SORT_PART) {
        jv_set_str(top, "part", vault_part_word(e->part));
        jv_set(top, "case", hex_value(e->of_case, ID_LEN));
    }
    if (sort_is_box(e->sort)) {
        jv_set(top, "box", hex_value(e->box, KEY_LEN));
    }
    if (e->parents > 0) {
        jv_set(top, "parents", jv_ref(parents));
    }
    if (e->offices > 0) {
        jv_set(top, "office", jv_ref(offices));
    }
    jv_free(parents);
    jv_free(offices);
    jv_write(top, out);
    jv_free(top);
}

static bool id_at(const jv *obj, const char *key, unsigned char *out, size_t n)
{
    const char *hex = jv_str_at(obj, key);
    return hex != NULL && hex_get(out, n, hex);
}

static bool read_ids(const jv *list, struct epoch *e,
                     void (*add)(struct epoch *e, const unsigned char id[ID_LEN]))
{
    unsigned char id[ID_LEN];
    for (size_t i = 0; i < jv_count(list) && i <= EPOCH_LIST_MAX; i++) {
        const char *hex = jv_string(jv_item(list, i));
        if (hex == NULL || !hex_get(id, ID_LEN, hex)) {
            return false;
        }
        add(e, id);
    }
    return jv_count(list) <= EPOCH_LIST_MAX;
}

static bool read_members(const jv *list, struct epoch *e)
{
    unsigned char id[ID_LEN];
    for (size_t i = 0; i < jv_count(list) && i <= EPOCH_LIST_MAX; i++) {
        enum vault_role role = VAULT_ROLE_NONE;
        const jv *one = jv_item(list, i);
        if (!id_at(one, "member", id, ID_LEN) || !vault_role_of(jv_str_at(one, "role"), &role) ||
            role == VAULT_ROLE_NONE || epoch_role(e, id) != VAULT_ROLE_NONE) {
            return false;
        }
        epoch_add_member(e, id, role);
    }
    return e->members > 0 && e->members <= EPOCH_LIST_MAX;
}

/* Of the few points that no secret belongs to, nothing can be sealed to. */
static bool box_at(const jv *top, unsigned char box[KEY_LEN])
{
    static const unsigned char any[KEY_LEN] = {8};
    unsigned char shared[KEY_LEN];
    return id_at(top, "box", box, KEY_LEN) && crypto_scalarmult(shared, any, box) == 0;
}

static bool read_all(const jv *top, struct epoch *e)
{
    if (!id_at(top, "compartment", e->compartment, ID_LEN) || !id_at(top, "epoch", e->id, ID_LEN) ||
        !sort_of(jv_str_at(top, "sort"), &e->sort) ||
        !id_at(top, "commitment", e->commitment, HASH_LEN) ||
        !read_members(jv_at(top, "members"), e) ||
        !read_ids(jv_at(top, "parents"), e, epoch_add_parent) ||
        !read_ids(jv_at(top, "office"), e, epoch_add_office)) {
        return false;
    }
    if (e->sort == VAULT_SORT_PART &&
        (!vault_part_of(jv_str_at(top, "part"), &e->part) || e->part == VAULT_PART_NONE ||
         !id_at(top, "case", e->of_case, ID_LEN))) {
        return false;
    }
    return !sort_is_box(e->sort) || box_at(top, e->box);
}

enum err epoch_read(const char *text, size_t n, struct epoch **out, struct err_info *err)
{
    jv *top = NULL;
    if (jv_parse(text, n, &top, NULL) != ERR_OK) {
        return ERR_SET(err, ERR_DAMAGED, "epoch");
    }
    struct epoch *e = epoch_new();
    const bool good = read_all(top, e);
    jv_free(top);
    if (!good) {
        epoch_free(e);
        return ERR_SET(err, ERR_DAMAGED, "epoch");
    }
    *out = e;
    return ERR_OK;
}

/* ---- row ---- */

void epoch_put(const struct epoch *e, struct str *out)
{
    str_put_u16le(out, EPOCH_VERSION);
    str_putc(out, (char)e->sort);
    str_putc(out, (char)e->part);
    str_put(out, e->compartment, ID_LEN);
    str_put(out, e->id, ID_LEN);
    str_put(out, e->of_case, ID_LEN);
    str_put(out, e->commitment, HASH_LEN);
    str_put(out, e->box, KEY_LEN);
    str_put_u64le(out, e->clock);
    str_put_u16le(out, (unsigned)e->members);
    str_put_u16le(out, (unsigned)e->offices);
    str_put_u16le(out, (unsigned)e->parents);
    for (size_t i = 0; i < e->members; i++) {
        str_put(out, e->member[i].id, ID_LEN);
        str_putc(out, (char)e->member[i].role);
    }
    for (size_t i = 0; i < e->offices; i++) {
        str_put(out, e->office[i], ID_LEN);
    }
    for (size_t i = 0; i < e->parents; i++) {
        str_put(out, e->parent[i], ID_LEN);
    }
}

static void get_fixed(const unsigned char *p, struct epoch *e)
{
    e->sort = (enum vault_sort)p[2];
    e->part = (enum vault_part)p[3];
    p += 4;
    memcpy(e->compartment, p, ID_LEN);
    memcpy(e->id, p + ID_LEN, ID_LEN);
    memcpy(e->of_case, p + 2 * (size_t)ID_LEN, ID_LEN);
    p += 3 * (size_t)ID_LEN;
    memcpy(e->commitment, p, HASH_LEN);
    memcpy(e->box, p + HASH_LEN, KEY_LEN);
    e->clock = get_u64le(p + HASH_LEN + KEY_LEN);
}

enum err epoch_get(const unsigned char *bytes, size_t n, struct epoch **out, struct err_info *err)
{
    const unsigned char *counts = bytes + EPOCH_FIXED_LEN - 6;
    if (n < EPOCH_FIXED_LEN || get_u16le(bytes) != EPOCH_VERSION || bytes[2] >= VAULT_SORT_COUNT ||
        bytes[3] >= VAULT_PART_COUNT) {
        return ERR_SET(err, ERR_DAMAGED, "epoch");
    }
    const size_t members = get_u16le(counts);
    const size_t offices = get_u16le(counts + 2);
    const size_t parents = get_u16le(counts + 4);
    if (n != EPOCH_FIXED_LEN + members * (ID_LEN + 1) + (offices + parents) * ID_LEN) {
        return ERR_SET(err, ERR_DAMAGED, "epoch");
    }
    struct epoch *e = epoch_new();
    const unsigned char *p = bytes + EPOCH_FIXED_LEN;
    get_fixed(bytes, e);
    for (size_t i = 0; i < members; i++, p += ID_LEN + 1) {
        epoch_add_member(e, p, (enum vault_role)p[ID_LEN]);
    }
    for (size_t i = 0; i < offices; i++, p += ID_LEN) {
        epoch_add_office(e, p);
    }
    for (size_t i = 0; i < parents; i++, p += ID_LEN) {
        epoch_add_parent(e, p);
    }
    *out = e;
    return ERR_OK;
}
