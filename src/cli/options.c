/* Options and defaults: where the vault and the forms are, which language, which charset. */
#include "cli/cli.h"

#include <getopt.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/charset.h"
#include "base/file.h"

enum {
    OPT_VAULT = 1,
    OPT_FORMS,
    OPT_LANG,
    OPT_JSON,
    OPT_PASS,
    OPT_SHEET,
    OPT_KDF,
    OPT_ANSWERS,
    OPT_NAME,
    OPT_NO_OPEN,
    OPT_CASES,
    OPT_CASE,
    OPT_DRY_RUN,
    OPT_CONTEXT,
    OPT_ZONE,
    OPT_LATE,
    OPT_NOW,
    OPT_BATCH,
    OPT_VERBOSE,
    OPT_LOCKED,
    OPT_CHECK,
    OPT_GROUND,
    OPT_REFUSE,
    OPT_KEEP,
    OPT_MEMBER_SHEET,
    OPT_REPLACE,
    OPT_APPROVE,
    OPT_LIST,
    OPT_LIFT,
    OPT_ENDS,
    OPT_FINISH,
    OPT_ROLE,
    OPT_REASON,
    OPT_PART,
    OPT_REPLACES,
    OPT_MEMBER,
    OPT_SINCE,
    OPT_UNTIL,
    OPT_FORM,
    OPT_ALL,
    OPT_ROOT,
    OPT_SPOOL,
    OPT_HELP
};

static const struct option OPTIONS[] = {
    {"vault", required_argument, NULL, OPT_VAULT},
    {"forms", required_argument, NULL, OPT_FORMS},
    {"lang", required_argument, NULL, OPT_LANG},
    {"json", no_argument, NULL, OPT_JSON},
    {"passphrase-fd", required_argument, NULL, OPT_PASS},
    {"sheet-fd", required_argument, NULL, OPT_SHEET},
    {"kdf", required_argument, NULL, OPT_KDF},
    {"answers", required_argument, NULL, OPT_ANSWERS},
    {"name", required_argument, NULL, OPT_NAME},
    {"no-open", no_argument, NULL, OPT_NO_OPEN},
    {"cases", required_argument, NULL, OPT_CASES},
    {"case", required_argument, NULL, OPT_CASE},
    {"dry-run", no_argument, NULL, OPT_DRY_RUN},
    {"context", required_argument, NULL, OPT_CONTEXT},
    {"tz", required_argument, NULL, OPT_ZONE},
    {"late", no_argument, NULL, OPT_LATE},
    {"now", required_argument, NULL, OPT_NOW},
    {"batch", required_argument, NULL, OPT_BATCH},
    {"verbose", no_argument, NULL, OPT_VERBOSE},
    {"locked", required_argument, NULL, OPT_LOCKED},
    {"check", required_argument, NULL, OPT_CHECK},
    {"ground", required_argument, NULL, OPT_GROUND},
    {"refuse", required_argument, NULL, OPT_REFUSE},
    {"keep", required_argument, NULL, OPT_KEEP},
    {"member-sheet-fd", required_argument, NULL, OPT_MEMBER_SHEET},
    {"replace", no_argument, NULL, OPT_REPLACE},
    {"approve", no_argument, NULL, OPT_APPROVE},
    {"list", no_argument, NULL, OPT_LIST},
    {"lift", no_argument, NULL, OPT_LIFT},
    {"end-access", no_argument, NULL, OPT_ENDS},
    {"finish", required_argument, NULL, OPT_FINISH},
    {"role", required_argument, NULL, OPT_ROLE},
    {"reason", required_argument, NULL, OPT_REASON},
    {"part", required_argument, NULL, OPT_PART},
    {"replaces", required_argument, NULL, OPT_REPLACES},
    {"member", required_argument, NULL, OPT_MEMBER},
    {"since", required_argument, NULL, OPT_SINCE},
    {"until", required_argument, NULL, OPT_UNTIL},
    {"form", required_argument, NULL, OPT_FORM},
    {"all", no_argument, NULL, OPT_ALL},
    {"organisation-sheet-fd", required_argument, NULL, OPT_ROOT},
    {"spool", required_argument, NULL, OPT_SPOOL},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0}};

static bool number(const char *text, long min, long max, long *out)
{
    char *end = NULL;
    long n = strtol(text, &end, 10);
    *out = n;
    return end != text && *end == '\0' && n >= min && n <= max;
}

static bool set_kdf(struct cli *c, const char *text)
{
    char *end = NULL;
    const long mib = strtol(text, &end, 10);
    long passes = 0;
    if (end == text || *end != ',' || mib < 19 || mib > 1024 || !number(end + 1, 2, 64, &passes)) {
        return false;
    }
    c->kdf = (struct vault_kdf){(unsigned)mib, (unsigned)passes};
    return true;
}

static void replace(char **field, const char *value)
{
    free(*field);
    *field = mem_strdup(value);
}

/* Options of form eval. */
static bool take_eval(struct cli *c, int option, const char *value)
{
    switch (option) {
    case OPT_CONTEXT: replace(&c->eval.context, value); return true;
    case OPT_ZONE: replace(&c->eval.zone, value); return value[0] != '\0';
    case OPT_LATE: c->eval.is_late = true; return true;
    case OPT_NOW: replace(&c->eval.now, value); return true;
    case OPT_BATCH: replace(&c->eval.batch, value); return true;
    case OPT_VERBOSE: c->eval.is_verbose = true; return true;
    default: return false;
    }
}

static bool descriptor(const char *value, int *out)
{
    long n = 0;
    const bool is_good = number(value, 0, 1023, &n);
    *out = is_good ? (int)n : -1;
    return is_good;
}

/* Options of backup, restore, erase and hold. */
static bool take_safe(struct cli *c, int option, const char *value)
{
    switch (option) {
    case OPT_CHECK: replace(&c->safe.check, value); return value[0] != '\0';
    case OPT_GROUND: replace(&c->safe.ground, value); return value[0] != '\0';
    case OPT_REFUSE: replace(&c->safe.refuse, value); return value[0] != '\0';
    case OPT_KEEP: return number(value, 1, 10000, &c->safe.keep);
    case OPT_MEMBER_SHEET: return descriptor(value, &c->safe.member_fd);
    case OPT_REPLACE: c->safe.is_replace = true; return true;
    case OPT_APPROVE: c->safe.is_approve = true; return true;
    case OPT_LIST: c->safe.is_list = true; return true;
    case OPT_LIFT: c->safe.is_lift = true; return true;
    default: return false;
    }
}

/* Options of join, member and audit. */
static bool take_member(struct cli *c, int option, const char *value)
{
    switch (option) {
    case OPT_FINISH: replace(&c->who.finish, value); return value[0] != '\0';
    case OPT_ROLE: replace(&c->who.role, value); return true;
    case OPT_REASON: replace(&c->who.reason, value); return true;
    case OPT_PART: replace(&c->who.part, value); return true;
    case OPT_REPLACES: replace(&c->who.replaces, value); return true;
    case OPT_MEMBER: replace(&c->who.member, value); return true;
    case OPT_SINCE: replace(&c->who.since, value); return true;
    case OPT_SPOOL: replace(&c->who.spool, value); return true;
    case OPT_ENDS: c->who.is_ending = true; return true;
    case OPT_UNTIL: replace(&c->until, value); return true;
    case OPT_FORM: replace(&c->form, value); return true;
    case OPT_ALL: c->is_all = true; return true;
    case OPT_ROOT: return descriptor(value, &c->who.root_fd);
    default: return take_eval(c, option, value) || take_safe(c, option, value);
    }
}

static bool take(struct cli *c, int option, const char *value)
{
    long n = 0;
    switch (option) {
    case OPT_VAULT:
        replace(&c->vault_dir, value);
        c->has_vault_option = true;
        return value[0] != '\0';
    case OPT_FORMS: replace(&c->forms_dir, value); return value[0] != '\0';
    case OPT_LANG: c->lang = lang_parse(value); return c->lang != LANG_COUNT;
    case OPT_JSON: c->is_json = true; return true;
    case OPT_PASS: c->passphrase_fd = number(value, 0, 1023, &n) ? (int)n : -2; return n >= 0;
    case OPT_SHEET: c->sheet_fd = number(value, 0, 1023, &n) ? (int)n : -2; return n >= 0;
    case OPT_KDF: return set_kdf(c, value);
    case OPT_LOCKED: replace(&c->locked, value); return true;
    case OPT_ANSWERS: replace(&c->answers, value); return true;
    case 'o': replace(&c->output, value); return value[0] != '\0';
    case OPT_NAME: replace(&c->member, value); return strlen(value) <= 64;
    case OPT_NO_OPEN: c->no_open = true; return true;
    case OPT_CASE: replace(&c->case_code, value); return true;
    case OPT_DRY_RUN: c->is_dry_run = true; return true;
    case OPT_CASES: return number(value, 0, 100000, &c->cases);
    default: return take_member(c, option, value);
    }
}

static char *default_vault(void)
{
    const char *data = getenv("XDG_DATA_HOME");
    const char *home = getenv("HOME");
    if (data != NULL && data[0] == '/') {
        return file_join(data, "sprijin");
    }
    return file_join(home != NULL && home[0] == '/' ? home : ".", ".local/share/sprijin");
}

/* The forms lie beside the program: ../forms from build/, else ../share/sprijin/forms. */
static char *default_forms(void)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n > 0 ? n : 0] = '\0';
    static const char *const PLACES[] = {"forms", "../forms", "share/sprijin/forms"};
    for (int up = 0; up < 3; up++) {
        char *slash = strrchr(self, '/');
        if (slash == NULL) {
            break;
        }
        *slash = '\0';
        for (size_t i = 0; i < sizeof PLACES / sizeof PLACES[0]; i++) {
            char *dir = file_join(self, PLACES[i]);
            char *facts = file_join(dir, "facts.yaml");
            bool is_there = file_exists(facts);
            free(facts);
            if (is_there) {
                return dir;
            }
            free(dir);
        }
    }
    return mem_strdup("forms");
}

static const char *locale_name(void)
{
    static const char *const NAMES[] = {"LC_ALL", "LC_MESSAGES", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        const char *value = getenv(NAMES[i]);
        if (value != NULL && value[0] != '\0') {
            return value;
        }
    }
    return "";
}

/* Only a locale that somebody chose counts; the bare "C" of a pipe or a cron job is UTF-8 here. */
static const char *terminal_charset(const char *locale)
{
    if (locale[0] == '\0' || strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0) {
        return "UTF-8";
    }
    return nl_langinfo(CODESET);
}

/* The first run makes the folders above the vault, closed to others. */
void cli_make_parents(const struct cli *c)
{
    char *path = mem_strdup(c->vault_dir);
    for (char *p = strchr(path + 1, '/'); p != NULL; p = strchr(p + 1, '/')) {
        *p = '\0';
        file_mkdir(path, NULL); /* there already: nothing to do; not possible: creating says why */
        *p = '/';
    }
    free(path);
}

bool cli_parse(struct cli *c, int argc, char **argv)
{
    const char *locale = locale_name();
    *c = (struct cli){.passphrase_fd = -1,
                      .sheet_fd = -1,
                      .safe = {.keep = -1, .member_fd = -1},
                      .who = {.root_fd = -1},
                      .cases = -1};
    c->lang = lang_parse(locale);
    c->lang = c->lang == LANG_COUNT ? LANG_RO : c->lang;
    c->charset = terminal_charset(locale);
    c->vault_dir = default_vault();
    c->forms_dir = default_forms();
    c->member = mem_strdup("");
    bool is_good = true;
    int option = 0;
    while (is_good && (option = getopt_long(argc, argv, "ho:", OPTIONS, NULL)) != -1) {
        if (option == 'h' || option == OPT_HELP) {
            static char *help[] = {(char *)"help", NULL};
            c->args = help;
            c->count = 1;
            return true;
        }
        is_good = take(c, option, optarg);
    }
    c->args = argv + optind;
    c->count = (size_t)(argc - optind);
    if (!is_good) {
        cli_complain(c, cli_tr(c, N_("The command was not understood. Try: sprijin help")));
    }
    return is_good;
}

void cli_done(struct cli *c)
{
    free(c->vault_dir);
    free(c->forms_dir);
    free(c->answers);
    free(c->output);
    free(c->case_code);
    free(c->member);
    free(c->locked);
    free(c->eval.context);
    free(c->eval.zone);
    free(c->eval.now);
    free(c->eval.batch);
    free(c->safe.check);
    free(c->safe.ground);
    free(c->safe.refuse);
    free(c->who.finish);
    free(c->who.role);
    free(c->who.reason);
    free(c->who.part);
    free(c->who.replaces);
    free(c->who.member);
    free(c->who.since);
    free(c->who.spool);
    free(c->until);
    free(c->form);
}
