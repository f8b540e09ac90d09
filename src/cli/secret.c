/* Asking for a passphrase without echo, and showing a paper key once. The secret goes straight
 * into the vault's locked memory. */
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/cli.h"

static enum err ask_once(const struct cli *c, const char *prompt, vault_secret *out,
                         struct err_info *err)
{
    struct termios before, quiet;
    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &before) != 0) {
        return err_set(err, ERR_CLOSED, __func__, NULL, NULL);
    }
    cli_print(c, prompt);
    quiet = before;
    quiet.c_lflag &= (tcflag_t)~ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    enum err rc = vault_secret_read(out, STDIN_FILENO, err);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    cli_print(c, "\n");
    return rc;
}

static enum err check_new(const struct cli *c, const vault_secret *s, struct err_info *err)
{
    static const char *const PROBLEMS[] = {
        [VAULT_PASS_OK] = "",
        [VAULT_PASS_SHORT] = N_("The passphrase needs 12 characters at least; six words are good."),
        [VAULT_PASS_REPEAT] = N_(
            "The passphrase repeats the same few letters; six words are good."),
        [VAULT_PASS_COMMON] = N_("Everybody tries this passphrase first; six words are good.")};
    enum vault_pass_problem problem = vault_pass_check(s);
    if (problem == VAULT_PASS_OK) {
        return ERR_OK;
    }
    cli_complain(c, cli_tr(c, PROBLEMS[problem]));
    return ERR_SET(err, ERR_USAGE, "passphrase");
}

enum err cli_passphrase(struct cli *c, bool is_new, vault_secret *out, struct err_info *err)
{
    if (c->passphrase_fd >= 0) {
        enum err rc = vault_secret_read(out, c->passphrase_fd, err);
        return rc == ERR_OK && is_new ? check_new(c, out, err) : rc;
    }
    enum err rc = ask_once(c, cli_tr(c, is_new ? N_("New passphrase: ") : N_("Passphrase: ")), out,
                           err);
    if (rc != ERR_OK || !is_new) {
        return rc;
    }
    rc = check_new(c, out, err);
    if (rc == ERR_OK) {
        vault_secret *again = vault_secret_new();
        rc = ask_once(c, cli_tr(c, N_("Once more: ")), again, err);
        if (rc == ERR_OK && !vault_secret_equal(out, again)) {
            cli_complain(c, cli_tr(c, N_("The two are not the same.")));
            rc = ERR_SET(err, ERR_USAGE, "passphrase");
        }
        vault_secret_free(again);
    }
    return rc;
}

int cli_unlock(struct cli *c, vault **out)
{
    struct err_info info = {0};
    vault *v = NULL;
    enum err rc = vault_open(c->vault_dir, &v, &info);
    vault_secret *secret = vault_secret_new();
    if (rc == ERR_OK && c->sheet_fd >= 0) {
        rc = vault_secret_read(secret, c->sheet_fd, &info);
        rc = rc == ERR_OK ? vault_unlock_sheet(v, secret, &info) : rc;
    } else if (rc == ERR_OK) {
        rc = cli_passphrase(c, false, secret, &info);
        rc = rc == ERR_OK ? vault_unlock(v, secret, &info) : rc;
    }
    vault_secret_free(secret);
    if (rc != ERR_OK) {
        vault_close(v);
        return cli_fail(c, rc, &info);
    }
    if (vault_head_was_missing(v)) {
        cli_complain(c, cli_tr(c, N_("The file \"head\" was missing; it was made anew. Is the last "
                                     "answer you remember still here?")));
    }
    *out = v;
    return 0;
}

void cli_print_sheet(const struct cli *c, const char *title, const vault_secret *sheet)
{
    cli_print(c, title);
    cli_print(c, "\n");
    char word[12];
    for (unsigned i = 0; vault_secret_word(sheet, i, word); i++) {
        char cell[32];
        snprintf(cell, sizeof cell, "  %2u %-9s%s", i + 1, word, i % 4 == 3 ? "\n" : "");
        cli_print(c, cell);
    }
    cli_print(c, "\n");
}
