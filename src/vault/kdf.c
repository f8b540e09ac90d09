/* From a passphrase to a key: Argon2id, its cost within bounds that are checked before any memory
 * is asked for. Invariant: on one host one derivation runs at a time (so that a room full of
 * people unlocking does not run the machine out of memory), but a stuck one delays, never bars. */
#include "keyfile_int.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "keys_int.h"

#define LOCK_NAME           "sprijin-kdf.lock"
#define LOCK_WAIT_MS        10000
#define LOCK_STEP_NS        20000000L
#define TARGET_MS           500
#define PASSES_MEASURED_MAX 64

enum err kdf_check(struct vault_kdf kdf, struct err_info *err)
{
    if (kdf.mib < KDF_MIB_MIN || kdf.mib > KDF_MIB_MAX || kdf.passes < KDF_PASSES_MIN ||
        kdf.passes > KDF_PASSES_MAX) {
        return ERR_SET(err, ERR_LIMIT, "kdf");
    }
    return ERR_OK;
}

/* A plain file that is nobody's link. Reading is enough to lock, and opens another user's file,
 * which creating would not. */
static int lock_file(const char *folder)
{
    const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
    char path[256];
    struct stat st;
    const int n = snprintf(path, sizeof path, "%s/" LOCK_NAME, folder);
    if (n < 0 || (size_t)n >= sizeof path) {
        return -1;
    }
    int fd = open(path, flags);
    if (fd < 0 && errno == ENOENT) {
        fd = open(path, flags | O_CREAT | O_EXCL, 0644);
        if (fd >= 0) {
            (void)fchmod(fd, 0644); /* whatever the mask; refused: then it is ours alone */
        } else if (errno == EEXIST) {
            fd = open(path, flags); /* somebody was faster */
        }
    }
    if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_nlink != 1)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

int kdf_lock(const char *const *folders, size_t n, int64_t wait_ms)
{
    int fd = -1;
    for (size_t i = 0; i < n && fd < 0; i++) {
        fd = folders[i] != NULL && folders[i][0] == '/' ? lock_file(folders[i]) : -1;
    }
    const int64_t end = clock_boot_ms() + wait_ms;
    while (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0 && clock_boot_ms() < end) {
        const struct timespec step = {0, LOCK_STEP_NS};
        if (nanosleep(&step, NULL) != 0) {
            break; /* a signal: who is asked to end does not wait for others */
        }
    }
    return fd;
}

static int lock_take(void)
{
    const char *const folders[] = {"/run/lock", getenv("XDG_RUNTIME_DIR"), "/tmp"};
    return kdf_lock(folders, sizeof folders / sizeof folders[0], LOCK_WAIT_MS);
}

static void lock_drop(int fd)
{
    if (fd >= 0) {
        close(fd);
    }
}

static int64_t cpu_ms(void)
{
    struct timespec t = {0, 0};
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Time of the processor, not of the wall: a busy machine must not make the passphrase weaker. */
struct vault_kdf vault_kdf_settle(struct vault_kdf kdf)
{
    static const char probe[] = "only the time is looked at";
    const struct vault_kdf least = VAULT_KDF_DEFAULT;
    unsigned char key[KEY_LEN];
    unsigned char salt[KEYFILE_SALT_LEN] = {0};
    if (kdf.mib != 0) {
        return kdf;
    }
    const int lock = lock_take();
    const int64_t before = cpu_ms();
    const int done = crypto_pwhash(key, sizeof key, probe, sizeof probe, salt, least.passes,
                                   (size_t)least.mib << 20, crypto_pwhash_ALG_ARGON2ID13);
    const int64_t took = cpu_ms() - before;
    lock_drop(lock);
    kdf = least;
    if (done == 0) {
        const int64_t passes = took > 0 ? least.passes * TARGET_MS / took : PASSES_MEASURED_MAX;
        kdf.passes = passes < least.passes          ? least.passes
                     : passes > PASSES_MEASURED_MAX ? PASSES_MEASURED_MAX
                                                    : (unsigned)passes;
    }
    return kdf;
}

enum err kdf_derive(const vault_secret *passphrase, struct vault_kdf kdf,
                    const unsigned char salt[KEYFILE_SALT_LEN], unsigned char key[KEY_LEN],
                    struct err_info *err)
{
    const enum err bad = kdf_check(kdf, err);
    if (bad != ERR_OK) {
        return bad;
    }
    struct secret_normal *text = secret_normalize(passphrase);
    if (text == NULL) {
        return ERR_SET(err, ERR_LIMIT, "passphrase");
    }
    const int lock = lock_take();
    const int done = crypto_pwhash(key, KEY_LEN, text->text, text->len, salt, kdf.passes,
                                   (size_t)kdf.mib << 20, crypto_pwhash_ALG_ARGON2ID13);
    lock_drop(lock);
    keys_free(text);
    return done == 0 ? ERR_OK : ERR_SET(err, ERR_MEMORY, "kdf");
}
