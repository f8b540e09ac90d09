/* A case whose erasure was approved goes out of the view of every window. Invariant: what decides
 * is the vault's word that the case is erased, not the event alone. */
#include <string.h>

#include "record_int.h"
#include "vault/members.h"

static enum err drop(record *r, const char *sql, const char *kase, struct err_info *err)
{
    db_stmt *s = NULL;
    enum err rc = db_prepare(r->db, sql, &s, err);
    if (rc == ERR_OK) {
        db_bind_text(s, 1, kase);
        rc = db_run(s, err);
        db_stmt_free(s);
    }
    return rc;
}

enum err record_apply_erased(record *r, const struct vault_event *e, struct err_info *err)
{
    static const char *const SQL[] = {
        "DELETE FROM answer WHERE rec IN (SELECT id FROM rec WHERE kase = ?1)",
        "DELETE FROM added WHERE rec IN (SELECT id FROM rec WHERE kase = ?1)",
        "DELETE FROM gone WHERE rec IN (SELECT id FROM rec WHERE kase = ?1)",
        "DELETE FROM renamed WHERE rec IN (SELECT id FROM rec WHERE kase = ?1)",
        "DELETE FROM rec WHERE kase = ?1",
        "DELETE FROM fact WHERE kase = ?1",
        "DELETE FROM kase WHERE id = ?1"};
    jv *body = NULL;
    unsigned char id[ID_LEN];
    struct vault_compartment c;
    if (jv_parse(e->text, e->len, &body, NULL) != ERR_OK) {
        return ERR_OK;
    }
    const char *hex = jv_str_at(body, "compartment");
    const bool is_gone = hex != NULL && hex_get(id, ID_LEN, hex) &&
                         vault_compartment_get(r->vault, id, &c, NULL) == ERR_OK && c.is_erased;
    enum err rc = ERR_OK;
    for (size_t i = 0; is_gone && rc == ERR_OK && i < sizeof SQL / sizeof SQL[0]; i++) {
        rc = drop(r, SQL[i], hex, err);
    }
    jv_free(body);
    return rc;
}
