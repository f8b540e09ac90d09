/* From a passphrase to a key: Argon2id, its cost within bounds that are checked before any memory
 * is asked for. Invariant: on one host one derivation runs at a time (so that a room full of
 * people unlocking does not run the machine out of memory), but a stuck one delays, never bars. */
#include "keyfile_int.h"

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

#define LOCK_NAME    "sprijin-kdf.lock"
#define LOCK_WAIT_MS 10000
#define LOCK_STEP_NS 20000000L

enum err kdf_check(struct vault_kdf kdf, struct err_info *err)
{
    if (kdf.mib < KDF_MIB_MIN || kdf.mib > KDF_MIB_MAX || kdf.passes < KDF_PASSES_MIN ||
        kdf.passes > KDF_PASSES_MAX) {
        return ERR_SET(err, ERR_LIMIT, "kdf");
    }
    return ERR_OK;
}

static int lock_file(const char *folder)
{
    char path[256];
    const int n = snprintf(path, sizeof path, "%s/" LOCK_NAME, folder);
    if (n < 0 || (size_t)n >= sizeof path) {
        return -1;
    }
    /* Reading is enough to lock, and opens another user's file, which creating would not. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        fd = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
        if (fd >= 0 && fchmod(fd, 0644) != 0) {
            close(fd);
            return -1;
        }
    }
    return fd;
}

/* The descriptor that holds the lock, or -1 if it could not be had. */
static int lock_take(void)
{
    int fd = lock_file("/run/lock");
    const char *own = getenv("XDG_RUNTIME_DIR");
    if (fd < 0 && own != NULL && own[0] == '/') {
        fd = lock_file(own);
    }
    if (fd < 0) {
        return -1;
    }
    const int64_t end = clock_boot_ms() + LOCK_WAIT_MS;
    while (flock(fd, LOCK_EX | LOCK_NB) != 0 && clock_boot_ms() < end) {
        const struct timespec step = {0, LOCK_STEP_NS};
        nanosleep(&step, NULL);
    }
    return fd;
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
    if (lock >= 0) {
        close(lock);
    }
    keys_free(text);
    return done == 0 ? ERR_OK : ERR_SET(err, ERR_MEMORY, "kdf");
}
