/* Variables of a script. Invariant: a name stands once, values end with NUL. */
#include "vars.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_VARS = 128 };

struct var {
    char name[64];
    char value[VARS_TEXT];
};
struct vars {
    struct var all[MAX_VARS];
    int count;
};

struct vars *vars_new(void)
{
    struct vars *v = calloc(1, sizeof *v);
    if (v == NULL) {
        abort();
    }
    return v;
}

void vars_free(struct vars *v)
{
    free(v);
}

static int find(const struct vars *v, const char *name)
{
    int i = 0;
    while (i < v->count && strcmp(v->all[i].name, name) != 0) {
        i++;
    }
    return i;
}

const char *vars_get(const struct vars *v, const char *name)
{
    const int at = find(v, name);
    return at < v->count ? v->all[at].value : NULL;
}

bool vars_set(struct vars *v, const char *name, const char *value, size_t n)
{
    const int at = find(v, name);
    if (at == MAX_VARS || n >= VARS_TEXT) {
        return false;
    }
    if (at == v->count) {
        v->count++;
        snprintf(v->all[at].name, sizeof v->all[at].name, "%s", name);
    }
    memcpy(v->all[at].value, value, n);
    v->all[at].value[n] = '\0';
    return true;
}

void vars_expand(const struct vars *v, const char *text, char *out, size_t size)
{
    const char *s = text;
    size_t n = 0;
    while (*s != '\0' && n + 1 < size) {
        char name[128], inner[128];
        size_t len = 0;
        bool is_braced = s[0] == '$' && s[1] == '{';
        if (is_braced) {
            len = strcspn(s + 2, "}");
            snprintf(inner, sizeof inner, "%.*s", (int)len, s + 2);
            vars_expand(v, inner, name, sizeof name);
            s += 2 + len + (s[2 + len] == '}' ? 1 : 0);
        } else if (s[0] == '$' && isupper((unsigned char)s[1])) {
            for (s++; isalnum((unsigned char)s[len]) || s[len] == '_'; len++) {
            }
            snprintf(name, sizeof name, "%.*s", (int)len, s);
            s += len;
        } else {
            out[n++] = *s++;
            continue;
        }
        const char *const value = vars_get(v, name);
        n += (size_t)snprintf(out + n, size - n, "%s", value == NULL ? "" : value);
        n = n < size ? n : size - 1;
    }
    out[n] = '\0';
}
