/* backup: a sealed copy in one file; into a folder under a name by the day, of which the newest
 * are kept. A backup that cannot be read whole is neither counted nor removed. */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/id.h"
#include "cli/cli.h"
#include "vault/members.h"
#include "vault/safe.h"

#define NAME_PATTERN                                                                               \
    "sprijin-[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]-[0-9][0-9][0-9][0-9][0-9][0-9].spbk"

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static void print_info(const struct cli *c, const char *path, const struct vault_backup_info *info)
{
    struct str out = STR_INIT;
    const struct clock_local at = clock_local_of(info->time_ms);
    char day[11];
    date_format(at.date, day);
    if (c->is_json) {
        char org[ID_HEX_LEN];
        hex_put(org, info->organisation, ID_LEN);
        jv *top = jv_new_object();
        jv_set_str(top, "file", path);
        jv_set_str(top, "organisation", org);
        jv_set_int(top, "time_ms", info->time_ms);
        jv_set_int(top, "events", (int64_t)info->events);
        jv_set_int(top, "bytes", (int64_t)info->bytes);
        jv_write(top, &out);
        jv_free(top);
    } else {
        str_printf(&out, "%s: %s %02d:%02d; %s: %llu; %s: %llu", path, day, at.hour, at.minute,
                   cli_tr(c, N_("entries")), (unsigned long long)info->events,
                   cli_tr(c, N_("bytes")), (unsigned long long)info->bytes);
    }
    str_putc(&out, '\n');
    cli_print(c, str_cstr(&out));
    str_done(&out);
}

static int check_file(const struct cli *c)
{
    struct err_info info = {0};
    struct vault_backup_info of;
    const enum err bad = vault_backup_check(c->safe.check, &of, &info);
    if (bad == ERR_DAMAGED) {
        cli_complain(c, cli_tr(c, N_("This backup is damaged. Take another one.")));
        return cli_exit_code(bad);
    }
    if (bad != ERR_OK) {
        return cli_fail(c, bad, &info);
    }
    print_info(c, c->safe.check, &of);
    if (!c->is_json) {
        cli_print(c, cli_tr(c, N_("The backup is whole.\n")));
    }
    return 0;
}

/* Owned by the caller. */
static char *name_in(const char *folder)
{
    const struct clock_local now = clock_local_of(clock_now_ms());
    char name[64];
    snprintf(name, sizeof name, "sprijin-%04d%02d%02d-%02d%02d%02d.spbk", now.date.year,
             now.date.month, now.date.day, now.hour, now.minute, now.second);
    return file_join(folder, name);
}

/* Is this one of ours, whole, of the same vault? */
static bool counts(const char *path, const unsigned char vault_id[ID_LEN])
{
    struct vault_backup_info of;
    return vault_backup_check(path, &of, NULL) == ERR_OK &&
           memcmp(of.vault_id, vault_id, ID_LEN) == 0;
}

/* From the newest name to the oldest: after keep that are whole, the others go. */
static enum err rotate(const struct cli *c, const char *folder, const char *newest,
                       struct err_info *err)
{
    struct str names = STR_INIT;
    struct vault_backup_info made;
    enum err bad = vault_backup_check(newest, &made, err);
    if (bad == ERR_OK) {
        bad = file_list(folder, ".spbk", &names, err);
    }
    long kept = 0;
    for (size_t end = names.len; bad == ERR_OK && end > 0;) {
        size_t begin = end - 1;
        names.data[begin] = '\0';
        while (begin > 0 && names.data[begin - 1] != '\n') {
            begin--;
        }
        const char *name = names.data + begin;
        char *path = file_join(folder, name);
        if (fnmatch(NAME_PATTERN, name, 0) == 0 && counts(path, made.vault_id)) {
            kept++;
            if (kept > c->safe.keep && unlink(path) == 0) {
                struct str line = STR_INIT;
                str_printf(&line, "%s: %s\n", cli_tr(c, N_("older backup removed")), path);
                cli_print(c, c->is_json ? "" : str_cstr(&line));
                str_done(&line);
            }
        }
        free(path);
        end = begin;
    }
    str_done(&names);
    return bad;
}

static enum err make(const struct cli *c, vault *v, struct err_info *err)
{
    const char *target = c->args[1];
    const bool in_folder = is_folder(target);
    if (!in_folder && c->safe.keep > 0) {
        return ERR_SET(err, ERR_USAGE, "--keep");
    }
    clock_zone(vault_zone(v));
    char *path = in_folder ? name_in(target) : mem_strdup(target);
    struct vault_backup_info of;
    enum err bad = vault_audit(v, VAULT_AUDIT_BACKUP, "", 1, err);
    bad = bad != ERR_OK ? bad : vault_backup(v, path, c->safe.is_replace, NULL, NULL, err);
    if (bad == ERR_OK) {
        bad = vault_backup_check(path, &of, err);
    }
    if (bad == ERR_OK) {
        print_info(c, path, &of);
        if (!c->is_json) {
            cli_print(c, cli_tr(c, N_("The backup was read back and is whole.\n")));
        }
    }
    if (bad == ERR_OK && in_folder && c->safe.keep > 0) {
        bad = rotate(c, target, path, err);
    }
    free(path);
    return bad;
}

int cli_backup(struct cli *c)
{
    struct err_info info = {0};
    vault *v = NULL;
    if (c->safe.check != NULL) {
        return c->count == 1 ? check_file(c) : cli_fail(c, ERR_USAGE, NULL);
    }
    if (c->count != 2) {
        return cli_fail(c, ERR_USAGE, NULL);
    }
    const int code = cli_unlock(c, &v);
    if (code != 0) {
        return code;
    }
    const enum err bad = make(c, v, &info);
    vault_close(v);
    if (bad == ERR_USAGE && strcmp(info.arg[0], "backup") == 0) {
        cli_complain(c, cli_tr(c, N_("A backup must not lie in the vault's own folder: it would be"
                                     " lost with it.")));
        return cli_exit_code(bad);
    }
    return bad == ERR_OK ? 0 : cli_fail(c, bad, &info);
}
