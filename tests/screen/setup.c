/* The stages screen tests begin on: each a row of SETUPS. To add one, write a function that brings
 * stage->ctx and stage->run to the first picture, and add its row. All people are invented. */
#include "driver.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/ui/ui_int.h"
#include "base/clock.h"
#include "base/file.h"
#include "exchange/hub.h"
#include "vault/members.h"

#define FORMS  "tests/fixtures/forms"
#define MINUTE 60000

static int64_t wall_ms;

static int64_t now_held(void)
{
    return wall_ms;
}

void stage_clock_set(int64_t ms)
{
    wall_ms = ms;
    clock_hook(now_held);
}

void stage_clock_add(int64_t ms)
{
    wall_ms += ms;
}

static bool failed(const char *what, enum err e)
{
    if (e != ERR_OK) {
        fprintf(stderr, "setup: %s: %s\n", what, err_name(e));
    }
    return e != ERR_OK;
}

/* A new vault, unlocked, and its record. */
static bool make_vault(struct stage *s)
{
    vault_secret *pass = vault_secret_new(), *org = NULL, *member = NULL;
    vault_secret_put(pass, STAGE_PASSPHRASE, strlen(STAGE_PASSPHRASE));
    struct vault_create how = {
        .dir = s->vault_dir,
        .passphrase = pass,
        .kdf = s->ctx.kdf,
        .lang = s->ctx.lang,
        .member_name = "A. C.",
        .zone = "Europe/Chisinau",
    };
    enum err e = vault_create(&how, &s->ctx.vault, &org, &member, NULL);
    vault_secret_free(org);
    vault_secret_free(member);
    vault_secret_free(pass);
    if (failed("vault", e)) {
        return false;
    }
    e = record_open(s->ctx.vault, s->ctx.forms_dir, &s->ctx.record, NULL);
    return !failed("record", e);
}

bool stage_form(const struct stage *s, const char *name)
{
    static const char *const FILES[] = {"towns.csv"};
    char path[300];
    struct str text = STR_INIT;
    snprintf(path, sizeof path, "tests/fixtures/try/%.60s.yaml", name);
    bool is_good = file_read(path, 1 << 20, &text, NULL) == ERR_OK &&
                   file_replace(s->form, str_cstr(&text), text.len, 0600, NULL) == ERR_OK;
    for (size_t i = 0; is_good && i < sizeof FILES / sizeof *FILES; i++) {
        char to[400];
        str_clear(&text);
        snprintf(path, sizeof path, "tests/fixtures/try/%s", FILES[i]);
        snprintf(to, sizeof to, "%s/%s", s->tmp, FILES[i]);
        is_good = file_read(path, 1 << 20, &text, NULL) == ERR_OK &&
                  file_replace(to, str_cstr(&text), text.len, 0600, NULL) == ERR_OK;
    }
    str_done(&text);
    return is_good;
}

static bool make_case(struct stage *s, const char *surname, const char *given,
                      struct record_case *out)
{
    const struct record_new_case how = {.surname = surname, .given = given, .alias = ""};
    stage_clock_add(MINUTE); /* so that the order of the list is one */
    return !failed("case", record_case_new(s->ctx.record, &how, out, NULL));
}

static bool begin(struct stage *s, const struct ui_screen *first)
{
    s->run = ui_run_new(&s->ctx, s->rows, s->cols, first, NULL);
    return true;
}

static bool setup_empty(struct stage *s)
{
    return begin(s, &ui_wizard);
}

static bool setup_unlock(struct stage *s)
{
    if (!make_vault(s)) {
        return false;
    }
    record_close(s->ctx.record);
    s->ctx.record = NULL;
    vault_lock(s->ctx.vault);
    return begin(s, &ui_unlock);
}

static bool setup_no_cases(struct stage *s)
{
    return make_vault(s) && begin(s, &ui_cases);
}

static bool setup_cases(struct stage *s)
{
    struct record_case made;
    return make_vault(s) && make_case(s, "Munteanu", "Ileana", &made) &&
           make_case(s, "Șevciuc", "Daria", &made) && make_case(s, "", "", &made) &&
           begin(s, &ui_cases);
}

/* Opened by the paper key a moment ago. */
static bool setup_after_sheet(struct stage *s)
{
    if (!make_vault(s)) {
        return false;
    }
    begin(s, &ui_cases);
    s->ctx.by_sheet = true;
    ui_run_open(s->run, &ui_passwd, NULL);
    return true;
}

static bool open_on_case(struct stage *s, const struct ui_screen *screen)
{
    struct record_case made;
    unsigned char arg[UI_ARG_LEN] = {0};
    if (!make_vault(s) || !make_case(s, "Munteanu", "Ileana", &made)) {
        return false;
    }
    memcpy(arg, made.id, ID_LEN);
    begin(s, &ui_cases);
    ui_run_open(s->run, screen, arg);
    return true;
}

static bool setup_case(struct stage *s)
{
    return open_on_case(s, &ui_case);
}

/* Two cases under the procedure as it is shipped, one of them a day and a half old. */
static bool make_old_cases(struct stage *s)
{
    struct record_case made;
    s->ctx.forms_dir = "forms";
    if (!make_vault(s) || !make_case(s, "Munteanu", "Ileana", &made)) {
        return false;
    }
    stage_clock_add((int64_t)36 * 60 * MINUTE);
    const bool is_good = make_case(s, "Șevciuc", "Daria", &made);
    stage_clock_add(MINUTE); /* what happens on the screen comes after */
    return is_good;
}

static bool setup_today(struct stage *s)
{
    return make_old_cases(s) && begin(s, &ui_today);
}

static bool setup_pathway(struct stage *s)
{
    s->ctx.forms_dir = "forms";
    return open_on_case(s, &ui_case);
}

/* A second member, whose request lies with the fixtures; she has not opened her vault yet. */
static bool add_member(struct stage *s, unsigned char member[ID_LEN])
{
    struct str request = STR_INIT, words = STR_INIT, welcome = STR_INIT;
    struct vault_request said = {.name = ""};
    bool is_good = file_read("tests/fixtures/join/request.spr", 4096, &request, NULL) == ERR_OK &&
                   !failed("request", vault_request_read(s->ctx.vault, request.data, request.len,
                                                         &said, &words, NULL)) &&
                   !failed("member",
                           vault_member_add(s->ctx.vault, request.data, request.len,
                                            VAULT_ROLE_PSYCHOLOGIST, NULL, &welcome, NULL));
    memcpy(member, said.member, ID_LEN);
    str_done(&request);
    str_done(&words);
    str_done(&welcome);
    return is_good;
}

static bool setup_members(struct stage *s)
{
    unsigned char member[ID_LEN];
    if (!make_vault(s) || !add_member(s, member)) {
        return false;
    }
    begin(s, &ui_cases);
    ui_run_open(s->run, &ui_members, NULL);
    return true;
}

static bool setup_alone(struct stage *s)
{
    if (!make_vault(s)) {
        return false;
    }
    begin(s, &ui_cases);
    ui_run_open(s->run, &ui_members, NULL);
    return true;
}

static bool setup_access(struct stage *s)
{
    unsigned char member[ID_LEN];
    return open_on_case(s, &ui_case) && add_member(s, member);
}

static bool setup_interview(struct stage *s)
{
    return open_on_case(s, &ui_interview);
}

/* The form as it is shipped. */
static bool setup_long_interview(struct stage *s)
{
    s->ctx.forms_dir = "forms";
    return open_on_case(s, &ui_interview);
}

/* A form with rows, begun. */
static bool setup_rows(struct stage *s)
{
    s->ctx.forms_dir = "tests/fixtures/rows";
    return open_on_case(s, &ui_interview);
}

/* Two work at the same record: one answers in a row while the other deletes it. */
static enum err contest(record *mine, record *other, const unsigned char case_id[ID_LEN])
{
    static const char FORM[] = "identification";
    record_doc *a = NULL, *b = NULL;
    enum form_problem problem = FORM_P_OK;
    enum err e = record_doc_open(mine, case_id, FORM, &a, NULL);
    if (e == ERR_OK) {
        e = record_refresh(other, NULL, NULL);
    }
    if (e == ERR_OK) {
        e = record_doc_open(other, case_id, FORM, &b, NULL);
    }
    if (e == ERR_OK) {
        const form_interview *const iv = record_doc_interview(a);
        const int container = form_def_find(record_doc_def(a), "child");
        const int row = form_interview_instances(iv, container, &(size_t){0})[0];
        const int who = form_def_find(record_doc_def(a), "child_name");
        const struct form_answer answer = {FORM_A_VALUE, "Ion"};
        stage_clock_add(MINUTE);
        e = record_doc_set(a, form_interview_node(iv, who, row), answer, &problem, NULL);
        stage_clock_add(MINUTE);
        e = e == ERR_OK ? record_doc_instance_delete(b, row, NULL) : e;
    }
    record_doc_close(a);
    record_doc_close(b);
    return e;
}

static bool setup_contested(struct stage *s)
{
    struct record_case made;
    unsigned char arg[UI_ARG_LEN] = {0};
    record *other = NULL;
    s->ctx.forms_dir = "tests/fixtures/rows";
    if (!make_vault(s) || !make_case(s, "Munteanu", "Ileana", &made) ||
        failed("other", record_open(s->ctx.vault, s->ctx.forms_dir, &other, NULL))) {
        return false;
    }
    const bool is_bad = failed("contest", contest(s->ctx.record, other, made.id));
    record_close(other);
    if (is_bad || failed("refresh", record_refresh(s->ctx.record, NULL, NULL))) {
        return false;
    }
    memcpy(arg, made.id, ID_LEN);
    begin(s, &ui_cases);
    ui_run_open(s->run, &ui_interview, arg);
    return true;
}

/* Answers of one begun under the form as it was. */
static enum err answer_short(record *r, const unsigned char case_id[ID_LEN])
{
    static const char *const ANSWERS[][2] = {
        {"surname", "Munteanu"}, {"age", "34"}, {"promised", "work"}, {"story", "În mai."}};
    record_doc *doc = NULL;
    enum err e = record_doc_open(r, case_id, "identification", &doc, NULL);
    for (size_t i = 0; e == ERR_OK && i < sizeof ANSWERS / sizeof *ANSWERS; i++) {
        enum form_problem problem = FORM_P_OK;
        const struct form_answer answer = {FORM_A_VALUE, ANSWERS[i][1]};
        e = record_doc_set(doc, form_def_find(record_doc_def(doc), ANSWERS[i][0]), answer, &problem,
                           NULL);
    }
    record_doc_close(doc);
    return e;
}

/* The form was changed since the record was begun. */
static bool setup_newer(struct stage *s)
{
    struct record_case made;
    unsigned char arg[UI_ARG_LEN] = {0};
    if (!make_vault(s) || !make_case(s, "Munteanu", "Ileana", &made) ||
        failed("answers", answer_short(s->ctx.record, made.id))) {
        return false;
    }
    record_close(s->ctx.record);
    s->ctx.record = NULL;
    s->ctx.forms_dir = "tests/fixtures/newer";
    if (failed("record", record_open(s->ctx.vault, s->ctx.forms_dir, &s->ctx.record, NULL))) {
        return false;
    }
    memcpy(arg, made.id, ID_LEN);
    begin(s, &ui_cases);
    ui_run_open(s->run, &ui_interview, arg);
    return true;
}

/* A form being tried: a copy, which the test changes with "form NAME". */
static bool begin_trial(struct stage *s, const char *form)
{
    snprintf(s->form, sizeof s->form, "%s/form.yaml", s->tmp);
    s->ctx.try_form = s->form;
    s->ctx.is_try = true;
    return stage_form(s, form) && begin(s, &ui_try);
}

static bool setup_try(struct stage *s)
{
    return begin_trial(s, "first");
}

static bool setup_nested(struct stage *s)
{
    return begin_trial(s, "nested");
}

static bool setup_broken(struct stage *s)
{
    return begin_trial(s, "broken");
}

/* Rows without a vault. */
static bool setup_try_rows(struct stage *s)
{
    return begin_trial(s, "../rows/identification");
}

/* One question of each type. */
static bool setup_types(struct stage *s)
{
    return begin_trial(s, "types");
}

/* A caseworker of the same organisation opened a case on her own machine. */
static bool setup_by_office(struct stage *s)
{
    struct record_case made;
    const struct record_new_case hers = {.surname = "Șevciuc", .given = "Daria", .alias = ""};
    vault *v = NULL;
    record *r = NULL;
    if (!make_vault(s) || !make_case(s, "Munteanu", "Ileana", &made) ||
        !stage_join(s, "B. D.", VAULT_ROLE_CASEWORKER, &v)) {
        return false;
    }
    stage_clock_add(MINUTE);
    bool is_good = !failed("record", record_open(v, s->ctx.forms_dir, &r, NULL)) &&
                   !failed("case", record_case_new(r, &hers, &made, NULL)) &&
                   stage_carry(v, s->ctx.vault) &&
                   !failed("refresh", record_refresh(s->ctx.record, NULL, NULL));
    record_close(r);
    vault_close(v);
    return is_good && begin(s, &ui_cases);
}

static bool setup_told(struct stage *s)
{
    s->ctx.forms_dir = "tests/fixtures/published";
    return make_vault(s) && stage_told(s) && begin(s, &ui_cases);
}

static bool setup_offered(struct stage *s)
{
    return make_vault(s) && stage_offered(s) && begin(s, &ui_cases);
}

/* A second case under the same name, as after an exchange. */
static bool setup_alike(struct stage *s)
{
    struct record_case made;
    return open_on_case(s, &ui_case) && make_case(s, "MUNTEANU", "Ileana", &made);
}

static bool setup_colleague(struct stage *s)
{
    return open_on_case(s, &ui_case) && stage_colleague(s);
}

/* The stage is a member's who is shown no cases. */
static bool begin_as(struct stage *s, enum vault_role role)
{
    struct record_case made;
    vault *v = NULL;
    if (!make_vault(s) || !make_case(s, "Munteanu", "Ileana", &made) ||
        !stage_join(s, "E. F.", role, &v) || !stage_carry(s->ctx.vault, v)) {
        vault_close(v);
        return false;
    }
    record_close(s->ctx.record);
    vault_close(s->ctx.vault);
    s->ctx.record = NULL;
    s->ctx.vault = v;
    return !failed("record", record_open(v, s->ctx.forms_dir, &s->ctx.record, NULL)) &&
           begin(s, &ui_cases);
}

static bool setup_auditor(struct stage *s)
{
    return begin_as(s, VAULT_ROLE_AUDITOR);
}

static bool setup_statistician(struct stage *s)
{
    return begin_as(s, VAULT_ROLE_STATISTICIAN);
}

static enum err answer_one(record *r, const unsigned char case_id[ID_LEN], const char *key,
                           const char *value)
{
    record_doc *doc = NULL;
    enum form_problem problem = FORM_P_OK;
    const struct form_answer answer = {FORM_A_VALUE, value};
    stage_clock_add(MINUTE);
    enum err e = record_doc_open(r, case_id, "identification", &doc, NULL);
    e = e == ERR_OK
            ? record_doc_set(doc, form_def_find(record_doc_def(doc), key), answer, &problem, NULL)
            : e;
    record_doc_close(doc);
    return e;
}

/* Two members answer one question at two places; a second case has the name of the first. */
static bool setup_conflicts(struct stage *s)
{
    struct record_case made, second;
    vault *v = NULL;
    record *r = NULL;
    bool is_good = make_vault(s) && make_case(s, "Munteanu", "Ileana", &made) &&
                   stage_join(s, "B. D.", VAULT_ROLE_CASEWORKER, &v) &&
                   !failed("grant", vault_grant(s->ctx.vault, made.id, vault_member_id(v), NULL)) &&
                   !failed("open", answer_one(s->ctx.record, made.id, "age", "34")) &&
                   stage_carry(s->ctx.vault, v) &&
                   !failed("record", record_open(v, s->ctx.forms_dir, &r, NULL)) &&
                   !failed("mine", answer_one(s->ctx.record, made.id, "promised", "work")) &&
                   !failed("hers", answer_one(r, made.id, "promised", "studies")) &&
                   stage_carry(v, s->ctx.vault) && make_case(s, "Munteanu", "Ileana", &second) &&
                   !failed("refresh", record_refresh(s->ctx.record, NULL, NULL));
    record_close(r);
    vault_close(v);
    is_good = is_good && begin(s, &ui_cases);
    if (is_good) {
        ui_run_open(s->run, &ui_conflicts, NULL);
    }
    return is_good;
}

static bool setup_exchange(struct stage *s)
{
    if (!make_vault(s) || !begin(s, &ui_cases)) {
        return false;
    }
    ui_run_open(s->run, &ui_exchange, NULL);
    return true;
}

/* A folder is set; somebody's stream in it is broken. */
static bool setup_spool(struct stage *s)
{
    static const char BROKEN[] = "0123456789abcdef0123456789abcdef.spr";
    struct record_case made;
    struct str dir = STR_INIT, path = STR_INIT;
    str_printf(&dir, "%s/spool", s->tmp);
    str_printf(&path, "%s/%s", str_cstr(&dir), BROKEN);
    struct str text = STR_INIT;
    for (int i = 0; i < 200; i++) {
        str_putc(&text, 'x');
    }
    const bool is_good = make_vault(s) && make_case(s, "Munteanu", "Ileana", &made) &&
                         !failed("folder", file_mkdir(str_cstr(&dir), NULL)) &&
                         !failed("stream",
                                 file_create(str_cstr(&path), text.data, text.len, 0600, NULL)) &&
                         !failed("spool", hub_spool_set(s->ctx.vault, str_cstr(&dir), NULL)) &&
                         begin(s, &ui_cases);
    if (is_good) {
        ui_run_open(s->run, &ui_exchange, NULL);
    }
    str_done(&text);
    str_done(&path);
    str_done(&dir);
    return is_good;
}

static const struct {
    const char *name;
    bool (*make)(struct stage *s);
} SETUPS[] = {
    {"conflicts", setup_conflicts},           /* two answers to one question, two cases of one */
    {"exchange", setup_exchange},             /* no folder is set */
    {"spool", setup_spool},                   /* one is, with a broken stream in it */
    {"empty", setup_empty},                   /* no vault: the first run's questions */
    {"unlock", setup_unlock},                 /* a vault, locked */
    {"no-cases", setup_no_cases},             /* unlocked, nothing in it */
    {"cases", setup_cases},                   /* three cases, the last without a name */
    {"after-sheet", setup_after_sheet},       /* a new passphrase is asked for */
    {"by-office", setup_by_office},           /* an own case and a colleague's */
    {"told", setup_told},                     /* three cases of a colleague, with a status */
    {"offered", setup_offered},               /* a colleague offers a case of hers */
    {"colleague", setup_colleague},           /* one case, opened; a caseworker to give it to */
    {"alike", setup_alike},                   /* one case, opened; another under the same name */
    {"auditor", setup_auditor},               /* the list of one who has no cases */
    {"statistician", setup_statistician},     /* likewise */
    {"case", setup_case},                     /* one case, opened */
    {"today", setup_today},                   /* two cases, what is due in them */
    {"pathway", setup_pathway},               /* one case under the shipped procedure, opened */
    {"members", setup_members},               /* two members, the list of them */
    {"alone", setup_alone},                   /* one member, the list */
    {"access", setup_access},                 /* one case, opened; two members */
    {"interview", setup_interview},           /* one case, its short form begun */
    {"rows", setup_rows},                     /* one case, a form with rows begun */
    {"contested", setup_contested},           /* a row deleted while it was answered in */
    {"newer", setup_newer},                   /* begun under an older version of the form */
    {"try", setup_try},                       /* a form being tried, no vault */
    {"nested", setup_nested},                 /* rows in rows */
    {"broken", setup_broken},                 /* the same with a file that has errors */
    {"try-rows", setup_try_rows},             /* the same with rows */
    {"types", setup_types},                   /* the same with a question of each type */
    {"long-interview", setup_long_interview}, /* the same with the shipped form */
};

static void free_ctx(struct stage *s)
{
    ui_run_free(s->run);
    record_close(s->ctx.record);
    vault_close(s->ctx.vault);
    s->run = NULL;
    s->ctx.record = NULL;
    s->ctx.vault = NULL;
}

bool stage_open(struct stage *s, const char *setup)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(s->tmp, sizeof s->tmp, "%.200s/screen-XXXXXX", tmp == NULL ? "/tmp" : tmp);
    if (mkdtemp(s->tmp) == NULL) {
        fprintf(stderr, "setup: %s: %s\n", s->tmp, strerror(errno));
        return false;
    }
    snprintf(s->vault_dir, sizeof s->vault_dir, "%s/vault", s->tmp);
    s->ctx.dir = s->vault_dir;
    s->ctx.forms_dir = FORMS;
    s->ctx.kdf = (struct vault_kdf){.mib = 19, .passes = 2};
    s->ctx.idle_lock_ms = 5 * MINUTE;
    s->ctx.ask_lang = s->ctx.lang == LANG_EN ? LANG_RO : s->ctx.lang;
    snprintf(s->ctx.return_code, sizeof s->ctx.return_code, "112233");
    s->mono_ms = 1000000;
    s->is_alive = true;
    clock_zone("Europe/Chisinau");
    for (size_t i = 0; i < sizeof SETUPS / sizeof *SETUPS; i++) {
        if (strcmp(SETUPS[i].name, setup) == 0 && SETUPS[i].make(s)) {
            return true;
        }
    }
    fprintf(stderr, "setup: \"%s\" is unknown or failed\n", setup);
    stage_close(s);
    return false;
}

void stage_close(struct stage *s)
{
    free_ctx(s);
    file_remove_tree(s->tmp, NULL);
}
