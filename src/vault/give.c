/* Everything this replica has, for another one. Invariant: certificates come in order of trust,
 * then wraps, then the log in the order in which it was taken here: each event after its
 * predecessor and after what it rests on. */
#include "arrive_int.h"

#include <string.h>

#include "base/arena.h"

static const char sql_rows[] = "SELECT tag, box FROM ev ORDER BY n";

struct giving {
    bool (*f)(void *payload, const void *bytes, size_t n);
    void *payload;
    bool on;
};

static enum err give_wrap(struct vault *v, const unsigned char bytes[WRAP_LEN], void *payload,
                          struct err_info *err)
{
    struct giving *g = payload;
    (void)v;
    (void)err;
    g->on = g->on && g->f(g->payload, bytes, WRAP_LEN);
    return ERR_OK;
}

/* Rows that do not open are not given: verify tells of them. */
static enum err give_rows(struct vault *v, struct giving *g, struct err_info *err)
{
    db_stmt *s = NULL;
    struct buf b = {0};
    bool row = false;
    enum err bad = db_prepare(v->db, sql_rows, &s, err);
    if (bad != ERR_OK) {
        return bad;
    }
    while (g->on && (bad = db_step(s, &row, err)) == ERR_OK && row) {
        size_t tag_len = 0;
        size_t n = 0;
        const unsigned char *tag = db_col_blob(s, 0, &tag_len);
        const unsigned char *box = db_col_blob(s, 1, &n);
        if (tag_len == TAG_LEN && row_open(v->keys, tag, box, n, buf_need(&b, n + 1))) {
            g->on = g->f(g->payload, b.bytes, n - ROW_EXTRA);
        }
    }
    db_stmt_free(s);
    buf_done(&b);
    return bad;
}

static bool give_held(void *payload, const void *bytes, size_t n)
{
    struct giving *g = payload;
    g->on = g->f(g->payload, bytes, n);
    return g->on;
}

enum err vault_give(vault *v, bool (*f)(void *payload, const void *bytes, size_t n), void *payload,
                    struct err_info *err)
{
    struct giving g = {.f = f, .payload = payload, .on = true};
    if (v->keys == NULL) {
        return ERR_SET(err, ERR_KEY, NULL);
    }
    for (size_t i = 0; i < v->cert_count && g.on; i++) {
        g.on = f(payload, known_bytes(v, &v->certs[i]), CERT_LEN);
    }
    enum err bad = g.on ? wrap_each(v, give_wrap, &g, err) : ERR_OK;
    if (bad == ERR_OK && g.on) {
        bad = give_rows(v, &g, err);
    }
    return bad == ERR_OK && g.on ? held_each(v, give_held, &g, err) : bad;
}
