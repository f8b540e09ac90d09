/* Variables of a script: what `let` and `set` gave a name. */
#ifndef SPRIJIN_TESTS_E2E_VARS_H
#define SPRIJIN_TESTS_E2E_VARS_H

#include <stdbool.h>
#include <stddef.h>

enum { VARS_TEXT = 4096 };

struct vars;
struct vars *vars_new(void); /* never NULL */
void vars_free(struct vars *v);
/* NULL: there is none of that name. */
const char *vars_get(const struct vars *v, const char *name);
/* false: too many or too long. */
bool vars_set(struct vars *v, const char *name, const char *value, size_t n);
/* Copies text with its variables; ${W$N} looks up W followed by the value of N. */
void vars_expand(const struct vars *v, const char *text, char *out, size_t size);

#endif
