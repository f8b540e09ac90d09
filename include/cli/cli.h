/* The command line: options, one file a subcommand, and what main has to do afterwards. */
#ifndef SPRIJIN_CLI_CLI_H
#define SPRIJIN_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/catalog.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "form/interview.h"
#include "record/record.h"
#include "vault/members.h"

/* Options of form eval. */
struct cli_eval {
    char *context; /* --context: XML document that paths lead through */
    char *zone;    /* --tz */
    char *now;     /* --now: what now() is, local time; NULL: the clock */
    char *batch;   /* --batch: table of cases */
    bool is_late;  /* --late: what is unknown fails only when reached */
    bool is_verbose;
};

/* Options of backup, restore, erase and hold. */
struct cli_safe {
    char *check;   /* --check: of a backup */
    char *ground;  /* --ground: why a case is to be erased */
    char *refuse;  /* --refuse: why it is not */
    long keep;     /* --keep: backups to keep in a folder, -1: all */
    int member_fd; /* --member-sheet-fd, -1 */
    bool is_replace, is_approve, is_list, is_lift;
};

/* Options of join, member and audit. */
struct cli_members {
    char *finish;   /* --finish: the welcome */
    char *role;     /* --role */
    char *reason;   /* --reason */
    char *part;     /* --part */
    char *replaces; /* --replaces: whose lost keys the new ones stand for */
    char *member;   /* --member */
    char *since;    /* --since */
    char *spool;    /* --spool: folder to exchange through; "" forgets it */
    bool is_ending; /* --end-access: the own one ends with a handover */
    int root_fd;    /* --organisation-sheet-fd: needed for a coordinator, -1 = no */
};

struct cli {
    char *vault_dir; /* --vault, else the user's data folder + /sprijin */
    char *forms_dir; /* --forms, else beside the program */
    char *answers;   /* --answers */
    char *output;    /* -o, NULL = standard output */
    char *member;    /* --name: how the member signs */
    enum lang lang;  /* --lang, else by LC_ALL, LC_MESSAGES, LANG, else Romanian */
    bool is_json;    /* --json */
    bool no_open;    /* --no-open */
    char *case_code; /* --case, NULL */
    bool is_dry_run; /* --dry-run */
    char *until;     /* --until DATE: tasks due by then, NULL */
    char *form;      /* --form: of print, NULL */
    bool is_all;     /* --all: every record */
    bool has_vault_option;
    long cases;           /* --cases N, -1 = all */
    int passphrase_fd;    /* --passphrase-fd, -1 = ask at the terminal */
    int sheet_fd;         /* --sheet-fd: unlock with the paper key instead, -1 = no */
    struct vault_kdf kdf; /* --kdf MIB,PASSES; 0 MiB: measured where a passphrase is new */
    char *locked;         /* --locked, from the program to itself: see ui_ctx.resume; NULL */
    struct cli_eval eval;
    struct cli_safe safe;
    struct cli_members who;
    char **args; /* words that are no options: subcommand first; NULL-terminated */
    size_t count;
    const char *charset; /* of the terminal; "UTF-8" needs no conversion */
    /* What a command leaves for main when the screens are to be opened. */
    bool open_screens;
    bool is_demo;
    const char *try_form; /* the file of a form to be tried, borrowed from args; NULL: none */
    vault *vault;         /* unlocked, owned; NULL: the screens unlock or create */
};

/* false: usage error, already printed. Done with cli_done. */
bool cli_parse(struct cli *c, int argc, char **argv);
void cli_done(struct cli *c);
/* Makes the folders above the vault, mode 0700; what cannot be made is reported when it is used. */
void cli_make_parents(const struct cli *c);
/* Runs the subcommand; the exit code (0 done, 1 no, 2 usage, 3 refused, 4 damaged input, 5 the
 * machine failed). With c->open_screens set, main opens them and removes a demo afterwards. */
int cli_run(struct cli *c);
int cli_exit_code(enum err code);

/* Output, in the terminal's charset; translated by cli_tr. */
const char *cli_tr(const struct cli *c, const char *msgid);
void cli_print(const struct cli *c, const char *text);
void cli_complain(const struct cli *c, const char *text); /* to standard error, with newline */
int cli_fail(const struct cli *c, enum err code, const struct err_info *info);
#define N_(s) s

/* Passphrase from --passphrase-fd or the terminal (echo off; twice if is_new). */
enum err cli_passphrase(struct cli *c, bool is_new, vault_secret *out, struct err_info *err);
/* Opens and unlocks the vault by passphrase or paper key; prints why not. Exit code, 0 = *out. */
int cli_unlock(struct cli *c, vault **out);
void cli_print_sheet(const struct cli *c, const char *title, const vault_secret *sheet);

/* What answers go into: an interview alone, or a record (then iv is not looked at). */
struct cli_target {
    form_interview *iv;
    record_doc *doc;
};
const form_interview *cli_target_interview(const struct cli_target *t);
enum form_problem cli_target_set(const struct cli_target *t, int node, struct form_answer answer);
int cli_target_add(const struct cli_target *t, int container); /* the row's node, -1 */
void cli_target_delete(const struct cli_target *t, int instance);
void cli_target_move(const struct cli_target *t, int instance, int before);
/* One JSON value: text, number, list of choices, "@declined" or {"state": "declined"}. */
enum form_problem cli_answer(const struct cli_target *t, int node, const jv *value);
/* Sets answers from a JSON object {question: value, repeat: [{question: value}]}, in the form's
 * order. Unknown names: ERR_NOT_FOUND; a value that does not fit: ERR_SYNTAX, with the name as
 * argument. */
enum err cli_answers(const struct cli_target *t, const jv *answers, struct err_info *err);
/* Runs the steps (docs/forms.md) until one does not hold: then why says what. *step: the number of
 * the last one that ran, from 1. An error is one of the script itself. */
enum err cli_script(const struct cli_target *t, const jv *steps, size_t *step, struct str *why,
                    struct err_info *err);

int cli_backup(struct cli *c);
int cli_restore(struct cli *c);
int cli_erase(struct cli *c);
int cli_hold(struct cli *c);
int cli_retention(struct cli *c);
/* The case that somebody typed the code of. ERR_USAGE, ERR_NOT_FOUND. */
enum err cli_find_case(record *r, const char *typed, struct record_case *out, struct err_info *err);

int cli_join(struct cli *c);   /* asks to become a member, or finishes that */
int cli_member(struct cli *c); /* members, devices, grants */
int cli_member_add(struct cli *c, vault *v, struct err_info *info);
/* By name, or by the first digits of the id (four at least). ERR_NOT_FOUND; ERR_USAGE: several. */
enum err cli_find_member(vault *v, const char *typed, struct vault_member *out,
                         struct err_info *err);
/* As cli_fail, in the words of what a member may and may not. */
int cli_fail_member(const struct cli *c, enum err code, const struct err_info *info);
int cli_handover(struct cli *c);
int cli_overview(struct cli *c);
int cli_link(struct cli *c); /* two cases of one person */
int cli_audit(struct cli *c);
int cli_sync(struct cli *c);  /* exchange with other replicas */
int cli_tasks(struct cli *c); /* where cases stand and what is to be done */
int cli_print_case(struct cli *c);
/* "2026-01-12" or "2026-01-12T10:00", local; false: neither. A day alone is its beginning. */
bool cli_moment(const char *text, int64_t *ms);
int cli_init(struct cli *c);
int cli_passwd(struct cli *c);
int cli_verify(struct cli *c);
int cli_form(struct cli *c);
int cli_form_eval(struct cli *c);
int cli_form_move(struct cli *c); /* a case's record to the form as it is now */
int cli_demo(struct cli *c);
int cli_sample(struct cli *c); /* the main job without a terminal */
int cli_help(struct cli *c);
/* Removes a throw-away vault. */
void cli_demo_remove(const struct cli *c);

#endif
