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
    const char (*event)[RECORD_HEX];
    char (**who)[65];
    size_t count;
};

static bool name_event(void *payload, const struct vault_event *e)
{
    const struct naming *n = payload;
    char hex[RECORD_HEX];
    hex_put(hex, e->id, VAULT_EVENT_ID_LEN);
    for (size_t i = 0; i < n->count; i++) {
        if (strcmp(n->event[i], hex) == 0) {
            copy(*n->who[i], sizeof *n->who[i], e->author_name);
        }
    }
    return true;
}

static enum err name_all(record *r, const struct card *card, struct naming *n, struct err_info *err)
{
    int64_t *rows = NULL;
    size_t count = 0;
    uint64_t skipped = 0;
    enum err rc = n->count > 0 ? trail_get(r, card, &rows, &count, err) : ERR_OK;
    if (rc == ERR_OK && n->count > 0) {
        rc = vault_each_rows(r->vault, rows, count, name_event, n, &skipped, err);
    }
    free(rows);
    return rc;
}

static enum err name_found(struct found *f, size_t from, struct err_info *err)
{
    const size_t n = f->count - from;
    char(**who)[65] = mem_alloc((n + 1) * sizeof *who);
    for (size_t i = 0; i < n; i++) {
        who[i] = &f->items[from + i].who;
    }
    struct naming naming = {(const char(*)[RECORD_HEX])(f->event + from), who, n};
    const enum err rc = name_all(f->r, f->card, &naming, err);
    free(who);
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
     " CROSS JOIN answer a ON a.rec = x.id WHERE x.kase = ?1 AND x.finished_ms > 0"
     " AND (a.clock >> 16) > x.finished_ms GROUP BY a.rec"},
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
    char *word[WORDS];
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

/* ---- side by side: kind, state, value, at, key, clock, event */

static const char *versions_sql(enum record_conflict_kind kind)
{
    switch (kind) {
    case RECORD_CONFLICT_ANSWER:
    case RECORD_CONFLICT_ORDER:
        return "SELECT 0, state, value, at, key, clock, event FROM standing WHERE rec = ?1"
               " AND at = ?2 AND key = ?3 AND ?4 = '' ORDER BY clock, event";
    case RECORD_CONFLICT_ROW:
        return "SELECT 1, 'none', '', at, key, 0, event FROM gone WHERE rec = ?1 AND at = ?2"
               " AND key = ?3 AND id = ?4 UNION ALL SELECT 0, a.state, a.value, a.at, a.key,"
               " a.clock, a.event FROM answer a WHERE a.rec = ?1 AND EXISTS (SELECT 1 FROM gone g"
               " WHERE g.rec = ?1 AND g.at = ?2 AND g.key = ?3 AND g.id = ?4 AND (a.at = g.path OR"
               " a.at LIKE g.path || '/%')) AND NOT EXISTS (SELECT 1 FROM gone h WHERE h.rec = ?1"
               " AND h.at = ?2 AND h.key = ?3 AND h.id = ?4"
               " AND instr(h.seen, ' ' || a.event || ' ')) ORDER BY 6, 7";
    case RECORD_CONFLICT_SIGNED:
        return "SELECT 2, 'none', '', '', '', finished_ms << 16, substr(signed, 17) FROM rec"
               " WHERE id = ?1 AND ?2 = ?2 AND ?3 = ?3 AND ?4 = ?4 UNION ALL SELECT 0, a.state,"
               " a.value, a.at, a.key, a.clock, a.event FROM answer a JOIN rec x ON x.id = a.rec"
               " WHERE a.rec = ?1 AND (a.clock >> 16) > x.finished_ms ORDER BY 6, 7";
    case RECORD_CONFLICT_PERSON: break;
    }
    return NULL;
}

struct telling {
    struct record_version *items;
    char (*event)[RECORD_HEX];
    size_t count;
};

static void tell(struct telling *t, db_stmt *s)
{
    t->items = mem_realloc(t->items, (t->count + 1) * sizeof *t->items);
    t->event = mem_realloc(t->event, (t->count + 1) * sizeof *t->event);
    struct record_version *v = &t->items[t->count];
    *v = (struct record_version){.kind = (enum record_version_kind)db_col_int(s, 0)};
    (void)form_state_parse(db_col_text(s, 1), &v->state);
    v->value = mem_strdup(db_col_text(s, 2));
    copy(v->at, sizeof v->at, db_col_text(s, 3));
    copy(v->key, sizeof v->key, db_col_text(s, 4));
    v->time_ms = db_col_int(s, 5) >> 16;
    copy(t->event[t->count++], RECORD_HEX, db_col_text(s, 6));
}

static enum err tell_all(record *r, const struct record_conflict *c, struct telling *t,
                         struct err_info *err)
{
    const char *const texts[] = {c->rec, c->at, c->key, c->row};
    db_stmt *s = NULL;
    bool row = false;
    enum err rc = db_prepare(r->db, versions_sql(c->kind), &s, err);
    if (rc != ERR_OK) {
        return rc;
    }
    for (int i = 0; i < 4; i++) {
        db_bind_text(s, i + 1, texts[i]);
    }
    while ((rc = db_step(s, &row, err)) == ERR_OK && row) {
        tell(t, s);
    }
    db_stmt_free(s);
    return rc;
}

/* Who, and of what the view keeps no clock, when. */
static bool name_version(void *payload, const struct vault_event *e)
{
    const struct telling *t = payload;
    char hex[RECORD_HEX];
    hex_put(hex, e->id, VAULT_EVENT_ID_LEN);
    for (size_t i = 0; i < t->count; i++) {
        if (strcmp(t->event[i], hex) == 0) {
            copy(t->items[i].who, sizeof t->items[i].who, e->author_name);
            t->items[i].time_ms = e->time_ms;
        }
    }
    return true;
}

enum err record_conflict_versions(record *r, const struct record_conflict *c,
                                  struct record_version **out, size_t *count, struct err_info *err)
{
    struct telling t = {NULL, NULL, 0};
    struct card *card = NULL;
    int64_t *rows = NULL;
    size_t n = 0;
    uint64_t skipped = 0;
    *out = NULL;
    *count = 0;
    if (versions_sql(c->kind) == NULL) {
        return ERR_OK;
    }
    enum err rc = live_need(r, c->case_id, &card, err);
    rc = rc == ERR_OK ? tell_all(r, c, &t, err) : rc;
    rc = rc == ERR_OK ? trail_get(r, card, &rows, &n, err) : rc;
    if (rc == ERR_OK) {
        rc = vault_each_rows(r->vault, rows, n, name_version, &t, &skipped, err);
    }
    free(rows);
    free(t.event);
    if (rc != ERR_OK) {
        record_versions_done(t.items, t.count);
        return rc;
    }
    *out = t.items;
    *count = t.count;
    return ERR_OK;
}

void record_versions_done(struct record_version *v, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        mem_wipe(v[i].value, strlen(v[i].value));
        free(v[i].value);
    }
    free(v);
}

enum err record_doc_order_keep(record_doc *doc, int container, struct err_info *err)
{
    if (doc->is_finished) {
        return ERR_SET(err, ERR_NO, "finished");
    }
    doc_mark(doc, container);
    doc->changes = -1;
    return doc_flush(doc, err);
}
