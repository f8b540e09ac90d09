/* Who is known here: certificates and names, loaded at unlock. Invariant: every certificate in
 * the list has been checked up to the root, whose key's hash is the organisation's id; the root
 * stands first. */
#include "vault_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

/* The issuer of certificate i among those before it: a list is stored in order of trust. */
static bool cert_accept(const struct vault *v, const unsigned char *bytes, size_t i)
{
    const struct cert *c = &v->certs[i];
    if (memcmp(c->organisation, v->organisation, ID_LEN) != 0) {
        return false;
    }
    if (i == 0) {
        return c->kind == CERT_ROOT && cert_check(bytes, c, c);
    }
    for (size_t k = 0; k < i; k++) {
        if (c->kind != CERT_ROOT && memcmp(v->certs[k].subject, c->issuer, ID_LEN) == 0 &&
            cert_check(bytes, c, &v->certs[k])) {
            return true;
        }
    }
    return false;
}

static enum err certs_parse(struct vault *v, const struct str *row, struct err_info *err)
{
    if (row->len == 0 || row->len % CERT_LEN != 0) {
        return ERR_SET(err, ERR_DAMAGED, "certificate");
    }
    v->certs = mem_alloc(row->len / CERT_LEN * sizeof *v->certs);
    for (size_t i = 0; i < row->len / CERT_LEN; i++) {
        const unsigned char *bytes = (const unsigned char *)row->data + i * CERT_LEN;
        const enum err bad = cert_parse(bytes, CERT_LEN, &v->certs[i], err);
        if (bad != ERR_OK) {
            return bad;
        }
        if (!cert_accept(v, bytes, i)) {
            return ERR_SET(err, ERR_DAMAGED, "certificate");
        }
        v->cert_count = i + 1;
    }
    if (known_cert(v, CERT_DEVICE, v->device) == NULL) {
        return ERR_SET(err, ERR_DAMAGED, "certificate");
    }
    return ERR_OK;
}

/* Rows of: member id, length, name. */
static enum err names_parse(struct vault *v, const struct str *row, struct err_info *err)
{
    const unsigned char *p = (const unsigned char *)row->data;
    size_t left = row->len;
    v->names = mem_alloc((row->len / (ID_LEN + 1) + 1) * sizeof *v->names);
    while (left > 0) {
        const size_t len = left > ID_LEN ? p[ID_LEN] : SIZE_MAX;
        if (len > MEMBER_NAME_MAX || len > left - ID_LEN - 1) {
            return ERR_SET(err, ERR_DAMAGED, "names");
        }
        struct member_name *name = &v->names[v->name_count++];
        memcpy(name->member, p, ID_LEN);
        memcpy(name->name, p + ID_LEN + 1, len);
        p += ID_LEN + 1 + len;
        left -= ID_LEN + 1 + len;
    }
    return ERR_OK;
}

static enum err load_row(struct vault *v, const char *name,
                         enum err (*parse)(struct vault *v, const struct str *row,
                                           struct err_info *err),
                         struct err_info *err)
{
    struct str row = STR_INIT;
    enum err bad = meta_get(v, name, &row, err);
    if (bad == ERR_OK) {
        bad = parse(v, &row, err);
    } else if (bad == ERR_NOT_FOUND) {
        bad = ERR_SET(err, ERR_DAMAGED, "meta");
    }
    str_done(&row);
    return bad;
}

static enum err zone_parse(struct vault *v, const struct str *row, struct err_info *err)
{
    if (row->len > ZONE_MAX) {
        return ERR_SET(err, ERR_DAMAGED, "zone");
    }
    memcpy(v->zone, str_cstr(row), row->len + 1);
    return ERR_OK;
}

enum err known_load(struct vault *v, struct err_info *err)
{
    enum err bad = load_row(v, "certs", certs_parse, err);
    if (bad == ERR_OK) {
        bad = load_row(v, "names", names_parse, err);
    }
    if (bad == ERR_OK) {
        bad = load_row(v, "zone", zone_parse, err);
    }
    return bad;
}

void known_forget(struct vault *v)
{
    if (v->names != NULL) {
        mem_wipe(v->names, v->name_count * sizeof *v->names);
    }
    free(v->names);
    free(v->certs);
    v->names = NULL;
    v->certs = NULL;
    v->name_count = 0;
    v->cert_count = 0;
    mem_wipe(v->zone, sizeof v->zone);
}

const struct cert *known_cert(const struct vault *v, enum cert_kind kind,
                              const unsigned char subject[ID_LEN])
{
    for (size_t i = 0; i < v->cert_count; i++) {
        if (v->certs[i].kind == kind && memcmp(v->certs[i].subject, subject, ID_LEN) == 0) {
            return &v->certs[i];
        }
    }
    return NULL;
}

const char *known_name(const struct vault *v, const unsigned char member[ID_LEN])
{
    for (size_t i = 0; i < v->name_count; i++) {
        if (memcmp(v->names[i].member, member, ID_LEN) == 0) {
            return v->names[i].name;
        }
    }
    return "";
}

const unsigned char *vault_member_id(const vault *v)
{
    const struct cert *device = known_cert(v, CERT_DEVICE, v->device);
    return device != NULL ? device->issuer : NULL;
}

const char *vault_member_name(const vault *v)
{
    const unsigned char *member = vault_member_id(v);
    return member != NULL ? known_name(v, member) : "";
}

const unsigned char *vault_device_id(const vault *v)
{
    return v->device;
}

const char *vault_zone(const vault *v)
{
    return v->zone;
}
