/* Stories of invented people, told form by form with their dates: what the indicators say, where
 * the case stands, which level of risk counts and what falls due when. tests/stories/README.md says
 * how a story is written. */
#include <dirent.h>

#include "../record/world.h"
#include "base/clock.h"
#include "cli/cli.h"
#include "record/pathway.h"

Suite *cli_story_suite(void);

enum { STORIES_MAX = 100, NAME_MAX_LEN = 80 };

/* The clock of the story; the hook takes no argument. */
static int64_t story_ms;
static int64_t story_now(void)
{
    return story_ms;
}

static char names[STORIES_MAX][NAME_MAX_LEN];
static int name_count;

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void find_stories(void)
{
    DIR *dir = opendir("tests/stories");
    name_count = 0;
    for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
        if (str_ends(e->d_name, ".json") && name_count < STORIES_MAX) {
            snprintf(names[name_count++], NAME_MAX_LEN, "%.79s", e->d_name);
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
    qsort(names, (size_t)name_count, sizeof *names, by_name);
}

static jv *read_json(const char *dir, const char *name)
{
    struct str text = STR_INIT;
    jv *out = NULL;
    char *path = file_join(dir, name);
    ck_assert_msg(file_read(path, 1000000, &text, NULL) == ERR_OK, "%s", path);
    ck_assert_msg(jv_parse(str_cstr(&text), text.len, &out, NULL) == ERR_OK, "%s", path);
    free(path);
    str_done(&text);
    return out;
}

/* The shipped files; restricted forms lie in the open case here, as the story has one member. */
static void copy_forms(const struct world *w)
{
    DIR *dir = opendir("forms");
    ck_assert_ptr_nonnull(dir);
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        struct str text = STR_INIT;
        char *path = file_join("forms", e->d_name);
        if (str_ends(e->d_name, ".yaml")) {
            ck_assert_int_eq(file_read(path, 3000000, &text, NULL), ERR_OK);
            const char *at = strstr(str_cstr(&text), "\ncompartment: ");
            if (at != NULL) {
                const size_t from = (size_t)(at - str_cstr(&text));
                str_splice(&text, from, strcspn(at + 1, "\n") + 1, "", 0);
            }
            put_file(w, e->d_name, str_cstr(&text));
        }
        str_done(&text);
        free(path);
    }
    closedir(dir);
}

struct tale {
    const char *name;
    struct world w;
    struct window win;
    struct record_case kase;
    size_t step;
};

#define HOLDS(t, x, ...)                                                                           \
    do {                                                                                           \
        char said[200];                                                                            \
        snprintf(said, sizeof said, __VA_ARGS__);                                                  \
        ck_assert_msg((x), "%s, step %zu: %s", (t)->name, (t)->step, said);                        \
    } while (0)

struct merging {
    jv *out;
    const jv *own;
};

static bool take_base(void *payload, const char *key, jv *value)
{
    struct merging *m = payload;
    if (jv_at(m->own, key) == NULL) {
        jv_set(m->out, key, jv_ref(value));
    }
    return true;
}

static bool take_own(void *payload, const char *key, jv *value)
{
    struct merging *m = payload;
    if (jv_kind(value) != JV_NULL) {
        jv_set(m->out, key, jv_ref(value));
    }
    return true;
}

/* The story's answers over those of the person of the fixtures; null takes one away. */
static jv *answers_of(const jv *step, const char *form)
{
    char file[NAME_MAX_LEN];
    snprintf(file, sizeof file, "forms-filled/%s.json", form);
    jv *base = read_json("tests/fixtures",
                         strcmp(form, "identification") == 0 ? "interview.json" : file);
    struct merging m = {.out = jv_new_object(), .own = jv_at(step, "answers")};
    jv_each(base, take_base, &m);
    if (m.own != NULL) {
        jv_each(m.own, take_own, &m);
    }
    jv_free(base);
    return m.out;
}

static void fill(struct tale *t, const jv *step, const char *form)
{
    struct err_info info = {0};
    record_doc *doc = NULL;
    const struct form_def *def = NULL;
    ck_assert_int_eq(record_form(t->win.r, form, &def, &info), ERR_OK);
    enum err rc = def->is_many ? record_doc_new(t->win.r, t->kase.id, form, &doc, &info)
                               : record_doc_open(t->win.r, t->kase.id, form, &doc, &info);
    HOLDS(t, rc == ERR_OK, "%s opens: %s", form, err_name(rc));
    jv *answers = answers_of(step, form);
    record_doc_hold(doc, true, NULL);
    rc = cli_answers(&(struct cli_target){.doc = doc}, answers, &info);
    HOLDS(t, rc == ERR_OK, "%s: answers: %s %s", form, err_name(rc), info.arg[0]);
    ck_assert_int_eq(record_doc_hold(doc, false, &info), ERR_OK);
    if (jv_bool_at(step, "finish", true)) {
        const form_interview *iv = record_doc_interview(doc);
        const int missing = form_interview_seek(iv, -1, FORM_SEEK_MISSING);
        const int wrong = form_interview_seek(iv, -1, FORM_SEEK_WRONG);
        const int bad = missing >= 0 ? missing : wrong;
        HOLDS(t, bad < 0, "%s is complete but for %s", form,
              def->items[bad < 0 ? 0 : form_interview_item(iv, bad)].key);
        rc = record_doc_finish(doc, &info);
        HOLDS(t, rc == ERR_OK, "%s: finish: %s", form, err_name(rc));
    }
    jv_free(answers);
    record_doc_close(doc);
}

/* ---- what is expected */

static const struct record_task *task_in(const struct record_course *c, const char *name)
{
    for (size_t i = 0; i < c->task_count; i++) {
        if (strcmp(c->tasks[i].task->name, name) == 0) {
            return &c->tasks[i];
        }
    }
    return NULL;
}

static void say_task(const struct record_task *t, char out[64])
{
    static const char *const WORDS[] = {"open", "warn", "late", "done"};
    char day[11];
    const struct clock_local due = clock_local_of(t->due_ms);
    date_format(due.date, day);
    snprintf(out, 64, "%s %sT%02d:%02d", WORDS[t->state], day, due.hour % 24, due.minute % 60);
}

struct expecting {
    struct tale *t;
    const struct record_course *c;
};

static bool expect_task(void *payload, const char *name, jv *value)
{
    const struct expecting *x = payload;
    const struct record_task *task = task_in(x->c, name);
    char found[64] = "absent";
    HOLDS(x->t, form_pathway_task(x->c->pathway, name) >= 0, "there is a task %s", name);
    if (task != NULL) {
        say_task(task, found);
    }
    const char *wanted = jv_string(value);
    const size_t n = strchr(wanted, ' ') != NULL ? strlen(wanted) : strcspn(found, " ");
    HOLDS(x->t, strlen(wanted) == n && strncmp(found, wanted, n) == 0, "%s: %s, wanted %s", name,
          found, wanted);
    return true;
}

static void expect_indicators(struct tale *t, const jv *wanted)
{
    struct record_indicators x;
    struct str positive = STR_INIT;
    const char *result = jv_str_at(wanted, "result"), *dimensions = jv_str_at(wanted, "positive");
    if (result == NULL) {
        return;
    }
    ck_assert_int_eq(record_indicators_get(t->win.r, t->kase.id, &x, NULL), ERR_OK);
    for (size_t i = 0; i < x.count; i++) {
        if (x.dimensions[i].is_positive) {
            str_printf(&positive, "%s%s", positive.len > 0 ? " " : "", x.dimensions[i].name);
        }
    }
    HOLDS(t, strcmp(record_result_word(x.result), result) == 0, "result %s, wanted %s",
          record_result_word(x.result), result);
    HOLDS(t, dimensions == NULL || strcmp(str_cstr(&positive), dimensions) == 0,
          "positive: %s, wanted %s", str_cstr(&positive), dimensions);
    str_done(&positive);
    record_indicators_done(&x);
}

static void expect(struct tale *t, const jv *wanted)
{
    struct record_course c;
    ck_assert_int_eq(record_course_get(t->win.r, t->kase.id, 0, &c, NULL), ERR_OK);
    const char *level = jv_str_at(wanted, "level"), *stage = jv_str_at(wanted, "stage");
    const char *found = c.level < 0 ? "" : c.pathway->levels[c.level].name;
    HOLDS(t, level == NULL || strcmp(level, found) == 0, "level %s, wanted %s", found, level);
    found = c.current < 0 ? "" : c.pathway->stages[c.current].name;
    HOLDS(t, stage == NULL || strcmp(stage, found) == 0, "stage %s, wanted %s", found, stage);
    struct expecting x = {t, &c};
    const jv *tasks = jv_at(wanted, "tasks");
    if (tasks != NULL) {
        jv_each(tasks, expect_task, &x);
    }
    record_course_done(&c);
    expect_indicators(t, wanted);
}

static void take_step(struct tale *t, const jv *step)
{
    const char *form = jv_str_at(step, "form"), *done = jv_str_at(step, "done");
    const char *at = jv_str_at(step, "at"), *refused = jv_str_at(step, "refused");
    HOLDS(t, at == NULL || cli_moment(at, &story_ms), "a moment: %s", at);
    if (form != NULL) {
        fill(t, step, form);
    } else if (done != NULL) {
        const char *note = jv_str_at(step, "note");
        const enum err rc = record_task_done(t->win.r, t->kase.id, done, note, NULL);
        HOLDS(t, strcmp(err_name(rc), refused != NULL ? refused : err_name(ERR_OK)) == 0,
              "%s done: %s", done, err_name(rc));
    }
    if (jv_at(step, "expect") != NULL) {
        expect(t, jv_at(step, "expect"));
    }
}

START_TEST(a_story_goes_as_it_is_told)
{
    struct tale t = {.name = names[_i]};
    jv *story = read_json("tests/stories", t.name);
    const jv *steps = jv_at(story, "steps");
    ck_assert_uint_gt(jv_count(steps), 1);
    clock_zone("Europe/Chisinau");
    ck_assert(cli_moment(jv_str_at(jv_item(steps, 0), "at"), &story_ms));
    story_ms -= 60000; /* the case of the world is older than that of the story */
    clock_hook(story_now);
    begin_world(&t.w, "form: t\ntitle: {en: T}\nversion: 1\nsurvey:\n"
                      "  - {name: a, type: text, label: A}\n");
    copy_forms(&t.w);
    open_window(&t.w, &t.win);
    story_ms += 60000;
    const struct record_new_case how = {.surname = jv_str_at(story, "surname"),
                                        .given = jv_str_at(story, "given")};
    ck_assert_int_eq(record_case_new(t.win.r, &how, &t.kase, NULL), ERR_OK);
    for (size_t i = 0; i < jv_count(steps); i++) {
        t.step = i + 1;
        take_step(&t, jv_item(steps, i));
    }
    close_window(&t.win);
    end_world(&t.w);
    clock_hook(NULL);
    jv_free(story);
}
END_TEST

START_TEST(there_are_thirty_stories)
{
    ck_assert_int_ge(name_count, 30);
}
END_TEST

Suite *cli_story_suite(void)
{
    Suite *s = suite_create("cli/story");
    TCase *c = tcase_create("story");
    find_stories();
    tcase_add_test(c, there_are_thirty_stories);
    tcase_add_loop_test(c, a_story_goes_as_it_is_told, 0, name_count);
    tcase_set_timeout(c, 60);
    suite_add_tcase(s, c);
    return s;
}
