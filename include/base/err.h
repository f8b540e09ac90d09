/* Errors of the whole house: one small set of codes and the place where it happened.
 * No sentence for people is made below ui, cli and report; report/message.c has the table.
 * Never a name, an answer or a key goes into an err_info. */
#ifndef SPRIJIN_BASE_ERR_H
#define SPRIJIN_BASE_ERR_H

#include <stddef.h>

enum err {
    ERR_OK = 0,
    ERR_NO,        /* the answer is no: a check failed, nothing is broken */
    ERR_USAGE,     /* the caller's arguments are wrong */
    ERR_KEY,       /* wrong passphrase or paper key; text cannot be opened */
    ERR_RIGHTS,    /* permission bits or owner of the vault are wrong; access refused */
    ERR_SYNTAX,    /* input cannot be parsed; place says where */
    ERR_DAMAGED,   /* bytes on disk do not verify */
    ERR_VERSION,   /* format of another, unsupported version */
    ERR_LIMIT,     /* input is larger or deeper than allowed */
    ERR_NOT_FOUND, /* no such thing */
    ERR_EXISTS,    /* already there */
    ERR_BUSY,      /* held by another process for too long */
    ERR_FULL,      /* disk full */
    ERR_IO,        /* reading or writing failed; num = errno */
    ERR_MEMORY,    /* memory could not be had or locked */
    ERR_CLOCK,     /* the clock contradicts the log */
    ERR_CLOSED,    /* no terminal, or it went away */
    ERR_COUNT
};

/* Where and about what. Filled at the origin, passed up untouched; may be NULL everywhere. */
struct err_info {
    enum err code;
    const char *origin; /* __func__ of the origin, static */
    size_t line;        /* 1-based line of the input, 0 = not about a line */
    size_t column;      /* 1-based column in code points, 0 = none */
    long num;           /* errno or another neutral number, 0 = none */
    char arg[2][64]; /* neutral words: a path's last part, a keyword; "" = none; UTF-8, cut whole */
};

/* Fills *err (if not NULL) and returns code, so that failing is one return line.
 * arg0, arg1 may be NULL; longer than 63 bytes are cut at a code point. */
enum err err_set(struct err_info *err, enum err code, const char *origin, const char *arg0,
                 const char *arg1);
#define ERR_SET(err, code, arg0) err_set((err), (code), __func__, (arg0), NULL)
/* As err_set with ERR_IO, or ERR_FULL for ENOSPC and EDQUOT, ERR_RIGHTS for EACCES and EPERM,
 * ERR_NOT_FOUND for ENOENT, ERR_MEMORY for ENOMEM; num = errno_value. */
enum err err_errno(struct err_info *err, const char *origin, int errno_value, const char *arg0);

/* Short stable name for machines ("ERR_KEY"), never translated. */
const char *err_name(enum err code);

/* Broken invariant or no memory: calls the hook (which restores the terminal and wipes secrets),
 * then aborts. Kept in release builds. */
#define ASSERT(x) ((x) ? (void)0 : err_assert_failed(#x, __FILE__, __LINE__))
_Noreturn void err_assert_failed(const char *what, const char *file, int line);
/* Sets what runs before the abort; NULL = nothing. One of the two hooks of base. */
void err_assert_hook(void (*hook)(void));

#endif
