#include <string.h>
#include "vault_int.h"
#include "vault/members.h"
enum err vault_audit(vault *v, const char *what, const char *code, unsigned count,
                     struct err_info *err);
enum err vault_compartment_get(vault *v, const unsigned char id[ID_LEN],
                               struct vault_compartment *out, struct err_info *err)
{
    (void)v;
    (void)err;
    static const unsigned char audit[ID_LEN] = "auditauditaudit";
    memset(out, 0, sizeof *out);
    out->sort = memcmp(id, audit, ID_LEN) == 0 ? VAULT_SORT_AUDIT : VAULT_SORT_CASE;
    out->standing = VAULT_GRANTED;
    return ERR_OK;
}
void vault_drop_box(const vault *v, enum vault_sort sort, unsigned char id[ID_LEN])
{
    (void)v;
    (void)sort;
    memcpy(id, "auditauditaudit", ID_LEN);
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
    struct vault_write w = {.kind = 0x130, .text = "{}", .len = 2};
    memcpy(w.compartment, v->organisation, ID_LEN);
    return vault_append(v, &w, 1, NULL, err);
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
