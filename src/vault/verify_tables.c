/* Checking the tables beside the log. Invariant: every row there is sealed under a tag that stands
 * in the row, so a row that was changed, or moved under another tag, does not open; that is all
 * that is asked here. What the rows mean is asked where they are used. */
#include "vault_int.h"

static const struct {
    const char *name, *sql;
} tables[] = {
    {"wrap", "SELECT tag, box FROM wrap ORDER BY tag"},
    {"ckey", "SELECT tag, box FROM ckey ORDER BY tag"},
    {"snap", "SELECT tag, box FROM snap ORDER BY tag"},
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

void verify_found(struct vault_report *r, const char *place, int64_t row)
{
    if (r->place == NULL) {
        r->place = place;
        r->place_row = row;
    }
}

enum err verify_tables(struct vault *v, struct vault_report *r, struct err_info *err)
{
    enum err bad = ERR_OK;
    for (size_t i = 0; bad == ERR_OK && i < sizeof tables / sizeof tables[0]; i++) {
        db_stmt *s = NULL;
        bool row = false;
        bad = db_prepare(v->db, tables[i].sql, &s, err);
        for (int64_t n = 1; bad == ERR_OK; n++) {
            bad = db_step(s, &row, err);
            if (bad != ERR_OK || !row) {
                break;
            }
            if (!row_stands(v, s)) {
                r->bad_rows++;
                verify_found(r, tables[i].name, n);
            }
        }
        db_stmt_free(s);
    }
    return bad;
}
