/* The records of one envelope into the vault. Invariant: an envelope is taken at its place in its
 * stream or not at all. */
#include "exchange_int.h"

#include <string.h>

#define LENGTH_LEN ((size_t)4)

static void tally(struct hub_count *c, enum vault_taken taken)
{
    size_t *const of[] = {&c->taken, &c->known, &c->held, &c->carried, &c->late, &c->quarantined};
    ++*of[taken];
}

static void mark(struct taking *t, const unsigned char *bytes, size_t n)
{
    unsigned char m[MARK_LEN];
    const bool is_event = n >= 4 && memcmp(bytes, "SPE", 3) == 0;
    struct marks *into = is_event ? t->seen : t->marks;
    if (into != NULL) {
        mark_of(bytes, n, m);
        if (is_event || !marks_have(into, m)) {
            marks_add(into, m);
        }
    }
}

static bool is_well_formed(const struct str *text)
{
    size_t at = 0;
    while (at < text->len) {
        if (text->len - at < LENGTH_LEN) {
            return false;
        }
        const size_t n = get_u32le((const unsigned char *)text->data + at);
        if (n > text->len - at - LENGTH_LEN) {
            return false;
        }
        at += LENGTH_LEN + n;
    }
    return true;
}

static enum err take_records(struct taking *t, const struct str *text, struct err_info *err)
{
    enum err bad = ERR_OK;
    for (size_t at = 0; bad == ERR_OK && at < text->len;) {
        const unsigned char *p = (const unsigned char *)text->data + at;
        const size_t n = get_u32le(p);
        struct vault_outcome out = {VAULT_KNOWN, VAULT_REASON_NONE};
        bad = vault_take(t->v, p + LENGTH_LEN, n, &out, err);
        if (bad == ERR_OK) {
            tally(t->count, out.taken);
            mark(t, p + LENGTH_LEN, n);
        }
        at += LENGTH_LEN + n;
    }
    return bad;
}

enum err take_envelope(void *taking, const unsigned char *bytes, size_t n, struct err_info *err)
{
    struct taking *t = taking;
    struct vault_envelope e;
    struct str text = STR_INIT;
    enum err bad = vault_envelope_open(t->v, bytes, n, &e, &text, err);
    if (bad == ERR_OK) {
        const bool is_here = !t->has_stream || memcmp(e.stream, t->stream, ID_LEN) == 0;
        if (!is_here || e.number != t->number + 1 || t->at_end || !is_well_formed(&text)) {
            bad = ERR_SET(err, ERR_DAMAGED, "envelope");
        }
    }
    if (bad == ERR_OK) {
        bad = take_records(t, &text, err);
    }
    if (bad == ERR_OK) {
        memcpy(t->stream, e.stream, ID_LEN);
        t->has_stream = true;
        t->number = e.number;
        t->at_end = e.is_last;
    }
    str_done(&text);
    return bad;
}
