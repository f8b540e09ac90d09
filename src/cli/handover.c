/* link: two cases of one person. handover: a case offered to another member, accepted, refused, withdrawn; the list. overview: what
 * the cases' readers published of them, for coordinators. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "record/alike.h"
#include "record/handover.h"
#include "record/overview.h"
#include "report/overview.h"

static void put_day(struct str *out, int64_t ms)
{
    char day[11];
    date_format(clock_local_of(ms).date, day);
    str_puts(out, day);
}

static void handover_json(const struct record_handover *h, const char *asked, const char *said,
                          struct str *line)
{
    static const char *const STATES[] = {"open", "accepted", "refused", "withdrawn"};
    jv *row = jv_new_object();
    jv_set_str(row, "case", h->code);
    jv_set_str(row, "from", h->from_name);
    jv_set_str(row, "to", h->to_name);
    jv_set_str(row, "state", STATES[h->state]);
    jv_set(row, "ends", jv_new_bool(h->ends));
    jv_set(row, "to_me", jv_new_bool(h->is_to_me));
    jv_set_int(row, "asked_ms", h->asked_ms);
    jv_set_int(row, "answered_ms", h->answered_ms);
    jv_set_str(row, "reason", asked);
    jv_set_str(row, "answer", said);
    jv_write(row, line);
    jv_free(row);
}

static void print_handover(const struct cli *c, record *r, const struct record_handover *h)
{
    struct str line = STR_INIT, asked = STR_INIT, said = STR_INIT;
    (void)record_handover_words(r, h, &asked, &said, NULL); /* none where it is not open */
    if (c->is_json) {
        handover_json(h, str_cstr(&asked), str_cstr(&said), &line);
    } else {
        str_printf(&line, "%s  ", h->code[0] != '\0' ? h->code : "-");
        put_day(&line, h->asked_ms);
        str_printf(&line, "  %s → %s  %s", h->from_name, h->to_name,
                   handover_state_text(catalog_builtin(c->lang), h->state));
        if (h->ends) {
            str_printf(&line, " (%s)", cli_tr(c, N_("the sender's access ends")));
        }
        str_printf(&line, "%s%s", asked.len > 0 ? ": " : "", str_cstr(&asked));
        str_printf(&line, "%s%s", said.len > 0 ? " · " : "", str_cstr(&said));
    }
    str_putc(&line, '\n');
    cli_print(c, str_cstr(&line));
    str_done(&line);
    str_done(&asked);
    str_done(&said);
}

static enum err list(struct cli *c, record *r, struct err_info *err)
{
    struct record_handover *all = NULL;
    size_t n = 0;
    const enum err rc = record_handover_list(r, &all, &n, err);
    for (size_t i = 0; rc == ERR_OK && i < n; i++) {
        print_handover(c, r, &all[i]);
    }
    if (rc == ERR_OK && n == 0 && !c->is_json) {
        cli_print(c, cli_tr(c, N_("No case was handed over.\n")));
    }
    free(all);
    return rc;
}

static enum err ask(struct cli *c, record *r, struct err_info *err)
{
    struct record_case kase;
    struct vault_member m;
    if (c->who.reason == NULL || c->who.reason[0] == '\0') {
        return ERR_SET(err, ERR_USAGE, "--reason");
    }
    enum err rc = cli_find_case(r, c->args[1], &kase, err);
    rc = rc == ERR_OK ? cli_find_member(record_vault(r), c->args[2], &m, err) : rc;
    if (rc != ERR_OK) {
        return rc;
    }
    struct record_handover_ask a = {.reason = c->who.reason, .ends = c->who.is_ending};
    memcpy(a.case_id, kase.id, ID_LEN);
    memcpy(a.to, m.id, ID_LEN);
    rc = record_handover_ask(r, &a, err);
    if (rc == ERR_OK) {
        cli_print(c, cli_tr(c, N_("Asked. The case is open to the receiver, who accepts or refuses"
                                  " it.\n")));
    }
    return rc;
}

/* The open one of the case that is this member's to answer. */
static enum err find_open(record *r, const char *typed, bool is_from_me, unsigned char id[ID_LEN],
                          struct err_info *err)
{
    struct record_handover *all = NULL;
    char code[CASE_CODE_LEN];
    size_t n = 0;
    if (!case_code_parse(typed, code)) {
        return ERR_SET(err, ERR_USAGE, "CODE");
    }
    enum err rc = record_handover_list(r, &all, &n, err);
    bool is_there = false;
    for (size_t i = 0; rc == ERR_OK && i < n && !is_there; i++) {
        is_there = strcmp(all[i].code, code) == 0 && all[i].state == RECORD_HANDOVER_OPEN &&
                   (is_from_me ? all[i].is_from_me : all[i].is_to_me);
        if (is_there) {
            memcpy(id, all[i].id, ID_LEN);
        }
    }
    free(all);
    return rc == ERR_OK && !is_there ? ERR_SET(err, ERR_NO, code) : rc;
}

static enum err answer(struct cli *c, record *r, enum record_handover_state said,
                       struct err_info *err)
{
    static const char *const DONE[] = {
        [RECORD_HANDOVER_ACCEPTED] = N_("Accepted: you are responsible for the case now.\n"),
        [RECORD_HANDOVER_REFUSED] = N_("Refused; the case stays where it was.\n"),
        [RECORD_HANDOVER_WITHDRAWN] = N_("Withdrawn; the case stays with you.\n")};
    unsigned char id[ID_LEN];
    const char *reason = c->who.reason != NULL ? c->who.reason : "";
    if (said == RECORD_HANDOVER_REFUSED && reason[0] == '\0') {
        return ERR_SET(err, ERR_USAGE, "--reason");
    }
    enum err rc = find_open(r, c->args[2], said == RECORD_HANDOVER_WITHDRAWN, id, err);
    rc = rc == ERR_OK ? record_handover_answer(r, id, said, reason, err) : rc;
    if (rc == ERR_OK) {
        cli_print(c, cli_tr(c, DONE[said]));
    }
    return rc;
}

static int fail(const struct cli *c, enum err rc, const struct err_info *info)
{
    const char *text = NULL;
    switch (rc) {
    case ERR_NO: text = N_("No handover of this case waits for your answer."); break;
    case ERR_EXISTS: text = N_("A handover of this case waits for its answer already."); break;
    case ERR_RIGHTS:
        text = N_("Only who a case is open to hands it over, to a coordinator or a caseworker.");
        break;
    default: return cli_fail_member(c, rc, info);
    }
    cli_complain(c, cli_tr(c, text));
    return cli_exit_code(rc);
}

static enum err run(struct cli *c, record *r, struct err_info *err)
{
    static const struct {
        const char *word;
        enum record_handover_state said;
    } WORDS[] = {{"accept", RECORD_HANDOVER_ACCEPTED},
                 {"refuse", RECORD_HANDOVER_REFUSED},
                 {"withdraw", RECORD_HANDOVER_WITHDRAWN}};
    if (c->count == 1) {
        return list(c, r, err);
    }
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        if (strcmp(WORDS[i].word, c->args[1]) == 0) {
            return answer(c, r, WORDS[i].said, err);
        }
    }
    return ask(c, r, err);
}

/* Unlocked and read; the exit code, 0 = *v and *r. */
static int open_all(struct cli *c, vault **v, record **r)
{
    struct err_info info = {0};
    const int code = cli_unlock(c, v);
    if (code != 0) {
        return code;
    }
    clock_zone(vault_zone(*v));
    const enum err rc = record_open(*v, c->forms_dir, r, &info);
    if (rc != ERR_OK) {
        vault_close(*v);
        return cli_fail(c, rc, &info);
    }
    return 0;
}

int cli_handover(struct cli *c)
{
    struct err_info info = {0};
    vault *v = NULL;
    record *r = NULL;
    if (c->count != 1 && c->count != 3) {
        return cli_fail(c, ERR_USAGE, NULL);
    }
    const int code = open_all(c, &v, &r);
    if (code != 0) {
        return code;
    }
    const enum err rc = run(c, r, &info);
    record_close(r);
    vault_close(v);
    return rc == ERR_OK ? 0 : fail(c, rc, &info);
}

/* ---- two cases of one person */

int cli_link(struct cli *c)
{
    struct err_info info = {0};
    struct record_case a, b;
    vault *v = NULL;
    record *r = NULL;
    if (c->count != 3) {
        return cli_fail(c, ERR_USAGE, NULL);
    }
    const int code = open_all(c, &v, &r);
    if (code != 0) {
        return code;
    }
    enum err rc = cli_find_case(r, c->args[1], &a, &info);
    rc = rc == ERR_OK ? cli_find_case(r, c->args[2], &b, &info) : rc;
    rc = rc == ERR_OK ? record_case_link(r, a.id, b.id, &info) : rc;
    if (rc == ERR_OK) {
        cli_print(c, cli_tr(c, N_("Both cases say now that they are of the same person.\n")));
    }
    record_close(r);
    vault_close(v);
    return rc == ERR_OK ? 0 : cli_fail_member(c, rc, &info);
}

/* ---- overview */

static void status_json(const struct record_status *s, struct str *line)
{
    jv *row = jv_new_object();
    jv_set_str(row, "case", s->code);
    jv_set_str(row, "stage", s->stage);
    jv_set_str(row, "level", s->level);
    jv_set_str(row, "due", s->due);
    jv_set(row, "overdue", jv_new_bool(s->is_overdue));
    jv_set_str(row, "flags", s->flags);
    jv_set_str(row, "responsible", s->responsible);
    jv_set_int(row, "told_ms", s->told_ms);
    jv_write(row, line);
    jv_free(row);
}

static void status_line(const struct cli *c, const struct record_status *s, struct str *line)
{
    str_printf(line, "%s  %s", s->code, overview_stage_text(catalog_builtin(c->lang), s->stage));
    const char *const more[] = {s->level_text, s->flags_text, s->responsible};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        str_printf(line, "%s%s", more[i][0] != '\0' ? "  " : "", more[i]);
    }
    if (s->due[0] != '\0') {
        str_printf(line, "  %s%s %s", s->is_overdue ? "! " : "",
                   s->is_overdue ? cli_tr(c, N_("overdue since")) : cli_tr(c, N_("due on")),
                   s->due);
    }
}

static void print_overview(const struct cli *c, const struct record_status *all, size_t n)
{
    struct str line = STR_INIT;
    for (size_t i = 0; i < n; i++) {
        str_clear(&line);
        if (c->is_json) {
            status_json(&all[i], &line);
        } else {
            status_line(c, &all[i], &line);
        }
        str_putc(&line, '\n');
        cli_print(c, str_cstr(&line));
    }
    if (n == 0 && !c->is_json) {
        cli_print(c, cli_tr(c, N_("Nothing was told of any case yet.\n")));
    }
    str_done(&line);
}

int cli_overview(struct cli *c)
{
    struct err_info info = {0};
    struct record_status *all = NULL;
    size_t n = 0;
    vault *v = NULL;
    record *r = NULL;
    if (c->count != 1) {
        return cli_fail(c, ERR_USAGE, NULL);
    }
    const int code = open_all(c, &v, &r);
    if (code != 0) {
        return code;
    }
    const enum err rc = record_overview(r, clock_local_of(clock_now_ms()).date, c->lang, &all, &n,
                                        &info);
    if (rc == ERR_OK) {
        print_overview(c, all, n);
    }
    free(all);
    record_close(r);
    vault_close(v);
    return rc == ERR_OK ? 0 : cli_fail_member(c, rc, &info);
}
