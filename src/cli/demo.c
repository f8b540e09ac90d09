/* A throw-away vault with fictional cases, and the sample interview that shows the whole way
 * without a terminal. Both use the same path as a caseworker's key presses: record_case_new,
 * record_doc_open, record_doc_set. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "cli/demo_int.h"

#define DAY_MS       ((int64_t)86400000)
#define BEGINNING_MS (400 * DAY_MS) /* the demonstration's vault is so old */

/* The demonstration's past: while its cases are made, the clock stands so many milliseconds back.
 * The hook takes no argument, so this one number has to live here; 0 outside cli_demo. */
static int64_t demo_back_ms;

static int64_t demo_now(void)
{
    clock_hook(NULL);
    int64_t ms = clock_now_ms() - demo_back_ms;
    clock_hook(demo_now);
    return ms;
}

static void put_back(int64_t ms)
{
    demo_back_ms = ms;
}

static enum err take_interview(record *r, const struct record_case *kase, const jv *answers,
                               record_doc **out, struct err_info *info)
{
    record_doc *doc = NULL;
    enum err rc = record_doc_open(r, kase->id, "identification", &doc, info);
    if (rc == ERR_OK) {
        record_doc_hold(doc, true, NULL);
        rc = cli_answers(&(struct cli_target){.doc = doc}, answers, info);
    }
    if (rc == ERR_OK) {
        rc = record_doc_hold(doc, false, info);
    }
    if (rc == ERR_OK && form_interview_complete(record_doc_interview(doc))) {
        rc = record_doc_finish(doc, info);
    }
    *out = doc;
    return rc;
}

static const char *text_at(const jv *object, const char *key)
{
    const char *s = jv_str_at(object, key);
    return s != NULL ? s : "";
}

static enum err read_json(const char *dir, const char *name, jv **out, struct err_info *info)
{
    struct str text = STR_INIT;
    char *path = file_join(dir, name);
    enum err rc = file_read(path, FORM_MAX_BYTES, &text, info);
    if (rc == ERR_OK) {
        rc = jv_parse(str_cstr(&text), text.len, out, info);
    }
    free(path);
    str_done(&text);
    return rc;
}

static long days_ago(const jv *person)
{
    return strtol(text_at(person, "opened_days_ago"), NULL, 10);
}

/* ---- more cases than there are people: names drawn together anew, a few answers each */

enum { MORE_ANSWERS = 5, MORE_AT_ONCE = 250 };

struct few {
    record_doc *doc;
    int left;
    enum err rc;
};

/* Each a save of its own, as in an interview that has just begun. */
static bool give_one(void *payload, const char *key, jv *value)
{
    struct few *f = payload;
    jv *one = jv_new_object();
    jv_set(one, key, jv_ref(value));
    f->rc = cli_answers(&(struct cli_target){.doc = f->doc}, one, NULL);
    jv_free(one);
    return f->rc == ERR_OK && --f->left > 0;
}

static enum err add_another(record *r, const jv *people, size_t i, struct err_info *info)
{
    const size_t n = jv_count(people);
    const jv *person = jv_item(people, i % n);
    const struct record_new_case how = {
        .surname = text_at(person, "surname"),
        .given = text_at(jv_item(people, (i / n + i) % n), "given")};
    struct record_case kase;
    struct few f = {.left = MORE_ANSWERS, .rc = ERR_OK};
    enum err rc = record_case_new(r, &how, &kase, info);
    if (rc == ERR_OK && jv_count(jv_at(person, "answers")) > 0) {
        rc = record_doc_open(r, kase.id, "identification", &f.doc, info);
    }
    if (rc == ERR_OK && f.doc != NULL) {
        jv_each(jv_at(person, "answers"), give_one, &f);
        rc = f.rc;
    }
    record_doc_close(f.doc);
    return rc;
}

/* From the vault's beginning until the first of the people came. */
static enum err add_more(record *r, const jv *people, long count, struct err_info *info)
{
    long first = 0;
    for (size_t i = 0; i < jv_count(people); i++) {
        const long days = days_ago(jv_item(people, i));
        first = days > first ? days : first;
    }
    const int64_t end_ms = (first + 1) * DAY_MS;
    const int64_t step_ms = (BEGINNING_MS - DAY_MS - end_ms) / count;
    enum err rc = ERR_OK;
    for (long i = 0; rc == ERR_OK && i < count; i++) {
        if (i % MORE_AT_ONCE == 0) {
            rc = vault_batch_begin(record_vault(r), info);
        }
        demo_back_ms = end_ms + (count - i) * step_ms;
        rc = rc == ERR_OK ? add_another(r, people, (size_t)i, info) : rc;
        if (rc == ERR_OK && (i % MORE_AT_ONCE == MORE_AT_ONCE - 1 || i == count - 1)) {
            rc = vault_batch_end(record_vault(r), info);
        }
    }
    return rc;
}

static enum err temporary_dir(struct cli *c, struct err_info *info)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    char *pattern = file_join(runtime != NULL && runtime[0] == '/' ? runtime : "/tmp",
                              "sprijin-demo-XXXXXX");
    if (mkdtemp(pattern) == NULL) {
        free(pattern);
        return err_set(info, ERR_IO, __func__, "sprijin-demo", NULL);
    }
    free(c->vault_dir);
    c->vault_dir = pattern;
    c->is_demo = true;
    return ERR_OK;
}

static enum err create_vault(struct cli *c, vault_secret *pass, vault **out, struct err_info *info)
{
    vault_secret *org = NULL, *member = NULL;
    struct vault_create how = {.dir = c->vault_dir,
                               .passphrase = pass,
                               .kdf = {19, 2},
                               .lang = c->lang,
                               .member_name = "A. C.",
                               .zone = "Europe/Chisinau"};
    enum err rc = vault_create(&how, out, &org, &member, info);
    vault_secret_free(org);
    vault_secret_free(member);
    return rc;
}

static enum err fill_demo(struct cli *c, vault *v, struct err_info *info)
{
    jv *data = NULL;
    record *r = NULL;
    int64_t now = clock_now_ms();
    enum err rc = read_json(c->forms_dir, "demo.json", &data, info);
    if (rc == ERR_OK) {
        demo_back_ms = BEGINNING_MS;
        clock_hook(demo_now);
        rc = record_open(v, c->forms_dir, &r, info);
    }
    const jv *people = jv_at(data, "people");
    const long more = c->cases - (long)jv_count(people);
    if (rc == ERR_OK && more > 0 && jv_count(people) > 0) {
        rc = add_more(r, people, more, info);
    }
    if (rc == ERR_OK) {
        rc = demo_people(r, data, c->cases, put_back, info);
    }
    for (bool is_left = true; rc == ERR_OK && is_left;) {
        rc = record_tidy(r, 1000, &is_left, info);
    }
    clock_hook(NULL);
    demo_back_ms = 0;
    record_close(r);
    jv_free(data);
    return clock_now_ms() >= now ? rc : ERR_SET(info, ERR_CLOCK, "demo");
}

int cli_demo(struct cli *c)
{
    struct err_info info = {0};
    vault_secret *pass = vault_secret_new();
    vault *v = NULL;
    enum err rc = c->has_vault_option ? ERR_OK : temporary_dir(c, &info);
    if (rc == ERR_OK && c->passphrase_fd >= 0) {
        rc = cli_passphrase(c, true, pass, &info);
    } else if (rc == ERR_OK) {
        vault_secret_generate(pass, c->lang, 6);
    }
    demo_back_ms = BEGINNING_MS;
    clock_hook(demo_now);
    if (rc == ERR_OK) {
        rc = create_vault(c, pass, &v, &info);
    }
    clock_hook(NULL);
    if (rc == ERR_OK) {
        rc = fill_demo(c, v, &info);
    }
    if (rc == ERR_OK && (c->no_open || !c->has_vault_option) && c->passphrase_fd < 0) {
        cli_print(c, cli_tr(c, N_("Passphrase of this demonstration: ")));
        char word[12];
        for (unsigned i = 0; vault_secret_word(pass, i, word); i++) {
            cli_print(c, i > 0 ? " " : "");
            cli_print(c, word);
        }
        cli_print(c, "\n");
    }
    vault_secret_free(pass);
    if (rc != ERR_OK) {
        vault_close(v);
        cli_demo_remove(c);
        return cli_fail(c, rc, &info);
    }
    if (c->no_open) {
        vault_close(v);
        cli_print(c, c->vault_dir);
        cli_print(c, "\n");
        return 0;
    }
    c->is_demo = true;
    c->vault = v;
    c->open_screens = true;
    return 0;
}

void cli_demo_remove(const struct cli *c)
{
    if (c->is_demo && !c->has_vault_option) {
        file_remove_tree(c->vault_dir, NULL);
    }
}

static void print_answer(struct cli *c, const form_interview *iv, int node)
{
    static const char *const STATES[] = {[FORM_A_NONE] = "",
                                         [FORM_A_VALUE] = "",
                                         [FORM_A_LATER] = N_("ask later"),
                                         [FORM_A_DECLINED] = N_("does not want to answer"),
                                         [FORM_A_UNKNOWN] = N_("does not know")};
    const struct form_item *question =
        &form_interview_def(iv)->items[form_interview_item(iv, node)];
    struct form_answer answer = form_interview_answer(iv, node);
    struct str line = STR_INIT;
    str_puts(&line, "  ");
    form_interview_label_at(iv, node, &question->label, c->lang, &line);
    str_puts(&line, "\n      ");
    if (answer.state != FORM_A_VALUE) {
        str_puts(&line, cli_tr(c, STATES[answer.state]));
    } else {
        form_interview_text(iv, node, c->lang, &line);
    }
    str_putc(&line, '\n');
    cli_print(c, str_cstr(&line));
    str_done(&line);
}

static void print_title(struct cli *c, const form_interview *iv, int node)
{
    const struct form_item *item = &form_interview_def(iv)->items[form_interview_item(iv, node)];
    struct str line = STR_INIT;
    str_putc(&line, '\n');
    form_interview_label_at(iv, node, &item->label, c->lang, &line);
    if (form_interview_is_instance(iv, node)) {
        str_printf(&line, " %d", form_interview_position(iv, node));
    }
    str_putc(&line, '\n');
    cli_print(c, str_cstr(&line));
    str_done(&line);
}

/* Items from..end-1, whose nodes are that much higher. */
static void print_range(struct cli *c, const form_interview *iv, int from, int end, int shift)
{
    const struct form_def *def = form_interview_def(iv);
    for (int i = from; i < end;) {
        const struct form_item *item = &def->items[i];
        const int node = i + shift;
        if (item->type == FORM_T_REPEAT) {
            size_t n = 0;
            const int *rows = form_interview_instances(iv, node, &n);
            for (size_t k = 0; k < n; k++) {
                if (form_interview_relevant(iv, rows[k])) {
                    print_title(c, iv, rows[k]);
                    print_range(c, iv, i + 1, item->end, rows[k] - i);
                }
            }
            i = item->end;
            continue;
        }
        if (!form_interview_relevant(iv, node)) {
            i++;
            continue;
        }
        if (item->type == FORM_T_GROUP && item->parent < 0) {
            print_title(c, iv, node);
        } else if (form_type_takes_answer(item->type) &&
                   form_interview_answer(iv, node).state != FORM_A_NONE) {
            print_answer(c, iv, node);
        }
        i++;
    }
}

static void print_interview(struct cli *c, const form_interview *iv)
{
    const struct form_def *def = form_interview_def(iv);
    cli_print(c, form_text_get(&def->title, c->lang));
    cli_print(c, "\n");
    print_range(c, iv, 0, (int)def->count, 0);
}

/* Takes the sample interview, seals it, forgets everything, reads it back and prints it. */
static enum err take_and_read_back(struct cli *c, vault_secret *pass, struct err_info *info)
{
    vault *v = NULL;
    record *r = NULL;
    record_doc *doc = NULL;
    jv *answers = NULL;
    struct record_case kase = {.code = ""};
    enum err rc = read_json(c->forms_dir, "sample.json", &answers, info);
    rc = rc == ERR_OK ? create_vault(c, pass, &v, info) : rc;
    rc = rc == ERR_OK ? record_open(v, c->forms_dir, &r, info) : rc;
    rc = rc == ERR_OK ? record_case_new(r, &(struct record_new_case){0}, &kase, info) : rc;
    rc = rc == ERR_OK ? take_interview(r, &kase, answers, &doc, info) : rc;
    record_doc_close(doc);
    record_close(r);
    vault_close(v);
    doc = NULL;
    r = NULL;
    v = NULL;
    rc = rc == ERR_OK ? vault_open(c->vault_dir, &v, info) : rc;
    rc = rc == ERR_OK ? vault_unlock(v, pass, info) : rc;
    rc = rc == ERR_OK ? record_open(v, c->forms_dir, &r, info) : rc;
    rc = rc == ERR_OK ? record_doc_open(r, kase.id, "identification", &doc, info) : rc;
    if (rc == ERR_OK) {
        print_interview(c, record_doc_interview(doc));
    }
    record_doc_close(doc);
    record_close(r);
    vault_close(v);
    jv_free(answers);
    return rc;
}

int cli_sample(struct cli *c)
{
    struct err_info info = {0};
    vault_secret *pass = vault_secret_new();
    vault_secret_generate(pass, c->lang, 6);
    c->has_vault_option = false;
    enum err rc = temporary_dir(c, &info);
    if (rc == ERR_OK) {
        rc = take_and_read_back(c, pass, &info);
    }
    vault_secret_free(pass);
    cli_demo_remove(c);
    if (rc != ERR_OK) {
        return cli_fail(c, rc, &info);
    }
    cli_print(c, cli_tr(c, N_("\nThis fictional interview was taken, sealed into a temporary vault"
                              " and read back.\n")));
    return 0;
}
