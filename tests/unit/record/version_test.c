/* A record and its form over time: it opens under the definition that asked it, files included,
 * until somebody moves it to the form as it is now; and what the form fills in by itself. */
#include "base/json.h"
#include "world.h"

Suite *record_version_suite(void);

#define OLD                                                                                        \
    "form: t\ntitle: {en: T}\nversion: 1\n"                                                        \
    "choices:\n  colour:\n    - {name: red, label: {en: R}}\n    - {name: blue, label: {en: B}}\n" \
    "survey:\n"                                                                                    \
    "  - {name: who, type: text, label: W}\n"                                                      \
    "  - {name: shade, type: select_one colour, label: C}\n"                                       \
    "  - {name: gone, type: text, label: G}\n"                                                     \
    "  - {name: more, type: text, label: M}\n"                                                     \
    "  - repeat: kid\n    label: K\n    survey:\n      - {name: called, type: text, label: C}\n"
#define NEW                                                                                        \
    "form: t\ntitle: {en: T}\nversion: 2\n"                                                        \
    "choices:\n  colour:\n    - {name: green, label: {en: G}}\n    - {name: blue, label: {en: "    \
    "B}}\n"                                                                                        \
    "survey:\n"                                                                                    \
    "  - {name: person, type: text, label: W, was: who}\n"                                         \
    "  - {name: shade, type: select_one colour, label: C}\n"                                       \
    "  - {name: more, type: text, label: M, required: yes}\n"                                      \
    "  - repeat: child\n    label: K\n    was: kid\n    survey:\n"                                 \
    "      - {name: name, type: text, label: C, was: called}\n"

/* An answered record under OLD; the folder then holds NEW. */
static void answer_old(struct world *w, struct window *a)
{
    begin_world(w, OLD);
    open_window(w, a);
    open_doc(w, a, "t");
    put(a, key_in(a, -1, "who"), "Ileana");
    put(a, key_in(a, -1, "shade"), "red");
    put(a, key_in(a, -1, "gone"), "kept for good");
    put(a, key_in(a, row(a, key_in(a, -1, "kid"), 0), "called"), "Ana");
    put(a, key_in(a, add_row(a, key_in(a, -1, "kid")), "called"), "Ion");
    put_file(w, "t.yaml", NEW);
}

START_TEST(a_record_opens_under_the_definition_that_asked_it)
{
    struct world w;
    struct window a;
    answer_old(&w, &a);
    close_window(&a);
    open_window(&w, &a);
    open_doc(&w, &a, "t");
    ck_assert_str_eq(record_doc_def(a.doc)->version, "1");
    ck_value(&a, key_in(&a, -1, "who"), "Ileana");
    close_window(&a);
    end_world(&w);
}
END_TEST

static const struct record_move_row *row_of(const struct record_move *m, const char *key,
                                            enum record_move_kind kind)
{
    for (size_t i = 0; i < m->count; i++) {
        if (strcmp(m->rows[i].key, key) == 0 && m->rows[i].kind == kind) {
            return &m->rows[i];
        }
    }
    return NULL;
}

START_TEST(what_a_move_would_do_is_listed_before_it_is_done)
{
    struct world w;
    struct window a;
    struct record_move m;
    answer_old(&w, &a);
    ck_assert_int_eq(record_doc_move_preview(a.doc, &m, NULL), ERR_OK);
    ck_assert(!m.is_needed); /* this process loaded the form before it was changed */
    record_move_done(&m);
    close_window(&a);
    open_window(&w, &a);
    open_doc(&w, &a, "t");
    const uint64_t before = vault_event_count(a.v);
    ck_assert_int_eq(record_doc_move_preview(a.doc, &m, NULL), ERR_OK);
    ck_assert(m.is_needed);
    ck_assert_str_eq(m.from_version, "1");
    ck_assert_str_eq(m.to_version, "2");
    const struct record_move_row *renamed = row_of(&m, "who", RECORD_MOVE_RENAMED);
    ck_assert_ptr_nonnull(renamed);
    ck_assert_str_eq(renamed->to_key, "person");
    ck_assert_str_eq(renamed->value, "Ileana");
    ck_assert_ptr_nonnull(row_of(&m, "called", RECORD_MOVE_RENAMED));
    ck_assert_ptr_nonnull(row_of(&m, "shade", RECORD_MOVE_CHOICE));
    ck_assert_ptr_nonnull(row_of(&m, "gone", RECORD_MOVE_RETIRED));
    ck_assert_ptr_nonnull(row_of(&m, "more", RECORD_MOVE_REQUIRED));
    ck_assert_uint_eq(m.count, 6);
    ck_assert_uint_eq(vault_event_count(a.v), before);
    record_move_done(&m);
    close_window(&a);
    end_world(&w);
}
END_TEST

START_TEST(a_move_keeps_every_answer_and_what_others_still_say_under_old_names)
{
    struct world w;
    struct window a, b;
    answer_old(&w, &a);
    close_window(&a);
    open_window(&w, &a);
    open_doc(&w, &a, "t");
    open_window(&w, &b);
    open_doc(&w, &b, "t");
    ck_assert_int_eq(record_doc_move(a.doc, NULL), ERR_OK);
    ck_assert_str_eq(record_doc_def(a.doc)->version, "2");
    ck_value(&a, key_in(&a, -1, "person"), "Ileana");
    ck_value(&a, key_in(&a, -1, "shade"), "red");
    ck_assert_uint_eq(row_count(&a, key_in(&a, -1, "child")), 2);
    ck_value(&a, key_in(&a, row(&a, key_in(&a, -1, "child"), 1), "name"), "Ion");
    /* b has not heard of it yet */
    put(&b, key_in(&b, -1, "who"), "Ileana B.");
    ck_assert_str_eq(record_doc_def(b.doc)->version, "2");
    ck_value(&b, key_in(&b, -1, "person"), "Ileana B.");
    refresh(&a);
    ck_value(&a, key_in(&a, -1, "person"), "Ileana B.");
    ck_assert_uint_eq(conflicts(&w, &a), 0);
    put(&a, key_in(&a, -1, "person"), "Ileana C.");
    ck_assert_uint_eq(conflicts(&w, &a), 0);
    ck_assert_int_eq(record_doc_move(a.doc, NULL), ERR_NO);
    struct str json = STR_INIT;
    jv *got = NULL;
    ck_assert_int_eq(record_doc_json(a.doc, &json, NULL), ERR_OK);
    ck_assert_int_eq(jv_parse(str_cstr(&json), json.len, &got, NULL), ERR_OK);
    const jv *retired = jv_at(got, "retired");
    ck_assert_uint_eq(jv_count(retired), 1);
    ck_assert_str_eq(jv_str_at(jv_item(retired, 0), "key"), "gone");
    ck_assert_str_eq(jv_str_at(jv_item(retired, 0), "value"), "kept for good");
    const jv *children = jv_at(jv_at(got, "answers"), "child");
    ck_assert_uint_eq(jv_count(children), 2);
    ck_assert_str_eq(jv_str_at(jv_item(children, 0), "name"), "Ana");
    jv_free(got);
    str_done(&json);
    ck_rebuilt(&w, &a);
    close_window(&b);
    close_window(&a);
    open_window(&w, &a);
    open_doc(&w, &a, "t");
    ck_assert_str_eq(record_doc_def(a.doc)->version, "2");
    ck_value(&a, key_in(&a, -1, "person"), "Ileana C.");
    close_window(&a);
    end_world(&w);
}
END_TEST

START_TEST(files_beside_a_form_are_kept_with_the_definition)
{
    static const char FORM[] = "form: t\ntitle: {en: T}\nversion: 1\nsurvey:\n"
                               "  - {name: town, type: select_one_from_file towns.csv, label: T}\n"
                               "  - {name: zip, type: calculate,\n"
                               "     calculation: \"pulldata('zips', 'zip', 'name', ${town})\"}\n";
    struct world w;
    struct window a;
    begin_world(&w, FORM);
    put_file(&w, "towns.csv", "name,label\nhill,Hill\ndale,Dale\n");
    put_file(&w, "zips.csv", "name,zip\nhill,11\ndale,22\n");
    open_window(&w, &a);
    open_doc(&w, &a, "t");
    put(&a, key_in(&a, -1, "town"), "dale");
    ck_value(&a, key_in(&a, -1, "zip"), "22");
    close_window(&a);
    put_file(&w, "towns.csv", "name,label\nhill,Hill\n");
    put_file(&w, "zips.csv", "name,zip\nhill,11\ndale,99\n");
    open_window(&w, &a);
    open_doc(&w, &a, "t");
    size_t n = 0;
    form_interview_choices(iv_of(&a), key_in(&a, -1, "town"), &n);
    ck_assert_uint_eq(n, 2);
    ck_value(&a, key_in(&a, -1, "zip"), "22");
    struct record_move m; /* the file is part of the form */
    ck_assert_int_eq(record_doc_move_preview(a.doc, &m, NULL), ERR_OK);
    ck_assert(m.is_needed);
    record_move_done(&m);
    ck_assert_int_eq(record_doc_move(a.doc, NULL), ERR_OK);
    ck_value(&a, key_in(&a, -1, "zip"), "99");
    ck_rebuilt(&w, &a);
    close_window(&a);
    end_world(&w);
}
END_TEST

START_TEST(a_form_reaches_no_file_outside_its_folder)
{
    static const char YAML[] = "pulldata('../secret', 'a', 'b', 'c') instance('.hidden')"
                               " pulldata(''good'', 'a', 'b', 'c') instance('/etc/passwd')";
    struct world w;
    struct record_files files;
    const struct form_def none = {0};
    begin_world(&w, OLD);
    put_file(&w, "good.csv", "a,b\n");
    put_file(&w, ".hidden.csv", "a,b\n");
    char *secret = file_join(w.dir, "secret.csv");
    ck_assert_int_eq(file_replace(secret, "a,b\n", 4, 0600, NULL), ERR_OK);
    free(secret);
    ck_assert_int_eq(record_files_read(w.forms_dir, &none, YAML, &files, NULL), ERR_OK);
    ck_assert_uint_eq(files.count, 1);
    ck_assert_str_eq(files.items[0].name, "good.csv");
    char with[65], without[65];
    record_definition_hash("x", 1, &files, with);
    record_definition_hash("x", 1, NULL, without);
    ck_assert_str_ne(with, without);
    record_files_done(&files);
    put_file(&w, "good.csv", "a,\xff\n");
    ck_assert_int_eq(record_files_read(w.forms_dir, &none, YAML, &files, NULL), ERR_SYNTAX);
    end_world(&w);
}
END_TEST

START_TEST(metadata_and_triggered_values_are_stored_and_stay)
{
    static const char FORM[] = "form: t\ntitle: {en: T}\nversion: 1\nsurvey:\n"
                               "  - {name: who, type: username}\n"
                               "  - {name: device, type: deviceid}\n"
                               "  - {name: begun, type: start}\n"
                               "  - {name: ended, type: end}\n"
                               "  - {name: a, type: text, label: A}\n"
                               "  - {name: drawn, type: calculate, calculation: random(),\n"
                               "     trigger: \"${a}\"}\n";
    struct world w;
    struct window a;
    char drawn[64], begun[64];
    begin_world(&w, FORM);
    open_window(&w, &a);
    open_doc(&w, &a, "t");
    ck_value(&a, key_in(&a, -1, "who"), "A. C.");
    ck_assert_uint_eq(strlen(form_interview_value(iv_of(&a), key_in(&a, -1, "device"))),
                      2 * (size_t)ID_LEN);
    ck_value(&a, key_in(&a, -1, "ended"), "");
    const uint64_t before = vault_event_count(a.v);
    put(&a, key_in(&a, -1, "a"), "x");
    ck_assert_uint_eq(vault_event_count(a.v), before + 1);
    snprintf(drawn, sizeof drawn, "%s", form_interview_value(iv_of(&a), key_in(&a, -1, "drawn")));
    snprintf(begun, sizeof begun, "%s", form_interview_value(iv_of(&a), key_in(&a, -1, "begun")));
    ck_assert_str_ne(drawn, "");
    ck_assert_str_ne(begun, "");
    ck_assert_int_eq(record_doc_finish(a.doc, NULL), ERR_OK);
    close_window(&a);
    open_window(&w, &a);
    open_doc(&w, &a, "t");
    ck_assert_uint_eq(vault_event_count(a.v), before + 4);
    ck_value(&a, key_in(&a, -1, "drawn"), drawn);
    ck_value(&a, key_in(&a, -1, "begun"), begun);
    ck_assert_str_ne(form_interview_value(iv_of(&a), key_in(&a, -1, "ended")), "");
    ck_assert(record_doc_is_finished(a.doc));
    ck_rebuilt(&w, &a);
    close_window(&a);
    end_world(&w);
}
END_TEST

Suite *record_version_suite(void)
{
    Suite *s = suite_create("record/version");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 30);
    tcase_add_test(t, a_record_opens_under_the_definition_that_asked_it);
    tcase_add_test(t, what_a_move_would_do_is_listed_before_it_is_done);
    tcase_add_test(t, a_move_keeps_every_answer_and_what_others_still_say_under_old_names);
    tcase_add_test(t, files_beside_a_form_are_kept_with_the_definition);
    tcase_add_test(t, a_form_reaches_no_file_outside_its_folder);
    tcase_add_test(t, metadata_and_triggered_values_are_stored_and_stay);
    suite_add_tcase(s, t);
    return s;
}
