/* sync: exchange with the other replicas through a folder or a file; the spool folder. */
#include <stdio.h>

#include "cli/cli.h"
#include "exchange/hub.h"

static void print_count(const struct cli *c, const struct hub_count *n)
{
    struct str out = STR_INIT;
    const struct {
        const char *word, *text;
        size_t n;
    } rows[] = {
        {"put", N_("given"), n->put},
        {"taken", N_("taken"), n->taken},
        {"known", N_("known already"), n->known},
        {"held", N_("waiting for what comes before"), n->held},
        {"carried", N_("carried for others"), n->carried},
        {"late", N_("written under a key that had a successor"), n->late},
        {"quarantined", N_("set aside"), n->quarantined},
        {"streams", N_("streams of others"), n->streams},
        {"waiting", N_("streams whose key is not here yet"), n->waiting},
        {"damaged", N_("streams that are damaged"), n->damaged},
        {"unreadable", N_("streams that you may not read"), n->unreadable},
        {"rolled_back", N_("streams that were put back to an older state"), n->rolled_back}};
    jv *json = c->is_json ? jv_new_object() : NULL;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (json != NULL) {
            jv_set_int(json, rows[i].word, (int64_t)rows[i].n);
        } else if (i < 2 || rows[i].n > 0) {
            str_printf(&out, "%s: %zu\n", cli_tr(c, rows[i].text), rows[i].n);
        }
    }
    if (json != NULL) {
        jv_write(json, &out);
        jv_free(json);
        str_putc(&out, '\n');
    }
    cli_print(c, str_cstr(&out));
    str_done(&out);
}

int cli_sync(struct cli *c)
{
    struct err_info info = {0};
    struct hub_count count;
    struct str dir = STR_INIT;
    vault *v = NULL;
    if (c->count > 2 || (c->count == 2 && c->who.spool != NULL)) {
        return cli_fail(c, ERR_USAGE, NULL);
    }
    int code = cli_unlock(c, &v);
    if (code != 0) {
        return code;
    }
    enum err bad = c->who.spool != NULL ? hub_spool_set(v, c->who.spool, &info) : ERR_OK;
    if (bad == ERR_OK && c->count == 2) {
        str_puts(&dir, c->args[1]);
    } else if (bad == ERR_OK && (c->who.spool == NULL || c->who.spool[0] != '\0')) {
        bad = hub_spool_get(v, &dir, &info);
    }
    if (bad == ERR_OK && dir.len > 0) {
        bad = hub_sync(v, str_cstr(&dir), &count, &info);
        if (bad == ERR_OK) {
            print_count(c, &count);
            code = count.damaged > 0 || count.unreadable > 0 || count.rolled_back > 0
                       ? cli_exit_code(ERR_DAMAGED)
                       : 0;
        }
    }
    vault_close(v);
    str_done(&dir);
    return bad == ERR_OK ? code : cli_fail(c, bad, &info);
}
