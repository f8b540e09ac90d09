/* The items of a form in document order, parents before children.
 * Invariant: an item that is kept has a valid name. */
#include "form/def_int.h"

#include <string.h>

#include "base/str.h"

static void report_type(struct form_build *b, const struct node *n, const char *type)
{
    char word[32];
    const size_t len = strcspn(type, " ");
    const size_t kept = len < sizeof word ? len : sizeof word - 1;
    memcpy(word, type, kept);
    word[kept] = '\0';
    form_finding_add(b->findings, FORM_F_UNKNOWN_TYPE, n->line, n->column, type,
                     form_type_nearest(word));
}

static void report_list(struct form_build *b, const struct node *type, const char *name)
{
    const char **names = arena_array(b->a, b->def->choices_count + 1, sizeof *names);
    for (size_t i = 0; i < b->def->choices_count; i++) {
        names[i] = b->choices[i].name;
    }
    const char *at = strstr(type->text, name);
    const size_t before = (size_t)(at - type->text) + (type->is_quoted ? 1 : 0);
    form_finding_add(b->findings, FORM_F_UNKNOWN_LIST, type->line,
                     type->column + (type->is_one_line ? before : 0), name,
                     form_nearest(name, names, b->def->choices_count));
}

/* The choice that or_other appends to a list, once. */
static void add_other(struct form_build *b, struct form_choices *list)
{
    static const struct form_text label = {
        {[LANG_RO] = "Altul", [LANG_RU] = "Другое", [LANG_EN] = "Other"}};
    if (form_choice_find(list, "other", strlen("other")) == NULL) {
        struct form_choice *items = b->choice_items[list - b->choices];
        items[list->count] = (struct form_choice){.name = "other", .label = label};
        list->count++;
    }
}

static void read_list_name(struct form_build *b, struct form_item *item, const struct node *type,
                           const struct form_type_words *w)
{
    if (w->is_file) {
        item->file = w->list;
        return;
    }
    if (w->list[0] == '$') {
        return; /* resolved with the names */
    }
    struct form_choices *list = form_list_find(b, w->list);
    if (list == NULL) {
        report_list(b, type, w->list);
        return;
    }
    list->is_used = true;
    item->choices = list;
    if (w->has_other && list->count > 0) {
        add_other(b, list);
    }
}

/* Types that are kept and written back with nothing done. */
static bool is_not_done(const char *type)
{
    static const char *const names[] = {"osm",
                                        "audit",
                                        "start-geopoint",
                                        "background-audio",
                                        "background-geopoint",
                                        "select_one_external"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], type) == 0) {
            return true;
        }
    }
    return false;
}

/* An item of no known type is kept as a text, so that what refers to it is not reported too. */
static void read_type(struct form_build *b, struct form_item *item, struct form_source *s)
{
    item->type = FORM_T_TEXT;
    item->type_name = "text";
    if (s->type == NULL) {
        form_finding_add(b->findings, FORM_F_MISSING_KEY, s->map->line, s->map->column, "type",
                         NULL);
        return;
    }
    const char *text = form_node_text(b->findings, s->type, "type");
    if (text == NULL) {
        return;
    }
    if (!form_type_parse(b->a, text, &s->words)) {
        report_type(b, s->type, text);
        return;
    }
    item->type = s->words.type;
    item->type_name = s->words.name;
    if (strcmp(item->type_name, "background-geopoint") == 0 &&
        form_node_get(s->map, "trigger") == NULL) {
        form_finding_add(b->findings, FORM_F_MISSING_KEY, s->map->line, s->map->column, "trigger",
                         NULL);
    } else if (is_not_done(item->type_name)) {
        form_finding_add(b->findings, FORM_F_NOT_DONE, s->type->line, s->type->column,
                         item->type_name, NULL);
    } else if (form_type_has_choices(item->type)) {
        read_list_name(b, item, s->type, &s->words);
    }
}

static const char *kept_text(struct form_build *b, const struct node *map, const char *key)
{
    const struct node *n = form_node_get(map, key);
    if (n == NULL || n->kind == NODE_TEXT) {
        return n == NULL ? NULL : form_text_filled(n->text);
    }
    struct str out = STR_INIT;
    form_node_write_flow(&out, n);
    const char *text = arena_strdup(b->a, str_cstr(&out));
    str_done(&out);
    return text;
}

static void read_words(struct form_build *b, struct form_item *item, struct form_source *s,
                       const struct node *map)
{
    const struct node *n = form_node_get(map, "readonly");
    const char *text = form_node_text(b->findings, n, "readonly");
    if (text != NULL && text[0] != '\0') {
        const int value = form_yes_no(text);
        item->is_readonly = value == 1;
        s->readonly = value < 0 ? n : NULL;
    }
    n = form_node_get(map, "sensitivity");
    text = form_text_filled(form_node_text(b->findings, n, "sensitivity"));
    item->sensitivity = text == NULL ? "open" : text;
    if (text != NULL && strcmp(text, "identity") != 0 && strcmp(text, "narrative") != 0 &&
        strcmp(text, "open") != 0) {
        form_bad_value(b, n);
    }
    n = form_node_get(map, "appearance");
    text = form_node_text(b->findings, n, "appearance");
    item->appearance = text == NULL ? "" : text;
    item->htcds = kept_text(b, map, "htcds");
    item->indicator = kept_text(b, map, "indicator");
    item->weight = kept_text(b, map, "weight");
    item->card = kept_text(b, map, "card");
    item->was = kept_text(b, map, "was");
    item->publish = kept_text(b, map, "publish");
    item->fact = form_text_filled(form_node_text(b->findings, form_node_get(map, "fact"), "fact"));
}

static void read_texts(struct form_build *b, struct form_item *item, struct form_source *s)
{
    const enum lang lang = b->def->default_lang;
    const struct node *map = s->map;
    s->label = form_node_get(map, "label");
    s->hint = form_node_get(map, "hint");
    s->constraint_message = form_node_get(map, "constraint_message");
    s->required_message = form_node_get(map, "required_message");
    item->label = form_text_read(s->label, lang, b->findings);
    item->hint = form_text_read(s->hint, lang, b->findings);
    item->guidance = form_text_read(form_node_get(map, "guidance_hint"), lang, b->findings);
    item->constraint_message = form_text_read(s->constraint_message, lang, b->findings);
    item->required_message = form_text_read(s->required_message, lang, b->findings);
    const bool is_group = item->type == FORM_T_GROUP || item->type == FORM_T_REPEAT;
    const bool needs_label = is_group ? item->parent < 0 : form_type_is_shown(item->type);
    if (needs_label && form_text_is_missing(&item->label)) {
        form_finding_add(b->findings, FORM_F_MISSING_LABEL, map->line, map->column, item->name,
                         NULL);
    }
}

static void read_survey(struct form_build *b, const struct node *list, int parent, unsigned depth);

/* Name and type; false if there is no name to keep the item under. */
static bool read_identity(struct form_build *b, struct form_item *item, struct form_source *s)
{
    const struct node *n = s->map;
    const struct node *repeat = form_node_get(n, "repeat");
    const struct node *group = repeat != NULL ? repeat : form_node_get(n, "group");
    s->name = group != NULL ? group : form_node_get(n, "name");
    s->type = form_node_get(n, "type");
    item->type = repeat != NULL ? FORM_T_REPEAT : FORM_T_GROUP;
    item->type_name = form_type_name(item->type);
    if (group == NULL) {
        read_type(b, item, s);
    }
    if ((group != NULL) != (form_node_get(n, "survey") != NULL)) {
        form_finding_add(b->findings, FORM_F_MISSING_KEY, n->line, n->column,
                         group != NULL ? "survey" : "group", NULL);
    }
    if (s->name == NULL) {
        form_finding_add(b->findings, FORM_F_MISSING_KEY, n->line, n->column, "name", NULL);
        return false;
    }
    item->name = form_node_text(b->findings, s->name, "name");
    if (item->name != NULL && !form_name_valid(item->name)) {
        form_finding_add(b->findings, FORM_F_BAD_NAME, s->name->line, s->name->column, item->name,
                         NULL);
        return false;
    }
    return item->name != NULL;
}

static int keep(struct form_build *b, const struct form_item *item, const struct form_source *s)
{
    b->items = arena_grow(b->a, b->items, b->count, &b->cap, sizeof *b->items);
    b->sources = arena_grow(b->a, b->sources, b->count, &b->source_cap, sizeof *b->sources);
    b->items[b->count] = *item;
    b->sources[b->count] = *s;
    return (int)b->count++;
}

static void read_item(struct form_build *b, const struct node *n, int parent, unsigned depth);

static struct node *synthetic(struct form_build *b, const struct node *like, const char *key,
                              const char *text)
{
    struct node *n = arena_alloc(b->a, sizeof *n);
    *n = (struct node){.kind = NODE_TEXT,
                       .line = like->line,
                       .column = like->column,
                       .key = key,
                       .key_line = like->line,
                       .key_column = like->column,
                       .text = text};
    return n;
}

/* The text question that or_other adds: asked when "other" is chosen. */
static void add_specify(struct form_build *b, const struct form_item *item,
                        const struct form_source *s, unsigned depth)
{
    static const char *const labels[LANG_COUNT] = {
        [LANG_RO] = "Precizați.", [LANG_RU] = "Уточните.", [LANG_EN] = "Specify other."};
    if (item->choices == NULL) {
        return;
    }
    if (form_node_get(s->map, "choice_filter") != NULL) {
        form_finding_add(b->findings, FORM_F_OTHER_FILTERED, s->type->line, s->type->column,
                         item->choices->name, NULL);
    }
    struct node *map = synthetic(b, s->map, NULL, "");
    struct node *label = synthetic(b, s->map, "label", "");
    map->kind = label->kind = NODE_MAP;
    for (size_t i = 0; i < LANG_COUNT; i++) {
        form_node_add(label, synthetic(b, s->map, lang_code((enum lang)i), labels[i]));
    }
    form_node_add(map, synthetic(b, s->map, "name", arena_printf(b->a, "%s_other", item->name)));
    form_node_add(map, synthetic(b, s->map, "type", "text"));
    form_node_add(map, label);
    form_node_add(map, synthetic(b, s->map, "relevant",
                                 arena_printf(b->a, "selected(${%s}, 'other')", item->name)));
    read_item(b, map, item->parent, depth);
}

static void find_sources(struct form_build *b, struct form_item *item, struct form_source *s)
{
    const struct node *n = s->map;
    s->relevant = form_node_get(n, "relevant");
    s->constraint = form_node_get(n, "constraint");
    s->calculation = form_node_get(n, "calculation");
    s->required = form_node_get(n, "required");
    s->dflt = form_node_get(n, "default");
    s->fact = form_node_get(n, "fact");
    s->choice_filter = form_node_get(n, "choice_filter");
    s->repeat_count = form_node_get(n, "repeat_count");
    s->trigger = form_node_get(n, "trigger");
    if (item->seed_text != NULL) {
        s->seed = synthetic(b, form_node_get(n, "parameters"), "parameters", item->seed_text);
    }
    if (item->type == FORM_T_DATA) {
        item->file = arena_printf(b->a, "%s.%s", item->name,
                                  str_starts(item->type_name, "csv") ? "csv" : "xml");
    }
}

static void read_item(struct form_build *b, const struct node *n, int parent, unsigned depth)
{
    struct form_item item = {.parent = parent,
                             .page = -1,
                             .repeat = -1,
                             .choices_from = -1,
                             .line = n->line,
                             .column = n->column};
    struct form_source s = {.map = n};
    if (parent >= 0) {
        item.repeat = b->items[parent].type == FORM_T_REPEAT ? parent : b->items[parent].repeat;
    }
    if (!read_identity(b, &item, &s)) {
        return;
    }
    if (b->count == FORM_MAX_ITEMS) {
        form_finding_add(b->findings, FORM_F_TOO_LARGE, n->line, n->column, NULL, NULL);
        return;
    }
    read_texts(b, &item, &s);
    read_words(b, &item, &s, n);
    form_parameters_read(b, &item, n);
    form_weights_read(b, &item, n);
    find_sources(b, &item, &s);
    const int at = keep(b, &item, &s);
    const struct node *inner = form_node_get(n, "survey");
    if ((item.type == FORM_T_GROUP || item.type == FORM_T_REPEAT) && inner != NULL) {
        read_survey(b, inner, at, depth + 1);
    }
    b->items[at].end = (int)b->count;
    b->def->has_repeats = b->def->has_repeats || item.type == FORM_T_REPEAT;
    if (s.words.has_other) {
        add_specify(b, &item, &s, depth);
    }
}

static void read_survey(struct form_build *b, const struct node *list, int parent, unsigned depth)
{
    if (list->kind != NODE_LIST) {
        form_finding_add(b->findings, FORM_F_NOT_A_LIST, list->line, list->column, "survey", NULL);
        return;
    }
    if (depth > FORM_MAX_GROUPS) {
        form_finding_add(b->findings, FORM_F_TOO_DEEP, list->line, list->column, NULL, NULL);
        return;
    }
    for (const struct node *n = list->first; n != NULL; n = n->next) {
        if (n->kind != NODE_MAP) {
            form_finding_add(b->findings, FORM_F_NOT_A_MAP, n->line, n->column, "survey", NULL);
        } else {
            read_item(b, n, parent, depth);
        }
    }
    if (parent >= 0 && list->first == NULL) {
        const struct form_source *s = &b->sources[parent];
        form_finding_add(b->findings, FORM_F_EMPTY_GROUP, s->map->line, s->map->column,
                         b->items[parent].name, NULL);
    }
}

/* About how many items will come, so that their arrays are not copied as they grow. */
static size_t count_items(const struct node *list, unsigned depth)
{
    size_t count = 0;
    for (const struct node *n = list->first; n != NULL && depth <= FORM_MAX_GROUPS; n = n->next) {
        const struct node *inner = form_node_get(n, "survey");
        count += 1 + (inner == NULL ? 0 : count_items(inner, depth + 1));
    }
    return count;
}

void form_survey_read(struct form_build *b, const struct node *list)
{
    b->cap = count_items(list, 0) + 1;
    b->source_cap = b->cap;
    b->items = arena_array(b->a, b->cap, sizeof *b->items);
    b->sources = arena_array(b->a, b->source_cap, sizeof *b->sources);
    read_survey(b, list, -1, 0);
}
