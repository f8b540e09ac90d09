/* Where two wrote at once: found in the view, told with who and when. Invariant: nothing is decided
 * here; what a person decides is an answer, a row or a setting like any other, and travels. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "doc_int.h"
#include "vault/cache.h"

#define APART "apart/"

struct found {
    record *r;
    struct card *card;
    struct record_conflict *items;
    size_t count, cap;
    char (*event)[RECORD_HEX]; /* of each, to learn who said it */
};

static void copy(char *to, size_t size, const char *from)
{
    (void)snprintf(to, size, "%s", from != NULL ? from : "");
}

static void mix(uint64_t *mark, const char *s)
{
    do {
        *mark = (*mark ^ (unsigned char)*s) * 0x100000001b3U;
    } while (*s++ != '\0');
}

static void set_mark(struct record_conflict *c)
{
    c->mark = 0xcbf29ce484222325U + (uint64_t)c->kind;
    mix(&c->mark, c->rec);
    mix(&c->mark, c->at);
    mix(&c->mark, c->key);
    mix(&c->mark, c->row);
    mix(&c->mark, c->other_code);
}

static struct record_conflict *add(struct found *f, const struct card *card,
                                   enum record_conflict_kind kind, const char *event)
{
    if (f->count == f->cap) {
        f->cap = 2 * f->cap + 16;
        f->items = mem_realloc(f->items, f->cap * sizeof *f->items);
        f->event = mem_realloc(f->event, f->cap * sizeof *f->event);
    }
    struct record_conflict *c = &f->items[f->count];
    *c = (struct record_conflict){.kind = kind, .item = -1};
    memcpy(c->case_id, card->info.id, ID_LEN);
    copy(c->code, sizeof c->code, card->info.code);
    copy(c->initials, sizeof c->initials, card->info.initials);
    copy(f->event[f->count++], RECORD_HEX, event);
    return c;
}

/* ---- who said it: the view knows events, the log knows their authors */

struct naming {
    struct found *f;
    size_t from; /* those of the case */
};

static bool name_event(void *payload, const struct vault_event *e)
{
    const struct naming *n = payload;
    char hex[RECORD_HEX];
    hex_put(hex, e->id, VAULT_EVENT_ID_LEN);
    for (size_t i = n->from; i < n->f->count; i++) {
        if (strcmp(n->f->event[i], hex) == 0) {
            copy(n->f->items[i].who, sizeof n->f->items[i].who, e->author_name);
        }
    }
    return true;
}

static enum err name_found(struct found *f, size_t from, struct err_info *err)
{
    struct naming n = {f, from};
    int64_t *rows = NULL;
    size_t count = 0;
    uint64_t skipped = 0;
    enum err rc = f->count > from ? trail_get(f->r, f->card, &rows, &count, err) : ERR_OK;
    if (rc == ERR_OK && f->count > from) {
        rc = vault_each_rows(f->r->vault, rows, count, name_event, &n, &skipped, err);
    }
    free(rows);
    return rc;
}

/* ---- what the view tells: rec, at, key, row, form, hash, clock, event */

static const struct {
    enum record_conflict_kind kind;
    const char *sql;
} ASKED[] = {
    {RECORD_CONFLICT_ANSWER,
     "SELECT a.rec, a.at, a.key, '', x.form, x.hash, max(a.clock), a.event FROM rec x"
     " CROSS JOIN standing a ON a.rec = x.id WHERE x.kase = ?1 GROUP BY a.rec, a.at, a.key"
     " HAVING count(DISTINCT a.state || ' ' || a.value) > 1"},
    {RECORD_CONFLICT_ROW,
     "SELECT d.rec, d.at, d.key, d.id, x.form, x.hash, max(a.clock), a.event FROM rec x"
     " CROSS JOIN deleted d ON d.rec = x.id JOIN gone g ON g.rec = d.rec AND g.at = d.at"
     " AND g.key = d.key AND g.id = d.id JOIN answer a ON a.rec = d.rec"
     " AND (a.at = g.path OR a.at LIKE g.path || '/%') WHERE x.kase = ?1 AND d.is_contested"
     " GROUP BY d.rec, d.at, d.key, d.id"},
    {RECORD_CONFLICT_SIGNED,
     "SELECT a.rec, a.at, a.key, '', x.form, x.hash, max(a.clock), a.event FROM rec x"
     " CROSS JOIN late l ON l.rec = x.id JOIN answer a ON a.rec = l.rec AND a.at = l.at"
     " AND a.key = l.key AND a.event = l.event WHERE x.kase = ?1 GROUP BY a.rec"},
};

static void take(struct found *f, enum record_conflict_kind kind, db_stmt *s)
{
    const struct record_form *form = NULL;
    struct record_conflict *c = add(f, f->card, kind, db_col_text(s, 7));
    copy(c->rec, sizeof c->rec, db_col_text(s, 0));
    copy(c->at, sizeof c->at, db_col_text(s, 1));
    copy(c->key, sizeof c->key, db_col_text(s, 2));
    copy(c->row, sizeof c->row, db_col_text(s, 3));
    copy(c->form, sizeof c->form, db_col_text(s, 4));
    c->time_ms = db_col_int(s, 6) >> 16;
    if (record_form_by_hash(f->r, db_col_text(s, 5), &form, NULL) == ERR_OK) {
        c->def = form->def;
        c->item = form_def_find(form->def, c->key);
    }
    if (kind == RECORD_CONFLICT_ANSWER && c->item >= 0 &&
        c->def->items[c->item].type == FORM_T_REPEAT) {
        c->kind = RECORD_CONFLICT_ORDER;
    }
    set_mark(c);
}

static enum err ask(struct found *f, size_t which, const char *hex, struct err_info *err)
{
    db_stmt *s = NULL;
    bool row = false;
    enum err rc = db_prepare(f->r->db, ASKED[which].sql, &s, err);
    if (rc != ERR_OK) {
        return rc;
    }
    db_bind_text(s, 1, hex);
    while ((rc = db_step(s, &row, err)) == ERR_OK && row) {
        take(f, ASKED[which].kind, s);
    }
    db_stmt_free(s);
    return rc;
}

/* The card tells whether there can be anything, so that only such cases are read. */
static enum err look_into(struct found *f, struct card *card, struct err_info *err)
{
    char hex[ID_HEX_LEN];
    const size_t from = f->count;
    const struct record_case *k = &card->info;
    const bool is_late = k->is_finished && k->changed_ms > k->finished_ms;
    if (card_is_locked(card) || !card->has_case || (k->conflicts == 0 && !is_late)) {
        return ERR_OK;
    }
    f->card = card;
    hex_put(hex, k->id, ID_LEN);
    enum err rc = live_load(f->r, card, err);
    for (size_t i = 0; rc == ERR_OK && i < sizeof ASKED / sizeof *ASKED; i++) {
        rc = ask(f, i, hex, err);
    }
    return rc == ERR_OK ? name_found(f, from, err) : rc;
}

/* ---- the same person twice */

struct named {
    struct card *card;
    char *name; /* its words in order, without those of the code; owned */
};

static int compare_words(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Two words at least, or it says too little. NULL: it does. */
static char *full_name(const struct card *card)
{
    enum { WORDS = 12 };
    char *word[WORDS] = {NULL};
    size_t n = 0;
    struct str code = STR_INIT, out = STR_INIT;
    utf8_fold(&code, card->info.code, strlen(card->info.code));
    const char *words = card->words != NULL ? card->words : "";
    words += strspn(words, " ");
    words += strncmp(words, str_cstr(&code), code.len) == 0 ? code.len : 0;
    char *text = mem_strdup(words), *rest = NULL;
    for (char *w = strtok_r(text, " ", &rest); w != NULL && n < WORDS;
         w = strtok_r(NULL, " ", &rest)) {
        word[n++] = w;
    }
    qsort(word, n, sizeof *word, compare_words);
    size_t different = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || strcmp(word[i], word[i - 1]) != 0) {
            str_printf(&out, "%s ", word[i]);
            different++;
        }
    }
    char *name = different > 1 ? mem_strdup(str_cstr(&out)) : NULL;
    mem_wipe(text, strlen(words));
    free(text);
    str_done(&out);
    str_done(&code);
    return name;
}

static int compare_named(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    const int order = strcmp(x->name, y->name);
    return order != 0 ? order : memcmp(x->card->info.id, y->card->info.id, ID_LEN);
}

static void apart_key(const unsigned char a[ID_LEN], const unsigned char b[ID_LEN],
                      char out[sizeof APART + 2 * (size_t)ID_HEX_LEN])
{
    const bool is_first = memcmp(a, b, ID_LEN) < 0;
    char one[ID_HEX_LEN], two[ID_HEX_LEN];
    hex_put(one, is_first ? a : b, ID_LEN);
    hex_put(two, is_first ? b : a, ID_LEN);
    (void)snprintf(out, sizeof APART + 2 * (size_t)ID_HEX_LEN, APART "%s/%s", one, two);
}

static void add_pair(struct found *f, const struct card *a, const struct card *b)
{
    char key[sizeof APART + 2 * (size_t)ID_HEX_LEN];
    struct str told = STR_INIT;
    apart_key(a->info.id, b->info.id, key);
    if (record_setting_get(f->r, key, &told, NULL) != ERR_OK || told.len == 0) {
        const bool is_later = a->info.opened_ms > b->info.opened_ms;
        const struct card *later = is_later ? a : b, *first = is_later ? b : a;
        struct record_conflict *c = add(f, later, RECORD_CONFLICT_PERSON, "");
        memcpy(c->other_id, first->info.id, ID_LEN);
        copy(c->other_code, sizeof c->other_code, first->info.code);
        c->time_ms = later->info.opened_ms;
        set_mark(c);
    }
    str_done(&told);
}

static void find_people(struct found *f)
{
    const record *r = f->r;
    struct named *all = mem_alloc((r->cards.count + 1) * sizeof *all);
    size_t n = 0;
    for (size_t i = 0; i < r->cards.count; i++) {
        struct card *card = cards_at(r, i);
        const bool is_shown = card != NULL && card->has_case && !card_is_locked(card);
        char *name = is_shown ? full_name(card) : NULL;
        if (name != NULL) {
            all[n++] = (struct named){card, name};
        }
    }
    qsort(all, n, sizeof *all, compare_named);
    for (size_t i = 1; i < n; i++) {
        if (strcmp(all[i].name, all[i - 1].name) == 0) {
            add_pair(f, all[i - 1].card, all[i].card);
        }
    }
    for (size_t i = 0; i < n; i++) {
        mem_wipe(all[i].name, strlen(all[i].name));
        free(all[i].name);
    }
    free(all);
}

static int compare_found(const void *a, const void *b)
{
    const struct record_conflict *x = a, *y = b;
    if (x->time_ms != y->time_ms) {
        return x->time_ms > y->time_ms ? -1 : 1;
    }
    const int order = strcmp(x->code, y->code);
    return order != 0 ? order : strcmp(x->key, y->key);
}

/* Keeps those of one case. */
static void keep_case(struct found *f, const unsigned char case_id[ID_LEN])
{
    size_t n = 0;
    for (size_t i = 0; i < f->count; i++) {
        if (memcmp(f->items[i].case_id, case_id, ID_LEN) == 0) {
            f->items[n++] = f->items[i];
        }
    }
    f->count = n;
}

enum err record_conflicts(record *r, const unsigned char *case_id, struct record_conflict **out,
                          size_t *count, struct err_info *err)
{
    struct found f = {.r = r};
    *out = NULL;
    *count = 0;
    enum err rc = cards_fresh(r, err);
    for (size_t i = 0; rc == ERR_OK && i < r->cards.count; i++) {
        struct card *card = cards_at(r, i);
        if (card != NULL && (case_id == NULL || memcmp(card->info.id, case_id, ID_LEN) == 0)) {
            rc = look_into(&f, card, err);
        }
    }
    if (rc == ERR_OK) {
        find_people(&f);
        if (case_id != NULL) {
            keep_case(&f, case_id);
        }
        if (f.count > 0) {
            qsort(f.items, f.count, sizeof *f.items, compare_found);
        }
        *out = f.items;
        *count = f.count;
        f.items = NULL;
    }
    free(f.items);
    free(f.event);
    return rc;
}

enum err record_conflict_apart(record *r, const struct record_conflict *c, struct err_info *err)
{
    char key[sizeof APART + 2 * (size_t)ID_HEX_LEN];
    apart_key(c->case_id, c->other_id, key);
    return record_setting_put(r, key, "yes", err);
}
