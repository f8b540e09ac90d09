#include <string.h>

#include "vault/members.h"
#include "vault_int.h"
enum err vault_compartment_get(vault *v, const unsigned char id[ID_LEN],
                               struct vault_compartment *out, struct err_info *err)
{
    struct comp c = {.count = 0};
    memset(out, 0, sizeof *out);
    enum err bad = comp_load(v, id, &c, err);
    if (bad == ERR_OK) {
        out->sort = c.sort;
        out->part = c.part;
        memcpy(out->of_case, c.of_case, ID_LEN);
        for (size_t i = 0; i < c.count; i++) {
            if ((c.epochs[i].flags & COMP_EPOCH_MEMBER) != 0) {
                out->standing = VAULT_GRANTED;
            }
        }
    }
    comp_done(&c);
    return bad;
}
enum err vault_part_find(vault *v, const unsigned char of_case[ID_LEN], enum vault_part part,
                         unsigned char id[ID_LEN], struct err_info *err)
{
    (void)v;
    (void)of_case;
    (void)part;
    (void)id;
    return ERR_SET(err, ERR_NOT_FOUND, NULL);
}
enum err vault_part_new(vault *v, const unsigned char of_case[ID_LEN], enum vault_part part,
                        unsigned char id[ID_LEN], struct err_info *err)
{
    (void)v;
    (void)of_case;
    (void)part;
    (void)id;
    return ERR_SET(err, ERR_RIGHTS, NULL);
}
enum err vault_audit(vault *v, const char *what, const char *code, unsigned count,
                     struct err_info *err)
{
    (void)what;
    (void)code;
    (void)count;
    struct log_txn t;
    unsigned char id[HASH_LEN];
    struct vault_write w = {.kind = 0x30, .text = "{}", .len = 2};
    vault_drop_box(v, VAULT_SORT_AUDIT, w.compartment);
    enum err bad = log_begin(v, &t, err);
    if (bad == ERR_OK) {
        bad = log_add(v, &t, &w, id, err);
        bad = log_close(v, &t, bad, err);
    }
    return bad;
}
enum err vault_open_with_reason(vault *v, const unsigned char id[ID_LEN], const char *code,
                                const char *reason, struct err_info *err)
{
    (void)v;
    (void)id;
    (void)code;
    (void)reason;
    (void)err;
    return ERR_OK;
}
