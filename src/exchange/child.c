/* A foreign file is looked at by a child process that has no keys, little memory and time, and two
 * descriptors; it hands on whole envelopes through a pipe. Invariant: what the child sends is looked
 * at again here, and neither its death nor its silence takes this process along. */
#include "exchange_int.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"

#define CHILD_SECONDS 60
#define CHILD_MEMORY  ((rlim_t)16 << 20) /* over what it has at the fork: none is asked for */
#define CHUNK         4096

enum { CHILD_DONE = 0, CHILD_DAMAGED = 10, CHILD_PARTIAL = 11, CHILD_FAILED = 12 };

static bool read_full(int fd, unsigned char *to, size_t n, size_t *got)
{
    *got = 0;
    while (*got < n) {
        const ssize_t r = read(fd, to + *got, n - *got);
        if (r < 0 && errno == EINTR) {
            continue;
        }
        if (r <= 0) {
            return r == 0;
        }
        *got += (size_t)r;
    }
    return true;
}

static bool write_full(int fd, const unsigned char *from, size_t n)
{
    while (n > 0) {
        const ssize_t w = write(fd, from, n);
        if (w < 0 && errno == EINTR) {
            continue;
        }
        if (w <= 0) {
            return false;
        }
        from += w;
        n -= (size_t)w;
    }
    return true;
}

/* One envelope from in to out. *is_end: the file ends before it. */
static int pass_on(int in, int out, bool *is_end)
{
    unsigned char buffer[CHUNK];
    struct vault_envelope e;
    size_t body = 0;
    size_t got = 0;
    if (!read_full(in, buffer, VAULT_ENVELOPE_HEAD, &got)) {
        return CHILD_FAILED;
    }
    *is_end = got == 0;
    if (got < VAULT_ENVELOPE_HEAD) {
        return got == 0 ? CHILD_DONE : CHILD_PARTIAL;
    }
    if (vault_envelope_head(buffer, &e, &body, NULL) != ERR_OK) {
        return CHILD_DAMAGED;
    }
    if (!write_full(out, buffer, VAULT_ENVELOPE_HEAD)) {
        return CHILD_FAILED;
    }
    while (body > 0) {
        const size_t want = body < CHUNK ? body : CHUNK;
        if (!read_full(in, buffer, want, &got) || !write_full(out, buffer, got)) {
            return CHILD_FAILED;
        }
        if (got < want) {
            return CHILD_PARTIAL;
        }
        body -= got;
    }
    return CHILD_DONE;
}

static void limit(int what, rlim_t n)
{
    const struct rlimit l = {n, n};
    (void)setrlimit(what, &l);
}

/* Never returns. */
static _Noreturn void child_run(int in, int out)
{
    bool is_end = false;
    int code = CHILD_DONE;
    vault_panic_wipe();
    if (dup2(in, 0) != 0 || dup2(out, 1) != 1) {
        _exit(CHILD_FAILED);
    }
    closefrom(2);
    limit(RLIMIT_CPU, CHILD_SECONDS);
    limit(RLIMIT_DATA, CHILD_MEMORY);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_NOFILE, 2);
    (void)signal(SIGALRM, SIG_DFL);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)alarm(CHILD_SECONDS);
    while (code == CHILD_DONE && !is_end) {
        code = pass_on(0, 1, &is_end);
    }
    _exit(code);
}

static enum err receive(int from, uint64_t *offset,
                        enum err (*f)(void *payload, const unsigned char *bytes, size_t n,
                                      struct err_info *err),
                        void *payload, struct err_info *err)
{
    unsigned char *bytes = mem_alloc(VAULT_ENVELOPE_HEAD + VAULT_ENVELOPE_BODY_MAX);
    enum err bad = ERR_OK;
    while (bad == ERR_OK) {
        struct vault_envelope e;
        size_t body = 0;
        size_t got = 0;
        if (!read_full(from, bytes, VAULT_ENVELOPE_HEAD, &got) || got < VAULT_ENVELOPE_HEAD) {
            break;
        }
        bad = vault_envelope_head(bytes, &e, &body, err);
        if (bad != ERR_OK || !read_full(from, bytes + VAULT_ENVELOPE_HEAD, body, &got) ||
            got < body) {
            break;
        }
        bad = f(payload, bytes, VAULT_ENVELOPE_HEAD + body, err);
        *offset += bad == ERR_OK ? VAULT_ENVELOPE_HEAD + body : 0;
    }
    free(bytes);
    return bad;
}

/* How the child ended, if nothing else was wrong. */
static enum err verdict(int status, bool *is_partial, struct err_info *err)
{
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : CHILD_FAILED;
    *is_partial = code == CHILD_PARTIAL;
    if (code == CHILD_DAMAGED) {
        return ERR_SET(err, ERR_DAMAGED, "envelope");
    }
    return code == CHILD_FAILED ? ERR_SET(err, ERR_IO, "envelope") : ERR_OK;
}

enum err child_read(int fd, uint64_t *offset, bool *is_partial,
                    enum err (*f)(void *payload, const unsigned char *bytes, size_t n,
                                  struct err_info *err),
                    void *payload, struct err_info *err)
{
    int ends[2];
    int status = 0;
    *is_partial = false;
    if (lseek(fd, (off_t)*offset, SEEK_SET) < 0 || pipe(ends) != 0) {
        return err_errno(err, __func__, errno, NULL);
    }
    const pid_t pid = fork();
    if (pid == 0) {
        child_run(fd, ends[1]);
    }
    const int why = errno;
    (void)close(ends[1]);
    if (pid < 0) {
        (void)close(ends[0]);
        return err_errno(err, __func__, why, NULL);
    }
    const enum err bad = receive(ends[0], offset, f, payload, err);
    (void)close(ends[0]);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return bad != ERR_OK ? bad : verdict(status, is_partial, err);
}
