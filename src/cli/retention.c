/* retention: which cases' term of keeping has run out. It lists and does nothing. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "record/retention.h"

static void print_json(const struct cli *c, const struct retention_due *all, size_t count)
{
    struct str out = STR_INIT;
    jv *list = jv_new_array();
    for (size_t i = 0; i < count; i++) {
        char day[11];
        jv *one = jv_new_object();
        jv_set_str(one, "case", all[i].code);
        jv_set_str(one, "rule", all[i].rule->name);
        jv_set_str(one, "from", retention_from_word(all[i].rule->from));
        jv_set_str(one, "action", retention_action_word(all[i].rule->action));
        date_format(all[i].since, day);
        jv_set_str(one, "since", day);
        date_format(all[i].due, day);
        jv_set_str(one, "due", day);
        jv_set(one, "held", jv_new_bool(all[i].is_held));
        jv_push(list, one);
    }
    jv_write_pretty(list, &out);
    str_putc(&out, '\n');
    jv_free(list);
    cli_print(c, str_cstr(&out));
    str_done(&out);
}

static void print_lines(const struct cli *c, const struct retention_due *all, size_t count)
{
    struct str out = STR_INIT;
    for (size_t i = 0; i < count; i++) {
        char day[11];
        date_format(all[i].due, day);
        str_printf(&out, "%s  %s  %s%s\n", all[i].code, day,
                   form_text_get(&all[i].rule->label, c->lang),
                   all[i].is_held ? cli_tr(c, N_(" (legal hold: not to be erased)")) : "");
    }
    if (count == 0) {
        str_puts(&out, cli_tr(c, N_("No case's term has run out.\n")));
    } else {
        str_puts(&out, cli_tr(c, N_("The terms are the organisation's own (forms/retention.yaml);"
                                    " nothing is done by itself.\n")));
    }
    cli_print(c, str_cstr(&out));
    str_done(&out);
}

int cli_retention(struct cli *c)
{
    struct err_info info = {0};
    struct retention_rules rules = {.count = 0};
    struct retention_due *all = NULL;
    size_t count = 0;
    record *r = NULL;
    vault *v = NULL;
    enum err bad = retention_rules_load(c->forms_dir, &rules, &info);
    if (bad != ERR_OK) {
        return cli_fail(c, bad, &info);
    }
    const int code = cli_unlock(c, &v);
    if (code == 0) {
        clock_zone(vault_zone(v));
        bad = record_open(v, c->forms_dir, &r, &info);
        if (bad == ERR_OK) {
            bad = retention_list(r, &rules, clock_today(), &all, &count, &info);
        }
        if (bad == ERR_OK && c->is_json) {
            print_json(c, all, count);
        } else if (bad == ERR_OK) {
            print_lines(c, all, count);
        }
    }
    free(all);
    record_close(r);
    vault_close(v);
    retention_rules_done(&rules);
    return code != 0 ? code : bad == ERR_OK ? 0 : cli_fail(c, bad, &info);
}
