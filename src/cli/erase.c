/* erase: a case asked to be erased, approved, refused; the list. hold: the legal hold. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "cli/cli.h"
#include "vault/safe.h"

/* Who approves or refuses has no need of the record: the request names the case. */
static enum err find_request(vault *v, const char *typed, unsigned char id[ID_LEN],
                             struct err_info *err)
{
    char code[CASE_CODE_LEN];
    struct vault_erasure *all = NULL;
    size_t count = 0;
    bool is_there = false;
    if (typed == NULL || !case_code_parse(typed, code)) {
        return ERR_SET(err, ERR_USAGE, "--case");
    }
    enum err bad = vault_erasures(v, &all, &count, err);
    for (size_t i = 0; bad == ERR_OK && i < count; i++) {
        if (strcmp(all[i].code, code) == 0 && !all[i].is_refused && all[i].done_ms == 0) {
            memcpy(id, all[i].compartment, ID_LEN);
            is_there = true;
        }
    }
    vault_erasures_free(all, count);
    return bad == ERR_OK && !is_there ? ERR_SET(err, ERR_NOT_FOUND, code) : bad;
}

static enum err find_case(struct cli *c, vault *v, struct record_case *out, struct err_info *err)
{
    record *r = NULL;
    enum err bad = record_open(v, c->forms_dir, &r, err);
    if (bad == ERR_OK) {
        bad = cli_find_case(r, c->case_code, out, err);
    }
    record_close(r);
    return bad;
}

static const char *state_of(const struct vault_erasure *e)
{
    return e->is_refused ? N_("refused") : e->done_ms != 0 ? N_("erased") : N_("asked for");
}

static void print_erasures(const struct cli *c, const struct vault_erasure *all, size_t count)
{
    struct str out = STR_INIT;
    for (size_t i = 0; i < count; i++) {
        char day[11];
        date_format(clock_local_of(all[i].asked_ms).date, day);
        if (c->is_json) {
            jv *one = jv_new_object();
            jv_set_str(one, "case", all[i].code);
            jv_set_str(one, "ground", all[i].ground);
            jv_set_int(one, "asked_ms", all[i].asked_ms);
            jv_set_int(one, "done_ms", all[i].done_ms);
            jv_set_str(one, "state", state_of(&all[i]));
            jv_write(one, &out);
            jv_free(one);
        } else {
            str_printf(&out, "%s  %s  %s: %s", all[i].code, day, cli_tr(c, state_of(&all[i])),
                       all[i].ground);
        }
        str_putc(&out, '\n');
    }
    if (count == 0 && !c->is_json) {
        str_puts(&out, cli_tr(c, N_("Nothing was asked to be erased.\n")));
    }
    cli_print(c, str_cstr(&out));
    str_done(&out);
}

static enum err list(struct cli *c, vault *v, struct err_info *err)
{
    struct vault_erasure *all = NULL;
    size_t count = 0;
    const enum err bad = vault_erasures(v, &all, &count, err);
    if (bad == ERR_OK) {
        clock_zone(vault_zone(v));
        print_erasures(c, all, count);
    }
    vault_erasures_free(all, count);
    return bad;
}

/* After a request: done at once with one coordinator, else waiting for the other. */
static enum err say_outcome(struct cli *c, vault *v, const unsigned char id[ID_LEN],
                            struct err_info *err)
{
    struct vault_erasure *all = NULL;
    size_t count = 0;
    bool is_done = false;
    const enum err bad = vault_erasures(v, &all, &count, err);
    for (size_t i = 0; bad == ERR_OK && i < count; i++) {
        is_done = is_done || (memcmp(all[i].compartment, id, ID_LEN) == 0 && all[i].done_ms != 0);
    }
    vault_erasures_free(all, count);
    if (bad == ERR_OK) {
        cli_print(c, cli_tr(c, is_done ? N_("The case is erased. Backups and sticks made before"
                                            " still hold it: erase them too.\n")
                                       : N_("Asked for. Another coordinator has to approve it:"
                                            " sprijin erase --case CODE --approve\n")));
    }
    return bad;
}

static enum err request(struct cli *c, vault *v, struct err_info *err)
{
    struct record_case kase;
    enum err bad = find_case(c, v, &kase, err);
    if (bad == ERR_OK) {
        bad = vault_erase_request(v, kase.id, kase.code, c->safe.ground, err);
    }
    return bad == ERR_OK ? say_outcome(c, v, kase.id, err) : bad;
}

static enum err answer(struct cli *c, vault *v, struct err_info *err)
{
    unsigned char id[ID_LEN];
    enum err bad = find_request(v, c->case_code, id, err);
    if (bad != ERR_OK) {
        return bad;
    }
    if (c->safe.refuse != NULL) {
        bad = vault_erase_refuse(v, id, c->safe.refuse, err);
        if (bad == ERR_OK) {
            cli_print(c, cli_tr(c, N_("The erasure is refused; the case stays.\n")));
        }
        return bad;
    }
    bad = vault_erase_approve(v, id, err);
    return bad == ERR_OK ? say_outcome(c, v, id, err) : bad;
}

static int fail(const struct cli *c, enum err bad, const struct err_info *info)
{
    if (bad == ERR_NO) {
        cli_complain(c, cli_tr(c, N_("The case is under a legal hold and cannot be erased.")));
        return cli_exit_code(bad);
    }
    if (bad == ERR_RIGHTS) {
        cli_complain(c, cli_tr(c, N_("Your role does not allow this, or it takes another"
                                     " coordinator than the one who asked.")));
        return cli_exit_code(bad);
    }
    return cli_fail(c, bad, info);
}

int cli_erase(struct cli *c)
{
    struct err_info info = {0};
    vault *v = NULL;
    const int acts = (c->safe.ground != NULL) + c->safe.is_approve + (c->safe.refuse != NULL) +
                     c->safe.is_list;
    if (c->count != 1 || acts != 1 || c->safe.is_list == (c->case_code != NULL)) {
        return cli_fail(c, ERR_USAGE, NULL);
    }
    const int code = cli_unlock(c, &v);
    if (code != 0) {
        return code;
    }
    const enum err bad = c->safe.is_list          ? list(c, v, &info)
                         : c->safe.ground != NULL ? request(c, v, &info)
                                                  : answer(c, v, &info);
    vault_close(v);
    return bad == ERR_OK ? 0 : fail(c, bad, &info);
}

int cli_hold(struct cli *c)
{
    struct err_info info = {0};
    struct record_case kase;
    vault *v = NULL;
    if (c->count != 1 || c->case_code == NULL || c->safe.is_lift == (c->who.reason != NULL)) {
        return cli_fail(c, ERR_USAGE, NULL);
    }
    const int code = cli_unlock(c, &v);
    if (code != 0) {
        return code;
    }
    enum err bad = find_case(c, v, &kase, &info);
    if (bad == ERR_OK) {
        bad = vault_hold(v, kase.id, c->who.reason != NULL ? c->who.reason : "",
                         c->who.reason != NULL, &info);
    }
    if (bad == ERR_OK) {
        cli_print(c, cli_tr(c, c->safe.is_lift ? N_("The legal hold is lifted.\n")
                                               : N_("The case is under a legal hold: nothing of it"
                                                    " can be erased.\n")));
    }
    vault_close(v);
    return bad == ERR_OK ? 0 : fail(c, bad, &info);
}
