/* Header rows: which key of a form each column becomes. Old and new spellings, prefixes such as
 * "bind::" and "media::", and languages after "::" or ":" all end at one key.
 * Invariant: no two columns of a sheet have the same key. */
#include "form/sheet_int.h"

#include <string.h>

#include "base/str.h"

struct alias {
    const char *name; /* lower case, _ for blanks */
    const char *key;
};

static const struct alias survey_names[] = {
    {"command", "type"},
    {"tag", "name"},
    {"value", "name"},
    {"caption", "label"},
    {"requiredmsg", "required_message"},
    {"required_msg", "required_message"},
    {"jr:requiredmsg", "required_message"},
    {"relevance", "relevant"},
    {"skippable", "relevant"},
    {"constraining_message", "constraint_message"},
    {"constraint_msg", "constraint_message"},
    {"jr:constraintmsg", "constraint_message"},
    {"calculate", "calculation"},
    {"read_only", "readonly"},
    {"count", "repeat_count"},
    {"jr:count", "repeat_count"},
    {"noapperrorstring", "noAppErrorString"},
    {"no_app_error_string", "noAppErrorString"},
    {"jr:noapperrorstring", "noAppErrorString"},
    {"entities:saveto", "save_to"},
    {"big_image", "big-image"},
};
static const struct alias choice_names[] = {
    {"list_name", "list_name"}, {"value", "name"},  {"caption", "label"},
    {"big_image", "big-image"}, {"name", "name"},   {"label", "label"},
    {"image", "image"},         {"audio", "audio"}, {"video", "video"},
    {"big-image", "big-image"},
};
static const struct alias settings_names[] = {
    {"form_id", "form"},     {"id_string", "form"},       {"form_title", "title"},
    {"set_form_id", "form"}, {"set_form_title", "title"},
};
static const char *const survey_keys[] = {"type",
                                          "name",
                                          "label",
                                          "hint",
                                          "guidance_hint",
                                          "required",
                                          "required_message",
                                          "relevant",
                                          "constraint",
                                          "constraint_message",
                                          "calculation",
                                          "default",
                                          "readonly",
                                          "appearance",
                                          "choice_filter",
                                          "repeat_count",
                                          "parameters",
                                          "trigger",
                                          "fact",
                                          "sensitivity",
                                          "card",
                                          "htcds",
                                          "indicator",
                                          "weight",
                                          "was",
                                          "publish",
                                          "image",
                                          "audio",
                                          "video",
                                          "big-image",
                                          "autoplay",
                                          "rows",
                                          "save_to",
                                          "noAppErrorString",
                                          "intent",
                                          "query",
                                          "disabled"};
static const char *const settings_keys[] = {"form",
                                            "title",
                                            "version",
                                            "default_language",
                                            "instance_name",
                                            "compartment",
                                            "records",
                                            "style",
                                            "namespaces",
                                            "name",
                                            "allow_choice_duplicates",
                                            "clean_text_values",
                                            "public_key",
                                            "submission_url",
                                            "auto_send",
                                            "auto_delete",
                                            "sms_keyword",
                                            "sms_separator",
                                            "scales",
                                            "indicators",
                                            "entities",
                                            "external_choices",
                                            "osm"};
static const char *const translated[] = {
    "label", "hint",  "guidance_hint", "required_message", "constraint_message",
    "image", "audio", "video",         "big-image",        "noAppErrorString",
    "title", "action"};
#define COUNT(x) (sizeof(x) / sizeof *(x))

static bool is_in(const char *const *words, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i], word) == 0) {
            return true;
        }
    }
    return false;
}

/* Blanks at the ends dropped, runs of them made one. */
static char *collapsed(arena *a, const char *s, size_t n)
{
    char *out = arena_strndup(a, s, n);
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        const bool is_blank = s[i] == ' ' || s[i] == '\t' || s[i] == '\n' || s[i] == '\r';
        if (!is_blank) {
            out[len++] = s[i];
        } else if (len > 0 && out[len - 1] != ' ') {
            out[len++] = ' ';
        }
    }
    len -= len > 0 && out[len - 1] == ' ';
    out[len] = '\0';
    return out;
}

static char *snake(arena *a, const char *s)
{
    char *out = arena_strdup(a, s);
    for (char *p = out; *p != '\0'; p++) {
        *p = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p == ' ' ? '_' : *p;
    }
    return out;
}

/* The key that a word without language stands for; NULL if the sheet has none. */
static const char *key_of(arena *a, const char *word, enum xls_sheet kind)
{
    const struct alias *names = survey_names;
    size_t count = COUNT(survey_names);
    if (kind == XLS_CHOICES) {
        names = choice_names;
        count = COUNT(choice_names);
    } else if (kind == XLS_SETTINGS) {
        names = settings_names;
        count = COUNT(settings_names);
    }
    const char *s = snake(a, word);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i].name, s) == 0) {
            return names[i].key;
        }
    }
    if (kind == XLS_SURVEY && is_in(survey_keys, COUNT(survey_keys), s)) {
        return s;
    }
    return kind == XLS_SETTINGS && is_in(settings_keys, COUNT(settings_keys), s) ? s : NULL;
}

/* Drops "media::" and, where it is a question's own column, "bind::" and "control::". */
static const char *without_prefix(arena *a, const char *s, enum xls_sheet kind)
{
    static const char *const prefixes[] = {"media", "bind", "control", "body"};
    for (size_t i = 0; i < COUNT(prefixes); i++) {
        const size_t n = strlen(prefixes[i]);
        if (strncmp(s, prefixes[i], n) != 0 || s[n] != ':') {
            continue;
        }
        const char *rest = s + n + strspn(s + n, ":");
        const size_t word = strncmp(rest, "jr:", 3) == 0 ? 3 + strcspn(rest + 3, ":")
                                                         : strcspn(rest, ":");
        const char *key = key_of(a, arena_strndup(a, rest, word), kind);
        if (key != NULL && strcmp(key, "type") != 0 && strcmp(key, "name") != 0) {
            return rest;
        }
    }
    return s;
}

/* Where the language begins: after "::" or, in old sheets, ":". 0 if there is none. */
static size_t word_end(const char *s)
{
    const size_t from = strncmp(s, "jr:", 3) == 0 ? 3 : 0;
    return from + strcspn(s + from, ":");
}

static void read_column(struct xls *x, struct xls_column *c, enum xls_sheet kind)
{
    arena *a = x->a;
    /* A title in several languages would be the same column as form_title elsewhere. */
    const bool is_title = kind == XLS_SETTINGS && str_starts(c->header, "#title::");
    if (c->header[0] == '#' && !is_title) {
        c->key = c->base = c->header;
        return;
    }
    const char *s = without_prefix(a, c->header + (is_title ? 1 : 0), kind);
    const size_t n = word_end(s);
    const char *word = collapsed(a, s, n);
    c->base = key_of(a, word, kind);
    if (kind == XLS_OTHER) {
        c->base = snake(a, word);
    } else if (c->base == NULL && kind == XLS_CHOICES) {
        c->key = c->base = c->header;
        return;
    }
    if (c->base == NULL) {
        const bool is_kept = str_starts(s, "body:") || str_starts(s, "instance:") ||
                             str_starts(s, "control:");
        c->key = c->base = is_kept && kind == XLS_SURVEY ? s : arena_printf(a, "#%s", c->header);
        return;
    }
    if (s[n] == '\0') {
        c->key = c->base;
        return;
    }
    const char *language = collapsed(a, s + n + strspn(s + n, ": "),
                                     strlen(s + n) - strspn(s + n, ": "));
    const enum lang lang = lang_parse(language);
    if (!is_in(translated, COUNT(translated), c->base)) {
        c->key = arena_printf(a, "#%s", c->header);
    } else if (strcmp(language, "default") == 0 || language[0] == '\0') {
        c->key = c->base;
    } else if (lang != LANG_COUNT) {
        c->key = arena_printf(a, "%s::%s", c->base, lang_code(lang));
    } else {
        c->key = arena_printf(a, "#%s::%s", c->base, language);
    }
}

/* Two columns of one key: the same header twice is a mistake, two spellings of it are not. */
static void settle_twice(struct xls *x, const struct sheet *s, struct xls_columns *all, size_t at)
{
    struct xls_column *c = &all->items[at];
    for (size_t i = 0; i < at; i++) {
        const struct xls_column *o = &all->items[i];
        if (o->header == NULL || c->key == NULL || o->key == NULL) {
            continue;
        }
        if (strcmp(o->header, c->header) == 0) {
            xls_report(x, s, s->rows[0].number, (unsigned)at + 1, FORM_F_DUPLICATE_KEY, c->header,
                       NULL);
            c->key = NULL;
        } else if (strcmp(o->key, c->key) == 0) {
            const bool is_plain = strcmp(c->key, c->base) == 0 && c->key[0] != '#';
            if (is_plain) {
                xls_report(x, s, s->rows[0].number, (unsigned)at + 1, FORM_F_DUPLICATE_KEY,
                           c->header, NULL);
            }
            c->key = is_plain ? NULL : arena_printf(x->a, "#%s", c->header);
        }
    }
}

struct xls_columns xls_columns_read(struct xls *x, const struct sheet *s, enum xls_sheet kind)
{
    struct xls_columns all = {NULL, 0};
    if (s == NULL || s->count == 0) {
        return all;
    }
    const struct sheet_row *head = &s->rows[0];
    all.items = arena_array(x->a, head->count + 1, sizeof *all.items);
    all.count = head->count;
    for (size_t i = 0; i < head->count; i++) {
        if (head->cells[i] == NULL || strlen(head->cells[i]) > 200) {
            continue;
        }
        struct xls_column *c = &all.items[i];
        c->header = collapsed(x->a, head->cells[i], strlen(head->cells[i]));
        read_column(x, c, kind);
        settle_twice(x, s, &all, i);
    }
    return all;
}

const char *xls_get(struct xls *x, const struct xls_columns *columns, const struct sheet_row *row,
                    const char *key, unsigned *column)
{
    for (size_t i = 0; i < columns->count && i < row->count; i++) {
        const struct xls_column *c = &columns->items[i];
        if (c->key != NULL && row->cells[i] != NULL && strcmp(c->key, key) == 0) {
            if (column != NULL) {
                *column = (unsigned)i + 1;
            }
            return xls_clean(x, row->cells[i]);
        }
    }
    return NULL;
}
