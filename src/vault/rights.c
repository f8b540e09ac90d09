/* Who may write what where: one table, and nothing else in the program decides it. Invariant: a
 * kind that stands in no line may be written only where its place has a line for later kinds, and
 * below the record kinds there is none but the coordinator's. */
#include <string.h>

#include "org_int.h"
#include "vault/members.h"

#define BIT(role) (1u << VAULT_ROLE_##role)
#define PROFESSIONALS                                                                              \
    (BIT(COORDINATOR) | BIT(CASEWORKER) | BIT(PSYCHOLOGIST) | BIT(LAWYER) | BIT(MEDIC))
#define EVERYBODY    (PROFESSIONALS | BIT(AUDITOR) | BIT(STATISTICIAN))
#define RECORD_OTHER 0x10000u /* any kind of the records that has no line */
#define VAULT_OTHER  0x10001u /* any kind of the vault that has no line */

/* A sort of compartment; of the parts, which. */
enum place { ORGANISATION, CASE, MEDICAL, PSYCHOLOGICAL, OVERVIEW, STATISTICS, AUDIT, PLACE_COUNT };
static const char *const place_words[PLACE_COUNT] = {
    "organisation", "case",       "part:medical", "part:psychological",
    "overview",     "statistics", "audit"};

struct line {
    unsigned kind;
    enum place place;
    unsigned roles;
};
#define RECORD_KIND(kind)                                                                          \
    {(kind), CASE, PROFESSIONALS}, {(kind), MEDICAL, BIT(MEDIC)},                                  \
    {                                                                                              \
        (kind), PSYCHOLOGICAL, BIT(PSYCHOLOGIST)                                                   \
    }

static const struct line table[] = {
    {0x02, ORGANISATION, BIT(COORDINATOR)},
    {0x03, ORGANISATION, BIT(COORDINATOR)},
    {0x04, ORGANISATION, BIT(COORDINATOR)},
    {0x05, ORGANISATION, EVERYBODY},
    {0x06, ORGANISATION, BIT(COORDINATOR)},
    {0x10, ORGANISATION, BIT(COORDINATOR)},
    {0x10, CASE, PROFESSIONALS},
    {0x10, MEDICAL, BIT(MEDIC)},
    {0x10, PSYCHOLOGICAL, BIT(PSYCHOLOGIST)},
    {0x10, OVERVIEW, BIT(COORDINATOR)},
    {0x10, STATISTICS, BIT(COORDINATOR)},
    {0x10, AUDIT, BIT(COORDINATOR)},
    {0x11, ORGANISATION, BIT(COORDINATOR)},
    {0x11, CASE, BIT(COORDINATOR) | BIT(CASEWORKER)},
    {0x11, MEDICAL, BIT(MEDIC)},
    {0x11, PSYCHOLOGICAL, BIT(PSYCHOLOGIST)},
    {0x11, OVERVIEW, BIT(COORDINATOR)},
    {0x11, STATISTICS, BIT(COORDINATOR)},
    {0x11, AUDIT, BIT(COORDINATOR)},
    {0x20, ORGANISATION, PROFESSIONALS},
    {0x21, ORGANISATION, BIT(COORDINATOR)},
    {0x22, ORGANISATION, BIT(COORDINATOR)},
    {0x23, ORGANISATION, BIT(COORDINATOR)},
    {0x24, ORGANISATION, BIT(COORDINATOR)},
    {0x28, ORGANISATION, BIT(COORDINATOR)},
    {0x30, AUDIT, EVERYBODY},
    {0x31, OVERVIEW, EVERYBODY},
    {0x32, STATISTICS, EVERYBODY},
    {VAULT_OTHER, ORGANISATION, BIT(COORDINATOR)},
    {0x100, ORGANISATION, PROFESSIONALS},
    {0x101, ORGANISATION, EVERYBODY},
    RECORD_KIND(0x110),
    RECORD_KIND(0x111),
    RECORD_KIND(0x120),
    RECORD_KIND(0x121),
    RECORD_KIND(0x122),
    RECORD_KIND(0x123),
    RECORD_KIND(0x124),
    RECORD_KIND(0x125),
    RECORD_KIND(0x126),
    RECORD_KIND(0x130),
    {RECORD_OTHER, ORGANISATION, PROFESSIONALS},
    RECORD_KIND(RECORD_OTHER),
};
#define LINES (sizeof table / sizeof table[0])

static const char *const role_words[VAULT_ROLE_COUNT] = {
    "none",   "coordinator", "caseworker", "psychologist",
    "lawyer", "medic",       "auditor",    "statistician"};
static const char *const sort_words[VAULT_SORT_COUNT] = {"organisation", "case",       "part",
                                                         "overview",     "statistics", "audit"};
static const char *const part_words[VAULT_PART_COUNT] = {"", "medical", "psychological"};

const char *vault_role_word(enum vault_role role)
{
    return (unsigned)role < VAULT_ROLE_COUNT ? role_words[role] : NULL;
}

const char *vault_sort_word(enum vault_sort sort)
{
    return (unsigned)sort < VAULT_SORT_COUNT ? sort_words[sort] : NULL;
}

const char *vault_part_word(enum vault_part part)
{
    return (unsigned)part < VAULT_PART_COUNT ? part_words[part] : NULL;
}

static bool word_of(const char *word, const char *const *words, unsigned count, unsigned *out)
{
    for (unsigned i = 0; word != NULL && i < count; i++) {
        if (strcmp(word, words[i]) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

bool vault_role_of(const char *word, enum vault_role *out)
{
    unsigned i = 0;
    const bool good = word_of(word, role_words, VAULT_ROLE_COUNT, &i);
    *out = good ? (enum vault_role)i : *out;
    return good;
}

bool vault_part_of(const char *word, enum vault_part *out)
{
    unsigned i = 0;
    const bool good = word_of(word, part_words, VAULT_PART_COUNT, &i);
    *out = good ? (enum vault_part)i : *out;
    return good;
}

bool sort_of(const char *word, enum vault_sort *out)
{
    unsigned i = 0;
    const bool good = word_of(word, sort_words, VAULT_SORT_COUNT, &i);
    *out = good ? (enum vault_sort)i : *out;
    return good;
}

bool sort_is_box(enum vault_sort sort)
{
    return sort == VAULT_SORT_OVERVIEW || sort == VAULT_SORT_STATISTICS || sort == VAULT_SORT_AUDIT;
}

static enum place place_of(enum vault_sort sort, enum vault_part part)
{
    static const enum place sorts[VAULT_SORT_COUNT] = {ORGANISATION, CASE,       PLACE_COUNT,
                                                       OVERVIEW,     STATISTICS, AUDIT};
    if (sort == VAULT_SORT_PART) {
        return part == VAULT_PART_MEDICAL         ? MEDICAL
               : part == VAULT_PART_PSYCHOLOGICAL ? PSYCHOLOGICAL
                                                  : PLACE_COUNT;
    }
    return part == VAULT_PART_NONE && (unsigned)sort < VAULT_SORT_COUNT ? sorts[sort] : PLACE_COUNT;
}

bool vault_rights_may(enum vault_role role, enum vault_sort sort, enum vault_part part,
                      unsigned kind)
{
    const enum place place = place_of(sort, part);
    const unsigned bit = (unsigned)role < VAULT_ROLE_COUNT ? 1u << role : 0;
    const unsigned other = kind < EVENT_KIND_RECORD ? VAULT_OTHER : RECORD_OTHER;
    bool is_named = false;
    bool may_other = false;
    for (size_t i = 0; i < LINES; i++) {
        if (table[i].kind == kind && table[i].place == place) {
            return (table[i].roles & bit) != 0;
        }
        is_named = is_named || table[i].kind == kind;
        may_other = may_other || (table[i].kind == other && table[i].place == place &&
                                  (table[i].roles & bit) != 0);
    }
    return !is_named && may_other;
}

void vault_rights_text(struct str *out)
{
    for (size_t i = 0; i < LINES; i++) {
        if (table[i].kind >= RECORD_OTHER) {
            str_puts(out,
                     table[i].kind == RECORD_OTHER ? "other record kinds" : "other vault kinds");
        } else {
            str_printf(out, "0x%02x", table[i].kind);
        }
        str_printf(out, "\t%s\t", place_words[table[i].place]);
        const char *blank = "";
        for (unsigned role = 1; role < VAULT_ROLE_COUNT; role++) {
            if ((table[i].roles & 1u << role) != 0) {
                str_printf(out, "%s%s", blank, role_words[role]);
                blank = " ";
            }
        }
        str_putc(out, '\n');
    }
}
