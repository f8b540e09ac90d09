/* JSON values over jansson, which is included nowhere else; freed memory is wiped.
 * Objects keep keys sorted on writing, numbers are integers or reals as written. */
#ifndef SPRIJIN_BASE_JSON_H
#define SPRIJIN_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

typedef struct json_t jv; /* reference-counted; _new gives one reference */

enum jv_type { JV_NULL, JV_BOOL, JV_INT, JV_REAL, JV_STRING, JV_ARRAY, JV_OBJECT };

/* Parses n bytes; duplicate keys, depth over 64 and trailing text are refused.
 * ERR_SYNTAX with line and column. *out owned by caller, jv_free. */
enum err jv_parse(const char *text, size_t n, jv **out, struct err_info *err);
/* Compact, keys sorted, UTF-8 as is. Appends. */
void jv_write(const jv *j, struct str *out);
/* Indented by two for people. */
void jv_write_pretty(const jv *j, struct str *out);
jv *jv_ref(jv *j);
void jv_free(jv *j);               /* drops one reference; NULL allowed */
enum jv_type jv_kind(const jv *j); /* NULL counts as JV_NULL */

jv *jv_new_object(void);
jv *jv_new_array(void);
jv *jv_new_string(const char *s);
jv *jv_new_int(int64_t v);
jv *jv_new_real(double v);
jv *jv_new_bool(bool v);
jv *jv_new_null(void);
/* Setters steal value's reference. */
void jv_set(jv *obj, const char *key, jv *value);
void jv_set_str(jv *obj, const char *key, const char *value);
void jv_set_int(jv *obj, const char *key, int64_t value);
void jv_push(jv *array, jv *value);
/* Getters borrow; wrong type or missing gives NULL / the default. obj may be NULL. */
jv *jv_at(const jv *obj, const char *key);
const char *jv_str_at(const jv *obj, const char *key); /* NULL if absent */
int64_t jv_int_at(const jv *obj, const char *key, int64_t otherwise);
bool jv_bool_at(const jv *obj, const char *key, bool otherwise);
size_t jv_count(const jv *array_or_object);
jv *jv_item(const jv *array, size_t i);
const char *jv_string(const jv *j); /* NULL if not a string */
int64_t jv_int(const jv *j, int64_t otherwise);
double jv_real(const jv *j, double otherwise); /* integers too */
/* Calls f for each member in key order; stops at false. */
void jv_each(const jv *obj, bool (*f)(void *payload, const char *key, jv *value), void *payload);

#endif
