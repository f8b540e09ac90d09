/* The words of a form: types, yes and no, names, texts in several languages.
 * Invariant: each function depends on its arguments alone. */
#include "form/def_int.h"

#include <string.h>

#include "base/str.h"

static const struct {
    const char *name;
    enum form_type type;
} type_names[] = {
    {"text", FORM_T_TEXT},
    {"string", FORM_T_TEXT},
    {"integer", FORM_T_INTEGER},
    {"int", FORM_T_INTEGER},
    {"decimal", FORM_T_DECIMAL},
    {"date", FORM_T_DATE},
    {"select_one", FORM_T_SELECT_ONE},
    {"select one", FORM_T_SELECT_ONE},
    {"select_multiple", FORM_T_SELECT_MULTIPLE},
    {"select multiple", FORM_T_SELECT_MULTIPLE},
    {"note", FORM_T_NOTE},
    {"calculate", FORM_T_CALCULATE},
};
#define TYPE_COUNT (sizeof type_names / sizeof *type_names)

const char *form_type_name(enum form_type t)
{
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        if (type_names[i].type == t) {
            return type_names[i].name;
        }
    }
    return "group";
}

bool form_type_takes_answer(enum form_type t)
{
    return t != FORM_T_GROUP && t != FORM_T_NOTE && t != FORM_T_CALCULATE;
}

static bool is_select(enum form_type t)
{
    return t == FORM_T_SELECT_ONE || t == FORM_T_SELECT_MULTIPLE;
}

const char *form_type_parse(const char *text, enum form_type *type, const char **list)
{
    *list = NULL;
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        const size_t n = strlen(type_names[i].name);
        if (strncmp(text, type_names[i].name, n) != 0 || (text[n] != '\0' && text[n] != ' ')) {
            continue;
        }
        const char *rest = text + n;
        rest += strspn(rest, " ");
        if ((*rest != '\0') != is_select(type_names[i].type) || strchr(rest, ' ') != NULL) {
            continue;
        }
        *type = type_names[i].type;
        *list = *rest == '\0' ? NULL : rest;
        return form_type_name(*type);
    }
    return NULL;
}

int form_yes_no(const char *text)
{
    static const char *const words[2][7] = {
        {"no", "No", "NO", "false", "False", "FALSE", "false()"},
        {"yes", "Yes", "YES", "true", "True", "TRUE", "true()"},
    };
    for (int v = 0; v < 2; v++) {
        for (size_t i = 0; i < 7; i++) {
            if (strcmp(text, words[v][i]) == 0) {
                return v;
            }
        }
    }
    return -1;
}

/* The type spelled most like word, NULL if none is near. */
const char *form_type_nearest(const char *word)
{
    const char *names[TYPE_COUNT];
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        names[i] = type_names[i].name;
    }
    return form_nearest(word, names, TYPE_COUNT);
}

const char *form_text_get(const struct form_text *t, enum lang lang)
{
    if ((unsigned)lang < LANG_COUNT && t->in[lang] != NULL) {
        return t->in[lang];
    }
    for (size_t i = 0; i < LANG_COUNT; i++) {
        if (t->in[i] != NULL) {
            return t->in[i];
        }
    }
    return "";
}

bool form_name_valid(const char *name)
{
    const size_t n = strlen(name);
    if (n == 0 || n > 200) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        const unsigned char c = (unsigned char)name[i];
        const bool is_letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
                               c >= 0x80;
        const bool is_later = (c >= '0' && c <= '9') || c == '.' || c == '-';
        if (!is_letter && (i == 0 || !is_later)) {
            return false;
        }
    }
    return true;
}

const char *form_node_text(struct form_findings *f, const struct node *n, const char *what)
{
    if (n == NULL) {
        return NULL;
    }
    if (n->kind != NODE_TEXT) {
        form_finding_add(f, FORM_F_NOT_TEXT, n->line, n->column, what, NULL);
        return NULL;
    }
    return n->text;
}

/* A text that was left empty counts as not written. */
const char *form_text_filled(const char *text)
{
    return text == NULL || text[0] == '\0' ? NULL : text;
}

struct form_text form_text_read(const struct node *n, enum lang default_lang,
                                struct form_findings *f)
{
    struct form_text t = {{NULL}};
    if (n == NULL) {
        return t;
    }
    if (n->kind == NODE_TEXT) {
        t.in[default_lang] = form_text_filled(n->text);
        return t;
    }
    if (n->kind == NODE_LIST) {
        form_node_text(f, n, n->key);
        return t;
    }
    for (const struct node *c = n->first; c != NULL; c = c->next) {
        const enum lang lang = lang_parse(c->key);
        if (lang == LANG_COUNT) {
            form_finding_add(f, FORM_F_UNKNOWN_LANGUAGE, c->key_line, c->key_column, c->key, NULL);
            continue;
        }
        t.in[lang] = form_text_filled(form_node_text(f, c, c->key));
    }
    return t;
}

bool form_text_is_missing(const struct form_text *t)
{
    for (size_t i = 0; i < LANG_COUNT; i++) {
        if (t->in[i] != NULL) {
            return false;
        }
    }
    return true;
}
