/* The command that takes a record over to the form as it is now. */
#include <fcntl.h>

#include "../record/world.h"
#include "cli/cli.h"

Suite *cli_move_suite(void);

#define SHAPE(version, name, more)                                                                 \
    "form: t\ntitle: {en: T}\nversion: " version "\nsurvey:\n"                                     \
    "  - {name: " name ", type: text, label: W" more "}\n"

/* Runs it with the world's passphrase; what it prints goes to *out. Exit code. */
static int run(struct world *w, bool is_dry_run, struct str *out)
{
    char *const args[] = {(char *)"form", (char *)"move", (char *)"t", NULL};
    char *path = file_join(w->dir, "out");
    int line[2];
    ck_assert_int_eq(pipe(line), 0);
    char word[12];
    for (unsigned i = 0; vault_secret_word(w->pass, i, word); i++) {
        dprintf(line[1], "%s%s", i > 0 ? " " : "", word);
    }
    close(line[1]);
    struct cli c = {.vault_dir = w->vault_dir,
                    .forms_dir = w->forms_dir,
                    .case_code = w->kase.code,
                    .is_dry_run = is_dry_run,
                    .lang = LANG_EN,
                    .charset = "UTF-8",
                    .passphrase_fd = line[0],
                    .sheet_fd = -1,
                    .args = (char **)(uintptr_t)args,
                    .count = 3};
    fflush(stdout);
    const int old = dup(1), to = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    dup2(to, 1);
    const int code = cli_form_move(&c);
    fflush(stdout);
    dup2(old, 1);
    close(old);
    close(to);
    close(line[0]);
    str_clear(out);
    ck_assert_int_eq(file_read(path, 10000, out, NULL), ERR_OK);
    free(path);
    return code;
}

START_TEST(a_dry_run_says_what_would_change_and_changes_nothing)
{
    struct world w;
    struct window a;
    struct str out = STR_INIT;
    begin_world(&w, SHAPE("1", "who", ""));
    ck_assert_int_eq(run(&w, true, &out), 2); /* no record yet, and none is made */
    open_window(&w, &a);
    ck_assert(!record_doc_is_there(a.r, w.kase.id, "t"));
    open_doc(&w, &a, "t");
    put(&a, key_in(&a, -1, "who"), "Ileana");
    close_window(&a);
    put_file(&w, "t.yaml", SHAPE("2", "person", ", was: who"));
    ck_assert_int_eq(run(&w, true, &out), 0);
    ck_assert_str_eq(str_cstr(&out), "who -> person: has another name now\n");
    open_window(&w, &a);
    open_doc(&w, &a, "t");
    ck_assert_str_eq(record_doc_def(a.doc)->version, "1");
    close_window(&a);
    ck_assert_int_eq(run(&w, false, &out), 0);
    open_window(&w, &a);
    open_doc(&w, &a, "t");
    ck_assert_str_eq(record_doc_def(a.doc)->version, "2");
    ck_value(&a, key_in(&a, -1, "person"), "Ileana");
    close_window(&a);
    str_done(&out);
    end_world(&w);
}
END_TEST

Suite *cli_move_suite(void)
{
    Suite *s = suite_create("cli/move");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 30);
    tcase_add_test(t, a_dry_run_says_what_would_change_and_changes_nothing);
    suite_add_tcase(s, t);
    return s;
}
