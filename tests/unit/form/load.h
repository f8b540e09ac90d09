/* Loading a form from a text within a test. */
#ifndef SPRIJIN_TESTS_FORM_LOAD_H
#define SPRIJIN_TESTS_FORM_LOAD_H

#include <check.h>
#include <string.h>

#include "form/def.h"

#define HEAD "form: t\ntitle: {ro: T}\nversion: 1\n"
#define YES_NO                                                                                     \
    "choices:\n  yes_no:\n    - {name: yes, label: {ro: Da, ru: Да}}\n"                          \
    "    - {name: no, label: {ro: Nu, ru: Нет}}\n"                                              \
    "  many:\n    - {name: a, label: Unu}\n    - {name: b, label: Doi}\n"                          \
    "    - {name: c, label: Trei}\n"

/* The form, which must be without errors; form_def_free. */
static inline struct form_def *load_form(const char *yaml)
{
    struct form_def *def = NULL;
    struct form_findings f = {0};
    const enum err e = form_def_load(yaml, strlen(yaml), NULL, &def, &f, NULL);
    ck_assert_msg(e == ERR_OK, "%zu:%zu %s %s", f.count > 0 ? f.items[0].line : 0,
                  f.count > 0 ? f.items[0].column : 0,
                  f.count > 0 ? form_finding_name(f.items[0].code) : "",
                  f.count > 0 ? f.items[0].arg[0] : "");
    form_findings_done(&f);
    return def;
}

#endif
