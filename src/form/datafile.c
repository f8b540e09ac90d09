/* The files of data beside the forms: days off, the directory of institutions, retention.
 * Invariant: a calendar comes out only of a file in which every day is a real one. */
#include <stdlib.h>
#include <string.h>

#include "form/pathway_int.h"

struct days {
    struct pathway_build b; /* for the helpers: findings and arena */
    struct calendar *out;
    const char *unit;
};

static bool number_of(const struct node *n, long min, long max, long *out)
{
    char *end = NULL;
    *out = n != NULL ? strtol(n->text, &end, 10) : 0;
    return n != NULL && end != n->text && *end == '\0' && *out >= min && *out <= max;
}

static void read_days_off(struct days *d, const struct node *list)
{
    for (const struct node *c = list == NULL ? NULL : list->first; c != NULL; c = c->next) {
        long day = 0;
        if (number_of(c, 1, 7, &day)) {
            d->out->days_off |= (unsigned char)(1u << (day - 1));
        } else {
            pathway_bad(&d->b, c);
        }
    }
}

/* The dates of the list are the rule's; one that is not was mistyped. */
static void check_easter(struct days *d, const struct node *list)
{
    for (const struct node *c = list == NULL ? NULL : list->first; c != NULL; c = c->next) {
        struct date day;
        if (!date_parse(c->text, strlen(c->text), &day) || day.day == 0 ||
            date_earliest(day) != date_earliest(calendar_easter(day.year))) {
            pathway_bad(&d->b, c);
        }
    }
}

static bool add_yearly(struct calendar *c, const char *text)
{
    char whole[16] = "2024-";
    struct date day;
    if (strlen(text) != 5) {
        return false;
    }
    memcpy(whole + 5, text, 6);
    if (!date_parse(whole, 10, &day)) {
        return false;
    }
    c->yearly[c->yearly_count].month = (unsigned char)day.month;
    c->yearly[c->yearly_count++].day = (unsigned char)day.day;
    return true;
}

static bool add_single(struct calendar *c, const char *text)
{
    struct date day;
    if (!date_parse(text, strlen(text), &day) || day.day == 0) {
        return false;
    }
    c->single[c->single_count++] = date_earliest(day);
    return true;
}

static bool has_room(const struct calendar *c)
{
    return c->yearly_count < CALENDAR_DAYS_MAX && c->after_easter_count < CALENDAR_DAYS_MAX &&
           c->single_count < CALENDAR_DAYS_MAX;
}

static void read_holiday(struct days *d, const struct node *n)
{
    static const char *const KEYS[] = {"day", "after_easter", "date", "unit", "name"};
    const struct node *day = pathway_get(n, "day"), *date = pathway_get(n, "date");
    const struct node *easter = pathway_get(n, "after_easter"), *unit = pathway_get(n, "unit");
    struct calendar ignored = {0};
    long days = 0;
    pathway_keys(&d->b, n, KEYS, sizeof KEYS / sizeof *KEYS);
    const bool is_ours = unit == NULL || (d->unit != NULL && strcmp(d->unit, unit->text) == 0);
    struct calendar *out = is_ours ? d->out : &ignored;
    bool is_good = has_room(out);
    if (!is_good) {
        pathway_bad(&d->b, n);
    } else if (day != NULL) {
        is_good = add_yearly(out, day->text);
    } else if (date != NULL) {
        is_good = add_single(out, date->text);
    } else if ((is_good = number_of(easter, -366, 366, &days))) {
        out->after_easter[out->after_easter_count++] = (int)days;
    }
    if (!is_good) {
        pathway_bad(&d->b, day != NULL ? day : date != NULL ? date : easter != NULL ? easter : n);
    }
}

static const struct node *list_of(struct form_findings *f, const struct node *root, const char *key)
{
    const struct node *list = pathway_get(root, key);
    if (list == NULL && root != NULL) {
        form_finding_add(f, FORM_F_MISSING_KEY, root->line, root->column, key, NULL);
    } else if (list != NULL && list->kind != NODE_LIST) {
        form_finding_add(f, FORM_F_NOT_A_LIST, list->line, list->column, key, NULL);
        list = NULL;
    }
    return list;
}

enum err form_calendar_load(const char *yaml, size_t n, const char *unit, struct calendar *out,
                            struct form_findings *findings, struct err_info *err)
{
    static const char *const KEYS[] = {"days_off", "easter", "holidays"};
    const size_t errors = findings->errors;
    struct days d = {.b = {.a = arena_new(), .f = findings}, .out = out, .unit = unit};
    *out = (struct calendar){0};
    const struct node *root = form_yaml_load(d.b.a, yaml, n, findings);
    if (root != NULL) {
        pathway_keys(&d.b, root, KEYS, sizeof KEYS / sizeof *KEYS);
        read_days_off(&d, pathway_get(root, "days_off"));
        check_easter(&d, pathway_get(root, "easter"));
        const struct node *list = list_of(findings, root, "holidays");
        for (const struct node *c = list == NULL ? NULL : list->first; c != NULL; c = c->next) {
            read_holiday(&d, c);
        }
    }
    arena_free(d.b.a);
    form_findings_sort(findings);
    return findings->errors > errors ? ERR_SET(err, ERR_SYNTAX, "holidays") : ERR_OK;
}

enum err form_data_check(const char *yaml, size_t n, const char *head,
                         struct form_findings *findings, struct err_info *err)
{
    const size_t errors = findings->errors;
    arena *a = arena_new();
    const struct node *root = form_yaml_load(a, yaml, n, findings);
    const struct node *list = root == NULL ? NULL : list_of(findings, root, head);
    for (const struct node *c = list == NULL ? NULL : list->first; c != NULL; c = c->next) {
        if (c->kind != NODE_MAP) {
            form_finding_add(findings, FORM_F_NOT_A_MAP, c->line, c->column, head, NULL);
        }
    }
    arena_free(a);
    form_findings_sort(findings);
    return findings->errors > errors ? ERR_SET(err, ERR_SYNTAX, head) : ERR_OK;
}
