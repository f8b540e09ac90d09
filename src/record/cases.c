/* Cases: opening one, listing and finding them, and the person behind a code. Names leave this
 * file only as initials, or after the event that says who asked for them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "record_int.h"

enum err record_fact(record *r, const unsigned char case_id[ID_LEN], const char *fact,
                     struct str *out, struct err_info *err)
{
    static const char SQL[] = RECORD_FACT_SQL;
    char hex[ID_HEX_LEN];
    struct card *c = NULL;
    const enum err rc = live_need(r, case_id, &c, err);
    if (rc == ERR_OK) {
        hex_put(hex, case_id, ID_LEN);
        record_query_text(r, SQL, hex, fact, out);
    }
    return rc == ERR_NOT_FOUND ? ERR_OK : rc;
}

enum err record_case_get(record *r, const unsigned char id[ID_LEN], struct record_case *out,
                         struct err_info *err)
{
    struct card *c = cards_find(r, id);
    if (c == NULL) {
        return ERR_SET(err, ERR_NOT_FOUND, "case");
    }
    enum err rc = card_fresh(r, c, err);
    if (rc == ERR_OK && !c->has_case) {
        rc = ERR_SET(err, ERR_NOT_FOUND, "case");
    }
    if (rc == ERR_OK) {
        *out = c->info;
    }
    return rc;
}

/* ---- the list */

/* "sev ana" -> " sev", " ana": each has to begin a word of the card. */
#define FILTER_WORDS 4
static size_t filter_words(const char *filter, struct str out[FILTER_WORDS])
{
    struct str folded = STR_INIT;
    utf8_fold(&folded, filter, strlen(filter));
    size_t n = 0;
    const char *p = str_cstr(&folded);
    while (*p != '\0' && n < FILTER_WORDS) {
        const size_t len = strcspn(p, " ");
        if (len > 0) {
            str_putc(&out[n], ' ');
            str_put(&out[n++], p, len);
        }
        p += len + (p[len] == ' ');
    }
    str_done(&folded);
    return n;
}

static bool matches(const struct card *c, const struct str *words, size_t n)
{
    const char *in = c->words != NULL ? c->words : "";
    for (size_t i = 0; i < n; i++) {
        if (strstr(in, words[i].data) == NULL) {
            return false;
        }
    }
    return true;
}

static int by_code(const struct card *a, const struct card *b)
{
    const int order = strcmp(a->info.code, b->info.code);
    return order != 0 ? order : memcmp(a->info.id, b->info.id, ID_LEN);
}

static int newest_first(int64_t a, int64_t b)
{
    return (a < b) - (a > b);
}

static int compare_changed(const void *x, const void *y)
{
    const struct card *a = *(struct card *const *)x, *b = *(struct card *const *)y;
    const int order = newest_first(a->info.changed_ms, b->info.changed_ms);
    return order != 0 ? order : by_code(a, b);
}

static int compare_code(const void *x, const void *y)
{
    return by_code(*(struct card *const *)x, *(struct card *const *)y);
}

static int compare_opened(const void *x, const void *y)
{
    const struct card *a = *(struct card *const *)x, *b = *(struct card *const *)y;
    const int order = newest_first(a->info.opened_ms, b->info.opened_ms);
    return order != 0 ? order : by_code(a, b);
}

/* Begun, not begun, signed off, held by office. */
static int state_of(const struct card *c)
{
    return c->info.is_locked ? 3 : c->info.is_finished ? 2 : c->info.has_record ? 0 : 1;
}

static int compare_state(const void *x, const void *y)
{
    const struct card *a = *(struct card *const *)x, *b = *(struct card *const *)y;
    const int order = state_of(a) - state_of(b);
    return order != 0 ? order : compare_changed(x, y);
}

static void find_cards(const record *r, const char *filter, struct card_list *out)
{
    struct str words[FILTER_WORDS] = {STR_INIT, STR_INIT, STR_INIT, STR_INIT};
    const size_t n = filter_words(filter, words);
    for (size_t i = 0; i < r->cards.count; i++) {
        struct card *c = cards_at(r, i);
        if (c != NULL && c->has_case && matches(c, words, n)) {
            card_list_add(out, c);
        }
    }
    for (size_t i = 0; i < FILTER_WORDS; i++) {
        str_done(&words[i]);
    }
}

enum err record_case_list(record *r, const char *filter, enum record_sort sort, size_t offset,
                          size_t limit, struct record_case **out, size_t *count, size_t *total,
                          struct err_info *err)
{
    static int (*const COMPARE[])(const void *,
                                  const void *) = {[RECORD_SORT_CHANGED] = compare_changed,
                                                   [RECORD_SORT_CODE] = compare_code,
                                                   [RECORD_SORT_OPENED] = compare_opened,
                                                   [RECORD_SORT_STATE] = compare_state};
    struct card_list found = {.items = NULL};
    *out = NULL;
    *count = 0;
    enum err rc = cards_fresh(r, err);
    rc = rc == ERR_OK ? audit_search(r, filter, err) : rc;
    if (rc != ERR_OK) {
        return rc;
    }
    find_cards(r, filter, &found);
    if (found.count > 0) {
        qsort(found.items, found.count, sizeof *found.items, COMPARE[sort]);
    }
    const size_t left = offset < found.count ? found.count - offset : 0;
    *total = found.count;
    *count = left < limit ? left : limit;
    *out = mem_alloc((*count + 1) * sizeof **out);
    for (size_t i = 0; i < *count; i++) {
        (*out)[i] = found.items[offset + i]->info;
    }
    free(found.items);
    return ERR_OK;
}

static void write_fact(struct vault_write *w, const unsigned char id[ID_LEN], const char *fact,
                       const char *value, struct str *text)
{
    struct str clean = STR_INIT;
    utf8_normalize(&clean, value, strlen(value));
    jv *body = jv_new_object();
    jv_set_str(body, "fact", fact);
    jv_set_str(body, "value", str_cstr(&clean));
    record_write(w, id, RECORD_K_FACT, body, text);
    str_done(&clean);
}

static bool code_is_taken(const record *r, const char *code)
{
    for (size_t i = 0; i < r->cards.count; i++) {
        const struct card *c = cards_at(r, i);
        if (c != NULL && strcmp(c->info.code, code) == 0) {
            return true;
        }
    }
    return false;
}

enum err case_new_of(record *r, const struct record_new_case *how,
                     const unsigned char person[ID_LEN], struct record_case *out,
                     struct err_info *err)
{
    unsigned char id[ID_LEN];
    char code[CASE_CODE_LEN], person_hex[ID_HEX_LEN];
    enum err rc = vault_compartment_new(r->vault, id, err);
    if (rc != ERR_OK) {
        return rc;
    }
    do {
        case_code_new(code);
    } while (code_is_taken(r, code));
    hex_put(person_hex, person, ID_LEN);
    jv *body = jv_new_object();
    jv_set_str(body, "code", code);
    jv_set_str(body, "person", person_hex);
    struct vault_write writes[4];
    struct str texts[4] = {STR_INIT, STR_INIT, STR_INIT, STR_INIT};
    size_t n = 0;
    record_write(&writes[n], id, RECORD_K_CASE, body, &texts[n]);
    n++;
    const char *const facts[][2] = {{"person.surname", how->surname},
                                    {"person.given", how->given},
                                    {"person.alias", how->alias}};
    for (size_t i = 0; i < 3; i++) {
        if (facts[i][1] != NULL && facts[i][1][0] != '\0') {
            write_fact(&writes[n], id, facts[i][0], facts[i][1], &texts[n]);
            n++;
        }
    }
    rc = vault_append(r->vault, writes, n, NULL, err);
    for (size_t i = 0; i < 4; i++) {
        str_done(&texts[i]);
    }
    if (rc == ERR_OK) {
        rc = record_refresh(r, NULL, err);
    }
    rc = rc == ERR_OK ? record_case_get(r, id, out, err) : rc;
    if (rc == ERR_OK) {
        output_publish_case(r, out);
    }
    return rc;
}

enum err record_case_new(record *r, const struct record_new_case *how, struct record_case *out,
                         struct err_info *err)
{
    unsigned char person[ID_LEN];
    random_bytes(person, sizeof person);
    return case_new_of(r, how, person, out, err);
}

enum err record_case_unmask(record *r, const unsigned char id[ID_LEN], struct str *out,
                            struct err_info *err)
{
    struct card *c = NULL;
    enum err rc = live_need(r, id, &c, err);
    rc = rc == ERR_OK ? audit_write(r, VAULT_AUDIT_UNMASK, c->info.code, 1, err) : rc;
    if (rc != ERR_OK) {
        return rc;
    }
    size_t begin = out->len;
    record_fact(r, id, "person.surname", out, NULL);
    str_puts(out, out->len > begin ? " " : "");
    record_fact(r, id, "person.given", out, NULL);
    struct str alias = STR_INIT;
    record_fact(r, id, "person.alias", &alias, NULL);
    if (alias.len > 0) {
        str_printf(out, " (%s)", str_cstr(&alias));
    }
    str_done(&alias);
    return ERR_OK;
}
