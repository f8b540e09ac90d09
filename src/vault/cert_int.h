/* Certificates (SPCT) and wraps (SPWR) as bytes. Pure functions. Private to the vault. */
#ifndef SPRIJIN_VAULT_CERT_INT_H
#define SPRIJIN_VAULT_CERT_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/id.h"
#include "crypt_int.h"
#include "vault/members.h"

#define CERT_LEN       ((size_t)196)
#define WRAP_LEN       ((size_t)296)
#define WRAP_INNER_LEN ((size_t)96)

enum cert_kind { CERT_ROOT = 0, CERT_MEMBER = 1, CERT_DEVICE = 2, CERT_KIND_COUNT };
struct cert {
    enum cert_kind kind;
    enum vault_role role;
    unsigned char organisation[ID_LEN], subject[ID_LEN], issuer[ID_LEN];
    unsigned char sign_key[KEY_LEN], box_key[KEY_LEN];
    uint64_t serial;
};

/* Id of an organisation, of a member: hashes of the signing key. */
void cert_organisation_id(unsigned char out[ID_LEN], const unsigned char root_key[KEY_LEN]);
void cert_member_id(unsigned char out[ID_LEN], const unsigned char member_key[KEY_LEN]);

void cert_build(const struct cert *c, const unsigned char issuer_secret[SIGN_SECRET_LEN],
                unsigned char out[CERT_LEN]);
/* Form only, and that a root's and a member's id fits its key. ERR_DAMAGED, ERR_VERSION. */
enum err cert_parse(const unsigned char *bytes, size_t n, struct cert *out, struct err_info *err);
/* Did this issuer (a parsed certificate, or the root itself) sign these bytes, and may one of its
 * kind and role? Of a coordinator's certificate from a coordinator that is half: cert_is_twin. */
bool cert_check(const unsigned char bytes[CERT_LEN], const struct cert *subject,
                const struct cert *issuer);

/* Two coordinators certify the same: bytes 8-107 and the serial are equal, the issuers are not. */
bool cert_is_twin(const unsigned char a[CERT_LEN], const unsigned char b[CERT_LEN]);

struct wrap {
    unsigned char organisation[ID_LEN], compartment[ID_LEN], epoch[ID_LEN], recipient[ID_LEN];
    unsigned char issuer[ID_LEN]; /* device */
    const unsigned char *box;     /* in the bytes given to wrap_parse */
};
/* Seals key for the recipient's X25519 key. */
void wrap_build(const struct wrap *w, const unsigned char key[KEY_LEN],
                const unsigned char recipient_key[KEY_LEN],
                const unsigned char device_secret[SIGN_SECRET_LEN], unsigned char out[WRAP_LEN]);
enum err wrap_parse(const unsigned char *bytes, size_t n, struct wrap *out, struct err_info *err);
bool wrap_check(const unsigned char bytes[WRAP_LEN], const unsigned char device_key[KEY_LEN]);
/* key: in the key arena. false: not for this recipient, or its inside contradicts its outside. */
bool wrap_open(const struct wrap *w, const unsigned char recipient_secret[KEY_LEN],
               unsigned char key[KEY_LEN]);
/* What the log names a wrap by. */
void wrap_hash(unsigned char out[HASH_LEN], const unsigned char bytes[WRAP_LEN]);

#endif
