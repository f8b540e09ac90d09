/* Writing the caches, in small transactions, while nobody waits: what the cards tell, then the rows
 * of trails, then pages and root. Invariant: a root is written only when every page it names and
 * every trail its lines count on have been; so whoever finds a root finds all of it. */
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "record_int.h"
#include "vault/cache.h"

enum {
    FEW_PAGES = 8,      /* written in one transaction with the root */
    LITTLE_BEHIND = 64, /* events that are read at the next opening rather than written now */
    SNAPS_AT_ONCE = 64
};

static bool is_over(int64_t until)
{
    return clock_mono_ms() >= until;
}

static enum err tidy_stale(record *r, int64_t until, struct err_info *err)
{
    struct card_list *l = &r->cards.stale;
    enum err rc = ERR_OK;
    while (rc == ERR_OK && l->count > 0 && !is_over(until)) {
        rc = card_fresh(r, l->items[l->count - 1], err);
        if (rc == ERR_OK) {
            l->items[--l->count]->is_listed = false;
        }
    }
    return rc;
}

static enum err tidy_trails(record *r, int64_t until, struct err_info *err)
{
    struct card_list *l = &r->cards.tailed;
    enum err rc = ERR_OK;
    while (rc == ERR_OK && l->count > 0 && !is_over(until)) {
        rc = vault_cache_begin(r->vault, err);
        if (rc != ERR_OK) {
            return rc;
        }
        for (size_t i = 0; rc == ERR_OK && l->count > 0 && i < SNAPS_AT_ONCE; i++) {
            rc = trail_put(r, l->items[l->count - 1], err);
        }
        if (rc == ERR_OK) {
            rc = vault_cache_end(r->vault, err);
        } else {
            vault_cache_drop(r->vault);
        }
    }
    return rc;
}

static enum err write_page(record *r, size_t page, struct err_info *err)
{
    struct str bytes = STR_INIT;
    random_bytes(r->cards.stamps[page], STAMP_LEN);
    index_put_page(r, page, &bytes);
    const enum err rc = vault_card_put(r->vault, (unsigned)page, str_cstr(&bytes), bytes.len, err);
    str_done(&bytes);
    r->cards.dirty[page] = rc != ERR_OK;
    return rc;
}

static enum err write_root(record *r, struct err_info *err)
{
    struct str bytes = STR_INIT;
    random_bytes(r->root_stamp, STAMP_LEN);
    index_put_root(r, &bytes);
    const enum err rc = vault_snap_put(r->vault, vault_organisation(r->vault), str_cstr(&bytes),
                                       bytes.len, err);
    str_done(&bytes);
    if (rc == ERR_OK) {
        r->root_row = r->row;
    }
    return rc;
}

static void all_dirty(record *r)
{
    for (size_t i = 0; i < r->cards.page_count; i++) {
        r->cards.dirty[i] = true;
    }
}

static size_t dirty_pages(const record *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->cards.page_count; i++) {
        n += r->cards.dirty[i] ? 1 : 0;
    }
    return n;
}

/* Another process wrote its own list: pages of two lists do not go together. Its list is left
 * alone if it is nearly as new as ours. */
static bool is_told_already(record *r)
{
    static const unsigned char none[STAMP_LEN];
    struct str root = STR_INIT;
    const unsigned char *stamp = NULL;
    int64_t row = 0;
    bool is_told = false;
    uint64_t past = 0;
    if (vault_past(r->vault, &past, NULL) != ERR_OK || past != r->past) {
        return true; /* ours is made of another past: first a look back */
    }
    const bool is_there = index_root(r, &root, &stamp, &row);
    const bool is_halfway = memcmp(r->root_stamp, none, STAMP_LEN) == 0;
    if (!is_halfway && (!is_there || memcmp(stamp, r->root_stamp, STAMP_LEN) != 0)) {
        is_told = is_there && row > r->row - LITTLE_BEHIND;
        all_dirty(r);
    }
    str_done(&root);
    return is_told;
}

/* At most so many pages; with all of them done, the root. While pages are under way there is no
 * root, so nobody takes half of it for the whole. */
static enum err write_some(record *r, bool *more, struct err_info *err)
{
    size_t left = dirty_pages(r), n = 0;
    enum err rc = ERR_OK;
    if (left > FEW_PAGES) {
        rc = vault_snap_put(r->vault, vault_organisation(r->vault), NULL, 0, err);
        memset(r->root_stamp, 0, STAMP_LEN);
    }
    for (size_t i = 0; rc == ERR_OK && i < r->cards.page_count && n < FEW_PAGES; i++) {
        if (r->cards.dirty[i]) {
            rc = write_page(r, i, err);
            n++;
        }
    }
    *more = left > n;
    return rc == ERR_OK && !*more ? write_root(r, err) : rc;
}

static enum err tidy_pages(record *r, int64_t until, bool *more, struct err_info *err)
{
    *more = dirty_pages(r) > 0 || r->row - r->root_row >= LITTLE_BEHIND;
    enum err rc = ERR_OK;
    while (rc == ERR_OK && *more && !is_over(until)) {
        rc = vault_cache_begin(r->vault, err);
        if (rc != ERR_OK) {
            return rc;
        }
        if (is_told_already(r)) {
            vault_cache_drop(r->vault);
            *more = false;
            return ERR_OK;
        }
        rc = write_some(r, more, err);
        if (rc == ERR_OK) {
            rc = vault_cache_end(r->vault, err);
        } else {
            vault_cache_drop(r->vault);
        }
        if (rc != ERR_OK) {
            all_dirty(r);
        }
    }
    return rc;
}

enum err record_tidy(record *r, unsigned budget_ms, bool *more, struct err_info *err)
{
    const int64_t until = clock_mono_ms() + budget_ms;
    bool is_left = false;
    if (more != NULL) {
        *more = false;
    }
    if (r->is_whole) {
        return ERR_OK;
    }
    enum err rc = tidy_stale(r, until, err);
    rc = rc == ERR_OK ? tidy_trails(r, until, err) : rc;
    if (rc == ERR_NOT_FOUND) { /* a snap is gone: all rows are found again, and written next time */
        rc = trail_scan(r, err);
    }
    is_left = r->cards.stale.count > 0 || r->cards.tailed.count > 0;
    if (rc == ERR_OK && !is_left) {
        rc = tidy_pages(r, until, &is_left, err);
    }
    if (more != NULL) {
        *more = rc == ERR_OK && is_left;
    }
    return rc;
}
