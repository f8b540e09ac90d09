/* What the process gives away to the system it runs on: nothing, as far as it can help it. */
#include "vault/vault.h"

#include <sodium.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/err.h"
#include "keys_int.h"

void vault_process_harden(void)
{
    const struct rlimit none = {0, 0};
    /* Refusals are not fatal: a sandbox may forbid the calls and still be the safer place. */
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)umask(077);
    ASSERT(sodium_init() >= 0);
}

void vault_panic_wipe(void)
{
    keys_wipe_all();
}
