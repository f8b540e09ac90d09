/* The vault of the first run. Invariant: it lies beside its place until words of both paper keys
 * were typed back; what is not confirmed is removed, and only a whole one is moved in. */
#include "prefs_int.h"
#include "wizard_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"

void wizard_prepare(struct wizard *w, const struct ui_ctx *ctx)
{
    struct str dir = STR_INIT;
    str_printf(&dir, "%s.first", ctx->dir);
    w->made_dir = mem_strdup(str_cstr(&dir));
    str_done(&dir);
    (void)file_remove_tree(w->made_dir, NULL); /* of a first run that was cut off */
}

/* Nothing stays of a vault whose paper keys nobody has written down. */
void wizard_drop(struct wizard *w)
{
    if (w->made != NULL) {
        vault_close(w->made);
        w->made = NULL;
        (void)file_remove_tree(w->made_dir, NULL);
    }
    vault_secret_free(w->org_sheet);
    vault_secret_free(w->member_sheet);
    w->org_sheet = w->member_sheet = NULL;
}

static const vault_secret *chosen(const struct wizard *w)
{
    return w->is_own ? w->own.first : w->words;
}

enum err wizard_make(struct wizard *w, const struct ui_ctx *ctx, struct err_info *info)
{
    const struct vault_create how = {.dir = w->made_dir,
                                     .passphrase = chosen(w),
                                     .kdf = vault_kdf_settle(ctx->kdf),
                                     .lang = ctx->lang,
                                     .member_name = str_cstr(&w->name.text),
                                     .zone = "Europe/Chisinau"};
    (void)file_remove_tree(w->made_dir, NULL);
    const enum err e = vault_create(&how, &w->made, &w->org_sheet, &w->member_sheet, info);
    if (e != ERR_OK) {
        w->made = NULL;
    }
    return e;
}

static enum err sync_parent(const char *path, struct err_info *info)
{
    const char *const slash = strrchr(path, '/');
    struct str parent = STR_INIT;
    str_put(&parent, slash == NULL ? "." : path,
            slash == NULL || slash == path ? 1 : (size_t)(slash - path));
    const int fd = open(str_cstr(&parent), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    str_done(&parent);
    if (fd < 0) {
        return err_errno(info, __func__, errno, NULL);
    }
    enum err e = ERR_OK;
    if (fsync(fd) != 0 && errno != EINVAL && errno != EROFS) {
        e = err_errno(info, __func__, errno, NULL);
    }
    (void)close(fd);
    return e;
}

/* rename(2) replaces nothing but an empty folder. */
static enum err move_in(const char *from, const char *dir, struct err_info *info)
{
    if (rename(from, dir) != 0) {
        const bool is_there = errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR;
        return is_there ? ERR_SET(info, ERR_EXISTS, NULL) : err_errno(info, __func__, errno, NULL);
    }
    const enum err e = sync_parent(dir, info);
    if (e != ERR_OK) { /* not surely on the disk: then not at all */
        (void)file_remove_tree(dir, NULL);
    }
    return e;
}

/* The confirmed vault gets its place, with what was chosen on the way, and is opened there. */
enum err wizard_settle(struct wizard *w, struct ui_ctx *ctx, struct err_info *info)
{
    vault_close(w->made);
    w->made = NULL;
    enum err e = move_in(w->made_dir, ctx->dir, info);
    if (e != ERR_OK) {
        (void)file_remove_tree(w->made_dir, NULL);
        return e;
    }
    e = vault_open(ctx->dir, &ctx->vault, info);
    if (e != ERR_OK) {
        ctx->vault = NULL;
        return e;
    }
    e = vault_unlock(ctx->vault, chosen(w), info);
    if (e != ERR_OK) {
        return e;
    }
    ui_langs_save(ctx);
    return ui_code_save(ctx, str_cstr(&w->code.text), info);
}
