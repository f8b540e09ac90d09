/* JSON over jansson; nothing else includes it. Invariant: every byte jansson gives back has been
 * wiped first, and a value that could not be had ends through the assert hook, so that callers
 * need no check after making one. */
#include "base/json.h"

#include <malloc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/utf8.h"

enum { DEPTH_MAX = 64 };

static void wiping_free(void *p)
{
    if (p != NULL) {
        mem_wipe(p, malloc_usable_size(p));
        free(p);
    }
}

static void *checked_malloc(size_t n)
{
    return mem_alloc(n);
}

/* Called at the head of every function that makes or frees: jansson keeps the hooks itself, and
 * setting them again is harmless. */
static void use_wiping(void)
{
    json_set_alloc_funcs(checked_malloc, wiping_free);
}

/* Position of the first bracket that opens too deep, n if none. Strings are skipped over. */
static size_t too_deep_at(const char *text, size_t n)
{
    size_t depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < n; i++) {
        const char c = text[i];
        if (quoted) {
            if (c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = false;
            }
        } else if (c == '"') {
            quoted = true;
        } else if (c == '[' || c == '{') {
            depth++;
            if (depth > DEPTH_MAX) {
                return i;
            }
        } else if ((c == ']' || c == '}') && depth > 0) {
            depth--;
        }
    }
    return n;
}

static enum err fail_at(struct err_info *err, size_t line, size_t column)
{
    (void)err_set(err, ERR_SYNTAX, "jv_parse", NULL, NULL);
    if (err != NULL) {
        err->line = line;
        err->column = column;
    }
    return ERR_SYNTAX;
}

static enum err fail_deep(struct err_info *err, const char *text, size_t at)
{
    size_t line = 1;
    size_t column = 1;
    for (size_t i = 0; i < at; i++) {
        const bool tail = ((unsigned char)text[i] & 0xC0u) == 0x80u;
        column = text[i] == '\n' ? 1 : column + !tail;
        line += text[i] == '\n';
    }
    return fail_at(err, line, column);
}

enum err jv_parse(const char *text, size_t n, jv **out, struct err_info *err)
{
    *out = NULL;
    const size_t deep = too_deep_at(text, n);
    if (deep < n) {
        return fail_deep(err, text, deep);
    }
    use_wiping();
    json_error_t where = {0};
    jv *j = json_loadb(text, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &where);
    const int line = where.line;
    const int column = where.column;
    mem_wipe(&where, sizeof where); /* jansson quotes the input in its text */
    if (j == NULL) {
        return fail_at(err, line > 0 ? (size_t)line : 1, column > 0 ? (size_t)column : 1);
    }
    *out = j;
    return ERR_OK;
}

static int append(const char *bytes, size_t n, void *payload)
{
    str_put(payload, bytes, n);
    return 0;
}

static void dump(const jv *j, struct str *out, size_t flags)
{
    use_wiping();
    if (j == NULL) {
        str_puts(out, "null");
        return;
    }
    /* 17 digits bring every real back as it was. */
    const size_t common = JSON_SORT_KEYS | JSON_ENCODE_ANY | JSON_REAL_PRECISION(17);
    const int failed = json_dump_callback(j, append, out, common | flags);
    ASSERT(failed == 0);
}

void jv_write(const jv *j, struct str *out)
{
    dump(j, out, JSON_COMPACT);
}

void jv_write_pretty(const jv *j, struct str *out)
{
    dump(j, out, JSON_INDENT(2));
}

jv *jv_ref(jv *j)
{
    return json_incref(j);
}

void jv_free(jv *j)
{
    use_wiping();
    json_decref(j);
}

enum jv_type jv_kind(const jv *j)
{
    if (j == NULL) {
        return JV_NULL;
    }
    switch (json_typeof(j)) {
    case JSON_OBJECT: return JV_OBJECT;
    case JSON_ARRAY: return JV_ARRAY;
    case JSON_STRING: return JV_STRING;
    case JSON_INTEGER: return JV_INT;
    case JSON_REAL: return JV_REAL;
    case JSON_TRUE:
    case JSON_FALSE: return JV_BOOL;
    case JSON_NULL:
    default: return JV_NULL;
    }
}

static jv *checked(jv *j)
{
    ASSERT(j != NULL);
    return j;
}

jv *jv_new_object(void)
{
    use_wiping();
    return checked(json_object());
}

jv *jv_new_array(void)
{
    use_wiping();
    return checked(json_array());
}

jv *jv_new_string(const char *s)
{
    use_wiping();
    jv *j = json_string(s);
    if (j == NULL) { /* not UTF-8: keep what can be kept rather than end the program */
        struct str valid = STR_INIT;
        utf8_normalize(&valid, s, strlen(s));
        j = json_string(str_cstr(&valid));
        str_done(&valid);
    }
    return checked(j);
}

jv *jv_new_int(int64_t v)
{
    use_wiping();
    return checked(json_integer(v));
}

jv *jv_new_real(double v)
{
    use_wiping();
    ASSERT(isfinite(v));
    return checked(json_real(v));
}

jv *jv_new_bool(bool v)
{
    return checked(json_boolean(v));
}

jv *jv_new_null(void)
{
    return checked(json_null());
}

void jv_set(jv *obj, const char *key, jv *value)
{
    use_wiping();
    const int failed = json_object_set_new(obj, key, value);
    ASSERT(failed == 0);
}

void jv_set_str(jv *obj, const char *key, const char *value)
{
    jv_set(obj, key, jv_new_string(value));
}

void jv_set_int(jv *obj, const char *key, int64_t value)
{
    jv_set(obj, key, jv_new_int(value));
}

void jv_push(jv *array, jv *value)
{
    use_wiping();
    const int failed = json_array_append_new(array, value);
    ASSERT(failed == 0);
}

jv *jv_at(const jv *obj, const char *key)
{
    return json_object_get(obj, key);
}

const char *jv_str_at(const jv *obj, const char *key)
{
    return jv_string(jv_at(obj, key));
}

int64_t jv_int_at(const jv *obj, const char *key, int64_t otherwise)
{
    return jv_int(jv_at(obj, key), otherwise);
}

bool jv_bool_at(const jv *obj, const char *key, bool otherwise)
{
    const jv *j = jv_at(obj, key);
    return j != NULL && json_is_boolean(j) ? json_is_true(j) : otherwise;
}

size_t jv_count(const jv *array_or_object)
{
    if (jv_kind(array_or_object) == JV_ARRAY) {
        return json_array_size(array_or_object);
    }
    return json_object_size(array_or_object);
}

jv *jv_item(const jv *array, size_t i)
{
    return json_array_get(array, i);
}

const char *jv_string(const jv *j)
{
    return json_string_value(j);
}

int64_t jv_int(const jv *j, int64_t otherwise)
{
    return j != NULL && json_is_integer(j) ? (int64_t)json_integer_value(j) : otherwise;
}

double jv_real(const jv *j, double otherwise)
{
    return j != NULL && json_is_number(j) ? json_number_value(j) : otherwise;
}

struct member {
    const char *key;
    jv *value;
};

static int by_key(const void *a, const void *b)
{
    const struct member *x = a;
    const struct member *y = b;
    return strcmp(x->key, y->key);
}

void jv_each(const jv *obj, bool (*f)(void *payload, const char *key, jv *value), void *payload)
{
    const size_t n = json_object_size(obj);
    if (n == 0) {
        return;
    }
    /* The iterators want a writable object, though they only read. */
    json_t *walked = (json_t *)(uintptr_t)obj;
    struct member *members = mem_alloc(n * sizeof *members);
    size_t count = 0;
    for (void *it = json_object_iter(walked); it != NULL && count < n;
         it = json_object_iter_next(walked, it)) {
        members[count++] = (struct member){json_object_iter_key(it), json_object_iter_value(it)};
    }
    qsort(members, count, sizeof *members, by_key);
    for (size_t i = 0; i < count && f(payload, members[i].key, members[i].value); i++) {
    }
    free(members);
}
