/* The keys of a form: XLSForm's columns, their aliases, our additions, in canonical order.
 * Invariant: after normalising, every known key stands under its canonical name once, and every
 * "label::Language" column has become an entry of the language map of its base key. */
#include "form/def_int.h"

#include <string.h>

#include "base/str.h"

struct key {
    const char *name;
    const char *canonical; /* NULL = itself */
    bool is_translated;
};

static const struct key top_keys[] = {
    {"form", NULL, false},
    {"form_id", "form", false},
    {"id_string", "form", false},
    {"title", NULL, true},
    {"form_title", "title", true},
    {"version", NULL, false},
    {"default_language", NULL, false},
    {"instance_name", NULL, false},
    {"compartment", NULL, false},
    {"records", NULL, false},
    {"style", NULL, false},
    {"namespaces", NULL, false},
    {"name", NULL, false},
    {"allow_choice_duplicates", NULL, false},
    {"clean_text_values", NULL, false},
    {"public_key", NULL, false},
    {"submission_url", NULL, false},
    {"auto_send", NULL, false},
    {"auto_delete", NULL, false},
    {"sms_keyword", NULL, false},
    {"sms_separator", NULL, false},
    {"entities", NULL, false},
    {"external_choices", NULL, false},
    {"osm", NULL, false},
    {"choices", NULL, false},
    {"scales", NULL, false},
    {"indicators", NULL, false},
    {"survey", NULL, false},
};

static const struct key item_keys[] = {
    {"group", NULL, false},
    {"repeat", NULL, false},
    {"name", NULL, false},
    {"tag", "name", false},
    {"value", "name", false},
    {"type", NULL, false},
    {"command", "type", false},
    {"label", NULL, true},
    {"caption", "label", true},
    {"hint", NULL, true},
    {"guidance_hint", NULL, true},
    {"required", NULL, false},
    {"required_message", NULL, true},
    {"requiredmsg", "required_message", true},
    {"relevant", NULL, false},
    {"relevance", "relevant", false},
    {"constraint", NULL, false},
    {"constraint_message", NULL, true},
    {"constraining_message", "constraint_message", true},
    {"calculation", NULL, false},
    {"calculate", "calculation", false},
    {"default", NULL, false},
    {"readonly", NULL, false},
    {"read_only", "readonly", false},
    {"appearance", NULL, false},
    {"choice_filter", NULL, false},
    {"repeat_count", NULL, false},
    {"count", "repeat_count", false},
    {"jr:count", "repeat_count", false},
    {"parameters", NULL, false},
    {"trigger", NULL, false},
    {"fact", NULL, false},
    {"sensitivity", NULL, false},
    {"card", NULL, false},
    {"htcds", NULL, false},
    {"indicator", NULL, false},
    {"weight", NULL, false},
    {"was", NULL, false},
    {"publish", NULL, false},
    {"image", NULL, true},
    {"audio", NULL, true},
    {"video", NULL, true},
    {"big-image", NULL, true},
    {"autoplay", NULL, false},
    {"rows", NULL, false},
    {"save_to", NULL, false},
    {"noAppErrorString", NULL, true},
    {"intent", NULL, false},
    {"query", NULL, false},
    {"survey", NULL, false},
};

static const struct key choice_keys[] = {
    {"name", NULL, false},      {"value", "name", false},  {"label", NULL, true},
    {"caption", "label", true}, {"image", NULL, true},     {"audio", NULL, true},
    {"video", NULL, true},      {"big-image", NULL, true},
};

static const struct key fact_keys[] = {
    {"name", NULL, false},        {"type", NULL, false},        {"label", NULL, true},
    {"sensitivity", NULL, false}, {"never_gates", NULL, false}, {"carry", NULL, false},
};

static const struct key *keys_of(enum key_place place, size_t *count)
{
    switch (place) {
    case KEY_TOP: *count = sizeof top_keys / sizeof *top_keys; return top_keys;
    case KEY_CHOICE: *count = sizeof choice_keys / sizeof *choice_keys; return choice_keys;
    case KEY_FACT: *count = sizeof fact_keys / sizeof *fact_keys; return fact_keys;
    case KEY_ITEM:
    default: *count = sizeof item_keys / sizeof *item_keys; return item_keys;
    }
}

static const struct key *key_find(enum key_place place, const char *name, size_t n)
{
    size_t count;
    const struct key *keys = keys_of(place, &count);
    for (size_t i = 0; i < count; i++) {
        if (keys[i].name[0] == name[0] && strncmp(keys[i].name, name, n) == 0 &&
            keys[i].name[n] == '\0') {
            return &keys[i];
        }
    }
    return NULL;
}

size_t form_keys_rank(enum key_place place, const char *key)
{
    size_t count;
    const struct key *keys = keys_of(place, &count);
    const struct key *k = key_find(place, key, strlen(key));
    return k == NULL ? count : (size_t)(k - keys);
}

/* Columns of other tools that a form may carry along without a meaning here. */
static bool is_carried(enum key_place place, const char *key)
{
    static const char *const prefixes[] = {
        "bind:", "body:", "instance:", "control:", "media:", "parameters:", "sms_"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        if (str_starts(key, prefixes[i])) {
            return true;
        }
    }
    return place == KEY_CHOICE || key[0] == '#';
}

/* "bind::relevant" and "media::image" of older spreadsheets are the plain column. */
static const char *strip_prefix(const char *key)
{
    static const char *const prefixes[] = {"bind::", "bind:", "media::", "media:", "control::"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        if (str_starts(key, prefixes[i])) {
            return key + strlen(prefixes[i]);
        }
    }
    return key;
}

static void report_unknown(enum key_place place, const struct node *n, struct form_findings *f)
{
    size_t count;
    const struct key *keys = keys_of(place, &count);
    const char *names[sizeof item_keys / sizeof *item_keys];
    for (size_t i = 0; i < count; i++) {
        names[i] = keys[i].name;
    }
    form_finding_add(f, FORM_F_UNKNOWN_KEY, n->key_line, n->key_column, n->key,
                     form_nearest(n->key, names, count));
}

/* The language map under base in map; a plain text there becomes its default language's entry. */
static struct node *language_map(arena *a, struct node *map, const char *base,
                                 const char *default_lang, const struct node *like)
{
    struct node *m = form_node_get(map, base);
    if (m != NULL && m->kind == NODE_MAP) {
        return m;
    }
    struct node *fresh = arena_alloc(a, sizeof *fresh);
    if (m == NULL) {
        *fresh = *like;
        fresh->key = base;
        fresh->first = fresh->last = NULL;
        form_node_add(map, fresh);
        m = fresh;
    } else {
        *fresh = *m;
        fresh->key = default_lang;
        m->first = m->last = NULL;
        form_node_add(m, fresh);
    }
    m->kind = NODE_MAP;
    m->text = "";
    return m;
}

/* "label::Română (ro)" or "label:English"; false if the key is no such column. */
static bool fold_language(arena *a, struct node *map, struct node *n, enum key_place place,
                          const char *default_lang, struct form_findings *f)
{
    const char *key = strip_prefix(n->key);
    const char *colon = strchr(key, ':');
    if (colon == NULL) {
        return false;
    }
    const struct key *k = key_find(place, key, (size_t)(colon - key));
    if (k == NULL || !k->is_translated) {
        return false;
    }
    const char *name = colon + (colon[1] == ':' ? 2 : 1);
    const enum lang lang = lang_parse(name);
    if (lang == LANG_COUNT) {
        form_finding_add(f, FORM_F_UNKNOWN_LANGUAGE, n->key_line, n->key_column, name, NULL);
        return true;
    }
    struct node *texts = language_map(a, map, k->canonical != NULL ? k->canonical : k->name,
                                      default_lang, n);
    if (form_node_get(texts, lang_code(lang)) != NULL) {
        form_finding_add(f, FORM_F_DUPLICATE_KEY, n->key_line, n->key_column, n->key, NULL);
        return true;
    }
    n->key = lang_code(lang);
    form_node_add(texts, n);
    return true;
}

void form_keys_map(arena *a, struct node *map, enum key_place place, const char *default_lang,
                   struct form_findings *findings)
{
    struct node *n = map->first;
    map->first = map->last = NULL;
    while (n != NULL) {
        struct node *next = n->next;
        const char *key = strip_prefix(n->key);
        const struct key *k = key_find(place, key, strlen(key));
        if (k != NULL) {
            n->key = k->canonical != NULL ? k->canonical : k->name;
            if (form_node_get(map, n->key) != NULL) {
                form_finding_add(findings, FORM_F_DUPLICATE_KEY, n->key_line, n->key_column, n->key,
                                 NULL);
            }
            form_node_add(map, n);
        } else if (!fold_language(a, map, n, place, default_lang, findings)) {
            if (!is_carried(place, n->key)) {
                report_unknown(place, n, findings);
            }
            form_node_add(map, n);
        }
        n = next;
    }
}

static void normalize_survey(arena *a, struct node *list, const char *lang, struct form_findings *f)
{
    for (struct node *n = list->first; n != NULL; n = n->next) {
        if (n->kind != NODE_MAP) {
            continue;
        }
        form_keys_map(a, n, KEY_ITEM, lang, f);
        struct node *type = form_node_get(n, "type");
        struct form_type_words w;
        if (type != NULL && form_type_parse(a, type->text, &w)) {
            type->text = arena_printf(a, "%s%s%s%s", w.name, w.list == NULL ? "" : " ",
                                      w.list == NULL ? "" : w.list, w.has_other ? " or_other" : "");
        }
        struct node *inner = form_node_get(n, "survey");
        if (inner != NULL) {
            normalize_survey(a, inner, lang, f);
        }
    }
}

/* The language of texts without one: as written, else the first of the title. */
enum lang form_default_lang(const struct node *root)
{
    const struct node *n = form_node_get(root, "default_language");
    enum lang lang = LANG_COUNT;
    if (n != NULL) {
        lang = lang_parse(n->text);
    } else if ((n = form_node_get(root, "title")) != NULL && n->kind == NODE_MAP) {
        lang = n->first == NULL ? LANG_COUNT : lang_parse(n->first->key);
    }
    return lang == LANG_COUNT ? LANG_RO : lang;
}

void form_keys_normalize(arena *a, struct node *root, struct form_findings *findings)
{
    const char *code = lang_code(form_default_lang(root));
    form_keys_map(a, root, KEY_TOP, code, findings);
    struct node *choices = form_node_get(root, "choices");
    for (struct node *l = choices == NULL ? NULL : choices->first; l != NULL; l = l->next) {
        for (struct node *c = l->first; c != NULL; c = c->next) {
            if (c->kind == NODE_MAP && l->kind == NODE_LIST) {
                form_keys_map(a, c, KEY_CHOICE, code, findings);
            }
        }
    }
    struct node *survey = form_node_get(root, "survey");
    if (survey != NULL) {
        normalize_survey(a, survey, code, findings);
    }
}
