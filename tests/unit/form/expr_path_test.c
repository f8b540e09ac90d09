/* Expressions over nodes: a tree of answers with a repeat inside a repeat, and documents of
 * secondary instances. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "form/expr.h"
#include "form/xml.h"

Suite *form_expr_path_suite(void);

#define NOON 1795435200000LL

enum { HOUSE, ROOMS, PERSON, NAME, AGE, TOY, KIND, PLACE, SLOTS };
static const char *const slot_names[SLOTS] = {"house", "rooms", "person", "name",
                                              "age",   "toy",   "kind",   "place"};

/* The answers as a document; slots are put on by name, values are the texts. */
static const char ANSWERS[] =
    "<data><house>blue</house><rooms>3</rooms><place/>"
    "<person><name>Ana</name><age>34</age><toy><kind>ball</kind></toy><toy><kind>kite</kind></toy>"
    "</person>"
    "<person><name>Ion</name><age>7</age><toy><kind>drum</kind></toy></person>"
    "<person><name>Eva</name><age/></person></data>";
static const char TOWNS[] =
    "<root><item><name>balti</name><label>Bălți</label><region>north</region><people>97</people>"
    "</item><item><name>cahul</name><label>Cahul</label><region>south</region><people>28</people>"
    "</item><item><name>soroca</name><label>Soroca</label><region>north</region>"
    "<people>21</people></item></root>";

struct world {
    arena *a;
    struct form_node *answers, *towns;
    const char *texts[32]; /* of the answers' leaves, by index */
    int count;
    struct form_node *by_index[32];
};

static int slot_of(const char *name, size_t n)
{
    for (int i = 0; i < SLOTS; i++) {
        if (strlen(slot_names[i]) == n && memcmp(slot_names[i], name, n) == 0) {
            return i;
        }
    }
    return -1;
}

static int resolve(void *payload, const char *name, size_t n)
{
    (void)payload;
    return slot_of(name, n);
}

static void make_answers(struct world *w, struct form_node *n)
{
    n->slot = slot_of(n->name, strlen(n->name));
    n->index = w->count;
    w->by_index[w->count] = n;
    w->texts[w->count++] = n->text == NULL ? "" : n->text;
    n->text = NULL;
    for (struct form_node *c = n->first; c != NULL; c = c->next) {
        make_answers(w, c);
    }
}

static struct form_value value(void *payload, const struct form_node *n)
{
    const struct world *w = payload;
    const char *text = w->texts[n->index];
    return n->slot == AGE && text[0] != '\0'
               ? form_value_of_number(strcmp(text, "34") == 0 ? 34 : 7)
               : form_value_string(text, strlen(text));
}

/* The nearest repeat that both lie in decides: one value there, all nodes elsewhere. */
static struct form_value get(void *payload, int slot, const struct form_node *context)
{
    struct world *w = payload;
    const struct form_node *person = context;
    while (person != NULL && person->slot != PERSON) {
        person = person->parent;
    }
    const struct form_node **found = arena_array(w->a, 32, sizeof *found);
    size_t count = 0;
    for (int i = 0; i < w->count; i++) {
        const struct form_node *n = w->by_index[i];
        const struct form_node *up = n;
        while (up != NULL && up->slot != PERSON) {
            up = up->parent;
        }
        if (n->slot == slot && (person == NULL || up == NULL || up == person || slot == PERSON)) {
            found[count++] = n;
        }
    }
    if (count == 1 && slot != PERSON) {
        struct form_value v = value(payload, found[0]);
        v.is_node = true;
        v.node = found[0];
        return v;
    }
    return (struct form_value){
        .type = FORM_V_NODES, .is_node = true, .nodes = found, .count = count};
}

static const struct form_node *instance(void *payload, const char *id)
{
    const struct world *w = payload;
    return strcmp(id, "towns") == 0 ? w->towns : NULL;
}

static double tenth(void *payload)
{
    (void)payload;
    return 0.1;
}

static const char *state(void *payload, int slot, const struct form_node *context)
{
    (void)payload;
    (void)context;
    return slot == PLACE ? "declined" : "none";
}

static double points(void *payload, const char *scale)
{
    (void)payload;
    return strcmp(scale, "danger") == 0 ? 12 : NAN;
}

static const char *scale(void *payload, const char *name)
{
    (void)payload;
    return strcmp(name, "danger") == 0 ? "high" : "";
}

static const char *itext(void *payload, const char *id)
{
    (void)payload;
    return strcmp(id, "hello") == 0 ? "Salut" : NULL;
}

static void uuid(void *payload, char out[37])
{
    (void)payload;
    memcpy(out, "01234567-89ab-4cde-8f01-23456789abcd", 37);
}

static void world_new(struct world *w)
{
    *w = (struct world){.a = arena_new()};
    ck_assert_int_eq(form_xml_load(w->a, ANSWERS, strlen(ANSWERS), &w->answers, NULL), ERR_OK);
    ck_assert_int_eq(form_xml_load(w->a, TOWNS, strlen(TOWNS), &w->towns, NULL), ERR_OK);
    make_answers(w, w->answers);
}

static struct form_expr_env env_of(struct world *w, const struct form_node *context)
{
    return (struct form_expr_env){.payload = w,
                                  .get = get,
                                  .value = value,
                                  .context = context,
                                  .root = w->answers,
                                  .self = form_value_string("mine", 4),
                                  .now_ms = NOON,
                                  .instance = instance,
                                  .itext = itext,
                                  .state = state,
                                  .points = points,
                                  .scale = scale,
                                  .random = tenth,
                                  .uuid = uuid};
}

static const struct form_expr_scope scope = {.resolve = resolve, .allows_paths = true};

static const form_expr *compiled(struct world *w, const char *text)
{
    struct form_expr_error e;
    const form_expr *x = form_expr_compile(w->a, text, strlen(text), &scope, &e);
    ck_assert_msg(x != NULL, "%s: problem %d at %zu (%s)", text, (int)e.problem, e.column, e.token);
    return x;
}

/* The node of the answers whose text it is. */
static const struct form_node *at(const struct world *w, const char *text)
{
    int i = 0;
    while (i < w->count && strcmp(w->texts[i], text) != 0) {
        i++;
    }
    ck_assert_int_lt(i, w->count);
    return w->by_index[i];
}

struct path_case {
    const char *text, *expected;
    const char *from; /* text of the question it stands at; NULL: the form itself */
};

static void check_cases(const struct path_case *cases, size_t n)
{
    struct world w;
    world_new(&w);
    for (size_t i = 0; i < n; i++) {
        const struct form_expr_env env = env_of(&w, cases[i].from == NULL ? w.answers
                                                                          : at(&w, cases[i].from));
        const struct form_value v = form_expr_eval(compiled(&w, cases[i].text), &env, w.a);
        const char *text = form_value_text(&v, w.a);
        ck_assert_msg(strcmp(text, cases[i].expected) == 0, "%s: \"%s\", not \"%s\"", cases[i].text,
                      text, cases[i].expected);
    }
    arena_free(w.a);
}
#define CHECK_CASES(cases) check_cases(cases, sizeof(cases) / sizeof(cases)[0])

START_TEST(a_reference_gives_one_value_inside_its_repeat_and_all_outside)
{
    static const struct path_case cases[] = {
        {"${name}", "Ion", "7"},
        {"../name", "Ion", "7"},
        {"/data/person/name", "Ion", "7"},
        {"current()/../name", "Ion", "7"},
        {"${house}", "blue", "7"},
        {"join(' ', ${name})", "Ana Ion Eva", NULL},
        {"count(${person})", "3", NULL},
        {"count(${name})", "3", NULL},
        {"count-non-empty(${age})", "2", NULL},
        {"join(' ', ${kind})", "ball kite", "34"},
        {"max(${age})", "7", "7"},
        {"concat(${name}, '!')", "AnaIonEva!", NULL},
        {".", "mine", "7"},
        {"current()", "mine", "7"},
    };
    CHECK_CASES(cases);
}
END_TEST

START_TEST(predicates_choose_by_place_and_by_value)
{
    static const struct path_case cases[] = {
        {"${person}[1]/name", "Ana", NULL},
        {"${person}[position() = 2]/name", "Ion", NULL},
        {"${person}[last()]/name", "Eva", NULL},
        {"${person}[name = 'Ion']/age", "7", NULL},
        {"${person}[./age > 10]/name", "Ana", NULL},
        {"${person}[age > 5][2]/name", "Ion", NULL},
        {"count(${person}[age > 5])", "2", NULL},
        {"count(${person}[toy])", "2", NULL},
        {"count(${person}[toy/kind = 'drum'])", "1", NULL},
        {"count(${person}[count(toy) = 2])", "1", NULL},
        {"sum(${person}[age > 5]/age)", "41", NULL},
        {"${person}[9]/name", "", NULL},
        {"count(${person}[9])", "0", NULL},
        {"/data/person[2]/name", "Ion", NULL},
        {"/data/person/toy[1]/kind", "ball", NULL},
        {"count(/data/person/toy[1])", "2", NULL},
        {"count(/data/*)", "6", NULL},
        {"count(/data/person/*)", "9", NULL},
        {"count(../../person)", "3", "7"},
        {"${person}[name = current()/../name]/age", "7", "7"},
        {"count(/data/person[name = 'Ana']/toy[kind = 'kite'])", "1", NULL},
        {"(${person})[2]/name", "Ion", NULL},
        {"${person}[name != 'Ana'][1]/name", "Ion", NULL},
        {"count(${person}[age > current()/../age])", "1", "7"},
        {"${name}[. = 'Eva']", "Eva", NULL},
        {"${person}[${age} > 10]/name", "Ana", NULL}, /* seen from each person */
    };
    CHECK_CASES(cases);
}
END_TEST

START_TEST(places_and_indexed_repeats)
{
    static const struct path_case cases[] = {
        {"position(..)", "1", "34"},
        {"position(..)", "2", "7"},
        {"position(../..)", "2", "drum"},
        {"position(/data/person[3])", "3", NULL},
        {"position(/data/*[99])", "NaN", NULL},
        {"indexed-repeat(${name}, ${person}, 2)", "Ion", NULL},
        {"indexed-repeat(${name}, ${person}, 1)", "Ana", "7"},
        {"indexed-repeat(${name}, ${person}, position(..) - 1)", "Ana", "7"},
        {"indexed-repeat(${kind}, ${person}, 1, ${toy}, 2)", "kite", NULL},
        {"indexed-repeat(${kind}, ${person}, 2, ${toy}, 1)", "drum", "34"},
        {"indexed-repeat(${name}, ${person}, 0)", "", NULL},
        {"indexed-repeat(${name}, ${person}, 4)", "", NULL},
        {"indexed-repeat(${kind}, ${person}, 3, ${toy}, 1)", "", NULL},
    };
    CHECK_CASES(cases);
}
END_TEST

START_TEST(secondary_instances_are_looked_up)
{
    static const struct path_case cases[] = {
        {"instance('towns')/root/item[name = 'cahul']/label", "Cahul", NULL},
        {"instance('towns')/root/item[2]/label", "Cahul", NULL},
        {"count(instance('towns')/root/item)", "3", NULL},
        {"count(instance('towns')/root/item[region = 'north'])", "2", NULL},
        {"join(',', instance('towns')/root/item[region = 'north']/name)", "balti,soroca", NULL},
        {"sum(instance('towns')/root/item/people)", "146", NULL},
        {"max(instance('towns')/root/item/people)", "97", NULL},
        {"instance('towns')/root/item[people = max(../item/people)]/name", "balti", NULL},
        {"instance('towns')/root/item[position() = last()]/name", "soroca", NULL},
        {"instance('towns')/root/item[people < ${rooms} * 8]/name", "soroca", NULL},
        {"instance('towns')/root/item[name = /data/house or people > 90]/name", "balti", NULL},
        {"count(instance('towns')/other/item)", "0", NULL},
        {"count(instance('rivers')/root/item)", "0", NULL},
        {"instance('towns')/root/item[name = 'x']/label", "", NULL},
        {"pulldata('towns', 'label', 'name', 'soroca')", "Soroca", NULL},
        {"pulldata('towns', 'label', 'name', 'x')", "", NULL},
        {"pulldata('towns', 'x', 'name', 'soroca')", "", NULL},
        {"pulldata('rivers', 'label', 'name', 'soroca')", "", NULL},
        {"join(',', randomize(instance('towns')/root/item/name, 7))", "soroca,cahul,balti", NULL},
        {"join(',', randomize(instance('towns')/root/item/name, 1))", "cahul,balti,soroca", NULL},
        {"randomize(instance('towns')/root/item/name, 42)[1]", "balti", NULL},
        {"count(randomize(instance('towns')/root/item))", "3", NULL},
    };
    CHECK_CASES(cases);
}
END_TEST

START_TEST(the_owner_answers_what_only_it_knows)
{
    static const struct path_case cases[] = {
        {"answer-state(${place})", "declined", NULL},
        {"answer-state(${house})", "none", NULL},
        {"points('danger')", "12", NULL},
        {"points('calm')", "NaN", NULL},
        {"scale('danger')", "high", NULL},
        {"jr:itext('hello')", "Salut", NULL},
        {"jr:itext('nothing')", "", NULL},
        {"random() < 0.2", "true", NULL},
        {"uuid()", "01234567-89ab-4cde-8f01-23456789abcd", NULL},
        {"uuid(5)", "33333", NULL},
        {"once(random())", "mine", NULL},
    };
    CHECK_CASES(cases);
}
END_TEST

START_TEST(a_choice_filter_reads_columns)
{
    struct world w;
    world_new(&w);
    const struct form_expr_scope columns = {
        .resolve = resolve, .allows_paths = true, .columns = true};
    static const char text[] = "region = 'north' and people > ${rooms} and name != ${house}";
    struct form_expr_error e;
    const form_expr *x = form_expr_compile(w.a, text, strlen(text), &columns, &e);
    ck_assert_ptr_nonnull(x);
    size_t count;
    const int *refs = form_expr_refs(x, &count);
    ck_assert_uint_eq(count, 2); /* `name` is the column, not the question */
    ck_assert_int_eq(refs[0], HOUSE);
    ck_assert_int_eq(refs[1], ROOMS);
    static const bool wanted[] = {true, false, true};
    const struct form_node *item = w.towns->first;
    for (size_t i = 0; i < 3; i++, item = item->next) {
        struct form_expr_env env = env_of(&w, item);
        env.current = at(&w, "blue");
        const struct form_value v = form_expr_eval(x, &env, w.a);
        ck_assert_int_eq(form_value_bool(&v), wanted[i]);
    }
    arena_free(w.a);
}
END_TEST

static bool reads(const form_expr *x, int slot)
{
    size_t count;
    const int *refs = form_expr_refs(x, &count);
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        found = found || refs[i] == slot;
    }
    return found;
}

START_TEST(what_a_path_reads_is_known_at_once)
{
    struct world w;
    world_new(&w);
    const form_expr *x = compiled(&w, "sum(${person}[name = 'x']/age)");
    ck_assert(reads(x, PERSON) && reads(x, NAME) && reads(x, AGE));
    x = compiled(&w, "instance('towns')/root/item[name = ${house}]/label");
    ck_assert(reads(x, HOUSE) && !reads(x, NAME));
    ck_assert_str_eq(form_expr_instance(x, 0), "towns");
    ck_assert_ptr_null(form_expr_instance(x, 1));
    x = compiled(&w, "points('danger') > 3 and scale('health') = 'x'");
    ck_assert_str_eq(form_expr_scale(x, 0), "danger");
    ck_assert_str_eq(form_expr_scale(x, 1), "health");
    ck_assert(!form_expr_is_volatile(x));
    ck_assert(form_expr_is_volatile(compiled(&w, "randomize(${name})")));
    ck_assert(!form_expr_is_volatile(compiled(&w, "randomize(${name}, 1)")));
    ck_assert(form_expr_is_volatile(compiled(&w, "uuid()")));
    ck_assert(form_expr_uses_self(compiled(&w, "once(1)")));
    ck_assert(!form_expr_uses_self(compiled(&w, "${person}[. = 1]")));
    arena_free(w.a);
}
END_TEST

START_TEST(what_forms_do_not_have_is_refused)
{
    static const struct {
        const char *text;
        enum form_expr_problem problem;
        size_t column;
    } cases[] = {
        {"/data//name", FORM_X_UNSUPPORTED, 6},
        {"/data/@id", FORM_X_UNSUPPORTED, 7},
        {"/data/text()", FORM_X_UNSUPPORTED, 7},
        {"/data/x:name", FORM_X_UNSUPPORTED, 7},
        {"${name} | ${age}", FORM_X_UNSUPPORTED, 9},
        {"/data/following::name", FORM_X_UNSUPPORTED, 7},
        {"/data/person/nose", FORM_X_UNKNOWN_NAME, 14},
        {"../nose", FORM_X_UNKNOWN_NAME, 4},
        {"nose", FORM_X_UNKNOWN_NAME, 1},
        {"${person}[", FORM_X_SYNTAX, 11},
        {"${person}[1", FORM_X_SYNTAX, 12},
        {"${person}1]", FORM_X_SYNTAX, 10},
        {"${person}/", FORM_X_SYNTAX, 11},
    };
    struct world w;
    world_new(&w);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct form_expr_error e;
        const char *text = cases[i].text;
        ck_assert_msg(form_expr_compile(w.a, text, strlen(text), &scope, &e) == NULL, "%s", text);
        ck_assert_msg(e.problem == cases[i].problem, "%s: problem %d", text, (int)e.problem);
        ck_assert_msg(e.column == cases[i].column, "%s: column %zu", text, e.column);
    }
    arena_free(w.a);
}
END_TEST

static enum form_expr_problem failure_of(struct world *w, const char *text, bool is_late)
{
    const struct form_expr_scope late = {
        .resolve = resolve, .allows_paths = true, .is_late = is_late};
    struct form_expr_error e;
    const form_expr *x = form_expr_compile(w->a, text, strlen(text), &late, &e);
    ck_assert_msg(x != NULL, "%s", text);
    struct form_expr_error failed = {0};
    struct form_expr_env env = env_of(w, w->answers);
    env.failed = &failed;
    (void)form_expr_eval(x, &env, w->a);
    return failed.problem;
}

START_TEST(what_is_unknown_can_fail_only_when_it_is_reached)
{
    struct world w;
    world_new(&w);
    ck_assert_int_eq(failure_of(&w, "0 and explode(1, ${name})", true), FORM_X_OK);
    ck_assert_int_eq(failure_of(&w, "1 and explode(1)", true), FORM_X_UNKNOWN_FUNCTION);
    ck_assert_int_eq(failure_of(&w, "if(1, 2, ${nose})", true), FORM_X_OK);
    ck_assert_int_eq(failure_of(&w, "${nose} + true(1)", true), FORM_X_UNKNOWN_NAME);
    ck_assert_int_eq(failure_of(&w, "true(1)", true), FORM_X_ARITY);
    ck_assert_int_eq(failure_of(&w, "date('soon')", false), FORM_X_TYPE);
    ck_assert_int_eq(failure_of(&w, "date('')", false), FORM_X_OK);
    ck_assert_int_eq(failure_of(&w, "false() and date('soon')", false), FORM_X_OK);
    arena_free(w.a);
}
END_TEST

START_TEST(a_search_without_end_is_cut_off)
{
    struct world w;
    world_new(&w);
    struct str xml = STR_INIT;
    str_puts(&xml, "<root>");
    for (int i = 0; i < 3000; i++) {
        str_puts(&xml, "<item>1</item>");
    }
    str_puts(&xml, "</root>");
    ck_assert_int_eq(form_xml_load(w.a, str_cstr(&xml), xml.len, &w.towns, NULL), ERR_OK);
    ck_assert_int_eq(
        failure_of(&w, "count(instance('towns')/root/item[count(../item[. = 1]) > 5])", false),
        FORM_X_TOO_DEEP);
    str_done(&xml);
    arena_free(w.a);
}
END_TEST

Suite *form_expr_path_suite(void)
{
    Suite *s = suite_create("form/expr_path");
    TCase *t = tcase_create("paths");
    tcase_add_test(t, a_reference_gives_one_value_inside_its_repeat_and_all_outside);
    tcase_add_test(t, predicates_choose_by_place_and_by_value);
    tcase_add_test(t, places_and_indexed_repeats);
    tcase_add_test(t, secondary_instances_are_looked_up);
    tcase_add_test(t, the_owner_answers_what_only_it_knows);
    tcase_add_test(t, a_choice_filter_reads_columns);
    tcase_add_test(t, what_a_path_reads_is_known_at_once);
    tcase_add_test(t, what_forms_do_not_have_is_refused);
    tcase_add_test(t, what_is_unknown_can_fail_only_when_it_is_reached);
    tcase_add_test(t, a_search_without_end_is_cut_off);
    suite_add_tcase(s, t);
    return s;
}
