/* Prepares the process (environment, locale, hardening), runs the subcommand and, where it asks
 * for the screens, opens them. The only place that ends the program. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"
#include "cli/cli.h"
#include "ui/manual.h"
#include "ui/run.h"

/* Nothing of the environment but these reaches libraries that might act on it. */
static void clean_environment(void)
{
    static const char *const KEPT[] = {"TERM",    "LANG",           "LC_ALL",        "LC_CTYPE",
                                       "HOME",    "LC_MESSAGES",    "XDG_DATA_HOME", "COLORTERM",
                                       "SSH_TTY", "XDG_RUNTIME_DIR"};
    enum { COUNT = sizeof KEPT / sizeof KEPT[0] };
    char *values[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        const char *value = getenv(KEPT[i]);
        values[i] = value != NULL && strlen(value) < 4096 ? mem_strdup(value) : NULL;
    }
    clearenv();
    for (size_t i = 0; i < COUNT; i++) {
        if (values[i] != NULL) {
            setenv(KEPT[i], values[i], 1);
            free(values[i]);
        }
    }
}

static void panic(void)
{
    ui_term_panic();
    vault_panic_wipe();
}

static bool vault_is_there(const struct cli *c)
{
    char *keyfile = file_join(c->vault_dir, "keyfile");
    bool is_there = file_exists(keyfile);
    free(keyfile);
    return is_there;
}

/* Where the program lies, if what lies there is still this program; else the running file itself,
 * which may have been replaced or removed meanwhile. */
static const char *own_program(char path[4096])
{
    static const char SELF[] = "/proc/self/exe";
    struct stat here, there;
    const ssize_t n = readlink(SELF, path, 4095);
    path[n > 0 ? n : 0] = '\0';
    const bool is_same = n > 0 && stat(path, &there) == 0 && stat(SELF, &here) == 0 &&
                         here.st_ino == there.st_ino && here.st_dev == there.st_dev;
    return is_same ? path : SELF;
}

struct start {
    const struct cli *c;
    const struct ui_ctx *ctx;
};

/* After a lock: this program once more, with nothing but its places, language and the word that it
 * is locked. Everything else is closed on the way. Comes back only if that is refused. */
static void renew(void *payload, const char *state)
{
    const struct cli *const c = ((const struct start *)payload)->c;
    const struct ui_ctx *const ctx = ((const struct start *)payload)->ctx;
    char path[4096];
    char kdf[32];
    (void)snprintf(kdf, sizeof kdf, "%u,%u", c->kdf.mib, c->kdf.passes);
    char *const args[] = {(char *)"sprijin",
                          (char *)"--vault",
                          c->vault_dir,
                          (char *)"--forms",
                          c->forms_dir,
                          (char *)"--lang",
                          (char *)(uintptr_t)lang_code(ctx->lang),
                          (char *)"--locked",
                          (char *)(uintptr_t)state,
                          c->kdf.mib > 0 ? (char *)"--kdf" : NULL,
                          kdf,
                          NULL};
    (void)execv(own_program(path), args);
}

static int open_screens(struct cli *c)
{
    struct err_info info = {0};
    struct ui_ctx ctx = {.dir = c->vault_dir,
                         .forms_dir = c->forms_dir,
                         .vault = c->vault,
                         .lang = c->lang,
                         .ask_lang = c->lang,
                         .both_langs = true,
                         .is_demo = c->is_demo,
                         .is_try = c->try_form != NULL,
                         .try_form = c->try_form,
                         .kdf = c->kdf,
                         .resume = c->locked,
                         .spool = c->who.spool,
                         .idle_lock_ms = 5 * 60 * 1000};
    struct start start = {c, &ctx};
    if (!c->is_demo) { /* nobody would remove a throw-away vault after the process that made it */
        ctx.renew = renew;
        ctx.renew_payload = &start;
    }
    const struct ui_screen *first = &ui_wizard;
    enum err rc = ERR_OK;
    if (c->try_form != NULL) {
        rc = ui_term_main(&ctx, &ui_try, NULL, &info);
        return rc == ERR_OK ? 0 : cli_fail(c, rc, &info);
    }
    cli_make_parents(c);
    if (c->vault != NULL) {
        rc = record_open(c->vault, c->forms_dir, &ctx.record, &info);
        first = &ui_cases;
    } else if (vault_is_there(c)) {
        rc = vault_open(c->vault_dir, &ctx.vault, &info);
        first = &ui_unlock;
    }
    if (rc == ERR_OK) {
        rc = ui_term_main(&ctx, first, NULL, &info);
    } else {
        ui_term_give_back(c->locked);
    }
    record_close(ctx.record);
    vault_close(ctx.vault);
    return rc == ERR_OK ? 0 : cli_fail(c, rc, &info);
}

static int run(struct cli *c)
{
    if (c->count > 0 && strcmp(c->args[0], "manual") == 0) {
        struct str text = STR_INIT;
        ui_manual(c->lang, &text);
        cli_print(c, str_cstr(&text));
        str_done(&text);
        return 0;
    }
    int code = cli_run(c);
    if (code != 0 || !c->open_screens) {
        return code;
    }
    const bool is_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    if (!is_terminal && c->try_form != NULL) {
        return cli_fail(c, ERR_CLOSED, NULL);
    }
    if (!is_terminal) {
        if (c->vault != NULL) {
            vault_close(c->vault);
            cli_demo_remove(c);
        }
        cli_print(c, cli_tr(c, N_("The screens need a terminal. Without one, here is the main job"
                                  " on a fictional interview:\n\n")));
        return cli_sample(c);
    }
    code = open_screens(c);
    cli_demo_remove(c);
    return code;
}

int main(int argc, char **argv)
{
    vault_process_harden();
    clean_environment();
    setlocale(LC_CTYPE, "");
    clock_zone("Europe/Chisinau");
    err_assert_hook(panic);
    struct cli c;
    int code = cli_parse(&c, argc, argv) ? run(&c) : 2;
    if (code == 0 && ferror(stdout) != 0) {
        code = 5; /* what was to be printed is lost: a full disk or a closed pipe */
    }
    cli_done(&c);
    return code;
}
