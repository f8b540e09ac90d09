/* A vault and a folder of forms in a temporary place, for the tests of records. */
#ifndef SPRIJIN_TESTS_RECORD_WORLD_H
#define SPRIJIN_TESTS_RECORD_WORLD_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "record/record.h"

struct window {
    vault *v;
    record *r;
    record_doc *doc;
};

struct world {
    char dir[64];
    char *vault_dir, *forms_dir;
    vault_secret *pass;
    struct record_case kase;
};

static inline void put_file(const struct world *w, const char *name, const char *text)
{
    char *path = file_join(w->forms_dir, name);
    ck_assert_int_eq(file_replace(path, text, strlen(text), 0600, NULL), ERR_OK);
    free(path);
}

static inline void open_window(struct world *w, struct window *win)
{
    struct err_info info = {0};
    memset(win, 0, sizeof *win);
    ck_assert_int_eq(vault_open(w->vault_dir, &win->v, NULL), ERR_OK);
    ck_assert_int_eq(vault_unlock(win->v, w->pass, NULL), ERR_OK);
    ck_assert_int_eq(record_open(win->v, w->forms_dir, &win->r, &info), ERR_OK);
}

static inline void open_doc(struct world *w, struct window *win, const char *form)
{
    struct err_info info = {0};
    const enum err rc = record_doc_open(win->r, w->kase.id, form, &win->doc, &info);
    ck_assert_msg(rc == ERR_OK, "%s %zu:%zu", err_name(rc), info.line, info.column);
}

static inline void close_window(struct window *win)
{
    record_doc_close(win->doc);
    record_close(win->r);
    vault_close(win->v);
    memset(win, 0, sizeof *win);
}

/* One case, opened; form: text of t.yaml. */
static inline void begin_world(struct world *w, const char *form)
{
    memset(w, 0, sizeof *w);
    /* In memory where there is such a place: these tests do not ask what a disk keeps. */
    const char *place = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(w->dir, sizeof w->dir, "%s/sprijin-test-XXXXXX", place);
    ck_assert_ptr_nonnull(mkdtemp(w->dir));
    w->vault_dir = file_join(w->dir, "vault");
    w->forms_dir = file_join(w->dir, "forms");
    ck_assert_int_eq(file_mkdir(w->forms_dir, NULL), ERR_OK);
    struct str facts = STR_INIT;
    ck_assert_int_eq(file_read("tests/fixtures/forms/facts.yaml", 100000, &facts, NULL), ERR_OK);
    put_file(w, "facts.yaml", str_cstr(&facts));
    str_done(&facts);
    put_file(w, "t.yaml", form);
    w->pass = vault_secret_new();
    vault_secret_generate(w->pass, LANG_EN, 6);
    vault_secret *org = NULL, *member = NULL;
    struct vault_create how = {.dir = w->vault_dir,
                               .passphrase = w->pass,
                               .kdf = {19, 2},
                               .lang = LANG_EN,
                               .member_name = "A. C.",
                               .zone = "Europe/Chisinau"};
    struct window win = {0};
    ck_assert_int_eq(vault_create(&how, &win.v, &org, &member, NULL), ERR_OK);
    vault_secret_free(org);
    vault_secret_free(member);
    ck_assert_int_eq(record_open(win.v, w->forms_dir, &win.r, NULL), ERR_OK);
    struct record_new_case of = {.surname = "Basm", .given = "Ileana", .alias = ""};
    ck_assert_int_eq(record_case_new(win.r, &of, &w->kase, NULL), ERR_OK);
    close_window(&win);
}

static inline void end_world(struct world *w)
{
    vault_secret_free(w->pass);
    free(w->vault_dir);
    free(w->forms_dir);
    file_remove_tree(w->dir, NULL);
}

/* ---- one document */

static inline form_interview *iv_of(const struct window *win)
{
    return (form_interview *)(uintptr_t)record_doc_interview(win->doc);
}

static inline int key_in(const struct window *win, int instance, const char *key)
{
    const int item = form_def_find(record_doc_def(win->doc), key);
    ck_assert_int_ge(item, 0);
    return instance < 0 ? item : instance + item - form_interview_item(iv_of(win), instance);
}

static inline size_t row_count(const struct window *win, int container)
{
    size_t n = 0;
    form_interview_instances(iv_of(win), container, &n);
    return n;
}

static inline int row(const struct window *win, int container, size_t i)
{
    size_t n = 0;
    const int *rows = form_interview_instances(iv_of(win), container, &n);
    ck_assert_uint_lt(i, n);
    return rows[i];
}

static inline void put(const struct window *win, int node, const char *text)
{
    enum form_problem problem = FORM_P_OK;
    struct err_info info = {0};
    const struct form_answer a = {.state = FORM_A_VALUE, .text = text};
    ck_assert_int_eq(record_doc_set(win->doc, node, a, &problem, &info), ERR_OK);
    ck_assert_int_le(problem, FORM_P_CONSTRAINT);
    ck_assert_uint_eq(record_doc_unsaved(win->doc), 0);
}

static inline int add_row(const struct window *win, int container)
{
    int node = -1;
    ck_assert_int_eq(record_doc_instance_add(win->doc, container, &node, NULL), ERR_OK);
    ck_assert_int_ge(node, 0);
    return node;
}

static inline bool refresh(const struct window *win)
{
    bool changed = false;
    ck_assert_int_eq(record_doc_refresh(win->doc, &changed, NULL), ERR_OK);
    return changed;
}

static inline unsigned conflicts(struct world *w, const struct window *win)
{
    struct record_case seen;
    ck_assert_int_eq(record_refresh(win->r, NULL, NULL), ERR_OK);
    ck_assert_int_eq(record_case_get(win->r, w->kase.id, &seen, NULL), ERR_OK);
    return seen.conflicts;
}

#define ck_value(win, node, text) ck_assert_str_eq(form_interview_value(iv_of(win), node), text)

/* The view that grew equals the one that is built anew. */
static inline void ck_rebuilt(struct world *w, const struct window *win)
{
    struct str grown = STR_INIT, rebuilt = STR_INIT;
    struct window fresh;
    ck_assert_int_eq(record_refresh(win->r, NULL, NULL), ERR_OK);
    ck_assert_int_eq(record_dump(win->r, &grown, NULL), ERR_OK);
    open_window(w, &fresh);
    ck_assert_int_eq(record_dump(fresh.r, &rebuilt, NULL), ERR_OK);
    ck_assert_str_eq(str_cstr(&grown), str_cstr(&rebuilt));
    close_window(&fresh);
    str_done(&grown);
    str_done(&rebuilt);
}

#endif
