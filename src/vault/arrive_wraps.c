/* Wraps that came ahead of the events that took their reader out and brought her in again: applying
 * the first of these deletes them. Invariant: after a batch, who is listed has the wraps that came
 * for her in it; who is not has none back. */
#include <string.h>

#include "arrive_int.h"

void arrive_keep_wrap(struct vault *v, const unsigned char compartment[ID_LEN],
                      const unsigned char epoch[ID_LEN], const unsigned char member[ID_LEN])
{
    unsigned char bytes[WRAP_LEN];
    if (v->arrival != NULL && wrap_load(v, compartment, epoch, member, bytes, NULL) == ERR_OK) {
        str_put(&v->arrival->dropped, bytes, WRAP_LEN);
    }
}

static bool is_reader(struct vault *v, const struct wrap *w)
{
    struct comp c = {.count = 0};
    bool is_in = false;
    if (comp_load(v, w->compartment, &c, NULL) == ERR_OK && (c.flags & COMP_ERASED) == 0) {
        for (size_t i = 0; i < c.count; i++) {
            const struct epoch *e = comp_is_head(&c, i) ? epoch_find(v, c.id, c.epochs[i].id)
                                                        : NULL;
            is_in = is_in || (e != NULL && (epoch_role(e, w->recipient) != VAULT_ROLE_NONE ||
                                            epoch_has_office(e, w->recipient)));
        }
    }
    comp_done(&c);
    return is_in;
}

enum err arrive_wraps_again(struct vault *v, struct arrival *a, struct err_info *err)
{
    enum err bad = ERR_OK;
    for (size_t at = 0; bad == ERR_OK && at + WRAP_LEN <= a->dropped.len; at += WRAP_LEN) {
        const unsigned char *bytes = (const unsigned char *)a->dropped.data + at;
        struct wrap w;
        if (wrap_parse(bytes, WRAP_LEN, &w, NULL) != ERR_OK || !is_reader(v, &w)) {
            continue;
        }
        bad = wrap_take(v, bytes, WRAP_LEN, err);
        bad = bad == ERR_EXISTS || bad == ERR_RIGHTS || bad == ERR_NOT_FOUND ? ERR_OK : bad;
    }
    return bad;
}
