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

#define CHILD_SECONDS 60                 /* of reading at a stretch; of computing in all */
#define CHILD_MEMORY  ((rlim_t)16 << 20) /* over what it has at the fork: none is asked for */
#define CHUNK         4096

/* How the child says what it found: its exit code. 0 would also be an end by others. */
#define EXIT_CODE(end) (10 + (int)(end))

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

/* Only the file may be waited for no longer; the other end of the pipe takes its time. */
static bool read_file(int fd, unsigned char *to, size_t n, size_t *got)
{
    (void)alarm(CHILD_SECONDS);
    const bool good = read_full(fd, to, n, got);
    (void)alarm(0);
    return good;
}

/* One envelope from in to out. *is_end: the file ends before it, or goes on no further. */
static enum child_end pass_on(int in, int out, bool *is_end)
{
    unsigned char buffer[CHUNK];
    struct vault_envelope e;
    size_t body = 0;
    size_t got = 0;
    if (!read_file(in, buffer, VAULT_ENVELOPE_HEAD, &got)) {
        return CHILD_ENDED;
    }
    *is_end = got == 0;
    if (got < VAULT_ENVELOPE_HEAD) {
        return got == 0 ? CHILD_WHOLE : CHILD_PARTIAL;
    }
    const enum err bad = vault_envelope_head(buffer, &e, &body, NULL);
    if (bad != ERR_OK) {
        return bad == ERR_VERSION ? CHILD_NEWER : CHILD_DAMAGED;
    }
    if (!write_full(out, buffer, VAULT_ENVELOPE_HEAD)) {
        return CHILD_ENDED;
    }
    while (body > 0) {
        const size_t want = body < CHUNK ? body : CHUNK;
        if (!read_file(in, buffer, want, &got) || !write_full(out, buffer, got)) {
            return CHILD_ENDED;
        }
        if (got < want) {
            return CHILD_PARTIAL;
        }
        body -= got;
    }
    return CHILD_WHOLE;
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
    enum child_end end = CHILD_WHOLE;
    vault_panic_wipe();
    if (dup2(in, 0) != 0 || dup2(out, 1) != 1) {
        _exit(EXIT_CODE(CHILD_ENDED));
    }
    closefrom(2);
    limit(RLIMIT_CPU, CHILD_SECONDS);
    limit(RLIMIT_DATA, CHILD_MEMORY);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_NOFILE, 2);
    (void)signal(SIGALRM, SIG_DFL);
    (void)signal(SIGPIPE, SIG_DFL);
    while (end == CHILD_WHOLE && !is_end) {
        end = pass_on(0, 1, &is_end);
    }
    _exit(EXIT_CODE(end));
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

static enum child_end end_of(int status)
{
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return code >= EXIT_CODE(CHILD_WHOLE) && code < EXIT_CODE(CHILD_ENDED)
               ? (enum child_end)(code - EXIT_CODE(CHILD_WHOLE))
               : CHILD_ENDED;
}

enum err child_read(int fd, uint64_t *offset, enum child_end *end,
                    enum err (*f)(void *payload, const unsigned char *bytes, size_t n,
                                  struct err_info *err),
                    void *payload, struct err_info *err)
{
    int ends[2];
    int status = 0;
    *end = CHILD_ENDED;
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
    *end = end_of(status);
    return bad;
}
