/* Who may write what where: the table, and every pair of it through members who try. */
#include "team.h"

#include "../../../src/vault/vault_int.h"

Suite *vault_rights_suite(void);

struct spot {
    enum vault_sort sort;
    enum vault_part part;
    const char *word;
};
static const struct spot places[] = {
    {VAULT_SORT_ORGANISATION, VAULT_PART_NONE, "organisation"},
    {VAULT_SORT_CASE, VAULT_PART_NONE, "case"},
    {VAULT_SORT_PART, VAULT_PART_MEDICAL, "part:medical"},
    {VAULT_SORT_PART, VAULT_PART_PSYCHOLOGICAL, "part:psychological"},
    {VAULT_SORT_OVERVIEW, VAULT_PART_NONE, "overview"},
    {VAULT_SORT_STATISTICS, VAULT_PART_NONE, "statistics"},
    {VAULT_SORT_AUDIT, VAULT_PART_NONE, "audit"},
};
#define PLACES (sizeof places / sizeof places[0])

/* Said once more, by hand: letters of the roles (C coordinator, W caseworker, P psychologist,
 * L lawyer, M medic, A auditor, S statistician), a column a place as above; "-" nobody. */
static const struct {
    unsigned kind;
    const char *who[PLACES];
} expected[] = {
    {0x01, {"C", "-", "-", "-", "-", "-", "-"}}, /* of the vault, not known */
    {0x02, {"C", "-", "-", "-", "-", "-", "-"}},
    {0x03, {"C", "-", "-", "-", "-", "-", "-"}},
    {0x04, {"C", "-", "-", "-", "-", "-", "-"}},
    {0x05, {"CWPLMAS", "-", "-", "-", "-", "-", "-"}},
    {0x06, {"C", "-", "-", "-", "-", "-", "-"}},
    {0x10, {"C", "CWPLM", "M", "P", "C", "C", "C"}},
    {0x11, {"C", "CW", "M", "P", "C", "C", "C"}},
    {0x20, {"CWPLM", "-", "-", "-", "-", "-", "-"}},
    {0x21, {"C", "-", "-", "-", "-", "-", "-"}},
    {0x22, {"C", "-", "-", "-", "-", "-", "-"}},
    {0x23, {"C", "-", "-", "-", "-", "-", "-"}},
    {0x24, {"C", "-", "-", "-", "-", "-", "-"}},
    {0x28, {"C", "-", "-", "-", "-", "-", "-"}},
    {0x30, {"-", "-", "-", "-", "-", "-", "CWPLMAS"}},
    {0x31, {"-", "-", "-", "-", "CWPLMAS", "-", "-"}},
    {0x32, {"-", "-", "-", "-", "-", "CWPLMAS", "-"}},
    {0x100, {"CWPLM", "-", "-", "-", "-", "-", "-"}},
    {0x101, {"CWPLMAS", "-", "-", "-", "-", "-", "-"}},
    {0x110, {"-", "CWPLM", "M", "P", "-", "-", "-"}},
    {0x111, {"-", "CWPLM", "M", "P", "-", "-", "-"}},
    {0x120, {"-", "CWPLM", "M", "P", "-", "-", "-"}},
    {0x121, {"-", "CWPLM", "M", "P", "-", "-", "-"}},
    {0x122, {"-", "CWPLM", "M", "P", "-", "-", "-"}},
    {0x123, {"-", "CWPLM", "M", "P", "-", "-", "-"}},
    {0x124, {"-", "CWPLM", "M", "P", "-", "-", "-"}},
    {0x125, {"-", "CWPLM", "M", "P", "-", "-", "-"}},
    {0x126, {"-", "CWPLM", "M", "P", "-", "-", "-"}},
    {0x130, {"-", "CWPLM", "M", "P", "-", "-", "-"}},
    {0x7777, {"CWPLM", "CWPLM", "M", "P", "-", "-", "-"}}, /* of the records, not known */
};
#define KINDS (sizeof expected / sizeof expected[0])

static bool should(size_t kind, size_t place, unsigned role)
{
    static const char letters[] = "-CWPLMAS";
    return role > 0 && role < VAULT_ROLE_COUNT &&
           strchr(expected[kind].who[place], letters[role]) != NULL;
}

START_TEST(every_pair_of_the_table_is_as_it_was_decided)
{
    for (size_t k = 0; k < KINDS; k++) {
        for (size_t p = 0; p < PLACES; p++) {
            for (unsigned role = 0; role <= VAULT_ROLE_COUNT; role++) {
                ck_assert_msg(vault_rights_may((enum vault_role)role, places[p].sort,
                                               places[p].part,
                                               expected[k].kind) == should(k, p, role),
                              "kind %x, %s, role %u", expected[k].kind, places[p].word, role);
            }
        }
    }
    ck_assert(!vault_rights_may(VAULT_ROLE_MEDIC, VAULT_SORT_CASE, VAULT_PART_MEDICAL, 0x121));
    ck_assert(!vault_rights_may(VAULT_ROLE_MEDIC, VAULT_SORT_PART, VAULT_PART_NONE, 0x121));
    ck_assert(!vault_rights_may(VAULT_ROLE_COORDINATOR, VAULT_SORT_COUNT, VAULT_PART_NONE, 0x121));
}
END_TEST

/* The lines of the text are what vault_rights_may says, and say all of it for named kinds. */
START_TEST(the_table_as_text_says_the_same)
{
    struct str text = STR_INIT;
    vault_rights_text(&text);
    for (size_t k = 0; k < KINDS; k++) {
        for (size_t p = 0; p < PLACES; p++) {
            char lead[64];
            snprintf(lead, sizeof lead, "0x%02x\t%s\t", expected[k].kind, places[p].word);
            const char *line = strstr(str_cstr(&text), lead);
            char words[128] = " ";
            if (line != NULL) {
                snprintf(words + 1, sizeof words - 1, "%.*s ",
                         (int)strcspn(line + strlen(lead), "\n"), line + strlen(lead));
            }
            for (unsigned role = 1; role < VAULT_ROLE_COUNT; role++) {
                char word[32];
                snprintf(word, sizeof word, " %s ", vault_role_word((enum vault_role)role));
                const bool is_named = expected[k].kind != 0x01 && expected[k].kind != 0x7777;
                ck_assert_msg(!is_named || (strstr(words, word) != NULL) == should(k, p, role),
                              "kind %x, %s, %s", expected[k].kind, places[p].word, word);
            }
        }
    }
    ck_assert_ptr_nonnull(strstr(str_cstr(&text), "other record kinds\tcase\tcoordinator "));
    str_done(&text);
}
END_TEST

START_TEST(words_and_values_belong_together)
{
    for (unsigned i = 0; i < VAULT_ROLE_COUNT; i++) {
        enum vault_role role = VAULT_ROLE_COUNT;
        ck_assert(vault_role_of(vault_role_word((enum vault_role)i), &role));
        ck_assert_uint_eq(role, i);
    }
    enum vault_role role = VAULT_ROLE_MEDIC;
    enum vault_part part = VAULT_PART_NONE;
    ck_assert(!vault_role_of("director", &role) && !vault_role_of(NULL, &role));
    ck_assert_int_eq(role, VAULT_ROLE_MEDIC);
    ck_assert(vault_part_of("medical", &part));
    ck_assert_int_eq(part, VAULT_PART_MEDICAL);
    ck_assert_ptr_null(vault_role_word(VAULT_ROLE_COUNT));
    ck_assert_ptr_null(vault_sort_word(VAULT_SORT_COUNT));
}
END_TEST

/* One member of each role; a case with both parts, each opened to every professional. */
struct cast {
    struct team t;
    vault *by_role[VAULT_ROLE_COUNT];
    unsigned char ids[PLACES][ID_LEN];
};

static void carry_round(struct cast *c)
{
    for (int round = 0; round < 2; round++) {
        for (unsigned a = 1; a < VAULT_ROLE_COUNT; a++) {
            for (unsigned b = 1; b < VAULT_ROLE_COUNT; b++) {
                if (a != b && (a == 1 || b == 1)) {
                    team_carry(c->by_role[a], c->by_role[b]);
                }
            }
        }
    }
}

static void open_part(struct cast *c, size_t place, enum vault_role opener)
{
    ck_assert_int_eq(
        vault_part_new(c->by_role[opener], c->ids[1], places[place].part, c->ids[place], NULL),
        ERR_OK);
    for (unsigned role = 1; role <= VAULT_ROLE_MEDIC; role++) {
        if (role != opener) {
            ck_assert_int_eq(vault_grant(c->by_role[opener], c->ids[place],
                                         vault_member_id(c->by_role[role]), NULL),
                             ERR_OK);
        }
    }
    carry_round(c);
}

static struct cast cast_new(void)
{
    struct cast c = {.t = team_new()};
    c.by_role[VAULT_ROLE_COORDINATOR] = c.t.v[0];
    for (unsigned role = 2; role < VAULT_ROLE_COUNT; role++) {
        c.by_role[role] = team_join(&c.t, vault_role_word((enum vault_role)role),
                                    (enum vault_role)role);
    }
    vault *v = c.by_role[VAULT_ROLE_COORDINATOR];
    memcpy(c.ids[0], vault_organisation(v), ID_LEN);
    ck_assert_int_eq(vault_compartment_new(v, c.ids[1], NULL), ERR_OK);
    for (unsigned role = 2; role < VAULT_ROLE_COUNT; role++) {
        const enum err got = vault_grant(v, c.ids[1], vault_member_id(c.by_role[role]), NULL);
        ck_assert_int_eq(got, role <= VAULT_ROLE_MEDIC ? ERR_OK : ERR_RIGHTS);
    }
    for (size_t p = 4; p < PLACES; p++) {
        vault_drop_box(v, places[p].sort, c.ids[p]);
    }
    carry_round(&c);
    open_part(&c, 2, VAULT_ROLE_MEDIC);
    open_part(&c, 3, VAULT_ROLE_PSYCHOLOGIST);
    return c;
}

/* Kinds that layers above may append: exactly those that the table allows are written. */
START_TEST(members_of_each_role_write_what_the_table_allows_and_nothing_else)
{
    struct cast c = cast_new();
    for (unsigned role = 1; role < VAULT_ROLE_COUNT; role++) {
        for (size_t k = 0; k < KINDS; k++) {
            const bool is_output = expected[k].kind == 0x31 || expected[k].kind == 0x32;
            for (size_t p = 0; p < PLACES && (expected[k].kind >= 0x100 || is_output); p++) {
                struct vault_write w = {.kind = expected[k].kind, .text = "{}", .len = 2};
                memcpy(w.compartment, c.ids[p], ID_LEN);
                const enum err got = vault_append(c.by_role[role], &w, 1, NULL, NULL);
                ck_assert_msg(got == (should(k, p, role) ? ERR_OK : ERR_RIGHTS),
                              "%s: kind %x, %s: %s", vault_role_word((enum vault_role)role), w.kind,
                              places[p].word, err_name(got));
            }
        }
    }
    carry_round(&c);
    for (unsigned role = 1; role < VAULT_ROLE_COUNT; role++) {
        struct vault_report r;
        ck_assert_int_eq(vault_verify(c.by_role[role], &r, NULL, NULL, NULL), ERR_OK);
        ck_assert_msg(r.bad == 0, "%s: %u, first flaw %d", vault_role_word((enum vault_role)role),
                      (unsigned)r.bad, r.bad > 0 ? (int)r.findings[0].flaw : -1);
        vault_report_done(&r);
    }
    team_done(&c.t);
}
END_TEST

/* Kinds of the vault itself: asked of the authority as an event of that member would be. */
static void ask_authority(const struct cast *c)
{
    for (unsigned role = 1; role < VAULT_ROLE_COUNT; role++) {
        vault *v = c->by_role[role];
        for (size_t p = 0; p < PLACES; p++) {
            struct comp comp = {.count = 0};
            ck_assert_int_eq(comp_load(v, c->ids[p], &comp, NULL), ERR_OK);
            const struct comp_epoch *head = NULL;
            for (size_t i = 0; i < comp.count; i++) {
                head = comp_is_head(&comp, i) ? &comp.epochs[i] : head;
            }
            struct event_view e = {.organisation = v->organisation,
                                   .compartment = c->ids[p],
                                   .device = v->device,
                                   .epoch = head->id,
                                   .flags = p >= 4 ? EVENT_FLAG_BOX : 0,
                                   .seq = 1000,
                                   .clock = 1};
            for (size_t k = 0; k < KINDS; k++) {
                const unsigned kind = expected[k].kind;
                const struct event_payload payload = {.kind = kind, .text = "{}", .len = 2};
                /* Announcements and closings depend on what they say: see vault/grants. */
                if (kind == 0x10 || kind == 0x11 || (kind == 0x06 && p == 0)) {
                    continue;
                }
                const enum err got = authority_check(v, &e, &payload, NULL);
                ck_assert_msg(got == (should(k, p, role) ? ERR_OK : ERR_RIGHTS),
                              "%s: kind %x, %s: %s", vault_role_word((enum vault_role)role), kind,
                              places[p].word, err_name(got));
            }
            e.flags ^= EVENT_FLAG_BOX;
            const struct event_payload any = {.kind = p < 4 ? 0x121 : 0x30, .text = "{}", .len = 2};
            ck_assert_int_eq(authority_check(v, &e, &any, NULL), ERR_RIGHTS);
            comp_done(&comp);
        }
    }
}

START_TEST(kinds_of_the_vault_are_held_against_the_table_when_written_and_when_asked_about)
{
    struct cast c = cast_new();
    ask_authority(&c);
    for (unsigned role = 1; role < VAULT_ROLE_COUNT; role++) {
        vault *v = c.by_role[role];
        unsigned char kase[ID_LEN];
        unsigned char part[ID_LEN];
        const bool is_professional = role <= VAULT_ROLE_MEDIC;
        ck_assert_int_eq(vault_compartment_new(v, kase, NULL),
                         is_professional ? ERR_OK : ERR_RIGHTS);
        if (!is_professional) {
            continue;
        }
        ck_assert_int_eq(vault_part_new(v, kase, VAULT_PART_MEDICAL, part, NULL),
                         role == VAULT_ROLE_MEDIC ? ERR_OK : ERR_RIGHTS);
        ck_assert_int_eq(vault_part_new(v, kase, VAULT_PART_PSYCHOLOGICAL, part, NULL),
                         role == VAULT_ROLE_PSYCHOLOGIST ? ERR_OK : ERR_RIGHTS);
        const enum vault_role other = role == VAULT_ROLE_LAWYER ? VAULT_ROLE_MEDIC
                                                                : VAULT_ROLE_LAWYER;
        ck_assert_int_eq(vault_grant(v, kase, vault_member_id(c.by_role[other]), NULL),
                         role <= VAULT_ROLE_CASEWORKER ? ERR_OK : ERR_RIGHTS);
    }
    team_done(&c.t);
}
END_TEST

Suite *vault_rights_suite(void)
{
    Suite *s = suite_create("vault/rights");
    TCase *c = tcase_create("rights");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, every_pair_of_the_table_is_as_it_was_decided);
    tcase_add_test(c, the_table_as_text_says_the_same);
    tcase_add_test(c, words_and_values_belong_together);
    tcase_add_test(c, members_of_each_role_write_what_the_table_allows_and_nothing_else);
    tcase_add_test(c,
                   kinds_of_the_vault_are_held_against_the_table_when_written_and_when_asked_about);
    suite_add_tcase(s, c);
    return s;
}
