/* sync: exchange with the other replicas through a folder or a file; the spool folder. */
#include <stdio.h>

#include "cli/cli.h"
#include "exchange/hub.h"

static const char *why_refused(enum err why)
{
    switch (why) {
    case ERR_RIGHTS: return N_("cannot be read, or is not a file");
    case ERR_VERSION: return N_("written by a newer version of the program");
    case ERR_LIMIT: return N_("reading it was broken off");
    case ERR_EXISTS: return N_("shorter than it was: put back to an older state");
    default: return N_("damaged");
    }
}

static void print_refused(const struct cli *c, const struct hub_count *n, jv *json, struct str *out)
{
    const size_t all = n->damaged + n->unreadable + n->rolled_back;
    jv *list = json != NULL ? jv_new_array() : NULL;
    for (size_t i = 0; i < all && i < HUB_REFUSED_MAX; i++) {
        const struct hub_refused *r = &n->refused[i];
        if (list != NULL) {
            jv *one = jv_new_object();
            jv_set_str(one, "stream", r->name);
            jv_set_str(one, "why", err_name(r->why));
            jv_push(list, one);
        } else {
            str_printf(out, "  %s: %s\n", r->name, cli_tr(c, why_refused(r->why)));
        }
    }
    if (list != NULL) {
        jv_set(json, "refused", list);
    }
}

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
        {"unfinished", N_("streams whose end is still missing"), n->unfinished},
        {"foreign", N_("streams of another organisation"), n->foreign},
        {"damaged", N_("streams that were refused"), n->damaged},
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
    print_refused(c, n, json, &out);
    if (json != NULL) {
        jv_write(json, &out);
        jv_free(json);
        str_putc(&out, '\n');
    }
    cli_print(c, str_cstr(&out));
    str_done(&out);
}

/* What is wrong with a carrier, in its own words: it is not the vault that is damaged. */
static int fail(const struct cli *c, enum err code, const struct err_info *info)
{
    const char *about = info->arg[0];
    const bool is_envelope = str_eq(about, "envelope") || str_eq(about, "organisation");
    const char *text = NULL;
    if (str_eq(about, "spool")) {
        text = code == ERR_RIGHTS
                   ? N_("In this folder others could delete what is not theirs. Set its sticky "
                        "bit: chmod 3770 FOLDER")
                   : N_("No spool folder is remembered. Name one: sprijin sync --spool FOLDER");
    } else if (is_envelope) {
        text = code == ERR_VERSION  ? N_("The file was written by a newer version of the program. "
                                          "Nothing was taken from it.")
               : code == ERR_RIGHTS ? N_("The file is of another organisation. Nothing was taken "
                                         "from it.")
               : code == ERR_KEY ? N_("The key to this file is not here yet. Exchange first with "
                                      "somebody who has it.")
                                 : N_("The file is damaged or not whole. Nothing was taken from "
                                      "it, and it was not replaced.");
    } else if (str_eq(about, "exchange")) {
        text = N_("Another window exchanges at this moment. Nothing is lost; try again.");
    }
    if (text == NULL) {
        return cli_fail(c, code, info);
    }
    cli_complain(c, cli_tr(c, text));
    return cli_exit_code(code);
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
    return bad == ERR_OK ? code : fail(c, bad, &info);
}
