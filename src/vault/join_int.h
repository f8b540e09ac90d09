/* Join requests (SPJR) and welcomes (SPJW) as bytes. Pure functions. Private to the vault. */
#ifndef SPRIJIN_VAULT_JOIN_INT_H
#define SPRIJIN_VAULT_JOIN_INT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/catalog.h"
#include "base/err.h"
#include "base/id.h"
#include "base/str.h"
#include "crypt_int.h"

#define REQUEST_LEN      ((size_t)348)
#define REQUEST_NAME_MAX 64
#define FINGERPRINT      12 /* words */

/* Public halves only. A second device asks without a member: its owner's keys come with the
 * welcome. */
struct request {
    bool is_second_device;
    enum lang lang; /* of the words that two people compare */
    unsigned char device[ID_LEN];
    unsigned char device_sign[KEY_LEN], device_box[KEY_LEN];
    unsigned char member_sign[KEY_LEN], member_box[KEY_LEN]; /* zeros for a second device */
    char name[REQUEST_NAME_MAX + 1];                         /* "" for a second device */
};
/* member_secret: NULL for a second device. */
void request_build(const struct request *r, const unsigned char device_secret[SIGN_SECRET_LEN],
                   const unsigned char *member_secret, unsigned char out[REQUEST_LEN]);
/* Form, name, usable keys and both signatures. ERR_DAMAGED, ERR_VERSION. */
enum err request_parse(const unsigned char *bytes, size_t n, struct request *out,
                       struct err_info *err);
/* Twelve words that stand for all bytes of the request, blanks between. Appends. */
void request_words(const unsigned char bytes[REQUEST_LEN], enum lang lang, struct str *out);
/* The same for an organisation, so that who joins knows whose welcome it was. */
void organisation_words(const unsigned char id[ID_LEN], enum lang lang, struct str *out);

/* What stands in a welcome, in this order. */
enum welcome_sort {
    WELCOME_ZONE = 1,   /* text */
    WELCOME_MEMBER = 2, /* for a second device: signing seed and X25519 key of its member */
    WELCOME_RECORD = 3, /* SPCT, SPWR, SPEV or SPEX, to be taken in order */
    WELCOME_SORT_COUNT
};
/* Appends one part to the text of a welcome. */
void welcome_put(struct str *text, enum welcome_sort sort, const void *bytes, size_t n);
/* Calls f for each part; false of f ends it. ERR_DAMAGED. */
enum err welcome_each(const unsigned char *text, size_t n,
                      bool (*f)(void *payload, enum welcome_sort sort, const unsigned char *bytes,
                                size_t n),
                      void *payload, struct err_info *err);
/* Pads and seals text to one device. Appends. false: the device's key is none. */
bool welcome_seal(const unsigned char device[ID_LEN], const unsigned char device_box[KEY_LEN],
                  const struct str *text, struct str *out);
/* Appends the text. ERR_KEY: for another device; ERR_DAMAGED, ERR_VERSION. */
enum err welcome_open(const unsigned char *bytes, size_t n, const unsigned char device[ID_LEN],
                      const unsigned char device_box_secret[KEY_LEN], struct str *text,
                      struct err_info *err);

#endif
