/* Findings of the checker: their stable names, their severities, and the list that holds them.
 * Invariant: errors counts exactly the items of severity FORM_ERROR. */
#include "form/yaml_int.h"

#include <stdlib.h>
#include <string.h>

#define MAX_FINDINGS 1000 /* one broken file must not fill the memory */

static const struct {
    const char *name;
    enum form_severity severity;
} kinds[FORM_F_COUNT] = {
    [FORM_F_YAML] = {"yaml", FORM_ERROR},
    [FORM_F_TOO_LARGE] = {"too-large", FORM_ERROR},
    [FORM_F_TOO_DEEP] = {"too-deep", FORM_ERROR},
    [FORM_F_ALIAS] = {"alias", FORM_ERROR},
    [FORM_F_DUPLICATE_KEY] = {"duplicate-key", FORM_ERROR},
    [FORM_F_SECOND_DOCUMENT] = {"second-document", FORM_ERROR},
    [FORM_F_NOT_A_MAP] = {"not-a-map", FORM_ERROR},
    [FORM_F_NOT_A_LIST] = {"not-a-list", FORM_ERROR},
    [FORM_F_NOT_TEXT] = {"not-text", FORM_ERROR},
    [FORM_F_MISSING_KEY] = {"missing-key", FORM_ERROR},
    [FORM_F_UNKNOWN_KEY] = {"unknown-key", FORM_ERROR},
    [FORM_F_UNKNOWN_TYPE] = {"unknown-type", FORM_ERROR},
    [FORM_F_BAD_NAME] = {"bad-name", FORM_ERROR},
    [FORM_F_DUPLICATE_NAME] = {"duplicate-name", FORM_ERROR},
    [FORM_F_AMBIGUOUS_NAME] = {"ambiguous-name", FORM_ERROR},
    [FORM_F_UNKNOWN_LIST] = {"unknown-list", FORM_ERROR},
    [FORM_F_EMPTY_LIST] = {"empty-list", FORM_ERROR},
    [FORM_F_UNUSED_LIST] = {"unused-list", FORM_WARNING},
    [FORM_F_DUPLICATE_CHOICE] = {"duplicate-choice", FORM_ERROR},
    [FORM_F_CHOICE_BLANK] = {"choice-blank", FORM_ERROR},
    [FORM_F_MISSING_LABEL] = {"missing-label", FORM_ERROR},
    [FORM_F_MISSING_TRANSLATION] = {"missing-translation", FORM_WARNING},
    [FORM_F_UNKNOWN_LANGUAGE] = {"unknown-language", FORM_ERROR},
    [FORM_F_EXPR_SYNTAX] = {"expression-syntax", FORM_ERROR},
    [FORM_F_EXPR_NAME] = {"unknown-name", FORM_ERROR},
    [FORM_F_EXPR_FUNCTION] = {"unknown-function", FORM_ERROR},
    [FORM_F_EXPR_ARITY] = {"wrong-arity", FORM_ERROR},
    [FORM_F_EXPR_UNSUPPORTED] = {"unsupported-expression", FORM_ERROR},
    [FORM_F_EXPR_REGEX] = {"bad-regex", FORM_ERROR},
    [FORM_F_EXPR_TOO_DEEP] = {"expression-too-deep", FORM_ERROR},
    [FORM_F_CIRCLE] = {"circle", FORM_ERROR},
    [FORM_F_SELF_RELEVANT] = {"self-relevant", FORM_ERROR},
    [FORM_F_NO_CALCULATION] = {"no-calculation", FORM_ERROR},
    [FORM_F_OPENS_ON_BLANK] = {"opens-on-blank", FORM_WARNING},
    [FORM_F_BAD_DEFAULT] = {"bad-default", FORM_WARNING},
    [FORM_F_BAD_CHOICE] = {"bad-choice", FORM_WARNING},
    [FORM_F_UNKNOWN_FACT] = {"unknown-fact", FORM_ERROR},
    [FORM_F_FACT_TYPE] = {"fact-type", FORM_ERROR},
    [FORM_F_BAD_VALUE] = {"bad-value", FORM_ERROR},
    [FORM_F_LABEL_TOO_WIDE] = {"label-too-wide", FORM_WARNING},
    [FORM_F_EMPTY_GROUP] = {"empty-group", FORM_WARNING},
    [FORM_F_CONSTRAINT_ON_NOTE] = {"constraint-on-note", FORM_WARNING},
    [FORM_F_NOT_DONE] = {"not-done", FORM_NOTICE},
    [FORM_F_BAD_PARAMETER] = {"bad-parameter", FORM_ERROR},
    [FORM_F_OTHER_FILTERED] = {"other-filtered", FORM_ERROR},
    [FORM_F_NEVER_RELEVANT] = {"never-relevant", FORM_WARNING},
    [FORM_F_UNKNOWN_SCALE] = {"unknown-scale", FORM_ERROR},
    [FORM_F_UNKNOWN_DIMENSION] = {"unknown-dimension", FORM_ERROR},
    [FORM_F_BAD_WEIGHT] = {"bad-weight", FORM_ERROR},
    [FORM_F_NO_FILE] = {"no-file", FORM_ERROR},
    [FORM_F_GATES] = {"gates", FORM_ERROR},
    [FORM_F_NO_FORM] = {"no-form", FORM_ERROR},
};

const char *form_finding_name(enum form_finding_code code)
{
    return (unsigned)code < FORM_F_COUNT ? kinds[code].name : "";
}

/* Copies at most size - 1 bytes, cut before a code point, never inside one. */
static void copy_cut(char *out, size_t size, const char *s)
{
    size_t n = s == NULL ? 0 : strlen(s);
    if (n >= size) {
        n = size - 1;
        while (n > 0 && ((unsigned char)s[n] & 0xC0) == 0x80) {
            n--;
        }
    }
    if (n > 0) {
        memcpy(out, s, n);
    }
    out[n] = '\0';
}

struct form_finding *form_finding_add(struct form_findings *f, enum form_finding_code code,
                                      size_t line, size_t column, const char *arg0,
                                      const char *arg1)
{
    if (f->count >= MAX_FINDINGS) {
        /* The last one gives way, and only to an error: no error is lost behind warnings. */
        if (kinds[code].severity != FORM_ERROR) {
            return &f->items[f->count - 1];
        }
        f->count--;
        f->errors -= f->items[f->count].severity == FORM_ERROR;
    }
    if (f->count == f->cap) {
        f->cap = f->cap == 0 ? 16 : f->cap * 2;
        f->items = mem_realloc(f->items, f->cap * sizeof *f->items);
    }
    struct form_finding *x = &f->items[f->count++];
    memset(x, 0, sizeof *x);
    x->code = code;
    x->severity = kinds[code].severity;
    x->line = line;
    x->column = column;
    copy_cut(x->arg[0], sizeof x->arg[0], arg0);
    copy_cut(x->arg[1], sizeof x->arg[1], arg1);
    f->errors += x->severity == FORM_ERROR;
    return x;
}

static int compare(const void *a, const void *b)
{
    const struct form_finding *x = a, *y = b;
    if (x->line != y->line) {
        return x->line < y->line ? -1 : 1;
    }
    if (x->column != y->column) {
        return x->column < y->column ? -1 : 1;
    }
    if (x->code != y->code) {
        return x->code < y->code ? -1 : 1;
    }
    const int by_arg = strcmp(x->arg[0], y->arg[0]);
    return by_arg != 0 ? by_arg : strcmp(x->arg[1], y->arg[1]);
}

void form_findings_sort(struct form_findings *f)
{
    if (f->count > 1) {
        qsort(f->items, f->count, sizeof *f->items, compare);
    }
}

void form_findings_done(struct form_findings *f)
{
    free(f->items);
    *f = (struct form_findings){0};
}
