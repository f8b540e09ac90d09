/* audit: who looked at what, when and why, as far as this member may read it, in log order. Names
 * of the assisted and searched texts never stand in these events, so none can be printed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "cli/cli.h"
#include "report/member.h"

enum kind {
    K_MEMBER = 0x02,
    K_ROLE = 0x03,
    K_REMOVED = 0x04,
    K_CLOSED = 0x06,
    K_ERASE = 0x20,
    K_ERASED = 0x21,
    K_ERASE_NO = 0x22,
    K_HOLD = 0x23,
    K_HOLD_END = 0x24,
    K_REASON = 0x28,
    K_AUDIT = 0x30
};

static const struct {
    unsigned kind;
    const char *what; /* for machines; of K_AUDIT the event's own word */
    const char *text;
} KINDS[] = {
    {K_AUDIT, "unlock", N_("unlocked the vault")},
    {K_AUDIT, "open", N_("opened the case")},
    {K_AUDIT, "unmask", N_("looked at the name")},
    {K_AUDIT, "search", N_("searched")},
    {K_AUDIT, "print", N_("printed")},
    {K_AUDIT, "export", N_("exported")},
    {K_AUDIT, "verify", N_("checked the vault")},
    {K_AUDIT, "backup", N_("made a backup")},
    {RECORD_K_UNMASKED, "unmask", N_("looked at the name")},
    {K_REASON, "reason", N_("opened a case that is not hers")},
    {K_MEMBER, "member", N_("introduced a member")},
    {K_ROLE, "role", N_("changed a role")},
    {K_REMOVED, "removed", N_("removed a member")},
    {K_CLOSED, "closed", N_("closed a device")},
    {K_ERASE, "erase", N_("asked for an erasure")},
    {K_ERASED, "erased", N_("approved an erasure")},
    {K_ERASE_NO, "erase-refused", N_("refused an erasure")},
    {K_HOLD, "hold", N_("put a case under hold")},
    {K_HOLD_END, "hold-end", N_("ended a hold")},
};
#define KIND_COUNT (sizeof KINDS / sizeof KINDS[0])

/* Codes of cases met so far: some events name only the compartment. */
struct code_of {
    unsigned char compartment[ID_LEN];
    char code[CASE_CODE_LEN];
};
struct listing {
    const struct cli *c;
    char code[CASE_CODE_LEN]; /* "" = of all */
    unsigned char member[ID_LEN];
    bool has_member;
    int64_t since_ms;
    struct code_of *codes;
    size_t count, cap;
    struct vault_member *members; /* as of now: for the names of those it was about */
    size_t member_count;
    struct str line;
};

static void remember(struct listing *l, const unsigned char *compartment, const char *code)
{
    if (code == NULL || strlen(code) >= CASE_CODE_LEN) {
        return;
    }
    if (l->count == l->cap) {
        l->cap = l->cap == 0 ? 256 : 2 * l->cap;
        l->codes = mem_realloc(l->codes, l->cap * sizeof *l->codes);
    }
    memcpy(l->codes[l->count].compartment, compartment, ID_LEN);
    snprintf(l->codes[l->count].code, CASE_CODE_LEN, "%s", code);
    l->count++;
}

static const char *code_of(const struct listing *l, const struct vault_event *e, const jv *body)
{
    unsigned char id[ID_LEN];
    const char *code = jv_str_at(body, "code");
    const char *compartment = jv_str_at(body, "compartment");
    if (code != NULL) {
        return code;
    }
    memcpy(id, e->compartment, ID_LEN);
    if (compartment != NULL && !hex_get(id, ID_LEN, compartment)) {
        return "";
    }
    for (size_t i = l->count; i > 0; i--) {
        if (memcmp(l->codes[i - 1].compartment, id, ID_LEN) == 0) {
            return l->codes[i - 1].code;
        }
    }
    return "";
}

static size_t kind_find(const struct vault_event *e, const jv *body)
{
    const char *what = jv_str_at(body, "what");
    size_t i = 0;
    while (i < KIND_COUNT &&
           (KINDS[i].kind != e->kind || (e->kind == K_AUDIT && !str_eq(KINDS[i].what, what)))) {
        i++;
    }
    return i;
}

static const char *name_of(const struct listing *l, const char *hex)
{
    unsigned char id[ID_LEN];
    const bool is_id = hex != NULL && hex_get(id, ID_LEN, hex);
    for (size_t i = 0; is_id && i < l->member_count; i++) {
        if (memcmp(l->members[i].id, id, ID_LEN) == 0) {
            return l->members[i].name;
        }
    }
    return "";
}

/* Whom it was about. */
static const char *whom(const struct listing *l, const struct vault_event *e, const jv *body)
{
    return e->kind == K_ROLE || e->kind == K_REMOVED ? name_of(l, jv_str_at(body, "member")) : "";
}

/* What else it was about: a reason, a name. */
static const char *detail(const jv *body)
{
    static const char *const KEYS[] = {"reason", "ground", "name"};
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++) {
        const char *text = jv_str_at(body, KEYS[i]);
        if (text != NULL && text[0] != '\0') {
            return text;
        }
    }
    return "";
}

static void put_time(struct str *out, int64_t ms)
{
    char day[11];
    const struct clock_local t = clock_local_of(ms);
    date_format(t.date, day);
    str_printf(out, "%s %02d:%02d", day, t.hour, t.minute);
}

static void put_text(struct listing *l, const struct vault_event *e, size_t kind, const char *code,
                     const jv *body)
{
    const int64_t count = jv_int_at(body, "count", 0);
    put_time(&l->line, e->time_ms);
    str_printf(&l->line, "  %s: %s", e->author_name, cli_tr(l->c, KINDS[kind].text));
    if (code[0] != '\0') {
        str_printf(&l->line, " %s", code);
    }
    if (whom(l, e, body)[0] != '\0') {
        str_printf(&l->line, ": %s", whom(l, e, body));
    }
    if (detail(body)[0] != '\0') {
        str_printf(&l->line, ": %s", detail(body));
    } else if (count > 1) {
        str_printf(&l->line, " (%lld)", (long long)count);
    }
}

static void put_json(struct listing *l, const struct vault_event *e, size_t kind, const char *code,
                     const jv *body)
{
    char hex[ID_HEX_LEN];
    jv *row = jv_new_object();
    hex_put(hex, e->author, ID_LEN);
    jv_set_int(row, "time_ms", e->time_ms);
    jv_set_str(row, "member", hex);
    jv_set_str(row, "name", e->author_name);
    jv_set_str(row, "what", KINDS[kind].what);
    jv_set_str(row, "case", code);
    jv_set_str(row, "about", whom(l, e, body));
    jv_set_str(row, "detail", detail(body));
    jv_set_int(row, "count", jv_int_at(body, "count", 0));
    jv_write(row, &l->line);
    jv_free(row);
}

static void look_at(struct listing *l, const struct vault_event *e, const jv *body)
{
    const size_t kind = kind_find(e, body);
    const char *code = code_of(l, e, body);
    if (kind == KIND_COUNT || e->time_ms < l->since_ms ||
        (l->code[0] != '\0' && strcmp(l->code, code) != 0) ||
        (l->has_member && memcmp(l->member, e->author, ID_LEN) != 0)) {
        return;
    }
    str_clear(&l->line);
    if (l->c->is_json) {
        put_json(l, e, kind, code, body);
    } else {
        put_text(l, e, kind, code, body);
    }
    str_putc(&l->line, '\n');
    cli_print(l->c, str_cstr(&l->line));
}

static bool take_event(void *payload, const struct vault_event *e)
{
    struct listing *l = payload;
    const bool is_audit = e->kind < 0x100 || e->kind == RECORD_K_UNMASKED;
    jv *body = NULL;
    if ((!is_audit && e->kind != RECORD_K_CASE) ||
        jv_parse(e->text, e->len, &body, NULL) != ERR_OK) {
        return true;
    }
    if (e->kind == RECORD_K_CASE) {
        remember(l, e->compartment, jv_str_at(body, "code"));
    } else {
        look_at(l, e, body);
    }
    jv_free(body);
    return true;
}

/* What shall be listed, from the options. */
static enum err narrow(struct listing *l, vault *v, struct err_info *err)
{
    const struct cli *c = l->c;
    struct date day;
    if (c->case_code != NULL && !case_code_parse(c->case_code, l->code)) {
        return ERR_SET(err, ERR_USAGE, "--case");
    }
    if (c->who.since != NULL) {
        const int year = clock_today().year;
        if (!date_parse_typed(c->who.since, strlen(c->who.since), year, &day)) {
            return ERR_SET(err, ERR_USAGE, "--since");
        }
        l->since_ms = date_earliest(day) * 86400000LL;
        l->since_ms -= clock_local_of(l->since_ms).offset_minutes * 60000LL;
    }
    if (c->who.member != NULL) {
        struct vault_member m = {.since_ms = 0};
        const enum err rc = cli_find_member(v, c->who.member, &m, err);
        memcpy(l->member, m.id, ID_LEN);
        l->has_member = true;
        return rc;
    }
    return ERR_OK;
}

int cli_audit(struct cli *c)
{
    struct err_info info = {0};
    struct listing l = {.c = c};
    vault *v = NULL;
    if (c->count != 1) {
        return cli_fail(c, ERR_USAGE, NULL);
    }
    const int code = cli_unlock(c, &v);
    if (code != 0) {
        return code;
    }
    enum err rc = vault_members(v, &l.members, &l.member_count, &info);
    rc = rc == ERR_OK ? narrow(&l, v, &info) : rc;
    rc = rc == ERR_OK ? vault_each(v, 0, take_event, &l, NULL, &info) : rc;
    free(l.codes);
    free(l.members);
    str_done(&l.line);
    vault_close(v);
    return rc == ERR_OK ? 0 : cli_fail_member(c, rc, &info);
}
