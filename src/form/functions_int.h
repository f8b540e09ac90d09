/* The one list of functions, sorted by name (strcmp): name, fewest and most arguments (-1 = any
 * number), flags, body. Table, names and declarations are made from it; a new function is one row
 * here and one body in a fn_*.c. */
#ifndef SPRIJIN_FORM_FUNCTIONS_INT_H
#define SPRIJIN_FORM_FUNCTIONS_INT_H

#include "form/expr_int.h"

#define EXPR_FUNCTIONS(F)                                                                          \
    F("abs", 1, 1, 0, fn_abs)                                                                      \
    F("acos", 1, 1, 0, fn_acos)                                                                    \
    F("answer-state", 1, 1, EXPR_F_STATE, fn_answer_state)                                         \
    F("area", 1, -1, 0, fn_area)                                                                   \
    F("asin", 1, 1, 0, fn_asin)                                                                    \
    F("atan", 1, 1, 0, fn_atan)                                                                    \
    F("atan2", 2, 2, 0, fn_atan2)                                                                  \
    F("base64-decode", 1, 1, 0, fn_base64_decode)                                                  \
    F("boolean", 1, 1, 0, fn_boolean)                                                              \
    F("boolean-from-string", 1, 1, 0, fn_boolean_from_string)                                      \
    F("ceiling", 1, 1, 0, fn_ceiling)                                                              \
    F("checklist", 2, -1, 0, fn_checklist)                                                         \
    F("coalesce", 2, -1, 0, fn_coalesce)                                                           \
    F("concat", 0, -1, 0, fn_concat)                                                               \
    F("contains", 2, 2, 0, fn_contains)                                                            \
    F("cos", 1, 1, 0, fn_cos)                                                                      \
    F("count", 1, 1, 0, fn_count)                                                                  \
    F("count-non-empty", 1, 1, 0, fn_count_non_empty)                                              \
    F("count-selected", 1, 1, 0, fn_count_selected)                                                \
    F("date", 1, 1, 0, fn_date)                                                                    \
    F("date-time", 1, 1, 0, fn_date_time)                                                          \
    F("decimal-date-time", 1, 1, 0, fn_decimal_date_time)                                          \
    F("decimal-time", 1, 1, 0, fn_decimal_time)                                                    \
    F("digest", 2, 3, 0, fn_digest)                                                                \
    F("distance", 1, -1, 0, fn_distance)                                                           \
    F("ends-with", 2, 2, 0, fn_ends_with)                                                          \
    F("exp", 1, 1, 0, fn_exp)                                                                      \
    F("exp10", 1, 1, 0, fn_exp10)                                                                  \
    F("false", 0, 0, EXPR_F_FIXED, fn_false)                                                       \
    F("floor", 1, 1, 0, fn_floor)                                                                  \
    F("format-date", 2, 2, 0, fn_format_date)                                                      \
    F("format-date-time", 2, 2, 0, fn_format_date)                                                 \
    F("geofence", 2, 2, 0, fn_geofence)                                                            \
    F("if", 3, 3, 0, fn_if)                                                                        \
    F("indexed-repeat", 3, 7, EXPR_F_NODES | EXPR_F_ODD, fn_indexed_repeat)                        \
    F("instance", 1, 1, EXPR_F_INSTANCE | EXPR_F_NODES, fn_instance)                               \
    F("int", 1, 1, 0, fn_int)                                                                      \
    F("intersects", 1, 1, 0, fn_intersects)                                                        \
    F("join", 1, -1, 0, fn_join)                                                                   \
    F("jr:choice-name", 2, 2, EXPR_F_CHOICE, fn_choice_name)                                       \
    F("jr:itext", 1, 1, 0, fn_itext)                                                               \
    F("last", 0, 0, EXPR_F_NODES, fn_last)                                                         \
    F("log", 1, 1, 0, fn_log)                                                                      \
    F("log10", 1, 1, 0, fn_log10)                                                                  \
    F("max", 1, -1, 0, fn_max)                                                                     \
    F("min", 1, -1, 0, fn_min)                                                                     \
    F("normalize-space", 1, 1, 0, fn_normalize_space)                                              \
    F("not", 1, 1, EXPR_F_NOT, fn_not)                                                             \
    F("now", 0, 0, EXPR_F_CLOCK, fn_now)                                                           \
    F("number", 1, 1, 0, fn_number)                                                                \
    F("once", 1, 1, EXPR_F_SELF | EXPR_F_VOLATILE, fn_once)                                        \
    F("pi", 0, 0, EXPR_F_FIXED, fn_pi)                                                             \
    F("points", 1, 1, EXPR_F_SCALE, fn_points)                                                     \
    F("position", 0, 1, EXPR_F_NODES, fn_position)                                                 \
    F("pow", 2, 2, 0, fn_pow)                                                                      \
    F("pulldata", 4, 4, EXPR_F_INSTANCE, fn_pulldata)                                              \
    F("random", 0, 0, EXPR_F_VOLATILE, fn_random)                                                  \
    F("randomize", 1, 2, EXPR_F_SEEDED, fn_randomize)                                              \
    F("regex", 2, 2, EXPR_F_REGEX, fn_regex)                                                       \
    F("round", 1, 2, 0, fn_round)                                                                  \
    F("scale", 1, 1, EXPR_F_SCALE, fn_scale)                                                       \
    F("selected", 2, 2, EXPR_F_SELECTED, fn_selected)                                              \
    F("selected-at", 2, 2, 0, fn_selected_at)                                                      \
    F("sin", 1, 1, 0, fn_sin)                                                                      \
    F("sqrt", 1, 1, 0, fn_sqrt)                                                                    \
    F("starts-with", 2, 2, 0, fn_starts_with)                                                      \
    F("string", 1, 1, 0, fn_string)                                                                \
    F("string-length", 1, 1, 0, fn_string_length)                                                  \
    F("substr", 2, 3, 0, fn_substr)                                                                \
    F("substring", 2, 3, 0, fn_substring)                                                          \
    F("substring-after", 2, 2, 0, fn_substring_after)                                              \
    F("substring-before", 2, 2, 0, fn_substring_before)                                            \
    F("sum", 1, 1, 0, fn_sum)                                                                      \
    F("tan", 1, 1, 0, fn_tan)                                                                      \
    F("today", 0, 0, EXPR_F_CLOCK, fn_today)                                                       \
    F("translate", 3, 3, 0, fn_translate)                                                          \
    F("true", 0, 0, EXPR_F_FIXED, fn_true)                                                         \
    F("uuid", 0, 1, EXPR_F_VOLATILE, fn_uuid)                                                      \
    F("weighted-checklist", 2, -1, EXPR_F_PAIRS, fn_weighted_checklist)

#define EXPR_DECLARE(name, min, max, flags, fn)                                                    \
    void fn(const struct expr_call *c, struct form_value *out);
EXPR_FUNCTIONS(EXPR_DECLARE)
#undef EXPR_DECLARE

#endif
