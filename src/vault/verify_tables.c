/* Checking the rows beside the log one by one. Invariant: every row there is sealed under a tag
 * that stands in the row, so one that was changed, or moved under another tag, does not open; that
 * is all that is asked here. What the rows mean is held against the log in verify_rest.c, which
 * also asks for every wrap and every epoch by its tag. */
#include "verify_int.h"

static const struct {
    const char *name, *sql;
} tables[] = {
    {"ckey", "SELECT tag, box FROM ckey ORDER BY tag"},
    {"snap", "SELECT tag, box FROM snap ORDER BY tag"},
    {"held", "SELECT tag, box FROM held ORDER BY tag"},
    {"quar", "SELECT tag, box FROM quar WHERE box IS NOT NULL ORDER BY n"},
    {"meta", "SELECT k, box FROM meta ORDER BY k"},
};

static bool row_stands(struct vault *v, db_stmt *s)
{
    size_t tag_len = 0;
    size_t n = 0;
    const unsigned char *tag = db_col_blob(s, 0, &tag_len);
    const unsigned char *box = db_col_blob(s, 1, &n);
    return tag_len == TAG_LEN && row_open(v->keys, tag, box, n, buf_need(&v->event, n + 1));
}

static enum err check_table(struct check *c, const char *name, const char *sql,
                            struct err_info *err)
{
    db_stmt *s = NULL;
    bool row = false;
    enum err bad = db_prepare(c->v->db, sql, &s, err);
    for (int64_t n = 1; bad == ERR_OK; n++) {
        bad = db_step(s, &row, err);
        if (bad != ERR_OK || !row) {
            break;
        }
        if (!row_stands(c->v, s)) {
            const struct vault_finding f = {.flaw = VAULT_FLAW_SEAL, .table = name, .row = n};
            verify_flaw(c, &f);
        }
    }
    db_stmt_free(s);
    return bad;
}

enum err verify_tables(struct check *c, struct err_info *err)
{
    enum err bad = ERR_OK;
    for (size_t i = 0; bad == ERR_OK && i < sizeof tables / sizeof tables[0]; i++) {
        bad = check_table(c, tables[i].name, tables[i].sql, err);
    }
    return bad;
}
