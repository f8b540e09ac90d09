/* Two cases of one person: found by the names, linked by a word in both. Invariant: nothing is
 * joined; each case keeps its code, its key and its readers. */
#include "record/alike.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "record_int.h"

/* " sevciuc ", " daria ": folded, each word between blanks; false: one of them is not known. */
static bool names_of(record *r, const unsigned char *id, struct str out[2])
{
    static const char *const FACTS[] = {"person.surname", "person.given"};
    bool is_known = true;
    for (size_t i = 0; i < 2; i++) {
        struct str value = STR_INIT;
        record_fact(r, id, FACTS[i], &value, NULL);
        is_known = is_known && value.len > 0;
        str_putc(&out[i], ' ');
        utf8_fold(&out[i], str_cstr(&value), value.len);
        str_putc(&out[i], ' ');
        str_done(&value);
    }
    return is_known;
}

static bool is_linked(record *r, const unsigned char *a, const unsigned char *b)
{
    static const char SQL[] = "SELECT 1 FROM link WHERE kase = ?1 AND other = ?2";
    char left[ID_HEX_LEN], right[ID_HEX_LEN];
    struct str found = STR_INIT;
    hex_put(left, a, ID_LEN);
    hex_put(right, b, ID_LEN);
    const bool is_there = record_query_text(r, SQL, left, right, &found);
    str_done(&found);
    return is_there;
}

enum err record_case_alike(record *r, const unsigned char id[ID_LEN], struct record_alike **out,
                           size_t *count, struct err_info *err)
{
    struct str names[2] = {STR_INIT, STR_INIT};
    struct card *own = NULL;
    *out = NULL;
    *count = 0;
    enum err rc = cards_fresh(r, err);
    rc = rc == ERR_OK ? live_need(r, id, &own, err) : rc;
    if (rc != ERR_OK) {
        return rc;
    }
    const bool is_named = names_of(r, id, names);
    *out = mem_alloc((r->cards.count + 1) * sizeof **out);
    for (size_t i = 0; i < r->cards.count; i++) {
        const struct card *c = cards_at(r, i);
        if (c == NULL || c == own || !c->has_case || c->info.is_locked || c->words == NULL) {
            continue;
        }
        const bool is_same = is_named && strstr(c->words, str_cstr(&names[0])) != NULL &&
                             strstr(c->words, str_cstr(&names[1])) != NULL;
        const bool has_link = is_linked(r, id, c->info.id);
        if (is_same || has_link) {
            struct record_alike *one = &(*out)[(*count)++];
            memcpy(one->id, c->info.id, ID_LEN);
            memcpy(one->code, c->info.code, sizeof one->code);
            one->is_linked = has_link;
        }
    }
    str_done(&names[0]);
    str_done(&names[1]);
    return ERR_OK;
}

enum err record_case_link(record *r, const unsigned char a[ID_LEN], const unsigned char b[ID_LEN],
                          struct err_info *err)
{
    const unsigned char *const both[2] = {a, b};
    struct vault_write writes[2];
    struct str texts[2] = {STR_INIT, STR_INIT};
    struct card *c = NULL;
    if (memcmp(a, b, ID_LEN) == 0) {
        return ERR_SET(err, ERR_USAGE, "case");
    }
    enum err rc = live_need(r, b, &c, err);
    rc = rc == ERR_OK ? live_need(r, a, &c, err) : rc;
    if (rc == ERR_OK && is_linked(r, a, b)) {
        rc = ERR_SET(err, ERR_EXISTS, "link");
    }
    for (size_t i = 0; rc == ERR_OK && i < 2; i++) {
        char other[ID_HEX_LEN];
        jv *body = jv_new_object();
        hex_put(other, both[1 - i], ID_LEN);
        jv_set_str(body, "case", other);
        record_write(&writes[i], both[i], RECORD_K_LINKED, body, &texts[i]);
    }
    rc = rc == ERR_OK ? vault_append(r->vault, writes, 2, NULL, err) : rc;
    str_done(&texts[0]);
    str_done(&texts[1]);
    return rc == ERR_OK ? record_refresh(r, NULL, err) : rc;
}
