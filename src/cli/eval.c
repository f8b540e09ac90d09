/* form eval: one expression, or a table of them with what is expected. The clock and the zone can
 * be held still; paths lead through an XML document. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/file.h"
#include "cli/cli.h"
#include "form/def.h"
#include "form/expr.h"
#include "form/xml.h"
#include "report/message.h"

#define BATCH_MAX_BYTES (16u * 1024u * 1024u)

struct run {
    const struct cli *c;
    arena *document;
    struct form_node *root;
    const char *zone; /* the one set last */
    unsigned long chance;
};

/* ---- one expression ---- */

static double next_random(void *payload)
{
    struct run *r = payload;
    r->chance = (r->chance * 16807ul) % 2147483647ul;
    return (double)(r->chance - 1) / 2147483646.0;
}

static void next_uuid(void *payload, char out[37])
{
    static const char form[] = "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx";
    for (size_t i = 0; i < sizeof form; i++) {
        const unsigned digit = (unsigned)(next_random(payload) * 16.0) % 16;
        out[i] = form[i];
        if (form[i] == 'x') {
            out[i] = "0123456789abcdef"[digit];
        }
    }
}

/* Every --context document is also the one secondary instance there is. */
static const struct form_node *document(void *payload, const char *id)
{
    const struct run *r = payload;
    (void)id;
    return r->root;
}

static bool two_digits(const char *s, int most, int *out)
{
    *out = (s[0] - '0') * 10 + (s[1] - '0');
    return s[0] >= '0' && s[0] <= '9' && s[1] >= '0' && s[1] <= '9' && *out <= most;
}

/* The moment of a local time as text; the clock's without one. */
static bool moment(const char *text, int64_t *ms)
{
    struct date d;
    int hour = 0;
    int minute = 0;
    *ms = clock_now_ms();
    if (text == NULL) {
        return true;
    }
    const size_t n = strlen(text);
    if ((n != 10 && n != 16) || !date_parse(text, 10, &d)) {
        return false;
    }
    if (n == 16 && (text[10] != 'T' || text[13] != ':' || !two_digits(text + 11, 23, &hour) ||
                    !two_digits(text + 14, 59, &minute))) {
        return false;
    }
    const int64_t local = (int64_t)date_earliest(d) * 86400000 + hour * 3600000 + minute * 60000;
    *ms = local - clock_local_of(local).offset_minutes * 60000;
    *ms = local - clock_local_of(*ms).offset_minutes * 60000;
    return true;
}

static void set_zone(struct run *r, const char *zone)
{
    const char *wanted = zone[0] != '\0' ? zone : r->c->eval.zone != NULL ? r->c->eval.zone : "UTC";
    if (strcmp(wanted, r->zone) != 0) {
        clock_zone(wanted);
        r->zone = wanted;
    }
}

static bool evaluate(struct run *r, arena *a, const char *text, struct form_value *out,
                     struct form_expr_error *error)
{
    const struct form_expr_scope scope = {.is_late = r->c->eval.is_late, .allows_paths = true};
    const form_expr *x = form_expr_compile(a, text, strlen(text), &scope, error);
    if (x == NULL) {
        return false;
    }
    *error = (struct form_expr_error){.problem = FORM_X_OK};
    struct form_expr_env env = {.payload = r,
                                .context = r->root,
                                .root = r->root,
                                .self = form_value_string("", 0),
                                .instance = document,
                                .random = next_random,
                                .uuid = next_uuid,
                                .failed = error};
    (void)moment(r->c->eval.now, &env.now_ms);
    *out = form_expr_eval(x, &env, a);
    return error->problem == FORM_X_OK;
}

static const char *type_name(const struct form_value *v)
{
    static const char *const names[] = {"string", "number", "boolean", "date", "dateTime", "nodes"};
    return names[v->type];
}

static void complain(const struct cli *c, const struct form_expr_error *e)
{
    static const enum form_finding_code codes[] = {
        [FORM_X_SYNTAX] = FORM_F_EXPR_SYNTAX,
        [FORM_X_UNKNOWN_NAME] = FORM_F_EXPR_NAME,
        [FORM_X_UNKNOWN_FUNCTION] = FORM_F_EXPR_FUNCTION,
        [FORM_X_ARITY] = FORM_F_EXPR_ARITY,
        [FORM_X_UNSUPPORTED] = FORM_F_EXPR_UNSUPPORTED,
        [FORM_X_REGEX] = FORM_F_EXPR_REGEX,
        [FORM_X_TOO_DEEP] = FORM_F_EXPR_TOO_DEEP,
    };
    struct str line = STR_INIT;
    struct str message = STR_INIT;
    if (e->problem == FORM_X_TYPE) {
        str_printf(&message, cli_tr(c, N_("%s() was given what it cannot work with")), e->token);
    } else {
        struct form_finding f = {.code = codes[e->problem], .severity = FORM_ERROR, .line = 1};
        (void)snprintf(f.arg[0], sizeof f.arg[0], "%s", e->token);
        (void)snprintf(f.arg[1], sizeof f.arg[1], "%s", e->nearest);
        message_finding(catalog_builtin(c->lang), &f, &message);
    }
    str_printf(&line, "1:%zu: %s", e->column, str_cstr(&message));
    cli_complain(c, str_cstr(&line));
    str_done(&line);
    str_done(&message);
}

static int print_one(struct run *r, const char *text)
{
    arena *a = arena_new();
    struct form_value v;
    struct form_expr_error error;
    struct str line = STR_INIT;
    const bool is_good = evaluate(r, a, text, &v, &error);
    if (!is_good) {
        complain(r->c, &error);
    } else if (r->c->is_json) {
        jv *row = jv_new_object();
        jv_set_str(row, "type", type_name(&v));
        jv_set_str(row, "value", form_value_text(&v, a));
        jv_write(row, &line);
        jv_free(row);
    } else {
        cli_print(r->c, type_name(&v));
        (void)fputc('\t', stdout); /* what is printed as text has no controls in it */
        str_puts(&line, form_value_text(&v, a));
    }
    if (is_good) {
        str_putc(&line, '\n');
        cli_print(r->c, str_cstr(&line));
    }
    str_done(&line);
    arena_free(a);
    return is_good ? 0 : 1;
}

/* ---- tables ---- */

enum { COL_EXPR, COL_TYPE, COL_EXPECTED, COL_SOURCE, COL_ZONE, COL_TOLERANCE, COLS };

struct cell {
    const char *s;
    size_t n;
};
struct tally {
    char *source;
    long passed, total;
};
struct tallies {
    struct tally *items;
    size_t count, cap;
};

static void count_case(struct tallies *t, arena *a, const char *source, bool has_passed)
{
    size_t i = 0;
    while (i < t->count && strcmp(t->items[i].source, source) != 0) {
        i++;
    }
    if (i == t->count) {
        t->items = arena_grow(a, t->items, t->count, &t->cap, sizeof t->items[0]);
        t->items[t->count++] = (struct tally){.source = arena_strdup(a, source)};
    }
    t->items[i].passed += has_passed ? 1 : 0;
    t->items[i].total++;
}

static bool numbers_agree(double got, double wanted, const char *tolerance)
{
    if (isnan(wanted) || isnan(got)) {
        return isnan(wanted) && isnan(got);
    }
    if (strncmp(tolerance, "round*", 6) == 0) {
        const double scale = strtod(tolerance + 6, NULL);
        return floor(got * scale + 0.5) == floor(wanted * scale + 0.5);
    }
    const double within = tolerance[0] != '\0' ? strtod(tolerance, NULL) : fabs(wanted) * 1e-15;
    return got == wanted || fabs(got - wanted) <= within;
}

static bool agrees(const struct form_value *v, const struct cell cells[COLS], arena *a)
{
    const struct cell wanted = cells[COL_EXPECTED];
    const char *type = cells[COL_TYPE].s;
    if (strcmp(type, "number") == 0) {
        const double d = strcmp(wanted.s, "NaN") == 0 ? NAN : strtod(wanted.s, NULL);
        return numbers_agree(form_value_number(v), d, cells[COL_TOLERANCE].s);
    }
    if (strcmp(type, "boolean") == 0) {
        return form_value_bool(v) == (strcmp(wanted.s, "true") == 0);
    }
    const char *text = form_value_text(v, a);
    const size_t n = v->type == FORM_V_STRING ? v->n : strlen(text);
    return n == wanted.n && memcmp(text, wanted.s, n) == 0;
}

/* Cells of one line, each its own text; \n, \r and \t in an expression are read as in C. */
static size_t split(arena *a, const char *line, size_t n, struct cell cells[COLS])
{
    size_t count = 0;
    for (size_t i = 0; i < COLS; i++) {
        cells[i] = (struct cell){"", 0};
    }
    for (size_t at = 0; at <= n && count < COLS; count++) {
        const char *tab = memchr(line + at, '\t', n - at);
        const size_t len = tab == NULL ? n - at : (size_t)(tab - line) - at;
        char *text = arena_strndup(a, line + at, len);
        size_t kept = 0;
        for (size_t i = 0; i < len; i++) {
            const bool is_escape = text[i] == '\\' && i + 1 < len && count == COL_EXPR;
            const char next = is_escape ? text[i + 1] : '\0';
            if (next == 'n' || next == 't' || next == 'r') {
                text[kept++] = next == 'n' ? '\n' : next == 't' ? '\t' : '\r';
                i++;
            } else {
                text[kept++] = text[i];
            }
        }
        text[kept] = '\0';
        cells[count] = (struct cell){text, kept};
        at += len + 1;
    }
    return count;
}

/* A line without an expected value expects the expression to be refused. */
static bool run_case(struct run *r, arena *a, const struct cell cells[COLS], size_t count)
{
    struct form_value v;
    struct form_expr_error error;
    set_zone(r, cells[COL_ZONE].s);
    const bool is_good = evaluate(r, a, cells[COL_EXPR].s, &v, &error);
    const bool has_passed = count < 3 ? !is_good : is_good && agrees(&v, cells, a);
    if (!has_passed && r->c->eval.is_verbose) {
        struct str line = STR_INIT;
        str_printf(&line, "%s: %s: not %s but ", cells[COL_SOURCE].s, cells[COL_EXPR].s,
                   count < 3 ? "refused" : cells[COL_EXPECTED].s);
        if (is_good) {
            str_printf(&line, "%s %s", type_name(&v), form_value_text(&v, a));
        } else {
            str_printf(&line, "refused at 1:%zu, %s", error.column, error.token);
        }
        cli_complain(r->c, str_cstr(&line));
        str_done(&line);
    }
    return has_passed;
}

static void print_tally(const struct cli *c, const struct tally *t)
{
    struct str line = STR_INIT;
    if (c->is_json) {
        jv *row = jv_new_object();
        jv_set_str(row, "source", t->source);
        jv_set_int(row, "passed", t->passed);
        jv_set_int(row, "total", t->total);
        jv_write(row, &line);
        jv_free(row);
        str_putc(&line, '\n');
    } else {
        str_printf(&line, "%5ld / %5ld  %s\n", t->passed, t->total, t->source);
    }
    cli_print(c, str_cstr(&line));
    str_done(&line);
}

static int run_batch(struct run *r)
{
    struct str text = STR_INIT;
    struct err_info info = {0};
    const enum err rc = file_read(r->c->eval.batch, BATCH_MAX_BYTES, &text, &info);
    if (rc != ERR_OK) {
        str_done(&text);
        return cli_fail(r->c, rc, &info);
    }
    arena *kept = arena_new();
    struct tallies all = {0};
    char total_name[] = "total";
    struct tally total = {.source = total_name};
    for (size_t at = 0; at < text.len;) {
        const char *line = text.data + at;
        const char *end = memchr(line, '\n', text.len - at);
        size_t n = end == NULL ? text.len - at : (size_t)(end - line);
        at += n + 1;
        n -= n > 0 && line[n - 1] == '\r' ? 1 : 0;
        if (n == 0 || line[0] == '#') {
            continue;
        }
        struct cell cells[COLS];
        arena *a = arena_new();
        const size_t count = split(kept, line, n, cells);
        const bool has_passed = run_case(r, a, cells, count);
        arena_free(a);
        count_case(&all, kept, cells[COL_SOURCE].s, has_passed);
        total.passed += has_passed ? 1 : 0;
        total.total++;
    }
    for (size_t i = 0; i < all.count; i++) {
        print_tally(r->c, &all.items[i]);
    }
    print_tally(r->c, &total);
    arena_free(kept);
    str_done(&text);
    return total.passed == total.total ? 0 : 1;
}

int cli_form_eval(struct cli *c)
{
    struct run r = {.c = c,
                    .document = arena_new(),
                    .zone = "",
                    .chance = (unsigned long)clock_now_ms() % 2147483646ul + 1};
    struct str xml = STR_INIT;
    struct err_info info = {0};
    int64_t ms;
    enum err rc = ERR_OK;
    if ((c->eval.batch != NULL) == (c->count > 2) || c->count > 3 || !moment(c->eval.now, &ms)) {
        rc = ERR_SET(&info, ERR_USAGE, "form eval");
    }
    if (rc == ERR_OK && c->eval.context != NULL) {
        rc = file_read(c->eval.context, FORM_XML_MAX_BYTES, &xml, &info);
        rc = rc != ERR_OK ? rc : form_xml_load(r.document, str_cstr(&xml), xml.len, &r.root, &info);
    }
    set_zone(&r, "");
    const int code = rc != ERR_OK            ? cli_fail(c, rc, &info)
                     : c->eval.batch != NULL ? run_batch(&r)
                                             : print_one(&r, c->args[2]);
    arena_free(r.document);
    str_done(&xml);
    return code;
}
