/* The table of subcommands; help is printed from it. */
#include <string.h>

#include "cli/cli.h"

struct command {
    const char *name;
    const char *usage;
    const char *help; /* N_() */
    int (*run)(struct cli *c);
};

static int open_program(struct cli *c)
{
    if (vault_is_waiting(c->vault_dir)) {
        cli_complain(c, cli_tr(c, N_("This folder waits for its welcome: sprijin join --finish "
                                     "WELCOME")));
        return 1;
    }
    c->open_screens = true;
    return 0;
}

static const struct command COMMANDS[] = {
    {"open", "", N_("open the program (also without a command); the first run creates a vault"),
     open_program},
    {"demo", "[--cases N] [--no-open]", N_("a throw-away vault with fictional cases"), cli_demo},
    {"init", "--name NAME [--kdf MIB,PASSES]", N_("create a vault, print its two paper keys"),
     cli_init},
    {"passwd", "", N_("change the passphrase (--sheet-fd N: by the paper key)"), cli_passwd},
    {"verify", "", N_("check every seal, chain and signature of the vault"), cli_verify},
    {"backup", "FILE [--replace] | FOLDER [--keep N] | --check FILE",
     N_("a sealed copy in one file, read back and checked; in a folder it gets a name by the day"),
     cli_backup},
    {"restore", "FILE [--member-sheet-fd N | --organisation-sheet-fd N --name NAME]",
     N_("a vault from a backup, by passphrase or paper key; into a folder that is not there yet"),
     cli_restore},
    {"erase", "--case CODE --ground TEXT | --approve | --refuse REASON; or --list",
     N_("erase a case for good; where there are two coordinators, the other one approves"),
     cli_erase},
    {"hold", "--case CODE --reason TEXT | --lift", N_("keep a case from being erased, for a court"),
     cli_hold},
    {"retention", "", N_("cases whose term of keeping has run out; nothing is done by itself"),
     cli_retention},
    {"join", "[--name NAME] -o REQUEST | --finish WELCOME",
     N_("ask to become a member (without --name: a further device of yours), and finish it"),
     cli_join},
    {"member", "list|add|role|remove|devices|close|grant|ungrant|open|rights ...",
     N_("members and what is open to them; member alone says how"), cli_member},
    {"handover",
     "[CODE MEMBER --reason TEXT [--end-access] | accept CODE | refuse CODE --reason TEXT |"
     " withdraw CODE]",
     N_("hand a case to another member, answer, or list what was asked"), cli_handover},
    {"link", "CODE CODE", N_("say of two cases that they are of the same person"), cli_link},
    {"overview", "", N_("all cases as their readers told of them, for coordinators"), cli_overview},
    {"sync", "[PATH] | --spool DIR",
     N_("exchange with the others through a folder or a file; --spool remembers the folder"),
     cli_sync},
    {"audit", "[--case CODE] [--member NAME] [--since DATE]", N_("who looked at what, and why"),
     cli_audit},
    {"tasks", "[--case CODE] [--until DATE] [--now DATE]",
     N_("what is to be done, and till when; of one case also its stages"), cli_tasks},
    {"print", "--case CODE --form FORM|--all -o FILE",
     N_("records of a case as a text for paper, with lines to sign on"), cli_print_case},
    {"form", "check|fmt|fill|try|import|export FILE [-o FILE]",
     N_("check, lay out, fill or try a form; spreadsheets in and out"), cli_form},
    {"form", "move --case CODE [--dry-run] [FORM]",
     N_("take a case's record over to the form as it is now; --dry-run only says what would "
        "change"),
     cli_form},
    {"form", "eval [--context XML] EXPR | --batch TSV",
     N_("compute an expression, or check a table of them"), cli_form},
    {"sample", "", N_("show the whole way on a fictional interview"), cli_sample},
    {"help", "", N_("this list"), cli_help},
};
#define COMMAND_COUNT (sizeof COMMANDS / sizeof COMMANDS[0])

int cli_help(struct cli *c)
{
    struct str text = STR_INIT;
    str_puts(&text,
             cli_tr(c, N_("sprijin: the case records of an assistance service, sealed\n\n")));
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        str_printf(&text, "  sprijin %s %s\n      %s\n", COMMANDS[i].name, COMMANDS[i].usage,
                   cli_tr(c, COMMANDS[i].help));
    }
    str_puts(&text, "  sprijin manual\n      ");
    str_puts(&text, cli_tr(c, N_("all keys of all screens")));
    str_puts(&text, "\n\n");
    str_puts(&text, cli_tr(c, N_("Everywhere: --vault DIR, --forms DIR, --lang ro|ru|en, --json,"
                                 " --passphrase-fd N\n"
                                 "Exit: 0 done, 1 the answer is no, 2 usage, 3 refused,"
                                 " 4 damaged input, 5 the machine failed\n")));
    cli_print(c, str_cstr(&text));
    str_done(&text);
    return 0;
}

int cli_run(struct cli *c)
{
    if (c->count == 0) {
        return open_program(c);
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(COMMANDS[i].name, c->args[0]) == 0) {
            return COMMANDS[i].run(c);
        }
    }
    return cli_fail(c, ERR_USAGE, NULL);
}
