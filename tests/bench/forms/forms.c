/* bench-forms N sparse|dense|fan [--xform]: the form engine on a generated form of N questions.
 * Half of the questions have a relevant of two terms, every fifth number brings a calculation; in
 * `dense` all conditions hang on the first four questions, in `sparse` on near ones, in `fan` every
 * condition and calculation hangs on the first question. Prints load, answer (mean and p99), the
 * first question's change with all that hangs on it, each in processor time, and the peak memory; with
 * --xform the same form as an ODK XForm, for measuring another engine beside. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/arena.h"
#include "base/str.h"
#include "form/interview.h"

enum kind { ONE, INT, TEXT, MANY, DATE };
enum shape { SPARSE, DENSE, FAN };

static const char *const TYPES[] = {[ONE] = "select_one yn",
                                    [INT] = "integer",
                                    [TEXT] = "text",
                                    [MANY] = "select_multiple abc",
                                    [DATE] = "date"};
static const char *const XFORM_TYPES[] = {"string", "int", "string", "string", "date"};
static const char *const VALUES[] = {"yes", "7", "hello", "a b", "2024-02-29"};

/* Ten of twenty choose one, four count, three write, two choose several, one dates. */
static enum kind kind_of(int i)
{
    int r = i * 7 % 20;
    return r < 10 ? ONE : r < 14 ? INT : r < 17 ? TEXT : r < 19 ? MANY : DATE;
}

/* %s is the reference: ${q7} here, /data/q7 in an XForm. */
static const char *const TESTS[] = {[ONE] = "%s = 'yes'",
                                    [INT] = "%s > 3",
                                    [TEXT] = "string-length(%s) > 0",
                                    [MANY] = "selected(%s, 'a')",
                                    [DATE] = "%s < today()"};

static void put_test(struct str *out, int k, bool is_xform)
{
    char ref[32], text[96];
    snprintf(ref, sizeof ref, is_xform ? "/data/q%d" : "${q%d}", k);
    snprintf(text, sizeof text, TESTS[kind_of(k)], ref);
    for (const char *p = text; *p != '\0'; p++) {
        const char *escaped = *p == '<' ? "&lt;" : *p == '>' ? "&gt;" : NULL;
        if (is_xform && escaped != NULL) {
            str_puts(out, escaped);
        } else {
            str_putc(out, *p);
        }
    }
}

/* The two questions that i's relevance reads; false if it has none. */
static bool condition(int i, enum shape shape, int *a, int *b)
{
    if (shape == FAN) {
        *a = 1;
        *b = 1;
        return i > 1 && i <= 501;
    }
    *a = shape == DENSE ? 1 + i % 4 : i - 1;
    *b = shape == DENSE ? 1 + (i + 1) % 4 : i - 3;
    return i > 4 && i % 2 == 0;
}

static void put_relevant(struct str *out, int i, enum shape shape, bool is_xform)
{
    int a = 0, b = 0;
    if (condition(i, shape, &a, &b)) {
        str_puts(out, is_xform ? " relevant=\"" : "        relevant: \"");
        put_test(out, a, is_xform);
        str_puts(out, " and ");
        put_test(out, b, is_xform);
        str_puts(out, is_xform ? "\"" : "\"\n");
    }
}

static void put_yaml(struct str *out, int n, enum shape shape)
{
    str_puts(out, "form: bench\ntitle: {en: Bench}\nversion: 1\ndefault_language: en\nchoices:\n"
                  "  yn:\n    - {name: yes, label: {en: Yes}}\n    - {name: no, label: {en: No}}\n"
                  "  abc:\n    - {name: a, label: {en: A}}\n    - {name: b, label: {en: B}}\n"
                  "    - {name: c, label: {en: C}}\nsurvey:\n");
    for (int i = 1; i <= n; i++) {
        if (i % 10 == 1) {
            str_printf(out, "  - group: g%d\n    label: {en: Group %d}\n    survey:\n", i, i);
        }
        str_printf(out, "      - name: q%d\n        type: %s\n        label: {en: Question %d?}\n",
                   i, TYPES[kind_of(i)], i);
        put_relevant(out, i, shape, false);
        if (kind_of(i) == INT && i % 4 == 0) {
            str_puts(out, "        constraint: \". >= 0 and . <= 120\"\n");
        }
        if (i % 5 == 0) {
            int j = shape == FAN ? 1 : i - 4;
            str_printf(out,
                       "      - name: c%d\n        type: calculate\n        calculation: "
                       "\"concat(${q%d}, '-', if(${q%d} = '', 'none', ${q%d}))\"\n",
                       i, j, i, i);
        }
    }
}

static void put_body(struct str *out, int i)
{
    static const char *const ELEMENTS[] = {"select1", "input", "input", "select", "input"};
    const char *element = ELEMENTS[kind_of(i)];
    str_printf(out, "<%s ref=\"/data/q%d\"><label>Question %d?</label>", element, i, i);
    for (const char *c = kind_of(i) == ONE ? "yes no " : kind_of(i) == MANY ? "a b c " : ""; *c;) {
        size_t len = strcspn(c, " ");
        str_printf(out, "<item><label>%.*s</label><value>%.*s</value></item>", (int)len, c,
                   (int)len, c);
        c += len + 1;
    }
    str_printf(out, "</%s>", element);
}

static void put_xform(struct str *out, int n, enum shape shape)
{
    str_puts(out, "<?xml version=\"1.0\"?><h:html xmlns=\"http://www.w3.org/2002/xforms\" "
                  "xmlns:h=\"http://www.w3.org/1999/xhtml\"><h:head><h:title>bench</h:title><model>"
                  "<instance><data id=\"bench\">");
    for (int i = 1; i <= n; i++) {
        str_printf(out, "<q%d/>", i);
        if (i % 5 == 0) {
            str_printf(out, "<c%d/>", i);
        }
    }
    str_puts(out, "<meta><instanceID/></meta></data></instance>");
    for (int i = 1; i <= n; i++) {
        str_printf(out, "<bind nodeset=\"/data/q%d\" type=\"%s\"", i, XFORM_TYPES[kind_of(i)]);
        put_relevant(out, i, shape, true);
        str_puts(out, kind_of(i) == INT && i % 4 == 0
                          ? " constraint=\". &gt;= 0 and . &lt;= 120\"/>"
                          : "/>");
        if (i % 5 == 0) {
            int j = shape == FAN ? 1 : i - 4;
            str_printf(out,
                       "<bind nodeset=\"/data/c%d\" type=\"string\" calculate=\"concat(/data/q%d, "
                       "'-', if(/data/q%d = '', 'none', /data/q%d))\"/>",
                       i, j, i, i);
        }
    }
    str_puts(out, "<bind nodeset=\"/data/meta/instanceID\" type=\"string\" readonly=\"true()\"/>"
                  "</model></h:head><h:body>");
    for (int i = 1; i <= n; i++) {
        put_body(out, i);
    }
    str_puts(out, "</h:body></h:html>");
}

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); /* others share the processor */
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double set(form_interview *iv, int item, const char *text)
{
    double start = now_ms();
    form_interview_set(iv, item, (struct form_answer){.state = FORM_A_VALUE, .text = text});
    return now_ms() - start;
}

/* Each question once in order, then the first question no and yes fifty times. */
static void answer_all(const struct form_def *def, int n)
{
    form_interview *iv = form_interview_new(def, 1764000000000);
    form_interview_start(iv, true);
    double *times = mem_alloc(((size_t)n + 1) * sizeof *times);
    double sum = 0;
    int count = 0;
    for (int i = 1; i <= n; i++) {
        char name[16];
        snprintf(name, sizeof name, "q%d", i);
        int item = form_def_find(def, name);
        if (form_interview_relevant(iv, item)) {
            sum += times[count++] = set(iv, item, VALUES[kind_of(i)]);
        }
    }
    qsort(times, (size_t)count, sizeof *times, by_size);
    double fan = 0;
    int first = form_def_find(def, "q1");
    const char *other = kind_of(1) == ONE ? "no" : "1";
    for (int i = 0; i < 50; i++) {
        fan += set(iv, first, i % 2 == 0 ? other : VALUES[kind_of(1)]);
    }
    printf("answers\t%d\nanswer_mean_ms\t%.5f\nanswer_p99_ms\t%.5f\nfan_out_ms\t%.5f\n", count,
           sum / count, times[(count - 1) * 99 / 100], fan / 50);
    free(times);
    form_interview_free(iv);
}

int main(int argc, char **argv)
{
    int n = argc > 2 ? atoi(argv[1]) : 0;
    enum shape shape = argc > 2 && strcmp(argv[2], "dense") == 0 ? DENSE
                       : argc > 2 && strcmp(argv[2], "fan") == 0 ? FAN
                                                                 : SPARSE;
    struct str text = STR_INIT;
    if (n < 10 || n > 4000) {
        fputs("bench-forms N sparse|dense|fan [--xform]\n", stderr);
        return 2;
    }
    if (argc > 3) {
        put_xform(&text, n, shape);
        fputs(str_cstr(&text), stdout);
        str_done(&text);
        return 0;
    }
    put_yaml(&text, n, shape);
    double loads[9];
    struct form_def *def = NULL;
    for (int i = 0; i < 9; i++) {
        form_def_free(def);
        struct form_findings findings = {0};
        double start = now_ms();
        if (form_def_load(str_cstr(&text), text.len, NULL, &def, &findings, NULL) != ERR_OK) {
            fprintf(stderr, "bench-forms: %s at line %zu\n",
                    form_finding_name(findings.items[0].code), findings.items[0].line);
            return 1;
        }
        loads[i] = now_ms() - start;
        form_findings_done(&findings);
    }
    printf("load_first_ms\t%.3f\n", loads[0]);
    qsort(loads, 9, sizeof *loads, by_size);
    printf("load_ms\t%.3f\n", loads[4]);
    answer_all(def, n);
    form_def_free(def);
    str_done(&text);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("peak_mib\t%.1f\n", (double)usage.ru_maxrss / 1024);
    return 0;
}
