/* Becoming a member: join writes a request, member add answers it with a welcome, join --finish
 * takes that in. What two people compare by voice is printed on both sides. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/cli.h"
#include "report/member.h"

#define WELCOME_MAX ((size_t)1 << 30)
#define REQUEST_MAX ((size_t)4096)

int cli_fail_member(const struct cli *c, enum err code, const struct err_info *info)
{
    const char *text = member_error_text(catalog_builtin(c->lang), code, info);
    if (text == NULL) {
        return cli_fail(c, code, info);
    }
    cli_complain(c, text);
    return cli_exit_code(code);
}

static void print_words(const struct cli *c, const char *title, const struct str *words)
{
    struct str out = STR_INIT;
    str_puts(&out, title);
    str_puts(&out, "\n  ");
    size_t blanks = 0;
    for (size_t i = 0; i < words->len; i++) {
        const bool is_end = words->data[i] == ' ' && ++blanks % 6 == 0;
        str_puts(&out, is_end ? "\n " : "");
        str_putc(&out, words->data[i]);
    }
    str_puts(&out, "\n");
    cli_print(c, str_cstr(&out));
    str_done(&out);
}

static enum err write_file(const struct cli *c, const struct str *bytes, struct err_info *err)
{
    return file_create(c->output, bytes->data, bytes->len, 0600, err);
}

static void print_request(const struct cli *c, const struct str *words, const vault_secret *sheet)
{
    cli_print_sheet(c,
                    cli_tr(c, N_("YOUR KEY. Write it down and keep it apart: with it you get"
                                 " in if you forget your passphrase.")),
                    sheet);
    print_words(c,
                cli_tr(c, N_("These words stand for your request. Read them to the coordinator, who"
                             " has to see the same:")),
                words);
    cli_print(c, cli_tr(c, N_("Give the file to the coordinator; it holds no secret. Then, with the"
                              " welcome you get back: sprijin join --finish WELCOME\n")));
}

static int ask(struct cli *c)
{
    struct err_info info = {0};
    struct str request = STR_INIT, words = STR_INIT;
    vault_secret *pass = vault_secret_new(), *sheet = NULL;
    enum err rc = c->output == NULL ? ERR_SET(&info, ERR_USAGE, "-o") : ERR_OK;
    if (rc == ERR_OK && file_exists(c->output)) {
        rc = ERR_SET(&info, ERR_EXISTS, c->output);
    }
    rc = rc == ERR_OK ? cli_passphrase(c, true, pass, &info) : rc;
    if (rc == ERR_OK) {
        cli_make_parents(c);
        const struct vault_create how = {.dir = c->vault_dir,
                                         .passphrase = pass,
                                         .kdf = c->kdf,
                                         .lang = c->lang,
                                         .member_name = c->member,
                                         .zone = "Europe/Chisinau"};
        rc = vault_join_request(&how, &request, &words, &sheet, &info);
    }
    rc = rc == ERR_OK ? write_file(c, &request, &info) : rc;
    if (rc == ERR_OK) {
        print_request(c, &words, sheet);
    }
    vault_secret_free(pass);
    vault_secret_free(sheet);
    str_done(&request);
    str_done(&words);
    return rc == ERR_OK ? 0 : cli_fail(c, rc, &info);
}

static void print_joined(const struct cli *c, const vault *v)
{
    struct str words = STR_INIT;
    vault_organisation_words(v, c->lang, &words);
    cli_print(c, cli_tr(c, N_("You are a member now.\n")));
    print_words(
        c,
        cli_tr(c, N_("These words stand for the organisation. A colleague sees the same with"
                     " sprijin member list; if not, this is not your organisation:")),
        &words);
    str_done(&words);
}

static int finish(struct cli *c)
{
    struct err_info info = {0};
    struct str welcome = STR_INIT;
    vault_secret *pass = vault_secret_new();
    vault *v = NULL;
    enum err rc = vault_is_waiting(c->vault_dir) ? ERR_OK : ERR_SET(&info, ERR_NOT_FOUND, "join");
    if (rc != ERR_OK) {
        cli_complain(c,
                     cli_tr(c, N_("This folder waits for no welcome. Begin with: sprijin join")));
    }
    rc = rc == ERR_OK ? file_read(c->who.finish, WELCOME_MAX, &welcome, &info) : rc;
    const bool has_file = rc == ERR_OK;
    rc = rc == ERR_OK ? cli_passphrase(c, false, pass, &info) : rc;
    rc = rc == ERR_OK ? vault_join_finish(c->vault_dir, pass, welcome.data, welcome.len, &v, &info)
                      : rc;
    if (rc == ERR_OK) {
        print_joined(c, v);
    }
    vault_secret_free(pass);
    str_done(&welcome);
    vault_close(v);
    return rc == ERR_OK ? 0 : has_file ? cli_fail_member(c, rc, &info) : cli_exit_code(rc);
}

int cli_join(struct cli *c)
{
    if (c->count != 1 || (c->who.finish != NULL && c->output != NULL)) {
        return cli_fail(c, ERR_USAGE, NULL);
    }
    return c->who.finish != NULL ? finish(c) : ask(c);
}

/* ---- the other side */

static enum err answer(const struct cli *c, vault *v, const struct str *request,
                       const struct vault_request *said, const vault_secret *root,
                       struct str *welcome, struct err_info *err)
{
    enum vault_role role = VAULT_ROLE_NONE;
    struct vault_member old;
    if (c->who.replaces != NULL) {
        const enum err rc = cli_find_member(v, c->who.replaces, &old, err);
        return rc == ERR_OK
                   ? vault_member_renew(v, request->data, request->len, old.id, root, welcome, err)
                   : rc;
    }
    if (!said->is_second_device &&
        !member_role_typed(catalog_builtin(c->lang), c->who.role, &role)) {
        return ERR_SET(err, ERR_USAGE, "--role");
    }
    return vault_member_add(v, request->data, request->len, role, root, welcome, err);
}

static void print_asked(const struct cli *c, const struct vault_request *said,
                        const struct str *words)
{
    struct str line = STR_INIT;
    if (said->is_second_device) {
        str_puts(&line, cli_tr(c, N_("A further device of yours asks to be taken.")));
    } else {
        str_printf(&line, "%s: %s", cli_tr(c, N_("Asks to become a member")), said->name);
    }
    str_putc(&line, '\n');
    cli_print(c, str_cstr(&line));
    print_words(c, cli_tr(c, N_("Compare these words before you pass the welcome on:")), words);
    str_done(&line);
}

int cli_member_add(struct cli *c, vault *v, struct err_info *info)
{
    struct str request = STR_INIT, words = STR_INIT, welcome = STR_INIT;
    struct vault_request said;
    vault_secret *root = c->who.root_fd >= 0 ? vault_secret_new() : NULL;
    enum err rc = c->count != 3 || c->output == NULL ? ERR_SET(info, ERR_USAGE, "-o") : ERR_OK;
    if (rc == ERR_OK && file_exists(c->output)) {
        rc = ERR_SET(info, ERR_USAGE, c->output);
    }
    rc = rc == ERR_OK ? file_read(c->args[2], REQUEST_MAX, &request, info) : rc;
    rc = rc == ERR_OK ? vault_request_read(v, request.data, request.len, &said, &words, info) : rc;
    rc = rc == ERR_OK && root != NULL ? vault_secret_read(root, c->who.root_fd, info) : rc;
    rc = rc == ERR_OK ? answer(c, v, &request, &said, root, &welcome, info) : rc;
    rc = rc == ERR_OK ? write_file(c, &welcome, info) : rc;
    if (rc == ERR_OK) {
        print_asked(c, &said, &words);
    }
    str_done(&request);
    str_done(&words);
    str_done(&welcome);
    vault_secret_free(root);
    return rc == ERR_OK ? 0 : cli_fail_member(c, rc, info);
}
