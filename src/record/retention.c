/* How long cases are kept. Invariant: this file only reads and lists; a term that is not known (a
 * case that was not closed) never falls due, and a day is counted in the zone of the vault. */
#include "record/retention.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"
#include "record_int.h"
#include "vault/members.h"

#define FILE_NAME  "retention.yaml"
#define FILE_MAX   ((size_t)256 << 10)
#define MONTHS_MAX 1200U
#define PAGE       256

static const char *const from_words[RETENTION_FROM_COUNT] = {"opened", "changed", "finished",
                                                             "closed"};
static const char *const action_words[RETENTION_ACTION_COUNT] = {"review", "erase"};

const char *retention_from_word(enum retention_from from)
{
    return from_words[from];
}

const char *retention_action_word(enum retention_action action)
{
    return action_words[action];
}

static bool word_of(const char *const *words, int count, const char *text, int *out)
{
    for (int i = 0; i < count && text != NULL; i++) {
        if (strcmp(words[i], text) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

/* "5y", "18m", "5y6m" */
static bool term_of(const char *text, unsigned *months)
{
    unsigned sum = 0;
    const char *p = text != NULL ? text : "";
    for (int part = 0; part < 2 && *p != '\0'; part++) {
        char *end = NULL;
        const unsigned long n = *p >= '0' && *p <= '9' ? strtoul(p, &end, 10) : MONTHS_MAX + 1;
        if (n > MONTHS_MAX || end == NULL || (*end != 'm' && (*end != 'y' || part > 0))) {
            return false;
        }
        sum += (unsigned)n * (*end == 'y' ? 12 : 1);
        p = end + 1;
        if (*end == 'm') {
            break;
        }
    }
    *months = sum;
    return *p == '\0' && sum > 0 && sum <= MONTHS_MAX;
}

static enum err read_rule(const form_table *t, size_t row, struct retention_rule *rule,
                          struct err_info *err)
{
    int from = 0, action = 0;
    rule->name = form_table_text(t, row, "name");
    if (rule->name == NULL || rule->name[0] == '\0') {
        return form_table_error(t, row, "name", err);
    }
    if (!form_table_label(t, row, "label", &rule->label)) {
        return form_table_error(t, row, "label", err);
    }
    if (!word_of(from_words, RETENTION_FROM_COUNT, form_table_text(t, row, "from"), &from)) {
        return form_table_error(t, row, "from", err);
    }
    if (!word_of(action_words, RETENTION_ACTION_COUNT, form_table_text(t, row, "action"),
                 &action)) {
        return form_table_error(t, row, "action", err);
    }
    if (!term_of(form_table_text(t, row, "keep"), &rule->keep_months)) {
        return form_table_error(t, row, "keep", err);
    }
    rule->from = (enum retention_from)from;
    rule->action = (enum retention_action)action;
    return ERR_OK;
}

static bool name_is_new(const struct retention_rules *rules, size_t row)
{
    for (size_t i = 0; i < row; i++) {
        if (strcmp(rules->items[i].name, rules->items[row].name) == 0) {
            return false;
        }
    }
    return true;
}

enum err retention_rules_read(const char *yaml, size_t n, struct retention_rules *out,
                              struct err_info *err)
{
    static const char *const keys[] = {"name", "label", "from", "keep", "action", NULL};
    *out = (struct retention_rules){.count = 0};
    enum err bad = form_table_load(yaml, n, "rules", keys, &out->table, err);
    if (bad != ERR_OK) {
        return bad;
    }
    const size_t count = form_table_count(out->table);
    out->items = mem_alloc((count + 1) * sizeof *out->items);
    for (size_t i = 0; i < count && bad == ERR_OK; i++) {
        bad = read_rule(out->table, i, &out->items[i], err);
        if (bad == ERR_OK && !name_is_new(out, i)) {
            bad = form_table_error(out->table, i, "name", err);
        }
        out->count++;
    }
    if (bad != ERR_OK) {
        retention_rules_done(out);
    }
    return bad;
}

void retention_rules_done(struct retention_rules *rules)
{
    form_table_free(rules->table);
    free(rules->items);
    *rules = (struct retention_rules){.count = 0};
}

enum err retention_rules_load(const char *forms_dir, struct retention_rules *out,
                              struct err_info *err)
{
    struct str text = STR_INIT;
    char *path = file_join(forms_dir, FILE_NAME);
    enum err bad = file_read(path, FILE_MAX, &text, err);
    if (bad == ERR_OK) {
        bad = retention_rules_read(str_cstr(&text), text.len, out, err);
    }
    free(path);
    str_done(&text);
    return bad;
}

struct date retention_add_months(struct date d, unsigned months)
{
    const unsigned at = (unsigned)(d.month - 1) + months;
    struct date out = {d.year + (int)(at / 12), (int)(at % 12) + 1, d.day};
    const int days = date_days_in_month(out.year, out.month);
    out.day = out.day > days ? days : out.day;
    return out;
}

/* The day the rule counts from; false if there is none (yet). Of a case held by office only the
 * day of opening is known here. */
static bool begin_of(record *r, const struct record_case *c, enum retention_from from,
                     struct date *out)
{
    if (c->is_locked && from != RETENTION_OPENED) {
        return false;
    }
    struct str text = STR_INIT;
    int64_t ms = 0;
    bool is_known = true;
    switch (from) {
    case RETENTION_OPENED: ms = c->opened_ms; break;
    case RETENTION_CHANGED: ms = c->changed_ms; break;
    case RETENTION_FINISHED: ms = c->finished_ms; break;
    default:
        record_fact(r, c->id, "case.closed", &text, NULL);
        /* Of a partial date the latest day that it can mean: nothing falls due too early. */
        is_known = date_parse(str_cstr(&text), text.len, out);
        if (is_known) {
            *out = date_from_days(date_latest(*out));
        }
        str_done(&text);
        return is_known;
    }
    *out = clock_local_of(ms).date;
    return ms > 0;
}

struct listing {
    struct retention_due *items;
    size_t count, cap;
};

static void add(struct listing *l, const struct retention_due *due)
{
    if (l->count == l->cap) {
        l->cap = l->cap == 0 ? 16 : 2 * l->cap;
        l->items = mem_realloc(l->items, l->cap * sizeof *l->items);
    }
    l->items[l->count++] = *due;
}

static void list_case(record *r, const struct retention_rules *rules, long today,
                      const struct record_case *c, struct listing *l)
{
    struct vault_compartment of;
    const bool is_held = vault_compartment_get(r->vault, c->id, &of, NULL) == ERR_OK && of.is_held;
    for (size_t i = 0; i < rules->count; i++) {
        struct retention_due due = {.rule = &rules->items[i], .is_held = is_held};
        if (!begin_of(r, c, due.rule->from, &due.since)) {
            continue;
        }
        due.due = retention_add_months(due.since, due.rule->keep_months);
        if (date_earliest(due.due) <= today) {
            memcpy(due.id, c->id, ID_LEN);
            memcpy(due.code, c->code, sizeof due.code);
            add(l, &due);
        }
    }
}

static int by_day(const void *a, const void *b)
{
    const struct retention_due *x = a, *y = b;
    const long dx = date_earliest(x->due), dy = date_earliest(y->due);
    return dx != dy ? (dx < dy ? -1 : 1) : strcmp(x->code, y->code);
}

enum err retention_list(record *r, const struct retention_rules *rules, struct date today,
                        struct retention_due **out, size_t *count, struct err_info *err)
{
    struct listing l = {.count = 0};
    size_t total = 1;
    enum err bad = ERR_OK;
    for (size_t at = 0; at < total && bad == ERR_OK; at += PAGE) {
        struct record_case *cases = NULL;
        size_t n = 0;
        bad = record_case_list(r, "", RECORD_SORT_CODE, at, PAGE, &cases, &n, &total, err);
        for (size_t i = 0; i < n && bad == ERR_OK; i++) {
            list_case(r, rules, date_earliest(today), &cases[i], &l);
        }
        free(cases);
    }
    if (bad != ERR_OK) {
        free(l.items);
        return bad;
    }
    if (l.count > 0) {
        qsort(l.items, l.count, sizeof *l.items, by_day);
    }
    *out = l.items;
    *count = l.count;
    return ERR_OK;
}
