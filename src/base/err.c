/* Error codes and the assert hook. Invariant: an err_info holds only neutral words, its arguments
 * are always NUL-terminated and never cut inside a code point. */
#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The one piece of state of this file: main sets it once, before anything can fail. */
static void (*assert_hook)(void);

static const char *const names[ERR_COUNT] = {
    [ERR_OK] = "ERR_OK",           [ERR_NO] = "ERR_NO",
    [ERR_USAGE] = "ERR_USAGE",     [ERR_KEY] = "ERR_KEY",
    [ERR_RIGHTS] = "ERR_RIGHTS",   [ERR_SYNTAX] = "ERR_SYNTAX",
    [ERR_DAMAGED] = "ERR_DAMAGED", [ERR_VERSION] = "ERR_VERSION",
    [ERR_LIMIT] = "ERR_LIMIT",     [ERR_NOT_FOUND] = "ERR_NOT_FOUND",
    [ERR_EXISTS] = "ERR_EXISTS",   [ERR_BUSY] = "ERR_BUSY",
    [ERR_FULL] = "ERR_FULL",       [ERR_IO] = "ERR_IO",
    [ERR_MEMORY] = "ERR_MEMORY",   [ERR_CLOCK] = "ERR_CLOCK",
    [ERR_CLOSED] = "ERR_CLOSED",
};

static void set_arg(char out[64], const char *text)
{
    size_t n = text == NULL ? 0 : strlen(text);
    if (n > 63) {
        n = 63;
        /* A continuation byte at the cut means the code point began earlier: leave it out whole. */
        while (n > 0 && ((unsigned char)text[n] & 0xC0u) == 0x80u) {
            n--;
        }
    }
    if (n > 0) {
        memcpy(out, text, n);
    }
    out[n] = '\0';
}

enum err err_set(struct err_info *err, enum err code, const char *origin, const char *arg0,
                 const char *arg1)
{
    if (err != NULL) {
        *err = (struct err_info){.code = code, .origin = origin};
        set_arg(err->arg[0], arg0);
        set_arg(err->arg[1], arg1);
    }
    return code;
}

enum err err_errno(struct err_info *err, const char *origin, int errno_value, const char *arg0)
{
    enum err code = ERR_IO;
    switch (errno_value) {
    case ENOSPC:
    case EDQUOT: code = ERR_FULL; break;
    case EACCES:
    case EPERM: code = ERR_RIGHTS; break;
    case ENOENT: code = ERR_NOT_FOUND; break;
    case ENOMEM: code = ERR_MEMORY; break;
    default: break;
    }
    (void)err_set(err, code, origin, arg0, NULL);
    if (err != NULL) {
        err->num = errno_value;
    }
    return code;
}

const char *err_name(enum err code)
{
    if ((unsigned)code >= (unsigned)ERR_COUNT) {
        return "ERR_UNKNOWN";
    }
    return names[code];
}

_Noreturn void err_assert_failed(const char *what, const char *file, int line)
{
    void (*hook)(void) = assert_hook;
    assert_hook = NULL; /* a failure inside the hook must not call it again */
    if (hook != NULL) {
        hook();
    }
    (void)fprintf(stderr, "%s:%d: %s\n", file, line, what);
    abort();
}

void err_assert_hook(void (*hook)(void))
{
    assert_hook = hook;
}
