/* Persons: several cases of one person are episodes, tied by the person's id, which stands in the
 * first event of each. Invariant: whose case is not open here is not told: neither that it is of
 * the same person, nor in the count. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "record/pathway.h"
#include "record_int.h"

static bool is_known(const struct card *c)
{
    static const unsigned char none[ID_LEN];
    return c != NULL && c->has_case && !c->info.is_locked && memcmp(c->person, none, ID_LEN) != 0;
}

static int older_first(const void *a, const void *b)
{
    const struct record_case *x = a, *y = b;
    return (x->opened_ms > y->opened_ms) - (x->opened_ms < y->opened_ms);
}

enum err record_person_of(record *r, const unsigned char case_id[ID_LEN], struct record_person *out,
                          struct err_info *err)
{
    struct card *of = NULL;
    *out = (struct record_person){.cases = NULL};
    enum err rc = live_need(r, case_id, &of, err);
    rc = rc == ERR_OK ? cards_fresh(r, err) : rc;
    if (rc != ERR_OK) {
        return rc;
    }
    memcpy(out->id, of->person, ID_LEN);
    size_t cap = 0;
    for (size_t i = 0; i < r->cards.count; i++) {
        const struct card *c = cards_at(r, i);
        if (!is_known(c) || memcmp(c->person, out->id, ID_LEN) != 0) {
            continue;
        }
        if (out->count == cap) {
            cap = cap * 2 + 4;
            out->cases = mem_realloc(out->cases, cap * sizeof *out->cases);
        }
        out->cases[out->count++] = c->info;
    }
    if (out->count > 1) {
        qsort(out->cases, out->count, sizeof *out->cases, older_first);
    }
    return ERR_OK;
}

void record_person_done(struct record_person *p)
{
    free(p->cases);
    *p = (struct record_person){.cases = NULL};
}

enum err record_case_again(record *r, const unsigned char of_case[ID_LEN], struct record_case *out,
                           struct err_info *err)
{
    struct card *of = NULL;
    struct str names[3] = {STR_INIT, STR_INIT, STR_INIT};
    static const char *const FACTS[] = {"person.surname", "person.given", "person.alias"};
    unsigned char person[ID_LEN];
    enum err rc = record_case_show(r, of_case, err);
    rc = rc == ERR_OK ? live_need(r, of_case, &of, err) : rc;
    rc = rc == ERR_OK ? card_fresh(r, of, err) : rc;
    for (size_t i = 0; rc == ERR_OK && i < 3; i++) {
        rc = record_fact(r, of_case, FACTS[i], &names[i], err);
    }
    if (rc == ERR_OK) {
        const struct record_new_case how = {str_cstr(&names[0]), str_cstr(&names[1]),
                                            str_cstr(&names[2])};
        memcpy(person, of->person, ID_LEN);
        rc = case_new_of(r, &how, person, out, err);
    }
    for (size_t i = 0; i < 3; i++) {
        str_done(&names[i]);
    }
    return rc;
}

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, ID_LEN);
}

enum err record_person_count(record *r, size_t *count, struct err_info *err)
{
    const enum err rc = cards_fresh(r, err);
    unsigned char(*ids)[ID_LEN] = mem_alloc((r->cards.count + 1) * sizeof *ids);
    size_t n = 0;
    *count = 0;
    for (size_t i = 0; rc == ERR_OK && i < r->cards.count; i++) {
        const struct card *c = cards_at(r, i);
        if (is_known(c)) {
            memcpy(ids[n++], c->person, ID_LEN);
        }
    }
    if (n > 1) {
        qsort(ids, n, sizeof *ids, by_id);
    }
    for (size_t i = 0; i < n; i++) {
        *count += i == 0 || memcmp(ids[i], ids[i - 1], ID_LEN) != 0;
    }
    free(ids);
    return rc;
}
