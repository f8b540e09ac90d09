/* How long cases are kept: rules as data (forms/retention.yaml), and the list of what falls due.
 * Nothing is ever done by itself. */
#ifndef SPRIJIN_RECORD_RETENTION_H
#define SPRIJIN_RECORD_RETENTION_H

#include "base/date.h"
#include "form/table.h"
#include "record/record.h"

enum retention_from {
    RETENTION_OPENED,
    RETENTION_CHANGED,
    RETENTION_FINISHED,
    RETENTION_CLOSED,
    RETENTION_FROM_COUNT
};
enum retention_action { RETENTION_REVIEW, RETENTION_ERASE, RETENTION_ACTION_COUNT };
const char *retention_from_word(enum retention_from from);
const char *retention_action_word(enum retention_action action);

struct retention_rule {
    const char *name;
    struct form_text label;
    enum retention_from from;
    enum retention_action action;
    unsigned keep_months; /* 1-1200 */
};
struct retention_rules {
    form_table *table; /* owns the texts */
    struct retention_rule *items;
    size_t count;
};
/* ERR_SYNTAX with line and column. retention_rules_done. */
enum err retention_rules_read(const char *yaml, size_t n, struct retention_rules *out,
                              struct err_info *err);
void retention_rules_done(struct retention_rules *rules);
/* The file of the forms folder. ERR_NOT_FOUND. */
enum err retention_rules_load(const char *forms_dir, struct retention_rules *out,
                              struct err_info *err);

/* d, months later; the 31st becomes the last day of a shorter month. d: whole. */
struct date retention_add_months(struct date d, unsigned months);

struct retention_due {
    unsigned char id[ID_LEN]; /* of the case */
    char code[CASE_CODE_LEN];
    const struct retention_rule *rule; /* borrowed from the rules */
    struct date since, due;
    bool is_held; /* legal hold: nothing may be erased */
};
/* Cases whose term has run out on the day today, the longest overdue first. *out: owned by the
 * caller (free). */
enum err retention_list(record *r, const struct retention_rules *rules, struct date today,
                        struct retention_due **out, size_t *count, struct err_info *err);

#endif
