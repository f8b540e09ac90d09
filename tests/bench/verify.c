/* Verifying a vault and unlocking it, against what cannot be avoided: one signature an event, and
 * the derivation of the key. Invariant: both sides of a ratio are taken in one run, in CPU time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../src/vault/crypt_int.h"
#include "base/arena.h"
#include "base/file.h"
#include "bench.h"
#include "vault/vault.h"

enum { CASES = 2000, ROUNDS = 10, BATCH = 200 }; /* answers of one case in a row: an interview */

struct run {
    vault *v;
    vault_secret *pass;
    unsigned char (*cases)[ID_LEN];
    struct err_info info;
};

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static bool make(struct run *r, const char *dir)
{
    vault_secret *sheets[2] = {NULL, NULL};
    r->pass = vault_secret_new();
    vault_secret_generate(r->pass, LANG_EN, 6);
    const struct vault_create how = {.dir = dir,
                                     .passphrase = r->pass,
                                     .kdf = {19, 2},
                                     .lang = LANG_EN,
                                     .member_name = "A. C.",
                                     .zone = "Europe/Chisinau"};
    const enum err rc = vault_create(&how, &r->v, &sheets[0], &sheets[1], &r->info);
    vault_secret_free(sheets[0]);
    vault_secret_free(sheets[1]);
    return rc == ERR_OK;
}

static double unlock_ms(struct run *r)
{
    vault_lock(r->v);
    const double from = cpu_ms();
    return vault_unlock(r->v, r->pass, &r->info) == ERR_OK ? cpu_ms() - from : -1;
}

static bool fill(struct run *r)
{
    static const char text[] = "{\"answers\":[{\"key\":\"q\",\"value\":\"something\"}]}";
    struct vault_write w[BATCH];
    r->cases = mem_alloc(CASES * sizeof *r->cases);
    for (size_t i = 0; i < CASES; i++) {
        if (vault_compartment_new(r->v, r->cases[i], &r->info) != ERR_OK) {
            return false;
        }
    }
    for (size_t n = 0; n < CASES * ROUNDS; n += BATCH) {
        for (size_t i = 0; i < BATCH; i++) {
            w[i] = (struct vault_write){.kind = 0x121, .text = text, .len = sizeof text - 1};
            memcpy(w[i].compartment, r->cases[(n + i) / ROUNDS], ID_LEN);
        }
        if (vault_append(r->v, w, BATCH, NULL, &r->info) != ERR_OK) {
            return false;
        }
    }
    return true;
}

/* As many signatures over as many bytes as an event's. */
static double signatures_ms(uint64_t count)
{
    static const unsigned char seed[KEY_LEN] = {3};
    static const unsigned char bytes[220] = {1};
    unsigned char sign[SIGN_LEN];
    unsigned char secret[SIGN_SECRET_LEN];
    unsigned char public_key[KEY_LEN];
    sign_keypair(public_key, secret, seed);
    const struct part part = {bytes, sizeof bytes};
    sign_parts(sign, &part, 1, secret);
    const double from = cpu_ms();
    uint64_t good = 0;
    for (uint64_t i = 0; i < count; i++) {
        good += sign_check(sign, &part, 1, public_key) ? 1 : 0;
    }
    return good == count ? cpu_ms() - from : -1;
}

static bool measure(struct run *r)
{
    struct vault_report report;
    const double small = unlock_ms(r);
    if (!fill(r)) {
        return bench_fail("filling", err_name(r->info.code));
    }
    const double large = unlock_ms(r);
    /* Half before and half after, so that what else the machine does meets both. */
    const uint64_t half = vault_event_count(r->v) / 2;
    const double before = signatures_ms(half);
    const double from = cpu_ms();
    const enum err rc = vault_verify(r->v, &report, NULL, NULL, &r->info);
    const double verify = cpu_ms() - from;
    const bool is_whole = rc == ERR_OK && report.bad == 0;
    const double bare = before + signatures_ms(report.events - half);
    printf("# %llu events in %d cases\n", (unsigned long long)report.events, CASES);
    vault_report_done(&report);
    if (!is_whole || small < 0 || large < 0 || bare < 0) {
        return bench_fail("verifying", "the vault is not whole");
    }
    bench_line("verify : its signatures alone", verify / bare, "x", 1.3);
    bench_line("verify of one event: CPU", verify * 1e3 / (double)report.events, "us", 0);
    bench_line("unlock of many cases : of none", large / small, "x", 1.2);
    return true;
}

bool bench_verify(const char *dir)
{
    struct run r = {.v = NULL};
    char *path = file_join(dir, "verify");
    const bool is_good = make(&r, path) && measure(&r);
    vault_close(r.v);
    vault_secret_free(r.pass);
    free(r.cases);
    free(path);
    return is_good;
}
