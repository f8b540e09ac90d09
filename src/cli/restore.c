/* restore: a vault from a backup, opened by the passphrase, by the member's paper key, or by the
 * organisation's alone. */
#include <string.h>

#include "cli/cli.h"
#include "vault/safe.h"

/* What opens the backup, and what will open the vault. */
struct openers {
    vault_secret *old, *sheet, *fresh;
};

static enum err read_openers(struct cli *c, struct openers *o, struct err_info *err)
{
    const int fd = c->safe.member_fd >= 0 ? c->safe.member_fd : c->who.root_fd;
    if (fd < 0) {
        o->old = vault_secret_new();
        return cli_passphrase(c, false, o->old, err);
    }
    o->sheet = vault_secret_new();
    const enum err bad = vault_secret_read(o->sheet, fd, err);
    if (bad != ERR_OK) {
        return bad;
    }
    o->fresh = vault_secret_new();
    return cli_passphrase(c, true, o->fresh, err);
}

static void say_done(const struct cli *c, const vault *v, const vault_secret *sheet)
{
    if (sheet != NULL) {
        cli_print_sheet(c,
                        cli_tr(c, N_("YOUR KEY. Write it down and keep it apart: with it you get"
                                     " in if you forget your passphrase.")),
                        sheet);
    }
    struct str line = STR_INIT;
    str_printf(&line, "%s: %llu\n", cli_tr(c, N_("Entries restored")),
               (unsigned long long)vault_event_count(v));
    cli_print(c, str_cstr(&line));
    str_done(&line);
    cli_print(c, cli_tr(c, N_("This is a new device of yours from now on; the old one is"
                              " closed.\n")));
}

static int fail(const struct cli *c, enum err bad, const struct err_info *info)
{
    const bool by_sheet = c->safe.member_fd >= 0 || c->who.root_fd >= 0;
    if (bad == ERR_DAMAGED) {
        cli_complain(c, cli_tr(c, N_("This backup is damaged. Take another one.")));
        return cli_exit_code(bad);
    }
    if (bad == ERR_KEY && by_sheet) {
        cli_complain(c, cli_tr(c, N_("These words do not open this backup. Check that it is the"
                                     " right sheet, and each word.")));
        return cli_exit_code(bad);
    }
    return cli_fail(c, bad, info);
}

int cli_restore(struct cli *c)
{
    struct err_info info = {0};
    struct openers o = {NULL, NULL, NULL};
    vault *v = NULL;
    vault_secret *sheet = NULL;
    const bool by_root = c->who.root_fd >= 0;
    if (c->count != 2 || !c->has_vault_option || (by_root && c->safe.member_fd >= 0)) {
        return cli_fail(c, ERR_USAGE, NULL);
    }
    enum err bad = by_root && c->member[0] == '\0' ? ERR_SET(&info, ERR_USAGE, "--name") : ERR_OK;
    if (bad == ERR_OK) {
        bad = read_openers(c, &o, &info);
    }
    if (bad == ERR_OK) {
        const struct vault_restore how = {.path = c->args[1],
                                          .dir = c->vault_dir,
                                          .passphrase = o.old,
                                          .member_sheet = by_root ? NULL : o.sheet,
                                          .organisation_sheet = by_root ? o.sheet : NULL,
                                          .new_passphrase = o.fresh,
                                          .kdf = c->kdf,
                                          .member_name = c->member,
                                          .lang = c->lang};
        cli_make_parents(c);
        bad = vault_restore(&how, &v, &sheet, NULL, NULL, &info);
    }
    if (bad == ERR_OK) {
        say_done(c, v, sheet);
    }
    vault_secret_free(o.old);
    vault_secret_free(o.sheet);
    vault_secret_free(o.fresh);
    vault_secret_free(sheet);
    vault_close(v);
    return bad == ERR_OK ? 0 : fail(c, bad, &info);
}
