/* member list, add, role, remove, devices, close, grant, ungrant, open, rights: one table of what
 * follows the word member, run on the unlocked vault. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "report/member.h"

#define PREFIX_MIN 4 /* digits of an id that somebody has to type */

static bool is_prefix(const char *typed, const unsigned char id[ID_LEN])
{
    char hex[ID_HEX_LEN];
    hex_put(hex, id, ID_LEN);
    return strlen(typed) >= PREFIX_MIN && str_starts(hex, typed);
}

enum err cli_find_member(vault *v, const char *typed, struct vault_member *out,
                         struct err_info *err)
{
    struct vault_member *all = NULL;
    size_t n = 0, found = 0;
    enum err rc = vault_members(v, &all, &n, err);
    for (size_t i = 0; rc == ERR_OK && i < n; i++) {
        if (is_prefix(typed, all[i].id) ||
            (!all[i].is_removed && strcmp(all[i].name, typed) == 0)) {
            *out = all[i];
            found++;
        }
    }
    free(all);
    if (rc == ERR_OK && found != 1) {
        rc = ERR_SET(err, found == 0 ? ERR_NOT_FOUND : ERR_USAGE, found == 0 ? NULL : "MEMBER");
    }
    return rc;
}

static void short_id(char out[9], const unsigned char id[ID_LEN])
{
    hex_put(out, id, 4);
}

static void put_day(struct str *out, int64_t ms)
{
    char day[11];
    date_format(clock_local_of(ms).date, day);
    str_puts(out, day);
}

static void member_json(const struct vault_member *m, struct str *line)
{
    char hex[ID_HEX_LEN];
    struct str day = STR_INIT;
    jv *row = jv_new_object();
    hex_put(hex, m->id, ID_LEN);
    put_day(&day, m->since_ms);
    jv_set_str(row, "member", hex);
    jv_set_str(row, "name", m->name);
    jv_set_str(row, "role", vault_role_word(m->role));
    jv_set_int(row, "devices", (int64_t)m->devices);
    jv_set(row, "removed", jv_new_bool(m->is_removed));
    jv_set(row, "self", jv_new_bool(m->is_self));
    jv_set_str(row, "since", str_cstr(&day));
    jv_write(row, line);
    jv_free(row);
    str_done(&day);
}

static void member_line(const struct cli *c, const struct vault_member *m, struct str *line)
{
    const catalog *cat = catalog_builtin(c->lang);
    char id[9];
    short_id(id, m->id);
    str_printf(line, "%s  %s, %s; ", id, m->name, member_role_text(cat, m->role));
    str_printf(line, catalog_get_plural(cat, "%u device", "%u devices", m->devices), m->devices);
    str_printf(line, "; %s ", cli_tr(c, N_("since")));
    put_day(line, m->since_ms);
    if (m->is_self) {
        str_printf(line, " (%s)", cli_tr(c, N_("you")));
    }
    if (m->is_removed) {
        str_printf(line, " (%s)", cli_tr(c, N_("removed")));
    }
}

static void print_members(const struct cli *c, const struct vault_member *all, size_t n)
{
    struct str line = STR_INIT;
    for (size_t i = 0; i < n; i++) {
        str_clear(&line);
        if (c->is_json) {
            member_json(&all[i], &line);
        } else {
            member_line(c, &all[i], &line);
        }
        str_putc(&line, '\n');
        cli_print(c, str_cstr(&line));
    }
    str_done(&line);
}

static enum err run_list(struct cli *c, vault *v, struct err_info *err)
{
    struct vault_member *all = NULL;
    size_t n = 0;
    enum err rc = vault_members(v, &all, &n, err);
    if (rc == ERR_OK) {
        print_members(c, all, n);
        if (!c->is_json) {
            struct str words = STR_INIT;
            str_printf(&words, "%s: ", cli_tr(c, N_("Words of this organisation")));
            vault_organisation_words(v, c->lang, &words);
            str_putc(&words, '\n');
            cli_print(c, str_cstr(&words));
            str_done(&words);
        }
    }
    free(all);
    return rc;
}

static void print_device(const struct cli *c, const struct vault_device *d, const char *owner)
{
    struct str line = STR_INIT;
    char hex[ID_HEX_LEN];
    hex_put(hex, d->id, ID_LEN);
    if (c->is_json) {
        jv *row = jv_new_object();
        jv_set_str(row, "device", hex);
        jv_set_str(row, "name", owner);
        jv_set(row, "closed", jv_new_bool(d->is_closed));
        jv_set(row, "self", jv_new_bool(d->is_self));
        jv_set_int(row, "entries", (int64_t)d->seq);
        jv_write(row, &line);
        jv_free(row);
    } else {
        hex[8] = '\0';
        str_printf(&line, "%s  %s; %s: %llu", hex, owner, cli_tr(c, N_("entries")),
                   (unsigned long long)d->seq);
        if (d->is_self) {
            str_printf(&line, " (%s)", cli_tr(c, N_("this one")));
        }
        if (d->is_closed) {
            str_printf(&line, " (%s)", cli_tr(c, N_("closed")));
        }
    }
    str_putc(&line, '\n');
    cli_print(c, str_cstr(&line));
    str_done(&line);
}

static const char *owner_of(const struct vault_member *all, size_t n, const struct vault_device *d)
{
    for (size_t i = 0; i < n; i++) {
        if (memcmp(all[i].id, d->member, ID_LEN) == 0) {
            return all[i].name;
        }
    }
    return "-";
}

static enum err run_devices(struct cli *c, vault *v, struct err_info *err)
{
    struct vault_member *all = NULL;
    struct vault_device *devices = NULL;
    size_t n = 0, count = 0;
    enum err rc = vault_members(v, &all, &n, err);
    rc = rc == ERR_OK ? vault_devices(v, &devices, &count, err) : rc;
    for (size_t i = 0; rc == ERR_OK && i < count; i++) {
        print_device(c, &devices[i], owner_of(all, n, &devices[i]));
    }
    free(devices);
    free(all);
    return rc;
}

static enum err run_close(struct cli *c, vault *v, struct err_info *err)
{
    struct vault_device *all = NULL;
    size_t n = 0, at = 0, found = 0;
    enum err rc = vault_devices(v, &all, &n, err);
    for (size_t i = 0; rc == ERR_OK && i < n; i++) {
        if (is_prefix(c->args[2], all[i].id)) {
            at = i;
            found++;
        }
    }
    if (rc == ERR_OK && found != 1) {
        rc = ERR_SET(err, found == 0 ? ERR_NOT_FOUND : ERR_USAGE, found == 0 ? NULL : "DEVICE");
    }
    if (rc == ERR_OK) {
        rc = vault_device_close(v, all[at].id, c->who.reason != NULL ? c->who.reason : "", err);
    }
    free(all);
    return rc;
}

static enum err run_role(struct cli *c, vault *v, struct err_info *err)
{
    struct vault_member m;
    enum vault_role role;
    if (!member_role_typed(catalog_builtin(c->lang), c->args[3], &role)) {
        return ERR_SET(err, ERR_USAGE, "ROLE");
    }
    const enum err rc = cli_find_member(v, c->args[2], &m, err);
    return rc == ERR_OK ? vault_member_role(v, m.id, role, err) : rc;
}

static enum err run_remove(struct cli *c, vault *v, struct err_info *err)
{
    struct vault_member m;
    if (c->who.reason == NULL || c->who.reason[0] == '\0') {
        return ERR_SET(err, ERR_USAGE, "--reason");
    }
    const enum err rc = cli_find_member(v, c->args[2], &m, err);
    return rc == ERR_OK ? vault_member_remove(v, m.id, c->who.reason, err) : rc;
}

/* The compartment of the case, or of its part. */
static enum err find_compartment(const struct cli *c, vault *v, struct record_case *kase,
                                 unsigned char id[ID_LEN], struct err_info *err)
{
    enum vault_part part = VAULT_PART_NONE;
    record *r = NULL;
    if (c->case_code == NULL ||
        (c->who.part != NULL && (!vault_part_of(c->who.part, &part) || part == VAULT_PART_NONE))) {
        return ERR_SET(err, ERR_USAGE, c->case_code == NULL ? "--case" : "--part");
    }
    enum err rc = record_open(v, c->forms_dir, &r, err);
    rc = rc == ERR_OK ? cli_find_case(r, c->case_code, kase, err) : rc;
    record_close(r);
    if (rc != ERR_OK || part == VAULT_PART_NONE) {
        memcpy(id, kase->id, ID_LEN);
        return rc;
    }
    return vault_part_find(v, kase->id, part, id, err);
}

static enum err run_grant(struct cli *c, vault *v, struct err_info *err)
{
    struct record_case kase = {0};
    struct vault_member m;
    unsigned char id[ID_LEN];
    enum err rc = find_compartment(c, v, &kase, id, err);
    rc = rc == ERR_OK ? cli_find_member(v, c->args[2], &m, err) : rc;
    if (rc != ERR_OK) {
        return rc;
    }
    return strcmp(c->args[1], "grant") == 0 ? vault_grant(v, id, m.id, err)
                                            : vault_ungrant(v, id, m.id, err);
}

static enum err run_granted(struct cli *c, vault *v, struct err_info *err)
{
    struct record_case kase = {0};
    struct vault_member *all = NULL;
    size_t n = 0;
    unsigned char id[ID_LEN];
    enum err rc = find_compartment(c, v, &kase, id, err);
    rc = rc == ERR_OK ? vault_granted(v, id, &all, &n, err) : rc;
    if (rc == ERR_OK) {
        print_members(c, all, n);
    }
    free(all);
    return rc;
}

static enum err run_open(struct cli *c, vault *v, struct err_info *err)
{
    struct record_case kase = {0};
    unsigned char id[ID_LEN];
    if (c->who.reason == NULL || c->who.reason[0] == '\0') {
        return ERR_SET(err, ERR_USAGE, "--reason");
    }
    const enum err rc = find_compartment(c, v, &kase, id, err);
    return rc == ERR_OK ? vault_open_with_reason(v, id, kase.code, c->who.reason, err) : rc;
}

static const struct {
    const char *name;
    size_t words; /* that follow it */
    enum err (*run)(struct cli *c, vault *v, struct err_info *err);
    const char *usage;
    bool is_listing;
} WORDS[] = {
    {"list", 0, run_list, "[--json]", true},
    {"devices", 0, run_devices, "[--json]", true},
    {"role", 2, run_role, "MEMBER ROLE", false},
    {"remove", 1, run_remove, "MEMBER --reason TEXT", false},
    {"close", 1, run_close, "DEVICE [--reason TEXT]", false},
    {"granted", 0, run_granted, "--case CODE [--part medical|psychological] [--json]", true},
    {"grant", 1, run_grant, "MEMBER --case CODE [--part medical|psychological]", false},
    {"ungrant", 1, run_grant, "MEMBER --case CODE [--part medical|psychological]", false},
    {"open", 0, run_open, "--case CODE --reason TEXT", false},
};
#define WORD_COUNT (sizeof WORDS / sizeof WORDS[0])

static int print_usage(const struct cli *c)
{
    struct str out = STR_INIT;
    str_puts(&out, "  sprijin member add REQUEST --role ROLE -o WELCOME\n"
                   "  sprijin member add REQUEST --role coordinator --organisation-sheet-fd N"
                   " -o WELCOME\n"
                   "  sprijin member add REQUEST --replaces MEMBER -o WELCOME\n");
    for (size_t i = 0; i < WORD_COUNT; i++) {
        str_printf(&out, "  sprijin member %s %s\n", WORDS[i].name, WORDS[i].usage);
    }
    str_puts(&out, "  sprijin member rights\nROLE:");
    for (int role = VAULT_ROLE_COORDINATOR; role < VAULT_ROLE_COUNT; role++) {
        str_printf(&out, " %s", vault_role_word((enum vault_role)role));
    }
    str_putc(&out, '\n');
    cli_print(c, str_cstr(&out));
    str_done(&out);
    return 0;
}

/* The table of rights as markdown: one line a kind and sort. */
static int print_rights(const struct cli *c)
{
    struct str text = STR_INIT, out = STR_INIT;
    vault_rights_text(&text);
    str_puts(&out, "| kind | where | roles |\n|---|---|---|\n");
    bool at_start = true;
    for (const char *p = str_cstr(&text); *p != '\0'; p++) {
        str_puts(&out, at_start ? "| " : "");
        at_start = *p == '\n';
        if (*p == '\t') {
            str_puts(&out, " | ");
        } else if (*p == '\n') {
            str_puts(&out, " |\n");
        } else {
            str_putc(&out, *p);
        }
    }
    cli_print(c, str_cstr(&out));
    str_done(&text);
    str_done(&out);
    return 0;
}

static int run_word(struct cli *c, size_t i)
{
    struct err_info info = {0};
    vault *v = NULL;
    if (c->count != 2 + WORDS[i].words) {
        return cli_fail(c, ERR_USAGE, NULL);
    }
    const int code = cli_unlock(c, &v);
    if (code != 0) {
        return code;
    }
    const enum err rc = WORDS[i].run(c, v, &info);
    vault_close(v);
    if (rc != ERR_OK) {
        return cli_fail_member(c, rc, &info);
    }
    if (!WORDS[i].is_listing) {
        cli_print(c, cli_tr(c, N_("Done.")));
        cli_print(c, "\n");
    }
    return 0;
}

int cli_member(struct cli *c)
{
    if (c->count < 2) {
        return print_usage(c);
    }
    if (strcmp(c->args[1], "rights") == 0 && c->count == 2) {
        return print_rights(c);
    }
    if (strcmp(c->args[1], "add") == 0) {
        struct err_info info = {0};
        vault *v = NULL;
        int code = cli_unlock(c, &v);
        code = code == 0 ? cli_member_add(c, v, &info) : code;
        vault_close(v);
        return code;
    }
    for (size_t i = 0; i < WORD_COUNT; i++) {
        if (strcmp(WORDS[i].name, c->args[1]) == 0) {
            return run_word(c, i);
        }
    }
    return cli_fail(c, ERR_USAGE, NULL);
}
