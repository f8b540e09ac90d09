/* The words of a form: types, yes and no, names, texts in several languages.
 * Invariant: each function depends on its arguments alone. */
#include "form/def_int.h"

#include <string.h>

#include "base/str.h"

/* A spelling, the type, and the canonical spelling. */
static const struct {
    const char *name;
    enum form_type type;
    const char *canonical; /* NULL = name */
} type_names[] = {
    {"text", FORM_T_TEXT, NULL},
    {"string", FORM_T_TEXT, "text"},
    {"integer", FORM_T_INTEGER, NULL},
    {"int", FORM_T_INTEGER, "integer"},
    {"decimal", FORM_T_DECIMAL, NULL},
    {"date", FORM_T_DATE, NULL},
    {"select_one", FORM_T_SELECT_ONE, NULL},
    {"select one", FORM_T_SELECT_ONE, "select_one"},
    {"select one from", FORM_T_SELECT_ONE, "select_one"},
    {"select1", FORM_T_SELECT_ONE, "select_one"},
    {"select_multiple", FORM_T_SELECT_MULTIPLE, NULL},
    {"select multiple", FORM_T_SELECT_MULTIPLE, "select_multiple"},
    {"select multiple from", FORM_T_SELECT_MULTIPLE, "select_multiple"},
    {"select all that apply", FORM_T_SELECT_MULTIPLE, "select_multiple"},
    {"select all that apply from", FORM_T_SELECT_MULTIPLE, "select_multiple"},
    {"select_one_from_file", FORM_T_SELECT_ONE, NULL},
    {"select one from file", FORM_T_SELECT_ONE, "select_one_from_file"},
    {"select_multiple_from_file", FORM_T_SELECT_MULTIPLE, NULL},
    {"select multiple from file", FORM_T_SELECT_MULTIPLE, "select_multiple_from_file"},
    {"select_one_external", FORM_T_TEXT, NULL},
    {"select one external", FORM_T_TEXT, "select_one_external"},
    {"rank", FORM_T_RANK, NULL},
    {"note", FORM_T_NOTE, NULL},
    {"calculate", FORM_T_CALCULATE, NULL},
    {"calculation", FORM_T_CALCULATE, "calculate"},
    {"time", FORM_T_TIME, NULL},
    {"dateTime", FORM_T_DATETIME, NULL},
    {"datetime", FORM_T_DATETIME, "dateTime"},
    {"range", FORM_T_RANGE, NULL},
    {"acknowledge", FORM_T_ACKNOWLEDGE, NULL},
    {"trigger", FORM_T_ACKNOWLEDGE, "acknowledge"},
    {"barcode", FORM_T_TEXT, NULL},
    {"geopoint", FORM_T_GEO, NULL},
    {"location", FORM_T_GEO, "geopoint"},
    {"gps", FORM_T_GEO, "geopoint"},
    {"geotrace", FORM_T_GEO, NULL},
    {"geoshape", FORM_T_GEO, NULL},
    {"image", FORM_T_FILE, NULL},
    {"photo", FORM_T_FILE, "image"},
    {"audio", FORM_T_FILE, NULL},
    {"video", FORM_T_FILE, NULL},
    {"file", FORM_T_FILE, NULL},
    {"osm", FORM_T_FILE, NULL},
    {"hidden", FORM_T_HIDDEN, NULL},
    {"start", FORM_T_META, NULL},
    {"start time", FORM_T_META, "start"},
    {"end", FORM_T_META, NULL},
    {"end time", FORM_T_META, "end"},
    {"today", FORM_T_META, NULL},
    {"get today", FORM_T_META, "today"},
    {"deviceid", FORM_T_META, NULL},
    {"device id", FORM_T_META, "deviceid"},
    {"username", FORM_T_META, NULL},
    {"email", FORM_T_META, NULL},
    {"phonenumber", FORM_T_META, NULL},
    {"phone number", FORM_T_META, "phonenumber"},
    {"subscriberid", FORM_T_META, NULL},
    {"simserial", FORM_T_META, NULL},
    {"sim id", FORM_T_META, "simserial"},
    {"imei", FORM_T_META, NULL},
    {"audit", FORM_T_META, NULL},
    {"start-geopoint", FORM_T_META, NULL},
    {"background-audio", FORM_T_META, NULL},
    {"background-geopoint", FORM_T_META, NULL},
    {"csv-external", FORM_T_DATA, NULL},
    {"xml-external", FORM_T_DATA, NULL},
};
#define TYPE_COUNT (sizeof type_names / sizeof *type_names)

const char *form_type_name(enum form_type t)
{
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        if (type_names[i].type == t) {
            return type_names[i].name;
        }
    }
    return t == FORM_T_REPEAT ? "repeat" : "group";
}

bool form_type_takes_answer(enum form_type t)
{
    return t != FORM_T_GROUP && t != FORM_T_REPEAT && t != FORM_T_NOTE && t != FORM_T_CALCULATE &&
           t != FORM_T_DATA;
}

bool form_type_is_shown(enum form_type t)
{
    return t == FORM_T_NOTE ||
           (form_type_takes_answer(t) && t != FORM_T_HIDDEN && t != FORM_T_META);
}

bool form_item_stores(const struct form_item *item)
{
    return form_type_takes_answer(item->type) || item->is_once;
}

bool form_type_has_choices(enum form_type t)
{
    return t == FORM_T_SELECT_ONE || t == FORM_T_SELECT_MULTIPLE || t == FORM_T_RANK;
}

/* " or_other" and its other spellings at the end of a type; how many bytes come before it. */
static size_t without_other(const char *rest, bool *has_other)
{
    static const char *const ends[] = {" or_other", " or other", " or specify other"};
    const size_t n = strlen(rest);
    *has_other = false;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (str_ends(rest, ends[i])) {
            *has_other = true;
            return n - strlen(ends[i]);
        }
    }
    return n;
}

bool form_type_parse(arena *a, const char *text, struct form_type_words *out)
{
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        if (text[0] != type_names[i].name[0]) {
            continue; /* most are decided here */
        }
        const size_t n = strlen(type_names[i].name);
        if (strncmp(text, type_names[i].name, n) != 0 || (text[n] != '\0' && text[n] != ' ')) {
            continue;
        }
        const char *rest = text + n;
        rest += strspn(rest, " ");
        bool has_other;
        size_t len = without_other(rest, &has_other);
        while (len > 0 && rest[len - 1] == ' ') {
            len--;
        }
        const char *canonical = type_names[i].canonical;
        canonical = canonical == NULL ? type_names[i].name : canonical;
        const bool needs_list = form_type_has_choices(type_names[i].type) ||
                                strcmp(canonical, "select_one_external") == 0;
        const bool has_blank = memchr(rest, ' ', len) != NULL && rest[0] != '$';
        if ((len > 0) != needs_list || has_blank) {
            continue;
        }
        *out = (struct form_type_words){
            .type = type_names[i].type, .name = canonical, .has_other = has_other};
        out->list = len == 0 ? NULL : arena_strndup(a, rest, len);
        out->is_file = str_ends(canonical, "_from_file");
        return true;
    }
    return false;
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
