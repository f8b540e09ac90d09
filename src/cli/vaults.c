/* init, passwd, verify. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "cli/cli.h"

int cli_init(struct cli *c)
{
    struct err_info info = {0};
    vault_secret *pass = vault_secret_new(), *org = NULL, *member = NULL;
    vault *v = NULL;
    enum err rc = c->member[0] == '\0' ? ERR_SET(&info, ERR_USAGE, "--name") : ERR_OK;
    if (rc == ERR_OK) {
        rc = cli_passphrase(c, true, pass, &info);
    }
    if (rc == ERR_OK) {
        cli_make_parents(c);
        struct vault_create how = {.dir = c->vault_dir,
                                   .passphrase = pass,
                                   .kdf = c->kdf,
                                   .lang = c->lang,
                                   .member_name = c->member,
                                   .zone = "Europe/Chisinau"};
        rc = vault_create(&how, &v, &org, &member, &info);
    }
    if (rc == ERR_OK) {
        cli_print_sheet(c,
                        cli_tr(c, N_("ORGANISATION KEY. Write it down and lock it away: with it a"
                                     " lost vault of any colleague can be recovered.")),
                        org);
        cli_print_sheet(c,
                        cli_tr(c, N_("YOUR KEY. Write it down and keep it apart: with it you get"
                                     " in if you forget your passphrase.")),
                        member);
    }
    vault_secret_free(pass);
    vault_secret_free(org);
    vault_secret_free(member);
    vault_close(v);
    return rc == ERR_OK ? 0 : cli_fail(c, rc, &info);
}

int cli_passwd(struct cli *c)
{
    vault *v = NULL;
    int code = cli_unlock(c, &v);
    if (code != 0) {
        return code;
    }
    struct err_info info = {0};
    vault_secret *pass = vault_secret_new();
    enum err rc = cli_passphrase(c, true, pass, &info);
    if (rc == ERR_OK) {
        rc = vault_passwd(v, pass, c->kdf, &info);
    }
    vault_secret_free(pass);
    vault_close(v);
    if (rc != ERR_OK) {
        return cli_fail(c, rc, &info);
    }
    cli_print(c, cli_tr(c, N_("The passphrase is changed.")));
    cli_print(c, "\n");
    return 0;
}

static void print_report(const struct cli *c, const struct vault_report *report)
{
    struct str out = STR_INIT;
    if (c->is_json) {
        jv *top = jv_new_object();
        jv_set_int(top, "events", (int64_t)report->events);
        jv_set_int(top, "bad", (int64_t)report->bad);
        jv_set_int(top, "unreadable", (int64_t)report->unreadable);
        jv_set_int(top, "erased", (int64_t)report->erased);
        jv_set(top, "head_behind", jv_new_bool(report->head_behind));
        jv_set(top, "database_damaged", jv_new_bool(report->database_damaged));
        jv_set(top, "keyfile_damaged", jv_new_bool(report->keyfile_damaged));
        jv_write(top, &out);
        str_putc(&out, '\n');
        jv_free(top);
    } else {
        str_printf(&out, "%s: %llu\n", cli_tr(c, N_("Entries checked")),
                   (unsigned long long)report->events);
        if (report->bad > 0) {
            str_printf(&out, "%s: %llu\n", cli_tr(c, N_("Entries that do not verify")),
                       (unsigned long long)report->bad);
        }
        if (report->unreadable > 0) {
            str_printf(&out, "%s: %llu\n", cli_tr(c, N_("Entries without a key here")),
                       (unsigned long long)report->unreadable);
        }
        if (report->erased > 0) {
            str_printf(&out, "%s: %llu\n", cli_tr(c, N_("Entries erased for good")),
                       (unsigned long long)report->erased);
        }
        if (report->head_behind) {
            str_puts(&out, cli_tr(c, N_("The log is shorter than it was: it was cut or an older"
                                        " copy was put back.\n")));
            str_puts(&out, cli_tr(c, N_("Before the next entry the vault takes a new device number"
                                        " by itself, so that none is used twice.\n")));
        }
        if (report->database_damaged) {
            str_puts(&out, cli_tr(c, N_("The database file is damaged.\n")));
        }
        if (report->keyfile_damaged) {
            str_puts(&out, cli_tr(c, N_("The key file is damaged.\n")));
        }
    }
    cli_print(c, str_cstr(&out));
    str_done(&out);
}

int cli_verify(struct cli *c)
{
    vault *v = NULL;
    int code = cli_unlock(c, &v);
    if (code != 0) {
        return code;
    }
    struct err_info info = {0};
    struct vault_report report = {0};
    enum err rc = vault_verify(v, &report, NULL, NULL, &info);
    vault_close(v);
    if (rc != ERR_OK) {
        vault_report_done(&report);
        return cli_fail(c, rc, &info);
    }
    print_report(c, &report);
    vault_report_done(&report);
    bool is_whole = report.bad == 0 && !report.head_behind && !report.database_damaged &&
                    !report.keyfile_damaged;
    cli_print(c, cli_tr(c, is_whole ? N_("The vault is whole.\n")
                                    : N_("Something is wrong with the vault; see above.\n")));
    return is_whole ? 0 : 1;
}
