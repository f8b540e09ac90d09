/* form check, fmt, fill: forms without a terminal; form try leaves the file to the screens. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "cli/convert_int.h"
#include "form/pathway.h"
#include "record/retention.h"
#include "report/message.h"

/* facts.yaml of the form's own folder, else of the forms folder; none at all is allowed. */
void cli_load_facts(const struct cli *c, const char *file, struct form_facts *facts)
{
    struct str dir = STR_INIT, text = STR_INIT;
    const char *slash = strrchr(file, '/');
    str_put(&dir, slash != NULL ? file : ".", slash != NULL ? (size_t)(slash - file) : 1);
    const char *const places[] = {str_cstr(&dir), c->forms_dir};
    for (size_t i = 0; i < 2 && facts->count == 0; i++) {
        char *path = file_join(places[i], "facts.yaml");
        str_clear(&text);
        if (file_read(path, FORM_MAX_BYTES, &text, NULL) == ERR_OK) {
            struct form_findings findings = {0};
            form_facts_load(str_cstr(&text), text.len, facts, &findings, NULL);
            form_findings_done(&findings);
        }
        free(path);
    }
    str_done(&dir);
    str_done(&text);
}

static int role_of(const char *word)
{
    enum vault_role role = VAULT_ROLE_NONE;
    return vault_role_of(word, &role) ? (int)role : -1;
}

/* Forms beside the procedure, each read once. */
struct beside {
    const struct cli *c;
    const char *file;
    const struct form_facts *facts;
    struct form_def *defs[64];
    size_t count;
};

static const struct form_def *find_beside(void *payload, const char *id)
{
    struct beside *b = payload;
    for (size_t i = 0; i < b->count; i++) {
        if (strcmp(b->defs[i]->id, id) == 0) {
            return b->defs[i];
        }
    }
    const char *slash = strrchr(b->file, '/');
    struct str path = STR_INIT, yaml = STR_INIT;
    struct form_findings findings = {0};
    struct form_def *def = NULL;
    str_put(&path, b->file, slash != NULL ? (size_t)(slash - b->file) + 1 : 0);
    str_printf(&path, "%s.yaml", id);
    if (strchr(id, '/') == NULL && b->count < sizeof b->defs / sizeof *b->defs &&
        file_read(str_cstr(&path), FORM_MAX_BYTES, &yaml, NULL) == ERR_OK &&
        form_def_load(str_cstr(&yaml), yaml.len, b->facts, &def, &findings, NULL) == ERR_OK) {
        b->defs[b->count++] = def;
    }
    form_findings_done(&findings);
    str_done(&path);
    str_done(&yaml);
    return def;
}

static enum err check_pathway(const struct cli *c, const char *file, const struct str *yaml,
                              struct form_findings *findings, struct err_info *err)
{
    struct form_facts facts = {0};
    struct form_pathway *p = NULL;
    enum err rc = form_pathway_load(str_cstr(yaml), yaml->len, role_of, &p, findings, err);
    if (rc == ERR_OK) {
        cli_load_facts(c, file, &facts);
        struct beside b = {.c = c, .file = file, .facts = &facts};
        form_pathway_check(p, find_beside, &b, &facts, findings);
        for (size_t i = 0; i < b.count; i++) {
            form_def_free(b.defs[i]);
        }
        form_facts_done(&facts);
        rc = findings->errors > 0 ? ERR_SET(err, ERR_SYNTAX, "pathway") : ERR_OK;
    }
    form_pathway_free(p);
    return rc;
}

static enum err load_retention(const struct str *yaml, struct err_info *err)
{
    struct retention_rules rules;
    const enum err rc = retention_rules_read(str_cstr(yaml), yaml->len, &rules, err);
    if (rc == ERR_OK) {
        retention_rules_done(&rules);
    }
    return rc;
}

static char *folder_of(const char *file)
{
    const char *slash = strrchr(file, '/');
    struct str dir = STR_INIT;
    str_put(&dir, slash != NULL ? file : ".", slash != NULL ? (size_t)(slash - file) + 1 : 1);
    char *out = mem_strdup(str_cstr(&dir));
    str_done(&dir);
    return out;
}

/* Plain names only: what lies elsewhere is never read. */
static bool is_beside(void *payload, const char *name)
{
    char *path = file_join(payload, name);
    const bool is_there = strchr(name, '/') == NULL && file_exists(path);
    free(path);
    return is_there;
}

/* Files that lie beside the forms and are none, by their names; false: it is a form. */
static bool check_data(const struct cli *c, const char *file, const struct str *yaml,
                       struct form_findings *findings, enum err *rc, struct err_info *err)
{
    const char *slash = strrchr(file, '/');
    const char *name = slash != NULL ? slash + 1 : file;
    struct form_facts facts = {0};
    struct calendar calendar;
    if (strcmp(name, "facts.yaml") == 0) {
        *rc = form_facts_load(str_cstr(yaml), yaml->len, &facts, findings, err);
        form_facts_done(&facts);
    } else if (strcmp(name, "pathway.yaml") == 0) {
        *rc = check_pathway(c, file, yaml, findings, err);
    } else if (strcmp(name, "holidays.yaml") == 0) {
        *rc = form_calendar_load(str_cstr(yaml), yaml->len, NULL, &calendar, findings, err);
    } else if (strcmp(name, "institutions.yaml") == 0) {
        *rc = form_data_check(str_cstr(yaml), yaml->len, "institutions", findings, err);
    } else if (strcmp(name, "retention.yaml") == 0) {
        *rc = load_retention(yaml, err);
    } else {
        return false;
    }
    return true;
}

static enum err load(const struct cli *c, const char *file, struct str *yaml, struct form_def **def,
                     struct form_findings *findings, struct err_info *err)
{
    enum err rc = file_read(file, FORM_MAX_BYTES, yaml, err);
    if (rc != ERR_OK) {
        return rc;
    }
    struct form_facts facts = {0};
    if (!check_data(c, file, yaml, findings, &rc, err)) {
        cli_load_facts(c, file, &facts);
        rc = form_def_load(str_cstr(yaml), yaml->len, &facts, def, findings, err);
    }
    form_facts_done(&facts);
    return rc;
}

static void print_finding(const struct cli *c, const char *file, const struct form_finding *f)
{
    struct str message = STR_INIT, line = STR_INIT;
    const catalog *cat = catalog_builtin(c->lang);
    message_finding(cat, f, &message);
    if (c->is_json) {
        static const char *const SEVERITY[] = {"notice", "warning", "error"};
        jv *row = jv_new_object();
        jv_set_str(row, "file", file);
        jv_set_int(row, "line", (int64_t)f->line);
        jv_set_int(row, "column", (int64_t)f->column);
        jv_set_str(row, "severity", SEVERITY[f->severity]);
        jv_set_str(row, "finding", form_finding_name(f->code));
        jv_set_str(row, "message", str_cstr(&message));
        jv_write(row, &line);
        jv_free(row);
    } else {
        str_printf(&line, "%s:%zu:%zu: %s: %s", file, f->line, f->column,
                   message_severity(cat, f->severity), str_cstr(&message));
    }
    str_putc(&line, '\n');
    cli_print(c, str_cstr(&line));
    str_done(&message);
    str_done(&line);
}

static int check_one(const struct cli *c, const char *file)
{
    struct str yaml = STR_INIT;
    struct form_def *def = NULL;
    struct form_findings findings = {0};
    struct err_info info = {0};
    enum err rc = load(c, file, &yaml, &def, &findings, &info);
    if (def != NULL) {
        char *dir = folder_of(file);
        form_def_check_files(def, str_cstr(&yaml), yaml.len, is_beside, dir, &findings);
        free(dir);
    }
    for (size_t i = 0; i < findings.count; i++) {
        print_finding(c, file, &findings.items[i]);
    }
    int code = 0;
    if (findings.errors > 0) {
        code = 1;
    } else if (rc != ERR_OK) {
        code = cli_fail(c, rc, &info);
    }
    if (def != NULL) {
        form_def_free(def);
    }
    form_findings_done(&findings);
    str_done(&yaml);
    return code;
}

static int check_all(const struct cli *c)
{
    int worst = 0;
    for (size_t i = 2; i < c->count; i++) {
        const char *file = c->args[i];
        int code = form_sheet_is_name(file) ? cli_check_sheet(c, file) : check_one(c, file);
        worst = code > worst ? code : worst;
    }
    return worst;
}

static int format_one(const struct cli *c, const char *file)
{
    struct str yaml = STR_INIT, out = STR_INIT;
    struct err_info info = {0};
    enum err rc = file_read(file, FORM_MAX_BYTES, &yaml, &info);
    if (rc == ERR_OK) {
        rc = form_def_write(str_cstr(&yaml), yaml.len, &out, &info);
    }
    int code = rc == ERR_OK ? 0 : cli_fail(c, rc, &info);
    if (rc == ERR_OK) {
        cli_print(c, str_cstr(&out));
    }
    str_done(&yaml);
    str_done(&out);
    return code;
}

/* A list is a script, an object holds the answers. */
static enum err run_answers(const struct cli *c, form_interview *iv, const jv *answers,
                            bool *is_done, struct err_info *info)
{
    const struct cli_target target = {.iv = iv};
    if (jv_kind(answers) != JV_ARRAY) {
        const enum err rc = cli_answers(&target, answers, info);
        *is_done = form_interview_complete(iv);
        return rc;
    }
    struct str why = STR_INIT, line = STR_INIT;
    size_t step = 0;
    const enum err rc = cli_script(&target, answers, &step, &why, info);
    *is_done = rc == ERR_OK && why.len == 0;
    if (!*is_done) {
        const char *text = cli_tr(c, N_("step {0} does not hold"));
        const size_t at = strcspn(text, "{");
        str_printf(&line, "%.*s%zu%s", (int)at, text, step, text + at + strlen("{0}"));
        str_printf(&line, "%s%s", why.len > 0 ? ": " : "", str_cstr(&why));
        cli_complain(c, str_cstr(&line));
    }
    str_done(&why);
    str_done(&line);
    return rc;
}

struct filling {
    const struct form_def *def;
    const struct str *yaml;
    const char *file;
};

static enum err fill_with(const struct cli *c, const struct filling *f, const jv *answers,
                          bool *is_done, struct err_info *info)
{
    struct str canonical = STR_INIT, out = STR_INIT;
    struct record_files files = {0};
    char *dir = folder_of(f->file);
    enum err rc = form_def_write(str_cstr(f->yaml), f->yaml->len, &canonical, info);
    rc = rc == ERR_OK ? record_files_read(dir, f->def, str_cstr(&canonical), &files, info) : rc;
    if (rc == ERR_OK) {
        const struct form_interview_hooks hooks = {.payload = &files,
                                                   .read_file = record_files_hook};
        form_interview *iv = form_interview_new_with(f->def, clock_now_ms(), &hooks);
        form_interview_start(iv, true);
        rc = run_answers(c, iv, answers, is_done, info);
        if (rc == ERR_OK) {
            char hash[65];
            record_definition_hash(str_cstr(&canonical), canonical.len, &files, hash);
            record_interview_json(iv, hash, &out);
            str_putc(&out, '\n');
            cli_print(c, str_cstr(&out));
        }
        form_interview_free(iv);
    }
    record_files_done(&files);
    str_done(&canonical);
    str_done(&out);
    free(dir);
    return rc;
}

static enum err fill(const struct cli *c, const struct filling *f, bool *is_done,
                     struct err_info *info)
{
    struct str text = STR_INIT;
    jv *answers = NULL;
    enum err rc = c->answers == NULL ? ERR_SET(info, ERR_USAGE, "--answers")
                                     : file_read(c->answers, FORM_MAX_BYTES, &text, info);
    rc = rc == ERR_OK ? jv_parse(str_cstr(&text), text.len, &answers, info) : rc;
    rc = rc == ERR_OK ? fill_with(c, f, answers, is_done, info) : rc;
    jv_free(answers);
    str_done(&text);
    return rc;
}

static int fill_one(const struct cli *c, const char *file)
{
    struct str yaml = STR_INIT;
    struct form_def *def = NULL;
    struct form_findings findings = {0};
    struct err_info info = {0};
    bool is_complete = false;
    enum err rc = load(c, file, &yaml, &def, &findings, &info);
    if (rc == ERR_OK && def != NULL) {
        const struct filling f = {.def = def, .yaml = &yaml, .file = file};
        rc = fill(c, &f, &is_complete, &info);
    }
    for (size_t i = 0; i < findings.count && findings.errors > 0; i++) {
        print_finding(c, file, &findings.items[i]);
    }
    form_findings_done(&findings);
    if (def != NULL) {
        form_def_free(def);
    }
    str_done(&yaml);
    if (rc != ERR_OK) {
        return cli_fail(c, rc, &info);
    }
    return is_complete ? 0 : 1;
}

int cli_form(struct cli *c)
{
    if (c->count > 1 && strcmp(c->args[1], "eval") == 0) {
        return cli_form_eval(c);
    }
    if (c->count > 1 && strcmp(c->args[1], "move") == 0) {
        return cli_form_move(c);
    }
    const char *what = c->count > 2 ? c->args[1] : "";
    if (strcmp(what, "check") == 0) {
        return check_all(c);
    }
    if (strcmp(what, "fmt") == 0 && c->count == 3) {
        return format_one(c, c->args[2]);
    }
    if (strcmp(what, "import") == 0 && c->count == 3) {
        return cli_import(c, c->args[2]);
    }
    if (strcmp(what, "export") == 0 && c->count == 3) {
        return cli_export(c, c->args[2]);
    }
    if (strcmp(what, "fill") == 0 && c->count == 3) {
        return fill_one(c, c->args[2]);
    }
    if (strcmp(what, "try") == 0 && c->count == 3) {
        c->try_form = c->args[2];
        c->open_screens = true;
        return 0;
    }
    return cli_fail(c, ERR_USAGE, NULL);
}
