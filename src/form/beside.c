/* Files beside a form that are not there: each is told once, where the form names it.
 * Invariant: what is looked for is what an interview would ask for (record/files.c, read_file). */
#include <stdlib.h>
#include <string.h>

#include "form/def_int.h"

struct looking {
    const struct form_def *def;
    bool (*has_file)(void *payload, const char *name);
    void *payload;
    struct form_findings *findings;
    size_t first; /* of our findings */
};

static bool is_told(const struct looking *l, const char *name)
{
    for (size_t i = l->first; i < l->findings->count; i++) {
        if (strcmp(l->findings->items[i].arg[0], name) == 0) {
            return true;
        }
    }
    return false;
}

static void look_for(const struct looking *l, const char *name, size_t line, size_t column)
{
    if (!is_told(l, name) && !l->has_file(l->payload, name)) {
        form_finding_add(l->findings, FORM_F_NO_FILE, line, column, name, NULL);
    }
}

/* A list of the form, or a file that a question names, is no file of its own. */
static bool is_known(const struct form_def *def, const char *name)
{
    for (size_t i = 0; i < def->choices_count; i++) {
        if (strcmp(def->choices[i].name, name) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < def->count; i++) {
        const char *file = def->items[i].file;
        const size_t n = strlen(name);
        if (file != NULL && strncmp(file, name, n) == 0 && (file[n] == '.' || file[n] == '\0')) {
            return true;
        }
    }
    return false;
}

/* pulldata('towns', ...) and instance('towns') in the text of the form; comments say nothing. */
static void look_in_line(const struct looking *l, const char *line, size_t n, size_t number,
                         const char *call)
{
    arena *a = arena_new();
    const char *text = arena_strndup(a, line, n);
    const size_t m = strlen(call);
    for (const char *at = strstr(text, call); at != NULL; at = strstr(at + m, call)) {
        const char *open = at + m + strspn(at + m, " ");
        open += *open == '(';
        open += strspn(open, " \\");
        const char quote = *open;
        const size_t len = quote == '\'' || quote == '"' ? strcspn(open + 1, "'\"\\") : 0;
        if (len == 0 || text[strspn(text, " ")] == '#') {
            continue;
        }
        const char *name = arena_strndup(a, open + 1, len);
        const char *dot = strrchr(name, '.');
        const char *file = dot != NULL && strcmp(dot, ".csv") == 0
                               ? name
                               : arena_printf(a, "%s.csv", name);
        if (!is_known(l->def, name)) {
            look_for(l, file, number, (size_t)(at - text) + 1);
        }
    }
    arena_free(a);
}

void form_def_check_files(const struct form_def *def, const char *yaml, size_t n,
                          bool (*has_file)(void *payload, const char *name), void *payload,
                          struct form_findings *findings)
{
    const struct looking l = {def, has_file, payload, findings, findings->count};
    for (size_t i = 0; i < def->count; i++) {
        if (def->items[i].file != NULL) {
            look_for(&l, def->items[i].file, def->items[i].line, def->items[i].column);
        }
    }
    size_t number = 1;
    for (const char *line = yaml, *end = yaml + n; line < end; number++) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        const size_t len = stop == NULL ? (size_t)(end - line) : (size_t)(stop - line);
        look_in_line(&l, line, len, number, "pulldata");
        look_in_line(&l, line, len, number, "instance");
        line += len + (stop != NULL);
    }
    form_findings_sort(findings);
}
